#include "plan_search.h"

#include <math.h>
#include <string.h>

#include "error.h"

#define STEPS_A_PLACE 4000
#define TRIES 8 /* to find somebody for a place that became free */
/* What a step may cost: from many duties' unevenness to none. */
#define HOTTEST 3.0
#define COLDEST 0.03
/* Energy, in units of unevenness (one duty more for somebody who has none: 1). */
#define OF_GAP 60.0
#define OF_EMPTY 20.0
#define OF_WORST 6.0
#define OF_SUM 3.0

struct search {
	const struct problem *problem;
	uint64_t random;
	int *places, *best_places;
	unsigned *slots; /* the free places: 2 * shift + 0 or 1 */
	unsigned n_slots;
	unsigned *can_start, *can; /* by shift: who is allowed */
	int *load;                 /* by clinic */
	int *held;                 /* [clinic * n_shifts + shift]: its place there, or -1 */
	int *busy;                 /* …: how many of its duties clash with that shift */
	int *filled;               /* by shift */
	int *duties[CATEGORIES];   /* by clinic, with those had */
	int *counts[CATEGORIES];   /* how many clinics stand at so many units */
	struct score now, best;
	struct change {
		unsigned slot;
		int before;
	} changes[8];
	unsigned n_changes;
};

static uint64_t draw(struct search *search)
{
	uint64_t x = search->random += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static unsigned below(struct search *search, unsigned limit)
{
	return (unsigned)(((draw(search) >> 32) * limit) >> 32);
}

/* ---- who stands where --------------------------------------------------------------------- */

/* by: 1 or -1 */
static void count(struct search *search, unsigned clinic, int category, int by)
{
	const struct problem_clinic *c = &search->problem->clinics[clinic];
	struct score *now = &search->now;
	int *counts = search->counts[category], *duties = &search->duties[category][clinic];
	int from = *duties * c->step, to = from + by * c->step;

	now->uneven += UNEVEN_SCALE / search->problem->scale * c->step * (2 * *duties * by + 1);
	*duties += by;
	counts[from]--;
	counts[to]++;
	if (to > now->most[category])
		now->most[category] = to;
	if (to < now->least[category])
		now->least[category] = to;
	while (!counts[now->most[category]])
		now->most[category]--;
	while (!counts[now->least[category]])
		now->least[category]++;
}

static void set_busy(struct search *search, unsigned clinic, unsigned shift, int by)
{
	const struct problem *problem = search->problem;
	int *busy = search->busy + clinic * problem->n_shifts;

	for (unsigned i = problem->clash_start[shift]; i < problem->clash_start[shift + 1]; i++)
		busy[problem->clashes[i]] += by;
}

static bool without_anybody(const struct search *search, unsigned shift)
{
	return !search->filled[shift] && !search->problem->shifts[shift].other;
}

static void set_place(struct search *search, unsigned slot, int clinic)
{
	unsigned shift = slot / 2, n_shifts = search->problem->n_shifts;
	int category = search->problem->shifts[shift].category, before = search->places[slot];

	search->now.empty -= without_anybody(search, shift);
	if (before >= 0) {
		count(search, (unsigned)before, category, -1);
		set_busy(search, (unsigned)before, shift, -1);
		search->load[before]--;
		search->held[(unsigned)before * n_shifts + shift] = -1;
		search->filled[shift]--;
		search->now.gaps++;
	}
	if (clinic >= 0) {
		count(search, (unsigned)clinic, category, 1);
		set_busy(search, (unsigned)clinic, shift, 1);
		search->load[clinic]++;
		search->held[(unsigned)clinic * n_shifts + shift] = (int)slot;
		search->filled[shift]++;
		search->now.gaps--;
	}
	search->now.empty += without_anybody(search, shift);
	search->places[slot] = clinic;
}

static void change(struct search *search, unsigned slot, int clinic)
{
	search->changes[search->n_changes++] = (struct change){slot, search->places[slot]};
	set_place(search, slot, clinic);
}

static void take_back(struct search *search)
{
	while (search->n_changes) {
		const struct change *last = &search->changes[--search->n_changes];
		set_place(search, last->slot, last->before);
	}
}

static bool is_free(const struct search *search, unsigned clinic, unsigned shift)
{
	return !search->busy[clinic * search->problem->n_shifts + shift] &&
	       search->load[clinic] < search->problem->clinics[clinic].room;
}

static double energy(struct search *search)
{
	struct score *now = &search->now;
	int scale = search->problem->scale;

	score_overruns(search->problem, now);
	return OF_GAP * now->gaps + OF_EMPTY * now->empty +
	       (OF_WORST * now->worst_over + OF_SUM * now->sum_over) / scale +
	       (double)now->uneven / UNEVEN_SCALE;
}

/* ---- a step ------------------------------------------------------------------------------- */

/* The one place that keeps a clinic from having the shift; -1: there is none, or more than one. */
static int in_the_way(struct search *search, unsigned clinic, unsigned shift)
{
	const struct problem *problem = search->problem;
	const int *held = search->held + clinic * problem->n_shifts;
	int busy = search->busy[clinic * problem->n_shifts + shift];

	if (busy > 1 || held[shift] >= 0)
		return -1;
	if (busy) {
		for (unsigned i = problem->clash_start[shift]; i < problem->clash_start[shift + 1];
		     i++)
			if (held[problem->clashes[i]] >= 0)
				return held[problem->clashes[i]];
		return -1;
	}
	unsigned start = below(search, problem->n_shifts);
	for (unsigned i = 0; i < problem->n_shifts; i++)
		if (held[(start + i) % problem->n_shifts] >= 0)
			return held[(start + i) % problem->n_shifts];
	return -1;
}

/* first: who is asked before all others; -1: nobody */
static void fill(struct search *search, unsigned slot, int first)
{
	unsigned shift = slot / 2, start = search->can_start[shift];
	unsigned n = search->can_start[shift + 1] - start;

	if (first >= 0 && problem_allows(search->problem, (unsigned)first, shift) &&
	    is_free(search, (unsigned)first, shift)) {
		change(search, slot, first);
		return;
	}
	for (unsigned i = 0; i < TRIES && n; i++) {
		unsigned clinic = search->can[start + below(search, n)];
		if (is_free(search, clinic, shift)) {
			change(search, slot, (int)clinic);
			return;
		}
	}
}

/* Gives a place to somebody else; who has no room for it gives away what is in the way. */
static bool step(struct search *search)
{
	unsigned slot = search->slots[below(search, search->n_slots)], shift = slot / 2;
	unsigned start = search->can_start[shift], n = search->can_start[shift + 1] - start;
	int before = search->places[slot], other;

	if (!n)
		return false;
	unsigned clinic = search->can[start + below(search, n)];
	if ((int)clinic == before)
		return false;
	if (before >= 0)
		change(search, slot, -1);
	if (is_free(search, clinic, shift)) {
		change(search, slot, (int)clinic);
		return true;
	}
	other = in_the_way(search, clinic, shift);
	if (other < 0)
		return false;
	change(search, (unsigned)other, -1);
	if (!is_free(search, clinic, shift))
		return false;
	change(search, slot, (int)clinic);
	fill(search, (unsigned)other, before);
	return true;
}

static void anneal(struct search *search)
{
	unsigned steps = search->n_slots * STEPS_A_PLACE;
	double heat = HOTTEST, cooling = pow(COLDEST / HOTTEST, 1.0 / steps);
	double here = energy(search);

	for (unsigned i = 0; i < steps; i++, heat *= cooling) {
		search->n_changes = 0;
		if (!step(search)) {
			take_back(search);
			continue;
		}
		double there = energy(search);
		double luck = ((double)(draw(search) >> 11) + 0.5) * 0x1p-53;
		if (there > here && luck > exp((here - there) / heat)) {
			take_back(search);
			continue;
		}
		here = there;
		if (score_compare(&search->now, &search->best, true) < 0) {
			search->best = search->now;
			memcpy(search->best_places, search->places,
			       2 * search->problem->n_shifts * sizeof(*search->places));
		}
	}
}

/* ---- beginning ---------------------------------------------------------------------------- */

static bool make_lists(struct search *search, struct arena *arena)
{
	const struct problem *problem = search->problem;
	unsigned n = 0;

	search->slots = arena_alloc(arena, 2 * problem->n_shifts * sizeof(*search->slots));
	search->can_start = arena_alloc(arena, (problem->n_shifts + 1) * sizeof(unsigned));
	search->can = arena_alloc(arena, (size_t)problem->n_clinics * problem->n_shifts *
						 sizeof(unsigned));
	if (!search->slots || !search->can_start || !search->can)
		return false;
	for (unsigned shift = 0; shift < problem->n_shifts; shift++) {
		for (int i = 0; i < problem->shifts[shift].need; i++)
			search->slots[search->n_slots++] = 2 * shift + (unsigned)i;
		search->can_start[shift] = n;
		for (unsigned clinic = 0; clinic < problem->n_clinics; clinic++)
			if (problem_allows(problem, clinic, shift))
				search->can[n++] = clinic;
	}
	search->can_start[problem->n_shifts] = n;
	return true;
}

static bool make_counts(struct search *search, struct arena *arena)
{
	const struct problem *problem = search->problem;
	int highest = 0;

	for (int k = 0; k < CATEGORIES; k++)
		for (unsigned i = 0; i < problem->n_clinics; i++) {
			const struct problem_clinic *c = &problem->clinics[i];
			int top = (c->had[k] + (int)problem->n_shifts) * c->step;
			highest = top > highest ? top : highest;
		}
	for (int k = 0; k < CATEGORIES; k++) {
		search->duties[k] = arena_alloc(arena, problem->n_clinics * sizeof(int));
		search->counts[k] = arena_alloc(arena, ((unsigned)highest + 1) * sizeof(int));
		if (!search->duties[k] || !search->counts[k])
			return false;
		for (unsigned i = 0; i < problem->n_clinics; i++) {
			search->duties[k][i] = problem->clinics[i].had[k];
			search->counts[k][problem->clinics[i].had[k] * problem->clinics[i].step]++;
		}
	}
	return true;
}

int plan_search(const struct problem *problem, unsigned attempt, struct arena *arena, int *places,
		struct score *score)
{
	struct search search = {.problem = problem, .best_places = places};
	size_t pairs = (size_t)problem->n_clinics * problem->n_shifts;

	search.random = problem->seed + attempt * 0xd1342543de82ef95u;
	search.places = arena_alloc(arena, 2 * problem->n_shifts * sizeof(int));
	search.load = arena_alloc(arena, problem->n_clinics * sizeof(int));
	search.held = arena_alloc(arena, pairs * sizeof(int));
	search.busy = arena_alloc(arena, pairs * sizeof(int));
	search.filled = arena_alloc(arena, problem->n_shifts * sizeof(int));
	if (!search.places || !search.load || !search.held || !search.busy || !search.filled ||
	    !make_lists(&search, arena) || !make_counts(&search, arena))
		return ERR_NOMEM;
	for (size_t i = 0; i < pairs; i++)
		search.held[i] = -1;
	for (unsigned i = 0; i < 2 * problem->n_shifts; i++)
		search.places[i] = places[i] = -1;
	problem_score(problem, places, &search.now);
	for (unsigned i = 0; i < search.n_slots; i++) {
		search.n_changes = 0;
		fill(&search, search.slots[i], -1);
	}
	energy(&search);
	search.best = search.now;
	memcpy(places, search.places, 2 * problem->n_shifts * sizeof(int));
	if (search.n_slots)
		anneal(&search);
	*score = search.best;
	return 0;
}
