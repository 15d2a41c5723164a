/*
 * Finds the resources of one source one after the other, in memory that does not grow with the
 * source: the lines of NDJSON, a bare resource, the entries of a Bundle (also of one on a line).
 *
 * What is wrong with one of them (too large, too deep, cut off …) is told with its place, and the
 * next one is sought.
 */
#ifndef FHIR_SCAN_H
#define FHIR_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "clients/cli/fhir_stream.h"
#include "clients/cli/fhir_verdict.h"

#define FHIR_LIMIT_RESOURCE_BYTES (4u << 20) /* of one resource, or entry of a Bundle */
#define FHIR_LIMIT_VALUES 200000             /* in one: jansson takes up to 200 bytes for each */
#define FHIR_TYPE_SIZE 65
#define FHIR_ID_SIZE 65                      /* FHIR's own limit is 64 */
#define FHIR_URL_SIZE 512

struct fhir_item {
	struct fhir_verdict verdict; /* not FHIR_FINE: there is no text */
	const char *text;            /* the resource, JSON; good until the next call */
	size_t size;
	size_t line;                 /* of NDJSON, from 1; 0: the source is no NDJSON */
	size_t entry;                /* of its Bundle, from 1; 0: it stands for itself */
	size_t bundle;               /* which Bundle of this source, from 1; 0: none */
	bool document;               /* the first of a source that need not be FHIR by its name */
	char type[FHIR_TYPE_SIZE];   /* "" unknown */
	char id[FHIR_ID_SIZE];       /* "" none; cut if too long */
	char full_url[FHIR_URL_SIZE];
};

struct fhir_scan;

/* The stream stays the caller's. named_lines: its name says that it is NDJSON. 0 or ERR_NOMEM. */
int fhir_scan_open(struct fhir_scan **out, struct fhir_stream *stream, bool named_lines);
void fhir_scan_free(struct fhir_scan *scan);
/* The next resource, or what is wrong in its place. False: there is nothing more. */
bool fhir_scan_next(struct fhir_scan *scan, struct fhir_item *item);

#endif
