/*
 * board, whole, with its store, over a bus that records, for tests and the bench. What fails ends the
 * process.
 *
 *	struct board_daemon b;
 *	board_daemon_open(&b, "board");
 *	board_organisation(&b, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
 *	board_person(&b, "nurse", "station01", PROFESSION_NURSE);
 *	board_set(&b, "nurse", CAPACITY_LEVEL_LIMITED, HOUR_MS);
 *	board_daemon_close(&b);
 *
 * The spec comes from the test, which compiles services/board/main.c under another name for main.
 */
#ifndef BOARD_DAEMON_H
#define BOARD_DAEMON_H

#include "daemon.h"
#include "tests/lib/recording_bus.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS (60 * MINUTE_MS)

struct board_daemon {
	const struct daemon_spec *spec;
	char folder[TEMPORARY_SIZE], key_file[TEMPORARY_SIZE + 16];
	struct test_clock clock;
	struct recording_bus bus;
	struct daemon *daemon;
	struct arena arena;
	uint64_t directory; /* its position */
	Reply *reply;       /* the last answer */
};

void board_daemon_open(struct board_daemon *b, const struct daemon_spec *spec);
void board_daemon_close(struct board_daemon *b);
/* The process ends and starts again, ms later. */
void board_restart(struct board_daemon *b, int64_t down_ms);
/* Time goes by, and the daemon does what is due. */
void board_pass(struct board_daemon *b, int64_t ms);

void board_organisation(struct board_daemon *b, const char *id, OrganisationKind kind, Area area,
			bool left);
void board_person(struct board_daemon *b, const char *user, const char *organisation,
		  Profession profession);

/* user0, user1 …, so many, in few steps. */
void board_people(struct board_daemon *b, unsigned n, const char *organisation);

/* Arrives; is not decided before the next step. */
void board_send(struct board_daemon *b, const char *user, const ProtobufCMessage *body,
		uint64_t after, bool watch);
/* The answer's code; what was said on the bus since the request is in b->bus. */
Code board_ask(struct board_daemon *b, const char *user, const ProtobufCMessage *body, uint64_t after,
	       bool watch);
/* SetCapacity of the own organisation with no more than a level and an end. */
Code board_set(struct board_daemon *b, const char *user, CapacityLevel level, int64_t holds_ms);
/* One page. */
Board *board_page(struct board_daemon *b, const char *user, const ListBoard *request, uint64_t after,
		  bool watch);
/* The row of one organisation as a first page has it; NULL: there is none. */
Capacity *board_row(struct board_daemon *b, const char *user, const char *organisation);
BoardHistory *board_past(struct board_daemon *b, const char *user, const ShowBoardHistory *request);
/* The nth push on the state topic that was recorded, and its row; NULL: there are not so many. */
Push *board_push(struct board_daemon *b, size_t n, Capacity **row);
/* Views equal those that the journal gives. */
void board_rebuild(struct board_daemon *b);

#endif
