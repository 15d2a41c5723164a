/*
 * Messages as protobuf-JSON (the proto3 mapping): lowerCamelCase names, enums by name, 64-bit numbers
 * as strings, bytes in base64, values at their default left out.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdio.h>

/* A new reference; NULL: out of memory. Text that is not UTF-8 gives null. */
json_t *json_of_message(const ProtobufCMessage *message);
/* The name a field has in JSON: "vital_signs" is "vitalSigns". Cut at size. */
void json_name(const char *name, char *out, size_t size);
/* One line. 0 or ERR_NOMEM, ERR_IO. */
int json_print(FILE *out, const json_t *value);
int json_print_message(FILE *out, const ProtobufCMessage *message);

#endif
