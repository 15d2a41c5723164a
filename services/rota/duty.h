/*
 * Who has a place of a shift, and what stands in the way of somebody having it. Pure.
 */
#ifndef DUTY_H
#define DUTY_H

#include "daemon.h"

#define GIVEN_AWAY_MAX 20 /* kept of those who had a place before; the oldest are forgotten */

/* First or second; "": nobody. */
const char *duty_holder(const Shift *shift, bool second);
bool duty_is(const Shift *shift, bool second, const char *organisation);
/* The holder has it from then on: the beginning, or when it was taken over in the middle. */
int64_t duty_from_ms(const Shift *shift, bool second);
/* Has it begun? */
bool duty_begun(const Shift *shift, int64_t now_ms);

/* A copy in the arena that may be changed; NULL: no memory. */
Shift *shift_copy(struct arena *arena, const Shift *shift);
/*
 * Gives the place to somebody, or to nobody ("", with a reason). Before it has begun the one before is
 * remembered as who gave it away, after that as who had it until now. 0 or ERR_NOMEM.
 */
int duty_give(struct arena *arena, Shift *shift, bool second, const char *organisation,
	      GapReason reason, int64_t now_ms);

/* What is wrong with a duty, beside all others. */
enum clash { CLASH_NONE, CLASH_PLACES, CLASH_AT_ONCE, CLASH_REST };
/* Of the holder of shifts[at]'s place, with the duties in shifts (by from_ms). earlier_only: only with
 * those before it, so that of two that clash the later one is told. other: NULL, or with which. */
enum clash duty_clash(Shift *const *shifts, size_t n_shifts, size_t at, bool second,
		      int64_t rest_ms, bool earlier_only, const Shift **other);
/* Of an organisation that would have that place; the shift is in shifts, with whoever has it now. */
enum clash duty_would_clash(Shift *const *shifts, size_t n_shifts, const Shift *shift, bool second,
			    int64_t from_ms, const char *organisation, int64_t rest_ms,
			    const Shift **other);

#endif
