/*
 * One scene of the demonstration city: requests of those who would make them, each once in effect
 * however often the loading is repeated.
 */
#ifndef SCENE_H
#define SCENE_H

#include "clients/demo/city.h"
#include "clients/demo/pool.h"
#include "clients/demo/progress.h"

struct scenes {
	struct city *city;
	struct pool *pool;
	struct progress *progress;
	int64_t begun_ms; /* of the scenes: their times count from it */
	uint64_t step;    /* of requests: each has an id of its own */
	size_t *referrals, *reports;
};

/* One request as that user. 0, or an error that has been said; *reply has any code. */
int scene_call(struct scenes *scenes, const char *user, const char *instance,
	       const ProtobufCMessage *request, Reply **reply);
/* The same; a refusal is an error. */
int scene_must(struct scenes *scenes, const char *user, const char *instance,
	       const ProtobufCMessage *request);

#endif
