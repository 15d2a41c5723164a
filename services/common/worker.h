/*
 * The worker: one thread beside the loop, niced, for what takes long and touches nothing but what it
 * was given. It exists for scrypt alone; the store and the broker are the loop's.
 *
 * A request whose route has a plan goes through the loop twice: the first time its plan is handed to
 * the worker, the second time, when that is done, the same bytes are taken through with it. A table,
 * so that a test replaces it; where a daemon has none, the work is done at once, in the loop.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stddef.h>

#include "codec.h"
#include "limits.h"

typedef void work_fn(void *plan);

struct work {
	struct work *next;
	work_fn *run;
	void *plan; /* what is to be done and, then, what came of it */
	size_t plan_size;
	char topic[LIMIT_TOPIC_BYTES];
	struct bytes payload; /* the request as it came */
};

/* Copies what it is given. NULL: no memory. */
struct work *work_make(const char *topic, struct bytes payload, work_fn *run, const void *plan,
		       size_t plan_size);
/* Nothing is left of it in memory. Takes NULL. */
void work_free(struct work *work);

struct worker {
	/* 0, and the work is the worker's; or ERR_FULL, and it stays the caller's. */
	int (*submit)(struct worker *worker, struct work *work);
	/* The next that is done, now the caller's; NULL: none. */
	struct work *(*finished)(struct worker *worker);
};

/* 0 or an error. Free with worker_free, which waits for what it has begun. */
int worker_open(struct worker **out);
void worker_free(struct worker *worker);
/* Readable while something is finished. */
int worker_fd(const struct worker *worker);

#endif
