/*
 * What referral asks of record: that who took a request becomes a member of the patient's care team,
 * that this ends, and that the report of a visit is written down. Pure: the same input, the same answer.
 */
#ifndef PLACEMENT_H
#define PLACEMENT_H

#include "rules.h"

#define PLACEMENT_TIMES_MAX 366 /* windows of one row, and days between two: referral's limits are lower */

struct placement_rule {
	const PatientView *patient;       /* NULL: there is none */
	const Organisation *organisation; /* NULL: not known */
	const Placement *placed;          /* what the same request made of it before; NULL: nothing */
	bool heard;                       /* of this event before: referral's store was put back, perhaps */
};

struct visit_rule {
	const PatientView *patient;
	bool placed; /* the organisation was made a member of this patient's team by that referral */
	bool heard;
};

/* By what a notice of referral is known again. In the arena. */
char *placement_event(const struct input *in, const char *event, const char *referral);

/* Always a fact, also where it is refused: referral waits for the answer. */
int placement_decide(const struct input *in, const struct placement_rule *view,
		     const PlacementNotice *notice, PlacementDecided *fact);
int visit_report(const struct input *in, const struct visit_rule *view, const VisitNotice *notice,
		 EntryAdded *fact);
/* The last window of a row is over. */
int membership_end(const struct input *in, const struct patient_rule *view, const MembershipDue *due,
		   TeamMemberRemoved *fact);

#endif
