#include "clients/cli/fhir_json.h"

#include <string.h>

#include "date.h"

json_t *fhir_parse(const char *text, size_t size, struct fhir_verdict *verdict)
{
	json_error_t error;
	json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);

	if (!json) {
		fhir_wrong(verdict, MSG_FHIR_SYNTAX, "%s", error.text);
	} else if (!json_is_object(json)) {
		fhir_wrong(verdict, MSG_FHIR_SYNTAX, NULL);
		json_decref(json);
		json = NULL;
	}
	return json;
}

/* ---- JSON types --------------------------------------------------------------------------- */

/* NULL for what is not there; of another type: NULL too, and wrong. */
static const json_t *typed(struct fhir_verdict *verdict, const json_t *value, json_type type,
			   const char *name)
{
	static const char *const words[] = { "object", "array", "string" };

	if (!value || json_is_null(value))
		return NULL;
	if (json_typeof(value) == type)
		return value;
	fhir_wrong(verdict, MSG_FHIR_FIELD_TYPE, "%s: %s", name,
		   type <= JSON_STRING ? words[type] : "");
	return NULL;
}

static const char *filled(const json_t *string)
{
	const char *text = string ? json_string_value(string) : NULL;

	return text && *text ? text : NULL;
}

const char *fhir_text(struct fhir_verdict *verdict, const json_t *object, const char *name)
{
	return filled(typed(verdict, json_object_get(object, name), JSON_STRING, name));
}

const json_t *fhir_object(struct fhir_verdict *verdict, const json_t *object, const char *name)
{
	return typed(verdict, json_object_get(object, name), JSON_OBJECT, name);
}

bool fhir_bool(struct fhir_verdict *verdict, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (value && !json_is_boolean(value) && !json_is_null(value))
		fhir_wrong(verdict, MSG_FHIR_FIELD_TYPE, "%s: boolean", name);
	return json_is_true(value);
}

bool fhir_number(struct fhir_verdict *verdict, const json_t *object, const char *name, double *out)
{
	const json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value))
		return false;
	if (!json_is_number(value))
		return fhir_wrong(verdict, MSG_FHIR_FIELD_TYPE, "%s: number", name);
	*out = json_number_value(value);
	return true;
}

const json_t *fhir_item_at(struct fhir_verdict *verdict, const json_t *object, const char *name,
			   size_t i)
{
	const json_t *list = typed(verdict, json_object_get(object, name), JSON_ARRAY, name);
	const json_t *item = json_array_get(list, i);

	if (!item || json_is_object(item))
		return item;
	fhir_wrong(verdict, MSG_FHIR_FIELD_TYPE, "%s[%zu]: object", name, i);
	return NULL;
}

const char *fhir_text_at(struct fhir_verdict *verdict, const json_t *object, const char *name,
			 size_t i)
{
	const json_t *list = typed(verdict, json_object_get(object, name), JSON_ARRAY, name);
	const json_t *item = json_array_get(list, i);

	if (json_is_null(item))
		return ""; /* lists of primitives may have holes */
	if (!item || json_is_string(item))
		return json_string_value(item);
	fhir_wrong(verdict, MSG_FHIR_FIELD_TYPE, "%s[%zu]: string", name, i);
	return NULL;
}

/* ---- dates -------------------------------------------------------------------------------- */

bool fhir_time(struct fhir_verdict *verdict, const json_t *object, const char *name, int64_t *out)
{
	const char *text = fhir_text(verdict, object, name);
	int64_t time_ms;

	if (!text)
		return false;
	if (date_parse(text, &time_ms))
		return fhir_wrong(verdict, MSG_FHIR_DATE, "%s: %s", name, text);
	*out = time_ms ? time_ms : 1;
	return true;
}

const char *fhir_day(struct fhir_verdict *verdict, struct arena *arena, const json_t *object,
		     const char *name)
{
	const char *text = fhir_text(verdict, object, name);

	if (!text)
		return "";
	size_t length = strcspn(text, "T ");
	char *day = arena_printf(arena, "%.*s", (int)(length < 32 ? length : 32), text);
	if (!date_valid(day)) {
		fhir_wrong(verdict, MSG_FHIR_DATE, "%s: %s", name, text);
		return "";
	}
	return day;
}

/* ---- CodeableConcept ---------------------------------------------------------------------- */

bool fhir_coding(struct fhir_verdict *verdict, const json_t *concept, size_t i, const char **system,
		 const char **code)
{
	const json_t *coding = fhir_item_at(verdict, concept, "coding", i);

	if (!coding)
		return false;
	*system = fhir_text(verdict, coding, "system");
	*code = fhir_text(verdict, coding, "code");
	*system = *system ? *system : "";
	*code = *code ? *code : "";
	return true;
}

const char *fhir_concept_text(struct fhir_verdict *verdict, const json_t *concept)
{
	const char *text = fhir_text(verdict, concept, "text");
	const char *code = NULL;
	const json_t *coding;

	for (size_t i = 0; !text && (coding = fhir_item_at(verdict, concept, "coding", i)); i++) {
		text = fhir_text(verdict, coding, "display");
		if (!code)
			code = fhir_text(verdict, coding, "code");
	}
	return text ? text : code;
}

bool fhir_concept_is(struct fhir_verdict *verdict, const json_t *concept, const char *const *codes)
{
	const char *system, *code;

	for (size_t i = 0; fhir_coding(verdict, concept, i, &system, &code); i++)
		for (const char *const *one = codes; *one; one++)
			if (!strcmp(code, *one))
				return true;
	return false;
}

const json_t *fhir_extension(struct fhir_verdict *verdict, const json_t *object,
			     const char *url_end)
{
	const json_t *extension;
	size_t end = strlen(url_end);

	for (size_t i = 0; (extension = fhir_item_at(verdict, object, "extension", i)); i++) {
		const char *url = fhir_text(verdict, extension, "url");
		size_t length = url ? strlen(url) : 0;
		if (length >= end && !strcmp(url + length - end, url_end))
			return extension;
	}
	return NULL;
}
