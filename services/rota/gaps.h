/*
 * Holes and conflicts: places of shifts that nobody has, or somebody who should not. Pure.
 */
#ifndef GAPS_H
#define GAPS_H

#include "daemon.h"

/* A stretch of days, as it is known. */
struct span {
	const RotaSettings *settings;
	int64_t first_day, last_day; /* those that are asked about, since 1970-01-01 in Japan */
	Shift **calendar;            /* of these days, as the settings have them */
	size_t n_calendar;
	Shift **shifts; /* that were planned, by from_ms; some days around them, too */
	size_t n_shifts;
	struct place_known {
		bool left, blocked; /* who has it is no longer a member; has blocked the day */
		const Gap *detail;  /* why the plan left it empty; NULL: not known */
	} (*known)[2];              /* by shift */
};

/* unplanned: those of shifts that nobody has planned, too. In order of their beginning; what is over is
 * none. 0 or ERR_NOMEM. */
int gap_list(const struct span *span, bool unplanned, int64_t now_ms, struct arena *arena,
	     Gap ***gaps, size_t *n_gaps);
/* How many days before the first and after the last must be among the shifts. */
int64_t gap_margin_days(const RotaSettings *settings);
/* A gap of that place, with the shift's times; NULL: no memory. */
Gap *gap_new(struct arena *arena, const Shift *shift, bool second, GapReason reason);

#endif
