/* `rota`: who is on duty, a month's plan, blocked days, gaps, settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/rota_look.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"

#define DAYS_MAX 62 /* in one request */

/* ---- now ---- */

/* Under the value of a field. */
static void print_below(struct cli *cli, const char *text)
{
	printf("%*s", cli->japanese ? 17 : 21, "");
	text_print(stdout, text);
	putchar('\n');
}

/* The clinic, then its doctors, each with how to reach them. */
static void print_reach(struct cli *cli, enum message place, const Shift *shift, bool second,
			const Organisation *organisation, Person *const *people, size_t n_people)
{
	const char *holder = second ? shift->second : shift->first;

	if (!*holder) {
		show_field(cli, place, rota_holder(cli, NULL, shift, second));
		return;
	}
	const char *phone = organisation && *organisation->phone ? organisation->phone
								 : cli_text(cli, MSG_ROTA_NO_PHONE);
	show_field(
		cli, place,
		cli_print(cli, MSG_ROTA_REACH, organisation ? organisation->name : holder, phone));
	for (size_t i = 0; i < n_people; i++) {
		const Person *person = people[i];
		const char *name = *person->name ? person->name : person->id;
		print_below(cli, *person->phone ? cli_print(cli, MSG_ROTA_DOCTOR_PHONE, name,
							    person->phone)
						: cli_print(cli, MSG_ROTA_DOCTOR, name));
	}
}

static char *next_who(struct cli *cli, const OnDuty *duty)
{
	const Shift *next = duty->next;
	const char *gap = cli_text(cli, MSG_ROTA_GAP);
	const char *first = duty->next_first ? duty->next_first->name : next->first;
	const char *second = duty->next_second ? duty->next_second->name : next->second;

	return cli_print(cli, MSG_ROTA_BOTH, *first ? first : gap, *second ? second : gap);
}

static void print_duty(struct cli *cli, const OnDuty *duty, int64_t at_ms)
{
	const Shift *now = duty->now;
	char *when = show_time(cli, at_ms);

	show_heading(cli, duty->area ? cli_print(cli, MSG_ROTA_NOW_AREA,
						 LABEL(Area, duty->area, cli->japanese), when)
				     : cli_print(cli, MSG_ROTA_NOW, when));
	if (now) {
		show_field(cli, MSG_FIELD_SHIFT, rota_kind(cli, now->kind, now->area));
		print_reach(cli, MSG_FIELD_FIRST, now, false, duty->first, duty->first_people,
			    duty->n_first_people);
		print_reach(cli, MSG_FIELD_SECOND, now, true, duty->second, duty->second_people,
			    duty->n_second_people);
		show_field(cli, MSG_FIELD_ON_DUTY_UNTIL,
			   cli_print(cli, MSG_THEN, show_short(cli, now->until_ms),
				     show_age(cli, now->until_ms)));
	} else {
		printf("%s\n", cli_text(cli, MSG_ROTA_NOBODY));
	}
	if (!duty->next) {
		show_field(cli, MSG_FIELD_NEXT, cli_text(cli, MSG_ROTA_NOT_PLANNED_YET));
		return;
	}
	show_field(cli, MSG_FIELD_NEXT,
		   arena_printf(&cli->arena, "%s–%s  %s", show_short(cli, duty->next->from_ms),
				show_clock(cli, duty->next->until_ms),
				rota_kind(cli, duty->next->kind, AREA_UNSPECIFIED)));
	print_below(cli, next_who(cli, duty));
}

int run_rota_now(struct cli *cli, const struct args *args)
{
	ShowDuty request = ShowDuty_INIT;
	const DutyShown *shown;
	int area, status = 0;

	if (args_has(args, "--at"))
		status = cli_time(cli, args_get(args, "--at"), &request.at_ms);
	if (!status && args_has(args, "--area") &&
	    (status = cli_word(cli, &Area_descriptor, args_get(args, "--area"), &area)) == 0)
		request.area = (Area)area;
	if (!status)
		status = ASK(cli, "rota", &request, DutyShown, &shown);
	if (status)
		return status;
	for (size_t i = 0; i < shown->n_items; i++) {
		if (cli->json) {
			cli_print_json(&shown->items[i]->base);
			continue;
		}
		if (i)
			putchar('\n');
		print_duty(cli, shown->items[i], request.at_ms ? request.at_ms : cli_now_ms());
	}
	if (!shown->n_items && !cli->json)
		printf("%s\n", cli_text(cli, MSG_ROTA_NOTHING_PLANNED));
	return 0;
}

/* ---- tables with a remark at the end of each row ---- */

/* Where the terminal is too narrow, remarks stand under their rows. */
struct remarked {
	struct table wide, narrow;
	char **remarks; /* by row, the head too */
	size_t n;
};

static void remarked_init(struct remarked *rows, unsigned columns)
{
	*rows = (struct remarked){.n = 0};
	table_init(&rows->wide, columns);
	table_init(&rows->narrow, columns - 1);
}

static void remarked_row(struct cli *cli, struct remarked *rows, const char *const cells[5],
			 const char *remark)
{
	table_row(&rows->wide, cells[0], cells[1], cells[2], cells[3], cells[4], remark);
	table_row(&rows->narrow, cells[0], cells[1], cells[2], cells[3], cells[4]);
	if (arena_append(&cli->arena, &rows->remarks, &rows->n, cli_string(cli, remark)))
		abort();
}

static void remarked_print(struct cli *cli, struct remarked *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		unsigned width = table_column(&rows->wide, 5) + text_width(rows->remarks[i]);
		bool fits = width <= show_columns(cli);
		table_print_row(fits ? &rows->wide : &rows->narrow, i, stdout);
		if (fits || !*rows->remarks[i])
			continue;
		unsigned column = table_column(&rows->narrow, 1);
		printf("%*s%s", (int)column, "", show_dim(cli));
		show_list(cli, stdout, rows->remarks[i], column);
		printf("%s\n", show_plain(cli));
	}
	table_close(&rows->wide);
	table_close(&rows->narrow);
}

/* ---- show ---- */

static char *marks(struct cli *cli, const Shift *shift)
{
	char *text = cli_string(cli, "");

	if (shift->by_hand)
		text = cli_print(cli, *shift->reason ? MSG_ROTA_BY_HAND : MSG_ROTA_SWAPPED);
	if (*shift->reason)
		text = arena_printf(&cli->arena, "%s: %s", text, shift->reason);
	if (shift->provisional)
		text = arena_printf(&cli->arena, "%s%s%s", text, *text ? "  " : "",
				    cli_text(cli, MSG_ROTA_PROVISIONAL));
	return text;
}

static void print_shifts(struct cli *cli, const struct rota_shifts *shifts)
{
	struct names *names = names_open(cli);
	const char *date = "";
	struct remarked rows;

	for (size_t i = 0; i < shifts->n; i++)
		rota_want(names, shifts->items[i]);
	names_fetch(names);
	remarked_init(&rows, 6);
	remarked_row(
		cli, &rows,
		(const char *const[5]){cli_text(cli, MSG_ROTA_DATE), cli_text(cli, MSG_ROTA_KIND),
				       cli_text(cli, MSG_ROTA_HOURS), cli_text(cli, MSG_ROTA_FIRST),
				       cli_text(cli, MSG_ROTA_SECOND)},
		"");
	for (size_t i = 0; i < shifts->n; i++) {
		const Shift *shift = shifts->items[i];
		if (shift->dropped)
			continue;
		remarked_row(
			cli, &rows,
			(const char *const[5]){
				strcmp(shift->date, date) ? rota_date(cli, shift->from_ms) : "",
				rota_kind(cli, shift->kind, shift->area),
				rota_hours(cli, shift->from_ms, shift->until_ms),
				rota_holder(cli, names, shift, false),
				rota_holder(cli, names, shift, true)},
			marks(cli, shift));
		date = shift->date;
	}
	if (!*date)
		printf("%s\n", cli_text(cli, MSG_NO_SHIFTS));
	else
		remarked_print(cli, &rows);
	names_free(names);
}

static void show_shifts(struct cli *cli, const struct rota_shifts *shifts)
{
	for (size_t i = 0; cli->json && i < shifts->n; i++)
		if (!shifts->items[i]->dropped)
			cli_print_json(&shifts->items[i]->base);
	if (!cli->json)
		print_shifts(cli, shifts);
	fflush(stdout);
}

static int watch_shifts(struct cli *cli, const ListShifts *request)
{
	struct feed feed = {.cli = NULL};
	int status = cli_connect(cli);

	if (!status)
		status = feed_open(&feed, cli, "rota", &request->base, &ShiftList_descriptor);
	while (!status && feed_wait(&feed) && !ferror(stdout)) {
		struct rota_shifts shifts = {.n = 0};
		for (size_t i = 0; i < feed.n; i++) {
			const ShiftList *page = (const ShiftList *)(const void *)feed.pages[i].body;
			for (size_t k = 0; k < page->n_items; k++)
				if (arena_append_pointer(&cli->arena,
							 (void ***)(void *)&shifts.items, &shifts.n,
							 page->items[k]))
					abort();
		}
		rota_sort(&shifts);
		if (shifts.n)
			show_shifts(cli, &shifts);
		feed_done(&feed);
	}
	if (!status)
		status = feed.status;
	feed_close(&feed);
	return status;
}

int run_rota_show(struct cli *cli, const struct args *args)
{
	ListShifts request = ListShifts_INIT;
	struct rota_shifts shifts;

	request.organisation = cli_string(cli, args_get(args, "--org"));
	request.from = request.until = cli_string(cli, "");
	int status = rota_days(cli, args, &request);
	if (status)
		return status;
	if (args_has(args, "--watch"))
		return watch_shifts(cli, &request);
	status = rota_load(cli, &request, &shifts);
	if (!status)
		show_shifts(cli, &shifts);
	return status;
}

/* ---- gaps ---- */

static void gap_row(struct cli *cli, struct names *names, const Gap *gap, struct remarked *rows)
{
	const char *place =
		cli_text(cli, gap->second ? MSG_ROTA_PLACE_SECOND : MSG_ROTA_PLACE_FIRST);

	remarked_row(
		cli, rows,
		(const char *const[5]){
			rota_date(cli, gap->from_ms), rota_kind(cli, gap->kind, gap->area), place,
			LABEL(GapReason, gap->reason, cli->japanese),
			*gap->organisation ? names_organisation(names, gap->organisation) : ""},
		cli->japanese ? gap->detail_ja : gap->detail_en);
}

/* A month without a plan is one line, not sixty. */
static size_t print_unplanned(struct cli *cli, Gap *const *gaps, size_t n, size_t from)
{
	size_t until = from;

	while (until < n && gaps[until]->reason == GAP_REASON_NOT_PLANNED &&
	       !strncmp(gaps[until]->date, gaps[from]->date, strlen("2026-11")))
		until++;
	char *month = arena_printf(&cli->arena, "%.7s", gaps[from]->date);
	printf("%s%s%s\n", show_red(cli),
	       cli_print(cli, MSG_GAPS_NOT_PLANNED, rota_date(cli, gaps[from]->from_ms),
			 rota_date(cli, gaps[until - 1]->from_ms), month),
	       show_plain(cli));
	return until;
}

static void print_gaps(struct cli *cli, Gap *const *gaps, size_t n)
{
	struct names *names = names_open(cli);
	struct remarked rows;

	for (size_t i = 0; i < n; i++)
		names_want_people(names, gaps[i]->organisation);
	names_fetch(names);
	remarked_init(&rows, 6);
	for (size_t i = 0; i < n; i++)
		if (gaps[i]->reason != GAP_REASON_NOT_PLANNED)
			gap_row(cli, names, gaps[i], &rows);
	remarked_print(cli, &rows);
	for (size_t i = 0; i < n;)
		i = gaps[i]->reason == GAP_REASON_NOT_PLANNED ? print_unplanned(cli, gaps, n, i)
							      : i + 1;
	names_free(names);
}

struct gap_pages {
	Gap **items;
	size_t n;
};

static void take_gaps(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const GapList *page = (const GapList *)(const void *)message;
	struct gap_pages *gaps = context;

	for (size_t i = 0; i < page->n_items; i++) {
		if (cli->json)
			cli_print_json(&page->items[i]->base);
		if (arena_append(&cli->arena, &gaps->items, &gaps->n, page->items[i]))
			abort();
	}
}

int run_rota_gaps(struct cli *cli, const struct args *args)
{
	ListGaps request = ListGaps_INIT;
	struct gap_pages gaps = {.n = 0};
	int status = 0;

	if (args_has(args, "--days"))
		status = cli_whole(cli, "--days", args_get(args, "--days"), &request.days);
	if (!status)
		status = cli_pages(cli, "rota", &request.base, &GapList_descriptor, take_gaps,
				   &gaps);
	if (status || cli->json)
		return status;
	if (gaps.n)
		print_gaps(cli, gaps.items, gaps.n);
	else
		printf("%s\n", cli_text(cli, MSG_NO_GAPS));
	return 0;
}

/* ---- generate ---- */

static enum message verdict(const Fairness *fairness)
{
	if (fairness->within_one)
		return MSG_ROTA_WITHIN_ONE;
	return fairness->proven_best ? MSG_ROTA_BLOCKS_PREVENT : MSG_ROTA_NOT_PROVEN;
}

static void print_fairness(struct cli *cli, const RotaGenerated *generated)
{
	struct table table;

	table_init(&table, 4);
	table.right[1] = table.right[2] = true;
	table_row(&table, cli_text(cli, MSG_ROTA_FAIR), cli_text(cli, MSG_ROTA_LEAST),
		  cli_text(cli, MSG_ROTA_MOST), "");
	for (size_t i = 0; i < generated->n_fairness; i++) {
		const Fairness *fairness = generated->fairness[i];
		table_row(&table, LABEL(DutyCategory, fairness->category, cli->japanese),
			  arena_printf(&cli->arena, "%g", fairness->least),
			  arena_printf(&cli->arena, "%g", fairness->most),
			  cli_text(cli, verdict(fairness)));
	}
	table_print(&table, stdout);
	table_close(&table);
}

int run_rota_generate(struct cli *cli, const struct args *args)
{
	GenerateRota request = GenerateRota_INIT;
	Reply *reply;
	uint32_t seed = 0;
	int status = 0;

	request.month = cli_string(cli, args_get(args, "--month"));
	if (args_has(args, "--seed"))
		status = cli_whole(cli, "--seed", args_get(args, "--seed"), &seed);
	request.seed = seed;
	if (!status)
		status = cli_call(cli, "rota", &request.base, &reply);
	if (status)
		return status;
	const RotaGenerated *generated = BODY(RotaGenerated, cli, reply);
	if (!generated)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (cli->json) {
		cli_print_json(&generated->base);
		return 0;
	}
	printf("%s\n", cli_print(cli, MSG_ROTA_GENERATED, generated->month, generated->shifts,
				 generated->places, 2 * generated->shifts));
	print_fairness(cli, generated);
	if (generated->n_gaps) {
		show_heading(cli, cli_text(cli, MSG_HEADING_GAPS));
		print_gaps(cli, generated->gaps, generated->n_gaps);
	}
	return 0;
}

/* ---- blocked days ---- */

/* "2026-12-31", "2026-12-29..2027-01-03". */
static int read_days(struct cli *cli, const char *typed, BlockDates *request)
{
	char *first = cli_string(cli, typed), *last = strstr(first, ".."), date[DATE_SIZE];

	if (last) {
		*last = '\0';
		last += 2;
	}
	int64_t from = date_days(first), until = last ? date_days(last) : from;
	if (from == INT64_MIN || until == INT64_MIN || until < from)
		return cli_fail(cli, EX_USAGE, MSG_BAD_DAYS, typed);
	for (; from <= until; from++) {
		if (request->n_dates == DAYS_MAX)
			return cli_fail(cli, EX_USAGE, MSG_TOO_MANY_DAYS);
		date_day(date, from * DAY_MS - JAPAN_OFFSET_MS);
		if (arena_append(&cli->arena, &request->dates, &request->n_dates,
				 cli_string(cli, date)))
			abort();
	}
	return 0;
}

int run_rota_block(struct cli *cli, const struct args *args)
{
	BlockDates request = BlockDates_INIT;
	int status = 0;

	for (size_t i = 0; !status && i < args->n_rest; i++)
		status = read_days(cli, args->rest[i], &request);
	if (status)
		return status;
	request.organisation = cli_string(cli, args_get(args, "--org"));
	request.free = args_has(args, "--free");
	return cli_write(cli, "rota", &request.base,
			 request.free ? MSG_DONE_FREED : MSG_DONE_BLOCKED);
}

struct block_pages {
	struct table table;
	struct names *names;
	Block **items;
	size_t n;
};

static void take_blocks(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const BlockList *page = (const BlockList *)(const void *)message;
	struct block_pages *blocks = context;

	for (size_t i = 0; i < page->n_items; i++) {
		if (cli->json)
			cli_print_json(&page->items[i]->base);
		names_want_people(blocks->names, page->items[i]->organisation);
		if (arena_append(&cli->arena, &blocks->items, &blocks->n, page->items[i]))
			abort();
	}
}

/* A line a day: who has blocked it. */
static void print_blocks(struct cli *cli, const struct block_pages *blocks)
{
	names_fetch(blocks->names);
	for (size_t i = 0; i < blocks->n;) {
		const char *date = blocks->items[i]->date;
		char *text = cli_string(cli, "");
		char *day = rota_date(cli, date_days(date) * DAY_MS - JAPAN_OFFSET_MS);
		for (size_t first = i; i < blocks->n && !strcmp(blocks->items[i]->date, date); i++)
			text = arena_printf(
				&cli->arena, "%s%s%s", text,
				i > first ? cli_text(cli, MSG_LIST_COMMA) : "",
				names_organisation(blocks->names, blocks->items[i]->organisation));
		text_print_padded(stdout, day, 12);
		show_list(cli, stdout, text, 12);
		putchar('\n');
	}
}

int run_rota_blocks(struct cli *cli, const struct args *args)
{
	ListBlocks request = ListBlocks_INIT;
	struct block_pages blocks = {.n = 0};

	int status = cli_connect(cli);
	if (status)
		return status;
	request.month = cli_string(cli, args_get(args, "--month"));
	request.organisation = cli_string(cli, args_get(args, "--org"));
	blocks.names = names_open(cli);
	status = cli_pages(cli, "rota", &request.base, &BlockList_descriptor, take_blocks, &blocks);
	if (!status && !cli->json) {
		if (blocks.n)
			print_blocks(cli, &blocks);
		else
			printf("%s\n", cli_text(cli, MSG_NO_BLOCKS));
	}
	names_free(blocks.names);
	return status;
}

/* ---- settings ---- */

/* "18:00-8:00" */
static int read_clocks(struct cli *cli, const struct args *args, const char *option, Clock *clock)
{
	unsigned from_h, from_m, until_h, until_m;
	const char *typed = args_get(args, option);
	char end;

	if (!typed)
		return 0;
	if (sscanf(typed, "%2u:%2u-%2u:%2u%c", &from_h, &from_m, &until_h, &until_m, &end) != 4 ||
	    from_h > 23 || until_h > 23 || from_m > 59 || until_m > 59)
		return cli_fail(cli, EX_USAGE, MSG_BAD_CLOCKS, option, typed);
	clock->from_minute = from_h * 60 + from_m;
	clock->until_minute = until_h * 60 + until_m;
	return 0;
}

static int read_whole(struct cli *cli, const struct args *args, const char *option, uint32_t *value)
{
	return args_has(args, option) ? cli_whole(cli, option, args_get(args, option), value) : 0;
}

static int read_settings(struct cli *cli, const struct args *args, RotaSettings *settings)
{
	int status = read_clocks(cli, args, "--weekday-night", settings->weekday_night);

	if (!status)
		status = read_clocks(cli, args, "--saturday-afternoon",
				     settings->saturday_afternoon);
	if (!status)
		status = read_clocks(cli, args, "--holiday-day", settings->holiday_day);
	if (!status)
		status = read_clocks(cli, args, "--holiday-night", settings->holiday_night);
	if (args_has(args, "--by-area"))
		settings->by_area = !strcmp(args_get(args, "--by-area"), "yes");
	if (!status)
		status = read_whole(cli, args, "--rest-hours", &settings->rest_hours);
	if (!status)
		status = read_whole(cli, args, "--most-a-month", &settings->most_a_month);
	if (!status)
		status = read_whole(cli, args, "--enhanced-weight", &settings->enhanced_weight);
	return status ? status
		      : read_whole(cli, args, "--year-begins", &settings->year_begins_month);
}

static void print_clock(struct cli *cli, enum message field, const Clock *clock)
{
	show_field(cli, field,
		   cli_print(cli, MSG_ROTA_CLOCKS, clock->from_minute / 60, clock->from_minute % 60,
			     clock->until_minute / 60, clock->until_minute % 60));
}

static void print_settings(struct cli *cli, const RotaSettings *settings)
{
	print_clock(cli, MSG_FIELD_WEEKDAY_NIGHT, settings->weekday_night);
	print_clock(cli, MSG_FIELD_SATURDAY, settings->saturday_afternoon);
	print_clock(cli, MSG_FIELD_HOLIDAY_DAY, settings->holiday_day);
	print_clock(cli, MSG_FIELD_HOLIDAY_NIGHT, settings->holiday_night);
	show_field(cli, MSG_FIELD_BY_AREA,
		   cli_text(cli, settings->by_area ? MSG_ROTA_YES : MSG_ROTA_NO));
	show_field(cli, MSG_FIELD_REST, cli_print(cli, MSG_ROTA_HOURS_N, settings->rest_hours));
	show_field(cli, MSG_FIELD_MOST, cli_print(cli, MSG_ROTA_DUTIES_N, settings->most_a_month));
	show_field(cli, MSG_FIELD_WEIGHT,
		   cli_print(cli, MSG_ROTA_TIMES_N, settings->enhanced_weight));
	show_field(cli, MSG_FIELD_YEAR,
		   cli_print(cli, MSG_ROTA_MONTH_N, settings->year_begins_month));
}

int run_rota_settings(struct cli *cli, const struct args *args)
{
	ShowRotaSettings show = ShowRotaSettings_INIT;
	SetRotaSettings request = SetRotaSettings_INIT;
	const RotaSettings *known;
	bool change = false;

	int status = ASK(cli, "rota", &show, RotaSettings, &known);
	if (status)
		return status;
	if (!known->weekday_night || !known->saturday_afternoon || !known->holiday_day ||
	    !known->holiday_night)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	for (size_t i = 0; i < args->n; i++)
		change |= args->items[i].value != NULL;
	if (!change) {
		if (cli->json)
			cli_print_json(&known->base);
		else
			print_settings(cli, known);
		return 0;
	}
	request.settings = arena_copy(&cli->arena, known, sizeof(*known));
	if (!request.settings)
		return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	status = read_settings(cli, args, request.settings);
	return status ? status : cli_write(cli, "rota", &request.base, MSG_DONE_ROTA_SETTINGS);
}
