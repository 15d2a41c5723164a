/*
 * A small seeded random generator (splitmix64): the same seed, the same numbers, on every machine.
 */
#ifndef RNG_H
#define RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

/* Streams of one seed are independent of each other: what one part draws does not shift another. */
struct rng rng_make(uint64_t seed, uint64_t stream);
uint64_t rng_u64(struct rng *rng);
/* 0 <= result < limit; 0 when limit is 0. */
uint32_t rng_below(struct rng *rng, uint32_t limit);
/* least <= result <= most. */
int64_t rng_between(struct rng *rng, int64_t least, int64_t most);
bool rng_chance(struct rng *rng, uint32_t per_mille);
void rng_bytes(struct rng *rng, void *out, size_t size);

#endif
