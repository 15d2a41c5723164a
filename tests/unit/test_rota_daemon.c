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
	assert_int_equal(generated->shifts, 18 + 4 + 2 * 6); /* nights, Saturdays, Sundays and holidays */
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

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, rota_setup, free_fixture)
	const struct CMUnitTest tests[] = {
		TEST(a_month_is_planned_and_everybody_hears),
		TEST(the_same_again_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
