/*
 * What references lead to: patients that were registered, and Medication resources. About 50 bytes a
 * patient and name; so hundreds of thousands fit.
 *
 * Ids are local to their source. A name is therefore sought in its Bundle first, then in its folder,
 * then in what was given on the command line, and one that means two people there means nobody.
 */
#ifndef FHIR_REFS_H
#define FHIR_REFS_H

#include <jansson.h>
#include <stdbool.h>

#include "clients/cli/fhir_scan.h"
#include "clients/cli/fhir_verdict.h"
#include "id.h"
#include "names.h"

#define FHIR_LIMIT_MEDICATIONS 50000

struct fhir_refs;

/* Where a resource stands. */
struct fhir_place {
	unsigned file;     /* each number from 1 */
	unsigned folder;
	unsigned argument; /* of the command line; 0: it has no other folder than this */
	size_t bundle;     /* of that file; 0: none */
	const char *full_url; /* "" none */
	const char *source;   /* what --source says; "" nothing */
};

struct fhir_patient_ref {
	char id[ID_SIZE];
	const char *system; /* of the identifier it was registered by first */
};

struct fhir_medication_ref {
	const char *name, *system, *code; /* never NULL */
};

/* 0 or ERR_NOMEM. */
int fhir_refs_open(struct fhir_refs **out);
void fhir_refs_free(struct fhir_refs *refs);

/* The system of an identifier as it is registered: a named source has its ids for itself. */
void fhir_system(char *out, size_t size, const char *system, const char *source);

/* The names under which a resource is known: hashes, which may be kept until its id is. */
#define FHIR_NAMES_MAX 22
struct fhir_name {
	unsigned char hash[16];
};
/* How many; the identifiers (of a patient, as registered) may be none. */
size_t fhir_names(struct fhir_name *names, const struct fhir_place *place, const char *type,
		  const char *id, Identifier *const *identifiers, size_t n_identifiers);

/* A patient is registered: the id it has here. 0 or ERR_NOMEM. */
int fhir_refs_add_patient(struct fhir_refs *refs, const struct fhir_name *names, size_t n,
			  const char *id, const char *system);
/* 0, ERR_TOOBIG (that many are not kept) or ERR_NOMEM. The texts are copied. */
int fhir_refs_add_medication(struct fhir_refs *refs, const struct fhir_name *names, size_t n,
			     const struct fhir_medication_ref *medication);

/* Whom the Reference in the resource's member means. False: nobody that is known, see the verdict. */
bool fhir_refs_patient(const struct fhir_refs *refs, struct fhir_verdict *verdict,
		       const struct fhir_place *place, const json_t *resource, const char *member,
		       struct fhir_patient_ref *out);
/* False: it is not there. */
bool fhir_refs_medication(const struct fhir_refs *refs, const struct fhir_place *place,
			  const char *reference, struct fhir_medication_ref *out);
/* The contained resource that "#id" means; NULL: none. */
const json_t *fhir_contained(struct fhir_verdict *verdict, const json_t *resource,
			     const char *reference);

#endif
