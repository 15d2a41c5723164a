/* alert: who is told of what, and what became of it. */
#include "bundle.h"
#include "chain.h"
#include "daemon.h"
#include "duty.h"
#include "escalation.h"
#include "queries.h"
#include "rules.h"
#include "silent.h"
#include "views.h"
#include "walk.h"

static const struct route routes[] = {
	NOTICE("record", EntryNotice, struct audience, load_entry_audience, entry_tell,
	       NotificationsStored),
	NOTICE("record", GlassNotice, struct audience, load_glass_audience, glass_tell,
	       NotificationsStored),
	NOTICE("record", TeamNotice, struct withdrawal, load_team_withdrawal, team_change,
	       TeamChanged),
	NOTICE("record", ConsentNotice, struct withdrawal, load_consent_withdrawal, consent_change,
	       ConsentChanged),
	NOTICE("record", WordNotice, struct word_audience, load_word_audience, word_tell,
	       WordStored),
	NOTICE("board", WordNotice, struct word_audience, load_word_audience, word_tell,
	       WordStored),
	NOTICE("referral", WordNotice, struct word_audience, load_word_audience, word_tell,
	       WordStored),
	NOTICE("rota", RotaNotice, struct rota_view, load_rota, rota_follow, RotaFollowed),

	READ(ListInbox, inbox_list, Inbox),
	READ(ListMutes, mutes_list, MuteList),
	READ(ShowRecipients, recipients_show, RecipientList),
	READ(ShowEscalation, escalation_show, Escalation),
	READ(ListEscalations, escalations_list, EscalationList),
	READ(ShowEscalationSettings, escalation_settings_show, EscalationSettings),
	READ(ListHandOver, hand_over_list, HandOverList),
	WRITE(ConfirmDelivery, struct deliveries, load_deliveries, delivery_confirm,
	      NotificationsDelivered),
	WRITE(OpenNotification, struct one_view, load_open, notification_open, NotificationMoved),
	WRITE(AcceptNotification, struct one_view, load_accept, notification_accept,
	      NotificationMoved),
	WRITE(FinishNotification, struct one_view, load_finish, notification_finish,
	      NotificationMoved),
	WRITE(DeclineNotification, struct one_view, load_decline, notification_decline,
	      NotificationMoved),
	WRITE(TakeOverNotification, struct one_view, load_take_over, notification_take_over,
	      NotificationTakenOver),
	WRITE(HandOver, struct hand_over_view, load_hand_over, hand_over, HandedOver),
	WRITE(OfferHandOver, struct offer_view, load_offer, hand_over_offer, HandOverOffered),
	WRITE(SetEscalation, struct no_view, load_nothing, escalation_set, EscalationSet),
	WRITE(Mute, struct mute_view, load_mute, mute_set, MuteSet),
	WRITE(SetSubstitute, struct substitute_view, load_substitute, substitute_set,
	      SubstituteSet),

	DUE(ReminderDue, struct event_view, load_event, event_remind, Reminded),
	DUE(EscalationDue, struct walk_view, load_walk, escalation_walk, EscalationWalked),
	DUE(DutyEndsDue, struct offer_view, load_duty_end, duty_end, HandOverOffered),
	DUE(HandOverDue, struct hand_over_view, load_hand_over_rest, hand_over_continue,
	    HandedOver),
	DUE(BundleDue, struct bundle, load_bundle, bundle_ring, BundleRung),
	DUE(WithdrawalDue, struct withdrawal, load_withdrawal_rest, withdrawal_continue, Withdrawn),

	READ(ListSilent, silent_list, SilentList, .program = "relay"),
	WRITE(ReportMail, struct silence_view, load_mail_report, mail_report, MailReported,
	      .program = "relay"),
	DUE(SilentDue, struct silence_view, load_silent_due, silent_find, SilentFound),
};

static const struct fact_type facts[] = {
	FACT(PersonChanged, apply_alert_person, TO_NOBODY),
	FACT(NotificationsStored, apply_notifications_stored, TO_NOBODY),
	FACT(WordStored, apply_word_stored, TO_NOBODY),
	FACT(NotificationsDelivered, apply_notifications_delivered, TO_NOBODY),
	FACT(NotificationMoved, apply_notification_moved, TO_NOBODY),
	FACT(NotificationTakenOver, apply_notification_taken_over, TO_NOBODY),
	FACT(HandedOver, apply_handed_over, TO_NOBODY),
	FACT(EscalationWalked, apply_escalation_walked, TO_NOBODY),
	FACT(EscalationSet, apply_escalation_set, TO_NOBODY),
	FACT(RotaFollowed, apply_rota_followed, TO_NOBODY),
	FACT(HandOverOffered, apply_hand_over_offered, TO_NOBODY),
	FACT(Reminded, apply_reminded, TO_NOBODY),
	FACT(BundleRung, apply_bundle_rung, TO_NOBODY),
	FACT(TeamChanged, apply_team_changed, TO_NOBODY),
	FACT(ConsentChanged, apply_consent_changed, TO_NOBODY),
	FACT(Withdrawn, apply_withdrawn, TO_NOBODY),
	FACT(MuteSet, apply_mute_set, TO_NOBODY),
	FACT(SubstituteSet, apply_substitute_set, TO_NOBODY),
	FACT(SilentFound, apply_silent_found, TO_NOBODY),
	FACT(MailReported, apply_mail_reported, TO_NOBODY),
	FACT(SilenceSet, apply_silence_set, TO_NOBODY),
};

static const char *const peers[] = { "directory", "record", "board", "referral", "rota", NULL };

extern const struct daemon_spec alert_spec;
const struct daemon_spec alert_spec = {
	.name = "alert",
	.tables = alert_tables,
	.n_tables = ALERT_TABLES,
	.routes = routes,
	.n_routes = sizeof(routes) / sizeof(*routes),
	.facts = facts,
	.n_facts = sizeof(facts) / sizeof(*facts),
	.peers = peers,
	.context_size = sizeof(struct silent_options),
	.option = silent_option,
	.start = silent_start,
};

int main(int argc, char **argv)
{
	return daemon_main(&alert_spec, argc, argv);
}
