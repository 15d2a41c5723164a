/*
 * What the values of the protocol's enums are called: on the command line (the name in lower case,
 * "care-manager"), and on the screen in both languages.
 */
#ifndef LABELS_H
#define LABELS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "names.h"

/* Never NULL: the protocol's own name where there is no label (a test finds those). */
const char *label(const ProtobufCEnumDescriptor *type, int value, bool japanese);
#define LABEL(Type, value, japanese) label(&Type##_descriptor, (int)(value), (japanese))

/* "care-manager", "caremanager" and "CARE_MANAGER" are one. 0 or ERR_INVALID. */
int label_parse(const ProtobufCEnumDescriptor *type, const char *word, int *value);
/* The word that label_parse reads: "care-manager"; "" for the unspecified one. Cut at size. */
void label_word(const ProtobufCEnumDescriptor *type, int value, char *out, size_t size);
/* All words of an enum, "doctor, nurse, …", without the unspecified one. Cut at size. */
void label_words(const ProtobufCEnumDescriptor *type, char *out, size_t size);

/* The enums that have labels, for the test; NULL at the end. */
extern const ProtobufCEnumDescriptor *const labelled_enums[];

#endif
