/*
 * Vital signs: what can be true, and what is urgent by itself. Pure.
 */
#ifndef VITALS_H
#define VITALS_H

#include "arena.h"
#include "names.h"

/* 0, or ERR_INVALID with the name of the field that no living patient has, or with "" where nothing
 * was measured at all. */
int vitals_check(const VitalSigns *vitals, const char **field);
/* Can a patient's own limits be meant so? 0 or ERR_INVALID with the field. */
int thresholds_check(const Thresholds *thresholds, const char **field);

/*
 * Which limit was passed, in signs that need no language: "SpO2 88 % < 92 %". Several are separated
 * by a comma; "" when none was.
 *
 * The limits are the single-parameter red scores (a score of 3) of NEWS2: Royal College of Physicians,
 * National Early Warning Score (NEWS) 2, 2017, chart 1, SpO2 scale 1. Where the patient has a limit of
 * their own it holds instead. There is no red score for a high temperature (39.1 °C and above scores
 * 2), so that is urgent only with a limit of the patient's own. Consciousness is not among our values.
 */
const char *vitals_urgent(struct arena *arena, const VitalSigns *vitals,
			  const Thresholds *thresholds);

#endif
