/*
 * Who is still to be written to, and when it is tried (again).
 *
 *	listed ──► waiting ──► being sent ──► sent ──► reported: forgotten
 *	             ▲             │
 *	             └── failed ───┘   reported once for each reason that follows another
 *
 * Nothing is kept on disk: alert knows who is to be written to. Between the server's yes and alert's
 * receipt for the report a crash makes the same mail go out once more, under the same Message-ID: it
 * is sent at least once, and hardly ever twice.
 *
 * A mail that the server does not take waits 1 s, 2, 4 … 5 min, by itself. While the server takes
 * nothing at all, one mail tries it, after pauses that grow in the same way; the others wait.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include <stdint.h>

#include "clients/relay/smtp.h"
#include "names.h"

#define RELAY_FIRST_MS 1000LL
#define RELAY_MOST_MS (5LL * 60 * 1000)
#define RELAY_AT_ONCE 4 /* mails under way */

struct relay;
struct letter; /* one mail */

/* What the relay has done for it. Neither calls back before it returns. */
struct relay_hands {
	/* 0: relay_sent follows; else it could not begin, and is tried again. */
	int (*send)(void *context, struct letter *letter, const char *id, const char *to);
	/* Tells alert. 0: relay_reported follows; else it is tried again. */
	int (*report)(void *context, struct letter *letter, const ReportMail *report);
};

/* 0 or ERR_NOMEM. */
int relay_open(struct relay **out, const struct relay_hands *hands, void *context);
void relay_free(struct relay *relay);

/* From alert's list. As many are kept as alert keeps. 0 or ERR_NOMEM. */
int relay_take(struct relay *relay, const Silent *silent);
void relay_sent(struct letter *letter, const struct smtp_outcome *outcome, int64_t now_ms);
/* An answer came (also one that says no), or none. */
void relay_reported(struct letter *letter, bool answered);

/* Sends and reports what is due; times are monotonic. */
void relay_step(struct relay *relay, int64_t now_ms);
/* From now on nothing more is sent: what is under way comes to its end, and is reported. */
void relay_finish(struct relay *relay);
/* How long nothing is due, at most a second. */
int64_t relay_wait_ms(const struct relay *relay, int64_t now_ms);

#endif
