/*
 * The gate: a mosquitto plugin for what the acl file cannot say.
 *
 * It is asked before the acl file about every subscription, publication and delivery, and either
 * denies or leaves the answer to that file. It cuts the live connections of revoked users when
 * `directory` says so on $CONTROL/tsunagi/v1:
 *
 *   revoke USER    have the broker load crl.pem again, then cut USER
 *   reload         have the broker load crl.pem again (it is renewed daily)
 *   signed-out     read the list of sessions that were ended, and cut them
 *
 * All read the files of revoked users (one name a line) and of ended sessions, and all who stand there
 * are cut, so a word lost while the broker was down does no harm. The order matters: a client that is
 * cut is back within a second and must meet the new list then. mosquitto loads it on SIGHUP, in its main
 * loop, and tells plugins just before (MOSQ_EVT_RELOAD); the next tick comes when it is loaded.
 *
 * On the listener for browsers it alone decides who comes in: with a user, whoever has a
 * good token of that user as the password, until its end; without one, whoever wants to sign in, to
 * ask directory twice at most and for some minutes. On the ports with certificates nobody is asked for
 * a password, and a token is nothing there.
 *
 * Options: plugin_opt_revoked FILE; plugin_opt_signed_out FILE (a line each: the token's id, and its end
 * in seconds since the Unix epoch); plugin_opt_token_key FILE (directory's public key, PEM).
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "token.h"

#define CONTROL_TOPIC "$CONTROL/tsunagi/v1"
#define NAME_BYTES 65         /* of a user, with its NUL */
#define CONTROL_BYTES 128     /* of a control message */
#define REVOKED_MAX 65536     /* users; about 4 MB */
#define PENDING_MAX 256       /* users to be cut at the next reload */
#define RELOAD_WAIT_S 2       /* if the broker has not reloaded by then, cut anyway */
#define KEY_BYTES 1024        /* of directory's public key */
#define SIGNED_OUT_MAX 262144 /* sessions; about 10 MB */
#define SESSIONS_MAX 16384    /* connections of browsers that are kept count of */
#define SESSION_BUCKETS 4096
#define CLIENT_ID_BYTES 128
/* A client without a user. */
#define NOBODY_ID_DIGITS 32
#define NOBODY_PUBLICATIONS 2 /* password, then second factor */
#define NOBODY_SUBSCRIPTIONS 4
#define NOBODY_PAYLOAD_BYTES (9 * 1024)
#define NOBODY_LIVES_S 180
#define CUTS_A_TICK 64
/* Who signs out still hears that they have. */
#define LAST_WORD_MS 200

/* MQTT 5 reason codes */
#define REASON_ERROR 0x83 /* implementation specific error */
#define REASON_NOT_AUTHORIZED 0x87

enum kind { KIND_NOBODY, KIND_PERSON, KIND_INSTANCE };

enum reload { RELOAD_NONE, RELOAD_ASKED, RELOAD_DONE };

/* A connection of a browser, from its CONNECT on. */
struct session {
	const struct mosquitto *client;
	struct token token;                     /* user "": nobody yet */
	uint8_t password[SHA256_DIGEST_LENGTH]; /* of the token's text */
	char client_id[CLIENT_ID_BYTES];
	time_t since_s; /* monotonic */
	unsigned publications, subscriptions;
	bool cut;          /* at a tick: not inside the broker's own callbacks */
	int64_t cut_at_ms; /* monotonic: and not before */
	struct session *next;
};

struct signed_out {
	char id[TOKEN_ID_BYTES + 1];
	int64_t until_s;
};

struct gate {
	mosquitto_plugin_id_t *id;
	char *revoked_file;
	char (*revoked)[NAME_BYTES]; /* sorted */
	size_t revoked_count;
	char pending[PENDING_MAX][NAME_BYTES];
	size_t pending_count;
	enum reload reload;
	time_t asked_at_s; /* monotonic */
	/* browsers */
	char *signed_out_file, *token_key_file;
	struct signed_out *signed_out; /* sorted */
	size_t signed_out_count;
	char key[KEY_BYTES + 1];
	size_t key_size;
	struct stat key_stat;
	struct session *sessions[SESSION_BUCKETS];
	size_t session_count;
	bool cuts;         /* some session is to be cut */
	time_t swept_at_s; /* monotonic */
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

/* All others come by the listeners that require a certificate. (One whose connection has just ended has
 * none any more: but nothing is known of it as a browser, and so it may do nothing.) */
static bool is_browser(const struct mosquitto *client)
{
	X509 *certificate = mosquitto_client_certificate(client);

	X509_free(certificate);
	return !certificate;
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

/* ---- browsers' sessions -------------------------------------------------------------------- */

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static time_t monotonic_s(void)
{
	return monotonic_ms() / 1000;
}

static struct session **bucket_of(struct gate *gate, const struct mosquitto *client)
{
	uintptr_t number = (uintptr_t)client;

	return &gate->sessions[(number >> 4 ^ number >> 16) % SESSION_BUCKETS];
}

static struct session *session_of(struct gate *gate, const struct mosquitto *client)
{
	struct session *session = *bucket_of(gate, client);

	while (session && session->client != client)
		session = session->next;
	return session;
}

static void session_end(struct gate *gate, const struct mosquitto *client)
{
	struct session **at = bucket_of(gate, client), *session;

	while (*at && (*at)->client != client)
		at = &(*at)->next;
	session = *at;
	if (!session)
		return;
	*at = session->next;
	gate->session_count--;
	free(session);
}

/* False: there are too many. */
static bool session_begin(struct gate *gate, const struct mosquitto *client,
			  const struct token *token, const char *password)
{
	struct session *session, **bucket = bucket_of(gate, client);

	session_end(gate, client); /* of a connection that had the same place in memory */
	if (gate->session_count >= SESSIONS_MAX) {
		mosquitto_log_printf(MOSQ_LOG_ERR, "gate: event=sessions-full limit=%d",
				     SESSIONS_MAX);
		return false;
	}
	session = calloc(1, sizeof(*session));
	if (!session)
		abort();
	session->client = client;
	session->token = *token;
	if (password)
		SHA256((const unsigned char *)password, strlen(password), session->password);
	snprintf(session->client_id, sizeof(session->client_id), "%s", mosquitto_client_id(client));
	session->since_s = monotonic_s();
	session->next = *bucket;
	*bucket = session;
	gate->session_count++;
	return true;
}

static void session_cut(struct gate *gate, struct session *session, int64_t in_ms)
{
	if (!session->cut)
		session->cut_at_ms = monotonic_ms() + in_ms;
	session->cut = true;
	gate->cuts = true;
}

static int compare_signed_out(const void *a, const void *b)
{
	const struct signed_out *left = a, *right = b;

	return strcmp(left->id, right->id);
}

static bool is_signed_out(const struct gate *gate, const char *id)
{
	struct signed_out wanted = {.until_s = 0};

	snprintf(wanted.id, sizeof(wanted.id), "%s", id);
	return gate->signed_out_count > 0 &&
	       bsearch(&wanted, gate->signed_out, gate->signed_out_count, sizeof(wanted),
		       compare_signed_out) != NULL;
}

/* Reads the file of ended sessions. Those whose token is over need no line any more. One that cannot be
 * read leaves the list as it is; before directory's first start there is none. */
static void load_signed_out(struct gate *gate)
{
	struct signed_out *list = NULL, item;
	size_t count = 0, room = 0, line_room = 0;
	char *line = NULL;
	long long until_s;
	FILE *file = fopen(gate->signed_out_file, "re");

	if (!file) {
		if (errno != ENOENT)
			mosquitto_log_printf(MOSQ_LOG_ERR,
					     "gate: event=signed-out-unreadable file=%s error=%s",
					     gate->signed_out_file, strerror(errno));
		return;
	}
	while (count < SIGNED_OUT_MAX && getline(&line, &line_room, file) >= 0) {
		if (sscanf(line, "%26[0-9A-Z] %lld", item.id, &until_s) != 2 ||
		    until_s <= time(NULL))
			continue;
		item.until_s = until_s;
		if (count == room) {
			room = room ? 2 * room : 64;
			list = realloc(list, room * sizeof(*list));
			if (!list)
				abort();
		}
		list[count++] = item;
	}
	free(line);
	fclose(file);
	if (count == SIGNED_OUT_MAX)
		mosquitto_log_printf(MOSQ_LOG_ERR, "gate: event=signed-out-full limit=%d",
				     SIGNED_OUT_MAX);
	if (count > 0)
		qsort(list, count, sizeof(*list), compare_signed_out);
	free(gate->signed_out);
	gate->signed_out = list;
	gate->signed_out_count = count;
	for (size_t i = 0; i < SESSION_BUCKETS; i++)
		for (struct session *at = gate->sessions[i]; at; at = at->next)
			if (at->token.user[0] && is_signed_out(gate, at->token.id))
				session_cut(gate, at, LAST_WORD_MS);
}

/* directory makes its key at its first start, when the broker is up already: looked at at each sign-in,
 * read when it is another one. */
static void load_key(struct gate *gate)
{
	struct stat found;
	FILE *file;

	if (stat(gate->token_key_file, &found) != 0 ||
	    (gate->key_size && found.st_ino == gate->key_stat.st_ino &&
	     found.st_mtim.tv_sec == gate->key_stat.st_mtim.tv_sec &&
	     found.st_mtim.tv_nsec == gate->key_stat.st_mtim.tv_nsec))
		return;
	file = fopen(gate->token_key_file, "re");
	if (!file)
		return;
	gate->key_size = fread(gate->key, 1, KEY_BYTES, file);
	gate->key[gate->key_size] = '\0';
	gate->key_stat = found;
	fclose(file);
}

/* c- and 128 random bits. */
static bool is_nobodys_id(const char *id)
{
	return strncmp(id, "c-", 2) == 0 && strlen(id) == 2 + NOBODY_ID_DIGITS &&
	       strspn(id + 2, "0123456789abcdef") == NOBODY_ID_DIGITS;
}

/*
 * At each reload the broker asks about all connections anew. Those that are known keep their counts, and
 * thousands of signatures are not verified again.
 */
static const struct session *known(struct gate *gate, const struct mosquitto *client,
				   const char *user, const char *password)
{
	const struct session *session = session_of(gate, client);
	uint8_t hash[SHA256_DIGEST_LENGTH];

	if (!session || strcmp(session->client_id, mosquitto_client_id(client)) != 0 ||
	    strcmp(session->token.user, user ? user : "") != 0)
		return NULL;
	if (!user)
		return session;
	if (!password)
		return NULL;
	SHA256((const unsigned char *)password, strlen(password), hash);
	return memcmp(hash, session->password, sizeof(hash)) == 0 ? session : NULL;
}

static bool token_holds(const struct gate *gate, const struct token *token)
{
	return token->until_s > time(NULL) && !name_is_reserved(token->user) &&
	       !is_revoked(gate, token->user) && !is_signed_out(gate, token->id);
}

static int on_basic_auth(int event, void *event_data, void *userdata)
{
	static const struct token nobody = {.user = ""};
	struct gate *gate = userdata;
	const struct mosquitto_evt_basic_auth *auth = event_data;
	const char *id = mosquitto_client_id(auth->client);
	struct token token;

	(void)event;
	if (!is_browser(auth->client) || !id)
		return MOSQ_ERR_AUTH;
	const struct session *before = known(gate, auth->client, auth->username, auth->password);
	if (!auth->username)
		return before || (!auth->password && is_nobodys_id(id) &&
				  session_begin(gate, auth->client, &nobody, NULL))
			       ? MOSQ_ERR_SUCCESS
			       : MOSQ_ERR_AUTH;
	if (before)
		return token_holds(gate, &before->token) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_AUTH;
	load_key(gate);
	if (!auth->password || strlen(id) >= CLIENT_ID_BYTES ||
	    !token_read(&token, auth->password, gate->key, gate->key_size, time(NULL)) ||
	    strcmp(token.user, auth->username) != 0 || !token_holds(gate, &token) ||
	    !session_begin(gate, auth->client, &token, auth->password))
		return MOSQ_ERR_AUTH;
	return MOSQ_ERR_SUCCESS;
}

static int on_disconnect(int event, void *event_data, void *userdata)
{
	const struct mosquitto_evt_disconnect *disconnect = event_data;

	(void)event;
	session_end(userdata, disconnect->client);
	return MOSQ_ERR_SUCCESS;
}

/* Each second: whose time is over. */
static void sweep_sessions(struct gate *gate)
{
	time_t now_s = time(NULL), monotonic = monotonic_s();

	if (gate->swept_at_s == monotonic)
		return;
	gate->swept_at_s = monotonic;
	for (size_t i = 0; i < SESSION_BUCKETS; i++)
		for (struct session *at = gate->sessions[i]; at; at = at->next)
			if (at->token.user[0] ? at->token.until_s <= now_s
					      : monotonic - at->since_s >= NOBODY_LIVES_S)
				session_cut(gate, at, 0);
}

static void cut_sessions(struct gate *gate)
{
	const struct mosquitto *clients[CUTS_A_TICK];
	char ids[CUTS_A_TICK][CLIENT_ID_BYTES];
	size_t count = 0;
	int64_t now_ms = monotonic_ms();

	if (!gate->cuts)
		return;
	gate->cuts = false;
	for (size_t i = 0; i < SESSION_BUCKETS; i++)
		for (struct session *at = gate->sessions[i]; at; at = at->next) {
			if (!at->cut)
				continue;
			if (at->cut_at_ms > now_ms || count == CUTS_A_TICK) {
				gate->cuts = true;
				continue;
			}
			clients[count] = at->client;
			memcpy(ids[count++], at->client_id, CLIENT_ID_BYTES);
			if (at->token.user[0]) /* of others there may be hundreds a second */
				mosquitto_log_printf(MOSQ_LOG_NOTICE,
						     "gate: event=cut user=%s device=%s",
						     at->token.user, at->token.device);
		}
	/* Kicking one ends its session (on_disconnect); one that is gone already ends here. */
	for (size_t i = 0; i < count; i++) {
		mosquitto_kick_client_by_clientid(ids[i], false);
		session_end(gate, clients[i]);
	}
}

/* ---- cutting ------------------------------------------------------------------------------ */

static void cut(const char *user)
{
	if (mosquitto_kick_client_by_username(user, false) == MOSQ_ERR_SUCCESS)
		mosquitto_log_printf(MOSQ_LOG_NOTICE, "gate: event=cut user=%s", user);
}

static int on_reload(int event, void *event_data, void *userdata)
{
	struct gate *gate = userdata;

	(void)event;
	(void)event_data;
	load_revoked(gate);
	load_signed_out(gate);
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
	sweep_sessions(gate);
	cut_sessions(gate);
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
	load_signed_out(gate);
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
	if (strcmp(text, "signed-out") == 0) {
		load_signed_out(gate);
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

/* tsunagi/v1/directory/<channel>/<client id> */
static bool is_own_door(const char *topic, const char *channel, const char *client_id)
{
	char own[64 + CLIENT_ID_BYTES];

	snprintf(own, sizeof(own), "tsunagi/v1/directory/%s/%s", channel, client_id);
	return strcmp(topic, own) == 0;
}

/* Without a user: one's own sign-in, and what directory says to it. */
static int check_nobody(struct gate *gate, struct session *session,
			const struct mosquitto_evt_acl_check *check)
{
	bool granted = false;

	if (session->cut)
		return MOSQ_ERR_ACL_DENIED;
	switch (check->access) {
	case MOSQ_ACL_WRITE:
		if (++session->publications > NOBODY_PUBLICATIONS)
			session_cut(gate, session, 0);
		else
			granted = !check->retain && check->payloadlen <= NOBODY_PAYLOAD_BYTES &&
				  is_own_door(check->topic, "signin", session->client_id);
		break;
	case MOSQ_ACL_SUBSCRIBE:
		if (++session->subscriptions > NOBODY_SUBSCRIPTIONS)
			session_cut(gate, session, 0);
		else
			granted = is_own_door(check->topic, "signed", session->client_id);
		break;
	case MOSQ_ACL_READ:
	case MOSQ_ACL_UNSUBSCRIBE:
		granted = is_own_door(check->topic, "signed", session->client_id);
		break;
	default:
		break;
	}
	return granted ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ACL_DENIED;
}

/* What follows the user in req/<user>/<device> and res/<user>/<device> must be the token's device. */
static bool is_own_device(const char *topic, const char *device)
{
	size_t length;
	const char *channel = channel_of(topic, &length);
	const char *last;

	if (!channel ||
	    (!channel_is(channel, length, "req") && !channel_is(channel, length, "res")))
		return true;
	last = strchr(channel + length + 1, '/');
	return last && strcmp(last + 1, device) == 0;
}

static int check_browser(struct gate *gate, const struct mosquitto_evt_acl_check *check)
{
	struct session *session = session_of(gate, check->client);
	const char *user = mosquitto_client_username(check->client);

	if (!session)
		return MOSQ_ERR_ACL_DENIED;
	if (!session->token.user[0])
		return check_nobody(gate, session, check);
	if (session->cut && check->access != MOSQ_ACL_READ)
		return MOSQ_ERR_ACL_DENIED;
	if (!user || strcmp(user, session->token.user) != 0 || is_revoked(gate, user) ||
	    session->token.until_s <= time(NULL))
		return MOSQ_ERR_ACL_DENIED;
	if (check->access == MOSQ_ACL_WRITE && check->retain)
		return MOSQ_ERR_ACL_DENIED;
	if (check->access == MOSQ_ACL_SUBSCRIBE && !may_subscribe(check->topic, user))
		return MOSQ_ERR_ACL_DENIED;
	return is_own_device(check->topic, session->token.device) ? MOSQ_ERR_PLUGIN_DEFER
								  : MOSQ_ERR_ACL_DENIED;
}

static int on_acl_check(int event, void *event_data, void *userdata)
{
	struct gate *gate = userdata;
	const struct mosquitto_evt_acl_check *check = event_data;
	const char *user = mosquitto_client_username(check->client);
	enum kind kind;

	(void)event;
	if (is_browser(check->client))
		return check_browser(gate, check);
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
	    (kind == KIND_PERSON || strcmp(user, program) == 0) &&
	    !may_subscribe(check->topic, user))
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
		if (strcmp(options[i].key, "signed_out") == 0 && !gate->signed_out_file)
			gate->signed_out_file = strdup(options[i].value);
		if (strcmp(options[i].key, "token_key") == 0 && !gate->token_key_file)
			gate->token_key_file = strdup(options[i].value);
	}
	if (!gate->revoked_file || !gate->signed_out_file || !gate->token_key_file) {
		mosquitto_log_printf(MOSQ_LOG_ERR,
				     "gate: plugin_opt_revoked, _signed_out or _token_key "
				     "is missing");
		return MOSQ_ERR_INVAL;
	}
	load_revoked(gate);
	load_signed_out(gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_ACL_CHECK, on_acl_check, NULL,
						 gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_BASIC_AUTH, on_basic_auth,
						 NULL, gate);
	if (!rc)
		rc = mosquitto_callback_register(identifier, MOSQ_EVT_DISCONNECT, on_disconnect,
						 NULL, gate);
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
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_BASIC_AUTH, on_basic_auth, NULL);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_DISCONNECT, on_disconnect, NULL);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_CONTROL, on_control, CONTROL_TOPIC);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_RELOAD, on_reload, NULL);
	mosquitto_callback_unregister(gate->id, MOSQ_EVT_TICK, on_tick, NULL);
	for (size_t i = 0; i < SESSION_BUCKETS; i++)
		while (gate->sessions[i])
			session_end(gate, gate->sessions[i]->client);
	free(gate->signed_out);
	free(gate->signed_out_file);
	free(gate->token_key_file);
	free(gate->revoked);
	free(gate->revoked_file);
	free(gate);
	return MOSQ_ERR_SUCCESS;
}
