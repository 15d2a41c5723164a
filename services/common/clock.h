/*
 * Time and randomness, behind a table, so that a test replaces both. Nothing else in the daemons
 * reads a clock or a random source.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*wall_ms)(struct clock *clock);      /* since the Unix epoch, may jump */
	int64_t (*monotonic_ms)(struct clock *clock); /* since some start, never jumps */
	void (*random)(struct clock *clock, void *out, size_t size);
};

/* The machine's, for one thread. Ends the process when no random numbers can be had. */
extern struct clock *const clock_system;

#endif
