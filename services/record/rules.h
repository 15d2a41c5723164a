/*
 * What record decides: who may see a patient, what may be written and what it becomes. Pure: the same
 * input, the same answer.
 */
#ifndef RECORD_RULES_H
#define RECORD_RULES_H

#include "daemon.h"
#include "team.h"

#define GLASS_MS (3LL * 3600 * 1000)       /* DESIGN section 7 */
#define AHEAD_MS (5LL * 60 * 1000)         /* a terminal's clock may be so far ahead of ours */
#define FRESH_MS (24LL * 3600 * 1000)      /* what was measured earlier is no alarm any more */
#define HISTORY_MS (24LL * 3600 * 1000) /* imported and older than this: no news */
#define TEAM_MAX 64
#define MARKED_MAX 500
#define URGENT_REASON_BYTES 500

/* ---- who may see a patient ---------------------------------------------------------------- */

/*
 * By which right, ACCESSED_RIGHT_UNSPECIFIED: by none. A patient who does not exist is NULL. DESIGN
 * section 7: the registering organisation always; then, with consent, the team; then cover; then
 * broken glass. The city and administrators never see a patient. view->covered is for this actor.
 * Membership has windows by the wall clock, broken glass lasts by the steady one.
 */
Accessed_Right access_right(const PatientView *view, const struct actor *actor, int64_t now_ms,
			    int64_t steady_ms);
/* Who looked at a patient: the attending doctor, the registering organisation, administrators. */
Accessed_Right audit_right(const PatientView *view, const struct actor *actor, int64_t now_ms,
			   int64_t steady_ms);
/* The one refusal for whoever has no right, in the same words whether the patient exists or not. */
int access_refused(const struct input *in);
/* Who may break the glass: those whom the law licenses or a hospital's liaison, and no office. */
bool is_clinician(Profession profession);

/* ---- patients ----------------------------------------------------------------------------- */

struct patient_rule {
	const PatientView *patient; /* NULL: there is none */
};

struct register_rule {
	const Organisation *organisation; /* of the actor; NULL: not known yet */
	const PatientView *known;         /* has one of the identifiers already; NULL: nobody */
};

int patient_register(const struct input *in, const struct register_rule *view,
		     const RegisterPatient *request, PatientRegistered *fact);
int patient_update(const struct input *in, const struct patient_rule *view,
		   const UpdatePatient *request, PatientUpdated *fact);
int consent_record(const struct input *in, const struct patient_rule *view,
		   const RecordConsent *request, ConsentRecorded *fact);
int thresholds_set(const struct input *in, const struct patient_rule *view,
		   const SetThresholds *request, ThresholdsSet *fact);
int unstable_set(const struct input *in, const struct patient_rule *view,
		 const SetUnstable *request, UnstableSet *fact);
int glass_break(const struct input *in, const struct patient_rule *view, const BreakGlass *request,
		GlassBroken *fact);

struct member_rule {
	const PatientView *patient;
	const Organisation *organisation; /* of the member; NULL: not known */
	const Person *person;             /* NULL: not known, or none is named */
};

int team_member_add(const struct input *in, const struct member_rule *view,
		    const AddTeamMember *request, TeamMemberAdded *fact);
int team_member_remove(const struct input *in, const struct patient_rule *view,
		       const RemoveTeamMember *request, TeamMemberRemoved *fact);
/* The profession that an organisation stands for in a team when nobody says. */
Profession member_profession(TeamRole role, OrganisationKind kind);
/* Takes the place of what the same organisation or person was; one attending doctor at most. */
int team_put(PatientView *view, TeamMember *member, struct arena *arena);
void team_remove(PatientView *view, const TeamMemberRemoved *gone);

/* ---- entries ------------------------------------------------------------------------------ */

struct entry_rule {
	const PatientView *patient;
	const char *known;              /* entry that came from the same source; NULL: none */
	const Entry *corrected;         /* NULL: none of this patient */
	const EntryPlace *original;     /* of what corrected corrects in the end */
	const Entry *replaced;          /* by a change or stop, as corrected; NULL: none of this patient */
	bool replaced_stands;           /* it is neither stopped nor changed yet */
	const Entry *question;          /* NULL: none of this patient */
	const Upload *const *uploads;   /* behind its attachments; see attachment.h */
};

/* What every new entry gets: its kind, id, times and author. */
void entry_stamp(const struct input *in, Entry *entry, const struct actor *author);
int entry_add(const struct input *in, const struct entry_rule *view, const AddEntry *request,
	      EntryAdded *fact);

struct mark_rule {
	const PatientView *patient;
	char **unread; /* of the entries those that the actor had not read */
	size_t n_unread;
	bool strange;  /* one of them is no entry of this patient */
};

int entries_mark_read(const struct input *in, const struct mark_rule *view, const MarkRead *request,
		      EntriesRead *fact);

#endif
