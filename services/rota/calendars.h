/*
 * What calendar programs fetch: files in a folder that the web front door serves as /calendar/, brought
 * to what the views say. A calendar's text is one file for all who have the same; each address is a
 * link to it, <address>.ics. A text goes from the first of the month in which it was written (on the
 * first, of the one before: last night's duty may be running) to the last shift that is planned.
 *
 * Order: what is to be read no longer goes first, whatever fails then; and no address before its text.
 */
#ifndef ROTA_CALENDARS_H
#define ROTA_CALENDARS_H

#include "daemon.h"

#define CALENDARS_FOLDER_BYTES 1024

/* rota's own context. */
struct calendars {
	char folder[CALENDARS_FOLDER_BYTES]; /* --calendars; empty: nothing is written */
	uint64_t texts, addresses; /* the positions that the files show */
	uint64_t rebuilds;    /* of the views that they were written from */
	bool known;           /* they do: written since the start */
	int64_t retry_at_ms;  /* monotonic: after a failure, not before */
};

int calendars_option(void *context, const char *name, const char *value);
/* spec->settle. An error, which is logged: it is to be called again. */
int calendars_settle(struct daemon *daemon, void *context, struct tx *tx);

#endif
