#include "text.h"

#include <stdint.h>
#include <utf8proc.h>

bool text_utf8(const char *text, size_t size)
{
	const uint8_t *next = (const uint8_t *)text;
	utf8proc_int32_t character;

	while (size) {
		utf8proc_ssize_t length = 1;
		if (*next >= 0x80)
			length = utf8proc_iterate(next, (utf8proc_ssize_t)size, &character);
		if (length < 1 || *next == 0)
			return false;
		next += length;
		size -= (size_t)length;
	}
	return true;
}
