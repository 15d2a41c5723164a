/*
 * A small CA for directory, and requests for certificates, made once a process: the seeds share them.
 * Nothing of what happens in a seed depends on their bytes.
 */
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* Of the process: made before the first seed, never changed. */
static struct {
	char *certificate, *key, *root_crl;
	char *requests[SIM_CERTIFICATES];
} ca;

static void must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "sim: cannot make the CA: %s\n", what);
	exit(70);
}

static void name_it(X509_NAME *name, const char *text)
{
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1,
					-1, 0),
	     "name");
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1), value);
	X509_EXTENSION_free(extension);
}

static X509 *make_certificate(EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	must(certificate != NULL, "memory");
	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20600101000000Z");
	name_it(X509_get_subject_name(certificate), "simulated CA");
	X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	X509_set_pubkey(certificate, key);
	add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(certificate, NID_subject_key_identifier, "hash");
	must(X509_sign(certificate, key, EVP_sha256()) > 0, "sign");
	return certificate;
}

static char *text_of(BIO *bio)
{
	char *data;
	long size = BIO_get_mem_data(bio, &data);
	char *text = strndup(data, (size_t)size);
	must(text != NULL, "memory");
	BIO_free(bio);
	return text;
}

static char *make_root_crl(X509 *certificate, EVP_PKEY *key)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, 1577836800), *to = ASN1_TIME_set(NULL, 2840140800);
	BIO *text = BIO_new(BIO_s_mem());
	must(crl && from && to && text, "memory");
	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(certificate));
	X509_CRL_set1_lastUpdate(crl, from);
	X509_CRL_set1_nextUpdate(crl, to);
	must(X509_CRL_sign(crl, key, EVP_sha256()) > 0 && PEM_write_bio_X509_CRL(text, crl),
	     "list");
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	X509_CRL_free(crl);
	return text_of(text);
}

static char *make_request(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *request = X509_REQ_new();
	BIO *text = BIO_new(BIO_s_mem());

	must(key && request && text, "memory");
	name_it(X509_REQ_get_subject_name(request), "not believed");
	X509_REQ_set_pubkey(request, key);
	must(X509_REQ_sign(request, key, EVP_sha256()) > 0 && PEM_write_bio_X509_REQ(text, request),
	     "request");
	X509_REQ_free(request);
	EVP_PKEY_free(key);
	return text_of(text);
}

void certificates_make(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *certificate_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_mem());
	must(key && certificate_text && key_text, "memory");
	X509 *certificate = make_certificate(key);
	must(PEM_write_bio_X509(certificate_text, certificate) &&
		     PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL),
	     "text");
	ca.certificate = text_of(certificate_text);
	ca.key = text_of(key_text);
	ca.root_crl = make_root_crl(certificate, key);
	X509_free(certificate);
	EVP_PKEY_free(key);
	for (size_t i = 0; i < SIM_CERTIFICATES; i++)
		ca.requests[i] = make_request();
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[TEMPORARY_SIZE + 32];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	must(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

void certificates_write(const char *folder)
{
	write_file(folder, "issuing.pem", ca.certificate);
	write_file(folder, "issuing-key.pem", ca.key);
	write_file(folder, "root-crl.pem", ca.root_crl);
}

const char *certificate_request(size_t n)
{
	return ca.requests[n % SIM_CERTIFICATES];
}
