/*
 * The views of cover:
 *
 *	shifts   shift                            -> ShiftNotice
 *	duties   organisation, until_ms, shift    -> nothing: who has or had a place of it
 *	begun    shift, organisation              -> nothing: it was told that its duty has begun
 *	covered  clinic, 0 or 1 (unstable: 0), patient -> nothing: who consented to cover, by the clinic
 *	         that attends
 *
 * Shifts stay for good: the clock may be set back.
 */
#ifndef COVER_VIEWS_H
#define COVER_VIEWS_H

#include "cover.h"

/* What the actor covers at this moment. The transaction's error is left in it. */
struct cover cover_load(struct tx *tx, const struct input *in);
/* Fills in whether that reaches the patient. */
void cover_fill(struct tx *tx, const struct cover *cover, PatientView *view);
/* The clinics whose patients are covered so, by id. In tx->arena. */
int cover_clinics(struct tx *tx, const struct cover *cover, char ***clinics, size_t *n_clinics);
/* What the keys of a clinic's patients in covered begin with. */
struct key covered_prefix(const char *clinic, bool unstable);
/* Brings a patient's key to what the view says; NULL: there was none before. */
void cover_index(struct tx *tx, const PatientView *before, const PatientView *after);

int load_cover_follow(struct tx *tx, const struct input *in, const ShiftsNotice *notice,
		      struct no_rule *view);
int load_cover_begin(struct tx *tx, const struct input *in, const DutyBeginsDue *due,
		     struct cover_begin_rule *view);
void apply_shifts_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const ShiftsFollowed *fact);
void apply_duty_began(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const DutyBegan *fact);

#endif
