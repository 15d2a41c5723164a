#include "tests/lib/random_message.h"

#include <string.h>

#include "codec.h"

static const char *const words[] = { "", "a", "clinic01", "血圧が低い", "ﾜｰﾌｧﾘﾝ 1mg", "田中　透",
				     "01JD3Z0Q8Y7X5W4V3T2S1R0QPN", "𠮷野家で\n転倒" };

static size_t element_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	default:
		return 4; /* protobuf_c_boolean too */
	}
}

static int random_enum(struct rng *rng, const ProtobufCEnumDescriptor *type)
{
	return type->values[rng_below(rng, type->n_values)].value;
}

static void random_value(struct rng *rng, const ProtobufCFieldDescriptor *field,
			 struct arena *arena, void *out)
{
	uint64_t number = rng_u64(rng) >> rng_below(rng, 64);
	int32_t small = (int32_t)(number >> 32);
	double real = (double)small / 10;
	ProtobufCBinaryData bytes = { rng_below(rng, 40), NULL };
	void *pointer;

	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		pointer = random_message(rng, field->descriptor, arena);
		memcpy(out, &pointer, sizeof(pointer));
		break;
	case PROTOBUF_C_TYPE_STRING:
		pointer = arena_string(arena, words[rng_below(rng, sizeof(words) / sizeof(*words))]);
		memcpy(out, &pointer, sizeof(pointer));
		break;
	case PROTOBUF_C_TYPE_BYTES:
		bytes.data = arena_alloc(arena, bytes.len);
		if (bytes.data)
			rng_bytes(rng, bytes.data, bytes.len);
		memcpy(out, &bytes, sizeof(bytes));
		break;
	case PROTOBUF_C_TYPE_DOUBLE:
		memcpy(out, &real, sizeof(real));
		break;
	case PROTOBUF_C_TYPE_ENUM:
		small = random_enum(rng, field->descriptor);
		memcpy(out, &small, sizeof(small));
		break;
	case PROTOBUF_C_TYPE_BOOL:
		small = number & 1;
		memcpy(out, &small, sizeof(small));
		break;
	default:
		memcpy(out, element_size(field->type) == 8 ? (void *)&number : (void *)&small,
		       element_size(field->type));
	}
}

static void random_field(struct rng *rng, ProtobufCMessage *message,
			 const ProtobufCFieldDescriptor *field, struct arena *arena)
{
	uint8_t *base = (uint8_t *)message, *list;
	size_t n = rng_below(rng, 4);

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		list = arena_alloc(arena, n * element_size(field->type));
		for (size_t i = 0; i < n && list; i++)
			random_value(rng, field, arena, list + i * element_size(field->type));
		memcpy(base + field->offset, &list, sizeof(list));
		memcpy(base + field->quantifier_offset, &n, sizeof(n));
		return;
	}
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		memcpy(base + field->quantifier_offset, &field->id, sizeof(field->id));
	random_value(rng, field, arena, base + field->offset);
}

ProtobufCMessage *random_message(struct rng *rng, const ProtobufCMessageDescriptor *type,
				 struct arena *arena)
{
	ProtobufCMessage *message = codec_new(type, arena);

	for (unsigned i = 0; i < type->n_fields && message; i++)
		if (!rng_chance(rng, 300))
			random_field(rng, message, &type->fields[i], arena);
	return arena->spent ? NULL : message;
}
