#include "tests/lib/test_pki.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FROM "20200101000000Z"
#define UNTIL "20491231235959Z"
#define PATH_BYTES 512

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "test_pki: %s failed\n", what);
	abort();
}

static FILE *create(const char *folder, const char *name, const char *mode)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, mode);
	must(file != NULL, path);
	return file;
}

static void extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1), value);
	X509_EXTENSION_free(extension);
}

static X509 *make_ca(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer ? 2 : 1);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), FROM);
	ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), UNTIL);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject);
	X509_set_pubkey(certificate, key);
	extend(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
	extend(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
	extend(certificate, issuer, NID_subject_key_identifier, "hash");
	must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, name);
	return certificate;
}

static void make_root_crl(const char *folder, X509 *root, EVP_PKEY *key)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();
	FILE *file = create(folder, "root-crl.pem", "w");

	ASN1_TIME_set_string_X509(from, FROM);
	ASN1_TIME_set_string_X509(until, UNTIL);
	X509_CRL_set_version(list, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(root));
	X509_CRL_set1_lastUpdate(list, from);
	X509_CRL_set1_nextUpdate(list, until);
	must(X509_CRL_sign(list, key, EVP_sha256()) > 0, "root's list");
	PEM_write_X509_CRL(file, list);
	fclose(file);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	X509_CRL_free(list);
}

static void write_certificate(const char *folder, const char *name, const char *mode, X509 *certificate)
{
	FILE *file = create(folder, name, mode);
	PEM_write_X509(file, certificate);
	fclose(file);
}

void test_pki_make(const char *folder)
{
	EVP_PKEY *root_key = EVP_EC_gen("P-256"), *issuing_key = EVP_EC_gen("P-256");
	X509 *root = make_ca("test root", root_key, NULL, root_key);
	X509 *issuing = make_ca("test issuing", issuing_key, root, root_key);

	write_certificate(folder, "root.pem", "w", root);
	write_certificate(folder, "issuing.pem", "w", issuing);
	write_certificate(folder, "ca.pem", "w", root);
	write_certificate(folder, "ca.pem", "a", issuing);
	make_root_crl(folder, root, root_key);
	FILE *file = create(folder, "issuing-key.pem", "w");
	PEM_write_PrivateKey(file, issuing_key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	X509_free(root);
	X509_free(issuing);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(issuing_key);
}

char *test_pki_request(enum test_key kind, const char *common_name)
{
	EVP_PKEY *key = kind == TEST_KEY_RSA ? EVP_RSA_gen(2048) :
			EVP_EC_gen(kind == TEST_KEY_P256 ? "P-256" : "P-384");
	X509_REQ *request = X509_REQ_new();
	BIO *text = BIO_new(BIO_s_mem());
	char *data;

	X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_UTF8,
				   (const unsigned char *)common_name, -1, -1, 0);
	X509_REQ_set_pubkey(request, key);
	must(X509_REQ_sign(request, key, EVP_sha256()) > 0 && PEM_write_bio_X509_REQ(text, request),
	     "request");
	long size = BIO_get_mem_data(text, &data);
	char *pem = strndup(data, (size_t)size);
	BIO_free(text);
	X509_REQ_free(request);
	EVP_PKEY_free(key);
	return pem;
}
