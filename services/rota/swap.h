/*
 * The life of a swap: a clinic asks one or all to take a duty of its own, perhaps for one of theirs.
 * Pure.
 */
#ifndef SWAP_H
#define SWAP_H

#include "daemon.h"

struct swap_rule {
	const Swap *swap;  /* NULL: there is none */
	const Swap *asked; /* for the same place, not answered yet; NULL: none */
	const RotaSettings *settings;
	const Shift *shift, *in_return; /* NULL: there is none */
	Shift **near;                   /* all that can clash with either, they themselves too */
	size_t n_near;
	char **members; /* organisations */
	size_t n_members;
};

enum swap_step {
	SWAP_ASK,
	SWAP_ACCEPT,
	SWAP_DECLINE,
	SWAP_UNDO,
	SWAP_LAPSE,
	SWAP_OVERTAKE,
	SWAP_STEPS
};

/* Is the step possible from that state? */
bool swap_possible(enum swap_step step, Swap_State state);
/* Nothing can happen to it any more. shift: NULL if it is not known. */
bool swap_over(const Swap *swap, const Shift *shift, int64_t now_ms);

int swap_ask(const struct input *in, const struct swap_rule *view, const AskSwap *request,
	     SwapChanged *fact);
int swap_accept(const struct input *in, const struct swap_rule *view, const AcceptSwap *request,
		SwapChanged *fact);
int swap_decline(const struct input *in, const struct swap_rule *view, const DeclineSwap *request,
		 SwapChanged *fact);
int swap_undo(const struct input *in, const struct swap_rule *view, const UndoSwap *request,
	      SwapChanged *fact);
/* Its time is over, or one of its shifts is another's. */
int swap_due(const struct input *in, const struct swap_rule *view, const SwapDue *due,
	     SwapChanged *fact);

#endif
