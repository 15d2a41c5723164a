/*
 * Fills a month: who is first and second of each shift. Pure, and repeatable: the same input and seed,
 * the same plan.
 *
 * Rules that no plan breaks in what it fills: nobody on a shift they have blocked, nobody twice in one
 * shift, `rest_ms` between the end of a duty and the beginning of the next, no more than `most` duties
 * of a clinic. What is fixed stays as it is even where it breaks them.
 *
 * Of all plans that keep them it is the best, in this order:
 *	1. as few places as possible are empty
 *	2. as few shifts as possible have nobody at all
 *	3. the largest overrun of a category is as small as possible: how much further than one the
 *	   most is from the least of duties / weight, over the year so far and this month
 *	4. so is the sum of the overruns
 * and beyond that as even as a search makes it, first and second places, too. By area, each area is a
 * plan of its own.
 *
 * A seeded search (plan_search.c) makes a start. Where that does not reach what can be shown by counting
 * to be the best, GLPK decides (plan_exact.c), bounded by nodes and iterations, not by time.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "shift.h"

#define PLAN_CLINICS_MAX 400
#define PLAN_SHIFTS_MAX 400
#define PLAN_WEIGHT_MAX 4

/* Instead of the index of a clinic. */
#define PLAN_FREE (-1)    /* to be filled; in a plan: empty, a gap */
#define PLAN_NOBODY (-2)  /* fixed: empty, and it stays so (removed by hand) */
#define PLAN_OUTSIDE (-3) /* fixed: somebody who is none of the clinics */

struct plan_clinic {
	Area area;       /* matters for shifts of an area only */
	uint32_t weight; /* 1 to PLAN_WEIGHT_MAX */
	uint32_t most;   /* duties in the shifts of this plan, fixed ones included */
	uint32_t
		had[SHIFT_CATEGORIES]; /* duties of the year so far, those of this plan's shifts not
					 * included; [0] is WEEKDAY_NIGHTS */
	uint32_t had_first;            /* of all those, in the first place */
};

struct plan_shift {
	int64_t from_ms, until_ms;
	DutyCategory category;
	Area area; /* unspecified: anybody can have it */
	int fixed
		[2]; /* first, second: PLAN_FREE, or what stays: a clinic, PLAN_NOBODY, PLAN_OUTSIDE */
};

/* A duty that is not of this plan's shifts, but is rested from: in the months before and after. */
struct plan_duty {
	unsigned clinic;
	int64_t from_ms, until_ms;
};

struct plan_input {
	const struct plan_clinic
		*clinics; /* in an order that is the same each time: by organisation */
	unsigned n_clinics;
	const struct plan_shift *shifts; /* by from_ms */
	unsigned n_shifts;
	const bool *blocked; /* [clinic * n_shifts + shift] */
	const struct plan_duty *around;
	unsigned n_around;
	int64_t rest_ms;
	uint64_t seed;
};

struct plan {
	int (*places)[2]; /* by shift: a clinic, PLAN_FREE for a gap, or what was fixed */
	unsigned gaps;    /* places that are PLAN_FREE */
	/* By category - 1. By area: of the area in which it is worst. */
	Fairness fairness[SHIFT_CATEGORIES];
	bool fewest_gaps; /* proven: no plan has fewer, nor fewer shifts with nobody */
};

/* 0, ERR_INVALID (what does not fit together or is beyond the limits) or ERR_NOMEM. The plan's memory is
 * the arena's. */
int plan_make(const struct plan_input *input, struct arena *arena, struct plan *plan);

/* Why a clinic does not have an empty place of a shift; the first of these that is so. */
enum plan_why {
	PLAN_COULD, /* nothing is in the way */
	PLAN_OTHER_AREA,
	PLAN_OTHER_PLACE, /* has the other place of it */
	PLAN_BLOCKED,
	PLAN_RESTING, /* has another duty at the time, or too close by */
	PLAN_FULL,    /* has its maximum */
};
enum plan_why plan_why(const struct plan_input *input, const struct plan *plan, unsigned shift,
		       unsigned clinic);
/* ALL_BLOCKED or NOBODY_LEFT, of an empty place of the shift. */
GapReason plan_gap_reason(const struct plan_input *input, const struct plan *plan, unsigned shift);

#endif
