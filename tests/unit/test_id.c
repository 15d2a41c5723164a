/* If this failed, ids would clash, would not sort by time, or a forged one would pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"
#include "id.h"
#include "tests/lib/test_clock.h"

/* The example of RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F. */
#define EXAMPLE "01FWHE4YDGFK1SHH6W1G60EECF"
#define EXAMPLE_MS 1645557742000LL

static const uint8_t example_random[] = { 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f };

static void give_example(struct clock *clock, void *out, size_t size)
{
	(void)clock;
	assert_int_equal(size, sizeof(example_random));
	memcpy(out, example_random, size);
}

static void the_example_of_the_rfc(void **state)
{
	struct clock clock = { .random = give_example };
	char id[ID_SIZE];

	(void)state;
	id_make(id, &clock, EXAMPLE_MS);
	assert_string_equal(id, EXAMPLE);
	assert_true(id_valid(id));
	assert_int_equal(id_time_ms(id), EXAMPLE_MS);
}

static void ids_sort_by_time(void **state)
{
	struct test_clock clock;
	char before[ID_SIZE] = "", id[ID_SIZE];

	(void)state;
	test_clock_init(&clock, 7);
	print_message("# seed 7\n");
	for (int64_t ms = 0; ms < (1LL << 48); ms = ms * 3 / 2 + 1) {
		id_make(id, &clock.clock, ms);
		assert_true(id_valid(id));
		assert_int_equal(strlen(id), ID_LENGTH);
		assert_int_equal(id_time_ms(id), ms);
		assert_true(strcmp(before, id) < 0);
		strcpy(before, id);
	}
}

static void ids_of_one_moment_differ(void **state)
{
	char a[ID_SIZE], b[ID_SIZE];

	(void)state;
	id_make(a, clock_system, EXAMPLE_MS);
	id_make(b, clock_system, EXAMPLE_MS);
	assert_string_not_equal(a, b);
	assert_true(clock_system->wall_ms(clock_system) > EXAMPLE_MS);
	assert_true(clock_system->monotonic_ms(clock_system) >= 0);
}

static void what_is_no_id(void **state)
{
	static const char *const wrong[] = {
		"", "0", "01FWHE4YDGFK1SHH6W1G60EEC", EXAMPLE "0",
		"81FWHE4YDGFK1SHH6W1G60EECF",  /* 129 bits */
		"/1FWHE4YDGFK1SHH6W1G60EECF", "01fwhe4ydgfk1shh6w1g60eecf", "01FWHE4YDGFK1SHH6W1G60EECI",
		"01FWHE4YDGFK1SHH6W1G60EECU",  /* no digit of this base32 */
		"01FWHE4YDG9K1SHH6W1G60EECF",  /* version 4 */
		"01FWHE4YDGFK10000W1G60EECF",  /* variant 0 */
		"01FWHE4YDGFK1SHH6W1G60EE\xe3\x81",
	};

	(void)state;
	assert_true(id_valid(EXAMPLE));
	assert_false(id_valid(NULL));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (id_valid(wrong[i]))
			fail_msg("taken for an id: %s", wrong[i]);
}

static void what_people_type(void **state)
{
	char out[ID_SIZE] = "untouched";

	(void)state;
	assert_int_equal(id_parse(out, "81fwhe4ydgfk1shh6w1g60eecf"), ERR_INVALID);
	assert_int_equal(id_parse(out, ""), ERR_INVALID);
	assert_int_equal(id_parse(out, NULL), ERR_INVALID);
	assert_string_equal(out, "untouched");
	assert_int_equal(id_parse(out, "oifwhe4ydgfklshh6wlg6oeecf"), 0);
	assert_string_equal(out, EXAMPLE);
	assert_int_equal(id_parse(out, EXAMPLE), 0);
	assert_string_equal(out, EXAMPLE);
	/* No UUIDv7, yet of its form: the service says that there is none, as of any other. */
	assert_int_equal(id_parse(out, "01arz3ndektsv4rrffq69g5fav"), 0);
	assert_string_equal(out, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_rfc),
		cmocka_unit_test(ids_sort_by_time),
		cmocka_unit_test(ids_of_one_moment_differ),
		cmocka_unit_test(what_is_no_id),
		cmocka_unit_test(what_people_type),
	};
	return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
