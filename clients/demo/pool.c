#include "clients/demo/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/demo/progress.h"
#include "error.h"

#define TIMEOUT_MS 20000
#define WINDOW 64
#define INSTANCE "record" /* keeps every patient of one machine */

struct pool {
	const char *folder;
	struct seat {
		char user[LIMIT_NAME_BYTES + 1];
		struct client *client;
	} * seats;
	size_t n, capacity;
};

struct pool *pool_open(const char *folder)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pool->folder = folder;
	return pool;
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->n; i++)
		client_free(pool->seats[i].client);
	free(pool->seats);
	free(pool);
}

static int make_room(struct pool *pool)
{
	if (pool->n < pool->capacity)
		return 0;
	size_t capacity = pool->capacity * 2 + 16;
	struct seat *seats = realloc(pool->seats, capacity * sizeof(*seats));
	if (!seats)
		return ERR_NOMEM;
	pool->seats = seats;
	pool->capacity = capacity;
	return 0;
}

static int find_client(struct pool *pool, const char *user, struct client **out)
{
	char folder[1024], sentence[512] = "out of memory";
	struct account account;

	for (size_t i = 0; i < pool->n; i++) {
		if (strcmp(pool->seats[i].user, user) == 0) {
			*out = pool->seats[i].client;
			return 0;
		}
	}
	snprintf(folder, sizeof(folder), "%s/%s", pool->folder, user);
	int rc = make_room(pool);
	if (!rc)
		rc = account_read(&account, folder, sentence, sizeof(sentence));
	if (!rc)
		rc = client_open(out, &account, TIMEOUT_MS, sentence, sizeof(sentence));
	if (rc) {
		complain("%s: %s", user, sentence);
		return rc;
	}
	struct seat *seat = &pool->seats[pool->n++];
	snprintf(seat->user, sizeof(seat->user), "%s", user);
	seat->client = *out;
	return 0;
}

/* A millisecond each for those who wait. False: nobody waits. */
static bool serve(struct pool *pool, int *rc)
{
	bool waiting = false;

	for (size_t i = 0; i < pool->n; i++) {
		struct client *client = pool->seats[i].client;
		if (!client_in_flight(client))
			continue;
		waiting = true;
		*rc = client_run(client, 1, NULL);
		if (*rc) {
			complain("%s: %s", pool->seats[i].user, client_reason(client));
			return false;
		}
	}
	return waiting;
}

int pool_send(struct pool *pool, const char *user, const ProtobufCMessage *request,
	      client_reply_fn *done, void *context)
{
	struct client *client;

	int rc = find_client(pool, user, &client);
	while (!rc && client_in_flight(client) >= WINDOW)
		serve(pool, &rc);
	if (rc)
		return rc;
	rc = client_send(client, INSTANCE, request, 0, done, context);
	if (rc)
		complain("%s: %s", user, error_text(rc));
	return rc;
}

int pool_call(struct pool *pool, const char *user, const char *instance,
	      const ProtobufCMessage *request, const char *id, struct arena *arena, Reply **reply)
{
	struct client *client;

	int rc = find_client(pool, user, &client);
	if (rc)
		return rc;
	rc = client_call_as(client, instance, request, 0, id, arena, reply);
	if (rc)
		complain("%s: %s does not answer: %s", user, instance, error_text(rc));
	return rc;
}

int pool_settle(struct pool *pool)
{
	int rc = 0;

	while (serve(pool, &rc))
		;
	return rc;
}
