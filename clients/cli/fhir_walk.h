/*
 * Finds where JSON values begin and end, without reading them: a value is complete when its brackets
 * and quotes balance. Whether it is valid JSON is for jansson to say.
 */
#ifndef FHIR_WALK_H
#define FHIR_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FHIR_LIMIT_DEPTH 64

struct fhir_walk {
	bool lines;     /* set by the caller: a line feed ends everything (NDJSON) */
	bool string, escape, scalar;
	bool too_deep;  /* nested deeper than FHIR_LIMIT_DEPTH */
	unsigned depth;
	uint64_t arrays; /* bit n: the bracket of depth n is [ */
	size_t values;  /* about how many values there are in it */
};

enum fhir_step {
	FHIR_STEP_ON,     /* the character belongs to the value, which goes on */
	FHIR_STEP_LAST,   /* it is the value's last */
	FHIR_STEP_BEHIND, /* the value ended before it: a number or a word did */
	FHIR_STEP_BROKEN, /* it cannot stand there */
};

/* Feed it a value piece by piece, from its first character that is not white space. *used: so many
 * characters of this piece belong to it. FHIR_STEP_ON: all of them, and it goes on. */
enum fhir_step fhir_walk(struct fhir_walk *walk, const char *text, size_t size, size_t *used);

/* A part of some JSON text; of a string with its quotes. */
struct fhir_span {
	const char *at;
	size_t size;
};

/* The members of an object that may be cut off. */
struct fhir_members {
	const char *at, *end;
	bool complete; /* the closing brace was met */
	bool broken;   /* something cannot stand there */
};

/* text begins with the opening brace. */
void fhir_members_init(struct fhir_members *members, const char *text, size_t size);
/* The next member whose value is complete; false: there is none. */
bool fhir_members_next(struct fhir_members *members, struct fhir_span *key,
		       struct fhir_span *value);
/* Is it the string "text", written without escapes? */
bool fhir_span_is(struct fhir_span span, const char *text);
/* The string's text, cut at size; "" when it is not a string, or what is left is not UTF-8. */
void fhir_span_text(struct fhir_span span, char *out, size_t size);

#endif
