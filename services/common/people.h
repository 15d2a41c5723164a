/*
 * Who is who: views of people and organisations. directory makes them from its own facts, all others
 * from directory's notices, which are the same messages (OrganisationChanged, PersonChanged).
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <stdbool.h>

#include "names.h"
#include "store.h"

int person_get(struct tx *tx, const char *user, Person **out);             /* 0 or ERR_NOTFOUND */
int organisation_get(struct tx *tx, const char *id, Organisation **out);   /* 0 or ERR_NOTFOUND */
void person_put(struct tx *tx, const Person *person);
void organisation_put(struct tx *tx, const Organisation *organisation);
/* The enrolled people of an organisation; PROFESSION_UNSPECIFIED: all of them. In tx->arena. */
int staff_list(struct tx *tx, const char *organisation, Profession profession, Person ***people,
	       size_t *n_people);
/* The same, of each no more than id, organisation, profession and state: the whole staff of a large
 * hospital, with the contact hours of each, is more than one input's memory holds. */
int staff_names(struct tx *tx, const char *organisation, Profession profession, Person ***people,
		size_t *n_people);
/* One of the instances' names (record, alert …), which no person may bear. */
bool instance_name(const char *user);
/* [a-z0-9-], not empty, not longer than limit, no hyphen at either end: fit for a topic's level. */
bool name_valid(const char *name, size_t limit_bytes);

#endif
