/*
 * A hash table from text (or two texts) to a number. Kept by a 64-bit hash: two texts of one hash
 * would be one, which does not happen in the lifetime of a seed.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_slot {
	uint64_t hash, value;
};

struct table {
	struct table_slot *slots;
	size_t n, allocated;
};

/* second may be NULL. */
bool table_get(const struct table *table, const char *first, const char *second, uint64_t *value);
void table_put(struct table *table, const char *first, const char *second, uint64_t value);
void table_close(struct table *table);

#endif
