#include "password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "text.h"

/* ---- form --------------------------------------------------------------------------------- */

char *password_normal(struct arena *arena, const char *typed)
{
	utf8proc_uint8_t *made = NULL;
	char *copy = NULL;

	if (!text_valid(typed, strlen(typed)) || strpbrk(typed, "\t\n"))
		return NULL;
	utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)typed, 0, &made,
					     UTF8PROC_NULLTERM | UTF8PROC_STABLE |
						     UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
	if (size >= 0 && size <= PASSWORD_BYTES)
		copy = arena_string(arena, (const char *)made);
	if (made) {
		OPENSSL_cleanse(made, size > 0 ? (size_t)size : 0);
		free(made);
	}
	return copy;
}

char *password_normal_new(struct arena *arena, const char *typed)
{
	char *normal = password_normal(arena, typed);

	return normal && strlen(normal) >= PASSWORD_LEAST_BYTES ? normal : NULL;
}

/* ---- scrypt ------------------------------------------------------------------------------- */

static void set_password(struct scrypt *out, const char *password)
{
	*out = (struct scrypt){.wanted = true, .r = SCRYPT_R, .p = SCRYPT_P};
	memcpy(out->password, password, strnlen(password, PASSWORD_BYTES));
}

void scrypt_like(struct scrypt *out, const char *password, const PasswordHash *known,
		 uint32_t log2_n)
{
	set_password(out, password);
	out->log2_n = log2_n;
	if (!known || known->salt.len != SALT_BYTES)
		return;
	memcpy(out->salt, known->salt.data, SALT_BYTES);
	out->log2_n = known->log2_n;
	out->r = known->r;
	out->p = known->p;
}

void scrypt_fresh(struct scrypt *out, const char *password, struct clock *clock, uint32_t log2_n)
{
	set_password(out, password);
	out->log2_n = log2_n;
	clock->random(clock, out->salt, SALT_BYTES);
}

static void scrypt_run(struct scrypt *work)
{
	uint64_t n = 1ULL << (work->log2_n & 31);
	/* 128 N r, and some for p (RFC 7914, 2). */
	uint64_t memory = 128 * n * work->r + 128ULL * work->r * work->p + 1024 * 1024;

	if (!work->wanted)
		return;
	work->done = EVP_PBE_scrypt(work->password, strlen(work->password), work->salt, SALT_BYTES,
				    n, work->r, work->p, memory, work->hash, SCRYPT_BYTES) == 1;
	OPENSSL_cleanse(work->password, sizeof(work->password));
}

void password_work_run(struct password_work *work)
{
	scrypt_run(&work->check);
	scrypt_run(&work->fresh);
	scrypt_run(&work->same);
}

bool scrypt_matches(const struct scrypt *work, const PasswordHash *known)
{
	return work->done && known && known->hash.len == SCRYPT_BYTES &&
	       CRYPTO_memcmp(work->hash, known->hash.data, SCRYPT_BYTES) == 0;
}

PasswordHash *scrypt_kept(struct arena *arena, const struct scrypt *work)
{
	PasswordHash *hash = work->done ? NEW(PasswordHash, arena) : NULL;

	if (!hash)
		return NULL;
	hash->salt.data = arena_copy(arena, work->salt, SALT_BYTES);
	hash->hash.data = arena_copy(arena, work->hash, SCRYPT_BYTES);
	if (!hash->salt.data || !hash->hash.data)
		return NULL;
	hash->salt.len = SALT_BYTES;
	hash->hash.len = SCRYPT_BYTES;
	hash->log2_n = work->log2_n;
	hash->r = work->r;
	hash->p = work->p;
	return hash;
}
