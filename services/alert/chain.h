/*
 * Who stands behind the places of an escalation, from what is known now; and what people may see of
 * one.
 */
#ifndef ALERT_CHAIN_H
#define ALERT_CHAIN_H

#include "escalation.h"

/* Who attends: the clinic, and the person where the row is a person ("": its doctors). Until
 * somebody is named, the clinic that registered the patient. organisation is NULL: nobody. */
struct attending {
	const Organisation *organisation;
	const char *user;
};

int attending_load(struct tx *tx, const struct team *team, int64_t now_ms, struct attending *attending);
/* May the clinics on duty see the patient, while they are? */
bool cover_possible(const struct team *team, const struct attending *attending);
/* items: what people have of the event already. */
int chain_load(struct tx *tx, const struct input *in, const struct team *team,
	       Notification *const *items, size_t n_items, struct chain *chain);

int load_walk(struct tx *tx, const struct input *in, const EscalationDue *due,
	      struct walk_view *view);
int load_nothing(struct tx *tx, const struct input *in, const SetEscalation *request,
		 struct no_view *view);

int escalation_show(struct tx *tx, const struct input *in, const ShowEscalation *request,
		    Escalation *shown, struct answer *answer);
int escalations_list(struct tx *tx, const struct input *in, const ListEscalations *request,
		     EscalationList *list, struct answer *answer);
int escalation_settings_show(struct tx *tx, const struct input *in,
			     const ShowEscalationSettings *request, EscalationSettings *shown,
			     struct answer *answer);

#endif
