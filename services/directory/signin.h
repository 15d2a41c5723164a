/*
 * Signing in from a browser: what is decided. Pure; what takes long (scrypt) was done before, and what
 * must not be repeatable (token, ticket) is made after (signin_answer.c).
 *
 *	first step    user, password (and six digits, where they are known to be wanted)
 *	second step   the ticket of the first one; digits or a passkey's signature; a new password, where
 *	              the old one was for once; a new secret for digits, where a second factor is required
 *	              and there is none
 */
#ifndef SIGNIN_H
#define SIGNIN_H

#include "factor.h"
#include "password.h"
#include "rules.h"

#define FREE_FAILURES 3
#define DELAY_MOST_MS (300 * 1000LL)
#define SESSIONS_OF_USER 32 /* that have not ended; a further one ends the oldest */
#define PASSKEY_NAME_BYTES 100
#define WEB_DEVICE "web-"   /* what a browser's device begins with */

struct sign_in_view {
	const Person *person;     /* NULL: unknown */
	const SignInState *state; /* NULL: nothing is known of how they sign in */
	const char *user, *device; /* as the request says, or the ticket */
	const Ticket *ticket;     /* NULL: the first step */
	bool ticket_wrong;
	int64_t delay_ms;         /* so long no attempt is looked at */
	bool password_right;      /* the first step's; of the second one, that it is still the same */
	bool factor_required;
	PasswordHash *new_password; /* NULL: none that may be taken */
	bool new_is_old;
	struct relying_party party;
};

struct password_view {
	const Person *person;
	const SignInState *state;
	int64_t delay_ms;
	bool has_present, present_right;
	PasswordHash *password; /* NULL: not one that may be taken */
	bool is_old;
};

/* What is said of how somebody signs in. */
struct factor_view {
	const Person *person;
	const SignInState *state;
	struct relying_party party;
	/* Who has a factor changes their own only with proof that it is they (network.proto). */
	bool proof_wanted;
	int64_t delay_ms;
	bool password_right, code_right; /* or there is none */
	uint64_t totp_step;              /* the code's */
};

/* After so many failures, from the last one on. */
int64_t failure_delay_ms(uint32_t failures);
/* No attempt is looked at now: which says when. */
int refuse_delayed(const struct input *in, int64_t delay_ms);
/* The one refusal for all that is wrong. */
int refuse_sign_in(const struct input *in);
/* The form of a request, before anything is looked up. */
int sign_in_check(const struct input *in, const SignIn *request);
bool has_totp(const SignInState *state);
/* A second factor of any kind. */
bool has_factor(const SignInState *state);
/* A second factor must be shown, or set up. */
bool factor_wanted(const struct sign_in_view *view);

/* 0: a success, or a failure of somebody known. ERR_NOTHING: fact->outcome says what, and only that. */
int sign_in(const struct input *in, const struct sign_in_view *view, const SignIn *request,
	    SignInTried *fact);
/* Of oneself, or of others by an administrator. NULL out of name: an empty user is oneself. */
int own_or_administrator(const struct input *in, const char *user);
int password_set(const struct input *in, const struct password_view *view,
		 const SetPassword *request, PasswordSet *fact);
int totp_set(const struct input *in, const struct factor_view *view, const SetTotp *request,
	     TotpSet *fact);
int passkey_add(const struct input *in, const struct factor_view *view, const AddPasskey *request,
		PasskeyAdded *fact);
int passkey_remove(const struct input *in, const struct factor_view *view,
		   const RemovePasskey *request, PasskeyRemoved *fact);
int sign_out(const struct input *in, const struct factor_view *view, const SignOut *request,
	     SignedOut *fact);

#endif
