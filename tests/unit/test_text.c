/* If this failed, a patient would not be found under another spelling of the same name, two names
 * would be taken for one, or a name would be stored or shown broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/rng.h"
#include "text.h"

static int setup(void **state)
{
	struct arena *arena = test_malloc(sizeof(*arena));
	arena_init(arena, 1 << 20);
	*state = arena;
	return 0;
}

static int teardown(void **state)
{
	arena_close(*state);
	test_free(*state);
	return 0;
}

static void spellings_of_one_name_are_equal(void **state)
{
	static const char *const equal[][2] = {
		{ "たなか　とおる", "タナカトオル" },
		{ "ﾀﾅｶ ﾄｵﾙ", "タナカトオル" },
		{ "タナカ トオル", "タナカトオル" },
		{ "タナカ・トオル", "タナカトオル" },
		{ "ﾀﾅｶ･ﾄｵﾙ", "タナカトオル" },
		{ "たなか\tとおる\n", "タナカトオル" },
		{ "ﾜｰﾌｧﾘﾝ", "ワーファリン" },
		{ "わーふぁりん", "ワーファリン" },
		{ "ワ－ファリン", "ワーファリン" },   /* full-width hyphen */
		{ "ワ-ファリン", "ワーファリン" },
		{ "ワ‐ファリン", "ワーファリン" },
		{ "ワ–ファリン", "ワーファリン" },
		{ "ワ−ファリン", "ワーファリン" },
		{ "ワ─ファリン", "ワーファリン" },
		{ "ﾌﾞﾄﾞｳ", "ブドウ" },
		{ "ﾊﾟﾊﾟ", "パパ" },
		{ "ﾌ ﾞ", "ブ" },
		{ "か゛", "ガ" },                     /* the free-standing mark */
		{ "か\u3099", "ガ" },
		{ "は゜", "パ" },
		{ "ｳﾞｧ", "ヴァ" },
		{ "みゝ", "ミヽ" },
		{ "ＡＢＣ", "abc" },
		{ "Abc", "abc" },
		{ "０９０－１２３４", "090ー1234" },
		{ "㈱", "(株)" },
		{ "佐藤\u00a0花子", "佐藤花子" },
		{ "佐藤\u200b花子", "佐藤花子" },
		{ "葛\U000e0100城", "葛城" },           /* a variation selector */
		{ "神\ufa19", "神神" },                /* a compatibility ideograph */
		{ "", "" },
		{ "　", "" },
	};

	for (size_t i = 0; i < sizeof(equal) / sizeof(*equal); i++)
		assert_string_equal(text_fold(*state, equal[i][0]), equal[i][1]);
}

static void different_names_stay_apart(void **state)
{
	static const char *const apart[][2] = {
		{ "髙橋", "高橋" }, { "はは", "ばば" }, { "はは", "ぱぱ" }, { "おの", "おおの" },
		{ "ゆうき", "ゆき" }, { "つ", "っ" }, { "𠮷野", "吉野" },
	};

	for (size_t i = 0; i < sizeof(apart) / sizeof(*apart); i++)
		assert_string_not_equal(text_fold(*state, apart[i][0]), text_fold(*state, apart[i][1]));
	assert_string_equal(text_fold(*state, "髙"), "髙");
}

static void shown_as_katakana_with_its_spaces(void **state)
{
	assert_string_equal(text_katakana(*state, "たなか　とおる"), "タナカ　トオル");
	assert_string_equal(text_katakana(*state, "ﾀﾅｶ ﾄﾞｵﾙ"), "タナカ ドオル");
	assert_string_equal(text_katakana(*state, "タナカ　トオル"), "タナカ　トオル");
	assert_string_equal(text_katakana(*state, "　"), "　");
	assert_string_equal(text_katakana(*state, "か\u3099"), "ガ");
	assert_string_equal(text_katakana(*state, "John・Ａ"), "John・A");
	assert_null(text_katakana(*state, "\xff"));
}

static void what_is_no_text(void **state)
{
	static const char *const wrong[] = {
		"\xff", "\xc0\x80", "\xe3\x81", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x01", "\x1b[2J",
		"\x7f", "\xc2\x85", "a\rb",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_false(text_valid(wrong[i], strlen(wrong[i])));
		assert_null(text_fold(*state, wrong[i]));
	}
	assert_false(text_valid("a\0b", 3));
	assert_false(text_utf8("a\0b", 3));
	assert_false(text_utf8("\xe3\x81\x82", 2));
	assert_true(text_utf8("\x1b", 1));
	assert_true(text_valid("血圧\t128/76\n", strlen("血圧\t128/76\n")));
	assert_true(text_valid("", 0));
}

static void length_is_in_characters(void **state)
{
	(void)state;
	assert_int_equal(text_length(""), 0);
	assert_int_equal(text_length("abc"), 3);
	assert_int_equal(text_length("田中　透"), 4);
	assert_int_equal(text_length("𠮷"), 1);
}

/* However it is written: in hiragana, katakana or half-width kana, with any space between. */
static void random_names_in_three_scripts(void **state)
{
	static const char *const kana[][3] = {
		{ "あ", "ア", "ｱ" }, { "が", "ガ", "ｶﾞ" }, { "ぱ", "パ", "ﾊﾟ" }, { "っ", "ッ", "ｯ" },
		{ "ん", "ン", "ﾝ" }, { "ー", "ー", "ｰ" }, { "ゔ", "ヴ", "ｳﾞ" }, { "を", "ヲ", "ｦ" },
	};
	static const char *const spaces[] = { "", " ", "　", "・", "･" };
	uint64_t seed = 20261122;
	struct rng rng = rng_make(seed, 0);

	print_message("# seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 2000; round++) {
		char plain[256] = "", mixed[256] = "";
		for (uint32_t n = rng_below(&rng, 12); n; n--) {
			const char *const *letter = kana[rng_below(&rng, 8)];
			strcat(plain, letter[1]);
			strcat(mixed, letter[rng_below(&rng, 3)]);
			strcat(mixed, spaces[rng_below(&rng, 5)]);
		}
		char *folded = text_fold(*state, mixed);
		assert_non_null(folded);
		assert_string_equal(folded, plain);
		arena_reset(*state);
	}
}

static void a_small_budget_gives_nothing(void **state)
{
	struct arena small;

	(void)state;
	arena_init(&small, 32);
	assert_null(text_fold(&small, "たなか　とおる たなか　とおる"));
	arena_close(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_one_name_are_equal),
		cmocka_unit_test(different_names_stay_apart),
		cmocka_unit_test(shown_as_katakana_with_its_spaces),
		cmocka_unit_test(what_is_no_text),
		cmocka_unit_test(length_is_in_characters),
		cmocka_unit_test(random_names_in_three_scripts),
		cmocka_unit_test(a_small_budget_gives_nothing),
	};
	return cmocka_run_group_tests_name("text", tests, setup, teardown);
}
