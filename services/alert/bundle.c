#include "bundle.h"

#include <stdio.h>
#include <string.h>

#include "hours.h"
#include "views.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- when somebody may be rung ------------------------------------------------------------ */

/* The organisation that was looked at last: those told come one organisation after the other. */
struct looked_at {
	char organisation[LIMIT_NAME_BYTES + 1];
	int64_t next_ms;
};

static int64_t first_ring_ms(struct hours hours, int64_t now_ms)
{
	return hours.n ? hours_next_ms(hours, HOURS_ASK, now_ms) : now_ms;
}

/* By the person's own hours, else their organisation's. Where none are known: now. */
static int next_ring_ms(struct tx *tx, const char *user, int64_t now_ms, struct looked_at *last,
			int64_t *next_ms)
{
	Organisation *organisation;
	struct scratch scratch;
	Person *person;

	*next_ms = now_ms;
	scratch_open(&scratch, tx);
	int rc = person_get(tx, user, &person);
	if (!rc && person->n_hours) {
		*next_ms = first_ring_ms(hours_of(person, NULL), now_ms);
	} else if (!rc && same(person->organisation, last->organisation)) {
		*next_ms = last->next_ms;
	} else if (!rc) {
		rc = organisation_get(tx, person->organisation, &organisation);
		if (!rc)
			*next_ms = first_ring_ms(hours_of(person, organisation), now_ms);
		snprintf(last->organisation, sizeof(last->organisation), "%s", person->organisation);
		last->next_ms = *next_ms;
	}
	scratch_close(&scratch, tx);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int bundle_load_hours(struct tx *tx, const struct input *in, struct candidate *const *candidates,
		      size_t n_candidates)
{
	struct looked_at last = { .next_ms = 0 };
	int rc = 0;

	for (size_t i = 0; i < n_candidates && !rc; i++) {
		struct candidate *candidate = candidates[i];
		rc = next_ring_ms(tx, candidate->person->id, in->now_ms, &last, &candidate->next_ms);
		if (!rc && candidate->substitute)
			rc = next_ring_ms(tx, candidate->substitute->id, in->now_ms, &last,
					  &candidate->substitute_next_ms);
	}
	return rc;
}

/* Who begins their duty is called then, whatever their clinic's hours are. */
static bool can_wait(const Recipient *recipient)
{
	return !recipient->urgent && recipient->matter != MATTER_DUTY_BEGINS &&
	       recipient->matter != MATTER_HAND_OVER_OFFERED;
}

static int64_t found_ms(struct candidate *const *candidates, size_t n_candidates, const char *user)
{
	for (size_t i = 0; i < n_candidates; i++) {
		const struct candidate *candidate = candidates[i];
		if (same(candidate->person->id, user))
			return candidate->next_ms;
		if (candidate->substitute && same(candidate->substitute->id, user))
			return candidate->substitute_next_ms;
	}
	return 0;
}

void bundle_wait(const struct input *in, struct candidate *const *candidates, size_t n_candidates,
		 Recipient *const *told, size_t n_told)
{
	for (size_t i = 0; i < n_told; i++) {
		if (told[i]->rings_ms || !can_wait(told[i]))
			continue;
		int64_t next_ms = found_ms(candidates, n_candidates, told[i]->user);
		if (next_ms == HOURS_NEVER)
			told[i]->rings_ms = -1; /* they want to be called for what is urgent alone */
		else if (next_ms > in->now_ms)
			told[i]->rings_ms = next_ms;
	}
}

/* ---- the window opens --------------------------------------------------------------------- */

/* A window that is open is open for all that waits; one that is closed puts off what waited for now. */
int load_bundle(struct tx *tx, const struct input *in, const BundleDue *due, struct bundle *view)
{
	struct key prefix = key_text(due->user);
	struct looked_at last = { .next_ms = 0 };
	struct scan scan;
	int rc = next_ring_ms(tx, due->user, in->now_ms, &last, &view->next_ms);

	if (rc)
		return rc;
	scan_open(&scan, tx, TABLE_WAITING, &prefix, NULL);
	while (!rc && !view->more && scan_next(&scan)) {
		if (view->next_ms > in->now_ms && scan_rest_number(&scan) > (uint64_t)in->now_ms)
			break;
		if (view->n_ids == STEP_MAX)
			view->more = true;
		else
			rc = arena_append(tx->arena, &view->ids, &view->n_ids,
					  arena_string(tx->arena, (const char *)scan_rest(&scan, NULL) + 8));
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

int bundle_ring(const struct input *in, const struct bundle *view, const BundleDue *due,
		BundleRung *fact)
{
	if (view->n_ids == 0)
		return ERR_NOTHING;
	fact->user = due->user;
	fact->ids = view->ids;
	fact->n_ids = view->n_ids;
	fact->more = view->more;
	if (view->next_ms == HOURS_NEVER)
		fact->until_ms = -1;
	else if (view->next_ms > in->now_ms)
		fact->until_ms = view->next_ms;
	return 0;
}

static void set_due(struct tx *tx, int64_t at_ms, char *user)
{
	BundleDue due = BundleDue_INIT;

	due.user = user;
	due_set(tx, DUE_APPOINTMENT, at_ms, &due.base);
}

void apply_bundle_rung(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const BundleRung *fact)
{
	struct scratch scratch;
	Notification *before;
	int64_t last_ms = 0;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_ids && notification_take(tx, fact->ids[i], &before); i++) {
		Notification after = *before;
		last_ms = before->rings_ms;
		if (fact->until_ms)
			after.rings_ms = fact->until_ms > 0 ? fact->until_ms : 0;
		else
			notification_ring(tx, entry, &after);
		notification_change(tx, before, &after, position);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	if (fact->more) /* the item that brought this is gone already */
		set_due(tx, last_ms, fact->user);
}

/* ---- for the views ------------------------------------------------------------------------ */

static struct key waiting_key(const Notification *notification)
{
	struct key key = key_text_u64(notification->recipient, (uint64_t)notification->rings_ms);
	key_add_text(&key, notification->id);
	return key;
}

static bool waits(const Notification *notification)
{
	return notification->rings_ms > 0 && notification_waiting(notification->state);
}

void bundle_put(struct tx *tx, const Notification *notification)
{
	struct key key = waiting_key(notification);

	if (!waits(notification))
		return;
	tx_put(tx, TABLE_WAITING, &key, (struct bytes){ NULL, 0 });
	set_due(tx, notification->rings_ms, notification->recipient); /* of one time: the same again */
}

void bundle_delete(struct tx *tx, const Notification *notification)
{
	struct key key = waiting_key(notification);

	if (waits(notification))
		tx_delete(tx, TABLE_WAITING, &key);
}

/* ---- whom it reaches, and when ------------------------------------------------------------ */

struct key recipients_watch_key(const char *entry)
{
	return key_texts("recipients", entry);
}

/* Its author, their colleagues, and whoever was told. */
static bool may_see(const struct input *in, Notification *const *items, size_t n_items)
{
	struct person_ref actor = { in->actor.user, in->actor.organisation, in->actor.profession };

	for (size_t i = 0; i < n_items; i++)
		if ((items[i]->organisation[0] && same(items[i]->organisation, actor.organisation)) ||
		    notification_of(items[i], actor))
			return true;
	return false;
}

/* Neither why somebody declined nor what the notification is about. */
static Notification *reached(struct arena *arena, const Notification *notification)
{
	Notification *shown = NEW(Notification, arena);

	if (!shown)
		return NULL;
	shown->id = notification->id;
	shown->recipient = notification->recipient;
	shown->recipient_organisation = notification->recipient_organisation;
	shown->recipient_profession = notification->recipient_profession;
	shown->substitute_for = notification->substitute_for;
	shown->asked = notification->asked;
	shown->urgent = notification->urgent;
	shown->state = notification->state;
	shown->position = notification->position;
	shown->stored_ms = notification->stored_ms;
	shown->delivered_ms = notification->delivered_ms;
	shown->opened_ms = notification->opened_ms;
	shown->accepted_ms = notification->accepted_ms;
	shown->done_ms = notification->done_ms;
	shown->declined_ms = notification->declined_ms;
	shown->rung_ms = notification->rung_ms;
	shown->rings_ms = notification->rings_ms;
	shown->rings = notification->rings;
	shown->place = notification->place;
	return shown;
}

/* Empty where nobody was told yet, and for whom it is no business: nobody learns which. */
int recipients_show(struct tx *tx, const struct input *in, const ShowRecipients *request,
		    RecipientList *list, struct answer *answer)
{
	Notification **items = NULL;
	size_t n_items = 0;

	if (!id_valid(request->entry))
		return refuse(in, CODE_INVALID_ARGUMENT, "entry", "記録のIDが正しくありません。",
			      "That is no entry's id.");
	answer->watch_key = recipients_watch_key(request->entry);
	int rc = event_list(tx, request->entry, &items, &n_items);
	if (rc || !may_see(in, items, n_items))
		return rc;
	for (size_t i = 0; i < n_items && !rc; i++) {
		Notification *shown = reached(in->arena, items[i]);
		rc = shown ? arena_append(in->arena, &list->items, &list->n_items, shown) : ERR_NOMEM;
		if (list->n_items == LIMIT_PAGE_ITEMS)
			break; /* no team is as large */
	}
	return rc;
}
