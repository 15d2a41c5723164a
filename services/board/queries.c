#include "queries.h"

#include <string.h>

#include "date.h"
#include "views.h"

#define PAGE_PERIODS 4000        /* of history that one page looks at */
#define PAGE_ORGANISATIONS 300   /* with weekdays on one page: 7 lines of at most 60 bytes each */
#define HISTORY_MS (28 * DAY_MS) /* that is told of if nothing else is asked for */

/* ---- for the rules ------------------------------------------------------------------------ */

static int load_row(struct tx *tx, const char *organisation, struct capacity_view *view)
{
	Capacity *row;
	int rc = capacity_get(tx, organisation, &row);

	if (!rc)
		view->row = row;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* Another's is not looked at: it is refused. */
int load_set_capacity(struct tx *tx, const struct input *in, const SetCapacity *request,
		      struct capacity_view *view)
{
	(void)request;
	return load_row(tx, in->actor.organisation, view);
}

int load_history(struct tx *tx, const struct input *in, const AddCapacityHistory *request,
		 struct history_view *view)
{
	CapacityPeriod *period;
	struct scan scan;
	Capacity *row;

	(void)in;
	int rc = capacity_get(tx, request->organisation, &row);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->row = row;
	scan_open(&scan, tx, TABLE_PERIODS, NULL, NULL);
	if (scan_previous(&scan) && SCAN_MESSAGE(&scan, CapacityPeriod, &period) == 0)
		view->last_from_ms = period->from_ms;
	scan_close(&scan);
	return tx->error;
}

int load_reminder(struct tx *tx, const struct input *in, const CapacityReminderDue *due,
		  struct capacity_view *view)
{
	(void)in;
	return load_row(tx, due->organisation, view);
}

int load_lapse(struct tx *tx, const struct input *in, const CapacityLapseDue *due,
	       struct capacity_view *view)
{
	(void)in;
	return load_row(tx, due->organisation, view);
}

/* ---- the board ---------------------------------------------------------------------------- */

static void show(const struct input *in, Capacity *row)
{
	capacity_shown(row, in->now_ms);
	row->online = daemon_online(in->daemon, row->id);
}

/* The row at a key of the changes. */
static int changed_row(struct tx *tx, struct scan *scan, Capacity **row)
{
	struct bytes id;
	int rc = scan_value(scan, &id);

	if (!rc)
		rc = capacity_get(tx, (const char *)id.data, row);
	if (!rc && (*row)->position != scan_number(scan))
		rc = ERR_CORRUPT;
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc; /* both are written together */
}

int board_state(struct tx *tx, const struct input *in, const char *id, uint64_t after,
		struct state_row *out)
{
	struct key from = key_u64(after + 1);
	struct scan scan;
	Capacity *row;
	int rc;

	if (id) {
		rc = capacity_get(tx, id, &row);
	} else {
		scan_open(&scan, tx, TABLE_CHANGES, NULL, &from);
		rc = scan_next(&scan) ? changed_row(tx, &scan, &row) : ERR_NOTFOUND;
		scan_close(&scan);
	}
	if (rc || tx->error)
		return tx->error ? tx->error : rc;
	show(in, row);
	*out = (struct state_row){ row->id, row->position, &row->base };
	return 0;
}

static bool wanted(const Capacity *row, OrganisationKind kind, Area area)
{
	return !row->left && (kind == ORGANISATION_KIND_UNSPECIFIED || row->kind == kind) &&
	       (area == AREA_UNSPECIFIED || row->area == area);
}

/* To a reader of one area, an organisation that moved to another has left. */
static Capacity *not_among_them(const struct input *in, const Capacity *row)
{
	Capacity *left = NEW(Capacity, in->arena);

	if (!left)
		return NULL;
	left->id = row->id;
	left->level = CAPACITY_LEVEL_UNKNOWN;
	left->kind = row->kind;
	left->area = row->area;
	left->position = row->position;
	left->left = true;
	return left;
}

int board_list(struct tx *tx, const struct input *in, const ListBoard *request, Board *response,
	       struct answer *answer)
{
	struct key from = key_u64(in->after + 1);
	size_t bytes = 0, work_from = tx->arena->used_bytes;
	struct scan scan;
	Capacity *row;
	int rc = 0;

	scan_open(&scan, tx, TABLE_CHANGES, NULL, &from);
	while (!rc && scan_next(&scan)) {
		if (bytes >= LIMIT_PAGE_BYTES || response->n_items >= LIMIT_PAGE_ITEMS ||
		    tx->arena->used_bytes - work_from >= LIMIT_PAGE_WORK_BYTES) {
			answer->more = true;
			break;
		}
		answer->position = scan_number(&scan);
		rc = changed_row(tx, &scan, &row);
		if (rc)
			break;
		show(in, row);
		if (!wanted(row, request->kind, request->area)) {
			if (in->after == 0)
				continue;
			row = row->left ? row : not_among_them(in, row);
		}
		if (!row)
			rc = ERR_NOMEM;
		if (!rc)
			rc = arena_append(in->arena, &response->items, &response->n_items, row);
		bytes += row ? protobuf_c_message_get_packed_size(&row->base) + 8 : 0;
	}
	scan_close(&scan);
	if (!answer->more)
		answer->position = 0; /* the list ends at the head of the journal */
	return rc ? rc : tx->error;
}

/* ---- history ------------------------------------------------------------------------------ */

/* How long each level held, by weekday. */
struct load {
	const char *organisation;
	bool wanted;
	int64_t sums_ms[3][7]; /* available, limited, full */
};

struct history {
	struct tx *tx;
	const struct input *in;
	const ShowBoardHistory *request;
	int64_t from_ms, to_ms;
	struct arena scratch; /* of one period */
	struct load **loads;
	size_t n_loads;
};

static bool one_organisation(const struct history *history)
{
	return history->request->organisation[0] != '\0';
}

/* Periods in the order in which they were said, from a position on: of one
 * organisation, or of all. */
static void periods_open(const struct history *history, struct scan *scan, uint64_t position)
{
	const char *organisation = history->request->organisation;
	struct key prefix = key_text(organisation), from;

	if (one_organisation(history)) {
		from = key_text_u64(organisation, position);
		scan_open(scan, history->tx, TABLE_HISTORY, &prefix, &from);
	} else {
		from = key_u64(position);
		scan_open(scan, history->tx, TABLE_PERIODS, NULL, &from);
	}
}

/* The present one, in the scratch arena, for the next call to throw away. */
static int periods_read(struct history *history, const struct scan *scan, uint64_t *position,
			const char **organisation, CapacityPeriod **period)
{
	struct arena *kept = history->tx->arena;

	arena_reset(&history->scratch);
	*organisation = history->request->organisation;
	if (one_organisation(history)) {
		*position = scan_number(scan);
	} else {
		*position = 0;
		for (int i = 0; i < 8; i++)
			*position = *position << 8 | scan->key[i];
		*organisation = arena_string(&history->scratch, (const char *)scan->key + 8);
	}
	history->tx->arena = &history->scratch;
	int rc = period_get(history->tx, *position, *organisation, period);
	history->tx->arena = kept;
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
}

/* Where to begin: periods are in order of time, too, and none is longer than VALID_MS. By
 * bisection, so that years that lie before cost nothing. */
static int first_position(struct history *history, uint64_t *out)
{
	uint64_t low = history->in->after + 1, high = history->in->head + 1, position;
	const char *organisation;
	CapacityPeriod *period;
	struct scan scan;
	int rc = 0;

	while (!rc && low < high) {
		uint64_t middle = low + (high - low) / 2;
		periods_open(history, &scan, middle);
		bool found = scan_next(&scan);
		if (found)
			rc = periods_read(history, &scan, &position, &organisation, &period);
		scan_close(&scan);
		if (!rc && found && period->from_ms < history->from_ms - VALID_MS)
			low = position + 1;
		else
			high = middle;
	}
	*out = low;
	return rc ? rc : history->tx->error;
}

static int load_of(struct history *history, const char *organisation, struct load **out)
{
	const struct input *in = history->in;
	Capacity *row;

	for (size_t i = history->n_loads; i-- > 0;)
		if (!strcmp(history->loads[i]->organisation, organisation)) {
			*out = history->loads[i];
			return 0;
		}
	struct load *load = arena_alloc(in->arena, sizeof(*load));
	if (!load)
		return ERR_NOMEM;
	load->organisation = arena_string(in->arena, organisation);
	int rc = capacity_get(history->tx, load->organisation, &row);
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	load->wanted = one_organisation(history) ||
		       wanted(row, history->request->kind, history->request->area);
	*out = load;
	return arena_append(in->arena, &history->loads, &history->n_loads, load);
}

static int add_period(struct history *history, const char *organisation, CapacityPeriod *period,
		      BoardHistory *response)
{
	int64_t from_ms = period->from_ms > history->from_ms ? period->from_ms : history->from_ms;
	struct load *load;
	struct bytes packed;
	ProtobufCMessage *copy;

	if (period->to_ms > history->to_ms)
		period->to_ms = history->to_ms;
	if (period->to_ms <= from_ms)
		return 0;
	int rc = load_of(history, organisation, &load);
	if (rc || !load->wanted)
		return rc;
	if (period->level >= CAPACITY_LEVEL_AVAILABLE && period->level <= CAPACITY_LEVEL_FULL)
		weekdays_add(load->sums_ms[period->level - CAPACITY_LEVEL_AVAILABLE], from_ms,
			     period->to_ms);
	if (!one_organisation(history))
		return 0;
	rc = codec_pack(&period->base, history->in->arena, &packed);
	if (!rc)
		rc = codec_unpack(&CapacityPeriod_descriptor, packed, history->in->arena, &copy);
	if (!rc)
		rc = arena_append(history->in->arena, &response->items, &response->n_items,
				  (CapacityPeriod *)(void *)copy);
	return rc;
}

static bool page_full(const struct history *history, const BoardHistory *response, size_t looked_at,
		      size_t work_from)
{
	return looked_at >= PAGE_PERIODS || response->n_items >= LIMIT_PAGE_ITEMS ||
	       history->n_loads >= PAGE_ORGANISATIONS ||
	       history->in->arena->used_bytes - work_from >= LIMIT_PAGE_WORK_BYTES;
}

static int read_periods(struct history *history, BoardHistory *response, struct answer *answer)
{
	size_t looked_at = 0, work_from = history->in->arena->used_bytes;
	const char *organisation;
	CapacityPeriod *period;
	struct scan scan;
	uint64_t first;
	int rc = first_position(history, &first);

	if (rc)
		return rc;
	periods_open(history, &scan, first);
	while (!rc && scan_next(&scan)) {
		if (page_full(history, response, looked_at++, work_from)) {
			answer->more = true;
			break;
		}
		rc = periods_read(history, &scan, &answer->position, &organisation, &period);
		if (!rc && period->from_ms >= history->to_ms)
			break;
		if (!rc)
			rc = add_period(history, organisation, period, response);
	}
	scan_close(&scan);
	if (!answer->more)
		answer->position = 0;
	return rc ? rc : history->tx->error;
}

static int add_weekdays(struct history *history, BoardHistory *response)
{
	struct arena *arena = history->in->arena;
	int rc = 0;

	for (size_t i = 0; i < history->n_loads; i++) {
		const struct load *load = history->loads[i];
		for (unsigned day = 0; day < 7 && !rc; day++) {
			WeekdayLoad *line;
			if (!(load->sums_ms[0][day] | load->sums_ms[1][day] |
			      load->sums_ms[2][day]))
				continue;
			line = NEW(WeekdayLoad, arena);
			if (!line)
				return ERR_NOMEM;
			line->organisation = arena_string(arena, load->organisation);
			line->weekday = day + 1;
			line->available_ms = load->sums_ms[0][day];
			line->limited_ms = load->sums_ms[1][day];
			line->full_ms = load->sums_ms[2][day];
			rc = arena_append(arena, &response->weekdays, &response->n_weekdays, line);
		}
	}
	return rc;
}

static int choose_range(struct history *history)
{
	const struct input *in = history->in;
	int64_t from_ms = history->request->from_ms, to_ms = history->request->to_ms;

	if (from_ms < 0)
		return refuse(in, CODE_INVALID_ARGUMENT, "from_ms",
			      "開始は1970年以降にしてください。",
			      "The beginning must not lie before 1970.");
	if (to_ms < 0 || (to_ms && from_ms > to_ms))
		return refuse(in, CODE_INVALID_ARGUMENT, "to_ms",
			      "終了は開始より後にしてください。",
			      "The end must lie after the beginning.");
	history->to_ms = to_ms && to_ms < in->now_ms ? to_ms : in->now_ms;
	history->from_ms = from_ms ? from_ms : history->to_ms - HISTORY_MS;
	return 0;
}

int board_history(struct tx *tx, const struct input *in, const ShowBoardHistory *request,
		  BoardHistory *response, struct answer *answer)
{
	struct history history = { .tx = tx, .in = in, .request = request };
	Capacity *row;
	int rc = choose_range(&history);

	if (!rc && request->organisation[0]) {
		rc = capacity_get(tx, request->organisation, &row);
		if (rc == ERR_NOTFOUND)
			return refuse(
				in, CODE_NOT_FOUND, "organisation",
				"その事業所は空き状況ボードにありません。IDを確かめてください。",
				"No such organisation on the board. Check its id.");
	}
	if (rc)
		return rc;
	arena_init(&history.scratch, LIMIT_ARENA_BYTES);
	rc = read_periods(&history, response, answer);
	arena_close(&history.scratch);
	return rc ? rc : add_weekdays(&history, response);
}
