#include "journal.h"

#include <openssl/sha.h>
#include <string.h>

#include "error.h"

#define HEAD_KEY "head"

int journal_head(struct tx *tx, struct journal_head *head)
{
	struct key key = key_text(HEAD_KEY);
	JournalHead *stored;

	*head = (struct journal_head){ 0 };
	int rc = GET(tx, TABLE_META, &key, JournalHead, &stored);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	if (stored->hash.len != JOURNAL_HASH_BYTES ||
	    (stored->witness_position && stored->witness_hash.len != JOURNAL_HASH_BYTES))
		return tx->error = ERR_CORRUPT;
	head->position = stored->position;
	head->time_ms = stored->time_ms;
	head->jumps_ms = stored->jumps_ms;
	memcpy(head->hash, stored->hash.data, JOURNAL_HASH_BYTES);
	head->witness_position = stored->witness_position;
	if (stored->witness_position)
		memcpy(head->witness_hash, stored->witness_hash.data, JOURNAL_HASH_BYTES);
	return 0;
}

void journal_head_put(struct tx *tx, struct journal_head *head)
{
	struct key key = key_text(HEAD_KEY);
	JournalHead stored = JournalHead_INIT;

	stored.position = head->position;
	stored.time_ms = head->time_ms;
	stored.jumps_ms = head->jumps_ms;
	stored.hash.data = head->hash;
	stored.hash.len = JOURNAL_HASH_BYTES;
	stored.witness_position = head->witness_position;
	stored.witness_hash.data = head->witness_hash;
	stored.witness_hash.len = head->witness_position ? JOURNAL_HASH_BYTES : 0;
	PUT(tx, TABLE_META, &key, &stored);
}

/* hash ‖ sealed as stored; the hash is over the hash before and the sealed bytes. */
static void chain(uint8_t *stored, size_t size, const uint8_t previous[JOURNAL_HASH_BYTES],
		  uint8_t out[JOURNAL_HASH_BYTES])
{
	memcpy(stored, previous, JOURNAL_HASH_BYTES);
	SHA256(stored, size, out);
}

void journal_head_follow(struct journal_head *head, const JournalEntry *entry, struct arena *arena)
{
	head->time_ms = entry->time_ms;
	if (strcmp(entry->type, "Witnessed")) {
		head->witness_position = head->position;
		memcpy(head->witness_hash, head->hash, JOURNAL_HASH_BYTES);
	}
	if (!strcmp(entry->type, "ClockJumped")) {
		ProtobufCMessage *jump;
		struct bytes fact = { entry->fact.data, entry->fact.len };
		if (codec_unpack(&ClockJumped_descriptor, fact, arena, &jump) == 0)
			head->jumps_ms += ((const ClockJumped *)(const void *)jump)->delta_ms;
	}
}

void journal_append(struct tx *tx, const JournalEntry *entry, struct journal_head *head)
{
	struct key key = key_u64(head->position + 1);
	struct bytes packed, sealed;

	if (tx->error)
		return;
	if (codec_pack(&entry->base, tx->arena, &packed)) {
		tx->error = ERR_NOMEM;
		return;
	}
	if (tx_seal_raw(tx, TABLE_JOURNAL, &key, packed, &sealed))
		return;
	uint8_t *stored = arena_alloc(tx->arena, JOURNAL_HASH_BYTES + sealed.size);
	if (!stored) {
		tx->error = ERR_NOMEM;
		return;
	}
	memcpy(stored + JOURNAL_HASH_BYTES, sealed.data, sealed.size);
	chain(stored, JOURNAL_HASH_BYTES + sealed.size, head->hash, head->hash);
	memcpy(stored, head->hash, JOURNAL_HASH_BYTES);
	tx_put_raw(tx, TABLE_JOURNAL, &key,
		   (struct bytes){ stored, JOURNAL_HASH_BYTES + sealed.size });
	head->position++;
	journal_head_follow(head, entry, tx->arena);
}

static int open_entry(struct tx *tx, const struct key *key, struct bytes raw, JournalEntry **out)
{
	struct bytes plain;
	ProtobufCMessage *message;

	if (raw.size < JOURNAL_HASH_BYTES)
		return ERR_CORRUPT;
	struct bytes sealed = { raw.data + JOURNAL_HASH_BYTES, raw.size - JOURNAL_HASH_BYTES };
	int rc = tx_unseal_raw(tx, TABLE_JOURNAL, key, sealed, &plain);
	if (!rc)
		rc = codec_unpack(&JournalEntry_descriptor, plain, tx->arena, &message);
	if (!rc)
		*out = (JournalEntry *)(void *)message;
	return rc;
}

int journal_read(struct tx *tx, uint64_t position, JournalEntry **out)
{
	struct key key = key_u64(position);
	struct bytes raw;

	int rc = tx_get_raw(tx, TABLE_JOURNAL, &key, &raw);
	return rc ? rc : open_entry(tx, &key, raw, out);
}

int journal_hash(struct tx *tx, uint64_t position, uint8_t hash[JOURNAL_HASH_BYTES])
{
	struct key key = key_u64(position);
	struct bytes raw;

	int rc = tx_get_raw(tx, TABLE_JOURNAL, &key, &raw);
	if (rc)
		return rc;
	if (raw.size < JOURNAL_HASH_BYTES)
		return ERR_CORRUPT;
	memcpy(hash, raw.data, JOURNAL_HASH_BYTES);
	return 0;
}

int journal_last(struct tx *tx, struct journal_head *head)
{
	struct scan scan;
	JournalEntry *entry;
	int rc = 0;

	*head = (struct journal_head){ .position = 0 };
	scan_open(&scan, tx, TABLE_JOURNAL, NULL, NULL);
	if (scan_previous(&scan)) {
		head->position = scan_number(&scan);
		rc = journal_hash(tx, head->position, head->hash);
		if (!rc && journal_read(tx, head->position, &entry) == 0) {
			head->jumps_ms = entry->time_ms - entry->steady_ms;
			journal_head_follow(head, entry, tx->arena);
		}
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

/* ---- checking ----------------------------------------------------------------------------- */

static int add_fault(struct arena *arena, JournalVerified *answer, uint64_t position, char *what)
{
	Fault *fault = NEW(Fault, arena);
	if (!fault)
		return ERR_NOMEM;
	fault->position = position;
	fault->what = what;
	return arena_append(arena, &answer->faults, &answer->n_faults, fault);
}

static int add_witnessed(struct arena *arena, JournalVerified *answer, const JournalEntry *entry)
{
	ProtobufCMessage *message;
	struct bytes fact = { entry->fact.data, entry->fact.len };

	int rc = codec_unpack(&Witnessed_descriptor, fact, arena, &message);
	if (rc)
		return rc;
	return arena_append(arena, &answer->witnessed, &answer->n_witnessed,
			    (Witnessed *)(void *)message);
}

/* One entry against the hash of the one before, which it then replaces. */
static int verify_entry(struct scan *scan, uint64_t position, uint8_t previous[JOURNAL_HASH_BYTES],
			JournalVerified *answer)
{
	struct arena *arena = scan->tx->arena;
	struct key key = key_u64(position);
	uint8_t hash[JOURNAL_HASH_BYTES];
	JournalEntry *entry;

	if (scan->raw.size < JOURNAL_HASH_BYTES + 1) {
		return add_fault(arena, answer, position, "altered");
	}
	uint8_t *copy = arena_copy(arena, scan->raw.data, scan->raw.size);
	if (!copy)
		return ERR_NOMEM;
	chain(copy, scan->raw.size, previous, hash);
	memcpy(previous, scan->raw.data, JOURNAL_HASH_BYTES);
	if (memcmp(hash, previous, JOURNAL_HASH_BYTES))
		return add_fault(arena, answer, position, "altered");
	int rc = open_entry(scan->tx, &key, scan->raw, &entry);
	if (rc == ERR_CORRUPT)
		return add_fault(arena, answer, position, "altered");
	if (!rc && !strcmp(entry->type, "Witnessed"))
		rc = add_witnessed(arena, answer, entry);
	return rc;
}

/* The journal must end where the head's view, sealed, says it does. */
static int verify_end(struct tx *tx, uint64_t last, const uint8_t hash[JOURNAL_HASH_BYTES],
		      JournalVerified *answer)
{
	struct journal_head head;

	if (journal_head(tx, &head)) {
		tx->error = 0;
		return add_fault(tx->arena, answer, last, "the head was altered");
	}
	if (head.position > last)
		return add_fault(tx->arena, answer, last + 1, "truncated");
	if (head.position < last)
		return add_fault(tx->arena, answer, head.position + 1, "more than was written");
	if (last && memcmp(hash, head.hash, JOURNAL_HASH_BYTES))
		return add_fault(tx->arena, answer, last, "altered");
	return 0;
}

int journal_verify(struct tx *tx, uint64_t from, unsigned most, size_t most_bytes,
		   JournalVerified *answer)
{
	uint8_t previous[JOURNAL_HASH_BYTES] = { 0 };
	struct key start = key_u64(from ? from : 1);
	uint64_t expected = from ? from : 1;
	struct scan scan;
	bool ended = false;
	int rc = 0;

	answer->from = expected;
	if (expected > 1) /* a missing one is a fault of the stretch before */
		journal_hash(tx, expected - 1, previous);
	scan_open(&scan, tx, TABLE_JOURNAL, NULL, &start);
	for (size_t bytes = 0; !rc && most && bytes < most_bytes; most--, bytes += scan.raw.size) {
		if ((ended = !scan_next(&scan)))
			break;
		uint64_t position = scan_number(&scan);
		if (position != expected) {
			rc = add_fault(tx->arena, answer, expected, "missing");
			memcpy(previous, scan.raw.data, JOURNAL_HASH_BYTES);
		} else {
			rc = verify_entry(&scan, position, previous, answer);
		}
		expected = position + 1;
	}
	scan_close(&scan);
	answer->to = expected - 1;
	if (!rc && ended)
		rc = verify_end(tx, answer->to, previous, answer);
	return rc ? rc : tx->error;
}
