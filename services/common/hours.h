/*
 * Contact hours: when somebody may be called, and when their terminal may make a sound for what is
 * not urgent. Pure. A window over midnight belongs to the day it begins on: it lasts into a holiday,
 * and one that begins on a holiday lasts into the day after. On a national holiday the windows of
 * weekday 8 hold in place of the weekday's.
 */
#ifndef HOURS_H
#define HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

#define HOURS_HOLIDAY 8 /* as a weekday, behind ISO 8601's 1 to 7 */
#define HOURS_NEVER INT64_MAX

/* What it is for. */
enum hours_for {
	HOURS_ASK,    /* what can wait: windows of phone and message */
	HOURS_URGENT, /* … and of page */
};

struct hours {
	ContactHours *const *windows;
	size_t n; /* 0: none are known */
};

/* Whose hours hold for a person: their own, else those of their organisation (which may be NULL). */
struct hours hours_of(const Person *person, const Organisation *organisation);

/* Does this one window (or break) hold at that time? */
bool hours_window(const ContactHours *window, int64_t at_ms);
/* Is a window open and no break in it? Where none are known: no. */
bool hours_open(struct hours hours, enum hours_for what, int64_t at_ms);
/* The first moment from at_ms on at which they are open: at_ms itself if they are. HOURS_NEVER: at
 * no time in the year that follows, as where none are known. */
int64_t hours_next_ms(struct hours hours, enum hours_for what, int64_t at_ms);
/* The same of one of their windows, whatever it is for, before until_ms. */
int64_t hours_window_next_ms(struct hours hours, const ContactHours *window, int64_t at_ms,
			     int64_t until_ms);

#endif
