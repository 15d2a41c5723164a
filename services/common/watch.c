/*
 * Watches: a read that is asked again whenever what it shows was touched, with `after` set to what
 * its reader has. So a push holds what the same request would answer, and the right is checked anew
 * each time. Kept in memory only: after a restart the renewal opens it again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "log.h"

#define PAGES_PER_STEP 8

static void release(struct watch *watch)
{
	free(watch->body);
	watch->body = NULL;
}

static int append(struct watch **list, size_t *n, size_t *capacity, const struct watch *watch)
{
	if (*n == *capacity) {
		size_t larger = *capacity ? *capacity * 2 : 16;
		struct watch *memory = realloc(*list, larger * sizeof(*memory));
		if (!memory)
			return ERR_NOMEM;
		*list = memory;
		*capacity = larger;
	}
	(*list)[(*n)++] = *watch;
	return 0;
}

static size_t count_of_user(const struct daemon *daemon, const char *user)
{
	size_t n = 0;
	for (size_t i = 0; i < daemon->n_watches; i++)
		n += !strcmp(daemon->watches[i].user, user);
	for (size_t i = 0; i < daemon->n_opening; i++)
		n += !strcmp(daemon->opening[i].user, user);
	return n;
}

static bool same(const struct watch *watch, const char *user, const char *id)
{
	return !strcmp(watch->id, id) && !strcmp(watch->user, user);
}

static bool known(const struct daemon *daemon, const char *user, const char *id)
{
	for (size_t i = 0; i < daemon->n_watches; i++)
		if (same(&daemon->watches[i], user, id))
			return true;
	return false;
}

/* The same request twice in one batch is one watch: the later one counts. */
static void forget_opening(struct daemon *daemon, const char *user, const char *id)
{
	for (size_t i = 0; i < daemon->n_opening; i++)
		if (same(&daemon->opening[i], user, id)) {
			release(&daemon->opening[i]);
			daemon->opening[i] = daemon->opening[--daemon->n_opening];
			return;
		}
}

/* Called while the batch runs: the watch stands when the batch is committed. */
int watch_opening(struct daemon *daemon, const struct input *in, const Request *request,
		  const struct route *route, const struct answer *answer, uint64_t position)
{
	struct watch watch = { .route = route, .position = position };

	forget_opening(daemon, in->actor.user, request->id);
	if (!known(daemon, in->actor.user, request->id) &&
	    (daemon->n_watches + daemon->n_opening >= LIMIT_WATCHES ||
	     count_of_user(daemon, in->actor.user) >= LIMIT_WATCHES_PER_USER))
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "watch",
			      "同時に開いている画面が多すぎます。使っていない画面を閉じてください。",
			      "Too many open watches. Close some, or wait until they lapse.");
	watch.body_size = request->body.len;
	watch.body = malloc(watch.body_size + 1);
	if (!watch.body)
		return ERR_NOMEM;
	if (watch.body_size)
		memcpy(watch.body, request->body.data, watch.body_size);
	snprintf(watch.user, sizeof(watch.user), "%s", in->actor.user);
	snprintf(watch.device, sizeof(watch.device), "%s", in->actor.device);
	snprintf(watch.id, sizeof(watch.id), "%s", request->id);
	watch.key_hash = watch.also_hash = key_hash(&answer->watch_key);
	if (answer->watch_also.size)
		watch.also_hash = key_hash(&answer->watch_also);
	watch.lapses_ms = daemon->clock->monotonic_ms(daemon->clock) + WATCH_MS;
	if (append(&daemon->opening, &daemon->n_opening, &daemon->opening_capacity, &watch)) {
		release(&watch);
		return ERR_NOMEM;
	}
	return 0;
}

static bool touched(const struct daemon *daemon, const struct watch *watch)
{
	return touched_has(&daemon->touched, watch->key_hash) ||
	       (watch->also_hash != watch->key_hash &&
		touched_has(&daemon->touched, watch->also_hash));
}

static void drop(struct daemon *daemon, size_t index)
{
	release(&daemon->watches[index]);
	daemon->watches[index] = daemon->watches[--daemon->n_watches];
}

static void adopt(struct daemon *daemon, struct watch *watch)
{
	for (size_t i = 0; i < daemon->n_watches; i++)
		if (same(&daemon->watches[i], watch->user, watch->id)) {
			drop(daemon, i);
			break;
		}
	/* Later inputs of the same batch may have touched it after it was read. */
	watch->stale = touched(daemon, watch);
	if (append(&daemon->watches, &daemon->n_watches, &daemon->watches_capacity, watch))
		release(watch); /* it lapses, and its reader asks again */
}

void watches_begin(struct daemon *daemon)
{
	while (daemon->n_opening)
		release(&daemon->opening[--daemon->n_opening]);
}

void watches_committed(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_watches; i++)
		if (touched(daemon, &daemon->watches[i]))
			daemon->watches[i].stale = true;
	for (size_t i = 0; i < daemon->n_opening; i++)
		adopt(daemon, &daemon->opening[i]);
	daemon->n_opening = 0;
}

static char *unconst(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text };
	return pointer.out;
}

static void publish(struct daemon *daemon, const struct watch *watch, const Push *push)
{
	char topic[LIMIT_TOPIC_BYTES];
	struct bytes packed;

	if (codec_pack(&push->base, &daemon->arena, &packed))
		return;
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/inbox/%s", daemon->spec->name, watch->user);
	daemon->bus->publish(daemon->bus, topic, packed.data, packed.size, 1, false);
}

/* Asks the watch's request once more, as its user. 0, or why there is no more to tell. */
static int ask(struct daemon *daemon, struct tx *tx, const struct watch *watch, struct answer *answer,
	       struct bytes *body)
{
	const struct route *route = watch->route;
	struct refusal refusal;
	struct input in;
	ProtobufCMessage *message, *response;

	input_prepare(daemon, &in, &refusal);
	in.actor.user = watch->user;
	in.actor.device = watch->device;
	in.after = watch->position;
	in.push = true;
	if (!input_identify(daemon, tx, &in, route))
		return tx->error ? tx->error : ERR_REFUSED;
	response = codec_new(route->response, in.arena);
	int rc = codec_unpack(route->message, (struct bytes){ watch->body, watch->body_size }, in.arena,
			      &message);
	if (!rc && !response)
		rc = ERR_NOMEM;
	if (!rc)
		rc = route->query(tx, &in, message, response, answer);
	if (!rc)
		rc = tx->error;
	return rc ? rc : codec_pack(response, in.arena, body);
}

/* One page of what changed. False: the watch has ended. */
static bool tell(struct daemon *daemon, struct watch *watch)
{
	struct answer answer = { .position = 0 };
	Push push = Push_INIT;
	struct bytes body = { NULL, 0 };
	struct tx tx;

	arena_reset(&daemon->arena);
	if (tx_begin(&tx, daemon->store, &daemon->arena, false))
		return true;
	int rc = ask(daemon, &tx, watch, &answer, &body);
	push.watch = watch->id;
	push.from = watch->position;
	push.to = answer.position ? answer.position : daemon->head.position;
	push.type = unconst(rc ? "" : codec_name(watch->route->response));
	push.body.data = arena_copy(&daemon->arena, body.data, body.size);
	push.body.len = body.size;
	push.more = answer.more;
	publish(daemon, watch, &push);
	tx_abort(&tx);
	watch->position = push.to;
	watch->stale = answer.more;
	return rc == 0;
}

void watches_speak(struct daemon *daemon)
{
	int64_t now_ms = daemon->clock->monotonic_ms(daemon->clock);

	for (size_t i = daemon->n_watches; i-- > 0;) {
		struct watch *watch = &daemon->watches[i];
		bool open = now_ms < watch->lapses_ms;
		for (int page = 0; open && watch->stale && page < PAGES_PER_STEP; page++)
			open = tell(daemon, watch);
		if (!open)
			drop(daemon, i);
	}
}

bool watches_stale(const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_watches; i++)
		if (daemon->watches[i].stale)
			return true;
	return false;
}

void watches_close(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_watches; i++)
		release(&daemon->watches[i]);
	for (size_t i = 0; i < daemon->n_opening; i++)
		release(&daemon->opening[i]);
	free(daemon->watches);
	free(daemon->opening);
}
