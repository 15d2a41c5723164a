/* What rota loads for its rules, and what it answers. */
#ifndef ROTA_QUERIES_H
#define ROTA_QUERIES_H

#include "daemon.h"
#include "rules.h"

int load_rota_settings(struct tx *tx, const struct input *in, const SetRotaSettings *request,
		       struct settings_rule *view);
int load_generate(struct tx *tx, const struct input *in, const GenerateRota *request,
		  struct generate_rule *view);
int load_block(struct tx *tx, const struct input *in, const BlockDates *request,
	       struct block_rule *view);
int load_set_shift(struct tx *tx, const struct input *in, const SetShift *request,
		   struct set_rule *view);
int load_ask_swap(struct tx *tx, const struct input *in, const AskSwap *request,
		  struct swap_rule *view);
int load_accept_swap(struct tx *tx, const struct input *in, const AcceptSwap *request,
		     struct swap_rule *view);
int load_decline_swap(struct tx *tx, const struct input *in, const DeclineSwap *request,
		      struct swap_rule *view);
int load_undo_swap(struct tx *tx, const struct input *in, const UndoSwap *request,
		   struct swap_rule *view);
int load_subscribe(struct tx *tx, const struct input *in, const SubscribeCalendar *request,
		   struct subscribe_rule *view);
int load_end_calendar(struct tx *tx, const struct input *in, const EndCalendar *request,
		      struct end_calendar_rule *view);
int load_swap_due(struct tx *tx, const struct input *in, const SwapDue *due,
		  struct swap_rule *view);
int load_week_due(struct tx *tx, const struct input *in, const WeekDue *due,
		  struct week_rule *view);
int load_gaps_due(struct tx *tx, const struct input *in, const GapsDue *due,
		  struct gaps_rule *view);
int load_state_due(struct tx *tx, const struct input *in, const DutyStateDue *due,
		   struct state_rule *view);

int rota_settings_show(struct tx *tx, const struct input *in, const ShowRotaSettings *request,
		       RotaSettings *response, struct answer *answer);
int block_list(struct tx *tx, const struct input *in, const ListBlocks *request,
	       BlockList *response, struct answer *answer);
int swap_list(struct tx *tx, const struct input *in, const ListSwaps *request, SwapList *response,
	      struct answer *answer);
int shifts_list(struct tx *tx, const struct input *in, const ListShifts *request,
		ShiftList *response, struct answer *answer);
int duty_show(struct tx *tx, const struct input *in, const ShowDuty *request, DutyShown *response,
	      struct answer *answer);
int gaps_list(struct tx *tx, const struct input *in, const ListGaps *request, GapList *response,
	      struct answer *answer);
int calendar_list(struct tx *tx, const struct input *in, const ListCalendars *request,
		  CalendarList *response, struct answer *answer);
/* The public state (daemon.h). */
int rota_state(struct tx *tx, const struct input *in, const char *id, uint64_t after,
	       struct state_row *row);

#endif
