/* If this failed, somebody could ask for a patient whom they may not see, two would be told that it
 * is theirs, or what is due would be forgotten over a restart or a clock that is set. */
#include "tests/unit/referral_fixture.h"

#define STEP(name) REFERRAL_CHANGED_STEP_##name

/* How often that step was taken since a position. */
static unsigned steps_of(struct fixture *f, ReferralChanged_Step step, uint64_t after)
{
	const JournalEntry *entry;
	unsigned n = 0;

	while ((entry = fixture_fact(f, "ReferralChanged", &after))) {
		const ReferralChanged *fact =
			fixture_decode(f, &ReferralChanged_descriptor, entry->fact);
		n += fact->step == step;
	}
	return n;
}

static void refused(struct fixture *f, const char *user, const AskReferral *request, Code code,
		    const char *field)
{
	uint64_t head = daemon_head(f->daemon);

	if (ask(f, user, &request->base) != code || strcmp(f->reply->field, field))
		fail_msg("%s: %d %s \"%s\", not %d %s", user, (int)f->reply->code, f->reply->field,
			 f->reply->message_en, (int)code, field);
	assert_int_equal(daemon_head(f->daemon), head);
}

/* ---- who may ask ----------------------------------------------------------------------------- */

static void each_kind_is_asked_for_by_its_askers_alone(void **state)
{
	static const struct {
		const char *user, *may;
	} table[] = {
		{ "liaison", "D" },      { "doctor01", "B" },       { "nurse01", "V" },
		{ "caremanager", "D" },  { "liaison02", "" },       { "nurse02", "" },
		{ "centre-staff", "" },  { "doctor02", "" },        { "pharmacist", "" },
		{ "officer", "" },       { "station-helper", "" },  { "centre-nurse", "" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < N(table); i++)
		for (int kind = KIND(HOME_DOCTOR); kind <= KIND(VISIT); kind++) {
			AskReferral request = form(f, (ReferralKind)kind);
			bool may = strchr(table[i].may, "?DBV"[kind]) != NULL;
			Code code = ask(f, table[i].user, &request.base);
			assert_int_equal(code, may ? CODE_OK : CODE_PERMISSION_DENIED);
			if (may)
				assert_int_equal(cancel(f, table[i].user, f->reply->id), CODE_OK);
		}
	team(f, PATIENT, "centre", PROFESSION_UNSPECIFIED, false);
	AskReferral request = form(f, KIND(HOME_DOCTOR));
	assert_int_equal(ask(f, "centre-nurse", &request.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(f, "centre-staff", &request.base), CODE_OK);
}

/* Members of station03 for the time of a visit. */
static void visits_for_now(struct fixture *f)
{
	TeamNotice changed = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, "station03");
	member.profession = PROFESSION_NURSE;
	member.role = TEAM_ROLE_MEMBER;
	member.referral = text(f, STRANGE_PATIENT);
	member.from_ms = f->clock.wall_ms - HOUR;
	member.until_ms = f->clock.wall_ms + 90 * HOUR;
	changed.patient = text(f, PATIENT);
	changed.member = &member;
	notice(f, "record", &changed.base);
}

/* Else who has a patient for four days could give others them for years. */
static void who_takes_over_a_visit_asks_nobody_on(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));

	visits_for_now(f);
	refused(f, "nurse03", &request, CODE_PERMISSION_DENIED, "patient");
	team(f, PATIENT, "station03", PROFESSION_NURSE, false);
	assert_int_equal(ask(f, "nurse03", &request.base), CODE_OK);
}

/* Nor does anybody bring others into a team that they are no longer on. */
static void who_is_off_the_team_confirms_nobody(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));
	const char *taker = whole(f, id)->offers[0]->organisation;

	assert_int_equal(accept(f, nurse(f, (unsigned)(taker[8] - '0')), id), CODE_OK);
	team(f, PATIENT, "station01", PROFESSION_NURSE, true);
	assert_int_equal(confirm(f, "nurse01", id), CODE_PERMISSION_DENIED);
	assert_int_equal(whole(f, id)->state, S(ACCEPTED));
	assert_true(whole(f, id)->deadline_ms > 0);
	team(f, PATIENT, "station01", PROFESSION_NURSE, false);
	assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
	/* who registered the patient is on no team, and may */
	id = asked(f, KIND(HOME_DOCTOR));
	assert_int_equal(accept(f, "doctor01", id), CODE_OK);
	assert_int_equal(confirm(f, "liaison", id), CODE_OK);
}

/* And it does not wait for them: they can take it back, and else it is the centre's in time. */
static void who_is_off_the_team_holds_nothing_up(void **state)
{
	struct fixture *f = *state;

	for (int cancels = 0; cancels < 2; cancels++) {
		char *id = asked(f, KIND(VISIT));
		const char *taker = whole(f, id)->offers[0]->organisation;
		assert_int_equal(accept(f, nurse(f, (unsigned)(taker[8] - '0')), id), CODE_OK);
		team(f, PATIENT, "station01", PROFESSION_NURSE, true);
		assert_int_equal(confirm(f, "nurse01", id), CODE_PERMISSION_DENIED);
		assert_non_null(strstr(f->reply->message_en, "support centre"));
		assert_non_null(strstr(f->reply->message_ja, "支援センター"));
		if (cancels) {
			assert_int_equal(cancel(f, "nurse01", id), CODE_OK);
			assert_int_equal(whole(f, id)->state, S(CANCELLED));
			return;
		}
		pass(f, whole(f, id)->deadline_ms - f->clock.wall_ms);
		assert_int_equal(whole(f, id)->state, S(UNPLACED));
		assert_int_equal(whole(f, id)->cause, CAUSE(NOT_CONFIRMED));
		assert_int_equal(list(f, "centre-staff", false, true, 0)->n_items, 1);
		assert_int_equal(cancel(f, "nurse01", id), CODE_OK);
		team(f, PATIENT, "station01", PROFESSION_NURSE, false);
	}
}

static void unknown_and_not_mine_in_the_same_words(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));

	request.patient = text(f, STRANGE_PATIENT);
	refused(f, "nurse01", &request, CODE_PERMISSION_DENIED, "patient");
	const char *words = f->reply->message_en, *ja = f->reply->message_ja;
	static const char *const unknown[] = { "01KSR49200E4HR000000000009", "", "yamada" };
	for (size_t i = 0; i < N(unknown); i++) {
		request.patient = text(f, unknown[i]);
		refused(f, "nurse01", &request, CODE_PERMISSION_DENIED, "patient");
		assert_string_equal(f->reply->message_en, words);
		assert_string_equal(f->reply->message_ja, ja);
	}
}

static void without_consent_and_after_death_nothing_is_asked(void **state)
{
	struct fixture *f = *state;
	AskReferral visit = form(f, KIND(VISIT)), doctor = form(f, KIND(HOME_DOCTOR));

	consent(f, PATIENT, false);
	batch(f); /* looks for what is left behind, and finds nothing */
	/* registered them, and sees it */
	refused(f, "liaison", &doctor, CODE_FAILED_PRECONDITION, "patient");
	refused(f, "nurse01", &visit, CODE_PERMISSION_DENIED, "patient");
	consent(f, PATIENT, true);
	patient(f, PATIENT, false, true, false);
	batch(f);
	refused(f, "liaison", &doctor, CODE_FAILED_PRECONDITION, "patient");
	refused(f, "nurse01", &visit, CODE_FAILED_PRECONDITION, "patient");
	patient(f, PATIENT, false, false, false); /* it was a mistake; consent stands */
	assert_int_equal(ask(f, "nurse01", &visit.base), CODE_OK);
}

static void word_of_a_new_patient_may_be_under_way(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(HOME_DOCTOR));
	const char *id = new_id(f);

	request.patient = new_id(f);
	for (int i = 0; i < 2; i++)
		assert_int_equal(ask_with(f, "liaison", id, &request.base, 0, false),
				 CODE_UNAVAILABLE);
	assert_string_equal(f->reply->field, "patient");
	patient(f, request.patient, true, false, true);
	assert_int_equal(ask_with(f, "liaison", id, &request.base, 0, false), CODE_OK);
	request.patient = new_id(f);
	pass(f, 9999);
	refused(f, "liaison", &request, CODE_UNAVAILABLE, "patient");
	pass(f, 1);
	refused(f, "liaison", &request, CODE_PERMISSION_DENIED, "patient");
	/* in the same words whether there is one or not; who is on the team may
	 * be under way, too */
	AskReferral bed = form(f, KIND(BACKUP_BED));
	ShowAudit audit = ShowAudit_INIT;
	bed.patient = audit.patient = new_id(f);
	refused(f, "doctor02", &bed, CODE_UNAVAILABLE, "patient");
	const char *words = f->reply->message_en;
	assert_int_equal(ask(f, "doctor02", &audit.base), CODE_UNAVAILABLE);
	patient(f, bed.patient, true, false, true);
	refused(f, "doctor02", &bed, CODE_UNAVAILABLE, "patient");
	assert_string_equal(f->reply->message_en, words);
	assert_int_equal(ask(f, "doctor02", &audit.base), CODE_UNAVAILABLE);
	pass(f, 10000);
	refused(f, "doctor02", &bed, CODE_PERMISSION_DENIED, "patient");
	assert_int_equal(ask(f, "doctor02", &audit.base), CODE_PERMISSION_DENIED);
	char id_ahead[ID_SIZE];
	id_make(id_ahead, &f->clock.clock, f->clock.wall_ms + DAY);
	request.patient = id_ahead;
	refused(f, "liaison", &request, CODE_PERMISSION_DENIED, "patient");
	/* The journal's time stands still once the clock was put back: nobody is told
	 * "again" for an hour. */
	request.patient = new_id(f);
	refused(f, "liaison", &request, CODE_UNAVAILABLE, "patient");
	f->clock.wall_ms -= HOUR;
	pass(f, 10000);
	refused(f, "liaison", &request, CODE_PERMISSION_DENIED, "patient");
}

/* ---- the form -------------------------------------------------------------------------------- */

static void the_form_names_the_field(void **state)
{
	struct fixture *f = *state;
	Need two[] = { NEED_OXYGEN, NEED_OXYGEN }, none[] = { NEED_UNSPECIFIED }, many[11];
	AskReferral request, good = form(f, KIND(VISIT)), wish = form(f, KIND(HOME_DOCTOR));
	char *beside[21];

	for (size_t i = 0; i < 11; i++)
		many[i] = (Need)(1 + i % 10);
	for (size_t i = 0; i < 21; i++)
		beside[i] = text(f, "01KSR49200E4HR000000000009");
#define WRONG(from, user, field, change) \
	request = from; change; refused(f, user, &request, CODE_INVALID_ARGUMENT, field)
#define VISIT_WRONG(field, change) WRONG(good, "nurse01", field, change)
#define WISH_WRONG(field, change) WRONG(wish, "liaison", field, change)
	VISIT_WRONG("kind", request.kind = KIND(UNSPECIFIED));
	VISIT_WRONG("needs", (request.needs = two, request.n_needs = 2));
	VISIT_WRONG("needs", (request.needs = none, request.n_needs = 1));
	VISIT_WRONG("needs", (request.needs = many, request.n_needs = 11));
	VISIT_WRONG("wished_ms", request.wished_ms = request.from_ms);
	VISIT_WRONG("from_ms", request.from_ms = 0);
	VISIT_WRONG("from_ms", request.from_ms = f->clock.wall_ms);
	VISIT_WRONG("from_ms", request.from_ms = f->clock.wall_ms + 90 * DAY + 1);
	VISIT_WRONG("from_ms", request.from_ms = INT64_MAX);
	VISIT_WRONG("from_ms", request.from_ms = INT64_MIN);
	VISIT_WRONG("to_ms", request.to_ms = 0);
	VISIT_WRONG("to_ms", request.to_ms = request.from_ms);
	VISIT_WRONG("to_ms", request.to_ms = request.from_ms + 12 * HOUR + 1);
	VISIT_WRONG("to_ms", request.to_ms = INT64_MAX);
	VISIT_WRONG("to_ms", request.to_ms = INT64_MIN);
	VISIT_WRONG("times", request.times = 31);
	VISIT_WRONG("times", request.times = UINT32_MAX);
	VISIT_WRONG("every_days", request.every_days = 32);
	VISIT_WRONG("beside", (request.beside = beside, request.n_beside = 21));
	WISH_WRONG("from_ms", request.from_ms = f->clock.wall_ms + HOUR);
	WISH_WRONG("from_ms", request.times = 1);
	WISH_WRONG("wished_ms", request.wished_ms = f->clock.wall_ms);
	WISH_WRONG("wished_ms", request.wished_ms = -1);
	WISH_WRONG("wished_ms", request.wished_ms = f->clock.wall_ms + 90 * DAY + 1);
	good.from_ms = f->clock.wall_ms + 90 * DAY;
	good.to_ms = good.from_ms + 12 * HOUR;
	good.times = 30;
	good.every_days = 31;
	good.needs = many;
	good.n_needs = 10;
	good.beside = beside;
	good.n_beside = 20;
	assert_int_equal(ask(f, "nurse01", &good.base), CODE_OK);
	wish.wished_ms = f->clock.wall_ms + 90 * DAY;
	assert_int_equal(ask(f, "liaison", &wish.base), CODE_OK);
}

static void what_is_asked_bears_what_is_known_of_the_patient(void **state)
{
	struct fixture *f = *state;
	const Referral *referral = whole(f, asked(f, KIND(VISIT)));

	assert_int_equal(referral->area, AREA_NORTH);
	assert_string_equal(referral->district, "高砂");
	assert_int_equal(referral->sex, PATIENT_SEX_FEMALE);
	assert_int_equal(referral->age_from, 80); /* 1941, in 2026 */
	assert_int_equal(referral->age_to, 89);
	assert_int_equal(referral->times, 1);
	assert_int_equal(referral->every_days, 7);
	assert_string_equal(referral->asker, "station01");
	assert_string_equal(referral->asked_by, "nurse01");
	assert_int_equal(referral->asked_ms, f->clock.wall_ms);
	assert_int_equal(referral->position, daemon_head(f->daemon));
	assert_string_equal(offers(f, referral->id)[0] == 's' ? "s" : "", "s");
	for (size_t i = 0; i < referral->n_offers; i++)
		assert_string_not_equal(referral->offers[i]->organisation, "station01");
}

/* ---- two requests for one patient ------------------------------------------------------------ */

static void two_requests_for_one_thing(void **state)
{
	struct fixture *f = *state;
	AskReferral doctor = form(f, KIND(HOME_DOCTOR));
	char *first = asked(f, KIND(HOME_DOCTOR)), *second, *beside[2];

	/* somebody else's, too */
	refused(f, "caremanager", &doctor, CODE_ALREADY_EXISTS, "patient");
	assert_string_equal(f->reply->id, first);
	asked(f, KIND(BACKUP_BED)); /* another thing */
	beside[0] = first;
	doctor.beside = beside;
	doctor.n_beside = 1;
	assert_int_equal(ask(f, "caremanager", &doctor.base), CODE_OK);
	second = f->reply->id;
	refused(f, "liaison", &doctor, CODE_ALREADY_EXISTS, "patient");
	assert_string_equal(f->reply->id, second);
	beside[1] = second;
	doctor.n_beside = 2;
	assert_int_equal(ask(f, "liaison", &doctor.base), CODE_OK);
	assert_int_equal(cancel(f, "liaison", f->reply->id), CODE_OK);
	assert_int_equal(cancel(f, "liaison", first), CODE_OK);
	doctor.n_beside = 0;
	refused(f, "liaison", &doctor, CODE_ALREADY_EXISTS, "patient");
	assert_int_equal(cancel(f, "caremanager", second), CODE_OK);
	assert_int_equal(ask(f, "liaison", &doctor.base), CODE_OK); /* none is open */
}

static void visits_and_series_that_overlap(void **state)
{
	static const struct {
		int64_t from_ms, to_ms;
		uint32_t times, every_days;
		bool overlaps;
	} table[] = { /* to a series of three, on the second, fourth and sixth day, for one hour */
		{ 2 * DAY, 2 * DAY + HOUR, 1, 0, true },
		{ 4 * DAY + HOUR - 1, 4 * DAY + 2 * HOUR, 1, 0, true },
		{ 4 * DAY + HOUR, 4 * DAY + 2 * HOUR, 1, 0, false },
		{ 4 * DAY - HOUR, 4 * DAY, 1, 0, false },
		{ 4 * DAY - HOUR, 4 * DAY + 1, 1, 0, true },
		{ 6 * DAY + 30 * MINUTE, 6 * DAY + 31 * MINUTE, 1, 0, true },
		{ 8 * DAY, 8 * DAY + HOUR, 1, 0, false },
		{ 1 * DAY, 1 * DAY + HOUR, 2, 1, true },
		{ 1 * DAY, 1 * DAY + HOUR, 30, 2, false },
		{ 3 * DAY, 3 * DAY + HOUR, 30, 3, true },
		{ 1 * DAY, 1 * DAY + HOUR, 0, 0, false }, /* 0 is 1 */
	};
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));
	int64_t now_ms = f->clock.wall_ms;

	request.times = 3;
	request.every_days = 2;
	assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
	char *series = f->reply->id;
	for (size_t i = 0; i < N(table); i++) {
		request.from_ms = now_ms + table[i].from_ms;
		request.to_ms = now_ms + table[i].to_ms;
		request.times = table[i].times;
		request.every_days = table[i].every_days;
		Code code = ask(f, "nurse01", &request.base);
		assert_int_equal(code, table[i].overlaps ? CODE_ALREADY_EXISTS : CODE_OK);
		if (table[i].overlaps)
			assert_string_equal(f->reply->id, series);
		else
			assert_int_equal(cancel(f, "nurse01", f->reply->id), CODE_OK);
	}
}

static void no_more_than_fifty_for_a_patient(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));

	for (int i = 0; i < OPEN_MAX; i++) {
		request.from_ms += DAY;
		request.to_ms = request.from_ms + HOUR;
		assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
	}
	request.from_ms += DAY / 2;
	request.to_ms = request.from_ms + HOUR;
	refused(f, "nurse01", &request, CODE_RESOURCE_EXHAUSTED, "patient");
	ListReferrals of_patient = ListReferrals_INIT;
	of_patient.patient = text(f, PATIENT);
	assert_int_equal(ask(f, "nurse01", &of_patient.base), CODE_OK);
	ReferralList *items = body_of(f, &ReferralList_descriptor);
	assert_int_equal(items->n_items, OPEN_MAX);
}

/* ---- who has it ------------------------------------------------------------------------------ */

static void many_accept_in_one_batch(void **state)
{
	static const unsigned order[] = { 4, 2, 6, 3, 5 };
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));
	AcceptReferral yes = AcceptReferral_INIT;
	const char *ids[N(order)];

	request.from_ms = f->clock.wall_ms + 2 * HOUR + MINUTE; /* all at once */
	request.to_ms = request.from_ms + HOUR;
	assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
	yes.id = f->reply->id;
	recording_bus_clear(&f->bus);
	for (size_t i = 0; i < N(order); i++)
		send(f, nurse(f, order[i]), ids[i] = new_id(f), &yes.base, 0, false);
	batch(f);
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < N(order); i++) {
			f->reply = reply_to(f, nurse(f, order[i]));
			assert_int_equal(f->reply->code, CODE_OK);
			const ReferralAccepted *answer = body_of(f, &ReferralAccepted_descriptor);
			assert_string_equal(answer->id, yes.id);
			assert_int_equal(answer->holding, i == 0);
			assert_int_equal(answer->standby, i);
		}
		/* the same again, after the first has given it back: still the first answer */
		if (again)
			break;
		assert_int_equal(withdraw(f, nurse(f, order[0]), yes.id), CODE_OK);
		restart(f);
		recording_bus_clear(&f->bus);
		for (size_t i = N(order); i-- > 0;)
			send(f, nurse(f, order[i]), ids[i], &yes.base, 0, false);
		batch(f);
	}
	const Referral *now = whole(f, yes.id);
	assert_string_equal(now->taker, "station02");
	uint64_t before = daemon_head(f->daemon);
	for (size_t i = 0; i < N(order); i++) /* anew: has answered */
		assert_int_equal(accept(f, nurse(f, order[i]), yes.id), CODE_FAILED_PRECONDITION);
	assert_int_equal(steps_of(f, STEP(ACCEPT), before), 0);
	assert_int_equal(steps_of(f, STEP(ACCEPT), 0), N(order));
}

/* What is on the centre's list may still be accepted, but not when there is nothing
 * left to be made. */
static void nobody_accepts_a_visit_that_is_over(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));

	request.from_ms = f->clock.wall_ms + HOUR;
	request.to_ms = request.from_ms + HOUR;
	request.times = 2;
	request.every_days = 1;
	assert_int_equal(ask(f, asker_of(KIND(VISIT)), &request.base), CODE_OK);
	char *id = text(f, f->reply->id);
	assert_int_equal(whole(f, id)->state, REFERRAL_STATE_UNPLACED);
	pass(f, DAY + HOUR); /* the second one is still to come */
	assert_int_equal(accept(f, nurse(f, 2), id), CODE_OK);
	assert_int_equal(withdraw(f, nurse(f, 2), id), CODE_OK);
	pass(f, 2 * HOUR);
	assert_int_equal(accept(f, nurse(f, 3), id), CODE_FAILED_PRECONDITION);
	assert_true(whole(f, id)->with_centre);
}

static void who_is_not_asked_does_not_answer(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED));
	static const char *const strangers[] = { "nurse02", "doctor02", "centre-staff",
						 "pharmacist" };

	for (size_t i = 0; i < N(strangers); i++) {
		assert_int_equal(accept(f, strangers[i], id), CODE_NOT_FOUND);
		assert_string_equal(f->reply->field, "id");
		const char *words = f->reply->message_en;
		assert_int_equal(accept(f, strangers[i], new_id(f)), CODE_NOT_FOUND);
		assert_string_equal(f->reply->message_en, words);
		assert_int_equal(confirm(f, strangers[i], id), CODE_NOT_FOUND);
		assert_int_equal(cancel(f, strangers[i], id), CODE_NOT_FOUND);
		assert_int_equal(withdraw(f, strangers[i], id), CODE_NOT_FOUND);
		assert_int_equal(decline(f, strangers[i], id), CODE_NOT_FOUND);
		assert_int_equal(pass_over(f, strangers[i], id), CODE_NOT_FOUND);
		assert_int_equal(report(f, strangers[i], id), CODE_NOT_FOUND);
	}
	assert_int_equal(accept(f, "doctor01", id), CODE_PERMISSION_DENIED); /* the asker */
	assert_int_equal(confirm(f, "liaison", id), CODE_PERMISSION_DENIED); /* is asked */
	assert_int_equal(close_it(f, id), CODE_NOT_FOUND); /* not the centre's */
	assert_int_equal(accept(f, "liaison", "yamada"), CODE_NOT_FOUND);
	DeclineReferral no = DeclineReferral_INIT;
	no.id = id;
	assert_int_equal(ask(f, "liaison", &no.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "reason");
}

static void record_answers(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED));

	assert_int_equal(accept(f, "liaison", id), CODE_OK);
	assert_int_equal(accept(f, "liaison02", id), CODE_OK);
	recording_bus_clear(&f->bus);
	assert_int_equal(confirm(f, "doctor01", id), CODE_OK);
	assert_non_null(recording_bus_find(&f->bus, "referral/notice/record", 0));
	placed(f, whole(f, id), "hospital02", true); /* of somebody who does not hold it */
	assert_int_equal(whole(f, id)->state, S(CONFIRMING));
	assert_int_equal(withdraw(f, "liaison", id), CODE_OK);
	placed(f, whole(f, id), "hospital01", true); /* late, for a former taker */
	assert_int_equal(whole(f, id)->state, S(ACCEPTED));
	assert_string_equal(whole(f, id)->taker, "hospital02");
	assert_int_equal(confirm(f, "doctor01", id), CODE_OK);
	placed(f, whole(f, id), "hospital01", false); /* nor does a late refusal count */
	assert_int_equal(whole(f, id)->state, S(CONFIRMING));
	placed(f, whole(f, id), "hospital02", false);
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
	assert_int_equal(whole(f, id)->cause, CAUSE(RECORD_REFUSED));
	placed(f, whole(f, id), "hospital02", true);
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
}

/* It is on no list of theirs any more, and on the centre's all the same. */
static void record_refuses_what_was_confirmed(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED));

	assert_int_equal(accept(f, "liaison", id), CODE_OK);
	assert_int_equal(confirm(f, "doctor01", id), CODE_OK);
	placed(f, whole(f, id), "hospital01", true);
	assert_int_equal(whole(f, id)->state, S(CONFIRMED));
	assert_int_equal(list(f, "centre-staff", false, true, 0)->n_items, 0);
	recording_bus_clear(&f->bus);
	placed(f, whole(f, id), "hospital01", false);
	const WordNotice *word = fixture_decode(f, &WordNotice_descriptor,
						fixture_notice(f, "alert", 0)->body);
	assert_int_equal(word->n_told, 1);
	assert_string_equal(word->told[0]->organisation, "");
	assert_int_equal(word->told[0]->matter, MATTER_REFERRAL_STUCK);
	assert_true(word->told[0]->urgent);
	assert_null(fixture_notice(f, "record", 0));
	const ReferralList *stuck = list(f, "centre-staff", false, true, 0);
	assert_int_equal(stuck->n_items, 1);
	assert_int_equal(stuck->items[0]->state, S(CONFIRMED));
	assert_int_equal(stuck->items[0]->cause, CAUSE(RECORD_REFUSED));
	assert_int_equal(close_it(f, id), CODE_OK);
	assert_int_equal(list(f, "centre-staff", false, true, 0)->n_items, 0);
	assert_int_equal(whole(f, id)->state, S(CONFIRMED));
}

/* ---- time ------------------------------------------------------------------------------------ */

static void wave(struct fixture *f, const char *id, unsigned expected)
{
	if (whole(f, id)->wave != expected)
		fail_msg("wave %u, not %u", whole(f, id)->wave, expected);
}

static void waves_over_restarts(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));
	uint64_t head = daemon_head(f->daemon);

	pass(f, HOUR - 1);
	assert_int_equal(steps_of(f, STEP(REMIND), head), 0);
	restart(f);
	pass(f, 1);
	assert_int_equal(steps_of(f, STEP(REMIND), head), 1);
	restart(f);
	batch(f);
	assert_int_equal(steps_of(f, STEP(REMIND), head), 1); /* once */
	pass(f, HOUR - 1);
	wave(f, id, 1);
	restart(f);
	pass(f, 1);
	wave(f, id, 2);
	assert_int_equal(whole(f, id)->deadline_ms, f->clock.wall_ms + HOUR);
	restart(f);
	pass(f, HOUR - 1);
	wave(f, id, 2);
	pass(f, 1); /* the stations are all asked */
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
	assert_int_equal(steps_of(f, STEP(REMIND), head), 2);
	uint64_t quiet = daemon_head(f->daemon);
	pass(f, DAY);
	assert_int_equal(steps_of(f, STEP(DEADLINE), quiet), 0);
}

/* What was planned for one state does not come up in the next. */
static void nothing_old_is_due(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED));

	assert_int_equal(accept(f, "liaison", id), CODE_OK);
	assert_int_equal(confirm(f, "doctor01", id), CODE_OK);
	placed(f, whole(f, id), "hospital01", true);
	uint64_t head = daemon_head(f->daemon);
	pass(f, 10 * DAY);
	assert_int_equal(facts_of(f, "DueDropped", head, NULL), 0);
	assert_int_equal(facts_of(f, "ReferralChanged", head, NULL), 0);
}

static void durations_do_not_feel_the_clock_and_appointments_do(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT)); /* in two days */

	pass(f, HOUR);
	test_clock_jump(&f->clock, DAY);
	batch(f);
	pass(f, HOUR - 1);
	wave(f, id, 1);
	test_clock_jump(&f->clock, -2 * HOUR);
	batch(f);
	pass(f, 1);
	wave(f, id, 2);
	test_clock_jump(&f->clock, DAY); /* past the cut-off, by the clock on the wall */
	batch(f);
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
	assert_int_equal(whole(f, id)->cause, CAUSE(NOBODY_TOOK_IT));
}

/* Who comes back after a day does not hurry everybody: one step, and then its whole time. */
static void after_a_day_of_standstill(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(HOME_DOCTOR));

	request.urgent = true;
	organisation(f, "clinic03", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	organisation(f, "clinic04", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	organisation(f, "clinic05", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	assert_int_equal(ask(f, "liaison", &request.base), CODE_OK);
	char *id = f->reply->id;
	uint64_t head = daemon_head(f->daemon);
	daemon_free(f->daemon);
	test_clock_advance(&f->clock, DAY);
	start(f);
	batch(f);
	wave(f, id, 2);
	assert_int_equal(steps_of(f, STEP(DEADLINE), head), 1);
	assert_int_equal(steps_of(f, STEP(REMIND), head) <= 1, 1);
	pass(f, HOUR - 1);
	wave(f, id, 2);
	pass(f, 1);
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
}

static void a_visit_over_restarts(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));
	const Referral *visit = whole(f, id);
	const char *taker = visit->offers[0]->organisation,
		   *user = nurse(f, (unsigned)(taker[8] - '0'));

	assert_int_equal(accept(f, user, id), CODE_OK);
	assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
	pass(f, 15 * MINUTE - 1);
	assert_false(whole(f, id)->with_centre);
	restart(f);
	pass(f, 1);
	assert_true(whole(f, id)->with_centre); /* record is silent */
	placed(f, visit, taker, true);
	assert_int_equal(whole(f, id)->state, S(CONFIRMED));
	assert_int_equal(report(f, user, id), CODE_FAILED_PRECONDITION);
	uint64_t head = daemon_head(f->daemon);
	pass(f, visit->to_ms + 24 * HOUR - f->clock.wall_ms - 1);
	assert_int_equal(steps_of(f, STEP(DEADLINE), head), 0);
	restart(f);
	pass(f, 1);
	assert_int_equal(steps_of(f, STEP(DEADLINE), head), 1);
	recording_bus_clear(&f->bus);
	assert_int_equal(report(f, user, id), CODE_OK);
	assert_int_equal(whole(f, id)->state, S(DONE));
	assert_non_null(recording_bus_find(&f->bus, "referral/notice/record", 0));
	assert_int_equal(report(f, user, id), CODE_FAILED_PRECONDITION);
	ReportReferral blank = ReportReferral_INIT;
	blank.id = id;
	assert_int_equal(ask(f, user, &blank.base), CODE_FAILED_PRECONDITION);
}

/* ---- what is left behind --------------------------------------------------------------------- */

/* A confirmed visit is made all the same; given back after its asker left, nobody is there to confirm. */
static void given_back_after_the_asker_left(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));
	const char *taker = whole(f, id)->offers[0]->organisation;
	const char *user = nurse(f, (unsigned)(taker[8] - '0'));

	assert_int_equal(accept(f, user, id), CODE_OK);
	assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
	placed(f, whole(f, id), taker, true);
	organisation(f, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	batch(f);
	assert_int_equal(whole(f, id)->state, S(CONFIRMED));
	assert_int_equal(withdraw(f, user, id), CODE_OK);
	batch(f);
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
	assert_int_equal(whole(f, id)->cause, REFERRAL_CAUSE_ASKER_LEFT);
	assert_true(whole(f, id)->with_centre);
}

static void an_asker_leaves_with_many_requests(void **state)
{
	enum { MANY = 40 };
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));
	char *ids[MANY];

	for (int i = 0; i < MANY; i++) {
		request.from_ms += 2 * HOUR;
		request.to_ms = request.from_ms + HOUR;
		assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
		ids[i] = f->reply->id;
		const char *taker = whole(f, ids[i])->offers[0]->organisation;
		if (i % 4 > 0)
			assert_int_equal(accept(f, nurse(f, (unsigned)(taker[8] - '0')), ids[i]),
					 CODE_OK);
		if (i % 4 > 1)
			assert_int_equal(confirm(f, "nurse01", ids[i]), CODE_OK);
		if (i % 4 > 2)
			placed(f, whole(f, ids[i]), whole(f, ids[i])->taker, true);
	}
	organisation(f, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	for (int i = 0; i < 3; i++) {
		batch(f);
		restart(f);
	}
	batch(f);
	for (int i = 0; i < MANY; i++) {
		const Referral *one = whole(f, ids[i]);
		if (i % 4 == 3) { /* is made all the same, and reported */
			assert_int_equal(one->state, S(CONFIRMED));
			continue;
		}
		assert_int_equal(one->state, S(UNPLACED));
		assert_int_equal(one->cause, CAUSE(ASKER_LEFT));
		for (size_t k = 0; k < one->n_offers; k++)
			assert_int_equal(one->offers[k]->state, OFFER_STATE_RELEASED);
	}
	assert_int_equal(list(f, "centre-staff", false, true, 0)->n_items, MANY * 3 / 4);
}

static void a_taker_leaves_with_many_requests(void **state)
{
	enum { MANY = 40 };
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));
	char *ids[MANY];

	for (unsigned i = 3; i <= STATIONS; i++)
		organisation(f, arena_printf(&f->arena, "station%02u", i),
			     ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, i > 3);
	for (int i = 0; i < MANY; i++) {
		request.from_ms += 2 * HOUR;
		request.to_ms = request.from_ms + HOUR;
		assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
		ids[i] = f->reply->id;
		if (i % 5 == 1)
			assert_int_equal(decline(f, "nurse02", ids[i]), CODE_OK);
		if (i % 5 > 1)
			assert_int_equal(accept(f, "nurse02", ids[i]), CODE_OK);
		if (i % 5 > 2)
			assert_int_equal(accept(f, "nurse03", ids[i]), CODE_OK);
		if (i % 5 > 3) {
			assert_int_equal(confirm(f, "nurse01", ids[i]), CODE_OK);
			placed(f, whole(f, ids[i]), "station02", true);
		}
	}
	organisation(f, "station02", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	for (int i = 0; i < 3; i++) {
		batch(f);
		restart(f);
	}
	batch(f);
	for (int i = 0; i < MANY; i++) {
		const Referral *one = whole(f, ids[i]);
		const Offer *gone = life_offer(one, "station02");
		assert_int_equal(gone->state,
				 i % 5 == 1 ? OFFER_STATE_DECLINED : OFFER_STATE_RELEASED);
		assert_int_equal(one->state, i % 5 > 2 ? S(ACCEPTED) : S(OFFERED));
		assert_string_equal(one->taker, i % 5 > 2 ? "station03" : "");
		assert_true(one->deadline_ms > 0);
	}
	/* back again, it is asked again */
	organisation(f, "station02", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	assert_int_equal(pass_over(f, "nurse01", ids[3]), CODE_OK);
	assert_int_equal(life_offer(whole(f, ids[3]), "station02")->state, OFFER_STATE_OFFERED);
}

/* On the board it begins anew; what it said before is not how much room it has. */
static void who_comes_back_is_not_known_to_have_room(void **state)
{
	struct fixture *f = *state;

	capacity(f, "station02", CAPACITY_LEVEL_AVAILABLE, DAY);
	organisation(f, "station02", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	organisation(f, "station02", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	char *id = asked(f, KIND(VISIT));
	pass(f, 2 * HOUR); /* all of them are asked now */
	assert_int_equal(life_offer(whole(f, id), "station02")->score->level,
			 CAPACITY_LEVEL_UNKNOWN);
}

static void consent_is_withdrawn_from_many(void **state)
{
	enum { MANY = 30 };
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));
	char *ids[MANY], *other;

	request.patient = text(f, OTHER_PATIENT);
	assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
	other = f->reply->id;
	request.patient = text(f, PATIENT);
	for (int i = 0; i < MANY; i++) {
		request.from_ms += 2 * HOUR;
		request.to_ms = request.from_ms + HOUR;
		assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
		ids[i] = f->reply->id;
	}
	char *bed = asked(f, KIND(BACKUP_BED));
	consent(f, PATIENT, false);
	batch(f);
	restart(f);
	batch(f);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(whole(f, ids[i])->state, S(CANCELLED));
		assert_int_equal(whole(f, ids[i])->cause, CAUSE(CONSENT_WITHDRAWN));
	}
	assert_int_equal(whole(f, bed)->state, S(CANCELLED));
	assert_int_equal(whole(f, other)->state, S(OFFERED));
	consent(f, PATIENT, true);
	assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
	char *last = f->reply->id;
	patient(f, PATIENT, false, true, false);
	batch(f);
	assert_int_equal(whole(f, last)->cause, CAUSE(PATIENT_DECEASED));
}

/* Withdrawn and given again before its turn came: what is still there stays. */
static void consent_is_given_again_at_once(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));
	ConsentNotice no = ConsentNotice_INIT, yes = ConsentNotice_INIT;

	no.patient = yes.patient = text(f, PATIENT);
	yes.team_consent = true;
	tell(f, "record", &no.base);
	tell(f, "record", &yes.base);
	batch(f);
	batch(f);
	assert_int_equal(whole(f, id)->state, S(OFFERED));
}

/* Whom the asker looked at may have given it back meanwhile, and another moved up. */
static void the_asker_says_whom_they_mean(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED));
	ConfirmReferral this_one = ConfirmReferral_INIT;
	PassReferral not_this_one = PassReferral_INIT;

	this_one.id = not_this_one.id = id;
	this_one.taker = not_this_one.taker = text(f, "hospital01");
	assert_int_equal(accept(f, "liaison", id), CODE_OK);
	assert_int_equal(accept(f, "liaison02", id), CODE_OK);
	assert_int_equal(withdraw(f, "liaison", id), CODE_OK);
	assert_int_equal(ask(f, "doctor01", &this_one.base), CODE_FAILED_PRECONDITION);
	assert_string_equal(f->reply->field, "taker");
	assert_int_equal(ask(f, "doctor01", &not_this_one.base), CODE_FAILED_PRECONDITION);
	assert_int_equal(whole(f, id)->state, S(ACCEPTED));
	assert_string_equal(whole(f, id)->taker, "hospital02");
	this_one.taker = text(f, "hospital02");
	assert_int_equal(ask(f, "doctor01", &this_one.base), CODE_OK);
	assert_int_equal(whole(f, id)->state, S(CONFIRMING));
}

/* ---- as large as it can be ------------------------------------------------------------------- */

static void largest_city(struct fixture *f)
{
	enum { HOURS = 64 };
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation where = Organisation_INIT;
	ContactHours hours = ContactHours_INIT, *all_hours[HOURS];
	char longest[201];

	memset(longest, 'x', 200);
	longest[200] = '\0';
	hours.whom = longest;
	for (size_t i = 0; i < HOURS; i++)
		all_hours[i] = &hours;
	where.kind = ORGANISATION_KIND_NURSE_STATION;
	where.area = AREA_NORTH;
	where.name = where.name_kana = longest;
	where.hours = all_hours;
	where.n_hours = HOURS;
	changed.organisation = &where;
	for (unsigned i = 0; i < POOL_MAX; i++) {
		where.id = arena_printf(&f->arena, "long-name-of-a-nurse-station-%03u", i);
		notice(f, "directory", &changed.base);
	}
}

/* If its pool did not fit into memory, a deadline would be dropped, and nobody be waited for. */
static void deadlines_in_the_largest_city(void **state)
{
	struct fixture *f = *state;

	largest_city(f);
	char *id = asked(f, KIND(VISIT));
	for (unsigned n = 1; n < 4; n++) {
		wave(f, id, n);
		pass(f, (2 * HOUR) >> (n - 1));
	}
	wave(f, id, 4);
	assert_in_range(whole(f, id)->n_offers, POOL_MAX - 10, POOL_MAX);
	pass(f, 2 * HOUR >> 3);
	assert_int_equal(whole(f, id)->state, S(UNPLACED));
}

/* Else they would go on without consent. */
static void consent_is_withdrawn_from_the_largest(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));
	char *ids[OPEN_MAX];

	largest_city(f);
	request.from_ms = f->clock.wall_ms + 2 * HOUR + 5 * MINUTE; /* all are asked at once */
	for (int i = 0; i < OPEN_MAX; i++) {
		request.from_ms += 2;
		request.to_ms = request.from_ms + 1;
		assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
		ids[i] = f->reply->id;
	}
	assert_in_range(whole(f, ids[0])->n_offers, POOL_MAX - 10, POOL_MAX);
	ListReferrals of_patient = ListReferrals_INIT;
	of_patient.patient = text(f, PATIENT);
	assert_int_equal(ask(f, "nurse01", &of_patient.base), CODE_OK);
	const ReferralList *items = body_of(f, &ReferralList_descriptor);
	assert_int_equal(items->n_items, OPEN_MAX);
	consent(f, PATIENT, false);
	batch(f);
	for (int i = 0; i < OPEN_MAX; i++)
		assert_int_equal(whole(f, ids[i])->state, S(CANCELLED));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_is_asked_for_by_its_askers_alone),
		TEST(who_takes_over_a_visit_asks_nobody_on),
		TEST(who_is_off_the_team_confirms_nobody),
		TEST(who_is_off_the_team_holds_nothing_up),
		TEST(unknown_and_not_mine_in_the_same_words),
		TEST(without_consent_and_after_death_nothing_is_asked),
		TEST(word_of_a_new_patient_may_be_under_way),
		TEST(the_form_names_the_field),
		TEST(what_is_asked_bears_what_is_known_of_the_patient),
		TEST(two_requests_for_one_thing),
		TEST(visits_and_series_that_overlap),
		TEST(no_more_than_fifty_for_a_patient),
		TEST(many_accept_in_one_batch),
		TEST(nobody_accepts_a_visit_that_is_over),
		TEST(who_is_not_asked_does_not_answer),
		TEST(record_answers),
		TEST(record_refuses_what_was_confirmed),
		TEST(waves_over_restarts),
		TEST(nothing_old_is_due),
		TEST(durations_do_not_feel_the_clock_and_appointments_do),
		TEST(after_a_day_of_standstill),
		TEST(a_visit_over_restarts),
		TEST(given_back_after_the_asker_left),
		TEST(an_asker_leaves_with_many_requests),
		TEST(a_taker_leaves_with_many_requests),
		TEST(who_comes_back_is_not_known_to_have_room),
		TEST(consent_is_withdrawn_from_many),
		TEST(consent_is_given_again_at_once),
		TEST(the_asker_says_whom_they_mean),
		TEST(deadlines_in_the_largest_city),
		TEST(consent_is_withdrawn_from_the_largest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
