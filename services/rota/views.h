/*
 * What rota keeps. Changed by applying facts only.
 *
 *	settings       "" -> RotaSettings; none: the defaults
 *	shifts         id -> Shift: sorted by date, for an id begins with it
 *	shift-changes  position, id -> nothing: of the last change of each shift
 *	blocks         date, organisation -> nothing
 *	swaps          id -> Swap
 *	swap-changes   position, id -> nothing: of the last change of each swap
 *	swaps-asked    shift, id -> nothing: swaps that nobody has answered, by the shifts they are about
 *	members        organisation -> nothing: those who take part
 *	gaps-told      shift -> GapsTold: gaps that the support centre knows of
 *	details        shift, place (1 byte) -> Gap: why the plan left it empty
 *	states         "city", "north" … -> DutyStateRow
 *	state-changes  position -> row: of the last change of each row
 *	calendars      user, id -> Calendar
 *	calendar-addresses  address -> nothing
 *	calendars-at   "texts", "addresses" -> position of the last change of what calendars show, and
 *	               of which there are; none before the first
 *
 * Parts of keys are texts with their NUL; positions 8 bytes big-endian.
 */
#ifndef ROTA_VIEWS_H
#define ROTA_VIEWS_H

#include "daemon.h"

enum {
	TABLE_SETTINGS = TABLE_OWN,
	TABLE_SHIFTS,
	TABLE_SHIFT_CHANGES,
	TABLE_BLOCKS,
	TABLE_SWAPS,
	TABLE_SWAP_CHANGES,
	TABLE_SWAPS_ASKED,
	TABLE_ROTA_MEMBERS,
	TABLE_GAPS_TOLD,
	TABLE_DETAILS,
	TABLE_STATES,
	TABLE_STATE_CHANGES,
	TABLE_CALENDARS,
	TABLE_CALENDAR_ADDRESSES,
	TABLE_CALENDARS_AT,
	ROTA_TABLES_END
};
#define ROTA_TABLES (ROTA_TABLES_END - TABLE_OWN)
extern const char *const rota_tables[ROTA_TABLES];

/* 0, ERR_NOTFOUND (also for what is no id at all), or an error of the store. In tx->arena. */
int shift_get(struct tx *tx, const char *id, Shift **out);
int swap_get(struct tx *tx, const char *id, Swap **out);
int gaps_told_get(struct tx *tx, const char *shift, GapsTold **out);
int gap_detail_get(struct tx *tx, const char *shift, bool second, Gap **out);
int duty_row_get(struct tx *tx, const char *row, DutyStateRow **out);
int calendar_get(struct tx *tx, const char *user, const char *id, Calendar **out);
/* A user's, in tx->arena. 0 or an error. */
int calendars_of(struct tx *tx, const char *user, Calendar ***out, size_t *n);
/* Of what calendars show ("texts"), or of which there are ("addresses"). 0: there never was one. */
uint64_t calendars_position(struct tx *tx, const char *of);
/* Those that were set, or the defaults. */
int rota_settings_get(struct tx *tx, RotaSettings **out);
bool rota_member(struct tx *tx, const char *organisation);
bool date_blocked(struct tx *tx, const char *date, const char *organisation);

/* "city", "north", "west" or "south". */
const char *duty_row_name(Area area);
/* For watches of lists. */
struct key shifts_watch_key(void);
struct key swaps_watch_key(void);

void apply_rota_organisation(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const OrganisationChanged *fact);
void apply_rota_person(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const PersonChanged *fact);
void apply_calendar_subscribed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			       const CalendarSubscribed *fact);
void apply_calendar_ended(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const CalendarEnded *fact);
void apply_rota_clock_jumped(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const ClockJumped *fact);
void apply_rota_settings_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const RotaSettingsSet *fact);
void apply_rota_planned(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const RotaPlanned *fact);
void apply_dates_blocked(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const DatesBlocked *fact);
void apply_shift_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const ShiftSet *fact);
void apply_swap_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const SwapChanged *fact);
void apply_week_told(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const WeekTold *fact);
void apply_gaps_told(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const GapsTold *fact);
void apply_duty_state_told(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const DutyStateTold *fact);

#endif
