/*
 * The views of record. Names and dates of people stand in no key but as keyed hashes.
 *
 *	patients     patient                      -> PatientView
 *	identifiers  hash(organisation, system, value) -> id of the patient
 *	names        hash(token), patient         -> nothing; tokens: see search.h
 *	seats        name, position               -> id of the patient
 *	seated       name, patient                -> position in seats, 8 bytes big-endian
 *	timeline     patient, position, kind (1 byte) -> Entry
 *	entries      entry                        -> EntryPlace
 *	sources      patient, hash(system, value) -> id of the entry
 *	current      patient, kind (1 byte), occurred_ms ^ 2^63, position -> nothing; see below
 *	links        entry, c or a (1 byte), position -> id of an entry that corrects or answers it
 *	readers      entry, user                  -> time in ms, 8 bytes big-endian
 *	audit        patient, position            -> nothing; entries are in the timeline already
 *	heard        event of a notice of referral -> nothing: it was acted on
 *	placed       referral, organisation       -> Placement: of whose team it has been a member
 *	shifts, duties, begun, covered            see cover_views.h
 *	uploads, attached, fetched                see attachment_views.h
 *	news, looked, sitting, visits             see news.h
 *
 * A name in seats is "o:" and an organisation or "u:" and a user: whoever may have a right to the
 * patient by registration, team or broken glass. Whether they have it now, access_right says.
 *
 * In current stands what holds of a patient now: of medicines those neither stopped, changed nor
 * replaced by a correction; of the other kinds of the summary all that is not replaced by a correction.
 * A correction of another kind than what it corrects (a remark in words) replaces nothing. A correction
 * of a stop that is no stop any more brings the medicine back.
 */
#ifndef RECORD_VIEWS_H
#define RECORD_VIEWS_H

#include "cover_views.h"
#include "placement.h"
#include "rules.h"

enum {
	TABLE_PATIENTS = TABLE_OWN,
	TABLE_IDENTIFIERS,
	TABLE_NAMES,
	TABLE_SEATS,
	TABLE_SEATED,
	TABLE_TIMELINE,
	TABLE_ENTRIES,
	TABLE_SOURCES,
	TABLE_CURRENT,
	TABLE_LINKS,
	TABLE_READERS,
	TABLE_AUDIT,
	TABLE_HEARD,
	TABLE_PLACED,
	TABLE_SHIFTS,
	TABLE_DUTIES,
	TABLE_BEGUN,
	TABLE_COVERED,
	TABLE_UPLOADS,
	TABLE_ATTACHED,
	TABLE_FETCHED,
	TABLE_NEWS,
	TABLE_LOOKED,
	TABLE_SITTING,
	TABLE_VISITS,
	TABLE_END
};
#define N_RECORD_TABLES (TABLE_END - TABLE_OWN)
extern const char *const record_tables[N_RECORD_TABLES];

/* ---- looking up: 0, ERR_NOTFOUND or the transaction's error ------------------------------- */

int patient_view_get(struct tx *tx, const char *id, PatientView **out);
/* With whether the actor covers the patient at this moment, where that is what decides. */
int patient_view_for(struct tx *tx, const struct input *in, const char *id, PatientView **out);
int entry_place_get(struct tx *tx, const char *id, EntryPlace **out);
int entry_at(struct tx *tx, const EntryPlace *place, Entry **out);
int entry_get(struct tx *tx, const char *id, Entry **out);
/* The version that holds of an entry and all its corrections: the newest of the same kind. */
int entry_standing(struct tx *tx, const char *original, EntryKind kind, Entry **out);
/* A question that was asked once more (urgently, or in other words) is the same question: its answers
 * stand with the first. The id itself where it is nothing of that kind. */
const char *question_first(struct tx *tx, const char *id);

enum link { LINK_ANSWER = 'a', LINK_CORRECTION = 'c' };

struct key link_prefix(const char *entry, enum link link);
struct key timeline_key(const char *patient, uint64_t position, EntryKind kind);
struct key current_prefix(const char *patient, EntryKind kind);
struct key hash_key(struct tx *tx, const char *text);
struct key seat_key(struct arena *arena, char tag, const char *name);
struct key patient_watch_key(const char *patient);
bool entry_read_by(struct tx *tx, const char *entry, const char *user);
bool seated(struct tx *tx, const struct key *seat, const char *patient);

/* ---- what the rules need ------------------------------------------------------------------ */

int load_register(struct tx *tx, const struct input *in, const RegisterPatient *request,
		  struct register_rule *view);
int load_update(struct tx *tx, const struct input *in, const UpdatePatient *request,
		struct patient_rule *view);
int load_consent(struct tx *tx, const struct input *in, const RecordConsent *request,
		 struct patient_rule *view);
int load_thresholds(struct tx *tx, const struct input *in, const SetThresholds *request,
		    struct patient_rule *view);
int load_unstable(struct tx *tx, const struct input *in, const SetUnstable *request,
		  struct patient_rule *view);
int load_glass(struct tx *tx, const struct input *in, const BreakGlass *request,
	       struct patient_rule *view);
int load_member(struct tx *tx, const struct input *in, const AddTeamMember *request,
		struct member_rule *view);
int load_removal(struct tx *tx, const struct input *in, const RemoveTeamMember *request,
		 struct patient_rule *view);
int load_placement(struct tx *tx, const struct input *in, const PlacementNotice *notice,
		   struct placement_rule *view);
int load_visit(struct tx *tx, const struct input *in, const VisitNotice *notice,
	       struct visit_rule *view);
int load_membership(struct tx *tx, const struct input *in, const MembershipDue *due,
		    struct patient_rule *view);
int load_entry(struct tx *tx, const struct input *in, const AddEntry *request,
	       struct entry_rule *view);
int load_mark(struct tx *tx, const struct input *in, const MarkRead *request,
	      struct mark_rule *view);

/* ---- facts -------------------------------------------------------------------------------- */

void apply_patient_registered(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const PatientRegistered *fact);
void apply_patient_updated(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const PatientUpdated *fact);
void apply_consent_recorded(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ConsentRecorded *fact);
void apply_team_member_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const TeamMemberAdded *fact);
void apply_team_member_removed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			       const TeamMemberRemoved *fact);
void apply_placement_decided(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const PlacementDecided *fact);
void apply_thresholds_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const ThresholdsSet *fact);
void apply_unstable_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const UnstableSet *fact);
void apply_glass_broken(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const GlassBroken *fact);
void apply_entry_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const EntryAdded *fact);
void apply_entries_read(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const EntriesRead *fact);
void apply_accessed(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const Accessed *fact);

#endif
