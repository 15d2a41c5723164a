/* If this fails, the gate believes a token that directory has not signed, or one that is over; or a
 * hostile one crashes the broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log.h"
#include "services/directory/tokens.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"

#include "broker-config/token.c"

#define NOW_S 1790000000

struct bench {
	struct arena arena;
	struct test_clock clock;
	char folder[TEMPORARY_SIZE];
	struct tokens *tokens;
	const char *key;
	size_t key_size;
};

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	log_init("test", LOG_LEVEL_ERROR + 1);
	arena_init(&b->arena, 1 << 22);
	test_clock_init(&b->clock, 1);
	temporary_make(b->folder, "token");
	assert_int_equal(tokens_open(&b->tokens, arena_printf(&b->arena, "%s/key", b->folder),
				     &b->clock.clock), 0);
	b->key = tokens_public_key(b->tokens);
	b->key_size = strlen(b->key);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	tokens_free(b->tokens);
	temporary_remove(b->folder);
	arena_close(&b->arena);
	test_free(b);
	return 0;
}

static char *text(struct bench *b, const char *s)
{
	return arena_string(&b->arena, s);
}

static char *made(struct bench *b, const char *user, const char *device, const char *id)
{
	Session session = Session_INIT;

	session.id = text(b, id);
	session.user = text(b, user);
	session.device = text(b, device);
	session.since_ms = NOW_S * 1000LL;
	session.until_ms = session.since_ms + TOKEN_MS;
	return token_make(b->tokens, &b->arena, &session);
}

static char *good(struct bench *b)
{
	return made(b, "hanako", "web-1", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

static bool believed(struct bench *b, const char *token)
{
	struct token read;
	return token_read(&read, token, b->key, b->key_size, NOW_S);
}

static void a_good_token_says_who_where_and_how_long(void **state)
{
	struct bench *b = *state;
	struct token token;
	const int64_t end_s = NOW_S + 12 * 3600;

	assert_true(token_read(&token, good(b), b->key, b->key_size, end_s - 1));
	assert_string_equal(token.user, "hanako");
	assert_string_equal(token.device, "web-1");
	assert_string_equal(token.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
	assert_int_equal(token.until_s, end_s);
	assert_false(token_read(&token, good(b), b->key, b->key_size, end_s));
	assert_false(token_read(&token, good(b), "", 0, NOW_S));
	assert_false(token_read(&token, good(b), "-----BEGIN PUBLIC KEY-----\n", 27, NOW_S));
	assert_false(token_read(&token, NULL, b->key, b->key_size, NOW_S));
}

static void names_that_are_none_are_not_believed(void **state)
{
	struct bench *b = *state;
	const char *id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

	assert_false(believed(b, made(b, "", "web-1", id)));
	assert_false(believed(b, made(b, "a/b", "web-1", id)));
	assert_false(believed(b, made(b, "+", "web-1", id)));
	assert_false(believed(b, made(b, "hanako", "", id)));
	assert_false(believed(b, made(b, "hanako", "#", id)));
	assert_false(believed(b, made(b, "hanako", "web-1", "short")));
	assert_false(believed(b, made(b, "hanako", "web-123456789012345678901234567890", id)));
}

/* Signed by the library as it likes, with what key and algorithm somebody likes. */
static char *forged(struct bench *b, jwt_alg_t alg, const char *key, size_t size)
{
	jwt_t *jwt;

	assert_int_equal(jwt_new(&jwt), 0);
	assert_int_equal(jwt_set_alg(jwt, alg, (const unsigned char *)key, (int)size), 0);
	jwt_add_grant(jwt, "sub", "admin");
	jwt_add_grant(jwt, "dev", "web-1");
	jwt_add_grant(jwt, "jti", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
	jwt_add_grant_int(jwt, "exp", NOW_S + 100);
	char *token = jwt_encode_str(jwt), *copy = text(b, token);
	jwt_free(jwt);
	free(token);
	return copy;
}

static void no_algorithm_and_a_public_key_for_a_secret_are_refused(void **state)
{
	struct bench *b = *state;
	jwt_t *jwt = NULL;

	assert_false(believed(b, forged(b, JWT_ALG_NONE, NULL, 0)));
	const char *by_public_key = forged(b, JWT_ALG_HS256, b->key, b->key_size);
	assert_false(believed(b, by_public_key));
	/* which the library alone would have taken */
	assert_int_equal(jwt_decode(&jwt, by_public_key, (const unsigned char *)b->key, (int)b->key_size), 0);
	jwt_free(jwt);
	/* our header before another's signature */
	const char *rest = strchr(by_public_key, '.') + 1;
	assert_false(believed(b, arena_printf(&b->arena, "%s%s", header, rest)));
}

static void another_directory_s_token_is_refused(void **state)
{
	struct bench *b = *state;
	struct tokens *own = b->tokens, *other;

	assert_int_equal(tokens_open(&other, arena_printf(&b->arena, "%s/other", b->folder),
				     &b->clock.clock), 0);
	b->tokens = other;
	assert_false(believed(b, good(b)));
	b->tokens = own;
	assert_true(believed(b, good(b)));
	tokens_free(other);
}

static void any_changed_letter_is_refused(void **state)
{
	struct bench *b = *state;
	char *token = good(b);
	size_t size = strlen(token);

	for (size_t i = 0; i < size; i++) {
		char was = token[i];
		token[i] = was == 'A' ? 'C' : 'A';
		/* the last letter holds bits that are none of the signature's */
		if (i + 1 < size)
			assert_false(believed(b, token));
		token[i] = '=';
		assert_false(believed(b, token));
		token[i] = was;
	}
	for (size_t cut = 0; cut < size; cut++) {
		char was = token[cut];
		token[cut] = '\0';
		assert_false(believed(b, token));
		token[cut] = was;
	}
	assert_true(believed(b, token));
}

static void what_is_no_token_is_refused(void **state)
{
	static const char *const parts[] = { "", ".", "..", "...", "a.b.c", "\xff\xfe", "e30.e30.e30" };
	struct bench *b = *state;
	size_t size = 4 * 1024 * 1024 / 2;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		assert_false(believed(b, parts[i]));
		assert_false(believed(b, arena_printf(&b->arena, "%s%s", header, parts[i])));
	}
	char *huge = arena_alloc(&b->arena, size);
	memset(huge, 'A', size - 1);
	assert_false(believed(b, huge));
	memcpy(huge, header, strlen(header));
	assert_false(believed(b, huge));
	/* deep JSON: [[[[…, in base64 W1tb */
	huge[TOKEN_BYTES] = '\0';
	for (size_t i = strlen(header); i + 4 < TOKEN_BYTES - 100; i += 4)
		memcpy(huge + i, "W1tb", 4);
	huge[TOKEN_BYTES - 90] = '.';
	assert_false(believed(b, huge));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_good_token_says_who_where_and_how_long),
		TEST(names_that_are_none_are_not_believed),
		TEST(no_algorithm_and_a_public_key_for_a_secret_are_refused),
		TEST(another_directory_s_token_is_refused),
		TEST(any_changed_letter_is_refused),
		TEST(what_is_no_token_is_refused),
#undef TEST
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
