/*
 * The demonstration city: its organisations, the people who work there, the patients at home and
 * three weeks of their records. Everybody and every place in it is invented, from a seed: the same
 * seed and the same moment make the same city, message for message.
 */
#ifndef CITY_H
#define CITY_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "clients/demo/clinical.h"
#include "clients/demo/dice.h"
#include "codec.h"
#include "id.h"
#include "names.h"

#define CITY_SEED 20261
#define CITY_PATIENTS 300
#define CITY_DAYS 21
#define CITY_STORY_HOME 1  /* takes warfarin; its team is whole: what the README shows */
#define CITY_ALARM_HOME 46 /* of the same clinic and station: a vital sign out of range, just now */

enum {
	CITY_CLINICS = 44,
	CITY_ROUND_THE_CLOCK = 33, /* clinics 1 to 33 stand by for each other day and night */
	CITY_ENHANCED = 4,         /* clinics 1 to 4 */
	CITY_STATIONS = 14,
	CITY_HOSPITALS = 20,
	CITY_PHARMACIES = 20,
	CITY_DENTAL_CLINICS = 12,
	CITY_CARE_OFFICES = 24,
	CITY_HELPER_OFFICES = 12,
	CITY_AREAS = 3,
};

/* Who writes into a patient's record. */
enum demo_worker { DOCTOR, NURSE, PHARMACIST, DENTIST, CARE_MANAGER, HELPER, LIAISON, WORKERS };

/* An entry to be written, and by whom. */
struct event {
	struct home *home;
	char *author;
	Entry *entry;         /* patient and references are filled in when it is sent */
	unsigned slot;        /* events of an earlier slot are stored before those of a later one */
	struct event *meant;  /* of an earlier slot: what is stopped, corrected, answered … */
	char id[ID_SIZE];     /* once it is stored */
	struct picture_drawn *picture; /* what the entry bears; NULL: nothing. See pictures.h */
};

/* A medicine that is taken. */
struct course {
	enum drug drug;
	struct event *start;
};

#define HOME_DIAGNOSES 12
#define HOME_COURSES 16

/* A patient at home, and all who care for them. */
struct home {
	unsigned number; /* from 1 */
	struct dice dice;
	const struct profile *profile;
	enum theme theme;
	Patient *patient;
	char *registrar;          /* user */
	char *consent_on, *cover_on; /* dates on the papers; "": not given */
	TeamMember **team;
	size_t n_team;
	char *workers[WORKERS];   /* users; NULL: they have nobody of that kind, or no right */
	Thresholds *thresholds;   /* NULL: the general ones */
	VitalSigns usual;
	unsigned care_level;
	bool unstable;
	double weight_kg;
	const char *kin, *lives, *side; /* 長女; 独居; 右 */
	struct diagnosis diagnoses[HOME_DIAGNOSES];
	unsigned n_diagnoses;
	struct course courses[HOME_COURSES];
	unsigned n_courses;
	unsigned n_news;          /* of the last day, besides the stories */
	bool away;                /* in hospital, when the three weeks are over */
	char id[ID_SIZE];         /* once they are registered */
};

struct city {
	struct arena *arena; /* all below lies in it */
	uint64_t seed;
	int64_t now_ms;
	Organisation **organisations;
	size_t n_organisations;
	Person **people; /* enrolled, each with one account; `admin` is not among them */
	size_t n_people;
	struct home **homes;
	size_t n_homes;
	struct event **events; /* in the order of their slots */
	size_t n_events;
};

/* A copy in the arena: protobuf-c's strings are not const. */
char *city_text(struct city *city, const char *text);

/* ---- network.c ---- */

/* Fills in organisations and people. 0 or ERR_NOMEM. */
int city_network(struct city *city);
/* "clinic01": of organisations of one kind the n-th, from 1. A constant per kind and number in the
 * arena. */
char *organisation_id(struct city *city, OrganisationKind kind, unsigned number);
/* "clinic01-doctor": who works there. */
char *organisation_user(struct city *city, OrganisationKind kind, unsigned number);
/* The n-th organisations of every kind lie in the same area. */
Area organisation_area(unsigned number);

/* ---- homes.c ---- */

/* Fills in the homes. 0 or ERR_NOMEM. */
int city_homes(struct city *city, unsigned n);
bool home_takes(const struct home *home, enum drug drug);
/* The first moment of a day in Japan, counted from the city's today: -1 is yesterday. */
int64_t city_day_ms(const struct city *city, int day);

/* ---- story.c ---- */

/* The slot of a day in which nurses, pharmacists, doctors and offices write, one after the other. */
#define DAY_SLOTS 4
/* Fills in the events: what is known of each patient, and the three weeks. 0 or ERR_NOMEM. */
int city_stories(struct city *city);

#endif
