/*
 * The whole daemon rota with its store, over a bus that records, and a small network around it: nine
 * clinics, of which the first is of the enhanced type, with a doctor each ("doctor1" …), an
 * administrator and somebody of the support centre. Included by the tests that need it; everything in
 * it is static.
 */
#ifndef ROTA_FIXTURE_H
#define ROTA_FIXTURE_H

#include "services/rota/duty.h"
#include "services/rota/rules.h"
#include "services/rota/views.h"
#include "tests/unit/daemon_test.h"

int rota_main(int argc, char **argv);
#define main rota_main
#include "services/rota/main.c"
#undef main

#define MINUTE (60LL * 1000)
#define HOUR (60 * MINUTE)
#define CLINICS 9
#define MONTH "2027-02" /* 28 days, four Saturdays, two holidays in the week: 11 and 23 */

/* The clock stands at a time of day in Japan. */
static UNUSED void at(struct fixture *f, const char *time)
{
	int64_t ms;

	assert_int_equal(date_parse(time, &ms), 0);
	test_clock_advance(&f->clock, ms - f->clock.wall_ms);
	fixture_step(f);
}

static UNUSED void clinic(struct fixture *f, unsigned number, Area area, bool member, bool left)
{
	static Network networks[] = { NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK, NETWORK_ENHANCED };
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = arena_printf(&f->arena, "clinic%02u", number);
	organisation.name = arena_printf(&f->arena, "第%uクリニック", number);
	organisation.phone = arena_printf(&f->arena, "052-000-%04u", number);
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = area;
	organisation.left = left;
	organisation.networks = networks;
	organisation.n_networks = !member ? 1 : number == 1 ? 3 : 2;
	changed.organisation = &organisation;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
}

/* The daemon's own; no files, unless a test names a folder. */
static struct calendars rota_calendars;

static UNUSED int rota_setup(void **state)
{
	struct fixture *f = new_fixture(&rota_spec);

	rota_calendars = (struct calendars){ .known = false };
	f->context = &rota_calendars;
	fixture_start(f);
	at(f, "2027-01-20T10:00");
	for (unsigned i = 1; i <= CLINICS; i++) {
		clinic(f, i, (Area)(i % 3 + 1), true, false);
		person(f, arena_printf(&f->arena, "doctor%u", i),
		       arena_printf(&f->arena, "clinic%02u", i), PROFESSION_DOCTOR);
	}
	fixture_organisation(f, "centre", ORGANISATION_KIND_SUPPORT_CENTRE, AREA_NORTH, false);
	fixture_organisation(f, "clinic34", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	person(f, "doctor34", "clinic34", PROFESSION_DOCTOR);
	person(f, "helper", "clinic34", PROFESSION_HELPER);
	person(f, "centre-staff", "centre", PROFESSION_CENTRE_STAFF);
	person(f, "administrator", "centre", PROFESSION_ADMINISTRATOR);
	recording_bus_clear(&f->bus);
	*state = f;
	return 0;
}

/* ---- requests ------------------------------------------------------------------------------- */

/* Nine clinics need more than four duties a month, and less than two days of rest. */
static UNUSED Code settings(struct fixture *f, const char *user, uint32_t rest_hours,
			    uint32_t most_a_month, bool by_area)
{
	ShowRotaSettings show = ShowRotaSettings_INIT;
	SetRotaSettings request = SetRotaSettings_INIT;

	assert_int_equal(ask(f, user, &show.base), CODE_OK);
	request.settings = body_of(f, &RotaSettings_descriptor);
	request.settings->rest_hours = rest_hours;
	request.settings->most_a_month = most_a_month;
	request.settings->by_area = by_area;
	return ask(f, user, &request.base);
}

static UNUSED Code generate(struct fixture *f, const char *user, const char *month, uint64_t seed)
{
	GenerateRota request = GenerateRota_INIT;

	request.month = text(f, month);
	request.seed = seed;
	return ask(f, user, &request.base);
}

/* A month that nine clinics can fill. */
static UNUSED RotaGenerated *planned(struct fixture *f)
{
	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	RotaGenerated *generated = body_of(f, &RotaGenerated_descriptor);
	assert_int_equal(generated->n_gaps, 0);
	return generated;
}

static UNUSED Code block(struct fixture *f, const char *user, const char *organisation,
			 const char *date, bool free)
{
	BlockDates request = BlockDates_INIT;
	char *dates[] = { text(f, date) };

	request.organisation = text(f, organisation);
	request.dates = dates;
	request.n_dates = 1;
	request.free = free;
	return ask(f, user, &request.base);
}

static UNUSED Code set(struct fixture *f, const char *user, const char *shift, bool second,
		       const char *organisation, const char *reason)
{
	SetShift request = SetShift_INIT;

	request.shift = text(f, shift);
	request.second = second;
	request.organisation = text(f, organisation);
	request.reason = text(f, reason);
	return ask(f, user, &request.base);
}

static UNUSED Code ask_swap(struct fixture *f, const char *user, const char *shift, bool second,
			    const char *to, const char *in_return)
{
	AskSwap request = AskSwap_INIT;

	request.shift = text(f, shift);
	request.second = second;
	request.to = text(f, to);
	request.in_return = text(f, in_return);
	request.text = text(f, "学会のため");
	return ask(f, user, &request.base);
}

STEP_OF(accept_swap, AcceptSwap)
STEP_OF(decline_swap, DeclineSwap)
STEP_OF(undo_swap, UndoSwap)

/* ---- answers -------------------------------------------------------------------------------- */

static UNUSED ShiftList *shifts_of(struct fixture *f, const char *from, const char *until,
				   const char *organisation)
{
	ListShifts request = ListShifts_INIT;

	request.from = text(f, from);
	request.until = text(f, until);
	request.organisation = text(f, organisation);
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	return body_of(f, &ShiftList_descriptor);
}

static UNUSED Shift *shift_of(struct fixture *f, const char *id)
{
	char *date = text(f, id);

	date[strlen("2027-02-09")] = '\0';
	ShiftList *list = shifts_of(f, date, date, "");
	for (size_t i = 0; i < list->n_items; i++)
		if (!strcmp(list->items[i]->id, id))
			return list->items[i];
	return NULL;
}

static UNUSED GapList *gaps_of(struct fixture *f, uint32_t days)
{
	ListGaps request = ListGaps_INIT;

	request.days = days;
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	return body_of(f, &GapList_descriptor);
}

static UNUSED const Gap *gap_of(const GapList *list, const char *shift, bool second)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (!strcmp(list->items[i]->shift, shift) && list->items[i]->second == second)
			return list->items[i];
	return NULL;
}

static UNUSED Swap *swap_of(struct fixture *f, const char *id)
{
	ListSwaps request = ListSwaps_INIT;

	request.all = true;
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	SwapList *list = body_of(f, &SwapList_descriptor);
	for (size_t i = 0; i < list->n_items; i++)
		if (!strcmp(list->items[i]->id, id))
			return list->items[i];
	return NULL;
}

/* ---- notices -------------------------------------------------------------------------------- */

/* The nth that alert was told since the bus was cleared; NULL: there were not so many. */
static UNUSED RotaNotice *told_alert(struct fixture *f, size_t n)
{
	const Notice *notice = fixture_notice(f, "alert", n);

	if (!notice)
		return NULL;
	assert_string_equal(notice->type, "RotaNotice");
	return fixture_decode(f, &RotaNotice_descriptor, notice->body);
}

static UNUSED ShiftsNotice *told_record(struct fixture *f, size_t n)
{
	const Notice *notice = fixture_notice(f, "record", n);

	if (!notice)
		return NULL;
	assert_string_equal(notice->type, "ShiftsNotice");
	return fixture_decode(f, &ShiftsNotice_descriptor, notice->body);
}

/* What an organisation was told of a subject last since the bus was cleared; -1: nothing. */
static UNUSED int word_to(struct fixture *f, const char *subject, const char *organisation)
{
	RotaNotice *notice;
	int matter = -1;

	for (size_t n = 0; (notice = told_alert(f, n)); n++) {
		for (size_t i = 0; notice->word && i < notice->word->n_told; i++)
			if (!strcmp(notice->word->subject, subject) &&
			    !strcmp(notice->word->told[i]->organisation, organisation))
				matter = (int)notice->word->told[i]->matter;
	}
	return matter;
}

/* Is the last word of a subject one that does not wait? */
static UNUSED bool word_rings(struct fixture *f, const char *subject)
{
	RotaNotice *notice;
	bool urgent = false;

	for (size_t n = 0; (notice = told_alert(f, n)); n++)
		if (notice->word && !strcmp(notice->word->subject, subject))
			urgent = notice->word->told[0]->urgent;
	return urgent;
}

/* A clinic that has neither place of a shift, and none near. NULL: there is none. */
static UNUSED const char *free_clinic(struct fixture *f, const Shift *shift)
{
	char from[DATE_SIZE], until[DATE_SIZE];

	date_day(from, shift->from_ms - 2 * DAY_MS);
	date_day(until, shift->from_ms + 2 * DAY_MS);
	ShiftList *near = shifts_of(f, from, until, "");
	for (unsigned i = 1; i <= CLINICS; i++) {
		const char *id = arena_printf(&f->arena, "clinic%02u", i);
		bool busy = false;
		for (size_t k = 0; k < near->n_items; k++)
			if (llabs(near->items[k]->from_ms - shift->from_ms) < DAY_MS + 12 * HOUR)
				busy |= duty_is(near->items[k], false, id) ||
					duty_is(near->items[k], true, id);
		if (!busy)
			return id;
	}
	return NULL;
}

/* "clinic03" -> "doctor3" */
static UNUSED const char *doctor_of(struct fixture *f, const char *organisation)
{
	return arena_printf(&f->arena, "doctor%d", atoi(organisation + strlen("clinic")));
}

#endif
