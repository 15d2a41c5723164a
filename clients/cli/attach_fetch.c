/* A photo or paper of an entry into a file. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/attach.h"
#include "clients/cli/commands.h"
#include "clients/cli/progress.h"
#include "json.h"
#include "limits.h"

#define WINDOW 4
#define SLICE_MS 200
#define FILE_NAME_BYTES 120

struct fetch {
	struct cli *cli;
	const Attachment *attachment;
	uint8_t *data;
	uint64_t done_bytes;
	unsigned in_flight;
	volatile bool wake;
	int status;
};

/* ---- asking -------------------------------------------------------------------------------- */

static void on_piece(void *context, const Reply *reply)
{
	struct fetch *fetch = context;

	fetch->in_flight--;
	fetch->wake = true;
	if (!reply || reply->code != CODE_OK) {
		if (!fetch->status && reply)
			cli_complain(fetch->cli, reply);
		else if (!fetch->status)
			cli_error(fetch->cli, MSG_NO_ANSWER);
		fetch->status = cli_status(reply);
		return;
	}
	const AttachmentFetched *piece = BODY(AttachmentFetched, fetch->cli, reply);
	if (!piece || piece->offset > fetch->attachment->bytes ||
	    piece->data.len > fetch->attachment->bytes - piece->offset) {
		fetch->status = cli_fail(fetch->cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
		return;
	}
	if (piece->data.len)
		memcpy(fetch->data + piece->offset, piece->data.data, piece->data.len);
	fetch->done_bytes += piece->data.len;
}

static void ask_pieces(struct fetch *fetch, char *entry)
{
	const char *instance = client_instance_for(fetch->cli->client, entry);
	struct progress progress = {.cli = fetch->cli,
				    .what = fetch->attachment->name,
				    .all_bytes = fetch->attachment->bytes};
	FetchAttachment request = FetchAttachment_INIT;
	uint64_t next = 0;

	request.entry = entry;
	request.sha256 = fetch->attachment->sha256;
	while (fetch->in_flight || (next < fetch->attachment->bytes && !fetch->status)) {
		for (;
		     next < fetch->attachment->bytes && fetch->in_flight < WINDOW && !fetch->status;
		     next += LIMIT_CHUNK_BYTES) {
			request.offset = (uint32_t)next;
			if (client_send(fetch->cli->client, instance, &request.base, 0, on_piece,
					fetch))
				fetch->status = cli_fail(fetch->cli, EX_IOERR, MSG_NO_MEMORY);
			else
				fetch->in_flight++;
		}
		fetch->wake = false;
		client_run(fetch->cli->client, SLICE_MS, &fetch->wake);
		progress_draw(&progress, fetch->done_bytes);
	}
	progress_clear(&progress);
}

static int fetch_whole(struct fetch *fetch, char *entry)
{
	uint8_t sha256[SHA256_DIGEST_LENGTH];
	const Attachment *attachment = fetch->attachment;

	if (attachment->bytes > LIMIT_ATTACHMENT_BYTES || attachment->sha256.len != sizeof(sha256))
		return cli_fail(fetch->cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	fetch->data = malloc(attachment->bytes + 1);
	if (!fetch->data)
		return cli_fail(fetch->cli, EX_IOERR, MSG_NO_MEMORY);
	ask_pieces(fetch, entry);
	if (fetch->status)
		return fetch->status;
	SHA256(fetch->data, attachment->bytes, sha256);
	if (fetch->done_bytes != attachment->bytes ||
	    memcmp(sha256, attachment->sha256.data, sizeof(sha256)) != 0)
		return cli_fail(fetch->cli, EX_IOERR, MSG_FETCH_ALTERED);
	return 0;
}

/* ---- writing ------------------------------------------------------------------------------- */

static const char *extension(const char *media_type)
{
	if (!strcmp(media_type, "image/jpeg"))
		return ".jpg";
	return !strcmp(media_type, "image/png") ? ".png" : ".pdf";
}

static bool ends_in(const char *name, const char *end)
{
	size_t size = strlen(name), tail = strlen(end);
	return size > tail && !strcasecmp(name + size - tail, end);
}

/*
 * What the sender called it, but only what is harmless as the name of a file here: no other folder, not
 * hidden, no option, no control characters, and of the kind that it is.
 */
static char *default_name(struct cli *cli, const Attachment *attachment, const char *entry,
			  uint32_t number)
{
	const char *end = extension(attachment->media_type);
	char *name = arena_string(&cli->arena, attachment->name);

	for (char *c = name; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f || strchr("/\\:*?\"<>|", *c))
			*c = '_';
	while (*name == '.' || *name == '-' || *name == ' ')
		name++;
	if (!*name || strlen(name) > FILE_NAME_BYTES)
		return arena_printf(&cli->arena, "%s-%u%s", entry, number, end);
	bool named = ends_in(name, end) || (!strcmp(end, ".jpg") && ends_in(name, ".jpeg"));
	return named ? name : arena_printf(&cli->arena, "%s%s", name, end);
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t written = write(fd, data, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		data += written;
		size -= (size_t)written;
	}
	return true;
}

/* Whole or not at all: beside it first. A name that nobody gave replaces nothing. */
static int write_file(const struct fetch *fetch, const char *path, bool replace)
{
	struct cli *cli = fetch->cli;
	char *beside = arena_printf(&cli->arena, "%s.XXXXXX", path);
	int fd = mkostemp(beside, O_CLOEXEC);

	if (fd < 0)
		return cli_fail(cli, EX_IOERR, MSG_CANNOT_WRITE_FILE, path, strerror(errno));
	bool written = write_all(fd, fetch->data, fetch->attachment->bytes) && !fsync(fd);
	int error = errno;
	if (close(fd) && written) {
		written = false;
		error = errno;
	}
	if (written && (replace ? rename(beside, path) : link(beside, path))) {
		written = false;
		error = errno;
	}
	if (!written || !replace)
		unlink(beside);
	if (!written && error == EEXIST)
		return cli_fail(cli, EX_TEMPFAIL, MSG_FETCH_EXISTS, path);
	return written ? 0 : cli_fail(cli, EX_IOERR, MSG_CANNOT_WRITE_FILE, path, strerror(error));
}

static void say_written(const struct fetch *fetch, const char *path)
{
	if (!fetch->cli->json) {
		printf("%s\n", path);
		return;
	}
	json_t *object = json_pack("{s:s, s:I, s:s}", "file", path, "bytes",
				   (json_int_t)fetch->attachment->bytes, "mediaType",
				   fetch->attachment->media_type);
	if (object)
		json_print(stdout, object);
	json_decref(object);
}

static int write_out(const struct fetch *fetch, const char *output, const char *name)
{
	if (output && !strcmp(output, "-")) {
		fflush(stdout);
		return write_all(STDOUT_FILENO, fetch->data, fetch->attachment->bytes)
			       ? 0
			       : cli_fail(fetch->cli, EX_IOERR, MSG_CANNOT_WRITE, strerror(errno));
	}
	int status = write_file(fetch, output ? output : name, output != NULL);
	if (!status)
		say_written(fetch, output ? output : name);
	return status;
}

/* ---- the command --------------------------------------------------------------------------- */

/* The one that is meant, from 1. 0, or the exit status, said. */
static int choose(struct cli *cli, const struct args *args, const Entry *entry, uint32_t *number)
{
	*number = 1;
	if (entry->n_attachments == 0)
		return cli_fail(cli, EX_NOINPUT, MSG_FETCH_NONE);
	if (args_has(args, "--number")) {
		int status = cli_whole(cli, "--number", args_get(args, "--number"), number);
		if (status)
			return status;
	} else if (entry->n_attachments > 1) {
		*number = 0;
	}
	if (*number >= 1 && *number <= entry->n_attachments)
		return 0;
	return cli_fail(cli, EX_USAGE, MSG_FETCH_WHICH, entry->n_attachments, entry->n_attachments);
}

int run_entry_fetch(struct cli *cli, const struct args *args)
{
	const char *output = args_get(args, "--output");
	struct fetch fetch = {.cli = cli};
	ShowEntry request = ShowEntry_INIT;
	const EntryShown *shown;
	uint32_t number;

	if (output && !strcmp(output, "-") && cli->out_terminal)
		return cli_fail(cli, EX_USAGE, MSG_FETCH_TERMINAL);
	request.id = cli_id_of(cli, args_get(args, "ENTRY"));
	if (!request.id)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.id);
	int status = instance ? ASK(cli, instance, &request, EntryShown, &shown) : EX_UNAVAILABLE;
	if (!status && !shown->entry)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (!status)
		status = choose(cli, args, shown->entry, &number);
	if (status)
		return status;
	fetch.attachment = shown->entry->attachments[number - 1];
	char *name = default_name(cli, fetch.attachment, request.id, number);
	if (!output && access(name, F_OK) == 0)
		return cli_fail(cli, EX_TEMPFAIL, MSG_FETCH_EXISTS, name);
	status = fetch_whole(&fetch, request.id);
	if (!status)
		status = write_out(&fetch, output, name);
	free(fetch.data);
	return status;
}
