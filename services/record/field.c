#include "field.h"

#include <string.h>

#include "date.h"
#include "text.h"

int field_invalid(const struct input *in, const char *field, const char *ja, const char *en)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field, ja, en);
}

int field_text(const struct input *in, const char *field, const char *text, size_t least,
	       size_t most)
{
	size_t size = strlen(text);

	if (least && text_blank(text))
		return field_invalid(in, field, "この項目は空にできません。", "This field must not be empty.");
	if (size < least || size > most)
		return field_invalid(in, field,
				     arena_printf(in->arena, "長すぎます（UTF-8で%zuバイトまで）。", most),
				     arena_printf(in->arena, "Too long: at most %zu bytes of UTF-8.", most));
	return 0;
}

int field_count(const struct input *in, const char *field, size_t n, size_t most)
{
	if (n <= most)
		return 0;
	return field_invalid(in, field, arena_printf(in->arena, "多すぎます（%zu件まで）。", most),
			     arena_printf(in->arena, "Too many: at most %zu.", most));
}

/* Is the beginning of today, year or year and month too, before it? ISO dates sort as text. */
static bool in_future(const struct input *in, const char *date)
{
	char today[DATE_SIZE];
	date_day(today, in->now_ms);
	return strncmp(date, today, strlen(date)) > 0;
}

int field_born(const struct input *in, const char *field, const char *born)
{
	if (!*born || (date_valid(born) && !in_future(in, born)))
		return 0;
	return field_invalid(in, field, "生年月日は 1950-01-31 の形で、今日までの日付にしてください。",
			     "A birth date is YYYY-MM-DD (or YYYY-MM, YYYY) and not in the future.");
}

int field_paper_date(const struct input *in, const char *field, const char *date)
{
	if (date_valid_full(date) && !in_future(in, date))
		return 0;
	return field_invalid(in, field, "同意書の日付を 2026-01-31 の形で、今日までの日付で入れてください。",
			     "Give the date on the paper as YYYY-MM-DD, not in the future.");
}
