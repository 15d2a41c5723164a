#include "token.h"

#include <string.h>

#include <jwt.h>

/* {"alg":"ES256","typ":"JWT"}: directory writes no other header, and its spelling is the same each time.
 * So no other algorithm comes near the library (none; HS256 with the public key as its secret). */
static const char header[] = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.";

/* header.body.signature in base64url, and nothing else. */
static bool looks_right(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = text;

	if (strnlen(text, TOKEN_BYTES + 1) > TOKEN_BYTES ||
	    strncmp(text, header, strlen(header)) != 0)
		return false;
	for (int part = 0; part < 3; part++) {
		size_t length = strspn(at, letters);

		if (length == 0 || at[length] != (part < 2 ? '.' : '\0'))
			return false;
		at += length + 1;
	}
	return true;
}

static bool take(char *out, size_t size, const char *value, const char *letters)
{
	size_t length = value ? strlen(value) : 0;

	if (length == 0 || length >= size || value[strspn(value, letters)] != '\0')
		return false;
	memcpy(out, value, length + 1);
	return true;
}

bool token_read(struct token *out, const char *text, const char *key, size_t key_size,
		int64_t now_s)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	struct token token;
	jwt_t *jwt = NULL;
	bool good = false;

	if (!key || !text || !looks_right(text) ||
	    jwt_decode(&jwt, text, (const unsigned char *)key, (int)key_size) != 0)
		return false;
	token.until_s = jwt_get_grant_int(jwt, "exp");
	if (jwt_get_alg(jwt) == JWT_ALG_ES256 && token.until_s > now_s &&
	    take(token.user, sizeof(token.user), jwt_get_grant(jwt, "sub"), name) &&
	    take(token.device, sizeof(token.device), jwt_get_grant(jwt, "dev"), name) &&
	    take(token.id, sizeof(token.id), jwt_get_grant(jwt, "jti"), upper) &&
	    strlen(token.id) == TOKEN_ID_BYTES) {
		*out = token;
		good = true;
	}
	jwt_free(jwt);
	return good;
}
