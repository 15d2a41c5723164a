/*
 * What referral keeps. Changed by applying facts only.
 *
 *	referrals   id -> ReferralView
 *	concerns    organisation, position, id -> nothing: asked by it or of it, at its last change;
 *	            and under the name "" what is or was the support centre's
 *	open        the same, of those that it has still to do with
 *	of_patient  patient, id -> nothing: those that are not over
 *	patients    patient -> PatientNotice
 *	members     see team.h
 *	access      see team.h
 *	capacities  organisation -> Capacity, as the board told last
 *	pool        kind (1 byte), organisation -> nothing: who is asked for that kind
 *	taken       organisation, kind (1 byte), time_ms, id -> nothing: what it was confirmed for
 *	audit       patient, position -> nothing: who was told of them, and what asker and taker did
 *	figures     "YYYY-MM", kind (1 byte), area (1 byte) -> FigureView
 *
 * Parts of keys are texts with their NUL; numbers 8 bytes big-endian.
 */
#ifndef REFERRAL_VIEWS_H
#define REFERRAL_VIEWS_H

#include "daemon.h"
#include "rules.h"

enum {
	TABLE_REFERRALS = TABLE_OWN,
	TABLE_CONCERNS,
	TABLE_OPEN,
	TABLE_OF_PATIENT,
	TABLE_PATIENTS,
	TABLE_MEMBERS,
	TABLE_ACCESS,
	TABLE_CAPACITIES,
	TABLE_POOL,
	TABLE_TAKEN,
	TABLE_FIGURES,
	TABLE_AUDIT,
	REFERRAL_TABLES_END
};
#define REFERRAL_TABLES (REFERRAL_TABLES_END - TABLE_OWN)
extern const char *const referral_tables[REFERRAL_TABLES];

#define CENTRE "" /* in place of an organisation */
extern const struct team_tables referral_team;

/* 0, ERR_NOTFOUND (also for what is no id), or an error of the store. In tx->arena. */
int referral_get(struct tx *tx, const char *id, ReferralView **out);
int patient_notice_get(struct tx *tx, const char *patient, PatientNotice **out);
int capacity_followed_get(struct tx *tx, const char *organisation, Capacity **out);

/* What the keys of a view begin with. */
struct key pool_prefix(ReferralKind kind);
struct key taken_prefix(const char *organisation, ReferralKind kind);
struct key figures_prefix(const char *month);
/* What a list's watch waits for. */
struct key list_watch_key(const char *organisation);

void apply_referral_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ReferralChanged *fact);
void apply_patient_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const PatientFollowed *fact);
void apply_team_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const TeamFollowed *fact);
void apply_consent_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ConsentFollowed *fact);
void apply_capacity_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const CapacityFollowed *fact);
/* In place of the frame's own: who is asked for what, and what a leaver leaves behind. */
void apply_organisation_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
				 const OrganisationChanged *fact);
void apply_told_of_patient(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const Accessed *fact);

#endif
