/* If this failed, a request would be given to two, come back to nobody, end where no person's task
 * it is, or somebody would not be told what became of it. */
#include "tests/unit/referral_world.h"

/* ---- every step from every state ------------------------------------------------------------- */

/* New, Offered, Accepted, Confirming, conFirmed, Done, uNplaced, cancelled (X), closed (Z): by
 * state number. What may come of each step, from each state; "": it is not possible. */
static const char letters[] = "-OACFDNXZ";
static const struct {
	const char *into[N_STATES];
} table[N_STEPS] = {
	[STEP(UNSPECIFIED)] = { { "", "", "", "", "", "", "", "", "" } },
	/*                      new   O      A      C       F       D    N    X   Z */
	[STEP(ASK)] =        { { "ON", "",    "",    "",     "",     "",  "",  "", "" } },
	[STEP(ACCEPT)] =     { { "",   "A",   "A",   "C",    "",     "",  "A", "", "" } },
	[STEP(DECLINE)] =    { { "",   "ON",  "A",   "C",    "F",    "",  "N", "", "" } },
	[STEP(WITHDRAW)] =   { { "",   "ON",  "AON", "CAON", "FAON", "",  "N", "", "" } },
	[STEP(CONFIRM)] =    { { "",   "",    "C",   "",     "",     "",  "",  "", "" } },
	[STEP(PASS)] =       { { "",   "",    "AON", "",     "",     "",  "",  "", "" } },
	[STEP(APPLIED)] =    { { "",   "",    "",    "F",    "",     "",  "",  "", "" } },
	[STEP(REFUSED)] =    { { "",   "",    "",    "AN",   "F",    "",  "",  "", "" } },
	[STEP(REPORT)] =     { { "",   "",    "",    "",     "FD",   "",  "",  "", "" } },
	[STEP(CANCEL)] =     { { "",   "X",   "X",   "X",    "X",    "",  "X", "", "" } },
	[STEP(CLOSE)] =      { { "",   "",    "A",   "C",    "FZ",   "D", "Z", "", "" } },
	[STEP(REMIND)] =     { { "",   "O",   "A",   "",     "",     "",  "",  "", "" } },
	[STEP(DEADLINE)] =   { { "",   "ON",  "AN",  "C",    "F",    "",  "",  "", "" } },
	[STEP(CUT_OFF)] =    { { "",   "N",   "A",   "",     "",     "",  "",  "", "" } },
	[STEP(ASKER_LEFT)] = { { "",   "N",   "N",   "N",    "",     "",  "N", "", "" } },
};

static void what_is_possible_from_where(void **state)
{
	(void)state;
	for (int s = 0; s < N_STEPS; s++)
		for (int from = 0; from < N_STATES; from++)
			if (life_possible((ReferralChanged_Step)s, (Referral_State)from) !=
			    (*table[s].into[from] != '\0'))
				fail_msg("step %d from %c", s, letters[from]);
	assert_false(life_possible((ReferralChanged_Step)N_STEPS, S(OFFERED)));
	assert_false(life_possible(STEP(ACCEPT), (Referral_State)N_STATES));
}

static void what_is_over(void **state)
{
	static const bool over[N_STATES] = { [S(DONE)] = true, [S(CANCELLED)] = true,
					     [S(CLOSED)] = true };
	Referral referral = Referral_INIT;

	(void)state;
	for (int kind = KIND(HOME_DOCTOR); kind <= KIND(VISIT); kind++)
		for (int s = S(OFFERED); s < N_STATES; s++) {
			referral.kind = (ReferralKind)kind;
			referral.state = (Referral_State)s;
			assert_int_equal(life_over(&referral),
					 over[s] || (s == S(CONFIRMED) && kind != KIND(VISIT)));
		}
}

/* ---- waves ----------------------------------------------------------------------------------- */

static void waves_until_the_centre(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 12);
	IS(OFFERED);
	TOLD("s1:ASKED s2:ASKED s3:ASKED");
	waits_for(w, 2 * HOUR);
	w->in.now_ms += HOUR;
	done(w, STEP(REMIND), "");
	TOLD("s1:REMINDER s2:REMINDER s3:REMINDER");
	assert_null(w->fact->deadline);
	deadline(w);
	TOLD("s4:ASKED s5:ASKED s6:ASKED s7:ASKED s8:ASKED");
	waits_for(w, HOUR);
	done(w, STEP(DECLINE), "s1");
	TOLD("s1:-");
	done(w, STEP(REMIND), "");
	TOLD("s2:REMINDER s3:REMINDER s4:REMINDER s5:REMINDER s6:REMINDER s7:REMINDER s8:REMINDER");
	deadline(w);
	TOLD("s10:ASKED s9:ASKED"); /* the rest of the area */
	waits_for(w, 30 * MINUTE);
	deadline(w);
	TOLD("s11:ASKED s12:ASKED");
	waits_for(w, 15 * MINUTE);
	IS(OFFERED);
	WITH_CENTRE(false);
	deadline(w);
	IS(UNPLACED);
	WITH_CENTRE(true);
	TOLD("*:UNPLACED! asker:UNPLACED");
	assert_int_equal(w->view.referral->cause, CAUSE(NOBODY_TOOK_IT));
	assert_false(has_deadline(w));
	done(w, STEP(ACCEPT), "s7"); /* from there, too */
	IS(ACCEPTED);
	WITH_CENTRE(true);
	waits_for(w, 2 * HOUR);
}

static void an_urgent_one_says_so_to_all(void **state)
{
	struct world *w = *state;
	AskReferral request = form(w, KIND(BACKUP_BED));

	request.urgent = true;
	candidates(w, 2);
	assert_int_equal(ask(w, &request), 0);
	TOLD("s1:ASKED! s2:ASKED!");
	waits_for(w, 15 * MINUTE);
	done(w, STEP(ACCEPT), "s1");
	TOLD("asker:ACCEPTED! s1:-");
	done(w, STEP(REMIND), "");
	TOLD("asker:CONFIRM_REMINDER!");
}

/* Every five minutes to all of the city, for a task that is somebody's by now, helps nobody. */
static void what_is_the_centres_rings_nobody_else(void **state)
{
	struct world *w = *state;
	AskReferral request = form(w, KIND(BACKUP_BED));

	request.urgent = true;
	candidates(w, 2);
	assert_int_equal(ask(w, &request), 0);
	done(w, STEP(DECLINE), "s1");
	deadline(w);
	IS(UNPLACED);
	TOLD("*:UNPLACED! asker:UNPLACED! s2:ASKED");
}

static void when_all_have_declined_nobody_is_waited_for(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 4);
	done(w, STEP(DECLINE), "s1");
	done(w, STEP(DECLINE), "s2");
	waits_for(w, HOUR);
	done(w, STEP(DECLINE), "s3");
	TOLD("s3:- s4:ASKED");
	waits_for(w, 30 * MINUTE);
	done(w, STEP(DECLINE), "s4");
	IS(UNPLACED);
	TOLD("*:UNPLACED! asker:UNPLACED s4:-");
	OFFERS("s1=DECLINED s2=DECLINED s3=DECLINED s4=DECLINED");
}

static void nobody_to_ask_is_the_centres_at_once(void **state)
{
	struct world *w = *state;

	asked(w, KIND(HOME_DOCTOR), 0);
	IS(UNPLACED);
	WITH_CENTRE(true);
	TOLD("*:UNPLACED! asker:UNPLACED");
}

static void too_late_for_waves_is_for_all_and_the_centre(void **state)
{
	struct world *w = *state;
	AskReferral request = form(w, KIND(VISIT));

	request.from_ms = w->in.now_ms + 2 * HOUR + 9 * MINUTE;
	request.to_ms = request.from_ms + HOUR;
	candidates(w, 4);
	assert_int_equal(ask(w, &request), 0);
	IS(UNPLACED);
	WITH_CENTRE(true);
	assert_int_equal(w->view.referral->cause, CAUSE(TOO_LATE_FOR_WAVES));
	TOLD("*:TOO_LATE! asker:UNPLACED s1:ASKED s2:ASKED s3:ASKED s4:ASKED");
	done(w, STEP(ACCEPT), "s3");
	waits_for(w, 15 * MINUTE);
	done(w, STEP(ACCEPT), "s4");
	OFFERS("s1=OFFERED s2=OFFERED s3=HOLDING s4=STANDING_BY1");
	deadline(w); /* the asker does not answer */
	OFFERS("s1=OFFERED s2=OFFERED s3=PASSED s4=HOLDING");
	deadline(w);
	IS(UNPLACED);
	assert_int_equal(w->view.referral->cause, CAUSE(NOT_CONFIRMED));
}

static void waves_fitted_before_the_cut_off(void **state)
{
	struct world *w = *state;
	AskReferral request = form(w, KIND(VISIT));

	request.from_ms = w->in.now_ms + 3 * HOUR;
	request.to_ms = request.from_ms + HOUR;
	candidates(w, 12);
	assert_int_equal(ask(w, &request), 0);
	waits_for(w, 32 * MINUTE);
	assert_int_equal(w->fact->cut_off_ms, START + HOUR);
	for (int wave = 2; wave <= 4; wave++)
		deadline(w);
	IS(OFFERED);
	assert_true(deadline_ms(w) <= START + HOUR);
	w->in.now_ms = START + HOUR;
	done(w, STEP(CUT_OFF), "");
	IS(UNPLACED);
	assert_int_equal(step(w, STEP(CUT_OFF), ""), ERR_NOTHING);
}

/* ---- who has it ------------------------------------------------------------------------------ */

static void the_first_has_it_and_the_others_stand_by_in_order(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	done(w, STEP(ACCEPT), "s2");
	IS(ACCEPTED);
	TOLD("asker:ACCEPTED s2:-");
	waits_for(w, 2 * HOUR);
	uint32_t turn = w->view.turn;
	done(w, STEP(ACCEPT), "s3");
	TOLD("s3:-");
	done(w, STEP(ACCEPT), "s1");
	TOLD("s1:-");
	assert_int_equal(w->view.turn, turn); /* the asker has no more time for that */
	OFFERS("s1=STANDING_BY2 s2=HOLDING s3=STANDING_BY1");
	assert_string_equal(w->view.referral->taker, "s2");
	for (int i = 1; i <= 3; i++)
		assert_int_equal(step(w, STEP(ACCEPT), arena_printf(&w->arena, "s%d", i)),
				 ERR_REFUSED);
	done(w, STEP(WITHDRAW), "s2");
	TOLD("asker:ACCEPTED s2:- s3:HOLDING");
	OFFERS("s1=STANDING_BY1 s2=WITHDRAWN s3=HOLDING");
	assert_string_equal(w->view.referral->taker, "s3");
	done(w, STEP(DECLINE), "s1"); /* stands by no longer */
	TOLD("s1:-");
	done(w, STEP(WITHDRAW), "s3");
	IS(UNPLACED);
	assert_string_equal(w->view.referral->taker, "");
	TOLD("*:UNPLACED! asker:UNPLACED s3:-");
}

static void given_back_it_goes_on_with_the_waves(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 5);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(WITHDRAW), "s1");
	IS(OFFERED);
	TOLD("asker:BACK s1:- s4:ASKED s5:ASKED");
	waits_for(w, HOUR);
	OFFERS("s1=WITHDRAWN s2=OFFERED s3=OFFERED s4=OFFERED s5=OFFERED");
	assert_int_equal(step(w, STEP(ACCEPT), "s1"), ERR_REFUSED);
}

/* In a city of three nobody is left for a second wave. */
static void given_back_it_goes_on_with_who_has_not_answered(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(WITHDRAW), "s1");
	IS(OFFERED);
	WITH_CENTRE(false);
	TOLD("asker:BACK s1:- s2:ASKED s3:ASKED");
	assert_true(has_deadline(w));
	deadline(w);
	IS(UNPLACED);
}

static void passed_over_it_is_the_next_ones(void **state)
{
	struct world *w = *state;

	asked(w, KIND(HOME_DOCTOR), 4);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	assert_int_equal(step(w, STEP(PASS), "s1"), ERR_REFUSED);
	done(w, STEP(PASS), ASKER);
	TOLD("asker:ACCEPTED s1:OVER s2:HOLDING");
	OFFERS("s1=PASSED s2=HOLDING s3=OFFERED");
	done(w, STEP(PASS), ASKER);
	IS(OFFERED);
	TOLD("asker:BACK s2:OVER s4:ASKED");
	assert_int_equal(step(w, STEP(ACCEPT), "s1"), ERR_REFUSED);
}

static void not_confirmed_is_the_next_ones_then_the_centres(void **state)
{
	struct world *w = *state;

	asked(w, KIND(HOME_DOCTOR), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	waits_for(w, 24 * HOUR);
	done(w, STEP(REMIND), "");
	TOLD("asker:CONFIRM_REMINDER");
	deadline(w);
	TOLD("asker:ACCEPTED s1:OVER s2:HOLDING");
	waits_for(w, 24 * HOUR);
	deadline(w);
	IS(UNPLACED);
	TOLD("*:UNPLACED! asker:UNPLACED s2:OVER");
	assert_int_equal(w->view.referral->cause, CAUSE(NOT_CONFIRMED));
	OFFERS("s1=PASSED s2=PASSED s3=OFFERED");
}

/* ---- confirmed ------------------------------------------------------------------------------- */

static void confirmed_when_record_has_made_the_taker_a_member(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	IS(CONFIRMING);
	TOLD("asker:-");
	waits_for(w, 15 * MINUTE);
	const PlacementNotice *placement = w->fact->placement;
	assert_string_equal(placement->referral, w->view.referral->id);
	assert_string_equal(placement->patient, PATIENT);
	assert_string_equal(placement->organisation, "s1");
	assert_int_equal(placement->kind, KIND(BACKUP_BED));
	assert_false(placement->ended);
	assert_int_equal(placement->from_ms | placement->until_ms | placement->times, 0);
	assert_int_equal(step(w, STEP(APPLIED), "s2"), ERR_NOTHING); /* of somebody else */
	assert_int_equal(step(w, STEP(REFUSED), "s2"), ERR_NOTHING);
	done(w, STEP(APPLIED), "s1");
	IS(CONFIRMED);
	TOLD("asker:- s1:CONFIRMED s2:OVER s3:OVER");
	OFFERS("s1=HOLDING s2=RELEASED s3=RELEASED");
	assert_false(has_deadline(w));
	assert_true(life_over(w->view.referral));
	assert_int_equal(step(w, STEP(CANCEL), ASKER), ERR_REFUSED);
	assert_int_equal(step(w, STEP(WITHDRAW), "s1"), ERR_REFUSED);
	assert_int_equal(step(w, STEP(REPORT), "s1"), ERR_REFUSED);
}

static void refused_by_record_it_is_the_next_ones_then_the_centres(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(REFUSED), "s1");
	IS(ACCEPTED);
	TOLD("asker:ACCEPTED s1:OVER s2:HOLDING");
	assert_null(w->fact->placement); /* it has nothing to undo */
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(REFUSED), "s2");
	IS(UNPLACED);
	assert_int_equal(w->view.referral->cause, CAUSE(RECORD_REFUSED));
	TOLD("*:UNPLACED! asker:UNPLACED s2:OVER");
	assert_int_equal(step(w, STEP(APPLIED), "s2"), ERR_NOTHING); /* late */
}

/* Record was put back to an older copy, and now it cannot be done: the taker is refused the patient it
 * was given. No machine can say what is right. */
static void refused_by_record_again_it_is_the_centres_as_well(void **state)
{
	struct world *w = *state;

	for (int kind = KIND(HOME_DOCTOR); kind <= KIND(VISIT); kind++) {
		asked(w, (ReferralKind)kind, 3);
		done(w, STEP(ACCEPT), "s1");
		done(w, STEP(CONFIRM), ASKER);
		done(w, STEP(APPLIED), "s1");
		int64_t waits_ms = w->view.referral->deadline_ms;
		assert_int_equal(step(w, STEP(APPLIED), "s1"), ERR_NOTHING);
		assert_int_equal(step(w, STEP(REFUSED), "s2"), ERR_NOTHING); /* of another */
		for (int again = 0; again < 2; again++) {
			done(w, STEP(REFUSED), "s1");
			IS(CONFIRMED);
			WITH_CENTRE(true);
			TOLD("*:STUCK!");
			assert_int_equal(w->view.referral->cause, CAUSE(RECORD_REFUSED));
			assert_string_equal(w->view.referral->taker, "s1");
			assert_null(w->fact->placement);
			assert_null(w->fact->deadline); /* a visit's report is still waited for */
			assert_int_equal(w->view.referral->deadline_ms, waits_ms);
			done(w, STEP(CLOSE), CENTRE_NAME);
			IS(CONFIRMED);
			WITH_CENTRE(false);
		}
	}
	done(w, STEP(REFUSED), "s1"); /* a visit may still be given back, and is the centre's then */
	done(w, STEP(WITHDRAW), "s1");
	IS(UNPLACED);
	assert_int_equal(step(w, STEP(REFUSED), "s1"), ERR_NOTHING);
}

static void record_silent_is_the_centres_as_well(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(CONFIRM), ASKER);
	deadline(w);
	IS(CONFIRMING);
	WITH_CENTRE(true);
	TOLD("*:STUCK!");
	assert_int_equal(w->view.referral->cause, CAUSE(RECORD_SILENT));
	assert_false(has_deadline(w));
	done(w, STEP(CLOSE), CENTRE_NAME); /* off the list, and it must not be forgotten for that */
	IS(CONFIRMING);
	WITH_CENTRE(false);
	waits_for(w, 15 * MINUTE);
	deadline(w);
	WITH_CENTRE(true);
	done(w, STEP(APPLIED), "s1"); /* it goes on by itself */
	IS(CONFIRMED);
	WITH_CENTRE(true);
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(CONFIRMED);
	TOLD("*:-");
}

/* ---- visits ---------------------------------------------------------------------------------- */

static void a_visit_is_reported(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	int64_t from_ms = w->view.referral->from_ms, to_ms = w->view.referral->to_ms;
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	assert_int_equal(w->fact->placement->from_ms, from_ms - 24 * HOUR);
	assert_int_equal(w->fact->placement->until_ms, to_ms + 72 * HOUR);
	assert_int_equal(w->fact->placement->times, 1);
	done(w, STEP(APPLIED), "s1");
	OFFERS("s1=HOLDING s2=STANDING_BY1 s3=RELEASED"); /* until it is made */
	assert_false(life_over(w->view.referral));
	assert_int_equal(deadline_ms(w), to_ms + 24 * HOUR);
	w->in.now_ms = from_ms - 1;
	assert_int_equal(step(w, STEP(REPORT), "s1"), ERR_REFUSED); /* not made yet */
	w->in.now_ms = from_ms;
	assert_int_equal(step(w, STEP(REPORT), "s2"), ERR_REFUSED); /* nor by them */
	done(w, STEP(REPORT), "s1");
	IS(DONE);
	TOLD("asker:REPORTED s1:- s2:OVER");
	OFFERS("s1=HOLDING s2=RELEASED s3=RELEASED");
	assert_string_equal(w->fact->report->text, "訪問しました");
	assert_string_equal(w->fact->report->author, "of-s1");
	assert_string_equal(w->fact->report->organisation, "s1");
	assert_int_equal(w->fact->report->profession, PROFESSION_NURSE);
	assert_false(has_deadline(w));
}

static void a_visit_that_nobody_reports_is_asked_for_then_the_centres(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	int64_t to_ms = w->view.referral->to_ms;
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s1");
	deadline(w);
	TOLD("s1:REPORT_DUE");
	assert_int_equal(deadline_ms(w), to_ms + 72 * HOUR);
	WITH_CENTRE(false);
	deadline(w);
	IS(CONFIRMED);
	WITH_CENTRE(true);
	TOLD("*:STUCK!");
	assert_int_equal(w->view.referral->cause, CAUSE(NOT_REPORTED));
	assert_false(has_deadline(w));
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(CLOSED);
	WITH_CENTRE(false);
	TOLD("*:- asker:CLOSED s1:-");
}

static void a_series_goes_on_with_its_next_visit(void **state)
{
	struct world *w = *state;
	AskReferral request = form(w, KIND(VISIT));

	request.times = 3;
	request.every_days = 7;
	candidates(w, 3);
	assert_int_equal(ask(w, &request), 0);
	int64_t from_ms = request.from_ms, over_ms = request.to_ms;
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	assert_int_equal(w->fact->placement->times, 3);
	assert_int_equal(w->fact->placement->every_days, 7);
	done(w, STEP(APPLIED), "s1");
	w->in.now_ms = from_ms;
	done(w, STEP(REPORT), "s1");
	IS(CONFIRMED);
	assert_int_equal(deadline_ms(w), over_ms + 7 * DAY + 24 * HOUR);
	assert_int_equal(step(w, STEP(REPORT), "s1"), ERR_REFUSED); /* the second is not made yet */
	deadline(w);
	TOLD("s1:REPORT_DUE");
	deadline(w);
	WITH_CENTRE(true);
	done(w, STEP(CLOSE), CENTRE_NAME); /* settled; the third is still to come */
	IS(CONFIRMED);
	WITH_CENTRE(false);
	assert_int_equal(w->view.referral->reports, 2);
	assert_int_equal(deadline_ms(w), over_ms + 14 * DAY + 24 * HOUR);
	/* given back: the other visits are the next one's, who is to be confirmed, and the centre
	 * knows, for the first visit is long past */
	done(w, STEP(WITHDRAW), "s1");
	IS(ACCEPTED);
	WITH_CENTRE(true);
	TOLD("*:STUCK! asker:ACCEPTED s1:- s2:HOLDING");
	assert_true(w->fact->placement->ended);
	assert_string_equal(w->fact->placement->organisation, "s1");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s2");
	w->in.now_ms = from_ms + 14 * DAY;
	done(w, STEP(REPORT), "s2");
	IS(DONE);
	WITH_CENTRE(true);
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(DONE);
	WITH_CENTRE(false);
}

/* Everybody of the first waves was let go when somebody else was confirmed. */
static void given_back_late_those_who_were_let_go_are_asked_again(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	done(w, STEP(DECLINE), "s3");
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s1");
	OFFERS("s1=HOLDING s2=RELEASED s3=DECLINED");
	w->in.now_ms = START + DAY;
	done(w, STEP(WITHDRAW), "s1");
	IS(OFFERED);
	TOLD("asker:BACK s1:- s2:ASKED");
	OFFERS("s1=WITHDRAWN s2=OFFERED s3=DECLINED");
	assert_true(w->fact->placement->ended);
	waits_for(w, HOUR);
	/* and once more after the last wave */
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s2");
	candidates(w, 4);
	w->view.referral->wave = WAVES;
	done(w, STEP(WITHDRAW), "s2");
	TOLD("asker:BACK s2:- s4:ASKED");
	w->in.now_ms = w->view.cut_off_ms;
	done(w, STEP(CUT_OFF), "");
	IS(UNPLACED);
}

static void given_back_after_the_cut_off_it_is_the_centres(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 6);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s1");
	w->in.now_ms = w->view.cut_off_ms;
	assert_int_equal(step(w, STEP(CUT_OFF), ""), ERR_NOTHING);
	done(w, STEP(WITHDRAW), "s1");
	IS(ACCEPTED); /* by who stood by; there may be no time to confirm it */
	WITH_CENTRE(true);
	TOLD("*:STUCK! asker:ACCEPTED s1:- s2:HOLDING");
	done(w, STEP(WITHDRAW), "s2");
	IS(UNPLACED); /* nobody else is asked */
	OFFERS("s1=WITHDRAWN s2=WITHDRAWN s3=RELEASED");
}

static void the_cut_off_while_it_is_to_be_confirmed(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	w->in.now_ms = w->view.cut_off_ms - MINUTE;
	done(w, STEP(ACCEPT), "s1");
	w->in.now_ms = w->view.cut_off_ms;
	done(w, STEP(CUT_OFF), "");
	IS(ACCEPTED);
	WITH_CENTRE(true);
	TOLD("*:STUCK!");
	assert_true(has_deadline(w));
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s1");
	IS(CONFIRMED);
}

/* ---- it ends --------------------------------------------------------------------------------- */

static void cancelling_tells_everybody_who_was_asked(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 5);
	done(w, STEP(DECLINE), "s3");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(ACCEPT), "s1");
	assert_int_equal(step(w, STEP(CANCEL), "s2"), ERR_REFUSED);
	done(w, STEP(CANCEL), ASKER);
	IS(CANCELLED);
	TOLD("asker:- s1:CANCELLED s2:CANCELLED");
	OFFERS("s1=RELEASED s2=RELEASED s3=DECLINED");
	assert_int_equal(w->view.referral->cause, CAUSE(BY_ASKER));
	assert_null(w->fact->placement);
	assert_false(has_deadline(w));
}

static void cancelling_takes_the_taker_out_of_the_team(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s1");
	done(w, STEP(CANCEL), ASKER);
	IS(CANCELLED);
	TOLD("asker:- s1:CANCELLED");
	assert_true(w->fact->placement->ended);
	assert_string_equal(w->fact->placement->organisation, "s1");
}

static void cancelling_takes_it_off_the_centres_list(void **state)
{
	struct world *w = *state;

	asked(w, KIND(HOME_DOCTOR), 0);
	done(w, STEP(CANCEL), ASKER);
	IS(CANCELLED);
	WITH_CENTRE(false);
	TOLD("*:CANCELLED asker:-");
}

static void the_centre_closes_it_with_an_outcome(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 2);
	assert_int_equal(step(w, STEP(CLOSE), CENTRE_NAME), ERR_REFUSED); /* not theirs */
	assert_int_equal(w->refusal.code, CODE_NOT_FOUND);
	for (int i = 0; !w->view.referral->with_centre; i++)
		deadline(w);
	assert_int_equal(step(w, STEP(CLOSE), ASKER), ERR_REFUSED);
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(CLOSED);
	TOLD("*:- asker:CLOSED s1:OVER s2:OVER");
	OFFERS("s1=RELEASED s2=RELEASED");
	assert_string_equal(w->view.referral->outcome, "電話で決まった");
	assert_int_equal(step(w, STEP(CLOSE), CENTRE_NAME), ERR_REFUSED);
	assert_int_equal(step(w, STEP(ACCEPT), "s1"), ERR_REFUSED);
}

static void accepted_meanwhile_it_only_leaves_the_centres_list(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 1);
	while (!w->view.referral->with_centre)
		deadline(w);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(ACCEPTED);
	TOLD("*:-");
	waits_for(w, HOUR);
	deadline(w);
	WITH_CENTRE(true); /* and comes back */
}

static void the_asker_leaves(void **state)
{
	struct world *w = *state;

	asked(w, KIND(HOME_DOCTOR), 4);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(ASKER_LEFT), "");
	IS(UNPLACED);
	WITH_CENTRE(true);
	/* what the asker was told leaves the inbox, or its staff would be reminded for ever */
	TOLD("*:UNPLACED! asker:- s1:OVER s2:OVER s3:OVER");
	OFFERS("s1=RELEASED s2=RELEASED s3=RELEASED");
	assert_true(w->fact->placement->ended);
	assert_int_equal(w->view.referral->cause, CAUSE(ASKER_LEFT));
	assert_string_equal(w->fact->organisation, ASKER);
	assert_int_equal(step(w, STEP(APPLIED), "s1"), ERR_NOTHING);
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(CLOSED);
	TOLD("*:- asker:-");
}

/* Of somebody who may not bring others into the team any more. They are told where to turn. */
static void confirms_nobody(struct world *w)
{
	assert_int_equal(step(w, STEP(CONFIRM), ASKER), ERR_REFUSED);
	assert_int_equal(w->refusal.code, CODE_PERMISSION_DENIED);
	assert_non_null(strstr(w->refusal.en, "Call the support centre"));
	assert_non_null(strstr(w->refusal.ja, "支援センターに相談"));
}

/* They are reminded in vain, and their time runs out as anybody's: the next, then the centre. */
static void an_asker_off_the_team_is_not_waited_for(void **state)
{
	struct world *w = *state;

	asked(w, KIND(BACKUP_BED), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	w->member.organisation = arena_string(&w->arena, "another");
	confirms_nobody(w);
	IS(ACCEPTED);
	waits_for(w, HOUR);
	deadline(w);
	IS(ACCEPTED);
	TOLD("asker:ACCEPTED s1:OVER s2:HOLDING");
	confirms_nobody(w);
	waits_for(w, HOUR);
	deadline(w);
	IS(UNPLACED);
	WITH_CENTRE(true);
	assert_int_equal(w->view.referral->cause, CAUSE(NOT_CONFIRMED));
	TOLD("*:UNPLACED! asker:UNPLACED s2:OVER");
	done(w, STEP(ACCEPT), "s3"); /* and so it goes on while it is the centre's */
	confirms_nobody(w);
	deadline(w);
	IS(UNPLACED);
	done(w, STEP(CLOSE), CENTRE_NAME);
	IS(CLOSED);
}

/* What they asked for is theirs to take back, wherever it is; a taker's place in the team goes with it. */
static void an_asker_off_the_team_cancels_and_passes_on(void **state)
{
	static const ReferralChanged_Step steps[] = { STEP(ACCEPT), STEP(CONFIRM), STEP(APPLIED) };
	struct world *w = *state;
	char *off = arena_string(&w->arena, "another"), *on = w->member.organisation;

	for (size_t n = 0; n <= N(steps); n++) {
		w->member.organisation = on;
		asked(w, KIND(VISIT), 3);
		for (size_t i = 0; i < n; i++)
			done(w, steps[i], steps[i] == STEP(CONFIRM) ? ASKER : "s1");
		w->member.organisation = off;
		done(w, STEP(CANCEL), ASKER);
		IS(CANCELLED);
		assert_int_equal(w->fact->placement != NULL, n > 1);
		assert_false(has_deadline(w));
	}
	w->member.organisation = on;
	asked(w, KIND(HOME_DOCTOR), 0);
	w->member.organisation = off;
	done(w, STEP(CANCEL), ASKER); /* off the centre's list, too */
	WITH_CENTRE(false);
	w->member.organisation = on;
	asked(w, KIND(VISIT), 3);
	done(w, STEP(ACCEPT), "s1");
	w->member.organisation = off;
	done(w, STEP(PASS), ASKER);
	IS(OFFERED);
}

static void a_taker_leaves(void **state)
{
	struct world *w = *state;

	asked(w, KIND(HOME_DOCTOR), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	assert_int_equal(leaves(w, "s1"), 0);
	IS(ACCEPTED);
	TOLD("asker:ACCEPTED s1:- s2:HOLDING");
	OFFERS("s1=RELEASED s2=HOLDING s3=OFFERED");
	assert_true(w->fact->placement->ended);
	assert_int_equal(step(w, STEP(APPLIED), "s1"), ERR_NOTHING);
	assert_int_equal(leaves(w, "s2"), 0);
	IS(OFFERED);
	assert_int_equal(leaves(w, "s3"), 0);
	IS(UNPLACED); /* and nobody who has left is asked again */
	TOLD("*:UNPLACED! asker:UNPLACED s3:-");
}

static void who_is_only_asked_leaves(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 4);
	assert_int_equal(leaves(w, "s1"), 0);
	IS(OFFERED);
	TOLD("s1:-");
	waits_for(w, 2 * HOUR);
	done(w, STEP(DECLINE), "s2");
	assert_int_equal(leaves(w, "s3"), 0); /* nobody is left to wait for */
	TOLD("s3:- s4:ASKED");
}

static void consent_withdrawn_or_death_ends_it(void **state)
{
	struct world *w = *state;

	asked(w, KIND(VISIT), 3);
	done(w, STEP(ACCEPT), "s1");
	done(w, STEP(ACCEPT), "s2");
	done(w, STEP(CONFIRM), ASKER);
	done(w, STEP(APPLIED), "s1");
	assert_int_equal(patient_gone(w, true, false), ERR_NOTHING); /* given again */
	assert_int_equal(patient_gone(w, false, false), 0);
	IS(CANCELLED);
	assert_int_equal(w->view.referral->cause, CAUSE(CONSENT_WITHDRAWN));
	TOLD("asker:CANCELLED s1:CANCELLED s2:CANCELLED");
	assert_true(w->fact->placement->ended);
	asked(w, KIND(VISIT), 1);
	assert_int_equal(patient_gone(w, true, true), 0);
	IS(CANCELLED);
	assert_int_equal(w->view.referral->cause, CAUSE(PATIENT_DECEASED));
	TOLD("asker:CANCELLED s1:CANCELLED");
}

static void a_deadline_of_before_does_nothing(void **state)
{
	struct world *w = *state;
	struct referral_rule rule;

	asked(w, KIND(VISIT), 3);
	uint32_t turn = w->view.turn;
	done(w, STEP(ACCEPT), "s1");
	rule = (struct referral_rule){ .view = &w->view, .pool = w->pool };
	w->fact = NEW(ReferralChanged, &w->arena);
	assert_int_equal(time_passes(w, &rule, true, turn), ERR_NOTHING);
	assert_int_equal(time_passes(w, &rule, false, turn), ERR_NOTHING);
	rule.view = NULL;
	assert_int_equal(time_passes(w, &rule, true, turn), ERR_NOTHING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_possible_from_where),
		TEST(what_is_over),
		TEST(waves_until_the_centre),
		TEST(an_urgent_one_says_so_to_all),
		TEST(what_is_the_centres_rings_nobody_else),
		TEST(when_all_have_declined_nobody_is_waited_for),
		TEST(nobody_to_ask_is_the_centres_at_once),
		TEST(too_late_for_waves_is_for_all_and_the_centre),
		TEST(waves_fitted_before_the_cut_off),
		TEST(the_first_has_it_and_the_others_stand_by_in_order),
		TEST(given_back_it_goes_on_with_the_waves),
		TEST(given_back_it_goes_on_with_who_has_not_answered),
		TEST(passed_over_it_is_the_next_ones),
		TEST(not_confirmed_is_the_next_ones_then_the_centres),
		TEST(confirmed_when_record_has_made_the_taker_a_member),
		TEST(refused_by_record_it_is_the_next_ones_then_the_centres),
		TEST(refused_by_record_again_it_is_the_centres_as_well),
		TEST(record_silent_is_the_centres_as_well),
		TEST(a_visit_is_reported),
		TEST(a_visit_that_nobody_reports_is_asked_for_then_the_centres),
		TEST(a_series_goes_on_with_its_next_visit),
		TEST(given_back_late_those_who_were_let_go_are_asked_again),
		TEST(given_back_after_the_cut_off_it_is_the_centres),
		TEST(the_cut_off_while_it_is_to_be_confirmed),
		TEST(cancelling_tells_everybody_who_was_asked),
		TEST(cancelling_takes_the_taker_out_of_the_team),
		TEST(cancelling_takes_it_off_the_centres_list),
		TEST(the_centre_closes_it_with_an_outcome),
		TEST(accepted_meanwhile_it_only_leaves_the_centres_list),
		TEST(the_asker_leaves),
		TEST(an_asker_off_the_team_is_not_waited_for),
		TEST(an_asker_off_the_team_cancels_and_passes_on),
		TEST(a_taker_leaves),
		TEST(who_is_only_asked_leaves),
		TEST(consent_withdrawn_or_death_ends_it),
		TEST(a_deadline_of_before_does_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
