#include "clients/demo/city.h"

#include <stdio.h>
#include <string.h>

#include "clients/demo/person_names.h"
#include "clients/demo/places.h"
#include "date.h"
#include "error.h"

#define SOURCE "https://tsunagi.example/demo/patients"
#define AGE_MIN 60
#define AGE_MAX 102
/* Of every so many one has not consented yet. */
#define WITHOUT_CONSENT 25

int64_t city_day_ms(const struct city *city, int day)
{
	int64_t local_ms = city->now_ms + JAPAN_OFFSET_MS;

	return local_ms - local_ms % DAY_MS - JAPAN_OFFSET_MS + day * DAY_MS;
}

/* "YYYY-MM-DD" so many days ago. */
static char *date_ago(struct city *city, int days)
{
	char date[DATE_SIZE];

	date_day(date, city_day_ms(city, -days));
	return city_text(city, date);
}

/* ---- illness ------------------------------------------------------------------------------ */

static void add_diagnosis(struct home *home, struct diagnosis diagnosis)
{
	if (!diagnosis.name || home->n_diagnoses == HOME_DIAGNOSES)
		return;
	for (unsigned i = 0; i < home->n_diagnoses; i++)
		if (!strcmp(home->diagnoses[i].code, diagnosis.code))
			return;
	home->diagnoses[home->n_diagnoses++] = diagnosis;
}

bool home_takes(const struct home *home, enum drug drug)
{
	for (unsigned i = 0; i < home->n_courses; i++)
		if (home->courses[i].drug == drug)
			return true;
	return false;
}

static void add_drug(struct home *home, enum drug drug)
{
	if (drug != NO_DRUG && home->n_courses < HOME_COURSES && !home_takes(home, drug))
		home->courses[home->n_courses++] = (struct course){ .drug = drug };
}

/* Those of a list that are given; lists end early. */
static unsigned count_drugs(const enum drug *drugs, unsigned most)
{
	unsigned n = 0;

	while (n < most && drugs[n] != NO_DRUG)
		n++;
	return n;
}

static void choose_illness(struct home *home)
{
	const struct profile *profile = home->profile;
	unsigned mains = 0;

	while (mains < PROFILE_DIAGNOSES && profile->main[mains].name)
		mains++;
	add_diagnosis(home, profile->main[dice_below(&home->dice, mains)]);
	for (unsigned i = 0; i < PROFILE_DIAGNOSES; i++)
		add_diagnosis(home, profile->second[i]);
	for (unsigned i = 0; i < PROFILE_DRUGS; i++)
		add_drug(home, profile->drugs[i]);
	unsigned choices = count_drugs(profile->one_of, PROFILE_DIAGNOSES);
	unsigned choice = dice_below(&home->dice, choices);
	if (choices)
		add_drug(home, profile->one_of[home->number == CITY_STORY_HOME ? 0 : choice]);
	for (size_t i = 0; i < n_comorbidities; i++) {
		const struct comorbidity *also = &comorbidities[i];
		bool has = dice_chance(&home->dice, also->percent);
		if (!has || (also->sex && also->sex != home->patient->sex) || home->n_diagnoses > 6)
			continue;
		add_diagnosis(home, also->diagnosis);
		add_drug(home, also->drug);
	}
}

/* What is usual for this person, and from where on it is not. */
static int choose_vitals(struct city *city, struct home *home)
{
	const struct profile *profile = home->profile;
	VitalSigns *usual = &home->usual;

	*usual = (VitalSigns)VitalSigns_INIT;
	usual->systolic_mmhg = (uint32_t)dice_near(&home->dice, profile->systolic, 12);
	usual->diastolic_mmhg = usual->systolic_mmhg * 3 / 5 - (uint32_t)dice_below(&home->dice, 6);
	usual->pulse_bpm = (uint32_t)dice_near(&home->dice, profile->pulse, 8);
	usual->temperature_celsius = dice_near(&home->dice, 363, 3) / 10.0;
	usual->spo2_percent = (uint32_t)dice_near(&home->dice, profile->spo2, 1);
	usual->respiratory_rate = (uint32_t)dice_near(&home->dice, profile->respiration, 2);
	if (home->theme != LUNG)
		return 0;
	usual->on_oxygen = true;
	home->thresholds = NEW(Thresholds, city->arena);
	if (!home->thresholds)
		return ERR_NOMEM;
	home->thresholds->spo2_min_percent = 87;
	home->thresholds->respiratory_rate_max = 28;
	return 0;
}

/* ---- the person --------------------------------------------------------------------------- */

static bool name_taken(const struct city *city, const char *name)
{
	for (size_t i = 0; i < city->n_homes; i++)
		if (!strcmp(city->homes[i]->patient->name, name))
			return true;
	return false;
}

static void choose_name(struct city *city, struct home *home, int born_year,
			const struct word **family)
{
	const struct word *given;
	Patient *patient = home->patient;

	do {
		*family = name_family(&home->dice);
		given = name_given(&home->dice, patient->sex, born_year);
		patient->name = arena_printf(city->arena, "%s %s", (*family)->text, given->text);
	} while (name_taken(city, patient->name) && !city->arena->spent);
	patient->kana = arena_printf(city->arena, "%s %s", (*family)->kana, given->kana);
}

/* Who is called first: of the same or the next generation. */
static const struct relation {
	Patient_Sex of, is;
	const char *word, *lives;
	int younger; /* by so many years */
	bool same_family;
} relations[] = {
	{ PATIENT_SEX_FEMALE, PATIENT_SEX_MALE, "夫", "夫と二人暮らし", -3, true },
	{ PATIENT_SEX_FEMALE, PATIENT_SEX_FEMALE, "長女", "独居（長女が近所に居住）", 27, false },
	{ PATIENT_SEX_FEMALE, PATIENT_SEX_MALE, "長男", "長男夫婦と同居", 27, true },
	{ PATIENT_SEX_FEMALE, PATIENT_SEX_FEMALE, "長男の妻", "長男夫婦と同居", 30, true },
	{ PATIENT_SEX_FEMALE, PATIENT_SEX_FEMALE, "姪", "独居", 30, false },
	{ PATIENT_SEX_MALE, PATIENT_SEX_FEMALE, "妻", "妻と二人暮らし", 4, true },
	{ PATIENT_SEX_MALE, PATIENT_SEX_FEMALE, "長女", "長女家族と同居", 30, false },
	{ PATIENT_SEX_MALE, PATIENT_SEX_MALE, "長男", "独居（長男は市外）", 29, true },
	{ PATIENT_SEX_MALE, PATIENT_SEX_MALE, "次男", "次男と二人暮らし", 32, true },
};
#define N_RELATIONS (sizeof(relations) / sizeof(*relations))

static int choose_contact(struct city *city, struct home *home, int born_year,
			  const struct word *family)
{
	const struct relation *relation;
	ContactPoint *contact = home->patient->emergency_contact = NEW(ContactPoint, city->arena);

	if (!contact)
		return ERR_NOMEM;
	do { /* few still have a husband at ninety */
		relation = &relations[dice_below(&home->dice, N_RELATIONS)];
	} while (relation->of != home->patient->sex || (relation->younger < 0 && born_year < 1938));
	if (!relation->same_family)
		family = name_family(&home->dice);
	const struct word *given =
		name_given(&home->dice, relation->is,
			   born_year + dice_near(&home->dice, relation->younger, 3));
	contact->name = arena_printf(city->arena, "%s %s", family->text, given->text);
	contact->relation = city_text(city, relation->word);
	contact->phone = arena_printf(city->arena, "000-2000-%04u", home->number);
	home->kin = relation->word;
	home->lives = relation->lives;
	return 0;
}

static int add_identifiers(struct city *city, struct home *home)
{
	Patient *patient = home->patient;
	Identifier *identifier = NEW(Identifier, city->arena);

	if (!identifier)
		return ERR_NOMEM;
	identifier->system = city_text(city, SOURCE);
	identifier->value = arena_printf(city->arena, "%u", home->number);
	int rc = arena_append(city->arena, &patient->identifiers, &patient->n_identifiers,
			      identifier);
	if (!rc) /* no insurer has this number */
		rc = arena_append(city->arena, &patient->insurance_numbers,
				  &patient->n_insurance_numbers,
				  arena_printf(city->arena, "介護 0000%06u", home->number));
	return rc;
}

static int choose_person(struct city *city, struct home *home)
{
	Patient *patient = home->patient = NEW(Patient, city->arena);
	const struct word *family;

	if (!patient)
		return ERR_NOMEM;
	int age = dice_near(&home->dice, home->profile->age, home->profile->age_spread);
	age = age < AGE_MIN ? AGE_MIN : age > AGE_MAX ? AGE_MAX : age;
	patient->sex = dice_chance(&home->dice, age > 85 ? 68 : 54) ? PATIENT_SEX_FEMALE
								    : PATIENT_SEX_MALE;
	patient->born = date_ago(city, age * 365 + age / 4 + 1 + dice_between(&home->dice, 0, 364));
	int born_year = 0;
	sscanf(patient->born, "%d", &born_year);
	choose_name(city, home, born_year, &family);
	patient->area = organisation_area(home->number);
	patient->district = city_text(city, place_district(&home->dice, patient->area));
	patient->address = place_address(city, &home->dice, patient->district);
	patient->phone = arena_printf(city->arena, "000-1000-%04u", home->number);
	home->side = dice_chance(&home->dice, 50) ? "右" : "左";
	home->care_level = (unsigned)dice_between(&home->dice, home->profile->care_min,
						  home->profile->care_max);
	home->unstable = dice_chance(&home->dice, home->theme == CANCER ? 20 : 2);
	home->weight_kg =
		dice_near(&home->dice, patient->sex == PATIENT_SEX_FEMALE ? 460 : 540, 90) / 10.0;
	int rc = choose_contact(city, home, born_year, family);
	return rc ? rc : add_identifiers(city, home);
}

/* ---- the care team ------------------------------------------------------------------------ */

/* The organisations of an area take turns: those of the home's area whose numbers are 1, 4, 7 … */
static unsigned turn(const struct home *home, unsigned n)
{
	unsigned area = (home->number - 1) % CITY_AREAS;
	unsigned there = (n - 1 - area) / CITY_AREAS + 1;

	return 1 + area + CITY_AREAS * ((home->number - 1) / CITY_AREAS % there);
}

static int add_member(struct city *city, struct home *home, OrganisationKind kind, unsigned number,
		      TeamRole role)
{
	TeamMember *member = NEW(TeamMember, city->arena);

	if (!member)
		return ERR_NOMEM;
	member->organisation = organisation_id(city, kind, number);
	member->role = role;
	return arena_append(city->arena, &home->team, &home->n_team, member);
}

/* Who is in most teams, and who in some. */
static const struct place {
	enum demo_worker worker;
	OrganisationKind kind;
	unsigned n;
	TeamRole role;
	unsigned percent;
} team_places[] = {
	{ DOCTOR, ORGANISATION_KIND_CLINIC, CITY_CLINICS, TEAM_ROLE_ATTENDING, 100 },
	{ NURSE, ORGANISATION_KIND_NURSE_STATION, CITY_STATIONS, TEAM_ROLE_KEY_PERSON, 94 },
	{ CARE_MANAGER, ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, CITY_CARE_OFFICES,
	  TEAM_ROLE_KEY_PERSON, 95 },
	{ PHARMACIST, ORGANISATION_KIND_PHARMACY, CITY_PHARMACIES, TEAM_ROLE_MEMBER, 78 },
	{ DENTIST, ORGANISATION_KIND_DENTAL_CLINIC, CITY_DENTAL_CLINICS, TEAM_ROLE_MEMBER, 24 },
	{ HELPER, ORGANISATION_KIND_HELPER_OFFICE, CITY_HELPER_OFFICES, TEAM_ROLE_MEMBER, 42 },
	{ LIAISON, ORGANISATION_KIND_HOSPITAL, CITY_HOSPITALS, TEAM_ROLE_MEMBER, 10 },
};
#define N_PLACES (sizeof(team_places) / sizeof(*team_places))

/* The next clinic of the same area stands in; sometimes another doctor advises. */
static int add_doctors(struct city *city, struct home *home)
{
	unsigned own = turn(home, CITY_CLINICS);
	unsigned next = own + CITY_AREAS <= CITY_CLINICS ? own + CITY_AREAS
							 : 1 + (home->number - 1) % CITY_AREAS;
	unsigned other = 1 + dice_below(&home->dice, CITY_CLINICS);
	bool deputy = dice_chance(&home->dice, 30);
	bool specialist = dice_chance(&home->dice, 5) && other != own && other != next;
	int rc = 0;

	if (deputy)
		rc = add_member(city, home, ORGANISATION_KIND_CLINIC, next, TEAM_ROLE_DEPUTY);
	if (!rc && specialist)
		rc = add_member(city, home, ORGANISATION_KIND_CLINIC, other, TEAM_ROLE_SPECIALIST);
	return rc;
}

/* Without consent only the clinic that registered them sees them. */
static int choose_team(struct city *city, struct home *home)
{
	bool consent = home->number % WITHOUT_CONSENT != 0;
	int days = dice_between(&home->dice, 60, 700), rc = 0;

	for (size_t i = 0; !rc && i < N_PLACES; i++) {
		const struct place *place = &team_places[i];
		unsigned number = turn(home, place->n);
		bool there = dice_chance(&home->dice, place->percent) ||
			     home->number == CITY_STORY_HOME || home->number == CITY_ALARM_HOME;
		if (!there || (!consent && place->worker != DOCTOR))
			continue;
		home->workers[place->worker] = organisation_user(city, place->kind, number);
		rc = add_member(city, home, place->kind, number, place->role);
	}
	if (!rc && consent)
		rc = add_doctors(city, home);
	unsigned who = dice_below(&home->dice, 100);
	home->registrar = home->workers[who < 45 ? NURSE : who < 60 ? CARE_MANAGER : DOCTOR];
	if (!home->registrar)
		home->registrar = home->workers[DOCTOR];
	home->consent_on = consent ? date_ago(city, days) : city_text(city, "");
	bool cover = consent && turn(home, CITY_CLINICS) <= CITY_ROUND_THE_CLOCK &&
		     dice_chance(&home->dice, 75);
	home->cover_on = cover ? home->consent_on : city_text(city, "");
	return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum theme choose_theme(struct home *home)
{
	unsigned at = dice_below(&home->dice, 1000);
	int theme = 0;

	if (home->number == CITY_STORY_HOME)
		return RHYTHM;
	if (home->number == CITY_ALARM_HOME)
		return HEART;
	while (theme < THEMES - 1 && at >= profiles[theme].per_thousand)
		at -= profiles[theme++].per_thousand;
	return (enum theme)theme;
}

int city_homes(struct city *city, unsigned n)
{
	int rc = 0;

	for (unsigned number = 1; !rc && number <= n; number++) {
		struct home *home = arena_alloc(city->arena, sizeof(*home));
		if (!home)
			return ERR_NOMEM;
		home->number = number;
		home->dice = dice_make(city->seed, number);
		home->theme = choose_theme(home);
		home->profile = &profiles[home->theme];
		rc = choose_person(city, home);
		if (!rc)
			rc = choose_vitals(city, home);
		if (!rc)
			rc = choose_team(city, home);
		if (rc)
			return rc;
		choose_illness(home);
		rc = arena_append(city->arena, &city->homes, &city->n_homes, home);
	}
	return rc ? rc : city->arena->spent ? ERR_NOMEM : 0;
}
