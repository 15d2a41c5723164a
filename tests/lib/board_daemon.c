#include "tests/lib/board_daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define must(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

static void start(struct board_daemon *b)
{
	struct daemon_options options = {
		.store = { .folder = b->folder, .key_file = b->key_file, .map_mb = 1024 },
		.clock = &b->clock.clock,
		.bus = &b->bus.bus,
	};
	must(daemon_open(&b->daemon, b->spec, &options, NULL) == 0);
	daemon_connected(b->daemon);
}

void board_daemon_open(struct board_daemon *b, const struct daemon_spec *spec)
{
	*b = (struct board_daemon){ .spec = spec };
	temporary_make(b->folder, "board");
	snprintf(b->key_file, sizeof(b->key_file), "%s.key", b->folder);
	test_clock_init(&b->clock, 1);
	recording_bus_init(&b->bus);
	arena_init(&b->arena, (size_t)1 << 30);
	start(b);
}

void board_daemon_close(struct board_daemon *b)
{
	daemon_free(b->daemon);
	recording_bus_close(&b->bus);
	arena_close(&b->arena);
	temporary_remove(b->folder);
	remove(b->key_file);
}

/* Until it has nothing left to do. */
static void settle(struct board_daemon *b)
{
	for (int steps = 0; steps < 10000; steps++) {
		must(daemon_step(b->daemon) == 0);
		if (daemon_wait_ms(b->daemon) > 0)
			return;
		if (steps > 100)
			test_clock_advance(&b->clock, 1); /* a peer's head is due, no more */
	}
	must(!"the daemon spins");
}

void board_restart(struct board_daemon *b, int64_t down_ms)
{
	daemon_free(b->daemon);
	recording_bus_clear(&b->bus);
	test_clock_advance(&b->clock, down_ms);
	start(b);
}

void board_pass(struct board_daemon *b, int64_t ms)
{
	test_clock_advance(&b->clock, ms);
	settle(b);
}

static char *text(struct board_daemon *b, const char *s)
{
	return arena_string(&b->arena, s);
}

static Notice *notice(struct board_daemon *b, const ProtobufCMessage *body)
{
	Notice *item = NEW(Notice, &b->arena);
	struct bytes packed;

	must(item && codec_pack(body, &b->arena, &packed) == 0);
	item->position = ++b->directory;
	item->type = text(b, codec_name(body->descriptor));
	item->body.data = arena_copy(&b->arena, packed.data, packed.size);
	item->body.len = packed.size;
	return item;
}

static void from_directory(struct board_daemon *b, Notice **items, size_t n)
{
	Notices notices = Notices_INIT;
	struct bytes packed;

	notices.from = b->directory - n;
	notices.to = b->directory;
	notices.items = items;
	notices.n_items = n;
	must(codec_pack(&notices.base, &b->arena, &packed) == 0);
	must(daemon_receive(b->daemon, "tsunagi/v1/directory/notice/board", packed) == 0);
	must(daemon_step(b->daemon) == 0);
}

void board_organisation(struct board_daemon *b, const char *id, OrganisationKind kind, Area area,
			bool left)
{
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = text(b, id);
	organisation.name = arena_printf(&b->arena, "事業所 %s", id);
	organisation.phone = text(b, "06-0000-0000");
	organisation.kind = kind;
	organisation.area = area;
	organisation.left = left;
	changed.organisation = &organisation;
	Notice *item = notice(b, &changed.base);
	from_directory(b, &item, 1);
}

static Notice *person(struct board_daemon *b, const char *user, const char *organisation,
		      Profession profession)
{
	PersonChanged changed = PersonChanged_INIT;
	Person who = Person_INIT;

	who.id = text(b, user);
	who.organisation = text(b, organisation);
	who.profession = profession;
	who.state = ENROLMENT_STATE_ENROLLED;
	changed.person = &who;
	return notice(b, &changed.base);
}

void board_person(struct board_daemon *b, const char *user, const char *organisation,
		  Profession profession)
{
	Notice *item = person(b, user, organisation, profession);
	from_directory(b, &item, 1);
}

void board_people(struct board_daemon *b, unsigned n, const char *organisation)
{
	Notice *items[LIMIT_PAGE_ITEMS];
	size_t n_items = 0;

	for (unsigned i = 0; i < n; i++) {
		items[n_items++] = person(b, arena_printf(&b->arena, "user%u", i), organisation,
					  PROFESSION_NURSE);
		if (n_items == LIMIT_PAGE_ITEMS || i + 1 == n) {
			from_directory(b, items, n_items);
			n_items = 0;
		}
	}
}

void board_send(struct board_daemon *b, const char *user, const ProtobufCMessage *body,
		uint64_t after, bool watch)
{
	char id[ID_SIZE];
	Request request = Request_INIT;
	struct bytes packed;

	must(codec_pack(body, &b->arena, &packed) == 0);
	id_make(id, &b->clock.clock, b->clock.wall_ms);
	request.id = id;
	request.type = text(b, codec_name(body->descriptor));
	request.body.data = arena_copy(&b->arena, packed.data, packed.size);
	request.body.len = packed.size;
	request.after = after;
	request.watch = watch;
	must(codec_pack(&request.base, &b->arena, &packed) == 0);
	must(daemon_receive(b->daemon,
			    arena_printf(&b->arena, "tsunagi/v1/board/req/%s/pc", user), packed) == 0);
}

Code board_ask(struct board_daemon *b, const char *user, const ProtobufCMessage *body, uint64_t after,
	       bool watch)
{
	const struct recorded *answer;
	ProtobufCMessage *reply;

	recording_bus_clear(&b->bus);
	board_send(b, user, body, after, watch);
	must(daemon_step(b->daemon) == 0);
	answer = recording_bus_find(&b->bus, "/pc", 0);
	must(answer);
	must(codec_unpack(&Reply_descriptor, answer->payload, &b->arena, &reply) == 0);
	b->reply = (Reply *)(void *)reply;
	return b->reply->code;
}

Code board_set(struct board_daemon *b, const char *user, CapacityLevel level, int64_t holds_ms)
{
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT;

	capacity.level = level;
	capacity.valid_until_ms = b->clock.wall_ms + holds_ms;
	request.capacity = &capacity;
	return board_ask(b, user, &request.base, 0, false);
}

static ProtobufCMessage *body_of(struct board_daemon *b, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message;

	must(!strcmp(b->reply->type, codec_name(type)));
	must(codec_unpack(type, (struct bytes){ b->reply->body.data, b->reply->body.len }, &b->arena,
			  &message) == 0);
	return message;
}

Board *board_page(struct board_daemon *b, const char *user, const ListBoard *request, uint64_t after,
		  bool watch)
{
	must(board_ask(b, user, &request->base, after, watch) == CODE_OK);
	return (Board *)(void *)body_of(b, &Board_descriptor);
}

Capacity *board_row(struct board_daemon *b, const char *user, const char *organisation)
{
	ListBoard all = ListBoard_INIT;
	const Board *page = board_page(b, user, &all, 0, false);

	for (size_t i = 0; i < page->n_items; i++)
		if (!strcmp(page->items[i]->id, organisation))
			return page->items[i];
	return NULL;
}

BoardHistory *board_past(struct board_daemon *b, const char *user, const ShowBoardHistory *request)
{
	must(board_ask(b, user, &request->base, 0, false) == CODE_OK);
	return (BoardHistory *)(void *)body_of(b, &BoardHistory_descriptor);
}

Push *board_push(struct board_daemon *b, size_t n, Capacity **row)
{
	for (size_t i = 0; i < b->bus.n_items; i++) {
		const struct recorded *said = &b->bus.items[i];
		ProtobufCMessage *push, *body;
		if (strncmp(said->topic, "tsunagi/v1/board/state/", 23) || !said->retain || n--)
			continue;
		must(said->qos == 1);
		must(codec_unpack(&Push_descriptor, said->payload, &b->arena, &push) == 0);
		Push *message = (Push *)(void *)push;
		must(!strcmp(message->type, "Capacity"));
		must(codec_unpack(&Capacity_descriptor,
				  (struct bytes){ message->body.data, message->body.len }, &b->arena,
				  &body) == 0);
		*row = (Capacity *)(void *)body;
		must(!strcmp(said->topic + 23, (*row)->id));
		return message;
	}
	return NULL;
}

void board_rebuild(struct board_daemon *b)
{
	uint64_t entries, differing;

	must(daemon_rebuild(b->daemon, &entries, &differing) == 0);
	must(entries > 0 && differing == 0);
}
