/*
 * The machines. A daemon lives here until it is killed or its step fails; then it starts again from
 * its files. Whatever a step published is looked at (check.c) before anybody gets it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/sim/sim.h"

#define RESTART_LEAST_MS 16
#define SPINNING_STEPS 300

static int set_option(struct sim *sim, struct host *host, const char *name, const char *value)
{
	int rc = host->spec->option ? host->spec->option(host->context, name, value) : ERR_INVALID;
	if (rc)
		sim_fail(sim, "option", "host=%s option=%s rc=%d", host->spec->name, name, rc);
	return rc;
}

static void free_context(struct host *host)
{
	if (host->context && host->spec->stop)
		host->spec->stop(host->context);
	free(host->context);
	host->context = NULL;
}

int host_open(struct sim *sim, int index, const struct daemon_spec *spec, const char *folder)
{
	struct host *host = &sim->hosts[index];

	host->spec = spec;
	host->bus =
		(struct sim_bus){.bus = {.publish = network_publish}, .sim = sim, .host = index};
	host->fault = STORE_FAULTS;
	host->step_at_ms = INT64_MAX;
	test_clock_init(&host->clock, rng_u64(&sim->rng));
	snprintf(host->folder, sizeof(host->folder), "%.200s/%s", folder, spec->name);
	snprintf(host->key_file, sizeof(host->key_file), "%.200s/%s.key", folder, spec->name);
	return mkdir(host->folder, 0700);
}

/* What is due is forgotten by one of them: by referral, so that requests are left over, or by alert, so
 * that something urgent stays where it is. */
static enum sabotage sabotage_of(const struct sim *sim, int index)
{
	enum sabotage sabotage = sim->options.sabotage;
	return sabotage == SABOTAGE_FORGET_DUE && index != sim->options.forgetful ? SABOTAGE_NONE
										  : sabotage;
}

/* A clock that was set back while nobody looked is seen by what the journal says. */
static int64_t set_back_ms(const struct host *host)
{
	size_t n = host->ledger.n;
	int64_t back_ms = n ? host_steady_ms(host) - host->ledger.facts[n - 1].entry->steady_ms : 0;
	return back_ms < -CLOCK_JUMP_MS ? back_ms : 0;
}

void host_start(struct sim *sim, int index)
{
	struct host *host = &sim->hosts[index];
	struct daemon_options options = {
		.store = {.folder = host->folder,
			  .key_file = host->key_file,
			  .map_mb = sim->options.tight ? SIM_TIGHT_MAP_MB : SIM_MAP_MB},
		.clock = &host->clock.clock,
		.bus = &host->bus.bus,
		.sabotage = sabotage_of(sim, index),
	};

	sim_trace(sim, "start host=%s", host->spec->name);
	host->context = calloc(1, host->spec->context_size + 1);
	if (!host->context)
		abort();
	if (index == HOST_DIRECTORY && (set_option(sim, host, "pki", sim->pki) ||
					set_option(sim, host, "broker", sim->broker) ||
					set_option(sim, host, "seed-admin", "")))
		return;
	int rc = daemon_open(&host->daemon, host->spec, &options, host->context);
	if (rc) {
		sim_fail(sim, "start", "host=%s error=\"%s\"", host->spec->name, error_text(rc));
		free_context(host);
		return;
	}
	host->life++;
	host->seen_jumps_ms += set_back_ms(host);
	ledger_read(sim, index);
	queue_add(&sim->queue, (struct event){.at_ms = sim->now_ms + rng_between(&sim->rng, 1, 20),
					      .kind = EVENT_CONNECT,
					      .target = index,
					      .life = host->life});
	host_plan(sim, index);
}

static void free_daemon(struct host *host)
{
	daemon_free(host->daemon);
	free_context(host);
	host->daemon = NULL;
	host->life++;
	host->connected = false;
	host->dying = false;
	host->fault = STORE_FAULTS;
	host->step_at_ms = INT64_MAX;
	while (host->n_outbox)
		packet_drop(host->outbox[--host->n_outbox]);
}

void host_close(struct sim *sim, int index)
{
	struct host *host = &sim->hosts[index];
	free_daemon(host);
	table_close(&host->ledger.by_request);
	free(host->ledger.facts);
}

/* Without a word; what it had received and not yet taken is lost with it. */
void host_kill(struct sim *sim, int index, const char *why)
{
	struct host *host = &sim->hosts[index];
	if (!host->daemon)
		return;
	sim_trace(sim, "kill host=%s why=\"%s\" head=%zu", host->spec->name, why, host->ledger.n);
	sim->outcome->kills++;
	free_daemon(host);
	host->seen_jumps_ms = host->ledger.jumps_ms; /* a later one nobody saw */
	if (rng_chance(&sim->fault_rng, 200))        /* the whole machine started anew */
		host->clock.monotonic_ms = rng_between(&sim->fault_rng, 0, 100000);
	int64_t delay_ms =
		rng_between(&sim->fault_rng, 1, RESTART_LEAST_MS << rng_below(&sim->fault_rng, 8));
	queue_add(&sim->queue, (struct event){.at_ms = sim->now_ms + delay_ms,
					      .kind = EVENT_START,
					      .target = index,
					      .life = host->life});
}

void host_connected(struct sim *sim, int index, bool connected)
{
	struct host *host = &sim->hosts[index];
	if (host->connected == connected || !host->daemon)
		return;
	sim_trace(sim, "%s host=%s", connected ? "connected" : "cut", host->spec->name);
	host->connected = connected;
	if (!connected)
		return;
	host->connections++;
	daemon_connected(host->daemon);
	ledger_read(sim, index);
	check_outbox(sim, host);
	network_deliver_outbox(sim, host);
	host_plan(sim, index);
}

/* The next step: when the daemon says, or soon after something arrived, so that batches form. */
static void plan_at(struct sim *sim, int index, int64_t at_ms)
{
	struct host *host = &sim->hosts[index];
	if (at_ms >= host->step_at_ms)
		return;
	host->step_at_ms = at_ms;
	queue_add(&sim->queue,
		  (struct event){
			  .at_ms = at_ms, .kind = EVENT_STEP, .target = index, .life = host->life});
}

void host_plan(struct sim *sim, int index)
{
	struct host *host = &sim->hosts[index];
	int64_t wait_ms = daemon_wait_ms(host->daemon);

	host->step_at_ms = INT64_MAX;
	if (wait_ms < 0)
		sim_fail(sim, "wait", "host=%s wait_ms=%lld", host->spec->name, (long long)wait_ms);
	plan_at(sim, index, sim->now_ms + (wait_ms < 1 ? 1 : wait_ms));
	host->idle_steps = wait_ms == 0 ? host->idle_steps + 1 : 0;
	if (host->idle_steps > SPINNING_STEPS)
		sim_fail(sim, "spins", "host=%s has had nothing to do %u times in a row",
			 host->spec->name, host->idle_steps);
}

void host_arrive(struct sim *sim, int index, struct packet *packet)
{
	struct host *host = &sim->hosts[index];
	if (!host->daemon || !host->connected)
		return;
	struct bytes payload = {packet->data, packet->size};
	if (daemon_receive(host->daemon, packet->topic, payload) == ERR_FULL) {
		host_step(sim, index);
		if (host->daemon)
			daemon_receive(host->daemon, packet->topic, payload);
	}
	host->idle_steps = 0;
	if (host->daemon)
		plan_at(sim, index, sim->now_ms + rng_between(&sim->rng, 0, 3));
}

void host_step(struct sim *sim, int index)
{
	struct host *host = &sim->hosts[index];
	bool dying = host->dying, faulty = host->fault < STORE_FAULTS;

	if (!host->daemon)
		return;
	host->step_from = host->ledger.n;
	host->steps++;
	if (index == HOST_RECORD || index == HOST_REFERRAL)
		model_copy(&sim->before, &sim->models[index]);
	if (host->fault < STORE_FAULTS)
		store_inject(daemon_store(host->daemon), host->fault, host->fault_nth, 1,
			     host->fault_error);
	int rc = daemon_step(host->daemon);
	for (int fault = 0; fault < STORE_FAULTS; fault++)
		store_inject(daemon_store(host->daemon), (enum store_fault)fault, 0, 0, 0);
	host->fault = STORE_FAULTS;
	ledger_read(sim, index);
	if (index == HOST_ALERT && !rc)
		escalations_stepped(sim, faulty);
	check_outbox(sim, host);
	network_deliver_outbox(sim, host);
	if (rc)
		host_kill(sim, index, error_text(rc));
	else if (dying)
		host_kill(sim, index, "killed while it spoke");
	else
		host_plan(sim, index);
}
