/*
 * Views made anew from the journal. They are built beside the old ones, in a store that is thrown
 * away, and compared key by key; what differs is then put right in the real store.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"
#include "log.h"

struct rebuild {
	struct daemon *daemon;
	struct tx real, fresh;
	struct arena arena;
	struct journal_head head;
	uint64_t differing;
};

static int apply_all(struct rebuild *rebuild)
{
	struct daemon *daemon = rebuild->daemon;
	struct journal_head *head = &rebuild->head;

	while (head->position < daemon->head.position) {
		JournalEntry *entry;
		const struct fact_type *type;
		ProtobufCMessage *fact;

		arena_reset(&rebuild->arena);
		int rc = journal_read(&rebuild->real, head->position + 1, &entry);
		if (!rc)
			rc = journal_hash(&rebuild->real, head->position + 1, head->hash);
		if (!rc)
			rc = fact_unpack(daemon->spec, entry, &rebuild->arena, &type, &fact);
		if (rc) {
			log_event(LOG_LEVEL_ERROR, "rebuild", "position=%llu error=\"%s\"",
				  (unsigned long long)head->position + 1, error_text(rc));
			return rc;
		}
		head->position++;
		journal_head_follow(head, entry, &rebuild->arena);
		fact_apply(daemon->spec, &rebuild->fresh, entry, head->position, fact);
		if (rebuild->fresh.error)
			return rebuild->fresh.error;
	}
	arena_reset(&rebuild->arena);
	if (head->position)
		journal_head_put(&rebuild->fresh, head);
	return rebuild->fresh.error;
}

static struct key present_key(const struct scan *scan)
{
	struct key key = { .size = 0 };
	key_add_bytes(&key, scan->key, scan->key_size);
	return key;
}

/* Less than, equal to or greater than zero, as LMDB sorts. */
static int compare_keys(const struct scan *a, const struct scan *b)
{
	size_t shorter = a->key_size < b->key_size ? a->key_size : b->key_size;
	int order = memcmp(a->key, b->key, shorter);
	return order ? order : (a->key_size > b->key_size) - (a->key_size < b->key_size);
}

static void differs(struct rebuild *rebuild, int table, const struct key *key, const char *how)
{
	rebuild->differing++;
	log_event(LOG_LEVEL_WARN, "rebuild", "table=%d key_bytes=%zu difference=\"%s\"", table, key->size,
		  how);
}

/* Puts the fresh store's value into the real one where they are not equal. */
static void mend_value(struct rebuild *rebuild, int table, struct scan *real, struct scan *fresh)
{
	struct key key = present_key(fresh);
	struct bytes old, new;

	arena_reset(&rebuild->arena);
	if (scan_value(fresh, &new))
		return;
	int rc = scan_value(real, &old);
	if (rc)
		rebuild->real.error = 0; /* a damaged view is just what this repairs */
	if (rc || old.size != new.size || memcmp(old.data, new.data, new.size)) {
		differs(rebuild, table, &key, "value");
		tx_put(&rebuild->real, table, &key, new);
	}
}

/*
 * Walks both tables side by side. The real one is written while its scan is open, so the scan is
 * opened anew behind each change.
 */
static void mend_table(struct rebuild *rebuild, int table)
{
	struct scan real, fresh;
	struct bytes value;

	scan_open(&real, &rebuild->real, table, NULL, NULL);
	scan_open(&fresh, &rebuild->fresh, table, NULL, NULL);
	bool has_real = scan_next(&real), has_fresh = scan_next(&fresh);
	while ((has_real || has_fresh) && !rebuild->real.error && !rebuild->fresh.error) {
		int order = !has_real ? 1 : !has_fresh ? -1 : compare_keys(&real, &fresh);
		uint64_t before = rebuild->differing;
		struct key key = present_key(order < 0 ? &real : &fresh);
		if (order < 0) {
			differs(rebuild, table, &key, "too much");
			tx_delete(&rebuild->real, table, &key);
		} else if (order == 0) {
			mend_value(rebuild, table, &real, &fresh);
		} else if (arena_reset(&rebuild->arena), scan_value(&fresh, &value) == 0) {
			differs(rebuild, table, &key, "missing");
			tx_put(&rebuild->real, table, &key, value);
		}
		if (rebuild->differing != before) {
			key_add_bytes(&key, "", key.size < LIMIT_KEY_BYTES); /* the next possible key */
			scan_close(&real);
			scan_open(&real, &rebuild->real, table, NULL, &key);
			has_real = scan_next(&real);
		} else if (order <= 0) {
			has_real = scan_next(&real);
		}
		if (order >= 0)
			has_fresh = scan_next(&fresh);
	}
	scan_close(&real);
	scan_close(&fresh);
}

static int rebuild_into(struct rebuild *rebuild, struct store *scratch)
{
	struct daemon *daemon = rebuild->daemon;
	int rc = tx_begin(&rebuild->real, daemon->store, &rebuild->arena, true);

	if (!rc)
		rc = tx_begin(&rebuild->fresh, scratch, &rebuild->arena, true);
	if (!rc)
		rc = apply_all(rebuild);
	for (int table = TABLE_FIRST_VIEW; !rc && table < TABLE_OWN + (int)daemon->spec->n_tables; table++) {
		mend_table(rebuild, table);
		rc = rebuild->real.error ? rebuild->real.error : rebuild->fresh.error;
	}
	tx_abort(&rebuild->fresh);
	if (rc || !rebuild->differing)
		tx_abort(&rebuild->real);
	else
		rc = tx_commit(&rebuild->real);
	return rc;
}

static void remove_scratch(const char *folder)
{
	char path[1100];

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/lock.mdb", folder);
	unlink(path);
	rmdir(folder);
}

int daemon_rebuild(struct daemon *daemon, uint64_t *entries, uint64_t *differing)
{
	struct rebuild rebuild = { .daemon = daemon };
	struct store_options options = daemon->store_options;
	struct store *scratch;
	char folder[1024];

	snprintf(folder, sizeof(folder), "%s/rebuild", options.folder);
	remove_scratch(folder);
	if (mkdir(folder, 0700))
		return ERR_IO;
	options.folder = folder;
	int rc = store_open(&scratch, &options);
	if (!rc) {
		arena_init(&rebuild.arena, LIMIT_ARENA_BYTES);
		rc = rebuild_into(&rebuild, scratch);
		arena_close(&rebuild.arena);
		store_free(scratch);
	}
	remove_scratch(folder);
	if (rc)
		return rc;
	daemon->rebuilds++;
	daemon->settled = false;
	*entries = rebuild.head.position;
	*differing = rebuild.differing;
	return 0;
}
