#include "hours.h"

#include "date.h"
#include "holiday.h"

#define MINUTE_MS 60000
#define MINUTES_A_DAY 1440
#define DAYS_SEARCHED 367 /* a year and the day on which it ends */

/* Which of the windows count. */
struct sought {
	struct hours hours;
	enum hours_for what;
	const ContactHours *only; /* NULL: all that are for it */
	int64_t until_ms;         /* later does not matter; 0: a year */
};

/* A moment, as windows see it. */
struct moment {
	uint32_t today, yesterday; /* weekdays, or HOURS_HOLIDAY */
	uint32_t minute;           /* of the day */
};

static uint32_t weekday_of(int64_t day)
{
	return holiday(day) ? HOURS_HOLIDAY : date_weekday(day);
}

/* Of a moment in Japan. */
static int64_t day_of(int64_t at_ms)
{
	int64_t local_ms = at_ms + JAPAN_OFFSET_MS;
	return local_ms / DAY_MS - (local_ms % DAY_MS < 0);
}

static int64_t day_begins_ms(int64_t day)
{
	return day * DAY_MS - JAPAN_OFFSET_MS;
}

static struct moment moment_of(int64_t at_ms)
{
	int64_t day = day_of(at_ms);
	return (struct moment){
		.today = weekday_of(day), .yesterday = weekday_of(day - 1),
		.minute = (uint32_t)((at_ms - day_begins_ms(day)) / MINUTE_MS),
	};
}

static bool over_midnight(const ContactHours *window)
{
	return window->to_minute <= window->from_minute;
}

static bool holds(const ContactHours *window, const struct moment *moment)
{
	bool today = window->weekday == moment->today && moment->minute >= window->from_minute;

	if (!over_midnight(window))
		return today && moment->minute < window->to_minute;
	return today ||
	       (window->weekday == moment->yesterday && moment->minute < window->to_minute);
}

static bool counts(const struct sought *sought, const ContactHours *window)
{
	if (sought->only)
		return window == sought->only && window->means != CONTACT_MEANS_BREAK;
	return window->means == CONTACT_MEANS_PHONE || window->means == CONTACT_MEANS_MESSAGE ||
	       (window->means == CONTACT_MEANS_PAGE && sought->what == HOURS_URGENT);
}

static bool open_then(const struct sought *sought, const struct moment *moment)
{
	bool open = false;

	for (size_t i = 0; i < sought->hours.n; i++) {
		const ContactHours *window = sought->hours.windows[i];
		if (!holds(window, moment))
			continue;
		if (window->means == CONTACT_MEANS_BREAK)
			return false;
		open |= counts(sought, window);
	}
	return open;
}

struct hours hours_of(const Person *person, const Organisation *organisation)
{
	if (person->n_hours)
		return (struct hours){ person->hours, person->n_hours };
	if (organisation)
		return (struct hours){ organisation->hours, organisation->n_hours };
	return (struct hours){ NULL, 0 };
}

bool hours_window(const ContactHours *window, int64_t at_ms)
{
	struct moment moment = moment_of(at_ms);
	return holds(window, &moment);
}

static bool any_counts(const struct sought *sought)
{
	for (size_t i = 0; i < sought->hours.n; i++)
		if (counts(sought, sought->hours.windows[i]))
			return true;
	return false;
}

/* They can open only where a window begins, where a break ends, or where the breaks of one day give
 * way at midnight to the windows of another. */
static int64_t first_on_day(const struct sought *sought, int64_t day, int64_t after_ms)
{
	struct moment moment = { weekday_of(day), weekday_of(day - 1), 0 };
	int64_t begins_ms = day_begins_ms(day), first_ms = HOURS_NEVER;

	for (size_t i = 0; i < 2 * sought->hours.n + 1; i++) {
		const ContactHours *window = i ? sought->hours.windows[(i - 1) / 2] : NULL;
		uint32_t minute = !window ? 0 : i % 2 ? window->from_minute : window->to_minute;
		int64_t at_ms = begins_ms + (int64_t)minute * MINUTE_MS;
		if (minute >= MINUTES_A_DAY || at_ms <= after_ms || at_ms >= first_ms)
			continue;
		moment.minute = minute;
		if (open_then(sought, &moment))
			first_ms = at_ms;
	}
	return first_ms;
}

static int64_t next_ms(const struct sought *sought, int64_t at_ms)
{
	struct moment moment = moment_of(at_ms);
	int64_t day = day_of(at_ms), last = day + DAYS_SEARCHED, found_ms = HOURS_NEVER;

	if (!any_counts(sought))
		return HOURS_NEVER;
	if (open_then(sought, &moment))
		return at_ms;
	if (sought->until_ms && day_of(sought->until_ms) < last)
		last = day_of(sought->until_ms);
	for (; day <= last && found_ms == HOURS_NEVER; day++)
		found_ms = first_on_day(sought, day, at_ms);
	return sought->until_ms && found_ms >= sought->until_ms ? HOURS_NEVER : found_ms;
}

bool hours_open(struct hours hours, enum hours_for what, int64_t at_ms)
{
	struct sought sought = { hours, what, NULL, 0 };
	struct moment moment = moment_of(at_ms);
	return open_then(&sought, &moment);
}

int64_t hours_next_ms(struct hours hours, enum hours_for what, int64_t at_ms)
{
	struct sought sought = { hours, what, NULL, 0 };
	return next_ms(&sought, at_ms);
}

int64_t hours_window_next_ms(struct hours hours, const ContactHours *window, int64_t at_ms,
			     int64_t until_ms)
{
	struct sought sought = { hours, HOURS_URGENT, window, until_ms };
	return next_ms(&sought, at_ms);
}
