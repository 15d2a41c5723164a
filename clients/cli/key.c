#include "clients/cli/key.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

#define FILE_BYTES (256 * 1024)

int key_make(const char *path)
{
	int rc = ERR_IO;
	FILE *file = NULL;
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (!key)
		return ERR_CRYPTO;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		file = fdopen(fd, "w");
	if (!file)
		goto out;
	rc = PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) ? 0 : ERR_IO;
	if (fflush(file) || fsync(fd))
		rc = ERR_IO;
out:
	if (file)
		fclose(file);
	EVP_PKEY_free(key);
	return rc;
}

static EVP_PKEY *key_read(const char *path)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;

	if (file)
		fclose(file);
	return key;
}

char *key_request(struct arena *arena, const char *key_path, const char *name)
{
	char *pem = NULL, *data;
	EVP_PKEY *key = key_read(key_path);
	X509_REQ *request = X509_REQ_new();
	X509_NAME *subject = X509_NAME_new();
	BIO *out = BIO_new(BIO_s_mem());

	if (key && request && subject && out &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
				       -1, -1, 0) &&
	    X509_REQ_set_subject_name(request, subject) && X509_REQ_set_pubkey(request, key) &&
	    X509_REQ_sign(request, key, EVP_sha256()) && PEM_write_bio_X509_REQ(out, request)) {
		long size = BIO_get_mem_data(out, &data);
		pem = arena_printf(arena, "%.*s", (int)size, data);
	}
	BIO_free(out);
	X509_NAME_free(subject);
	X509_REQ_free(request);
	EVP_PKEY_free(key);
	return pem;
}

char *file_read(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? arena_alloc(arena, FILE_BYTES) : NULL;
	size_t size = text ? fread(text, 1, FILE_BYTES - 1, file) : 0;

	if (file)
		fclose(file);
	return size > 0 && size < FILE_BYTES - 1 ? text : NULL;
}

int file_write(const char *path, const char *text, unsigned mode)
{
	char beside[1200];
	size_t length = strlen(text);

	snprintf(beside, sizeof(beside), "%s.new", path);
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return ERR_IO;
	bool written = write(fd, text, length) == (ssize_t)length && !fsync(fd);
	if (close(fd) || !written || rename(beside, path)) {
		unlink(beside);
		return ERR_IO;
	}
	return 0;
}
