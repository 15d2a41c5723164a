/*
 * How a patient is found by name or birth date although the index holds no name: each patient is put
 * under the keyed hash of each of these tokens, folded (text_fold: any width, kana as katakana, no
 * spaces; and 髙 as 高), and a search looks up the one token that its text makes.
 *
 *	n:…  of name and kana, the beginnings of the whole (山田太郎: 山, 山田, 山田太, 山田太郎) and of each
 *	     part behind the first (太, 太郎), one to SEARCH_CHARACTERS characters long
 *	b:…  the birth date as it is
 *
 * A longer text is looked up by its first SEARCH_CHARACTERS characters, and each find is then held
 * against the whole text. Pure.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>

#include "arena.h"
#include "names.h"

#define SEARCH_CHARACTERS 8
#define SEARCH_PARTS 4 /* of a name, by spaces */

/* All tokens of a patient, each once. 0 or ERR_NOMEM. */
int search_tokens(struct arena *arena, const Patient *patient, char ***tokens, size_t *n_tokens);
/* The token of a search text; NULL: nothing can be found by it. Birth dates: YYYY-MM-DD, YYYYMMDD,
 * YYYY/MM/DD, in any width. */
const char *search_token(struct arena *arena, const char *text);
/* Does a patient found by the token fit the whole text? */
bool search_fits(struct arena *arena, const char *text, const Patient *patient);

#endif
