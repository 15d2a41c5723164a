/*
 * The files of an import: what was named on the command line, with folders opened. They can be read
 * more than once: standard input is copied to a file without a name first, that nobody else can open
 * and that is gone when the import is.
 */
#ifndef FHIR_SOURCE_H
#define FHIR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/cli/fhir_stream.h"

struct fhir_source {
	char *path;        /* "-" is standard input */
	char *set;         /* its folder's name, or its own if it was named itself: without endings */
	unsigned folder, argument; /* as in struct fhir_place */
	bool in_folder;    /* found there, not named itself */
	bool named_lines;  /* .ndjson or .jsonl */
	uint64_t bytes;
	int copy;          /* of standard input; -1: there is none */
};

struct fhir_sources {
	struct fhir_source *items; /* in order of the arguments, sorted within folders */
	size_t n, capacity;
	unsigned n_folders;
	uint64_t bytes;            /* of all together */
};

/* 0; ERR_NOTFOUND, ERR_IO: *culprit is the path, errno says why; ERR_NOMEM. To be closed always. */
int fhir_sources_open(struct fhir_sources *sources, char *const *paths, size_t n,
		      const char **culprit);
void fhir_sources_close(struct fhir_sources *sources);

/* From its beginning. False: the verdict says why not. */
bool fhir_source_read(const struct fhir_source *source, struct fhir_stream **out,
		      struct fhir_verdict *verdict);

#endif
