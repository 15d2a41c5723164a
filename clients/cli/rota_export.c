/* `rota export`: the rota as a calendar (rota_calendar.h), whole or of one clinic; and its addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/rota_look.h"
#include "clients/cli/show.h"
#include "date.h"
#include "rota_calendar.h"

#define AHEAD_DAYS 400

static const char *name_of(void *context, const char *organisation)
{
	return names_organisation(context, organisation);
}

static int print_calendar(struct cli *cli, const struct rota_shifts *shifts,
			  const char *organisation)
{
	struct names *names = names_open(cli);
	struct rota_calendar *calendar = rota_calendar_open(&(struct rota_calendar_options){
		organisation, cli->japanese, true, cli_now_ms(), name_of, names});
	char *text = NULL;

	for (size_t i = 0; i < shifts->n; i++)
		rota_want(names, shifts->items[i]);
	names_want_people(names, organisation);
	names_fetch(names);
	for (size_t i = 0; calendar && i < shifts->n; i++)
		rota_calendar_add(calendar, shifts->items[i]);
	if (calendar)
		text = rota_calendar_text(calendar);
	if (text)
		fputs(text, stdout);
	rota_calendar_free(calendar);
	names_free(names);
	int status = text ? 0 : cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	free(text);
	return status;
}

int run_rota_export(struct cli *cli, const struct args *args)
{
	const char *organisation = cli_string(cli, args_get(args, "--org"));
	ListShifts request = ListShifts_INIT;
	struct rota_shifts shifts;
	char date[DATE_SIZE];

	if (!args_has(args, "--ics"))
		return cli_fail(cli, EX_USAGE, MSG_EXPORT_NEEDS_ICS);
	int status = rota_days(cli, args, &request);
	if (status)
		return status;
	/* What was given away lately, too: its events are in somebody's calendar. */
	date_day(date, cli_now_ms());
	if (!*request.from)
		request.from = arena_printf(&cli->arena, "%.8s01", date);
	date_day(date, cli_now_ms() + AHEAD_DAYS * DAY_MS);
	if (!*request.until)
		request.until = cli_string(cli, date);
	request.organisation = cli_string(cli, organisation);
	status = rota_load(cli, &request, &shifts);
	return status ? status : print_calendar(cli, &shifts, organisation);
}

/* ---- addresses ---- */

static void print_address(struct cli *cli, struct names *names, const Calendar *calendar)
{
	const char *whose = *calendar->organisation
				    ? names_organisation(names, calendar->organisation)
				    : cli_text(cli, MSG_CALENDAR_ALL);

	printf("%s\n", cli_print(cli, MSG_CALENDAR_LINE, calendar->id, calendar->address, whose));
}

static void print_addresses(struct cli *cli, const Calendar *const *calendars, size_t n)
{
	struct names *names = names_open(cli);

	for (size_t i = 0; i < n; i++)
		names_want_people(names, calendars[i]->organisation);
	names_fetch(names);
	for (size_t i = 0; i < n; i++)
		print_address(cli, names, calendars[i]);
	names_free(names);
	printf("%s\n", cli_text(cli, n ? MSG_CALENDAR_HOW : MSG_NO_CALENDARS));
}

int run_rota_subscribe(struct cli *cli, const struct args *args)
{
	SubscribeCalendar request = SubscribeCalendar_INIT;
	Reply *reply;

	request.organisation = cli_string(cli, args_get(args, "--org"));
	request.english = !cli->japanese;
	int status = cli_call(cli, "rota", &request.base, &reply);
	if (status)
		return status;
	const Calendar *body = BODY(Calendar, cli, reply);
	if (!body)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (cli->json)
		cli_print_json(&body->base);
	else
		print_addresses(cli, &body, 1);
	return 0;
}

int run_rota_subscriptions(struct cli *cli, const struct args *args)
{
	ListCalendars request = ListCalendars_INIT;
	const CalendarList *list;

	(void)args;
	int status = ASK(cli, "rota", &request, CalendarList, &list);
	if (status)
		return status;
	if (cli->json)
		cli_print_json(&list->base);
	else
		print_addresses(cli, (const Calendar *const *)list->items, list->n_items);
	return 0;
}

int run_rota_unsubscribe(struct cli *cli, const struct args *args)
{
	EndCalendar request = EndCalendar_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	return request.id ? cli_write(cli, "rota", &request.base, MSG_DONE_CALENDAR_ENDED) : EX_USAGE;
}
