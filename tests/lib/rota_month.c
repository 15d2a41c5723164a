#include "rota_month.h"

#include <stdio.h>
#include <stdlib.h>

#include "date.h"

#define HOUR_MS (3600LL * 1000)
#define REST_MS (48 * HOUR_MS)
#define MOST 4
#define AROUND_MAX 64

static void *need(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		abort();
	}
	return memory;
}

static void allocate(struct rota_month *month, unsigned n_clinics, unsigned n_shifts,
		     struct arena *arena)
{
	*month = (struct rota_month){0};
	month->clinics = need(arena_alloc(arena, n_clinics * sizeof(*month->clinics)));
	month->shifts = need(arena_alloc(arena, n_shifts * sizeof(*month->shifts)));
	month->blocked = need(arena_alloc(arena, n_clinics * n_shifts * sizeof(bool)));
	month->around = need(arena_alloc(arena, AROUND_MAX * sizeof(*month->around)));
	month->input = (struct plan_input){
		.clinics = month->clinics,
		.n_clinics = n_clinics,
		.shifts = month->shifts,
		.n_shifts = n_shifts,
		.blocked = month->blocked,
		.around = month->around,
		.rest_ms = REST_MS,
	};
}

void rota_month_make(struct rota_month *month, const char *name, bool by_area, unsigned n_clinics,
		     unsigned n_enhanced, struct arena *arena)
{
	RotaSettings *settings = need(shift_settings_default(arena));
	Shift **shifts;
	size_t n_shifts;
	int64_t first, last;

	settings->by_area = by_area;
	if (shift_month_days(name, &first, &last) ||
	    shift_list(settings, first, last, first, arena, &shifts, &n_shifts))
		abort();
	allocate(month, n_clinics, (unsigned)n_shifts, arena);
	for (unsigned i = 0; i < n_shifts; i++)
		month->shifts[i] = (struct plan_shift){
			.from_ms = shifts[i]->from_ms,
			.until_ms = shifts[i]->until_ms,
			.category = shift_category(shifts[i]->kind),
			.area = shifts[i]->area,
			.fixed = {PLAN_FREE, PLAN_FREE},
		};
	for (unsigned i = 0; i < n_clinics; i++) {
		uint32_t weight = i < n_enhanced ? 2 : 1;
		month->clinics[i] = (struct plan_clinic){
			.area = (Area)(AREA_NORTH + i % 3),
			.weight = weight,
			.most = MOST * weight,
		};
	}
}

static int64_t day_of(const struct rota_month *month, unsigned shift)
{
	return (month->shifts[shift].from_ms + JAPAN_OFFSET_MS) / DAY_MS;
}

static void block(struct rota_month *month, unsigned clinic, unsigned shift)
{
	month->blocked[clinic * month->input.n_shifts + shift] = true;
}

void rota_month_block(struct rota_month *month, unsigned clinic, uint32_t per_mille,
		      struct rng *rng)
{
	bool blocked = false;

	for (unsigned i = 0; i < month->input.n_shifts; i++) {
		if (!i || day_of(month, i) != day_of(month, i - 1))
			blocked = rng_chance(rng, per_mille);
		if (blocked)
			block(month, clinic, i);
	}
}

/* A day that nearly everybody wants free. */
static void block_for_most(struct rota_month *month, struct rng *rng)
{
	unsigned shift = rng_below(rng, month->input.n_shifts);
	uint32_t chance = (uint32_t)rng_between(rng, 800, 1000);
	int64_t days = rng_between(rng, 1, 4);

	for (unsigned clinic = 0; clinic < month->input.n_clinics; clinic++)
		for (unsigned i = shift; i < month->input.n_shifts; i++)
			if (day_of(month, i) < day_of(month, shift) + days &&
			    rng_chance(rng, chance))
				block(month, clinic, i);
}

static void give_history(struct rota_month *month, struct rng *rng)
{
	/* months gone by, and how uneven they have been */
	static const int64_t a_month[SHIFT_CATEGORIES] = {1300, 250, 600};
	int64_t months = rng_between(rng, 0, 11),
		spread = rng_between(rng, 0, rng_chance(rng, 700) ? 1 : 4);

	for (unsigned i = 0; i < month->input.n_clinics; i++) {
		struct plan_clinic *clinic = &month->clinics[i];
		uint32_t all = 0;
		for (int k = 0; k < SHIFT_CATEGORIES; k++) {
			int64_t duties = a_month[k] * months * clinic->weight / 1000 +
					 rng_between(rng, -(spread / 2), (spread + 1) / 2);
			clinic->had[k] = duties > 0 ? (uint32_t)duties : 0;
			all += clinic->had[k];
		}
		clinic->had_first = (uint32_t)rng_between(rng, all / 3, all - all / 3);
	}
}

static void fix_around(struct rota_month *month, struct rng *rng)
{
	int64_t begin_ms = month->shifts[0].from_ms;
	int64_t end_ms = month->shifts[month->input.n_shifts - 1].from_ms;

	for (int day = 1; day <= 4; day++)
		for (int i = 0; i < 4; i++) {
			int64_t from_ms = i % 2 ? end_ms + day * DAY_MS : begin_ms - day * DAY_MS;
			month->around[month->input.n_around++] = (struct plan_duty){
				.clinic = rng_below(rng, month->input.n_clinics),
				.from_ms = from_ms,
				.until_ms = from_ms + 14 * HOUR_MS,
			};
		}
}

/* What an administrator has set by hand: also what no plan would. */
static void fix_places(struct rota_month *month, struct rng *rng)
{
	unsigned n = rng_below(rng, 7);

	while (n--) {
		struct plan_shift *shift = &month->shifts[rng_below(rng, month->input.n_shifts)];
		int clinic = (int)rng_below(rng, month->input.n_clinics);
		shift->fixed[rng_below(rng, 2)] = rng_chance(rng, 700)   ? clinic
						  : rng_chance(rng, 500) ? PLAN_NOBODY
									 : PLAN_OUTSIDE;
	}
}

void rota_month_random(struct rota_month *month, struct rng *rng, struct arena *arena)
{
	static const uint32_t densities[] = {0, 50, 150, 300, 400, 500, 600, 680, 740, 800, 850};
	bool by_area = rng_chance(rng, 150);
	uint32_t away = rng_chance(rng, 300) ? 60 : 0;
	uint32_t density = densities[rng_below(rng, sizeof(densities) / sizeof(*densities))];
	char name[16];

	snprintf(name, sizeof(name), "20%02d-%02d", (int)rng_between(rng, 26, 29),
		 (int)rng_between(rng, 1, 12));
	rota_month_make(month, name, by_area, 33, 4, arena);
	/* the number of places is 72 or so, three times as many by area */
	uint32_t most = (uint32_t)(by_area ? rng_between(rng, 6, 9) : rng_between(rng, 2, 5));
	for (unsigned i = 0; i < month->input.n_clinics; i++) {
		month->clinics[i].most = most * month->clinics[i].weight;
		rota_month_block(month, i, rng_chance(rng, away) ? 1000 : density, rng);
	}
	if (rng_chance(rng, 200))
		block_for_most(month, rng);
	if (rng_chance(rng, 700))
		give_history(month, rng);
	if (rng_chance(rng, 700))
		fix_around(month, rng);
	if (rng_chance(rng, 300))
		fix_places(month, rng);
	month->input.rest_ms = rng_chance(rng, 700) ? REST_MS : rng_between(rng, 0, 120) * HOUR_MS;
	month->input.seed = rng_u64(rng);
}

void rota_month_small(struct rota_month *month, struct rng *rng, struct arena *arena)
{
	unsigned n_clinics = (unsigned)rng_between(rng, 2, 6);
	unsigned n_shifts = (unsigned)rng_between(rng, 1,
						  n_clinics > 5   ? 4
						  : n_clinics > 4 ? 5
								  : 6);
	int64_t from_ms = 1790000000000;

	allocate(month, n_clinics, n_shifts, arena);
	for (unsigned i = 0; i < n_shifts; i++) {
		month->shifts[i] = (struct plan_shift){
			.from_ms = from_ms,
			.until_ms = from_ms + rng_between(rng, 4, 20) * HOUR_MS,
			.category = (DutyCategory)rng_between(rng, 1, 3),
			.fixed = {PLAN_FREE, PLAN_FREE},
		};
		from_ms += rng_between(rng, 0, 30) * HOUR_MS;
	}
	for (unsigned i = 0; i < n_clinics; i++) {
		struct plan_clinic *clinic = &month->clinics[i];
		clinic->weight = rng_chance(rng, 700) ? 1 : (uint32_t)rng_between(rng, 2, 4);
		clinic->most = (uint32_t)rng_between(rng, rng_chance(rng, 900), n_shifts);
		for (int k = 0; k < SHIFT_CATEGORIES; k++)
			clinic->had[k] = rng_below(rng, rng_chance(rng, 500) ? 2 : 5);
		rota_month_block(month, i, rng_below(rng, 350), rng);
	}
	if (rng_chance(rng, 300))
		fix_places(month, rng);
	month->input.rest_ms = rng_between(rng, 0, 24) * HOUR_MS;
	month->input.seed = rng_u64(rng);
}
