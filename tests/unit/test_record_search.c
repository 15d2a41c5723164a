/* If this failed, a patient would not be found by one of the ways in which people write a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"
#include "services/record/search.h"

static struct arena arena;

static Patient person(const char *name, const char *kana, const char *born)
{
	Patient patient = Patient_INIT;
	patient.name = arena_string(&arena, name);
	patient.kana = arena_string(&arena, kana);
	patient.born = arena_string(&arena, born);
	return patient;
}

static bool finds(const char *text, const Patient *patient)
{
	const char *token = search_token(&arena, text);
	char **tokens;
	size_t n;

	assert_int_equal(search_tokens(&arena, patient, &tokens, &n), 0);
	for (size_t i = 0; token && i < n; i++)
		if (!strcmp(tokens[i], token))
			return search_fits(&arena, text, patient);
	return false;
}

static void by_every_spelling(void **state)
{
	static const char *const found[] = {
		"髙橋 さくら", "髙橋　さくら", "髙橋さくら", "髙橋", "髙", "高橋 さくら", "高", "さくら", "サクラ", "ｻｸﾗ",
		"タカハシ サクラ", "ﾀｶﾊｼ ｻｸﾗ", "たかはし", "たかはしさく", "タカ", "ﾀｶﾊｼｻ",
		"1941-03-05", "19410305", "1941/03/05", "１９４１－０３－０５", "1941.03.05",
	};
	static const char *const others[] = {
		"ハシ", "橋", "タカハシ ヨシコ", "1941-03-06", "1941", "", " ", "　", "タカハシサクラコ",
		"19411305",
	};
	Patient patient = person("髙橋　さくら", "タカハシ　サクラ", "1941-03-05");

	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		if (!finds(found[i], &patient))
			fail_msg("not found by \"%s\"", found[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (finds(others[i], &patient))
			fail_msg("found by \"%s\"", others[i]);
}

static void by_long_names(void **state)
{
	Patient patient = person("Abbott509 Aaron697 Marie", "", "1980-02");

	(void)state;
	assert_true(finds("abbott509", &patient));
	assert_true(finds("ABBOTT509 AARON", &patient));
	assert_true(finds("Ａｂｂｏｔｔ５０９", &patient));
	assert_true(finds("aaron697 marie", &patient));
	assert_true(finds("marie", &patient));
	assert_false(finds("abbott509 b", &patient));
	assert_false(finds("abbott508", &patient));
}

/* A mark that belongs to the character before it must not be cut off by looking for a beginning. */
static void voiced_half_width(void **state)
{
	Patient patient = person("", "ヤマダ　ジロウ", "");

	(void)state;
	assert_true(finds("ﾔﾏﾀﾞ", &patient));
	assert_true(finds("やまだじ", &patient));
	assert_true(finds("ｼﾞﾛｳ", &patient));
}

static void few_tokens(void **state)
{
	Patient patient = person("山田　太郎", "ヤマダ　タロウ", "1950-01-02");
	char **tokens;
	size_t n;

	(void)state;
	assert_int_equal(search_tokens(&arena, &patient, &tokens, &n), 0);
	assert_int_equal(n, 4 + 2 + 6 + 3 + 1);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, LIMIT_ARENA_BYTES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_every_spelling),
		cmocka_unit_test(by_long_names),
		cmocka_unit_test(voiced_half_width),
		cmocka_unit_test(few_tokens),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
