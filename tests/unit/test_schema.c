/* If this failed, a message type would nest without end (34 KB of it crash protobuf-c), or could not
 * be told from an unset one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"
#include "names.h"

static const ProtobufCMessageDescriptor *const types[] = {
#define DESCRIPTOR(Type) &Type##_descriptor,
	ALL_MESSAGES(DESCRIPTOR)
#undef DESCRIPTOR
};
#define N_TYPES (sizeof(types) / sizeof(*types))
#define MOST_NESTED 8

static bool known(const ProtobufCMessageDescriptor *type)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i] == type)
			return true;
	return false;
}

static void walk(const ProtobufCMessageDescriptor *type,
		 const ProtobufCMessageDescriptor *outer[MOST_NESTED], unsigned depth)
{
	if (depth == MOST_NESTED)
		fail_msg("%s nests %u deep", outer[0]->name, depth);
	for (unsigned i = 0; i < depth; i++)
		if (outer[i] == type)
			fail_msg("%s contains itself", type->name);
	if (!known(type))
		fail_msg("%s is not in ALL_MESSAGES", type->name);
	outer[depth] = type;
	for (unsigned i = 0; i < type->n_fields; i++)
		if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			walk(type->fields[i].descriptor, outer, depth + 1);
}

static void no_message_contains_itself(void **state)
{
	const ProtobufCMessageDescriptor *outer[MOST_NESTED];

	(void)state;
	assert_true(N_TYPES > 50);
	for (size_t i = 0; i < N_TYPES; i++)
		walk(types[i], outer, 0);
}

/* proto3, which the codec reckons with: no required fields, no defaults, all enums from zero. */
static void fields_are_of_kinds_the_codec_knows(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TYPES; i++) {
		assert_true(types[i]->n_fields <= 64);
		for (unsigned j = 0; j < types[i]->n_fields; j++) {
			const ProtobufCFieldDescriptor *field = &types[i]->fields[j];
			if (field->label == PROTOBUF_C_LABEL_REQUIRED)
				fail_msg("%s.%s is required", types[i]->name, field->name);
			if (field->type != PROTOBUF_C_TYPE_ENUM)
				continue;
			const ProtobufCEnumDescriptor *type = field->descriptor;
			if (!protobuf_c_enum_descriptor_get_value(type, 0))
				fail_msg("%s has no zero", type->name);
		}
	}
}

static void names_are_short_and_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TYPES; i++) {
		assert_true(strlen(types[i]->short_name) <= LIMIT_NAME_BYTES);
		assert_int_equal(strncmp(types[i]->name, "tsunagi.v1.", 11), 0);
		for (size_t j = 0; j < i; j++)
			if (strcmp(types[i]->short_name, types[j]->short_name) == 0)
				fail_msg("%s and %s", types[i]->name, types[j]->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_message_contains_itself),
		cmocka_unit_test(fields_are_of_kinds_the_codec_knows),
		cmocka_unit_test(names_are_short_and_unique),
	};
	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
