/* If this failed, some messages would crash alert, make it answer nonsense, or leave views that its
 * journal does not give. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"

int alert_main(int argc, char **argv);
#define main alert_main
#include "services/alert/main.c"
#undef main

#define PATIENT "01FWHE4YDGFK1SHH6W1G60EECF"
#define ENTRY "01FWHE4YDGFK1SHH6W1G60EECH"

const unsigned fuzz_runs = 500;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_daemon_run(&alert_spec, NULL, data, size);
	return 0;
}

static void join(struct fuzz_example *example, const char *organisation, Profession profession)
{
	struct arena *arena = fuzz_arena(example);
	TeamNotice *joined = NEW(TeamNotice, arena);

	joined->patient = arena_string(arena, PATIENT);
	joined->member = NEW(TeamMember, arena);
	joined->member->organisation = arena_string(arena, organisation);
	joined->member->profession = profession;
	joined->member->role = TEAM_ROLE_MEMBER;
	fuzz_notice(example, "record", &joined->base);
}

/* The station is asked, and then told that it is over. */
static void word(struct fuzz_example *example, const char *event, Matter matter)
{
	struct arena *arena = fuzz_arena(example);
	WordNotice *word = NEW(WordNotice, arena);
	Told *told = NEW(Told, arena);

	told->organisation = arena_string(arena, "station01");
	told->matter = matter;
	told->urgent = matter == MATTER_REFERRAL_ASKED;
	word->subject = arena_string(arena, ENTRY);
	word->event = arena_string(arena, event);
	arena_append(arena, &word->told, &word->n_told, told);
	fuzz_notice(example, "referral", &word->base);
}

/* A team, its consent, two urgent entries, two words, and the team looks into its inboxes. */
static void scene(struct fuzz_example *example)
{
	static const char *const users[] = { "doctor", "nurse", "nurse2", "pharmacist" };
	struct arena *arena = fuzz_arena(example);
	ConsentNotice *consent = NEW(ConsentNotice, arena);
	EntryNotice *entry = NEW(EntryNotice, arena);
	ListInbox all = ListInbox_INIT;

	join(example, "clinic01", PROFESSION_DOCTOR);
	join(example, "station01", PROFESSION_NURSE);
	join(example, "pharmacy01", PROFESSION_UNSPECIFIED);
	consent->patient = entry->patient = arena_string(arena, PATIENT);
	consent->team_consent = true;
	fuzz_notice(example, "record", &consent->base);
	entry->entry = arena_string(arena, ENTRY);
	entry->kind = ENTRY_KIND_MEDICATION;
	entry->urgent = true;
	entry->author = arena_string(arena, "outsider");
	entry->organisation = arena_string(arena, "clinic02");
	fuzz_notice(example, "record", &entry->base);
	entry->kind = ENTRY_KIND_NOTE;
	fuzz_notice(example, "record", &entry->base);
	word(example, PATIENT, MATTER_REFERRAL_ASKED);
	word(example, ENTRY, MATTER_REFERRAL_OVER);
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++)
		fuzz_request(example, users[i], &all.base);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return fuzz_daemon_example(&alert_spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
