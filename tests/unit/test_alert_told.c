/* If this failed, somebody would not be told what their profession must know, or would be told what is
 * none of their business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "services/alert/escalation.h"

/* ---- the matrix, written out from the sentence ------------------------------------- */

enum what {
	NOTE, VITALS, MEDICINE, ANTITHROMBOTIC, BONE_AGENT, RENAL_MEDICINE, ALLERGY, CONDITION, DENTAL,
	PLAN, WEIGHT, RENAL, SWALLOWING, ACTIVITY, INFECTION, SAFETY, MOVEMENT, NEXT_VISIT, WISH, QUESTION,
	ANSWER, WHATS
};

static const struct {
	const char *name;
	EntryKind kind;
	Concern concern;
	bool infection;
} whats[WHATS] = {
	[NOTE] = { "a note", ENTRY_KIND_NOTE, 0, false },
	[VITALS] = { "vital signs", ENTRY_KIND_VITAL_SIGNS, 0, false },
	[MEDICINE] = { "a medicine", ENTRY_KIND_MEDICATION, 0, false },
	[ANTITHROMBOTIC] = { "an antithrombotic", ENTRY_KIND_MEDICATION, CONCERN_ANTITHROMBOTIC, false },
	[BONE_AGENT] = { "a bone-modifying agent", ENTRY_KIND_MEDICATION, CONCERN_BONE_MODIFYING, false },
	[RENAL_MEDICINE] = { "a condition of the kidney", ENTRY_KIND_CONDITION, CONCERN_RENAL_FUNCTION,
			     false },
	[ALLERGY] = { "an allergy", ENTRY_KIND_ALLERGY, 0, false },
	[CONDITION] = { "a condition", ENTRY_KIND_CONDITION, 0, false },
	[DENTAL] = { "a dental finding", ENTRY_KIND_DENTAL, 0, false },
	[PLAN] = { "a plan", ENTRY_KIND_PLAN, 0, false },
	[WEIGHT] = { "weight", ENTRY_KIND_WEIGHT, 0, false },
	[RENAL] = { "renal function", ENTRY_KIND_RENAL, 0, false },
	[SWALLOWING] = { "swallowing", ENTRY_KIND_SWALLOWING, 0, false },
	[ACTIVITY] = { "activity", ENTRY_KIND_ACTIVITY, 0, false },
	[INFECTION] = { "infection precautions", ENTRY_KIND_PRECAUTION, 0, true },
	[SAFETY] = { "safety precautions", ENTRY_KIND_PRECAUTION, 0, false },
	[MOVEMENT] = { "admission, discharge", ENTRY_KIND_MOVEMENT, 0, false },
	[NEXT_VISIT] = { "next visit", ENTRY_KIND_NEXT_VISIT, 0, false },
	[WISH] = { "a wish", ENTRY_KIND_WISH, 0, false },
	[QUESTION] = { "a question to others", ENTRY_KIND_QUESTION, 0, false },
	[ANSWER] = { "an answer to another", ENTRY_KIND_ANSWER, 0, false },
};

/* x: told; in the order of the list above */
static const struct {
	const char *who;
	Profession profession;
	TeamRole role;
	const char *told;
} matrix[] = {
	/*                                                       nvmabracdpwrsaispvwqa */
	{ "attending doctor", PROFESSION_DOCTOR, TEAM_ROLE_ATTENDING, "xxxxxxxxxxxxxxxxxxxxx" },
	{ "deputy doctor", PROFESSION_DOCTOR, TEAM_ROLE_DEPUTY, "xxxxxxxxxxxxxxxxxxxxx" },
	{ "home doctor", PROFESSION_DOCTOR, TEAM_ROLE_KEY_PERSON, "xxxxxxxxxxxxxxxxxxxxx" },
	{ "specialist", PROFESSION_DOCTOR, TEAM_ROLE_SPECIALIST, "..xxxxxx...x..x.x.x.." },
	{ "nurse", PROFESSION_NURSE, TEAM_ROLE_KEY_PERSON, "xxxxxxxxxxxxxxxxxxxxx" },
	{ "nurse, member", PROFESSION_NURSE, TEAM_ROLE_MEMBER, "xxxxxxxxxxxxxxxxxxxxx" },
	{ "pharmacist", PROFESSION_PHARMACIST, TEAM_ROLE_MEMBER, "..xxxxx....x........." },
	{ "dentist", PROFESSION_DENTIST, TEAM_ROLE_MEMBER, "...xx.x.x...x........" },
	{ "hygienist", PROFESSION_DENTAL_HYGIENIST, TEAM_ROLE_MEMBER, "...xx.x.x...x........" },
	{ "care manager", PROFESSION_CARE_MANAGER, TEAM_ROLE_KEY_PERSON, ".........x......xxx.." },
	{ "helper", PROFESSION_HELPER, TEAM_ROLE_MEMBER, ".........x...xx......" },
	{ "therapist", PROFESSION_THERAPIST, TEAM_ROLE_MEMBER, ".........x..xxx......" },
	{ "liaison", PROFESSION_LIAISON, TEAM_ROLE_MEMBER, "................x.x.." },
	{ "support centre", PROFESSION_CENTRE_STAFF, TEAM_ROLE_MEMBER, "....................." },
	{ "city officer", PROFESSION_CITY_OFFICER, TEAM_ROLE_MEMBER, "....................." },
	{ "administrator", PROFESSION_ADMINISTRATOR, TEAM_ROLE_MEMBER, "....................." },
};

static void by_profession(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matrix) / sizeof(*matrix); i++) {
		assert_int_equal(strlen(matrix[i].told), WHATS);
		for (size_t k = 0; k < WHATS; k++) {
			EntryNotice notice = EntryNotice_INIT;
			Concern concern = whats[k].concern;
			notice.kind = whats[k].kind;
			notice.infection = whats[k].infection;
			notice.concerns = &concern;
			notice.n_concerns = concern != CONCERN_UNSPECIFIED;
			if (entry_concerns(matrix[i].profession, matrix[i].role, &notice) !=
			    (matrix[i].told[k] == 'x'))
				fail_msg("%s, %s: expected %c", matrix[i].who, whats[k].name,
					 matrix[i].told[k]);
		}
	}
}

/* ---- a team of one patient ------------------------------------------------------------------ */

#define NOW 1790000000000

struct fixture {
	struct arena arena;
	struct refusal refusal;
	struct input in;
	struct audience view;
	EntryNotice notice;
	struct chain chain;
};

static char *text(struct fixture *f, const char *s)
{
	return arena_string(&f->arena, s);
}

static struct candidate *add(struct fixture *f, const char *organisation, const char *user,
			     Profession profession, TeamRole role)
{
	struct candidate *candidate = arena_alloc(&f->arena, sizeof(*candidate));
	TeamMember *member = NEW(TeamMember, &f->arena);
	Person *person = NEW(Person, &f->arena);

	member->organisation = person->organisation = text(f, organisation);
	member->profession = person->profession = profession;
	member->role = role;
	person->id = text(f, user);
	person->state = ENROLMENT_STATE_ENROLLED;
	candidate->member = member;
	candidate->person = person;
	arena_append(&f->arena, &f->view.team.members, &f->view.team.n_members, member);
	arena_append(&f->arena, &f->view.candidates, &f->view.n_candidates, candidate);
	return candidate;
}

enum { DOCTOR, NURSE_1, NURSE_2, PHARMACIST, HELPER };

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena, LIMIT_ARENA_BYTES);
	f->in = (struct input){ .arena = &f->arena, .refusal = &f->refusal, .now_ms = NOW,
				.id = "06FXABCDEFGH7JKMNPQRSTVWXY" };
	for (size_t i = 0; i <= ESCALATION_PLACES; i++)
		f->chain.places[i].organisation = ""; /* nobody is asked besides the team */
	f->view.chain = &f->chain;
	f->view.team.registrar = "clinic01";
	f->view.team.consent = true;
	add(f, "clinic01", "doctor", PROFESSION_DOCTOR, TEAM_ROLE_ATTENDING);
	add(f, "station01", "nurse-1", PROFESSION_NURSE, TEAM_ROLE_KEY_PERSON);
	add(f, "station01", "nurse-2", PROFESSION_NURSE, TEAM_ROLE_KEY_PERSON);
	add(f, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, TEAM_ROLE_MEMBER);
	add(f, "helper01", "helper", PROFESSION_HELPER, TEAM_ROLE_MEMBER);
	f->notice = (EntryNotice)EntryNotice_INIT;
	f->notice.patient = text(f, "P");
	f->notice.entry = text(f, "E");
	f->notice.kind = ENTRY_KIND_MEDICATION;
	f->notice.author = text(f, "doctor");
	f->notice.organisation = text(f, "clinic01");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_close(&f->arena);
	test_free(f);
	return 0;
}

/* "nurse-1 nurse-2? substitute<nurse-1 ": who is told; ?: asked; <: in whose place */
static const char *describe(struct fixture *f, const NotificationsStored *fact)
{
	const char *all = "";

	for (size_t i = 0; i < fact->n_recipients; i++) {
		const Recipient *recipient = fact->recipients[i];
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(recipient->id, fact->recipients[k]->id);
		all = arena_printf(&f->arena, "%s%s%s%s%s ", all, recipient->user,
				   recipient->asked ? "?" : "", recipient->substitute_for[0] ? "<" : "",
				   recipient->substitute_for);
	}
	return all;
}

static const char *told(struct fixture *f)
{
	NotificationsStored *fact = NEW(NotificationsStored, &f->arena);
	int rc = entry_tell(&f->in, &f->view, &f->notice, fact);

	if (rc == ERR_NOTHING)
		return "nobody";
	assert_int_equal(rc, 0);
	assert_string_equal(fact->template_->event, "E");
	return describe(f, fact);
}

static void the_team_and_not_the_author(void **state)
{
	assert_string_equal(told(*state), "nurse-1 nurse-2 pharmacist ");
}

static void without_consent_the_registrar_alone(void **state)
{
	struct fixture *f = *state;

	f->view.team.consent = false;
	assert_string_equal(told(f), "nobody");
	f->notice.author = text(f, "another");
	assert_string_equal(told(f), "doctor ");
	f->view.team.registrar = "station01";
	assert_string_equal(told(f), "nurse-1 nurse-2 ");
	f->view.team.registrar = "";
	assert_string_equal(told(f), "nobody");
}

static void who_registered_acts_as_attending_doctor(void **state)
{
	struct fixture *f = *state;
	struct candidate *doctor = f->view.candidates[DOCTOR];
	TeamMember *member = f->view.team.members[DOCTOR];

	f->notice.author = text(f, "nurse-1");
	f->notice.kind = ENTRY_KIND_NOTE;
	assert_string_equal(told(f), "doctor nurse-2 ");
	member->role = TEAM_ROLE_MEMBER;
	assert_string_equal(told(f), "doctor nurse-2 ");
	/* until another is named */
	add(f, "clinic02", "attending", PROFESSION_DOCTOR, TEAM_ROLE_ATTENDING);
	assert_ptr_equal(doctor->member, member);
	assert_string_equal(told(f), "nurse-2 attending ");
}

static void each_once(void **state)
{
	struct fixture *f = *state;

	add(f, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, TEAM_ROLE_KEY_PERSON);
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
}

static void mutes_and_urgency(void **state)
{
	struct fixture *f = *state;

	f->view.candidates[NURSE_1]->muted = 1u << ENTRY_KIND_MEDICATION;
	f->view.candidates[NURSE_2]->muted = 1u << ENTRY_KIND_NOTE;
	f->view.candidates[PHARMACIST]->muted = EVERY_KIND;
	assert_string_equal(told(f), "nurse-2 ");
	f->notice.urgent = true;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");

	assert_int_equal(muted_after(0, ENTRY_KIND_NOTE, true), 1u << ENTRY_KIND_NOTE);
	assert_int_equal(muted_after(0, ENTRY_KIND_UNSPECIFIED, true), EVERY_KIND);
	assert_int_equal(muted_after(EVERY_KIND, ENTRY_KIND_NOTE, false),
			 EVERY_KIND & ~(1u << ENTRY_KIND_NOTE));
	assert_int_equal(muted_after(EVERY_KIND, ENTRY_KIND_UNSPECIFIED, false), 0);
}

static void questions_go_to_those_who_are_asked(void **state)
{
	struct fixture *f = *state;
	Profession professions[] = { PROFESSION_HELPER, PROFESSION_PHARMACIST };

	f->notice.kind = ENTRY_KIND_QUESTION;
	f->notice.author = text(f, "care-manager");
	f->notice.professions = professions;
	f->notice.n_professions = 2;
	assert_string_equal(told(f), "doctor nurse-1 nurse-2 pharmacist? helper? ");
	f->notice.n_professions = 0;
	assert_string_equal(told(f), "doctor? nurse-1? nurse-2? pharmacist? helper? ");
}

static void answers_go_to_who_asked(void **state)
{
	struct fixture *f = *state;

	add(f, "cm01", "care-manager", PROFESSION_CARE_MANAGER, TEAM_ROLE_KEY_PERSON);
	f->notice.kind = ENTRY_KIND_ANSWER;
	assert_string_equal(told(f), "nurse-1 nurse-2 ");
	f->notice.asked_by = text(f, "care-manager");
	assert_string_equal(told(f), "nurse-1 nurse-2 care-manager ");
}

/* Who takes over a visit is told of nothing before and after it. */
static void in_their_windows_alone(void **state)
{
	struct fixture *f = *state;
	TeamMember *row = f->view.team.members[PHARMACIST];

	row->from_ms = NOW;
	row->until_ms = NOW + 1;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
	f->in.now_ms = NOW - 1;
	assert_string_equal(told(f), "nurse-1 nurse-2 ");
	f->in.now_ms = NOW + 1;
	f->notice.urgent = true;
	assert_string_equal(told(f), "nurse-1 nurse-2 ");
	/* unless they are there by another row as well */
	add(f, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, TEAM_ROLE_MEMBER);
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
}

static Person *colleague(struct fixture *f, const char *user, const char *organisation)
{
	Person *person = NEW(Person, &f->arena);
	person->id = text(f, user);
	person->organisation = text(f, organisation);
	person->state = ENROLMENT_STATE_ENROLLED;
	return person;
}

static void substitutes(void **state)
{
	struct fixture *f = *state;
	SubstituteSet *period = NEW(SubstituteSet, &f->arena);
	Person *substitute = colleague(f, "substitute", "pharmacy01");
	struct candidate *pharmacist = f->view.candidates[PHARMACIST];

	period->from_ms = NOW;
	period->until_ms = NOW + 1;
	pharmacist->substitution = period;
	pharmacist->substitute = substitute;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist substitute<pharmacist ");
	/* the period, its beginning and its end */
	f->in.now_ms = NOW + 1;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
	f->in.now_ms = NOW - 1;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
	f->in.now_ms = NOW;
	/* no longer a colleague, no longer enrolled */
	substitute->organisation = text(f, "pharmacy02");
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
	substitute->organisation = text(f, "pharmacy01");
	substitute->state = ENROLMENT_STATE_REVOKED;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
	substitute->state = ENROLMENT_STATE_ENROLLED;
	/* what is none of the pharmacist's business is none of the substitute's */
	f->notice.kind = ENTRY_KIND_PLAN;
	assert_string_equal(told(f), "nurse-1 nurse-2 helper ");
	/* who is told anyway is told once */
	f->notice.kind = ENTRY_KIND_MEDICATION;
	pharmacist->substitute = colleague(f, "nurse-1", "pharmacy01");
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
}

static void a_question_asks_the_substitute_too(void **state)
{
	struct fixture *f = *state;
	Profession profession = PROFESSION_HELPER;
	SubstituteSet *period = NEW(SubstituteSet, &f->arena);

	period->until_ms = NOW + 1;
	f->notice.kind = ENTRY_KIND_QUESTION;
	f->notice.professions = &profession;
	f->notice.n_professions = 1;
	f->view.candidates[HELPER]->substitution = period;
	f->view.candidates[HELPER]->substitute = colleague(f, "substitute", "helper01");
	assert_string_equal(told(f), "nurse-1 nurse-2 helper? substitute?<helper ");
}

static void corrections_go_where_the_corrected_went(void **state)
{
	struct fixture *f = *state;
	NotificationsStored *fact = NEW(NotificationsStored, &f->arena);

	f->notice.correction = true;
	assert_string_equal(told(f), "nurse-1 nurse-2 pharmacist ");
	assert_int_equal(entry_tell(&f->in, &f->view, &f->notice, fact), 0);
	assert_true(fact->template_->correction);
}

static void a_question_asked_again_asks_its_professions(void **state)
{
	struct fixture *f = *state;
	Profession profession = PROFESSION_HELPER;

	f->notice.kind = ENTRY_KIND_QUESTION;
	f->notice.correction = true; /* a remark on it: nobody is asked by that */
	assert_string_equal(told(f), "nurse-1 nurse-2 ");
	f->notice.asks_again = true;
	assert_string_equal(told(f), "nurse-1? nurse-2? pharmacist? helper? ");
	f->notice.professions = &profession;
	f->notice.n_professions = 1;
	f->notice.urgent = true;
	assert_string_equal(told(f), "nurse-1 nurse-2 helper? ");
}

static void break_glass(void **state)
{
	struct fixture *f = *state;
	NotificationsStored *fact = NEW(NotificationsStored, &f->arena);
	GlassNotice notice = GlassNotice_INIT;
	struct candidate *centre = add(f, "centre", "centre-staff", PROFESSION_CENTRE_STAFF, 0);

	centre->member = NULL;
	f->view.team.n_members--;
	f->view.candidates[DOCTOR]->muted = EVERY_KIND;
	notice.patient = text(f, "P");
	notice.user = text(f, "stranger");
	assert_int_equal(glass_tell(&f->in, &f->view, &notice, fact), 0);
	assert_string_equal(describe(f, fact), "doctor centre-staff ");
	assert_true(fact->template_->break_glass && fact->template_->urgent);
	assert_string_equal(fact->template_->entry, "");
	assert_int_equal(fact->template_->kind, ENTRY_KIND_UNSPECIFIED);
	/* not of one's own; and nobody left is nothing */
	fact = NEW(NotificationsStored, &f->arena);
	notice.user = text(f, "centre-staff");
	f->view.team.consent = false;
	f->view.team.registrar = "station01";
	assert_int_equal(glass_tell(&f->in, &f->view, &notice, fact), ERR_NOTHING);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_profession),
		TEST(the_team_and_not_the_author),
		TEST(without_consent_the_registrar_alone),
		TEST(who_registered_acts_as_attending_doctor),
		TEST(each_once),
		TEST(mutes_and_urgency),
		TEST(questions_go_to_those_who_are_asked),
		TEST(answers_go_to_who_asked),
		TEST(in_their_windows_alone),
		TEST(substitutes),
		TEST(a_question_asks_the_substitute_too),
		TEST(corrections_go_where_the_corrected_went),
		TEST(a_question_asked_again_asks_its_professions),
		TEST(break_glass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
