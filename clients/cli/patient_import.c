/*
 * `tsunagi patient import`: FHIR R4 into the shared record.
 *
 * Who a patient is, is said by the registering organisation, an identifier's system and its value. An
 * identifier without system, or an id alone, belongs to the folder or file it came from. With --source
 * every id is that source's own: equal ids from two sources are then two people, whatever systems
 * they name.
 */
#include <errno.h>
#include <string.h>

#include "clients/cli/args.h"
#include "clients/cli/fhir_import.h"
#include "date.h"
#include "error.h"

#define ARENA_BYTES (16u << 20) /* of one resource of at most 4 MB, mapped and packed */
#define SOURCE_BYTES 100

static int argument_fault(const struct cli *cli, enum args_fault fault, const char *what)
{
	static const enum message texts[] = {
		[ARGS_MISSING] = MSG_ARG_MISSING,   [ARGS_SURPLUS] = MSG_ARG_SURPLUS,
		[ARGS_UNKNOWN] = MSG_ARG_UNKNOWN,   [ARGS_NO_VALUE] = MSG_ARG_NO_VALUE,
		[ARGS_WITH_VALUE] = MSG_ARG_WITH_VALUE, [ARGS_TWICE] = MSG_ARG_TWICE,
	};

	cli_error(cli, texts[fault], what);
	fprintf(stderr, cli_text(cli, MSG_USAGE_LINE), "patient", " ", "import", IMPORT_USAGE);
	fputc('\n', stderr);
	return EX_USAGE;
}

static int read_options(const struct cli *cli, const struct args *args,
			struct fhir_options *options)
{
	const char *consent = args_get(args, "--consent-given-on");
	const char *source = args_get(args, "--source");

	options->strict = args_has(args, "--strict");
	options->consent_on = consent ? consent : "";
	options->source = source ? source : "";
	if (consent && !date_valid_full(consent))
		return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, consent);
	if (source && (!*source || strlen(source) > SOURCE_BYTES))
		return cli_fail(cli, EX_USAGE, MSG_FHIR_SOURCE_NAME);
	return 0;
}

static int open_sources(struct fhir_import *import, const struct args *args)
{
	const char *culprit = "";
	int error = fhir_sources_open(&import->sources, args->rest, args->n_rest, &culprit);

	if (error == ERR_NOTFOUND)
		return cli_fail(import->cli, EX_NOINPUT, MSG_FHIR_NO_FILE, culprit);
	if (error)
		return cli_fail(import->cli, EX_IOERR, MSG_FHIR_CANNOT_READ, culprit,
				error == ERR_NOMEM ? error_text(error) : strerror(errno));
	if (!import->sources.n)
		return cli_fail(import->cli, EX_NOINPUT, MSG_FHIR_NOTHING);
	return 0;
}

static int import_and_tell(struct fhir_import *import)
{
	int status = fhir_import_run(import);

	if (import->other_people)
		cli_error(import->cli, MSG_FHIR_OTHER_PEOPLE);
	if (import->cli->json && fhir_counts_print_json(&import->counts, stdout))
		return EX_IOERR;
	if (!import->cli->json)
		fhir_counts_print(&import->counts, stdout, import->cli->japanese);
	if (!status && fhir_count_wrong(&import->counts))
		return EX_DATAERR;
	return status;
}

int patient_import(struct cli *cli, int argc, char **argv)
{
	struct fhir_import import = { .cli = cli };
	struct args args;
	char what[128], of[128];
	enum args_fault fault = args_parse(&args, IMPORT_USAGE, argc, argv, what, of);

	if (fault != ARGS_FINE)
		return argument_fault(cli, fault, what);
	int status = read_options(cli, &args, &import.options);
	if (status)
		return status;
	arena_init(&import.arena, ARENA_BYTES);
	arena_init(&import.reply_arena, ARENA_BYTES);
	if (fhir_counts_init(&import.counts) || fhir_refs_open(&import.refs))
		status = cli_fail(cli, EX_OSERR, MSG_NO_MEMORY);
	if (!status)
		status = open_sources(&import, &args);
	if (!status)
		status = cli_connect(cli);
	if (!status) {
		cli_catch_signals(cli); /* answers that are on their way are still counted */
		status = import_and_tell(&import);
	}
	fhir_sources_close(&import.sources);
	fhir_refs_free(import.refs);
	fhir_counts_close(&import.counts);
	arena_close(&import.reply_arena);
	arena_close(&import.arena);
	return status;
}
