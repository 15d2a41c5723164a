/*
 * The frame that every daemon stands in: one way in, one way out.
 *
 *	request ┐                                                ┌ fact ► journal ► views ┐
 *	notice  ├ decode ► identify ► load ► rule (pure) ────────┤                        ├ commit ► speak
 *	due     ┘ bounded                                        └ refusal                ┘
 *
 * A daemon is a struct daemon_spec: its tables, its routes, its facts. The rest is here.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bus.h"
#include "clock.h"
#include "codec.h"
#include "due.h"
#include "error.h"
#include "id.h"
#include "journal.h"
#include "limits.h"
#include "names.h"
#include "people.h"
#include "store.h"
#include "worker.h"

struct daemon;

/* ---- what a rule sees --------------------------------------------------------------------- */

struct actor {
	const char *user; /* as the broker vouches for it in the topic */
	const char *device;
	const char *organisation;
	Profession profession; /* PROFESSION_SERVICE: an instance */
};

struct refusal {
	Code code;
	const char *field, *ja, *en;
	const char *id; /* of what is there already, or NULL */
};

/* Everything besides the message and the loaded view. All of it is captured in the journal. */
struct input {
	struct actor actor;
	int64_t now_ms;    /* what people mean by now: the wall clock's, which may be set, also back */
	int64_t time_ms;   /* the journal's: never goes back; stands still while the wall clock is behind */
	int64_t steady_ms; /* for durations: does not feel the wall clock being set */
	const char *id;    /* fresh: what the fact makes bears it */
	struct arena *arena;
	struct refusal *refusal;
	uint64_t after;    /* reads: the reader has what changed until here */
	uint64_t head;     /* reads: the last position of the journal */
	bool push;         /* reads: for a watch; what is told now is not journalled */
	const char *instance;       /* notices: who sent it */
	uint64_t instance_position; /* notices: where it stands there */
	void *context;     /* the daemon's own (spec->context_size bytes), for load and capture only */
	const struct daemon *daemon; /* for the frame's own routes */
	const char *client; /* sign-ins: who asks, as the broker vouches for it; there is no user yet */
	void *work;         /* what the worker made of the route's plan; NULL: there was nothing to do */
};

/* Says no: fills in the refusal and returns ERR_REFUSED. Texts live as long as the input's arena. */
int refuse(const struct input *in, Code code, const char *field, const char *ja, const char *en);
/* The nth further fresh id of this input, in its arena; 0 is in->id. n < 1,000,000. */
const char *fresh_id(const struct input *in, unsigned n);

/* What a query says beside its answer. */
struct answer {
	uint64_t position;    /* where this page ends; 0: at the head */
	bool more;
	struct key watch_key; /* touched when the answer changes; size 0: this cannot be watched */
	struct key watch_also; /* a second one; size 0: there is none */
	Accessed *access;     /* whose data was read; NULL: nobody's. Journalled before the answer leaves */
	const char *id;
};

/* ---- routes ------------------------------------------------------------------------------- */

enum route_kind { ROUTE_WRITE, ROUTE_READ, ROUTE_NOTICE, ROUTE_DUE, ROUTE_OPERATION, ROUTE_SIGN_IN };

typedef int load_fn(struct tx *tx, const struct input *in, const void *message, void *view);
typedef int rule_fn(const struct input *in, const void *view, const void *message, void *fact);
typedef int capture_fn(const struct input *in, const void *view, const void *message, void *fact);
typedef int plan_fn(struct tx *tx, const struct input *in, const void *message, void *plan);
typedef int respond_fn(struct tx *tx, const struct input *in, const void *view, const void *message,
		       const void *fact, void *response);
typedef int query_fn(struct tx *tx, const struct input *in, const void *message, void *response,
		     struct answer *answer);

struct route {
	enum route_kind kind;
	const ProtobufCMessageDescriptor *message;
	size_t view_size;
	load_fn *load;
	rule_fn *rule;
	/* What is not repeatable and not the rule's (a signature): goes into the fact, after the rule. */
	capture_fn *capture;
	const ProtobufCMessageDescriptor *fact;
	query_fn *query;
	/* The frame's own repairs, between two batches. 0, or an error that is told to the asker. */
	int (*operation)(struct daemon *daemon, struct arena *arena, const void *message, void *response);
	const ProtobufCMessageDescriptor *response;
	/* Writes that answer with more than an id: made from the fact alone, so a rebuild gives the same. */
	const ProtobufCMessage *(*reply)(struct arena *arena, const void *fact);
	const char *from;     /* notices: the instance they come from */
	size_t body_bytes;    /* of the packed message; 0: LIMIT_BODY_BYTES */
	/* Reads: changes go out once, as spec->state; a watch does no more than
	 * keep its user online. */
	bool public_watch;
	/* Requests of a program that is neither an instance nor a person ("relay"): nobody else may
	 * ask them, and it may ask nothing else. */
	const char *program;
	/* Writes and sign-ins with a password, whose hash takes too long for the loop: plan says what is
	 * to be done (ERR_NOTHING: nothing; WORK_OF_A_STRANGER: if there is room for it), run does it in the worker (worker.h), and load, rule and
	 * capture find it as in->work. The body of such a request is part of no digest. */
	plan_fn *plan;
	work_fn *run;
	size_t plan_size;
	/* Sign-ins: what is said after the rule, also where it made no fact (ERR_NOTHING). It is not
	 * stored, and may be a refusal. */
	respond_fn *respond;
};

/* The third operand is never evaluated: it makes the compiler compare the types. */
#define TYPED(function, type, pointer_type) (type *)(void (*)(void))(1 ? (function) : (pointer_type)NULL)
#define LOAD_TYPE(Message, View) int (*)(struct tx *, const struct input *, const Message *, View *)
#define RULE_TYPE(Message, View, Fact) \
	int (*)(const struct input *, const View *, const Message *, Fact *)
#define PLAN_TYPE(Message, Plan) \
	int (*)(struct tx *, const struct input *, const Message *, Plan *)
#define RESPOND_TYPE(Message, View, Fact, Response) \
	int (*)(struct tx *, const struct input *, const View *, const Message *, const Fact *, \
		Response *)
#define QUERY_TYPE(Message, Response) \
	int (*)(struct tx *, const struct input *, const Message *, Response *, struct answer *)

#define INPUT_ROUTE(kind_, Message, View, load_, rule_, Fact, ...) \
	{ .kind = (kind_), .message = &Message##_descriptor, .view_size = sizeof(View), \
	  .load = TYPED(load_, load_fn, LOAD_TYPE(Message, View)), \
	  .rule = TYPED(rule_, rule_fn, RULE_TYPE(Message, View, Fact)), \
	  .fact = &Fact##_descriptor, ##__VA_ARGS__ }

/* A request that changes something: WRITE(AddEntry, struct entry_view, load_entry, entry_add, EntryAdded) */
#define WRITE(Message, View, load_, rule_, Fact, ...) \
	INPUT_ROUTE(ROUTE_WRITE, Message, View, load_, rule_, Fact, ##__VA_ARGS__)
/*
 * A request of a connection without a user, on tsunagi/v1/<instance>/signin/<client id>, answered on
 * …/signed/<client id>, at most LIMIT_SIGN_IN_BYTES long. The actor is the daemon itself, the same id
 * again is another attempt, and the rule may return ERR_NOTHING: there is no fact, only an answer.
 */
#define SIGN_IN(Message, View, load_, rule_, Fact, respond_, Response, ...) \
	INPUT_ROUTE(ROUTE_SIGN_IN, Message, View, load_, rule_, Fact, \
		    .respond = TYPED(respond_, respond_fn, RESPOND_TYPE(Message, View, Fact, Response)), \
		    .response = &Response##_descriptor, ##__VA_ARGS__)
/* .plan and what belongs to it: WITH_WORK(SetPassword, struct scrypt_work, plan_set_password, hash) */
#define WITH_WORK(Message, Plan, plan_, run_) \
	.plan = TYPED(plan_, plan_fn, PLAN_TYPE(Message, Plan)), \
	.run = TYPED(run_, work_fn, void (*)(Plan *)), .plan_size = sizeof(Plan)
/* A notice of another instance. Its rule may return ERR_NOTHING. */
#define NOTICE(from_, Message, View, load_, rule_, Fact) \
	INPUT_ROUTE(ROUTE_NOTICE, Message, View, load_, rule_, Fact, .from = (from_))
/* Due work. Its rule may return ERR_NOTHING: the item is dropped. */
#define DUE(Message, View, load_, rule_, Fact) \
	INPUT_ROUTE(ROUTE_DUE, Message, View, load_, rule_, Fact)
/* A request that only asks: READ(ShowPatient, patient_show, PatientShown) */
#define READ(Message, query_, Response, ...) \
	{ .kind = ROUTE_READ, .message = &Message##_descriptor, \
	  .query = TYPED(query_, query_fn, QUERY_TYPE(Message, Response)), \
	  .response = &Response##_descriptor, ##__VA_ARGS__ }

/* ---- facts -------------------------------------------------------------------------------- */

typedef void apply_fn(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const void *fact);
/* The reduced form for a reader, in the arena; NULL: nothing for this one. Pure. */
typedef const ProtobufCMessage *notice_fn(struct arena *arena, const JournalEntry *entry,
					  const void *fact);

struct fact_type {
	const ProtobufCMessageDescriptor *message;
	apply_fn *apply;
	struct {
		const char *reader; /* an instance, or "*": all of them */
		notice_fn *reduce;
	} notices[4];
};

#define APPLY_TYPE(Fact) void (*)(struct tx *, const JournalEntry *, uint64_t, const Fact *)
#define NOTICE_TYPE(Fact) \
	const ProtobufCMessage *(*)(struct arena *, const JournalEntry *, const Fact *)
/* FACT(EntryAdded, apply_entry_added, { TO("alert", EntryAdded, entry_added_notice) }) */
#define FACT(Fact, apply_, ...) \
	{ .message = &Fact##_descriptor, .apply = TYPED(apply_, apply_fn, APPLY_TYPE(Fact)), \
	  .notices = __VA_ARGS__ }
#define TO(reader_, Fact, reduce_) { (reader_), TYPED(reduce_, notice_fn, NOTICE_TYPE(Fact)) }
#define TO_NOBODY { { NULL, NULL } }

/* ---- what everybody may see ----------------------------------------------------------------- */

/* One row of the public state, told on tsunagi/v1/<instance>/state/<id>, retained. */
struct state_row {
	const char *id;     /* an organisation */
	uint64_t position;  /* of its last change; no other row has the same */
	const ProtobufCMessage *message;
};
/* The row of that id or, where it is NULL, the first one that changed after a position. In the
 * input's arena. 0, ERR_NOTFOUND, or an error. */
typedef int state_fn(struct tx *tx, const struct input *in, const char *id, uint64_t after,
		     struct state_row *row);

/* ---- the daemon --------------------------------------------------------------------------- */

struct daemon_spec {
	const char *name;
	const char *const *tables; /* the own ones, from TABLE_OWN on */
	size_t n_tables;
	const struct route *routes;
	size_t n_routes;
	const struct fact_type *facts;
	size_t n_facts;
	const char *const *peers; /* all other instances, NULL at the end: each gets our heads */
	size_t context_size;      /* zeroed, handed to the functions below and to load and capture */
	/* An option of the command line that the frame does not know. 0 or ERR_INVALID. */
	int (*option)(void *context, const char *name, const char *value);
	/* Each row that changed is told to everybody after the commit, and all of them at each
	 * connection to the broker (state.c). NULL: there is no public state. */
	state_fn *state;
	/* Before the loop, with the store open. 0 or an error that ends the process. */
	int (*start)(struct daemon *daemon, void *context);
	/* After each commit that had facts and once after start: brings the world outside (files, the
	 * gate) to what the views say. Must be repeatable. */
	int (*settle)(struct daemon *daemon, void *context, struct tx *tx);
	void (*stop)(void *context);
};

/* Broken on purpose, for the simulator to find; nothing else sets it. */
enum sabotage {
	SABOTAGE_NONE,
	SABOTAGE_REPLY_BEFORE_COMMIT,
	SABOTAGE_SKIP_DEDUPE,
	SABOTAGE_FORGET_DUE, /* what is due is dropped */
};

struct daemon_options {
	struct store_options store; /* tables and clock are filled in by the frame */
	struct clock *clock;
	struct bus *bus;
	struct worker *worker; /* NULL: the loop does its work itself */
	int64_t witness_ms; /* 0: WITNESS_MS */
	enum sabotage sabotage;
};

/* 0 or an error; the store is open then and the daemon has started. Free with daemon_free. */
int daemon_open(struct daemon **out, const struct daemon_spec *spec,
		const struct daemon_options *options, void *context);
void daemon_free(struct daemon *daemon);

/* From the bus: a message came. Copied. ERR_FULL: the batch is full, call daemon_step first. */
int daemon_receive(struct daemon *daemon, const char *topic, struct bytes payload);
/* True when daemon_step should be called before more is read. */
bool daemon_batch_full(const struct daemon *daemon);
/* From the bus: connected (again), subscriptions stand. */
void daemon_connected(struct daemon *daemon);
/* Takes what has arrived and what is due through one transaction, commits, then speaks.
 * 0, or the error after which the process must end and start from disk. */
int daemon_step(struct daemon *daemon);
/* Milliseconds until daemon_step has something to do without a message; never negative. */
int64_t daemon_wait_ms(struct daemon *daemon);

/* For spec->start: a fact of the daemon itself, in a transaction of its own. */
int daemon_write_fact(struct daemon *daemon, const char *cause, const ProtobufCMessage *fact);
struct store *daemon_store(struct daemon *daemon);
struct bus *daemon_bus(struct daemon *daemon);
struct clock *daemon_clock(struct daemon *daemon);
/* How many entries are in the journal. */
uint64_t daemon_head(struct daemon *daemon);
/* Somebody of this organisation has a public watch that has not lapsed. Known to this process
 * alone, and not to the journal: for answers, never for rules. */
bool daemon_online(const struct daemon *daemon, const char *organisation);
/* Throws all views away and applies the whole journal again, in one transaction. *differing: keys
 * or unsealed values that were not the same before. */
int daemon_rebuild(struct daemon *daemon, uint64_t *entries, uint64_t *differing);

/* How often that was done since the start, for spec->settle: what it wrote may show other views. */
uint64_t daemon_rebuilds(const struct daemon *daemon);

/* It has a route for connections without a user. */
bool daemon_signs_in(const struct daemon_spec *spec);

/* main() of every daemon: options, store, bus, loop, signals. The exit status. */
int daemon_main(const struct daemon_spec *spec, int argc, char **argv);

#endif
