/* If this failed, a taker would be refused the patient they were just given, see them longer than
 * they may, or a report of a visit would be missing or stand there twice. */
#include "tests/unit/record_fixture.h"

#define REFERRAL "01KSR49200E4HR00000000000A"
#define OTHER_REFERRAL "01KSR49200E4HR00000000000B"
#define HOUR_MS (3600LL * 1000)

struct placing {
	struct fixture *f;
	uint64_t referral; /* its position */
	unsigned events;
	char *patient;
};

/* ---- what referral says --------------------------------------------------------------------- */

static void tell_at(struct placing *p, uint64_t position, const ProtobufCMessage *body)
{
	recording_bus_clear(&p->f->bus);
	fixture_tell_at(p->f, "referral", position, 0, body);
	fixture_step(p->f);
}

static void tell(struct placing *p, const ProtobufCMessage *body)
{
	tell_at(p, ++p->referral, body);
}

static PlacementNotice *placement(struct placing *p, ReferralKind kind, const char *organisation)
{
	PlacementNotice *notice = NEW(PlacementNotice, &p->f->arena);

	notice->referral = text(p->f, REFERRAL);
	notice->patient = p->patient;
	notice->kind = kind;
	notice->organisation = text(p->f, organisation);
	notice->event = arena_printf(&p->f->arena, "01KSR49200E4HR900000%06u", ++p->events);
	if (kind == REFERRAL_KIND_VISIT) {
		notice->from_ms = p->f->clock.wall_ms + HOUR_MS;
		notice->until_ms = notice->from_ms + 96 * HOUR_MS;
	}
	return notice;
}

static PlacementNotice *visit(struct placing *p, uint32_t times, uint32_t every_days)
{
	PlacementNotice *notice = placement(p, REFERRAL_KIND_VISIT, "station01");
	notice->times = times;
	notice->every_days = every_days;
	return notice;
}

static VisitNotice *report(struct placing *p, const char *words)
{
	VisitNotice *notice = NEW(VisitNotice, &p->f->arena);
	VisitReport *said = notice->report = NEW(VisitReport, &p->f->arena);

	notice->referral = text(p->f, REFERRAL);
	notice->patient = p->patient;
	notice->event = arena_printf(&p->f->arena, "01KSR49200E4HR900000%06u", ++p->events);
	said->text = text(p->f, words);
	said->author = text(p->f, "nurse");
	said->organisation = text(p->f, "station01");
	said->profession = PROFESSION_NURSE;
	return notice;
}

/* ---- what is heard of it -------------------------------------------------------------------- */

/* The last notice of the last step for a reader; NULL: there was none. */
static void *heard_by(struct placing *p, const char *reader, const ProtobufCMessageDescriptor *type)
{
	const Notice *last = NULL, *next;

	for (size_t n = 0; (next = fixture_notice(p->f, reader, n)); n++)
		last = next;
	return last && !strcmp(last->type, codec_name(type))
		       ? fixture_decode(p->f, type, last->body)
		       : NULL;
}
#define HEARD(p, reader, Type) ((Type *)heard_by((p), (reader), &Type##_descriptor))

/* What referral is answered: the member as it stands; NULL: refused. */
static const TeamMember *answered(struct placing *p)
{
	const PlacementAnswer *answer = HEARD(p, "referral", PlacementAnswer);

	assert_non_null(answer);
	assert_string_equal(answer->referral, REFERRAL);
	return answer->member;
}

static const TeamMember *place(struct placing *p, ReferralKind kind, const char *organisation)
{
	tell(p, &placement(p, kind, organisation)->base);
	return answered(p);
}

static Code sees(struct placing *p, const char *user)
{
	ShowPatient request = ShowPatient_INIT;
	request.id = p->patient;
	return ask(p->f, user, &request.base);
}

static bool lists(struct placing *p, const char *user)
{
	ListPatients request = ListPatients_INIT;
	assert_int_equal(ask(p->f, user, &request.base), CODE_OK);
	return BODY(p->f, PatientList)->n_items > 0;
}

static void at(struct placing *p, int64_t time_ms)
{
	pass(p->f, time_ms - p->f->clock.wall_ms);
}

/* "clinic01:5:1 ": organisation, role, profession; and the last character of a referral's id */
static const char *team(struct placing *p)
{
	ShowTeam request = ShowTeam_INIT;
	const char *all = "";

	request.patient = p->patient;
	assert_int_equal(ask(p->f, "doctor", &request.base), CODE_OK);
	const Team *shown = BODY(p->f, Team);
	for (size_t i = 0; i < shown->n_items; i++) {
		const TeamMember *m = shown->items[i];
		all = arena_printf(&p->f->arena, "%s%s:%d:%d%s ", all, m->organisation,
				   (int)m->role, (int)m->profession,
				   m->referral[0] ? &m->referral[25] : "");
	}
	return all;
}

static const Timeline *timeline(struct placing *p)
{
	ListTimeline request = ListTimeline_INIT;
	request.patient = p->patient;
	assert_int_equal(ask(p->f, "doctor", &request.base), CODE_OK);
	return BODY(p->f, Timeline);
}

static void consent(struct placing *p, bool given)
{
	RecordConsent request = RecordConsent_INIT;

	request.patient = p->patient;
	request.scope = CONSENT_SCOPE_TEAM;
	request.given = given;
	request.on = text(p->f, "2026-01-01");
	done(p->f, "doctor", &request.base);
}

static int open_placing(void **state)
{
	struct placing *p = test_calloc(1, sizeof(*p));
	void *fixture;

	assert_int_equal(setup(&fixture), 0);
	p->f = fixture;
	enrol(p->f, "liaison", "hospital01", ORGANISATION_KIND_HOSPITAL, PROFESSION_LIAISON);
	enrol(p->f, "hospital-doctor", "hospital01", ORGANISATION_KIND_HOSPITAL, PROFESSION_DOCTOR);
	enrol(p->f, "nurse-2", "station02", ORGANISATION_KIND_NURSE_STATION, PROFESSION_NURSE);
	p->patient = registered(p->f, "doctor", "田所 ハル", "タドコロ ハル", "1942-03-01",
				"2026-01-01");
	*state = p;
	return 0;
}

static int close_placing(void **state)
{
	struct placing *p = *state;
	void *fixture = p->f;

	test_free(p);
	return teardown(&fixture); /* rebuilds, and holds the views against those before */
}

/* ---- who becomes what ----------------------------------------------------------------------- */

static void a_home_doctor_attends(void **state)
{
	struct placing *p = *state;

	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	assert_int_equal(sees(p, "outsider"), CODE_PERMISSION_DENIED);
	const TeamMember *member = place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	assert_int_equal(member->role, TEAM_ROLE_ATTENDING);
	assert_int_equal(member->profession, PROFESSION_DOCTOR);
	assert_int_equal(member->until_ms, 0);
	assert_string_equal(member->referral, "");
	const TeamNotice *told = HEARD(p, "alert", TeamNotice);
	assert_int_equal(told->member->role, TEAM_ROLE_ATTENDING);
	assert_false(told->removed || told->registrar);
	assert_int_equal(sees(p, "outsider"), CODE_OK);
	assert_true(lists(p, "outsider"));
	assert_string_equal(team(p), "clinic02:1:1 clinic01:5:1 ");
}

static void a_bed_is_for_all_who_look_after_the_patient_there(void **state)
{
	struct placing *p = *state;

	const TeamMember *member = place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_int_equal(member->role, TEAM_ROLE_MEMBER);
	assert_int_equal(member->profession, PROFESSION_UNSPECIFIED);
	assert_int_equal(sees(p, "liaison"), CODE_OK);
	assert_int_equal(sees(p, "hospital-doctor"), CODE_OK); /* may have accepted it */
	/* a part in the team is kept */
	join(p->f, "doctor", p->patient, "hospital01", "", TEAM_ROLE_DEPUTY);
	member = place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_int_equal(member->role, TEAM_ROLE_DEPUTY);
	assert_int_equal(member->profession, PROFESSION_UNSPECIFIED);
	assert_int_equal(sees(p, "liaison"), CODE_OK);
	assert_int_equal(sees(p, "hospital-doctor"), CODE_OK);
}

static void a_visit_to_the_millisecond(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 1, 0);

	tell(p, &notice->base);
	const TeamMember *member = answered(p);
	assert_int_equal(member->role, TEAM_ROLE_MEMBER);
	assert_int_equal(member->profession, PROFESSION_NURSE);
	assert_string_equal(member->referral, REFERRAL);
	assert_int_equal(member->from_ms, notice->from_ms);
	assert_int_equal(member->until_ms, notice->until_ms);
	assert_int_equal(HEARD(p, "alert", TeamNotice)->member->until_ms, notice->until_ms);
	at(p, notice->from_ms - 1);
	assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
	assert_false(lists(p, "nurse"));
	at(p, notice->from_ms);
	assert_int_equal(sees(p, "nurse"), CODE_OK);
	assert_true(lists(p, "nurse"));
	done(p->f, "nurse", &a_note(p->f, p->patient, "訪問しました。")->base);
	at(p, notice->until_ms - 1);
	assert_int_equal(sees(p, "nurse"), CODE_OK);
	assert_string_equal(team(p), "station01:5:2A clinic01:5:1 ");
	recording_bus_clear(&p->f->bus);
	at(p, notice->until_ms);
	const TeamNotice *gone = HEARD(p, "alert", TeamNotice);
	assert_true(gone && gone->removed);
	assert_string_equal(gone->member->organisation, "station01");
	assert_string_equal(gone->member->referral, REFERRAL);
	assert_true(HEARD(p, "referral", TeamNotice)->removed);
	assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
	assert_string_equal(team(p), "clinic01:5:1 ");
}

static void a_series_has_gaps(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 3, 7);

	tell(p, &notice->base);
	for (int64_t i = 0; i < 3; i++) {
		at(p, notice->from_ms + i * 7 * DAY_MS - 1);
		assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
		at(p, notice->from_ms + i * 7 * DAY_MS);
		assert_int_equal(sees(p, "nurse"), CODE_OK);
		at(p, notice->until_ms + i * 7 * DAY_MS);
		assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
		/* the row, and with it the seat, stays until the last one is over */
		assert_string_equal(team(p),
				    i < 2 ? "station01:5:2A clinic01:5:1 " : "clinic01:5:1 ");
	}
}

/* The daemon was down when it ended: access ended all the same, and the row goes at once. */
static void it_ends_while_nobody_looks(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 1, 0);

	tell(p, &notice->base);
	test_clock_advance(&p->f->clock, notice->until_ms - p->f->clock.wall_ms + 30 * DAY_MS);
	assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
	assert_string_equal(team(p), "clinic01:5:1 ");
}

/* An appointment: somebody sets the clock, and the window is where it was. */
static void a_clock_that_jumps_moves_no_window(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 1, 0);

	tell(p, &notice->base);
	at(p, notice->from_ms);
	test_clock_jump(&p->f->clock, 12 * HOUR_MS);
	assert_int_equal(daemon_step(p->f->daemon), 0);
	at(p, notice->until_ms - 1);
	assert_int_equal(sees(p, "nurse"), CODE_OK);
	at(p, notice->until_ms);
	assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
}

/* ---- beside others -------------------------------------------------------------------------- */

static void a_visit_stands_beside_the_organisation(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 1, 0), *other;

	join(p->f, "doctor", p->patient, "station01", "", TEAM_ROLE_KEY_PERSON);
	tell(p, &notice->base);
	assert_int_equal(sees(p, "nurse"), CODE_OK); /* by the standing row */
	other = visit(p, 1, 0);
	other->referral = text(p->f, OTHER_REFERRAL);
	other->until_ms += DAY_MS;
	tell(p, &other->base);
	assert_string_equal(team(p), "station01:4:2 station01:5:2A station01:5:2B clinic01:5:1 ");
	/* a row that is put anew leaves those beside it */
	join(p->f, "doctor", p->patient, "station01", "", TEAM_ROLE_MEMBER);
	assert_string_equal(team(p), "station01:5:2A station01:5:2B station01:5:2 clinic01:5:1 ");
	at(p, notice->until_ms);
	assert_string_equal(team(p), "station01:5:2B station01:5:2 clinic01:5:1 ");
	assert_int_equal(sees(p, "nurse"), CODE_OK);
	/* who is taken off the team by a person is off it */
	RemoveTeamMember remove_it = RemoveTeamMember_INIT;
	remove_it.patient = p->patient;
	remove_it.organisation = text(p->f, "station01");
	done(p->f, "doctor", &remove_it.base);
	assert_string_equal(team(p), "clinic01:5:1 ");
	assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
	uint64_t head = daemon_head(p->f->daemon);
	at(p, other->until_ms + DAY_MS);
	assert_int_equal(daemon_head(p->f->daemon), head); /* nothing was left to be done */
}

/* For a visit, and for nothing else: they could make themselves members without end. */
static void who_visits_does_not_rearrange(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 1, 0);
	AddTeamMember add = AddTeamMember_INIT;
	RemoveTeamMember take_off = RemoveTeamMember_INIT;
	TeamMember member = TeamMember_INIT;
	RecordConsent said = RecordConsent_INIT;
	SetUnstable unstable = SetUnstable_INIT;

	tell(p, &notice->base);
	at(p, notice->from_ms);
	member.organisation = text(p->f, "station01");
	add.patient = take_off.patient = said.patient = unstable.patient = p->patient;
	add.member = &member;
	refused(p->f, "nurse", &add.base, CODE_PERMISSION_DENIED, "");
	take_off.organisation = text(p->f, "clinic01");
	refused(p->f, "nurse", &take_off.base, CODE_PERMISSION_DENIED, "");
	said.scope = CONSENT_SCOPE_TEAM;
	said.on = text(p->f, "2026-01-01");
	refused(p->f, "nurse", &said.base, CODE_PERMISSION_DENIED, "");
	unstable.unstable = true;
	refused(p->f, "nurse", &unstable.base, CODE_PERMISSION_DENIED, "");
	join(p->f, "doctor", p->patient, "station01", "", TEAM_ROLE_MEMBER);
	done(p->f, "nurse", &unstable.base);
}

static void other_windows_take_the_place(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = visit(p, 1, 0), *later = visit(p, 1, 0);

	tell(p, &notice->base);
	later->from_ms += 10 * DAY_MS;
	later->until_ms += 10 * DAY_MS;
	tell(p, &later->base);
	assert_string_equal(team(p), "station01:5:2A clinic01:5:1 ");
	at(p, notice->from_ms);
	assert_int_equal(sees(p, "nurse"), CODE_PERMISSION_DENIED);
	at(p, notice->until_ms);
	assert_string_equal(team(p), "station01:5:2A clinic01:5:1 ");
	at(p, later->from_ms);
	assert_int_equal(sees(p, "nurse"), CODE_OK);
	at(p, later->until_ms);
	assert_string_equal(team(p), "clinic01:5:1 ");
}

/* ---- the end -------------------------------------------------------------------------------- */

static void end(struct placing *p, ReferralKind kind, const char *organisation)
{
	PlacementNotice *notice = placement(p, kind, organisation);
	notice->ended = true;
	tell(p, &notice->base);
	assert_null(HEARD(p, "referral", PlacementAnswer)); /* it asked for none */
}

static void what_was_placed_ends(void **state)
{
	struct placing *p = *state;

	tell(p, &visit(p, 1, 0)->base);
	end(p, REFERRAL_KIND_VISIT, "station02"); /* another's */
	assert_string_equal(team(p), "station01:5:2A clinic01:5:1 ");
	end(p, REFERRAL_KIND_VISIT, "station01");
	assert_true(HEARD(p, "alert", TeamNotice)->removed);
	assert_string_equal(HEARD(p, "alert", TeamNotice)->member->referral, REFERRAL);
	assert_true(HEARD(p, "referral", TeamNotice)->removed);
	assert_string_equal(team(p), "clinic01:5:1 ");
	end(p, REFERRAL_KIND_VISIT, "station01"); /* nothing is left */
	assert_null(HEARD(p, "alert", TeamNotice));

	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_string_equal(team(p), "clinic01:5:1 ");
	assert_int_equal(sees(p, "outsider"), CODE_PERMISSION_DENIED);
}

/* Record was put back to an older copy, and hears the end of what it never heard begin. */
static void what_is_not_known_ends_harmlessly(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice;

	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	const char *as_it_was = team(p);
	for (int kind = REFERRAL_KIND_HOME_DOCTOR; kind <= REFERRAL_KIND_VISIT; kind++)
		for (int what = 0; what < 4; what++) {
			notice = placement(p, (ReferralKind)kind, what == 1 ? "clinic99" : "clinic01");
			notice->ended = true;
			if (what == 2)
				notice->patient = text(p->f, OTHER_REFERRAL);
			if (what == 3)
				notice->patient = notice->organisation = text(p->f, "");
			tell(p, &notice->base);
			assert_null(HEARD(p, "referral", PlacementAnswer));
			assert_null(HEARD(p, "alert", TeamNotice));
			assert_string_equal(team(p), as_it_was);
		}
}

static void doctors_join(struct placing *p, const char *organisation)
{
	AddTeamMember add = AddTeamMember_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(p->f, organisation);
	member.profession = PROFESSION_DOCTOR;
	add.patient = p->patient;
	add.member = &member;
	done(p->f, "doctor", &add.base);
}

/* Nobody loses by a request what a person gave them without it. */
static void who_was_there_before_is_there_after(void **state)
{
	struct placing *p = *state;

	join(p->f, "doctor", p->patient, "hospital01", "", TEAM_ROLE_MEMBER);
	join(p->f, "doctor", p->patient, "clinic02", "", TEAM_ROLE_MEMBER);
	const char *as_it_was = team(p);
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01"); /* of what never began */
	assert_null(HEARD(p, "alert", TeamNotice));
	consent(p, false);
	tell(p, &placement(p, REFERRAL_KIND_BACKUP_BED, "hospital01")->base);
	assert_null(answered(p));
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	consent(p, true);
	assert_string_equal(team(p), as_it_was);

	place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	place(p, REFERRAL_KIND_BACKUP_BED, "hospital01"); /* told twice, as two events */
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_int_equal(sees(p, "liaison"), CODE_OK);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	const TeamNotice *told = HEARD(p, "alert", TeamNotice);
	assert_false(told->removed);
	assert_int_equal(told->member->role, TEAM_ROLE_MEMBER);
	assert_int_equal(HEARD(p, "referral", TeamNotice)->member->role, TEAM_ROLE_MEMBER);
	assert_int_equal(sees(p, "outsider"), CODE_OK);
}

static void a_bed_leaves_doctors_who_were_members(void **state)
{
	struct placing *p = *state;

	doctors_join(p, "hospital01");
	assert_int_equal(sees(p, "hospital-doctor"), CODE_OK);
	place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_int_equal(sees(p, "hospital-doctor"), CODE_OK);
	assert_int_equal(sees(p, "liaison"), CODE_OK);
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_int_equal(sees(p, "hospital-doctor"), CODE_OK);
	assert_int_equal(sees(p, "liaison"), CODE_PERMISSION_DENIED);
}

static void who_registered_and_who_has_another_part_stays(void **state)
{
	struct placing *p = *state;

	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic01");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic01");
	/* Referral may have passed over that it was placed: it hears what stays. */
	assert_false(HEARD(p, "referral", TeamNotice)->removed);
	assert_int_equal(HEARD(p, "referral", TeamNotice)->member->role, TEAM_ROLE_MEMBER);
	assert_string_equal(team(p), "clinic01:5:1 "); /* a member, as before */
	join(p->f, "doctor", p->patient, "hospital01", "", TEAM_ROLE_SPECIALIST);
	place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_string_equal(team(p), "hospital01:3:1 clinic01:5:1 ");
	place(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	join(p->f, "doctor", p->patient, "hospital01", "", TEAM_ROLE_DEPUTY);
	end(p, REFERRAL_KIND_BACKUP_BED, "hospital01");
	assert_int_equal(HEARD(p, "referral", TeamNotice)->member->role, TEAM_ROLE_DEPUTY);
	assert_null(HEARD(p, "alert", TeamNotice)); /* nothing changed */
	assert_string_equal(team(p), "hospital01:2:1 clinic01:5:1 ");
	/* replaced by another since */
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	assert_string_equal(team(p), "clinic01:1:1 hospital01:2:1 ");
}

/* ---- who attended before -------------------------------------------------------------------- */

static void take_off(struct placing *p, const char *organisation)
{
	RemoveTeamMember request = RemoveTeamMember_INIT;

	request.patient = p->patient;
	request.organisation = text(p->f, organisation);
	done(p->f, "doctor", &request.base);
}

static const char *in_words(struct placing *p, const TeamMember *member, bool removed)
{
	const char *who = member->user[0] ? member->user : member->organisation;

	if (removed)
		return arena_printf(&p->f->arena, "-%s", who);
	return arena_printf(&p->f->arena, "%s:%d:%d", who, (int)member->role, (int)member->profession);
}

/* "-clinic02 clinic01:1:1": who went, and who is what */
static void both_hear(struct placing *p, const char *expected)
{
	static const char *const readers[] = { "alert", "referral" };

	for (size_t i = 0; i < 2; i++) {
		const TeamNotice *told = HEARD(p, readers[i], TeamNotice);
		const char *all = told ? in_words(p, told->member, told->removed) : "";
		if (told && told->also)
			all = arena_printf(&p->f->arena, "%s %s", all, in_words(p, told->also, false));
		assert_string_equal(all, expected);
	}
}

/* The asker cancels while record is slow: the patient has the doctor they had. */
static void who_attended_before_attends_again(void **state)
{
	struct placing *p = *state;

	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02"); /* told twice, as two events */
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	both_hear(p, "-clinic02 clinic01:1:1");
	assert_string_equal(team(p), "clinic01:1:1 ");
	/* a person; and the taker was a member before */
	join(p->f, "doctor", p->patient, "", "doctor", TEAM_ROLE_ATTENDING);
	join(p->f, "doctor", p->patient, "clinic02", "", TEAM_ROLE_MEMBER);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	both_hear(p, "clinic02:5:1 doctor:1:1");
	assert_string_equal(team(p), "clinic01:1:1 clinic01:5:1 clinic02:5:1 ");
	/* the taker is of the same organisation */
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic01");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic01");
	assert_string_equal(team(p), "clinic01:1:1 clinic02:5:1 clinic01:5:1 ");
}

static void who_attended_before_has_another_part_by_then(void **state)
{
	struct placing *p = *state;

	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_DEPUTY);
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	both_hear(p, "-clinic02");
	assert_string_equal(team(p), "clinic01:2:1 ");
	/* taken off the team */
	join(p->f, "doctor", p->patient, "hospital01", "", TEAM_ROLE_ATTENDING);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	take_off(p, "hospital01");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	assert_string_equal(team(p), "clinic01:2:1 ");
	/* a third attends by then */
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	join(p->f, "doctor", p->patient, "hospital01", "", TEAM_ROLE_ATTENDING);
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	both_hear(p, "-clinic02 clinic01:5:1");
	assert_string_equal(team(p), "hospital01:1:1 clinic01:5:1 ");
	/* the taker does: somebody has made it another part than the request did */
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	join(p->f, "doctor", p->patient, "clinic02", "", TEAM_ROLE_DEPUTY);
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	assert_string_equal(team(p), "clinic01:1:1 clinic02:2:1 hospital01:5:1 ");
}

/* Somebody was quicker than referral; and what has ended once does not end again. */
static void a_taker_who_is_off_the_team_leaves_no_gap(void **state)
{
	struct placing *p = *state;

	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	take_off(p, "clinic02");
	assert_string_equal(team(p), "clinic01:5:1 ");
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	both_hear(p, "clinic01:1:1");
	assert_string_equal(team(p), "clinic01:1:1 ");
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_MEMBER);
	end(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	both_hear(p, "");
	assert_string_equal(team(p), "clinic01:5:1 ");
}

/* ---- refused -------------------------------------------------------------------------------- */

static void refused_and_answered(struct placing *p, PlacementNotice *notice)
{
	uint64_t head = daemon_head(p->f->daemon);

	tell(p, &notice->base);
	assert_null(answered(p));
	assert_null(HEARD(p, "alert", TeamNotice));
	assert_int_equal(daemon_head(p->f->daemon), head + 1);
}

static void what_cannot_be_is_answered(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice;
	UpdatePatient update = UpdatePatient_INIT;
	Patient patient = Patient_INIT;

	notice = placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	notice->patient = text(p->f, OTHER_REFERRAL);
	refused_and_answered(p, notice);
	notice = placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	notice->patient = text(p->f, "nobody");
	refused_and_answered(p, notice);
	refused_and_answered(p, placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic99"));
	refused_and_answered(p, placement(p, REFERRAL_KIND_UNSPECIFIED, "clinic02"));
	for (int i = 0; i < 5; i++) {
		notice = visit(p, 2, 7);
		if (i == 0)
			notice->until_ms = notice->from_ms;
		if (i == 1)
			notice->from_ms = -1;
		if (i == 2)
			notice->times = UINT32_MAX;
		if (i == 3)
			notice->every_days = UINT32_MAX;
		if (i == 4)
			notice->every_days = 0;
		refused_and_answered(p, notice);
	}
	consent(p, false);
	refused_and_answered(p, placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02"));
	consent(p, true);
	patient.id = p->patient;
	patient.name = text(p->f, "田所 ハル");
	patient.deceased = true;
	update.patient = &patient;
	done(p->f, "doctor", &update.base);
	refused_and_answered(p, placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02"));
	assert_string_equal(team(p), "clinic01:5:1 ");
}

static void who_has_left_is_not_placed(void **state)
{
	struct placing *p = *state;
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation where = Organisation_INIT;

	where.id = text(p->f, "clinic02");
	where.kind = ORGANISATION_KIND_CLINIC;
	where.left = true;
	changed.organisation = &where;
	notice(p->f, &changed.base);
	refused_and_answered(p, placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02"));
}

static void a_full_team_takes_only_who_is_on_it(void **state)
{
	struct placing *p = *state;

	for (unsigned i = 1; i < TEAM_MAX; i++) {
		PlacementNotice *notice = visit(p, 1, 0);
		notice->referral = arena_printf(&p->f->arena, "01KSR49200E4HR00000000%04u", i);
		tell(p, &notice->base);
	}
	refused_and_answered(p, visit(p, 1, 0));
	refused_and_answered(p, placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02"));
	assert_non_null(place(p, REFERRAL_KIND_HOME_DOCTOR, "clinic01"));
}

static void an_id_that_is_none_is_passed_over(void **state)
{
	struct placing *p = *state;
	PlacementNotice *notice = placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	uint64_t head = daemon_head(p->f->daemon);

	notice->referral = text(p->f, "none");
	tell(p, &notice->base);
	assert_int_equal(daemon_head(p->f->daemon), head);
}

/* ---- the same again ------------------------------------------------------------------------- */

/* The source was put back, and the right one again: record follows anew
 * from an earlier position. */
static void cut(struct placing *p, uint64_t last)
{
	Notices notices = Notices_INIT;
	bool asked = false;

	notices.from = notices.to = notices.last = last;
	fixture_receive(p->f, "tsunagi/v1/referral/notice/record", &notices.base);
	recording_bus_clear(&p->f->bus);
	for (int i = 0; i < 5 && !asked; i++) {
		pass(p->f, 3000);
		asked = fixture_answer(p->f, "referral", &notices.base);
	}
	assert_true(asked);
	fixture_step(p->f);
	p->referral = last;
}

static void the_same_notice_comes_again(void **state)
{
	struct placing *p = *state;
	PlacementNotice *doctor = placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	PlacementNotice *nurse = visit(p, 1, 0), *ended = visit(p, 1, 0);
	VisitNotice *written = report(p, "訪問しました。");

	ended->ended = true;
	for (int events = 0; events < 2; events++) {
		uint64_t from = p->referral, before;
		if (events) /* a referral that says no event: its positions stand for it */
			doctor->event = nurse->event = ended->event = written->event =
				text(p->f, "");
		tell(p, &doctor->base);
		tell(p, &nurse->base);
		tell(p, &written->base);
		tell(p, &ended->base);
		join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
		const char *as_it_was = team(p);
		before = daemon_head(p->f->daemon);
		cut(p, from);
		tell(p, &doctor->base);
		tell(p, &nurse->base);
		tell(p, &written->base);
		tell(p, &ended->base);
		assert_int_equal(daemon_head(p->f->daemon), before);
		assert_string_equal(team(p), as_it_was);
		assert_int_equal(timeline(p)->n_items, events + 1);
	}
}

/* As who attended before again, and whatever was said since. */
static void the_same_end_comes_again(void **state)
{
	struct placing *p = *state;
	PlacementNotice *doctor = placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");
	PlacementNotice *ended = placement(p, REFERRAL_KIND_HOME_DOCTOR, "clinic02");

	ended->ended = true;
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	uint64_t from = p->referral;
	tell(p, &doctor->base);
	tell(p, &ended->base);
	assert_string_equal(team(p), "clinic01:1:1 ");
	join(p->f, "doctor", p->patient, "clinic01", "", TEAM_ROLE_MEMBER);
	uint64_t before = daemon_head(p->f->daemon);
	cut(p, from);
	tell(p, &doctor->base);
	tell(p, &ended->base);
	assert_int_equal(daemon_head(p->f->daemon), before);
	assert_string_equal(team(p), "clinic01:5:1 ");
}

/* ---- reports -------------------------------------------------------------------------------- */

static void a_report_is_an_entry_of_its_author(void **state)
{
	struct placing *p = *state;
	ShowAudit audit = ShowAudit_INIT;
	PlacementNotice *notice = visit(p, 1, 0);

	tell(p, &notice->base);
	at(p, notice->from_ms);
	tell(p, &report(p, "血圧は安定しています。")->base);
	const EntryNotice *told = HEARD(p, "alert", EntryNotice);
	assert_non_null(told);
	assert_string_equal(told->author, "nurse");
	assert_string_equal(told->organisation, "station01");
	assert_int_equal(told->kind, ENTRY_KIND_NOTE);
	const Timeline *shown = timeline(p);
	assert_int_equal(shown->n_items, 1);
	const Entry *entry = shown->items[0];
	assert_string_equal(entry->id, told->entry);
	assert_string_equal(entry->note->text, "血圧は安定しています。");
	assert_string_equal(entry->author, "nurse");
	assert_int_equal(entry->profession, PROFESSION_NURSE);
	assert_int_equal(entry->recorded_ms, p->f->clock.wall_ms);
	/* the window is over, the report is still due */
	at(p, notice->until_ms + DAY_MS);
	tell(p, &report(p, "遅れての報告です。")->base);
	assert_int_equal(timeline(p)->n_items, 2);

	audit.patient = p->patient;
	assert_int_equal(ask(p->f, "doctor", &audit.base), CODE_OK);
	const AuditList *events = BODY(p->f, AuditList);
	size_t n_reports = 0, n_placements = 0;
	for (size_t i = 0; i < events->n_items; i++) {
		const AuditEvent *event = events->items[i];
		if (!strcmp(event->what, "VisitNotice")) {
			assert_string_equal(event->user, "nurse");
			assert_string_equal(event->organisation, "station01");
			assert_int_equal(event->right, n_reports++ ? ACCESSED_RIGHT_REFERRAL
								   : ACCESSED_RIGHT_TEAM);
		}
		if (!strcmp(event->what, "PlacementNotice") ||
		    !strcmp(event->what, "MembershipDue")) {
			assert_int_equal(event->right, ACCESSED_RIGHT_REFERRAL);
			n_placements++;
		}
	}
	assert_int_equal(n_reports, 2);
	assert_int_equal(n_placements, 2);
}

static void a_report_of_who_was_never_asked_is_none(void **state)
{
	struct placing *p = *state;
	VisitNotice *strange;

	tell(p, &report(p, "よその人")->base);
	tell(p, &visit(p, 1, 0)->base);
	strange = report(p, "よその人");
	strange->report->organisation = text(p->f, "station02");
	tell(p, &strange->base);
	strange = report(p, "別の患者");
	strange->patient = text(p->f, OTHER_REFERRAL);
	tell(p, &strange->base);
	strange = report(p, "");
	tell(p, &strange->base);
	strange = report(p, "x");
	strange->report = NULL;
	tell(p, &strange->base);
	assert_int_equal(timeline(p)->n_items, 0);
	tell(p, &report(p, "訪問しました。")->base);
	assert_int_equal(timeline(p)->n_items, 1);
}

/* ---- what else referral hears --------------------------------------------------------------- */

static void referral_learns_what_it_needs(void **state)
{
	struct placing *p = *state;
	RegisterPatient request = RegisterPatient_INIT;
	UpdatePatient update = UpdatePatient_INIT;
	Patient patient = Patient_INIT;

	patient.name = text(p->f, "森下 茂");
	patient.born = text(p->f, "1938-07");
	patient.sex = PATIENT_SEX_MALE;
	patient.area = AREA_NORTH;
	patient.district = text(p->f, "旭町");
	patient.address = text(p->f, "旭町1-2-3");
	patient.phone = text(p->f, "052-000-1111");
	request.patient = &patient;
	request.consent_given_on = text(p->f, "2026-01-01");
	patient.id = done(p->f, "doctor", &request.base);
	const PatientNotice *told = HEARD(p, "referral", PatientNotice);
	assert_string_equal(told->patient, patient.id);
	assert_int_equal(told->birth_year, 1938);
	assert_int_equal(told->sex, PATIENT_SEX_MALE);
	assert_int_equal(told->area, AREA_NORTH);
	assert_string_equal(told->district, "旭町");
	assert_string_equal(told->registrar->organisation, "clinic01");
	assert_true(told->team_consent);
	assert_false(told->deceased);
	patient.deceased = true;
	patient.born = text(p->f, "");
	update.patient = &patient;
	done(p->f, "doctor", &update.base);
	told = HEARD(p, "referral", PatientNotice);
	assert_true(told->deceased);
	assert_int_equal(told->birth_year, 0);
	assert_null(told->registrar);

	join(p->f, "doctor", p->patient, "station01", "", TEAM_ROLE_KEY_PERSON);
	assert_int_equal(HEARD(p, "referral", TeamNotice)->member->role, TEAM_ROLE_KEY_PERSON);
	consent(p, false);
	assert_false(HEARD(p, "referral", ConsentNotice)->team_consent);
}

int main(void)
{
#define PLACING(name) cmocka_unit_test_setup_teardown(name, open_placing, close_placing)
	const struct CMUnitTest tests[] = {
		PLACING(a_home_doctor_attends),
		PLACING(a_bed_is_for_all_who_look_after_the_patient_there),
		PLACING(a_visit_to_the_millisecond),
		PLACING(a_series_has_gaps),
		PLACING(it_ends_while_nobody_looks),
		PLACING(a_clock_that_jumps_moves_no_window),
		PLACING(a_visit_stands_beside_the_organisation),
		PLACING(who_visits_does_not_rearrange),
		PLACING(other_windows_take_the_place),
		PLACING(what_was_placed_ends),
		PLACING(what_is_not_known_ends_harmlessly),
		PLACING(who_registered_and_who_has_another_part_stays),
		PLACING(who_was_there_before_is_there_after),
		PLACING(a_bed_leaves_doctors_who_were_members),
		PLACING(who_attended_before_attends_again),
		PLACING(who_attended_before_has_another_part_by_then),
		PLACING(a_taker_who_is_off_the_team_leaves_no_gap),
		PLACING(what_cannot_be_is_answered),
		PLACING(who_has_left_is_not_placed),
		PLACING(a_full_team_takes_only_who_is_on_it),
		PLACING(an_id_that_is_none_is_passed_over),
		PLACING(the_same_notice_comes_again),
		PLACING(the_same_end_comes_again),
		PLACING(a_report_is_an_entry_of_its_author),
		PLACING(a_report_of_who_was_never_asked_is_none),
		PLACING(referral_learns_what_it_needs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
