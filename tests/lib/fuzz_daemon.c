#include "tests/lib/fuzz_daemon.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "tests/lib/fixture.h"
#include "tests/lib/random_message.h"

#define SAME_BATCH 0x80
#define MAP_MB 64
#define NOTICES 10 /* in one message, at most */
#define SEEN 1000  /* ids */

static const struct {
	const char *user, *organisation;
	Profession profession;
} cast[] = {
	{ "admin", "centre", PROFESSION_ADMINISTRATOR },
	{ "doctor", "clinic01", PROFESSION_DOCTOR },
	{ "nurse", "station01", PROFESSION_NURSE },
	{ "nurse2", "station01", PROFESSION_NURSE },
	{ "pharmacist", "pharmacy01", PROFESSION_PHARMACIST },
	{ "outsider", "clinic02", PROFESSION_DOCTOR },
};
#define N_CAST (sizeof(cast) / sizeof(*cast))
static const char stranger[] = "stranger"; /* whom the daemon does not know */
/* Patients of whom notices tell. */
static const char first_patient[] = "01FWHE4YDGFK1SHH6W1G60EECF",
		  second_patient[] = "01FWHE4YDGFK1SHH6W1G60EECG";

/* Who sends: one of the cast, the stranger, then notices of each peer, answers of each peer, time
 * going by, a topic that is the payload, and, where the daemon lets people sign in, a client without a
 * user. */
enum { SENDER_STRANGER = N_CAST, SENDER_PEERS, N_PEERS_MOST = 8 };

static void must(bool condition, const char *promise)
{
	if (condition)
		return;
	fprintf(stderr, "broken promise: %s\n", promise);
	abort();
}

/* ---- ids that only the daemon knows --------------------------------------------------------- */

static const char placeholder[] = SEEN_ID("");
_Static_assert(sizeof(SEEN_ID("0000")) == ID_SIZE, "as long as what replaces it");

struct seen {
	size_t n;
	char ids[SEEN][ID_SIZE];
};

static void see(struct seen *seen, struct bytes payload)
{
	char id[ID_SIZE] = "";

	for (size_t i = 0; i + ID_LENGTH <= payload.size && seen->n < SEEN; i++) {
		memcpy(id, payload.data + i, ID_LENGTH);
		bool known = !id_valid(id);
		for (size_t j = 0; j < seen->n && !known; j++)
			known = !strcmp(seen->ids[j], id);
		if (!known)
			memcpy(seen->ids[seen->n++], id, ID_SIZE);
	}
}

static struct bytes put_ids(const struct seen *seen, struct arena *arena, struct bytes payload)
{
	const size_t length = strlen(placeholder);
	uint8_t *copy = arena_copy(arena, payload.data, payload.size);

	for (size_t i = 0; i + ID_LENGTH <= payload.size; i++) {
		if (copy[i] != '<' || memcmp(copy + i, placeholder, length))
			continue;
		size_t which = 0;
		for (size_t j = i + length; j < i + ID_LENGTH; j++)
			which = which * 10 + (copy[j] & 15u);
		memcpy(copy + i, seen->n ? seen->ids[which % seen->n] : first_patient, ID_LENGTH);
	}
	return (struct bytes){ copy, payload.size };
}

/* ---- running ------------------------------------------------------------------------------- */

struct run {
	struct fixture f;
	struct seen seen;
};

static size_t count_peers(const struct daemon_spec *spec)
{
	size_t n = 0;
	while (spec->peers[n])
		n++;
	return n;
}

/* As a fact of the directory's own; others hear it from the directory. */
static void tell(struct fixture *f, const ProtobufCMessage *message)
{
	if (strcmp(f->spec->name, "directory") == 0)
		must(daemon_write_fact(f->daemon, "test", message) == 0, "people are enrolled");
	else
		fixture_tell(f, "directory", &f->directory, message);
}

static void enrol(struct fixture *f)
{
	OrganisationChanged changed = OrganisationChanged_INIT;
	PersonChanged enrolled = PersonChanged_INIT;

	for (size_t i = 0; i < N_CAST; i++) {
		changed.organisation = NEW(Organisation, &f->arena);
		changed.organisation->id = arena_string(&f->arena, cast[i].organisation);
		changed.organisation->name = changed.organisation->id;
		tell(f, &changed.base);
		enrolled.person = NEW(Person, &f->arena);
		enrolled.person->id = enrolled.person->name = arena_string(&f->arena, cast[i].user);
		enrolled.person->organisation = arena_string(&f->arena, cast[i].organisation);
		enrolled.person->profession = cast[i].profession;
		enrolled.person->state = ENROLMENT_STATE_ENROLLED;
		tell(f, &enrolled.base);
	}
}

static void check_answers(struct run *run)
{
	ProtobufCMessage *message;
	const char *field;

	for (size_t i = 0; i < run->f.bus.n_items; i++) {
		const struct recorded *said = &run->f.bus.items[i];
		if (strstr(said->topic, "/notice/") || strstr(said->topic, "/inbox/"))
			see(&run->seen, said->payload);
		if (!strstr(said->topic, "/res/") && !strstr(said->topic, "/signed/"))
			continue;
		arena_reset(&run->f.arena);
		must(codec_decode(&Reply_descriptor, said->payload, &run->f.arena, &message,
				  &field) == 0,
		     "an answer can be read");
		const Reply *reply = (const Reply *)(const void *)message;
		must(reply->code != CODE_INTERNAL && reply->code != CODE_DATA_LOSS,
		     "nothing is broken inside");
		must(reply->code == CODE_OK || (reply->message_ja[0] && reply->message_en[0]),
		     "a refusal says why");
		see(&run->seen, (struct bytes){ (const uint8_t *)reply->id, strlen(reply->id) });
		see(&run->seen, (struct bytes){ reply->body.data, reply->body.len });
	}
	recording_bus_clear(&run->f.bus);
}

static void step(struct run *run)
{
	must(daemon_step(run->f.daemon) == 0, "a step succeeds");
	check_answers(run);
}

static size_t senders(const struct daemon_spec *spec)
{
	return SENDER_PEERS + 2 * count_peers(spec) + 2 + daemon_signs_in(spec);
}

static void send(struct run *run, uint8_t sender, struct bytes payload)
{
	size_t peers = count_peers(run->f.spec), which = sender & (SAME_BATCH - 1u);
	char topic[LIMIT_TOPIC_BYTES];
	uint16_t seconds = 0;

	arena_reset(&run->f.arena);
	payload = put_ids(&run->seen, &run->f.arena, payload);
	which %= senders(run->f.spec);
	if (which < SENDER_PEERS) {
		snprintf(topic, sizeof(topic), "tsunagi/v1/%s/req/%s/pc", run->f.spec->name,
			 which < N_CAST ? cast[which].user : stranger);
	} else if (which < SENDER_PEERS + 2 * peers) {
		size_t peer = (which - SENDER_PEERS) / 2;
		snprintf(topic, sizeof(topic),
			 which % 2 == SENDER_PEERS % 2 ? "tsunagi/v1/%s/notice/%s" : "tsunagi/v1/%s/res/%s/%s",
			 run->f.spec->peers[peer], run->f.spec->name, run->f.spec->name);
	} else if (which == SENDER_PEERS + 2 * peers) {
		memcpy(&seconds, payload.data, payload.size < 2 ? payload.size : 2);
		test_clock_advance(&run->f.clock, seconds * 1000LL);
		return;
	} else if (which == SENDER_PEERS + 2 * peers + 2) {
		snprintf(topic, sizeof(topic), "tsunagi/v1/%s/signin/c-0123456789abcdef0123456789abcdef",
			 run->f.spec->name);
	} else {
		snprintf(topic, sizeof(topic), "%.*s", (int)payload.size, (const char *)payload.data);
	}
	if (daemon_receive(run->f.daemon, topic, payload) == ERR_FULL) {
		step(run);
		daemon_receive(run->f.daemon, topic, payload);
	}
}

static void check_store(struct run *run)
{
	JournalVerified verified = JournalVerified_INIT;
	uint64_t entries, differing = 1;
	struct tx tx;

	arena_reset(&run->f.arena);
	must(tx_begin(&tx, daemon_store(run->f.daemon), &run->f.arena, false) == 0,
	     "the store can be read");
	must(journal_verify(&tx, 1, UINT_MAX, SIZE_MAX, &verified) == 0 && !verified.n_faults, "the journal verifies");
	tx_abort(&tx);
	must(daemon_rebuild(run->f.daemon, &entries, &differing) == 0, "the views can be rebuilt");
	must(differing == 0, "the views equal their rebuild");
}

void fuzz_daemon_run(const struct daemon_spec *spec, void *context, const uint8_t *data, size_t size)
{
	struct run *run = calloc(1, sizeof(*run));

	must(run != NULL, "there is memory");
	log_init("fuzz", LOG_LEVEL_ERROR + 1);
	fixture_init(&run->f, spec);
	run->f.options.store.map_mb = MAP_MB;
	run->f.context = context;
	fixture_start(&run->f);
	enrol(&run->f);
	step(run);
	while (size >= 3) {
		size_t length = (size_t)(data[1] | data[2] << 8);
		length = length < size - 3 ? length : size - 3;
		send(run, data[0], (struct bytes){ data + 3, length });
		if (!(data[0] & SAME_BATCH))
			step(run);
		data += 3 + length;
		size -= 3 + length;
	}
	step(run);
	check_store(run);
	fixture_close(&run->f);
	free(run);
}

/* ---- examples ------------------------------------------------------------------------------ */

static const char *one_of(struct rng *rng, const char *const *words, uint32_t n)
{
	return words[rng_below(rng, n)];
}
#define ONE_OF(rng, ...) \
	one_of((rng), (const char *const[]){ __VA_ARGS__ }, \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static const char *seen_id(struct rng *rng)
{
	static char id[ID_SIZE];
	snprintf(id, sizeof(id), SEEN_ID("%04u"), rng_below(rng, SEEN));
	return rng_chance(rng, 100) ? "" : id;
}

/* Mostly what belongs into a field of that name. */
static const char *fitting_text(struct rng *rng, const char *field)
{
	static const char *const users[] = { "user", "to", "author", "recipient", "stated_by" };
	static const char *const dates[] = { "born", "on", "onset", "consent_given_on" };

	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++)
		if (!strcmp(field, users[i]))
			return rng_chance(rng, 200) ? "" : cast[rng_below(rng, N_CAST)].user;
	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++)
		if (!strcmp(field, dates[i]))
			return ONE_OF(rng, "1931-05-06", "2026-09-01", "1940", "", "2026-02-30");
	if (strstr("password present new_password", field))
		return ONE_OF(rng, "correct horse", "correct horse", "ｃｏｒｒｅｃｔ horse", "staple battery", "");
	if (!strcmp(field, "device"))
		return ONE_OF(rng, "web-1", "web-1", "web-2", "pc", "");
	if (!strcmp(field, "organisation"))
		return rng_chance(rng, 100) ? "" : cast[rng_below(rng, N_CAST)].organisation;
	if (!strcmp(field, "patient")) /* few; what a daemon gave out first is one, if it gives any out */
		return ONE_OF(rng, SEEN_ID("0000"), SEEN_ID("0000"), SEEN_ID("0001"), first_patient,
			      first_patient, second_patient, "");
	if (strstr("id entry entries ids question corrects replaces event referral subject", field))
		return seen_id(rng);
	if (strstr("name_kana", field))
		return ONE_OF(rng, "タナカ　トオル", "ﾀﾅｶ ﾄｵﾙ", "たなか", "田中　透", "");
	return ONE_OF(rng, "", "a", "ワーファリン錠1mg", "3332001F1024", "血圧が低い\n様子を見る",
		      "nurse", "urn:oid:1.2.3", "record", "髙橋", "-1", "\x01", "a b");
}

/* One of the daemon's routes, of a kind; NULL where there is none. */
static const struct route *some_route(const struct daemon_spec *spec, struct rng *rng, bool notice,
				      const char *from)
{
	for (int attempts = 0; attempts < 100; attempts++) {
		const struct route *route = &spec->routes[rng_below(rng, (uint32_t)spec->n_routes)];
		if (route->kind != ROUTE_DUE && (route->kind == ROUTE_NOTICE) == notice &&
		    (!notice || !strcmp(route->from, from)))
			return route;
	}
	return NULL;
}

struct fuzz_example {
	const struct daemon_spec *spec;
	struct rng *rng;
	struct arena arena;
	uint64_t told[N_PEERS_MOST]; /* by each peer, so far */
	uint8_t *out;
	size_t size, room;
};

static void add(struct fuzz_example *e, uint8_t sender, struct bytes payload)
{
	if (payload.size > UINT16_MAX || e->room - e->size < payload.size + 3)
		return;
	e->out[e->size] = (uint8_t)(sender | (rng_chance(e->rng, 300) ? SAME_BATCH : 0));
	e->out[e->size + 1] = (uint8_t)payload.size;
	e->out[e->size + 2] = (uint8_t)(payload.size >> 8);
	if (payload.size)
		memcpy(e->out + e->size + 3, payload.data, payload.size);
	/* spoilt here, so that the messages behind it are not */
	if (payload.size && rng_chance(e->rng, 50))
		e->out[e->size + 3 + rng_below(e->rng, (uint32_t)payload.size)] ^=
			(uint8_t)(1 << rng_below(e->rng, 8));
	e->size += 3 + payload.size;
}

static struct bytes pack(struct fuzz_example *e, const ProtobufCMessage *message)
{
	struct bytes packed = { NULL, 0 };
	if (message && codec_pack(message, &e->arena, &packed))
		packed.size = 0;
	return packed;
}

static ProtobufCBinaryData packed_body(struct fuzz_example *e, const ProtobufCMessage *message)
{
	struct bytes body = pack(e, message);
	return (ProtobufCBinaryData){ body.size, arena_copy(&e->arena, body.data, body.size) };
}

static ProtobufCBinaryData body_of(struct fuzz_example *e, const ProtobufCMessageDescriptor *type)
{
	return packed_body(e, random_message_of(e->rng, type, &e->arena, fitting_text));
}

static void add_request(struct fuzz_example *e, uint8_t sender, const char *type,
			ProtobufCBinaryData body)
{
	Request request = Request_INIT;
	struct test_clock clock;
	char id[ID_SIZE];

	/* now and then the same id again */
	test_clock_init(&clock, rng_chance(e->rng, 50) ? 1 : rng_u64(e->rng));
	id_make(id, &clock.clock, clock.wall_ms);
	request.id = id;
	request.type = arena_string(&e->arena, type);
	request.body = body;
	request.watch = rng_chance(e->rng, 300);
	add(e, sender, pack(e, &request.base));
}

static void add_some_request(struct fuzz_example *e)
{
	const struct route *route = some_route(e->spec, e->rng, false, NULL);
	/* doctor and nurse more than the others */
	uint8_t sender = (uint8_t)(rng_chance(e->rng, 500) ? 1 + rng_below(e->rng, 2)
							    : rng_below(e->rng, SENDER_PEERS));
	if (route && route->kind == ROUTE_SIGN_IN && !rng_chance(e->rng, 50))
		sender = (uint8_t)(senders(e->spec) - 1);
	if (route)
		add_request(e, sender, codec_name(route->message), body_of(e, route->message));
}

static void add_notices(struct fuzz_example *e, size_t peer, Notice **items, size_t n_items,
			uint64_t positions)
{
	Notices notices = Notices_INIT;
	uint8_t hash[JOURNAL_HASH_BYTES] = { 1 };

	notices.from = e->told[peer];
	notices.to = notices.head = e->told[peer] += positions;
	notices.items = items;
	notices.n_items = n_items;
	notices.hash = (ProtobufCBinaryData){ sizeof(hash), hash };
	add(e, (uint8_t)(SENDER_PEERS + 2 * peer), pack(e, &notices.base));
}

static Notice *make_notice(struct fuzz_example *e, uint64_t position, const char *type,
			   ProtobufCBinaryData body)
{
	Notice *notice = NEW(Notice, &e->arena);

	must(notice != NULL, "there is memory");
	notice->position = position;
	notice->time_ms = TEST_CLOCK_START_MS;
	notice->type = arena_string(&e->arena, type);
	notice->body = body;
	return notice;
}

static void add_some_notices(struct fuzz_example *e, size_t peer)
{
	const char *from = e->spec->peers[peer];
	Notice *items[NOTICES];
	uint32_t n = 1 + rng_below(e->rng, NOTICES);
	size_t n_items = 0;

	for (uint32_t i = 1; i <= n; i++) {
		const struct route *route = some_route(e->spec, e->rng, true, from);
		if (route)
			items[n_items++] = make_notice(e, e->told[peer] + i, codec_name(route->message),
						       body_of(e, route->message));
	}
	add_notices(e, peer, items, n_items, n);
}

void fuzz_request(struct fuzz_example *e, const char *user, const ProtobufCMessage *message)
{
	uint8_t sender = 0;
	while (sender < N_CAST && strcmp(cast[sender].user, user))
		sender++;
	add_request(e, sender, codec_name(message->descriptor), packed_body(e, message));
}

void fuzz_notice(struct fuzz_example *e, const char *peer, const ProtobufCMessage *message)
{
	size_t which = 0;
	while (strcmp(e->spec->peers[which], peer))
		which++;
	Notice *notice = make_notice(e, e->told[which] + 1, codec_name(message->descriptor),
				     packed_body(e, message));
	add_notices(e, which, &notice, 1, 1);
}

struct arena *fuzz_arena(struct fuzz_example *e)
{
	return &e->arena;
}

size_t fuzz_daemon_example(const struct daemon_spec *spec, void (*scene)(struct fuzz_example *),
			   struct rng *rng, uint8_t *out, size_t room)
{
	struct fuzz_example e = { .spec = spec, .rng = rng, .out = out, .room = room };
	size_t peers = count_peers(spec);
	uint16_t seconds;

	must(peers <= N_PEERS_MOST, "there are not more peers than that");
	arena_init(&e.arena, 64u << 20);
	for (size_t i = 0; i < peers; i++)
		e.told[i] = strcmp(spec->peers[i], "directory") ? 0 : 2 * N_CAST;
	if (scene)
		scene(&e);
	for (uint32_t n = rng_below(rng, 100); n; n--) {
		uint32_t what = rng_below(rng, 20);
		if (what == 0) {
			seconds = (uint16_t)rng_below(rng, 1000);
			add(&e, (uint8_t)(SENDER_PEERS + 2 * peers),
			    (struct bytes){ (const uint8_t *)&seconds, sizeof(seconds) });
		} else if (what < 6 && peers) {
			add_some_notices(&e, rng_below(rng, (uint32_t)peers));
		} else {
			add_some_request(&e);
		}
	}
	arena_close(&e.arena);
	return e.size;
}
