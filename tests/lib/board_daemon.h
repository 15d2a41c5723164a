/*
 * What is board's own above the fixture, for its tests and the bench.
 *
 *	struct fixture b;
 *	fixture_init(&b, &board_spec);
 *	fixture_start(&b);
 *	fixture_organisation(&b, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
 *	fixture_person(&b, "nurse", "station01", PROFESSION_NURSE);
 *	board_set(&b, "nurse", CAPACITY_LEVEL_LIMITED, HOUR_MS);
 *	fixture_close(&b);
 *
 * The spec comes from the test, which compiles services/board/main.c under another name for main.
 */
#ifndef BOARD_DAEMON_H
#define BOARD_DAEMON_H

#include "tests/lib/fixture.h"

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS (60 * MINUTE_MS)

/* The process ends and starts again, ms later. */
void board_restart(struct fixture *b, int64_t down_ms);
/* Time goes by, and the daemon does all that is due, in as many steps as that takes. */
void board_pass(struct fixture *b, int64_t ms);

/* user0, user1 …, so many, in few steps. */
void board_people(struct fixture *b, unsigned n, const char *organisation);

/* SetCapacity of the own organisation with no more than a level and an end. */
Code board_set(struct fixture *b, const char *user, CapacityLevel level, int64_t holds_ms);
/* One page. */
Board *board_page(struct fixture *b, const char *user, const ListBoard *request, uint64_t after,
		  bool watch);
/* The row of one organisation as a first page has it; NULL: there is none. */
Capacity *board_row(struct fixture *b, const char *user, const char *organisation);
BoardHistory *board_past(struct fixture *b, const char *user, const ShowBoardHistory *request);
/* The nth push on the state topic that was recorded, and its row; NULL: there are not so many. */
Push *board_push(struct fixture *b, size_t n, Capacity **row);

#endif
