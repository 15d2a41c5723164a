/*
 * The gate: a mosquitto plugin for what the acl file cannot say.
 *
 * It is asked before the acl file about every subscription, publication and delivery, and either
 * denies or leaves the answer to that file. It cuts the live connections of revoked users when
 * `directory` says so on $CONTROL/tsunagi/v1:
 *
 *   revoke USER    have the broker load crl.pem again, then cut USER
 *   reload         have the broker load crl.pem again (it is renewed daily)
 *
 * Both read the file of revoked users (one name a line), and all who stand in it are cut as well, so
 * a word lost while the broker was down does no harm. The order matters: a client that is cut is
 * back within a second and must meet the new list then. mosquitto loads it on SIGHUP, in its main
 * loop, and tells plugins just before (MOSQ_EVT_RELOAD); the next tick comes when it is loaded.
 *
 * Option: plugin_opt_revoked FILE.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <openssl/x509.h>

#define CONTROL_TOPIC "$CONTROL/tsunagi/v1"
#define NAME_BYTES 65     /* of a user, with its NUL */
#define CONTROL_BYTES 128 /* of a control message */
#define REVOKED_MAX 65536 /* users; about 4 MB */
#define PENDING_MAX 256   /* users to be cut at the next reload */
#define RELOAD_WAIT_S 2   /* if the broker has not reloaded by then, cut anyway */

/* MQTT 5 reason codes */
#define REASON_ERROR 0x83 /* implementation specific error */
#define REASON_NOT_AUTHORIZED 0x87

enum kind { KIND_NOBODY, KIND_PERSON, KIND_INSTANCE };

enum reload { RELOAD_NONE, RELOAD_ASKED, RELOAD_DONE };

struct gate {
	mosquitto_plugin_id_t *id;
	char *revoked_file;
	char (*revoked)[NAME_BYTES]; /* sorted */
	size_t revoked_count;
	char pending[PENDING_MAX][NAME_BYTES];
	size_t pending_count;
	enum reload reload;
	time_t asked_at_s; /* monotonic */
};

/* ---- names -------------------------------------------------------------------------------- */

/* The names that stand for daemons, and their shards (record-3). The pki script has the same list. */
static const char *const instances[] = {
	"directory", "record", "board", "referral", "rota", "alert", "conference",
};
/* It has an instance's certificate and door, and beyond these a person's rights: it asks, and reads
 * its answers. */
static const char program[] = "relay";

static bool name_is_valid(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return length > 0 && length < NAME_BYTES && name[length] == '\0';
}

static bool name_is_reserved(const char *name)
{
	if (strcmp(name, program) == 0)
		return true;
	for (size_t i = 0; i < sizeof(instances) / sizeof(instances[0]); i++) {
		size_t length = strlen(instances[i]);

		if (strncmp(name, instances[i], length) != 0)
			continue;
		if (name[length] == '\0')
			return true;
		if (name[length] == '-' && name[length + 1] != '\0' &&
		    name[length + 1 + strspn(name + length + 1, "0123456789")] == '\0')
			return true;
	}
	return false;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool is_revoked(const struct gate *gate, const char *user)
{
	return gate->revoked_count > 0 &&
	       bsearch(user, gate->revoked, gate->revoked_count, NAME_BYTES, compare_names) != NULL;
}

/* The certificate's organizational unit, which the CA writes, tells people from instances. */
static enum kind kind_of(const struct mosquitto *client, const char *user)
{
	char unit[16];
	int length;
	X509 *certificate = mosquitto_client_certificate(client);

	if (!certificate)
		return KIND_NOBODY;
	length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
					   NID_organizationalUnitName, unit, sizeof(unit));
	X509_free(certificate);
	if (length < 0)
		return KIND_NOBODY;
	if (strcmp(unit, "instance") == 0 && name_is_reserved(user))
		return KIND_INSTANCE;
	if (strcmp(unit, "person") == 0 && !name_is_reserved(user))
		return KIND_PERSON;
	return KIND_NOBODY;
}

/* There the broker makes the user's name the client id; on the people's port they begin with c-. */
static bool on_instances_port(const struct mosquitto *client, const char *user)
{
	const char *id = mosquitto_client_id(client);

	return id && strcmp(id, user) == 0;
}

/* ---- the revoked -------------------------------------------------------------------------- */

/* Reads the file of revoked users. A file that cannot be read leaves the list as it is. */
static void load_revoked(struct gate *gate)
{
	char *line = NULL;
	char(*names)[NAME_BYTES] = NULL;
	size_t count = 0, room = 0, line_room = 0;
	FILE *file = fopen(gate->revoked_file, "re");

	if (!file) {
		mosquitto_log_printf(MOSQ_LOG_ERR,
				     "gate: event=revoked-unreadable file=%s error=%s",
				     gate->revoked_file, strerror(errno));
		return;
	}
	while (count < REVOKED_MAX && getline(&line, &line_room, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!name_is_valid(line))
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			names = realloc(names, room * sizeof(*names));
			if (!names)
				abort();
		}
		memcpy(names[count++], line, strlen(line) + 1);
	}
	free(line);
	fclose(file);
	if (count == REVOKED_MAX)
		mosquitto_log_printf(MOSQ_LOG_ERR, "gate: event=revoked-full limit=%d",
				     REVOKED_MAX);
	if (count > 0)
		qsort(names, count, sizeof(*names), compare_names);
	free(gate->revoked);
	gate->revoked = names;
	gate->revoked_count = count;
}

static void cut(const char *user)
{
	if (mosquitto_kick_client_by_username(user, false) == MOSQ_ERR_SUCCESS)
		mosquitto_log_printf(MOSQ_LOG_NOTICE, "gate: event=cut user=%s", user);
}

static time_t monotonic_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static int on_reload(int event, void *event_data, void *userdata)
{
	struct gate *gate = userdata;

	(void)event;
	(void)event_data;
	load_revoked(gate);
	gate->reload = RELOAD_DONE;
	return MOSQ_ERR_SUCCESS;
}

static int on_tick(int event, void *event_data, void *userdata)
{
	struct gate *gate = userdata;

	(void)event;
	(void)event_data;
	if (gate->reload == RELOAD_ASKED && monotonic_s() - gate->asked_at_s > RELOAD_WAIT_S) {
		mosquitto_log_printf(MOSQ_LOG_ERR, "gate: event=reload-late");
		gate->reload = RELOAD_DONE;
	}
	if (gate->reload != RELOAD_DONE)
		return MOSQ_ERR_SUCCESS;
	gate->reload = RELOAD_NONE;
	for (size_t i = 0; i < gate->pending_count; i++)
		cut(gate->pending[i]);
	gate->pending_count = 0;
	for (size_t i = 0; i < gate->revoked_count; i++)
		cut(gate->revoked[i]);
	return MOSQ_ERR_SUCCESS;
}

/* ---- directory's word --------------------------------------------------------------------- */

static void ask_reload(struct gate *gate)
{
	load_revoked(gate);
	gate->reload = RELOAD_ASKED;
	gate->asked_at_s = monotonic_s();
	kill(getpid(), SIGHUP);
}

/* The reason goes out in the acknowledgement; any return code but success ends the connection. */
static int refuse_control(struct mosquitto_evt_control *control, uint8_t reason, const char *why)
{
	mosquitto_log_printf(MOSQ_LOG_WARNING, "gate: event=control-refused bytes=%u why=%s",
			     control->payloadlen, why);
	control->reason_code = reason;
	return MOSQ_ERR_SUCCESS;
}

static int on_control(int event, void *event_data, void *userdata)
{
	struct gate *gate = userdata;
	struct mosquitto_evt_control *control = event_data;
	const char *from = mosquitto_client_username(control->client);
	char text[CONTROL_BYTES + 1];

	(void)event;
	if (!from || strcmp(from, "directory") != 0 ||
	    kind_of(control->client, from) != KIND_INSTANCE)
		return refuse_control(control, REASON_NOT_AUTHORIZED, "sender");
	if (control->payloadlen == 0 || control->payloadlen > CONTROL_BYTES)
		return refuse_control(control, REASON_ERROR, "length");
	memcpy(text, control->payload, control->payloadlen);
	text[control->payloadlen] = '\0';
	text[strcspn(text, "\n")] = '\0';

	if (strcmp(text, "reload") == 0) {
		ask_reload(gate);
		return MOSQ_ERR_SUCCESS;
	}
	if (strncmp(text, "revoke ", 7) != 0 || !name_is_valid(text + 7))
		return refuse_control(control, REASON_ERROR, "unknown");
	if (gate->pending_count == PENDING_MAX)
		cut(text + 7);
	else
		memcpy(gate->pending[gate->pending_count++], text + 7, strlen(text + 7) + 1);
	ask_reload(gate);
	return MOSQ_ERR_SUCCESS;
}

/* ---- who may do what ---------------------------------------------------------------------- */

/* The fourth level of tsunagi/v1/<instance>/<channel>/… and what follows it, or NULL. */
static const char *channel_of(const char *topic, size_t *length)
{
	static const char prefix[] = "tsunagi/v1/";
	const char *channel;

	if (strncmp(topic, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	channel = strchr(topic + sizeof(prefix) - 1, '/');
	if (!channel)
		return NULL;
	channel++;
	*length = strcspn(channel, "/");
	return channel[*length] == '/' ? channel : NULL;
}

static bool channel_is(const char *channel, size_t length, const char *name)
{
	return length == strlen(name) && memcmp(channel, name, length) == 0;
}

/*
 * A person subscribes to what the acl file would deliver, and to nothing more: a subscription to
 * everything would have the broker weigh each message of the city for that person.
 */
static bool may_subscribe(const char *filter, const char *user)
{
	size_t length, user_length = strlen(user);
	const char *channel = channel_of(filter, &length);
	const char *name;

	if (!channel)
		return false;
	if (channel_is(channel, length, "state"))
		return true;
	if (!channel_is(channel, length, "res") && !channel_is(channel, length, "inbox"))
		return false;
	name = channel + length + 1;
	return strncmp(name, user, user_length) == 0 &&
	       (name[user_length] == '\0' || name[user_length] == '/');
}

static bool is_state(const char *topic)
{
	size_t length;
	const char *channel = channel_of(topic, &length);

	return channel && channel_is(channel, length, "state");
}

static int on_acl_check(int event, void *event_data, void *userdata)
{
	const struct gate *gate = userdata;
	const struct mosquitto_evt_acl_check *check = event_data;
	const char *user = mosquitto_client_username(check->client);
	enum kind kind;

	(void)event;
	/* Nobody: a pattern of the acl file without %u would let them in. */
	if (!user || !name_is_valid(user))
		return MOSQ_ERR_ACL_DENIED;
	if (is_revoked(gate, user))
		return MOSQ_ERR_ACL_DENIED;
	kind = kind_of(check->client, user);
	if (kind == KIND_NOBODY ||
	    on_instances_port(check->client, user) != (kind == KIND_INSTANCE))
		return MOSQ_ERR_ACL_DENIED;
	/* A retained request would come back to its daemon at each subscription. */
	if (check->access == MOSQ_ACL_WRITE && check->retain && !is_state(check->topic))
		return MOSQ_ERR_ACL_DENIED;
	if (check->access == MOSQ_ACL_SUBSCRIBE &&
	    (kind == KIND_PERSON || strcmp(user, program) == 0) && !may_subscribe(check->topic, user))
		return MOSQ_ERR_ACL_DENIED;
	return MOSQ_ERR_PLUGIN_DEFER;
}

/* ---- plugin ------------------------------------------------------------------------------- */

int mosquitto_plugin_version(int supported_version_count, const int *supported_versions)
{
	for (int i = 0; i < supported_version_count; i++) {
		if (supported_versions[i] == MOSQ_PLUGIN_VERSION)
			return MOSQ_PLUGIN_VERSION;
	}
	return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *identifier, void **userdata,
			  struct mosquitto_opt *options, int option_count)
{
	struct gate *gate = calloc(1, sizeof(*gate));
	int rc = MOSQ_ERR_SUCCESS;

	if (!gate)
		return MOSQ_ERR_NOMEM;
	*userdata = gate;
	gate->id = identifier;
	for (int i = 0; i < option_count; i++) {
		if (strcmp(options[i].key, "revoked") == 0 && !gate->revoked_file)
			gate->revoked_file = strdup(options[i].value);
	}
	if (!gate->revoked_file) {
		mosquitto_log_printf(MOSQ_LOG_ERR, "gate: plugin_opt_revoked is missing");
		return MOSQ_ERR_INVAL;
	}
	load_revoked(gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_ACL_CHECK, on_acl_check, NULL,
						 gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_CONTROL, on_control,
						 CONTROL_TOPIC, gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_RELOAD, on_reload, NULL,
						 gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_TICK, on_tick, NULL, gate);
	return rc;
}

int mosquitto_plugin_cleanup(void *userdata, struct mosquitto_opt *options, int option_count)
{
	struct gate *gate = userdata;

	(void)options;
	(void)option_count;
	if (!gate)
		return MOSQ_ERR_SUCCESS;
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_ACL_CHECK, on_acl_check, NULL);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_CONTROL, on_control, CONTROL_TOPIC);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_RELOAD, on_reload, NULL);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_TICK, on_tick, NULL);
	free(gate->revoked);
	free(gate->revoked_file);
	free(gate);
	return MOSQ_ERR_SUCCESS;
}
