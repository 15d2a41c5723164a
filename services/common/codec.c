#include "codec.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limits.h"
#include "text.h"

#define MAX_FIELDS 64 /* of one message type; a test of the schema keeps to it */

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_LENGTH = 2, WIRE_32 = 5 };

/* ---- the walk over the wire --------------------------------------------------------------- */

/* Where the walk stands, for the path of the field at fault. The chain is as long as messages nest,
 * and no type contains itself. */
struct place {
	const struct place *outer;
	const ProtobufCFieldDescriptor *field;
	size_t index;
};

struct walk {
	struct arena *arena;
	const char **fault;
};

static int walk_message(struct walk *walk, const ProtobufCMessageDescriptor *type, struct bytes in,
			const struct place *outer);

static const char *path(struct arena *arena, const struct place *place)
{
	if (!place || !place->field)
		return "";
	const char *outer = path(arena, place->outer), *dot = *outer ? "." : "";
	if (place->field->label == PROTOBUF_C_LABEL_REPEATED)
		return arena_printf(arena, "%s%s%s[%zu]", outer, dot, place->field->name, place->index);
	return arena_printf(arena, "%s%s%s", outer, dot, place->field->name);
}

static int fault(struct walk *walk, const struct place *place, int error)
{
	*walk->fault = path(walk->arena, place);
	return error;
}

/* False: cut short or longer than 64 bits. */
static bool take_varint(struct bytes *in, uint64_t *value)
{
	uint64_t result = 0;

	for (size_t i = 0; i < in->size && i < 10; i++) {
		result |= (uint64_t)(in->data[i] & 0x7f) << (7 * i);
		if (in->data[i] & 0x80)
			continue;
		in->data += i + 1;
		in->size -= i + 1;
		*value = result;
		return true;
	}
	return false;
}

static bool take(struct bytes *in, size_t size, struct bytes *value)
{
	if (size > in->size)
		return false;
	*value = (struct bytes){ in->data, size };
	in->data += size;
	in->size -= size;
	return true;
}

/* The bytes of one field's value; of a varint, those that encode it. */
static bool take_value(struct bytes *in, enum wire wire, struct bytes *value)
{
	const uint8_t *start = in->data;
	uint64_t number;

	switch (wire) {
	case WIRE_VARINT:
		if (!take_varint(in, &number))
			return false;
		*value = (struct bytes){ start, (size_t)(in->data - start) };
		return true;
	case WIRE_64:
		return take(in, 8, value);
	case WIRE_LENGTH:
		/* protobuf-c reads five bytes of a length at most */
		return take_varint(in, &number) && in->data - start <= 5 && number <= in->size &&
		       take(in, (size_t)number, value);
	case WIRE_32:
		return take(in, 4, value);
	default:
		return false; /* groups, and what does not exist */
	}
}

static enum wire wire_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return WIRE_32;
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return WIRE_64;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_LENGTH;
	default:
		return WIRE_VARINT;
	}
}

static bool finite_number(ProtobufCType type, struct bytes value)
{
	double number = 0;
	float small = 0;

	if (type == PROTOBUF_C_TYPE_DOUBLE)
		memcpy(&number, value.data, sizeof(number)); /* little-endian, as this machine */
	if (type == PROTOBUF_C_TYPE_FLOAT)
		memcpy(&small, value.data, sizeof(small));
	return isfinite(number) && isfinite(small);
}

static bool known_enum_value(const ProtobufCEnumDescriptor *type, struct bytes value)
{
	uint64_t number = 0;

	/* Negative values stand as 64 bits on the wire; protobuf-c keeps the low 32. */
	return take_varint(&value, &number) &&
	       protobuf_c_enum_descriptor_get_value(type, (int)(int32_t)(uint32_t)number);
}

static int walk_value(struct walk *walk, struct bytes value, const struct place *place)
{
	const ProtobufCFieldDescriptor *field = place->field;

	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return walk_message(walk, field->descriptor, value, place);
	case PROTOBUF_C_TYPE_STRING:
		if (value.size > LIMIT_STRING_BYTES)
			return fault(walk, place, ERR_TOOBIG);
		if (!text_utf8((const char *)value.data, value.size))
			return fault(walk, place, ERR_INVALID);
		return 0;
	case PROTOBUF_C_TYPE_ENUM:
		return known_enum_value(field->descriptor, value) ? 0 : fault(walk, place, ERR_INVALID);
	default:
		return finite_number(field->type, value) ? 0 : fault(walk, place, ERR_INVALID);
	}
}

/* Many numbers in one value. */
static int walk_packed(struct walk *walk, struct bytes in, struct place *place, uint32_t *count)
{
	struct bytes value;

	while (in.size) {
		place->index = *count;
		if (++*count > LIMIT_LIST_ITEMS)
			return fault(walk, place, ERR_TOOBIG);
		if (!take_value(&in, wire_of(place->field->type), &value))
			return fault(walk, place, ERR_INVALID);
		int rc = walk_value(walk, value, place);
		if (rc)
			return rc;
	}
	return 0;
}

static int walk_field(struct walk *walk, struct bytes value, enum wire wire, struct place *place,
		      uint32_t *count)
{
	const ProtobufCFieldDescriptor *field = place->field;
	enum wire expected = wire_of(field->type);
	bool list = field->label == PROTOBUF_C_LABEL_REPEATED;

	if (list && expected != WIRE_LENGTH && wire == WIRE_LENGTH)
		return walk_packed(walk, value, place, count);
	place->index = *count;
	if (++*count > LIMIT_LIST_ITEMS)
		return fault(walk, place, ERR_TOOBIG);
	if (wire != expected)
		return fault(walk, place, ERR_INVALID);
	/* A second one would be merged into the first, and lists would grow past their limit. */
	if (!list && field->type == PROTOBUF_C_TYPE_MESSAGE && *count > 1)
		return fault(walk, place, ERR_INVALID);
	return walk_value(walk, value, place);
}

static int walk_message(struct walk *walk, const ProtobufCMessageDescriptor *type, struct bytes in,
			const struct place *outer)
{
	uint32_t counts[MAX_FIELDS] = { 0 }, unknown = 0;

	assert(type->n_fields <= MAX_FIELDS);
	while (in.size) {
		const uint8_t *start = in.data;
		uint64_t tag;
		struct bytes value;
		if (!take_varint(&in, &tag) || in.data - start > 5 || tag >> 32 || tag >> 3 == 0)
			return fault(walk, outer, ERR_INVALID);
		enum wire wire = (enum wire)(tag & 7);
		struct place place = { .outer = outer };
		place.field = protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
		const struct place *here = place.field ? &place : outer;
		if (!take_value(&in, wire, &value))
			return fault(walk, here, ERR_INVALID);
		if (!place.field) {
			if (++unknown > LIMIT_LIST_ITEMS)
				return fault(walk, outer, ERR_TOOBIG);
			continue;
		}
		int rc = walk_field(walk, value, wire, &place, &counts[place.field - type->fields]);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- after unpacking ---------------------------------------------------------------------- */

static void *at(ProtobufCMessage *message, size_t offset)
{
	return (uint8_t *)message + offset;
}

/* Nothing that the schema does not name goes any further. */
static void drop_unknown(ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;

	message->n_unknown_fields = 0;
	message->unknown_fields = NULL;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t n = *(size_t *)at(message, field->quantifier_offset);
			ProtobufCMessage **list = *(ProtobufCMessage ***)at(message, field->offset);
			for (size_t j = 0; j < n; j++)
				drop_unknown(list[j]);
			continue;
		}
		if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
		    *(uint32_t *)at(message, field->quantifier_offset) != field->id)
			continue;
		ProtobufCMessage *inner = *(ProtobufCMessage **)at(message, field->offset);
		if (inner)
			drop_unknown(inner);
	}
}

static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *type, struct bytes in,
				struct arena *arena)
{
	static const uint8_t nothing[1];
	return protobuf_c_message_unpack(type, &arena->allocator, in.size, in.size ? in.data : nothing);
}

int codec_decode(const ProtobufCMessageDescriptor *type, struct bytes in, struct arena *arena,
		 ProtobufCMessage **out, const char **field)
{
	const char *ignored;
	struct walk walk = { arena, field ? field : &ignored };
	bool spent = arena->spent;

	*walk.fault = "";
	int rc = walk_message(&walk, type, in, NULL);
	if (rc)
		return rc;
	size_t limit = arena->limit_bytes;
	arena->limit_bytes -= (limit - arena->used_bytes) / 4;
	arena->spent = false;
	ProtobufCMessage *message = unpack(type, in, arena);
	bool full = arena->spent;
	arena->limit_bytes = limit;
	arena->spent = spent;
	if (!message)
		return full ? ERR_NOMEM : ERR_INVALID;
	drop_unknown(message);
	*out = message;
	return 0;
}

int codec_unpack(const ProtobufCMessageDescriptor *type, struct bytes in, struct arena *arena,
		 ProtobufCMessage **out)
{
	ProtobufCMessage *message = unpack(type, in, arena);

	if (!message)
		return arena->spent ? ERR_NOMEM : ERR_CORRUPT;
	*out = message;
	return 0;
}

int codec_pack(const ProtobufCMessage *message, struct arena *arena, struct bytes *out)
{
	if (arena->spent)
		return ERR_NOMEM;
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *data = arena_alloc(arena, size);
	if (!data)
		return ERR_NOMEM;
	size_t packed = protobuf_c_message_pack(message, data);
	assert(packed == size);
	*out = (struct bytes){ data, size };
	return 0;
}

ProtobufCMessage *codec_new(const ProtobufCMessageDescriptor *type, struct arena *arena)
{
	ProtobufCMessage *message = arena_alloc(arena, type->sizeof_message);
	if (message)
		type->message_init(message);
	return message;
}

const char *codec_name(const ProtobufCMessageDescriptor *type)
{
	return type->short_name;
}
