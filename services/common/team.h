/*
 * What record tells of patients' teams, as those who follow it keep it (alert, referral): views, and
 * who may see a patient by them. DESIGN section 7 without what is only for a while (cover, broken
 * glass): consent and a place in the team, or staff of the organisation that registered the patient.
 *
 *	members  patient, organisation, "" -> TeamMember; patient, "", user -> TeamMember; of a row by a
 *	         referral this comes behind
 *	access   patient -> PatientAccess
 */
#ifndef TEAM_H
#define TEAM_H

#include "names.h"
#include "store.h"

struct team {
	bool consent;          /* to sharing within the team, as it stands */
	bool cover_consent;    /* to that those on duty see the record */
	const char *registrar; /* organisation; "": not known */
	TeamMember **members;
	size_t n_members;
};

struct person_ref {
	const char *user, *organisation;
	Profession profession;
};

/* The tables of the daemon that hold the two views. */
struct team_tables {
	int members, access;
};

/* ---- pure --------------------------------------------------------------------------------- */

/* Is the row in force at that time? Who takes over visits is a member for their windows alone. */
bool member_valid(const TeamMember *member, int64_t now_ms);
/* The first moment from which it is never in force again; 0: it does not end. */
int64_t member_end_ms(const TeamMember *member);
/* Is the person on that row, in force or not? */
bool member_covers(const TeamMember *member, struct person_ref person);
/* Two rows of which the later takes the place of the earlier. */
bool member_same(const TeamMember *a, const TeamMember *b);
bool team_reaches(const struct team *team, struct person_ref person, int64_t now_ms);
/* The team as it will be. members is in the arena and may be changed; false: no memory. */
bool team_after(struct team *team, const TeamNotice *notice, struct arena *arena);

/* ---- views -------------------------------------------------------------------------------- */

/* Of a patient who is not known: nobody, no consent. 0 or an error of the store. */
int team_load(struct tx *tx, struct team_tables tables, const char *patient, struct team *team);
/* In place of what the member was before; a new attending doctor makes the one before a plain member,
 * a new deputy clinic likewise. After that a second member, if there is one. */
void team_apply(struct tx *tx, struct team_tables tables, const char *patient,
		const TeamMember *member, bool removed, const TeamMember *also);
/* NULL: as it was. */
void team_apply_access(struct tx *tx, struct team_tables tables, const char *patient, char *registrar,
		       const bool *consent, const bool *cover_consent);

#endif
