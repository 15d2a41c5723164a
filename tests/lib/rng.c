#include "rng.h"

#include <string.h>

/* Sebastiano Vigna's splitmix64, in the public domain. */
uint64_t rng_u64(struct rng *rng)
{
	uint64_t z = (rng->state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

struct rng rng_make(uint64_t seed, uint64_t stream)
{
	struct rng mixer = {.state = seed};
	uint64_t base = rng_u64(&mixer);
	mixer.state = base ^ (stream * 0xd1342543de82ef95u);
	return (struct rng){.state = rng_u64(&mixer)};
}

uint32_t rng_below(struct rng *rng, uint32_t limit)
{
	return limit ? (uint32_t)(((rng_u64(rng) >> 32) * limit) >> 32) : 0;
}

int64_t rng_between(struct rng *rng, int64_t least, int64_t most)
{
	if (most <= least)
		return least;
	return least + (int64_t)(rng_u64(rng) % ((uint64_t)(most - least) + 1));
}

bool rng_chance(struct rng *rng, uint32_t per_mille)
{
	return rng_below(rng, 1000) < per_mille;
}

void rng_bytes(struct rng *rng, void *out, size_t size)
{
	unsigned char *bytes = out;
	while (size) {
		uint64_t word = rng_u64(rng);
		size_t n = size < sizeof(word) ? size : sizeof(word);
		memcpy(bytes, &word, n);
		bytes += n;
		size -= n;
	}
}
