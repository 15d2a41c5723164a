/* If this failed, a reminder would be lost, come in the wrong order, or stay after it was cleared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "due.h"
#include "error.h"
#include "tests/lib/test_store.h"

static int setup(void **state)
{
	struct test_store *store = test_malloc(sizeof(*store));
	test_store_open(store, "due");
	*state = store;
	return 0;
}

static int teardown(void **state)
{
	test_store_close(*state);
	test_free(*state);
	return 0;
}

static const ProtobufCMessage *message(struct tx *tx, const char *id)
{
	OpenNotification *open = NEW(OpenNotification, tx->arena);
	open->id = arena_string(tx->arena, id);
	return &open->base;
}

/* "class@time:id " of all items in the order of their keys */
static const char *items(struct tx *tx)
{
	const char *text = "";
	ProtobufCMessage *body;
	struct scan scan;
	Notice *item;

	scan_open(&scan, tx, TABLE_DUE, NULL, NULL);
	while (scan_next(&scan)) {
		assert_int_equal(scan.key_size, 1 + 8 + 16);
		assert_int_equal(SCAN_MESSAGE(&scan, Notice, &item), 0);
		assert_string_equal(item->type, "OpenNotification");
		assert_int_equal(codec_unpack(&OpenNotification_descriptor,
					      (struct bytes){ item->body.data, item->body.len },
					      tx->arena, &body), 0);
		text = arena_printf(tx->arena, "%s%d@%lld:%s ", text, scan.key[0], (long long)item->time_ms,
				    ((OpenNotification *)(void *)body)->id);
	}
	scan_close(&scan);
	return text;
}

static void items_stand_in_order_of_class_and_time(void **state)
{
	struct tx *tx = test_store_begin(*state);

	due_set(tx, DUE_APPOINTMENT, 5, message(tx, "d"));
	due_set(tx, DUE_DURATION, 0x100000000, message(tx, "c"));
	due_set(tx, DUE_DURATION, 256, message(tx, "b"));
	due_set(tx, DUE_DURATION, 7, message(tx, "a"));
	due_set(tx, DUE_DURATION, 7, message(tx, "a")); /* the same again */
	test_store_commit(*state);
	tx = test_store_begin(*state);
	assert_string_equal(items(tx), "0@7:a 0@256:b 0@4294967296:c 1@5:d ");
	test_store_commit(*state);
}

static void clearing_takes_away_exactly_one(void **state)
{
	struct tx *tx = test_store_begin(*state);

	due_set(tx, DUE_DURATION, 7, message(tx, "a"));
	due_set(tx, DUE_DURATION, 7, message(tx, "b"));
	due_set(tx, DUE_APPOINTMENT, 7, message(tx, "a"));
	due_clear(tx, DUE_DURATION, 8, message(tx, "a")); /* there is none */
	assert_int_equal(tx_count(tx, TABLE_DUE), 3);
	due_clear(tx, DUE_DURATION, 7, message(tx, "a"));
	assert_string_equal(items(tx), "0@7:b 1@7:a ");
	test_store_commit(*state);
}

static void what_was_due_before_1970_comes_first(void **state)
{
	struct tx *tx = test_store_begin(*state);

	due_set(tx, DUE_DURATION, 7, message(tx, "a"));
	due_set(tx, DUE_DURATION, -7, message(tx, "b"));
	assert_string_equal(items(tx), "0@0:b 0@7:a ");
	due_clear(tx, DUE_DURATION, -7, message(tx, "b"));
	assert_string_equal(items(tx), "0@7:a ");
	test_store_commit(*state);
}

static void an_empty_message_can_be_due(void **state)
{
	struct tx *tx = test_store_begin(*state);
	CrlDue due = CrlDue_INIT;

	due_set(tx, DUE_APPOINTMENT, 7, &due.base);
	assert_int_equal(tx_count(tx, TABLE_DUE), 1);
	due_clear(tx, DUE_APPOINTMENT, 7, &due.base);
	assert_int_equal(tx_count(tx, TABLE_DUE), 0);
	test_store_commit(*state);
}

static void no_memory_is_an_error_of_the_transaction(void **state)
{
	struct test_store *test = *state;
	struct tx *tx = test_store_begin(test);
	const ProtobufCMessage *reminder = message(tx, "a");

	while (arena_alloc(&test->arena, 16 * 1024))
		;
	due_set(tx, DUE_DURATION, 7, reminder);
	assert_int_equal(tx->error, ERR_NOMEM);
	tx_abort(tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(items_stand_in_order_of_class_and_time, setup, teardown),
		cmocka_unit_test_setup_teardown(clearing_takes_away_exactly_one, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_due_before_1970_comes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_message_can_be_due, setup, teardown),
		cmocka_unit_test_setup_teardown(no_memory_is_an_error_of_the_transaction, setup, teardown),
	};
	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}
