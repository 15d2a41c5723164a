/*
 * A request under referral's pure rules: a few organisations, a clock, and the part of the
 * views that the rules look at, kept as views.c keeps it. Included by the tests that need
 * it; all is static.
 */
#ifndef REFERRAL_WORLD_H
#define REFERRAL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/referral/rules.h"
#include "tests/lib/rng.h"

#define UNUSED __attribute__((unused))
#define START 1790000000000LL
#define MINUTE (60LL * 1000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define N(list) (sizeof(list) / sizeof(*(list)))
#define S(name) REFERRAL_STATE_##name
#define O(name) OFFER_STATE_##name
#define STEP(name) REFERRAL_CHANGED_STEP_##name
#define CAUSE(name) REFERRAL_CAUSE_##name
#define KIND(name) REFERRAL_KIND_##name
#define N_STATES (S(CLOSED) + 1)
#define N_STEPS (STEP(ASKER_LEFT) + 1)
#define PATIENT "01KSR49200E4HR000000000001"
#define ASKER "asker"
#define CENTRE_NAME "centre"
#define CANDIDATES 12

struct world {
	struct arena arena;
	struct refusal refusal;
	struct input in;
	ReferralView view;
	bool there;                    /* it was asked for */
	struct candidate items[CANDIDATES];
	struct pool pool;
	Organisation organisation;     /* of the actor */
	Network networks[1];
	PatientNotice patient;
	TeamMember member, *members[1];
	ReferralChanged *fact;         /* the last one */
	uint32_t ids;
};

/* ---- as the views have it ------------------------------------------------------------------- */

static UNUSED void apply(struct world *w)
{
	ReferralView *view = &w->view;
	const Deadline *deadline = w->fact->deadline;

	view->referral = w->fact->referral;
	view->referral->position++;
	view->was_with_centre |= view->referral->with_centre;
	if (w->fact->step == STEP(ASK)) {
		view->cut_off_ms = w->fact->cut_off_ms;
		view->first_ms = w->fact->first_ms;
	}
	if (!deadline)
		return;
	view->turn++;
	view->deadline_at_ms = deadline->at_ms;
	view->deadline_steady_ms = deadline->length_ms ? w->in.now_ms + deadline->length_ms : 0;
}

static UNUSED bool has_deadline(const struct world *w)
{
	return w->view.deadline_at_ms || w->view.deadline_steady_ms;
}

static UNUSED int64_t deadline_ms(const struct world *w)
{
	return w->view.deadline_at_ms ? w->view.deadline_at_ms : w->view.deadline_steady_ms;
}

static UNUSED void open_world(struct world *w)
{
	memset(w, 0, sizeof(*w));
	arena_init(&w->arena, 256 << 20);
	w->in = (struct input){ .arena = &w->arena, .refusal = &w->refusal, .now_ms = START,
				.id = "01KSR49200E4HR00000000000A" };
	w->view = (ReferralView)ReferralView_INIT;
	w->pool.items = w->items;
	w->patient = (PatientNotice)PatientNotice_INIT;
	w->patient.patient = arena_string(&w->arena, PATIENT);
	w->patient.area = AREA_NORTH;
	w->patient.district = arena_string(&w->arena, "高砂");
	w->patient.birth_year = 1941;
	w->patient.sex = PATIENT_SEX_FEMALE;
	w->member = (TeamMember)TeamMember_INIT;
	w->member.organisation = arena_string(&w->arena, ASKER);
}

static UNUSED int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	open_world(w);
	*state = w;
	return 0;
}

static UNUSED int teardown(void **state)
{
	struct world *w = *state;
	arena_close(&w->arena);
	test_free(w);
	return 0;
}

/* "s1", "s2" …, in this order, for each has taken one more than the one before. */
static UNUSED void candidates(struct world *w, size_t n)
{
	for (w->pool.n = 0; w->pool.n < n; w->pool.n++)
		w->items[w->pool.n] = (struct candidate){
			.organisation = arena_printf(&w->arena, "s%zu", w->pool.n + 1),
			.area = w->pool.n < 10 ? AREA_NORTH : AREA_SOUTH,
			.taken = (uint32_t)w->pool.n,
		};
}

static UNUSED void leave_pool(struct world *w, const char *organisation)
{
	size_t n = 0;
	for (size_t i = 0; i < w->pool.n; i++)
		if (strcmp(w->items[i].organisation, organisation))
			w->items[n++] = w->items[i];
	w->pool.n = n;
}

/* ---- who does it ---------------------------------------------------------------------------- */

static UNUSED void be(struct world *w, const char *organisation, ReferralKind kind)
{
	bool centre = !strcmp(organisation, CENTRE_NAME), asker = !strcmp(organisation, ASKER);

	w->organisation = (Organisation)Organisation_INIT;
	w->organisation.id = arena_string(&w->arena, organisation);
	w->in.actor.user = arena_printf(&w->arena, "of-%s", organisation);
	w->in.actor.organisation = w->organisation.id;
	w->in.actor.device = "phone";
	w->in.actor.profession = PROFESSION_NURSE;
	w->organisation.kind = ORGANISATION_KIND_NURSE_STATION;
	if (centre) {
		w->in.actor.profession = PROFESSION_CENTRE_STAFF;
		w->organisation.kind = ORGANISATION_KIND_SUPPORT_CENTRE;
	} else if (kind == KIND(HOME_DOCTOR)) {
		w->in.actor.profession = asker ? PROFESSION_LIAISON : PROFESSION_DOCTOR;
		w->organisation.kind =
			asker ? ORGANISATION_KIND_HOSPITAL : ORGANISATION_KIND_CLINIC;
	} else if (kind == KIND(BACKUP_BED)) {
		w->in.actor.profession = asker ? PROFESSION_DOCTOR : PROFESSION_LIAISON;
		w->organisation.kind =
			asker ? ORGANISATION_KIND_CLINIC : ORGANISATION_KIND_HOSPITAL;
	}
}

static UNUSED void be_time(struct world *w)
{
	w->in.actor = (struct actor){ .user = "referral", .device = "referral", .organisation = "",
				      .profession = PROFESSION_SERVICE };
}

static UNUSED int after(struct world *w, int rc)
{
	if (rc == 0)
		apply(w);
	return rc;
}

static UNUSED struct team team_of(struct world *w)
{
	w->members[0] = &w->member;
	return (struct team){ .consent = true, .registrar = "",
			      .members = w->members, .n_members = 1 };
}

static UNUSED int ask(struct world *w, const AskReferral *request)
{
	struct ask_rule rule = { .patient = &w->patient, .organisation = &w->organisation,
				 .pool = w->pool };

	be(w, ASKER, request->kind);
	rule.team = team_of(w);
	w->fact = NEW(ReferralChanged, &w->arena);
	w->there = true;
	return after(w, referral_ask(&w->in, &rule, request, w->fact));
}

static UNUSED AskReferral form(struct world *w, ReferralKind kind)
{
	AskReferral request = AskReferral_INIT;

	request.kind = kind;
	request.patient = arena_string(&w->arena, PATIENT);
	if (kind == KIND(VISIT)) {
		request.from_ms = w->in.now_ms + 2 * DAY;
		request.to_ms = request.from_ms + HOUR;
	}
	return request;
}

static UNUSED void asked(struct world *w, ReferralKind kind, size_t n_candidates)
{
	AskReferral request = form(w, kind);
	candidates(w, n_candidates);
	assert_int_equal(ask(w, &request), 0);
}

static UNUSED int answer_of_record(struct world *w, struct referral_rule *rule,
				   const char *organisation, bool applied)
{
	PlacementAnswer answer = PlacementAnswer_INIT;

	answer.referral = w->view.referral->id;
	answer.patient = w->view.referral->patient;
	answer.organisation = arena_string(&w->arena, organisation);
	if (applied) {
		answer.member = NEW(TeamMember, &w->arena);
		answer.member->organisation = answer.organisation;
	}
	be_time(w);
	return placement_answered(&w->in, rule, &answer, w->fact);
}

static UNUSED int left(struct world *w, struct referral_rule *rule, const char *organisation)
{
	struct behind_rule behind = { .one = *rule, .left = true };
	LeftBehindDue due = LeftBehindDue_INIT;

	due.organisation = arena_string(&w->arena, organisation);
	be_time(w);
	return left_behind(&w->in, &behind, &due, w->fact);
}

static UNUSED int patient_gone(struct world *w, bool consent, bool deceased)
{
	struct behind_rule behind = { .one = { .view = &w->view, .pool = w->pool },
				      .consent = consent, .deceased = deceased };
	LeftBehindDue due = LeftBehindDue_INIT;

	w->fact = NEW(ReferralChanged, &w->arena);
	due.patient = w->view.referral->patient;
	be_time(w);
	return after(w, left_behind(&w->in, &behind, &due, w->fact));
}

static UNUSED int time_passes(struct world *w, struct referral_rule *rule, bool deadline,
			      uint32_t turn)
{
	ReferralDue due = ReferralDue_INIT;

	due.id = w->view.referral->id;
	due.turn = turn;
	due.deadline = deadline;
	be_time(w);
	return referral_due(&w->in, rule, &due, w->fact);
}

#define ASKED(Message, rule_) \
	{ \
		Message request = Message##_INIT; \
		request.id = w->view.referral->id; \
		return rule_(&w->in, &rule, &request, w->fact); \
	}

static UNUSED int decide(struct world *w, ReferralChanged_Step step, const char *organisation)
{
	struct referral_rule rule = { .view = &w->view, .organisation = &w->organisation,
				      .pool = w->pool, .team = team_of(w) };
	DeclineReferral decline = DeclineReferral_INIT;
	ReportReferral report = ReportReferral_INIT;
	CloseReferral close = CloseReferral_INIT;
	CutOffDue cut_off = CutOffDue_INIT;

	be(w, organisation, w->view.referral->kind);
	w->fact = NEW(ReferralChanged, &w->arena);
	switch (step) {
	case STEP(ACCEPT):
		ASKED(AcceptReferral, referral_accept)
	case STEP(DECLINE):
		decline.reason = DECLINE_REASON_TOO_FAR;
		return referral_decline(&w->in, &rule, &decline, w->fact);
	case STEP(WITHDRAW):
		ASKED(WithdrawReferral, referral_withdraw)
	case STEP(CONFIRM):
		ASKED(ConfirmReferral, referral_confirm)
	case STEP(PASS):
		ASKED(PassReferral, referral_pass)
	case STEP(CANCEL):
		ASKED(CancelReferral, referral_cancel)
	case STEP(REPORT):
		report.text = arena_string(&w->arena, "訪問しました");
		return referral_report(&w->in, &rule, &report, w->fact);
	case STEP(CLOSE):
		close.outcome = arena_string(&w->arena, "電話で決まった");
		return referral_close(&w->in, &rule, &close, w->fact);
	case STEP(APPLIED):
		return answer_of_record(w, &rule, organisation, true);
	case STEP(REFUSED):
		return answer_of_record(w, &rule, organisation, false);
	case STEP(REMIND):
		return time_passes(w, &rule, false, w->view.turn);
	case STEP(DEADLINE):
		return time_passes(w, &rule, true, w->view.turn);
	case STEP(CUT_OFF):
		be_time(w);
		return referral_cut_off(&w->in, &rule, &cut_off, w->fact);
	case STEP(ASKER_LEFT):
		return left(w, &rule, ASKER);
	default:
		return ERR_INVALID;
	}
}

/* 0, ERR_REFUSED or ERR_NOTHING. */
static UNUSED int step(struct world *w, ReferralChanged_Step what, const char *organisation)
{
	return after(w, decide(w, what, organisation));
}

static UNUSED int leaves(struct world *w, const char *organisation)
{
	struct referral_rule rule = { .view = &w->view, .pool = w->pool };

	leave_pool(w, organisation);
	w->fact = NEW(ReferralChanged, &w->arena);
	return after(w, left(w, &rule, organisation));
}

static UNUSED void done(struct world *w, ReferralChanged_Step what, const char *organisation)
{
	int rc = step(w, what, organisation);
	if (rc)
		fail_msg("step %d of %s: %d %s", (int)what, organisation, rc,
			 rc == ERR_REFUSED ? w->refusal.en : "");
	assert_int_equal(w->fact->step, what);
}

/* Its time comes, and it happens. */
static UNUSED void waits_for(struct world *w, int64_t ms)
{
	assert_true(has_deadline(w));
	if (deadline_ms(w) - w->in.now_ms != ms)
		fail_msg("%lld minutes, not %lld",
			 (long long)((deadline_ms(w) - w->in.now_ms) / MINUTE),
			 (long long)(ms / MINUTE));
	assert_int_equal(w->view.referral->deadline_ms, deadline_ms(w));
}

static UNUSED void deadline(struct world *w)
{
	assert_true(has_deadline(w));
	if (deadline_ms(w) > w->in.now_ms)
		w->in.now_ms = deadline_ms(w);
	done(w, STEP(DEADLINE), "");
}

/* ---- in words ------------------------------------------------------------------------------- */

static UNUSED int by_name(const void *a, const void *b)
{
	const Told *const *x = a, *const *y = b;
	return strcmp((*x)->organisation, (*y)->organisation);
}

/* "*:UNPLACED! asker:ACCEPTED s1:-": whom the last fact tells what; *: the centre, !: urgent */
static UNUSED const char *told(struct world *w)
{
	const char *all = "";
	Told *sorted[CANDIDATES + 2];

	assert_true(w->fact->n_told <= N(sorted));
	for (size_t i = 0; i < w->fact->n_told; i++)
		sorted[i] = w->fact->told[i];
	qsort(sorted, w->fact->n_told, sizeof(*sorted), by_name);
	for (size_t i = 0; i < w->fact->n_told; i++) {
		const Told *t = sorted[i];
		const char *name = protobuf_c_enum_descriptor_get_value(&Matter_descriptor,
									(int)t->matter)->name;
		all = arena_printf(&w->arena, "%s%s%s:%s%s", all, i ? " " : "",
				   t->organisation[0] ? t->organisation : "*",
				   t->matter ? name + strlen("REFERRAL_") : "-",
				   t->urgent ? "!" : "");
	}
	return all;
}

/* "s1=HOLDING s2=STANDING_BY1 s3=OFFERED" */
static UNUSED const char *offers(struct world *w)
{
	const Referral *referral = w->view.referral;
	const char *all = "";

	for (size_t i = 0; i < referral->n_offers; i++) {
		const Offer *offer = referral->offers[i];
		const char *name = protobuf_c_enum_descriptor_get_value(&Offer_State_descriptor,
									(int)offer->state)->name;
		all = arena_printf(
			&w->arena, "%s%s%s=%s%s", all, i ? " " : "", offer->organisation, name,
			offer->standby ? arena_printf(&w->arena, "%u", offer->standby) : "");
	}
	return all;
}

#define IS(state_) assert_int_equal(w->view.referral->state, S(state_))
#define WITH_CENTRE(is) assert_int_equal(w->view.referral->with_centre, (is))
#define OFFERS(text_) assert_string_equal(offers(w), (text_))
#define TOLD(text_) assert_string_equal(told(w), (text_))

#endif
