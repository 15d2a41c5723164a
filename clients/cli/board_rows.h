/*
 * What a reader knows of the board: the newest of each row, held against the reader's own clock, for
 * the service may be down when a state lapses. No connection, no screen: board_show.c has those.
 */
#ifndef BOARD_ROWS_H
#define BOARD_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "codec.h"
#include "limits.h"
#include "names.h"

struct board_row {
	char id[LIMIT_NAME_BYTES + 1];
	uint64_t position;
	int64_t valid_until_ms; /* 0: it says nothing that could lapse */
	struct bytes said;      /* packed; owned */
	struct bytes told;      /* as it was handed out by board_rows_news last; owned */
	bool news;              /* it may differ from that */
};

struct board_rows {
	struct board_row **items;
	size_t n, capacity;
};

/* From a page or a push: counts if its position is not lower than that of what is known. */
void board_rows_take(struct board_rows *rows, const Capacity *capacity, struct arena *scratch);
void board_rows_close(struct board_rows *rows);
/* All rows as they are worth at a time, in the arena: by area, kind, level, id. Those that have left
 * are not among them. */
const Capacity **board_rows_list(const struct board_rows *rows, int64_t now_ms, struct arena *arena,
				 size_t *n);
/* The next row that looks otherwise than when this was last asked, be it for the time alone; NULL:
 * there is none. Also those that have left, once. */
const Capacity *board_rows_news(struct board_rows *rows, int64_t now_ms, struct arena *arena);
/* When the next one lapses; INT64_MAX: none does. */
int64_t board_rows_next_ms(const struct board_rows *rows, int64_t now_ms);

/* The nearest that has room for the same as a full one: of its kind, able to take all that it takes;
 * its own area first, then who has more room, then by id. NULL: nobody. */
const Capacity *board_nearest(const Capacity *const *list, size_t n, const Capacity *full);

#endif
