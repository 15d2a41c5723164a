/* The batch: everything that has arrived goes through one transaction; one commit; then the answers. */
#include "daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "log.h"

#define FAILED_DUE_PAUSE_MS 1000
#define SETTLE_AGAIN_MS 1000 /* what could not be brought to what the views say is tried again */

static int64_t monotonic_ms(const struct daemon *daemon)
{
	return daemon->clock->monotonic_ms(daemon->clock);
}

/* ---- open --------------------------------------------------------------------------------- */

static int64_t first_due_ms(struct tx *tx, uint8_t class)
{
	struct key prefix = { .size = 0 };
	struct scan scan;
	int64_t at_ms = INT64_MAX;

	key_add_bytes(&prefix, &class, 1);
	scan_open(&scan, tx, TABLE_DUE, &prefix, NULL);
	if (scan_next(&scan) && scan.key_size >= 9) {
		uint64_t number = 0;
		for (size_t i = 1; i < 9; i++)
			number = number << 8 | scan.key[i];
		at_ms = (int64_t)number;
	}
	scan_close(&scan);
	return at_ms;
}

static int load_state(struct daemon *daemon)
{
	struct tx tx;
	int rc = tx_begin(&tx, daemon->store, &daemon->arena, false);

	if (rc)
		return rc;
	rc = journal_head(&tx, &daemon->head);
	if (!rc && daemon->head.position == 0 && tx_count(&tx, TABLE_JOURNAL)) {
		/* Somebody took it away. Not from 1 again, over what is there. */
		log_event(LOG_LEVEL_ERROR, "journal", "problem=\"its head is gone\"");
		rc = journal_last(&tx, &daemon->head);
	}
	daemon->batch = daemon->head;
	for (int class = 0; class < 2; class++)
		daemon->due_ms[class] = first_due_ms(&tx, (uint8_t)class);
	if (!rc)
		rc = tx.error;
	tx_abort(&tx);
	return rc;
}

/* How far the clock was set back while nothing ran, as far as it can be seen: it is before the last entry.
 * Else durations would wait for it to catch up. 0: it was not. */
static int64_t set_back_ms(struct daemon *daemon)
{
	JournalEntry *last;
	int64_t back_ms = 0;
	struct tx tx;

	arena_reset(&daemon->arena);
	if (daemon->head.position == 0 || tx_begin(&tx, daemon->store, &daemon->arena, false))
		return 0;
	if (journal_read(&tx, daemon->head.position, &last) == 0)
		back_ms = now_steady_ms(daemon) - last->steady_ms;
	tx_abort(&tx);
	return back_ms < -CLOCK_JUMP_MS ? back_ms : 0;
}

int daemon_open(struct daemon **out, const struct daemon_spec *spec,
		const struct daemon_options *options, void *context)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	struct store_options store = options->store;

	if (!daemon)
		return ERR_NOMEM;
	daemon->spec = spec;
	daemon->context = context;
	daemon->clock = options->clock;
	daemon->bus = options->bus;
	daemon->worker = options->worker;
	daemon->witness_ms = options->witness_ms ? options->witness_ms : WITNESS_MS;
	daemon->sabotage = options->sabotage;
	daemon->operation = calloc(1, sizeof(*daemon->operation));
	arena_init(&daemon->arena, LIMIT_ARENA_BYTES);
	arena_init(&daemon->outer, LIMIT_ARENA_BYTES);
	store.clock = options->clock;
	store.own_tables = spec->tables;
	store.n_own_tables = spec->n_tables;
	if (!store.map_mb)
		store.map_mb = LIMIT_MAP_MB;
	daemon->store_options = store;
	int rc = daemon->operation ? store_open(&daemon->store, &store) : ERR_NOMEM;
	if (!rc)
		rc = load_state(daemon);
	if (!rc) {
		peers_init(daemon);
		daemon->clock_offset_ms = daemon->clock->wall_ms(daemon->clock) -
					  monotonic_ms(daemon) - set_back_ms(daemon);
		rc = spec->start ? spec->start(daemon, context) : 0;
		peers_started(daemon);
		state_init(daemon);
	}
	if (rc) {
		daemon_free(daemon);
		return rc;
	}
	*out = daemon;
	return 0;
}

void daemon_free(struct daemon *daemon)
{
	if (!daemon)
		return;
	watches_close(daemon);
	state_close(daemon);
	peers_close(daemon);
	messages_close(&daemon->arrived);
	messages_close(&daemon->out);
	arena_close(&daemon->arena);
	arena_close(&daemon->outer);
	store_free(daemon->store);
	free(daemon->operation);
	free(daemon);
}

struct store *daemon_store(struct daemon *daemon)
{
	return daemon->store;
}

struct bus *daemon_bus(struct daemon *daemon)
{
	return daemon->bus;
}

struct clock *daemon_clock(struct daemon *daemon)
{
	return daemon->clock;
}

uint64_t daemon_head(struct daemon *daemon)
{
	return daemon->head.position;
}

/* ---- arriving ----------------------------------------------------------------------------- */

int daemon_receive(struct daemon *daemon, const char *topic, struct bytes payload)
{
	if (payload.size > LIMIT_PAYLOAD_BYTES || strlen(topic) >= LIMIT_TOPIC_BYTES) {
		log_event(LOG_LEVEL_WARN, "message", "size=%zu problem=\"too large\"", payload.size);
		return 0;
	}
	if (daemon->arrived.n >= LIMIT_BATCH_INPUTS ||
	    daemon->arrived.used_bytes + payload.size > LIMIT_BATCH_BYTES)
		return ERR_FULL;
	return messages_add(&daemon->arrived, topic, payload, 0);
}

bool daemon_batch_full(const struct daemon *daemon)
{
	/* Room is left for what one read of the bus may still bring. */
	return daemon->arrived.n >= LIMIT_BATCH_INPUTS / 2 ||
	       daemon->arrived.used_bytes >= LIMIT_BATCH_BYTES / 2;
}

/* Watches live in memory: whoever had one here opens it again now, and not at its next renewal. */
static void say_hello(struct daemon *daemon)
{
	char topic[LIMIT_TOPIC_BYTES];
	Push hello = Push_INIT;
	struct bytes packed;

	arena_reset(&daemon->arena);
	hello.to = daemon->head.position;
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/state/%s", daemon->spec->name, daemon->spec->name);
	if (codec_pack(&hello.base, &daemon->arena, &packed) == 0)
		daemon->bus->publish(daemon->bus, topic, packed.data, packed.size, 0, false);
}

void daemon_connected(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_peers; i++) {
		struct peer *peer = &daemon->peers[i];
		peer->behind = peer->followed;
		peer->ask_at_ms = 0;
		peer->head_at_ms = 0;
	}
	daemon->settled = false;
	say_hello(daemon);
	state_connected(daemon);
}

/* ---- one transaction ---------------------------------------------------------------------- */

/* One line in the log when the alarm's limit is passed, not one a batch. */
static void watch_space(struct daemon *daemon)
{
	unsigned before = daemon->used_percent;

	daemon->used_percent = store_used_percent(daemon->store);
	if (before < LIMIT_MAP_ALARM_PERCENT && daemon->used_percent >= LIMIT_MAP_ALARM_PERCENT)
		log_event(LOG_LEVEL_WARN, "store", "used_percent=%u next=\"give it more with --map-mb\"",
			  daemon->used_percent);
}

static void begin_batch(struct daemon *daemon)
{
	daemon->batch = daemon->head;
	daemon->batch_facts = 0;
	daemon->touched.n = 0;
	daemon->touched.all = false;
	messages_clear(&daemon->out);
	memset(daemon->in_batch, 0, sizeof(daemon->in_batch));
	watch_space(daemon);
	peers_begin(daemon);
	watches_begin(daemon);
}

static bool has_due(const struct daemon *daemon)
{
	return monotonic_ms(daemon) >= daemon->due_after_ms &&
	       (daemon->due_ms[DUE_DURATION] <= now_steady_ms(daemon) ||
		daemon->due_ms[DUE_APPOINTMENT] <= daemon->clock->wall_ms(daemon->clock));
}

static void run_due(struct daemon *daemon, struct tx *tx)
{
	int left = LIMIT_DUE_PER_BATCH;

	for (int class = 0; class < 2; class++)
		while (left > 0 && !tx->error && input_due(daemon, tx, (enum due_class)class))
			left--;
}

static int commit(struct daemon *daemon, struct tx *tx)
{
	int64_t due_ms[2];

	arena_reset(&daemon->arena);
	tx->arena = &daemon->arena;
	if (daemon->batch.position != daemon->head.position)
		journal_head_put(tx, &daemon->batch);
	for (int class = 0; class < 2; class++)
		due_ms[class] = first_due_ms(tx, (uint8_t)class);
	int rc = tx_commit(tx);
	if (rc)
		return rc;
	daemon->head = daemon->batch;
	memcpy(daemon->due_ms, due_ms, sizeof(due_ms));
	peers_committed(daemon);
	watches_committed(daemon);
	state_committed(daemon);
	return 0;
}

/* All that is said is said here, after the commit. */
static void speak(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->out.n; i++) {
		struct bytes data = messages_data(&daemon->out, i);
		daemon->bus->publish(daemon->bus, messages_topic(&daemon->out, i), data.data, data.size,
				     daemon->out.items[i].qos, false);
	}
	messages_clear(&daemon->out);
	watches_speak(daemon);
	state_speak(daemon);
	peers_speak(daemon);
}

/* A fact of the daemon itself: the clock was set. */
static void note_jump(struct daemon *daemon, struct tx *tx, int64_t jump_ms)
{
	ClockJumped fact = ClockJumped_INIT;
	struct refusal refusal;
	struct input in;

	if (!jump_ms)
		return;
	arena_reset(&daemon->arena);
	tx->arena = &daemon->arena;
	fact.delta_ms = jump_ms;
	input_prepare(daemon, &in, &refusal);
	in.steady_ms -= jump_ms;
	fact_commit(daemon, tx, &in, &(struct cause){ .name = "clock" }, &fact.base);
}

/* Takes count arrived messages from first, and due work where wanted, through one transaction.
 * 0; or its first error, and then nothing has happened. *fatal: the commit itself failed. */
static int run_batch(struct daemon *daemon, size_t first, size_t count, bool due, int64_t jump_ms,
		     bool *fatal)
{
	struct tx tx;

	begin_batch(daemon);
	int rc = tx_begin(&tx, daemon->store, &daemon->arena, true);
	if (rc) {
		*fatal = true;
		return rc;
	}
	tx.touched = &daemon->touched;
	note_jump(daemon, &tx, jump_ms);
	for (size_t i = first; i < first + count && !tx.error; i++) {
		tx.arena = &daemon->arena;
		input_message(daemon, &tx, i);
	}
	if (due && !tx.error)
		run_due(daemon, &tx);
	if (tx.error) {
		rc = tx.error;
		tx_abort(&tx);
	} else {
		rc = commit(daemon, &tx);
		*fatal = rc && rc != ERR_FULL; /* full: LMDB has not touched its meta page */
	}
	if (rc) {
		daemon->batch = daemon->head;
		peers_begin(daemon); /* what did not happen is not told */
		return rc;
	}
	daemon->clock_offset_ms += jump_ms;
	daemon->step_facts += daemon->batch_facts;
	return 0;
}

/*
 * One of the batch failed, and after some errors (a full map) the whole transaction is bad. So each
 * goes alone, and whoever cannot go is told so; its neighbours do not suffer.
 */
static int run_singly(struct daemon *daemon, int64_t jump_ms)
{
	bool fatal = false;
	int rc = 0;

	if (jump_ms) { /* before the messages, whose durations feel it */
		rc = run_batch(daemon, 0, 0, false, jump_ms, &fatal);
		jump_ms = rc ? jump_ms : 0;
	}
	for (size_t i = 0; i < daemon->arrived.n && !fatal; i++) {
		rc = run_batch(daemon, i, 1, false, 0, &fatal);
		if (rc && !fatal) {
			log_event(LOG_LEVEL_ERROR, "input", "error=\"%s\"", error_text(rc));
			messages_clear(&daemon->out);
			begin_batch(daemon);
			input_failed(daemon, messages_topic(&daemon->arrived, i),
				     messages_data(&daemon->arrived, i), rc);
		}
		if (!fatal)
			speak(daemon);
	}
	if (!fatal && (has_due(daemon) || jump_ms)) {
		rc = run_batch(daemon, 0, 0, true, jump_ms, &fatal);
		if (rc) {
			log_event(LOG_LEVEL_ERROR, "due", "error=\"%s\" again_after_ms=%d",
				  error_text(rc), FAILED_DUE_PAUSE_MS);
			daemon->due_after_ms = monotonic_ms(daemon) + FAILED_DUE_PAUSE_MS;
		}
	}
	return fatal ? rc : 0;
}

/* How far the wall clock has left the monotonic one since we last looked; 0: not noticeably. */
static int64_t clock_jump_ms(struct daemon *daemon)
{
	int64_t offset_ms = daemon->clock->wall_ms(daemon->clock) - monotonic_ms(daemon);
	int64_t jump_ms = offset_ms - daemon->clock_offset_ms;

	return jump_ms > CLOCK_JUMP_MS || jump_ms < -CLOCK_JUMP_MS ? jump_ms : 0;
}

static int settle(struct daemon *daemon)
{
	struct tx tx;

	if (!daemon->spec->settle || (daemon->settled && !daemon->step_facts))
		return 0;
	arena_reset(&daemon->arena);
	int rc = tx_begin(&tx, daemon->store, &daemon->arena, false);
	if (rc)
		return rc;
	rc = daemon->spec->settle(daemon, daemon->context, &tx);
	tx_abort(&tx);
	daemon->settled = rc == 0;
	return 0;
}

/* What the worker has done goes through like what has arrived. */
static void take_finished(struct daemon *daemon)
{
	struct work *work;

	while (daemon->worker && (work = daemon->worker->finished(daemon->worker)))
		if (messages_add_work(&daemon->arrived, work))
			log_event(LOG_LEVEL_ERROR, "worker", "problem=\"no memory\"");
}

uint64_t daemon_rebuilds(const struct daemon *daemon)
{
	return daemon->rebuilds;
}

bool daemon_signs_in(const struct daemon_spec *spec)
{
	for (size_t i = 0; i < spec->n_routes; i++)
		if (spec->routes[i].kind == ROUTE_SIGN_IN)
			return true;
	return false;
}

int daemon_step(struct daemon *daemon)
{
	bool fatal = false;
	int64_t jump_ms = clock_jump_ms(daemon);
	bool due = has_due(daemon);
	int rc = 0;

	daemon->step_facts = 0;
	take_finished(daemon);
	if (daemon->arrived.n || due || jump_ms) {
		rc = run_batch(daemon, 0, daemon->arrived.n, due, jump_ms, &fatal);
		if (rc && !fatal)
			rc = run_singly(daemon, jump_ms);
		messages_clear(&daemon->arrived);
		if (rc) {
			log_event(LOG_LEVEL_ERROR, "commit", "error=\"%s\" next=\"the process ends\"",
				  error_text(rc));
			return rc;
		}
	}
	if (daemon->operation->route)
		operation_run(daemon);
	rc = settle(daemon);
	speak(daemon);
	return rc;
}

int64_t daemon_wait_ms(struct daemon *daemon)
{
	int64_t now_ms = monotonic_ms(daemon);
	int64_t wait_ms = peers_wait_ms(daemon, now_ms), state_ms = state_wait_ms(daemon, now_ms);
	int64_t due_ms[2] = {
		daemon->due_ms[DUE_DURATION] - now_steady_ms(daemon),
		daemon->due_ms[DUE_APPOINTMENT] - daemon->clock->wall_ms(daemon->clock),
	};

	if (daemon->arrived.n || watches_stale(daemon))
		return 0;
	if (state_ms < wait_ms)
		wait_ms = state_ms;
	if (daemon->spec->settle && !daemon->settled && wait_ms > SETTLE_AGAIN_MS)
		wait_ms = SETTLE_AGAIN_MS;
	for (int class = 0; class < 2; class++) {
		if (daemon->due_ms[class] == INT64_MAX)
			continue;
		if (due_ms[class] < daemon->due_after_ms - now_ms)
			due_ms[class] = daemon->due_after_ms - now_ms;
		if (due_ms[class] < wait_ms)
			wait_ms = due_ms[class];
	}
	return wait_ms > 0 ? wait_ms : 0;
}

int daemon_write_fact(struct daemon *daemon, const char *cause, const ProtobufCMessage *fact)
{
	struct refusal refusal;
	struct input in;
	struct tx tx;

	begin_batch(daemon);
	arena_reset(&daemon->arena);
	int rc = tx_begin(&tx, daemon->store, &daemon->arena, true);
	if (rc)
		return rc;
	input_prepare(daemon, &in, &refusal);
	fact_commit(daemon, &tx, &in, &(struct cause){ .name = cause }, fact);
	return commit(daemon, &tx);
}
