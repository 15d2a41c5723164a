/*
 * Photos and papers that entries bear. Their bytes come first, in pieces, and stand once, in the journal;
 * then an entry names them by their SHA-256. Pure: the same input, the same answer.
 *
 *	          PutChunk                    AddEntry
 *	nothing ────────────► on the way ──────────────► attached to the patient
 *	   ▲                      │  ▲                   (an entry may name it again)
 *	   │  a week, or another  │  │
 *	   └──────────────────────┘  └─ PutChunk
 *	      SHA-256 than it said
 */
#ifndef ATTACHMENT_H
#define ATTACHMENT_H

#include "rules.h"
#include "running_hash.h"

#define UPLOAD_KEPT_MS (7LL * 24 * 3600 * 1000) /* from its first piece until an entry names it */
#define UPLOAD_FIRST_BYTES 8
#define FETCH_LINE_MS (10LL * 60 * 1000)        /* one line in the journal for what is fetched within */

/* ---- bytes come --------------------------------------------------------------------------- */

struct chunk_rule {
	const PatientView *patient;
	bool attached;        /* an entry of this patient bears these bytes already */
	const Upload *upload; /* the actor's; NULL: this is the first piece */
	uint64_t user_bytes;  /* of all uploads of the actor; only where this is the first piece */
	size_t user_uploads;
	/* After this piece: so far through SHA-256. */
	uint32_t hashed;
	uint8_t hash_state[RUNNING_HASH_STATE_BYTES];
	bool last;            /* no piece is missing then */
	bool matches;         /* and the SHA-256 is right */
};

int chunk_put(const struct input *in, const struct chunk_rule *view, const PutChunk *request,
	      ChunkPut *fact);
/* What a piece's request must be by itself. 0 or refused. */
int chunk_check(const struct input *in, const PutChunk *request);
size_t upload_pieces(uint32_t bytes);
uint32_t upload_piece_bytes(uint32_t bytes, size_t piece);
/* All pieces but this one are here. */
bool upload_lacks_only(const Upload *upload, size_t piece);

struct upload_due_rule {
	bool there;
};

int upload_expire(const struct input *in, const struct upload_due_rule *view, const UploadDue *due,
		  UploadExpired *fact);

/* ---- an entry names them ------------------------------------------------------------------ */

/*
 * uploads[i] is what stands behind the i-th attachment: the author's own upload, or what an entry of
 * this patient bears already (who may write of the patient may see that, too); NULL: neither.
 */
int attachments_check(const struct input *in, const Entry *entry, const Upload *const *uploads);

#endif
