/*
 * What became of the resources of an import: how many of each type were read, are new, were there
 * already, were left out and why, are wrong and why.
 */
#ifndef FHIR_COUNT_H
#define FHIR_COUNT_H

#include <stdio.h>

#include "clients/cli/fhir_scan.h"
#include "clients/cli/fhir_verdict.h"

#define FHIR_LIMIT_TYPES 256   /* FHIR R4 has 146; what is more is counted together */
#define FHIR_LIMIT_REASONS 48  /* of one type; the same */

enum fhir_result { FHIR_NEW, FHIR_KNOWN, FHIR_RESULTS };

struct fhir_reason {
	struct fhir_verdict verdict;
	unsigned long count;
};

struct fhir_row {
	char type[FHIR_TYPE_SIZE];
	unsigned long read, results[FHIR_RESULTS], skipped, wrong;
	struct fhir_reason *reasons;
	size_t n_reasons;
};

struct fhir_counts {
	struct fhir_row *rows;
	size_t n;
};

/* 0 or ERR_NOMEM. */
int fhir_counts_init(struct fhir_counts *counts);
void fhir_counts_close(struct fhir_counts *counts);

/* One resource was read; its row is good until the counts are closed. What is no name of a type is
 * counted as "?". */
struct fhir_row *fhir_count_read(struct fhir_counts *counts, const char *type);
void fhir_count_result(struct fhir_row *row, enum fhir_result result);
/* Counted by reason; with_detail: by reason and detail. */
void fhir_count_verdict(struct fhir_row *row, const struct fhir_verdict *verdict, bool with_detail);
unsigned long fhir_count_wrong(const struct fhir_counts *counts);

void fhir_counts_print(const struct fhir_counts *counts, FILE *out, bool japanese);
/* One object a type and line. 0 or the error of json_print. */
int fhir_counts_print_json(const struct fhir_counts *counts, FILE *out);
/* The name of a reason in JSON: TOO_LARGE. */
const char *fhir_reason_name(enum message reason);

#endif
