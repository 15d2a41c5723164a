/*
 * AES-256-GCM under a data key that lives in a file outside the store.
 *
 *	sealed = nonce, 12 random bytes ‖ ciphertext ‖ tag, 16 bytes
 *
 * Random nonces of 96 bits under one key are good for 2^32 messages (NIST SP 800-38D, 8.3).
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "codec.h"

#define SEAL_OVERHEAD 28
#define SEAL_KEY_BYTES 32

struct seal;

/* Reads the key file, or makes it with mode 0600. 0, ERR_IO, ERR_CRYPTO; the log says what. */
int seal_open(struct seal **out, const char *key_file, struct clock *clock);
void seal_free(struct seal *seal);
/* out holds plain.size + SEAL_OVERHEAD bytes. Where the value stands (table, key) is authenticated
 * with it. Ends the process when the library fails: nothing can be stored then. */
void seal_close_value(struct seal *seal, const char *table, struct bytes key, struct bytes plain,
		      uint8_t *out);
/* out holds sealed.size - SEAL_OVERHEAD bytes. 0 or ERR_CORRUPT. */
int seal_open_value(struct seal *seal, const char *table, struct bytes key, struct bytes sealed,
		    uint8_t *out);
/* HMAC-SHA-256 under a second key, for indexes of secrets; the first size <= 32 bytes of it. */
void seal_keyed_hash(struct seal *seal, const char *text, uint8_t *out, size_t size);

#endif
