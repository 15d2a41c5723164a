#include "rota_calendar.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rota_calendar {
	struct rota_calendar_options options;
	icalcomponent *component;
	bool failed;
};

struct event {
	const Shift *shift;
	bool second;
	int64_t from_ms, until_ms;
	icalproperty_status status;
	const char *holder; /* organisation; "": nobody */
};

/* ---- words -------------------------------------------------------------------------------- */

struct word {
	int value;
	const char *ja, *en;
};

static const struct word kinds[] = {
	{ SHIFT_KIND_WEEKDAY_NIGHT, "平日夜間", "weekday night" },
	{ SHIFT_KIND_SATURDAY_AFTERNOON, "土曜午後", "Saturday afternoon" },
	{ SHIFT_KIND_HOLIDAY_DAY, "休日昼間", "holiday, day" },
	{ SHIFT_KIND_HOLIDAY_NIGHT, "休日夜間", "holiday, night" },
	{ 0, "", "" },
};
static const struct word areas[] = {
	{ AREA_NORTH, "・北部", ", north" },
	{ AREA_WEST, "・西部", ", west" },
	{ AREA_SOUTH, "・南部", ", south" },
	{ 0, "", "" },
};
static const struct word places[] = { { 1, "第一当番", "first" }, { 0, "第二当番", "second" } };

static const char *word(const struct rota_calendar *calendar, const struct word *words, int value)
{
	while (words->value && words->value != value)
		words++;
	return calendar->options.japanese ? words->ja : words->en;
}

/* ---- events ------------------------------------------------------------------------------- */

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

/* The caller frees it. NULL: no memory. */
static char *summary_of(const struct rota_calendar *calendar, const struct event *event)
{
	const char *place = word(calendar, places, !event->second), *who;
	bool japanese = calendar->options.japanese;
	char *text;

	if (*event->holder)
		who = calendar->options.name(calendar->options.context, event->holder);
	else
		who = japanese ? "! 空白" : "! nobody";
	return asprintf(&text, japanese ? "%s：%s" : "On duty (%s): %s", place, who) < 0 ? NULL : text;
}

static char *description_of(const struct rota_calendar *calendar, const Shift *shift)
{
	const char *reason = calendar->options.reasons ? shift->reason : "";
	char *text;
	int length = asprintf(&text, "%s%s%s%s", word(calendar, kinds, (int)shift->kind),
			      word(calendar, areas, (int)shift->area), *reason ? "\n" : "", reason);

	return length < 0 ? NULL : text;
}

static void add_event(struct rota_calendar *calendar, const struct event *event)
{
	const Shift *shift = event->shift;
	icalcomponent *component = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	char *summary = summary_of(calendar, event), *description = description_of(calendar, shift);
	char *uid = NULL;

	if (asprintf(&uid, "%s-%s@tsunagi", shift->id, event->second ? "second" : "first") < 0)
		uid = NULL;
	if (component && summary && description && uid) {
		icalcomponent_add_property(component, icalproperty_new_uid(uid));
		icalcomponent_add_property(component, icalproperty_new_sequence((int)shift->sequence));
		icalcomponent_add_property(component,
					   icalproperty_new_dtstamp(utc(calendar->options.now_ms)));
		icalcomponent_add_property(component, icalproperty_new_dtstart(utc(event->from_ms)));
		icalcomponent_add_property(component, icalproperty_new_dtend(utc(event->until_ms)));
		icalcomponent_add_property(component, icalproperty_new_summary(summary));
		icalcomponent_add_property(component, icalproperty_new_description(description));
		icalcomponent_add_property(component, icalproperty_new_status(event->status));
		icalcomponent_add_component(calendar->component, component);
	} else {
		calendar->failed = true;
		if (component)
			icalcomponent_free(component);
	}
	free(summary);
	free(description);
	free(uid);
}

/* In a clinic's own calendar. */
static void add_own(struct rota_calendar *calendar, const Shift *shift, bool second)
{
	const char *organisation = calendar->options.organisation;
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
	add_event(calendar, &event);
}

static void add_place(struct rota_calendar *calendar, const Shift *shift, bool second)
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
	add_event(calendar, &event);
}

void rota_calendar_add(struct rota_calendar *calendar, const Shift *shift)
{
	for (int second = 0; second < 2; second++) {
		if (*calendar->options.organisation)
			add_own(calendar, shift, second);
		else
			add_place(calendar, shift, second);
	}
}

/* ---- the whole ---------------------------------------------------------------------------- */

struct rota_calendar *rota_calendar_open(const struct rota_calendar_options *options)
{
	struct rota_calendar *calendar = calloc(1, sizeof(*calendar));

	if (!calendar)
		return NULL;
	calendar->options = *options;
	calendar->component =
		icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
				    icalproperty_new_prodid("-//Tsunagi//rota//JA"),
				    icalproperty_new_calscale("GREGORIAN"),
				    icalproperty_new_method(ICAL_METHOD_PUBLISH), (void *)0);
	if (calendar->component)
		return calendar;
	free(calendar);
	return NULL;
}

char *rota_calendar_text(struct rota_calendar *calendar)
{
	return calendar->failed ? NULL : icalcomponent_as_ical_string_r(calendar->component);
}

void rota_calendar_free(struct rota_calendar *calendar)
{
	if (!calendar)
		return;
	icalcomponent_free(calendar->component);
	free(calendar);
}
