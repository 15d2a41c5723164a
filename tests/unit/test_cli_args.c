/* If this failed, a command would do something else than what was typed, or help would lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/args.h"
#include "clients/cli/commands.h"

static struct args args;
static char what[128], of[128];

/* The words after the usage line, up to NULL. */
static enum args_fault parse(const char *usage, ...)
{
	static char words[32][128];
	static char *argv[32];
	int argc = 0;
	va_list list;

	va_start(list, usage);
	for (const char *word; (word = va_arg(list, const char *)); argc++) {
		strcpy(words[argc], word);
		argv[argc] = words[argc];
	}
	va_end(list);
	return args_parse(&args, usage, argc, argv, what, of);
}

static void takes_words_and_options_in_any_order(void **state)
{
	(void)state;
	assert_int_equal(
		parse("PATIENT --text T [--urgent]", "--text", "a b", "P", "--urgent", NULL), 0);
	assert_string_equal(args_get(&args, "PATIENT"), "P");
	assert_string_equal(args_get(&args, "--text"), "a b");
	assert_true(args_has(&args, "--urgent"));
	assert_int_equal(parse("PATIENT --text T [--urgent]", "P", "--text=x=y", NULL), 0);
	assert_string_equal(args_get(&args, "--text"), "x=y");
	assert_false(args_has(&args, "--urgent"));
	assert_null(args_get(&args, "--no-such"));
}

static void a_value_may_look_like_anything(void **state)
{
	(void)state;
	assert_int_equal(parse("[--temp MIN-MAX] [X]", "--temp", "-38.5", NULL), 0);
	assert_string_equal(args_get(&args, "--temp"), "-38.5");
	assert_int_equal(parse("--text T", "--text", "--urgent", NULL), 0);
	assert_string_equal(args_get(&args, "--text"), "--urgent");
	assert_int_equal(parse("TEXT", "--", "--urgent", NULL), 0);
	assert_string_equal(args_get(&args, "TEXT"), "--urgent");
	assert_int_equal(parse("TEXT", "-1", NULL), 0);
	assert_int_equal(parse("TEXT", "", NULL), 0);
	assert_string_equal(args_get(&args, "TEXT"), "");
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(parse("PATIENT --text T", "P", NULL), ARGS_MISSING);
	assert_string_equal(what, "--text");
	assert_int_equal(parse("PATIENT", NULL), ARGS_MISSING);
	assert_string_equal(what, "PATIENT");
	assert_int_equal(parse("PATIENT", "P", "Q", NULL), ARGS_SURPLUS);
	assert_string_equal(what, "Q");
	assert_int_equal(parse("PATIENT", "P", "--txt", "x", NULL), ARGS_UNKNOWN);
	assert_string_equal(what, "--txt");
	assert_int_equal(parse("PATIENT", "P", "-x", NULL), ARGS_UNKNOWN);
	assert_int_equal(parse("--text T", "--text", NULL), ARGS_NO_VALUE);
	assert_int_equal(parse("[--urgent]", "--urgent=yes", NULL), ARGS_WITH_VALUE);
	assert_int_equal(parse("[--text T]", "--text", "a", "--text", "b", NULL), ARGS_TWICE);
}

static void choices_are_checked(void **state)
{
	(void)state;
	assert_int_equal(parse("ID given|withdrawn [--scope team|cover]", "P", "given", NULL), 0);
	assert_string_equal(args_get(&args, "given|withdrawn"), "given");
	assert_int_equal(parse("ID given|withdrawn", "P", "give", NULL), ARGS_CHOICE);
	assert_string_equal(what, "give");
	assert_string_equal(of, "given|withdrawn");
	assert_int_equal(parse("ID [--scope team|cover]", "P", "--scope", "all", NULL),
			 ARGS_CHOICE);
	assert_string_equal(of, "--scope team|cover");
	assert_int_equal(parse("on|off", "", NULL), ARGS_CHOICE);
}

static void exactly_one_of_a_group(void **state)
{
	static const char usage[] = "P (--start NAME | --stop ENTRY) [--dose D]";

	(void)state;
	assert_int_equal(parse(usage, "P", "--start", "x", "--dose", "1", NULL), 0);
	assert_int_equal(parse(usage, "P", NULL), ARGS_ONE_OF);
	assert_string_equal(of, "--start, --stop");
	assert_int_equal(parse(usage, "P", "--start", "x", "--stop", "y", NULL), ARGS_ONE_OF);
}

static void a_list_of_words(void **state)
{
	(void)state;
	assert_int_equal(parse("ORG HOURS…", "o", "a", "b", "c", NULL), 0);
	assert_int_equal(args.n_rest, 3);
	assert_string_equal(args.rest[0], "a");
	assert_string_equal(args.rest[2], "c");
	assert_int_equal(parse("ORG HOURS…", "o", NULL), ARGS_MISSING);
}

static void an_option_several_times(void **state)
{
	static const char usage[] = "PATIENT --text T [--attach FILE…] [--of WORD,…]";

	(void)state;
	assert_int_equal(parse(usage, "--attach", "a.jpg", "P", "--text", "x", "--attach=b.pdf", "--of",
			       "x,y", NULL),
			 0);
	assert_int_equal(args.n_repeated, 2);
	assert_string_equal(args.repeated[0], "a.jpg");
	assert_string_equal(args.repeated[1], "b.pdf");
	assert_true(args_has(&args, "--attach"));
	assert_string_equal(args_get(&args, "--of"), "x,y");
	assert_int_equal(parse(usage, "P", "--text", "x", NULL), 0);
	assert_int_equal(args.n_repeated, 0);
	assert_int_equal(parse(usage, "P", "--text", "x", "--attach", NULL), ARGS_NO_VALUE);
	assert_int_equal(parse(usage, "P", "--text", "x", "--of", "a", "--of", "b", NULL), ARGS_TWICE);
	assert_int_equal(parse("[--a F…]", "--a=1", "--a=2", "--a=3", "--a=4", "--a=5", "--a=6",
			       "--a=7", "--a=8", "--a=9", "--a=10", "--a=11", "--a=12", "--a=13",
			       "--a=14", "--a=15", "--a=16", "--a=17", NULL),
			 ARGS_SURPLUS);
	assert_string_equal(what, "17");
}

/* Every usage line in the table can be read, and asks for what its words say. */
static void every_command_has_a_usage_that_parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_commands; i++) {
		enum args_fault fault = args_parse(&args, commands[i].usage, 0, NULL, what, of);
		assert_true(args.n < ARGS_MAX);
		const char *optional = strpbrk(commands[i].usage, "[(");
		if (commands[i].usage[0] && optional != commands[i].usage)
			assert_int_equal(fault, ARGS_MISSING);
		for (size_t k = 0; k < args.n; k++)
			assert_null(strpbrk(args.items[k].name, "[]()…"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_words_and_options_in_any_order),
		cmocka_unit_test(a_value_may_look_like_anything),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(choices_are_checked),
		cmocka_unit_test(exactly_one_of_a_group),
		cmocka_unit_test(a_list_of_words),
		cmocka_unit_test(an_option_several_times),
		cmocka_unit_test(every_command_has_a_usage_that_parses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
