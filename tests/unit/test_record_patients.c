/* If this failed, a patient would be registered twice or as somebody else, shared without consent, or
 * not be found by those who care for them. The whole daemon runs. */
#include "tests/unit/record_fixture.h"

static PatientList *found(struct fixture *f, const char *user, const char *words)
{
	FindPatients request = FindPatients_INIT;
	request.text = text(f, words);
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return BODY(f, PatientList);
}

static Code show(struct fixture *f, const char *user, const char *patient)
{
	ShowPatient request = ShowPatient_INIT;
	request.id = text(f, patient);
	return ask(f, user, &request.base);
}

static void consent(struct fixture *f, const char *by, const char *patient, bool given)
{
	RecordConsent request = RecordConsent_INIT;
	request.patient = text(f, patient);
	request.scope = CONSENT_SCOPE_TEAM;
	request.given = given;
	request.on = text(f, "2026-09-01");
	done(f, by, &request.base);
}

static void consent_opens_and_closes(void **state)
{
	struct fixture *f = *state;
	char *id = registered(f, "doctor", "山田　太郎", "ヤマダ　タロウ", "1950-01-02", "");

	join(f, "doctor", id, "station01", "", TEAM_ROLE_KEY_PERSON);
	assert_int_equal(show(f, "nurse", id), CODE_PERMISSION_DENIED);
	assert_int_equal(show(f, "colleague", id), CODE_OK);
	consent(f, "doctor", id, true);
	assert_int_equal(show(f, "nurse", id), CODE_OK);
	PatientShown *shown = BODY(f, PatientShown);
	assert_string_equal(shown->patient->name, "山田　太郎");
	assert_string_equal(shown->team_consent_on, "2026-09-01");
	assert_int_equal(shown->n_team, 2);
	assert_string_equal(shown->team[0]->organisation, "station01"); /* key persons first */
	assert_string_equal(shown->team[0]->name, "station01 (name)");
	assert_string_equal(shown->team[0]->phone, "052-000-0000");
	assert_int_equal(shown->team[0]->profession, PROFESSION_NURSE);
	consent(f, "nurse", id, false); /* the team may record it too, and closes itself out */
	assert_int_equal(show(f, "nurse", id), CODE_PERMISSION_DENIED);
	assert_int_equal(show(f, "doctor", id), CODE_OK);
}

/* In the same words, whether the patient exists or not, whatever is asked. */
static void one_refusal(void **state)
{
	struct fixture *f = *state;
	char *id = registered(f, "doctor", "山田　太郎", "", "1950-01-02", "2026-09-01");
	char *entry = done(f, "doctor", &a_note(f, id, "x")->base);
	const char *const ids[] = { id, entry, "01KSR49200E4HR000000000001", "", "nonsense", "'; --",
				    "山田" };
	char *ja = NULL, *en = NULL;

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		ShowPatient patient = ShowPatient_INIT;
		ShowTeam team = ShowTeam_INIT;
		ShowSummary summary = ShowSummary_INIT;
		ListTimeline timeline = ListTimeline_INIT;
		ShowEntry shown = ShowEntry_INIT;
		ListReaders readers = ListReaders_INIT;
		ShowAudit audit = ShowAudit_INIT;
		SetUnstable unstable = SetUnstable_INIT;
		MarkRead mark = MarkRead_INIT;
		char *given = text(f, ids[i]), *marked[] = { entry };
		const ProtobufCMessage *requests[] = { &patient.base, &team.base, &summary.base,
			&timeline.base, &shown.base, &readers.base, &audit.base, &unstable.base,
			&mark.base, &a_note(f, given, "x")->base };

		patient.id = team.patient = summary.patient = timeline.patient = shown.id = given;
		readers.entry = audit.patient = unstable.patient = mark.patient = given;
		mark.entries = marked;
		mark.n_entries = 1;
		for (size_t k = 0; k < sizeof(requests) / sizeof(*requests); k++) {
			refused(f, "outsider", requests[k], CODE_PERMISSION_DENIED, "");
			if (!ja)
				ja = f->reply->message_ja, en = f->reply->message_en;
			assert_string_equal(f->reply->message_ja, ja);
			assert_string_equal(f->reply->message_en, en);
			assert_string_equal(f->reply->id, "");
		}
	}
	/* Administrators see who looked, and nothing else. */
	refused(f, "admin", &a_note(f, id, "x")->base, CODE_PERMISSION_DENIED, "");
	assert_int_equal(show(f, "admin", id), CODE_PERMISSION_DENIED);
	assert_int_equal(show(f, "officer", id), CODE_PERMISSION_DENIED);
}

static RegisterPatient *with_identifier(struct fixture *f, const char *name, const char *born,
					const char *system, const char *value)
{
	RegisterPatient *request = NEW(RegisterPatient, &f->arena);
	Patient *patient = request->patient = NEW(Patient, &f->arena);
	Identifier *identifier = NEW(Identifier, &f->arena);

	patient->name = text(f, name);
	patient->born = text(f, born);
	identifier->system = text(f, system);
	identifier->value = text(f, value);
	arena_append(&f->arena, &patient->identifiers, &patient->n_identifiers, identifier);
	return request;
}

static void registered_once(void **state)
{
	struct fixture *f = *state;
	char *one = done(f, "doctor", &with_identifier(f, "山田　太郎", "1950-01-02", "urn:a",
						       "POP-000002")->base);

	refused(f, "doctor", &with_identifier(f, "山田太郎", "1950-01-02", "urn:a", "POP-000002")->base,
		CODE_ALREADY_EXISTS, "patient.identifiers");
	assert_string_equal(f->reply->id, one);
	/* the name changed by marriage; a slip in the date */
	refused(f, "doctor", &with_identifier(f, "鈴木 太郎", "1950-01-02", "urn:a", "POP-000002")->base,
		CODE_ALREADY_EXISTS, "patient.identifiers");
	refused(f, "doctor", &with_identifier(f, "山田太郎", "1950-01-03", "urn:a", "POP-000002")->base,
		CODE_ALREADY_EXISTS, "patient.identifiers");
	refused(f, "doctor", &with_identifier(f, "鈴木一郎", "1960-01-03", "urn:a", "POP-000002")->base,
		CODE_INVALID_ARGUMENT, "patient.identifiers");
	assert_string_equal(f->reply->id, "");
	/* another source, another organisation: other people */
	char *two = done(f, "doctor", &with_identifier(f, "山田太郎", "1950-01-02", "urn:b",
						       "POP-000002")->base);
	char *three = done(f, "outsider", &with_identifier(f, "山田太郎", "1950-01-02", "urn:a",
							   "POP-000002")->base);
	assert_string_not_equal(one, two);
	assert_string_not_equal(one, three);
	assert_int_equal(found(f, "doctor", "山田")->n_items, 2);
	assert_int_equal(found(f, "outsider", "山田")->n_items, 1);
}

static void what_cannot_be_registered(void **state)
{
	struct fixture *f = *state;
	RegisterPatient *request = with_identifier(f, "山田", "1950-01-02", "urn:a", "1");

	refused(f, "admin", &request->base, CODE_PERMISSION_DENIED, "");
	refused(f, "officer", &request->base, CODE_PERMISSION_DENIED, "");
	request->consent_given_on = text(f, "2030-01-01");
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "consent_given_on");
	request->consent_given_on = text(f, "");
	request->patient->name = text(f, "　");
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "patient.name");
	request->patient->name = text(f, "x");
	request->patient->kana = text(f, "ヤマ\x1bダ");
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "patient.kana");
	request->patient->kana = text(f, "");
	request->patient->born = text(f, "2026-02-30");
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "patient.born");
	request->patient->born = text(f, "2027");
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "patient.born");
	request->patient->born = text(f, "");
	request->patient->identifiers[0]->value = text(f, "");
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "patient.identifiers.value");
	request->patient = NULL;
	refused(f, "doctor", &request->base, CODE_INVALID_ARGUMENT, "patient");
}

static void the_team(void **state)
{
	struct fixture *f = *state;
	char *id = registered(f, "doctor", "山田　太郎", "", "1950-01-02", "2026-09-01");
	AddTeamMember request = AddTeamMember_INIT;
	TeamMember member = TeamMember_INIT;
	RemoveTeamMember removal = RemoveTeamMember_INIT;
	ShowTeam shown = ShowTeam_INIT;

	request.patient = removal.patient = shown.patient = id;
	request.member = &member;
	member.organisation = text(f, "nowhere");
	refused(f, "doctor", &request.base, CODE_NOT_FOUND, "member.organisation");
	member.organisation = text(f, "../../etc");
	refused(f, "doctor", &request.base, CODE_NOT_FOUND, "member.organisation");
	member.organisation = text(f, "");
	member.user = text(f, "nobody");
	refused(f, "doctor", &request.base, CODE_NOT_FOUND, "member.user");
	member.user = text(f, "officer");
	refused(f, "doctor", &request.base, CODE_INVALID_ARGUMENT, "member.user");
	member.user = text(f, "nurse");
	member.role = TEAM_ROLE_ATTENDING;
	refused(f, "doctor", &request.base, CODE_INVALID_ARGUMENT, "member.role");

	join(f, "doctor", id, "helper01", "", TEAM_ROLE_MEMBER);
	join(f, "doctor", id, "cm01", "", TEAM_ROLE_KEY_PERSON);
	join(f, "caremanager", id, "", "nurse", TEAM_ROLE_MEMBER); /* a team member arranges too */
	join(f, "doctor", id, "clinic01", "", TEAM_ROLE_ATTENDING);
	join(f, "doctor", id, "clinic02", "", TEAM_ROLE_ATTENDING);
	member.role = TEAM_ROLE_MEMBER;
	refused(f, "helper", &request.base, CODE_PERMISSION_DENIED, "");
	done(f, "outsider", &shown.base);
	Team *team = BODY(f, Team);
	assert_int_equal(team->n_items, 5);
	assert_string_equal(team->items[0]->organisation, "clinic02");
	assert_int_equal(team->items[0]->role, TEAM_ROLE_ATTENDING);
	assert_string_equal(team->items[1]->user, "nurse");
	assert_string_equal(team->items[1]->name, "nurse (name)");
	assert_string_equal(team->items[1]->phone, "052-000-0000");
	assert_string_equal(team->items[2]->organisation, "cm01");
	removal.organisation = text(f, "pharmacy01");
	refused(f, "doctor", &removal.base, CODE_NOT_FOUND, "organisation");
	removal.organisation = text(f, "clinic02");
	done(f, "doctor", &removal.base);
	assert_int_equal(show(f, "outsider", id), CODE_PERMISSION_DENIED);
	removal.user = text(f, "nurse");
	done(f, "nurse", &removal.base);
	assert_int_equal(show(f, "nurse", id), CODE_PERMISSION_DENIED);
}

static PatientList *mine(struct fixture *f, const char *user, uint64_t after)
{
	ListPatients request = ListPatients_INIT;
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	return BODY(f, PatientList);
}

static void my_patients(void **state)
{
	struct fixture *f = *state;
	char *ids[3];

	for (int i = 0; i < 3; i++)
		ids[i] = registered(f, "doctor", arena_printf(&f->arena, "患者 %d", i), "", "1950-01-02",
				    i == 1 ? "" : "2026-09-01");
	for (int i = 2; i >= 0; i--)
		join(f, "doctor", ids[i], "station01", "", TEAM_ROLE_MEMBER);
	join(f, "doctor", ids[0], "", "nurse", TEAM_ROLE_KEY_PERSON); /* by both: shown once */
	assert_int_equal(mine(f, "doctor", 0)->n_items, 3);
	PatientList *list = mine(f, "nurse", 0);
	assert_int_equal(list->n_items, 2); /* without consent: not yet */
	assert_string_equal(list->items[0]->id, ids[2]); /* in the order they came */
	assert_string_equal(list->items[1]->id, ids[0]);
	consent(f, "doctor", ids[1], true);
	assert_int_equal(mine(f, "nurse", 0)->n_items, 3);
	assert_int_equal(mine(f, "outsider", 0)->n_items, 0);
	/* what came after a position */
	uint64_t head = f->reply->position;
	join(f, "doctor", ids[1], "clinic02", "", TEAM_ROLE_DEPUTY);
	assert_int_equal(mine(f, "outsider", head)->n_items, 1);
	/* one row of the two is taken away, the other stays */
	RemoveTeamMember removal = RemoveTeamMember_INIT;
	removal.patient = ids[0];
	removal.organisation = text(f, "station01");
	done(f, "doctor", &removal.base);
	assert_int_equal(mine(f, "nurse", 0)->n_items, 3);
}

static void many_patients_come_in_pages(void **state)
{
	struct fixture *f = *state;
	size_t n = 0, pages = 0;
	uint64_t after = 0;

	for (int i = 0; i < 1100; i++)
		registered(f, "doctor", arena_printf(&f->arena, "佐藤　%d郎", i), "サトウ　ジロウ", "1950-01-02",
			   "");
	do {
		n += mine(f, "doctor", after)->n_items;
		after = f->reply->position;
		assert_true(f->reply->body.len < LIMIT_PAYLOAD_BYTES - 8192);
		pages++;
	} while (f->reply->more);
	assert_int_equal(n, 1100);
	assert_true(pages >= 3);
	n = 0, after = 0;
	do {
		FindPatients request = FindPatients_INIT;
		request.text = text(f, "さとう");
		assert_int_equal(ask_after(f, "doctor", &request.base, after, false), CODE_OK);
		n += BODY(f, PatientList)->n_items;
		after = f->reply->position;
	} while (f->reply->more);
	assert_int_equal(n, 1100);
	assert_int_equal(found(f, "outsider", "佐藤")->n_items, 0);
}

static void a_new_name_is_found_and_the_old_is_not(void **state)
{
	struct fixture *f = *state;
	char *id = registered(f, "doctor", "山田　花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "1950-01-02", "");
	UpdatePatient request = UpdatePatient_INIT;
	Patient patient = Patient_INIT;

	assert_string_equal(found(f, "doctor", "やまだ")->items[0]->kana, "ヤマダ ハナコ");
	patient.id = id;
	patient.name = text(f, "鈴木　花子");
	patient.born = text(f, "1950-01-02");
	patient.team_consent = true; /* not by this way */
	request.patient = &patient;
	done(f, "doctor", &request.base);
	assert_int_equal(found(f, "doctor", "山田")->n_items, 0);
	PatientList *list = found(f, "doctor", "鈴木");
	assert_int_equal(list->n_items, 1);
	assert_string_equal(list->items[0]->registered_by, "clinic01");
	assert_false(list->items[0]->team_consent);
	assert_int_equal(found(f, "doctor", "19500102")->n_items, 1);
}

static void broken_glass(void **state)
{
	struct fixture *f = *state;
	char *id = registered(f, "doctor", "山田　太郎", "", "1950-01-02", "");
	BreakGlass request = BreakGlass_INIT;

	request.patient = id;
	request.reason = text(f, "意識障害");
	refused(f, "caremanager", &request.base, CODE_PERMISSION_DENIED, "");
	assert_int_equal(show(f, "outsider", id), CODE_PERMISSION_DENIED);
	done(f, "outsider", &request.base);
	assert_non_null(recording_bus_find(&f->bus, "record/notice/alert", 0));
	assert_int_equal(show(f, "outsider", id), CODE_OK);
	assert_int_equal(mine(f, "outsider", 0)->n_items, 1);
	done(f, "outsider", &a_note(f, id, "救急で診察した")->base);
	test_clock_jump(&f->clock, 24 * 3600 * 1000); /* somebody sets the clock: the hours do not pass */
	assert_int_equal(daemon_step(f->daemon), 0);
	assert_int_equal(show(f, "outsider", id), CODE_OK);
	test_clock_advance(&f->clock, GLASS_MS);
	assert_int_equal(show(f, "outsider", id), CODE_PERMISSION_DENIED);
	assert_int_equal(mine(f, "outsider", 0)->n_items, 0);
	test_clock_advance(&f->clock, 60000);
	done(f, "nurse", &request.base); /* takes away the seat of the one that is over */
	assert_int_equal(show(f, "nurse", id), CODE_OK);
}

static AuditList *audit(struct fixture *f, const char *user, const char *patient, uint64_t after)
{
	ShowAudit request = ShowAudit_INIT;
	request.patient = text(f, patient);
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	return BODY(f, AuditList);
}

static void who_looked(void **state)
{
	struct fixture *f = *state;
	char *id = registered(f, "doctor", "山田　太郎", "", "1950-01-02", "2026-09-01");
	char *other = registered(f, "doctor", "鈴木　太郎", "", "1950-01-02", "2026-09-01");
	static const struct {
		const char *user, *what;
		Accessed_Right right;
	} want[] = {
		{ "doctor", "RegisterPatient", ACCESSED_RIGHT_REGISTRAR },
		{ "doctor", "AddTeamMember", ACCESSED_RIGHT_REGISTRAR },
		{ "nurse", "AddEntry", ACCESSED_RIGHT_TEAM },
		{ "outsider", "BreakGlass", ACCESSED_RIGHT_BREAK_GLASS },
		{ "outsider", "ShowPatient", ACCESSED_RIGHT_BREAK_GLASS },
		{ "doctor", "FindPatients", ACCESSED_RIGHT_UNSPECIFIED },
		{ "admin", "ShowAudit", ACCESSED_RIGHT_AUDIT },
	};
	BreakGlass glass = BreakGlass_INIT;

	join(f, "doctor", id, "station01", "", TEAM_ROLE_MEMBER);
	done(f, "nurse", &a_note(f, id, "x")->base);
	glass.patient = id;
	glass.reason = text(f, "意識障害");
	done(f, "outsider", &glass.base);
	show(f, "outsider", id);
	show(f, "pharmacist", id); /* refused: nothing was seen */
	found(f, "doctor", "太郎");
	audit(f, "admin", id, 0);
	AuditList *list = audit(f, "doctor", id, 0);
	assert_int_equal(list->n_items, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < list->n_items; i++) {
		assert_string_equal(list->items[i]->user, want[i].user);
		assert_string_equal(list->items[i]->what, want[i].what);
		assert_int_equal(list->items[i]->right, want[i].right);
		assert_true(i == 0 || list->items[i]->position > list->items[i - 1]->position);
	}
	assert_string_equal(list->items[3]->reason, "意識障害");
	assert_string_equal(list->items[3]->organisation, "clinic02");
	assert_int_equal(audit(f, "admin", other, 0)->n_items, 2); /* registered, found */
	ShowAudit request = ShowAudit_INIT;
	request.patient = id;
	refused(f, "nurse", &request.base, CODE_PERMISSION_DENIED, "");
	/* pages, and both indexes in one order */
	for (int i = 0; i < 300; i++) {
		done(f, "nurse", &a_note(f, id, "x")->base);
		show(f, "doctor", id);
	}
	uint64_t after = 0, last = 0;
	size_t n = 0;
	do {
		list = audit(f, "admin", id, after);
		after = f->reply->position;
		for (size_t i = 0; i < list->n_items; i++, n++) {
			assert_true(list->items[i]->position > last);
			last = list->items[i]->position;
		}
	} while (f->reply->more);
	assert_true(n >= 600 + sizeof(want) / sizeof(*want) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORD_TEST(consent_opens_and_closes),
		RECORD_TEST(one_refusal),
		RECORD_TEST(registered_once),
		RECORD_TEST(what_cannot_be_registered),
		RECORD_TEST(the_team),
		RECORD_TEST(my_patients),
		RECORD_TEST(many_patients_come_in_pages),
		RECORD_TEST(a_new_name_is_found_and_the_old_is_not),
		RECORD_TEST(broken_glass),
		RECORD_TEST(who_looked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
