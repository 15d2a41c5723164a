/*
 * How soon does everybody see a change on the board, and what does it cost?
 *
 * usage: bench-board reach STATE [CLIENTS [CHANGES]]
 *        bench-board cost [WATCHERS [CHANGES]]
 *
 * reach: so many watching clients on the real broker. Beside each other, in alternating rounds,
 *
 *	floor   a plain retained publish of the same size by an instance, from its publish
 *	board   SetCapacity by station01-nurse: from its reply (it is committed then), and from its
 *	        request
 *
 * each until the last client has it. STATE is a folder of `make run`; in STATE/instances/conference
 * stands the certificate that the floor publishes with.
 *
 * cost: the daemon alone, in this process, with so many people watching: CPU time of a change with
 * 100 and with 2,000 organisations on the board.
 */
#include <mosquitto.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "id.h"
#include "tests/lib/board_daemon.h"

int board_main(int argc, char **argv);
#define main board_main
#include "services/board/main.c"
#undef main

#define MAX_CLIENTS 1000
#define MAX_CHANGES 10000
#define ROUNDS 5
#define PATIENCE_S 30

static double seconds(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double now_s(void)
{
	return seconds(CLOCK_MONOTONIC);
}

static void die(const char *what)
{
	fprintf(stderr, "bench-board: %s\n", what);
	exit(1);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* ---- connections --------------------------------------------------------------------------- */

struct reach;

struct peer {
	struct mosquitto *mosq;
	struct reach *reach;
	const char *topics[2];
	int subscribed;
	unsigned has; /* the number of the last change that has arrived */
};

struct reach {
	struct peer clients[MAX_CLIENTS], nurse, floor;
	size_t n_clients, arrived;
	unsigned change; /* the present one */
	const char *prefix; /* of the topic that counts now */
	double began_s, replied_s, last_s;
	size_t size; /* of a change's payload, as it came */
	struct arena arena;
};

static void on_connect(struct mosquitto *mosq, void *context, int rc)
{
	struct peer *peer = context;

	if (rc)
		die(mosquitto_connack_string(rc));
	for (size_t i = 0; i < 2 && peer->topics[i]; i++)
		mosquitto_subscribe(mosq, NULL, peer->topics[i], 1);
}

static void on_subscribe(struct mosquitto *mosq, void *context, int mid, int n, const int *granted)
{
	struct peer *peer = context;

	(void)mosq, (void)mid, (void)n, (void)granted;
	peer->subscribed++;
}

static void on_reply(struct peer *peer, const struct mosquitto_message *message)
{
	struct reach *reach = peer->reach;
	ProtobufCMessage *reply;

	arena_reset(&reach->arena);
	if (codec_unpack(&Reply_descriptor,
			 (struct bytes){ message->payload, (size_t)message->payloadlen },
			 &reach->arena, &reply))
		die("an answer cannot be read");
	if (((const Reply *)(const void *)reply)->code != CODE_OK)
		die(((const Reply *)(const void *)reply)->message_en);
	reach->replied_s = now_s();
}

static void on_message(struct mosquitto *mosq, void *context,
		       const struct mosquitto_message *message)
{
	struct peer *peer = context;
	struct reach *reach = peer->reach;

	(void)mosq;
	if (strstr(message->topic, "/res/")) {
		on_reply(peer, message);
		return;
	}
	if (!reach->prefix || strcmp(message->topic, reach->prefix) || peer->has == reach->change)
		return;
	peer->has = reach->change;
	reach->size = (size_t)message->payloadlen;
	if (++reach->arrived == reach->n_clients)
		reach->last_s = now_s();
}

static void turn(struct peer *peer, short events)
{
	int rc = 0;

	if (events & (POLLIN | POLLHUP | POLLERR))
		rc = mosquitto_loop_read(peer->mosq, 1);
	if (!rc && mosquitto_want_write(peer->mosq))
		rc = mosquitto_loop_write(peer->mosq, 1);
	if (rc)
		die(mosquitto_strerror(rc));
}

/* All connections, once. */
static void pump(struct reach *reach, int timeout_ms)
{
	static struct pollfd fds[MAX_CLIENTS + 2];
	static struct peer *all[MAX_CLIENTS + 2];
	size_t n = 0;

	for (size_t i = 0; i < reach->n_clients; i++)
		all[n++] = &reach->clients[i];
	all[n++] = &reach->nurse;
	all[n++] = &reach->floor;
	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){
			.fd = mosquitto_socket(all[i]->mosq),
			.events = (short)(POLLIN |
					  (mosquitto_want_write(all[i]->mosq) ? POLLOUT : 0)),
		};
	if (poll(fds, n, timeout_ms) <= 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (fds[i].revents)
			turn(all[i], fds[i].revents);
}

static void open_peer(struct reach *reach, struct peer *peer, const char *folder,
		      const char *client_id)
{
	struct account account;
	char sentence[1200], ca[1100], cert[1100], key[1100];

	if (account_read(&account, folder, sentence, sizeof(sentence)))
		die(sentence);
	account_path(&account, "ca.pem", ca, sizeof(ca));
	account_path(&account, "cert.pem", cert, sizeof(cert));
	account_path(&account, "key.pem", key, sizeof(key));
	peer->reach = reach;
	peer->mosq = mosquitto_new(client_id, true, peer);
	mosquitto_tls_set(peer->mosq, ca, NULL, cert, key, NULL);
	mosquitto_tls_opts_set(peer->mosq, 1, "tlsv1.3", NULL);
	mosquitto_int_option(peer->mosq, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_connect_callback_set(peer->mosq, on_connect);
	mosquitto_subscribe_callback_set(peer->mosq, on_subscribe);
	mosquitto_message_callback_set(peer->mosq, on_message);
	if (mosquitto_connect(peer->mosq, account.host, account.port, 600))
		die("cannot connect");
	int wanted = (peer->topics[0] != NULL) + (peer->topics[1] != NULL);
	for (double until_s = now_s() + PATIENCE_S; peer->subscribed < wanted;) {
		if (mosquitto_loop(peer->mosq, 100, 1) || now_s() > until_s)
			die("not let in");
	}
}

static void request(struct peer *peer, const char *user, const ProtobufCMessage *body, bool watch)
{
	struct arena *arena = &peer->reach->arena;
	Request message = Request_INIT;
	struct bytes packed;
	char id[ID_SIZE], topic[160];

	arena_reset(arena);
	codec_pack(body, arena, &packed);
	id_make(id, clock_system, clock_system->wall_ms(clock_system));
	message.id = id;
	message.type = arena_string(arena, codec_name(body->descriptor));
	message.body.data = arena_copy(arena, packed.data, packed.size);
	message.body.len = packed.size;
	message.watch = watch;
	codec_pack(&message.base, arena, &packed);
	snprintf(topic, sizeof(topic), "tsunagi/v1/board/req/%s/bench", user);
	mosquitto_publish(peer->mosq, NULL, topic, (int)packed.size, packed.data, 1, false);
}

/* The clients belong to as many people as there are stations and hospitals. */
static void open_clients(struct reach *reach, const char *state, size_t n)
{
	char folder[1024], client_id[48], user[32];
	ListBoard list = ListBoard_INIT;

	for (size_t i = 0; i < n; i++) {
		struct peer *peer = &reach->clients[i];
		unsigned who = (unsigned)(i % 34);
		snprintf(user, sizeof(user),
			 who < 14 ? "station%02u-nurse" : "hospital%02u-liaison",
			 who < 14 ? who + 1 : who - 13);
		snprintf(folder, sizeof(folder), "%s/accounts/%s", state, user);
		snprintf(client_id, sizeof(client_id), "c-bench-%d-%zu", (int)getpid(), i);
		peer->topics[0] = "tsunagi/v1/board/state/+";
		peer->topics[1] = "tsunagi/v1/conference/state/station01"; /* the floor's */
		open_peer(reach, peer, folder, client_id);
		request(peer, user, &list.base, true);
		reach->n_clients++;
	}
}

/* ---- changes ------------------------------------------------------------------------------- */

static void begin(struct reach *reach, const char *topic)
{
	reach->change++;
	reach->arrived = 0;
	reach->prefix = topic;
	reach->replied_s = reach->last_s = 0;
	reach->began_s = now_s();
}

static void finish(struct reach *reach, bool reply)
{
	while (reach->arrived < reach->n_clients || (reply && reach->replied_s <= 0)) {
		pump(reach, 1000);
		if (now_s() - reach->began_s > PATIENCE_S)
			die("a change did not reach everybody");
	}
	/* Acknowledgements, so that the next one finds a quiet broker. */
	for (double until_s = now_s() + 0.005; now_s() < until_s;)
		pump(reach, 1);
}

static void change_board(struct reach *reach)
{
	SetCapacity set = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT;
	FreeVisits visits = FreeVisits_INIT;
	Need accepts[] = { NEED_VENTILATOR, NEED_OXYGEN, NEED_NIGHT_VISIT };
	char remark[] = "午後のみ、2件まで";

	visits.today = reach->change % 3;
	visits.week = reach->change % 11;
	capacity.level = reach->change % 2 ? CAPACITY_LEVEL_LIMITED : CAPACITY_LEVEL_AVAILABLE;
	capacity.free_visits = &visits;
	capacity.accepts = accepts;
	capacity.n_accepts = 3;
	capacity.remark = remark;
	capacity.valid_until_ms = clock_system->wall_ms(clock_system) + 3600 * 1000;
	set.capacity = &capacity;
	begin(reach, "tsunagi/v1/board/state/station01");
	request(&reach->nurse, "station01-nurse", &set.base, false);
	finish(reach, true);
}

static void change_floor(struct reach *reach)
{
	static uint8_t payload[4096];

	begin(reach, "tsunagi/v1/conference/state/station01");
	mosquitto_publish(reach->floor.mosq, NULL, reach->prefix, (int)reach->size, payload, 1,
			  true);
	finish(reach, false);
}

static void print_figures(const char *name, double *took_s, size_t n)
{
	qsort(took_s, n, sizeof(*took_s), by_value);
	printf("%-22s %7.2f %7.2f %7.2f\n", name, took_s[n / 2] * 1e3, took_s[n * 99 / 100] * 1e3,
	       took_s[n - 1] * 1e3);
}

static void measure_reach(const char *state, size_t clients, size_t changes)
{
	static double floor_s[MAX_CHANGES], reply_s[MAX_CHANGES], whole_s[MAX_CHANGES];
	static struct reach reach;
	char folder[1024];
	size_t n = 0;

	mosquitto_lib_init();
	arena_init(&reach.arena, 1 << 20);
	snprintf(folder, sizeof(folder), "%s/accounts/station01-nurse", state);
	reach.nurse.topics[0] = "tsunagi/v1/board/res/station01-nurse/bench";
	open_peer(&reach, &reach.nurse, folder, "c-bench-nurse");
	snprintf(folder, sizeof(folder), "%s/instances/conference", state);
	open_peer(&reach, &reach.floor, folder, "c-conference");
	while (mosquitto_loop(reach.floor.mosq, 100, 1) == 0 &&
	       mosquitto_want_write(reach.floor.mosq))
		;
	open_clients(&reach, state, clients);
	for (int i = 0; i < 10; i++) /* warm, and the size of a change is known */
		change_board(&reach);
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < changes / ROUNDS; i++) {
			change_floor(&reach);
			floor_s[n + i] = reach.last_s - reach.began_s;
		}
		for (size_t i = 0; i < changes / ROUNDS; i++) {
			change_board(&reach);
			reply_s[n + i] = reach.last_s - reach.replied_s;
			whole_s[n + i] = reach.last_s - reach.began_s;
		}
		n += changes / ROUNDS;
	}
	printf("a change on the board until the last of %zu clients has it (%zu bytes, %zu changes; ms)\n"
	       "                           p50     p99     max\n",
	       clients, reach.size, n);
	print_figures("floor, from publish", floor_s, n);
	print_figures("board, from its reply", reply_s, n);
	print_figures("board, from request", whole_s, n);
	printf("ratio of p99, board from its reply to floor: %.2f\n",
	       reply_s[n * 99 / 100] / floor_s[n * 99 / 100]);
	if (reply_s[n * 99 / 100] > 0.1)
		die("p99 is over 100 ms");
}

/* ---- cost ---------------------------------------------------------------------------------- */

/* Told once each, whoever looks on. */
static size_t count_told(const struct recording_bus *bus)
{
	size_t n = 0;

	for (size_t i = 0; i < bus->n_items; i++)
		n += strstr(bus->items[i].topic, "/board/state/") != NULL;
	return n;
}

static void watch_all(struct fixture *b, unsigned watchers, unsigned organisations)
{
	ListBoard list = ListBoard_INIT;

	for (unsigned i = 0; i < watchers; i++) {
		char user[32], organisation[32];
		snprintf(user, sizeof(user), "user%u", i);
		snprintf(organisation, sizeof(organisation), "station%u", i % organisations);
		fixture_person(b, user, organisation, PROFESSION_NURSE);
		/* As at each renewal: what changed since, which is nothing. */
		board_page(b, user, &list, daemon_head(b->daemon), true);
		arena_reset(&b->arena);
		recording_bus_clear(&b->bus);
	}
}

/* CPU seconds of a change, the median of the rounds. */
static double measure_cost(unsigned organisations, unsigned watchers, unsigned changes)
{
	struct fixture b;
	double rounds_s[ROUNDS];
	char name[32];

	fixture_init(&b, &board_spec);
	fixture_start(&b);
	for (unsigned i = 0; i < organisations; i++) {
		snprintf(name, sizeof(name), "station%u", i);
		fixture_organisation(&b, name, ORGANISATION_KIND_NURSE_STATION, (Area)(1 + i % 3),
				     false);
		arena_reset(&b.arena);
	}
	watch_all(&b, watchers, organisations);
	board_pass(&b, 1);
	for (int round = 0; round < ROUNDS; round++) {
		double start_s = seconds(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < changes; i++) {
			unsigned who =
				i * 37 % (watchers < organisations ? watchers : organisations);
			snprintf(name, sizeof(name), "user%u", who);
			if (board_set(&b, name,
				      i % 2 ? CAPACITY_LEVEL_FULL : CAPACITY_LEVEL_LIMITED,
				      HOUR_MS))
				die("a change was refused");
			if (count_told(&b.bus) != 1)
				die("a change was not told once");
			arena_reset(&b.arena);
			recording_bus_clear(&b.bus);
			test_clock_advance(&b.clock, 10);
		}
		rounds_s[round] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - start_s) / changes;
	}
	fixture_close(&b);
	qsort(rounds_s, ROUNDS, sizeof(double), by_value);
	return rounds_s[ROUNDS / 2];
}

static void compare_cost(unsigned watchers, unsigned changes)
{
	measure_cost(100, 100, changes); /* the machine is awake now */
	double few_s = measure_cost(100, watchers, changes);
	double many_s = measure_cost(2000, watchers, changes);

	printf("a change on the board, %u people watching (CPU time in board alone, without the broker)\n"
	       "with 100 organisations %.1f us, with 2,000 %.1f us: ratio %.2f\n",
	       watchers, few_s * 1e6, many_s * 1e6, many_s / few_s);
	if (many_s > 2 * few_s)
		die("the cost of a change grows with the number of organisations");
}

int main(int argc, char **argv)
{
	size_t clients = argc > 3 ? (size_t)atoi(argv[3]) : 200;
	size_t changes = argc > 4 ? (size_t)atoi(argv[4]) : 500;

	if (argc > 2 && !strcmp(argv[1], "reach") && clients && clients <= MAX_CLIENTS &&
	    changes >= ROUNDS && changes <= MAX_CHANGES)
		measure_reach(argv[2], clients, changes);
	else if (argc > 1 && !strcmp(argv[1], "cost"))
		compare_cost(argc > 2 ? (unsigned)atoi(argv[2]) : 10000,
			     argc > 3 ? (unsigned)atoi(argv[3]) : 2000);
	else
		die("usage: bench-board reach STATE [CLIENTS [CHANGES]] | cost [WATCHERS [CHANGES]]");
	return 0;
}
