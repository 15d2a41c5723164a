/*
 * What directory gives to browsers: tokens (JWT, ES256; libjwt), which the broker's gate believes, and
 * tickets from the first step of a sign-in to the second. Neither is stored.
 */
#ifndef TOKENS_H
#define TOKENS_H

#include "arena.h"
#include "clock.h"
#include "codec.h"
#include "names.h"

#define TOKEN_MS (12 * 3600 * 1000LL)
#define TICKET_MS (5 * 60 * 1000LL)

struct tokens;

/* Reads the private key (PEM, 0600), or makes it, and FILE.ticket, which seals tickets. 0, ERR_IO,
 * ERR_CRYPTO; the log says what. Free with tokens_free. */
int tokens_open(struct tokens **out, const char *file, struct clock *clock);
void tokens_free(struct tokens *tokens);
/* PEM, for whoever is to believe them. */
const char *tokens_public_key(const struct tokens *tokens);
/* In the arena; NULL: the library failed. */
char *token_make(const struct tokens *tokens, struct arena *arena, const Session *session);

/* Sealed, in the arena. 0 or ERR_NOMEM. */
int ticket_make(const struct tokens *tokens, struct arena *arena, const Ticket *ticket,
		ProtobufCBinaryData *out);
/* NULL: not ours, of another client, or too old. */
const Ticket *ticket_read(const struct tokens *tokens, struct arena *arena,
			  ProtobufCBinaryData sealed, const char *client, int64_t now_ms);

#endif
