/* If this fails, a connection of a browser outlives its right: without a user for more than three minutes,
 * with a token that is over, or as another one's that stood at the same place in memory. (What the broker
 * itself does with the gate's answers is tested in tests/e2e/test_signin.py and test_broker.py.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "broker-config/gate.c"
#include "broker-config/token.c"

/* ---- a broker with one connection ---------------------------------------------------------- */

struct mosquitto {
	const char *id, *user;
	void *certificate; /* of one that came by the others' listeners */
};

static char kicked[CLIENT_ID_BYTES];

const char *mosquitto_client_id(const struct mosquitto *client)
{
	return client->id;
}

const char *mosquitto_client_username(const struct mosquitto *client)
{
	return client->user;
}

/* As the broker's: whoever asks frees it. */
void *mosquitto_client_certificate(const struct mosquitto *client)
{
	if (client->certificate)
		X509_up_ref(client->certificate);
	return client->certificate;
}

int mosquitto_kick_client_by_clientid(const char *id, bool with_will)
{
	(void)with_will;
	snprintf(kicked, sizeof(kicked), "%s", id);
	return MOSQ_ERR_SUCCESS;
}

int mosquitto_kick_client_by_username(const char *user, bool with_will)
{
	(void)user;
	(void)with_will;
	return MOSQ_ERR_SUCCESS;
}

void mosquitto_log_printf(int level, const char *format, ...)
{
	(void)level;
	(void)format;
}

int mosquitto_callback_register(mosquitto_plugin_id_t *identifier, int event,
				MOSQ_FUNC_generic_callback callback, const void *data, void *userdata)
{
	(void)identifier, (void)event, (void)callback, (void)data, (void)userdata;
	return MOSQ_ERR_SUCCESS;
}

int mosquitto_callback_unregister(mosquitto_plugin_id_t *identifier, int event,
				  MOSQ_FUNC_generic_callback callback, const void *data)
{
	(void)identifier, (void)event, (void)callback, (void)data;
	return MOSQ_ERR_SUCCESS;
}

/* ---- tests ---------------------------------------------------------------------------------- */

#define ID "c-0123456789abcdef0123456789abcdef"
#define SIGNIN "tsunagi/v1/directory/signin/" ID

static int set_up(void **state)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	assert_non_null(gate);
	gate->signed_out_file = gate->token_key_file = gate->revoked_file = NULL;
	kicked[0] = '\0';
	*state = gate;
	return 0;
}

static int tear_down(void **state)
{
	mosquitto_plugin_cleanup(*state, NULL, 0);
	return 0;
}

static int connects(struct gate *gate, struct mosquitto *client)
{
	struct mosquitto_evt_basic_auth auth = { .client = client };
	char *file = gate->token_key_file;

	gate->token_key_file = file ? file : strdup("/nonexistent");
	return on_basic_auth(MOSQ_EVT_BASIC_AUTH, &auth, gate);
}

static int asks(struct gate *gate, struct mosquitto *client, int access, const char *topic)
{
	struct mosquitto_evt_acl_check check = { .client = client, .access = access, .topic = topic };

	return on_acl_check(MOSQ_EVT_ACL_CHECK, &check, gate);
}

static void tick(struct gate *gate)
{
	gate->swept_at_s = 0;
	on_tick(MOSQ_EVT_TICK, NULL, gate);
}

static void nobody_lives_for_three_minutes(void **state)
{
	struct gate *gate = *state;
	struct mosquitto client = { ID, NULL, NULL };

	assert_int_equal(connects(gate, &client), MOSQ_ERR_SUCCESS);
	tick(gate);
	assert_string_equal(kicked, "");
	session_of(gate, &client)->since_s -= NOBODY_LIVES_S - 5;
	tick(gate);
	assert_string_equal(kicked, "");
	session_of(gate, &client)->since_s -= 5;
	tick(gate);
	assert_string_equal(kicked, ID);
	assert_null(session_of(gate, &client));
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, SIGNIN), MOSQ_ERR_ACL_DENIED);
}

static void nobody_asks_twice(void **state)
{
	struct gate *gate = *state;
	struct mosquitto client = { ID, NULL, NULL };

	assert_int_equal(connects(gate, &client), MOSQ_ERR_SUCCESS);
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, SIGNIN), MOSQ_ERR_SUCCESS);
	/* the broker asks about it again at a reload: the count stays */
	assert_int_equal(connects(gate, &client), MOSQ_ERR_SUCCESS);
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, SIGNIN), MOSQ_ERR_SUCCESS);
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, SIGNIN), MOSQ_ERR_ACL_DENIED);
	assert_string_equal(kicked, ""); /* not inside the broker's own call */
	assert_int_equal(asks(gate, &client, MOSQ_ACL_READ, "tsunagi/v1/directory/signed/" ID),
			 MOSQ_ERR_ACL_DENIED);
	tick(gate);
	assert_string_equal(kicked, ID);
}

/* Another connection at the same place in memory is another one. */
static void a_place_in_memory_is_no_name(void **state)
{
	static const char other[] = "c-ffffffffffffffffffffffffffffffff";
	struct gate *gate = *state;
	struct mosquitto client = { ID, NULL, NULL };
	struct token token = { .user = "hanako", .device = "web-1", .until_s = INT64_MAX };

	assert_true(session_begin(gate, &client, &token, "secret"));
	client.user = "hanako";
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, "tsunagi/v1/record/req/hanako/web-1"),
			 MOSQ_ERR_PLUGIN_DEFER);
	client.user = "taro";
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, "tsunagi/v1/record/req/hanako/web-1"),
			 MOSQ_ERR_ACL_DENIED);
	client = (struct mosquitto){ other, NULL, NULL };
	assert_int_equal(connects(gate, &client), MOSQ_ERR_SUCCESS);
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, "tsunagi/v1/record/req/hanako/web-1"),
			 MOSQ_ERR_ACL_DENIED);
	assert_int_equal(gate->session_count, 1);
	on_disconnect(MOSQ_EVT_DISCONNECT, &(struct mosquitto_evt_disconnect){ .client = &client }, gate);
	assert_int_equal(gate->session_count, 0);
}

/* On the ports with certificates nobody is believed by a password, and what is not known does nothing. */
static void who_has_a_certificate_is_no_browser(void **state)
{
	struct gate *gate = *state;
	X509 *certificate = X509_new();
	struct mosquitto client = { ID, NULL, certificate }, unknown = { ID, NULL, NULL };

	assert_int_equal(connects(gate, &client), MOSQ_ERR_AUTH);
	assert_int_equal(gate->session_count, 0);
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, SIGNIN), MOSQ_ERR_ACL_DENIED);
	assert_int_equal(asks(gate, &unknown, MOSQ_ACL_WRITE, SIGNIN), MOSQ_ERR_ACL_DENIED);
	unknown.user = "hanako";
	assert_int_equal(asks(gate, &unknown, MOSQ_ACL_READ, "tsunagi/v1/record/inbox/hanako"),
			 MOSQ_ERR_ACL_DENIED);
	X509_free(certificate); /* the last one: a sanitizer would tell of a leak */
}

static void a_token_s_end_cuts(void **state)
{
	struct gate *gate = *state;
	struct mosquitto client = { ID, "hanako", NULL };
	struct token token = { .user = "hanako", .device = "web-1", .until_s = time(NULL) + 1000 };

	assert_true(session_begin(gate, &client, &token, "secret"));
	tick(gate);
	assert_string_equal(kicked, "");
	session_of(gate, &client)->token.until_s = time(NULL);
	assert_int_equal(asks(gate, &client, MOSQ_ACL_WRITE, "tsunagi/v1/record/req/hanako/web-1"),
			 MOSQ_ERR_ACL_DENIED);
	tick(gate);
	assert_string_equal(kicked, ID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(nobody_lives_for_three_minutes),
		TEST(nobody_asks_twice),
		TEST(a_place_in_memory_is_no_name),
		TEST(who_has_a_certificate_is_no_browser),
		TEST(a_token_s_end_cuts),
#undef TEST
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
