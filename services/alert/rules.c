#include "rules.h"

#include <string.h>

#include "bundle.h"
#include "escalation.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static struct person_ref ref_of(const Person *person)
{
	return (struct person_ref){ person->id, person->organisation, person->profession };
}

static struct person_ref actor_ref(const struct input *in)
{
	return (struct person_ref){ in->actor.user, in->actor.organisation, in->actor.profession };
}

/* ---- who is told of what ------------------------------------------------------------------ */

/*
 * Issue 2: "pharmacist: medicines, allergies, renal function; dentist: antithrombotics and
 * bone-modifying agents […], allergies, dental findings, swallowing; nurse and attending doctor:
 * everything; care manager: plan, admission, discharge, next visit, wishes; helper: infection
 * precautions, activity, plan."
 *
 * What it is silent on, as the field would expect: a deputy stands in for the attending doctor, and
 * the doctor among the key persons is the home doctor: everything. Other doctors of the team: what
 * decides on treatment, and infection precautions. The hygienist works with the dentist. Therapist:
 * what bears on training and safety, and the plan, which a care manager hands to every service in it.
 * Liaison: movements and wishes. Support centre and city are told of no entry.
 */
#define KIND(name) (1u << ENTRY_KIND_##name)
#define CONCERN(name) (1u << CONCERN_##name)
#define ROLE(name) (1u << TEAM_ROLE_##name)
#define EVERYTHING UINT32_MAX
#define ANY_ROLE UINT32_MAX

static const struct interest {
	Profession profession;
	uint32_t roles;      /* the first row that fits counts */
	uint32_t kinds;
	uint32_t concerns;   /* of an entry of any kind */
	bool infection;      /* of the precautions those against infection */
} interests[] = {
	{ PROFESSION_DOCTOR, ROLE(UNSPECIFIED) | ROLE(ATTENDING) | ROLE(DEPUTY) | ROLE(KEY_PERSON),
	  EVERYTHING, 0, true },
	{ PROFESSION_DOCTOR, ANY_ROLE,
	  KIND(MEDICATION) | KIND(ALLERGY) | KIND(CONDITION) | KIND(RENAL) | KIND(MOVEMENT) | KIND(WISH),
	  0, true },
	{ PROFESSION_NURSE, ANY_ROLE, EVERYTHING, 0, true },
	{ PROFESSION_PHARMACIST, ANY_ROLE, KIND(MEDICATION) | KIND(ALLERGY) | KIND(RENAL),
	  CONCERN(RENAL_FUNCTION), false },
	{ PROFESSION_DENTIST, ANY_ROLE, KIND(ALLERGY) | KIND(DENTAL) | KIND(SWALLOWING),
	  CONCERN(ANTITHROMBOTIC) | CONCERN(BONE_MODIFYING), false },
	{ PROFESSION_DENTAL_HYGIENIST, ANY_ROLE, KIND(ALLERGY) | KIND(DENTAL) | KIND(SWALLOWING),
	  CONCERN(ANTITHROMBOTIC) | CONCERN(BONE_MODIFYING), false },
	{ PROFESSION_CARE_MANAGER, ANY_ROLE,
	  KIND(PLAN) | KIND(MOVEMENT) | KIND(NEXT_VISIT) | KIND(WISH), 0, false },
	{ PROFESSION_HELPER, ANY_ROLE, KIND(ACTIVITY) | KIND(PLAN), 0, true },
	{ PROFESSION_THERAPIST, ANY_ROLE, KIND(ACTIVITY) | KIND(SWALLOWING) | KIND(PLAN), 0, true },
	{ PROFESSION_LIAISON, ANY_ROLE, KIND(MOVEMENT) | KIND(WISH), 0, false },
};

/* A number in a mask of 32; what is beyond them is in no mask but "everything". */
static bool in_mask(uint32_t mask, int number)
{
	if (number < 0 || number > 31)
		return mask == UINT32_MAX;
	return mask >> number & 1;
}

static bool fits(const struct interest *interest, const EntryNotice *notice)
{
	if (in_mask(interest->kinds, (int)notice->kind))
		return true;
	if (interest->infection && notice->kind == ENTRY_KIND_PRECAUTION && notice->infection)
		return true;
	for (size_t i = 0; i < notice->n_concerns; i++)
		if (in_mask(interest->concerns, (int)notice->concerns[i]))
			return true;
	return false;
}

bool entry_concerns(Profession profession, TeamRole role, const EntryNotice *notice)
{
	for (size_t i = 0; i < sizeof(interests) / sizeof(*interests); i++)
		if (interests[i].profession == profession && in_mask(interests[i].roles, (int)role))
			return fits(&interests[i], notice);
	return false;
}

static bool asked(Profession profession, const EntryNotice *notice)
{
	if (notice->kind != ENTRY_KIND_QUESTION || (notice->correction && !notice->asks_again))
		return false;
	for (size_t i = 0; i < notice->n_professions; i++)
		if (notice->professions[i] == profession)
			return true;
	return notice->n_professions == 0;
}

/* Until somebody is named attending doctor, those who registered the patient act as such. */
static TeamRole acting_role(const struct team *team, const struct candidate *candidate)
{
	if (!same(candidate->person->organisation, team->registrar))
		return candidate->member->role;
	for (size_t i = 0; i < team->n_members; i++)
		if (team->members[i]->role == TEAM_ROLE_ATTENDING)
			return candidate->member->role;
	return TEAM_ROLE_ATTENDING;
}

/* Who is a member only for a while is told of nothing outside of it. */
static bool reaches(const struct input *in, const struct team *team,
		    const struct candidate *candidate)
{
	return member_valid(candidate->member, in->now_ms) &&
	       team_reaches(team, ref_of(candidate->person), in->now_ms);
}

static bool entry_reaches(const struct input *in, const struct team *team,
			  const struct candidate *candidate, const EntryNotice *notice)
{
	const Person *person = candidate->person;

	if (same(person->id, notice->author) || !reaches(in, team, candidate))
		return false;
	/* What is urgent does not heed that somebody wanted quiet. */
	if (!notice->urgent && in_mask(candidate->muted, (int)notice->kind))
		return false;
	return entry_concerns(person->profession, acting_role(team, candidate), notice) ||
	       asked(person->profession, notice) || same(person->id, notice->asked_by);
}

/* ---- the notifications of one event ------------------------------------------------------- */

Recipient *recipient_add(const struct input *in, struct recipients *told, const Person *person,
			 const char *substitute_for)
{
	for (size_t i = 0; i < told->n; i++)
		if (same(told->items[i]->user, person->id))
			return told->items[i];
	Recipient *recipient = NEW(Recipient, in->arena);
	if (!recipient)
		return NULL;
	recipient->id = arena_string(in->arena, fresh_id(in, (unsigned)told->n));
	recipient->user = person->id;
	recipient->organisation = person->organisation;
	recipient->profession = person->profession;
	recipient->substitute_for = arena_string(in->arena, substitute_for);
	return arena_append(in->arena, &told->items, &told->n, recipient) ? NULL : recipient;
}

const Person *substitute_now(const struct input *in, const struct candidate *candidate)
{
	const SubstituteSet *substitution = candidate->substitution;

	if (!candidate->substitute || !substitution || in->now_ms < substitution->from_ms ||
	    in->now_ms >= substitution->until_ms)
		return NULL;
	if (candidate->substitute->state != ENROLMENT_STATE_ENROLLED ||
	    !same(candidate->substitute->organisation, candidate->person->organisation))
		return NULL;
	return candidate->substitute;
}

int recipients_substitute(const struct input *in, struct candidate *const *candidates,
			  size_t n_candidates, const char *author, struct recipients *told)
{
	size_t n_own = told->n;

	for (size_t i = 0; i < n_candidates; i++) {
		const Person *substitute = substitute_now(in, candidates[i]);
		for (size_t k = 0; k < n_own && substitute; k++) {
			const Recipient *own = told->items[k];
			if (!same(own->user, candidates[i]->person->id) ||
			    same(substitute->id, author))
				continue;
			size_t n_before = told->n;
			Recipient *recipient = recipient_add(in, told, substitute, own->user);
			if (!recipient)
				return ERR_NOMEM;
			recipient->asked |= own->asked;
			if (told->n > n_before) {
				recipient->matter = own->matter;
				recipient->urgent = own->urgent;
				recipient->unstable = own->unstable;
				recipient->rings_ms = own->rings_ms;
				recipient->place = own->place;
			} else if (own->place && !recipient->place) { /* asked now, not later */
				recipient->rings_ms = own->rings_ms;
				recipient->place = own->place;
			}
		}
	}
	return 0;
}

static int told_done(const struct input *in, const struct audience *view, const char *author,
		     struct recipients *told, NotificationsStored *fact)
{
	int rc = recipients_substitute(in, view->candidates, view->n_candidates, author, told);
	fact->recipients = told->items;
	fact->n_recipients = told->n;
	return rc;
}

int entry_tell(const struct input *in, const struct audience *view, const EntryNotice *notice,
	       NotificationsStored *fact)
{
	Notification *common = fact->template_ = NEW(Notification, in->arena);
	struct recipients told = { .n = 0 };
	int rc = !common ? ERR_NOMEM : view->told ? ERR_NOTHING : 0;

	for (size_t i = 0; i < view->n_candidates && !rc; i++) {
		const struct candidate *candidate = view->candidates[i];
		if (!entry_reaches(in, &view->team, candidate, notice))
			continue;
		Recipient *recipient = recipient_add(in, &told, candidate->person, "");
		if (recipient)
			recipient->asked |= asked(candidate->person->profession, notice);
		else
			rc = ERR_NOMEM;
	}
	EscalationStep_Place place = ESCALATION_STEP_PLACE_UNSPECIFIED;
	if (!rc && notice->urgent)
		rc = escalation_ask_first(in, view->chain, notice, &told, &place);
	if (!rc && told.n == 0 && !notice->urgent)
		return ERR_NOTHING;
	if (!rc)
		rc = told_done(in, view, notice->author, &told, fact);
	if (!rc && notice->urgent)
		rc = escalation_begin(in, view->chain, notice, place, &told, fact);
	if (rc)
		return rc;
	if (!notice->urgent)
		bundle_wait(in, view->candidates, view->n_candidates, told.items, told.n);
	common->patient = notice->patient;
	common->entry = notice->entry;
	common->event = notice->entry;
	common->kind = notice->kind;
	common->urgent = notice->urgent;
	common->n_concerns = notice->n_concerns;
	common->concerns = notice->concerns;
	common->author = notice->author;
	common->organisation = notice->organisation;
	common->correction = notice->correction;
	common->everyone = notice->urgent && notice->everyone;
	return 0;
}

/* DESIGN section 7: "the attending doctor and the support centre are told at once". */
static bool glass_reaches(const struct input *in, const struct team *team,
			  const struct candidate *candidate, const GlassNotice *notice)
{
	const Person *person = candidate->person;

	if (same(person->id, notice->user))
		return false;
	if (!candidate->member)
		return person->profession == PROFESSION_CENTRE_STAFF;
	return acting_role(team, candidate) == TEAM_ROLE_ATTENDING &&
	       person->profession == PROFESSION_DOCTOR && reaches(in, team, candidate);
}

int glass_tell(const struct input *in, const struct audience *view, const GlassNotice *notice,
	       NotificationsStored *fact)
{
	Notification *common = fact->template_ = NEW(Notification, in->arena);
	struct recipients told = { .n = 0 };
	int rc = common ? 0 : ERR_NOMEM;

	for (size_t i = 0; i < view->n_candidates && !rc; i++)
		if (glass_reaches(in, &view->team, view->candidates[i], notice) &&
		    !recipient_add(in, &told, view->candidates[i]->person, ""))
			rc = ERR_NOMEM;
	if (!rc && told.n == 0)
		return ERR_NOTHING;
	if (!rc)
		rc = told_done(in, view, notice->user, &told, fact);
	if (rc)
		return rc;
	common->patient = notice->patient;
	common->event = arena_string(in->arena, in->id);
	common->urgent = true;
	common->break_glass = true;
	common->author = notice->user;
	common->organisation = notice->organisation;
	return 0;
}

/* ---- words of other daemons ---------------------------------------------------------- */

/*
 * Who takes a request, or says what room there is: in a clinic its doctors, and the nurses who plan
 * their rounds; in a hospital who arranges discharges before all others.
 */
static const struct {
	OrganisationKind kind;
	Profession professions[WORD_PROFESSIONS];
} answerers[] = {
	{ ORGANISATION_KIND_CLINIC, { PROFESSION_DOCTOR, PROFESSION_NURSE } },
	{ ORGANISATION_KIND_HOSPITAL, { PROFESSION_LIAISON, PROFESSION_DOCTOR, PROFESSION_NURSE } },
	{ ORGANISATION_KIND_NURSE_STATION, { PROFESSION_NURSE } },
	{ ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, { PROFESSION_CARE_MANAGER } },
	{ ORGANISATION_KIND_SUPPORT_CENTRE, { PROFESSION_CENTRE_STAFF } },
};

void word_professions(OrganisationKind kind, Profession professions[WORD_PROFESSIONS])
{
	memset(professions, 0, WORD_PROFESSIONS * sizeof(*professions));
	for (size_t i = 0; i < sizeof(answerers) / sizeof(*answerers); i++)
		if (answerers[i].kind == kind)
			memcpy(professions, answerers[i].professions,
			       sizeof(answerers[i].professions));
}

bool word_valid(const WordNotice *notice)
{
	if (!id_valid(notice->event) ||
	    !(id_valid(notice->subject) || name_valid(notice->subject, LIMIT_NAME_BYTES)))
		return false;
	for (size_t i = 0; i < notice->n_told; i++)
		if (notice->told[i]->organisation[0] &&
		    !name_valid(notice->told[i]->organisation, LIMIT_NAME_BYTES))
			return false;
	return true;
}

/* A fact also where nobody is there to be told: the same word, told again later, must not take away
 * what came after it. */
int word_tell(const struct input *in, const struct word_audience *view, const WordNotice *notice,
	      WordStored *fact)
{
	struct recipients told = { .n = 0 };

	if (!word_valid(notice))
		return refuse(in, CODE_INVALID_ARGUMENT, "",
			      "通知の番号または宛先が読み取れません。",
			      "The word's ids or organisations cannot be read.");
	if (view->told)
		return ERR_NOTHING;
	for (size_t i = 0; i < view->n_candidates; i++) {
		const struct candidate *candidate = view->candidates[i];
		Recipient *recipient = recipient_add(in, &told, candidate->person, "");
		if (!recipient)
			return ERR_NOMEM;
		recipient->matter = candidate->matter;
		recipient->urgent = candidate->urgent;
		recipient->unstable = candidate->unstable;
	}
	int rc = recipients_substitute(in, view->candidates, view->n_candidates, "", &told);
	if (rc)
		return rc;
	bundle_wait(in, view->candidates, view->n_candidates, told.items, told.n);
	fact->service = arena_string(in->arena, in->instance);
	fact->subject = notice->subject;
	fact->event = notice->event;
	fact->recipients = told.items;
	fact->n_recipients = told.n;
	fact->withdrawn = view->withdrawn;
	fact->n_withdrawn = view->n_withdrawn;
	return 0;
}

/* ---- the team changes --------------------------------------------------------------------- */

int team_change(const struct input *in, const struct withdrawal *view, const TeamNotice *notice,
		TeamChanged *fact)
{
	(void)in;
	if (!notice->member)
		return ERR_NOTHING;
	fact->patient = notice->patient;
	fact->member = notice->member;
	fact->removed = notice->removed;
	fact->also = notice->also;
	fact->registrar = notice->registrar;
	fact->team_consent = notice->team_consent;
	fact->withdrawn = view->ids;
	fact->n_withdrawn = view->n_ids;
	fact->more = view->more;
	return 0;
}

int consent_change(const struct input *in, const struct withdrawal *view,
		   const ConsentNotice *notice, ConsentChanged *fact)
{
	(void)in;
	fact->patient = notice->patient;
	fact->team_consent = notice->team_consent;
	fact->cover_consent = notice->cover_consent;
	fact->withdrawn = view->ids;
	fact->n_withdrawn = view->n_ids;
	fact->more = view->more;
	return 0;
}

int withdrawal_continue(const struct input *in, const struct withdrawal *view,
			const WithdrawalDue *due, Withdrawn *fact)
{
	(void)in;
	if (view->n_ids == 0)
		return ERR_NOTHING;
	fact->patient = due->patient;
	fact->withdrawn = view->ids;
	fact->n_withdrawn = view->n_ids;
	fact->more = view->more;
	return 0;
}

/* ---- the life of a notification ----------------------------------------------------------- */

/*
 *	 ┌──────── hand over: a colleague has it now ────────┐
 *	 ▼                                                   │
 *	stored ──► delivered ──► opened ──► accepted ──► done
 *	 │  └─────────┴──── accept ┴─────────►▲  │
 *	 │            │            │  └─ done ┼──┼────────►
 *	 └────────────┴────────────┴──────────┴──┴─► declined
 *
 * opened → done: what only had to be known needs no promise first. A take-over ends in accepted, from
 * wherever it was; access that ends takes each open one to withdrawn; a reminder moves nothing.
 */
#define S(name) NOTIFICATION_STATE_##name
#define N_STATES (NOTIFICATION_STATE_WITHDRAWN + 1)

static const Notification_State transitions[STEPS][N_STATES] = {
	[STEP_DELIVER] = { [S(STORED)] = S(DELIVERED) },
	[STEP_OPEN] = { [S(STORED)] = S(OPENED), [S(DELIVERED)] = S(OPENED) },
	[STEP_ACCEPT] = { [S(STORED)] = S(ACCEPTED), [S(DELIVERED)] = S(ACCEPTED),
			  [S(OPENED)] = S(ACCEPTED) },
	[STEP_FINISH] = { [S(OPENED)] = S(DONE), [S(ACCEPTED)] = S(DONE) },
	[STEP_DECLINE] = { [S(STORED)] = S(DECLINED), [S(DELIVERED)] = S(DECLINED),
			   [S(OPENED)] = S(DECLINED), [S(ACCEPTED)] = S(DECLINED) },
	[STEP_TAKE_OVER] = { [S(STORED)] = S(ACCEPTED), [S(DELIVERED)] = S(ACCEPTED),
			     [S(OPENED)] = S(ACCEPTED), [S(ACCEPTED)] = S(ACCEPTED) },
	[STEP_HAND_OVER] = { [S(STORED)] = S(STORED), [S(DELIVERED)] = S(STORED),
			     [S(OPENED)] = S(STORED), [S(ACCEPTED)] = S(STORED) },
	[STEP_REMIND] = { [S(STORED)] = S(STORED), [S(DELIVERED)] = S(DELIVERED),
			  [S(OPENED)] = S(OPENED) },
	[STEP_WITHDRAW] = { [S(STORED)] = S(WITHDRAWN), [S(DELIVERED)] = S(WITHDRAWN),
			    [S(OPENED)] = S(WITHDRAWN), [S(ACCEPTED)] = S(WITHDRAWN) },
};

static const struct { const char *ja, *en; } state_names[N_STATES] = {
	[S(UNSPECIFIED)] = { "不明", "unknown" },
	[S(STORED)] = { "未配信", "stored" },
	[S(DELIVERED)] = { "配信済", "delivered" },
	[S(OPENED)] = { "開封", "opened" },
	[S(ACCEPTED)] = { "対応します", "accepted" },
	[S(DONE)] = { "完了", "done" },
	[S(DECLINED)] = { "対応できません", "declined" },
	[S(WITHDRAWN)] = { "閲覧終了", "withdrawn" },
};

Notification_State notification_after(Notification_State state, enum step step)
{
	if ((int)state < 0 || (int)state >= N_STATES)
		return S(UNSPECIFIED);
	return transitions[step][state];
}

bool notification_open_state(Notification_State state)
{
	return notification_after(state, STEP_WITHDRAW) != S(UNSPECIFIED);
}

bool notification_waiting(Notification_State state)
{
	return notification_after(state, STEP_REMIND) != S(UNSPECIFIED);
}

bool notification_of(const Notification *notification, struct person_ref person)
{
	return notification->state != S(WITHDRAWN) && same(notification->recipient, person.user) &&
	       same(notification->recipient_organisation, person.organisation);
}

/* The same words for what is another's and for what does not exist. */
static int no_notification(const struct input *in)
{
	return refuse(in, CODE_NOT_FOUND, "id", "そのお知らせはあなたの受信箱にありません。",
		      "There is no such notification in your inbox.");
}

static int wrong_state(const struct input *in, Notification_State state)
{
	return refuse(in, CODE_FAILED_PRECONDITION, "",
		      arena_printf(in->arena, "このお知らせは「%s」の状態なので、この操作はできません。",
				   state_names[state].ja),
		      arena_printf(in->arena, "This notification is %s: that cannot be done from here.",
				   state_names[state].en));
}

static int move(const struct input *in, const struct one_view *view, enum step step,
		const char *reason, NotificationMoved *fact)
{
	const Notification *notification = view->notification;

	if (!notification || !notification_of(notification, actor_ref(in)))
		return no_notification(in);
	Notification_State next = notification_after(notification->state, step);
	if (next == S(UNSPECIFIED))
		return wrong_state(in, notification->state);
	fact->id = notification->id;
	fact->state = next;
	fact->reason = arena_string(in->arena, reason);
	return 0;
}

int notification_open(const struct input *in, const struct one_view *view,
		      const OpenNotification *request, NotificationMoved *fact)
{
	(void)request;
	return move(in, view, STEP_OPEN, "", fact);
}

int notification_accept(const struct input *in, const struct one_view *view,
			const AcceptNotification *request, NotificationMoved *fact)
{
	(void)request;
	return move(in, view, STEP_ACCEPT, "", fact);
}

int notification_finish(const struct input *in, const struct one_view *view,
			const FinishNotification *request, NotificationMoved *fact)
{
	(void)request;
	return move(in, view, STEP_FINISH, "", fact);
}

int notification_decline(const struct input *in, const struct one_view *view,
			 const DeclineNotification *request, NotificationMoved *fact)
{
	if (strlen(request->reason) > REASON_BYTES)
		return refuse(in, CODE_INVALID_ARGUMENT, "reason", "理由は1000バイト以内にしてください。",
			      "Keep the reason within 1000 bytes.");
	return move(in, view, STEP_DECLINE, request->reason, fact);
}

/* Those delivered before, and those that have gone elsewhere meanwhile, are passed over. */
int delivery_confirm(const struct input *in, const struct deliveries *view,
		     const ConfirmDelivery *request, NotificationsDelivered *fact)
{
	int rc = 0;

	if (request->n_ids > DELIVERIES_MAX)
		return refuse(in, CODE_INVALID_ARGUMENT, "ids", "一度に確認できるのは500件までです。",
			      "Confirm at most 500 at a time.");
	for (size_t i = 0; i < view->n_items && !rc; i++)
		if (notification_of(view->items[i], actor_ref(in)) &&
		    notification_after(view->items[i]->state, STEP_DELIVER))
			rc = arena_append(in->arena, &fact->ids, &fact->n_ids, view->items[i]->id);
	return rc || fact->n_ids ? rc : ERR_NOTHING;
}

static bool offered(const struct input *in, const struct one_view *view)
{
	return view->offered && in->actor.profession == PROFESSION_DOCTOR &&
	       same(view->notification->offered_to, in->actor.organisation);
}

static bool may_take_over(const struct input *in, const struct one_view *view)
{
	const Notification *notification = view->notification;
	const SubstituteSet *substitution = view->substitution;

	if (offered(in, view))
		return true;
	if (!same(notification->recipient_organisation, in->actor.organisation))
		return false;
	if (notification->recipient_profession == in->actor.profession)
		return true;
	return substitution && same(substitution->substitute, in->actor.user) &&
	       in->now_ms >= substitution->from_ms && in->now_ms < substitution->until_ms;
}

/* One's own, of what somebody else has accepted: from them, for one was asked too. */
static int take_from_holder(const struct input *in, const struct one_view *view,
			    NotificationTakenOver *fact)
{
	const Notification *own = view->notification, *holder = view->holder;

	if (!holder || same(holder->recipient, in->actor.user) || own->state == S(ACCEPTED))
		return refuse(in, CODE_FAILED_PRECONDITION, "id",
			      "このお知らせはすでにあなたのものです。「対応します」を選んでください。",
			      "This notification is yours already: accept it.");
	if (!notification_after(own->state, STEP_TAKE_OVER))
		return wrong_state(in, own->state);
	if (holder->state != S(ACCEPTED))
		return wrong_state(in, holder->state);
	fact->id = holder->id;
	fact->from = holder->recipient;
	fact->to = arena_string(in->arena, in->actor.user);
	fact->own = own->id;
	return 0;
}

int notification_take_over(const struct input *in, const struct one_view *view,
			   const TakeOverNotification *request, NotificationTakenOver *fact)
{
	const Notification *notification = view->notification;

	(void)request;
	if (!notification || notification->state == S(WITHDRAWN) || !may_take_over(in, view))
		return no_notification(in);
	if (same(notification->recipient, in->actor.user))
		return take_from_holder(in, view, fact);
	if (!notification_after(notification->state, STEP_TAKE_OVER))
		return wrong_state(in, notification->state);
	fact->id = notification->id;
	fact->from = notification->recipient;
	fact->to = arena_string(in->arena, in->actor.user);
	fact->handed_on = offered(in, view);
	if (fact->handed_on && view->own && notification_after(view->own->state, STEP_TAKE_OVER))
		fact->own = view->own->id;
	return 0;
}

/* ---- hand-over ---------------------------------------------------------------------------- */

static bool colleagues(const Person *from, const Person *to)
{
	return from && to && to->state == ENROLMENT_STATE_ENROLLED && !same(from->id, to->id) &&
	       same(from->organisation, to->organisation) && from->profession == to->profession;
}

static void fill_hand_over(const struct hand_over_view *view, HandedOver *fact)
{
	fact->from = view->from->id;
	fact->to = view->to->id;
	fact->ids = view->ids;
	fact->n_ids = view->n_ids;
	fact->more = view->more;
	fact->recipient_organisation = view->to->organisation;
	fact->recipient_profession = view->to->profession;
}

int hand_over(const struct input *in, const struct hand_over_view *view, const HandOver *request,
	      HandedOver *fact)
{
	if (!view->to || view->to->state != ENROLMENT_STATE_ENROLLED)
		return refuse(in, CODE_NOT_FOUND, "to", "その利用者は登録されていません。",
			      "There is no such person enrolled.");
	if (same(request->to, in->actor.user))
		return refuse(in, CODE_INVALID_ARGUMENT, "to", "自分自身へは申し送りできません。",
			      "You cannot hand over to yourself.");
	if (!colleagues(view->from, view->to))
		return refuse(in, CODE_FAILED_PRECONDITION, "to",
			      "申し送りは、同じ事業所の同じ職種の人にだけできます。",
			      "You can hand over only to a colleague of your organisation and profession.");
	if (view->n_ids == 0)
		return ERR_NOTHING;
	fill_hand_over(view, fact);
	return 0;
}

int hand_over_continue(const struct input *in, const struct hand_over_view *view,
		       const HandOverDue *due, HandedOver *fact)
{
	(void)in;
	if (!colleagues(view->from, view->to) || view->n_ids == 0)
		return ERR_NOTHING;
	fill_hand_over(view, fact);
	fact->until = due->until;
	return 0;
}

/* ---- reminders ---------------------------------------------------------------------------- */

int event_remind(const struct input *in, const struct event_view *view, const ReminderDue *due,
		 Reminded *fact)
{
	(void)in;
	if (view->taken || view->n_waiting == 0)
		return ERR_NOTHING;
	fact->event = due->event;
	fact->ids = view->waiting;
	fact->n_ids = view->n_waiting;
	return 0;
}

/* ---- what a person sets ------------------------------------------------------------------- */

uint32_t muted_after(uint32_t kinds, EntryKind kind, bool muted)
{
	uint32_t bits = kind == ENTRY_KIND_UNSPECIFIED ? EVERY_KIND : 1u << kind;
	return muted ? kinds | bits : kinds & ~bits;
}

int mute_set(const struct input *in, const struct mute_view *view, const Mute *request,
	     MuteSet *fact)
{
	if (request->kind != ENTRY_KIND_UNSPECIFIED &&
	    !protobuf_c_enum_descriptor_get_value(&EntryKind_descriptor, (int)request->kind))
		return refuse(in, CODE_INVALID_ARGUMENT, "kind", "その種類の記録はありません。",
			      "There is no such kind of entry.");
	/* The same words whether the patient exists or not. */
	if (!team_reaches(&view->team, actor_ref(in), in->now_ms))
		return refuse(in, CODE_PERMISSION_DENIED, "patient",
			      "この患者は存在しないか、閲覧の権限がありません。",
			      "This patient does not exist, or you may not see them.");
	if (request->muted && view->muted_patients >= MUTED_PATIENTS_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "patient",
			      "お知らせを止められる患者は200人までです。先にほかの患者の設定を戻してください。",
			      "You can mute at most 200 patients. Turn others on again first.");
	fact->user = arena_string(in->arena, in->actor.user);
	fact->patient = request->patient;
	fact->kind = request->kind;
	fact->muted = request->muted;
	return 0;
}

int substitute_set(const struct input *in, const struct substitute_view *view,
		   const SetSubstitute *request, SubstituteSet *fact)
{
	const Person *substitute = view->substitute;

	fact->user = arena_string(in->arena, in->actor.user);
	if (!request->user[0])
		return 0;
	if (!substitute || substitute->state != ENROLMENT_STATE_ENROLLED)
		return refuse(in, CODE_NOT_FOUND, "user", "その利用者は登録されていません。",
			      "There is no such person enrolled.");
	if (same(substitute->id, in->actor.user))
		return refuse(in, CODE_INVALID_ARGUMENT, "user", "自分自身を代理にはできません。",
			      "You cannot be your own substitute.");
	if (!same(substitute->organisation, in->actor.organisation))
		return refuse(in, CODE_FAILED_PRECONDITION, "user", "代理は同じ事業所の人にだけ頼めます。",
			      "A substitute must be of your own organisation.");
	int64_t from_ms = request->from_ms ? request->from_ms : in->now_ms;
	if (request->until_ms <= from_ms || request->until_ms <= in->now_ms)
		return refuse(in, CODE_INVALID_ARGUMENT, "until_ms",
			      "代理の終わりは、始まりと今より後にしてください。",
			      "The period must end after it begins, and after now.");
	fact->substitute = request->user;
	fact->from_ms = from_ms;
	fact->until_ms = request->until_ms;
	return 0;
}
