/* `board show`: a table by area; with --watch a screen that stays, or a line a change in a pipe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clients/cli/board_rows.h"
#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"

/* The most important come first: a narrow screen cuts off the end. */
enum { CELL_LEVEL, CELL_NAME, CELL_WHEN, CELL_FREE, CELL_TERMINAL, CELL_TAKES, CELLS };
#define GAP 2
#define REDRAW_MS 20000 /* ages go on */
#define MANY_COLUMNS 100000

struct board_show {
	struct cli *cli;
	struct board_rows rows;
	Area area;
	OrganisationKind kind;
	bool live; /* on a terminal that is drawn anew */
	bool lost; /* no connection */
};

static bool wanted(const struct board_show *show, const Capacity *row)
{
	return (!show->area || row->area == show->area) && (!show->kind || row->kind == show->kind);
}

/* ---- what stands in a row ---- */

static const char *sign_of(CapacityLevel level)
{
	switch (level) {
	case CAPACITY_LEVEL_AVAILABLE:
		return "●";
	case CAPACITY_LEVEL_LIMITED:
		return "▲";
	case CAPACITY_LEVEL_FULL:
		return "■";
	default:
		return "?";
	}
}

/* Teal, amber; full is bold, for red is kept for what is urgent; unknown is dim. */
static const char *colour_of(const struct cli *cli, CapacityLevel level)
{
	if (!cli->out_terminal || cli->json)
		return "";
	switch (level) {
	case CAPACITY_LEVEL_AVAILABLE:
		return "\033[36m";
	case CAPACITY_LEVEL_LIMITED:
		return "\033[33m";
	case CAPACITY_LEVEL_FULL:
		return "\033[1m";
	default:
		return "\033[2m";
	}
}

static char *level_cell(struct cli *cli, CapacityLevel level)
{
	return arena_printf(&cli->arena, "%s %s", sign_of(level),
			    LABEL(CapacityLevel, level, cli->japanese));
}

static char *name_cell(struct cli *cli, const Capacity *row)
{
	return cli_print(cli, MSG_BOARD_NAME, row->name, row->id);
}

static char *beds_of_kinds(struct cli *cli, const Capacity *row)
{
	char *text = cli_string(cli, "");

	for (size_t i = 0; i < row->n_beds; i++) {
		const FreeBeds *beds = row->beds[i];
		const char *sex = beds->sex == PATIENT_SEX_MALE     ? cli_text(cli, MSG_BOARD_FOR_MALE)
				  : beds->sex == PATIENT_SEX_FEMALE ? cli_text(cli, MSG_BOARD_FOR_FEMALE)
								    : "";
		const char *kind = beds->kind ? LABEL(BedKind, beds->kind, cli->japanese) : "";
		if (!beds->kind && !sex[0] && row->n_beds == 1)
			continue;
		text = cli_print(cli, MSG_BOARD_BEDS_OF, text, text[0] ? ", " : "",
				 arena_printf(&cli->arena, "%s%s", kind, sex), beds->count);
	}
	return text;
}

static char *free_cell(struct cli *cli, const Capacity *row)
{
	unsigned beds = 0;

	if (row->free_visits)
		return cli_print(cli, MSG_BOARD_VISITS, row->free_visits->today,
				 row->free_visits->week);
	if (row->new_patients)
		return cli_string(cli, LABEL(NewPatients, row->new_patients, cli->japanese));
	bool none = row->kind == ORGANISATION_KIND_HOSPITAL && row->level == CAPACITY_LEVEL_FULL;
	if (!row->n_beds && !none)
		return cli_string(cli, "");
	for (size_t i = 0; i < row->n_beds; i++)
		beds += row->beds[i]->count;
	char *total = cli_print(cli, MSG_BOARD_BEDS, beds), *kinds = beds_of_kinds(cli, row);
	return kinds[0] ? arena_printf(&cli->arena, "%s%s", total,
				       cli_print(cli, MSG_IN_PARENTHESES, kinds))
			: total;
}

/* "18:00" of today, else "11-27 18:00". */
static char *clock_of(struct cli *cli, int64_t time_ms)
{
	char day[DATE_SIZE], today[DATE_SIZE];

	date_day(day, time_ms);
	date_day(today, cli_now_ms());
	if (!strcmp(day, today))
		return show_clock(cli, time_ms);
	return arena_printf(&cli->arena, "%s %s", day + 5, show_clock(cli, time_ms));
}

static char *when_cell(struct cli *cli, const Capacity *row)
{
	if (!row->set_ms)
		return cli_print(cli, MSG_BOARD_NEVER);
	return cli_print(cli, row->level == CAPACITY_LEVEL_UNKNOWN ? MSG_BOARD_LAPSED : MSG_BOARD_SAID,
			 show_age(cli, row->set_ms), clock_of(cli, row->valid_until_ms));
}

static char *takes_cell(struct cli *cli, const Capacity *row)
{
	char *text = cli_string(cli, "");

	for (size_t i = 0; i < row->n_accepts; i++)
		text = arena_printf(&cli->arena, "%s%s%s", text, i ? cli->japanese ? "・" : ", " : "",
				    LABEL(Need, row->accepts[i], cli->japanese));
	return arena_printf(&cli->arena, "%s%s%s", text, text[0] && row->remark[0] ? "  " : "",
			    row->remark);
}

static void fill_cells(struct cli *cli, const Capacity *row, const char *cells[CELLS])
{
	cells[CELL_LEVEL] = level_cell(cli, row->level);
	cells[CELL_NAME] = name_cell(cli, row);
	cells[CELL_WHEN] = when_cell(cli, row);
	cells[CELL_FREE] = free_cell(cli, row);
	cells[CELL_TERMINAL] = row->online ? "" : cli_text(cli, MSG_BOARD_OFFLINE);
	cells[CELL_TAKES] = takes_cell(cli, row);
}

/* ---- lines, on a screen of some size or in a file without end ---- */

struct screen {
	FILE *out;
	bool live;
	unsigned columns, lines, line, left_out;
};

/* False: the screen is full. One line is kept for saying so. */
static bool begin_line(struct screen *screen)
{
	if (screen->live && screen->line + 1 >= screen->lines) {
		screen->left_out++;
		return false;
	}
	screen->line++;
	return true;
}

static void end_line(const struct screen *screen)
{
	fputs(screen->live ? "\033[K\n" : "\n", screen->out);
}

static void say_line(struct screen *screen, const char *before, const char *text, const char *after)
{
	if (!begin_line(screen))
		return;
	fputs(before, screen->out);
	text_print_clipped(screen->out, text, screen->columns);
	fputs(after, screen->out);
	end_line(screen);
}

static void say_row(const struct cli *cli, struct screen *screen, const Capacity *row,
		    const char *const cells[CELLS], const unsigned widths[CELLS])
{
	unsigned left = screen->columns, owed = 0;

	if (!begin_line(screen))
		return;
	for (size_t i = 0; i < CELLS; i++) {
		unsigned own = text_width(cells[i]);
		if (!widths[i])
			continue;
		if (i == CELL_TERMINAL && owed + own > left)
			own = 0; /* all of it or nothing */
		if (own && owed < left) {
			fprintf(screen->out, "%*s", (int)owed, "");
			left -= owed;
			owed = 0;
			bool marked = i == CELL_LEVEL || i == CELL_TERMINAL;
			fputs(i == CELL_LEVEL ? colour_of(cli, row->level) : marked ? show_dim(cli) : "",
			      screen->out);
			own = text_print_clipped(screen->out, cells[i], left);
			left -= own;
			fputs(marked ? show_plain(cli) : "", screen->out);
		}
		owed += (widths[i] > own ? widths[i] - own : 0) + GAP;
	}
	end_line(screen);
}

/* ---- the board ---- */

static void say_nearest(const struct board_show *show, struct screen *screen,
			const Capacity *const *list, size_t n, const Capacity *row)
{
	struct cli *cli = show->cli;
	char *text;

	if (row->level != CAPACITY_LEVEL_FULL)
		return;
	const Capacity *nearest = board_nearest(list, n, row);
	if (nearest)
		text = cli_print(cli, MSG_BOARD_NEAREST, sign_of(nearest->level),
				 LABEL(CapacityLevel, nearest->level, cli->japanese),
				 name_cell(cli, nearest), LABEL(Area, nearest->area, cli->japanese));
	else
		text = cli_print(cli, MSG_BOARD_NO_NEAREST);
	say_line(screen, show_dim(cli), arena_printf(&cli->arena, "    %s", text), show_plain(cli));
}

static void say_title(const struct board_show *show, struct screen *screen,
		      const Capacity *const *list, size_t n)
{
	struct cli *cli = show->cli;
	size_t of_level[CAPACITY_LEVEL_UNKNOWN + 1] = {0};

	for (size_t i = 0; i < n; i++)
		if (wanted(show, list[i]) && list[i]->level <= CAPACITY_LEVEL_UNKNOWN)
			of_level[list[i]->level]++;
	char *text = arena_printf(&cli->arena, "%s  %s ", cli_text(cli, MSG_BOARD_TITLE),
				  show_time(cli, cli_now_ms()));
	for (int level = CAPACITY_LEVEL_AVAILABLE; level <= CAPACITY_LEVEL_UNKNOWN; level++)
		text = arena_printf(&cli->arena, "%s  %s %zu", text, sign_of((CapacityLevel)level),
				    of_level[level]);
	say_line(screen, show_bold(cli), text, show_plain(cli));
	if (show->lost)
		say_line(screen, show_bold(cli), cli_text(cli, MSG_BOARD_LOST), show_plain(cli));
}

/* The rows that are wanted, with their cells. */
struct body {
	const Capacity *const *list; /* all, wanted or not */
	size_t n;
	const char *(*cells)[CELLS];
	unsigned widths[CELLS];
	bool short_of_lines; /* who never said anything shares a line */
};

static void widen(struct body *body, size_t i)
{
	for (size_t k = 0; k < CELLS; k++) {
		unsigned own = text_width(body->cells[i][k]);
		body->widths[k] = own > body->widths[k] ? own : body->widths[k];
	}
}

static bool new_group(const Capacity *before, const Capacity *row)
{
	return !before || before->area != row->area || before->kind != row->kind;
}

static void fill_body(const struct board_show *show, const struct screen *screen, struct body *body)
{
	unsigned lines = 2, needed = 0;
	const Capacity *before = NULL;

	for (size_t i = 0; i < body->n; i++) {
		if (!wanted(show, body->list[i]))
			continue;
		fill_cells(show->cli, body->list[i], body->cells[i]);
		widen(body, i);
		lines += new_group(before, body->list[i]) ? 2 : 1;
		lines += body->list[i]->level == CAPACITY_LEVEL_FULL ? 1 : 0;
		before = body->list[i];
	}
	if (!screen->live)
		return;
	body->short_of_lines = lines > screen->lines;
	for (size_t k = 0; k <= CELL_FREE; k++)
		needed += body->widths[k] + GAP;
	if (needed <= screen->columns)
		return;
	body->widths[CELL_NAME] = 0; /* without ids, then */
	for (size_t i = 0; i < body->n; i++)
		if (wanted(show, body->list[i])) {
			body->cells[i][CELL_NAME] = body->list[i]->name;
			widen(body, i);
		}
}

/* Those of a group that never said anything: how many. */
static void say_silent(const struct board_show *show, struct screen *screen, unsigned silent)
{
	struct cli *cli = show->cli;

	if (silent)
		say_line(screen, show_dim(cli),
			 arena_printf(&cli->arena, "%s  %s", level_cell(cli, CAPACITY_LEVEL_UNKNOWN),
				      cli_print(cli, MSG_BOARD_SILENT, silent)),
			 show_plain(cli));
}

static void say_group(const struct board_show *show, struct screen *screen, const Capacity *first,
		      bool gap)
{
	struct cli *cli = show->cli;

	if (gap)
		say_line(screen, "", "", "");
	say_line(screen, show_bold(cli),
		 cli_print(cli, MSG_BOARD_GROUP, LABEL(Area, first->area, cli->japanese),
			   LABEL(OrganisationKind, first->kind, cli->japanese)),
		 show_plain(cli));
}

static void say_rows(const struct board_show *show, struct screen *screen, const struct body *body)
{
	const Capacity *before = NULL;
	unsigned silent = 0;

	for (size_t i = 0; i < body->n; i++) {
		const Capacity *row = body->list[i];
		if (!wanted(show, row))
			continue;
		if (new_group(before, row)) {
			say_silent(show, screen, silent);
			say_group(show, screen, row, before && !show->live);
			silent = 0;
		}
		before = row;
		if (body->short_of_lines && !row->set_ms && !row->online) {
			silent++;
			continue;
		}
		say_row(show->cli, screen, row, body->cells[i], body->widths);
		say_nearest(show, screen, body->list, body->n, row);
	}
	say_silent(show, screen, silent);
	if (!before)
		say_line(screen, "", cli_text(show->cli, MSG_NO_BOARD), "");
}

static void say_board(const struct board_show *show, struct screen *screen)
{
	struct arena *arena = &show->cli->arena;
	struct body body = {.n = 0};

	body.list = (const Capacity *const *)board_rows_list(&show->rows, cli_now_ms(), arena, &body.n);
	body.cells = arena_alloc(arena, (body.n + 1) * sizeof(*body.cells));
	if (!body.list || !body.cells)
		return;
	fill_body(show, screen, &body);
	if (show->live)
		say_title(show, screen, body.list, body.n);
	say_rows(show, screen, &body);
}

static void print_board(const struct board_show *show)
{
	struct screen screen = {.out = stdout, .columns = MANY_COLUMNS};

	say_board(show, &screen);
}

/* ---- once ---- */

static void take_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const Board *page = (const Board *)(const void *)message;
	struct board_show *show = context;

	for (size_t i = 0; i < page->n_items; i++)
		board_rows_take(&show->rows, page->items[i], &cli->arena);
}

static void print_objects(const struct board_show *show)
{
	struct cli *cli = show->cli;
	size_t n;
	const Capacity **list = board_rows_list(&show->rows, cli_now_ms(), &cli->arena, &n);

	for (size_t i = 0; i < n; i++)
		if (wanted(show, list[i]))
			cli_print_json(&list[i]->base);
}

static int show_once(struct board_show *show)
{
	ListBoard request = ListBoard_INIT; /* all of it: who else has room may be in another area */

	int status = cli_pages(show->cli, "board", &request.base, &Board_descriptor, take_page, show);
	if (status)
		return status;
	if (show->cli->json)
		print_objects(show);
	else
		print_board(show);
	return 0;
}

/* ---- a screen that stays ---- */

static void screen_size(struct screen *screen)
{
	struct winsize size = {.ws_row = 0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	screen->columns = size.ws_col ? size.ws_col : 80;
	screen->lines = size.ws_row ? size.ws_row : 24;
}

/* All of it in one write, over what stands there: nothing flickers. */
static void draw(const struct board_show *show, const struct screen *size)
{
	struct cli *cli = show->cli;
	struct screen screen = *size;
	char *text = NULL;
	size_t bytes;

	screen.out = open_memstream(&text, &bytes);
	if (!screen.out)
		abort();
	screen.line = screen.left_out = 0;
	fputs("\033[H", screen.out);
	say_board(show, &screen);
	if (screen.left_out) {
		fputs(show_dim(cli), screen.out);
		text_print_clipped(screen.out, cli_print(cli, MSG_BOARD_MORE, screen.left_out),
				   screen.columns);
		fprintf(screen.out, "%s\033[K", show_plain(cli));
	}
	fputs("\033[J", screen.out);
	fclose(screen.out);
	fwrite(text, 1, bytes, stdout);
	fflush(stdout);
	free(text);
}

static void enter_screen(void)
{
	fputs("\033[?1049h\033[?25l\033[H\033[2J", stdout);
	fflush(stdout);
}

/* The cursor, and what stood there before. */
static void leave_screen(void)
{
	fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
}

static void take_feed(struct board_show *show, struct feed *feed)
{
	for (size_t i = 0; i < feed->n; i++) {
		const ProtobufCMessage *body = feed->pages[i].body;
		if (feed->pages[i].pushed)
			board_rows_take(&show->rows, (const Capacity *)(const void *)body,
					&show->cli->arena);
		else
			take_page(show->cli, body, show);
	}
	feed_done(feed);
}

static int64_t wait_ms(const struct board_show *show)
{
	int64_t now_ms = cli_now_ms(), next_ms = board_rows_next_ms(&show->rows, now_ms);

	return next_ms - now_ms < REDRAW_MS ? next_ms - now_ms : REDRAW_MS;
}

static void watch_screen(struct board_show *show, struct feed *feed)
{
	struct screen screen = {.live = true}, before = {.live = true};

	feed->quiet = true;
	if (!feed_wait(feed))
		return;
	enter_screen();
	for (int64_t left_ms = 0; !ferror(stdout);) {
		screen_size(&screen);
		bool resized = screen.columns != before.columns || screen.lines != before.lines;
		if (feed->n || resized || left_ms <= 0 || show->lost != feed->lost) {
			take_feed(show, feed);
			show->lost = feed->lost;
			draw(show, &screen);
			feed_done(feed); /* the arena, of what was drawn */
			before = screen;
			left_ms = wait_ms(show);
		}
		int64_t slice_ms = left_ms < 500 ? left_ms : 500; /* for the size of the window */
		if (!feed_wait_for(feed, slice_ms))
			break;
		left_ms -= slice_ms;
	}
	leave_screen();
}

/* ---- a line a change ---- */

static void print_change(const struct board_show *show, const Capacity *row)
{
	static const unsigned widths[CELLS] = {1, 1, 1, 1, 1, 1};
	struct cli *cli = show->cli;
	struct screen screen = {.out = stdout, .columns = MANY_COLUMNS};
	const char *cells[CELLS];

	fill_cells(cli, row, cells);
	if (row->left)
		cells[CELL_WHEN] = cli_text(cli, MSG_BOARD_GONE);
	printf("%s  ", show_clock(cli, cli_now_ms()));
	say_row(cli, &screen, row, cells, widths);
}

static void print_changes(struct board_show *show, bool first)
{
	struct cli *cli = show->cli;
	const Capacity *row;

	if (first && !cli->json)
		print_board(show);
	while ((row = board_rows_news(&show->rows, cli_now_ms(), &cli->arena))) {
		if (!wanted(show, row) || (first && !cli->json))
			continue;
		if (cli->json)
			cli_print_json(&row->base);
		else
			print_change(show, row);
	}
	fflush(stdout);
}

static void watch_lines(struct board_show *show, struct feed *feed)
{
	for (bool first = true; !ferror(stdout); first = false) {
		if (first ? !feed_wait(feed) : !feed_wait_for(feed, wait_ms(show)))
			break;
		take_feed(show, feed);
		print_changes(show, first);
		feed_done(feed);
	}
}

static int show_watch(struct board_show *show)
{
	ListBoard request = ListBoard_INIT;
	struct feed feed = {.cli = NULL};

	int status = feed_open(&feed, show->cli, "board", &request.base, &Board_descriptor);
	feed.push_type = &Capacity_descriptor;
	if (!status && show->live)
		watch_screen(show, &feed);
	else if (!status)
		watch_lines(show, &feed);
	if (!status)
		status = feed.status;
	feed_close(&feed);
	return status;
}

int run_board_show(struct cli *cli, const struct args *args)
{
	struct board_show show = {.cli = cli};
	const char *area = args_get(args, "--area"), *kind = args_get(args, "--kind");
	int value;

	if (area && cli_word(cli, &Area_descriptor, area, &value))
		return EX_USAGE;
	show.area = area ? (Area)value : AREA_UNSPECIFIED;
	if (kind && cli_word(cli, &OrganisationKind_descriptor, kind, &value))
		return EX_USAGE;
	show.kind = kind ? (OrganisationKind)value : ORGANISATION_KIND_UNSPECIFIED;
	int status = cli_connect(cli);
	if (status)
		return status;
	show.live = args_has(args, "--watch") && cli->out_terminal && !cli->json;
	status = args_has(args, "--watch") ? show_watch(&show) : show_once(&show);
	board_rows_close(&show.rows);
	return status;
}
