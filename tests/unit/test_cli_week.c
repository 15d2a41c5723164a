/* If this failed, somebody would be called at a time at which they asked not to be, or a sender would
 * believe that something was heard which waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/reach.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/week.h"
#include "date.h"

struct screen {
	struct cli cli;
	ContactHours **windows;
	size_t n;
};

static int setup(void **state)
{
	struct screen *s = test_calloc(1, sizeof(*s));

	arena_init(&s->cli.arena, 1 << 20);
	s->cli.japanese = true;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct screen *s = *state;

	arena_close(&s->cli.arena);
	test_free(s);
	return 0;
}

/* What a function complains of is not the test's output. */
static int parse(struct screen *s, const char *typed)
{
	FILE *errors = stderr;
	char *said = NULL;
	size_t size;

	stderr = open_memstream(&said, &size);
	int status = week_parse(&s->cli, typed, &s->windows, &s->n);
	fclose(stderr);
	stderr = errors;
	assert_int_equal(status != 0, said[0] != '\0');
	free(said);
	return status;
}

static char *printed(struct screen *s)
{
	FILE *screen = stdout;
	char *text = NULL;
	size_t size;

	stdout = open_memstream(&text, &size);
	week_print(&s->cli, s->windows, s->n);
	fclose(stdout);
	stdout = screen;
	char *copy = arena_string(&s->cli.arena, text);
	free(text);
	return copy;
}

static void windows_are_typed_by_days(void **state)
{
	struct screen *s = *state;

	assert_int_equal(parse(s, "mon-wed,holiday 13:00-14:30 phone 医療連携室 佐藤"), 0);
	assert_int_equal(s->n, 4);
	assert_int_equal(s->windows[0]->weekday, 1);
	assert_int_equal(s->windows[3]->weekday, 8);
	assert_int_equal(s->windows[3]->from_minute, 780);
	assert_int_equal(s->windows[3]->to_minute, 870);
	assert_string_equal(s->windows[3]->whom, "医療連携室 佐藤");
	assert_int_equal(parse(s, "月-金 12:30-13:30 break"), 0);
	assert_int_equal(s->n, 9);
	assert_int_equal(s->windows[4]->means, CONTACT_MEANS_BREAK);
	assert_string_equal(s->windows[4]->whom, "");
	assert_int_equal(parse(s, "sun 22:00-0:00 page"), 0);
	assert_int_equal(s->windows[9]->to_minute, 1440);

	static const char *const wrong[] = { "", "mon 13:00-14:00", "fri-mon 13:00-14:00 phone",
					     "day 13:00-14:00 phone", "mon 13-14 phone",
					     "mon 24:00-25:00 phone", "mon 13:60-14:00 phone",
					     "mon 13:00-14:00 fax" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(parse(s, wrong[i]), EX_USAGE);
	assert_int_equal(s->n, 10);
}

static void a_week_is_a_table(void **state)
{
	struct screen *s = *state;

	assert_int_equal(parse(s, "mon-fri 9:00-17:00 phone 受付"), 0);
	assert_int_equal(parse(s, "mon,tue 12:30-13:30 break"), 0);
	assert_int_equal(parse(s, "sat-sun 22:00-5:00 page 当番"), 0);
	assert_int_equal(parse(s, "holiday 9:00-17:00 message 受付"), 0);
	assert_string_equal(
		printed(s),
		"              月    火    水    木    金    土        日        祝\n"
		"9:00–17:00    電話  電話  電話  電話  電話  ·         ·         メッセージ  受付\n"
		"12:30–13:30   休憩  休憩  ·     ·     ·     ·         ·         ·\n"
		"22:00–翌5:00  ·     ·     ·     ·     ·     呼び出し  呼び出し  ·           当番\n");
	s->cli.japanese = false;
	s->n = 0;
	assert_int_equal(parse(s, "thu 22:00-5:00 page"), 0);
	assert_int_equal(parse(s, "thu 22:00-5:00 message"), 0);
	assert_string_equal(printed(s), "              Mon  Tue  Wed  Thu           Fri  Sat  Sun  Hol\n"
					"22:00–5:00+1  ·    ·    ·    page/message  ·    ·    ·    ·\n");
	s->n = 0;
	s->windows = NULL;
	assert_string_equal(printed(s), "No contact hours have been given.\n");
}

/* ---- moments -------------------------------------------------------------------------------- */

static int64_t day_begins_ms(int64_t time_ms)
{
	return (time_ms + JAPAN_OFFSET_MS) / DAY_MS * DAY_MS - JAPAN_OFFSET_MS;
}

static void a_weekday_is_the_coming_one(void **state)
{
	static const char *const words[] = { "mon", "火", "wed", "木", "fri", "土", "sun" };
	struct screen *s = *state;
	int64_t now_ms = cli_now_ms(), at_ms, until_ms;

	for (unsigned i = 0; i < 7; i++) {
		char *typed = arena_printf(&s->cli.arena, "%s 16:30", words[i]);
		assert_int_equal(week_moment(&s->cli, typed, &at_ms, NULL), 0);
		int64_t day_ms = day_begins_ms(at_ms);
		assert_int_equal(at_ms - day_ms, 990 * 60000);
		assert_int_equal(date_weekday((day_ms + JAPAN_OFFSET_MS) / DAY_MS), i + 1);
		assert_in_range(at_ms - now_ms + DAY_MS, DAY_MS - 1000, 8 * DAY_MS);
		/* with its end only the day must not be over */
		assert_int_equal(week_moment(&s->cli, typed, &at_ms, &until_ms), 0);
		day_ms = day_begins_ms(at_ms);
		assert_int_equal(until_ms, day_ms + DAY_MS);
		assert_in_range(until_ms - now_ms, 0, 7 * DAY_MS);
	}
	assert_int_equal(week_moment(&s->cli, "0:01", &at_ms, NULL), 0);
	assert_int_equal(at_ms, day_begins_ms(cli_now_ms()) + 60000);
	assert_int_equal(week_moment(&s->cli, "2026-11-26T16:00", &at_ms, &until_ms), 0);
	assert_int_equal(until_ms - at_ms, 8 * 3600000);
}

/* ---- whom it reaches ------------------------------------------------------------------------ */

static void who_is_told_when_is_said_in_lines(void **state)
{
	struct screen *s = *state;
	static char *const users[] = { "taro", "nurse-2", "nurse-1", "night" };
	Notification n[4], *items[4];
	int64_t tomorrow_ms = day_begins_ms(cli_now_ms()) + DAY_MS;
	struct names *names = names_open(&s->cli);

	for (size_t i = 0; i < 4; i++) {
		n[i] = (Notification)Notification_INIT;
		n[i].recipient = users[i];
		items[i] = &n[i];
	}
	n[0].rung_ms = 1;
	n[1].rings_ms = n[2].rings_ms = tomorrow_ms + 9 * 3600000;
	assert_string_equal(reach_text(&s->cli, names, items, 4),
			    "taro: 通知音で届きました\n"
			    "nurse-1、nurse-2: 明日 9:00 に届きます（まとめて）\n"
			    "night: 受信箱に入りました（音は鳴りません）\n");
	n[2].rings_ms += 3600000;
	n[3].urgent = true;
	s->cli.japanese = false;
	assert_string_equal(reach_text(&s->cli, names, items, 4),
			    "taro: was rung\n"
			    "nurse-2: rings tomorrow 9:00 (as a bundle)\n"
			    "nurse-1: rings tomorrow 10:00 (as a bundle)\n"
			    "night: will be asked in turn\n");
	assert_string_equal(reach_text(&s->cli, names, NULL, 0), "");
	names_free(names);
}

int main(void)
{
#define SCREEN(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		SCREEN(windows_are_typed_by_days),
		SCREEN(a_week_is_a_table),
		SCREEN(a_weekday_is_the_coming_one),
		SCREEN(who_is_told_when_is_said_in_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
