/* FHIR Patient to Patient. */
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "clients/cli/fhir_json.h"
#include "clients/cli/fhir_map.h"
#include "codec.h"

#define IDENTIFIERS_MAX 16
#define INSURANCE_MAX 8
#define SYSTEM_BYTES 512

/* ---- names -------------------------------------------------------------------------------- */

const char *fhir_person_name(struct fhir_mapper *mapper, const json_t *human_name)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const char *text = fhir_text(verdict, human_name, "text");
	const char *family = fhir_text(verdict, human_name, "family"), *given;

	if (text)
		return text;
	char *name = fhir_copy(mapper, family);
	for (size_t i = 0; (given = fhir_text_at(verdict, human_name, "given", i)); i++)
		if (*given)
			name = arena_printf(mapper->arena, "%s%s%s", name, *name ? " " : "", given);
	return *name ? name : NULL;
}

/* Hiragana, katakana (also half-width), spaces and what stands between kana. */
static bool is_kana(const char *text)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t c;

	while (*at) {
		utf8proc_ssize_t length = utf8proc_iterate(at, -1, &c);
		if (length < 1)
			return false;
		bool kana = (c >= 0x3041 && c <= 0x30ff) || (c >= 0xff66 && c <= 0xff9f) ||
			    c == ' ' || c == 0x3000;
		if (!kana)
			return false;
		at += length;
	}
	return true;
}

enum script { WRITTEN, SOUND, LATIN }; /* as IDE, SYL and ABC */

static enum script script_of(struct fhir_mapper *mapper, const json_t *human_name, const char *text)
{
	const json_t *extension =
		fhir_extension(&mapper->verdict, human_name, "iso21090-EN-representation");
	const char *code = fhir_text(&mapper->verdict, extension, "valueCode");

	if (code && !strcmp(code, "SYL"))
		return SOUND;
	if (code && !strcmp(code, "ABC"))
		return LATIN;
	return !code && is_kana(text) ? SOUND : WRITTEN;
}

/* The name in use goes before those of the past. */
static int rank(const char *use)
{
	static const char *const uses[] = { "maiden", "old", "anonymous", "nickname", "temp" };

	if (!use)
		return 6;
	for (int i = 0; i < 5; i++)
		if (!strcmp(use, uses[i]))
			return i + 1;
	return strcmp(use, "official") ? 7 : 8;
}

static void map_names(struct fhir_mapper *mapper, const json_t *resource, Patient *patient)
{
	const char *best[3] = { NULL };
	int best_rank[3] = { 0 };
	const json_t *item;

	for (size_t i = 0; (item = fhir_item_at(&mapper->verdict, resource, "name", i)); i++) {
		const char *text = fhir_person_name(mapper, item);
		int its_rank = rank(fhir_text(&mapper->verdict, item, "use"));
		if (!text)
			continue;
		enum script script = script_of(mapper, item, text);
		if (its_rank > best_rank[script]) {
			best_rank[script] = its_rank;
			best[script] = text;
		}
	}
	const char *name = best[WRITTEN] ? best[WRITTEN] : best[SOUND] ? best[SOUND] : best[LATIN];
	if (!name)
		fhir_wrong(&mapper->verdict, MSG_FHIR_NO_NAME, NULL);
	patient->name = fhir_copy(mapper, name);
	patient->kana = fhir_copy(mapper, best[SOUND]);
}

/* ---- where they live, whom to call -------------------------------------------------------- */

static bool is_old(struct fhir_mapper *mapper, const json_t *item)
{
	const char *use = fhir_text(&mapper->verdict, item, "use");

	return use && !strcmp(use, "old");
}

/* The parts in the order in which people in Japan write them. */
static char *join_address(struct fhir_mapper *mapper, const json_t *address)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	static const char *const parts[] = { "state", "city", "district" };
	char *joined = fhir_copy(mapper, NULL);
	const char *text;

	for (size_t i = 0; i < 3; i++)
		if ((text = fhir_text(verdict, address, parts[i])))
			joined = arena_printf(mapper->arena, "%s%s%s", joined, *joined ? " " : "",
					      text);
	for (size_t i = 0; (text = fhir_text_at(verdict, address, "line", i)); i++)
		if (*text)
			joined = arena_printf(mapper->arena, "%s%s%s", joined, *joined ? " " : "",
					      text);
	return joined;
}

static void map_address(struct fhir_mapper *mapper, const json_t *resource, Patient *patient)
{
	const json_t *address;

	for (size_t i = 0; (address = fhir_item_at(&mapper->verdict, resource, "address", i));
	     i++) {
		const char *use = fhir_text(&mapper->verdict, address, "use");
		const char *text = fhir_text(&mapper->verdict, address, "text");
		bool home = use && !strcmp(use, "home");
		if (is_old(mapper, address) || (patient->address[0] && !home))
			continue;
		patient->address = text ? fhir_copy(mapper, text) : join_address(mapper, address);
		if (home)
			return;
	}
}

/* At home or the one in the pocket, rather than at work. */
static char *map_phone(struct fhir_mapper *mapper, const json_t *object)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const char *best = NULL;
	bool best_private = false;
	const json_t *telecom;

	for (size_t i = 0; (telecom = fhir_item_at(verdict, object, "telecom", i)); i++) {
		const char *system = fhir_text(verdict, telecom, "system");
		const char *use = fhir_text(verdict, telecom, "use");
		const char *value = fhir_text(verdict, telecom, "value");
		bool private = use && (!strcmp(use, "home") || !strcmp(use, "mobile"));
		if (!value || !system || strcmp(system, "phone") || is_old(mapper, telecom))
			continue;
		if (!best || (private && !best_private)) {
			best = value;
			best_private = private;
		}
	}
	return fhir_copy(mapper, best);
}

static bool is_emergency(struct fhir_mapper *mapper, const json_t *contact)
{
	static const char *const codes[] = { "C", "EP", "ECON", NULL };
	const json_t *relationship;

	for (size_t i = 0;
	     (relationship = fhir_item_at(&mapper->verdict, contact, "relationship", i)); i++)
		if (fhir_concept_is(&mapper->verdict, relationship, codes))
			return true;
	return false;
}

/* The one who is named as such, else the first. */
static void map_contact(struct fhir_mapper *mapper, const json_t *resource, Patient *patient)
{
	const json_t *contact, *chosen = NULL;

	for (size_t i = 0; (contact = fhir_item_at(&mapper->verdict, resource, "contact", i));
	     i++) {
		bool emergency = is_emergency(mapper, contact);
		if (!chosen || emergency)
			chosen = contact;
		if (emergency)
			break;
	}
	ContactPoint *point = chosen ? NEW(ContactPoint, mapper->arena) : NULL;
	if (!point)
		return;
	const json_t *name = fhir_object(&mapper->verdict, chosen, "name");
	const json_t *relationship = fhir_item_at(&mapper->verdict, chosen, "relationship", 0);
	point->name = fhir_copy(mapper, fhir_person_name(mapper, name));
	point->relation = fhir_copy(mapper, fhir_concept_text(&mapper->verdict, relationship));
	point->phone = map_phone(mapper, chosen);
	if (point->name[0] || point->phone[0])
		patient->emergency_contact = point;
}

/* ---- identity ----------------------------------------------------------------------------- */

static void add_identifier(struct fhir_mapper *mapper, Patient *patient, const char *system,
			   const char *value)
{
	char own[SYSTEM_BYTES];
	const char *source = mapper->place.source;

	if (system)
		fhir_system(own, sizeof(own), system, source);
	else
		snprintf(own, sizeof(own), "urn:tsunagi:source:%s", *source ? source : mapper->set);
	for (size_t i = 0; i < patient->n_identifiers; i++)
		if (!strcmp(patient->identifiers[i]->system, own) &&
		    !strcmp(patient->identifiers[i]->value, value))
			return;
	Identifier *identifier = NEW(Identifier, mapper->arena);
	if (!identifier || patient->n_identifiers == IDENTIFIERS_MAX)
		return;
	identifier->system = fhir_copy(mapper, own);
	identifier->value = fhir_copy(mapper, value);
	arena_append(mapper->arena, &patient->identifiers, &patient->n_identifiers, identifier);
}

static bool is_insurance(struct fhir_mapper *mapper, const json_t *identifier, const char *system)
{
	static const char *const codes[] = { "HC", "NIIP", "MB", "NH", NULL };
	const json_t *type = fhir_object(&mapper->verdict, identifier, "type");

	return fhir_concept_is(&mapper->verdict, type, codes) ||
	       (system && strcasestr(system, "insurance_memberid"));
}

static void map_identifiers(struct fhir_mapper *mapper, const json_t *resource, Patient *patient)
{
	struct fhir_verdict *verdict = &mapper->verdict;
	const json_t *identifier;

	for (size_t i = 0; (identifier = fhir_item_at(verdict, resource, "identifier", i)); i++) {
		const char *system = fhir_text(verdict, identifier, "system");
		const char *value = fhir_text(verdict, identifier, "value");
		if (!value)
			continue;
		add_identifier(mapper, patient, system, value);
		if (is_insurance(mapper, identifier, system) &&
		    patient->n_insurance_numbers < INSURANCE_MAX)
			arena_append(mapper->arena, &patient->insurance_numbers,
				     &patient->n_insurance_numbers, fhir_copy(mapper, value));
	}
	const char *id = fhir_text(verdict, resource, "id");
	if (!id && !strncmp(mapper->place.full_url, "urn:", 4))
		id = mapper->place.full_url;
	if (!patient->n_identifiers && id)
		add_identifier(mapper, patient, NULL, id);
	if (!patient->n_identifiers)
		fhir_wrong(verdict, MSG_FHIR_NO_IDENTITY, NULL);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static Patient_Sex map_sex(struct fhir_mapper *mapper, const json_t *resource)
{
	const char *gender = fhir_text(&mapper->verdict, resource, "gender");

	if (!gender)
		return PATIENT_SEX_UNSPECIFIED;
	return !strcmp(gender, "male") ? PATIENT_SEX_MALE :
	       !strcmp(gender, "female") ? PATIENT_SEX_FEMALE :
	       !strcmp(gender, "other") ? PATIENT_SEX_OTHER : PATIENT_SEX_UNKNOWN;
}

static bool is_replaced(struct fhir_mapper *mapper, const json_t *resource)
{
	const json_t *link;

	for (size_t i = 0; (link = fhir_item_at(&mapper->verdict, resource, "link", i)); i++) {
		const char *type = fhir_text(&mapper->verdict, link, "type");
		if (type && !strcmp(type, "replaced-by"))
			return true;
	}
	return false;
}

Patient *fhir_map_patient(struct fhir_mapper *mapper, const json_t *resource)
{
	Patient *patient = NEW(Patient, mapper->arena);

	if (is_replaced(mapper, resource))
		fhir_skip(&mapper->verdict, MSG_FHIR_REPLACED, NULL);
	if (patient) {
		map_names(mapper, resource, patient);
		map_address(mapper, resource, patient);
		map_contact(mapper, resource, patient);
		map_identifiers(mapper, resource, patient);
		patient->phone = map_phone(mapper, resource);
		patient->sex = map_sex(mapper, resource);
		patient->born = fhir_copy(
			mapper, fhir_day(&mapper->verdict, mapper->arena, resource, "birthDate"));
		patient->deceased =
			fhir_bool(&mapper->verdict, resource, "deceasedBoolean") ||
			fhir_text(&mapper->verdict, resource, "deceasedDateTime");
	}
	if (mapper->arena->spent)
		fhir_wrong(&mapper->verdict, MSG_FHIR_TOO_LARGE, NULL);
	return mapper->verdict.outcome == FHIR_FINE ? patient : NULL;
}
