/*
 * What people ask for. Each action builds one request, mostly a sensible one: patients are drawn from
 * all there are, so that people also knock at doors that are closed to them.
 */
#include <string.h>

#include "date.h"
#include "tests/sim/sim.h"

#define ANYBODY 0xffffffffu
#define SMALL_TEAM 6
#define ARRANGE (~(OF(PROFESSION_HELPER) | OF(PROFESSION_ADMINISTRATOR)))
#define CLINICIANS (OF(PROFESSION_DOCTOR) | OF(PROFESSION_NURSE))

/* ---- small things ---------------------------------------------------------------------------- */

static uint32_t below(struct sim *sim, uint32_t limit)
{
	return rng_below(&sim->rng, limit);
}

static char *text(struct sim *sim, const char *what)
{
	return arena_printf(&sim->scratch, SECRET_TEXT " %s %u", what, below(sim, 100000));
}

/* Of an entry: long where stores are to fill up. */
static char *long_text(struct sim *sim, const char *what)
{
	return arena_printf(&sim->scratch, "%s%*s", text(sim, what), sim->options.tight ? 19000 : 0,
			    "");
}

static char *copy(struct sim *sim, const char *string)
{
	return arena_string(&sim->scratch, string);
}

static char *day(struct sim *sim)
{
	char out[DATE_SIZE];
	date_day(out, sim->clock.wall_ms - DAY_MS);
	return copy(sim, out);
}

static bool may_see(struct sim *sim, size_t who, const char *patient)
{
	return model_may_see(&sim->models[HOST_RECORD], sim->terminals[who].user, patient,
			     sim->models[HOST_RECORD].steady_ms,
			     sim->hosts[HOST_RECORD].clock.wall_ms);
}

/* One of those whom this person may see, mostly, else any. NULL while there is none. */
static char *any_patient(struct sim *sim, size_t who)
{
	struct model *model = &sim->models[HOST_RECORD];
	uint32_t n = (uint32_t)model->n_patients, start = below(sim, n);
	const char *id = n ? model->patients[start].id : NULL;
	for (uint32_t i = 0; i < n; i++) {
		const char *other = model->patients[(start + i) % n].id;
		if (may_see(sim, who, other)) {
			id = other;
			break;
		}
		if (rng_chance(&sim->rng, 30))
			break;
	}
	char *out = id ? copy(sim, id) : NULL;
	if (out && rng_chance(&sim->rng, 20)) /* one that does not exist */
		out[ID_LENGTH - 1] = out[ID_LENGTH - 1] == '0' ? '1' : '0';
	return out;
}

char *action_patient(struct sim *sim, size_t who)
{
	return any_patient(sim, who);
}

static const struct sim_entry *any_entry(struct sim *sim, size_t who)
{
	size_t window = sim->n_entries < 40 ? sim->n_entries : 40; /* of late, mostly */
	const struct sim_entry *entry = NULL;
	for (int tries = 0; tries < 4 && sim->n_entries; tries++) {
		entry = &sim->entries[sim->n_entries - 1 - below(sim, (uint32_t)window)];
		if (may_see(sim, who, entry->patient) || rng_chance(&sim->rng, 100))
			break;
	}
	return entry;
}

static const struct terminal *any_terminal(struct sim *sim)
{
	return &sim->terminals[below(sim, (uint32_t)sim->n_terminals)];
}

static void ask(struct sim *sim, size_t who, int host, const ProtobufCMessage *message,
		const char *patient)
{
	terminal_ask(sim, who, host, message, patient, 0, -1);
}

/* ---- record: patients ------------------------------------------------------------------------ */

static void act_register(struct sim *sim, size_t who)
{
	RegisterPatient *m = NEW(RegisterPatient, &sim->scratch);
	bool clinician = CLINICIANS & OF(sim->terminals[who].profession);
	if (sim->registering >= SIM_PATIENTS || (sim->vigilance > 1 && !clinician))
		return;
	sim->registering++;
	m->patient = NEW(Patient, &sim->scratch);
	m->patient->name = text(sim, "山田　花子");
	m->patient->kana = copy(sim, "ヤマダ　ハナコ");
	m->patient->born = arena_printf(&sim->scratch, "19%02u-0%u-1%u", 20 + below(sim, 60),
					1 + below(sim, 9), below(sim, 10));
	m->patient->sex = PATIENT_SEX_FEMALE;
	m->patient->area = (Area)below(sim, 4);
	m->patient->district = copy(sim, "district 7");
	if (rng_chance(&sim->rng, 700))
		m->consent_given_on = day(sim);
	ask(sim, who, HOST_RECORD, &m->base, NULL);
}

static void act_update(struct sim *sim, size_t who)
{
	UpdatePatient *m = NEW(UpdatePatient, &sim->scratch);
	m->patient = NEW(Patient, &sim->scratch);
	m->patient->id = any_patient(sim, who);
	m->patient->name = text(sim, "山田　花子");
	m->patient->born = copy(sim, "1930-01-02");
	m->patient->sex = PATIENT_SEX_FEMALE;
	m->patient->area = AREA_WEST;
	m->patient->deceased = rng_chance(&sim->rng, 60);
	ask(sim, who, HOST_RECORD, &m->base, m->patient->id);
}

static void act_consent(struct sim *sim, size_t who)
{
	RecordConsent *m = NEW(RecordConsent, &sim->scratch);
	m->patient = any_patient(sim, who);
	m->scope = rng_chance(&sim->rng, 500) ? CONSENT_SCOPE_TEAM : CONSENT_SCOPE_COVER;
	m->given = rng_chance(&sim->rng, 550);
	m->on = day(sim);
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

/* A patient of theirs whose team is small yet. */
static char *lonely_patient(struct sim *sim, size_t who)
{
	const struct model *model = &sim->models[HOST_RECORD];
	for (size_t i = 0; i < model->n_patients; i++)
		if (model->patients[i].n_team < SMALL_TEAM &&
		    may_see(sim, who, model->patients[i].id))
			return copy(sim, model->patients[i].id);
	return NULL;
}

static void act_team_add(struct sim *sim, size_t who)
{
	static const TeamRole roles[] = {TEAM_ROLE_ATTENDING,  TEAM_ROLE_DEPUTY,
					 TEAM_ROLE_SPECIALIST, TEAM_ROLE_KEY_PERSON,
					 TEAM_ROLE_MEMBER,     TEAM_ROLE_MEMBER};
	const struct terminal *added = any_terminal(sim);
	AddTeamMember *m = NEW(AddTeamMember, &sim->scratch);
	m->patient = lonely_patient(sim, who);
	if (!m->patient)
		m->patient = any_patient(sim, who);
	m->member = NEW(TeamMember, &sim->scratch);
	m->member->organisation = copy(sim, added->organisation);
	if (rng_chance(&sim->rng, 400))
		m->member->user = copy(sim, added->user);
	m->member->profession =
		rng_chance(&sim->rng, 700) ? added->profession : PROFESSION_UNSPECIFIED;
	m->member->role = roles[below(sim, 6)];
	if (added->profession != PROFESSION_DOCTOR && m->member->role < TEAM_ROLE_KEY_PERSON)
		m->member->role = TEAM_ROLE_MEMBER;
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

static void act_team_remove(struct sim *sim, size_t who)
{
	RemoveTeamMember *m = NEW(RemoveTeamMember, &sim->scratch);
	char *id = any_patient(sim, who);
	const struct model_patient *patient = model_patient(&sim->models[HOST_RECORD], id);
	if (!patient || !patient->n_team)
		return;
	const struct model_member *member = &patient->team[below(sim, (uint32_t)patient->n_team)];
	m->patient = id;
	m->organisation = copy(sim, member->organisation);
	m->user = copy(sim, member->user);
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

static void act_thresholds(struct sim *sim, size_t who)
{
	SetThresholds *m = NEW(SetThresholds, &sim->scratch);
	m->patient = any_patient(sim, who);
	m->thresholds = NEW(Thresholds, &sim->scratch);
	m->thresholds->systolic_max_mmhg = 140 + below(sim, 40);
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

static void act_unstable(struct sim *sim, size_t who)
{
	SetUnstable *m = NEW(SetUnstable, &sim->scratch);
	m->patient = any_patient(sim, who);
	m->unstable = rng_chance(&sim->rng, 500);
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

static void act_break_glass(struct sim *sim, size_t who)
{
	BreakGlass *m = NEW(BreakGlass, &sim->scratch);
	m->patient = any_patient(sim, who);
	m->reason = copy(sim, "unconscious, nobody else reachable");
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

/* ---- record: entries ------------------------------------------------------------------------- */

static void fill_medication(struct sim *sim, Entry *entry)
{
	entry->content_case = Entry_CONTENT_MEDICATION;
	entry->medication = NEW(Medication, &sim->scratch);
	entry->medication->action = MEDICATION_ACTION_START;
	entry->medication->name =
		copy(sim, rng_chance(&sim->rng, 500) ? "ワルファリン" : "アムロジピン");
	if (rng_chance(&sim->rng, 500))
		entry->medication->code = copy(sim, "3332001F1024");
	entry->medication->dose = text(sim, "1 mg");
}

static void fill_vital_signs(struct sim *sim, Entry *entry)
{
	entry->content_case = Entry_CONTENT_VITAL_SIGNS;
	entry->vital_signs = NEW(VitalSigns, &sim->scratch);
	entry->vital_signs->systolic_mmhg = 80 + below(sim, 160);
	entry->vital_signs->diastolic_mmhg = 50 + below(sim, 25);
	entry->vital_signs->pulse_bpm = 40 + below(sim, 100);
	entry->vital_signs->spo2_percent = 88 + below(sim, 13);
}

static void fill_observation(struct sim *sim, Entry *entry)
{
	static const EntryKind kinds[] = {ENTRY_KIND_WEIGHT, ENTRY_KIND_RENAL,
					  ENTRY_KIND_SWALLOWING, ENTRY_KIND_ACTIVITY};
	Observation *observation = NEW(Observation, &sim->scratch);
	observation->kind = kinds[below(sim, 4)];
	if (observation->kind == ENTRY_KIND_WEIGHT)
		observation->weight_kg = 40 + below(sim, 30);
	else if (observation->kind == ENTRY_KIND_RENAL)
		observation->egfr = 20 + below(sim, 60);
	else
		observation->text = text(sim, "むせ");
	entry->content_case = Entry_CONTENT_OBSERVATION;
	entry->observation = observation;
}

static void fill_question(struct sim *sim, Entry *entry)
{
	entry->content_case = Entry_CONTENT_QUESTION;
	entry->question = NEW(Question, &sim->scratch);
	entry->question->text = text(sim, "question");
	if (rng_chance(&sim->rng, 500))
		return;
	static Profession asked[2] = {PROFESSION_NURSE, PROFESSION_PHARMACIST};
	entry->question->professions = asked;
	entry->question->n_professions = 1 + below(sim, 2);
}

#define FILL(CASE, field, Type, member)                                                            \
	do {                                                                                       \
		entry->content_case = Entry_CONTENT_##CASE;                                        \
		entry->field = NEW(Type, &sim->scratch);                                           \
		entry->field->member =                                                             \
			sizeof(Type) == sizeof(Note) ? long_text(sim, #field) : text(sim, #field); \
	} while (0)

static void fill_content(struct sim *sim, Entry *entry)
{
	switch (below(sim, sim->options.tight ? 26 : 13)) {
	case 0:
		FILL(ALLERGY, allergy, Allergy, substance);
		break;
	case 1:
		FILL(CONDITION, condition, Condition, name);
		break;
	case 2:
		FILL(DENTAL, dental, DentalFinding, text);
		break;
	case 3:
		FILL(PLAN, plan, CarePlan, text);
		break;
	case 4:
		fill_observation(sim, entry);
		break;
	case 5:
		FILL(PRECAUTION, precaution, Precaution, text);
		entry->precaution->infection = rng_chance(&sim->rng, 600);
		break;
	case 6:
		FILL(MOVEMENT, movement, Movement, text);
		entry->movement->kind = rng_chance(&sim->rng, 500) ? MOVEMENT_KIND_ADMISSION
								   : MOVEMENT_KIND_DISCHARGE;
		entry->movement->facility = text(sim, "hospital");
		break;
	case 7:
		FILL(NEXT_VISIT, next_visit, NextVisit, text);
		entry->next_visit->visit_ms = sim->clock.wall_ms + 3 * DAY_MS;
		break;
	case 8:
		FILL(WISH, wish, Wish, text);
		break;
	case 9:
		fill_question(sim, entry);
		break;
	case 10:
		fill_vital_signs(sim, entry);
		break;
	case 11:
		fill_medication(sim, entry);
		break;
	default:
		FILL(NOTE, note, Note, text);
	}
}

static void act_entry(struct sim *sim, size_t who)
{
	AddEntry *m = NEW(AddEntry, &sim->scratch);
	m->entry = NEW(Entry, &sim->scratch);
	m->entry->patient = any_patient(sim, who);
	m->entry->urgent = rng_chance(&sim->rng, 150);
	if (m->entry->urgent)
		m->entry->urgent_reason = text(sim, "fever");
	m->entry->everyone = m->entry->urgent && rng_chance(&sim->rng, 250);
	fill_content(sim, m->entry);
	ask(sim, who, HOST_RECORD, &m->base, m->entry->patient);
}

/* A correction, an answer, the end of a medicine: an entry about an earlier one. */
static void act_entry_about(struct sim *sim, size_t who)
{
	const struct sim_entry *about = any_entry(sim, who);
	AddEntry *m = NEW(AddEntry, &sim->scratch);
	if (!about)
		return;
	Entry *entry = m->entry = NEW(Entry, &sim->scratch);
	entry->patient = copy(sim, about->patient);
	if (about->entry->content_case == Entry_CONTENT_QUESTION && rng_chance(&sim->rng, 800)) {
		FILL(ANSWER, answer, Answer, text);
		entry->answer->question = copy(sim, about->id);
	} else if (about->entry->content_case == Entry_CONTENT_MEDICATION &&
		   rng_chance(&sim->rng, 800)) {
		fill_medication(sim, entry);
		entry->medication->action = MEDICATION_ACTION_STOP;
		entry->medication->replaces = copy(sim, about->id);
	} else {
		entry->corrects = copy(sim, about->id);
		FILL(NOTE, note, Note, text);
	}
	ask(sim, who, HOST_RECORD, &m->base, entry->patient);
}

static void act_mark_read(struct sim *sim, size_t who)
{
	const struct sim_entry *about = any_entry(sim, who);
	MarkRead *m = NEW(MarkRead, &sim->scratch);
	if (!about)
		return;
	m->patient = copy(sim, about->patient);
	arena_append(&sim->scratch, &m->entries, &m->n_entries, copy(sim, about->id));
	ask(sim, who, HOST_RECORD, &m->base, m->patient);
}

/* ---- record: reads --------------------------------------------------------------------------- */

static void act_show(struct sim *sim, size_t who)
{
	char *patient = any_patient(sim, who);
	ShowPatient show = ShowPatient_INIT;
	ShowTeam team = ShowTeam_INIT;
	ShowSummary summary = ShowSummary_INIT;
	ListTimeline timeline = ListTimeline_INIT;
	ShowAudit audit = ShowAudit_INIT;
	timeline.keep = rng_chance(&sim->rng, 200);
	show.id = team.patient = summary.patient = timeline.patient = audit.patient = patient;
	const ProtobufCMessage *messages[] = {&show.base, &team.base, &summary.base, &timeline.base,
					      &audit.base};
	ask(sim, who, HOST_RECORD, messages[below(sim, 5)], patient);
}

static void act_show_entry(struct sim *sim, size_t who)
{
	const struct sim_entry *about = any_entry(sim, who);
	ShowEntry show = ShowEntry_INIT;
	ListReaders readers = ListReaders_INIT;
	if (!about)
		return;
	show.id = readers.entry = copy(sim, about->id);
	ask(sim, who, HOST_RECORD, rng_chance(&sim->rng, 600) ? &show.base : &readers.base,
	    about->patient);
}

static void act_find(struct sim *sim, size_t who)
{
	ListPatients list = ListPatients_INIT;
	FindPatients find = FindPatients_INIT;
	find.text = copy(sim, rng_chance(&sim->rng, 500) ? "やまだ" : "1930-01-02");
	ask(sim, who, HOST_RECORD, rng_chance(&sim->rng, 500) ? &list.base : &find.base, NULL);
}

static void act_watch(struct sim *sim, size_t who)
{
	terminal_watch(sim, who, 1 + (int)below(sim, 2), WATCH_TIMELINE, any_patient(sim, who));
}

/* ---- alert ----------------------------------------------------------------------------------- */

/* Something from one's own inbox, mostly; NULL while it is empty. */
static char *any_notification(struct sim *sim, size_t who)
{
	const struct terminal *terminal = &sim->terminals[who];
	const struct sim_notification *found = NULL;
	for (unsigned i = 0; i < 30 && sim->n_notifications; i++) {
		size_t window = sim->n_notifications < 60 ? sim->n_notifications : 60;
		found = &sim->notifications[sim->n_notifications - 1 -
					    below(sim, (uint32_t)window)];
		if (!strcmp(found->user, terminal->user))
			break;
	}
	return found ? copy(sim, found->id) : NULL;
}

static void act_notification(struct sim *sim, size_t who)
{
	OpenNotification opened = OpenNotification_INIT;
	AcceptNotification accept = AcceptNotification_INIT;
	FinishNotification finish = FinishNotification_INIT;
	DeclineNotification decline = DeclineNotification_INIT;
	TakeOverNotification take = TakeOverNotification_INIT;
	char *id = any_notification(sim, who);
	if (!id)
		return;
	opened.id = accept.id = finish.id = decline.id = take.id = id;
	decline.reason = copy(sim, "not mine");
	const ProtobufCMessage *messages[] = {&opened.base, &accept.base, &finish.base,
					      &decline.base, &take.base};
	ask(sim, who, HOST_ALERT, messages[below(sim, 5)], NULL);
}

static void act_hand_over(struct sim *sim, size_t who)
{
	HandOver m = HandOver_INIT;
	m.to = copy(sim, any_terminal(sim)->user);
	ask(sim, who, HOST_ALERT, &m.base, NULL);
}

static void act_mute(struct sim *sim, size_t who)
{
	Mute m = Mute_INIT;
	m.patient = any_patient(sim, who);
	m.kind = (EntryKind)below(sim, ENTRY_KIND_ANSWER + 1);
	m.muted = rng_chance(&sim->rng, 400);
	ask(sim, who, HOST_ALERT, &m.base, NULL);
}

static void act_substitute(struct sim *sim, size_t who)
{
	SetSubstitute m = SetSubstitute_INIT;
	m.user = copy(sim, rng_chance(&sim->rng, 500) ? any_terminal(sim)->user : "");
	m.from_ms = sim->clock.wall_ms;
	m.until_ms = sim->clock.wall_ms + 3600 * 1000;
	ask(sim, who, HOST_ALERT, &m.base, NULL);
}

static void act_list_alert(struct sim *sim, size_t who)
{
	ListInbox inbox = ListInbox_INIT;
	ListMutes mutes = ListMutes_INIT;
	inbox.all = rng_chance(&sim->rng, 500);
	ask(sim, who, HOST_ALERT, rng_chance(&sim->rng, 700) ? &inbox.base : &mutes.base, NULL);
}

/* ---- directory and administration ------------------------------------------------------------ */

static void act_directory(struct sim *sim, size_t who)
{
	WhoAmI whoami = WhoAmI_INIT;
	ListOrganisations list = ListOrganisations_INIT;
	ShowOrganisation show = ShowOrganisation_INIT;
	SearchContacts search = SearchContacts_INIT;
	show.id = copy(sim, any_terminal(sim)->organisation);
	const ProtobufCMessage *messages[] = {&whoami.base, &list.base, &show.base, &search.base};
	ask(sim, who, HOST_DIRECTORY, messages[below(sim, 4)], NULL);
}

static void act_administration(struct sim *sim, size_t who)
{
	VerifyJournal verify = VerifyJournal_INIT;
	ReadHashes hashes = ReadHashes_INIT;
	RebuildViews rebuild = RebuildViews_INIT;
	uint64_t *positions = arena_alloc(&sim->scratch, sizeof(*positions));
	positions[0] = 1 + below(sim, 50);
	hashes.positions = positions;
	hashes.n_positions = 1;
	const ProtobufCMessage *messages[] = {&verify.base, &hashes.base, &verify.base,
					      &rebuild.base};
	ask(sim, who, (int)below(sim, HOSTS), messages[below(sim, 3) + rng_chance(&sim->rng, 100)],
	    NULL);
}

/* At most two people a seed, so that enough of them stay. */
static void act_revoke(struct sim *sim, size_t who)
{
	Revoke m = Revoke_INIT;
	m.user = copy(sim, any_terminal(sim)->user);
	if (sim->revoking == 2 || !strcmp(m.user, sim->terminals[who].user))
		return;
	sim->revoking++;
	m.reason = copy(sim, "device lost");
	ask(sim, who, HOST_DIRECTORY, &m.base, NULL);
}

/* What no daemon may stumble over: an unknown type, a body that is none. */
static void act_nonsense(struct sim *sim, size_t who)
{
	AddEntry m = AddEntry_INIT;
	MarkRead empty = MarkRead_INIT;
	Notices forged = Notices_INIT;
	const ProtobufCMessage *messages[] = {&m.base, &empty.base, &forged.base};
	ask(sim, who, (int)below(sim, HOSTS), messages[below(sim, 3)], NULL);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct action actions[] = {
	{act_register, 30,
	 CLINICIANS | OF(PROFESSION_CARE_MANAGER) | OF(PROFESSION_LIAISON) |
		 OF(PROFESSION_CENTRE_STAFF),
	 false},
	{act_update, 3, ANYBODY, true},
	{act_consent, 8, CLINICIANS | OF(PROFESSION_CARE_MANAGER), true},
	{act_team_add, 16, ARRANGE, true},
	{act_team_remove, 3, ARRANGE, true},
	{act_thresholds, 1, CLINICIANS, true},
	{act_unstable, 1, CLINICIANS, true},
	{act_break_glass, 1, ANYBODY, true},
	{act_entry, 30, ANYBODY, true},
	{act_entry_about, 10, ANYBODY, true},
	{act_mark_read, 5, ANYBODY, true},
	{act_show, 12, ANYBODY, true},
	{act_show_entry, 6, ANYBODY, true},
	{act_find, 4, ANYBODY, true},
	{act_news, 4, ANYBODY, true},
	{act_photo, 12, ANYBODY, true},
	{act_fetch, 8, ANYBODY, true},
	{act_watch, 6, ANYBODY, true},
	{act_notification, 20, ANYBODY, true},
	{act_hand_over, 1, ANYBODY, true},
	{act_mute, 1, ANYBODY, true},
	{act_substitute, 1, ANYBODY, true},
	{act_list_alert, 3, ANYBODY, false},
	{act_directory, 3, ANYBODY, false},
	{act_administration, 20, OF(PROFESSION_ADMINISTRATOR), false},
	{act_revoke, 1, OF(PROFESSION_ADMINISTRATOR), false},
	{act_nonsense, 1, ANYBODY, false},
};
#define N_ACTIONS (sizeof(actions) / sizeof(*actions))

static const struct action *action_at(size_t i)
{
	if (i < N_ACTIONS)
		return &actions[i];
	i -= N_ACTIONS;
	return i < n_doings ? &doings[i] : &turns[i - n_doings];
}

static unsigned weight_of(const struct sim *sim, const struct action *action, Profession profession,
			  bool has_patient)
{
	bool possible =
		(action->professions & OF(profession)) && (!action->needs_patient || has_patient);
	bool doing = action >= doings && action < doings + n_doings;
	bool turn = action >= turns && action < turns + n_turns;
	return !possible ? 0 : action->weight * (doing ? sim->keenness : turn ? sim->vigilance : 1);
}

/* Who may see nobody knocks at closed doors, but not all the time. */
static bool has_patient(struct sim *sim, size_t who)
{
	const struct model *model = &sim->models[HOST_RECORD];
	for (size_t i = 0; i < model->n_patients; i++)
		if (may_see(sim, who, model->patients[i].id))
			return true;
	return model->n_patients && rng_chance(&sim->rng, 150);
}

void action_any(struct sim *sim, size_t who)
{
	struct terminal *terminal = &sim->terminals[who];
	unsigned total = 0;
	bool patient;

	if (!sim->settled || sim->options.race || !terminal_free(sim, terminal))
		return;
	if (!terminal->watches[0].open && rng_chance(&sim->rng, 120)) {
		terminal_watch(sim, who, 0, WATCH_INBOX, "");
		return;
	}
	if ((ARRANGE & OF(terminal->profession)) &&
	    rng_chance(&sim->rng, sim->vigilance > 1 ? 80 : 300) && lonely_patient(sim, who)) {
		act_team_add(sim, who);
		return;
	}
	if (photo_waiting(sim, who))
		return;
	if (rng_chance(&sim->rng, 600) && (turn_waiting(sim, who) || doing_waiting(sim, who)))
		return;
	patient = has_patient(sim, who);
	for (size_t i = 0; i < N_ACTIONS + n_doings + n_turns; i++)
		total += weight_of(sim, action_at(i), terminal->profession, patient);
	uint32_t drawn = below(sim, total);
	for (size_t i = 0; i < N_ACTIONS + n_doings + n_turns; i++) {
		unsigned weight = weight_of(sim, action_at(i), terminal->profession, patient);
		if (drawn < weight) {
			action_at(i)->run(sim, who);
			return;
		}
		drawn -= weight;
	}
}
