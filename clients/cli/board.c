/* `board set` and `board history`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/who.h"
#include "date.h"

#define HOUR_MS (3600.0 * 1000)

/* ---- set ---- */

/* "18:00": the next time that it is so in Japan. Else as everywhere. */
static int parse_until(const struct cli *cli, const char *typed, int64_t *time_ms)
{
	char text[DATE_SIZE + 8];

	if (strlen(typed) != 5 || typed[2] != ':')
		return cli_time(cli, typed, time_ms);
	date_day(text, cli_now_ms());
	snprintf(text + strlen(text), 8, "T%s", typed);
	int status = cli_time(cli, text, time_ms);
	if (!status && *time_ms <= cli_now_ms())
		*time_ms += DAY_MS;
	return status;
}

static int bad_beds(const struct cli *cli, const char *item)
{
	return cli_fail(cli, EX_USAGE, MSG_BAD_BEDS, item);
}

/* "3", "acute:2", "palliative:1:female" */
static int parse_beds(struct cli *cli, char *item, FreeBeds *beds)
{
	char *parts[3] = {item, NULL, NULL}, *end;
	const char *whole = cli_string(cli, item);
	int value;

	for (size_t i = 1; i < 3 && (parts[i] = strchr(parts[i - 1], ':')); i++)
		*parts[i]++ = '\0';
	const char *count = parts[1] ? parts[1] : parts[0];
	if (parts[1] && strcmp(parts[0], "any")) {
		if (label_parse(&BedKind_descriptor, parts[0], &value))
			return bad_beds(cli, whole);
		beds->kind = (BedKind)value;
	}
	if (parts[2]) {
		if (strcmp(parts[2], "male") && strcmp(parts[2], "female"))
			return bad_beds(cli, whole);
		beds->sex = parts[2][0] == 'm' ? PATIENT_SEX_MALE : PATIENT_SEX_FEMALE;
	}
	unsigned long number = strtoul(count, &end, 10);
	if (count[0] < '0' || count[0] > '9' || *end || number > 1000000)
		return bad_beds(cli, whole);
	beds->count = (uint32_t)number;
	return 0;
}

static int take_beds(struct cli *cli, const char *typed, Capacity *capacity)
{
	char *place = NULL, *text = cli_string(cli, typed);

	if (!typed[0])
		return bad_beds(cli, typed);
	for (char *item = strtok_r(text, ", ", &place); item; item = strtok_r(NULL, ", ", &place)) {
		FreeBeds *beds = NEW(FreeBeds, &cli->arena);
		int status = parse_beds(cli, item, beds);
		if (status)
			return status;
		arena_append(&cli->arena, &capacity->beds, &capacity->n_beds, beds);
	}
	return 0;
}

static int take_visits(struct cli *cli, const struct args *args, Capacity *capacity)
{
	const char *today = args_get(args, "--slots-today"), *week = args_get(args, "--slots-week");
	int status = 0;

	if (!today && !week)
		return 0;
	capacity->free_visits = NEW(FreeVisits, &cli->arena);
	if (today)
		status = cli_whole(cli, "--slots-today", today, &capacity->free_visits->today);
	if (!status && week)
		status = cli_whole(cli, "--slots-week", week, &capacity->free_visits->week);
	return status;
}

int run_board_set(struct cli *cli, const struct args *args)
{
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT;
	const char *patients = args_get(args, "--new-patients");
	int level;

	request.capacity = &capacity;
	int status = cli_word(cli, &CapacityLevel_descriptor, args_get(args, "--level"), &level);
	if (!status)
		status = parse_until(cli, args_get(args, "--until"), &capacity.valid_until_ms);
	if (!status)
		status = take_visits(cli, args, &capacity);
	if (!status && args_has(args, "--beds"))
		status = take_beds(cli, args_get(args, "--beds"), &capacity);
	if (!status)
		status = cli_needs(cli, args_get(args, "--accepts"), &capacity.accepts,
				   &capacity.n_accepts);
	if (status)
		return status;
	capacity.level = (CapacityLevel)level;
	if (patients)
		capacity.new_patients =
			strcmp(patients, "yes") ? NEW_PATIENTS_NOT_NOW : NEW_PATIENTS_WELCOME;
	capacity.remark = cli_string(cli, args_get(args, "--remark"));
	return cli_write(cli, "board", &request.base, MSG_DONE_CAPACITY);
}

/* ---- history ---- */

/* Milliseconds by level (available, limited, full) and weekday. */
struct load {
	char organisation[LIMIT_NAME_BYTES + 1];
	int64_t ms[3][7];
};

struct history {
	struct cli *cli;
	struct load *loads;
	size_t n_loads, n_periods;
	struct table periods;
	struct table narrow; /* the same without remarks, which stand under them then */
	char **remarks;
	size_t n_remarks;
};

static struct load *load_of(struct history *history, const char *organisation)
{
	for (size_t i = 0; i < history->n_loads; i++)
		if (!strcmp(history->loads[i].organisation, organisation))
			return &history->loads[i];
	history->loads = realloc(history->loads, (history->n_loads + 1) * sizeof(*history->loads));
	if (!history->loads)
		abort();
	struct load *load = &history->loads[history->n_loads++];
	*load = (struct load){.organisation = ""};
	snprintf(load->organisation, sizeof(load->organisation), "%s", organisation);
	return load;
}

/* "18:00", with the date where it is another day than the first. */
static char *end_of(struct cli *cli, const CapacityPeriod *period)
{
	char from[DATE_SIZE], to[DATE_SIZE];

	date_day(from, period->from_ms);
	date_day(to, period->to_ms);
	if (!strcmp(from, to))
		return show_clock(cli, period->to_ms);
	return arena_printf(&cli->arena, "%s %s", to + 5, show_clock(cli, period->to_ms));
}

static void take_period(struct history *history, const CapacityPeriod *period)
{
	struct cli *cli = history->cli;
	const FreeVisits *visits = period->free_visits;

	history->n_periods++;
	if (cli->json) {
		cli_print_json(&period->base);
		return;
	}
	char *span = arena_printf(&cli->arena, "%s – %s", show_time(cli, period->from_ms),
				  end_of(cli, period));
	const char *level = LABEL(CapacityLevel, period->level, cli->japanese);
	const char *free_visits =
		visits ? cli_print(cli, MSG_BOARD_VISITS, visits->today, visits->week) : "";
	table_row(&history->periods, span, level, free_visits, period->author, period->remark);
	table_row(&history->narrow, span, level, free_visits, period->author);
	if (arena_append(&cli->arena, &history->remarks, &history->n_remarks, period->remark))
		abort();
}

static void print_periods(const struct history *history)
{
	struct cli *cli = history->cli;

	show_heading(cli, cli_text(cli, MSG_HISTORY_SAID));
	if (table_width(&history->periods) <= show_columns(cli)) {
		table_print(&history->periods, stdout);
		return;
	}
	for (size_t i = 0; i < history->n_remarks; i++) {
		table_print_row(&history->narrow, i, stdout);
		if (history->remarks[i][0]) {
			printf("%s  ", show_dim(cli));
			text_print(stdout, history->remarks[i]);
			printf("%s\n", show_plain(cli));
		}
	}
}

static void take_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const BoardHistory *page = (const BoardHistory *)(const void *)message;
	struct history *history = context;

	(void)cli;
	for (size_t i = 0; i < page->n_items; i++)
		take_period(history, page->items[i]);
	for (size_t i = 0; i < page->n_weekdays; i++) {
		const WeekdayLoad *day = page->weekdays[i];
		struct load *load = load_of(history, day->organisation);
		if (day->weekday < 1 || day->weekday > 7)
			continue;
		load->ms[0][day->weekday - 1] += day->available_ms;
		load->ms[1][day->weekday - 1] += day->limited_ms;
		load->ms[2][day->weekday - 1] += day->full_ms;
	}
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct load *)a)->organisation, ((const struct load *)b)->organisation);
}

static int64_t known_ms(const struct load *load, int day)
{
	return load->ms[0][day] + load->ms[1][day] + load->ms[2][day];
}

static char *share(struct cli *cli, int64_t ms, int64_t of_ms)
{
	if (!of_ms)
		return cli_string(cli, "-");
	return cli_print(cli, MSG_HISTORY_SHARE, (double)ms / HOUR_MS,
			 100.0 * (double)ms / (double)of_ms);
}

static char *percent(struct cli *cli, int64_t ms, int64_t of_ms)
{
	if (!of_ms)
		return cli_string(cli, "-");
	return arena_printf(&cli->arena, "%.0f%%", 100.0 * (double)ms / (double)of_ms);
}

static const char *weekday(const struct cli *cli, int day)
{
	return cli_text(cli, (enum message)(MSG_HISTORY_WEEKDAY_1 + day));
}

/* Of all together: a line a weekday. */
static void print_total(const struct history *history)
{
	struct cli *cli = history->cli;
	struct load sum = {.organisation = ""};
	struct table table;

	for (size_t i = 0; i < history->n_loads; i++)
		for (int level = 0; level < 3; level++)
			for (int day = 0; day < 7; day++)
				sum.ms[level][day] += history->loads[i].ms[level][day];
	show_heading(cli, cli_text(cli, MSG_HISTORY_TITLE));
	table_init(&table, 5);
	for (unsigned i = 1; i < 5; i++)
		table.right[i] = true;
	table_row(&table, "", LABEL(CapacityLevel, CAPACITY_LEVEL_AVAILABLE, cli->japanese),
		  LABEL(CapacityLevel, CAPACITY_LEVEL_LIMITED, cli->japanese),
		  LABEL(CapacityLevel, CAPACITY_LEVEL_FULL, cli->japanese),
		  cli_text(cli, MSG_HISTORY_KNOWN));
	for (int day = 0; day < 7; day++)
		table_row(&table, weekday(cli, day), share(cli, sum.ms[0][day], known_ms(&sum, day)),
			  share(cli, sum.ms[1][day], known_ms(&sum, day)),
			  share(cli, sum.ms[2][day], known_ms(&sum, day)),
			  cli_print(cli, MSG_HISTORY_HOURS, (double)known_ms(&sum, day) / HOUR_MS));
	table_print(&table, stdout);
	table_close(&table);
}

/* Tried one after the other, until the terminal is wide enough. */
enum detail { DETAIL_HOURS, DETAIL_SHARES, DETAIL_NO_IDS };

static char *name_of(struct cli *cli, struct names *names, const char *id, enum detail detail)
{
	char *name = names_organisation(names, id);

	if (detail == DETAIL_NO_IDS || !strcmp(name, id))
		return name;
	return cli_print(cli, MSG_BOARD_NAME, name, id);
}

/* A line an organisation, a column a weekday. */
static void fill_each(const struct history *history, struct names *names, enum detail detail,
		      struct table *table)
{
	struct cli *cli = history->cli;

	table_init(table, 8);
	for (unsigned i = 1; i < 8; i++)
		table->right[i] = true;
	table_row(table, "", weekday(cli, 0), weekday(cli, 1), weekday(cli, 2), weekday(cli, 3),
		  weekday(cli, 4), weekday(cli, 5), weekday(cli, 6));
	for (size_t i = 0; i < history->n_loads; i++) {
		const struct load *load = &history->loads[i];
		const char *cells[7];
		for (int day = 0; day < 7; day++) {
			int64_t full_ms = load->ms[2][day], of_ms = known_ms(load, day);
			cells[day] = detail == DETAIL_HOURS ? share(cli, full_ms, of_ms)
							    : percent(cli, full_ms, of_ms);
		}
		table_row(table, name_of(cli, names, load->organisation, detail), cells[0], cells[1],
			  cells[2], cells[3], cells[4], cells[5], cells[6]);
	}
}

/* How full each of them is. */
static void print_each(const struct history *history)
{
	struct cli *cli = history->cli;
	struct names *names = names_open(cli);
	enum detail detail = DETAIL_HOURS;
	struct table table;

	for (size_t i = 0; i < history->n_loads; i++)
		names_want_people(names, history->loads[i].organisation);
	names_fetch(names);
	fill_each(history, names, detail, &table);
	while (detail < DETAIL_NO_IDS && table_width(&table) > show_columns(cli)) {
		table_close(&table);
		fill_each(history, names, ++detail, &table);
	}
	show_heading(cli, cli_text(cli, detail == DETAIL_HOURS ? MSG_HISTORY_FULL
							       : MSG_HISTORY_FULL_SHARE));
	table_print(&table, stdout);
	table_close(&table);
	names_free(names);
}

static void print_weekday_objects(const struct history *history)
{
	for (size_t i = 0; i < history->n_loads; i++)
		for (int day = 0; day < 7; day++) {
			WeekdayLoad line = WeekdayLoad_INIT;
			if (!known_ms(&history->loads[i], day))
				continue;
			line.organisation = history->loads[i].organisation;
			line.weekday = (uint32_t)day + 1;
			line.available_ms = history->loads[i].ms[0][day];
			line.limited_ms = history->loads[i].ms[1][day];
			line.full_ms = history->loads[i].ms[2][day];
			cli_print_json(&line.base);
		}
}

static void print_history(struct history *history, bool one)
{
	struct cli *cli = history->cli;

	if (history->n_loads)
		qsort(history->loads, history->n_loads, sizeof(*history->loads), by_id);
	if (cli->json) {
		print_weekday_objects(history);
		return;
	}
	if (!history->n_loads && !history->n_periods) {
		printf("%s\n", cli_text(cli, MSG_NO_HISTORY));
		return;
	}
	if (one)
		print_periods(history);
	print_total(history);
	if (!one)
		print_each(history);
}

static int read_request(struct cli *cli, const struct args *args, ShowBoardHistory *request)
{
	const char *area = args_get(args, "--area"), *kind = args_get(args, "--kind");
	int value, status = 0;

	request->organisation = cli_string(cli, args_get(args, "ORG"));
	if (request->organisation[0] && (area || kind))
		return cli_fail(cli, EX_USAGE, MSG_ORG_OR_AREA);
	if (area && (status = cli_word(cli, &Area_descriptor, area, &value)) == 0)
		request->area = (Area)value;
	if (!status && kind &&
	    (status = cli_word(cli, &OrganisationKind_descriptor, kind, &value)) == 0)
		request->kind = (OrganisationKind)value;
	if (!status && args_has(args, "--from"))
		status = cli_time(cli, args_get(args, "--from"), &request->from_ms);
	if (!status && args_has(args, "--to"))
		status = cli_time(cli, args_get(args, "--to"), &request->to_ms);
	return status;
}

int run_board_history(struct cli *cli, const struct args *args)
{
	ShowBoardHistory request = ShowBoardHistory_INIT;
	struct history history = {.cli = cli};

	int status = read_request(cli, args, &request);
	if (status)
		return status;
	table_init(&history.periods, 5);
	table_init(&history.narrow, 4);
	status = cli_pages(cli, "board", &request.base, &BoardHistory_descriptor, take_page, &history);
	if (!status)
		print_history(&history, request.organisation[0] != '\0');
	table_close(&history.periods);
	table_close(&history.narrow);
	free(history.loads);
	return status;
}
