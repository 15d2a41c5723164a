/*
 * Typed looks at a FHIR resource. A member that is missing, null or empty is not there; one of
 * another JSON type than FHIR says makes the resource wrong, in the verdict, and is not there either.
 */
#ifndef FHIR_JSON_H
#define FHIR_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "clients/cli/fhir_verdict.h"

/* A new reference, or NULL and a verdict. Refused are duplicate names, NUL in strings, and what is
 * not UTF-8. */
json_t *fhir_parse(const char *text, size_t size, struct fhir_verdict *verdict);

const char *fhir_text(struct fhir_verdict *verdict, const json_t *object, const char *name);
const json_t *fhir_object(struct fhir_verdict *verdict, const json_t *object, const char *name);
bool fhir_bool(struct fhir_verdict *verdict, const json_t *object, const char *name);
/* False: not there. */
bool fhir_number(struct fhir_verdict *verdict, const json_t *object, const char *name, double *out);

/* The objects of a list: for (size_t i = 0; (item = fhir_item_at(v, o, "name", i)); i++) … */
const json_t *fhir_item_at(struct fhir_verdict *verdict, const json_t *object, const char *name,
			   size_t i);
/* The same for a list of strings. */
const char *fhir_text_at(struct fhir_verdict *verdict, const json_t *object, const char *name,
			 size_t i);

/* ---- FHIR's data types -------------------------------------------------------------------- */

/* dateTime, instant or date as milliseconds; false: not there, or no date (then wrong). A date
 * without zone is Japan's. 1970-01-01T00:00:00Z itself comes as 1, because 0 means now. */
bool fhir_time(struct fhir_verdict *verdict, const json_t *object, const char *name, int64_t *out);
/* "YYYY-MM-DD", "YYYY-MM" or "YYYY" of a date or dateTime, in the arena; "" when not there. */
const char *fhir_day(struct fhir_verdict *verdict, struct arena *arena, const json_t *object,
		     const char *name);
/* Coding number i of a CodeableConcept: system and code, "" where missing. False: there is none. */
bool fhir_coding(struct fhir_verdict *verdict, const json_t *concept, size_t i, const char **system,
		 const char **code);
/* What a CodeableConcept says to a reader: its text, else the first display, else the first code. */
const char *fhir_concept_text(struct fhir_verdict *verdict, const json_t *concept);
/* Has a CodeableConcept one of these codes, whatever the system? The list ends with NULL. */
bool fhir_concept_is(struct fhir_verdict *verdict, const json_t *concept, const char *const *codes);
/* The extension whose url ends so; NULL: there is none. */
const json_t *fhir_extension(struct fhir_verdict *verdict, const json_t *object,
			     const char *url_end);

#endif
