/*
 * Silent devices: something urgent rings, and a minute later no device of its recipient has confirmed
 * it. Then the program `relay` is told to write to them, once for each recipient and notification,
 * however often and loudly it rings again.
 *
 *	          confirmed, opened, withdrawn, taken by another
 *	 rings    ┌──────────────────────────────────────────────► nothing
 *	 ──────► waited for ──► to write ──► mailed
 *	          │    ▲  │         └─ failed: stays, is tried again
 *	          └────┘  └─► no address
 *	      alert was down
 *
 * The rules in here are pure; the rest reads and fills views:
 *
 *	silences       id, user -> Silence; "" -> SilenceSet
 *	silent_open    position, id, user -> nothing: to write
 *	silent_all     position, id, user -> nothing: that, and what became of it; one key each
 */
#ifndef ALERT_SILENT_H
#define ALERT_SILENT_H

#include "daemon.h"

#define SILENT_MS (60LL * 1000)     /* how long devices may be silent */
#define SILENT_LATE_MS (5LL * 1000) /* looked at so late: nobody could confirm meanwhile */
#define MAIL_DETAIL_BYTES 200

struct silence_view {
	const Silence *silence;           /* NULL: there is none */
	const Notification *notification; /* NULL: the same */
	const Person *person;             /* its recipient as known now; NULL: nobody */
};

/* Should somebody still have confirmed it? */
bool silence_of(const Notification *notification);

int silent_find(const struct input *in, const struct silence_view *view, const SilentDue *due,
		SilentFound *fact);
/* ERR_NOTHING: that is known. */
int mail_report(const struct input *in, const struct silence_view *view, const ReportMail *request,
		MailReported *fact);

int load_silent_due(struct tx *tx, const struct input *in, const SilentDue *due,
		    struct silence_view *view);
int load_mail_report(struct tx *tx, const struct input *in, const ReportMail *request,
		     struct silence_view *view);
int silent_list(struct tx *tx, const struct input *in, const ListSilent *request, SilentList *list,
		struct answer *answer);

/* ---- for apply functions ------------------------------------------------------------------ */

/* It has just made a sound. */
void silent_rung(struct tx *tx, const JournalEntry *entry, const Notification *notification);
/* It is another than before: perhaps somebody has confirmed it. */
void silent_moved(struct tx *tx, const Notification *before, const Notification *after,
		  uint64_t position);

void apply_silent_found(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const SilentFound *fact);
void apply_mail_reported(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const MailReported *fact);
void apply_silence_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const SilenceSet *fact);

/* ---- the option --silent-s ---------------------------------------------------------------- */

struct silent_options {
	int64_t wait_ms; /* 0: SILENT_MS, also where there is no context */
};

int silent_option(void *context, const char *name, const char *value);
int silent_start(struct daemon *daemon, void *context);

#endif
