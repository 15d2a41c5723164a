/*
 * The journal: a chain of sealed entries, numbered from 1.
 *
 *	key    position, 8 bytes big-endian
 *	value  hash, 32 bytes ‖ sealed JournalEntry
 *	hash   SHA-256(hash of the entry before ‖ sealed JournalEntry); before the first: 32 zeros
 *
 * The hash is over the sealed bytes, so a chain can be checked without the data key.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "names.h"
#include "store.h"

#define JOURNAL_HASH_BYTES 32

struct journal_head {
	uint64_t position; /* 0: empty */
	int64_t time_ms;   /* of the last entry */
	int64_t jumps_ms;  /* all jumps of the wall clock together */
	uint8_t hash[JOURNAL_HASH_BYTES];
	uint64_t witness_position; /* of the last entry that is not itself a Witnessed */
	uint8_t witness_hash[JOURNAL_HASH_BYTES];
};

/* From the view of the head; all zeros before the first entry. 0 or an error of the store. */
int journal_head(struct tx *tx, struct journal_head *head);
/* The head as the last entry has it, for a store whose own head is gone. 0 or an error. */
int journal_last(struct tx *tx, struct journal_head *head);
/* Stores the head: once a transaction, after the last append. */
void journal_head_put(struct tx *tx, struct journal_head *head);
/* Appends, and moves the head in memory. Errors stay in the transaction. */
void journal_append(struct tx *tx, const JournalEntry *entry, struct journal_head *head);
/* What an entry does to the head besides its hash: time, jumps, what is worth witnessing. */
void journal_head_follow(struct journal_head *head, const JournalEntry *entry, struct arena *arena);
/* 0, ERR_NOTFOUND, ERR_CORRUPT. */
int journal_read(struct tx *tx, uint64_t position, JournalEntry **out);
int journal_hash(struct tx *tx, uint64_t position, uint8_t hash[JOURNAL_HASH_BYTES]);
/*
 * Checks up to `most` entries or `most_bytes` from `from` on: chain, seal, no gap; at the end of the journal also
 * that it ends where the head's view says. Faults are appended to the answer.
 */
int journal_verify(struct tx *tx, uint64_t from, unsigned most, size_t most_bytes,
		   JournalVerified *answer);

#endif
