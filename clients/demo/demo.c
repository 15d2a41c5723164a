#include "clients/demo/demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "clients/cli/key.h"
#include "clients/demo/accounts.h"
#include "clients/demo/city.h"
#include "clients/demo/load.h"
#include "clients/demo/pictures.h"
#include "clients/demo/progress.h"
#include "clients/demo/scenes.h"
#include "clock.h"
#include "error.h"

#define ARENA_BYTES ((size_t)512 * 1024 * 1024)

/* What demo-done says. */
enum stage { STAGE_NOTHING, STAGE_ACCOUNTS, STAGE_CITY };
static const char *const stages[] = { "", "none", "city" };

static char *file_of(struct city *city, const struct demo_options *options, const char *name)
{
	return arena_printf(city->arena, "%s/%s", options->state, name);
}

static enum stage read_stage(struct city *city, const struct demo_options *options)
{
	const char *text = file_read(city->arena, file_of(city, options, "demo-done"));

	for (int stage = STAGE_CITY; text && stage > STAGE_NOTHING; stage--)
		if (!strncmp(text, stages[stage], strlen(stages[stage])))
			return (enum stage)stage;
	return STAGE_NOTHING;
}

static int write_stage(struct city *city, const struct demo_options *options, enum stage stage)
{
	const char *path = file_of(city, options, "demo-done");

	int rc = file_write(path, arena_printf(city->arena, "%s\n", stages[stage]), 0600);
	if (rc)
		complain("%s cannot be written", path);
	return rc;
}

/* An interrupted loading goes on with the city it began. */
static int take_beginning(struct city *city, const struct demo_options *options)
{
	const char *path = file_of(city, options, "demo-begun");
	const char *text = file_read(city->arena, path);

	city->seed = options->seed;
	city->now_ms = clock_system->wall_ms(clock_system);
	if (!text && options->none)
		return 0;
	if (text && sscanf(text, "seed %" SCNu64 " now %" SCNd64, &city->seed, &city->now_ms) == 2)
		return 0;
	int rc = file_write(path,
			    arena_printf(city->arena, "seed %" PRIu64 " now %" PRId64 "\n",
					 city->seed, city->now_ms),
			    0600);
	if (rc)
		complain("%s cannot be written", path);
	return rc;
}

static int load_city(struct city *city, const struct demo_options *options,
		     struct progress *progress)
{
	int64_t start_ms = clock_system->monotonic_ms(clock_system);
	size_t referrals, reports;

	int rc = city_homes(city, CITY_PATIENTS);
	if (!rc)
		rc = city_stories(city);
	if (!rc)
		rc = city_pictures(city);
	if (!rc)
		rc = city_rota(city, options->state, progress);
	if (!rc)
		rc = city_load(city, options->state, progress);
	if (!rc)
		rc = city_scenes(city, options->state, progress, &referrals, &reports);
	progress_end(progress);
	if (!rc)
		printf("demonstration city: %zu organisations, %zu accounts, %zu patients, %zu "
		       "entries, %zu requests, %.1f s\n",
		       city->n_organisations, city->n_people + 1, city->n_homes,
		       city->n_events + reports, referrals,
		       (double)(clock_system->monotonic_ms(clock_system) - start_ms) / 1000);
	return rc;
}

static int load(struct city *city, const struct demo_options *options)
{
	enum stage stage = read_stage(city, options);
	enum stage wanted = options->none ? STAGE_ACCOUNTS : STAGE_CITY;
	struct progress progress;

	progress_init(&progress);
	int rc = take_beginning(city, options);
	if (!rc)
		rc = city_network(city);
	if (!rc)
		rc = accounts_settle(city, options->state, stage >= STAGE_ACCOUNTS, &progress);
	if (!rc && wanted == STAGE_CITY && stage < STAGE_CITY)
		rc = load_city(city, options, &progress);
	if (!rc && stage < wanted)
		rc = write_stage(city, options, wanted);
	progress_end(&progress);
	return rc;
}

int demo_run(const struct demo_options *options)
{
	struct arena arena;
	struct city city = { .arena = &arena };

	arena_init(&arena, ARENA_BYTES);
	int rc = load(&city, options);
	arena_close(&arena);
	return !rc                                           ? EX_OK
	       : rc == ERR_TIMEOUT || rc == ERR_DISCONNECTED ? EX_UNAVAILABLE
							     : EX_SOFTWARE;
}
