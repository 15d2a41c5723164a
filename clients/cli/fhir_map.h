/*
 * From FHIR R4 resources to this system's messages. Pure: no network, no clock; the same resource,
 * the same messages.
 *
 * What a resource cannot be here ends in the mapper's verdict: left out, or wrong.
 */
#ifndef FHIR_MAP_H
#define FHIR_MAP_H

#include <jansson.h>

#include "arena.h"
#include "clients/cli/fhir_refs.h"
#include "clients/cli/fhir_verdict.h"
#include "names.h"

struct fhir_mapper {
	struct arena *arena;             /* the messages live here */
	const struct fhir_refs *refs;
	struct fhir_place place;         /* of the resource; its source names all ids */
	const char *set;                 /* folder or file: names ids that no system names */
	int64_t now_ms;                  /* prescriptions run out */
	struct fhir_verdict verdict;
};

enum fhir_kind {
	FHIR_KIND_OTHER,      /* a type that is not imported */
	FHIR_KIND_PATIENT,
	FHIR_KIND_MEDICATION, /* what prescriptions refer to */
	FHIR_KIND_REFERENCE,  /* Practitioner, Organization */
	FHIR_KIND_TEAM,
	FHIR_KIND_ENTRY,
};

enum fhir_kind fhir_kind(const char *type);

/* A Patient, or NULL and a verdict. */
Patient *fhir_map_patient(struct fhir_mapper *mapper, const json_t *resource);

/* What one resource of a patient becomes. Both lack nothing but the id of the first in the second. */
struct fhir_entries {
	Entry *entry;
	Entry *stop; /* of a medicine that was given and is so no longer; else NULL */
};

/* True, or false and a verdict. type is one of FHIR_KIND_ENTRY. */
bool fhir_map_entries(struct fhir_mapper *mapper, const char *type, const json_t *resource,
		      struct fhir_entries *out);
/* A CareTeam: its patient, and those members that name somebody of this network, by an identifier of
 * system urn:tsunagi:user or urn:tsunagi:organisation. A name alone opens nobody's record. */
bool fhir_map_team(struct fhir_mapper *mapper, const json_t *resource, char patient[ID_SIZE],
		   TeamMember ***members, size_t *n);
/* A Medication resource. The texts are the resource's. False: it says nowhere what it is. */
bool fhir_map_medication(struct fhir_verdict *verdict, const json_t *resource,
			 struct fhir_medication_ref *out);

/* ---- one file each ------------------------------------------------------------------------ */

void fhir_allergy(struct fhir_mapper *mapper, const json_t *resource, Entry *entry);
void fhir_condition(struct fhir_mapper *mapper, const json_t *resource, Entry *entry);
void fhir_observation(struct fhir_mapper *mapper, const json_t *resource, Entry *entry);
/* *ended: it is not taken any more, since *end_ms (0: nobody says), for that reason. */
struct fhir_course {
	bool ended;
	int64_t end_ms;
	const char *reason;
};
void fhir_medication(struct fhir_mapper *mapper, const char *type, const json_t *resource,
		     Entry *entry, struct fhir_course *course);

/* The first of these members that is a time, as the entry's occurred_ms. The list ends with NULL. */
void fhir_occurred(struct fhir_mapper *mapper, const json_t *resource, Entry *entry,
		   const char *const *members);
/* The texts of a list of CodeableConcepts, with "、" between them; "" none. */
char *fhir_concepts(struct fhir_mapper *mapper, const json_t *object, const char *member);
/* A person's name from HumanName: text, else family and given; NULL: there is none. */
const char *fhir_person_name(struct fhir_mapper *mapper, const json_t *human_name);
/* A copy in the arena; "" for NULL. */
char *fhir_copy(struct fhir_mapper *mapper, const char *text);

#endif
