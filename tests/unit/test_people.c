/* If this failed, somebody would be taken for staff of a place they left, or enrolled as an instance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"
#include "people.h"
#include "tests/lib/test_store.h"

static int setup(void **state)
{
	struct test_store *store = test_malloc(sizeof(*store));
	test_store_open(store, "people");
	*state = store;
	return 0;
}

static int teardown(void **state)
{
	test_store_close(*state);
	test_free(*state);
	return 0;
}

static void put(struct tx *tx, const char *id, const char *organisation, Profession profession,
		EnrolmentState enrolment)
{
	Person person = Person_INIT;

	person.id = arena_string(tx->arena, id);
	person.organisation = arena_string(tx->arena, organisation);
	person.profession = profession;
	person.state = enrolment;
	person_put(tx, &person);
}

/* "a b ", the users in the order in which they are listed */
static const char *staff(struct tx *tx, const char *organisation, Profession profession)
{
	Person **people = NULL;
	size_t n = 0;
	const char *text = "";

	assert_int_equal(staff_list(tx, organisation, profession, &people, &n), 0);
	for (size_t i = 0; i < n; i++)
		text = arena_printf(tx->arena, "%s%s ", text, people[i]->id);
	return text;
}

static void who_is_there(void **state)
{
	struct tx *tx = test_store_begin(*state);
	Organisation clinic = Organisation_INIT, *organisation;
	Person *person;

	assert_int_equal(person_get(tx, "a", &person), ERR_NOTFOUND);
	assert_int_equal(organisation_get(tx, "clinic01", &organisation), ERR_NOTFOUND);
	clinic.id = arena_string(tx->arena, "clinic01");
	clinic.name = arena_string(tx->arena, "つなぎ診療所");
	organisation_put(tx, &clinic);
	put(tx, "a", "clinic01", PROFESSION_DOCTOR, ENROLMENT_STATE_ENROLLED);
	test_store_commit(*state);

	tx = test_store_begin(*state);
	assert_int_equal(person_get(tx, "a", &person), 0);
	assert_string_equal(person->organisation, "clinic01");
	assert_int_equal(organisation_get(tx, "clinic01", &organisation), 0);
	assert_string_equal(organisation->name, "つなぎ診療所");
	assert_int_equal(organisation_get(tx, "clinic0", &organisation), ERR_NOTFOUND);
	test_store_commit(*state);
}

static void staff_is_who_is_enrolled_there_now(void **state)
{
	struct tx *tx = test_store_begin(*state);

	assert_string_equal(staff(tx, "clinic01", PROFESSION_UNSPECIFIED), "");
	put(tx, "b", "clinic01", PROFESSION_NURSE, ENROLMENT_STATE_ENROLLED);
	put(tx, "a", "clinic01", PROFESSION_DOCTOR, ENROLMENT_STATE_ENROLLED);
	put(tx, "c", "clinic01", PROFESSION_NURSE, ENROLMENT_STATE_REVOKED);
	put(tx, "d", "clinic01", PROFESSION_NURSE, ENROLMENT_STATE_UNSPECIFIED);
	put(tx, "e", "clinic010", PROFESSION_NURSE, ENROLMENT_STATE_ENROLLED);
	assert_string_equal(staff(tx, "clinic01", PROFESSION_UNSPECIFIED), "a b ");
	assert_string_equal(staff(tx, "clinic01", PROFESSION_NURSE), "b ");
	assert_string_equal(staff(tx, "clinic01", PROFESSION_DENTIST), "");

	put(tx, "a", "clinic010", PROFESSION_DOCTOR, ENROLMENT_STATE_ENROLLED); /* moves */
	put(tx, "b", "clinic01", PROFESSION_DOCTOR, ENROLMENT_STATE_ENROLLED);  /* and this one learns */
	assert_string_equal(staff(tx, "clinic01", PROFESSION_UNSPECIFIED), "b ");
	assert_string_equal(staff(tx, "clinic010", PROFESSION_UNSPECIFIED), "a e ");
	assert_string_equal(staff(tx, "clinic01", PROFESSION_NURSE), "");
	assert_int_equal(tx_count(tx, TABLE_STAFF), 5);
	test_store_commit(*state);
}

static void errors_are_told(void **state)
{
	struct tx *tx = test_store_begin(*state);
	static char longest[600];
	Person **people;
	size_t n;

	memset(longest, 'a', sizeof(longest) - 1);
	assert_int_equal(staff_list(tx, longest, PROFESSION_UNSPECIFIED, &people, &n), ERR_TOOBIG);
	store_inject((*(struct test_store **)state)->store, STORE_FAULT_PUT, 2, 1, ERR_FULL);
	put(tx, "a", "clinic01", PROFESSION_DOCTOR, ENROLMENT_STATE_ENROLLED);
	assert_int_equal(tx->error, ERR_FULL);
	assert_int_equal(staff_list(tx, "clinic01", PROFESSION_UNSPECIFIED, &people, &n), ERR_FULL);
	tx_abort(tx);
}

static void names_of_instances_are_reserved(void **state)
{
	static const char *const reserved[] = { "directory", "record", "board", "referral", "rota", "alert",
						"conference", "record-0", "record-17", "alert-3", "relay",
						"gate", "broker", "mosquitto" };
	static const char *const free_names[] = { "", "records", "recor", "record-", "record-a",
						  "record-1a", "record0", "clinic01-doctor", "relay-0x",
						  "admin", "record-0-doctor" };

	(void)state;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		assert_true(instance_name(reserved[i]));
	for (size_t i = 0; i < sizeof(free_names) / sizeof(*free_names); i++)
		assert_false(instance_name(free_names[i]));
}

static void names_fit_a_topic(void **state)
{
	static const char *const wrong[] = { "", "-a", "a-", "-", "A", "a b", "a/b", "a+", "#", "a_b", "é",
					     "12345678901234567" };

	(void)state;
	assert_true(name_valid("clinic01-doctor", 64));
	assert_true(name_valid("a", 1));
	assert_true(name_valid("1234567890123456", 16));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(name_valid(wrong[i], 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(staff_is_who_is_enrolled_there_now, setup, teardown),
		cmocka_unit_test_setup_teardown(errors_are_told, setup, teardown),
		cmocka_unit_test(names_of_instances_are_reserved),
		cmocka_unit_test(names_fit_a_topic),
	};
	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
