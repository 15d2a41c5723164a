/*
 * The whole daemon record with its store, over a bus that records, and a small network around it.
 * Included by the tests that need it; everything in it is static.
 */
#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "services/record/rules.h"
#include "services/record/views.h"
#include "tests/lib/recording_bus.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"

int record_main(int argc, char **argv);
#define main record_main
#include "services/record/main.c"
#undef main

#define UNUSED __attribute__((unused))

struct fixture {
	char folder[TEMPORARY_SIZE], key_file[TEMPORARY_SIZE + 16];
	struct test_clock clock;
	struct recording_bus bus;
	struct daemon *daemon;
	struct arena arena;
	uint64_t directory; /* its position */
	Reply *reply;
};

static char *text(struct fixture *f, const char *s)
{
	return arena_string(&f->arena, s);
}

/* ---- the network ---------------------------------------------------------------------------- */

static void notice(struct fixture *f, const ProtobufCMessage *body)
{
	Notices notices = Notices_INIT;
	Notice item = Notice_INIT, *items[] = { &item };
	struct bytes packed;

	assert_int_equal(codec_pack(body, &f->arena, &packed), 0);
	notices.from = f->directory++;
	notices.to = item.position = f->directory;
	item.type = text(f, codec_name(body->descriptor));
	item.body.data = arena_copy(&f->arena, packed.data, packed.size);
	item.body.len = packed.size;
	notices.items = items;
	notices.n_items = 1;
	assert_int_equal(codec_pack(&notices.base, &f->arena, &packed), 0);
	assert_int_equal(daemon_receive(f->daemon, "tsunagi/v1/directory/notice/record", packed), 0);
	assert_int_equal(daemon_step(f->daemon), 0);
}

static void enrol(struct fixture *f, const char *user, const char *organisation,
		  OrganisationKind kind, Profession profession)
{
	OrganisationChanged changed = OrganisationChanged_INIT;
	PersonChanged person_changed = PersonChanged_INIT;
	Organisation where = Organisation_INIT;
	Person who = Person_INIT;

	where.id = text(f, organisation);
	where.name = arena_printf(&f->arena, "%s (name)", organisation);
	where.phone = text(f, "052-000-0000");
	where.kind = kind;
	changed.organisation = &where;
	notice(f, &changed.base);
	who.id = text(f, user);
	who.name = arena_printf(&f->arena, "%s (name)", user);
	who.organisation = where.id;
	who.profession = profession;
	who.state = ENROLMENT_STATE_ENROLLED;
	person_changed.person = &who;
	notice(f, &person_changed.base);
}

/* ---- requests ------------------------------------------------------------------------------- */

/* The answer's code; its body is in f->reply. */
static Code ask_after(struct fixture *f, const char *user, const ProtobufCMessage *body,
		      uint64_t after, bool watch)
{
	char id[ID_SIZE];
	Request request = Request_INIT;
	struct bytes packed;
	const struct recorded *answer;
	ProtobufCMessage *reply;

	assert_int_equal(codec_pack(body, &f->arena, &packed), 0);
	id_make(id, &f->clock.clock, f->clock.wall_ms);
	request.id = id;
	request.type = text(f, codec_name(body->descriptor));
	request.body.data = arena_copy(&f->arena, packed.data, packed.size);
	request.body.len = packed.size;
	request.after = after;
	request.watch = watch;
	assert_int_equal(codec_pack(&request.base, &f->arena, &packed), 0);
	recording_bus_clear(&f->bus);
	assert_int_equal(daemon_receive(f->daemon,
					arena_printf(&f->arena, "tsunagi/v1/record/req/%s/phone", user),
					packed), 0);
	assert_int_equal(daemon_step(f->daemon), 0);
	answer = recording_bus_find(&f->bus, "/phone", 0);
	assert_non_null(answer);
	assert_int_equal(codec_unpack(&Reply_descriptor, answer->payload, &f->arena, &reply), 0);
	f->reply = (Reply *)(void *)reply;
	return f->reply->code;
}

static Code ask(struct fixture *f, const char *user, const ProtobufCMessage *body)
{
	return ask_after(f, user, body, 0, false);
}

static ProtobufCMessage *body_of(struct fixture *f, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *body;
	assert_int_equal(f->reply->code, CODE_OK);
	assert_string_equal(f->reply->type, codec_name(type));
	assert_int_equal(codec_unpack(type, (struct bytes){ f->reply->body.data, f->reply->body.len },
				      &f->arena, &body), 0);
	return body;
}
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
	const struct recorded *sent = recording_bus_find(&f->bus, "record/notice/alert", 0);
	ProtobufCMessage *notices, *body;

	if (!sent)
		return NULL;
	assert_int_equal(codec_unpack(&Notices_descriptor, sent->payload, &f->arena, &notices), 0);
	const Notices *n = (const Notices *)(const void *)notices;
	if (n->n_items == 0 || strcmp(n->items[0]->type, "EntryNotice"))
		return NULL;
	assert_int_equal(codec_unpack(&EntryNotice_descriptor,
				      (struct bytes){ n->items[0]->body.data, n->items[0]->body.len },
				      &f->arena, &body), 0);
	return (EntryNotice *)(void *)body;
}

/* ---- begin and end -------------------------------------------------------------------------- */

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	temporary_make(f->folder, "record");
	snprintf(f->key_file, sizeof(f->key_file), "%s.key", f->folder);
	test_clock_init(&f->clock, 1);
	recording_bus_init(&f->bus);
	arena_init(&f->arena, (size_t)1 << 31);
	struct daemon_options options = {
		.store = { .folder = f->folder, .key_file = f->key_file, .map_mb = 512 },
		.clock = &f->clock.clock,
		.bus = &f->bus.bus,
	};
	assert_int_equal(daemon_open(&f->daemon, &record_spec, &options, NULL), 0);
	daemon_connected(f->daemon);
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
	struct fixture *f = *state;
	uint64_t entries, differing;

	assert_int_equal(daemon_rebuild(f->daemon, &entries, &differing), 0);
	assert_int_equal(differing, 0);
	daemon_free(f->daemon);
	recording_bus_close(&f->bus);
	arena_close(&f->arena);
	temporary_remove(f->folder);
	remove(f->key_file);
	test_free(f);
	return 0;
}

#define RECORD_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
