/* If this failed, some messages would crash board, make it answer nonsense, or leave views that its
 * journal does not give. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"
#include "tests/lib/test_clock.h"

int board_main(int argc, char **argv);
#define main board_main
#include "services/board/main.c"
#undef main

const unsigned fuzz_runs = 500;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_daemon_run(&board_spec, NULL, data, size);
	return 0;
}

static void stand(struct fuzz_example *example, const char *organisation, OrganisationKind kind)
{
	struct arena *arena = fuzz_arena(example);
	OrganisationChanged *changed = NEW(OrganisationChanged, arena);

	changed->organisation = NEW(Organisation, arena);
	changed->organisation->id = arena_string(arena, organisation);
	changed->organisation->name = arena_string(arena, "松木ST");
	changed->organisation->kind = kind;
	changed->organisation->area = AREA_NORTH;
	fuzz_notice(example, "directory", &changed->base);
}

static void say(struct fuzz_example *example, const char *user, CapacityLevel level,
		int64_t holds_ms)
{
	struct arena *arena = fuzz_arena(example);
	SetCapacity *request = NEW(SetCapacity, arena);

	request->capacity = NEW(Capacity, arena);
	request->capacity->level = level;
	request->capacity->valid_until_ms = TEST_CLOCK_START_MS + holds_ms;
	fuzz_request(example, user, &request->base);
}

/* A station, a clinic and a hospital say how they stand, and all is read. */
static void scene(struct fuzz_example *example)
{
	ListBoard board = ListBoard_INIT;
	ShowBoardHistory history = ShowBoardHistory_INIT;

	stand(example, "station01", ORGANISATION_KIND_NURSE_STATION);
	stand(example, "clinic01", ORGANISATION_KIND_CLINIC);
	stand(example, "clinic02", ORGANISATION_KIND_HOSPITAL);
	say(example, "nurse", CAPACITY_LEVEL_LIMITED, 10 * 60 * 1000);
	say(example, "doctor", CAPACITY_LEVEL_FULL, 60 * 60 * 1000);
	say(example, "outsider", CAPACITY_LEVEL_AVAILABLE, 24 * 3600 * 1000);
	fuzz_request(example, "pharmacist", &board.base);
	fuzz_request(example, "nurse", &history.base);
	say(example, "nurse2", CAPACITY_LEVEL_AVAILABLE, 2 * 3600 * 1000);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return fuzz_daemon_example(&board_spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
