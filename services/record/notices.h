/*
 * What alert hears of record's facts: whom an entry concerns, and no clinical text. Pure; NULL where
 * it is no news.
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
const ProtobufCMessage *glass_broken_notice(struct arena *arena, const JournalEntry *entry,
					    const GlassBroken *fact);

#endif
