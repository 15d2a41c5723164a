/*
 * What professionals write in a few lines: templates. {a|b|c} stands for one of several wordings,
 * {kin} for the family member who is called first, {side} for the weak side, {med} for one of the
 * patient's medicines, {care} for the care level, {lives} for whom they live with.
 */
#ifndef TEXTS_H
#define TEXTS_H

#include "clients/demo/city.h"

/* A template filled in for a patient, with dice. */
char *text_fill(struct city *city, const struct home *home, struct dice *dice, const char *template);

/* A template of what that worker writes at an ordinary visit, which fits the patient's illness. */
const char *text_routine(const struct home *home, enum demo_worker worker, struct dice *dice);
const char *text_care_plan(struct dice *dice);
const char *text_wish(const struct home *home, struct dice *dice);
const char *text_activity(const struct home *home, struct dice *dice);
const char *text_dental(struct dice *dice);

#endif
