/* The one way in: a request, a notice or a due item is decoded, identified, loaded and decided. */
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "log.h"

#define TOPIC_PREFIX "tsunagi/v1/"

/* ---- small things ------------------------------------------------------------------------- */

int refuse(const struct input *in, Code code, const char *field, const char *ja, const char *en)
{
	*in->refusal = (struct refusal){ .code = code, .field = field ? field : "", .ja = ja, .en = en };
	return ERR_REFUSED;
}

const char *fresh_id(const struct input *in, unsigned n)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char *id = arena_string(in->arena, in->id);

	/* The last four characters are 20 random bits: another value of them is another id. */
	for (size_t i = ID_LENGTH - 1; *id && n && i >= ID_LENGTH - 4; i--, n >>= 5) {
		const char *digit = strchr(digits, id[i]);
		id[i] = digits[((size_t)(digit - digits) ^ n) & 31];
	}
	return id;
}

static const struct route *find_among(const struct route *routes, size_t n, const char *name,
				      const char *from)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(codec_name(routes[i].message), name) &&
		    (from ? routes[i].from && !strcmp(routes[i].from, from) : !routes[i].from))
			return &routes[i];
	return NULL;
}

const struct route *route_find(const struct daemon *daemon, const char *name, const char *from)
{
	const struct route *own =
		find_among(daemon->spec->routes, daemon->spec->n_routes, name, from);
	return own ? own : find_among(common_routes, n_common_routes, name, from);
}

int64_t now_steady_ms(const struct daemon *daemon)
{
	return daemon->clock->wall_ms(daemon->clock) - daemon->batch.jumps_ms;
}

void input_prepare(struct daemon *daemon, struct input *in, struct refusal *refusal)
{
	int64_t wall_ms = daemon->clock->wall_ms(daemon->clock);
	char id[ID_SIZE];

	*refusal = (struct refusal){ .code = CODE_OK };
	*in = (struct input){ .arena = &daemon->arena, .refusal = refusal, .context = daemon->context,
			       .daemon = daemon };
	in->now_ms = wall_ms;
	in->time_ms = wall_ms > daemon->batch.time_ms ? wall_ms : daemon->batch.time_ms;
	in->steady_ms = now_steady_ms(daemon);
	in->head = daemon->batch.position;
	in->actor.user = daemon->spec->name;
	in->actor.device = daemon->spec->name;
	in->actor.organisation = "";
	in->actor.profession = PROFESSION_SERVICE;
	id_make(id, daemon->clock, in->time_ms);
	in->id = arena_string(&daemon->arena, id);
}

static char *unconst(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text ? text : "" };
	return pointer.out;
}

void input_reply(struct daemon *daemon, const char *user, const char *device, const Reply *reply)
{
	char topic[LIMIT_TOPIC_BYTES];
	struct bytes packed;

	snprintf(topic, sizeof(topic), TOPIC_PREFIX "%s/res/%s/%s", daemon->spec->name, user, device);
	if (codec_pack(&reply->base, &daemon->arena, &packed) ||
	    messages_add(&daemon->out, topic, packed, 0))
		log_event(LOG_LEVEL_ERROR, "reply", "request=%s problem=\"no memory\"", reply->request_id);
	if (daemon->sabotage == SABOTAGE_REPLY_BEFORE_COMMIT)
		daemon->bus->publish(daemon->bus, topic, packed.data, packed.size, 0, false);
}

static void set_refusal(Reply *reply, const struct refusal *refusal)
{
	reply->code = refusal->code;
	reply->field = unconst(refusal->field);
	reply->message_ja = unconst(refusal->ja);
	reply->message_en = unconst(refusal->en);
	reply->id = unconst(refusal->id);
}

static int error_refusal(const struct input *in, int error)
{
	switch (error) {
	case ERR_FULL:
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
			      "保存領域がいっぱいか、書き込めません。何も失われていません。管理者に連絡してください。",
			      "The store is full or cannot be written. Nothing was lost. Call the administrator.");
	case ERR_NOMEM:
	case ERR_TOOBIG:
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
			      "一度に扱える量を超えています。分けて送ってください。",
			      "This is more than can be taken at once. Send it in parts.");
	case ERR_CORRUPT:
		return refuse(in, CODE_DATA_LOSS, "",
			      "保存されたデータが壊れています。管理者に連絡してください。",
			      "Stored data is damaged. Call the administrator.");
	default:
		return refuse(in, CODE_UNAVAILABLE, "",
			      "今は処理できません。もう一度送ってください。",
			      "This cannot be done right now. Send it again.");
	}
}

/* Splits "tsunagi/v1/A/B/C[/D]" into its levels. The number of levels behind the prefix, or 0. */
static int split_topic(const char *topic, char levels[4][LIMIT_NAME_BYTES + 1])
{
	int n = 0;

	if (strncmp(topic, TOPIC_PREFIX, strlen(TOPIC_PREFIX)))
		return 0;
	for (const char *p = topic + strlen(TOPIC_PREFIX); n < 4; n++) {
		size_t size = strcspn(p, "/");
		if (size == 0 || size > LIMIT_NAME_BYTES)
			return 0;
		memcpy(levels[n], p, size);
		levels[n][size] = '\0';
		if (!name_valid(levels[n], LIMIT_NAME_BYTES))
			return 0;
		p += size;
		if (*p++ == '\0')
			return n + 1;
	}
	return 0;
}

/* ---- identify ----------------------------------------------------------------------------- */

static int no_right(const struct input *in)
{
	return refuse(in, CODE_PERMISSION_DENIED, "", "この操作の権限がありません。",
		      "You may not do this.");
}

bool input_identify(struct daemon *daemon, struct tx *tx, struct input *in,
		    const struct route *route)
{
	Person *person;

	if (route->program && strcmp(in->actor.user, route->program) != 0) {
		no_right(in);
		return false;
	}
	if (instance_name(in->actor.user)) {
		if (route->program || peer_find(daemon, in->actor.user)) {
			in->actor.profession = PROFESSION_SERVICE;
			return true;
		}
		no_right(in);
		return false;
	}
	int rc = person_get(tx, in->actor.user, &person);
	if (rc == ERR_NOTFOUND) {
		refuse(in, CODE_UNAVAILABLE, "",
		       "登録がまだこのサービスに届いていません。少し待ってもう一度送ってください。",
		       "Your enrolment has not reached this service yet. Send it again in a moment.");
		return false;
	}
	if (rc)
		return false;
	if (person->state != ENROLMENT_STATE_ENROLLED) {
		refuse(in, CODE_PERMISSION_DENIED, "", "登録が失効しています。管理者に連絡してください。",
		       "Your enrolment was revoked. Call the administrator.");
		return false;
	}
	in->actor.organisation = person->organisation;
	in->actor.profession = person->profession;
	return true;
}

/* ---- work --------------------------------------------------------------------------------- */

/*
 * What takes too long for the loop: done already (in->work), handed to the worker now (ERR_NOTHING: the
 * request comes again when it is done), or, where there is no worker, done here.
 */
static int do_work(struct daemon *daemon, struct tx *tx, struct input *in, const struct route *route,
		   const ProtobufCMessage *message)
{
	const struct message *taking = daemon->taking;
	size_t index = (size_t)(taking - daemon->arrived.items);

	if (!route->plan)
		return 0;
	if (taking->work) {
		in->work = taking->work->plan;
		return 0;
	}
	void *plan = arena_alloc(in->arena, route->plan_size);
	int rc = plan ? route->plan(tx, in, message, plan) : ERR_NOMEM;
	if (tx->error && rc >= 0)
		rc = tx->error;
	if (rc < 0)
		return rc == ERR_NOTHING ? 0 : rc;
	if (!daemon->worker) {
		route->run(plan);
		in->work = plan;
		return 0;
	}
	struct work *work = work_make(messages_topic(&daemon->arrived, index),
				      messages_data(&daemon->arrived, index), route->run, plan,
				      route->plan_size);
	if (!work)
		return ERR_NOMEM;
	work->stranger = rc == WORK_OF_A_STRANGER;
	if (daemon->worker->submit(daemon->worker, work) == 0)
		return ERR_NOTHING;
	work_free(work);
	return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
		      "サインインが混み合っています。数秒待ってから、もう一度お試しください。",
		      "Too many are signing in at this moment. Try again in a few seconds.");
}

/* ---- writes ------------------------------------------------------------------------------- */

/* The answer to an accepted request, made from its fact: the first time and every other time. */
static int accepted(const struct input *in, const struct route *route, char *id, uint64_t position,
		    const ProtobufCMessage *fact, Reply *reply)
{
	struct bytes body;

	reply->code = CODE_OK;
	reply->id = id;
	reply->position = position;
	if (!route->reply)
		return 0;
	const ProtobufCMessage *message = route->reply(in->arena, fact);
	if (!message || codec_pack(message, in->arena, &body))
		return ERR_NOMEM;
	reply->type = unconst(codec_name(message->descriptor));
	reply->body.data = arena_copy(in->arena, body.data, body.size);
	reply->body.len = body.size;
	return 0;
}

static int accepted_before(struct daemon *daemon, struct tx *tx, const struct input *in,
			   const struct route *route, uint64_t position, Reply *reply)
{
	const struct fact_type *type;
	JournalEntry *entry;
	ProtobufCMessage *fact;

	int rc = journal_read(tx, position, &entry);
	if (rc == ERR_NOTFOUND)
		return ERR_CORRUPT; /* it was accepted, and must not be taken for new */
	if (!rc)
		rc = fact_unpack(daemon->spec, entry, in->arena, &type, &fact);
	return rc ? rc : accepted(in, route, entry->id, position, fact, reply);
}

static bool same_digest(ProtobufCBinaryData stored, const uint8_t digest[JOURNAL_HASH_BYTES])
{
	return stored.len == JOURNAL_HASH_BYTES && !memcmp(stored.data, digest, JOURNAL_HASH_BYTES);
}

static int other_bytes(const struct input *in)
{
	return refuse(in, CODE_INVALID_ARGUMENT, "id",
		      "この番号の依頼はすでに別の内容で届いています。新しい番号で送ってください。",
		      "This request id came with other content before. Use a fresh id.");
}

/*
 * Has this request been answered before? 0: yes, the reply is filled in; ERR_NOTFOUND: no;
 * ERR_REFUSED: the same id with other content.
 */
static int answered(struct daemon *daemon, struct tx *tx, const struct input *in,
		    const struct route *route, const char *id,
		    const uint8_t digest[JOURNAL_HASH_BYTES], Reply *reply)
{
	struct key key = key_texts(in->actor.user, id);
	StoredReply *stored;
	StoredRefusal *refused;

	if (daemon->sabotage == SABOTAGE_SKIP_DEDUPE)
		return ERR_NOTFOUND;
	int rc = GET(tx, TABLE_REPLIES, &key, StoredReply, &stored);
	if (rc == 0)
		return same_digest(stored->digest, digest)
		       ? accepted_before(daemon, tx, in, route, stored->position, reply)
		       : other_bytes(in);
	if (rc != ERR_NOTFOUND)
		return rc;
	rc = GET(tx, TABLE_REFUSALS, &key, StoredRefusal, &refused);
	if (rc)
		return rc;
	if (!same_digest(refused->digest, digest))
		return other_bytes(in);
	*reply = *refused->reply;
	return 0;
}

/* What left no fact behind from which the answer could be made again. */
static void store_refusal(struct tx *tx, const struct input *in,
			  const uint8_t digest[JOURNAL_HASH_BYTES], Reply *reply)
{
	struct key key = key_texts(in->actor.user, reply->request_id);
	StoredRefusal stored = StoredRefusal_INIT;

	stored.digest.data = arena_copy(in->arena, digest, JOURNAL_HASH_BYTES);
	stored.digest.len = stored.digest.data ? JOURNAL_HASH_BYTES : 0;
	stored.reply = reply;
	PUT(tx, TABLE_REFUSALS, &key, &stored);
	replies_trim(tx, TABLE_REFUSALS, in->actor.user, in->time_ms);
}

int input_decide(struct tx *tx, const struct input *in, const struct route *route,
		 const ProtobufCMessage *message, const void **loaded, ProtobufCMessage **fact)
{
	void *view = arena_alloc(in->arena, route->view_size ? route->view_size : 1);

	*fact = codec_new(route->fact, in->arena);
	if (!view || !*fact)
		return ERR_NOMEM;
	if (loaded)
		*loaded = view;
	int rc = route->load ? route->load(tx, in, message, view) : 0;
	if (!rc)
		rc = tx->error;
	if (!rc)
		rc = route->rule(in, view, message, *fact);
	if (!rc && route->capture)
		rc = route->capture(in, view, message, *fact);
	return rc;
}

static int check_age(const struct input *in, const char *id)
{
	int64_t made_ms = id_time_ms(id);

	/* By the time by which answers are forgotten. */
	if (made_ms < in->time_ms - LIMIT_REQUEST_AGE_MS)
		return refuse(in, CODE_INVALID_ARGUMENT, "id",
			      "この依頼は90日より前に作られています。内容を確かめて新しく送ってください。",
			      "This request is older than 90 days. Check it and send it anew.");
	if (made_ms > in->now_ms + LIMIT_REQUEST_AHEAD_MS)
		return refuse(in, CODE_INVALID_ARGUMENT, "id",
			      "端末の時計が進みすぎています。時計を直してください。",
			      "The clock of your device is too far ahead. Set it right.");
	return 0;
}

/*
 * What must be the same when a request id comes again. Of a request that holds a password its body is left
 * out: the digest stands in the journal, and SHA-256 is quick to guess with where scrypt is not.
 */
static void request_digest(const struct route *route, const Request *request, struct bytes payload,
			   uint8_t digest[JOURNAL_HASH_BYTES])
{
	char name[LIMIT_NAME_BYTES + ID_SIZE + 2];

	if (route->plan) {
		snprintf(name, sizeof(name), "%s %s", request->id, codec_name(route->message));
		payload = (struct bytes){ (const uint8_t *)name, strlen(name) };
	}
	SHA256(payload.data, payload.size, digest);
}

/* Answers a write. The refusal is filled in where it returns ERR_REFUSED. */
static int write_request(struct daemon *daemon, struct tx *tx, struct input *in,
			 const struct route *route, const Request *request, struct bytes payload,
			 const ProtobufCMessage *message, Reply *reply)
{
	uint8_t digest[JOURNAL_HASH_BYTES];
	ProtobufCMessage *fact;

	int rc = check_age(in, request->id);
	if (rc)
		return rc;
	request_digest(route, request, payload, digest);
	rc = answered(daemon, tx, in, route, request->id, digest, reply);
	if (rc != ERR_NOTFOUND)
		return rc;
	if (daemon->used_percent >= LIMIT_MAP_WRITES_PERCENT)
		return error_refusal(in, ERR_FULL);
	rc = do_work(daemon, tx, in, route, message);
	if (rc)
		return rc;
	rc = input_decide(tx, in, route, message, NULL, &fact);
	if (rc == ERR_REFUSED) {
		set_refusal(reply, in->refusal);
		/* UNAVAILABLE says: send the same bytes again. */
		if (in->refusal->code != CODE_UNAVAILABLE)
			store_refusal(tx, in, digest, reply);
		return 0;
	}
	if (rc == ERR_NOTHING) {
		reply->code = CODE_OK;
		reply->position = daemon->batch.position;
		store_refusal(tx, in, digest, reply); /* repeated later there might be something to do */
		return 0;
	}
	if (rc)
		return rc;
	fact_commit(daemon, tx, in,
		    &(struct cause){ .name = request->type, .request_id = request->id, .digest = digest },
		    fact);
	rc = accepted(in, route, unconst(in->id), daemon->batch.position, fact, reply);
	if (rc && !tx->error)
		tx->error = rc; /* the fact is in: it must not stay without its answer */
	return tx->error;
}

/* ---- reads -------------------------------------------------------------------------------- */

static int read_request(struct daemon *daemon, struct tx *tx, struct input *in,
			const struct route *route, const Request *request,
			const ProtobufCMessage *message, Reply *reply)
{
	ProtobufCMessage *response = codec_new(route->response, in->arena);
	struct answer answer = { .position = 0 };
	struct bytes body;

	if (!response)
		return ERR_NOMEM;
	if (daemon->out.used_bytes > LIMIT_ANSWER_BYTES)
		return error_refusal(in, ERR_INJECTED); /* not now: the client repeats it */
	/* No journal comes near; and queries may add to it. */
	in->after = request->after < INT64_MAX ? request->after : INT64_MAX;
	int rc = route->query(tx, in, message, response, &answer);
	if (!rc)
		rc = tx->error;
	if (rc)
		return rc;
	rc = codec_pack(response, in->arena, &body);
	if (rc)
		return rc;
	if (body.size > LIMIT_PAYLOAD_BYTES - 4096) {
		log_event(LOG_LEVEL_ERROR, "read", "type=%s size=%zu problem=\"page too large\"",
			  request->type, body.size);
		return ERR_TOOBIG;
	}
	reply->code = CODE_OK;
	reply->id = unconst(answer.id);
	reply->position = answer.position ? answer.position : in->head;
	reply->more = answer.more;
	reply->type = unconst(codec_name(route->response));
	reply->body.data = arena_copy(in->arena, body.data, body.size);
	reply->body.len = body.size;
	if (answer.access) {
		if (daemon->used_percent >= LIMIT_MAP_READS_PERCENT)
			return error_refusal(in, ERR_FULL);
		fact_commit(daemon, tx, in, &(struct cause){ .name = request->type }, &answer.access->base);
	}
	if (!tx->error && request->watch && route->public_watch && !answer.more)
		rc = state_watch(daemon, in);
	else if (!tx->error && request->watch && answer.watch_key.size && !answer.more)
		rc = watch_opening(daemon, in, request, route, &answer, reply->position);
	return rc ? rc : tx->error;
}

/* ---- requests ----------------------------------------------------------------------------- */

static int postpone(struct daemon *daemon, const struct input *in, const struct route *route,
		    const Request *request)
{
	struct pending_operation *operation = daemon->operation;

	if (in->actor.profession != PROFESSION_ADMINISTRATOR)
		return no_right(in);
	if (operation->route || request->body.len > sizeof(operation->body))
		return error_refusal(in, ERR_INJECTED); /* one at a time: send it again */
	*operation = (struct pending_operation){ .route = route, .body_size = request->body.len };
	snprintf(operation->user, sizeof(operation->user), "%s", in->actor.user);
	snprintf(operation->device, sizeof(operation->device), "%s", in->actor.device);
	snprintf(operation->id, sizeof(operation->id), "%s", request->id);
	if (request->body.len)
		memcpy(operation->body, request->body.data, request->body.len);
	return ERR_NOTHING;
}

static int invalid(const struct input *in, const char *field)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field,
		      "この項目が読み取れません（形式・長さ・文字を確かめてください）。",
		      "This field cannot be read: check its form, length and characters.");
}

static int decode_body(const struct input *in, const struct route *route, const Request *request,
		       ProtobufCMessage **message)
{
	struct bytes body = { request->body.data, request->body.len };
	const char *field = "";

	if (body.size > (route->body_bytes ? route->body_bytes
		    : route->kind == ROUTE_SIGN_IN ? LIMIT_SIGN_IN_BYTES
						   : LIMIT_BODY_BYTES))
		return refuse(in, CODE_INVALID_ARGUMENT, "body", "内容が大きすぎます。短くしてください。",
			      "The content is too large. Make it shorter.");
	int rc = codec_decode(route->message, body, in->arena, message, &field);
	return rc == ERR_INVALID || rc == ERR_TOOBIG ? invalid(in, field) : rc;
}

static int unknown(const struct input *in)
{
	return refuse(in, CODE_UNIMPLEMENTED, "type", "このサービスにはその操作がありません。",
		      "This service does not know this request.");
}

/* 0: the reply is filled in; ERR_REFUSED: the refusal is; ERR_NOTHING: no answer now. */
static int take_request(struct daemon *daemon, struct tx *tx, struct input *in,
			const Request *request, struct bytes payload, Reply *reply)
{
	const struct route *route = route_find(daemon, request->type, NULL);
	ProtobufCMessage *message;

	if (!route || route->kind == ROUTE_DUE || route->kind == ROUTE_SIGN_IN)
		return unknown(in);
	if (!id_valid(request->id))
		return invalid(in, "id");
	if (!input_identify(daemon, tx, in, route))
		return tx->error ? tx->error : ERR_REFUSED;
	int rc = decode_body(in, route, request, &message);
	if (rc)
		return rc;
	if (route->kind == ROUTE_OPERATION)
		return postpone(daemon, in, route, request);
	if (route->kind == ROUTE_WRITE)
		return write_request(daemon, tx, in, route, request, payload, message, reply);
	return read_request(daemon, tx, in, route, request, message, reply);
}

static bool too_many(struct daemon *daemon, const char *user)
{
	struct key key = key_text(user);
	uint64_t hash = key_hash(&key);
	size_t size = sizeof(daemon->in_batch) / sizeof(daemon->in_batch[0]);

	for (size_t i = hash % size;; i = (i + 1) % size) {
		if (daemon->in_batch[i].n == 0)
			daemon->in_batch[i].hash = hash;
		if (daemon->in_batch[i].hash == hash)
			return ++daemon->in_batch[i].n > LIMIT_USER_INPUTS;
	}
}

/* What failed may have spent the arena: the answer that says so needs room. */
static void start_over(struct arena *arena, Reply *reply)
{
	char id[ID_SIZE];

	snprintf(id, sizeof(id), "%s", reply->request_id);
	arena_reset(arena);
	*reply = (Reply)Reply_INIT;
	reply->request_id = arena_string(arena, id);
}

static void handle_request(struct daemon *daemon, struct tx *tx, const char *user,
			   const char *device, struct bytes payload)
{
	Reply reply = Reply_INIT;
	struct refusal refusal;
	struct input in;
	ProtobufCMessage *message;
	const char *field = "";
	int rc;

	arena_reset(&daemon->arena);
	input_prepare(daemon, &in, &refusal);
	in.actor.user = user;
	in.actor.device = device;
	in.actor.profession = PROFESSION_UNSPECIFIED;
	rc = codec_decode(&Request_descriptor, payload, &daemon->arena, &message, &field);
	if (rc) {
		log_event(LOG_LEVEL_WARN, "request", "user=%s error=\"%s\" field=%s", user, error_text(rc),
			  field ? field : "");
		rc = invalid(&in, field);
	} else {
		const Request *request = (const Request *)(const void *)message;
		reply.request_id = request->id;
		if (too_many(daemon, user))
			rc = refuse(&in, CODE_RESOURCE_EXHAUSTED, "",
				    "一度に送る依頼が多すぎます。答えを待ってから送ってください。",
				    "Too many requests at once. Wait for answers before you send more.");
		else
			rc = take_request(daemon, tx, &in, request, payload, &reply);
	}
	if (rc && rc != ERR_REFUSED && rc != ERR_NOTHING) {
		rc = error_refusal(&in, rc);
		start_over(&daemon->arena, &reply);
	}
	if (rc == ERR_REFUSED)
		set_refusal(&reply, &refusal);
	if (!tx->error && rc != ERR_NOTHING)
		input_reply(daemon, user, device, &reply);
}

/* ---- signing in --------------------------------------------------------------------------- */

static void signed_reply(struct daemon *daemon, const char *client, const Reply *reply)
{
	char topic[LIMIT_TOPIC_BYTES];
	struct bytes packed;

	snprintf(topic, sizeof(topic), TOPIC_PREFIX "%s/signed/%s", daemon->spec->name, client);
	if (codec_pack(&reply->base, &daemon->arena, &packed) ||
	    messages_add(&daemon->out, topic, packed, 0))
		log_event(LOG_LEVEL_ERROR, "reply", "request=%s problem=\"no memory\"", reply->request_id);
}

/* Whoever times the answers learns nothing: what leaves no fact behind is synced all the same. */
static void leave_a_mark(struct daemon *daemon, struct tx *tx)
{
	struct key key = key_text("sign-in");
	uint8_t mark[64];

	daemon->clock->random(daemon->clock, mark, sizeof(mark));
	tx_put(tx, TABLE_REFUSALS, &key, (struct bytes){ mark, sizeof(mark) });
}

static int sign_in_request(struct daemon *daemon, struct tx *tx, struct input *in,
			   const struct route *route, const Request *request,
			   const ProtobufCMessage *message, Reply *reply)
{
	ProtobufCMessage *response = codec_new(route->response, in->arena), *fact;
	const void *view = NULL;
	struct bytes body;

	if (!response)
		return ERR_NOMEM;
	if (daemon->used_percent >= LIMIT_MAP_READS_PERCENT) /* who may still read must get in */
		return error_refusal(in, ERR_FULL);
	int rc = do_work(daemon, tx, in, route, message);
	if (rc)
		return rc;
	rc = input_decide(tx, in, route, message, &view, &fact);
	if (!rc)
		fact_commit(daemon, tx, in, &(struct cause){ .name = request->type }, fact);
	else if (rc == ERR_NOTHING && in->work)
		leave_a_mark(daemon, tx);
	if ((rc && rc != ERR_NOTHING) || tx->error)
		return rc == ERR_REFUSED ? rc : tx->error ? tx->error : rc;
	rc = route->respond(tx, in, view, message, fact, response);
	if (!rc)
		rc = codec_pack(response, in->arena, &body);
	if (rc)
		return rc;
	reply->code = CODE_OK;
	reply->type = unconst(codec_name(route->response));
	reply->body.data = arena_copy(in->arena, body.data, body.size);
	reply->body.len = body.size;
	return 0;
}

static int take_sign_in(struct daemon *daemon, struct tx *tx, struct input *in,
			const Request *request, Reply *reply)
{
	const struct route *route = route_find(daemon, request->type, NULL);
	ProtobufCMessage *message;

	if (!route || route->kind != ROUTE_SIGN_IN)
		return unknown(in);
	if (!id_valid(request->id))
		return invalid(in, "id");
	int rc = decode_body(in, route, request, &message);
	return rc ? rc : sign_in_request(daemon, tx, in, route, request, message, reply);
}

static void handle_sign_in(struct daemon *daemon, struct tx *tx, const char *client,
			   struct bytes payload)
{
	Reply reply = Reply_INIT;
	struct refusal refusal;
	struct input in;
	ProtobufCMessage *message;
	const char *field = "";
	int rc;

	arena_reset(&daemon->arena);
	input_prepare(daemon, &in, &refusal);
	in.client = client;
	if (payload.size > LIMIT_SIGN_IN_BYTES + 256)
		rc = invalid(&in, "body");
	else if (codec_decode(&Request_descriptor, payload, &daemon->arena, &message, &field))
		rc = invalid(&in, field);
	else {
		const Request *request = (const Request *)(const void *)message;
		reply.request_id = request->id;
		rc = too_many(daemon, client)
		     ? refuse(&in, CODE_RESOURCE_EXHAUSTED, "", "送信が多すぎます。", "Too many at once.")
		     : take_sign_in(daemon, tx, &in, request, &reply);
	}
	if (rc && rc != ERR_REFUSED && rc != ERR_NOTHING) {
		rc = error_refusal(&in, rc);
		start_over(&daemon->arena, &reply);
	}
	if (rc == ERR_REFUSED)
		set_refusal(&reply, &refusal);
	if (!tx->error && rc != ERR_NOTHING)
		signed_reply(daemon, client, &reply);
}

/* ---- what failed -------------------------------------------------------------------------- */

void input_failed(struct daemon *daemon, const char *topic, struct bytes payload, int error)
{
	Reply reply = Reply_INIT;
	struct refusal refusal;
	struct input in;
	char level[4][LIMIT_NAME_BYTES + 1];
	ProtobufCMessage *message;

	int n = split_topic(topic, level);
	bool sign_in = n == 3 && !strcmp(level[1], "signin");
	if (!sign_in && (n != 4 || strcmp(level[1], "req")))
		return; /* a notice: it is asked for again */
	arena_reset(&daemon->arena);
	input_prepare(daemon, &in, &refusal);
	if (codec_decode(&Request_descriptor, payload, &daemon->arena, &message, NULL) == 0)
		reply.request_id = ((const Request *)(const void *)message)->id;
	error_refusal(&in, error);
	set_refusal(&reply, &refusal);
	if (sign_in)
		signed_reply(daemon, level[2], &reply);
	else
		input_reply(daemon, level[2], level[3], &reply);
}

/* ---- what arrives ------------------------------------------------------------------------- */

/* An answer to a question of ours: only peers' notices come this way. */
static void handle_answer(struct daemon *daemon, struct tx *tx, struct peer *peer,
			  struct bytes payload)
{
	ProtobufCMessage *message, *body;

	arena_reset(&daemon->outer);
	if (codec_decode(&Reply_descriptor, payload, &daemon->outer, &message, NULL))
		return;
	const Reply *reply = (const Reply *)(const void *)message;
	if (reply->code != CODE_OK || strcmp(reply->type, "Notices")) {
		log_event(LOG_LEVEL_WARN, "follow", "instance=%s code=%d problem=\"%s\"", peer->name,
			  (int)reply->code, reply->message_en);
		return;
	}
	if (codec_decode(&Notices_descriptor, (struct bytes){ reply->body.data, reply->body.len },
			 &daemon->outer, &body, NULL) == 0)
		peer_notices(daemon, tx, peer, (const Notices *)(const void *)body,
			     reply->request_id);
}

static void handle_notices(struct daemon *daemon, struct tx *tx, struct peer *peer,
			   struct bytes payload)
{
	ProtobufCMessage *message;

	arena_reset(&daemon->outer);
	if (codec_decode(&Notices_descriptor, payload, &daemon->outer, &message, NULL) == 0)
		peer_notices(daemon, tx, peer, (const Notices *)(const void *)message, NULL);
	else
		log_event(LOG_LEVEL_WARN, "notices", "instance=%s problem=\"not readable\"", peer->name);
}

void input_message(struct daemon *daemon, struct tx *tx, size_t index)
{
	char level[4][LIMIT_NAME_BYTES + 1];
	const char *self = daemon->spec->name;
	const char *topic = messages_topic(&daemon->arrived, index);
	struct bytes payload = messages_data(&daemon->arrived, index);
	int n = split_topic(topic, level);

	daemon->taking = &daemon->arrived.items[index];
	if (n == 4 && !strcmp(level[0], self) && !strcmp(level[1], "req")) {
		handle_request(daemon, tx, level[2], level[3], payload);
		return;
	}
	if (n == 3 && !strcmp(level[0], self) && !strcmp(level[1], "signin") &&
	    daemon_signs_in(daemon->spec)) {
		handle_sign_in(daemon, tx, level[2], payload);
		return;
	}
	struct peer *peer = n >= 3 ? peer_find(daemon, level[0]) : NULL;
	if (peer && n == 3 && !strcmp(level[1], "notice") && !strcmp(level[2], self))
		handle_notices(daemon, tx, peer, payload);
	else if (peer && n == 4 && !strcmp(level[1], "res") && !strcmp(level[2], self))
		handle_answer(daemon, tx, peer, payload);
	else
		log_event(LOG_LEVEL_WARN, "message", "topic=\"%.100s\" problem=\"not for us\"", topic);
}

/* ---- due work ----------------------------------------------------------------------------- */

static bool first_due(struct tx *tx, enum due_class class, int64_t now_ms, struct key *key,
		      Notice **item)
{
	uint8_t prefix_byte = (uint8_t)class;
	struct key prefix = { .size = 0 };
	struct scan scan;
	bool found = false;

	key_add_bytes(&prefix, &prefix_byte, 1);
	scan_open(&scan, tx, TABLE_DUE, &prefix, NULL);
	if (scan_next(&scan) && SCAN_MESSAGE(&scan, Notice, item) == 0 && (*item)->time_ms <= now_ms) {
		key->size = 0;
		key_add_bytes(key, scan.key, scan.key_size);
		found = true;
	}
	scan_close(&scan);
	return found;
}

bool input_due(struct daemon *daemon, struct tx *tx, enum due_class class)
{
	struct refusal refusal;
	struct input in;
	struct key key;
	Notice *item;
	ProtobufCMessage *message, *fact = NULL;
	int rc = ERR_NOTHING;

	arena_reset(&daemon->arena);
	tx->arena = &daemon->arena;
	input_prepare(daemon, &in, &refusal);
	if (!first_due(tx, class, class == DUE_DURATION ? in.steady_ms : in.now_ms, &key, &item))
		return false;
	const struct route *route = route_find(daemon, item->type, NULL);
	if (route && route->kind == ROUTE_DUE && daemon->sabotage != SABOTAGE_FORGET_DUE)
		rc = codec_unpack(route->message, (struct bytes){ item->body.data, item->body.len },
				  in.arena, &message);
	if (!rc)
		rc = input_decide(tx, &in, route, message, NULL, &fact);
	if (rc == ERR_NOMEM || rc == ERR_TOOBIG) { /* it would never go, and all others wait behind it */
		log_event(LOG_LEVEL_ERROR, "due", "error=\"%s\" next=\"dropped\"", error_text(rc));
		tx->error = 0; /* nothing was written yet */
		arena_reset(&daemon->arena);
		input_prepare(daemon, &in, &refusal);
		rc = first_due(tx, class, INT64_MAX, &key, &item) ? ERR_NOTHING : rc;
	}
	if (rc == ERR_NOTHING || rc == ERR_REFUSED) {
		fact = codec_new(&DueDropped_descriptor, in.arena);
		rc = fact ? 0 : ERR_NOMEM;
	}
	if (rc && !tx->error)
		tx->error = rc;
	fact_commit(daemon, tx, &in,
		    &(struct cause){ .name = item->type, .due_key = { key.data, key.size } }, fact);
	return true;
}
