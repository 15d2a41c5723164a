/*
 * Dates and times as people in Japan read them. Japan is fixed UTC+9, without summer time.
 */
#ifndef DATE_H
#define DATE_H

#include <stdbool.h>
#include <stdint.h>

#define JAPAN_OFFSET_MS (9LL * 3600 * 1000)
#define DAY_MS (24LL * 3600 * 1000)
#define DATE_SIZE 64 /* more than is needed: the compiler reckons with the longest of numbers */

/* "YYYY-MM-DD", "YYYY-MM" or "YYYY", a date that exists, from 1850 on. */
bool date_valid(const char *date);
bool date_valid_full(const char *date); /* "YYYY-MM-DD" only */
/* Days since 1970-01-01 of a full date; INT64_MIN when it is not one. */
int64_t date_days(const char *date);
/* ISO 8601, of such a day: Monday 1 to Sunday 7. */
unsigned date_weekday(int64_t days);
/* ISO 8601 with zone +09:00: "2026-11-22T14:05:00+09:00". Years before 1 and after 9999 are shown as
 * the first and the last moment that four digits can tell. */
void date_iso(char out[DATE_SIZE], int64_t time_ms);
/* "YYYY-MM-DD" of the day in Japan. */
void date_day(char out[DATE_SIZE], int64_t time_ms);
/* ISO 8601 date or time, with or without zone (then Japan's): "2026", "2026-11", "2026-11-22" (their
 * first moment), "2026-11-22T14:05", "…:00", "…:00.250", each with "Z", "+09:00" or "+0900" behind
 * the time; a space may stand for the T. 0 or ERR_INVALID. */
int date_parse(const char *text, int64_t *time_ms);
/* Age in whole years on that day in Japan; where only the year or month of birth is known, as if born
 * on its first day. -1 when born is not a date, or later than that day. */
int date_age(const char *born, int64_t now_ms);

#endif
