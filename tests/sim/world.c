/* One seed: the world is set up, runs while things go wrong, heals, and is judged. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/sim/sim.h"

#define ARENA_BYTES ((size_t)512 << 20)
#define HEAL_STEPS 20000
#define HEAL_MS (20LL * 60 * 1000)
#define PROMPT_MS 15000 /* where nothing went wrong: well before a watch is renewed */
#define FULL_STEPS 400
#define REMINDED_MS 15000 /* a daemon that sleeps wakes so soon at the latest */
#define HEAL_LOOK 50      /* steps between two looks at what is missing */
#define PROMPT_LOOK 3
#define SETTLE_STEPS 8000
#define QUIET_MOST_MS (26LL * 3600 * 1000)
#define OVERDUE_MS 15000
#define ESCALATION_S 300 /* a step, where nobody has said otherwise */
#define WALK_ROUNDS 40
#define RUN_OUT_ROUNDS 120

extern const struct daemon_spec directory_spec, record_spec, alert_spec, board_spec, referral_spec,
	rota_spec;

void sim_trace(struct sim *sim, const char *format, ...)
{
	va_list arguments;
	if (!sim->options.verbose)
		return;
	printf("%llu t=%lld ", (unsigned long long)sim->steps, (long long)sim->now_ms);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

void sim_fail(struct sim *sim, const char *invariant, const char *format, ...)
{
	struct outcome *outcome = sim->outcome;
	va_list arguments;
	if (outcome->failed)
		return;
	outcome->failed = true;
	outcome->steps = sim->steps;
	snprintf(outcome->invariant, sizeof(outcome->invariant), "%s", invariant);
	va_start(arguments, format);
	vsnprintf(outcome->detail, sizeof(outcome->detail), format, arguments);
	va_end(arguments);
	sim_trace(sim, "FAILED invariant=%s %s", outcome->invariant, outcome->detail);
}

void sim_pass(struct sim *sim, int64_t ms)
{
	for (int i = 0; i < HOSTS; i++)
		test_clock_advance(&sim->hosts[i].clock, ms);
	test_clock_advance(&sim->clock, ms);
}

/* ---- set up ---------------------------------------------------------------------------------- */

static void make_folder(const char *folder)
{
	if (mkdir(folder, 0700)) {
		perror(folder);
		exit(74);
	}
}

static void set_up(struct sim *sim, uint64_t seed, const char *folder)
{
	const struct daemon_spec *specs[HOSTS] = {&directory_spec, &record_spec,   &alert_spec,
						  &board_spec,     &referral_spec, &rota_spec};

	arena_init(&sim->arena, ARENA_BYTES);
	arena_init(&sim->scratch, ARENA_BYTES);
	sim->requests = calloc(SIM_REQUESTS, sizeof(*sim->requests));
	sim->referrals = calloc(SIM_REFERRALS, sizeof(*sim->referrals));
	sim->escalations = calloc(SIM_ESCALATIONS, sizeof(*sim->escalations));
	sim->urgent_s = sim->limit_s = ESCALATION_S;
	if (!sim->requests || !sim->referrals || !sim->escalations)
		abort();
	sim->rng = rng_make(seed, 1);
	sim->fault_rng = rng_make(seed, 2);
	sim->net_rng = rng_make(seed, 3);
	sim->quiet_rng = rng_make(seed, 4);
	papers_make(sim);
	temporary_empty(folder);
	snprintf(sim->pki, sizeof(sim->pki), "%.200s/pki", folder);
	snprintf(sim->broker, sizeof(sim->broker), "%.200s/broker", folder);
	make_folder(sim->pki);
	make_folder(sim->broker);
	certificates_write(sim->pki);
	terminals_make(sim);
	for (int i = 0; i < HOSTS; i++) {
		if (host_open(sim, i, specs[i], folder))
			sim_fail(sim, "set-up", "host=%s", specs[i]->name);
		host_start(sim, i);
	}
}

void sim_close(struct sim *sim)
{
	queue_close(&sim->queue);
	for (int i = 0; i < HOSTS; i++)
		host_close(sim, i);
	terminals_close(sim);
	table_close(&sim->request_index);
	table_close(&sim->notified);
	table_close(&sim->muted);
	table_close(&sim->reminded);
	table_close(&sim->worded);
	table_close(&sim->referral_index);
	table_close(&sim->blocked);
	table_close(&sim->began);
	table_close(&sim->bundled);
	table_close(&sim->board_rows);
	table_close(&sim->board_said);
	free(sim->referrals);
	free(sim->escalations);
	table_close(&sim->escalation_index);
	table_close(&sim->substitutes);
	free(sim->notifications);
	free(sim->requests);
	arena_close(&sim->arena);
	arena_close(&sim->scratch);
	free(sim);
}

/* ---- quiet times ----------------------------------------------------------------------------- */

void sim_quiet(struct sim *sim, int64_t ms)
{
	sim_trace(sim, "quiet for %lld ms", (long long)ms);
	sim_pass(sim, ms);
	for (int i = 0; i < HOSTS; i++)
		if (sim->hosts[i].daemon)
			host_plan(sim, i);
	terminals_passed(sim, ms);
}

/* Often until something is due, and a moment longer or shorter. */
static void quiet_sometimes(struct sim *sim)
{
	struct rng *rng = &sim->quiet_rng;
	int64_t wait_ms, ms = rng_between(rng, 1, 60000LL << rng_below(rng, 10));
	bool urgent = rng_chance(rng, 600);

	if (!sim->quiet_steps || sim->healing || !sim->settled || rng_below(rng, sim->quiet_steps))
		return;
	wait_ms = urgent ? escalations_wait_ms(sim) : INT64_MAX;
	if (wait_ms == INT64_MAX)
		wait_ms = referrals_wait_ms(sim);
	if (wait_ms > 0 && wait_ms < QUIET_MOST_MS && rng_chance(rng, 700))
		ms = wait_ms + rng_between(rng, -3000, 3000);
	if (ms > 0)
		sim_quiet(sim, ms);
}

/* ---- one step -------------------------------------------------------------------------------- */

static void arrive(struct sim *sim, const struct event *event)
{
	struct packet *packet = event->packet;
	sim_trace(sim, "arrive to=%d topic=%s", event->target, packet->topic);
	if (event->target < HOSTS)
		host_arrive(sim, event->target, packet);
	else
		terminal_arrive(sim, (size_t)(event->target - HOSTS), packet);
}

static void connect_again(struct sim *sim, const struct event *event)
{
	if (event->target >= HOSTS)
		terminal_connected(sim, (size_t)(event->target - HOSTS), true);
	else
		host_connected(sim, event->target, true);
}

/* Planned once, and overtaken by something since. */
static bool is_void(const struct sim *sim, const struct event *event)
{
	if (event->kind == EVENT_ARRIVE)
		return event->life != sim->epoch;
	if (event->kind == EVENT_THINK)
		return event->at_ms != sim->terminals[event->target - HOSTS].wake_ms;
	if (event->target >= HOSTS)
		return false;
	const struct host *host = &sim->hosts[event->target];
	return event->life != host->life ||
	       (event->kind == EVENT_STEP && event->at_ms != host->step_at_ms);
}

static void happen(struct sim *sim, const struct event *event)
{
	switch (event->kind) {
	case EVENT_ARRIVE:
		arrive(sim, event);
		break;
	case EVENT_STEP:
		host_step(sim, event->target);
		break;
	case EVENT_START:
		host_start(sim, event->target);
		break;
	case EVENT_CONNECT:
		connect_again(sim, event);
		break;
	case EVENT_THINK:
		terminal_think(sim, (size_t)(event->target - HOSTS));
		break;
	}
}

/* What a replay must repeat. */
static void digest(struct outcome *outcome, const struct event *event)
{
	uint64_t values[] = {(uint64_t)event->at_ms, (uint64_t)event->kind,
			     (uint64_t)event->target};
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		outcome->digest = (outcome->digest ^ values[i]) * 0x100000001b3u;
}

bool sim_step(struct sim *sim)
{
	struct event event;
	if (sim->outcome->failed)
		return false;
	for (;;) {
		if (!queue_take(&sim->queue, &event))
			return false;
		if (!is_void(sim, &event))
			break;
		packet_drop(event.packet);
	}
	sim_pass(sim, event.at_ms - sim->now_ms);
	sim->now_ms = event.at_ms;
	sim->steps++;
	digest(sim->outcome, &event);
	arena_reset(&sim->scratch);
	faults_happen(sim);
	quiet_sometimes(sim);
	happen(sim, &event);
	packet_drop(event.packet);
	cast_settle(sim);
	return true;
}

/* ---- the seed -------------------------------------------------------------------------------- */

bool sim_settle(struct sim *sim)
{
	while (!sim->settled && sim_step(sim))
		if (sim->steps > SETTLE_STEPS)
			sim_fail(sim, "settle", "people are not known everywhere");
	return !sim->outcome->failed;
}

static void heal(struct sim *sim)
{
	int64_t until_ms = sim->now_ms + (sim->options.faultless ? PROMPT_MS : HEAL_MS);
	uint64_t until = sim->steps + HEAL_STEPS;
	int look = sim->options.faultless ? PROMPT_LOOK : HEAL_LOOK;
	const char *what = "";

	sim->healing = true;
	faults_stop(sim);
	sim_trace(sim, "heal");
	do {
		for (int i = 0; i < look && sim_step(sim); i++)
			;
		what = final_missing(sim);
	} while (*what && !sim->outcome->failed && sim->now_ms < until_ms && sim->steps < until);
	if (*what)
		sim_fail(sim, "not-healed", "missing=%s", what);
}

/* What is urgent comes back until somebody says that they take it. */
static void wait_for_reminders(struct sim *sim)
{
	struct host *alert = &sim->hosts[HOST_ALERT];
	const char *event = "";

	if (!alerts_waiting(sim, INT64_MAX, &event))
		return;
	sim_trace(sim, "wait for reminders");
	sim_pass(sim, REMINDER_MS);
	for (int64_t until_ms = sim->now_ms + REMINDED_MS; sim->now_ms < until_ms && sim_step(sim);)
		;
	if (alerts_waiting(sim, host_steady_ms(alert) - REMINDER_MS - REMINDED_MS, &event))
		sim_fail(sim, "not-reminded", "event=%s", event);
}

/* What is urgent goes from one to the next: nothing is left on the way. */
static void walk_out(struct sim *sim)
{
	int64_t most_ms = 2 * SIM_PLACES * (escalations_step_ms(sim) + OVERDUE_MS), waited_ms = 0;

	sim_trace(sim, "walk out");
	for (int i = 0; i < WALK_ROUNDS && !sim->outcome->failed; i++) {
		int64_t wait_ms = escalations_wait_ms(sim);
		if (wait_ms == INT64_MAX)
			return;
		if (wait_ms > 0 && (waited_ms += wait_ms) > most_ms)
			sim_fail(sim, "deadline", "waited_ms=%lld event=%s", (long long)waited_ms,
				 escalations_open(sim));
		if (wait_ms > 0)
			sim_quiet(sim, wait_ms);
		for (int64_t until_ms = sim->now_ms + OVERDUE_MS;
		     sim->now_ms < until_ms && escalations_wait_ms(sim) <= 0 && sim_step(sim);)
			;
	}
	if (*escalations_open(sim))
		sim_fail(sim, "nobody-answers", "event=%s", escalations_open(sim));
}

/* The time of all requests passes: none waits for anybody then but a person of the centre. */
static void run_out(struct sim *sim)
{
	const char *what = "";

	sim_trace(sim, "run out");
	for (int i = 0; i < RUN_OUT_ROUNDS && !sim->outcome->failed; i++) {
		int64_t wait_ms = referrals_wait_ms(sim);
		if (wait_ms == INT64_MAX)
			break;
		if (wait_ms > 0)
			sim_quiet(sim, wait_ms);
		for (int64_t until_ms = sim->now_ms + OVERDUE_MS;
		     sim->now_ms < until_ms && referrals_wait_ms(sim) <= 0 && sim_step(sim);)
			;
		referrals_overdue(sim, OVERDUE_MS / 2);
	}
	for (int64_t until_ms = sim->now_ms + HEAL_MS; sim->now_ms < until_ms;) {
		for (int i = 0; i < HEAL_LOOK && sim_step(sim); i++)
			;
		what = final_missing(sim);
		if (!*what || sim->outcome->failed)
			break;
	}
	if (*what)
		sim_fail(sim, "not-healed", "missing=%s", what);
	referrals_final(sim);
}

/* A full store heals nothing: what was replied must stand, and the daemons live. */
static void stay_full(struct sim *sim)
{
	sim->healing = true;
	faults_stop(sim);
	for (int i = 0; i < FULL_STEPS && sim_step(sim); i++)
		;
}

struct sim *sim_open(uint64_t seed, const struct sim_options *options, const char *folder,
		     struct outcome *outcome)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	if (!sim)
		abort();
	*outcome = (struct outcome){.seed = seed, .digest = 0xcbf29ce484222325u};
	sim->options = *options;
	sim->outcome = outcome;
	set_up(sim, seed, folder);
	return sim;
}

/* Most seeds have faults of all kinds; some have none, and some have too small a store. */
static struct sim_options options_of(uint64_t seed, const struct sim_options *options)
{
	struct sim_options chosen = *options;
	chosen.faultless |= seed % 8 == 7;
	chosen.tight |= seed % 16 == 5;
	return chosen;
}

void sim_run(uint64_t seed, const struct sim_options *options, const char *folder,
	     struct outcome *outcome)
{
	struct sim_options chosen = options_of(seed, options);
	struct sim *sim = sim_open(seed, &chosen, folder, outcome);

	sim->keenness = rng_below(&sim->quiet_rng, 2) ? 4 : 1;
	sim->vigilance = sim->keenness > 1 ? 1 : 4;
	sim_settle(sim);
	faults_choose(sim);
	sim->quiet_steps = 32u << rng_below(&sim->quiet_rng, 4);
	uint64_t until = sim->steps + options->steps * 3 / 4;
	while (sim->steps < until && sim_step(sim))
		;
	if (seed % 4 == 0) /* in the middle of it all, too */
		check_stores(sim);
	if (sim->options.tight)
		stay_full(sim);
	else if (!outcome->failed)
		heal(sim);
	if (!sim->options.tight && !outcome->failed) {
		walk_out(sim);
		escalations_final(sim);
		wait_for_reminders(sim);
		run_out(sim);
	}
	if (!outcome->failed)
		final_check(sim);
	if (!outcome->failed)
		outcome->steps = sim->steps;
	sim_close(sim);
}
