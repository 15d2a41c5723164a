/*
 * referral: who takes this one. A request for a home doctor, a back-up bed or a visit finds its
 * taker by itself, exactly one, or ends with a person whose task it is.
 */
#include "daemon.h"
#include "notices.h"
#include "queries.h"
#include "rules.h"
#include "views.h"

/* Do you have it, or do you stand by? From the fact alone. */
static const ProtobufCMessage *reply_accepted(struct arena *arena, const void *fact)
{
	const ReferralChanged *changed = fact;
	const Offer *offer = life_offer(changed->referral, changed->organisation);
	ReferralAccepted *answer = NEW(ReferralAccepted, arena);

	if (!answer || !offer)
		return NULL;
	answer->id = changed->referral->id;
	answer->holding = offer->state == OFFER_STATE_HOLDING;
	answer->standby = offer->standby;
	return &answer->base;
}

static const struct route routes[] = {
	WRITE(AskReferral, struct ask_rule, load_ask, referral_ask, ReferralChanged),
	WRITE(AcceptReferral, struct referral_rule, load_accept_referral, referral_accept,
	      ReferralChanged, .reply = reply_accepted, .response = &ReferralAccepted_descriptor),
	WRITE(DeclineReferral, struct referral_rule, load_decline_referral, referral_decline,
	      ReferralChanged),
	WRITE(WithdrawReferral, struct referral_rule, load_withdraw_referral, referral_withdraw,
	      ReferralChanged),
	WRITE(ConfirmReferral, struct referral_rule, load_confirm_referral, referral_confirm,
	      ReferralChanged),
	WRITE(PassReferral, struct referral_rule, load_pass_referral, referral_pass,
	      ReferralChanged),
	WRITE(CancelReferral, struct referral_rule, load_cancel_referral, referral_cancel,
	      ReferralChanged),
	WRITE(ReportReferral, struct referral_rule, load_report_referral, referral_report,
	      ReferralChanged),
	WRITE(CloseReferral, struct referral_rule, load_close_referral, referral_close,
	      ReferralChanged),

	READ(ListReferrals, referral_list, ReferralList),
	READ(ShowReferral, referral_show, Referral),
	READ(ShowAudit, audit_show, AuditList),
	READ(ShowFigures, figures_show, Figures),

	NOTICE("record", PatientNotice, struct nothing_rule, load_patient_notice, patient_follow,
	       PatientFollowed),
	NOTICE("record", TeamNotice, struct nothing_rule, load_team_notice, team_follow,
	       TeamFollowed),
	NOTICE("record", ConsentNotice, struct nothing_rule, load_consent_notice, consent_follow,
	       ConsentFollowed),
	NOTICE("record", PlacementAnswer, struct referral_rule, load_placement_answer,
	       placement_answered, ReferralChanged),
	NOTICE("board", CapacityNotice, struct nothing_rule, load_capacity_notice, capacity_follow,
	       CapacityFollowed),

	DUE(ReferralDue, struct referral_rule, load_due, referral_due, ReferralChanged),
	DUE(CutOffDue, struct referral_rule, load_cut_off, referral_cut_off, ReferralChanged),
	DUE(LeftBehindDue, struct behind_rule, load_left_behind, left_behind, ReferralChanged),
};

static const struct fact_type facts[] = {
	FACT(ReferralChanged, apply_referral_changed,
	     { TO("alert", ReferralChanged, referral_word),
	       TO("record", ReferralChanged, referral_placement) }),
	FACT(PatientFollowed, apply_patient_followed, TO_NOBODY),
	FACT(TeamFollowed, apply_team_followed, TO_NOBODY),
	FACT(ConsentFollowed, apply_consent_followed, TO_NOBODY),
	FACT(CapacityFollowed, apply_capacity_followed, TO_NOBODY),
	FACT(OrganisationChanged, apply_organisation_followed, TO_NOBODY),
	FACT(Accessed, apply_told_of_patient, TO_NOBODY),
};

static const char *const peers[] = { "directory", "record", "board", "alert", "rota", NULL };

extern const struct daemon_spec referral_spec;
const struct daemon_spec referral_spec = {
	.name = "referral",
	.tables = referral_tables,
	.n_tables = REFERRAL_TABLES,
	.routes = routes,
	.n_routes = sizeof(routes) / sizeof(*routes),
	.facts = facts,
	.n_facts = sizeof(facts) / sizeof(*facts),
	.peers = peers,
};

int main(int argc, char **argv)
{
	return daemon_main(&referral_spec, argc, argv);
}
