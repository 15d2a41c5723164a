#include "views.h"

#include <string.h>

#include "rules.h"

const char *const board_tables[BOARD_TABLES] = { "board", "changes", "periods", "history" };

static const struct bytes nothing;

/* ---- get ---------------------------------------------------------------------------------- */

int capacity_get(struct tx *tx, const char *organisation, Capacity **out)
{
	if (!name_valid(organisation, LIMIT_NAME_BYTES))
		return ERR_NOTFOUND;
	struct key key = key_text(organisation);
	return GET(tx, TABLE_BOARD, &key, Capacity, out);
}

static struct key period_key(uint64_t position, const char *organisation)
{
	struct key key = key_u64(position);
	key_add_text(&key, organisation);
	return key;
}

int period_get(struct tx *tx, uint64_t position, const char *organisation, CapacityPeriod **out)
{
	struct key key = period_key(position, organisation);
	return GET(tx, TABLE_PERIODS, &key, CapacityPeriod, out);
}

/* ---- a row -------------------------------------------------------------------------------- */

/* before: as it stands; NULL: there is none yet. */
static void row_put(struct tx *tx, const Capacity *before, Capacity *after, uint64_t position)
{
	struct key key = key_text(after->id);

	if (before) {
		struct key old = key_u64(before->position);
		tx_delete(tx, TABLE_CHANGES, &old);
	}
	struct key change = key_u64(position);
	after->position = position;
	PUT(tx, TABLE_BOARD, &key, after);
	tx_put(tx, TABLE_CHANGES, &change,
	       (struct bytes){ (const uint8_t *)after->id, strlen(after->id) + 1 });
}

/* The row of a fact must be there; else the transaction fails. */
static bool row_take(struct tx *tx, const char *organisation, Capacity **out)
{
	int rc = capacity_get(tx, organisation, out);
	if (rc && !tx->error)
		tx->error = ERR_CORRUPT;
	return rc == 0 && !tx->error;
}

/* ---- what is due for it ------------------------------------------------------------------- */

typedef void due_fn(struct tx *tx, enum due_class class, int64_t at_ms,
		    const ProtobufCMessage *message);

/* Both items of what a row says; set when it is said, cleared when something else is. */
static void due_items(struct tx *tx, const Capacity *row, due_fn *set_or_clear)
{
	CapacityReminderDue reminder = CapacityReminderDue_INIT;
	CapacityLapseDue end = CapacityLapseDue_INIT;

	if (!row->valid_until_ms)
		return;
	reminder.organisation = end.organisation = row->id;
	if (row->valid_until_ms - REMINDER_MS > row->set_ms)
		set_or_clear(tx, DUE_APPOINTMENT, row->valid_until_ms - REMINDER_MS,
			     &reminder.base);
	set_or_clear(tx, DUE_APPOINTMENT, row->valid_until_ms, &end.base);
}

/* ---- periods ------------------------------------------------------------------------------ */

/* What was said last holds until now, unless it has lapsed before. */
static void period_end(struct tx *tx, const char *organisation, int64_t now_ms)
{
	struct key prefix = key_text(organisation);
	struct scan scan;
	CapacityPeriod *period;
	uint64_t position = 0;

	scan_open(&scan, tx, TABLE_HISTORY, &prefix, NULL);
	if (scan_previous(&scan))
		position = scan_number(&scan);
	scan_close(&scan);
	if (!position || period_get(tx, position, organisation, &period) || period->to_ms <= now_ms)
		return;
	struct key key = period_key(position, organisation);
	period->to_ms = now_ms;
	PUT(tx, TABLE_PERIODS, &key, period);
}

static void period_begin(struct tx *tx, const Capacity *said, int64_t now_ms, uint64_t position)
{
	struct key key = period_key(position, said->id), index = key_text_u64(said->id, position);
	CapacityPeriod period = CapacityPeriod_INIT;

	period.level = said->level;
	period.from_ms = now_ms;
	period.to_ms = said->valid_until_ms;
	period.author = said->author;
	period.free_visits = said->free_visits;
	period.remark = said->remark;
	PUT(tx, TABLE_PERIODS, &key, &period);
	tx_put(tx, TABLE_HISTORY, &index, nothing);
}

/* ---- facts -------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool looks_the_same(const Capacity *a, const Capacity *b)
{
	return a->kind == b->kind && a->area == b->area && a->left == b->left &&
	       same(a->name, b->name) && same(a->phone, b->phone);
}

/* Who leaves takes along what was said; who comes back begins anew. */
static void row_leaves(struct tx *tx, const JournalEntry *entry, const Capacity *before,
		       Capacity *after)
{
	Capacity blank = Capacity_INIT;

	period_end(tx, before->id, entry->time_ms);
	due_items(tx, before, due_clear);
	blank.id = after->id;
	blank.level = CAPACITY_LEVEL_UNKNOWN;
	blank.kind = after->kind;
	blank.area = after->area;
	blank.name = after->name;
	blank.phone = after->phone;
	blank.left = true;
	*after = blank;
}

/* Its row's topic ends in the id, and that of an instance's name is where
 * the instance says hello. */
static bool fit_for_topic(const char *organisation)
{
	return name_valid(organisation, LIMIT_NAME_BYTES) && !instance_name(organisation);
}

void apply_board_organisation(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const OrganisationChanged *fact)
{
	const Organisation *organisation = fact->organisation;
	bool belongs = on_board(organisation->kind) && !organisation->left &&
		       fit_for_topic(organisation->id);
	Capacity *before = NULL, after = Capacity_INIT;

	organisation_put(tx, organisation);
	int rc = capacity_get(tx, organisation->id, &before);
	if (rc && (rc != ERR_NOTFOUND || !belongs))
		return; /* an error stays in tx */
	if (before)
		after = *before;
	else
		after.level = CAPACITY_LEVEL_UNKNOWN;
	after.id = organisation->id;
	after.kind = organisation->kind;
	after.area = organisation->area;
	after.name = organisation->name;
	after.phone = organisation->phone;
	after.left = !belongs;
	if (before && looks_the_same(before, &after))
		return; /* its address, its hours: nothing that stands on the board */
	if (before && after.left && !before->left)
		row_leaves(tx, entry, before, &after);
	row_put(tx, before, &after, position);
}

void apply_capacity_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const CapacitySet *fact)
{
	const Capacity *said = fact->capacity;
	Capacity *before;

	if (!row_take(tx, said->id, &before))
		return;
	period_end(tx, said->id, entry->time_ms);
	due_items(tx, before, due_clear);
	Capacity after = *said;
	after.kind = before->kind;
	after.area = before->area;
	after.name = before->name;
	after.phone = before->phone;
	due_items(tx, &after, due_set);
	period_begin(tx, said, entry->time_ms, position);
	row_put(tx, before, &after, position);
}

void apply_capacity_history_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
				  const CapacityHistoryAdded *fact)
{
	struct key key = period_key(position, fact->organisation);
	struct key index = key_text_u64(fact->organisation, position);

	(void)entry;
	PUT(tx, TABLE_PERIODS, &key, fact->period);
	tx_put(tx, TABLE_HISTORY, &index, nothing);
}

/* Nothing that is on the board; the fact is what alert hears of. */
void apply_capacity_reminded(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const CapacityReminded *fact)
{
	(void)tx, (void)entry, (void)position, (void)fact;
}

/* What was said stays in the row, for its age. That it no longer holds is the reader's sum of
 * valid_until_ms and the time; but those who look on are told now. */
void apply_capacity_lapsed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const CapacityLapsed *fact)
{
	Capacity *before;

	(void)entry;
	if (!row_take(tx, fact->organisation, &before))
		return;
	Capacity after = *before;
	row_put(tx, before, &after, position);
}
