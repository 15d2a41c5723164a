/* If this failed, something urgent would reach nobody who can act, or ring people out of their sleep
 * when somebody has it already. */
#include "tests/unit/alert_world.h"

/* ---- the chain, without a store ------------------------------------------------------------- */

#define P(name) ESCALATION_STEP_PLACE_##name

struct line {
	struct candidate candidates[ESCALATION_PLACES + 1], *pointers[ESCALATION_PLACES + 1];
	Person people[ESCALATION_PLACES + 1];
	Notification items[ESCALATION_PLACES + 1];
	char *asked[20];
	EscalationStep_Place order[ESCALATION_PLACES];
	Escalation escalation;
	struct chain chain;
};

static char *names[] = { "", "a", "d", "f", "s", "c", "x", "y" };

static void stand(struct line *line, EscalationStep_Place place, char *organisation)
{
	line->chain.places[place].organisation = organisation;
	line->chain.places[place].candidates = &line->pointers[place];
	line->chain.places[place].n_candidates = organisation[0] != '\0';
}

/* Behind each place stands an organisation of one person. */
static void line_up(struct line *line, bool in_hours)
{
	*line = (struct line){ .escalation = Escalation_INIT };
	escalation_order(in_hours, line->order);
	line->escalation.order = line->order;
	line->escalation.n_order = ESCALATION_PLACES;
	line->escalation.asked = line->asked;
	line->escalation.author = names[6];
	for (int place = 0; place <= ESCALATION_PLACES; place++) {
		line->people[place] = (Person)Person_INIT;
		line->people[place].id = names[place];
		line->items[place] = (Notification)Notification_INIT;
		line->candidates[place].person = &line->people[place];
		line->pointers[place] = &line->candidates[place];
		stand(line, (EscalationStep_Place)place, names[place]);
	}
}

static bool step(struct line *line, char *walked)
{
	EscalationStep_Place place = escalation_next(&line->escalation, &line->chain);
	size_t n = strlen(walked);

	if (!place)
		return false;
	assert_true(line->escalation.n_asked < 20);
	line->asked[line->escalation.n_asked++] =
		(union { const char *in; char *out; }){ line->chain.places[place].organisation }.out;
	walked[n] = "?AD12C"[place];
	walked[n + 1] = '\0';
	return true;
}

/* places: the organisation behind A, D, 1, 2 and C, a letter each; '.': nobody; upper case: its one
 * person has declined; x: they wrote it. */
static void in_order_each_organisation_once(void **state)
{
	static const struct {
		const char *name;
		bool in_hours;
		const char *places, *walk;
	} rows[] = {
		{ "within hours", true, "adfsc", "AD12C" },
		{ "outside of them", false, "adfsc", "12ADC" },
		{ "no deputy", true, "a.fsc", "A12C" },
		{ "no deputy, at night", false, "a.fsc", "12AC" },
		{ "the deputy is on duty", true, "adddc", "ADC" },
		{ "the attending clinic is on duty", false, "adafc", "12DC" },
		{ "first and second are the same", false, "adffc", "1ADC" },
		{ "nobody is on duty", false, "ad..c", "ADC" },
		{ "nobody but the centre", true, "....c", "C" },
		{ "nobody at all", true, ".....", "" },
		{ "no centre", false, "adfs.", "12AD" },
		{ "who declined is passed over", true, "aDfSc", "A1C" },
		{ "who wrote it is not asked", true, "xdfsc", "D12C" },
		{ "the centre wrote it", true, "adfsx", "AD12C" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct line line;
		char walked[64] = "", letters[ESCALATION_PLACES][2];
		line_up(&line, rows[i].in_hours);
		for (int k = 0; k < ESCALATION_PLACES; k++) {
			char c = rows[i].places[k];
			int place = k + 1;
			snprintf(letters[k], 2, "%c", c == '.' ? '\0' : c | 32);
			stand(&line, (EscalationStep_Place)place, letters[k]);
			line.people[place].id = letters[k];
			line.items[place].state = NOTIFICATION_STATE_DECLINED;
			line.candidates[place].item = c >= 'A' && c <= 'Z' ? &line.items[place] : NULL;
		}
		while (step(&line, walked))
			;
		if (strcmp(walked, rows[i].walk) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, walked, rows[i].walk);
	}
}

/* Whoever is on duty now and was not asked is the next, wherever the walk is; nobody twice. */
static void a_shift_moves_in_the_middle(void **state)
{
	struct line line;
	char walked[64] = "";

	(void)state;
	line_up(&line, false);
	step(&line, walked);
	step(&line, walked);
	step(&line, walked);
	stand(&line, P(ON_DUTY_FIRST), names[7]);
	step(&line, walked);
	stand(&line, P(ON_DUTY_FIRST), names[2]); /* the deputy, from now on */
	while (step(&line, walked))
		;
	assert_string_equal(walked, "12A11C");
	line_up(&line, false);
	walked[0] = '\0';
	step(&line, walked);
	stand(&line, P(ON_DUTY_FIRST), names[4]);
	stand(&line, P(ON_DUTY_SECOND), names[3]); /* they changed places */
	while (step(&line, walked))
		;
	assert_string_equal(walked, "11ADC");
}

static void every_state_from_every_state(void **state)
{
	/* asks, asks the centre, taken, back, ends */
	static const char *const after[] = { "WC...", "WCT.O", "WCT.O", "...W.", "....." };
	static const char letters[] = ".WCTO";

	(void)state;
	for (int from = 0; from < 5; from++)
		for (int event = 0; event < ESCALATION_EVENTS; event++)
			assert_int_equal(letters[escalation_after((Escalation_State)from,
								  (enum escalation_event)event)],
					 after[from][event]);
	assert_int_equal(escalation_after((Escalation_State)9, ESCALATION_ASKS), 0);
	assert_true(escalation_open(ESCALATION_STATE_WITH_CENTRE));
	assert_false(escalation_open(ESCALATION_STATE_TAKEN));
}

/* What is due and has been overtaken is dropped: taken meanwhile, over, or not known. */
static void what_is_over_goes_on_no_more(void **state)
{
	EscalationDue due = EscalationDue_INIT;
	EscalationWalked fact = EscalationWalked_INIT;
	Escalation escalation = Escalation_INIT;
	Notification item = Notification_INIT, *items[] = { &item };
	struct walk_view view = { .items = items, .n_items = 1 };
	struct input in = { .now_ms = 0 };

	(void)state;
	assert_int_equal(escalation_walk(&in, &view, &due, &fact), ERR_NOTHING);
	view.escalation = &escalation;
	escalation.state = ESCALATION_STATE_OVER;
	assert_int_equal(escalation_walk(&in, &view, &due, &fact), ERR_NOTHING);
	escalation.state = ESCALATION_STATE_WALKING;
	item.state = NOTIFICATION_STATE_DONE;
	assert_int_equal(escalation_walk(&in, &view, &due, &fact), ERR_NOTHING);
}

/* ---- the whole daemon ----------------------------------------------------------------------- */

static void from_one_to_the_next_until_the_centre_and_again(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	assert_string_equal(way(f, event), "1:clinic03 ");
	assert_int_equal(walk_of(f, event)->started_ms, FRIDAY_22);
	assert_int_equal(walk_of(f, event)->steps[0]->time_ms, FRIDAY_22);
	/* there at once, silently, for whose turn comes; the colleague of the author hears it */
	assert_int_equal(item_of(f, "d1")->rings, 0);
	assert_int_equal(item_of(f, "d2")->rings, 0);
	assert_int_equal(item_of(f, "d3")->rings, 1);
	assert_int_equal(item_of(f, "d3")->place, P(ON_DUTY_FIRST));
	assert_int_equal(item_of(f, "nurse-2")->rings, 1);
	assert_string_equal(inbox(f, "d4"), "");
	assert_string_equal(inbox(f, "nurse-1"), "");
	pass(f, STEP_MS - 1);
	assert_string_equal(way(f, event), "1:clinic03 ");
	pass(f, 1);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 ");
	pass(f, STEP_MS);
	assert_int_equal(item_of(f, "d1")->rings, 1);
	assert_int_equal(item_of(f, "d1")->place, P(ATTENDING_CLINIC));
	pass(f, STEP_MS);
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WALKING);
	pass(f, STEP_MS);
	assert_string_equal(way(f, event),
			    "1:clinic03 2:clinic04 A:clinic01 D:clinic02 C:centre01 ");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	assert_string_equal(inbox(f, "centre-staff"), "stored ");
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 A:clinic01 D:clinic02 C:centre01 "
					   "*1 1:clinic03 ");
	assert_int_equal(item_of(f, "d3")->rings, 2);
	assert_int_equal(item_of(f, "d3")->round, 1);
	assert_int_equal(item_of(f, "d4")->rings, 1);
	rebuilt_the_same(f);
}

static void acceptance_stops_it_and_all_are_told(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	pass(f, STEP_MS);
	assert_int_equal(accept_it(f, "d4", item_of(f, "d4")->id), CODE_OK);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 +d4 ");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_TAKEN);
	assert_string_equal(walk_of(f, event)->holder, "d4");
	assert_string_equal(inbox(f, "d3"), "stored by d4 ");
	assert_string_equal(inbox(f, "d1"), "stored by d4 ");
	assert_string_equal(inbox(f, "nurse-2"), "stored by d4 ");
	pass(f, 20 * STEP_MS);
	assert_string_equal(inbox(f, "d3"), "stored by d4 ");
	assert_int_equal(item_of(f, "d1")->rings, 0);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 +d4 ");
	/* it is done: nothing begins again */
	assert_int_equal(finish_it(f, "d4", first(f, "d4")), CODE_OK);
	pass(f, 20 * STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 +d4 ");
	rebuilt_the_same(f);
}

static void hours_of_the_attending_clinic(void **state)
{
	struct fixture *f = *state;

	test_clock_jump(&f->clock, FRIDAY_10 - FRIDAY_22);
	pass(f, 0);
	shift(f, "2026-09-25-day", 0, FRIDAY_10 - HOUR_MS, FRIDAY_10 + 8 * HOUR_MS, "clinic03",
	      "clinic04");
	char *event = urgent(f, false, false);
	assert_string_equal(way(f, event), "A:clinic01 ");
	assert_int_equal(item_of(f, "d1")->rings, 1);
	pass(f, STEP_MS);
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "A:clinic01 D:clinic02 1:clinic03 ");
	/* the order stays as it was at the beginning; a holiday is none of its hours */
	test_clock_jump(&f->clock, WEDNESDAY_10 - FRIDAY_10);
	pass(f, 0);
	assert_string_equal(way(f, event), "A:clinic01 D:clinic02 1:clinic03 ");
	event = urgent(f, false, false);
	assert_string_equal(way(f, event), "A:clinic01 "); /* nobody is on duty, and it is asked */
	assert_int_equal(walk_of(f, event)->order[0], P(ON_DUTY_FIRST));
}

static void a_decline_moves_on_at_once(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	assert_int_equal(decline_it(f, "d1", first(f, "d1")), CODE_OK); /* not asked yet */
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 -d1 ");
	assert_int_equal(decline_it(f, "d3", first(f, "d3")), CODE_OK);
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 -d1 -d3 2:clinic04 ");
	pass(f, STEP_MS); /* clinic01 has declined */
	assert_string_equal(way(f, event), "1:clinic03 -d1 -d3 2:clinic04 D:clinic02 ");
	assert_int_equal(decline_it(f, "d2", first(f, "d2")), CODE_OK);
	assert_int_equal(decline_it(f, "d4", first(f, "d4")), CODE_OK);
	pass(f, 0);
	assert_int_equal(decline_it(f, "centre-staff", first(f, "centre-staff")), CODE_OK);
	pass(f, 0);
	/* even the centre has declined: it is asked all the same, and stays with it */
	assert_string_equal(way(f, event), "1:clinic03 -d1 -d3 2:clinic04 D:clinic02 -d2 "
					   "C:centre01 -d4 -centre-staff *1 C:centre01 ");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	assert_string_equal(inbox(f, "centre-staff"), "stored*1 ");
	rebuilt_the_same(f);
}

/* It has declined, and nobody answers: at the end of each round it is asked again. */
static void the_centre_does_not_decline_for_good(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	for (int i = 0; i < 4; i++)
		pass(f, STEP_MS);
	assert_int_equal(decline_it(f, "centre-staff", first(f, "centre-staff")), CODE_OK);
	for (int i = 0; i < 5; i++)
		pass(f, i ? STEP_MS : 0);
	assert_string_equal(way(f, event),
			    "1:clinic03 2:clinic04 A:clinic01 D:clinic02 C:centre01 -centre-staff "
			    "*1 1:clinic03 2:clinic04 A:clinic01 D:clinic02 C:centre01 ");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	assert_string_equal(inbox(f, "centre-staff"), "stored*1 ");
	pass(f, STEP_MS);
	assert_int_equal(walk_of(f, event)->round, 2);
	rebuilt_the_same(f);
}

static void who_gives_it_back_sets_it_going(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	assert_int_equal(accept_it(f, "d3", first(f, "d3")), CODE_OK);
	pass(f, STEP_MS);
	assert_int_equal(decline_it(f, "d3", first(f, "d3")), CODE_OK);
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 +d3 <d3 2:clinic04 ");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WALKING);
	assert_string_equal(inbox(f, "nurse-2"), "stored ");
	/* whoever of the team has it as well: nobody is asked */
	assert_int_equal(accept_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	assert_int_equal(accept_it(f, "d4", first(f, "d4")), CODE_OK);
	assert_int_equal(decline_it(f, "d4", first(f, "d4")), CODE_OK);
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 +d3 <d3 2:clinic04 +nurse-2 +d4 <d4 ");
	assert_string_equal(walk_of(f, event)->holder, "nurse-2");
	rebuilt_the_same(f);
}

static void taken_over_by_name(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);
	char *of_d3 = first(f, "d3");

	pass(f, STEP_MS);
	char *of_d4 = first(f, "d4");
	assert_int_equal(take_over(f, "d4", of_d4), CODE_FAILED_PRECONDITION); /* nobody has it */
	assert_int_equal(accept_it(f, "d3", of_d3), CODE_OK);
	assert_int_equal(take_over(f, "d4", of_d3), CODE_NOT_FOUND); /* another clinic's */
	assert_int_equal(take_over(f, "d3", of_d3), CODE_FAILED_PRECONDITION);
	assert_int_equal(take_over(f, "d4", of_d4), CODE_OK);
	assert_string_equal(inbox(f, "d4"), "accepted ");
	assert_string_equal(inbox(f, "d3"), "opened by d4 ");
	assert_string_equal(inbox(f, "d1"), "stored by d4 ");
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 +d3 >d4/d3 ");
	assert_string_equal(walk_of(f, event)->holder, "d4");
	pass(f, 10 * STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 +d3 >d4/d3 ");
	/* and back */
	assert_int_equal(take_over(f, "d3", of_d3), CODE_OK);
	assert_string_equal(inbox(f, "d4"), "opened by d3 ");
	rebuilt_the_same(f);
}

static void a_moved_shift_is_asked_next(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	pass(f, STEP_MS);
	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 - 4 * HOUR_MS, FRIDAY_22 + 10 * HOUR_MS,
	      "clinic05", "clinic04");
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 ");
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 1:clinic05 ");
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 1:clinic05 A:clinic01 ");
	rebuilt_the_same(f);
}

/* What they had at the clinic that they left is in no inbox of theirs: they get it anew. */
static void who_changes_clinics_is_asked_where_they_are(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	person(f, "d3", "clinic04", PROFESSION_DOCTOR);
	assert_string_equal(inbox(f, "d3"), "");
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 ");
	assert_string_equal(inbox(f, "d3"), "stored ");
	assert_int_equal(item_of(f, "d3")->place, P(ON_DUTY_SECOND));
	rebuilt_the_same(f);
}

/* The shift of another area is none of this patient's; a patient who did not consent to cover, or
 * whose clinic does not stand by, is nobody's on duty. */
static void on_duty_for_whom(void **state)
{
	struct fixture *f = *state;

	shift(f, "2026-09-25-weekday-night", AREA_SOUTH, FRIDAY_22 - 4 * HOUR_MS,
	      FRIDAY_22 + 10 * HOUR_MS, "clinic03", "clinic04");
	assert_string_equal(way(f, urgent(f, false, false)), "A:clinic01 ");
	shift(f, "2026-09-25-weekday-night", AREA_NORTH, FRIDAY_22 - 4 * HOUR_MS,
	      FRIDAY_22 + 10 * HOUR_MS, "clinic03", "clinic04");
	assert_string_equal(way(f, urgent(f, false, false)), "1:clinic03 ");
	consents(f, true, false);
	assert_string_equal(way(f, urgent(f, false, false)), "A:clinic01 ");
	consents(f, true, true);
	clinic(f, "clinic01", AREA_NORTH, false);
	assert_string_equal(way(f, urgent(f, false, false)), "A:clinic01 ");
	clinic(f, "clinic01", AREA_NORTH, true);
	/* not before it begins, and not when it is over */
	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 + 1, FRIDAY_22 + 10, "clinic03", "");
	assert_string_equal(way(f, urgent(f, false, false)), "A:clinic01 ");
	pass(f, 1);
	assert_string_equal(way(f, urgent(f, false, false)), "1:clinic03 ");
	pass(f, 9);
	assert_string_equal(way(f, urgent(f, false, false)), "A:clinic01 ");
	rebuilt_the_same(f);
}

static void consent_is_withdrawn_in_the_middle(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	consents(f, true, false);
	pass(f, 0);
	assert_string_equal(inbox(f, "d3"), "");
	assert_string_equal(way(f, event), "1:clinic03 A:clinic01 ");
	/* team consent: the registrar's own are left, and the centre sees that they answer */
	consents(f, false, false);
	pass(f, 0);
	assert_string_equal(inbox(f, "d1"), "");
	assert_string_equal(inbox(f, "nurse-2"), "stored ");
	assert_string_equal(way(f, event), "1:clinic03 A:clinic01 C:centre01 ");
	team(f, PATIENT, "clinic01", "", PROFESSION_DOCTOR, false, true);
	assert_string_equal(inbox(f, "centre-staff"), "stored ");
	/* the author's colleague leaves: there is nobody left */
	person(f, "nurse-2", "station02", PROFESSION_NURSE);
	consents(f, false, false);
	pass(f, 0);
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_OVER);
	assert_string_equal(inbox(f, "centre-staff"), "");
	pass(f, 10 * STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 A:clinic01 C:centre01 ");
	rebuilt_the_same(f);
}

static void a_stop_and_a_set_clock_make_no_step(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	pass(f, STEP_MS - 1);
	test_clock_jump(&f->clock, DAY_MS);
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 ");
	test_clock_jump(&f->clock, -DAY_MS);
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 ");
	pass(f, 1);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 ");
	/* hours of a stop: one step, then its full length */
	fixture_stop(f);
	test_clock_advance(&f->clock, 5 * HOUR_MS);
	fixture_start(f);
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 A:clinic01 ");
	pass(f, STEP_MS - 1);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 A:clinic01 ");
	pass(f, 1);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 A:clinic01 D:clinic02 ");
	rebuilt_the_same(f);
}

static void everyone_is_to_accept(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, true, false);

	assert_int_equal(item_of(f, "d1")->rings, 1); /* all at once */
	assert_int_equal(item_of(f, "d2")->rings, 1);
	assert_true(item_of(f, "d2")->everyone);
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 ");
	assert_int_equal(item_of(f, "d1")->rings, 2);
	assert_int_equal(item_of(f, "d3")->rings, 1);
	assert_int_equal(accept_it(f, "d1", first(f, "d1")), CODE_OK);
	pass(f, STEP_MS); /* nobody else is looked for; who is silent hears it */
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 +d1 ");
	assert_int_equal(item_of(f, "d1")->rings, 2);
	assert_int_equal(item_of(f, "d2")->rings, 3);
	assert_int_equal(item_of(f, "nurse-2")->rings, 3);
	assert_int_equal(item_of(f, "d3")->rings, 1);
	assert_int_equal(accept_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	pass(f, STEP_MS);
	pass(f, STEP_MS);
	assert_string_equal(inbox(f, "centre-staff"), "");
	pass(f, STEP_MS); /* the chain's time is over and d2 is silent */
	assert_string_equal(way(f, event),
			    "1:clinic03 2:clinic04 +d1 +nurse-2 C:centre01 ");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	assert_int_equal(decline_it(f, "d2", first(f, "d2")), CODE_OK);
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_TAKEN);
	assert_int_equal(item_of(f, "nurse-2")->rings, 3);
	pass(f, 10 * STEP_MS);
	assert_int_equal(item_of(f, "d3")->rings, 1);
	assert_int_equal(item_of(f, "centre-staff")->rings, 1);
	rebuilt_the_same(f);
}

/* One has it, not everyone has said so, and the centre has declined: it is asked again in the next
 * round, and stays with it. */
static void the_centre_sees_to_it_that_everyone_hears(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, true, false);

	assert_int_equal(accept_it(f, "d1", first(f, "d1")), CODE_OK);
	for (int i = 0; i < ESCALATION_PLACES; i++)
		pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 +d1 C:centre01 ");
	assert_int_equal(decline_it(f, "centre-staff", first(f, "centre-staff")), CODE_OK);
	for (int i = 0; i < 2 * ESCALATION_PLACES; i++)
		pass(f, STEP_MS);
	const char *again = strstr(way(f, event), "-centre-staff ");
	assert_non_null(again);
	assert_non_null(strstr(again, "C:centre01 "));
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	assert_int_equal(item_of(f, "d3")->rings, 1);
	rebuilt_the_same(f);
}

static Code set_steps(struct fixture *f, const char *user, uint32_t urgent_s, uint32_t limit_s)
{
	SetEscalation request = SetEscalation_INIT;

	request.urgent_s = urgent_s;
	request.limit_s = limit_s;
	return ask(f, user, &request.base);
}

static void how_long_is_set(void **state)
{
	struct fixture *f = *state;
	ShowEscalationSettings show = ShowEscalationSettings_INIT;

	assert_int_equal(set_steps(f, "d1", 10, 20), CODE_PERMISSION_DENIED);
	assert_int_equal(set_steps(f, "admin", 9, 20), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "urgent_s");
	assert_int_equal(set_steps(f, "admin", 10, 3601), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "limit_s");
	assert_int_equal(ask(f, "d1", &show.base), CODE_OK);
	assert_int_equal(((EscalationSettings *)body_of(f, &EscalationSettings_descriptor))->limit_s,
			 ESCALATION_STEP_S);
	assert_int_equal(set_steps(f, "admin", 10, 20), CODE_OK);
	assert_int_equal(ask(f, "d1", &show.base), CODE_OK);
	assert_int_equal(((EscalationSettings *)body_of(f, &EscalationSettings_descriptor))->limit_s, 20);
	char *said = urgent(f, false, false), *limit = urgent(f, false, true);
	pass(f, 10000);
	assert_string_equal(way(f, said), "1:clinic03 2:clinic04 ");
	assert_string_equal(way(f, limit), "1:clinic03 ");
	pass(f, 10000);
	assert_string_equal(way(f, limit), "1:clinic03 2:clinic04 ");
	rebuilt_the_same(f);
}

static size_t listed(struct fixture *f, const char *user, bool all, uint64_t after)
{
	ListEscalations request = ListEscalations_INIT;

	request.all = all;
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	return ((EscalationList *)body_of(f, &EscalationList_descriptor))->n_items;
}

static void who_sees_it(void **state)
{
	struct fixture *f = *state;
	ListEscalations watch = ListEscalations_INIT;
	char *event = urgent(f, false, false);

	/* by the entry or by a notification; not who has no part in it */
	assert_int_equal(show_walk(f, "nurse-2", event), CODE_OK);
	assert_int_equal(show_walk(f, "d3", first(f, "d3")), CODE_OK);
	assert_int_equal(show_walk(f, "centre-staff", event), CODE_OK);
	assert_int_equal(show_walk(f, "d4", event), CODE_NOT_FOUND); /* not asked yet */
	assert_int_equal(show_walk(f, "d5", event), CODE_NOT_FOUND);
	assert_int_equal(show_walk(f, "d3", "01KSR49200E4HR00000000000Z"), CODE_NOT_FOUND);
	assert_int_equal(show_walk(f, "d3", "no id"), CODE_NOT_FOUND);
	assert_int_equal(listed(f, "nurse-1", false, 0), 1);
	assert_int_equal(listed(f, "centre-staff", false, 0), 1);
	assert_int_equal(listed(f, "d3", false, 0), 0);

	/* the centre's screens hear of each step */
	assert_int_equal(ask_after(f, "centre-staff", &watch.base, 0, true), CODE_OK);
	uint64_t seen = f->reply->position;
	assert_int_equal(set_steps(f, "admin", 10, 10), CODE_OK); /* a watch lapses sooner than 5 minutes */
	assert_null(fixture_push(f, "centre-staff", 0));
	urgent(f, false, false);
	recording_bus_clear(&f->bus);
	pass(f, 10000);
	Push *push = fixture_push(f, "centre-staff", 0);
	assert_non_null(push);
	EscalationList *told = fixture_decode(f, &EscalationList_descriptor, push->body);
	assert_int_equal(told->n_items, 1);
	assert_int_equal(told->items[0]->n_steps, 1); /* the last */
	assert_int_equal(told->items[0]->steps[0]->place, P(ON_DUTY_SECOND));
	assert_int_equal(accept_it(f, "d4", first(f, "d4")), CODE_OK);
	assert_int_equal(accept_it(f, "d3", first(f, "d3")), CODE_OK);
	assert_int_equal(listed(f, "centre-staff", false, 0), 0);
	assert_int_equal(listed(f, "centre-staff", false, seen), 2); /* they changed */
	assert_int_equal(listed(f, "nurse-2", true, 0), 2);
	pass(f, 31 * DAY_MS);
	assert_int_equal(listed(f, "nurse-2", true, 0), 0);
	urgent(f, false, false);
	assert_int_equal(listed(f, "nurse-2", true, 0), 1);
}

/* Those who stand in are asked with whom they stand in for; a person who attends is asked by name. */
static void substitutes_and_persons(void **state)
{
	struct fixture *f = *state;
	SetSubstitute request = SetSubstitute_INIT;

	person(f, "d1b", "clinic01", PROFESSION_DOCTOR);
	person(f, "d4b", "clinic04", PROFESSION_DOCTOR);
	role(f, "clinic01", "d1", TEAM_ROLE_ATTENDING); /* instead of the clinic, which stays a member */
	request.user = text(f, "d1-nurse");
	request.until_ms = f->clock.wall_ms + DAY_MS;
	assert_int_equal(ask(f, "d1", &request.base), CODE_OK);
	char *event = urgent(f, false, false);
	assert_int_equal(item_of(f, "d1-nurse")->rings, 0);
	pass(f, STEP_MS);
	assert_int_equal(item_of(f, "d4")->rings, 1);
	assert_int_equal(item_of(f, "d4b")->rings, 1);
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 A:clinic01 ");
	const EscalationStep *asked = walk_of(f, event)->steps[2];
	assert_int_equal(asked->n_users, 2);
	assert_string_equal(asked->users[0], "d1");
	assert_string_equal(asked->users[1], "d1-nurse");
	assert_int_equal(item_of(f, "d1-nurse")->rings, 1);
	rebuilt_the_same(f);
}

/* Nobody in the team but who wrote it: the others of the chain hear it all the same. */
static void a_team_of_one(void **state)
{
	struct fixture *f = *state;

	person(f, "nurse-2", "station02", PROFESSION_NURSE);
	team(f, PATIENT, "clinic01", "", PROFESSION_DOCTOR, false, true);
	team(f, PATIENT, "clinic02", "", PROFESSION_DOCTOR, false, true);
	char *event = urgent(f, false, false);
	assert_string_equal(way(f, event), "C:centre01 ");
	assert_string_equal(inbox(f, "centre-staff"), "stored ");
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "C:centre01 *1 C:centre01 ");
}

/* Of hundreds of steps the first and the last are kept. */
static void many_steps(void **state)
{
	struct fixture *f = *state;

	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22, FRIDAY_22 + 2 * DAY_MS, "clinic03",
	      "clinic04");
	char *event = urgent(f, false, false);
	for (int i = 0; i < 200; i++)
		pass(f, STEP_MS);
	const Escalation *walk = walk_of(f, event);
	assert_int_equal(walk->n_steps, ESCALATION_FIRST_STEPS + ESCALATION_LAST_STEPS);
	assert_int_equal(walk->round, 40);
	assert_int_equal(walk->steps[19]->round, 3);
	assert_int_equal(walk->steps[20]->round, 27);
	/* and what happens now still is told */
	uint64_t seen = f->reply->position;
	assert_int_equal(decline_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	assert_true(walk_of(f, event)->position > seen);
	assert_int_equal(item_of(f, "d1")->rings, 40);
	rebuilt_the_same(f);
}

/* So many change at one position when consent is withdrawn. */
static void a_step_of_them_fits_into_a_page(void **state)
{
	struct fixture *f = *state;
	uint64_t head;
	char *name = arena_printf(&f->arena, "n%062d", 1);

	person(f, name, "station01", PROFESSION_NURSE);
	for (int i = 0; i < 2 * STEP_MAX + 20; i++)
		urgent(f, false, false);
	head = daemon_head(f->daemon);
	consents(f, false, false);
	for (int i = 0; i < 20; i++)
		pass(f, 0);
	size_t n = 0, pages = 0;
	for (bool more = true; more; pages++) {
		n += listed(f, "centre-staff", false, head);
		assert_true(f->reply->body.len < LIMIT_PAYLOAD_BYTES);
		more = f->reply->more;
		head = f->reply->position;
	}
	assert_true(n >= 2 * STEP_MAX + 20);
	assert_true(pages > 1);
	rebuilt_the_same(f);
}

/* The word that comes with the shifts is stored as any other. */
static void rota_has_a_word(void **state)
{
	struct fixture *f = *state;
	RotaNotice told = RotaNotice_INIT;
	WordNotice word = WordNotice_INIT;
	Told to = Told_INIT, *all[] = { &to };

	to.organisation = text(f, "clinic05");
	to.matter = MATTER_DUTY_YOURS;
	word.subject = text(f, "2026-09-26-saturday-afternoon");
	word.event = text(f, "01KSR49200E4HR00000000000Y");
	word.told = all;
	word.n_told = 1;
	told.word = &word;
	notice(f, "rota", &f->rota, &told.base);
	assert_int_equal(item_of(f, "d5")->matter, MATTER_DUTY_YOURS);
	assert_string_equal(item_of(f, "d5")->service, "rota");
	uint64_t head = daemon_head(f->daemon);
	notice(f, "rota", &f->rota, &told.base); /* once more */
	assert_int_equal(daemon_head(f->daemon), head);
	rebuilt_the_same(f);
}

/* Times with which no sum can be made, and areas that there are not, are not followed. */
static void a_shift_that_cannot_be(void **state)
{
	struct fixture *f = *state;
	uint64_t head = daemon_head(f->daemon);

	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22, 1000000000000000000, "clinic05", "");
	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22, -1, "clinic05", "");
	shift(f, "2026-09-25-weekday-night", 9, FRIDAY_22, FRIDAY_22 + HOUR_MS, "clinic05", "");
	assert_int_equal(daemon_head(f->daemon), head);
	assert_string_equal(way(f, urgent(f, false, false)), "1:clinic03 ");
}

int main(void)
{
#define WORLD(name) cmocka_unit_test_setup_teardown(name, open_world, free_fixture)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_each_organisation_once),
		cmocka_unit_test(a_shift_moves_in_the_middle),
		cmocka_unit_test(every_state_from_every_state),
		cmocka_unit_test(what_is_over_goes_on_no_more),
		WORLD(from_one_to_the_next_until_the_centre_and_again),
		WORLD(acceptance_stops_it_and_all_are_told),
		WORLD(hours_of_the_attending_clinic),
		WORLD(a_decline_moves_on_at_once),
		WORLD(the_centre_does_not_decline_for_good),
		WORLD(who_gives_it_back_sets_it_going),
		WORLD(taken_over_by_name),
		WORLD(a_moved_shift_is_asked_next),
		WORLD(who_changes_clinics_is_asked_where_they_are),
		WORLD(on_duty_for_whom),
		WORLD(consent_is_withdrawn_in_the_middle),
		WORLD(a_stop_and_a_set_clock_make_no_step),
		WORLD(everyone_is_to_accept),
		WORLD(the_centre_sees_to_it_that_everyone_hears),
		WORLD(how_long_is_set),
		WORLD(who_sees_it),
		WORLD(substitutes_and_persons),
		WORLD(a_team_of_one),
		WORLD(many_steps),
		WORLD(a_step_of_them_fits_into_a_page),
		WORLD(rota_has_a_word),
		WORLD(a_shift_that_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
