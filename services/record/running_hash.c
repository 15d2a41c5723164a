/* OpenSSL 3 hides the state of a hash behind EVP, from which it cannot be taken out and stored; the older
 * interface, which it calls deprecated, shows it. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "running_hash.h"

#include <assert.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(((SHA256_CTX *)NULL)->h) == RUNNING_HASH_STATE_BYTES, "eight words");

static void load(SHA256_CTX *context, const uint8_t state[RUNNING_HASH_STATE_BYTES], uint64_t done)
{
	assert(done % SHA256_CBLOCK == 0);
	SHA256_Init(context);
	for (size_t i = 0; i < 8; i++)
		context->h[i] = (SHA_LONG)state[4 * i] << 24 | (SHA_LONG)state[4 * i + 1] << 16 |
				(SHA_LONG)state[4 * i + 2] << 8 | (SHA_LONG)state[4 * i + 3];
	context->Nl = (SHA_LONG)(done << 3); /* bits */
	context->Nh = (SHA_LONG)(done >> 29);
}

static void save(const SHA256_CTX *context, uint8_t state[RUNNING_HASH_STATE_BYTES])
{
	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < 4; j++)
			state[4 * i + j] = (uint8_t)(context->h[i] >> (24 - 8 * j));
}

void running_hash_begin(uint8_t state[RUNNING_HASH_STATE_BYTES])
{
	SHA256_CTX context;

	SHA256_Init(&context);
	save(&context, state);
}

void running_hash_add(uint8_t state[RUNNING_HASH_STATE_BYTES], uint64_t done, struct bytes data)
{
	SHA256_CTX context;

	assert(data.size % SHA256_CBLOCK == 0);
	load(&context, state, done);
	SHA256_Update(&context, data.data, data.size);
	save(&context, state);
}

void running_hash_end(const uint8_t state[RUNNING_HASH_STATE_BYTES], uint64_t done,
		      struct bytes rest, uint8_t hash[RUNNING_HASH_BYTES])
{
	SHA256_CTX context;

	load(&context, state, done);
	SHA256_Update(&context, rest.data, rest.size);
	SHA256_Final(hash, &context);
}
