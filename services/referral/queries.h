/*
 * What rules and readers ask of the views: load_* for the rules, the rest answers reads.
 */
#ifndef REFERRAL_QUERIES_H
#define REFERRAL_QUERIES_H

#include "daemon.h"
#include "rules.h"

int load_ask(struct tx *tx, const struct input *in, const AskReferral *request,
	     struct ask_rule *view);
int load_accept_referral(struct tx *tx, const struct input *in, const AcceptReferral *request,
			 struct referral_rule *view);
int load_decline_referral(struct tx *tx, const struct input *in, const DeclineReferral *request,
			  struct referral_rule *view);
int load_withdraw_referral(struct tx *tx, const struct input *in, const WithdrawReferral *request,
			   struct referral_rule *view);
int load_confirm_referral(struct tx *tx, const struct input *in, const ConfirmReferral *request,
			  struct referral_rule *view);
int load_pass_referral(struct tx *tx, const struct input *in, const PassReferral *request,
		       struct referral_rule *view);
int load_cancel_referral(struct tx *tx, const struct input *in, const CancelReferral *request,
			 struct referral_rule *view);
int load_report_referral(struct tx *tx, const struct input *in, const ReportReferral *request,
			 struct referral_rule *view);
int load_close_referral(struct tx *tx, const struct input *in, const CloseReferral *request,
			struct referral_rule *view);
int load_due(struct tx *tx, const struct input *in, const ReferralDue *due,
	     struct referral_rule *view);
int load_cut_off(struct tx *tx, const struct input *in, const CutOffDue *due,
		 struct referral_rule *view);
int load_placement_answer(struct tx *tx, const struct input *in, const PlacementAnswer *notice,
			  struct referral_rule *view);
int load_left_behind(struct tx *tx, const struct input *in, const LeftBehindDue *due,
		     struct behind_rule *view);
int load_patient_notice(struct tx *tx, const struct input *in, const PatientNotice *notice,
			struct nothing_rule *view);
int load_team_notice(struct tx *tx, const struct input *in, const TeamNotice *notice,
		     struct nothing_rule *view);
int load_consent_notice(struct tx *tx, const struct input *in, const ConsentNotice *notice,
			struct nothing_rule *view);
int load_capacity_notice(struct tx *tx, const struct input *in, const CapacityNotice *notice,
			 struct nothing_rule *view);

/*
 * What the reader is told goes through disclose.h; that they were told of a patient is journalled. A
 * list: see ListReferrals. One request: NOT_FOUND alike for what does not exist and what is not theirs.
 */
int referral_list(struct tx *tx, const struct input *in, const ListReferrals *request,
		  ReferralList *list, struct answer *answer);
int referral_show(struct tx *tx, const struct input *in, const ShowReferral *request,
		  Referral *response, struct answer *answer);
/* What record's own audit does not know of a patient. */
int audit_show(struct tx *tx, const struct input *in, const ShowAudit *request, AuditList *response,
	       struct answer *answer);
/* No count from 1 to 4 leaves the daemon: -1 in its place. */
int figures_show(struct tx *tx, const struct input *in, const ShowFigures *request,
		 Figures *response, struct answer *answer);

#endif
