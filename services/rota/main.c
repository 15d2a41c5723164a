/*
 * rota: who is on duty. Shifts of the round-the-clock clinics, a month's plan, swaps and gaps. It
 * knows no patient; everybody who is enrolled may read all of it.
 */
#include <string.h>

#include "calendars.h"
#include "daemon.h"
#include "generate.h"
#include "notices.h"
#include "queries.h"
#include "rules.h"
#include "swap.h"
#include "views.h"

/* From the fact alone. Of hundreds of gaps only the first say why, so that all of them fit into one
 * message; ListGaps says it of each. */
static const ProtobufCMessage *reply_generated(struct arena *arena, const void *fact)
{
	const RotaPlanned *planned = fact;
	RotaGenerated *reply = NEW(RotaGenerated, arena);
	char *empty = arena_string(arena, "");
	size_t bytes = 0;

	if (!reply)
		return NULL;
	*reply = *planned->plan;
	reply->gaps = NULL;
	reply->n_gaps = 0;
	for (size_t i = 0; i < planned->plan->n_gaps; i++) {
		Gap *gap = arena_copy(arena, planned->plan->gaps[i], sizeof(*gap));
		if (!gap || arena_append(arena, &reply->gaps, &reply->n_gaps, gap))
			return NULL;
		bytes += strlen(gap->detail_ja) + strlen(gap->detail_en);
		if (bytes > LIMIT_PAGE_BYTES)
			gap->detail_ja = gap->detail_en = empty;
	}
	return &reply->base;
}

static const ProtobufCMessage *reply_calendar(struct arena *arena, const void *fact)
{
	const CalendarSubscribed *subscribed = fact;

	(void)arena;
	return &subscribed->calendar->base;
}

static const struct route routes[] = {
	WRITE(SetRotaSettings, struct settings_rule, load_rota_settings, rota_settings_set,
	      RotaSettingsSet),
	WRITE(GenerateRota, struct generate_rule, load_generate, rota_generate, RotaPlanned,
	      .reply = reply_generated, .response = &RotaGenerated_descriptor),
	WRITE(BlockDates, struct block_rule, load_block, dates_block, DatesBlocked),
	WRITE(SetShift, struct set_rule, load_set_shift, shift_set, ShiftSet),
	WRITE(AskSwap, struct swap_rule, load_ask_swap, swap_ask, SwapChanged),
	WRITE(AcceptSwap, struct swap_rule, load_accept_swap, swap_accept, SwapChanged),
	WRITE(DeclineSwap, struct swap_rule, load_decline_swap, swap_decline, SwapChanged),
	WRITE(UndoSwap, struct swap_rule, load_undo_swap, swap_undo, SwapChanged),
	WRITE(SubscribeCalendar, struct subscribe_rule, load_subscribe, calendar_subscribe,
	      CalendarSubscribed, .reply = reply_calendar, .response = &Calendar_descriptor),
	WRITE(EndCalendar, struct end_calendar_rule, load_end_calendar, calendar_stop, CalendarEnded),

	READ(ShowRotaSettings, rota_settings_show, RotaSettings),
	READ(ListBlocks, block_list, BlockList),
	READ(ListSwaps, swap_list, SwapList),
	READ(ListShifts, shifts_list, ShiftList),
	READ(ShowDuty, duty_show, DutyShown),
	READ(ListGaps, gaps_list, GapList),
	READ(ListCalendars, calendar_list, CalendarList),

	DUE(WeekDue, struct week_rule, load_week_due, week_tell, WeekTold),
	DUE(SwapDue, struct swap_rule, load_swap_due, swap_due, SwapChanged),
	DUE(GapsDue, struct gaps_rule, load_gaps_due, gaps_tell, GapsTold),
	DUE(DutyStateDue, struct state_rule, load_state_due, duty_state_tell, DutyStateTold),
};

static const struct fact_type facts[] = {
	/* In place of the frame's own: who takes part, whose phone is told; whose calendars end; the
	 * time of day. */
	FACT(OrganisationChanged, apply_rota_organisation, TO_NOBODY),
	FACT(PersonChanged, apply_rota_person, TO_NOBODY),
	FACT(ClockJumped, apply_rota_clock_jumped, TO_NOBODY),
	FACT(RotaSettingsSet, apply_rota_settings_set, TO_NOBODY),
	FACT(RotaPlanned, apply_rota_planned,
	     { TO("record", RotaPlanned, planned_shifts), TO("alert", RotaPlanned, planned_word) }),
	FACT(DatesBlocked, apply_dates_blocked, TO_NOBODY),
	FACT(ShiftSet, apply_shift_set,
	     { TO("record", ShiftSet, set_shifts), TO("alert", ShiftSet, set_word) }),
	FACT(SwapChanged, apply_swap_changed,
	     { TO("record", SwapChanged, swap_shifts), TO("alert", SwapChanged, swap_word) }),
	FACT(WeekTold, apply_week_told, { TO("alert", WeekTold, week_word) }),
	FACT(GapsTold, apply_gaps_told, { TO("alert", GapsTold, gaps_word) }),
	FACT(DutyStateTold, apply_duty_state_told, TO_NOBODY),
	FACT(CalendarSubscribed, apply_calendar_subscribed, TO_NOBODY),
	FACT(CalendarEnded, apply_calendar_ended, TO_NOBODY),
};

static const char *const peers[] = { "directory", "record", "alert", "board", "referral", NULL };

extern const struct daemon_spec rota_spec;
const struct daemon_spec rota_spec = {
	.name = "rota",
	.tables = rota_tables,
	.n_tables = ROTA_TABLES,
	.routes = routes,
	.n_routes = sizeof(routes) / sizeof(*routes),
	.facts = facts,
	.n_facts = sizeof(facts) / sizeof(*facts),
	.peers = peers,
	.context_size = sizeof(struct calendars),
	.option = calendars_option,
	.settle = calendars_settle,
	.state = rota_state,
};

int main(int argc, char **argv)
{
	return daemon_main(&rota_spec, argc, argv);
}
