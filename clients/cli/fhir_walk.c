#include "clients/cli/fhir_walk.h"

#include <jansson.h>
#include <string.h>

#include "text.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum fhir_step step_string(struct fhir_walk *walk, char c)
{
	if (walk->escape) {
		walk->escape = false;
	} else if (c == '\\') {
		walk->escape = true;
	} else if (c == '"') {
		walk->string = false;
		return walk->depth ? FHIR_STEP_ON : FHIR_STEP_LAST;
	}
	return FHIR_STEP_ON;
}

static enum fhir_step step_open(struct fhir_walk *walk, char c)
{
	if (walk->scalar && !walk->depth)
		return FHIR_STEP_BROKEN;
	if (walk->depth >= FHIR_LIMIT_DEPTH)
		walk->too_deep = true;
	else if (c == '[')
		walk->arrays |= UINT64_C(1) << walk->depth;
	else
		walk->arrays &= ~(UINT64_C(1) << walk->depth);
	walk->depth++;
	walk->values++;
	return FHIR_STEP_ON;
}

static enum fhir_step step_close(struct fhir_walk *walk, char c)
{
	if (!walk->depth)
		return walk->scalar ? FHIR_STEP_BEHIND : FHIR_STEP_BROKEN;
	walk->depth--;
	if (walk->depth < FHIR_LIMIT_DEPTH) {
		bool array = walk->arrays >> walk->depth & 1;
		if (array != (c == ']'))
			return FHIR_STEP_BROKEN;
	}
	return walk->depth ? FHIR_STEP_ON : FHIR_STEP_LAST;
}

static inline enum fhir_step take(struct fhir_walk *walk, char c)
{
	if (c == '\n' && walk->lines)
		return walk->scalar && !walk->depth ? FHIR_STEP_BEHIND : FHIR_STEP_BROKEN;
	if (walk->string)
		return step_string(walk, c);
	switch (c) {
	case '"':
		if (walk->scalar && !walk->depth)
			return FHIR_STEP_BROKEN;
		walk->string = true;
		return FHIR_STEP_ON;
	case '{':
	case '[':
		return step_open(walk, c);
	case '}':
	case ']':
		return step_close(walk, c);
	case ',':
	case ':':
		if (!walk->depth)
			return walk->scalar ? FHIR_STEP_BEHIND : FHIR_STEP_BROKEN;
		walk->values += c == ',';
		return FHIR_STEP_ON;
	default:
		if (walk->depth)
			return FHIR_STEP_ON;
		if (is_space(c))
			return walk->scalar ? FHIR_STEP_BEHIND : FHIR_STEP_BROKEN;
		walk->scalar = true;
		return FHIR_STEP_ON;
	}
}

/* How many characters are of no consequence: most of FHIR is inside of strings, or spaces. */
static size_t plain(const struct fhir_walk *walk, const char *text, size_t size)
{
	size_t at = 0;

	if (walk->string && !walk->escape)
		while (at < size && text[at] != '"' && text[at] != '\\' && text[at] != '\n')
			at++;
	else if (!walk->string && walk->depth)
		while (at < size && text[at] == ' ')
			at++;
	return at;
}

enum fhir_step fhir_walk(struct fhir_walk *walk, const char *text, size_t size, size_t *used)
{
	size_t at = 0;

	while (at < size) {
		at += plain(walk, text + at, size - at);
		if (at == size)
			break;
		enum fhir_step step = take(walk, text[at]);
		at += step <= FHIR_STEP_LAST;
		*used = at;
		if (step != FHIR_STEP_ON)
			return step;
	}
	*used = size;
	return FHIR_STEP_ON;
}

/* ---- members ------------------------------------------------------------------------------ */

void fhir_members_init(struct fhir_members *members, const char *text, size_t size)
{
	members->at = text + 1;
	members->end = text + size;
	members->complete = members->broken = false;
}

static void skip_space(struct fhir_members *members, char also)
{
	while (members->at < members->end && (is_space(*members->at) || *members->at == also))
		members->at++;
}

static bool whole_value(struct fhir_members *members, struct fhir_span *span)
{
	struct fhir_walk walk = { 0 };
	size_t size;
	enum fhir_step step = fhir_walk(&walk, members->at, (size_t)(members->end - members->at), &size);

	members->broken = step == FHIR_STEP_BROKEN;
	if (step == FHIR_STEP_ON || step == FHIR_STEP_BROKEN)
		return false;
	span->at = members->at;
	span->size = size;
	members->at += size;
	return true;
}

bool fhir_members_next(struct fhir_members *members, struct fhir_span *key,
		       struct fhir_span *value)
{
	if (members->complete || members->broken)
		return false;
	skip_space(members, ',');
	if (members->at == members->end)
		return false;
	if (*members->at == '}') {
		members->complete = true;
		return false;
	}
	if (*members->at != '"') {
		members->broken = true;
		return false;
	}
	if (!whole_value(members, key))
		return false;
	skip_space(members, ':');
	return members->at < members->end && whole_value(members, value);
}

bool fhir_span_is(struct fhir_span span, const char *text)
{
	size_t length = strlen(text);

	return span.size == length + 2 && !memcmp(span.at + 1, text, length);
}

static void copy(char *out, size_t size, const char *text, size_t length)
{
	if (length >= size)
		length = size - 1;
	memcpy(out, text, length);
	out[length] = '\0';
	if (!text_utf8(out, strlen(out))) /* it never was, or a letter was cut through */
		out[0] = '\0';
}

void fhir_span_text(struct fhir_span span, char *out, size_t size)
{
	out[0] = '\0';
	if (span.size < 2 || span.at[0] != '"')
		return;
	if (!memchr(span.at, '\\', span.size)) {
		copy(out, size, span.at + 1, span.size - 2);
		return;
	}
	json_t *string = json_loadb(span.at, span.size, JSON_DECODE_ANY, NULL);
	if (json_is_string(string))
		copy(out, size, json_string_value(string), json_string_length(string));
	json_decref(string);
}
