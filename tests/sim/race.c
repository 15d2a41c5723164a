/*
 * All stations of the last wave accept the same visit in the same millisecond, a number of rounds
 * one after the other. One has it, each other one is told which place it stands by in, and the
 * places are those of the journal. Half of the requests are too late for waves, so that all are
 * asked at once; of the others the waves go by. In every second world messages are lost and
 * doubled, connections cut, commits fail and daemons die meanwhile.
 */
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define HOUR_MS (3600LL * 1000)
#define ASKER "station01-nurse"
#define ANSWER_STEPS 20000
#define FAULTY_STEPS 400
#define RACERS 16

static size_t terminal_of(const struct sim *sim, const char *user)
{
	size_t i = 0;
	while (i + 1 < sim->n_terminals && strcmp(sim->terminals[i].user, user))
		i++;
	return i;
}

/* Asks, and steps until it is answered. NULL: it was not, or was refused. */
static const struct sim_request *do_it(struct sim *sim, const char *user, int host,
				       const ProtobufCMessage *message)
{
	int index = terminal_ask(sim, terminal_of(sim, user), host, message, NULL, 0, -1);
	for (int i = 0; i < ANSWER_STEPS && index >= 0 && !sim->requests[index].answered; i++)
		if (!sim_step(sim))
			return NULL;
	if (index < 0 || !sim->requests[index].answered ||
	    sim->requests[index].first_code != CODE_OK) {
		sim_fail(sim, "race", "type=%s code=%d", codec_name(message->descriptor),
			 index < 0 ? -1 : (int)sim->requests[index].first_code);
		return NULL;
	}
	return &sim->requests[index];
}

/* ---- before the rounds ----------------------------------------------------------------------- */

static bool register_patient(struct sim *sim)
{
	RegisterPatient *m = NEW(RegisterPatient, &sim->arena);
	char day[DATE_SIZE];

	date_day(day, sim->clock.wall_ms - DAY_MS);
	m->patient = NEW(Patient, &sim->arena);
	m->patient->name = arena_string(&sim->arena, SECRET_TEXT);
	m->patient->kana = arena_string(&sim->arena, "ヤマダ");
	m->patient->born = arena_string(&sim->arena, "1941");
	m->patient->sex = PATIENT_SEX_FEMALE;
	m->patient->area = AREA_WEST;
	m->consent_given_on = arena_string(&sim->arena, day);
	return do_it(sim, ASKER, HOST_RECORD, &m->base);
}

/* Who is full is asked in the last wave only. */
static bool fill_some(struct sim *sim)
{
	static const char *const full[] = {"station02-nurse", "station06-nurse", "station08-nurse"};
	SetCapacity *m = NEW(SetCapacity, &sim->arena);

	m->capacity = NEW(Capacity, &sim->arena);
	m->capacity->level = CAPACITY_LEVEL_FULL;
	m->capacity->valid_until_ms = sim->clock.wall_ms + 30 * DAY_MS;
	for (size_t i = 0; i < sizeof(full) / sizeof(*full); i++)
		if (!do_it(sim, full[i], HOST_BOARD, &m->base))
			return false;
	return true;
}

/* Referral has heard of patient and board. */
static bool heard(struct sim *sim)
{
	for (int i = 0; i < ANSWER_STEPS; i++) {
		if (sim->models[HOST_REFERRAL].n_patients && sim->capacities_followed >= 3)
			return true;
		if (!sim_step(sim))
			break;
	}
	sim_fail(sim, "race", "referral has not heard");
	return false;
}

/* ---- a round --------------------------------------------------------------------------------- */

static struct sim_referral *ask_visit(struct sim *sim, bool waves)
{
	AskReferral *m = NEW(AskReferral, &sim->arena);
	size_t before = sim->n_referrals;

	m->kind = REFERRAL_KIND_VISIT;
	m->urgent = true;
	m->patient = sim->models[HOST_RECORD].patients[0].id;
	m->from_ms = sim->clock.wall_ms + (waves ? 40 : 1) * HOUR_MS;
	m->to_ms = m->from_ms + HOUR_MS;
	if (!do_it(sim, ASKER, HOST_REFERRAL, &m->base) || sim->n_referrals != before + 1)
		return NULL;
	return &sim->referrals[before];
}

/* Until the last wave is asked. */
static bool pass_waves(struct sim *sim, const struct sim_referral *known)
{
	for (int i = 0; i < 2 * SIM_WAVES && known->now->wave < SIM_WAVES; i++) {
		uint32_t wave = known->now->wave;
		int64_t wait_ms = referrals_wait_ms(sim);
		if (wait_ms > 0 && wait_ms < INT64_MAX)
			sim_quiet(sim, wait_ms);
		for (int k = 0; k < ANSWER_STEPS && known->now->wave == wave; k++)
			if (!sim_step(sim))
				return false;
	}
	if (known->now->wave < SIM_WAVES)
		sim_fail(sim, "race", "wave=%u", known->now->wave);
	return known->now->wave == SIM_WAVES;
}

struct round {
	const struct sim_referral *known;
	int requests[RACERS];
	size_t n;
	uint64_t from; /* of referral's journal */
};

/* All who are asked and have a nurse, in the same millisecond. */
static void all_accept(struct sim *sim, struct round *round)
{
	AcceptReferral *m = NEW(AcceptReferral, &sim->arena);

	m->id = arena_string(&sim->arena, round->known->id);
	round->from = sim->hosts[HOST_REFERRAL].ledger.n;
	for (size_t i = 0; i < sim->n_terminals && round->n < RACERS; i++) {
		const Offer *offer =
			referral_offer(round->known->now, sim->terminals[i].organisation);
		if (!offer || offer->state != OFFER_STATE_OFFERED)
			continue;
		int index = terminal_ask(sim, i, HOST_REFERRAL, &m->base, NULL, 0, -1);
		if (index >= 0)
			round->requests[round->n++] = index;
	}
}

static bool all_answered(struct sim *sim, const struct round *round)
{
	for (size_t i = 0; i < round->n; i++)
		if (!sim->requests[round->requests[i]].answered)
			return false;
	return true;
}

/* Which place the answer gives: 0 has it. -1: it is no answer. */
static int place_given(struct sim *sim, const struct sim_request *request)
{
	ProtobufCMessage *message;
	if (request->first_code != CODE_OK ||
	    codec_unpack(&Reply_descriptor, request->first_reply, &sim->scratch, &message))
		return -1;
	const Reply *reply = (const Reply *)(const void *)message;
	if (codec_unpack(&ReferralAccepted_descriptor,
			 (struct bytes){reply->body.data, reply->body.len}, &sim->scratch,
			 &message))
		return -1;
	const ReferralAccepted *accepted = (const ReferralAccepted *)(const void *)message;
	return accepted->holding == (accepted->standby > 0) ? -1 : (int)accepted->standby;
}

/* Answers, journal and the request as it stands all say the same. */
static void judge(struct sim *sim, const struct round *round)
{
	const struct ledger *ledger = &sim->hosts[HOST_REFERRAL].ledger;
	int winners = 0;

	for (size_t i = 0; i < round->n; i++) {
		const struct sim_request *request = &sim->requests[round->requests[i]];
		const struct terminal *terminal = &sim->terminals[request->terminal];
		uint64_t position = ledger_of_request(ledger, terminal->user, request->id);
		int before = 0, place = place_given(sim, request);
		for (size_t k = 0; k < round->n; k++) {
			const struct sim_request *other = &sim->requests[round->requests[k]];
			uint64_t at = ledger_of_request(
				ledger, sim->terminals[other->terminal].user, other->id);
			before += at < position;
		}
		const Offer *offer = referral_offer(round->known->now, terminal->organisation);
		winners += place == 0;
		if (place != before || !offer || (int)offer->standby != before ||
		    (before == 0) != (offer->state == OFFER_STATE_HOLDING))
			sim_fail(sim, "race-place", "id=%s user=%s answer=%d journal=%d",
				 round->known->id, terminal->user, place, before);
	}
	if (winners != 1)
		sim_fail(sim, "race-winners", "id=%s winners=%d of=%zu", round->known->id, winners,
			 round->n);
}

/* Faults of the machines and the network; time stands, so that no deadline comes in between. */
static void choose_faults(struct sim *sim)
{
	static const char *const kept[] = {"cut_terminal",  "cut_host",    "kill_now",
					   "kill_speaking", "fail_commit", "fail_put"};
	faults_choose(sim);
	faults_keep(sim, kept, sizeof(kept) / sizeof(*kept));
	if (sim->faults.slow_ms > 8192)
		sim->faults.slow_ms = 8192;
}

static bool play(struct sim *sim, unsigned n, bool faults)
{
	CancelReferral *cancel = NEW(CancelReferral, &sim->arena);
	struct round round = {.n = 0};
	bool waves = n % 2;

	round.known = ask_visit(sim, waves);
	if (!round.known || (waves && !pass_waves(sim, round.known)))
		return false;
	if (faults)
		choose_faults(sim);
	all_accept(sim, &round);
	for (int i = 0; i < ANSWER_STEPS && !all_answered(sim, &round); i++) {
		if (i == FAULTY_STEPS)
			faults_stop(sim);
		if (!sim_step(sim))
			return false;
	}
	faults_stop(sim);
	if (round.n < 8 || !all_answered(sim, &round)) {
		sim_fail(sim, "race", "racers=%zu not all answered", round.n);
		return false;
	}
	judge(sim, &round);
	cancel->id = arena_string(&sim->arena, round.known->id);
	return do_it(sim, ASKER, HOST_REFERRAL, &cancel->base);
}

void race_run(uint64_t seed, const struct sim_options *options, unsigned rounds, const char *folder,
	      struct outcome *outcome)
{
	struct sim *sim = sim_open(seed, options, folder, outcome);

	if (sim_settle(sim) && register_patient(sim) && fill_some(sim) && heard(sim))
		for (unsigned i = 0; i < rounds && play(sim, i, seed % 2); i++)
			outcome->rounds++;
	if (!outcome->failed)
		check_stores(sim);
	outcome->steps = sim->steps;
	sim_close(sim);
}
