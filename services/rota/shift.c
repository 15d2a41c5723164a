#include "shift.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "error.h"
#include "holiday.h"

#define SATURDAY 6
#define SUNDAY 7
#define MINUTE_MS (60LL * 1000)
#define MINUTES_A_DAY (24 * 60)

/* One that a day has, without area. */
struct part {
	ShiftKind kind;
	const Clock *clock;
};

const char *shift_kind_word(ShiftKind kind)
{
	switch (kind) {
	case SHIFT_KIND_WEEKDAY_NIGHT:
		return "weekday-night";
	case SHIFT_KIND_SATURDAY_AFTERNOON:
		return "saturday-afternoon";
	case SHIFT_KIND_HOLIDAY_DAY:
		return "holiday-day";
	case SHIFT_KIND_HOLIDAY_NIGHT:
		return "holiday-night";
	default:
		return NULL;
	}
}

DutyCategory shift_category(ShiftKind kind)
{
	switch (kind) {
	case SHIFT_KIND_WEEKDAY_NIGHT:
		return DUTY_CATEGORY_WEEKDAY_NIGHTS;
	case SHIFT_KIND_SATURDAY_AFTERNOON:
		return DUTY_CATEGORY_SATURDAYS;
	case SHIFT_KIND_HOLIDAY_DAY:
	case SHIFT_KIND_HOLIDAY_NIGHT:
		return DUTY_CATEGORY_SUNDAYS_AND_HOLIDAYS;
	default:
		return DUTY_CATEGORY_UNSPECIFIED;
	}
}

static Clock *clock_of(uint32_t from_hour, uint32_t until_hour, struct arena *arena)
{
	Clock *clock = arena_alloc(arena, sizeof(*clock));

	if (!clock)
		return NULL;
	*clock = (Clock)Clock_INIT;
	clock->from_minute = from_hour * 60;
	clock->until_minute = until_hour * 60;
	return clock;
}

RotaSettings *shift_settings_default(struct arena *arena)
{
	RotaSettings *settings = arena_alloc(arena, sizeof(*settings));

	if (!settings)
		return NULL;
	*settings = (RotaSettings)RotaSettings_INIT;
	settings->weekday_night = clock_of(18, 8, arena);
	settings->saturday_afternoon = clock_of(13, 8, arena);
	settings->holiday_day = clock_of(8, 18, arena);
	settings->holiday_night = clock_of(18, 8, arena);
	settings->rest_hours = 48;
	settings->most_a_month = 4;
	settings->enhanced_weight = 2;
	settings->year_begins_month = 4;
	return settings->weekday_night && settings->saturday_afternoon && settings->holiday_day &&
			       settings->holiday_night
		       ? settings
		       : NULL;
}

int shift_month_days(const char *month, int64_t *first_day, int64_t *last_day)
{
	char first[16];
	int64_t day;

	if (strlen(month) != 7)
		return ERR_INVALID;
	snprintf(first, sizeof(first), "%s-01", month);
	day = date_days(first);
	if (day == INT64_MIN)
		return ERR_INVALID;
	*first_day = day;
	for (*last_day = day + 27;; ++*last_day) {
		char date[DATE_SIZE];
		date_day(date, (*last_day + 1) * DAY_MS - JAPAN_OFFSET_MS);
		if (strncmp(date, month, 7))
			return 0;
	}
}

static bool day_off(int64_t day)
{
	return date_weekday(day) == SUNDAY || holiday(day);
}

/* In order of their beginning. */
static unsigned parts_of(const RotaSettings *settings, int64_t day, struct part parts[2])
{
	const struct part by_day = {SHIFT_KIND_HOLIDAY_DAY, settings->holiday_day};
	const struct part by_night = {SHIFT_KIND_HOLIDAY_NIGHT, settings->holiday_night};

	if (day_off(day)) {
		bool day_first = by_day.clock->from_minute <= by_night.clock->from_minute;
		parts[0] = day_first ? by_day : by_night;
		parts[1] = day_first ? by_night : by_day;
		return 2;
	}
	if (date_weekday(day) == SATURDAY)
		parts[0] =
			(struct part){SHIFT_KIND_SATURDAY_AFTERNOON, settings->saturday_afternoon};
	else
		parts[0] = (struct part){SHIFT_KIND_WEEKDAY_NIGHT, settings->weekday_night};
	return 1;
}

/* In minutes of the day on which it begins. */
static uint32_t until_minute(const RotaSettings *settings, int64_t day, const Clock *clock)
{
	if (clock->until_minute > clock->from_minute)
		return clock->until_minute;
	return MINUTES_A_DAY +
	       (day_off(day + 1) ? settings->holiday_day->from_minute : clock->until_minute);
}

static Shift *shift_of(const RotaSettings *settings, int64_t day, const struct part *part,
		       Area area, int64_t today, struct arena *arena)
{
	static const char *const suffixes[] = {"", "-north", "-west", "-south"};
	int64_t midnight_ms = day * DAY_MS - JAPAN_OFFSET_MS;
	Shift *shift = arena_alloc(arena, sizeof(*shift));
	char date[DATE_SIZE];

	if (!shift)
		return NULL;
	*shift = (Shift)Shift_INIT;
	date_day(date, midnight_ms);
	shift->id =
		arena_printf(arena, "%s-%s%s", date, shift_kind_word(part->kind), suffixes[area]);
	shift->date = arena_string(arena, date);
	shift->kind = part->kind;
	shift->area = area;
	shift->from_ms = midnight_ms + part->clock->from_minute * MINUTE_MS;
	shift->until_ms = midnight_ms + until_minute(settings, day, part->clock) * MINUTE_MS;
	shift->provisional = holiday_provisional(day, today);
	return shift;
}

int shift_list(const RotaSettings *settings, int64_t first_day, int64_t last_day, int64_t today,
	       struct arena *arena, Shift ***shifts, size_t *n_shifts)
{
	Area first_area = settings->by_area ? AREA_NORTH : AREA_UNSPECIFIED;
	Area last_area = settings->by_area ? AREA_SOUTH : AREA_UNSPECIFIED;
	Shift **list = NULL;
	size_t n = 0;

	if (!settings->weekday_night || !settings->saturday_afternoon || !settings->holiday_day ||
	    !settings->holiday_night || last_day - first_day >= SHIFT_DAYS_MAX)
		return ERR_INVALID;
	for (int64_t day = first_day; day <= last_day; day++) {
		struct part parts[2];
		unsigned n_parts = parts_of(settings, day, parts);
		for (unsigned i = 0; i < n_parts; i++)
			for (Area area = first_area; area <= last_area; area++) {
				Shift *shift =
					shift_of(settings, day, &parts[i], area, today, arena);
				if (!shift || arena_append(arena, &list, &n, shift))
					return ERR_NOMEM;
			}
	}
	if (arena->spent)
		return ERR_NOMEM;
	*shifts = list;
	*n_shifts = n;
	return 0;
}
