/*
 * The calendar of duties: which shifts a day has, from when until when. Pure.
 *
 *	the day                            its shifts
 *	Sunday or national holiday         holiday-day, holiday-night
 *	Saturday that is none              saturday-afternoon
 *	any other                          weekday-night
 *
 * A shift is of the day on which it begins. One that lasts until the next morning, and that morning
 * is a Sunday's or holiday's, ends when that day's shift begins, whatever the settings say: so nothing
 * is left open from a Friday evening to a Monday morning but Saturday's consulting hours.
 */
#ifndef SHIFT_H
#define SHIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "names.h"

#define SHIFT_CATEGORIES 3 /* DutyCategory less the unspecified */
#define SHIFT_DAYS_MAX 400

/* What holds until an administrator changes it (rota.proto tells the values). NULL: out of memory. */
RotaSettings *shift_settings_default(struct arena *arena);

/* The first and last day of "YYYY-MM", days since 1970-01-01. 0 or ERR_INVALID. */
int shift_month_days(const char *month, int64_t *first_day, int64_t *last_day);

/*
 * The shifts that begin on first_day … last_day (at most SHIFT_DAYS_MAX of them), in order of their
 * beginning, by area those of north, west and south one after another; in the arena, with id, date,
 * kind, area, from, until and provisional, all else empty. today: the day in Japan on which it is
 * asked; it decides which equinoxes are provisional. 0, ERR_INVALID or ERR_NOMEM.
 */
int shift_list(const RotaSettings *settings, int64_t first_day, int64_t last_day, int64_t today,
	       struct arena *arena, Shift ***shifts, size_t *n_shifts);

/* What it counts as. */
DutyCategory shift_category(ShiftKind kind);
/* The word in its id: "weekday-night". NULL for none of them. */
const char *shift_kind_word(ShiftKind kind);

#endif
