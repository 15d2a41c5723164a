/*
 * Signing in, around the rules of signin.h: what scrypt has to do, what the rules must know, and what
 * is said then (a token, a ticket, a refusal). The daemon's own context is used here.
 */
#ifndef SIGNIN_ANSWER_H
#define SIGNIN_ANSWER_H

#include "settle.h"
#include "signin_views.h"

int plan_sign_in(struct tx *tx, const struct input *in, const SignIn *request,
		 struct password_work *plan);
int load_sign_in(struct tx *tx, const struct input *in, const SignIn *request,
		 struct sign_in_view *view);
int respond_sign_in(struct tx *tx, const struct input *in, const struct sign_in_view *view,
		    const SignIn *request, const SignInTried *fact, SignedIn *response);

int plan_set_password(struct tx *tx, const struct input *in, const SetPassword *request,
		      struct password_work *plan);
int load_set_password(struct tx *tx, const struct input *in, const SetPassword *request,
		      struct password_view *view);
int plan_set_totp(struct tx *tx, const struct input *in, const SetTotp *request,
		  struct password_work *plan);
int load_set_totp(struct tx *tx, const struct input *in, const SetTotp *request,
		  struct factor_view *view);
int plan_add_passkey(struct tx *tx, const struct input *in, const AddPasskey *request,
		     struct password_work *plan);
int load_add_passkey(struct tx *tx, const struct input *in, const AddPasskey *request,
		     struct factor_view *view);
int plan_remove_passkey(struct tx *tx, const struct input *in, const RemovePasskey *request,
			struct password_work *plan);
int load_remove_passkey(struct tx *tx, const struct input *in, const RemovePasskey *request,
			struct factor_view *view);
int load_sign_out(struct tx *tx, const struct input *in, const SignOut *request,
		  struct factor_view *view);
int sign_in_show(struct tx *tx, const struct input *in, const ShowSignIn *request,
		 SignInShown *response, struct answer *answer);

#endif
