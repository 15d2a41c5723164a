#include "search.h"

#include <ctype.h>
#include <string.h>

#include "date.h"
#include "error.h"
#include "text.h"

/*
 * Characters of names that are written one way on one paper and another way on the next. The first of
 * each pair is what stands in family registers, the second what people type. Only for searching: what
 * is shown stays as it was written.
 */
static const char *const variants[][2] = {
	{ "髙", "高" }, { "﨑", "崎" }, { "嵜", "崎" }, { "邊", "辺" }, { "邉", "辺" }, { "齋", "斉" },
	{ "齊", "斉" }, { "斎", "斉" }, { "濱", "浜" }, { "濵", "浜" }, { "澤", "沢" }, { "櫻", "桜" },
	{ "廣", "広" }, { "國", "国" }, { "嶋", "島" }, { "嶌", "島" }, { "瀧", "滝" }, { "龍", "竜" },
	{ "眞", "真" }, { "惠", "恵" }, { "榮", "栄" }, { "圓", "円" }, { "學", "学" }, { "壽", "寿" },
	{ "德", "徳" }, { "條", "条" }, { "將", "将" }, { "彌", "弥" }, { "應", "応" }, { "曾", "曽" },
	{ "檜", "桧" }, { "淺", "浅" }, { "澁", "渋" }, { "瀨", "瀬" }, { "禮", "礼" }, { "萬", "万" },
	{ "藏", "蔵" }, { "豐", "豊" }, { "鐵", "鉄" }, { "關", "関" }, { "靜", "静" }, { "冨", "富" },
	{ "𠮷", "吉" }, { "舘", "館" }, { "槇", "槙" }, { "薗", "園" }, { "彥", "彦" }, { "晉", "晋" },
	{ "敎", "教" }, { "莊", "荘" }, { "增", "増" }, { "黑", "黒" }, { "橫", "横" }, { "賴", "頼" },
	{ "緖", "緒" }, { "淸", "清" }, { "數", "数" }, { "實", "実" }, { "寬", "寛" },
};

/* Bytes of the first n characters; all of them when there are fewer. */
static size_t prefix_bytes(const char *text, size_t n)
{
	size_t i = 0;
	for (; text[i]; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && n-- == 0)
			break;
	return i;
}

/* text_fold, and one of all ways to write a character. NULL when it is no valid text. */
static char *fold(struct arena *arena, const char *text)
{
	char *folded = text_fold(arena, text), *out = folded;

	for (const char *in = folded; in && *in;) {
		size_t size = prefix_bytes(in, 1), kept = size;
		const char *as = in;
		for (size_t i = 0; size > 2 && i < sizeof(variants) / sizeof(*variants); i++)
			if (!strncmp(in, variants[i][0], size)) {
				as = variants[i][1];
				kept = strlen(as); /* never longer */
				break;
			}
		memmove(out, as, kept);
		out += kept;
		in += size;
	}
	if (folded)
		*out = '\0';
	return folded;
}

/* The parts of a name, by spaces of ASCII and U+3000: each from its beginning to the name's end. */
static size_t split(const char *name, const char *parts[SEARCH_PARTS])
{
	size_t n = 0;
	bool space = true;

	for (const char *p = name; *p && n < SEARCH_PARTS;) {
		size_t width = !strncmp(p, "\u3000", 3) ? 3 : *p == ' ' || *p == '\t' ? 1 : 0;
		if (!width && space)
			parts[n++] = p;
		space = width != 0;
		p += width ? width : 1;
	}
	return n;
}

static int add_token(struct arena *arena, char ***tokens, size_t *n, char *token)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*tokens)[i], token))
			return 0;
	return arena_append(arena, tokens, n, token);
}

static int add_beginnings(struct arena *arena, char ***tokens, size_t *n, const char *part)
{
	const char *folded = fold(arena, part);
	size_t length = folded ? text_length(folded) : 0;
	int rc = 0;

	for (size_t i = 1; !rc && i <= length && i <= SEARCH_CHARACTERS; i++)
		rc = add_token(arena, tokens, n,
			       arena_printf(arena, "n:%.*s", (int)prefix_bytes(folded, i), folded));
	return rc;
}

int search_tokens(struct arena *arena, const Patient *patient, char ***tokens, size_t *n_tokens)
{
	const char *names[] = { patient->name, patient->kana }, *parts[SEARCH_PARTS];
	int rc = 0;

	*tokens = NULL;
	*n_tokens = 0;
	for (size_t i = 0; i < 2; i++) {
		size_t n = split(names[i], parts);
		for (size_t j = 0; !rc && j < n; j++)
			rc = add_beginnings(arena, tokens, n_tokens, parts[j]);
	}
	if (!rc && patient->born[0])
		rc = add_token(arena, tokens, n_tokens, arena_printf(arena, "b:%s", patient->born));
	return rc;
}

/* Digits of a birth date in YYYY-MM-DD form, NULL when it is none. Folding makes all widths one and
 * every dash ー. */
static const char *as_date(struct arena *arena, const char *folded)
{
	char digits[9];
	size_t n = 0;

	for (const char *p = folded; *p; p++) {
		if (isdigit((unsigned char)*p) && n < 8)
			digits[n++] = *p;
		else if (*p == '/' || *p == '.')
			continue;
		else if (!strncmp(p, "ー", 3))
			p += 2;
		else
			return NULL;
	}
	if (n != 8)
		return NULL;
	const char *date = arena_printf(arena, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
	return date_valid_full(date) ? date : NULL;
}

const char *search_token(struct arena *arena, const char *text)
{
	const char *folded = fold(arena, text);
	if (!folded || !*folded)
		return NULL;
	const char *date = as_date(arena, folded);
	if (date)
		return arena_printf(arena, "b:%s", date);
	return arena_printf(arena, "n:%.*s", (int)prefix_bytes(folded, SEARCH_CHARACTERS), folded);
}

bool search_fits(struct arena *arena, const char *text, const Patient *patient)
{
	const char *names[] = { patient->name, patient->kana }, *parts[SEARCH_PARTS];
	const char *wanted = fold(arena, text);

	if (!wanted)
		return false;
	if (text_length(wanted) <= SEARCH_CHARACTERS || as_date(arena, wanted))
		return true; /* the token was the whole text */
	for (size_t i = 0; i < 2; i++) {
		size_t n = split(names[i], parts);
		for (size_t j = 0; j < n; j++) {
			const char *folded = fold(arena, parts[j]);
			if (folded && !strncmp(folded, wanted, strlen(wanted)))
				return true;
		}
	}
	return false;
}
