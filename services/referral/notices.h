/* What others hear of a request: in reduced form, a pure function of the fact. */
#ifndef REFERRAL_NOTICES_H
#define REFERRAL_NOTICES_H

#include "daemon.h"

/* To alert: whom to tell what. No patient, no need: the reader looks it up here. */
const ProtobufCMessage *referral_word(struct arena *arena, const JournalEntry *entry,
				      const ReferralChanged *fact);
/* To record: PlacementNotice or VisitNotice. */
const ProtobufCMessage *referral_placement(struct arena *arena, const JournalEntry *entry,
					   const ReferralChanged *fact);

#endif
