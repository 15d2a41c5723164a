/*
 * What can wait is in the inbox at once, silently. It makes a sound in the recipient's next window of
 * contact hours, together with all else that waits for it: one change, one bundle.
 *
 *	 stored, urgent or within the hours ──────────────► rung
 *	    │                                                ▲
 *	    └─ else: rings_ms ─── BundleDue ── open now ─────┘
 *	                 ▲            │
 *	                 └────────────┘ closed again (the hours were changed, alert was down, a clock
 *	                                was set): it waits on
 *
 * What is accepted, done, declined or withdrawn meanwhile waits for nothing any longer.
 */
#ifndef ALERT_BUNDLE_H
#define ALERT_BUNDLE_H

#include "rules.h"

/* When each of the candidates and those who stand in for them may be rung: for rules. */
int bundle_load_hours(struct tx *tx, const struct input *in, struct candidate *const *candidates,
		      size_t n_candidates);
/* Of those told who ring at once so far: when they do, if it is not urgent. Pure. */
void bundle_wait(const struct input *in, struct candidate *const *candidates, size_t n_candidates,
		 Recipient *const *told, size_t n_told);

/* ---- the window opens --------------------------------------------------------------------- */

struct bundle {
	char **ids;      /* what waits */
	size_t n_ids;
	bool more;
	int64_t next_ms; /* when they may be rung: now_ms, later, or HOURS_NEVER */
};

int load_bundle(struct tx *tx, const struct input *in, const BundleDue *due, struct bundle *view);
int bundle_ring(const struct input *in, const struct bundle *view, const BundleDue *due,
		BundleRung *fact);
void apply_bundle_rung(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const BundleRung *fact);

/* ---- for the views ------------------------------------------------------------------------ */

/* The table of what waits, and when it is looked at: written with a notification's other keys. */
void bundle_put(struct tx *tx, const Notification *notification);
void bundle_delete(struct tx *tx, const Notification *notification);

/* ---- whom it reaches, and when ------------------------------------------------------------ */

/* Touched when one of an entry's notifications changes. */
struct key recipients_watch_key(const char *entry);
int recipients_show(struct tx *tx, const struct input *in, const ShowRecipients *request,
		    RecipientList *list, struct answer *answer);

#endif
