/*
 * What is left to decide when all that is fixed has been put into numbers: the places that are free, who
 * may have them, and how even it comes out. For plan.c, plan_search.c and plan_exact.c.
 */
#ifndef PLAN_PROBLEM_H
#define PLAN_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

#define CATEGORIES SHIFT_CATEGORIES

/* Duties / weight are reckoned in whole numbers: in units of which problem.scale make one. */
struct problem_clinic {
	int step;            /* units of one duty: scale / weight */
	int room;            /* how many more duties it may get */
	int had[CATEGORIES]; /* duties of the year so far and those that are fixed */
};

struct problem_shift {
	int category; /* from 0 */
	int need;     /* free places: 0, 1 or 2 */
	bool other;   /* a fixed place has somebody, so it cannot be without anybody */
};

struct problem {
	unsigned n_clinics, n_shifts;
	struct problem_clinic *clinics;
	struct problem_shift *shifts; /* by beginning */
	bool *allowed;                /* [clinic * n_shifts + shift] */
	/* Shifts of which a clinic can have only one: those of shift s, itself among them, are
	 * clashes[clash_start[s]] to clashes[clash_start[s + 1] - 1], in order. */
	unsigned *clash_start, *clashes;
	/* Of those the ones that lie before s, or are s, and are not over (with rest) when s begins:
	 * any two of them clash. The same form. */
	unsigned *clique_start, *cliques;
	int scale;
	uint64_t seed;
};

/* Places: [2 * shift] and [2 * shift + 1], of which the first `need` count; a clinic or -1. */
struct score {
	int gaps, empty;
	int least[CATEGORIES], most[CATEGORIES]; /* units */
	int over[CATEGORIES];                    /* beyond one; not below 0 */
	int worst_over, sum_over;
	int64_t uneven; /* sum of the squares of duties / weight, weighted: what is left to better */
};

/* uneven is in twelfths: 12 * duties² / weight is a whole number. */
#define UNEVEN_SCALE 12

/* Reckons it from nothing: used once a plan. 0 or ERR_NOMEM. */
void problem_score(const struct problem *problem, const int *places, struct score *score);
/* Less than 0: a is better. By the order of plan.h; `uneven` last, or not at all. */
int score_compare(const struct score *a, const struct score *b, bool uneven);
/* The overruns from least and most, and their worst and sum. */
void score_overruns(const struct problem *problem, struct score *score);

static inline bool problem_allows(const struct problem *problem, unsigned clinic, unsigned shift)
{
	return problem->allowed[clinic * problem->n_shifts + shift];
}

#endif
