#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define ALIGNMENT 16
/* Under the address sanitizer each allocation is a block of its own, so that it sees every overrun. */
#if defined(__SANITIZE_ADDRESS__)
#define BLOCK_BYTES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BLOCK_BYTES 0
#endif
#endif
#ifndef BLOCK_BYTES
#define BLOCK_BYTES ((size_t)64 * 1024)
#endif

/*
 * Before each allocation stands its size, so that arena_append knows how long an array may grow:
 *
 *	header of the block | size | allocation, aligned | size | allocation, aligned ...
 */
struct arena_block {
	struct arena_block *next;
	size_t used, size;
	uint8_t data[];
};
_Static_assert((sizeof(struct arena_block) + sizeof(size_t)) % ALIGNMENT == 0, "first is aligned");

static size_t round_up(size_t size)
{
	return (size + sizeof(size_t) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *allocate(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void ignore(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer;
}

void arena_init(struct arena *arena, size_t limit_bytes)
{
	*arena = (struct arena){ .limit_bytes = limit_bytes };
	arena->allocator = (ProtobufCAllocator){ allocate, ignore, arena };
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_block *kept = arena->blocks;

	arena->used_bytes = 0;
	arena->spent = false;
	if (!kept)
		return;
	free_blocks(kept->next);
	kept->next = NULL;
	if (kept->size > BLOCK_BYTES || BLOCK_BYTES == 0) {
		free(kept);
		arena->blocks = NULL;
		return;
	}
	memset(kept->data, 0, kept->used);
	kept->used = 0;
}

void arena_close(struct arena *arena)
{
	free_blocks(arena->blocks);
	arena->blocks = NULL;
}

/* A block with room for size bytes. What is large gets one of its own, behind the one in use. */
static struct arena_block *block_for(struct arena *arena, size_t size)
{
	struct arena_block *first = arena->blocks, *block;

	if (first && first->size - first->used >= size)
		return first;
	bool large = size > BLOCK_BYTES / 4;
	size_t room = large ? size : BLOCK_BYTES;
	block = calloc(1, sizeof(*block) + room);
	if (!block)
		return NULL;
	block->size = room;
	if (large && first) {
		block->next = first->next;
		first->next = block;
	} else {
		block->next = first;
		arena->blocks = block;
	}
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = NULL;

	if (size <= arena->limit_bytes && round_up(size) <= arena->limit_bytes - arena->used_bytes)
		block = block_for(arena, round_up(size));
	if (!block) {
		arena->spent = true;
		return NULL;
	}
	uint8_t *pointer = block->data + block->used + sizeof(size_t);
	memcpy(pointer - sizeof(size), &size, sizeof(size));
	block->used += round_up(size);
	arena->used_bytes += round_up(size);
	return pointer;
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
	void *copy = arena_alloc(arena, size);
	if (copy && size)
		memcpy(copy, data, size);
	return copy;
}

static char *empty_string(void)
{
	union { const char *in; char *out; } pointer = { .in = "" };
	return pointer.out;
}

char *arena_string(struct arena *arena, const char *text)
{
	char *copy = text && *text ? arena_copy(arena, text, strlen(text) + 1) : NULL;
	return copy ? copy : empty_string();
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments, again;
	char *text = NULL;

	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	if (length >= 0)
		text = arena_alloc(arena, (size_t)length + 1);
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	va_end(arguments);
	return text ? text : empty_string();
}

int arena_append_pointer(struct arena *arena, void ***list, size_t *count, void *item)
{
	size_t size = 0;

	if (*count)
		memcpy(&size, (uint8_t *)*list - sizeof(size), sizeof(size));
	if (*count >= size / sizeof(void *)) {
		void **longer = arena_alloc(arena, (*count ? *count * 2 : 4) * sizeof(void *));
		if (!longer)
			return ERR_NOMEM;
		if (*count)
			memcpy(longer, *list, *count * sizeof(void *));
		*list = longer;
	}
	(*list)[(*count)++] = item;
	return 0;
}
