#include "clients/cli/fhir_stream.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "error.h"

#define RAW_BYTES (64 * 1024)
#define XZ_MEMORY_BYTES (80ULL << 20) /* xz -9 needs 65 MB */

enum packing { UNKNOWN, PLAIN, GZIP, XZ };

struct fhir_stream {
	int fd;                /* -1: memory */
	const uint8_t *memory; /* what is left of it */
	size_t memory_size;
	uint64_t consumed;
	enum packing packing;
	bool raw_ended, ended;
	bool between;          /* gzip: a member has ended, another may follow */
	uint8_t *next;         /* what is read and not yet unpacked */
	size_t left;
	z_stream gzip;
	lzma_stream xz;
	uint8_t raw[RAW_BYTES];
};

/* ---- opening ------------------------------------------------------------------------------ */

int fhir_stream_open(struct fhir_stream **out, int fd)
{
	struct fhir_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return ERR_NOMEM;
	stream->fd = fd;
	stream->next = stream->raw;
	*out = stream;
	return 0;
}

int fhir_stream_open_memory(struct fhir_stream **out, const void *data, size_t size)
{
	int error = fhir_stream_open(out, -1);

	if (error)
		return error;
	(*out)->memory = data;
	(*out)->memory_size = size;
	return 0;
}

void fhir_stream_free(struct fhir_stream *stream)
{
	if (!stream)
		return;
	if (stream->packing == GZIP)
		inflateEnd(&stream->gzip);
	if (stream->packing == XZ)
		lzma_end(&stream->xz);
	if (stream->fd >= 0)
		close(stream->fd);
	free(stream);
}

uint64_t fhir_stream_consumed(const struct fhir_stream *stream)
{
	return stream->consumed;
}

/* ---- the file ----------------------------------------------------------------------------- */

/* More raw bytes behind those that are left. False: it cannot be read. */
static bool fill(struct fhir_stream *stream, struct fhir_verdict *verdict)
{
	memmove(stream->raw, stream->next, stream->left);
	stream->next = stream->raw;

	size_t room = RAW_BYTES - stream->left;
	uint8_t *to = stream->raw + stream->left;
	ssize_t got;
	if (stream->fd < 0) {
		got = (ssize_t)(room < stream->memory_size ? room : stream->memory_size);
		if (got)
			memcpy(to, stream->memory, (size_t)got);
		stream->memory += got;
		stream->memory_size -= (size_t)got;
	} else {
		do
			got = read(stream->fd, to, room);
		while (got < 0 && errno == EINTR);
	}
	if (got < 0)
		return fhir_wrong(verdict, MSG_FHIR_UNREADABLE, "%s", strerror(errno));
	if (got == 0)
		stream->raw_ended = true;
	stream->left += (size_t)got;
	stream->consumed += (uint64_t)got;
	return true;
}

static bool recognise(struct fhir_stream *stream, struct fhir_verdict *verdict)
{
	static const uint8_t gzip[] = { 0x1f, 0x8b }, xz[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
	static const lzma_stream fresh = LZMA_STREAM_INIT;

	while (stream->left < sizeof(xz) && !stream->raw_ended)
		if (!fill(stream, verdict))
			return false;
	enum packing packing = PLAIN;
	bool ready = true;
	if (stream->left >= sizeof(gzip) && !memcmp(stream->next, gzip, sizeof(gzip))) {
		packing = GZIP;
		ready = inflateInit2(&stream->gzip, 16 + MAX_WBITS) == Z_OK;
	} else if (stream->left >= sizeof(xz) && !memcmp(stream->next, xz, sizeof(xz))) {
		packing = XZ;
		stream->xz = fresh;
		ready = lzma_stream_decoder(&stream->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED) ==
			LZMA_OK;
	}
	if (!ready)
		return fhir_wrong(verdict, MSG_FHIR_UNREADABLE, "%s", error_text(ERR_NOMEM));
	stream->packing = packing;
	return true;
}

/* ---- unpacking ---------------------------------------------------------------------------- */

static size_t read_plain(struct fhir_stream *stream, char *data, size_t size)
{
	size_t got = stream->left < size ? stream->left : size;

	memcpy(data, stream->next, got);
	stream->next += got;
	stream->left -= got;
	return got;
}

/* Another member, or the end: zeros that fill up a tape's block count as the end. */
static void next_member(struct fhir_stream *stream)
{
	while (stream->left && !*stream->next) {
		stream->next++;
		stream->left--;
	}
	if (stream->left) {
		inflateReset(&stream->gzip);
		stream->between = false;
	} else if (stream->raw_ended) {
		stream->ended = true;
	}
}

static size_t read_gzip(struct fhir_stream *stream, char *data, size_t size,
			struct fhir_verdict *verdict)
{
	z_stream *gzip = &stream->gzip;

	if (stream->between) {
		next_member(stream);
		if (stream->between)
			return 0;
	}
	gzip->next_in = stream->next;
	gzip->avail_in = (uInt)stream->left;
	gzip->next_out = (Bytef *)data;
	gzip->avail_out = (uInt)size;
	int status = inflate(gzip, Z_NO_FLUSH);
	stream->next = gzip->next_in;
	stream->left = gzip->avail_in;
	size_t got = size - gzip->avail_out;
	if (status == Z_STREAM_END)
		stream->between = true;
	else if (status != Z_OK && status != Z_BUF_ERROR)
		fhir_wrong(verdict, MSG_FHIR_DAMAGED, "gzip: %s", gzip->msg ? gzip->msg : "");
	else if (!got && stream->raw_ended && !stream->left)
		fhir_wrong(verdict, MSG_FHIR_CUT_OFF, "gzip");
	return got;
}

static const char *xz_text(lzma_ret status)
{
	switch (status) {
	case LZMA_MEMLIMIT_ERROR:
		return "xz: needs more memory than is allowed";
	case LZMA_OPTIONS_ERROR:
		return "xz: unknown options";
	default:
		return "xz";
	}
}

static size_t read_xz(struct fhir_stream *stream, char *data, size_t size,
		      struct fhir_verdict *verdict)
{
	lzma_stream *xz = &stream->xz;

	xz->next_in = stream->next;
	xz->avail_in = stream->left;
	xz->next_out = (uint8_t *)data;
	xz->avail_out = size;
	lzma_ret status = lzma_code(xz, stream->raw_ended ? LZMA_FINISH : LZMA_RUN);
	stream->next += stream->left - xz->avail_in;
	stream->left = xz->avail_in;
	size_t got = size - xz->avail_out;
	if (status == LZMA_STREAM_END)
		stream->ended = true;
	else if (status == LZMA_BUF_ERROR && stream->raw_ended && !got)
		fhir_wrong(verdict, MSG_FHIR_CUT_OFF, "xz");
	else if (status != LZMA_OK && status != LZMA_BUF_ERROR)
		fhir_wrong(verdict, MSG_FHIR_DAMAGED, "%s", xz_text(status));
	return got;
}

size_t fhir_stream_read(struct fhir_stream *stream, char *data, size_t size,
			struct fhir_verdict *verdict)
{
	if (stream->packing == UNKNOWN && !recognise(stream, verdict))
		return 0;
	while (!stream->ended) {
		struct fhir_verdict fault = { 0 };
		size_t got = 0;

		if (!stream->left && !stream->raw_ended && !fill(stream, verdict))
			break;
		if (stream->packing == GZIP)
			got = read_gzip(stream, data, size, &fault);
		else if (stream->packing == XZ)
			got = read_xz(stream, data, size, &fault);
		else
			got = read_plain(stream, data, size);
		if (stream->packing == PLAIN && stream->raw_ended && !stream->left)
			stream->ended = true;
		if (fault.outcome != FHIR_FINE) {
			*verdict = fault;
			stream->ended = true;
		}
		if (got)
			return got;
	}
	stream->ended = true;
	return 0;
}
