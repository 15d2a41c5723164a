/*
 * The life of each request, worked out a second time from referral's journal: a table
 * of transitions, the order of acceptances, whose turn it is and until when. Nothing
 * of services/referral is used.
 */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define S(name) REFERRAL_STATE_##name
#define O(name) OFFER_STATE_##name
#define STEP(name) REFERRAL_CHANGED_STEP_##name
#define MINUTE_MS (60LL * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define LEAST_FIRST_MS (5 * MINUTE_MS)
#define BARRED_STEPS 20 /* of the daemon: some may fail on purpose */

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* ---- tables ---------------------------------------------------------------------------------- */

#define INTO(name) (1u << S(name))
#define ANY_BEGINNING (INTO(OFFERED) | INTO(UNPLACED))
#define GIVEN_BACK \
	(INTO(ACCEPTED) | INTO(OFFERED) | INTO(UNPLACED)) /* the next, others, the centre */

/* What may follow on what (issue 3). */
static const struct {
	ReferralChanged_Step step;
	Referral_State from;
	unsigned to;
} moves[] = {
	{STEP(ASK), S(UNSPECIFIED), ANY_BEGINNING},
	{STEP(ACCEPT), S(OFFERED), INTO(ACCEPTED)},
	{STEP(ACCEPT), S(UNPLACED), INTO(ACCEPTED)},
	{STEP(ACCEPT), S(ACCEPTED), INTO(ACCEPTED)},
	{STEP(ACCEPT), S(CONFIRMING), INTO(CONFIRMING)},
	{STEP(DECLINE), S(OFFERED), ANY_BEGINNING},
	{STEP(DECLINE), S(UNPLACED), INTO(UNPLACED)},
	{STEP(DECLINE), S(ACCEPTED), INTO(ACCEPTED)},
	{STEP(DECLINE), S(CONFIRMING), INTO(CONFIRMING)},
	{STEP(DECLINE), S(CONFIRMED), INTO(CONFIRMED)},
	{STEP(WITHDRAW), S(OFFERED), ANY_BEGINNING},
	{STEP(WITHDRAW), S(UNPLACED), INTO(UNPLACED)},
	{STEP(WITHDRAW), S(ACCEPTED), GIVEN_BACK},
	{STEP(WITHDRAW), S(CONFIRMING), GIVEN_BACK | INTO(CONFIRMING)},
	{STEP(WITHDRAW), S(CONFIRMED), GIVEN_BACK | INTO(CONFIRMED)},
	{STEP(CONFIRM), S(ACCEPTED), INTO(CONFIRMING)},
	{STEP(PASS), S(ACCEPTED), GIVEN_BACK},
	{STEP(APPLIED), S(CONFIRMING), INTO(CONFIRMED)},
	{STEP(REFUSED), S(CONFIRMING), INTO(ACCEPTED) | INTO(UNPLACED)},
	{STEP(REFUSED), S(CONFIRMED), INTO(CONFIRMED)},
	{STEP(REPORT), S(CONFIRMED), INTO(CONFIRMED) | INTO(DONE)},
	{STEP(CANCEL), S(OFFERED), INTO(CANCELLED)},
	{STEP(CANCEL), S(ACCEPTED), INTO(CANCELLED)},
	{STEP(CANCEL), S(CONFIRMING), INTO(CANCELLED)},
	{STEP(CANCEL), S(CONFIRMED), INTO(CANCELLED)},
	{STEP(CANCEL), S(UNPLACED), INTO(CANCELLED)},
	{STEP(CLOSE), S(UNPLACED), INTO(CLOSED)},
	{STEP(CLOSE), S(ACCEPTED), INTO(ACCEPTED)},
	{STEP(CLOSE), S(CONFIRMING), INTO(CONFIRMING)},
	{STEP(CLOSE), S(CONFIRMED), INTO(CONFIRMED) | INTO(CLOSED)}, /* nobody reported it */
	{STEP(CLOSE), S(DONE), INTO(DONE)},
	{STEP(REMIND), S(OFFERED), INTO(OFFERED)},
	{STEP(REMIND), S(ACCEPTED), INTO(ACCEPTED)},
	{STEP(DEADLINE), S(OFFERED), ANY_BEGINNING},
	{STEP(DEADLINE), S(ACCEPTED), INTO(ACCEPTED) | INTO(UNPLACED)},
	{STEP(DEADLINE), S(CONFIRMING), INTO(CONFIRMING)},
	{STEP(DEADLINE), S(CONFIRMED), INTO(CONFIRMED)},
	{STEP(CUT_OFF), S(OFFERED), INTO(UNPLACED)},
	{STEP(CUT_OFF), S(ACCEPTED), INTO(ACCEPTED)},
	{STEP(ASKER_LEFT), S(OFFERED), INTO(UNPLACED)},
	{STEP(ASKER_LEFT), S(ACCEPTED), INTO(UNPLACED)},
	{STEP(ASKER_LEFT), S(CONFIRMING), INTO(UNPLACED)},
	{STEP(ASKER_LEFT), S(UNPLACED), INTO(UNPLACED)},
};

/* By which messages. */
static const struct {
	ReferralChanged_Step step;
	const char *causes[2];
} brought_by[] = {
	{STEP(ASK), {"AskReferral"}},
	{STEP(ACCEPT), {"AcceptReferral"}},
	{STEP(DECLINE), {"DeclineReferral"}},
	{STEP(WITHDRAW), {"WithdrawReferral", "LeftBehindDue"}},
	{STEP(CONFIRM), {"ConfirmReferral"}},
	{STEP(PASS), {"PassReferral"}},
	{STEP(APPLIED), {"PlacementAnswer"}},
	{STEP(REFUSED), {"PlacementAnswer"}},
	{STEP(REPORT), {"ReportReferral"}},
	{STEP(CANCEL), {"CancelReferral", "LeftBehindDue"}},
	{STEP(CLOSE), {"CloseReferral"}},
	{STEP(REMIND), {"ReferralDue"}},
	{STEP(DEADLINE), {"ReferralDue"}},
	{STEP(CUT_OFF), {"CutOffDue"}},
	{STEP(ASKER_LEFT), {"LeftBehindDue"}},
};

#define OFFER(name) (1u << O(name))
/* What may become of an offer. */
static const unsigned offer_moves[] = {
	[O(UNSPECIFIED)] = OFFER(OFFERED),
	[O(OFFERED)] = OFFER(OFFERED) | OFFER(HOLDING) | OFFER(STANDING_BY) | OFFER(DECLINED) |
		       OFFER(RELEASED),
	[O(HOLDING)] = OFFER(HOLDING) | OFFER(WITHDRAWN) | OFFER(RELEASED) | OFFER(PASSED),
	[O(STANDING_BY)] = OFFER(STANDING_BY) | OFFER(HOLDING) | OFFER(DECLINED) |
			   OFFER(WITHDRAWN) | OFFER(RELEASED),
	[O(DECLINED)] = OFFER(DECLINED),
	[O(WITHDRAWN)] = OFFER(WITHDRAWN),
	[O(RELEASED)] = OFFER(RELEASED) | OFFER(OFFERED),
	[O(PASSED)] = OFFER(PASSED),
};

/* ---- small things ---------------------------------------------------------------------------- */

struct sim_referral *referral_known(struct sim *sim, const char *id)
{
	uint64_t index;
	return table_get(&sim->referral_index, id, NULL, &index) ? &sim->referrals[index] : NULL;
}

const Offer *referral_offer(const Referral *referral, const char *organisation)
{
	for (size_t i = 0; referral && i < referral->n_offers; i++)
		if (same(referral->offers[i]->organisation, organisation))
			return referral->offers[i];
	return NULL;
}

bool offer_open(const Offer *offer)
{
	return offer->state == O(OFFERED) || offer->state == O(HOLDING) ||
	       offer->state == O(STANDING_BY);
}

/* Something is still to happen. A doctor or a bed that is confirmed is found; a visit
 * is to be made. */
bool referral_open(const Referral *referral)
{
	return referral->state == S(OFFERED) || referral->state == S(ACCEPTED) ||
	       referral->state == S(CONFIRMING) || referral->state == S(UNPLACED) ||
	       (referral->state == S(CONFIRMED) && referral->kind == REFERRAL_KIND_VISIT);
}

static bool is_held(Referral_State state)
{
	return state == S(ACCEPTED) || state == S(CONFIRMING) || state == S(CONFIRMED) ||
	       state == S(DONE);
}

static const Offer *holder(const Referral *referral)
{
	for (size_t i = 0; referral && i < referral->n_offers; i++)
		if (referral->offers[i]->state == O(HOLDING))
			return referral->offers[i];
	return NULL;
}

/* The last time that it accepted; -1: never. */
static int accepted_at(const struct sim_referral *referral, const char *organisation)
{
	for (size_t i = referral->n_accepted; i-- > 0;)
		if (same(referral->accepted[i], organisation))
			return (int)i;
	return -1;
}

/* ---- one fact -------------------------------------------------------------------------------- */

static const char *step_name(ReferralChanged_Step step)
{
	const ProtobufCEnumValue *value =
		protobuf_c_enum_descriptor_get_value(&ReferralChanged_Step_descriptor, (int)step);
	return value ? value->name : "?";
}

#define FAIL(what, format, ...)                                                                 \
	sim_fail(sim, what, "id=%s step=%s " format, fact->referral->id, step_name(fact->step), \
		 ##__VA_ARGS__)

static void check_move(struct sim *sim, const ReferralChanged *fact, const JournalEntry *entry,
		       Referral_State from)
{
	unsigned to = 0;
	bool cause = false;
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++)
		if (moves[i].step == fact->step && moves[i].from == from)
			to = moves[i].to;
	if (!(to & 1u << fact->referral->state))
		FAIL("transition", "from=%d to=%d", (int)from, (int)fact->referral->state);
	for (size_t i = 0; i < sizeof(brought_by) / sizeof(*brought_by); i++)
		for (size_t k = 0; k < 2 && brought_by[i].causes[k]; k++)
			cause |= brought_by[i].step == fact->step &&
				 same(brought_by[i].causes[k], entry->cause);
	if (!cause)
		FAIL("transition", "cause=%s", entry->cause);
}

/* One holder at most, and it is who is named; each offer moves as offers do. */
static void check_offers(struct sim *sim, const ReferralChanged *fact, const Referral *before)
{
	const Referral *now = fact->referral;
	const Offer *held = holder(now);
	size_t holding = 0;

	for (size_t i = 0; i < now->n_offers; i++) {
		const Offer *offer = now->offers[i];
		const Offer *was = referral_offer(before, offer->organisation);
		holding += offer->state == O(HOLDING);
		if (!(offer_moves[was ? was->state : O(UNSPECIFIED)] & 1u << offer->state) &&
		    !(!was && offer->state == O(OFFERED)))
			FAIL("offer-moves", "organisation=%s from=%d to=%d", offer->organisation,
			     was ? (int)was->state : 0, (int)offer->state);
		if (same(offer->organisation, now->asker))
			FAIL("asks-itself", "organisation=%s", offer->organisation);
		for (size_t k = 0; k < i; k++)
			if (same(now->offers[k]->organisation, offer->organisation))
				FAIL("offered-twice", "organisation=%s", offer->organisation);
	}
	if (before && now->n_offers < before->n_offers)
		FAIL("offer-moves", "offers=%zu before=%zu", now->n_offers, before->n_offers);
	if (holding > 1)
		FAIL("awarded-twice", "holding=%zu", holding);
	if (now->state != S(CLOSED) && (holding == 1) != is_held(now->state))
		FAIL("awarded", "state=%d holding=%zu", (int)now->state, holding);
	if (is_held(now->state) && (!held || !same(held->organisation, now->taker)))
		FAIL("taker", "taker=%s", now->taker);
}

/* Standbys are numbered as the journal has their acceptances. */
static void check_standbys(struct sim *sim, const struct sim_referral *known,
			   const ReferralChanged *fact)
{
	const Referral *now = fact->referral;
	for (size_t i = 0; i < now->n_offers; i++) {
		const Offer *offer = now->offers[i];
		uint32_t number = 1;
		if (offer->state != O(STANDING_BY)) {
			if (offer->standby)
				FAIL("standby-order", "organisation=%s standby=%u state=%d",
				     offer->organisation, offer->standby, (int)offer->state);
			continue;
		}
		for (size_t k = 0; k < now->n_offers; k++)
			number += now->offers[k]->state == O(STANDING_BY) &&
				  accepted_at(known, now->offers[k]->organisation) <
					  accepted_at(known, offer->organisation);
		if (offer->standby != number)
			FAIL("standby-order", "organisation=%s standby=%u journal=%u",
			     offer->organisation, offer->standby, number);
	}
}

/* Who gets it: the first to accept what nobody holds, else who stands by first. */
static void check_winner(struct sim *sim, const struct sim_referral *known,
			 const ReferralChanged *fact, const JournalEntry *entry)
{
	const Referral *before = known->now;
	const Offer *held = holder(fact->referral), *was = holder(before);
	const Offer *first = NULL;

	if (fact->step == STEP(ACCEPT) && !was &&
	    (!held || !same(held->organisation, entry->organisation)))
		FAIL("first-wins", "accepted=%s has=%s", entry->organisation,
		     held ? held->organisation : "nobody");
	if (!held || (was && same(was->organisation, held->organisation)))
		return;
	if (fact->step == STEP(ACCEPT)) {
		if (was)
			FAIL("awarded-twice", "had=%s has=%s", was->organisation,
			     held->organisation);
		return;
	}
	for (size_t i = 0; before && i < before->n_offers; i++)
		if (before->offers[i]->state == O(STANDING_BY) &&
		    (!first || accepted_at(known, before->offers[i]->organisation) <
				       accepted_at(known, first->organisation)))
			first = before->offers[i];
	if (!first || !same(first->organisation, held->organisation))
		FAIL("moves-up", "has=%s first=%s", held->organisation,
		     first ? first->organisation : "nobody");
}

/* ---- who ------------------------------------------------------------------------------------- */

static bool answers(uint32_t profession)
{
	return profession == PROFESSION_DOCTOR || profession == PROFESSION_NURSE ||
	       profession == PROFESSION_LIAISON;
}

static OrganisationKind pool_kind(ReferralKind kind)
{
	return kind == REFERRAL_KIND_HOME_DOCTOR  ? ORGANISATION_KIND_CLINIC
	       : kind == REFERRAL_KIND_BACKUP_BED ? ORGANISATION_KIND_HOSPITAL
						  : ORGANISATION_KIND_NURSE_STATION;
}

/* Only who takes part is asked, and those that the kind is for. */
static void check_pool(struct sim *sim, const ReferralChanged *fact, const Referral *before)
{
	for (size_t i = 0; i < fact->referral->n_offers; i++) {
		const Offer *offer = fact->referral->offers[i];
		const Offer *was = referral_offer(before, offer->organisation);
		const struct model_organisation *organisation =
			model_organisation(&sim->models[HOST_REFERRAL], offer->organisation);
		if (offer->state != O(OFFERED) || (was && was->state == O(OFFERED)))
			continue;
		if (!organisation || organisation->left ||
		    organisation->kind != pool_kind(fact->referral->kind) ||
		    same(organisation->id, "clinic05"))
			FAIL("pool", "organisation=%s", offer->organisation);
	}
}

static void check_asked(struct sim *sim, const ReferralChanged *fact, const JournalEntry *entry)
{
	struct model *model = &sim->models[HOST_REFERRAL];
	const struct model_patient *patient = model_patient(model, fact->referral->patient);
	if (!patient || !patient->team_consent || patient->deceased ||
	    !model_in_reach(model, entry->user, fact->referral->patient, entry->time_ms))
		FAIL("asked-without-right", "user=%s patient=%s", entry->user,
		     fact->referral->patient);
}

static void check_actor(struct sim *sim, const ReferralChanged *fact, const JournalEntry *entry,
			const Referral *before)
{
	const struct model_organisation *organisation =
		model_organisation(&sim->models[HOST_REFERRAL], entry->organisation);
	const Offer *offer = referral_offer(before, entry->organisation);

	if (*entry->organisation && !same(entry->organisation, fact->organisation))
		FAIL("actor", "organisation=%s fact=%s", entry->organisation, fact->organisation);
	switch (fact->step) {
	case STEP(ASK):
		check_asked(sim, fact, entry);
		break;
	case STEP(ACCEPT):
	case STEP(DECLINE):
	case STEP(REPORT):
		if (!offer || !offer_open(offer) || !answers(entry->profession) ||
		    (fact->step == STEP(REPORT)) != (offer->state == O(HOLDING)))
			FAIL("not-asked", "user=%s", entry->user);
		break;
	case STEP(CONFIRM):
	case STEP(PASS):
		if (!same(before->asker, entry->organisation))
			FAIL("not-the-asker", "user=%s", entry->user);
		break;
	case STEP(CANCEL):
		if (same(entry->cause, "CancelReferral") &&
		    !same(before->asker, entry->organisation))
			FAIL("not-the-asker", "user=%s", entry->user);
		break;
	case STEP(CLOSE):
		if (!organisation || organisation->kind != ORGANISATION_KIND_SUPPORT_CENTRE ||
		    !before->with_centre)
			FAIL("not-the-centre", "user=%s", entry->user);
		break;
	default:
		break;
	}
}

/* ---- time ------------------------------------------------------------------------------------ */

static int64_t first_wave_ms(const Referral *referral)
{
	switch (referral->kind) {
	case REFERRAL_KIND_HOME_DOCTOR:
		return (referral->urgent ? 2 : 24) * HOUR_MS;
	case REFERRAL_KIND_BACKUP_BED:
		return referral->urgent ? 15 * MINUTE_MS : HOUR_MS;
	default:
		return referral->urgent ? 30 * MINUTE_MS : 2 * HOUR_MS;
	}
}

/* Nothing happens before its time. */
static void check_time(struct sim *sim, const struct sim_referral *known,
		       const ReferralChanged *fact, const JournalEntry *entry)
{
	bool over = (known->steady_ms && entry->steady_ms >= known->steady_ms) ||
		    (known->at_ms && entry->time_ms >= known->at_ms);
	if (fact->step == STEP(DEADLINE) && !over)
		FAIL("too-soon", "steady=%lld deadline=%lld at=%lld", (long long)entry->steady_ms,
		     (long long)known->steady_ms, (long long)known->at_ms);
	if (fact->step == STEP(REMIND) &&
	    entry->steady_ms < known->steady_ms - known->length_ms / 2 - 1)
		FAIL("too-soon", "steady=%lld deadline=%lld", (long long)entry->steady_ms,
		     (long long)known->steady_ms);
	if (fact->step == STEP(CUT_OFF) && entry->time_ms < known->cut_off_ms)
		FAIL("too-soon", "time=%lld cut_off=%lld", (long long)entry->time_ms,
		     (long long)known->cut_off_ms);
}

/* How long those who are asked have (issue 3). */
static void check_wave(struct sim *sim, const struct sim_referral *known,
		       const ReferralChanged *fact, const JournalEntry *entry)
{
	const Referral *now = fact->referral;
	int64_t most_ms = first_wave_ms(now);

	if (now->state != S(OFFERED) || !fact->deadline)
		return;
	if (now->wave < 1 || now->wave > SIM_WAVES ||
	    fact->deadline->length_ms > most_ms >> (now->wave - 1) || fact->deadline->at_ms)
		FAIL("wave", "wave=%u length=%lld", now->wave,
		     (long long)fact->deadline->length_ms);
	if (fact->step == STEP(ASK) &&
	    fact->deadline->length_ms < LEAST_FIRST_MS >> (now->wave - 1))
		FAIL("wave", "length=%lld", (long long)fact->deadline->length_ms);
	if (fact->step == STEP(ASK) && known->cut_off_ms &&
	    now->asked_ms + fact->deadline->length_ms > known->cut_off_ms)
		FAIL("wave", "ends=%lld cut_off=%lld",
		     (long long)(entry->time_ms + fact->deadline->length_ms),
		     (long long)known->cut_off_ms);
}

/* No request waits on nobody. */
static void check_owner(struct sim *sim, const struct sim_referral *known,
			const ReferralChanged *fact)
{
	const Referral *now = fact->referral;
	bool waits = known->steady_ms || known->at_ms;

	if (referral_open(now) && !waits && !now->with_centre)
		FAIL("no-owner", "state=%d", (int)now->state);
	if (now->state == S(UNPLACED) && !now->with_centre)
		FAIL("unplaced-without-centre", "cause=%d", (int)now->cause);
	if (now->with_centre && now->cause == REFERRAL_CAUSE_UNSPECIFIED)
		FAIL("unplaced-without-cause", "state=%d", (int)now->state);
	if (known->now && known->now->with_centre && !now->with_centre &&
	    fact->step != STEP(CLOSE) && fact->step != STEP(CANCEL))
		FAIL("left-the-centre", "state=%d", (int)now->state);
	if (now->with_centre && !(known->now && known->now->with_centre) &&
	    (!*known->centre_event || !known->centre_urgent))
		FAIL("centre-not-told", "cause=%d", (int)now->cause);
	if (!referral_open(now) && waits && now->state != S(CONFIRMED))
		FAIL("waits-for-nothing", "state=%d", (int)now->state);
}

static bool is_told(const ReferralChanged *fact, const char *organisation, Matter matter)
{
	for (size_t i = 0; i < fact->n_told; i++)
		if (same(fact->told[i]->organisation, organisation) &&
		    fact->told[i]->matter == matter)
			return true;
	return false;
}

/* Who is asked is told so; who moves up; and when it is cancelled, all who had to do with it. */
static void check_told(struct sim *sim, const ReferralChanged *fact, const Referral *before)
{
	const Referral *now = fact->referral;
	for (size_t i = 0; i < now->n_offers; i++) {
		const Offer *offer = now->offers[i];
		const Offer *was = referral_offer(before, offer->organisation);
		bool asked = offer->state == O(OFFERED) && (!was || was->state != O(OFFERED));
		bool moved = was && was->state == O(STANDING_BY) && offer->state == O(HOLDING);
		bool ended = fact->step == STEP(CANCEL) && was && offer_open(was);
		if ((asked && !is_told(fact, offer->organisation, MATTER_REFERRAL_ASKED)) ||
		    (moved && !is_told(fact, offer->organisation, MATTER_REFERRAL_HOLDING)) ||
		    (ended && !is_told(fact, offer->organisation, MATTER_REFERRAL_CANCELLED)))
			FAIL("not-told-so", "organisation=%s", offer->organisation);
	}
}

/* Whose consent is gone, or who is, for them nothing goes on: their requests
 * are cancelled at once. */
static void check_barred(struct sim *sim, const ReferralChanged *fact)
{
	const struct model_patient *patient =
		model_patient(&sim->models[HOST_REFERRAL], fact->referral->patient);
	unsigned now = sim->hosts[HOST_REFERRAL].steps;
	if (patient && patient->barred_step && now > patient->barred_step + BARRED_STEPS &&
	    fact->step != STEP(CANCEL) && referral_open(fact->referral) && !sim->options.tight)
		FAIL("consent-ignored", "steps=%u", now - patient->barred_step);
}

/* Called after each fact of referral's that the model has applied. */
void referrals_follow_patients(struct sim *sim)
{
	struct model *model = &sim->models[HOST_REFERRAL];
	for (size_t i = 0; i < model->n_patients; i++) {
		struct model_patient *patient = &model->patients[i];
		bool barred = !patient->team_consent || patient->deceased;
		if (!barred)
			patient->barred_step = 0;
		else if (!patient->barred_step)
			patient->barred_step = sim->hosts[HOST_REFERRAL].steps + 1;
	}
}

/* ---- following ------------------------------------------------------------------------------- */

static struct sim_referral *referral_new(struct sim *sim, const ReferralChanged *fact)
{
	if (sim->n_referrals == SIM_REFERRALS)
		abort();
	struct sim_referral *known = &sim->referrals[sim->n_referrals];
	memset(known, 0, sizeof(*known));
	snprintf(known->id, sizeof(known->id), "%s", fact->referral->id);
	known->cut_off_ms = fact->cut_off_ms;
	table_put(&sim->referral_index, known->id, NULL, sim->n_referrals++);
	return known;
}

static void follow_time(struct sim_referral *known, const ReferralChanged *fact,
			const JournalEntry *entry)
{
	const Deadline *deadline = fact->deadline;
	if (!deadline)
		return;
	known->length_ms = deadline->length_ms;
	known->steady_ms = deadline->length_ms ? entry->steady_ms + deadline->length_ms : 0;
	known->at_ms = deadline->at_ms;
}

static void follow_words(struct sim_referral *known, const ReferralChanged *fact,
			 const JournalEntry *entry)
{
	for (size_t i = 0; i < fact->n_told; i++)
		if (!*fact->told[i]->organisation) {
			snprintf(known->centre_event, sizeof(known->centre_event), "%s", entry->id);
			known->centre_urgent = fact->told[i]->urgent;
		}
}

static void follow_acceptance(struct sim *sim, struct sim_referral *known,
			      const ReferralChanged *fact, const JournalEntry *entry)
{
	if (fact->step != STEP(ACCEPT))
		return;
	if (known->n_accepted == sizeof(known->accepted) / sizeof(*known->accepted)) {
		sim_fail(sim, "room", "acceptances of %s", known->id);
		return;
	}
	snprintf(known->accepted[known->n_accepted++], sizeof(*known->accepted), "%s",
		 entry->organisation);
}

/* Record said so: its journal has it. */
static void check_applied(struct sim *sim, const ReferralChanged *fact, const JournalEntry *entry)
{
	const struct ledger *record = &sim->hosts[HOST_RECORD].ledger;
	uint64_t position = entry->instance_position;
	const struct known_fact *source =
		position && position <= record->n ? &record->facts[position - 1] : NULL;

	if (fact->step != STEP(APPLIED) && fact->step != STEP(REFUSED))
		return;
	if (!source || !same(source->entry->type, "PlacementDecided")) {
		FAIL("answer-of-nobody", "position=%llu", (unsigned long long)position);
		return;
	}
	const PlacementDecided *decided = (const PlacementDecided *)(const void *)source->fact;
	if (!same(decided->referral, fact->referral->id) || decided->ended ||
	    (decided->member != NULL) != (fact->step == STEP(APPLIED)) ||
	    (decided->member && !same(decided->member->organisation, fact->referral->taker)))
		FAIL("another-answer", "position=%llu", (unsigned long long)position);
}

/* Whoever was told of a patient might see them at that point of the journal. */
static void check_access(struct sim *sim, const JournalEntry *entry, const Accessed *access)
{
	for (size_t i = 0; i < access->n_patients; i++)
		if (!model_in_reach(&sim->models[HOST_REFERRAL], entry->user, access->patients[i],
				    entry->time_ms))
			sim_fail(sim, "access", "user=%s what=%s patient=%s", entry->user,
				 access->what, access->patients[i]);
	if (*access->patient)
		sim_fail(sim, "access", "user=%s what=%s", entry->user, access->what);
}

void referrals_fact(struct sim *sim, uint64_t position)
{
	const struct known_fact *source = &sim->hosts[HOST_REFERRAL].ledger.facts[position - 1];
	const JournalEntry *entry = source->entry;
	const ReferralChanged *fact = (const ReferralChanged *)(const void *)source->fact;

	if (same(entry->type, "Accessed"))
		check_access(sim, entry, (const Accessed *)(const void *)source->fact);
	if (!same(entry->type, "ReferralChanged"))
		return;
	struct sim_referral *known = referral_known(sim, fact->referral->id);
	if (!known == (fact->step != STEP(ASK))) {
		FAIL("asked-twice", "position=%llu", (unsigned long long)position);
		return;
	}
	if (!known)
		known = referral_new(sim, fact);
	sim_trace(sim, "request id=%s step=%s state=%d wave=%u centre=%d", known->id,
		  step_name(fact->step), (int)fact->referral->state, fact->referral->wave,
		  fact->referral->with_centre);
	check_move(sim, fact, entry, known->now ? known->now->state : S(UNSPECIFIED));
	check_actor(sim, fact, entry, known->now);
	check_pool(sim, fact, known->now);
	check_time(sim, known, fact, entry);
	check_winner(sim, known, fact, entry);
	check_applied(sim, fact, entry);
	follow_acceptance(sim, known, fact, entry);
	follow_time(known, fact, entry);
	follow_words(known, fact, entry);
	check_offers(sim, fact, known->now);
	check_standbys(sim, known, fact);
	check_wave(sim, known, fact, entry);
	check_owner(sim, known, fact);
	check_told(sim, fact, known->now);
	check_barred(sim, fact);
	known->now = fact->referral;
	known->position = position;
}

/* ---- record, on referral's behalf ------------------------------------------------------------ */

static const ReferralChanged *changed_at(struct sim *sim, uint64_t position)
{
	const struct ledger *ledger = &sim->hosts[HOST_REFERRAL].ledger;
	if (position == 0 || position > ledger->n ||
	    !same(ledger->facts[position - 1].entry->type, "ReferralChanged"))
		return NULL;
	return (const ReferralChanged *)(const void *)ledger->facts[position - 1].fact;
}

static bool is_row(const struct model_member *row, const TeamMember *member)
{
	return member && same(row->organisation, member->organisation) &&
	       same(row->user, member->user) && same(row->referral, member->referral);
}

/* What was not wanted after all leaves nobody without their doctor, and nobody with two. */
static void check_ended(struct sim *sim, const ReferralChanged *fact,
			const PlacementDecided *decided)
{
	const struct model_patient *patient =
		model_patient(&sim->models[HOST_RECORD], decided->patient);
	bool again = decided->attending && decided->attending->role == TEAM_ROLE_ATTENDING;
	bool attended = false, waits = false, stands = false;

	for (size_t i = 0; patient && i < patient->n_team; i++) {
		const struct model_member *row = &patient->team[i];
		TeamRole role = row->role;
		if (is_row(row, decided->member))
			role = decided->before ? decided->before->role : TEAM_ROLE_UNSPECIFIED;
		attended |= role == TEAM_ROLE_ATTENDING;
		stands |= role == TEAM_ROLE_MEMBER && is_row(row, decided->attending);
		waits |= role == TEAM_ROLE_MEMBER && same(row->demoted_by, decided->referral);
	}
	if (again ? attended || !stands : waits && !attended)
		FAIL("attends-again", "again=%d attended=%d stands=%d", again, attended, stands);
}

static void check_placed(struct sim *sim, const JournalEntry *entry,
			 const PlacementDecided *decided)
{
	const ReferralChanged *fact = changed_at(sim, entry->instance_position);
	const Offer *held = fact ? holder(fact->referral) : NULL;

	if (!fact || !same(decided->referral, fact->referral->id)) {
		sim_fail(sim, "placed-by-nobody", "referral=%s", decided->referral);
		return;
	}
	if (decided->ended)
		check_ended(sim, fact, decided);
	if (!decided->member || decided->ended)
		return;
	if (fact->step != STEP(CONFIRM) || !held ||
	    !same(held->organisation, decided->member->organisation))
		FAIL("placed-another", "organisation=%s", decided->member->organisation);
	if (!same(decided->patient, fact->referral->patient))
		FAIL("placed-another", "patient=%s", decided->patient);
	if (fact->referral->kind == REFERRAL_KIND_VISIT &&
	    (decided->member->from_ms < fact->referral->from_ms - DAY_MS ||
	     decided->member->until_ms > fact->referral->to_ms + 3 * DAY_MS ||
	     !same(decided->member->referral, fact->referral->id)))
		FAIL("placed-for-longer", "from=%lld until=%lld",
		     (long long)decided->member->from_ms, (long long)decided->member->until_ms);
}

static void check_visit_entry(struct sim *sim, const JournalEntry *entry, const EntryAdded *added)
{
	const ReferralChanged *fact = changed_at(sim, entry->instance_position);
	if (!fact || fact->step != STEP(REPORT) || !fact->report ||
	    !same(fact->referral->patient, added->entry->patient) ||
	    !same(fact->report->author, added->entry->author) ||
	    added->entry->content_case != Entry_CONTENT_NOTE ||
	    !same(fact->report->text, added->entry->note->text))
		sim_fail(sim, "reported-by-nobody", "entry=%s", added->entry->id);
}

void referrals_record_fact(struct sim *sim, const struct known_fact *known)
{
	const JournalEntry *entry = known->entry;
	if (same(entry->type, "PlacementDecided"))
		check_placed(sim, entry, (const PlacementDecided *)(const void *)known->fact);
	else if (same(entry->type, "EntryAdded") && same(entry->instance, "referral"))
		check_visit_entry(sim, entry, (const EntryAdded *)(const void *)known->fact);
}

/* ---- time passes ----------------------------------------------------------------------------- */

static int64_t wait_ms(const struct host *host, const struct sim_referral *known)
{
	int64_t least_ms = INT64_MAX, ms;
	if (known->steady_ms && (ms = known->steady_ms - host_steady_ms(host)) < least_ms)
		least_ms = ms;
	/* By the wall clock: the journal's time stands still while that is behind it. */
	if (known->at_ms && (ms = known->at_ms - host->clock.wall_ms) < least_ms)
		least_ms = ms;
	return least_ms;
}

int64_t referrals_wait_ms(struct sim *sim)
{
	int64_t least_ms = INT64_MAX;
	for (size_t i = 0; i < sim->n_referrals; i++) {
		int64_t ms = wait_ms(&sim->hosts[HOST_REFERRAL], &sim->referrals[i]);
		if (ms < least_ms)
			least_ms = ms;
	}
	return least_ms;
}

void referrals_overdue(struct sim *sim, int64_t slack_ms)
{
	const struct host *host = &sim->hosts[HOST_REFERRAL];
	for (size_t i = 0; i < sim->n_referrals; i++) {
		const struct sim_referral *known = &sim->referrals[i];
		if (wait_ms(host, known) < -slack_ms)
			sim_fail(sim, "overdue", "id=%s state=%d since_ms=%lld", known->id,
				 (int)known->now->state, (long long)-wait_ms(host, known));
		if (known->now->state == S(OFFERED) && known->cut_off_ms &&
		    host->clock.wall_ms > known->cut_off_ms + slack_ms)
			sim_fail(sim, "past-cut-off", "id=%s since_ms=%lld", known->id,
				 (long long)(host->clock.wall_ms - known->cut_off_ms));
	}
}

/* ---- once all is healed ---------------------------------------------------------------------- */

static const char *missing(struct sim *sim, const char *what, const struct sim_referral *known)
{
	return arena_printf(&sim->scratch, "%s of=%s state=%d", what, known->id,
			    (int)known->now->state);
}

static bool has_left(struct sim *sim, const char *organisation)
{
	const struct model_organisation *known =
		model_organisation(&sim->models[HOST_DIRECTORY], organisation);
	return known && known->left;
}

/* A row for a visit belongs to who has it confirmed, and the other way round. */
static bool rows_fit(struct sim *sim, const struct sim_referral *known)
{
	const Referral *now = known->now;
	const struct model_patient *patient =
		model_patient(&sim->models[HOST_RECORD], now->patient);
	bool placed = now->state == S(CONFIRMING) || now->state == S(CONFIRMED) ||
		      now->state == S(DONE) || now->state == S(CLOSED);

	for (size_t i = 0; patient && i < patient->n_team; i++)
		if (same(patient->team[i].referral, now->id) &&
		    (!placed || !same(patient->team[i].organisation, now->taker)))
			return false;
	return true;
}

const char *referrals_missing(struct sim *sim)
{
	for (size_t i = 0; i < sim->n_referrals; i++) {
		const struct sim_referral *known = &sim->referrals[i];
		const struct model_patient *patient =
			model_patient(&sim->models[HOST_RECORD], known->now->patient);
		if (!rows_fit(sim, known))
			return missing(sim, "end-of-membership", known);
		if (!referral_open(known->now))
			continue;
		if (!patient || !patient->team_consent || patient->deceased)
			return missing(sim, "cancellation", known);
		if (has_left(sim, known->now->asker) &&
		    known->now->cause != REFERRAL_CAUSE_ASKER_LEFT &&
		    known->now->state != S(CONFIRMED))
			return missing(sim, "asker-left", known);
		for (size_t k = 0; k < known->now->n_offers; k++)
			if (offer_open(known->now->offers[k]) &&
			    has_left(sim, known->now->offers[k]->organisation))
				return missing(sim, "taker-left", known);
		if (known->now->state == S(CONFIRMING) && !known->now->with_centre &&
		    sim->hosts[HOST_RECORD].daemon)
			return missing(sim, "answer-of-record", known);
	}
	return "";
}

/* Everybody of the centre has the word, and it is urgent. */
static void check_centre_knows(struct sim *sim, const struct sim_referral *known)
{
	const struct model *model = &sim->models[HOST_ALERT];
	char event[80];

	snprintf(event, sizeof(event), "%s-centre", known->centre_event);
	for (size_t i = 0; i < model->n_people; i++) {
		const struct model_person *person = &model->people[i];
		if (person->profession == PROFESSION_CENTRE_STAFF && person->enrolled &&
		    !table_get(&sim->notified, event, person->user, NULL))
			sim_fail(sim, "centre-does-not-know", "id=%s user=%s", known->id,
				 person->user);
	}
	if (!known->centre_urgent && known->now->state == S(UNPLACED))
		sim_fail(sim, "centre-not-urgent", "id=%s", known->id);
}

void referrals_final(struct sim *sim)
{
	for (size_t i = 0; i < sim->n_referrals; i++) {
		const struct sim_referral *known = &sim->referrals[i];
		bool waits = known->steady_ms || known->at_ms;
		if (!referral_open(known->now))
			continue;
		if (waits || !known->now->with_centre)
			sim_fail(sim, "left-over", "id=%s state=%d with_centre=%d waits=%d",
				 known->id, (int)known->now->state, known->now->with_centre, waits);
		else
			check_centre_knows(sim, known);
	}
}
