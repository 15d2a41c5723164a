/* If this failed, a station's room would be taken for what it was hours ago, a change would not
 * reach those who look on, or an organisation would stand on the board that is not there. The whole
 * daemon runs, with its store, over a bus that records. */
#include "services/board/rules.h"
#include "services/board/views.h"
#include "tests/lib/board_daemon.h"
#include "tests/unit/daemon_test.h"

int board_main(int argc, char **argv);
#define main board_main
#include "services/board/main.c"
#undef main

static int setup(void **state)
{
	struct fixture *b = new_fixture(&board_spec);

	start(b);
	fixture_organisation(b, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	fixture_organisation(b, "station02", ORGANISATION_KIND_NURSE_STATION, AREA_WEST, false);
	fixture_organisation(b, "hospital01", ORGANISATION_KIND_HOSPITAL, AREA_NORTH, false);
	fixture_organisation(b, "clinic01", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	fixture_organisation(b, "pharmacy01", ORGANISATION_KIND_PHARMACY, AREA_NORTH, false);
	fixture_person(b, "nurse", "station01", PROFESSION_NURSE);
	fixture_person(b, "nurse-2", "station02", PROFESSION_NURSE);
	fixture_person(b, "colleague", "station01", PROFESSION_THERAPIST);
	fixture_person(b, "liaison", "hospital01", PROFESSION_LIAISON);
	fixture_person(b, "doctor", "clinic01", PROFESSION_DOCTOR);
	fixture_person(b, "pharmacist", "pharmacy01", PROFESSION_PHARMACIST);
	board_pass(b, 1000);
	*state = b;
	return 0;
}

/* What alert is told: "event of nobody" is not looked at, the matter is. */
static Matter last_word(struct fixture *b, size_t *n)
{
	Matter matter = MATTER_UNSPECIFIED;
	const Notice *item;

	for (*n = 0; (item = fixture_notice(b, "alert", *n)); ++*n) {
		assert_string_equal(item->type, "WordNotice");
		const WordNotice *word = fixture_decode(b, &WordNotice_descriptor, item->body);
		assert_int_equal(word->n_told, 1);
		assert_string_equal(word->subject, word->told[0]->organisation);
		assert_true(id_valid(word->event));
		matter = word->told[0]->matter;
	}
	return matter;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void each_that_has_room_has_a_row_and_nobody_else(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT, north = ListBoard_INIT, stations = ListBoard_INIT;

	Board *page = board_page(b, "pharmacist", &all, 0, false);
	assert_int_equal(page->n_items, 4);
	for (size_t i = 0; i < page->n_items; i++) {
		assert_int_equal(page->items[i]->level, CAPACITY_LEVEL_UNKNOWN);
		assert_int_equal(page->items[i]->set_ms, 0);
		assert_string_equal(page->items[i]->phone, FIXTURE_PHONE);
		if (i)
			assert_true(page->items[i]->position > page->items[i - 1]->position);
	}
	north.area = AREA_NORTH;
	assert_int_equal(board_page(b, "nurse", &north, 0, false)->n_items, 3);
	stations.kind = ORGANISATION_KIND_NURSE_STATION;
	assert_int_equal(board_page(b, "nurse", &stations, 0, false)->n_items, 2);
	fixture_rebuild(b);
}

static void what_is_set_is_told_at_once_and_kept(void **state)
{
	struct fixture *b = *state;
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT, *row;
	FreeVisits visits = FreeVisits_INIT;
	Need accepts[] = { NEED_VENTILATOR, NEED_NIGHT_VISIT };

	visits.today = 2;
	visits.week = 9;
	capacity.level = CAPACITY_LEVEL_LIMITED;
	capacity.free_visits = &visits;
	capacity.accepts = accepts;
	capacity.n_accepts = 2;
	capacity.remark = arena_string(&b->arena, "午後のみ");
	capacity.valid_until_ms = b->clock.wall_ms + HOUR_MS;
	capacity.author = arena_string(&b->arena, "somebody else");
	capacity.name = arena_string(&b->arena, "偽の名前");
	capacity.area = AREA_SOUTH;
	capacity.online = capacity.left = true;
	capacity.position = 999;
	request.capacity = &capacity;
	uint64_t before = daemon_head(b->daemon);
	assert_int_equal(ask(b, "nurse", &request.base), CODE_OK);
	Push *push = board_push(b, 0, &row);
	assert_non_null(push);
	assert_int_equal(push->from, board_push(b, 0, &row)->from);
	assert_true(push->from <= before);
	assert_int_equal(push->to, daemon_head(b->daemon));
	assert_null(board_push(b, 1, &row));
	board_restart(b, 0);
	row = board_row(b, "doctor", "station01");
	assert_int_equal(row->level, CAPACITY_LEVEL_LIMITED);
	assert_int_equal(row->free_visits->today, 2);
	assert_int_equal(row->free_visits->week, 9);
	assert_int_equal(row->n_accepts, 2);
	assert_string_equal(row->remark, "午後のみ");
	assert_string_equal(row->author, "nurse");
	assert_string_equal(row->name, "station01 (name)");
	assert_int_equal(row->area, AREA_NORTH);
	assert_int_equal(row->position, push->to);
	assert_false(row->online || row->left);
	fixture_rebuild(b);
}

static void only_own_staff_sets_it(void **state)
{
	struct fixture *b = *state;
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT;

	capacity.level = CAPACITY_LEVEL_FULL;
	capacity.valid_until_ms = b->clock.wall_ms + HOUR_MS;
	capacity.id = arena_string(&b->arena, "station01");
	request.capacity = &capacity;
	assert_int_equal(ask(b, "nurse-2", &request.base), CODE_PERMISSION_DENIED);
	assert_string_equal(b->reply->field, "capacity.id");
	assert_int_equal(ask(b, "nurse", &request.base), CODE_OK);
	assert_int_equal(board_set(b, "pharmacist", CAPACITY_LEVEL_FULL, HOUR_MS),
			 CODE_FAILED_PRECONDITION);
}

static void a_state_that_is_over_is_unknown_also_before_anybody_noticed(void **state)
{
	struct fixture *b = *state;
	Capacity *row;
	size_t n;

	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 2 * HOUR_MS);
	int64_t set_ms = b->clock.wall_ms;
	board_restart(b, DAY_MS); /* the first answer comes in the same step as the due work */
	recording_bus_clear(&b->bus);
	ListBoard all = ListBoard_INIT;
	Request first = fixture_request(b, &all.base, 0, false);
	fixture_send(b, "doctor", &first);
	assert_int_equal(daemon_step(b->daemon), 0);
	b->reply = fixture_reply(b, "doctor", 0);
	const Board *board = body_of(b, &Board_descriptor);
	for (size_t i = 0; i < board->n_items; i++)
		assert_int_equal(board->items[i]->level, CAPACITY_LEVEL_UNKNOWN);
	/* and it was not reminded of too late */
	assert_int_equal(last_word(b, &n), MATTER_CAPACITY_LAPSED);
	assert_int_equal(n, 1);
	row = board_row(b, "doctor", "station01");
	assert_int_equal(row->set_ms, set_ms);
	assert_int_equal(row->valid_until_ms, set_ms + 2 * HOUR_MS);
	assert_string_equal(row->author, "nurse");
	fixture_rebuild(b);
}

static void it_is_reminded_of_and_lapses_and_everybody_hears(void **state)
{
	struct fixture *b = *state;
	Capacity *row;
	size_t n;

	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 2 * HOUR_MS);
	assert_int_equal(last_word(b, &n), MATTER_UNSPECIFIED);
	assert_int_equal(n, 1);
	recording_bus_clear(&b->bus);
	board_pass(b, 2 * HOUR_MS - REMINDER_MS - 1);
	last_word(b, &n);
	assert_int_equal(n, 0);
	board_pass(b, 1);
	assert_int_equal(last_word(b, &n), MATTER_CAPACITY_LAPSES);
	assert_null(board_push(b, 0, &row)); /* nothing on the board changed */
	board_pass(b, REMINDER_MS - 1);
	recording_bus_clear(&b->bus);
	assert_true(daemon_wait_ms(b->daemon) <= 1);
	board_pass(b, 1);
	assert_int_equal(last_word(b, &n), MATTER_CAPACITY_LAPSED);
	assert_int_equal(n, 1);
	Push *push = board_push(b, 0, &row);
	assert_int_equal(row->level, CAPACITY_LEVEL_UNKNOWN);
	assert_int_equal(push->to, row->position);
	recording_bus_clear(&b->bus);
	board_pass(b, DAY_MS);
	last_word(b, &n);
	assert_int_equal(n, 0); /* once */
	fixture_rebuild(b);
}

static void what_is_set_anew_is_reminded_of_at_its_own_time(void **state)
{
	struct fixture *b = *state;
	size_t n;

	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 2 * HOUR_MS);
	board_pass(b, HOUR_MS);
	/* too short to be reminded of */
	board_set(b, "nurse", CAPACITY_LEVEL_FULL, 20 * MINUTE_MS);
	recording_bus_clear(&b->bus);
	board_pass(b, 19 * MINUTE_MS);
	last_word(b, &n);
	assert_int_equal(n, 0);
	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 5 * HOUR_MS);
	recording_bus_clear(&b->bus);
	board_pass(b, 2 * HOUR_MS); /* over both of the earlier ones */
	last_word(b, &n);
	assert_int_equal(n, 0);
	assert_int_equal(board_row(b, "doctor", "station01")->level, CAPACITY_LEVEL_AVAILABLE);
	fixture_rebuild(b);
}

static void a_clock_that_is_set_does_not_move_the_end(void **state)
{
	struct fixture *b = *state;

	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 2 * HOUR_MS);
	test_clock_jump(&b->clock, 3 * HOUR_MS);
	assert_int_equal(board_row(b, "doctor", "station01")->level, CAPACITY_LEVEL_UNKNOWN);
	test_clock_jump(&b->clock, -3 * HOUR_MS);
	board_pass(b, 1);
	/* The journal's time does not go back, but it is not what people mean by now. */
	assert_int_equal(board_row(b, "doctor", "station01")->level, CAPACITY_LEVEL_AVAILABLE);
	assert_int_equal(board_set(b, "nurse", CAPACITY_LEVEL_LIMITED, HOUR_MS), CODE_OK);
	board_pass(b, HOUR_MS);
	assert_int_equal(board_row(b, "doctor", "station01")->level, CAPACITY_LEVEL_UNKNOWN);
	fixture_rebuild(b);
}

static void who_leaves_is_taken_off_and_comes_back_empty(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT;
	Capacity *row;
	size_t n;

	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 2 * HOUR_MS);
	uint64_t before = b->reply->position;
	recording_bus_clear(&b->bus);
	fixture_organisation(b, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	board_push(b, 0, &row);
	assert_true(row->left);
	assert_int_equal(row->level, CAPACITY_LEVEL_UNKNOWN);
	assert_null(board_row(b, "doctor", "station01"));
	Board *changes = board_page(b, "doctor", &all, before, false);
	assert_int_equal(changes->n_items, 1);
	assert_true(changes->items[0]->left);
	assert_int_equal(board_set(b, "nurse", CAPACITY_LEVEL_FULL, HOUR_MS),
			 CODE_FAILED_PRECONDITION);
	recording_bus_clear(&b->bus);
	board_pass(b, DAY_MS);
	last_word(b, &n);
	assert_int_equal(n, 0);
	fixture_organisation(b, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	assert_int_equal(board_row(b, "doctor", "station01")->set_ms, 0);
	fixture_rebuild(b);
}

/* A reader of the north must not go on showing it there. */
static void who_moves_leaves_the_list_of_its_area(void **state)
{
	struct fixture *b = *state;
	ListBoard north = ListBoard_INIT;

	north.area = AREA_NORTH;
	board_page(b, "doctor", &north, 0, false);
	uint64_t after = b->reply->position;
	fixture_organisation(b, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_SOUTH, false);
	Board *changes = board_page(b, "doctor", &north, after, false);
	assert_int_equal(changes->n_items, 1);
	assert_string_equal(changes->items[0]->id, "station01");
	assert_true(changes->items[0]->left);
	fixture_organisation(b, "station01", ORGANISATION_KIND_PHARMACY, AREA_SOUTH, false);
	assert_null(board_row(b, "doctor", "station01"));
	fixture_rebuild(b);
}

/* ---- told to everybody ---------------------------------------------------------------------- */

static void changes_of_a_batch_join_without_a_gap(void **state)
{
	struct fixture *b = *state;
	static const char *const users[] = { "nurse", "nurse-2", "liaison", "doctor", "nurse" };
	ListBoard all = ListBoard_INIT;
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT, *row;

	board_page(b, "pharmacist", &all, 0, false);
	uint64_t position = b->reply->position;
	recording_bus_clear(&b->bus);
	capacity.level = CAPACITY_LEVEL_FULL;
	capacity.valid_until_ms = b->clock.wall_ms + HOUR_MS;
	request.capacity = &capacity;
	for (size_t i = 0; i < 5; i++) {
		Request set = fixture_request(b, &request.base, 0, false);
		fixture_send(b, users[i], &set);
	}
	assert_int_equal(daemon_step(b->daemon), 0);
	Push *push;
	size_t n = 0;
	for (; (push = board_push(b, n, &row)); n++) {
		assert_true(push->from <= position && push->to > position);
		assert_true(row->position > position && row->position <= push->to);
		position = push->to;
	}
	assert_int_equal(n, 4); /* station01 once, at its last change */
	assert_int_equal(position, daemon_head(b->daemon));
}

static void all_rows_are_told_after_a_connection(void **state)
{
	struct fixture *b = *state;
	Capacity *row;
	Push *push;
	size_t n = 0;

	board_set(b, "nurse", CAPACITY_LEVEL_FULL, HOUR_MS);
	board_restart(b, 1000);
	board_pass(b, 1);
	const struct recorded *hello = recording_bus_find(&b->bus, "board/state/board", 0);
	assert_non_null(hello);
	assert_false(hello->retain);
	for (; (push = board_push(b, n, &row)); n++)
		assert_true(push->from == push->to && push->to >= row->position);
	assert_int_equal(n, 4);
	recording_bus_clear(&b->bus);
	board_pass(b, 60 * 1000);
	assert_null(board_push(b, 0, &row));
}

static void many_rows_are_told_in_turns(void **state)
{
	struct fixture *b = *state;
	Capacity *row;
	size_t n = 0;

	for (unsigned i = 0; i < 200; i++)
		fixture_organisation(b, arena_printf(&b->arena, "clinic-%u", i),
				     ORGANISATION_KIND_CLINIC, AREA_SOUTH, false);
	board_restart(b, 0);
	recording_bus_clear(&b->bus);
	assert_int_equal(daemon_step(b->daemon), 0);
	while (board_push(b, n, &row))
		n++;
	assert_true(n < 100);
	assert_int_equal(daemon_wait_ms(b->daemon), 0); /* it goes on by itself */
	assert_int_equal(board_set(b, "nurse", CAPACITY_LEVEL_FULL, HOUR_MS), CODE_OK);
	assert_string_equal((board_push(b, 0, &row), row->id), "station01"); /* news goes first */
	board_pass(b, 0);
	recording_bus_clear(&b->bus);
	board_pass(b, 0);
	assert_null(board_push(b, 0, &row));
}

/* ---- online --------------------------------------------------------------------------------- */

static void a_terminal_that_vanishes_is_offline_and_its_room_stays(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT;
	Capacity *row;

	board_set(b, "nurse", CAPACITY_LEVEL_LIMITED, 10 * HOUR_MS);
	board_page(b, "nurse", &all, 0, true);
	Push *push = board_push(b, 0, &row);
	assert_non_null(push);
	assert_string_equal(row->id, "station01");
	assert_true(row->online);
	assert_int_equal(push->from, push->to);
	assert_true(board_row(b, "doctor", "station01")->online);
	board_pass(b, WATCH_MS / 2);
	uint64_t head = daemon_head(b->daemon);
	/* a second one of the same station: no news */
	board_page(b, "colleague", &all, head, true);
	assert_null(board_push(b, 0, &row));
	recording_bus_clear(&b->bus);
	board_pass(b, WATCH_MS / 2); /* the first is gone, the second not */
	assert_null(board_push(b, 0, &row));
	assert_true(daemon_wait_ms(b->daemon) <= WATCH_MS / 2);
	board_pass(b, WATCH_MS / 2 - 1);
	assert_null(board_push(b, 0, &row));
	assert_true(daemon_wait_ms(b->daemon) <= 1);
	board_pass(b, 1);
	push = board_push(b, 0, &row);
	assert_non_null(push);
	assert_false(row->online);
	assert_int_equal(row->level, CAPACITY_LEVEL_LIMITED);
	assert_int_equal(push->from, push->to);
	assert_int_equal(daemon_head(b->daemon), head); /* no fact of it */
}

static void a_watch_that_is_renewed_stays_online(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT;
	Capacity *row;

	board_page(b, "nurse", &all, 0, true);
	for (int i = 0; i < 10; i++) {
		board_pass(b, 60000);
		board_page(b, "nurse", &all, daemon_head(b->daemon), true);
		assert_null(board_push(b, 0, &row));
	}
	assert_true(board_row(b, "doctor", "station01")->online);
	board_restart(b, 0); /* it forgets, and says hello so that they tell it again */
	assert_false(board_row(b, "doctor", "station01")->online);
}

static void who_has_no_row_may_look_on(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT;
	Capacity *row;

	board_page(b, "pharmacist", &all, 0, true);
	assert_null(board_push(b, 0, &row));
	board_pass(b, 2 * WATCH_MS);
	assert_null(board_push(b, 0, &row));
}

/* A window that is only read, page by page, is no terminal that stays. */
static void without_watch_nobody_is_online(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT;

	board_page(b, "nurse", &all, 0, false);
	assert_false(board_row(b, "nurse", "station01")->online);
}

static void more_terminals_than_can_be_kept_are_refused(void **state)
{
	struct fixture *b = *state;
	ListBoard all = ListBoard_INIT;
	char user[32];

	board_people(b, LIMIT_TERMINALS + 1, "station02");
	for (unsigned i = 0; i < LIMIT_TERMINALS; i++) {
		snprintf(user, sizeof(user), "user%u", i);
		Request watch = fixture_request(b, &all.base, daemon_head(b->daemon), true);
		fixture_send(b, user, &watch);
		if (i % 500 == 499 || i + 1 == LIMIT_TERMINALS)
			assert_int_equal(daemon_step(b->daemon), 0);
	}
	uint64_t head = daemon_head(b->daemon);
	snprintf(user, sizeof(user), "user%u", LIMIT_TERMINALS);
	assert_int_equal(ask_after(b, user, &all.base, head, true), CODE_RESOURCE_EXHAUSTED);
	assert_int_equal(ask_after(b, user, &all.base, head, false), CODE_OK);
	assert_int_equal(ask_after(b, "user0", &all.base, head, true), CODE_OK); /* renews */
	board_pass(b, WATCH_MS);
	assert_int_equal(ask_after(b, user, &all.base, head, true), CODE_OK);
}

/* ---- history -------------------------------------------------------------------------------- */

static int64_t sum(const BoardHistory *history, const char *organisation, int level)
{
	int64_t sum_ms = 0;

	for (size_t i = 0; i < history->n_weekdays; i++) {
		const WeekdayLoad *day = history->weekdays[i];
		if (!organisation || !strcmp(day->organisation, organisation))
			sum_ms += level == 1 ? day->available_ms
					     : level == 2 ? day->limited_ms : day->full_ms;
	}
	return sum_ms;
}

static void history_tells_what_was_said_and_how_long(void **state)
{
	struct fixture *b = *state;
	ShowBoardHistory one = ShowBoardHistory_INIT, north = ShowBoardHistory_INIT;

	board_set(b, "nurse", CAPACITY_LEVEL_AVAILABLE, 5 * HOUR_MS);
	board_pass(b, HOUR_MS);
	board_set(b, "nurse", CAPACITY_LEVEL_FULL, 2 * HOUR_MS);
	board_set(b, "nurse-2", CAPACITY_LEVEL_LIMITED, 40 * HOUR_MS);
	board_pass(b, 30 * HOUR_MS); /* lapsed long ago; the other one's still holds */
	one.organisation = arena_string(&b->arena, "station01");
	BoardHistory *history = board_past(b, "doctor", &one);
	assert_int_equal(history->n_items, 2);
	assert_int_equal(history->items[0]->level, CAPACITY_LEVEL_AVAILABLE);
	assert_int_equal(history->items[0]->to_ms, history->items[1]->from_ms);
	assert_int_equal(history->items[1]->to_ms, history->items[1]->from_ms + 2 * HOUR_MS);
	assert_string_equal(history->items[1]->author, "nurse");
	assert_int_equal(sum(history, "station01", 1), HOUR_MS);
	assert_int_equal(sum(history, "station01", 3), 2 * HOUR_MS);
	north.area = AREA_NORTH;
	history = board_past(b, "doctor", &north);
	assert_int_equal(history->n_items, 0);
	assert_int_equal(sum(history, NULL, 3), 2 * HOUR_MS);
	assert_int_equal(sum(history, NULL, 2), 0); /* the west is not the north */
	north.area = AREA_UNSPECIFIED;
	/* until now */
	assert_int_equal(sum(board_past(b, "doctor", &north), "station02", 2), 30 * HOUR_MS);
	north.to_ms = b->clock.wall_ms - 20 * HOUR_MS;
	north.from_ms = north.to_ms - 5 * HOUR_MS;
	assert_int_equal(sum(board_past(b, "doctor", &north), "station02", 2), 5 * HOUR_MS);
	fixture_rebuild(b);
}

static void history_refuses_what_makes_no_sense(void **state)
{
	struct fixture *b = *state;
	ShowBoardHistory request = ShowBoardHistory_INIT;

	request.organisation = arena_string(&b->arena, "pharmacy01");
	assert_int_equal(ask(b, "doctor", &request.base), CODE_NOT_FOUND);
	assert_string_equal(b->reply->field, "organisation");
	request.organisation = arena_string(&b->arena, "../../x");
	assert_int_equal(ask(b, "doctor", &request.base), CODE_NOT_FOUND);
	request.organisation = arena_string(&b->arena, "");
	request.from_ms = -1;
	assert_int_equal(ask(b, "doctor", &request.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "from_ms");
	request.from_ms = 5000;
	request.to_ms = 4000;
	assert_int_equal(ask(b, "doctor", &request.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "to_ms");
}

/* Weeks of one organisation, more than one page: pages join, and weekdays add up. */
static void long_histories_come_in_pages(void **state)
{
	struct fixture *b = *state;
	ShowBoardHistory one = ShowBoardHistory_INIT, all = ShowBoardHistory_INIT;
	const unsigned days = 40, times = 30;
	int64_t said_ms = 0, alone_ms = 0, together_ms = 0;
	size_t items = 0, pages = 0;

	for (unsigned i = 0; i < days * times; i++) {
		if (i == 10 * times) /* one that holds until after the end of all this */
			board_set(b, "nurse-2", CAPACITY_LEVEL_LIMITED, 31 * DAY_MS);
		board_set(b, "nurse", i % 2 ? CAPACITY_LEVEL_FULL : CAPACITY_LEVEL_AVAILABLE,
			  40 * MINUTE_MS);
		said_ms += i % 2 ? 40 * MINUTE_MS : 0;
		test_clock_advance(&b->clock, 48 * MINUTE_MS);
	}
	one.organisation = arena_string(&b->arena, "station01");
	one.from_ms = all.from_ms = b->clock.wall_ms - 60 * DAY_MS;
	for (uint64_t after = 0; after || !pages; pages++) {
		assert_int_equal(ask_after(b, "doctor", &one.base, after, false), CODE_OK);
		const BoardHistory *page = body_of(b, &BoardHistory_descriptor);
		items += page->n_items;
		alone_ms += sum(page, "station01", 3);
		after = b->reply->more ? b->reply->position : 0;
	}
	together_ms = sum(board_past(b, "doctor", &all), "station01", 3);
	assert_true(pages >= 3);
	assert_int_equal(items, days * times);
	assert_int_equal(alone_ms, said_ms);
	assert_int_equal(together_ms, said_ms);
	all.from_ms = b->clock.wall_ms - 10 * DAY_MS; /* begins in the middle */
	assert_int_equal(sum(board_past(b, "doctor", &all), NULL, 3), said_ms / 4);
	all.from_ms = b->clock.wall_ms - HOUR_MS;
	assert_int_equal(sum(board_past(b, "doctor", &all), "station02", 2), HOUR_MS);
}

/* Lists that went round by fax before there was a board: by an administrator, in order of time. */
static void history_of_the_time_before_is_added_in_order(void **state)
{
	struct fixture *b = *state;
	AddCapacityHistory request = AddCapacityHistory_INIT;
	ShowBoardHistory one = ShowBoardHistory_INIT;
	CapacityPeriod period = CapacityPeriod_INIT;

	fixture_person(b, "admin-person", "clinic01", PROFESSION_ADMINISTRATOR);
	request.organisation = one.organisation = arena_string(&b->arena, "station01");
	request.period = &period;
	period.level = CAPACITY_LEVEL_FULL;
	period.from_ms = b->clock.wall_ms - 10 * HOUR_MS;
	period.to_ms = b->clock.wall_ms - 8 * HOUR_MS;
	assert_int_equal(ask(b, "nurse", &request.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(b, "admin-person", &request.base), CODE_OK);
	BoardHistory *history = board_past(b, "doctor", &one);
	assert_int_equal(history->n_items, 1);
	assert_string_equal(history->items[0]->author, "admin-person");
	assert_int_equal(sum(history, "station01", 3), 2 * HOUR_MS);
	/* The row itself is what it was. */
	assert_int_equal(board_row(b, "doctor", "station01")->level, CAPACITY_LEVEL_UNKNOWN);

	const struct { int64_t from_ms, to_ms; Code code; const char *field; } wrong[] = {
		{ -11 * HOUR_MS, -10 * HOUR_MS, CODE_FAILED_PRECONDITION, "period.from_ms" },
		{ HOUR_MS, 2 * HOUR_MS, CODE_INVALID_ARGUMENT, "period.from_ms" },
		{ -HOUR_MS, HOUR_MS, CODE_INVALID_ARGUMENT, "period.to_ms" },
		{ -HOUR_MS, -2 * HOUR_MS, CODE_INVALID_ARGUMENT, "period.to_ms" },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		period.from_ms = b->clock.wall_ms + wrong[i].from_ms;
		period.to_ms = b->clock.wall_ms + wrong[i].to_ms;
		assert_int_equal(ask(b, "admin-person", &request.base), wrong[i].code);
		assert_string_equal(b->reply->field, wrong[i].field);
	}
	request.organisation = arena_string(&b->arena, "pharmacy01");
	assert_int_equal(ask(b, "admin-person", &request.base), CODE_NOT_FOUND);

	/* Once somebody has spoken on the board, the time before is over. */
	board_set(b, "nurse-2", CAPACITY_LEVEL_AVAILABLE, HOUR_MS);
	request.organisation = arena_string(&b->arena, "station01");
	period.from_ms = b->clock.wall_ms - HOUR_MS;
	period.to_ms = b->clock.wall_ms - MINUTE_MS;
	assert_int_equal(ask(b, "admin-person", &request.base),
			 CODE_FAILED_PRECONDITION);
	fixture_rebuild(b);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, free_fixture)
	const struct CMUnitTest tests[] = {
		TEST(each_that_has_room_has_a_row_and_nobody_else),
		TEST(what_is_set_is_told_at_once_and_kept),
		TEST(only_own_staff_sets_it),
		TEST(a_state_that_is_over_is_unknown_also_before_anybody_noticed),
		TEST(it_is_reminded_of_and_lapses_and_everybody_hears),
		TEST(what_is_set_anew_is_reminded_of_at_its_own_time),
		TEST(a_clock_that_is_set_does_not_move_the_end),
		TEST(who_leaves_is_taken_off_and_comes_back_empty),
		TEST(who_moves_leaves_the_list_of_its_area),
		TEST(changes_of_a_batch_join_without_a_gap),
		TEST(all_rows_are_told_after_a_connection),
		TEST(many_rows_are_told_in_turns),
		TEST(a_terminal_that_vanishes_is_offline_and_its_room_stays),
		TEST(a_watch_that_is_renewed_stays_online),
		TEST(who_has_no_row_may_look_on),
		TEST(without_watch_nobody_is_online),
		TEST(more_terminals_than_can_be_kept_are_refused),
		TEST(history_tells_what_was_said_and_how_long),
		TEST(history_refuses_what_makes_no_sense),
		TEST(long_histories_come_in_pages),
		TEST(history_of_the_time_before_is_added_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
