#include "walk.h"

#include <string.h>

#include "escalation.h"
#include "views.h"

#define S(name) ESCALATION_STATE_##name
#define WHAT(name) ESCALATION_STEP_WHAT_##name

static const struct bytes nothing;

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- get ---------------------------------------------------------------------------------- */

int escalation_get(struct tx *tx, const char *event, Escalation **out)
{
	struct key key = key_text(event);
	return GET(tx, TABLE_ESCALATIONS, &key, Escalation, out);
}

int escalation_settings(struct tx *tx, EscalationSettings *settings)
{
	struct key key = key_text("");
	EscalationSettings *set;
	int rc = GET(tx, TABLE_ESCALATION_SETTINGS, &key, EscalationSettings, &set);

	if (rc && rc != ERR_NOTFOUND)
		return rc;
	settings->urgent_s = rc ? ESCALATION_STEP_S : set->urgent_s;
	settings->limit_s = rc ? ESCALATION_STEP_S : set->limit_s;
	return 0;
}

struct key escalation_watch_key(const char *event)
{
	return key_texts("escalation", event);
}

struct key walks_watch_key(const char *organisation)
{
	return key_texts("walks", organisation);
}

/* ---- one escalation ----------------------------------------------------------------------- */

static struct key walk_key(const char *organisation, const Escalation *escalation)
{
	struct key key = key_text_u64(organisation, escalation->position);
	key_add_text(&key, escalation->event);
	return key;
}

static void index_of(struct tx *tx, const char *organisation, const Escalation *before,
		     const Escalation *after)
{
	struct key old = walk_key(organisation, before), new = walk_key(organisation, after);
	struct key watch = walks_watch_key(organisation);

	tx_delete(tx, TABLE_WALKS, &old);
	tx_delete(tx, TABLE_WALKING, &old);
	tx_put(tx, TABLE_WALKS, &new, nothing);
	if (escalation_open(after->state))
		tx_put(tx, TABLE_WALKING, &new, nothing);
	tx_touch(tx, &watch);
}

static void change(struct tx *tx, const Escalation *before, Escalation *after, uint64_t position)
{
	struct key key = key_text(after->event), watch = escalation_watch_key(after->event);

	after->position = position;
	index_of(tx, "", before, after);
	if (after->organisation[0])
		index_of(tx, after->organisation, before, after);
	PUT(tx, TABLE_ESCALATIONS, &key, after);
	tx_touch(tx, &watch);
}

/* When it goes on; 0: it does not. */
static void set_due(struct tx *tx, Escalation *escalation, int64_t at_ms)
{
	EscalationDue due = EscalationDue_INIT;

	due.event = escalation->event;
	if (escalation->due_steady_ms)
		due_clear(tx, DUE_DURATION, escalation->due_steady_ms, &due.base);
	if (at_ms)
		due_set(tx, DUE_DURATION, at_ms, &due.base);
	escalation->due_steady_ms = at_ms;
}

/* Of many the first and the last are kept. */
static void add_step(struct tx *tx, Escalation *escalation, EscalationStep *step)
{
	if (escalation->n_steps == ESCALATION_FIRST_STEPS + ESCALATION_LAST_STEPS) {
		EscalationStep **last = escalation->steps + ESCALATION_FIRST_STEPS;
		memmove(last, last + 1, (ESCALATION_LAST_STEPS - 1) * sizeof(*last));
		escalation->n_steps--;
	}
	if (arena_append(tx->arena, &escalation->steps, &escalation->n_steps, step) && !tx->error)
		tx->error = ERR_NOMEM;
}

static EscalationStep *new_step(struct tx *tx, const JournalEntry *entry,
				const Escalation *escalation, EscalationStep_What what,
				EscalationStep_Place place)
{
	EscalationStep *step = NEW(EscalationStep, tx->arena);

	if (!step) {
		if (!tx->error)
			tx->error = ERR_NOMEM;
		return NULL;
	}
	step->what = what;
	step->place = place;
	step->round = escalation->round;
	step->time_ms = entry->time_ms;
	return step;
}

static void add_user(struct tx *tx, EscalationStep *step, char *user)
{
	if (arena_append(tx->arena, &step->users, &step->n_users, user) && !tx->error)
		tx->error = ERR_NOMEM;
}

static void step_by(struct tx *tx, const JournalEntry *entry, Escalation *escalation,
		    EscalationStep_What what, const Notification *item, char *other)
{
	EscalationStep *step = new_step(tx, entry, escalation, what, item->place);

	if (!step)
		return;
	step->organisation = item->recipient_organisation;
	step->other = other;
	add_user(tx, step, item->recipient);
	add_step(tx, escalation, step);
}

void escalation_log(struct tx *tx, const char *event, uint64_t position, EscalationStep *step)
{
	Escalation *before;

	if (escalation_get(tx, event, &before))
		return;
	Escalation after = *before;
	add_step(tx, &after, step);
	change(tx, before, &after, position);
}

void escalation_put_new(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const NotificationsStored *fact)
{
	Escalation after = *fact->escalation;

	after.common = fact->template_;
	set_due(tx, &after, entry->steady_ms + after.step_ms);
	after.position = position;
	change(tx, &after, &after, position);
}

/* ---- one of its notifications changed ------------------------------------------------------ */

const Notification *event_taken(struct tx *tx, Notification **items, size_t n_items,
				uint64_t position)
{
	const Notification *holder = escalation_holder(items, n_items);
	char *taken_by = holder ? holder->recipient : arena_string(tx->arena, "");
	struct scratch scratch;
	Notification *before;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < n_items; i++) {
		if (!notification_waiting(items[i]->state) || same(items[i]->taken_by, taken_by) ||
		    !notification_take(tx, items[i]->id, &before))
			continue;
		Notification after = *before;
		after.taken_by = taken_by;
		notification_change(tx, before, &after, position);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	return holder;
}

static bool had(const Notification *item)
{
	return item->state == NOTIFICATION_STATE_ACCEPTED || item->state == NOTIFICATION_STATE_DONE;
}

/* What was done, for the sender. Who took it over is told by whoever knows that. False: nothing. */
static bool log_change(struct tx *tx, const JournalEntry *entry, Escalation *escalation,
		       const Notification *before, const Notification *changed)
{
	char *nobody = arena_string(tx->arena, "");
	bool given = !same(before->recipient, changed->recipient);

	if (!had(before) && had(changed) && !given)
		step_by(tx, entry, escalation, WHAT(STEP_ACCEPTED), changed, nobody);
	else if (had(before) && !had(changed) && !changed->taken_by[0])
		step_by(tx, entry, escalation, WHAT(GIVEN_BACK), before,
			given ? changed->recipient : nobody);
	else if (changed->state == NOTIFICATION_STATE_DECLINED && !had(before))
		step_by(tx, entry, escalation, WHAT(STEP_DECLINED), changed, nobody);
	else
		return false;
	return true;
}

/* Is it of those who are asked just now? */
static bool asked_now(const Escalation *escalation, const Notification *item)
{
	return item->place && item->place == escalation->place && item->round == escalation->round;
}

/* Somebody still has it who may see the patient. */
static bool held(Notification *const *items, size_t n_items)
{
	for (size_t i = 0; i < n_items; i++)
		if (items[i]->state != NOTIFICATION_STATE_WITHDRAWN &&
		    items[i]->place != ESCALATION_STEP_PLACE_CENTRE)
			return true;
	return false;
}

/* Nobody is to be waited for any longer: they said so, or may not see the patient. */
static bool goes_on(const Escalation *escalation, const Notification *changed,
		    Notification *const *items, size_t n_items)
{
	if (changed->state == NOTIFICATION_STATE_WITHDRAWN && !held(items, n_items))
		return true;
	return asked_now(escalation, changed) && (changed->state == NOTIFICATION_STATE_DECLINED ||
						  changed->state == NOTIFICATION_STATE_WITHDRAWN);
}

bool escalation_settle(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const Notification *before, const Notification *changed)
{
	Escalation *was;
	Notification **items;
	size_t n_items;

	if (escalation_get(tx, changed->event, &was))
		return false;
	int rc = event_list(tx, changed->event, &items, &n_items);
	if (rc && !tx->error)
		tx->error = rc; /* else it would be taken for settled */
	if (rc)
		return true;
	Escalation after = *was;
	bool logged = log_change(tx, entry, &after, before, changed);
	const Notification *holder = event_taken(tx, items, n_items, position);
	after.holder = holder ? holder->recipient : arena_string(tx->arena, "");
	bool wanted = escalation_wanted(after.everyone, items, n_items);
	if (escalation_open(after.state) && !wanted) {
		after.state = escalation_after(after.state, ESCALATION_TAKES);
		set_due(tx, &after, 0);
	} else if (after.state == S(TAKEN) && wanted) {
		after.state = escalation_after(after.state, ESCALATION_BACK);
		set_due(tx, &after, entry->steady_ms + (holder ? after.step_ms : 0));
	} else if (escalation_open(after.state) && !holder &&
		   goes_on(&after, changed, items, n_items)) {
		set_due(tx, &after, entry->steady_ms);
	}
	if (logged || after.state != was->state ||
	    !same(after.holder, was->holder) || after.due_steady_ms != was->due_steady_ms)
		change(tx, was, &after, position);
	return true;
}

void escalation_taken_over(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const Notification *changed, const NotificationTakenOver *fact)
{
	Escalation *before;

	if (escalation_get(tx, changed->event, &before))
		return;
	Escalation after = *before;
	EscalationStep *step = new_step(tx, entry, &after,
					fact->handed_on ? WHAT(HANDED_ON) : WHAT(TAKEN_OVER),
					changed->place);
	if (!step)
		return;
	step->organisation = entry->organisation;
	step->other = fact->from;
	add_user(tx, step, fact->to);
	add_step(tx, &after, step);
	change(tx, before, &after, position);
}

/* ---- facts -------------------------------------------------------------------------------- */

/* Those who are asked, into step; or once more, without one. What they declined before stands open
 * again. */
static void ring_again(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const EscalationWalked *fact, char **ids, size_t n_ids, EscalationStep *step)
{
	struct scratch scratch;
	Notification *before;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < n_ids && notification_take(tx, ids[i], &before); i++) {
		Notification after = *before;
		if (after.state == NOTIFICATION_STATE_DECLINED)
			after.state = NOTIFICATION_STATE_STORED;
		if (step)
			after.place = fact->place;
		after.round = fact->round;
		notification_ring(tx, entry, &after);
		notification_change(tx, before, &after, position);
		if (step && arena_append(scratch.kept, &step->users, &step->n_users,
					 arena_string(scratch.kept, after.recipient)) && !tx->error)
			tx->error = ERR_NOMEM;
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
}

static void ask_place(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const EscalationWalked *fact, Escalation *after)
{
	EscalationStep *step = new_step(tx, entry, after, WHAT(ASKED), fact->place);

	if (!step)
		return;
	step->organisation = fact->organisation;
	ring_again(tx, entry, position, fact, fact->rung, fact->n_rung, step);
	for (size_t i = 0; i < fact->n_recipients; i++) {
		Notification notification = *fact->template_;
		notification.through = fact->recipients[i]->substitute_for;
		notification_put_new(tx, entry, position, notification, fact->recipients[i]);
		add_user(tx, step, fact->recipients[i]->user);
	}
	add_step(tx, after, step);
	after->place = fact->place;
	if (arena_append(tx->arena, &after->asked, &after->n_asked, fact->organisation) && !tx->error)
		tx->error = ERR_NOMEM;
}

static void start_over(struct tx *tx, const JournalEntry *entry, const EscalationWalked *fact,
		       Escalation *after)
{
	EscalationStep *step = new_step(tx, entry, after, WHAT(STARTED_OVER), after->place);

	after->round = fact->round;
	after->asked = NULL;
	after->n_asked = 0;
	after->asked_times = 0;
	if (!step)
		return;
	step->round = fact->round;
	add_step(tx, after, step);
}

void apply_escalation_walked(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const EscalationWalked *fact)
{
	Escalation *before;

	if (fact->over) {
		notifications_withdraw(tx, entry, position, fact->withdrawn, fact->n_withdrawn);
		if (escalation_get(tx, fact->event, &before))
			return;
		Escalation after = *before;
		after.state = escalation_after(after.state, ESCALATION_ENDS);
		set_due(tx, &after, 0);
		change(tx, before, &after, position);
		return;
	}
	if (escalation_get(tx, fact->event, &before))
		return;
	Escalation after = *before;
	if (fact->started_over)
		start_over(tx, entry, fact, &after);
	if (fact->place)
		ask_place(tx, entry, position, fact, &after);
	ring_again(tx, entry, position, fact, fact->again, fact->n_again, NULL);
	after.asked_times++;
	if (fact->place == ESCALATION_STEP_PLACE_CENTRE || (!fact->place && !after.holder[0]))
		after.state = escalation_after(after.state, ESCALATION_ASKS_CENTRE);
	else if (fact->place)
		after.state = escalation_after(after.state, ESCALATION_ASKS);
	set_due(tx, &after, entry->steady_ms + after.step_ms);
	change(tx, before, &after, position);
}

void apply_escalation_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const EscalationSet *fact)
{
	struct key key = key_text("");
	EscalationSettings settings = EscalationSettings_INIT;

	(void)entry;
	(void)position;
	settings.urgent_s = fact->urgent_s;
	settings.limit_s = fact->limit_s;
	PUT(tx, TABLE_ESCALATION_SETTINGS, &key, &settings);
}
