/* If this failed, a name that somebody typed or a file holds would crash its reader, or a folded name
 * would not be text any more. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "text.h"

#define ARENA_BYTES (16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	bool valid = text_valid((const char *)data, size), utf8 = text_utf8((const char *)data, size);
	PROMISE(!valid || utf8);
	char *text = arena_alloc(&arena, size + 1);
	PROMISE(text);
	if (size)
		memcpy(text, data, size);
	bool whole = strlen(text) == size;
	char *folded = text_fold(&arena, text), *shown = text_katakana(&arena, text);
	if (whole)
		PROMISE(arena.spent || ((folded != NULL) == valid && (shown != NULL) == valid));
	if (folded) {
		PROMISE(text_valid(folded, strlen(folded)));
		PROMISE(!strchr(folded, ' ') && !strstr(folded, "　") && !strchr(folded, '-'));
	}
	if (shown) {
		PROMISE(text_valid(shown, strlen(shown)));
		char *again = text_katakana(&arena, shown);
		PROMISE(arena.spent || (again && text_valid(again, strlen(again))));
	}
	if (utf8)
		PROMISE(text_length(text) <= size);
	arena_close(&arena);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	static const char *const pieces[] = { "たなか", "　", "ﾄﾞｵﾙ", "゛", "・", "Ａb", "髙", "−", "ー",
					      "\u3099", "㈱", "\U000e0100", "が", "\u200b", "ß", "İ" };
	size_t size = 0;

	for (uint32_t n = rng_below(rng, 20); n; n--) {
		const char *piece = pieces[rng_below(rng, sizeof(pieces) / sizeof(*pieces))];
		memcpy(out + size, piece, strlen(piece));
		size += strlen(piece);
	}
	return size;
}
