/*
 * The views of photos and papers. Their bytes are in the journal alone; here is where.
 *
 *	uploads   user, patient, hash(sha256)     -> Upload: no entry names it yet
 *	attached  patient, hash(sha256)           -> Upload: entries of the patient bear it
 *	fetched   entry, user, right (1 byte)     -> steady time in ms, 8 bytes big-endian, of the last line in
 *	                                             the journal that says so
 */
#ifndef ATTACHMENT_VIEWS_H
#define ATTACHMENT_VIEWS_H

#include "attachment.h"

int load_chunk(struct tx *tx, const struct input *in, const PutChunk *request,
	       struct chunk_rule *view);
int load_upload_due(struct tx *tx, const struct input *in, const UploadDue *due,
		    struct upload_due_rule *view);
/* What stands behind each attachment of an entry that is to be, LIMIT_ENTRY_ATTACHMENTS at most. In
 * tx->arena; NULL: it has none, or the transaction has failed. */
const Upload *const *load_attachments(struct tx *tx, const struct input *in, const Entry *entry);

void apply_chunk_put(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const ChunkPut *fact);
void apply_upload_expired(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const UploadExpired *fact);
/* The uploads that an entry names are the patient's now. */
void attach(struct tx *tx, const Entry *entry);
/* An attachment of the entry was fetched. */
void attachment_fetched(struct tx *tx, const JournalEntry *entry, const Accessed *fact);

int query_upload(struct tx *tx, const struct input *in, const ShowUpload *request,
		 UploadShown *response, struct answer *answer);
int query_attachment(struct tx *tx, const struct input *in, const FetchAttachment *request,
		     AttachmentFetched *response, struct answer *answer);

#endif
