#include "tests/sim/table.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits; never 0, which marks a free slot. */
static uint64_t hash_of(const char *first, const char *second)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (const char *c = first; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3u;
	hash = (hash ^ 0xff) * 0x100000001b3u;
	for (const char *c = second ? second : ""; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3u;
	return hash ? hash : 1;
}

/* The slot of the hash, or the free one where it belongs. */
static struct table_slot *slot_of(const struct table *table, uint64_t hash)
{
	for (size_t i = (size_t)hash;; i++) {
		struct table_slot *slot = &table->slots[i & (table->allocated - 1)];
		if (!slot->hash || slot->hash == hash)
			return slot;
	}
}

static void grow(struct table *table)
{
	struct table old = *table;
	table->allocated = old.allocated ? 2 * old.allocated : 64;
	table->slots = calloc(table->allocated, sizeof(*table->slots));
	if (!table->slots)
		abort();
	for (size_t i = 0; i < old.allocated; i++)
		if (old.slots[i].hash)
			*slot_of(table, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

bool table_get(const struct table *table, const char *first, const char *second, uint64_t *value)
{
	if (!table->n)
		return false;
	const struct table_slot *slot = slot_of(table, hash_of(first, second));
	if (slot->hash && value)
		*value = slot->value;
	return slot->hash != 0;
}

void table_put(struct table *table, const char *first, const char *second, uint64_t value)
{
	if (2 * (table->n + 1) > table->allocated)
		grow(table);
	struct table_slot *slot = slot_of(table, hash_of(first, second));
	if (!slot->hash)
		table->n++;
	slot->hash = hash_of(first, second);
	slot->value = value;
}

void table_close(struct table *table)
{
	free(table->slots);
	*table = (struct table){0};
}
