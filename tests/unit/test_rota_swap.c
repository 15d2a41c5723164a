/* If this fails, a swap puts a clinic on two shifts, moves a duty that nobody gave away, is undone too
 * late, or one side never hears of it. */
#include "tests/unit/rota_fixture.h"

#define NIGHT MONTH "-09-weekday-night" /* a Tuesday */

/* Asked by who is first that night. The swap's id. */
static char *ask_for_night(struct fixture *f, const char *to, const char *in_return)
{
	const Shift *night = shift_of(f, NIGHT);

	assert_int_equal(ask_swap(f, doctor_of(f, night->first), NIGHT, false, to, in_return),
			 CODE_OK);
	return text(f, f->reply->id);
}

/* Asked of one clinic, or found to be a gap, within 12 hours of its beginning. */
static void tonight_does_not_wait(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *taker = free_clinic(f, night);
	test_clock_advance(&f->clock, night->from_ms - 12 * HOUR - f->clock.wall_ms);
	fixture_step(f);
	char *id = ask_for_night(f, taker, "");
	assert_false(word_rings(f, id));
	assert_int_equal(undo_swap(f, doctor_of(f, night->first), id), CODE_OK);
	fixture_pass(f, MINUTE);
	id = ask_for_night(f, "", "");
	assert_false(word_rings(f, id)); /* nobody of the whole network is woken */
	assert_int_equal(undo_swap(f, doctor_of(f, night->first), id), CODE_OK);
	assert_true(word_rings(f, ask_for_night(f, taker, "")));
	assert_int_equal(set(f, "administrator", NIGHT, true, "", "急病"), CODE_OK);
	fixture_pass(f, 0);
	assert_int_equal(word_to(f, NIGHT, ""), MATTER_SHIFT_GAP);
	assert_true(word_rings(f, NIGHT));
}

static void one_is_asked_and_takes_it(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *taker = free_clinic(f, night);
	char *id = ask_for_night(f, taker, "");
	assert_int_equal(word_to(f, id, taker), MATTER_SWAP_ASKED);
	assert_int_equal(word_to(f, id, night->first), -1);
	assert_int_equal(word_to(f, id, ""), -1);
	Swap *swap = swap_of(f, id);
	assert_int_equal(swap->state, SWAP_STATE_ASKED);
	assert_int_equal(swap->lapses_ms, night->from_ms);
	assert_string_equal(swap->text, "学会のため");

	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_OK);
	assert_int_equal(word_to(f, id, taker), MATTER_SWAP_TAKEN);
	assert_int_equal(word_to(f, id, night->first), MATTER_SWAP_TAKEN);
	assert_int_equal(word_to(f, id, ""), MATTER_SWAP_TAKEN);
	ShiftsNotice *record = told_record(f, 0);
	assert_int_equal(record->n_shifts, 1);
	assert_string_equal(record->shifts[0]->duties[0]->organisation, taker);
	const Shift *after = shift_of(f, NIGHT);
	assert_string_equal(after->first, taker);
	assert_string_equal(after->second, night->second);
	assert_int_equal(after->sequence, 1);
	assert_true(after->by_hand);
	assert_string_equal(after->given_away_first[0], night->first);
	swap = swap_of(f, id);
	assert_string_equal(swap->taker, taker);
	assert_string_equal(swap->answered_by, doctor_of(f, taker));
	fixture_rebuild(f);
}

static void all_are_asked_and_the_first_takes_it(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *taker = free_clinic(f, night);
	char *id = ask_for_night(f, "", "");
	for (unsigned i = 1; i <= CLINICS; i++) {
		const char *clinic_id = arena_printf(&f->arena, "clinic%02u", i);
		assert_int_equal(word_to(f, id, clinic_id),
				 strcmp(clinic_id, night->first) ? MATTER_SWAP_ASKED : -1);
	}
	assert_int_equal(decline_swap(f, doctor_of(f, taker), id), CODE_FAILED_PRECONDITION);
	assert_int_equal(accept_swap(f, "doctor34", id), CODE_PERMISSION_DENIED);
	assert_int_equal(accept_swap(f, doctor_of(f, night->first), id), CODE_PERMISSION_DENIED);
	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_OK);
	/* Who was asked and is no longer, is left without the question. */
	unsigned released = 0;
	for (unsigned i = 1; i <= CLINICS; i++)
		released += word_to(f, id, arena_printf(&f->arena, "clinic%02u", i)) ==
			    MATTER_UNSPECIFIED;
	assert_int_equal(released, CLINICS - 2);
	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_FAILED_PRECONDITION);
	fixture_rebuild(f);
}

static void one_for_another(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	ShiftList *list = shifts_of(f, MONTH "-01", MONTH "-28", "");
	/* Any shift whose first can take ours, and we theirs. */
	for (size_t i = 0; i < list->n_items; i++) {
		const Shift *theirs = list->items[i];
		if (!strcmp(theirs->first, night->first) || !strcmp(theirs->id, NIGHT))
			continue;
		Code code = ask_swap(f, doctor_of(f, night->first), NIGHT, false, theirs->first,
				     theirs->id);
		if (code == CODE_FAILED_PRECONDITION)
			continue; /* somebody would have no rest */
		assert_int_equal(code, CODE_OK);
		char *id = text(f, f->reply->id);
		assert_int_equal(accept_swap(f, doctor_of(f, theirs->first), id), CODE_OK);
		ShiftsNotice *record = told_record(f, 0);
		assert_int_equal(record->n_shifts, 2);
		assert_string_equal(shift_of(f, NIGHT)->first, theirs->first);
		assert_string_equal(shift_of(f, theirs->id)->first, night->first);
		assert_int_equal(undo_swap(f, doctor_of(f, theirs->first), id), CODE_OK);
		assert_int_equal(word_to(f, id, night->first), MATTER_SWAP_UNDONE);
		assert_int_equal(word_to(f, id, theirs->first), MATTER_SWAP_UNDONE);
		assert_int_equal(word_to(f, id, ""), MATTER_SWAP_UNDONE);
		assert_string_equal(shift_of(f, NIGHT)->first, night->first);
		assert_string_equal(shift_of(f, theirs->id)->first, theirs->first);
		assert_int_equal(shift_of(f, NIGHT)->sequence, 2);
		/* Theirs again: nothing that they gave away. */
		const Shift *back = shift_of(f, NIGHT);
		assert_int_equal(back->n_given_away_first, 1);
		assert_string_equal(back->given_away_first[0], theirs->first);
		assert_int_equal(undo_swap(f, doctor_of(f, theirs->first), id),
				 CODE_FAILED_PRECONDITION);
		fixture_rebuild(f);
		return;
	}
	fail_msg("no pair of shifts can be swapped");
}

/* ---- rest and places ------------------------------------------------------------------------ */

static void nobody_ends_up_on_two_shifts_or_without_rest(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const Shift *next = shift_of(f, MONTH "-10-weekday-night");
	/* Who has the other place. */
	assert_int_equal(ask_swap(f, doctor_of(f, night->first), NIGHT, false, night->second, ""),
			 CODE_FAILED_PRECONDITION);
	assert_non_null(strstr(f->reply->message_ja, "もう一方"));
	/* Who is on duty the next night: 8:00 to 18:00 are less than 12 hours. */
	assert_int_equal(ask_swap(f, doctor_of(f, night->first), NIGHT, false, next->second, ""),
			 CODE_FAILED_PRECONDITION);
	assert_non_null(strstr(f->reply->message_en, "12 hours of rest"));
	/* It is looked at again when they accept: it may have changed since. */
	const char *taker = free_clinic(f, night);
	char *id = ask_for_night(f, taker, "");
	assert_int_equal(set(f, "administrator", next->id, true, taker, "急病"), CODE_OK);
	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_FAILED_PRECONDITION);
	assert_non_null(strstr(f->reply->message_ja, next->id));
	assert_non_null(strstr(f->reply->message_ja, "あなたの診療所"));
	assert_string_equal(shift_of(f, NIGHT)->first, night->first);
}

/* ---- declining, withdrawing, undoing -------------------------------------------------------- */

static void who_is_asked_may_decline(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *asked = free_clinic(f, night);
	char *id = ask_for_night(f, asked, "");
	assert_int_equal(decline_swap(f, doctor_of(f, night->second), id), CODE_PERMISSION_DENIED);
	assert_int_equal(decline_swap(f, doctor_of(f, asked), id), CODE_OK);
	assert_int_equal(word_to(f, id, night->first), MATTER_SWAP_DECLINED);
	assert_int_equal(word_to(f, id, asked), MATTER_UNSPECIFIED);
	assert_int_equal(swap_of(f, id)->state, SWAP_STATE_DECLINED);
	assert_int_equal(accept_swap(f, doctor_of(f, asked), id), CODE_FAILED_PRECONDITION);
	/* And another may be asked. */
	ask_for_night(f, "", "");
}

static void what_was_asked_can_be_withdrawn(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *asked = free_clinic(f, night);
	char *id = ask_for_night(f, asked, "");
	assert_int_equal(ask_swap(f, doctor_of(f, night->first), NIGHT, false, "", ""),
			 CODE_ALREADY_EXISTS);
	assert_string_equal(f->reply->id, id);
	assert_int_equal(undo_swap(f, doctor_of(f, asked), id), CODE_PERMISSION_DENIED);
	assert_int_equal(undo_swap(f, doctor_of(f, night->first), id), CODE_OK);
	assert_int_equal(word_to(f, id, asked), MATTER_UNSPECIFIED);
	assert_int_equal(word_to(f, id, ""), -1); /* nothing has changed */
	assert_int_equal(accept_swap(f, doctor_of(f, asked), id), CODE_FAILED_PRECONDITION);
	ListSwaps open = ListSwaps_INIT;
	assert_int_equal(ask(f, "helper", &open.base), CODE_OK);
	assert_int_equal(((SwapList *)body_of(f, &SwapList_descriptor))->n_items, 0);
	fixture_rebuild(f);
}

static void it_is_undone_only_before_it_begins(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *taker = free_clinic(f, night);
	char *id = ask_for_night(f, taker, "");
	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_OK);
	assert_int_equal(undo_swap(f, "doctor34", id), CODE_PERMISSION_DENIED);
	at(f, MONTH "-09T18:00");
	assert_int_equal(undo_swap(f, doctor_of(f, taker), id), CODE_FAILED_PRECONDITION);
	assert_int_equal(undo_swap(f, "administrator", id), CODE_FAILED_PRECONDITION);
	assert_string_equal(shift_of(f, NIGHT)->first, taker);
}

static void what_has_moved_on_is_not_undone(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *taker = free_clinic(f, night);
	char *id = ask_for_night(f, taker, "");
	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_OK);
	assert_int_equal(set(f, "administrator", NIGHT, false, "", "未定"), CODE_OK);
	assert_int_equal(undo_swap(f, "administrator", id), CODE_FAILED_PRECONDITION);
	assert_string_equal(shift_of(f, NIGHT)->first, "");
}

/* ---- time ----------------------------------------------------------------------------------- */

static void what_nobody_took_lapses_when_the_shift_begins(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *asked = free_clinic(f, night);
	char *id = ask_for_night(f, asked, "");
	at(f, MONTH "-09T17:59:59");
	assert_int_equal(swap_of(f, id)->state, SWAP_STATE_ASKED);
	recording_bus_clear(&f->bus);
	fixture_pass(f, 1000);
	assert_int_equal(word_to(f, id, night->first), MATTER_SWAP_LAPSED);
	assert_int_equal(word_to(f, id, asked), MATTER_UNSPECIFIED);
	assert_int_equal(swap_of(f, id)->state, SWAP_STATE_LAPSED);
	assert_int_equal(accept_swap(f, doctor_of(f, asked), id), CODE_FAILED_PRECONDITION);
	fixture_rebuild(f);
}

static void the_rest_of_a_running_shift_is_taken(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *taker = free_clinic(f, night);
	at(f, MONTH "-09T22:00");
	char *id = ask_for_night(f, "", "");
	assert_int_equal(swap_of(f, id)->lapses_ms, night->until_ms);
	fixture_pass(f, HOUR);
	int64_t now_ms = f->clock.wall_ms;
	assert_int_equal(accept_swap(f, doctor_of(f, taker), id), CODE_OK);
	ShiftsNotice *record = told_record(f, 0);
	assert_int_equal(record->shifts[0]->n_duties, 3);
	assert_string_equal(record->shifts[0]->duties[0]->organisation, night->first);
	assert_int_equal(record->shifts[0]->duties[0]->from_ms, night->from_ms);
	assert_int_equal(record->shifts[0]->duties[0]->until_ms, now_ms);
	assert_string_equal(record->shifts[0]->duties[1]->organisation, taker);
	assert_int_equal(record->shifts[0]->duties[1]->from_ms, now_ms);
	/* And back again: each of the three had its own time. */
	assert_int_equal(ask_swap(f, doctor_of(f, taker), NIGHT, false, night->first, ""), CODE_OK);
	id = text(f, f->reply->id);
	fixture_pass(f, HOUR);
	assert_int_equal(accept_swap(f, doctor_of(f, night->first), id), CODE_OK);
	record = told_record(f, 0);
	assert_int_equal(record->shifts[0]->n_duties, 4);
	assert_int_equal(record->shifts[0]->duties[1]->until_ms, now_ms + HOUR);
	at(f, MONTH "-10T08:00");
	assert_int_equal(ask_swap(f, doctor_of(f, night->first), NIGHT, false, "", ""),
			 CODE_FAILED_PRECONDITION);
	fixture_rebuild(f);
}

static void a_duty_that_is_another_s_now_is_overtaken(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *asked = free_clinic(f, night);
	char *id = ask_for_night(f, asked, "");
	assert_int_equal(set(f, "administrator", NIGHT, false, asked, "話し合いで"), CODE_OK);
	fixture_pass(f, 0);
	assert_int_equal(swap_of(f, id)->state, SWAP_STATE_OVERTAKEN);
	assert_int_equal(accept_swap(f, doctor_of(f, asked), id), CODE_FAILED_PRECONDITION);
	fixture_rebuild(f);
}

/* Both arrive at once, before anything is due: the later one finds the duty gone. */
static void what_is_accepted_too_late_moves_nothing(void **state)
{
	struct fixture *f = *state;
	AcceptSwap accept = AcceptSwap_INIT;
	SetShift request = SetShift_INIT;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *asked = free_clinic(f, night);
	accept.id = ask_for_night(f, asked, "");
	request.shift = text(f, NIGHT);
	request.organisation = text(f, "");
	request.reason = text(f, "未定");
	Request set_now = fixture_request(f, &request.base, 0, false);
	Request accept_now = fixture_request(f, &accept.base, 0, false);
	fixture_send(f, "administrator", &set_now);
	fixture_send(f, doctor_of(f, asked), &accept_now);
	fixture_step(f);
	assert_int_equal(fixture_reply(f, "administrator", 0)->code, CODE_OK);
	assert_int_equal(fixture_reply(f, doctor_of(f, asked), 0)->code, CODE_FAILED_PRECONDITION);
	assert_string_equal(shift_of(f, NIGHT)->first, "");
	fixture_rebuild(f);
}

/* ---- refusals ------------------------------------------------------------------------------- */

static void what_makes_no_sense_is_refused(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *own = doctor_of(f, night->first);
	assert_int_equal(ask_swap(f, own, MONTH "-09-holiday-day", false, "", ""), CODE_NOT_FOUND);
	assert_string_equal(f->reply->field, "shift");
	assert_int_equal(ask_swap(f, own, NIGHT, true, "", ""), CODE_PERMISSION_DENIED);
	assert_int_equal(ask_swap(f, "helper", NIGHT, false, "", ""), CODE_PERMISSION_DENIED);
	assert_int_equal(ask_swap(f, own, NIGHT, false, night->first, ""), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "to");
	assert_int_equal(ask_swap(f, own, NIGHT, false, "clinic34", ""), CODE_INVALID_ARGUMENT);
	assert_int_equal(ask_swap(f, own, NIGHT, false, "", MONTH "-10-weekday-night"),
			 CODE_INVALID_ARGUMENT);
	assert_int_equal(ask_swap(f, own, NIGHT, false, night->second, NIGHT),
			 CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "in_return");
	assert_int_equal(accept_swap(f, own, "01KSR49200E4HR000000000001"), CODE_NOT_FOUND);
	assert_int_equal(undo_swap(f, own, "x"), CODE_NOT_FOUND);
}

static void the_table_has_no_way_back(void **state)
{
	(void)state;
	for (int from = SWAP_STATE_TAKEN; from <= (int)SWAP_STATE_OVERTAKEN; from++)
		for (int step = SWAP_ASK; step < SWAP_STEPS; step++)
			assert_int_equal(swap_possible((enum swap_step)step, (Swap_State)from),
					 from == (int)SWAP_STATE_TAKEN && step == SWAP_UNDO);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, rota_setup, free_fixture)
	const struct CMUnitTest tests[] = {
		TEST(tonight_does_not_wait),
		TEST(one_is_asked_and_takes_it),
		TEST(all_are_asked_and_the_first_takes_it),
		TEST(one_for_another),
		TEST(nobody_ends_up_on_two_shifts_or_without_rest),
		TEST(who_is_asked_may_decline),
		TEST(what_was_asked_can_be_withdrawn),
		TEST(it_is_undone_only_before_it_begins),
		TEST(what_has_moved_on_is_not_undone),
		TEST(what_nobody_took_lapses_when_the_shift_begins),
		TEST(the_rest_of_a_running_shift_is_taken),
		TEST(a_duty_that_is_another_s_now_is_overtaken),
		TEST(what_is_accepted_too_late_moves_nothing),
		TEST(what_makes_no_sense_is_refused),
		cmocka_unit_test(the_table_has_no_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
