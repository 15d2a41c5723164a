/*
 * An authenticator in software: what a browser's navigator.credentials gives, for tests. Its flags say
 * that the person is present and verified, unless a test changes them.
 */
#ifndef SOFT_PASSKEY_H
#define SOFT_PASSKEY_H

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "arena.h"
#include "codec.h"
#include "names.h"

struct soft_passkey {
	EVP_PKEY *key;
	uint8_t credential[16];
	uint32_t counter; /* of the next signature; grows with each, unless it is 0 */
	uint8_t flags;
	const char *rp_id, *origin;
};

void soft_passkey_init(struct soft_passkey *passkey, const char *rp_id, const char *origin);
void soft_passkey_close(struct soft_passkey *passkey);
/* In the arena. */
AddPasskey *soft_passkey_made(struct soft_passkey *passkey, struct arena *arena);
PasskeyAssertion *soft_passkey_signs(struct soft_passkey *passkey, struct arena *arena,
				     ProtobufCBinaryData challenge);

#endif
