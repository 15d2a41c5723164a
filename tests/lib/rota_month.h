/*
 * A random month of a rota, for the tests and the bench of its plan: real shifts, clinics with a history,
 * days that they have blocked, duties before and after.
 */
#ifndef ROTA_MONTH_H
#define ROTA_MONTH_H

#include "rng.h"
#include "services/rota/plan.h"

struct rota_month {
	struct plan_input input;
	struct plan_clinic *clinics;
	struct plan_shift *shifts;
	bool *blocked;
	struct plan_duty *around;
};

/* The shifts of "YYYY-MM" with the default times, nothing blocked, no history, weight 1 (the first
 * n_enhanced: 2). In the arena; ends the process when it is spent. */
void rota_month_make(struct rota_month *month, const char *name, bool by_area, unsigned n_clinics,
		     unsigned n_enhanced, struct arena *arena);
/* Blocks the days of a clinic, each with the chance. */
void rota_month_block(struct rota_month *month, unsigned clinic, uint32_t per_mille,
		      struct rng *rng);
/* From nothing in the way up to and beyond what can be filled. */
void rota_month_random(struct rota_month *month, struct rng *rng, struct arena *arena);
/* A few clinics and shifts, so that all plans can be gone through. */
void rota_month_small(struct rota_month *month, struct rng *rng, struct arena *arena);

#endif
