/*
 * What board decides: who may say what about whose room, and what it is worth when. Pure: the same
 * input, the same answer.
 */
#ifndef BOARD_RULES_H
#define BOARD_RULES_H

#include "daemon.h"

/* No organisation has as many: what is larger was mistyped. */
#define VISITS_TODAY_MAX 1000
#define VISITS_WEEK_MAX 5000
#define BEDS_MAX 20        /* items of a kind and sex */
#define BED_COUNT_MAX 1000 /* in one of them */
#define REMARK_BYTES 300
#define HISTORY_AGE_MS (400LL * 24 * 3600 * 1000) /* ago: an added period begins no earlier */
#define VALID_MS (31LL * 24 * 3600 * 1000) /* the longest that a state may be said to hold */
/* Before it lapses. Nothing in the field sets this: time for one more visit before somebody sits
 * down. */
#define REMINDER_MS (30LL * 60 * 1000)

/* ---- a row -------------------------------------------------------------------------------- */

/* Kinds of organisations that have a row. */
bool on_board(OrganisationKind kind);
/* What a row is worth at a time: past its end nobody knows. Blanks in place what no longer holds;
 * who said it, when and until when stays, for its age. */
void capacity_shown(Capacity *row, int64_t now_ms);

/* How much of from_ms to to_ms lies on each weekday of Japan, added to sums; Monday first. */
void weekdays_add(int64_t sums_ms[7], int64_t from_ms, int64_t to_ms);

/* ---- what is said, and what was ----------------------------------------------------------- */

struct capacity_view {
	const Capacity *row; /* the own organisation's, as it stands; NULL: it has none */
};

int capacity_set(const struct input *in, const struct capacity_view *view,
		 const SetCapacity *request, CapacitySet *fact);

struct history_view {
	const Capacity *row;   /* of the organisation; NULL: it has none */
	int64_t last_from_ms;  /* of all that anybody has said; 0: nobody has said anything */
};

int capacity_history_add(const struct input *in, const struct history_view *view,
			 const AddCapacityHistory *request, CapacityHistoryAdded *fact);

/* ---- due: ERR_NOTHING where something else was said meanwhile ----------------------------- */

int capacity_remind(const struct input *in, const struct capacity_view *view,
		    const CapacityReminderDue *due, CapacityReminded *fact);
int capacity_lapse(const struct input *in, const struct capacity_view *view,
		   const CapacityLapseDue *due, CapacityLapsed *fact);

/* ---- notices ------------------------------------------------------------------------------ */

/* To referral: what it needs to choose whom to ask. */
const ProtobufCMessage *capacity_notice(struct arena *arena, const JournalEntry *entry,
					const CapacitySet *fact);
/* To alert: whom to tell, about their own row. */
const ProtobufCMessage *capacity_set_word(struct arena *arena, const JournalEntry *entry,
					  const CapacitySet *fact);
const ProtobufCMessage *capacity_reminded_word(struct arena *arena, const JournalEntry *entry,
					       const CapacityReminded *fact);
const ProtobufCMessage *capacity_lapsed_word(struct arena *arena, const JournalEntry *entry,
					     const CapacityLapsed *fact);

#endif
