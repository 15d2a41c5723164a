/* How long a rota's plan takes: a month of 33 clinics, a year of 300. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/lib/rota_month.h"

#define MONTHS 100
#define MEMORY_BYTES (64u << 20)

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double timed(const struct rota_month *month, struct arena *arena, struct plan *plan)
{
	double begin_s = now_s();

	if (plan_make(&month->input, arena, plan)) {
		fprintf(stderr, "bench-rota: no plan\n");
		exit(1);
	}
	return now_s() - begin_s;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static bool within_one(const struct plan *plan)
{
	for (int k = 0; k < SHIFT_CATEGORIES; k++)
		if (!plan->fairness[k].within_one)
			return false;
	return true;
}

static bool proven(const struct plan *plan)
{
	for (int k = 0; k < SHIFT_CATEGORIES; k++)
		if (!plan->fairness[k].proven_best)
			return false;
	return plan->fewest_gaps;
}

static void random_months(void)
{
	struct arena arena;
	double times[MONTHS];
	unsigned fair = 0, gaps = 0, best = 0;

	arena_init(&arena, MEMORY_BYTES);
	for (unsigned i = 0; i < MONTHS; i++) {
		struct rng rng = rng_make(i, 0);
		struct rota_month month;
		struct plan made;
		rota_month_random(&month, &rng, &arena);
		times[i] = timed(&month, &arena, &made);
		fair += within_one(&made);
		gaps += made.gaps > 0;
		best += proven(&made);
		arena_reset(&arena);
	}
	qsort(times, MONTHS, sizeof(*times), by_value);
	printf("rota, a month of 33 clinics, %d random ones: median %.2f s, 90th %.2f s, longest "
	       "%.2f "
	       "s\n"
	       "  nobody more than one ahead in %u, gaps in %u, proven best %u\n",
	       MONTHS, times[MONTHS / 2], times[MONTHS * 9 / 10], times[MONTHS - 1], fair, gaps,
	       best);
	arena_close(&arena);
}

/* Each month's duties are the next one's history. */
static void add_history(const struct rota_month *month, const struct plan *plan,
			struct plan_clinic *clinics)
{
	for (unsigned i = 0; i < month->input.n_shifts; i++)
		for (int place = 0; place < 2; place++) {
			int clinic = plan->places[i][place];
			if (clinic < 0)
				continue;
			clinics[clinic].had[month->shifts[i].category - 1]++;
			clinics[clinic].had_first += place == 0;
		}
}

static void year(unsigned n_clinics, unsigned n_enhanced, bool by_area, uint32_t blocked)
{
	struct plan_clinic *history = calloc(n_clinics, sizeof(*history));
	struct rng rng = rng_make(1, n_clinics);
	unsigned fair = 0, gaps = 0, best = 0;
	double all = 0, longest = 0;
	struct arena arena;

	arena_init(&arena, MEMORY_BYTES);
	for (int i = 0; history && i < 12; i++) {
		struct rota_month month;
		struct plan made;
		char name[16];
		snprintf(name, sizeof(name), "%d-%02d", 2026 + (i + 3) / 12, (i + 3) % 12 + 1);
		rota_month_make(&month, name, by_area, n_clinics, n_enhanced, &arena);
		for (unsigned c = 0; c < n_clinics; c++) {
			for (int k = 0; k < SHIFT_CATEGORIES; k++)
				month.clinics[c].had[k] = history[c].had[k];
			month.clinics[c].had_first = history[c].had_first;
			rota_month_block(&month, c, blocked, &rng);
		}
		double took = timed(&month, &arena, &made);
		add_history(&month, &made, history);
		all += took;
		longest = took > longest ? took : longest;
		fair += within_one(&made);
		gaps += made.gaps > 0;
		best += proven(&made);
		arena_reset(&arena);
	}
	printf("rota, a year of %u clinics%s, %u %% of their days blocked: %.2f s, longest month "
	       "%.2f "
	       "s\n"
	       "  nobody more than one ahead in %u, gaps in %u, proven best %u\n",
	       n_clinics, by_area ? ", by area" : "", blocked / 10, all, longest, fair, gaps, best);
	arena_close(&arena);
	free(history);
}

int main(void)
{
	random_months();
	year(33, 4, false, 300);
	year(300, 40, false, 300);
	year(300, 40, true, 300);
	year(300, 40, false, 900);
	return 0;
}
