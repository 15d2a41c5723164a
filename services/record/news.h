/*
 * What is new of my patients. The views:
 *
 *	news     patient, position, recorded_ms, kind (1 byte), flags (1 byte), entry, author -> nothing
 *	looked   user, patient                    -> Looked
 *	sitting  patient, name                    -> nothing: seats the other way round
 *	visits   patient, visit_ms, position      -> nothing: next visits that no correction replaced
 *
 * All that is asked of an entry stands in its key in news, so a list of hundreds of patients opens none of
 * them. Where the patient's own data changed (or who may see it), a key without kind, entry and author
 * stands between them. Of what a user was shown in the timeline Looked knows from where to where, so it
 * is not looked through again.
 */
#ifndef RECORD_NEWS_H
#define RECORD_NEWS_H

#include "rules.h"

#define NEWS_MS (30LL * 24 * 3600 * 1000)
#define NEWS_UNREAD 99
#define NEWS_MEDICATIONS 20
#define NEWS_LOOK 1000       /* keys of one patient that are looked at */
#define NEWS_PAGE_WORK 20000 /* for a page, in looks at who has read an entry: others are waiting */
#define NEWS_KEYS_A_LOOK 16  /* as much work as one */

/* ---- facts, as parts of apply functions --------------------------------------------------- */

/* An entry is there. Before the links of a correction are written. */
void news_entry(struct tx *tx, const EntryAdded *fact, const Entry *entry);
/* What is said of a patient changed, or who may see them. */
void news_change(struct tx *tx, const char *patient, const JournalEntry *entry, uint64_t position);
/* The organisation or user has a seat at this patient from now on, or not any more. */
void news_sit(struct tx *tx, const char *patient, char tag, const char *name, bool there);
/* The user has opened the timeline; has read some entries elsewhere. */
void news_looked(struct tx *tx, const JournalEntry *entry, uint64_t position, const Accessed *fact);
void news_read(struct tx *tx, const JournalEntry *entry, uint64_t position, const char *patient);

int query_news(struct tx *tx, const struct input *in, const ListNews *request, NewsList *response,
	       struct answer *answer);

#endif
