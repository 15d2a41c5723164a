#include "clients/cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/table.h"

#define ARENA_BYTES ((size_t)512 * 1024 * 1024)
#define TIMEOUT_MS 10000
#define SCREEN_COLUMNS 80

/* The import reads its arguments itself; only its help is here. */
static const struct command import_command = {
	.noun = "patient",
	.verb = "import",
	.usage = IMPORT_USAGE,
	.en = "Loads FHIR R4 (JSON bundles, NDJSON, plain, .gz or .xz); adds what is not there "
	      "yet.",
	.ja = "FHIR R4（JSON・NDJSON、.gz・.xz可）を取り込みます。登録済みのものは増えません。",
};

const struct command commands[] = {
#define COMMAND_ROW(noun, verb, function, usage, en, ja) {noun, verb, function, usage, en, ja},
	COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
};
const size_t n_commands = sizeof(commands) / sizeof(*commands);

/* ---- help ---- */

static const char *describe(const struct cli *cli, const struct command *command)
{
	return cli->japanese ? command->ja : command->en;
}

static void print_rows(const struct cli *cli, FILE *out, const char *noun)
{
	struct table table;
	char name[128];

	table_init(&table, 2);
	for (size_t i = 0; i < n_commands; i++) {
		if (noun && strcmp(commands[i].noun, noun) != 0)
			continue;
		snprintf(name, sizeof(name), "  %s %s", commands[i].noun, commands[i].verb);
		table_row(&table, name, describe(cli, &commands[i]));
		if (!strcmp(commands[i].noun, "patient") && !strcmp(commands[i].verb, "update"))
			table_row(&table, "  patient import", describe(cli, &import_command));
	}
	table_print(&table, out);
	table_close(&table);
}

static void print_overview(const struct cli *cli, FILE *out, const char *noun)
{
	fprintf(out, "%s\n\n", cli_text(cli, MSG_USAGE_OVERVIEW));
	print_rows(cli, out, noun);
	fprintf(out, "\n%s\n", cli_text(cli, noun ? MSG_HELP_MORE : MSG_HELP_GLOBAL));
}

/* A usage line for the screen: broken between its parts, never inside a bracket. */
static void wrap(const char *usage, size_t column, char *out, size_t size)
{
	size_t at = 0;

	while (*usage && at + 8 < size) {
		size_t length = *usage == '['   ? strcspn(usage, "]") + 1
				: *usage == '(' ? strcspn(usage, ")") + 1
						: strcspn(usage, " ");
		if (at && column + length + 1 > SCREEN_COLUMNS) {
			at += (size_t)snprintf(out + at, size - at, "\n    ");
			column = 4;
		} else if (at) {
			out[at++] = ' ';
			column++;
		}
		at += (size_t)snprintf(out + at, size - at, "%.*s", (int)length, usage);
		at = at < size ? at : size - 1;
		column += length;
		usage += length;
		usage += *usage == ' ';
	}
	out[at] = '\0';
}

/* What the capital letters in a usage line stand for. */
static void print_placeholders(const struct cli *cli, const char *usage, FILE *out)
{
	static const struct {
		const char *word;
		const ProtobufCEnumDescriptor *type;
	} enums[] = {
		{"PROFESSION", &Profession_descriptor},
		{"AREA", &Area_descriptor},
		{"ORGANISATION_KIND", &OrganisationKind_descriptor},
		{"ENTRY_KIND", &EntryKind_descriptor},
		{"KIND_OR_ALL", &EntryKind_descriptor},
		{"SEX", &Patient_Sex_descriptor},
		{"ROLE", &TeamRole_descriptor},
		{"NETWORK", &Network_descriptor},
		{"NEED", &Need_descriptor},
		{"CODE", &DeclineReason_descriptor},
		{"SHIFT", &ShiftKind_descriptor},
	};
	static const struct {
		const char *word;
		enum message text;
	} texts[] = {
		{"TIME", MSG_HELP_TIME},
		{"DATE", MSG_HELP_DATE},
		{"BORN", MSG_HELP_BORN},
		{"ID", MSG_HELP_ID},
		{"PATIENT", MSG_HELP_ID},
		{"ENTRY", MSG_HELP_ID},
		{"NOTIFICATION", MSG_HELP_ID},
		{"HOURS", MSG_HELP_HOURS},
		{"MOMENT", MSG_HELP_MOMENT},
		{"ADDRESS_OR_NONE", MSG_HELP_ADDRESS},
		{"ORG_OR_USER", MSG_HELP_ORG_OR_USER},
		{"ORG", MSG_HELP_ORG},
		{"USER", MSG_HELP_USER},
		{"SERVICE", MSG_HELP_SERVICE},
		{"USER_OR_NONE", MSG_HELP_USER_OR_NONE},
		{"SYSTEM|VALUE", MSG_HELP_IDENTIFIER},
		{"MONTH", MSG_HELP_MONTH},
		{"UNTIL", MSG_HELP_UNTIL},
		{"BEDS", MSG_HELP_BEDS},
		{"DAYS", MSG_HELP_DAYS},
		{"ORG_OR_NONE", MSG_HELP_ORG_OR_NONE},
		{"SHIFT_ID", MSG_HELP_SHIFT_ID},
		{"CLOCKS", MSG_HELP_CLOCKS},
		{"PHOTO_OR_PDF", MSG_HELP_PHOTO_OR_PDF},
	};
	char words[512], copy[1024], marked[64], seen[1024] = "";

	snprintf(copy, sizeof(copy), "%s", usage);
	for (char *word = strtok(copy, " []()"); word; word = strtok(NULL, " []()")) {
		char *tail = strstr(word, ",…") ? strstr(word, ",…") : strstr(word, "…");
		if (tail)
			*tail = '\0';
		snprintf(marked, sizeof(marked), " %s ", word);
		if (strstr(seen, marked))
			continue;
		strncat(seen, marked, sizeof(seen) - strlen(seen) - 1);
		for (size_t i = 0; i < sizeof(enums) / sizeof(*enums); i++)
			if (!strcmp(word, enums[i].word)) {
				label_words(enums[i].type, words, sizeof(words));
				fprintf(out, "  %-18s %s%s\n", word,
					strcmp(word, "KIND_OR_ALL") ? "" : "all, ", words);
			}
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			if (!strcmp(word, texts[i].word))
				fprintf(out, "  %-18s %s\n", word, cli_text(cli, texts[i].text));
	}
}

static void print_help(const struct cli *cli, const struct command *command, FILE *out)
{
	char usage[1024];

	wrap(command->usage, strlen("tsunagi   ") + strlen(command->noun) + strlen(command->verb),
	     usage, sizeof(usage));
	fprintf(out, "tsunagi %s%s%s%s%s\n", command->noun, command->verb[0] ? " " : "",
		command->verb, usage[0] ? " " : "", usage);
	fprintf(out, "  %s\n", describe(cli, command));
	if (command->usage[0])
		fputc('\n', out);
	print_placeholders(cli, command->usage, out);
	fprintf(out, "\n%s\n", cli_text(cli, MSG_HELP_OPTIONS));
}

/* ---- choosing ---- */

static bool noun_exists(const char *noun)
{
	for (size_t i = 0; i < n_commands; i++)
		if (!strcmp(commands[i].noun, noun))
			return true;
	return false;
}

static const struct command *find(const char *noun, const char *verb)
{
	if (verb && !strcmp(noun, "patient") && !strcmp(verb, "import"))
		return &import_command;
	for (size_t i = 0; i < n_commands; i++)
		if (!strcmp(commands[i].noun, noun) &&
		    (!commands[i].verb[0] || (verb && !strcmp(commands[i].verb, verb))))
			return &commands[i];
	return NULL;
}

static int argument_fault(const struct cli *cli, const struct command *command,
			  enum args_fault fault, const char *what, const char *of)
{
	static const enum message texts[] = {
		[ARGS_MISSING] = MSG_ARG_MISSING,       [ARGS_SURPLUS] = MSG_ARG_SURPLUS,
		[ARGS_UNKNOWN] = MSG_ARG_UNKNOWN,       [ARGS_NO_VALUE] = MSG_ARG_NO_VALUE,
		[ARGS_WITH_VALUE] = MSG_ARG_WITH_VALUE, [ARGS_TWICE] = MSG_ARG_TWICE,
	};
	char usage[1024];

	if (fault == ARGS_CHOICE)
		cli_error(cli, MSG_ARG_CHOICE, what, of);
	else if (fault == ARGS_ONE_OF)
		cli_error(cli, MSG_ARG_ONE_OF, of);
	else
		cli_error(cli, texts[fault], what);
	wrap(command->usage,
	     strlen("Usage: tsunagi   ") + strlen(command->noun) + strlen(command->verb), usage,
	     sizeof(usage));
	fprintf(stderr, cli_text(cli, MSG_USAGE_LINE), command->noun, command->verb[0] ? " " : "",
		command->verb, usage);
	fputc('\n', stderr);
	return EX_USAGE;
}

static int run(struct cli *cli, const struct command *command, int argc, char **argv)
{
	struct args args;
	char what[128], of[128];

	if (command == &import_command)
		return patient_import(cli, argc, argv);
	enum args_fault fault = args_parse(&args, command->usage, argc, argv, what, of);
	if (fault != ARGS_FINE)
		return argument_fault(cli, command, fault, what, of);
	return command->run(cli, &args);
}

static int dispatch(struct cli *cli, int argc, char **argv, bool help)
{
	if (argc > 0 && !strcmp(argv[0], "help")) {
		help = true;
		argc--;
		argv++;
	}
	if (argc == 0) {
		print_overview(cli, help ? stdout : stderr, NULL);
		return help ? EX_OK : EX_USAGE;
	}
	const struct command *command = find(argv[0], argc > 1 ? argv[1] : NULL);
	if (!noun_exists(argv[0]))
		return cli_fail(cli, EX_USAGE, MSG_NO_NOUN, argv[0]);
	if (!command) {
		if (argc > 1)
			cli_error(cli, MSG_NO_VERB, argv[0], argv[1]);
		print_overview(cli, argc > 1 || !help ? stderr : stdout, argv[0]);
		return help && argc == 1 ? EX_OK : EX_USAGE;
	}
	if (help) {
		print_help(cli, command, stdout);
		return EX_OK;
	}
	int skip = command->verb[0] ? 2 : 1;
	return run(cli, command, argc - skip, argv + skip);
}

/* ---- the options that stand anywhere ---- */

static int take_timeout(struct cli *cli, const char *text)
{
	double seconds;

	int status = cli_number(cli, "--timeout", text, &seconds);
	if (!status)
		cli->timeout_ms = seconds < 0.1 ? 100 : (int64_t)(seconds * 1000);
	return status;
}

/* Takes them out of the words; what is left is the command. *n: how many words are left. */
static int take_options(struct cli *cli, int argc, char **argv, char **words, int *n, bool *help)
{
	bool options = true;
	const char *folder = getenv("TSUNAGI_ACCOUNT");

	*n = 0;
	for (int i = 1; i < argc; i++) {
		bool last = i + 1 == argc;
		int status = 0;
		if (options && (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")))
			*help = true;
		else if (options && !strcmp(argv[i], "--json"))
			cli->json = true;
		else if (options && (!strcmp(argv[i], "-p") || !strcmp(argv[i], "--timeout")) &&
			 last)
			status = cli_fail(cli, EX_USAGE, MSG_ARG_NO_VALUE, argv[i]);
		else if (options && !strcmp(argv[i], "-p"))
			folder = argv[++i];
		else if (options && !strcmp(argv[i], "--timeout"))
			status = take_timeout(cli, argv[++i]);
		else if (options && !strncmp(argv[i], "--timeout=", 10))
			status = take_timeout(cli, argv[i] + 10);
		else {
			options &= strcmp(argv[i], "--") != 0;
			words[(*n)++] = argv[i];
		}
		if (status)
			return status;
	}
	snprintf(cli->account_folder, sizeof(cli->account_folder), "%s", folder ? folder : "");
	return 0;
}

static bool locale_is_japanese(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);
		if (value && value[0])
			return !strncmp(value, "ja", 2);
	}
	return false;
}

static volatile bool stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	if (stopped)
		_exit(EX_UNAVAILABLE); /* asked twice */
	stopped = true;
}

void cli_catch_signals(struct cli *cli)
{
	struct sigaction action = {.sa_handler = stop};

	cli->stop = &stopped;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int cli_main(int argc, char **argv)
{
	struct cli cli = {
		.timeout_ms = TIMEOUT_MS,
		.japanese = locale_is_japanese(),
		.out_terminal = isatty(STDOUT_FILENO),
		.err_terminal = isatty(STDERR_FILENO),
		.stop = &stopped,
	};
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	bool help = false;
	int n;

	if (!words)
		return EX_IOERR;
	signal(SIGPIPE, SIG_IGN); /* `tsunagi … | head`: the write fails, and is seen below */
	arena_init(&cli.arena, ARENA_BYTES);
	int status = take_options(&cli, argc, argv, words, &n, &help);
	if (!status)
		status = dispatch(&cli, n, words, help);
	if (status == EX_OK && (fflush(stdout) || ferror(stdout)) && errno != EPIPE)
		status = cli_fail(&cli, EX_IOERR, MSG_CANNOT_WRITE, strerror(errno));
	client_free(cli.client);
	arena_close(&cli.arena);
	free(words);
	return status;
}
