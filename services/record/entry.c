#include "entry.h"

#include <string.h>

#include "date.h"
#include "field.h"
#include "rules.h"
#include "vitals.h"

#define TEXT_BYTES 20000
#define SHORT_BYTES 1000
#define NAME_BYTES 300
#define CODE_BYTES 64
#define SYSTEM_BYTES 500
#define EARLIEST_MS (-120LL * 365 * DAY_MS) /* about 1850: nobody's history goes further back */

EntryKind entry_kind(const Entry *entry)
{
	switch (entry->content_case) {
	case Entry_CONTENT_NOTE:
		return ENTRY_KIND_NOTE;
	case Entry_CONTENT_VITAL_SIGNS:
		return ENTRY_KIND_VITAL_SIGNS;
	case Entry_CONTENT_MEDICATION:
		return ENTRY_KIND_MEDICATION;
	case Entry_CONTENT_ALLERGY:
		return ENTRY_KIND_ALLERGY;
	case Entry_CONTENT_CONDITION:
		return ENTRY_KIND_CONDITION;
	case Entry_CONTENT_DENTAL:
		return ENTRY_KIND_DENTAL;
	case Entry_CONTENT_PLAN:
		return ENTRY_KIND_PLAN;
	case Entry_CONTENT_OBSERVATION:
		return entry->observation->kind;
	case Entry_CONTENT_PRECAUTION:
		return ENTRY_KIND_PRECAUTION;
	case Entry_CONTENT_MOVEMENT:
		return ENTRY_KIND_MOVEMENT;
	case Entry_CONTENT_NEXT_VISIT:
		return ENTRY_KIND_NEXT_VISIT;
	case Entry_CONTENT_WISH:
		return ENTRY_KIND_WISH;
	case Entry_CONTENT_QUESTION:
		return ENTRY_KIND_QUESTION;
	case Entry_CONTENT_ANSWER:
		return ENTRY_KIND_ANSWER;
	default:
		return ENTRY_KIND_UNSPECIFIED;
	}
}

static int check_vitals(const struct input *in, const VitalSigns *vitals)
{
	const char *field;

	if (!vitals_check(vitals, &field))
		return 0;
	if (!*field)
		return field_invalid(in, "entry.vital_signs", "測定値が1つもありません。",
				     "Nothing was measured.");
	return field_invalid(in, arena_printf(in->arena, "entry.vital_signs.%s", field),
			     "あり得ない値です。入力を確かめてください。",
			     "No patient has this value. Check what was typed.");
}

static int check_medication(const struct input *in, const Medication *medication)
{
	bool replaces = medication->replaces[0] != '\0';

	if (medication->action == MEDICATION_ACTION_UNSPECIFIED)
		return field_invalid(in, "entry.medication.action", "開始・変更・中止のどれかを選んでください。",
				     "Say whether it is started, changed or stopped.");
	if (replaces && medication->action == MEDICATION_ACTION_START)
		return field_invalid(in, "entry.medication.replaces",
				     "開始では元の処方を指定できません。変更を使ってください。",
				     "A start replaces nothing. Use a change.");
	int rc = field_text(in, "entry.medication.name", medication->name, replaces ? 0 : 1, NAME_BYTES);
	if (!rc)
		rc = field_text(in, "entry.medication.code", medication->code, 0, CODE_BYTES);
	if (!rc)
		rc = field_text(in, "entry.medication.code_system", medication->code_system, 0,
				SYSTEM_BYTES);
	if (!rc)
		rc = field_text(in, "entry.medication.dose", medication->dose, 0, SHORT_BYTES);
	return rc ? rc : field_text(in, "entry.medication.reason", medication->reason, 0, SHORT_BYTES);
}

static int check_allergy(const struct input *in, const Allergy *allergy)
{
	int rc = field_text(in, "entry.allergy.substance", allergy->substance, 1, NAME_BYTES);
	if (!rc)
		rc = field_text(in, "entry.allergy.code", allergy->code, 0, CODE_BYTES);
	return rc ? rc : field_text(in, "entry.allergy.reaction", allergy->reaction, 0, SHORT_BYTES);
}

static int check_condition(const struct input *in, const Condition *condition)
{
	int rc = field_text(in, "entry.condition.name", condition->name, 1, NAME_BYTES);
	if (!rc)
		rc = field_text(in, "entry.condition.code", condition->code, 0, CODE_BYTES);
	if (!rc)
		rc = field_text(in, "entry.condition.code_system", condition->code_system, 0,
				SYSTEM_BYTES);
	return rc ? rc : field_born(in, "entry.condition.onset", condition->onset);
}

static bool within(double value, double least, double most)
{
	return value == 0 || (value >= least && value <= most);
}

static int check_observation(const struct input *in, const Observation *o)
{
	const char *field = "";
	bool something = o->text[0];

	switch (o->kind) {
	case ENTRY_KIND_WEIGHT:
		something |= o->weight_kg != 0;
		break;
	case ENTRY_KIND_RENAL:
		something |= o->creatinine_mg_dl != 0 || o->egfr != 0;
		break;
	case ENTRY_KIND_SWALLOWING:
	case ENTRY_KIND_ACTIVITY:
		break;
	default:
		return field_invalid(in, "entry.observation.kind",
				     "体重・腎機能・嚥下・活動のどれかを選んでください。",
				     "An observation is of weight, renal function, swallowing or activity.");
	}
	if (!something)
		return field_invalid(in, "entry.observation", "値も文もありません。",
				     "There is neither a value nor a text.");
	if (!within(o->weight_kg, 0.3, 400))
		field = "weight_kg";
	else if (!within(o->creatinine_mg_dl, 0.05, 50))
		field = "creatinine_mg_dl";
	else if (!within(o->egfr, 0.5, 300))
		field = "egfr";
	if (*field)
		return field_invalid(in, arena_printf(in->arena, "entry.observation.%s", field),
				     "あり得ない値です。入力を確かめてください。",
				     "No patient has this value. Check what was typed.");
	return field_text(in, "entry.observation.text", o->text, 0, TEXT_BYTES);
}

static int check_movement(const struct input *in, const Movement *movement)
{
	if (movement->kind == MOVEMENT_KIND_UNSPECIFIED)
		return field_invalid(in, "entry.movement.kind", "入院・退院・転居のどれかを選んでください。",
				     "Say whether it is an admission, a discharge or a relocation.");
	int rc = field_text(in, "entry.movement.facility", movement->facility, 0, NAME_BYTES);
	return rc ? rc : field_text(in, "entry.movement.text", movement->text, 0, TEXT_BYTES);
}

static int check_next_visit(const struct input *in, const NextVisit *visit)
{
	if (visit->visit_ms <= 0 || visit->visit_ms > in->now_ms + 10 * 365 * DAY_MS)
		return field_invalid(in, "entry.next_visit.visit_ms", "次回の日時を確かめてください。",
				     "Check the date of the next visit.");
	return field_text(in, "entry.next_visit.text", visit->text, 0, TEXT_BYTES);
}

static int check_content(const struct input *in, const Entry *entry)
{
	int rc;

	switch (entry->content_case) {
	case Entry_CONTENT_NOTE:
		return field_text(in, "entry.note.text", entry->note->text, 1, TEXT_BYTES);
	case Entry_CONTENT_VITAL_SIGNS:
		return check_vitals(in, entry->vital_signs);
	case Entry_CONTENT_MEDICATION:
		return check_medication(in, entry->medication);
	case Entry_CONTENT_ALLERGY:
		return check_allergy(in, entry->allergy);
	case Entry_CONTENT_CONDITION:
		return check_condition(in, entry->condition);
	case Entry_CONTENT_DENTAL:
		return field_text(in, "entry.dental.text", entry->dental->text, 1, TEXT_BYTES);
	case Entry_CONTENT_PLAN:
		return field_text(in, "entry.plan.text", entry->plan->text, 1, TEXT_BYTES);
	case Entry_CONTENT_OBSERVATION:
		return check_observation(in, entry->observation);
	case Entry_CONTENT_PRECAUTION:
		return field_text(in, "entry.precaution.text", entry->precaution->text, 1, TEXT_BYTES);
	case Entry_CONTENT_MOVEMENT:
		return check_movement(in, entry->movement);
	case Entry_CONTENT_NEXT_VISIT:
		return check_next_visit(in, entry->next_visit);
	case Entry_CONTENT_WISH:
		rc = field_text(in, "entry.wish.text", entry->wish->text, 1, TEXT_BYTES);
		return rc ? rc : field_text(in, "entry.wish.stated_by", entry->wish->stated_by, 0, NAME_BYTES);
	case Entry_CONTENT_QUESTION:
		rc = field_text(in, "entry.question.text", entry->question->text, 1, TEXT_BYTES);
		return rc ? rc : field_count(in, "entry.question.professions",
					     entry->question->n_professions, 16);
	case Entry_CONTENT_ANSWER:
		return field_text(in, "entry.answer.text", entry->answer->text, 1, TEXT_BYTES);
	default:
		return field_invalid(in, "entry", "記録の内容がありません。", "The entry has no content.");
	}
}

int entry_check(const struct input *in, const Entry *entry)
{
	if (entry->occurred_ms < EARLIEST_MS)
		return field_invalid(in, "entry.occurred_ms", "日時が古すぎます。", "That is too long ago.");
	if (entry->occurred_ms > in->now_ms + AHEAD_MS)
		return field_invalid(in, "entry.occurred_ms",
				     "これからの日時の記録はできません。端末の時計を確かめてください。",
				     "This has not happened yet. Check the clock of your device.");
	return check_content(in, entry);
}
