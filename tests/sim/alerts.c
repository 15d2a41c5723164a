/*
 * Who is told of what, worked out a second time: for each entry, those who must be told at least, and
 * those who may be told at most, as alert's journal has the teams at that point. What lies between
 * the two (a specialist's interests, substitutes) is left to alert's own unit tests.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define KIND(name) (1u << ENTRY_KIND_##name)
#define TALK (KIND(QUESTION) | KIND(ANSWER)) /* whoever is asked, or asked */
#define EVERY_KIND 0xffffffffu

/* Issue 2, in its words. */
static const struct {
	Profession profession;
	uint32_t must, may;
} interests[] = {
	{PROFESSION_NURSE, EVERY_KIND, EVERY_KIND},
	{PROFESSION_PHARMACIST, KIND(MEDICATION) | KIND(ALLERGY) | KIND(RENAL),
	 KIND(MEDICATION) | KIND(ALLERGY) | KIND(RENAL) | TALK},
	{PROFESSION_DENTIST, KIND(ALLERGY) | KIND(DENTAL) | KIND(SWALLOWING),
	 KIND(MEDICATION) | KIND(ALLERGY) | KIND(DENTAL) | KIND(SWALLOWING) | TALK},
	{PROFESSION_CARE_MANAGER, KIND(PLAN) | KIND(MOVEMENT) | KIND(NEXT_VISIT) | KIND(WISH),
	 KIND(PLAN) | KIND(MOVEMENT) | KIND(NEXT_VISIT) | KIND(WISH) | TALK},
	{PROFESSION_HELPER, KIND(ACTIVITY) | KIND(PLAN),
	 KIND(ACTIVITY) | KIND(PLAN) | KIND(PRECAUTION) | TALK},
	{PROFESSION_LIAISON, KIND(MOVEMENT) | KIND(WISH), KIND(MOVEMENT) | KIND(WISH) | TALK},
	{PROFESSION_DOCTOR, 0, EVERY_KIND},
};

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* ---- an entry, as alert hears of it ---------------------------------------------------------- */

static const Entry *entry_named(struct sim *sim, const char *id)
{
	for (size_t i = sim->n_entries; i-- > 0;)
		if (same(sim->entries[i].id, id))
			return sim->entries[i].entry;
	return NULL;
}

/* Of a correction: the kind of what it corrects. */
static EntryKind kind_of(struct sim *sim, const Entry *entry)
{
	for (int depth = 0; *entry->corrects && depth < 100; depth++) {
		const Entry *corrected = entry_named(sim, entry->corrects);
		if (!corrected)
			break;
		entry = corrected;
	}
	return entry->kind;
}

static bool for_teeth(const Entry *entry)
{
	for (size_t i = 0; i < entry->n_concerns; i++)
		if (entry->concerns[i] == CONCERN_ANTITHROMBOTIC ||
		    entry->concerns[i] == CONCERN_BONE_MODIFYING)
			return true;
	return false;
}

static bool must_concern(struct sim *sim, const struct model_person *person,
			 const struct model_member *member, const Entry *entry)
{
	uint32_t kind = 1u << kind_of(sim, entry);
	bool own_words =
		!*entry->corrects; /* concerns and infection of corrections: alert's matter */

	if (person->profession == PROFESSION_DOCTOR)
		return member->role == TEAM_ROLE_ATTENDING;
	if (person->profession == PROFESSION_DENTIST && own_words && for_teeth(entry))
		return true;
	if (person->profession == PROFESSION_HELPER && own_words &&
	    entry->content_case == Entry_CONTENT_PRECAUTION && entry->precaution->infection)
		return true;
	for (size_t i = 0; i < sizeof(interests) / sizeof(*interests); i++)
		if (interests[i].profession == person->profession)
			return interests[i].must & kind;
	return false;
}

static bool may_concern(struct sim *sim, const struct model_person *person, const Entry *entry)
{
	uint32_t kind = 1u << kind_of(sim, entry);
	for (size_t i = 0; i < sizeof(interests) / sizeof(*interests); i++)
		if (interests[i].profession == person->profession)
			return (interests[i].may & kind) || entry->n_concerns > 0;
	return kind & TALK;
}

/* In some window of theirs at least; broken glass does not count. */
static bool may_see(struct sim *sim, const char *user, const char *patient)
{
	return model_in_reach(&sim->models[HOST_ALERT], user, patient, ANY_WINDOW);
}

static bool must_be_told(struct sim *sim, const struct model_person *person, const char *author,
			 const Entry *entry)
{
	const struct model_patient *patient =
		model_patient(&sim->models[HOST_ALERT], entry->patient);

	if (!patient || !person->enrolled || same(person->user, author) ||
	    !model_in_reach(&sim->models[HOST_ALERT], person->user, entry->patient, NO_WINDOW) ||
	    table_get(&sim->muted, person->user, entry->patient, NULL))
		return false;
	for (size_t i = 0; i < patient->n_team; i++)
		if (!patient->team[i].until_ms && model_member_is(&patient->team[i], person) &&
		    must_concern(sim, person, &patient->team[i], entry))
			return true;
	return false;
}

static bool in_team(struct sim *sim, const struct model_person *person, const char *id)
{
	const struct model_patient *patient = model_patient(&sim->models[HOST_ALERT], id);
	for (size_t i = 0; patient && i < patient->n_team; i++)
		if (model_member_is(&patient->team[i], person))
			return true;
	return false;
}

/* ---- judging --------------------------------------------------------------------------------- */

static const Recipient *recipient_of(const NotificationsStored *stored, const char *user)
{
	for (size_t i = 0; stored && i < stored->n_recipients; i++)
		if (same(stored->recipients[i]->user, user))
			return stored->recipients[i];
	return NULL;
}

/* Somebody who must be told and is not; stored NULL: alert has said nothing. */
static const char *left_out(struct sim *sim, const struct known_fact *known,
			    const NotificationsStored *stored)
{
	const Entry *entry = ((const EntryAdded *)(const void *)known->fact)->entry;
	for (size_t i = 0; i < sim->models[HOST_ALERT].n_people; i++) {
		const struct model_person *person = &sim->models[HOST_ALERT].people[i];
		if (must_be_told(sim, person, entry->author, entry) &&
		    !recipient_of(stored, person->user))
			return person->user;
	}
	return NULL;
}

static void judge_all_told(struct sim *sim, const struct known_fact *known,
			   const NotificationsStored *stored)
{
	const char *user = left_out(sim, known, stored);
	if (user)
		sim_fail(sim, "not-told", "user=%s entry=%s", user, known->entry->id);
}

static void judge_recipient(struct sim *sim, const Entry *entry, const Recipient *recipient)
{
	const char *user = *recipient->substitute_for ? recipient->substitute_for : recipient->user;
	const struct model_person *person = model_person(&sim->models[HOST_ALERT], user);

	if (!person || !person->enrolled || !in_team(sim, person, entry->patient) ||
	    !may_see(sim, user, entry->patient))
		sim_fail(sim, "told-without-right", "user=%s entry=%s", recipient->user, entry->id);
	else if (!may_concern(sim, person, entry))
		sim_fail(sim, "told-without-concern", "user=%s entry=%s kind=%d", recipient->user,
			 entry->id, (int)kind_of(sim, entry));
}

/* Record's entries of which alert's journal says nothing, up to a position. */
static void judge_silence(struct sim *sim, uint64_t until)
{
	const struct ledger *record = &sim->hosts[HOST_RECORD].ledger;
	for (uint64_t p = sim->alert_followed + 1; p < until && p <= record->n; p++)
		if (same(record->facts[p - 1].entry->type, "EntryAdded"))
			judge_all_told(sim, &record->facts[p - 1], NULL);
	if (until > 0 && until - 1 > sim->alert_followed)
		sim->alert_followed = until - 1;
}

/* By an escalation, without a place in the team. */
static bool asked_from_outside(EscalationStep_Place place)
{
	return place == ESCALATION_STEP_PLACE_ON_DUTY_FIRST ||
	       place == ESCALATION_STEP_PLACE_ON_DUTY_SECOND ||
	       place == ESCALATION_STEP_PLACE_CENTRE;
}

static void add_notification(struct sim *sim, const Recipient *recipient,
			     const Notification *common)
{
	const char *event = common->event;
	if (sim->n_notifications == sim->notifications_allocated) {
		sim->notifications_allocated = sim->notifications_allocated * 2 + 64;
		sim->notifications =
			realloc(sim->notifications,
				sim->notifications_allocated * sizeof(*sim->notifications));
		if (!sim->notifications)
			abort();
	}
	uint64_t earlier;
	if (table_get(&sim->notified, event, recipient->user, &earlier) &&
	    sim->notifications[earlier].state != NOTIFICATION_STATE_WITHDRAWN &&
	    same(sim->notifications[earlier].user, recipient->user))
		sim_fail(sim, "notified-twice", "event=%s user=%s", event, recipient->user);
	table_put(&sim->notified, event, recipient->user, sim->n_notifications);
	table_put(&sim->notified, recipient->id, NULL, sim->n_notifications);
	struct sim_notification *added = &sim->notifications[sim->n_notifications++];
	*added = (struct sim_notification){.state = NOTIFICATION_STATE_STORED};
	added->word = *common->service != '\0';
	added->place = recipient->place;
	added->round = common->round;
	added->as_such = !*recipient->substitute_for && !common->break_glass && !added->word &&
			 !asked_from_outside(recipient->place);
	added->urgent = common->urgent;
	added->rings_ms = recipient->rings_ms > 0 ? recipient->rings_ms : 0;
	snprintf(added->substitute_for, sizeof(added->substitute_for), "%s",
		 recipient->substitute_for);
	rings_stored(sim, recipient, common->urgent);
	snprintf(added->patient, sizeof(added->patient), "%s", common->patient);
	snprintf(added->event, sizeof(added->event), "%s", event);
	snprintf(added->id, sizeof(added->id), "%s", recipient->id);
	snprintf(added->user, sizeof(added->user), "%s", recipient->user);
	sim_trace(sim, "notify id=%s user=%s event=%s place=%d patient=%s", added->id, added->user,
		  event, (int)added->place, added->patient);
}

static void judge_stored(struct sim *sim, const struct known_fact *known)
{
	const NotificationsStored *stored = (const NotificationsStored *)(const void *)known->fact;
	const struct ledger *record = &sim->hosts[HOST_RECORD].ledger;
	uint64_t position = known->entry->instance_position;

	if (position == 0 || position > record->n) {
		sim_fail(sim, "notice-of-nothing", "position=%llu", (unsigned long long)position);
		return;
	}
	for (size_t i = 0; i < stored->n_recipients; i++)
		add_notification(sim, stored->recipients[i], stored->template_);
	if (!stored->escalation)
		table_put(&sim->reminded, stored->template_->event, NULL,
			  (uint64_t)known->entry->steady_ms);
	const struct known_fact *source = &record->facts[position - 1];
	if (!same(source->entry->type, "EntryAdded"))
		return;
	judge_all_told(sim, source, stored);
	for (size_t i = 0; i < stored->n_recipients; i++)
		if (!stored->recipients[i]->place) /* else: escalations.c */
			judge_recipient(sim,
					((const EntryAdded *)(const void *)source->fact)->entry,
					stored->recipients[i]);
}

/* ---- words of board and referral ------------------------------------------------------------- */

/* Whom of an organisation it concerns (issue 3): who can answer. */
static bool word_concerns(OrganisationKind kind, Profession profession)
{
	switch (kind) {
	case ORGANISATION_KIND_CLINIC:
		return profession == PROFESSION_DOCTOR || profession == PROFESSION_NURSE;
	case ORGANISATION_KIND_HOSPITAL:
		return profession == PROFESSION_LIAISON || profession == PROFESSION_DOCTOR ||
		       profession == PROFESSION_NURSE;
	case ORGANISATION_KIND_NURSE_STATION:
		return profession == PROFESSION_NURSE;
	case ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE:
		return profession == PROFESSION_CARE_MANAGER;
	case ORGANISATION_KIND_SUPPORT_CENTRE:
		return profession == PROFESSION_CENTRE_STAFF;
	default:
		return false;
	}
}

static bool told_to(const Told *told, const struct model_organisation *organisation)
{
	return *told->organisation ? same(told->organisation, organisation->id)
				   : organisation->kind == ORGANISATION_KIND_SUPPORT_CENTRE;
}

/* Does some word of these go to that person? *matter: of one that must. */
static bool word_reaches(struct sim *sim, Told *const *told, size_t n,
			 const struct model_person *person)
{
	const struct model_organisation *organisation =
		model_organisation(&sim->models[HOST_ALERT], person->organisation);
	bool reaches = false;

	if (!organisation || organisation->left || !person->enrolled ||
	    !word_concerns(organisation->kind, person->profession))
		return false;
	for (size_t i = 0; i < n; i++)
		reaches |= told[i]->matter && told_to(told[i], organisation);
	return reaches;
}

static bool word_fits(struct sim *sim, Told *const *told, size_t n, const Recipient *recipient,
		      const struct model_person *person)
{
	const struct model_organisation *organisation =
		model_organisation(&sim->models[HOST_ALERT], person->organisation);
	bool fits = false, urgent = false;
	for (size_t i = 0; i < n; i++)
		if (told_to(told[i], organisation)) {
			fits |= told[i]->matter == recipient->matter;
			urgent |= told[i]->matter && told[i]->urgent;
		}
	return fits && urgent == recipient->urgent;
}

/* What the fact of board or referral says to whom. Board says one thing to one organisation. */
static size_t words_of(struct sim *sim, const struct known_fact *source, Told ***told)
{
	const void *fact = source->fact;
	const char *type = source->entry->type;
	Told *one;

	if (same(type, "ReferralChanged")) {
		const ReferralChanged *f = fact;
		*told = f->told;
		return f->n_told;
	}
	*told = arena_alloc(&sim->scratch, sizeof(**told));
	one = **told = NEW(Told, &sim->scratch);
	if (same(type, "CapacitySet")) {
		one->organisation = ((const CapacitySet *)fact)->capacity->id;
	} else if (same(type, "CapacityReminded")) {
		one->organisation = ((const CapacityReminded *)fact)->organisation;
		one->matter = MATTER_CAPACITY_LAPSES;
	} else if (same(type, "CapacityLapsed")) {
		one->organisation = ((const CapacityLapsed *)fact)->organisation;
		one->matter = MATTER_CAPACITY_LAPSED;
	} else {
		return duties_words(sim, source, told);
	}
	return 1;
}

static void judge_words(struct sim *sim, const WordStored *stored, Told *const *told, size_t n)
{
	const struct model *model = &sim->models[HOST_ALERT];
	for (size_t i = 0; i < model->n_people; i++) {
		const Recipient *recipient = NULL;
		for (size_t k = 0; k < stored->n_recipients; k++)
			if (same(stored->recipients[k]->user, model->people[i].user))
				recipient = stored->recipients[k];
		if (!word_reaches(sim, told, n, &model->people[i])) {
			if (recipient && !*recipient->substitute_for)
				sim_fail(sim, "word-to-another", "user=%s subject=%s",
					 recipient->user, stored->subject);
		} else if (!recipient) {
			sim_fail(sim, "word-not-told", "user=%s subject=%s", model->people[i].user,
				 stored->subject);
		} else if (!*recipient->substitute_for &&
			   !word_fits(sim, told, n, recipient, &model->people[i])) {
			sim_fail(sim, "another-word", "user=%s subject=%s matter=%d",
				 recipient->user, stored->subject, (int)recipient->matter);
		}
	}
}

static int host_of(const struct sim *sim, const char *instance)
{
	for (int host = 0; host < HOSTS; host++)
		if (same(sim->hosts[host].spec->name, instance))
			return host;
	return -1;
}

static void add_words(struct sim *sim, const JournalEntry *entry, const WordStored *stored)
{
	for (size_t i = 0; i < stored->n_recipients; i++) {
		Notification common = Notification_INIT;
		common.event = arena_printf(&sim->scratch, "%s-%s", stored->event,
					    stored->recipients[i]->organisation);
		common.service = stored->service;
		common.urgent = stored->recipients[i]->urgent;
		add_notification(sim, stored->recipients[i], &common);
		table_put(&sim->reminded, common.event, NULL, (uint64_t)entry->steady_ms);
	}
}

static void judge_word(struct sim *sim, const JournalEntry *entry, const WordStored *stored)
{
	const struct ledger *ledger;
	uint64_t position = entry->instance_position;
	int host = host_of(sim, entry->instance);
	Told **told;

	ledger = host >= 0 ? &sim->hosts[host].ledger : NULL;
	if (!ledger || position == 0 || position > ledger->n ||
	    !same(ledger->facts[position - 1].entry->id, stored->event) ||
	    !same(stored->service, entry->instance)) {
		sim_fail(sim, "word-of-nobody", "position=%llu", (unsigned long long)position);
		return;
	}
	size_t n = words_of(sim, &ledger->facts[position - 1], &told);
	judge_words(sim, stored, told, n);
	table_put(&sim->worded, stored->event, NULL, 1);
	add_words(sim, entry, stored);
}

/* NULL: it is not of those that hold a word. */
static const WordStored *word_within(const struct known_fact *known)
{
	const void *fact = known->fact;
	if (same(known->entry->type, "WordStored"))
		return fact;
	if (same(known->entry->type, "RotaFollowed"))
		return ((const RotaFollowed *)fact)->word;
	if (same(known->entry->type, "HandOverOffered"))
		return ((const HandOverOffered *)fact)->word;
	return NULL;
}

/* "", or a fact of board or referral of which alert has not heard and should. */
static const char *words_missing(struct sim *sim, int host)
{
	const struct ledger *ledger = &sim->hosts[host].ledger;
	Told **told;
	for (uint64_t *known = &sim->words_known[host]; *known < ledger->n; (*known)++) {
		const struct known_fact *fact = &ledger->facts[*known];
		bool spoken = false;
		size_t n = words_of(sim, fact, &told);
		for (size_t i = 0; i < n; i++)
			spoken |= host == HOST_REFERRAL || host == HOST_BOARD || told[i]->matter;
		if (spoken && !table_get(&sim->worded, fact->entry->id, NULL, NULL))
			return arena_printf(&sim->scratch, "word of=%s position=%llu",
					    sim->hosts[host].spec->name,
					    (unsigned long long)*known + 1);
	}
	return "";
}

/* ---- what becomes of a notification ---------------------------------------------------------- */

struct sim_notification *alerts_notification(struct sim *sim, const char *id)
{
	uint64_t index;
	return table_get(&sim->notified, id, NULL, &index) ? &sim->notifications[index] : NULL;
}

/* Returns it; NULL: there is none. */
static struct sim_notification *become(struct sim *sim, const char *id, Notification_State state,
				       const char *user)
{
	struct sim_notification *known = alerts_notification(sim, id);
	if (!known) {
		sim_fail(sim, "unknown-notification", "id=%s", id);
		return NULL;
	}
	known->state = state;
	if (state >= NOTIFICATION_STATE_ACCEPTED)
		known->rings_ms = 0; /* it waits for nothing any longer */
	if (user) {
		snprintf(known->user, sizeof(known->user), "%s", user);
		table_put(&sim->notified, known->event, user,
			  (uint64_t)(known - sim->notifications));
		known->as_such = false;
	}
	return known;
}

static void move(struct sim *sim, const char *id, Notification_State state, const char *user)
{
	const struct sim_notification *known = become(sim, id, state, user);
	if (known)
		escalations_moved(sim, known);
}

static void move_all(struct sim *sim, char **ids, size_t n, Notification_State state,
		     const char *user)
{
	for (size_t i = 0; i < n; i++)
		move(sim, ids[i], state, user);
}

/* It takes its time between two reminders, whatever stops and clocks there were. */
static void remind(struct sim *sim, const Reminded *fact, int64_t steady_ms)
{
	uint64_t before;
	if (!table_get(&sim->reminded, fact->event, NULL, &before) ||
	    steady_ms - (int64_t)before < REMINDER_MS)
		sim_fail(sim, "reminded-too-soon", "event=%s after_ms=%lld", fact->event,
			 (long long)(steady_ms - (int64_t)before));
	table_put(&sim->reminded, fact->event, NULL, (uint64_t)steady_ms);
}

/* Only the recipient's own device can say that something has arrived. */
static void deliver(struct sim *sim, const NotificationsDelivered *fact, const JournalEntry *entry)
{
	for (size_t i = 0; i < fact->n_ids; i++) {
		const struct sim_notification *known = alerts_notification(sim, fact->ids[i]);
		if (known &&
		    (!same(known->user, entry->user) || !same(entry->cause, "ConfirmDelivery")))
			sim_fail(sim, "delivered-by-another", "id=%s of=%s by=%s", known->id,
				 known->user, entry->user);
	}
}

/* Who was revoked can do nothing about what is urgent and they had accepted: it is open again. */
static void give_back(struct sim *sim, const Person *person)
{
	if (person->state == ENROLMENT_STATE_ENROLLED)
		return;
	for (size_t i = 0; i < sim->n_notifications; i++) {
		const struct sim_notification *item = &sim->notifications[i];
		if (item->urgent && item->state == NOTIFICATION_STATE_ACCEPTED &&
		    same(item->user, person->id))
			move(sim, item->id, NOTIFICATION_STATE_OPENED, NULL);
	}
}

static void follow(struct sim *sim, const char *type, const void *fact, const JournalEntry *entry)
{
	if (same(type, "NotificationsDelivered")) {
		const NotificationsDelivered *f = fact;
		deliver(sim, f, entry);
		move_all(sim, f->ids, f->n_ids, NOTIFICATION_STATE_DELIVERED, NULL);
	} else if (same(type, "NotificationMoved")) {
		const NotificationMoved *f = fact;
		move(sim, f->id, f->state, NULL);
	} else if (same(type, "NotificationTakenOver")) {
		const NotificationTakenOver *f = fact;
		if (*f->own)
			become(sim, f->own, NOTIFICATION_STATE_ACCEPTED, NULL); /* both at once */
		move(sim, f->id, *f->own ? NOTIFICATION_STATE_OPENED : NOTIFICATION_STATE_ACCEPTED,
		     *f->own ? NULL : f->to);
	} else if (same(type, "HandedOver")) {
		const HandedOver *f = fact;
		move_all(sim, f->ids, f->n_ids, NOTIFICATION_STATE_STORED, f->to);
	} else if (same(type, "TeamChanged")) {
		const TeamChanged *f = fact;
		move_all(sim, f->withdrawn, f->n_withdrawn, NOTIFICATION_STATE_WITHDRAWN, NULL);
	} else if (same(type, "ConsentChanged")) {
		const ConsentChanged *f = fact;
		move_all(sim, f->withdrawn, f->n_withdrawn, NOTIFICATION_STATE_WITHDRAWN, NULL);
	} else if (same(type, "Withdrawn")) {
		const Withdrawn *f = fact;
		move_all(sim, f->withdrawn, f->n_withdrawn, NOTIFICATION_STATE_WITHDRAWN, NULL);
	} else if (same(type, "Reminded")) {
		remind(sim, fact, entry->steady_ms);
	} else if (same(type, "EscalationWalked")) {
		const EscalationWalked *f = fact;
		for (size_t i = 0; i < f->n_recipients; i++)
			add_notification(sim, f->recipients[i], f->template_);
		move_all(sim, f->withdrawn, f->n_withdrawn, NOTIFICATION_STATE_WITHDRAWN, NULL);
	} else if (same(type, "BundleRung")) {
		rings_bundle(sim, fact);
	} else if (same(type, "PersonChanged")) {
		give_back(sim, ((const PersonChanged *)fact)->person);
	} else if (same(type, "MuteSet")) {
		const MuteSet *f = fact;
		table_put(&sim->muted, f->user, f->patient, 1);
	}
}

void alerts_fact(struct sim *sim, uint64_t position)
{
	const struct known_fact *known = &sim->hosts[HOST_ALERT].ledger.facts[position - 1];
	const JournalEntry *entry = known->entry;
	bool of_record = same(entry->instance, "record") && !same(entry->type, "Witnessed");

	sim->alert_entry = entry;
	if (of_record)
		judge_silence(sim, entry->instance_position);
	escalations_fact(sim, known);
	if (same(entry->type, "NotificationsStored"))
		judge_stored(sim, known);
	const WordStored *word = word_within(known);
	if (word && same(entry->type, "HandOverOffered"))
		add_words(sim, entry, word);
	else if (word)
		judge_word(sim, entry, word);
	follow(sim, entry->type, known->fact, entry);
	if (word)
		move_all(sim, word->withdrawn, word->n_withdrawn, NOTIFICATION_STATE_WITHDRAWN,
			 NULL);
	model_apply(&sim->models[HOST_ALERT], known);
	rings_hours_changed(sim, known);
	if (of_record)
		sim->alert_followed = entry->instance_position;
}

const char *alerts_missing(struct sim *sim)
{
	const struct ledger *record = &sim->hosts[HOST_RECORD].ledger;
	for (uint64_t p = sim->alert_followed + 1; p <= record->n; p++) {
		const struct known_fact *known = &record->facts[p - 1];
		const char *user =
			same(known->entry->type, "EntryAdded") ? left_out(sim, known, NULL) : NULL;
		if (user)
			return arena_printf(&sim->scratch, "notification of=%s entry=%s", user,
					    known->entry->id);
	}
	const char *what = "";
	for (int host = HOST_RECORD; host < HOSTS && !*what; host++)
		what = words_missing(sim, host);
	return what;
}

/* Who may no longer see a patient has nothing of them in the inbox any more. */
void alerts_final(struct sim *sim)
{
	for (size_t i = 0; i < sim->n_notifications; i++) {
		const struct sim_notification *item = &sim->notifications[i];
		const struct model_person *person =
			model_person(&sim->models[HOST_ALERT], item->user);
		const struct model_patient *patient =
			model_patient(&sim->models[HOST_ALERT], item->patient);
		bool covered = item->place == ESCALATION_STEP_PLACE_CENTRE ||
			       (patient && patient->cover_consent);
		bool rests = item->as_such || (!item->word && asked_from_outside(item->place) &&
					       !*item->substitute_for && !covered);
		if (rests && item->state < NOTIFICATION_STATE_DONE && person && person->enrolled &&
		    !may_see(sim, item->user, item->patient))
			sim_fail(sim, "not-withdrawn", "id=%s of=%s patient=%s", item->id,
				 item->user, item->patient);
	}
}

static bool unheeded(struct sim *sim, const struct sim_notification *item)
{
	const struct model_person *person = model_person(&sim->models[HOST_ALERT], item->user);
	return item->state < NOTIFICATION_STATE_ACCEPTED && person && person->enrolled;
}

bool alerts_waiting(struct sim *sim, int64_t reminded_before_ms, const char **event)
{
	for (size_t i = 0; i < sim->n_notifications; i++) {
		const struct sim_notification *item = &sim->notifications[i];
		uint64_t reminded_ms;
		bool waits = item->urgent &&
			     table_get(&sim->reminded, item->event, NULL, &reminded_ms) &&
			     (int64_t)reminded_ms < reminded_before_ms;
		for (size_t k = 0; waits && k < sim->n_notifications; k++)
			waits = strcmp(sim->notifications[k].event, item->event) ||
				unheeded(sim, &sim->notifications[k]);
		if (!waits)
			continue;
		*event = item->event;
		return true;
	}
	return false;
}

/* One item of an inbox on its way to a person. */
void alerts_shown(struct sim *sim, const char *user, const Notification *item)
{
	const struct sim_notification *known = alerts_notification(sim, item->id);
	if (!known) {
		sim_fail(sim, "unknown-notification", "id=%s shown to=%s", item->id, user);
		return;
	}
	if (item->state == NOTIFICATION_STATE_WITHDRAWN || known->word) {
		if (*item->entry || *item->patient)
			sim_fail(sim, "withdrawn-shows", "id=%s shown to=%s", item->id, user);
		if (item->state != NOTIFICATION_STATE_WITHDRAWN && !same(known->user, user))
			sim_fail(sim, "inbox-of-another", "id=%s of=%s shown to=%s", item->id,
				 known->user, user);
		return;
	}
	if (!same(item->recipient, user) || !same(known->user, user))
		sim_fail(sim, "inbox-of-another", "id=%s of=%s shown to=%s", item->id, known->user,
			 user);
	bool open = item->state < NOTIFICATION_STATE_DONE;
	bool through = *item->through || *item->substitute_for || *item->handed_over_by ||
		       asked_from_outside(known->place);
	if (open && !item->break_glass && !through && !may_see(sim, user, item->patient))
		sim_fail(sim, "inbox-without-right", "id=%s shown to=%s", item->id, user);
}
