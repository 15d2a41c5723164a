#include "ca.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "error.h"
#include "log.h"

#define PATH_BYTES 1100
#define SERIAL_BYTES 16

struct ca {
	X509 *certificate;
	EVP_PKEY *key;
	char *pem; /* of the certificate */
	X509_CRL *root_list;
};

struct crl {
	X509_CRL *x509;
	uint64_t number;
};

/* OpenSSL's queue of errors, on one line of the log. */
static int crypto_failed(const char *what)
{
	char text[256];

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
	ERR_clear_error();
	log_event(LOG_LEVEL_ERROR, "ca", "problem=\"%s\" error=\"%s\"", what, text);
	return ERR_CRYPTO;
}

/* ---- open --------------------------------------------------------------------------------- */

static BIO *open_file(const char *folder, const char *name)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	BIO *file = BIO_new_file(path, "r");
	if (!file) {
		log_event(LOG_LEVEL_ERROR, "ca", "file=%s problem=\"not readable\"", path);
		ERR_clear_error();
	}
	return file;
}

static int read_certificate(struct ca *ca, const char *folder)
{
	BIO *file = open_file(folder, "issuing.pem"), *text = BIO_new(BIO_s_mem());
	char *data;
	int rc = file && text ? 0 : ERR_IO;

	if (!rc) {
		ca->certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
		if (!ca->certificate || !PEM_write_bio_X509(text, ca->certificate))
			rc = crypto_failed("issuing.pem is not a certificate");
	}
	if (!rc) {
		long size = BIO_get_mem_data(text, &data);
		ca->pem = strndup(data, (size_t)size);
		rc = ca->pem ? 0 : ERR_NOMEM;
	}
	BIO_free(file);
	BIO_free(text);
	return rc;
}

static int read_key(struct ca *ca, const char *folder)
{
	BIO *file = open_file(folder, "issuing-key.pem");

	if (!file)
		return ERR_IO;
	ca->key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
	BIO_free(file);
	if (!ca->key || X509_check_private_key(ca->certificate, ca->key) != 1)
		return crypto_failed("issuing-key.pem is not the key of issuing.pem");
	return 0;
}

/* The root's key is offline: its list comes as it is. */
static int read_root_list(struct ca *ca, const char *folder)
{
	BIO *file = open_file(folder, "root-crl.pem");

	if (!file)
		return ERR_IO;
	ca->root_list = PEM_read_bio_X509_CRL(file, NULL, NULL, NULL);
	BIO_free(file);
	return ca->root_list ? 0 : crypto_failed("root-crl.pem is not a list of the revoked");
}

int ca_open(struct ca **out, const char *folder)
{
	struct ca *ca = calloc(1, sizeof(*ca));

	if (!ca)
		return ERR_NOMEM;
	int rc = read_certificate(ca, folder);
	if (!rc)
		rc = read_key(ca, folder);
	if (!rc)
		rc = read_root_list(ca, folder);
	if (rc)
		ca_free(ca);
	else
		*out = ca;
	return rc;
}

void ca_free(struct ca *ca)
{
	if (!ca)
		return;
	X509_free(ca->certificate);
	EVP_PKEY_free(ca->key);
	free(ca->pem);
	X509_CRL_free(ca->root_list);
	free(ca);
}

/* ---- times and serials -------------------------------------------------------------------- */

static int64_t time_of(const ASN1_TIME *time)
{
	int days = 0, seconds = 0;
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int ok = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time);

	ASN1_TIME_free(epoch);
	return ok ? days * DAY_MS + seconds * 1000LL : INT64_MIN;
}

static bool set_time(ASN1_TIME *time, int64_t ms)
{
	return ASN1_TIME_set(time, (time_t)(ms / 1000)) != NULL;
}

/* Of 16 random bytes the first two bits are fixed: positive, and always of the same length. */
static ASN1_INTEGER *random_serial(void)
{
	uint8_t bytes[SERIAL_BYTES];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return NULL;
	bytes[0] = (uint8_t)((bytes[0] & 0x3f) | 0x40);
	BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ASN1_INTEGER *serial = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	BN_free(number);
	return serial;
}

static void serial_text(const ASN1_INTEGER *serial, char out[SERIAL_SIZE])
{
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	uint8_t bytes[SERIAL_BYTES] = { 0 };

	out[0] = '\0';
	if (number && BN_bn2binpad(number, bytes, sizeof(bytes)) == SERIAL_BYTES)
		for (int i = 0; i < SERIAL_BYTES; i++)
			snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	BN_free(number);
}

/* ---- certificates ------------------------------------------------------------------------- */

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static bool add_extensions(X509 *certificate, X509 *issuer)
{
	return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(certificate, issuer, NID_ext_key_usage, "clientAuth") &&
	       add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
}

static bool add_name(X509_NAME *name, const char *field, const char *value)
{
	const unsigned char *text = (const unsigned char *)value;

	return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

static bool set_subject(X509 *certificate, enum ca_unit unit, const char *user)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	return add_name(name, "O", "Tsunagi") &&
	       add_name(name, "OU", unit == CA_PERSON ? "person" : "instance") &&
	       add_name(name, "CN", user);
}

/* No certificate outlives its issuer. */
static bool set_validity(struct ca *ca, X509 *certificate, int64_t now_ms)
{
	int64_t from_ms = now_ms - CLOCK_SKEW_MS;
	int64_t until_ms = from_ms + CERTIFICATE_DAYS * DAY_MS - 1000; /* both ends count */
	int64_t issuer_ms = time_of(X509_get0_notAfter(ca->certificate));

	if (until_ms > issuer_ms)
		until_ms = issuer_ms;
	return until_ms > now_ms && set_time(X509_getm_notBefore(certificate), from_ms) &&
	       set_time(X509_getm_notAfter(certificate), until_ms);
}

static bool sign(struct ca *ca, X509 *certificate, EVP_PKEY *key, enum ca_unit unit,
		 const char *user, int64_t now_ms)
{
	ASN1_INTEGER *serial = random_serial();
	bool ok = serial && X509_set_version(certificate, X509_VERSION_3) &&
		  X509_set_serialNumber(certificate, serial) && X509_set_pubkey(certificate, key) &&
		  X509_set_issuer_name(certificate, X509_get_subject_name(ca->certificate)) &&
		  set_subject(certificate, unit, user) && set_validity(ca, certificate, now_ms) &&
		  add_extensions(certificate, ca->certificate) &&
		  X509_sign(certificate, ca->key, EVP_sha256()) > 0;

	ASN1_INTEGER_free(serial);
	return ok;
}

static int describe(struct ca *ca, X509 *certificate, struct arena *arena, struct issued *out)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *data;

	if (!text || !PEM_write_bio_X509(text, certificate)) {
		BIO_free(text);
		return crypto_failed("certificate cannot be written");
	}
	long size = BIO_get_mem_data(text, &data);
	out->pem = arena_printf(arena, "%.*s%s", (int)size, data, ca->pem);
	out->not_after_ms = time_of(X509_get0_notAfter(certificate));
	serial_text(X509_get0_serialNumber(certificate), out->serial);
	BIO_free(text);
	return 0;
}

static int issue(struct ca *ca, EVP_PKEY *key, enum ca_unit unit, const char *user, int64_t now_ms,
		 struct arena *arena, struct issued *out)
{
	X509 *certificate = X509_new();
	int rc = certificate && sign(ca, certificate, key, unit, user, now_ms) ?
			 describe(ca, certificate, arena, out) :
			 crypto_failed("certificate cannot be signed");

	X509_free(certificate);
	return rc;
}

/* A named curve, too: one spelt out in parameters may be any curve. */
static bool is_p256(EVP_PKEY *key)
{
	char group[64], encoding[64];

	return EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group),
					      NULL) == 1 &&
	       strcmp(group, SN_X9_62_prime256v1) == 0 &&
	       EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, encoding,
					      sizeof(encoding), NULL) == 1 &&
	       strcmp(encoding, OSSL_PKEY_EC_ENCODING_GROUP) == 0;
}

static X509_REQ *read_request(const char *csr_pem, size_t size)
{
	BIO *text = BIO_new_mem_buf(csr_pem, (int)size);
	X509_REQ *request = text ? PEM_read_bio_X509_REQ(text, NULL, NULL, NULL) : NULL;

	BIO_free(text);
	ERR_clear_error();
	return request;
}

int ca_sign_request(struct ca *ca, const char *csr_pem, const char *user, int64_t now_ms,
		    struct arena *arena, struct issued *out)
{
	size_t size = strnlen(csr_pem, CSR_BYTES + 1);
	int rc = ERR_INVALID;

	if (size > CSR_BYTES)
		return ERR_TOOBIG;
	X509_REQ *request = read_request(csr_pem, size);
	if (!request)
		return ERR_INVALID;
	EVP_PKEY *key = X509_REQ_get0_pubkey(request);
	if (key && is_p256(key) && X509_REQ_verify(request, key) == 1)
		rc = issue(ca, key, CA_PERSON, user, now_ms, arena, out);
	ERR_clear_error();
	X509_REQ_free(request);
	return rc;
}

static int load_certificate(const char *file, X509 **out)
{
	BIO *in = BIO_new_file(file, "r");

	*out = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	ERR_clear_error();
	BIO_free(in);
	return *out ? 0 : in ? ERR_INVALID : ERR_IO;
}

int ca_sign_again(struct ca *ca, const char *certificate_file, const char *name, int64_t now_ms,
		  struct arena *arena, struct issued *out)
{
	X509 *certificate;
	int rc = load_certificate(certificate_file, &certificate);

	if (rc)
		return rc;
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	if (key && is_p256(key) && X509_verify(certificate, ca->key) == 1)
		rc = issue(ca, key, CA_INSTANCE, name, now_ms, arena, out);
	else
		rc = ERR_INVALID;
	ERR_clear_error();
	X509_free(certificate);
	return rc;
}

int ca_read(const char *certificate_file, struct issued *out, char *user, size_t user_size)
{
	X509 *certificate;
	int rc = load_certificate(certificate_file, &certificate);

	if (rc)
		return rc;
	serial_text(X509_get0_serialNumber(certificate), out->serial);
	out->not_after_ms = time_of(X509_get0_notAfter(certificate));
	out->pem = NULL;
	if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, user,
				      (int)user_size) < 0)
		rc = ERR_INVALID;
	X509_free(certificate);
	return rc;
}

/* ---- the list of revoked certificates ----------------------------------------------------- */

static bool crl_extend(X509_CRL *list, X509 *issuer, uint64_t number)
{
	X509V3_CTX context;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
	X509_EXTENSION *identifier =
		X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
	bool ok = serial && identifier && ASN1_INTEGER_set_uint64(serial, number) &&
		  X509_CRL_add1_ext_i2d(list, NID_crl_number, serial, 0, 0) == 1 &&
		  X509_CRL_add_ext(list, identifier, -1) == 1;
	X509_EXTENSION_free(identifier);
	ASN1_INTEGER_free(serial);
	return ok;
}

struct crl *crl_begin(struct ca *ca, uint64_t number, int64_t now_ms)
{
	struct crl *crl = calloc(1, sizeof(*crl));
	ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();

	if (crl)
		crl->x509 = X509_CRL_new();
	bool ok = crl && crl->x509 && from && until && set_time(from, now_ms - CLOCK_SKEW_MS) &&
		  set_time(until, now_ms + CRL_DAYS * DAY_MS) &&
		  X509_CRL_set_version(crl->x509, X509_CRL_VERSION_2) &&
		  X509_CRL_set_issuer_name(crl->x509, X509_get_subject_name(ca->certificate)) &&
		  X509_CRL_set1_lastUpdate(crl->x509, from) &&
		  X509_CRL_set1_nextUpdate(crl->x509, until) &&
		  crl_extend(crl->x509, ca->certificate, number);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	if (ok) {
		crl->number = number;
		return crl;
	}
	crypto_failed("list of revoked certificates cannot be made");
	crl_free(crl);
	return NULL;
}

void crl_free(struct crl *crl)
{
	if (!crl)
		return;
	X509_CRL_free(crl->x509);
	free(crl);
}

int crl_add(struct crl *crl, const char *serial, int64_t revoked_ms)
{
	X509_REVOKED *revoked = X509_REVOKED_new();
	ASN1_TIME *date = ASN1_TIME_new();
	BIGNUM *number = NULL;
	ASN1_INTEGER *integer =
		BN_hex2bn(&number, serial) ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	bool ok = revoked && date && integer && set_time(date, revoked_ms) &&
		  X509_REVOKED_set_serialNumber(revoked, integer) &&
		  X509_REVOKED_set_revocationDate(revoked, date) &&
		  X509_CRL_add0_revoked(crl->x509, revoked);

	if (!ok)
		X509_REVOKED_free(revoked);
	ASN1_TIME_free(date);
	ASN1_INTEGER_free(integer);
	BN_free(number);
	return ok ? 0 : crypto_failed("serial cannot be added to the list");
}

static bool same_number(const X509_CRL *list, uint64_t number)
{
	ASN1_INTEGER *integer = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
	uint64_t found;
	bool same = integer && ASN1_INTEGER_get_uint64(&found, integer) && found == number;

	ASN1_INTEGER_free(integer);
	return same;
}

/* Looking a serial up sorts the list at first, so this is not quadratic. */
static bool same_serials(X509_CRL *list, const X509_CRL *wanted)
{
	union { const X509_CRL *in; X509_CRL *out; } unchanged = { .in = wanted };
	STACK_OF(X509_REVOKED) *serials = X509_CRL_get_REVOKED(unchanged.out);
	X509_REVOKED *found;
	int n = sk_X509_REVOKED_num(serials);

	if (n != sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list)))
		return false;
	for (int i = 0; i < n; i++)
		if (!X509_CRL_get0_by_serial(list, &found, X509_REVOKED_get0_serialNumber(
							   sk_X509_REVOKED_value(serials, i))))
			return false;
	return true;
}

bool crl_is_current(struct ca *ca, const struct crl *crl, const char *file, int64_t now_ms,
		    int64_t good_for_ms)
{
	BIO *in = BIO_new_file(file, "r");
	X509_CRL *list = in ? PEM_read_bio_X509_CRL(in, NULL, NULL, NULL) : NULL;
	X509_CRL *root = list ? PEM_read_bio_X509_CRL(in, NULL, NULL, NULL) : NULL;
	bool current = root && X509_CRL_match(root, ca->root_list) == 0 &&
		       X509_CRL_verify(list, ca->key) == 1 &&
		       same_number(list, crl->number) && same_serials(list, crl->x509) &&
		       time_of(X509_CRL_get0_lastUpdate(list)) <= now_ms &&
		       time_of(X509_CRL_get0_nextUpdate(list)) >= now_ms + good_for_ms;

	ERR_clear_error();
	X509_CRL_free(list);
	X509_CRL_free(root);
	BIO_free(in);
	return current;
}

int crl_sign(struct ca *ca, struct crl *crl, char **pem, size_t *size)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *data;
	int rc = 0;

	if (!text || !X509_CRL_sort(crl->x509) ||
	    X509_CRL_sign(crl->x509, ca->key, EVP_sha256()) <= 0 ||
	    !PEM_write_bio_X509_CRL(text, crl->x509) ||
	    !PEM_write_bio_X509_CRL(text, ca->root_list))
		rc = crypto_failed("list of revoked certificates cannot be signed");
	if (!rc) {
		long length = BIO_get_mem_data(text, &data);
		*size = (size_t)length;
		*pem = strndup(data, *size);
		rc = *pem ? 0 : ERR_NOMEM;
	}
	BIO_free(text);
	return rc;
}
