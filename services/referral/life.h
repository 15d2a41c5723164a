/*
 * The life of a request: what may follow on what, and what each step does to it. Pure: works on the
 * copy that becomes the fact.
 */
#ifndef LIFE_H
#define LIFE_H

#include "daemon.h"
#include "match.h"

#define CONFIRM_LEAST_MS (15LL * 60 * 1000) /* an asker has at least so long to confirm */
#define RECORD_MS (15LL * 60 * 1000)        /* for record's answer, before a person is told */
#define REPORT_MS (24LL * 3600 * 1000)      /* after a visit its report is asked for */
/* A visit's taker is a member of the patient's team from so long before it until so long after. */
#define ACCESS_BEFORE_MS (24LL * 3600 * 1000)
#define ACCESS_AFTER_MS (72LL * 3600 * 1000)

/* A step under way. referral is the fact's, whole and free to be changed, offers too. */
struct life {
	const struct input *in;
	ReferralChanged *fact;
	Referral *referral;
	Referral_State from;   /* where it was */
	int64_t first_ms;      /* length of the first wave */
	int64_t cut_off_ms;    /* 0: none */
	const struct pool *pool;
	int error;             /* the first one: no memory */
};

/* Copies the request into the fact and begins the step. */
void life_begin(struct life *life, const struct input *in, const ReferralView *view,
		const struct pool *pool, ReferralChanged_Step step, ReferralChanged *fact);
/* A new request, filled in but for state, offers, wave. */
void life_ask(struct life *life, const struct input *in, Referral *referral, int64_t cut_off_ms,
	      const struct pool *pool, ReferralChanged *fact);
/* 0, or life's error. A step that the table does not have is a broken
 * invariant: ends the process. */
int life_end(struct life *life);

/* Is the step possible from that state? */
bool life_possible(ReferralChanged_Step step, Referral_State state);
/* Over: nobody need do anything about it any more, but for what stands on the centre's list. */
bool life_over(const Referral *referral);
/* Has the organisation still to do with it: asked and not yet answered, holding, standing by? */
bool life_involved(const Offer *offer);
/* NULL: it was never asked. */
Offer *life_offer(const Referral *referral, const char *organisation);
/* NULL: nobody holds it. */
const Offer *life_holder(const Referral *referral);
/* Begin of the nth visit of a series, from 0. */
int64_t life_visit_ms(const Referral *referral, unsigned n);

/* Visits whose last window is over: nobody can make them any more. */
bool life_too_late(const Referral *referral, int64_t now_ms);

void life_accept(struct life *life, Offer *offer);
void life_decline(struct life *life, Offer *offer, DeclineReason reason);
/* It gives back what it held, or stands by no longer. */
void life_withdraw(struct life *life, Offer *offer, Offer_State state);
void life_pass(struct life *life);
void life_confirm(struct life *life);
void life_applied(struct life *life, TeamMember *member);
void life_refused(struct life *life);
void life_report(struct life *life, VisitReport *report);
void life_cancel(struct life *life, Referral_Cause cause);
void life_close(struct life *life, char *outcome);
void life_remind(struct life *life);
/* The time of whom it waited for is over. */
void life_deadline(struct life *life);
/* Nobody may be asked any longer: a visit is near, the wished date is here. */
void life_cut_off(struct life *life);
void life_asker_left(struct life *life);

#endif
