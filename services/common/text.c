#include "text.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#define IDEOGRAPHIC_SPACE 0x3000
#define LONG_VOWEL 0x30fc /* ー */

typedef utf8proc_int32_t character;

/* ---- checking ----------------------------------------------------------------------------- */

static bool check(const char *text, size_t size, bool control)
{
	const uint8_t *next = (const uint8_t *)text;

	while (size) {
		character c = *next;
		utf8proc_ssize_t length = 1;
		if (c >= 0x80)
			length = utf8proc_iterate(next, (utf8proc_ssize_t)size, &c);
		if (length < 1 || c == 0)
			return false;
		if (!control && ((c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0)))
			return false;
		next += length;
		size -= (size_t)length;
	}
	return true;
}

bool text_utf8(const char *text, size_t size)
{
	return check(text, size, true);
}

bool text_valid(const char *text, size_t size)
{
	return check(text, size, false);
}

size_t text_length(const char *text)
{
	size_t length = 0;

	for (; *text; text++)
		length += ((uint8_t)*text & 0xc0) != 0x80;
	return length;
}

/* ---- folding ------------------------------------------------------------------------------ */

static character katakana(character c)
{
	bool hiragana = (c >= 0x3041 && c <= 0x3096) || c == 0x309d || c == 0x309e;
	return hiragana ? c + 0x60 : c;
}

static bool is_space(character c)
{
	utf8proc_category_t category = utf8proc_category(c);
	return c == '\t' || c == '\n' || category == UTF8PROC_CATEGORY_ZS ||
	       category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

static bool is_middle_dot(character c)
{
	switch (c) {
	case 0x00b7: /* · */
	case 0x2022: /* • */
	case 0x2027: /* ‧ */
	case 0x2219: /* ∙ */
	case 0x22c5: /* ⋅ */
	case 0x30fb: /* ・, and ･ in NFKC */
		return true;
	default:
		return false;
	}
}

static bool is_dash(character c)
{
	switch (c) {
	case '-':    /* and － in NFKC */
	case 0x2212: /* − minus */
	case 0x2500: /* ─ box drawing */
	case 0x2501: /* ━ */
	case LONG_VOWEL: /* and ｰ in NFKC */
		return true;
	default: /* ‐ ‑ ‒ – — ― */
		return c >= 0x2010 && c <= 0x2015;
	}
}

/* What stays of a decomposed character; 0: nothing. */
static character fold(character c)
{
	if (is_space(c) || is_middle_dot(c))
		return 0;
	return is_dash(c) ? LONG_VOWEL : katakana(c);
}

/* For showing. The ideographic space, which NFKC would make an ordinary one, passes as a character
 * that no text holds. */
#define KEPT_SPACE 0xfdd0

static character keep_space(character c, void *unused)
{
	(void)unused;
	return c == IDEOGRAPHIC_SPACE ? KEPT_SPACE : c;
}

static character show(character c)
{
	return c == KEPT_SPACE ? IDEOGRAPHIC_SPACE : katakana(c);
}

/*
 * NFKC with a step between decomposing and composing, where か and its voicing mark, also the free
 * standing ones (゛ is a space and the mark), are apart: so what the step takes away or changes
 * composes well.
 */
static char *normalize(struct arena *arena, const char *text, int flags,
		       utf8proc_custom_func before, character (*step)(character))
{
	utf8proc_option_t options =
		(utf8proc_option_t)(flags | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
	const uint8_t *in = (const uint8_t *)text;
	utf8proc_ssize_t size = (utf8proc_ssize_t)strlen(text), n, kept = 0;
	character *buffer;

	if (!text_valid(text, (size_t)size))
		return NULL;
	n = utf8proc_decompose_custom(in, size, NULL, 0, options, before, NULL);
	if (n < 0)
		return NULL;
	buffer = arena_alloc(arena, ((size_t)n + 1) * sizeof(*buffer)); /* 4 bytes hold any in UTF-8 */
	if (!buffer || utf8proc_decompose_custom(in, size, buffer, n, options, before, NULL) != n)
		return NULL;
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		character c = step(buffer[i]);
		if (c)
			buffer[kept++] = c;
	}
	return utf8proc_reencode(buffer, kept, options) < 0 ? NULL : (char *)buffer;
}

char *text_fold(struct arena *arena, const char *text)
{
	return normalize(arena, text, UTF8PROC_CASEFOLD | UTF8PROC_IGNORE, NULL, fold);
}

char *text_katakana(struct arena *arena, const char *text)
{
	return normalize(arena, text, 0, keep_space, show);
}

bool text_blank(const char *text)
{
	for (; *text; text++) {
		if (!strncmp(text, "\u3000", 3))
			text += 2;
		else if (*text != ' ' && *text != '\t' && *text != '\n')
			return false;
	}
	return true;
}
