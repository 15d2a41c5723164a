#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "duty.h"
#include "gaps.h"
#include "rules.h"

#define HOUR_MS (3600LL * 1000)
#define AHEAD_MS (400LL * DAY_MS)
#define WORK_BYTES ((size_t)256 << 20) /* the planner's own memory */
#define NAMES_SHOWN 5

/* ---- members ------------------------------------------------------------------------------ */

static int by_id(const void *key, const void *item)
{
	return strcmp(key, ((const struct generate_member *)item)->id);
}

/* PLAN_OUTSIDE: none of them. */
static int member_at(const struct generate_rule *view, const char *id)
{
	const struct generate_member *found =
		bsearch(id, view->members, view->n_members, sizeof(*view->members), by_id);
	return found ? (int)(found - view->members) : PLAN_OUTSIDE;
}

void generate_count(struct generate_rule *view, const Shift *shift)
{
	for (int second = 0; second < 2; second++) {
		int at = member_at(view, duty_holder(shift, second));
		if (at < 0 || shift->dropped)
			continue;
		view->members[at].had[shift_category(shift->kind) - 1]++;
		view->members[at].had_first += !second;
	}
}

/* ---- what the planner is given ------------------------------------------------------------ */

struct month {
	const struct input *in;
	const struct generate_rule *view;
	struct arena work;
	Shift **shifts;       /* of the plan: as they are, or as the calendar has them */
	const Shift **before; /* the same as it stands; NULL: it is new */
	size_t n_shifts;
	struct plan_input input;
	struct plan plan;
};

static const Shift *find_shift(Shift *const *shifts, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(shifts[i]->id, id))
			return shifts[i];
	return NULL;
}

static bool stays(const struct month *month, const Shift *before)
{
	return before && !before->dropped &&
	       (before->by_hand || duty_begun(before, month->in->now_ms));
}

/* What a place of the plan is fixed to. */
static int fixed(const struct month *month, const Shift *before, bool second)
{
	if (!stays(month, before))
		return PLAN_FREE;
	bool begun = duty_begun(before, month->in->now_ms);
	const char *holder = duty_holder(before, second);
	if (!*holder)
		return begun || (second ? before->second_gap : before->first_gap) ==
					       GAP_REASON_REMOVED_BY_HAND
			       ? PLAN_NOBODY
			       : PLAN_FREE;
	int at = member_at(month->view, holder);
	return at == PLAN_OUTSIDE && !begun ? PLAN_FREE : at; /* who has left, has left a hole */
}

/* Those of the calendar that are planned now: what has begun stays, and what has begun without a plan
 * is past filling. */
static int list_shifts(struct month *month)
{
	const struct generate_rule *view = month->view;
	struct plan_shift *shifts =
		arena_alloc(&month->work, (view->n_calendar + 1) * sizeof(*shifts));

	month->shifts = arena_alloc(&month->work, (view->n_calendar + 1) * sizeof(*month->shifts));
	month->before = arena_alloc(&month->work, (view->n_calendar + 1) * sizeof(*month->before));
	if (!shifts || !month->shifts || !month->before)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->n_calendar; i++) {
		const Shift *calendar = view->calendar[i];
		const Shift *before = find_shift(view->shifts, view->n_shifts, calendar->id);
		if ((!before || before->dropped) && duty_begun(calendar, month->in->now_ms))
			continue;
		const Shift *as_is = stays(month, before) ? before : calendar;
		size_t at = month->n_shifts++;
		month->before[at] = before;
		month->shifts[at] = shift_copy(month->in->arena, as_is);
		if (!month->shifts[at])
			return ERR_NOMEM;
		shifts[at] = (struct plan_shift){
			.from_ms = as_is->from_ms,
			.until_ms = as_is->until_ms,
			.category = shift_category(as_is->kind),
			.area = as_is->area,
			.fixed = { fixed(month, before, false), fixed(month, before, true) },
		};
	}
	month->input.shifts = shifts;
	month->input.n_shifts = (unsigned)month->n_shifts;
	return 0;
}

/* A shift of the month that has begun and is none of the calendar any more, since the settings are
 * others, is a duty all the same. */
static void count_past(const struct month *month, struct plan_clinic *clinics)
{
	const struct generate_rule *view = month->view;

	for (size_t i = 0; i < view->n_shifts; i++) {
		const Shift *shift = view->shifts[i];
		int64_t day = date_days(shift->date);
		if (shift->dropped || day < view->first_day || day > view->last_day ||
		    !duty_begun(shift, month->in->now_ms) ||
		    find_shift(month->shifts, month->n_shifts, shift->id))
			continue;
		for (int second = 0; second < 2; second++) {
			int at = member_at(view, duty_holder(shift, second));
			if (at < 0)
				continue;
			clinics[at].most -= clinics[at].most > 0;
			clinics[at].had[shift_category(shift->kind) - 1]++;
			clinics[at].had_first += !second;
		}
	}
}

static int list_clinics(struct month *month)
{
	const struct generate_rule *view = month->view;
	const RotaSettings *settings = view->settings;
	struct plan_clinic *clinics =
		arena_alloc(&month->work, (view->n_members + 1) * sizeof(*clinics));
	bool *blocked = arena_alloc(&month->work, view->n_members * month->n_shifts + 1);

	if (!clinics || !blocked)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->n_members; i++) {
		const struct generate_member *member = &view->members[i];
		uint32_t weight = member->enhanced ? settings->enhanced_weight : 1;
		clinics[i] = (struct plan_clinic){ .area = member->area,
						   .weight = weight,
						   .most = settings->most_a_month * weight,
						   .had_first = member->had_first };
		memcpy(clinics[i].had, member->had, sizeof(clinics[i].had));
		for (size_t k = 0; k < month->n_shifts; k++) {
			int64_t day = date_days(month->shifts[k]->date) - view->first_day;
			blocked[i * month->n_shifts + k] =
				day >= 0 && day < 31 && member->blocked[day];
		}
	}
	count_past(month, clinics);
	month->input.clinics = clinics;
	month->input.n_clinics = (unsigned)view->n_members;
	month->input.blocked = blocked;
	return 0;
}

/* Duties that are none of the plan's, and that are rested from: in the months before and after, and of
 * a running shift who had it before. */
static int list_around(struct month *month)
{
	const struct generate_rule *view = month->view;
	struct plan_duty *around = arena_alloc(
		&month->work, (view->n_shifts * (2 + GIVEN_AWAY_MAX) + 1) * sizeof(*around));
	unsigned n = 0;

	if (!around)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->n_shifts; i++) {
		const Shift *shift = view->shifts[i];
		if (shift->dropped)
			continue;
		for (size_t k = 0; k < shift->n_earlier; k++) {
			int at = member_at(view, shift->earlier[k]->organisation);
			if (at >= 0)
				around[n++] = (struct plan_duty){ (unsigned)at,
								  shift->earlier[k]->from_ms,
								  shift->earlier[k]->until_ms };
		}
		int64_t day = date_days(shift->date);
		bool of_month = day >= view->first_day && day <= view->last_day;
		if (of_month && (find_shift(month->shifts, month->n_shifts, shift->id) ||
				 !duty_begun(shift, month->in->now_ms)))
			continue;
		for (int second = 0; second < 2; second++) {
			int at = member_at(view, duty_holder(shift, second));
			if (at >= 0)
				around[n++] = (struct plan_duty){ (unsigned)at,
								  duty_from_ms(shift, second),
								  shift->until_ms };
		}
	}
	month->input.around = around;
	month->input.n_around = n;
	return 0;
}

/* ---- why a place is empty ----------------------------------------------------------------- */

struct names {
	char *text;
	unsigned n;
};

static void add_name(struct arena *arena, struct names *names, const char *name, const char *comma)
{
	if (names->n < NAMES_SHOWN)
		names->text = arena_printf(arena, "%s%s%s", names->n ? names->text : "",
					   names->n ? comma : "", name);
	names->n++;
}

static char *joined(struct arena *arena, const char *before, const struct names *names,
		    const char *more, const char *after)
{
	if (!names->n)
		return arena_string(arena, "");
	if (names->n <= NAMES_SHOWN)
		return arena_printf(arena, "%s%s%s", before, names->text, after);
	char rest[64];
	snprintf(rest, sizeof(rest), more, names->n - NAMES_SHOWN);
	return arena_printf(arena, "%s%s%s%s", before, names->text, rest, after);
}

/* Put together in the planner's memory: of hundreds of gaps the pieces are more than one input has. */
static void explain(struct month *month, Gap *gap, unsigned at)
{
	struct arena *arena = &month->work;
	struct names blocked[2] = { { 0 } }, resting[2] = { { 0 } }, full[2] = { { 0 } };
	bool other = false;

	for (unsigned i = 0; i < month->view->n_members; i++) {
		enum plan_why why = plan_why(&month->input, &month->plan, at, i);
		struct names *names = why == PLAN_BLOCKED   ? blocked
				      : why == PLAN_RESTING ? resting
				      : why == PLAN_FULL    ? full
							    : NULL;
		other |= why == PLAN_OTHER_PLACE;
		for (int language = 0; names && language < 2; language++)
			add_name(arena, &names[language], month->view->members[i].name,
				 language ? ", " : "、");
	}
	gap->detail_ja = arena_printf(
		arena, "%s%s%s%s", joined(arena, "不可日：", &blocked[0], "ほか%u", "。"),
		joined(arena, "前後の当番との休み：", &resting[0], "ほか%u", "。"),
		joined(arena, "月の上限：", &full[0], "ほか%u", "。"),
		other ? "もう一方の当番の1か所。" : "");
	gap->detail_en = arena_printf(
		arena, "%s%s%s%s", joined(arena, "Blocked: ", &blocked[1], " and %u more", ". "),
		joined(arena, "Resting: ", &resting[1], " and %u more", ". "),
		joined(arena, "Have their maximum: ", &full[1], " and %u more", ". "),
		other ? "One has the other place." : "");
	gap->detail_ja = arena_string(month->in->arena, gap->detail_ja);
	gap->detail_en = arena_string(month->in->arena, gap->detail_en);
}

static int add_gap(struct month *month, RotaPlanned *fact, unsigned at, bool second,
		   GapReason reason)
{
	const Shift *shift = month->shifts[at];
	Gap *gap = gap_new(month->in->arena, shift, second, reason);

	if (!gap)
		return ERR_NOMEM;
	if (reason == GAP_REASON_REMOVED_BY_HAND)
		gap->detail_ja = gap->detail_en = shift->reason;
	else
		explain(month, gap, at);
	return arena_append(month->in->arena, &fact->plan->gaps, &fact->plan->n_gaps, gap);
}

/* ---- what becomes of the answer ----------------------------------------------------------- */

static int concern(const struct month *month, RotaPlanned *fact, const char *organisation)
{
	if (!*organisation)
		return 0;
	for (size_t i = 0; i < fact->n_concerned; i++)
		if (!strcmp(fact->concerned[i], organisation))
			return 0;
	return arena_append(month->in->arena, &fact->concerned, &fact->n_concerned,
			    arena_string(month->in->arena, organisation));
}

static bool same_shift(const Shift *a, const Shift *b)
{
	return a->from_ms == b->from_ms && a->until_ms == b->until_ms &&
	       !strcmp(a->first, b->first) && !strcmp(a->second, b->second) &&
	       a->first_gap == b->first_gap && a->second_gap == b->second_gap &&
	       a->provisional == b->provisional && a->dropped == b->dropped;
}

/* Who had it, has it, or has it at another time. */
static int concern_both(const struct month *month, RotaPlanned *fact, const Shift *before,
			const Shift *after)
{
	bool moved = before &&
		     (before->from_ms != after->from_ms || before->until_ms != after->until_ms);
	int rc = 0;

	for (int second = 0; !rc && second < 2; second++) {
		const char *had = before ? duty_holder(before, second) : "";
		const char *has = duty_holder(after, second);
		if (!moved && !strcmp(had, has))
			continue;
		rc = concern(month, fact, had);
		if (!rc)
			rc = concern(month, fact, has);
	}
	return rc;
}

/* Into the fact, if anything of it changed. */
static int add_shift(const struct month *month, RotaPlanned *fact, const Shift *before,
		     Shift *after)
{
	if (before && same_shift(before, after))
		return 0;
	after->sequence = before ? before->sequence + 1 : 0;
	int rc = concern_both(month, fact, before, after);
	return rc ? rc : arena_append(month->in->arena, &fact->shifts, &fact->n_shifts, after);
}

static int fill_place(struct month *month, RotaPlanned *fact, unsigned at, bool second)
{
	Shift *shift = month->shifts[at];
	int clinic = month->plan.places[at][second];

	if (clinic >= 0)
		return duty_give(month->in->arena, shift, second, month->view->members[clinic].id,
				 GAP_REASON_UNSPECIFIED, INT64_MIN);
	if (clinic == PLAN_OUTSIDE)
		return 0;
	GapReason reason = second ? shift->second_gap : shift->first_gap;
	if (clinic == PLAN_FREE) {
		reason = plan_gap_reason(&month->input, &month->plan, at);
		int rc = duty_give(month->in->arena, shift, second, "", reason, INT64_MIN);
		if (rc)
			return rc;
	}
	return add_gap(month, fact, at, second, reason ? reason : GAP_REASON_NOT_PLANNED);
}

/* Before: who had it, and who gave it away before that. */
static int fill_shift(struct month *month, RotaPlanned *fact, unsigned at)
{
	const Shift *before = month->before[at];
	int rc = 0;

	if (before && !stays(month, before)) {
		Shift *whole = shift_copy(month->in->arena, before);
		if (!whole)
			return ERR_NOMEM;
		whole->from_ms = month->shifts[at]->from_ms;
		whole->until_ms = month->shifts[at]->until_ms;
		whole->provisional = month->shifts[at]->provisional;
		whole->dropped = whole->by_hand = false;
		whole->reason = arena_string(month->in->arena, "");
		month->shifts[at] = whole;
	}
	for (int second = 0; !rc && second < 2; second++) {
		rc = fill_place(month, fact, at, second);
		fact->plan->places += *duty_holder(month->shifts[at], second) != '\0';
	}
	return rc ? rc : add_shift(month, fact, before, month->shifts[at]);
}

/* Shifts of a calendar from before the settings changed. */
static int drop_others(const struct month *month, RotaPlanned *fact)
{
	const struct generate_rule *view = month->view;
	int rc = 0;

	for (size_t i = 0; !rc && i < view->n_shifts; i++) {
		const Shift *before = view->shifts[i];
		int64_t day = date_days(before->date);
		if (before->dropped || day < view->first_day || day > view->last_day ||
		    duty_begun(before, month->in->now_ms) ||
		    find_shift(view->calendar, view->n_calendar, before->id))
			continue;
		Shift *after = shift_copy(month->in->arena, before);
		if (!after)
			return ERR_NOMEM;
		for (int second = 0; !rc && second < 2; second++)
			rc = duty_give(month->in->arena, after, second, "", GAP_REASON_UNSPECIFIED,
				       INT64_MIN);
		after->dropped = true;
		if (!rc)
			rc = add_shift(month, fact, before, after);
	}
	return rc;
}

static int add_fairness(const struct month *month, RotaGenerated *plan)
{
	int rc = 0;

	for (int i = 0; !rc && i < SHIFT_CATEGORIES; i++) {
		const Fairness *of = &month->plan.fairness[i];
		Fairness *fairness = NEW(Fairness, month->in->arena);
		if (!fairness)
			return ERR_NOMEM;
		fairness->category = (DutyCategory)(i + 1);
		fairness->least = of->least;
		fairness->most = of->most;
		fairness->within_one = of->within_one;
		fairness->proven_best = of->proven_best;
		rc = arena_append(month->in->arena, &plan->fairness, &plan->n_fairness, fairness);
	}
	return rc;
}

static int make(struct month *month, RotaPlanned *fact)
{
	int rc = list_shifts(month);

	if (!rc)
		rc = list_clinics(month);
	if (!rc)
		rc = list_around(month);
	if (!rc)
		rc = plan_make(&month->input, &month->work, &month->plan);
	for (unsigned i = 0; !rc && i < month->n_shifts; i++)
		rc = fill_shift(month, fact, i);
	if (!rc)
		rc = drop_others(month, fact);
	return rc ? rc : add_fairness(month, fact->plan);
}

static int check(const struct input *in, const struct generate_rule *view)
{
	if (in->actor.profession != PROFESSION_ADMINISTRATOR &&
	    in->actor.profession != PROFESSION_CENTRE_STAFF)
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "当番表を作れるのは、管理者と支援センターの担当者です。",
			      "Administrators and the staff of the support centre make the rota.");
	if (view->last_day < view->first_day)
		return refuse(in, CODE_INVALID_ARGUMENT, "month",
			      "月を「2026-12」の形で入れてください。",
			      "Give the month as 2026-12.");
	if ((view->last_day + 2) * DAY_MS - JAPAN_OFFSET_MS <= in->now_ms)
		return refuse(in, CODE_FAILED_PRECONDITION, "month",
			      "過ぎた月の当番表は作れません。", "That month is over.");
	if (view->first_day * DAY_MS - JAPAN_OFFSET_MS > in->now_ms + AHEAD_MS)
		return refuse(in, CODE_INVALID_ARGUMENT, "month",
			      "当番表を作れるのは400日先の月までです。",
			      "A rota is made for at most 400 days ahead.");
	if (!view->n_members)
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "24時間体制に参加している診療所がありません。",
			      "No clinic takes part in the round-the-clock network.");
	if (view->n_members > PLAN_CLINICS_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
			      "24時間体制に参加している診療所が多すぎます（400か所まで）。",
			      "More than 400 clinics take part.");
	return 0;
}

int rota_generate(const struct input *in, const struct generate_rule *view,
		  const GenerateRota *request, RotaPlanned *fact)
{
	struct month month = { .in = in, .view = view };
	int rc = check(in, view);

	if (rc)
		return rc;
	fact->plan = NEW(RotaGenerated, in->arena);
	if (!fact->plan)
		return ERR_NOMEM;
	fact->seed = request->seed;
	fact->plan->month = request->month;
	month.input.rest_ms = view->settings->rest_hours * HOUR_MS;
	month.input.seed = request->seed;
	arena_init(&month.work, WORK_BYTES);
	rc = make(&month, fact);
	arena_close(&month.work);
	fact->plan->shifts = (uint32_t)month.n_shifts;
	return rc;
}
