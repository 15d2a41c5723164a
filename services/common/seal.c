#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "log.h"

#define NONCE_BYTES 12
#define TAG_BYTES 16

struct seal {
	EVP_CIPHER_CTX *encrypt, *decrypt;
	struct clock *clock;
	uint8_t index_key[SEAL_KEY_BYTES];
};

/* Under its own name only when it is whole and on disk: half a key would keep the daemon from ever
 * starting, and a key that a power cut takes away would take all that was sealed under it. */
static int write_key(const char *file, const uint8_t key[SEAL_KEY_BYTES])
{
	char fresh[1100], parent[1100];
	int length = snprintf(fresh, sizeof(fresh), "%s.new", file);

	if (length < 0 || (size_t)length >= sizeof(fresh))
		return ERR_IO;
	unlink(fresh); /* what a start that was cut short has left */
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	ssize_t written = write(fd, key, SEAL_KEY_BYTES);
	int failed = fsync(fd);
	close(fd);
	if (written != SEAL_KEY_BYTES || failed || link(fresh, file)) {
		unlink(fresh);
		return ERR_IO;
	}
	unlink(fresh);
	snprintf(parent, sizeof(parent), "%s", file);
	fd = open(dirname(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	failed = fsync(fd);
	close(fd);
	return failed ? ERR_IO : 0;
}

static int read_key(const char *file, uint8_t key[SEAL_KEY_BYTES])
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
	struct stat st;
	ssize_t size = read(fd, key, SEAL_KEY_BYTES);
	int rc = fstat(fd, &st);
	close(fd);
	if (rc || size != SEAL_KEY_BYTES || st.st_size != SEAL_KEY_BYTES)
		return ERR_CORRUPT;
	if (st.st_mode & 077) {
		log_event(LOG_LEVEL_ERROR, "key", "file=%s problem=\"readable by others: chmod 600\"", file);
		return ERR_IO;
	}
	return 0;
}

/* Two keys for two uses, from the one in the file. */
static int derive(const uint8_t key[SEAL_KEY_BYTES], const char *use, uint8_t out[SEAL_KEY_BYTES])
{
	unsigned size = SEAL_KEY_BYTES;
	return HMAC(EVP_sha256(), key, SEAL_KEY_BYTES, (const uint8_t *)use, strlen(use), out, &size)
	       ? 0 : ERR_CRYPTO;
}

static int load_key(const char *file, struct clock *clock, uint8_t key[SEAL_KEY_BYTES])
{
	int rc = read_key(file, key);
	if (rc == ERR_NOTFOUND) {
		clock->random(clock, key, SEAL_KEY_BYTES);
		rc = write_key(file, key);
	}
	if (rc)
		log_event(LOG_LEVEL_ERROR, "key", "file=%s error=\"%s\"", file, error_text(rc));
	return rc;
}

int seal_open(struct seal **out, const char *key_file, struct clock *clock)
{
	uint8_t key[SEAL_KEY_BYTES], data_key[SEAL_KEY_BYTES];
	int rc = load_key(key_file, clock, key);
	if (rc)
		return rc;
	struct seal *seal = calloc(1, sizeof(*seal));
	if (!seal)
		return ERR_NOMEM;
	seal->clock = clock;
	seal->encrypt = EVP_CIPHER_CTX_new();
	seal->decrypt = EVP_CIPHER_CTX_new();
	if (!seal->encrypt || !seal->decrypt || derive(key, "tsunagi values", data_key) ||
	    derive(key, "tsunagi indexes", seal->index_key) ||
	    !EVP_EncryptInit_ex(seal->encrypt, EVP_aes_256_gcm(), NULL, data_key, NULL) ||
	    !EVP_DecryptInit_ex(seal->decrypt, EVP_aes_256_gcm(), NULL, data_key, NULL)) {
		seal_free(seal);
		rc = ERR_CRYPTO;
	}
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(data_key, sizeof(data_key));
	if (!rc)
		*out = seal;
	return rc;
}

void seal_free(struct seal *seal)
{
	if (!seal)
		return;
	EVP_CIPHER_CTX_free(seal->encrypt);
	EVP_CIPHER_CTX_free(seal->decrypt);
	OPENSSL_cleanse(seal->index_key, sizeof(seal->index_key));
	free(seal);
}

void seal_close_value(struct seal *seal, const char *table, struct bytes key, struct bytes plain,
		      uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = seal->encrypt;
	uint8_t *tag = out + NONCE_BYTES + plain.size;
	int n;

	seal->clock->random(seal->clock, out, NONCE_BYTES);
	if (!EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, out) ||
	    !EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)table, (int)strlen(table) + 1) ||
	    !EVP_EncryptUpdate(ctx, NULL, &n, key.data, (int)key.size) ||
	    !EVP_EncryptUpdate(ctx, out + NONCE_BYTES, &n, plain.data, (int)plain.size) ||
	    !EVP_EncryptFinal_ex(ctx, tag, &n) ||
	    !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag))
		log_fatal("seal", "table=%s size=%zu", table, plain.size);
}

int seal_open_value(struct seal *seal, const char *table, struct bytes key, struct bytes sealed,
		    uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = seal->decrypt;
	uint8_t tag[TAG_BYTES];
	int n;

	if (sealed.size < SEAL_OVERHEAD)
		return ERR_CORRUPT;
	size_t size = sealed.size - SEAL_OVERHEAD;
	memcpy(tag, sealed.data + NONCE_BYTES + size, TAG_BYTES);
	if (!EVP_DecryptInit_ex(ctx, NULL, NULL, NULL, sealed.data) ||
	    !EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)table, (int)strlen(table) + 1) ||
	    !EVP_DecryptUpdate(ctx, NULL, &n, key.data, (int)key.size) ||
	    !EVP_DecryptUpdate(ctx, out, &n, sealed.data + NONCE_BYTES, (int)size) ||
	    !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) ||
	    EVP_DecryptFinal_ex(ctx, tag, &n) <= 0)
		return ERR_CORRUPT;
	return 0;
}

void seal_keyed_hash(struct seal *seal, const char *text, uint8_t *out, size_t size)
{
	uint8_t full[EVP_MAX_MD_SIZE];
	unsigned full_size = sizeof(full);

	if (!HMAC(EVP_sha256(), seal->index_key, SEAL_KEY_BYTES, (const uint8_t *)text, strlen(text),
		  full, &full_size))
		log_fatal("keyed-hash", "problem=\"HMAC failed\"");
	memcpy(out, full, size);
}
