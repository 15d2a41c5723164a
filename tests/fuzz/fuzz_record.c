/* If this failed, some messages would crash record, make it answer nonsense, or leave views that its
 * journal does not give. */
#include <openssl/sha.h>

#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"
#include "tests/lib/test_clock.h"

int record_main(int argc, char **argv);
#define main record_main
#include "services/record/main.c"
#undef main

const unsigned fuzz_runs = 500;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_daemon_run(&record_spec, NULL, data, size);
	return 0;
}

static void join(struct fuzz_example *example, const char *organisation, Profession profession,
		 TeamRole role)
{
	struct arena *arena = fuzz_arena(example);
	AddTeamMember *add = NEW(AddTeamMember, arena);

	add->patient = arena_string(arena, SEEN_ID("0000"));
	add->member = NEW(TeamMember, arena);
	add->member->organisation = arena_string(arena, organisation);
	add->member->profession = profession;
	add->member->role = role;
	fuzz_request(example, "doctor", &add->base);
}

/* A patient who consented, a team, a first entry. */
static void visit(struct fuzz_example *example)
{
	struct arena *arena = fuzz_arena(example);
	PlacementNotice *placed = NEW(PlacementNotice, arena);
	VisitNotice *made = NEW(VisitNotice, arena);

	placed->patient = made->patient = arena_string(arena, SEEN_ID("0000"));
	placed->referral = made->referral = arena_string(arena, "01FWHE4YDGFK1SHH6W1G60EECH");
	placed->kind = REFERRAL_KIND_VISIT;
	placed->organisation = arena_string(arena, "station01");
	placed->from_ms = TEST_CLOCK_START_MS;
	placed->until_ms = TEST_CLOCK_START_MS + 60000;
	placed->times = 2;
	placed->every_days = 1;
	fuzz_notice(example, "referral", &placed->base);
	made->report = NEW(VisitReport, arena);
	made->report->text = arena_string(arena, "訪問しました");
	made->report->author = arena_string(arena, "nurse");
	made->report->organisation = placed->organisation;
	made->report->profession = PROFESSION_NURSE;
	fuzz_notice(example, "referral", &made->base);
}

/* The patient's clinic is of the network, the patient consents, and another clinic is on duty. */
static void night(struct fuzz_example *example)
{
	static Network networks[] = { NETWORK_ROUND_THE_CLOCK };
	struct arena *arena = fuzz_arena(example);
	OrganisationChanged *changed = NEW(OrganisationChanged, arena);
	Organisation *clinic = changed->organisation = NEW(Organisation, arena);
	RecordConsent *consent = NEW(RecordConsent, arena);
	ShiftsNotice *told = NEW(ShiftsNotice, arena);
	ShiftNotice *shift = NEW(ShiftNotice, arena);
	Duty *duty = NEW(Duty, arena);
	ListCovered *list = NEW(ListCovered, arena);

	clinic->id = arena_string(arena, "clinic01");
	clinic->name = clinic->id;
	clinic->kind = ORGANISATION_KIND_CLINIC;
	clinic->networks = networks;
	clinic->n_networks = 1;
	fuzz_notice(example, "directory", &changed->base);
	consent->patient = arena_string(arena, SEEN_ID("0000"));
	consent->scope = CONSENT_SCOPE_COVER;
	consent->given = true;
	consent->on = arena_string(arena, "2026-09-01");
	fuzz_request(example, "doctor", &consent->base);
	shift->id = arena_string(arena, "2026-09-21-weekday-night");
	duty->organisation = arena_string(arena, "clinic02");
	shift->from_ms = duty->from_ms = TEST_CLOCK_START_MS - 1000;
	shift->until_ms = duty->until_ms = TEST_CLOCK_START_MS + 60000;
	arena_append(arena, &shift->duties, &shift->n_duties, duty);
	arena_append(arena, &told->shifts, &told->n_shifts, shift);
	fuzz_notice(example, "rota", &told->base);
	fuzz_request(example, "outsider", &list->base);
}

/* A small photo: sent, named, fetched; and what is new. */
static void photo(struct fuzz_example *example)
{
	static char data[] = "\xff\xd8\xff\xe0 photo";
	struct arena *arena = fuzz_arena(example);
	PutChunk *chunk = NEW(PutChunk, arena);
	ShowUpload *show = NEW(ShowUpload, arena);
	AddEntry *add = NEW(AddEntry, arena);
	Attachment *attachment = NEW(Attachment, arena);
	FetchAttachment *fetch = NEW(FetchAttachment, arena);
	ListNews *news = NEW(ListNews, arena);
	uint8_t sha256[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)data, sizeof(data), sha256);
	chunk->patient = show->patient = arena_string(arena, SEEN_ID("0000"));
	chunk->sha256 = (ProtobufCBinaryData){ sizeof(sha256), arena_copy(arena, sha256, sizeof(sha256)) };
	attachment->sha256 = show->sha256 = fetch->sha256 = chunk->sha256;
	chunk->bytes = attachment->bytes = sizeof(data);
	chunk->data = (ProtobufCBinaryData){ sizeof(data), arena_copy(arena, data, sizeof(data)) };
	fuzz_request(example, "nurse", &chunk->base);
	fuzz_request(example, "nurse", &show->base);
	add->entry = NEW(Entry, arena);
	add->entry->patient = chunk->patient;
	add->entry->content_case = Entry_CONTENT_NOTE;
	add->entry->note = NEW(Note, arena);
	add->entry->note->text = arena_string(arena, "創部");
	attachment->media_type = arena_string(arena, "image/jpeg");
	arena_append(arena, &add->entry->attachments, &add->entry->n_attachments, attachment);
	fuzz_request(example, "nurse", &add->base);
	fetch->entry = arena_string(arena, SEEN_ID("0005"));
	fuzz_request(example, "doctor", &news->base);
	fuzz_request(example, "doctor", &fetch->base);
}

static void scene(struct fuzz_example *example)
{
	struct arena *arena = fuzz_arena(example);
	RegisterPatient *registered = NEW(RegisterPatient, arena);
	AddEntry *add = NEW(AddEntry, arena);

	registered->patient = NEW(Patient, arena);
	registered->patient->name = arena_string(arena, "田中　透");
	registered->patient->kana = arena_string(arena, "タナカ　トオル");
	registered->patient->born = arena_string(arena, "1931-05-06");
	registered->patient->sex = PATIENT_SEX_MALE;
	registered->consent_given_on = arena_string(arena, "2026-09-01");
	fuzz_request(example, "doctor", &registered->base);
	join(example, "clinic01", PROFESSION_DOCTOR, TEAM_ROLE_ATTENDING);
	join(example, "station01", PROFESSION_NURSE, TEAM_ROLE_KEY_PERSON);
	join(example, "pharmacy01", PROFESSION_UNSPECIFIED, TEAM_ROLE_MEMBER);
	add->entry = NEW(Entry, arena);
	add->entry->patient = arena_string(arena, SEEN_ID("0000"));
	add->entry->kind = ENTRY_KIND_NOTE;
	add->entry->content_case = Entry_CONTENT_NOTE;
	add->entry->note = NEW(Note, arena);
	add->entry->note->text = arena_string(arena, "発熱あり");
	fuzz_request(example, "nurse", &add->base);
	photo(example);
	visit(example);
	night(example);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return fuzz_daemon_example(&record_spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
