/* If this failed, a resource of a file would be missed, taken twice or garbled, one that is damaged
 * would take its neighbours down, or a large one would fill the memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lzma.h>
#include <zlib.h>

#include "clients/cli/fhir_scan.h"

struct text {
	char *data;
	size_t size, capacity;
};

static void put(struct text *text, const char *more, size_t size)
{
	if (text->size + size + 1 > text->capacity) {
		text->capacity = 2 * (text->size + size + 1);
		text->data = realloc(text->data, text->capacity);
		assert_non_null(text->data);
	}
	memcpy(text->data + text->size, more, size);
	text->size += size;
	text->data[text->size] = '\0';
}

static void puts_to(struct text *text, const char *more)
{
	put(text, more, strlen(more));
}

/* "type/id@place" of what is found, "!REASON" instead of the place's end where it is not fine. */
static char *scan(const void *data, size_t size, bool named_lines)
{
	struct text found = { NULL, 0, 0 };
	struct fhir_stream *stream;
	struct fhir_scan *reader;
	struct fhir_item item;
	char one[512];

	puts_to(&found, "");
	assert_int_equal(fhir_stream_open_memory(&stream, data, size), 0);
	assert_int_equal(fhir_scan_open(&reader, stream, named_lines), 0);
	while (fhir_scan_next(reader, &item)) {
		bool fine = item.verdict.outcome == FHIR_FINE;
		snprintf(one, sizeof(one), "%s%s/%s@%zu.%zu%s%s", found.size ? " " : "", item.type, item.id,
			 item.line, item.entry, fine ? "" : "!",
			 fine ? "" : message_text(item.verdict.reason, false));
		puts_to(&found, one);
		if (fine) {
			assert_int_equal(item.text[0], '{');
			assert_int_equal(item.text[item.size - 1], '}');
		}
	}
	assert_false(fhir_scan_next(reader, &item));
	fhir_scan_free(reader);
	fhir_stream_free(stream);
	return found.data;
}

static void expect_of(const void *data, size_t size, bool named_lines, const char *expected)
{
	char *found = scan(data, size, named_lines);

	assert_string_equal(found, expected);
	free(found);
}

static void expect(const char *text, const char *expected)
{
	expect_of(text, strlen(text), false, expected);
}

static void expect_lines(const char *text, const char *expected)
{
	expect_of(text, strlen(text), true, expected);
}

#define P(id) "{\"resourceType\":\"Patient\",\"id\":\"" id "\"}"

/* ---- lines -------------------------------------------------------------------------------- */

static void lines_one_by_one(void **state)
{
	(void)state;
	expect(P("1") "\n" P("2") "\n" P("3"), "Patient/1@1.0 Patient/2@2.0 Patient/3@3.0");
	expect("\xef\xbb\xbf" P("1") "\r\n\r\n  " P("2") " \r\n", "Patient/1@1.0 Patient/2@3.0");
	expect(P("1"), "Patient/1@1.0");
	expect("", "");
	expect(" \n\n", "");
}

static void a_broken_line_stands_alone(void **state)
{
	(void)state;
	expect(P("1") "\n{\"resourceType\":\"Patient\",\"id\":\"2\"\n" P("3"),
	       "Patient/1@1.0 Patient/2@2.0!ends in the middle Patient/3@3.0");
	expect(P("1") "\n{\"id\":\"2]}\n" P("3"),
	       "Patient/1@1.0 /@2.0!ends in the middle Patient/3@3.0");
	expect(P("1") "\n{\"id\":\"2\"]\n" P("3"),
	       "Patient/1@1.0 /2@2.0!the JSON is not valid Patient/3@3.0");
	expect(P("1") "\nnonsense\n" P("3"),
	       "Patient/1@1.0 /@2.0!the JSON is not valid Patient/3@3.0");
	expect(P("1") "\n{\"a\":1}\n" P("3"), "Patient/1@1.0 /@2.0!no resourceType Patient/3@3.0");
	expect(P("1") "\n" P("2") "}\n" P("3"),
	       "Patient/1@1.0 Patient/2@2.0 /@2.0!the JSON is not valid Patient/3@3.0");
	/* the first one, too, where the name or the next line tells what it is */
	expect_lines("{\"resourceType\":\"Patient\",\n" P("2"),
		     "Patient/@1.0!ends in the middle Patient/2@2.0");
}

static void strings_hide_brackets(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Basic\",\"id\":\"1\",\"x\":\"}{][\\\"}\\\\\"}\n" P("2"),
	       "Basic/1@1.0 Patient/2@2.0");
	expect("{\"x\":{\"resourceType\":\"Patient\"},\"resourceType\":\"Basic\"}", "Basic/@1.0");
	expect("{\"resourceType\":\"Bas\\u0069c\"}", "Basic/@1.0");
}

/* ---- documents ---------------------------------------------------------------------------- */

static void a_document_of_many_lines(void **state)
{
	(void)state;
	expect("{\n  \"resourceType\": \"Patient\",\n  \"id\": \"1\"\n}\n", "Patient/1@0.0");
	expect_lines("{\n  \"resourceType\": \"Patient\",\n  \"id\": \"1\"\n}\n", "Patient/1@0.0");
	expect("{\n\"resourceType\": \"Patient\",\n\"id\": \"1\"\n", "Patient/1@0.0!ends in the middle");
	expect("[1]", "/@0.0!not JSON (an archive must be unpacked first)");
	expect("name,born\n", "/@0.0!not JSON (an archive must be unpacked first)");
}

static void entries_of_a_bundle(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
	       "{\"fullUrl\":\"urn:uuid:1\",\"resource\":" P("1") "},\n{\"resource\":" P("2") "}]}",
	       "Patient/1@0.1 Patient/2@0.2");
	/* in any order of the members, and with what else a Bundle has */
	expect("{\"total\": 2, \"entry\": [ {\"resource\":" P("1") ",\"request\":{\"method\":\"PUT\"}} ],"
	       "\"link\":[{\"url\":\"x\"}], \"type\":\"searchset\",\n \"resourceType\":\"Bundle\"}",
	       "Patient/1@0.1");
	expect("{\"resourceType\":\"Bundle\"}", "");
	expect("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[]}", "");
	/* on a line */
	expect("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":" P("1") "}]}\n"
	       P("2"), "Patient/1@1.1 Patient/2@2.0");
	/* another type's member of that name is none of ours */
	expect("{\"resourceType\":\"List\",\"id\":\"l\",\"entry\":[{\"item\":{}}]}", "List/l@1.0");
}

static void entries_that_bring_nothing(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
	       "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/1\"}},"
	       "{\"request\":{\"method\":\"GET\"}},{},5,[],null,{\"resource\":{}},"
	       "{\"resource\":{\"resourceType\":\"Bundle\"}},{\"resource\":" P("9") "}]}",
	       "/@1.1!a Bundle entry that does not bring a resource "
	       "/@1.2!a Bundle entry that does not bring a resource "
	       "/@1.3!the entry has no resource /@1.4!the entry has no resource "
	       "/@1.5!the entry has no resource /@1.6!the entry has no resource "
	       "/@1.7!no resourceType Bundle/@1.8!a Bundle inside a Bundle Patient/9@1.9");
}

static void bundles_of_other_types(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[{\"resource\":" P("1") "}]}\n"
	       P("2"), "Bundle/@1.0!a Bundle of a type that is not imported Patient/2@2.0");
}

static void a_bundle_cut_off(void **state)
{
	static const char bundle[] = "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":["
				     "{\"resource\":" P("1") "},{\"resource\":" P("2") "}]}";

	(void)state;
	/* wherever it is cut, what came before is there, and it ends with a reason */
	for (size_t size = 1; size < strlen(bundle); size++) {
		char *found = scan(bundle, size, false);
		size_t first = (size_t)(strstr(bundle, "},{") - bundle) + 1;
		assert_int_equal(strncmp(found, "Patient/1@1.1 ", 14) == 0, size >= first);
		assert_non_null(strchr(found, '!'));
		free(found);
	}
}

/* ---- limits ------------------------------------------------------------------------------- */

static void repeat(struct text *text, const char *piece, size_t times)
{
	for (size_t i = 0; i < times; i++)
		puts_to(text, piece);
}

static void too_large_is_named_and_passed_over(void **state)
{
	struct text text = { NULL, 0, 0 };
	char *large = malloc(FHIR_LIMIT_RESOURCE_BYTES + 1);

	(void)state;
	memset(large, 'x', FHIR_LIMIT_RESOURCE_BYTES);
	large[FHIR_LIMIT_RESOURCE_BYTES] = '\0';
	puts_to(&text, P("1") "\n{\"resourceType\":\"Binary\",\"id\":\"b\",\"data\":\"");
	puts_to(&text, large);
	puts_to(&text, large);
	puts_to(&text, "\"}\n" P("3") "\n");
	expect_of(text.data, text.size, false, "Patient/1@1.0 Binary/b@2.0!too large Patient/3@3.0");

	text.size = 0;
	puts_to(&text, "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":" P("1")
		       "},{\"resource\":{\"resourceType\":\"Binary\",\"id\":\"b\",\"data\":\"");
	puts_to(&text, large);
	puts_to(&text, "\"}},{\"resource\":" P("3") "}]}");
	expect_of(text.data, text.size, false, "Patient/1@1.1 Binary/b@1.2!too large Patient/3@1.3");
	free(large);
	free(text.data);
}

static void too_deep_and_too_many(void **state)
{
	struct text text = { NULL, 0, 0 };

	(void)state;
	puts_to(&text, "{\"resourceType\":\"Basic\",\"id\":\"d\",\"x\":");
	repeat(&text, "[", 100000);
	repeat(&text, "]", 100000);
	puts_to(&text, "}\n" P("2") "\n{\"resourceType\":\"Basic\",\"id\":\"m\",\"x\":[0");
	repeat(&text, ",{}", FHIR_LIMIT_VALUES);
	puts_to(&text, "]}\n" P("4"));
	expect_of(text.data, text.size, false,
		  "Basic/d@1.0!nested too deeply Patient/2@2.0 Basic/m@3.0!has too many values "
		  "Patient/4@4.0");
	free(text.data);
}

static void many_entries_across_the_window(void **state)
{
	struct text text = { NULL, 0, 0 };
	struct fhir_stream *stream;
	struct fhir_scan *reader;
	struct fhir_item item;
	char entry[256], id[32];
	size_t n = 0;

	(void)state;
	puts_to(&text, "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[");
	for (int i = 0; i < 20000; i++) {
		snprintf(entry, sizeof(entry), "%s{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"%d\","
			 "\"x\":\"%*s\"}}", i ? "," : "", i, i % 61, "");
		puts_to(&text, entry);
	}
	puts_to(&text, "]}");
	assert_int_equal(fhir_stream_open_memory(&stream, text.data, text.size), 0);
	assert_int_equal(fhir_scan_open(&reader, stream, false), 0);
	for (; fhir_scan_next(reader, &item); n++) {
		snprintf(id, sizeof(id), "%zu", n);
		assert_string_equal(item.id, id);
		assert_int_equal(item.entry, n + 1);
	}
	assert_int_equal(n, 20000);
	assert_int_equal(fhir_stream_consumed(stream), text.size);
	fhir_scan_free(reader);
	fhir_stream_free(stream);
	free(text.data);
}

/* ---- compressed --------------------------------------------------------------------------- */

static struct text gzip(const char *data, size_t size)
{
	struct text out = { malloc(size + 1000), 0, size + 1000 };
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size,
			    .next_out = (Bytef *)out.data, .avail_out = (uInt)size + 1000 };

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out.size = stream.total_out;
	deflateEnd(&stream);
	return out;
}

static struct text xz(const char *data, size_t size)
{
	struct text out = { malloc(size + 1000), 0, size + 1000 };

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, (const uint8_t *)data, size,
						 (uint8_t *)out.data, &out.size, size + 1000), LZMA_OK);
	return out;
}

static struct text examples(int lines)
{
	struct text text = { NULL, 0, 0 };
	char line[512], noise[300];

	for (int i = 0; i < lines; i++) {
		for (size_t j = 0; j + 1 < sizeof(noise); j++)
			noise[j] = (char)('a' + rand() % 26);
		noise[sizeof(noise) - 1] = '\0';
		snprintf(line, sizeof(line), "{\"resourceType\":\"Basic\",\"id\":\"%d\",\"x\":\"%s\"}\n", i,
			 noise);
		puts_to(&text, line);
	}
	return text;
}

static void compressed_is_read_by_its_bytes(void **state)
{
	struct text (*const packers[])(const char *, size_t) = { gzip, xz };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text one = packers[i](P("1") "\n", strlen(P("1")) + 1);
		struct text two = packers[i](P("2"), strlen(P("2")));
		put(&one, two.data, two.size); /* archives one behind the other are one text */
		expect_of(one.data, one.size, false, "Patient/1@1.0 Patient/2@2.0");
		free(one.data);
		free(two.data);
	}
}

static void what_came_before_the_damage_is_kept(void **state)
{
	struct text (*const packers[])(const char *, size_t) = { gzip, xz };
	struct text plain = examples(3000);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text packed = packers[i](plain.data, plain.size);
		char *found = scan(packed.data, packed.size / 2, false);
		assert_non_null(strstr(found, "Basic/0@1.0 Basic/1@2.0"));
		assert_non_null(strstr(found, "!ends in the middle"));
		free(found);
		memset(packed.data + packed.size / 2, 0x55, 64);
		found = scan(packed.data, packed.size, false);
		assert_non_null(strstr(found, "Basic/0@1.0 Basic/1@2.0"));
		assert_non_null(strchr(found, '!'));
		free(found);
		free(packed.data);
	}
	free(plain.data);
	expect_of("\x1f\x8b", 2, false, "/@0.0!ends in the middle");
	expect_of("\x1f\x8bnonsense", 10, false, "/@0.0!the compressed data are damaged");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_one_by_one),
		cmocka_unit_test(a_broken_line_stands_alone),
		cmocka_unit_test(strings_hide_brackets),
		cmocka_unit_test(a_document_of_many_lines),
		cmocka_unit_test(entries_of_a_bundle),
		cmocka_unit_test(entries_that_bring_nothing),
		cmocka_unit_test(bundles_of_other_types),
		cmocka_unit_test(a_bundle_cut_off),
		cmocka_unit_test(too_large_is_named_and_passed_over),
		cmocka_unit_test(too_deep_and_too_many),
		cmocka_unit_test(many_entries_across_the_window),
		cmocka_unit_test(compressed_is_read_by_its_bytes),
		cmocka_unit_test(what_came_before_the_damage_is_kept),
	};
	return cmocka_run_group_tests_name("fhir_scan", tests, NULL, NULL);
}
