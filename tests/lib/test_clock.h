/*
 * A clock that stands still until it is told, and random numbers from a seed.
 *
 *	struct test_clock clock;
 *	test_clock_init(&clock, 1);
 *	options.clock = &clock.clock;
 *	test_clock_advance(&clock, 60000);
 */
#ifndef TEST_CLOCK_H
#define TEST_CLOCK_H

#include <stdint.h>

#include "clock.h"
#include "tests/lib/rng.h"

#define TEST_CLOCK_START_MS 1790000000000LL /* 21 September 2026 */

struct test_clock {
	struct clock clock;
	int64_t wall_ms, monotonic_ms;
	struct rng rng;
};

void test_clock_init(struct test_clock *clock, uint64_t seed);
/* Time goes by, on both. */
void test_clock_advance(struct test_clock *clock, int64_t ms);
/* Somebody sets the wall clock, by so much forward or back. */
void test_clock_jump(struct test_clock *clock, int64_t ms);

#endif
