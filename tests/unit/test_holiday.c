/* If this failed, a clinic would be called on a day on which it is closed, or not on one on which
 * it is open. The lists are those that the Cabinet Office publishes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "holiday.h"

static void every_day_of_a_year(void **state)
{
	static const struct { int year; const char *days; } years[] = {
		{ 2022, " 01-01 01-10 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-23"
			" 10-10 11-03 11-23" },
		{ 2023, " 01-01 01-02 01-09 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-17 08-11 09-18"
			" 09-23 10-09 11-03 11-23" },
		{ 2024, " 01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11"
			" 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23" },
		{ 2025, " 01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11"
			" 09-15 09-23 10-13 11-03 11-23 11-24" },
		{ 2026, " 01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21"
			" 09-22 09-23 10-12 11-03 11-23" },
		{ 2027, " 01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20"
			" 09-23 10-11 11-03 11-23" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(years) / sizeof(*years); i++) {
		char first[16], date[DATE_SIZE], found[512] = "";
		snprintf(first, sizeof(first), "%d-01-01", years[i].year);
		for (int64_t day = date_days(first);; day++) {
			date_day(date, day * DAY_MS - JAPAN_OFFSET_MS);
			if (strncmp(date, first, 4))
				break;
			if (holiday(day))
				snprintf(found + strlen(found), sizeof(found) - strlen(found),
					 " %s", date + 5);
		}
		assert_string_equal(found, years[i].days);
	}
}

static void a_day_between_two(void **state)
{
	(void)state;
	/* 敬老の日 on the 20th, 秋分の日 on the 22nd */
	assert_true(holiday(date_days("2032-09-21")));
	assert_false(holiday(date_days("2031-09-22"))); /* a Monday between Sunday and Tuesday */
	assert_true(holiday(date_days("2031-09-23")));
}

static bool provisional(const char *day, const char *now)
{
	return holiday_provisional(date_days(day), date_days(now));
}

static void an_equinox_is_declared_in_february(void **state)
{
	(void)state;
	assert_false(provisional("2026-09-23", "2025-12-31"));
	assert_false(provisional("2026-09-23", "2025-02-03"));
	assert_true(provisional("2026-09-23", "2025-02-02"));
	assert_true(provisional("2026-03-20", "2025-01-15"));
	assert_false(provisional("2025-03-20", "2025-01-15"));
	assert_false(provisional("2024-03-20", "2025-01-15"));
	/* between 敬老の日 and an equinox; in place of one on a Sunday */
	assert_true(provisional("2026-09-22", "2025-01-15"));
	assert_true(provisional("2027-03-22", "2026-02-02"));
	assert_false(provisional("2027-03-22", "2026-02-03"));
	/* what does not hang on them, and what is no holiday */
	assert_false(provisional("2027-09-20", "2025-01-15"));
	assert_false(provisional("2098-01-01", "2025-01-15"));
	assert_false(provisional("2027-03-23", "2025-01-15"));
	assert_true(provisional("2098-09-22", "2025-01-15"));
	assert_false(holiday_provisional(date_days("2098-09-22"), INT64_MAX));
	assert_true(holiday_provisional(date_days("2098-09-22"), INT64_MIN));
}

static void other_years_have_none(void **state)
{
	(void)state;
	assert_false(holiday(date_days("2019-05-01")));
	assert_false(holiday(date_days("2100-01-01")));
	assert_false(holiday(INT64_MIN / 86400000));
	assert_false(holiday(INT64_MAX / 86400000 - 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_a_year),
		cmocka_unit_test(a_day_between_two),
		cmocka_unit_test(an_equinox_is_declared_in_february),
		cmocka_unit_test(other_years_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
