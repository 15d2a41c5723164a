/* If this failed, a state that makes no sense would stand on the board, one that does would be
 * refused, or hours would be counted to the wrong day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "services/board/rules.h"

#define NOW 1790000000000
#define HOUR (3600 * 1000LL)

struct fixture {
	struct arena arena;
	struct refusal refusal;
	struct input in;
	Capacity row, said;
	FreeVisits visits;
	FreeBeds beds[21], *bed_list[21];
	Need accepts[12];
	struct capacity_view view;
	SetCapacity request;
	CapacitySet fact;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena, LIMIT_ARENA_BYTES);
	f->in = (struct input){ .arena = &f->arena, .refusal = &f->refusal, .now_ms = NOW,
				.actor = { "nurse", "pc", "station01", PROFESSION_NURSE } };
	f->row = f->said = (Capacity)Capacity_INIT;
	f->row.id = arena_string(&f->arena, "station01");
	f->row.kind = ORGANISATION_KIND_NURSE_STATION;
	f->row.level = CAPACITY_LEVEL_UNKNOWN;
	f->view.row = &f->row;
	f->visits = (FreeVisits)FreeVisits_INIT;
	for (size_t i = 0; i < 21; i++) {
		f->beds[i] = (FreeBeds)FreeBeds_INIT;
		f->beds[i].count = 1;
		f->bed_list[i] = &f->beds[i];
	}
	f->said.level = CAPACITY_LEVEL_LIMITED;
	f->said.valid_until_ms = NOW + HOUR;
	f->said.beds = f->bed_list;
	f->said.accepts = f->accepts;
	f->request = (SetCapacity)SetCapacity_INIT;
	f->request.capacity = &f->said;
	f->fact = (CapacitySet)CapacitySet_INIT;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_close(&f->arena);
	test_free(f);
	return 0;
}

static void accepted(struct fixture *f)
{
	int rc = capacity_set(&f->in, &f->view, &f->request, &f->fact);
	if (rc)
		fail_msg("refused: %s: %s", f->refusal.field, f->refusal.en);
}

static void refused(struct fixture *f, Code code, const char *field)
{
	f->refusal = (struct refusal){ .code = CODE_OK };
	assert_int_equal(capacity_set(&f->in, &f->view, &f->request, &f->fact), ERR_REFUSED);
	assert_int_equal(f->refusal.code, code);
	assert_string_equal(f->refusal.field, field);
	assert_true(f->refusal.ja[0] && f->refusal.en[0]);
}

/* ---- who ------------------------------------------------------------------------------------- */

static void who_cares_for_patients_may_say_it(void **state)
{
	struct fixture *f = *state;

	for (Profession p = PROFESSION_DOCTOR; p <= PROFESSION_SERVICE; p++) {
		f->in.actor.profession = p;
		if (p <= PROFESSION_LIAISON)
			accepted(f);
		else
			refused(f, CODE_PERMISSION_DENIED, "");
	}
}

static void of_their_own_organisation_alone(void **state)
{
	struct fixture *f = *state;

	f->said.id = arena_string(&f->arena, "station01");
	accepted(f);
	f->said.id = arena_string(&f->arena, "station02");
	refused(f, CODE_PERMISSION_DENIED, "capacity.id");
	f->said.id = arena_string(&f->arena, "");
	f->row.left = true;
	refused(f, CODE_FAILED_PRECONDITION, "capacity.id");
	f->view.row = NULL;
	refused(f, CODE_FAILED_PRECONDITION, "capacity.id");
	f->request.capacity = NULL;
	refused(f, CODE_INVALID_ARGUMENT, "capacity");
}

/* ---- what ------------------------------------------------------------------------------------ */

static void the_level_is_one_of_three(void **state)
{
	struct fixture *f = *state;

	for (CapacityLevel level = CAPACITY_LEVEL_UNSPECIFIED; level <= CAPACITY_LEVEL_UNKNOWN;
	     level++) {
		f->said.level = level;
		if (level >= CAPACITY_LEVEL_AVAILABLE && level <= CAPACITY_LEVEL_FULL)
			accepted(f);
		else
			refused(f, CODE_INVALID_ARGUMENT, "capacity.level");
	}
}

static void it_ends_in_the_future_and_within_31_days(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int64_t until_ms;
		bool good;
	} ends[] = { { 0, false }, { NOW, false }, { NOW + 1, true }, { NOW + 31 * DAY_MS, true },
		     { NOW + 31 * DAY_MS + 1, false }, { -1, false }, { INT64_MAX, false },
		     { INT64_MIN, false } };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		f->said.valid_until_ms = ends[i].until_ms;
		if (ends[i].good)
			accepted(f);
		else
			refused(f, CODE_INVALID_ARGUMENT, "capacity.valid_until_ms");
	}
}

static void free_visits_are_stations(void **state)
{
	struct fixture *f = *state;

	f->said.free_visits = &f->visits;
	accepted(f);
	f->visits.today = 1000;
	f->visits.week = 5000;
	accepted(f);
	f->visits.today = 1001;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.free_visits.today");
	f->visits.today = 0;
	f->visits.week = 5001;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.free_visits.week");
	f->visits.week = 0;
	f->row.kind = ORGANISATION_KIND_HOSPITAL;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.free_visits");
}

static void beds_are_hospitals(void **state)
{
	struct fixture *f = *state;

	f->said.n_beds = 1;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.beds");
	f->row.kind = ORGANISATION_KIND_HOSPITAL;
	f->beds[0].sex = PATIENT_SEX_FEMALE;
	f->beds[0].count = 1000;
	accepted(f);
	f->beds[0].count = 1001;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.beds[0].count");
	f->beds[0].count = 0;
	f->said.n_beds = 20;
	accepted(f);
	f->beds[19].sex = PATIENT_SEX_OTHER;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.beds[19].sex");
	f->beds[19].sex = PATIENT_SEX_MALE;
	f->said.n_beds = 21;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.beds");
}

static void new_patients_are_clinics(void **state)
{
	struct fixture *f = *state;

	f->said.new_patients = NEW_PATIENTS_NOT_NOW;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.new_patients");
	f->row.kind = ORGANISATION_KIND_CLINIC;
	accepted(f);
}

static void each_need_is_named_once(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 10; i++)
		f->accepts[i] = (Need)(i + 1);
	f->said.n_accepts = 10;
	accepted(f);
	f->accepts[7] = NEED_VENTILATOR;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.accepts[7]");
	f->accepts[7] = NEED_UNSPECIFIED;
	refused(f, CODE_INVALID_ARGUMENT, "capacity.accepts[7]");
}

static void the_remark_is_a_line(void **state)
{
	struct fixture *f = *state;
	char longest[302];

	memset(longest, 'x', sizeof(longest));
	longest[300] = '\0';
	f->said.remark = longest;
	accepted(f);
	longest[300] = 'x';
	longest[301] = '\0';
	refused(f, CODE_INVALID_ARGUMENT, "capacity.remark");
	f->said.remark = arena_string(&f->arena, "two\nlines");
	refused(f, CODE_INVALID_ARGUMENT, "capacity.remark");
	f->said.remark = arena_string(&f->arena, "\033[2J");
	refused(f, CODE_INVALID_ARGUMENT, "capacity.remark");
}

/* ---- what it is worth ------------------------------------------------------------------------ */

static void past_its_end_nothing_of_it_holds(void **state)
{
	struct fixture *f = *state;
	Capacity row = f->said;

	row.free_visits = &f->visits;
	row.n_beds = 2;
	row.n_accepts = 2;
	row.new_patients = NEW_PATIENTS_WELCOME;
	row.remark = arena_string(&f->arena, "午後のみ");
	row.set_ms = NOW - HOUR;
	capacity_shown(&row, NOW + HOUR - 1);
	assert_int_equal(row.level, CAPACITY_LEVEL_LIMITED);
	capacity_shown(&row, NOW + HOUR);
	assert_int_equal(row.level, CAPACITY_LEVEL_UNKNOWN);
	assert_null(row.free_visits);
	assert_int_equal(row.n_beds, 0);
	assert_int_equal(row.n_accepts, 0);
	assert_int_equal(row.new_patients, NEW_PATIENTS_UNSPECIFIED);
	assert_true(!row.remark || !row.remark[0]);
	assert_int_equal(row.set_ms, NOW - HOUR);
	assert_int_equal(row.valid_until_ms, NOW + HOUR);
}

static void due_work_of_what_was_replaced_does_nothing(void **state)
{
	struct fixture *f = *state;
	CapacityReminderDue reminder = CapacityReminderDue_INIT;
	CapacityLapseDue end = CapacityLapseDue_INIT;
	CapacityReminded reminded = CapacityReminded_INIT;
	CapacityLapsed lapsed = CapacityLapsed_INIT;
	static const struct {
		int64_t until_ms;
		int remind, lapse;
	} cases[] = {
		{ NOW + 2 * REMINDER_MS, ERR_NOTHING, ERR_NOTHING }, /* it holds longer now */
		{ NOW + REMINDER_MS, 0, ERR_NOTHING },
		{ NOW + 1, 0, ERR_NOTHING },
		{ NOW, ERR_NOTHING, 0 },
		{ 0, ERR_NOTHING, ERR_NOTHING }, /* nothing is said */
	};

	reminder.organisation = end.organisation = f->row.id;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		f->row.valid_until_ms = cases[i].until_ms;
		assert_int_equal(capacity_remind(&f->in, &f->view, &reminder, &reminded),
				 cases[i].remind);
		assert_int_equal(capacity_lapse(&f->in, &f->view, &end, &lapsed), cases[i].lapse);
	}
	f->row.valid_until_ms = NOW;
	f->row.left = true;
	assert_int_equal(capacity_lapse(&f->in, &f->view, &end, &lapsed), ERR_NOTHING);
	f->view.row = NULL;
	assert_int_equal(capacity_lapse(&f->in, &f->view, &end, &lapsed), ERR_NOTHING);
}

static void hours_belong_to_the_weekday_of_japan(void **state)
{
	int64_t from_ms, to_ms, sums[7] = { 0 };

	(void)state;
	date_parse("2026-11-22T22:00", &from_ms); /* a Sunday */
	date_parse("2026-11-24T01:30", &to_ms);
	weekdays_add(sums, from_ms, to_ms);
	assert_int_equal(sums[6], 2 * HOUR);
	assert_int_equal(sums[0], 24 * HOUR);
	assert_int_equal(sums[1], 3 * HOUR / 2);
	assert_int_equal(sums[2] | sums[3] | sums[4] | sums[5], 0);
	weekdays_add(sums, to_ms, from_ms); /* the other way round: nothing */
	assert_int_equal(sums[0], 24 * HOUR);
}

static void referral_hears_what_it_needs_and_no_more(void **state)
{
	struct fixture *f = *state;
	JournalEntry entry = JournalEntry_INIT;

	f->said.remark = arena_string(&f->arena, "午後のみ");
	accepted(f);
	const CapacityNotice *notice =
		(const CapacityNotice *)(const void *)capacity_notice(&f->arena, &entry, &f->fact);
	assert_string_equal(notice->capacity->id, "station01");
	assert_int_equal(notice->capacity->level, CAPACITY_LEVEL_LIMITED);
	assert_int_equal(notice->capacity->valid_until_ms, NOW + HOUR);
	assert_string_equal(notice->capacity->remark, "");
	assert_string_equal(notice->capacity->author, "");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(who_cares_for_patients_may_say_it),
		TEST(of_their_own_organisation_alone),
		TEST(the_level_is_one_of_three),
		TEST(it_ends_in_the_future_and_within_31_days),
		TEST(free_visits_are_stations),
		TEST(beds_are_hospitals),
		TEST(new_patients_are_clinics),
		TEST(each_need_is_named_once),
		TEST(the_remark_is_a_line),
		TEST(past_its_end_nothing_of_it_holds),
		TEST(due_work_of_what_was_replaced_does_nothing),
		TEST(hours_belong_to_the_weekday_of_japan),
		TEST(referral_hears_what_it_needs_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
