/*
 * What must hold once nothing goes wrong any more: everybody has what is theirs, the followers agree
 * with whom they follow, and each store is whole.
 */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define VERIFY_STRETCH 500
#define VERIFY_BYTES ((size_t)16 << 20)

static const char *missing(struct sim *sim, const char *what, const char *who, const char *which)
{
	return arena_printf(&sim->scratch, "%s of=%s %s", what, who, which);
}

/* ---- machines and people --------------------------------------------------------------------- */

static const char *hosts_missing(struct sim *sim)
{
	for (int i = 0; i < HOSTS; i++)
		if (!sim->hosts[i].daemon || !sim->hosts[i].connected)
			return missing(sim, "connection", sim->hosts[i].spec->name, "");
	return "";
}

/* Each row is there as it was said last, or has lapsed. */
static const char *board_on_screen(struct sim *sim, const struct terminal *terminal,
				   const struct sim_watch *watch)
{
	const struct model *model = &sim->models[HOST_BOARD];
	for (size_t i = 0; i < model->n_organisations; i++) {
		const char *id = model->organisations[i].id;
		uint64_t changed, seen = 0;
		if (!table_get(&sim->board_rows, id, NULL, &changed) ||
		    model->organisations[i].left)
			continue;
		if (!table_get(&watch->seen, id, NULL, &seen) || seen < changed)
			return missing(sim, "row-on-screen", terminal->user, id);
	}
	return "";
}

/* What the organisation has to do with, or stands on the centre's list, as it is now. */
static const char *requests_on_screen(struct sim *sim, const struct terminal *terminal,
				      const struct sim_watch *watch)
{
	for (size_t i = 0; i < sim->n_referrals; i++) {
		const struct sim_referral *referral = &sim->referrals[i];
		const Offer *offer = referral_offer(referral->now, terminal->organisation);
		bool asker = !strcmp(referral->now->asker, terminal->organisation);
		bool ours = watch->kind == WATCH_UNPLACED
				    ? referral->now->with_centre
				    : referral_open(referral->now) &&
					      ((offer && offer_open(offer)) || asker);
		uint64_t seen = 0;
		if (ours && (!table_get(&watch->seen, referral->id, NULL, &seen) ||
			     seen < referral->position))
			return missing(sim, "request-on-screen", terminal->user, referral->id);
	}
	return "";
}

#define FROM_HERE_MS (3 * DAY_MS) /* days may begin and end meanwhile, clocks be set */
#define ON_SCREEN_MS (24 * DAY_MS)

static const char *shifts_on_screen(struct sim *sim, const struct terminal *terminal,
				    const struct sim_watch *watch)
{
	for (size_t i = 0; i < sim->n_shifts; i++) {
		const struct sim_shift *shift = &sim->shifts[i];
		uint64_t seen = 0;
		int64_t ahead_ms = shift->now->from_ms - sim->clock.wall_ms;
		if (ahead_ms < FROM_HERE_MS || ahead_ms > ON_SCREEN_MS)
			continue;
		if (!table_get(&watch->seen, shift->now->id, NULL, &seen) || seen < shift->position)
			return missing(sim, "shift-on-screen", terminal->user, shift->now->id);
	}
	return "";
}

static const char *watch_missing(struct sim *sim, const struct terminal *terminal,
				 const struct sim_watch *watch)
{
	if (!watch->open)
		return "";
	if (watch->request >= 0)
		return missing(sim, "answer-to-watch", terminal->user, watch->patient);
	if (watch->kind == WATCH_SHIFTS)
		return shifts_on_screen(sim, terminal, watch);
	if (watch->kind == WATCH_BOARD)
		return board_on_screen(sim, terminal, watch);
	if (watch->kind == WATCH_REFERRALS || watch->kind == WATCH_UNPLACED)
		return requests_on_screen(sim, terminal, watch);
	for (size_t i = 0; *watch->patient && i < sim->n_entries; i++) {
		const struct sim_entry *entry = &sim->entries[i];
		if (!strcmp(entry->patient, watch->patient) &&
		    entry->position >= watch->cut_before &&
		    !table_get(&watch->seen, entry->id, NULL, NULL))
			return missing(sim, "entry-on-screen", terminal->user, entry->id);
	}
	for (size_t i = 0; watch->kind == WATCH_INBOX && i < sim->n_notifications; i++) {
		const struct sim_notification *item = &sim->notifications[i];
		if (item->state >= NOTIFICATION_STATE_DONE || strcmp(item->user, terminal->user))
			continue;
		if (!table_get(&watch->seen, item->id, NULL, NULL))
			return missing(sim, "notification-in-inbox", terminal->user, item->id);
		if (item->state == NOTIFICATION_STATE_STORED)
			return missing(sim, "receipt", terminal->user, item->id);
	}
	return "";
}

static bool revoked(struct sim *sim, const char *user)
{
	const struct model_person *person = model_person(&sim->models[HOST_DIRECTORY], user);
	return person && !person->enrolled;
}

static const char *terminals_missing(struct sim *sim)
{
	const char *what = "";
	for (size_t i = 0; i < sim->n_terminals && !*what; i++) {
		const struct terminal *terminal = &sim->terminals[i];
		if (revoked(sim, terminal->user)) {
			if (terminal->connected)
				what = missing(sim, "cutting-off", terminal->user, "");
			continue;
		}
		if (terminal->n_pending)
			what = missing(sim, "answer", terminal->user,
				       sim->requests[terminal->pending[0]].type);
		for (int watch = 0; watch < SIM_WATCHES && !*what; watch++)
			what = watch_missing(sim, terminal, &terminal->watches[watch]);
	}
	return what;
}

/* ---- followers ------------------------------------------------------------------------------- */

static const char *people_missing(struct sim *sim, struct model *follower, const char *name)
{
	for (size_t i = 0; i < sim->models[HOST_DIRECTORY].n_people; i++) {
		const struct model_person *person = &sim->models[HOST_DIRECTORY].people[i];
		const struct model_person *known = model_person(follower, person->user);
		if (!known || strcmp(known->organisation, person->organisation) ||
		    known->profession != person->profession || known->enrolled != person->enrolled)
			return missing(sim, "person", name, person->user);
	}
	return "";
}

static bool has_member(const struct model_patient *patient, const struct model_member *member)
{
	for (size_t i = 0; i < patient->n_team; i++)
		if (!strcmp(patient->team[i].organisation, member->organisation) &&
		    !strcmp(patient->team[i].referral, member->referral) &&
		    patient->team[i].from_ms == member->from_ms &&
		    patient->team[i].until_ms == member->until_ms &&
		    !strcmp(patient->team[i].user, member->user) &&
		    patient->team[i].role == member->role &&
		    patient->team[i].profession == member->profession)
			return true;
	return false;
}

static const char *teams_missing(struct sim *sim, int host)
{
	for (size_t i = 0; i < sim->models[HOST_RECORD].n_patients; i++) {
		const struct model_patient *patient = &sim->models[HOST_RECORD].patients[i];
		const struct model_patient *known = model_patient(&sim->models[host], patient->id);
		bool equal = known && known->team_consent == patient->team_consent &&
			     known->n_team == patient->n_team;
		for (size_t k = 0; equal && k < patient->n_team; k++)
			equal = has_member(known, &patient->team[k]);
		if (host == HOST_REFERRAL)
			equal = equal && known->deceased == patient->deceased;
		if (!equal)
			return missing(sim, "team", sim->hosts[host].spec->name, patient->id);
	}
	return "";
}

const char *final_missing(struct sim *sim)
{
	const char *what = hosts_missing(sim);
	for (int host = HOST_RECORD; host < HOSTS && !*what; host++)
		what = people_missing(sim, &sim->models[host], sim->hosts[host].spec->name);
	if (!*what)
		what = teams_missing(sim, HOST_ALERT);
	if (!*what)
		what = teams_missing(sim, HOST_REFERRAL);
	if (!*what)
		what = duties_missing(sim);
	if (!*what)
		what = referrals_missing(sim);
	if (!*what)
		what = alerts_missing(sim);
	if (!*what)
		what = rings_missing(sim);
	if (!*what)
		what = terminals_missing(sim);
	return what;
}

/* ---- stores ---------------------------------------------------------------------------------- */

static void verify(struct sim *sim, struct host *host)
{
	uint64_t from = 1;
	while (from <= host->ledger.n && !sim->outcome->failed) {
		JournalVerified answer = JournalVerified_INIT;
		struct tx tx;
		if (tx_begin(&tx, daemon_store(host->daemon), &sim->scratch, false))
			return;
		int rc = journal_verify(&tx, from, VERIFY_STRETCH, VERIFY_BYTES, &answer);
		if (rc || answer.n_faults || answer.to < from)
			sim_fail(sim, "chain", "host=%s position=%llu what=\"%s\"",
				 host->spec->name,
				 (unsigned long long)(answer.n_faults ? answer.faults[0]->position
								      : from),
				 answer.n_faults ? answer.faults[0]->what : error_text(rc));
		from = answer.to + 1;
		tx_abort(&tx);
		arena_reset(&sim->scratch);
	}
}

static void rebuild(struct sim *sim, struct host *host)
{
	uint64_t entries = 0, differing = 0;
	int rc = daemon_rebuild(host->daemon, &entries, &differing);
	if (rc || differing || entries != host->ledger.n)
		sim_fail(sim, "rebuild", "host=%s error=\"%s\" differing=%llu entries=%llu of %zu",
			 host->spec->name, error_text(rc), (unsigned long long)differing,
			 (unsigned long long)entries, host->ledger.n);
}

void check_stores(struct sim *sim)
{
	for (int i = 0; i < HOSTS && !sim->outcome->failed; i++)
		if (sim->hosts[i].daemon) {
			sim_trace(sim, "store host=%s used_percent=%u", sim->hosts[i].spec->name,
				  store_used_percent(daemon_store(sim->hosts[i].daemon)));
			verify(sim, &sim->hosts[i]);
			rebuild(sim, &sim->hosts[i]);
		}
}

/* Whenever the clock was set under a running daemon, its journal says so. It notices at its next step. */
static void check_jumps(struct sim *sim)
{
	for (int i = 0; i < HOSTS; i++) {
		const struct host *host = &sim->hosts[i];
		if (host->daemon)
			host_step(sim, i);
		if (llabs(host->ledger.jumps_ms - host->seen_jumps_ms) > CLOCK_JUMP_MS)
			sim_fail(sim, "jump-not-noted", "host=%s noted_ms=%lld was_ms=%lld",
				 host->spec->name, (long long)host->ledger.jumps_ms,
				 (long long)host->seen_jumps_ms);
	}
}

void final_check(struct sim *sim)
{
	check_jumps(sim);
	if (!sim->options.tight)
		alerts_final(sim);
	check_stores(sim);
	/* And again from disk: what was said to be there is there. */
	for (int i = 0; i < HOSTS && !sim->outcome->failed; i++) {
		host_kill(sim, i, "end");
		host_start(sim, i);
	}
}
