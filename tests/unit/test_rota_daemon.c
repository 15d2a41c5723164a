/* If this fails, the rota plans a month that is not kept, tells nobody of it, shows the wrong clinic as
 * on duty, or hides a gap. */
#include "tests/unit/rota_fixture.h"

#define NIGHT MONTH "-09-weekday-night" /* a Tuesday */

/* ---- a month -------------------------------------------------------------------------------- */

static void a_month_is_planned_and_everybody_hears(void **state)
{
	struct fixture *f = *state;
	RotaGenerated *generated = planned(f);

	assert_string_equal(generated->month, MONTH);
	assert_int_equal(generated->shifts,
			 18 + 4 + 2 * 6); /* nights, Saturdays, Sundays and holidays */
	assert_int_equal(generated->places, 2 * generated->shifts);
	assert_int_equal(generated->n_fairness, 3);
	ShiftsNotice *record = told_record(f, 0);
	assert_non_null(record);
	assert_int_equal(record->n_shifts, generated->shifts);
	assert_int_equal(record->shifts[0]->n_duties, 2);
	RotaNotice *alert = told_alert(f, 0);
	assert_int_equal(alert->n_shifts, generated->shifts);
	assert_int_equal(alert->word->n_told, CLINICS);
	assert_int_equal(word_to(f, MONTH, "clinic03"), MATTER_DUTIES_PLANNED);
	ShiftList *list = shifts_of(f, MONTH "-01", MONTH "-28", "");
	assert_int_equal(list->n_items, generated->shifts);
	assert_int_equal(list->items[0]->sequence, 0);
	for (size_t i = 0; i < list->n_items; i++)
		assert_true(*list->items[i]->first && *list->items[i]->second);
	fixture_rebuild(f);
}

static void the_same_again_changes_nothing(void **state)
{
	struct fixture *f = *state;

	planned(f);
	uint64_t position = shift_of(f, NIGHT)->position;
	recording_bus_clear(&f->bus);
	assert_int_equal(generate(f, "centre-staff", MONTH, 1), CODE_OK);
	assert_null(told_record(f, 0));
	assert_int_equal(shift_of(f, NIGHT)->position, position);
	assert_int_equal(shift_of(f, NIGHT)->sequence, 0);
}

/* What was set by hand or swapped stays, and the other shifts make room for it. */
static void generate_leaves_what_was_set_by_hand(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const char *other = free_clinic(f, shift_of(f, NIGHT));
	assert_non_null(other);
	assert_int_equal(set(f, "administrator", NIGHT, true, other, "希望のため"), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 77), CODE_OK);
	const Shift *shift = shift_of(f, NIGHT);
	assert_string_equal(shift->second, other);
	assert_true(shift->by_hand);
	GapList *gaps = gaps_of(f, 0);
	for (size_t i = 0; i < gaps->n_items; i++) /* of January and March there is no plan */
		assert_int_equal(gaps->items[i]->reason, GAP_REASON_NOT_PLANNED);
}

static void what_has_begun_is_not_planned_anew(void **state)
{
	struct fixture *f = *state;

	planned(f);
	Shift *before = shift_of(f, NIGHT);
	at(f, MONTH "-09T18:00");
	for (uint64_t seed = 2; seed < 6; seed++)
		assert_int_equal(generate(f, "administrator", MONTH, seed), CODE_OK);
	Shift *after = shift_of(f, NIGHT);
	assert_int_equal(after->position, before->position);
	assert_string_equal(after->first, before->first);
	assert_string_equal(after->second, before->second);
	fixture_rebuild(f);
}

/* Nobody plans into the past: what began without a plan stays as it was. */
static void a_month_that_runs_is_planned_from_now_on(void **state)
{
	struct fixture *f = *state;

	at(f, MONTH "-15T12:00");
	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	assert_null(shift_of(f, NIGHT));
	assert_non_null(shift_of(f, MONTH "-15-weekday-night"));
	at(f, "2027-03-02T12:00");
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_FAILED_PRECONDITION);
}

static void blocked_days_are_kept(void **state)
{
	struct fixture *f = *state;
	char date[] = MONTH "-00";

	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	for (int day = 1; day <= 28; day += 2) {
		snprintf(date, sizeof(date), MONTH "-%02d", day);
		assert_int_equal(block(f, "doctor2", "", date, false), CODE_OK);
	}
	assert_int_equal(block(f, "administrator", "clinic02", MONTH "-01", true), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	ShiftList *list = shifts_of(f, MONTH "-02", MONTH "-28", "clinic02");
	assert_true(list->n_items > 0);
	for (size_t i = 0; i < list->n_items; i++)
		assert_int_equal(atoi(list->items[i]->date + 8) % 2, 0);
	ListBlocks request = ListBlocks_INIT;
	request.month = text(f, MONTH);
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	assert_int_equal(((BlockList *)body_of(f, &BlockList_descriptor))->n_items, 13);
	request.organisation = text(f, "clinic03");
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	assert_int_equal(((BlockList *)body_of(f, &BlockList_descriptor))->n_items, 0);
	fixture_rebuild(f);
}

/* A named gap with the reason, never a silent hole. */
static void what_cannot_be_filled_is_a_named_gap(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	for (unsigned i = 2; i <= CLINICS; i++)
		assert_int_equal(
			block(f, arena_printf(&f->arena, "doctor%u", i), "", MONTH "-09", false),
			CODE_OK);
	recording_bus_clear(&f->bus);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	RotaGenerated *generated = body_of(f, &RotaGenerated_descriptor);
	assert_int_equal(generated->n_gaps, 1);
	const Gap *gap = generated->gaps[0];
	assert_string_equal(gap->shift, NIGHT);
	assert_int_equal(gap->reason, GAP_REASON_NOBODY_LEFT); /* clinic01 has the other place */
	assert_non_null(strstr(gap->detail_ja, "不可日：第2クリニック"));
	assert_non_null(strstr(gap->detail_en, "Blocked: 第2クリニック"));
	bool second = gap->second;
	fixture_pass(f, 0);
	assert_int_equal(word_to(f, NIGHT, ""), MATTER_SHIFT_GAP);
	const Gap *listed = gap_of(gaps_of(f, 0), NIGHT, second);
	assert_non_null(listed);
	assert_int_equal(listed->reason, GAP_REASON_NOBODY_LEFT);
	assert_non_null(strstr(listed->detail_ja, "不可日"));
	/* Somebody takes it after all, although they have blocked the day. */
	const char *other = free_clinic(f, shift_of(f, NIGHT));
	assert_int_equal(set(f, "administrator", NIGHT, second, other, "頼んだ"), CODE_OK);
	assert_int_equal(gap_of(gaps_of(f, 0), NIGHT, second)->reason, GAP_REASON_ON_BLOCKED_DAY);
	fixture_rebuild(f);
}

static void long_name(struct fixture *f, unsigned number)
{
	static Network networks[] = { NETWORK_ROUND_THE_CLOCK };
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = arena_printf(&f->arena, "clinic%02u", number);
	organisation.name = arena_printf(&f->arena, "医療法人社団在宅医療推進会第%u訪問診療クリニック",
					 number);
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = (Area)(number % 3 + 1);
	organisation.networks = networks;
	organisation.n_networks = 1;
	changed.organisation = &organisation;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
}

/* Day by day, so that each page is small. */
static size_t listed_gaps(struct fixture *f, uint32_t days)
{
	size_t n = gaps_of(f, 1)->n_items; /* of today, and of what began yesterday */
	ListGaps request = ListGaps_INIT;
	int64_t today = (f->clock.wall_ms + JAPAN_OFFSET_MS) / DAY_MS;

	for (request.days = 2; request.days <= days; request.days++) {
		uint64_t yesterday = (uint64_t)today + request.days - 2;
		assert_int_equal(ask_after(f, "helper", &request.base, yesterday, false), CODE_OK);
		n += ((GapList *)body_of(f, &GapList_descriptor))->n_items;
	}
	return n;
}

/* Each gap says who blocked, rests or has the maximum: of a month with hundreds of them that is more
 * than fits into one message. */
static void hundreds_of_gaps_are_answered(void **state)
{
	struct fixture *f = *state;
	ListGaps request = ListGaps_INIT;
	size_t gaps = 0, pages = 0, detailed = 0;

	for (unsigned i = 1; i <= 60; i++)
		long_name(f, i);
	assert_int_equal(settings(f, "administrator", 336, 1, true), CODE_OK);
	for (unsigned i = 1; i <= 60; i += 2)
		for (unsigned day = 1; day <= 28; day++)
			assert_int_equal(block(f, "administrator",
					       arena_printf(&f->arena, "clinic%02u", i),
					       arena_printf(&f->arena, MONTH "-%02u", day), false),
					 CODE_OK);
	for (unsigned month = 2; month <= 3; month++)
		assert_int_equal(generate(f, "administrator",
					  arena_printf(&f->arena, "2027-%02u", month), 1),
				 CODE_OK);
	RotaGenerated *generated = body_of(f, &RotaGenerated_descriptor);
	assert_true(generated->n_gaps > 100);
	for (uint64_t after = 0; after || !pages; pages++) {
		assert_int_equal(ask_after(f, "helper", &request.base, after, false), CODE_OK);
		GapList *list = body_of(f, &GapList_descriptor);
		for (size_t i = 0; i < list->n_items; i++)
			detailed += *list->items[i]->detail_ja != '\0';
		gaps += list->n_items;
		after = f->reply->more ? f->reply->position : 0;
	}
	assert_true(pages > 1);
	assert_true(gaps > 300); /* none is left out where two pages meet, or told twice */
	assert_int_equal(gaps, listed_gaps(f, 60));
	assert_true(detailed > 200);
}

static void the_year_so_far_counts(void **state)
{
	struct fixture *f = *state;
	unsigned had[CLINICS + 1] = { 0 };

	planned(f);
	assert_int_equal(generate(f, "administrator", "2027-03", 1), CODE_OK);
	RotaGenerated *generated = body_of(f, &RotaGenerated_descriptor);
	for (size_t i = 0; i < generated->n_fairness; i++)
		assert_true(generated->fairness[i]->within_one);
	ShiftList *list = shifts_of(f, MONTH "-01", "2027-03-31", "");
	for (size_t i = 0; i < list->n_items; i++)
		for (int second = 0; second < 2; second++)
			if (list->items[i]->kind == SHIFT_KIND_WEEKDAY_NIGHT)
				had[atoi(duty_holder(list->items[i], second) + 6)]++;
	for (unsigned i = 2; i <= CLINICS; i++) /* of weight 1; clinic01's is 2 */
		assert_true(abs((int)had[i] - (int)had[2]) <= 1);
	assert_true(had[1] >= 2 * had[2] - 2);
}

/* ---- settings by area ----------------------------------------------------------------------- */

static void another_calendar_takes_the_place_of_the_old(void **state)
{
	struct fixture *f = *state;

	planned(f);
	assert_int_equal(settings(f, "administrator", 12, 31, true), CODE_OK);
	recording_bus_clear(&f->bus);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	ShiftsNotice *told = told_record(f, 0);
	size_t dropped = 0, by_area = 0;
	for (size_t i = 0; i < told->n_shifts; i++) {
		dropped += told->shifts[i]->n_duties == 0 && !told->shifts[i]->area;
		by_area += told->shifts[i]->area != AREA_UNSPECIFIED;
	}
	assert_int_equal(dropped, 34);
	assert_int_equal(by_area, 3 * 34);
	assert_true(shift_of(f, NIGHT)->dropped);
	const Shift *north = shift_of(f, NIGHT "-north");
	assert_int_equal(north->area, AREA_NORTH);
	ShowDuty request = ShowDuty_INIT;
	request.at_ms = north->from_ms;
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	DutyShown *shown = body_of(f, &DutyShown_descriptor);
	assert_int_equal(shown->n_items, 3);
	request.area = AREA_SOUTH;
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	shown = body_of(f, &DutyShown_descriptor);
	assert_int_equal(shown->n_items, 1);
	assert_int_equal(shown->items[0]->first->area, AREA_SOUTH);
	/* And back: the same id again, with a higher sequence than it ever had. */
	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	assert_false(shift_of(f, NIGHT)->dropped);
	assert_int_equal(shift_of(f, NIGHT)->sequence, 2);
	fixture_rebuild(f);
}

/* The calendar of before is back, and one of its shifts is set by hand before anybody plans: a calendar
 * program takes it only with a higher sequence. */
static void a_dropped_shift_comes_back_by_hand(void **state)
{
	struct fixture *f = *state;

	planned(f);
	assert_int_equal(settings(f, "administrator", 12, 31, true), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	const Shift *dropped = shift_of(f, NIGHT);
	assert_true(dropped->dropped);
	assert_int_equal(set(f, "administrator", NIGHT, false, "clinic01", "頼んだ"), CODE_NOT_FOUND);
	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	assert_int_equal(set(f, "administrator", NIGHT, false, "clinic01", "頼んだ"), CODE_OK);
	const Shift *back = shift_of(f, NIGHT);
	assert_false(back->dropped);
	assert_string_equal(back->first, "clinic01");
	assert_int_equal(back->sequence, 2);
	assert_int_equal(back->n_given_away_second, 1);
	fixture_rebuild(f);
}

/* The month's first half was planned for the city; the maximum is of the month. */
static void what_has_begun_counts_by_any_calendar(void **state)
{
	struct fixture *f = *state;
	unsigned duties[CLINICS + 1] = {0};

	planned(f);
	at(f, MONTH "-15T12:00");
	assert_int_equal(settings(f, "administrator", 1, 6, true), CODE_OK);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	ShiftList *list = shifts_of(f, MONTH "-01", MONTH "-28", "");
	for (size_t i = 0; i < list->n_items; i++)
		for (int second = 0; second < 2; second++)
			if (*duty_holder(list->items[i], second))
				duties[atoi(duty_holder(list->items[i], second) + 6)]++;
	for (unsigned i = 2; i <= CLINICS; i++) /* of weight 1 */
		assert_in_range(duties[i], 1, 6);
}

/* ---- who is on duty ------------------------------------------------------------------------- */

static OnDuty *now_of(struct fixture *f)
{
	ShowDuty request = ShowDuty_INIT;

	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	DutyShown *shown = body_of(f, &DutyShown_descriptor);
	assert_int_equal(shown->n_items, 1);
	return shown->items[0];
}

static void now_tells_who_how_and_until_when(void **state)
{
	struct fixture *f = *state;
	ShowDuty nothing = ShowDuty_INIT;

	assert_int_equal(ask(f, "helper", &nothing.base), CODE_OK);
	assert_int_equal(((DutyShown *)body_of(f, &DutyShown_descriptor))->n_items, 0);
	planned(f);
	at(f, MONTH "-09T17:59:59");
	OnDuty *duty = now_of(f);
	assert_null(duty->now);
	assert_string_equal(duty->next->id, NIGHT);
	assert_non_null(duty->next_first);
	fixture_pass(f, 1000);
	duty = now_of(f);
	assert_string_equal(duty->now->id, NIGHT);
	assert_string_equal(duty->first->id, duty->now->first);
	assert_true(*duty->first->phone && *duty->second->phone);
	assert_int_equal(duty->n_first_people, 1);
	assert_string_equal(duty->first_people[0]->organisation, duty->now->first);
	assert_string_equal(duty->next->id, MONTH "-10-weekday-night");
	at(f, MONTH "-10T07:59:59.999");
	assert_string_equal(now_of(f)->now->id, NIGHT);
	at(f, MONTH "-10T08:00");
	assert_null(now_of(f)->now);
}

/* Nobody says that the clinics are open where it is only that nobody has planned the night. */
static void a_night_without_a_plan_is_a_gap(void **state)
{
	struct fixture *f = *state;

	at(f, "2027-01-20T20:00");
	OnDuty *duty = now_of(f);
	assert_string_equal(duty->now->id, "2027-01-20-weekday-night");
	assert_string_equal(duty->now->first, "");
	assert_int_equal(duty->now->first_gap, GAP_REASON_NOT_PLANNED);
	assert_int_equal(duty->now->second_gap, GAP_REASON_NOT_PLANNED);
	assert_null(duty->first);
	assert_null(duty->next);
	planned(f); /* of February */
	at(f, "2027-01-31T07:59");
	duty = now_of(f);
	assert_string_equal(duty->now->id, "2027-01-30-saturday-afternoon");
	assert_string_equal(duty->next->id, MONTH "-01-weekday-night");
	assert_int_equal(settings(f, "administrator", 12, 31, true), CODE_OK);
	ShowDuty request = ShowDuty_INIT;
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	DutyShown *shown = body_of(f, &DutyShown_descriptor);
	assert_int_equal(shown->n_items, 3);
	assert_string_equal(shown->items[1]->now->id, "2027-01-30-saturday-afternoon-west");
	assert_int_equal(shown->items[1]->now->first_gap, GAP_REASON_NOT_PLANNED);
}

/* The last that was told on state/<row>; NULL: nothing since the bus was cleared. */
static DutyState *state_told(struct fixture *f, const char *row)
{
	char topic[64];
	DutyState *last = NULL;
	const Push *push;

	snprintf(topic, sizeof(topic), "rota/state/%s", row);
	for (size_t n = 0; (push = fixture_said(f, &Push_descriptor, topic, n)); n++) {
		assert_string_equal(push->type, "DutyState");
		last = fixture_decode(f, &DutyState_descriptor, push->body);
	}
	return last;
}

/* The areas get their own clinics in the middle of a night: until the morning the city's are theirs, on
 * every screen and for a telephone switch; and what is planned for the city is no gap. */
static void the_city_s_shift_is_every_area_s_until_it_ends(void **state)
{
	struct fixture *f = *state;
	ShowDuty request = ShowDuty_INIT;

	planned(f);
	at(f, MONTH "-09T20:00");
	size_t gaps = gaps_of(f, 0)->n_items;
	assert_int_equal(settings(f, "administrator", 12, 31, true), CODE_OK);
	assert_int_equal(gaps_of(f, 5)->n_items, 0);
	assert_true(gaps_of(f, 0)->n_items > gaps); /* of a month without a plan, by area */
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	fixture_pass(f, 0);
	const DutyState *west = state_told(f, "west");
	const Shift *night = shift_of(f, NIGHT);
	assert_string_equal(west->first, night->first);
	assert_int_equal(west->until_ms, night->until_ms);
	assert_int_equal(ask(f, "helper", &request.base), CODE_OK);
	DutyShown *shown = body_of(f, &DutyShown_descriptor);
	assert_int_equal(shown->n_items, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(shown->items[i]->area, AREA_NORTH + i);
		assert_string_equal(shown->items[i]->now->id, NIGHT);
		assert_int_equal(shown->items[i]->next->area, AREA_NORTH + i);
	}
	/* The city's shift is moved: the areas hear of it. */
	const char *other = free_clinic(f, night);
	assert_int_equal(set(f, "administrator", NIGHT, false, other, "急病"), CODE_OK);
	fixture_pass(f, 0);
	assert_string_equal(state_told(f, "south")->first, other);
	at(f, MONTH "-10T08:00");
	assert_int_equal(state_told(f, "south")->until_ms, 0);
	/* And back: each area has its own plan. */
	assert_int_equal(settings(f, "administrator", 12, 31, false), CODE_OK);
	GapList *left = gaps_of(f, 5);
	for (size_t i = 0; i < left->n_items; i++)
		assert_int_not_equal(left->items[i]->reason, GAP_REASON_NOT_PLANNED);
	fixture_rebuild(f);
}

static void the_public_state_follows_the_hour(void **state)
{
	struct fixture *f = *state;

	planned(f);
	fixture_pass(f, 0);
	assert_int_equal(state_told(f, "city")->until_ms,
			 0); /* nobody is on duty at ten in the morning */
	at(f, MONTH "-09T17:59:59");
	recording_bus_clear(&f->bus);
	fixture_pass(f, 999);
	assert_null(state_told(f, "city"));
	fixture_pass(f, 1);
	const DutyState *told = state_told(f, "city");
	assert_non_null(told);
	const Shift *shift = shift_of(f, NIGHT);
	assert_string_equal(told->first, shift->first);
	assert_int_equal(told->until_ms, shift->until_ms);
	assert_int_equal(strncmp(told->first_phone, "052-000-", 8), 0);
	/* A clinic's phone changes; somebody takes the shift in the middle of it. */
	recording_bus_clear(&f->bus);
	fixture_organisation(f, shift->first, ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	fixture_pass(f, 0);
	assert_string_equal(state_told(f, "city")->first_phone, FIXTURE_PHONE);
	const char *other = free_clinic(f, shift);
	assert_int_equal(set(f, "administrator", NIGHT, false, other, "急病"), CODE_OK);
	fixture_pass(f, 0);
	assert_string_equal(state_told(f, "city")->first, other);
	at(f, MONTH "-10T08:00");
	assert_int_equal(state_told(f, "city")->until_ms, 0);
	fixture_rebuild(f);
}

/* Set back and forth, also while somebody is on duty: a telephone switch must not ring who is not. */
static void the_public_state_survives_a_clock_that_is_set(void **state)
{
	struct fixture *f = *state;

	planned(f);
	at(f, MONTH "-09T20:00");
	recording_bus_clear(&f->bus);
	f->clock.wall_ms += DAY_MS;
	fixture_pass(f, 10000);
	fixture_pass(f, 0);
	const DutyState *told = state_told(f, "city");
	assert_string_equal(told->first, shift_of(f, MONTH "-10-weekday-night")->first);
	recording_bus_clear(&f->bus);
	f->clock.wall_ms -= 2 * DAY_MS - 12 * HOUR; /* 9 February, 8:00 */
	fixture_pass(f, 10000);
	fixture_pass(f, 0);
	assert_int_equal(state_told(f, "city")->until_ms, 0);
	at(f, MONTH "-09T18:00");
	fixture_pass(f, 0);
	told = state_told(f, "city");
	assert_string_equal(told->first, shift_of(f, NIGHT)->first);
	fixture_rebuild(f);
}

/* ---- the week ------------------------------------------------------------------------------- */

static void each_monday_the_weeks_duties_are_told(void **state)
{
	struct fixture *f = *state;
	int words[CLINICS + 1];

	planned(f);
	at(f, MONTH "-08T06:59");
	recording_bus_clear(&f->bus);
	fixture_pass(f, MINUTE - 1);
	assert_int_equal(word_to(f, MONTH "-08", "clinic01"), -1);
	fixture_pass(f, 1);
	for (unsigned i = 1; i <= CLINICS; i++) {
		const char *id = arena_printf(&f->arena, "clinic%02u", i);
		words[i] = word_to(f, MONTH "-08", id);
	}
	int to_centre = word_to(f, MONTH "-08", "");
	for (unsigned i = 1; i <= CLINICS; i++) {
		const char *id = arena_printf(&f->arena, "clinic%02u", i);
		bool on_duty = shifts_of(f, MONTH "-08", MONTH "-14", id)->n_items > 0;
		assert_int_equal(words[i], on_duty ? MATTER_DUTIES_OF_WEEK : -1);
	}
	assert_int_equal(to_centre, -1); /* the week after next is planned */
	/* A Monday on which the service was down is told when it is back; of the weeks before, nothing. */
	fixture_stop(f);
	test_clock_advance(&f->clock, 15 * DAY_MS);
	recording_bus_clear(&f->bus);
	fixture_start(f);
	fixture_pass(f, 0);
	assert_int_equal(word_to(f, MONTH "-15", "clinic01"), -1);
	assert_int_equal(word_to(f, MONTH "-22", "clinic01"), MATTER_DUTIES_OF_WEEK);
	assert_int_equal(word_to(f, MONTH "-15", ""), -1);
	assert_int_equal(word_to(f, MONTH "-22", ""), MATTER_PLAN_ENDS);
	fixture_rebuild(f);
}

/* ---- gaps ----------------------------------------------------------------------------------- */

static void gaps_list_what_nobody_has_planned(void **state)
{
	struct fixture *f = *state;

	planned(f);
	GapList *gaps = gaps_of(f, 12); /* 20 to 31 January */
	assert_true(gaps->n_items > 20);
	for (size_t i = 0; i < gaps->n_items; i++) {
		assert_int_equal(gaps->items[i]->reason, GAP_REASON_NOT_PLANNED);
		assert_int_equal(strncmp(gaps->items[i]->date, "2027-01-", 8), 0);
		assert_true(!i || gaps->items[i]->from_ms >= gaps->items[i - 1]->from_ms);
	}
	/* Of long times in pages, which join. */
	ListGaps request = ListGaps_INIT;
	size_t items = 0, pages = 0;
	request.days = 400;
	for (uint64_t after = 0; after || !pages; pages++) {
		assert_int_equal(ask_after(f, "helper", &request.base, after, false), CODE_OK);
		items += ((GapList *)body_of(f, &GapList_descriptor))->n_items;
		after = f->reply->more ? f->reply->position : 0;
	}
	assert_true(pages > 3);
	assert_true(items > 2 * (400 - 28));
	/* A cursor that no page gave leads nowhere else. */
	assert_int_equal(ask_after(f, "helper", &request.base, INT64_MAX, false), CODE_OK);
	assert_int_equal(((GapList *)body_of(f, &GapList_descriptor))->n_items, 0);
	assert_int_equal(ask_after(f, "helper", &request.base, UINT64_MAX - 5, false), CODE_OK);
	assert_int_equal(((GapList *)body_of(f, &GapList_descriptor))->n_items, 0);
	assert_false(f->reply->more);
	assert_int_equal(ask_after(f, "helper", &request.base, 1, false), CODE_OK);
	gaps = body_of(f, &GapList_descriptor);
	assert_int_equal(strncmp(gaps->items[0]->date, "2027-01-", 8), 0);
	request.days = 401;
	assert_int_equal(ask(f, "helper", &request.base), CODE_INVALID_ARGUMENT);
}

static void conflicts_are_listed_and_the_centre_is_told(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	/* A block that comes too late, a clinic that leaves, both places, too little rest. */
	assert_int_equal(block(f, doctor_of(f, night->first), "", MONTH "-09", false), CODE_OK);
	fixture_pass(f, 0);
	assert_int_equal(word_to(f, NIGHT, ""), MATTER_SHIFT_GAP);
	const Gap *gap = gap_of(gaps_of(f, 0), NIGHT, false);
	assert_int_equal(gap->reason, GAP_REASON_ON_BLOCKED_DAY);
	assert_string_equal(gap->organisation, night->first);

	assert_int_equal(set(f, "administrator", NIGHT, true, night->first, "人手不足"), CODE_OK);
	fixture_pass(f, 0);
	assert_int_equal(gap_of(gaps_of(f, 0), NIGHT, true)->reason, GAP_REASON_BOTH_PLACES);

	const Shift *next = shift_of(f, MONTH "-10-weekday-night");
	assert_int_equal(settings(f, "administrator", 48, 31, false), CODE_OK);
	assert_int_equal(set(f, "administrator", next->id, false, night->first, "人手不足"),
			 CODE_OK);
	gap = gap_of(gaps_of(f, 0), next->id, false);
	assert_int_equal(gap->reason, GAP_REASON_REST_TOO_SHORT);
	assert_non_null(strstr(gap->detail_ja, "48時間"));

	assert_int_equal(set(f, "administrator", MONTH "-16-weekday-night", false, "", "未定"),
			 CODE_OK);
	gap = gap_of(gaps_of(f, 0), MONTH "-16-weekday-night", false);
	assert_int_equal(gap->reason, GAP_REASON_REMOVED_BY_HAND);
	assert_string_equal(gap->detail_ja, "未定");
	fixture_rebuild(f);
}

static void who_leaves_leaves_a_gap_that_can_be_filled(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	unsigned number = (unsigned)atoi(night->second + 6);
	assert_int_equal(set(f, "administrator", NIGHT, true, night->second, "決まり"), CODE_OK);
	recording_bus_clear(&f->bus);
	clinic(f, number, AREA_NORTH, false, false); /* no longer in this network */
	for (int i = 0; i < 40; i++)
		fixture_pass(f, 0);
	assert_int_equal(word_to(f, NIGHT, ""), MATTER_SHIFT_GAP);
	assert_int_equal(gap_of(gaps_of(f, 0), NIGHT, true)->reason, GAP_REASON_CLINIC_LEFT);
	assert_int_equal(generate(f, "administrator", MONTH, 1), CODE_OK);
	recording_bus_clear(&f->bus);
	for (int i = 0; i < 40; i++)
		fixture_pass(f, 0);
	assert_int_equal(word_to(f, NIGHT, ""), MATTER_UNSPECIFIED); /* it leaves their inbox */
	assert_null(gap_of(gaps_of(f, 0), NIGHT, true));
	assert_string_not_equal(shift_of(f, NIGHT)->second, night->second);
	fixture_rebuild(f);
}

/* ---- by hand -------------------------------------------------------------------------------- */

static void an_administrator_sets_a_shift_by_hand(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *other = free_clinic(f, night);
	assert_int_equal(set(f, "administrator", NIGHT, false, other, "本人の希望"), CODE_OK);
	assert_int_equal(word_to(f, NIGHT, other), MATTER_DUTY_YOURS);
	assert_int_equal(word_to(f, NIGHT, night->first), MATTER_DUTY_NOT_YOURS);
	const Shift *after = shift_of(f, NIGHT);
	assert_string_equal(after->first, other);
	assert_string_equal(after->reason, "本人の希望");
	assert_int_equal(after->sequence, 1);
	assert_int_equal(after->n_earlier, 0);
	assert_int_equal(after->n_given_away_first, 1);
	assert_string_equal(after->given_away_first[0], night->first);
	/* The clinic that gave it away still finds it, for its calendar. */
	ShiftList *list = shifts_of(f, MONTH "-09", MONTH "-09", night->first);
	assert_int_equal(list->n_items, 1);
	/* First and second change places. */
	assert_int_equal(set(f, "administrator", NIGHT, false, night->second, "逆に"), CODE_OK);
	assert_int_equal(word_to(f, NIGHT, night->second), MATTER_DUTY_MOVED);
	fixture_rebuild(f);
}

static void a_shift_that_runs_keeps_who_had_it_until_now(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const Shift *night = shift_of(f, NIGHT);
	const char *other = free_clinic(f, night);
	at(f, MONTH "-09T23:00");
	assert_int_equal(set(f, "administrator", NIGHT, false, other, "急病"), CODE_OK);
	ShiftsNotice *told = told_record(f, 0);
	assert_int_equal(told->n_shifts, 1);
	assert_int_equal(told->shifts[0]->n_duties, 3);
	const Duty *earlier = told->shifts[0]->duties[0];
	assert_string_equal(earlier->organisation, night->first);
	assert_int_equal(earlier->until_ms, f->clock.wall_ms);
	const Duty *now = told->shifts[0]->duties[1];
	assert_string_equal(now->organisation, other);
	assert_int_equal(now->from_ms, f->clock.wall_ms);
	assert_int_equal(now->until_ms, night->until_ms);
	assert_int_equal(shift_of(f, NIGHT)->n_given_away_first, 0);
	at(f, MONTH "-10T08:00");
	assert_int_equal(set(f, "administrator", NIGHT, false, "clinic01", "後から"),
			 CODE_FAILED_PRECONDITION);
	fixture_rebuild(f);
}

static void a_shift_can_be_set_before_there_is_a_plan(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, "administrator", NIGHT, true, "clinic02", "先に決める"), CODE_OK);
	const Shift *shift = shift_of(f, NIGHT);
	assert_string_equal(shift->second, "clinic02");
	assert_int_equal(shift->first_gap, GAP_REASON_NOT_PLANNED);
	planned(f);
	assert_string_equal(shift_of(f, NIGHT)->second, "clinic02");
	assert_true(*shift_of(f, NIGHT)->first);
	assert_int_equal(set(f, "administrator", MONTH "-09-holiday-day", false, "clinic02", "-"),
			 CODE_NOT_FOUND);
	assert_int_equal(set(f, "administrator", "nonsense", false, "clinic02", "-"),
			 CODE_NOT_FOUND);
}

/* ---- refusals ------------------------------------------------------------------------------- */

static void only_those_who_may_do_it_do_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(generate(f, "doctor1", MONTH, 1), CODE_PERMISSION_DENIED);
	assert_int_equal(settings(f, "centre-staff", 48, 4, false), CODE_PERMISSION_DENIED);
	assert_int_equal(set(f, "centre-staff", NIGHT, false, "clinic01", "x"),
			 CODE_PERMISSION_DENIED);
	assert_int_equal(block(f, "doctor1", "clinic02", MONTH "-09", false),
			 CODE_PERMISSION_DENIED);
	assert_int_equal(block(f, "helper", "", MONTH "-09", false), CODE_PERMISSION_DENIED);
	assert_int_equal(block(f, "doctor34", "", MONTH "-09", false), CODE_FAILED_PRECONDITION);
	assert_int_equal(generate(f, "centre-staff", MONTH, 1), CODE_OK);
}

static void what_makes_no_sense_is_refused_by_name(void **state)
{
	struct fixture *f = *state;
	const struct {
		const char *month;
		Code code;
	} months[] = {
		{ "2027-13", CODE_INVALID_ARGUMENT },
		{ "", CODE_INVALID_ARGUMENT },
		{ "2026-12", CODE_FAILED_PRECONDITION },
		{ "2030-01", CODE_INVALID_ARGUMENT },
	};

	for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++) {
		assert_int_equal(generate(f, "administrator", months[i].month, 1), months[i].code);
		assert_string_equal(f->reply->field, "month");
	}
	const struct {
		const char *date;
		const char *field;
	} dates[] = {
		{ "2027-02-30", "dates[0]" },
		{ "2027-01-19", "dates[0]" },
		{ "2030-01-01", "dates[0]" },
	};
	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
		assert_int_equal(block(f, "doctor1", "", dates[i].date, false),
				 CODE_INVALID_ARGUMENT);
		assert_string_equal(f->reply->field, dates[i].field);
	}
	assert_int_equal(block(f, "doctor1", "", "2027-01-20", false), CODE_OK); /* today */
	assert_int_equal(settings(f, "administrator", 0, 4, false), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "settings.rest_hours");
	assert_int_equal(settings(f, "administrator", 48, 32, false), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "settings.most_a_month");
	planned(f);
	assert_int_equal(set(f, "administrator", NIGHT, false, "clinic01", " "),
			 CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "reason");
	assert_int_equal(set(f, "administrator", NIGHT, false, "clinic34", "x"),
			 CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "organisation");
	ListShifts list = ListShifts_INIT;
	list.from = text(f, "2027-2-1");
	assert_int_equal(ask(f, "helper", &list.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "from");
}

/* What is due is nobody's to ask for. */
static void due_work_is_no_request(void **state)
{
	struct fixture *f = *state;
	WeekDue week = WeekDue_INIT;
	SwapDue swap = SwapDue_INIT;
	GapsDue gaps = GapsDue_INIT;
	DutyStateDue duty = DutyStateDue_INIT;
	const ProtobufCMessage *const due[] = { &week.base, &swap.base, &gaps.base, &duty.base };

	for (size_t i = 0; i < sizeof(due) / sizeof(*due); i++)
		assert_int_equal(ask(f, "administrator", due[i]), CODE_UNIMPLEMENTED);
}

static void lists_refuse_what_is_nobody_and_never(void **state)
{
	struct fixture *f = *state;
	ListShifts shifts = ListShifts_INIT;
	ListBlocks blocks = ListBlocks_INIT;

	shifts.organisation = blocks.organisation = text(f, "clinic99");
	assert_int_equal(ask(f, "helper", &shifts.base), CODE_NOT_FOUND);
	assert_int_equal(ask(f, "helper", &blocks.base), CODE_NOT_FOUND);
	shifts.organisation = blocks.organisation = text(f, "clinic34"); /* takes no part */
	assert_int_equal(ask(f, "helper", &shifts.base), CODE_OK);
	assert_int_equal(ask(f, "helper", &blocks.base), CODE_OK);
	shifts.from = text(f, MONTH "-02");
	shifts.until = text(f, MONTH "-01");
	assert_int_equal(ask(f, "helper", &shifts.base), CODE_INVALID_ARGUMENT);
	shifts.until = text(f, MONTH "-02");
	assert_int_equal(ask(f, "helper", &shifts.base), CODE_OK);
}

/* ---- watches -------------------------------------------------------------------------------- */

static void who_watches_the_rota_sees_what_changes(void **state)
{
	struct fixture *f = *state;
	ListShifts request = ListShifts_INIT;

	planned(f);
	request.from = text(f, MONTH "-01");
	request.until = text(f, MONTH "-28");
	assert_int_equal(ask_after(f, "helper", &request.base, 0, true), CODE_OK);
	const char *other = free_clinic(f, shift_of(f, NIGHT));
	assert_int_equal(set(f, "administrator", NIGHT, false, other, "希望"), CODE_OK);
	const Push *push = fixture_push(f, "helper", 0);
	assert_non_null(push);
	ShiftList *list = fixture_decode(f, &ShiftList_descriptor, push->body);
	assert_int_equal(list->n_items, 1);
	assert_string_equal(list->items[0]->first, other);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, rota_setup, free_fixture)
	const struct CMUnitTest tests[] = {
		TEST(a_month_is_planned_and_everybody_hears),
		TEST(the_same_again_changes_nothing),
		TEST(generate_leaves_what_was_set_by_hand),
		TEST(what_has_begun_is_not_planned_anew),
		TEST(a_month_that_runs_is_planned_from_now_on),
		TEST(blocked_days_are_kept),
		TEST(what_cannot_be_filled_is_a_named_gap),
		TEST(hundreds_of_gaps_are_answered),
		TEST(the_year_so_far_counts),
		TEST(another_calendar_takes_the_place_of_the_old),
		TEST(what_has_begun_counts_by_any_calendar),
		TEST(a_dropped_shift_comes_back_by_hand),
		TEST(now_tells_who_how_and_until_when),
		TEST(a_night_without_a_plan_is_a_gap),
		TEST(the_city_s_shift_is_every_area_s_until_it_ends),
		TEST(the_public_state_follows_the_hour),
		TEST(the_public_state_survives_a_clock_that_is_set),
		TEST(each_monday_the_weeks_duties_are_told),
		TEST(gaps_list_what_nobody_has_planned),
		TEST(conflicts_are_listed_and_the_centre_is_told),
		TEST(who_leaves_leaves_a_gap_that_can_be_filled),
		TEST(an_administrator_sets_a_shift_by_hand),
		TEST(a_shift_that_runs_keeps_who_had_it_until_now),
		TEST(a_shift_can_be_set_before_there_is_a_plan),
		TEST(only_those_who_may_do_it_do_it),
		TEST(what_makes_no_sense_is_refused_by_name),
		TEST(due_work_is_no_request),
		TEST(lists_refuse_what_is_nobody_and_never),
		TEST(who_watches_the_rota_sees_what_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
