/* What an import shows on stderr while it runs. */
#include <string.h>

#include "clients/cli/fhir_import.h"
#include "clients/cli/table.h"

#define BAR_CELLS 24
#define SHOW_EVERY_MS 100

void fhir_progress_clear(struct fhir_import *import)
{
	if (import->shown_ms)
		fputs("\r\033[K", stderr);
	import->shown_ms = 0;
}

void fhir_progress_draw(struct fhir_import *import)
{
	char bar[BAR_CELLS + 3];
	int64_t now_ms = import->cli->err_terminal ? cli_now_ms() : 0;

	if (!import->cli->err_terminal ||
	    (now_ms >= import->shown_ms && now_ms - import->shown_ms < SHOW_EVERY_MS))
		return;
	uint64_t done = import->passed_bytes, all = import->sources.bytes * FHIR_PASSES;
	if (import->stream)
		done += fhir_stream_consumed(import->stream);
	done += import->sources.bytes * import->pass;
	if (done > all) /* a file that grows */
		done = all;
	unsigned percent = all ? (unsigned)(done * 100 / all) : 100;
	memset(bar, ' ', sizeof(bar));
	bar[0] = '[';
	memset(bar + 1, '#', (size_t)percent * BAR_CELLS / 100);
	bar[BAR_CELLS + 1] = ']';
	bar[BAR_CELLS + 2] = '\0';
	fputs("\r\033[K", stderr);
	fprintf(stderr, cli_text(import->cli, MSG_FHIR_PROGRESS), bar, percent, import->resources);
	fflush(stderr);
	import->shown_ms = now_ms;
}

void fhir_end(struct fhir_import *import, int status, enum message message)
{
	if (import->status)
		return;
	fhir_progress_clear(import);
	import->status = cli_fail(import->cli, status, message);
}

void fhir_complain(struct fhir_import *import, const struct fhir_where *where,
		   const struct fhir_verdict *verdict)
{
	fhir_progress_clear(import);
	fputs("tsunagi: ", stderr);
	text_print(stderr, import->sources.items[where->file].path);
	if (where->line) {
		fputs(": ", stderr);
		fprintf(stderr, cli_text(import->cli, MSG_FHIR_LINE), where->line);
	}
	if (where->entry || !where->line) {
		fputs(": ", stderr);
		fprintf(stderr, cli_text(import->cli, MSG_FHIR_ENTRY),
			where->entry ? where->entry : (size_t)1);
	}
	if (where->type[0]) {
		fputs(": ", stderr);
		text_print(stderr, where->type);
		fputs(where->id[0] ? "/" : "", stderr);
		text_print(stderr, where->id);
	}
	fprintf(stderr, ": %s", cli_text(import->cli, verdict->reason));
	fputs(verdict->detail[0] ? ": " : "", stderr);
	text_print(stderr, verdict->detail);
	fputc('\n', stderr);
}

void fhir_conclude(struct fhir_import *import, const struct fhir_where *where,
		   struct fhir_row *row, const struct fhir_verdict *verdict, bool with_detail)
{
	fhir_count_verdict(row, verdict, with_detail);
	if (verdict->outcome != FHIR_WRONG)
		return;
	fhir_complain(import, where, verdict);
	if (import->options.strict)
		fhir_end(import, EX_DATAERR, MSG_FHIR_STRICT);
}
