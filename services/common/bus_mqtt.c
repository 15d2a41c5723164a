#include "bus_mqtt.h"

#include <mosquitto.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "log.h"

#define KEEPALIVE_S 30
#define RECONNECT_MS 500
#define TICK_MS 1000
/*
 * How long a batch waits for more to arrive while it comes: half as long as the last one took to be
 * decided and synced. So half of what is under way is read while the other half is on its way; a
 * batch of all of it would leave the broker idle during the sync, and the disk idle else (at 64
 * requests under way: 0.78 of the raw floor against 0.58).
 */
#define DRAIN_SHARE 0.5
#define DRAIN_LEAST 8 /* messages that are read in any case, if they are there */
#define STEP_LEAST_S 0.0004
#define MAX_TOPICS 20

struct bus_mqtt {
	struct bus bus; /* first: what the daemon publishes through */
	struct mosquitto *mosq;
	struct daemon *daemon;
	struct account account;
	char topics[MAX_TOPICS][LIMIT_TOPIC_BYTES];
	int n_topics, subscribed;
	bool connected, full;
	int64_t connect_at_ms, tick_at_ms;
	double held_at_s, last_step_s;
};

static int64_t now_ms(void)
{
	return clock_system->monotonic_ms(clock_system);
}

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int publish(struct bus *base, const char *topic, const void *data, size_t size, int qos,
		   bool retain)
{
	struct bus_mqtt *bus = (struct bus_mqtt *)(void *)base;

	if (!bus->connected)
		return ERR_DISCONNECTED;
	int rc = mosquitto_publish(bus->mosq, NULL, topic, (int)size, data, qos, retain);
	if (rc)
		log_event(LOG_LEVEL_WARN, "publish", "topic=%s error=\"%s\"", topic, mosquitto_strerror(rc));
	return rc ? ERR_DISCONNECTED : 0;
}

static void on_connect(struct mosquitto *mosq, void *context, int rc)
{
	struct bus_mqtt *bus = context;

	if (rc) {
		log_event(LOG_LEVEL_WARN, "connect", "error=\"%s\"", mosquitto_connack_string(rc));
		return;
	}
	bus->connected = true;
	bus->subscribed = 0;
	/* QoS 0 for the last leg: an acknowledgement from here would come before the commit and say
	 * nothing. Whoever wants an answer repeats until it is there. */
	for (int i = 0; i < bus->n_topics; i++)
		mosquitto_subscribe(mosq, NULL, bus->topics[i], 0);
}

static void on_subscribe(struct mosquitto *mosq, void *context, int mid, int n, const int *granted)
{
	struct bus_mqtt *bus = context;

	(void)mosq, (void)mid, (void)n, (void)granted;
	if (++bus->subscribed == bus->n_topics) {
		log_event(LOG_LEVEL_INFO, "connected", "host=%s port=%d", bus->account.host,
			  bus->account.port);
		daemon_connected(bus->daemon);
	}
}

static void on_disconnect(struct mosquitto *mosq, void *context, int rc)
{
	struct bus_mqtt *bus = context;

	(void)mosq;
	bus->connected = false;
	bus->connect_at_ms = now_ms() + RECONNECT_MS;
	log_event(LOG_LEVEL_WARN, "disconnected", "reason=\"%s\"", mosquitto_strerror(rc));
}

static void on_message(struct mosquitto *mosq, void *context, const struct mosquitto_message *message)
{
	struct bus_mqtt *bus = context;
	struct bytes payload = { message->payload, (size_t)message->payloadlen };

	(void)mosq;
	if (daemon_receive(bus->daemon, message->topic, payload))
		bus->full = true; /* dropped: its sender repeats it */
}

/* Exactly our topics: requests, and what each peer says to us. */
static void choose_topics(struct bus_mqtt *bus, const char *const *peers, bool signs_in)
{
	const char *self = bus->account.user;

	snprintf(bus->topics[bus->n_topics++], LIMIT_TOPIC_BYTES, "tsunagi/v1/%s/req/+/+", self);
	if (signs_in)
		snprintf(bus->topics[bus->n_topics++], LIMIT_TOPIC_BYTES, "tsunagi/v1/%s/signin/+", self);
	for (size_t i = 0; peers[i] && bus->n_topics + 2 <= MAX_TOPICS; i++) {
		snprintf(bus->topics[bus->n_topics++], LIMIT_TOPIC_BYTES, "tsunagi/v1/%s/notice/%s",
			 peers[i], self);
		snprintf(bus->topics[bus->n_topics++], LIMIT_TOPIC_BYTES, "tsunagi/v1/%s/res/%s/%s",
			 peers[i], self, self);
	}
}

static int set_up(struct bus_mqtt *bus)
{
	char ca[1100], cert[1100], key[1100];

	account_path(&bus->account, "ca.pem", ca, sizeof(ca));
	account_path(&bus->account, "cert.pem", cert, sizeof(cert));
	account_path(&bus->account, "key.pem", key, sizeof(key));
	int rc = mosquitto_tls_set(bus->mosq, ca, NULL, cert, key, NULL);
	if (!rc)
		rc = mosquitto_tls_opts_set(bus->mosq, 1, "tlsv1.3", NULL);
	if (!rc)
		rc = mosquitto_int_option(bus->mosq, MOSQ_OPT_TCP_NODELAY, 1);
	if (!rc)
		rc = mosquitto_max_inflight_messages_set(bus->mosq, 0);
	if (rc)
		log_event(LOG_LEVEL_ERROR, "tls", "folder=%s error=\"%s\"", bus->account.folder,
			  mosquitto_strerror(rc));
	mosquitto_connect_callback_set(bus->mosq, on_connect);
	mosquitto_disconnect_callback_set(bus->mosq, on_disconnect);
	mosquitto_subscribe_callback_set(bus->mosq, on_subscribe);
	mosquitto_message_callback_set(bus->mosq, on_message);
	return rc ? ERR_INVALID : 0;
}

int bus_mqtt_open(struct bus_mqtt **out, const struct account *account, const char *const *peers,
		  bool signs_in)
{
	struct bus_mqtt *bus = calloc(1, sizeof(*bus));

	if (!bus)
		return ERR_NOMEM;
	mosquitto_lib_init();
	bus->bus.publish = publish;
	bus->account = *account;
	choose_topics(bus, peers, signs_in);
	/* The broker wants the prefix of everybody, and takes the user's name instead of it on our port. */
	char client_id[LIMIT_NAME_BYTES + 3];
	snprintf(client_id, sizeof(client_id), "c-%s", account->user);
	bus->mosq = mosquitto_new(client_id, true, bus);
	int rc = bus->mosq ? set_up(bus) : ERR_NOMEM;
	if (rc) {
		bus_mqtt_free(bus);
		return rc;
	}
	*out = bus;
	return 0;
}

void bus_mqtt_free(struct bus_mqtt *bus)
{
	if (!bus)
		return;
	if (bus->mosq) {
		mosquitto_disconnect(bus->mosq);
		mosquitto_destroy(bus->mosq);
	}
	mosquitto_lib_cleanup();
	free(bus);
}

struct bus *bus_mqtt_bus(struct bus_mqtt *bus)
{
	return &bus->bus;
}

void bus_mqtt_attach(struct bus_mqtt *bus, struct daemon *daemon)
{
	bus->daemon = daemon;
}

int bus_mqtt_socket(struct bus_mqtt *bus, short *events)
{
	*events = (short)(POLLIN | (mosquitto_want_write(bus->mosq) ? POLLOUT : 0));
	return mosquitto_socket(bus->mosq);
}

int64_t bus_mqtt_wait_ms(struct bus_mqtt *bus)
{
	int64_t at_ms = mosquitto_socket(bus->mosq) < 0 ? bus->connect_at_ms : bus->tick_at_ms;
	int64_t wait_ms = at_ms - now_ms();
	return bus->full || wait_ms < 0 ? 0 : wait_ms;
}

static void connect_now(struct bus_mqtt *bus)
{
	if (now_ms() < bus->connect_at_ms)
		return;
	int rc = mosquitto_connect(bus->mosq, bus->account.host, bus->account.port, KEEPALIVE_S);
	if (rc)
		log_event(LOG_LEVEL_WARN, "connect", "host=%s port=%d error=\"%s\"", bus->account.host,
			  bus->account.port, mosquitto_strerror(rc));
	bus->connect_at_ms = now_ms() + RECONNECT_MS;
}

/* True while a read would find something: in the socket, or decrypted and not yet taken. */
static bool readable(struct bus_mqtt *bus)
{
	struct pollfd pollfd = { .fd = mosquitto_socket(bus->mosq), .events = POLLIN };
	SSL *ssl = mosquitto_ssl_get(bus->mosq);

	if (pollfd.fd < 0)
		return false;
	return (ssl && SSL_pending(ssl) > 0) || poll(&pollfd, 1, 0) > 0;
}

void bus_mqtt_turn(struct bus_mqtt *bus)
{
	double until_s = now_s() + bus->last_step_s * DRAIN_SHARE;
	int read = 0;

	bus->full = false;
	if (mosquitto_socket(bus->mosq) < 0)
		connect_now(bus);
	while (readable(bus)) {
		if (daemon_batch_full(bus->daemon) || (read++ >= DRAIN_LEAST && now_s() > until_s)) {
			bus->full = true;
			break;
		}
		if (mosquitto_loop_read(bus->mosq, 1))
			break;
	}
	if (now_ms() >= bus->tick_at_ms) {
		mosquitto_loop_misc(bus->mosq);
		bus->tick_at_ms = now_ms() + TICK_MS;
	}
}

static void cork(struct bus_mqtt *bus, int on)
{
	int fd = mosquitto_socket(bus->mosq);
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

void bus_mqtt_hold(struct bus_mqtt *bus)
{
	bus->held_at_s = now_s();
	cork(bus, 1);
}

void bus_mqtt_release(struct bus_mqtt *bus)
{
	double took_s = now_s() - bus->held_at_s;

	if (took_s > STEP_LEAST_S) /* else nothing was synced */
		bus->last_step_s = took_s;
	cork(bus, 0);
}

void bus_mqtt_flush(struct bus_mqtt *bus)
{
	if (mosquitto_socket(bus->mosq) >= 0 && mosquitto_want_write(bus->mosq))
		mosquitto_loop_write(bus->mosq, 1);
}
