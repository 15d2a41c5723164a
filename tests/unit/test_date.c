/* If this failed, people would read wrong times and ages, or a date that does not exist would pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "date.h"
#include "error.h"
#include "tests/lib/rng.h"

#define NOON 1795323900000LL /* 2026-11-22T14:05:00+09:00 */

static void dates_that_exist(void **state)
{
	static const char *const right[] = { "1850-01-01", "2000-02-29", "2024-02-29", "2026-12-31",
					     "2026-11", "1931", "9999-12-31" };
	static const char *const wrong[] = { "", "1849-12-31", "1900-02-29", "2023-02-29", "2026-00-01",
					     "2026-13-01", "2026-04-31", "2026-1-1", "26-01-01", "2026-",
					     "2026-01-", "2026-01-01 ", " 2026", "2026-01-011", "2026/01/01",
					     "-026-01-01", "２０２６", "2026-01-01T00:00" };

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		if (!date_valid(right[i]))
			fail_msg("refused: %s", right[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (date_valid(wrong[i]) || date_valid_full(wrong[i]) || date_days(wrong[i]) != INT64_MIN)
			fail_msg("taken: %s", wrong[i]);
	assert_false(date_valid(NULL));
	assert_true(date_valid_full("2026-11-22"));
	assert_false(date_valid_full("2026-11"));
	assert_false(date_valid_full("2026"));
}

/* Against the C library, which is another's arithmetic. */
static void random_times_agree_with_the_c_library(void **state)
{
	uint64_t seed = 20261122;
	struct rng rng = rng_make(seed, 0);

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < 100000; i++) {
		int64_t ms = rng_between(&rng, -3786825600000LL, 253402300000000LL), parsed;
		time_t seconds = (time_t)((ms + JAPAN_OFFSET_MS) / 1000);
		char expected[64], iso[DATE_SIZE], day[DATE_SIZE];
		struct tm tm;
		if ((ms + JAPAN_OFFSET_MS) % 1000 < 0)
			seconds--;
		gmtime_r(&seconds, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S+09:00", &tm);
		date_iso(iso, ms);
		assert_string_equal(iso, expected);
		assert_int_equal(date_parse(iso, &parsed), 0);
		assert_int_equal(parsed, (int64_t)seconds * 1000 - JAPAN_OFFSET_MS);
		date_day(day, ms);
		assert_memory_equal(day, iso, 10);
		tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
		assert_int_equal(date_days(day), timegm(&tm) / 86400);
	}
}

static void the_machines_zone_does_not_matter(void **state)
{
	char iso[DATE_SIZE];
	int64_t ms;

	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	date_iso(iso, NOON);
	assert_string_equal(iso, "2026-11-22T14:05:00+09:00");
	assert_int_equal(date_parse("2026-11-22T14:05", &ms), 0);
	assert_int_equal(ms, NOON);
	date_day(iso, NOON + 10 * 3600 * 1000);
	assert_string_equal(iso, "2026-11-23");
	unsetenv("TZ");
}

static void times_as_they_are_written(void **state)
{
	static const struct { const char *text; int64_t ms; } right[] = {
		{ "2026-11-22T14:05:00+09:00", NOON }, { "2026-11-22T14:05+0900", NOON },
		{ "2026-11-22 14:05", NOON },          { "2026-11-22t05:05:00z", NOON },
		{ "2026-11-22T05:05:00Z", NOON },      { "2026-11-22T00:05:00-05:00", NOON },
		{ "2026-11-22T10:35:00+05:30", NOON }, { "2026-11-22T14:05:00.5", NOON + 500 },
		{ "2026-11-22T14:05:00.123456789+09", NOON + 123 },
		{ "2026-11-22", NOON - (14 * 60 + 5) * 60000 },
		{ "2026-11", NOON - (14 * 60 + 5) * 60000 - 21 * DAY_MS },
		{ "1970", -JAPAN_OFFSET_MS },          { "2016-12-31T23:59:60Z", 1483228800000 },
		{ "0001-01-01T00:00:00Z", -62135596800000 },
	};
	static const char *const wrong[] = {
		"", "x", "2026-11-22T", "2026-11-22T14", "2026-11-22T14:", "2026-11-22T24:00",
		"2026-11-22T14:60", "2026-11-22T14:05:61", "2026-11-22T14:05:00.", "2026-11-22T14:05+9",
		"2026-11-22T14:05+15:00", "2026-11-22T14:05+09:60", "2026-11-22T14:05+09:", "2026-11T14:05",
		"2026-11-22T14:05Zx", "2026-11-22Z", "0000-01-01", "2026-02-30T00:00", "2026-11-22  14:05",
	};
	int64_t ms = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (date_parse(wrong[i], &ms) != ERR_INVALID || ms != 42)
			fail_msg("taken: %s", wrong[i]);
	assert_int_equal(date_parse(NULL, &ms), ERR_INVALID);
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		if (date_parse(right[i].text, &ms) || ms != right[i].ms)
			fail_msg("%s: %lld", right[i].text, (long long)ms);
}

static void any_number_can_be_shown(void **state)
{
	char text[DATE_SIZE];

	(void)state;
	date_iso(text, INT64_MIN);
	assert_string_equal(text, "0001-01-01T00:00:00+09:00");
	date_iso(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59+09:00");
	date_day(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31");
	date_day(text, -1 - JAPAN_OFFSET_MS);
	assert_string_equal(text, "1969-12-31");
	date_day(text, -JAPAN_OFFSET_MS);
	assert_string_equal(text, "1970-01-01");
}

static void ages(void **state)
{
	(void)state;
	assert_int_equal(date_age("1931-11-22", NOON), 95);
	assert_int_equal(date_age("1931-11-23", NOON), 94);
	assert_int_equal(date_age("1931-11-23", NOON + 10 * 3600 * 1000), 95); /* past midnight in Japan */
	assert_int_equal(date_age("1931-12", NOON), 94);
	assert_int_equal(date_age("1931", NOON), 95);
	assert_int_equal(date_age("2026-11-22", NOON), 0);
	assert_int_equal(date_age("2026-11-23", NOON), -1);
	assert_int_equal(date_age("", NOON), -1);
	assert_int_equal(date_age("1931-02-30", NOON), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_that_exist),
		cmocka_unit_test(random_times_agree_with_the_c_library),
		cmocka_unit_test(the_machines_zone_does_not_matter),
		cmocka_unit_test(times_as_they_are_written),
		cmocka_unit_test(any_number_can_be_shown),
		cmocka_unit_test(ages),
	};
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
