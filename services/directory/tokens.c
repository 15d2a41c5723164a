#include "tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <jwt.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "log.h"
#include "seal.h"

#define PATH_BYTES 1200
#define TICKET_BYTES 512 /* sealed */
#define TICKET_PLACE "ticket"

struct tokens {
	char *private_key, *public_key; /* PEM */
	struct seal *seal;
};

/* ---- the key ------------------------------------------------------------------------------ */

static char *pem_of(EVP_PKEY *key, bool private)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *copy = NULL;

	if (bio && (private ? PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)
			    : PEM_write_bio_PUBKEY(bio, key)) == 1) {
		long size = BIO_get_mem_data(bio, &data);
		copy = strndup(data, (size_t)size);
	}
	BIO_free(bio);
	return copy;
}

static int failed(const char *file, const char *what)
{
	log_event(LOG_LEVEL_ERROR, "token", "file=%s problem=\"%s\"", file, what);
	return ERR_IO;
}

/* Complete and on disk under its name, or not there. */
static int keep_key(const char *file, const char *pem)
{
	char fresh[PATH_BYTES];
	size_t size = strlen(pem);

	snprintf(fresh, sizeof(fresh), "%s.new", file);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(fresh, strerror(errno));
	bool bad = write(fd, pem, size) != (ssize_t)size || fsync(fd);
	if (close(fd) || bad || rename(fresh, file))
		return failed(file, strerror(errno));
	return 0;
}

static EVP_PKEY *read_key(const char *file)
{
	FILE *in = fopen(file, "re");
	EVP_PKEY *key = in ? PEM_read_PrivateKey(in, NULL, NULL, NULL) : NULL;

	if (in)
		fclose(in);
	return key;
}

static int key_open(struct tokens *tokens, const char *file)
{
	EVP_PKEY *key = access(file, F_OK) ? EVP_EC_gen("P-256") : read_key(file);
	bool is_new = access(file, F_OK) != 0;

	if (!key || !EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_bits(key) != 256) {
		EVP_PKEY_free(key);
		failed(file, "not a private key for P-256");
		return ERR_CRYPTO;
	}
	tokens->private_key = pem_of(key, true);
	tokens->public_key = pem_of(key, false);
	EVP_PKEY_free(key);
	if (!tokens->private_key || !tokens->public_key)
		return ERR_CRYPTO;
	return is_new ? keep_key(file, tokens->private_key) : 0;
}

int tokens_open(struct tokens **out, const char *file, struct clock *clock)
{
	struct tokens *tokens = calloc(1, sizeof(*tokens));
	char ticket[PATH_BYTES];

	if (!tokens)
		return ERR_NOMEM;
	snprintf(ticket, sizeof(ticket), "%s.ticket", file);
	int rc = key_open(tokens, file);
	if (!rc)
		rc = seal_open(&tokens->seal, ticket, clock);
	if (rc) {
		tokens_free(tokens);
		return rc;
	}
	*out = tokens;
	return 0;
}

void tokens_free(struct tokens *tokens)
{
	if (!tokens)
		return;
	if (tokens->private_key)
		OPENSSL_cleanse(tokens->private_key, strlen(tokens->private_key));
	free(tokens->private_key);
	free(tokens->public_key);
	seal_free(tokens->seal);
	free(tokens);
}

const char *tokens_public_key(const struct tokens *tokens)
{
	return tokens->public_key;
}

/* ---- tokens ------------------------------------------------------------------------------- */

char *token_make(const struct tokens *tokens, struct arena *arena, const Session *session)
{
	char *made = NULL, *copy = NULL;
	jwt_t *jwt;

	if (jwt_new(&jwt))
		return NULL;
	if (!jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)tokens->private_key,
			 (int)strlen(tokens->private_key)) &&
	    !jwt_add_grant(jwt, "sub", session->user) &&
	    !jwt_add_grant(jwt, "dev", session->device) &&
	    !jwt_add_grant(jwt, "jti", session->id) &&
	    !jwt_add_grant_int(jwt, "iat", (long)(session->since_ms / 1000)) &&
	    !jwt_add_grant_int(jwt, "exp", (long)(session->until_ms / 1000)))
		made = jwt_encode_str(jwt);
	if (made)
		copy = arena_string(arena, made);
	free(made);
	jwt_free(jwt);
	return copy;
}

/* ---- tickets ------------------------------------------------------------------------------ */

int ticket_make(const struct tokens *tokens, struct arena *arena, const Ticket *ticket,
		ProtobufCBinaryData *out)
{
	struct bytes plain, place = {(const uint8_t *)ticket->client, strlen(ticket->client)};
	int rc = codec_pack(&ticket->base, arena, &plain);

	if (rc)
		return rc;
	uint8_t *sealed = arena_alloc(arena, plain.size + SEAL_OVERHEAD);
	if (!sealed)
		return ERR_NOMEM;
	seal_close_value(tokens->seal, TICKET_PLACE, place, plain, sealed);
	out->data = sealed;
	out->len = plain.size + SEAL_OVERHEAD;
	return 0;
}

const Ticket *ticket_read(const struct tokens *tokens, struct arena *arena,
			  ProtobufCBinaryData sealed, const char *client, int64_t now_ms)
{
	struct bytes place = {(const uint8_t *)client, strlen(client)};
	ProtobufCMessage *message;

	if (sealed.len <= SEAL_OVERHEAD || sealed.len > TICKET_BYTES)
		return NULL;
	size_t size = sealed.len - SEAL_OVERHEAD;
	uint8_t *plain = arena_alloc(arena, size);
	if (!plain ||
	    seal_open_value(tokens->seal, TICKET_PLACE, place,
			    (struct bytes){sealed.data, sealed.len}, plain) ||
	    codec_unpack(&Ticket_descriptor, (struct bytes){plain, size}, arena, &message))
		return NULL;
	const Ticket *ticket = (const Ticket *)(const void *)message;
	if (strcmp(ticket->client, client) != 0 || ticket->issued_ms > now_ms + TICKET_MS ||
	    now_ms >= ticket->issued_ms + TICKET_MS)
		return NULL;
	return ticket;
}
