#include "clients/cli/rota_look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/show.h"
#include "date.h"

/* ---- loading ---- */

static void take_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const ShiftList *page = (const ShiftList *)(const void *)message;
	struct rota_shifts *shifts = context;

	for (size_t i = 0; i < page->n_items; i++)
		if (arena_append_pointer(&cli->arena, (void ***)(void *)&shifts->items, &shifts->n,
					 page->items[i]))
			abort();
}

static int by_time(const void *a, const void *b)
{
	const Shift *x = *(const Shift *const *)a, *y = *(const Shift *const *)b;

	if (x->from_ms != y->from_ms)
		return x->from_ms < y->from_ms ? -1 : 1;
	if (x->area != y->area)
		return x->area < y->area ? -1 : 1;
	int order = strcmp(x->id, y->id);
	if (order)
		return order;
	return x->position < y->position ? -1 : x->position > y->position;
}

void rota_sort(struct rota_shifts *shifts)
{
	size_t kept = 0;

	if (shifts->n)
		qsort(shifts->items, shifts->n, sizeof(*shifts->items), by_time);
	for (size_t i = 0; i < shifts->n; i++) {
		if (kept && !strcmp(shifts->items[kept - 1]->id, shifts->items[i]->id))
			kept--;
		shifts->items[kept++] = shifts->items[i];
	}
	shifts->n = kept;
}

int rota_load(struct cli *cli, const ListShifts *request, struct rota_shifts *shifts)
{
	*shifts = (struct rota_shifts){.n = 0};
	int status =
		cli_pages(cli, "rota", &request->base, &ShiftList_descriptor, take_page, shifts);
	rota_sort(shifts);
	return status;
}

static int month_days(struct cli *cli, const char *month, ListShifts *request)
{
	char first[DATE_SIZE], last[DATE_SIZE];

	if (strlen(month) != strlen("2026-11") || !date_valid(month))
		return cli_fail(cli, EX_USAGE, MSG_BAD_MONTH, month);
	snprintf(first, sizeof(first), "%s-01", month);
	int64_t day = date_days(first) + 31; /* of the next month */
	date_day(last, day * DAY_MS - JAPAN_OFFSET_MS);
	day -= atoi(last + strlen("2026-11-"));
	date_day(last, day * DAY_MS - JAPAN_OFFSET_MS);
	request->from = cli_string(cli, first);
	request->until = cli_string(cli, last);
	return 0;
}

int rota_days(struct cli *cli, const struct args *args, ListShifts *request)
{
	const char *month = args_get(args, "--month");
	const char *from = args_get(args, "--from"), *until = args_get(args, "--until");

	if (month && (from || until))
		return cli_fail(cli, EX_USAGE, MSG_MONTH_OR_FROM);
	if (month)
		return month_days(cli, month, request);
	if (from && !date_valid_full(from))
		return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, from);
	if (until && !date_valid_full(until))
		return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, until);
	request->from = cli_string(cli, from);
	request->until = cli_string(cli, until);
	return 0;
}

const char *rota_own(struct cli *cli)
{
	WhoAmI request = WhoAmI_INIT;
	const Me *me;

	if (ASK(cli, "directory", &request, Me, &me))
		return NULL;
	if (me->organisation)
		return me->organisation->id;
	cli_error(cli, MSG_STRANGE_ANSWER);
	return NULL;
}

/* ---- looks ---- */

char *rota_kind(struct cli *cli, ShiftKind kind, Area area)
{
	const char *name = LABEL(ShiftKind, kind, cli->japanese);

	if (!area)
		return cli_string(cli, name);
	return arena_printf(&cli->arena, cli->japanese ? "%s・%s" : "%s, %s", name,
			    LABEL(Area, area, cli->japanese));
}

char *rota_date(struct cli *cli, int64_t time_ms)
{
	char date[DATE_SIZE];
	int64_t day = (time_ms + JAPAN_OFFSET_MS) / DAY_MS;
	const char *weekday =
		cli_text(cli, (enum message)(MSG_HISTORY_WEEKDAY_1 + (int)date_weekday(day) - 1));

	date_day(date, time_ms);
	int month = atoi(date + 5), mday = atoi(date + 8);
	return arena_printf(&cli->arena, cli->japanese ? "%d/%d(%s)" : "%d/%d %s", month, mday,
			    weekday);
}

char *rota_hours(struct cli *cli, int64_t from_ms, int64_t until_ms)
{
	return arena_printf(&cli->arena, "%s–%s", show_clock(cli, from_ms),
			    show_clock(cli, until_ms));
}

char *rota_name(struct cli *cli, const Shift *shift)
{
	return arena_printf(&cli->arena, "%s %s", rota_date(cli, shift->from_ms),
			    rota_kind(cli, shift->kind, shift->area));
}

char *rota_id_name(struct cli *cli, const char *id)
{
	char word[64];
	char *date = arena_printf(&cli->arena, "%.10s", id);
	int64_t day = date_days(date);

	if (day == INT64_MIN || strlen(id) < strlen("2026-11-22-"))
		return cli_string(cli, id);
	char *when = rota_date(cli, day * DAY_MS - JAPAN_OFFSET_MS);
	for (int kind = SHIFT_KIND_WEEKDAY_NIGHT; kind <= SHIFT_KIND_HOLIDAY_NIGHT; kind++) {
		label_word(&ShiftKind_descriptor, kind, word, sizeof(word));
		const char *rest = id + strlen("2026-11-22-");
		int area = AREA_UNSPECIFIED;
		if (strncmp(rest, word, strlen(word)) != 0)
			continue;
		rest += strlen(word);
		if (*rest == '-' && label_parse(&Area_descriptor, rest + 1, &area))
			area = AREA_UNSPECIFIED;
		return arena_printf(&cli->arena, "%s %s", when,
				    rota_kind(cli, (ShiftKind)kind, (Area)area));
	}
	return cli_string(cli, id);
}

char *rota_holder(struct cli *cli, struct names *names, const Shift *shift, bool second)
{
	const char *holder = second ? shift->second : shift->first;
	GapReason gap = second ? shift->second_gap : shift->first_gap;

	if (*holder)
		return names_organisation(names, holder);
	if (!gap)
		return cli_print(cli, MSG_ROTA_GAP);
	return cli_print(cli, MSG_ROTA_GAP_WHY, LABEL(GapReason, gap, cli->japanese));
}

void rota_want(struct names *names, const Shift *shift)
{
	names_want_people(names, shift->first);
	names_want_people(names, shift->second);
}
