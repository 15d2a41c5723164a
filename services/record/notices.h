/*
 * What alert hears of record's facts: whom an entry concerns, and no clinical text; and referral:
 * what it needs to ask others, and the team. Pure; NULL where it is no news.
 */
#ifndef RECORD_NOTICES_H
#define RECORD_NOTICES_H

#include "daemon.h"

const ProtobufCMessage *entry_added_notice(struct arena *arena, const JournalEntry *entry,
					   const EntryAdded *fact);
const ProtobufCMessage *patient_registered_notice(struct arena *arena, const JournalEntry *entry,
						  const PatientRegistered *fact);
const ProtobufCMessage *team_member_added_notice(struct arena *arena, const JournalEntry *entry,
						 const TeamMemberAdded *fact);
const ProtobufCMessage *team_member_removed_notice(struct arena *arena, const JournalEntry *entry,
						   const TeamMemberRemoved *fact);
const ProtobufCMessage *consent_recorded_notice(struct arena *arena, const JournalEntry *entry,
						const ConsentRecorded *fact);
const ProtobufCMessage *duty_began_word(struct arena *arena, const JournalEntry *entry,
					const DutyBegan *fact);
const ProtobufCMessage *glass_broken_notice(struct arena *arena, const JournalEntry *entry,
					    const GlassBroken *fact);

const ProtobufCMessage *consent_recorded_followed(struct arena *arena, const JournalEntry *entry,
						  const ConsentRecorded *fact);
const ProtobufCMessage *patient_registered_followed(struct arena *arena, const JournalEntry *entry,
						    const PatientRegistered *fact);
const ProtobufCMessage *patient_updated_followed(struct arena *arena, const JournalEntry *entry,
						 const PatientUpdated *fact);
const ProtobufCMessage *placement_decided_notice(struct arena *arena, const JournalEntry *entry,
						 const PlacementDecided *fact);
const ProtobufCMessage *placement_decided_answer(struct arena *arena, const JournalEntry *entry,
						 const PlacementDecided *fact);

#endif
