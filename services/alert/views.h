/*
 * What alert keeps. Changed by applying facts only; typed get here, put in views.c.
 *
 *	notifications  id -> Notification
 *	inbox          user, position, id -> nothing: whose inbox changed where. One key a notification,
 *	               that of its last change, and one for whoever had it before (hand-over)
 *	open           user, position, id -> nothing: the same, of those neither done nor declined
 *	held           patient, through, user, id -> nothing: open ones, by whose access they rest
 *	               on; those of a word are about no patient and stand in subjects instead
 *	event_items    event, id -> nothing: of entries and of all that is urgent, to find the others
 *	               who were told
 *	events         event -> UrgentEvent: of those of which people are reminded
 *	told           event -> nothing: it has been told of, and is not told of again
 *	team, access   as in team.h
 *	mutes          user, patient -> MutedKinds
 *	substitutes    user -> SubstituteSet
 *	waiting        user, time, id -> nothing: what rings in a window of their contact hours (bundle.h)
 *	subjects       service, subject, organisation, id -> nothing: open ones of words
 *	offered        "to" or "by", organisation, id -> nothing: open ones that are offered at the end
 *	               of a shift
 *	escalations, walks, walking, escalation_settings   as in walk.h
 *	shifts, shift_times                                as in duty.h
 *	silences, silent_open, silent_all   as in silent.h
 *
 * Parts of keys are texts with their NUL; positions and times 8 bytes big-endian.
 */
#ifndef ALERT_VIEWS_H
#define ALERT_VIEWS_H

#include "daemon.h"
#include "team.h"

enum {
	TABLE_NOTIFICATIONS = TABLE_OWN,
	TABLE_INBOX,
	TABLE_OPEN,
	TABLE_HELD,
	TABLE_EVENT_ITEMS,
	TABLE_EVENTS,
	TABLE_TOLD,
	TABLE_TEAM,
	TABLE_ACCESS,
	TABLE_MUTES,
	TABLE_SUBSTITUTES,
	TABLE_SUBJECTS,
	TABLE_WAITING,
	TABLE_OFFERED,
	TABLE_ESCALATIONS,
	TABLE_WALKS,
	TABLE_WALKING,
	TABLE_ESCALATION_SETTINGS,
	TABLE_SHIFTS,
	TABLE_SHIFT_TIMES,
	TABLE_SILENCES,
	TABLE_SILENT_OPEN,
	TABLE_SILENT_ALL,
	ALERT_TABLES_END
};
#define ALERT_TABLES (ALERT_TABLES_END - TABLE_OWN)
extern const char *const alert_tables[ALERT_TABLES];
extern const struct team_tables alert_team;

/* 0, ERR_NOTFOUND (also for what is no id at all), or an error of the store. In tx->arena. */
int notification_get(struct tx *tx, const char *id, Notification **out);
int mutes_get(struct tx *tx, const char *user, const char *patient, uint32_t *kinds); /* 0: none */
int substitution_get(struct tx *tx, const char *user, SubstituteSet **out);
/* All notifications of an entry, or of another urgent event: what is to be known of each without
 * knowing all, so that there may be thousands. To change one take it by its id. */
int event_list(struct tx *tx, const char *event, Notification ***items, size_t *n_items);
/* What an organisation's people were told of a subject: where their keys begin. */
struct key subject_key(const char *service, const char *subject, const char *organisation);
/* What an inbox's watch waits for. */
struct key inbox_watch_key(const char *user);

/* ---- for apply functions, of one notification -------------------------------------------- */

/* The notification of a fact must be there; else the transaction fails. */
bool notification_take(struct tx *tx, const char *id, Notification **out);
/* A new one, of what all have in common. When it rings is the recipient's. */
void notification_put_new(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  Notification notification, const Recipient *recipient);
/* A change that its reader must hear of: from here on it stands at the new position. */
void notification_change(struct tx *tx, const Notification *before, Notification *after,
			 uint64_t position);
/* The recipient becomes another; a key stays behind that says so to whoever had it. */
void notification_give(struct tx *tx, const Notification *before, Notification *after,
		       uint64_t position);
void notification_set_state(Notification *notification, Notification_State state, int64_t time_ms);
/* They leave the inboxes. */
void notifications_withdraw(struct tx *tx, const JournalEntry *entry, uint64_t position, char **ids,
			    size_t n_ids);
/* It makes a sound now. Fills in; to be stored by the caller. */
void notification_ring(struct tx *tx, const JournalEntry *entry, Notification *notification);

/* ---- facts -------------------------------------------------------------------------------- */

void apply_notifications_stored(struct tx *tx, const JournalEntry *entry, uint64_t position,
				const NotificationsStored *fact);
void apply_word_stored(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const WordStored *fact);
void apply_notifications_delivered(struct tx *tx, const JournalEntry *entry, uint64_t position,
				   const NotificationsDelivered *fact);
void apply_notification_moved(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const NotificationMoved *fact);
void apply_notification_taken_over(struct tx *tx, const JournalEntry *entry, uint64_t position,
				   const NotificationTakenOver *fact);
void apply_handed_over(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const HandedOver *fact);
void apply_reminded(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const Reminded *fact);
void apply_team_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const TeamChanged *fact);
void apply_consent_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const ConsentChanged *fact);
/* In place of the frame's own: who was revoked or works elsewhere now can do nothing any more about what
 * they had accepted. It stays where it was, and somebody else is looked for. */
void apply_alert_person(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const PersonChanged *fact);
void apply_withdrawn(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const Withdrawn *fact);
void apply_mute_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const MuteSet *fact);
void apply_substitute_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const SubstituteSet *fact);

#endif
