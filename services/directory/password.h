/*
 * Passwords: their form, and scrypt (RFC 7914), which is meant to take long and therefore runs in the
 * worker. N = 2^15, r = 8, p = 1: 32 MiB, 0.1 to 0.2 s of a core here, as busy as the others are.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "clock.h"
#include "codec.h"
#include "names.h"

#define PASSWORD_LEAST_BYTES 8
#define PASSWORD_BYTES 200
#define SALT_BYTES 16
#define SCRYPT_BYTES 32
#define SCRYPT_LOG2_N 15
#define SCRYPT_R 8
#define SCRYPT_P 1

/* One hash: what goes in and, after scrypt_run, what comes out. */
struct scrypt {
	bool wanted;
	char password[PASSWORD_BYTES + 1]; /* NFKC */
	uint8_t salt[SALT_BYTES];
	uint32_t log2_n, r, p;
	uint8_t hash[SCRYPT_BYTES];
	bool done; /* false after a run: it failed, and nothing matches */
};

/* What a request with passwords has the worker do. */
struct password_work {
	struct scrypt check; /* the typed one, with the salt of the one that is known */
	struct scrypt fresh; /* a new one, with a salt of its own */
	struct scrypt same;  /* the new one with the known one's salt: is it another? */
};
void password_work_run(struct password_work *work);

/* NFKC. In the arena; NULL: not text, with control characters, or longer than PASSWORD_BYTES. */
char *password_normal(struct arena *arena, const char *typed);
/* The same, of at least PASSWORD_LEAST_BYTES. */
char *password_normal_new(struct arena *arena, const char *typed);

/* Makes them wanted. A known hash of NULL: any salt, so that it takes as long. */
void scrypt_like(struct scrypt *out, const char *password, const PasswordHash *known,
		 uint32_t log2_n);
void scrypt_fresh(struct scrypt *out, const char *password, struct clock *clock, uint32_t log2_n);
/* In constant time. False where the work was not done. */
bool scrypt_matches(const struct scrypt *work, const PasswordHash *known);
/* For a fact. NULL: the work was not done, or no memory. */
PasswordHash *scrypt_kept(struct arena *arena, const struct scrypt *work);

#endif
