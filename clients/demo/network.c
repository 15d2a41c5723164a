#include "clients/demo/city.h"

#include <string.h>

#include "clients/demo/person_names.h"
#include "clients/demo/places.h"
#include "error.h"

#define STAFF_STREAM 1000000 /* of the dice; patients have the streams from 0 */

/* What there is of each kind, and who works there. */
static const struct sort {
	OrganisationKind kind;
	const char *id; /* before the number */
	unsigned n;
	const char *job; /* behind it */
	Profession profession;
	unsigned women_percent;
	unsigned phone; /* begins the last four digits */
} sorts[] = {
	{ ORGANISATION_KIND_CLINIC, "clinic", CITY_CLINICS, "doctor", PROFESSION_DOCTOR, 30, 1 },
	{ ORGANISATION_KIND_NURSE_STATION, "station", CITY_STATIONS, "nurse", PROFESSION_NURSE, 90,
	  2 },
	{ ORGANISATION_KIND_HOSPITAL, "hospital", CITY_HOSPITALS, "liaison", PROFESSION_LIAISON, 75,
	  3 },
	{ ORGANISATION_KIND_PHARMACY, "pharmacy", CITY_PHARMACIES, "pharmacist",
	  PROFESSION_PHARMACIST, 60, 4 },
	{ ORGANISATION_KIND_DENTAL_CLINIC, "dental", CITY_DENTAL_CLINICS, "dentist",
	  PROFESSION_DENTIST, 35, 5 },
	{ ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, "cm", CITY_CARE_OFFICES, "caremanager",
	  PROFESSION_CARE_MANAGER, 75, 6 },
	{ ORGANISATION_KIND_HELPER_OFFICE, "helper", CITY_HELPER_OFFICES, "helper",
	  PROFESSION_HELPER, 85, 7 },
};
#define N_SORTS (sizeof(sorts) / sizeof(*sorts))

static const struct sort *sort_of(OrganisationKind kind)
{
	const struct sort *sort = sorts;

	while (sort->kind != kind)
		sort++;
	return sort;
}

char *organisation_id(struct city *city, OrganisationKind kind, unsigned number)
{
	return arena_printf(city->arena, "%s%02u", sort_of(kind)->id, number);
}

char *organisation_user(struct city *city, OrganisationKind kind, unsigned number)
{
	const struct sort *sort = sort_of(kind);
	return arena_printf(city->arena, "%s%02u-%s", sort->id, number, sort->job);
}

Area organisation_area(unsigned number)
{
	return (Area)(AREA_NORTH + (number - 1) % CITY_AREAS);
}

char *city_text(struct city *city, const char *text)
{
	return arena_string(city->arena, text);
}

/* ---- contact hours ("care-manager time") -------------------------------------------------- */

static ContactHours *make_window(struct city *city, unsigned weekday, unsigned from, unsigned to,
				 ContactMeans means, const char *whom)
{
	ContactHours *window = NEW(ContactHours, city->arena);

	if (!window)
		return NULL;
	window->weekday = weekday;
	window->from_minute = from;
	window->to_minute = to;
	window->means = means;
	window->whom = city_text(city, whom);
	return window;
}

static int add_window(struct city *city, Organisation *organisation, unsigned weekday,
		      unsigned from, unsigned to, ContactMeans means, const char *whom)
{
	ContactHours *window = make_window(city, weekday, from, to, means, whom);

	return window ? arena_append(city->arena, &organisation->hours, &organisation->n_hours,
				     window)
		      : ERR_NOMEM;
}

#define HOUR 60
#define HOLIDAY 8

/* A doctor can be called between the morning's patients and the afternoon's visits. */
static int clinic_hours(struct city *city, Organisation *organisation, struct dice *dice,
			unsigned day)
{
	unsigned noon = 12 * HOUR + 15 * dice_below(dice, 5);
	int rc = add_window(city, organisation, day, noon, noon + 45, CONTACT_MEANS_PHONE, "医師");

	if (!rc && day % 2)
		rc = add_window(city, organisation, day, 17 * HOUR, 18 * HOUR,
				CONTACT_MEANS_MESSAGE, "医師");
	return rc;
}

static int day_hours(struct city *city, Organisation *organisation, unsigned day)
{
	switch (organisation->kind) {
	case ORGANISATION_KIND_NURSE_STATION:
		return add_window(city, organisation, day, 8 * HOUR + 30, 17 * HOUR + 30,
				  CONTACT_MEANS_PHONE, "管理者または担当看護師");
	case ORGANISATION_KIND_HOSPITAL:
		return add_window(city, organisation, day, 9 * HOUR, 16 * HOUR + 30,
				  CONTACT_MEANS_PHONE, "地域連携室");
	case ORGANISATION_KIND_DENTAL_CLINIC:
		return add_window(city, organisation, day, 13 * HOUR, 14 * HOUR,
				  CONTACT_MEANS_PHONE, "歯科医師または歯科衛生士");
	case ORGANISATION_KIND_PHARMACY:
		return add_window(city, organisation, day, 9 * HOUR, 18 * HOUR + 30,
				  CONTACT_MEANS_PHONE, "在宅担当の薬剤師");
	default:
		return add_window(city, organisation, day, 9 * HOUR, 17 * HOUR, CONTACT_MEANS_PHONE,
				  "担当者");
	}
}

/* Where one person answers all calls there is a break at noon. */
static int noon_break(struct city *city, Organisation *organisation, unsigned day)
{
	if (organisation->kind != ORGANISATION_KIND_HOSPITAL &&
	    organisation->kind != ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE)
		return 0;
	return add_window(city, organisation, day, 12 * HOUR, 13 * HOUR, CONTACT_MEANS_BREAK, "");
}

static int set_hours(struct city *city, Organisation *organisation, struct dice *dice)
{
	bool clinic = organisation->kind == ORGANISATION_KIND_CLINIC;
	int rc = 0;

	for (unsigned day = 1; !rc && day <= 5; day++) {
		rc = clinic ? clinic_hours(city, organisation, dice, day)
			    : day_hours(city, organisation, day);
		if (!rc)
			rc = noon_break(city, organisation, day);
	}
	if (!rc && organisation->kind == ORGANISATION_KIND_PHARMACY)
		rc = add_window(city, organisation, HOLIDAY, 10 * HOUR, 12 * HOUR,
				CONTACT_MEANS_MESSAGE, "在宅担当の薬剤師（祝日当番）");
	/* Stations are on call at night, at weekends and on national holidays. */
	for (unsigned day = 1;
	     !rc && organisation->kind == ORGANISATION_KIND_NURSE_STATION && day <= 7; day++)
		rc = add_window(city, organisation, day, 17 * HOUR + 30, 8 * HOUR + 30,
				CONTACT_MEANS_PAGE, "オンコール当番（緊急時のみ）");
	if (!rc && organisation->kind == ORGANISATION_KIND_NURSE_STATION)
		rc = add_window(city, organisation, HOLIDAY, 0, 24 * HOUR, CONTACT_MEANS_PAGE,
				"オンコール当番（緊急時のみ）");
	return rc;
}

#define WORKDAYS 0x3e /* bits 1 to 5 */
#define SATURDAY (1u << 6)

/* Some have hours of their own: these hold for them in place of their organisation's. */
static const struct {
	const char *user;
	unsigned days; /* bit n: weekday n */
	unsigned from, to;
	ContactMeans means;
	const char *whom;
} own_hours[] = {
	{ "clinic03-doctor", WORKDAYS, 12 * HOUR + 30, 13 * HOUR + 15, CONTACT_MEANS_PHONE,
	  "携帯電話へ" },
	{ "clinic03-doctor", WORKDAYS, 20 * HOUR, 21 * HOUR, CONTACT_MEANS_MESSAGE, "" },
	{ "clinic03-doctor", 1u << HOLIDAY, 10 * HOUR, 11 * HOUR, CONTACT_MEANS_MESSAGE, "" },
	{ "cm02-caremanager", WORKDAYS & ~(1u << 3), 9 * HOUR + 30, 16 * HOUR + 30,
	  CONTACT_MEANS_PHONE, "水曜は休み" },
	{ "cm02-caremanager", WORKDAYS & ~(1u << 3), 12 * HOUR, 13 * HOUR, CONTACT_MEANS_BREAK, "" },
	{ "pharmacy03-pharmacist", WORKDAYS | SATURDAY, 10 * HOUR, 19 * HOUR, CONTACT_MEANS_PHONE,
	  "" },
	{ "pharmacy03-pharmacist", WORKDAYS | SATURDAY, 13 * HOUR, 14 * HOUR, CONTACT_MEANS_BREAK,
	  "" },
	{ "dental02-dentist", 1u << 4, 16 * HOUR, 18 * HOUR, CONTACT_MEANS_PHONE, "訪問診療のあと" },
};

static int set_own_hours(struct city *city, Person *person)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(own_hours) / sizeof(*own_hours); i++) {
		if (strcmp(own_hours[i].user, person->id) != 0)
			continue;
		for (unsigned day = 1; !rc && day <= HOLIDAY; day++) {
			if (!(own_hours[i].days >> day & 1))
				continue;
			ContactHours *window = make_window(city, day, own_hours[i].from,
							   own_hours[i].to, own_hours[i].means,
							   own_hours[i].whom);
			rc = window ? arena_append(city->arena, &person->hours, &person->n_hours,
						   window)
				    : ERR_NOMEM;
		}
	}
	return rc;
}

/* ---- organisations ------------------------------------------------------------------------ */

/* 000 is no area code anywhere in Japan. */
static char *phone(struct city *city, unsigned begins, unsigned number)
{
	return arena_printf(city->arena, "000-0000-%02u%02u", begins, number);
}

static int join(struct city *city, Organisation *organisation, Network network)
{
	size_t n = organisation->n_networks;

	if (!organisation->networks)
		organisation->networks =
			arena_alloc(city->arena, 4 * sizeof(*organisation->networks));
	if (!organisation->networks)
		return ERR_NOMEM;
	organisation->networks[n] = network;
	organisation->n_networks = n + 1;
	return 0;
}

static int join_networks(struct city *city, Organisation *organisation, unsigned number)
{
	int rc = 0;

	if (organisation->kind == ORGANISATION_KIND_HOSPITAL)
		return join(city, organisation, NETWORK_BBN);
	if (organisation->kind != ORGANISATION_KIND_CLINIC)
		return 0;
	rc = join(city, organisation, NETWORK_TIZI_NET);
	if (!rc && number <= CITY_ROUND_THE_CLOCK)
		rc = join(city, organisation, NETWORK_ROUND_THE_CLOCK);
	if (!rc && number <= CITY_ENHANCED)
		rc = join(city, organisation, NETWORK_ENHANCED);
	return rc;
}

static int add_person(struct city *city, char *user, const Organisation *organisation,
		      Profession profession, unsigned women_percent, struct dice *dice)
{
	Person *person = NEW(Person, city->arena);
	if (!person)
		return ERR_NOMEM;
	Patient_Sex sex = dice_chance(dice, women_percent) ? PATIENT_SEX_FEMALE : PATIENT_SEX_MALE;
	const struct word *family = name_family(dice);
	const struct word *given = name_given(dice, sex, dice_between(dice, 1962, 1998));

	person->id = user;
	person->name = arena_printf(city->arena, "%s %s", family->text, given->text);
	person->name_kana = arena_printf(city->arena, "%s %s", family->kana, given->kana);
	person->organisation = organisation->id;
	person->profession = profession;
	person->phone = organisation->phone;
	int rc = set_own_hours(city, person);
	return rc ? rc : arena_append(city->arena, &city->people, &city->n_people, person);
}

static int add_organisation(struct city *city, const struct sort *sort, unsigned number)
{
	Organisation *organisation = NEW(Organisation, city->arena);
	struct dice dice = dice_make(city->seed, STAFF_STREAM + sort->phone * 100 + number);

	if (!organisation)
		return ERR_NOMEM;
	organisation->id = organisation_id(city, sort->kind, number);
	organisation->kind = sort->kind;
	organisation->area = organisation_area(number);
	organisation->phone = phone(city, sort->phone, number);
	place_organisation(city, sort->kind, number, &organisation->name, &organisation->name_kana);
	organisation->address =
		place_address(city, &dice, place_district(&dice, organisation->area));
	int rc = join_networks(city, organisation, number);
	if (!rc)
		rc = set_hours(city, organisation, &dice);
	if (!rc)
		rc = arena_append(city->arena, &city->organisations, &city->n_organisations,
				  organisation);
	if (!rc)
		rc = add_person(city, organisation_user(city, sort->kind, number), organisation,
				sort->profession, sort->women_percent, &dice);
	return rc;
}

/* The support centre and the city: one each, for all areas. */
static int add_office(struct city *city, const char *id, const char *name, const char *kana,
		      OrganisationKind kind, const char *user, Profession profession,
		      unsigned number)
{
	Organisation *organisation = NEW(Organisation, city->arena);
	struct dice dice = dice_make(city->seed, STAFF_STREAM + 9000 + number);

	if (!organisation)
		return ERR_NOMEM;
	organisation->id = city_text(city, id);
	organisation->name = city_text(city, name);
	organisation->name_kana = city_text(city, kana);
	organisation->kind = kind;
	organisation->area = AREA_NORTH;
	organisation->phone = phone(city, 8, number);
	organisation->address = place_address(city, &dice, place_district(&dice, AREA_NORTH));
	int rc = set_hours(city, organisation, &dice);
	if (!rc)
		rc = arena_append(city->arena, &city->organisations, &city->n_organisations,
				  organisation);
	return rc ? rc
		  : add_person(city, city_text(city, user), organisation, profession, 60, &dice);
}

int city_network(struct city *city)
{
	int rc = 0;

	for (size_t i = 0; i < N_SORTS; i++)
		for (unsigned number = 1; !rc && number <= sorts[i].n; number++)
			rc = add_organisation(city, &sorts[i], number);
	if (!rc)
		rc = add_office(city, "centre", "つなぎ市在宅医療支援センター",
				"ツナギシザイタクイリョウシエンセンター",
				ORGANISATION_KIND_SUPPORT_CENTRE, "centre-staff",
				PROFESSION_CENTRE_STAFF, 1);
	if (!rc)
		rc = add_office(city, "city", "つなぎ市役所 高齢福祉課",
				"ツナギシヤクショ コウレイフクシカ", ORGANISATION_KIND_CITY_OFFICE,
				"city-officer", PROFESSION_CITY_OFFICER, 2);
	return rc ? rc : city->arena->spent ? ERR_NOMEM : 0;
}
