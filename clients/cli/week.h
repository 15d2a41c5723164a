/*
 * Contact hours as people type and read them: windows, a week as a table, moments of it.
 */
#ifndef WEEK_H
#define WEEK_H

#include "clients/cli/cli.h"

/* "mon-fri 13:00-14:00 phone 医療連携室", "mon-fri,holiday 12:30-13:30 break": one for each day, added
 * to the list in the arena. 0 or EX_USAGE, said. */
int week_parse(struct cli *cli, const char *typed, ContactHours ***windows, size_t *n);
/* "thu 16:00", "木 16:00", "16:00" (today), or any other time. The coming Thursday: today's, where that
 * is not over; with until_ms only the day must not be over, and its end is filled in. 0 or EX_USAGE,
 * said. */
int week_moment(const struct cli *cli, const char *typed, int64_t *time_ms, int64_t *until_ms);

/* "13:00–14:00"; over midnight "22:00–翌5:00". */
char *week_window(struct cli *cli, const ContactHours *window);
/* Days as columns, times as rows: by which means; whom to ask for at the end. */
void week_print(struct cli *cli, ContactHours *const *windows, size_t n);

#endif
