/*
 * The whole daemon referral with its store, over a bus that records, and a small city around it.
 * Included by the tests that need it; everything in it is static.
 */
#ifndef REFERRAL_FIXTURE_H
#define REFERRAL_FIXTURE_H

#include "services/referral/rules.h"
#include "services/referral/views.h"
#include "tests/unit/daemon_test.h"

int referral_main(int argc, char **argv);
#define main referral_main
#include "services/referral/main.c"
#undef main

#define MINUTE (60LL * 1000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define PATIENT "01KSR49200E4HR000000000001"
#define OTHER_PATIENT "01KSR49200E4HR000000000002"
#define STRANGE_PATIENT "01KSR49200E4HR000000000003" /* nobody here looks after them */
#define N(list) (sizeof(list) / sizeof(*(list)))
#define KIND(name) REFERRAL_KIND_##name
#define S(name) REFERRAL_STATE_##name
#define CAUSE(name) REFERRAL_CAUSE_##name
#define STATIONS 6

static UNUSED void restart(struct fixture *f)
{
	fixture_restart(f);
}

static UNUSED void batch(struct fixture *f)
{
	fixture_step(f);
}

/* ---- notices -------------------------------------------------------------------------------- */

/* Queued; the next batch takes it. */
static UNUSED void tell(struct fixture *f, const char *from, const ProtobufCMessage *body)
{
	uint64_t *position = !strcmp(from, "directory") ? &f->directory
			     : !strcmp(from, "record") ? &f->record : &f->board;

	fixture_tell(f, from, position, body);
}

static UNUSED void notice(struct fixture *f, const char *from, const ProtobufCMessage *body)
{
	tell(f, from, body);
	batch(f);
}

static UNUSED void organisation(struct fixture *f, const char *id, OrganisationKind kind, Area area,
				bool left)
{
	fixture_organisation(f, id, kind, area, left);
}

/* Registered by hospital01. */
static UNUSED void patient(struct fixture *f, const char *id, bool consent, bool deceased,
			   bool new_one)
{
	PatientNotice known = PatientNotice_INIT;
	TeamMember registrar = TeamMember_INIT;

	known.patient = text(f, id);
	known.birth_year = 1941;
	known.sex = PATIENT_SEX_FEMALE;
	known.area = AREA_NORTH;
	known.district = text(f, "高砂");
	known.deceased = deceased;
	registrar.organisation = text(f, "hospital01");
	registrar.role = TEAM_ROLE_KEY_PERSON;
	known.registrar = new_one ? &registrar : NULL;
	known.team_consent = consent;
	notice(f, "record", &known.base);
}

static UNUSED void team(struct fixture *f, const char *who, const char *organisation_id,
			Profession profession, bool removed)
{
	TeamNotice changed = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, organisation_id);
	member.profession = profession;
	member.role = TEAM_ROLE_MEMBER;
	changed.patient = text(f, who);
	changed.member = &member;
	changed.removed = removed;
	notice(f, "record", &changed.base);
}

static UNUSED void consent(struct fixture *f, const char *who, bool given)
{
	ConsentNotice changed = ConsentNotice_INIT;

	changed.patient = text(f, who);
	changed.team_consent = given;
	notice(f, "record", &changed.base);
}

static UNUSED void capacity(struct fixture *f, const char *id, CapacityLevel level, int64_t for_ms)
{
	CapacityNotice changed = CapacityNotice_INIT;
	Capacity now = Capacity_INIT;

	now.id = text(f, id);
	now.level = level;
	now.valid_until_ms = f->clock.wall_ms + for_ms;
	changed.capacity = &now;
	notice(f, "board", &changed.base);
}

/* As record would answer. */
static UNUSED void placed(struct fixture *f, const Referral *referral, const char *organisation_id,
			  bool applied)
{
	PlacementAnswer answer = PlacementAnswer_INIT;
	TeamMember member = TeamMember_INIT;

	answer.referral = referral->id;
	answer.patient = text(f, PATIENT);
	answer.organisation = text(f, organisation_id);
	member.organisation = text(f, organisation_id);
	member.role = TEAM_ROLE_MEMBER;
	member.referral = referral->kind == KIND(VISIT) ? referral->id : text(f, "");
	if (referral->kind == KIND(VISIT)) {
		member.from_ms = referral->from_ms - 24 * HOUR;
		member.until_ms = referral->to_ms + 72 * HOUR;
		member.times = referral->times;
		member.every_days = referral->every_days;
	}
	answer.member = applied ? &member : NULL;
	notice(f, "record", &answer.base);
}

/* ---- requests ------------------------------------------------------------------------------- */

static UNUSED char *new_id(struct fixture *f)
{
	return fixture_id(f);
}

static UNUSED Request request_of(struct fixture *f, const char *id, const ProtobufCMessage *body,
				 uint64_t after, bool watch)
{
	Request request = fixture_request(f, body, after, watch);

	request.id = text(f, id);
	return request;
}

/* Queued; the next batch takes it. */
static UNUSED void send(struct fixture *f, const char *user, const char *id,
			const ProtobufCMessage *body, uint64_t after, bool watch)
{
	Request request = request_of(f, id, body, after, watch);

	fixture_send(f, user, &request);
}

/* The answer to that user since the bus was cleared, or NULL. */
static UNUSED Reply *reply_to(struct fixture *f, const char *user)
{
	return fixture_reply(f, user, 0);
}

static UNUSED Code ask_with(struct fixture *f, const char *user, const char *id,
			    const ProtobufCMessage *body, uint64_t after, bool watch)
{
	Request request = request_of(f, id, body, after, watch);

	return fixture_call(f, user, &request)->code;
}

STEP_OF(accept, AcceptReferral)
STEP_OF(withdraw, WithdrawReferral)
STEP_OF(confirm, ConfirmReferral)
STEP_OF(pass_over, PassReferral)
STEP_OF(cancel, CancelReferral)

static UNUSED Code decline(struct fixture *f, const char *user, const char *id)
{
	DeclineReferral request = DeclineReferral_INIT;
	request.id = text(f, id);
	request.reason = DECLINE_REASON_NO_CAPACITY;
	return ask(f, user, &request.base);
}

static UNUSED Code report(struct fixture *f, const char *user, const char *id)
{
	ReportReferral request = ReportReferral_INIT;
	request.id = text(f, id);
	request.text = text(f, "訪問しました");
	return ask(f, user, &request.base);
}

static UNUSED Code close_it(struct fixture *f, const char *id)
{
	CloseReferral request = CloseReferral_INIT;
	request.id = text(f, id);
	request.outcome = text(f, "電話で決まった");
	return ask(f, "centre-staff", &request.base);
}

static UNUSED AskReferral form(struct fixture *f, ReferralKind kind)
{
	AskReferral request = AskReferral_INIT;

	request.kind = kind;
	request.patient = text(f, PATIENT);
	if (kind == KIND(VISIT)) {
		request.from_ms = f->clock.wall_ms + 2 * DAY;
		request.to_ms = request.from_ms + HOUR;
	}
	return request;
}

static UNUSED const char *asker_of(ReferralKind kind)
{
	return kind == KIND(HOME_DOCTOR)  ? "liaison"
	       : kind == KIND(BACKUP_BED) ? "doctor01"
					  : "nurse01";
}

/* The id. */
static UNUSED char *asked(struct fixture *f, ReferralKind kind)
{
	AskReferral request = form(f, kind);

	if (ask(f, asker_of(kind), &request.base) != CODE_OK)
		fail_msg("%s: %s", f->reply->field, f->reply->message_en);
	return f->reply->id;
}

static UNUSED Referral *show(struct fixture *f, const char *user, const char *id)
{
	ShowReferral request = ShowReferral_INIT;

	request.id = text(f, id);
	return ask(f, user, &request.base) == CODE_OK ? body_of(f, &Referral_descriptor) : NULL;
}

static UNUSED ReferralList *list(struct fixture *f, const char *user, bool all, bool unplaced,
				 uint64_t after)
{
	ListReferrals request = ListReferrals_INIT;

	request.all = all;
	request.unplaced = unplaced;
	assert_int_equal(ask_with(f, user, new_id(f), &request.base, after, false), CODE_OK);
	return body_of(f, &ReferralList_descriptor);
}

static UNUSED Code watch(struct fixture *f, const char *user, bool unplaced)
{
	ListReferrals request = ListReferrals_INIT;

	request.unplaced = unplaced;
	return ask_with(f, user, new_id(f), &request.base, 0, true);
}

/* The nth push to a user since the bus was cleared, or NULL. */
static UNUSED Push *push_to(struct fixture *f, const char *user, size_t nth)
{
	return fixture_push(f, user, nth);
}

static UNUSED ReferralList *pushed(struct fixture *f, const char *user, size_t nth)
{
	const Push *push = push_to(f, user, nth);

	if (!push)
		return NULL;
	assert_string_equal(push->type, "ReferralList");
	return fixture_decode(f, &ReferralList_descriptor, push->body);
}

/* ---- what it keeps -------------------------------------------------------------------------- */

static UNUSED ReferralView *view_of(struct fixture *f, const char *id)
{
	ReferralView *view;
	struct tx tx;

	assert_int_equal(tx_begin(&tx, daemon_store(f->daemon), &f->arena, false), 0);
	assert_int_equal(referral_get(&tx, id, &view), 0);
	tx_abort(&tx);
	return view;
}

static UNUSED Referral *whole(struct fixture *f, const char *id)
{
	return view_of(f, id)->referral;
}

static UNUSED const char *offers(struct fixture *f, const char *id)
{
	const Referral *referral = whole(f, id);
	const char *all = "";

	for (size_t i = 0; i < referral->n_offers; i++) {
		const Offer *offer = referral->offers[i];
		const char *name = protobuf_c_enum_descriptor_get_value(&Offer_State_descriptor,
									(int)offer->state)->name;
		all = arena_printf(
			&f->arena, "%s%s%s=%s%s", all, i ? " " : "", offer->organisation, name,
			offer->standby ? arena_printf(&f->arena, "%u", offer->standby) : "");
	}
	return all;
}

/* Journal entries of a type after a position, the last of them in *last. */
static UNUSED size_t facts_of(struct fixture *f, const char *type, uint64_t after,
			      JournalEntry **last)
{
	JournalEntry *entry;
	size_t n = 0;

	for (; (entry = fixture_fact(f, type, &after)); n++)
		if (last)
			*last = entry;
	return n;
}

/* ---- the city: a hospital, two clinics, six stations, the centre ----------------------------- */

static UNUSED const char *nurse(struct fixture *f, unsigned station)
{
	return arena_printf(&f->arena, "nurse%02u", station);
}

static UNUSED int setup(void **state)
{
	struct fixture *f = new_fixture(&referral_spec);

	start(f);
	organisation(f, "hospital01", ORGANISATION_KIND_HOSPITAL, AREA_NORTH, false);
	organisation(f, "hospital02", ORGANISATION_KIND_HOSPITAL, AREA_NORTH, false);
	organisation(f, "clinic01", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	organisation(f, "clinic02", ORGANISATION_KIND_CLINIC, AREA_SOUTH, false);
	organisation(f, "cm01", ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, AREA_NORTH, false);
	organisation(f, "pharmacy01", ORGANISATION_KIND_PHARMACY, AREA_NORTH, false);
	organisation(f, "centre", ORGANISATION_KIND_SUPPORT_CENTRE, AREA_NORTH, false);
	organisation(f, "city", ORGANISATION_KIND_CITY_OFFICE, AREA_NORTH, false);
	for (unsigned i = 1; i <= STATIONS; i++) {
		const char *station = arena_printf(&f->arena, "station%02u", i);
		organisation(f, station, ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
		person(f, nurse(f, i), station, PROFESSION_NURSE);
	}
	person(f, "liaison", "hospital01", PROFESSION_LIAISON);
	person(f, "liaison02", "hospital02", PROFESSION_LIAISON);
	person(f, "doctor01", "clinic01", PROFESSION_DOCTOR);
	person(f, "doctor02", "clinic02", PROFESSION_DOCTOR);
	person(f, "caremanager", "cm01", PROFESSION_CARE_MANAGER);
	person(f, "pharmacist", "pharmacy01", PROFESSION_PHARMACIST);
	person(f, "station-helper", "station02", PROFESSION_HELPER);
	person(f, "centre-staff", "centre", PROFESSION_CENTRE_STAFF);
	person(f, "centre-nurse", "centre", PROFESSION_NURSE);
	person(f, "officer", "city", PROFESSION_CITY_OFFICER);
	patient(f, PATIENT, true, false, true);
	patient(f, OTHER_PATIENT, true, false, true);
	patient(f, STRANGE_PATIENT, true, false, true);
	team(f, PATIENT, "station01", PROFESSION_NURSE, false);
	team(f, OTHER_PATIENT, "station01", PROFESSION_NURSE, false);
	team(f, PATIENT, "clinic01", PROFESSION_DOCTOR, false);
	team(f, PATIENT, "cm01", PROFESSION_CARE_MANAGER, false);
	*state = f;
	return 0;
}

static UNUSED int teardown(void **state)
{
	rebuilt_the_same(*state);
	return free_fixture(state);
}

#endif
