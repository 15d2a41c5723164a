#include "clients/demo/entries.h"

#include <math.h>
#include <string.h>

#include "clients/demo/texts.h"
#include "date.h"

/* An entry around its content. NULL where there is no memory for either. */
static Entry *wrap(struct city *city, Entry_ContentCase which, void *content)
{
	Entry *entry = NEW(Entry, city->arena);

	if (!entry || !content)
		return NULL;
	entry->content_case = which;
	entry->note = content; /* of a union of pointers */
	return entry;
}

static char *fill(struct city *city, struct home *home, const char *template)
{
	return text_fill(city, home, &home->dice, template);
}

Entry *entry_note(struct city *city, struct home *home, const char *template)
{
	Note *note = NEW(Note, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_NOTE, note);

	if (!entry)
		return NULL;
	note->text = fill(city, home, template);
	return entry;
}

static uint32_t within(int value, int least, int most)
{
	return (uint32_t)(value < least ? least : value > most ? most : value);
}

/* What is usual for them, give or take; never red by NEWS2 (services/record/vitals.c) or by their own
 * limits unless that is what is asked for. */
Entry *entry_vitals(struct city *city, struct home *home, enum vitals how)
{
	const VitalSigns *usual = &home->usual;
	struct dice *dice = &home->dice;
	int spo2_least = home->thresholds ? (int)home->thresholds->spo2_min_percent + 1 : 93;
	VitalSigns *vital_signs = NEW(VitalSigns, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_VITAL_SIGNS, vital_signs);

	if (!entry)
		return NULL;
	vital_signs->systolic_mmhg =
		within(dice_near(dice, (int)usual->systolic_mmhg, 14), 96, 178);
	vital_signs->diastolic_mmhg =
		within(dice_near(dice, (int)usual->diastolic_mmhg, 8), 44, 94);
	vital_signs->pulse_bpm = within(dice_near(dice, (int)usual->pulse_bpm, 9), 50, 112);
	vital_signs->spo2_percent =
		within(dice_near(dice, (int)usual->spo2_percent, 1), spo2_least, 99);
	vital_signs->respiratory_rate =
		within(dice_near(dice, (int)usual->respiratory_rate, 2), 12, 24);
	vital_signs->on_oxygen = usual->on_oxygen;
	int tenths = (int)lround(usual->temperature_celsius * 10) + dice_between(dice, -2, 4);
	if (how == FEVER || how == LOW_OXYGEN)
		tenths = dice_between(dice, 381, 387);
	else if (how == SLIGHT_FEVER)
		tenths = dice_between(dice, 367, 371);
	vital_signs->temperature_celsius = tenths / 10.0;
	if (how == FEVER || how == LOW_OXYGEN)
		vital_signs->pulse_bpm = (uint32_t)dice_between(dice, 96, 108);
	if (how == LOW_OXYGEN) {
		vital_signs->spo2_percent = (uint32_t)dice_between(dice, 85, 86);
		vital_signs->respiratory_rate = 26;
	} else if (how == LOW_PRESSURE) {
		vital_signs->systolic_mmhg = (uint32_t)dice_between(dice, 82, 88);
		vital_signs->diastolic_mmhg = 48;
	} else if (how == HIGH_PRESSURE) {
		vital_signs->systolic_mmhg = (uint32_t)dice_between(dice, 164, 178);
		vital_signs->diastolic_mmhg = (uint32_t)dice_between(dice, 86, 94);
	}
	return entry;
}

Entry *entry_medication(struct city *city, MedicationAction action, enum drug drug,
			const char *dose, const char *reason)
{
	const struct medicine *medicine = &medicines[drug];
	Medication *medication = NEW(Medication, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_MEDICATION, medication);

	if (!entry)
		return NULL;
	medication->action = action;
	medication->name = arena_printf(city->arena, "%s%s", medicine->name, medicine->form);
	if (action != MEDICATION_ACTION_STOP)
		medication->dose = city_text(city, dose ? dose : medicine->dose);
	medication->reason = city_text(city, reason);
	return entry;
}

Entry *entry_condition(struct city *city, struct diagnosis diagnosis, int64_t since_ms)
{
	char day[DATE_SIZE];
	Condition *condition = NEW(Condition, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_CONDITION, condition);

	if (!entry)
		return NULL;
	date_day(day, since_ms);
	condition->name = city_text(city, diagnosis.name);
	condition->code = city_text(city, diagnosis.code);
	condition->code_system = city_text(city, ICD10);
	condition->onset = arena_printf(city->arena, "%.7s", day); /* year and month */
	return entry;
}

Entry *entry_allergy(struct city *city, const char *substance, const char *reaction, bool severe)
{
	Allergy *allergy = NEW(Allergy, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_ALLERGY, allergy);

	if (!entry)
		return NULL;
	allergy->substance = city_text(city, substance);
	allergy->reaction = city_text(city, reaction);
	allergy->severe = severe;
	return entry;
}

Entry *entry_precaution(struct city *city, const char *text, bool infection)
{
	Precaution *precaution = NEW(Precaution, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_PRECAUTION, precaution);

	if (!entry)
		return NULL;
	precaution->text = city_text(city, text);
	precaution->infection = infection;
	return entry;
}

Entry *entry_plan(struct city *city, struct home *home, const char *template)
{
	CarePlan *plan = NEW(CarePlan, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_PLAN, plan);

	if (!entry)
		return NULL;
	plan->text = fill(city, home, template);
	return entry;
}

Entry *entry_wish(struct city *city, struct home *home, const char *template, const char *stated_by)
{
	Wish *wish = NEW(Wish, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_WISH, wish);

	if (!entry)
		return NULL;
	wish->text = fill(city, home, template);
	wish->stated_by = city_text(city, stated_by);
	return entry;
}

Entry *entry_dental(struct city *city, struct home *home, const char *template)
{
	DentalFinding *dental = NEW(DentalFinding, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_DENTAL, dental);

	if (!entry)
		return NULL;
	dental->text = fill(city, home, template);
	return entry;
}

/*
 * eGFR = 194 × Cr^-1.094 × age^-0.287 (× 0.739 in women), mL/min/1.73 m²: the Japanese equation
 * (Matsuo et al., Am J Kidney Dis 2009; 53: 982-992), solved for creatinine.
 */
static double creatinine(const struct home *home, double egfr, int64_t now_ms)
{
	double age = date_age(home->patient->born, now_ms);
	double factor = 194 * pow(age, -0.287);

	if (home->patient->sex == PATIENT_SEX_FEMALE)
		factor *= 0.739;
	return round(pow(factor / egfr, 1 / 1.094) * 100) / 100;
}

Entry *entry_observation(struct city *city, struct home *home, EntryKind kind, double value,
			 const char *template)
{
	Observation *observation = NEW(Observation, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_OBSERVATION, observation);

	if (!entry)
		return NULL;
	entry->kind = kind;
	observation->kind = kind;
	observation->text = fill(city, home, template);
	if (kind == ENTRY_KIND_WEIGHT) {
		observation->weight_kg = round(value * 10) / 10;
	} else if (kind == ENTRY_KIND_RENAL) {
		observation->egfr = value;
		observation->creatinine_mg_dl = creatinine(home, value, city->now_ms);
	}
	return entry;
}

Entry *entry_next_visit(struct city *city, int64_t visit_ms, const char *text)
{
	NextVisit *next_visit = NEW(NextVisit, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_NEXT_VISIT, next_visit);

	if (!entry)
		return NULL;
	next_visit->visit_ms = visit_ms;
	next_visit->text = city_text(city, text);
	return entry;
}

/* ---- of an episode ------------------------------------------------------------------------ */

static Entry *movement(struct city *city, struct home *home, const struct step *step)
{
	/* Each area sends its patients to its first hospital. */
	const char *hospital = organisation_id(city, ORGANISATION_KIND_HOSPITAL,
					       1 + (home->number - 1) % CITY_AREAS);
	Movement *movement = NEW(Movement, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_MOVEMENT, movement);

	if (!entry)
		return NULL;
	movement->kind = (MovementKind)step->how;
	for (size_t i = 0; i < city->n_organisations; i++)
		if (!strcmp(city->organisations[i]->id, hospital))
			movement->facility = city->organisations[i]->name;
	movement->text = fill(city, home, step->text);
	return entry;
}

static Entry *question(struct city *city, struct home *home, const struct step *step)
{
	static const Profession professions[WORKERS] = {
		[DOCTOR] = PROFESSION_DOCTOR,
		[NURSE] = PROFESSION_NURSE,
		[PHARMACIST] = PROFESSION_PHARMACIST,
		[DENTIST] = PROFESSION_DENTIST,
		[CARE_MANAGER] = PROFESSION_CARE_MANAGER,
		[HELPER] = PROFESSION_HELPER,
		[LIAISON] = PROFESSION_LIAISON,
	};
	Question *question = NEW(Question, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_QUESTION, question);

	if (!entry)
		return NULL;
	question->text = fill(city, home, step->text);
	question->professions = arena_alloc(city->arena, WORKERS * sizeof(*question->professions));
	for (int worker = 0; question->professions && worker < WORKERS; worker++)
		if (step->how >> worker & 1)
			question->professions[question->n_professions++] = professions[worker];
	return entry;
}

static Entry *answer(struct city *city, struct home *home, const struct step *step)
{
	Answer *answer = NEW(Answer, city->arena);
	Entry *entry = wrap(city, Entry_CONTENT_ANSWER, answer);

	if (!entry)
		return NULL;
	answer->text = fill(city, home, step->text);
	return entry;
}

/* A slip of the pen is not what they weigh. */
#define SLIP_KG 5

static Entry *weight(struct city *city, struct home *home, const struct step *step)
{
	double kg = home->weight_kg + step->value;

	if (fabs(step->value) < SLIP_KG)
		home->weight_kg = kg;
	return entry_observation(city, home, ENTRY_KIND_WEIGHT, kg, step->text);
}

/* In the early afternoon. */
static Entry *next_visit(struct city *city, const struct step *step, int day)
{
	int64_t at_ms = city_day_ms(city, day + (int)step->value) + DAY_MS / 2 + 2 * 3600 * 1000;
	return entry_next_visit(city, at_ms, step->text);
}

Entry *entry_of_step(struct city *city, struct home *home, const struct step *step, int day)
{
	switch (step->kind) {
	case ENTRY_KIND_VITAL_SIGNS:
		return entry_vitals(city, home, (enum vitals)step->how);
	case ENTRY_KIND_MEDICATION:
		return entry_medication(city, (MedicationAction)step->how, step->drug, step->more,
					step->text);
	case ENTRY_KIND_ALLERGY:
		return entry_allergy(city, step->text, step->more, step->how != 0);
	case ENTRY_KIND_PRECAUTION:
		return entry_precaution(city, step->text, step->how != 0);
	case ENTRY_KIND_PLAN:
		return entry_plan(city, home, step->text);
	case ENTRY_KIND_WISH:
		return entry_wish(city, home, step->text, step->more);
	case ENTRY_KIND_DENTAL:
		return entry_dental(city, home, step->text);
	case ENTRY_KIND_WEIGHT:
		return weight(city, home, step);
	case ENTRY_KIND_RENAL:
	case ENTRY_KIND_SWALLOWING:
	case ENTRY_KIND_ACTIVITY:
		return entry_observation(city, home, step->kind, step->value, step->text);
	case ENTRY_KIND_MOVEMENT:
		return movement(city, home, step);
	case ENTRY_KIND_NEXT_VISIT:
		return next_visit(city, step, day);
	case ENTRY_KIND_QUESTION:
		return question(city, home, step);
	case ENTRY_KIND_ANSWER:
		return answer(city, home, step);
	default:
		return entry_note(city, home, step->text);
	}
}
