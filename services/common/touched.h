/*
 * Which watch keys were touched in a batch, as hashes: a collision costs one needless look, no more.
 */
#ifndef TOUCHED_H
#define TOUCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limits.h"
#include "store.h"

struct touched {
	size_t n;
	bool all; /* more than could be kept */
	uint64_t hashes[LIMIT_TOUCHED_KEYS];
};

uint64_t key_hash(const struct key *key); /* FNV-1a, 64 bits */
void touched_add(struct touched *touched, const struct key *key);
bool touched_has(const struct touched *touched, uint64_t hash);

#endif
