/*
 * Who is there: two care teams' worth of people, those who take over visits, beds and
 * patients, two outsiders, the support centre, an administrator, who enrols them all
 * before anything else happens; five clinics stand by for each other round the clock.
 */
#include <string.h>

#include "tests/sim/sim.h"

static const struct {
	const char *id;
	OrganisationKind kind;
	Area area;
	Network networks[3];
} organisations[] = {
	{"centre", ORGANISATION_KIND_SUPPORT_CENTRE, AREA_NORTH, {0}},
	{"clinic01",
	 ORGANISATION_KIND_CLINIC,
	 AREA_NORTH,
	 {NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK}},
	{"clinic02",
	 ORGANISATION_KIND_CLINIC,
	 AREA_WEST,
	 {NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK, NETWORK_ENHANCED}},
	{"clinic03",
	 ORGANISATION_KIND_CLINIC,
	 AREA_SOUTH,
	 {NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK}},
	{"clinic04",
	 ORGANISATION_KIND_CLINIC,
	 AREA_NORTH,
	 {NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK}},
	{"clinic05",
	 ORGANISATION_KIND_CLINIC,
	 AREA_WEST,
	 {NETWORK_ROUND_THE_CLOCK}}, /* not asked for patients */
	{"hospital01", ORGANISATION_KIND_HOSPITAL, AREA_NORTH, {NETWORK_BBN}},
	{"hospital02", ORGANISATION_KIND_HOSPITAL, AREA_WEST, {NETWORK_BBN}},
	{"station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, {0}},
	{"station02", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, {0}},
	{"station03", ORGANISATION_KIND_NURSE_STATION, AREA_WEST, {0}},
	{"station04", ORGANISATION_KIND_NURSE_STATION, AREA_WEST, {0}},
	{"station05", ORGANISATION_KIND_NURSE_STATION, AREA_SOUTH, {0}},
	{"station06", ORGANISATION_KIND_NURSE_STATION, AREA_SOUTH, {0}},
	{"station07",
	 ORGANISATION_KIND_NURSE_STATION,
	 AREA_NORTH,
	 {0}}, /* … where nobody answers */
	{"station08", ORGANISATION_KIND_NURSE_STATION, AREA_WEST, {0}},
	{"station09", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, {0}},
	{"station10", ORGANISATION_KIND_NURSE_STATION, AREA_WEST, {0}},
	{"pharmacy01", ORGANISATION_KIND_PHARMACY, AREA_NORTH, {0}},
	{"pharmacy02", ORGANISATION_KIND_PHARMACY, AREA_NORTH, {0}},
	{"dental01", ORGANISATION_KIND_DENTAL_CLINIC, AREA_NORTH, {0}},
	{"helper01", ORGANISATION_KIND_HELPER_OFFICE, AREA_NORTH, {0}},
	{"cm01", ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, AREA_NORTH, {0}},
};
#define N_ORGANISATIONS (sizeof(organisations) / sizeof(*organisations))

/* One of them takes no part any more some day, in two of three seeds. */
static const char *const leavers[] = {"clinic02",  "hospital02", "station02",
				      "station03", "station07",  "station05"};

static const struct {
	const char *user, *device, *organisation;
	Profession profession;
} cast[] = {
	{"admin", "desk", "centre", PROFESSION_ADMINISTRATOR},
	{"clinic01-doctor", "tablet", "clinic01", PROFESSION_DOCTOR},
	{"station01-nurse", "phone", "station01", PROFESSION_NURSE},
	{"station01-nurse", "tablet", "station01", PROFESSION_NURSE},
	{"station01-nurse2", "phone", "station01", PROFESSION_NURSE},
	{"pharmacy01-pharmacist", "desk", "pharmacy01", PROFESSION_PHARMACIST},
	{"dental01-dentist", "desk", "dental01", PROFESSION_DENTIST},
	{"helper01-helper", "phone", "helper01", PROFESSION_HELPER},
	{"cm01-caremanager", "desk", "cm01", PROFESSION_CARE_MANAGER},
	{"clinic02-doctor", "tablet", "clinic02", PROFESSION_DOCTOR},
	{"clinic03-doctor", "tablet", "clinic03", PROFESSION_DOCTOR},
	{"pharmacy02-pharmacist", "desk", "pharmacy02", PROFESSION_PHARMACIST},
	{"centre-staff", "desk", "centre", PROFESSION_CENTRE_STAFF},
	{"centre-staff2", "desk", "centre", PROFESSION_CENTRE_STAFF},
	{"clinic04-doctor", "tablet", "clinic04", PROFESSION_DOCTOR},
	{"clinic05-doctor", "tablet", "clinic05", PROFESSION_DOCTOR},
	{"clinic01-doctor2", "phone", "clinic01", PROFESSION_DOCTOR},
	{"hospital01-liaison", "desk", "hospital01", PROFESSION_LIAISON},
	{"hospital02-liaison", "desk", "hospital02", PROFESSION_LIAISON},
	{"station02-nurse", "phone", "station02", PROFESSION_NURSE},
	{"station03-nurse", "phone", "station03", PROFESSION_NURSE},
	{"station04-nurse", "phone", "station04", PROFESSION_NURSE},
	{"station05-nurse", "phone", "station05", PROFESSION_NURSE},
	{"station06-nurse", "phone", "station06", PROFESSION_NURSE},
	/* For races only: elsewhere nobody answers there. */
	{"station07-nurse", "phone", "station07", PROFESSION_NURSE},
	{"station08-nurse", "phone", "station08", PROFESSION_NURSE},
	{"station09-nurse", "phone", "station09", PROFESSION_NURSE},
	{"station10-nurse", "phone", "station10", PROFESSION_NURSE},
};
#define N_CAST (sizeof(cast) / sizeof(*cast))
#define N_RACERS 4 /* the last ones */

_Static_assert(N_CAST <= SIM_TERMINALS, "more terminals than there is room for");
_Static_assert(N_ORGANISATIONS <= SIM_ORGANISATIONS, "more organisations than there is room for");

void terminals_make(struct sim *sim)
{
	/* Some worlds are busy, some are slow: a moment between two doings, or a quarter of a minute. */
	int64_t pace_ms = 30LL << rng_below(&sim->rng, rng_chance(&sim->rng, 600) ? 5 : 9);

	test_clock_init(&sim->clock, rng_u64(&sim->rng));
	sim->n_terminals = sim->options.race ? N_CAST : N_CAST - N_RACERS;
	if (rng_chance(&sim->rng, 660))
		sim->leaver = leavers[rng_below(&sim->rng, sizeof(leavers) / sizeof(*leavers))];
	if (!sim->options.race && !sim->options.faultless && rng_chance(&sim->rng, 400))
		sim->off = 100 + rng_below(&sim->rng, 400);
	for (size_t i = 0; i < sim->n_terminals; i++) {
		struct terminal *terminal = &sim->terminals[i];
		terminal->user = cast[i].user;
		terminal->device = cast[i].device;
		terminal->organisation = cast[i].organisation;
		terminal->profession = cast[i].profession;
		terminal->connected = true;
		terminal->think_ms = pace_ms * (1 + rng_below(&sim->rng, 3));
		terminal->clock_off_ms =
			rng_chance(&sim->rng, 200) ? rng_between(&sim->rng, -300000, 300000) : 0;
		terminal->off = i && rng_chance(&sim->rng, sim->off);
		terminal->deaf = rng_chance(&sim->rng, 250);
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

void cast_organisation(struct sim *sim, const char *id, bool left)
{
	SetOrganisation *m = NEW(SetOrganisation, &sim->scratch);
	size_t i = 0;

	while (i + 1 < N_ORGANISATIONS && strcmp(organisations[i].id, id))
		i++;
	m->organisation = NEW(Organisation, &sim->scratch);
	m->organisation->id = arena_string(&sim->scratch, id);
	m->organisation->name = arena_string(&sim->scratch, id);
	m->organisation->kind = organisations[i].kind;
	m->organisation->area = organisations[i].area;
	m->organisation->left = left;
	if (!sim->settled && !sim->options.race && rng_chance(&sim->rng, 400))
		turn_hours(sim, &m->organisation->hours, &m->organisation->n_hours);
	m->organisation->networks = arena_copy(&sim->scratch, organisations[i].networks,
					       sizeof(organisations[i].networks));
	while (m->organisation->n_networks < 3 &&
	       organisations[i].networks[m->organisation->n_networks])
		m->organisation->n_networks++;
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
	for (size_t i = 1; i < sim->n_terminals; i++)
		for (int host = HOST_RECORD; host < HOSTS; host++)
			if (!model_person(&sim->models[host], cast[i].user))
				return false;
	return true;
}

/* The administrator's next step before the others begin: organisations first, then their people. */
void cast_settle(struct sim *sim)
{
	const struct terminal *admin = &sim->terminals[0];

	if (sim->settled)
		return;
	while (sim->settling < N_ORGANISATIONS + sim->n_terminals && terminal_free(sim, admin)) {
		size_t who = sim->settling - N_ORGANISATIONS;
		if (sim->settling == N_ORGANISATIONS && admin->n_pending)
			return; /* no person before their organisation */
		if (sim->settling < N_ORGANISATIONS)
			cast_organisation(sim, organisations[sim->settling].id, false);
		else if (who > 0 && !enrolled_before(who))
			ask_enrolment(sim, who);
		sim->settling++;
	}
	if (sim->settling < N_ORGANISATIONS + sim->n_terminals || admin->n_pending ||
	    !everywhere_known(sim))
		return;
	turns_begin(sim);
	sim->settled = true;
	for (size_t i = 0; i < sim->n_terminals; i++)
		if (sim->terminals[i].off)
			terminal_connected(sim, i, false);
	for (size_t i = 0; i < sim->n_terminals; i++) {
		sim->terminals[i].act_ms = sim->now_ms + rng_between(&sim->rng, 1, 200);
		queue_add(&sim->queue, (struct event){.at_ms = sim->terminals[i].act_ms,
						      .kind = EVENT_THINK,
						      .target = RECEIVER_TERMINAL(i)});
		sim->terminals[i].wake_ms = sim->terminals[i].act_ms;
	}
}
