/*
 * The people at work: one connection an account, made when it is first needed, all served in turn.
 */
#ifndef POOL_H
#define POOL_H

#include "client.h"

struct pool;

/* folder: where the account folders are. NULL: out of memory. */
struct pool *pool_open(const char *folder);
void pool_free(struct pool *pool);
/* Sends as that user. Waits while many of their requests are unanswered, and serves everybody
 * meanwhile. 0, or an error that has been said. */
int pool_send(struct pool *pool, const char *user, const ProtobufCMessage *request,
	      client_reply_fn *done, void *context);
/* One request under a given id (services/common/id.h), and its answer. 0, or an error that has been
 * said. */
int pool_call(struct pool *pool, const char *user, const char *instance,
	      const ProtobufCMessage *request, const char *id, struct arena *arena, Reply **reply);
/* Until everything is answered, or given up. */
int pool_settle(struct pool *pool);

#endif
