/*
 * The checks that many requests share. Each returns 0 or refuses with the field. Pure.
 */
#ifndef FIELD_H
#define FIELD_H

#include "daemon.h"

int field_invalid(const struct input *in, const char *field, const char *ja, const char *en);
/* Length in bytes; a least of 1 also refuses what is only spaces. */
int field_text(const struct input *in, const char *field, const char *text, size_t least,
	       size_t most);
int field_count(const struct input *in, const char *field, size_t n, size_t most);
/* Year, month or day of birth, not in the future; or nothing. */
int field_born(const struct input *in, const char *field, const char *born);
/* A full date that is not in the future, in Japan. */
int field_paper_date(const struct input *in, const char *field, const char *date);

#endif
