/*
 * Who is on duty, worked out a second time from rota's journal: what a plan, a swap or a change by
 * hand may do to a shift, the life of each swap, and that record and alert see each shift as rota
 * does. Nothing of services/rota is used.
 */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define S(name) SWAP_STATE_##name
#define HOUR_MS (3600LL * 1000)
#define REST_HOURS 48 /* as long as nobody has set anything */
#define MOST_A_MONTH 4
#define ENHANCED_WEIGHT 2
#define LAPSE_SLACK_MS 15000

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

#define FAIL(what, format, ...) \
	sim_fail(sim, what, "shift=%s cause=%s " format, now->id, entry->cause, ##__VA_ARGS__)

/* ---- small things ---------------------------------------------------------------------------- */

static const char *holder(const Shift *shift, bool second)
{
	return !shift || shift->dropped ? "" : second ? shift->second : shift->first;
}

/* Since when the place is whose it is. */
static int64_t held_from_ms(const Shift *shift, bool second)
{
	int64_t from_ms = shift->from_ms;
	for (size_t i = 0; i < shift->n_earlier; i++)
		if (shift->earlier[i]->second == second && shift->earlier[i]->until_ms > from_ms)
			from_ms = shift->earlier[i]->until_ms;
	return from_ms;
}

static struct sim_shift *shift_known(struct sim *sim, const char *id)
{
	for (size_t i = 0; i < sim->n_shifts; i++)
		if (same(sim->shifts[i].now->id, id))
			return &sim->shifts[i];
	return NULL;
}

static struct sim_swap *swap_known(struct sim *sim, const char *id)
{
	for (size_t i = 0; i < sim->n_swaps; i++)
		if (same(sim->swaps[i].now->id, id))
			return &sim->swaps[i];
	return NULL;
}

const Shift *duties_next(const struct sim *sim, int64_t now_ms, size_t n)
{
	const Shift *last = NULL;
	for (size_t count = 0; count <= n; count++) {
		const Shift *next = NULL;
		for (size_t i = 0; i < sim->n_shifts; i++) {
			const Shift *shift = sim->shifts[i].now;
			int after = !last ? 1
				    : shift->from_ms != last->from_ms
					    ? (shift->from_ms > last->from_ms ? 1 : -1)
					    : strcmp(shift->id, last->id);
			if (shift->dropped || shift->until_ms <= now_ms || after <= 0)
				continue;
			if (!next || shift->from_ms < next->from_ms ||
			    (shift->from_ms == next->from_ms && strcmp(shift->id, next->id) < 0))
				next = shift;
		}
		if (!next)
			return NULL;
		last = next;
	}
	return last;
}

static bool by_plan(const JournalEntry *entry)
{
	return same(entry->cause, "GenerateRota");
}

static bool by_hand(const JournalEntry *entry)
{
	return same(entry->cause, "SetShift");
}

/* ---- who may have a place -------------------------------------------------------------------- */

/* Nobody but an administrator puts anybody on two shifts at once, or without their rest. */
static void check_rest(struct sim *sim, const Shift *now, const JournalEntry *entry, bool second)
{
	const char *clinic = holder(now, second);
	int64_t rest_ms =
		(sim->rota_settings ? sim->rota_settings->rest_hours : REST_HOURS) * HOUR_MS;
	int64_t from_ms = held_from_ms(now, second);

	if (same(clinic, holder(now, !second)))
		FAIL("both-places", "clinic=%s", clinic);
	for (size_t i = 0; i < sim->n_shifts; i++) {
		const Shift *other = sim->shifts[i].now;
		for (int place = 0; place < 2; place++) {
			if (same(other->id, now->id) || !same(holder(other, place), clinic))
				continue;
			int64_t other_from_ms = held_from_ms(other, place);
			if (from_ms < other->until_ms + rest_ms &&
			    other_from_ms < now->until_ms + rest_ms)
				FAIL("no-rest", "clinic=%s other=%s", clinic, other->id);
		}
	}
}

static void check_member(struct sim *sim, const Shift *now, const JournalEntry *entry, bool second)
{
	const char *clinic = holder(now, second);
	const struct model_organisation *known =
		model_organisation(&sim->models[HOST_ROTA], clinic);
	if (!known || known->left || !known->round_the_clock ||
	    (now->area && by_plan(entry) && known->area != now->area))
		FAIL("not-a-member", "clinic=%s", clinic);
}

/* What a plan does: nobody on a day that they blocked, nor more than the most of a month. */
static void check_planned(struct sim *sim, const Shift *now, const JournalEntry *entry, bool second)
{
	const char *clinic = holder(now, second);
	const struct model_organisation *known =
		model_organisation(&sim->models[HOST_ROTA], clinic);
	uint32_t most = sim->rota_settings ? sim->rota_settings->most_a_month : MOST_A_MONTH;
	uint32_t weight =
		sim->rota_settings ? sim->rota_settings->enhanced_weight : ENHANCED_WEIGHT;
	uint64_t blocked = 0;
	uint32_t duties = 0;

	table_get(&sim->blocked, clinic, now->date, &blocked);
	if (blocked)
		FAIL("blocked-day", "clinic=%s", clinic);
	if (known && known->enhanced)
		most *= weight;
	for (size_t i = 0; i < sim->n_shifts; i++) {
		const Shift *other = sim->shifts[i].now;
		if (!strncmp(other->date, now->date, strlen("YYYY-MM")))
			duties += same(holder(other, false), clinic) +
				  same(holder(other, true), clinic);
	}
	if (duties > most)
		FAIL("too-many", "clinic=%s duties=%u most=%u", clinic, duties, most);
}

/* ---- one shift ------------------------------------------------------------------------------- */

static bool has_name(char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (same(names[i], name))
			return true;
	return false;
}

/* Who had the place is not forgotten: not by calendars, nor by record when the shift has begun. */
static void check_given_away(struct sim *sim, const Shift *now, const Shift *before,
			     const JournalEntry *entry, bool second, int64_t now_ms)
{
	const char *had = holder(before, second);
	char *const *names = second ? now->given_away_second : now->given_away_first;
	size_t n = second ? now->n_given_away_second : now->n_given_away_first;
	bool begun = before->from_ms <= now_ms, noted = false;

	if (!begun && !now->dropped && n < 20 && !has_name(names, n, had))
		FAIL("given-away", "clinic=%s second=%d", had, second);
	for (size_t i = 0; i < now->n_earlier; i++)
		noted |= same(now->earlier[i]->organisation, had) &&
			 now->earlier[i]->second == second && now->earlier[i]->until_ms == now_ms;
	if (begun != noted && now->n_earlier < 20)
		FAIL("earlier", "clinic=%s second=%d begun=%d noted=%d", had, second, begun, noted);
}

static void check_place(struct sim *sim, const Shift *now, const Shift *before,
			const JournalEntry *entry, bool second, int64_t now_ms)
{
	const char *has = holder(now, second), *had = holder(before, second);
	GapReason gap = second ? now->second_gap : now->first_gap;

	if (!now->dropped && (*has == '\0') != (gap != GAP_REASON_UNSPECIFIED))
		FAIL("silent-gap", "second=%d clinic=%s reason=%d", second, has, (int)gap);
	if (same(has, had))
		return;
	if (*had)
		check_given_away(sim, now, before, entry, second, now_ms);
	if (!*has)
		return;
	check_member(sim, now, entry, second);
	if (!by_hand(entry))
		check_rest(sim, now, entry, second);
	if (by_plan(entry))
		check_planned(sim, now, entry, second);
}

/* A plan may fill what nobody has yet; not what was made empty by hand. */
static bool left_alone(const Shift *before, const Shift *now, bool second)
{
	GapReason gap = second ? before->second_gap : before->first_gap;
	return same(holder(before, second), holder(now, second)) ||
	       (!*holder(before, second) && gap != GAP_REASON_REMOVED_BY_HAND);
}

static void check_shift(struct sim *sim, const Shift *now, const Shift *before,
			const JournalEntry *entry, int64_t now_ms)
{
	if (now->from_ms >= now->until_ms || now->n_earlier > 20)
		FAIL("shift", "from=%lld until=%lld", (long long)now->from_ms,
		     (long long)now->until_ms);
	if (before && now->sequence <= before->sequence)
		FAIL("sequence", "before=%u now=%u", before->sequence, now->sequence);
	if (before && by_plan(entry) && before->from_ms <= now_ms)
		FAIL("planned-begun", "from=%lld", (long long)before->from_ms);
	if (before && by_plan(entry) && before->by_hand && !now->dropped &&
	    (!left_alone(before, now, false) || !left_alone(before, now, true)))
		FAIL("planned-by-hand", "first=%s second=%s", now->first, now->second);
	check_place(sim, now, before, entry, false, now_ms);
	check_place(sim, now, before, entry, true, now_ms);
}

/* ---- swaps ----------------------------------------------------------------------------------- */

/*
 *	ASKED --> TAKEN --> UNDONE
 *	      --> DECLINED, UNDONE, LAPSED, OVERTAKEN
 */
static const struct {
	const char *cause;
	Swap_State from, to;
} moves[] = {
	{"AskSwap", S(UNSPECIFIED), S(ASKED)},  {"AcceptSwap", S(ASKED), S(TAKEN)},
	{"DeclineSwap", S(ASKED), S(DECLINED)}, {"UndoSwap", S(ASKED), S(UNDONE)},
	{"UndoSwap", S(TAKEN), S(UNDONE)},      {"SwapDue", S(ASKED), S(LAPSED)},
	{"SwapDue", S(ASKED), S(OVERTAKEN)},
};

#define SWAP_FAIL(what, format, ...) \
	sim_fail(sim, what, "swap=%s cause=%s " format, now->id, entry->cause, ##__VA_ARGS__)

static const char *holder_of(struct sim *sim, const char *shift, bool second)
{
	const struct sim_shift *known = shift_known(sim, shift);
	return known ? holder(known->now, second) : "";
}

static bool begun(struct sim *sim, const char *shift, int64_t now_ms)
{
	const struct sim_shift *known = shift_known(sim, shift);
	return known && known->now->from_ms <= now_ms;
}

/* Before the shifts are as they are after it. */
static void check_swap(struct sim *sim, const Swap *now, const Swap *before,
		       const JournalEntry *entry, int64_t now_ms)
{
	bool allowed = false;
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++)
		allowed |= same(moves[i].cause, entry->cause) && now->state == moves[i].to &&
			   moves[i].from == (before ? before->state : S(UNSPECIFIED));
	if (!allowed)
		SWAP_FAIL("swap-moves", "from=%d to=%d", before ? (int)before->state : 0,
			  (int)now->state);
	const char *has = holder_of(sim, now->shift, now->second);
	if (now->state == S(ASKED) && (!same(now->asker, has) || same(now->to, has) ||
				       !same(entry->organisation, now->asker)))
		SWAP_FAIL("swap-of-another", "asker=%s holder=%s", now->asker, has);
	if (now->state == S(TAKEN) &&
	    (!same(entry->organisation, now->taker) || same(now->taker, now->asker) ||
	     (*now->to && !same(now->to, now->taker)) || !same(now->asker, has)))
		SWAP_FAIL("swap-taken", "taker=%s holder=%s", now->taker, has);
	if (now->state == S(DECLINED) && !same(entry->organisation, now->to))
		SWAP_FAIL("swap-declined", "organisation=%s", entry->organisation);
	if (now->state == S(UNDONE) && before && before->state == S(TAKEN) &&
	    (begun(sim, now->shift, now_ms) || !same(has, now->taker) ||
	     (*now->in_return && begun(sim, now->in_return, now_ms))))
		SWAP_FAIL("undone-late", "taker=%s holder=%s", now->taker, has);
	if (now->state == S(LAPSED) && now_ms < now->lapses_ms &&
	    !(*now->in_return && begun(sim, now->in_return, now_ms)))
		SWAP_FAIL("lapsed-too-soon", "at=%lld", (long long)now->lapses_ms);
}

/* … and after. */
static void check_moved(struct sim *sim, const Swap *now, const Swap *before,
			const JournalEntry *entry)
{
	bool undone = now->state == S(UNDONE) && before && before->state == S(TAKEN);
	const char *has = holder_of(sim, now->shift, now->second);
	const char *returned = holder_of(sim, now->in_return, now->in_return_second);

	if (now->state != S(TAKEN) && !undone)
		return;
	if (!same(has, undone ? now->asker : now->taker))
		SWAP_FAIL("swap-not-moved", "holder=%s", has);
	if (*now->in_return && !same(returned, undone ? now->taker : now->asker))
		SWAP_FAIL("swap-not-moved", "in_return=%s holder=%s", now->in_return, returned);
}

/* Whose duties a plan changes is told so. */
static void check_concerned(struct sim *sim, const Shift *now, const Shift *before,
			    const RotaPlanned *fact)
{
	for (int place = 0; place < 2; place++) {
		const char *has = holder(now, place), *had = holder(before, place);
		if (same(has, had))
			continue;
		if ((*has && !has_name(fact->concerned, fact->n_concerned, has)) ||
		    (*had && !has_name(fact->concerned, fact->n_concerned, had)))
			sim_fail(sim, "plan-not-told", "shift=%s had=%s has=%s", now->id, had, has);
	}
}

/* Who is said to be on duty is: of the area, or of the whole city as long as that shift lasts. */
static void check_state(struct sim *sim, const DutyState *state)
{
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ROTA]);
	const Shift *running = NULL;
	for (size_t i = 0; i < sim->n_shifts; i++) {
		const Shift *shift = sim->shifts[i].now;
		bool there = !shift->area || shift->area == state->area;
		if (!shift->dropped && there && shift->from_ms <= now_ms && now_ms < shift->until_ms &&
		    (!running || shift->from_ms > running->from_ms))
			running = shift;
	}
	if (!same(state->first, holder(running, false)) ||
	    !same(state->second, holder(running, true)) ||
	    (state->until_ms != 0) != (running != NULL))
		sim_fail(sim, "duty-state", "area=%d first=%s second=%s until=%lld shift=%s",
			 (int)state->area, state->first, state->second, (long long)state->until_ms,
			 running ? running->id : "");
}

/* ---- facts ----------------------------------------------------------------------------------- */

static void follow_shift(struct sim *sim, const Shift *now, uint64_t position)
{
	struct sim_shift *known = shift_known(sim, now->id);
	if (!known && sim->n_shifts == SIM_SHIFTS)
		abort();
	if (!known)
		known = &sim->shifts[sim->n_shifts++];
	known->now = now;
	known->position = position;
	sim_trace(sim, "shift id=%s first=%s second=%s by_hand=%d earlier=%zu dropped=%d", now->id,
		  now->first, now->second, now->by_hand, now->n_earlier, now->dropped);
}

/* All of them first: what is looked at is how the whole stands afterwards. */
static void follow_shifts(struct sim *sim, const struct known_fact *known, uint64_t position)
{
	ProtobufCMessage **shifts;
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ROTA]);
	size_t n = messages_within(&sim->scratch, known->fact, &Shift_descriptor, &shifts);
	const Shift **before = arena_alloc(&sim->scratch, (n + 1) * sizeof(*before));

	for (size_t i = 0; i < n; i++) {
		const Shift *now = (const Shift *)(const void *)shifts[i];
		const struct sim_shift *was = shift_known(sim, now->id);
		before[i] = was ? was->now : NULL;
		follow_shift(sim, now, position);
	}
	for (size_t i = 0; i < n; i++) {
		const Shift *now = (const Shift *)(const void *)shifts[i];
		check_shift(sim, now, before[i], known->entry, now_ms);
		if (same(known->entry->type, "RotaPlanned"))
			check_concerned(sim, now, before[i],
					(const RotaPlanned *)(const void *)known->fact);
	}
}

static void follow_swap(struct sim *sim, const Swap *now, uint64_t position)
{
	struct sim_swap *known = swap_known(sim, now->id);
	if (!known && sim->n_swaps == SIM_SWAPS)
		abort();
	if (!known)
		known = &sim->swaps[sim->n_swaps++];
	known->now = now;
	known->position = position;
	sim_trace(sim, "swap id=%s state=%d shift=%s second=%d asker=%s to=%s taker=%s", now->id,
		  (int)now->state, now->shift, now->second, now->asker, now->to, now->taker);
}

static void follow_blocks(struct sim *sim, const DatesBlocked *fact)
{
	for (size_t i = 0; i < fact->n_dates; i++)
		table_put(&sim->blocked, fact->organisation, fact->dates[i], !fact->free);
}

void duties_fact(struct sim *sim, uint64_t position)
{
	const struct known_fact *known = &sim->hosts[HOST_ROTA].ledger.facts[position - 1];
	const JournalEntry *entry = known->entry;
	const Swap *swap = NULL, *before = NULL;

	if (same(entry->type, "SwapChanged")) {
		swap = ((const SwapChanged *)(const void *)known->fact)->swap;
		const struct sim_swap *was = swap_known(sim, swap->id);
		before = was ? was->now : NULL;
		check_swap(sim, swap, before, entry, host_now_ms(&sim->hosts[HOST_ROTA]));
		follow_swap(sim, swap, position);
	}
	follow_shifts(sim, known, position);
	if (swap)
		check_moved(sim, swap, before, entry);
	if (same(entry->type, "DutyStateTold"))
		check_state(sim, ((const DutyStateTold *)(const void *)known->fact)->state);
	if (same(entry->type, "RotaSettingsSet"))
		sim->rota_settings = ((const RotaSettingsSet *)(const void *)known->fact)->settings;
	if (same(entry->type, "CalendarSubscribed"))
		sim->calendar = ((const CalendarSubscribed *)(const void *)known->fact)->calendar;
	if (same(entry->type, "DatesBlocked"))
		follow_blocks(sim, (const DatesBlocked *)(const void *)known->fact);
}

/* ---- words ----------------------------------------------------------------------------------- */

struct words {
	struct arena *arena;
	Told **items;
	size_t n;
};

/* To each organisation one; the last counts. "": the support centre. */
static void tell(struct words *words, const char *organisation, Matter matter)
{
	Told *told = NULL;
	for (size_t i = 0; i < words->n; i++)
		if (same(words->items[i]->organisation, organisation))
			told = words->items[i];
	if (!told) {
		told = NEW(Told, words->arena);
		told->organisation = arena_string(words->arena, organisation);
		arena_append(words->arena, &words->items, &words->n, told);
	}
	told->matter = matter;
}

static void tell_sides(struct words *words, const Swap *swap, Matter matter)
{
	tell(words, swap->asker, matter);
	tell(words, swap->taker, matter);
	tell(words, "", matter);
}

/* Who has the other place of the shift has been moved. */
static void set_words(struct words *words, const ShiftSet *fact)
{
	const char *has = holder(fact->shift, fact->second);
	const char *other = holder(fact->shift, !fact->second);
	if (same(has, fact->before))
		return;
	if (*fact->before)
		tell(words, fact->before,
		     same(fact->before, other) ? MATTER_DUTY_MOVED : MATTER_DUTY_NOT_YOURS);
	if (*has)
		tell(words, has, same(has, other) ? MATTER_DUTY_MOVED : MATTER_DUTY_YOURS);
}

static void swap_words(struct words *words, const SwapChanged *fact)
{
	const Swap *swap = fact->swap;
	for (size_t i = 0; i < fact->n_asked; i++)
		tell(words, fact->asked[i],
		     swap->state == S(ASKED) ? MATTER_SWAP_ASKED : MATTER_UNSPECIFIED);
	if (swap->state == S(TAKEN) || (swap->state == S(UNDONE) && *swap->taker))
		tell_sides(words, swap,
			   swap->state == S(TAKEN) ? MATTER_SWAP_TAKEN : MATTER_SWAP_UNDONE);
	else if (swap->state == S(DECLINED))
		tell(words, swap->asker, MATTER_SWAP_DECLINED);
	else if (swap->state == S(LAPSED) || swap->state == S(OVERTAKEN))
		tell(words, swap->asker, MATTER_SWAP_LAPSED);
}

/* What begins within 12 hours waits for nobody's contact hours. */
static void ring_soon(struct words *words, const struct known_fact *source, int64_t at_ms)
{
	if (at_ms - source->entry->time_ms < 12 * HOUR_MS && words->n)
		words->items[0]->urgent = true;
}

size_t duties_words(struct sim *sim, const struct known_fact *source, Told ***told)
{
	struct words words = {.arena = &sim->scratch};
	const void *fact = source->fact;
	const char *type = source->entry->type;

	if (same(type, "RotaPlanned")) {
		const RotaPlanned *f = fact;
		for (size_t i = 0; i < f->n_concerned; i++)
			tell(&words, f->concerned[i], MATTER_DUTIES_PLANNED);
	} else if (same(type, "ShiftSet")) {
		set_words(&words, fact);
	} else if (same(type, "SwapChanged")) {
		const Swap *swap = ((const SwapChanged *)fact)->swap;
		swap_words(&words, fact);
		if (swap->state == S(ASKED) && *swap->to)
			ring_soon(&words, source, swap->lapses_ms);
	} else if (same(type, "WeekTold")) {
		const WeekTold *f = fact;
		for (size_t i = 0; i < f->n_organisations; i++)
			tell(&words, f->organisations[i], MATTER_DUTIES_OF_WEEK);
		if (f->plan_ends)
			tell(&words, "", MATTER_PLAN_ENDS);
	} else if (same(type, "GapsTold")) {
		const GapsTold *f = fact;
		tell(&words, "", f->n_gaps ? MATTER_SHIFT_GAP : MATTER_UNSPECIFIED);
		if (f->n_gaps)
			ring_soon(&words, source, f->gaps[0]->from_ms);
	} else if (same(type, "DutyBegan")) {
		const DutyBegan *f = fact;
		for (size_t i = 0; i < f->n_told; i++)
			tell(&words, f->told[i]->organisation, MATTER_DUTY_BEGINS);
	}
	*told = words.items;
	return words.n;
}

/* ---- a duty begins --------------------------------------------------------------------------- */

/* Each clinic once, while it is on duty, with how many of those whom it covers are unstable. */
void duties_began(struct sim *sim, const struct known_fact *known)
{
	const DutyBegan *fact = (const DutyBegan *)(const void *)known->fact;
	const ShiftNotice *shift = model_shift(&sim->models[HOST_RECORD], fact->shift);
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_RECORD]);

	sim_trace(sim, "began shift=%s told=%zu now_ms=%lld", fact->shift, fact->n_told,
		  (long long)now_ms);
	for (size_t i = 0; i < fact->n_told; i++) {
		const char *clinic = fact->told[i]->organisation;
		bool on_duty = false;
		for (size_t k = 0; shift && k < shift->n_duties; k++)
			on_duty |= same(shift->duties[k]->organisation, clinic) &&
				   shift->duties[k]->from_ms <= now_ms &&
				   now_ms < shift->duties[k]->until_ms;
		unsigned unstable = 0;
		const struct model *model = &sim->models[HOST_RECORD];
		for (size_t k = 0; shift && k < model->n_patients; k++)
			unstable += model->patients[k].unstable && !model->patients[k].deceased &&
				    model_is_covered(&sim->models[HOST_RECORD], &model->patients[k],
						     shift->area);
		if (!on_duty || table_get(&sim->began, fact->shift, clinic, NULL))
			sim_fail(sim, "began", "shift=%s clinic=%s on_duty=%d", fact->shift, clinic,
				 on_duty);
		if (fact->told[i]->unstable != unstable)
			sim_fail(sim, "unstable", "shift=%s told=%u counted=%u", fact->shift,
				 fact->told[i]->unstable, unstable);
		table_put(&sim->began, fact->shift, clinic, 1);
	}
}

/* "", or a clinic on duty that has not been told so. Where the clock jumped over it, it was over when it
 * was looked at, and may be again. */
static const char *beginning_missing(struct sim *sim)
{
	const struct model *model = &sim->models[HOST_RECORD];
	int64_t now_ms = sim->hosts[HOST_RECORD].clock.wall_ms;
	for (size_t i = 0; i < model->n_shifts && !sim->hosts[HOST_RECORD].was_set; i++)
		for (size_t k = 0; k < model->shifts[i]->n_duties; k++) {
			const Duty *duty = model->shifts[i]->duties[k];
			if (duty->from_ms + LAPSE_SLACK_MS <= now_ms && now_ms < duty->until_ms &&
			    !table_get(&sim->began, model->shifts[i]->id, duty->organisation, NULL))
				return arena_printf(&sim->scratch, "beginning of=%s %s",
						    duty->organisation, model->shifts[i]->id);
		}
	return "";
}

/* ---- once all is healed ---------------------------------------------------------------------- */

static bool has_duty(const ShiftNotice *notice, const char *organisation, bool second,
		     int64_t from_ms, int64_t until_ms)
{
	for (size_t i = 0; notice && i < notice->n_duties; i++)
		if (same(notice->duties[i]->organisation, organisation) &&
		    notice->duties[i]->second == second && notice->duties[i]->from_ms == from_ms &&
		    notice->duties[i]->until_ms == until_ms)
			return true;
	return false;
}

/* The whole of it, and nothing else. */
static bool seen_alike(const Shift *shift, const ShiftNotice *notice)
{
	size_t n = 0;
	for (size_t i = 0; i < shift->n_earlier; i++, n++)
		if (!has_duty(notice, shift->earlier[i]->organisation, shift->earlier[i]->second,
			      shift->earlier[i]->from_ms, shift->earlier[i]->until_ms))
			return false;
	for (int place = 0; place < 2; place++) {
		const char *clinic = holder(shift, place);
		if (*clinic &&
		    !has_duty(notice, clinic, place, held_from_ms(shift, place), shift->until_ms))
			return false;
		n += *clinic != '\0';
	}
	return notice ? notice->n_duties == n && notice->area == shift->area : n == 0;
}

const char *duties_missing(struct sim *sim)
{
	int64_t now_ms = sim->hosts[HOST_ROTA].clock.wall_ms;

	for (size_t i = 0; i < sim->n_shifts; i++)
		for (int host = HOST_RECORD; host <= HOST_ALERT; host++) {
			const Shift *shift = sim->shifts[i].now;
			if (!seen_alike(shift, model_shift(&sim->models[host], shift->id)))
				return arena_printf(&sim->scratch, "shift of=%s %s",
						    sim->hosts[host].spec->name, shift->id);
		}
	for (size_t i = 0; i < sim->n_swaps; i++) {
		const Swap *swap = sim->swaps[i].now;
		if (swap->state != S(ASKED))
			continue;
		if (!same(holder_of(sim, swap->shift, swap->second), swap->asker))
			return arena_printf(&sim->scratch, "overtaken swap %s", swap->id);
		if (now_ms > swap->lapses_ms + LAPSE_SLACK_MS)
			return arena_printf(&sim->scratch, "lapsed swap %s", swap->id);
	}
	return beginning_missing(sim);
}

/* ---- what is said to everybody --------------------------------------------------------------- */

/* What was decided last is what is said. */
void duties_state(struct sim *sim, struct host *host, const struct packet *packet)
{
	ProtobufCMessage *message, *body;
	if (codec_unpack(&Push_descriptor, (struct bytes){packet->data, packet->size},
			 &sim->scratch, &message)) {
		sim_fail(sim, "unreadable", "topic=%s", packet->topic);
		return;
	}
	const Push *push = (const Push *)(const void *)message;
	if (!same(push->type, "DutyState") ||
	    codec_unpack(&DutyState_descriptor, (struct bytes){push->body.data, push->body.len},
			 &sim->scratch, &body)) {
		sim_fail(sim, "unreadable-body", "type=%s", push->type);
		return;
	}
	const DutyState *state = (const DutyState *)(const void *)body;
	for (size_t i = host->ledger.n; i-- > 0;) {
		const struct known_fact *known = &host->ledger.facts[i];
		if (!same(known->entry->type, "DutyStateTold"))
			continue;
		const DutyState *said = ((const DutyStateTold *)(const void *)known->fact)->state;
		if (said->area != state->area)
			continue;
		if (said->from_ms != state->from_ms || said->until_ms != state->until_ms ||
		    !same(said->first, state->first) || !same(said->second, state->second))
			sim_fail(sim, "duty-never-said", "topic=%s first=%s second=%s",
				 packet->topic, state->first, state->second);
		return;
	}
	sim_fail(sim, "duty-never-said", "topic=%s", packet->topic);
}
