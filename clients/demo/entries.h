/*
 * Makes the entries of a story: their content from a step of an episode, or from what is usual.
 */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "clients/demo/city.h"
#include "clients/demo/episodes.h"

/* Each: a fresh entry in the arena, NULL when it is full. Texts are filled in as texts.h says. */
Entry *entry_note(struct city *city, struct home *home, const char *template);
Entry *entry_vitals(struct city *city, struct home *home, enum vitals how);
Entry *entry_medication(struct city *city, MedicationAction action, enum drug drug, const char *dose,
			const char *reason);
Entry *entry_condition(struct city *city, struct diagnosis diagnosis, int64_t since_ms);
Entry *entry_allergy(struct city *city, const char *substance, const char *reaction, bool severe);
Entry *entry_precaution(struct city *city, const char *text, bool infection);
Entry *entry_plan(struct city *city, struct home *home, const char *template);
Entry *entry_wish(struct city *city, struct home *home, const char *template, const char *stated_by);
Entry *entry_dental(struct city *city, struct home *home, const char *template);
/* WEIGHT (kg), RENAL (eGFR, creatinine follows from it), SWALLOWING, ACTIVITY. */
Entry *entry_observation(struct city *city, struct home *home, EntryKind kind, double value,
			 const char *template);
Entry *entry_next_visit(struct city *city, int64_t visit_ms, const char *text);
/* Of an episode, on a day of the city: any kind. */
Entry *entry_of_step(struct city *city, struct home *home, const struct step *step, int day);

#endif
