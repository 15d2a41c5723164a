/*
 * An urgent entry goes from one to the next until somebody accepts it. Pure; who stands behind a
 * place is found anew at each step (chain.h), because shifts and teams change meanwhile.
 */
#ifndef ALERT_ESCALATION_H
#define ALERT_ESCALATION_H

#include "rules.h"

#define ESCALATION_PLACES 5
#define ESCALATION_STEP_S 300       /* unless an administrator says otherwise */
#define ESCALATION_STEP_MIN_S 10
#define ESCALATION_STEP_MAX_S 3600
#define ESCALATION_FIRST_STEPS 20   /* of many steps these are kept */
#define ESCALATION_LAST_STEPS 80
#define ESCALATION_STAFF_MAX 25     /* asked at one place: enough to reach whoever is there */

enum escalation_event { ESCALATION_ASKS, ESCALATION_ASKS_CENTRE, ESCALATION_TAKES,
			ESCALATION_BACK, ESCALATION_ENDS, ESCALATION_EVENTS };

/* The state after that; STATE_UNSPECIFIED: not from here. */
Escalation_State escalation_after(Escalation_State state, enum escalation_event event);
/* Somebody is looked for. */
bool escalation_open(Escalation_State state);

/* Who stands behind a place now. */
struct chain_place {
	const char *organisation;      /* "": nobody */
	struct candidate **candidates; /* its doctors, or the person named; of the centre its staff */
	size_t n_candidates;
};

struct chain {
	struct chain_place places[ESCALATION_PLACES + 1]; /* by EscalationStep_Place; [0] is nobody's */
	bool in_hours;   /* the attending clinic's contact hours */
	uint32_t urgent_s, limit_s;
};

/* Who is asked after whom: within the attending clinic's hours it and its deputy first, else who is
 * on duty; the support centre last. */
void escalation_order(bool in_hours, EscalationStep_Place order[ESCALATION_PLACES]);
/* The first place whose organisation has not been asked in this round and where somebody can be;
 * PLACE_UNSPECIFIED: there is none. */
EscalationStep_Place escalation_next(const Escalation *escalation, const struct chain *chain);

/* Who accepted it, the first of them, or has done it; NULL: nobody. */
const Notification *escalation_holder(Notification *const *items, size_t n_items);
/* What is in somebody's inbox of the event; NULL: nothing. */
const Notification *escalation_item(Notification *const *items, size_t n_items, const Person *person);
/* Is somebody looked for, as its notifications stand? */
bool escalation_wanted(bool everyone, Notification *const *items, size_t n_items);
/* Of one that everyone is to accept: this one of the team has not answered, nor who stands in. */
bool escalation_silent(Notification *const *items, size_t n_items, const Notification *item);

/* Into those who are told: who is asked first. Of the attending and the deputy clinic's doctors those
 * who are not wait silently for their turn. */
int escalation_ask_first(const struct input *in, const struct chain *chain,
			 const EntryNotice *notice, struct recipients *told,
			 EscalationStep_Place *place);
/* The escalation as it begins. */
int escalation_begin(const struct input *in, const struct chain *chain, const EntryNotice *notice,
		     EscalationStep_Place place, struct recipients *told, NotificationsStored *fact);

struct walk_view {
	const Escalation *escalation; /* NULL: there is none */
	Notification **items;         /* all of the event */
	size_t n_items;
	struct chain chain;
};

int escalation_walk(const struct input *in, const struct walk_view *view, const EscalationDue *due,
		    EscalationWalked *fact);

struct no_view {
	char none;
};

int escalation_set(const struct input *in, const struct no_view *view, const SetEscalation *request,
		   EscalationSet *fact);

#endif
