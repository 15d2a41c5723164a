/* board: who has room. It holds no patient; everybody who is enrolled may read all of it. */
#include "daemon.h"
#include "queries.h"
#include "rules.h"
#include "views.h"

static const struct route routes[] = {
	WRITE(SetCapacity, struct capacity_view, load_set_capacity, capacity_set, CapacitySet),
	WRITE(AddCapacityHistory, struct history_view, load_history, capacity_history_add,
	      CapacityHistoryAdded),
	READ(ListBoard, board_list, Board, .public_watch = true),
	READ(ShowBoardHistory, board_history, BoardHistory),

	DUE(CapacityReminderDue, struct capacity_view, load_reminder, capacity_remind,
	    CapacityReminded),
	DUE(CapacityLapseDue, struct capacity_view, load_lapse, capacity_lapse, CapacityLapsed),
};

static const struct fact_type facts[] = {
	/* In place of the frame's own: each organisation that has room to tell of has a row. */
	FACT(OrganisationChanged, apply_board_organisation, TO_NOBODY),
	FACT(CapacitySet, apply_capacity_set,
	     { TO("referral", CapacitySet, capacity_notice),
	       TO("alert", CapacitySet, capacity_set_word) }),
	FACT(CapacityHistoryAdded, apply_capacity_history_added, TO_NOBODY),
	FACT(CapacityReminded, apply_capacity_reminded,
	     { TO("alert", CapacityReminded, capacity_reminded_word) }),
	FACT(CapacityLapsed, apply_capacity_lapsed,
	     { TO("alert", CapacityLapsed, capacity_lapsed_word) }),
};

static const char *const peers[] = { "directory", "record", "alert", "referral", "rota", NULL };

extern const struct daemon_spec board_spec;
const struct daemon_spec board_spec = {
	.name = "board",
	.tables = board_tables,
	.n_tables = BOARD_TABLES,
	.routes = routes,
	.n_routes = sizeof(routes) / sizeof(*routes),
	.facts = facts,
	.n_facts = sizeof(facts) / sizeof(*facts),
	.peers = peers,
	.state = board_state,
};

int main(int argc, char **argv)
{
	return daemon_main(&board_spec, argc, argv);
}
