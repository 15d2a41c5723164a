#include "relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/relay/mail.h"
#include "error.h"
#include "id.h"
#include "limits.h"
#include "log.h"

#define BUCKETS 4096
#define IDLE_MS 1000
#define KIND_ADDRESS 1 /* the address is none */

enum letter_state { LETTER_WAITING, LETTER_SENDING, LETTER_SENT };

struct letter {
	struct relay *relay;
	struct letter *next, *previous; /* of all, in the order in which they came */
	struct letter *same; /* in its bucket */
	char id[ID_SIZE], user[LIMIT_NAME_BYTES + 1], to[MAIL_ADDRESS_BYTES + 1];
	uint64_t position;
	enum letter_state state;
	bool over;          /* forget it as soon as nothing of it is under way */
	unsigned tries;     /* that failed for a reason of its own */
	int64_t next_ms;    /* not before */
	int kind, reported; /* why it failed last; the same, as alert knows it. 0: it has not */
	char detail[SMTP_DETAIL_SIZE];
	int reporting;      /* the kind that is being reported, -1: that it is sent; 0: nothing */
};

struct relay {
	const struct relay_hands *hands;
	void *context;
	struct letter *first, *last;
	struct letter *buckets[BUCKETS];
	unsigned under_way;
	bool finishing;
	unsigned server_tries; /* that failed; 0: it takes mail */
	int64_t server_ms;     /* not before */
	int server_kind;
	char server_detail[SMTP_DETAIL_SIZE];
};

/* ---- letters ------------------------------------------------------------------------------ */

static struct letter **bucket_of(struct relay *relay, const char *id)
{
	uint32_t hash = 2166136261u;

	for (const char *c = id; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return &relay->buckets[hash % BUCKETS];
}

static struct letter *letter_find(struct relay *relay, const char *id, const char *user)
{
	for (struct letter *l = *bucket_of(relay, id); l; l = l->same)
		if (!strcmp(l->id, id) && !strcmp(l->user, user))
			return l;
	return NULL;
}

static struct letter *letter_new(struct relay *relay, const Silent *silent)
{
	struct letter *letter = calloc(1, sizeof(*letter));
	struct letter **bucket = bucket_of(relay, silent->id);

	if (!letter)
		return NULL;
	letter->relay = relay;
	snprintf(letter->id, sizeof(letter->id), "%s", silent->id);
	snprintf(letter->user, sizeof(letter->user), "%s", silent->user);
	letter->same = *bucket;
	*bucket = letter;
	letter->previous = relay->last;
	*(relay->last ? &relay->last->next : &relay->first) = letter;
	relay->last = letter;
	return letter;
}

static void letter_forget(struct letter *letter)
{
	struct relay *relay = letter->relay;
	struct letter **at = bucket_of(relay, letter->id);

	while (*at != letter)
		at = &(*at)->same;
	*at = letter->same;
	*(letter->previous ? &letter->previous->next : &relay->first) = letter->next;
	*(letter->next ? &letter->next->previous : &relay->last) = letter->previous;
	free(letter);
}

/* What was sent is over when alert knows it. */
static void forget_if_over(struct letter *letter)
{
	if (letter->over && letter->state == LETTER_WAITING && !letter->reporting)
		letter_forget(letter);
}

int relay_take(struct relay *relay, const Silent *silent)
{
	struct letter *letter = letter_find(relay, silent->id, silent->user);

	if (strlen(silent->id) >= ID_SIZE || strlen(silent->user) > LIMIT_NAME_BYTES)
		return 0; /* never from alert */
	if (!letter && silent->done)
		return 0;
	if (!letter)
		letter = letter_new(relay, silent);
	if (!letter)
		return ERR_NOMEM;
	if (silent->position < letter->position)
		return 0;
	letter->position = silent->position;
	letter->over = silent->done;
	/* One that is too long stays too long: it is no address. */
	if (!silent->done)
		snprintf(letter->to, sizeof(letter->to), "%s",
			 strlen(silent->mail) < sizeof(letter->to) ? silent->mail : "");
	forget_if_over(letter);
	return 0;
}

/* ---- what became of it -------------------------------------------------------------------- */

static int64_t pause_ms(unsigned tries)
{
	int64_t ms = RELAY_FIRST_MS;

	for (unsigned i = 1; i < tries && ms < RELAY_MOST_MS; i++)
		ms *= 2;
	return ms < RELAY_MOST_MS ? ms : RELAY_MOST_MS;
}

static void fail(struct letter *letter, int kind, const char *detail)
{
	letter->kind = kind;
	snprintf(letter->detail, sizeof(letter->detail), "%s", detail);
}

/* Also where the server failed: it may be this one mail that it cannot bear, and the next one that
 * tries is another. */
static void put_off(struct letter *letter, int kind, const char *detail, int64_t now_ms)
{
	letter->tries++;
	letter->next_ms = now_ms + pause_ms(letter->tries);
	fail(letter, kind, detail);
	log_event(LOG_LEVEL_WARN, "failed", "id=%s user=%s tries=%u wait_ms=%lld problem=\"%s\"",
		  letter->id, letter->user, letter->tries, (long long)pause_ms(letter->tries), detail);
}

/* Those that were under way together failed together: that counts once. */
static void server_failed(struct relay *relay, const struct smtp_outcome *outcome, int64_t now_ms)
{
	relay->server_kind = outcome->kind;
	memcpy(relay->server_detail, outcome->detail, sizeof(relay->server_detail));
	if (relay->server_tries && now_ms < relay->server_ms)
		return;
	relay->server_tries++;
	relay->server_ms = now_ms + pause_ms(relay->server_tries);
	log_event(LOG_LEVEL_WARN, "server", "tries=%u wait_ms=%lld problem=\"%s\"",
		  relay->server_tries, (long long)pause_ms(relay->server_tries), outcome->detail);
}

void relay_sent(struct letter *letter, const struct smtp_outcome *outcome, int64_t now_ms)
{
	struct relay *relay = letter->relay;

	relay->under_way--;
	letter->state = LETTER_WAITING;
	if (outcome->what == SMTP_DOWN) {
		server_failed(relay, outcome, now_ms);
	} else {
		if (relay->server_tries)
			log_event(LOG_LEVEL_INFO, "server", "tries=%u again=\"it takes mail\"",
				  relay->server_tries);
		relay->server_tries = 0;
	}
	if (outcome->what == SMTP_SENT) {
		letter->state = LETTER_SENT;
		log_event(LOG_LEVEL_INFO, "sent", "id=%s user=%s tries=%u", letter->id, letter->user,
			  letter->tries + 1);
	} else {
		put_off(letter, outcome->kind, outcome->detail, now_ms);
	}
	forget_if_over(letter);
}

void relay_reported(struct letter *letter, bool answered)
{
	int what = letter->reporting;

	letter->reporting = 0;
	if (!answered)
		return; /* told again by the next step */
	if (what == -1)
		letter_forget(letter);
	else {
		letter->reported = what;
		forget_if_over(letter);
	}
}

/* ---- step --------------------------------------------------------------------------------- */

static void report(struct relay *relay, struct letter *letter)
{
	ReportMail message = ReportMail_INIT;
	bool sent = letter->state == LETTER_SENT;

	if (letter->reporting || (!sent && (!letter->kind || letter->kind == letter->reported)))
		return;
	message.id = letter->id;
	message.user = letter->user;
	message.sent = sent;
	message.detail = sent ? message.detail : letter->detail;
	if (!relay->hands->report(relay->context, letter, &message))
		letter->reporting = sent ? -1 : letter->kind;
}

static bool may_begin(const struct relay *relay, int64_t now_ms)
{
	if (relay->finishing)
		return false;
	return relay->server_tries ? !relay->under_way && now_ms >= relay->server_ms
				   : relay->under_way < RELAY_AT_ONCE;
}

static void begin(struct relay *relay, struct letter *letter, int64_t now_ms)
{
	if (!mail_address_valid(letter->to)) {
		put_off(letter, KIND_ADDRESS, "not an address for mail", now_ms);
		return;
	}
	if (relay->hands->send(relay->context, letter, letter->id, letter->to)) {
		letter->next_ms = now_ms + RELAY_FIRST_MS;
		return;
	}
	letter->state = LETTER_SENDING;
	relay->under_way++;
}

void relay_step(struct relay *relay, int64_t now_ms)
{
	for (struct letter *letter = relay->first; letter; letter = letter->next) {
		bool waits = letter->state == LETTER_WAITING && !letter->over;
		if (waits && letter->next_ms <= now_ms && may_begin(relay, now_ms))
			begin(relay, letter, now_ms);
		else if (waits && relay->server_tries)
			fail(letter, relay->server_kind, relay->server_detail);
		report(relay, letter);
	}
}

void relay_finish(struct relay *relay)
{
	relay->finishing = true;
}

int64_t relay_wait_ms(const struct relay *relay, int64_t now_ms)
{
	int64_t wait_ms = IDLE_MS;

	for (const struct letter *letter = relay->first; letter; letter = letter->next) {
		int64_t at_ms = letter->next_ms;
		if (letter->state != LETTER_WAITING || letter->over)
			continue;
		if (relay->server_tries && relay->server_ms > at_ms)
			at_ms = relay->server_ms;
		if (at_ms - now_ms < wait_ms)
			wait_ms = at_ms - now_ms;
	}
	return wait_ms < 0 ? 0 : wait_ms;
}

/* ---- open and close ----------------------------------------------------------------------- */

int relay_open(struct relay **out, const struct relay_hands *hands, void *context)
{
	struct relay *relay = calloc(1, sizeof(*relay));

	if (!relay)
		return ERR_NOMEM;
	relay->hands = hands;
	relay->context = context;
	*out = relay;
	return 0;
}

void relay_free(struct relay *relay)
{
	if (!relay)
		return;
	while (relay->first)
		letter_forget(relay->first);
	free(relay);
}
