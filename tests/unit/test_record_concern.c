/* If this failed, a dentist would pull a tooth without knowing of an anticoagulant or a
 * bisphosphonate, or be told of ointments. The national drug list is read where it is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "limits.h"
#include "services/record/concern.h"

#define DRUG_LIST "../shared/data/drug-codes-mhlw/mhlw_price_20250716.csv.gz"

static struct arena arena;

static Concern of(const char *code, const char *name)
{
	arena_reset(&arena);
	return concern_of_medicine(&arena, code, name);
}

static void by_code(void **state)
{
	(void)state;
	assert_int_equal(of("3332001F1024", ""), CONCERN_ANTITHROMBOTIC);
	assert_int_equal(of("3332001", ""), CONCERN_ANTITHROMBOTIC);
	assert_int_equal(of("3399007H1021", "何か"), CONCERN_ANTITHROMBOTIC);
	assert_int_equal(of("3399101F1020", ""), CONCERN_ANTITHROMBOTIC);
	assert_int_equal(of("3399004M1030", ""), CONCERN_ANTITHROMBOTIC);
	assert_int_equal(of("3999018F1031", ""), CONCERN_BONE_MODIFYING);
	assert_int_equal(of("3999435G1020", ""), CONCERN_BONE_MODIFYING);
	assert_int_equal(of("3339950M1122", "ヘパリン類似物質油性クリーム"), CONCERN_UNSPECIFIED);
	assert_int_equal(of("3399010F1023", "ムルプレタ錠３ｍｇ"), CONCERN_UNSPECIFIED);
	assert_int_equal(of("3399405G1024", "グラン注射液７５"), CONCERN_UNSPECIFIED);
	assert_int_equal(of("3999021F1020", "エビスタ錠６０ｍｇ"), CONCERN_UNSPECIFIED);
	assert_int_equal(of("3999016F1024", "メトトレキサート２ｍｇ錠"), CONCERN_UNSPECIFIED);
	assert_int_equal(of("2171022F1029", "アムロジピン"), CONCERN_UNSPECIFIED);
}

static void by_name_where_there_is_no_code(void **state)
{
	static const struct {
		const char *name;
		Concern concern;
	} rows[] = {
		{ "ワルファリンカリウム", CONCERN_ANTITHROMBOTIC },
		{ "ワーファリン錠1mg", CONCERN_ANTITHROMBOTIC },
		{ "わーふぁりん", CONCERN_ANTITHROMBOTIC },
		{ "ﾜｰﾌｧﾘﾝ 1mg", CONCERN_ANTITHROMBOTIC },
		{ "Warfarin Sodium 5 MG Oral Tablet", CONCERN_ANTITHROMBOTIC },
		{ "リクシアナＯＤ錠３０ｍｇ", CONCERN_ANTITHROMBOTIC },
		{ "バイアスピリン錠100mg", CONCERN_ANTITHROMBOTIC },
		{ "Clopidogrel 75 MG Oral Tablet", CONCERN_ANTITHROMBOTIC },
		{ "1 ML Enoxaparin sodium 150 MG/ML Prefilled Syringe", CONCERN_ANTITHROMBOTIC },
		{ "プラリア皮下注６０ｍｇシリンジ", CONCERN_BONE_MODIFYING },
		{ "Alendronic acid 10 MG Oral Tablet", CONCERN_BONE_MODIFYING },
		{ "ゾレドロン酸点滴静注", CONCERN_BONE_MODIFYING },
		{ "ヒルドイドソフト軟膏（ヘパリン類似物質）", CONCERN_UNSPECIFIED },
		{ "アムロジピンベシル酸塩", CONCERN_UNSPECIFIED },
		{ "カロナール錠200", CONCERN_UNSPECIFIED },
		{ "", CONCERN_UNSPECIFIED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(of("", rows[i].name), rows[i].concern);
		assert_int_equal(of("855332", rows[i].name), rows[i].concern); /* RxNorm */
	}
}

/* ---- the whole list ------------------------------------------------------------------------- */

/* Of the classes 333 and 3399 all but these ingredients. */
static const char *const negatives[] = {
	"3331400", "3331401", "3331700", "3339950", "3399010", "3399012", "3399400", "3399403",
	"3399405", "3399406", "3399408", "3399409", "3399410", "3399412", "3399413", "3399414",
	"3399416", "3399417", "3399418", "3399500", "3399800",
};

/* Of 3999 these. */
static const struct {
	const char *code;
	Concern concern;
} listed[] = {
	{ "3999010", CONCERN_BONE_MODIFYING }, { "3999018", CONCERN_BONE_MODIFYING },
	{ "3999019", CONCERN_BONE_MODIFYING }, { "3999026", CONCERN_BONE_MODIFYING },
	{ "3999040", CONCERN_BONE_MODIFYING }, { "3999418", CONCERN_BONE_MODIFYING },
	{ "3999419", CONCERN_BONE_MODIFYING }, { "3999423", CONCERN_BONE_MODIFYING },
	{ "3999435", CONCERN_BONE_MODIFYING }, { "3999438", CONCERN_BONE_MODIFYING },
	{ "3999449", CONCERN_BONE_MODIFYING }, { "3999411", CONCERN_ANTITHROMBOTIC },
};

static Concern expected(const char *code)
{
	if (!strncmp(code, "333", 3) || !strncmp(code, "3399", 4)) {
		for (size_t i = 0; i < sizeof(negatives) / sizeof(*negatives); i++)
			if (!strncmp(code, negatives[i], 7))
				return CONCERN_UNSPECIFIED;
		return CONCERN_ANTITHROMBOTIC;
	}
	for (size_t i = 0; i < sizeof(listed) / sizeof(*listed); i++)
		if (!strncmp(code, listed[i].code, 7))
			return listed[i].concern;
	return CONCERN_UNSPECIFIED;
}

static char *field(char **rest)
{
	char *start = *rest, *comma = strchr(start, ',');
	if (comma)
		*comma = '\0';
	*rest = comma ? comma + 1 : start + strlen(start);
	return start;
}

static void every_drug_of_the_national_list(void **state)
{
	unsigned drugs = 0, concerned = 0;
	char line[4096];
	gzFile list = gzopen(DRUG_LIST, "rb");

	(void)state;
	if (!list) {
		print_message("skipped: %s is not there\n", DRUG_LIST);
		skip();
	}
	while (gzgets(list, line, sizeof(line))) {
		char *rest = line;
		field(&rest);
		char *code = field(&rest), *ingredient = field(&rest);
		if (strlen(code) != 12)
			continue;
		drugs++;
		if (strncmp(code, "333", 3) && strncmp(code, "3399", 4) && strncmp(code, "3999", 4))
			continue;
		Concern want = expected(code);
		if (of(code, "") != want)
			fail_msg("%s %s: concern %d, not %d", code, ingredient, of(code, ""), want);
		/* Without its code the ingredient's name says the same. */
		if (want && of("", ingredient) != want)
			fail_msg("%s: concern %d by name, not %d", ingredient, of("", ingredient), want);
		if (!want && of("", ingredient))
			fail_msg("%s: concern %d by name", ingredient, of("", ingredient));
		concerned += want != CONCERN_UNSPECIFIED;
	}
	gzclose(list);
	assert_true(drugs > 10000);
	assert_true(concerned > 200);
	print_message("%u drugs, %u of concern\n", drugs, concerned);
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
		cmocka_unit_test(by_code),
		cmocka_unit_test(by_name_where_there_is_no_code),
		cmocka_unit_test(every_drug_of_the_national_list),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
