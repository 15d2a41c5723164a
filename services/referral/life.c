#include "life.h"

#include <string.h>

#include "date.h"
#include "log.h"

/*
 *	            ask, too late for waves, or nobody to ask
 *	  ask ┌──────────────────────────────────────────────────┐
 *	      ▼     deadline of the last wave, cut-off           ▼
 *	  ┌─► offered ────────────────────────────────────────► unplaced ── close ──► closed
 *	  │   │ ▲ └─ deadline: next wave ┐                       │    ▲
 *	  │   │ └────────────────────────┘                       │    │ record refuses; the asker
 *	  │   │ accept                  accept                   │    │ does not confirm and nobody
 *	  │   ▼                                                  │    │ stands by; the asker left
 *	  │   accepted ◄─────────────────────────────────────────┘    │
 *	  │   │ ▲  └── withdraw, pass: the next who stands by ┐       │
 *	  │   │ └─────────────────────────────────────────────┘       │
 *	  │   │ confirm                                               │
 *	  │   ▼                                                       │
 *	  │   confirming ─────────────────────────────────────────────┤
 *	  │   │ record has made the taker a member                    │ (who stands by comes first)
 *	  │   ▼                                                       │
 *	  │   confirmed ── each visit reported ──► done               │
 *	  │   │ withdraw, from any of the three                       │
 *	  └───┴───────────────────────────────────────────────────────┘
 *	      nobody stands by: the next wave, else unplaced
 *
 * From wherever it is not over: cancel ──► cancelled. A request is accepted from unplaced, too. Visits
 * that nobody reported: confirmed ── close ──► closed, or confirmed while more are to come.
 * Who waits for whom: offered and accepted have a deadline; confirming waits for record and, when that
 * is silent, stands on the centre's list as well; a confirmed visit waits for its report, then likewise.
 * What record refuses when it is confirmed already stays confirmed, and stands on the centre's list.
 */
#define S(name) REFERRAL_STATE_##name
#define O(name) OFFER_STATE_##name
#define STEP(name) REFERRAL_CHANGED_STEP_##name
#define INTO(name) (1u << S(name))
#define N_STATES (S(CLOSED) + 1)
#define N_STEPS (STEP(ASKER_LEFT) + 1)

static const unsigned transitions[N_STEPS][N_STATES] = {
	[STEP(ASK)] = { [S(UNSPECIFIED)] = INTO(OFFERED) | INTO(UNPLACED) },
	[STEP(ACCEPT)] = { [S(OFFERED)] = INTO(ACCEPTED), [S(UNPLACED)] = INTO(ACCEPTED),
			   [S(ACCEPTED)] = INTO(ACCEPTED), [S(CONFIRMING)] = INTO(CONFIRMING) },
	[STEP(DECLINE)] = { [S(OFFERED)] = INTO(OFFERED) | INTO(UNPLACED),
			    [S(UNPLACED)] = INTO(UNPLACED),
			    [S(ACCEPTED)] = INTO(ACCEPTED), [S(CONFIRMING)] = INTO(CONFIRMING),
			    [S(CONFIRMED)] = INTO(CONFIRMED) },
	[STEP(WITHDRAW)] = { [S(OFFERED)] = INTO(OFFERED) | INTO(UNPLACED),
			     [S(ACCEPTED)] = INTO(ACCEPTED) | INTO(OFFERED) | INTO(UNPLACED),
			     [S(CONFIRMING)] = INTO(CONFIRMING) | INTO(ACCEPTED) | INTO(OFFERED) |
					       INTO(UNPLACED),
			     [S(CONFIRMED)] = INTO(CONFIRMED) | INTO(ACCEPTED) | INTO(OFFERED) |
					      INTO(UNPLACED),
			     [S(UNPLACED)] = INTO(UNPLACED) },
	[STEP(CONFIRM)] = { [S(ACCEPTED)] = INTO(CONFIRMING) },
	[STEP(PASS)] = { [S(ACCEPTED)] = INTO(ACCEPTED) | INTO(OFFERED) | INTO(UNPLACED) },
	[STEP(APPLIED)] = { [S(CONFIRMING)] = INTO(CONFIRMED) },
	[STEP(REFUSED)] = { [S(CONFIRMING)] = INTO(ACCEPTED) | INTO(UNPLACED),
			    [S(CONFIRMED)] = INTO(CONFIRMED) },
	[STEP(REPORT)] = { [S(CONFIRMED)] = INTO(CONFIRMED) | INTO(DONE) },
	[STEP(CANCEL)] = { [S(OFFERED)] = INTO(CANCELLED), [S(ACCEPTED)] = INTO(CANCELLED),
			   [S(CONFIRMING)] = INTO(CANCELLED), [S(CONFIRMED)] = INTO(CANCELLED),
			   [S(UNPLACED)] = INTO(CANCELLED) },
	/* What was placed in the end only leaves the centre's list, but for visits that nobody
	 * reported. */
	[STEP(CLOSE)] = { [S(UNPLACED)] = INTO(CLOSED), [S(ACCEPTED)] = INTO(ACCEPTED),
			  [S(CONFIRMING)] = INTO(CONFIRMING),
			  [S(CONFIRMED)] = INTO(CONFIRMED) | INTO(CLOSED), [S(DONE)] = INTO(DONE) },
	[STEP(REMIND)] = { [S(OFFERED)] = INTO(OFFERED), [S(ACCEPTED)] = INTO(ACCEPTED) },
	[STEP(DEADLINE)] = { [S(OFFERED)] = INTO(OFFERED) | INTO(UNPLACED),
			     [S(ACCEPTED)] = INTO(ACCEPTED) | INTO(UNPLACED),
			     [S(CONFIRMING)] = INTO(CONFIRMING), [S(CONFIRMED)] = INTO(CONFIRMED) },
	[STEP(CUT_OFF)] = { [S(OFFERED)] = INTO(UNPLACED), [S(ACCEPTED)] = INTO(ACCEPTED) },
	[STEP(ASKER_LEFT)] = { [S(OFFERED)] = INTO(UNPLACED), [S(ACCEPTED)] = INTO(UNPLACED),
			       [S(CONFIRMING)] = INTO(UNPLACED), [S(UNPLACED)] = INTO(UNPLACED) },
};

bool life_possible(ReferralChanged_Step step, Referral_State state)
{
	return (int)step < N_STEPS && (int)state < N_STATES && transitions[step][state];
}

bool life_over(const Referral *referral)
{
	switch (referral->state) {
	case S(CONFIRMED):
		return referral->kind != REFERRAL_KIND_VISIT;
	case S(DONE):
	case S(CANCELLED):
	case S(CLOSED):
		return true;
	default:
		return false;
	}
}

bool life_involved(const Offer *offer)
{
	return offer->state == O(OFFERED) || offer->state == O(HOLDING) ||
	       offer->state == O(STANDING_BY);
}

Offer *life_offer(const Referral *referral, const char *organisation)
{
	for (size_t i = 0; i < referral->n_offers; i++)
		if (!strcmp(referral->offers[i]->organisation, organisation))
			return referral->offers[i];
	return NULL;
}

const Offer *life_holder(const Referral *referral)
{
	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->state == O(HOLDING))
			return referral->offers[i];
	return NULL;
}

int64_t life_visit_ms(const Referral *referral, unsigned n)
{
	return referral->from_ms + (int64_t)n * (int64_t)referral->every_days * DAY_MS;
}

bool life_too_late(const Referral *referral, int64_t now_ms)
{
	if (referral->kind != REFERRAL_KIND_VISIT)
		return false;
	return now_ms >=
	       life_visit_ms(referral, referral->times - 1) + referral->to_ms - referral->from_ms;
}

/* ---- beginning and end -------------------------------------------------------------------- */

static void no_memory(struct life *life)
{
	if (!life->error)
		life->error = ERR_NOMEM;
}

static char *text(struct life *life, const char *value)
{
	return arena_string(life->in->arena, value);
}

static Referral *copy(struct life *life, const Referral *referral)
{
	Referral *whole = arena_copy(life->in->arena, referral, sizeof(*referral));
	Offer **offers = arena_alloc(life->in->arena, (referral->n_offers + 1) * sizeof(*offers));

	if (!whole || !offers)
		return NULL;
	for (size_t i = 0; i < referral->n_offers; i++) {
		offers[i] = arena_copy(life->in->arena, referral->offers[i], sizeof(**offers));
		if (!offers[i])
			return NULL;
	}
	whole->offers = NULL;
	whole->n_offers = 0;
	for (size_t i = 0; i < referral->n_offers; i++)
		if (arena_append(life->in->arena, &whole->offers, &whole->n_offers, offers[i]))
			return NULL;
	return whole;
}

void life_begin(struct life *life, const struct input *in, const ReferralView *view,
		const struct pool *pool, ReferralChanged_Step step, ReferralChanged *fact)
{
	*life = (struct life){ .in = in, .fact = fact, .from = view->referral->state,
			       .first_ms = view->first_ms, .cut_off_ms = view->cut_off_ms,
			       .pool = pool };
	fact->step = step;
	fact->organisation = text(life, in->actor.organisation);
	fact->referral = life->referral = copy(life, view->referral);
	if (!life->referral) {
		no_memory(life);
		/* Never packed: life_end says so. */
		fact->referral = life->referral = view->referral;
	}
}

int life_end(struct life *life)
{
	const Referral *referral = life->referral;

	if (life->error)
		return life->error;
	if (!(transitions[life->fact->step][life->from] & 1u << referral->state))
		log_fatal("referral", "id=%s step=%d from=%d to=%d problem=\"not in the table\"",
			  referral->id, (int)life->fact->step, (int)life->from,
			  (int)referral->state);
	return 0;
}

/* ---- telling ------------------------------------------------------------------------------ */

/* The last word to an organisation counts. */
static void tell(struct life *life, const char *organisation, Matter matter, bool urgent)
{
	ReferralChanged *fact = life->fact;
	Told *told = NULL;

	for (size_t i = 0; i < fact->n_told && !told; i++)
		if (!strcmp(fact->told[i]->organisation, organisation))
			told = fact->told[i];
	if (!told) {
		told = NEW(Told, life->in->arena);
		if (!told || arena_append(life->in->arena, &fact->told, &fact->n_told, told)) {
			no_memory(life);
			return;
		}
		told->organisation = text(life, organisation);
	}
	told->matter = matter;
	told->urgent = urgent;
}

static void tell_asker(struct life *life, Matter matter)
{
	if (life->referral->cause == REFERRAL_CAUSE_ASKER_LEFT) /* nor reminded of what was said */
		tell(life, life->referral->asker, MATTER_UNSPECIFIED, false);
	else
		tell(life, life->referral->asker, matter, life->referral->urgent);
}

/* Nothing more to do: what was said before leaves the inbox, or a last word says why. */
static void tell_over(struct life *life, const Offer *offer, Matter matter)
{
	tell(life, offer->organisation, matter, false);
}

static void tell_centre(struct life *life, Matter matter, bool urgent)
{
	tell(life, "", matter, urgent);
}

/* ---- time --------------------------------------------------------------------------------- */

static void set_deadline(struct life *life, int64_t length_ms, int64_t at_ms)
{
	Deadline *deadline = NEW(Deadline, life->in->arena);

	if (!deadline) {
		no_memory(life);
		return;
	}
	deadline->length_ms = length_ms;
	deadline->at_ms = at_ms;
	life->fact->deadline = deadline;
	life->referral->deadline_ms = length_ms ? life->in->now_ms + length_ms : at_ms;
}

static void no_deadline(struct life *life)
{
	set_deadline(life, 0, 0);
}

/* The asker has as long as the first wave had. */
static int64_t confirm_ms(const struct life *life)
{
	return life->first_ms > CONFIRM_LEAST_MS ? life->first_ms : CONFIRM_LEAST_MS;
}

/* ---- who has it --------------------------------------------------------------------------- */

static void count_standbys(Referral *referral)
{
	for (size_t i = 0; i < referral->n_offers; i++) {
		Offer *offer = referral->offers[i];
		offer->standby = offer->state == O(STANDING_BY);
		for (size_t k = 0; offer->standby && k < referral->n_offers; k++)
			if (referral->offers[k]->state == O(STANDING_BY) &&
			    referral->offers[k]->accepted_order < offer->accepted_order)
				offer->standby++;
	}
}

/* Those who were asked may still take it, but it is a person's task now: nothing
 * rings them any more. */
static void calm(struct life *life)
{
	const Referral *referral = life->referral;

	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->state == O(OFFERED))
			tell(life, referral->offers[i]->organisation, MATTER_REFERRAL_ASKED, false);
}

static void to_centre(struct life *life, Referral_Cause cause)
{
	Referral *referral = life->referral;

	referral->state = S(UNPLACED);
	referral->with_centre = true;
	referral->cause = cause;
	referral->taker = text(life, "");
	no_deadline(life);
	if (referral->urgent && life->from != S(UNSPECIFIED))
		calm(life);
	tell_asker(life, MATTER_REFERRAL_UNPLACED);
	tell_centre(life, cause == REFERRAL_CAUSE_TOO_LATE_FOR_WAVES ? MATTER_REFERRAL_TOO_LATE
								    : MATTER_REFERRAL_UNPLACED,
		    true);
}

/* Appends a wave's offers, in place of those that were let go before. The number of them. */
static size_t offer_wave(struct life *life, unsigned wave)
{
	Referral *referral = life->referral;
	Offer **offers = NULL;
	size_t n = 0;

	if (!life->pool || match_wave(life->pool, referral, wave, life->in->now_ms, life->in->arena,
				      &offers, &n)) {
		no_memory(life);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		Offer *before = life_offer(referral, offers[i]->organisation);
		if (before)
			*before = *offers[i];
		else if (arena_append(life->in->arena, &referral->offers, &referral->n_offers,
				      offers[i]))
			no_memory(life);
		tell(life, offers[i]->organisation, MATTER_REFERRAL_ASKED, referral->urgent);
	}
	return n;
}

static bool past_cut_off(const struct life *life)
{
	return life->cut_off_ms && life->in->now_ms >= life->cut_off_ms;
}

/* The next wave that has anybody in it. False: there is none, or no time for one. */
static bool ask_wave(struct life *life)
{
	Referral *referral = life->referral;

	while (referral->wave < WAVES && !past_cut_off(life)) {
		referral->wave++;
		if (offer_wave(life, referral->wave) == 0)
			continue;
		referral->state = S(OFFERED);
		set_deadline(life, match_wave_ms(life->first_ms, referral->wave), 0);
		return true;
	}
	return false;
}

/* After the last wave, and after the cut-off: the centre. */
static void next_wave(struct life *life)
{
	if (!ask_wave(life))
		to_centre(life, REFERRAL_CAUSE_NOBODY_TOOK_IT);
}

static bool anybody_asked(const Referral *referral)
{
	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->state == O(OFFERED))
			return true;
	return false;
}

/* Nobody has it any more, and nobody stands by: on with the waves; where none is left, once more to
 * those who have not answered yet. What was the centre's stays the centre's. */
static void ask_again(struct life *life)
{
	Referral *referral = life->referral;

	referral->taker = text(life, "");
	if (referral->with_centre || past_cut_off(life)) {
		to_centre(life, REFERRAL_CAUSE_NOBODY_TOOK_IT);
		return;
	}
	if (referral->wave == WAVES && !anybody_asked(referral))
		referral->wave = WAVES - 1; /* those who were let go are asked again */
	if (!ask_wave(life)) {
		if (!anybody_asked(referral)) {
			to_centre(life, REFERRAL_CAUSE_NOBODY_TOOK_IT);
			return;
		}
		for (size_t i = 0; i < referral->n_offers; i++)
			if (referral->offers[i]->state == O(OFFERED))
				tell(life, referral->offers[i]->organisation, MATTER_REFERRAL_ASKED,
				     referral->urgent);
		referral->state = S(OFFERED);
		set_deadline(life, match_wave_ms(life->first_ms, referral->wave), 0);
	}
	tell_asker(life, MATTER_REFERRAL_BACK);
}

/* Something is stuck that a person must look at; it goes on by itself if it can. */
static void stuck(struct life *life, Referral_Cause cause)
{
	life->referral->with_centre = true;
	life->referral->cause = cause;
	tell_centre(life, MATTER_REFERRAL_STUCK, true);
}

static void hold(struct life *life, Offer *offer)
{
	offer->state = O(HOLDING);
	offer->standby = 0;
	life->referral->state = S(ACCEPTED);
	life->referral->taker = offer->organisation;
	set_deadline(life, confirm_ms(life), 0);
	tell_asker(life, MATTER_REFERRAL_ACCEPTED);
	/* There may be no time left to confirm it: a person must know. */
	if (past_cut_off(life) && !life->referral->with_centre)
		stuck(life, REFERRAL_CAUSE_NOT_CONFIRMED);
}

static Offer *first_standby(const Referral *referral)
{
	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->standby == 1)
			return referral->offers[i];
	return NULL;
}

/* Who stood by first has it now. False: nobody stands by. */
static bool move_up(struct life *life)
{
	count_standbys(life->referral);
	Offer *next = first_standby(life->referral);
	if (!next)
		return false;
	hold(life, next);
	tell(life, next->organisation, MATTER_REFERRAL_HOLDING, life->referral->urgent);
	count_standbys(life->referral);
	return true;
}

/* What record is to do for the taker, or to undo. */
static void place(struct life *life, const char *organisation, bool ended)
{
	const Referral *referral = life->referral;
	PlacementNotice *placement = NEW(PlacementNotice, life->in->arena);

	if (!placement) {
		no_memory(life);
		return;
	}
	placement->referral = referral->id;
	placement->patient = referral->patient;
	placement->kind = referral->kind;
	placement->organisation = text(life, organisation);
	placement->ended = ended;
	if (referral->kind == REFERRAL_KIND_VISIT) {
		placement->from_ms = referral->from_ms - ACCESS_BEFORE_MS;
		placement->until_ms = referral->to_ms + ACCESS_AFTER_MS;
		placement->times = referral->times;
		placement->every_days = referral->every_days;
	}
	life->fact->placement = placement;
}

static bool is_placed(Referral_State state)
{
	return state == S(CONFIRMING) || state == S(CONFIRMED);
}

/* Lets go whoever is not the taker. Standing by for a visit goes on until it is made. */
static void release(struct life *life, bool standbys, Matter matter)
{
	Referral *referral = life->referral;

	for (size_t i = 0; i < referral->n_offers; i++) {
		Offer *offer = referral->offers[i];
		if (offer->state != O(OFFERED) && (offer->state != O(STANDING_BY) || !standbys))
			continue;
		offer->state = O(RELEASED);
		tell_over(life, offer, matter);
	}
	count_standbys(referral);
}

/* ---- the steps ---------------------------------------------------------------------------- */

void life_ask(struct life *life, const struct input *in, Referral *referral, int64_t cut_off_ms,
	      const struct pool *pool, ReferralChanged *fact)
{
	*life = (struct life){ .in = in, .fact = fact, .referral = referral,
			       .from = S(UNSPECIFIED), .cut_off_ms = cut_off_ms, .pool = pool };
	fact->step = STEP(ASK);
	fact->referral = referral;
	fact->organisation = referral->asker;
	fact->cut_off_ms = cut_off_ms;
	life->first_ms = fact->first_ms =
		match_fitted_ms(referral->kind, referral->urgent, in->now_ms, cut_off_ms);
	if (life->first_ms) {
		next_wave(life);
		return;
	}
	/* All at once, and the centre: whoever accepts has it, from there, too. */
	life->first_ms = fact->first_ms = FIRST_LEAST_MS;
	referral->wave = WAVES;
	offer_wave(life, WAVES);
	to_centre(life, REFERRAL_CAUSE_TOO_LATE_FOR_WAVES);
}

void life_accept(struct life *life, Offer *offer)
{
	Referral *referral = life->referral;
	uint32_t last = 0;

	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->accepted_order > last)
			last = referral->offers[i]->accepted_order;
	offer->accepted_order = last + 1;
	offer->answered_ms = life->in->now_ms;
	tell(life, offer->organisation, MATTER_UNSPECIFIED, false);
	if (referral->state == S(OFFERED) || referral->state == S(UNPLACED)) {
		hold(life, offer);
		return;
	}
	offer->state = O(STANDING_BY);
	count_standbys(referral);
}

void life_decline(struct life *life, Offer *offer, DeclineReason reason)
{
	offer->state = O(DECLINED);
	offer->reason = reason;
	offer->answered_ms = life->in->now_ms;
	tell(life, offer->organisation, MATTER_UNSPECIFIED, false);
	count_standbys(life->referral);
	if (life->referral->state == S(OFFERED) && !anybody_asked(life->referral))
		next_wave(life); /* there is nobody left to wait for */
}

void life_withdraw(struct life *life, Offer *offer, Offer_State state)
{
	bool held = offer->state == O(HOLDING);

	offer->state = state;
	offer->answered_ms = life->in->now_ms;
	count_standbys(life->referral);
	tell(life, offer->organisation, MATTER_UNSPECIFIED, false);
	if (!held) {
		if (life->referral->state == S(OFFERED) && !anybody_asked(life->referral))
			next_wave(life);
		return;
	}
	if (is_placed(life->from))
		place(life, offer->organisation, true);
	if (!move_up(life))
		ask_again(life);
}

/* Who holds it does not get it. */
static void pass_over(struct life *life)
{
	Offer *offer = life_offer(life->referral, life->referral->taker);

	if (!offer)
		return;
	offer->state = O(PASSED);
	tell_over(life, offer, MATTER_REFERRAL_OVER);
}

void life_pass(struct life *life)
{
	pass_over(life);
	if (!move_up(life))
		ask_again(life);
}

void life_confirm(struct life *life)
{
	life->referral->state = S(CONFIRMING);
	place(life, life->referral->taker, false);
	set_deadline(life, RECORD_MS, 0);
	tell_asker(life, MATTER_UNSPECIFIED);
}

/* When the visit that is to be reported next is over. */
static int64_t visit_over_ms(const Referral *referral)
{
	return life_visit_ms(referral, referral->reports) + (referral->to_ms - referral->from_ms);
}

void life_applied(struct life *life, TeamMember *member)
{
	Referral *referral = life->referral;
	bool visit = referral->kind == REFERRAL_KIND_VISIT;

	referral->state = S(CONFIRMED);
	life->fact->member = member;
	if (visit)
		set_deadline(life, 0, visit_over_ms(referral) + REPORT_MS);
	else
		no_deadline(life);
	release(life, !visit, MATTER_REFERRAL_OVER);
	tell(life, referral->taker, MATTER_REFERRAL_CONFIRMED, referral->urgent);
	tell_asker(life, MATTER_UNSPECIFIED);
}

/* From confirmed: record was put back to an older copy, or answers twice. The taker has been told that
 * they have it, and may have begun: whether it is placed anew, or otherwise, is for people to say. */
void life_refused(struct life *life)
{
	if (life->from == S(CONFIRMED)) {
		stuck(life, REFERRAL_CAUSE_RECORD_REFUSED);
		return;
	}
	pass_over(life);
	if (!move_up(life))
		to_centre(life, REFERRAL_CAUSE_RECORD_REFUSED);
}

void life_report(struct life *life, VisitReport *report)
{
	Referral *referral = life->referral;

	life->fact->report = report;
	referral->reports++;
	tell_asker(life, MATTER_REFERRAL_REPORTED);
	tell(life, referral->taker, MATTER_UNSPECIFIED, false);
	if (referral->reports < referral->times) {
		set_deadline(life, 0, visit_over_ms(referral) + REPORT_MS);
		return;
	}
	referral->state = S(DONE);
	no_deadline(life);
	release(life, true, MATTER_REFERRAL_OVER);
}

void life_cancel(struct life *life, Referral_Cause cause)
{
	Referral *referral = life->referral;

	if (is_placed(referral->state))
		place(life, referral->taker, true);
	for (size_t i = 0; i < referral->n_offers; i++) {
		Offer *offer = referral->offers[i];
		if (!life_involved(offer))
			continue;
		offer->state = O(RELEASED);
		tell_over(life, offer, MATTER_REFERRAL_CANCELLED);
	}
	count_standbys(referral);
	if (referral->with_centre)
		tell_centre(life, MATTER_REFERRAL_CANCELLED, false);
	referral->state = S(CANCELLED);
	referral->cause = cause;
	referral->with_centre = false;
	no_deadline(life);
	tell_asker(life, cause == REFERRAL_CAUSE_BY_ASKER ? MATTER_UNSPECIFIED
							   : MATTER_REFERRAL_CANCELLED);
}

static void closed(struct life *life)
{
	life->referral->state = S(CLOSED);
	no_deadline(life);
	release(life, true, MATTER_REFERRAL_OVER);
	tell_asker(life, MATTER_REFERRAL_CLOSED);
}

/* What nobody reported in time is settled by the outcome; who has it goes on with
 * what is to come. */
static void settle_visits(struct life *life)
{
	Referral *referral = life->referral;

	while (referral->reports < referral->times &&
	       visit_over_ms(referral) + REPORT_MS <= life->in->now_ms)
		referral->reports++;
	if (referral->reports < referral->times)
		set_deadline(life, 0, visit_over_ms(referral) + REPORT_MS);
	else
		closed(life);
	tell(life, referral->taker, MATTER_UNSPECIFIED, false);
}

/* It leaves the centre's list. Where it waited for nobody else, it is over, or waits anew. */
void life_close(struct life *life, char *outcome)
{
	Referral *referral = life->referral;
	bool waits = referral->deadline_ms != 0;

	referral->with_centre = false;
	referral->outcome = outcome;
	tell_centre(life, MATTER_UNSPECIFIED, false);
	if (referral->state == S(UNPLACED))
		closed(life);
	else if (referral->state == S(CONFIRMING) && !waits)
		set_deadline(life, RECORD_MS, 0); /* record may still answer; else it comes back */
	else if (referral->state == S(CONFIRMED) && !waits && !life_over(referral))
		settle_visits(life);
}

void life_remind(struct life *life)
{
	const Referral *referral = life->referral;

	if (referral->state == S(ACCEPTED)) {
		tell_asker(life, MATTER_REFERRAL_CONFIRM_REMINDER);
		return;
	}
	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->state == O(OFFERED))
			tell(life, referral->offers[i]->organisation, MATTER_REFERRAL_REMINDER,
			     referral->urgent);
}

/* The asker did not answer: the next; and if there is none, others need not be asked in vain. */
static void not_confirmed(struct life *life)
{
	pass_over(life);
	if (!move_up(life))
		to_centre(life, REFERRAL_CAUSE_NOT_CONFIRMED);
}

static void not_reported(struct life *life)
{
	const Referral *referral = life->referral;
	int64_t ends_ms = visit_over_ms(referral) + ACCESS_AFTER_MS;

	if (life->in->now_ms < ends_ms) {
		tell(life, referral->taker, MATTER_REFERRAL_REPORT_DUE, false);
		set_deadline(life, 0, ends_ms);
		return;
	}
	stuck(life, REFERRAL_CAUSE_NOT_REPORTED);
	no_deadline(life);
}

void life_deadline(struct life *life)
{
	switch (life->referral->state) {
	case S(OFFERED):
		next_wave(life);
		break;
	case S(ACCEPTED):
		not_confirmed(life);
		break;
	case S(CONFIRMING):
		stuck(life, REFERRAL_CAUSE_RECORD_SILENT);
		no_deadline(life);
		break;
	default:
		not_reported(life);
		break;
	}
}

void life_cut_off(struct life *life)
{
	if (life->referral->state == S(OFFERED))
		to_centre(life, REFERRAL_CAUSE_NOBODY_TOOK_IT);
	else
		stuck(life, REFERRAL_CAUSE_NOT_CONFIRMED);
}

/* Nobody can confirm any more: those who hold it or stand by are let go, and the
 * centre sees to it. */
void life_asker_left(struct life *life)
{
	Referral *referral = life->referral;

	for (size_t i = 0; i < referral->n_offers; i++) {
		Offer *offer = referral->offers[i];
		if (!life_involved(offer))
			continue;
		offer->state = O(RELEASED);
		tell_over(life, offer, MATTER_REFERRAL_OVER);
	}
	count_standbys(referral);
	if (referral->state == S(CONFIRMING))
		place(life, referral->taker, true);
	to_centre(life, REFERRAL_CAUSE_ASKER_LEFT);
}
