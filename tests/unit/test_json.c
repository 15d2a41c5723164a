/* If this failed, a script that reads --json would get something else than protobuf-JSON. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "names.h"

/* Text in a field, which protobuf-c wants writable. */
#define WRITABLE(text) ((char[]){text})

static void expect(const ProtobufCMessage *message, const char *expected)
{
	json_t *value = json_of_message(message);
	char *text = json_dumps(value, JSON_COMPACT);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void names_are_lower_camel_case(void **state)
{
	char name[32];

	(void)state;
	json_name("vital_signs", name, sizeof(name));
	assert_string_equal(name, "vitalSigns");
	json_name("spo2_percent", name, sizeof(name));
	assert_string_equal(name, "spo2Percent");
	json_name("egfr", name, sizeof(name));
	assert_string_equal(name, "egfr");
	json_name("a_very_long_name", name, 6);
	assert_string_equal(name, "aVery");
}

static void defaults_are_left_out(void **state)
{
	Patient patient = Patient_INIT;

	(void)state;
	expect(&patient.base, "{}");
	patient.deceased = true;
	patient.sex = PATIENT_SEX_FEMALE;
	patient.id = WRITABLE("X");
	expect(&patient.base, "{\"id\":\"X\",\"sex\":\"FEMALE\",\"deceased\":true}");
}

static void long_numbers_are_strings(void **state)
{
	Reply reply = Reply_INIT;
	NextVisit visit = NextVisit_INIT;

	(void)state;
	reply.position = UINT64_MAX;
	expect(&reply.base, "{\"position\":\"18446744073709551615\"}");
	visit.visit_ms = -1;
	expect(&visit.base, "{\"visitMs\":\"-1\"}");
}

static void numbers_are_numbers(void **state)
{
	VitalSigns signs = VitalSigns_INIT;
	Observation odd = Observation_INIT;

	(void)state;
	signs.spo2_percent = 86;
	signs.temperature_celsius = 36.8;
	json_t *value = json_of_message(&signs.base);
	assert_int_equal(json_integer_value(json_object_get(value, "spo2Percent")), 86);
	assert_true(fabs(json_real_value(json_object_get(value, "temperatureCelsius")) - 36.8) <
		    1e-9);
	json_decref(value);
	odd.egfr = NAN;
	expect(&odd.base, "{\"egfr\":\"NaN\"}");
}

static void bytes_are_base64(void **state)
{
	Witnessed witnessed = Witnessed_INIT;
	uint8_t hash[] = {0, 255, 16, 32};

	(void)state;
	witnessed.hash.data = hash;
	witnessed.hash.len = sizeof(hash);
	expect(&witnessed.base, "{\"hash\":\"AP8QIA==\"}");
}

static void lists_and_messages_nest(void **state)
{
	Entry entry = Entry_INIT;
	Question question = Question_INIT;
	Profession professions[] = {PROFESSION_NURSE, PROFESSION_CARE_MANAGER};
	char *corrected[] = {WRITABLE("A"), WRITABLE("B")};

	(void)state;
	entry.content_case = Entry_CONTENT_QUESTION;
	entry.question = &question;
	entry.corrected_by = corrected;
	entry.n_corrected_by = 2;
	question.professions = professions;
	question.n_professions = 2;
	expect(&entry.base, "{\"question\":{\"professions\":[\"NURSE\",\"CARE_MANAGER\"]},"
			    "\"correctedBy\":[\"A\",\"B\"]}");
}

/* Only the member that is chosen, and that even when it is empty. */
static void one_of_several(void **state)
{
	Entry entry = Entry_INIT;
	Note note = Note_INIT;

	(void)state;
	entry.content_case = Entry_CONTENT_NOTE;
	entry.note = &note;
	expect(&entry.base, "{\"note\":{}}");
}

static void unknown_enum_values_stay_numbers(void **state)
{
	Entry entry = Entry_INIT;

	(void)state;
	entry.kind = (EntryKind)999;
	expect(&entry.base, "{\"kind\":999}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_lower_camel_case),
		cmocka_unit_test(defaults_are_left_out),
		cmocka_unit_test(long_numbers_are_strings),
		cmocka_unit_test(numbers_are_numbers),
		cmocka_unit_test(bytes_are_base64),
		cmocka_unit_test(lists_and_messages_nest),
		cmocka_unit_test(one_of_several),
		cmocka_unit_test(unknown_enum_values_stay_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
