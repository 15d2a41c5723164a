/*
 * `rota export`: the rota as a calendar (RFC 5545), whole or of one clinic. An event is one place of a
 * shift and keeps its UID; what changed has a higher SEQUENCE, so that a calendar program takes it in
 * place of what it has. A duty that a clinic gave away is CANCELLED in its own calendar.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/rota_look.h"
#include "clients/cli/show.h"
#include "date.h"

#define AHEAD_DAYS 400

struct event {
	const Shift *shift;
	bool second;
	int64_t from_ms, until_ms;
	icalproperty_status status;
	const char *holder; /* organisation; "": nobody */
};

struct export
{
	struct cli *cli;
	struct names *names;
	icalcomponent *calendar;
	time_t now;
};

static const char *holder_of(const Shift *shift, bool second)
{
	return second ? shift->second : shift->first;
}

/* Who has the place now has it since the one before gave it away. */
static int64_t since_ms(const Shift *shift, bool second)
{
	int64_t from_ms = shift->from_ms;

	for (size_t i = 0; i < shift->n_earlier; i++)
		if (shift->earlier[i]->second == second && shift->earlier[i]->until_ms > from_ms)
			from_ms = shift->earlier[i]->until_ms;
	return from_ms;
}

static bool gave_away(const Shift *shift, bool second, const char *organisation)
{
	char **list = second ? shift->given_away_second : shift->given_away_first;
	size_t n = second ? shift->n_given_away_second : shift->n_given_away_first;

	for (size_t i = 0; i < n; i++)
		if (!*organisation || !strcmp(list[i], organisation))
			return true;
	return false;
}

/* The part of a shift that had begun when it was given away. NULL: none. */
static const Duty *had(const Shift *shift, bool second, const char *organisation)
{
	for (size_t i = shift->n_earlier; i-- > 0;)
		if (shift->earlier[i]->second == second &&
		    !strcmp(shift->earlier[i]->organisation, organisation))
			return shift->earlier[i];
	return NULL;
}

static struct icaltimetype utc(int64_t time_ms)
{
	return icaltime_from_timet_with_zone((time_t)(time_ms / 1000), 0,
					     icaltimezone_get_utc_timezone());
}

static void print_event(const struct export *export, const struct event *event)
{
	struct cli *cli = export->cli;
	const Shift *shift = event->shift;
	icalcomponent *component = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	const char *place = cli_text(cli, event->second ? MSG_ICS_SECOND : MSG_ICS_FIRST);
	const char *who = *event->holder ? names_organisation(export->names, event->holder)
					 : cli_text(cli, MSG_ROTA_GAP);
	char *summary = cli_print(cli, MSG_ICS_SUMMARY, place, who);
	char *kind = rota_kind(cli, shift->kind, shift->area);

	if (*shift->reason)
		kind = arena_printf(&cli->arena, "%s\n%s", kind, shift->reason);
	icalcomponent_add_property(component, icalproperty_new_uid(arena_printf(
						      &cli->arena, "%s-%s@tsunagi", shift->id,
						      event->second ? "second" : "first")));
	icalcomponent_add_property(component, icalproperty_new_sequence((int)shift->sequence));
	icalcomponent_add_property(component,
				   icalproperty_new_dtstamp(utc((int64_t) export->now * 1000)));
	icalcomponent_add_property(component, icalproperty_new_dtstart(utc(event->from_ms)));
	icalcomponent_add_property(component, icalproperty_new_dtend(utc(event->until_ms)));
	icalcomponent_add_property(component, icalproperty_new_summary(summary));
	icalcomponent_add_property(component, icalproperty_new_description(kind));
	icalcomponent_add_property(component, icalproperty_new_status(event->status));
	icalcomponent_add_component(export->calendar, component);
}

/* In a clinic's own calendar. */
static void print_own(const struct export *export, const Shift *shift, bool second,
		      const char *organisation)
{
	struct event event = {
		shift,       second, shift->from_ms, shift->until_ms, ICAL_STATUS_CONFIRMED,
		organisation};
	const Duty *part = had(shift, second, organisation);

	if (!strcmp(holder_of(shift, second), organisation)) {
		event.from_ms = part ? part->from_ms : since_ms(shift, second);
	} else if (part) {
		event.from_ms = part->from_ms;
		event.until_ms = part->until_ms;
	} else if (gave_away(shift, second, organisation)) {
		event.status = ICAL_STATUS_CANCELLED;
	} else {
		return;
	}
	print_event(export, &event);
}

static void print_place(const struct export *export, const Shift *shift, bool second)
{
	struct event event = {shift,
			      second,
			      shift->from_ms,
			      shift->until_ms,
			      ICAL_STATUS_CONFIRMED,
			      holder_of(shift, second)};

	if (shift->dropped)
		event.status = ICAL_STATUS_CANCELLED;
	else if (!*event.holder)
		event.status = ICAL_STATUS_TENTATIVE;
	print_event(export, &event);
}

static int print_calendar(struct cli *cli, const struct rota_shifts *shifts,
			  const char *organisation)
{
	struct export export = {
		.cli = cli, .names = names_open(cli), .now = (time_t)(cli_now_ms() / 1000)};

	for (size_t i = 0; i < shifts->n; i++)
		rota_want(export.names, shifts->items[i]);
	names_want_people(export.names, organisation);
	names_fetch(export.names);
	export.calendar =
		icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
				    icalproperty_new_prodid("-//Tsunagi//rota//JA"),
				    icalproperty_new_calscale("GREGORIAN"),
				    icalproperty_new_method(ICAL_METHOD_PUBLISH), (void *)0);
	for (size_t i = 0; i < shifts->n; i++)
		for (int second = 0; second < 2; second++) {
			if (*organisation)
				print_own(&export, shifts->items[i], second, organisation);
			else
				print_place(&export, shifts->items[i], second);
		}
	char *text = icalcomponent_as_ical_string_r(export.calendar);
	if (text)
		fputs(text, stdout);
	icalmemory_free_buffer(text);
	icalcomponent_free(export.calendar);
	names_free(export.names);
	return text ? 0 : cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
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
