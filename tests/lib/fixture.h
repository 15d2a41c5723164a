/*
 * A whole daemon with its store in a folder of its own, a clock that stands still and a bus that
 * records: what tests, fuzzers and benches of daemons stand on.
 *
 *	struct fixture f;
 *	fixture_init(&f, &alert_spec);
 *	fixture_start(&f);
 *	fixture_person(&f, "nurse", "station01", PROFESSION_NURSE);
 *	fixture_tell(&f, "record", &f.record, &notice.base);
 *	fixture_pass(&f, 60000);
 *	if (fixture_ask(&f, "nurse", &request.base, 0, false) == CODE_OK)
 *		inbox = fixture_body(&f, &Inbox_descriptor);
 *	fixture_rebuild(&f);
 *	fixture_close(&f);
 *
 * What is handed out lives in the arena, until it is closed or somebody resets it.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "daemon.h"
#include "tests/lib/recording_bus.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"

#define FIXTURE_DEVICE "phone" /* from which everybody asks */
#define FIXTURE_PHONE "052-000-0000"

/* Does not move once it is initialised. */
struct fixture {
	const struct daemon_spec *spec;
	void *context; /* the daemon's own */
	struct daemon_options options; /* for the next start */
	char folder[TEMPORARY_SIZE], key_file[TEMPORARY_SIZE + 16];
	struct test_clock clock;
	struct recording_bus bus;
	struct daemon *daemon; /* NULL: stopped */
	struct arena arena;
	uint64_t directory, record, board, rota; /* up to where each of them has told */
	unsigned made; /* for whoever numbers what they make up */
	Reply *reply;  /* the last answer */
};

/* Told what was promised and does not hold. Ends the process, unless a test says how it fails. */
extern void (*fixture_failed)(const char *promise, const char *file, int line);
#define FIXTURE_MUST(condition) \
	do { \
		if (!(condition)) \
			fixture_failed(#condition, __FILE__, __LINE__); \
	} while (0)

/* ---- begin and end -------------------------------------------------------------------------- */

/* Everything but the daemon. Context and options may be changed before each start. */
void fixture_init(struct fixture *f, const struct daemon_spec *spec);
void fixture_start(struct fixture *f);
void fixture_stop(struct fixture *f);
void fixture_restart(struct fixture *f);
/* Stops it and takes everything away. */
void fixture_close(struct fixture *f);

/* Takes what has arrived and what is due. */
void fixture_step(struct fixture *f);
/* Time goes by, then a step. */
void fixture_pass(struct fixture *f, int64_t ms);

/* ---- what it hears -------------------------------------------------------------------------- */

/* The functions of this part only hand a message over; the next step takes it. */
void fixture_receive(struct fixture *f, const char *topic, const ProtobufCMessage *message);
/* A notice as it stands at a position of the peer's journal; the peer has
 * followed directory so far. */
void fixture_tell_at(struct fixture *f, const char *peer, uint64_t position, uint64_t directory,
		     const ProtobufCMessage *body);
/* At the next position, which is moved on. */
void fixture_tell(struct fixture *f, const char *peer, uint64_t *position,
		  const ProtobufCMessage *body);
/* Answers the first question to that peer since the bus was cleared. False:
 * it has asked nothing. */
bool fixture_answer(struct fixture *f, const char *peer, const ProtobufCMessage *body);
/* A fresh id; a request with a fresh id. */
char *fixture_id(struct fixture *f);
Request fixture_request(struct fixture *f, const ProtobufCMessage *body, uint64_t after,
			bool watch);
void fixture_send(struct fixture *f, const char *user, const Request *request);

/* Told by directory and taken. Names are "<id> (name)". */
void fixture_organisation(struct fixture *f, const char *id, OrganisationKind kind, Area area,
			  bool left);
void fixture_person(struct fixture *f, const char *user, const char *organisation,
		    Profession profession);

/* ---- what it says --------------------------------------------------------------------------- */

/* Forgets what was said, sends, takes a step. The answer, also in f->reply. */
Reply *fixture_call(struct fixture *f, const char *user, const Request *request);
/* The same with a fresh request. */
Code fixture_ask(struct fixture *f, const char *user, const ProtobufCMessage *body, uint64_t after,
		 bool watch);
/* What the last answer bears: it is a good one and of that type. */
void *fixture_body(struct fixture *f, const ProtobufCMessageDescriptor *type);
/* As its reader does, within the limits of what comes from outside. */
void *fixture_decode(struct fixture *f, const ProtobufCMessageDescriptor *type,
		     ProtobufCBinaryData body);

/* The nth of what was said since the bus was cleared; NULL: there were not so many. A message whose
 * topic ends like that, an answer to that user, a push to them, a notice for that reader. */
void *fixture_said(struct fixture *f, const ProtobufCMessageDescriptor *type, const char *topic_end,
		   size_t n);
Reply *fixture_reply(struct fixture *f, const char *user, size_t n);
Push *fixture_push(struct fixture *f, const char *user, size_t n);
Notice *fixture_notice(struct fixture *f, const char *reader, size_t n);

/* ---- what it keeps -------------------------------------------------------------------------- */

/* The next entry of the journal that holds such a fact, behind a position, which is moved there.
 * NULL: there is none. */
JournalEntry *fixture_fact(struct fixture *f, const char *type, uint64_t *position);
/* The views are what the journal makes of them. */
void fixture_rebuild(struct fixture *f);

#endif
