/* If this failed, a reader would show an older state over a newer one, take what is over for fresh
 * while the service is down, or send a patient to where there is no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/board_rows.h"
#include "clients/cli/table.h"

#define NOW 1790000000000
#define HOUR (3600 * 1000LL)

struct fixture {
	struct arena arena;
	struct board_rows rows;
	uint64_t position;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	arena_init(&f->arena, 16 << 20);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	board_rows_close(&f->rows);
	arena_close(&f->arena);
	test_free(f);
	return 0;
}

static Capacity *station(struct fixture *f, const char *id, Area area, CapacityLevel level)
{
	Capacity *row = NEW(Capacity, &f->arena);

	row->id = arena_string(&f->arena, id);
	row->kind = ORGANISATION_KIND_NURSE_STATION;
	row->area = area;
	row->level = level;
	row->set_ms = NOW - HOUR;
	row->valid_until_ms = NOW + HOUR;
	row->position = ++f->position;
	return row;
}

static void take(struct fixture *f, const Capacity *row)
{
	board_rows_take(&f->rows, row, &f->arena);
}

static void accept_need(struct fixture *f, Capacity *row, Need need)
{
	Need *list = arena_alloc(&f->arena, (row->n_accepts + 1) * sizeof(*list));

	if (row->n_accepts)
		memcpy(list, row->accepts, row->n_accepts * sizeof(*list));
	list[row->n_accepts++] = need;
	row->accepts = list;
}

static const Capacity *only(struct fixture *f, int64_t now_ms)
{
	size_t n;
	const Capacity **list = board_rows_list(&f->rows, now_ms, &f->arena, &n);
	assert_int_equal(n, 1);
	return list[0];
}

static void the_higher_position_counts(void **state)
{
	struct fixture *f = *state;
	Capacity *older = station(f, "station01", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	Capacity *newer = station(f, "station01", AREA_NORTH, CAPACITY_LEVEL_FULL);

	take(f, newer);
	take(f, older); /* the page may come after the push */
	assert_int_equal(only(f, NOW)->level, CAPACITY_LEVEL_FULL);
	newer->online = true; /* who is there has no position of its own */
	take(f, newer);
	assert_true(only(f, NOW)->online);
}

static void what_is_over_is_unknown_by_the_readers_clock(void **state)
{
	struct fixture *f = *state;
	Capacity *row = station(f, "station01", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);

	accept_need(f, row, NEED_OXYGEN);
	row->remark = arena_string(&f->arena, "午後のみ");
	row->free_visits = NEW(FreeVisits, &f->arena);
	take(f, row);
	assert_int_equal(board_rows_next_ms(&f->rows, NOW), NOW + HOUR);
	assert_int_equal(only(f, NOW + HOUR - 1)->level, CAPACITY_LEVEL_AVAILABLE);
	const Capacity *over = only(f, NOW + HOUR);
	assert_int_equal(over->level, CAPACITY_LEVEL_UNKNOWN);
	assert_int_equal(over->n_accepts, 0);
	assert_null(over->free_visits);
	assert_string_equal(over->remark, "");
	assert_int_equal(over->set_ms, NOW - HOUR);
	assert_int_equal(board_rows_next_ms(&f->rows, NOW + HOUR), INT64_MAX);
}

static void each_change_is_news_once(void **state)
{
	struct fixture *f = *state;
	Capacity *row = station(f, "station01", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);

	take(f, row);
	const Capacity *news = board_rows_news(&f->rows, NOW, &f->arena);
	assert_non_null(news);
	assert_int_equal(news->position, row->position);
	assert_null(board_rows_news(&f->rows, NOW, &f->arena));
	take(f, row); /* told again after a connection: nothing new */
	assert_null(board_rows_news(&f->rows, NOW, &f->arena));
	news = board_rows_news(&f->rows, NOW + HOUR, &f->arena); /* nobody said so: the clock did */
	assert_non_null(news);
	assert_int_equal(news->level, CAPACITY_LEVEL_UNKNOWN);
	row->position = ++f->position; /* and then the service did, too */
	row->level = CAPACITY_LEVEL_UNKNOWN;
	take(f, row);
	assert_null(board_rows_news(&f->rows, NOW + HOUR, &f->arena));
}

static void who_left_is_news_only_to_whom_it_was_shown(void **state)
{
	struct fixture *f = *state;
	Capacity *shown = station(f, "station01", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	Capacity *never = station(f, "station02", AREA_NORTH, CAPACITY_LEVEL_UNKNOWN);
	size_t n;

	take(f, shown);
	board_rows_news(&f->rows, NOW, &f->arena);
	never->left = shown->left = true;
	shown->position = ++f->position;
	take(f, never);
	take(f, shown);
	assert_string_equal(board_rows_news(&f->rows, NOW, &f->arena)->id, "station01");
	assert_null(board_rows_news(&f->rows, NOW, &f->arena));
	board_rows_list(&f->rows, NOW, &f->arena, &n);
	assert_int_equal(n, 0);
}

static const char *nearest_to_full(struct fixture *f)
{
	size_t n;
	const Capacity *const *list =
		(const Capacity *const *)board_rows_list(&f->rows, NOW, &f->arena, &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i]->id, "full")) {
			const Capacity *nearest = board_nearest(list, n, list[i]);
			return nearest ? nearest->id : "nobody";
		}
	return "?";
}

static void the_nearest_with_room_for_the_same(void **state)
{
	struct fixture *f = *state;
	Capacity *full = station(f, "full", AREA_NORTH, CAPACITY_LEVEL_FULL), *other;

	accept_need(f, full, NEED_VENTILATOR);
	take(f, full);
	take(f, station(f, "cannot", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE)); /* no ventilator */
	other = station(f, "hospital", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	other->kind = ORGANISATION_KIND_HOSPITAL;
	accept_need(f, other, NEED_VENTILATOR);
	take(f, other);
	other = station(f, "also-full", AREA_NORTH, CAPACITY_LEVEL_FULL);
	accept_need(f, other, NEED_VENTILATOR);
	take(f, other);
	other = station(f, "over", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	accept_need(f, other, NEED_VENTILATOR);
	other->valid_until_ms = NOW; /* nobody knows */
	take(f, other);
	assert_string_equal(nearest_to_full(f), "nobody");
	other = station(f, "far", AREA_SOUTH, CAPACITY_LEVEL_AVAILABLE);
	accept_need(f, other, NEED_OXYGEN);
	accept_need(f, other, NEED_VENTILATOR);
	take(f, other);
	assert_string_equal(nearest_to_full(f), "far");
	other = station(f, "z-limited", AREA_NORTH, CAPACITY_LEVEL_LIMITED);
	accept_need(f, other, NEED_VENTILATOR);
	take(f, other);
	assert_string_equal(nearest_to_full(f), "z-limited"); /* its own area first */
	other = station(f, "z-available", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	accept_need(f, other, NEED_VENTILATOR);
	take(f, other);
	assert_string_equal(nearest_to_full(f), "z-available"); /* then who has more room */
}

static void lines_are_cut_at_the_edge_of_the_screen(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	/* half a character does not go */
	assert_int_equal(text_print_clipped(out, "a田所\033[2J", 4), 3);
	fclose(out);
	assert_string_equal(text, "a田");
	free(text);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_higher_position_counts),
		TEST(what_is_over_is_unknown_by_the_readers_clock),
		TEST(each_change_is_news_once),
		TEST(who_left_is_news_only_to_whom_it_was_shown),
		TEST(the_nearest_with_room_for_the_same),
		TEST(lines_are_cut_at_the_edge_of_the_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
