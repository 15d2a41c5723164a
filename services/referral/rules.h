/*
 * What referral decides: who may ask, accept, confirm, close. Pure: the same input, the
 * same answer. What a step does to a request is in life.h, who is asked in match.h, who
 * sees what in disclose.h.
 */
#ifndef REFERRAL_RULES_H
#define REFERRAL_RULES_H

#include "daemon.h"
#include "life.h"
#include "match.h"
#include "team.h"

#define AHEAD_MS (90LL * 24 * 3600 * 1000)  /* how far ahead one may ask */
#define WINDOW_MS (12LL * 3600 * 1000)      /* a visit's window is no longer */
#define TIMES_MAX 30
#define EVERY_MAX 31
#define NEEDS_MAX 10
#define BESIDE_MAX 20
#define REPORT_BYTES 20000
#define OUTCOME_BYTES 1000
#define FRESH_PATIENT_MS 10000 /* record's word of a patient may be under way so long */
#define OPEN_MAX 50            /* open requests for one patient */

/* ---- who ---------------------------------------------------------------------------------- */

/* The same words for what does not exist and for what is not theirs to see: of requests, of patients. */
int refuse_unknown(const struct input *in);
int refuse_patient(const struct input *in, const char *field);
/* Staff of the support centre? organisation: the actor's; NULL: not known. */
bool is_centre(const struct input *in, const Organisation *organisation);
/* Made so lately that record's word of it may be under way? Then the answer is: not yet. */
bool patient_fresh(const struct input *in, const char *patient);
int patient_not_yet(const struct input *in);
/* May read what concerns the own organisation. */
bool may_read(Profession profession);

/* ---- rules -------------------------------------------------------------------------------- */

struct ask_rule {
	const PatientNotice *patient;       /* NULL: not known */
	struct team team;
	const Organisation *organisation;   /* of the actor; NULL: not known */
	Referral **open;                    /* for this patient, not over */
	size_t n_open;
	struct pool pool;
};

int referral_ask(const struct input *in, const struct ask_rule *view, const AskReferral *request,
		 ReferralChanged *fact);

struct referral_rule {
	const ReferralView *view;           /* NULL: there is none */
	const Organisation *organisation;   /* of the actor; NULL: not known */
	struct pool pool;                   /* where a step may ask others */
	struct team team;                   /* of the patient, where it matters */
};

int referral_accept(const struct input *in, const struct referral_rule *view,
		    const AcceptReferral *request, ReferralChanged *fact);
int referral_decline(const struct input *in, const struct referral_rule *view,
		     const DeclineReferral *request, ReferralChanged *fact);
int referral_withdraw(const struct input *in, const struct referral_rule *view,
		      const WithdrawReferral *request, ReferralChanged *fact);
int referral_confirm(const struct input *in, const struct referral_rule *view,
		     const ConfirmReferral *request, ReferralChanged *fact);
int referral_pass(const struct input *in, const struct referral_rule *view,
		  const PassReferral *request, ReferralChanged *fact);
int referral_cancel(const struct input *in, const struct referral_rule *view,
		    const CancelReferral *request, ReferralChanged *fact);
int referral_report(const struct input *in, const struct referral_rule *view,
		    const ReportReferral *request, ReferralChanged *fact);
int referral_close(const struct input *in, const struct referral_rule *view,
		   const CloseReferral *request, ReferralChanged *fact);

/* ---- time, and what others tell ----------------------------------------------------------- */

int referral_due(const struct input *in, const struct referral_rule *view, const ReferralDue *due,
		 ReferralChanged *fact);
int referral_cut_off(const struct input *in, const struct referral_rule *view, const CutOffDue *due,
		     ReferralChanged *fact);
int placement_answered(const struct input *in, const struct referral_rule *view,
		       const PlacementAnswer *notice, ReferralChanged *fact);

/* One request that an organisation which left, or a patient's end or
 * withdrawn consent, leaves behind. */
struct behind_rule {
	struct referral_rule one;
	bool consent, deceased; /* of the patient */
	bool left;              /* the organisation, still */
};

int left_behind(const struct input *in, const struct behind_rule *view, const LeftBehindDue *due,
		ReferralChanged *fact);

struct nothing_rule {
	char unused;
};

int patient_follow(const struct input *in, const struct nothing_rule *view,
		   const PatientNotice *notice, PatientFollowed *fact);
int team_follow(const struct input *in, const struct nothing_rule *view, const TeamNotice *notice,
		TeamFollowed *fact);
int consent_follow(const struct input *in, const struct nothing_rule *view,
		   const ConsentNotice *notice, ConsentFollowed *fact);
int capacity_follow(const struct input *in, const struct nothing_rule *view,
		    const CapacityNotice *notice, CapacityFollowed *fact);

#endif
