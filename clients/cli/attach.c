#include "clients/cli/attach.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/picture.h"
#include "clients/cli/progress.h"
#include "error.h"
#include "limits.h"
#include "text.h"

#define WINDOW 4 /* pieces under way */
#define SLICE_MS 200
#define NAME_BYTES 200
#define READ_BYTES (2 * LIMIT_ATTACHMENT_BYTES) /* what is taken out may be as much again */

/* A file that is to be sent. */
struct paper {
	const char *path;
	char *name; /* for people: the last part of the path */
	uint8_t *data;
	size_t bytes;
	uint8_t sha256[SHA256_DIGEST_LENGTH];
	struct picture picture;
};

/* ---- reading ------------------------------------------------------------------------------- */

/* The whole file; NULL: said. The caller frees it. */
static uint8_t *read_whole(const struct cli *cli, const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	uint8_t *data = file ? malloc(READ_BYTES + 1) : NULL;

	*size = data ? fread(data, 1, READ_BYTES + 1, file) : 0;
	if (!data || ferror(file)) {
		cli_error(cli, MSG_ATTACH_CANNOT_READ, path, strerror(errno));
		free(data);
		data = NULL;
	}
	if (file)
		fclose(file);
	return data;
}

/* What people call it: the end of a path, as much of it as is text and fits. */
static char *name_of(struct cli *cli, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t size = strlen(name);

	while (size > NAME_BYTES || (size && ((unsigned char)name[size] & 0xc0) == 0x80))
		size--; /* not in the middle of a character */
	if (!text_valid(name, size) || memchr(name, '\n', size) || memchr(name, '\t', size))
		return cli_string(cli, "");
	return arena_printf(&cli->arena, "%.*s", (int)size, name);
}

static int strip(struct cli *cli, struct paper *paper, const uint8_t *file, size_t size)
{
	paper->data = malloc(size + PICTURE_EXTRA_BYTES);
	if (!paper->data)
		return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	if (!picture_media_type((struct bytes){file, size}))
		return cli_fail(cli, EX_DATAERR, MSG_ATTACH_WRONG_TYPE, paper->path);
	if (picture_strip((struct bytes){file, size}, paper->data, &paper->bytes, &paper->picture))
		return cli_fail(cli, EX_DATAERR, MSG_ATTACH_DAMAGED, paper->path);
	if (paper->bytes > LIMIT_ATTACHMENT_BYTES)
		return cli_fail(cli, EX_DATAERR, MSG_ATTACH_TOO_BIG, paper->path);
	if (paper->picture.stripped_bytes)
		cli_error(cli, MSG_ATTACH_STRIPPED, paper->path, paper->picture.stripped_bytes);
	return 0;
}

static int paper_read(struct cli *cli, struct paper *paper, const char *path)
{
	size_t size;

	*paper = (struct paper){.path = path, .name = name_of(cli, path)};
	uint8_t *file = read_whole(cli, path, &size);
	if (!file)
		return EX_NOINPUT;
	int status = size == 0 || size > READ_BYTES
			     ? cli_fail(cli, EX_DATAERR, MSG_ATTACH_TOO_BIG, path)
			     : strip(cli, paper, file, size);
	free(file);
	if (!status)
		SHA256(paper->data, paper->bytes, paper->sha256);
	return status;
}

/* ---- sending ------------------------------------------------------------------------------- */

struct upload {
	struct cli *cli;
	const char *instance;
	PutChunk chunk; /* all but the piece */
	const struct paper *paper;
	bool here[LIMIT_ATTACHMENT_BYTES / LIMIT_CHUNK_BYTES];
	unsigned in_flight;
	uint64_t done_bytes;
	bool complete, mismatch;
	volatile bool wake;
	int status;
};

static size_t piece_bytes(const struct upload *upload, size_t piece)
{
	size_t left = upload->paper->bytes - piece * LIMIT_CHUNK_BYTES;
	return left < LIMIT_CHUNK_BYTES ? left : LIMIT_CHUNK_BYTES;
}

static void on_taken(void *context, const Reply *reply)
{
	struct upload *upload = context;

	upload->in_flight--;
	upload->wake = true;
	if (!reply || reply->code != CODE_OK) {
		if (!upload->status && reply)
			cli_complain(upload->cli, reply);
		upload->status = upload->status ? upload->status : cli_status(reply);
		return;
	}
	upload->done_bytes += LIMIT_CHUNK_BYTES;
	const ChunkTaken *taken = reply->type[0] ? BODY(ChunkTaken, upload->cli, reply) : NULL;
	upload->complete |= taken && taken->complete;
	upload->mismatch |= taken && taken->mismatch;
}

static void send_piece(struct upload *upload, size_t piece)
{
	PutChunk chunk = upload->chunk;

	chunk.offset = (uint32_t)(piece * LIMIT_CHUNK_BYTES);
	chunk.data.data = upload->paper->data + chunk.offset;
	chunk.data.len = piece_bytes(upload, piece);
	if (client_send(upload->cli->client, upload->instance, &chunk.base, 0, on_taken, upload))
		upload->status = cli_fail(upload->cli, EX_IOERR, MSG_NO_MEMORY);
	else
		upload->in_flight++;
}

static void send_pieces(struct upload *upload)
{
	size_t pieces = (upload->paper->bytes + LIMIT_CHUNK_BYTES - 1) / LIMIT_CHUNK_BYTES;
	struct progress progress = {.cli = upload->cli,
				    .what = upload->paper->name,
				    .all_bytes = pieces * LIMIT_CHUNK_BYTES};

	for (size_t piece = 0; upload->in_flight || (piece < pieces && !upload->status);) {
		while (piece < pieces && upload->in_flight < WINDOW && !upload->status) {
			if (!upload->here[piece])
				send_piece(upload, piece);
			piece++;
		}
		upload->wake = false;
		client_run(upload->cli->client, SLICE_MS, &upload->wake);
		progress_draw(&progress, upload->done_bytes);
	}
	progress_clear(&progress);
}

/* Which pieces are there already. 0, or the exit status, said. */
static int ask_upload(struct upload *upload)
{
	ShowUpload request = ShowUpload_INIT;
	const UploadShown *shown;

	request.patient = upload->chunk.patient;
	request.sha256 = upload->chunk.sha256;
	int status = ASK(upload->cli, upload->instance, &request, UploadShown, &shown);
	if (status)
		return status;
	upload->complete = shown->complete;
	for (size_t i = 0; i < shown->n_offsets; i++) {
		size_t piece = shown->offsets[i] / LIMIT_CHUNK_BYTES;
		if (piece >= sizeof(upload->here))
			return cli_fail(upload->cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
		upload->here[piece] = true;
		upload->done_bytes += LIMIT_CHUNK_BYTES;
	}
	return 0;
}

static int paper_send(struct cli *cli, struct paper *paper, char *patient)
{
	struct upload upload = {.cli = cli, .paper = paper, .chunk = PutChunk_INIT};

	upload.instance = cli_instance_of(cli, patient);
	if (!upload.instance)
		return EX_UNAVAILABLE;
	upload.chunk.patient = patient;
	upload.chunk.sha256 = (ProtobufCBinaryData){sizeof(paper->sha256), paper->sha256};
	upload.chunk.bytes = (uint32_t)paper->bytes;
	int status = ask_upload(&upload);
	if (!status && !upload.complete) {
		send_pieces(&upload);
		status = upload.status;
	}
	if (!status && !upload.complete &&
	    !upload.mismatch) /* its last answer was that to a repetition */
		status = ask_upload(&upload);
	if (!status && upload.mismatch)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_ATTACH_MISMATCH, paper->path);
	else if (status == EX_UNAVAILABLE || (!status && !upload.complete))
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_ATTACH_BROKE_OFF, paper->path);
	return status;
}

/* ---- the entry ----------------------------------------------------------------------------- */

static int name_in(struct cli *cli, const struct paper *paper, Entry *entry)
{
	Attachment *attachment = NEW(Attachment, &cli->arena);
	uint8_t *sha256 = arena_copy(&cli->arena, paper->sha256, sizeof(paper->sha256));

	if (!attachment || !sha256 ||
	    arena_append(&cli->arena, &entry->attachments, &entry->n_attachments, attachment))
		return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	attachment->sha256 = (ProtobufCBinaryData){sizeof(paper->sha256), sha256};
	attachment->bytes = (uint32_t)paper->bytes;
	attachment->media_type = cli_string(cli, paper->picture.media_type);
	attachment->name = paper->name;
	if (paper->picture.width <= LIMIT_PICTURE_PIXELS &&
	    paper->picture.height <= LIMIT_PICTURE_PIXELS) {
		attachment->width = paper->picture.width;
		attachment->height = paper->picture.height;
	}
	return 0;
}

/* All are looked at before the first one is sent. */
int attach_files(struct cli *cli, const struct args *args, Entry *entry)
{
	struct paper papers[LIMIT_ENTRY_ATTACHMENTS] = {{.path = NULL}};
	size_t n = args->n_repeated;
	int status = 0;

	if (n > LIMIT_ENTRY_ATTACHMENTS)
		return cli_fail(cli, EX_USAGE, MSG_ATTACH_TOO_MANY, LIMIT_ENTRY_ATTACHMENTS);
	if (n) {
		entry->attachments = NULL;
		entry->n_attachments = 0;
	}
	for (size_t i = 0; i < n && !status; i++)
		status = paper_read(cli, &papers[i], args->repeated[i]);
	for (size_t i = 0; i < n && !status; i++) {
		status = paper_send(cli, &papers[i], entry->patient);
		if (!status)
			status = name_in(cli, &papers[i], entry);
	}
	for (size_t i = 0; i < n; i++)
		free(papers[i].data);
	return status;
}

/* ---- showing ------------------------------------------------------------------------------- */

static const char *type_label(const char *media_type)
{
	if (!strcmp(media_type, "image/jpeg"))
		return "JPEG";
	if (!strcmp(media_type, "image/png"))
		return "PNG";
	return !strcmp(media_type, "application/pdf") ? "PDF" : "?";
}

char *attach_label(struct cli *cli, const Attachment *attachment)
{
	struct arena *arena = &cli->arena;
	double kb = attachment->bytes / 1000.0;
	char *size = kb < 1000 ? arena_printf(arena, "%.0f kB", kb < 1 ? 1 : kb)
			       : arena_printf(arena, "%.1f MB", kb / 1000);
	char *pixels = attachment->width ? arena_printf(arena, "%u × %u, ", attachment->width,
							attachment->height)
					 : cli_string(cli, "");

	return arena_printf(arena, "%s%s(%s, %s%s)", attachment->name,
			    attachment->name[0] ? " " : "", type_label(attachment->media_type),
			    pixels, size);
}
