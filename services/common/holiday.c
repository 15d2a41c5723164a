#include "holiday.h"

#include <stdio.h>

#include "date.h"

#define FIRST_DAY 18993 /* 1 January 2022 */
#define LAST_DAY 47481  /* 31 December 2099 */
#define LAST_YEAR 2099
#define MONDAY 1
#define SUNDAY 7

/* Section 2, those on a fixed date. */
static const struct { int month, day; } fixed[] = {
	{ 1, 1 },   /* 元日 */
	{ 2, 11 },  /* 建国記念の日, by cabinet order */
	{ 2, 23 },  /* 天皇誕生日 */
	{ 4, 29 },  /* 昭和の日 */
	{ 5, 3 },   /* 憲法記念日 */
	{ 5, 4 },   /* みどりの日 */
	{ 5, 5 },   /* こどもの日 */
	{ 8, 11 },  /* 山の日 */
	{ 11, 3 },  /* 文化の日 */
	{ 11, 23 }, /* 勤労感謝の日 */
};

/* Those on the nth Monday of a month. */
static const struct { int month, nth; } mondays[] = {
	{ 1, 2 },  /* 成人の日 */
	{ 7, 3 },  /* 海の日 */
	{ 9, 3 },  /* 敬老の日 */
	{ 10, 2 }, /* スポーツの日 */
};

/* 春分の日 and 秋分の日: the day in Japan on which the sun stands above the equator,
 * for 1980 to 2099. */
static int equinox(int year, double in_1980)
{
	int since = year - 1980;
	return (int)(in_1980 + 0.242194 * since) - since / 4;
}

static bool date_of(int64_t day, int *year, int *month, int *mday)
{
	char date[DATE_SIZE];

	if (day < FIRST_DAY || day > LAST_DAY)
		return false;
	date_day(date, day * DAY_MS - JAPAN_OFFSET_MS);
	return sscanf(date, "%d-%d-%d", year, month, mday) == 3;
}

/* One of section 2: neither in place of another, nor between two. Of the equinoxes only those until
 * that year. */
static bool by_name(int64_t day, int equinoxes_until)
{
	int year, month, mday;

	if (!date_of(day, &year, &month, &mday))
		return false;
	for (unsigned i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (fixed[i].month == month && fixed[i].day == mday)
			return true;
	for (unsigned i = 0; i < sizeof(mondays) / sizeof(*mondays); i++)
		if (mondays[i].month == month && date_weekday(day) == MONDAY &&
		    (mday - 1) / 7 + 1 == mondays[i].nth)
			return true;
	return year <= equinoxes_until &&
	       ((month == 3 && mday == equinox(year, 20.8431)) ||
		(month == 9 && mday == equinox(year, 23.2488)));
}

/* Section 3 (2): the first day after a holiday on a Sunday that is none of section 2. */
static bool in_place(int64_t day, int equinoxes_until)
{
	while (by_name(--day, equinoxes_until))
		if (date_weekday(day) == SUNDAY)
			return true;
	return false;
}

static bool is_one(int64_t day, int equinoxes_until)
{
	if (day < FIRST_DAY || day > LAST_DAY)
		return false;
	return by_name(day, equinoxes_until) || in_place(day, equinoxes_until) ||
	       (by_name(day - 1, equinoxes_until) && by_name(day + 1, equinoxes_until));
}

bool holiday(int64_t day)
{
	return is_one(day, LAST_YEAR);
}

bool holiday_provisional(int64_t day, int64_t now_day)
{
	int year = 0, month = 0, mday = 0;

	if (now_day > LAST_DAY)
		return false;
	if (date_of(now_day, &year, &month, &mday) && (month > 2 || (month == 2 && mday >= 3)))
		year++;
	return holiday(day) && !is_one(day, year);
}
