/*
 * A browser's token: a JWT that directory has signed (ES256). What it says is believed only when the
 * signature is good under directory's public key and it has not ended.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_BYTES 1024 /* a longer one is none of ours */
#define TOKEN_USER_BYTES 64
#define TOKEN_DEVICE_BYTES 32
#define TOKEN_ID_BYTES 26

struct token {
	char user[TOKEN_USER_BYTES + 1];     /* sub: [a-z0-9-], not empty */
	char device[TOKEN_DEVICE_BYTES + 1]; /* dev: likewise */
	char id[TOKEN_ID_BYTES + 1];         /* jti: [0-9A-Z], 26 of them */
	int64_t until_s;                     /* exp, since the Unix epoch */
};

/* key: a public key, PEM with its NUL; key_size without it. False: not a good token; *out is as it was. */
bool token_read(struct token *out, const char *text, const char *key, size_t key_size, int64_t now_s);

#endif
