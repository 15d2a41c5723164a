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
#include "clients/demo/dice.h"
#include "codec.h"
#include "names.h"

#define CITY_SEED 20261
#define CITY_PATIENTS 300
#define CITY_DAYS 21

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

struct city {
	struct arena *arena; /* all below lies in it */
	uint64_t seed;
	int64_t now_ms;
	Organisation **organisations;
	size_t n_organisations;
	Person **people; /* enrolled, each with one account; `admin` is not among them */
	size_t n_people;
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

#endif
