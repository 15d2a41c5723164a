/* If this failed, some file that is given to `patient import` would crash it, fill the memory, or
 * become a message that record refuses to read. */
#include <lzma.h>
#include <string.h>
#include <zlib.h>

#include "clients/cli/fhir_json.h"
#include "clients/cli/fhir_map.h"
#include "clients/cli/fhir_scan.h"
#include "codec.h"
#include "error.h"
#include "limits.h"
#include "tests/fuzz/fuzz.h"

#define NOW_MS 1790000000000LL
#define PATIENT_ID "01FWHE4YDGFK1SHH6W1G60EECF"
#define NAMED_LINES 1 /* of the first byte: the file's name says NDJSON */

const unsigned fuzz_runs = 20000;

struct import {
	struct arena arena, check;
	struct fhir_refs *refs;
	bool entries; /* the second pass */
};

/* ---- what comes out ------------------------------------------------------------------------ */

static void must_be_readable(struct import *import, const ProtobufCMessage *message)
{
	ProtobufCMessage *copy;
	struct bytes packed;
	const char *field = "";

	arena_reset(&import->check);
	PROMISE(codec_pack(message, &import->check, &packed) == 0);
	int rc = codec_decode(message->descriptor, packed, &import->check, &copy, &field);
	if (rc)
		fprintf(stderr, "%s.%s: %s\n", message->descriptor->name, field, error_text(rc));
	PROMISE(rc == 0);
}

static void take_patient(struct import *import, struct fhir_mapper *mapper,
			 const struct fhir_item *item, const json_t *json)
{
	struct fhir_name names[FHIR_NAMES_MAX];
	Patient *patient = fhir_map_patient(mapper, json);

	PROMISE((patient != NULL) == (mapper->verdict.outcome == FHIR_FINE));
	if (!patient)
		return;
	must_be_readable(import, &patient->base);
	size_t n = fhir_names(names, &mapper->place, item->type, item->id, patient->identifiers,
			      patient->n_identifiers);
	PROMISE(n <= FHIR_NAMES_MAX);
	PROMISE(fhir_refs_add_patient(import->refs, names, n, PATIENT_ID, "urn:x") == 0);
}

static void take_medication(struct import *import, struct fhir_mapper *mapper,
			    const struct fhir_item *item, const json_t *json)
{
	struct fhir_medication_ref medication;
	struct fhir_name names[FHIR_NAMES_MAX];

	fhir_map_medication(&mapper->verdict, json, &medication);
	if (!medication.name || mapper->verdict.outcome != FHIR_FINE)
		return;
	size_t n = fhir_names(names, &mapper->place, item->type, item->id, NULL, 0);
	int rc = fhir_refs_add_medication(import->refs, names, n, &medication);
	PROMISE(rc == 0 || rc == ERR_TOOBIG);
}

static void take_entries(struct import *import, struct fhir_mapper *mapper,
			 const struct fhir_item *item, const json_t *json)
{
	struct fhir_entries entries = { NULL, NULL };

	bool taken = fhir_map_entries(mapper, item->type, json, &entries);
	PROMISE(taken == (mapper->verdict.outcome == FHIR_FINE));
	if (!taken)
		return;
	PROMISE(entries.entry && id_valid(entries.entry->patient));
	must_be_readable(import, &entries.entry->base);
	if (entries.stop)
		must_be_readable(import, &entries.stop->base);
}

static void take_team(struct import *import, struct fhir_mapper *mapper, const json_t *json)
{
	TeamMember **members = NULL;
	char patient[ID_SIZE];
	size_t n = 0;

	if (!fhir_map_team(mapper, json, patient, &members, &n))
		return;
	PROMISE(id_valid(patient));
	for (size_t i = 0; i < n; i++)
		must_be_readable(import, &members[i]->base);
}

static void take(struct import *import, const struct fhir_item *item)
{
	enum fhir_kind kind = fhir_kind(item->type);
	bool first = kind == FHIR_KIND_PATIENT || kind == FHIR_KIND_MEDICATION;

	if (kind == FHIR_KIND_OTHER || kind == FHIR_KIND_REFERENCE || first == import->entries)
		return;
	arena_reset(&import->arena);
	struct fhir_mapper mapper = {
		.arena = &import->arena, .refs = import->refs, .set = "set", .now_ms = NOW_MS,
		.place = { .file = 1, .folder = 1, .argument = 1, .bundle = item->bundle,
			   .full_url = item->full_url, .source = "" },
	};
	json_t *json = fhir_parse(item->text, item->size, &mapper.verdict);
	PROMISE((json != NULL) == (mapper.verdict.outcome == FHIR_FINE));
	if (json && kind == FHIR_KIND_PATIENT)
		take_patient(import, &mapper, item, json);
	else if (json && kind == FHIR_KIND_MEDICATION)
		take_medication(import, &mapper, item, json);
	else if (json && kind == FHIR_KIND_TEAM)
		take_team(import, &mapper, json);
	else if (json)
		take_entries(import, &mapper, item, json);
	PROMISE(memchr(mapper.verdict.detail, '\0', sizeof(mapper.verdict.detail)));
	json_decref(json);
}

static void read_through(struct import *import, const uint8_t *data, size_t size, bool named_lines)
{
	struct fhir_stream *stream;
	struct fhir_scan *scan;
	struct fhir_item item;

	PROMISE(fhir_stream_open_memory(&stream, data, size) == 0);
	PROMISE(fhir_scan_open(&scan, stream, named_lines) == 0);
	while (fhir_scan_next(scan, &item)) {
		if (item.verdict.outcome != FHIR_FINE)
			continue;
		PROMISE(item.size >= 2 && item.size <= FHIR_LIMIT_RESOURCE_BYTES);
		take(import, &item);
	}
	PROMISE(fhir_stream_consumed(stream) <= size);
	fhir_scan_free(scan);
	fhir_stream_free(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import import = { .entries = false };

	/* A file that is given as it is begins with a brace or the magic number of a compression. */
	bool marked = size && data[0] <= NAMED_LINES;
	bool named_lines = marked && data[0];
	arena_init(&import.arena, LIMIT_ARENA_BYTES);
	arena_init(&import.check, 2 * LIMIT_ARENA_BYTES);
	PROMISE(fhir_refs_open(&import.refs) == 0);
	read_through(&import, data + marked, size - marked, named_lines);
	import.entries = true;
	read_through(&import, data + marked, size - marked, named_lines);
	fhir_refs_free(import.refs);
	arena_close(&import.arena);
	arena_close(&import.check);
	return 0;
}

/* ---- examples ------------------------------------------------------------------------------ */

/* @ is a time, $ a text, # a number, ~ a code, ! a status. */
static const char *const resources[] = {
	"{\"resourceType\":\"Patient\",\"id\":\"p1\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"1\"}],"
	"\"name\":[{\"use\":\"official\",\"text\":\"$\",\"family\":\"$\",\"given\":[\"$\"],\"extension\":[{"
	"\"url\":\"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation\",\"valueCode\":\"~\"}]}],"
	"\"gender\":\"~\",\"birthDate\":\"@\",\"address\":[{\"text\":\"$\",\"city\":\"$\",\"line\":[\"$\"]}],"
	"\"telecom\":[{\"system\":\"phone\",\"value\":\"#\"}],\"deceasedBoolean\":false,\"contact\":[{"
	"\"name\":{\"text\":\"$\"},\"relationship\":[{\"text\":\"$\"}],\"telecom\":[{\"value\":\"#\"}]}]}",
	"{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"category\":[{\"coding\":[{\"code\":\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":"
	"\"http://loinc.org\",\"code\":\"~\"}],\"text\":\"$\"},\"effectiveDateTime\":\"@\",\"valueQuantity\":{"
	"\"value\":#,\"unit\":\"~\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"~\"}}",
	"{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},\"effectiveDateTime\":\"@\","
	"\"component\":[{\"code\":{\"coding\":[{\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":#,\"code\":\"mm[Hg]\"}},"
	"{\"code\":{\"coding\":[{\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":#,\"code\":\"mm[Hg]\"}}]}",
	"{\"resourceType\":\"Observation\",\"id\":\"o3\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"code\":{\"coding\":[{\"code\":\"8867-4\"}]},\"effectiveDateTime\":\"@\",\"valueQuantity\":{"
	"\"value\":#,\"code\":\"/min\"}}",
	"{\"resourceType\":\"Observation\",\"id\":\"o4\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"code\":{\"coding\":[{\"code\":\"29463-7\"}]},\"effectiveDateTime\":\"@\",\"valueQuantity\":{"
	"\"value\":#,\"code\":\"kg\"}}",
	"{\"resourceType\":\"Observation\",\"id\":\"o5\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"code\":{\"coding\":[{\"code\":\"2160-0\"}]},\"effectiveDateTime\":\"@\",\"valueQuantity\":{"
	"\"value\":#,\"code\":\"mg/dL\"}}",
	"{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":\"!\",\"intent\":\"order\",\"subject\":{"
	"\"reference\":\"Patient/p1\"},\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"urn:oid:1.2\","
	"\"code\":\"3332001F1024\",\"display\":\"$\"}]},\"authoredOn\":\"@\",\"dosageInstruction\":[{\"text\":\"$\","
	"\"doseAndRate\":[{\"doseQuantity\":{\"value\":#,\"unit\":\"~\"}}]}],\"dispenseRequest\":{"
	"\"validityPeriod\":{\"start\":\"@\",\"end\":\"@\"},\"expectedSupplyDuration\":{\"value\":#,\"code\":\"d\"}}}",
	"{\"resourceType\":\"MedicationStatement\",\"id\":\"m2\",\"status\":\"!\",\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"medicationReference\":{\"reference\":\"Medication/d1\"},\"effectivePeriod\":{\"start\":\"@\",\"end\":\"@\"}}",
	"{\"resourceType\":\"Medication\",\"id\":\"d1\",\"code\":{\"coding\":[{\"code\":\"~\",\"display\":\"$\"}]}}",
	"{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"patient\":{\"reference\":\"Patient/p1\"},\"code\":{"
	"\"text\":\"$\"},\"criticality\":\"~\",\"reaction\":[{\"manifestation\":[{\"text\":\"$\"}],\"severity\":\"~\"}],"
	"\"recordedDate\":\"@\",\"clinicalStatus\":{\"coding\":[{\"code\":\"~\"}]}}",
	"{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"},\"code\":{\"coding\":[{"
	"\"system\":\"$\",\"code\":\"~\",\"display\":\"$\"}]},\"onsetDateTime\":\"@\",\"abatementDateTime\":\"@\","
	"\"clinicalStatus\":{\"coding\":[{\"code\":\"~\"}]},\"verificationStatus\":{\"coding\":[{\"code\":\"~\"}]}}",
	"{\"resourceType\":\"CareTeam\",\"id\":\"t1\",\"subject\":{\"reference\":\"Patient/p1\"},\"participant\":[{\"role\":[{"
	"\"coding\":[{\"code\":\"~\"}]}],\"member\":{\"identifier\":{\"system\":\"urn:tsunagi:user\","
	"\"value\":\"clinic01-doctor\"}}},{\"member\":{\"reference\":\"#x\"}}],\"contained\":[{\"resourceType\":"
	"\"Organization\",\"id\":\"x\",\"identifier\":[{\"system\":\"urn:tsunagi:organisation\",\"value\":\"$\"}]}]}",
	"{\"resourceType\":\"Practitioner\",\"id\":\"r1\",\"name\":[{\"text\":\"$\"}]}",
};
static const char *const times[] = { "2026-09-01", "2026-09", "1931-05-06", "2026-08-31", "1940",
				     "2026-09-01T10:00:00+09:00",
				     "2026-02-30", "", "9999-12-31T23:59:59Z" };
static const char *const texts[] = { "田中　透", "タナカ", "\\ud83d\\ude00", "", "\\n", "clinic01", "山田花子",
				     "ワーファリン錠1mg", "\\\\", "abc", "ｱﾑﾛｼﾞﾋﾟﾝ", "5mg 1T 朝" };
static const char *const statuses[] = { "active", "stopped", "completed", "entered-in-error", "draft" };
static const char *const numbers[] = { "0", "1", "-1", "36.8", "120", "1e308", "1e999", "99999999999", "0.1",
				       "\"7\"" };
static const char *const codes[] = { "active", "stopped", "completed", "entered-in-error", "male", "8867-4",
				     "8310-5", "29463-7", "2160-0", "Cel", "kg", "mg/dL", "high", "SYL", "IDE",
				     "resolved", "" };
#define PICK(rng, list) (list)[rng_below((rng), sizeof(list) / sizeof(*(list)))]

static size_t fill(struct rng *rng, const char *resource, uint8_t *out)
{
	size_t size = 0;

	for (; *resource; resource++) {
		const char *value = NULL;
		switch (*resource) {
		case '@':
			value = PICK(rng, times);
			break;
		case '$':
			value = rng_chance(rng, 5) ? "a\\u0000b" : PICK(rng, texts);
			break;
		case '#':
			value = resource[1] == 'x' ? NULL : PICK(rng, numbers);
			break;
		case '!':
			value = PICK(rng, statuses);
			break;
		case '~':
			value = PICK(rng, codes);
			break;
		}
		if (!value) {
			out[size++] = (uint8_t)*resource;
			continue;
		}
		memcpy(out + size, value, strlen(value));
		size += strlen(value);
	}
	return size;
}

static size_t put(uint8_t *out, size_t size, const char *text)
{
	memcpy(out + size, text, strlen(text));
	return size + strlen(text);
}

static size_t squeeze(struct rng *rng, uint8_t *data, size_t size)
{
	static uint8_t packed[FUZZ_INPUT_BYTES];
	size_t used = 0;
	z_stream z = { .next_in = data, .avail_in = (uInt)size, .next_out = packed,
		       .avail_out = sizeof(packed) };

	switch (rng_below(rng, 6)) {
	case 0:
		if (deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
			return size;
		deflate(&z, Z_FINISH);
		used = z.total_out;
		deflateEnd(&z);
		break;
	case 1:
		if (lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, size, packed, &used,
					    sizeof(packed)) != LZMA_OK)
			return size;
		break;
	default:
		return size;
	}
	memcpy(data, packed, used);
	return used;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	bool lines = rng_chance(rng, 300), bundle = !lines && rng_chance(rng, 700);
	uint32_t n = lines || bundle ? rng_below(rng, 12) : 1;
	size_t size = 1;

	out[0] = lines && rng_chance(rng, 500) ? NAMED_LINES : 0;
	if (bundle)
		size = put(out, size, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
	for (uint32_t i = 0; i < n; i++) {
		if (bundle)
			size = put(out, size, i ? ",{\"fullUrl\":\"urn:uuid:1\",\"resource\":" : "{\"resource\":");
		/* patients first, for all others are about one */
		const char *resource = i == 0 ? resources[0] : PICK(rng, resources);
		size += fill(rng, resource, out + size);
		size = put(out, size, bundle ? "}" : lines ? "\n" : "");
	}
	if (bundle)
		size = put(out, size, "]}");
	return 1 + squeeze(rng, out + 1, size - 1);
}
