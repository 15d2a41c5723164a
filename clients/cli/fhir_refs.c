#include "clients/cli/fhir_refs.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/fhir_json.h"
#include "error.h"

#define FIRST_SLOTS 1024
#define NAME_BYTES 2048
#define SYSTEMS_MAX 60000
#define MEDICATION 0xffff /* in place of a system's number: the slot holds a medication's */

struct slot {
	struct fhir_name name;
	union {
		char id[ID_SIZE - 1]; /* "": the name means two people */
		unsigned medication;
	} means;
	unsigned short system;
	bool used;
};

struct fhir_refs {
	struct slot *slots; /* open addressing; a power of two, at most three quarters used */
	size_t capacity, used;
	char **systems;
	size_t n_systems;
	struct fhir_medication_ref *medications;
	size_t n_medications;
};

int fhir_refs_open(struct fhir_refs **out)
{
	struct fhir_refs *refs = calloc(1, sizeof(*refs));

	if (refs)
		refs->slots = calloc(FIRST_SLOTS, sizeof(*refs->slots));
	if (!refs || !refs->slots) {
		free(refs);
		return ERR_NOMEM;
	}
	refs->capacity = FIRST_SLOTS;
	*out = refs;
	return 0;
}

static void free_text(const char *text)
{
	free((void *)(uintptr_t)text);
}

void fhir_refs_free(struct fhir_refs *refs)
{
	if (!refs)
		return;
	for (size_t i = 0; i < refs->n_systems; i++)
		free(refs->systems[i]);
	for (size_t i = 0; i < refs->n_medications; i++) {
		free_text(refs->medications[i].name);
		free_text(refs->medications[i].system);
		free_text(refs->medications[i].code);
	}
	free(refs->medications);
	free(refs->systems);
	free(refs->slots);
	free(refs);
}

/* ---- the table ---------------------------------------------------------------------------- */

static struct slot *find(const struct fhir_refs *refs, const struct fhir_name *name)
{
	size_t at;

	memcpy(&at, name->hash, sizeof(at));
	for (at &= refs->capacity - 1;; at = (at + 1) & (refs->capacity - 1)) {
		struct slot *slot = &refs->slots[at];
		if (!slot->used || !memcmp(&slot->name, name, sizeof(*name)))
			return slot;
	}
}

static int make_room(struct fhir_refs *refs)
{
	if (refs->used < refs->capacity / 4 * 3)
		return 0;
	struct fhir_refs larger = { .capacity = refs->capacity * 2 };
	larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
	if (!larger.slots)
		return ERR_NOMEM;
	for (size_t i = 0; i < refs->capacity; i++)
		if (refs->slots[i].used)
			*find(&larger, &refs->slots[i].name) = refs->slots[i];
	free(refs->slots);
	refs->slots = larger.slots;
	refs->capacity = larger.capacity;
	return 0;
}

static int put(struct fhir_refs *refs, const struct slot *item)
{
	if (make_room(refs))
		return ERR_NOMEM;
	struct slot *slot = find(refs, &item->name);
	refs->used += !slot->used;
	if (!slot->used) {
		*slot = *item;
	} else if (slot->system != MEDICATION && item->system != MEDICATION &&
		   memcmp(slot->means.id, item->means.id, sizeof(slot->means.id))) {
		memset(&slot->means, 0, sizeof(slot->means));
	}
	return 0;
}

/* ---- names -------------------------------------------------------------------------------- */

/* Names longer than any reference may be are cut: then they are not found. */
__attribute__((format(printf, 2, 3)))
static void hash(struct fhir_name *name, const char *format, ...)
{
	char text[NAME_BYTES];
	unsigned char digest[EVP_MAX_MD_SIZE];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	if (!EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL))
		abort();
	memcpy(name->hash, digest, sizeof(name->hash));
}

static void name_url(struct fhir_name *name, const char *url)
{
	hash(name, "url %s", url);
}

static void name_in_bundle(struct fhir_name *name, const struct fhir_place *place,
			   const char *reference)
{
	hash(name, "bundle %u %zu %s", place->file, place->bundle, reference);
}

static void name_in_folder(struct fhir_name *name, const struct fhir_place *place,
			   const char *reference)
{
	hash(name, "folder %u %s", place->folder, reference);
}

static void name_in_argument(struct fhir_name *name, const struct fhir_place *place,
			     const char *reference)
{
	hash(name, "argument %u %s", place->argument, reference);
}

/* Of those that stand for themselves: they go before the ones in Bundles. */
static void name_alone(struct fhir_name *name, const struct fhir_place *place,
		       const char *reference)
{
	hash(name, "alone %u %s", place->folder, reference);
}

static void name_identifier(struct fhir_name *name, const char *system, const char *value)
{
	hash(name, "identifier %s|%s", system, value);
}

void fhir_system(char *out, size_t size, const char *system, const char *source)
{
	snprintf(out, size, *source ? "%s#%s" : "%s", system, source);
}

static bool is_absolute(const char *reference)
{
	return strstr(reference, "://");
}

size_t fhir_names(struct fhir_name *names, const struct fhir_place *place, const char *type,
		  const char *id, Identifier *const *identifiers, size_t n_identifiers)
{
	char reference[FHIR_TYPE_SIZE + FHIR_ID_SIZE];
	size_t n = 0;

	if (place->full_url[0]) {
		if (is_absolute(place->full_url))
			name_url(&names[n++], place->full_url);
		else
			name_in_bundle(&names[n++], place, place->full_url);
	}
	if (id && *id) {
		snprintf(reference, sizeof(reference), "%s/%s", type, id);
		if (place->bundle) {
			name_in_bundle(&names[n++], place, reference);
			name_in_folder(&names[n++], place, reference);
		} else {
			name_alone(&names[n++], place, reference);
		}
		if (place->argument)
			name_in_argument(&names[n++], place, reference);
	}
	for (size_t i = 0; i < n_identifiers && n < FHIR_NAMES_MAX; i++)
		name_identifier(&names[n++], identifiers[i]->system, identifiers[i]->value);
	return n;
}

/* ---- adding ------------------------------------------------------------------------------- */

static int system_number(struct fhir_refs *refs, const char *system, unsigned short *number)
{
	for (size_t i = 0; i < refs->n_systems; i++)
		if (!strcmp(refs->systems[i], system)) {
			*number = (unsigned short)i;
			return 0;
		}
	if (refs->n_systems == SYSTEMS_MAX)
		return ERR_NOMEM;
	char **systems = realloc(refs->systems, (refs->n_systems + 1) * sizeof(*systems));
	if (!systems)
		return ERR_NOMEM;
	refs->systems = systems;
	if (!(systems[refs->n_systems] = strdup(system)))
		return ERR_NOMEM;
	*number = (unsigned short)refs->n_systems++;
	return 0;
}

int fhir_refs_add_patient(struct fhir_refs *refs, const struct fhir_name *names, size_t n,
			  const char *id, const char *system)
{
	struct slot slot = { .used = true };

	if (system_number(refs, system, &slot.system))
		return ERR_NOMEM;
	strncpy(slot.means.id, id, sizeof(slot.means.id));
	for (size_t i = 0; i < n; i++) {
		slot.name = names[i];
		if (put(refs, &slot))
			return ERR_NOMEM;
	}
	return 0;
}

int fhir_refs_add_medication(struct fhir_refs *refs, const struct fhir_name *names, size_t n,
			     const struct fhir_medication_ref *medication)
{
	struct slot slot = { .used = true, .system = MEDICATION };

	if (refs->n_medications == FHIR_LIMIT_MEDICATIONS)
		return ERR_TOOBIG;
	if (!refs->medications)
		refs->medications = calloc(FHIR_LIMIT_MEDICATIONS, sizeof(*refs->medications));
	if (!refs->medications)
		return ERR_NOMEM;
	struct fhir_medication_ref *copy = &refs->medications[refs->n_medications];
	slot.means.medication = (unsigned)refs->n_medications++;
	copy->name = strdup(medication->name);
	copy->system = strdup(medication->system);
	copy->code = strdup(medication->code);
	if (!copy->name || !copy->system || !copy->code)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		slot.name = names[i];
		if (put(refs, &slot))
			return ERR_NOMEM;
	}
	return 0;
}

/* ---- following ---------------------------------------------------------------------------- */

/* "Patient/1" of "http://…/Patient/1/_history/2": its last two parts. False: there are not two. */
static bool last_parts(const char *reference, char *out, size_t size)
{
	const char *history = strstr(reference, "/_history/");
	size_t length = history ? (size_t)(history - reference) : strlen(reference);
	size_t at = length;

	for (int slashes = 0; at; at--)
		if (reference[at - 1] == '/' && ++slashes == 2)
			break;
	if (length - at >= size || !memchr(reference + at, '/', length - at))
		return false;
	memcpy(out, reference + at, length - at);
	out[length - at] = '\0';
	return true;
}

/* The name of a relative reference in the server that the Bundle's entry came from. */
static bool name_beside(struct fhir_name *name, const struct fhir_place *place,
			const char *reference)
{
	char own[FHIR_TYPE_SIZE + FHIR_ID_SIZE];

	if (!is_absolute(place->full_url) || !last_parts(place->full_url, own, sizeof(own)))
		return false;
	const char *end = strstr(place->full_url, own);
	hash(name, "url %.*s%s", (int)(end - place->full_url), place->full_url, reference);
	return true;
}

/* The slot that a reference leads to; NULL: none. The first name that is known decides. */
static const struct slot *follow(const struct fhir_refs *refs, const struct fhir_place *place,
				 const char *reference)
{
	struct fhir_name names[6];
	char local[FHIR_TYPE_SIZE + FHIR_ID_SIZE];
	size_t n = 0;
	bool absolute = is_absolute(reference);

	if (absolute)
		name_url(&names[n++], reference);
	else if (!strncmp(reference, "urn:", 4))
		name_in_bundle(&names[n++], place, reference);
	if (strncmp(reference, "urn:", 4) && last_parts(reference, local, sizeof(local))) {
		if (!absolute && name_beside(&names[n], place, local))
			n++;
		if (!absolute && place->bundle)
			name_in_bundle(&names[n++], place, local);
		name_alone(&names[n++], place, local);
		if (!absolute)
			name_in_folder(&names[n++], place, local);
		if (!absolute && place->argument)
			name_in_argument(&names[n++], place, local);
	}
	for (size_t i = 0; i < n; i++) {
		const struct slot *slot = find(refs, &names[i]);
		if (slot->used)
			return slot;
	}
	return NULL;
}

const json_t *fhir_contained(struct fhir_verdict *verdict, const json_t *resource,
			     const char *reference)
{
	const json_t *contained;

	for (size_t i = 0; (contained = fhir_item_at(verdict, resource, "contained", i)); i++) {
		const char *id = fhir_text(verdict, contained, "id");
		if (id && !strcmp(id, reference + (*reference == '#')))
			return contained;
	}
	return NULL;
}

static const struct slot *by_identifier(const struct fhir_refs *refs, struct fhir_verdict *verdict,
					const struct fhir_place *place, const json_t *identifier)
{
	char registered[NAME_BYTES];
	const char *system = fhir_text(verdict, identifier, "system");
	const char *value = fhir_text(verdict, identifier, "value");
	struct fhir_name name;

	if (!system || !value)
		return NULL;
	fhir_system(registered, sizeof(registered), system, place->source);
	name_identifier(&name, registered, value);
	const struct slot *slot = find(refs, &name);
	return slot->used ? slot : NULL;
}

/* A patient that is only contained is known if one of its identifiers is. */
static const struct slot *by_contained(const struct fhir_refs *refs, struct fhir_verdict *verdict,
				       const struct fhir_place *place, const json_t *resource,
				       const char *reference)
{
	const json_t *contained = fhir_contained(verdict, resource, reference), *identifier;
	const struct slot *slot = NULL;

	for (size_t i = 0;
	     !slot && (identifier = fhir_item_at(verdict, contained, "identifier", i)); i++)
		slot = by_identifier(refs, verdict, place, identifier);
	return slot;
}

/* Does it say of itself that it leads to something else than a patient? */
static bool is_no_patient(const char *type, const char *reference)
{
	char local[FHIR_TYPE_SIZE + FHIR_ID_SIZE];

	if (type)
		return strcmp(type, "Patient");
	return reference && *reference != '#' && strncmp(reference, "urn:", 4) &&
	       last_parts(reference, local, sizeof(local)) && strncmp(local, "Patient/", 8);
}

bool fhir_refs_patient(const struct fhir_refs *refs, struct fhir_verdict *verdict,
		       const struct fhir_place *place, const json_t *resource, const char *member,
		       struct fhir_patient_ref *out)
{
	const json_t *object = fhir_object(verdict, resource, member);
	const char *reference = fhir_text(verdict, object, "reference");
	const json_t *identifier = fhir_object(verdict, object, "identifier");
	const char *type = fhir_text(verdict, object, "type");
	const struct slot *slot = NULL;

	if (verdict->outcome != FHIR_FINE)
		return false;
	if (!reference && !identifier)
		return fhir_wrong(verdict, MSG_FHIR_NO_SUBJECT, "%s", member);
	if (is_no_patient(type, reference))
		return fhir_skip(verdict, MSG_FHIR_NOT_A_PATIENT, NULL);
	if (reference && *reference == '#')
		slot = by_contained(refs, verdict, place, resource, reference);
	else if (reference)
		slot = follow(refs, place, reference);
	if (!slot && identifier)
		slot = by_identifier(refs, verdict, place, identifier);
	if (!slot || slot->system == MEDICATION)
		return fhir_wrong(verdict, MSG_FHIR_UNKNOWN_PATIENT, "%s",
				  reference ? reference : member);
	if (!slot->means.id[0])
		return fhir_wrong(verdict, MSG_FHIR_AMBIGUOUS_PATIENT, "%s",
				  reference ? reference : member);
	memcpy(out->id, slot->means.id, sizeof(slot->means.id));
	out->id[sizeof(slot->means.id)] = '\0';
	out->system = refs->systems[slot->system];
	return true;
}

bool fhir_refs_medication(const struct fhir_refs *refs, const struct fhir_place *place,
			  const char *reference, struct fhir_medication_ref *out)
{
	const struct slot *slot = refs ? follow(refs, place, reference) : NULL;

	if (!slot || slot->system != MEDICATION)
		return false;
	*out = refs->medications[slot->means.medication];
	return true;
}
