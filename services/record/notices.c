#include "notices.h"

#include <stdlib.h>

#include "rules.h"

/* A batch of old records, brought in later, is no news to anybody. */
static bool is_history(const Entry *entry)
{
	return entry->source && entry->occurred_ms < entry->recorded_ms - HISTORY_MS;
}

const ProtobufCMessage *entry_added_notice(struct arena *arena, const JournalEntry *journalled,
					   const EntryAdded *fact)
{
	const Entry *entry = fact->entry;
	EntryNotice *notice = NEW(EntryNotice, arena);

	(void)journalled;
	if (!notice || is_history(entry))
		return NULL;
	notice->patient = entry->patient;
	notice->entry = entry->id;
	notice->kind = fact->original_kind ? fact->original_kind : entry->kind;
	notice->urgent = entry->urgent;
	notice->concerns = entry->concerns;
	notice->n_concerns = entry->n_concerns;
	notice->author = entry->author;
	notice->organisation = entry->organisation;
	if (entry->kind == ENTRY_KIND_QUESTION) {
		notice->professions = entry->question->professions;
		notice->n_professions = entry->question->n_professions;
		notice->asks_again = entry->corrects[0] != '\0';
	}
	notice->correction = entry->corrects[0] != '\0';
	notice->infection = fact->infection;
	notice->asked_by = fact->asked_by;
	notice->everyone = entry->everyone;
	notice->limit_passed = entry->limit_passed;
	return &notice->base;
}

static TeamNotice *team_notice(struct arena *arena, char *patient)
{
	TeamNotice *notice = NEW(TeamNotice, arena);
	TeamMember *member = NEW(TeamMember, arena);
	if (!notice || !member)
		return NULL;
	notice->patient = patient;
	notice->member = member;
	return notice;
}

static void fill_registrar(const PatientRegistered *fact, TeamMember *member)
{
	member->organisation = fact->patient->registered_by;
	member->role = TEAM_ROLE_MEMBER;
	member->profession = fact->registrar_profession;
}

const ProtobufCMessage *patient_registered_notice(struct arena *arena, const JournalEntry *entry,
						  const PatientRegistered *fact)
{
	TeamNotice *notice = team_notice(arena, fact->patient->id);
	(void)entry;
	if (!notice)
		return NULL;
	fill_registrar(fact, notice->member);
	notice->registrar = true;
	notice->team_consent = fact->patient->team_consent;
	return &notice->base;
}

const ProtobufCMessage *team_member_added_notice(struct arena *arena, const JournalEntry *entry,
						 const TeamMemberAdded *fact)
{
	TeamNotice *notice = team_notice(arena, fact->patient);
	(void)entry;
	if (!notice)
		return NULL;
	*notice->member = *fact->member; /* as journalled: without name and phone */
	notice->also = fact->also;
	return &notice->base;
}

const ProtobufCMessage *team_member_removed_notice(struct arena *arena, const JournalEntry *entry,
						   const TeamMemberRemoved *fact)
{
	TeamNotice *notice = team_notice(arena, fact->patient);
	(void)entry;
	if (!notice)
		return NULL;
	notice->member->organisation = fact->organisation;
	notice->member->user = fact->user;
	notice->member->referral = fact->referral;
	notice->removed = true;
	return &notice->base;
}

const ProtobufCMessage *consent_recorded_notice(struct arena *arena, const JournalEntry *entry,
						const ConsentRecorded *fact)
{
	ConsentNotice *notice = NEW(ConsentNotice, arena);
	(void)entry;
	if (!notice)
		return NULL;
	notice->patient = fact->patient;
	notice->team_consent = fact->team_consent;
	notice->cover_consent = fact->cover_consent;
	return &notice->base;
}

const ProtobufCMessage *duty_began_word(struct arena *arena, const JournalEntry *entry,
					const DutyBegan *fact)
{
	WordNotice *word = NEW(WordNotice, arena);

	(void)entry;
	if (!word)
		return NULL;
	word->subject = fact->shift;
	word->event = fact->event;
	for (size_t i = 0; i < fact->n_told; i++) {
		Told *told = NEW(Told, arena);
		if (!told)
			return NULL;
		told->organisation = fact->told[i]->organisation;
		told->matter = MATTER_DUTY_BEGINS;
		told->unstable = fact->told[i]->unstable;
		if (arena_append(arena, &word->told, &word->n_told, told))
			return NULL;
	}
	return &word->base;
}

const ProtobufCMessage *glass_broken_notice(struct arena *arena, const JournalEntry *entry,
					    const GlassBroken *fact)
{
	GlassNotice *notice = NEW(GlassNotice, arena);
	if (!notice)
		return NULL;
	notice->patient = fact->patient;
	notice->user = entry->user;
	notice->organisation = entry->organisation;
	return &notice->base;
}

/* ---- what referral hears ------------------------------------------------------------------ */

/* Cover is none of its business. */
const ProtobufCMessage *consent_recorded_followed(struct arena *arena, const JournalEntry *entry,
						  const ConsentRecorded *fact)
{
	ConsentNotice *notice = NEW(ConsentNotice, arena);

	(void)entry;
	if (!notice || fact->scope != CONSENT_SCOPE_TEAM)
		return NULL;
	notice->patient = fact->patient;
	notice->team_consent = fact->team_consent;
	return &notice->base;
}

/* What those who are asked may learn, and no more: no name, no day of birth, no address. */
static PatientNotice *patient_notice(struct arena *arena, const Patient *patient)
{
	PatientNotice *notice = NEW(PatientNotice, arena);

	if (!notice)
		return NULL;
	notice->patient = patient->id;
	notice->birth_year = (uint32_t)strtoul(patient->born, NULL, 10);
	notice->sex = patient->sex;
	notice->area = patient->area;
	notice->district = patient->district;
	notice->deceased = patient->deceased;
	return notice;
}

const ProtobufCMessage *patient_registered_followed(struct arena *arena, const JournalEntry *entry,
						    const PatientRegistered *fact)
{
	PatientNotice *notice = patient_notice(arena, fact->patient);
	TeamMember *registrar = NEW(TeamMember, arena);

	(void)entry;
	if (!notice || !registrar)
		return NULL;
	fill_registrar(fact, registrar);
	notice->registrar = registrar;
	notice->team_consent = fact->patient->team_consent;
	return &notice->base;
}

const ProtobufCMessage *patient_updated_followed(struct arena *arena, const JournalEntry *entry,
						 const PatientUpdated *fact)
{
	PatientNotice *notice = patient_notice(arena, fact->patient);
	(void)entry;
	return notice ? &notice->base : NULL;
}

/* ---- placements --------------------------------------------------------------------------- */

/* row: the taker as it was before; without before the one that went. And who attended before. */
static const ProtobufCMessage *placement_ended(struct arena *arena, const PlacementDecided *fact,
					       const TeamMember *row)
{
	TeamNotice *notice = row || fact->attending ? team_notice(arena, fact->patient) : NULL;

	if (!notice)
		return NULL;
	*notice->member = row ? *row : *fact->attending;
	notice->removed = row && !fact->before;
	notice->also = row ? fact->attending : NULL;
	return &notice->base;
}

const ProtobufCMessage *placement_decided_notice(struct arena *arena, const JournalEntry *entry,
						 const PlacementDecided *fact)
{
	(void)entry;
	if (fact->ended)
		return placement_ended(arena, fact,
				       fact->member && fact->before ? fact->before : fact->member);
	TeamNotice *notice = fact->member ? team_notice(arena, fact->patient) : NULL;
	if (!notice)
		return NULL;
	*notice->member = *fact->member;
	return &notice->base;
}

const ProtobufCMessage *placement_decided_answer(struct arena *arena, const JournalEntry *entry,
						 const PlacementDecided *fact)
{
	(void)entry;
	/*
	 * That something ended needs no answer; referral follows the team. It may not have taken note of
	 * what it asked for and did not want any longer when the answer came: what of that stays is told
	 * once more.
	 */
	if (fact->ended)
		return placement_ended(arena, fact, fact->before ? fact->before : fact->member);
	PlacementAnswer *answer = NEW(PlacementAnswer, arena);
	if (!answer)
		return NULL;
	answer->referral = fact->referral;
	answer->patient = fact->patient;
	answer->member = fact->member;
	answer->organisation = fact->organisation;
	return &answer->base;
}
