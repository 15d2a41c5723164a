/*
 * The whole daemon alert with its store, over a bus that records, and a small network around it.
 * Included by the tests that need it; everything in it is static.
 */
#ifndef ALERT_FIXTURE_H
#define ALERT_FIXTURE_H

#include "services/alert/rules.h"
#include "services/alert/views.h"
#include "tests/unit/daemon_test.h"

int alert_main(int argc, char **argv);
#define main alert_main
#include "services/alert/main.c"
#undef main

#define PATIENT "01KSR49200E4HR000000000001"
#define OTHER_PATIENT "01KSR49200E4HR000000000002"

/* ---- notices and requests ------------------------------------------------------------------- */

static UNUSED void notice(struct fixture *f, const char *from, uint64_t *position,
			  const ProtobufCMessage *body)
{
	fixture_tell(f, from, position, body);
	fixture_step(f);
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
	added.entry = arena_printf(&f->arena, "01KSR49200E4HR000000%06u", ++f->made);
	added.kind = kind;
	added.urgent = urgent;
	added.author = text(f, "doctor");
	added.organisation = text(f, "clinic01");
	notice(f, "record", &f->record, &added.base);
	return added.entry;
}

static UNUSED Inbox *list(struct fixture *f, const char *user, bool all, uint64_t after)
{
	ListInbox request = ListInbox_INIT;

	request.all = all;
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	return body_of(f, &Inbox_descriptor);
}

/* "stored opened*2 withdrawn ": the states, *n: how often they rang again, by X: taken by */
static UNUSED const char *states(struct fixture *f, const Inbox *inbox)
{
	static const char *const names[] = { "?",        "stored", "delivered", "opened",
					     "accepted", "done",   "declined",  "withdrawn" };
	const char *all = "";

	for (size_t i = 0; i < inbox->n_items; i++) {
		const Notification *item = inbox->items[i];
		all = arena_printf(&f->arena, "%s%s%s%s%s ", all, names[item->state],
				   item->rings > 1 ? arena_printf(&f->arena, "*%u", item->rings - 1)
						   : "",
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

STEP_OF(open_it, OpenNotification)
STEP_OF(accept_it, AcceptNotification)
STEP_OF(finish_it, FinishNotification)
STEP_OF(decline_it, DeclineNotification)
STEP_OF(take_over, TakeOverNotification)

static UNUSED Code hand_over_to(struct fixture *f, const char *user, const char *to)
{
	HandOver request = HandOver_INIT;
	request.to = text(f, to);
	return ask(f, user, &request.base);
}

/* ---- the team: two nurses of one station, a pharmacist by name, the doctor who registered ---- */

static UNUSED int setup(void **state)
{
	struct fixture *f = new_fixture(&alert_spec);

	start(f);
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
	return free_fixture(state);
}

#endif
