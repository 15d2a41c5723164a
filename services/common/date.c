#include "date.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

#define FIRST_YEAR 1850 /* of birth dates and the like */
#define YEAR_1_MS (-62135596800000LL - JAPAN_OFFSET_MS) /* 0001-01-01T00:00:00+09:00 */
#define YEAR_9999_END_MS (253402300799999LL - JAPAN_OFFSET_MS)

struct civil {
	int year, month, day;
};

/* Days since 1970-01-01 in the proleptic Gregorian calendar, and back. The year is counted from
 * March, so that the leap day is its last. */
static int64_t days_of(struct civil date)
{
	int64_t year = date.month > 2 ? date.year : date.year - 1;
	int64_t era = (year >= 0 ? year : year - 399) / 400, year_of_era = year - era * 400;
	int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
	       719468;
}

static struct civil civil_of(int64_t days)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097, day = days - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct civil date = { .month = (int)(month < 10 ? month + 3 : month - 9),
			      .day = (int)(day_of_year - (153 * month + 2) / 5 + 1) };
	date.year = (int)(year + era * 400 + (date.month <= 2));
	return date;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Reads exactly so many digits and moves on. */
static bool digits(const char **text, int count, int *number)
{
	int result = 0;

	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9')
			return false;
		result = result * 10 + (c - '0');
	}
	*text += count;
	*number = result;
	return true;
}

static bool skip(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* How many of year, month and day were read; 0: this is no date. The rest is 1. */
static int parse_date(const char **text, struct civil *date)
{
	*date = (struct civil){ .month = 1, .day = 1 };
	if (!digits(text, 4, &date->year) || date->year == 0)
		return 0;
	if (!skip(text, '-'))
		return 1;
	if (!digits(text, 2, &date->month) || date->month < 1 || date->month > 12)
		return 0;
	if (!skip(text, '-'))
		return 2;
	if (!digits(text, 2, &date->day) || date->day < 1 ||
	    date->day > days_in_month(date->year, date->month))
		return 0;
	return 3;
}

/* How many parts a whole text has; 0: it is no date from FIRST_YEAR on. */
static int whole_date(const char *text, struct civil *date)
{
	int parts = text ? parse_date(&text, date) : 0;
	return parts && !*text && date->year >= FIRST_YEAR ? parts : 0;
}

bool date_valid(const char *date)
{
	struct civil civil;
	return whole_date(date, &civil) > 0;
}

bool date_valid_full(const char *date)
{
	struct civil civil;
	return whole_date(date, &civil) == 3;
}

unsigned date_weekday(int64_t days)
{
	return (unsigned)((days % 7 + 7 + 3) % 7) + 1; /* 1 January 1970 was a Thursday */
}

int64_t date_days(const char *date)
{
	struct civil civil;
	return whole_date(date, &civil) == 3 ? days_of(civil) : INT64_MIN;
}

/* Milliseconds in Japan's day, and the day. */
static int64_t split(int64_t time_ms, struct civil *date)
{
	if (time_ms < YEAR_1_MS)
		time_ms = YEAR_1_MS;
	if (time_ms > YEAR_9999_END_MS)
		time_ms = YEAR_9999_END_MS;
	int64_t days = floor_div(time_ms + JAPAN_OFFSET_MS, DAY_MS);
	*date = civil_of(days);
	return time_ms + JAPAN_OFFSET_MS - days * DAY_MS;
}

void date_iso(char out[DATE_SIZE], int64_t time_ms)
{
	struct civil date;
	int seconds = (int)(split(time_ms, &date) / 1000);
	snprintf(out, DATE_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d+09:00", date.year, date.month,
		 date.day, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void date_day(char out[DATE_SIZE], int64_t time_ms)
{
	struct civil date;
	split(time_ms, &date);
	snprintf(out, DATE_SIZE, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* "14:05", "14:05:00", "14:05:00.25". A leap second (:60) is the second after. */
static bool parse_time(const char **text, int64_t *ms)
{
	int hour, minute, second = 0, digit;
	int64_t fraction_ms = 0;

	if (!digits(text, 2, &hour) || hour > 23 || !skip(text, ':') || !digits(text, 2, &minute) ||
	    minute > 59)
		return false;
	if (skip(text, ':')) {
		if (!digits(text, 2, &second) || second > 60)
			return false;
		if (skip(text, '.')) {
			if (**text < '0' || **text > '9')
				return false;
			for (int unit = 100; digits(text, 1, &digit); unit /= 10)
				fraction_ms += unit * digit;
		}
	}
	*ms = ((hour * 60 + minute) * 60 + second) * 1000LL + fraction_ms;
	return true;
}

/* "Z", "+09:00", "+0900", "+09"; nothing: Japan's. */
static bool parse_zone(const char **text, int64_t *offset_ms)
{
	int hours, minutes = 0;

	if (!**text) {
		*offset_ms = JAPAN_OFFSET_MS;
		return true;
	}
	if (skip(text, 'Z') || skip(text, 'z')) {
		*offset_ms = 0;
		return true;
	}
	bool east = **text == '+';
	if (!skip(text, '+') && !skip(text, '-'))
		return false;
	if (!digits(text, 2, &hours) || hours > 14)
		return false;
	bool colon = skip(text, ':');
	if ((colon || **text) && (!digits(text, 2, &minutes) || minutes > 59))
		return false;
	*offset_ms = (hours * 60 + minutes) * 60000LL * (east ? 1 : -1);
	return true;
}

int date_parse(const char *text, int64_t *time_ms)
{
	struct civil date;
	int64_t in_day_ms = 0, offset_ms = JAPAN_OFFSET_MS;

	int parts = text ? parse_date(&text, &date) : 0;
	if (!parts)
		return ERR_INVALID;
	if (*text) {
		if (parts != 3 || (!skip(&text, 'T') && !skip(&text, 't') && !skip(&text, ' ')))
			return ERR_INVALID;
		if (!parse_time(&text, &in_day_ms) || !parse_zone(&text, &offset_ms) || *text)
			return ERR_INVALID;
	}
	*time_ms = days_of(date) * DAY_MS + in_day_ms - offset_ms;
	return 0;
}

int date_age(const char *born, int64_t now_ms)
{
	struct civil birth, today;

	if (!whole_date(born, &birth))
		return -1;
	split(now_ms, &today);
	int age = today.year - birth.year;
	if (today.month < birth.month || (today.month == birth.month && today.day < birth.day))
		age--;
	return age < 0 ? -1 : age;
}
