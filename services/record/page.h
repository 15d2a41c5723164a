/* How full a page of an answer is. For the queries of record. */
#ifndef RECORD_PAGE_H
#define RECORD_PAGE_H

#include "daemon.h"

struct page {
	const struct arena *arena;
	size_t bytes, items, work_from;
};

static inline struct page page_begin(const struct tx *tx)
{
	return (struct page){ .arena = tx->arena, .work_from = tx->arena->used_bytes };
}

static inline void page_add(struct page *page, const ProtobufCMessage *item)
{
	page->bytes += protobuf_c_message_get_packed_size(item) + 8;
	page->items++;
}

static inline bool page_full(const struct page *page)
{
	return page->bytes >= LIMIT_PAGE_BYTES || page->items >= LIMIT_PAGE_ITEMS ||
	       page->arena->used_bytes - page->work_from >= LIMIT_PAGE_WORK_BYTES;
}

/* A list grows in the arena; what does not fit ends the request. */
static inline void append(struct tx *tx, int rc)
{
	if (rc && !tx->error)
		tx->error = rc;
}
#define APPEND(tx, list, count, item) append((tx), arena_append((tx)->arena, (list), (count), (item)))

#endif
