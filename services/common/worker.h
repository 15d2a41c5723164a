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

#include <stdbool.h>
#include <stddef.h>

#include "codec.h"
#include "limits.h"

/*
 * What a plan returns instead of 0 for a stranger: work that is asked for under a name nobody has. Names can
 * be made up without end, and each is looked at at once; those that are known wait after a few failures.
 * So strangers get this small share of the queue, and whoever makes up names does not keep the others out.
 * While somebody floods the queue, a refusal therefore tells that a name is not known: names are no secret
 * from who has to do with them, and being let in is worth more then.
 */
#define WORK_OF_A_STRANGER 1
#define WORK_STRANGERS 4

typedef void work_fn(void *plan);

struct work {
	struct work *next;
	work_fn *run;
	void *plan; /* what is to be done and, then, what came of it */
	size_t plan_size;
	bool stranger; /* one of WORK_STRANGERS */
	char topic[LIMIT_TOPIC_BYTES];
	struct bytes payload; /* the request as it came */
};

/* Copies what it is given. NULL: no memory. */
struct work *work_make(const char *topic, struct bytes payload, work_fn *run, const void *plan,
		       size_t plan_size);
/* Nothing is left of it in memory. Takes NULL. */
void work_free(struct work *work);

struct worker {
	/* 0, and the work is the worker's; or ERR_FULL (for a stranger sooner), and it stays the caller's. */
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
