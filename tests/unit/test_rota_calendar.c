/* If this fails, a doctor's calendar shows a duty that is another's, or hides one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "rota_calendar.h"

#define ID "2026-11-26-weekday-night"

static char id[] = ID, date[] = "2026-11-26", first[] = "clinic05", second[] = "clinic06",
	    other[] = "clinic09", none[] = "", reason[] = "運用開始の日のため";

static int64_t at(const char *time)
{
	int64_t ms;

	assert_int_equal(date_parse(time, &ms), 0);
	return ms;
}

static Shift shift_of(void)
{
	Shift shift = Shift_INIT;

	shift.id = id;
	shift.date = date;
	shift.kind = SHIFT_KIND_WEEKDAY_NIGHT;
	shift.area = AREA_NORTH;
	shift.from_ms = at("2026-11-26T18:00");
	shift.until_ms = at("2026-11-27T08:00");
	shift.first = first;
	shift.second = second;
	shift.sequence = 1;
	shift.reason = reason;
	return shift;
}

static const char *name_of(void *context, const char *organisation)
{
	(void)context;
	return organisation;
}

static bool reasons = true;

/* In memory of the test's. */
static char *calendar_of(const Shift *shift, const char *organisation, bool japanese)
{
	struct rota_calendar_options options = { organisation, japanese, reasons, at("2026-11-27T05:01:29"),
						 name_of, NULL };
	struct rota_calendar *calendar = rota_calendar_open(&options);

	assert_non_null(calendar);
	rota_calendar_add(calendar, shift);
	char *text = rota_calendar_text(calendar);
	assert_non_null(text);
	rota_calendar_free(calendar);
	return text;
}

static void shows(const Shift *shift, const char *organisation, const char *part)
{
	char *text = calendar_of(shift, organisation, false);

	if (!strstr(text, part))
		fail_msg("%s is not in %s", part, text);
	free(text);
}

static void shows_nothing(const Shift *shift, const char *organisation)
{
	char *text = calendar_of(shift, organisation, false);

	assert_null(strstr(text, "VEVENT"));
	free(text);
}

static void everybody_s_is_whole(void **state)
{
	Shift shift = shift_of();

	(void)state;
	shift.second = none;
	char *text = calendar_of(&shift, "", false);
	assert_string_equal(text, "BEGIN:VCALENDAR\r\n"
				  "VERSION:2.0\r\n"
				  "PRODID:-//Tsunagi//rota//JA\r\n"
				  "CALSCALE:GREGORIAN\r\n"
				  "METHOD:PUBLISH\r\n"
				  "BEGIN:VEVENT\r\n"
				  "UID:2026-11-26-weekday-night-first@tsunagi\r\n"
				  "SEQUENCE:1\r\n"
				  "DTSTAMP:20261126T200129Z\r\n"
				  "DTSTART:20261126T090000Z\r\n"
				  "DTEND:20261126T230000Z\r\n"
				  "SUMMARY:On duty (first): clinic05\r\n"
				  "DESCRIPTION:weekday night\\, north\\n運用開始の日のため\r\n"
				  "STATUS:CONFIRMED\r\n"
				  "END:VEVENT\r\n"
				  "BEGIN:VEVENT\r\n"
				  "UID:2026-11-26-weekday-night-second@tsunagi\r\n"
				  "SEQUENCE:1\r\n"
				  "DTSTAMP:20261126T200129Z\r\n"
				  "DTSTART:20261126T090000Z\r\n"
				  "DTEND:20261126T230000Z\r\n"
				  "SUMMARY:On duty (second): ! nobody\r\n"
				  "DESCRIPTION:weekday night\\, north\\n運用開始の日のため\r\n"
				  "STATUS:TENTATIVE\r\n"
				  "END:VEVENT\r\n"
				  "END:VCALENDAR\r\n");
	free(text);
}

static void it_speaks_japanese(void **state)
{
	Shift shift = shift_of();

	(void)state;
	shift.second = none;
	char *text = calendar_of(&shift, "", true);
	assert_non_null(strstr(text, "SUMMARY:第一当番：clinic05"));
	assert_non_null(strstr(text, "SUMMARY:第二当番：! 空白"));
	assert_non_null(strstr(text, "DESCRIPTION:平日夜間・北部"));
	free(text);
}

static void what_was_given_away_is_cancelled_in_one_s_own(void **state)
{
	Shift shift = shift_of();
	char *gave[] = { first };

	(void)state;
	shift.first = other;
	shift.given_away_first = gave;
	shift.n_given_away_first = 1;
	shows(&shift, "clinic05", "STATUS:CANCELLED");
	shows(&shift, "clinic09", "STATUS:CONFIRMED");
	shows_nothing(&shift, "clinic01");
}

static void who_had_a_part_of_it_sees_that_part(void **state)
{
	Shift shift = shift_of();
	Duty had = Duty_INIT;
	Duty *earlier[] = { &had };

	(void)state;
	had.organisation = first;
	had.from_ms = shift.from_ms;
	had.until_ms = at("2026-11-27T00:00");
	shift.first = other;
	shift.earlier = earlier;
	shift.n_earlier = 1;
	shows(&shift, "clinic05", "DTEND:20261126T150000Z\r\n");
	shows(&shift, "clinic05", "STATUS:CONFIRMED");
	shows(&shift, "clinic09", "DTSTART:20261126T150000Z\r\n");
}

static void what_is_no_shift_any_longer_is_cancelled(void **state)
{
	Shift shift = shift_of();

	(void)state;
	shift.dropped = true;
	shows(&shift, "", "STATUS:CANCELLED");
	char *text = calendar_of(&shift, "", false);
	assert_null(strstr(text, "STATUS:CONFIRMED"));
	free(text);
}

static void a_reason_is_for_those_who_sign_in(void **state)
{
	Shift shift = shift_of();

	(void)state;
	reasons = false;
	shows(&shift, "", "DESCRIPTION:weekday night\\, north\r\n");
	reasons = true;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_s_is_whole),
		cmocka_unit_test(it_speaks_japanese),
		cmocka_unit_test(what_was_given_away_is_cancelled_in_one_s_own),
		cmocka_unit_test(who_had_a_part_of_it_sees_that_part),
		cmocka_unit_test(what_is_no_shift_any_longer_is_cancelled),
		cmocka_unit_test(a_reason_is_for_those_who_sign_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
