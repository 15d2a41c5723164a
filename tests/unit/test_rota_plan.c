/* If this failed, a night would have nobody although somebody could have come, or one clinic would be
 * on duty more often than its neighbours, two nights on end, or on a day it had asked to have free.
 *
 * What a plan claims is not believed: its rules are checked here from the input alone, and where it has a
 * gap or a category is not within one, another solver (CBC, with a model of its own) must find that
 * nothing better exists. ROTA_MONTHS and ROTA_FIRST choose how many random months, and from which on. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "error.h"
#include "tests/lib/rota_month.h"
#include "tests/lib/temporary.h"

#define MEMORY_BYTES (64u << 20)
#define TWELFTHS 12
#define CBC_NODES 1000 /* not seconds: the answer must not depend on the machine */
#define VALUES_MAX 1024
#define HOUR_MS (3600LL * 1000)

static struct arena arena;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, MEMORY_BYTES);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* ---- the rules, from the input ------------------------------------------------------------ */

static bool rested(const struct plan_input *input, int64_t from_a, int64_t until_a, int64_t from_b,
		   int64_t until_b)
{
	return from_a - until_b >= input->rest_ms || from_b - until_a >= input->rest_ms;
}

static bool shifts_rested(const struct plan_input *input, unsigned a, unsigned b)
{
	return rested(input, input->shifts[a].from_ms, input->shifts[a].until_ms,
		      input->shifts[b].from_ms, input->shifts[b].until_ms);
}

static bool holds(const int (*places)[2], unsigned shift, unsigned clinic)
{
	return places[shift][0] == (int)clinic || places[shift][1] == (int)clinic;
}

/* A place that the plan filled. */
static void check_place(const struct plan_input *input, const struct plan *plan, unsigned shift,
			int place)
{
	const int(*places)[2] = (const int(*)[2])plan->places;
	const struct plan_shift *s = &input->shifts[shift];
	unsigned clinic = (unsigned)plan->places[shift][place], duties = 0;

	assert_true(clinic < input->n_clinics);
	assert_false(input->blocked[clinic * input->n_shifts + shift]);
	assert_true(s->area == AREA_UNSPECIFIED || s->area == input->clinics[clinic].area);
	assert_int_not_equal(plan->places[shift][!place], clinic);
	for (unsigned i = 0; i < input->n_shifts; i++) {
		if (!holds(places, i, clinic))
			continue;
		duties += 1u + (places[i][0] == places[i][1]);
		assert_true(i == shift || shifts_rested(input, i, shift));
	}
	assert_true(duties <= input->clinics[clinic].most);
	for (unsigned i = 0; i < input->n_around; i++)
		assert_true(input->around[i].clinic != clinic ||
			    rested(input, s->from_ms, s->until_ms, input->around[i].from_ms,
				   input->around[i].until_ms));
}

static void check_rules(const struct plan_input *input, const struct plan *plan)
{
	unsigned gaps = 0;

	for (unsigned i = 0; i < input->n_shifts; i++) {
		for (int place = 0; place < 2; place++) {
			int fixed = input->shifts[i].fixed[place];
			if (fixed != PLAN_FREE)
				assert_int_equal(plan->places[i][place], fixed);
			else if (plan->places[i][place] == PLAN_FREE)
				gaps++;
			else
				check_place(input, plan, i, place);
		}
		/* if there is one, it is the first */
		if (input->shifts[i].fixed[0] == PLAN_FREE &&
		    input->shifts[i].fixed[1] == PLAN_FREE)
			assert_false(plan->places[i][0] < 0 && plan->places[i][1] >= 0);
	}
	assert_int_equal(gaps, plan->gaps);
}

/* Of each gap it can be said why, and of everybody who does not have it. */
static void check_reasons(const struct plan_input *input, const struct plan *plan)
{
	for (unsigned i = 0; i < input->n_shifts; i++) {
		bool all = true;
		if (plan->places[i][0] != PLAN_FREE && plan->places[i][1] != PLAN_FREE)
			continue;
		for (unsigned clinic = 0; clinic < input->n_clinics; clinic++) {
			enum plan_why why = plan_why(input, plan, i, clinic);
			assert_int_not_equal(why, PLAN_COULD);
			all &= why == PLAN_BLOCKED || why == PLAN_OTHER_AREA;
			if (why == PLAN_BLOCKED)
				assert_true(input->blocked[clinic * input->n_shifts + i]);
		}
		assert_int_equal(plan_gap_reason(input, plan, i),
				 all ? GAP_REASON_ALL_BLOCKED : GAP_REASON_NOBODY_LEFT);
	}
}

/* ---- how good it is ----------------------------------------------------------------------- */

/* What is planned by itself: all, or an area. */
struct side {
	const struct plan_input *input;
	bool by_area;
	Area area;
};

struct worth {
	unsigned gaps, empty;
	int least[SHIFT_CATEGORIES], most[SHIFT_CATEGORIES], over[SHIFT_CATEGORIES]; /* twelfths */
	int worst, sum;
};

static bool has_clinic(const struct side *side, unsigned clinic)
{
	return !side->by_area || side->input->clinics[clinic].area == side->area;
}

static bool has_shift(const struct side *side, unsigned shift)
{
	return !side->by_area || side->input->shifts[shift].area == side->area;
}

static void count_shift(const struct side *side, const int (*places)[2], unsigned shift,
			struct worth *worth)
{
	const int *fixed = side->input->shifts[shift].fixed;
	unsigned gaps = 0, here = 0;

	for (int place = 0; place < 2; place++) {
		gaps += places[shift][place] == PLAN_FREE;
		here += places[shift][place] >= 0 || places[shift][place] == PLAN_OUTSIDE;
	}
	worth->gaps += gaps;
	worth->empty += !here && (fixed[0] == PLAN_FREE || fixed[1] == PLAN_FREE);
}

static struct worth worth_of(const struct side *side, const int (*places)[2])
{
	const struct plan_input *input = side->input;
	struct worth worth = {0};
	bool first = true;

	for (unsigned i = 0; i < input->n_clinics; i++) {
		int duties[SHIFT_CATEGORIES];
		if (!has_clinic(side, i))
			continue;
		for (int k = 0; k < SHIFT_CATEGORIES; k++)
			duties[k] = (int)input->clinics[i].had[k];
		for (unsigned j = 0; j < 2 * input->n_shifts; j++)
			if (places[j / 2][j % 2] == (int)i)
				duties[input->shifts[j / 2].category - 1]++;
		for (int k = 0; k < SHIFT_CATEGORIES; k++) {
			int value = duties[k] * TWELFTHS / (int)input->clinics[i].weight;
			worth.least[k] = first || value < worth.least[k] ? value : worth.least[k];
			worth.most[k] = first || value > worth.most[k] ? value : worth.most[k];
		}
		first = false;
	}
	for (int k = 0; k < SHIFT_CATEGORIES; k++) {
		int over = worth.most[k] - worth.least[k] - TWELFTHS;
		worth.over[k] = over > 0 ? over : 0;
		worth.sum += worth.over[k];
		worth.worst = worth.over[k] > worth.worst ? worth.over[k] : worth.worst;
	}
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i))
			count_shift(side, places, i, &worth);
	return worth;
}

static int compare(const struct worth *a, const struct worth *b)
{
	if (a->gaps != b->gaps)
		return a->gaps < b->gaps ? -1 : 1;
	if (a->empty != b->empty)
		return a->empty < b->empty ? -1 : 1;
	if (a->worst != b->worst)
		return a->worst < b->worst ? -1 : 1;
	return (a->sum > b->sum) - (a->sum < b->sum);
}

/* ---- the other solver --------------------------------------------------------------------- */

/* A plan with no more than this is looked for; -1: as many as there are. */
struct question {
	int gaps, empty, worst, sum; /* twelfths */
	int only;                    /* the category that matters; 0: all */
};

/* Could it be there if nobody else were, in a place that is free? */
static bool eligible(const struct plan_input *input, unsigned clinic, unsigned shift)
{
	const struct plan_shift *s = &input->shifts[shift];

	if ((s->fixed[0] != PLAN_FREE && s->fixed[1] != PLAN_FREE) ||
	    input->blocked[clinic * input->n_shifts + shift] ||
	    (s->area != AREA_UNSPECIFIED && s->area != input->clinics[clinic].area))
		return false;
	for (unsigned i = 0; i < input->n_around; i++)
		if (input->around[i].clinic == clinic &&
		    !rested(input, s->from_ms, s->until_ms, input->around[i].from_ms,
			    input->around[i].until_ms))
			return false;
	for (unsigned i = 0; i < input->n_shifts; i++)
		for (int place = 0; place < 2; place++)
			if (input->shifts[i].fixed[place] == (int)clinic &&
			    (i == shift || !shifts_rested(input, i, shift)))
				return false;
	return true;
}

static int fixed_duties(const struct plan_input *input, unsigned clinic, int category)
{
	int n = 0;

	for (unsigned i = 0; i < 2 * input->n_shifts; i++)
		n += input->shifts[i / 2].fixed[i % 2] == (int)clinic &&
		     (!category || (int)input->shifts[i / 2].category == category);
	return n;
}

/* x<clinic>_<shift> is 1 for who has it, g<shift> counts gaps, e<shift> is 1 without anybody. */
static void write_shifts(FILE *out, const struct side *side, const struct question *question)
{
	const struct plan_input *input = side->input;

	for (unsigned i = 0; i < input->n_shifts; i++) {
		const int *fixed = input->shifts[i].fixed;
		int need = (fixed[0] == PLAN_FREE) + (fixed[1] == PLAN_FREE);
		bool other = fixed[0] >= 0 || fixed[1] >= 0 || fixed[0] == PLAN_OUTSIDE ||
			     fixed[1] == PLAN_OUTSIDE;
		if (!has_shift(side, i) || !need)
			continue;
		fprintf(out, "g%u", i);
		for (unsigned c = 0; c < input->n_clinics; c++)
			if (has_clinic(side, c) && eligible(input, c, i))
				fprintf(out, " + x%u_%u\n", c, i);
		fprintf(out, " = %d\n", need);
		if (!other)
			fprintf(out, "g%u - e%u <= %d\n", i, i, need - 1);
	}
	fprintf(out, "gaps");
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i))
			fprintf(out, " - g%u\n", i);
	fprintf(out, " = 0\nempty");
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i))
			fprintf(out, " - e%u\n", i);
	fprintf(out, " = 0\ngaps <= %d\n", question->gaps);
	if (question->empty >= 0)
		fprintf(out, "empty <= %d\n", question->empty);
}

/* Of the shifts that are not over, with rest, when shift i begins, a clinic has one. */
static void write_rests(FILE *out, const struct side *side, unsigned clinic)
{
	const struct plan_input *input = side->input;

	for (unsigned i = 0; i < input->n_shifts; i++) {
		fprintf(out, "zero");
		for (unsigned j = 0; j <= i; j++)
			if (has_shift(side, j) && eligible(input, clinic, j) &&
			    (j == i || !shifts_rested(input, i, j)))
				fprintf(out, " + x%u_%u\n", clinic, j);
		fprintf(out, " <= 1\n");
	}
}

/* The values, in twelfths, that the least (or most) of a category can have, in order. */
struct scale {
	int values[VALUES_MAX];
	unsigned n;
};

/* How many duties a clinic may get in a category, and how many it has anyway. */
static int most_duties(const struct side *side, unsigned clinic, int category)
{
	const struct plan_input *input = side->input;
	int room = (int)input->clinics[clinic].most - fixed_duties(input, clinic, 0), n = 0;

	for (unsigned i = 0; i < input->n_shifts; i++)
		n += has_shift(side, i) && (int)input->shifts[i].category == category &&
		     eligible(input, clinic, i);
	return n < room ? n : room > 0 ? room : 0;
}

static int had_duties(const struct side *side, unsigned clinic, int category)
{
	return (int)side->input->clinics[clinic].had[category - 1] +
	       fixed_duties(side->input, clinic, category);
}

static bool attainable(const struct side *side, int category, int value)
{
	for (unsigned i = 0; i < side->input->n_clinics; i++) {
		int weight = (int)side->input->clinics[i].weight;
		int duties = value * weight / TWELFTHS - had_duties(side, i, category);
		if (has_clinic(side, i) && value * weight % TWELFTHS == 0 && duties >= 0 &&
		    duties <= most_duties(side, i, category))
			return true;
	}
	return false;
}

/* The least is not above what each can reach, the most not below what each has. */
static void make_scale(const struct side *side, int category, bool most, struct scale *scale)
{
	int from = 0, until = most ? 0 : INT_MAX;

	for (unsigned i = 0; i < side->input->n_clinics; i++) {
		int weight = (int)side->input->clinics[i].weight;
		int had = had_duties(side, i, category);
		int reach = (had + most_duties(side, i, category)) * TWELFTHS / weight;
		if (!has_clinic(side, i))
			continue;
		if (most && had * TWELFTHS / weight > from)
			from = had * TWELFTHS / weight;
		until = most == (reach > until) ? reach : until;
	}
	scale->n = 0;
	for (int value = from; value <= until; value++)
		if (!scale->n || attainable(side, category, value)) {
			assert_true(scale->n < VALUES_MAX);
			scale->values[scale->n++] = value;
		}
}

/* Duties that the value asks of a clinic at least, or leaves it at most. */
static int bound_at(const struct side *side, unsigned clinic, int category, bool most, int value)
{
	int weight = (int)side->input->clinics[clinic].weight;
	int had = had_duties(side, clinic, category), room = most_duties(side, clinic, category);
	int duties =
		(most ? value * weight / TWELFTHS : (value * weight + TWELFTHS - 1) / TWELFTHS) -
		had;

	return duties < 0 ? 0 : most && duties > room ? room : duties;
}

/* l<category>_<i> (most: u…) is 1 where the least is at least the i-th value of the scale. */
static void write_scale(FILE *out, const struct side *side, int k, bool most,
			const struct scale *scale)
{
	const struct plan_input *input = side->input;
	char name = most ? 'u' : 'l';

	for (unsigned i = 2; i < scale->n; i++)
		fprintf(out, "%c%d_%u - %c%d_%u >= 0\n", name, k, i - 1, name, k, i);
	fprintf(out, "%s%d", most ? "most" : "least", k);
	for (unsigned i = 1; i < scale->n; i++)
		fprintf(out, " - %d %c%d_%u\n", scale->values[i] - scale->values[i - 1], name, k,
			i);
	fprintf(out, " = %d\n", scale->values[0]);
	for (unsigned c = 0; c < input->n_clinics; c++) {
		if (!has_clinic(side, c))
			continue;
		int bound = bound_at(side, c, k, most, scale->values[0]), first = bound;
		fprintf(out, "zero");
		for (unsigned i = 0; i < input->n_shifts; i++)
			if (has_shift(side, i) && eligible(input, c, i) &&
			    (int)input->shifts[i].category == k)
				fprintf(out, " + x%u_%u\n", c, i);
		for (unsigned i = 1; i < scale->n; i++) {
			int next = bound_at(side, c, k, most, scale->values[i]);
			if (next != bound)
				fprintf(out, " - %d %c%d_%u\n", next - bound, name, k, i);
			bound = next;
		}
		fprintf(out, " %s %d\n", most ? "<=" : ">=", first);
	}
}

static void write_room(FILE *out, const struct side *side, unsigned clinic)
{
	const struct plan_input *input = side->input;
	int room = (int)input->clinics[clinic].most - fixed_duties(input, clinic, 0);

	fprintf(out, "zero");
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i) && eligible(input, clinic, i))
			fprintf(out, " + x%u_%u\n", clinic, i);
	fprintf(out, " <= %d\n", room > 0 ? room : 0);
}

static void write_names(FILE *out, const struct side *side, struct scale scales[][2])
{
	const struct plan_input *input = side->input;

	fprintf(out, "Bounds\nzero = 0\n");
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i))
			fprintf(out, "g%u <= 2\n", i);
	fprintf(out, "Generals\n");
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i))
			fprintf(out, "g%u\n", i);
	fprintf(out, "Binaries\n");
	for (unsigned i = 0; i < input->n_shifts; i++)
		if (has_shift(side, i))
			fprintf(out, "e%u\n", i);
	for (unsigned c = 0; c < input->n_clinics; c++)
		for (unsigned i = 0; i < input->n_shifts; i++)
			if (has_clinic(side, c) && has_shift(side, i) && eligible(input, c, i))
				fprintf(out, "x%u_%u\n", c, i);
	for (int k = 1; k <= SHIFT_CATEGORIES; k++)
		for (int most = 0; most < 2; most++)
			for (unsigned i = 1; i < scales[k][most].n; i++)
				fprintf(out, "%c%d_%u\n", most ? 'u' : 'l', k, i);
	fprintf(out, "End\n");
}

static void write_model(FILE *out, const struct side *side, const struct question *question)
{
	static struct scale scales[SHIFT_CATEGORIES + 1][2];

	memset(scales, 0, sizeof(scales));
	fprintf(out, "Minimize\nobj: zero\nSubject To\n");
	write_shifts(out, side, question);
	for (unsigned i = 0; i < side->input->n_clinics; i++)
		if (has_clinic(side, i)) {
			write_room(out, side, i);
			write_rests(out, side, i);
		}
	for (int k = 1; question->worst >= 0 && k <= SHIFT_CATEGORIES; k++) {
		if (question->only && question->only != k)
			continue;
		for (int most = 0; most < 2; most++) {
			make_scale(side, k, most, &scales[k][most]);
			write_scale(out, side, k, most, &scales[k][most]);
		}
		fprintf(out, "most%d - least%d - over%d <= %d\n", k, k, k, TWELFTHS);
		fprintf(out, "over%d <= %d\n", k, question->worst);
	}
	if (question->sum >= 0)
		fprintf(out, "over1 + over2 + over3 <= %d\n", question->sum);
	write_names(out, side, scales);
}

enum answer { IMPOSSIBLE, POSSIBLE, UNDECIDED };

static enum answer ask(const struct side *side, const struct question *question)
{
	char folder[TEMPORARY_SIZE], command[2 * TEMPORARY_SIZE], line[512];
	enum answer answer = UNDECIDED;

	temporary_make(folder, "rota-plan");
	snprintf(command, sizeof(command), "%s/model.lp", folder);
	FILE *out = fopen(command, "w");
	assert_non_null(out);
	write_model(out, side, question);
	assert_int_equal(fclose(out), 0);
	snprintf(command, sizeof(command), "cbc %s/model.lp -maxNodes %d -solve 2>&1", folder,
		 CBC_NODES);
	FILE *in = popen(command, "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		if (strstr(line, "nfeasible"))
			answer = IMPOSSIBLE;
		if (strstr(line, "Optimal solution found"))
			answer = POSSIBLE;
	}
	assert_int_equal(pclose(in), 0);
	temporary_remove(folder);
	return answer;
}

/* ---- the random months -------------------------------------------------------------------- */

struct tally {
	unsigned months, with_gaps, uneven, questions, undecided, unproven, bettered;
};

/* proven: so says the plan. What it does not say may turn out otherwise, but for gaps. */
static void expect_impossible(const struct side *side, struct question question, const int *over,
			      bool proven, uint64_t seed, struct tally *tally)
{
	time_t begin_s = time(NULL);
	enum answer answer = POSSIBLE;

	/* Often one category is in the way by itself, which is a smaller question. */
	for (int k = 1; question.worst >= 0 && question.sum < 0 && k <= SHIFT_CATEGORIES; k++)
		if (over[k - 1] > question.worst && answer != IMPOSSIBLE) {
			question.only = k;
			answer = ask(side, &question);
			question.only = 0;
		}
	if (answer != IMPOSSIBLE)
		answer = ask(side, &question);

	if (getenv("ROTA_TELL") && time(NULL) - begin_s > 1)
		print_message("month %llu, area %d: %d %d %d %d took %d s\n",
			      (unsigned long long)seed, side->by_area ? (int)side->area : 0,
			      question.gaps, question.empty, question.worst, question.sum,
			      (int)(time(NULL) - begin_s));
	tally->questions++;
	tally->undecided += answer == UNDECIDED;
	if (answer != IMPOSSIBLE)
		print_error("month %llu, area %d: %d gaps, %d empty, worst %d, sum %d: %s\n",
			    (unsigned long long)seed, side->by_area ? (int)side->area : 0,
			    question.gaps, question.empty, question.worst, question.sum,
			    answer == POSSIBLE ? "there is one" : "undecided");
	if (answer == POSSIBLE) {
		assert_false(proven);
		tally->bettered++;
	}
}

/* Twelfths in which all values are counted: the next better is less by that. */
static int unit_of(const struct side *side)
{
	for (int unit = TWELFTHS;; unit--) {
		bool all = true;
		for (unsigned i = 0; i < side->input->n_clinics; i++)
			all &= !has_clinic(side, i) ||
			       TWELFTHS / (int)side->input->clinics[i].weight % unit == 0;
		if (all)
			return unit;
	}
}

static struct worth check_best(const struct side *side, const struct plan *plan, uint64_t seed,
			       struct tally *tally)
{
	struct worth worth = worth_of(side, (const int(*)[2])plan->places);
	int gaps = (int)worth.gaps, empty = (int)worth.empty, unit = unit_of(side);
	bool fair = true;

	for (int k = 0; k < SHIFT_CATEGORIES; k++)
		fair &= plan->fairness[k].proven_best;

	if (gaps)
		expect_impossible(side, (struct question){gaps - 1, -1, -1, -1, 0}, worth.over,
				  true, seed, tally);
	if (empty)
		expect_impossible(side, (struct question){gaps, empty - 1, -1, -1, 0}, worth.over,
				  true, seed, tally);
	if (worth.worst)
		expect_impossible(side, (struct question){gaps, empty, worth.worst - unit, -1, 0},
				  worth.over, fair, seed, tally);
	if (worth.sum > worth.worst)
		expect_impossible(side,
				  (struct question){gaps, empty, worth.worst, worth.sum - unit, 0},
				  worth.over, fair, seed, tally);
	return worth;
}

static void check_month(uint64_t seed, struct tally *tally)
{
	struct rng rng = rng_make(seed, 0);
	struct rota_month month;
	struct plan plan;
	bool fair = true;

	rota_month_random(&month, &rng, &arena);
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
	check_rules(&month.input, &plan);
	check_reasons(&month.input, &plan);
	tally->months++;
	bool by_area = month.shifts[0].area != AREA_UNSPECIFIED, all_within[SHIFT_CATEGORIES];
	memset(all_within, 1, sizeof(all_within));
	for (Area area = AREA_NORTH; area <= (by_area ? AREA_SOUTH : AREA_NORTH); area++) {
		struct side side = {&month.input, by_area, area};
		struct worth worth = check_best(&side, &plan, seed, tally);
		for (int k = 0; k < SHIFT_CATEGORIES; k++) {
			all_within[k] &= !worth.over[k];
			if (!by_area) {
				assert_float_equal(plan.fairness[k].least * TWELFTHS,
						   worth.least[k], 1e-9);
				assert_float_equal(plan.fairness[k].most * TWELFTHS, worth.most[k],
						   1e-9);
			}
		}
	}
	for (int k = 0; k < SHIFT_CATEGORIES; k++) {
		assert_int_equal(plan.fairness[k].category, k + 1);
		assert_int_equal(plan.fairness[k].within_one, all_within[k]);
		fair &= all_within[k];
		tally->unproven += !plan.fairness[k].proven_best;
	}
	assert_true(plan.fewest_gaps);
	tally->with_gaps += plan.gaps > 0;
	tally->uneven += !fair;
	arena_reset(&arena);
}

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

static void random_months_are_the_best_there_are(void **state)
{
	unsigned long months = from_environment("ROTA_MONTHS", 30);
	unsigned long first = from_environment("ROTA_FIRST", 0);
	struct tally tally = {0};

	(void)state;
	assert_int_equal(system("command -v cbc >/dev/null"), 0);
	for (unsigned long seed = first; seed < first + months; seed++) {
		if (getenv("ROTA_TELL"))
			print_message("month %lu\n", seed);
		check_month(seed, &tally);
	}
	print_message(
		"%u months from %lu on: %u with gaps, %u not within one; asked %u times whether "
		"there is better: %u times there was, %u times CBC could not tell; of %u "
		"categories it was not proven\n",
		tally.months, first, tally.with_gaps, tally.uneven, tally.questions, tally.bettered,
		tally.undecided, tally.unproven);
	assert_true(tally.undecided <= 1 + tally.questions / 50);
	assert_true(tally.unproven <= 1 + months * SHIFT_CATEGORIES / 100);
	if (months >= 20) {
		assert_in_range(tally.with_gaps, months / 20, months * 2 / 3);
		assert_in_range(tally.uneven, months / 20, months * 4 / 5);
	}
}

/* ---- small ones, by going through all plans ----------------------------------------------- */

struct all_plans {
	struct side side;
	int (*places)[2];
	struct worth best;
	bool any;
};

static bool may_have(const struct all_plans *all, unsigned shift, unsigned clinic)
{
	const struct plan_input *input = all->side.input;
	unsigned duties = 0;

	if (!eligible(input, clinic, shift))
		return false;
	for (unsigned i = 0; i < input->n_shifts; i++)
		for (int place = 0; place < 2; place++)
			if (all->places[i][place] == (int)clinic) {
				if (i == shift || !shifts_rested(input, i, shift))
					return false;
				duties++;
			}
	return duties < input->clinics[clinic].most;
}

static void go_through(struct all_plans *all, unsigned place)
{
	const struct plan_input *input = all->side.input;
	unsigned shift = place / 2;

	if (shift == input->n_shifts) {
		struct worth worth = worth_of(&all->side, (const int(*)[2])all->places);
		if (!all->any || compare(&worth, &all->best) < 0)
			all->best = worth;
		all->any = true;
		return;
	}
	int *here = &all->places[shift][place % 2];
	if (input->shifts[shift].fixed[place % 2] != PLAN_FREE) {
		go_through(all, place + 1);
		return;
	}
	go_through(all, place + 1);
	/* which of two has which place is all the same */
	unsigned from = place % 2 && input->shifts[shift].fixed[0] == PLAN_FREE
				? (unsigned)(all->places[shift][0] + 1)
				: 0;
	for (unsigned clinic = from; clinic < input->n_clinics; clinic++) {
		if (!may_have(all, shift, clinic))
			continue;
		*here = (int)clinic;
		go_through(all, place + 1);
		*here = PLAN_FREE;
	}
}

static void small_months_are_the_best_there_are(void **state)
{
	unsigned with_gaps = 0, with_empty = 0, uneven = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct rng rng = rng_make(seed, 1);
		struct rota_month month;
		struct plan plan;
		rota_month_small(&month, &rng, &arena);
		assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
		check_rules(&month.input, &plan);
		check_reasons(&month.input, &plan);
		struct all_plans all = {.side = {.input = &month.input}};
		all.places = arena_alloc(&arena, month.input.n_shifts * sizeof(*all.places));
		assert_non_null(all.places);
		for (unsigned i = 0; i < month.input.n_shifts; i++)
			memcpy(all.places[i], month.shifts[i].fixed, sizeof(all.places[i]));
		go_through(&all, 0);
		struct worth worth = worth_of(&all.side, (const int(*)[2])plan.places);
		if (compare(&worth, &all.best))
			print_error(
				"small month %llu: gaps %u %u, empty %u %u, worst %d %d, sum %d "
				"%d\n",
				(unsigned long long)seed, worth.gaps, all.best.gaps, worth.empty,
				all.best.empty, worth.worst, all.best.worst, worth.sum,
				all.best.sum);
		assert_int_equal(compare(&worth, &all.best), 0);
		assert_true(plan.fewest_gaps);
		for (int k = 0; k < SHIFT_CATEGORIES; k++)
			assert_true(plan.fairness[k].proven_best);
		with_gaps += worth.gaps > 0;
		with_empty += worth.empty > 0;
		uneven += worth.sum > 0;
		arena_reset(&arena);
	}
	print_message(
		"400 small months: %u with gaps, %u with a shift without anybody, %u not within "
		"one\n",
		with_gaps, with_empty, uneven);
	assert_in_range(with_gaps, 100, 350);
	assert_in_range(with_empty, 30, 350);
	assert_in_range(uneven, 100, 390);
}

/* ---- chosen ones -------------------------------------------------------------------------- */

static bool same(const struct plan_input *input, const struct plan *a, const struct plan *b)
{
	return !memcmp(a->places, b->places, input->n_shifts * sizeof(*a->places));
}

static void the_seed_decides(void **state)
{
	struct rota_month month;
	struct plan a, b, other;

	(void)state;
	rota_month_make(&month, "2026-12", false, 33, 4, &arena);
	month.input.seed = 7;
	assert_int_equal(plan_make(&month.input, &arena, &a), 0);
	assert_int_equal(plan_make(&month.input, &arena, &b), 0);
	assert_true(same(&month.input, &a, &b));
	month.input.seed = 8;
	assert_int_equal(plan_make(&month.input, &arena, &other), 0);
	assert_false(same(&month.input, &a, &other));

	/* also where GLPK had its part: somebody is away for the month, and one night nobody can */
	month.clinics[0].had[0] = 9;
	for (unsigned i = 0; i < month.input.n_shifts; i++)
		month.blocked[5 * month.input.n_shifts + i] = true;
	for (unsigned clinic = 0; clinic < 32; clinic++)
		month.blocked[clinic * month.input.n_shifts + 10] = true;
	assert_int_equal(plan_make(&month.input, &arena, &a), 0);
	assert_int_equal(plan_make(&month.input, &arena, &b), 0);
	assert_true(same(&month.input, &a, &b));
	assert_int_equal(a.gaps, 1);
	assert_int_equal(a.places[10][0], 32);
	assert_int_equal(a.places[10][1], PLAN_FREE);
}

/* Over a year nobody is ahead by more than one, and first and second are alike. */
static void a_year_is_even(void **state)
{
	static struct plan_clinic history[33];
	struct rng rng = rng_make(4, 2);

	(void)state;
	memset(history, 0, sizeof(history));
	for (int i = 0; i < 12; i++) {
		struct rota_month month;
		struct plan plan;
		char name[16];
		snprintf(name, sizeof(name), "%d-%02d", 2026 + (i + 3) / 12, (i + 3) % 12 + 1);
		rota_month_make(&month, name, false, 33, 4, &arena);
		for (unsigned clinic = 0; clinic < 33; clinic++) {
			memcpy(month.clinics[clinic].had, history[clinic].had,
			       sizeof(history[clinic].had));
			month.clinics[clinic].had_first = history[clinic].had_first;
			rota_month_block(&month, clinic, 250, &rng);
		}
		assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
		check_rules(&month.input, &plan);
		assert_int_equal(plan.gaps, 0);
		for (int k = 0; k < SHIFT_CATEGORIES; k++)
			assert_true(plan.fairness[k].within_one);
		for (unsigned j = 0; j < 2 * month.input.n_shifts; j++) {
			struct plan_clinic *clinic = &history[plan.places[j / 2][j % 2]];
			clinic->had[month.shifts[j / 2].category - 1]++;
			clinic->had_first += j % 2 == 0;
		}
		arena_reset(&arena);
	}
	for (unsigned i = 0; i < 33; i++) {
		int all = 0;
		for (int k = 0; k < SHIFT_CATEGORIES; k++)
			all += (int)history[i].had[k];
		assert_in_range(2 * (int)history[i].had_first - all + 3, 0, 6);
	}
}

/* By area nobody comes from another one, and each is as good as it would be alone. */
static void by_area(void **state)
{
	struct rota_month month;
	struct plan plan;

	(void)state;
	rota_month_make(&month, "2027-05", true, 60, 6, &arena);
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
	check_rules(&month.input, &plan);
	assert_int_equal(plan.gaps, 0);
	/* the south has one clinic: one place each of what it can have, and the rest are its gaps */
	for (unsigned i = 0; i < 60; i++)
		if (month.clinics[i].area == AREA_SOUTH && i != 2)
			month.clinics[i].area = AREA_NORTH;
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
	check_rules(&month.input, &plan);
	check_reasons(&month.input, &plan);
	assert_int_equal(plan.gaps, month.input.n_shifts / 3 * 2 - month.clinics[2].most);
	for (unsigned i = 0; i < month.input.n_shifts; i++)
		assert_true(month.shifts[i].area == AREA_SOUTH || plan.places[i][1] >= 0);
}

static void reasons_of_gaps(void **state)
{
	struct rota_month month;
	struct plan plan;
	unsigned n;

	(void)state;
	rota_month_make(&month, "2026-11", false, 4, 0, &arena);
	n = month.input.n_shifts;
	/* 0 has its maximum by hand, 1 blocked all, 2 rests from the month before, 3 has one place */
	month.clinics[0].most = 0;
	for (unsigned i = 0; i < n; i++)
		month.blocked[1 * n + i] = true;
	month.around[month.input.n_around++] = (struct plan_duty){
		2, month.shifts[0].from_ms - 20 * HOUR_MS, month.shifts[0].from_ms - 6 * HOUR_MS};
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
	month.shifts[0].fixed[0] = 3;
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
	assert_int_equal(plan.places[0][0], 3);
	assert_int_equal(plan.places[0][1], PLAN_FREE);
	assert_int_equal(plan_why(&month.input, &plan, 0, 0), PLAN_FULL);
	assert_int_equal(plan_why(&month.input, &plan, 0, 1), PLAN_BLOCKED);
	assert_int_equal(plan_why(&month.input, &plan, 0, 2), PLAN_RESTING);
	assert_int_equal(plan_why(&month.input, &plan, 0, 3), PLAN_OTHER_PLACE);
	assert_int_equal(plan_gap_reason(&month.input, &plan, 0), GAP_REASON_NOBODY_LEFT);
	for (unsigned clinic = 0; clinic < 4; clinic++)
		month.blocked[clinic * n + 5] = true;
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
	assert_int_equal(plan_gap_reason(&month.input, &plan, 5), GAP_REASON_ALL_BLOCKED);
}

static void nothing_and_nonsense(void **state)
{
	struct rota_month month;
	struct plan plan;

	(void)state;
	rota_month_make(&month, "2026-11", false, 3, 0, &arena);
	struct plan_input input = month.input;
	input.n_clinics = 0;
	assert_int_equal(plan_make(&input, &arena, &plan), 0);
	assert_int_equal(plan.gaps, 2 * input.n_shifts);
	assert_true(plan.fewest_gaps && plan.fairness[1].within_one &&
		    plan.fairness[1].proven_best);
	assert_int_equal(plan_gap_reason(&input, &plan, 0), GAP_REASON_NOBODY_LEFT);
	input = month.input;
	input.n_shifts = 0;
	assert_int_equal(plan_make(&input, &arena, &plan), 0);
	assert_int_equal(plan.gaps, 0);

	month.clinics[1].weight = 0;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.clinics[1].weight = PLAN_WEIGHT_MAX + 1;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.clinics[1].weight = PLAN_WEIGHT_MAX;
	month.shifts[3].fixed[1] = 3;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.shifts[3].fixed[1] = PLAN_OUTSIDE - 1;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.shifts[3].fixed[1] = PLAN_FREE;
	month.shifts[3].until_ms = month.shifts[3].from_ms;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.shifts[3].until_ms++;
	month.shifts[3].from_ms = month.shifts[2].from_ms - 1;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.shifts[3].from_ms = month.shifts[2].from_ms;
	month.around[month.input.n_around++].clinic = 3;
	assert_int_equal(plan_make(&month.input, &arena, &plan), ERR_INVALID);
	month.around[0].clinic = 2;
	assert_int_equal(plan_make(&month.input, &arena, &plan), 0);
}

static void memory_may_end(void **state)
{
	struct arena own;
	struct rota_month month;
	struct plan plan;

	(void)state;
	rota_month_make(&month, "2026-11", false, 33, 4, &arena);
	for (unsigned clinic = 0; clinic < 33; clinic++)
		month.blocked[clinic * month.input.n_shifts] = true; /* so that GLPK is asked */
	for (size_t limit = 0;; limit += 4096) {
		arena_init(&own, limit);
		int error = plan_make(&month.input, &own, &plan);
		arena_close(&own);
		if (!error)
			break;
		assert_int_equal(error, ERR_NOMEM);
		assert_true(limit < 1u << 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_seed_decides, begin, end),
		cmocka_unit_test_setup_teardown(a_year_is_even, begin, end),
		cmocka_unit_test_setup_teardown(by_area, begin, end),
		cmocka_unit_test_setup_teardown(reasons_of_gaps, begin, end),
		cmocka_unit_test_setup_teardown(nothing_and_nonsense, begin, end),
		cmocka_unit_test_setup_teardown(memory_may_end, begin, end),
		cmocka_unit_test_setup_teardown(small_months_are_the_best_there_are, begin, end),
		cmocka_unit_test_setup_teardown(random_months_are_the_best_there_are, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
