/* If this failed, somebody would see a patient whom they may not see, or be kept from one they care
 * for. Every right, profession, consent and broken glass, held against a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "services/record/rules.h"

#define NOW 1790000000000LL

struct world {
	struct arena arena;
	PatientView view;
	Patient patient;
	TeamMember member;
	TeamMember *team[1];
	GlassGrant grant;
	GlassGrant *grants[1];
};

static char *text(struct world *w, const char *s)
{
	return arena_string(&w->arena, s);
}

static void open_world(struct world *w)
{
	arena_init(&w->arena, LIMIT_ARENA_BYTES);
	w->view = (PatientView)PatientView_INIT;
	w->patient = (Patient)Patient_INIT;
	w->member = (TeamMember)TeamMember_INIT;
	w->grant = (GlassGrant)GlassGrant_INIT;
	w->patient.registered_by = text(w, "clinic01");
	w->view.patient = &w->patient;
	w->team[0] = &w->member;
	w->grants[0] = &w->grant;
	w->view.team = w->team;
	w->view.grants = w->grants;
}

static struct actor actor_of(const char *organisation, Profession profession)
{
	return (struct actor){ .user = "somebody", .device = "d", .organisation = organisation,
			       .profession = profession };
}

/* Who works with patients, by profession number: all but city officer, administrator, instances. */
static bool cares(Profession profession)
{
	return profession >= PROFESSION_DOCTOR && profession <= PROFESSION_CENTRE_STAFF;
}

static void every_right_for_every_profession(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	for (int p = PROFESSION_UNSPECIFIED; p <= PROFESSION_SERVICE; p++) {
		Profession profession = (Profession)p;
		struct actor registrar = actor_of("clinic01", profession);
		struct actor member = actor_of("station01", profession);
		struct actor stranger = actor_of("clinic02", profession);
		for (int consent = 0; consent < 2; consent++)
			for (int member_profession = 0; member_profession <= PROFESSION_SERVICE;
			     member_profession++) {
				bool on_team = consent && cares(profession) &&
					       (!member_profession || member_profession == p);
				w.patient.team_consent = consent;
				w.view.n_team = 1;
				w.member.organisation = text(&w, "station01");
				w.member.profession = (Profession)member_profession;
				assert_int_equal(access_right(&w.view, &registrar, NOW, NOW),
						 cares(profession) ? ACCESSED_RIGHT_REGISTRAR : 0);
				assert_int_equal(access_right(&w.view, &member, NOW, NOW),
						 on_team ? ACCESSED_RIGHT_TEAM : 0);
				assert_int_equal(access_right(&w.view, &stranger, NOW, NOW), 0);
				assert_int_equal(access_right(NULL, &registrar, NOW, NOW), 0);
			}
	}
	arena_close(&w.arena);
}

static void a_person_on_the_team(void **state)
{
	struct actor one = actor_of("hospital01", PROFESSION_DOCTOR), other = one, moved = one;
	struct world w;

	(void)state;
	open_world(&w);
	other.user = "another";
	moved.organisation = "hospital02";
	w.view.n_team = 1;
	w.member.organisation = text(&w, "hospital01");
	w.member.user = text(&w, "somebody");
	w.member.profession = PROFESSION_DOCTOR;
	w.patient.team_consent = true;
	assert_int_equal(access_right(&w.view, &one, NOW, NOW), ACCESSED_RIGHT_TEAM);
	assert_int_equal(access_right(&w.view, &moved, NOW, NOW), ACCESSED_RIGHT_TEAM);
	assert_int_equal(access_right(&w.view, &other, NOW, NOW), 0);
	w.patient.team_consent = false;
	assert_int_equal(access_right(&w.view, &one, NOW, NOW), 0);
	w.patient.cover_consent = true; /* is for those on duty, not for the team */
	assert_int_equal(access_right(&w.view, &one, NOW, NOW), 0);
	arena_close(&w.arena);
}

/* Who is loaded as covered is so for a doctor, and while the consent stands. */
static void covered_by_whoever_is_on_duty(void **state)
{
	struct actor doctor = actor_of("clinic02", PROFESSION_DOCTOR);
	struct world w;

	(void)state;
	open_world(&w);
	w.view.covered = true;
	assert_int_equal(access_right(&w.view, &doctor, NOW, NOW), 0);
	w.patient.cover_consent = true;
	for (int p = PROFESSION_UNSPECIFIED; p <= PROFESSION_SERVICE; p++) {
		struct actor actor = actor_of("clinic02", (Profession)p);
		assert_int_equal(access_right(&w.view, &actor, NOW, NOW),
				 p == PROFESSION_DOCTOR ? ACCESSED_RIGHT_COVER : 0);
	}
	assert_int_equal(audit_right(&w.view, &doctor, NOW, NOW), 0);
	/* broken glass is what is left for those who are not */
	w.grant.user = text(&w, "somebody");
	w.grant.until_steady_ms = NOW + 1;
	w.view.n_grants = 1;
	assert_int_equal(access_right(&w.view, &doctor, NOW, NOW), ACCESSED_RIGHT_COVER);
	w.view.n_team = 1;
	w.member.organisation = text(&w, "clinic02");
	w.patient.team_consent = true;
	assert_int_equal(access_right(&w.view, &doctor, NOW, NOW), ACCESSED_RIGHT_TEAM);
	doctor.organisation = "clinic01";
	assert_int_equal(access_right(&w.view, &doctor, NOW, NOW), ACCESSED_RIGHT_REGISTRAR);
	arena_close(&w.arena);
}

static void broken_glass_is_for_three_hours_and_one_person(void **state)
{
	struct actor one = actor_of("clinic02", PROFESSION_DOCTOR), other = one;
	struct world w;

	(void)state;
	open_world(&w);
	other.user = "another";
	w.grant.user = text(&w, "somebody");
	w.grant.until_steady_ms = NOW + GLASS_MS;
	assert_int_equal(access_right(&w.view, &one, NOW, NOW), 0);
	w.view.n_grants = 1;
	assert_int_equal(access_right(&w.view, &one, NOW, NOW), ACCESSED_RIGHT_BREAK_GLASS);
	assert_int_equal(access_right(&w.view, &one, NOW, NOW + GLASS_MS - 1),
			 ACCESSED_RIGHT_BREAK_GLASS);
	assert_int_equal(access_right(&w.view, &one, NOW, NOW + GLASS_MS), 0);
	assert_int_equal(access_right(&w.view, &other, NOW, NOW), 0);
	one.profession = PROFESSION_ADMINISTRATOR; /* changed since */
	assert_int_equal(access_right(&w.view, &one, NOW, NOW), 0);
	arena_close(&w.arena);
}

static void who_may_see_who_looked(void **state)
{
	struct actor admin = actor_of("city", PROFESSION_ADMINISTRATOR);
	struct actor registrar = actor_of("clinic01", PROFESSION_NURSE);
	struct actor doctor = actor_of("clinic02", PROFESSION_DOCTOR);
	struct world w;

	(void)state;
	open_world(&w);
	w.view.n_team = 1;
	w.member.organisation = text(&w, "clinic02");
	w.member.profession = PROFESSION_DOCTOR;
	w.member.role = TEAM_ROLE_ATTENDING;
	w.patient.team_consent = true;
	assert_int_equal(audit_right(&w.view, &admin, NOW, NOW), ACCESSED_RIGHT_AUDIT);
	assert_int_equal(access_right(&w.view, &admin, NOW, NOW), 0);
	assert_int_equal(audit_right(&w.view, &registrar, NOW, NOW), ACCESSED_RIGHT_REGISTRAR);
	assert_int_equal(audit_right(&w.view, &doctor, NOW, NOW), ACCESSED_RIGHT_TEAM);
	w.member.role = TEAM_ROLE_DEPUTY;
	assert_int_equal(audit_right(&w.view, &doctor, NOW, NOW), 0);
	w.member.role = TEAM_ROLE_ATTENDING;
	w.patient.team_consent = false;
	assert_int_equal(audit_right(&w.view, &doctor, NOW, NOW), 0);
	assert_int_equal(audit_right(NULL, &admin, NOW, NOW), 0);
	arena_close(&w.arena);
}

/* The only one: each write by somebody without a right, about a patient who is there and one who is
 * not, gives these very words. */
static void the_refusal_is_one(void **state)
{
	struct world w;
	struct refusal refusal;
	struct input in = { .actor = actor_of("clinic02", PROFESSION_DOCTOR), .now_ms = NOW,
			    .steady_ms = NOW, .id = "01KSR49200E4HR000000000009",
			    .arena = &w.arena, .refusal = &refusal };
	const char *ja, *en;

	(void)state;
	open_world(&w);
	access_refused(&in);
	ja = refusal.ja, en = refusal.en;
#define REFUSED(call) do { \
		refusal = (struct refusal){ .code = CODE_OK }; \
		assert_int_equal((call), ERR_REFUSED); \
		assert_int_equal(refusal.code, CODE_PERMISSION_DENIED); \
		assert_string_equal(refusal.field, ""); \
		assert_string_equal(refusal.ja, ja); \
		assert_string_equal(refusal.en, en); \
		assert_null(refusal.id); \
	} while (0)
#define BOTH(Request, Fact, rule_view, function) do { \
		Request request = Request##_INIT; \
		Fact fact = Fact##_INIT; \
		rule_view there = { .patient = &w.view }, nowhere = { .patient = NULL }; \
		REFUSED(function(&in, &there, &request, &fact)); \
		REFUSED(function(&in, &nowhere, &request, &fact)); \
	} while (0)
	BOTH(UpdatePatient, PatientUpdated, struct patient_rule, patient_update);
	BOTH(RecordConsent, ConsentRecorded, struct patient_rule, consent_record);
	BOTH(SetThresholds, ThresholdsSet, struct patient_rule, thresholds_set);
	BOTH(SetUnstable, UnstableSet, struct patient_rule, unstable_set);
	BOTH(AddTeamMember, TeamMemberAdded, struct member_rule, team_member_add);
	BOTH(RemoveTeamMember, TeamMemberRemoved, struct patient_rule, team_member_remove);
	BOTH(MarkRead, EntriesRead, struct mark_rule, entries_mark_read);
	in.actor.profession = PROFESSION_HELPER; /* a doctor may break the glass */
	BOTH(BreakGlass, GlassBroken, struct patient_rule, glass_break);

	Entry entry = Entry_INIT;
	AddEntry add = AddEntry_INIT;
	EntryAdded added = EntryAdded_INIT;
	struct entry_rule there = { .patient = &w.view }, nowhere = { .patient = NULL };
	add.entry = &entry;
	REFUSED(entry_add(&in, &there, &add, &added));
	REFUSED(entry_add(&in, &nowhere, &add, &added));
	arena_close(&w.arena);
}

static void who_may_break_the_glass(void **state)
{
	struct world w;
	struct refusal refusal;
	struct input in = { .now_ms = NOW, .steady_ms = NOW, .id = "x", .arena = &w.arena,
			    .refusal = &refusal };
	BreakGlass request = BreakGlass_INIT;

	(void)state;
	open_world(&w);
	struct patient_rule view = { .patient = &w.view };
	request.reason = text(&w, "意識障害で救急搬送");
	for (int p = PROFESSION_UNSPECIFIED; p <= PROFESSION_SERVICE; p++) {
		GlassBroken fact = GlassBroken_INIT;
		bool may = (p >= PROFESSION_DOCTOR && p <= PROFESSION_DENTAL_HYGIENIST) ||
			   p == PROFESSION_THERAPIST || p == PROFESSION_LIAISON;
		in.actor = actor_of("clinic02", (Profession)p);
		assert_int_equal(glass_break(&in, &view, &request, &fact), may ? 0 : ERR_REFUSED);
		if (may)
			assert_int_equal(fact.until_ms, NOW + 3 * 3600 * 1000);
	}
	GlassBroken fact = GlassBroken_INIT;
	in.actor = actor_of("clinic02", PROFESSION_DOCTOR);
	request.reason = text(&w, "  ");
	assert_int_equal(glass_break(&in, &view, &request, &fact), ERR_REFUSED);
	assert_string_equal(refusal.field, "reason");
	/* Without a reason nobody is told of it: nor is the asker, of whether there is such a patient. */
	struct patient_rule nowhere = { .patient = NULL };
	struct refusal there = refusal;
	assert_int_equal(glass_break(&in, &nowhere, &request, &fact), ERR_REFUSED);
	assert_int_equal(refusal.code, there.code);
	assert_string_equal(refusal.field, there.field);
	assert_string_equal(refusal.en, there.en);
	request.reason = text(&w, "x");
	in.actor = actor_of("clinic01", PROFESSION_DOCTOR); /* may look anyway */
	assert_int_equal(glass_break(&in, &view, &request, &fact), ERR_REFUSED);
	assert_int_equal(refusal.code, CODE_FAILED_PRECONDITION);
	arena_close(&w.arena);
}

/* Broken glass is for reading and noting, not for putting together a team. */
static void glass_does_not_rearrange(void **state)
{
	struct world w;
	struct refusal refusal;
	struct input in = { .actor = actor_of("clinic02", PROFESSION_DOCTOR), .now_ms = NOW,
			    .steady_ms = NOW, .id = "x", .arena = &w.arena, .refusal = &refusal };
	RecordConsent request = RecordConsent_INIT;
	ConsentRecorded fact = ConsentRecorded_INIT;

	(void)state;
	open_world(&w);
	w.grant.user = text(&w, "somebody");
	w.grant.until_steady_ms = NOW + 1;
	w.view.n_grants = 1;
	struct patient_rule view = { .patient = &w.view };
	request.scope = CONSENT_SCOPE_TEAM;
	request.on = text(&w, "2026-01-01");
	assert_int_equal(consent_record(&in, &view, &request, &fact), ERR_REFUSED);
	assert_int_equal(refusal.code, CODE_PERMISSION_DENIED);
	in.actor.organisation = "clinic01";
	assert_int_equal(consent_record(&in, &view, &request, &fact), 0);
	request.on = text(&w, "2026-13-01");
	assert_int_equal(consent_record(&in, &view, &request, &fact), ERR_REFUSED);
	request.on = text(&w, "2099-01-01");
	assert_int_equal(consent_record(&in, &view, &request, &fact), ERR_REFUSED);
	assert_string_equal(refusal.field, "on");
	arena_close(&w.arena);
}

static void what_an_organisation_stands_for(void **state)
{
	static const struct {
		TeamRole role;
		OrganisationKind kind;
		Profession profession;
	} rows[] = {
		{ TEAM_ROLE_ATTENDING, ORGANISATION_KIND_HOSPITAL, PROFESSION_DOCTOR },
		{ TEAM_ROLE_DEPUTY, ORGANISATION_KIND_CLINIC, PROFESSION_DOCTOR },
		{ TEAM_ROLE_SPECIALIST, ORGANISATION_KIND_HOSPITAL, PROFESSION_DOCTOR },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_HOSPITAL, PROFESSION_LIAISON },
		{ TEAM_ROLE_KEY_PERSON, ORGANISATION_KIND_NURSE_STATION, PROFESSION_NURSE },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_PHARMACY, PROFESSION_PHARMACIST },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_DENTAL_CLINIC, PROFESSION_UNSPECIFIED },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, PROFESSION_CARE_MANAGER },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_HELPER_OFFICE, PROFESSION_HELPER },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_REHABILITATION, PROFESSION_THERAPIST },
		{ TEAM_ROLE_MEMBER, ORGANISATION_KIND_SUPPORT_CENTRE, PROFESSION_CENTRE_STAFF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(member_profession(rows[i].role, rows[i].kind), rows[i].profession);
}

static void one_attending_doctor(void **state)
{
	struct world w;
	TeamMember first = TeamMember_INIT, second = TeamMember_INIT, nurse = TeamMember_INIT;

	(void)state;
	open_world(&w);
	w.view.team = NULL;
	first.organisation = text(&w, "clinic01");
	second.organisation = text(&w, "clinic02");
	nurse.organisation = text(&w, "station01");
	first.role = second.role = TEAM_ROLE_ATTENDING;
	nurse.role = TEAM_ROLE_KEY_PERSON;
	assert_int_equal(team_put(&w.view, &first, &w.arena), 0);
	assert_int_equal(team_put(&w.view, &nurse, &w.arena), 0);
	assert_int_equal(team_put(&w.view, &first, &w.arena), 0); /* again: no second seat */
	assert_int_equal(w.view.n_team, 2);
	assert_int_equal(team_put(&w.view, &second, &w.arena), 0);
	assert_int_equal(w.view.n_team, 3);
	assert_int_equal(first.role, TEAM_ROLE_MEMBER);
	assert_int_equal(second.role, TEAM_ROLE_ATTENDING);
	assert_int_equal(nurse.role, TEAM_ROLE_KEY_PERSON);
	TeamMemberRemoved gone = TeamMemberRemoved_INIT;
	gone.organisation = text(&w, "clinic02");
	team_remove(&w.view, &gone);
	assert_int_equal(w.view.n_team, 2);
	arena_close(&w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_right_for_every_profession),
		cmocka_unit_test(a_person_on_the_team),
		cmocka_unit_test(covered_by_whoever_is_on_duty),
		cmocka_unit_test(broken_glass_is_for_three_hours_and_one_person),
		cmocka_unit_test(who_may_see_who_looked),
		cmocka_unit_test(the_refusal_is_one),
		cmocka_unit_test(who_may_break_the_glass),
		cmocka_unit_test(glass_does_not_rearrange),
		cmocka_unit_test(what_an_organisation_stands_for),
		cmocka_unit_test(one_attending_doctor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
