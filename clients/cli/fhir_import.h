/*
 * One run of an import: reads the sources twice (patients first, then what is said of them), sends
 * what they hold with a window of requests open, and counts what becomes of it.
 */
#ifndef FHIR_IMPORT_H
#define FHIR_IMPORT_H

#include "clients/cli/cli.h"
#include "clients/cli/fhir_count.h"
#include "clients/cli/fhir_map.h"
#include "clients/cli/fhir_refs.h"
#include "clients/cli/fhir_source.h"

enum fhir_pass { FHIR_PATIENTS, FHIR_ENTRIES, FHIR_PASSES };

struct fhir_options {
	bool strict;              /* ends at the first mistake */
	const char *consent_on;   /* "" not given */
	const char *source;       /* "" not given */
};

/* Where a resource stands, for what is said of it. */
struct fhir_where {
	size_t file, line, entry; /* line and entry as in struct fhir_item */
	char type[FHIR_TYPE_SIZE], id[FHIR_ID_SIZE];
};

struct fhir_import {
	struct cli *cli;
	struct fhir_options options;
	struct fhir_sources sources;
	struct fhir_counts counts;
	struct fhir_refs *refs;
	struct arena arena;       /* of one resource */
	struct arena reply_arena; /* of one reply */
	enum fhir_pass pass;
	unsigned long resources;
	bool other_people;        /* identifiers were refused that are somebody else's here */
	int status;               /* not 0: it ends, with this exit status */
	bool room;                /* set by answers: the window is open again */
	struct fhir_pending *pending; /* requests without their answers */
	uint64_t passed_bytes;    /* of the sources before this one, in this pass */
	int64_t shown_ms;         /* when the bar was drawn last; 0: it is not on the screen */
	const struct fhir_stream *stream;
};

/* Runs; the counts can be printed then. The exit status, but for wrong input. */
int fhir_import_run(struct fhir_import *import);

/* ---- fhir_send.c -------------------------------------------------------------------------- */

/* They wait until the window has room, then send; the answer is counted when it comes. A patient is
 * known to the references from then on. */
void fhir_send_patient(struct fhir_import *import, const struct fhir_where *where,
		       struct fhir_row *row, Patient *patient, const struct fhir_place *place);
void fhir_send_entries(struct fhir_import *import, const struct fhir_where *where,
		       struct fhir_row *row, const struct fhir_entries *entries);
void fhir_send_team(struct fhir_import *import, const struct fhir_where *where,
		    struct fhir_row *row, const char *patient, TeamMember **members, size_t n);
/* Until every answer is there. If the import has ended, only for a moment. */
void fhir_send_wait(struct fhir_import *import);
/* Forgets those that have none. The connection must not run after this. */
void fhir_send_close(struct fhir_import *import);

/* ---- fhir_progress.c ---------------------------------------------------------------------- */

/* Draws the bar, if stderr is a terminal and it is time; takes it away. */
void fhir_progress_draw(struct fhir_import *import);
void fhir_progress_clear(struct fhir_import *import);
/* Ends the import, if it has not ended yet, and says why. */
void fhir_end(struct fhir_import *import, int status, enum message message);
/* Says on stderr what is wrong with a resource, and where it stands. */
void fhir_complain(struct fhir_import *import, const struct fhir_where *where,
		   const struct fhir_verdict *verdict);

/* Counts it; if it is wrong, says so, and ends a strict import. */
void fhir_conclude(struct fhir_import *import, const struct fhir_where *where,
		   struct fhir_row *row, const struct fhir_verdict *verdict, bool with_detail);

#endif
