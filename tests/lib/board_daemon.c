#include "tests/lib/board_daemon.h"

#include <string.h>

/* Until it has nothing left to do. */
static void settle(struct fixture *b)
{
	for (int steps = 0; steps < 10000; steps++) {
		fixture_step(b);
		if (daemon_wait_ms(b->daemon) > 0)
			return;
		if (steps > 100)
			test_clock_advance(&b->clock, 1); /* a peer's head is due, no more */
	}
	FIXTURE_MUST(!"the daemon spins");
}

void board_restart(struct fixture *b, int64_t down_ms)
{
	fixture_stop(b);
	recording_bus_clear(&b->bus);
	test_clock_advance(&b->clock, down_ms);
	fixture_start(b);
}

void board_pass(struct fixture *b, int64_t ms)
{
	test_clock_advance(&b->clock, ms);
	settle(b);
}

void board_people(struct fixture *b, unsigned n, const char *organisation)
{
	PersonChanged changed = PersonChanged_INIT;
	Person person = Person_INIT;

	person.organisation = arena_string(&b->arena, organisation);
	person.profession = PROFESSION_NURSE;
	person.state = ENROLMENT_STATE_ENROLLED;
	changed.person = &person;
	for (unsigned i = 0; i < n; i++) {
		person.id = arena_printf(&b->arena, "user%u", i);
		fixture_tell(b, "directory", &b->directory, &changed.base);
		if (daemon_batch_full(b->daemon))
			fixture_step(b);
	}
	fixture_step(b);
}

Code board_set(struct fixture *b, const char *user, CapacityLevel level, int64_t holds_ms)
{
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT;

	capacity.level = level;
	capacity.valid_until_ms = b->clock.wall_ms + holds_ms;
	request.capacity = &capacity;
	return fixture_ask(b, user, &request.base, 0, false);
}

Board *board_page(struct fixture *b, const char *user, const ListBoard *request, uint64_t after,
		  bool watch)
{
	FIXTURE_MUST(fixture_ask(b, user, &request->base, after, watch) == CODE_OK);
	return fixture_body(b, &Board_descriptor);
}

Capacity *board_row(struct fixture *b, const char *user, const char *organisation)
{
	ListBoard all = ListBoard_INIT;
	const Board *page = board_page(b, user, &all, 0, false);

	for (size_t i = 0; i < page->n_items; i++)
		if (!strcmp(page->items[i]->id, organisation))
			return page->items[i];
	return NULL;
}

BoardHistory *board_past(struct fixture *b, const char *user, const ShowBoardHistory *request)
{
	FIXTURE_MUST(fixture_ask(b, user, &request->base, 0, false) == CODE_OK);
	return fixture_body(b, &BoardHistory_descriptor);
}

Push *board_push(struct fixture *b, size_t n, Capacity **row)
{
	for (size_t i = 0; i < b->bus.n_items; i++) {
		const struct recorded *said = &b->bus.items[i];
		ProtobufCMessage *push;
		if (strncmp(said->topic, "tsunagi/v1/board/state/", 23) || !said->retain || n--)
			continue;
		FIXTURE_MUST(said->qos == 1);
		FIXTURE_MUST(codec_unpack(&Push_descriptor, said->payload, &b->arena, &push) == 0);
		Push *message = (Push *)(void *)push;
		FIXTURE_MUST(!strcmp(message->type, "Capacity"));
		*row = fixture_decode(b, &Capacity_descriptor, message->body);
		FIXTURE_MUST(!strcmp(said->topic + 23, (*row)->id));
		return message;
	}
	return NULL;
}
