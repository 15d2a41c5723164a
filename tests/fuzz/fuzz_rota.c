/* If this failed, some messages would crash rota, make it answer nonsense, or leave views that its
 * journal does not give. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"
#include "tests/lib/test_clock.h"

int rota_main(int argc, char **argv);
#define main rota_main
#include "services/rota/main.c"
#undef main

#define NIGHT "2026-09-28-weekday-night" /* a week after TEST_CLOCK_START_MS */

const unsigned fuzz_runs = 300;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct calendars calendars = { .known = false };

	fuzz_daemon_run(&rota_spec, &calendars, data, size);
	return 0;
}

static void stand(struct fuzz_example *example, const char *organisation)
{
	static Network networks[] = { NETWORK_ROUND_THE_CLOCK };
	struct arena *arena = fuzz_arena(example);
	OrganisationChanged *changed = NEW(OrganisationChanged, arena);

	changed->organisation = NEW(Organisation, arena);
	changed->organisation->id = arena_string(arena, organisation);
	changed->organisation->kind = ORGANISATION_KIND_CLINIC;
	changed->organisation->area = AREA_NORTH;
	changed->organisation->networks = networks;
	changed->organisation->n_networks = 1;
	fuzz_notice(example, "directory", &changed->base);
}

static void set(struct fuzz_example *example, const char *organisation, bool second)
{
	struct arena *arena = fuzz_arena(example);
	SetShift *request = NEW(SetShift, arena);

	request->shift = arena_string(arena, NIGHT);
	request->second = second;
	request->organisation = arena_string(arena, organisation);
	request->reason = arena_string(arena, "希望");
	fuzz_request(example, "admin", &request->base);
}

static void generate(struct fuzz_example *example)
{
	struct arena *arena = fuzz_arena(example);
	GenerateRota *request = NEW(GenerateRota, arena);

	request->month = arena_string(arena, "2026-09");
	fuzz_request(example, "admin", &request->base);
}

/* Three clinics, a month, a night set by hand, which is asked of all; somebody may take it. The ids
 * that were seen: the swap's, among others. */
static void scene(struct fuzz_example *example)
{
	static const char *const seen[] = { SEEN_ID("0000"), SEEN_ID("0001"), SEEN_ID("0002"),
					    SEEN_ID("0003"), SEEN_ID("0004") };
	ListShifts shifts = ListShifts_INIT;
	ShowDuty now = ShowDuty_INIT;
	ListGaps gaps = ListGaps_INIT;
	AskSwap swap = AskSwap_INIT;
	AcceptSwap accept = AcceptSwap_INIT;
	UndoSwap undo = UndoSwap_INIT;
	SubscribeCalendar subscribe = SubscribeCalendar_INIT;
	ListCalendars calendars = ListCalendars_INIT;
	EndCalendar end = EndCalendar_INIT;

	stand(example, "clinic01");
	stand(example, "clinic02");
	stand(example, "clinic03");
	generate(example);
	set(example, "clinic01", false);
	set(example, "clinic03", true);
	subscribe.organisation = arena_string(fuzz_arena(example), "clinic01");
	fuzz_request(example, "doctor", &subscribe.base);
	swap.shift = arena_string(fuzz_arena(example), NIGHT);
	fuzz_request(example, "doctor", &swap.base);
	for (size_t i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
		accept.id = undo.id = end.id = arena_string(fuzz_arena(example), seen[i]);
		fuzz_request(example, "outsider", &accept.base);
		fuzz_request(example, "doctor", &undo.base);
		fuzz_request(example, "doctor", &end.base);
	}
	fuzz_request(example, "doctor", &calendars.base);
	fuzz_request(example, "nurse", &shifts.base);
	fuzz_request(example, "pharmacist", &now.base);
	fuzz_request(example, "nurse2", &gaps.base);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return fuzz_daemon_example(&rota_spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
