/*
 * Names of places: organisations, districts. Plants, stones and birds, each with a second word that
 * no place and no facility is called by.
 */
#ifndef PLACES_H
#define PLACES_H

#include "clients/demo/city.h"

/* The name and reading of an organisation, different for each. */
void place_organisation(struct city *city, OrganisationKind kind, unsigned number, char **name,
			char **kana);
/* One of the districts of an area. */
const char *place_district(struct dice *dice, Area area);
/* "つなぎ市霧笛台三丁目12-4" */
char *place_address(struct city *city, struct dice *dice, const char *district);

#endif
