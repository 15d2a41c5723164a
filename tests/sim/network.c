/*
 * The broker: hands each message to whom the topic says, unless a fault comes in between. It believes
 * nobody: a daemon that writes outside its own topics (DESIGN §5) is a failure of the seed.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define TOPIC_ROOT "tsunagi/v1/"
#define GATE_TOPIC "$CONTROL/tsunagi/v1"

static struct packet *packet_make(int from, const char *topic, const void *data, size_t size)
{
	struct packet *packet = malloc(sizeof(*packet) + size + 1);
	if (!packet || strlen(topic) >= sizeof(packet->topic))
		abort();
	packet->from = from;
	packet->to = -1;
	packet->copies = 1;
	packet->size = size;
	strcpy(packet->topic, topic);
	if (size)
		memcpy(packet->data, data, size);
	packet->data[size] = 0;
	return packet;
}

void packet_drop(struct packet *packet)
{
	if (packet && --packet->copies == 0)
		free(packet);
}

int network_publish(struct bus *bus, const char *topic, const void *data, size_t size, int qos,
		    bool retain)
{
	struct sim_bus *self = (struct sim_bus *)(void *)bus; /* its first member */
	struct host *host = &self->sim->hosts[self->host];
	(void)qos;
	(void)retain;

	if (!host->connected)
		return ERR_DISCONNECTED;
	if (size > LIMIT_PAYLOAD_BYTES)
		sim_fail(self->sim, "payload", "host=%s topic=%s size=%zu", host->spec->name, topic,
			 size);
	if (host->dying && host->speak_at_most == 0)
		return 0; /* said to a broker that the process will not live to hear of */
	if (host->dying)
		host->speak_at_most--;
	if (host->n_outbox == SIM_OUTBOX) {
		sim_fail(self->sim, "outbox", "host=%s says more than %d things in one step",
			 host->spec->name, SIM_OUTBOX);
		return 0;
	}
	host->outbox[host->n_outbox++] = packet_make(self->host, topic, data, size);
	return 0;
}

/* ---- on the way ------------------------------------------------------------------------------ */

static bool connected(const struct sim *sim, int who)
{
	return who < HOSTS ? sim->hosts[who].connected : sim->terminals[who - HOSTS].connected;
}

static void send_copy(struct sim *sim, struct packet *packet, int to)
{
	int64_t delay_ms = rng_between(&sim->net_rng, 1, 4);
	if (rng_chance(&sim->net_rng, sim->faults.slow))
		delay_ms += rng_between(&sim->net_rng, 1, sim->faults.slow_ms);
	packet->copies++;
	queue_add(&sim->queue, (struct event){.at_ms = sim->now_ms + delay_ms,
					      .kind = EVENT_ARRIVE,
					      .target = to,
					      .life = sim->epoch,
					      .packet = packet});
}

static void send_to(struct sim *sim, struct packet *packet, int to)
{
	if (!connected(sim, to))
		return;
	if (rng_chance(&sim->net_rng, sim->faults.drop)) {
		sim_trace(sim, "lost to=%d topic=%s", to, packet->topic);
		return;
	}
	send_copy(sim, packet, to);
	if (rng_chance(&sim->net_rng, sim->faults.duplicate))
		send_copy(sim, packet, to);
}

void network_lose_all(struct sim *sim)
{
	sim->epoch++; /* what is under way arrives in an epoch that is over */
}

/* ---- whose topic it is ----------------------------------------------------------------------- */

static int host_named(const struct sim *sim, const char *name)
{
	for (int i = 0; i < HOSTS; i++)
		if (!strcmp(sim->hosts[i].spec->name, name))
			return i;
	return -1;
}

/* device NULL: all devices of the user. */
static void to_user(struct sim *sim, struct packet *packet, const char *user, const char *device)
{
	int host = host_named(sim, user);
	if (host >= 0)
		send_to(sim, packet, host);
	for (size_t i = 0; host < 0 && i < sim->n_terminals; i++)
		if (!strcmp(sim->terminals[i].user, user) &&
		    (!device || !strcmp(sim->terminals[i].device, device)))
			send_to(sim, packet, RECEIVER_TERMINAL(i));
}

/* Every fourth terminal has subscribed to that; the others renew their watches
 * by the clock alone. */
static void to_everybody(struct sim *sim, struct packet *packet)
{
	for (size_t i = 0; i < sim->n_terminals; i += 4)
		send_to(sim, packet, RECEIVER_TERMINAL(i));
}

static void to_onlookers(struct sim *sim, struct packet *packet)
{
	for (size_t i = 0; i < sim->n_terminals; i++)
		for (int k = 0; k < SIM_WATCHES; k++)
			if (sim->terminals[i].watches[k].kind == WATCH_BOARD &&
			    sim->terminals[i].watches[k].open)
				send_to(sim, packet, RECEIVER_TERMINAL(i));
}

/* As the gate does at a word of directory's and at its start: who stands in the file is cut off. */
void network_cut_revoked(struct sim *sim)
{
	char path[TEMPORARY_SIZE + 16], line[LIMIT_NAME_BYTES + 2];
	snprintf(path, sizeof(path), "%s/revoked", sim->broker);
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < sim->n_terminals; i++)
			if (!strcmp(sim->terminals[i].user, line)) {
				sim->terminals[i].revoked = true;
				terminal_connected(sim, i, false);
			}
	}
	if (file)
		fclose(file);
}

static void to_gate(struct sim *sim, const struct packet *packet)
{
	const char *word = (const char *)packet->data;
	if (packet->from != HOST_DIRECTORY ||
	    (strncmp(word, "revoke ", 7) && strcmp(word, "reload\n")))
		sim_fail(sim, "topics", "host=%s topic=%s", sim->hosts[packet->from].spec->name,
			 packet->topic);
	network_cut_revoked(sim);
}

/* tsunagi/v1/<instance>/<what>/<user>[/<device>] */
static void from_host(struct sim *sim, struct packet *packet)
{
	const char *self = sim->hosts[packet->from].spec->name;
	char copy[LIMIT_TOPIC_BYTES], *rest = copy;

	if (!strcmp(packet->topic, GATE_TOPIC)) {
		to_gate(sim, packet);
		return;
	}
	strcpy(copy, packet->topic);
	bool ours = !strncmp(copy, TOPIC_ROOT, strlen(TOPIC_ROOT));
	rest += ours ? strlen(TOPIC_ROOT) : 0;
	char *instance = strsep(&rest, "/"), *what = strsep(&rest, "/");
	char *user = strsep(&rest, "/"), *device = strsep(&rest, "/");
	int host = instance ? host_named(sim, instance) : -1;

	if (!ours || !user || rest)
		sim_fail(sim, "topics", "host=%s topic=%s", self, packet->topic);
	else if (!strcmp(what, "req") && device && !strcmp(user, self) && !strcmp(device, self))
		host >= 0 ? send_to(sim, packet, host) : (void)0;
	else if (strcmp(instance, self))
		sim_fail(sim, "topics", "host=%s topic=%s", self, packet->topic);
	else if (!strcmp(what, "res") && device)
		to_user(sim, packet, user, device);
	else if (!strcmp(what, "state") && !device && !strcmp(user, self))
		to_everybody(sim, packet);
	else if (!strcmp(what, "state") && !device && packet->from == HOST_BOARD)
		to_onlookers(sim, packet);
	else if (!strcmp(what, "state") && !device && packet->from == HOST_ROTA)
		return; /* for a telephone switch */
	else if (!strcmp(what, "inbox") && !device)
		to_user(sim, packet, user, NULL);
	else if (!strcmp(what, "notice") && !device && host_named(sim, user) >= 0)
		send_to(sim, packet, host_named(sim, user));
	else if (strcmp(what,
			"notice")) /* of an instance that does not exist here: nobody hears it */
		sim_fail(sim, "topics", "host=%s topic=%s", self, packet->topic);
}

void network_deliver_outbox(struct sim *sim, struct host *host)
{
	for (size_t i = 0; i < host->n_outbox; i++) {
		from_host(sim, host->outbox[i]);
		packet_drop(host->outbox[i]);
	}
	host->n_outbox = 0;
}

/* What a terminal sends. Its device may be another than it says elsewhere: see the attacks. */
void network_request(struct sim *sim, size_t terminal, int host, const char *device,
		     struct bytes packed)
{
	const struct terminal *self = &sim->terminals[terminal];
	char topic[LIMIT_TOPIC_BYTES];

	if (!self->connected)
		return;
	snprintf(topic, sizeof(topic), TOPIC_ROOT "%s/req/%s/%s", sim->hosts[host].spec->name,
		 self->user, device);
	struct packet *packet =
		packet_make(RECEIVER_TERMINAL(terminal), topic, packed.data, packed.size);
	send_to(sim, packet, host);
	packet_drop(packet);
}
