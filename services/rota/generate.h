/*
 * A month's plan as a fact: what the planner is given, and what becomes of its answer. Pure.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include "daemon.h"
#include "plan.h"

struct generate_member {
	const char *id, *name;
	Area area;
	bool enhanced;
	uint32_t had[SHIFT_CATEGORIES], had_first;
	bool blocked[31]; /* by day of the month */
};

struct generate_rule {
	const RotaSettings *settings;
	int64_t first_day, last_day; /* of the month; last before first: it is no month */
	Shift **calendar;            /* of the month */
	size_t n_calendar;
	Shift **shifts;  /* that were planned: of the month, and as many days around it */
	size_t n_shifts; /* as matter for rest */
	struct generate_member *members; /* by id */
	size_t n_members;
};

int rota_generate(const struct input *in, const struct generate_rule *view,
		  const GenerateRota *request, RotaPlanned *fact);
/* Counts a shift of the year so far. */
void generate_count(struct generate_rule *view, const Shift *shift);

#endif
