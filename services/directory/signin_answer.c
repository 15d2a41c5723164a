#include "signin_answer.h"

#include <openssl/crypto.h>
#include <string.h>

#include "log.h"

/* ---- who ---------------------------------------------------------------------------------- */

static int find(struct tx *tx, const char *user, const Person **person, const SignInState **state)
{
	Person *found;

	if (strlen(user) > LIMIT_NAME_BYTES)
		return 0;
	int rc = person_get(tx, user, &found);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	*person = found;
	return sign_in_state(tx, user, state);
}

/* A name that nobody has waits as long as one that somebody has. */
static int64_t delay_of(const struct input *in, const char *user, const Person *person,
			const SignInState *state)
{
	const struct directory *directory = in->context;

	return person ? state_delay_ms(state, in->steady_ms)
		      : attempts_delay_ms(&directory->attempts, user, in->steady_ms);
}

static int64_t password_ms(const SignInState *state)
{
	return state && state->password ? state->password_ms : 0;
}

static bool is_demonstration(const struct directory *directory)
{
	return directory->demonstration_password[0] != '\0';
}

/* Of the demonstration, for those who have none of their own. */
static bool is_demonstration_password(const struct input *in, const char *typed)
{
	const struct directory *directory = in->context;
	const char *normal = password_normal(in->arena, typed);
	size_t size = strlen(directory->demonstration_password);

	return normal && is_demonstration(directory) && strlen(normal) == size &&
	       CRYPTO_memcmp(normal, directory->demonstration_password, size) == 0;
}

static bool password_is_right(const struct input *in, const SignInState *state, const char *typed)
{
	const struct password_work *work = in->work;

	if (state && state->password)
		return work && scrypt_matches(&work->check, state->password);
	return is_demonstration_password(in, typed);
}

static int cannot_sign(const struct input *in)
{
	return refuse(
		in, CODE_FAILED_PRECONDITION, "",
		"このサービスは今、サインインを受け付けられません。運用担当者に連絡してください。",
		"This service cannot sign anybody in now. Call the operator.");
}

/* ---- what scrypt has to do ---------------------------------------------------------------- */

static void plan_new(const struct input *in, const char *password, const SignInState *state,
		     struct password_work *plan)
{
	const struct directory *directory = in->context;

	scrypt_fresh(&plan->fresh, password, directory->clock, directory->scrypt_log2_n);
	if (state && state->password)
		scrypt_like(&plan->same, password, state->password, directory->scrypt_log2_n);
}

/* Who is known and who is not cost the same; but few of the latter are looked at at a time. */
static int plan_first_step(struct tx *tx, const struct input *in, const SignIn *request,
			   struct password_work *plan)
{
	const struct directory *directory = in->context;
	const char *password = password_normal(in->arena, request->password);
	const Person *person = NULL;
	const SignInState *state = NULL;
	int rc = find(tx, request->user, &person, &state);

	if (rc)
		return rc;
	int64_t delay_ms = delay_of(in, request->user, person, state);
	if (delay_ms > 0)
		return refuse_delayed(in, delay_ms);
	scrypt_like(&plan->check, password ? password : "", state ? state->password : NULL,
		    directory->scrypt_log2_n);
	return person ? 0 : WORK_OF_A_STRANGER;
}

static int plan_second_step(struct tx *tx, const struct input *in, const SignIn *request,
			    struct password_work *plan)
{
	const struct directory *directory = in->context;
	const char *password = password_normal_new(in->arena, request->new_password);
	const Ticket *ticket =
		ticket_read(directory->tokens, in->arena, request->ticket, in->client, in->now_ms);
	const Person *person = NULL;
	const SignInState *state = NULL;

	if (!ticket || !password)
		return ERR_NOTHING; /* which the rule says */
	int rc = find(tx, ticket->user, &person, &state);
	if (rc)
		return rc;
	if (!state || !state->change_password || delay_of(in, ticket->user, person, state) > 0)
		return ERR_NOTHING;
	plan_new(in, password, state, plan);
	return 0;
}

int plan_sign_in(struct tx *tx, const struct input *in, const SignIn *request,
		 struct password_work *plan)
{
	const struct directory *directory = in->context;
	int rc = directory->tokens ? sign_in_check(in, request) : cannot_sign(in);

	if (rc)
		return rc;
	return request->ticket.len ? plan_second_step(tx, in, request, plan)
				   : plan_first_step(tx, in, request, plan);
}

int plan_set_password(struct tx *tx, const struct input *in, const SetPassword *request,
		      struct password_work *plan)
{
	const struct directory *directory = in->context;
	const char *user = request->user[0] ? request->user : in->actor.user;
	const char *password = password_normal_new(in->arena, request->password);
	const char *present = password_normal(in->arena, request->present);
	bool own = strcmp(user, in->actor.user) == 0;
	const Person *person = NULL;
	const SignInState *state = NULL;

	if (!directory->tokens)
		return cannot_sign(in);
	/* What the rule refuses anyway costs nothing. */
	if (!password || (!own && in->actor.profession != PROFESSION_ADMINISTRATOR))
		return ERR_NOTHING;
	int rc = find(tx, user, &person, &state);
	if (rc)
		return rc;
	if (!person || (own && attempts_delay_ms(&directory->attempts, user, in->steady_ms) > 0))
		return ERR_NOTHING;
	if (own && state && state->password)
		scrypt_like(&plan->check, present ? present : "", state->password,
			    directory->scrypt_log2_n);
	plan_new(in, password, state, plan);
	return 0;
}

/* Of oneself, where there is a factor already. */
static bool proof_wanted(const struct input *in, const char *user, const SignInState *state)
{
	return (!user[0] || strcmp(user, in->actor.user) == 0) && has_factor(state);
}

static int plan_proof(struct tx *tx, const struct input *in, const char *user, const char *typed,
		      struct password_work *plan)
{
	const struct directory *directory = in->context;
	const char *password = password_normal(in->arena, typed);
	const Person *person = NULL;
	const SignInState *state = NULL;
	int rc = find(tx, in->actor.user, &person, &state);

	if (rc)
		return rc;
	if (!proof_wanted(in, user, state) || !state->password ||
	    attempts_delay_ms(&directory->attempts, in->actor.user, in->steady_ms) > 0)
		return ERR_NOTHING;
	scrypt_like(&plan->check, password ? password : "", state->password,
		    directory->scrypt_log2_n);
	return 0;
}

int plan_set_totp(struct tx *tx, const struct input *in, const SetTotp *request,
		  struct password_work *plan)
{
	return plan_proof(tx, in, request->user, request->password, plan);
}

int plan_add_passkey(struct tx *tx, const struct input *in, const AddPasskey *request,
		     struct password_work *plan)
{
	return plan_proof(tx, in, "", request->password, plan);
}

int plan_remove_passkey(struct tx *tx, const struct input *in, const RemovePasskey *request,
			struct password_work *plan)
{
	return plan_proof(tx, in, request->user, request->password, plan);
}

/* ---- what the rules must know ------------------------------------------------------------- */

/* Remembered in memory alone: whoever asks is signed in, and a stolen session does not last. */
static void remember_attempt(const struct input *in, const char *user, bool right)
{
	struct directory *directory = in->context;

	if (right)
		attempts_forget(&directory->attempts, user);
	else
		attempts_failed(&directory->attempts, user, in->steady_ms);
}

static bool has_password(const struct input *in, const SignInState *state)
{
	return (state && state->password) || is_demonstration(in->context);
}

static int load_second_step(struct tx *tx, const struct input *in, const SignIn *request,
			    struct sign_in_view *view)
{
	const struct directory *directory = in->context;
	const struct password_work *work = in->work;

	view->ticket = directory->tokens ? ticket_read(directory->tokens, in->arena,
						       request->ticket, in->client, in->now_ms)
					 : NULL;
	view->ticket_wrong = !view->ticket;
	if (view->ticket_wrong)
		return 0;
	view->user = view->ticket->user;
	view->device = view->ticket->device;
	int rc = find(tx, view->user, &view->person, &view->state);
	if (rc)
		return rc;
	/* The password was changed, or somebody signed in since. */
	view->ticket_wrong = password_ms(view->state) != view->ticket->password_ms ||
			     (view->state && view->ticket->issued_ms <= view->state->ticket_ms);
	view->password_right = !view->ticket_wrong;
	if (work) {
		view->new_password = scrypt_kept(in->arena, &work->fresh);
		view->new_is_old =
			view->state && scrypt_matches(&work->same, view->state->password);
	}
	return 0;
}

int load_sign_in(struct tx *tx, const struct input *in, const SignIn *request,
		 struct sign_in_view *view)
{
	const struct directory *directory = in->context;
	int rc;

	view->factor_required = !is_demonstration(directory) && !directory->second_factor_optional;
	view->party = directory->party;
	view->user = request->user;
	view->device = request->device;
	if (request->ticket.len)
		rc = load_second_step(tx, in, request, view);
	else {
		rc = find(tx, request->user, &view->person, &view->state);
		view->password_right = !rc && view->person &&
				       password_is_right(in, view->state, request->password);
	}
	if (!rc)
		view->delay_ms = delay_of(in, view->user, view->person, view->state);
	return rc;
}

int load_set_password(struct tx *tx, const struct input *in, const SetPassword *request,
		      struct password_view *view)
{
	const struct directory *directory = in->context;
	const struct password_work *work = in->work;
	const char *user = request->user[0] ? request->user : in->actor.user;
	int rc = find(tx, user, &view->person, &view->state);

	if (rc || !view->person)
		return rc;
	view->delay_ms = attempts_delay_ms(&directory->attempts, user, in->steady_ms);
	view->has_present = has_password(in, view->state);
	if (!work)
		return 0;
	view->present_right = password_is_right(in, view->state, request->present);
	view->password = scrypt_kept(in->arena, &work->fresh);
	view->is_old = view->state && scrypt_matches(&work->same, view->state->password);
	remember_attempt(in, user,
			 strcmp(user, in->actor.user) != 0 || !view->has_present ||
				 view->present_right);
	return 0;
}

static int load_factor(struct tx *tx, const struct input *in, const char *user,
		       struct factor_view *view)
{
	const struct directory *directory = in->context;

	view->party = directory->party;
	return find(tx, user[0] ? user : in->actor.user, &view->person, &view->state);
}

static int load_proof(struct tx *tx, const struct input *in, const char *user, const char *password,
		      const char *code, struct factor_view *view)
{
	const struct directory *directory = in->context;
	int rc = load_factor(tx, in, user, view);
	const SignInState *state = view->state;

	if (rc || !proof_wanted(in, user, state))
		return rc;
	view->proof_wanted = true;
	view->delay_ms = attempts_delay_ms(&directory->attempts, in->actor.user, in->steady_ms);
	if (view->delay_ms > 0)
		return 0;
	view->password_right = !has_password(in, state) || password_is_right(in, state, password);
	view->code_right = !has_totp(state) || totp_right(state->totp_secret, code, in->now_ms,
							  state->totp_step, &view->totp_step);
	remember_attempt(in, in->actor.user, view->password_right && view->code_right);
	return 0;
}

int load_set_totp(struct tx *tx, const struct input *in, const SetTotp *request,
		  struct factor_view *view)
{
	return load_proof(tx, in, request->user, request->password, request->present_code, view);
}

int load_add_passkey(struct tx *tx, const struct input *in, const AddPasskey *request,
		     struct factor_view *view)
{
	return load_proof(tx, in, "", request->password, request->present_code, view);
}

int load_remove_passkey(struct tx *tx, const struct input *in, const RemovePasskey *request,
			struct factor_view *view)
{
	return load_proof(tx, in, request->user, request->password, request->present_code, view);
}

int load_sign_out(struct tx *tx, const struct input *in, const SignOut *request,
		  struct factor_view *view)
{
	return load_factor(tx, in, request->user, view);
}

/* ---- what is said ------------------------------------------------------------------------- */

static int say_token(const struct input *in, const SignInTried *fact, SignedIn *response)
{
	const struct directory *directory = in->context;

	response->token = token_make(directory->tokens, in->arena, fact->session);
	response->until_ms = fact->session->until_ms;
	log_event(LOG_LEVEL_INFO, "sign-in", "user=%s device=%s session=%s until_ms=%lld",
		  fact->user, fact->device, fact->session->id, (long long)fact->session->until_ms);
	return response->token ? 0 : cannot_sign(in);
}

static int say_passkeys(const struct input *in, const SignInState *state, Ticket *ticket,
			SignedIn *response)
{
	const struct directory *directory = in->context;

	if (!state || !state->n_passkeys || !directory->party.id)
		return 0;
	ticket->challenge.data = arena_alloc(in->arena, CHALLENGE_BYTES);
	response->passkeys =
		arena_alloc(in->arena, state->n_passkeys * sizeof(*response->passkeys));
	if (!ticket->challenge.data || !response->passkeys)
		return ERR_NOMEM;
	ticket->challenge.len = CHALLENGE_BYTES;
	directory->clock->random(directory->clock, ticket->challenge.data, CHALLENGE_BYTES);
	response->challenge = ticket->challenge;
	for (size_t i = 0; i < state->n_passkeys; i++)
		response->passkeys[response->n_passkeys++] = state->passkeys[i]->credential;
	return 0;
}

static int say_second_step(const struct input *in, const struct sign_in_view *view,
			   const SignInTried *fact, SignedIn *response)
{
	const struct directory *directory = in->context;
	Ticket ticket = Ticket_INIT;
	int rc = say_passkeys(in, view->state, &ticket, response);

	if (rc)
		return rc;
	ticket.user = fact->user;
	ticket.device = fact->device;
	ticket.client = arena_string(in->arena, in->client);
	ticket.issued_ms = in->now_ms;
	ticket.password_ms = password_ms(view->state);
	response->totp = has_totp(view->state);
	response->change_password = view->state && view->state->change_password;
	response->set_up_totp = view->factor_required && !response->totp &&
				!(view->state && view->state->n_passkeys);
	return ticket_make(directory->tokens, in->arena, &ticket, &response->ticket);
}

int respond_sign_in(struct tx *tx, const struct input *in, const struct sign_in_view *view,
		    const SignIn *request, const SignInTried *fact, SignedIn *response)
{
	struct directory *directory = in->context;

	(void)tx;
	(void)request;
	if (fact->outcome == SIGN_IN_OUTCOME_SUCCESS)
		return say_token(in, fact, response);
	if (fact->outcome == SIGN_IN_OUTCOME_SECOND_STEP)
		return say_second_step(in, view, fact, response);
	if (view->person)
		log_event(LOG_LEVEL_WARN, "sign-in", "user=%s device=%s problem=\"refused\"",
			  fact->user, fact->device);
	else
		attempts_failed(&directory->attempts, fact->user, in->steady_ms);
	return refuse_sign_in(in);
}

/* ---- how somebody signs in ---------------------------------------------------------------- */

static int show_passkeys(struct tx *tx, const SignInState *state, SignInShown *response)
{
	for (size_t i = 0; i < state->n_passkeys; i++) {
		Passkey *shown = arena_copy(tx->arena, state->passkeys[i], sizeof(Passkey));
		if (!shown)
			return ERR_NOMEM;
		shown->public_key = (ProtobufCBinaryData){0, NULL};
		shown->counter = 0;
		if (arena_append(tx->arena, &response->passkeys, &response->n_passkeys, shown))
			return ERR_NOMEM;
	}
	return 0;
}

int sign_in_show(struct tx *tx, const struct input *in, const ShowSignIn *request,
		 SignInShown *response, struct answer *answer)
{
	const struct directory *directory = in->context;
	const char *user = request->user[0] ? request->user : in->actor.user;
	const Person *person = NULL;
	const SignInState *state = NULL;
	int rc = own_or_administrator(in, request->user);

	if (!rc)
		rc = find(tx, user, &person, &state);
	if (!rc && !person)
		rc = refuse(in, CODE_NOT_FOUND, "user",
			    "その利用者名は登録されていません。利用者名を確かめてください。",
			    "Nobody is enrolled under this user name. Check the name.");
	if (rc)
		return rc;
	answer->watch_key = person_watch(user);
	response->second_factor_required =
		!is_demonstration(directory) && !directory->second_factor_optional;
	response->password = is_demonstration(directory);
	if (!state)
		return 0;
	int64_t delay_ms = state_delay_ms(state, in->steady_ms);
	response->password |= state->password != NULL;
	response->change_password = state->change_password;
	response->totp = has_totp(state);
	response->failures = state->failures;
	response->delayed_until_ms = delay_ms > 0 ? in->now_ms + delay_ms : 0;
	return show_passkeys(tx, state, response);
}
