/*
 * What alert decides: who is told of what, and what may become of a notification. Pure: the same
 * input, the same answer.
 */
#ifndef ALERT_RULES_H
#define ALERT_RULES_H

#include "daemon.h"
#include "team.h"

#define DELIVERIES_MAX 500      /* confirmed in one request */
/* Handed over, offered or withdrawn in one step, at one position: so many whole notifications (of an
 * entry as of a word) fit into one page's payload. */
#define STEP_MAX 250
#define NOTIFICATION_BYTES 900
#define WORD_RECIPIENTS_MAX 1000 /* of one word, besides those who stand in for them */
#define WORD_STAFF_MAX 25       /* of them of one organisation: enough to reach whoever is there */
#define MUTED_PATIENTS_MAX 200  /* of one person: so many fit into one page */
#define REASON_BYTES 1000
#define EVERY_KIND UINT32_MAX   /* MutedKinds: those to come as well */
/* An urgent word or a broken glass, and nobody accepted it. No guideline sets this: long enough to
 * finish what the hands are at, short enough not to be left for the next round. An urgent entry goes
 * from one to the next instead (escalation.h). */
#define REMINDER_MS (5LL * 60 * 1000)

/* ---- who is told ---------------------------------------------------------------------------- */

/* Is an entry of that kind and concern the business of a member of the team? */
bool entry_concerns(Profession profession, TeamRole role, const EntryNotice *notice);

/* Somebody who could be told. */
struct candidate {
	Matter matter;              /* of a word: what their organisation is told */
	bool urgent;
	uint32_t unstable;          /* of DUTY_BEGINS */
	const Person *person;       /* enrolled */
	const TeamMember *member;   /* by which row of the team; NULL: as support centre */
	uint32_t muted;             /* bit n: EntryKind n, for this patient */
	const Person *substitute;   /* who is to be told as well, as named; NULL: nobody */
	const SubstituteSet *substitution;
	const Notification *item;   /* what they have of the event already; NULL: nothing */
	/* When they may be rung for what can wait (bundle.h): now_ms, later, or HOURS_NEVER. */
	int64_t next_ms, substitute_next_ms;
};

struct chain;

struct audience {
	struct team team;
	struct candidate **candidates;
	size_t n_candidates;
	bool told; /* record told of this event before: its store was put back, perhaps */
	const struct chain *chain; /* of what is urgent */
};

/* Those who are told, of one event. */
struct recipients {
	Recipient **items;
	size_t n;
};

/* Each person once, however many rows of the team they stand in. NULL: no memory. */
Recipient *recipient_add(const struct input *in, struct recipients *told, const Person *person,
			 const char *substitute_for);
/* Those who stand in come last: who is told in their own right is not told twice. */
int recipients_substitute(const struct input *in, struct candidate *const *candidates,
			  size_t n_candidates, const char *author, struct recipients *told);
/* Whom the person named for this time, if it is still a colleague; NULL: nobody. */
const Person *substitute_now(const struct input *in, const struct candidate *candidate);

/* 0 or ERR_NOTHING: there is nobody to tell. An urgent entry looks for somebody all the same. */
int entry_tell(const struct input *in, const struct audience *view, const EntryNotice *notice,
	       NotificationsStored *fact);
int glass_tell(const struct input *in, const struct audience *view, const GlassNotice *notice,
	       NotificationsStored *fact);

/* ---- words of other daemons ---------------------------------------------------------- */

/* Who answers for an organisation of that kind, in the order in which they are told: as many
 * places, those that are left over unspecified. */
#define WORD_PROFESSIONS 3
void word_professions(OrganisationKind kind, Profession professions[WORD_PROFESSIONS]);

struct word_audience {
	struct candidate **candidates;
	size_t n_candidates;
	char **withdrawn; /* still open: what the same organisations were told of the subject */
	size_t n_withdrawn;
	bool told;        /* of this event before */
};

/* Ids and names that fit into keys? What is not is refused, and looked at no further. */
bool word_valid(const WordNotice *notice);
int word_tell(const struct input *in, const struct word_audience *view, const WordNotice *notice,
	      WordStored *fact);

/* ---- the team changes --------------------------------------------------------------------- */

/* What rests on nobody's access any longer. */
struct withdrawal {
	char **ids;
	size_t n_ids;
	bool more;
};

int team_change(const struct input *in, const struct withdrawal *view, const TeamNotice *notice,
		TeamChanged *fact);
int consent_change(const struct input *in, const struct withdrawal *view,
		   const ConsentNotice *notice, ConsentChanged *fact);
int withdrawal_continue(const struct input *in, const struct withdrawal *view,
			const WithdrawalDue *due, Withdrawn *fact);

/* ---- the life of a notification ----------------------------------------------------------- */

enum step { STEP_DELIVER, STEP_OPEN, STEP_ACCEPT, STEP_FINISH, STEP_DECLINE, STEP_TAKE_OVER,
	    STEP_HAND_OVER, STEP_REMIND, STEP_WITHDRAW, STEPS };

/* The state after a step; STATE_UNSPECIFIED: not from here. */
Notification_State notification_after(Notification_State state, enum step step);
/* Still on somebody's mind: neither done, declined nor withdrawn. */
bool notification_open_state(Notification_State state);
/* Stored, delivered or opened: nobody has said what becomes of it. */
bool notification_waiting(Notification_State state);
/* Is it theirs? Who has moved to another organisation leaves what they had there. */
bool notification_of(const Notification *notification, struct person_ref person);

struct one_view {
	const Notification *notification;     /* NULL: there is none */
	const SubstituteSet *substitution;    /* of its recipient; NULL: none */
	/* To take it over: of the same event what the actor has, and what is accepted; NULL: nothing. */
	const Notification *own, *holder;
	bool offered; /* the clinic to which it is offered may take it */
};

struct deliveries {
	Notification **items; /* those of the ids that exist */
	size_t n_items;
};

/* Also of hand_over: ERR_NOTHING where there is nothing left to do; that is no refusal. */
int delivery_confirm(const struct input *in, const struct deliveries *view,
		     const ConfirmDelivery *request, NotificationsDelivered *fact);
int notification_open(const struct input *in, const struct one_view *view,
		      const OpenNotification *request, NotificationMoved *fact);
int notification_accept(const struct input *in, const struct one_view *view,
			const AcceptNotification *request, NotificationMoved *fact);
int notification_finish(const struct input *in, const struct one_view *view,
			const FinishNotification *request, NotificationMoved *fact);
int notification_decline(const struct input *in, const struct one_view *view,
			 const DeclineNotification *request, NotificationMoved *fact);
int notification_take_over(const struct input *in, const struct one_view *view,
			   const TakeOverNotification *request, NotificationTakenOver *fact);

struct hand_over_view {
	const Person *from, *to; /* NULL: unknown */
	char **ids;              /* open ones of from, oldest first */
	size_t n_ids;
	bool more;
};

int hand_over(const struct input *in, const struct hand_over_view *view, const HandOver *request,
	      HandedOver *fact);
int hand_over_continue(const struct input *in, const struct hand_over_view *view,
		       const HandOverDue *due, HandedOver *fact);

/* Of an urgent word or a broken glass. */
struct event_view {
	char **waiting;
	size_t n_waiting;
	bool taken; /* somebody accepted it */
};

int event_remind(const struct input *in, const struct event_view *view, const ReminderDue *due,
		 Reminded *fact);

/* ---- what a person sets ------------------------------------------------------------------- */

struct mute_view {
	struct team team;
	size_t muted_patients; /* others than this one */
};

int mute_set(const struct input *in, const struct mute_view *view, const Mute *request,
	     MuteSet *fact);
/* The mask after a change: to turn one kind on again after "every kind" leaves the others off. */
uint32_t muted_after(uint32_t kinds, EntryKind kind, bool muted);

struct substitute_view {
	const Person *substitute; /* NULL: unknown, or nobody named */
};

int substitute_set(const struct input *in, const struct substitute_view *view,
		   const SetSubstitute *request, SubstituteSet *fact);

#endif
