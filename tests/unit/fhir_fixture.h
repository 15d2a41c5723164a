/*
 * Reads FHIR from memory as the import does, in its two passes, but with nobody to send it to: each
 * resource comes to a callback with what it became.
 */
#ifndef FHIR_FIXTURE_H
#define FHIR_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "clients/cli/fhir_map.h"
#include "clients/cli/fhir_scan.h"
#include "clients/cli/fhir_stream.h"

#define FIXTURE_NOW_MS 1795392000000 /* 2026-11-23 */
#define FIXTURE_ARENA_BYTES (16u << 20)

struct fhir_seen {
	const struct fhir_item *item;
	const struct fhir_verdict *verdict;
	const Patient *patient;        /* NULL: it is none, or not taken */
	struct fhir_entries entries;   /* the same */
};

typedef void fhir_seen_fn(void *context, const struct fhir_seen *seen);

struct fhir_fixture {
	struct fhir_refs *refs;
	struct arena arena;
	const char *source, *set;
	unsigned file, folder, argument;
	fhir_seen_fn *on_seen;
	void *context;
};

static inline void fixture_open(struct fhir_fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->source = "";
	fixture->set = "set";
	fixture->file = fixture->folder = 1;
	if (fhir_refs_open(&fixture->refs))
		abort();
	arena_init(&fixture->arena, FIXTURE_ARENA_BYTES);
}

static inline void fixture_close(struct fhir_fixture *fixture)
{
	fhir_refs_free(fixture->refs);
	arena_close(&fixture->arena);
}

/* The id that the patient with this identifier gets: always the same. */
static inline void fixture_id(char id[ID_SIZE], const char *system, const char *value)
{
	unsigned hash = 2166136261u;

	for (; *system; system++)
		hash = (hash ^ (unsigned char)*system) * 16777619u;
	for (; *value; value++)
		hash = (hash ^ (unsigned char)*value) * 16777619u;
	snprintf(id, ID_SIZE, "01FWHE4YDGFK1SHH6W1%07u", hash % 10000000);
}

static inline void fixture_register(struct fhir_fixture *fixture, const struct fhir_mapper *mapper,
				    const struct fhir_item *item, const Patient *patient)
{
	struct fhir_name names[FHIR_NAMES_MAX];
	char id[ID_SIZE];

	size_t n = fhir_names(names, &mapper->place, "Patient", item->id, patient->identifiers,
			      patient->n_identifiers);
	fixture_id(id, patient->identifiers[0]->system, patient->identifiers[0]->value);
	if (fhir_refs_add_patient(fixture->refs, names, n, id, patient->identifiers[0]->system))
		abort();
}

static inline void fixture_medication(struct fhir_fixture *fixture, struct fhir_mapper *mapper,
				      const struct fhir_item *item, const json_t *json)
{
	struct fhir_name names[FHIR_NAMES_MAX];
	struct fhir_medication_ref medication;

	if (!fhir_map_medication(&mapper->verdict, json, &medication))
		return;
	size_t n = fhir_names(names, &mapper->place, "Medication", item->id, NULL, 0);
	fhir_refs_add_medication(fixture->refs, names, n, &medication);
}

static inline void fixture_take(struct fhir_fixture *fixture, const struct fhir_item *item,
				enum fhir_kind kind, struct fhir_seen *seen,
				struct fhir_mapper *mapper)
{
	json_t *json = kind == FHIR_KIND_OTHER || kind == FHIR_KIND_REFERENCE ? NULL :
			fhir_parse(item->text, item->size, &mapper->verdict);
	TeamMember **members = NULL;
	char patient[ID_SIZE];
	size_t n = 0;

	if (json && kind == FHIR_KIND_PATIENT) {
		seen->patient = fhir_map_patient(mapper, json);
		if (seen->patient)
			fixture_register(fixture, mapper, item, seen->patient);
	} else if (json && kind == FHIR_KIND_MEDICATION) {
		fixture_medication(fixture, mapper, item, json);
	} else if (json && kind == FHIR_KIND_TEAM) {
		fhir_map_team(mapper, json, patient, &members, &n);
	} else if (json) {
		fhir_map_entries(mapper, item->type, json, &seen->entries);
	}
	json_decref(json);
}

static inline void fixture_see(struct fhir_fixture *fixture, const struct fhir_item *item, int pass)
{
	bool fine = item->verdict.outcome == FHIR_FINE;
	enum fhir_kind kind = fine ? fhir_kind(item->type) : FHIR_KIND_OTHER;
	bool first = !fine || kind == FHIR_KIND_PATIENT || kind == FHIR_KIND_MEDICATION;
	struct fhir_mapper mapper = {
		.arena = &fixture->arena,
		.refs = fixture->refs,
		.place = { .file = fixture->file, .folder = fixture->folder,
			   .argument = fixture->argument, .bundle = item->bundle,
			   .full_url = item->full_url, .source = fixture->source },
		.set = fixture->set,
		.now_ms = FIXTURE_NOW_MS,
		.verdict = item->verdict,
	};
	struct fhir_seen seen = { .item = item, .verdict = &mapper.verdict };

	if (first != (pass == 0))
		return;
	arena_reset(&fixture->arena);
	if (fine)
		fixture_take(fixture, item, kind, &seen, &mapper);
	if (fixture->on_seen)
		fixture->on_seen(fixture->context, &seen);
}

static inline void fixture_read_pass(struct fhir_fixture *fixture, const void *data, size_t size,
				     bool named_lines, int pass)
{
	struct fhir_stream *stream;
	struct fhir_scan *scan;
	struct fhir_item item;

	if (fhir_stream_open_memory(&stream, data, size) ||
	    fhir_scan_open(&scan, stream, named_lines))
		abort();
	while (fhir_scan_next(scan, &item))
		fixture_see(fixture, &item, pass);
	fhir_scan_free(scan);
	fhir_stream_free(stream);
}

static inline void fixture_read(struct fhir_fixture *fixture, const void *data, size_t size,
				bool named_lines)
{
	fixture_read_pass(fixture, data, size, named_lines, 0);
	fixture_read_pass(fixture, data, size, named_lines, 1);
}

#endif
