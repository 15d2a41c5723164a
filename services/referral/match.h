/*
 * Who is asked, and in which order. Pure.
 *
 *	wave   asked                                          has
 *	1      the first 3 of the order                       T
 *	2      the next 5                                     T/2
 *	3      all others of the patient's area               T/4
 *	4      all others, also those who are full            T/8
 *
 * The order: who can take what is needed; the patient's area; the level on the board (available,
 * limited, unknown); the fewest taken in the last 30 days; then by lot, the same each time.
 */
#ifndef MATCH_H
#define MATCH_H

#include "daemon.h"

#define WAVES 4
#define POOL_MAX 300               /* organisations that one request may ask */
#define TAKEN_MS (30LL * 24 * 3600 * 1000)
#define FIRST_LEAST_MS (5LL * 60 * 1000)    /* a shorter first wave is none: too late */
#define VISIT_MARGIN_MS (2LL * 3600 * 1000) /* the last answer comes so long before a visit */

/* An organisation that could be asked: of the pool of its kind, and it takes part. */
struct candidate {
	const char *organisation;
	Area area;
	const Capacity *capacity; /* what the board said last; NULL: nothing */
	uint32_t taken;           /* requests of the kind, in the last TAKEN_MS */
};

struct pool {
	struct candidate *items;
	size_t n;
};

/* Is the organisation of those who are asked for this kind? */
bool match_pool(ReferralKind kind, const Organisation *organisation);
/* What the board says now: UNKNOWN past its valid-until. */
CapacityLevel match_level(const Capacity *capacity, int64_t now_ms);
/* 0 or ERR_NOMEM. */
int match_score(const struct candidate *candidate, const Referral *referral, int64_t now_ms,
		struct arena *arena, Score **out);
/* Less than 0: a is asked before b. */
int match_compare(const char *referral, const char *a, const Score *score_a, const char *b,
		  const Score *score_b);
/*
 * The offers of a wave: of the candidates those who may be asked (again) and belong to it, in
 * order, in the arena. None is no error. 0 or ERR_NOMEM.
 */
int match_wave(const struct pool *pool, const Referral *referral, unsigned wave, int64_t now_ms,
	       struct arena *arena, Offer ***offers, size_t *n_offers);

/* How long the first wave has, by kind and urgency (issue: 24 h (2 h), 1 h (15 min),
 * 2 h (30 min)). */
int64_t match_first_ms(ReferralKind kind, bool urgent);
/* The same, so that all waves end by the cut-off (0: none); 0: too late for waves. */
int64_t match_fitted_ms(ReferralKind kind, bool urgent, int64_t now_ms, int64_t cut_off_ms);
int64_t match_wave_ms(int64_t first_ms, unsigned wave);

#endif
