/*
 * The way of what is urgent, worked out a second time from alert's journal: who is asked after whom,
 * when, and that it ends with somebody who answers or with the support centre. Nothing of
 * services/alert is used.
 */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "holiday.h"
#include "tests/sim/sim.h"

#define S(name) ESCALATION_STATE_##name
#define P(name) ESCALATION_STEP_PLACE_##name
#define N(name) NOTIFICATION_STATE_##name
#define HOUR_MS (3600LL * 1000)
#define STEP_S 300        /* unless an administrator says otherwise */
#define LATE_MS 15000     /* a daemon that sleeps wakes so soon at the latest */
#define PAUSE_MS 3000     /* after a failed commit of what was due */
#define DAY_BEGINS_HOUR 9 /* of clinics whose hours nobody knows */
#define DAY_ENDS_HOUR 18

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

#define FAIL(what, format, ...)                                                          \
	sim_fail(sim, what, "event=%s place=%d round=%u asked=%u " format, known->event, \
		 (int)known->place, known->round, known->n_asked, ##__VA_ARGS__)

static struct sim_escalation *escalation_known(const struct sim *sim, const char *event)
{
	uint64_t index;
	return table_get(&sim->escalation_index, event, NULL, &index) ? &sim->escalations[index]
								      : NULL;
}

bool escalations_of(const struct sim *sim, const char *event)
{
	return escalation_known(sim, event) != NULL;
}

static bool is_open(const struct sim_escalation *known)
{
	return known->state == S(WALKING) || known->state == S(WITH_CENTRE);
}

/* ---- who stands where ------------------------------------------------------------------------ */

/* Of several deputies the clinic, else the first by name. */
static const struct model_member *row_of(const struct model_patient *patient, TeamRole role)
{
	const struct model_member *person = NULL;
	for (size_t i = 0; i < patient->n_team; i++) {
		if (patient->team[i].role != role)
			continue;
		if (role == TEAM_ROLE_ATTENDING || !*patient->team[i].user)
			return &patient->team[i];
		if (!person || strcmp(patient->team[i].user, person->user) < 0)
			person = &patient->team[i];
	}
	return person;
}

/* The clinic whose patient it is: who attends, or who registered them; of a deputy their clinic. NULL:
 * there is none, or none any more. */
static const struct model_organisation *clinic_of(struct model *model,
						  const struct model_patient *patient,
						  TeamRole role)
{
	const struct model_member *row = row_of(patient, role);
	const char *id = row ? row->organisation : patient->registered_by;
	struct model_organisation *clinic =
		row || role == TEAM_ROLE_ATTENDING ? model_organisation(model, id) : NULL;
	return clinic && !clinic->left && clinic->kind == ORGANISATION_KIND_CLINIC ? clinic : NULL;
}

/* The clinic that is on duty for the patient at this moment; "": none is. */
static const char *on_duty(struct model *model, const struct model_patient *patient, bool second,
			   int64_t now_ms)
{
	const struct model_organisation *clinic = clinic_of(model, patient, TEAM_ROLE_ATTENDING);
	if (!patient->cover_consent || !clinic || !clinic->round_the_clock)
		return "";
	for (size_t i = 0; i < model->n_shifts; i++) {
		const ShiftNotice *shift = model->shifts[i];
		for (size_t k = 0; k < shift->n_duties; k++) {
			const Duty *duty = shift->duties[k];
			if ((!shift->area || shift->area == clinic->area) &&
			    duty->second == second && duty->from_ms <= now_ms &&
			    now_ms < duty->until_ms)
				return duty->organisation;
		}
	}
	return "";
}

static const char *centre(const struct model *model)
{
	for (size_t i = 0; i < model->n_organisations; i++)
		if (model->organisations[i].kind == ORGANISATION_KIND_SUPPORT_CENTRE &&
		    !model->organisations[i].left)
			return model->organisations[i].id;
	return "";
}

static const char *stands_at(struct sim *sim, const struct sim_escalation *known,
			     EscalationStep_Place place)
{
	struct model *model = &sim->models[HOST_ALERT];
	const struct model_patient *patient = model_patient(model, known->patient);
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ALERT]);

	if (place == P(CENTRE))
		return centre(model);
	if (!patient)
		return "";
	if (place == P(ON_DUTY_FIRST) || place == P(ON_DUTY_SECOND))
		return on_duty(model, patient, place == P(ON_DUTY_SECOND), now_ms);
	const struct model_organisation *clinic =
		clinic_of(model, patient,
			  place == P(ATTENDING_CLINIC) ? TEAM_ROLE_ATTENDING : TEAM_ROLE_DEPUTY);
	return clinic ? clinic->id : "";
}

/* What somebody has of the event; NULL: nothing, or it has left their inbox. */
static struct sim_notification *item_of(struct sim *sim, const char *event, const char *user)
{
	uint64_t index;
	if (!table_get(&sim->notified, event, user, &index) ||
	    sim->notifications[index].state == N(WITHDRAWN) ||
	    !same(sim->notifications[index].user, user))
		return NULL;
	return &sim->notifications[index];
}

static bool waits(const struct sim_notification *item)
{
	return item->state < N(ACCEPTED);
}

/* Is this one of those who are asked at that place? */
static bool belongs(struct sim *sim, const struct sim_escalation *known, EscalationStep_Place place,
		    const struct model_person *person)
{
	struct model *model = &sim->models[HOST_ALERT];
	const struct model_patient *patient = model_patient(model, known->patient);
	const struct model_member *row;
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ALERT]);

	if (!person->enrolled || !same(person->organisation, stands_at(sim, known, place)))
		return false;
	if (place == P(CENTRE))
		return person->profession == PROFESSION_CENTRE_STAFF;
	if (person->profession != PROFESSION_DOCTOR)
		return false;
	if (place == P(ON_DUTY_FIRST) || place == P(ON_DUTY_SECOND))
		return true;
	row = row_of(patient,
		     place == P(ATTENDING_CLINIC) ? TEAM_ROLE_ATTENDING : TEAM_ROLE_DEPUTY);
	return (!row || !*row->user || same(row->user, person->user)) &&
	       model_in_reach(model, person->user, known->patient, now_ms);
}

/* Somebody is there who can be asked: not who wrote it (of the centre they, too), nor who has answered. */
static bool manned(struct sim *sim, const struct sim_escalation *known, EscalationStep_Place place)
{
	struct model *model = &sim->models[HOST_ALERT];
	for (size_t i = 0; i < model->n_people; i++) {
		const struct model_person *person = &model->people[i];
		const struct sim_notification *item = item_of(sim, known->event, person->user);
		if (belongs(sim, known, place, person) &&
		    (place == P(CENTRE) || !same(person->user, known->author)) &&
		    (!item || waits(item)))
			return true;
	}
	return false;
}

static bool asked(const struct sim_escalation *known, const char *organisation)
{
	for (size_t i = 0; i < known->n_asked; i++)
		if (same(known->asked[i], organisation))
			return true;
	return false;
}

static EscalationStep_Place next_place(struct sim *sim, const struct sim_escalation *known)
{
	for (int i = 0; i < SIM_PLACES; i++) {
		EscalationStep_Place place = known->order[i];
		if (manned(sim, known, place) && !asked(known, stands_at(sim, known, place)))
			return place;
	}
	return P(UNSPECIFIED);
}

/* ---- who has it ------------------------------------------------------------------------------ */

static bool has_it(const struct sim_notification *item)
{
	return item->state == N(ACCEPTED) || item->state == N(DONE);
}

/* Of the team, has not answered, nor has who stands in for them or for whom they do. */
static bool silent(struct sim *sim, const struct sim_escalation *known,
		   const struct sim_notification *item)
{
	if (!waits(item) || item->place == P(ON_DUTY_FIRST) || item->place == P(ON_DUTY_SECOND) ||
	    item->place == P(CENTRE))
		return false;
	for (size_t i = known->first_item; i < sim->n_notifications; i++) {
		const struct sim_notification *other = &sim->notifications[i];
		if (same(other->event, known->event) && has_it(other) &&
		    (same(other->substitute_for, item->user) ||
		     same(item->substitute_for, other->user)))
			return false;
	}
	return true;
}

struct standing {
	bool held, wanted, left; /* left: somebody but the centre still has it in their inbox */
};

static struct standing standing_of(struct sim *sim, const struct sim_escalation *known)
{
	struct standing standing = {false};
	bool by_centre = false, some_silent = false;

	for (size_t i = known->first_item; i < sim->n_notifications; i++) {
		const struct sim_notification *item = &sim->notifications[i];
		if (!same(item->event, known->event))
			continue;
		standing.held |= has_it(item);
		by_centre |= has_it(item) && item->place == P(CENTRE);
		some_silent |= known->everyone && silent(sim, known, item);
		standing.left |= item->state != N(WITHDRAWN) && item->place != P(CENTRE);
	}
	standing.wanted = !standing.held || (known->everyone && some_silent && !by_centre);
	return standing;
}

/* One of its notifications has become another. */
void escalations_moved(struct sim *sim, const struct sim_notification *item)
{
	struct sim_escalation *known = escalation_known(sim, item->event);
	int64_t steady_ms = sim->alert_entry->steady_ms;

	if (!known || known->state == S(OVER))
		return;
	struct standing standing = standing_of(sim, known);
	bool gone = item->state == N(WITHDRAWN);
	bool at_once = (gone && !standing.left) ||
		       (item->place && item->place == known->place && item->round == known->round &&
			(gone || item->state == N(DECLINED)));
	sim_trace(sim, "moved event=%s user=%s state=%d held=%d wanted=%d left=%d at_once=%d",
		  known->event, item->user, (int)item->state, standing.held, standing.wanted,
		  standing.left, at_once);
	if (is_open(known) && !standing.wanted) {
		known->state = S(TAKEN);
		known->due_ms = 0;
	} else if (known->state == S(TAKEN) && standing.wanted) {
		known->state = S(WALKING);
		known->due_ms = steady_ms + (standing.held ? known->step_ms : 0);
		known->ran_ms = 0;
		known->with_centre = false;
	} else if (is_open(known) && !standing.held && at_once) {
		known->due_ms = steady_ms;
	}
}

/* ---- the beginning --------------------------------------------------------------------------- */

static bool in_hours(struct sim *sim, const char *patient)
{
	struct model *model = &sim->models[HOST_ALERT];
	const struct model_patient *of = model_patient(model, patient);
	const struct model_organisation *clinic =
		of ? clinic_of(model, of, TEAM_ROLE_ATTENDING) : NULL;
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ALERT]);
	int64_t day = (now_ms + JAPAN_OFFSET_MS) / DAY_MS;
	int64_t hour = (now_ms + JAPAN_OFFSET_MS - day * DAY_MS) / HOUR_MS;

	if (!clinic)
		return false;
	if (clinic->said->n_hours)
		return rings_open(clinic->said->hours, clinic->said->n_hours, now_ms);
	return date_weekday(day) <= 5 && !holiday(day) && hour >= DAY_BEGINS_HOUR &&
	       hour < DAY_ENDS_HOUR;
}

static void set_order(struct sim_escalation *known, bool within)
{
	static const EscalationStep_Place orders[2][SIM_PLACES] = {
		{P(ON_DUTY_FIRST), P(ON_DUTY_SECOND), P(ATTENDING_CLINIC), P(DEPUTY_CLINIC),
		 P(CENTRE)},
		{P(ATTENDING_CLINIC), P(DEPUTY_CLINIC), P(ON_DUTY_FIRST), P(ON_DUTY_SECOND),
		 P(CENTRE)},
	};
	memcpy(known->order, orders[within], sizeof(known->order));
}

static void ask_place(struct sim_escalation *known, EscalationStep_Place place,
		      const char *organisation)
{
	known->place = place;
	known->state = place == P(CENTRE) || !place ? S(WITH_CENTRE) : S(WALKING);
	known->with_centre |= known->state == S(WITH_CENTRE);
	if (!place || known->n_asked == SIM_ASKED)
		return;
	snprintf(known->asked[known->n_asked++], sizeof(*known->asked), "%s", organisation);
}

/* Of those who are told at once, only doctors who are to be asked later may be silent. */
static void check_told(struct sim *sim, const struct sim_escalation *known,
		       const NotificationsStored *fact)
{
	const char *attending = stands_at(sim, known, P(ATTENDING_CLINIC));
	const char *deputy = stands_at(sim, known, P(DEPUTY_CLINIC));

	for (size_t i = 0; i < fact->n_recipients; i++) {
		const Recipient *told = fact->recipients[i];
		bool later =
			told->profession == PROFESSION_DOCTOR &&
			(same(told->organisation, attending) || same(told->organisation, deputy));
		if (told->rings_ms && (told->place || !later || known->everyone) &&
		    !*told->substitute_for)
			FAIL("urgent-silent", "user=%s rings_ms=%lld", told->user,
			     (long long)told->rings_ms);
		if (told->place && told->place != known->place)
			FAIL("asked-another", "user=%s place=%d", told->user, (int)told->place);
	}
}

/* … or has been named as a substitute by one of them. */
static bool stands_in(struct sim *sim, const struct sim_escalation *known, const char *user)
{
	const struct model *model = &sim->models[HOST_ALERT];
	for (size_t i = 0; i < model->n_people; i++)
		if (belongs(sim, known, known->place, &model->people[i]) &&
		    table_get(&sim->substitutes, model->people[i].user, user, NULL))
			return true;
	return false;
}

static void check_asked(struct sim *sim, const struct sim_escalation *known, Recipient *const *told,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *user =
			*told[i]->substitute_for ? told[i]->substitute_for : told[i]->user;
		const struct model_person *person = model_person(&sim->models[HOST_ALERT], user);
		if (told[i]->place && (!person || !belongs(sim, known, known->place, person)) &&
		    !stands_in(sim, known, user))
			FAIL("asked-without-right", "user=%s", told[i]->user);
	}
}

static void begin(struct sim *sim, const struct known_fact *source)
{
	const NotificationsStored *fact = (const NotificationsStored *)(const void *)source->fact;
	const Escalation *said = fact->escalation;
	const JournalEntry *entry = source->entry;
	bool urgent = fact->template_->urgent && !fact->template_->break_glass;

	if (urgent != (said != NULL))
		sim_fail(sim, "no-escalation", "event=%s urgent=%d", fact->template_->event,
			 urgent);
	if (!said || !urgent)
		return;
	if (sim->n_escalations == SIM_ESCALATIONS)
		abort();
	struct sim_escalation *known = &sim->escalations[sim->n_escalations];
	memset(known, 0, sizeof(*known));
	snprintf(known->event, sizeof(known->event), "%s", fact->template_->event);
	snprintf(known->patient, sizeof(known->patient), "%s", fact->template_->patient);
	snprintf(known->author, sizeof(known->author), "%s", fact->template_->author);
	table_put(&sim->escalation_index, known->event, NULL, sim->n_escalations++);
	known->everyone = fact->template_->everyone;
	known->first_item = sim->n_notifications;
	known->step_ms = 1000LL * (said->limit_passed ? sim->limit_s : sim->urgent_s);
	set_order(known, in_hours(sim, known->patient));
	EscalationStep_Place place = next_place(sim, known);
	ask_place(known, place, place ? stands_at(sim, known, place) : "");
	known->due_ms = entry->steady_ms + known->step_ms;
	sim_trace(sim, "escalation event=%s place=%d everyone=%d step_ms=%lld", known->event,
		  (int)place, known->everyone, (long long)known->step_ms);
	if (said->n_order != SIM_PLACES ||
	    memcmp(said->order, known->order, sizeof(known->order)) != 0)
		FAIL("order", "first=%d expected=%d", said->n_order ? (int)said->order[0] : 0,
		     (int)known->order[0]);
	if (said->place != place || said->step_ms != known->step_ms)
		FAIL("asked-another", "place=%d step_ms=%lld", (int)said->place,
		     (long long)said->step_ms);
	check_told(sim, known, fact);
	check_asked(sim, known, fact->recipients, fact->n_recipients);
}

/* ---- a step ---------------------------------------------------------------------------------- */

/* What is there rings again: nobody's who has answered, unless all have said that they cannot. */
static void ring(struct sim *sim, struct sim_escalation *known, const char *id,
		 EscalationStep_Place place, bool held)
{
	struct sim_notification *item = alerts_notification(sim, id);
	if (!item || !same(item->event, known->event)) {
		FAIL("rings-unknown", "id=%s", id);
		return;
	}
	bool once_more = item->state == N(DECLINED) && place == P(CENTRE);
	if (!waits(item) && !once_more)
		FAIL("rings-answered", "user=%s state=%d", item->user, (int)item->state);
	if (held && !(known->everyone && (silent(sim, known, item) || place == P(CENTRE))))
		FAIL("rings-after-acceptance", "user=%s", item->user);
	if (once_more)
		item->state = N(STORED);
	if (place)
		item->place = place;
	if (place && place != P(ATTENDING_CLINIC) && place != P(DEPUTY_CLINIC))
		item->as_such = false; /* it rests on more than a place in the team now */
	item->round = known->round;
}

static void check_next(struct sim *sim, const struct sim_escalation *known,
		       const EscalationWalked *fact)
{
	EscalationStep_Place place = next_place(sim, known);
	const char *there = place ? stands_at(sim, known, place) : "";

	if (place ? fact->place != place || !same(fact->organisation, there)
		  : fact->place && fact->place != P(CENTRE))
		FAIL("asked-another", "asks=%d organisation=%s expected=%d of=%s", (int)fact->place,
		     fact->organisation, (int)place, there);
}

static void start_over(struct sim *sim, struct sim_escalation *known, const EscalationWalked *fact)
{
	if (!known->with_centre && !asked(known, centre(&sim->models[HOST_ALERT])) &&
	    manned(sim, known, P(CENTRE)))
		FAIL("started-over", "without the centre state=%d", (int)known->state);
	if (fact->round != known->round + 1)
		FAIL("started-over", "round=%u", fact->round);
	known->round = fact->round;
	known->n_asked = 0;
}

static void walk(struct sim *sim, const struct known_fact *source)
{
	const EscalationWalked *fact = (const EscalationWalked *)(const void *)source->fact;
	const JournalEntry *entry = source->entry;
	struct sim_escalation *known = escalation_known(sim, fact->event);

	if (!known) {
		sim_fail(sim, "escalation-of-nothing", "event=%s", fact->event);
		return;
	}
	struct standing standing = standing_of(sim, known);
	sim_trace(sim, "step event=%s place=%d of=%s round=%u over=%d", fact->event,
		  (int)fact->place, fact->organisation, fact->round, fact->over);
	if (!is_open(known) || !standing.wanted)
		FAIL("asked-after-acceptance", "state=%d", (int)known->state);
	if (!same(entry->cause, "EscalationDue") || !known->due_ms ||
	    entry->steady_ms < known->due_ms)
		FAIL("step-too-soon", "steady=%lld due=%lld", (long long)entry->steady_ms,
		     (long long)known->due_ms);
	if (fact->over) {
		if (standing.left)
			FAIL("over-too-soon", "state=%d", (int)known->state);
		known->state = S(OVER);
		known->due_ms = 0;
		return;
	}
	if (fact->started_over)
		start_over(sim, known, fact);
	if (fact->place && asked(known, fact->organisation) && !standing.held)
		FAIL("asked-twice", "organisation=%s", fact->organisation);
	if (!standing.held)
		check_next(sim, known, fact);
	if (fact->place || !standing.held)
		ask_place(known, fact->place, fact->organisation);
	for (size_t i = 0; i < fact->n_rung; i++)
		ring(sim, known, fact->rung[i], fact->place, standing.held);
	for (size_t i = 0; i < fact->n_again; i++)
		ring(sim, known, fact->again[i], P(UNSPECIFIED), standing.held);
	if (standing.held && fact->n_recipients && fact->place != P(CENTRE))
		FAIL("rings-after-acceptance", "new=%zu", fact->n_recipients);
	check_asked(sim, known, fact->recipients, fact->n_recipients);
	known->due_ms = entry->steady_ms + known->step_ms;
	if (!fact->place && fact->n_rung + fact->n_again + fact->n_recipients == 0 &&
	    !standing.held && manned(sim, known, P(CENTRE)))
		FAIL("asks-nobody", "state=%d", (int)known->state);
}

void escalations_fact(struct sim *sim, const struct known_fact *known)
{
	const char *type = known->entry->type;
	if (same(type, "NotificationsStored")) {
		begin(sim, known);
	} else if (same(type, "EscalationWalked")) {
		walk(sim, known);
	} else if (same(type, "SubstituteSet")) {
		const SubstituteSet *set = (const SubstituteSet *)(const void *)known->fact;
		table_put(&sim->substitutes, set->user, set->substitute, 1);
	} else if (same(type, "EscalationSet")) {
		const EscalationSet *set = (const EscalationSet *)(const void *)known->fact;
		sim->urgent_s = set->urgent_s;
		sim->limit_s = set->limit_s;
	} else if (same(type, "Reminded")) {
		const Reminded *fact = (const Reminded *)(const void *)known->fact;
		if (escalations_of(sim, fact->event))
			sim_fail(sim, "reminded-too", "event=%s", fact->event);
	}
}

/* ---- time passes ----------------------------------------------------------------------------- */

/*
 * By its deadline each is accepted, over, or the centre has it: so many steps as there are places,
 * counted while alert was awake. Of a longer sleep, as of a stop, one step's length counts at most.
 */
void escalations_stepped(struct sim *sim, bool faulty)
{
	const struct host *host = &sim->hosts[HOST_ALERT];
	int64_t steady_ms = host_steady_ms(host), slept_ms = sim->now_ms - sim->alert_awake_ms;

	sim->alert_awake_ms = sim->now_ms;
	if (sim->options.tight)
		return; /* where the store is full, what is due waits until there is room */
	if (faulty) /* its commit may have failed: what is due is tried again after a pause */
		sim->alert_pauses_until_ms = sim->now_ms + PAUSE_MS;
	for (size_t i = 0; i < sim->n_escalations; i++) {
		struct sim_escalation *known = &sim->escalations[i];
		if (!is_open(known))
			continue;
		if (daemon_wait_ms(host->daemon) > 0 && sim->now_ms >= sim->alert_pauses_until_ms &&
		    steady_ms > known->due_ms + LATE_MS)
			FAIL("step-forgotten", "late_ms=%lld",
			     (long long)(steady_ms - known->due_ms));
		known->ran_ms += slept_ms < known->step_ms ? slept_ms : known->step_ms;
		if (!known->with_centre &&
		    known->ran_ms > (SIM_PLACES + 1) * (known->step_ms + LATE_MS))
			FAIL("deadline", "ran_ms=%lld step_ms=%lld", (long long)known->ran_ms,
			     (long long)known->step_ms);
	}
}

int64_t escalations_wait_ms(struct sim *sim)
{
	int64_t least_ms = INT64_MAX, steady_ms = host_steady_ms(&sim->hosts[HOST_ALERT]);
	for (size_t i = 0; i < sim->n_escalations; i++) {
		const struct sim_escalation *known = &sim->escalations[i];
		if (is_open(known) && !known->with_centre && known->due_ms - steady_ms < least_ms)
			least_ms = known->due_ms - steady_ms;
	}
	return least_ms;
}

int64_t escalations_step_ms(struct sim *sim)
{
	int64_t most_ms = 0;
	for (size_t i = 0; i < sim->n_escalations; i++)
		if (is_open(&sim->escalations[i]) && sim->escalations[i].step_ms > most_ms)
			most_ms = sim->escalations[i].step_ms;
	return most_ms;
}

/* What stands with the centre stands in the inbox of everybody there. */
void escalations_final(struct sim *sim)
{
	struct model *model = &sim->models[HOST_ALERT];
	for (size_t i = 0; i < sim->n_escalations; i++) {
		const struct sim_escalation *known = &sim->escalations[i];
		for (size_t k = 0; k < model->n_people && is_open(known); k++)
			if (belongs(sim, known, P(CENTRE), &model->people[k]) &&
			    !item_of(sim, known->event, model->people[k].user))
				FAIL("centre-without-it", "user=%s", model->people[k].user);
	}
}

const char *escalations_open(struct sim *sim)
{
	for (size_t i = 0; i < sim->n_escalations; i++)
		if (is_open(&sim->escalations[i]) && !sim->escalations[i].with_centre)
			return sim->escalations[i].event;
	return "";
}
