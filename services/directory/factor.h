/*
 * Second factors: codes by time (TOTP, RFC 6238; liboath) and passkeys (Web Authentication Level 2;
 * libfido2). Pure: what comes in and the time decide.
 */
#ifndef FACTOR_H
#define FACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "codec.h"
#include "names.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_STEP_S 30
#define TOTP_DIGITS 6
#define CHALLENGE_BYTES 32
#define PASSKEYS_MAX 10
#define CREDENTIAL_BYTES 1023
#define AUTHENTICATOR_DATA_BYTES 1024
#define CLIENT_DATA_BYTES 2048
#define SIGNATURE_BYTES 256
#define ORIGINS_MAX 8

/* Six digits of the present step or one beside it, behind the last one that was taken. *step: its own. */
bool totp_right(ProtobufCBinaryData secret, const char *code, int64_t now_ms, uint64_t taken,
		uint64_t *step);

/* Whose page may ask for a signature. */
struct relying_party {
	const char *id;                   /* host name; NULL: there are no passkeys */
	const char *origins[ORIGINS_MAX]; /* "https://host[:port]" */
	size_t n_origins;
};

/* A signature by the passkey over the challenge, made with the person verified, at one of the origins,
 * its counter ahead of the last one (or both 0). *counter: its own. */
bool passkey_right(const struct relying_party *party, const Passkey *passkey,
		   const PasskeyAssertion *assertion, ProtobufCBinaryData challenge,
		   uint32_t *counter);
/* What a browser has made: *out in the arena is what is to be kept (without its name and time). NULL, or
 * the field at fault. */
const char *passkey_made(struct arena *arena, const struct relying_party *party,
			 const AddPasskey *request, Passkey **out);

#endif
