#include "silent.h"

#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "text.h"
#include "views.h"
#include "walk.h"

static const struct bytes nothing;

/* ---- rules -------------------------------------------------------------------------------- */

bool silence_of(const Notification *notification)
{
	return notification->urgent && notification->state == NOTIFICATION_STATE_STORED &&
	       (notification->everyone || !notification->taken_by[0]);
}

/* Who has moved to another place, or was revoked, does not see it any longer. */
static bool theirs(const struct silence_view *view)
{
	const Person *person = view->person;

	return view->notification && silence_of(view->notification) && person &&
	       person->state == ENROLMENT_STATE_ENROLLED &&
	       notification_of(view->notification,
			       (struct person_ref){ person->id, person->organisation,
						    person->profession });
}

int silent_find(const struct input *in, const struct silence_view *view, const SilentDue *due,
		SilentFound *fact)
{
	if (!view->silence || !view->silence->due_ms)
		return ERR_NOTHING;
	fact->id = due->id;
	fact->user = due->user;
	if (!theirs(view))
		fact->what = SILENT_FOUND_WHAT_NOT_THEIRS;
	else if (in->steady_ms - view->silence->due_ms > SILENT_LATE_MS)
		fact->what = SILENT_FOUND_WHAT_LATER;
	else
		fact->what = view->person->mail[0] ? SILENT_FOUND_WHAT_TO_WRITE
						   : SILENT_FOUND_WHAT_NOWHERE;
	return 0;
}

int mail_report(const struct input *in, const struct silence_view *view, const ReportMail *request,
		MailReported *fact)
{
	const Silence *silence = view->silence;
	size_t size = strlen(request->detail);

	if (!silence)
		return refuse(in, CODE_NOT_FOUND, "id", "そのお知らせはメールの対象ではありません。",
			      "There is no mail to write about this notification.");
	if (size > MAIL_DETAIL_BYTES || !text_valid(request->detail, size) ||
	    strpbrk(request->detail, "\t\n"))
		return refuse(in, CODE_INVALID_ARGUMENT, "detail",
			      "サーバーの返答は、制御文字を除いて200バイト以内にしてください。",
			      "Keep what the server said within 200 bytes, without control characters.");
	if (request->sent ? silence->told
			  : !silence->open || strcmp(silence->failed, request->detail) == 0)
		return ERR_NOTHING;
	fact->id = request->id;
	fact->user = request->user;
	fact->sent = request->sent;
	fact->detail = request->detail;
	return 0;
}

/* ---- load and list ------------------------------------------------------------------------ */

static struct key listed_key(uint64_t position, const char *id, const char *user)
{
	struct key key = key_u64(position);
	key_add_text(&key, id);
	key_add_text(&key, user);
	return key;
}

static struct key watch_key(void)
{
	return key_text("silent");
}

static int silence_get(struct tx *tx, const char *id, const char *user, Silence **out)
{
	struct key key = key_texts(id, user);

	if (!id_valid(id) || !name_valid(user, LIMIT_NAME_BYTES))
		return ERR_NOTFOUND;
	return GET(tx, TABLE_SILENCES, &key, Silence, out);
}

static int load_silence(struct tx *tx, const char *id, const char *user, struct silence_view *view)
{
	Silence *silence;
	Notification *notification;
	Person *person;

	int rc = silence_get(tx, id, user, &silence);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->silence = silence;
	rc = notification_get(tx, id, &notification);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->notification = notification;
	rc = person_get(tx, user, &person);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->person = person;
	return 0;
}

int load_silent_due(struct tx *tx, const struct input *in, const SilentDue *due,
		    struct silence_view *view)
{
	(void)in;
	return load_silence(tx, due->id, due->user, view);
}

int load_mail_report(struct tx *tx, const struct input *in, const ReportMail *request,
		     struct silence_view *view)
{
	(void)in;
	return load_silence(tx, request->id, request->user, view);
}

/* Their address is looked up now: it may be another than a minute ago. */
static int add_silent(struct tx *tx, const struct scan *scan, SilentList *list, size_t *bytes)
{
	const char *id = (const char *)scan->key + 8, *user = id + strlen(id) + 1;
	Silent *item = NEW(Silent, tx->arena);
	Silence *silence;
	Person *person;

	int rc = silence_get(tx, id, user, &silence);
	if (rc || !item)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : ERR_NOMEM;
	item->id = silence->id;
	item->user = silence->user;
	item->position = silence->position;
	item->done = true;
	if (silence->open && person_get(tx, silence->user, &person) == 0 && person->mail[0]) {
		item->mail = person->mail;
		item->done = false;
	}
	*bytes += strlen(id) + strlen(user) + strlen(item->mail) + 32;
	return arena_append(tx->arena, &list->items, &list->n_items, item);
}

/* A page ends between two positions, and before it is half full: what changed at one position
 * together (STEP_MAX) still fits. */
int silent_list(struct tx *tx, const struct input *in, const ListSilent *request, SilentList *list,
		struct answer *answer)
{
	struct key from = key_u64(in->after == UINT64_MAX ? in->after : in->after + 1);
	size_t bytes = 0;
	uint64_t last = 0;
	struct scan scan;
	int rc = 0;

	(void)request;
	scan_open(&scan, tx, in->after ? TABLE_SILENT_ALL : TABLE_SILENT_OPEN, NULL, &from);
	while (!rc && scan_next(&scan)) {
		uint64_t position = scan_rest_number(&scan);
		if (position != last && bytes > LIMIT_PAGE_BYTES / 2) {
			answer->more = true;
			answer->position = last;
			break;
		}
		last = position;
		rc = add_silent(tx, &scan, list, &bytes);
	}
	scan_close(&scan);
	answer->watch_key = watch_key();
	return rc ? rc : tx->error;
}

/* ---- apply -------------------------------------------------------------------------------- */

static void put(struct tx *tx, const Silence *silence)
{
	struct key key = key_texts(silence->id, silence->user);
	PUT(tx, TABLE_SILENCES, &key, silence);
}

static int64_t wait_ms(struct tx *tx)
{
	struct key key = key_text("");
	SilenceSet *set;

	return GET(tx, TABLE_SILENCES, &key, SilenceSet, &set) ? SILENT_MS : set->wait_ms;
}

/* at_ms 0: it is waited for no longer. To be stored by the caller. */
static void set_due(struct tx *tx, Silence *silence, int64_t at_ms)
{
	SilentDue due = SilentDue_INIT;

	due.id = silence->id;
	due.user = silence->user;
	if (silence->due_ms)
		due_clear(tx, DUE_DURATION, silence->due_ms, &due.base);
	if (at_ms)
		due_set(tx, DUE_DURATION, at_ms, &due.base);
	silence->due_ms = at_ms;
}

/* Stands in the relay's list at this position from now on; the same. */
static void set_open(struct tx *tx, Silence *silence, bool open, uint64_t position)
{
	struct key before = listed_key(silence->position, silence->id, silence->user);
	struct key after = listed_key(position, silence->id, silence->user);
	struct key watch = watch_key();

	tx_delete(tx, TABLE_SILENT_OPEN, &before);
	tx_delete(tx, TABLE_SILENT_ALL, &before);
	tx_put(tx, TABLE_SILENT_ALL, &after, nothing);
	if (open)
		tx_put(tx, TABLE_SILENT_OPEN, &after, nothing);
	silence->open = open;
	silence->position = position;
	tx_touch(tx, &watch);
}

void silent_rung(struct tx *tx, const JournalEntry *entry, const Notification *notification)
{
	Silence fresh = Silence_INIT, *silence = &fresh;

	if (!silence_of(notification))
		return;
	fresh.id = notification->id;
	fresh.user = notification->recipient;
	int rc = silence_get(tx, notification->id, notification->recipient, &silence);
	if (rc && rc != ERR_NOTFOUND)
		return;
	if (silence->due_ms || silence->open || silence->told)
		return;
	set_due(tx, silence, entry->steady_ms + wait_ms(tx));
	put(tx, silence);
}

void silent_moved(struct tx *tx, const Notification *before, const Notification *after,
		  uint64_t position)
{
	Silence *silence;

	if (!silence_of(before) ||
	    (silence_of(after) && strcmp(before->recipient, after->recipient) == 0) ||
	    silence_get(tx, before->id, before->recipient, &silence) ||
	    (!silence->due_ms && !silence->open))
		return;
	set_due(tx, silence, 0);
	if (silence->open)
		set_open(tx, silence, false, position);
	put(tx, silence);
}

/* What a fact is about must be there; else the transaction fails. */
static bool take(struct tx *tx, const char *id, const char *user, Silence **silence,
		 Notification **notification)
{
	int rc = silence_get(tx, id, user, silence);

	if (rc && !tx->error)
		tx->error = ERR_CORRUPT;
	return !rc && notification_take(tx, id, notification);
}

/* Onto the way of its event, if it has one. */
static void note_step(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const Notification *notification, const Silence *silence,
		      EscalationStep_What what, char *detail)
{
	EscalationStep step = EscalationStep_INIT;
	char *users[] = { silence->user };

	step.what = what;
	step.place = notification->place;
	step.organisation = notification->recipient_organisation;
	step.users = users;
	step.n_users = 1;
	step.time_ms = entry->time_ms;
	step.round = notification->round;
	step.detail = detail;
	escalation_log(tx, notification->event, position, &step);
}

void apply_silent_found(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const SilentFound *fact)
{
	Silence *silence;
	Notification *notification;

	if (!take(tx, fact->id, fact->user, &silence, &notification))
		return;
	set_due(tx, silence, fact->what == SILENT_FOUND_WHAT_LATER ? entry->steady_ms + wait_ms(tx)
								  : 0);
	if (fact->what == SILENT_FOUND_WHAT_TO_WRITE) {
		set_open(tx, silence, true, position);
	} else if (fact->what == SILENT_FOUND_WHAT_NOWHERE) {
		silence->told = true;
		note_step(tx, entry, position, notification, silence, ESCALATION_STEP_WHAT_NO_ADDRESS,
		     arena_string(tx->arena, ""));
	}
	put(tx, silence);
}

/* Also of what was over meanwhile: the mail was under way. */
void apply_mail_reported(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const MailReported *fact)
{
	Silence *silence;
	Notification *notification;

	if (!take(tx, fact->id, fact->user, &silence, &notification))
		return;
	silence->failed = fact->sent ? arena_string(tx->arena, "") : fact->detail;
	if (fact->sent) {
		silence->told = true;
		set_due(tx, silence, 0);
		if (silence->open)
			set_open(tx, silence, false, position);
	}
	note_step(tx, entry, position, notification, silence,
	     fact->sent ? ESCALATION_STEP_WHAT_MAILED : ESCALATION_STEP_WHAT_MAIL_FAILED,
	     fact->detail);
	put(tx, silence);
}

void apply_silence_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const SilenceSet *fact)
{
	struct key key = key_text("");

	(void)entry;
	(void)position;
	PUT(tx, TABLE_SILENCES, &key, fact);
}

/* ---- the option --------------------------------------------------------------------------- */

int silent_option(void *context, const char *name, const char *value)
{
	struct silent_options *options = context;
	char *end;

	if (strcmp(name, "silent-s") != 0 || !value)
		return ERR_INVALID;
	long seconds = strtol(value, &end, 10);
	if (*end || end == value || seconds < 1 || seconds > 3600)
		return ERR_INVALID;
	options->wait_ms = seconds * 1000LL;
	return 0;
}

/* A fact, so that a rebuild makes the same of what rang before and after. */
int silent_start(struct daemon *daemon, void *context)
{
	const struct silent_options *options = context;
	SilenceSet fact = SilenceSet_INIT;
	struct arena arena;
	struct tx tx;
	int64_t known_ms = 0;

	fact.wait_ms = options && options->wait_ms ? options->wait_ms : SILENT_MS;
	arena_init(&arena, LIMIT_ARENA_BYTES);
	int rc = tx_begin(&tx, daemon_store(daemon), &arena, false);
	if (!rc) {
		known_ms = wait_ms(&tx);
		rc = tx.error;
		tx_abort(&tx);
	}
	arena_close(&arena);
	return rc || known_ms == fact.wait_ms ? rc : daemon_write_fact(daemon, "start", &fact.base);
}
