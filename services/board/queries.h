/*
 * What board's rules need to know, and what it answers. Read from the views.
 */
#ifndef BOARD_QUERIES_H
#define BOARD_QUERIES_H

#include "rules.h"

int load_set_capacity(struct tx *tx, const struct input *in, const SetCapacity *request,
		      struct capacity_view *view);
int load_history(struct tx *tx, const struct input *in, const AddCapacityHistory *request,
		 struct history_view *view);
int load_reminder(struct tx *tx, const struct input *in, const CapacityReminderDue *due,
		  struct capacity_view *view);
int load_lapse(struct tx *tx, const struct input *in, const CapacityLapseDue *due,
	       struct capacity_view *view);

/* In the order of their last change. From the beginning: those who take part and are asked for.
 * After a position: those who have left, too, and of those who are not asked for (any longer) no
 * more than that they are not among them. */
int board_list(struct tx *tx, const struct input *in, const ListBoard *request, Board *response,
	       struct answer *answer);
/* A page ends after some work, also within an organisation: weekdays of all pages add up. */
int board_history(struct tx *tx, const struct input *in, const ShowBoardHistory *request,
		  BoardHistory *response, struct answer *answer);
/* A row as everybody sees it now. See state_fn, daemon.h. */
int board_state(struct tx *tx, const struct input *in, const char *id, uint64_t after,
		struct state_row *row);

#endif
