#include "views.h"

#include <string.h>

#include "date.h"
#include "shift.h"

#define SHIFT_ID_BYTES 64
#define WEEK_TOLD_MS (7LL * 3600 * 1000) /* of the Monday */

const char *const rota_tables[ROTA_TABLES] = {
	"settings",    "shifts",  "shift-changes", "blocks",  "swaps",  "swap-changes",
	"swaps-asked", "members", "gaps-told",     "details", "states", "state-changes",
	"calendars",   "calendar-addresses", "calendars-at",
};

static const struct bytes nothing;

/* ---- get ---------------------------------------------------------------------------------- */

int shift_get(struct tx *tx, const char *id, Shift **out)
{
	if (!*id || strlen(id) > SHIFT_ID_BYTES)
		return ERR_NOTFOUND;
	struct key key = key_text(id);
	return GET(tx, TABLE_SHIFTS, &key, Shift, out);
}

int swap_get(struct tx *tx, const char *id, Swap **out)
{
	if (!id_valid(id))
		return ERR_NOTFOUND;
	struct key key = key_text(id);
	return GET(tx, TABLE_SWAPS, &key, Swap, out);
}

int gaps_told_get(struct tx *tx, const char *shift, GapsTold **out)
{
	struct key key = key_text(shift);
	return GET(tx, TABLE_GAPS_TOLD, &key, GapsTold, out);
}

static struct key place_key(const char *shift, bool second)
{
	struct key key = key_text(shift);
	uint8_t byte = second ? 2 : 1;
	key_add_bytes(&key, &byte, 1);
	return key;
}

int gap_detail_get(struct tx *tx, const char *shift, bool second, Gap **out)
{
	struct key key = place_key(shift, second);
	return GET(tx, TABLE_DETAILS, &key, Gap, out);
}

int duty_row_get(struct tx *tx, const char *row, DutyStateRow **out)
{
	struct key key = key_text(row);
	return GET(tx, TABLE_STATES, &key, DutyStateRow, out);
}

int calendar_get(struct tx *tx, const char *user, const char *id, Calendar **out)
{
	if (!id_valid(id))
		return ERR_NOTFOUND;
	struct key key = key_texts(user, id);
	return GET(tx, TABLE_CALENDARS, &key, Calendar, out);
}

int calendars_of(struct tx *tx, const char *user, Calendar ***out, size_t *n)
{
	struct key prefix = key_text(user);
	struct scan scan;
	Calendar *calendar;
	int rc = 0;

	*out = NULL;
	*n = 0;
	scan_open(&scan, tx, TABLE_CALENDARS, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Calendar, &calendar);
		if (!rc)
			rc = arena_append(tx->arena, out, n, calendar);
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

uint64_t calendars_position(struct tx *tx, const char *of)
{
	struct key key = key_text(of);
	uint64_t position = 0;
	struct bytes value;

	if (tx_get(tx, TABLE_CALENDARS_AT, &key, &value) == 0 && value.size == sizeof(position))
		memcpy(&position, value.data, sizeof(position));
	return position;
}

int rota_settings_get(struct tx *tx, RotaSettings **out)
{
	struct key key = key_text("");
	int rc = GET(tx, TABLE_SETTINGS, &key, RotaSettings, out);

	if (rc != ERR_NOTFOUND)
		return rc;
	*out = shift_settings_default(tx->arena);
	return *out ? 0 : ERR_NOMEM;
}

bool rota_member(struct tx *tx, const char *organisation)
{
	if (!name_valid(organisation, LIMIT_NAME_BYTES))
		return false;
	struct key key = key_text(organisation);
	return tx_has(tx, TABLE_ROTA_MEMBERS, &key);
}

bool date_blocked(struct tx *tx, const char *date, const char *organisation)
{
	struct key key = key_texts(date, organisation);
	return tx_has(tx, TABLE_BLOCKS, &key);
}

const char *duty_row_name(Area area)
{
	switch (area) {
	case AREA_NORTH:
		return "north";
	case AREA_WEST:
		return "west";
	case AREA_SOUTH:
		return "south";
	default:
		return "city";
	}
}

/* ---- watches ------------------------------------------------------------------------------ */

struct key shifts_watch_key(void)
{
	return key_text("shifts");
}

struct key swaps_watch_key(void)
{
	return key_text("swaps");
}

/* ---- to be looked at anew, at once -------------------------------------------------------- */

static void look_at_state(struct tx *tx, const JournalEntry *entry, Area area)
{
	DutyStateDue due = DutyStateDue_INIT;

	due.area = area;
	due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
}

/* A shift of the city may stand in the rows of the areas, too. */
static void look_at_states_of(struct tx *tx, const JournalEntry *entry, const Shift *shift)
{
	DutyStateRow *row;

	look_at_state(tx, entry, shift->area);
	for (int area = AREA_NORTH; !shift->area && area <= AREA_SOUTH; area++)
		if (duty_row_get(tx, duty_row_name((Area)area), &row) == 0)
			look_at_state(tx, entry, (Area)area);
}

static void look_at_gaps(struct tx *tx, const JournalEntry *entry)
{
	GapsDue due = GapsDue_INIT;

	due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
}

/* The swaps that nobody has answered: the shift may be another's now. */
static void look_at_swaps(struct tx *tx, const JournalEntry *entry, const char *shift)
{
	struct key prefix = key_text(shift);
	SwapDue due = SwapDue_INIT;
	struct scan scan;

	scan_open(&scan, tx, TABLE_SWAPS_ASKED, &prefix, NULL);
	while (scan_next(&scan)) {
		due.id = arena_string(tx->arena, (const char *)scan_rest(&scan, NULL));
		due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
	}
	scan_close(&scan);
}

/* ---- shifts ------------------------------------------------------------------------------- */

static struct key change_key(uint64_t position, const char *id)
{
	struct key key = key_u64(position);
	key_add_text(&key, id);
	return key;
}

static void set_week(struct tx *tx, const JournalEntry *entry, const Shift *shift)
{
	int64_t day = date_days(shift->date);
	int64_t monday = day - (int64_t)date_weekday(day) + 1;
	int64_t at_ms = monday * DAY_MS - JAPAN_OFFSET_MS + WEEK_TOLD_MS;
	char date[DATE_SIZE];
	WeekDue due = WeekDue_INIT;

	if (at_ms <= entry->time_ms)
		return;
	date_day(date, at_ms);
	due.monday = date;
	due_set(tx, DUE_APPOINTMENT, at_ms, &due.base);
}

static void shift_put(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const Shift *fact_shift)
{
	struct key key = key_text(fact_shift->id), change;
	Shift *before, after = *fact_shift;
	bool again = GET(tx, TABLE_SHIFTS, &key, Shift, &before) == 0;

	if (again) {
		change = change_key(before->position, before->id);
		tx_delete(tx, TABLE_SHIFT_CHANGES, &change);
	}
	after.position = position;
	change = change_key(position, after.id);
	PUT(tx, TABLE_SHIFTS, &key, &after);
	tx_put(tx, TABLE_SHIFT_CHANGES, &change, nothing);
	for (int second = 0; second < 2; second++) {
		struct key detail = place_key(after.id, second);
		tx_delete(tx, TABLE_DETAILS, &detail);
	}
	set_week(tx, entry, &after);
	look_at_states_of(tx, entry, &after);
	look_at_swaps(tx, entry, after.id);
}

static void set_position(struct tx *tx, const char *of, uint64_t position)
{
	struct key key = key_text(of);

	tx_put(tx, TABLE_CALENDARS_AT, &key,
	       (struct bytes){ (const uint8_t *)&position, sizeof(position) });
}

/* What the calendars show, if there ever was one. */
static void calendars_changed(struct tx *tx, uint64_t position)
{
	if (calendars_position(tx, "addresses"))
		set_position(tx, "texts", position);
}

static void shifts_changed(struct tx *tx, const JournalEntry *entry, uint64_t position)
{
	struct key key = shifts_watch_key();

	tx_touch(tx, &key);
	calendars_changed(tx, position);
	look_at_gaps(tx, entry);
}

void apply_rota_planned(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const RotaPlanned *fact)
{
	struct scratch scratch;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_shifts; i++) {
		shift_put(tx, entry, position, fact->shifts[i]);
		arena_reset(&scratch.arena);
	}
	for (size_t i = 0; fact->plan && i < fact->plan->n_gaps; i++) {
		const Gap *gap = fact->plan->gaps[i];
		struct key key = place_key(gap->shift, gap->second);
		PUT(tx, TABLE_DETAILS, &key, gap);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	shifts_changed(tx, entry, position);
}

void apply_shift_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const ShiftSet *fact)
{
	shift_put(tx, entry, position, fact->shift);
	shifts_changed(tx, entry, position);
}

void apply_rota_settings_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const RotaSettingsSet *fact)
{
	struct key key = key_text("");

	(void)entry, (void)position;
	PUT(tx, TABLE_SETTINGS, &key, fact->settings);
	look_at_gaps(tx, entry); /* the rest rule may be another */
}

void apply_dates_blocked(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const DatesBlocked *fact)
{
	(void)position;
	for (size_t i = 0; i < fact->n_dates; i++) {
		struct key key = key_texts(fact->dates[i], fact->organisation);
		if (fact->free)
			tx_delete(tx, TABLE_BLOCKS, &key);
		else
			tx_put(tx, TABLE_BLOCKS, &key, nothing);
	}
	look_at_gaps(tx, entry);
}

/* ---- swaps -------------------------------------------------------------------------------- */

static void index_asked(struct tx *tx, const Swap *swap, bool asked)
{
	const char *const shifts[] = { swap->shift, swap->in_return };

	for (size_t i = 0; i < 2; i++) {
		if (!*shifts[i])
			continue;
		struct key key = key_texts(shifts[i], swap->id);
		if (asked)
			tx_put(tx, TABLE_SWAPS_ASKED, &key, nothing);
		else
			tx_delete(tx, TABLE_SWAPS_ASKED, &key);
	}
}

void apply_swap_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const SwapChanged *fact)
{
	struct key key = key_text(fact->swap->id), change, watch = swaps_watch_key();
	Swap *before, after = *fact->swap;
	SwapDue due = SwapDue_INIT;

	due.id = after.id;
	if (swap_get(tx, after.id, &before) == 0) {
		change = change_key(before->position, before->id);
		tx_delete(tx, TABLE_SWAP_CHANGES, &change);
		index_asked(tx, before, false);
		due_clear(tx, DUE_APPOINTMENT, before->lapses_ms, &due.base);
	}
	after.position = position;
	change = change_key(position, after.id);
	PUT(tx, TABLE_SWAPS, &key, &after);
	tx_put(tx, TABLE_SWAP_CHANGES, &change, nothing);
	if (after.state == SWAP_STATE_ASKED) {
		index_asked(tx, &after, true);
		due_set(tx, DUE_APPOINTMENT, after.lapses_ms, &due.base);
	}
	tx_touch(tx, &watch);
	for (size_t i = 0; i < fact->n_shifts; i++)
		shift_put(tx, entry, position, fact->shifts[i]);
	if (fact->n_shifts)
		shifts_changed(tx, entry, position);
}

/* ---- who takes part ----------------------------------------------------------------------- */

static bool in_network(const Organisation *organisation, Network network)
{
	for (size_t i = 0; i < organisation->n_networks; i++)
		if (organisation->networks[i] == network)
			return true;
	return false;
}

/* Its phone may stand in a row. */
static void look_at_its_states(struct tx *tx, const JournalEntry *entry, const char *organisation)
{
	for (int area = AREA_UNSPECIFIED; area <= AREA_SOUTH; area++) {
		DutyStateRow *row;
		if (duty_row_get(tx, duty_row_name((Area)area), &row) == 0 &&
		    (!strcmp(row->state->first, organisation) ||
		     !strcmp(row->state->second, organisation)))
			look_at_state(tx, entry, (Area)area);
	}
}

void apply_rota_organisation(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const OrganisationChanged *fact)
{
	const Organisation *organisation = fact->organisation;
	bool member = !organisation->left && in_network(organisation, NETWORK_ROUND_THE_CLOCK);
	struct key key = key_text(organisation->id);
	Organisation *before;

	if (organisation_get(tx, organisation->id, &before) || strcmp(before->name, organisation->name))
		calendars_changed(tx, position);
	organisation_put(tx, organisation);
	look_at_its_states(tx, entry, organisation->id);
	if (member == tx_has(tx, TABLE_ROTA_MEMBERS, &key))
		return;
	if (member)
		tx_put(tx, TABLE_ROTA_MEMBERS, &key, nothing);
	else
		tx_delete(tx, TABLE_ROTA_MEMBERS, &key);
	look_at_gaps(tx, entry);
}

/* ---- calendars ---------------------------------------------------------------------------- */

static void calendar_end(struct tx *tx, uint64_t position, const Calendar *calendar)
{
	struct key key = key_texts(calendar->user, calendar->id);
	struct key address = key_text(calendar->address);

	tx_delete(tx, TABLE_CALENDARS, &key);
	tx_delete(tx, TABLE_CALENDAR_ADDRESSES, &address);
	set_position(tx, "addresses", position);
}

void apply_calendar_subscribed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			       const CalendarSubscribed *fact)
{
	struct key key = key_texts(fact->calendar->user, fact->calendar->id);
	struct key address = key_text(fact->calendar->address);

	(void)entry;
	if (tx_has(tx, TABLE_CALENDAR_ADDRESSES, &address))
		return; /* it was asked for again */
	PUT(tx, TABLE_CALENDARS, &key, fact->calendar);
	tx_put(tx, TABLE_CALENDAR_ADDRESSES, &address, nothing);
	set_position(tx, "addresses", position);
}

void apply_calendar_ended(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const CalendarEnded *fact)
{
	Calendar *calendar;

	(void)entry;
	if (calendar_get(tx, fact->user, fact->id, &calendar) == 0)
		calendar_end(tx, position, calendar);
}

/* Who is enrolled no longer has no address either. */
void apply_rota_person(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const PersonChanged *fact)
{
	Calendar **calendars;
	size_t n = 0;

	(void)entry;
	person_put(tx, fact->person);
	if (fact->person->state == ENROLMENT_STATE_ENROLLED)
		return;
	int rc = calendars_of(tx, fact->person->id, &calendars, &n);
	if (rc && !tx->error)
		tx->error = rc;
	for (size_t i = 0; i < n; i++)
		calendar_end(tx, position, calendars[i]);
}

/* ---- what was told ------------------------------------------------------------------------ */

void apply_week_told(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const WeekTold *fact)
{
	(void)position, (void)fact;
	look_at_gaps(tx, entry); /* a week has come near that was too far away */
}

void apply_gaps_told(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const GapsTold *fact)
{
	struct key key = key_text(fact->shift);

	(void)position;
	if (fact->n_gaps)
		PUT(tx, TABLE_GAPS_TOLD, &key, fact);
	else
		tx_delete(tx, TABLE_GAPS_TOLD, &key);
	look_at_gaps(tx, entry); /* the next shift */
}

void apply_duty_state_told(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const DutyStateTold *fact)
{
	const char *name = duty_row_name(fact->state->area);
	struct key key = key_text(name), change;
	DutyStateRow *before, row = DutyStateRow_INIT;
	DutyStateDue due = DutyStateDue_INIT;

	(void)entry;
	due.area = fact->state->area;
	if (duty_row_get(tx, name, &before) == 0) {
		change = key_u64(before->position);
		tx_delete(tx, TABLE_STATE_CHANGES, &change);
		if (before->next_ms)
			due_clear(tx, DUE_APPOINTMENT, before->next_ms, &due.base);
	}
	row.state = fact->state;
	row.next_ms = fact->next_ms;
	row.position = position;
	change = key_u64(position);
	PUT(tx, TABLE_STATES, &key, &row);
	tx_put(tx, TABLE_STATE_CHANGES, &change,
	       (struct bytes){ (const uint8_t *)name, strlen(name) + 1 });
	if (row.next_ms)
		due_set(tx, DUE_APPOINTMENT, row.next_ms, &due.base);
}

/* Who is on duty goes by the time of day. */
void apply_rota_clock_jumped(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const ClockJumped *fact)
{
	(void)position, (void)fact;
	for (int area = AREA_UNSPECIFIED; area <= AREA_SOUTH; area++) {
		DutyStateRow *row;
		if (duty_row_get(tx, duty_row_name((Area)area), &row) == 0)
			look_at_state(tx, entry, (Area)area);
	}
}
