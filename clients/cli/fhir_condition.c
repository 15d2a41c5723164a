/* FHIR Condition and AllergyIntolerance to entries. */
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "clients/cli/fhir_map.h"
#include "codec.h"

static const char *const refuted[] = { "entered-in-error", "refuted", NULL };
static const char *const over[] = { "inactive", "resolved", NULL };

/* The first code, and its system. */
static void map_code(struct fhir_mapper *mapper, const json_t *concept, char **system, char **code)
{
	const char *its_system, *its_code;

	for (size_t i = 0; fhir_coding(&mapper->verdict, concept, i, &its_system, &its_code); i++) {
		if (!*its_code)
			continue;
		if (system)
			*system = fhir_copy(mapper, its_system);
		*code = fhir_copy(mapper, its_code);
		return;
	}
}

/* ---- Condition ---------------------------------------------------------------------------- */

/* What is only suspected must not read as if it were known. */
static const char *suspicion(struct fhir_mapper *mapper, const json_t *resource)
{
	static const char *const codes[] = { "unconfirmed", "provisional", "differential", NULL };
	const json_t *status = fhir_object(&mapper->verdict, resource, "verificationStatus");

	return fhir_concept_is(&mapper->verdict, status, codes) ? "（疑い）" : "";
}

static bool is_resolved(struct fhir_mapper *mapper, const json_t *resource)
{
	struct fhir_verdict *verdict = &mapper->verdict;

	return fhir_concept_is(verdict, fhir_object(verdict, resource, "clinicalStatus"), over) ||
	       fhir_text(verdict, resource, "abatementDateTime") ||
	       fhir_text(verdict, resource, "abatementString") ||
	       fhir_object(verdict, resource, "abatementAge") ||
	       fhir_object(verdict, resource, "abatementPeriod") ||
	       fhir_bool(verdict, resource, "abatementBoolean");
}

static char *onset(struct fhir_mapper *mapper, const json_t *resource)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const char *day = fhir_day(verdict, mapper->arena, resource, "onsetDateTime");

	if (!*day)
		day = fhir_day(verdict, mapper->arena,
			       fhir_object(verdict, resource, "onsetPeriod"), "start");
	return fhir_copy(mapper, day);
}

void fhir_condition(struct fhir_mapper *mapper, const json_t *resource, Entry *entry)
{
	static const char *const times[] = { "recordedDate", "onsetDateTime", NULL };
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *code = fhir_object(verdict, resource, "code");
	const char *name = fhir_concept_text(verdict, code);
	Condition *condition = NEW(Condition, mapper->arena);

	if (fhir_concept_is(verdict, fhir_object(verdict, resource, "verificationStatus"), refuted))
		fhir_skip(verdict, MSG_FHIR_IN_ERROR, NULL);
	if (!name)
		fhir_wrong(verdict, MSG_FHIR_MISSING, "code");
	if (!name || !condition)
		return;
	condition->name = arena_printf(mapper->arena, "%s%s", name, suspicion(mapper, resource));
	map_code(mapper, code, &condition->code_system, &condition->code);
	condition->resolved = is_resolved(mapper, resource);
	condition->onset = onset(mapper, resource);
	fhir_occurred(mapper, resource, entry, times);
	entry->content_case = Entry_CONTENT_CONDITION;
	entry->condition = condition;
}

/* ---- AllergyIntolerance ------------------------------------------------------------------- */

/* SNOMED CT: no known allergy, drug, environmental, food, latex allergy. */
static const char *const no_known[] = { "716186003", "409137002", "428607008", "429625007",
					"1003774007", NULL };

static bool is_severe(struct fhir_mapper *mapper, const json_t *resource)
{
	const char *criticality = fhir_text(&mapper->verdict, resource, "criticality");
	const json_t *reaction;
	bool severe = criticality && !strcmp(criticality, "high");

	for (size_t i = 0; (reaction = fhir_item_at(&mapper->verdict, resource, "reaction", i));
	     i++) {
		const char *severity = fhir_text(&mapper->verdict, reaction, "severity");
		severe |= severity && !strcmp(severity, "severe");
	}
	return severe;
}

static char *reactions(struct fhir_mapper *mapper, const json_t *resource)
{
	char *all = fhir_copy(mapper, NULL);
	const json_t *reaction;

	for (size_t i = 0; (reaction = fhir_item_at(&mapper->verdict, resource, "reaction", i));
	     i++) {
		const char *text = fhir_concepts(mapper, reaction, "manifestation");
		if (!*text)
			text = fhir_text(&mapper->verdict, reaction, "description");
		if (text)
			all = arena_printf(mapper->arena, "%s%s%s", all, *all ? "、" : "", text);
	}
	return all;
}

/* The code, else what the first reaction was to. */
static const json_t *substance(struct fhir_mapper *mapper, const json_t *resource)
{
	const json_t *code = fhir_object(&mapper->verdict, resource, "code");
	const json_t *reaction = fhir_item_at(&mapper->verdict, resource, "reaction", 0);

	return code ? code : fhir_object(&mapper->verdict, reaction, "substance");
}

void fhir_allergy(struct fhir_mapper *mapper, const json_t *resource, Entry *entry)
{
	static const char *const times[] = { "recordedDate", "onsetDateTime", NULL };
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *code = substance(mapper, resource);
	const char *name = fhir_concept_text(verdict, code);
	Allergy *allergy = NEW(Allergy, mapper->arena);

	if (fhir_concept_is(verdict, fhir_object(verdict, resource, "verificationStatus"), refuted))
		fhir_skip(verdict, MSG_FHIR_IN_ERROR, NULL);
	if (fhir_concept_is(verdict, fhir_object(verdict, resource, "clinicalStatus"), over))
		fhir_skip(verdict, MSG_FHIR_NOT_ACTIVE, NULL);
	if (fhir_concept_is(verdict, code, no_known))
		fhir_skip(verdict, MSG_FHIR_NO_KNOWN_ALLERGY, NULL);
	if (!name)
		fhir_wrong(verdict, MSG_FHIR_MISSING, "code");
	if (!name || !allergy)
		return;
	allergy->substance = fhir_copy(mapper, name);
	map_code(mapper, code, NULL, &allergy->code);
	allergy->reaction = reactions(mapper, resource);
	allergy->severe = is_severe(mapper, resource);
	fhir_occurred(mapper, resource, entry, times);
	entry->content_case = Entry_CONTENT_ALLERGY;
	entry->allergy = allergy;
}
