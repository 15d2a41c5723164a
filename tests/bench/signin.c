/*
 * Do attempts to sign in stall those who work? A nurse writes notes through record at an even pace, now
 * alone, now while 50 connections without a user send 1,000 sign-in messages a second, with wrong
 * passwords of known and unknown users. Each may send two; the third is cut, and the connection begins
 * anew. They come straight to the broker's listener: what nginx would hold back is not held back here.
 *
 * usage: bench-signin STATE PATIENT [SECONDS [ROUNDS]]
 *
 * STATE is a folder of `make run`. Rounds of both alternate, so that what else the machine does falls on
 * both. A note's time runs from when it was to be sent, so that one that waits to be sent counts as well.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "clock.h"
#include "codec.h"
#include "id.h"
#include "names.h"

#define NOTES_A_SECOND 200
#define MESSAGES_A_SECOND 1000
#define CONNECTIONS 50
#define KNOWN_USERS 44
#define MAX_NOTES 20000
#define MAX_ROUNDS 99
#define PATIENCE_S 10

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-signin: %s\n", what);
	exit(1);
}

/* ---- the attempts -------------------------------------------------------------------------- */

enum stage { CLOSED, UPGRADING, OPEN };

struct door {
	int fd;
	enum stage stage;
	unsigned sent; /* on this connection */
	char id[40];
};

struct tally {
	unsigned long sent, cut, missed, answered;
};

static void put(struct door *door, const void *data, size_t size)
{
	if (send(door->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
		door->stage = CLOSED; /* seen at the next read */
}

/* One binary frame of a client (RFC 6455, 5.2), masked by zeros. */
static void put_frame(struct door *door, const uint8_t *data, size_t size)
{
	uint8_t frame[1024] = { 0x82 };
	size_t n = 2;

	if (size < 126) {
		frame[1] = (uint8_t)(0x80 | size);
	} else {
		frame[1] = 0x80 | 126;
		frame[n++] = (uint8_t)(size >> 8);
		frame[n++] = (uint8_t)size;
	}
	memset(frame + n, 0, 4);
	memcpy(frame + n + 4, data, size);
	put(door, frame, n + 4 + size);
}

static size_t put_text(uint8_t *out, const char *text)
{
	size_t size = strlen(text);

	out[0] = (uint8_t)(size >> 8);
	out[1] = (uint8_t)size;
	memcpy(out + 2, text, size);
	return size + 2;
}

/* A packet of MQTT 3.1.1: first byte, its remaining length in one or two bytes, the rest. */
static void put_packet(struct door *door, uint8_t first, const uint8_t *rest, size_t size)
{
	uint8_t packet[900] = { first };
	size_t n = 1;

	if (size >= 128) {
		packet[n++] = (uint8_t)(0x80 | size % 128);
		packet[n++] = (uint8_t)(size / 128);
	} else {
		packet[n++] = (uint8_t)size;
	}
	memcpy(packet + n, rest, size);
	put_frame(door, packet, n + size);
}

static void say_hello(struct door *door)
{
	uint8_t rest[200] = { 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60 };
	char topic[100];

	put_packet(door, 0x10, rest, 10 + put_text(rest + 10, door->id));
	snprintf(topic, sizeof(topic), "tsunagi/v1/directory/signed/%s", door->id);
	rest[0] = 0, rest[1] = 1;
	size_t size = 2 + put_text(rest + 2, topic);
	rest[size++] = 0;
	put_packet(door, 0x82, rest, size);
}

static void begin(struct door *door, const struct sockaddr_in *address)
{
	static const char upgrade[] = "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
				      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				      "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Version: 13\r\n\r\n";
	uint8_t random[16];
	int on = 1;

	door->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (door->fd < 0 || connect(door->fd, (const struct sockaddr *)address, sizeof(*address)))
		die("no connection to the browsers' listener");
	setsockopt(door->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(door->fd, F_SETFL, O_NONBLOCK);
	clock_system->random(clock_system, random, sizeof(random));
	memcpy(door->id, "c-", 3);
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(door->id + 2 + 2 * i, 3, "%02x", random[i]);
	door->stage = UPGRADING;
	door->sent = 0;
	put(door, upgrade, strlen(upgrade));
}

static void attempt(struct door *door, struct arena *arena, unsigned n)
{
	SignIn body = SignIn_INIT;
	Request request = Request_INIT;
	struct bytes packed;
	uint8_t rest[800];
	char topic[100], id[ID_SIZE];

	arena_reset(arena);
	body.user = n % 4 ? arena_printf(arena, "user-%u", n % 5000)
			  : arena_printf(arena, "clinic%02u-doctor", 1 + n / 4 % KNOWN_USERS);
	body.password = arena_printf(arena, "wrong password %u", n);
	body.device = arena_string(arena, "web-bench");
	codec_pack(&body.base, arena, &packed);
	id_make(id, clock_system, clock_system->wall_ms(clock_system));
	request.id = id;
	request.type = arena_string(arena, "SignIn");
	request.body.data = arena_copy(arena, packed.data, packed.size);
	request.body.len = packed.size;
	codec_pack(&request.base, arena, &packed);
	snprintf(topic, sizeof(topic), "tsunagi/v1/directory/signin/%s", door->id);
	size_t size = put_text(rest, topic);
	memcpy(rest + size, packed.data, packed.size);
	put_packet(door, 0x30, rest, size + packed.size);
	door->sent++;
}

/* Reads what there is. Only publications to us name our topic; how they lie in frames is not told. */
static void hear(struct door *door, struct tally *tally, const struct sockaddr_in *address)
{
	uint8_t bytes[4096];
	ssize_t n;

	while ((n = recv(door->fd, bytes, sizeof(bytes), 0)) > 0) {
		if (door->stage == UPGRADING && memmem(bytes, (size_t)n, "\r\n\r\n", 4)) {
			door->stage = OPEN;
			say_hello(door);
		}
		for (uint8_t *at = bytes; (at = memmem(at, (size_t)(bytes + n - at), "/signed/", 8)); at++)
			tally->answered++;
	}
	if ((n < 0 && (errno == EAGAIN || errno == EINTR)) && door->stage != CLOSED)
		return;
	tally->cut += door->sent > 2;
	close(door->fd);
	begin(door, address);
}

/* For so long, at the rate. */
static void besiege(int port, double seconds, int out)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	static struct door doors[CONNECTIONS];
	struct pollfd fds[CONNECTIONS];
	struct tally tally = { .sent = 0 };
	struct arena arena;
	unsigned next = 0, n = (unsigned)getpid();
	double start_s = now_s();

	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	arena_init(&arena, 1 << 20);
	for (int i = 0; i < CONNECTIONS; i++)
		begin(&doors[i], &address);
	for (double at_s = start_s; at_s - start_s < seconds; at_s = now_s()) {
		for (int i = 0; i < CONNECTIONS; i++)
			fds[i] = (struct pollfd){ .fd = doors[i].fd, .events = POLLIN };
		poll(fds, CONNECTIONS, 1);
		for (int i = 0; i < CONNECTIONS; i++)
			if (fds[i].revents)
				hear(&doors[i], &tally, &address);
		unsigned long due = (unsigned long)((now_s() - start_s) * MESSAGES_A_SECOND);
		for (unsigned tried = 0; tally.sent + tally.missed < due; next = (next + 1) % CONNECTIONS) {
			if (doors[next].stage == OPEN && doors[next].sent < 3) {
				attempt(&doors[next], &arena, n++);
				tally.sent++;
				tried = 0;
			} else if (++tried == CONNECTIONS) {
				tally.missed = due - tally.sent; /* all wait to be let in again */
			}
		}
	}
	if (write(out, &tally, sizeof(tally)) != sizeof(tally))
		die("no pipe");
}

/* ---- the notes ----------------------------------------------------------------------------- */

struct nurse {
	struct mosquitto *mosq;
	struct account account;
	const char *patient;
	bool ready;
	struct arena arena;
	char ids[MAX_NOTES][ID_SIZE];
	double due_s[MAX_NOTES], took_s[MAX_NOTES];
	int sent, answered;
};

static void on_connect(struct mosquitto *mosq, void *context, int rc)
{
	(void)context;
	if (rc)
		die(mosquitto_connack_string(rc));
	mosquitto_subscribe(mosq, NULL, "tsunagi/v1/record/res/station01-nurse/bench", 1);
}

static void on_subscribe(struct mosquitto *mosq, void *context, int mid, int n, const int *granted)
{
	struct nurse *nurse = context;
	(void)mosq, (void)mid, (void)n, (void)granted;
	nurse->ready = true;
}

static void on_answer(struct mosquitto *mosq, void *context, const struct mosquitto_message *message)
{
	struct nurse *nurse = context;
	struct bytes payload = { message->payload, (size_t)message->payloadlen };
	ProtobufCMessage *decoded;

	(void)mosq;
	arena_reset(&nurse->arena);
	if (codec_decode(&Reply_descriptor, payload, &nurse->arena, &decoded, NULL))
		die("an answer cannot be read");
	const Reply *reply = (const Reply *)(const void *)decoded;
	if (reply->code != CODE_OK)
		die(reply->message_en);
	for (int i = nurse->sent - 1; i >= 0; i--)
		if (!strcmp(nurse->ids[i], reply->request_id) && nurse->took_s[i] < 0) {
			nurse->took_s[i] = now_s() - nurse->due_s[i];
			nurse->answered++;
			return;
		}
}

static void open_nurse(struct nurse *nurse, const char *state)
{
	char sentence[1200], folder[1024], ca[1100], cert[1100], key[1100], id[40];

	snprintf(folder, sizeof(folder), "%s/accounts/station01-nurse", state);
	snprintf(id, sizeof(id), "c-bench-%d", (int)getpid());
	if (account_read(&nurse->account, folder, sentence, sizeof(sentence)))
		die(sentence);
	account_path(&nurse->account, "ca.pem", ca, sizeof(ca));
	account_path(&nurse->account, "cert.pem", cert, sizeof(cert));
	account_path(&nurse->account, "key.pem", key, sizeof(key));
	arena_init(&nurse->arena, 1 << 20);
	nurse->mosq = mosquitto_new(id, true, nurse);
	mosquitto_tls_set(nurse->mosq, ca, NULL, cert, key, NULL);
	mosquitto_tls_opts_set(nurse->mosq, 1, "tlsv1.3", NULL);
	mosquitto_int_option(nurse->mosq, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_connect_callback_set(nurse->mosq, on_connect);
	mosquitto_subscribe_callback_set(nurse->mosq, on_subscribe);
	mosquitto_message_callback_set(nurse->mosq, on_answer);
	if (mosquitto_connect(nurse->mosq, nurse->account.host, nurse->account.port, 60))
		die("cannot connect");
	while (!nurse->ready)
		if (mosquitto_loop(nurse->mosq, 1000, 1))
			die("the connection ended");
}

static void send_note(struct nurse *nurse, double due_s)
{
	AddEntry body = AddEntry_INIT;
	Entry entry = Entry_INIT;
	Note note = Note_INIT;
	Request request = Request_INIT;
	struct bytes packed;
	int n = nurse->sent++;

	arena_reset(&nurse->arena);
	id_make(nurse->ids[n], clock_system, clock_system->wall_ms(clock_system));
	note.text = arena_string(&nurse->arena, "訪問時、体温36.8℃。食欲あり。服薬カレンダーを確認、飲み忘れなし。");
	entry.patient = arena_string(&nurse->arena, nurse->patient);
	entry.content_case = Entry_CONTENT_NOTE;
	entry.note = &note;
	body.entry = &entry;
	codec_pack(&body.base, &nurse->arena, &packed);
	request.id = nurse->ids[n];
	request.type = arena_string(&nurse->arena, "AddEntry");
	request.body.data = arena_copy(&nurse->arena, packed.data, packed.size);
	request.body.len = packed.size;
	codec_pack(&request.base, &nurse->arena, &packed);
	nurse->took_s[n] = -1;
	nurse->due_s[n] = due_s;
	mosquitto_publish(nurse->mosq, NULL, "tsunagi/v1/record/req/station01-nurse/bench",
			  (int)packed.size, packed.data, 1, false);
}

static void work(struct nurse *nurse, double seconds)
{
	double start_s = now_s(), step_s = 1.0 / NOTES_A_SECOND;
	int count = (int)(seconds * NOTES_A_SECOND);

	nurse->sent = nurse->answered = 0;
	while (nurse->answered < count) {
		double now = now_s();
		while (nurse->sent < count && start_s + nurse->sent * step_s <= now)
			send_note(nurse, start_s + nurse->sent * step_s);
		double wait_s = nurse->sent < count ? start_s + nurse->sent * step_s - now_s() : 1;
		if (mosquitto_loop(nurse->mosq, wait_s > 0 ? (int)(wait_s * 1e3) + 1 : 0, 1))
			die("the connection ended");
		if (now_s() - start_s > seconds + PATIENCE_S)
			die("no answer in time");
	}
}

/* ---- side by side -------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int port_of(const char *state)
{
	char path[1024], name[64];
	int port, found = 0;

	snprintf(path, sizeof(path), "%s/ports", state);
	FILE *file = fopen(path, "re");
	while (file && !found && fscanf(file, "%63s %d", name, &port) == 2)
		found = strcmp(name, "websockets") == 0 ? port : 0;
	if (file)
		fclose(file);
	if (!found)
		die("no websockets in STATE/ports");
	return found;
}

static void under_siege(struct nurse *nurse, int port, double seconds, struct tally *sum)
{
	struct tally tally;
	int ends[2];

	if (pipe(ends))
		die("no pipe");
	pid_t pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		besiege(port, seconds, ends[1]);
		_exit(0);
	}
	work(nurse, seconds);
	if (read(ends[0], &tally, sizeof(tally)) != sizeof(tally))
		die("the attempts ended early");
	waitpid(pid, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	sum->sent += tally.sent;
	sum->cut += tally.cut;
	sum->missed += tally.missed;
	sum->answered += tally.answered;
}

int main(int argc, char **argv)
{
	static struct nurse nurse;
	static double p50[2][MAX_ROUNDS], p99[2][MAX_ROUNDS];
	struct tally sum = { .sent = 0 };

	if (argc < 3)
		die("usage: bench-signin STATE PATIENT [SECONDS [ROUNDS]]");
	int seconds = argc > 3 ? atoi(argv[3]) : 5, rounds = argc > 4 ? atoi(argv[4]) : 5;
	if (seconds < 1 || seconds * NOTES_A_SECOND > MAX_NOTES || rounds < 1 || rounds > MAX_ROUNDS)
		die("SECONDS is 1 to 100, ROUNDS 1 to 99");
	int port = port_of(argv[1]);
	mosquitto_lib_init();
	nurse.patient = argv[2];
	open_nurse(&nurse, argv[1]);
	work(&nurse, 1);
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < 2; i++) {
			if (i)
				under_siege(&nurse, port, seconds, &sum);
			else
				work(&nurse, seconds);
			qsort(nurse.took_s, (size_t)nurse.sent, sizeof(double), by_value);
			p50[i][round] = nurse.took_s[nurse.sent / 2] * 1e3;
			p99[i][round] = nurse.took_s[nurse.sent * 99 / 100] * 1e3;
		}
	printf("entry notes, %d a second, beside attempts to sign in (ms; medians of %d rounds of %d s)\n"
	       "                            p50     p99\n", NOTES_A_SECOND, rounds, seconds);
	for (int i = 0; i < 2; i++) {
		qsort(p50[i], (size_t)rounds, sizeof(double), by_value);
		qsort(p99[i], (size_t)rounds, sizeof(double), by_value);
		printf("%-22s %8.2f %7.2f\n", i ? "with attempts" : "alone", p50[i][rounds / 2],
		       p99[i][rounds / 2]);
	}
	double all_s = (double)rounds * seconds;
	printf("p99 ratio %.2f; attempts a second %.0f, connections cut %.0f, answered %.0f\n",
	       p99[1][rounds / 2] / p99[0][rounds / 2], (double)sum.sent / all_s, (double)sum.cut / all_s,
	       (double)sum.answered / all_s);
	return 0;
}
