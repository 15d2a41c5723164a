#include "escalation.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/*
 *	          ┌─ asks another ─┐
 *	          ▼                │
 *	      ► walking ◄──────────┴──────► with centre ──┐
 *	          │  ▲                         │   ▲      │ asks it again
 *	    taken │  │ given back        taken │   └──────┘
 *	          ▼  │                         │
 *	         taken ◄───────────────────────┘
 *
 * From with centre to walking: even the centre was silent and it starts over, or a shift moved and
 * somebody else is on duty. From anywhere to over: nobody is left who may see the patient.
 */
#define S(name) ESCALATION_STATE_##name
#define P(name) ESCALATION_STEP_PLACE_##name
#define N_STATES (S(OVER) + 1)

static const Escalation_State transitions[ESCALATION_EVENTS][N_STATES] = {
	[ESCALATION_ASKS] = { [S(UNSPECIFIED)] = S(WALKING), [S(WALKING)] = S(WALKING),
			      [S(WITH_CENTRE)] = S(WALKING) },
	[ESCALATION_ASKS_CENTRE] = { [S(UNSPECIFIED)] = S(WITH_CENTRE),
				     [S(WALKING)] = S(WITH_CENTRE),
				     [S(WITH_CENTRE)] = S(WITH_CENTRE) },
	[ESCALATION_TAKES] = { [S(WALKING)] = S(TAKEN), [S(WITH_CENTRE)] = S(TAKEN) },
	[ESCALATION_BACK] = { [S(TAKEN)] = S(WALKING) },
	[ESCALATION_ENDS] = { [S(WALKING)] = S(OVER), [S(WITH_CENTRE)] = S(OVER) },
};

Escalation_State escalation_after(Escalation_State state, enum escalation_event event)
{
	if ((int)state < 0 || (int)state >= (int)N_STATES)
		return S(UNSPECIFIED);
	return transitions[event][state];
}

bool escalation_open(Escalation_State state)
{
	return escalation_after(state, ESCALATION_TAKES) != S(UNSPECIFIED);
}

/* ---- the chain ---------------------------------------------------------------------------- */

void escalation_order(bool in_hours, EscalationStep_Place order[ESCALATION_PLACES])
{
	static const EscalationStep_Place orders[2][ESCALATION_PLACES] = {
		{ P(ON_DUTY_FIRST), P(ON_DUTY_SECOND), P(ATTENDING_CLINIC), P(DEPUTY_CLINIC), P(CENTRE) },
		{ P(ATTENDING_CLINIC), P(DEPUTY_CLINIC), P(ON_DUTY_FIRST), P(ON_DUTY_SECOND), P(CENTRE) },
	};

	memcpy(order, orders[in_hours], sizeof(orders[in_hours]));
}

/* The one user who is not asked at a place: who wrote it. Of the support centre whoever is there: if it
 * wrote that itself, it must still hear that nobody has accepted. */
static const char *not_asked(const char *author, EscalationStep_Place place)
{
	return place == P(CENTRE) ? "" : author;
}

/* Nor who has answered. */
static bool askable(const struct candidate *candidate, const char *author)
{
	return !same(candidate->person->id, author) &&
	       (!candidate->item || notification_waiting(candidate->item->state));
}

static bool somebody(const struct chain_place *place, const char *author)
{
	for (size_t i = 0; place->organisation[0] && i < place->n_candidates; i++)
		if (askable(place->candidates[i], author))
			return true;
	return false;
}

static bool asked_already(const Escalation *escalation, const char *organisation)
{
	for (size_t i = 0; i < escalation->n_asked; i++)
		if (same(escalation->asked[i], organisation))
			return true;
	return false;
}

EscalationStep_Place escalation_next(const Escalation *escalation, const struct chain *chain)
{
	for (size_t i = 0; i < escalation->n_order; i++) {
		const struct chain_place *place = &chain->places[escalation->order[i]];
		if (somebody(place, not_asked(escalation->author, escalation->order[i])) &&
		    !asked_already(escalation, place->organisation))
			return escalation->order[i];
	}
	return P(UNSPECIFIED);
}

/* ---- its notifications -------------------------------------------------------------------- */

static bool answered(const Notification *item)
{
	return item->state == NOTIFICATION_STATE_ACCEPTED || item->state == NOTIFICATION_STATE_DONE;
}

static int64_t answered_ms(const Notification *item)
{
	return item->accepted_ms ? item->accepted_ms : item->done_ms;
}

const Notification *escalation_holder(Notification *const *items, size_t n_items)
{
	const Notification *first = NULL;

	for (size_t i = 0; i < n_items; i++)
		if (answered(items[i]) && (!first || answered_ms(items[i]) < answered_ms(first)))
			first = items[i];
	return first;
}

/* Who was asked only because somebody had to be found need not accept once somebody has. */
static bool of_team(const Notification *item)
{
	return item->place != P(ON_DUTY_FIRST) && item->place != P(ON_DUTY_SECOND) &&
	       item->place != P(CENTRE);
}

bool escalation_silent(Notification *const *items, size_t n_items, const Notification *item)
{
	if (!notification_waiting(item->state) || !of_team(item))
		return false;
	for (size_t i = 0; i < n_items; i++)
		if (answered(items[i]) && (same(items[i]->substitute_for, item->recipient) ||
					   same(item->substitute_for, items[i]->recipient)))
			return false;
	return true;
}

bool escalation_wanted(bool everyone, Notification *const *items, size_t n_items)
{
	bool silent = false;

	if (!escalation_holder(items, n_items))
		return true;
	for (size_t i = 0; everyone && i < n_items; i++) {
		if (items[i]->place == P(CENTRE) && answered(items[i]))
			return false; /* it sees to it that the others hear of it */
		silent |= escalation_silent(items, n_items, items[i]);
	}
	return silent;
}

/* ---- the beginning ------------------------------------------------------------------------ */

/* Who is asked there when its turn comes; of a clinic where one person is named, only they are. */
static bool stands_at(const Recipient *recipient, const struct chain_place *place)
{
	for (size_t i = 0; place->organisation[0] && i < place->n_candidates; i++)
		if (same(recipient->user, place->candidates[i]->person->id))
			return true;
	return false;
}

int escalation_ask_first(const struct input *in, const struct chain *chain,
			 const EntryNotice *notice, struct recipients *told,
			 EscalationStep_Place *place)
{
	EscalationStep_Place order[ESCALATION_PLACES];
	Escalation escalation = Escalation_INIT;

	escalation_order(chain->in_hours, order);
	escalation.author = notice->author;
	escalation.order = order;
	escalation.n_order = ESCALATION_PLACES;
	*place = escalation_next(&escalation, chain);
	for (size_t i = 0; i < told->n && !notice->everyone; i++)
		if (stands_at(told->items[i], &chain->places[P(ATTENDING_CLINIC)]) ||
		    stands_at(told->items[i], &chain->places[P(DEPUTY_CLINIC)]))
			told->items[i]->rings_ms = -1;
	const struct chain_place *first = &chain->places[*place];
	for (size_t i = 0; *place && i < first->n_candidates; i++) {
		if (!askable(first->candidates[i], not_asked(notice->author, *place)))
			continue;
		Recipient *recipient = recipient_add(in, told, first->candidates[i]->person, "");
		if (!recipient)
			return ERR_NOMEM;
		recipient->place = *place;
		recipient->rings_ms = 0;
	}
	return 0;
}

int escalation_begin(const struct input *in, const struct chain *chain, const EntryNotice *notice,
		     EscalationStep_Place place, struct recipients *told, NotificationsStored *fact)
{
	const struct chain_place *first = &chain->places[place];
	Escalation *escalation = fact->escalation = NEW(Escalation, in->arena);
	EscalationStep *step = NEW(EscalationStep, in->arena);
	uint32_t step_s = notice->limit_passed ? chain->limit_s : chain->urgent_s;
	int rc = recipients_substitute(in, first->candidates, first->n_candidates,
				       not_asked(notice->author, place), told);

	if (!escalation || !step)
		return ERR_NOMEM;
	fact->recipients = told->items;
	fact->n_recipients = told->n;
	escalation->id = escalation->event = escalation->entry = notice->entry;
	escalation->patient = notice->patient;
	escalation->author = notice->author;
	escalation->organisation = notice->organisation;
	escalation->everyone = notice->everyone;
	escalation->limit_passed = notice->limit_passed;
	escalation->started_ms = in->time_ms;
	escalation->step_ms = 1000 * (int64_t)(step_s ? step_s : ESCALATION_STEP_S);
	escalation->state = escalation_after(S(UNSPECIFIED), place == P(CENTRE) || !place
								     ? ESCALATION_ASKS_CENTRE
								     : ESCALATION_ASKS);
	escalation->order = arena_alloc(in->arena, ESCALATION_PLACES * sizeof(*escalation->order));
	if (!escalation->order)
		return ERR_NOMEM;
	escalation->n_order = ESCALATION_PLACES;
	escalation_order(chain->in_hours, escalation->order);
	if (!place)
		return rc;
	escalation->place = place;
	escalation->asked_times = 1;
	step->what = ESCALATION_STEP_WHAT_ASKED;
	step->place = place;
	step->organisation = arena_string(in->arena, first->organisation);
	step->time_ms = in->time_ms;
	for (size_t i = 0; i < told->n && !rc; i++)
		if (told->items[i]->place == place)
			rc = arena_append(in->arena, &step->users, &step->n_users, told->items[i]->user);
	if (!rc)
		rc = arena_append(in->arena, &escalation->steps, &escalation->n_steps, step);
	return rc ? rc : arena_append(in->arena, &escalation->asked, &escalation->n_asked,
				      step->organisation);
}

/* ---- a step ------------------------------------------------------------------------------- */

static bool rings(const EscalationWalked *fact, const char *id)
{
	for (size_t i = 0; i < fact->n_rung; i++)
		if (same(fact->rung[i], id))
			return true;
	return false;
}

/* Each once. */
static int ring(const struct input *in, char *id, EscalationWalked *fact)
{
	return rings(fact, id) ? 0 : arena_append(in->arena, &fact->rung, &fact->n_rung, id);
}

const Notification *escalation_item(Notification *const *items, size_t n_items, const Person *person)
{
	struct person_ref ref = { person->id, person->organisation, person->profession };

	for (size_t i = 0; i < n_items; i++)
		if (notification_of(items[i], ref))
			return items[i];
	return NULL;
}

/* What is there rings again; who has nothing gets it. */
static int ask_person(const struct input *in, const struct walk_view *view, const Person *person,
		      const char *substitute_for, struct recipients *told, EscalationWalked *fact)
{
	const Notification *item = escalation_item(view->items, view->n_items, person);

	if (item)
		return notification_waiting(item->state) ? ring(in, item->id, fact) : 0;
	Recipient *recipient = recipient_add(in, told, person, substitute_for);
	if (!recipient)
		return ERR_NOMEM;
	recipient->place = fact->place;
	return 0;
}

static int ask(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	const struct chain_place *place = &view->chain.places[fact->place];
	const char *author = not_asked(view->escalation->author, fact->place);
	struct recipients told = { .n = 0 };
	int rc = 0;

	for (size_t i = 0; i < place->n_candidates && !rc; i++)
		if (askable(place->candidates[i], author))
			rc = ask_person(in, view, place->candidates[i]->person, "", &told, fact);
	for (size_t i = 0; i < place->n_candidates && !rc; i++) {
		const Person *substitute = substitute_now(in, place->candidates[i]);
		if (substitute && askable(place->candidates[i], author) &&
		    !same(substitute->id, author))
			rc = ask_person(in, view, substitute, place->candidates[i]->person->id,
					&told, fact);
	}
	fact->organisation = arena_string(in->arena, place->organisation);
	fact->recipients = told.items;
	fact->n_recipients = told.n;
	return rc;
}

/* The centre has said that it cannot, and nobody else has answered: it is asked all the same. */
static int ask_centre_again(const struct input *in, const struct walk_view *view,
			    EscalationWalked *fact)
{
	const struct chain_place *centre = &view->chain.places[P(CENTRE)];
	int rc = 0;

	for (size_t i = 0; i < centre->n_candidates && !rc; i++) {
		const Notification *item = centre->candidates[i]->item;
		if (!item || item->state != NOTIFICATION_STATE_DECLINED)
			continue;
		fact->place = P(CENTRE);
		fact->organisation = arena_string(in->arena, centre->organisation);
		rc = ring(in, item->id, fact);
	}
	return rc;
}

/* There is not even a centre: those who were told hear it again. */
static int remind_all(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	int rc = 0;

	for (size_t i = 0; i < view->n_items && !rc; i++)
		if (notification_waiting(view->items[i]->state))
			rc = arena_append(in->arena, &fact->again, &fact->n_again,
					  view->items[i]->id);
	return rc;
}

/* The next one, and the centre at the end of each round even if it has declined; then another round,
 * louder. */
static int walk_on(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	Escalation again = *view->escalation;
	int rc = 0;

	fact->place = escalation_next(&again, &view->chain);
	if (!fact->place &&
	    !asked_already(&again, view->chain.places[P(CENTRE)].organisation))
		rc = ask_centre_again(in, view, fact);
	if (rc || fact->n_rung)
		return rc;
	if (!fact->place) {
		again.n_asked = 0;
		fact->started_over = true;
		fact->round++;
		fact->place = escalation_next(&again, &view->chain);
	}
	if (fact->place)
		return ask(in, view, fact);
	rc = ask_centre_again(in, view, fact);
	return rc || fact->place ? rc : remind_all(in, view, fact);
}

/* Somebody has it, and not everyone has said so: who is silent hears it at each step, and when the
 * chain's time is over the centre. */
static int walk_for_all(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	const Escalation *escalation = view->escalation;
	const struct chain_place *centre = &view->chain.places[P(CENTRE)];

	if (escalation->asked_times < escalation->n_order)
		return 0;
	if (!asked_already(escalation, centre->organisation)) {
		if (somebody(centre, "")) {
			fact->place = P(CENTRE);
			return ask(in, view, fact);
		}
		int rc = ask_centre_again(in, view, fact);
		if (rc || fact->place)
			return rc;
	}
	fact->started_over = true;
	fact->round++;
	return 0;
}

static int ring_silent(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	int rc = 0;

	for (size_t i = 0; i < view->n_items && !rc; i++)
		if (escalation_silent(view->items, view->n_items, view->items[i]) &&
		    !rings(fact, view->items[i]->id))
			rc = arena_append(in->arena, &fact->again, &fact->n_again,
					  view->items[i]->id);
	return rc;
}

/* All who could see the patient have lost that, and there is nobody else to ask. */
static bool nobody_left(const struct walk_view *view)
{
	const Escalation *escalation = view->escalation;
	bool withdrawn = false;

	for (size_t i = 0; i < view->n_items; i++) {
		if (view->items[i]->place == P(CENTRE))
			continue;
		if (view->items[i]->state != NOTIFICATION_STATE_WITHDRAWN)
			return false;
		withdrawn = true;
	}
	for (int place = P(ATTENDING_CLINIC); place < P(CENTRE); place++)
		if (somebody(&view->chain.places[place], escalation->author))
			return false;
	return withdrawn;
}

static int end(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	int rc = 0;

	fact->over = true;
	for (size_t i = 0; i < view->n_items && !rc; i++)
		if (notification_open_state(view->items[i]->state))
			rc = arena_append(in->arena, &fact->withdrawn, &fact->n_withdrawn,
					  view->items[i]->id);
	return rc;
}

/* What the new ones have in common with all others. */
static int fill_template(const struct input *in, const struct walk_view *view, EscalationWalked *fact)
{
	fact->template_ = arena_copy(in->arena, view->escalation->common, sizeof(Notification));
	if (!fact->template_)
		return ERR_NOMEM;
	fact->template_->round = fact->round;
	return 0;
}

int escalation_walk(const struct input *in, const struct walk_view *view, const EscalationDue *due,
		    EscalationWalked *fact)
{
	const Escalation *escalation = view->escalation;
	int rc;

	if (!escalation || !escalation_open(escalation->state) ||
	    !escalation_wanted(escalation->everyone, view->items, view->n_items))
		return ERR_NOTHING;
	fact->event = due->event;
	fact->round = escalation->round;
	if (nobody_left(view))
		return end(in, view, fact);
	if (escalation_holder(view->items, view->n_items))
		rc = walk_for_all(in, view, fact);
	else
		rc = walk_on(in, view, fact);
	if (!rc && escalation->everyone && fact->n_again == 0)
		rc = ring_silent(in, view, fact);
	return rc ? rc : fill_template(in, view, fact);
}

/* ---- settings ----------------------------------------------------------------------------- */

static bool step_valid(uint32_t step_s)
{
	return step_s >= ESCALATION_STEP_MIN_S && step_s <= ESCALATION_STEP_MAX_S;
}

int escalation_set(const struct input *in, const struct no_view *view, const SetEscalation *request,
		   EscalationSet *fact)
{
	(void)view;
	if (in->actor.profession != PROFESSION_ADMINISTRATOR)
		return refuse(in, CODE_PERMISSION_DENIED, "", "管理者だけが設定できます。",
			      "Only an administrator may set this.");
	if (!step_valid(request->urgent_s) || !step_valid(request->limit_s))
		return refuse(in, CODE_INVALID_ARGUMENT,
			      step_valid(request->urgent_s) ? "limit_s" : "urgent_s",
			      "待ち時間は10秒から3600秒までにしてください。",
			      "Wait for 10 to 3600 seconds.");
	fact->urgent_s = request->urgent_s;
	fact->limit_s = request->limit_s;
	return 0;
}
