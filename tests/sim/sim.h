/*
 * The simulated world: three real daemons, a broker that loses what it can, people at terminals, and
 * a model that knows better. See main.c for what this is for and how to replay a seed.
 *
 *	main.c      options, seeds, processes, the closing line
 *	world.c     one seed: set up, run, heal, judge
 *	queue.c     what happens when
 *	network.c   the broker: who may write where, and what gets lost on the way
 *	host.c      the machines: a daemon's start, steps and deaths
 *	faults.c    what goes wrong, when and how much
 *	cast.c      who is there
 *	terminal.c  a person's device: repeats, watches, receipts
 *	actions.c   what people ask for
 *	ledger.c    reads the journals as they grow; what is known of requests
 *	model.c     who may see whom, worked out from the facts alone
 *	alerts.c    who is to be told of what, worked out from the facts alone
 *	check.c     what must hold after every step
 *	final.c     what must hold once all is healed
 *	table.c     a small hash table
 *	certificates.c  requests for certificates and a CA, made once a process
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "daemon.h"
#include "tests/lib/rng.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"
#include "tests/sim/table.h"

#define SIM_MAP_MB 16
#define SIM_TIGHT_MAP_MB 1 /* soon full */
#define SIM_TERMINALS 24
#define SIM_PATIENTS 4
#define SIM_WATCHES 3
#define SIM_PENDING 16
#define SIM_WINDOW 4 /* of them a person uses, but for the administrator at the beginning */
#define SIM_REQUESTS 8192
#define SIM_OUTBOX 4096
#define SIM_CERTIFICATES 20

/* In every free text that people write: it must not turn up where no clinical text may be. */
#define SECRET_TEXT "himitsu"

enum host_name { HOST_DIRECTORY, HOST_RECORD, HOST_ALERT, HOSTS };

struct sim;

/* ---- options and outcome --------------------------------------------------------------------- */

struct sim_options {
	unsigned steps;
	bool verbose, faultless;
	bool tight; /* the stores are so small that they fill up */
	enum sabotage sabotage;
};

struct outcome {
	bool failed;
	uint64_t seed, steps, digest;
	unsigned facts, kills;
	char invariant[64];
	char detail[448];
};

/* ---- what happens when ----------------------------------------------------------------------- */

enum event_kind {
	EVENT_ARRIVE,  /* a packet reaches its receiver */
	EVENT_STEP,    /* a daemon is awake */
	EVENT_START,   /* a dead daemon is started again */
	EVENT_CONNECT, /* a daemon or terminal reaches the broker again */
	EVENT_THINK,   /* somebody does something at a terminal */
};

/* Receivers: hosts are 0 .. HOSTS - 1, terminals come after. */
#define RECEIVER_TERMINAL(index) (HOSTS + (int)(index))

struct packet {
	int from, to;
	unsigned copies; /* events that hold it */
	size_t size;
	char topic[LIMIT_TOPIC_BYTES];
	uint8_t data[];
};

struct event {
	int64_t at_ms;
	uint64_t order; /* equal times happen in the order they were planned */
	enum event_kind kind;
	int target;
	unsigned life; /* of the target: an event of an earlier life is void */
	struct packet *packet;
};

struct queue {
	struct event *heap;
	size_t n, allocated;
	uint64_t planned;
};

void queue_add(struct queue *queue, struct event event);
bool queue_take(struct queue *queue, struct event *out);
void queue_close(struct queue *queue);

/* ---- machines -------------------------------------------------------------------------------- */

struct sim_bus {
	struct bus bus; /* first: the daemon's pointer is ours */
	struct sim *sim;
	int host;
};

/* A fact as it stands in a journal, unpacked, kept for the whole seed. */
struct known_fact {
	const JournalEntry *entry;
	const ProtobufCMessage *fact; /* NULL: of a type that the protocol does not have */
	uint8_t hash[JOURNAL_HASH_BYTES];
};

struct ledger {
	struct known_fact *facts; /* position - 1 */
	size_t n, allocated;
	int64_t jumps_ms;        /* of the wall clock, as the journal has them */
	struct table by_request; /* user, request id -> position */
};

struct host {
	const struct daemon_spec *spec;
	struct daemon *daemon; /* NULL: not running */
	void *context;
	struct sim_bus bus;
	struct test_clock clock;
	char folder[TEMPORARY_SIZE], key_file[TEMPORARY_SIZE + 16];
	unsigned life;
	bool connected;
	unsigned idle_steps;    /* in a row, that came at once and without a message */
	int64_t step_at_ms;     /* the planned step; INT64_MAX: none */
	int64_t jumped_ms;      /* of the wall clock, all together */
	int64_t seen_jumps_ms;  /* those that a running daemon must have noticed */
	unsigned speak_at_most; /* dies while speaking: publishes no more than so many */
	bool dying;
	enum store_fault fault; /* armed for the next step; STORE_FAULTS: none */
	unsigned fault_nth;
	int fault_error;
	struct packet *outbox[SIM_OUTBOX]; /* what was published in this step */
	size_t n_outbox;
	size_t step_from; /* the journal's end before this step */
	struct ledger ledger;
};

/* ---- people ---------------------------------------------------------------------------------- */

struct sim_request {
	char id[ID_SIZE];
	int terminal; /* index */
	int host;
	const char *type;
	bool write;
	struct bytes packed;      /* the whole Request */
	char patient[ID_SIZE];    /* whose data is asked for; "" */
	struct bytes first_reply; /* of a write: the first final one that was sent */
	Code first_code;
	bool answered; /* the terminal has a final answer */
	bool attacked; /* the same id was sent with other bytes */
	unsigned tries;
	int64_t again_ms; /* repeat then */
	int watch;        /* of the terminal; -1: none */
};

struct sim_watch {
	bool open;
	int host;
	char patient[ID_SIZE]; /* of a timeline; "": the inbox */
	uint64_t position;
	int request;      /* unanswered one; -1: none */
	char id[ID_SIZE]; /* of the last request that was answered; its renewal bears it too */
	bool fresh_id;    /* but this one's must not */
	bool again;       /* ask once more when the answer is here */
	int64_t renew_ms;
	uint64_t cut_before; /* timeline: the first page held nothing older than this */
	struct table seen;   /* entry or notification id -> position */
};

struct terminal {
	const char *user, *device, *organisation;
	Profession profession;
	bool connected, revoked;
	int64_t clock_off_ms; /* its clock is wrong by so much */
	int pending[SIM_PENDING];
	size_t n_pending;
	struct sim_watch watches[SIM_WATCHES]; /* 0: the inbox */
	char receipts[64][ID_SIZE];
	size_t n_receipts;
	int64_t think_ms; /* between two doings, on average */
	int64_t act_ms, wake_ms;
};

/* ---- the model ------------------------------------------------------------------------------- */

struct model_member {
	char organisation[40], user[40];
	Profession profession;
	TeamRole role;
};

struct model_patient {
	char id[ID_SIZE];
	char registered_by[40];
	bool team_consent;
	struct model_member team[24];
	size_t n_team;
};

struct model_glass {
	char patient[ID_SIZE], user[40];
	int64_t steady_until_ms;
};

struct model_person {
	char user[40], organisation[40];
	Profession profession;
	bool enrolled;
};

/* What one daemon's journal says of people and teams, until a position. */
struct model {
	struct model_person people[SIM_TERMINALS + 8];
	size_t n_people;
	struct model_patient patients[SIM_PATIENTS + 16];
	size_t n_patients;
	struct model_glass glasses[64];
	size_t n_glasses;
	int64_t steady_ms; /* of the last fact */
};

struct sim_faults {
	unsigned drop, duplicate, slow; /* per mille of the packets */
	int64_t slow_ms;
	unsigned every_steps; /* something goes wrong so often; 0: never */
	unsigned weights[16]; /* of the kinds in faults.c */
};

struct sim_entry { /* of record, in order of its positions */
	char id[ID_SIZE], patient[ID_SIZE];
	uint64_t position;
	const Entry *entry;
};

struct sim_notification {
	char id[ID_SIZE], user[40], patient[ID_SIZE], event[ID_SIZE];
	Notification_State state;
	bool urgent;
	bool as_such; /* rests on the recipient's own right, and on nothing else */
};

struct sim {
	struct sim_options options;
	struct outcome *outcome;
	struct rng rng, fault_rng, net_rng;
	int64_t now_ms;          /* of the world; never jumps */
	struct test_clock clock; /* the terminals' */
	uint64_t steps;
	bool healing;
	bool settled; /* everybody is enrolled and known everywhere */
	size_t settling;
	unsigned registering, revoking;
	struct queue queue;
	unsigned epoch;       /* of the broker's life: what is under way belongs to one */
	struct arena arena;   /* for the whole seed */
	struct arena scratch; /* for one look */
	char pki[TEMPORARY_SIZE], broker[TEMPORARY_SIZE];

	struct host hosts[HOSTS];
	struct terminal terminals[SIM_TERMINALS];
	size_t n_terminals;
	struct sim_faults faults;

	struct sim_request *requests; /* SIM_REQUESTS of them */
	size_t n_requests;
	struct table request_index; /* id -> index */

	struct model directory_model, record_model, alert_model;
	struct model record_before; /* before the present step */
	struct sim_entry entries[SIM_REQUESTS];
	size_t n_entries;
	struct sim_notification *notifications;
	size_t n_notifications, notifications_allocated;
	struct table notified;    /* event, recipient -> 1; id -> index of notifications */
	struct table reminded;    /* event -> steady time of the last reminder, or of the event */
	struct table muted;       /* user, patient -> 1: was ever muted or unmuted */
	uint64_t alert_followed;  /* record's positions until which alert's journal was judged */
	struct bytes denied_text; /* of the first refusal for want of a right */
};

/* ---- functions ------------------------------------------------------------------------------- */

/* The first failure counts; what comes after is its consequence. */
void sim_fail(struct sim *sim, const char *invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void sim_trace(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hours go by on all clocks; nothing happens in them. */
void sim_pass(struct sim *sim, int64_t ms);
/* folder: of this process; it is emptied. */
void sim_run(uint64_t seed, const struct sim_options *options, const char *folder,
	     struct outcome *outcome);

/* network.c */
int network_publish(struct bus *bus, const char *topic, const void *data, size_t size, int qos,
		    bool retain);
void network_request(struct sim *sim, size_t terminal, int host, const char *device,
		     struct bytes packed);
void network_deliver_outbox(struct sim *sim, struct host *host);
void network_lose_all(struct sim *sim);
void network_cut_revoked(struct sim *sim);
void packet_drop(struct packet *packet);

/* host.c */
int host_open(struct sim *sim, int index, const struct daemon_spec *spec, const char *folder);
void host_close(struct sim *sim, int index);
void host_start(struct sim *sim, int index);
void host_kill(struct sim *sim, int index, const char *why);
void host_step(struct sim *sim, int index);
void host_arrive(struct sim *sim, int index, struct packet *packet);
void host_connected(struct sim *sim, int index, bool connected);
void host_plan(struct sim *sim, int index);

/* faults.c */
void faults_choose(struct sim *sim);
void faults_happen(struct sim *sim);
void faults_stop(struct sim *sim);

/* terminal.c */
void terminal_think(struct sim *sim, size_t index);
void terminal_arrive(struct sim *sim, size_t index, struct packet *packet);
void terminal_connected(struct sim *sim, size_t index, bool connected);
/* which > 0: a timeline. */
void terminal_watch(struct sim *sim, size_t index, int which, const char *patient);
/* The index of the request, or -1 when the terminal has too many open. */
int terminal_ask(struct sim *sim, size_t index, int host, const ProtobufCMessage *message,
		 const char *patient, uint64_t after, int watch);
/* May it ask for more, or are there enough unanswered? */
bool terminal_free(const struct sim *sim, const struct terminal *terminal);
struct sim_request *request_find(struct sim *sim, const char *id);
bool code_final(Code code);

/* cast.c */
void terminals_make(struct sim *sim);
void terminals_close(struct sim *sim);
void cast_settle(struct sim *sim);

/* actions.c */
void action_any(struct sim *sim, size_t terminal);

/* ledger.c */
/* Of a host's journal now: what durations count on. */
int64_t host_steady_ms(const struct host *host);
/* "AddEntry" -> its descriptor, or NULL. */
const ProtobufCMessageDescriptor *type_named(const char *name);
void ledger_read(struct sim *sim, int host);
uint64_t ledger_of_request(const struct ledger *ledger, const char *user, const char *id);

/* model.c */
void model_apply(struct model *model, const struct known_fact *fact);
struct model_patient *model_patient(struct model *model, const char *id);
struct model_person *model_person(struct model *model, const char *user);
/* Of a host: what its journal says. */
struct model *model_of(struct sim *sim, int host);
bool model_may_see(struct model *model, const char *user, const char *patient, int64_t steady_ms);
bool model_member_is(const struct model_member *member, const struct model_person *person);

/* alerts.c */
#define REMINDER_MS (5LL * 60 * 1000)
/* A new fact of alert's journal. */
void alerts_fact(struct sim *sim, uint64_t position);
/* "", or an entry that somebody must be told of and alert has not heard of. */
const char *alerts_missing(struct sim *sim);
void alerts_final(struct sim *sim);
/* Is something urgent waiting that nobody has said a word to? Then *event is one such. */
bool alerts_waiting(struct sim *sim, int64_t reminded_before_ms, const char **event);
void alerts_shown(struct sim *sim, const char *user, const Notification *item);
struct sim_notification *notification_known(struct sim *sim, const char *id);

/* check.c */
void check_outbox(struct sim *sim, struct host *host);
void check_fact(struct sim *sim, int host, uint64_t position);

/* final.c */
/* "" when all is healed, else what is missing, in scratch memory. */
const char *final_missing(struct sim *sim);
void final_check(struct sim *sim);
void check_stores(struct sim *sim);

/* certificates.c */
void certificates_make(void);
/* The files that directory wants in its --pki folder. */
void certificates_write(const char *pki);
const char *certificate_request(size_t n);

#endif
