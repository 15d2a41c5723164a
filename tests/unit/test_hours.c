/* If this failed, somebody would be rung out of a consultation or at night by what can wait, or
 * would not be asked at a time at which they said they may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "holiday.h"
#include "hours.h"
#include "tests/lib/rng.h"

#define MINUTE_MS 60000LL
#define MINUTES_A_DAY 1440

#define PHONE CONTACT_MEANS_PHONE
#define PAGE CONTACT_MEANS_PAGE
#define MESSAGE CONTACT_MEANS_MESSAGE
#define BREAK CONTACT_MEANS_BREAK

struct week {
	ContactHours windows[64], *items[64];
	size_t n;
};

static void add(struct week *week, uint32_t weekday, uint32_t from, uint32_t to, ContactMeans means)
{
	ContactHours *window = &week->windows[week->n];

	*window = (ContactHours)ContactHours_INIT;
	window->weekday = weekday;
	window->from_minute = from;
	window->to_minute = to;
	window->means = means;
	week->items[week->n++] = window;
}

static struct hours hours_in(struct week *week)
{
	return (struct hours){ week->items, week->n };
}

static int64_t at(const char *text)
{
	int64_t time_ms = 0;
	assert_int_equal(date_parse(text, &time_ms), 0);
	return time_ms;
}

static void opens(struct week *week, const char *from, const char *next)
{
	int64_t next_ms = hours_next_ms(hours_in(week), HOURS_ASK, at(from));
	char shown[DATE_SIZE];

	date_iso(shown, next_ms);
	if (next_ms != at(next))
		fail_msg("from %s: %s instead of %s", from, shown, next);
	assert_int_equal(hours_open(hours_in(week), HOURS_ASK, at(from)), !strcmp(from, next));
}

static void windows_are_open_when_they_say(void **state)
{
	static const struct {
		uint32_t weekday, from, to;
		const char *at;
		bool open;
	} table[] = {
		/* Thursday from 16:00 to 18:30 */
		{ 4, 960, 1110, "2026-11-26T15:59:59", false },
		{ 4, 960, 1110, "2026-11-26T16:00:00", true },
		{ 4, 960, 1110, "2026-11-26T18:29:59", true },
		{ 4, 960, 1110, "2026-11-26T18:30:00", false },
		{ 4, 960, 1110, "2026-11-27T16:30:00", false },
		{ 4, 960, 1110, "2026-11-25T16:30:00", false },
		/* the same moment, in other zones */
		{ 4, 960, 1110, "2026-11-26T07:00:00Z", true },
		{ 4, 960, 1110, "2026-11-26T16:00:00Z", false },
		/* early on Monday in Japan is Sunday in UTC */
		{ 1, 0, 60, "2026-11-30T00:30:00", true },
		{ 7, 0, 60, "2026-11-30T00:30:00", false },
		/* Friday night from 22:00 into Saturday 6:00 */
		{ 5, 1320, 360, "2026-11-27T21:59:00", false },
		{ 5, 1320, 360, "2026-11-27T22:00:00", true },
		{ 5, 1320, 360, "2026-11-28T05:59:00", true },
		{ 5, 1320, 360, "2026-11-28T06:00:00", false },
		{ 5, 1320, 360, "2026-11-27T05:59:00", false },
		{ 5, 1320, 360, "2026-11-28T22:00:00", false },
		/* Sunday night into Monday: over the end of the week */
		{ 7, 1320, 360, "2026-11-22T23:00:00", true },
		{ 7, 1320, 360, "2026-11-23T01:00:00", true },
		{ 7, 1320, 360, "2026-11-22T01:00:00", false },
		/* until midnight, and all day */
		{ 2, 1380, 1440, "2026-11-24T23:59:59", true },
		{ 2, 1380, 1440, "2026-11-25T00:00:00", false },
		{ 6, 0, 1440, "2026-11-28T12:00:00", true },
		/* a Monday that is a national holiday: it has windows of its own */
		{ 8, 0, 1440, "2026-11-23T12:00:00", true },
		{ 1, 0, 1440, "2026-11-23T12:00:00", false },
		{ 8, 1320, 360, "2026-11-24T05:59:00", true },
		{ 8, 0, 1440, "2026-11-24T12:00:00", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ContactHours hours = ContactHours_INIT;
		int64_t at_ms;

		hours.weekday = table[i].weekday;
		hours.from_minute = table[i].from;
		hours.to_minute = table[i].to;
		assert_int_equal(date_parse(table[i].at, &at_ms), 0);
		if (hours_window(&hours, at_ms) != table[i].open)
			fail_msg("row %zu: weekday %u at %s", i, table[i].weekday, table[i].at);
	}
}

static void a_lunch_break_is_cut_out(void **state)
{
	struct week week = { .n = 0 };

	(void)state;
	for (uint32_t day = 1; day <= 5; day++) {
		add(&week, day, 540, 1020, day == 3 ? MESSAGE : PHONE);
		add(&week, day, 750, 810, BREAK);
	}
	opens(&week, "2026-11-26T12:29:59", "2026-11-26T12:29:59");
	opens(&week, "2026-11-26T12:30:00", "2026-11-26T13:30:00");
	opens(&week, "2026-11-26T13:30:00", "2026-11-26T13:30:00");
	opens(&week, "2026-11-25T13:00:00", "2026-11-25T13:30:00");
	opens(&week, "2026-11-27T17:00:00", "2026-11-30T09:00:00"); /* over a weekend and a month's end */
	opens(&week, "2026-12-31T17:00:00", "2027-01-04T09:00:00"); /* 元日 is a Friday */
	opens(&week, "2026-11-20T17:00:00", "2026-11-24T09:00:00"); /* 勤労感謝の日 is a Monday */
	opens(&week, "2028-02-28T17:00:00", "2028-02-29T09:00:00");
}

static void a_window_over_midnight_is_of_its_first_day(void **state)
{
	struct week week = { .n = 0 };

	(void)state;
	add(&week, 7, 1320, 360, PHONE); /* Sunday 22:00 to 6:00 */
	add(&week, 7, 1410, 30, BREAK);  /* 23:30 to 0:30 */
	opens(&week, "2026-11-22T21:00:00", "2026-11-22T22:00:00");
	/* the night ends on a holiday, which has no windows: it was Sunday's */
	opens(&week, "2026-11-22T23:30:00", "2026-11-23T00:30:00");
	opens(&week, "2026-11-23T05:59:59", "2026-11-23T05:59:59");
	opens(&week, "2026-11-23T06:00:00", "2026-11-29T22:00:00");
	/* a Sunday that is a holiday (建国記念の日 2029) has no night of Sunday's, nor the Monday after */
	opens(&week, "2029-02-11T21:00:00", "2029-02-18T22:00:00");
	assert_false(hours_open(hours_in(&week), HOURS_ASK, at("2029-02-12T01:00:00")));
}

static void a_holiday_has_windows_of_its_own(void **state)
{
	struct week week = { .n = 0 };

	(void)state;
	add(&week, 1, 540, 1020, PHONE);
	add(&week, 8, 1200, 120, PHONE); /* of a holiday, 20:00 to 2:00 */
	add(&week, 2, 60, 90, BREAK);    /* Tuesday's break, which cuts also that night */
	opens(&week, "2026-11-23T10:00:00", "2026-11-23T20:00:00"); /* a Monday, and 勤労感謝の日 */
	opens(&week, "2026-11-24T00:59:00", "2026-11-24T00:59:00");
	opens(&week, "2026-11-24T01:00:00", "2026-11-24T01:30:00");
	opens(&week, "2026-11-24T02:00:00", "2026-11-30T09:00:00");
	/* three of them in a row: each night is its own day's */
	opens(&week, "2026-05-03T03:00:00", "2026-05-03T20:00:00");
	opens(&week, "2026-05-04T01:00:00", "2026-05-04T01:00:00");
	opens(&week, "2026-05-06T02:00:00", "2026-05-06T20:00:00");
	opens(&week, "2026-05-07T02:00:00", "2026-05-11T09:00:00");
}

static void only_holidays_are_found_within_a_year(void **state)
{
	struct week week = { .n = 0 };

	(void)state;
	add(&week, 8, 540, 1020, MESSAGE);
	opens(&week, "2026-11-23T17:00:00", "2027-01-01T09:00:00");
	opens(&week, "2026-08-11T17:00:00", "2026-09-21T09:00:00");
	/* after 2099 no day is one: the search ends */
	assert_int_equal(hours_next_ms(hours_in(&week), HOURS_ASK, at("2100-01-01T00:00:00")),
			 HOURS_NEVER);
}

/* A search asks of each window of everybody: a year is not looked through for each. */
static void one_window_is_looked_for_until_then(void **state)
{
	struct week week = { .n = 0 };
	int64_t friday = at("2026-09-25T10:00"), monday = at("2026-09-28T09:00");

	(void)state;
	add(&week, 1, 9 * 60, 18 * 60, PHONE);
	add(&week, 5, 10 * 60, 11 * 60, PAGE);
	assert_int_equal(hours_window_next_ms(hours_in(&week), week.items[0], friday, monday + 1),
			 monday);
	assert_true(hours_window_next_ms(hours_in(&week), week.items[0], friday, monday) ==
		    HOURS_NEVER);
	assert_true(hours_window_next_ms(hours_in(&week), week.items[0], friday, friday + 1) ==
		    HOURS_NEVER);
	assert_int_equal(hours_window_next_ms(hours_in(&week), week.items[1], friday, friday + 1),
			 friday);
}

static void a_page_is_for_what_is_urgent(void **state)
{
	struct week week = { .n = 0 };
	int64_t night = at("2026-11-26T03:00:00"), noon = at("2026-11-26T12:00:00");

	(void)state;
	add(&week, 4, 0, 1440, PAGE);
	assert_true(hours_open(hours_in(&week), HOURS_URGENT, night));
	assert_false(hours_open(hours_in(&week), HOURS_ASK, night));
	assert_int_equal(hours_next_ms(hours_in(&week), HOURS_ASK, night), HOURS_NEVER);
	add(&week, 4, 720, 780, PHONE);
	assert_int_equal(hours_next_ms(hours_in(&week), HOURS_ASK, night), noon);
	assert_int_equal(hours_next_ms(hours_in(&week), HOURS_URGENT, night), night);
}

static void where_none_are_known_nothing_opens(void **state)
{
	struct week week = { .n = 0 };
	int64_t noon = at("2026-11-26T12:00:00");

	(void)state;
	assert_false(hours_open(hours_in(&week), HOURS_URGENT, noon));
	assert_int_equal(hours_next_ms(hours_in(&week), HOURS_ASK, noon), HOURS_NEVER);
	add(&week, 4, 540, 1020, PHONE);
	add(&week, 4, 0, 1440, BREAK); /* and where a break takes all of it */
	assert_int_equal(hours_next_ms(hours_in(&week), HOURS_ASK, noon), HOURS_NEVER);
}

static void a_persons_own_take_the_place_of_the_organisations(void **state)
{
	struct week own = { .n = 0 }, theirs = { .n = 0 };
	Person person = Person_INIT;
	Organisation organisation = Organisation_INIT;

	(void)state;
	add(&own, 4, 540, 1020, PHONE);
	add(&theirs, 1, 540, 1020, PHONE);
	organisation.hours = theirs.items;
	organisation.n_hours = theirs.n;
	assert_ptr_equal(hours_of(&person, &organisation).windows, theirs.items);
	assert_int_equal(hours_of(&person, NULL).n, 0);
	person.hours = own.items;
	person.n_hours = own.n;
	assert_ptr_equal(hours_of(&person, &organisation).windows, own.items);
}

/* ---- against a calendar painted minute by minute ------------------------------------------- */

#define DAYS 24

/* From the day before the first: what begins on it may last into the first. */
static void paint(struct week *week, int64_t first_day, bool urgent, bool breaks,
		  bool minutes[DAYS * MINUTES_A_DAY])
{
	for (int64_t day = -1; day < DAYS; day++) {
		int64_t today = first_day + day;
		uint32_t weekday = holiday(today) ? 8 : date_weekday(today);
		for (size_t i = 0; i < week->n; i++) {
			const ContactHours *window = &week->windows[i];
			int64_t to = window->to_minute;
			if (window->weekday != weekday || (window->means == BREAK) != breaks ||
			    (window->means == PAGE && !urgent))
				continue;
			to += window->to_minute <= window->from_minute ? MINUTES_A_DAY : 0;
			for (int64_t minute = window->from_minute; minute < to; minute++) {
				int64_t at_minute = day * MINUTES_A_DAY + minute;
				if (at_minute >= 0 && at_minute < DAYS * MINUTES_A_DAY)
					minutes[at_minute] = !breaks;
			}
		}
	}
}

static void random_week(struct rng *rng, struct week *week)
{
	size_t n = 1 + rng_below(rng, 12);

	week->n = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t from = rng_below(rng, MINUTES_A_DAY), to;
		do
			to = rng_chance(rng, 200) ? MINUTES_A_DAY : 1 + rng_below(rng, MINUTES_A_DAY);
		while (to == from);
		if (rng_chance(rng, 200))
			from = to == MINUTES_A_DAY ? from : 0;
		add(week, 1 + rng_below(rng, 8), from, to,
		    (ContactMeans)rng_between(rng, PHONE, BREAK));
	}
}

static void as_a_calendar_painted_minute_by_minute(void **state)
{
	static bool minutes[DAYS * MINUTES_A_DAY];
	uint64_t seed = 20261126;
	struct rng rng = rng_make(seed, 0);
	struct week week;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)seed);
	for (unsigned round = 0; round < 100; round++) {
		/* often around the year's end and the holidays of May */
		int64_t year = 2026 + (int64_t)rng_below(&rng, 8);
		int64_t first_day = date_days("2026-01-01") + (year - 2026) * 365 +
				    rng_below(&rng, rng_chance(&rng, 500) ? 365 : 1) +
				    (rng_chance(&rng, 300) ? 112 : 0) - 10;
		bool urgent = rng_chance(&rng, 300);
		random_week(&rng, &week);
		memset(minutes, 0, sizeof(minutes));
		paint(&week, first_day, urgent, false, minutes);
		paint(&week, first_day, urgent, true, minutes);
		int64_t begins_ms = first_day * DAY_MS - JAPAN_OFFSET_MS, next = HOURS_NEVER;
		for (int64_t minute = DAYS * MINUTES_A_DAY; minute-- > 0;) {
			int64_t now_ms = begins_ms + minute * MINUTE_MS + rng_below(&rng, MINUTE_MS);
			enum hours_for what = urgent ? HOURS_URGENT : HOURS_ASK;
			if (minutes[minute])
				next = begins_ms + minute * MINUTE_MS;
			if (minute % 61 && minutes[minute] == (minute && minutes[minute - 1]))
				continue; /* all edges, and of the rest some */
			if (hours_open(hours_in(&week), what, now_ms) != minutes[minute])
				fail_msg("round %u, minute %lld: open is wrong", round,
					 (long long)minute);
			int64_t wanted = minutes[minute] ? now_ms : next;
			if (wanted != HOURS_NEVER &&
			    hours_next_ms(hours_in(&week), what, now_ms) != wanted)
				fail_msg("round %u, minute %lld: next is wrong", round,
					 (long long)minute);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_are_open_when_they_say),
		cmocka_unit_test(a_lunch_break_is_cut_out),
		cmocka_unit_test(a_window_over_midnight_is_of_its_first_day),
		cmocka_unit_test(a_holiday_has_windows_of_its_own),
		cmocka_unit_test(only_holidays_are_found_within_a_year),
		cmocka_unit_test(one_window_is_looked_for_until_then),
		cmocka_unit_test(a_page_is_for_what_is_urgent),
		cmocka_unit_test(where_none_are_known_nothing_opens),
		cmocka_unit_test(a_persons_own_take_the_place_of_the_organisations),
		cmocka_unit_test(as_a_calendar_painted_minute_by_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
