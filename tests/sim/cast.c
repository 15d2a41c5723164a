/*
 * Who is there: two care teams' worth of people, two outsiders, an administrator, who enrols them all
 * before anything else happens.
 */
#include <string.h>

#include "tests/sim/sim.h"

static const struct {
	const char *user, *device, *organisation;
	Profession profession;
	OrganisationKind kind;
} cast[] = {
	{"admin", "desk", "centre", PROFESSION_ADMINISTRATOR, ORGANISATION_KIND_SUPPORT_CENTRE},
	{"clinic01-doctor", "tablet", "clinic01", PROFESSION_DOCTOR, ORGANISATION_KIND_CLINIC},
	{"station01-nurse", "phone", "station01", PROFESSION_NURSE,
	 ORGANISATION_KIND_NURSE_STATION},
	{"station01-nurse", "tablet", "station01", PROFESSION_NURSE,
	 ORGANISATION_KIND_NURSE_STATION},
	{"station01-nurse2", "phone", "station01", PROFESSION_NURSE,
	 ORGANISATION_KIND_NURSE_STATION},
	{"pharmacy01-pharmacist", "desk", "pharmacy01", PROFESSION_PHARMACIST,
	 ORGANISATION_KIND_PHARMACY},
	{"dental01-dentist", "desk", "dental01", PROFESSION_DENTIST,
	 ORGANISATION_KIND_DENTAL_CLINIC},
	{"helper01-helper", "phone", "helper01", PROFESSION_HELPER,
	 ORGANISATION_KIND_HELPER_OFFICE},
	{"cm01-caremanager", "desk", "cm01", PROFESSION_CARE_MANAGER,
	 ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE},
	{"clinic02-doctor", "tablet", "clinic02", PROFESSION_DOCTOR, ORGANISATION_KIND_CLINIC},
	{"clinic03-doctor", "tablet", "clinic03", PROFESSION_DOCTOR, ORGANISATION_KIND_CLINIC},
	{"pharmacy02-pharmacist", "desk", "pharmacy02", PROFESSION_PHARMACIST,
	 ORGANISATION_KIND_PHARMACY},
	{"centre-staff", "desk", "centre", PROFESSION_CENTRE_STAFF,
	 ORGANISATION_KIND_SUPPORT_CENTRE},
};
#define N_CAST (sizeof(cast) / sizeof(*cast))

_Static_assert(N_CAST <= SIM_TERMINALS, "more terminals than there is room for");

void terminals_make(struct sim *sim)
{
	/* Some worlds are busy, some are slow: a moment between two doings, or a quarter of a minute. */
	int64_t pace_ms = 30LL << rng_below(&sim->rng, 9);

	test_clock_init(&sim->clock, rng_u64(&sim->rng));
	sim->n_terminals = N_CAST;
	for (size_t i = 0; i < N_CAST; i++) {
		struct terminal *terminal = &sim->terminals[i];
		terminal->user = cast[i].user;
		terminal->device = cast[i].device;
		terminal->organisation = cast[i].organisation;
		terminal->profession = cast[i].profession;
		terminal->connected = true;
		terminal->think_ms = pace_ms * (1 + rng_below(&sim->rng, 3));
		terminal->clock_off_ms =
			rng_chance(&sim->rng, 200) ? rng_between(&sim->rng, -300000, 300000) : 0;
		terminal->wake_ms = INT64_MAX;
		for (int watch = 0; watch < SIM_WATCHES; watch++)
			terminal->watches[watch].request = -1;
	}
}

void terminals_close(struct sim *sim)
{
	for (size_t i = 0; i < sim->n_terminals; i++)
		for (int watch = 0; watch < SIM_WATCHES; watch++)
			table_close(&sim->terminals[i].watches[watch].seen);
}

static void ask_organisation(struct sim *sim, size_t who)
{
	SetOrganisation *m = NEW(SetOrganisation, &sim->scratch);
	m->organisation = NEW(Organisation, &sim->scratch);
	m->organisation->id = arena_string(&sim->scratch, cast[who].organisation);
	m->organisation->name = arena_string(&sim->scratch, cast[who].organisation);
	m->organisation->kind = cast[who].kind;
	m->organisation->area = AREA_NORTH;
	terminal_ask(sim, 0, HOST_DIRECTORY, &m->base, NULL, 0, -1);
}

static void ask_enrolment(struct sim *sim, size_t who)
{
	Enrol *m = NEW(Enrol, &sim->scratch);
	m->person = NEW(Person, &sim->scratch);
	m->person->id = arena_string(&sim->scratch, cast[who].user);
	m->person->name = arena_string(&sim->scratch, cast[who].user);
	m->person->organisation = arena_string(&sim->scratch, cast[who].organisation);
	m->person->profession = cast[who].profession;
	m->device = arena_string(&sim->scratch, cast[who].device);
	m->csr_pem = arena_string(&sim->scratch, certificate_request(who));
	terminal_ask(sim, 0, HOST_DIRECTORY, &m->base, NULL, 0, -1);
}

/* Two devices of one person are enrolled once. */
static bool enrolled_before(size_t who)
{
	return who > 0 && !strcmp(cast[who].user, cast[who - 1].user);
}

static bool everywhere_known(struct sim *sim)
{
	for (size_t i = 1; i < N_CAST; i++)
		if (!model_person(&sim->record_model, cast[i].user) ||
		    !model_person(&sim->alert_model, cast[i].user))
			return false;
	return true;
}

/* The administrator's next step before the others begin: organisations first, then their people. */
void cast_settle(struct sim *sim)
{
	const struct terminal *admin = &sim->terminals[0];

	if (sim->settled)
		return;
	while (sim->settling < 2 * N_CAST && terminal_free(sim, admin)) {
		size_t who = sim->settling % N_CAST;
		if (sim->settling == N_CAST && admin->n_pending)
			return; /* no person before their organisation */
		if (sim->settling < N_CAST)
			ask_organisation(sim, who);
		else if (who > 0 && !enrolled_before(who))
			ask_enrolment(sim, who);
		sim->settling++;
	}
	if (sim->settling < 2 * N_CAST || admin->n_pending || !everywhere_known(sim))
		return;
	sim->settled = true;
	for (size_t i = 0; i < N_CAST; i++) {
		sim->terminals[i].act_ms = sim->now_ms + rng_between(&sim->rng, 1, 200);
		queue_add(&sim->queue, (struct event){.at_ms = sim->terminals[i].act_ms,
						      .kind = EVENT_THINK,
						      .target = RECEIVER_TERMINAL(i)});
		sim->terminals[i].wake_ms = sim->terminals[i].act_ms;
	}
}
