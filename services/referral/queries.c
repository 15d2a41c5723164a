#include "queries.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "disclose.h"
#include "views.h"

#define TAKEN_COUNT_MAX 200 /* more are not told apart */
#define OPEN_SCAN_MAX 1000
#define AUDIT_ITEMS 200
#define SHOWN_LEAST 5       /* a figure of patients below it is not told */

/* ---- the pool ----------------------------------------------------------------------------- */

static uint32_t taken_since(struct tx *tx, const char *organisation, ReferralKind kind,
			    int64_t since_ms)
{
	struct key prefix = taken_prefix(organisation, kind), from = prefix;
	struct scan scan;
	uint32_t n = 0;

	key_add_u64(&from, since_ms > 0 ? (uint64_t)since_ms : 0);
	scan_open(&scan, tx, TABLE_TAKEN, &prefix, &from);
	while (n < TAKEN_COUNT_MAX && scan_next(&scan))
		n++;
	scan_close(&scan);
	return n;
}

/* Of an organisation two things are needed, and it may be large: it is read in a
 * memory of its own. */
static int add_candidate(struct tx *tx, const struct input *in, ReferralKind kind,
			 const char *id, struct arena *looking, struct pool *pool)
{
	struct candidate *candidate = &pool->items[pool->n];
	struct arena *kept = tx->arena;
	Organisation *organisation;
	Capacity *capacity;

	arena_reset(looking);
	tx->arena = looking;
	int rc = organisation_get(tx, id, &organisation);
	tx->arena = kept;
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc; /* both are written together */
	rc = capacity_followed_get(tx, id, &capacity);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	candidate->organisation = arena_string(kept, organisation->id);
	candidate->area = organisation->area;
	candidate->capacity = rc ? NULL : capacity;
	candidate->taken = taken_since(tx, id, kind, in->now_ms - TAKEN_MS);
	pool->n++;
	return 0;
}

/* Sorted by name; beyond POOL_MAX nobody is asked: a city has some dozens. */
static int load_pool(struct tx *tx, const struct input *in, ReferralKind kind, struct pool *pool)
{
	struct key prefix = pool_prefix(kind);
	struct arena looking;
	struct scan scan;
	int rc = 0;

	pool->items = arena_alloc(tx->arena, POOL_MAX * sizeof(*pool->items));
	if (!pool->items)
		return ERR_NOMEM;
	arena_init(&looking, LIMIT_ARENA_BYTES);
	scan_open(&scan, tx, TABLE_POOL, &prefix, NULL);
	while (!rc && pool->n < POOL_MAX && scan_next(&scan))
		rc = add_candidate(tx, in, kind, (const char *)scan_rest(&scan, NULL), &looking,
				   pool);
	scan_close(&scan);
	arena_close(&looking);
	return rc ? rc : tx->error;
}

/* ---- one request -------------------------------------------------------------------------- */

static int load_one(struct tx *tx, const struct input *in, const char *id, bool pool,
		    struct referral_rule *view)
{
	Organisation *organisation;
	ReferralView *found;

	int rc = referral_get(tx, id, &found);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->view = found;
	rc = organisation_get(tx, in->actor.organisation, &organisation);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	view->organisation = rc ? NULL : organisation;
	return pool ? load_pool(tx, in, found->referral->kind, &view->pool) : 0;
}

int load_accept_referral(struct tx *tx, const struct input *in, const AcceptReferral *request,
			 struct referral_rule *view)
{
	return load_one(tx, in, request->id, false, view);
}

int load_decline_referral(struct tx *tx, const struct input *in, const DeclineReferral *request,
			  struct referral_rule *view)
{
	return load_one(tx, in, request->id, true, view);
}

int load_withdraw_referral(struct tx *tx, const struct input *in, const WithdrawReferral *request,
			   struct referral_rule *view)
{
	return load_one(tx, in, request->id, true, view);
}

int load_confirm_referral(struct tx *tx, const struct input *in, const ConfirmReferral *request,
			  struct referral_rule *view)
{
	int rc = load_one(tx, in, request->id, false, view);

	if (rc || !view->view)
		return rc;
	return team_load(tx, referral_team, view->view->referral->patient, &view->team);
}

int load_pass_referral(struct tx *tx, const struct input *in, const PassReferral *request,
		       struct referral_rule *view)
{
	return load_one(tx, in, request->id, true, view);
}

int load_cancel_referral(struct tx *tx, const struct input *in, const CancelReferral *request,
			 struct referral_rule *view)
{
	return load_one(tx, in, request->id, false, view);
}

int load_report_referral(struct tx *tx, const struct input *in, const ReportReferral *request,
			 struct referral_rule *view)
{
	return load_one(tx, in, request->id, false, view);
}

int load_close_referral(struct tx *tx, const struct input *in, const CloseReferral *request,
			struct referral_rule *view)
{
	return load_one(tx, in, request->id, false, view);
}

int load_due(struct tx *tx, const struct input *in, const ReferralDue *due,
	     struct referral_rule *view)
{
	return load_one(tx, in, due->id, due->deadline, view);
}

int load_cut_off(struct tx *tx, const struct input *in, const CutOffDue *due,
		 struct referral_rule *view)
{
	return load_one(tx, in, due->id, false, view);
}

int load_placement_answer(struct tx *tx, const struct input *in, const PlacementAnswer *notice,
			  struct referral_rule *view)
{
	return load_one(tx, in, notice->referral, false, view);
}

/* ---- asking ------------------------------------------------------------------------------- */

/* What the team may learn of a request, and without its offers: there may be many. */
static int add_open(struct arena *arena, const Referral *referral, Referral ***open, size_t *n_open)
{
	Referral *one = arena_copy(arena, referral, sizeof(*referral));

	if (!one)
		return ERR_NOMEM;
	one->id = arena_string(arena, referral->id);
	one->asker = arena_string(arena, referral->asker);
	one->asked_by = arena_string(arena, referral->asked_by);
	one->patient = arena_string(arena, referral->patient);
	one->district = one->outcome = one->taker = arena_string(arena, "");
	one->n_needs = one->n_offers = 0;
	one->needs = NULL;
	one->offers = NULL;
	return arena_append(arena, open, n_open, one);
}

/* The requests for a patient that are not over. */
static int load_open(struct tx *tx, const char *patient, Referral ***open, size_t *n_open)
{
	struct key prefix = key_text(patient);
	struct scratch scratch;
	struct scan scan;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_OF_PATIENT, &prefix, NULL);
	while (!rc && *n_open < OPEN_MAX && scan_next(&scan)) {
		ReferralView *view;
		rc = referral_get(tx, (const char *)scan_rest(&scan, NULL), &view);
		if (!rc)
			rc = add_open(scratch.kept, view->referral, open, n_open);
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

int load_ask(struct tx *tx, const struct input *in, const AskReferral *request,
	     struct ask_rule *view)
{
	Organisation *organisation;
	PatientNotice *patient;

	view->team.registrar = "";
	int rc = organisation_get(tx, in->actor.organisation, &organisation);
	if (!rc)
		view->organisation = organisation;
	if (!rc || rc == ERR_NOTFOUND)
		rc = patient_notice_get(tx, request->patient, &patient);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->patient = patient;
	rc = team_load(tx, referral_team, request->patient, &view->team);
	if (!rc)
		rc = load_open(tx, request->patient, &view->open, &view->n_open);
	return rc ? rc : load_pool(tx, in, request->kind, &view->pool);
}

/* ---- what is left behind ------------------------------------------------------------------ */

static bool leaves_behind(const Referral *referral, const char *organisation)
{
	if (!strcmp(referral->asker, organisation))
		return life_possible(REFERRAL_CHANGED_STEP_ASKER_LEFT, referral->state);
	const Offer *offer = life_offer(referral, organisation);
	return offer && life_involved(offer) &&
	       life_possible(REFERRAL_CHANGED_STEP_WITHDRAW, referral->state);
}

/* The first request that an organisation leaves behind. */
static int behind_organisation(struct tx *tx, const struct input *in, const char *organisation,
			       struct behind_rule *view)
{
	struct key prefix = key_text(organisation);
	char id[ID_SIZE] = "";
	struct scratch scratch;
	struct scan scan;
	unsigned n = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_OPEN, &prefix, NULL);
	while (!*id && n++ < OPEN_SCAN_MAX && scan_next(&scan)) {
		ReferralView *one;
		const char *candidate = (const char *)scan_rest(&scan, NULL) + 8;
		if (referral_get(tx, candidate, &one) == 0 &&
		    leaves_behind(one->referral, organisation))
			memcpy(id, one->referral->id, ID_SIZE);
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return tx->error ? tx->error : load_one(tx, in, id, true, &view->one);
}

static int behind_patient(struct tx *tx, const struct input *in, const char *patient,
			  struct behind_rule *view)
{
	PatientNotice *notice;
	Referral **open = NULL;
	size_t n_open = 0;
	struct team team;

	int rc = team_load(tx, referral_team, patient, &team);
	if (!rc)
		rc = load_open(tx, patient, &open, &n_open);
	if (!rc)
		rc = patient_notice_get(tx, patient, &notice);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->consent = team.consent;
	view->deceased = notice->deceased;
	return n_open ? load_one(tx, in, open[0]->id, false, &view->one) : 0;
}

int load_left_behind(struct tx *tx, const struct input *in, const LeftBehindDue *due,
		     struct behind_rule *view)
{
	Organisation *organisation;

	if (due->patient[0])
		return behind_patient(tx, in, due->patient, view);
	int rc = organisation_get(tx, due->organisation, &organisation);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->left = organisation->left;
	return behind_organisation(tx, in, due->organisation, view);
}

int load_patient_notice(struct tx *tx, const struct input *in, const PatientNotice *notice,
			struct nothing_rule *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

int load_team_notice(struct tx *tx, const struct input *in, const TeamNotice *notice,
		     struct nothing_rule *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

int load_consent_notice(struct tx *tx, const struct input *in, const ConsentNotice *notice,
			struct nothing_rule *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

int load_capacity_notice(struct tx *tx, const struct input *in, const CapacityNotice *notice,
			 struct nothing_rule *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

/* ---- who reads ---------------------------------------------------------------------------- */

static int no_list(const struct input *in)
{
	return refuse(in, CODE_PERMISSION_DENIED, "", "あなたの職種では依頼を見られません。",
		      "Your profession does not see requests.");
}

static bool of_centre(struct tx *tx, const struct input *in)
{
	Organisation *organisation;

	return organisation_get(tx, in->actor.organisation, &organisation) == 0 &&
	       is_centre(in, organisation);
}

static bool sees_patient(struct tx *tx, const struct input *in, const char *patient,
			 struct team *team)
{
	struct person_ref reader = { in->actor.user, in->actor.organisation, in->actor.profession };

	return may_read(in->actor.profession) &&
	       team_load(tx, referral_team, patient, team) == 0 &&
	       team_reaches(team, reader, in->now_ms);
}

/* That the reader was told of a patient goes into the journal before the answer leaves. */
static int note_access(const struct input *in, const struct team *team, const char *patient,
		       const ProtobufCMessageDescriptor *request, struct answer *answer)
{
	Accessed *access = answer->access;

	if (!access)
		access = answer->access = NEW(Accessed, in->arena);
	if (!access)
		return ERR_NOMEM;
	access->what = arena_string(in->arena, codec_name(request));
	access->right = !strcmp(team->registrar, in->actor.organisation) ? ACCESSED_RIGHT_REGISTRAR
									  : ACCESSED_RIGHT_TEAM;
	for (size_t i = 0; i < access->n_patients; i++)
		if (!strcmp(access->patients[i], patient))
			return 0;
	return arena_append(in->arena, &access->patients, &access->n_patients,
			    arena_string(in->arena, patient));
}

/* What this reader may see of it; NULL in *out: nothing. */
static int show(struct tx *tx, const struct input *in, const ReferralView *view, enum part part,
		const ProtobufCMessageDescriptor *request, Referral **out, struct answer *answer)
{
	struct team team;
	bool sees = !in->push && sees_patient(tx, in, view->referral->patient, &team);

	*out = disclose(view->referral, part, in->actor.organisation, sees, in->arena);
	if (tx->error)
		return tx->error;
	if (!*out)
		return part == PART_NONE ? 0 : ERR_NOMEM;
	return (*out)->patient[0] ? note_access(in, &team, (*out)->patient, request, answer) : 0;
}

int referral_show(struct tx *tx, const struct input *in, const ShowReferral *request,
		  Referral *response, struct answer *answer)
{
	ReferralView *view;
	Referral *shown = NULL;

	int rc = referral_get(tx, request->id, &view);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (!rc && may_read(in->actor.profession)) {
		enum part part = disclose_part(view->referral, in->actor.organisation,
					       of_centre(tx, in), view->was_with_centre);
		rc = show(tx, in, view, part, &ShowReferral_descriptor, &shown, answer);
		if (rc)
			return rc;
	}
	if (!shown)
		return refuse_unknown(in);
	*response = *shown;
	return 0;
}

/* ---- lists -------------------------------------------------------------------------------- */

struct page {
	size_t bytes, work_from;
};

static bool page_full(const struct tx *tx, const struct page *page, const ReferralList *list)
{
	return page->bytes >= LIMIT_PAGE_BYTES || list->n_items >= LIMIT_PAGE_ITEMS ||
	       tx->arena->used_bytes - page->work_from >= LIMIT_PAGE_WORK_BYTES;
}

static int list_item(struct tx *tx, const struct input *in, const char *id, bool centre,
		     struct page *page, ReferralList *list, struct answer *answer)
{
	ReferralView *view;
	Referral *shown;

	int rc = referral_get(tx, id, &view);
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	enum part part = disclose_part(view->referral, in->actor.organisation, centre,
				       view->was_with_centre);
	rc = show(tx, in, view, part, &ListReferrals_descriptor, &shown, answer);
	if (rc || !shown)
		return rc;
	page->bytes += protobuf_c_message_get_packed_size(&shown->base) + 8;
	return arena_append(in->arena, &list->items, &list->n_items, shown);
}

/* From the beginning: what is open, or all of it; after a position: all that changed since. */
static int list_of(struct tx *tx, const struct input *in, const char *organisation, bool all,
		   bool centre, ReferralList *list, struct answer *answer)
{
	struct key prefix = key_text(organisation);
	struct key from = key_text_u64(organisation, in->after + 1);
	struct page page = { .work_from = tx->arena->used_bytes };
	uint64_t last = in->after;
	struct scan scan;
	int rc = 0;

	scan_open(&scan, tx, in->after || all ? TABLE_CONCERNS : TABLE_OPEN, &prefix, &from);
	while (!rc && scan_next(&scan)) {
		if (page_full(tx, &page, list)) {
			answer->more = true;
			answer->position = last;
			break;
		}
		last = scan_rest_number(&scan);
		rc = list_item(tx, in, (const char *)scan_rest(&scan, NULL) + 8, centre, &page,
			       list, answer);
	}
	scan_close(&scan);
	answer->watch_key = list_watch_key(organisation);
	return rc ? rc : tx->error;
}

/* The open ones for a patient: who asks a second time sees the first. */
static int list_of_patient(struct tx *tx, const struct input *in, const char *patient,
			   ReferralList *list, struct answer *answer)
{
	Referral **open = NULL;
	size_t n_open = 0;
	struct team team;

	if (!id_valid(patient) || !sees_patient(tx, in, patient, &team))
		return tx->error ? tx->error : refuse_patient(in, "patient");
	int rc = note_access(in, &team, patient, &ListReferrals_descriptor, answer);
	if (!rc)
		rc = load_open(tx, patient, &open, &n_open);
	for (size_t i = 0; !rc && i < n_open; i++) {
		Referral *shown =
			disclose(open[i], PART_TEAM, in->actor.organisation, true, in->arena);
		rc = shown ? arena_append(in->arena, &list->items, &list->n_items, shown)
			   : ERR_NOMEM;
	}
	return rc;
}

int referral_list(struct tx *tx, const struct input *in, const ListReferrals *request,
		  ReferralList *list, struct answer *answer)
{
	if (!may_read(in->actor.profession))
		return no_list(in);
	if (request->patient[0])
		return list_of_patient(tx, in, request->patient, list, answer);
	bool centre = of_centre(tx, in);
	if (!request->unplaced)
		return list_of(tx, in, in->actor.organisation, request->all, centre, list, answer);
	if (!centre)
		return refuse(in, CODE_PERMISSION_DENIED, "unplaced",
			      "受け手のない依頼の一覧は、支援センターの担当者だけが見られます。",
			      "The list of unplaced requests is the support centre's.");
	return list_of(tx, in, CENTRE, request->all, true, list, answer);
}

/* ---- audit -------------------------------------------------------------------------------- */

/* As record decides it: administrators, the registering organisation, the attending doctor. */
static Accessed_Right audit_right(const struct input *in, const struct team *team)
{
	struct person_ref reader = { in->actor.user, in->actor.organisation, in->actor.profession };

	if (in->actor.profession == PROFESSION_ADMINISTRATOR)
		return ACCESSED_RIGHT_AUDIT;
	if (!may_read(in->actor.profession))
		return ACCESSED_RIGHT_UNSPECIFIED;
	if (team->registrar[0] && !strcmp(team->registrar, in->actor.organisation))
		return ACCESSED_RIGHT_REGISTRAR;
	for (size_t i = 0; team->consent && i < team->n_members; i++)
		if (team->members[i]->role == TEAM_ROLE_ATTENDING &&
		    in->actor.profession == PROFESSION_DOCTOR &&
		    member_covers(team->members[i], reader))
			return ACCESSED_RIGHT_TEAM;
	return ACCESSED_RIGHT_UNSPECIFIED;
}

static Accessed_Right right_in(struct tx *tx, const JournalEntry *entry)
{
	struct bytes fact = { entry->fact.data, entry->fact.len };
	ProtobufCMessage *message;

	if (!strcmp(entry->type, codec_name(&Accessed_descriptor)) &&
	    codec_unpack(&Accessed_descriptor, fact, tx->arena, &message) == 0)
		return ((const Accessed *)(const void *)message)->right;
	if (!strcmp(entry->type, codec_name(&ReferralChanged_descriptor)) &&
	    codec_unpack(&ReferralChanged_descriptor, fact, tx->arena, &message) == 0 &&
	    ((const ReferralChanged *)(const void *)message)->right)
		return ((const ReferralChanged *)(const void *)message)->right;
	return ACCESSED_RIGHT_REFERRAL;
}

static int audit_event(struct tx *tx, uint64_t position, AuditList *response)
{
	AuditEvent *event = NEW(AuditEvent, tx->arena);
	JournalEntry *entry;

	int rc = event ? journal_read(tx, position, &entry) : ERR_NOMEM;
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	event->position = position;
	event->time_ms = entry->time_ms;
	event->user = entry->user;
	event->device = entry->device;
	event->organisation = entry->organisation;
	event->profession = (Profession)entry->profession;
	event->what = entry->cause;
	event->right = right_in(tx, entry);
	return arena_append(tx->arena, &response->items, &response->n_items, event);
}

/* What record's own audit does not know: who was told of the patient here, and what was asked. */
int audit_show(struct tx *tx, const struct input *in, const ShowAudit *request, AuditList *response,
	       struct answer *answer)
{
	struct key prefix = key_text(request->patient), from = prefix;
	size_t work_from = tx->arena->used_bytes;
	struct team team = { .registrar = "" };
	struct scan scan;
	int rc = 0;

	if (id_valid(request->patient))
		rc = team_load(tx, referral_team, request->patient, &team);
	Accessed_Right right = rc ? ACCESSED_RIGHT_UNSPECIFIED : audit_right(in, &team);
	if (rc)
		return rc;
	if (right == ACCESSED_RIGHT_UNSPECIFIED && patient_fresh(in, request->patient))
		return patient_not_yet(in);
	if (right == ACCESSED_RIGHT_UNSPECIFIED || !id_valid(request->patient))
		return refuse_patient(in, "");
	answer->access = NEW(Accessed, in->arena);
	if (!answer->access)
		return ERR_NOMEM;
	answer->access->patient = arena_string(in->arena, request->patient);
	answer->access->right = right;
	answer->access->what = arena_string(in->arena, codec_name(&ShowAudit_descriptor));
	key_add_u64(&from, in->after + 1);
	scan_open(&scan, tx, TABLE_AUDIT, &prefix, &from);
	while (!rc && scan_next(&scan)) {
		if (response->n_items >= AUDIT_ITEMS ||
		    tx->arena->used_bytes - work_from >= LIMIT_PAGE_WORK_BYTES) {
			answer->more = true;
			break;
		}
		answer->position = scan_number(&scan);
		rc = audit_event(tx, answer->position, response);
	}
	scan_close(&scan);
	if (!answer->more)
		answer->position = 0;
	return rc ? rc : tx->error;
}

/* ---- figures ------------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* No figure of 1 to 4 patients is told: in a small area it might be one whom somebody knows. */
static int32_t told(uint32_t count)
{
	return count && count < SHOWN_LEAST ? -1 : (int32_t)count;
}

static int add_figure(const struct input *in, const char *month, const uint8_t *key,
		      FigureView *view, Figures *response)
{
	Figure *figure = NEW(Figure, in->arena);

	if (!figure)
		return ERR_NOMEM;
	figure->month = arena_string(in->arena, month);
	figure->kind = (ReferralKind)key[0];
	figure->area = (Area)key[1];
	figure->asked = told(view->asked);
	figure->placed = told(view->placed);
	figure->closed = told(view->closed);
	figure->median_minutes = -1;
	if (view->n_minutes >= SHOWN_LEAST) {
		qsort(view->minutes, view->n_minutes, sizeof(*view->minutes), by_size);
		figure->median_minutes = (int32_t)view->minutes[view->n_minutes / 2];
	}
	return arena_append(in->arena, &response->items, &response->n_items, figure);
}

static void count_one(const Referral *referral, const char *month, Figures *response)
{
	char day[DATE_SIZE];

	date_day(day, referral->asked_ms);
	for (size_t i = 0; i < response->n_items && !strncmp(day, month, 7); i++)
		if (response->items[i]->kind == referral->kind &&
		    response->items[i]->area == referral->area)
			response->items[i]->unplaced++;
}

/* How many of each kind and area of that month stand on the centre's list now. */
static int count_unplaced(struct tx *tx, const char *month, Figures *response)
{
	struct key prefix = key_text(CENTRE);
	struct scratch scratch; /* there is no limit to them */
	struct scan scan;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_OPEN, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		ReferralView *view;
		rc = referral_get(tx, (const char *)scan_rest(&scan, NULL) + 8, &view);
		if (!rc)
			count_one(view->referral, month, response);
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	for (size_t i = 0; i < response->n_items; i++)
		response->items[i]->unplaced = told((uint32_t)response->items[i]->unplaced);
	return rc ? rc : tx->error;
}

int figures_show(struct tx *tx, const struct input *in, const ShowFigures *request,
		 Figures *response, struct answer *answer)
{
	char month[DATE_SIZE];
	struct scan scan;
	int rc = 0;

	(void)answer;
	if (in->actor.profession != PROFESSION_CITY_OFFICER && !of_centre(tx, in))
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "集計を見られるのは、市の担当者と支援センターの担当者です。",
			      "Figures are for the city office and the support centre.");
	if (request->month[0] && (strlen(request->month) != 7 || !date_valid(request->month)))
		return refuse(in, CODE_INVALID_ARGUMENT, "month",
			      "月は 2026-11 の形で入れてください。", "Give the month as 2026-11.");
	date_day(month, in->now_ms);
	month[7] = '\0';
	if (request->month[0])
		memcpy(month, request->month, 8);
	struct key prefix = figures_prefix(month);
	scan_open(&scan, tx, TABLE_FIGURES, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		FigureView *view;
		rc = SCAN_MESSAGE(&scan, FigureView, &view);
		if (!rc)
			rc = add_figure(in, month, scan_rest(&scan, NULL), view, response);
	}
	scan_close(&scan);
	if (!rc)
		rc = tx->error;
	return rc ? rc : count_unplaced(tx, month, response);
}
