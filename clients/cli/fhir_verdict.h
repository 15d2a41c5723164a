/*
 * What becomes of one resource of an import: taken, left out for a reason that is nobody's mistake,
 * or wrong.
 */
#ifndef FHIR_VERDICT_H
#define FHIR_VERDICT_H

#include <stdbool.h>

#include "clients/cli/messages.h"

enum fhir_outcome { FHIR_FINE, FHIR_SKIPPED, FHIR_WRONG };

struct fhir_verdict {
	enum fhir_outcome outcome;
	enum message reason; /* when it is not FHIR_FINE */
	char detail[200];    /* the field or value at fault; may be "" */
};

/* Both keep what was said first, and return false, so that a reader can end on them. The detail is
 * made of the format; NULL: none. */
bool fhir_skip(struct fhir_verdict *verdict, enum message reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool fhir_wrong(struct fhir_verdict *verdict, enum message reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
