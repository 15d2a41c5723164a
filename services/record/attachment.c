#include "attachment.h"

#include <string.h>

#include "field.h"
#include "text.h"

/* ---- bytes come --------------------------------------------------------------------------- */

size_t upload_pieces(uint32_t bytes)
{
	return (bytes + (size_t)LIMIT_CHUNK_BYTES - 1) / LIMIT_CHUNK_BYTES;
}

uint32_t upload_piece_bytes(uint32_t bytes, size_t piece)
{
	size_t offset = piece * LIMIT_CHUNK_BYTES, left = bytes - offset;
	return (uint32_t)(left < LIMIT_CHUNK_BYTES ? left : LIMIT_CHUNK_BYTES);
}

bool upload_lacks_only(const Upload *upload, size_t piece)
{
	for (size_t i = 0; i < upload->n_positions; i++)
		if (!upload->positions[i] && i != piece)
			return false;
	return true;
}

/* What a file is, by its first bytes; NULL: none of those that are taken. */
static const char *media_type(ProtobufCBinaryData first)
{
	static const struct {
		const char *media_type, *magic;
		size_t size;
	} types[] = {
		{ "image/jpeg", "\xff\xd8\xff", 3 },
		{ "image/png", "\x89PNG\r\n\x1a\n", 8 },
		{ "application/pdf", "%PDF-", 5 },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (first.len >= types[i].size && !memcmp(first.data, types[i].magic, types[i].size))
			return types[i].media_type;
	return NULL;
}

static int check_sha256(const struct input *in, const char *field, ProtobufCBinaryData sha256)
{
	if (sha256.len == RUNNING_HASH_BYTES)
		return 0;
	return field_invalid(in, field, "SHA-256（32バイト）を指定してください。",
			     "Give the SHA-256 of the whole, 32 bytes.");
}

int chunk_check(const struct input *in, const PutChunk *request)
{
	int rc = check_sha256(in, "sha256", request->sha256);
	if (rc)
		return rc;
	if (request->bytes == 0 || request->bytes > LIMIT_ATTACHMENT_BYTES)
		return field_invalid(in, "bytes", "写真・書類は1件8MBまでです。小さくして送ってください。",
				     "A photo or paper has at most 8 MiB. Make it smaller.");
	if (request->offset % LIMIT_CHUNK_BYTES || request->offset >= request->bytes)
		return field_invalid(in, "offset", "位置は131072の倍数で、全体の中にしてください。",
				     "An offset is a multiple of 131072, within the whole.");
	if (request->data.len !=
	    upload_piece_bytes(request->bytes, request->offset / LIMIT_CHUNK_BYTES))
		return field_invalid(in, "data", "1回に送るのは131072バイト（最後は残り全部）です。",
				     "A piece has 131072 bytes, the last one the rest.");
	if (request->offset == 0 && !media_type(request->data))
		return field_invalid(in, "data", "添付できるのは JPEG・PNG の写真と PDF だけです。",
				     "Only photos as JPEG or PNG and papers as PDF can be attached.");
	return 0;
}

/* A first piece sets the whole aside. */
static int check_room(const struct input *in, const struct chunk_rule *view, const PutChunk *request)
{
	if (view->upload || (view->user_uploads < LIMIT_USER_UPLOADS &&
			     view->user_bytes + request->bytes <= LIMIT_USER_UPLOAD_BYTES))
		return 0;
	return refuse(in, CODE_RESOURCE_EXHAUSTED, "bytes",
		      "記録に添付していない写真・書類が多すぎます。先にそれらを記録に添付してください（添付しなければ1週間で消えます）。",
		      "Too much was sent that no entry names yet. Add those entries first, or wait: after a week "
		      "it is forgotten.");
}

int chunk_put(const struct input *in, const struct chunk_rule *view, const PutChunk *request,
	      ChunkPut *fact)
{
	fact->right = access_right(view->patient, &in->actor, in->now_ms, in->steady_ms);
	if (fact->right == ACCESSED_RIGHT_UNSPECIFIED)
		return access_refused(in);
	int rc = chunk_check(in, request);
	if (rc)
		return rc;
	if (view->upload && view->upload->bytes != request->bytes)
		return field_invalid(in, "bytes", "前に送られた分と全体の大きさが違います。",
				     "The pieces before said that the whole has another size.");
	if (view->attached ||
	    (view->upload && view->upload->positions[request->offset / LIMIT_CHUNK_BYTES]))
		return ERR_NOTHING;
	rc = check_room(in, view, request);
	if (rc)
		return rc;
	fact->patient = request->patient;
	fact->sha256 = request->sha256;
	fact->bytes = request->bytes;
	fact->offset = request->offset;
	fact->data = request->data;
	fact->hashed = view->hashed;
	fact->hash_state.data = arena_copy(in->arena, view->hash_state, sizeof(view->hash_state));
	fact->hash_state.len = sizeof(view->hash_state);
	fact->complete = view->last && view->matches;
	fact->mismatch = view->last && !view->matches;
	return fact->hash_state.data ? 0 : ERR_NOMEM;
}

int upload_expire(const struct input *in, const struct upload_due_rule *view, const UploadDue *due,
		  UploadExpired *fact)
{
	(void)in;
	if (!view->there)
		return ERR_NOTHING;
	fact->user = due->user;
	fact->patient = due->patient;
	fact->sha256 = due->sha256;
	return 0;
}

/* ---- an entry names them ------------------------------------------------------------------ */

static char *path(const struct input *in, size_t i, const char *field)
{
	return arena_printf(in->arena, "entry.attachments[%zu].%s", i, field);
}

static int check_type(const struct input *in, size_t i, const Attachment *attachment,
		      const Upload *upload)
{
	const char *type = media_type(upload->first);

	if (type && !strcmp(type, attachment->media_type))
		return 0;
	return field_invalid(in, path(in, i, "media_type"), "ファイルの中身が、その種類（JPEG・PNG・PDF）ではありません。",
			     "The file is not what its media type says: image/jpeg, image/png or application/pdf.");
}

static int check_thumbnail(const struct input *in, size_t i, const Attachment *attachment)
{
	const char *type = media_type(attachment->thumbnail);

	if (attachment->thumbnail.len > LIMIT_THUMBNAIL_BYTES)
		return field_invalid(in, path(in, i, "thumbnail"), "見本の画像が大きすぎます（16KBまで）。",
				     "The thumbnail is too large: at most 16384 bytes.");
	if (attachment->thumbnail.len && (!type || strcmp(type, "image/jpeg") != 0))
		return field_invalid(in, path(in, i, "thumbnail"), "見本の画像は JPEG にしてください。",
				     "The thumbnail must be a JPEG.");
	return 0;
}

static bool named_before(const Entry *entry, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!memcmp(entry->attachments[j]->sha256.data, entry->attachments[i]->sha256.data,
			    RUNNING_HASH_BYTES))
			return true;
	return false;
}

static int check_attachment(const struct input *in, const Entry *entry, size_t i,
			    const Upload *upload)
{
	const Attachment *attachment = entry->attachments[i];
	const char *name = attachment->name;

	int rc = check_sha256(in, path(in, i, "sha256"), attachment->sha256);
	if (!rc && named_before(entry, i))
		rc = field_invalid(in, path(in, i, "sha256"), "同じ写真・書類が2回入っています。",
				   "The same photo or paper is named twice.");
	if (!rc)
		rc = field_text(in, path(in, i, "name"), name, 0, 200);
	if (!rc && (!text_valid(name, strlen(name)) || strpbrk(name, "\n\t")))
		rc = field_invalid(in, path(in, i, "name"), "名前は1行にしてください。",
				   "A name is one line.");
	if (!rc && (attachment->width > LIMIT_PICTURE_PIXELS || attachment->height > LIMIT_PICTURE_PIXELS))
		rc = field_invalid(in, path(in, i, "width"), "画像の大きさが正しくありません。",
				   "No picture is so large.");
	if (!rc)
		rc = check_thumbnail(in, i, attachment);
	if (rc)
		return rc;
	if (!upload || !upload->complete)
		return refuse(in, CODE_FAILED_PRECONDITION, path(in, i, "sha256"),
			      "この写真・書類はまだ全部届いていません。残りを送ってから記録してください。",
			      "Not all of this photo or paper is here yet. Send the rest, then the entry.");
	if (upload->bytes != attachment->bytes)
		return field_invalid(in, path(in, i, "bytes"), "届いた写真・書類と大きさが違います。",
				     "What was sent has another size.");
	return check_type(in, i, attachment, upload);
}

int attachments_check(const struct input *in, const Entry *entry, const Upload *const *uploads)
{
	size_t thumbnails = 0;

	int rc = field_count(in, "entry.attachments", entry->n_attachments, LIMIT_ENTRY_ATTACHMENTS);
	for (size_t i = 0; !rc && i < entry->n_attachments; i++) {
		rc = check_attachment(in, entry, i, uploads[i]);
		thumbnails += entry->attachments[i]->thumbnail.len;
	}
	if (!rc && thumbnails > LIMIT_ENTRY_THUMBNAILS_BYTES)
		rc = field_invalid(in, "entry.attachments", "見本の画像が合わせて大きすぎます（64KBまで）。",
				   "The thumbnails are too large together: at most 65536 bytes.");
	return rc;
}
