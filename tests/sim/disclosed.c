/*
 * What referral may say to whom, and what board may say at all: of each message that is about to
 * leave, against the facts that are on disk.
 */
#include <string.h>

#include "tests/sim/sim.h"

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* ---- requests -------------------------------------------------------------------------------- */

static bool may_see(struct sim *sim, struct host *host, const char *user, const char *patient)
{
	int64_t now_ms = host_now_ms(host);
	return access_noted(host, user, patient) || /* at that point: referrals_access */
	       model_in_reach(&sim->before, user, patient, now_ms) ||
	       model_in_reach(&sim->models[HOST_REFERRAL], user, patient, now_ms);
}

static void fail(struct sim *sim, const char *user, const Referral *shown, const char *what)
{
	sim_fail(sim, "disclosed", "user=%s id=%s state=%d what=%s", user, shown->id,
		 (int)shown->state, what);
}

/* Neither asker nor holder, nor of the centre whose task it is: what one needs to decide. */
static void check_outsider(struct sim *sim, const char *user, const Referral *shown,
			   const Referral *now, const char *organisation, bool team)
{
	const Offer *own = referral_offer(now, organisation);
	bool decides =
		own && (own->state == OFFER_STATE_OFFERED || own->state == OFFER_STATE_STANDING_BY);

	if (!team && (*shown->asker || *shown->asked_by || *shown->patient))
		fail(sim, user, shown, "who asks");
	if (*shown->taker || *shown->outcome || shown->with_centre || shown->reports)
		fail(sim, user, shown, "its fate");
	for (size_t i = 0; i < shown->n_offers; i++)
		if (!same(shown->offers[i]->organisation, organisation))
			fail(sim, user, shown, "others' answers");
	if (!decides && (shown->n_needs || *shown->district || shown->age_to || shown->sex ||
			 shown->area || shown->deadline_ms || (!team && shown->from_ms)))
		fail(sim, user, shown, "what it was about");
	if (!own && !team)
		fail(sim, user, shown, "that there is one");
}

/* As it was when it was read: later inputs of the same step may have changed it. */
static const Referral *as_of(const struct host *host, const Referral *shown)
{
	uint64_t position = shown->position;
	if (position == 0 || position > host->ledger.n ||
	    !same(host->ledger.facts[position - 1].entry->type, "ReferralChanged"))
		return NULL;
	const Referral *then =
		((const ReferralChanged *)(const void *)host->ledger.facts[position - 1].fact)
			->referral;
	return same(then->id, shown->id) ? then : NULL;
}

static void check_shown(struct sim *sim, struct host *host, const char *user, const Referral *shown)
{
	const struct model_person *person = model_person(&sim->models[HOST_REFERRAL], user);
	const struct sim_referral *known = referral_known(sim, shown->id);
	const Referral *now = as_of(host, shown);

	if (!person || !known || !now) {
		sim_fail(sim, "disclosed", "user=%s id=%s what=unknown", user, shown->id);
		return;
	}
	const Offer *own = referral_offer(now, person->organisation);
	bool sees = may_see(sim, host, user, now->patient);
	bool confirmed =
		now->state == REFERRAL_STATE_CONFIRMED || now->state == REFERRAL_STATE_DONE;
	bool centre = person->profession == PROFESSION_CENTRE_STAFF && *known->centre_event;

	if (*shown->patient && !sees)
		fail(sim, user, shown, "the patient");
	if (now->state != shown->state)
		fail(sim, user, shown, "another state");
	if (same(now->asker, person->organisation))
		return;
	if (own && own->state == OFFER_STATE_HOLDING) {
		if (!confirmed && !sees && *shown->patient)
			fail(sim, user, shown, "the patient, too soon");
		for (size_t i = 0; i < shown->n_offers; i++)
			if (!same(shown->offers[i]->organisation, person->organisation))
				fail(sim, user, shown, "others' answers");
		return;
	}
	if (!centre)
		check_outsider(sim, user, shown, now, person->organisation, sees);
}

void disclosed_referral(struct sim *sim, struct host *host, const char *user,
			const ProtobufCMessage *body)
{
	if (body->descriptor == &Referral_descriptor) {
		check_shown(sim, host, user, (const Referral *)(const void *)body);
	} else if (body->descriptor == &ReferralList_descriptor) {
		const ReferralList *list = (const ReferralList *)(const void *)body;
		for (size_t i = 0; i < list->n_items; i++)
			check_shown(sim, host, user, list->items[i]);
	}
}

/* In whatever form: the id of a patient goes only to those who may see them, and not to alert. */
void disclosed_ids(struct sim *sim, struct host *host, const char *user,
		   const struct packet *packet)
{
	const struct model *model = &sim->models[HOST_REFERRAL];
	for (size_t i = 0; i < model->n_patients; i++) {
		const char *id = model->patients[i].id;
		if (same(user, "record") || !memmem(packet->data, packet->size, id, strlen(id)) ||
		    may_see(sim, host, user, id))
			continue;
		sim_fail(sim, "disclosed-id", "user=%s patient=%s topic=%s", user, id,
			 packet->topic);
	}
}

/* ---- the board ------------------------------------------------------------------------------- */

void board_fact(struct sim *sim, const struct known_fact *known, uint64_t position)
{
	const char *type = known->entry->type;
	if (same(type, "CapacitySet")) {
		const CapacitySet *fact = (const CapacitySet *)(const void *)known->fact;
		table_put(&sim->board_rows, fact->capacity->id, NULL, position);
		table_put(&sim->board_said, fact->capacity->id, NULL, position);
		if (!same(known->entry->organisation, fact->capacity->id))
			sim_fail(sim, "board-of-another", "user=%s of=%s", known->entry->user,
				 fact->capacity->id);
	} else if (same(type, "CapacityLapsed")) {
		const CapacityLapsed *fact = (const CapacityLapsed *)(const void *)known->fact;
		uint64_t said;
		table_put(&sim->board_rows, fact->organisation, NULL, position);
		if (!table_get(&sim->board_said, fact->organisation, NULL, &said) ||
		    known->entry->time_ms <
			    ((const CapacitySet *)(const void *)sim->hosts[HOST_BOARD]
				     .ledger.facts[said - 1]
				     .fact)
				    ->capacity->valid_until_ms)
			sim_fail(sim, "lapsed-too-soon", "of=%s", fact->organisation);
	}
}

/* What had been said last when this row was read. */
static const Capacity *said_of(const struct host *host, const Capacity *row)
{
	uint64_t i = row->position < host->ledger.n ? row->position : host->ledger.n;
	for (; i > 0; i--) {
		const struct known_fact *known = &host->ledger.facts[i - 1];
		if (!same(known->entry->type, "CapacitySet"))
			continue;
		const Capacity *said = ((const CapacitySet *)(const void *)known->fact)->capacity;
		if (same(said->id, row->id))
			return said;
	}
	return NULL;
}

/* A state is what was said last, and only as long as it holds. */
static void check_row(struct sim *sim, struct host *host, const Capacity *row)
{
	const Capacity *said = said_of(host, row);

	if (row->level == CAPACITY_LEVEL_UNKNOWN) {
		if (row->free_visits || row->n_beds || row->new_patients || row->n_accepts ||
		    *row->remark)
			sim_fail(sim, "unknown-says-something", "of=%s", row->id);
		if (said && !row->left && row->set_ms == said->set_ms &&
		    host_now_ms(host) < said->valid_until_ms)
			sim_fail(sim, "fresh-as-unknown", "of=%s", row->id);
		return;
	}
	if (!said || row->level != said->level || row->valid_until_ms != said->valid_until_ms ||
	    row->n_accepts != said->n_accepts || row->n_beds != said->n_beds || row->left)
		sim_fail(sim, "never-said", "of=%s level=%d", row->id, (int)row->level);
	if (host_now_ms(host) >= row->valid_until_ms)
		sim_fail(sim, "stale-as-fresh", "of=%s level=%d since_ms=%lld", row->id,
			 (int)row->level, (long long)(host_now_ms(host) - row->valid_until_ms));
}

void disclosed_board(struct sim *sim, struct host *host, const ProtobufCMessage *body)
{
	const Board *board = (const Board *)(const void *)body;
	for (size_t i = 0; body->descriptor == &Board_descriptor && i < board->n_items; i++)
		check_row(sim, host, board->items[i]);
}

/* Within one connection each tells where the one before ended. */
static void check_chain(struct sim *sim, const struct host *host, const Push *push)
{
	bool first = sim->board_life != host->life || sim->board_connections != host->connections;
	if (push->from > push->to || (!first && push->from != sim->board_told) ||
	    push->to > host->ledger.n)
		sim_fail(sim, "state-gap", "from=%llu to=%llu told=%llu head=%zu",
			 (unsigned long long)push->from, (unsigned long long)push->to,
			 (unsigned long long)sim->board_told, host->ledger.n);
	sim->board_life = host->life;
	sim->board_connections = host->connections;
	sim->board_told = push->to;
}

void disclosed_state(struct sim *sim, struct host *host, const struct packet *packet)
{
	ProtobufCMessage *message, *row;
	if (host == &sim->hosts[HOST_ROTA]) {
		duties_state(sim, host, packet);
		return;
	}
	if (codec_unpack(&Push_descriptor, (struct bytes){packet->data, packet->size},
			 &sim->scratch, &message)) {
		sim_fail(sim, "unreadable", "topic=%s", packet->topic);
		return;
	}
	const Push *push = (const Push *)(const void *)message;
	if (!same(push->type, "Capacity") ||
	    codec_unpack(&Capacity_descriptor, (struct bytes){push->body.data, push->body.len},
			 &sim->scratch, &row)) {
		sim_fail(sim, "unreadable-body", "type=%s", push->type);
		return;
	}
	const Capacity *capacity = (const Capacity *)(const void *)row;
	const char *id = strrchr(packet->topic, '/') + 1;
	if (!same(id, capacity->id))
		sim_fail(sim, "row-of-another", "topic=%s of=%s", packet->topic, capacity->id);
	check_row(sim, host, capacity);
	check_chain(sim, host, push);
}
