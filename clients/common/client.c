#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "id.h"
#include "limits.h"
#include "link.h"

#define REPEAT_MS 2000
#define SLOW_BYTES_PER_MS 16 /* a line that takes what is large only so fast is not to be sent it twice */
#define RENEW_MS 60000
#define SPREAD_MS 500 /* what happens to all clients at once: they ask within so long */
#define IDLE_MS 1000
#define MAX_INSTANCES 16
#define MAX_WATCHES 32
#define WATCH_IDS 4 /* a watch under a new id may still push under the one before */
#define BUCKETS 256
#define ARENA_BYTES (16 * 1024 * 1024)

/* What one instance says to us: the two topics, and whether the broker has confirmed them. */
struct instance {
	char name[LIMIT_NAME_BYTES + 1];
	bool inbox_wanted, states_wanted;
	bool replies_ready, inbox_ready, states_ready;
	int replies_id, inbox_id, hello_id, states_id;
};

struct watch;

struct request {
	struct request *next; /* in its bucket */
	char id[ID_SIZE];
	struct instance *instance;
	uint8_t *data;
	size_t size;
	unsigned published;   /* how often */
	struct watch *watch;  /* NULL: no watch's */
	uint8_t *unavailable; /* the last such reply */
	size_t unavailable_size;
	int64_t repeat_ms, deadline_ms;
	client_reply_fn *done;
	void *context;
};

struct watch {
	struct client *client;
	struct instance *instance;
	char *type; /* NULL: this place is free */
	uint8_t *body;
	size_t body_size;
	char ids[WATCH_IDS][ID_SIZE]; /* the newest first */
	uint64_t position;
	bool is_public; /* changes come on the state topics, without the watch's id */
	bool begun;     /* the first page is here */
	uint64_t missed_to; /* public: something until here passed by */
	bool asking; /* a page is on its way */
	bool again;  /* something was missed meanwhile */
	bool fresh_id;
	int64_t renew_ms;
	client_reply_fn *on_page;
	client_push_fn *on_push;
	void *context;
};

struct client {
	struct account account;
	struct link *link;
	struct arena arena;   /* of one message that came */
	struct arena packing; /* of one request: callbacks send while they read what came */
	int64_t timeout_ms;
	struct instance instances[MAX_INSTANCES];
	size_t n_instances;
	struct request *buckets[BUCKETS];
	unsigned in_flight;
	int64_t look_ms; /* monotonic: no request needs attention before */
	struct watch watches[MAX_WATCHES];
	int64_t down_ms; /* monotonic: since when there is no connection */
};

static int64_t now_ms(void)
{
	return clock_system->monotonic_ms(clock_system);
}

/* ---- topics ---- */

static void subscribe_instance(struct client *client, struct instance *instance)
{
	char topic[LIMIT_TOPIC_BYTES];
	const struct account *account = &client->account;

	if (!link_is_up(client->link))
		return;
	if (!instance->replies_ready && !instance->replies_id) {
		snprintf(topic, sizeof(topic), "tsunagi/v1/%s/res/%s/%s", instance->name,
			 account->user, account->device);
		link_subscribe(client->link, topic, &instance->replies_id);
	}
	if (instance->inbox_wanted && !instance->inbox_ready && !instance->inbox_id) {
		snprintf(topic, sizeof(topic), "tsunagi/v1/%s/inbox/%s", instance->name,
			 account->user);
		link_subscribe(client->link, topic, &instance->inbox_id);
		/* Not waited for: it only makes renewals prompt. */
		snprintf(topic, sizeof(topic), "tsunagi/v1/%s/state/%s", instance->name, instance->name);
		link_subscribe(client->link, topic, &instance->hello_id);
	}
	if (instance->states_wanted && !instance->states_ready && !instance->states_id) {
		/* hello too */
		snprintf(topic, sizeof(topic), "tsunagi/v1/%s/state/+", instance->name);
		link_subscribe(client->link, topic, &instance->states_id);
	}
}

/* What of an instance must be heard, beside replies. */
enum hearing { HEAR_REPLIES, HEAR_INBOX, HEAR_STATES };

static struct instance *instance_use(struct client *client, const char *name, enum hearing hearing)
{
	struct instance *instance = NULL;

	for (size_t i = 0; i < client->n_instances; i++)
		if (!strcmp(client->instances[i].name, name))
			instance = &client->instances[i];
	if (!instance) {
		if (client->n_instances == MAX_INSTANCES || strlen(name) > LIMIT_NAME_BYTES)
			return NULL;
		instance = &client->instances[client->n_instances++];
		*instance = (struct instance){.inbox_wanted = false};
		snprintf(instance->name, sizeof(instance->name), "%s", name);
	}
	instance->inbox_wanted |= hearing == HEAR_INBOX;
	instance->states_wanted |= hearing == HEAR_STATES;
	subscribe_instance(client, instance);
	return instance;
}

/* ---- requests ---- */

static struct request **bucket_of(struct client *client, const char *id)
{
	uint32_t hash = 2166136261u;

	for (const char *c = id; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return &client->buckets[hash % BUCKETS];
}

static void request_free(struct request *request)
{
	free(request->data);
	free(request->unavailable);
	free(request);
}

static struct request *request_take(struct client *client, const char *id)
{
	for (struct request **at = bucket_of(client, id); *at; at = &(*at)->next) {
		struct request *request = *at;
		if (strcmp(request->id, id) != 0)
			continue;
		*at = request->next;
		client->in_flight--;
		return request;
	}
	return NULL;
}

static void request_put(struct client *client, struct request *request)
{
	struct request **bucket = bucket_of(client, request->id);

	request->next = *bucket;
	*bucket = request;
	client->in_flight++;
}

/* How long what is large may be on its way. */
static int64_t travel_ms(const struct request *request)
{
	return (int64_t)(request->size / SLOW_BYTES_PER_MS);
}

/* Publishes it if its answer could be heard; else the subscription's confirmation will. */
static void request_publish(struct client *client, struct request *request)
{
	char topic[LIMIT_TOPIC_BYTES];
	const struct instance *instance = request->instance;

	request->repeat_ms = now_ms() + REPEAT_MS + travel_ms(request);
	const struct watch *watch = request->watch;
	if (!instance->replies_ready ||
	    (watch && !(watch->is_public ? instance->states_ready : instance->inbox_ready)))
		return;
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/req/%s/%s", instance->name,
		 client->account.user, client->account.device);
	if (!link_publish(client->link, topic, request->data, request->size))
		request->published++;
}

static void publish_waiting(struct client *client, const struct instance *instance)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct request *r = client->buckets[i]; r; r = r->next)
			if (r->instance == instance)
				request_publish(client, r);
}

/* What a request says, packed. The arena is for the moment only. */
static int request_pack(struct request *request, struct arena *arena, const char *type,
			struct bytes body, uint64_t after, bool watch)
{
	Request message = Request_INIT;
	struct bytes packed;

	message.id = request->id;
	message.type = arena_string(arena, type);
	message.body.data = arena_copy(arena, body.data, body.size);
	message.body.len = body.size;
	message.after = after;
	message.watch = watch;
	if ((body.size && !message.body.data) || codec_pack(&message.base, arena, &packed))
		return ERR_NOMEM;
	if (packed.size > LIMIT_PAYLOAD_BYTES)
		return ERR_TOOBIG;
	request->data = malloc(packed.size);
	if (!request->data)
		return ERR_NOMEM;
	memcpy(request->data, packed.data, packed.size);
	request->size = packed.size;
	return 0;
}

/*
 * A renewed watch keeps its id, so that the service renews it and opens no second one. Where an
 * answer may come twice (the request was repeated) the next one gets a fresh id, or the second answer
 * to the old would be taken for the new.
 */
static void request_name(struct request *request, struct watch *watch, const char *id)
{
	if (id)
		snprintf(request->id, ID_SIZE, "%s", id);
	else if (!watch || watch->fresh_id || !watch->ids[0][0])
		id_make(request->id, clock_system, clock_system->wall_ms(clock_system));
	else
		memcpy(request->id, watch->ids[0], ID_SIZE);
	if (!watch || !strcmp(watch->ids[0], request->id))
		return;
	memmove(watch->ids[1], watch->ids[0], sizeof(watch->ids) - sizeof(watch->ids[0]));
	memcpy(watch->ids[0], request->id, ID_SIZE);
}

static int request_send(struct client *client, struct instance *instance, const char *type,
			struct bytes body, uint64_t after, struct watch *watch, const char *id,
			client_reply_fn *done, void *context)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return ERR_NOMEM;
	request->instance = instance;
	request->watch = watch;
	request->done = done;
	request->context = context;
	request->deadline_ms = now_ms() + client->timeout_ms;
	request_name(request, watch, id);
	int rc = request_pack(request, &client->packing, type, body, after, watch != NULL);
	if (rc) {
		request_free(request);
		return rc;
	}
	request->deadline_ms += 2 * travel_ms(request);
	request_put(client, request);
	request_publish(client, request);
	if (request->repeat_ms < client->look_ms)
		client->look_ms = request->repeat_ms;
	if (request->deadline_ms < client->look_ms)
		client->look_ms = request->deadline_ms;
	return 0;
}

static int send_as(struct client *client, const char *instance_name,
		   const ProtobufCMessage *message, uint64_t after, const char *id,
		   client_reply_fn *done, void *context)
{
	struct instance *instance = instance_use(client, instance_name, HEAR_REPLIES);
	struct bytes body;

	if (!instance)
		return ERR_TOOBIG;
	arena_reset(&client->packing);
	int rc = codec_pack(message, &client->packing, &body);
	if (!rc)
		rc = request_send(client, instance, codec_name(message->descriptor), body, after,
				  NULL, id, done, context);
	return rc;
}

int client_send(struct client *client, const char *instance, const ProtobufCMessage *message,
		uint64_t after, client_reply_fn *done, void *context)
{
	return send_as(client, instance, message, after, NULL, done, context);
}

unsigned client_in_flight(const struct client *client)
{
	return client->in_flight;
}

/* Nothing better than UNAVAILABLE came, or nothing at all. */
static void request_expire(struct request *request)
{
	ProtobufCMessage *reply = NULL;
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	if (request->watch)
		request->watch->fresh_id = true;
	if (request->unavailable)
		codec_decode(&Reply_descriptor,
			     (struct bytes){request->unavailable, request->unavailable_size},
			     &arena, &reply, NULL);
	request->done(request->context, (const Reply *)(const void *)reply);
	arena_close(&arena);
	request_free(request);
}

/* Repeats what is due and gives up what is over. Callbacks may change the lists: one at a time. */
static struct request *find_expired(struct client *client, int64_t now)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct request *r = client->buckets[i]; r; r = r->next)
			if (r->deadline_ms <= now)
				return request_take(client, r->id);
	return NULL;
}

static void look_after_requests(struct client *client)
{
	int64_t now = now_ms(), next = INT64_MAX;
	struct request *expired;

	if (now < client->look_ms)
		return;
	while ((expired = find_expired(client, now)))
		request_expire(expired);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct request *r = client->buckets[i]; r; r = r->next) {
			if (r->repeat_ms <= now)
				request_publish(client, r);
			if (r->repeat_ms < next)
				next = r->repeat_ms;
			if (r->deadline_ms < next)
				next = r->deadline_ms;
		}
	}
	client->look_ms = next;
}

static void take_unavailable(struct request *request, struct bytes packed)
{
	uint8_t *copy = malloc(packed.size);

	if (!copy)
		return;
	memcpy(copy, packed.data, packed.size);
	free(request->unavailable);
	request->unavailable = copy;
	request->unavailable_size = packed.size;
}

static void take_reply(struct client *client, const Reply *reply, struct bytes packed)
{
	struct request *request = request_take(client, reply->request_id);

	if (!request)
		return; /* of another terminal of this account, or answered already */
	if (reply->code == CODE_UNAVAILABLE) {
		take_unavailable(request, packed);
		request_put(client, request);
		return;
	}
	if (request->watch)
		request->watch->fresh_id = request->published > 1;
	request->done(request->context, reply);
	request_free(request);
}

/* ---- watches ---- */

static void watch_ask(struct watch *watch);

static void watch_free(struct watch *watch)
{
	free(watch->type);
	free(watch->body);
	*watch = (struct watch){.type = NULL};
}

static void watch_page(void *context, const Reply *reply)
{
	struct watch *watch = context;

	watch->asking = false;
	if (!reply || reply->code == CODE_UNAVAILABLE) {
		watch->on_page(watch->context, NULL);
		if (watch->type && !watch->asking)
			watch_ask(watch);
		return;
	}
	if (reply->code != CODE_OK) {
		client_reply_fn *on_page = watch->on_page;
		void *of = watch->context;
		watch_free(watch);
		on_page(of, reply);
		return;
	}
	if (reply->position > watch->position)
		watch->position = reply->position;
	watch->begun = true;
	watch->again |= watch->missed_to > watch->position;
	watch->on_page(watch->context, reply);
	if (!watch->type ||
	    watch->asking) /* closed by the callback, perhaps another in its place */
		return;
	if (reply->more || watch->again)
		watch_ask(watch);
	else
		watch->renew_ms = now_ms() + RENEW_MS;
}

static void watch_ask(struct watch *watch)
{
	watch->again = false;
	watch->asking = true;
	arena_reset(&watch->client->packing);
	if (request_send(watch->client, watch->instance, watch->type,
			 (struct bytes){watch->body, watch->body_size}, watch->position, watch,
			 NULL, watch_page, watch)) {
		watch->asking = false;
		watch->renew_ms = now_ms() + REPEAT_MS;
	}
}

static struct watch *watch_of(struct client *client, const char *id)
{
	for (size_t i = 0; i < MAX_WATCHES; i++)
		for (size_t k = 0; client->watches[i].type && k < WATCH_IDS; k++)
			if (client->watches[i].ids[k][0] && !strcmp(client->watches[i].ids[k], id))
				return &client->watches[i];
	return NULL;
}

static void take_push(struct client *client, const Push *push)
{
	struct watch *watch = watch_of(client, push->watch);

	if (!watch || (push->to <= watch->position && push->type[0]))
		return;
	if (push->from > watch->position ||
	    !push->type[0]) { /* something is missing, or it has ended */
		if (watch->asking)
			watch->again = true;
		else
			watch_ask(watch);
		return;
	}
	watch->position = push->to;
	if (push->more && watch->renew_ms > now_ms() + REPEAT_MS)
		watch->renew_ms = now_ms() + REPEAT_MS;
	watch->on_push(watch->context, push);
}

/* Soon, but not everybody in the same moment. */
static void watch_ask_soon(struct watch *watch)
{
	uint8_t spread[2];

	clock_system->random(clock_system, spread, sizeof(spread));
	int64_t at_ms = now_ms() + (spread[0] << 8 | spread[1]) % SPREAD_MS;
	if (at_ms < watch->renew_ms)
		watch->renew_ms = at_ms;
}

/*
 * A row that everybody is told of. It stands for itself, so whoever shows it needs no order, only
 * the higher or equal position; from and to tell whether others were missed. Before the first page
 * it is no news: what the broker kept, or what the page will have.
 */
static void take_state(struct client *client, const char *topic, const Push *push)
{
	char prefix[LIMIT_TOPIC_BYTES];

	for (size_t i = 0; i < MAX_WATCHES; i++) {
		struct watch *watch = &client->watches[i];
		if (!watch->type || !watch->is_public)
			continue;
		snprintf(prefix, sizeof(prefix), "tsunagi/v1/%s/state/", watch->instance->name);
		if (strncmp(topic, prefix, strlen(prefix)) != 0)
			continue;
		if (push->from > watch->position || !watch->begun) {
			if (push->to > watch->missed_to)
				watch->missed_to = push->to;
			watch_ask_soon(watch);
		} else if (push->to > watch->position) {
			watch->position = push->to;
		}
		if (watch->begun)
			watch->on_push(watch->context, push);
	}
}

static void renew_watches(struct client *client)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < MAX_WATCHES; i++) {
		struct watch *watch = &client->watches[i];
		if (watch->type && !watch->asking && now >= watch->renew_ms)
			watch_ask(watch);
	}
}

/* Lists whose changes the service tells to everybody at once. */
static bool is_public(const ProtobufCMessage *request)
{
	return request->descriptor == &ListBoard_descriptor;
}

int client_watch(struct client *client, const char *instance, const ProtobufCMessage *request,
		 client_reply_fn *on_page, client_push_fn *on_push, void *context)
{
	enum hearing hearing = is_public(request) ? HEAR_STATES : HEAR_INBOX;
	struct watch *watch = NULL;
	struct bytes body;

	for (size_t i = 0; i < MAX_WATCHES && !watch; i++)
		if (!client->watches[i].type)
			watch = &client->watches[i];
	if (!watch)
		return ERR_TOOBIG;
	arena_reset(&client->packing);
	int rc = codec_pack(request, &client->packing, &body);
	if (!rc) {
		*watch = (struct watch){.client = client,
					.on_page = on_page,
					.on_push = on_push,
					.context = context,
					.is_public = hearing == HEAR_STATES,
					.body_size = body.size};
		watch->instance = instance_use(client, instance, hearing);
		watch->type = strdup(codec_name(request->descriptor));
		watch->body = malloc(body.size + 1);
		if (watch->instance && watch->type && watch->body) {
			memcpy(watch->body, body.data, body.size);
			watch_ask(watch);
		} else {
			watch_free(watch);
			rc = ERR_NOMEM;
		}
	}
	return rc;
}

static void watch_close(struct client *client, struct watch *watch)
{
	char id[ID_SIZE];

	memcpy(id, watch->ids[0], ID_SIZE);
	if (watch->asking) {
		struct request *request = request_take(client, id);
		if (request)
			request_free(request);
	}
	watch_free(watch);
}

void client_unwatch(struct client *client, const void *context)
{
	for (size_t i = 0; i < MAX_WATCHES; i++)
		if (client->watches[i].type && client->watches[i].context == context)
			watch_close(client, &client->watches[i]);
}

/* The longest that nothing is to be done for a watch by itself. */
static int64_t watches_wait_ms(const struct client *client)
{
	int64_t wait_ms = IDLE_MS, now = now_ms();

	for (size_t i = 0; i < MAX_WATCHES; i++) {
		const struct watch *watch = &client->watches[i];
		if (watch->type && !watch->asking && watch->renew_ms - now < wait_ms)
			wait_ms = watch->renew_ms - now;
	}
	return wait_ms;
}

static bool watching(const struct client *client)
{
	for (size_t i = 0; i < MAX_WATCHES; i++)
		if (client->watches[i].type)
			return true;
	return false;
}

/* ---- what the link tells ---- */

static void on_up(void *context)
{
	struct client *client = context;

	for (size_t i = 0; i < client->n_instances; i++)
		subscribe_instance(client, &client->instances[i]);
}

static void on_down(void *context)
{
	struct client *client = context;

	client->down_ms = now_ms();
	for (size_t i = 0; i < client->n_instances; i++) {
		struct instance *instance = &client->instances[i];
		instance->replies_ready = instance->inbox_ready = instance->states_ready = false;
		instance->replies_id = instance->inbox_id = instance->states_id = 0;
	}
	/* What was pushed meanwhile is lost: ask anew as soon as it can be heard. */
	for (size_t i = 0; i < MAX_WATCHES; i++) {
		struct watch *watch = &client->watches[i];
		if (watch->type && watch->asking)
			watch->again = true;
		else if (watch->type)
			watch->renew_ms = 0;
	}
}

static void on_subscribed(void *context, int id)
{
	struct client *client = context;

	for (size_t i = 0; i < client->n_instances; i++) {
		struct instance *instance = &client->instances[i];
		if (id == instance->replies_id && !instance->replies_ready)
			instance->replies_ready = true;
		else if (id == instance->inbox_id && !instance->inbox_ready)
			instance->inbox_ready = true;
		else if (id == instance->states_id && !instance->states_ready)
			instance->states_ready = true;
		else
			continue;
		publish_waiting(client, instance);
	}
}

/* An instance that came back has forgotten its watches. Not everybody asks in the same moment. */
static void on_hello(struct client *client, const char *topic)
{
	char hello[LIMIT_TOPIC_BYTES];

	for (size_t i = 0; i < MAX_WATCHES; i++) {
		struct watch *watch = &client->watches[i];
		if (!watch->type)
			continue;
		snprintf(hello, sizeof(hello), "tsunagi/v1/%s/state/%s", watch->instance->name,
			 watch->instance->name);
		if (!strcmp(topic, hello))
			watch_ask_soon(watch);
	}
}

static void on_message(void *context, const char *topic, const void *data, size_t size)
{
	struct client *client = context;
	struct bytes packed = {data, size};
	ProtobufCMessage *message;
	bool state = strstr(topic, "/state/") != NULL, push = state || strstr(topic, "/inbox/");

	if (state)
		on_hello(client, topic);
	arena_reset(&client->arena);
	if (codec_decode(push ? &Push_descriptor : &Reply_descriptor, packed, &client->arena,
			 &message, NULL))
		return; /* not ours, whoever sent it; the request is repeated */
	if (state && ((const Push *)(const void *)message)->type[0]) /* else it was a hello */
		take_state(client, topic, (const Push *)(const void *)message);
	else if (state)
		return;
	else if (push)
		take_push(client, (const Push *)(const void *)message);
	else
		take_reply(client, (const Reply *)(const void *)message, packed);
}

/* ---- opening, running ---- */

static int wait_until_up(struct client *client, char *sentence, size_t size)
{
	int64_t deadline = now_ms() + client->timeout_ms;

	while (!link_is_up(client->link)) {
		int64_t left_ms = deadline - now_ms();
		if (left_ms <= 0 || link_is_refused(client->link)) {
			const char *reason = link_reason(client->link);
			snprintf(sentence, size, "%s:%d: %s", client->account.host,
				 client->account.port, reason[0] ? reason : "no answer");
			return left_ms <= 0 && !reason[0] ? ERR_TIMEOUT : ERR_DISCONNECTED;
		}
		link_step(client->link, left_ms);
	}
	return 0;
}

int client_open(struct client **out, const struct account *account, int64_t timeout_ms,
		char *sentence, size_t size)
{
	static const struct link_events events = {
		.up = on_up,
		.down = on_down,
		.subscribed = on_subscribed,
		.message = on_message,
	};
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		return ERR_NOMEM;
	client->account = *account;
	client->timeout_ms = timeout_ms;
	client->down_ms = now_ms();
	client->look_ms = INT64_MAX;
	arena_init(&client->arena, ARENA_BYTES);
	arena_init(&client->packing, ARENA_BYTES);
	int rc = link_open(&client->link, account, &events, client);
	if (!rc)
		rc = wait_until_up(client, sentence, size);
	if (rc) {
		client_free(client);
		return rc;
	}
	*out = client;
	return 0;
}

void client_free(struct client *client)
{
	if (!client)
		return;
	link_free(client->link);
	for (size_t i = 0; i < BUCKETS; i++) {
		while (client->buckets[i]) {
			struct request *request = client->buckets[i];
			client->buckets[i] = request->next;
			request_free(request);
		}
	}
	for (size_t i = 0; i < MAX_WATCHES; i++)
		watch_free(&client->watches[i]);
	arena_close(&client->arena);
	arena_close(&client->packing);
	free(client);
}

int client_run(struct client *client, int64_t at_most_ms, const volatile bool *stop)
{
	int64_t start = now_ms();

	while (!stop || !*stop) {
		if (!client->in_flight && !watching(client))
			return 0;
		int64_t now = now_ms();
		int64_t wait_ms = watches_wait_ms(client);
		if (client->look_ms != INT64_MAX && client->look_ms - now < wait_ms)
			wait_ms = client->look_ms - now;
		if (at_most_ms >= 0) {
			if (now - start >= at_most_ms)
				return 0;
			if (wait_ms > at_most_ms - (now - start))
				wait_ms = at_most_ms - (now - start);
		}
		link_step(client->link, wait_ms < 0 ? 0 : wait_ms);
		look_after_requests(client);
		renew_watches(client);
		if (!link_is_up(client->link) && now_ms() - client->down_ms > client->timeout_ms) {
			client->down_ms = now_ms(); /* the caller may go on */
			return ERR_DISCONNECTED;
		}
	}
	return 0;
}

/* ---- one request, one reply ---- */

struct call {
	struct arena *arena;
	Reply *reply;
	bool done;
};

static void call_done(void *context, const Reply *reply)
{
	struct call *call = context;
	struct bytes packed;

	call->done = true;
	if (reply && !codec_pack(&reply->base, call->arena, &packed))
		codec_unpack(&Reply_descriptor, packed, call->arena,
			     (ProtobufCMessage **)(void *)&call->reply);
}

int client_call(struct client *client, const char *instance, const ProtobufCMessage *request,
		uint64_t after, struct arena *arena, Reply **reply)
{
	return client_call_as(client, instance, request, after, NULL, arena, reply);
}

int client_call_as(struct client *client, const char *instance, const ProtobufCMessage *request,
		   uint64_t after, const char *id, struct arena *arena, Reply **reply)
{
	struct call call = {.arena = arena};

	int rc = send_as(client, instance, request, after, id, call_done, &call);
	if (rc)
		return rc;
	while (!call.done)
		client_run(client, -1, &call.done);
	if (!call.reply)
		return link_is_up(client->link) ? ERR_TIMEOUT : ERR_DISCONNECTED;
	*reply = call.reply;
	return 0;
}

/* ---- the rest ---- */

const char *client_instance_for(const struct client *client, const char *patient)
{
	(void)client;
	(void)patient;
	return "record";
}

const struct account *client_account(const struct client *client)
{
	return &client->account;
}

bool client_connected(const struct client *client)
{
	return link_is_up(client->link);
}

bool client_refused(const struct client *client)
{
	return !link_is_up(client->link) && link_is_refused(client->link);
}

const char *client_reason(const struct client *client)
{
	return link_reason(client->link);
}
