#include "clients/cli/fhir_verdict.h"

#include <stdarg.h>
#include <stdio.h>

/* A character cut in half at the end would not be text any more. */
static void drop_half_character(char *text, size_t length)
{
	size_t at = length;

	while (at && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at && (unsigned char)text[at - 1] >= 0xc0)
		text[at - 1] = '\0';
}

static void say(struct fhir_verdict *verdict, enum fhir_outcome outcome, enum message reason,
		const char *format, va_list values)
{
	if (verdict->outcome != FHIR_FINE)
		return;
	verdict->outcome = outcome;
	verdict->reason = reason;
	verdict->detail[0] = '\0';
	if (!format)
		return;
	int length = vsnprintf(verdict->detail, sizeof(verdict->detail), format, values);
	if (length >= (int)sizeof(verdict->detail))
		drop_half_character(verdict->detail, sizeof(verdict->detail) - 1);
}

bool fhir_skip(struct fhir_verdict *verdict, enum message reason, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(verdict, FHIR_SKIPPED, reason, format, values);
	va_end(values);
	return false;
}

bool fhir_wrong(struct fhir_verdict *verdict, enum message reason, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(verdict, FHIR_WRONG, reason, format, values);
	va_end(values);
	return false;
}
