/* If this failed, some messages would crash alert, make it answer nonsense, or leave views that its
 * journal does not give. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"
#include "tests/lib/test_clock.h"

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

static void clinic(struct fuzz_example *example, const char *id)
{
	static Network networks[] = { NETWORK_ROUND_THE_CLOCK };
	struct arena *arena = fuzz_arena(example);
	OrganisationChanged *changed = NEW(OrganisationChanged, arena);

	changed->organisation = NEW(Organisation, arena);
	changed->organisation->id = changed->organisation->name = arena_string(arena, id);
	changed->organisation->kind = ORGANISATION_KIND_CLINIC;
	changed->organisation->networks = networks;
	changed->organisation->n_networks = 1;
	fuzz_notice(example, "directory", &changed->base);
}

/* clinic02 is on duty, until soon. */
static void duty(struct fuzz_example *example)
{
	struct arena *arena = fuzz_arena(example);
	RotaNotice *told = NEW(RotaNotice, arena);
	ShiftNotice *shift = NEW(ShiftNotice, arena);
	Duty *first = NEW(Duty, arena);

	clinic(example, "clinic01");
	clinic(example, "clinic02");
	first->organisation = arena_string(arena, "clinic02");
	first->from_ms = shift->from_ms = TEST_CLOCK_START_MS - 1000;
	first->until_ms = shift->until_ms = TEST_CLOCK_START_MS + 60000;
	shift->id = arena_string(arena, "2026-09-21-holiday-night");
	arena_append(arena, &shift->duties, &shift->n_duties, first);
	arena_append(arena, &told->shifts, &told->n_shifts, shift);
	fuzz_notice(example, "rota", &told->base);
}

/* Who was on duty declines or hands over; everybody looks. */
static void walk(struct fuzz_example *example)
{
	static const char *const users[] = { "outsider", "doctor", "nurse", "admin" };
	OfferHandOver offer = OfferHandOver_INIT;
	ListHandOver offered = ListHandOver_INIT;
	ListEscalations sent = ListEscalations_INIT;
	ShowEscalation show = ShowEscalation_INIT;
	SetEscalation set = SetEscalation_INIT;

	set.urgent_s = set.limit_s = 10;
	fuzz_request(example, "admin", &set.base);
	fuzz_request(example, "outsider", &offer.base);
	show.event = arena_string(fuzz_arena(example), ENTRY);
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++) {
		fuzz_request(example, users[i], &show.base);
		fuzz_request(example, users[i], &sent.base);
		fuzz_request(example, users[i], &offered.base);
	}
}

/* A team, its consent, who is on duty, two urgent entries, two words; and all look into their
 * inboxes. */
static void scene(struct fuzz_example *example)
{
	static const char *const users[] = { "doctor", "nurse", "nurse2", "pharmacist" };
	struct arena *arena = fuzz_arena(example);
	ConsentNotice *consent = NEW(ConsentNotice, arena);
	EntryNotice *entry = NEW(EntryNotice, arena);
	ListInbox all = ListInbox_INIT;

	duty(example);
	join(example, "clinic01", PROFESSION_DOCTOR);
	join(example, "station01", PROFESSION_NURSE);
	join(example, "pharmacy01", PROFESSION_UNSPECIFIED);
	consent->patient = entry->patient = arena_string(arena, PATIENT);
	consent->team_consent = consent->cover_consent = true;
	fuzz_notice(example, "record", &consent->base);
	entry->entry = arena_string(arena, ENTRY);
	entry->kind = ENTRY_KIND_MEDICATION;
	entry->urgent = true;
	entry->author = arena_string(arena, "nurse2");
	entry->organisation = arena_string(arena, "station01");
	fuzz_notice(example, "record", &entry->base);
	entry->kind = ENTRY_KIND_NOTE;
	fuzz_notice(example, "record", &entry->base);
	word(example, PATIENT, MATTER_REFERRAL_ASKED);
	word(example, ENTRY, MATTER_REFERRAL_OVER);
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++)
		fuzz_request(example, users[i], &all.base);
	walk(example);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return fuzz_daemon_example(&alert_spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
