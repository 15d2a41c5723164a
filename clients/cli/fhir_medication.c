/*
 * FHIR MedicationRequest and MedicationStatement to the start of a medicine, and to its stop where it
 * is not taken any more.
 *
 *	status                                    becomes
 *	active                                    start
 *	completed, stopped, on-hold               start, stop at the end it names (else at the start)
 *	cancelled, draft, unknown                 left out: it was never given, or nobody knows
 *	not-taken, and doNotPerform               left out
 *	intended, and intent proposal, plan, …    left out
 *	entered-in-error                          left out
 *
 * Two things overrule the status: the effective status in an extension; and that JP-CLINS (eCS) fixes
 * it as `completed` for every prescription, so that it says nothing there: such a medicine is taken
 * unless the prescription itself has an end that is past.
 */
#include <math.h>
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "clients/cli/fhir_map.h"
#include "codec.h"

#define DAY_MS (24.0 * 3600 * 1000)

/* ---- status ------------------------------------------------------------------------------- */

enum course { TAKEN, ENDED, BY_DATE };

static const struct status {
	const char *code;
	enum message left_out; /* MSG_FHIR_OTHER: it is not */
	bool ended;
	const char *reason;
} statuses[] = {
	{ "active", MSG_FHIR_OTHER, false, "" },
	{ "completed", MSG_FHIR_OTHER, true, "終了（取り込み元の記載）" },
	{ "stopped", MSG_FHIR_OTHER, true, "中止（取り込み元の記載）" },
	{ "on-hold", MSG_FHIR_OTHER, true, "中断（取り込み元の記載）" },
	{ "cancelled", MSG_FHIR_STATUS, false, "" },
	{ "draft", MSG_FHIR_STATUS, false, "" },
	{ "unknown", MSG_FHIR_STATUS, false, "" },
	{ "intended", MSG_FHIR_INTENT, false, "" },
	{ "not-taken", MSG_FHIR_NOT_TAKEN, false, "" },
	{ "entered-in-error", MSG_FHIR_IN_ERROR, false, "" },
};

static bool is_ecs(struct fhir_mapper *mapper, const json_t *resource)
{
	const json_t *meta = fhir_object(&mapper->verdict, resource, "meta");
	const char *profile;

	for (size_t i = 0; (profile = fhir_text_at(&mapper->verdict, meta, "profile", i)); i++)
		if (strstr(profile, "JP_MedicationRequest_eCS"))
			return true;
	return false;
}

static const struct status *find_status(struct fhir_mapper *mapper, const json_t *resource,
					enum course *course)
{
	const json_t *effective = fhir_extension(&mapper->verdict, resource,
						 "medicationrequest-effective-status");
	const char *own = fhir_text(&mapper->verdict, resource, "status");
	const char *code = fhir_text(&mapper->verdict, effective, "valueCode");
	bool by_date = !code && own && !strcmp(own, "completed") && is_ecs(mapper, resource);

	if (!code)
		code = own;
	if (!code) {
		fhir_wrong(&mapper->verdict, MSG_FHIR_MISSING, "status");
		return NULL;
	}
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcmp(statuses[i].code, code))
			continue;
		*course = by_date ? BY_DATE : statuses[i].ended ? ENDED : TAKEN;
		if (statuses[i].left_out == MSG_FHIR_OTHER)
			return &statuses[i];
		fhir_skip(&mapper->verdict, statuses[i].left_out, "%s", code);
		return NULL;
	}
	fhir_skip(&mapper->verdict, MSG_FHIR_STATUS, "%s", code);
	return NULL;
}

static void check_intent(struct fhir_mapper *mapper, const json_t *resource)
{
	static const char *const intents[] = { "proposal", "plan", "option" };
	const char *intent = fhir_text(&mapper->verdict, resource, "intent");

	for (size_t i = 0; intent && i < 3; i++)
		if (!strcmp(intent, intents[i]))
			fhir_skip(&mapper->verdict, MSG_FHIR_INTENT, "%s", intent);
	if (fhir_bool(&mapper->verdict, resource, "doNotPerform"))
		fhir_skip(&mapper->verdict, MSG_FHIR_NOT_TAKEN, "doNotPerform");
}

/* ---- when it ends ------------------------------------------------------------------------- */

static double unit_ms(const char *unit)
{
	static const struct {
		const char *code;
		double days;
	} units[] = { { "d", 1 }, { "wk", 7 }, { "mo", 30 }, { "a", 365 }, { "h", 1 / 24.0 },
		      { "min", 1 / 1440.0 }, { "s", 1 / 86400.0 } };

	for (size_t i = 0; unit && i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit, units[i].code))
			return units[i].days * DAY_MS;
	return 0;
}

static void latest(int64_t *end_ms, int64_t other_ms)
{
	if (other_ms && (!*end_ms || other_ms > *end_ms))
		*end_ms = other_ms;
}

static int64_t end_of_period(struct fhir_mapper *mapper, const json_t *object, const char *member)
{
	const json_t *period = fhir_object(&mapper->verdict, object, member);
	int64_t end_ms = 0;

	fhir_time(&mapper->verdict, period, "end", &end_ms);
	return end_ms;
}

static int64_t end_of_duration(struct fhir_mapper *mapper, const json_t *object, const char *member,
			       int64_t start_ms)
{
	const json_t *duration = fhir_object(&mapper->verdict, object, member);
	double value = 0, unit = unit_ms(fhir_text(&mapper->verdict, duration, "code"));

	if (!start_ms || !unit || !fhir_number(&mapper->verdict, duration, "value", &value))
		return 0;
	double length_ms = value * unit;
	return length_ms > 0 && length_ms < 200 * 365 * DAY_MS ? start_ms + (int64_t)length_ms : 0;
}

/* 0: it does not say. */
static int64_t find_end(struct fhir_mapper *mapper, const json_t *resource, const char *dosages,
			int64_t start_ms)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	int64_t end_ms = end_of_period(mapper, resource, "effectivePeriod");
	const json_t *dosage;

	for (size_t i = 0; (dosage = fhir_item_at(verdict, resource, dosages, i)); i++) {
		const json_t *timing = fhir_object(verdict, dosage, "timing");
		const json_t *repeat = fhir_object(verdict, timing, "repeat");
		latest(&end_ms, end_of_period(mapper, repeat, "boundsPeriod"));
		latest(&end_ms, end_of_duration(mapper, repeat, "boundsDuration", start_ms));
	}
	return end_ms;
}

/* ---- what and how ------------------------------------------------------------------------- */

/* The code that Japanese tables of medicines know (YJ), else the first. */
static void pick_code(struct fhir_verdict *verdict, const json_t *concept,
		      struct fhir_medication_ref *out)
{
	const char *system, *code;
	bool found = false;

	for (size_t i = 0; fhir_coding(verdict, concept, i, &system, &code); i++) {
		bool yj = strstr(system, "YJ-code") || strstr(system, "1.2.392.100495.20.1.73");
		if (!*code || (found && !yj))
			continue;
		out->system = system;
		out->code = code;
		found = true;
		if (yj)
			return;
	}
}

bool fhir_map_medication(struct fhir_verdict *verdict, const json_t *resource,
			 struct fhir_medication_ref *out)
{
	const json_t *code = fhir_object(verdict, resource, "code");

	out->name = fhir_concept_text(verdict, code);
	out->system = out->code = "";
	pick_code(verdict, code, out);
	if (out->name || verdict->outcome != FHIR_FINE)
		return out->name;
	/* A mixture may have ingredients only. */
	const json_t *ingredient = fhir_item_at(verdict, resource, "ingredient", 0);
	const json_t *item = fhir_object(verdict, ingredient, "itemCodeableConcept");
	out->name = fhir_concept_text(verdict, item);
	return out->name;
}

static void map_medicine(struct fhir_mapper *mapper, const json_t *resource, Medication *medication)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *concept = fhir_object(verdict, resource, "medicationCodeableConcept");
	const json_t *object = fhir_object(verdict, resource, "medicationReference");
	const char *reference = fhir_text(verdict, object, "reference");
	struct fhir_medication_ref medicine = { NULL, "", "" };

	if (concept) {
		medicine.name = fhir_concept_text(verdict, concept);
		pick_code(verdict, concept, &medicine);
	} else if (reference && *reference == '#') {
		const json_t *contained = fhir_contained(verdict, resource, reference);
		if (contained)
			fhir_map_medication(verdict, contained, &medicine);
	} else if (reference) {
		fhir_refs_medication(mapper->refs, &mapper->place, reference, &medicine);
	}
	if (!medicine.name)
		medicine.name = fhir_text(verdict, object, "display");
	if (!medicine.name)
		fhir_wrong(verdict, MSG_FHIR_MISSING, "medication%s%s", reference ? ": " : "",
			   reference ? reference : "");
	medication->name = fhir_copy(mapper, medicine.name);
	medication->code = fhir_copy(mapper, medicine.code);
	medication->code_system = fhir_copy(mapper, medicine.system);
}

/* "1日3回", "8時間に1回". */
static const char *frequency(struct fhir_mapper *mapper, const json_t *repeat)
{
	static const struct {
		const char *code, *ja;
	} units[] = { { "s", "秒" }, { "min", "分" }, { "h", "時間" }, { "d", "日" },
		      { "wk", "週" }, { "mo", "か月" }, { "a", "年" } };
	const char *unit = fhir_text(&mapper->verdict, repeat, "periodUnit");
	double times = 1, period = 1;

	fhir_number(&mapper->verdict, repeat, "frequency", &times);
	fhir_number(&mapper->verdict, repeat, "period", &period);
	for (size_t i = 0; unit && i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].code, unit))
			return arena_printf(mapper->arena, "%g%s%s%g回", period, units[i].ja,
					    strcmp(unit, "d") ? "に" : "", times);
	return "";
}

/* How often, in words: of the timing's code, else made from its numbers. */
static const char *timing_text(struct fhir_mapper *mapper, const json_t *dosage)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *timing = fhir_object(verdict, dosage, "timing");
	const char *text = fhir_concept_text(verdict, fhir_object(verdict, timing, "code"));

	if (text)
		return text;
	if (fhir_bool(verdict, dosage, "asNeededBoolean"))
		return "必要時";
	return frequency(mapper, fhir_object(verdict, timing, "repeat"));
}

/* "400 mg"; "" where no dose is given as one number. */
static const char *quantity_text(struct fhir_mapper *mapper, const json_t *dosage)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *rate = fhir_item_at(verdict, dosage, "doseAndRate", 0);
	const json_t *quantity = fhir_object(verdict, rate, "doseQuantity");
	const char *unit = fhir_text(verdict, quantity, "unit");
	double value;

	if (!fhir_number(verdict, quantity, "value", &value))
		return "";
	return arena_printf(mapper->arena, "%g%s%s", value, unit ? " " : "", unit ? unit : "");
}

static char *map_dose(struct fhir_mapper *mapper, const json_t *resource, const char *dosages)
{
	char *all = fhir_copy(mapper, NULL);
	const json_t *dosage;

	for (size_t i = 0; (dosage = fhir_item_at(&mapper->verdict, resource, dosages, i)); i++) {
		const char *text = fhir_text(&mapper->verdict, dosage, "text");
		if (!text) {
			const char *quantity = quantity_text(mapper, dosage);
			const char *timing = timing_text(mapper, dosage);
			text = arena_printf(mapper->arena, "%s%s%s", quantity,
					    *quantity && *timing ? " " : "", timing);
		}
		if (*text)
			all = arena_printf(mapper->arena, "%s%s%s", all, *all ? "、" : "", text);
	}
	return all;
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* Of a request one concept, of a statement a list of them. */
static const char *status_reason(struct fhir_mapper *mapper, const json_t *resource)
{
	const json_t *member = json_object_get(resource, "statusReason");

	if (json_is_array(member))
		return fhir_concepts(mapper, resource, "statusReason");
	return fhir_concept_text(&mapper->verdict,
				 fhir_object(&mapper->verdict, resource, "statusReason"));
}

static void find_course(struct fhir_mapper *mapper, const json_t *resource, const char *dosages,
			const struct status *status, enum course by, int64_t start_ms,
			struct fhir_course *course)
{
	int64_t end_ms = find_end(mapper, resource, dosages, start_ms);
	bool past = end_ms && end_ms <= mapper->now_ms;
	const char *reason = status_reason(mapper, resource);

	course->ended = by == ENDED || (by == BY_DATE && past);
	course->end_ms = past ? end_ms : 0;
	course->reason = reason && *reason ? reason : status->reason;
	if (course->ended && !past)
		course->reason = arena_printf(mapper->arena, "%s、終了日の記載なし", course->reason);
}

void fhir_medication(struct fhir_mapper *mapper, const char *type, const json_t *resource,
		     Entry *entry, struct fhir_course *course)
{
	static const char *const times[] = { "authoredOn", "effectiveDateTime", NULL };
	bool request = !strcmp(type, "MedicationRequest");
	const char *dosages = request ? "dosageInstruction" : "dosage";
	enum course by = TAKEN;
	const struct status *status = find_status(mapper, resource, &by);
	Medication *medication = NEW(Medication, mapper->arena);

	check_intent(mapper, resource);
	if (!status || !medication)
		return;
	map_medicine(mapper, resource, medication);
	medication->action = MEDICATION_ACTION_START;
	medication->dose = map_dose(mapper, resource, dosages);
	medication->reason = fhir_concepts(mapper, resource, "reasonCode");
	const json_t *period = fhir_object(&mapper->verdict, resource, "effectivePeriod");
	if (!fhir_time(&mapper->verdict, period, "start", &entry->occurred_ms))
		fhir_occurred(mapper, resource, entry, times);
	entry->content_case = Entry_CONTENT_MEDICATION;
	entry->medication = medication;
	find_course(mapper, resource, dosages, status, by, entry->occurred_ms, course);
}
