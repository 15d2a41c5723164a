/* If this fails, a second factor is no factor: a code is taken twice, a copied passkey passes, another
 * page's signature is believed; or a password's other spelling locks its owner out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/directory/factor.h"
#include "services/directory/password.h"
#include "tests/lib/soft_passkey.h"
#include "tests/lib/test_clock.h"

#define HOST "tsunagi.example"
#define ORIGIN "https://tsunagi.example"

struct bench {
	struct arena arena;
	struct test_clock clock;
	struct soft_passkey passkey;
	struct relying_party party;
	uint8_t challenge_bytes[CHALLENGE_BYTES];
	ProtobufCBinaryData challenge;
};

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	arena_init(&b->arena, 1 << 20);
	test_clock_init(&b->clock, 1);
	soft_passkey_init(&b->passkey, HOST, ORIGIN);
	b->party = (struct relying_party){ .id = HOST, .origins = { "https://other", ORIGIN }, .n_origins = 2 };
	b->clock.clock.random(&b->clock.clock, b->challenge_bytes, CHALLENGE_BYTES);
	b->challenge = (ProtobufCBinaryData){ CHALLENGE_BYTES, b->challenge_bytes };
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	soft_passkey_close(&b->passkey);
	arena_close(&b->arena);
	test_free(b);
	return 0;
}

/* ---- codes -------------------------------------------------------------------------------- */

static ProtobufCBinaryData secret(void)
{
	static uint8_t bytes[] = "12345678901234567890";
	return (ProtobufCBinaryData){ 20, bytes };
}

/* RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
static void the_vectors_of_rfc_6238(void **state)
{
	static const struct { int64_t s; const char *code; } vectors[] = {
		{ 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" },
		{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
	};
	uint64_t step;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		step = 0;
		assert_true(totp_right(secret(), vectors[i].code, vectors[i].s * 1000, 0, &step));
		assert_int_equal(step, vectors[i].s / 30);
	}
}

static void a_code_is_good_for_one_step_more_and_never_twice(void **state)
{
	const int64_t at_ms = 1111111109 * 1000LL; /* step 37037036 */
	uint64_t step = 0;

	(void)state;
	assert_true(totp_right(secret(), "081804", at_ms - 30000, 0, &step));
	assert_true(totp_right(secret(), "081804", at_ms + 30000, 0, &step));
	assert_int_equal(step, 37037036);
	assert_false(totp_right(secret(), "081804", at_ms + 60000, 0, &step));
	assert_false(totp_right(secret(), "081804", at_ms - 60000, 0, &step));
	assert_true(totp_right(secret(), "081804", at_ms, 37037035, &step));
	assert_false(totp_right(secret(), "081804", at_ms, 37037036, &step));
	/* the one before is none any longer, once the next one was taken */
	assert_false(totp_right(secret(), "081804", at_ms + 2000, 37037037, &step));
}

static void what_is_no_code_is_refused(void **state)
{
	static const char *const wrong[] = { "", "81804", "0818040", "08180x", "０８１８０４", "      " };
	ProtobufCBinaryData none = { 0, NULL };
	uint64_t step;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(totp_right(secret(), wrong[i], 1111111109 * 1000LL, 0, &step));
	assert_false(totp_right(none, "081804", 1111111109 * 1000LL, 0, &step));
	assert_false(totp_right(secret(), "081804", 0, 0, &step));
}

/* ---- passkeys ----------------------------------------------------------------------------- */

static Passkey *registered(struct bench *b)
{
	Passkey *kept = NULL;
	const char *field = passkey_made(&b->arena, &b->party, soft_passkey_made(&b->passkey, &b->arena),
					 &kept);

	if (field)
		fail_msg("refused for %s", field);
	return kept;
}

static bool right(struct bench *b, const Passkey *kept, const PasskeyAssertion *assertion)
{
	uint32_t counter = 0;
	return passkey_right(&b->party, kept, assertion, b->challenge, &counter);
}

static void a_passkey_signs(void **state)
{
	struct bench *b = *state;
	Passkey *kept = registered(b);
	uint32_t counter = 0;

	assert_int_equal(kept->counter, 1);
	PasskeyAssertion *made = soft_passkey_signs(&b->passkey, &b->arena, b->challenge);
	assert_true(passkey_right(&b->party, kept, made, b->challenge, &counter));
	assert_int_equal(counter, 2);
	kept->counter = counter;
	/* the same again, or from a copy that has not counted on */
	assert_false(right(b, kept, made));
	assert_true(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	/* one that does not count at all */
	b->passkey.counter = 0;
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	kept->counter = 0;
	assert_true(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
}

static void another_challenge_page_person_or_key_is_refused(void **state)
{
	struct bench *b = *state;
	Passkey *kept = registered(b);
	uint8_t other_bytes[CHALLENGE_BYTES] = { 1 };
	ProtobufCBinaryData other = { CHALLENGE_BYTES, other_bytes };

	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, other)));
	b->passkey.origin = "https://tsunagi.example.evil";
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	b->passkey.origin = ORIGIN;
	b->passkey.rp_id = "evil.example";
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	b->passkey.rp_id = HOST;
	b->passkey.flags = 0x01; /* there, but who? */
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	b->passkey.flags = 0x05;
	EVP_PKEY *own = b->passkey.key;
	b->passkey.key = EVP_EC_gen("P-256");
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	EVP_PKEY_free(b->passkey.key);
	b->passkey.key = own;
	b->passkey.credential[0] ^= 1;
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	b->passkey.credential[0] ^= 1;
	b->party.id = NULL;
	assert_false(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
	b->party.id = HOST;
	assert_true(right(b, kept, soft_passkey_signs(&b->passkey, &b->arena, b->challenge)));
}

static void any_changed_byte_of_an_assertion_is_refused(void **state)
{
	struct bench *b = *state;
	Passkey *kept = registered(b);
	PasskeyAssertion *made = soft_passkey_signs(&b->passkey, &b->arena, b->challenge);
	ProtobufCBinaryData *parts[] = { &made->authenticator_data, &made->client_data, &made->signature };

	for (size_t part = 0; part < 3; part++)
		for (size_t i = 0; i < parts[part]->len; i++) {
			parts[part]->data[i] ^= 0x20;
			assert_false(right(b, kept, made));
			parts[part]->data[i] ^= 0x20;
		}
	for (size_t part = 0; part < 3; part++) {
		size_t whole = parts[part]->len;
		for (size_t size = 0; size < whole; size++) {
			parts[part]->len = size;
			assert_false(right(b, kept, made));
		}
		parts[part]->len = whole;
	}
	assert_true(right(b, kept, made));
}

static void a_registration_must_be_whole_and_of_this_page(void **state)
{
	struct bench *b = *state;
	AddPasskey *made = soft_passkey_made(&b->passkey, &b->arena);
	Passkey *kept = NULL;

	for (size_t size = 0; size < made->authenticator_data.len; size++) {
		AddPasskey cut = *made;
		cut.authenticator_data.len = size;
		assert_non_null(passkey_made(&b->arena, &b->party, &cut, &kept));
	}
	made->passkey->credential.data[3] ^= 1;
	assert_string_equal(passkey_made(&b->arena, &b->party, made, &kept), "passkey.credential");
	made->passkey->credential.data[3] ^= 1;
	made->passkey->public_key.data[made->passkey->public_key.len - 1] ^= 1;
	assert_string_equal(passkey_made(&b->arena, &b->party, made, &kept), "passkey.public_key");
	made->passkey->public_key.data[made->passkey->public_key.len - 1] ^= 1;
	assert_null(passkey_made(&b->arena, &b->party, made, &kept));
	b->passkey.origin = "https://elsewhere";
	assert_string_equal(passkey_made(&b->arena, &b->party, soft_passkey_made(&b->passkey, &b->arena),
					 &kept), "client_data");
	b->passkey.origin = ORIGIN;
	b->passkey.flags = 0x01;
	assert_string_equal(passkey_made(&b->arena, &b->party, soft_passkey_made(&b->passkey, &b->arena),
					 &kept), "authenticator_data");
}

/* ---- passwords ---------------------------------------------------------------------------- */

static void two_spellings_of_a_password_are_one(void **state)
{
	struct bench *b = *state;
	char longest[PASSWORD_BYTES + 2];

	assert_string_equal(password_normal(&b->arena, "ｐａｓｓｗｏｒｄ１"), "password1");
	assert_string_equal(password_normal(&b->arena, "ﾊﾟｽﾜｰﾄﾞ"), "パスワード");
	assert_string_equal(password_normal(&b->arena, "か\xe3\x82\x99"), "が");
	assert_null(password_normal(&b->arena, "a\nb"));
	assert_null(password_normal(&b->arena, "\xff"));
	memset(longest, 'a', sizeof(longest));
	longest[PASSWORD_BYTES] = '\0';
	assert_non_null(password_normal_new(&b->arena, longest));
	longest[PASSWORD_BYTES] = 'a';
	longest[PASSWORD_BYTES + 1] = '\0';
	assert_null(password_normal(&b->arena, longest));
	assert_null(password_normal(&b->arena, "\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba"
					       "\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba")); /* ﷺ is 33 bytes long in NFKC */
	assert_null(password_normal_new(&b->arena, "1234567"));
	assert_non_null(password_normal_new(&b->arena, "12345678"));
}

/* RFC 7914, 12: "pleaseletmein", "SodiumChloride", N = 16384, r = 8, p = 1 — with our salts of 16 bytes
 * the library's own test stands for it; here, that parameters stay with the hash. */
static void a_hash_is_checked_by_its_own_parameters(void **state)
{
	struct bench *b = *state;
	struct password_work work = { .check = { .wanted = false } };

	scrypt_fresh(&work.fresh, "correct horse", &b->clock.clock, 5);
	password_work_run(&work);
	assert_true(work.fresh.done);
	assert_false(work.check.done);
	assert_string_equal(work.fresh.password, "");
	PasswordHash *kept = scrypt_kept(&b->arena, &work.fresh);
	assert_int_equal(kept->log2_n, 5);
	work = (struct password_work){ .check = { .wanted = false } };
	scrypt_like(&work.check, "correct horse", kept, 9);
	scrypt_like(&work.same, "correct horsf", kept, 9);
	password_work_run(&work);
	assert_true(scrypt_matches(&work.check, kept));
	assert_false(scrypt_matches(&work.same, kept));
	assert_false(scrypt_matches(&work.fresh, kept));
	assert_false(scrypt_matches(&work.check, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(the_vectors_of_rfc_6238),
		TEST(a_code_is_good_for_one_step_more_and_never_twice),
		TEST(what_is_no_code_is_refused),
		TEST(a_passkey_signs),
		TEST(another_challenge_page_person_or_key_is_refused),
		TEST(any_changed_byte_of_an_assertion_is_refused),
		TEST(a_registration_must_be_whole_and_of_this_page),
		TEST(two_spellings_of_a_password_are_one),
		TEST(a_hash_is_checked_by_its_own_parameters),
#undef TEST
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
