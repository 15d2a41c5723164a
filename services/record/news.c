#include "news.h"

#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "queries.h"
#include "views.h"

static const struct bytes nothing = { NULL, 0 };

/* ---- keys --------------------------------------------------------------------------------- */

enum { NEWS_URGENT = 1, NEWS_HISTORY = 2 /* an import: no news */ };

/* What stands in a key of news behind the patient. Points into the key. */
struct item {
	uint64_t position;
	int64_t recorded_ms;
	EntryKind kind; /* unspecified: no entry */
	unsigned flags;
	const char *entry, *author;
};

#define ITEM_HEAD_BYTES (8 + 8 + 1 + 1)

static struct key item_key(const char *patient, const struct item *item)
{
	struct key key = key_text_u64(patient, item->position);
	uint8_t bytes[2] = { (uint8_t)item->kind, (uint8_t)item->flags };

	key_add_u64(&key, (uint64_t)item->recorded_ms);
	key_add_bytes(&key, bytes, sizeof(bytes));
	key_add_text(&key, item->entry);
	key_add_text(&key, item->author);
	return key;
}

static uint64_t number_at(const uint8_t *bytes)
{
	uint64_t number = 0;
	for (size_t i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* False: that is no key of news. */
static bool item_of(const struct scan *scan, struct item *item)
{
	size_t size;
	const uint8_t *rest = scan_rest(scan, &size);

	if (size < ITEM_HEAD_BYTES + 2)
		return false;
	item->position = number_at(rest);
	item->recorded_ms = (int64_t)number_at(rest + 8);
	item->kind = (EntryKind)rest[16];
	item->flags = rest[17];
	item->entry = (const char *)rest + ITEM_HEAD_BYTES;
	item->author = item->entry + strlen(item->entry) + 1;
	return true;
}

static struct key sitting_key(const char *patient, const struct key *seat)
{
	struct key key = key_text(patient);
	key_add_bytes(&key, seat->data, seat->size);
	return key;
}

static struct key visit_key(const Entry *entry)
{
	struct key key = key_text_u64(entry->patient, (uint64_t)entry->next_visit->visit_ms);
	key_add_u64(&key, entry->position);
	return key;
}

/* ---- facts -------------------------------------------------------------------------------- */

/* The lists of all who have this patient in theirs are to be told. */
static void touch_lists(struct tx *tx, const char *patient)
{
	struct key prefix = key_text(patient);
	struct scan scan;

	scan_open(&scan, tx, TABLE_SITTING, &prefix, NULL);
	while (scan_next(&scan)) {
		struct key seat = { .size = 0 };
		size_t size;
		const uint8_t *rest = scan_rest(&scan, &size);
		key_add_bytes(&seat, rest, size);
		tx_touch(tx, &seat);
	}
	scan_close(&scan);
}

static void put_item(struct tx *tx, const char *patient, const struct item *item)
{
	struct key key = item_key(patient, item);
	tx_put(tx, TABLE_NEWS, &key, nothing);
	touch_lists(tx, patient);
}

static void put_visit(struct tx *tx, const EntryAdded *fact, const Entry *entry)
{
	Entry *before;
	struct key key;

	if (entry->kind != ENTRY_KIND_NEXT_VISIT)
		return;
	if (fact->original[0] && fact->original_kind == ENTRY_KIND_NEXT_VISIT &&
	    entry_standing(tx, fact->original, fact->original_kind, &before) == 0) {
		key = visit_key(before);
		tx_delete(tx, TABLE_VISITS, &key);
	}
	key = visit_key(entry);
	tx_put(tx, TABLE_VISITS, &key, nothing);
}

void news_entry(struct tx *tx, const EntryAdded *fact, const Entry *entry)
{
	struct item item = { .position = entry->position, .recorded_ms = entry->recorded_ms,
			     .kind = entry->kind, .entry = entry->id, .author = entry->author };

	if (entry->urgent)
		item.flags |= NEWS_URGENT;
	if (entry->source && entry->occurred_ms < entry->recorded_ms - HISTORY_MS)
		item.flags |= NEWS_HISTORY;
	put_item(tx, entry->patient, &item);
	put_visit(tx, fact, entry);
}

void news_change(struct tx *tx, const char *patient, const JournalEntry *entry, uint64_t position)
{
	put_item(tx, patient, &(struct item){ .position = position, .recorded_ms = entry->time_ms,
					      .entry = "", .author = "" });
}

void news_sit(struct tx *tx, const char *patient, char tag, const char *name, bool there)
{
	struct key seat = seat_key(tx->arena, tag, name), key = sitting_key(patient, &seat);

	if (there)
		tx_put(tx, TABLE_SITTING, &key, nothing);
	else
		tx_delete(tx, TABLE_SITTING, &key);
	tx_touch(tx, &seat);
}

/* Whoever has never looked: all zeros. */
static Looked looked_get(struct tx *tx, const char *user, const char *patient)
{
	struct key key = key_texts(user, patient);
	Looked none = Looked_INIT, *looked;

	return GET(tx, TABLE_LOOKED, &key, Looked, &looked) ? none : *looked;
}

static void looked_put(struct tx *tx, const char *user, const char *patient, const Looked *looked)
{
	struct key key = key_texts(user, patient);
	PUT(tx, TABLE_LOOKED, &key, looked);
}

/* Other windows of the same user count fewer unread entries now. */
static void less_unread(struct tx *tx, const char *user, uint64_t position, Looked *looked)
{
	struct key seat = seat_key(tx->arena, 'u', user);

	looked->position = position;
	tx_touch(tx, &seat);
}

/* One stretch is kept: where the new one neither meets nor follows it, the one further on. */
static void stretch(Looked *looked, uint64_t from, uint64_t to)
{
	if (to < from || to == 0 || (looked->to && to + 1 < looked->from))
		return;
	if (looked->to == 0 || from > looked->to + 1) {
		looked->from = from;
		looked->to = to;
	}
	looked->from = from < looked->from ? from : looked->from;
	looked->to = to > looked->to ? to : looked->to;
}

static uint64_t last_item(struct tx *tx, const char *patient)
{
	struct key prefix = key_text(patient);
	struct scan scan;
	struct item item = { .position = 0 };

	scan_open(&scan, tx, TABLE_NEWS, &prefix, NULL);
	if (scan_previous(&scan))
		item_of(&scan, &item);
	scan_close(&scan);
	return item.position;
}

void news_looked(struct tx *tx, const JournalEntry *entry, uint64_t position, const Accessed *fact)
{
	Looked looked = looked_get(tx, entry->user, fact->patient);

	uint64_t before = looked.to;

	looked.looked_ms = entry->time_ms;
	stretch(&looked, fact->shown_from, fact->shown_to);
	/* Read elsewhere before, and looked at now, changes something, too. */
	if (fact->n_entries || (looked.to > before && last_item(tx, fact->patient) > before))
		less_unread(tx, entry->user, position, &looked);
	looked_put(tx, entry->user, fact->patient, &looked);
}

void news_read(struct tx *tx, const JournalEntry *entry, uint64_t position, const char *patient)
{
	Looked looked = looked_get(tx, entry->user, patient);

	less_unread(tx, entry->user, position, &looked);
	looked_put(tx, entry->user, patient, &looked);
}

/* ---- the list: which patients ------------------------------------------------------------- */

struct row {
	char id[ID_SIZE];
	uint64_t position; /* of the last change */
};

struct rows {
	struct row *items;
	size_t n, capacity;
};

static int rows_add(struct arena *arena, struct rows *rows, const char *id, uint64_t position)
{
	if (rows->n == rows->capacity) {
		size_t larger = rows->capacity ? rows->capacity * 2 : 256;
		struct row *items = arena_alloc(arena, larger * sizeof(*items));
		if (!items)
			return ERR_NOMEM;
		if (rows->n)
			memcpy(items, rows->items, rows->n * sizeof(*items));
		rows->items = items;
		rows->capacity = larger;
	}
	struct row *row = &rows->items[rows->n++];
	memcpy(row->id, id, ID_SIZE);
	row->position = position;
	return 0;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Those of a seat of whom something changed. beside: who has that one too is listed by it. */
static void gather(struct tx *tx, const struct input *in, const struct key *seat,
		   const struct key *beside, struct rows *rows)
{
	struct scratch scratch;
	struct scan scan;
	struct bytes id;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_SEATS, seat, NULL);
	while (!tx->error && scan_next(&scan)) {
		arena_reset(&scratch.arena);
		if (scan_value(&scan, &id) || id.size != ID_SIZE)
			continue;
		const char *patient = (const char *)id.data;
		if (beside && seated(tx, beside, patient))
			continue;
		uint64_t position = later(scan_number(&scan), last_item(tx, patient));
		position = later(position, looked_get(tx, in->actor.user, patient).position);
		if (position > in->after)
			append(tx, rows_add(scratch.kept, rows, patient, position));
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
}

static int by_position(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return (x->position > y->position) - (x->position < y->position);
}

/* ---- the list: what is new of one --------------------------------------------------------- */

struct count {
	struct tx *tx;
	const struct input *in;
	struct arena *kept;
	Looked looked;
	PatientNews *news;
	uint32_t kinds; /* bit n: of kind n */
	size_t keys, looks;
};

static void count_item(struct count *count, const struct item *item)
{
	PatientNews *news = count->news;
	struct tx *tx = count->tx;

	if (!news->last_ms)
		news->last_ms = item->recorded_ms;
	if ((item->flags & NEWS_HISTORY) || !strcmp(item->author, count->in->actor.user))
		return;
	if (item->kind == ENTRY_KIND_MEDICATION && item->position > count->looked.to &&
	    news->n_medications_changed < NEWS_MEDICATIONS)
		append(tx, arena_append(count->kept, &news->medications_changed,
					&news->n_medications_changed,
					arena_string(count->kept, item->entry)));
	if (news->unread >= NEWS_UNREAD)
		return;
	count->looks++;
	if (entry_read_by(tx, item->entry, count->in->actor.user))
		return;
	news->unread++;
	news->urgent += item->flags & NEWS_URGENT ? 1 : 0;
	count->kinds |= 1u << item->kind;
}

/* Newest first, down to `until`; true: at the beginning, or at what is no news any more. */
static bool count_stretch(struct count *count, const char *patient, const struct key *from,
			  uint64_t until)
{
	struct key prefix = key_text(patient);
	bool ended = true;
	struct item item;
	struct scan scan;

	scan_open(&scan, count->tx, TABLE_NEWS, &prefix, from);
	while (scan_previous(&scan) && item_of(&scan, &item)) {
		if (item.recorded_ms < count->in->now_ms - NEWS_MS || count->keys == NEWS_LOOK)
			break;
		count->keys++;
		if (item.position <= until) {
			if (item.kind && !count->news->last_ms)
				count->news->last_ms = item.recorded_ms;
			ended = false;
			break;
		}
		if (item.kind)
			count_item(count, &item);
	}
	scan_close(&scan);
	return ended;
}

/* What was shown in the timeline is jumped over. */
static void count_unread(struct count *count, const char *patient)
{
	struct key start = key_text_u64(patient, count->looked.from);

	if (!count_stretch(count, patient, NULL, count->looked.to))
		count_stretch(count, patient, &start, 0);
}

static void list_kinds(struct count *count)
{
	PatientNews *news = count->news;

	news->kinds = arena_alloc(count->kept, 32 * sizeof(*news->kinds));
	for (unsigned i = 1; news->kinds && i < 32; i++)
		if (count->kinds & 1u << i)
			news->kinds[news->n_kinds++] = (EntryKind)i;
	if (!news->kinds && !count->tx->error)
		count->tx->error = ERR_NOMEM;
}

static int64_t next_visit(struct tx *tx, const char *patient, int64_t now_ms)
{
	struct key prefix = key_text(patient), from = prefix;
	int64_t visit_ms = 0;
	struct scan scan;

	key_add_u64(&from, (uint64_t)(now_ms > 0 ? now_ms : 0));
	scan_open(&scan, tx, TABLE_VISITS, &prefix, &from);
	if (scan_next(&scan))
		visit_ms = (int64_t)scan_rest_number(&scan);
	scan_close(&scan);
	return visit_ms;
}

/* As much of a patient as a list shows, out of scratch memory. */
static Patient *copy_row(struct arena *arena, const Patient *patient)
{
	Patient *row = NEW(Patient, arena);

	if (!row)
		return NULL;
	row->id = arena_string(arena, patient->id);
	row->name = arena_string(arena, patient->name);
	row->kana = arena_string(arena, patient->kana);
	row->born = arena_string(arena, patient->born);
	row->sex = patient->sex;
	row->area = patient->area;
	row->district = arena_string(arena, patient->district);
	row->unstable = patient->unstable;
	row->deceased = patient->deceased;
	return row;
}

/* In kept memory; NULL: there is nothing to say, or no room. *work grows by what it took. */
static PatientNews *news_of(struct tx *tx, const struct input *in, const struct cover *cover,
			    const struct row *row, struct arena *kept, size_t *work)
{
	PatientNews *news = NEW(PatientNews, kept);
	struct count count = { .tx = tx, .in = in, .kept = kept, .news = news };
	PatientView *view;

	if (!news || patient_view_get(tx, row->id, &view))
		return NULL;
	news->position = row->position;
	cover_fill(tx, cover, view);
	if (!access_right(view, &in->actor, in->now_ms, in->steady_ms)) {
		news->gone = true;
		news->patient = NEW(Patient, kept);
		if (news->patient)
			news->patient->id = arena_string(kept, row->id);
		return in->after && news->patient ? news : NULL;
	}
	news->patient = copy_row(kept, view->patient);
	count.looked = looked_get(tx, in->actor.user, row->id);
	news->looked_ms = count.looked.looked_ms;
	count_unread(&count, row->id);
	*work += count.looks + count.keys / NEWS_KEYS_A_LOOK;
	list_kinds(&count);
	news->next_visit_ms = next_visit(tx, row->id, in->now_ms);
	return news->patient ? news : NULL;
}

static int by_urgency(const void *a, const void *b)
{
	const PatientNews *x = *(PatientNews *const *)a, *y = *(PatientNews *const *)b;

	if (!x->urgent != !y->urgent)
		return x->urgent ? -1 : 1;
	if (!x->unread != !y->unread)
		return x->unread ? -1 : 1;
	if (x->last_ms != y->last_ms)
		return x->last_ms > y->last_ms ? -1 : 1;
	return strcmp(x->patient->id, y->patient->id);
}

static void say_news(struct tx *tx, const struct input *in, const PatientNews *news,
		     struct answer *answer)
{
	PatientView view = PatientView_INIT;

	view.patient = news->patient;
	if (!news->gone)
		say_listed(tx, in, &view, ACCESSED_RIGHT_UNSPECIFIED, &ListNews_descriptor, answer);
}

/*
 * In the order in which they changed, so that `after` says the same to the next page and to a watch: of
 * whom something changed since then.
 */
int query_news(struct tx *tx, const struct input *in, const ListNews *request, NewsList *response,
	       struct answer *answer)
{
	const struct key seats[2] = { seat_key(tx->arena, 'o', in->actor.organisation),
				      seat_key(tx->arena, 'u', in->actor.user) };
	struct cover cover = cover_load(tx, in);
	struct rows rows = { .items = NULL };
	struct scratch scratch;
	size_t work = 0;

	(void)request;
	gather(tx, in, &seats[0], NULL, &rows);
	gather(tx, in, &seats[1], &seats[0], &rows);
	if (rows.n > 1)
		qsort(rows.items, rows.n, sizeof(*rows.items), by_position);
	struct page page = page_begin(tx);
	scratch_open(&scratch, tx);
	for (size_t i = 0; i < rows.n && !tx->error; i++, arena_reset(&scratch.arena)) {
		if (page_full(&page) || work >= NEWS_PAGE_WORK) {
			answer->more = true;
			break;
		}
		answer->position = rows.items[i].position;
		PatientNews *news = news_of(tx, in, &cover, &rows.items[i], scratch.kept,
					    &work);
		if (!news)
			continue;
		append(tx, arena_append(scratch.kept, &response->items, &response->n_items, news));
		page_add(&page, &news->base);
	}
	scratch_close(&scratch, tx);
	for (size_t i = 0; i < response->n_items && !tx->error; i++)
		say_news(tx, in, response->items[i], answer);
	if (response->n_items > 1)
		qsort(response->items, response->n_items, sizeof(*response->items), by_urgency);
	if (!answer->more)
		answer->position = 0;
	answer->watch_key = seats[1];
	answer->watch_also = seats[0];
	return tx->error;
}
