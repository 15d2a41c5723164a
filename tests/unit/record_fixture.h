/*
 * The whole daemon record with its store, over a bus that records, and a small network around it.
 * Included by the tests that need it; everything in it is static.
 */
#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include "services/record/rules.h"
#include "services/record/views.h"
#include "tests/unit/daemon_test.h"

int record_main(int argc, char **argv);
#define main record_main
#include "services/record/main.c"
#undef main

/* ---- the network ---------------------------------------------------------------------------- */

static UNUSED void notice(struct fixture *f, const ProtobufCMessage *body)
{
	fixture_tell(f, "directory", &f->directory, body);
	fixture_step(f);
}

static void enrol(struct fixture *f, const char *user, const char *organisation,
		  OrganisationKind kind, Profession profession)
{
	fixture_organisation(f, organisation, kind, AREA_UNSPECIFIED, false);
	person(f, user, organisation, profession);
}

/* ---- requests ------------------------------------------------------------------------------- */

#define BODY(f, Type) ((Type *)(void *)body_of((f), &Type##_descriptor))

/* What must be accepted. Returns the id of what was made. */
static char *done(struct fixture *f, const char *user, const ProtobufCMessage *body)
{
	if (ask(f, user, body) != CODE_OK)
		fail_msg("%s by %s: %d %s %s", codec_name(body->descriptor), user, f->reply->code,
			 f->reply->field, f->reply->message_en);
	return f->reply->id;
}

static UNUSED void refused(struct fixture *f, const char *user, const ProtobufCMessage *body,
			   Code code, const char *field)
{
	assert_int_equal(ask(f, user, body), code);
	assert_string_equal(f->reply->field, field);
	assert_true(f->reply->message_ja[0] && f->reply->message_en[0]);
}

/* ---- patients ------------------------------------------------------------------------------- */

static UNUSED char *registered(struct fixture *f, const char *user, const char *name,
			       const char *kana, const char *born, const char *consent)
{
	RegisterPatient request = RegisterPatient_INIT;
	Patient patient = Patient_INIT;

	patient.name = text(f, name);
	patient.kana = text(f, kana);
	patient.born = text(f, born);
	request.patient = &patient;
	request.consent_given_on = text(f, consent);
	return done(f, user, &request.base);
}

static UNUSED void join(struct fixture *f, const char *by, const char *patient,
			const char *organisation, const char *user, TeamRole role)
{
	AddTeamMember request = AddTeamMember_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, organisation);
	member.user = text(f, user);
	member.role = role;
	request.patient = text(f, patient);
	request.member = &member;
	done(f, by, &request.base);
}

/* ---- entries -------------------------------------------------------------------------------- */

static UNUSED AddEntry *entry_of(struct fixture *f, const char *patient, Entry_ContentCase which)
{
	AddEntry *request = NEW(AddEntry, &f->arena);
	Entry *entry = request->entry = NEW(Entry, &f->arena);

	entry->patient = text(f, patient);
	entry->content_case = which;
	return request;
}

static UNUSED AddEntry *a_note(struct fixture *f, const char *patient, const char *words)
{
	AddEntry *request = entry_of(f, patient, Entry_CONTENT_NOTE);
	request->entry->note = NEW(Note, &f->arena);
	request->entry->note->text = text(f, words);
	return request;
}

static UNUSED AddEntry *a_medicine(struct fixture *f, const char *patient, MedicationAction action,
				   const char *name, const char *replaces)
{
	AddEntry *request = entry_of(f, patient, Entry_CONTENT_MEDICATION);
	Medication *medication = request->entry->medication = NEW(Medication, &f->arena);
	medication->action = action;
	medication->name = text(f, name);
	medication->replaces = text(f, replaces);
	return request;
}

/* The notice that alert was sent in the last step, or NULL. */
static UNUSED EntryNotice *entry_notice(struct fixture *f)
{
	const Notice *sent = fixture_notice(f, "alert", 0);

	if (!sent || strcmp(sent->type, "EntryNotice"))
		return NULL;
	return fixture_decode(f, &EntryNotice_descriptor, sent->body);
}

/* ---- begin and end -------------------------------------------------------------------------- */

static int setup(void **state)
{
	struct fixture *f = new_fixture(&record_spec);

	start(f);
	enrol(f, "doctor", "clinic01", ORGANISATION_KIND_CLINIC, PROFESSION_DOCTOR);
	enrol(f, "colleague", "clinic01", ORGANISATION_KIND_CLINIC, PROFESSION_DOCTOR);
	enrol(f, "outsider", "clinic02", ORGANISATION_KIND_CLINIC, PROFESSION_DOCTOR);
	enrol(f, "nurse", "station01", ORGANISATION_KIND_NURSE_STATION, PROFESSION_NURSE);
	enrol(f, "pharmacist", "pharmacy01", ORGANISATION_KIND_PHARMACY, PROFESSION_PHARMACIST);
	enrol(f, "dentist", "dental01", ORGANISATION_KIND_DENTAL_CLINIC, PROFESSION_DENTIST);
	enrol(f, "caremanager", "cm01", ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE,
	      PROFESSION_CARE_MANAGER);
	enrol(f, "helper", "helper01", ORGANISATION_KIND_HELPER_OFFICE, PROFESSION_HELPER);
	enrol(f, "officer", "city", ORGANISATION_KIND_CITY_OFFICE, PROFESSION_CITY_OFFICER);
	enrol(f, "admin", "city", ORGANISATION_KIND_CITY_OFFICE, PROFESSION_ADMINISTRATOR);
	*state = f;
	return 0;
}

/* Whatever a test did: the views are what the journal makes of them. */
static int teardown(void **state)
{
	rebuilt_the_same(*state);
	return free_fixture(state);
}

#define RECORD_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
