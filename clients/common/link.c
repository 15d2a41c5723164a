#include "link.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"

#define KEEPALIVE_S 30
#define CONNECT_MS 5000 /* for TCP, TLS and the broker's answer together */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 5000
#define STEP_MOST_MS 500 /* so that a flag set by a signal is seen */
#define CLIENT_ID_RANDOM 26

struct link {
	struct account account;
	struct link_events events;
	void *context;
	struct mosquitto
		*mosquitto; /* a fresh one for each connection; NULL: waiting to try again */
	int protocol;
	bool reached; /* the TCP connection stands */
	bool up, lost;
	bool explained; /* TLS has said why */
	bool refused;
	int64_t retry_ms;   /* monotonic: when to try again */
	int64_t give_up_ms; /* monotonic: when this attempt has taken too long */
	int64_t backoff_ms;
	char reason[256];
};

static int64_t now_ms(void)
{
	return clock_system->monotonic_ms(clock_system);
}

static void because(struct link *link, const char *reason)
{
	snprintf(link->reason, sizeof(link->reason), "%s", reason);
}

/* ---- what libmosquitto tells ---- */

static void on_connect(struct mosquitto *mosquitto, void *context, int code)
{
	struct link *link = context;

	(void)mosquitto;
	if (code == 0) {
		link->up = true;
		link->backoff_ms = BACKOFF_FIRST_MS;
		link->reason[0] = '\0';
		link->events.up(link->context);
		return;
	}
	link->lost = true;
	if (link->protocol == MQTT_PROTOCOL_V5 &&
	    (code == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION || code == 1)) {
		link->protocol = MQTT_PROTOCOL_V311;
		link->backoff_ms = 0;
		because(link, "the broker does not speak MQTT 5");
		return;
	}
	/* 135 and 5: not authorised; 133 and 2: the client id. Others pass. */
	link->refused = code == MQTT_RC_NOT_AUTHORIZED || code == MQTT_RC_BANNED || code == 5 ||
			code == MQTT_RC_CLIENTID_NOT_VALID || code == 2;
	snprintf(link->reason, sizeof(link->reason), "the broker refused: %s",
		 link->protocol == MQTT_PROTOCOL_V5 ? mosquitto_reason_string(code)
						    : mosquitto_connack_string(code));
}

static void on_disconnect(struct mosquitto *mosquitto, void *context, int code)
{
	struct link *link = context;

	(void)mosquitto;
	(void)code;
	link->lost = true;
}

static void on_subscribe(struct mosquitto *mosquitto, void *context, int id, int n_granted,
			 const int *granted)
{
	struct link *link = context;

	(void)mosquitto;
	(void)n_granted;
	(void)granted;
	link->events.subscribed(link->context, id);
}

static void on_message(struct mosquitto *mosquitto, void *context,
		       const struct mosquitto_message *message)
{
	struct link *link = context;

	(void)mosquitto;
	link->events.message(link->context, message->topic, message->payload,
			     message->payloadlen > 0 ? (size_t)message->payloadlen : 0);
}

/* TLS says why it failed only in the log: "OpenSSL Error[0]: error:…:SSL routines::reason". */
static void on_log(struct mosquitto *mosquitto, void *context, int level, const char *line)
{
	struct link *link = context;

	(void)mosquitto;
	if (level != MOSQ_LOG_ERR)
		return;
	const char *reason = strrchr(line, ':');
	reason = reason && reason[1] ? reason + 1 : line;
	snprintf(link->reason, sizeof(link->reason), "TLS: %s", reason + strspn(reason, " "));
	link->explained = true;
	static const char *const final[] = {
		"certificate revoked",  "certificate expired", "unknown ca",
		"certificate unknown",  "bad certificate",     "certificate verify failed",
		"certificate required", "protocol version",    "No such file"};
	for (size_t i = 0; i < sizeof(final) / sizeof(*final); i++)
		if (strcasestr(line, final[i]))
			link->refused = true;
}

/* ---- up and down ---- */

static void make_client_id(char out[CLIENT_ID_RANDOM + 3])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char random[CLIENT_ID_RANDOM];

	clock_system->random(clock_system, random, sizeof(random));
	memcpy(out, "c-", 2);
	for (size_t i = 0; i < CLIENT_ID_RANDOM; i++)
		out[2 + i] = letters[random[i] % 32];
	out[2 + CLIENT_ID_RANDOM] = '\0';
}

static int configure(struct link *link)
{
	char ca[1100], certificate[1100], key[1100];
	struct mosquitto *mosquitto = link->mosquitto;

	account_path(&link->account, "ca.pem", ca, sizeof(ca));
	account_path(&link->account, "cert.pem", certificate, sizeof(certificate));
	account_path(&link->account, "key.pem", key, sizeof(key));
	mosquitto_connect_callback_set(mosquitto, on_connect);
	mosquitto_disconnect_callback_set(mosquitto, on_disconnect);
	mosquitto_subscribe_callback_set(mosquitto, on_subscribe);
	mosquitto_message_callback_set(mosquitto, on_message);
	mosquitto_log_callback_set(mosquitto, on_log);
	mosquitto_int_option(mosquitto, MOSQ_OPT_PROTOCOL_VERSION, link->protocol);
	mosquitto_int_option(mosquitto, MOSQ_OPT_TCP_NODELAY, 1);
	/* How many requests may be in flight is our own affair; a broker of version 5 may say less. */
	mosquitto_int_option(mosquitto, MOSQ_OPT_SEND_MAXIMUM, 65535);
	mosquitto_int_option(mosquitto, MOSQ_OPT_RECEIVE_MAXIMUM, 65535);
	int rc = mosquitto_tls_set(mosquitto, ca, NULL, certificate, key, NULL);
	if (!rc)
		rc = mosquitto_tls_opts_set(mosquitto, 1, "tlsv1.3", NULL);
	return rc;
}

static void go_down(struct link *link)
{
	bool was_up = link->up;

	if (link->mosquitto)
		mosquitto_destroy(link->mosquitto);
	link->mosquitto = NULL;
	link->up = link->lost = false;
	link->retry_ms = now_ms() + link->backoff_ms;
	link->backoff_ms =
		link->backoff_ms < BACKOFF_FIRST_MS ? BACKOFF_FIRST_MS : link->backoff_ms * 2;
	if (link->backoff_ms > BACKOFF_MOST_MS)
		link->backoff_ms = BACKOFF_MOST_MS;
	if (was_up)
		link->events.down(link->context);
}

/* A client id is for one connection, and a new object has no leftovers of the old one's queues. */
static void go_up(struct link *link)
{
	char client_id[CLIENT_ID_RANDOM + 3];

	make_client_id(client_id);
	link->reached = link->explained = link->refused = link->lost = false;
	link->give_up_ms = now_ms() + CONNECT_MS;
	link->mosquitto = mosquitto_new(client_id, true, link);
	if (!link->mosquitto) {
		because(link, strerror(errno));
		go_down(link);
		return;
	}
	int rc = configure(link);
	if (!rc)
		rc = mosquitto_connect_async(link->mosquitto, link->account.host,
					     link->account.port, KEEPALIVE_S);
	if (rc == MOSQ_ERR_CONN_PENDING)
		rc = MOSQ_ERR_SUCCESS;
	if (rc) {
		if (!link->explained)
			because(link,
				rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc));
		go_down(link);
	}
}

/* ---- the step ---- */

static short wait_for_socket(struct link *link, int64_t at_most_ms)
{
	struct pollfd poll_for = {.fd = mosquitto_socket(link->mosquitto), .events = POLLIN};

	/* When the TCP connection stands, writing becomes possible; then TLS waits for its answer. */
	if (!link->reached || mosquitto_want_write(link->mosquitto))
		poll_for.events |= POLLOUT;
	if (!link->up && at_most_ms > 20)
		at_most_ms =
			20; /* during the handshake libmosquitto does not say what it waits for */
	if (poll(&poll_for, 1, (int)at_most_ms) < 0)
		return 0;
	return poll_for.revents;
}

static bool more_to_read(struct link *link)
{
	SSL *ssl = mosquitto_ssl_get(link->mosquitto);
	struct pollfd poll_for = {.fd = mosquitto_socket(link->mosquitto), .events = POLLIN};

	return poll_for.fd >= 0 && ((ssl && SSL_pending(ssl) > 0) || poll(&poll_for, 1, 0) > 0);
}

static void note_failure(struct link *link, int rc)
{
	int error = rc == MOSQ_ERR_ERRNO ? errno : 0;

	link->lost = true;
	if (!link->explained)
		because(link, error ? strerror(error) : mosquitto_strerror(rc));
}

/*
 * libmosquitto does not notice that a connection is not to be had: it would ask TLS for ever. What
 * has arrived is read before an error counts: it may be the broker's reason for closing.
 */
static void check_connecting(struct link *link, short events)
{
	int fd = mosquitto_socket(link->mosquitto), error = 0;
	socklen_t size = sizeof(error);
	char byte;

	if (events & POLLIN) {
		ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
		if (n > 0)
			return;
		error = n == 0 ? ECONNRESET : errno == EAGAIN ? 0 : errno;
	}
	if (!error)
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (!error && (events & (POLLERR | POLLHUP)))
		error = link->reached ? ECONNRESET : ECONNREFUSED; /* TLS has asked before us */
	if (!error) {
		link->reached |= (events & POLLOUT) != 0;
		return;
	}
	if (!link->reached && error == ECONNRESET)
		error = ECONNREFUSED;
	because(link, strerror(error));
	link->lost = true;
}

static void read_all(struct link *link)
{
	int rc;

	do {
		rc = mosquitto_loop_read(link->mosquitto, 1);
	} while (!rc && !link->lost && link->up && more_to_read(link));
	if (rc)
		note_failure(link, rc);
}

void link_step(struct link *link, int64_t at_most_ms)
{
	int64_t now = now_ms();

	if (at_most_ms < 0 || at_most_ms > STEP_MOST_MS)
		at_most_ms = STEP_MOST_MS;
	if (!link->mosquitto) {
		if (now < link->retry_ms) {
			int64_t left_ms = link->retry_ms - now;
			poll(NULL, 0, (int)(left_ms < at_most_ms ? left_ms : at_most_ms));
			return;
		}
		go_up(link);
		if (!link->mosquitto)
			return;
	}
	short events = wait_for_socket(link, at_most_ms);
	if (!link->up && events)
		check_connecting(link, events);
	if (!link->lost && (events & (POLLIN | POLLERR | POLLHUP)))
		read_all(link);
	if (!link->lost && (events & POLLOUT)) {
		int rc = mosquitto_loop_write(link->mosquitto, 1);
		if (rc)
			note_failure(link, rc);
	}
	if (!link->lost && link->up && mosquitto_loop_misc(link->mosquitto))
		note_failure(link, MOSQ_ERR_KEEPALIVE);
	if (!link->lost && !link->up && now_ms() > link->give_up_ms) {
		because(link, "the broker does not answer");
		link->lost = true;
	}
	if (link->lost)
		go_down(link);
}

/* ---- the rest ---- */

int link_open(struct link **out, const struct account *account, const struct link_events *events,
	      void *context)
{
	struct link *link = calloc(1, sizeof(*link));

	if (!link)
		return ERR_NOMEM;
	mosquitto_lib_init();
	signal(SIGPIPE, SIG_IGN); /* a lost connection is an error of the write, not the end */
	link->account = *account;
	link->events = *events;
	link->context = context;
	link->protocol = MQTT_PROTOCOL_V5;
	link->backoff_ms = BACKOFF_FIRST_MS;
	*out = link;
	return 0;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	if (link->mosquitto) {
		if (link->up) {
			mosquitto_disconnect(link->mosquitto);
			mosquitto_loop_write(link->mosquitto, 1);
		}
		mosquitto_destroy(link->mosquitto);
	}
	free(link);
	mosquitto_lib_cleanup();
}

bool link_is_up(const struct link *link)
{
	return link->up;
}

const char *link_reason(const struct link *link)
{
	return link->reason;
}

bool link_is_refused(const struct link *link)
{
	return link->refused;
}

int link_subscribe(struct link *link, const char *topic, int *id)
{
	if (!link->up || mosquitto_subscribe(link->mosquitto, id, topic, 1))
		return ERR_DISCONNECTED;
	return 0;
}

int link_publish(struct link *link, const char *topic, const void *data, size_t size)
{
	if (!link->up || mosquitto_publish(link->mosquitto, NULL, topic, (int)size, data, 1, false))
		return ERR_DISCONNECTED;
	return 0;
}
