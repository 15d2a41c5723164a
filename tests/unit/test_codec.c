/* If this failed, hostile bytes from outside would spend memory without a bound, reach the rules as
 * text that is none, or be stored, or an honest message would be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec.h"
#include "error.h"
#include "limits.h"
#include "names.h"
#include "tests/lib/random_message.h"

#define WIRE_BYTES (512 * 1024)

static const ProtobufCMessageDescriptor *const types[] = {
#define DESCRIPTOR(Type) &Type##_descriptor,
	ALL_MESSAGES(DESCRIPTOR)
#undef DESCRIPTOR
};
#define N_TYPES (sizeof(types) / sizeof(*types))

/* A wire message, written byte by byte. */
struct wire {
	size_t size;
	uint8_t data[WIRE_BYTES];
};

struct fixture {
	struct arena arena;
	struct wire wire, inner;
	const char *field;
	ProtobufCMessage *message;
};

static int setup(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));
	memset(f, 0, sizeof(*f));
	arena_init(&f->arena, LIMIT_ARENA_BYTES);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_close(&f->arena);
	test_free(f);
	return 0;
}

static void put(struct wire *wire, const void *data, size_t size)
{
	assert_true(size <= WIRE_BYTES - wire->size);
	if (size)
		memcpy(wire->data + wire->size, data, size);
	wire->size += size;
}

static void put_varint(struct wire *wire, uint64_t value)
{
	for (; value > 127; value >>= 7)
		put(wire, &(uint8_t){ (uint8_t)(value | 128) }, 1);
	put(wire, &(uint8_t){ (uint8_t)value }, 1);
}

static void put_bytes(struct wire *wire, unsigned field, const void *data, size_t size)
{
	put_varint(wire, field << 3 | 2);
	put_varint(wire, size);
	put(wire, data, size);
}

static void put_number(struct wire *wire, unsigned field, uint64_t value)
{
	put_varint(wire, field << 3);
	put_varint(wire, value);
}

static int decode(struct fixture *f, const ProtobufCMessageDescriptor *type)
{
	arena_reset(&f->arena);
	f->field = NULL;
	f->message = NULL;
	/* an allocation of exactly that size, so that the sanitizer sees a read behind it */
	uint8_t *copy = test_malloc(f->wire.size + 1);
	memcpy(copy + 1, f->wire.data, f->wire.size);
	int rc = codec_decode(type, (struct bytes){ copy + 1, f->wire.size }, &f->arena, &f->message,
			      &f->field);
	test_free(copy);
	return rc;
}

/* ---- what is right ------------------------------------------------------------------------ */

static void every_type_survives_a_round_trip(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 20261122;
	struct rng rng = rng_make(seed, 0);
	struct bytes first, second;

	print_message("# seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 20; round++)
		for (size_t i = 0; i < N_TYPES; i++) {
			arena_reset(&f->arena);
			ProtobufCMessage *message = random_message(&rng, types[i], &f->arena);
			assert_non_null(message);
			assert_int_equal(codec_pack(message, &f->arena, &first), 0);
			int rc = codec_decode(types[i], first, &f->arena, &f->message, &f->field);
			if (rc)
				fail_msg("%s: %s", types[i]->name, f->field);
			assert_int_equal(codec_pack(f->message, &f->arena, &second), 0);
			assert_int_equal(first.size, second.size);
			assert_memory_equal(first.data, second.data, first.size);
			assert_int_equal(codec_unpack(types[i], first, &f->arena, &f->message), 0);
		}
}

static void an_empty_message_is_one(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(decode(f, &WhoAmI_descriptor), 0);
	assert_int_equal(codec_decode(&Entry_descriptor, (struct bytes){ NULL, 0 }, &f->arena,
				      &f->message, NULL), 0);
	assert_string_equal(((Entry *)(void *)f->message)->id, "");
}

static void names_and_fresh_messages(void **state)
{
	struct fixture *f = *state;
	struct bytes packed;
	Entry *entry = NEW(Entry, &f->arena);

	assert_string_equal(codec_name(&AddEntry_descriptor), "AddEntry");
	assert_string_equal(entry->patient, "");
	entry->patient = NULL; /* counts as empty */
	assert_int_equal(codec_pack(&entry->base, &f->arena, &packed), 0);
	assert_int_equal(packed.size, 0);
}

static void numbers_in_either_form(void **state)
{
	struct fixture *f = *state;

	put_bytes(&f->wire, 1, "\x01\xac\x02", 3);
	put_number(&f->wire, 1, 5);
	assert_int_equal(decode(f, &ReadHashes_descriptor), 0);
	const ReadHashes *message = (ReadHashes *)(void *)f->message;
	assert_int_equal(message->n_positions, 3);
	assert_int_equal(message->positions[1], 300);
	assert_int_equal(message->positions[2], 5);
}

static void unknown_fields_are_dropped(void **state)
{
	struct fixture *f = *state;
	struct bytes packed;

	put_bytes(&f->inner, 1, "abc", 3);
	put_bytes(&f->inner, 1000, "from a later version", 20);
	put_bytes(&f->wire, 1, f->inner.data, f->inner.size);
	put_number(&f->wire, 77, 5);
	assert_int_equal(decode(f, &AddEntry_descriptor), 0);
	assert_int_equal(codec_pack(f->message, &f->arena, &packed), 0);
	assert_int_equal(packed.size, 2 + 5);
	assert_string_equal(((AddEntry *)(void *)f->message)->entry->id, "abc");
}

/* ---- what is refused ---------------------------------------------------------------------- */

static void strings_that_are_no_text(void **state)
{
	static const struct { const char *text; size_t size; } wrong[] = {
		{ "a\0b", 3 }, { "\0", 1 },           { "\xff", 1 },             { "\xc0\x80", 2 },
		{ "\xe3\x81", 2 },                    { "\xed\xa0\x80", 3 },     { "\xf4\x90\x80\x80", 4 },
		{ "\xe0\x80\xaf", 3 },                { "abc\x80", 4 },          { "\xf8\x88\x80\x80\x80", 5 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		f->wire.size = f->inner.size = 0;
		put_bytes(&f->inner, 2, wrong[i].text, wrong[i].size);
		put_bytes(&f->wire, 1, f->inner.data, f->inner.size);
		assert_int_equal(decode(f, &AddEntry_descriptor), ERR_INVALID);
		assert_string_equal(f->field, "entry.patient");
	}
}

static void bytes_may_be_anything(void **state)
{
	struct fixture *f = *state;

	put_bytes(&f->wire, 3, "\0\xff\0", 3);
	assert_int_equal(decode(f, &Request_descriptor), 0);
	assert_int_equal(((Request *)(void *)f->message)->body.len, 3);
}

static void lengths_have_their_limits(void **state)
{
	struct fixture *f = *state;
	static char text[LIMIT_STRING_BYTES + 1];

	memset(text, 'a', sizeof(text));
	put_bytes(&f->wire, 1, text, LIMIT_STRING_BYTES);
	assert_int_equal(decode(f, &Note_descriptor), 0);
	f->wire.size = 0;
	put_bytes(&f->wire, 1, text, LIMIT_STRING_BYTES + 1);
	assert_int_equal(decode(f, &Note_descriptor), ERR_TOOBIG);
	assert_string_equal(f->field, "text");

	f->wire.size = 0;
	for (int i = 0; i < LIMIT_LIST_ITEMS; i++)
		put_bytes(&f->wire, 1, "a", 1);
	assert_int_equal(decode(f, &ConfirmDelivery_descriptor), 0);
	put_bytes(&f->wire, 1, "a", 1);
	assert_int_equal(decode(f, &ConfirmDelivery_descriptor), ERR_TOOBIG);
	assert_string_equal(f->field, "ids[1000]");
}

static void packed_numbers_count_as_a_list(void **state)
{
	struct fixture *f = *state;
	uint8_t numbers[LIMIT_LIST_ITEMS] = { 0 };

	put_bytes(&f->wire, 1, numbers, LIMIT_LIST_ITEMS);
	assert_int_equal(decode(f, &ReadHashes_descriptor), 0);
	put_bytes(&f->wire, 1, numbers, 1);
	assert_int_equal(decode(f, &ReadHashes_descriptor), ERR_TOOBIG);
	assert_string_equal(f->field, "positions[1000]");
}

static void enum_values_nobody_knows(void **state)
{
	struct fixture *f = *state;

	put_number(&f->wire, 3, 99);
	assert_int_equal(decode(f, &Entry_descriptor), ERR_INVALID);
	assert_string_equal(f->field, "kind");

	f->wire.size = 0;
	put_bytes(&f->inner, 2, "\x01\x63", 2); /* packed: doctor, 99 */
	put_bytes(&f->wire, 32, f->inner.data, f->inner.size);
	assert_int_equal(decode(f, &Entry_descriptor), ERR_INVALID);
	assert_string_equal(f->field, "question.professions[1]");
}

static void numbers_that_are_none(void **state)
{
	static const uint8_t nan[8] = { 0, 0, 0, 0, 0, 0, 0xf8, 0x7f }, infinity[8] = { [6] = 0xf0, 0x7f };
	struct fixture *f = *state;

	put_varint(&f->wire, 4 << 3 | 1);
	put(&f->wire, nan, 8);
	assert_int_equal(decode(f, &VitalSigns_descriptor), ERR_INVALID);
	assert_string_equal(f->field, "temperature_celsius");
	memcpy(f->wire.data + 1, infinity, 8);
	assert_int_equal(decode(f, &VitalSigns_descriptor), ERR_INVALID);
}

static void a_second_nested_message(void **state)
{
	struct fixture *f = *state;

	put_bytes(&f->wire, 1, NULL, 0);
	assert_int_equal(decode(f, &AddEntry_descriptor), 0);
	put_bytes(&f->wire, 1, NULL, 0);
	assert_int_equal(decode(f, &AddEntry_descriptor), ERR_INVALID);
	assert_string_equal(f->field, "entry");
}

static void bytes_that_are_no_message(void **state)
{
	static const struct { const char *data; size_t size; } wrong[] = {
		{ "\x0a", 1 },                    /* a tag alone */
		{ "\x0a\x05" "ab", 4 },           /* longer than what is there */
		{ "\x0a\xff\xff\xff\xff\x0f", 6 },
		{ "\x0a\x81\x80\x80\x80\x80\x00" "a", 8 }, /* a length of six bytes */
		{ "\x08\x01", 2 },                /* a number where a string belongs */
		{ "\x0b\x0c", 2 },                /* groups */
		{ "\x0e", 1 },                    /* a wire type that does not exist */
		{ "\x02\x00", 2 },                /* field 0 */
		{ "\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 }, /* more than 64 bits */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
		{ "\x80", 1 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		f->wire.size = 0;
		put(&f->wire, wrong[i].data, wrong[i].size);
		if (decode(f, &Request_descriptor) != ERR_INVALID)
			fail_msg("case %zu was taken", i);
		assert_non_null(f->field);
		assert_null(f->message);
	}
}

/* ---- memory ------------------------------------------------------------------------------- */

static void must_leave_room_for_an_answer(struct fixture *f)
{
	struct bytes packed;
	Reply reply = Reply_INIT;

	assert_true(f->arena.used_bytes <= LIMIT_ARENA_BYTES / 4 * 3);
	assert_int_equal(codec_pack(&reply.base, &f->arena, &packed), 0);
}

/* The most memory for the fewest bytes: lists full of empty messages and strings, two bytes each. */
static void memory_stays_within_the_budget(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < N_TYPES; i++) {
		f->wire.size = 0;
		for (unsigned j = 0; j < types[i]->n_fields; j++)
			for (int n = 0; n < LIMIT_LIST_ITEMS; n++)
				if (types[i]->fields[j].label == PROTOBUF_C_LABEL_REPEATED &&
				    types[i]->fields[j].type == PROTOBUF_C_TYPE_MESSAGE)
					put_bytes(&f->wire, types[i]->fields[j].id, NULL, 0);
		assert_int_equal(decode(f, types[i]), 0);
		must_leave_room_for_an_answer(f);
	}

	f->wire.size = 0;
	for (int i = 0; i < 80; i++)
		put_bytes(&f->inner, 41, NULL, 0); /* Entry.corrected_by */
	for (int i = 0; i < LIMIT_LIST_ITEMS; i++)
		put_bytes(&f->wire, 1, f->inner.data, f->inner.size);
	assert_true(f->wire.size <= LIMIT_PAYLOAD_BYTES);
	assert_int_equal(decode(f, &Timeline_descriptor), ERR_NOMEM);
	must_leave_room_for_an_answer(f);
}

static void a_small_budget_is_refused(void **state)
{
	struct fixture *f = *state;
	struct arena small;

	put_bytes(&f->wire, 1, "some text", 9);
	arena_init(&small, 100);
	assert_int_equal(codec_decode(&Entry_descriptor, (struct bytes){ f->wire.data, f->wire.size },
				      &small, &f->message, &f->field), ERR_NOMEM);
	assert_int_equal(codec_unpack(&Entry_descriptor, (struct bytes){ f->wire.data, f->wire.size },
				      &small, &f->message), ERR_NOMEM);
	assert_null(codec_new(&Entry_descriptor, &small));
	arena_close(&small);
}

static void a_fact_that_lacks_a_string_is_not_packed(void **state)
{
	struct fixture *f = *state;
	struct bytes packed;
	struct arena small;
	Note note = Note_INIT;

	(void)f;
	arena_init(&small, 200);
	note.text = arena_printf(&small, "%0300d", 1);
	assert_string_equal(note.text, "");
	assert_int_equal(codec_pack(&note.base, &small, &packed), ERR_NOMEM);
	arena_close(&small);
}

static void damaged_stored_bytes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(codec_unpack(&Note_descriptor, (struct bytes){ (const uint8_t *)"\x0a\x05", 2 },
				      &f->arena, &f->message), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_type_survives_a_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_message_is_one, setup, teardown),
		cmocka_unit_test_setup_teardown(names_and_fresh_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_in_either_form, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_fields_are_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(strings_that_are_no_text, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_may_be_anything, setup, teardown),
		cmocka_unit_test_setup_teardown(lengths_have_their_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(packed_numbers_count_as_a_list, setup, teardown),
		cmocka_unit_test_setup_teardown(enum_values_nobody_knows, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_that_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_second_nested_message, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_that_are_no_message, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_stays_within_the_budget, setup, teardown),
		cmocka_unit_test_setup_teardown(a_small_budget_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fact_that_lacks_a_string_is_not_packed, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_stored_bytes, setup, teardown),
	};
	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
