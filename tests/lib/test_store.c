#include "tests/lib/test_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "error.h"

static void need(int rc, const char *what)
{
	if (!rc)
		return;
	fprintf(stderr, "%s: %s\n", what, error_text(rc));
	exit(1);
}

void test_store_open(struct test_store *test, const char *name)
{
	char folder[TEMPORARY_SIZE + 8], key[TEMPORARY_SIZE + 8];
	struct store_options options = { .folder = folder, .key_file = key, .map_mb = 16,
					 .clock = &test->clock.clock };

	temporary_make(test->folder, name);
	snprintf(folder, sizeof(folder), "%s/store", test->folder);
	snprintf(key, sizeof(key), "%s/key", test->folder);
	need(mkdir(folder, 0700) ? ERR_IO : 0, folder);
	test_clock_init(&test->clock, 1);
	arena_init(&test->arena, LIMIT_ARENA_BYTES);
	need(store_open(&test->store, &options), "store_open");
}

struct tx *test_store_begin(struct test_store *test)
{
	need(tx_begin(&test->tx, test->store, &test->arena, true), "tx_begin");
	return &test->tx;
}

void test_store_commit(struct test_store *test)
{
	need(tx_commit(&test->tx), "tx_commit");
	arena_reset(&test->arena);
}

void test_store_close(struct test_store *test)
{
	store_free(test->store);
	arena_close(&test->arena);
	temporary_remove(test->folder);
}
