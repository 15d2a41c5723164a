#include "tests/lib/test_clock.h"

static struct test_clock *self(struct clock *clock)
{
	return (struct test_clock *)(void *)clock; /* its first member */
}

static int64_t wall(struct clock *clock)
{
	return self(clock)->wall_ms;
}

static int64_t monotonic(struct clock *clock)
{
	return self(clock)->monotonic_ms;
}

static void fill_random(struct clock *clock, void *out, size_t size)
{
	rng_bytes(&self(clock)->rng, out, size);
}

void test_clock_init(struct test_clock *clock, uint64_t seed)
{
	*clock = (struct test_clock){
		.clock = {.wall_ms = wall, .monotonic_ms = monotonic, .random = fill_random},
		.wall_ms = TEST_CLOCK_START_MS,
		.monotonic_ms = 1000,
		.rng = rng_make(seed, 0),
	};
}

void test_clock_advance(struct test_clock *clock, int64_t ms)
{
	clock->wall_ms += ms;
	clock->monotonic_ms += ms;
}

void test_clock_jump(struct test_clock *clock, int64_t ms)
{
	clock->wall_ms += ms;
}
