#include "clients/cli/fhir_map.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "codec.h"

#define SOURCE_VALUE_BYTES 190 /* of the service's 200: "#stop" comes behind it */

static const struct type {
	const char *name;
	enum fhir_kind kind;
	const char *subject; /* the member that names the patient */
} types[] = {
	{ "Patient", FHIR_KIND_PATIENT, NULL },
	{ "AllergyIntolerance", FHIR_KIND_ENTRY, "patient" },
	{ "Condition", FHIR_KIND_ENTRY, "subject" },
	{ "MedicationRequest", FHIR_KIND_ENTRY, "subject" },
	{ "MedicationStatement", FHIR_KIND_ENTRY, "subject" },
	{ "Observation", FHIR_KIND_ENTRY, "subject" },
	{ "CareTeam", FHIR_KIND_TEAM, "subject" },
	{ "Medication", FHIR_KIND_MEDICATION, NULL },
	{ "Practitioner", FHIR_KIND_REFERENCE, NULL },
	{ "Organization", FHIR_KIND_REFERENCE, NULL },
};

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

enum fhir_kind fhir_kind(const char *type)
{
	const struct type *known = find_type(type);

	return known ? known->kind : FHIR_KIND_OTHER;
}

/* ---- what several types share ------------------------------------------------------------- */

char *fhir_copy(struct fhir_mapper *mapper, const char *text)
{
	return arena_string(mapper->arena, text);
}

char *fhir_concepts(struct fhir_mapper *mapper, const json_t *object, const char *member)
{
	char *all = fhir_copy(mapper, NULL);
	const json_t *concept;

	for (size_t i = 0; (concept = fhir_item_at(&mapper->verdict, object, member, i)); i++) {
		const char *text = fhir_concept_text(&mapper->verdict, concept);
		if (text)
			all = arena_printf(mapper->arena, "%s%s%s", all, *all ? "、" : "", text);
	}
	return all;
}

void fhir_occurred(struct fhir_mapper *mapper, const json_t *resource, Entry *entry,
		   const char *const *members)
{
	for (; *members; members++)
		if (fhir_time(&mapper->verdict, resource, *members, &entry->occurred_ms))
			return;
	const json_t *meta = fhir_object(&mapper->verdict, resource, "meta");
	fhir_time(&mapper->verdict, meta, "lastUpdated", &entry->occurred_ms);
}

/* ---- entries ------------------------------------------------------------------------------ */

/* What tells resources without an id apart: their content, however it is written. */
static char *digest(struct fhir_mapper *mapper, const char *type, const json_t *resource)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	char *text = json_dumps(resource, JSON_SORT_KEYS | JSON_COMPACT);
	char *value = arena_printf(mapper->arena, "%s/sha256-", type);

	if (!text || !EVP_Digest(text, strlen(text), hash, NULL, EVP_sha256(), NULL))
		abort();
	free(text);
	for (size_t i = 0; i < 16; i++)
		value = arena_printf(mapper->arena, "%s%02x", value, hash[i]);
	return value;
}

/*
 * By what a second run knows the entry again. The service keeps it by patient; the system is that of
 * the patient's own identifier, because a resource's id is local to its source as the patient's is.
 */
static Identifier *source_of(struct fhir_mapper *mapper, const char *type, const json_t *resource,
			     const struct fhir_patient_ref *patient)
{
	Identifier *source = NEW(Identifier, mapper->arena);
	const char *id = fhir_text(&mapper->verdict, resource, "id");
	const char *url = mapper->place.full_url;

	if (!source)
		return NULL;
	if (!id && !strncmp(url, "urn:uuid:", 9))
		id = url + 9;
	source->system = fhir_copy(mapper, patient->system);
	if (id && strlen(type) + strlen(id) < SOURCE_VALUE_BYTES)
		source->value = arena_printf(mapper->arena, "%s/%s", type, id);
	else
		source->value = digest(mapper, type, resource);
	return source;
}

static void map_content(struct fhir_mapper *mapper, const char *type, const json_t *resource,
			Entry *entry, struct fhir_course *course)
{
	if (!strcmp(type, "AllergyIntolerance"))
		fhir_allergy(mapper, resource, entry);
	else if (!strcmp(type, "Condition"))
		fhir_condition(mapper, resource, entry);
	else if (!strcmp(type, "Observation"))
		fhir_observation(mapper, resource, entry);
	else
		fhir_medication(mapper, type, resource, entry, course);
}

/* The stop of a medicine: the next entry, which names the first once that has its id. */
static Entry *make_stop(struct fhir_mapper *mapper, const Entry *start,
			const struct fhir_course *course)
{
	Entry *stop = NEW(Entry, mapper->arena);
	Medication *medication = NEW(Medication, mapper->arena);
	Identifier *source = NEW(Identifier, mapper->arena);

	if (!stop || !medication || !source)
		return NULL;
	*medication = *start->medication;
	medication->action = MEDICATION_ACTION_STOP;
	medication->reason = fhir_copy(mapper, course->reason);
	source->system = start->source->system;
	source->value = arena_printf(mapper->arena, "%s#stop", start->source->value);
	stop->patient = start->patient;
	stop->kind = ENTRY_KIND_MEDICATION;
	stop->occurred_ms = course->end_ms ? course->end_ms : start->occurred_ms;
	stop->source = source;
	stop->content_case = Entry_CONTENT_MEDICATION;
	stop->medication = medication;
	return stop;
}

bool fhir_map_entries(struct fhir_mapper *mapper, const char *type, const json_t *resource,
		      struct fhir_entries *out)
{
	struct fhir_patient_ref patient;
	struct fhir_course course = { 0 };
	Entry *entry = NEW(Entry, mapper->arena);

	memset(out, 0, sizeof(*out));
	if (entry)
		map_content(mapper, type, resource, entry, &course);
	if (mapper->verdict.outcome != FHIR_FINE)
		return false;
	if (!fhir_refs_patient(mapper->refs, &mapper->verdict, &mapper->place, resource,
			       find_type(type)->subject, &patient))
		return false;
	if (entry) {
		entry->patient = fhir_copy(mapper, patient.id);
		entry->source = source_of(mapper, type, resource, &patient);
		out->entry = entry;
	}
	if (course.ended && entry && entry->source && !mapper->arena->spent)
		out->stop = make_stop(mapper, entry, &course);
	if (mapper->arena->spent)
		return fhir_wrong(&mapper->verdict, MSG_FHIR_TOO_LARGE, NULL);
	return mapper->verdict.outcome == FHIR_FINE;
}

/* ---- care teams --------------------------------------------------------------------------- */

static TeamRole team_role(struct fhir_mapper *mapper, const json_t *participant)
{
	static const struct {
		const char *text;
		TeamRole role;
	} roles[] = {
		{ "主治医", TEAM_ROLE_ATTENDING },
		{ "副主治医", TEAM_ROLE_DEPUTY },
		{ "専門医", TEAM_ROLE_SPECIALIST },
		{ "キーパーソン", TEAM_ROLE_KEY_PERSON },
	};
	const char *text = fhir_concepts(mapper, participant, "role");

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (!strcmp(text, roles[i].text))
			return roles[i].role;
	return TEAM_ROLE_MEMBER;
}

static TeamMember *map_member(struct fhir_mapper *mapper, const json_t *participant)
{
	const json_t *reference = fhir_object(&mapper->verdict, participant, "member");
	const json_t *identifier = fhir_object(&mapper->verdict, reference, "identifier");
	const char *system = fhir_text(&mapper->verdict, identifier, "system");
	const char *value = fhir_text(&mapper->verdict, identifier, "value");
	bool user = system && !strcmp(system, "urn:tsunagi:user");

	if (!value || !system || (!user && strcmp(system, "urn:tsunagi:organisation")))
		return NULL;
	TeamMember *member = NEW(TeamMember, mapper->arena);
	if (!member)
		return NULL;
	*(user ? &member->user : &member->organisation) = fhir_copy(mapper, value);
	member->role = team_role(mapper, participant);
	return member;
}

bool fhir_map_team(struct fhir_mapper *mapper, const json_t *resource, char patient[ID_SIZE],
		   TeamMember ***members, size_t *n)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const char *status = fhir_text(verdict, resource, "status");
	const json_t *participant;
	struct fhir_patient_ref ref;

	if (status && !strcmp(status, "entered-in-error"))
		return fhir_skip(verdict, MSG_FHIR_IN_ERROR, NULL);
	if (status && strcmp(status, "active"))
		return fhir_skip(verdict, MSG_FHIR_NOT_ACTIVE, "%s", status);
	for (size_t i = 0; (participant = fhir_item_at(verdict, resource, "participant", i)); i++) {
		TeamMember *member = map_member(mapper, participant);
		if (member && arena_append(mapper->arena, members, n, member))
			break;
	}
	if (verdict->outcome != FHIR_FINE)
		return false;
	if (mapper->arena->spent)
		return fhir_wrong(verdict, MSG_FHIR_TOO_LARGE, NULL);
	if (!*n)
		return fhir_skip(verdict, MSG_FHIR_NOT_ENROLLED, NULL);
	if (!fhir_refs_patient(mapper->refs, verdict, &mapper->place, resource, "subject", &ref))
		return false;
	memcpy(patient, ref.id, ID_SIZE);
	return true;
}
