#include "clients/cli/fhir_count.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/table.h"
#include "error.h"
#include "json.h"

int fhir_counts_init(struct fhir_counts *counts)
{
	counts->n = 0;
	counts->rows = calloc(FHIR_LIMIT_TYPES, sizeof(*counts->rows));
	return counts->rows ? 0 : ERR_NOMEM;
}

void fhir_counts_close(struct fhir_counts *counts)
{
	for (size_t i = 0; i < counts->n; i++)
		free(counts->rows[i].reasons);
	free(counts->rows);
	counts->rows = NULL;
	counts->n = 0;
}

/* ---- counting ----------------------------------------------------------------------------- */

static bool is_type(const char *type)
{
	size_t letters = strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	return *type && !type[letters];
}

struct fhir_row *fhir_count_read(struct fhir_counts *counts, const char *type)
{
	const char *name = is_type(type) ? type : "?";
	struct fhir_row *row = NULL;

	for (size_t i = 0; !row && i < counts->n; i++)
		if (!strcmp(counts->rows[i].type, name))
			row = &counts->rows[i];
	if (!row && counts->n == FHIR_LIMIT_TYPES) {
		row = &counts->rows[counts->n - 1];
		strcpy(row->type, "?");
	}
	if (!row) {
		row = &counts->rows[counts->n++];
		snprintf(row->type, sizeof(row->type), "%s", name);
	}
	row->read++;
	return row;
}

void fhir_count_result(struct fhir_row *row, enum fhir_result result)
{
	row->results[result]++;
}

static bool same(const struct fhir_verdict *a, const struct fhir_verdict *b)
{
	return a->outcome == b->outcome && a->reason == b->reason && !strcmp(a->detail, b->detail);
}

void fhir_count_verdict(struct fhir_row *row, const struct fhir_verdict *verdict, bool with_detail)
{
	struct fhir_verdict key = *verdict;

	*(verdict->outcome == FHIR_WRONG ? &row->wrong : &row->skipped) += 1;
	if (!row->reasons)
		row->reasons = calloc(FHIR_LIMIT_REASONS, sizeof(*row->reasons));
	if (!row->reasons)
		return;
	if (!with_detail)
		key.detail[0] = '\0';
	for (size_t i = 0; i < row->n_reasons; i++)
		if (same(&row->reasons[i].verdict, &key)) {
			row->reasons[i].count++;
			return;
		}
	/* One place each is kept for the rest of both kinds. */
	if (row->n_reasons >= FHIR_LIMIT_REASONS - 2) {
		key.reason = MSG_FHIR_OTHER;
		key.detail[0] = '\0';
		for (size_t i = FHIR_LIMIT_REASONS - 2; i < row->n_reasons; i++)
			if (same(&row->reasons[i].verdict, &key)) {
				row->reasons[i].count++;
				return;
			}
	}
	row->reasons[row->n_reasons++] = (struct fhir_reason){ key, 1 };
}

unsigned long fhir_count_wrong(const struct fhir_counts *counts)
{
	unsigned long wrong = 0;

	for (size_t i = 0; i < counts->n; i++)
		wrong += counts->rows[i].wrong;
	return wrong;
}

/* ---- printing ----------------------------------------------------------------------------- */

const char *fhir_reason_name(enum message reason)
{
	switch (reason) {
#define REASON_NAME(name, en, ja) \
	case MSG_##name: \
		return #name + sizeof("FHIR_") - 1;
		FHIR_REASONS(REASON_NAME)
#undef REASON_NAME
	default:
		return "OTHER";
	}
}

/* What is imported first, in this order; then the rest as it was met. */
static void in_order(const struct fhir_counts *counts, const struct fhir_row **rows)
{
	static const char *const first[] = {
		"Patient",           "AllergyIntolerance",  "Condition",
		"MedicationRequest", "MedicationStatement", "Observation",
		"CareTeam",          "Practitioner",        "Organization"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		for (size_t j = 0; j < counts->n; j++)
			if (!strcmp(counts->rows[j].type, first[i]))
				rows[n++] = &counts->rows[j];
	for (size_t j = 0; j < counts->n; j++) {
		bool listed = false;
		for (size_t i = 0; i < n; i++)
			listed |= rows[i] == &counts->rows[j];
		if (!listed)
			rows[n++] = &counts->rows[j];
	}
}

struct cells {
	char text[6][24];
};

static const char *number(char text[24], unsigned long value)
{
	snprintf(text, 24, "%lu", value);
	return text;
}

static void print_reasons(struct table *table, const struct fhir_row *row, bool japanese)
{
	for (size_t i = 0; i < row->n_reasons; i++) {
		const struct fhir_reason *reason = &row->reasons[i];
		bool wrong = reason->verdict.outcome == FHIR_WRONG;
		char count[24], text[512];
		snprintf(text, sizeof(text), "%s%s%s",
			 message_text(reason->verdict.reason, japanese),
			 reason->verdict.detail[0] ? ": " : "", reason->verdict.detail);
		number(count, reason->count);
		table_row(table, "", "", "", "", wrong ? "" : count, wrong ? count : "", text);
	}
}

static void print_row(struct table *table, const struct fhir_row *row, bool japanese)
{
	struct cells cells;
	bool one = row->n_reasons == 1;
	char why[512] = "";

	if (one)
		snprintf(why, sizeof(why), "%s%s%s",
			 message_text(row->reasons[0].verdict.reason, japanese),
			 row->reasons[0].verdict.detail[0] ? ": " : "",
			 row->reasons[0].verdict.detail);
	table_row(table, row->type, number(cells.text[0], row->read),
		  number(cells.text[1], row->results[FHIR_NEW]),
		  number(cells.text[2], row->results[FHIR_KNOWN]),
		  number(cells.text[3], row->skipped), number(cells.text[4], row->wrong), why);
	if (!one)
		print_reasons(table, row, japanese);
}

void fhir_counts_print(const struct fhir_counts *counts, FILE *out, bool japanese)
{
	const struct fhir_row *rows[FHIR_LIMIT_TYPES];
	struct fhir_row total = { .type = "" };
	struct table table;

	in_order(counts, rows);
	table_init(&table, 7);
	for (unsigned i = 1; i <= 5; i++)
		table.right[i] = true;
	table_row(&table, message_text(MSG_FHIR_HEAD_TYPE, japanese),
		  message_text(MSG_FHIR_HEAD_READ, japanese),
		  message_text(MSG_FHIR_HEAD_NEW, japanese),
		  message_text(MSG_FHIR_HEAD_KNOWN, japanese),
		  message_text(MSG_FHIR_HEAD_SKIPPED, japanese),
		  message_text(MSG_FHIR_HEAD_WRONG, japanese),
		  message_text(MSG_FHIR_HEAD_WHY, japanese));
	for (size_t i = 0; i < counts->n; i++) {
		print_row(&table, rows[i], japanese);
		total.read += rows[i]->read;
		total.results[FHIR_NEW] += rows[i]->results[FHIR_NEW];
		total.results[FHIR_KNOWN] += rows[i]->results[FHIR_KNOWN];
		total.skipped += rows[i]->skipped;
		total.wrong += rows[i]->wrong;
	}
	snprintf(total.type, sizeof(total.type), "%s", message_text(MSG_FHIR_TOTAL, japanese));
	print_row(&table, &total, japanese);
	table_print(&table, out);
	table_close(&table);
}

static json_t *json_of_reasons(const struct fhir_row *row)
{
	json_t *list = json_array();

	for (size_t i = 0; i < row->n_reasons; i++) {
		const struct fhir_reason *reason = &row->reasons[i];
		json_t *item =
			json_pack("{s:s,s:s,s:I}", "outcome",
				  reason->verdict.outcome == FHIR_WRONG ? "wrong" : "skipped",
				  "reason", fhir_reason_name(reason->verdict.reason), "count",
				  (json_int_t)reason->count);
		if (reason->verdict.detail[0])
			json_object_set_new(item, "detail", json_string(reason->verdict.detail));
		json_array_append_new(list, item);
	}
	return list;
}

int fhir_counts_print_json(const struct fhir_counts *counts, FILE *out)
{
	const struct fhir_row *rows[FHIR_LIMIT_TYPES];
	int error = 0;

	in_order(counts, rows);
	for (size_t i = 0; i < counts->n && !error; i++) {
		const struct fhir_row *row = rows[i];
		json_t *object = json_pack(
			"{s:s,s:I,s:I,s:I,s:I,s:I,s:o}", "type", row->type, "read",
			(json_int_t)row->read, "new", (json_int_t)row->results[FHIR_NEW],
			"alreadyThere", (json_int_t)row->results[FHIR_KNOWN], "skipped",
			(json_int_t)row->skipped, "wrong", (json_int_t)row->wrong, "why",
			json_of_reasons(row));
		error = json_print(out, object);
		json_decref(object);
	}
	return error;
}
