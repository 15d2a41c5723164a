/*
 * What people ask of rota, when they say they may be called, and what they make of what is urgent.
 * Mostly by whom it concerns and when it makes sense, as the journals have it; now and then by anybody.
 */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define ANYBODY 0xffffffffu
#define CLINIC (OF(PROFESSION_DOCTOR) | OF(PROFESSION_NURSE))
#define NEAR 12 /* shifts from now on that people look at most of all */

static uint32_t below(struct sim *sim, uint32_t limit)
{
	return rng_below(&sim->rng, limit);
}

static char *copy(struct sim *sim, const char *text)
{
	return arena_string(&sim->scratch, text);
}

static int ask(struct sim *sim, size_t who, int host, const ProtobufCMessage *message)
{
	return terminal_ask(sim, who, host, message, NULL, 0, -1);
}

/* A clinic that stands by round the clock; now and then one that does not. */
static char *any_clinic(struct sim *sim)
{
	char name[16];
	snprintf(name, sizeof(name), rng_chance(&sim->rng, 30) ? "hospital0%u" : "clinic0%u",
		 1 + below(sim, 5));
	return copy(sim, name);
}

static char *month(struct sim *sim, bool next)
{
	char day[DATE_SIZE];
	date_day(day, sim->clock.wall_ms);
	if (next)
		date_day(day, sim->clock.wall_ms + (32 - atoi(day + strlen("YYYY-MM-"))) * DAY_MS);
	day[strlen("YYYY-MM")] = '\0';
	return copy(sim, day);
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void generate(struct sim *sim, bool next)
{
	GenerateRota m = GenerateRota_INIT;
	m.month = month(sim, next);
	m.seed = below(sim, 1000);
	ask(sim, 0, HOST_ROTA, &m.base);
}

/* Five clinics do not fill a month by the rules of 33: most seeds have easier ones. */
static void set_rota(struct sim *sim)
{
	static const uint32_t rests[] = {1, 1, 1, 10, 16};
	SetRotaSettings m = SetRotaSettings_INIT;
	RotaSettings *settings = m.settings = NEW(RotaSettings, &sim->scratch);
	struct {
		Clock **clock;
		uint32_t from, until;
	} clocks[] = {
		{&settings->weekday_night, 18, 8},
		{&settings->saturday_afternoon, 13, 8},
		{&settings->holiday_day, 8, 18},
		{&settings->holiday_night, 18, 8},
	};

	for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		Clock *clock = *clocks[i].clock = NEW(Clock, &sim->scratch);
		clock->from_minute = 60 * clocks[i].from;
		clock->until_minute = 60 * clocks[i].until;
	}
	settings->by_area = rng_chance(&sim->rng, 100);
	settings->rest_hours = rests[below(sim, 5)];
	settings->most_a_month = 31;
	if (rng_chance(&sim->rng, 100))
		settings->most_a_month = 4 + below(sim, 10);
	settings->enhanced_weight = 1 + below(sim, 3);
	settings->year_begins_month = rng_chance(&sim->rng, 800) ? 4 : 10;
	ask(sim, 0, HOST_ROTA, &m.base);
}

static void set_escalation(struct sim *sim)
{
	static const uint32_t steps_s[] = {10, 10, 15, 40, 120, 300};
	SetEscalation m = SetEscalation_INIT;
	m.urgent_s = steps_s[below(sim, 6)];
	m.limit_s = steps_s[below(sim, 6)];
	ask(sim, 0, HOST_ALERT, &m.base);
}

void turns_begin(struct sim *sim)
{
	if (sim->options.race)
		return;
	set_rota(sim);
	if (sim->vigilance > 1 || rng_chance(&sim->rng, 400))
		generate(sim, false);
	if (rng_chance(&sim->rng, 100))
		generate(sim, true); /* takes as long as all the rest of a seed */
	if (rng_chance(&sim->rng, 800))
		set_escalation(sim);
}

static void act_generate(struct sim *sim, size_t who)
{
	if (who != 0)
		return;
	if (rng_chance(&sim->rng, 100))
		set_rota(sim);
	else if (rng_chance(&sim->rng, 100))
		set_escalation(sim);
	else
		generate(sim, rng_chance(&sim->rng, 100));
}

static void act_block(struct sim *sim, size_t who)
{
	BlockDates *m = NEW(BlockDates, &sim->scratch);
	if (sim->terminals[who].profession == PROFESSION_ADMINISTRATOR)
		m->organisation = any_clinic(sim);
	m->free = rng_chance(&sim->rng, 200);
	for (unsigned n = 1 + below(sim, 3); n > 0; n--) {
		char day[DATE_SIZE];
		date_day(day, sim->clock.wall_ms + below(sim, 40) * DAY_MS);
		arena_append(&sim->scratch, &m->dates, &m->n_dates, copy(sim, day));
	}
	ask(sim, who, HOST_ROTA, &m->base);
}

/* ---- shifts and swaps ------------------------------------------------------------------------ */

/* One of the next, or the running one; now and then any. NULL: there is none. organisation: only
 * those on which it is on duty; *second: which place. */
static const Shift *any_shift(struct sim *sim, const char *organisation, bool *second)
{
	const Shift *found[NEAR];
	bool places[NEAR];
	size_t n = 0, first = 0;
	int64_t now_ms = sim->hosts[HOST_ROTA].clock.wall_ms;

	*second = rng_chance(&sim->rng, 500);
	if (!sim->n_shifts)
		return NULL;
	if (rng_chance(&sim->rng, 100))
		return sim->shifts[below(sim, (uint32_t)sim->n_shifts)].now;
	for (int64_t from_ms = now_ms; n < NEAR; first++) {
		const Shift *next = duties_next(sim, from_ms, first);
		if (!next)
			break;
		if (organisation && strcmp(next->first, organisation) &&
		    strcmp(next->second, organisation))
			continue;
		places[n] = organisation ? strcmp(next->first, organisation) != 0 : *second;
		found[n++] = next;
	}
	size_t drawn = rng_chance(&sim->rng, 400) ? 0 : below(sim, (uint32_t)n);
	if (n)
		*second = places[drawn];
	return n ? found[drawn] : NULL;
}

static void act_set_shift(struct sim *sim, size_t who)
{
	SetShift m = SetShift_INIT;
	bool second;
	const Shift *shift = any_shift(sim, NULL, &second);
	if (!shift)
		return;
	m.shift = copy(sim, shift->id);
	m.second = second;
	m.organisation = rng_chance(&sim->rng, 150) ? copy(sim, "") : any_clinic(sim);
	m.reason = copy(sim, "the doctor is ill");
	ask(sim, who, HOST_ROTA, &m.base);
}

static void act_ask_swap(struct sim *sim, size_t who)
{
	AskSwap m = AskSwap_INIT;
	bool second;
	const Shift *shift = any_shift(sim, sim->terminals[who].organisation, &second), *other;
	if (!shift)
		return;
	m.shift = copy(sim, shift->id);
	m.second = second;
	m.text = copy(sim, "a wedding");
	m.to = copy(sim, "");
	m.in_return = copy(sim, "");
	if (rng_chance(&sim->rng, 600))
		m.to = any_clinic(sim);
	if (*m.to && rng_chance(&sim->rng, 300) && (other = any_shift(sim, m.to, &second)))
		m.in_return = copy(sim, other->id);
	ask(sim, who, HOST_ROTA, &m.base);
}

/* Open ones that ask this clinic, or any at all. */
static const Swap *any_swap(struct sim *sim, const char *organisation, bool own)
{
	const Swap *found = NULL;
	for (size_t i = 0; i < sim->n_swaps; i++) {
		const Swap *swap = sim->swaps[sim->n_swaps - 1 - i].now;
		bool ours =
			!strcmp(swap->asker, organisation) || !strcmp(swap->taker, organisation);
		bool asked = !ours && (!*swap->to || !strcmp(swap->to, organisation));
		if (own ? ours && (swap->state == SWAP_STATE_ASKED ||
				   swap->state == SWAP_STATE_TAKEN)
			: asked && swap->state == SWAP_STATE_ASKED)
			found = swap;
		if (found && rng_chance(&sim->rng, 500))
			break;
	}
	if (!found && sim->n_swaps && rng_chance(&sim->rng, 30))
		found = sim->swaps[below(sim, (uint32_t)sim->n_swaps)].now;
	return found;
}

static void act_answer_swap(struct sim *sim, size_t who)
{
	AcceptSwap accept = AcceptSwap_INIT;
	DeclineSwap decline = DeclineSwap_INIT;
	const Swap *swap = any_swap(sim, sim->terminals[who].organisation, false);
	if (!swap)
		return;
	accept.id = decline.id = copy(sim, swap->id);
	ask(sim, who, HOST_ROTA, rng_chance(&sim->rng, 800) ? &accept.base : &decline.base);
}

static void act_undo_swap(struct sim *sim, size_t who)
{
	UndoSwap undo = UndoSwap_INIT;
	const Swap *swap = any_swap(sim, sim->terminals[who].organisation, true);
	if (!swap)
		return;
	undo.id = copy(sim, swap->id);
	ask(sim, who, HOST_ROTA, &undo.base);
}

static void act_look(struct sim *sim, size_t who)
{
	ShowDuty duty = ShowDuty_INIT;
	ListShifts shifts = ListShifts_INIT;
	ListSwaps swaps = ListSwaps_INIT;
	ListGaps gaps = ListGaps_INIT;
	ListBlocks blocks = ListBlocks_INIT;
	ShowRotaSettings settings = ShowRotaSettings_INIT;
	const ProtobufCMessage *messages[] = {&duty.base, &duty.base,   &shifts.base,  &swaps.base,
					      &gaps.base, &blocks.base, &settings.base};
	gaps.days = 1 + below(sim, 30);
	ask(sim, who, HOST_ROTA, messages[below(sim, 7)]);
}

static void act_watch_shifts(struct sim *sim, size_t who)
{
	terminal_watch(sim, who, 5, WATCH_SHIFTS, "");
}

/* Addresses for calendar programs; who ends one may find that it is another's. */
static void act_calendars(struct sim *sim, size_t who)
{
	SubscribeCalendar subscribe = SubscribeCalendar_INIT;
	ListCalendars list = ListCalendars_INIT;
	EndCalendar end = EndCalendar_INIT;
	const ProtobufCMessage *messages[] = {&subscribe.base, &subscribe.base, &list.base,
					      &end.base};

	subscribe.organisation = rng_chance(&sim->rng, 300) ? copy(sim, "") : any_clinic(sim);
	subscribe.english = rng_chance(&sim->rng, 300);
	end.id = copy(sim, sim->calendar ? sim->calendar->id : "");
	ask(sim, who, HOST_ROTA, messages[below(sim, 4)]);
}

/* ---- contact hours --------------------------------------------------------------------------- */

/* Some evenings and mornings, over midnight now and then, breaks, holidays; or nothing is known. */
void turn_hours(struct sim *sim, ContactHours ***hours, size_t *n)
{
	static const ContactMeans means[] = {CONTACT_MEANS_PHONE, CONTACT_MEANS_PHONE,
					     CONTACT_MEANS_MESSAGE, CONTACT_MEANS_PAGE,
					     CONTACT_MEANS_BREAK};
	unsigned windows = below(sim, 24);
	for (unsigned i = 0; i < windows; i++) {
		ContactHours *window = NEW(ContactHours, &sim->scratch);
		window->weekday = 1 + below(sim, 8);
		window->from_minute = 30 * below(sim, 48);
		window->to_minute = 30 * (1 + below(sim, 48));
		if (window->to_minute == window->from_minute)
			window->to_minute = window->from_minute + 30;
		window->means = means[below(sim, 5)];
		arena_append(&sim->scratch, hours, n, window);
	}
}

static void act_hours(struct sim *sim, size_t who)
{
	SetContactHours *m = NEW(SetContactHours, &sim->scratch);
	turn_hours(sim, &m->hours, &m->n_hours);
	if (rng_chance(&sim->rng, 500))
		m->organisation = copy(sim, sim->terminals[who].organisation);
	else
		m->user = copy(sim, sim->terminals[who].user);
	if (m->n_hours > 1 && rng_chance(&sim->rng, 100))
		m->n_hours = 0;
	ask(sim, who, HOST_DIRECTORY, &m->base);
}

/* ---- what is urgent -------------------------------------------------------------------------- */

/* A patient whom this clinic registered and whose care is not arranged yet: somebody attends, another
 * clinic stands in, and whoever is on duty may see them. */
static bool arrange_one(struct sim *sim, size_t who, const struct model_patient *patient)
{
	const struct terminal *terminal = &sim->terminals[who];
	AddTeamMember *m = NEW(AddTeamMember, &sim->scratch);
	RecordConsent consent = RecordConsent_INIT;
	bool attended = false, deputy = false;
	char day[DATE_SIZE];

	if (strcmp(patient->registered_by, terminal->organisation))
		return false;
	for (size_t i = 0; i < patient->n_team; i++) {
		attended |= patient->team[i].role == TEAM_ROLE_ATTENDING;
		deputy |= patient->team[i].role == TEAM_ROLE_DEPUTY;
	}
	if (!patient->cover_consent) {
		date_day(day, sim->clock.wall_ms - DAY_MS);
		consent.patient = copy(sim, patient->id);
		consent.scope = CONSENT_SCOPE_COVER;
		consent.given = true;
		consent.on = day;
		ask(sim, who, HOST_RECORD, &consent.base);
		return true;
	}
	if (attended && deputy)
		return false;
	m->patient = copy(sim, patient->id);
	m->member = NEW(TeamMember, &sim->scratch);
	m->member->organisation = any_clinic(sim);
	if (!attended && terminal->profession == PROFESSION_DOCTOR)
		m->member->organisation = copy(sim, terminal->organisation);
	m->member->profession = PROFESSION_DOCTOR;
	m->member->role = attended ? TEAM_ROLE_DEPUTY : TEAM_ROLE_ATTENDING;
	ask(sim, who, HOST_RECORD, &m->base);
	return true;
}

static bool arrange(struct sim *sim, size_t who)
{
	const struct model *model = &sim->models[HOST_RECORD];
	size_t n = model->n_patients, start = below(sim, (uint32_t)n);
	if (!(OF(sim->terminals[who].profession) & CLINIC))
		return false;
	for (size_t i = 0; i < n; i++)
		if (arrange_one(sim, who, &model->patients[(start + i) % n]))
			return true;
	return false;
}

static void act_urgent(struct sim *sim, size_t who)
{
	AddEntry *m = NEW(AddEntry, &sim->scratch);
	Entry *entry = m->entry = NEW(Entry, &sim->scratch);
	char *patient = action_patient(sim, who);
	const struct model_patient *known = NULL;

	for (int i = 0; i < 4 && patient && !(known && known->cover_consent); i++) {
		patient = action_patient(sim, who);
		known = model_patient(&sim->models[HOST_RECORD], patient);
	}
	if (!patient || (!(known && known->cover_consent) && rng_chance(&sim->rng, 700)))
		return;
	entry->patient = patient;
	entry->urgent = true;
	entry->everyone = rng_chance(&sim->rng, 250);
	if (rng_chance(&sim->rng, 250)) { /* by a limit, then */
		entry->urgent = entry->everyone = false;
		entry->content_case = Entry_CONTENT_VITAL_SIGNS;
		entry->vital_signs = NEW(VitalSigns, &sim->scratch);
		entry->vital_signs->spo2_percent = 84;
	} else {
		entry->urgent_reason = copy(sim, SECRET_TEXT " fever");
		entry->content_case = Entry_CONTENT_NOTE;
		entry->note = NEW(Note, &sim->scratch);
		entry->note->text = copy(sim, SECRET_TEXT " fever since noon");
	}
	terminal_ask(sim, who, HOST_RECORD, &m->base, patient, 0, -1);
}

/* Urgent, in this person's inbox, and nobody has said a word to it. */
static const struct sim_notification *any_urgent(struct sim *sim, size_t who)
{
	for (size_t i = sim->n_notifications; i-- > 0;) {
		const struct sim_notification *item = &sim->notifications[i];
		if (item->urgent && item->state < NOTIFICATION_STATE_ACCEPTED &&
		    !strcmp(item->user, sim->terminals[who].user) && rng_chance(&sim->rng, 700))
			return item;
	}
	return NULL;
}

static void answer_urgent(struct sim *sim, size_t who, const struct sim_notification *item)
{
	AcceptNotification accept = AcceptNotification_INIT;
	DeclineNotification decline = DeclineNotification_INIT;
	OpenNotification opened = OpenNotification_INIT;
	TakeOverNotification take = TakeOverNotification_INIT;
	const ProtobufCMessage *messages[] = {&accept.base,  &accept.base, &accept.base,
					      &decline.base, &opened.base, &take.base};
	accept.id = decline.id = opened.id = take.id = copy(sim, item->id);
	decline.reason = copy(sim, "on the road");
	ask(sim, who, HOST_ALERT, messages[below(sim, 6)]);
}

/* Somebody has accepted what this is about. */
static bool taken(const struct sim *sim, const struct sim_notification *item)
{
	for (size_t i = 0; i < sim->n_notifications; i++)
		if (sim->notifications[i].state == NOTIFICATION_STATE_ACCEPTED &&
		    !strcmp(sim->notifications[i].event, item->event))
			return true;
	return false;
}

/* Who has it gives it back or has done it; somebody who was asked takes it from them. */
static void act_holder(struct sim *sim, size_t who)
{
	DeclineNotification decline = DeclineNotification_INIT;
	TakeOverNotification take = TakeOverNotification_INIT;
	FinishNotification finish = FinishNotification_INIT;
	const char *user = sim->terminals[who].user;
	for (size_t i = sim->n_notifications; i-- > 0;) {
		const struct sim_notification *item = &sim->notifications[i];
		bool own = item->state == NOTIFICATION_STATE_ACCEPTED;
		if (!item->urgent || strcmp(item->user, user) || (!own && !taken(sim, item)))
			continue;
		decline.id = take.id = finish.id = copy(sim, item->id);
		decline.reason = copy(sim, "called away");
		ask(sim, who, HOST_ALERT,
		    !own                         ? &take.base
		    : rng_chance(&sim->rng, 700) ? &decline.base
						 : &finish.base);
		return;
	}
}

static void act_steps(struct sim *sim, size_t who)
{
	ShowEscalation show = ShowEscalation_INIT;
	ListEscalations list = ListEscalations_INIT;
	ShowEscalationSettings settings = ShowEscalationSettings_INIT;
	ListHandOver open = ListHandOver_INIT;
	const ProtobufCMessage *messages[] = {&list.base, &show.base, &settings.base, &open.base};
	show.event = copy(sim, "");
	if (sim->n_entries)
		show.event = copy(sim, sim->entries[below(sim, (uint32_t)sim->n_entries)].id);
	list.all = rng_chance(&sim->rng, 300);
	ask(sim, who, HOST_ALERT, messages[*show.event ? below(sim, 4) : 0]);
}

static void act_offer(struct sim *sim, size_t who)
{
	OfferHandOver offer = OfferHandOver_INIT;
	ask(sim, who, HOST_ALERT, &offer.base);
}

/* Something of what was offered to the clinic at the end of a shift, perhaps. */
static void act_take_offered(struct sim *sim, size_t who)
{
	TakeOverNotification take = TakeOverNotification_INIT;
	for (size_t i = sim->n_notifications; i-- > 0;)
		if (sim->notifications[i].urgent && rng_chance(&sim->rng, 200)) {
			take.id = copy(sim, sim->notifications[i].id);
			ask(sim, who, HOST_ALERT, &take.base);
			return;
		}
}

static void act_cover(struct sim *sim, size_t who)
{
	ListCovered covered = ListCovered_INIT;
	ListDeputies deputies = ListDeputies_INIT;
	covered.unstable = rng_chance(&sim->rng, 300);
	ask(sim, who, HOST_RECORD, rng_chance(&sim->rng, 700) ? &covered.base : &deputies.base);
}

/* A doctor on duty, or after it, or before it, opens somebody's patient: if they may, or not. */
static void act_open_covered(struct sim *sim, size_t who)
{
	ShowPatient show = ShowPatient_INIT;
	ShowSummary summary = ShowSummary_INIT;
	ListTimeline timeline = ListTimeline_INIT;
	const ProtobufCMessage *messages[] = {&show.base, &summary.base, &timeline.base};
	const struct model *model = &sim->models[HOST_RECORD];
	const struct model_patient *drawn = NULL;

	for (int i = 0; i < 4 && model->n_patients && !(drawn && drawn->cover_consent); i++)
		drawn = &model->patients[below(sim, (uint32_t)model->n_patients)];
	if (!drawn)
		return;
	char *patient = copy(sim, drawn->id);
	show.id = summary.patient = timeline.patient = patient;
	terminal_ask(sim, who, HOST_RECORD, messages[below(sim, 3)], patient, 0, -1);
}

/* Most people answer when it rings; some never do. */
bool turn_waiting(struct sim *sim, size_t who)
{
	const struct terminal *terminal = &sim->terminals[who];
	const struct sim_notification *item;

	if (rng_chance(&sim->rng, sim->vigilance > 1 ? 900 : 200) && arrange(sim, who))
		return true;
	if (terminal->deaf)
		return false;
	if (rng_chance(&sim->rng, 500) && (item = any_urgent(sim, who))) {
		answer_urgent(sim, who, item);
		return true;
	}
	if (terminal->profession == PROFESSION_DOCTOR && rng_chance(&sim->rng, 600) &&
	    any_swap(sim, terminal->organisation, false)) {
		act_answer_swap(sim, who);
		return true;
	}
	return false;
}

const struct action turns[] = {
	{act_generate, 6, OF(PROFESSION_ADMINISTRATOR), false},
	{act_set_shift, 12, OF(PROFESSION_ADMINISTRATOR), false},
	{act_block, 4, CLINIC | OF(PROFESSION_ADMINISTRATOR), false},
	{act_ask_swap, 16, OF(PROFESSION_DOCTOR), false},
	{act_answer_swap, 8, CLINIC, false},
	{act_undo_swap, 4, OF(PROFESSION_DOCTOR), false},
	{act_look, 4, ANYBODY, false},
	{act_calendars, 2, CLINIC, false},
	{act_watch_shifts, 2, CLINIC | OF(PROFESSION_CENTRE_STAFF), false},
	{act_hours, 2, ANYBODY, false},
	{act_urgent, 24, ANYBODY, true},
	{act_holder, 8, ANYBODY, true},
	{act_steps, 4, ANYBODY, true},
	{act_offer, 1, OF(PROFESSION_DOCTOR), true},
	{act_take_offered, 1, OF(PROFESSION_DOCTOR), true},
	{act_cover, 4, ANYBODY, true},
	{act_open_covered, 16, OF(PROFESSION_DOCTOR), false},
};
const size_t n_turns = sizeof(turns) / sizeof(*turns);
