/*
 * Memory for one input, from decoding to its answer: zeroed, budgeted, released at once. All that a
 * route allocates (unpacked messages, facts, answers, values read from the store) lives here, so
 * nothing is freed by hand.
 */
#ifndef ARENA_H
#define ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used_bytes;
	size_t limit_bytes;
	bool spent; /* something was refused since the last reset: codec_pack packs nothing then */
	ProtobufCAllocator allocator; /* unpacks into this arena */
};

void arena_init(struct arena *arena, size_t limit_bytes);
/* Releases everything, keeps one block for the next input. Whoever answers that the budget was spent
 * resets the arena first. */
void arena_reset(struct arena *arena);
void arena_close(struct arena *arena);

/* Zeroed, aligned for any type. NULL when the budget is spent. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *data, size_t size);
/* Never NULL: the constant "" for NULL and when the budget is spent. So a rule need not look: a fact
 * that would lack a string is not packed. */
char *arena_string(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Grows a list of pointers by one: list points to the array's variable, count to its length.
 * 0 or ERR_NOMEM. For protobuf-c's repeated fields: arena_append(a, &m->items, &m->n_items, item).
 * The array was made by this macro or unpacked into an arena, or the count is 0.
 */
#define arena_append(arena, list, count, item) \
	arena_append_pointer((arena), (void ***)(void *)(list), (count), \
			     (void *)(1 ? (item) : **(list)))
int arena_append_pointer(struct arena *arena, void ***list, size_t *count, void *item);

#endif
