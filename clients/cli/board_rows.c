#include "clients/cli/board_rows.h"

#include <stdlib.h>
#include <string.h>

/* ---- keeping ---- */

static struct board_row *find(struct board_rows *rows, const char *id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (!strcmp(rows->items[i]->id, id))
			return rows->items[i];
	return NULL;
}

static struct board_row *add(struct board_rows *rows, const char *id)
{
	struct board_row *row = calloc(1, sizeof(*row));

	if (rows->n == rows->capacity) {
		rows->capacity = rows->capacity * 2 + 64;
		rows->items = realloc(rows->items, rows->capacity * sizeof(*rows->items));
	}
	if (!row || !rows->items)
		abort();
	strcpy(row->id, id);
	rows->items[rows->n++] = row;
	return row;
}

static void free_bytes(struct bytes *bytes)
{
	union {
		const uint8_t *in;
		void *out;
	} pointer = {.in = bytes->data};

	free(pointer.out);
	*bytes = (struct bytes){NULL, 0};
}

/* Packed, in memory of its own. False: out of memory. */
static bool keep(struct bytes *kept, const Capacity *capacity, struct arena *scratch)
{
	struct bytes packed;

	if (codec_pack(&capacity->base, scratch, &packed))
		return false;
	uint8_t *copy = malloc(packed.size + 1);
	if (!copy)
		abort();
	if (packed.size)
		memcpy(copy, packed.data, packed.size);
	free_bytes(kept);
	*kept = (struct bytes){copy, packed.size};
	return true;
}

void board_rows_take(struct board_rows *rows, const Capacity *capacity, struct arena *scratch)
{
	struct board_row *row = find(rows, capacity->id);

	if (strlen(capacity->id) > LIMIT_NAME_BYTES || (row && capacity->position < row->position))
		return;
	if (!row)
		row = add(rows, capacity->id);
	if (!keep(&row->said, capacity, scratch))
		return;
	row->position = capacity->position;
	row->valid_until_ms =
		capacity->level == CAPACITY_LEVEL_UNKNOWN ? 0 : capacity->valid_until_ms;
	row->news = true;
}

void board_rows_close(struct board_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		free_bytes(&rows->items[i]->said);
		free_bytes(&rows->items[i]->told);
		free(rows->items[i]);
	}
	free(rows->items);
	*rows = (struct board_rows){.n = 0};
}

/* ---- the reader's own clock ---- */

/* As the service would tell it now. */
static Capacity *worth(const struct board_row *row, int64_t now_ms, struct arena *arena)
{
	ProtobufCMessage *message;

	if (codec_unpack(&Capacity_descriptor, row->said, arena, &message))
		return NULL;
	Capacity *capacity = (Capacity *)(void *)message;
	if (capacity->level == CAPACITY_LEVEL_UNKNOWN || now_ms < capacity->valid_until_ms)
		return capacity;
	capacity->level = CAPACITY_LEVEL_UNKNOWN;
	capacity->free_visits = NULL;
	capacity->n_beds = capacity->n_accepts = 0;
	capacity->new_patients = NEW_PATIENTS_UNSPECIFIED;
	capacity->remark = arena_string(arena, "");
	return capacity;
}

int64_t board_rows_next_ms(const struct board_rows *rows, int64_t now_ms)
{
	int64_t next_ms = INT64_MAX;

	for (size_t i = 0; i < rows->n; i++) {
		int64_t at_ms = rows->items[i]->valid_until_ms;
		if (at_ms > now_ms && at_ms < next_ms)
			next_ms = at_ms;
	}
	return next_ms;
}

const Capacity *board_rows_news(struct board_rows *rows, int64_t now_ms, struct arena *arena)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct board_row *row = rows->items[i];
		bool lapsed = row->valid_until_ms && row->valid_until_ms <= now_ms;
		struct bytes before = row->told;
		if (!row->news && !lapsed)
			continue;
		row->news = false;
		if (lapsed)
			row->valid_until_ms = 0;
		Capacity *now = worth(row, now_ms, arena);
		if (!now)
			continue;
		now->position = 0; /* that it moved is no news by itself */
		row->told = (struct bytes){NULL, 0};
		bool same = keep(&row->told, now, arena) && before.data &&
			    before.size == row->told.size &&
			    !memcmp(before.data, row->told.data, before.size);
		bool unheard_of = !before.data && now->left;
		free_bytes(&before);
		now->position = row->position;
		if (!same && !unheard_of)
			return now;
	}
	return NULL;
}

/* ---- in order ---- */

/* Whom people phone around for most come first. */
static int rank(OrganisationKind kind)
{
	return kind == ORGANISATION_KIND_NURSE_STATION ? 0 : kind == ORGANISATION_KIND_HOSPITAL ? 1 : 2;
}

static int by_place(const void *a, const void *b)
{
	const Capacity *first = *(const Capacity *const *)a, *second = *(const Capacity *const *)b;

	if (first->area != second->area)
		return first->area < second->area ? -1 : 1;
	if (rank(first->kind) != rank(second->kind))
		return rank(first->kind) - rank(second->kind);
	if (first->level != second->level)
		return first->level < second->level ? -1 : 1;
	return strcmp(first->id, second->id);
}

const Capacity **board_rows_list(const struct board_rows *rows, int64_t now_ms, struct arena *arena,
				 size_t *n)
{
	const Capacity **list = arena_alloc(arena, (rows->n + 1) * sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < rows->n; i++) {
		const Capacity *capacity = worth(rows->items[i], now_ms, arena);
		if (capacity && !capacity->left)
			list[(*n)++] = capacity;
	}
	if (*n)
		qsort(list, *n, sizeof(*list), by_place);
	return list;
}

/* ---- where to send them instead ---- */

static bool takes_the_same(const Capacity *other, const Capacity *full)
{
	for (size_t i = 0; i < full->n_accepts; i++) {
		bool found = false;
		for (size_t k = 0; k < other->n_accepts && !found; k++)
			found = other->accepts[k] == full->accepts[i];
		if (!found)
			return false;
	}
	return true;
}

static bool nearer(const Capacity *a, const Capacity *b, const Capacity *full)
{
	bool a_here = a->area == full->area, b_here = b->area == full->area;

	if (a_here != b_here)
		return a_here;
	if (a->level != b->level)
		return a->level < b->level;
	return strcmp(a->id, b->id) < 0;
}

const Capacity *board_nearest(const Capacity *const *list, size_t n, const Capacity *full)
{
	const Capacity *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const Capacity *other = list[i];
		bool room = other->level == CAPACITY_LEVEL_AVAILABLE ||
			    other->level == CAPACITY_LEVEL_LIMITED;
		if (!room || other->kind != full->kind || !strcmp(other->id, full->id) ||
		    !takes_the_same(other, full))
			continue;
		if (!best || nearer(other, best, full))
			best = other;
	}
	return best;
}
