/*
 * A store in a folder of its own, with a clock that stands still, for tests of what writes to it.
 *
 *	struct test_store store;
 *	test_store_open(&store, "people");
 *	struct tx *tx = test_store_begin(&store);
 *	...
 *	test_store_commit(&store);
 *	test_store_close(&store);
 *
 * What fails ends the process.
 */
#ifndef TEST_STORE_H
#define TEST_STORE_H

#include "store.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"

struct test_store {
	char folder[TEMPORARY_SIZE];
	struct test_clock clock;
	struct arena arena;
	struct store *store;
	struct tx tx;
};

void test_store_open(struct test_store *test, const char *name);
struct tx *test_store_begin(struct test_store *test);
void test_store_commit(struct test_store *test);
void test_store_close(struct test_store *test);

#endif
