/*
 * SHA-256 of what comes in pieces over days: its state between two pieces, as bytes that can be kept.
 * A state stands at a multiple of 64 bytes from the beginning.
 */
#ifndef RUNNING_HASH_H
#define RUNNING_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"

#define RUNNING_HASH_STATE_BYTES 32
#define RUNNING_HASH_BYTES 32

/* The state before the first byte. */
void running_hash_begin(uint8_t state[RUNNING_HASH_STATE_BYTES]);
/* Takes in data, whose size is a multiple of 64. done: how much the state has taken before. */
void running_hash_add(uint8_t state[RUNNING_HASH_STATE_BYTES], uint64_t done, struct bytes data);
/* The SHA-256 of it all, with the last bytes, of any size. The state stays as it is. */
void running_hash_end(const uint8_t state[RUNNING_HASH_STATE_BYTES], uint64_t done,
		      struct bytes rest, uint8_t hash[RUNNING_HASH_BYTES]);

#endif
