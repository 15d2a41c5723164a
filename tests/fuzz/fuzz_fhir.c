/* If this failed, a file that somebody was sent would crash the import, or make it send something
 * that is no record of anybody. */
#include <string.h>

#include "clients/cli/fhir_map.h"
#include "codec.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fhir_fixture.h"

const unsigned fuzz_runs = 20000;

static void check_packs(const ProtobufCMessage *message)
{
	struct arena arena;
	struct bytes packed;

	arena_init(&arena, 2 * FIXTURE_ARENA_BYTES);
	PROMISE(codec_pack(message, &arena, &packed) == 0);
	arena_close(&arena);
}

static void check_entry(const Entry *entry)
{
	PROMISE(strlen(entry->patient) == ID_SIZE - 1);
	PROMISE(entry->content_case != Entry_CONTENT__NOT_SET);
	PROMISE(entry->source && entry->source->system[0] && entry->source->value[0]);
	PROMISE(strlen(entry->source->value) <= 200);
	check_packs(&entry->base);
}

static void on_seen(void *context, const struct fhir_seen *seen)
{
	bool fine = seen->verdict->outcome == FHIR_FINE;

	(void)context;
	PROMISE(strlen(seen->verdict->detail) < sizeof(seen->verdict->detail));
	if (seen->patient) {
		PROMISE(fine && seen->patient->name[0] && seen->patient->n_identifiers);
		check_packs(&seen->patient->base);
	}
	if (fine && seen->entries.entry)
		check_entry(seen->entries.entry);
	if (fine && seen->entries.stop) {
		check_entry(seen->entries.stop);
		PROMISE(strcmp(seen->entries.entry->source->value, seen->entries.stop->source->value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fhir_fixture fixture;

	fixture_open(&fixture);
	fixture.on_seen = on_seen;
	fixture_read(&fixture, data, size, size & 1);
	fixture_close(&fixture);
	return 0;
}

/* ---- examples ----------------------------------------------------------------------------- */

static const char *const resources[] = {
	"{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"use\":\"official\",\"text\":\"早瀬　ミドリ\","
	"\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation\","
	"\"valueCode\":\"IDE\"}]},{\"family\":\"ハヤセ\",\"given\":[\"ミドリ\",null]}],\"gender\":\"female\","
	"\"birthDate\":\"1941-02-03\",\"identifier\":[{\"system\":\"urn:a\",\"value\":\"1\"},{\"value\":\"2\"}],"
	"\"telecom\":[{\"system\":\"phone\",\"value\":\"1\",\"use\":\"home\"}],\"address\":[{\"line\":[\"x\"]}],"
	"\"contact\":[{\"name\":{\"text\":\"y\"},\"relationship\":[{\"coding\":[{\"code\":\"C\"}]}]}]}",
	"{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p\"},"
	"\"code\":{\"text\":\"腰痛\",\"coding\":[{\"system\":\"s\",\"code\":\"c\"}]},\"onsetDateTime\":\"2020\","
	"\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"recordedDate\":\"2020-01-02T03:04:05.678Z\"}",
	"{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"identifier\":{\"system\":\"urn:a\",\"value\":"
	"\"1\"}},\"code\":{\"text\":\"卵\"},\"reaction\":[{\"manifestation\":[{\"text\":\"発疹\"}],\"severity\":"
	"\"severe\"}]}",
	"{\"resourceType\":\"MedicationRequest\",\"id\":\"m\",\"status\":\"stopped\",\"intent\":\"order\","
	"\"subject\":{\"reference\":\"urn:uuid:p\"},\"authoredOn\":\"2024-05-06\",\"medicationReference\":"
	"{\"reference\":\"#x\"},\"contained\":[{\"resourceType\":\"Medication\",\"id\":\"x\",\"code\":{\"text\":"
	"\"薬\"}}],\"dosageInstruction\":[{\"timing\":{\"repeat\":{\"frequency\":3,\"period\":1,\"periodUnit\":"
	"\"d\",\"boundsDuration\":{\"value\":7,\"code\":\"d\"}}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":"
	"0.5,\"unit\":\"mg\"}}]}]}",
	"{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"subject\":{\"reference\":"
	"\"Patient/p\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},"
	"\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},"
	"\"valueQuantity\":{\"value\":128.4,\"unit\":\"mmHg\"}}],\"effectivePeriod\":{\"start\":\"2024-05-06\"}}",
	"{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p\"},"
	"\"code\":{\"coding\":[{\"system\":\"urn:oid:1.2.392.200119.4.504\",\"code\":\"3C015000002327101\"}]},"
	"\"valueQuantity\":{\"value\":1.1,\"unit\":\"mg/dL\",\"code\":\"mg/dL\"}}",
	"{\"resourceType\":\"CareTeam\",\"status\":\"active\",\"subject\":{\"reference\":\"Patient/p\"},"
	"\"participant\":[{\"role\":[{\"text\":\"主治医\"}],\"member\":{\"identifier\":{\"system\":"
	"\"urn:tsunagi:user\",\"value\":\"u\"}}}]}",
	"{\"resourceType\":\"Medication\",\"id\":\"x\",\"code\":{\"coding\":[{\"display\":\"薬\"}]}}",
	"{\"resourceType\":\"Encounter\",\"id\":\"e\"}",
};
#define N_RESOURCES (sizeof(resources) / sizeof(resources[0]))

static size_t put(uint8_t *out, size_t size, const char *text)
{
	memcpy(out + size, text, strlen(text));
	return size + strlen(text);
}

/* Lines, or a Bundle; the patient is among them. */
size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	bool bundle = rng_chance(rng, 500);
	uint32_t n = 1 + rng_below(rng, 6);
	size_t size = 0;

	if (bundle)
		size = put(out, size, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
	for (uint32_t i = 0; i < n; i++) {
		uint32_t which = i ? rng_below(rng, N_RESOURCES) : 0;
		if (bundle)
			size = put(out, size, which ? ",{\"resource\":" :
				   i ? ",{\"fullUrl\":\"urn:uuid:q\",\"resource\":" :
				       "{\"fullUrl\":\"urn:uuid:p\",\"resource\":");
		size = put(out, size, resources[which]);
		size = put(out, size, bundle ? ",\"request\":{\"method\":\"POST\"}}" : "\n");
	}
	return bundle ? put(out, size, "]}") : size;
}
