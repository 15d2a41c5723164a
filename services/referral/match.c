#include "match.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS (60LL * 1000)
#define HOUR_MS (60 * MINUTE_MS)

static const unsigned wave_sizes[WAVES] = { 3, 5, POOL_MAX, POOL_MAX };

/* ---- who could be asked ------------------------------------------------------------------- */

static bool in_network(const Organisation *organisation, Network network)
{
	for (size_t i = 0; i < organisation->n_networks; i++)
		if (organisation->networks[i] == network)
			return true;
	return false;
}

bool match_pool(ReferralKind kind, const Organisation *organisation)
{
	if (organisation->left)
		return false;
	switch (kind) {
	case REFERRAL_KIND_HOME_DOCTOR:
		return organisation->kind == ORGANISATION_KIND_CLINIC &&
		       in_network(organisation, NETWORK_TIZI_NET);
	case REFERRAL_KIND_BACKUP_BED:
		return organisation->kind == ORGANISATION_KIND_HOSPITAL &&
		       in_network(organisation, NETWORK_BBN);
	case REFERRAL_KIND_VISIT:
		return organisation->kind == ORGANISATION_KIND_NURSE_STATION;
	default:
		return false;
	}
}

/* ---- the score ---------------------------------------------------------------------------- */

CapacityLevel match_level(const Capacity *capacity, int64_t now_ms)
{
	if (!capacity || capacity->level == CAPACITY_LEVEL_UNSPECIFIED ||
	    now_ms >= capacity->valid_until_ms)
		return CAPACITY_LEVEL_UNKNOWN;
	return capacity->level;
}

static bool accepts(const Capacity *capacity, Need need)
{
	for (size_t i = 0; i < capacity->n_accepts; i++)
		if (capacity->accepts[i] == need)
			return true;
	return false;
}

static bool has_bed_for(const Capacity *capacity, Patient_Sex sex)
{
	for (size_t i = 0; i < capacity->n_beds; i++)
		if (capacity->beds[i]->count &&
		    (capacity->beds[i]->sex == PATIENT_SEX_UNSPECIFIED ||
		     capacity->beds[i]->sex == sex ||
		     (sex != PATIENT_SEX_MALE && sex != PATIENT_SEX_FEMALE)))
			return true;
	return false;
}

static Ability ability(const Capacity *capacity, const Referral *referral, CapacityLevel level)
{
	if (level == CAPACITY_LEVEL_UNKNOWN)
		return ABILITY_NOT_KNOWN;
	if (referral->n_needs && !capacity->n_accepts)
		return ABILITY_NOT_KNOWN; /* it has not said what it can take */
	for (size_t i = 0; i < referral->n_needs; i++)
		if (!accepts(capacity, referral->needs[i]))
			return ABILITY_UNABLE;
	if (referral->kind == REFERRAL_KIND_BACKUP_BED && capacity->n_beds &&
	    !has_bed_for(capacity, referral->sex))
		return ABILITY_UNABLE;
	if (referral->kind == REFERRAL_KIND_HOME_DOCTOR &&
	    capacity->new_patients == NEW_PATIENTS_NOT_NOW)
		return ABILITY_UNABLE;
	return ABILITY_ABLE;
}

int match_score(const struct candidate *candidate, const Referral *referral, int64_t now_ms,
		struct arena *arena, Score **out)
{
	Score *score = NEW(Score, arena);

	if (!score)
		return ERR_NOMEM;
	score->level = match_level(candidate->capacity, now_ms);
	score->ability = ability(candidate->capacity, referral, score->level);
	score->same_area = candidate->area == referral->area && referral->area != AREA_UNSPECIFIED;
	score->taken = candidate->taken;
	*out = score;
	return 0;
}

/* ---- the order ---------------------------------------------------------------------------- */

static unsigned level_rank(CapacityLevel level)
{
	switch (level) {
	case CAPACITY_LEVEL_AVAILABLE:
		return 0;
	case CAPACITY_LEVEL_LIMITED:
		return 1;
	case CAPACITY_LEVEL_FULL:
		return 3;
	default:
		return 2;
	}
}

/* Between equals nobody is first for ever: a lot for each request, drawn from its id. */
static uint64_t lot(const char *referral, const char *organisation)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (const char *p = referral; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
	for (const char *p = organisation; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
	hash ^= hash >> 32;
	return hash * 0x9e3779b97f4a7c15u;
}

int match_compare(const char *referral, const char *a, const Score *score_a, const char *b,
		  const Score *score_b)
{
	if (score_a->ability != score_b->ability)
		return score_a->ability < score_b->ability ? -1 : 1;
	if (score_a->same_area != score_b->same_area)
		return score_a->same_area ? -1 : 1;
	if (score_a->level != score_b->level)
		return level_rank(score_a->level) < level_rank(score_b->level) ? -1 : 1;
	if (score_a->taken != score_b->taken)
		return score_a->taken < score_b->taken ? -1 : 1;
	uint64_t lot_a = lot(referral, a), lot_b = lot(referral, b);
	if (lot_a != lot_b)
		return lot_a < lot_b ? -1 : 1;
	return strcmp(a, b);
}

/* ---- waves -------------------------------------------------------------------------------- */

/* Not the asker; nobody twice, unless they were only let go. */
static bool may_be_asked(const struct candidate *candidate, const Referral *referral)
{
	if (!strcmp(candidate->organisation, referral->asker))
		return false;
	for (size_t i = 0; i < referral->n_offers; i++)
		if (!strcmp(referral->offers[i]->organisation, candidate->organisation))
			return referral->offers[i]->state == OFFER_STATE_RELEASED;
	return true;
}

static bool belongs(const Score *score, unsigned wave)
{
	if (wave < WAVES && score->level == CAPACITY_LEVEL_FULL)
		return false;
	return wave != 3 || score->same_area;
}

struct ranked {
	const char *referral;
	Offer *offer;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return match_compare(x->referral, x->offer->organisation, x->offer->score,
			     y->offer->organisation, y->offer->score);
}

static int add(struct arena *arena, const struct candidate *candidate, const Referral *referral,
	       Score *score, struct ranked *ranked)
{
	Offer *offer = NEW(Offer, arena);

	if (!offer)
		return ERR_NOMEM;
	offer->organisation = arena_string(arena, candidate->organisation);
	offer->score = score;
	*ranked = (struct ranked){ referral->id, offer };
	return 0;
}

int match_wave(const struct pool *pool, const Referral *referral, unsigned wave, int64_t now_ms,
	       struct arena *arena, Offer ***offers, size_t *n_offers)
{
	struct ranked *ranked = arena_alloc(arena, (pool->n + 1) * sizeof(*ranked));
	size_t n = 0, most = wave_sizes[wave - 1];
	int rc = ranked ? 0 : ERR_NOMEM;

	for (size_t i = 0; !rc && i < pool->n; i++) {
		Score *score;
		if (!may_be_asked(&pool->items[i], referral))
			continue;
		rc = match_score(&pool->items[i], referral, now_ms, arena, &score);
		if (!rc && belongs(score, wave))
			rc = add(arena, &pool->items[i], referral, score, &ranked[n++]);
	}
	if (rc)
		return rc;
	qsort(ranked, n, sizeof(*ranked), by_rank);
	*offers = NULL;
	*n_offers = 0;
	for (size_t i = 0; !rc && i < n && i < most; i++) {
		ranked[i].offer->wave = wave;
		ranked[i].offer->rank = (uint32_t)i + 1;
		ranked[i].offer->state = OFFER_STATE_OFFERED;
		ranked[i].offer->offered_ms = now_ms;
		rc = arena_append(arena, offers, n_offers, ranked[i].offer);
	}
	return rc;
}

/* ---- times -------------------------------------------------------------------------------- */

int64_t match_first_ms(ReferralKind kind, bool urgent)
{
	switch (kind) {
	case REFERRAL_KIND_HOME_DOCTOR:
		return urgent ? 2 * HOUR_MS : 24 * HOUR_MS;
	case REFERRAL_KIND_BACKUP_BED:
		return urgent ? 15 * MINUTE_MS : HOUR_MS;
	default:
		return urgent ? 30 * MINUTE_MS : 2 * HOUR_MS;
	}
}

/* 1 + 1/2 + 1/4 + 1/8 = 15/8 of the first. */
int64_t match_fitted_ms(ReferralKind kind, bool urgent, int64_t now_ms, int64_t cut_off_ms)
{
	int64_t first_ms = match_first_ms(kind, urgent);

	if (!cut_off_ms)
		return first_ms;
	if (cut_off_ms <= now_ms)
		return 0;
	int64_t left_ms = (cut_off_ms - now_ms) / 15 * 8;
	if (left_ms < first_ms)
		first_ms = left_ms;
	return first_ms < FIRST_LEAST_MS ? 0 : first_ms;
}

int64_t match_wave_ms(int64_t first_ms, unsigned wave)
{
	int64_t length_ms = first_ms >> (wave - 1);
	return length_ms < 1000 ? 1000 : length_ms;
}
