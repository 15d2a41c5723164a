#include "plan.h"

#include <string.h>

#include "error.h"
#include "plan_exact.h"
#include "plan_problem.h"
#include "plan_search.h"

#define ATTEMPTS 3 /* of the search, while it has not found what cannot be bettered */
#define AREAS 4    /* with the unspecified */
#define HAD_MAX 10000

/* A problem, and what its clinics and shifts are called outside. */
struct part {
	struct problem problem;
	unsigned *clinics, *shifts;
	int *places;
	struct score score;
	struct exact exact;
};

/* ---- what fits together ------------------------------------------------------------------- */

static bool clinic_valid(const struct plan_clinic *clinic)
{
	for (int k = 0; k < CATEGORIES; k++)
		if (clinic->had[k] > HAD_MAX)
			return false;
	return clinic->weight && clinic->weight <= PLAN_WEIGHT_MAX &&
	       (unsigned)clinic->area < AREAS;
}

static bool shift_valid(const struct plan_input *input, unsigned shift)
{
	const struct plan_shift *s = &input->shifts[shift];

	for (int i = 0; i < 2; i++)
		if (s->fixed[i] < PLAN_OUTSIDE || s->fixed[i] >= (int)input->n_clinics)
			return false;
	return s->category > DUTY_CATEGORY_UNSPECIFIED && (int)s->category <= CATEGORIES &&
	       s->until_ms > s->from_ms && (unsigned)s->area < AREAS &&
	       (!shift || s->from_ms >= input->shifts[shift - 1].from_ms);
}

static bool input_valid(const struct plan_input *input)
{
	if (input->n_clinics > PLAN_CLINICS_MAX || input->n_shifts > PLAN_SHIFTS_MAX ||
	    input->rest_ms < 0)
		return false;
	for (unsigned i = 0; i < input->n_clinics; i++)
		if (!clinic_valid(&input->clinics[i]))
			return false;
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (!shift_valid(input, i))
			return false;
	for (unsigned i = 0; i < input->n_around; i++)
		if (input->around[i].clinic >= input->n_clinics)
			return false;
	return true;
}

/* ---- a problem of it ---------------------------------------------------------------------- */

static bool too_close(int64_t from_a, int64_t until_a, int64_t from_b, int64_t until_b,
		      int64_t rest_ms)
{
	return from_a < until_b + rest_ms && from_b < until_a + rest_ms;
}

static bool shifts_clash(const struct plan_input *input, unsigned a, unsigned b)
{
	const struct plan_shift *s = &input->shifts[a], *t = &input->shifts[b];

	return a == b ||
	       too_close(s->from_ms, s->until_ms, t->from_ms, t->until_ms, input->rest_ms);
}

static bool of_area(const struct plan_shift *shift, const struct plan_clinic *clinic)
{
	return shift->area == AREA_UNSPECIFIED || shift->area == clinic->area;
}

static bool may_have(const struct plan_input *input, unsigned clinic, unsigned shift)
{
	const struct plan_shift *s = &input->shifts[shift];

	if (!of_area(s, &input->clinics[clinic]) ||
	    input->blocked[clinic * input->n_shifts + shift])
		return false;
	for (unsigned i = 0; i < input->n_around; i++) {
		const struct plan_duty *duty = &input->around[i];
		if (duty->clinic == clinic && too_close(s->from_ms, s->until_ms, duty->from_ms,
							duty->until_ms, input->rest_ms))
			return false;
	}
	for (unsigned i = 0; i < input->n_shifts; i++)
		for (int place = 0; place < 2; place++)
			if (input->shifts[i].fixed[place] == (int)clinic &&
			    shifts_clash(input, shift, i))
				return false;
	return true;
}

static int common_scale(const struct plan_input *input)
{
	bool thirds = false, quarters = false, halves = false;

	for (unsigned i = 0; i < input->n_clinics; i++) {
		thirds |= input->clinics[i].weight == 3;
		quarters |= input->clinics[i].weight == 4;
		halves |= input->clinics[i].weight == 2;
	}
	return (thirds ? 3 : 1) * (quarters ? 4 : halves ? 2 : 1);
}

static void set_clinic(const struct plan_input *input, const struct part *part, unsigned i)
{
	const struct plan_clinic *clinic = &input->clinics[part->clinics[i]];
	struct problem_clinic *out = &part->problem.clinics[i];
	int64_t room = clinic->most;

	out->step = part->problem.scale / (int)clinic->weight;
	for (int k = 0; k < CATEGORIES; k++)
		out->had[k] = (int)clinic->had[k];
	for (unsigned j = 0; j < input->n_shifts; j++)
		for (int place = 0; place < 2; place++)
			if (input->shifts[j].fixed[place] == (int)part->clinics[i]) {
				out->had[input->shifts[j].category - 1]++;
				room--;
			}
	if (room > (int64_t)input->n_shifts)
		room = input->n_shifts;
	out->room = room > 0 ? (int)room : 0;
}

static void set_shift(const struct plan_input *input, const struct part *part, unsigned i)
{
	const struct plan_shift *shift = &input->shifts[part->shifts[i]];
	struct problem_shift *out = &part->problem.shifts[i];

	out->category = (int)shift->category - 1;
	for (int place = 0; place < 2; place++) {
		out->need += shift->fixed[place] == PLAN_FREE;
		out->other |= shift->fixed[place] >= 0 || shift->fixed[place] == PLAN_OUTSIDE;
	}
}

static void set_clashes(const struct plan_input *input, struct part *part)
{
	struct problem *problem = &part->problem;
	unsigned n_clashes = 0, n_cliques = 0;

	for (unsigned i = 0; i < problem->n_shifts; i++) {
		problem->clash_start[i] = n_clashes;
		problem->clique_start[i] = n_cliques;
		for (unsigned j = 0; j < problem->n_shifts; j++) {
			if (!shifts_clash(input, part->shifts[i], part->shifts[j]))
				continue;
			problem->clashes[n_clashes++] = j;
			if (j <= i)
				problem->cliques[n_cliques++] = j;
		}
	}
	problem->clash_start[problem->n_shifts] = n_clashes;
	problem->clique_start[problem->n_shifts] = n_cliques;
}

static int make_problem(const struct plan_input *input, struct arena *arena, struct part *part)
{
	struct problem *problem = &part->problem;
	size_t clinics = problem->n_clinics, shifts = problem->n_shifts;

	problem->scale = common_scale(input);
	problem->seed = input->seed;
	problem->clinics = arena_alloc(arena, clinics * sizeof(*problem->clinics));
	problem->shifts = arena_alloc(arena, shifts * sizeof(*problem->shifts));
	problem->allowed = arena_alloc(arena, clinics * shifts * sizeof(bool));
	problem->clash_start = arena_alloc(arena, (shifts + 1) * sizeof(unsigned));
	problem->clique_start = arena_alloc(arena, (shifts + 1) * sizeof(unsigned));
	problem->clashes = arena_alloc(arena, shifts * shifts * sizeof(unsigned));
	problem->cliques = arena_alloc(arena, shifts * shifts * sizeof(unsigned));
	part->places = arena_alloc(arena, 2 * shifts * sizeof(int));
	if (arena->spent)
		return ERR_NOMEM;
	for (unsigned i = 0; i < clinics; i++)
		set_clinic(input, part, i);
	for (unsigned i = 0; i < shifts; i++)
		set_shift(input, part, i);
	for (unsigned i = 0; i < clinics; i++)
		for (unsigned j = 0; j < shifts; j++)
			problem->allowed[i * shifts + j] =
				may_have(input, part->clinics[i], part->shifts[j]);
	set_clashes(input, part);
	return 0;
}

/* ---- how even it is ----------------------------------------------------------------------- */

void score_overruns(const struct problem *problem, struct score *score)
{
	score->worst_over = score->sum_over = 0;
	for (int k = 0; k < CATEGORIES; k++) {
		int over = score->most[k] - score->least[k] - problem->scale;
		score->over[k] = over > 0 ? over : 0;
		score->sum_over += score->over[k];
		if (score->over[k] > score->worst_over)
			score->worst_over = score->over[k];
	}
}

static void score_clinic(const struct problem *problem, const int *places, unsigned clinic,
			 struct score *score)
{
	const struct problem_clinic *c = &problem->clinics[clinic];
	int duties[CATEGORIES];

	memcpy(duties, c->had, sizeof(duties));
	for (unsigned i = 0; i < 2 * problem->n_shifts; i++)
		if (places[i] == (int)clinic)
			duties[problem->shifts[i / 2].category]++;
	for (int k = 0; k < CATEGORIES; k++) {
		int units = duties[k] * c->step;
		if (!clinic || units < score->least[k])
			score->least[k] = units;
		if (!clinic || units > score->most[k])
			score->most[k] = units;
		score->uneven +=
			(int64_t)UNEVEN_SCALE / problem->scale * c->step * duties[k] * duties[k];
	}
}

void problem_score(const struct problem *problem, const int *places, struct score *score)
{
	*score = (struct score){0};
	for (unsigned i = 0; i < problem->n_clinics; i++)
		score_clinic(problem, places, i, score);
	for (unsigned i = 0; i < problem->n_shifts; i++) {
		const struct problem_shift *shift = &problem->shifts[i];
		int gaps = 0;
		for (int place = 0; place < shift->need; place++)
			gaps += places[2 * i + (unsigned)place] < 0;
		score->gaps += gaps;
		score->empty += shift->need && gaps == shift->need && !shift->other;
	}
	score_overruns(problem, score);
}

int score_compare(const struct score *a, const struct score *b, bool uneven)
{
	if (a->gaps != b->gaps)
		return a->gaps - b->gaps;
	if (a->empty != b->empty)
		return a->empty - b->empty;
	if (a->worst_over != b->worst_over)
		return a->worst_over - b->worst_over;
	if (a->sum_over != b->sum_over)
		return a->sum_over - b->sum_over;
	if (!uneven || a->uneven == b->uneven)
		return 0;
	return a->uneven < b->uneven ? -1 : 1;
}

/* ---- first and second --------------------------------------------------------------------- */

struct edges {
	const struct plan_input *input;
	struct plan *plan;
	int *surplus; /* by clinic: duties in the first place less those in the second */
	unsigned *by; /* by clinic: the shift by which it was reached */
	bool *reached;
	unsigned *queue;
};

/* May the clinics of its places be exchanged? */
static bool may_turn(const struct edges *edges, unsigned shift)
{
	return edges->input->shifts[shift].fixed[0] == PLAN_FREE &&
	       edges->input->shifts[shift].fixed[1] == PLAN_FREE &&
	       edges->plan->places[shift][0] >= 0 && edges->plan->places[shift][1] >= 0;
}

static void turn(struct edges *edges, unsigned shift)
{
	int *places = edges->plan->places[shift], first = places[0];

	edges->surplus[first] -= 2;
	edges->surplus[places[1]] += 2;
	places[0] = places[1];
	places[1] = first;
}

/* From clinic to clinic, from the first to the second of a shift, to one with less by more than two:
 * each shift on the way is turned. False: there is none. */
static bool level(struct edges *edges, unsigned start)
{
	unsigned n = 0;

	memset(edges->reached, 0, edges->input->n_clinics * sizeof(bool));
	edges->queue[n++] = start;
	edges->reached[start] = true;
	for (unsigned i = 0; i < n; i++) {
		unsigned clinic = edges->queue[i];
		if (edges->surplus[clinic] < edges->surplus[start] - 2) {
			while (clinic != start) {
				unsigned shift = edges->by[clinic];
				clinic = (unsigned)edges->plan->places[shift][0];
				turn(edges, shift);
			}
			return true;
		}
		for (unsigned shift = 0; shift < edges->input->n_shifts; shift++) {
			int *places = edges->plan->places[shift];
			if (places[0] != (int)clinic || !may_turn(edges, shift) ||
			    edges->reached[places[1]])
				continue;
			edges->reached[places[1]] = true;
			edges->by[places[1]] = shift;
			edges->queue[n++] = (unsigned)places[1];
		}
	}
	return false;
}

/* Who is first so far, and is left so, is chance; then it is made as even as can be. */
static int level_places(const struct plan_input *input, struct arena *arena, struct plan *plan)
{
	struct edges edges = {.input = input, .plan = plan};
	size_t n = input->n_clinics;
	bool changed = true;

	edges.surplus = arena_alloc(arena, n * sizeof(*edges.surplus));
	edges.by = arena_alloc(arena, n * sizeof(*edges.by));
	edges.reached = arena_alloc(arena, n * sizeof(*edges.reached));
	edges.queue = arena_alloc(arena, n * sizeof(*edges.queue));
	if (arena->spent)
		return ERR_NOMEM;
	for (unsigned i = 0; i < n; i++) {
		edges.surplus[i] = 2 * (int)input->clinics[i].had_first;
		for (int k = 0; k < CATEGORIES; k++)
			edges.surplus[i] -= (int)input->clinics[i].had[k];
	}
	for (unsigned i = 0; i < input->n_shifts; i++)
		for (int place = 0; place < 2; place++)
			if (plan->places[i][place] >= 0)
				edges.surplus[plan->places[i][place]] += place ? -1 : 1;
	while (changed) {
		changed = false;
		for (unsigned i = 0; i < n; i++)
			changed |= level(&edges, i);
	}
	return 0;
}

/* ---- the plan ----------------------------------------------------------------------------- */

static int solve(struct part *part, struct arena *arena)
{
	int *places = arena_alloc(arena, 2 * part->problem.n_shifts * sizeof(int));
	struct score score;
	int error;

	if (!places)
		return ERR_NOMEM;
	for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
		error = plan_search(&part->problem, attempt, arena, places, &score);
		if (error)
			return error;
		if (!attempt || score_compare(&score, &part->score, true) < 0) {
			part->score = score;
			memcpy(part->places, places, 2 * part->problem.n_shifts * sizeof(int));
		}
		if (!part->score.gaps && !part->score.worst_over) {
			part->exact = (struct exact){true, {true, true, true}};
			return 0;
		}
	}
	return plan_exact(&part->problem, arena, part->places, &part->score, &part->exact);
}

/* Into the places that were not fixed; a single one into the first. */
static void set_places(const struct plan_input *input, const struct part *part, struct plan *plan)
{
	for (unsigned i = 0; i < part->problem.n_shifts; i++) {
		unsigned shift = part->shifts[i];
		const int *fixed = input->shifts[shift].fixed;
		int found[2] = {part->places[2 * i], part->places[2 * i + 1]}, n = 0;
		if (found[0] < 0) {
			found[0] = found[1];
			found[1] = -1;
		}
		for (int place = 0; place < 2; place++) {
			int *out = &plan->places[shift][place];
			*out = fixed[place];
			if (fixed[place] != PLAN_FREE)
				continue;
			*out = found[n] >= 0 ? (int)part->clinics[found[n]] : PLAN_FREE;
			plan->gaps += found[n] < 0;
			n++;
		}
	}
}

static void add_fairness(const struct part *part, struct plan *plan)
{
	const struct score *score = &part->score;

	plan->fewest_gaps &= part->exact.gaps_proven;
	for (int k = 0; k < CATEGORIES; k++) {
		Fairness *out = &plan->fairness[k];
		double least = (double)score->least[k] / part->problem.scale;
		double most = (double)score->most[k] / part->problem.scale;
		if (out->category == DUTY_CATEGORY_UNSPECIFIED ||
		    most - least > out->most - out->least) {
			out->least = least;
			out->most = most;
		}
		out->within_one = (out->category == DUTY_CATEGORY_UNSPECIFIED || out->within_one) &&
				  !score->over[k];
		out->proven_best =
			(out->category == DUTY_CATEGORY_UNSPECIFIED || out->proven_best) &&
			(!score->over[k] || part->exact.over_proven[k]);
		out->category = (DutyCategory)(k + 1);
	}
}

/* Shifts of that area, or all of them; the clinics that can have them. */
static int plan_part(const struct plan_input *input, bool all, Area area, struct arena *arena,
		     struct plan *plan)
{
	struct part part = {0};
	int error;

	part.clinics = arena_alloc(arena, input->n_clinics * sizeof(unsigned));
	part.shifts = arena_alloc(arena, input->n_shifts * sizeof(unsigned));
	if (arena->spent)
		return ERR_NOMEM;
	for (unsigned i = 0; i < input->n_clinics; i++)
		if (all || input->clinics[i].area == area)
			part.clinics[part.problem.n_clinics++] = i;
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (all || input->shifts[i].area == area)
			part.shifts[part.problem.n_shifts++] = i;
	if (!part.problem.n_shifts)
		return 0;
	error = make_problem(input, arena, &part);
	if (!error)
		error = solve(&part, arena);
	if (error)
		return error;
	set_places(input, &part, plan);
	add_fairness(&part, plan);
	return 0;
}

int plan_make(const struct plan_input *input, struct arena *arena, struct plan *plan)
{
	struct plan made = {.fewest_gaps = true};
	bool all = false;
	int error = 0;

	if (!input_valid(input))
		return ERR_INVALID;
	for (int k = 0; k < CATEGORIES; k++)
		made.fairness[k] = (Fairness)Fairness_INIT;
	made.places = arena_alloc(arena, input->n_shifts * sizeof(*made.places));
	if (!made.places)
		return ERR_NOMEM;
	for (unsigned i = 0; i < input->n_shifts; i++)
		all |= input->shifts[i].area == AREA_UNSPECIFIED;
	if (all)
		error = plan_part(input, true, AREA_UNSPECIFIED, arena, &made);
	for (Area area = AREA_NORTH; !all && !error && area <= AREA_SOUTH; area++)
		error = plan_part(input, false, area, arena, &made);
	if (!error)
		error = level_places(input, arena, &made);
	if (error)
		return error;
	for (int k = 0; k < CATEGORIES; k++)
		if (made.fairness[k].category == DUTY_CATEGORY_UNSPECIFIED) {
			made.fairness[k].category = (DutyCategory)(k + 1);
			made.fairness[k].within_one = made.fairness[k].proven_best = true;
		}
	*plan = made;
	return 0;
}

/* ---- why there is a gap ------------------------------------------------------------------- */

enum plan_why plan_why(const struct plan_input *input, const struct plan *plan, unsigned shift,
		       unsigned clinic)
{
	const struct plan_shift *s = &input->shifts[shift];
	unsigned duties = 0;
	bool resting = false;

	if (!of_area(s, &input->clinics[clinic]))
		return PLAN_OTHER_AREA;
	if (plan->places[shift][0] == (int)clinic || plan->places[shift][1] == (int)clinic)
		return PLAN_OTHER_PLACE;
	if (input->blocked[clinic * input->n_shifts + shift])
		return PLAN_BLOCKED;
	for (unsigned i = 0; i < input->n_around; i++) {
		const struct plan_duty *duty = &input->around[i];
		resting |=
			duty->clinic == clinic && too_close(s->from_ms, s->until_ms, duty->from_ms,
							    duty->until_ms, input->rest_ms);
	}
	for (unsigned i = 0; i < input->n_shifts; i++)
		for (int place = 0; place < 2; place++)
			if (plan->places[i][place] == (int)clinic) {
				resting |= shifts_clash(input, shift, i);
				duties++;
			}
	if (resting)
		return PLAN_RESTING;
	return duties >= input->clinics[clinic].most ? PLAN_FULL : PLAN_COULD;
}

GapReason plan_gap_reason(const struct plan_input *input, const struct plan *plan, unsigned shift)
{
	bool any = false;

	for (unsigned i = 0; i < input->n_clinics; i++) {
		enum plan_why why = plan_why(input, plan, shift, i);
		if (why == PLAN_OTHER_AREA)
			continue;
		if (why != PLAN_BLOCKED)
			return GAP_REASON_NOBODY_LEFT;
		any = true;
	}
	return any ? GAP_REASON_ALL_BLOCKED : GAP_REASON_NOBODY_LEFT;
}
