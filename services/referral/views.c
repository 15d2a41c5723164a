#include "views.h"

#include <string.h>

#include "date.h"

#define STEP(name) REFERRAL_CHANGED_STEP_##name
#define REMINDER_LEAST_MS (4LL * 60 * 1000) /* of a shorter time nobody is reminded at half of it */
#define MINUTES_MAX 1000

const char *const referral_tables[REFERRAL_TABLES] = {
	"referrals", "concerns", "open",  "of_patient", "patients", "members",
	"access",    "capacities", "pool", "taken",     "figures",  "audit",
};

const struct team_tables referral_team = { .members = TABLE_MEMBERS, .access = TABLE_ACCESS };

static const struct bytes nothing;

/* ---- get ---------------------------------------------------------------------------------- */

int referral_get(struct tx *tx, const char *id, ReferralView **out)
{
	if (!id_valid(id))
		return ERR_NOTFOUND;
	struct key key = key_text(id);
	return GET(tx, TABLE_REFERRALS, &key, ReferralView, out);
}

int patient_notice_get(struct tx *tx, const char *patient, PatientNotice **out)
{
	if (!id_valid(patient))
		return ERR_NOTFOUND;
	struct key key = key_text(patient);
	return GET(tx, TABLE_PATIENTS, &key, PatientNotice, out);
}

int capacity_followed_get(struct tx *tx, const char *organisation, Capacity **out)
{
	struct key key = key_text(organisation);
	return GET(tx, TABLE_CAPACITIES, &key, Capacity, out);
}

/* ---- keys --------------------------------------------------------------------------------- */

static void add_byte(struct key *key, unsigned byte)
{
	uint8_t value = (uint8_t)byte;
	key_add_bytes(key, &value, 1);
}

static struct key list_key(const char *organisation, uint64_t position, const char *id)
{
	struct key key = key_text_u64(organisation, position);
	key_add_text(&key, id);
	return key;
}

struct key pool_prefix(ReferralKind kind)
{
	struct key key = { .size = 0 };
	add_byte(&key, (unsigned)kind);
	return key;
}

struct key taken_prefix(const char *organisation, ReferralKind kind)
{
	struct key key = key_text(organisation);
	add_byte(&key, (unsigned)kind);
	return key;
}

struct key figures_prefix(const char *month)
{
	return key_text(month);
}

struct key list_watch_key(const char *organisation)
{
	return key_texts("list", organisation);
}

static void touch(struct tx *tx, const char *organisation)
{
	struct key key = list_watch_key(organisation);
	tx_touch(tx, &key);
}

/* ---- lists -------------------------------------------------------------------------------- */

/* Has the asker still to do with it? Who has left the network has not. */
static bool asker_involved(const Referral *referral)
{
	return !life_over(referral) && referral->cause != REFERRAL_CAUSE_ASKER_LEFT;
}

/* From where it stood in the organisation's lists to where it stands now. before: NULL if nowhere. */
static void relist(struct tx *tx, const char *organisation, const Referral *before,
		   bool open_before, const Referral *after, bool open)
{
	struct key key;

	if (before) {
		key = list_key(organisation, before->position, before->id);
		tx_delete(tx, TABLE_CONCERNS, &key);
		if (open_before)
			tx_delete(tx, TABLE_OPEN, &key);
	}
	key = list_key(organisation, after->position, after->id);
	tx_put(tx, TABLE_CONCERNS, &key, nothing);
	if (open)
		tx_put(tx, TABLE_OPEN, &key, nothing);
	touch(tx, organisation);
}

static bool offer_open(const Referral *referral, const Offer *offer)
{
	return !life_over(referral) && life_involved(offer);
}

/* Offers are never taken away, so those of before are among those of after. */
static void relist_all(struct tx *tx, const Referral *before, const ReferralView *was,
		       const ReferralView *view)
{
	const Referral *after = view->referral;

	relist(tx, after->asker, before, before && asker_involved(before), after,
	       asker_involved(after));
	for (size_t i = 0; i < after->n_offers; i++) {
		const Offer *offer = after->offers[i];
		const Offer *old = before ? life_offer(before, offer->organisation) : NULL;
		relist(tx, offer->organisation, old ? before : NULL, old && offer_open(before, old),
		       after, offer_open(after, offer));
	}
	if (view->was_with_centre)
		relist(tx, CENTRE, was && was->was_with_centre ? before : NULL,
		       before && before->with_centre, after, after->with_centre);
}

/* ---- due work ----------------------------------------------------------------------------- */

static void set_due(struct tx *tx, const Referral *referral, uint32_t turn, bool deadline,
		    enum due_class class, int64_t at_ms, bool set)
{
	ReferralDue due = ReferralDue_INIT;

	if (!at_ms)
		return;
	due.id = referral->id;
	due.turn = turn;
	due.deadline = deadline;
	if (set)
		due_set(tx, class, at_ms, &due.base);
	else
		due_clear(tx, class, at_ms, &due.base);
}

static void plan(struct tx *tx, const ReferralView *view, bool set)
{
	const Referral *referral = view->referral;

	set_due(tx, referral, view->turn, false, DUE_DURATION, view->reminder_steady_ms, set);
	set_due(tx, referral, view->turn, true, DUE_DURATION, view->deadline_steady_ms, set);
	set_due(tx, referral, view->turn, true, DUE_APPOINTMENT, view->deadline_at_ms, set);
}

/* Reminded of are those who are asked, and an asker who is to confirm. */
static bool reminds(const Referral *referral)
{
	return referral->state == REFERRAL_STATE_OFFERED ||
	       referral->state == REFERRAL_STATE_ACCEPTED;
}

static void new_deadline(const JournalEntry *entry, const Deadline *deadline, ReferralView *view)
{
	int64_t length_ms = deadline->length_ms;

	view->turn++;
	view->deadline_at_ms = deadline->at_ms;
	view->deadline_steady_ms = length_ms ? entry->steady_ms + length_ms : 0;
	view->reminder_steady_ms = length_ms >= REMINDER_LEAST_MS && reminds(view->referral)
					   ? entry->steady_ms + length_ms / 2
					   : 0;
}

static void set_cut_off(struct tx *tx, const Referral *referral, int64_t at_ms)
{
	CutOffDue due = CutOffDue_INIT;

	due.id = referral->id;
	if (at_ms > referral->asked_ms)
		due_set(tx, DUE_APPOINTMENT, at_ms, &due.base);
}

static void set_left_behind(struct tx *tx, const JournalEntry *entry, const char *organisation,
			    const char *patient)
{
	LeftBehindDue due = LeftBehindDue_INIT;

	due.organisation = arena_string(tx->arena, organisation);
	due.patient = arena_string(tx->arena, patient);
	due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
}

/* ---- figures ------------------------------------------------------------------------------ */

/* A visit that was confirmed, and whose taker gave it back: it is placed no longer. */
static bool given_back(const Referral *before, const ReferralChanged *fact)
{
	return fact->step == STEP(WITHDRAW) && before &&
	       before->state == REFERRAL_STATE_CONFIRMED &&
	       fact->referral->state != REFERRAL_STATE_CONFIRMED;
}

static void put_figures(struct tx *tx, const JournalEntry *entry, const Referral *before,
			const ReferralChanged *fact)
{
	const Referral *referral = fact->referral;
	char day[DATE_SIZE];
	FigureView empty = FigureView_INIT, *figure = &empty;

	date_day(day, referral->asked_ms);
	day[7] = '\0';
	struct key key = figures_prefix(day);
	add_byte(&key, (unsigned)referral->kind);
	add_byte(&key, (unsigned)referral->area);
	int rc = GET(tx, TABLE_FIGURES, &key, FigureView, &figure);
	if (rc && rc != ERR_NOTFOUND)
		return;
	if (rc)
		figure = &empty;
	bool accepted_before = false;
	for (size_t i = 0; before && i < before->n_offers; i++)
		accepted_before |= before->offers[i]->accepted_order > 0;
	figure->asked += fact->step == STEP(ASK);
	figure->placed += fact->step == STEP(APPLIED);
	figure->placed -= given_back(before, fact) && figure->placed;
	figure->closed += referral->state == REFERRAL_STATE_CLOSED;
	if (fact->step == STEP(ACCEPT) && !accepted_before && figure->n_minutes < MINUTES_MAX) {
		size_t n = figure->n_minutes;
		uint32_t *minutes = arena_alloc(tx->arena, (n + 1) * sizeof(*minutes));
		if (!minutes)
			return;
		if (n)
			memcpy(minutes, figure->minutes, n * sizeof(*minutes));
		minutes[n] = entry->time_ms > referral->asked_ms
				     ? (uint32_t)((entry->time_ms - referral->asked_ms) / 60000)
				     : 0;
		figure->minutes = minutes;
		figure->n_minutes = n + 1;
	}
	PUT(tx, TABLE_FIGURES, &key, figure);
}

static bool moves_figures(const Referral *before, const ReferralChanged *fact)
{
	return given_back(before, fact) || fact->step == STEP(ASK) || fact->step == STEP(APPLIED) ||
	       fact->step == STEP(ACCEPT) || fact->referral->state == REFERRAL_STATE_CLOSED;
}

static void note_taken(struct tx *tx, const JournalEntry *entry, const Referral *referral)
{
	struct key key = taken_prefix(referral->taker, referral->kind);
	key_add_u64(&key, (uint64_t)entry->time_ms);
	key_add_text(&key, referral->id);
	tx_put(tx, TABLE_TAKEN, &key, nothing);
}

/* ---- audit -------------------------------------------------------------------------------- */

static void audit(struct tx *tx, const char *patient, uint64_t position)
{
	struct key key = key_text_u64(patient, position);
	tx_put(tx, TABLE_AUDIT, &key, nothing);
}

/* Who answers without knowing whom it is about has done nothing to a patient. */
static bool about_patient(const ReferralChanged *fact)
{
	switch (fact->step) {
	case STEP(ASK):
	case STEP(CONFIRM):
	case STEP(PASS):
	case STEP(CANCEL):
	case STEP(REPORT):
		return true;
	default:
		return false;
	}
}

/* It was confirmed when its asker left the network, and has been given back since. */
static bool asker_gone(struct tx *tx, const Referral *referral)
{
	Organisation *asker;

	return referral->cause != REFERRAL_CAUSE_ASKER_LEFT &&
	       life_possible(STEP(ASKER_LEFT), referral->state) &&
	       organisation_get(tx, referral->asker, &asker) == 0 && asker->left;
}

/* ---- facts -------------------------------------------------------------------------------- */

void apply_referral_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ReferralChanged *fact)
{
	struct key key = key_text(fact->referral->id);
	struct key of_patient = key_texts(fact->referral->patient, fact->referral->id);
	ReferralView view = ReferralView_INIT, *was = NULL;
	Referral referral = *fact->referral;

	int rc = referral_get(tx, referral.id, &was);
	if (rc && rc != ERR_NOTFOUND)
		return;
	if (!rc)
		view = *was;
	if (rc)
		was = NULL;
	referral.position = position;
	view.referral = &referral;
	view.was_with_centre |= referral.with_centre;
	if (fact->step == STEP(ASK)) {
		view.cut_off_ms = fact->cut_off_ms;
		view.first_ms = fact->first_ms;
		set_cut_off(tx, &referral, fact->cut_off_ms);
	}
	if (fact->deadline) {
		if (was)
			plan(tx, was, false);
		new_deadline(entry, fact->deadline, &view);
		plan(tx, &view, true);
	} else if (fact->step == STEP(REMIND)) {
		view.reminder_steady_ms = 0;
	}
	PUT(tx, TABLE_REFERRALS, &key, &view);
	relist_all(tx, was ? was->referral : NULL, was, &view);
	if (life_over(&referral))
		tx_delete(tx, TABLE_OF_PATIENT, &of_patient);
	else
		tx_put(tx, TABLE_OF_PATIENT, &of_patient, nothing);
	if (about_patient(fact))
		audit(tx, referral.patient, position);
	if (moves_figures(was ? was->referral : NULL, fact))
		put_figures(tx, entry, was ? was->referral : NULL, fact);
	if (fact->step == STEP(APPLIED)) {
		team_apply(tx, referral_team, referral.patient, fact->member, false, NULL);
		note_taken(tx, entry, &referral);
	}
	if (asker_gone(tx, &referral))
		set_left_behind(tx, entry, referral.asker, "");
	/* One of those that were left behind is done: the next. */
	if (!strcmp(entry->cause, codec_name(&LeftBehindDue_descriptor)))
		set_left_behind(tx, entry,
				fact->step == STEP(CANCEL) ? "" : fact->organisation,
				fact->step == STEP(CANCEL) ? referral.patient : "");
}

void apply_patient_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const PatientFollowed *fact)
{
	PatientNotice patient = *fact->patient;
	struct key key = key_text(patient.patient);
	bool consent = patient.team_consent;

	(void)position;
	if (patient.registrar) {
		team_apply(tx, referral_team, patient.patient, patient.registrar, false, NULL);
		team_apply_access(tx, referral_team, patient.patient, patient.registrar->organisation,
				  &consent, NULL);
	}
	patient.registrar = NULL;
	patient.team_consent = false;
	PUT(tx, TABLE_PATIENTS, &key, &patient);
	if (patient.deceased)
		set_left_behind(tx, entry, "", patient.patient);
}

void apply_team_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const TeamFollowed *fact)
{
	(void)entry, (void)position;
	team_apply(tx, referral_team, fact->patient, fact->member, fact->removed, fact->also);
}

void apply_consent_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ConsentFollowed *fact)
{
	bool consent = fact->team_consent;

	(void)position;
	team_apply_access(tx, referral_team, fact->patient, NULL, &consent, NULL);
	if (!consent)
		set_left_behind(tx, entry, "", fact->patient);
}

void apply_capacity_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const CapacityFollowed *fact)
{
	struct key key = key_text(fact->capacity->id);

	(void)entry, (void)position;
	PUT(tx, TABLE_CAPACITIES, &key, fact->capacity);
}

void apply_organisation_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
				 const OrganisationChanged *fact)
{
	const Organisation *organisation = fact->organisation;

	(void)position;
	organisation_put(tx, organisation);
	for (int kind = REFERRAL_KIND_HOME_DOCTOR; kind <= REFERRAL_KIND_VISIT; kind++) {
		struct key key = pool_prefix((ReferralKind)kind);
		key_add_text(&key, organisation->id);
		if (match_pool((ReferralKind)kind, organisation))
			tx_put(tx, TABLE_POOL, &key, nothing);
		else
			tx_delete(tx, TABLE_POOL, &key);
	}
	if (organisation->left) {
		struct key key = key_text(organisation->id);
		/* As on the board: who comes back begins anew. */
		tx_delete(tx, TABLE_CAPACITIES, &key);
		set_left_behind(tx, entry, organisation->id, "");
	}
}

void apply_told_of_patient(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const Accessed *fact)
{
	(void)entry;
	if (fact->patient[0])
		audit(tx, fact->patient, position);
	for (size_t i = 0; i < fact->n_patients; i++)
		audit(tx, fact->patients[i], position);
}
