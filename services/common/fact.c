/* One fact: appended to the journal, applied to the views, told to the peers. */
#include <string.h>

#include "date.h"
#include "frame.h"
#include "log.h"

const struct fact_type *fact_find(const struct daemon_spec *spec, const char *name)
{
	for (size_t i = 0; i < spec->n_facts; i++)
		if (!strcmp(codec_name(spec->facts[i].message), name))
			return &spec->facts[i];
	for (size_t i = 0; i < n_common_facts; i++)
		if (!strcmp(codec_name(common_facts[i].message), name))
			return &common_facts[i];
	return NULL;
}

/* The same for a fact in hand: by its descriptor, without comparing names. */
static const struct fact_type *type_of(const struct daemon_spec *spec, const ProtobufCMessage *fact)
{
	for (size_t i = 0; i < spec->n_facts; i++)
		if (spec->facts[i].message == fact->descriptor)
			return &spec->facts[i];
	for (size_t i = 0; i < n_common_facts; i++)
		if (common_facts[i].message == fact->descriptor)
			return &common_facts[i];
	return NULL;
}

int fact_unpack(const struct daemon_spec *spec, const JournalEntry *entry, struct arena *arena,
		const struct fact_type **type, ProtobufCMessage **fact)
{
	*type = fact_find(spec, entry->type);
	if (!*type)
		return ERR_CORRUPT;
	return codec_unpack((*type)->message, (struct bytes){ entry->fact.data, entry->fact.len }, arena,
			    fact);
}

const ProtobufCMessage *fact_notice(const struct fact_type *type, const char *reader,
				    struct arena *arena, const JournalEntry *entry,
				    const ProtobufCMessage *fact)
{
	for (size_t i = 0; i < 4 && type->notices[i].reader; i++)
		if (!strcmp(type->notices[i].reader, "*") || !strcmp(type->notices[i].reader, reader))
			return type->notices[i].reduce(arena, entry, fact);
	return NULL;
}

/* ---- views that every fact changes -------------------------------------------------------- */

/* Ids sort by time, so the oldest of a user come first. A few at a time keep the table bounded. */
void replies_trim(struct tx *tx, int table, const char *user, int64_t now_ms)
{
	struct key prefix = key_text(user);
	struct scan scan;
	char id[ID_SIZE];

	scan_open(&scan, tx, table, &prefix, NULL);
	for (int i = 0; i < 2 && scan_next(&scan); i++) {
		size_t size;
		const uint8_t *rest = scan_rest(&scan, &size);
		if (size != ID_SIZE)
			break;
		memcpy(id, rest, ID_SIZE);
		if (id_time_ms(id) >= now_ms - LIMIT_REQUEST_AGE_MS - DAY_MS)
			break;
		scan_delete(&scan);
	}
	scan_close(&scan);
}

static void apply_reply(struct tx *tx, const JournalEntry *entry, uint64_t position)
{
	struct key key = key_texts(entry->user, entry->request_id);
	StoredReply reply = StoredReply_INIT;

	reply.digest = entry->request_digest;
	reply.position = position;
	PUT(tx, TABLE_REPLIES, &key, &reply);
	replies_trim(tx, TABLE_REPLIES, entry->user, entry->time_ms);
}

static void apply_cursor(struct tx *tx, const JournalEntry *entry)
{
	struct key key = key_text(entry->instance), value = key_u64(entry->instance_position);
	tx_put(tx, TABLE_CURSORS, &key, (struct bytes){ value.data, value.size });
}

void fact_apply(const struct daemon_spec *spec, struct tx *tx, const JournalEntry *entry,
		uint64_t position, const ProtobufCMessage *fact)
{
	const struct fact_type *type = type_of(spec, fact);

	if (entry->request_id[0])
		apply_reply(tx, entry, position);
	if (entry->instance[0])
		apply_cursor(tx, entry);
	if (entry->due_key.len) {
		struct key key = { .size = 0 };
		key_add_bytes(&key, entry->due_key.data, entry->due_key.len);
		tx_delete(tx, TABLE_DUE, &key);
	}
	if (!type)
		log_fatal("fact", "type=%s problem=\"not in the table of facts\"", entry->type);
	if (type->apply)
		type->apply(tx, entry, position, fact);
}

/* ---- a new fact --------------------------------------------------------------------------- */

/* protobuf-c's strings are not const; packing does not change them. */
static char *borrowed(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text ? text : "" };
	return pointer.out;
}

static int make_entry(const struct daemon *daemon, const struct input *in, const struct cause *cause,
		      const ProtobufCMessage *fact, JournalEntry *entry)
{
	struct bytes packed;
	int rc = codec_pack(fact, in->arena, &packed);
	if (rc)
		return rc;
	*entry = (JournalEntry)JournalEntry_INIT;
	entry->time_ms = in->time_ms;
	entry->steady_ms = in->steady_ms;
	entry->id = borrowed(in->id);
	entry->user = borrowed(in->actor.user ? in->actor.user : daemon->spec->name);
	entry->device = borrowed(in->actor.device);
	entry->organisation = borrowed(in->actor.organisation);
	entry->profession = (uint32_t)in->actor.profession;
	entry->cause = borrowed(cause->name);
	entry->request_id = borrowed(cause->request_id);
	if (cause->digest)
		entry->request_digest.data = arena_copy(in->arena, cause->digest, JOURNAL_HASH_BYTES);
	entry->request_digest.len = entry->request_digest.data ? JOURNAL_HASH_BYTES : 0;
	entry->instance = borrowed(in->instance);
	entry->instance_position = in->instance_position;
	entry->due_key.data = arena_copy(in->arena, cause->due_key.data, cause->due_key.size);
	entry->due_key.len = cause->due_key.size;
	entry->type = borrowed(codec_name(fact->descriptor));
	entry->fact.data = arena_copy(in->arena, packed.data, packed.size);
	entry->fact.len = packed.size;
	return 0;
}

static void tell_peers(struct daemon *daemon, struct tx *tx, const struct input *in,
		       const JournalEntry *entry, const ProtobufCMessage *fact)
{
	const struct fact_type *type = type_of(daemon->spec, fact);

	for (size_t i = 0; type && i < daemon->n_peers; i++) {
		const ProtobufCMessage *notice =
			fact_notice(type, daemon->peers[i].name, in->arena, entry, fact);
		if (notice && peer_note(&daemon->peers[i], daemon->batch.position, entry->time_ms, notice,
					in->arena) && !tx->error)
			tx->error = ERR_NOMEM;
	}
}

void fact_commit(struct daemon *daemon, struct tx *tx, const struct input *in,
		 const struct cause *cause, const ProtobufCMessage *fact)
{
	JournalEntry entry;

	if (tx->error)
		return;
	int rc = make_entry(daemon, in, cause, fact, &entry);
	if (rc) {
		tx->error = rc;
		return;
	}
	journal_append(tx, &entry, &daemon->batch);
	if (tx->error)
		return;
	fact_apply(daemon->spec, tx, &entry, daemon->batch.position, fact);
	tell_peers(daemon, tx, in, &entry, fact);
	daemon->batch_facts++;
}
