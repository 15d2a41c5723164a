#include "tests/lib/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)2 << 30)
#define MAP_MB 1024

static void end(const char *promise, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, promise);
	abort();
}

void (*fixture_failed)(const char *promise, const char *file, int line) = end;

/* ---- begin and end -------------------------------------------------------------------------- */

void fixture_init(struct fixture *f, const struct daemon_spec *spec)
{
	*f = (struct fixture){ .spec = spec };
	temporary_make(f->folder, spec->name);
	snprintf(f->key_file, sizeof(f->key_file), "%s.key", f->folder);
	test_clock_init(&f->clock, 1);
	recording_bus_init(&f->bus);
	arena_init(&f->arena, ARENA_BYTES);
	f->options = (struct daemon_options){
		.store = { .folder = f->folder, .key_file = f->key_file, .map_mb = MAP_MB },
		.clock = &f->clock.clock,
		.bus = &f->bus.bus,
	};
}

void fixture_start(struct fixture *f)
{
	FIXTURE_MUST(daemon_open(&f->daemon, f->spec, &f->options, f->context) == 0);
	daemon_connected(f->daemon);
}

void fixture_stop(struct fixture *f)
{
	daemon_free(f->daemon);
	f->daemon = NULL;
}

void fixture_restart(struct fixture *f)
{
	fixture_stop(f);
	fixture_start(f);
}

void fixture_close(struct fixture *f)
{
	fixture_stop(f);
	recording_bus_close(&f->bus);
	arena_close(&f->arena);
	temporary_remove(f->folder);
	remove(f->key_file);
}

void fixture_step(struct fixture *f)
{
	FIXTURE_MUST(daemon_step(f->daemon) == 0);
}

void fixture_pass(struct fixture *f, int64_t ms)
{
	test_clock_advance(&f->clock, ms);
	fixture_step(f);
}

/* ---- messages ------------------------------------------------------------------------------- */

static ProtobufCBinaryData pack(struct fixture *f, const ProtobufCMessage *message)
{
	struct bytes packed;

	FIXTURE_MUST(codec_pack(message, &f->arena, &packed) == 0);
	return (ProtobufCBinaryData){ packed.size,
				      arena_copy(&f->arena, packed.data, packed.size) };
}

static void *decode(struct fixture *f, const ProtobufCMessageDescriptor *type, struct bytes in)
{
	ProtobufCMessage *message = NULL;

	FIXTURE_MUST(codec_decode(type, in, &f->arena, &message, NULL) == 0);
	return message;
}

void *fixture_decode(struct fixture *f, const ProtobufCMessageDescriptor *type,
		     ProtobufCBinaryData body)
{
	return decode(f, type, (struct bytes){ body.data, body.len });
}

/* ---- what it hears -------------------------------------------------------------------------- */

void fixture_receive(struct fixture *f, const char *topic, const ProtobufCMessage *message)
{
	struct bytes packed;

	FIXTURE_MUST(codec_pack(message, &f->arena, &packed) == 0);
	FIXTURE_MUST(daemon_receive(f->daemon, topic, packed) == 0);
}

void fixture_tell_at(struct fixture *f, const char *peer, uint64_t position, uint64_t directory,
		     const ProtobufCMessage *body)
{
	Notices notices = Notices_INIT;
	Notice item = Notice_INIT, *items[] = { &item };

	item.position = position;
	item.type = arena_string(&f->arena, codec_name(body->descriptor));
	item.body = pack(f, body);
	notices.from = position - 1;
	notices.to = notices.last = position;
	notices.items = items;
	notices.n_items = 1;
	notices.directory = directory;
	fixture_receive(f, arena_printf(&f->arena, "tsunagi/v1/%s/notice/%s", peer, f->spec->name),
			&notices.base);
}

void fixture_tell(struct fixture *f, const char *peer, uint64_t *position,
		  const ProtobufCMessage *body)
{
	fixture_tell_at(f, peer, ++*position, 0, body);
}

bool fixture_answer(struct fixture *f, const char *peer, const ProtobufCMessage *body)
{
	const char *self = f->spec->name;
	const Request *asked =
		fixture_said(f, &Request_descriptor,
			     arena_printf(&f->arena, "%s/req/%s/%s", peer, self, self), 0);
	Reply reply = Reply_INIT;

	if (!asked)
		return false;
	reply.request_id = asked->id;
	reply.type = arena_string(&f->arena, codec_name(body->descriptor));
	reply.body = pack(f, body);
	fixture_receive(f, arena_printf(&f->arena, "tsunagi/v1/%s/res/%s/%s", peer, self, self),
			&reply.base);
	return true;
}

char *fixture_id(struct fixture *f)
{
	char id[ID_SIZE];

	id_make(id, &f->clock.clock, f->clock.wall_ms);
	return arena_string(&f->arena, id);
}

Request fixture_request(struct fixture *f, const ProtobufCMessage *body, uint64_t after, bool watch)
{
	Request request = Request_INIT;

	request.id = fixture_id(f);
	request.type = arena_string(&f->arena, codec_name(body->descriptor));
	request.body = pack(f, body);
	request.after = after;
	request.watch = watch;
	return request;
}

void fixture_send(struct fixture *f, const char *user, const Request *request)
{
	fixture_receive(f, arena_printf(&f->arena, "tsunagi/v1/%s/req/%s/" FIXTURE_DEVICE,
					f->spec->name, user), &request->base);
}

void fixture_organisation(struct fixture *f, const char *id, OrganisationKind kind, Area area,
			  bool left)
{
	static Network networks[] = { NETWORK_TIZI_NET, NETWORK_BBN };
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = arena_string(&f->arena, id);
	organisation.name = arena_printf(&f->arena, "%s (name)", id);
	organisation.phone = arena_string(&f->arena, FIXTURE_PHONE);
	organisation.kind = kind;
	organisation.area = area;
	organisation.left = left;
	organisation.networks = networks;
	organisation.n_networks = sizeof(networks) / sizeof(*networks);
	changed.organisation = &organisation;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
}

void fixture_person(struct fixture *f, const char *user, const char *organisation,
		    Profession profession)
{
	PersonChanged changed = PersonChanged_INIT;
	Person person = Person_INIT;

	person.id = arena_string(&f->arena, user);
	person.name = arena_printf(&f->arena, "%s (name)", user);
	person.organisation = arena_string(&f->arena, organisation);
	person.profession = profession;
	person.state = ENROLMENT_STATE_ENROLLED;
	changed.person = &person;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
}

/* ---- what it says --------------------------------------------------------------------------- */

Reply *fixture_call(struct fixture *f, const char *user, const Request *request)
{
	recording_bus_clear(&f->bus);
	fixture_send(f, user, request);
	fixture_step(f);
	f->reply = fixture_reply(f, user, 0);
	FIXTURE_MUST(f->reply);
	FIXTURE_MUST(!strcmp(f->reply->request_id, request->id));
	FIXTURE_MUST(f->reply->code == CODE_OK ||
		     (f->reply->message_ja[0] && f->reply->message_en[0]));
	return f->reply;
}

Code fixture_ask(struct fixture *f, const char *user, const ProtobufCMessage *body, uint64_t after,
		 bool watch)
{
	Request request = fixture_request(f, body, after, watch);

	return fixture_call(f, user, &request)->code;
}

void *fixture_body(struct fixture *f, const ProtobufCMessageDescriptor *type)
{
	FIXTURE_MUST(f->reply->code == CODE_OK);
	FIXTURE_MUST(!strcmp(f->reply->type, codec_name(type)));
	return fixture_decode(f, type, f->reply->body);
}

void *fixture_said(struct fixture *f, const ProtobufCMessageDescriptor *type, const char *topic_end,
		   size_t n)
{
	const struct recorded *said = recording_bus_find(&f->bus, topic_end, n);

	return said ? decode(f, type, said->payload) : NULL;
}

Reply *fixture_reply(struct fixture *f, const char *user, size_t n)
{
	const char *topic =
		arena_printf(&f->arena, "%s/res/%s/" FIXTURE_DEVICE, f->spec->name, user);

	return fixture_said(f, &Reply_descriptor, topic, n);
}

Push *fixture_push(struct fixture *f, const char *user, size_t n)
{
	const char *topic = arena_printf(&f->arena, "%s/inbox/%s", f->spec->name, user);

	return fixture_said(f, &Push_descriptor, topic, n);
}

Notice *fixture_notice(struct fixture *f, const char *reader, size_t n)
{
	const char *topic = arena_printf(&f->arena, "%s/notice/%s", f->spec->name, reader);
	const Notices *notices;

	for (size_t i = 0; (notices = fixture_said(f, &Notices_descriptor, topic, i)); i++) {
		if (n < notices->n_items)
			return notices->items[n];
		n -= notices->n_items;
	}
	return NULL;
}

/* ---- what it keeps -------------------------------------------------------------------------- */

JournalEntry *fixture_fact(struct fixture *f, const char *type, uint64_t *position)
{
	JournalEntry *entry = NULL;
	struct tx tx;

	FIXTURE_MUST(tx_begin(&tx, daemon_store(f->daemon), &f->arena, false) == 0);
	while (!entry && *position < daemon_head(f->daemon)) {
		FIXTURE_MUST(journal_read(&tx, ++*position, &entry) == 0);
		if (strcmp(entry->type, type))
			entry = NULL;
	}
	tx_abort(&tx);
	return entry;
}

void fixture_rebuild(struct fixture *f)
{
	uint64_t entries, differing;

	FIXTURE_MUST(daemon_rebuild(f->daemon, &entries, &differing) == 0);
	FIXTURE_MUST(entries > 0);
	FIXTURE_MUST(differing == 0);
}
