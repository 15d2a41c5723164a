#include "attachment_views.h"

#include <string.h>

#include "field.h"
#include "queries.h"
#include "views.h"

#define CATCH_UP_PIECES 4 /* that came before their turn, hashed beside one that comes */

/* ---- keys --------------------------------------------------------------------------------- */

/* Which papers there are is nobody's business who has the store without its key. */
static void add_hash(struct tx *tx, struct key *key, ProtobufCBinaryData sha256)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * RUNNING_HASH_BYTES + 3] = "a:";

	for (size_t i = 0; i < RUNNING_HASH_BYTES && i < sha256.len; i++) {
		text[2 + 2 * i] = digits[sha256.data[i] >> 4];
		text[3 + 2 * i] = digits[sha256.data[i] & 15];
	}
	struct key hash = hash_key(tx, text);
	key_add_bytes(key, hash.data, hash.size);
}

static struct key upload_key(struct tx *tx, const char *user, const char *patient,
			     ProtobufCBinaryData sha256)
{
	struct key key = key_texts(user, patient);
	add_hash(tx, &key, sha256);
	return key;
}

static struct key attached_key(struct tx *tx, const char *patient, ProtobufCBinaryData sha256)
{
	struct key key = key_text(patient);
	add_hash(tx, &key, sha256);
	return key;
}

static struct key fetched_key(const char *entry, const char *user, Accessed_Right right)
{
	struct key key = key_texts(entry, user);
	uint8_t byte = (uint8_t)right;
	key_add_bytes(&key, &byte, 1);
	return key;
}

/* ---- looking up --------------------------------------------------------------------------- */

/* NULL where there is none; an error stays in the transaction. */
static Upload *find_upload(struct tx *tx, const char *user, const char *patient,
			   ProtobufCBinaryData sha256)
{
	struct key key = upload_key(tx, user, patient, sha256);
	Upload *upload;
	return GET(tx, TABLE_UPLOADS, &key, Upload, &upload) ? NULL : upload;
}

static Upload *find_attached(struct tx *tx, const char *patient, ProtobufCBinaryData sha256)
{
	struct key key = attached_key(tx, patient, sha256);
	Upload *upload;
	return GET(tx, TABLE_ATTACHED, &key, Upload, &upload) ? NULL : upload;
}

/* A piece out of the journal, in tx->arena. */
static int read_piece(struct tx *tx, const Upload *upload, size_t piece, struct bytes *data)
{
	JournalEntry *entry;
	ProtobufCMessage *message;

	int rc = journal_read(tx, upload->positions[piece], &entry);
	if (!rc && strcmp(entry->type, codec_name(&ChunkPut_descriptor)) != 0)
		rc = ERR_CORRUPT;
	if (!rc)
		rc = codec_unpack(&ChunkPut_descriptor,
				  (struct bytes){ entry->fact.data, entry->fact.len }, tx->arena,
				  &message);
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	const ChunkPut *chunk = (const ChunkPut *)(const void *)message;
	if (chunk->data.len != upload_piece_bytes(upload->bytes, piece))
		return ERR_CORRUPT;
	*data = (struct bytes){ chunk->data.data, chunk->data.len };
	return 0;
}

/* ---- a piece comes ------------------------------------------------------------------------ */

static void load_room(struct tx *tx, const struct input *in, struct chunk_rule *view)
{
	struct key prefix = key_text(in->actor.user);
	struct scan scan;
	Upload *upload;

	scan_open(&scan, tx, TABLE_UPLOADS, &prefix, NULL);
	while (scan_next(&scan) && SCAN_MESSAGE(&scan, Upload, &upload) == 0) {
		view->user_uploads++;
		view->user_bytes += upload->bytes;
	}
	scan_close(&scan);
}

/*
 * Takes SHA-256 as far as the pieces go that are here. In order, that is each one as it comes, so that no
 * one of them keeps the others in the daemon waiting; of those that came before their turn a few at a
 * time, and what is left then with the last one.
 */
static int load_hash(struct tx *tx, const PutChunk *request, const Upload *upload,
		     struct chunk_rule *view)
{
	size_t pieces = upload_pieces(request->bytes), here = request->offset / LIMIT_CHUNK_BYTES;
	size_t left = view->last ? pieces : CATCH_UP_PIECES;
	struct bytes data = { NULL, 0 };
	uint8_t hash[RUNNING_HASH_BYTES];
	struct scratch scratch;
	int rc = 0;

	scratch_open(&scratch, tx);
	while (left--) {
		size_t piece = view->hashed / LIMIT_CHUNK_BYTES;
		if (piece >= pieces || (piece != here && (!upload || !upload->positions[piece])))
			break;
		arena_reset(&scratch.arena);
		data = (struct bytes){ request->data.data, request->data.len };
		if (piece != here && (rc = read_piece(tx, upload, piece, &data)))
			break;
		if (piece + 1 == pieces)
			break; /* the last piece of all ends it */
		running_hash_add(view->hash_state, view->hashed, data);
		view->hashed += LIMIT_CHUNK_BYTES;
	}
	if (!rc && view->last) {
		running_hash_end(view->hash_state, view->hashed, data, hash);
		view->matches = !memcmp(hash, request->sha256.data, sizeof(hash));
	}
	scratch_close(&scratch, tx);
	return rc;
}

int load_chunk(struct tx *tx, const struct input *in, const PutChunk *request,
	       struct chunk_rule *view)
{
	PatientView *patient;
	int rc = patient_view_for(tx, in, request->patient, &patient);

	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->patient = patient;
	if (!access_right(patient, &in->actor, in->now_ms, in->steady_ms) || chunk_check(in, request))
		return tx->error; /* the rule says so, before it looks at the rest */
	view->attached = find_attached(tx, request->patient, request->sha256) != NULL;
	if (view->attached)
		return tx->error;
	const Upload *upload = view->upload =
		find_upload(tx, in->actor.user, request->patient, request->sha256);
	size_t piece = request->offset / LIMIT_CHUNK_BYTES;
	if (!upload)
		load_room(tx, in, view);
	if (tx->error || (upload && (upload->bytes != request->bytes || upload->positions[piece])))
		return tx->error;
	running_hash_begin(view->hash_state);
	if (upload && upload->hash_state.len != sizeof(view->hash_state))
		return ERR_CORRUPT;
	if (upload) {
		view->hashed = upload->hashed;
		memcpy(view->hash_state, upload->hash_state.data, sizeof(view->hash_state));
	}
	view->last = upload ? upload_lacks_only(upload, piece) : request->data.len == request->bytes;
	return load_hash(tx, request, upload, view);
}

static void plan_expiry(struct tx *tx, const char *user, const char *patient, const Upload *upload,
			bool plan)
{
	union { const char *in; char *out; } of = { .in = user }, whose = { .in = patient };
	UploadDue due = UploadDue_INIT;

	due.user = of.out;
	due.patient = whose.out;
	due.sha256 = upload->sha256;
	if (plan)
		due_set(tx, DUE_DURATION, upload->due_ms, &due.base);
	else
		due_clear(tx, DUE_DURATION, upload->due_ms, &due.base);
}

/* The first piece is a line of the patient's audit; the others belong to it. */
static Upload *begin_upload(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ChunkPut *fact)
{
	size_t pieces = upload_pieces(fact->bytes);
	struct key audit = key_text_u64(fact->patient, position);
	Upload *upload = NEW(Upload, tx->arena);
	uint64_t *positions = arena_alloc(tx->arena, pieces * sizeof(*positions));

	if (!upload || !positions) {
		tx->error = tx->error ? tx->error : ERR_NOMEM;
		return NULL;
	}
	upload->sha256 = fact->sha256;
	upload->bytes = fact->bytes;
	upload->positions = positions;
	upload->n_positions = pieces;
	upload->due_ms = entry->steady_ms + UPLOAD_KEPT_MS;
	tx_put(tx, TABLE_AUDIT, &audit, (struct bytes){ NULL, 0 });
	plan_expiry(tx, entry->user, fact->patient, upload, true);
	return upload;
}

void apply_chunk_put(struct tx *tx, const JournalEntry *entry, uint64_t position,
		     const ChunkPut *fact)
{
	struct key key = upload_key(tx, entry->user, fact->patient, fact->sha256);
	Upload *upload = find_upload(tx, entry->user, fact->patient, fact->sha256);

	if (!upload && !tx->error)
		upload = begin_upload(tx, entry, position, fact);
	if (!upload)
		return;
	if (fact->mismatch) {
		plan_expiry(tx, entry->user, fact->patient, upload, false);
		tx_delete(tx, TABLE_UPLOADS, &key);
		return;
	}
	upload->positions[fact->offset / LIMIT_CHUNK_BYTES] = position;
	upload->hashed = fact->hashed;
	upload->hash_state = fact->hash_state;
	upload->complete = fact->complete;
	if (fact->offset == 0) {
		upload->first = fact->data;
		if (upload->first.len > UPLOAD_FIRST_BYTES)
			upload->first.len = UPLOAD_FIRST_BYTES;
	}
	PUT(tx, TABLE_UPLOADS, &key, upload);
}

/* ---- it is forgotten, or named ------------------------------------------------------------ */

int load_upload_due(struct tx *tx, const struct input *in, const UploadDue *due,
		    struct upload_due_rule *view)
{
	(void)in;
	view->there = find_upload(tx, due->user, due->patient, due->sha256) != NULL;
	return tx->error;
}

void apply_upload_expired(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const UploadExpired *fact)
{
	struct key key = upload_key(tx, fact->user, fact->patient, fact->sha256);

	(void)entry, (void)position;
	tx_delete(tx, TABLE_UPLOADS, &key);
}

const Upload *const *load_attachments(struct tx *tx, const struct input *in, const Entry *entry)
{
	size_t n = entry->n_attachments < LIMIT_ENTRY_ATTACHMENTS ? entry->n_attachments :
								     LIMIT_ENTRY_ATTACHMENTS;
	const Upload **uploads = n ? arena_alloc(tx->arena, n * sizeof(*uploads)) : NULL;

	if (n && !uploads && !tx->error)
		tx->error = ERR_NOMEM;
	for (size_t i = 0; uploads && i < n; i++) {
		ProtobufCBinaryData sha256 = entry->attachments[i]->sha256;
		uploads[i] = find_attached(tx, entry->patient, sha256);
		if (!uploads[i])
			uploads[i] = find_upload(tx, in->actor.user, entry->patient, sha256);
	}
	return uploads;
}

void attach(struct tx *tx, const Entry *entry)
{
	for (size_t i = 0; i < entry->n_attachments && !tx->error; i++) {
		ProtobufCBinaryData sha256 = entry->attachments[i]->sha256;
		struct key key = upload_key(tx, entry->author, entry->patient, sha256);
		Upload *upload = find_upload(tx, entry->author, entry->patient, sha256);
		if (!upload)
			continue; /* attached before */
		plan_expiry(tx, entry->author, entry->patient, upload, false);
		tx_delete(tx, TABLE_UPLOADS, &key);
		if (find_attached(tx, entry->patient, sha256))
			continue; /* sent by two at the same time: one of them is enough */
		upload->due_ms = 0;
		key = attached_key(tx, entry->patient, sha256);
		PUT(tx, TABLE_ATTACHED, &key, upload);
	}
}

/* ---- it is asked for ---------------------------------------------------------------------- */

int query_upload(struct tx *tx, const struct input *in, const ShowUpload *request,
		 UploadShown *response, struct answer *answer)
{
	PatientView *patient;

	(void)answer; /* nothing of the patient is shown */
	int rc = patient_view_for(tx, in, request->patient, &patient);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (rc || !access_right(patient, &in->actor, in->now_ms, in->steady_ms))
		return access_refused(in);
	if (request->sha256.len != RUNNING_HASH_BYTES)
		return field_invalid(in, "sha256", "SHA-256（32バイト）を指定してください。",
				     "Give the SHA-256 of the whole, 32 bytes.");
	const Upload *upload = find_upload(tx, in->actor.user, request->patient, request->sha256);
	response->complete = (upload && upload->complete) ||
			     find_attached(tx, request->patient, request->sha256) != NULL;
	if (response->complete || !upload)
		return tx->error;
	response->offsets =
		arena_alloc(in->arena, upload->n_positions * sizeof(*response->offsets));
	if (!response->offsets)
		return ERR_NOMEM;
	for (size_t i = 0; i < upload->n_positions; i++)
		if (upload->positions[i])
			response->offsets[response->n_offsets++] = (uint32_t)i * LIMIT_CHUNK_BYTES;
	return tx->error;
}

static const Attachment *named(const Entry *entry, ProtobufCBinaryData sha256)
{
	for (size_t i = 0; i < entry->n_attachments; i++)
		if (sha256.len == RUNNING_HASH_BYTES &&
		    !memcmp(entry->attachments[i]->sha256.data, sha256.data, RUNNING_HASH_BYTES))
			return entry->attachments[i];
	return NULL;
}

static uint64_t big_endian(struct bytes value)
{
	uint64_t number = 0;
	for (size_t i = 0; i < value.size; i++)
		number = number << 8 | value.data[i];
	return number;
}

/* Within a few minutes of one that is in the journal, by the same right: the same reading. */
static void say_fetched(struct tx *tx, const struct input *in, const Entry *entry,
			struct answer *answer)
{
	struct key key = fetched_key(entry->id, in->actor.user, answer->access->right);
	struct bytes value;

	if (tx_get(tx, TABLE_FETCHED, &key, &value) == 0 &&
	    in->steady_ms - (int64_t)big_endian(value) < FETCH_LINE_MS) {
		answer->access = NULL;
		return;
	}
	answer->access->entry = entry->id;
	say_shown(tx, in, entry, answer);
}

void attachment_fetched(struct tx *tx, const JournalEntry *entry, const Accessed *fact)
{
	struct key key = fetched_key(fact->entry, entry->user, fact->right);
	struct key value = key_u64((uint64_t)entry->steady_ms);

	tx_put(tx, TABLE_FETCHED, &key, (struct bytes){ value.data, value.size });
}

int query_attachment(struct tx *tx, const struct input *in, const FetchAttachment *request,
		     AttachmentFetched *response, struct answer *answer)
{
	Entry *entry;
	struct bytes data;

	int rc = see_entry(tx, in, request->entry, &FetchAttachment_descriptor, answer, &entry);
	if (rc)
		return rc;
	const Attachment *attachment = named(entry, request->sha256);
	if (!attachment)
		return refuse(in, CODE_NOT_FOUND, "sha256", "この記録にその写真・書類はありません。",
			      "This entry has no such photo or paper.");
	if (request->offset % LIMIT_CHUNK_BYTES || request->offset >= attachment->bytes)
		return field_invalid(in, "offset", "位置は131072の倍数で、全体の中にしてください。",
				     "An offset is a multiple of 131072, within the whole.");
	const Upload *upload = find_attached(tx, entry->patient, request->sha256);
	if (!upload)
		return tx->error ? tx->error : ERR_CORRUPT;
	rc = read_piece(tx, upload, request->offset / LIMIT_CHUNK_BYTES, &data);
	if (rc)
		return rc;
	Attachment *shown = response->attachment = arena_copy(in->arena, attachment, sizeof(*attachment));
	if (!shown)
		return ERR_NOMEM;
	shown->thumbnail.len = 0;
	response->offset = request->offset;
	response->data.data = arena_copy(in->arena, data.data, data.size);
	response->data.len = response->data.data ? data.size : 0;
	if (!response->data.data)
		return ERR_NOMEM;
	say_fetched(tx, in, entry, answer);
	return tx->error;
}
