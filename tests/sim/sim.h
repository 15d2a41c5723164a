/*
 * The simulated world: six real daemons, a broker that loses what it can, people at terminals, and
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
 *	actions.c   what people ask for: record, alert, directory
 *	doings.c    … and board and referral
 *	turns.c     … and rota; contact hours, and what is urgent
 *	papers.c    … and photos; and what is new
 *	ledger.c    reads the journals as they grow; what is known of requests
 *	model.c     who may see whom, worked out from the facts alone
 *	alerts.c    who is to be told of what, worked out from the facts alone
 *	referrals.c the life of each request, worked out from the facts alone
 *	duties.c    plans, swaps and who has heard of them, worked out from the facts alone
 *	escalations.c  the way of what is urgent, worked out from the facts alone
 *	rings.c     contact hours: what makes a sound when
 *	disclosed.c what referral and board may say, and to whom
 *	check.c     what must hold after every step
 *	final.c     what must hold once all is healed
 *	table.c     a small hash table
 *	race.c      all of a last wave accept the same request at once
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
#define SIM_TERMINALS 32
#define SIM_PATIENTS 6
#define SIM_WATCHES 6 /* 0: the inbox */
#define SIM_ORGANISATIONS 32
#define SIM_REFERRALS 512
#define SIM_WAVES 4
#define SIM_PENDING 16
#define SIM_WINDOW 4 /* of them a person uses, but for the administrator at the beginning */
#define SIM_REQUESTS 8192
#define SIM_OUTBOX 4096
#define SIM_SHIFTS 512
#define SIM_SWAPS 512
#define SIM_ESCALATIONS 1024
#define SIM_PLACES 5
#define SIM_ASKED 16
#define SIM_CERTIFICATES 32
#define SIM_PAPERS 4
#define SIM_PAPER_PIECES 4

/* In every free text that people write: it must not turn up where no clinical text may be. */
#define SECRET_TEXT "himitsu"

enum host_name {
	HOST_DIRECTORY,
	HOST_RECORD,
	HOST_ALERT,
	HOST_BOARD,
	HOST_REFERRAL,
	HOST_ROTA,
	HOSTS
};

struct sim;

/* ---- options and outcome --------------------------------------------------------------------- */

struct sim_options {
	unsigned steps;
	bool verbose, faultless;
	bool race;  /* all stations are manned, and the world is one for races */
	bool tight; /* the stores are so small that they fill up */
	enum sabotage sabotage;
	int forgetful; /* host that SABOTAGE_FORGET_DUE is for */
};

struct outcome {
	bool failed;
	uint64_t seed, steps, digest;
	unsigned facts, kills, rounds;
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
	unsigned connections;
	unsigned idle_steps;    /* in a row, that came at once and without a message */
	int64_t step_at_ms;     /* the planned step; INT64_MAX: none */
	int64_t jumped_ms;      /* of the wall clock, all together */
	bool was_set;           /* somebody has ever set its clock */
	int64_t seen_jumps_ms;  /* those that a running daemon must have noticed */
	unsigned speak_at_most; /* dies while speaking: publishes no more than so many */
	bool dying;
	enum store_fault fault; /* armed for the next step; STORE_FAULTS: none */
	unsigned fault_nth;
	int fault_error;
	struct packet *outbox[SIM_OUTBOX]; /* what was published in this step */
	size_t n_outbox;
	size_t step_from; /* the journal's end before this step */
	unsigned steps;   /* of all its lives */
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

enum watch_kind {
	WATCH_INBOX,
	WATCH_TIMELINE,
	WATCH_REFERRALS,
	WATCH_UNPLACED,
	WATCH_BOARD,
	WATCH_SHIFTS
};

struct sim_watch {
	enum watch_kind kind;
	bool open;
	char patient[ID_SIZE]; /* of a timeline */
	uint64_t position;
	int request;      /* unanswered one; -1: none */
	char id[ID_SIZE]; /* of the last request that was answered; its renewal bears it too */
	bool fresh_id;    /* but this one's must not */
	bool again;       /* ask once more when the answer is here */
	int64_t renew_ms;
	uint64_t cut_before; /* timeline: the first page held nothing older than this */
	struct table seen;   /* id of what is shown -> position */
};

struct terminal {
	const char *user, *device, *organisation;
	Profession profession;
	bool connected, revoked;
	bool off;             /* until all is healed */
	bool deaf;            /* its user never answers what is urgent */
	int64_t clock_off_ms; /* its clock is wrong by so much */
	int pending[SIM_PENDING];
	size_t n_pending;
	struct sim_watch watches[SIM_WATCHES];
	char receipts[500][ID_SIZE]; /* as many as one message holds */
	size_t n_receipts;
	int64_t think_ms; /* between two doings, on average */
	int64_t act_ms, wake_ms;
	char photo_of[ID_SIZE]; /* whom they have photographed; "": nobody */
	unsigned photo;         /* index of papers */
};

/* A photo that people may take. */
struct sim_paper {
	uint8_t *data;
	uint32_t bytes;
	uint8_t sha256[32];
};

/* ---- the model ------------------------------------------------------------------------------- */

struct model_member {
	char organisation[40], user[40];
	Profession profession;
	TeamRole role;
	char referral[ID_SIZE];   /* "": without end */
	char demoted_by[ID_SIZE]; /* the request for which it attends no longer */
	int64_t from_ms, until_ms;
	uint32_t times, every_days;
};

struct model_patient {
	char id[ID_SIZE];
	char registered_by[40];
	bool team_consent, cover_consent, deceased, unstable;
	unsigned barred_step; /* of the host, since when nothing may be asked for them; 0: it may */
	struct model_member team[64];
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
	const Person *said;
};

struct model_organisation {
	char id[40];
	OrganisationKind kind;
	Area area;
	bool left, round_the_clock, enhanced;
	const Organisation *said;
};

/* What one daemon's journal says of people and teams, until a position. */
struct model {
	struct model_organisation organisations[SIM_ORGANISATIONS];
	size_t n_organisations;
	struct model_person people[SIM_TERMINALS + 8];
	size_t n_people;
	struct model_patient patients[SIM_PATIENTS + 16];
	size_t n_patients;
	struct model_glass glasses[64];
	size_t n_glasses;
	const ShiftNotice *shifts[SIM_SHIFTS]; /* of record and alert, as rota said them last */
	size_t n_shifts;
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
	char id[ID_SIZE], user[40], patient[ID_SIZE], event[80];
	bool word; /* of board or referral */
	Notification_State state;
	bool urgent;
	bool as_such; /* rests on the recipient's own right, and on nothing else */
	char substitute_for[40];
	EscalationStep_Place place; /* as what an escalation asked them */
	uint32_t round;             /* … and in which of its rounds */
	int64_t rings_ms;           /* it waits for that window; 0: it has rung, or does not */
};

/* A request, as referral's journal has it. */
struct sim_referral {
	char id[ID_SIZE];
	const Referral *now;                 /* as the last fact has it */
	uint64_t position;                   /* of that fact */
	int64_t steady_ms, at_ms, length_ms; /* until when it waits for somebody; 0: for no time */
	int64_t cut_off_ms;
	char accepted[64][40]; /* organisations, in the journal's order */
	size_t n_accepted;
	char centre_event[ID_SIZE]; /* the last word to the support centre */
	bool centre_urgent;
};

struct sim_shift {
	const Shift *now; /* as rota's last fact has it */
	uint64_t position;
	bool exempt[2]; /* who has the place was put there by hand: no rule binds it */
};

struct sim_swap {
	const Swap *now;
	uint64_t position;
};

/* The way of something urgent, as it should be. */
struct sim_escalation {
	char event[ID_SIZE], patient[ID_SIZE], author[40];
	Escalation_State state;
	bool everyone;
	bool with_centre; /* since it began, or since somebody gave it back, the centre was asked */
	EscalationStep_Place order[SIM_PLACES], place;
	uint32_t round;
	char asked[SIM_ASKED][40]; /* organisations, in this round */
	unsigned n_asked;
	size_t first_item;       /* its notifications are behind that one */
	int64_t step_ms, due_ms; /* on the steady clock; 0: it does not go on */
	int64_t ran_ms;          /* how long it has been looking for somebody */
};

struct sim {
	struct sim_options options;
	struct outcome *outcome;
	struct rng rng, fault_rng, net_rng, quiet_rng;
	int64_t now_ms;          /* of the world; never jumps */
	struct test_clock clock; /* the terminals' */
	uint64_t steps;
	bool healing;
	bool settled; /* everybody is enrolled and known everywhere */
	size_t settling;
	unsigned registering, revoking, quiet_steps;
	unsigned keenness;  /* how much of what people do is about board and referral */
	unsigned vigilance; /* … about duties and what is urgent */
	unsigned off;       /* per mille of the terminals are switched off in this seed */
	const char *leaver; /* the organisation that leaves the network in this seed; NULL: none */
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

	struct model models[HOSTS];
	struct model before; /* of record or referral, before its present step */
	struct sim_entry entries[SIM_REQUESTS];
	size_t n_entries;
	struct sim_notification *notifications;
	size_t n_notifications, notifications_allocated;
	struct table notified; /* event, recipient -> 1; id -> index of notifications */
	struct table reminded; /* event -> steady time of the last reminder, or of the event */
	struct table muted;    /* user, patient -> 1: was ever muted or unmuted */
	struct table bundled; /* user -> time of the last bundle; 0: it goes on, or hours changed */
	struct table worded;  /* id of a fact of board or referral -> 1: alert has heard of it */
	uint64_t words_known[HOSTS];
	struct sim_referral *referrals;
	size_t n_referrals;
	unsigned capacities_followed;       /* by referral */
	struct sim_escalation *escalations; /* SIM_ESCALATIONS of them */
	size_t n_escalations;
	struct table escalation_index;
	struct table substitutes; /* user, who was ever named to stand in -> 1 */
	uint32_t urgent_s, limit_s;      /* how long each is waited for */
	int64_t alert_awake_ms;          /* when alert did its last step */
	int64_t alert_pauses_until_ms; /* after a failed commit */
	const JournalEntry *alert_entry; /* the one that is being judged */
	struct sim_shift shifts[SIM_SHIFTS];
	size_t n_shifts;
	struct sim_swap swaps[SIM_SWAPS];
	size_t n_swaps;
	const RotaSettings *rota_settings; /* NULL: as they were at first */
	const Calendar *calendar;          /* the last that was subscribed to; NULL: none */
	struct table began;                /* shift, clinic -> 1: it was told */
	struct table blocked;              /* organisation, date -> is it? */
	struct table referral_index;
	struct table
		board_rows; /* organisation -> position of its last CapacitySet or CapacityLapsed */
	struct table board_said; /* organisation -> position of its last CapacitySet */
	unsigned board_life, board_connections; /* of which board_told is */
	uint64_t board_told;
	uint64_t alert_followed;  /* record's positions until which alert's journal was judged */
	struct sim_paper papers[SIM_PAPERS];
	unsigned chunks; /* that were asked for */
	bool photographers; /* a seed that is about photos, much of it */
	struct bytes denied_text; /* of the first refusal for want of a right */
};

/* ---- functions ------------------------------------------------------------------------------- */

/* The first failure counts; what comes after is its consequence. */
void sim_fail(struct sim *sim, const char *invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void sim_trace(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hours go by on all clocks; nothing happens in them. */
void sim_pass(struct sim *sim, int64_t ms);
/* A world, and what there is to do in it. folder: of this process; it is emptied. */
struct sim *sim_open(uint64_t seed, const struct sim_options *options, const char *folder,
		     struct outcome *outcome);
void sim_close(struct sim *sim);
bool sim_step(struct sim *sim); /* false: something has failed */
bool sim_settle(struct sim *sim);
/* Nobody does anything for a while; what is due then is done as soon as it is. */
void sim_quiet(struct sim *sim, int64_t ms);
/* One seed. */
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
/* Only these of the chosen ones, by name; some of them at least. */
void faults_keep(struct sim *sim, const char *const *names, size_t n);

/* terminal.c */
void terminal_think(struct sim *sim, size_t index);
void terminal_arrive(struct sim *sim, size_t index, struct packet *packet);
void terminal_connected(struct sim *sim, size_t index, bool connected);
void terminal_watch(struct sim *sim, size_t index, int which, enum watch_kind kind,
		    const char *patient);
/* The index of the request, or -1 when the terminal has too many open. */
int terminal_ask(struct sim *sim, size_t index, int host, const ProtobufCMessage *message,
		 const char *patient, uint64_t after, int watch);
/* May it ask for more, or are there enough unanswered? */
bool terminal_free(const struct sim *sim, const struct terminal *terminal);
struct sim_request *request_find(struct sim *sim, const char *id);
bool code_final(Code code);

void terminals_passed(struct sim *sim, int64_t ms); /* so long nobody did anything */

/* cast.c */
void terminals_make(struct sim *sim);
void terminals_close(struct sim *sim);
void cast_settle(struct sim *sim);
/* The administrator sets it, as it is or as one that has left. */
void cast_organisation(struct sim *sim, const char *id, bool left);

/* actions.c */
#define OF(profession) (1u << (profession))
struct action {
	void (*run)(struct sim *sim, size_t who);
	unsigned weight;
	unsigned professions;
	bool needs_patient;
};
void action_any(struct sim *sim, size_t terminal);
/* One of those whom this person may see, mostly, else any. NULL while there is none. */
char *action_patient(struct sim *sim, size_t who);

/* doings.c */
/* What waits for this person, of requests; false: nothing does. */
bool doing_waiting(struct sim *sim, size_t who);
extern const struct action doings[];
extern const size_t n_doings;

/* turns.c */
/* What the administrator does first of all: settings, and the plan of this month and the next. */
void turns_begin(struct sim *sim);
/* What waits for this person, of shifts and of what is urgent; false: nothing does. */
bool turn_waiting(struct sim *sim, size_t who);
/* Says on its own who may be called when, or until when. At most 64. */
void turn_hours(struct sim *sim, ContactHours ***hours, size_t *n);
extern const struct action turns[];
extern const size_t n_turns;

/* papers.c */
void papers_make(struct sim *sim);
void act_photo(struct sim *sim, size_t who);
void act_fetch(struct sim *sim, size_t who);
void act_news(struct sim *sim, size_t who);
/* Does one of these, in a seed that is about them; false: it did nothing. */
bool photo_waiting(struct sim *sim, size_t who);
/* A fact of record that adds an entry, before the entry is among sim->entries. */
void papers_named(struct sim *sim, const Entry *entry, uint64_t position);
void papers_fetched(struct sim *sim, struct host *host, const struct sim_request *request,
		    const AttachmentFetched *body);
void papers_news(struct sim *sim, struct host *host, const char *user, const NewsList *list);

/* ledger.c */
/* Of a host's journal now: what durations count on. */
int64_t host_steady_ms(const struct host *host);
/* … and appointments; never earlier than what its journal says. */
int64_t host_now_ms(const struct host *host);
/* "AddEntry" -> its descriptor, or NULL. */
const ProtobufCMessageDescriptor *type_named(const char *name);
/* All messages of a type that stand right in this one, one or many to a field; in arena. */
size_t messages_within(struct arena *arena, const ProtobufCMessage *message,
		       const ProtobufCMessageDescriptor *type, ProtobufCMessage ***out);
void ledger_read(struct sim *sim, int host);
uint64_t ledger_of_request(const struct ledger *ledger, const char *user, const char *id);

/* model.c */
void model_apply(struct model *model, const struct known_fact *fact);
struct model_patient *model_patient(struct model *model, const char *id);
struct model_person *model_person(struct model *model, const char *user);
struct model_organisation *model_organisation(struct model *model, const char *id);
void model_copy(struct model *out, const struct model *model);
/* Is their clinic on duty for the patient (DESIGN section 7)? */
bool model_covers(struct model *model, const char *user, const char *patient, int64_t now_ms);
/* By whoever is on duty for that area (unspecified: for the city). */
bool model_is_covered(struct model *model, const struct model_patient *patient, Area area);
/* The clinic whose patient it is. */
const char *model_attending(const struct model_patient *patient);
const ShiftNotice *model_shift(const struct model *model, const char *id);
/* In place of a time: those who are members for some windows only are there at no
 * time, at all times. */
#define NO_WINDOW INT64_MIN
#define ANY_WINDOW INT64_MAX
bool model_may_see(struct model *model, const char *user, const char *patient, int64_t steady_ms,
		   int64_t now_ms);
/* By the organisation or the team; broken glass does not count. */
bool model_in_reach(struct model *model, const char *user, const char *patient, int64_t now_ms);
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

struct sim_notification *alerts_notification(struct sim *sim, const char *id);

/* rings.c */
/* Do these windows, without their breaks, hold at that time? */
bool rings_open(ContactHours *const *windows, size_t n, int64_t at_ms);
void rings_stored(struct sim *sim, const Recipient *recipient, bool urgent);
void rings_bundle(struct sim *sim, const BundleRung *fact);
void rings_hours_changed(struct sim *sim, const struct known_fact *known);
/* "", or something that should have rung by now. */
const char *rings_missing(struct sim *sim);

/* escalations.c */
/* A fact of alert's journal, before the model and the notifications have it. */
void escalations_fact(struct sim *sim, const struct known_fact *known);
/* One of its notifications has become another; before: what it was. */
void escalations_moved(struct sim *sim, const struct sim_notification *item);
/* alert has done a step: nobody whose time is over is still waited for. */
void escalations_stepped(struct sim *sim, bool faulty);
/* Milliseconds until the next one goes on; INT64_MAX: none does. */
int64_t escalations_wait_ms(struct sim *sim);
/* The longest step of those that look for somebody. */
int64_t escalations_step_ms(struct sim *sim);
/* "", or one for which neither somebody answers nor the centre has it. */
const char *escalations_open(struct sim *sim);
void escalations_final(struct sim *sim);
bool escalations_of(const struct sim *sim, const char *event);

/* referrals.c */
void referrals_fact(struct sim *sim, uint64_t position);
/* Before a fact of record's: what rests on a request must be what the request says. */
void referrals_record_fact(struct sim *sim, const struct known_fact *known);
void referrals_follow_patients(struct sim *sim);
struct sim_referral *referral_known(struct sim *sim, const char *id);
const Offer *referral_offer(const Referral *referral, const char *organisation);
bool referral_open(const Referral *referral);
bool offer_open(const Offer *offer);
/* Milliseconds until the next one's time is over; INT64_MAX: none waits. */
int64_t referrals_wait_ms(struct sim *sim);
/* Whose time has been over for so long, and nothing happened. */
void referrals_overdue(struct sim *sim, int64_t slack_ms);
/* "", or what the others have not heard of. */
const char *referrals_missing(struct sim *sim);
/* Once all time has passed: no request waits for anybody but a person of the centre, who knows. */
void referrals_final(struct sim *sim);

/* duties.c */
/* A new fact of rota's journal. */
void duties_fact(struct sim *sim, uint64_t position);
/* Of the shifts that end after that time the n-th by their beginning; NULL: there are not so many. */
const Shift *duties_next(const struct sim *sim, int64_t now_ms, size_t n);
/* What a fact of rota, or of record when a duty begins, says to whom. */
size_t duties_words(struct sim *sim, const struct known_fact *source, Told ***told);
/* A fact of record that says that a duty began, before the model has it. */
void duties_began(struct sim *sim, const struct known_fact *known);
/* "", or a shift that record or alert sees differently. */
const char *duties_missing(struct sim *sim);
void duties_state(struct sim *sim, struct host *host, const struct packet *packet);

/* disclosed.c */
void disclosed_referral(struct sim *sim, struct host *host, const char *user,
			const ProtobufCMessage *body);
void disclosed_ids(struct sim *sim, struct host *host, const char *user,
		   const struct packet *packet);
void disclosed_board(struct sim *sim, struct host *host, const ProtobufCMessage *body);
void disclosed_state(struct sim *sim, struct host *host, const struct packet *packet);
void board_fact(struct sim *sim, const struct known_fact *known, uint64_t position);

/* race.c: so many rounds, or until one fails; how many there were is in *outcome. */
void race_run(uint64_t seed, const struct sim_options *options, unsigned rounds, const char *folder,
	      struct outcome *outcome);

/* check.c */
void check_outbox(struct sim *sim, struct host *host);
/* That this person was told of the patient stands in the journal, by this step. */
bool access_noted(const struct host *host, const char *user, const char *patient);
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
