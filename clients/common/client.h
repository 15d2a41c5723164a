/*
 * A client of the services: requests that are repeated until they are answered, watches that are
 * renewed until they are closed. Used by the command line, the demonstration and the bench.
 *
 * One thread: everything happens inside client_run. Answers come to callbacks there.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "arena.h"
#include "codec.h"
#include "names.h"

struct client;

/* Connects (TLS 1.3, mutual) and subscribes to the answers. 0, ERR_DISCONNECTED (the sentence says
 * why), ERR_TIMEOUT. Free with client_free. */
int client_open(struct client **out, const struct account *account, int64_t timeout_ms,
		char *sentence, size_t size);
void client_free(struct client *client);

/*
 * Called once a request: with its reply (borrowed), or with NULL when none came in time. UNAVAILABLE
 * counts as no answer: the request is repeated, and it is handed on only if nothing better came.
 * From inside a callback client_send, client_watch and client_unwatch may be called, not more.
 */
typedef void client_reply_fn(void *context, const Reply *reply);
/* Called for each push of a watch. Gaps are closed by the client itself before it is called. */
typedef void client_push_fn(void *context, const Push *push);

/*
 * Sends a request to an instance ("record"). The message is packed before it returns. Repeated, the
 * same bytes, every 2 s (what is large: every 10) and after each reconnection, until it is answered or
 * its time is over.
 * 0, ERR_NOMEM, ERR_TOOBIG.
 */
int client_send(struct client *client, const char *instance, const ProtobufCMessage *request,
		uint64_t after, client_reply_fn *done, void *context);
/* How many requests are unanswered: keep it below a window of your own, 64 say. */
unsigned client_in_flight(const struct client *client);

/*
 * Opens a watch: first each page of the list to on_page, then the changes to on_push, until
 * client_unwatch. The last position is kept here, and asked from after each gap or reconnection:
 * on_page is called then too, with what changed since. A refusal (code not OK) ends the watch; NULL
 * (no answer in time) does not, it goes on asking.
 *
 * The board's list (ListBoard) is public: its changes are told to everybody at once, so on_push is
 * called for rows of all areas and kinds, with `watch` empty and one row as the body. Each row
 * stands for itself: the reader keeps the one of higher or equal position. A row may come again
 * unchanged but for what has no position (who is online). Gaps are closed here, too.
 */
int client_watch(struct client *client, const char *instance, const ProtobufCMessage *request,
		 client_reply_fn *on_page, client_push_fn *on_push, void *context);
/* Ends all watches with this context. */
void client_unwatch(struct client *client, const void *context);

/* Runs until *stop is set, or at most so long (-1: no limit), or until nothing is in flight and no
 * watch is open. 0 or ERR_DISCONNECTED when the broker cannot be reached within the timeout. */
int client_run(struct client *client, int64_t at_most_ms, const volatile bool *stop);

/* One request, one reply, in the arena. 0, ERR_TIMEOUT, ERR_DISCONNECTED. */
int client_call(struct client *client, const char *instance, const ProtobufCMessage *request,
		uint64_t after, struct arena *arena, Reply **reply);

/* The same under a given id: repeats, in another process even, a request that was not answered. */
int client_call_as(struct client *client, const char *instance, const ProtobufCMessage *request,
		   uint64_t after, const char *id, struct arena *arena, Reply **reply);

/* Which instance keeps this patient. "record" while there is one. */
const char *client_instance_for(const struct client *client, const char *patient);
const struct account *client_account(const struct client *client);
bool client_connected(const struct client *client);
/* True when trying again cannot help: this account's certificate is refused (revoked, expired). */
bool client_refused(const struct client *client);
/* Why it is not connected, in English; may be "". */
const char *client_reason(const struct client *client);

#endif
