/*
 * Names of people: a family name, and a given name of their sex and of the years they were born in,
 * each with its reading.
 */
#ifndef PERSON_NAMES_H
#define PERSON_NAMES_H

#include "clients/demo/dice.h"
#include "names.h"

struct word {
	const char *text, *kana; /* kana: full-width katakana */
};

const struct word *name_family(struct dice *dice);
const struct word *name_given(struct dice *dice, Patient_Sex sex, int born_year);

#endif
