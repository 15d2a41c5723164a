/* If this failed, one input's memory would leak into the next, overlap, or grow without a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "error.h"
#include "tests/lib/rng.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	uint64_t seed = 20261122;
	struct rng rng = rng_make(seed, 0);
	struct arena arena;
	struct { uint8_t *data; size_t size; } taken[200];

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)seed);
	arena_init(&arena, 16 << 20);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < 200; i++) {
			size_t size = rng_below(&rng, rng_chance(&rng, 30) ? 100000 : 300);
			taken[i].data = arena_alloc(&arena, size);
			taken[i].size = size;
			assert_non_null(taken[i].data);
			assert_int_equal((uintptr_t)taken[i].data % 16, 0);
			for (size_t j = 0; j < size; j++)
				assert_int_equal(taken[i].data[j], 0);
			memset(taken[i].data, (int)i + 1, size);
		}
		for (size_t i = 0; i < 200; i++)
			for (size_t j = 0; j < taken[i].size; j++)
				assert_int_equal(taken[i].data[j], (uint8_t)(i + 1));
		arena_reset(&arena);
	}
	arena_close(&arena);
}

static void the_budget_is_kept(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1000);
	assert_non_null(arena_alloc(&arena, 900));
	assert_false(arena.spent);
	assert_null(arena_alloc(&arena, 200));
	assert_true(arena.spent);
	assert_string_equal(arena_printf(&arena, "%0200d", 1), "");
	assert_string_equal(arena_string(&arena, "a string that is longer than what is left of the budget"
						 " of this arena, which is but few bytes"), "");
	arena_reset(&arena);
	assert_false(arena.spent);
	assert_non_null(arena_alloc(&arena, 900));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 8));
	arena_close(&arena);
}

static void strings_are_copied(void **state)
{
	struct arena arena;
	char text[] = "田中";

	(void)state;
	arena_init(&arena, 10000);
	char *copy = arena_string(&arena, text);
	text[0] = 'x';
	assert_string_equal(copy, "田中");
	assert_string_equal(arena_string(&arena, NULL), "");
	assert_string_equal(arena_printf(&arena, "%s %d", "a", 5), "a 5");
	assert_memory_equal(arena_copy(&arena, "abc", 3), "abc", 3);
	assert_non_null(arena_copy(&arena, NULL, 0));
	arena_close(&arena);
}

static void lists_grow(void **state)
{
	struct arena arena;
	int numbers[100], **list = NULL;
	size_t n = 0;

	(void)state;
	arena_init(&arena, 100000);
	for (size_t i = 0; i < 100; i++) {
		assert_int_equal(arena_append(&arena, &list, &n, &numbers[i]), 0);
		arena_alloc(&arena, 8);
		assert_int_equal(n, i + 1);
	}
	for (size_t i = 0; i < 100; i++)
		assert_ptr_equal(list[i], &numbers[i]);
	arena_close(&arena);
}

/* protobuf-c makes an array exactly as long as its list: appending must not write behind it. */
static void unpacked_lists_grow(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 100000);
	for (size_t length = 0; length < 40; length++) {
		int number, **list = NULL;
		size_t n = length;
		if (n)
			list = arena.allocator.alloc(arena.allocator.allocator_data, n * sizeof(*list));
		uint64_t *behind = arena_alloc(&arena, sizeof(*behind));
		*behind = 42;
		for (int i = 0; i < 3; i++)
			assert_int_equal(arena_append(&arena, &list, &n, &number), 0);
		assert_int_equal(n, length + 3);
		assert_ptr_equal(list[length + 2], &number);
		assert_int_equal(*behind, 42);
	}
	arena_close(&arena);
}

static void a_list_beyond_the_budget_is_refused(void **state)
{
	struct arena arena;
	int number, **list = NULL;
	size_t n = 0;
	int rc = 0;

	(void)state;
	arena_init(&arena, 1000);
	while (!rc)
		rc = arena_append(&arena, &list, &n, &number);
	assert_int_equal(rc, ERR_NOMEM);
	assert_true(n > 10 && n < 1000 / sizeof(void *));
	arena_close(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(the_budget_is_kept),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(lists_grow),
		cmocka_unit_test(unpacked_lists_grow),
		cmocka_unit_test(a_list_beyond_the_budget_is_refused),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
