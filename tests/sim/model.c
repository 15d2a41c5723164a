/*
 * Who may see whom (DESIGN §7), worked out a second time, from the facts of a journal in their order,
 * and kept as simple as can be: lists, no index, no cleverness.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define GLASS_MS (3LL * 3600 * 1000)

static void keep(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}
#define KEEP(field, text) keep((field), sizeof(field), (text))

struct model_person *model_person(struct model *model, const char *user)
{
	for (size_t i = 0; i < model->n_people; i++)
		if (!strcmp(model->people[i].user, user))
			return &model->people[i];
	return NULL;
}

struct model_organisation *model_organisation(struct model *model, const char *id)
{
	for (size_t i = 0; i < model->n_organisations; i++)
		if (!strcmp(model->organisations[i].id, id))
			return &model->organisations[i];
	return NULL;
}

void model_copy(struct model *out, const struct model *model)
{
	memcpy(out->people, model->people, model->n_people * sizeof(*model->people));
	out->n_people = model->n_people;
	memcpy(out->patients, model->patients, model->n_patients * sizeof(*model->patients));
	out->n_patients = model->n_patients;
	memcpy(out->glasses, model->glasses, model->n_glasses * sizeof(*model->glasses));
	out->n_glasses = model->n_glasses;
	memcpy(out->organisations, model->organisations,
	       model->n_organisations * sizeof(*model->organisations));
	out->n_organisations = model->n_organisations;
	memcpy(out->shifts, model->shifts, model->n_shifts * sizeof(*model->shifts));
	out->n_shifts = model->n_shifts;
	out->steady_ms = model->steady_ms;
}

static void set_organisation(struct model *model, const Organisation *organisation)
{
	struct model_organisation *known = model_organisation(model, organisation->id);
	if (!known) {
		if (model->n_organisations == SIM_ORGANISATIONS)
			abort();
		known = &model->organisations[model->n_organisations++];
	}
	KEEP(known->id, organisation->id);
	known->kind = organisation->kind;
	known->area = organisation->area;
	known->said = organisation;
	known->round_the_clock = known->enhanced = false;
	for (size_t i = 0; i < organisation->n_networks; i++) {
		known->round_the_clock |= organisation->networks[i] == NETWORK_ROUND_THE_CLOCK;
		known->enhanced |= organisation->networks[i] == NETWORK_ENHANCED;
	}
	known->left = organisation->left;
}

struct model_patient *model_patient(struct model *model, const char *id)
{
	for (size_t i = 0; i < model->n_patients; i++)
		if (!strcmp(model->patients[i].id, id))
			return &model->patients[i];
	return NULL;
}

static struct model_patient *patient_of(struct model *model, const char *id)
{
	struct model_patient *patient = model_patient(model, id);
	if (patient)
		return patient;
	if (model->n_patients == sizeof(model->patients) / sizeof(*model->patients))
		abort();
	patient = &model->patients[model->n_patients++];
	memset(patient, 0, sizeof(*patient));
	KEEP(patient->id, id);
	return patient;
}

static void set_person(struct model *model, const Person *person, bool enrolled)
{
	struct model_person *known = model_person(model, person->id);
	if (!known) {
		if (model->n_people == sizeof(model->people) / sizeof(*model->people))
			abort();
		known = &model->people[model->n_people++];
	}
	KEEP(known->user, person->id);
	KEEP(known->organisation, person->organisation);
	known->profession = person->profession;
	known->enrolled = enrolled;
	known->said = person;
}

/* referral NULL: all rows of theirs, by whatever request. */
static void remove_member(struct model_patient *patient, const char *organisation, const char *user,
			  const char *referral)
{
	size_t kept = 0;
	for (size_t i = 0; i < patient->n_team; i++) {
		const struct model_member *member = &patient->team[i];
		if (strcmp(member->user, user) ||
		    (!*user && strcmp(member->organisation, organisation)) ||
		    (referral && strcmp(member->referral, referral)))
			patient->team[kept++] = *member;
	}
	patient->n_team = kept;
}

/* Who is removed without a request's id loses all rows. */
static void let_go(struct model_patient *patient, const char *organisation, const char *user,
		   const char *referral)
{
	remove_member(patient, organisation, user, *referral ? referral : NULL);
}

/* There is one attending doctor, and one deputy clinic, which is another: who had that before stays, as
 * a member. */
static bool becomes_member(const struct model_member *row, const TeamMember *added)
{
	bool clinic = row->role == TEAM_ROLE_DEPUTY && !*row->user;
	if (added->role == TEAM_ROLE_ATTENDING)
		return row->role == TEAM_ROLE_ATTENDING ||
		       (clinic && !strcmp(row->organisation, added->organisation));
	return added->role == TEAM_ROLE_DEPUTY && !*added->user && clinic;
}

static void add_member(struct model_patient *patient, const TeamMember *added)
{
	remove_member(patient, added->organisation, added->user, added->referral);
	for (size_t i = 0; i < patient->n_team; i++)
		if (becomes_member(&patient->team[i], added))
			patient->team[i].role = TEAM_ROLE_MEMBER;
	if (patient->n_team == sizeof(patient->team) / sizeof(*patient->team))
		abort();
	struct model_member *member = &patient->team[patient->n_team++];
	KEEP(member->organisation, added->organisation);
	KEEP(member->user, added->user);
	member->profession = added->profession;
	member->role = added->role;
	KEEP(member->referral, added->referral);
	*member->demoted_by = '\0';
	member->from_ms = added->from_ms;
	member->until_ms = added->until_ms;
	member->times = added->times;
	member->every_days = added->every_days;
}

/* Whose place it takes is remembered until it ends. */
static void place(struct model_patient *patient, const PlacementDecided *fact)
{
	const TeamMember *member = fact->member;

	if (!fact->ended) {
		for (size_t i = 0; member && i < patient->n_team; i++)
			if (member->role == TEAM_ROLE_ATTENDING &&
			    patient->team[i].role == TEAM_ROLE_ATTENDING)
				KEEP(patient->team[i].demoted_by, fact->referral);
		if (member)
			add_member(patient, member);
		return;
	}
	if (member && fact->before)
		add_member(patient, fact->before);
	else if (member)
		let_go(patient, member->organisation, member->user, member->referral);
	if (fact->attending)
		add_member(patient, fact->attending);
	for (size_t i = 0; i < patient->n_team; i++)
		if (!strcmp(patient->team[i].demoted_by, fact->referral))
			*patient->team[i].demoted_by = '\0';
}

static void break_glass(struct model *model, const JournalEntry *entry, const GlassBroken *fact)
{
	if (model->n_glasses == sizeof(model->glasses) / sizeof(*model->glasses))
		memmove(model->glasses, model->glasses + 1,
			--model->n_glasses * sizeof(*model->glasses));
	struct model_glass *glass = &model->glasses[model->n_glasses++];
	KEEP(glass->patient, fact->patient);
	KEEP(glass->user, entry->user);
	glass->steady_until_ms = entry->steady_ms + GLASS_MS;
}

static void apply_record(struct model *model, const struct known_fact *known, const char *type)
{
	const void *fact = known->fact;

	if (!strcmp(type, "PatientRegistered")) {
		const PatientRegistered *f = fact;
		struct model_patient *patient = patient_of(model, f->patient->id);
		KEEP(patient->registered_by, f->patient->registered_by);
		patient->team_consent = *f->consent_given_on != '\0';
		patient->deceased = f->patient->deceased;
		TeamMember registrar = TeamMember_INIT;
		registrar.organisation = f->patient->registered_by;
		registrar.profession = f->registrar_profession;
		registrar.role = TEAM_ROLE_MEMBER;
		add_member(patient, &registrar);
	} else if (!strcmp(type, "ConsentRecorded")) {
		const ConsentRecorded *f = fact;
		if (f->scope == CONSENT_SCOPE_TEAM)
			patient_of(model, f->patient)->team_consent = f->given;
		else if (f->scope == CONSENT_SCOPE_COVER)
			patient_of(model, f->patient)->cover_consent = f->given;
	} else if (!strcmp(type, "TeamMemberAdded")) {
		const TeamMemberAdded *f = fact;
		add_member(patient_of(model, f->patient), f->member);
		if (f->also)
			add_member(patient_of(model, f->patient), f->also);
	} else if (!strcmp(type, "TeamMemberRemoved")) {
		const TeamMemberRemoved *f = fact;
		let_go(patient_of(model, f->patient), f->organisation, f->user, f->referral);
	} else if (!strcmp(type, "PlacementDecided")) {
		const PlacementDecided *f = fact;
		place(patient_of(model, f->patient), f);
	} else if (!strcmp(type, "UnstableSet")) {
		const UnstableSet *f = fact;
		patient_of(model, f->patient)->unstable = f->unstable;
	} else if (!strcmp(type, "PatientUpdated")) {
		const PatientUpdated *f = fact;
		patient_of(model, f->patient->id)->deceased = f->patient->deceased;
	} else if (!strcmp(type, "GlassBroken")) {
		break_glass(model, known->entry, fact);
	}
}

/* What alert makes of record's notices. */
static void apply_followed(struct model *model, const void *fact, const char *type)
{
	if (!strcmp(type, "TeamChanged")) {
		const TeamChanged *f = fact;
		struct model_patient *patient = patient_of(model, f->patient);
		if (f->removed)
			let_go(patient, f->member->organisation, f->member->user,
			       f->member->referral);
		else
			add_member(patient, f->member);
		if (f->also)
			add_member(patient, f->also);
		if (f->registrar) {
			KEEP(patient->registered_by, f->member->organisation);
			patient->team_consent = f->team_consent;
		}
	} else if (!strcmp(type, "ConsentChanged")) {
		const ConsentChanged *f = fact;
		patient_of(model, f->patient)->team_consent = f->team_consent;
		patient_of(model, f->patient)->cover_consent = f->cover_consent;
	}
}

/* What referral makes of them, and of its own doing. */
static void apply_referral(struct model *model, const void *fact, const char *type)
{
	if (!strcmp(type, "PatientFollowed")) {
		const PatientNotice *f = ((const PatientFollowed *)fact)->patient;
		struct model_patient *patient = patient_of(model, f->patient);
		patient->deceased = f->deceased;
		if (f->registrar) {
			KEEP(patient->registered_by, f->registrar->organisation);
			patient->team_consent = f->team_consent;
			add_member(patient, f->registrar);
		}
	} else if (!strcmp(type, "TeamFollowed")) {
		const TeamFollowed *f = fact;
		struct model_patient *patient = patient_of(model, f->patient);
		if (f->removed)
			let_go(patient, f->member->organisation, f->member->user,
			       f->member->referral);
		else
			add_member(patient, f->member);
		if (f->also)
			add_member(patient, f->also);
	} else if (!strcmp(type, "ConsentFollowed")) {
		const ConsentFollowed *f = fact;
		patient_of(model, f->patient)->team_consent = f->team_consent;
	} else if (!strcmp(type, "ReferralChanged")) {
		const ReferralChanged *f = fact;
		if (f->step == REFERRAL_CHANGED_STEP_APPLIED && f->member)
			add_member(patient_of(model, f->referral->patient), f->member);
	}
}

const ShiftNotice *model_shift(const struct model *model, const char *id)
{
	for (size_t i = 0; i < model->n_shifts; i++)
		if (!strcmp(model->shifts[i]->id, id))
			return model->shifts[i];
	return NULL;
}

/* What rota says of a shift comes in place of what it said before. */
static void follow_shifts(struct model *model, const ProtobufCMessage *fact)
{
	ProtobufCMessage **said;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	size_t n = messages_within(&arena, fact, &ShiftNotice_descriptor, &said);
	for (size_t i = 0; i < n; i++) {
		const ShiftNotice *shift = (const ShiftNotice *)(const void *)said[i];
		size_t k = 0;
		while (k < model->n_shifts && strcmp(model->shifts[k]->id, shift->id))
			k++;
		if (k == SIM_SHIFTS)
			abort();
		model->shifts[k] = shift;
		model->n_shifts += k == model->n_shifts;
	}
	arena_close(&arena);
}

void model_apply(struct model *model, const struct known_fact *known)
{
	const char *type = known->entry->type;
	const void *fact = known->fact;

	model->steady_ms = known->entry->steady_ms;
	if (!strcmp(type, "PersonChanged")) {
		const Person *person = ((const PersonChanged *)fact)->person;
		set_person(model, person, person->state == ENROLMENT_STATE_ENROLLED);
	} else if (!strcmp(type, "PersonEnrolled")) {
		set_person(model, ((const PersonEnrolled *)fact)->person, true);
	} else if (!strcmp(type, "PersonRevoked")) {
		set_person(model, ((const PersonRevoked *)fact)->person, false);
	} else if (!strcmp(type, "ContactHoursSet")) {
		const ContactHoursSet *f = fact;
		if (f->organisation)
			set_organisation(model, f->organisation);
		else
			set_person(model, f->person, f->person->state == ENROLMENT_STATE_ENROLLED);
	} else if (!strcmp(type, "OrganisationChanged")) {
		set_organisation(model, ((const OrganisationChanged *)fact)->organisation);
	} else {
		apply_record(model, known, type);
		apply_followed(model, fact, type);
		apply_referral(model, fact, type);
		follow_shifts(model, known->fact);
	}
}

bool model_member_is(const struct model_member *member, const struct model_person *person)
{
	if (*member->user)
		return !strcmp(member->user, person->user);
	return !strcmp(member->organisation, person->organisation) &&
	       (member->profession == PROFESSION_UNSPECIFIED ||
		member->profession == person->profession);
}

static bool works_with_patients(Profession profession)
{
	return profession != PROFESSION_ADMINISTRATOR && profession != PROFESSION_CITY_OFFICER;
}

/* Each window counted by itself. */
static bool in_window(const struct model_member *member, int64_t now_ms)
{
	uint32_t times = member->times ? member->times : 1;
	if (!member->until_ms && !member->from_ms)
		return true;
	if (now_ms == NO_WINDOW || now_ms == ANY_WINDOW)
		return now_ms == ANY_WINDOW;
	if (!member->until_ms)
		return now_ms >= member->from_ms;
	for (int64_t n = 0; n < times; n++) {
		int64_t later_ms = n * (int64_t)member->every_days * 24 * 3600 * 1000;
		if (now_ms >= member->from_ms + later_ms && now_ms < member->until_ms + later_ms)
			return true;
	}
	return false;
}

bool model_in_reach(struct model *model, const char *user, const char *id, int64_t now_ms)
{
	const struct model_person *person = model_person(model, user);
	const struct model_patient *patient = model_patient(model, id);

	if (!person || !person->enrolled || !patient || !works_with_patients(person->profession))
		return false;
	if (!strcmp(person->organisation, patient->registered_by))
		return true;
	for (size_t i = 0; patient->team_consent && i < patient->n_team; i++)
		if (model_member_is(&patient->team[i], person) &&
		    in_window(&patient->team[i], now_ms))
			return true;
	return false;
}

/* Of a person in the team: where they work. */
const char *model_attending(const struct model_patient *patient)
{
	for (size_t i = 0; i < patient->n_team; i++)
		if (patient->team[i].role == TEAM_ROLE_ATTENDING)
			return patient->team[i].organisation;
	return patient->registered_by;
}

bool model_is_covered(struct model *model, const struct model_patient *patient, Area area)
{
	const struct model_organisation *clinic =
		model_organisation(model, model_attending(patient));
	return patient->cover_consent && clinic && !clinic->left && clinic->round_the_clock &&
	       (!area || area == clinic->area);
}

#define AFTERWARDS_MS (12LL * 3600 * 1000)

bool model_covers(struct model *model, const char *user, const char *id, int64_t now_ms)
{
	const struct model_person *person = model_person(model, user);
	const struct model_patient *patient = model_patient(model, id);

	if (!person || !person->enrolled || person->profession != PROFESSION_DOCTOR || !patient)
		return false;
	for (size_t i = 0; i < model->n_shifts; i++) {
		const ShiftNotice *shift = model->shifts[i];
		if (!model_is_covered(model, patient, shift->area))
			continue;
		for (size_t k = 0; k < shift->n_duties; k++)
			if (!strcmp(shift->duties[k]->organisation, person->organisation) &&
			    shift->duties[k]->from_ms < shift->duties[k]->until_ms &&
			    now_ms >= shift->duties[k]->from_ms &&
			    now_ms < shift->duties[k]->until_ms + AFTERWARDS_MS)
				return true;
	}
	return false;
}

bool model_may_see(struct model *model, const char *user, const char *id, int64_t steady_ms,
		   int64_t now_ms)
{
	const struct model_person *person = model_person(model, user);

	if (model_in_reach(model, user, id, now_ms) || model_covers(model, user, id, now_ms))
		return true;
	if (!person || !person->enrolled || !works_with_patients(person->profession))
		return false;
	for (size_t i = 0; i < model->n_glasses; i++) {
		const struct model_glass *glass = &model->glasses[i];
		if (!strcmp(glass->patient, id) && !strcmp(glass->user, user) &&
		    steady_ms < glass->steady_until_ms)
			return true;
	}
	return false;
}
