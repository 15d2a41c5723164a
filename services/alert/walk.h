/*
 * Escalations as alert keeps them, and what changes them.
 *
 *	escalations          event -> Escalation
 *	walks                organisation, position, event -> nothing: those that its people sent; of
 *	                     "" all. By the position of the last change
 *	walking              the same of those for which somebody is looked for
 *	escalation_settings  "" -> EscalationSettings
 */
#ifndef ALERT_WALK_H
#define ALERT_WALK_H

#include "daemon.h"

int escalation_get(struct tx *tx, const char *event, Escalation **out); /* 0, ERR_NOTFOUND, error */
/* Those that hold, also where nobody has set any. */
int escalation_settings(struct tx *tx, EscalationSettings *settings);
/* What a watch of one waits for, and one of those of an organisation ("": of all). */
struct key escalation_watch_key(const char *event);
struct key walks_watch_key(const char *organisation);

/* ---- for apply functions ------------------------------------------------------------------- */

void escalation_put_new(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const NotificationsStored *fact);
/* One of its notifications changed: stops, goes on, says so to the others. False: the event has no
 * escalation. */
bool escalation_settle(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const Notification *before, const Notification *changed);
/* Before it is settled: who has it now. */
void escalation_taken_over(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const Notification *changed, const NotificationTakenOver *fact);
/* Another step, of an event that has an escalation; else nothing. */
void escalation_log(struct tx *tx, const char *event, uint64_t position, EscalationStep *step);
/* Who has an urgent event; the others of its notifications are made to say so. NULL: nobody. */
const Notification *event_taken(struct tx *tx, Notification **items, size_t n_items,
				uint64_t position);

/* ---- facts --------------------------------------------------------------------------------- */

void apply_escalation_walked(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const EscalationWalked *fact);
void apply_escalation_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const EscalationSet *fact);

#endif
