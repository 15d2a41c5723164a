/*
 * A plan by simulated annealing: one place is given to another clinic, or two or three change hands. It
 * fills a month of 33 clinics in about 0.1 s, nearly always as well as it can be done; whether it
 * is, it cannot tell.
 */
#ifndef PLAN_SEARCH_H
#define PLAN_SEARCH_H

#include "plan_problem.h"

/* attempt: another one for each. places has room for 2 * n_shifts. 0 or ERR_NOMEM. */
int plan_search(const struct problem *problem, unsigned attempt, struct arena *arena, int *places,
		struct score *score);

#endif
