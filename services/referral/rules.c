#include "rules.h"

#include <string.h>

#include "date.h"
#include "disclose.h"
#include "text.h"

#define STEP(name) REFERRAL_CHANGED_STEP_##name

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- who ---------------------------------------------------------------------------------- */

/* Staff of an organisation who may ask for that kind. */
static bool may_ask(ReferralKind kind, OrganisationKind organisation, Profession profession)
{
	switch (kind) {
	case REFERRAL_KIND_HOME_DOCTOR:
		if (organisation == ORGANISATION_KIND_HOSPITAL)
			return profession == PROFESSION_LIAISON ||
			       profession == PROFESSION_DOCTOR || profession == PROFESSION_NURSE;
		if (organisation == ORGANISATION_KIND_SUPPORT_CENTRE)
			return profession == PROFESSION_CENTRE_STAFF;
		return organisation == ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE &&
		       profession == PROFESSION_CARE_MANAGER;
	case REFERRAL_KIND_BACKUP_BED:
		return organisation == ORGANISATION_KIND_CLINIC && profession == PROFESSION_DOCTOR;
	case REFERRAL_KIND_VISIT:
		return organisation == ORGANISATION_KIND_NURSE_STATION &&
		       profession == PROFESSION_NURSE;
	default:
		return false;
	}
}

/* Who answers for an organisation that is asked. */
static bool may_answer(Profession profession)
{
	return profession == PROFESSION_DOCTOR || profession == PROFESSION_NURSE ||
	       profession == PROFESSION_LIAISON;
}

bool may_read(Profession profession)
{
	return may_answer(profession) || profession == PROFESSION_CARE_MANAGER ||
	       profession == PROFESSION_CENTRE_STAFF;
}

int refuse_unknown(const struct input *in)
{
	return refuse(in, CODE_NOT_FOUND, "id",
		      "あなたの事業所が出した、または打診を受けた依頼の中に、見つかりません。",
		      "There is no such request of or to your organisation.");
}

static int not_yours(const struct input *in, const char *ja, const char *en)
{
	return refuse(in, CODE_PERMISSION_DENIED, "", ja, en);
}

static const struct { const char *ja, *en; } state_names[] = {
	[REFERRAL_STATE_UNSPECIFIED] = { "不明", "unknown" },
	[REFERRAL_STATE_OFFERED] = { "打診中", "offered" },
	[REFERRAL_STATE_ACCEPTED] = { "受諾", "accepted" },
	[REFERRAL_STATE_CONFIRMING] = { "確認中", "being confirmed" },
	[REFERRAL_STATE_CONFIRMED] = { "確定", "confirmed" },
	[REFERRAL_STATE_DONE] = { "完了", "done" },
	[REFERRAL_STATE_UNPLACED] = { "受け手なし（センター対応）",
				      "unplaced, with the support centre" },
	[REFERRAL_STATE_CANCELLED] = { "取消", "cancelled" },
	[REFERRAL_STATE_CLOSED] = { "終了", "closed" },
};

static int wrong_state(const struct input *in, const Referral *referral)
{
	return refuse(in, CODE_FAILED_PRECONDITION, "",
		      arena_printf(in->arena,
				   "この依頼は「%s」の状態なので、この操作はできません。",
				   state_names[referral->state].ja),
		      arena_printf(in->arena, "This request is %s: that cannot be done from here.",
				   state_names[referral->state].en));
}

bool is_centre(const struct input *in, const Organisation *organisation)
{
	return in->actor.profession == PROFESSION_CENTRE_STAFF && organisation &&
	       organisation->kind == ORGANISATION_KIND_SUPPORT_CENTRE;
}

/* The request, if the actor may know of it. */
static int need_known(const struct input *in, const struct referral_rule *view)
{
	if (!view->view || disclose_part(view->view->referral, in->actor.organisation,
					 is_centre(in, view->organisation),
					 view->view->was_with_centre) == PART_NONE)
		return refuse_unknown(in);
	return 0;
}

/* ---- asking: the form --------------------------------------------------------------------- */

static int invalid(const struct input *in, const char *field, const char *ja, const char *en)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field, ja, en);
}

static int check_needs(const struct input *in, const AskReferral *request)
{
	if (request->n_needs > NEEDS_MAX)
		return invalid(in, "needs", "必要な対応は10個までです。", "Name at most 10 needs.");
	for (size_t i = 0; i < request->n_needs; i++) {
		if (request->needs[i] == NEED_UNSPECIFIED)
			return invalid(in, "needs", "必要な対応の種類が分かりません。",
				       "One of the needs is not known.");
		for (size_t k = 0; k < i; k++)
			if (request->needs[k] == request->needs[i])
				return invalid(in, "needs", "同じ対応が2回あります。",
					       "One of the needs is named twice.");
	}
	return 0;
}

static int check_visit(const struct input *in, const AskReferral *request)
{
	if (request->wished_ms)
		return invalid(in, "wished_ms",
			       "訪問の応援では、希望日ではなく訪問の時間帯を入れてください。",
			       "A visit has a window (from, to), not a wished date.");
	if (request->from_ms <= in->now_ms || request->from_ms > in->now_ms + AHEAD_MS)
		return invalid(in, "from_ms", "訪問の始まりは、今より後、90日以内にしてください。",
			       "The visit must begin after now and within 90 days.");
	if (request->to_ms <= request->from_ms || request->to_ms - request->from_ms > WINDOW_MS)
		return invalid(
			in, "to_ms", "訪問の終わりは、始まりより後、12時間以内にしてください。",
			"The window must end after it begins, and be at most 12 hours long.");
	if (request->times > TIMES_MAX)
		return invalid(in, "times", "続けて頼める訪問は30回までです。",
			       "Ask for at most 30 visits.");
	if (request->every_days > EVERY_MAX)
		return invalid(in, "every_days", "訪問の間隔は31日までです。",
			       "At most 31 days lie between two visits.");
	return 0;
}

static int check_wish(const struct input *in, const AskReferral *request)
{
	if (request->from_ms || request->to_ms || request->times || request->every_days)
		return invalid(in, "from_ms",
			       "時間帯と回数は、訪問の応援のときだけ入れてください。",
			       "Only a visit has a window and a number of times.");
	if (request->wished_ms &&
	    (request->wished_ms <= in->now_ms || request->wished_ms > in->now_ms + AHEAD_MS))
		return invalid(in, "wished_ms", "希望日は、今より後、90日以内にしてください。",
			       "The wished date must be after now and within 90 days.");
	return 0;
}

static int check_form(const struct input *in, const AskReferral *request)
{
	int rc = check_needs(in, request);

	if (!rc && request->n_beside > BESIDE_MAX)
		rc = invalid(in, "beside", "同時に進める依頼は20件までです。",
			     "Name at most 20 requests that go on beside this one.");
	if (rc)
		return rc;
	return request->kind == REFERRAL_KIND_VISIT ? check_visit(in, request)
						    : check_wish(in, request);
}

/* ---- asking: the right -------------------------------------------------------------------- */

/* As record says it. */
int refuse_patient(const struct input *in, const char *field)
{
	return refuse(in, CODE_PERMISSION_DENIED, field,
		      "この患者は登録されていないか、閲覧の権限がありません。",
		      "There is no such patient, or you have no right to this record.");
}

bool patient_fresh(const struct input *in, const char *patient)
{
	return id_valid(patient) && id_time_ms(patient) > in->now_ms - FRESH_PATIENT_MS &&
	       id_time_ms(patient) < in->now_ms + FRESH_PATIENT_MS;
}

int patient_not_yet(const struct input *in)
{
	return refuse(in, CODE_UNAVAILABLE, "patient",
		      "患者の登録がまだ届いていません。少し待ってもう一度送ってください。",
		      "Word of this patient may be under way. Send it again in a moment.");
}

/* May the organisation bring others into the patient's team, as record has it? Whoever registered
 * the patient, and who is on the team without end: not who takes over a visit. */
static bool stands(const struct team *team, const char *organisation)
{
	if (team->registrar[0] && same(team->registrar, organisation))
		return true;
	for (size_t i = 0; team->consent && i < team->n_members; i++)
		if (same(team->members[i]->organisation, organisation) &&
		    !team->members[i]->until_ms)
			return true;
	return false;
}

/* By which right the asker sees the patient, as record would say. */
static int check_patient(const struct input *in, const struct ask_rule *view,
			 const AskReferral *request, Accessed_Right *right)
{
	struct person_ref actor = { in->actor.user, in->actor.organisation, in->actor.profession };

	/* In the same words, whether there is such a patient or not. */
	if (!view->patient || !team_reaches(&view->team, actor, in->now_ms))
		return patient_fresh(in, request->patient) ? patient_not_yet(in) : refuse_patient(in, "patient");
	if (!stands(&view->team, in->actor.organisation))
		return refuse(
			in, CODE_PERMISSION_DENIED, "patient",
			"訪問の応援に入っている間は、この患者の依頼を出せません。"
			"担当の事業所に相談してください。",
			"Who takes over a visit does not ask others for this patient. "
			"Tell those who look after them.");
	*right = same(view->team.registrar, in->actor.organisation) ? ACCESSED_RIGHT_REGISTRAR
								     : ACCESSED_RIGHT_TEAM;
	if (!view->team.consent)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "patient",
			"チーム共有の同意が記録されていません。"
			"同意を記録してから依頼してください。",
			"There is no consent to sharing within the team. Record it first.");
	if (view->patient->deceased)
		return refuse(in, CODE_FAILED_PRECONDITION, "patient",
			      "この患者は逝去されています。", "This patient is deceased.");
	return 0;
}

static bool overlap(const Referral *open, const AskReferral *request)
{
	uint32_t times = request->times ? request->times : 1;
	uint32_t every = request->every_days ? request->every_days : 7;

	if (open->kind != REFERRAL_KIND_VISIT)
		return true;
	for (uint32_t i = 0; i < times; i++)
		for (uint32_t k = 0; k < open->times; k++) {
			int64_t shift_ms = (int64_t)i * every * DAY_MS;
			int64_t begin_ms = life_visit_ms(open, k);
			int64_t end_ms = begin_ms + (open->to_ms - open->from_ms);
			if (request->from_ms + shift_ms < end_ms &&
			    begin_ms < request->to_ms + shift_ms)
				return true;
		}
	return false;
}

/* One request for one thing: who asks a second time has seen the first. */
static int check_open(const struct input *in, const struct ask_rule *view,
		      const AskReferral *request)
{
	for (size_t i = 0; i < view->n_open; i++) {
		const Referral *open = view->open[i];
		bool known = false;
		if (open->kind != request->kind || !overlap(open, request))
			continue;
		for (size_t k = 0; k < request->n_beside; k++)
			known |= same(request->beside[k], open->id);
		if (known)
			continue;
		refuse(in, CODE_ALREADY_EXISTS, "patient",
		       "この患者には、同じ依頼がすでに出ています。"
		       "確かめて、それでも必要なら並行の依頼として出してください。",
		       "The same is being asked for this patient already. "
		       "Look at that request; "
		       "if this one is needed all the same, name it as beside.");
		in->refusal->id = open->id;
		return ERR_REFUSED;
	}
	if (view->n_open >= OPEN_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "patient",
			      "この患者への依頼が多すぎます。終わったものを取り消してください。",
			      "There are too many open requests for this patient. Cancel some.");
	return 0;
}

/* A band of ten years; 90 and older are one, for there are few. */
static void age_band(const struct input *in, uint32_t birth_year, Referral *referral)
{
	char today[DATE_SIZE];
	int year = 0;

	date_day(today, in->now_ms);
	for (size_t i = 0; i < 4; i++)
		year = year * 10 + (today[i] - '0');
	if (!birth_year || (int)birth_year > year)
		return;
	uint32_t age = (uint32_t)year - birth_year;
	referral->age_from = age >= 90 ? 90 : age / 10 * 10;
	referral->age_to = age >= 90 ? 150 : referral->age_from + 9;
}

static Referral *fill(const struct input *in, const struct ask_rule *view,
		      const AskReferral *request)
{
	Referral *referral = NEW(Referral, in->arena);

	if (!referral)
		return NULL;
	referral->id = arena_string(in->arena, in->id);
	referral->kind = request->kind;
	referral->urgent = request->urgent;
	referral->needs = request->needs;
	referral->n_needs = request->n_needs;
	referral->area = view->patient->area;
	referral->district = view->patient->district;
	referral->sex = view->patient->sex;
	age_band(in, view->patient->birth_year, referral);
	referral->wished_ms = request->wished_ms;
	referral->from_ms = request->from_ms;
	referral->to_ms = request->to_ms;
	if (request->kind == REFERRAL_KIND_VISIT) {
		referral->times = request->times ? request->times : 1;
		referral->every_days = request->every_days ? request->every_days : 7;
	}
	referral->asked_ms = in->now_ms;
	referral->asked_by = arena_string(in->arena, in->actor.user);
	referral->asker = arena_string(in->arena, in->actor.organisation);
	referral->patient = request->patient;
	return referral;
}

int referral_ask(const struct input *in, const struct ask_rule *view, const AskReferral *request,
		 ReferralChanged *fact)
{
	struct life life;

	if (request->kind == REFERRAL_KIND_UNSPECIFIED)
		return invalid(in, "kind",
			       "在宅医・後方ベッド・訪問のどれを頼むかを選んでください。",
			       "Say what is asked for: a home doctor, a back-up bed or a visit.");
	if (!view->organisation || view->organisation->left ||
	    !may_ask(request->kind, view->organisation->kind, in->actor.profession))
		return not_yours(
			in,
			"この依頼を出せるのは、在宅医さがしは病院・支援センター・ケアマネジャー、"
			"後方ベッドは在宅医、訪問の応援は訪問看護師です。",
			"A home doctor is asked for by hospitals, the support centre and care "
			"managers, a back-up bed by home doctors, a visit by nurse stations.");
	int rc = check_form(in, request);
	if (!rc)
		rc = check_patient(in, view, request, &fact->right);
	if (!rc)
		rc = check_open(in, view, request);
	if (rc)
		return rc;
	Referral *referral = fill(in, view, request);
	if (!referral)
		return ERR_NOMEM;
	int64_t cut_off_ms = request->kind == REFERRAL_KIND_VISIT
				     ? request->from_ms - VISIT_MARGIN_MS
				     : request->wished_ms;
	life_ask(&life, in, referral, cut_off_ms, &view->pool, fact);
	return life_end(&life);
}

/* ---- those who are asked ------------------------------------------------------------------ */

/* The own offer of somebody who answers for an organisation. */
static int need_offer(const struct input *in, const struct referral_rule *view,
		      ReferralChanged_Step step, const Offer **offer)
{
	int rc = need_known(in, view);

	if (rc)
		return rc;
	*offer = life_offer(view->view->referral, in->actor.organisation);
	if (!*offer)
		return not_yours(in, "あなたの事業所は、この依頼の打診先ではありません。",
				 "Your organisation is not asked to take this.");
	if (!may_answer(in->actor.profession))
		return not_yours(in, "この依頼に答えられるのは、医師・看護師・連携室の担当者です。",
				 "Doctors, nurses and liaisons answer this.");
	if (!life_possible(step, view->view->referral->state))
		return wrong_state(in, view->view->referral);
	return 0;
}

static int answered(const struct input *in, const Offer *offer)
{
	if (offer->state == OFFER_STATE_HOLDING)
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "この依頼はすでにあなたの事業所が受けています。",
			      "Your organisation has this already.");
	if (offer->state == OFFER_STATE_STANDING_BY)
		return refuse(in, CODE_FAILED_PRECONDITION, "", "すでに控えに入っています。",
			      "Your organisation stands by already.");
	return refuse(
		in, CODE_FAILED_PRECONDITION, "",
		"この依頼への回答はすでに終わっています。"
		"受けられるようになったときは、依頼元かセンターに連絡してください。",
		"Your organisation is no longer asked. "
		"If you can take it now, call the asker or the centre.");
}

int referral_accept(const struct input *in, const struct referral_rule *view,
		    const AcceptReferral *request, ReferralChanged *fact)
{
	const Offer *offer;
	struct life life;

	int rc = need_offer(in, view, STEP(ACCEPT), &offer);
	if (rc)
		return rc;
	if (offer->state != OFFER_STATE_OFFERED)
		return answered(in, offer);
	if (life_too_late(view->view->referral, in->now_ms))
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "訪問の時間帯がすでに終わっています。",
			      "The time of the visit is over.");
	(void)request;
	life_begin(&life, in, view->view, &view->pool, STEP(ACCEPT), fact);
	if (!life.error)
		life_accept(&life, life_offer(life.referral, in->actor.organisation));
	return life_end(&life);
}

int referral_decline(const struct input *in, const struct referral_rule *view,
		     const DeclineReferral *request, ReferralChanged *fact)
{
	const Offer *offer;
	struct life life;

	int rc = need_offer(in, view, STEP(DECLINE), &offer);
	if (rc)
		return rc;
	if (request->reason == DECLINE_REASON_UNSPECIFIED)
		return invalid(
			in, "reason",
			"理由（空きなし・対応困難な処置・遠方・日時不可・その他）"
			"を選んでください。",
			"Give the reason: no capacity, cannot take this need, too far, "
			"wrong time, other.");
	if (offer->state == OFFER_STATE_HOLDING)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "",
			"すでに受けています。"
			"返すときは「辞退（受諾の取り消し）」を使ってください。",
			"You have accepted this. Withdraw, to give it back.");
	if (offer->state != OFFER_STATE_OFFERED && offer->state != OFFER_STATE_STANDING_BY)
		return answered(in, offer);
	life_begin(&life, in, view->view, &view->pool, STEP(DECLINE), fact);
	if (!life.error)
		life_decline(&life, life_offer(life.referral, in->actor.organisation),
			     request->reason);
	return life_end(&life);
}

int referral_withdraw(const struct input *in, const struct referral_rule *view,
		      const WithdrawReferral *request, ReferralChanged *fact)
{
	const Offer *offer;
	struct life life;

	int rc = need_offer(in, view, STEP(WITHDRAW), &offer);
	if (rc)
		return rc;
	(void)request;
	if (offer->state != OFFER_STATE_HOLDING && offer->state != OFFER_STATE_STANDING_BY)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "",
			"受けていない依頼は返せません。"
			"受けられないときは「対応できません」と答えてください。",
			"You have not accepted this. Decline it instead.");
	if (view->view->referral->state == REFERRAL_STATE_CONFIRMED &&
	    life_over(view->view->referral))
		return refuse(
			in, CODE_FAILED_PRECONDITION, "",
			"すでに確定しています。"
			"交代するときは、ケアチームで次の担当を決めてください。",
			"This is confirmed. To hand it on, change the care team.");
	life_begin(&life, in, view->view, &view->pool, STEP(WITHDRAW), fact);
	if (!life.error)
		life_withdraw(&life, life_offer(life.referral, in->actor.organisation),
			      OFFER_STATE_WITHDRAWN);
	return life_end(&life);
}

static int check_report(const struct input *in, const Referral *referral, const char *text)
{
	if (text_blank(text) || strlen(text) > REPORT_BYTES)
		return invalid(in, "text", "報告を20000バイト以内で入れてください。",
			       "Write the report, within 20000 bytes.");
	if (in->now_ms < life_visit_ms(referral, referral->reports))
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "訪問の時間帯の前には報告できません。",
			      "The visit has not begun yet.");
	return 0;
}

int referral_report(const struct input *in, const struct referral_rule *view,
		    const ReportReferral *request, ReferralChanged *fact)
{
	const Offer *offer;
	struct life life;

	int rc = need_offer(in, view, STEP(REPORT), &offer);
	if (rc)
		return rc;
	if (view->view->referral->kind != REFERRAL_KIND_VISIT)
		return refuse(in, CODE_FAILED_PRECONDITION, "", "報告するのは訪問の応援だけです。",
			      "Only a visit is reported.");
	if (offer->state != OFFER_STATE_HOLDING)
		return not_yours(in, "報告できるのは、訪問を受けた事業所です。",
				 "Who made the visit reports it.");
	rc = check_report(in, view->view->referral, request->text);
	VisitReport *report = rc ? NULL : NEW(VisitReport, in->arena);
	if (rc || !report)
		return rc ? rc : ERR_NOMEM;
	report->text = request->text;
	report->author = arena_string(in->arena, in->actor.user);
	report->organisation = arena_string(in->arena, in->actor.organisation);
	report->profession = in->actor.profession;
	life_begin(&life, in, view->view, &view->pool, STEP(REPORT), fact);
	if (!life.error)
		life_report(&life, report);
	return life_end(&life);
}

/* ---- the asker ---------------------------------------------------------------------------- */

static int need_asker(const struct input *in, const struct referral_rule *view,
		      ReferralChanged_Step step)
{
	int rc = need_known(in, view);

	if (rc)
		return rc;
	if (!same(view->view->referral->asker, in->actor.organisation) ||
	    !may_read(in->actor.profession))
		return not_yours(in, "この操作ができるのは、依頼元の事業所だけです。",
				 "Only the organisation that asked may do this.");
	if (!life_possible(step, view->view->referral->state))
		return wrong_state(in, view->view->referral);
	return 0;
}

/* Who asks has looked at one of them. Another may have moved up since, whom this
 * is no word about. */
static int check_taker(const struct input *in, const struct referral_rule *view, const char *meant)
{
	if (!meant[0] || same(view->view->referral->taker, meant))
		return 0;
	return refuse(in, CODE_FAILED_PRECONDITION, "taker",
		      "受け手が別の事業所に変わっています。もう一度確かめてください。",
		      "Another organisation has it now. Look again.");
}

int referral_confirm(const struct input *in, const struct referral_rule *view,
		     const ConfirmReferral *request, ReferralChanged *fact)
{
	struct life life;

	int rc = need_asker(in, view, STEP(CONFIRM));
	if (!rc)
		rc = check_taker(in, view, request->taker);
	if (rc)
		return rc;
	if (!stands(&view->team, in->actor.organisation))
		return not_yours(
			in,
			"あなたの事業所は、この患者のケアチームから外れています。"
			"支援センターに相談してください。",
			"Your organisation is no longer on this patient's care team. "
			"Call the support centre.");
	life_begin(&life, in, view->view, &view->pool, STEP(CONFIRM), fact);
	if (!life.error)
		life_confirm(&life);
	return life_end(&life);
}

int referral_pass(const struct input *in, const struct referral_rule *view,
		  const PassReferral *request, ReferralChanged *fact)
{
	struct life life;

	int rc = need_asker(in, view, STEP(PASS));
	if (!rc)
		rc = check_taker(in, view, request->taker);
	if (rc)
		return rc;
	life_begin(&life, in, view->view, &view->pool, STEP(PASS), fact);
	if (!life.error)
		life_pass(&life);
	return life_end(&life);
}

int referral_cancel(const struct input *in, const struct referral_rule *view,
		    const CancelReferral *request, ReferralChanged *fact)
{
	struct life life;

	int rc = need_asker(in, view, STEP(CANCEL));
	if (rc)
		return rc;
	(void)request;
	if (life_over(view->view->referral))
		return wrong_state(in, view->view->referral);
	life_begin(&life, in, view->view, &view->pool, STEP(CANCEL), fact);
	if (!life.error)
		life_cancel(&life, REFERRAL_CAUSE_BY_ASKER);
	return life_end(&life);
}

/* ---- the centre --------------------------------------------------------------------------- */

int referral_close(const struct input *in, const struct referral_rule *view,
		   const CloseReferral *request, ReferralChanged *fact)
{
	struct life life;

	int rc = need_known(in, view);
	if (rc)
		return rc;
	if (!is_centre(in, view->organisation))
		return not_yours(in, "終了にできるのは、支援センターの担当者だけです。",
				 "Only the staff of the support centre may close this.");
	if (!view->view->referral->with_centre)
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "この依頼はセンターの一覧にありません。",
			      "This request is not on the centre's list.");
	if (text_blank(request->outcome) || strlen(request->outcome) > OUTCOME_BYTES)
		return invalid(in, "outcome", "結果を1000バイト以内で入れてください。",
			       "Say what came of it, within 1000 bytes.");
	life_begin(&life, in, view->view, &view->pool, STEP(CLOSE), fact);
	if (!life.error)
		life_close(&life, request->outcome);
	return life_end(&life);
}

/* ---- time --------------------------------------------------------------------------------- */

int referral_due(const struct input *in, const struct referral_rule *view, const ReferralDue *due,
		 ReferralChanged *fact)
{
	ReferralChanged_Step step = due->deadline ? STEP(DEADLINE) : STEP(REMIND);
	struct life life;

	if (!view->view || view->view->turn != due->turn ||
	    !life_possible(step, view->view->referral->state))
		return ERR_NOTHING;
	life_begin(&life, in, view->view, &view->pool, step, fact);
	if (!life.error && due->deadline)
		life_deadline(&life);
	else if (!life.error)
		life_remind(&life);
	return life_end(&life);
}

int referral_cut_off(const struct input *in, const struct referral_rule *view, const CutOffDue *due,
		     ReferralChanged *fact)
{
	struct life life;

	(void)due;
	if (!view->view || !life_possible(STEP(CUT_OFF), view->view->referral->state) ||
	    view->view->referral->with_centre)
		return ERR_NOTHING;
	life_begin(&life, in, view->view, &view->pool, STEP(CUT_OFF), fact);
	if (!life.error)
		life_cut_off(&life);
	return life_end(&life);
}

/* ---- what others tell --------------------------------------------------------------------- */

/* An answer about somebody who has given it back meanwhile is history. */
int placement_answered(const struct input *in, const struct referral_rule *view,
		       const PlacementAnswer *notice, ReferralChanged *fact)
{
	ReferralChanged_Step step = notice->member ? STEP(APPLIED) : STEP(REFUSED);
	struct life life;

	if (!view->view || !life_possible(step, view->view->referral->state) ||
	    !same(view->view->referral->taker, notice->organisation))
		return ERR_NOTHING;
	life_begin(&life, in, view->view, &view->pool, step, fact);
	if (!life.error && notice->member)
		life_applied(&life, notice->member);
	else if (!life.error)
		life_refused(&life);
	return life_end(&life);
}

static int left_by_patient(const struct input *in, const struct behind_rule *view,
			   ReferralChanged *fact)
{
	struct life life;

	if (view->consent && !view->deceased)
		return ERR_NOTHING; /* it was given again */
	life_begin(&life, in, view->one.view, &view->one.pool, STEP(CANCEL), fact);
	if (!life.error)
		life_cancel(&life, view->deceased ? REFERRAL_CAUSE_PATIENT_DECEASED
						  : REFERRAL_CAUSE_CONSENT_WITHDRAWN);
	return life_end(&life);
}

int left_behind(const struct input *in, const struct behind_rule *view, const LeftBehindDue *due,
		ReferralChanged *fact)
{
	struct life life;

	if (!view->one.view)
		return ERR_NOTHING;
	if (due->patient[0])
		return left_by_patient(in, view, fact);
	if (!view->left)
		return ERR_NOTHING;
	bool asker = same(view->one.view->referral->asker, due->organisation);
	life_begin(&life, in, view->one.view, &view->one.pool,
		   asker ? STEP(ASKER_LEFT) : STEP(WITHDRAW), fact);
	fact->organisation = due->organisation;
	if (!life.error && asker)
		life_asker_left(&life);
	else if (!life.error)
		life_withdraw(&life, life_offer(life.referral, due->organisation),
			      OFFER_STATE_RELEASED);
	return life_end(&life);
}

int patient_follow(const struct input *in, const struct nothing_rule *view,
		   const PatientNotice *notice, PatientFollowed *fact)
{
	union { const PatientNotice *in; PatientNotice *out; } patient = { .in = notice };

	(void)in, (void)view;
	fact->patient = patient.out;
	return 0;
}

int team_follow(const struct input *in, const struct nothing_rule *view, const TeamNotice *notice,
		TeamFollowed *fact)
{
	(void)in, (void)view;
	if (!notice->member)
		return ERR_NOTHING;
	fact->patient = notice->patient;
	fact->member = notice->member;
	fact->removed = notice->removed;
	fact->also = notice->also;
	return 0;
}

int consent_follow(const struct input *in, const struct nothing_rule *view,
		   const ConsentNotice *notice, ConsentFollowed *fact)
{
	(void)in, (void)view;
	fact->patient = notice->patient;
	fact->team_consent = notice->team_consent;
	return 0;
}

int capacity_follow(const struct input *in, const struct nothing_rule *view,
		    const CapacityNotice *notice, CapacityFollowed *fact)
{
	(void)in, (void)view;
	fact->capacity = notice->capacity;
	return notice->capacity ? 0 : ERR_NOTHING;
}
