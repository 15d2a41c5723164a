#include "plan_exact.h"

#include <glpk.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "error.h"

/* Work: rows of the program x iterations of the simplex. Of a plan, and of one branch and bound. */
#define WORK_ALL 6000000.0 /* two seconds or so */
#define WORK_ONE 3000000.0
#define NODE_ITERATIONS 10 /* what a node costs besides its iterations */
#define NO_LIMIT (INT_MAX / 4)

enum answer { NO, YES, UNKNOWN };

struct window {
	int least, most; /* units */
};

struct solver {
	const struct problem *problem;
	int *places;
	struct score *score;
	int *found; /* places of the last YES */
	struct score found_score;
	glp_prob *lp;
	int *columns;    /* [clinic * n_shifts + shift], 0: none */
	int gap_columns; /* the first: [2 * shift], [2 * shift + 1] */
	int gaps_row, empty_row;
	int *count_rows; /* [clinic * CATEGORIES + category], 0: no column */
	int *columns_in; /* …: how many columns */
	double work;
	int nodes, iterations_before; /* of the present branch and bound */
	/* What each category could do if the others did not matter. */
	int highest_least[CATEGORIES], lowest_most[CATEGORIES];
};

/* ---- the linear program ------------------------------------------------------------------- */

/* A cost without meaning, so that there is one best corner, and mostly a whole one. */
static double some_cost(const struct problem *problem, unsigned clinic, unsigned shift)
{
	uint64_t x = (problem->seed + 1) * 0x9e3779b97f4a7c15u + clinic * 0xbf58476d1ce4e5b9u +
		     shift * 0x94d049bb133111ebu;

	x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
	return 1.0 + (double)(x >> 40) / (1 << 24);
}

static void make_columns(struct solver *solver)
{
	const struct problem *problem = solver->problem;

	for (unsigned clinic = 0; clinic < problem->n_clinics; clinic++)
		for (unsigned shift = 0; shift < problem->n_shifts; shift++) {
			if (!problem_allows(problem, clinic, shift))
				continue;
			int column = glp_add_cols(solver->lp, 1);
			solver->columns[clinic * problem->n_shifts + shift] = column;
			glp_set_col_kind(solver->lp, column, GLP_BV);
			glp_set_obj_coef(solver->lp, column, some_cost(problem, clinic, shift));
		}
	solver->gap_columns = glp_add_cols(solver->lp, 2 * (int)problem->n_shifts);
	for (unsigned shift = 0; shift < problem->n_shifts; shift++)
		for (int i = 0; i < 2; i++) {
			int column = solver->gap_columns + 2 * (int)shift + i;
			glp_set_col_kind(solver->lp, column, GLP_BV);
			if (problem->shifts[shift].need <= i)
				glp_set_col_bnds(solver->lp, column, GLP_FX, 0, 0);
			glp_set_obj_coef(solver->lp, column, 4);
		}
}

static void add_row(struct solver *solver, int type, double least, double most, int n,
		    const int *indices, const double *values)
{
	int row = glp_add_rows(solver->lp, 1);

	glp_set_row_bnds(solver->lp, row, type, least, most);
	glp_set_mat_row(solver->lp, row, n, indices, values);
}

/* Each place has somebody or is a gap; how many gaps there are, and shifts without anybody. */
static void make_shift_rows(struct solver *solver, int *indices, double *values)
{
	const struct problem *problem = solver->problem;
	int n;

	for (unsigned shift = 0; shift < problem->n_shifts; shift++) {
		n = 0;
		for (unsigned clinic = 0; clinic < problem->n_clinics; clinic++) {
			int column = solver->columns[clinic * problem->n_shifts + shift];
			if (column)
				indices[++n] = column;
		}
		indices[++n] = solver->gap_columns + 2 * (int)shift;
		indices[++n] = solver->gap_columns + 2 * (int)shift + 1;
		add_row(solver, GLP_FX, problem->shifts[shift].need, 0, n, indices, values);
	}
	n = 0;
	for (unsigned i = 0; i < 2 * problem->n_shifts; i++)
		indices[++n] = solver->gap_columns + (int)i;
	add_row(solver, GLP_FR, 0, 0, n, indices, values);
	solver->gaps_row = glp_get_num_rows(solver->lp);
	n = 0;
	for (unsigned shift = 0; shift < problem->n_shifts; shift++) {
		const struct problem_shift *s = &problem->shifts[shift];
		if (s->need && !s->other)
			indices[++n] = solver->gap_columns + 2 * (int)shift + s->need - 1;
	}
	add_row(solver, GLP_FR, 0, 0, n, indices, values);
	solver->empty_row = glp_get_num_rows(solver->lp);
}

/* Is each of the shifts that are not over when `shift` begins also not over when the next begins that
 * this clinic could have? Then the next row says all that this one does. */
static bool within_next(const struct solver *solver, unsigned clinic, unsigned shift)
{
	const struct problem *problem = solver->problem;
	const unsigned *start = problem->clique_start, *all = problem->cliques;
	const int *columns = solver->columns + clinic * problem->n_shifts;
	unsigned next = shift + 1, j;

	while (next < problem->n_shifts && !columns[next])
		next++;
	if (next == problem->n_shifts)
		return false;
	j = start[next];
	for (unsigned i = start[shift]; i < start[shift + 1]; i++) {
		if (!columns[all[i]])
			continue;
		while (j < start[next + 1] && all[j] < all[i])
			j++;
		if (j == start[next + 1] || all[j] != all[i])
			return false;
	}
	return true;
}

/* Of shifts that clash a clinic has one, and no more of all than it has room for. */
static void make_clinic_rows(struct solver *solver, unsigned clinic, int *indices, double *values)
{
	const struct problem *problem = solver->problem;
	const int *columns = solver->columns + clinic * problem->n_shifts;
	int n, all = 0;

	for (unsigned shift = 0; shift < problem->n_shifts; shift++) {
		if (!columns[shift])
			continue;
		all++;
		if (within_next(solver, clinic, shift))
			continue;
		n = 0;
		for (unsigned i = problem->clique_start[shift];
		     i < problem->clique_start[shift + 1]; i++)
			if (columns[problem->cliques[i]])
				indices[++n] = columns[problem->cliques[i]];
		if (n > 1)
			add_row(solver, GLP_UP, 0, 1, n, indices, values);
	}
	if (all > problem->clinics[clinic].room) {
		n = 0;
		for (unsigned shift = 0; shift < problem->n_shifts; shift++)
			if (columns[shift])
				indices[++n] = columns[shift];
		add_row(solver, GLP_UP, 0, problem->clinics[clinic].room, n, indices, values);
	}
	for (int k = 0; k < CATEGORIES; k++) {
		n = 0;
		for (unsigned shift = 0; shift < problem->n_shifts; shift++)
			if (columns[shift] && problem->shifts[shift].category == k)
				indices[++n] = columns[shift];
		solver->columns_in[clinic * CATEGORIES + (unsigned)k] = n;
		if (!n)
			continue;
		add_row(solver, GLP_FR, 0, 0, n, indices, values);
		solver->count_rows[clinic * CATEGORIES + (unsigned)k] =
			glp_get_num_rows(solver->lp);
	}
}

static int make_program(struct solver *solver, struct arena *arena)
{
	const struct problem *problem = solver->problem;
	size_t pairs = (size_t)problem->n_clinics * problem->n_shifts;
	size_t widest = problem->n_clinics + 2 * problem->n_shifts + 3;
	int *indices = arena_alloc(arena, widest * sizeof(*indices));
	double *values = arena_alloc(arena, widest * sizeof(*values));

	solver->columns = arena_alloc(arena, pairs * sizeof(int));
	solver->count_rows = arena_alloc(arena, problem->n_clinics * CATEGORIES * sizeof(int));
	solver->columns_in = arena_alloc(arena, problem->n_clinics * CATEGORIES * sizeof(int));
	if (!indices || !values || !solver->columns || !solver->count_rows || !solver->columns_in)
		return ERR_NOMEM;
	for (size_t i = 0; i < widest; i++)
		values[i] = 1;
	glp_set_obj_dir(solver->lp, GLP_MIN);
	make_columns(solver);
	make_shift_rows(solver, indices, values);
	for (unsigned clinic = 0; clinic < problem->n_clinics; clinic++)
		make_clinic_rows(solver, clinic, indices, values);
	glp_adv_basis(solver->lp, 0);
	return 0;
}

/* ---- a question --------------------------------------------------------------------------- */

static void bound_row(struct solver *solver, int row, int least, int most)
{
	if (least > 0 && least == most)
		glp_set_row_bnds(solver->lp, row, GLP_FX, least, least);
	else if (least > 0 && most < NO_LIMIT)
		glp_set_row_bnds(solver->lp, row, GLP_DB, least, most);
	else if (least > 0)
		glp_set_row_bnds(solver->lp, row, GLP_LO, least, 0);
	else if (most < NO_LIMIT)
		glp_set_row_bnds(solver->lp, row, GLP_UP, 0, most);
	else
		glp_set_row_bnds(solver->lp, row, GLP_FR, 0, 0);
}

/* False: some clinic cannot come to lie in the window at all. */
static bool set_window(struct solver *solver, int k, struct window window)
{
	const struct problem *problem = solver->problem;

	for (unsigned i = 0; i < problem->n_clinics; i++) {
		const struct problem_clinic *c = &problem->clinics[i];
		int row = solver->count_rows[i * CATEGORIES + (unsigned)k];
		int columns = solver->columns_in[i * CATEGORIES + (unsigned)k];
		int room = c->room < columns ? c->room : columns;
		int least = 0, most = NO_LIMIT;
		if (window.least > c->had[k] * c->step)
			least = (window.least + c->step - 1) / c->step - c->had[k];
		if (window.most < NO_LIMIT)
			most = window.most < 0 ? -1 : window.most / c->step - c->had[k];
		if (most < 0 || least > room || least > most)
			return false;
		if (row)
			bound_row(solver, row, least, most < room ? most : NO_LIMIT);
	}
	return true;
}

static const struct window any = {0, NO_LIMIT};

static void set_gaps(struct solver *solver, int gaps, int empty)
{
	bound_row(solver, solver->gaps_row, 0, gaps);
	bound_row(solver, solver->empty_row, 0, empty);
}

static bool is_whole(const struct solver *solver)
{
	int n = glp_get_num_cols(solver->lp);

	for (int i = 1; i <= n; i++) {
		double value = glp_get_col_prim(solver->lp, i);
		if (fabs(value - floor(value + 0.5)) > 1e-6)
			return false;
	}
	return true;
}

static void keep_found(struct solver *solver, bool of_mip)
{
	const struct problem *problem = solver->problem;
	int used[2];

	for (unsigned shift = 0; shift < problem->n_shifts; shift++) {
		used[0] = used[1] = -1;
		int n = 0;
		for (unsigned clinic = 0; clinic < problem->n_clinics; clinic++) {
			int column = solver->columns[clinic * problem->n_shifts + shift];
			if (column && n < 2 &&
			    (of_mip ? glp_mip_col_val(solver->lp, column)
				    : glp_get_col_prim(solver->lp, column)) > 0.5)
				used[n++] = (int)clinic;
		}
		solver->found[2 * shift] = used[0];
		solver->found[2 * shift + 1] = used[1];
	}
	problem_score(problem, solver->found, &solver->found_score);
}

static double work_since(const struct solver *solver, int iterations_before, int nodes)
{
	return (double)glp_get_num_rows(solver->lp) *
	       (glp_get_it_cnt(solver->lp) - iterations_before + NODE_ITERATIONS * nodes);
}

/* Can it be had in fractions? `whole`: the answer is one without fractions. */
static enum answer ask_fractions(struct solver *solver, bool *whole)
{
	glp_smcp options;
	int before = glp_get_it_cnt(solver->lp), rows = glp_get_num_rows(solver->lp);
	double left = (WORK_ALL - solver->work) / rows;

	if (left < 1)
		return UNKNOWN;
	glp_init_smcp(&options);
	options.msg_lev = GLP_MSG_OFF;
	options.meth = GLP_DUALP;
	options.it_lim = left < 1e8 ? (int)left : 100000000;
	int failed = glp_simplex(solver->lp, &options);
	if (failed == GLP_EBADB || failed == GLP_ESING || failed == GLP_ECOND) {
		glp_std_basis(solver->lp);
		failed = glp_simplex(solver->lp, &options);
	}
	solver->work += work_since(solver, before, 1);
	if (failed)
		return UNKNOWN;
	switch (glp_get_status(solver->lp)) {
	case GLP_OPT:
		*whole = is_whole(solver);
		return YES;
	case GLP_NOFEAS:
		return NO;
	default:
		return UNKNOWN;
	}
}

static void on_node(glp_tree *tree, void *info)
{
	struct solver *solver = info;

	if (glp_ios_reason(tree) == GLP_IBINGO)
		glp_ios_terminate(tree);
	if (glp_ios_reason(tree) != GLP_ISELECT)
		return;
	double work = work_since(solver, solver->iterations_before, ++solver->nodes);
	if (work > WORK_ONE || solver->work + work > WORK_ALL)
		glp_ios_terminate(tree);
}

/* The bounds are set. YES: it is in `found`. */
static enum answer ask(struct solver *solver)
{
	glp_iocp options;
	bool whole;
	enum answer answer = ask_fractions(solver, &whole);

	if (answer != YES)
		return answer;
	if (whole) {
		keep_found(solver, false);
		return YES;
	}
	glp_init_iocp(&options);
	options.msg_lev = GLP_MSG_OFF;
	options.bt_tech = GLP_BT_DFS;
	options.br_tech = GLP_BR_DTH;
	options.cb_func = on_node;
	options.cb_info = solver;
	solver->nodes = 0;
	solver->iterations_before = glp_get_it_cnt(solver->lp);
	int failed = glp_intopt(solver->lp, &options);
	solver->work += work_since(solver, solver->iterations_before, solver->nodes);
	switch (glp_mip_status(solver->lp)) {
	case GLP_OPT:
	case GLP_FEAS:
		keep_found(solver, true);
		return YES;
	default:
		return failed ? UNKNOWN : NO;
	}
}

static void take_found(struct solver *solver)
{
	memcpy(solver->places, solver->found, 2 * solver->problem->n_shifts * sizeof(int));
	*solver->score = solver->found_score;
}

/* ---- gaps --------------------------------------------------------------------------------- */

static bool fewest_gaps(struct solver *solver)
{
	struct score *score = solver->score;
	enum answer answer = NO;

	while (score->gaps) {
		set_gaps(solver, score->gaps - 1, NO_LIMIT);
		answer = ask(solver);
		if (answer != YES)
			break;
		take_found(solver);
	}
	if (answer == UNKNOWN)
		return false;
	while (score->empty) {
		set_gaps(solver, score->gaps, score->empty - 1);
		answer = ask(solver);
		if (answer != YES)
			break;
		take_found(solver);
	}
	return answer != UNKNOWN;
}

/* ---- fairness ----------------------------------------------------------------------------- */

/* A clinic that lies where a window's least could be: only such windows need be asked. */
static bool can_stand_at(const struct problem *problem, int k, int units)
{
	for (unsigned i = 0; i < problem->n_clinics; i++) {
		const struct problem_clinic *c = &problem->clinics[i];
		if (units % c->step == 0 && units / c->step >= c->had[k])
			return true;
	}
	return false;
}

/* How far the least can be raised and the most lowered, each for itself, in fractions. */
static void find_limits(struct solver *solver, int k)
{
	const struct score *score = solver->score;
	bool whole;

	solver->highest_least[k] = score->least[k];
	solver->lowest_most[k] = score->most[k];
	for (int units = score->least[k] + 1; units <= score->most[k]; units++) {
		if (!can_stand_at(solver->problem, k, units))
			continue;
		if (!set_window(solver, k, (struct window){units, NO_LIMIT}) ||
		    ask_fractions(solver, &whole) == NO)
			break;
		solver->highest_least[k] = units;
	}
	for (int units = score->most[k] - 1; units >= 0; units--) {
		if (!can_stand_at(solver->problem, k, units) && units)
			continue;
		if (!set_window(solver, k, (struct window){0, units}) ||
		    ask_fractions(solver, &whole) == NO)
			break;
		solver->lowest_most[k] = units;
	}
	set_window(solver, k, any);
}

/* The overrun that a category has at least, whatever the others do. */
static int least_over(const struct solver *solver, int k)
{
	int over = solver->lowest_most[k] - solver->highest_least[k] - solver->problem->scale;

	return over > 0 ? over : 0;
}

/* What a plan may overrun: each category, and all of them. */
struct limits {
	int worst, sum;
};

static enum answer ask_within(struct solver *solver, int k, struct limits limits);

/* The windows of category k that begin at `least`. The widest is enough where what it overruns is not
 * missing for the next categories; else all, from the narrowest on. */
static enum answer ask_from(struct solver *solver, int k, int least, struct limits limits)
{
	int left = limits.sum, most = least + solver->problem->scale;
	enum answer best = NO;
	bool whole;

	for (int later = k + 1; later < CATEGORIES; later++)
		left -= least_over(solver, later);
	int widest = most + (limits.worst < left ? limits.worst : left);
	if (left < 0 || widest < solver->lowest_most[k] ||
	    !set_window(solver, k, (struct window){least, widest}) ||
	    ask_fractions(solver, &whole) == NO)
		return NO;
	if (k == CATEGORIES - 1 || limits.sum == NO_LIMIT)
		most = widest;
	for (; most <= widest && best != YES; most++) {
		int over = most - least - solver->problem->scale;
		struct limits rest = {limits.worst,
				      limits.sum == NO_LIMIT ? NO_LIMIT : limits.sum - over};
		if (most < solver->lowest_most[k] ||
		    (over && most < widest && !can_stand_at(solver->problem, k, most)) ||
		    !set_window(solver, k, (struct window){least, most}))
			continue;
		enum answer answer = ask_fractions(solver, &whole);
		if (answer == YES)
			answer = ask_within(solver, k + 1, rest);
		best = answer == NO ? best : answer;
	}
	return best;
}

/* Is there a plan in which the categories from k on overrun no more? Those before k are set to their
 * windows. */
static enum answer ask_within(struct solver *solver, int k, struct limits limits)
{
	enum answer best = NO;

	if (k == CATEGORIES)
		return ask(solver);
	for (int least = solver->highest_least[k]; least >= 0 && best != YES; least--) {
		if (least + solver->problem->scale + limits.worst < solver->lowest_most[k])
			break;
		if (least && !can_stand_at(solver->problem, k, least))
			continue;
		enum answer answer = ask_from(solver, k, least, limits);
		best = answer == NO ? best : answer;
	}
	set_window(solver, k, any);
	return best;
}

/* The largest overrun as small as can be, then the sum; true: proven. */
static bool smallest_overruns(struct solver *solver)
{
	struct score *score = solver->score;
	int worst = 0, sum = 0;
	enum answer answer = NO;

	for (int k = 0; k < CATEGORIES; k++) {
		worst = least_over(solver, k) > worst ? least_over(solver, k) : worst;
		sum += least_over(solver, k);
	}
	while (score->worst_over > worst) {
		answer = ask_within(solver, 0, (struct limits){score->worst_over - 1, NO_LIMIT});
		if (answer != YES)
			break;
		take_found(solver);
	}
	if (answer == UNKNOWN)
		return false;
	answer = NO;
	while (score->sum_over > sum) {
		answer = ask_within(solver, 0,
				    (struct limits){score->worst_over, score->sum_over - 1});
		if (answer != YES)
			break;
		take_found(solver);
	}
	return answer != UNKNOWN;
}

static void fairest(struct solver *solver, struct exact *exact)
{
	bool proven;

	set_gaps(solver, solver->score->gaps, solver->score->empty);
	for (int k = 0; k < CATEGORIES; k++)
		find_limits(solver, k);
	proven = smallest_overruns(solver);
	for (int k = 0; k < CATEGORIES; k++)
		exact->over_proven[k] = proven || solver->score->over[k] == least_over(solver, k);
}

int plan_exact(const struct problem *problem, struct arena *arena, int *places, struct score *score,
	       struct exact *exact)
{
	struct solver solver = {.problem = problem, .places = places, .score = score};
	int error;

	solver.found = arena_alloc(arena, 2 * problem->n_shifts * sizeof(int));
	if (!solver.found)
		return ERR_NOMEM;
	glp_term_out(GLP_OFF);
	solver.lp = glp_create_prob();
	error = make_program(&solver, arena);
	if (!error) {
		exact->gaps_proven = fewest_gaps(&solver);
		fairest(&solver, exact);
	}
	glp_delete_prob(solver.lp);
	return error;
}
