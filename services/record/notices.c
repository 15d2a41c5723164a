#include "notices.h"

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
	}
	notice->correction = entry->corrects[0] != '\0';
	notice->infection = fact->infection;
	notice->asked_by = fact->asked_by;
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

const ProtobufCMessage *patient_registered_notice(struct arena *arena, const JournalEntry *entry,
						  const PatientRegistered *fact)
{
	TeamNotice *notice = team_notice(arena, fact->patient->id);
	(void)entry;
	if (!notice)
		return NULL;
	notice->member->organisation = fact->patient->registered_by;
	notice->member->role = TEAM_ROLE_MEMBER;
	notice->member->profession = fact->registrar_profession;
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
	notice->member->organisation = fact->member->organisation;
	notice->member->user = fact->member->user;
	notice->member->role = fact->member->role;
	notice->member->profession = fact->member->profession;
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
	notice->removed = true;
	return &notice->base;
}

const ProtobufCMessage *consent_recorded_notice(struct arena *arena, const JournalEntry *entry,
						const ConsentRecorded *fact)
{
	ConsentNotice *notice = NEW(ConsentNotice, arena);
	(void)entry;
	if (!notice || fact->scope != CONSENT_SCOPE_TEAM)
		return NULL;
	notice->patient = fact->patient;
	notice->team_consent = fact->given;
	return &notice->base;
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
