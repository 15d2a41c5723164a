/*
 * What record answers. Each answer that shows something of a patient says so in answer->access, and is
 * journalled before it leaves. None of them reads more of the store than it shows, but for a bounded
 * number of keys.
 */
#ifndef RECORD_QUERIES_H
#define RECORD_QUERIES_H

#include "daemon.h"

int query_patients(struct tx *tx, const struct input *in, const ListPatients *request,
		   PatientList *response, struct answer *answer);
int query_find(struct tx *tx, const struct input *in, const FindPatients *request,
	       PatientList *response, struct answer *answer);
int query_covered(struct tx *tx, const struct input *in, const ListCovered *request,
		  PatientList *response, struct answer *answer);
int query_deputies(struct tx *tx, const struct input *in, const ListDeputies *request,
		   DeputyList *response, struct answer *answer);
int query_patient(struct tx *tx, const struct input *in, const ShowPatient *request,
		  PatientShown *response, struct answer *answer);
int query_team(struct tx *tx, const struct input *in, const ShowTeam *request, Team *response,
	       struct answer *answer);
int query_summary(struct tx *tx, const struct input *in, const ShowSummary *request,
		  Summary *response, struct answer *answer);
int query_timeline(struct tx *tx, const struct input *in, const ListTimeline *request,
		   Timeline *response, struct answer *answer);
int query_entry(struct tx *tx, const struct input *in, const ShowEntry *request,
		EntryShown *response, struct answer *answer);
int query_readers(struct tx *tx, const struct input *in, const ListReaders *request,
		  ReaderList *response, struct answer *answer);
int query_audit(struct tx *tx, const struct input *in, const ShowAudit *request,
		AuditList *response, struct answer *answer);

/* ---- for the queries in other files ------------------------------------------------------------ */

/* Whose data is shown, by which right: for the journal. 0 or ERR_NOMEM. */
int say_accessed(const struct input *in, const char *patient, Accessed_Right right,
		 const ProtobufCMessageDescriptor *request, struct answer *answer);
/* One more patient of a list. Unspecified: each by a right of its own. False: the transaction failed. */
bool say_listed(struct tx *tx, const struct input *in, const PatientView *view, Accessed_Right right,
		const ProtobufCMessageDescriptor *request, struct answer *answer);
/* The reader has read this entry now. */
void say_shown(struct tx *tx, const struct input *in, const Entry *entry, struct answer *answer);
/* The entry, if this reader may see its patient; else the one refusal, whether there is one or not. */
int see_entry(struct tx *tx, const struct input *in, const char *id,
	      const ProtobufCMessageDescriptor *request, struct answer *answer, Entry **out);

/* The daemon's tables, in main.c: a query looks up what kinds of facts there are. */
extern const struct daemon_spec record_spec;

#endif
