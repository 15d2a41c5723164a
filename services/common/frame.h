/*
 * What the files of the frame share. For services/common only; a daemon includes daemon.h.
 *
 *	daemon.c      open, step: the batch, its commit, its end
 *	input.c       one request, notice or due item: decode, identify, load, rule
 *	fact.c        one fact: journal, views, notices
 *	rebuild.c     all facts again: views made anew
 *	peer.c        notices to and from other instances
 *	watch.c       screens that stay open
 *	state.c       rows that everybody may see, and whose screens show them
 *	operations.c  the routes that every daemon has
 *	loop.c        main: options, broker, poll
 */
#ifndef FRAME_H
#define FRAME_H

#include "daemon.h"
#include "messages.h"
#include "touched.h"

#define MAX_PEERS 8

/* A notice for one peer, of the present batch. */
struct pending_notice {
	uint64_t position;
	int64_t time_ms;
	const ProtobufCMessageDescriptor *type;
	size_t data, size; /* in the peer's buffer */
};

/* Another instance, as reader of ours and as source for us. */
struct peer {
	const char *name;
	/* as reader */
	uint64_t sent_to;       /* it has been told until here */
	int64_t head_at_ms;     /* monotonic: when to repeat the head */
	struct pending_notice *pending;
	size_t n_pending, pending_capacity;
	uint8_t *buffer;
	size_t buffer_used, buffer_capacity;
	/* as source */
	bool followed;          /* we have routes for its notices */
	uint64_t followed_to;   /* applied, or known to hold nothing for us */
	uint64_t batch_to;      /* the same within the present batch */
	bool behind;            /* there is more: ask */
	int64_t ask_at_ms;      /* monotonic: not before */
	char asked[ID_SIZE];    /* id of the last question */
	uint64_t asked_from;    /* and where we were when we asked it */
	int64_t held_until_ms;  /* monotonic: waits for directory until then; 0: does not wait */
	uint64_t witnessed;     /* its position that stands in our journal */
	int64_t witness_at_ms;  /* monotonic: not before */
};

struct watch {
	char user[LIMIT_NAME_BYTES + 1], device[LIMIT_NAME_BYTES + 1];
	char id[ID_SIZE];
	const struct route *route;
	uint8_t *body;
	size_t body_size;
	uint64_t position;  /* it has been told until here */
	uint64_t key_hash, also_hash; /* what is touched when there is something to tell */
	int64_t lapses_ms;  /* monotonic */
	bool stale;         /* there is something to tell */
};

/* An operation (rebuild, backup) waits for the end of the batch that brought it. */
struct pending_operation {
	const struct route *route;
	char user[LIMIT_NAME_BYTES + 1], device[LIMIT_NAME_BYTES + 1];
	char id[ID_SIZE];
	uint8_t body[2048];
	size_t body_size;
};

/* Who has a public watch open, by user. */
struct terminal {
	char user[LIMIT_NAME_BYTES + 1];
	struct place *place;
	int64_t lapses_ms; /* monotonic */
};

/* An organisation with terminals, or whose last one's end has not been told yet. */
struct place {
	char organisation[LIMIT_NAME_BYTES + 1];
	unsigned terminals;
	bool told_online, listed;
	struct place *next; /* of those with something to tell */
};

/* Pointers to what begins with a name, sorted by it. */
struct by_name {
	void **items;
	size_t n, capacity;
};

struct public_state {
	uint64_t told;      /* everybody has been told until here */
	uint64_t retold;    /* and since the connection began, again, until here; UINT64_MAX: all */
	bool stale;         /* there may be rows to tell */
	struct by_name terminals, places;
	struct place *changed;
	int64_t lapses_ms;  /* monotonic: no terminal lapses before */
};

struct daemon {
	const struct daemon_spec *spec;
	void *context;
	struct store *store;
	struct store_options store_options;
	struct clock *clock;
	struct bus *bus;
	struct worker *worker;
	int64_t witness_ms;
	enum sabotage sabotage;

	struct messages arrived;   /* waiting for the next step */
	const struct message *taking; /* of those, the one that is being taken */
	struct arena arena;        /* of one input */
	struct arena outer;        /* of a message that holds several inputs */
	struct journal_head head;  /* as committed */
	struct journal_head batch; /* of the present batch */
	struct messages out;       /* to be said after the commit */
	struct touched touched;
	uint64_t batch_facts, step_facts; /* how many */
	unsigned used_percent;
	struct { uint64_t hash; unsigned n; } in_batch[2048]; /* how many inputs a user has in it */

	struct peer peers[MAX_PEERS];
	size_t n_peers;
	struct watch *watches, *opening; /* opening: by reads of the present batch */
	size_t n_watches, watches_capacity, n_opening, opening_capacity;
	struct pending_operation *operation;
	struct public_state state;

	int64_t clock_offset_ms; /* wall less monotonic, as last seen */
	int64_t due_ms[2];       /* the nearest, by enum due_class; INT64_MAX: none */
	int64_t due_after_ms;    /* monotonic: not before (a failed one waits) */
	uint64_t rebuilds;
	bool settled;
};

/* ---- fact.c ---- */

/* What brought a fact about. Zero what does not apply. */
struct cause {
	const char *name;
	const char *request_id;
	const uint8_t *digest;
	struct bytes due_key;
};
/* Journal, views, notices of one fact, within tx. Errors stay in tx. The position is batch.position. */
void fact_commit(struct daemon *daemon, struct tx *tx, const struct input *in,
		 const struct cause *cause, const ProtobufCMessage *fact);
/* The views of one entry: what every fact does, then the fact's own. */
void fact_apply(const struct daemon_spec *spec, struct tx *tx, const JournalEntry *entry,
		uint64_t position, const ProtobufCMessage *fact);
/* Forgets answers of a user, in TABLE_REPLIES or TABLE_REFUSALS, to requests too old to come again. */
void replies_trim(struct tx *tx, int table, const char *user, int64_t now_ms);
const struct fact_type *fact_find(const struct daemon_spec *spec, const char *name);
int fact_unpack(const struct daemon_spec *spec, const JournalEntry *entry, struct arena *arena,
		const struct fact_type **type, ProtobufCMessage **fact);
/* The reduced form for a reader, or NULL. */
const ProtobufCMessage *fact_notice(const struct fact_type *type, const char *reader,
				    struct arena *arena, const JournalEntry *entry,
				    const ProtobufCMessage *fact);

/* ---- input.c ---- */

/* The nth of those that arrived. */
void input_message(struct daemon *daemon, struct tx *tx, size_t n);
/* The earliest due item of a class, if its time has come. False: there is none. */
bool input_due(struct daemon *daemon, struct tx *tx, enum due_class class);
/* A refusal for a message that could not be taken through (its transaction failed). */
void input_failed(struct daemon *daemon, const char *topic, struct bytes payload, int error);
void input_prepare(struct daemon *daemon, struct input *in, struct refusal *refusal);
/* load, rule, capture. 0: the fact is made; ERR_REFUSED, ERR_NOTHING, or an error. */
int input_decide(struct tx *tx, const struct input *in, const struct route *route,
		 const ProtobufCMessage *message, const void **view, ProtobufCMessage **fact);
/* Who it is, from the view of people, and that they may ask such things at all. False: a refusal is
 * filled in. */
bool input_identify(struct daemon *daemon, struct tx *tx, struct input *in,
		    const struct route *route);
void input_reply(struct daemon *daemon, const char *user, const char *device, const Reply *reply);
int64_t now_steady_ms(const struct daemon *daemon);
/* That of a notice from an instance; from NULL: that of a request or due item. Two instances may
 * tell the same message, by a row each. NULL: there is none. */
const struct route *route_find(const struct daemon *daemon, const char *name, const char *from);

/* ---- peer.c ---- */

void peers_init(struct daemon *daemon);
void peers_started(struct daemon *daemon);  /* the facts of spec->start are in */
void peers_close(struct daemon *daemon);
struct peer *peer_find(struct daemon *daemon, const char *name);
int peer_note(struct peer *peer, uint64_t position, int64_t time_ms, const ProtobufCMessage *notice,
	      struct arena *arena);
/* answer_to: the request that these answer; NULL: they came unasked. */
void peer_notices(struct daemon *daemon, struct tx *tx, struct peer *peer, const Notices *notices,
		  const char *answer_to);
/* How far directory has been followed; directory itself: its own head. */
uint64_t peers_directory(const struct daemon *daemon);
void peers_begin(struct daemon *daemon);    /* of a batch */
void peers_committed(struct daemon *daemon);
void peers_speak(struct daemon *daemon);    /* notices, heads, questions that are due */
int64_t peers_wait_ms(const struct daemon *daemon, int64_t monotonic_ms);

/* ---- watch.c ---- */

int watch_opening(struct daemon *daemon, const struct input *in, const Request *request,
		  const struct route *route, const struct answer *answer, uint64_t position);
void watches_begin(struct daemon *daemon); /* of a batch: forgets what an aborted one opened */
void watches_committed(struct daemon *daemon);
void watches_speak(struct daemon *daemon);
bool watches_stale(const struct daemon *daemon);
void watches_close(struct daemon *daemon);

/* ---- state.c ---- */

void state_init(struct daemon *daemon); /* the facts of spec->start are in */
void state_close(struct daemon *daemon);
/* The asker keeps a public watch open. 0, or ERR_REFUSED: there are too many. */
int state_watch(struct daemon *daemon, const struct input *in);
void state_connected(struct daemon *daemon);
void state_committed(struct daemon *daemon);
void state_speak(struct daemon *daemon);
int64_t state_wait_ms(const struct daemon *daemon, int64_t monotonic_ms);

/* ---- operations.c ---- */

extern const struct route common_routes[];
extern const size_t n_common_routes;
extern const struct fact_type common_facts[];
extern const size_t n_common_facts;
void operation_run(struct daemon *daemon);

#endif
