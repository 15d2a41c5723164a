/*
 * Cover: while a clinic is on duty, and for 12 hours after it, its doctors may open the patients of
 * the round-the-clock clinics who consented to that (DESIGN section 7). rota says who is on duty, ahead
 * of time; record's own clock says when. Pure: the same input, the same answer.
 */
#ifndef COVER_H
#define COVER_H

#include "rules.h"

#define COVER_AFTER_MS (12LL * 3600 * 1000) /* until what happened in the night is written down */

/* Whose patients somebody covers at a time. Bit n: the clinics of Area n; bit 0: those of the city. */
struct cover {
	uint32_t areas;
};

/* Adds what a shift gives to the doctors of an organisation at that time. */
void cover_add(struct cover *cover, const ShiftNotice *shift, const char *organisation,
	       int64_t now_ms);
/* The clinic's patients who consented: it is of the round-the-clock network and in such an area. */
bool cover_reaches(const struct cover *cover, const Organisation *clinic);
/* By which clinic a patient is covered: that which attends, or else registered them. */
const char *cover_clinic(const PatientView *view);
/* Who attends; NULL: nobody is named. */
TeamMember *team_attending(const PatientView *view);
/* The clinic that stands in, or else the person; NULL: nobody is named. */
TeamMember *team_deputy(const PatientView *view);

/* ---- what rota tells, what alert is told ---------------------------------------------------- */

struct no_rule {
	char nothing;
};

int cover_follow(const struct input *in, const struct no_rule *view, const ShiftsNotice *notice,
		 ShiftsFollowed *fact);

struct cover_begin_rule {
	const ShiftNotice *shift; /* NULL: there is none any more */
	char **told;              /* organisations that know that it has begun */
	size_t n_told;
	uint32_t unstable;        /* patients whom it covers */
};

/* Whoever is on duty in that shift now and does not know that it has begun. ERR_NOTHING: nobody. */
int cover_begin(const struct input *in, const struct cover_begin_rule *view,
		const DutyBeginsDue *due, DutyBegan *fact);

#endif
