#include "signin_views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "touched.h"

/* ---- failures under unknown names --------------------------------------------------------- */

static size_t slot_of(const char *user, uint64_t *hash)
{
	struct key key = key_text(user);

	*hash = key_hash(&key);
	return *hash % ATTEMPTS_SLOTS;
}

int64_t attempts_delay_ms(const struct attempts *attempts, const char *user, int64_t steady_ms)
{
	uint64_t hash;
	size_t slot = slot_of(user, &hash);

	if (attempts->slots[slot].hash != hash)
		return 0;
	return attempts->slots[slot].failed_steady_ms +
	       failure_delay_ms(attempts->slots[slot].failures) - steady_ms;
}

void attempts_failed(struct attempts *attempts, const char *user, int64_t steady_ms)
{
	uint64_t hash;
	size_t slot = slot_of(user, &hash);

	if (attempts->slots[slot].hash != hash)
		attempts->slots[slot].failures = 0;
	attempts->slots[slot].hash = hash;
	attempts->slots[slot].failures++;
	attempts->slots[slot].failed_steady_ms = steady_ms;
}

void attempts_forget(struct attempts *attempts, const char *user)
{
	uint64_t hash;
	size_t slot = slot_of(user, &hash);

	if (attempts->slots[slot].hash == hash)
		attempts->slots[slot].failures = 0;
}

/* ---- how somebody signs in ---------------------------------------------------------------- */

static int state_get(struct tx *tx, const char *user, SignInState **out)
{
	struct key key = key_text(user);
	return GET(tx, TABLE_SIGN_IN, &key, SignInState, out);
}

int sign_in_state(struct tx *tx, const char *user, const SignInState **out)
{
	SignInState *found;
	int rc = strlen(user) <= LIMIT_NAME_BYTES ? state_get(tx, user, &found) : ERR_NOTFOUND;

	*out = rc ? NULL : found;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int64_t state_delay_ms(const SignInState *state, int64_t steady_ms)
{
	return state ? state->failed_steady_ms + failure_delay_ms(state->failures) - steady_ms : 0;
}

/* To be changed and put back; NULL after an error. */
static SignInState *state_of(struct tx *tx, const char *user)
{
	SignInState *state;
	int rc = state_get(tx, user, &state);

	if (!rc)
		return state;
	state = rc == ERR_NOTFOUND ? NEW(SignInState, tx->arena) : NULL;
	if (!state && !tx->error)
		tx->error = ERR_NOMEM;
	return state;
}

static void state_put(struct tx *tx, const char *user, const SignInState *state)
{
	struct key key = key_text(user), watch = person_watch(user);

	PUT(tx, TABLE_SIGN_IN, &key, state);
	tx_touch(tx, &watch);
}

/* ---- sessions ----------------------------------------------------------------------------- */

static bool newer(const Session *a, const Session *b)
{
	return strcmp(a->id, b->id) > 0; /* ids sort by time */
}

int sessions_of(struct tx *tx, const char *user, int64_t now_ms, Session ***out, size_t *n)
{
	struct key prefix = key_text(user);
	Session **list = NULL, *session;
	struct scan scan;
	size_t count = 0;
	int rc = 0;

	scan_open(&scan, tx, TABLE_SESSIONS, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Session, &session);
		if (!rc && session->until_ms > now_ms)
			rc = arena_append(tx->arena, &list, &count, session);
	}
	scan_close(&scan);
	if (rc || tx->error)
		return rc ? rc : tx->error;
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && newer(list[k], list[k - 1]); k--) {
			session = list[k];
			list[k] = list[k - 1];
			list[k - 1] = session;
		}
	*out = list;
	*n = count;
	return 0;
}

uint64_t signed_out_position(struct tx *tx)
{
	struct key key = key_text("");
	struct bytes value;
	uint64_t position = 0;

	if (tx_get(tx, TABLE_SIGNED_OUT_AT, &key, &value) || value.size != 8)
		return 0;
	for (size_t i = 0; i < 8; i++)
		position = position << 8 | value.data[i];
	return position;
}

/* Of those that have ended by themselves nobody must be told any longer; they come first. */
static void signed_out_trim(struct tx *tx, int64_t now_ms)
{
	struct scan scan;

	scan_open(&scan, tx, TABLE_SIGNED_OUT, NULL, NULL);
	while (scan_next(&scan) && (int64_t)scan_rest_number(&scan) < now_ms)
		scan_delete(&scan);
	scan_close(&scan);
}

static void session_forget(struct tx *tx, const Session *session)
{
	struct key key = key_texts(session->user, session->id);
	tx_delete(tx, TABLE_SESSIONS, &key);
}

static void session_end(struct tx *tx, const Session *session, uint64_t position)
{
	struct key key = key_u64((uint64_t)session->until_ms);
	struct key at = key_text(""), number = key_u64(position);

	key_add_text(&key, session->id);
	tx_put(tx, TABLE_SIGNED_OUT, &key, (struct bytes){NULL, 0});
	tx_put(tx, TABLE_SIGNED_OUT_AT, &at, (struct bytes){number.data, number.size});
	session_forget(tx, session);
}

/* Those of a device, or (NULL) all; but not those of another one. */
static void sessions_end(struct tx *tx, const char *user, const char *device,
			 const char *keep_device, int64_t now_ms, uint64_t position)
{
	struct key watch = person_watch(user);
	Session **sessions;
	size_t n;

	signed_out_trim(tx, now_ms);
	if (sessions_of(tx, user, now_ms, &sessions, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if ((!device || strcmp(sessions[i]->device, device) == 0) &&
		    (!keep_device || strcmp(sessions[i]->device, keep_device) != 0))
			session_end(tx, sessions[i], position);
	tx_touch(tx, &watch);
}

static void sessions_trim(struct tx *tx, const char *user, int64_t now_ms)
{
	Session **sessions;
	size_t n;

	if (sessions_of(tx, user, INT64_MIN, &sessions, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (sessions[i]->until_ms <= now_ms)
			session_forget(tx, sessions[i]);
}

static void session_begin(struct tx *tx, const Session *session, int64_t now_ms, uint64_t position)
{
	struct key key = key_texts(session->user, session->id);
	Session **sessions;
	size_t n;

	sessions_trim(tx, session->user, now_ms);
	if (sessions_of(tx, session->user, now_ms, &sessions, &n))
		return;
	for (size_t i = SESSIONS_OF_USER - 1; i < n; i++)
		session_end(tx, sessions[i], position);
	PUT(tx, TABLE_SESSIONS, &key, session);
}

char *signed_out_lines(struct tx *tx)
{
	struct scan scan;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	scan_open(&scan, tx, TABLE_SIGNED_OUT, NULL, NULL);
	while (scan_next(&scan))
		if (scan.key_size > 8)
			fprintf(out, "%s %lld\n", (const char *)scan.key + 8,
				(long long)(scan_rest_number(&scan) / 1000 + 1));
	scan_close(&scan);
	if (fclose(out) == 0 && !tx->error)
		return text;
	free(text);
	return NULL;
}

/* ---- facts -------------------------------------------------------------------------------- */

static void count_passkey(SignInState *state, const SignInTried *fact)
{
	for (size_t i = 0; fact->passkey.len && i < state->n_passkeys; i++)
		if (state->passkeys[i]->credential.len == fact->passkey.len &&
		    memcmp(state->passkeys[i]->credential.data, fact->passkey.data,
			   fact->passkey.len) == 0)
			state->passkeys[i]->counter = fact->counter;
}

void apply_sign_in_tried(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const SignInTried *fact)
{
	SignInState *state = state_of(tx, fact->user);

	if (!state)
		return;
	if (fact->outcome != SIGN_IN_OUTCOME_SUCCESS) {
		state->failures++;
		state->failed_steady_ms = entry->steady_ms;
		state_put(tx, fact->user, state);
		return;
	}
	state->failures = 0;
	state->failed_steady_ms = 0;
	if (fact->totp_secret.len)
		state->totp_secret = fact->totp_secret;
	if (fact->totp_step)
		state->totp_step = fact->totp_step;
	if (fact->ticket_ms > state->ticket_ms)
		state->ticket_ms = fact->ticket_ms;
	count_passkey(state, fact);
	if (fact->password) {
		state->password = fact->password;
		state->password_ms = entry->time_ms;
		state->change_password = false;
		sessions_end(tx, fact->user, NULL, NULL, entry->time_ms, position);
	}
	state_put(tx, fact->user, state);
	if (fact->session)
		session_begin(tx, fact->session, entry->time_ms, position);
}

void apply_password_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const PasswordSet *fact)
{
	SignInState *state = state_of(tx, fact->user);

	if (!state)
		return;
	state->password = fact->password;
	state->password_ms = entry->time_ms;
	state->change_password = fact->once;
	state->failures = 0;
	state->failed_steady_ms = 0;
	state_put(tx, fact->user, state);
	sessions_end(tx, fact->user, NULL, fact->keep_device, entry->time_ms, position);
}

void apply_totp_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const TotpSet *fact)
{
	SignInState *state = state_of(tx, fact->user);

	(void)entry;
	(void)position;
	if (!state)
		return;
	state->totp_secret = fact->secret;
	state->totp_step = fact->step;
	state_put(tx, fact->user, state);
}

void apply_passkey_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const PasskeyAdded *fact)
{
	SignInState *state = state_of(tx, fact->user);

	(void)entry;
	(void)position;
	if (!state)
		return;
	if (fact->totp_step)
		state->totp_step = fact->totp_step;
	if (arena_append(tx->arena, &state->passkeys, &state->n_passkeys, fact->passkey)) {
		tx->error = tx->error ? tx->error : ERR_NOMEM;
		return;
	}
	state_put(tx, fact->user, state);
}

void apply_passkey_removed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const PasskeyRemoved *fact)
{
	SignInState *state = state_of(tx, fact->user);
	size_t kept = 0;

	(void)entry;
	(void)position;
	for (size_t i = 0; state && i < state->n_passkeys; i++)
		if (state->passkeys[i]->credential.len != fact->credential.len ||
		    memcmp(state->passkeys[i]->credential.data, fact->credential.data,
			   fact->credential.len) != 0)
			state->passkeys[kept++] = state->passkeys[i];
	if (!state)
		return;
	state->n_passkeys = kept;
	if (fact->totp_step)
		state->totp_step = fact->totp_step;
	state_put(tx, fact->user, state);
}

void apply_signed_out(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const SignedOut *fact)
{
	sessions_end(tx, fact->user, fact->device[0] ? fact->device : NULL, NULL, entry->time_ms,
		     position);
}

void sign_in_revoked(struct tx *tx, const JournalEntry *entry, uint64_t position, const char *user)
{
	struct key key = key_text(user);

	sessions_end(tx, user, NULL, NULL, entry->time_ms, position);
	tx_delete(tx, TABLE_SIGN_IN, &key);
}
