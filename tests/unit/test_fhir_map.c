/* If this failed, what another system says of a patient would arrive here as something else, under
 * somebody else's name, or not at all without a reason. All people here are invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec.h"
#include "tests/unit/fhir_fixture.h"

/* ---- what was seen ------------------------------------------------------------------------ */

/* The last resource that was not a Patient or Medication, in words; and the last patient. */
struct last {
	struct fhir_verdict verdict;
	Patient patient;
	Entry entry, stop;
	bool has_patient, has_entry, has_stop;
	struct arena arena;
};

static ProtobufCMessage *keep(struct last *last, const ProtobufCMessage *message)
{
	ProtobufCMessage *copy;
	struct bytes packed;

	assert_int_equal(codec_pack(message, &last->arena, &packed), 0);
	assert_int_equal(codec_unpack(message->descriptor, packed, &last->arena, &copy), 0);
	return copy;
}

static void on_seen(void *context, const struct fhir_seen *seen)
{
	struct last *last = context;

	last->verdict = *seen->verdict;
	last->has_entry = seen->entries.entry;
	last->has_stop = seen->entries.stop;
	if (seen->patient) {
		last->patient = *(Patient *)(void *)keep(last, &seen->patient->base);
		last->has_patient = true;
	}
	if (seen->entries.entry)
		last->entry = *(Entry *)(void *)keep(last, &seen->entries.entry->base);
	if (seen->entries.stop)
		last->stop = *(Entry *)(void *)keep(last, &seen->entries.stop->base);
}

struct world {
	struct fhir_fixture fixture;
	struct last last;
};

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	fixture_open(&world->fixture);
	arena_init(&world->last.arena, 64 << 20);
	world->fixture.on_seen = on_seen;
	world->fixture.context = &world->last;
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	fixture_close(&world->fixture);
	arena_close(&world->last.arena);
	free(world);
	return 0;
}

/* JSON is written with ' for ", to be read more easily. */
static struct last *read_all(struct world *world, const char *text)
{
	char *json = strdup(text);

	for (char *at = json; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	world->last.has_patient = world->last.has_entry = world->last.has_stop = false;
	fixture_read(&world->fixture, json, strlen(json), true);
	free(json);
	return &world->last;
}

static void expect_reason(const struct last *last, enum fhir_outcome outcome, enum message reason)
{
	assert_int_equal(last->verdict.outcome, outcome);
	if (outcome != FHIR_FINE)
		assert_string_equal(message_text(last->verdict.reason, false), message_text(reason, false));
}

static void expect_fine(const struct last *last)
{
	if (last->verdict.outcome != FHIR_FINE)
		print_error("%s: %s\n", message_text(last->verdict.reason, false), last->verdict.detail);
	assert_int_equal(last->verdict.outcome, FHIR_FINE);
}

#define PATIENT "{'resourceType':'Patient','id':'p1','name':[{'text':'早瀬 ミドリ'}]," \
		"'identifier':[{'system':'urn:a','value':'1'}]}\n"
#define SUBJECT "'subject':{'reference':'Patient/p1'}"

/* ---- patients ----------------------------------------------------------------------------- */

static void a_japanese_patient(void **state)
{
	const struct last *last = read_all(*state,
		"{'resourceType':'Patient','id':'p1','identifier':[{'system':'urn:oid:1.2','value':'A-1'}],"
		"'name':[{'use':'official','text':'早瀬　ミドリ','family':'早瀬','given':['ミドリ'],'extension':"
		"[{'url':'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation','valueCode':'IDE'}]},"
		"{'use':'official','text':'ハヤセ　ミドリ','extension':"
		"[{'url':'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation','valueCode':'SYL'}]}],"
		"'gender':'female','birthDate':'1941-02-03','deceasedBoolean':false,"
		"'address':[{'use':'old','text':'前の家'},{'use':'home','text':'架空県架空市 1-2-3'}],"
		"'telecom':[{'system':'email','value':'x@y'},{'system':'phone','use':'work','value':'1'},"
		"{'system':'phone','use':'home','value':'000-111'}],"
		"'contact':[{'name':{'text':'別の人'}},{'relationship':[{'text':'長女','coding':[{'code':'C'}]}],"
		"'name':{'family':'早瀬','given':['スミレ']},'telecom':[{'system':'phone','value':'000-222'}]}]}");
	const Patient *p = &last->patient;

	expect_fine(last);
	assert_string_equal(p->name, "早瀬　ミドリ"); /* U+3000, as it was given */
	assert_string_equal(p->kana, "ハヤセ　ミドリ");
	assert_string_equal(p->born, "1941-02-03");
	assert_int_equal(p->sex, PATIENT_SEX_FEMALE);
	assert_string_equal(p->address, "架空県架空市 1-2-3");
	assert_string_equal(p->phone, "000-111");
	assert_string_equal(p->emergency_contact->name, "早瀬 スミレ");
	assert_string_equal(p->emergency_contact->relation, "長女");
	assert_string_equal(p->emergency_contact->phone, "000-222");
	assert_int_equal(p->n_identifiers, 1);
	assert_string_equal(p->identifiers[0]->system, "urn:oid:1.2");
	assert_string_equal(p->identifiers[0]->value, "A-1");
	assert_false(p->deceased);
}

static void names_in_other_shapes(void **state)
{
	static const char *const examples[][3] = {
		{ "[{'family':'早瀬','given':['ミドリ']}]", "早瀬 ミドリ", "" },
		{ "[{'text':'早瀬 ミドリ'},{'text':'はやせ みどり'}]", "早瀬 ミドリ", "はやせ みどり" },
		{ "[{'text':'ﾊﾔｾ ﾐﾄﾞﾘ'},{'text':'早瀬 ミドリ'}]", "早瀬 ミドリ", "ﾊﾔｾ ﾐﾄﾞﾘ" },
		{ "[{'text':'ハヤセ ミドリ'}]", "ハヤセ ミドリ", "ハヤセ ミドリ" },
		{ "[{'use':'maiden','text':'森 ミドリ'},{'use':'official','text':'早瀬 ミドリ'}]",
		  "早瀬 ミドリ", "" },
		{ "[{'use':'old','text':'森 ミドリ'}]", "森 ミドリ", "" },
		{ "[{'family':'Lark','given':['Ada','B.'],'prefix':['Dr.']}]", "Lark Ada B.", "" },
		{ "[{'given':['Ada',null]}]", "Ada", "" },
	};
	char json[512];

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		snprintf(json, sizeof(json), "{'resourceType':'Patient','id':'x','name':%s}", examples[i][0]);
		const struct last *last = read_all(*state, json);
		expect_fine(last);
		assert_string_equal(last->patient.name, examples[i][1]);
		assert_string_equal(last->patient.kana, examples[i][2]);
	}
}

static void who_a_patient_is(void **state)
{
	struct world *world = *state;
	const struct last *last = read_all(world, "{'resourceType':'Patient','id':'9','name':[{'text':'あ'}]}");

	assert_string_equal(last->patient.identifiers[0]->system, "urn:tsunagi:source:set");
	assert_string_equal(last->patient.identifiers[0]->value, "9");
	world->fixture.source = "north";
	last = read_all(world, "{'resourceType':'Patient','id':'9','name':[{'text':'あ'}]}");
	assert_string_equal(last->patient.identifiers[0]->system, "urn:tsunagi:source:north");
	/* a named source has its ids for itself, whatever system they name */
	last = read_all(world, PATIENT);
	assert_string_equal(last->patient.identifiers[0]->system, "urn:a#north");
	world->fixture.source = "";
	last = read_all(world, "{'resourceType':'Patient','name':[{'text':'あ'}],"
			       "'identifier':[{'value':'7'},{'system':'s'},{'value':'7'}]}");
	assert_int_equal(last->patient.n_identifiers, 1);
	assert_string_equal(last->patient.identifiers[0]->value, "7");
}

static void patients_that_are_not_taken(void **state)
{
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'1'}"), FHIR_WRONG,
		      MSG_FHIR_NO_NAME);
	expect_reason(read_all(*state, "{'resourceType':'Patient','name':[{'text':'あ'}]}"), FHIR_WRONG,
		      MSG_FHIR_NO_IDENTITY);
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'1','name':[{'text':'あ'}],"
				       "'birthDate':'1941-02-30'}"), FHIR_WRONG, MSG_FHIR_DATE);
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'1','name':[{'text':'あ'}],"
				       "'link':[{'type':'replaced-by'}]}"), FHIR_SKIPPED,
		      MSG_FHIR_REPLACED);
}

/* ---- references --------------------------------------------------------------------------- */

#define CONDITION "{'resourceType':'Condition','id':'c','code':{'text':'腰痛'},"

static void references_lead_to_the_patient(void **state)
{
	static const char *const references[] = {
		"{'reference':'Patient/p1'}",
		"{'reference':'Patient/p1/_history/3'}",
		"{'reference':'https://fhir.example/r4/Patient/p1'}",
		"{'identifier':{'system':'urn:a','value':'1'}}",
		"{'reference':'Patient/elsewhere','identifier':{'system':'urn:a','value':'1'}}",
		"{'reference':'#in'},'contained':[{'resourceType':'Patient','id':'in',"
		"'identifier':[{'system':'urn:a','value':'1'}]}]",
	};
	struct world *world = *state;
	char json[1024], id[ID_SIZE];

	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		snprintf(json, sizeof(json), CONDITION "'subject':%s}\n" PATIENT, references[i]);
		const struct last *last = read_all(world, json);
		expect_fine(last);
		fixture_id(id, "urn:a", "1");
		assert_string_equal(last->entry.patient, id);
		assert_string_equal(last->entry.source->system, "urn:a");
		assert_string_equal(last->entry.source->value, "Condition/c");
	}
}

static void references_that_lead_nowhere(void **state)
{
	expect_reason(read_all(*state, CONDITION "'subject':{'reference':'Patient/p2'}}\n" PATIENT),
		      FHIR_WRONG, MSG_FHIR_UNKNOWN_PATIENT);
	expect_reason(read_all(*state, CONDITION "'subject':{'reference':'Group/p1'}}\n" PATIENT),
		      FHIR_SKIPPED, MSG_FHIR_NOT_A_PATIENT);
	expect_reason(read_all(*state, CONDITION "'subject':{'display':'早瀬'}}"), FHIR_WRONG,
		      MSG_FHIR_NO_SUBJECT);
	expect_reason(read_all(*state, CONDITION "'subject':{'reference':'urn:uuid:1'}}\n" PATIENT),
		      FHIR_WRONG, MSG_FHIR_UNKNOWN_PATIENT);
	expect_reason(read_all(*state, CONDITION "'subject':{'reference':'#in'}}\n" PATIENT), FHIR_WRONG,
		      MSG_FHIR_UNKNOWN_PATIENT);
}

#define BUNDLE(url, number, of) \
	"{'resourceType':'Bundle','type':'transaction','entry':[" \
	"{'fullUrl':'urn:uuid:c','resource':" CONDITION "'subject':{'reference':'" of "'}}}," \
	"{'fullUrl':'" url "','resource':{'resourceType':'Patient','id':'same'," \
	"'name':[{'text':'あ'}],'identifier':[{'system':'urn:b','value':'" number "'}]}}]}\n"

static void references_inside_their_bundle(void **state)
{
	struct world *world = *state;
	char id[ID_SIZE];

	/* both Bundles call their patient the same; each means its own */
	const struct last *last = read_all(world, BUNDLE("urn:uuid:p", "1", "urn:uuid:p")
						  BUNDLE("urn:uuid:p", "2", "urn:uuid:p"));
	expect_fine(last);
	fixture_id(id, "urn:b", "2");
	assert_string_equal(last->entry.patient, id);
	last = read_all(world, BUNDLE("urn:uuid:p", "1", "Patient/same")
			       BUNDLE("urn:uuid:p", "2", "Patient/same"));
	expect_fine(last);
	assert_string_equal(last->entry.patient, id);
	/* from outside, the name means two people */
	last = read_all(world, BUNDLE("urn:uuid:p", "1", "urn:uuid:p") BUNDLE("urn:uuid:p", "2", "urn:uuid:p")
			       CONDITION "'subject':{'reference':'Patient/same'}}");
	expect_reason(last, FHIR_WRONG, MSG_FHIR_AMBIGUOUS_PATIENT);
}

static void the_same_server_in_a_bundle(void **state)
{
	struct world *world = *state;
	const struct last *last = read_all(world,
		"{'resourceType':'Bundle','type':'searchset','entry':["
		"{'fullUrl':'http://a.example/Condition/c','resource':" CONDITION
		"'subject':{'reference':'Patient/p'}}},"
		"{'fullUrl':'http://b.example/Patient/p','resource':{'resourceType':'Patient','id':'p',"
		"'name':[{'text':'い'}],'identifier':[{'system':'urn:b','value':'1'}]}},"
		"{'fullUrl':'http://a.example/Patient/p','resource':{'resourceType':'Patient','id':'p',"
		"'name':[{'text':'あ'}],'identifier':[{'system':'urn:a','value':'1'}]}}]}");

	expect_fine(last);
	assert_string_equal(last->entry.source->system, "urn:a");
}

static void folders_are_worlds_of_their_own(void **state)
{
	struct world *world = *state;
	char id[ID_SIZE];

	read_all(world, PATIENT);
	world->fixture.folder = world->fixture.file = 2;
	read_all(world, "{'resourceType':'Patient','id':'p1','name':[{'text':'別人'}]}");
	const struct last *last = read_all(world, CONDITION SUBJECT "}");
	expect_fine(last);
	fixture_id(id, "urn:tsunagi:source:set", "p1");
	assert_string_equal(last->entry.patient, id);
	world->fixture.folder = world->fixture.file = 3;
	expect_reason(read_all(world, CONDITION SUBJECT "}"), FHIR_WRONG, MSG_FHIR_UNKNOWN_PATIENT);
}

/* ---- conditions and allergies ------------------------------------------------------------- */

static void conditions(void **state)
{
	const struct last *last = read_all(*state, PATIENT CONDITION SUBJECT
		",'recordedDate':'2024-05-06','onsetDateTime':'2020-03',"
		"'clinicalStatus':{'coding':[{'code':'active'}]}}");
	expect_fine(last);
	assert_int_equal(last->entry.content_case, Entry_CONTENT_CONDITION);
	assert_string_equal(last->entry.condition->name, "腰痛");
	assert_string_equal(last->entry.condition->onset, "2020-03");
	assert_false(last->entry.condition->resolved);
	assert_true(last->entry.occurred_ms == 1714921200000); /* midnight in Japan */

	last = read_all(*state, PATIENT "{'resourceType':'Condition','id':'c'," SUBJECT ",'code':{'coding':"
		"[{'system':'urn:icd','code':'J18.9','display':'肺炎'}]},"
		"'verificationStatus':{'coding':[{'code':'provisional'}]},'abatementDateTime':'2021'}");
	expect_fine(last);
	assert_string_equal(last->entry.condition->name, "肺炎（疑い）");
	assert_string_equal(last->entry.condition->code, "J18.9");
	assert_string_equal(last->entry.condition->code_system, "urn:icd");
	assert_true(last->entry.condition->resolved);
	expect_reason(read_all(*state, PATIENT CONDITION SUBJECT
			       ",'verificationStatus':{'coding':[{'code':'refuted'}]}}"),
		      FHIR_SKIPPED, MSG_FHIR_IN_ERROR);
	expect_reason(read_all(*state, PATIENT "{'resourceType':'Condition','id':'c'," SUBJECT "}"),
		      FHIR_WRONG, MSG_FHIR_MISSING);
}

#define ALLERGY "{'resourceType':'AllergyIntolerance','id':'a','patient':{'reference':'Patient/p1'},"

static void allergies(void **state)
{
	const struct last *last = read_all(*state, PATIENT ALLERGY
		"'criticality':'high','code':{'text':'ペニシリン','coding':[{'code':'00M'}]},"
		"'reaction':[{'manifestation':[{'text':'発疹'},{'text':'呼吸困難'}]}]}");
	expect_fine(last);
	assert_string_equal(last->entry.allergy->substance, "ペニシリン");
	assert_string_equal(last->entry.allergy->code, "00M");
	assert_string_equal(last->entry.allergy->reaction, "発疹、呼吸困難");
	assert_true(last->entry.allergy->severe);
	expect_reason(read_all(*state, PATIENT ALLERGY "'code':{'coding':[{'code':'716186003'}]}}"),
		      FHIR_SKIPPED, MSG_FHIR_NO_KNOWN_ALLERGY);
	expect_reason(read_all(*state, PATIENT ALLERGY "'code':{'text':'卵'},"
			       "'clinicalStatus':{'coding':[{'code':'resolved'}]}}"),
		      FHIR_SKIPPED, MSG_FHIR_NOT_ACTIVE);
}

/* ---- medicines ---------------------------------------------------------------------------- */

#define REQUEST "{'resourceType':'MedicationRequest','id':'m','intent':'order'," SUBJECT \
		",'medicationCodeableConcept':{'text':'ワルファリン','coding':[{'system':'urn:x','code':'1'}," \
		"{'system':'http://capstandard.jp/iyaku.info/CodeSystem/YJ-code','code':'3332001F1024'}]}," \
		"'authoredOn':'2024-05-06T09:00:00+09:00'"
#define STATEMENT "{'resourceType':'MedicationStatement','id':'m'," SUBJECT \
		  ",'medicationCodeableConcept':{'text':'ワルファリン'}"
#define START_MS 1714953600000

static void a_medicine_that_is_taken(void **state)
{
	const struct last *last = read_all(*state, PATIENT REQUEST ",'status':'active',"
		"'dosageInstruction':[{'text':'1日1回 2錠'},{'doseAndRate':[{'doseQuantity':{'value':0.5,'unit':'mg'}}],"
		"'timing':{'repeat':{'frequency':3,'period':1,'periodUnit':'d'}}},{'asNeededBoolean':true}]}");
	const Medication *m = last->entry.medication;

	expect_fine(last);
	assert_false(last->has_stop);
	assert_int_equal(m->action, MEDICATION_ACTION_START);
	assert_string_equal(m->name, "ワルファリン");
	assert_string_equal(m->code, "3332001F1024");
	assert_string_equal(m->dose, "1日1回 2錠、0.5 mg 1日3回、必要時");
	assert_true(last->entry.occurred_ms == START_MS);
}

static void status_of_a_medicine(void **state)
{
	static const struct {
		const char *json;
		enum message left_out; /* MSG_FHIR_OTHER: it is not */
		bool stopped;
	} examples[] = {
		{ REQUEST ",'status':'active'}", MSG_FHIR_OTHER, false },
		{ REQUEST ",'status':'stopped'}", MSG_FHIR_OTHER, true },
		{ REQUEST ",'status':'completed'}", MSG_FHIR_OTHER, true },
		{ REQUEST ",'status':'on-hold'}", MSG_FHIR_OTHER, true },
		{ REQUEST ",'status':'cancelled'}", MSG_FHIR_STATUS, false },
		{ REQUEST ",'status':'draft'}", MSG_FHIR_STATUS, false },
		{ REQUEST ",'status':'whatever'}", MSG_FHIR_STATUS, false },
		{ REQUEST ",'status':'entered-in-error'}", MSG_FHIR_IN_ERROR, false },
		{ REQUEST ",'status':'active','doNotPerform':true}", MSG_FHIR_NOT_TAKEN, false },
		{ STATEMENT ",'status':'intended'}", MSG_FHIR_INTENT, false },
		{ STATEMENT ",'status':'not-taken'}", MSG_FHIR_NOT_TAKEN, false },
		{ STATEMENT ",'status':'active'}", MSG_FHIR_OTHER, false },
		{ STATEMENT ",'status':'completed'}", MSG_FHIR_OTHER, true },
		/* JP-CLINS: always "completed" */
		{ REQUEST ",'status':'completed','meta':{'profile':['http://x/JP_MedicationRequest_eCS']}}",
		  MSG_FHIR_OTHER, false },
		{ REQUEST ",'status':'completed','meta':{'profile':['http://x/JP_MedicationRequest_eCS']},"
		  "'dosageInstruction':[{'timing':{'repeat':{'boundsDuration':{'value':7,'code':'d'}}}}]}",
		  MSG_FHIR_OTHER, true },
		{ REQUEST ",'status':'completed','extension':[{'url':'urn:x:medicationrequest-effective-status',"
		  "'valueCode':'active'}]}", MSG_FHIR_OTHER, false },
		{ REQUEST ",'status':'completed','extension':[{'url':'urn:x:medicationrequest-effective-status',"
		  "'valueCode':'stopped'}]}", MSG_FHIR_OTHER, true },
	};
	char json[2048];

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		snprintf(json, sizeof(json), "%s%s", PATIENT, examples[i].json);
		const struct last *last = read_all(*state, json);
		bool taken = examples[i].left_out == MSG_FHIR_OTHER;
		expect_reason(last, taken ? FHIR_FINE : FHIR_SKIPPED, examples[i].left_out);
		assert_int_equal(last->has_entry, taken);
		assert_int_equal(last->has_stop, examples[i].stopped);
	}
	expect_reason(read_all(*state, PATIENT REQUEST "}"), FHIR_WRONG, MSG_FHIR_MISSING);
	expect_reason(read_all(*state, PATIENT "{'resourceType':'MedicationRequest','id':'m','intent':'plan',"
			       "'status':'active'}"), FHIR_SKIPPED, MSG_FHIR_INTENT);
}

static void the_stop_of_a_medicine(void **state)
{
	const struct last *last = read_all(*state, PATIENT STATEMENT
		",'status':'stopped','statusReason':[{'text':'出血'}],"
		"'effectivePeriod':{'start':'2024-05-06T09:00:00+09:00','end':'2024-05-08T09:00:00+09:00'}}");

	expect_fine(last);
	assert_true(last->entry.occurred_ms == START_MS);
	assert_string_equal(last->stop.patient, last->entry.patient);
	assert_int_equal(last->stop.medication->action, MEDICATION_ACTION_STOP);
	assert_string_equal(last->stop.medication->reason, "出血");
	assert_true(last->stop.occurred_ms == START_MS + 2 * 24 * 3600 * 1000);
	assert_string_equal(last->entry.source->value, "MedicationStatement/m");
	assert_string_equal(last->stop.source->value, "MedicationStatement/m#stop");
	/* nobody says when: then, and so it says */
	last = read_all(*state, PATIENT REQUEST ",'status':'stopped'}");
	assert_true(last->stop.occurred_ms == START_MS);
	assert_string_equal(last->stop.medication->reason, "中止（取り込み元の記載）、終了日の記載なし");
}

static void medicines_by_reference(void **state)
{
	const struct last *last = read_all(*state, PATIENT
		"{'resourceType':'MedicationRequest','id':'m'," SUBJECT ",'status':'active',"
		"'medicationReference':{'reference':'#x'},'contained':[{'resourceType':'Medication','id':'x',"
		"'code':{'coding':[{'system':'urn:s','code':'5','display':'エドキサバン'}]}}]}");
	expect_fine(last);
	assert_string_equal(last->entry.medication->name, "エドキサバン");
	last = read_all(*state, PATIENT
		"{'resourceType':'MedicationRequest','id':'m'," SUBJECT ",'status':'active',"
		"'medicationReference':{'reference':'Medication/x'}}\n"
		"{'resourceType':'Medication','id':'x','code':{'text':'アスピリン','coding':[{'code':'7'}]}}");
	expect_fine(last);
	assert_string_equal(last->entry.medication->name, "アスピリン");
	assert_string_equal(last->entry.medication->code, "7");
	last = read_all(*state, PATIENT
		"{'resourceType':'MedicationRequest','id':'m'," SUBJECT ",'status':'active',"
		"'medicationReference':{'reference':'Medication/gone'}}");
	expect_reason(last, FHIR_WRONG, MSG_FHIR_MISSING);
}

/* ---- observations ------------------------------------------------------------------------- */

static const struct last *observe(void **state, const char *code, const char *rest)
{
	char json[2048];

	snprintf(json, sizeof(json), "%s{'resourceType':'Observation','id':'o','status':'final'," SUBJECT
		 ",'effectiveDateTime':'2024-05-06T09:00:00.101254+09:00','code':{'coding':[{'system':"
		 "'http://loinc.org','code':'%s'}]},%s}", PATIENT, code, rest);
	return read_all(*state, json);
}

#define QUANTITY(value, unit) "'valueQuantity':{'value':" value ",'unit':'" unit "'}"

static void vital_signs(void **state)
{
	const struct last *last = observe(state, "85354-9",
		"'component':[{'code':{'coding':[{'system':'http://loinc.org','code':'8480-6'}]},"
		"'valueQuantity':{'value':128.4,'unit':'mmHg','code':'mm[Hg]'}},"
		"{'code':{'coding':[{'system':'http://loinc.org','code':'8462-4'}]},"
		QUANTITY("75.6", "mmHg") "}]");
	expect_fine(last);
	assert_int_equal(last->entry.vital_signs->systolic_mmhg, 128);
	assert_int_equal(last->entry.vital_signs->diastolic_mmhg, 76);
	assert_true(last->entry.occurred_ms == START_MS + 101);
	last = observe(state, "8867-4", QUANTITY("72", "/min"));
	assert_int_equal(last->entry.vital_signs->pulse_bpm, 72);
	last = observe(state, "2708-6", QUANTITY("99.1", "%"));
	assert_int_equal(last->entry.vital_signs->spo2_percent, 99);
	last = observe(state, "9279-1", QUANTITY("16", "{breaths}/min"));
	assert_int_equal(last->entry.vital_signs->respiratory_rate, 16);
	last = observe(state, "8310-5", QUANTITY("36.84", "Cel"));
	assert_true(last->entry.vital_signs->temperature_celsius == 36.8);
	last = observe(state, "8310-5", QUANTITY("98.6", "[degF]"));
	assert_true(last->entry.vital_signs->temperature_celsius == 37.0);
	last = observe(state, "8480-6", "'valueQuantity':{'value':111.6}"); /* no unit: only one is possible */
	assert_int_equal(last->entry.vital_signs->systolic_mmhg, 112);
}

static void weight_and_renal_function(void **state)
{
	const struct last *last = observe(state, "29463-7", QUANTITY("54321", "g"));
	expect_fine(last);
	assert_int_equal(last->entry.observation->kind, ENTRY_KIND_WEIGHT);
	assert_true(last->entry.observation->weight_kg == 54.32);
	last = observe(state, "2160-0", QUANTITY("1.02", "mg/dL"));
	assert_int_equal(last->entry.observation->kind, ENTRY_KIND_RENAL);
	assert_true(last->entry.observation->creatinine_mg_dl == 1.02);
	last = observe(state, "14682-9", QUANTITY("88.42", "umol/L"));
	assert_true(last->entry.observation->creatinine_mg_dl == 1.0);
	last = observe(state, "33914-3", QUANTITY("55.5", "mL/min/{1.73_m2}"));
	assert_true(last->entry.observation->egfr == 55.5);
	last = read_all(*state, PATIENT "{'resourceType':'Observation','id':'o','status':'final'," SUBJECT
		",'code':{'coding':[{'system':'urn:oid:1.2.392.200119.4.504','code':'8A065000002391901'}]},"
		QUANTITY("40", "mL/min/1.73m2") "}");
	expect_fine(last);
	assert_true(last->entry.observation->egfr == 40);
}

static void observations_that_are_not_taken(void **state)
{
	expect_reason(observe(state, "8302-2", QUANTITY("170", "cm")), FHIR_SKIPPED, MSG_FHIR_CODE);
	expect_reason(observe(state, "8867-4", "'valueString':'fast'"), FHIR_SKIPPED, MSG_FHIR_NO_VALUE);
	expect_reason(observe(state, "8867-4", QUANTITY("72", "kg")), FHIR_WRONG, MSG_FHIR_UNIT);
	expect_reason(observe(state, "29463-7", "'valueQuantity':{'value':50}"), FHIR_WRONG, MSG_FHIR_UNIT);
	expect_reason(observe(state, "8867-4", QUANTITY("-72", "/min")), FHIR_WRONG, MSG_FHIR_NUMBER);
	expect_reason(observe(state, "8867-4", QUANTITY("1e300", "/min")), FHIR_WRONG, MSG_FHIR_NUMBER);
	expect_reason(observe(state, "33914-3", "'valueQuantity':{'value':60,'comparator':'>','unit':"
			      "'mL/min'}"), FHIR_SKIPPED, MSG_FHIR_BOUND);
	expect_reason(read_all(*state, PATIENT "{'resourceType':'Observation','id':'o','status':'cancelled',"
			       "'code':{'coding':[{'system':'http://loinc.org','code':'8867-4'}]}}"),
		      FHIR_SKIPPED, MSG_FHIR_STATUS);
}

/* ---- the same again, and nonsense --------------------------------------------------------- */

static void without_an_id_the_content_is_the_identity(void **state)
{
	const struct last *last = read_all(*state, PATIENT "{'resourceType':'Condition','code':{'text':'腰痛'},"
					   SUBJECT "}");
	char *value = strdup(last->entry.source->value);

	assert_int_equal(strncmp(value, "Condition/sha256-", 17), 0);
	last = read_all(*state, PATIENT "{ " SUBJECT ",'code':{'text':'腰痛'}, 'resourceType':'Condition'}");
	assert_string_equal(last->entry.source->value, value);
	last = read_all(*state, PATIENT "{'resourceType':'Condition','code':{'text':'肩痛'}," SUBJECT "}");
	assert_string_not_equal(last->entry.source->value, value);
	free(value);
}

/* Each member of each resource in turn becomes something of another JSON type. */
static void wrong_types_everywhere(void **state)
{
	static const char *const others[] = { "5", "'x'", "[]", "{}", "true", "[5]", "['x']", "[{}]",
					      "[[{}]]", "{'coding':5}", "{'coding':[5]}", "{'reference':5}",
					      "{'value':'x'}", "[{'coding':'x'}]", "1e400" };
	static const char *const types[] = { "Patient", "AllergyIntolerance", "Condition",
					     "MedicationRequest", "MedicationStatement", "Observation",
					     "CareTeam", "Medication" };
	static const char *const members[] = { "id", "name", "identifier", "telecom", "address", "contact",
		"link", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime", "subject", "patient",
		"code", "status", "clinicalStatus", "verificationStatus", "onsetDateTime", "recordedDate",
		"abatementDateTime", "reaction", "criticality", "meta", "extension", "intent", "dosage",
		"medicationCodeableConcept", "medicationReference", "dosageInstruction", "authoredOn",
		"effectivePeriod", "reasonCode", "statusReason", "doNotPerform", "valueQuantity", "component",
		"effectiveDateTime", "participant", "contained", "ingredient" };
	char json[1024];

	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
		for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++)
			for (size_t o = 0; o < sizeof(others) / sizeof(others[0]); o++) {
				snprintf(json, sizeof(json), PATIENT "{'resourceType':'%s','%s':%s}", types[t],
					 members[m], others[o]);
				read_all(*state, json);
				snprintf(json, sizeof(json), "{'resourceType':'%s','id':'1','status':'final',"
					 "'code':{'coding':[{'system':'http://loinc.org','code':'8867-4'}]},"
					 "'%s ':1,'%s':%s}", types[t], members[m],
					 strcmp(members[m], "id") && strcmp(members[m], "status") &&
					 strcmp(members[m], "code") ? members[m] : "x", others[o]);
				read_all(*state, json);
			}
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'1','name':'あ'}"), FHIR_WRONG,
		      MSG_FHIR_FIELD_TYPE);
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'1','id':'2'}"), FHIR_WRONG,
		      MSG_FHIR_SYNTAX);
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'\xff'}"), FHIR_WRONG,
		      MSG_FHIR_SYNTAX);
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':'a\\u0000b'}"), FHIR_WRONG,
		      MSG_FHIR_SYNTAX);
	expect_reason(read_all(*state, "{'resourceType':'Patient','id':99999999999999999999}"), FHIR_WRONG,
		      MSG_FHIR_SYNTAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_japanese_patient),
		TEST(names_in_other_shapes),
		TEST(who_a_patient_is),
		TEST(patients_that_are_not_taken),
		TEST(references_lead_to_the_patient),
		TEST(references_that_lead_nowhere),
		TEST(references_inside_their_bundle),
		TEST(the_same_server_in_a_bundle),
		TEST(folders_are_worlds_of_their_own),
		TEST(conditions),
		TEST(allergies),
		TEST(a_medicine_that_is_taken),
		TEST(status_of_a_medicine),
		TEST(the_stop_of_a_medicine),
		TEST(medicines_by_reference),
		TEST(vital_signs),
		TEST(weight_and_renal_function),
		TEST(observations_that_are_not_taken),
		TEST(without_an_id_the_content_is_the_identity),
		TEST(wrong_types_everywhere),
	};
	return cmocka_run_group_tests_name("fhir_map", tests, NULL, NULL);
}
