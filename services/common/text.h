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
 * dots, hyphens or long-vowel look-alikes told apart. In the arena; NULL when it is not valid text.
 */
char *text_fold(struct arena *arena, const char *text);
/* As above, but for showing: full-width katakana, spaces kept. */
char *text_katakana(struct arena *arena, const char *text);
/* Characters (code points) in valid text. */
size_t text_length(const char *text);

#endif
