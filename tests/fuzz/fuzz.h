/*
 * What a fuzzer is: a file with these two functions. libFuzzer calls the first (make fuzz), the
 * replay driver both (make check).
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/rng.h"

#define FUZZ_INPUT_BYTES (256 * 1024)

/* Must end normally for whatever input, and abort when a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* A well-formed input of up to FUZZ_INPUT_BYTES, for the driver to mutate. Its size. */
size_t fuzz_example(struct rng *rng, uint8_t *out);

/* How often the driver runs it unless told otherwise, where it is slower than most. */
extern const unsigned fuzz_runs __attribute__((weak));

#define PROMISE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

#endif
