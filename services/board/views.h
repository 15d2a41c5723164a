/*
 * What board keeps. Changed by applying facts only; typed get here, put in views.c.
 *
 *	board    organisation -> Capacity: the row as it was last said, also when that has lapsed
 *	         since; level UNKNOWN until something is said. One for each clinic, nurse station
 *	         and hospital that directory tells of
 *	changes  position -> organisation: of the last change of each row
 *	periods  position, organisation -> CapacityPeriod: what was said there, with its end as far
 *	         as it is known
 *	history  organisation, position -> nothing: the periods of one organisation
 *
 * Parts of keys are texts with their NUL; positions 8 bytes big-endian.
 */
#ifndef BOARD_VIEWS_H
#define BOARD_VIEWS_H

#include "daemon.h"

enum {
	TABLE_BOARD = TABLE_OWN,
	TABLE_CHANGES,
	TABLE_PERIODS,
	TABLE_HISTORY,
	BOARD_TABLES_END
};
#define BOARD_TABLES (BOARD_TABLES_END - TABLE_OWN)
extern const char *const board_tables[BOARD_TABLES];

/* 0, ERR_NOTFOUND (also for what is no id at all), or an error of the store. In tx->arena. */
int capacity_get(struct tx *tx, const char *organisation, Capacity **out);
int period_get(struct tx *tx, uint64_t position, const char *organisation, CapacityPeriod **out);

void apply_board_organisation(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const OrganisationChanged *fact);
void apply_capacity_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const CapacitySet *fact);
void apply_capacity_history_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
				  const CapacityHistoryAdded *fact);
void apply_capacity_reminded(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const CapacityReminded *fact);
void apply_capacity_lapsed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const CapacityLapsed *fact);

#endif
