/* What others hear of the rota: to record and alert every change of a shift, to alert also whom to tell
 * what. Pure functions of the facts. */
#ifndef ROTA_NOTICES_H
#define ROTA_NOTICES_H

#include "daemon.h"

const ProtobufCMessage *planned_shifts(struct arena *arena, const JournalEntry *entry,
				       const RotaPlanned *fact);
const ProtobufCMessage *planned_word(struct arena *arena, const JournalEntry *entry,
				     const RotaPlanned *fact);
const ProtobufCMessage *set_shifts(struct arena *arena, const JournalEntry *entry,
				   const ShiftSet *fact);
const ProtobufCMessage *set_word(struct arena *arena, const JournalEntry *entry,
				 const ShiftSet *fact);
const ProtobufCMessage *swap_shifts(struct arena *arena, const JournalEntry *entry,
				    const SwapChanged *fact);
const ProtobufCMessage *swap_word(struct arena *arena, const JournalEntry *entry,
				  const SwapChanged *fact);
const ProtobufCMessage *week_word(struct arena *arena, const JournalEntry *entry,
				  const WeekTold *fact);
const ProtobufCMessage *gaps_word(struct arena *arena, const JournalEntry *entry,
				  const GapsTold *fact);

#endif
