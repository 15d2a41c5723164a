/*
 * How people sign in, their sessions, and the sessions that were ended before their time. What is not in
 * the journal is the memory of failures under names that nobody has (struct attempts).
 */
#ifndef SIGNIN_VIEWS_H
#define SIGNIN_VIEWS_H

#include "signin.h"
#include "views.h"

/* Failures by a hash of the name, for names without a view; a later name may take a place. */
#define ATTEMPTS_SLOTS 4096
struct attempts {
	struct {
		uint64_t hash;
		uint32_t failures;
		int64_t failed_steady_ms;
	} slots[ATTEMPTS_SLOTS];
};
int64_t attempts_delay_ms(const struct attempts *attempts, const char *user, int64_t steady_ms);
void attempts_failed(struct attempts *attempts, const char *user, int64_t steady_ms);
void attempts_forget(struct attempts *attempts, const char *user);

/* NULL in *out where there is none. 0 or an error. */
int sign_in_state(struct tx *tx, const char *user, const SignInState **out);
/* So long no attempt is looked at, by the state. */
int64_t state_delay_ms(const SignInState *state, int64_t steady_ms);
/* Those that have not ended, newest first. In tx->arena. */
int sessions_of(struct tx *tx, const char *user, int64_t now_ms, Session ***out, size_t *n);
/* Position of the last fact that ended sessions; 0: none. */
uint64_t signed_out_position(struct tx *tx);
/* For the gate: a line each, the token's id and its end in seconds. The caller frees it; NULL: an error. */
char *signed_out_lines(struct tx *tx);

void apply_sign_in_tried(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const SignInTried *fact);
void apply_password_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const PasswordSet *fact);
void apply_totp_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const TotpSet *fact);
void apply_passkey_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const PasskeyAdded *fact);
void apply_passkey_removed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const PasskeyRemoved *fact);
void apply_signed_out(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const SignedOut *fact);
/* Of whoever is revoked: sessions end, and nothing is left of how they signed in. */
void sign_in_revoked(struct tx *tx, const JournalEntry *entry, uint64_t position, const char *user);

#endif
