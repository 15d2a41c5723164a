#include "tests/lib/random_message.h"

#include <string.h>

#include "codec.h"
#include "tests/lib/test_clock.h"

static const char *const words[] = { "", "a", "clinic01", "血圧が低い", "ﾜｰﾌｧﾘﾝ 1mg", "田中　透",
				     "01JD3Z0Q8Y7X5W4V3T2S1R0QPN", "𠮷野家で\n転倒" };

static const char *any_text(struct rng *rng, const char *field)
{
	(void)field;
	return words[rng_below(rng, sizeof(words) / sizeof(*words))];
}

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

/* Half of them from the first few, so that several choose the same. */
static int random_enum(struct rng *rng, const ProtobufCEnumDescriptor *type)
{
	unsigned n = type->n_values > 4 && rng_chance(rng, 500) ? 4 : type->n_values;
	return type->values[rng_below(rng, n)].value;
}

/* Times near the test clock's as often as any number: what is far away is refused early. */
static uint64_t random_number(struct rng *rng, const char *field)
{
	size_t length = strlen(field);

	if (length > 3 && !strcmp(field + length - 3, "_ms") && rng_chance(rng, 600))
		return (uint64_t)(TEST_CLOCK_START_MS + rng_between(rng, -1000000000, 1000000000));
	return rng_u64(rng) >> rng_below(rng, 64);
}

static void random_value(struct rng *rng, const ProtobufCFieldDescriptor *field,
			 struct arena *arena, random_text *text, void *out)
{
	uint64_t number = random_number(rng, field->name);
	int32_t small = rng_chance(rng, 500) ? (int32_t)(number >> 32) : (int32_t)rng_below(rng, 300);
	double real = (double)small / 10;
	ProtobufCBinaryData bytes = { rng_below(rng, 40), NULL };
	void *pointer;

	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		pointer = random_message_of(rng, field->descriptor, arena, text);
		memcpy(out, &pointer, sizeof(pointer));
		break;
	case PROTOBUF_C_TYPE_STRING:
		pointer = arena_string(arena, text(rng, field->name));
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
			 const ProtobufCFieldDescriptor *field, struct arena *arena,
			 random_text *text)
{
	uint8_t *base = (uint8_t *)message, *list;
	size_t n = rng_below(rng, 4);

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		list = arena_alloc(arena, n * element_size(field->type));
		for (size_t i = 0; i < n && list; i++)
			random_value(rng, field, arena, text, list + i * element_size(field->type));
		memcpy(base + field->offset, &list, sizeof(list));
		memcpy(base + field->quantifier_offset, &n, sizeof(n));
		return;
	}
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		memcpy(base + field->quantifier_offset, &field->id, sizeof(field->id));
	random_value(rng, field, arena, text, base + field->offset);
}

ProtobufCMessage *random_message_of(struct rng *rng, const ProtobufCMessageDescriptor *type,
				    struct arena *arena, random_text *text)
{
	ProtobufCMessage *message = codec_new(type, arena);

	for (unsigned i = 0; i < type->n_fields && message; i++)
		if (!rng_chance(rng, 300))
			random_field(rng, message, &type->fields[i], arena, text);
	return arena->spent ? NULL : message;
}

ProtobufCMessage *random_message(struct rng *rng, const ProtobufCMessageDescriptor *type,
				 struct arena *arena)
{
	return random_message_of(rng, type, arena, any_text);
}
