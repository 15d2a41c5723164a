/*
 * What people ask of board and referral. Mostly by whom it concerns and when it makes sense, as the
 * journal has it; now and then by anybody, at any time.
 */
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define MINUTE_MS (60LL * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define ANSWERS (OF(PROFESSION_DOCTOR) | OF(PROFESSION_NURSE) | OF(PROFESSION_LIAISON))
#define READS (ANSWERS | OF(PROFESSION_CARE_MANAGER) | OF(PROFESSION_CENTRE_STAFF))
#define ANYBODY 0xffffffffu
#define BESIDE_MAX 20

static uint32_t below(struct sim *sim, uint32_t limit)
{
	return rng_below(&sim->rng, limit);
}

static char *copy(struct sim *sim, const char *text)
{
	return arena_string(&sim->scratch, text);
}

static void ask(struct sim *sim, size_t who, int host, const ProtobufCMessage *message)
{
	terminal_ask(sim, who, host, message, NULL, 0, -1);
}

static OrganisationKind kind_of(struct sim *sim, size_t who)
{
	const struct model_organisation *organisation =
		model_organisation(&sim->models[HOST_DIRECTORY], sim->terminals[who].organisation);
	return organisation ? organisation->kind : ORGANISATION_KIND_UNSPECIFIED;
}

/* ---- board ----------------------------------------------------------------------------------- */

static void add_needs(struct sim *sim, Need **needs, size_t *n, unsigned most)
{
	unsigned first = below(sim, NEED_NIGHT_VISIT), count = below(sim, most + 1);
	*needs = arena_alloc(&sim->scratch, (count + 1) * sizeof(**needs));
	for (unsigned i = 0; i < count; i++)
		(*needs)[(*n)++] = (Need)(1 + (first + i) % NEED_NIGHT_VISIT);
}

static void act_capacity(struct sim *sim, size_t who)
{
	static const int64_t lasts[] = {2 * MINUTE_MS, 40 * MINUTE_MS, 3 * HOUR_MS,
					DAY_MS,        8 * DAY_MS,     -MINUTE_MS};
	SetCapacity *m = NEW(SetCapacity, &sim->scratch);
	Capacity *said = m->capacity = NEW(Capacity, &sim->scratch);
	OrganisationKind kind = kind_of(sim, who);

	said->level = (CapacityLevel)(1 + below(sim, 3));
	said->valid_until_ms = sim->clock.wall_ms + lasts[below(sim, 6)];
	add_needs(sim, &said->accepts, &said->n_accepts, 8);
	if (rng_chance(&sim->rng, 30))
		said->id = copy(sim, "station01");
	if (rng_chance(&sim->rng, 300))
		said->remark = copy(sim, "afternoons only");
	if (kind == ORGANISATION_KIND_NURSE_STATION) {
		said->free_visits = NEW(FreeVisits, &sim->scratch);
		said->free_visits->today = below(sim, 5);
	} else if (kind == ORGANISATION_KIND_HOSPITAL) {
		FreeBeds *beds = NEW(FreeBeds, &sim->scratch);
		beds->kind = BED_KIND_ACUTE;
		beds->count = below(sim, 3);
		arena_append(&sim->scratch, &said->beds, &said->n_beds, beds);
	} else if (kind == ORGANISATION_KIND_CLINIC) {
		said->new_patients = (NewPatients)below(sim, 3);
	}
	ask(sim, who, HOST_BOARD, &m->base);
}

static void act_board(struct sim *sim, size_t who)
{
	ListBoard list = ListBoard_INIT;
	ShowBoardHistory history = ShowBoardHistory_INIT;
	if (rng_chance(&sim->rng, 500)) {
		terminal_watch(sim, who, 4, WATCH_BOARD, "");
		return;
	}
	list.area = (Area)below(sim, 4);
	history.organisation = copy(sim, sim->terminals[who].organisation);
	ask(sim, who, HOST_BOARD, rng_chance(&sim->rng, 600) ? &list.base : &history.base);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static ReferralKind kind_asked(struct sim *sim, size_t who)
{
	if (rng_chance(&sim->rng, 30))
		return (ReferralKind)below(sim, 4);
	switch (kind_of(sim, who)) {
	case ORGANISATION_KIND_CLINIC:
		return REFERRAL_KIND_BACKUP_BED;
	case ORGANISATION_KIND_NURSE_STATION:
		return REFERRAL_KIND_VISIT;
	default:
		return REFERRAL_KIND_HOME_DOCTOR;
	}
}

static void fill_visit(struct sim *sim, AskReferral *m)
{
	static const int64_t ahead[] = {90 * MINUTE_MS, 3 * HOUR_MS, 5 * HOUR_MS, 30 * HOUR_MS,
					5 * DAY_MS};
	m->from_ms = sim->clock.wall_ms + ahead[below(sim, 5)] + below(sim, 600000);
	m->to_ms = m->from_ms + (1 + below(sim, 4)) * HOUR_MS;
	if (rng_chance(&sim->rng, 700))
		return;
	m->times = 1 + below(sim, 4);
	m->every_days = 1 + below(sim, 3);
}

static void fill_wish(struct sim *sim, AskReferral *m)
{
	static const int64_t ahead[] = {6 * MINUTE_MS, 4 * HOUR_MS, 2 * DAY_MS, 10 * DAY_MS};
	if (rng_chance(&sim->rng, 500))
		m->wished_ms = sim->clock.wall_ms + ahead[below(sim, 4)];
}

/* Who asks a second time has looked at the first, mostly. */
static void fill_beside(struct sim *sim, AskReferral *m)
{
	if (rng_chance(&sim->rng, 250))
		return;
	for (size_t i = 0; i < sim->n_referrals && m->n_beside < BESIDE_MAX; i++)
		if (!strcmp(sim->referrals[i].now->patient, m->patient) &&
		    referral_open(sim->referrals[i].now))
			arena_append(&sim->scratch, &m->beside, &m->n_beside,
				     copy(sim, sim->referrals[i].id));
}

/* One whom they may see by the team, with consent; now and then any. */
static char *theirs(struct sim *sim, size_t who)
{
	struct model *model = &sim->models[HOST_RECORD];
	size_t start = below(sim, (uint32_t)model->n_patients);
	if (rng_chance(&sim->rng, 60))
		return action_patient(sim, who);
	for (size_t i = 0; i < model->n_patients; i++) {
		const struct model_patient *patient =
			&model->patients[(start + i) % model->n_patients];
		if (patient->team_consent && !patient->deceased &&
		    model_in_reach(model, sim->terminals[who].user, patient->id,
				   sim->hosts[HOST_RECORD].clock.wall_ms))
			return copy(sim, patient->id);
	}
	return NULL;
}

static void act_ask(struct sim *sim, size_t who)
{
	AskReferral *m = NEW(AskReferral, &sim->scratch);
	char *patient = theirs(sim, who);

	if (!patient || sim->n_referrals > SIM_REFERRALS - 64)
		return;
	m->patient = patient;
	m->kind = kind_asked(sim, who);
	m->urgent = rng_chance(&sim->rng, 350);
	add_needs(sim, &m->needs, &m->n_needs, 2);
	if (m->kind == REFERRAL_KIND_VISIT)
		fill_visit(sim, m);
	else
		fill_wish(sim, m);
	fill_beside(sim, m);
	ask(sim, who, HOST_REFERRAL, &m->base);
}

/* ---- answering ------------------------------------------------------------------------------- */

typedef bool fits_fn(const Referral *referral, const char *organisation);

/* One that fits, of the latest; now and then any. NULL: there is none. */
static char *any_referral(struct sim *sim, size_t who, fits_fn *fits)
{
	const char *organisation = sim->terminals[who].organisation;
	bool wrong = rng_chance(&sim->rng, 30);
	if (!sim->n_referrals)
		return NULL;
	size_t window = sim->n_referrals < 64 ? sim->n_referrals : 64;
	uint32_t start = below(sim, (uint32_t)window);
	for (size_t i = 0; i < window; i++) {
		const struct sim_referral *known =
			&sim->referrals[sim->n_referrals - 1 - (start + i) % window];
		if (wrong || fits(known->now, organisation))
			return copy(sim, known->id);
	}
	return NULL;
}

static bool is_asked(const Referral *referral, const char *organisation)
{
	const Offer *offer = referral_offer(referral, organisation);
	return referral_open(referral) && offer && offer->state == OFFER_STATE_OFFERED;
}

static bool has_accepted(const Referral *referral, const char *organisation)
{
	const Offer *offer = referral_offer(referral, organisation);
	return referral_open(referral) && offer &&
	       (offer->state == OFFER_STATE_HOLDING || offer->state == OFFER_STATE_STANDING_BY);
}

static bool is_to_report(const Referral *referral, const char *organisation)
{
	return referral->state == REFERRAL_STATE_CONFIRMED &&
	       referral->kind == REFERRAL_KIND_VISIT && !strcmp(referral->taker, organisation);
}

static bool is_to_confirm(const Referral *referral, const char *organisation)
{
	return referral->state == REFERRAL_STATE_ACCEPTED && !strcmp(referral->asker, organisation);
}

static bool is_ours(const Referral *referral, const char *organisation)
{
	return referral_open(referral) && !strcmp(referral->asker, organisation);
}

static bool is_with_centre(const Referral *referral, const char *organisation)
{
	(void)organisation;
	return referral->with_centre;
}

static bool concerns(const Referral *referral, const char *organisation)
{
	return !strcmp(referral->asker, organisation) || referral_offer(referral, organisation);
}

static void act_answer(struct sim *sim, size_t who)
{
	AcceptReferral accept = AcceptReferral_INIT;
	DeclineReferral decline = DeclineReferral_INIT;
	accept.id = decline.id = any_referral(sim, who, is_asked);
	decline.reason = (DeclineReason)(below(sim, 30) ? 1 + below(sim, 5) : 0);
	if (accept.id)
		ask(sim, who, HOST_REFERRAL,
		    rng_chance(&sim->rng, 700) ? &accept.base : &decline.base);
}

static void act_withdraw(struct sim *sim, size_t who)
{
	WithdrawReferral withdraw = WithdrawReferral_INIT;
	DeclineReferral decline = DeclineReferral_INIT;
	withdraw.id = decline.id = any_referral(sim, who, has_accepted);
	decline.reason = DECLINE_REASON_OTHER;
	if (withdraw.id)
		ask(sim, who, HOST_REFERRAL,
		    rng_chance(&sim->rng, 800) ? &withdraw.base : &decline.base);
}

static void act_report(struct sim *sim, size_t who)
{
	ReportReferral report = ReportReferral_INIT;
	report.id = any_referral(sim, who, is_to_report);
	report.text = copy(sim, SECRET_TEXT " visited");
	if (report.id)
		ask(sim, who, HOST_REFERRAL, &report.base);
}

static void act_confirm(struct sim *sim, size_t who)
{
	ConfirmReferral confirm = ConfirmReferral_INIT;
	PassReferral pass = PassReferral_INIT;
	CancelReferral cancel = CancelReferral_INIT;
	confirm.id = pass.id = cancel.id = any_referral(sim, who, is_to_confirm);
	if (!confirm.id)
		return;
	ask(sim, who, HOST_REFERRAL, rng_chance(&sim->rng, 800) ? &confirm.base : &pass.base);
	if (rng_chance(&sim->rng, 200)) /* before record has answered */
		ask(sim, who, HOST_REFERRAL, &cancel.base);
}

static void act_cancel(struct sim *sim, size_t who)
{
	CancelReferral cancel = CancelReferral_INIT;
	cancel.id = any_referral(sim, who, is_ours);
	if (cancel.id)
		ask(sim, who, HOST_REFERRAL, &cancel.base);
}

static void act_close(struct sim *sim, size_t who)
{
	CloseReferral close = CloseReferral_INIT;
	close.id = any_referral(sim, who, is_with_centre);
	close.outcome = copy(sim, "found by telephone");
	if (close.id)
		ask(sim, who, HOST_REFERRAL, &close.base);
}

bool doing_waiting(struct sim *sim, size_t who)
{
	static const struct {
		fits_fn *fits;
		void (*act)(struct sim *sim, size_t who);
		unsigned professions, chance;
	} waiting[] = {
		{is_to_confirm, act_confirm, READS, 500},
		{is_asked, act_answer, ANSWERS, 850},
		{is_to_report, act_report, ANSWERS, 300},
		{has_accepted, act_withdraw, ANSWERS, 80},
		{is_with_centre, act_close, OF(PROFESSION_CENTRE_STAFF), 100},
	};
	const struct terminal *terminal = &sim->terminals[who];

	for (size_t i = 0; i < sizeof(waiting) / sizeof(*waiting); i++) {
		if (!(OF(terminal->profession) & waiting[i].professions) ||
		    !rng_chance(&sim->rng, waiting[i].chance))
			continue;
		for (size_t k = 0; k < sim->n_referrals; k++)
			if (waiting[i].fits(sim->referrals[k].now, terminal->organisation)) {
				waiting[i].act(sim, who);
				return true;
			}
	}
	return false;
}

/* ---- what ends a request from outside -------------------------------------------------------- */

/* Consent is withdrawn, or the patient dies, while something is asked for them. */
static void act_bar(struct sim *sim, size_t who)
{
	RecordConsent consent = RecordConsent_INIT;
	UpdatePatient update = UpdatePatient_INIT;
	char *id = any_referral(sim, who, is_ours), day[DATE_SIZE];
	struct sim_referral *known = id ? referral_known(sim, id) : NULL;

	if (!known)
		return;
	date_day(day, sim->clock.wall_ms - DAY_MS);
	consent.patient = copy(sim, known->now->patient);
	consent.scope = CONSENT_SCOPE_TEAM;
	consent.on = copy(sim, day);
	update.patient = NEW(Patient, &sim->scratch);
	update.patient->id = consent.patient;
	update.patient->name = copy(sim, SECRET_TEXT);
	update.patient->born = copy(sim, "1930");
	update.patient->sex = PATIENT_SEX_MALE;
	update.patient->deceased = true;
	terminal_ask(sim, who, HOST_RECORD,
		     rng_chance(&sim->rng, 850) ? &consent.base : &update.base, consent.patient, 0,
		     -1);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void act_look(struct sim *sim, size_t who)
{
	ListReferrals list = ListReferrals_INIT;
	ShowReferral show = ShowReferral_INIT;
	ShowFigures figures = ShowFigures_INIT;
	list.all = rng_chance(&sim->rng, 300);
	list.unplaced = rng_chance(&sim->rng, 100);
	if (rng_chance(&sim->rng, 300))
		list.patient = action_patient(sim, who);
	show.id = any_referral(sim, who, concerns);
	if (!list.patient)
		list.patient = copy(sim, "");
	if (show.id && rng_chance(&sim->rng, 500))
		ask(sim, who, HOST_REFERRAL, &show.base);
	else
		ask(sim, who, HOST_REFERRAL,
		    rng_chance(&sim->rng, 900) ? &list.base : &figures.base);
}

static void act_watch_requests(struct sim *sim, size_t who)
{
	bool centre = sim->terminals[who].profession == PROFESSION_CENTRE_STAFF;
	terminal_watch(sim, who, 3,
		       centre && rng_chance(&sim->rng, 700) ? WATCH_UNPLACED : WATCH_REFERRALS, "");
}

/* Nobody may be enrolled there any longer; then it leaves, and comes back, perhaps. */
static void act_leave(struct sim *sim, size_t who)
{
	const struct model *model = &sim->models[HOST_DIRECTORY];
	Revoke revoke = Revoke_INIT;

	if (who != 0 || !sim->leaver)
		return;
	for (size_t i = 0; i < model->n_people; i++) {
		if (strcmp(model->people[i].organisation, sim->leaver) ||
		    !model->people[i].enrolled)
			continue;
		revoke.user = copy(sim, model->people[i].user);
		revoke.reason = copy(sim, "gives up practice");
		ask(sim, who, HOST_DIRECTORY, &revoke.base);
		return;
	}
	cast_organisation(sim, sim->leaver, rng_chance(&sim->rng, 850));
}

const struct action doings[] = {
	{act_capacity, 8, ANSWERS, false},
	{act_board, 3, ANYBODY, false},
	{act_ask, 40, READS, true},
	{act_answer, 12, ANSWERS, true},
	{act_withdraw, 4, ANSWERS, true},
	{act_report, 5, ANSWERS, true},
	{act_confirm, 6, READS, true},
	{act_cancel, 2, READS, true},
	{act_close, 6, OF(PROFESSION_CENTRE_STAFF), true},
	{act_look, 8, READS, true},
	{act_watch_requests, 5, READS, true},
	{act_bar, 2, READS, true},
	{act_leave, 10, OF(PROFESSION_ADMINISTRATOR), true},
};
const size_t n_doings = sizeof(doings) / sizeof(*doings);
