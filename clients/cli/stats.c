#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"

#define COLUMNS 7
#define MINUTES_OF_HOUR 60

static int by_kind_and_area(const void *a, const void *b)
{
	const Figure *x = *(Figure *const *)a, *y = *(Figure *const *)b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->area < y->area ? -1 : x->area > y->area;
}

/* The figures of a month that are of an area, in order. 0, or the exit status, said. */
static int fetch(struct cli *cli, const struct args *args, Figure ***figures, size_t *n)
{
	ShowFigures request = ShowFigures_INIT;
	const char *month = args_get(args, "--month");
	const Figures *all;
	int area = 0;

	if (month && (strlen(month) != strlen("2026-11") || !date_valid(month)))
		return cli_fail(cli, EX_USAGE, MSG_BAD_MONTH, month);
	if (args_has(args, "--area") &&
	    cli_word(cli, &Area_descriptor, args_get(args, "--area"), &area))
		return EX_USAGE;
	request.month = cli_string(cli, month);
	int status = ASK(cli, "referral", &request, Figures, &all);
	if (status)
		return status;
	for (size_t i = 0; i < all->n_items; i++)
		if ((!area || all->items[i]->area == (Area)area) &&
		    arena_append(&cli->arena, figures, n, all->items[i]))
			return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	if (*n > 1)
		qsort(*figures, *n, sizeof(**figures), by_kind_and_area);
	return 0;
}

static char *count(struct cli *cli, int32_t number)
{
	return number < 0 ? cli_print(cli, MSG_FEW) : arena_printf(&cli->arena, "%d", (int)number);
}

static char *duration(struct cli *cli, int32_t minutes)
{
	if (minutes < 0)
		return cli_string(cli, "–");
	if (minutes < MINUTES_OF_HOUR)
		return cli_print(cli, MSG_MINUTES, (int)minutes);
	return cli_print(cli, MSG_HOURS_MINUTES, (int)minutes / MINUTES_OF_HOUR,
			 (int)minutes % MINUTES_OF_HOUR);
}

static bool any_few(const Figure *f)
{
	return f->asked < 0 || f->placed < 0 || f->unplaced < 0 || f->closed < 0;
}

static void print_table(struct cli *cli, Figure **figures, size_t n)
{
	struct table table;
	bool few = false;

	table_init(&table, COLUMNS);
	for (size_t i = 2; i < COLUMNS; i++)
		table.right[i] = true;
	table_row(&table, cli_text(cli, MSG_COLUMN_KIND), cli_text(cli, MSG_COLUMN_AREA),
		  cli_text(cli, MSG_COLUMN_ASKED), cli_text(cli, MSG_COLUMN_PLACED),
		  cli_text(cli, MSG_COLUMN_UNPLACED), cli_text(cli, MSG_COLUMN_CLOSED),
		  cli_text(cli, MSG_COLUMN_MEDIAN));
	for (size_t i = 0; i < n; i++) {
		const Figure *f = figures[i];
		few |= any_few(f);
		table_row(&table, LABEL(ReferralKind, f->kind, cli->japanese),
			  LABEL(Area, f->area, cli->japanese), count(cli, f->asked),
			  count(cli, f->placed), count(cli, f->unplaced), count(cli, f->closed),
			  duration(cli, f->median_minutes));
	}
	show_heading(cli, cli_print(cli, MSG_HEADING_FIGURES, figures[0]->month));
	table_print(&table, stdout);
	table_close(&table);
	if (few)
		printf("%s\n", cli_text(cli, MSG_FEW_NOTE));
}

int run_stats_show(struct cli *cli, const struct args *args)
{
	Figure **figures = NULL;
	size_t n = 0;

	int status = fetch(cli, args, &figures, &n);
	for (size_t i = 0; !status && cli->json && i < n; i++)
		cli_print_json(&figures[i]->base);
	if (status || cli->json)
		return status;
	if (n)
		print_table(cli, figures, n);
	else
		printf("%s\n", cli_text(cli, MSG_NO_FIGURES));
	return 0;
}

/* ---- for a spreadsheet ---- */

/* The word that the command line takes: "home-doctor". */
static void print_word(const ProtobufCEnumDescriptor *type, int value)
{
	char word[64];

	label_word(type, value, word, sizeof(word));
	printf("%s,", word);
}

static void print_count(int32_t number, char after)
{
	if (number < 0)
		printf("<5%c", after); /* 1-4 would become a date there */
	else
		printf("%d%c", (int)number, after);
}

int run_stats_export(struct cli *cli, const struct args *args)
{
	Figure **figures = NULL;
	size_t n = 0;

	int status = fetch(cli, args, &figures, &n);
	if (status)
		return status;
	printf("month,kind,area,asked,confirmed,unplaced,closed,median_minutes\n");
	for (size_t i = 0; i < n; i++) {
		const Figure *f = figures[i];
		printf("%s,", f->month);
		print_word(&ReferralKind_descriptor, (int)f->kind);
		print_word(&Area_descriptor, (int)f->area);
		print_count(f->asked, ',');
		print_count(f->placed, ',');
		print_count(f->unplaced, ',');
		print_count(f->closed, ',');
		if (f->median_minutes >= 0)
			printf("%d", (int)f->median_minutes);
		putchar('\n');
	}
	return 0;
}
