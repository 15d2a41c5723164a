/*
 * What goes wrong, when, how much. Each seed has a mixture of its own: some kinds do not happen in it
 * at all, so that the others have room.
 */
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

static void cut_terminal(struct sim *sim)
{
	size_t who = rng_below(&sim->fault_rng, (uint32_t)sim->n_terminals);
	if (!sim->terminals[who].connected || sim->terminals[who].revoked)
		return;
	terminal_connected(sim, who, false);
	queue_add(&sim->queue,
		  (struct event){.at_ms = sim->now_ms + rng_between(&sim->fault_rng, 100, 200000),
				 .kind = EVENT_CONNECT,
				 .target = RECEIVER_TERMINAL(who)});
}

static void connect_later(struct sim *sim, int host, int64_t least_ms, int64_t most_ms)
{
	queue_add(&sim->queue, (struct event){.at_ms = sim->now_ms + rng_between(&sim->fault_rng,
										 least_ms, most_ms),
					      .kind = EVENT_CONNECT,
					      .target = host,
					      .life = sim->hosts[host].life});
}

static int any_host(struct sim *sim)
{
	return (int)rng_below(&sim->fault_rng, HOSTS);
}

static void cut_host(struct sim *sim)
{
	int host = any_host(sim);
	if (!sim->hosts[host].daemon || !sim->hosts[host].connected)
		return;
	host_connected(sim, host, false);
	connect_later(sim, host, 100, 30000);
}

/* Everything under way is lost, everybody comes back by and by. */
static void restart_broker(struct sim *sim)
{
	sim_trace(sim, "broker restarts");
	network_lose_all(sim);
	network_cut_revoked(sim);
	for (int host = 0; host < HOSTS; host++)
		if (sim->hosts[host].daemon && sim->hosts[host].connected) {
			host_connected(sim, host, false);
			connect_later(sim, host, 10, 1000);
		}
	for (size_t i = 0; i < sim->n_terminals; i++)
		if (sim->terminals[i].connected) {
			terminal_connected(sim, i, false);
			queue_add(&sim->queue,
				  (struct event){.at_ms = sim->now_ms +
							  rng_between(&sim->fault_rng, 10, 2000),
						 .kind = EVENT_CONNECT,
						 .target = RECEIVER_TERMINAL(i)});
		}
}

static void kill_now(struct sim *sim)
{
	host_kill(sim, any_host(sim), "at rest");
}

/* After the commit; some of what it has to say is said, or nothing. */
static void kill_speaking(struct sim *sim)
{
	struct host *host = &sim->hosts[any_host(sim)];
	if (!host->daemon)
		return;
	host->dying = true;
	host->speak_at_most = rng_below(&sim->fault_rng, 6);
}

static void arm(struct sim *sim, enum store_fault fault, unsigned nth, int error)
{
	struct host *host = &sim->hosts[any_host(sim)];
	host->fault = fault;
	host->fault_nth = nth;
	host->fault_error = error;
}

/* Before the commit: the same as a kill in the middle of the step. */
static void fail_commit(struct sim *sim)
{
	arm(sim, STORE_FAULT_COMMIT, 1, ERR_IO);
}

static void fail_begin(struct sim *sim)
{
	arm(sim, STORE_FAULT_BEGIN, 1, ERR_IO);
}

static void fail_put(struct sim *sim)
{
	arm(sim, STORE_FAULT_PUT, 1 + rng_below(&sim->fault_rng, 40), ERR_IO);
}

static void fill_store(struct sim *sim)
{
	bool at_commit = rng_chance(&sim->fault_rng, 300);
	arm(sim, at_commit ? STORE_FAULT_COMMIT : STORE_FAULT_PUT,
	    at_commit ? 1 : 1 + rng_below(&sim->fault_rng, 40), ERR_FULL);
}

/* Who asks from more than a day ahead is refused: clocks fall behind by a little less than that. */
#define BEHIND_MS (DAY_MS - 15LL * 60 * 1000)

/* Somebody sets the clock of one machine, by an hour or a day; a day is enough of one direction. */
static void set_clock(struct sim *sim)
{
	struct host *host = &sim->hosts[any_host(sim)];
	int64_t jump_ms = rng_chance(&sim->fault_rng, 700) ? 3600 * 1000 : DAY_MS;
	jump_ms += rng_between(&sim->fault_rng, -5000, 5000);
	if (rng_chance(&sim->fault_rng, 500))
		jump_ms = jump_ms > BEHIND_MS ? -BEHIND_MS : -jump_ms;
	if (host->jumped_ms + jump_ms > DAY_MS || host->jumped_ms + jump_ms < -BEHIND_MS)
		jump_ms = -host->jumped_ms;
	sim_trace(sim, "clock host=%s jump_ms=%lld", host->spec->name, (long long)jump_ms);
	test_clock_jump(&host->clock, jump_ms);
	host->jumped_ms += jump_ms;
	host->was_set = true;
	if (host->daemon)
		host->seen_jumps_ms += jump_ms;
}

/* The lights go out for some hours: all daemons die, what is due meanwhile is overdue. */
static void go_dark(struct sim *sim)
{
	int64_t dark_ms = rng_between(&sim->fault_rng, 60 * 1000, 8 * 3600 * 1000);
	for (int host = 0; host < HOSTS; host++)
		host_kill(sim, host, "dark");
	network_lose_all(sim);
	sim_trace(sim, "dark for %lld ms", (long long)dark_ms);
	sim_pass(sim, dark_ms);
}

/* The machines stand still for minutes, processes and all, and go on as if nothing had been. */
static void stall(struct sim *sim)
{
	int64_t stalled_ms = rng_between(&sim->fault_rng, 30 * 1000, 20 * 60 * 1000);
	sim_trace(sim, "stalled for %lld ms", (long long)stalled_ms);
	sim_pass(sim, stalled_ms);
}

#define KIND(name, weight_)                                        \
	{                                                          \
		.called = #name, .happen = name, .weight = weight_ \
	}
static const struct {
	const char *called;
	void (*happen)(struct sim *sim);
	unsigned weight;
} kinds[] = {
	KIND(cut_terminal, 20),  KIND(cut_host, 15),    KIND(restart_broker, 8), KIND(kill_now, 20),
	KIND(kill_speaking, 30), KIND(fail_commit, 20), KIND(fail_begin, 5),     KIND(fail_put, 10),
	KIND(fill_store, 15),    KIND(set_clock, 8),    KIND(go_dark, 2),        KIND(stall, 6),
};
#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

_Static_assert(N_KINDS <= sizeof(((struct sim_faults *)0)->weights) / sizeof(unsigned),
	       "more kinds of faults than there is room for");

/* Half of the kinds of packets' bad luck, two thirds of the other kinds, at very different rates. */
void faults_choose(struct sim *sim)
{
	struct rng *rng = &sim->fault_rng;
	struct sim_faults *faults = &sim->faults;

	*faults = (struct sim_faults){0};
	if (sim->options.faultless)
		return;
	faults->drop = rng_chance(rng, 600) ? 1 + rng_below(rng, 1u << rng_below(rng, 9)) : 0;
	faults->duplicate = rng_chance(rng, 600) ? 1 + rng_below(rng, 1u << rng_below(rng, 9)) : 0;
	faults->slow = rng_chance(rng, 600) ? 1 + rng_below(rng, 1u << rng_below(rng, 9)) : 0;
	faults->slow_ms = 1LL << rng_between(rng, 3, 17);
	faults->every_steps = 8u << rng_below(rng, 6);
	for (size_t i = 0; i < N_KINDS; i++)
		faults->weights[i] = rng_chance(rng, 650) ? kinds[i].weight : 0;
}

void faults_keep(struct sim *sim, const char *const *names, size_t n)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		bool kept = false;
		for (size_t k = 0; k < n; k++)
			kept |= !strcmp(names[k], kinds[i].called);
		if (!kept)
			sim->faults.weights[i] = 0;
	}
}

/* Called before each step. */
void faults_happen(struct sim *sim)
{
	const struct sim_faults *faults = &sim->faults;
	unsigned total = 0;

	if (!faults->every_steps || rng_below(&sim->fault_rng, faults->every_steps))
		return;
	for (size_t i = 0; i < N_KINDS; i++)
		total += faults->weights[i];
	uint32_t drawn = rng_below(&sim->fault_rng, total);
	for (size_t i = 0; i < N_KINDS; i++) {
		if (drawn < faults->weights[i]) {
			kinds[i].happen(sim);
			break;
		}
		drawn -= faults->weights[i];
	}
}

/* From here on nothing goes wrong any more: whoever is cut off comes back. */
void faults_stop(struct sim *sim)
{
	sim->faults = (struct sim_faults){0};
	for (int host = 0; host < HOSTS; host++) {
		sim->hosts[host].fault = STORE_FAULTS;
		sim->hosts[host].dying = false;
		if (sim->hosts[host].daemon && !sim->hosts[host].connected)
			connect_later(sim, host, 1, 100);
	}
	for (size_t i = 0; i < sim->n_terminals; i++)
		terminal_connected(sim, i, true);
}
