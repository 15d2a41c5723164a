/*
 * The bytes of one source, unpacked. Plain, gzip and xz are told apart by their first bytes, not by
 * the name.
 */
#ifndef FHIR_STREAM_H
#define FHIR_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "clients/cli/fhir_verdict.h"

struct fhir_stream;

/* Of a file; the descriptor is read from its present place, and closed by fhir_stream_free. Or of
 * memory, which is borrowed. 0 or ERR_NOMEM; the descriptor is then still the caller's. */
int fhir_stream_open(struct fhir_stream **out, int fd);
int fhir_stream_open_memory(struct fhir_stream **out, const void *data, size_t size);
void fhir_stream_free(struct fhir_stream *stream);

/*
 * The next bytes; 0 at the end, and where it cannot go on: *verdict then says why (unreadable,
 * damaged, cut off). What came before is good.
 */
size_t fhir_stream_read(struct fhir_stream *stream, char *data, size_t size,
			struct fhir_verdict *verdict);
/* How many bytes were taken from the file itself, compressed as it is. */
uint64_t fhir_stream_consumed(const struct fhir_stream *stream);

#endif
