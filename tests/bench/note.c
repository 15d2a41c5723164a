/*
 * How much does `entry note` cost beside the raw floor? Both go through the same broker, with the same
 * TLS, from the same client code, in windows of 1, 64 and 512 unanswered requests:
 *
 *	floor   a libmosquitto client that sends back what it gets: no decoding, no rule, no store
 *	note    record: decoded, authorised, sealed, chained, journalled, indexed, synced to disk
 *
 * usage: bench-note STATE PATIENT [COUNT [ROUNDS]]
 *
 * STATE is a folder of `make run`; in STATE/instances/conference stands the certificate that the
 * floor's echo uses. The requests are those of station01-nurse, who may write to PATIENT.
 * Rounds of both alternate, so that what else the machine does falls on both; ratios are of medians.
 */
#include <mosquitto.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "clock.h"
#include "codec.h"
#include "id.h"
#include "names.h"

#define MAX_COUNT 100000
#define MAX_ROUNDS 99
#define PATIENCE_S 60

struct peer {
	struct mosquitto *mosq;
	struct account account;
	const char *topic; /* subscribed to */
	bool ready;
};

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-note: %s\n", what);
	exit(1);
}

/* ---- connections --------------------------------------------------------------------------- */

static void on_connect(struct mosquitto *mosq, void *context, int rc)
{
	struct peer *peer = context;
	if (rc)
		die(mosquitto_connack_string(rc));
	mosquitto_subscribe(mosq, NULL, peer->topic, 1);
}

static void on_subscribe(struct mosquitto *mosq, void *context, int mid, int n, const int *granted)
{
	struct peer *peer = context;
	(void)mosq, (void)mid, (void)n, (void)granted;
	peer->ready = true;
}

static void pump(struct peer *peer, int timeout_ms)
{
	int rc = mosquitto_loop(peer->mosq, timeout_ms, 1);
	if (rc)
		die(mosquitto_strerror(rc));
}

static void open_peer(struct peer *peer, const char *folder, const char *client_id, const char *topic,
		      void (*on_message)(struct mosquitto *, void *, const struct mosquitto_message *))
{
	char sentence[1200], ca[1100], cert[1100], key[1100];

	if (account_read(&peer->account, folder, sentence, sizeof(sentence)))
		die(sentence);
	account_path(&peer->account, "ca.pem", ca, sizeof(ca));
	account_path(&peer->account, "cert.pem", cert, sizeof(cert));
	account_path(&peer->account, "key.pem", key, sizeof(key));
	peer->topic = topic;
	peer->mosq = mosquitto_new(client_id, true, peer);
	mosquitto_tls_set(peer->mosq, ca, NULL, cert, key, NULL);
	mosquitto_tls_opts_set(peer->mosq, 1, "tlsv1.3", NULL);
	mosquitto_int_option(peer->mosq, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_max_inflight_messages_set(peer->mosq, 0);
	mosquitto_connect_callback_set(peer->mosq, on_connect);
	mosquitto_subscribe_callback_set(peer->mosq, on_subscribe);
	mosquitto_message_callback_set(peer->mosq, on_message);
	if (mosquitto_connect(peer->mosq, peer->account.host, peer->account.port, 60))
		die("cannot connect");
	while (!peer->ready)
		pump(peer, 1000);
}

/* ---- the floor ----------------------------------------------------------------------------- */

static void echo(struct mosquitto *mosq, void *context, const struct mosquitto_message *message)
{
	(void)context;
	mosquitto_publish(mosq, NULL, "tsunagi/v1/conference/res/station01-nurse/bench",
			  message->payloadlen, message->payload, 0, false);
}

/* Returns when it is subscribed. */
static pid_t start_echo(const char *state)
{
	int ready[2];
	char byte = 0;

	if (pipe(ready))
		die("no pipe");
	pid_t pid = fork();
	if (pid) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			die("the echo did not start");
		close(ready[0]);
		return pid;
	}
	struct peer peer = { .ready = false };
	char folder[1024];
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(folder, sizeof(folder), "%s/instances/conference", state);
	open_peer(&peer, folder, "c-conference", "tsunagi/v1/conference/req/+/+", echo);
	if (write(ready[1], &byte, 1) != 1)
		die("no pipe");
	for (;;)
		pump(&peer, 1000);
}

/* ---- one run ------------------------------------------------------------------------------- */

struct run {
	struct peer peer;
	const char *instance;
	bool is_note;
	const char *patient;
	char (*ids)[ID_SIZE];
	double *sent_s, *took_s;
	int count, sent, answered;
	struct arena arena;
};

static int find(const struct run *run, const char *id)
{
	/* Answers come nearly in order. */
	for (int i = run->answered > 600 ? run->answered - 600 : 0; i < run->sent; i++)
		if (!strcmp(run->ids[i], id))
			return i;
	return -1;
}

static void on_answer(struct mosquitto *mosq, void *context, const struct mosquitto_message *message)
{
	struct run *run = context; /* its first member is the peer */
	struct bytes payload = { message->payload, (size_t)message->payloadlen };
	const char *id;
	ProtobufCMessage *decoded;

	(void)mosq;
	arena_reset(&run->arena);
	const ProtobufCMessageDescriptor *type = run->is_note ? &Reply_descriptor : &Request_descriptor;
	if (codec_decode(type, payload, &run->arena, &decoded, NULL))
		die("an answer cannot be read");
	if (run->is_note) {
		const Reply *reply = (const Reply *)(const void *)decoded;
		if (reply->code != CODE_OK)
			die(reply->message_en);
		id = reply->request_id;
	} else {
		id = ((const Request *)(const void *)decoded)->id;
	}
	int index = find(run, id);
	if (index < 0 || run->took_s[index] >= 0)
		return;
	run->took_s[index] = now_s() - run->sent_s[index];
	run->answered++;
}

static void send_one(struct run *run)
{
	char topic[128];
	AddEntry body = AddEntry_INIT;
	Entry entry = Entry_INIT;
	Note note = Note_INIT;
	Request request = Request_INIT;
	struct bytes packed;
	int n = run->sent++;

	arena_reset(&run->arena);
	id_make(run->ids[n], clock_system, clock_system->wall_ms(clock_system));
	note.text = arena_string(&run->arena, "訪問時、体温36.8℃。食欲あり。服薬カレンダーを確認、飲み忘れなし。");
	entry.patient = arena_string(&run->arena, run->patient);
	entry.content_case = Entry_CONTENT_NOTE;
	entry.note = &note;
	body.entry = &entry;
	codec_pack(&body.base, &run->arena, &packed);
	request.id = run->ids[n];
	request.type = arena_string(&run->arena, "AddEntry");
	request.body.data = arena_copy(&run->arena, packed.data, packed.size);
	request.body.len = packed.size;
	codec_pack(&request.base, &run->arena, &packed);
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/req/station01-nurse/bench", run->instance);
	run->took_s[n] = -1;
	run->sent_s[n] = now_s();
	mosquitto_publish(run->peer.mosq, NULL, topic, (int)packed.size, packed.data, 1, false);
}

/* Requests a second. */
static double measure(struct run *run, int window, int count)
{
	double start_s = now_s();

	run->sent = run->answered = 0;
	run->count = count;
	while (run->answered < count) {
		while (run->sent < count && run->sent - run->answered < window)
			send_one(run);
		pump(&run->peer, 1000);
		if (now_s() - start_s > PATIENCE_S)
			die("no answer in time");
	}
	return count / (now_s() - start_s);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void open_run(struct run *run, const char *state, const char *instance, bool is_note)
{
	static char topics[2][128];
	char folder[1024], client_id[32];

	snprintf(folder, sizeof(folder), "%s/accounts/station01-nurse", state);
	snprintf(client_id, sizeof(client_id), "c-bench-%d-%d", (int)getpid(), is_note);
	snprintf(topics[is_note], sizeof(topics[0]), "tsunagi/v1/%s/res/station01-nurse/bench", instance);
	run->instance = instance;
	run->is_note = is_note;
	run->ids = calloc(MAX_COUNT, sizeof(*run->ids));
	run->sent_s = calloc(MAX_COUNT, sizeof(double));
	run->took_s = calloc(MAX_COUNT, sizeof(double));
	arena_init(&run->arena, 1 << 20);
	if (!run->ids || !run->sent_s || !run->took_s)
		die("no memory");
	open_peer(&run->peer, folder, client_id, topics[is_note], on_answer);
}

struct figures {
	double rate[MAX_ROUNDS];
	double p50_ms, p99_ms;
};

static void note_latency(const struct run *run, struct figures *figures)
{
	qsort(run->took_s, (size_t)run->count, sizeof(double), by_value);
	figures->p50_ms = run->took_s[run->count / 2] * 1e3;
	figures->p99_ms = run->took_s[run->count * 99 / 100] * 1e3;
}

static double compare(struct run *floor, struct run *note, int window, int count, int rounds)
{
	struct figures of[2] = { 0 };
	struct run *runs[2] = { floor, note };

	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < 2; i++) {
			of[i].rate[round] = measure(runs[i], window, count);
			note_latency(runs[i], &of[i]);
		}
	for (int i = 0; i < 2; i++)
		qsort(of[i].rate, (size_t)rounds, sizeof(double), by_value);
	double ratio = of[1].rate[rounds / 2] / of[0].rate[rounds / 2];
	printf("%6d  %9.0f %7.2f %7.2f  %9.0f %7.2f %7.2f  %6.2f\n", window, of[0].rate[rounds / 2],
	       of[0].p50_ms, of[0].p99_ms, of[1].rate[rounds / 2], of[1].p50_ms, of[1].p99_ms, ratio);
	fflush(stdout);
	return ratio;
}

int main(int argc, char **argv)
{
	static const int windows[] = { 1, 64, 512 };
	struct run floor = { .count = 0 }, note = { .count = 0 };

	if (argc < 3)
		die("usage: bench-note STATE PATIENT [COUNT [ROUNDS]]");
	int count = argc > 3 ? atoi(argv[3]) : 10000, rounds = argc > 4 ? atoi(argv[4]) : 5;
	if (count < 100 || count > MAX_COUNT || rounds < 1 || rounds > MAX_ROUNDS)
		die("COUNT is 100 to 100000, ROUNDS 1 to 99");
	mosquitto_lib_init();
	pid_t echo_pid = start_echo(argv[1]);
	note.patient = floor.patient = argv[2];
	open_run(&floor, argv[1], "conference", false);
	open_run(&note, argv[1], "record", true);
	printf("entry note beside the raw floor (requests/s; ms; ratio of the medians of %d rounds)\n"
	       "window      floor     p50     p99       note     p50     p99   ratio\n", rounds);
	for (size_t i = 0; i < 3; i++)
		compare(&floor, &note, windows[i], windows[i] == 1 ? count / 10 : count, rounds);
	kill(echo_pid, SIGTERM);
	waitpid(echo_pid, NULL, 0);
	return 0;
}
