#include "clients/cli/fhir_import.h"

#include <jansson.h>
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "error.h"

/* ---- one resource ------------------------------------------------------------------------- */

static struct fhir_mapper mapper_for(struct fhir_import *import, const struct fhir_item *item,
				     size_t file)
{
	const struct fhir_source *source = &import->sources.items[file];
	struct fhir_mapper mapper = {
		.arena = &import->arena,
		.refs = import->refs,
		.place = { .file = (unsigned)file + 1, .folder = source->folder,
			   .argument = source->argument, .bundle = item->bundle,
			   .full_url = item->full_url, .source = import->options.source },
		.set = source->set,
		.now_ms = cli_now_ms(),
	};

	arena_reset(&import->arena);
	return mapper;
}

static struct fhir_where where_is(const struct fhir_item *item, size_t file)
{
	struct fhir_where where = { .file = file, .line = item->line, .entry = item->entry };

	memcpy(where.type, item->type, sizeof(where.type));
	memcpy(where.id, item->id, sizeof(where.id));
	return where;
}

static void take_patient(struct fhir_import *import, struct fhir_mapper *mapper,
			 const struct fhir_where *where, struct fhir_row *row, const json_t *json)
{
	Patient *patient = fhir_map_patient(mapper, json);

	if (patient)
		fhir_send_patient(import, where, row, patient, &mapper->place);
}

static void take_medication(struct fhir_import *import, struct fhir_mapper *mapper,
			    const struct fhir_where *where, const json_t *json)
{
	struct fhir_name names[FHIR_NAMES_MAX];
	struct fhir_medication_ref medication;

	fhir_map_medication(&mapper->verdict, json, &medication);
	if (!medication.name)
		fhir_skip(&mapper->verdict, MSG_FHIR_REFERENCE_DATA, NULL);
	if (mapper->verdict.outcome != FHIR_FINE)
		return;
	size_t n = fhir_names(names, &mapper->place, where->type, where->id, NULL, 0);
	int error = fhir_refs_add_medication(import->refs, names, n, &medication);
	if (error == ERR_TOOBIG)
		fhir_wrong(&mapper->verdict, MSG_FHIR_TOO_MANY, "Medication");
	else if (error)
		fhir_end(import, EX_OSERR, MSG_NO_MEMORY);
	else
		fhir_skip(&mapper->verdict, MSG_FHIR_REFERENCE_DATA, NULL);
}

static void take_entries(struct fhir_import *import, struct fhir_mapper *mapper,
			 const struct fhir_where *where, struct fhir_row *row, const json_t *json)
{
	struct fhir_entries entries;

	if (fhir_map_entries(mapper, where->type, json, &entries))
		fhir_send_entries(import, where, row, &entries);
}

static void take_team(struct fhir_import *import, struct fhir_mapper *mapper,
		      const struct fhir_where *where, struct fhir_row *row, const json_t *json)
{
	TeamMember **members = NULL;
	char patient[ID_SIZE];
	size_t n = 0;

	if (fhir_map_team(mapper, json, patient, &members, &n))
		fhir_send_team(import, where, row, patient, members, n);
}

static enum fhir_pass pass_of(enum fhir_kind kind)
{
	return kind == FHIR_KIND_PATIENT || kind == FHIR_KIND_MEDICATION ? FHIR_PATIENTS :
									     FHIR_ENTRIES;
}

/* What is looked into at all. The rest is only counted. */
static bool is_read(enum fhir_kind kind)
{
	return kind != FHIR_KIND_OTHER && kind != FHIR_KIND_REFERENCE;
}

static void take_resource(struct fhir_import *import, const struct fhir_item *item, size_t file)
{
	enum fhir_kind kind = fhir_kind(item->type);
	struct fhir_mapper mapper = mapper_for(import, item, file);
	struct fhir_where where = where_is(item, file);
	struct fhir_row *row = fhir_count_read(&import->counts, item->type);
	json_t *json = NULL;

	if (is_read(kind))
		json = fhir_parse(item->text, item->size, &mapper.verdict);
	else
		fhir_skip(&mapper.verdict,
			  kind == FHIR_KIND_REFERENCE ? MSG_FHIR_REFERENCE_DATA
						      : MSG_FHIR_NOT_IMPORTED,
			  NULL);
	if (json && kind == FHIR_KIND_PATIENT)
		take_patient(import, &mapper, &where, row, json);
	else if (json && kind == FHIR_KIND_MEDICATION)
		take_medication(import, &mapper, &where, json);
	else if (json && kind == FHIR_KIND_TEAM)
		take_team(import, &mapper, &where, row, json);
	else if (json)
		take_entries(import, &mapper, &where, row, json);
	json_decref(json);
	if (mapper.verdict.outcome != FHIR_FINE)
		fhir_conclude(import, &where, row, &mapper.verdict, false);
}

/* What the scanner itself found wrong is told in the first pass. Files that lie in a folder and are
 * something else than FHIR do no harm there. */
static void take_fault(struct fhir_import *import, struct fhir_item *item, size_t file)
{
	struct fhir_where where = where_is(item, file);
	struct fhir_verdict verdict = item->verdict;

	if (item->document && import->sources.items[file].in_folder &&
	    (verdict.reason == MSG_FHIR_NO_TYPE || verdict.reason == MSG_FHIR_NOT_JSON)) {
		verdict = (struct fhir_verdict){ 0 };
		fhir_skip(&verdict, MSG_FHIR_NOT_FHIR, "%s", import->sources.items[file].path);
	}
	fhir_conclude(import, &where, fhir_count_read(&import->counts, item->type), &verdict,
		      verdict.reason == MSG_FHIR_NOT_FHIR);
}

/* ---- the passes --------------------------------------------------------------------------- */

static void scan_source(struct fhir_import *import, size_t file, struct fhir_stream *stream)
{
	struct fhir_scan *scan;
	struct fhir_item item;

	if (fhir_scan_open(&scan, stream, import->sources.items[file].named_lines)) {
		fhir_end(import, EX_OSERR, MSG_NO_MEMORY);
		return;
	}
	import->stream = stream;
	while (!import->status && fhir_scan_next(scan, &item)) {
		bool fault = item.verdict.outcome != FHIR_FINE;
		enum fhir_pass pass = fault ? FHIR_PATIENTS : pass_of(fhir_kind(item.type));
		import->resources += pass == import->pass;
		if (pass == import->pass && fault)
			take_fault(import, &item, file);
		else if (pass == import->pass)
			take_resource(import, &item, file);
		fhir_progress_draw(import);
		if (*import->cli->stop)
			fhir_end(import, EX_TEMPFAIL, MSG_FHIR_INTERRUPTED);
	}
	import->stream = NULL;
	fhir_scan_free(scan);
}

static void read_source(struct fhir_import *import, size_t file)
{
	struct fhir_stream *stream;
	struct fhir_item item = { .type = "" };

	if (fhir_source_read(&import->sources.items[file], &stream, &item.verdict)) {
		scan_source(import, file, stream);
		fhir_stream_free(stream);
	} else if (import->pass == FHIR_PATIENTS) {
		take_fault(import, &item, file);
	}
	import->passed_bytes += import->sources.items[file].bytes;
}

int fhir_import_run(struct fhir_import *import)
{
	for (import->pass = 0; import->pass < FHIR_PASSES && !import->status; import->pass++) {
		import->passed_bytes = 0;
		for (size_t file = 0; file < import->sources.n && !import->status; file++)
			read_source(import, file);
		fhir_send_wait(import);
	}
	fhir_send_close(import);
	fhir_progress_clear(import);
	return import->status;
}
