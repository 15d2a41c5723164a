#include "clients/cli/week.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/table.h"
#include "date.h"
#include "hours.h"

#define DAYS HOURS_HOLIDAY
#define COLUMNS (1 + DAYS + 1) /* when, each day, whom */

static const char *const words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};
static const char *const days_ja[] = {"月", "火", "水", "木", "金", "土", "日", "祝"};
static const char *const days_en[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Hol"};

/* ---- as typed ---- */

/* 1 to 8; 0: none. */
static uint32_t day_of(const char *word, size_t length)
{
	for (uint32_t i = 0; i < DAYS; i++) {
		const char *const names[] = {words[i], days_ja[i]};
		for (size_t k = 0; k < 2; k++)
			if (strlen(names[k]) == length && !strncmp(names[k], word, length))
				return i + 1;
	}
	return 0;
}

/* "mon-fri,holiday" into a set of bits; 0: not understood. */
static unsigned days_of(const char *text)
{
	unsigned days = 0;

	while (*text) {
		size_t length = strcspn(text, "-,");
		uint32_t from = day_of(text, length), to = from;
		text += length;
		if (*text == '-') {
			length = strcspn(++text, ",");
			to = day_of(text, length);
			text += length;
		}
		if (!from || to < from)
			return 0;
		for (uint32_t day = from; day <= to; day++)
			days |= 1u << day;
		text += *text == ',';
	}
	return days;
}

int week_parse(struct cli *cli, const char *typed, ContactHours ***windows, size_t *n)
{
	char days[64], means[32];
	unsigned h1, m1, h2, m2;
	int value, at = 0;

	if (sscanf(typed, "%63s %u:%u-%u:%u %31s %n", days, &h1, &m1, &h2, &m2, means, &at) < 6 ||
	    !days_of(days) || m1 > 59 || m2 > 59 || h1 > 23 || h2 > 24 || h2 * 60 + m2 > 1440)
		return cli_fail(cli, EX_USAGE, MSG_BAD_HOURS, typed);
	if (cli_word(cli, &ContactMeans_descriptor, means, &value))
		return EX_USAGE;
	for (uint32_t day = 1; day <= DAYS; day++) {
		if (!(days_of(days) & 1u << day))
			continue;
		ContactHours *window = NEW(ContactHours, &cli->arena);
		window->weekday = day;
		window->from_minute = h1 * 60 + m1;
		window->to_minute = h2 * 60 + m2 ? h2 * 60 + m2 : 1440;
		window->means = (ContactMeans)value;
		window->whom = cli_string(cli, at ? typed + at : "");
		arena_append(&cli->arena, windows, n, window);
	}
	return 0;
}

static int64_t day_begins_ms(int64_t time_ms)
{
	int64_t local_ms = time_ms + JAPAN_OFFSET_MS;
	return local_ms - local_ms % DAY_MS - JAPAN_OFFSET_MS;
}

int week_moment(const struct cli *cli, const char *typed, int64_t *time_ms, int64_t *until_ms)
{
	int64_t now_ms = cli_now_ms(), today_ms = day_begins_ms(now_ms), at_ms;
	unsigned hour, minute, day = 0;
	char word[64], end;

	if (sscanf(typed, "%u:%u%c", &hour, &minute, &end) == 2)
		day = date_weekday((today_ms + JAPAN_OFFSET_MS) / DAY_MS);
	else if (sscanf(typed, "%63s %u:%u%c", word, &hour, &minute, &end) == 3)
		day = day_of(word, strlen(word));
	if (day && day < HOURS_HOLIDAY && hour < 24 && minute < 60) {
		uint32_t today = date_weekday((today_ms + JAPAN_OFFSET_MS) / DAY_MS);
		at_ms = today_ms + (int64_t)(day + 7 - today) % 7 * DAY_MS + (hour * 60 + minute) * 60000LL;
		/* A time alone is today's, whether it is over or not. */
		if (at_ms < now_ms && !until_ms && strchr(typed, ' '))
			at_ms += 7 * DAY_MS;
	} else if (cli_time(cli, typed, &at_ms)) {
		return EX_USAGE;
	}
	*time_ms = at_ms;
	if (until_ms)
		*until_ms = day_begins_ms(at_ms) + DAY_MS;
	return 0;
}

/* ---- as read ---- */

char *week_window(struct cli *cli, const ContactHours *window)
{
	bool next_day = window->to_minute < window->from_minute;

	return arena_printf(&cli->arena, "%u:%02u–%s%u:%02u%s", window->from_minute / 60,
			    window->from_minute % 60, next_day && cli->japanese ? "翌" : "",
			    window->to_minute / 60, window->to_minute % 60,
			    next_day && !cli->japanese ? "+1" : "");
}

static int by_time(const void *a, const void *b)
{
	const ContactHours *const *one = a, *const *two = b;
	int64_t order = (int64_t)(*one)->from_minute - (*two)->from_minute;

	if (!order)
		order = (int64_t)(*one)->to_minute - (*two)->to_minute;
	if (!order)
		order = strcmp((*one)->whom, (*two)->whom);
	if (!order)
		order = (int64_t)(*one)->weekday - (*two)->weekday;
	if (!order)
		order = (int64_t)(*one)->means - (*two)->means;
	return order < 0 ? -1 : order > 0;
}

static bool same_row(const ContactHours *a, const ContactHours *b)
{
	return a->from_minute == b->from_minute && a->to_minute == b->to_minute &&
	       !strcmp(a->whom, b->whom);
}

static void row(struct table *table, const char *const cells[COLUMNS])
{
	table_row(table, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6],
		  cells[7], cells[8], cells[9]);
}

/* Sorted windows of one time and one person to ask for, however many means. */
static size_t print_time(struct cli *cli, struct table *table, const ContactHours *const *windows,
			 size_t n)
{
	const char *cells[COLUMNS];
	size_t count = 0;

	for (size_t day = 1; day <= DAYS; day++)
		cells[day] = "·";
	for (; count < n && same_row(windows[0], windows[count]); count++) {
		const ContactHours *window = windows[count];
		const char *means = LABEL(ContactMeans, window->means, cli->japanese);
		const char **cell = window->weekday >= 1 && window->weekday <= DAYS
					    ? &cells[window->weekday]
					    : &cells[DAYS];
		*cell = strcmp(*cell, "·") ? arena_printf(&cli->arena, "%s/%s", *cell, means) : means;
	}
	cells[0] = week_window(cli, windows[0]);
	cells[COLUMNS - 1] = windows[0]->whom;
	row(table, cells);
	return count;
}

void week_print(struct cli *cli, ContactHours *const *windows, size_t n)
{
	const char *head[COLUMNS] = {""};
	struct table table;

	if (n == 0) {
		printf("%s\n", cli_text(cli, MSG_NO_HOURS));
		return;
	}
	const ContactHours **sorted = arena_copy(&cli->arena, windows, n * sizeof(*windows));
	qsort(sorted, n, sizeof(*sorted), by_time);
	for (size_t day = 0; day < DAYS; day++)
		head[1 + day] = (cli->japanese ? days_ja : days_en)[day];
	head[COLUMNS - 1] = "";
	table_init(&table, COLUMNS);
	row(&table, head);
	for (size_t i = 0; i < n;)
		i += print_time(cli, &table, sorted + i, n - i);
	table_print(&table, stdout);
	table_close(&table);
}
