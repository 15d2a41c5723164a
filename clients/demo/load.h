/*
 * Brings the patients and their records into the services: registers, puts teams together, and writes
 * the three weeks in the order in which they happened, each entry by its author.
 */
#ifndef LOAD_H
#define LOAD_H

#include "clients/demo/city.h"
#include "clients/demo/progress.h"

/*
 * May be repeated after any interruption: patients and entries are known by their source identifiers.
 * What is older than a day rings nobody (services/record/rules.c). 0, or an error that has been said.
 */
int city_load(struct city *city, const char *state, struct progress *progress);

#endif
