/* If this failed, someone would read a sentence in the wrong language, a name that has no words, or
 * a table that is crooked. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/commands.h"
#include "clients/cli/labels.h"
#include "clients/cli/messages.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "text.h"

/* "%s%d" of "to %s at %d %%": the conversions, in order. */
static void conversions(const char *text, char out[64])
{
	size_t at = 0;

	for (; *text; text++) {
		if (*text != '%')
			continue;
		if (text[1] == '%' || !text[1]) { /* "SpO2 %" is a name, not a format */
			text += text[1] == '%';
			continue;
		}
		do
			out[at++] = *text++;
		while (*text && !strchr("sduxXfgc", *text));
		out[at++] = *text;
		assert_true(at < 60);
	}
	out[at] = '\0';
}

static void every_sentence_is_in_both_languages(void **state)
{
	char en[64], ja[64];

	(void)state;
	for (int i = 0; i < MESSAGE_COUNT; i++) {
		const char *english = message_text((enum message)i, false);
		const char *japanese = message_text((enum message)i, true);
		assert_non_null(english);
		assert_non_null(japanese);
		assert_true(english[0] && japanese[0]);
		assert_true(text_valid(japanese, strlen(japanese)));
		conversions(english, en);
		conversions(japanese, ja);
		assert_string_equal(en, ja);
	}
}

static void every_command_is_described_in_both(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_commands; i++) {
		assert_true(commands[i].en[0] && commands[i].ja[0]);
		assert_string_not_equal(commands[i].en, commands[i].ja);
		assert_true(strchr(commands[i].en, '.') != NULL);
		assert_true(text_length(commands[i].ja) <
			    strlen(commands[i].ja)); /* it is Japanese */
		for (size_t k = 0; k < i; k++)
			assert_false(!strcmp(commands[i].noun, commands[k].noun) &&
				     !strcmp(commands[i].verb, commands[k].verb));
	}
}

static void every_value_has_a_name_in_both(void **state)
{
	(void)state;
	for (size_t i = 0; labelled_enums[i]; i++)
		for (unsigned k = 0; k < labelled_enums[i]->n_values; k++) {
			const ProtobufCEnumValue *value = &labelled_enums[i]->values[k];
			if (value->value == 0)
				continue;
			/* the fallback is the protocol's own name */
			assert_string_not_equal(label(labelled_enums[i], value->value, true),
						value->name);
			if (strcmp(value->name, "TIZI_NET") != 0)
				assert_string_not_equal(
					label(labelled_enums[i], value->value, false), value->name);
		}
}

static void values_are_read_as_they_are_listed(void **state)
{
	char words[512];
	int value;

	(void)state;
	for (size_t i = 0; labelled_enums[i]; i++)
		for (unsigned k = 0; k < labelled_enums[i]->n_values; k++) {
			const ProtobufCEnumValue *expected = &labelled_enums[i]->values[k];
			if (expected->value == 0)
				continue;
			assert_int_equal(label_parse(labelled_enums[i], expected->name, &value), 0);
			assert_int_equal(value, expected->value);
		}
	assert_int_equal(label_parse(&Profession_descriptor, "care-manager", &value), 0);
	assert_int_equal(value, PROFESSION_CARE_MANAGER);
	assert_int_equal(label_parse(&Profession_descriptor, "caremanager", &value), 0);
	assert_int_equal(label_parse(&EntryKind_descriptor, "vitals", &value), 0);
	assert_int_equal(value, ENTRY_KIND_VITAL_SIGNS);
	assert_true(label_parse(&Profession_descriptor, "doc", &value) != 0);
	assert_true(label_parse(&Profession_descriptor, "", &value) != 0);
	assert_true(label_parse(&Profession_descriptor, "PROFESSION_UNSPECIFIED", &value) != 0);
	label_words(&Area_descriptor, words, sizeof(words));
	assert_string_equal(words, "north, west, south");
}

static void japanese_takes_two_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("田所 ハル"), 9);
	assert_int_equal(text_width("ﾀﾄﾞ"), 3);
	assert_int_equal(text_width("\033[1m"), 3); /* what is left when it is printed: "[1m" */
	assert_int_equal(text_width("\xff\xfe"), 2);
}

static char *printed(void (*print)(FILE *out))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print(out);
	fclose(out);
	return text;
}

static void print_two_rows(FILE *out)
{
	struct table table;

	table_init(&table, 4);
	table_row(&table, "田所 ハル", "", "x", "");
	table_row(&table, "a", "", "two\nlines", "end");
	table_print(&table, out);
	table_close(&table);
}

/* Empty columns are not there, no line ends with blanks, a line feed does not tear a row. */
static void columns_are_aligned(void **state)
{
	char *text = printed(print_two_rows);

	(void)state;
	assert_string_equal(text, "田所 ハル  x\n"
				  "a          two lines  end\n");
	free(text);
}

static void print_hostile(FILE *out)
{
	text_print(out, "a\033[2Jb\xe2\x80\xae"
			"c\x9b\xff\n");
}

/* What somebody wrote into a note must not steer the terminal of who reads it. */
static void control_characters_are_not_printed(void **state)
{
	char *text = printed(print_hostile);

	(void)state;
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_true(text_valid(text, strlen(text)));
	free(text);
}

static void exit_codes_are_those_of_the_contract(void **state)
{
	static const struct {
		Code code;
		int status;
	} expected[] = {
		{CODE_OK, 0},
		{CODE_INVALID_ARGUMENT, 65},
		{CODE_NOT_FOUND, 66},
		{CODE_UNAVAILABLE, 69},
		{CODE_FAILED_PRECONDITION, 75},
		{CODE_RESOURCE_EXHAUSTED, 75},
		{CODE_ALREADY_EXISTS, 75},
		{CODE_PERMISSION_DENIED, 77},
		{CODE_DATA_LOSS, 74},
	};

	(void)state;
	assert_int_equal(cli_status(NULL), 69);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		Reply reply = Reply_INIT;
		reply.code = expected[i].code;
		assert_int_equal(cli_status(&reply), expected[i].status);
	}
	assert_int_equal(EX_USAGE, 64);
	assert_int_equal(EX_IOERR, 74);
}

static void usage_faults_are_64(void **state)
{
	static char *const lines[][4] = {
		{"tsunagi", "nothing", "like-this"},
		{"tsunagi", "patient", "shwo"},
		{"tsunagi", "patient", "show"},
		{"tsunagi", "--timeout", "soon"},
		{"tsunagi", "patient"},
		{"tsunagi"},
		{"tsunagi", "patient", "show", "--json"},
	};

	(void)state;
	unsetenv("TSUNAGI_ACCOUNT");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *argv[5] = {NULL};
		int argc = 0;
		for (; argc < 4 && lines[i][argc]; argc++)
			argv[argc] = lines[i][argc];
		assert_int_equal(cli_main(argc, argv), 64);
	}
}

static void times_have_their_age(void **state)
{
	struct cli cli = {.japanese = true};

	(void)state;
	arena_init(&cli.arena, 1 << 20);
	assert_string_equal(show_time(&cli, 1795323900000), "2026年11月22日(日) 14:05");
	assert_string_equal(show_age(&cli, cli_now_ms() - 12 * 60000 - 500), "12分前");
	assert_string_equal(show_age(&cli, cli_now_ms() + 3 * 3600000 + 5000), "あと3時間");
	assert_string_equal(show_age(&cli, cli_now_ms() + 2 * 3600000 - 5000), "あと1時間59分");
	assert_string_equal(show_age(&cli, cli_now_ms() + 30 * 3600000 - 5000), "あと29時間");
	assert_string_equal(show_age(&cli, cli_now_ms() - 2 * 3600000 + 5000), "1時間前");
	assert_string_equal(show_age(&cli, cli_now_ms()), "たった今");
	cli.japanese = false;
	assert_string_equal(show_time(&cli, 1795323900000), "Sun 22 Nov 2026 14:05");
	assert_string_equal(show_age(&cli, cli_now_ms() + 2 * 3600000 - 5000), "in 1 h 59 min");
	assert_string_equal(show_age(&cli, cli_now_ms() - 5LL * 86400000 - 500), "5 days ago");
	assert_string_equal(show_time(&cli, 0), "-");
	assert_string_equal(show_span(&cli, 1795323900000, 1795323900000 + 96LL * 3600000),
			    "11/22 14:05–11/26 14:05");
	arena_close(&cli.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_is_in_both_languages),
		cmocka_unit_test(every_command_is_described_in_both),
		cmocka_unit_test(every_value_has_a_name_in_both),
		cmocka_unit_test(values_are_read_as_they_are_listed),
		cmocka_unit_test(japanese_takes_two_columns),
		cmocka_unit_test(columns_are_aligned),
		cmocka_unit_test(control_characters_are_not_printed),
		cmocka_unit_test(exit_codes_are_those_of_the_contract),
		cmocka_unit_test(usage_faults_are_64),
		cmocka_unit_test(times_have_their_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
