/*
 * record: the shared record of a patient. Who may see it, what is in it, who has read it.
 */
#include "attachment_views.h"
#include "news.h"
#include "notices.h"
#include "queries.h"
#include "rules.h"
#include "views.h"

/* What became of the entry that its author cannot know: whether it is urgent, and why. */
static const ProtobufCMessage *reply_entry(struct arena *arena, const void *fact)
{
	const Entry *stored = ((const EntryAdded *)fact)->entry;
	Entry *entry = NEW(Entry, arena);

	if (!entry)
		return NULL;
	entry->id = stored->id;
	entry->kind = stored->kind;
	entry->urgent = stored->urgent;
	entry->urgent_reason = stored->urgent_reason;
	entry->limit_passed = stored->limit_passed;
	entry->concerns = stored->concerns;
	entry->n_concerns = stored->n_concerns;
	return &entry->base;
}

static const ProtobufCMessage *reply_chunk(struct arena *arena, const void *fact)
{
	const ChunkPut *chunk = fact;
	ChunkTaken *taken = NEW(ChunkTaken, arena);

	if (!taken)
		return NULL;
	taken->complete = chunk->complete;
	taken->mismatch = chunk->mismatch;
	return &taken->base;
}

#define ENTRY_BODY_BYTES (LIMIT_BODY_BYTES + LIMIT_ENTRY_THUMBNAILS_BYTES + 4096) /* with attachments */
#define CHUNK_BODY_BYTES (LIMIT_CHUNK_BYTES + 1024)

static const struct route routes[] = {
	NOTICE("referral", PlacementNotice, struct placement_rule, load_placement, placement_decide,
	       PlacementDecided),
	NOTICE("referral", VisitNotice, struct visit_rule, load_visit, visit_report, EntryAdded),
	NOTICE("rota", ShiftsNotice, struct no_rule, load_cover_follow, cover_follow,
	       ShiftsFollowed),
	DUE(DutyBeginsDue, struct cover_begin_rule, load_cover_begin, cover_begin, DutyBegan),
	DUE(UploadDue, struct upload_due_rule, load_upload_due, upload_expire, UploadExpired),
	DUE(MembershipDue, struct patient_rule, load_membership, membership_end, TeamMemberRemoved),

	WRITE(RegisterPatient, struct register_rule, load_register, patient_register,
	      PatientRegistered),
	WRITE(UpdatePatient, struct patient_rule, load_update, patient_update, PatientUpdated),
	WRITE(RecordConsent, struct patient_rule, load_consent, consent_record, ConsentRecorded),
	WRITE(AddTeamMember, struct member_rule, load_member, team_member_add, TeamMemberAdded),
	WRITE(RemoveTeamMember, struct patient_rule, load_removal, team_member_remove,
	      TeamMemberRemoved),
	WRITE(SetThresholds, struct patient_rule, load_thresholds, thresholds_set, ThresholdsSet),
	WRITE(SetUnstable, struct patient_rule, load_unstable, unstable_set, UnstableSet),
	WRITE(BreakGlass, struct patient_rule, load_glass, glass_break, GlassBroken),
	WRITE(AddEntry, struct entry_rule, load_entry, entry_add, EntryAdded, .reply = reply_entry,
	      .response = &Entry_descriptor, .body_bytes = ENTRY_BODY_BYTES),
	WRITE(PutChunk, struct chunk_rule, load_chunk, chunk_put, ChunkPut, .reply = reply_chunk,
	      .response = &ChunkTaken_descriptor, .body_bytes = CHUNK_BODY_BYTES),
	WRITE(MarkRead, struct mark_rule, load_mark, entries_mark_read, EntriesRead),

	READ(ListPatients, query_patients, PatientList),
	READ(FindPatients, query_find, PatientList),
	READ(ListCovered, query_covered, PatientList),
	READ(ListDeputies, query_deputies, DeputyList),
	READ(ShowPatient, query_patient, PatientShown),
	READ(ShowTeam, query_team, Team),
	READ(ShowSummary, query_summary, Summary),
	READ(ListTimeline, query_timeline, Timeline),
	READ(ShowEntry, query_entry, EntryShown),
	READ(ListReaders, query_readers, ReaderList),
	READ(ListNews, query_news, NewsList),
	READ(ShowUpload, query_upload, UploadShown),
	READ(FetchAttachment, query_attachment, AttachmentFetched),
	READ(ShowAudit, query_audit, AuditList),
};

static const struct fact_type facts[] = {
	FACT(PatientRegistered, apply_patient_registered,
	     { TO("alert", PatientRegistered, patient_registered_notice),
	       TO("referral", PatientRegistered, patient_registered_followed) }),
	FACT(PatientUpdated, apply_patient_updated,
	     { TO("referral", PatientUpdated, patient_updated_followed) }),
	FACT(ConsentRecorded, apply_consent_recorded,
	     { TO("alert", ConsentRecorded, consent_recorded_notice),
	       TO("referral", ConsentRecorded, consent_recorded_followed) }),
	FACT(TeamMemberAdded, apply_team_member_added,
	     { TO("alert", TeamMemberAdded, team_member_added_notice),
	       TO("referral", TeamMemberAdded, team_member_added_notice) }),
	FACT(TeamMemberRemoved, apply_team_member_removed,
	     { TO("alert", TeamMemberRemoved, team_member_removed_notice),
	       TO("referral", TeamMemberRemoved, team_member_removed_notice) }),
	FACT(PlacementDecided, apply_placement_decided,
	     { TO("alert", PlacementDecided, placement_decided_notice),
	       TO("referral", PlacementDecided, placement_decided_answer) }),
	FACT(ShiftsFollowed, apply_shifts_followed, TO_NOBODY),
	FACT(DutyBegan, apply_duty_began, { TO("alert", DutyBegan, duty_began_word) }),
	FACT(ThresholdsSet, apply_thresholds_set, TO_NOBODY),
	FACT(UnstableSet, apply_unstable_set, TO_NOBODY),
	FACT(GlassBroken, apply_glass_broken, { TO("alert", GlassBroken, glass_broken_notice) }),
	FACT(EntryAdded, apply_entry_added, { TO("alert", EntryAdded, entry_added_notice) }),
	FACT(ChunkPut, apply_chunk_put, TO_NOBODY),
	FACT(UploadExpired, apply_upload_expired, TO_NOBODY),
	FACT(EntriesRead, apply_entries_read, TO_NOBODY),
	FACT(Accessed, apply_accessed, TO_NOBODY),
};

static const char *const peers[] = { "directory", "alert", "board", "referral", "rota", NULL };

const struct daemon_spec record_spec = {
	.name = "record",
	.tables = record_tables,
	.n_tables = N_RECORD_TABLES,
	.routes = routes,
	.n_routes = sizeof(routes) / sizeof(*routes),
	.facts = facts,
	.n_facts = sizeof(facts) / sizeof(*facts),
	.peers = peers,
};

int main(int argc, char **argv)
{
	return daemon_main(&record_spec, argc, argv);
}
