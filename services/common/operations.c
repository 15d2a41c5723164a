/* The routes and facts that every daemon has: people, notices, checking and repair of the journal. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "frame.h"
#include "log.h"

#define VERIFY_ENTRIES 2000
#define SCAN_BYTES (512 * 1024) /* of sealed entries looked at in one answer */

/* ---- facts -------------------------------------------------------------------------------- */

static void apply_witnessed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const Witnessed *fact)
{
	struct key key = key_text_u64(fact->instance, fact->position);

	(void)entry, (void)position;
	tx_put(tx, TABLE_WITNESSED, &key, (struct bytes){ fact->hash.data, fact->hash.len });
}

static void apply_organisation(struct tx *tx, const JournalEntry *entry, uint64_t position,
			       const OrganisationChanged *fact)
{
	(void)entry, (void)position;
	organisation_put(tx, fact->organisation);
}

static void apply_person(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const PersonChanged *fact)
{
	(void)entry, (void)position;
	person_put(tx, fact->person);
}

const struct fact_type common_facts[] = {
	FACT(Witnessed, apply_witnessed, TO_NOBODY),
	{ .message = &ClockJumped_descriptor }, /* the journal's head follows it */
	{ .message = &DueDropped_descriptor },
	FACT(OrganisationChanged, apply_organisation, TO_NOBODY),
	FACT(PersonChanged, apply_person, TO_NOBODY),
};
const size_t n_common_facts = sizeof(common_facts) / sizeof(common_facts[0]);

/* ---- people, as directory tells of them --------------------------------------------------- */

struct nothing {
	char unused;
};

static int load_nothing_o(struct tx *tx, const struct input *in, const OrganisationChanged *notice,
			  struct nothing *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

static int load_nothing_p(struct tx *tx, const struct input *in, const PersonChanged *notice,
			  struct nothing *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

static int adopt_organisation(const struct input *in, const struct nothing *view,
			      const OrganisationChanged *notice, OrganisationChanged *fact)
{
	(void)in, (void)view;
	fact->organisation = notice->organisation;
	return notice->organisation ? 0 : ERR_NOTHING;
}

static int adopt_person(const struct input *in, const struct nothing *view,
			const PersonChanged *notice, PersonChanged *fact)
{
	(void)in, (void)view;
	fact->person = notice->person;
	return notice->person ? 0 : ERR_NOTHING;
}

/* ---- notices ------------------------------------------------------------------------------ */

static int add_notice(const struct daemon *daemon, const struct input *in, uint64_t position,
		      const JournalEntry *entry, Notices *page, size_t *bytes)
{
	const struct fact_type *type;
	ProtobufCMessage *fact;
	struct bytes body;

	int rc = fact_unpack(daemon->spec, entry, in->arena, &type, &fact);
	if (rc)
		return rc;
	const ProtobufCMessage *message = fact_notice(type, in->actor.user, in->arena, entry, fact);
	if (!message)
		return 0;
	Notice *notice = NEW(Notice, in->arena);
	if (!notice || codec_pack(message, in->arena, &body))
		return ERR_NOMEM;
	notice->position = position;
	notice->time_ms = entry->time_ms;
	notice->type = arena_string(in->arena, codec_name(message->descriptor));
	notice->body.data = arena_copy(in->arena, body.data, body.size);
	notice->body.len = body.size;
	*bytes += body.size + 64;
	return arena_append(in->arena, &page->items, &page->n_items, notice);
}

/*
 * What a peer missed: walks the journal from where it is. A damaged entry is passed over with a loud
 * word in the log: it cannot be read any more, and what comes after it must still arrive.
 */
static int read_notices(struct tx *tx, const struct input *in, const ReadNotices *request,
			Notices *page, struct answer *answer)
{
	const struct daemon *daemon = in->daemon;
	size_t page_bytes = 0, looked_at = 0;
	uint64_t position = request->from < in->head ? request->from : in->head; /* see check_end, peer.c */

	(void)answer;
	if (in->actor.profession != PROFESSION_SERVICE)
		return refuse(in, CODE_PERMISSION_DENIED, "", "この操作の権限がありません。",
			      "You may not do this.");
	page->from = position;
	while (position < in->head && page_bytes < LIMIT_PAGE_BYTES && looked_at < SCAN_BYTES &&
	       page->n_items < LIMIT_PAGE_ITEMS) {
		JournalEntry *entry;
		int rc = journal_read(tx, position + 1, &entry);
		if (rc == ERR_CORRUPT || rc == ERR_NOTFOUND)
			log_event(LOG_LEVEL_ERROR, "journal", "position=%llu problem=\"%s\"",
				  (unsigned long long)position + 1, error_text(rc));
		else if (!rc)
			rc = add_notice(daemon, in, position + 1, entry, page, &page_bytes);
		if (rc && rc != ERR_CORRUPT && rc != ERR_NOTFOUND)
			return rc;
		looked_at += rc ? 100 : entry->fact.len + 300;
		position++;
	}
	page->to = position;
	page->head = daemon->batch.witness_position;
	page->hash.data = arena_copy(in->arena, daemon->batch.witness_hash, JOURNAL_HASH_BYTES);
	page->hash.len = JOURNAL_HASH_BYTES;
	page->directory = peers_directory(daemon);
	page->last = in->head;
	return 0;
}

/* ---- the journal, for administrators ------------------------------------------------------ */

static bool administrator(const struct input *in)
{
	return in->actor.profession == PROFESSION_ADMINISTRATOR;
}

static int no_right(const struct input *in)
{
	return refuse(in, CODE_PERMISSION_DENIED, "", "管理者だけができます。",
		      "Only administrators may do this.");
}

static int verify_journal(struct tx *tx, const struct input *in, const VerifyJournal *request,
			  JournalVerified *response, struct answer *answer)
{
	const struct daemon *daemon = in->daemon;

	if (!administrator(in))
		return no_right(in);
	int rc = journal_verify(tx, request->from, VERIFY_ENTRIES, SCAN_BYTES, response);
	response->head = daemon->batch.position;
	answer->more = response->to < response->head;
	answer->position = response->to;
	return rc;
}

static int read_hashes(struct tx *tx, const struct input *in, const ReadHashes *request,
		       Hashes *response, struct answer *answer)
{
	const struct daemon *daemon = in->daemon;

	(void)answer;
	if (!administrator(in))
		return no_right(in);
	for (size_t i = 0; i < request->n_positions; i++) {
		uint8_t hash[JOURNAL_HASH_BYTES];
		if (journal_hash(tx, request->positions[i], hash))
			continue; /* it is not there: the answer says so by leaving it out */
		Witnessed *item = NEW(Witnessed, in->arena);
		if (!item)
			return ERR_NOMEM;
		item->instance = arena_string(in->arena, daemon->spec->name);
		item->position = request->positions[i];
		item->hash.data = arena_copy(in->arena, hash, JOURNAL_HASH_BYTES);
		item->hash.len = JOURNAL_HASH_BYTES;
		if (arena_append(in->arena, &response->items, &response->n_items, item))
			return ERR_NOMEM;
	}
	response->head = daemon->batch.position;
	return tx->error;
}

static int rebuild_views(struct daemon *daemon, struct arena *arena, const void *message,
			 void *response)
{
	ViewsRebuilt *rebuilt = response;

	(void)arena, (void)message;
	return daemon_rebuild(daemon, &rebuilt->entries, &rebuilt->differing);
}

static int backup(struct daemon *daemon, struct arena *arena, const void *message, void *response)
{
	const Backup *request = message;
	BackedUp *done = response;

	if (request->folder[0] != '/')
		return ERR_INVALID;
	mkdir(request->folder, 0700); /* where it is there already, the better */
	char *folder = arena_printf(arena, "%s/%s", request->folder, daemon->spec->name);
	if (mkdir(folder, 0700))
		return ERR_IO; /* also where a copy is already: nothing is written over */
	int rc = store_copy(daemon->store, folder);
	done->file = arena_printf(arena, "%s/data.mdb", folder);
	done->position = daemon->head.position;
	return rc;
}

const struct route common_routes[] = {
	NOTICE("directory", OrganisationChanged, struct nothing, load_nothing_o, adopt_organisation,
	       OrganisationChanged),
	NOTICE("directory", PersonChanged, struct nothing, load_nothing_p, adopt_person, PersonChanged),
	READ(ReadNotices, read_notices, Notices),
	READ(VerifyJournal, verify_journal, JournalVerified),
	READ(ReadHashes, read_hashes, Hashes),
	{ .kind = ROUTE_OPERATION, .message = &RebuildViews_descriptor,
	  .response = &ViewsRebuilt_descriptor, .operation = rebuild_views },
	{ .kind = ROUTE_OPERATION, .message = &Backup_descriptor, .response = &BackedUp_descriptor,
	  .operation = backup },
};
const size_t n_common_routes = sizeof(common_routes) / sizeof(common_routes[0]);

/* ---- operations: between two batches ------------------------------------------------------ */

static void fill_in_error(const struct pending_operation *operation, int error, Reply *reply)
{
	union { const char *in; char *out; } text = { .in = error_text(error) };
	union { const char *in; char *out; } ja = { .in = "実行できませんでした。ログを確かめてください。" };

	log_event(LOG_LEVEL_ERROR, "operation", "type=%s error=\"%s\"",
		  codec_name(operation->route->message), error_text(error));
	reply->code = error == ERR_INVALID ? CODE_INVALID_ARGUMENT : CODE_UNAVAILABLE;
	if (error == ERR_IO)
		reply->code = CODE_FAILED_PRECONDITION;
	reply->message_en = text.out;
	reply->message_ja = ja.out;
}

void operation_run(struct daemon *daemon)
{
	struct pending_operation *operation = daemon->operation;
	ProtobufCMessage *message, *response;
	Reply reply = Reply_INIT;
	struct bytes body;

	if (!operation->route)
		return;
	arena_reset(&daemon->outer);
	response = codec_new(operation->route->response, &daemon->outer);
	int rc = codec_decode(operation->route->message,
			      (struct bytes){ operation->body, operation->body_size }, &daemon->outer,
			      &message, NULL);
	if (!rc && !response)
		rc = ERR_NOMEM;
	if (!rc)
		rc = operation->route->operation(daemon, &daemon->outer, message, response);
	if (!rc)
		rc = codec_pack(response, &daemon->outer, &body);
	reply.request_id = operation->id;
	reply.position = daemon->head.position;
	if (rc) {
		fill_in_error(operation, rc, &reply);
	} else {
		reply.type = arena_string(&daemon->outer, codec_name(operation->route->response));
		reply.body.data = arena_copy(&daemon->outer, body.data, body.size);
		reply.body.len = body.size;
	}
	arena_reset(&daemon->arena);
	input_reply(daemon, operation->user, operation->device, &reply);
	operation->route = NULL;
}
