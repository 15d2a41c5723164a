/*
 * The whole daemon alert with its store, over a bus that records, and a small network around it.
 * Included by the tests that need it; everything in it is static.
 */
#ifndef ALERT_FIXTURE_H
#define ALERT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "services/alert/rules.h"
#include "services/alert/views.h"
#include "tests/lib/recording_bus.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"

#define UNUSED __attribute__((unused))

int alert_main(int argc, char **argv);
#define main alert_main
#include "services/alert/main.c"
#undef main

#define PATIENT "01KSR49200E4HR000000000001"
#define OTHER_PATIENT "01KSR49200E4HR000000000002"

struct fixture {
	char folder[TEMPORARY_SIZE], key_file[TEMPORARY_SIZE + 16];
	struct test_clock clock;
	struct recording_bus bus;
	struct daemon *daemon;
	struct arena arena;
	uint64_t directory, record; /* their positions */
	unsigned entries;
	Reply *reply;
};

static UNUSED char *text(struct fixture *f, const char *s)
{
	return arena_string(&f->arena, s);
}

/* ---- notices and requests ------------------------------------------------------------------- */

static UNUSED void start(struct fixture *f)
{
	struct daemon_options options = {
		.store = { .folder = f->folder, .key_file = f->key_file, .map_mb = 256 },
		.clock = &f->clock.clock,
		.bus = &f->bus.bus,
	};
	assert_int_equal(daemon_open(&f->daemon, &alert_spec, &options, NULL), 0);
}

static UNUSED void notice(struct fixture *f, const char *from, uint64_t *position,
		   const ProtobufCMessage *body)
{
	Notices notices = Notices_INIT;
	Notice item = Notice_INIT, *items[] = { &item };
	struct bytes packed;

	assert_int_equal(codec_pack(body, &f->arena, &packed), 0);
	notices.from = (*position)++;
	notices.to = item.position = *position;
	item.type = text(f, codec_name(body->descriptor));
	item.body.data = arena_copy(&f->arena, packed.data, packed.size);
	item.body.len = packed.size;
	notices.items = items;
	notices.n_items = 1;
	assert_int_equal(codec_pack(&notices.base, &f->arena, &packed), 0);
	assert_int_equal(daemon_receive(f->daemon,
					arena_printf(&f->arena, "tsunagi/v1/%s/notice/alert", from),
					packed), 0);
	assert_int_equal(daemon_step(f->daemon), 0);
}

static UNUSED void person(struct fixture *f, const char *user, const char *organisation,
		   Profession profession)
{
	PersonChanged changed = PersonChanged_INIT;
	Person who = Person_INIT;

	who.id = text(f, user);
	who.organisation = text(f, organisation);
	who.profession = profession;
	who.state = ENROLMENT_STATE_ENROLLED;
	changed.person = &who;
	notice(f, "directory", &f->directory, &changed.base);
}

static UNUSED void team(struct fixture *f, const char *patient, const char *organisation,
			const char *user, Profession profession, bool registrar, bool removed)
{
	TeamNotice changed = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, organisation);
	member.user = text(f, user);
	member.profession = profession;
	member.role = TEAM_ROLE_KEY_PERSON;
	changed.patient = text(f, patient);
	changed.member = &member;
	changed.registrar = registrar;
	changed.removed = removed;
	notice(f, "record", &f->record, &changed.base);
}

static UNUSED void consent(struct fixture *f, const char *patient, bool given)
{
	ConsentNotice changed = ConsentNotice_INIT;

	changed.patient = text(f, patient);
	changed.team_consent = given;
	notice(f, "record", &f->record, &changed.base);
}

/* Returns the id of the entry. */
static UNUSED char *entry(struct fixture *f, const char *patient, EntryKind kind, bool urgent)
{
	EntryNotice added = EntryNotice_INIT;

	added.patient = text(f, patient);
	added.entry = arena_printf(&f->arena, "01KSR49200E4HR000000%06u", ++f->entries);
	added.kind = kind;
	added.urgent = urgent;
	added.author = text(f, "doctor");
	added.organisation = text(f, "clinic01");
	notice(f, "record", &f->record, &added.base);
	return added.entry;
}

/* The answer's code; its body is in f->reply. */
static UNUSED Code ask_after(struct fixture *f, const char *user, const ProtobufCMessage *body,
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
					arena_printf(&f->arena, "tsunagi/v1/alert/req/%s/phone", user),
					packed), 0);
	assert_int_equal(daemon_step(f->daemon), 0);
	answer = recording_bus_find(&f->bus, "/phone", 0);
	assert_non_null(answer);
	assert_int_equal(codec_unpack(&Reply_descriptor, answer->payload, &f->arena, &reply), 0);
	f->reply = (Reply *)(void *)reply;
	return f->reply->code;
}

static UNUSED Code ask(struct fixture *f, const char *user, const ProtobufCMessage *body)
{
	return ask_after(f, user, body, 0, false);
}

static UNUSED Inbox *list(struct fixture *f, const char *user, bool all, uint64_t after)
{
	ListInbox request = ListInbox_INIT;
	ProtobufCMessage *inbox;

	request.all = all;
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	assert_int_equal(codec_unpack(&Inbox_descriptor,
				      (struct bytes){ f->reply->body.data, f->reply->body.len },
				      &f->arena, &inbox), 0);
	return (Inbox *)(void *)inbox;
}

/* "stored opened*2 withdrawn ": the states, *n: reminders, by X: taken by */
static UNUSED const char *states(struct fixture *f, const Inbox *inbox)
{
	static const char *const names[] = { "?", "stored", "delivered", "opened", "accepted", "done",
					     "declined", "withdrawn" };
	const char *all = "";

	for (size_t i = 0; i < inbox->n_items; i++) {
		const Notification *item = inbox->items[i];
		all = arena_printf(&f->arena, "%s%s%s%s%s ", all, names[item->state],
				   item->reminders ? arena_printf(&f->arena, "*%u", item->reminders) : "",
				   item->taken_by[0] ? " by " : "", item->taken_by);
	}
	return all;
}

static UNUSED const char *inbox(struct fixture *f, const char *user)
{
	return states(f, list(f, user, false, 0));
}

static UNUSED char *first(struct fixture *f, const char *user)
{
	Inbox *all = list(f, user, false, 0);
	assert_true(all->n_items > 0);
	return all->items[0]->id;
}

#define STEP(function, Message) \
	static UNUSED Code function(struct fixture *f, const char *user, const char *id) \
	{ \
		Message request = Message##_INIT; \
		request.id = text(f, id); \
		return ask(f, user, &request.base); \
	}
STEP(open_it, OpenNotification)
STEP(accept_it, AcceptNotification)
STEP(finish_it, FinishNotification)
STEP(decline_it, DeclineNotification)
STEP(take_over, TakeOverNotification)

static UNUSED Code hand_over_to(struct fixture *f, const char *user, const char *to)
{
	HandOver request = HandOver_INIT;
	request.to = text(f, to);
	return ask(f, user, &request.base);
}

static UNUSED void pass(struct fixture *f, int64_t ms)
{
	test_clock_advance(&f->clock, ms);
	assert_int_equal(daemon_step(f->daemon), 0);
}

static UNUSED void rebuilt_the_same(struct fixture *f)
{
	uint64_t entries, differing;
	assert_int_equal(daemon_rebuild(f->daemon, &entries, &differing), 0);
	assert_true(entries > 0);
	assert_int_equal(differing, 0);
}

/* ---- the team: two nurses of one station, a pharmacist by name, the doctor who registered ---- */

static UNUSED int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	temporary_make(f->folder, "alert");
	snprintf(f->key_file, sizeof(f->key_file), "%s.key", f->folder);
	test_clock_init(&f->clock, 1);
	recording_bus_init(&f->bus);
	arena_init(&f->arena, (size_t)1 << 30);
	start(f);
	daemon_connected(f->daemon);
	person(f, "doctor", "clinic01", PROFESSION_DOCTOR);
	person(f, "nurse-1", "station01", PROFESSION_NURSE);
	person(f, "nurse-2", "station01", PROFESSION_NURSE);
	person(f, "pharmacist", "pharmacy01", PROFESSION_PHARMACIST);
	person(f, "colleague", "pharmacy01", PROFESSION_PHARMACIST);
	team(f, PATIENT, "clinic01", "", PROFESSION_DOCTOR, true, false);
	consent(f, PATIENT, true);
	team(f, PATIENT, "station01", "", PROFESSION_NURSE, false, false);
	team(f, PATIENT, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, false, false);
	*state = f;
	return 0;
}

static UNUSED int teardown(void **state)
{
	struct fixture *f = *state;
	daemon_free(f->daemon);
	recording_bus_close(&f->bus);
	arena_close(&f->arena);
	temporary_remove(f->folder);
	remove(f->key_file);
	test_free(f);
	return 0;
}

#endif
