/*
 * What rota decides: settings, blocked days, shifts set by hand, what is told when. Pure: the same
 * input, the same answer. A month's plan is in generate.h, swaps are in swap.h.
 */
#ifndef ROTA_RULES_H
#define ROTA_RULES_H

#include "daemon.h"
#include "gaps.h"
#include "generate.h"
#include "swap.h"

#define REST_HOURS_MAX 336
#define MOST_A_MONTH_MAX 31
#define ENHANCED_WEIGHT_MAX 4
#define BLOCKS_MAX 62                            /* dates in one request */
#define ROTA_AHEAD_MS (400LL * 24 * 3600 * 1000) /* blocks, plans and shifts no further than this */
#define ROTA_TEXT_BYTES 500                      /* of a reason, of a swap's text */
#define GAPS_DAYS 60 /* that `gaps` looks ahead, and of which the centre is told */
#define GAPS_DAYS_MAX 400

struct settings_rule {
	char unused;
};

int rota_settings_set(const struct input *in, const struct settings_rule *view,
		      const SetRotaSettings *request, RotaSettingsSet *fact);

struct block_rule {
	bool member; /* the organisation takes part */
};

int dates_block(const struct input *in, const struct block_rule *view, const BlockDates *request,
		DatesBlocked *fact);

struct set_rule {
	const Shift *shift; /* as planned, or as the calendar has it; NULL: there is none */
	bool planned;
	bool member; /* who is to have it takes part */
};

int shift_set(const struct input *in, const struct set_rule *view, const SetShift *request,
	      ShiftSet *fact);

/* ---- calendars ------------------------------------------------------------------------------ */

#define CALENDARS_MAX 10 /* a user */
#define CALENDAR_ADDRESS_SIZE (2 * KEYED_HASH_BYTES + 1)

struct subscribe_rule {
	Calendar **calendars; /* that the user has */
	size_t n_calendars;
	bool organisation; /* there is the one of the request; true where it names none */
	char address[CALENDAR_ADDRESS_SIZE]; /* of a new one; nobody guesses it */
};

int calendar_subscribe(const struct input *in, const struct subscribe_rule *view,
		       const SubscribeCalendar *request, CalendarSubscribed *fact);

struct end_calendar_rule {
	bool known; /* it is one of the user's */
};

int calendar_stop(const struct input *in, const struct end_calendar_rule *view,
		  const EndCalendar *request, CalendarEnded *fact);

/* ---- due: ERR_NOTHING where there is nothing to tell ---------------------------------------- */

struct week_rule {
	Shift **shifts; /* of the week */
	size_t n_shifts;
	bool plan_ends; /* nothing is planned for the week after next */
};

int week_tell(const struct input *in, const struct week_rule *view, const WeekDue *due,
	      WeekTold *fact);

struct gaps_rule {
	struct span span; /* of the next GAPS_DAYS days */
	GapsTold **told;  /* what the centre knows of */
	size_t n_told;
};

int gaps_tell(const struct input *in, const struct gaps_rule *view, const GapsDue *due,
	      GapsTold *fact);

struct state_rule {
	const DutyStateRow *row;            /* as it was told last; NULL: never */
	const Shift *now, *next;            /* NULL: none */
	const Organisation *first, *second; /* of now; NULL: nobody, or not known */
};

int duty_state_tell(const struct input *in, const struct state_rule *view, const DutyStateDue *due,
		    DutyStateTold *fact);

#endif
