#include "notices.h"

const ProtobufCMessage *referral_word(struct arena *arena, const JournalEntry *entry,
				      const ReferralChanged *fact)
{
	WordNotice *notice = fact->n_told ? NEW(WordNotice, arena) : NULL;

	if (!notice)
		return NULL;
	notice->subject = fact->referral->id;
	notice->told = fact->told;
	notice->n_told = fact->n_told;
	notice->event = entry->id;
	return &notice->base;
}

const ProtobufCMessage *referral_placement(struct arena *arena, const JournalEntry *entry,
					   const ReferralChanged *fact)
{
	PlacementNotice *placement = fact->placement ? NEW(PlacementNotice, arena) : NULL;

	if (placement) {
		*placement = *fact->placement;
		placement->event = entry->id;
		return &placement->base;
	}
	VisitNotice *notice = fact->report ? NEW(VisitNotice, arena) : NULL;
	if (!notice)
		return NULL;
	notice->referral = fact->referral->id;
	notice->patient = fact->referral->patient;
	notice->report = fact->report;
	notice->event = entry->id;
	return &notice->base;
}
