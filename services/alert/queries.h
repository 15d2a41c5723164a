/*
 * What rules and readers ask of the views: load_* for the rules, the rest answers reads.
 */
#ifndef ALERT_QUERIES_H
#define ALERT_QUERIES_H

#include "daemon.h"
#include "rules.h"

/* The city's support centres, by id and kind: there is one, and it is found by its kind. */
int list_centres(struct tx *tx, Organisation ***centres, size_t *n_centres);
/* Whom the candidate named to stand in, if anybody. */
int load_substitute_of(struct tx *tx, struct candidate *candidate);

int load_entry_audience(struct tx *tx, const struct input *in, const EntryNotice *notice,
			struct audience *view);
int load_glass_audience(struct tx *tx, const struct input *in, const GlassNotice *notice,
			struct audience *view);
int load_word_audience(struct tx *tx, const struct input *in, const WordNotice *notice,
		       struct word_audience *view);
int load_team_withdrawal(struct tx *tx, const struct input *in, const TeamNotice *notice,
			 struct withdrawal *view);
int load_consent_withdrawal(struct tx *tx, const struct input *in, const ConsentNotice *notice,
			    struct withdrawal *view);
int load_withdrawal_rest(struct tx *tx, const struct input *in, const WithdrawalDue *due,
			 struct withdrawal *view);

int load_deliveries(struct tx *tx, const struct input *in, const ConfirmDelivery *request,
		    struct deliveries *view);
int load_open(struct tx *tx, const struct input *in, const OpenNotification *request,
	      struct one_view *view);
int load_accept(struct tx *tx, const struct input *in, const AcceptNotification *request,
		struct one_view *view);
int load_finish(struct tx *tx, const struct input *in, const FinishNotification *request,
		struct one_view *view);
int load_decline(struct tx *tx, const struct input *in, const DeclineNotification *request,
		 struct one_view *view);
int load_take_over(struct tx *tx, const struct input *in, const TakeOverNotification *request,
		   struct one_view *view);
int load_hand_over(struct tx *tx, const struct input *in, const HandOver *request,
		   struct hand_over_view *view);
int load_hand_over_rest(struct tx *tx, const struct input *in, const HandOverDue *due,
			struct hand_over_view *view);
int load_event(struct tx *tx, const struct input *in, const ReminderDue *due,
	       struct event_view *view);
int load_mute(struct tx *tx, const struct input *in, const Mute *request, struct mute_view *view);
int load_substitute(struct tx *tx, const struct input *in, const SetSubstitute *request,
		    struct substitute_view *view);

int inbox_list(struct tx *tx, const struct input *in, const ListInbox *request, Inbox *inbox,
	       struct answer *answer);
int mutes_list(struct tx *tx, const struct input *in, const ListMutes *request, MuteList *list,
	       struct answer *answer);

#endif
