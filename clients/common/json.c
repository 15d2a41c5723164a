#include "json.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define NAME_SIZE 128

void json_name(const char *name, char *out, size_t size)
{
	size_t at = 0;
	bool upper = false;

	for (; *name && at + 1 < size; name++) {
		if (*name == '_') {
			upper = true;
			continue;
		}
		out[at++] = upper ? (char)toupper((unsigned char)*name) : *name;
		upper = false;
	}
	out[at] = '\0';
}

static json_t *json_of_number64(uint64_t bits, bool is_signed)
{
	char text[32];

	if (is_signed)
		snprintf(text, sizeof(text), "%" PRId64, (int64_t)bits);
	else
		snprintf(text, sizeof(text), "%" PRIu64, bits);
	return json_string(text);
}

static json_t *json_of_double(double number)
{
	if (isnan(number))
		return json_string("NaN");
	if (isinf(number))
		return json_string(number > 0 ? "Infinity" : "-Infinity");
	return json_real(number);
}

static json_t *json_of_bytes(const ProtobufCBinaryData *data)
{
	char *text = malloc(data->len / 3 * 4 + 8);

	if (!text)
		return NULL;
	text[0] = '\0';
	if (data->len)
		EVP_EncodeBlock((unsigned char *)text, data->data, (int)data->len);
	json_t *value = json_string(text);
	free(text);
	return value;
}

static json_t *json_of_enum(const ProtobufCEnumDescriptor *type, int number)
{
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);

	return value ? json_string(value->name) : json_integer(number);
}

/* One value of a field; member points at it. */
static json_t *json_of_value(const ProtobufCFieldDescriptor *field, const void *member)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)member);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)member);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return json_of_number64(*(const uint64_t *)member, true);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_of_number64(*(const uint64_t *)member, false);
	case PROTOBUF_C_TYPE_FLOAT:
		return json_of_double((double)*(const float *)member);
	case PROTOBUF_C_TYPE_DOUBLE:
		return json_of_double(*(const double *)member);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)member);
	case PROTOBUF_C_TYPE_ENUM:
		return json_of_enum(field->descriptor, *(const int *)member);
	case PROTOBUF_C_TYPE_STRING:
		return *(char *const *)member ? json_string(*(char *const *)member)
					      : json_string("");
	case PROTOBUF_C_TYPE_BYTES:
		return json_of_bytes(member);
	case PROTOBUF_C_TYPE_MESSAGE:
		return json_of_message(*(const ProtobufCMessage *const *)member);
	}
	return NULL;
}

static size_t size_of_type(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return sizeof(int64_t);
	case PROTOBUF_C_TYPE_DOUBLE:
		return sizeof(double);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return sizeof(int32_t);
	}
}

static json_t *json_of_list(const ProtobufCFieldDescriptor *field, const uint8_t *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++)
		if (json_array_append_new(
			    list, json_of_value(field, items + i * size_of_type(field->type)))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

/* Proto3: what stands at its default is left out; a chosen member of a oneof never is. */
static bool at_default(const ProtobufCFieldDescriptor *field, const uint8_t *message,
		       const void *member)
{
	static const uint8_t zero[sizeof(double)];

	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(const void *)(message + field->quantifier_offset) !=
		       field->id;
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return !*(char *const *)member || !**(char *const *)member;
	case PROTOBUF_C_TYPE_MESSAGE:
		return !*(void *const *)member;
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)member)->len == 0;
	default:
		return memcmp(member, zero, size_of_type(field->type)) == 0;
	}
}

json_t *json_of_message(const ProtobufCMessage *message)
{
	json_t *object = json_object();
	const uint8_t *base = (const uint8_t *)message;
	char name[NAME_SIZE];

	for (unsigned i = 0; object && i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const void *member = base + field->offset;
		json_t *value = NULL;
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t n = *(const size_t *)(const void *)(base + field->quantifier_offset);
			if (n == 0)
				continue;
			value = json_of_list(field, *(const uint8_t *const *)member, n);
		} else {
			if (at_default(field, base, member))
				continue;
			value = json_of_value(field, member);
		}
		json_name(field->name, name, sizeof(name));
		if (json_object_set_new(object, name, value ? value : json_null())) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

int json_print(FILE *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(15));

	if (!text)
		return ERR_NOMEM;
	int rc = fprintf(out, "%s\n", text) < 0 ? ERR_IO : 0;
	free(text);
	return rc;
}

int json_print_message(FILE *out, const ProtobufCMessage *message)
{
	json_t *value = json_of_message(message);

	if (!value)
		return ERR_NOMEM;
	int rc = json_print(out, value);
	json_decref(value);
	return rc;
}
