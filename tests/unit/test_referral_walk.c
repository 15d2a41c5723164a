/* If this failed, there would be a row of steps after which a request waits on nobody,
 * two have it, or somebody stays in a patient's team who does not have it: random walks
 * through the pure rules. */
#include "tests/unit/referral_world.h"

#define WALKS 30000
#define STEPS_MAX 60

/* How often a step led from where to where, over all walks. */
static unsigned seen[N_STEPS][N_STATES][N_STATES];

struct walk {
	struct world w;
	struct rng rng;
	bool asker_left;
	bool closed_late; /* by the centre, while it was accepted after the cut-off */
	bool in_team[CANDIDATES + 1]; /* as record was told */
	bool gone[CANDIDATES + 1];
	unsigned log[STEPS_MAX], n_log;
	uint64_t seed;
};

static const char *name_of(struct world *w, unsigned i)
{
	return arena_printf(&w->arena, "s%u", i);
}

static void wrong(const struct walk *k, const char *promise)
{
	fprintf(stderr, "seed %llu:", (unsigned long long)k->seed);
	for (unsigned i = 0; i < k->n_log; i++)
		fprintf(stderr, " %u", k->log[i]);
	fail_msg("%s (state %d after step %d)", promise, (int)k->w.view.referral->state,
		 (int)k->w.fact->step);
}

#define MUST(condition) do { if (!(condition)) wrong(k, #condition); } while (0)

/* ---- what must hold after every step --------------------------------------------------------- */

static void offers_are_sound(const struct walk *k)
{
	const Referral *r = k->w.view.referral;
	unsigned holding = 0, standing = 0;

	for (size_t i = 0; i < r->n_offers; i++) {
		const Offer *offer = r->offers[i];
		holding += offer->state == O(HOLDING);
		standing += offer->state == O(STANDING_BY);
		MUST(strcmp(offer->organisation, ASKER));
		MUST((offer->state == O(STANDING_BY)) == (offer->standby > 0));
		if (offer->state == O(HOLDING) || offer->state == O(STANDING_BY))
			MUST(offer->accepted_order > 0 && offer->answered_ms > 0);
		if (offer->state == O(HOLDING))
			MUST(!strcmp(r->taker, offer->organisation));
		MUST(offer->wave >= 1 && offer->wave <= r->wave && r->wave <= WAVES);
		for (size_t j = 0; j < i; j++) {
			const Offer *other = r->offers[j];
			MUST(strcmp(offer->organisation, other->organisation));
			MUST(!offer->accepted_order ||
			     offer->accepted_order != other->accepted_order);
			if (offer->standby && other->standby)
				MUST((offer->standby < other->standby) ==
				     (offer->accepted_order < other->accepted_order));
		}
	}
	for (size_t i = 0; i < r->n_offers; i++)
		MUST(r->offers[i]->standby <= standing);
	bool taken = r->state == S(ACCEPTED) || r->state == S(CONFIRMING) ||
		     r->state == S(CONFIRMED) || r->state == S(DONE);
	if (r->state == S(CANCELLED) || r->state == S(CLOSED))
		return; /* who had it is still told of */
	MUST(holding == (taken ? 1 : 0));
	MUST(taken == (r->taker[0] != '\0'));
	MUST(standing == 0 || taken);
}

static void somebody_is_waited_for(const struct walk *k)
{
	const Referral *r = k->w.view.referral;
	bool over = life_over(r), due = has_deadline(&k->w);

	MUST(over || r->with_centre || due);
	MUST(!over || !due);
	MUST(due == (r->deadline_ms != 0));
	MUST(r->state != S(UNPLACED) || (r->with_centre && !due));
	MUST(r->state != S(OFFERED) || (!r->with_centre && due));
	MUST(r->state != S(CANCELLED) || !r->with_centre);
	MUST(r->state != S(CLOSED) || (!r->with_centre && r->outcome[0]));
	MUST(!r->with_centre || r->cause != 0);
	MUST(!r->with_centre || k->w.view.was_with_centre);
	/* what has passed its last moment is a person's task */
	if (k->w.view.cut_off_ms && k->w.in.now_ms >= k->w.view.cut_off_ms && !k->closed_late)
		MUST(over || r->with_centre || r->state == S(CONFIRMING) ||
		     r->state == S(CONFIRMED));
	if (r->state == S(OFFERED)) {
		bool anybody = false;
		for (size_t i = 0; i < r->n_offers; i++)
			anybody |= r->offers[i]->state == O(OFFERED);
		MUST(anybody);
	}
}

static void told_once_each(const struct walk *k)
{
	const ReferralChanged *fact = k->w.fact;

	for (size_t i = 0; i < fact->n_told; i++) {
		MUST(!k->asker_left || strcmp(fact->told[i]->organisation, ASKER) ||
		     !fact->told[i]->matter || k->w.view.referral->cause != CAUSE(ASKER_LEFT));
		for (size_t j = 0; j < i; j++)
			MUST(strcmp(fact->told[i]->organisation, fact->told[j]->organisation));
	}
}

/* The centre hears of everything that comes onto its list. */
static void the_centre_is_told(const struct walk *k, bool was)
{
	bool now = k->w.view.referral->with_centre, said = false;

	for (size_t i = 0; i < k->w.fact->n_told; i++)
		said |= !k->w.fact->told[i]->organisation[0] &&
			(!now || k->w.fact->told[i]->urgent);
	if (was != now)
		MUST(said);
}

static void the_team_is_right(const struct walk *k)
{
	const Referral *r = k->w.view.referral;
	bool placed = r->state == S(CONFIRMING) || r->state == S(CONFIRMED) || r->state == S(DONE);

	for (unsigned i = 1; i <= CANDIDATES && r->state != S(CLOSED); i++) {
		char name[8];
		snprintf(name, sizeof(name), "s%u", i);
		MUST(k->in_team[i] == (placed && !strcmp(r->taker, name)));
	}
}

static void follow_record(struct walk *k)
{
	const PlacementNotice *placement = k->w.fact->placement;

	if (placement) {
		unsigned i = (unsigned)strtoul(placement->organisation + 1, NULL, 10);
		MUST(i >= 1 && i <= CANDIDATES);
		MUST(k->in_team[i] == placement->ended);
		k->in_team[i] = !placement->ended;
	}
}

static void check(struct walk *k, Referral_State from, bool was_with_centre)
{
	const ReferralChanged *fact = k->w.fact;

	seen[fact->step][from][k->w.view.referral->state]++;
	if (fact->step == STEP(CLOSE) && k->w.view.referral->state == S(ACCEPTED))
		k->closed_late = true;
	else if (k->w.view.referral->with_centre)
		k->closed_late = false;
	offers_are_sound(k);
	somebody_is_waited_for(k);
	told_once_each(k);
	the_centre_is_told(k, was_with_centre);
	the_team_is_right(k);
}

/* ---- one step -------------------------------------------------------------------------------- */

/* Time goes on to the next thing that is due, and it happens: the earlier
 * of deadline and cut-off. */
static int next_due(struct walk *k)
{
	struct world *w = &k->w;
	int64_t cut_off_ms = w->view.cut_off_ms > w->in.now_ms ? w->view.cut_off_ms : INT64_MAX;
	int64_t due_ms = has_deadline(w) ? deadline_ms(w) : INT64_MAX;

	if (due_ms == INT64_MAX && cut_off_ms == INT64_MAX) {
		w->in.now_ms += DAY;
		return ERR_NOTHING;
	}
	if (cut_off_ms <= due_ms) {
		w->in.now_ms = cut_off_ms;
		return step(w, STEP(CUT_OFF), "");
	}
	if (due_ms > w->in.now_ms)
		w->in.now_ms = due_ms;
	return step(w, STEP(DEADLINE), "");
}

static int taker_answer(struct walk *k, bool applied)
{
	struct world *w = &k->w;
	unsigned i = (unsigned)strtoul(w->view.referral->taker + (w->view.referral->taker[0] != 0),
				       NULL, 10);

	bool confirming = w->view.referral->state == S(CONFIRMING);
	int rc = step(w, applied ? STEP(APPLIED) : STEP(REFUSED), w->view.referral->taker);
	if (!rc && !applied && confirming) /* later it is still to be undone, if it is given back */
		k->in_team[i] = false;
	return rc;
}

static int somebody_leaves(struct walk *k, unsigned i)
{
	struct world *w = &k->w;
	Offer *offer = life_offer(w->view.referral, name_of(w, i));

	if (k->gone[i] || !offer || !life_involved(offer) ||
	    !life_possible(STEP(WITHDRAW), w->view.referral->state) || life_over(w->view.referral))
		return ERR_NOTHING;
	k->gone[i] = true;
	return leaves(w, offer->organisation);
}

static int report_late(struct world *w)
{
	int64_t begin_ms = life_visit_ms(w->view.referral, w->view.referral->reports);

	if (w->view.referral->state == S(CONFIRMED) && w->in.now_ms < begin_ms &&
	    (!has_deadline(w) || begin_ms <= deadline_ms(w)) &&
	    (w->view.cut_off_ms <= w->in.now_ms))
		w->in.now_ms = begin_ms;
	return step(w, STEP(REPORT), w->view.referral->taker);
}

static int any_step(struct walk *k, unsigned action, unsigned i)
{
	struct world *w = &k->w;

	switch (action) {
	case 0: case 1: case 2: case 3:
		return k->gone[i] ? ERR_NOTHING : step(w, STEP(ACCEPT), name_of(w, i));
	case 4: case 5:
		return k->gone[i] ? ERR_NOTHING : step(w, STEP(DECLINE), name_of(w, i));
	case 6:
		return k->gone[i] ? ERR_NOTHING : step(w, STEP(WITHDRAW), name_of(w, i));
	case 7:
		return w->view.referral->taker[0] ? step(w, STEP(WITHDRAW), w->view.referral->taker)
						  : ERR_NOTHING;
	case 8: case 9: case 10:
		return k->asker_left ? ERR_NOTHING : step(w, STEP(CONFIRM), ASKER);
	case 11:
		return k->asker_left ? ERR_NOTHING : step(w, STEP(PASS), ASKER);
	case 12: case 13:
		return taker_answer(k, true);
	case 14:
		return taker_answer(k, false);
	case 15: case 16:
		return report_late(w);
	case 17: case 18: case 19: case 20: case 21:
		return next_due(k);
	case 22:
		return step(w, STEP(REMIND), "");
	case 23:
		return somebody_leaves(k, i);
	case 24:
		return step(w, STEP(CLOSE), CENTRE_NAME);
	case 25:
		return rng_chance(&k->rng, 150) && !k->asker_left ? step(w, STEP(CANCEL), ASKER)
								  : ERR_NOTHING;
	case 26:
		if (k->asker_left || !rng_chance(&k->rng, 150) ||
		    !life_possible(STEP(ASKER_LEFT), w->view.referral->state))
			return ERR_NOTHING;
		k->asker_left = true;
		return step(w, STEP(ASKER_LEFT), "");
	default:
		return rng_chance(&k->rng, 50) && !life_over(w->view.referral)
			       ? patient_gone(w, false, rng_chance(&k->rng, 500)) : ERR_NOTHING;
	}
}

static void ask_at_random(struct walk *k)
{
	struct world *w = &k->w;
	AskReferral request = form(w, (ReferralKind)(1 + rng_below(&k->rng, 3)));

	request.urgent = rng_chance(&k->rng, 300);
	if (request.kind == KIND(VISIT)) {
		request.from_ms = w->in.now_ms + rng_between(&k->rng, HOUR, 60 * HOUR);
		request.to_ms = request.from_ms + rng_between(&k->rng, 1, 12 * HOUR);
		request.times = rng_below(&k->rng, 4);
		request.every_days = rng_below(&k->rng, 4);
	} else if (rng_chance(&k->rng, 500)) {
		request.wished_ms = w->in.now_ms + rng_between(&k->rng, 1, 60 * HOUR);
	}
	candidates(w, rng_below(&k->rng, CANDIDATES + 1));
	assert_int_equal(ask(w, &request), 0);
	check(k, S(UNSPECIFIED), false);
}

static void one_walk(struct walk *k, uint64_t seed)
{
	memset(k, 0, sizeof(*k));
	k->seed = seed;
	k->rng = rng_make(seed, 3);
	open_world(&k->w);
	ask_at_random(k);
	for (unsigned n = 0; n < STEPS_MAX; n++) {
		const ReferralChanged *last = k->w.fact;
		Referral before = *k->w.view.referral;
		unsigned action = k->log[k->n_log++] = rng_below(&k->rng, 28);
		int rc = any_step(k, action, 1 + rng_below(&k->rng, CANDIDATES));
		MUST(rc == 0 || rc == ERR_REFUSED || rc == ERR_NOTHING);
		if (rc) {
			MUST(k->w.view.referral->state == before.state);
			k->w.fact = NEW(ReferralChanged, &k->w.arena);
			*k->w.fact = *last;
			continue;
		}
		follow_record(k);
		check(k, before.state, before.with_centre);
	}
	arena_close(&k->w.arena);
}

/* ---- the table, from the other side ---------------------------------------------------------- */

/* What the diagram shows must happen sooner or later, and nothing else ever. Numbers are states. */
static const char *const into[N_STEPS][N_STATES] = {
	[STEP(ASK)] = { "16" },
	[STEP(ACCEPT)] = { [1] = "2", [2] = "2", [3] = "3", [6] = "2" },
	[STEP(DECLINE)] = { [1] = "16", [2] = "2", [3] = "3", [4] = "4", [6] = "6" },
	[STEP(WITHDRAW)] = { [1] = "16", [2] = "126", [3] = "1236", [4] = "1246", [6] = "6" },
	[STEP(CONFIRM)] = { [2] = "3" },
	[STEP(PASS)] = { [2] = "126" },
	[STEP(APPLIED)] = { [3] = "4" },
	[STEP(REFUSED)] = { [3] = "26", [4] = "4" },
	[STEP(REPORT)] = { [4] = "45" },
	[STEP(CANCEL)] = { [1] = "7", [2] = "7", [3] = "7", [4] = "7", [6] = "7" },
	[STEP(CLOSE)] = { [2] = "2", [3] = "3", [4] = "48", [5] = "5", [6] = "8" },
	[STEP(REMIND)] = { [1] = "1", [2] = "2" },
	[STEP(DEADLINE)] = { [1] = "16", [2] = "26", [3] = "3", [4] = "4" },
	[STEP(CUT_OFF)] = { [1] = "6", [2] = "2" },
	[STEP(ASKER_LEFT)] = { [1] = "6", [2] = "6", [3] = "6", [6] = "6" },
};

static void walks_at_random(void **state)
{
	struct walk *k = test_calloc(1, sizeof(*k));

	(void)state;
	for (uint64_t seed = 1; seed <= WALKS; seed++)
		one_walk(k, seed);
	test_free(k);
	for (int s = 0; s < N_STEPS; s++)
		for (int from = 0; from < N_STATES; from++)
			for (int to = 0; to < N_STATES; to++) {
				bool shown = into[s][from] && strchr(into[s][from], '0' + to);
				if (shown != (seen[s][from][to] > 0))
					fail_msg("step %d from %d to %d: %u times", s, from, to,
						 seen[s][from][to]);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(walks_at_random) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
