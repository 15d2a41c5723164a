/*
 * Loads the demonstration city into the services that run, through the same door as everybody.
 *
 * In STATE lies how far it came: demo-begun (seed and moment, so that an interrupted loading goes on
 * with the same city) and demo-done, written at the very end: what is there, "none" or "city".
 */
#ifndef DEMO_H
#define DEMO_H

#include <stdbool.h>
#include <stdint.h>

struct demo_options {
	const char *state;
	bool none;     /* organisations and accounts alone */
	uint64_t seed;
};

/* 0 or an exit status; what went wrong has been said. */
int demo_run(const struct demo_options *options);

#endif
