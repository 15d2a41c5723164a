#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "log.h"
#include "seal.h"
#include "touched.h"

struct fault {
	unsigned skip, count;
	int error;
};

struct store {
	MDB_env *env;
	int folder; /* open and locked as long as the store is */
	MDB_dbi dbi[TABLE_MAX];
	const char *names[TABLE_MAX];
	int n_tables;
	struct seal *seal;
	struct fault faults[STORE_FAULTS];
};

static const char *const common_tables[TABLE_OWN] = {
	[TABLE_JOURNAL] = "journal",     [TABLE_REFUSALS] = "refusals",
	[TABLE_META] = "meta",           [TABLE_REPLIES] = "replies",
	[TABLE_DUE] = "due",             [TABLE_CURSORS] = "cursors",
	[TABLE_WITNESSED] = "witnessed", [TABLE_PEOPLE] = "people",
	[TABLE_ORGANISATIONS] = "organisations", [TABLE_STAFF] = "staff",
};

/* ---- keys --------------------------------------------------------------------------------- */

void key_add_bytes(struct key *key, const void *data, size_t size)
{
	if (size > LIMIT_KEY_BYTES - key->size) {
		key->size = 0;
		return;
	}
	memcpy(key->data + key->size, data, size);
	key->size += size;
}

void key_add_text(struct key *key, const char *text)
{
	key_add_bytes(key, text, strlen(text) + 1);
}

void key_add_u64(struct key *key, uint64_t number)
{
	uint8_t big_endian[8];
	for (int i = 7; i >= 0; i--, number >>= 8)
		big_endian[i] = (uint8_t)number;
	key_add_bytes(key, big_endian, sizeof(big_endian));
}

struct key key_text(const char *text)
{
	struct key key;
	key.size = 0;
	key_add_text(&key, text);
	return key;
}

struct key key_texts(const char *first, const char *second)
{
	struct key key = key_text(first);
	if (key.size)
		key_add_text(&key, second);
	return key;
}

struct key key_text_u64(const char *text, uint64_t number)
{
	struct key key = key_text(text);
	if (key.size)
		key_add_u64(&key, number);
	return key;
}

struct key key_u64(uint64_t number)
{
	struct key key;
	key.size = 0;
	key_add_u64(&key, number);
	return key;
}

/* ---- open and close ----------------------------------------------------------------------- */

/* LMDB takes pointers to data it does not change without const. */
static MDB_val value_of(const void *data, size_t size)
{
	union { const void *in; void *out; } pointer = { .in = data };
	return (MDB_val){ .mv_size = size, .mv_data = pointer.out };
}

/* One translation of LMDB's and the system's codes. Nothing that was not written is half there after
 * ERR_FULL: LMDB has not touched its meta page then. */
static int translate(int rc)
{
	switch (rc) {
	case 0:
		return 0;
	case MDB_NOTFOUND:
		return ERR_NOTFOUND;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case ENOSPC:
	case EDQUOT:
	case EROFS:
		return ERR_FULL;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return ERR_CORRUPT;
	case ENOMEM:
		return ERR_NOMEM;
	case MDB_BAD_VALSIZE:
		return ERR_TOOBIG;
	default:
		return ERR_IO;
	}
}

static int open_tables(struct store *store)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(store->env, NULL, 0, &txn);
	if (rc)
		return rc;
	for (int i = 0; i < store->n_tables && !rc; i++)
		rc = mdb_dbi_open(txn, store->names[i], MDB_CREATE, &store->dbi[i]);
	if (rc) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

static int open_env(struct store *store, const struct store_options *options)
{
	int dead;
	int rc = mdb_env_create(&store->env);
	if (!rc)
		rc = mdb_env_set_maxdbs(store->env, TABLE_MAX);
	if (!rc)
		rc = mdb_env_set_mapsize(store->env, options->map_mb << 20);
	if (!rc)
		rc = mdb_env_open(store->env, options->folder, MDB_NOTLS, 0600);
	if (!rc)
		rc = mdb_reader_check(store->env, &dead);
	if (!rc)
		rc = open_tables(store);
	if (rc)
		log_event(LOG_LEVEL_ERROR, "store", "folder=%s error=\"%s\"", options->folder,
			  mdb_strerror(rc));
	return translate(rc);
}

/*
 * LMDB lets many processes in. But a daemon keeps the journal's head in memory, and a second one beside
 * it would write over entries that the first has answered for.
 */
static int lock_folder(struct store *store, const char *folder)
{
	store->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->folder >= 0 && flock(store->folder, LOCK_EX | LOCK_NB) == 0)
		return 0;
	log_event(LOG_LEVEL_ERROR, "store", "folder=%s error=\"%s\"", folder,
		  errno == EWOULDBLOCK ? "another process has it open" : strerror(errno));
	return ERR_IO;
}

/* A new key for a store that has data would hide that the old one is lost. */
static int check_key(const struct store_options *options)
{
	char data[1100];

	snprintf(data, sizeof(data), "%s/data.mdb", options->folder);
	if (access(data, F_OK) || access(options->key_file, F_OK) == 0)
		return 0;
	log_event(LOG_LEVEL_ERROR, "store", "folder=%s problem=\"its key %s is gone: bring it back\"",
		  options->folder, options->key_file);
	return ERR_CRYPTO;
}

int store_open(struct store **out, const struct store_options *options)
{
	if (TABLE_OWN + options->n_own_tables > TABLE_MAX)
		return ERR_TOOBIG;
	struct store *store = calloc(1, sizeof(*store));
	if (!store)
		return ERR_NOMEM;
	memcpy(store->names, common_tables, sizeof(common_tables));
	for (size_t i = 0; i < options->n_own_tables; i++)
		store->names[TABLE_OWN + i] = options->own_tables[i];
	store->n_tables = (int)(TABLE_OWN + options->n_own_tables);

	int rc = lock_folder(store, options->folder);
	if (!rc)
		rc = check_key(options);
	if (!rc)
		rc = seal_open(&store->seal, options->key_file, options->clock);
	if (!rc)
		rc = open_env(store, options);
	if (rc) {
		store_free(store);
		return rc;
	}
	*out = store;
	return 0;
}

void store_free(struct store *store)
{
	if (!store)
		return;
	if (store->env)
		mdb_env_close(store->env);
	seal_free(store->seal);
	if (store->folder >= 0)
		close(store->folder);
	free(store);
}

/* Pages on the free list, whose records are arrays of page numbers that begin with their length. */
static size_t free_pages(MDB_txn *txn)
{
	MDB_cursor *cursor;
	MDB_val key, data;
	size_t pages = 0;

	if (mdb_cursor_open(txn, 0, &cursor))
		return 0;
	while (mdb_cursor_get(cursor, &key, &data, MDB_NEXT) == 0) {
		size_t n;
		memcpy(&n, data.mv_data, sizeof(n));
		pages += n;
	}
	mdb_cursor_close(cursor);
	return pages;
}

unsigned store_used_percent(struct store *store)
{
	MDB_envinfo info;
	MDB_stat stat;
	MDB_txn *txn;

	mdb_env_info(store->env, &info);
	mdb_env_stat(store->env, &stat);
	size_t total = info.me_mapsize / stat.ms_psize, used = info.me_last_pgno + 1;
	/* The free list is read only when it matters. */
	if (used * 100 / total >= LIMIT_MAP_ALARM_PERCENT &&
	    mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn) == 0) {
		size_t unused = free_pages(txn);
		used -= unused < used ? unused : used;
		mdb_txn_abort(txn);
	}
	return (unsigned)(used * 100 / total);
}

int store_copy(struct store *store, const char *folder)
{
	int rc = mdb_env_copy2(store->env, folder, MDB_CP_COMPACT);
	if (rc)
		log_event(LOG_LEVEL_ERROR, "backup", "folder=%s error=\"%s\"", folder, mdb_strerror(rc));
	return rc ? ERR_IO : 0;
}

void store_inject(struct store *store, enum store_fault fault, unsigned nth, unsigned count,
		  int error)
{
	store->faults[fault] = (struct fault){ .skip = nth ? nth - 1 : 0, .count = count, .error = error };
}

static int injected(struct store *store, enum store_fault which)
{
	struct fault *fault = &store->faults[which];
	if (!fault->count)
		return 0;
	if (fault->skip) {
		fault->skip--;
		return 0;
	}
	fault->count--;
	return fault->error;
}

/* ---- transactions ------------------------------------------------------------------------- */

static int fail(struct tx *tx, int error)
{
	if (!tx->error)
		tx->error = error;
	return error;
}

int tx_begin(struct tx *tx, struct store *store, struct arena *arena, bool write)
{
	MDB_txn *txn = NULL;
	int rc = injected(store, STORE_FAULT_BEGIN);
	if (!rc)
		rc = translate(mdb_txn_begin(store->env, NULL, write ? 0 : MDB_RDONLY, &txn));
	*tx = (struct tx){ .store = store, .txn = txn, .arena = arena, .write = write, .error = rc };
	return rc;
}

int tx_commit(struct tx *tx)
{
	if (!tx->error)
		tx->error = injected(tx->store, STORE_FAULT_COMMIT);
	if (tx->error) {
		tx_abort(tx);
		return tx->error;
	}
	int rc = mdb_txn_commit(tx->txn); /* frees the transaction, whatever it returns */
	tx->txn = NULL;
	if (rc)
		log_event(LOG_LEVEL_ERROR, "commit", "error=\"%s\"", mdb_strerror(rc));
	return tx->error = translate(rc);
}

void tx_abort(struct tx *tx)
{
	if (tx->txn)
		mdb_txn_abort(tx->txn);
	tx->txn = NULL;
}

int tx_get_raw(struct tx *tx, int table, const struct key *key, struct bytes *value)
{
	MDB_val k = value_of(key->data, key->size), v;
	if (tx->error)
		return tx->error;
	if (!key->size)
		return fail(tx, ERR_TOOBIG);
	int rc = translate(mdb_get(tx->txn, tx->store->dbi[table], &k, &v));
	if (rc)
		return rc == ERR_NOTFOUND ? rc : fail(tx, rc);
	*value = (struct bytes){ v.mv_data, v.mv_size };
	return 0;
}

void tx_put_raw(struct tx *tx, int table, const struct key *key, struct bytes value)
{
	MDB_val k = value_of(key->data, key->size), v = value_of(value.data, value.size);
	if (tx->error)
		return;
	int rc = key->size ? injected(tx->store, STORE_FAULT_PUT) : ERR_TOOBIG;
	if (!rc)
		rc = translate(mdb_put(tx->txn, tx->store->dbi[table], &k, &v, 0));
	if (rc)
		fail(tx, rc);
}

static int unseal(struct tx *tx, int table, struct bytes key, struct bytes sealed,
		  struct bytes *value)
{
	if (sealed.size < SEAL_OVERHEAD)
		return fail(tx, ERR_CORRUPT);
	size_t size = sealed.size - SEAL_OVERHEAD;
	uint8_t *plain = arena_alloc(tx->arena, size ? size : 1);
	if (!plain)
		return fail(tx, ERR_NOMEM);
	int rc = seal_open_value(tx->store->seal, tx->store->names[table], key, sealed, plain);
	if (rc) {
		log_event(LOG_LEVEL_ERROR, "store", "table=%s problem=\"a stored value was altered\"",
			  tx->store->names[table]);
		return fail(tx, rc);
	}
	*value = (struct bytes){ plain, size };
	return 0;
}

int tx_get(struct tx *tx, int table, const struct key *key, struct bytes *value)
{
	struct bytes sealed;
	int rc = tx_get_raw(tx, table, key, &sealed);
	return rc ? rc : unseal(tx, table, (struct bytes){ key->data, key->size }, sealed, value);
}

bool tx_has(struct tx *tx, int table, const struct key *key)
{
	struct bytes sealed;
	return tx_get_raw(tx, table, key, &sealed) == 0;
}

/* Sealed straight into the page that LMDB reserves for it. */
void tx_put(struct tx *tx, int table, const struct key *key, struct bytes value)
{
	MDB_val k = value_of(key->data, key->size), v = { .mv_size = value.size + SEAL_OVERHEAD };
	if (tx->error)
		return;
	int rc = key->size ? injected(tx->store, STORE_FAULT_PUT) : ERR_TOOBIG;
	if (!rc)
		rc = translate(mdb_put(tx->txn, tx->store->dbi[table], &k, &v, MDB_RESERVE));
	if (rc) {
		fail(tx, rc);
		return;
	}
	seal_close_value(tx->store->seal, tx->store->names[table],
			 (struct bytes){ key->data, key->size }, value, v.mv_data);
}

void tx_delete(struct tx *tx, int table, const struct key *key)
{
	MDB_val k = value_of(key->data, key->size);
	if (tx->error)
		return;
	int rc = translate(mdb_del(tx->txn, tx->store->dbi[table], &k, NULL));
	if (rc && rc != ERR_NOTFOUND)
		fail(tx, rc);
}

int tx_get_message(struct tx *tx, int table, const struct key *key,
		   const ProtobufCMessageDescriptor *type, ProtobufCMessage **out)
{
	struct bytes value;
	int rc = tx_get(tx, table, key, &value);
	if (rc)
		return rc;
	rc = codec_unpack(type, value, tx->arena, out);
	return rc ? fail(tx, rc) : 0;
}

void tx_put_message(struct tx *tx, int table, const struct key *key,
		    const ProtobufCMessage *message)
{
	struct bytes value;
	int rc = codec_pack(message, tx->arena, &value);
	if (rc)
		fail(tx, rc);
	else
		tx_put(tx, table, key, value);
}

void tx_empty(struct tx *tx, int table)
{
	if (tx->error)
		return;
	int rc = translate(mdb_drop(tx->txn, tx->store->dbi[table], 0));
	if (rc)
		fail(tx, rc);
}

uint64_t tx_count(struct tx *tx, int table)
{
	MDB_stat stat;
	if (tx->error || mdb_stat(tx->txn, tx->store->dbi[table], &stat))
		return 0;
	return stat.ms_entries;
}

void tx_keyed_hash(struct tx *tx, const char *text, uint8_t out[KEYED_HASH_BYTES])
{
	seal_keyed_hash(tx->store->seal, text, out, KEYED_HASH_BYTES);
}

int tx_seal_raw(struct tx *tx, int table, const struct key *key, struct bytes plain,
		struct bytes *sealed)
{
	uint8_t *out = arena_alloc(tx->arena, plain.size + SEAL_OVERHEAD);
	if (tx->error)
		return tx->error;
	if (!out)
		return fail(tx, ERR_NOMEM);
	seal_close_value(tx->store->seal, tx->store->names[table],
			 (struct bytes){ key->data, key->size }, plain, out);
	*sealed = (struct bytes){ out, plain.size + SEAL_OVERHEAD };
	return 0;
}

int tx_unseal_raw(struct tx *tx, int table, const struct key *key, struct bytes sealed,
		  struct bytes *plain)
{
	if (sealed.size < SEAL_OVERHEAD)
		return ERR_CORRUPT;
	uint8_t *out = arena_alloc(tx->arena, sealed.size - SEAL_OVERHEAD + 1);
	if (!out)
		return ERR_NOMEM;
	*plain = (struct bytes){ out, sealed.size - SEAL_OVERHEAD };
	return seal_open_value(tx->store->seal, tx->store->names[table],
			       (struct bytes){ key->data, key->size }, sealed, out);
}

void tx_touch(struct tx *tx, const struct key *key)
{
	if (tx->touched)
		touched_add(tx->touched, key);
}

/* ---- scans -------------------------------------------------------------------------------- */

void scan_open(struct scan *scan, struct tx *tx, int table, const struct key *prefix,
	       const struct key *from)
{
	MDB_cursor *cursor = NULL;

	*scan = (struct scan){ .tx = tx, .table = table };
	if (prefix)
		scan->prefix = *prefix;
	scan->from = from ? *from : scan->prefix;
	if (tx->error)
		return;
	int rc = translate(mdb_cursor_open(tx->txn, tx->store->dbi[table], &cursor));
	if (rc)
		fail(tx, rc);
	scan->cursor = cursor;
}

static bool scan_take(struct scan *scan, int rc, MDB_val key, MDB_val value)
{
	if (rc == MDB_NOTFOUND)
		return false;
	if (rc) {
		fail(scan->tx, translate(rc));
		return false;
	}
	if (key.mv_size < scan->prefix.size ||
	    memcmp(key.mv_data, scan->prefix.data, scan->prefix.size))
		return false;
	scan->key = key.mv_data;
	scan->key_size = key.mv_size;
	scan->raw = (struct bytes){ value.mv_data, value.mv_size };
	return true;
}

bool scan_next(struct scan *scan)
{
	MDB_val key = value_of(scan->from.data, scan->from.size), value = { 0, NULL };
	MDB_cursor_op op = MDB_NEXT;

	if (!scan->cursor || scan->tx->error)
		return false;
	if (!scan->started)
		op = scan->from.size ? MDB_SET_RANGE : MDB_FIRST;
	scan->started = true;
	return scan_take(scan, mdb_cursor_get(scan->cursor, &key, &value, op), key, value);
}

/* The first key behind all that begin with the prefix; false: there is none, go to the end. */
static bool behind(const struct key *prefix, struct key *out)
{
	*out = *prefix;
	while (out->size) {
		if (out->data[out->size - 1] != 0xff) {
			out->data[out->size - 1]++;
			return true;
		}
		out->size--;
	}
	return false;
}

bool scan_previous(struct scan *scan)
{
	MDB_val key, value = { 0, NULL };
	int rc;

	if (!scan->cursor || scan->tx->error)
		return false;
	if (scan->started) {
		rc = mdb_cursor_get(scan->cursor, &key, &value, MDB_PREV);
		return scan_take(scan, rc, key, value);
	}
	scan->started = true;
	struct key start = scan->from;
	bool bounded = true;
	if (start.size == scan->prefix.size) /* no from: begin behind the whole prefix */
		bounded = behind(&scan->prefix, &start);
	key = value_of(start.data, start.size);
	rc = bounded ? mdb_cursor_get(scan->cursor, &key, &value, MDB_SET_RANGE) : MDB_NOTFOUND;
	rc = mdb_cursor_get(scan->cursor, &key, &value, rc == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
	return scan_take(scan, rc, key, value);
}

int scan_value(struct scan *scan, struct bytes *value)
{
	return unseal(scan->tx, scan->table, (struct bytes){ scan->key, scan->key_size }, scan->raw,
		      value);
}

int scan_message(struct scan *scan, const ProtobufCMessageDescriptor *type, ProtobufCMessage **out)
{
	struct bytes value;
	int rc = scan_value(scan, &value);
	if (rc)
		return rc;
	rc = codec_unpack(type, value, scan->tx->arena, out);
	return rc ? fail(scan->tx, rc) : 0;
}

void scan_delete(struct scan *scan)
{
	if (scan->tx->error || !scan->cursor)
		return;
	int rc = translate(mdb_cursor_del(scan->cursor, 0));
	if (rc)
		fail(scan->tx, rc);
}

void scan_close(struct scan *scan)
{
	if (scan->cursor)
		mdb_cursor_close(scan->cursor);
	scan->cursor = NULL;
}

const uint8_t *scan_rest(const struct scan *scan, size_t *size)
{
	if (size)
		*size = scan->key_size - scan->prefix.size;
	return scan->key + scan->prefix.size;
}

uint64_t scan_number(const struct scan *scan)
{
	uint64_t number = 0;
	for (size_t i = scan->key_size < 8 ? 0 : scan->key_size - 8; i < scan->key_size; i++)
		number = number << 8 | scan->key[i];
	return number;
}

uint64_t scan_rest_number(const struct scan *scan)
{
	size_t size;
	const uint8_t *rest = scan_rest(scan, &size);
	uint64_t number = 0;
	for (size_t i = 0; i < 8 && i < size; i++)
		number = number << 8 | rest[i];
	return number;
}

/* ---- scratch ------------------------------------------------------------------------------ */

void scratch_open(struct scratch *scratch, struct tx *tx)
{
	arena_init(&scratch->arena, LIMIT_ARENA_BYTES);
	scratch->kept = tx->arena;
	tx->arena = &scratch->arena;
}

void scratch_close(struct scratch *scratch, struct tx *tx)
{
	tx->arena = scratch->kept;
	arena_close(&scratch->arena);
}
