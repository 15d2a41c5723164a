/*
 * Around the patient of alert_fixture.h: who attends and who is deputy, who is on duty, the support
 * centre; and an urgent note by a nurse. Included by the tests of escalations; everything is static.
 */
#ifndef ALERT_WORLD_H
#define ALERT_WORLD_H

#include "tests/unit/alert_fixture.h"

#define STEP_MS (1000LL * ESCALATION_STEP_S)
#define HOUR_MS (3600LL * 1000)
#define WEDNESDAY_10 (1790125200000LL) /* 23 September 2026 10:00 in Japan, a holiday */
#define FRIDAY_10 (1790298000000LL)    /* 25 September, none */
#define FRIDAY_22 (FRIDAY_10 + 12 * HOUR_MS)

static UNUSED void clinic(struct fixture *f, const char *id, Area area, bool round_the_clock)
{
	static Network networks[] = { NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK };
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = text(f, id);
	organisation.name = text(f, id);
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = area;
	organisation.networks = networks;
	organisation.n_networks = round_the_clock ? 2 : 1;
	changed.organisation = &organisation;
	notice(f, "directory", &f->directory, &changed.base);
}

static UNUSED void role(struct fixture *f, const char *organisation, const char *user, TeamRole as)
{
	TeamNotice changed = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, organisation);
	member.user = text(f, user);
	member.profession = PROFESSION_DOCTOR;
	member.role = as;
	changed.patient = text(f, PATIENT);
	changed.member = &member;
	notice(f, "record", &f->record, &changed.base);
}

static UNUSED void consents(struct fixture *f, bool team_consent, bool cover)
{
	ConsentNotice changed = ConsentNotice_INIT;

	changed.patient = text(f, PATIENT);
	changed.team_consent = team_consent;
	changed.cover_consent = cover;
	notice(f, "record", &f->record, &changed.base);
}

/* In place of what was said of that shift. */
static UNUSED void shift(struct fixture *f, const char *id, Area area, int64_t from_ms,
			 int64_t until_ms, const char *first_clinic, const char *second_clinic)
{
	RotaNotice told = RotaNotice_INIT;
	ShiftNotice changed = ShiftNotice_INIT, *shifts[] = { &changed };
	Duty duties[2] = { Duty_INIT, Duty_INIT }, *both[2];

	for (int i = 0; i < 2; i++) {
		duties[i].organisation = text(f, i ? second_clinic : first_clinic);
		duties[i].second = i;
		duties[i].from_ms = from_ms;
		duties[i].until_ms = until_ms;
		if (duties[i].organisation[0])
			both[changed.n_duties++] = &duties[i];
	}
	changed.id = text(f, id);
	changed.area = area;
	changed.from_ms = from_ms;
	changed.until_ms = until_ms;
	changed.duties = both;
	told.shifts = shifts;
	told.n_shifts = 1;
	notice(f, "rota", &f->rota, &told.base);
}

/* An urgent note of nurse-1. Returns its event. */
static UNUSED char *urgent(struct fixture *f, bool everyone, bool limit)
{
	EntryNotice added = EntryNotice_INIT;

	added.patient = text(f, PATIENT);
	added.entry = arena_printf(&f->arena, "01KSR49200E4HR000000%06u", ++f->made);
	added.kind = ENTRY_KIND_NOTE;
	added.urgent = true;
	added.everyone = everyone;
	added.limit_passed = limit;
	added.author = text(f, "nurse-1");
	added.organisation = text(f, "station01");
	notice(f, "record", &f->record, &added.base);
	return added.entry;
}

static UNUSED Code show_walk(struct fixture *f, const char *user, const char *event)
{
	ShowEscalation request = ShowEscalation_INIT;

	request.event = text(f, event);
	return ask(f, user, &request.base);
}

static UNUSED Escalation *walk_of(struct fixture *f, const char *event)
{
	assert_int_equal(show_walk(f, "nurse-1", event), CODE_OK);
	return body_of(f, &Escalation_descriptor);
}

/*
 * "1:clinic03 2:clinic04 -d4 A:clinic01 +doctor ": who was asked as what (1, 2 on duty, A attending,
 * D deputy, C centre), who accepted (+), declined (-), gave back (<), took over (>d4/d3), was handed it
 * (=d5/d3); *1: the round that began.
 */
static UNUSED const char *way(struct fixture *f, const char *event)
{
	const Escalation *walk = walk_of(f, event);
	const char *all = "";

	for (size_t i = 0; i < walk->n_steps; i++) {
		const EscalationStep *step = walk->steps[i];
		const char *who = step->n_users ? step->users[0] : "";
		all = step->what == ESCALATION_STEP_WHAT_ASKED
			      ? arena_printf(&f->arena, "%s%c:%s ", all, "?AD12C"[step->place],
					     step->organisation)
		      : step->what == ESCALATION_STEP_WHAT_STARTED_OVER
			      ? arena_printf(&f->arena, "%s*%u ", all, step->round)
			      : arena_printf(&f->arena, "%s%c%s%s%s ", all, "..+-><....="[step->what],
					     who, step->other[0] ? "/" : "", step->other);
	}
	return all;
}

static UNUSED const Notification *item_of(struct fixture *f, const char *user)
{
	Inbox *all = list(f, user, false, 0);
	assert_int_equal(all->n_items, 1);
	return all->items[0];
}

/* Friday 22:00: clinic01 attends, clinic02 is deputy, clinic03 and clinic04 are on duty until 8:00. */
static UNUSED int open_world(void **state)
{
	struct fixture *f = new_fixture(&alert_spec);

	f->clock.wall_ms = FRIDAY_22;
	start(f);
	for (unsigned i = 1; i <= 6; i++)
		clinic(f, arena_printf(&f->arena, "clinic0%u", i), AREA_NORTH, true);
	fixture_organisation(f, "centre01", ORGANISATION_KIND_SUPPORT_CENTRE, AREA_NORTH, false);
	fixture_organisation(f, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	person(f, "nurse-1", "station01", PROFESSION_NURSE);
	person(f, "nurse-2", "station01", PROFESSION_NURSE);
	person(f, "centre-staff", "centre01", PROFESSION_CENTRE_STAFF);
	person(f, "d1", "clinic01", PROFESSION_DOCTOR);
	person(f, "d1-nurse", "clinic01", PROFESSION_NURSE);
	person(f, "d2", "clinic02", PROFESSION_DOCTOR);
	person(f, "d3", "clinic03", PROFESSION_DOCTOR);
	person(f, "d4", "clinic04", PROFESSION_DOCTOR);
	person(f, "d5", "clinic05", PROFESSION_DOCTOR);
	person(f, "d6", "clinic06", PROFESSION_DOCTOR);
	person(f, "admin", "centre01", PROFESSION_ADMINISTRATOR);
	team(f, PATIENT, "station01", "", PROFESSION_NURSE, true, false);
	consents(f, true, true);
	role(f, "clinic01", "", TEAM_ROLE_ATTENDING);
	role(f, "clinic02", "", TEAM_ROLE_DEPUTY);
	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 - 4 * HOUR_MS, FRIDAY_22 + 10 * HOUR_MS,
	      "clinic03", "clinic04");
	*state = f;
	return 0;
}

#endif
