/*
 * Japanese text: checking, and folding for search.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* Valid UTF-8 (RFC 3629) without NUL: what every string of a message must be. */
bool text_utf8(const char *text, size_t size);
/* Valid UTF-8 (RFC 3629), no NUL inside, no control characters but tab and line feed. */
bool text_valid(const char *text, size_t size);
/*
 * What two spellings of one name have in common: NFKC (half-width kana and full-width letters become
 * the usual ones), hiragana as katakana, lower case, no spaces of any kind (U+3000 too), no middle
 * dots, no variation selectors, one sign for all hyphens, dashes and long vowels. Characters that
 * Unicode tells apart (髙 and 高) stay apart. In the arena; NULL when it is not valid text.
 */
char *text_fold(struct arena *arena, const char *text);
/* For showing: full-width katakana for hiragana and half-width kana, the rest in NFKC; spaces stay as
 * they are, U+3000 too. In the arena; NULL when it is not valid text. */
char *text_katakana(struct arena *arena, const char *text);
/* Nothing in it but spaces, tabs and line feeds (U+3000 too). */
bool text_blank(const char *text);
/* Characters (code points) in valid text. */
size_t text_length(const char *text);

#endif
