/*
 * One LMDB environment a process, wrapped. The only file that calls LMDB is store.c.
 *
 * A transaction remembers its first error: later steps do nothing, and tx_commit reports it. So code
 * reads put, put, commit, and looks at an error where it matters. Every value is sealed (seal.h) with
 * its table and key as associated data; keys are in clear and hold ids and keyed hashes only.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "clock.h"
#include "codec.h"
#include "limits.h"

/* The tables that every daemon has. A daemon's own are numbered from TABLE_OWN. */
enum {
	TABLE_JOURNAL,       /* position -> chain hash, sealed JournalEntry */
	TABLE_REFUSALS,      /* user, request id -> digest and Reply; not made from the journal */
	TABLE_META,          /* head of the journal, jumps of the clock; views from here on */
	TABLE_REPLIES,       /* user, request id -> digest, position, id */
	TABLE_DUE,           /* class, time, hash -> due message */
	TABLE_CURSORS,       /* instance -> last position applied */
	TABLE_WITNESSED,     /* instance, position -> hash */
	TABLE_PEOPLE,        /* user -> Person */
	TABLE_ORGANISATIONS, /* organisation -> Organisation */
	TABLE_STAFF,         /* organisation, user -> nothing */
	TABLE_OWN,
	TABLE_MAX = 48
};
#define TABLE_FIRST_VIEW TABLE_META /* this and all after are thrown away by a rebuild */

struct key {
	size_t size;
	uint8_t data[LIMIT_KEY_BYTES];
};

/* Keys are built from parts; a key that would be too long is left at size 0, and tx_* then fail. */
struct key key_text(const char *text); /* with its NUL, so that no key is the beginning of another */
struct key key_texts(const char *first, const char *second);
struct key key_text_u64(const char *text, uint64_t number);
struct key key_u64(uint64_t number); /* big-endian */
void key_add_text(struct key *key, const char *text);
void key_add_u64(struct key *key, uint64_t number);
void key_add_bytes(struct key *key, const void *data, size_t size);

struct store;
struct store_options {
	const char *folder;           /* must exist; data.mdb and lock.mdb are made in it */
	const char *key_file;         /* 32 random bytes, mode 0600, outside the folder; made with a new store */
	size_t map_mb;
	const char *const *own_tables; /* names of tables from TABLE_OWN on */
	size_t n_own_tables;
	struct clock *clock;          /* its random numbers are the nonces */
};

/* 0, ERR_IO (the log says what), ERR_CORRUPT, ERR_CRYPTO. The caller frees with store_free. */
int store_open(struct store **out, const struct store_options *options);
void store_free(struct store *store);
/* How full the map is; pages on the free list count as free. */
unsigned store_used_percent(struct store *store);
/* A compacted copy of the whole store in a folder. 0 or ERR_IO. */
int store_copy(struct store *store, const char *folder);

/*
 * Faults for tests: the nth call from now (1: the next) of that kind fails with the error, count
 * times. Kept in the store, not in file-scope variables.
 */
enum store_fault { STORE_FAULT_PUT, STORE_FAULT_COMMIT, STORE_FAULT_BEGIN, STORE_FAULTS };
void store_inject(struct store *store, enum store_fault fault, unsigned nth, unsigned count,
		  int error);

struct tx {
	struct store *store;
	void *txn;           /* MDB_txn */
	struct arena *arena; /* values are opened into it; set by whoever runs the input */
	bool write;
	int error;           /* the first one */
	struct touched *touched;
};

int tx_begin(struct tx *tx, struct store *store, struct arena *arena, bool write);
/* Synced to disk when it returns 0. After any other value the transaction is gone, aborted. */
int tx_commit(struct tx *tx);
void tx_abort(struct tx *tx);

/* 0; ERR_NOTFOUND (not remembered); else an error, remembered. The value is in tx->arena. */
int tx_get(struct tx *tx, int table, const struct key *key, struct bytes *value);
bool tx_has(struct tx *tx, int table, const struct key *key);
void tx_put(struct tx *tx, int table, const struct key *key, struct bytes value);
void tx_delete(struct tx *tx, int table, const struct key *key); /* no error where there is none */
int tx_get_message(struct tx *tx, int table, const struct key *key,
		   const ProtobufCMessageDescriptor *type, ProtobufCMessage **out);
void tx_put_message(struct tx *tx, int table, const struct key *key,
		    const ProtobufCMessage *message);
void tx_empty(struct tx *tx, int table);
uint64_t tx_count(struct tx *tx, int table);

/* Typed get: GET(tx, TABLE_PATIENTS, &key, Patient, &patient). */
#define GET(tx, table, key, Type, out) \
	tx_get_message((tx), (table), (key), &Type##_descriptor, \
		       (ProtobufCMessage **)(void *)(1 ? (out) : (Type **)NULL))
#define PUT(tx, table, key, message) tx_put_message((tx), (table), (key), &(message)->base)

/* An index of secrets (names, dates): the first 16 bytes of HMAC-SHA-256 under a key of the store. */
#define KEYED_HASH_BYTES 16
void tx_keyed_hash(struct tx *tx, const char *text, uint8_t out[KEYED_HASH_BYTES]);

/* Raw values, for the journal alone: not sealed by the store. */
int tx_get_raw(struct tx *tx, int table, const struct key *key, struct bytes *value);
void tx_put_raw(struct tx *tx, int table, const struct key *key, struct bytes value);
/* Into and out of the arena. 0 or an error; a failed opening is not remembered in tx. */
int tx_seal_raw(struct tx *tx, int table, const struct key *key, struct bytes plain,
		struct bytes *sealed);
int tx_unseal_raw(struct tx *tx, int table, const struct key *key, struct bytes sealed,
		  struct bytes *plain);

/*
 * All keys with a prefix, in order:
 *
 *	struct scan scan;
 *	scan_open(&scan, tx, TABLE_TIMELINE, &prefix, NULL);
 *	while (scan_next(&scan))
 *		... scan.key, scan.key_size, scan_value(&scan, &value) ...
 *	scan_close(&scan);
 *
 * With from, starts at the first key >= from. scan_previous walks down instead, from the last key
 * < from (NULL: from the last). The table must not be written through other means while a scan is
 * open, except by scan_delete, which takes away the present key.
 */
struct scan {
	struct tx *tx;
	void *cursor;
	int table;
	struct key prefix, from;
	bool started;
	const uint8_t *key; /* of the present item, the whole key */
	size_t key_size;
	struct bytes raw;
};

void scan_open(struct scan *scan, struct tx *tx, int table, const struct key *prefix,
	       const struct key *from);
bool scan_next(struct scan *scan);
bool scan_previous(struct scan *scan);
int scan_value(struct scan *scan, struct bytes *value);
int scan_message(struct scan *scan, const ProtobufCMessageDescriptor *type, ProtobufCMessage **out);
void scan_delete(struct scan *scan);
void scan_close(struct scan *scan);
/* The part of the key behind the prefix. */
const uint8_t *scan_rest(const struct scan *scan, size_t *size);
/* The last 8 bytes of the key, a big-endian number. */
uint64_t scan_number(const struct scan *scan);
/* The first 8 bytes behind the prefix, a big-endian number. */
uint64_t scan_rest_number(const struct scan *scan);

#define SCAN_MESSAGE(scan, Type, out) \
	scan_message((scan), &Type##_descriptor, \
		     (ProtobufCMessage **)(void *)(1 ? (out) : (Type **)NULL))

/*
 * Many are looked at and little of each is wanted: between open and close what is read goes into an
 * arena of its own, so that the memory for one input suffices for any number of them.
 *
 *	scratch_open(&scratch, tx);
 *	while (scan_next(&scan)) {
 *		... read; copy what is wanted into scratch.kept ...
 *		arena_reset(&scratch.arena);
 *	}
 *	scratch_close(&scratch, tx);
 */
struct scratch {
	struct arena arena, *kept; /* kept: the transaction's, which it has again afterwards */
};

void scratch_open(struct scratch *scratch, struct tx *tx);
void scratch_close(struct scratch *scratch, struct tx *tx);

/*
 * What changed in this transaction, for watches: the frame asks those watches anew whose key was
 * touched. Called by apply functions, with the key that the query gave as answer->watch_key.
 */
void tx_touch(struct tx *tx, const struct key *key);

#endif
