/* If this fails, somebody signs in who should not, or cannot who should: a wrong password counts for
 * nothing, a ticket works twice or for another, an ended session goes on, or a password is to be found
 * where it must not stand. */
#include <liboath/oath.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include "log.h"
#include "tests/lib/soft_passkey.h"
#include "tests/lib/test_pki.h"
#include "tests/unit/daemon_test.h"

#include "broker-config/token.c"

int directory_main(int argc, char **argv);
#define main directory_main
#include "services/directory/main.c"
#undef main

#define CLIENT "c-0123456789abcdef0123456789abcdef"
#define PASSWORD "correct horse battery"
#define HOST "tsunagi.example"
#define ORIGIN "https://tsunagi.example"

struct bench {
	struct fixture *f;
	char folder[TEMPORARY_SIZE], pki[TEMPORARY_SIZE + 16], broker[TEMPORARY_SIZE + 16];
	char key[TEMPORARY_SIZE + 16];
	const char *demonstration;
	bool optional;
	struct directory directory;
	const char *client;
	Reply *reply;
};

static void open_daemon(struct bench *b)
{
	struct directory *d = &b->directory;

	directory_stop(d);
	*d = (struct directory){ .scrypt_log2_n = 4 };
	assert_int_equal(directory_option(d, "pki", b->pki), 0);
	assert_int_equal(directory_option(d, "broker", b->broker), 0);
	assert_int_equal(directory_option(d, "seed-admin", NULL), 0);
	assert_int_equal(directory_option(d, "token-key", b->key), 0);
	assert_int_equal(directory_option(d, "rp-id", HOST), 0);
	assert_int_equal(directory_option(d, "origin", ORIGIN), 0);
	assert_int_equal(directory_option(d, "second-factor", b->optional ? "optional" : "required"), 0);
	if (b->demonstration)
		assert_int_equal(directory_option(d, "demonstration-password", b->demonstration), 0);
	start(b->f);
	fixture_step(b->f);
}

static void close_daemon(struct bench *b)
{
	fixture_stop(b->f);
	directory_stop(&b->directory);
}

static void reopen(struct bench *b)
{
	close_daemon(b);
	open_daemon(b);
}

static Code enrol(struct bench *b, const char *user)
{
	Enrol request = Enrol_INIT;
	Person person = Person_INIT;

	person.id = text(b->f, user);
	person.name = text(b->f, "山田　花子");
	person.organisation = text(b->f, "centre");
	person.profession = PROFESSION_NURSE;
	request.person = &person;
	return ask(b->f, "admin", &request.base);
}

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	log_init("test", LOG_LEVEL_ERROR + 1);
	b->f = new_fixture(&directory_spec);
	b->f->context = &b->directory;
	temporary_make(b->folder, "sign-in");
	snprintf(b->pki, sizeof(b->pki), "%s/pki", b->folder);
	snprintf(b->broker, sizeof(b->broker), "%s/broker", b->folder);
	snprintf(b->key, sizeof(b->key), "%s/token.pem", b->folder);
	mkdir(b->pki, 0700);
	mkdir(b->broker, 0700);
	test_pki_make(b->pki);
	b->client = CLIENT;
	open_daemon(b);
	assert_int_equal(enrol(b, "hanako"), CODE_OK);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *fixture = b->f;

	close_daemon(b);
	temporary_remove(b->folder);
	test_free(b);
	return free_fixture(&fixture);
}

/* ---- doing -------------------------------------------------------------------------------- */

static char *topic(struct bench *b, const char *channel)
{
	return arena_printf(&b->f->arena, "tsunagi/v1/directory/%s/%s", channel, b->client);
}

static void send_sign_in(struct bench *b, const SignIn *body)
{
	Request request = fixture_request(b->f, &body->base, 0, false);

	recording_bus_clear(&b->f->bus);
	fixture_receive(b->f, topic(b, "signin"), &request.base);
}

static const Reply *answered(struct bench *b)
{
	b->reply = fixture_said(b->f, &Reply_descriptor, topic(b, "signed") + strlen("tsunagi/v1/"), 0);
	return b->reply;
}

static Code try(struct bench *b, const SignIn *body)
{
	send_sign_in(b, body);
	fixture_step(b->f);
	assert_non_null(answered(b));
	if (b->reply->code != CODE_OK)
		assert_true(b->reply->message_ja[0] && b->reply->message_en[0] && !b->reply->body.len);
	return b->reply->code;
}

static const SignedIn *said(struct bench *b)
{
	assert_int_equal(b->reply->code, CODE_OK);
	assert_string_equal(b->reply->type, "SignedIn");
	return fixture_decode(b->f, &SignedIn_descriptor, b->reply->body);
}

static SignIn first(struct bench *b, const char *user, const char *password)
{
	SignIn body = SignIn_INIT;

	body.user = text(b->f, user);
	body.password = text(b->f, password);
	body.device = text(b->f, "web-a1");
	return body;
}

static Code try_password(struct bench *b, const char *user, const char *password)
{
	SignIn body = first(b, user, password);
	return try(b, &body);
}

static SignIn second(const SignedIn *answer)
{
	SignIn body = SignIn_INIT;

	body.ticket = answer->ticket;
	return body;
}

static Code set_password(struct bench *b, const char *by, const char *user, const char *present,
			 const char *password)
{
	SetPassword request = SetPassword_INIT;

	request.user = text(b->f, user);
	request.present = text(b->f, present);
	request.password = text(b->f, password);
	return ask(b->f, by, &request.base);
}

static uint8_t secret_bytes[] = "12345678901234567890";
static ProtobufCBinaryData secret(void)
{
	return (ProtobufCBinaryData){ TOTP_SECRET_BYTES, secret_bytes };
}

/* The code of now, or of some steps later. */
static char *code_at(struct bench *b, int steps)
{
	char *out = arena_alloc(&b->f->arena, TOTP_DIGITS + 1);
	time_t at = (time_t)(b->f->clock.wall_ms / 1000 + 30 * steps);

	assert_int_equal(oath_totp_generate((const char *)secret_bytes, TOTP_SECRET_BYTES, at, 30, 0, 6, out),
			 OATH_OK);
	return out;
}

static Code set_totp(struct bench *b, const char *by, const char *code)
{
	SetTotp request = SetTotp_INIT;

	request.secret = secret();
	request.code = text(b->f, code);
	return ask(b->f, by, &request.base);
}

/* An own password and no second factor needed. */
static void simple(struct bench *b)
{
	b->optional = true;
	reopen(b);
	assert_int_equal(set_password(b, "hanako", "", "", PASSWORD), CODE_OK);
}

static const SignedIn *signed_in(struct bench *b, const char *device)
{
	SignIn body = first(b, "hanako", PASSWORD);

	body.device = text(b->f, device);
	assert_int_equal(try(b, &body), CODE_OK);
	assert_true(said(b)->token[0]);
	return said(b);
}

static const char *file_text(struct bench *b, const char *name)
{
	char *found = arena_alloc(&b->f->arena, 65536);
	FILE *file = fopen(arena_printf(&b->f->arena, "%s/%s", b->broker, name), "r");

	assert_non_null(file);
	found[fread(found, 1, 65535, file)] = '\0';
	fclose(file);
	return found;
}

static bool token_good(struct bench *b, const char *token_text, struct token *token)
{
	const char *key = file_text(b, "token.pub");
	return token_read(token, token_text, key, strlen(key), b->f->clock.wall_ms / 1000);
}

static uint64_t head(struct bench *b)
{
	return daemon_head(b->f->daemon);
}

static size_t sessions(struct bench *b, const char *user)
{
	ListDevices request = ListDevices_INIT;

	request.user = text(b->f, user);
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_OK);
	return ((const DeviceList *)fixture_body(b->f, &DeviceList_descriptor))->n_sessions;
}

/* ---- passwords ---------------------------------------------------------------------------- */

static void a_password_gives_a_token(void **state)
{
	struct bench *b = *state;
	struct token token;

	simple(b);
	const SignedIn *answer = signed_in(b, "web-a1");
	assert_true(token_good(b, answer->token, &token));
	assert_string_equal(token.user, "hanako");
	assert_string_equal(token.device, "web-a1");
	assert_int_equal(token.until_s, answer->until_ms / 1000);
	assert_int_equal(answer->until_ms, b->f->clock.wall_ms + TOKEN_MS);
	assert_int_equal(sessions(b, "hanako"), 1);
	/* another key, one that a restart makes no difference to */
	const char *key = file_text(b, "token.pub");
	reopen(b);
	assert_string_equal(file_text(b, "token.pub"), key);
	test_clock_advance(&b->f->clock, TOKEN_MS);
	assert_false(token_good(b, answer->token, &token));
	assert_int_equal(sessions(b, "hanako"), 0);
	rebuilt_the_same(b->f);
}

/* Same code, same words, and the same for those who were revoked or never had a password. */
static void what_is_wrong_is_not_said(void **state)
{
	struct bench *b = *state;

	simple(b);
	assert_int_equal(enrol(b, "taro"), CODE_OK);
	assert_int_equal(try_password(b, "hanako", "wrong"), CODE_PERMISSION_DENIED);
	const char *words = text(b->f, b->reply->message_ja);
	const char *others[] = { "nobody", "taro", "record" };
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(try_password(b, others[i], PASSWORD), CODE_PERMISSION_DENIED);
		assert_string_equal(b->reply->message_ja, words);
		assert_string_equal(b->reply->field, "");
	}
}

static void failures_delay_known_and_unknown_alike(void **state)
{
	static const int64_t delays_s[] = { 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 };
	static const char *const users[] = { "hanako", "nobody" };
	struct bench *b = *state;

	simple(b);
	for (size_t u = 0; u < 2; u++)
		for (size_t i = 0; i < sizeof(delays_s) / sizeof(*delays_s); i++) {
			assert_int_equal(try_password(b, users[u], "wrong"), CODE_PERMISSION_DENIED);
			if (!delays_s[i])
				continue;
			uint64_t before = head(b);
			test_clock_advance(&b->f->clock, delays_s[i] * 1000 - 1);
			/* even the right one is not looked at, and no fact says so */
			assert_int_equal(try_password(b, users[u], PASSWORD), CODE_RESOURCE_EXHAUSTED);
			assert_non_null(strstr(b->reply->message_en, "1 s"));
			assert_int_equal(head(b), before);
			test_clock_advance(&b->f->clock, 1);
		}
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	assert_int_equal(try_password(b, "hanako", "wrong"), CODE_PERMISSION_DENIED);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	rebuilt_the_same(b->f);
}

static void failures_are_facts_for_those_who_are_known(void **state)
{
	struct bench *b = *state;
	ShowSignIn show = ShowSignIn_INIT;
	uint64_t at;

	simple(b);
	at = head(b);
	try_password(b, "nobody", "wrong");
	assert_int_equal(head(b), at);
	try_password(b, "hanako", "wrong");
	assert_int_equal(head(b), at + 1);
	const JournalEntry *entry = fixture_fact(b->f, "SignInTried", &at);
	assert_string_equal(entry->user, "directory");
	const SignInTried *fact = fixture_decode(b->f, &SignInTried_descriptor, entry->fact);
	assert_string_equal(fact->user, "hanako");
	assert_string_equal(fact->device, "web-a1");
	assert_int_equal(fact->outcome, SIGN_IN_OUTCOME_WRONG_PASSWORD);
	show.user = text(b->f, "hanako");
	assert_int_equal(ask(b->f, "admin", &show.base), CODE_OK);
	assert_int_equal(((SignInShown *)fixture_body(b->f, &SignInShown_descriptor))->failures, 1);
	assert_int_equal(ask(b->f, "stranger", &show.base), CODE_UNAVAILABLE);
}

static void the_form_is_checked_before_anything_is_looked_up(void **state)
{
	struct bench *b = *state;
	static const char *const devices[] = { "", "phone", "web-A", "web-", "web-../../x",
					       "web-12345678901234567890123456789" };
	SignIn body = first(b, "hanako", PASSWORD);

	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		body.device = text(b->f, devices[i]);
		assert_int_equal(try(b, &body), CODE_INVALID_ARGUMENT);
		assert_string_equal(b->reply->field, "device");
	}
	assert_int_equal(try_password(b, "", PASSWORD), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "user");
	assert_int_equal(try_password(b, "hanako", ""), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "password");
	char *longest = arena_alloc(&b->f->arena, LIMIT_SIGN_IN_BYTES + 1);
	memset(longest, 'a', LIMIT_SIGN_IN_BYTES);
	body = first(b, longest, PASSWORD);
	assert_int_equal(try(b, &body), CODE_INVALID_ARGUMENT);
	assert_int_equal(try_password(b, text(b->f, longest + LIMIT_SIGN_IN_BYTES - 300), PASSWORD),
			 CODE_PERMISSION_DENIED);
}

/* ---- the two steps ------------------------------------------------------------------------ */

static void digits_with_the_password_or_after_it(void **state)
{
	struct bench *b = *state;

	simple(b);
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	/* the code that was shown for the secret is used up */
	SignIn body = first(b, "hanako", PASSWORD);
	body.totp = code_at(b, 0);
	assert_int_equal(try(b, &body), CODE_PERMISSION_DENIED);
	test_clock_advance(&b->f->clock, 30000);
	body.totp = code_at(b, 0);
	assert_int_equal(try(b, &body), CODE_OK);
	assert_true(said(b)->token[0]);
	assert_int_equal(try(b, &body), CODE_PERMISSION_DENIED);

	test_clock_advance(&b->f->clock, 30000);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	const SignedIn *half = said(b);
	assert_string_equal(half->token, "");
	assert_true(half->totp && half->ticket.len && !half->challenge.len && !half->set_up_totp);
	SignIn then = second(half);
	then.totp = text(b->f, "000000");
	assert_int_equal(try(b, &then), CODE_PERMISSION_DENIED);
	then.totp = code_at(b, 0);
	assert_int_equal(try(b, &then), CODE_OK);
	assert_true(said(b)->token[0]);
	/* the ticket is used up, whatever comes with it */
	test_clock_advance(&b->f->clock, 30000);
	then.totp = code_at(b, 0);
	assert_int_equal(try(b, &then), CODE_FAILED_PRECONDITION);
	assert_string_equal(b->reply->field, "ticket");
	rebuilt_the_same(b->f);
}

static void a_ticket_is_of_one_client_for_five_minutes(void **state)
{
	struct bench *b = *state;

	simple(b);
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	test_clock_advance(&b->f->clock, 60000);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	SignIn then = second(said(b));
	then.totp = code_at(b, 0);
	b->client = "c-ffffffffffffffffffffffffffffffff";
	assert_int_equal(try(b, &then), CODE_FAILED_PRECONDITION);
	b->client = CLIENT;
	for (size_t i = 0; i < then.ticket.len; i += 7) {
		then.ticket.data[i] ^= 1;
		assert_int_equal(try(b, &then), CODE_FAILED_PRECONDITION);
		then.ticket.data[i] ^= 1;
	}
	/* a restart between the steps makes no difference */
	reopen(b);
	assert_int_equal(try(b, &then), CODE_OK);
	test_clock_advance(&b->f->clock, 60000);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	then = second(said(b));
	test_clock_advance(&b->f->clock, TICKET_MS);
	then.totp = code_at(b, 0);
	assert_int_equal(try(b, &then), CODE_FAILED_PRECONDITION);
}

static void a_new_password_ends_tickets_and_sessions(void **state)
{
	struct bench *b = *state;

	simple(b);
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	test_clock_advance(&b->f->clock, 30000);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	SignIn then = second(said(b));
	test_clock_advance(&b->f->clock, 30000);
	assert_int_equal(set_password(b, "hanako", "", "wrong one", "another password"), CODE_PERMISSION_DENIED);
	assert_string_equal(b->f->reply->field, "present");
	assert_int_equal(set_password(b, "hanako", "", PASSWORD, PASSWORD), CODE_INVALID_ARGUMENT);
	assert_int_equal(set_password(b, "hanako", "", PASSWORD, "another password"), CODE_OK);
	then.totp = code_at(b, 0);
	assert_int_equal(try(b, &then), CODE_FAILED_PRECONDITION);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_PERMISSION_DENIED);
	assert_int_equal(try_password(b, "hanako", "another password"), CODE_OK);
}

static void a_required_factor_is_set_up_at_the_first_sign_in(void **state)
{
	struct bench *b = *state;

	assert_int_equal(set_password(b, "admin", "hanako", "", "for-once-123"), CODE_OK);
	assert_int_equal(try_password(b, "hanako", "for-once-123"), CODE_OK);
	const SignedIn *half = said(b);
	assert_true(half->change_password && half->set_up_totp && !half->totp && !half->token[0]);
	SignIn then = second(half);
	assert_int_equal(try(b, &then), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "new_totp_secret");
	then.new_totp_secret = secret();
	then.totp = text(b->f, "000000");
	assert_int_equal(try(b, &then), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "totp");
	then.totp = code_at(b, 0);
	then.new_password = text(b->f, "short");
	assert_int_equal(try(b, &then), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->reply->field, "new_password");
	then.new_password = text(b->f, "for-once-123");
	assert_int_equal(try(b, &then), CODE_INVALID_ARGUMENT);
	then.new_password = text(b->f, PASSWORD);
	assert_int_equal(try(b, &then), CODE_OK);
	assert_true(said(b)->token[0]);
	/* both hold from now on */
	test_clock_advance(&b->f->clock, 30000);
	SignIn body = first(b, "hanako", PASSWORD);
	body.totp = code_at(b, 0);
	assert_int_equal(try(b, &body), CODE_OK);
	assert_true(said(b)->token[0]);
	assert_int_equal(try_password(b, "hanako", "for-once-123"), CODE_PERMISSION_DENIED);
	rebuilt_the_same(b->f);
}

static void a_passkey_is_a_second_factor(void **state)
{
	struct bench *b = *state;
	struct soft_passkey passkey;

	soft_passkey_init(&passkey, HOST, ORIGIN);
	simple(b);
	AddPasskey *made = soft_passkey_made(&passkey, &b->f->arena);
	assert_int_equal(ask(b->f, "hanako", &made->base), CODE_OK);
	made->password = text(b->f, PASSWORD);
	assert_int_equal(ask(b->f, "hanako", &made->base), CODE_ALREADY_EXISTS);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	const SignedIn *half = said(b);
	assert_int_equal(half->challenge.len, CHALLENGE_BYTES);
	assert_int_equal(half->n_passkeys, 1);
	assert_false(half->totp);
	SignIn then = second(half);
	then.passkey = soft_passkey_signs(&passkey, &b->f->arena, half->challenge);
	assert_int_equal(try(b, &then), CODE_OK);
	assert_true(said(b)->token[0]);
	assert_int_equal(try(b, &then), CODE_FAILED_PRECONDITION);
	/* a ticket of its own, the challenge of another */
	test_clock_advance(&b->f->clock, 1000);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	SignIn wrong = second(said(b));
	wrong.passkey = soft_passkey_signs(&passkey, &b->f->arena, half->challenge);
	assert_int_equal(try(b, &wrong), CODE_PERMISSION_DENIED);
	wrong.passkey = NULL;
	wrong.totp = text(b->f, "123456");
	assert_int_equal(try(b, &wrong), CODE_PERMISSION_DENIED);

	ShowSignIn show = ShowSignIn_INIT;
	assert_int_equal(ask(b->f, "hanako", &show.base), CODE_OK);
	const SignInShown *shown = fixture_body(b->f, &SignInShown_descriptor);
	assert_int_equal(shown->n_passkeys, 1);
	assert_string_equal(shown->passkeys[0]->name, "電話");
	assert_int_equal(shown->passkeys[0]->public_key.len, 0);
	RemovePasskey remove_it = RemovePasskey_INIT;
	remove_it.credential = made->passkey->credential;
	remove_it.password = text(b->f, PASSWORD);
	assert_int_equal(ask(b->f, "hanako", &remove_it.base), CODE_OK);
	assert_int_equal(ask(b->f, "hanako", &remove_it.base), CODE_NOT_FOUND);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	assert_true(said(b)->token[0]);
	rebuilt_the_same(b->f);
	soft_passkey_close(&passkey);
}

/* SetTotp, AddPasskey and RemovePasskey of one's own, where nothing but the proof is wanting. */
enum change { ANEW, AWAY, ADD, REMOVE, N_CHANGES };

static Code change_factor(struct bench *b, enum change change, const AddPasskey *passkey,
			  const char *password, const char *code)
{
	SetTotp totp = SetTotp_INIT;
	AddPasskey add = *passkey;
	RemovePasskey gone = RemovePasskey_INIT;

	totp.password = add.password = gone.password = text(b->f, password);
	totp.present_code = add.present_code = gone.present_code = text(b->f, code);
	gone.credential = passkey->passkey->credential;
	if (change == ANEW) {
		totp.secret = secret();
		totp.code = code_at(b, 0);
	}
	return ask(b->f, "hanako", change == ADD      ? &add.base
				   : change == REMOVE ? &gone.base
						      : &totp.base);
}

/* An open screen is not enough to make somebody's factor one's own, whichever way. */
static void a_factor_is_changed_only_with_proof_of_the_present_one(void **state)
{
	struct bench *b = *state;
	struct soft_passkey passkey;

	soft_passkey_init(&passkey, HOST, ORIGIN);
	AddPasskey *made = soft_passkey_made(&passkey, &b->f->arena);
	simple(b);
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	for (int change = ANEW; change < N_CHANGES; change++) {
		uint64_t before = head(b);
		assert_int_equal(change_factor(b, change, made, "", ""), CODE_PERMISSION_DENIED);
		assert_string_equal(b->f->reply->field, "password");
		assert_int_equal(change_factor(b, change, made, "wrong one", code_at(b, 1)),
				 CODE_PERMISSION_DENIED);
		assert_string_equal(b->f->reply->field, "password");
		/* nor is a code of another time enough */
		assert_int_equal(change_factor(b, change, made, PASSWORD, code_at(b, 3)),
				 CODE_PERMISSION_DENIED);
		assert_string_equal(b->f->reply->field, "present_code");
		assert_int_equal(head(b), before);
		test_clock_advance(&b->f->clock, 2 * DELAY_MOST_MS);
		assert_int_equal(set_password(b, "hanako", "", PASSWORD, PASSWORD), CODE_INVALID_ARGUMENT);
	}
	assert_int_equal(change_factor(b, ADD, made, PASSWORD, code_at(b, 0)), CODE_OK);
	assert_int_equal(change_factor(b, REMOVE, made, PASSWORD, code_at(b, 0)), CODE_PERMISSION_DENIED);
	assert_int_equal(change_factor(b, REMOVE, made, PASSWORD, code_at(b, 1)), CODE_OK);
	test_clock_advance(&b->f->clock, 60000);
	assert_int_equal(change_factor(b, ANEW, made, PASSWORD, code_at(b, 0)), CODE_OK);
	test_clock_advance(&b->f->clock, 60000);
	assert_int_equal(change_factor(b, AWAY, made, PASSWORD, code_at(b, 0)), CODE_OK);
	/* of a passkey alone the password is the proof */
	assert_int_equal(ask(b->f, "hanako", &made->base), CODE_OK);
	assert_int_equal(change_factor(b, ANEW, made, "", ""), CODE_PERMISSION_DENIED);
	assert_int_equal(change_factor(b, REMOVE, made, PASSWORD, ""), CODE_OK);
	rebuilt_the_same(b->f);
	soft_passkey_close(&passkey);
}

static void wrong_proof_is_slowed_as_a_wrong_password_is(void **state)
{
	struct bench *b = *state;
	struct soft_passkey passkey;

	soft_passkey_init(&passkey, HOST, ORIGIN);
	AddPasskey *made = soft_passkey_made(&passkey, &b->f->arena);
	simple(b);
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	assert_int_equal(change_factor(b, AWAY, made, PASSWORD, "000000"), CODE_PERMISSION_DENIED);
	assert_int_equal(change_factor(b, ANEW, made, PASSWORD, "000000"), CODE_PERMISSION_DENIED);
	assert_int_equal(change_factor(b, ADD, made, PASSWORD, "000000"), CODE_PERMISSION_DENIED);
	assert_int_equal(set_password(b, "hanako", "", "wrong one", "another password"), CODE_PERMISSION_DENIED);
	test_clock_advance(&b->f->clock, 1999);
	for (int change = ANEW; change < N_CHANGES; change++)
		assert_int_equal(change_factor(b, change, made, PASSWORD, code_at(b, 1)),
				 CODE_RESOURCE_EXHAUSTED);
	assert_int_equal(set_password(b, "hanako", "", PASSWORD, "another password"), CODE_RESOURCE_EXHAUSTED);
	test_clock_advance(&b->f->clock, 1);
	assert_int_equal(change_factor(b, AWAY, made, PASSWORD, code_at(b, 1)), CODE_OK);
	soft_passkey_close(&passkey);
}

static void the_demonstration_s_password_is_of_those_without_their_own(void **state)
{
	struct bench *b = *state;

	b->demonstration = "tsunagi-demo";
	reopen(b);
	assert_int_equal(try_password(b, "hanako", "ｔｓｕｎａｇｉ-demo"), CODE_OK);
	assert_true(said(b)->token[0]);
	assert_int_equal(try_password(b, "hanako", "tsunagi-dem"), CODE_PERMISSION_DENIED);
	assert_int_equal(try_password(b, "nobody", "tsunagi-demo"), CODE_PERMISSION_DENIED);
	assert_int_equal(set_password(b, "hanako", "", "", PASSWORD), CODE_PERMISSION_DENIED);
	/* it is the proof as well, where a factor is changed */
	SetTotp away = SetTotp_INIT;
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	away.present_code = code_at(b, 1);
	assert_int_equal(ask(b->f, "hanako", &away.base), CODE_PERMISSION_DENIED);
	away.password = text(b->f, "tsunagi-demo");
	assert_int_equal(ask(b->f, "hanako", &away.base), CODE_OK);
	assert_int_equal(set_password(b, "hanako", "", "tsunagi-demo", PASSWORD), CODE_OK);
	assert_int_equal(try_password(b, "hanako", "tsunagi-demo"), CODE_PERMISSION_DENIED);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_OK);
	assert_true(said(b)->token[0]);
}

/* ---- sessions ----------------------------------------------------------------------------- */

static const char *word(struct bench *b)
{
	const struct recorded *found = recording_bus_find(&b->f->bus, "$CONTROL/tsunagi/v1", 0);
	return found ? arena_printf(&b->f->arena, "%.*s", (int)found->payload.size,
				    (const char *)found->payload.data)
		     : "";
}

static void who_signs_out_is_named_to_the_gate_before_the_answer(void **state)
{
	struct bench *b = *state;
	SignOut request = SignOut_INIT;
	struct token one, two;

	simple(b);
	assert_string_equal(file_text(b, "signed-out"), "");
	assert_true(token_good(b, signed_in(b, "web-one")->token, &one));
	assert_true(token_good(b, signed_in(b, "web-two")->token, &two));
	request.user = text(b->f, "hanako");
	request.device = text(b->f, "web-one");
	assert_int_equal(ask(b->f, "hanako", &request.base), CODE_OK);
	assert_string_equal(word(b), "signed-out\n");
	const char *lines = file_text(b, "signed-out");
	assert_non_null(strstr(lines, one.id));
	assert_null(strstr(lines, two.id));
	assert_int_equal(sessions(b, "hanako"), 1);
	request.device = text(b->f, "");
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_OK);
	assert_non_null(strstr(file_text(b, "signed-out"), two.id));
	assert_int_equal(sessions(b, "hanako"), 0);
	/* the lines go when the tokens are over */
	test_clock_advance(&b->f->clock, TOKEN_MS + 1000);
	signed_in(b, "web-one");
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_OK);
	assert_null(strstr(file_text(b, "signed-out"), two.id));
	rebuilt_the_same(b->f);
}

static void a_revoked_person_is_signed_out_and_has_no_password_any_longer(void **state)
{
	struct bench *b = *state;
	Revoke request = Revoke_INIT;
	struct token token;

	simple(b);
	assert_true(token_good(b, signed_in(b, "web-one")->token, &token));
	request.user = text(b->f, "hanako");
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_OK);
	assert_non_null(strstr(file_text(b, "signed-out"), token.id));
	assert_string_equal(file_text(b, "revoked"), "hanako\n");
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_PERMISSION_DENIED);
	assert_int_equal(enrol(b, "hanako"), CODE_OK);
	assert_int_equal(try_password(b, "hanako", PASSWORD), CODE_PERMISSION_DENIED);
	rebuilt_the_same(b->f);
}

static void a_change_of_one_s_password_keeps_the_own_session(void **state)
{
	struct bench *b = *state;

	simple(b);
	signed_in(b, "web-one");
	signed_in(b, "web-two");
	assert_int_equal(sessions(b, "hanako"), 2);
	SetPassword request = SetPassword_INIT;
	request.present = text(b->f, PASSWORD);
	request.password = text(b->f, "another password");
	Request sent = fixture_request(b->f, &request.base, 0, false);
	recording_bus_clear(&b->f->bus);
	fixture_receive(b->f, "tsunagi/v1/directory/req/hanako/web-two", &sent.base);
	fixture_step(b->f);
	assert_int_equal(sessions(b, "hanako"), 1);
	rebuilt_the_same(b->f);
}

static void there_is_an_end_to_sessions(void **state)
{
	struct bench *b = *state;
	struct token oldest;

	simple(b);
	assert_true(token_good(b, signed_in(b, "web-one")->token, &oldest));
	for (int i = 0; i < SESSIONS_OF_USER; i++) {
		test_clock_advance(&b->f->clock, 1000);
		signed_in(b, "web-two");
	}
	assert_int_equal(sessions(b, "hanako"), SESSIONS_OF_USER);
	assert_non_null(strstr(file_text(b, "signed-out"), oldest.id));
	rebuilt_the_same(b->f);
}

static void others_are_an_administrator_s_business(void **state)
{
	struct bench *b = *state;
	SignOut out = SignOut_INIT;
	ShowSignIn show = ShowSignIn_INIT;
	SetTotp totp = SetTotp_INIT;
	RemovePasskey passkey = RemovePasskey_INIT;

	assert_int_equal(enrol(b, "taro"), CODE_OK);
	out.user = show.user = totp.user = passkey.user = text(b->f, "hanako");
	assert_int_equal(set_password(b, "taro", "hanako", "", PASSWORD), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(b->f, "taro", &out.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(b->f, "taro", &show.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(b->f, "taro", &totp.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(b->f, "taro", &passkey.base), CODE_PERMISSION_DENIED);
	/* an administrator sets a secret without a code of it, and takes it away */
	totp.secret = secret();
	assert_int_equal(ask(b->f, "admin", &totp.base), CODE_OK);
	totp.secret.len = 0;
	assert_int_equal(ask(b->f, "admin", &totp.base), CODE_OK);
	assert_int_equal(ask(b->f, "admin", &totp.base), CODE_FAILED_PRECONDITION);
	/* one's own goes by a code of it */
	totp.user = text(b->f, "");
	assert_int_equal(set_totp(b, "hanako", "123456"), CODE_INVALID_ARGUMENT);
	assert_int_equal(set_totp(b, "hanako", code_at(b, 0)), CODE_OK);
	assert_int_equal(ask(b->f, "hanako", &totp.base), CODE_PERMISSION_DENIED);
	totp.present_code = code_at(b, 1);
	assert_int_equal(ask(b->f, "hanako", &totp.base), CODE_OK);
	out.user = text(b->f, "nobody");
	assert_int_equal(ask(b->f, "admin", &out.base), CODE_NOT_FOUND);
	assert_int_equal(set_password(b, "admin", "nobody", "", PASSWORD), CODE_NOT_FOUND);
}

/* ---- where a password must not stand ------------------------------------------------------- */

static bool stands_in(const void *where, size_t size, const char *what)
{
	return memmem(where, size, what, strlen(what)) != NULL;
}

static void no_password_and_no_quick_hash_of_it_is_journalled(void **state)
{
	struct bench *b = *state;
	uint8_t digest[32];
	struct tx tx;
	JournalEntry *entry;

	simple(b);
	SetPassword request = SetPassword_INIT;
	request.user = text(b->f, "hanako");
	request.password = text(b->f, PASSWORD);
	Request sent = fixture_request(b->f, &request.base, 0, false);
	struct bytes packed;
	assert_int_equal(codec_pack(&sent.base, &b->f->arena, &packed), 0);
	SHA256(packed.data, packed.size, digest);
	assert_int_equal(fixture_call(b->f, "admin", &sent)->code, CODE_OK);
	uint64_t position = b->f->reply->position;
	/* the same again is the same; with another password it is not tried either */
	assert_int_equal(fixture_call(b->f, "admin", &sent)->position, position);
	try_password(b, "hanako", PASSWORD);
	assert_int_equal(tx_begin(&tx, daemon_store(b->f->daemon), &b->f->arena, false), 0);
	for (uint64_t at = 1; at <= head(b); at++) {
		assert_int_equal(journal_read(&tx, at, &entry), 0);
		assert_false(stands_in(entry->fact.data, entry->fact.len, PASSWORD));
		assert_false(entry->request_digest.len &&
			     !memcmp(entry->request_digest.data, digest, sizeof(digest)));
	}
	tx_abort(&tx);
}

/* ---- the worker --------------------------------------------------------------------------- */

struct slow_worker {
	struct worker worker;
	struct work *held[4];
	size_t n, done;
};

static int hold(struct worker *base, struct work *work)
{
	struct slow_worker *worker = (struct slow_worker *)(void *)base;

	if (worker->n == 4)
		return ERR_FULL;
	worker->held[worker->n++] = work;
	return 0;
}

static struct work *finished(struct worker *base)
{
	struct slow_worker *worker = (struct slow_worker *)(void *)base;

	if (worker->done == worker->n)
		return NULL;
	struct work *work = worker->held[worker->done++];
	work->run(work->plan);
	return work;
}

static struct work *not_yet(struct worker *base)
{
	(void)base;
	return NULL;
}

static void the_loop_goes_on_while_the_worker_works(void **state)
{
	struct bench *b = *state;
	struct slow_worker slow = { .worker = { hold, not_yet } };
	WhoAmI who = WhoAmI_INIT;

	simple(b);
	b->f->options.worker = &slow.worker;
	reopen(b);
	SignIn body = first(b, "hanako", PASSWORD);
	for (int i = 0; i < 4; i++) {
		send_sign_in(b, &body);
		fixture_step(b->f);
		assert_null(answered(b));
	}
	/* the queue is full: said at once, and to nobody's harm */
	assert_int_equal(try(b, &body), CODE_RESOURCE_EXHAUSTED);
	assert_int_equal(set_password(b, "hanako", "", PASSWORD, "another password"), CODE_RESOURCE_EXHAUSTED);
	assert_int_equal(ask(b->f, "hanako", &who.base), CODE_OK);
	recording_bus_clear(&b->f->bus);
	slow.worker.finished = finished;
	fixture_step(b->f);
	for (size_t i = 0; i < 4; i++)
		assert_non_null(fixture_said(b->f, &Reply_descriptor, "directory/signed/" CLIENT, i));
	assert_null(fixture_said(b->f, &Reply_descriptor, "directory/signed/" CLIENT, 4));
	assert_int_equal(sessions(b, "hanako"), 4);
}

static void who_is_not_known_is_handed_over_as_a_stranger(void **state)
{
	struct bench *b = *state;
	struct slow_worker slow = { .worker = { hold, not_yet } };

	simple(b);
	b->f->options.worker = &slow.worker;
	reopen(b);
	static const char *const users[] = { "hanako", "nobody" };
	for (size_t i = 0; i < 2; i++) {
		SignIn body = first(b, users[i], "wrong");
		send_sign_in(b, &body);
		fixture_step(b->f);
		assert_int_equal(slow.n, i + 1);
		assert_int_equal(slow.held[i]->stranger, i == 1);
	}
	slow.worker.finished = finished;
	fixture_step(b->f);
	const Reply *known = fixture_said(b->f, &Reply_descriptor, "directory/signed/" CLIENT, 0);
	assert_int_equal(known->code, CODE_PERMISSION_DENIED);
}

/* Wrong passwords that were all begun before the first was found wrong. */
static void a_volley_of_attempts_is_no_way_round_the_delay(void **state)
{
	struct bench *b = *state;
	struct slow_worker slow = { .worker = { hold, not_yet } };

	simple(b);
	for (int i = 0; i < 3; i++)
		try_password(b, "hanako", "wrong");
	b->f->options.worker = &slow.worker;
	reopen(b);
	SignIn wrong = first(b, "hanako", "wrong"), right = first(b, "hanako", PASSWORD);
	send_sign_in(b, &wrong);
	fixture_step(b->f);
	send_sign_in(b, &right);
	fixture_step(b->f);
	slow.worker.finished = finished;
	fixture_step(b->f);
	const Reply *reply = fixture_said(b->f, &Reply_descriptor, "directory/signed/" CLIENT, 0);
	assert_int_equal(reply->code, CODE_PERMISSION_DENIED);
	reply = fixture_said(b->f, &Reply_descriptor, "directory/signed/" CLIENT, 1);
	assert_int_equal(reply->code, CODE_RESOURCE_EXHAUSTED);
}

/* Nothing of a sign-in that could not be written is there, and the next one goes. */
static void a_store_that_fails_is_an_answer(void **state)
{
	struct bench *b = *state;
	bool fired = true;

	simple(b);
	for (unsigned nth = 1; fired; nth++) {
		assert_true(nth < 100);
		store_inject(daemon_store(b->f->daemon), STORE_FAULT_PUT, nth, 2, ERR_FULL);
		Code code = try_password(b, "hanako", PASSWORD);
		store_inject(daemon_store(b->f->daemon), STORE_FAULT_PUT, 0, 0, 0);
		fired = code != CODE_OK;
		if (fired) {
			assert_int_equal(code, CODE_RESOURCE_EXHAUSTED);
			assert_int_equal(sessions(b, "hanako"), 0);
		}
	}
	assert_int_equal(sessions(b, "hanako"), 1);
	rebuilt_the_same(b->f);
}

static void other_requests_do_not_come_by_this_door(void **state)
{
	struct bench *b = *state;
	WhoAmI who = WhoAmI_INIT;
	Request request = fixture_request(b->f, &who.base, 0, false);
	SignIn body = first(b, "hanako", PASSWORD);

	recording_bus_clear(&b->f->bus);
	fixture_receive(b->f, topic(b, "signin"), &request.base);
	fixture_step(b->f);
	assert_int_equal(answered(b)->code, CODE_UNIMPLEMENTED);
	/* and a sign-in does not come by the others */
	assert_int_equal(ask(b->f, "hanako", &body.base), CODE_UNIMPLEMENTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_password_gives_a_token),
		TEST(what_is_wrong_is_not_said),
		TEST(failures_delay_known_and_unknown_alike),
		TEST(failures_are_facts_for_those_who_are_known),
		TEST(the_form_is_checked_before_anything_is_looked_up),
		TEST(digits_with_the_password_or_after_it),
		TEST(a_ticket_is_of_one_client_for_five_minutes),
		TEST(a_new_password_ends_tickets_and_sessions),
		TEST(a_required_factor_is_set_up_at_the_first_sign_in),
		TEST(a_passkey_is_a_second_factor),
		TEST(a_factor_is_changed_only_with_proof_of_the_present_one),
		TEST(wrong_proof_is_slowed_as_a_wrong_password_is),
		TEST(the_demonstration_s_password_is_of_those_without_their_own),
		TEST(who_signs_out_is_named_to_the_gate_before_the_answer),
		TEST(a_revoked_person_is_signed_out_and_has_no_password_any_longer),
		TEST(a_change_of_one_s_password_keeps_the_own_session),
		TEST(there_is_an_end_to_sessions),
		TEST(others_are_an_administrator_s_business),
		TEST(no_password_and_no_quick_hash_of_it_is_journalled),
		TEST(the_loop_goes_on_while_the_worker_works),
		TEST(who_is_not_known_is_handed_over_as_a_stranger),
		TEST(a_volley_of_attempts_is_no_way_round_the_delay),
		TEST(a_store_that_fails_is_an_answer),
		TEST(other_requests_do_not_come_by_this_door),
#undef TEST
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
