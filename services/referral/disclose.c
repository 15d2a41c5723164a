#include "disclose.h"

#include <string.h>

#include "life.h"

/*
 * Until it is taken, those who are asked see what they need to decide and no more: area and
 * district, age band, sex, needs, wished date or window, urgency (issue 3). Who holds it
 * learns whom to talk to; who is confirmed, the patient. Who declined keeps his own answer,
 * and forgets the rest.
 */
enum {
	ITSELF = 1,    /* id, kind, state, position */
	NEED = 2,      /* what one needs to decide */
	TIME = 4,      /* until when an answer is wanted */
	ASKER = 8,     /* who asks */
	PATIENT = 16,
	TAKER = 32,    /* who holds it */
	OWN = 64,      /* the own offer, with its score */
	ALL = 128,     /* all offers */
	FATE = 256,    /* wave, cause, centre, outcome, reports */
	WHEN = 512,    /* window and series of the visit */
};

static const unsigned shown[PARTS] = {
	[PART_NONE] = 0,
	[PART_LET_GO] = ITSELF | OWN,
	[PART_ASKED] = ITSELF | NEED | WHEN | TIME | OWN,
	[PART_HOLDING] = ITSELF | NEED | WHEN | TIME | OWN | ASKER | TAKER,
	[PART_TAKER] = ITSELF | NEED | WHEN | TIME | OWN | ASKER | TAKER | PATIENT | FATE,
	[PART_ASKER] = ITSELF | NEED | WHEN | TIME | ASKER | TAKER | PATIENT | ALL | FATE,
	[PART_CENTRE] = ITSELF | NEED | WHEN | TIME | ASKER | TAKER | ALL | FATE,
	[PART_TEAM] = ITSELF | WHEN | ASKER | PATIENT,
};

enum part disclose_part(const Referral *referral, const char *organisation, bool of_centre,
			bool was_with_centre)
{
	const Offer *offer = life_offer(referral, organisation);
	bool placed = referral->state == REFERRAL_STATE_CONFIRMED ||
		      referral->state == REFERRAL_STATE_DONE;

	if (!strcmp(referral->asker, organisation))
		return PART_ASKER;
	if (of_centre && was_with_centre)
		return PART_CENTRE;
	if (!offer)
		return PART_NONE;
	switch (offer->state) {
	case OFFER_STATE_HOLDING:
		return placed ? PART_TAKER : PART_HOLDING;
	case OFFER_STATE_OFFERED:
	case OFFER_STATE_STANDING_BY:
		return PART_ASKED;
	default:
		return PART_LET_GO;
	}
}

static Referral *empty(const Referral *referral, struct arena *arena)
{
	Referral *out = NEW(Referral, arena);

	if (!out)
		return NULL;
	out->id = referral->id;
	out->kind = referral->kind;
	out->state = referral->state;
	out->position = referral->position;
	return out;
}

static void show_need(const Referral *referral, Referral *out)
{
	out->urgent = referral->urgent;
	out->needs = referral->needs;
	out->n_needs = referral->n_needs;
	out->area = referral->area;
	out->district = referral->district;
	out->age_from = referral->age_from;
	out->age_to = referral->age_to;
	out->sex = referral->sex;
	out->wished_ms = referral->wished_ms;
	out->asked_ms = referral->asked_ms;
}

static void show_when(const Referral *referral, Referral *out)
{
	out->urgent = referral->urgent;
	out->from_ms = referral->from_ms;
	out->to_ms = referral->to_ms;
	out->times = referral->times;
	out->every_days = referral->every_days;
	out->asked_ms = referral->asked_ms;
}

static void show_fate(const Referral *referral, Referral *out)
{
	out->wave = referral->wave;
	out->cause = referral->cause;
	out->with_centre = referral->with_centre;
	out->outcome = referral->outcome;
	out->reports = referral->reports;
}

Referral *disclose(const Referral *referral, enum part part, const char *organisation,
		   bool sees_patient, struct arena *arena)
{
	unsigned what = shown[part];
	Referral *out = what ? empty(referral, arena) : NULL;
	Offer *own = life_offer(referral, organisation);

	if (!out)
		return NULL;
	if (what & NEED)
		show_need(referral, out);
	if (what & WHEN)
		show_when(referral, out);
	if (what & TIME)
		out->deadline_ms = referral->deadline_ms;
	if (what & ASKER) {
		out->asker = referral->asker;
		out->asked_by = referral->asked_by;
	}
	if (what & PATIENT && sees_patient)
		out->patient = referral->patient;
	if (what & TAKER)
		out->taker = referral->taker;
	if (what & FATE)
		show_fate(referral, out);
	if (what & ALL) {
		out->offers = referral->offers;
		out->n_offers = referral->n_offers;
	} else if (what & OWN && own && arena_append(arena, &out->offers, &out->n_offers, own)) {
		return NULL;
	}
	return out;
}
