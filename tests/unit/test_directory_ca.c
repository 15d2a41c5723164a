/* If this fails, directory signs for keys or names it must not, its certificates are refused by the
 * broker, or a revoked certificate stays good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "date.h"
#include "error.h"
#include "log.h"
#include "services/directory/ca.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"
#include "tests/lib/test_pki.h"

#define NOW_MS TEST_CLOCK_START_MS

struct bench {
	char folder[TEMPORARY_SIZE];
	struct ca *ca;
	struct arena arena;
};

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	log_init("test", LOG_LEVEL_ERROR + 1);
	temporary_make(b->folder, "ca");
	test_pki_make(b->folder);
	arena_init(&b->arena, 1 << 20);
	assert_int_equal(ca_open(&b->ca, b->folder), 0);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	ca_free(b->ca);
	arena_close(&b->arena);
	temporary_remove(b->folder);
	test_free(b);
	return 0;
}

static X509 *parse(const char *pem)
{
	BIO *text = BIO_new_mem_buf(pem, -1);
	X509 *certificate = PEM_read_bio_X509(text, NULL, NULL, NULL);

	BIO_free(text);
	assert_non_null(certificate);
	return certificate;
}

/* As a TLS server does it: the chain up to the root, for a client, with the lists where wanted. */
static int verify(struct bench *b, const char *pem, int64_t at_ms, const char *lists)
{
	char path[TEMPORARY_SIZE + 16];
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509 *certificate = parse(pem);

	snprintf(path, sizeof(path), "%s/ca.pem", b->folder);
	assert_int_equal(X509_STORE_load_file(store, path), 1);
	if (lists) {
		assert_int_equal(X509_STORE_load_file(store, lists), 1);
		X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	}
	X509_STORE_CTX_init(context, store, certificate, NULL);
	X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT);
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), (time_t)(at_ms / 1000));
	int rc = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(certificate);
	return rc;
}

static struct issued sign(struct bench *b, const char *user)
{
	char *csr = test_pki_request(TEST_KEY_P256, "record");
	struct issued issued;

	assert_int_equal(ca_sign_request(b->ca, csr, user, NOW_MS, &b->arena, &issued), 0);
	free(csr);
	return issued;
}

static void subject_is(const X509 *certificate, int nid, const char *expected)
{
	char text[128];

	assert_true(X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), nid, text,
					      sizeof(text)) > 0);
	assert_string_equal(text, expected);
}

static void a_certificate_bears_the_name_we_gave_and_verifies(void **state)
{
	struct bench *b = *state;
	struct issued issued = sign(b, "clinic01-doctor");
	X509 *certificate = parse(issued.pem);

	subject_is(certificate, NID_commonName, "clinic01-doctor");
	subject_is(certificate, NID_organizationalUnitName, "person");
	assert_int_equal(verify(b, issued.pem, NOW_MS, NULL), X509_V_OK);
	assert_int_equal(verify(b, issued.pem, NOW_MS - CLOCK_SKEW_MS, NULL), X509_V_OK);
	assert_int_equal(verify(b, issued.pem, NOW_MS - 2 * CLOCK_SKEW_MS, NULL),
			 X509_V_ERR_CERT_NOT_YET_VALID);
	assert_int_equal(verify(b, issued.pem, issued.not_after_ms + 1000, NULL),
			 X509_V_ERR_CERT_HAS_EXPIRED);
	assert_true(issued.not_after_ms <= NOW_MS + CERTIFICATE_DAYS * DAY_MS);
	assert_true(issued.not_after_ms > NOW_MS + (CERTIFICATE_DAYS - 1) * DAY_MS);
	assert_int_equal(X509_get_extended_key_usage(certificate), XKU_SSL_CLIENT);
	assert_true(X509_check_ca(certificate) == 0);
	X509_free(certificate);
}

static void serials_are_random_and_whole(void **state)
{
	struct bench *b = *state;
	struct issued first = sign(b, "a"), second = sign(b, "a");

	assert_int_equal(strlen(first.serial), SERIAL_SIZE - 1);
	assert_int_equal(strspn(first.serial, "0123456789abcdef"), SERIAL_SIZE - 1);
	assert_string_not_equal(first.serial, second.serial);
}

static void refused(struct bench *b, const char *csr, int error)
{
	struct issued issued;

	assert_int_equal(ca_sign_request(b->ca, csr, "a", NOW_MS, &b->arena, &issued), error);
}

static void other_keys_are_refused(void **state)
{
	struct bench *b = *state;
	char *rsa = test_pki_request(TEST_KEY_RSA, "a"), *p384 = test_pki_request(TEST_KEY_P384, "a");

	refused(b, rsa, ERR_INVALID);
	refused(b, p384, ERR_INVALID);
	free(rsa);
	free(p384);
}

/* The signature is the proof that whoever asks has the key. */
static void a_request_that_is_not_signed_by_its_key_is_refused(void **state)
{
	struct bench *b = *state;
	char *csr = test_pki_request(TEST_KEY_P256, "a"), *data;
	BIO *in = BIO_new_mem_buf(csr, -1), *out = BIO_new(BIO_s_mem());
	X509_REQ *request = PEM_read_bio_X509_REQ(in, NULL, NULL, NULL);
	EVP_PKEY *other = EVP_EC_gen("P-256");

	X509_REQ_set_pubkey(request, other);
	PEM_write_bio_X509_REQ(out, request);
	BIO_write(out, "", 1);
	BIO_get_mem_data(out, &data);
	refused(b, data, ERR_INVALID);
	EVP_PKEY_free(other);
	X509_REQ_free(request);
	BIO_free(in);
	BIO_free(out);
	free(csr);
}

static void what_is_no_request_is_refused(void **state)
{
	struct bench *b = *state;
	char large[CSR_BYTES + 2];
	struct issued issued = sign(b, "a");
	char *csr = test_pki_request(TEST_KEY_P256, "a");

	refused(b, "", ERR_INVALID);
	refused(b, "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
		ERR_INVALID);
	refused(b, issued.pem, ERR_INVALID);
	memset(large, ' ', sizeof(large));
	memcpy(large, csr, strlen(csr));
	large[sizeof(large) - 1] = '\0';
	refused(b, large, ERR_TOOBIG);
	for (size_t i = 0; i < strlen(csr); i += 7) { /* damaged anywhere: no crash, no certificate */
		char *damaged = strdup(csr);
		damaged[i] = (char)(damaged[i] == 'A' ? 'B' : 'A');
		ca_sign_request(b->ca, damaged, "a", NOW_MS, &b->arena, &issued);
		free(damaged);
	}
	free(csr);
}

static void no_certificate_outlives_its_issuer(void **state)
{
	struct bench *b = *state;
	char *csr = test_pki_request(TEST_KEY_P256, "a");
	struct issued issued;
	int64_t end_ms, months_before;

	assert_int_equal(date_parse("2050-01-01T00:00:00Z", &end_ms), 0);
	months_before = end_ms - 60 * DAY_MS;
	assert_int_equal(ca_sign_request(b->ca, csr, "a", months_before, &b->arena, &issued), 0);
	assert_true(issued.not_after_ms == end_ms - 1000);
	assert_int_equal(ca_sign_request(b->ca, csr, "a", end_ms, &b->arena, &issued), ERR_CRYPTO);
	free(csr);
}

/* ---- the list ------------------------------------------------------------------------------- */

static const char *write_list(struct bench *b, struct crl *crl)
{
	static char path[TEMPORARY_SIZE + 16];
	char *pem;
	size_t size;

	snprintf(path, sizeof(path), "%s/crl.pem", b->folder);
	assert_int_equal(crl_sign(b->ca, crl, &pem, &size), 0);
	FILE *file = fopen(path, "w");
	assert_int_equal(fwrite(pem, 1, size, file), size);
	fclose(file);
	free(pem);
	return path;
}

static void a_revoked_certificate_is_refused_and_others_are_not(void **state)
{
	struct bench *b = *state;
	struct issued good = sign(b, "good"), bad = sign(b, "bad");
	struct crl *crl = crl_begin(b->ca, 7, NOW_MS);

	assert_int_equal(crl_add(crl, bad.serial, NOW_MS), 0);
	const char *lists = write_list(b, crl);
	assert_int_equal(verify(b, good.pem, NOW_MS, lists), X509_V_OK);
	assert_int_equal(verify(b, bad.pem, NOW_MS, lists), X509_V_ERR_CERT_REVOKED);
	assert_int_equal(verify(b, good.pem, NOW_MS + CRL_DAYS * DAY_MS - 1000, lists), X509_V_OK);
	assert_int_equal(verify(b, good.pem, NOW_MS + CRL_DAYS * DAY_MS + 1000, lists),
			 X509_V_ERR_CRL_HAS_EXPIRED);
	crl_free(crl);
}

static void a_list_is_current_until_anything_differs(void **state)
{
	struct bench *b = *state;
	struct issued first = sign(b, "a"), second = sign(b, "b");
	struct crl *crl = crl_begin(b->ca, 7, NOW_MS), *other;

	crl_add(crl, first.serial, NOW_MS);
	const char *path = write_list(b, crl);
	assert_true(crl_is_current(b->ca, crl, path, NOW_MS, 6 * DAY_MS));
	assert_true(crl_is_current(b->ca, crl, path, NOW_MS + DAY_MS, 6 * DAY_MS));
	assert_false(crl_is_current(b->ca, crl, path, NOW_MS + 2 * DAY_MS, 6 * DAY_MS));
	assert_false(crl_is_current(b->ca, crl, path, NOW_MS - DAY_MS, 0)); /* clock set back */
	assert_false(crl_is_current(b->ca, crl, "/nonexistent", NOW_MS, 0));
	other = crl_begin(b->ca, 8, NOW_MS);
	crl_add(other, first.serial, NOW_MS);
	assert_false(crl_is_current(b->ca, other, path, NOW_MS, 0));
	crl_free(other);
	other = crl_begin(b->ca, 7, NOW_MS);
	assert_false(crl_is_current(b->ca, other, path, NOW_MS, 0));
	crl_add(other, second.serial, NOW_MS);
	assert_false(crl_is_current(b->ca, other, path, NOW_MS, 0));
	crl_free(other);
	crl_free(crl);
}

static void an_instance_gets_a_new_certificate_over_its_old_key(void **state)
{
	struct bench *b = *state;
	char path[TEMPORARY_SIZE + 16], user[65];
	struct issued issued = sign(b, "record"), again, read;

	snprintf(path, sizeof(path), "%s/cert.pem", b->folder);
	FILE *file = fopen(path, "w");
	fputs(issued.pem, file);
	fclose(file);
	assert_int_equal(ca_sign_again(b->ca, path, "record", NOW_MS + DAY_MS, &b->arena, &again), 0);
	X509 *old = parse(issued.pem), *new = parse(again.pem);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(old), X509_get0_pubkey(new)), 1);
	subject_is(new, NID_organizationalUnitName, "instance");
	assert_int_equal(again.not_after_ms, issued.not_after_ms + DAY_MS);
	assert_int_equal(verify(b, again.pem, NOW_MS + DAY_MS, NULL), X509_V_OK);
	assert_int_equal(ca_read(path, &read, user, sizeof(user)), 0);
	assert_string_equal(user, "record");
	assert_string_equal(read.serial, issued.serial);
	X509_free(old);
	X509_free(new);
}

static void a_folder_that_is_no_ca_is_refused(void **state)
{
	struct bench *b = *state;
	char path[TEMPORARY_SIZE + 32];
	struct ca *ca = NULL;

	assert_int_equal(ca_open(&ca, "/nonexistent"), ERR_IO);
	snprintf(path, sizeof(path), "%s/issuing-key.pem", b->folder);
	FILE *file = fopen(path, "w");
	fputs("not a key\n", file);
	fclose(file);
	assert_int_equal(ca_open(&ca, b->folder), ERR_CRYPTO);
	assert_null(ca);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_certificate_bears_the_name_we_gave_and_verifies),
		TEST(serials_are_random_and_whole),
		TEST(other_keys_are_refused),
		TEST(a_request_that_is_not_signed_by_its_key_is_refused),
		TEST(what_is_no_request_is_refused),
		TEST(no_certificate_outlives_its_issuer),
		TEST(a_revoked_certificate_is_refused_and_others_are_not),
		TEST(a_list_is_current_until_anything_differs),
		TEST(an_instance_gets_a_new_certificate_over_its_old_key),
		TEST(a_folder_that_is_no_ca_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
