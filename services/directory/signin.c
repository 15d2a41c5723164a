#include "signin.h"

#include <string.h>

#include "text.h"
#include "tokens.h"

/* ---- refusals ----------------------------------------------------------------------------- */

static int wrong(const struct input *in, const char *field, const char *ja, const char *en)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field, ja, en);
}

int refuse_sign_in(const struct input *in)
{
	return refuse(
		in, CODE_PERMISSION_DENIED, "",
		"利用者名、パスワード、確認コードのどれかが違います。確かめて、もう一度お試しくださ"
		"い。"
		"続けて間違えると、次に試せるまでの時間がだんだん長くなります。",
		"User name, password or code is wrong. Check them and try again. After several "
		"failures there is a growing wait before the next attempt.");
}

int refuse_delayed(const struct input *in, int64_t delay_ms)
{
	long seconds = (long)((delay_ms + 999) / 1000);

	return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
		      arena_printf(in->arena,
				   "間違いが続いたため、あと%ld秒待ってからお試しください。",
				   seconds),
		      arena_printf(in->arena,
				   "After several failures: wait %ld s before the next attempt.",
				   seconds));
}

static int person_unknown(const struct input *in)
{
	return refuse(in, CODE_NOT_FOUND, "user",
		      "その利用者名は登録されていません。利用者名を確かめてください。",
		      "Nobody is enrolled under this user name. Check the name.");
}

int own_or_administrator(const struct input *in, const char *user)
{
	if (!user[0] || strcmp(user, in->actor.user) == 0 ||
	    in->actor.profession == PROFESSION_ADMINISTRATOR)
		return 0;
	return refuse(in, CODE_PERMISSION_DENIED, "user",
		      "ほかの人のサインインの設定は管理者だけが扱えます。",
		      "Only administrators may do this for somebody else.");
}

static bool enrolled(const Person *person)
{
	return person && person->state == ENROLMENT_STATE_ENROLLED;
}

static char *named(const struct input *in, const char *user)
{
	return arena_string(in->arena, user[0] ? user : in->actor.user);
}

static bool is_own(const struct input *in, const char *user)
{
	return !user[0] || strcmp(user, in->actor.user) == 0;
}

/* ---- signing in --------------------------------------------------------------------------- */

int64_t failure_delay_ms(uint32_t failures)
{
	int64_t delay_ms = 1000;

	if (failures <= FREE_FAILURES)
		return 0;
	for (uint32_t i = FREE_FAILURES; i < failures && delay_ms < DELAY_MOST_MS; i++)
		delay_ms *= 2;
	return delay_ms < DELAY_MOST_MS ? delay_ms : DELAY_MOST_MS;
}

bool has_totp(const SignInState *state)
{
	return state && state->totp_secret.len == TOTP_SECRET_BYTES;
}

bool has_factor(const SignInState *state)
{
	return has_totp(state) || (state && state->n_passkeys);
}

bool factor_wanted(const struct sign_in_view *view)
{
	return view->factor_required || has_factor(view->state);
}

int sign_in_check(const struct input *in, const SignIn *request)
{
	if (request->ticket.len) {
		if (request->new_totp_secret.len &&
		    request->new_totp_secret.len != TOTP_SECRET_BYTES)
			return wrong(in, "new_totp_secret", "確認コードの鍵は20バイトです。",
				     "A secret for codes has 20 bytes.");
		return 0;
	}
	if (!request->user[0])
		return wrong(in, "user", "利用者名を入れてください。", "Give a user name.");
	if (!request->password[0] || strlen(request->password) > PASSWORD_BYTES)
		return wrong(in, "password", "パスワードを200バイト以内で入れてください。",
			     "Give a password of at most 200 bytes.");
	if (!name_valid(request->device, DEVICE_BYTES) ||
	    strncmp(request->device, WEB_DEVICE, strlen(WEB_DEVICE)) != 0)
		return wrong(
			in, "device",
			"端末名は web- で始まる半角の a〜z、0〜9、- で、32文字以内にしてください。",
			"A browser's device is web- and at most 28 of a-z, 0-9 and - behind it.");
	return 0;
}

/* Of whom nothing is known there is no fact. */
static int failed(const struct sign_in_view *view, SignInOutcome outcome, SignInTried *fact)
{
	fact->outcome = outcome;
	return view->person ? 0 : ERR_NOTHING;
}

static int succeeded(const struct input *in, SignInTried *fact, bool passkey, bool totp)
{
	Session *session = NEW(Session, in->arena);

	if (!session)
		return ERR_NOMEM;
	session->id = arena_string(in->arena, in->id);
	session->user = fact->user;
	session->device = fact->device;
	session->since_ms = in->now_ms;
	session->until_ms = in->now_ms + TOKEN_MS;
	session->passkey = passkey;
	session->totp = totp;
	fact->session = session;
	fact->outcome = SIGN_IN_OUTCOME_SUCCESS;
	return 0;
}

static int first_step(const struct input *in, const struct sign_in_view *view,
		      const SignIn *request, SignInTried *fact)
{
	const SignInState *state = view->state;

	if (!enrolled(view->person) || !view->password_right)
		return failed(view, SIGN_IN_OUTCOME_WRONG_PASSWORD, fact);
	bool change = state && state->change_password;
	if (!change && !factor_wanted(view))
		return succeeded(in, fact, false, false);
	if (!change && has_totp(state) && request->totp[0]) {
		if (!totp_right(state->totp_secret, request->totp, in->now_ms, state->totp_step,
				&fact->totp_step))
			return failed(view, SIGN_IN_OUTCOME_WRONG_SECOND_FACTOR, fact);
		return succeeded(in, fact, false, true);
	}
	fact->outcome = SIGN_IN_OUTCOME_SECOND_STEP;
	return ERR_NOTHING;
}

/* A signature, or digits, by what is known. */
static bool factor_right(const struct input *in, const struct sign_in_view *view,
			 const SignIn *request, SignInTried *fact)
{
	const SignInState *state = view->state;
	const PasskeyAssertion *assertion = request->passkey;

	if (!assertion)
		return has_totp(state) && totp_right(state->totp_secret, request->totp, in->now_ms,
						     state->totp_step, &fact->totp_step);
	for (size_t i = 0; i < state->n_passkeys; i++)
		if (passkey_right(&view->party, state->passkeys[i], assertion,
				  view->ticket->challenge, &fact->counter)) {
			fact->passkey = state->passkeys[i]->credential;
			return true;
		}
	return false;
}

static int set_up_totp(const struct input *in, const SignIn *request, SignInTried *fact)
{
	if (request->new_totp_secret.len != TOTP_SECRET_BYTES)
		return wrong(
			in, "new_totp_secret",
			"2段階認証の設定が必要です。表示されたコードを認証アプリに登録してください"
			"。",
			"A second factor must be set up: register the secret in an authenticator.");
	if (!totp_right(request->new_totp_secret, request->totp, in->now_ms, 0, &fact->totp_step))
		return wrong(
			in, "totp",
			"6桁のコードが合いません。認証アプリの表示と端末の時刻を確かめてください。",
			"The six digits do not match. Check the authenticator and the device's "
			"clock.");
	fact->totp_secret = request->new_totp_secret;
	return 0;
}

static int change_password(const struct input *in, const struct sign_in_view *view,
			   SignInTried *fact)
{
	if (!view->new_password)
		return wrong(
			in, "new_password",
			"新しいパスワードを8〜200バイトで決めてください（半角なら8文字以上）。",
			"Choose a new password of 8 to 200 bytes.");
	if (view->new_is_old)
		return wrong(in, "new_password", "今までと違うパスワードにしてください。",
			     "Choose another password than the present one.");
	fact->password = view->new_password;
	return 0;
}

static int second_step(const struct input *in, const struct sign_in_view *view,
		       const SignIn *request, SignInTried *fact)
{
	const SignInState *state = view->state;
	bool known = has_factor(state);
	int rc = 0;

	if (!enrolled(view->person) || !view->password_right)
		return failed(view, SIGN_IN_OUTCOME_WRONG_PASSWORD, fact);
	if (known && !factor_right(in, view, request, fact))
		return failed(view, SIGN_IN_OUTCOME_WRONG_SECOND_FACTOR, fact);
	if (!known && view->factor_required)
		rc = set_up_totp(in, request, fact);
	if (!rc && state && state->change_password)
		rc = change_password(in, view, fact);
	if (rc)
		return rc;
	fact->ticket_ms = view->ticket->issued_ms;
	return succeeded(in, fact, fact->passkey.len > 0, fact->totp_step > 0);
}

int sign_in(const struct input *in, const struct sign_in_view *view, const SignIn *request,
	    SignInTried *fact)
{
	int rc = sign_in_check(in, request);

	if (!rc && view->ticket_wrong)
		rc = refuse(
			in, CODE_FAILED_PRECONDITION, "ticket",
			"時間が過ぎたか、途中でやり直しになりました。最初からサインインしてください"
			"。",
			"This took too long or began anew meanwhile. Sign in from the beginning.");
	if (!rc && view->delay_ms > 0)
		rc = refuse_delayed(in, view->delay_ms);
	if (rc)
		return rc;
	fact->user = arena_string(in->arena, view->user);
	fact->device = arena_string(in->arena, view->device);
	return view->ticket ? second_step(in, view, request, fact)
			    : first_step(in, view, request, fact);
}

/* ---- passwords and second factors --------------------------------------------------------- */

int password_set(const struct input *in, const struct password_view *view,
		 const SetPassword *request, PasswordSet *fact)
{
	int rc = own_or_administrator(in, request->user);
	bool own = is_own(in, request->user);

	if (!rc && !enrolled(view->person))
		rc = person_unknown(in);
	if (!rc && own && view->has_present && view->delay_ms > 0)
		rc = refuse_delayed(in, view->delay_ms);
	if (!rc && own && view->has_present && !view->present_right)
		rc = refuse(in, CODE_PERMISSION_DENIED, "present", "今のパスワードが違います。",
			    "The present password is wrong.");
	if (!rc && !view->password)
		rc = wrong(in, "password",
			   "パスワードは8〜200バイトで決めてください（半角なら8文字以上）。",
			   "A password has 8 to 200 bytes.");
	if (!rc && own && view->is_old)
		rc = wrong(in, "password", "今までと違うパスワードにしてください。",
			   "Choose another password than the present one.");
	if (rc)
		return rc;
	fact->user = named(in, request->user);
	fact->password = view->password;
	fact->once = !own;
	fact->keep_device = arena_string(in->arena, own ? in->actor.device : "");
	return 0;
}

static int proof_refused(const struct input *in, const struct factor_view *view)
{
	if (!view->proof_wanted)
		return 0;
	if (view->delay_ms > 0)
		return refuse_delayed(in, view->delay_ms);
	if (!view->password_right)
		return refuse(in, CODE_PERMISSION_DENIED, "password", "今のパスワードが違います。",
			      "The present password is wrong.");
	if (!view->code_right)
		return refuse(
			in, CODE_PERMISSION_DENIED, "present_code",
			"今の認証アプリの6桁のコードが違うか、もう使われています。次のコードでお試"
			"しくだ"
			"さい。",
			"The six digits of the present authenticator are wrong or were used. Try "
			"the next ones.");
	return 0;
}

int totp_set(const struct input *in, const struct factor_view *view, const SetTotp *request,
	     TotpSet *fact)
{
	int rc = own_or_administrator(in, request->user);
	bool own = is_own(in, request->user), remove = request->secret.len == 0;

	if (!rc && !enrolled(view->person))
		rc = person_unknown(in);
	if (!rc && !remove && request->secret.len != TOTP_SECRET_BYTES)
		rc = wrong(in, "secret", "確認コードの鍵は20バイトです。",
			   "A secret for codes has 20 bytes.");
	if (!rc && remove && !has_totp(view->state))
		rc = refuse(in, CODE_FAILED_PRECONDITION, "secret",
			    "確認コードは設定されていません。", "No codes are set up.");
	if (!rc)
		rc = proof_refused(in, view);
	if (!rc && own && !remove &&
	    !totp_right(request->secret, request->code, in->now_ms, 0, &fact->step))
		rc = wrong(
			in, "code",
			"6桁のコードが合いません。認証アプリの表示と端末の時刻を確かめてください。",
			"The six digits do not match. Check the authenticator and the device's "
			"clock.");
	if (rc)
		return rc;
	fact->user = named(in, request->user);
	fact->secret = request->secret;
	return 0;
}

static const Passkey *passkey_of(const SignInState *state, ProtobufCBinaryData credential)
{
	for (size_t i = 0; state && i < state->n_passkeys; i++)
		if (state->passkeys[i]->credential.len == credential.len &&
		    memcmp(state->passkeys[i]->credential.data, credential.data, credential.len) ==
			    0)
			return state->passkeys[i];
	return NULL;
}

int passkey_add(const struct input *in, const struct factor_view *view, const AddPasskey *request,
		PasskeyAdded *fact)
{
	const char *name = request->passkey ? request->passkey->name : "";
	int rc = enrolled(view->person) ? proof_refused(in, view) : person_unknown(in);

	if (rc)
		return rc;
	if (!view->party.id)
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "このサービスではパスキーを使えません。",
			      "There are no passkeys here.");
	if (strlen(name) > PASSKEY_NAME_BYTES || !text_valid(name, strlen(name)) ||
	    strpbrk(name, "\t\n"))
		return wrong(in, "passkey.name", "名前は1行、100バイト以内にしてください。",
			     "A name is one line of at most 100 bytes.");
	if (view->state && view->state->n_passkeys >= PASSKEYS_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "passkey",
			      "パスキーは10個までです。使わないものを先に消してください。",
			      "There are ten passkeys. Remove one first.");
	const char *field = passkey_made(in->arena, &view->party, request, &fact->passkey);
	if (field)
		return wrong(in, field,
			     "パスキーを確かめられません。このページから、もう一度作ってください。",
			     "This is not a passkey made by this page, with the person verified. "
			     "Make it again.");
	if (passkey_of(view->state, fact->passkey->credential))
		return refuse(in, CODE_ALREADY_EXISTS, "passkey.credential",
			      "このパスキーはもう登録されています。",
			      "This passkey is known already.");
	fact->user = arena_string(in->arena, in->actor.user);
	fact->passkey->name = arena_string(in->arena, name);
	fact->passkey->added_ms = in->now_ms;
	fact->totp_step = view->totp_step;
	return 0;
}

int passkey_remove(const struct input *in, const struct factor_view *view,
		   const RemovePasskey *request, PasskeyRemoved *fact)
{
	int rc = own_or_administrator(in, request->user);

	if (!rc && !view->person)
		rc = person_unknown(in);
	if (!rc)
		rc = proof_refused(in, view);
	if (!rc && !passkey_of(view->state, request->credential))
		rc = refuse(in, CODE_NOT_FOUND, "credential", "そのパスキーはありません。",
			    "There is no such passkey.");
	if (rc)
		return rc;
	fact->user = named(in, request->user);
	fact->credential = request->credential;
	fact->totp_step = view->totp_step;
	return 0;
}

int sign_out(const struct input *in, const struct factor_view *view, const SignOut *request,
	     SignedOut *fact)
{
	int rc = own_or_administrator(in, request->user);

	if (!rc && !view->person)
		rc = person_unknown(in);
	if (!rc && request->device[0] && !name_valid(request->device, DEVICE_BYTES))
		rc = wrong(in, "device", "端末名は半角の a〜z、0〜9、- で、32文字以内です。",
			   "A device's name is at most 32 of a-z, 0-9 and - between them.");
	if (rc)
		return rc;
	fact->user = named(in, request->user);
	fact->device = request->device;
	return 0;
}
