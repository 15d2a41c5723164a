/*
 * FHIR Observation to vital signs, body weight or renal function, by LOINC code or by the first five
 * characters of a JLAC code (JLAC10 and 11 agree in them). All other observations are left out.
 */
#include <math.h>
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "clients/cli/fhir_map.h"
#include "codec.h"

enum measure { NONE, PANEL, SYSTOLIC, DIASTOLIC, PULSE, TEMPERATURE, SPO2, RESPIRATION, WEIGHT,
	       CREATININE, EGFR, MEASURES };

static const struct {
	const char *code;
	enum measure measure;
} loinc[] = {
	{ "85354-9", PANEL },      /* blood pressure, with its parts as components */
	{ "55284-4", PANEL },      /* the same, older */
	{ "35094-2", PANEL },
	{ "85353-1", PANEL },      /* all vital signs */
	{ "8480-6", SYSTOLIC },
	{ "8462-4", DIASTOLIC },
	{ "8867-4", PULSE },
	{ "8889-8", PULSE },       /* by pulse oximetry */
	{ "8893-0", PULSE },       /* by palpation */
	{ "8310-5", TEMPERATURE },
	{ "8328-7", TEMPERATURE }, /* axillary */
	{ "8331-1", TEMPERATURE }, /* oral */
	{ "8332-9", TEMPERATURE }, /* rectal */
	{ "8333-7", TEMPERATURE }, /* tympanic */
	{ "2708-6", SPO2 },
	{ "59408-5", SPO2 },       /* by pulse oximetry */
	{ "9279-1", RESPIRATION },
	{ "29463-7", WEIGHT },
	{ "3141-9", WEIGHT },      /* measured */
	{ "2160-0", CREATININE },  /* serum or plasma */
	{ "38483-4", CREATININE }, /* blood */
	{ "14682-9", CREATININE }, /* serum or plasma, in moles */
	{ "33914-3", EGFR },       /* MDRD */
	{ "48642-3", EGFR },
	{ "62238-1", EGFR },       /* CKD-EPI */
	{ "69405-9", EGFR },
	{ "77147-7", EGFR },
	{ "88294-4", EGFR },
	{ "98979-8", EGFR },       /* CKD-EPI 2021 */
};

static const struct {
	const char *analyte;
	enum measure measure;
} jlac[] = {
	{ "3C015", CREATININE }, { "8A065", EGFR },      { "9N006", WEIGHT },   { "9N121", PULSE },
	{ "9A750", SYSTOLIC },   { "9A751", SYSTOLIC },  { "9A752", SYSTOLIC }, { "9A755", SYSTOLIC },
	{ "9A760", DIASTOLIC },  { "9A761", DIASTOLIC }, { "9A762", DIASTOLIC },
	{ "9A765", DIASTOLIC },
};

static const struct unit {
	enum measure measure;
	const char *name; /* "*": those that begin so far */
	double factor, offset;
} units[] = {
	{ SYSTOLIC, "mm[Hg]", 1, 0 },   { SYSTOLIC, "mmHg", 1, 0 },
	{ SYSTOLIC, "kPa", 7.50062, 0 },
	{ DIASTOLIC, "mm[Hg]", 1, 0 },  { DIASTOLIC, "mmHg", 1, 0 },
	{ DIASTOLIC, "kPa", 7.50062, 0 },
	{ PULSE, "/min", 1, 0 },        { PULSE, "1/min", 1, 0 },     { PULSE, "bpm", 1, 0 },
	{ PULSE, "beats/min*", 1, 0 },  { PULSE, "{*", 1, 0 },        { PULSE, "回/分", 1, 0 },
	{ PULSE, "拍/分", 1, 0 },       { RESPIRATION, "/min", 1, 0 }, { RESPIRATION, "1/min", 1, 0 },
	{ RESPIRATION, "{*", 1, 0 },    { RESPIRATION, "breaths/min*", 1, 0 },
	{ RESPIRATION, "回/分", 1, 0 }, { SPO2, "%", 1, 0 },          { SPO2, "％", 1, 0 },
	{ TEMPERATURE, "Cel", 1, 0 },   { TEMPERATURE, "C", 1, 0 },   { TEMPERATURE, "°C", 1, 0 },
	{ TEMPERATURE, "℃", 1, 0 },    { TEMPERATURE, "degrees C", 1, 0 },
	{ TEMPERATURE, "[degF]", 5 / 9.0, -160 / 9.0 },
	{ TEMPERATURE, "degF", 5 / 9.0, -160 / 9.0 },
	{ TEMPERATURE, "F", 5 / 9.0, -160 / 9.0 },      { TEMPERATURE, "°F", 5 / 9.0, -160 / 9.0 },
	{ WEIGHT, "kg", 1, 0 },         { WEIGHT, "g", 0.001, 0 },
	{ WEIGHT, "[lb_av]", 0.45359237, 0 }, { WEIGHT, "lb*", 0.45359237, 0 },
	{ CREATININE, "mg/dL", 1, 0 },  { CREATININE, "mg/dl", 1, 0 },
	{ CREATININE, "umol/L", 1 / 88.42, 0 }, { CREATININE, "μmol/L", 1 / 88.42, 0 },
	{ CREATININE, "µmol/L", 1 / 88.42, 0 }, { CREATININE, "umol/l", 1 / 88.42, 0 },
	{ CREATININE, "mmol/L", 1000 / 88.42, 0 },
	{ EGFR, "mL/min*", 1, 0 },      { EGFR, "ml/min*", 1, 0 },
	/* None is given: where FHIR's vital signs profile leaves no other. */
	{ SYSTOLIC, "", 1, 0 },         { DIASTOLIC, "", 1, 0 },      { PULSE, "", 1, 0 },
	{ RESPIRATION, "", 1, 0 },      { SPO2, "", 1, 0 },
};

static enum measure measure_of(struct fhir_mapper *mapper, const json_t *object)
{
	const json_t *code = fhir_object(&mapper->verdict, object, "code");
	const char *system, *value;

	for (size_t i = 0; fhir_coding(&mapper->verdict, code, i, &system, &value); i++) {
		bool is_loinc = strstr(system, "loinc.org");
		bool is_jlac = !strncmp(system, "urn:oid:1.2.392.200119.4.", 25);
		for (size_t j = 0; is_loinc && j < sizeof(loinc) / sizeof(loinc[0]); j++)
			if (!strcmp(loinc[j].code, value))
				return loinc[j].measure;
		for (size_t j = 0; is_jlac && j < sizeof(jlac) / sizeof(jlac[0]); j++)
			if (!strncmp(jlac[j].analyte, value, strlen(jlac[j].analyte)))
				return jlac[j].measure;
	}
	return NONE;
}

static bool unit_is(const char *name, const char *unit)
{
	size_t length = strlen(name);

	if (length && name[length - 1] == '*')
		return !strncmp(name, unit, length - 1);
	return !strcmp(name, unit);
}

static const struct unit *find_unit(enum measure measure, const char *name)
{
	for (size_t i = 0; name && i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].measure == measure && unit_is(units[i].name, name))
			return &units[i];
	return NULL;
}

/* What was measured, in our unit. False: nothing that can be told as a number. */
static bool read_value(struct fhir_mapper *mapper, const json_t *object, enum measure measure,
		       double *out)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *quantity = fhir_object(verdict, object, "valueQuantity");
	const char *code = fhir_text(verdict, quantity, "code");
	const char *text = fhir_text(verdict, quantity, "unit");
	double value;

	if (!fhir_number(verdict, quantity, "value", &value))
		return false;
	if (fhir_text(verdict, quantity, "comparator"))
		return fhir_skip(verdict, MSG_FHIR_BOUND, NULL);
	const struct unit *unit = find_unit(measure, code ? code : text ? text : "");
	if (!unit)
		unit = find_unit(measure, text);
	if (!unit)
		return fhir_wrong(verdict, MSG_FHIR_UNIT, "%s", code ? code : text ? text : "");
	*out = value * unit->factor + unit->offset;
	/* The service says what can be true of a patient; here, what a field can hold. */
	if (!(*out > 0 && *out < 1e6))
		return fhir_wrong(verdict, MSG_FHIR_NUMBER, "%g %s", value, code ? code : "");
	return true;
}

static bool is_known(struct fhir_mapper *mapper, const json_t *resource)
{
	bool known = measure_of(mapper, resource) != NONE;
	const json_t *component;

	for (size_t i = 0;
	     (component = fhir_item_at(&mapper->verdict, resource, "component", i)); i++)
		known |= measure_of(mapper, component) != NONE;
	return known;
}

static void collect(struct fhir_mapper *mapper, const json_t *object, double values[MEASURES])
{
	enum measure measure = measure_of(mapper, object);

	if (measure != NONE && measure != PANEL)
		read_value(mapper, object, measure, &values[measure]);
}

static uint32_t whole(double value)
{
	return (uint32_t)lround(value);
}

static bool make_vital_signs(struct fhir_mapper *mapper, Entry *entry, const double *values)
{
	VitalSigns *signs;

	if (values[SYSTOLIC] + values[DIASTOLIC] + values[PULSE] + values[TEMPERATURE] +
	    values[SPO2] + values[RESPIRATION] == 0)
		return false;
	if (!(signs = NEW(VitalSigns, mapper->arena)))
		return false;
	signs->systolic_mmhg = whole(values[SYSTOLIC]);
	signs->diastolic_mmhg = whole(values[DIASTOLIC]);
	signs->pulse_bpm = whole(values[PULSE]);
	signs->temperature_celsius = round(values[TEMPERATURE] * 10) / 10;
	signs->spo2_percent = whole(values[SPO2]);
	signs->respiratory_rate = whole(values[RESPIRATION]);
	entry->content_case = Entry_CONTENT_VITAL_SIGNS;
	entry->vital_signs = signs;
	return true;
}

static bool make_observation(struct fhir_mapper *mapper, Entry *entry, const double *values)
{
	bool weight = values[WEIGHT] > 0, renal = values[CREATININE] > 0 || values[EGFR] > 0;
	Observation *observation;

	if ((!weight && !renal) || !(observation = NEW(Observation, mapper->arena)))
		return false;
	observation->kind = weight ? ENTRY_KIND_WEIGHT : ENTRY_KIND_RENAL;
	observation->weight_kg = round(values[WEIGHT] * 100) / 100;
	if (!weight) {
		observation->creatinine_mg_dl = round(values[CREATININE] * 1000) / 1000;
		observation->egfr = round(values[EGFR] * 100) / 100;
	}
	entry->content_case = Entry_CONTENT_OBSERVATION;
	entry->observation = observation;
	return true;
}

static void check_status(struct fhir_mapper *mapper, const json_t *resource)
{
	static const char *const good[] = { "final", "amended", "corrected", "preliminary" };
	const char *status = fhir_text(&mapper->verdict, resource, "status");

	if (!status) {
		fhir_wrong(&mapper->verdict, MSG_FHIR_MISSING, "status");
		return;
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!strcmp(status, good[i]))
			return;
	fhir_skip(&mapper->verdict,
		  strcmp(status, "entered-in-error") ? MSG_FHIR_STATUS : MSG_FHIR_IN_ERROR, "%s",
		  status);
}

static void find_time(struct fhir_mapper *mapper, const json_t *resource, Entry *entry)
{
	static const char *const times[] = { "effectiveDateTime", "effectiveInstant", "issued",
					     NULL };
	const json_t *period = fhir_object(&mapper->verdict, resource, "effectivePeriod");

	if (!fhir_time(&mapper->verdict, period, "start", &entry->occurred_ms))
		fhir_occurred(mapper, resource, entry, times);
}

void fhir_observation(struct fhir_mapper *mapper, const json_t *resource, Entry *entry)
{
	double values[MEASURES] = { 0 };
	const json_t *component;

	if (!is_known(mapper, resource)) {
		fhir_skip(&mapper->verdict, MSG_FHIR_CODE, NULL);
		return;
	}
	check_status(mapper, resource);
	collect(mapper, resource, values);
	for (size_t i = 0;
	     (component = fhir_item_at(&mapper->verdict, resource, "component", i)); i++)
		collect(mapper, component, values);
	find_time(mapper, resource, entry);
	if (!make_vital_signs(mapper, entry, values) && !make_observation(mapper, entry, values))
		fhir_skip(&mapper->verdict, MSG_FHIR_NO_VALUE, NULL);
}
