#include "views.h"

#include <string.h>

#include "bundle.h"
#include "rules.h"
#include "silent.h"
#include "walk.h"

const char *const alert_tables[ALERT_TABLES] = {
	"notifications", "inbox", "open", "held", "event_items",
	"events", "told", "team", "access", "mutes", "substitutes",
	"subjects", "waiting", "offered", "escalations", "walks", "walking", "escalation_settings",
	"shifts", "shift_times", "silences", "silent_open", "silent_all",
};

const struct team_tables alert_team = { .members = TABLE_TEAM, .access = TABLE_ACCESS };

static const struct bytes nothing;

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- get ---------------------------------------------------------------------------------- */

int notification_get(struct tx *tx, const char *id, Notification **out)
{
	if (!id_valid(id))
		return ERR_NOTFOUND;
	struct key key = key_text(id);
	return GET(tx, TABLE_NOTIFICATIONS, &key, Notification, out);
}

int mutes_get(struct tx *tx, const char *user, const char *patient, uint32_t *kinds)
{
	struct key key = key_texts(user, patient);
	MutedKinds *muted;

	int rc = GET(tx, TABLE_MUTES, &key, MutedKinds, &muted);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	*kinds = rc ? 0 : muted->kinds;
	return 0;
}

int substitution_get(struct tx *tx, const char *user, SubstituteSet **out)
{
	struct key key = key_text(user);
	return GET(tx, TABLE_SUBSTITUTES, &key, SubstituteSet, out);
}

/* What one needs of each; of what all have in common, that of the first. */
static Notification *brief_of(struct arena *kept, const Notification *item, const Notification *first)
{
	Notification *brief = NEW(Notification, kept);
	char *unset = arena_string(kept, NULL);

	if (!brief)
		return NULL;
	*brief = *item;
	brief->id = arena_string(kept, item->id);
	brief->recipient = arena_string(kept, item->recipient);
	brief->recipient_organisation = arena_string(kept, item->recipient_organisation);
	brief->substitute_for = arena_string(kept, item->substitute_for);
	brief->taken_by = arena_string(kept, item->taken_by);
	brief->decline_reason = brief->handed_over_by = brief->through = brief->offered_to = unset;
	brief->subject = brief->service = unset;
	brief->patient = first ? first->patient : arena_string(kept, item->patient);
	brief->entry = first ? first->entry : arena_string(kept, item->entry);
	brief->event = first ? first->event : arena_string(kept, item->event);
	brief->author = first ? first->author : arena_string(kept, item->author);
	brief->organisation = first ? first->organisation : arena_string(kept, item->organisation);
	brief->concerns = first ? first->concerns
				: arena_copy(kept, item->concerns,
					     item->n_concerns * sizeof(*item->concerns));
	return brief;
}

int event_list(struct tx *tx, const char *event, Notification ***items, size_t *n_items)
{
	struct key prefix = key_text(event);
	struct scratch scratch;
	struct scan scan;
	Notification **list = NULL, *item;
	size_t n = 0;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_EVENT_ITEMS, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		rc = notification_get(tx, (const char *)scan_rest(&scan, NULL), &item);
		if (rc)
			break;
		item = brief_of(scratch.kept, item, n ? list[0] : NULL);
		rc = item ? arena_append(scratch.kept, &list, &n, item) : ERR_NOMEM;
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	if (!rc)
		rc = tx->error;
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc; /* both are written together */
	*items = list;
	*n_items = n;
	return 0;
}

struct key subject_key(const char *service, const char *subject, const char *organisation)
{
	struct key key = key_texts(service, subject);
	key_add_text(&key, organisation);
	return key;
}

struct key inbox_watch_key(const char *user)
{
	return key_texts("inbox", user);
}

/* ---- one notification --------------------------------------------------------------------- */

static struct key inbox_key(const char *user, uint64_t position, const char *id)
{
	struct key key = key_text_u64(user, position);
	key_add_text(&key, id);
	return key;
}

static struct key held_key(const Notification *notification)
{
	const char *through = notification->through[0] ? notification->through
						       : notification->recipient;
	struct key key = key_texts(notification->patient, through);
	key_add_text(&key, notification->recipient);
	key_add_text(&key, notification->id);
	return key;
}

/* By what it is found when it must leave: by the team that its readers are in,
 * or by its subject. */
static int about(const Notification *notification, struct key *key)
{
	if (!notification->matter) {
		*key = held_key(notification);
		return TABLE_HELD;
	}
	*key = subject_key(notification->service, notification->subject,
			   notification->recipient_organisation);
	key_add_text(key, notification->id);
	return TABLE_SUBJECTS;
}

/* To whom it is offered, and by whom. */
static struct key offered_key(const char *side, const char *organisation, const char *id)
{
	struct key key = key_texts(side, organisation);
	key_add_text(&key, id);
	return key;
}

static void index_delete(struct tx *tx, const Notification *notification)
{
	struct key inbox = inbox_key(notification->recipient, notification->position,
				     notification->id);
	struct key key;
	int table = about(notification, &key);

	tx_delete(tx, TABLE_INBOX, &inbox);
	tx_delete(tx, TABLE_OPEN, &inbox);
	tx_delete(tx, table, &key);
	bundle_delete(tx, notification);
	if (!notification->offered_to[0])
		return;
	key = offered_key("to", notification->offered_to, notification->id);
	tx_delete(tx, TABLE_OFFERED, &key);
	key = offered_key("by", notification->recipient_organisation, notification->id);
	tx_delete(tx, TABLE_OFFERED, &key);
}

static void index_put(struct tx *tx, const Notification *notification)
{
	struct key inbox = inbox_key(notification->recipient, notification->position,
				     notification->id);
	struct key key;
	int table = about(notification, &key);

	tx_put(tx, TABLE_INBOX, &inbox, nothing);
	if (!notification_open_state(notification->state))
		return;
	tx_put(tx, TABLE_OPEN, &inbox, nothing);
	tx_put(tx, table, &key, nothing);
	bundle_put(tx, notification);
	if (!notification->offered_to[0])
		return;
	key = offered_key("to", notification->offered_to, notification->id);
	tx_put(tx, TABLE_OFFERED, &key, nothing);
	key = offered_key("by", notification->recipient_organisation, notification->id);
	tx_put(tx, TABLE_OFFERED, &key, nothing);
}

static void touch(struct tx *tx, const char *user)
{
	struct key key = inbox_watch_key(user);
	tx_touch(tx, &key);
}

static void store(struct tx *tx, const Notification *notification)
{
	struct key key = key_text(notification->id), watched = recipients_watch_key(notification->entry);
	PUT(tx, TABLE_NOTIFICATIONS, &key, notification);
	if (notification->entry[0])
		tx_touch(tx, &watched);
}

void notification_change(struct tx *tx, const Notification *before, Notification *after,
			 uint64_t position)
{
	index_delete(tx, before);
	after->position = position;
	index_put(tx, after);
	store(tx, after);
	touch(tx, after->recipient);
	silent_moved(tx, before, after, position);
}

void notification_give(struct tx *tx, const Notification *before, Notification *after,
		       uint64_t position)
{
	struct key left = inbox_key(before->recipient, position, before->id);

	if (!before->through[0] && !before->matter)
		after->through = before->recipient;
	notification_change(tx, before, after, position);
	tx_put(tx, TABLE_INBOX, &left, nothing);
	touch(tx, before->recipient);
}

void notification_set_state(Notification *notification, Notification_State state, int64_t time_ms)
{
	notification->state = state;
	if (!notification_waiting(state))
		notification->rings_ms = 0; /* it waits for nothing any longer */
	if (state == NOTIFICATION_STATE_DELIVERED)
		notification->delivered_ms = time_ms;
	else if (state == NOTIFICATION_STATE_OPENED)
		notification->opened_ms = time_ms;
	else if (state == NOTIFICATION_STATE_ACCEPTED)
		notification->accepted_ms = time_ms;
	else if (state == NOTIFICATION_STATE_DONE)
		notification->done_ms = time_ms;
	else if (state == NOTIFICATION_STATE_DECLINED)
		notification->declined_ms = time_ms;
}

bool notification_take(struct tx *tx, const char *id, Notification **out)
{
	int rc = notification_get(tx, id, out);
	if (rc && !tx->error)
		tx->error = ERR_CORRUPT;
	return rc == 0 && !tx->error;
}

void notification_ring(struct tx *tx, const JournalEntry *entry, Notification *notification)
{
	notification->rung_ms = entry->time_ms;
	notification->rings_ms = 0;
	notification->rings++;
	silent_rung(tx, entry, notification);
}

/* ---- urgent events ------------------------------------------------------------------------ */

static void set_reminder(struct tx *tx, const char *event, int64_t before_ms, int64_t at_ms)
{
	struct key key = key_text(event);
	UrgentEvent view = UrgentEvent_INIT;
	ReminderDue due = ReminderDue_INIT;

	due.event = arena_string(tx->arena, event);
	if (before_ms)
		due_clear(tx, DUE_DURATION, before_ms, &due.base);
	if (at_ms)
		due_set(tx, DUE_DURATION, at_ms, &due.base);
	view.reminder_ms = at_ms;
	PUT(tx, TABLE_EVENTS, &key, &view);
}

/*
 * After one of an urgent event's notifications changed: the others show who took it, and reminders
 * stop; or, where the one who took it gave it back, they begin again. An escalation does so itself.
 */
static void settle_event(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const Notification *before, const Notification *changed)
{
	Notification **items;
	UrgentEvent *event;
	size_t n_items, n_waiting = 0;
	struct key key = key_text(changed->event);

	if (!changed->urgent || escalation_settle(tx, entry, position, before, changed) ||
	    GET(tx, TABLE_EVENTS, &key, UrgentEvent, &event) ||
	    event_list(tx, changed->event, &items, &n_items))
		return;
	const Notification *taken = event_taken(tx, items, n_items, position);
	for (size_t i = 0; i < n_items; i++)
		n_waiting += notification_waiting(items[i]->state);
	bool wanted = !taken && n_waiting > 0;
	if (wanted && !event->reminder_ms)
		set_reminder(tx, changed->event, 0, entry->steady_ms + REMINDER_MS);
	else if (!wanted && event->reminder_ms)
		set_reminder(tx, changed->event, event->reminder_ms, 0);
}

/* ---- facts -------------------------------------------------------------------------------- */

void notification_put_new(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  Notification notification, const Recipient *recipient)
{
	struct key item = key_texts(notification.event, recipient->id);

	notification.id = recipient->id;
	notification.recipient = recipient->user;
	notification.recipient_organisation = recipient->organisation;
	notification.recipient_profession = recipient->profession;
	notification.substitute_for = recipient->substitute_for;
	notification.asked = recipient->asked;
	notification.state = NOTIFICATION_STATE_STORED;
	notification.stored_ms = entry->time_ms;
	notification.position = position;
	notification.unstable = recipient->unstable;
	notification.place = recipient->place;
	if (recipient->rings_ms == 0)
		notification_ring(tx, entry, &notification);
	else if (recipient->rings_ms > 0)
		notification.rings_ms = recipient->rings_ms;
	index_put(tx, &notification);
	store(tx, &notification);
	touch(tx, notification.recipient);
	if (notification.urgent || notification.entry[0])
		tx_put(tx, TABLE_EVENT_ITEMS, &item, nothing);
}

void apply_notifications_stored(struct tx *tx, const JournalEntry *entry, uint64_t position,
				const NotificationsStored *fact)
{
	struct key told = key_text(fact->template_->event);
	struct scratch scratch;

	tx_put(tx, TABLE_TOLD, &told, nothing);
	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_recipients; i++) {
		Notification notification = *fact->template_;
		notification.through = fact->recipients[i]->substitute_for;
		notification_put_new(tx, entry, position, notification, fact->recipients[i]);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	if (fact->escalation)
		escalation_put_new(tx, entry, position, fact);
	else if (fact->template_->urgent)
		set_reminder(tx, fact->template_->event, 0, entry->steady_ms + REMINDER_MS);
}

/* The receipt moves no position: it came from the reader, and would only send all of it back. */
void apply_notifications_delivered(struct tx *tx, const JournalEntry *entry, uint64_t position,
				   const NotificationsDelivered *fact)
{
	struct scratch scratch;
	Notification *notification;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_ids && notification_take(tx, fact->ids[i], &notification); i++) {
		Notification before = *notification;
		notification_set_state(notification, NOTIFICATION_STATE_DELIVERED, entry->time_ms);
		store(tx, notification);
		silent_moved(tx, &before, notification, position);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
}

void apply_notification_moved(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const NotificationMoved *fact)
{
	Notification *before;

	if (!notification_take(tx, fact->id, &before))
		return;
	Notification after = *before;
	notification_set_state(&after, fact->state, entry->time_ms);
	if (fact->state == NOTIFICATION_STATE_ACCEPTED)
		after.taken_by = arena_string(tx->arena, "");
	if (fact->state == NOTIFICATION_STATE_DECLINED)
		after.decline_reason = fact->reason;
	notification_change(tx, before, &after, position);
	settle_event(tx, entry, position, before, &after);
}

/* What to was asked as well is accepted, and the other is open again: nobody has it twice. */
static void accept_own(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const NotificationTakenOver *fact)
{
	Notification *before;

	if (!notification_take(tx, fact->own, &before))
		return;
	Notification after = *before;
	notification_set_state(&after, NOTIFICATION_STATE_ACCEPTED, entry->time_ms);
	after.taken_by = arena_string(tx->arena, "");
	notification_change(tx, before, &after, position);
}

void apply_notification_taken_over(struct tx *tx, const JournalEntry *entry, uint64_t position,
				   const NotificationTakenOver *fact)
{
	Notification *before;

	if (!notification_take(tx, fact->id, &before))
		return;
	Notification after = *before;
	after.offered_to = arena_string(tx->arena, "");
	if (fact->own[0]) {
		accept_own(tx, entry, position, fact);
		notification_set_state(&after, NOTIFICATION_STATE_OPENED, entry->time_ms);
		after.accepted_ms = 0;
		after.taken_by = fact->to;
		notification_change(tx, before, &after, position);
	} else {
		notification_set_state(&after, NOTIFICATION_STATE_ACCEPTED, entry->time_ms);
		after.recipient = fact->to;
		after.recipient_organisation = entry->organisation;
		after.recipient_profession = (Profession)entry->profession;
		after.taken_by = arena_string(tx->arena, "");
		if (fact->handed_on)
			after.handed_over_by = fact->from;
		notification_give(tx, before, &after, position);
	}
	escalation_taken_over(tx, entry, position, &after, fact);
	settle_event(tx, entry, position, before, &after);
}

void apply_handed_over(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const HandedOver *fact)
{
	struct scratch scratch;
	Notification *before;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_ids && notification_take(tx, fact->ids[i], &before); i++) {
		Notification after = *before;
		notification_set_state(&after, NOTIFICATION_STATE_STORED, entry->time_ms);
		after.delivered_ms = after.opened_ms = after.accepted_ms = 0;
		after.recipient = fact->to;
		after.recipient_organisation = fact->recipient_organisation;
		after.recipient_profession = fact->recipient_profession;
		after.handed_over_by = fact->from;
		after.offered_to = arena_string(tx->arena, "");
		/* Whose turn has come hears it; it may have been heard by the giver alone. */
		if (silence_of(&after) &&
		    (before->rung_ms || before->state == NOTIFICATION_STATE_ACCEPTED))
			notification_ring(tx, entry, &after);
		notification_give(tx, before, &after, position);
		settle_event(tx, entry, position, before, &after);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	if (fact->more) {
		HandOverDue due = HandOverDue_INIT;
		due.from = fact->from;
		due.to = fact->to;
		due.until = fact->until ? fact->until : position;
		due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
	}
}

void apply_reminded(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const Reminded *fact)
{
	struct scratch scratch;
	Notification *before;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_ids && notification_take(tx, fact->ids[i], &before); i++) {
		Notification after = *before;
		after.reminders++;
		notification_ring(tx, entry, &after);
		notification_change(tx, before, &after, position);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	/* The item that brought this is gone already; after a stop the next waits its full length. */
	set_reminder(tx, fact->event, 0, entry->steady_ms + REMINDER_MS);
}

/* ---- facts about the team ----------------------------------------------------------------- */

void notifications_withdraw(struct tx *tx, const JournalEntry *entry, uint64_t position, char **ids,
			    size_t n_ids)
{
	struct scratch scratch;
	Notification *before;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < n_ids && notification_take(tx, ids[i], &before); i++) {
		Notification after = *before;
		notification_set_state(&after, NOTIFICATION_STATE_WITHDRAWN, entry->time_ms);
		notification_change(tx, before, &after, position);
		settle_event(tx, entry, position, before, &after);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
}

/* The newest word of a subject takes the place of what was said before. Who accepts for one
 * organisation leaves the reminders of another: each has an event of its own. */
void apply_word_stored(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const WordStored *fact)
{
	struct key told = key_text(fact->event);
	struct scratch scratch;

	tx_put(tx, TABLE_TOLD, &told, nothing);
	notifications_withdraw(tx, entry, position, fact->withdrawn, fact->n_withdrawn);
	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_recipients; i++) {
		const Recipient *recipient = fact->recipients[i];
		Notification notification = Notification_INIT;
		notification.matter = recipient->matter;
		notification.urgent = recipient->urgent;
		notification.service = fact->service;
		notification.subject = fact->subject;
		notification.event = arena_printf(tx->arena, "%s-%s", fact->event,
						  recipient->organisation);
		notification_put_new(tx, entry, position, notification, recipient);
		if (notification.urgent) /* of the same event: the same again */
			set_reminder(tx, notification.event, 0, entry->steady_ms + REMINDER_MS);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
}

/* ---- facts about people ------------------------------------------------------------------- */

/* What they have accepted and nobody else has: ids, for the changes move the keys. */
static int list_accepted_urgent(struct tx *tx, const Person *person, char ***ids, size_t *n_ids)
{
	struct key prefix = key_text(person->id);
	struct scratch scratch;
	struct scan scan;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_OPEN, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		Notification *item;
		rc = notification_get(tx, (const char *)scan_rest(&scan, NULL) + 8, &item);
		if (!rc && item->urgent && item->state == NOTIFICATION_STATE_ACCEPTED &&
		    !(person->state == ENROLMENT_STATE_ENROLLED &&
		      same(item->recipient_organisation, person->organisation)))
			rc = arena_append(scratch.kept, ids, n_ids,
					  arena_string(scratch.kept, item->id));
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

void apply_alert_person(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const PersonChanged *fact)
{
	struct scratch scratch;
	Notification *before;
	Person *was;
	char **ids = NULL;
	size_t n_ids = 0;
	int rc = person_get(tx, fact->person->id, &was);
	bool gone = !rc && (fact->person->state != ENROLMENT_STATE_ENROLLED ||
			    !same(was->organisation, fact->person->organisation));

	person_put(tx, fact->person);
	if (gone)
		rc = list_accepted_urgent(tx, fact->person, &ids, &n_ids);
	if (rc && rc != ERR_NOTFOUND && !tx->error)
		tx->error = rc;
	scratch_open(&scratch, tx);
	for (size_t i = 0; i < n_ids && notification_take(tx, ids[i], &before); i++) {
		Notification after = *before;
		notification_set_state(&after, NOTIFICATION_STATE_OPENED, entry->time_ms);
		after.accepted_ms = 0;
		notification_change(tx, before, &after, position);
		settle_event(tx, entry, position, before, &after);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
}

static void withdraw_rest(struct tx *tx, const JournalEntry *entry, char *patient, bool more)
{
	WithdrawalDue due = WithdrawalDue_INIT;

	if (!more)
		return;
	due.patient = patient;
	due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
}

void apply_team_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const TeamChanged *fact)
{
	bool consent = fact->team_consent;

	team_apply(tx, alert_team, fact->patient, fact->member, fact->removed, fact->also);
	if (fact->registrar)
		team_apply_access(tx, alert_team, fact->patient, fact->member->organisation, &consent,
				  NULL);
	notifications_withdraw(tx, entry, position, fact->withdrawn, fact->n_withdrawn);
	withdraw_rest(tx, entry, fact->patient, fact->more);
}

void apply_consent_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const ConsentChanged *fact)
{
	bool consent = fact->team_consent, cover_consent = fact->cover_consent;

	team_apply_access(tx, alert_team, fact->patient, NULL, &consent, &cover_consent);
	notifications_withdraw(tx, entry, position, fact->withdrawn, fact->n_withdrawn);
	withdraw_rest(tx, entry, fact->patient, fact->more);
}

void apply_withdrawn(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const Withdrawn *fact)
{
	notifications_withdraw(tx, entry, position, fact->withdrawn, fact->n_withdrawn);
	withdraw_rest(tx, entry, fact->patient, fact->more);
}

/* ---- facts about what a person sets ------------------------------------------------------- */

void apply_mute_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const MuteSet *fact)
{
	struct key key = key_texts(fact->user, fact->patient);
	MutedKinds muted = MutedKinds_INIT;
	uint32_t kinds;

	(void)entry;
	(void)position;
	if (mutes_get(tx, fact->user, fact->patient, &kinds))
		return;
	muted.kinds = muted_after(kinds, fact->kind, fact->muted);
	if (muted.kinds)
		PUT(tx, TABLE_MUTES, &key, &muted);
	else
		tx_delete(tx, TABLE_MUTES, &key);
}

void apply_substitute_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const SubstituteSet *fact)
{
	struct key key = key_text(fact->user);

	(void)entry;
	(void)position;
	if (fact->substitute[0])
		PUT(tx, TABLE_SUBSTITUTES, &key, fact);
	else
		tx_delete(tx, TABLE_SUBSTITUTES, &key);
}
