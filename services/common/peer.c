/* Notices: batches to those who read us, and the following of those whom we read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "log.h"

#define ASK_AGAIN_MS 2000
#define HOLD_ASK_MS 100
#define HOLD_MS 10000 /* directory may be down: better told by old knowledge than not told */

static int64_t monotonic_ms(const struct daemon *daemon)
{
	return daemon->clock->monotonic_ms(daemon->clock);
}

/* ---- open --------------------------------------------------------------------------------- */

static bool has_routes_from(const struct route *routes, size_t n_routes, const char *name)
{
	for (size_t i = 0; i < n_routes; i++)
		if (routes[i].kind == ROUTE_NOTICE && !strcmp(routes[i].from, name))
			return true;
	return false;
}

struct peer *peer_find(struct daemon *daemon, const char *name)
{
	for (size_t i = 0; i < daemon->n_peers; i++)
		if (!strcmp(daemon->peers[i].name, name))
			return &daemon->peers[i];
	return NULL;
}

static uint64_t stored_cursor(struct tx *tx, const char *name)
{
	struct key key = key_text(name);
	struct bytes value;
	uint64_t cursor = 0;

	if (tx_get(tx, TABLE_CURSORS, &key, &value) == 0)
		for (size_t i = 0; i < value.size; i++)
			cursor = cursor << 8 | value.data[i];
	return cursor;
}

/* The last of its positions that stands in our journal. */
static uint64_t stored_witness(struct tx *tx, const char *name)
{
	struct key prefix = key_text(name);
	struct scan scan;
	uint64_t position = 0;

	scan_open(&scan, tx, TABLE_WITNESSED, &prefix, NULL);
	if (scan_previous(&scan))
		position = scan_number(&scan);
	scan_close(&scan);
	return position;
}

void peers_init(struct daemon *daemon)
{
	const struct daemon_spec *spec = daemon->spec;
	struct tx tx;

	arena_reset(&daemon->arena);
	if (tx_begin(&tx, daemon->store, &daemon->arena, false))
		return;
	for (size_t i = 0; spec->peers[i] && daemon->n_peers < MAX_PEERS; i++) {
		struct peer *peer = &daemon->peers[daemon->n_peers++];
		peer->name = spec->peers[i];
		peer->followed = has_routes_from(spec->routes, spec->n_routes, peer->name) ||
				 has_routes_from(common_routes, n_common_routes, peer->name);
		peer->followed_to = stored_cursor(&tx, peer->name);
		peer->witnessed = stored_witness(&tx, peer->name);
		peer->sent_to = daemon->head.position;
		peer->behind = peer->followed;
	}
	tx_abort(&tx);
}

/* Nobody was told of the facts of the start: readers find the gap and ask. */
void peers_started(struct daemon *daemon)
{
	peers_begin(daemon);
	for (size_t i = 0; i < daemon->n_peers; i++)
		daemon->peers[i].sent_to = daemon->head.position;
}

void peers_close(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_peers; i++) {
		free(daemon->peers[i].pending);
		free(daemon->peers[i].buffer);
	}
}

/* ---- as source: tell ---------------------------------------------------------------------- */

static int grow(void *array, size_t size, size_t needed, size_t *capacity)
{
	void **pointer = array;
	if (needed <= *capacity)
		return 0;
	size_t larger = needed * 2;
	void *memory = realloc(*pointer, larger * size);
	if (!memory)
		return ERR_NOMEM;
	*pointer = memory;
	*capacity = larger;
	return 0;
}

int peer_note(struct peer *peer, uint64_t position, int64_t time_ms, const ProtobufCMessage *notice,
	      struct arena *arena)
{
	struct bytes packed;

	if (codec_pack(notice, arena, &packed) ||
	    grow(&peer->pending, sizeof(*peer->pending), peer->n_pending + 1,
		 &peer->pending_capacity) ||
	    grow(&peer->buffer, 1, peer->buffer_used + packed.size, &peer->buffer_capacity))
		return ERR_NOMEM;
	memcpy(peer->buffer + peer->buffer_used, packed.data, packed.size);
	peer->pending[peer->n_pending++] = (struct pending_notice){
		.position = position, .time_ms = time_ms, .type = notice->descriptor,
		.data = peer->buffer_used, .size = packed.size,
	};
	peer->buffer_used += packed.size;
	return 0;
}

static char *type_name(const struct pending_notice *pending)
{
	union { const char *in; char *out; } pointer = { .in = codec_name(pending->type) };
	return pointer.out;
}

static void send_notices(struct daemon *daemon, struct peer *peer, Notices *notices)
{
	char topic[LIMIT_TOPIC_BYTES];
	struct bytes packed;

	notices->head = daemon->head.witness_position;
	notices->hash.data = daemon->head.witness_hash;
	notices->hash.len = JOURNAL_HASH_BYTES;
	notices->directory = peers_directory(daemon);
	notices->last = daemon->head.position;
	if (codec_pack(&notices->base, &daemon->arena, &packed))
		return; /* it asks for what it missed */
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/notice/%s", daemon->spec->name, peer->name);
	daemon->bus->publish(daemon->bus, topic, packed.data, packed.size, 0, false);
	peer->sent_to = notices->to;
}

/* As many of the pending ones as fit into one page. */
static size_t fill_page(struct daemon *daemon, const struct peer *peer, size_t first,
			Notices *notices)
{
	size_t bytes = 0, i = first;

	for (; i < peer->n_pending && i - first < LIMIT_PAGE_ITEMS; i++) {
		const struct pending_notice *pending = &peer->pending[i];
		Notice *notice = NEW(Notice, &daemon->arena);
		bytes += pending->size + 64;
		if (!notice || (i > first && bytes > LIMIT_PAGE_BYTES))
			break;
		notice->position = pending->position;
		notice->time_ms = pending->time_ms;
		notice->type = type_name(pending);
		notice->body.data = peer->buffer + pending->data;
		notice->body.len = pending->size;
		if (arena_append(&daemon->arena, &notices->items, &notices->n_items, notice))
			break;
	}
	return i;
}

static void tell(struct daemon *daemon, struct peer *peer)
{
	size_t next = 0;

	do {
		Notices notices = Notices_INIT;
		arena_reset(&daemon->arena);
		size_t end = fill_page(daemon, peer, next, &notices);
		notices.from = peer->sent_to;
		notices.to = end < peer->n_pending ? peer->pending[end].position - 1 : daemon->head.position;
		send_notices(daemon, peer, &notices);
		if (end == next && end < peer->n_pending)
			break; /* no memory: it asks for the rest */
		next = end;
	} while (next < peer->n_pending);
	peer->n_pending = 0;
	peer->buffer_used = 0;
}

/* ---- as reader: follow -------------------------------------------------------------------- */

static void ask(struct daemon *daemon, struct peer *peer)
{
	char topic[LIMIT_TOPIC_BYTES], id[ID_SIZE];
	ReadNotices body = ReadNotices_INIT;
	Request request = Request_INIT;
	struct bytes packed;

	arena_reset(&daemon->arena);
	body.from = peer->followed_to;
	if (codec_pack(&body.base, &daemon->arena, &packed))
		return;
	id_make(id, daemon->clock, daemon->clock->wall_ms(daemon->clock));
	memcpy(peer->asked, id, sizeof(peer->asked));
	peer->asked_from = peer->followed_to;
	request.id = id;
	request.type = arena_string(&daemon->arena, "ReadNotices");
	request.body.data = arena_copy(&daemon->arena, packed.data, packed.size);
	request.body.len = packed.size;
	if (codec_pack(&request.base, &daemon->arena, &packed))
		return;
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/req/%s/%s", peer->name, daemon->spec->name,
		 daemon->spec->name);
	daemon->bus->publish(daemon->bus, topic, packed.data, packed.size, 1, false);
	peer->ask_at_ms = monotonic_ms(daemon) + ASK_AGAIN_MS;
}

static void witness(struct daemon *daemon, struct tx *tx, struct peer *peer, const Notices *notices)
{
	struct refusal refusal;
	struct input in;
	Witnessed fact = Witnessed_INIT;

	if (notices->head <= peer->witnessed || notices->hash.len != JOURNAL_HASH_BYTES ||
	    monotonic_ms(daemon) < peer->witness_at_ms)
		return;
	arena_reset(&daemon->arena);
	tx->arena = &daemon->arena;
	input_prepare(daemon, &in, &refusal);
	fact.instance = arena_string(&daemon->arena, peer->name);
	fact.position = notices->head;
	fact.hash = notices->hash;
	fact_commit(daemon, tx, &in, &(struct cause){ .name = "Notices" }, &fact.base);
	peer->witnessed = notices->head; /* after an abort: witnessed a little later, no harm */
	peer->witness_at_ms = monotonic_ms(daemon) + daemon->witness_ms;
}

static void apply_notice(struct daemon *daemon, struct tx *tx, const struct peer *peer,
			 const Notice *item)
{
	const struct route *route = route_find(daemon, item->type, peer->name);
	struct refusal refusal;
	struct input in;
	ProtobufCMessage *message, *fact;
	const char *field;

	if (!route)
		return;
	arena_reset(&daemon->arena);
	tx->arena = &daemon->arena;
	input_prepare(daemon, &in, &refusal);
	in.instance = peer->name;
	in.instance_position = item->position;
	int rc = codec_decode(route->message, (struct bytes){ item->body.data, item->body.len }, in.arena,
			      &message, &field);
	if (rc) { /* it will not get better by asking for it again, and others wait behind it */
		log_event(LOG_LEVEL_ERROR, "notice", "instance=%s position=%llu type=%s field=%s error=\"%s\"",
			  peer->name, (unsigned long long)item->position, item->type, field, error_text(rc));
		return;
	}
	rc = input_decide(tx, &in, route, message, NULL, &fact);
	if (rc == ERR_NOMEM || rc == ERR_TOOBIG) { /* it would never go, and all others wait behind it */
		log_event(LOG_LEVEL_ERROR, "notice", "instance=%s position=%llu error=\"%s\" next=\"dropped\"",
			  peer->name, (unsigned long long)item->position, error_text(rc));
		tx->error = 0; /* nothing was written yet */
		return;
	}
	if (!rc)
		fact_commit(daemon, tx, &in, &(struct cause){ .name = item->type }, fact);
	else if (rc == ERR_REFUSED)
		log_event(LOG_LEVEL_WARN, "notice", "instance=%s position=%llu type=%s refused=\"%s\"",
			  peer->name, (unsigned long long)item->position, item->type, refusal.en);
	else if (rc != ERR_NOTHING && !tx->error)
		tx->error = rc;
}

uint64_t peers_directory(const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_peers; i++)
		if (!strcmp(daemon->peers[i].name, "directory"))
			return daemon->peers[i].batch_to;
	return daemon->batch.position;
}

/*
 * A notice may be about people of whom directory has told its sender and not yet us. Then it is left,
 * and asked for again shortly, while directory is asked for what we miss.
 */
static bool must_wait(struct daemon *daemon, struct peer *peer, const Notices *notices)
{
	struct peer *directory = peer_find(daemon, "directory");
	int64_t now_ms = monotonic_ms(daemon);

	if (!directory || directory == peer || !notices->n_items ||
	    notices->directory <= directory->batch_to) {
		peer->held_until_ms = 0;
		return false;
	}
	if (!peer->held_until_ms)
		peer->held_until_ms = now_ms + HOLD_MS;
	if (now_ms >= peer->held_until_ms) {
		log_event(LOG_LEVEL_WARN, "follow", "instance=%s problem=\"directory is behind\"", peer->name);
		return false;
	}
	peer->behind = directory->behind = true;
	peer->ask_at_ms = now_ms + HOLD_ASK_MS;
	return true;
}

/*
 * The source ends before where we are: its store was swapped for an older copy (`audit verify` says
 * which positions are gone). What it says from now on must still arrive, so we follow from its new
 * end. Only the answer to our last question counts, held against where we were when we asked: other
 * messages may be late, and later ones may have overtaken the answer.
 */
static void check_end(struct peer *peer, const Notices *notices, const char *answer_to)
{
	if (notices->last >= peer->batch_to)
		return;
	if (!answer_to || strcmp(answer_to, peer->asked)) {
		peer->behind = true; /* look into it */
		return;
	}
	if (notices->last >= peer->asked_from)
		return;
	peer->asked[0] = '\0'; /* once: its duplicate may come after what follows */
	log_event(LOG_LEVEL_ERROR, "follow", "instance=%s had=%llu ends=%llu problem=\"its journal was cut\"",
		  peer->name, (unsigned long long)peer->batch_to, (unsigned long long)notices->last);
	peer->batch_to = notices->last;
}

void peer_notices(struct daemon *daemon, struct tx *tx, struct peer *peer, const Notices *notices,
		  const char *answer_to)
{
	if (peer->followed)
		check_end(peer, notices, answer_to);
	if (peer->followed && notices->from > peer->batch_to) {
		peer->behind = true; /* a gap: ask, and take nothing out of turn */
		return;
	}
	if (peer->followed && must_wait(daemon, peer, notices))
		return;
	for (size_t i = 0; peer->followed && i < notices->n_items && !tx->error; i++)
		if (notices->items[i]->position > peer->batch_to)
			apply_notice(daemon, tx, peer, notices->items[i]);
	if (tx->error)
		return;
	if (notices->to > peer->batch_to)
		peer->batch_to = notices->to;
	if (answer_to) { /* the whole truth for now, unless its head is further on */
		peer->behind = notices->head > peer->batch_to;
		peer->ask_at_ms = 0;
	}
	witness(daemon, tx, peer, notices);
}

/* ---- the batch ---------------------------------------------------------------------------- */

void peers_begin(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_peers; i++) {
		daemon->peers[i].n_pending = 0;
		daemon->peers[i].buffer_used = 0;
		daemon->peers[i].batch_to = daemon->peers[i].followed_to;
	}
}

void peers_committed(struct daemon *daemon)
{
	int64_t soon_ms = monotonic_ms(daemon) + HEAD_ACTIVE_MS;

	for (size_t i = 0; i < daemon->n_peers; i++) {
		struct peer *peer = &daemon->peers[i];
		peer->followed_to = peer->batch_to;
		if (daemon->batch_facts && peer->head_at_ms > soon_ms)
			peer->head_at_ms = soon_ms;
	}
}

void peers_speak(struct daemon *daemon)
{
	int64_t now_ms = monotonic_ms(daemon);

	for (size_t i = 0; i < daemon->n_peers; i++) {
		struct peer *peer = &daemon->peers[i];
		if (peer->n_pending) {
			tell(daemon, peer);
			peer->head_at_ms = now_ms + HEAD_ACTIVE_MS;
		} else if (now_ms >= peer->head_at_ms) {
			tell(daemon, peer);
			peer->head_at_ms = now_ms + HEAD_IDLE_MS;
		}
		if (peer->behind && now_ms >= peer->ask_at_ms)
			ask(daemon, peer);
	}
}

int64_t peers_wait_ms(const struct daemon *daemon, int64_t now_ms)
{
	int64_t at_ms = INT64_MAX;

	for (size_t i = 0; i < daemon->n_peers; i++) {
		const struct peer *peer = &daemon->peers[i];
		if (peer->head_at_ms < at_ms)
			at_ms = peer->head_at_ms;
		if (peer->behind && peer->ask_at_ms < at_ms)
			at_ms = peer->ask_at_ms;
	}
	return at_ms > now_ms ? at_ms - now_ms : 0;
}
