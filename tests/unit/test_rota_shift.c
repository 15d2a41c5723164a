/* If this failed, nobody would be on duty on a holiday's morning, two would be at once, or a clinic would
 * be called for a night that is not one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "error.h"
#include "services/rota/shift.h"

#define HOUR_MS (3600LL * 1000)
#define KIND(name) SHIFT_KIND_##name

static struct arena arena;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 4u << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

struct list {
	Shift **items;
	size_t n;
};

static struct list list_of(const RotaSettings *settings, const char *month, const char *today)
{
	struct list list = { 0 };
	int64_t first, last;

	assert_int_equal(shift_month_days(month, &first, &last), 0);
	assert_int_equal(shift_list(settings, first, last, date_days(today), &arena, &list.items,
				    &list.n),
			 0);
	return list;
}

static struct list by_default(const char *month)
{
	RotaSettings *settings = shift_settings_default(&arena);

	assert_non_null(settings);
	return list_of(settings, month, "2025-01-15");
}

/* n: weekday-night, s: saturday-afternoon, d and D: holiday-day and -night; ? behind what hangs on an
 * equinox that has not been declared. */
static const char *in_short(const struct list *list)
{
	static const char letters[] = { '-', 'n', 's', 'd', 'D' };
	char *out = arena_alloc(&arena, 8 * list->n + 1);
	size_t used = 0;

	for (size_t i = 0; i < list->n; i++) {
		const Shift *shift = list->items[i];
		if (!i || strcmp(shift->date, list->items[i - 1]->date))
			used += (size_t)snprintf(out + used, 8, "%s%s", i ? " " : "",
						 shift->date + 8);
		out[used++] = letters[shift->kind];
		if (shift->provisional)
			out[used++] = '?';
	}
	return out;
}

static void months_by_hand(void **state)
{
	static const struct { const char *month, *days; } months[] = {
		/* 元日 on a Wednesday, 成人の日 on the 13th */
		{ "2025-01", "01dD 02n 03n 04s 05dD 06n 07n 08n 09n 10n 11s 12dD 13dD 14n 15n 16n 17n "
			     "18s 19dD 20n 21n 22n 23n 24n 25s 26dD 27n 28n 29n 30n 31n" },
		/* 天皇誕生日 on a Sunday, the 24th in its place */
		{ "2025-02", "01s 02dD 03n 04n 05n 06n 07n 08s 09dD 10n 11dD 12n 13n 14n 15s 16dD 17n "
			     "18n 19n 20n 21n 22s 23dD 24dD 25n 26n 27n 28n" },
		/* みどりの日 on a Sunday: the 6th, for the 5th is one already */
		{ "2025-05", "01n 02n 03dD 04dD 05dD 06dD 07n 08n 09n 10s 11dD 12n 13n 14n 15n 16n 17s "
			     "18dD 19n 20n 21n 22n 23n 24s 25dD 26n 27n 28n 29n 30n 31s" },
		/* 元日 on a Thursday */
		{ "2026-01", "01dD 02n 03s 04dD 05n 06n 07n 08n 09n 10s 11dD 12dD 13n 14n 15n 16n 17s "
			     "18dD 19n 20n 21n 22n 23n 24s 25dD 26n 27n 28n 29n 30n 31s" },
		/* the 22nd between 敬老の日 and 秋分の日 */
		{ "2026-09", "01n 02n 03n 04n 05s 06dD 07n 08n 09n 10n 11n 12s 13dD 14n 15n 16n 17n "
			     "18n 19s 20dD 21dD 22d?D? 23d?D? 24n 25n 26s 27dD 28n 29n 30n" },
		/* 元日 on a Friday */
		{ "2027-01", "01dD 02s 03dD 04n 05n 06n 07n 08n 09s 10dD 11dD 12n 13n 14n 15n 16s 17dD "
			     "18n 19n 20n 21n 22n 23s 24dD 25n 26n 27n 28n 29n 30s 31dD" },
		/* 春分の日 on a Sunday, the 22nd in its place */
		{ "2027-03", "01n 02n 03n 04n 05n 06s 07dD 08n 09n 10n 11n 12n 13s 14dD 15n 16n 17n "
			     "18n 19n 20s 21d?D? 22d?D? 23n 24n 25n 26n 27s 28dD 29n 30n 31n" },
		/* 元日 on a Saturday: a holiday, no Saturday, and nothing in its place */
		{ "2028-01", "01dD 02dD 03n 04n 05n 06n 07n 08s 09dD 10dD 11n 12n 13n 14n 15s 16dD "
			     "17n 18n 19n 20n 21n 22s 23dD 24n 25n 26n 27n 28n 29s 30dD 31n" },
		/* 元日 on a Sunday: the 2nd in its place */
		{ "2023-01", "01dD 02dD 03n 04n 05n 06n 07s 08dD 09dD 10n 11n 12n 13n 14s 15dD 16n 17n "
			     "18n 19n 20n 21s 22dD 23n 24n 25n 26n 27n 28s 29dD 30n 31n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++) {
		struct list list = by_default(months[i].month);
		assert_string_equal(in_short(&list), months[i].days);
	}
}

static void expect(const Shift *shift, const char *id, const char *from, const char *until)
{
	char text[DATE_SIZE];

	assert_string_equal(shift->id, id);
	assert_memory_equal(shift->date, id, 10);
	date_iso(text, shift->from_ms);
	assert_memory_equal(text, from, strlen(from));
	date_iso(text, shift->until_ms);
	assert_memory_equal(text, until, strlen(until));
	assert_int_equal(shift->sequence, 0);
	assert_string_equal(shift->first, "");
}

static void ids_and_times(void **state)
{
	struct list list = by_default("2026-11");

	(void)state;
	for (size_t i = 0; i < list.n; i++)
		if (!strcmp(list.items[i]->date, "2026-11-20")) {
			expect(list.items[i], "2026-11-20-weekday-night", "2026-11-20T18:00",
			       "2026-11-21T08:00");
			expect(list.items[i + 1], "2026-11-21-saturday-afternoon", "2026-11-21T13:00",
			       "2026-11-22T08:00");
			expect(list.items[i + 2], "2026-11-22-holiday-day", "2026-11-22T08:00",
			       "2026-11-22T18:00");
			expect(list.items[i + 3], "2026-11-22-holiday-night", "2026-11-22T18:00",
			       "2026-11-23T08:00");
			expect(list.items[i + 4], "2026-11-23-holiday-day", "2026-11-23T08:00",
			       "2026-11-23T18:00");
			expect(list.items[i + 5], "2026-11-23-holiday-night", "2026-11-23T18:00",
			       "2026-11-24T08:00");
			expect(list.items[i + 6], "2026-11-24-weekday-night", "2026-11-24T18:00",
			       "2026-11-25T08:00");
			return;
		}
	fail();
}

/* From the beginning of Friday's night to Monday's morning, and all over holidays, only Saturday's
 * consulting hours are open; never are two on duty at once. */
static void check_no_hole(const struct list *list)
{
	for (size_t i = 1; i < list->n; i++) {
		const Shift *before = list->items[i - 1], *shift = list->items[i];
		int64_t open_ms = shift->from_ms - before->until_ms;
		assert_true(open_ms >= 0);
		if (shift->kind == KIND(HOLIDAY_DAY) || shift->kind == KIND(HOLIDAY_NIGHT))
			assert_int_equal(open_ms, 0);
		else if (shift->kind == KIND(SATURDAY_AFTERNOON))
			assert_int_equal(open_ms, 5 * HOUR_MS);
		else
			assert_int_equal(open_ms, 10 * HOUR_MS);
	}
}

static void no_hole(void **state)
{
	RotaSettings *settings = shift_settings_default(&arena);
	struct list list;

	(void)state;
	for (int64_t day = date_days("2025-01-01"); day < date_days("2031-01-01"); day += 365) {
		assert_int_equal(shift_list(settings, day, day + 370, day, &arena, &list.items,
					    &list.n),
				 0);
		assert_true(list.n > 400);
		check_no_hole(&list);
		arena_reset(&arena);
		settings = shift_settings_default(&arena);
	}
	/* whatever ends in the morning ends when a day off begins: too early … */
	settings->holiday_day->from_minute = 7 * 60;
	list = list_of(settings, "2026-11", "2026-11-01");
	for (size_t i = 1; i < list.n; i++)
		if (list.items[i]->kind == KIND(HOLIDAY_DAY))
			assert_int_equal(list.items[i]->from_ms, list.items[i - 1]->until_ms);
	/* … or too late */
	settings->holiday_day->from_minute = 9 * 60 + 30;
	list = list_of(settings, "2026-11", "2026-11-01");
	for (size_t i = 1; i < list.n; i++)
		if (list.items[i]->kind == KIND(HOLIDAY_DAY))
			assert_int_equal(list.items[i]->from_ms, list.items[i - 1]->until_ms);
}

static void settings_decide(void **state)
{
	RotaSettings *settings = shift_settings_default(&arena);
	struct list list;

	(void)state;
	settings->weekday_night->from_minute = 17 * 60 + 30;
	settings->weekday_night->until_minute = 9 * 60;
	settings->saturday_afternoon->until_minute = 20 * 60;
	settings->by_area = true;
	list = list_of(settings, "2026-10", "2026-10-01");
	assert_int_equal(list.n, 3 * (31 + 5)); /* 4 Sundays and スポーツの日 */
	expect(list.items[0], "2026-10-01-weekday-night-north", "2026-10-01T17:30",
	       "2026-10-02T09:00");
	expect(list.items[1], "2026-10-01-weekday-night-west", "2026-10-01T17:30",
	       "2026-10-02T09:00");
	expect(list.items[2], "2026-10-01-weekday-night-south", "2026-10-01T17:30",
	       "2026-10-02T09:00");
	assert_int_equal(list.items[2]->area, AREA_SOUTH);
	expect(list.items[6], "2026-10-03-saturday-afternoon-north", "2026-10-03T13:00",
	       "2026-10-03T20:00");
	settings->holiday_day = NULL;
	assert_int_equal(shift_list(settings, 20000, 20010, 20000, &arena, &list.items, &list.n),
			 ERR_INVALID);
}

static void months_and_ranges(void **state)
{
	RotaSettings *settings = shift_settings_default(&arena);
	int64_t first, last;
	struct list list;

	(void)state;
	assert_int_equal(shift_month_days("2028-02", &first, &last), 0);
	assert_int_equal(first, date_days("2028-02-01"));
	assert_int_equal(last, date_days("2028-02-29"));
	assert_int_equal(shift_month_days("2026-12", &first, &last), 0);
	assert_int_equal(last, date_days("2026-12-31"));
	assert_int_equal(shift_month_days("2026-13", &first, &last), ERR_INVALID);
	assert_int_equal(shift_month_days("2026-1", &first, &last), ERR_INVALID);
	assert_int_equal(shift_month_days("2026-1-", &first, &last), ERR_INVALID);
	assert_int_equal(shift_month_days("2026-011", &first, &last), ERR_INVALID);
	assert_int_equal(shift_month_days("", &first, &last), ERR_INVALID);
	assert_int_equal(shift_list(settings, 20000, 19999, 20000, &arena, &list.items, &list.n),
			 0);
	assert_int_equal(list.n, 0);
	assert_int_equal(shift_list(settings, 20000, 20000 + SHIFT_DAYS_MAX, 20000, &arena,
				    &list.items, &list.n),
			 ERR_INVALID);
	arena_close(&arena);
	arena_init(&arena, 3000);
	settings = shift_settings_default(&arena);
	assert_non_null(settings);
	assert_int_equal(shift_list(settings, 20000, 20010, 20000, &arena, &list.items, &list.n),
			 ERR_NOMEM);
}

static void categories(void **state)
{
	(void)state;
	assert_int_equal(shift_category(KIND(WEEKDAY_NIGHT)), DUTY_CATEGORY_WEEKDAY_NIGHTS);
	assert_int_equal(shift_category(KIND(SATURDAY_AFTERNOON)), DUTY_CATEGORY_SATURDAYS);
	assert_int_equal(shift_category(KIND(HOLIDAY_DAY)), DUTY_CATEGORY_SUNDAYS_AND_HOLIDAYS);
	assert_int_equal(shift_category(KIND(HOLIDAY_NIGHT)), DUTY_CATEGORY_SUNDAYS_AND_HOLIDAYS);
	assert_int_equal(shift_category(KIND(UNSPECIFIED)), DUTY_CATEGORY_UNSPECIFIED);
	assert_null(shift_kind_word(KIND(UNSPECIFIED)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(months_by_hand, begin, end),
		cmocka_unit_test_setup_teardown(ids_and_times, begin, end),
		cmocka_unit_test_setup_teardown(no_hole, begin, end),
		cmocka_unit_test_setup_teardown(settings_decide, begin, end),
		cmocka_unit_test_setup_teardown(months_and_ranges, begin, end),
		cmocka_unit_test_setup_teardown(categories, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
