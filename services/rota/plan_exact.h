/*
 * Makes a plan that is full and fair enough the best there is, or proves that it is. By linear
 * programming: a number for each clinic and shift, 1 when it has it. What cannot be had in fractions
 * cannot be had at all (GLPK's dual simplex, from one question to the next); where it can, GLPK's branch
 * and bound looks for whole ones.
 *
 * Fairness is asked as windows: "can each clinic's duties / weight in this category lie within L and
 * L + 1 + overrun?", for each L that there can be. The windows become bounds of each clinic's number of
 * duties, which are whole numbers; so there is little left for branching.
 */
#ifndef PLAN_EXACT_H
#define PLAN_EXACT_H

#include "plan_problem.h"

struct exact {
	bool gaps_proven; /* no fewer gaps, nor shifts without anybody */
	bool over_proven
		[CATEGORIES]; /* no plan as full has a smaller overrun of it, or all are as small
				       * as plan.h's order asks for */
};

/* places and score: a plan that keeps the rules; bettered in place. 0 or ERR_NOMEM. */
int plan_exact(const struct problem *problem, struct arena *arena, int *places, struct score *score,
	       struct exact *exact);

#endif
