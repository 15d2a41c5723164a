#include "queries.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "duty.h"
#include "shift.h"
#include "views.h"

#define LIST_DAYS 31      /* that are listed if nothing else is asked for */
#define NEXT_DAYS 62      /* who is next is looked for so far ahead */
#define GAPS_PAGE_DAYS 62 /* of gaps on one page */
#define NEVER_DAY INT64_MIN

static int64_t today(const struct input *in)
{
	int64_t ms = in->now_ms + JAPAN_OFFSET_MS;
	return ms / DAY_MS - (ms % DAY_MS < 0);
}

static void day_text(char out[DATE_SIZE], int64_t day)
{
	date_day(out, day * DAY_MS - JAPAN_OFFSET_MS);
}

/* *out stays where the id is empty or nobody's. */
static int find_organisation(struct tx *tx, const char *id, const Organisation **out)
{
	Organisation *organisation;

	if (!name_valid(id, LIMIT_NAME_BYTES))
		return 0;
	int rc = organisation_get(tx, id, &organisation);
	if (!rc)
		*out = organisation;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* ---- shifts of some days ------------------------------------------------------------------ */

typedef int shift_fn(void *context, Shift *shift);

/* Each planned shift that begins on one of the days, in order. */
static int each_shift(struct tx *tx, int64_t first_day, int64_t last_day, shift_fn *function,
		      void *context)
{
	char date[DATE_SIZE];
	struct key from;
	struct scan scan;
	Shift *shift;
	int rc = 0;

	day_text(date, first_day);
	from.size = 0;
	key_add_bytes(&from, date, strlen(date));
	day_text(date, last_day);
	scan_open(&scan, tx, TABLE_SHIFTS, NULL, &from);
	while (!rc && scan_next(&scan) &&
	       strncmp((const char *)scan.key, date, strlen(date)) <= 0) {
		rc = SCAN_MESSAGE(&scan, Shift, &shift);
		if (!rc)
			rc = function(context, shift);
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

struct shifts {
	struct arena *arena;
	Shift **items;
	size_t n;
};

static int append_shift(void *context, Shift *shift)
{
	struct shifts *shifts = context;
	return arena_append(shifts->arena, &shifts->items, &shifts->n, shift);
}

static int load_shifts(struct tx *tx, int64_t first_day, int64_t last_day, Shift ***items,
		       size_t *n)
{
	struct shifts shifts = { .arena = tx->arena };
	int rc = each_shift(tx, first_day, last_day, append_shift, &shifts);

	*items = shifts.items;
	*n = shifts.n;
	return rc;
}

/* ---- members ------------------------------------------------------------------------------ */

static int load_members(struct tx *tx, char ***members, size_t *n_members)
{
	struct scan scan;
	int rc = 0;

	scan_open(&scan, tx, TABLE_ROTA_MEMBERS, NULL, NULL);
	while (!rc && scan_next(&scan))
		rc = arena_append(tx->arena, members, n_members,
				  arena_string(tx->arena, (const char *)scan.key));
	scan_close(&scan);
	return rc ? rc : tx->error;
}

static bool has_network(const Organisation *organisation, Network network)
{
	for (size_t i = 0; i < organisation->n_networks; i++)
		if (organisation->networks[i] == network)
			return true;
	return false;
}

/* Of an organisation little is needed, and it may be large: it is read in a memory of its own. */
static int load_member(struct tx *tx, const char *id, struct arena *looking,
		       struct generate_member *member)
{
	struct arena *kept = tx->arena;
	Organisation *organisation;

	arena_reset(looking);
	tx->arena = looking;
	int rc = organisation_get(tx, id, &organisation);
	tx->arena = kept;
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc; /* both are written together */
	member->id = arena_string(kept, organisation->id);
	member->name = arena_string(kept, organisation->name);
	member->area = organisation->area;
	member->enhanced = has_network(organisation, NETWORK_ENHANCED);
	return 0;
}

static int load_blocked(struct tx *tx, int64_t first_day, int64_t last_day,
			struct generate_member *member)
{
	char date[DATE_SIZE];

	for (int64_t day = first_day; day <= last_day; day++) {
		day_text(date, day);
		member->blocked[day - first_day] = date_blocked(tx, date, member->id);
	}
	return tx->error;
}

/* ---- a month's plan ----------------------------------------------------------------------- */

static int load_generate_members(struct tx *tx, struct generate_rule *view)
{
	struct arena looking;
	char **ids = NULL;
	int rc = load_members(tx, &ids, &view->n_members);

	view->members =
		rc ? NULL : arena_alloc(tx->arena, (view->n_members + 1) * sizeof(*view->members));
	if (!view->members)
		return rc ? rc : ERR_NOMEM;
	arena_init(&looking, LIMIT_ARENA_BYTES);
	for (size_t i = 0; !rc && i < view->n_members; i++) {
		rc = load_member(tx, ids[i], &looking, &view->members[i]);
		if (!rc)
			rc = load_blocked(tx, view->first_day, view->last_day, &view->members[i]);
	}
	arena_close(&looking);
	return rc;
}

struct counting {
	struct generate_rule *view;
	struct scratch *scratch;
};

static int count_shift(void *context, Shift *shift)
{
	struct counting *counting = context;

	generate_count(counting->view, shift);
	arena_reset(&counting->scratch->arena);
	return 0;
}

/* The first day of the year that a month counts in. */
static int64_t year_day(const RotaSettings *settings, const char *month)
{
	int year = 0, number = 0;
	char date[32];

	if (sscanf(month, "%4d-%2d", &year, &number) != 2)
		return NEVER_DAY;
	if (number < (int)settings->year_begins_month)
		year--;
	snprintf(date, sizeof(date), "%04d-%02u-01", year, settings->year_begins_month);
	return date_days(date);
}

static int count_year(struct tx *tx, const GenerateRota *request, struct generate_rule *view)
{
	int64_t first_day = year_day(view->settings, request->month);
	struct scratch scratch;

	if (first_day == NEVER_DAY || first_day >= view->first_day)
		return 0;
	scratch_open(&scratch, tx);
	int rc = each_shift(tx, first_day, view->first_day - 1, count_shift,
			    &(struct counting){ view, &scratch });
	scratch_close(&scratch, tx);
	return rc;
}

int load_generate(struct tx *tx, const struct input *in, const GenerateRota *request,
		  struct generate_rule *view)
{
	RotaSettings *settings;

	if (shift_month_days(request->month, &view->first_day, &view->last_day)) {
		view->first_day = 1;
		view->last_day = 0;
		return 0;
	}
	int rc = rota_settings_get(tx, &settings);
	if (rc)
		return rc;
	view->settings = settings;
	int64_t margin = gap_margin_days(settings);
	rc = shift_list(settings, view->first_day, view->last_day, today(in), tx->arena,
			&view->calendar, &view->n_calendar);
	if (!rc)
		rc = load_shifts(tx, view->first_day - margin, view->last_day + margin,
				 &view->shifts, &view->n_shifts);
	if (!rc)
		rc = load_generate_members(tx, view);
	return rc ? rc : count_year(tx, request, view);
}

/* ---- settings, blocks, by hand ------------------------------------------------------------ */

int load_rota_settings(struct tx *tx, const struct input *in, const SetRotaSettings *request,
		       struct settings_rule *view)
{
	(void)tx, (void)in, (void)request, (void)view;
	return 0;
}

int load_block(struct tx *tx, const struct input *in, const BlockDates *request,
	       struct block_rule *view)
{
	view->member = rota_member(tx, *request->organisation ? request->organisation
							      : in->actor.organisation);
	return tx->error;
}

/* As the calendar has it. NULL in *out: it has none of that id. */
static int calendar_shift(struct tx *tx, const struct input *in, const char *id, Shift **out)
{
	char date[11] = "";
	Shift **shifts = NULL;
	RotaSettings *settings;
	size_t n = 0;

	*out = NULL;
	snprintf(date, sizeof(date), "%s", id);
	int64_t day = date_days(date);
	if (day == INT64_MIN || day < today(in) - 2 || day > today(in) + SHIFT_DAYS_MAX)
		return 0;
	int rc = rota_settings_get(tx, &settings);
	if (!rc)
		rc = shift_list(settings, day, day, today(in), tx->arena, &shifts, &n);
	for (size_t i = 0; !rc && i < n; i++)
		if (!strcmp(shifts[i]->id, id))
			*out = shifts[i];
	return rc;
}

int load_set_shift(struct tx *tx, const struct input *in, const SetShift *request,
		   struct set_rule *view)
{
	Shift *shift;
	int rc = shift_get(tx, request->shift, &shift);

	view->planned = rc == 0 && !shift->dropped;
	const Shift *dropped = rc == 0 && !view->planned ? shift : NULL;
	if (!view->planned && (!rc || rc == ERR_NOTFOUND))
		rc = calendar_shift(tx, in, request->shift, &shift);
	if (rc)
		return rc;
	if (dropped && shift) { /* calendars know it by a sequence, and by whom it was given away */
		shift->sequence = dropped->sequence + 1;
		shift->given_away_first = dropped->given_away_first;
		shift->n_given_away_first = dropped->n_given_away_first;
		shift->given_away_second = dropped->given_away_second;
		shift->n_given_away_second = dropped->n_given_away_second;
	}
	view->shift = shift;
	view->member = rota_member(tx, request->organisation);
	return tx->error;
}

/* ---- swaps -------------------------------------------------------------------------------- */

static int find_one(struct tx *tx, const char *id, const Shift **out)
{
	Shift *shift;
	int rc = shift_get(tx, id, &shift);

	if (!rc)
		*out = shift;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static bool has_shift(Shift *const *shifts, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(shifts[i]->id, id))
			return true;
	return false;
}

/* All around a shift that are not in the list yet. */
static int add_near(struct tx *tx, const Shift *shift, struct swap_rule *view)
{
	int64_t day, margin = gap_margin_days(view->settings);
	Shift **shifts = NULL;
	size_t n = 0;

	if (!shift)
		return 0;
	day = date_days(shift->date);
	int rc = load_shifts(tx, day - margin, day + margin, &shifts, &n);
	for (size_t i = 0; !rc && i < n; i++)
		if (!has_shift(view->near, view->n_near, shifts[i]->id))
			rc = arena_append(tx->arena, &view->near, &view->n_near, shifts[i]);
	return rc;
}

static int load_swap_view(struct tx *tx, const char *shift, const char *in_return,
			  struct swap_rule *view)
{
	RotaSettings *settings;
	int rc = rota_settings_get(tx, &settings);

	if (rc)
		return rc;
	view->settings = settings;
	rc = find_one(tx, shift, &view->shift);
	if (!rc && *in_return)
		rc = find_one(tx, in_return, &view->in_return);
	if (!rc)
		rc = add_near(tx, view->shift, view);
	if (!rc)
		rc = add_near(tx, view->in_return, view);
	return rc ? rc : load_members(tx, &view->members, &view->n_members);
}

static int load_by_id(struct tx *tx, const char *id, struct swap_rule *view)
{
	Swap *swap;
	int rc = swap_get(tx, id, &swap);

	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->swap = swap;
	return load_swap_view(tx, swap->shift, swap->in_return, view);
}

/* The swap that was asked of that place and is not answered yet. */
static int find_asked(struct tx *tx, const char *shift, bool second, const Swap **out)
{
	struct key prefix = key_text(shift);
	struct scan scan;
	int rc = 0;

	scan_open(&scan, tx, TABLE_SWAPS_ASKED, &prefix, NULL);
	while (!rc && !*out && scan_next(&scan)) {
		Swap *swap;
		rc = swap_get(tx, (const char *)scan_rest(&scan, NULL), &swap);
		if (!rc && !strcmp(swap->shift, shift) && swap->second == second)
			*out = swap;
	}
	scan_close(&scan);
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

int load_ask_swap(struct tx *tx, const struct input *in, const AskSwap *request,
		  struct swap_rule *view)
{
	(void)in;
	int rc = load_swap_view(tx, request->shift, request->in_return, view);

	return rc || !view->shift ? rc
				  : find_asked(tx, request->shift, request->second, &view->asked);
}

int load_accept_swap(struct tx *tx, const struct input *in, const AcceptSwap *request,
		     struct swap_rule *view)
{
	(void)in;
	return load_by_id(tx, request->id, view);
}

int load_decline_swap(struct tx *tx, const struct input *in, const DeclineSwap *request,
		      struct swap_rule *view)
{
	(void)in;
	return load_by_id(tx, request->id, view);
}

int load_undo_swap(struct tx *tx, const struct input *in, const UndoSwap *request,
		   struct swap_rule *view)
{
	(void)in;
	return load_by_id(tx, request->id, view);
}

int load_swap_due(struct tx *tx, const struct input *in, const SwapDue *due, struct swap_rule *view)
{
	(void)in;
	return load_by_id(tx, due->id, view);
}

/* ---- calendars ---------------------------------------------------------------------------- */

/* Of a new calendar: its id, under a key that nobody outside of the store has. */
static void calendar_address(struct tx *tx, const char *id, char out[CALENDAR_ADDRESS_SIZE])
{
	uint8_t hash[KEYED_HASH_BYTES];

	tx_keyed_hash(tx, arena_printf(tx->arena, "calendar %s", id), hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

int load_subscribe(struct tx *tx, const struct input *in, const SubscribeCalendar *request,
		   struct subscribe_rule *view)
{
	const Organisation *organisation = NULL;
	int rc = find_organisation(tx, request->organisation, &organisation);

	if (rc)
		return rc;
	view->organisation = organisation || !*request->organisation;
	calendar_address(tx, in->id, view->address);
	return calendars_of(tx, in->actor.user, &view->calendars, &view->n_calendars);
}

int load_end_calendar(struct tx *tx, const struct input *in, const EndCalendar *request,
		      struct end_calendar_rule *view)
{
	Calendar *calendar;
	int rc = calendar_get(tx, in->actor.user, request->id, &calendar);

	view->known = rc == 0;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int calendar_list(struct tx *tx, const struct input *in, const ListCalendars *request,
		  CalendarList *response, struct answer *answer)
{
	(void)request, (void)answer;
	return calendars_of(tx, in->actor.user, &response->items, &response->n_items);
}

/* ---- due ---------------------------------------------------------------------------------- */

int load_week_due(struct tx *tx, const struct input *in, const WeekDue *due, struct week_rule *view)
{
	int64_t monday = date_days(due->monday);
	Shift **ahead;
	size_t n_ahead;
	int rc = load_shifts(tx, monday + 14, monday + 20, &ahead, &n_ahead);

	(void)in;
	view->plan_ends = true;
	for (size_t i = 0; !rc && i < n_ahead; i++)
		view->plan_ends &= ahead[i]->dropped;
	return rc ? rc : load_shifts(tx, monday, monday + 6, &view->shifts, &view->n_shifts);
}

static int know_place(struct tx *tx, const Shift *shift, bool second, struct place_known *known)
{
	const char *holder = duty_holder(shift, second);
	Gap *detail;

	if (*holder) {
		known->left = !rota_member(tx, holder);
		known->blocked = date_blocked(tx, shift->date, holder);
		return tx->error;
	}
	int rc = gap_detail_get(tx, shift->id, second, &detail);
	if (!rc)
		known->detail = detail;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int load_span(struct tx *tx, const struct input *in, int64_t first_day, int64_t last_day,
		     struct span *span)
{
	RotaSettings *settings;
	int rc = rota_settings_get(tx, &settings);

	if (rc)
		return rc;
	int64_t margin = gap_margin_days(settings);
	span->settings = settings;
	span->first_day = first_day;
	span->last_day = last_day;
	rc = shift_list(settings, first_day, last_day, today(in), tx->arena, &span->calendar,
			&span->n_calendar);
	if (!rc)
		rc = load_shifts(tx, first_day - margin, last_day, &span->shifts, &span->n_shifts);
	span->known =
		rc ? NULL : arena_alloc(tx->arena, (span->n_shifts + 1) * sizeof(*span->known));
	if (!span->known)
		return rc ? rc : ERR_NOMEM;
	for (size_t i = 0; !rc && i < span->n_shifts; i++)
		for (int second = 0; !rc && second < 2; second++)
			rc = know_place(tx, span->shifts[i], second, &span->known[i][second]);
	return rc;
}

int load_gaps_due(struct tx *tx, const struct input *in, const GapsDue *due, struct gaps_rule *view)
{
	struct scan scan;
	GapsTold *told;

	(void)due;
	int rc = load_span(tx, in, today(in) - 1, today(in) + GAPS_DAYS - 1, &view->span);
	scan_open(&scan, tx, TABLE_GAPS_TOLD, NULL, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, GapsTold, &told);
		if (!rc)
			rc = arena_append(tx->arena, &view->told, &view->n_told, told);
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

/* ---- who is on duty ----------------------------------------------------------------------- */

/* Of an area also the shifts for the whole city, which are left where the settings changed lately. */
struct on_duty {
	int64_t at_ms;
	Area area;
	const Shift *now, *next;
	bool own; /* one of these is, or will be, a shift of this very area */
};

static int look_on_duty(void *context, Shift *shift)
{
	struct on_duty *on_duty = context;

	if (shift->dropped || (shift->area && shift->area != on_duty->area))
		return 0;
	on_duty->own |= shift->area == on_duty->area && shift->until_ms > on_duty->at_ms;
	if (shift->from_ms <= on_duty->at_ms && on_duty->at_ms < shift->until_ms &&
	    (!on_duty->now || shift->from_ms > on_duty->now->from_ms))
		on_duty->now = shift;
	if (shift->from_ms > on_duty->at_ms &&
	    (!on_duty->next || shift->from_ms < on_duty->next->from_ms))
		on_duty->next = shift;
	return 0;
}

/* The days are walked one after the other until somebody is next. */
static int find_on_duty(struct tx *tx, struct on_duty *on_duty)
{
	int64_t day = (on_duty->at_ms + JAPAN_OFFSET_MS) / DAY_MS;
	int rc = each_shift(tx, day - 2, day + 2, look_on_duty, on_duty);

	for (int64_t ahead = 3; !rc && !on_duty->next && ahead <= NEXT_DAYS; ahead += 7)
		rc = each_shift(tx, day + ahead, day + ahead + 6, look_on_duty, on_duty);
	return rc;
}

int load_state_due(struct tx *tx, const struct input *in, const DutyStateDue *due,
		   struct state_rule *view)
{
	struct on_duty on_duty = { .at_ms = in->now_ms, .area = due->area };
	DutyStateRow *row;

	int rc = duty_row_get(tx, duty_row_name(due->area), &row);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	view->row = rc ? NULL : row;
	rc = find_on_duty(tx, &on_duty);
	view->now = on_duty.now;
	view->next = on_duty.next;
	if (!rc && view->now)
		rc = find_organisation(tx, view->now->first, &view->first);
	if (!rc && view->now)
		rc = find_organisation(tx, view->now->second, &view->second);
	return rc;
}

int rota_state(struct tx *tx, const struct input *in, const char *id, uint64_t after,
	       struct state_row *out)
{
	struct key from = key_u64(after + 1);
	const char *name = id;
	DutyStateRow *row;
	struct scan scan;
	struct bytes value = { NULL, 0 };
	int rc = 0;

	(void)in;
	if (!id) {
		scan_open(&scan, tx, TABLE_STATE_CHANGES, NULL, &from);
		rc = scan_next(&scan) ? scan_value(&scan, &value) : ERR_NOTFOUND;
		name = (const char *)value.data;
		scan_close(&scan);
	}
	if (!rc)
		rc = duty_row_get(tx, name, &row);
	if (rc || tx->error)
		return tx->error ? tx->error : rc;
	*out = (struct state_row){ duty_row_name(row->state->area), row->position,
				   &row->state->base };
	return 0;
}

static int shown_organisation(struct tx *tx, const char *id, Organisation **out, Person ***people,
			      size_t *n_people)
{
	const Organisation *found = NULL;
	int rc = find_organisation(tx, id, &found);

	if (rc || !found)
		return rc;
	*out = arena_copy(tx->arena, found, sizeof(*found));
	if (!*out)
		return ERR_NOMEM;
	(*out)->n_hours = 0;
	if (!people)
		return 0;
	rc = staff_list(tx, id, PROFESSION_DOCTOR, people, n_people);
	for (size_t i = 0; !rc && i < *n_people; i++) {
		(*people)[i]->n_hours = 0;
		(*people)[i]->mail = arena_string(tx->arena, "");
	}
	return rc;
}

static Shift *to_show(struct tx *tx, const Shift *shift)
{
	return arena_copy(tx->arena, shift, sizeof(*shift));
}

/* A shift of the calendar that nobody has planned is a hole: the clinics are closed. */
static int find_unplanned(struct tx *tx, const struct input *in, struct on_duty *on_duty)
{
	int64_t day = (on_duty->at_ms + JAPAN_OFFSET_MS) / DAY_MS;
	RotaSettings *settings;
	Shift **shifts, *planned;
	size_t n_shifts;
	int rc = rota_settings_get(tx, &settings);

	if (!rc)
		rc = shift_list(settings, day - 1, day, today(in), tx->arena, &shifts, &n_shifts);
	for (size_t i = 0; !rc && i < n_shifts; i++) {
		if (shifts[i]->area != on_duty->area || shifts[i]->from_ms > on_duty->at_ms ||
		    shifts[i]->until_ms <= on_duty->at_ms)
			continue;
		rc = shift_get(tx, shifts[i]->id, &planned);
		if (rc == 0 && !planned->dropped)
			continue; /* at other times, those of the settings of before */
		rc = rc == ERR_NOTFOUND ? 0 : rc;
		shifts[i]->first_gap = shifts[i]->second_gap = GAP_REASON_NOT_PLANNED;
		on_duty->now = shifts[i];
		on_duty->own = true;
	}
	return rc;
}

static int show_area(struct tx *tx, const struct input *in, struct on_duty *on_duty,
		     DutyShown *response)
{
	int rc = find_on_duty(tx, on_duty);
	OnDuty *shown;

	if (!rc && !on_duty->now)
		rc = find_unplanned(tx, in, on_duty);
	if (rc || !on_duty->own)
		return rc;
	shown = NEW(OnDuty, tx->arena);
	if (!shown)
		return ERR_NOMEM;
	shown->area = on_duty->area;
	if (on_duty->now) {
		shown->now = to_show(tx, on_duty->now);
		rc = shown_organisation(tx, on_duty->now->first, &shown->first,
					&shown->first_people, &shown->n_first_people);
		if (!rc)
			rc = shown_organisation(tx, on_duty->now->second, &shown->second,
						&shown->second_people, &shown->n_second_people);
	}
	if (!rc && on_duty->next) {
		shown->next = to_show(tx, on_duty->next);
		rc = shown_organisation(tx, on_duty->next->first, &shown->next_first, NULL, NULL);
		if (!rc)
			rc = shown_organisation(tx, on_duty->next->second, &shown->next_second,
						NULL, NULL);
	}
	return rc ? rc : arena_append(tx->arena, &response->items, &response->n_items, shown);
}

int duty_show(struct tx *tx, const struct input *in, const ShowDuty *request, DutyShown *response,
	      struct answer *answer)
{
	int64_t at_ms = request->at_ms ? request->at_ms : in->now_ms;
	int rc = 0;

	(void)answer;
	if (at_ms < 0 || at_ms > in->now_ms + 2 * ROTA_AHEAD_MS)
		return refuse(in, CODE_INVALID_ARGUMENT, "at_ms",
			      "時刻は800日先までで指定してください。",
			      "Ask for a time at most 800 days ahead.");
	for (int area = AREA_NORTH; !rc && area <= AREA_SOUTH; area++) {
		struct on_duty on_duty = { .at_ms = at_ms, .area = (Area)area };
		if (!request->area || request->area == (Area)area)
			rc = show_area(tx, in, &on_duty, response);
	}
	if (!rc && !response->n_items) {
		struct on_duty on_duty = { .at_ms = at_ms };
		rc = show_area(tx, in, &on_duty, response);
	}
	return rc;
}

/* ---- lists -------------------------------------------------------------------------------- */

int rota_settings_show(struct tx *tx, const struct input *in, const ShowRotaSettings *request,
		       RotaSettings *response, struct answer *answer)
{
	RotaSettings *settings;
	int rc = rota_settings_get(tx, &settings);

	(void)in, (void)request, (void)answer;
	if (!rc)
		*response = *settings;
	return rc;
}

/* A day from a text; *day stays where it is empty. */
static int read_day(const struct input *in, const char *text, const char *field, int64_t *day)
{
	if (!*text)
		return 0;
	if (!date_valid_full(text))
		return refuse(in, CODE_INVALID_ARGUMENT, field,
			      "日付を「2026-12-31」の形で入れてください。",
			      "Give the date as 2026-12-31.");
	*day = date_days(text);
	return 0;
}

/* Also of one that has left: it was on duty. */
static int check_organisation(struct tx *tx, const struct input *in, const char *id)
{
	const Organisation *found = NULL;
	int rc = find_organisation(tx, id, &found);

	if (rc || found || !*id)
		return rc;
	return refuse(in, CODE_NOT_FOUND, "organisation", "その事業所は登録されていません。",
		      "There is no such organisation.");
}

struct page {
	struct tx *tx;
	size_t bytes, items, work_from;
};

static bool page_full(const struct page *page)
{
	return page->bytes >= LIMIT_PAGE_BYTES || page->items >= LIMIT_PAGE_ITEMS ||
	       page->tx->arena->used_bytes - page->work_from >= LIMIT_PAGE_WORK_BYTES;
}

static bool in_list(char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], text))
			return true;
	return false;
}

/* Has or had the organisation to do with it? */
static bool concerns(const Shift *shift, const char *organisation)
{
	if (!*organisation || !strcmp(shift->first, organisation) ||
	    !strcmp(shift->second, organisation))
		return true;
	for (size_t i = 0; i < shift->n_earlier; i++)
		if (!strcmp(shift->earlier[i]->organisation, organisation))
			return true;
	return in_list(shift->given_away_first, shift->n_given_away_first, organisation) ||
	       in_list(shift->given_away_second, shift->n_given_away_second, organisation);
}

/* In the order of their last change, from a position on: the present state of each. */
int shifts_list(struct tx *tx, const struct input *in, const ListShifts *request,
		ShiftList *response, struct answer *answer)
{
	struct page page = { .tx = tx, .work_from = tx->arena->used_bytes };
	struct key from = key_u64(in->after + 1);
	int64_t first_day = today(in), last_day;
	struct scan scan;
	int rc = read_day(in, request->from, "from", &first_day);

	last_day = first_day + LIST_DAYS;
	if (!rc)
		rc = read_day(in, request->until, "until", &last_day);
	if (!rc && last_day < first_day)
		rc = refuse(in, CODE_INVALID_ARGUMENT, "until",
			    "終わりの日は始まりの日以降にしてください。",
			    "The last day is before the first.");
	if (!rc)
		rc = check_organisation(tx, in, request->organisation);
	if (rc)
		return rc;
	answer->watch_key = shifts_watch_key();
	scan_open(&scan, tx, TABLE_SHIFT_CHANGES, NULL, &from);
	while (!rc && scan_next(&scan)) {
		const char *id = (const char *)scan.key + 8;
		char date[11] = "";
		Shift *shift;
		uint64_t position = scan_rest_number(&scan);
		/* Those of one position stay together. */
		if (page_full(&page) && position != answer->position) {
			answer->more = true;
			break;
		}
		answer->position = position;
		snprintf(date, sizeof(date), "%s", id);
		if (date_days(date) < first_day || date_days(date) > last_day)
			continue;
		rc = shift_get(tx, id, &shift);
		if (rc || !concerns(shift, request->organisation))
			continue;
		rc = arena_append(in->arena, &response->items, &response->n_items, shift);
		page.items++;
		page.bytes += protobuf_c_message_get_packed_size(&shift->base) + 8;
	}
	scan_close(&scan);
	if (!answer->more)
		answer->position = 0; /* the list ends at the head of the journal */
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

int block_list(struct tx *tx, const struct input *in, const ListBlocks *request,
	       BlockList *response, struct answer *answer)
{
	int64_t first_day = today(in), last_day = first_day + SHIFT_DAYS_MAX;
	struct page page = { .tx = tx, .work_from = tx->arena->used_bytes };
	char first[DATE_SIZE], last[DATE_SIZE];
	struct key from = { .size = 0 };
	struct scan scan;
	int rc = 0;

	if (*request->month && shift_month_days(request->month, &first_day, &last_day))
		return refuse(in, CODE_INVALID_ARGUMENT, "month",
			      "月を「2026-12」の形で入れてください。",
			      "Give the month as 2026-12.");
	if ((int64_t)in->after > first_day)
		first_day = (int64_t)in->after; /* the day at which the last page ended */
	if (first_day > last_day)
		return 0;
	rc = check_organisation(tx, in, request->organisation);
	if (rc)
		return rc;
	day_text(first, first_day);
	day_text(last, last_day);
	key_add_bytes(&from, first, strlen(first));
	scan_open(&scan, tx, TABLE_BLOCKS, NULL, &from);
	while (!rc && scan_next(&scan) && strcmp((const char *)scan.key, last) <= 0) {
		const char *date = (const char *)scan.key, *organisation = date + strlen(date) + 1;
		if (*request->organisation && strcmp(organisation, request->organisation))
			continue;
		if (page_full(&page) &&
		    strcmp(date, response->items[response->n_items - 1]->date)) {
			answer->more = true;
			answer->position = (uint64_t)date_days(date);
			break;
		}
		Block *block = NEW(Block, in->arena);
		if (!block)
			rc = ERR_NOMEM;
		else
			rc = arena_append(in->arena, &response->items, &response->n_items, block);
		if (!rc) {
			block->date = arena_string(in->arena, date);
			block->organisation = arena_string(in->arena, organisation);
			page.bytes += protobuf_c_message_get_packed_size(&block->base) + 8;
		}
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

/* From the beginning: those that are not over, or all; after a position: all that changed since. */
int swap_list(struct tx *tx, const struct input *in, const ListSwaps *request, SwapList *response,
	      struct answer *answer)
{
	struct page page = { .tx = tx, .work_from = tx->arena->used_bytes };
	struct key from = key_u64(in->after + 1);
	struct scan scan;
	int rc = 0;

	answer->watch_key = swaps_watch_key();
	scan_open(&scan, tx, TABLE_SWAP_CHANGES, NULL, &from);
	while (!rc && scan_next(&scan)) {
		const Shift *shift = NULL;
		Swap *swap;
		if (page_full(&page)) {
			answer->more = true;
			break;
		}
		answer->position = scan_rest_number(&scan);
		rc = swap_get(tx, (const char *)scan.key + 8, &swap);
		if (!rc)
			rc = find_one(tx, swap->shift, &shift);
		if (rc || (!request->all && !in->push && swap_over(swap, shift, in->now_ms)))
			continue;
		rc = arena_append(in->arena, &response->items, &response->n_items, swap);
		page.items++;
		page.bytes += protobuf_c_message_get_packed_size(&swap->base) + 8;
	}
	scan_close(&scan);
	if (!answer->more)
		answer->position = 0;
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

/* A page ends with a day, also where those before it fill it: a day's alone always fit. */
static void cut_gaps(GapList *list, struct answer *answer)
{
	size_t bytes = 0, n = 0;
	const char *date = "";

	for (size_t i = 0; i < list->n_items; i++) {
		if (strcmp(list->items[i]->date, date)) {
			if (bytes > LIMIT_PAGE_BYTES)
				break;
			date = list->items[i]->date;
			n = i;
		}
		bytes += protobuf_c_message_get_packed_size(&list->items[i]->base) + 8;
	}
	if (bytes <= LIMIT_PAGE_BYTES || !n)
		return;
	list->n_items = n;
	answer->more = true;
	answer->position = (uint64_t)date_days(list->items[n - 1]->date);
}

/* Its number stands as the position. */
int gaps_list(struct tx *tx, const struct input *in, const ListGaps *request, GapList *response,
	      struct answer *answer)
{
	int64_t days = request->days ? request->days : GAPS_DAYS;
	int64_t first_day = today(in), last_day = first_day + days - 1;
	struct span span = { .n_shifts = 0 };

	if (days > GAPS_DAYS_MAX)
		return refuse(in, CODE_INVALID_ARGUMENT, "days", "400日先まで調べられます。",
			      "At most 400 days ahead.");
	if (in->after > (uint64_t)last_day)
		return 0;
	first_day--; /* last night's shift may be running */
	if ((int64_t)in->after >= first_day)
		first_day = (int64_t)in->after + 1;
	int64_t page_day = first_day + GAPS_PAGE_DAYS - 1;
	if (page_day < last_day) {
		answer->more = true;
		answer->position = (uint64_t)page_day;
		last_day = page_day;
	}
	if (first_day > last_day)
		return 0;
	int rc = load_span(tx, in, first_day, last_day, &span);
	if (!rc)
		rc = gap_list(&span, true, in->now_ms, in->arena, &response->items,
			      &response->n_items);
	if (!rc)
		cut_gaps(response, answer);
	return rc;
}
