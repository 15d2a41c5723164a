/*
 * What an entry may hold. Pure.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include "daemon.h"

/* From its content; ENTRY_KIND_UNSPECIFIED: there is none. */
EntryKind entry_kind(const Entry *entry);
/* Content and time of an entry whose kind and occurred_ms are filled in. 0, or refuses with the field
 * ("entry.vital_signs.spo2_percent"). */
int entry_check(const struct input *in, const Entry *entry);

#endif
