/*
 * What of a request leaves the daemon, for whom. Pure. The table stands in disclose.c; the test
 * holds each state and part against a table of its own.
 */
#ifndef DISCLOSE_H
#define DISCLOSE_H

#include "daemon.h"

/* What a reader is to a request. */
enum part {
	PART_NONE,      /* nothing */
	PART_LET_GO,    /* was asked: declined, gave it back, was let go or passed over */
	PART_ASKED,     /* is asked or stands by: what it needs to decide */
	PART_HOLDING,   /* has accepted, and it is theirs: whom to talk to, as well */
	PART_TAKER,     /* confirmed: the patient */
	PART_ASKER,
	PART_CENTRE,    /* the support centre, of what is or was its task: all but the patient */
	PART_TEAM,      /* may see the patient: that there is a request, and whose */
	PARTS
};

/* of_centre: staff of the support centre. A reader who is several of them is the most of them. */
enum part disclose_part(const Referral *referral, const char *organisation, bool of_centre,
			bool was_with_centre);
/*
 * A reduced copy, in the arena; NULL: nothing, or no memory. sees_patient: may see the patient by
 * the care team at this moment; without that the patient is left out of every part.
 */
Referral *disclose(const Referral *referral, enum part part, const char *organisation,
		   bool sees_patient, struct arena *arena);

#endif
