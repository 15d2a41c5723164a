#include "queries.h"

#include <string.h>

#include "bundle.h"
#include "chain.h"
#include "duty.h"
#include "views.h"

/* Parts of a key are texts with their NUL; the next one, and what is left behind it. */
static const char *key_part(const uint8_t **rest)
{
	const char *text = (const char *)*rest;
	*rest += strlen(text) + 1;
	return text;
}

/* ---- who could be told -------------------------------------------------------------------- */

int load_substitute_of(struct tx *tx, struct candidate *candidate)
{
	SubstituteSet *substitution;
	Person *substitute;

	int rc = substitution_get(tx, candidate->person->id, &substitution);
	if (rc == 0) {
		candidate->substitution = substitution;
		rc = person_get(tx, substitution->substitute, &substitute);
		if (rc == 0)
			candidate->substitute = substitute;
	}
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int add_candidate(struct tx *tx, const char *patient, const TeamMember *member,
			 const Person *person, struct audience *view)
{
	struct candidate *candidate = arena_alloc(tx->arena, sizeof(*candidate));

	if (!candidate)
		return ERR_NOMEM;
	candidate->person = person;
	candidate->member = member;
	int rc = mutes_get(tx, person->id, patient, &candidate->muted);
	if (!rc)
		rc = load_substitute_of(tx, candidate);
	return rc ? rc : arena_append(tx->arena, &view->candidates, &view->n_candidates, candidate);
}

static int add_staff(struct tx *tx, const char *patient, const TeamMember *member,
		     const char *organisation, Profession profession, struct audience *view)
{
	Person **people = NULL;
	size_t n_people = 0;

	int rc = staff_names(tx, organisation, profession, &people, &n_people);
	for (size_t i = 0; i < n_people && !rc; i++)
		rc = add_candidate(tx, patient, member, people[i], view);
	return rc;
}

static int add_member(struct tx *tx, const char *patient, const TeamMember *member,
		      struct audience *view)
{
	Person *person;

	if (!member->user[0])
		return add_staff(tx, patient, member, member->organisation, member->profession, view);
	int rc = person_get(tx, member->user, &person);
	if (rc == ERR_NOTFOUND || (!rc && person->state != ENROLMENT_STATE_ENROLLED))
		return 0;
	return rc ? rc : add_candidate(tx, patient, member, person, view);
}

static int load_audience(struct tx *tx, const char *patient, struct audience *view)
{
	int rc = team_load(tx, alert_team, patient, &view->team);

	for (size_t i = 0; i < view->team.n_members && !rc; i++)
		rc = add_member(tx, patient, view->team.members[i], view);
	return rc;
}

int load_entry_audience(struct tx *tx, const struct input *in, const EntryNotice *notice,
			struct audience *view)
{
	struct key key = key_text(notice->entry);
	int rc = load_audience(tx, notice->patient, view);

	view->told = tx_has(tx, TABLE_TOLD, &key);
	if (rc || view->told)
		return rc;
	if (!notice->urgent)
		return bundle_load_hours(tx, in, view->candidates, view->n_candidates);
	struct chain *chain = arena_alloc(tx->arena, sizeof(*chain));
	view->chain = chain;
	return chain ? chain_load(tx, in, &view->team, NULL, 0, chain) : ERR_NOMEM;
}

static int add_centre(struct arena *arena, const Organisation *organisation,
		      Organisation ***centres, size_t *n_centres)
{
	Organisation *centre = NEW(Organisation, arena);

	if (!centre)
		return ERR_NOMEM;
	centre->id = arena_string(arena, organisation->id);
	centre->kind = organisation->kind;
	return arena_append(arena, centres, n_centres, centre);
}

int list_centres(struct tx *tx, Organisation ***centres, size_t *n_centres)
{
	struct scratch scratch;
	struct scan scan;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_ORGANISATIONS, NULL, NULL);
	while (!rc && scan_next(&scan)) {
		Organisation *organisation;
		rc = SCAN_MESSAGE(&scan, Organisation, &organisation);
		if (!rc && organisation->kind == ORGANISATION_KIND_SUPPORT_CENTRE && !organisation->left)
			rc = add_centre(scratch.kept, organisation, centres, n_centres);
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return rc ? rc : tx->error;
}

int load_glass_audience(struct tx *tx, const struct input *in, const GlassNotice *notice,
			struct audience *view)
{
	Organisation **centres = NULL;
	size_t n_centres = 0;
	int rc = load_audience(tx, notice->patient, view);

	(void)in;
	if (!rc)
		rc = list_centres(tx, &centres, &n_centres);
	for (size_t i = 0; !rc && i < n_centres; i++)
		rc = add_staff(tx, notice->patient, NULL, centres[i]->id, PROFESSION_CENTRE_STAFF,
			       view);
	return rc;
}

/* ---- words of board and referral ---------------------------------------------------------- */

/* An organisation that is told, once: what is urgent before what is not. */
struct addressee {
	const char *organisation;
	OrganisationKind kind;
	bool left;
	Matter matter;
	bool urgent;
	uint32_t unstable;
};

struct addressees {
	struct addressee **items;
	size_t n;
};

static int add_addressee(struct arena *arena, const Organisation *organisation, const Told *told,
			 struct addressees *all)
{
	for (size_t i = 0; i < all->n; i++) {
		struct addressee *known = all->items[i];
		if (strcmp(known->organisation, organisation->id) != 0)
			continue;
		if (told->matter && (!known->matter || (told->urgent && !known->urgent))) {
			known->matter = told->matter;
			known->urgent = told->urgent;
			known->unstable = told->unstable;
		}
		return 0;
	}
	struct addressee *addressee = arena_alloc(arena, sizeof(*addressee));
	if (!addressee)
		return ERR_NOMEM;
	*addressee = (struct addressee){
		.organisation = arena_string(arena, organisation->id), .kind = organisation->kind,
		.left = organisation->left, .matter = told->matter, .urgent = told->urgent,
		.unstable = told->unstable,
	};
	return arena_append(arena, &all->items, &all->n, addressee);
}

/* Into the arena, which is not the transaction's: of a whole organisation little is kept. */
static int add_told_organisations(struct tx *tx, struct arena *arena, const Told *told,
				  struct addressees *all)
{
	Organisation **centres = NULL, *organisation;
	size_t n_centres = 0;
	int rc;

	if (told->organisation[0]) {
		rc = organisation_get(tx, told->organisation, &organisation);
		return rc == ERR_NOTFOUND ? 0
		       : rc               ? rc
					  : add_addressee(arena, organisation, told, all);
	}
	rc = list_centres(tx, &centres, &n_centres);
	for (size_t i = 0; !rc && i < n_centres; i++)
		rc = add_addressee(arena, centres[i], told, all);
	return rc;
}

static int list_addressees(struct tx *tx, const WordNotice *notice, struct addressees *all)
{
	struct scratch scratch;
	int rc = 0;

	scratch_open(&scratch, tx);
	for (size_t i = 0; !rc && i < notice->n_told; i++) {
		rc = add_told_organisations(tx, scratch.kept, notice->told[i], all);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	return rc;
}

static int add_told(struct tx *tx, const struct addressee *addressee, const Person *person,
		    struct word_audience *view)
{
	struct candidate *candidate = arena_alloc(tx->arena, sizeof(*candidate));
	Person *copy = NEW(Person, tx->arena);

	if (!candidate || !copy)
		return ERR_NOMEM;
	copy->id = arena_string(tx->arena, person->id);
	copy->organisation = arena_string(tx->arena, person->organisation);
	copy->profession = person->profession;
	candidate->person = copy;
	candidate->matter = addressee->matter;
	candidate->urgent = addressee->urgent;
	candidate->unstable = addressee->unstable;
	int rc = load_substitute_of(tx, candidate);
	return rc ? rc : arena_append(tx->arena, &view->candidates, &view->n_candidates, candidate);
}

/* Its staff, at most so many; a large hospital's is read in a memory of its own. */
static int add_told_staff(struct tx *tx, const struct addressee *addressee, size_t most,
			  struct word_audience *view)
{
	Profession professions[WORD_PROFESSIONS];
	size_t n = 0;
	int rc = 0;

	word_professions(addressee->kind, professions);
	for (size_t i = 0; i < WORD_PROFESSIONS && professions[i] && n < most && !rc; i++) {
		Person **people = NULL;
		size_t n_people = 0;
		struct scratch scratch;
		scratch_open(&scratch, tx);
		rc = staff_names(tx, addressee->organisation, professions[i], &people, &n_people);
		tx->arena = scratch.kept; /* for what is kept of them */
		for (size_t k = 0; k < n_people && n < most && !rc; k++, n++)
			rc = add_told(tx, addressee, people[k], view);
		scratch_close(&scratch, tx);
	}
	return rc;
}

/* What they were told of the same subject and have not done. */
static int add_withdrawn(struct tx *tx, const char *service, const char *subject,
			 const char *organisation, struct word_audience *view)
{
	struct key prefix = subject_key(service, subject, organisation);
	struct scan scan;
	int rc = 0;

	scan_open(&scan, tx, TABLE_SUBJECTS, &prefix, NULL);
	while (!rc && scan_next(&scan))
		rc = arena_append(tx->arena, &view->withdrawn, &view->n_withdrawn,
				  arena_string(tx->arena, (const char *)scan_rest(&scan, NULL)));
	scan_close(&scan);
	return rc ? rc : tx->error;
}

/* No organisation is left out because others have many people: all have the
 * same number of places. */
int load_word_audience(struct tx *tx, const struct input *in, const WordNotice *notice,
		       struct word_audience *view)
{
	struct addressees all = { .n = 0 };
	size_t most = WORD_STAFF_MAX;

	if (!word_valid(notice))
		return 0;
	struct key key = key_text(notice->event);
	view->told = tx_has(tx, TABLE_TOLD, &key);
	if (view->told)
		return 0;
	int rc = list_addressees(tx, notice, &all);
	if (all.n * most > WORD_RECIPIENTS_MAX)
		most = WORD_RECIPIENTS_MAX / all.n ? WORD_RECIPIENTS_MAX / all.n : 1;
	for (size_t i = 0; !rc && i < all.n; i++) {
		const struct addressee *addressee = all.items[i];
		rc = add_withdrawn(tx, in->instance, notice->subject, addressee->organisation,
				   view);
		if (!rc && addressee->matter && !addressee->left)
			rc = add_told_staff(tx, addressee, most, view);
	}
	return rc ? rc : bundle_load_hours(tx, in, view->candidates, view->n_candidates);
}

/* ---- withdrawal --------------------------------------------------------------------------- */

/*
 * Between two windows of a row, too: who comes back in a week keeps what is not done yet. When the
 * last window is over, record takes the row away and says so.
 */
static bool keeps_place(const struct team *team, struct person_ref person)
{
	if (team->registrar[0] && !strcmp(team->registrar, person.organisation))
		return true;
	for (size_t i = 0; team->consent && i < team->n_members; i++)
		if (member_covers(team->members[i], person))
			return true;
	return false;
}

static int keeps_user(struct tx *tx, const struct team *team, const char *user, bool *keeps)
{
	Person *person;
	int rc = person_get(tx, user, &person);

	*keeps = rc == 0 && person->state == ENROLMENT_STATE_ENROLLED &&
		 keeps_place(team, (struct person_ref){ person->id, person->organisation,
							person->profession });
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* Whom an escalation asked without a place in the team: who is on duty, as long as the patient may be
 * covered, and the support centre until it is over. */
static int keeps_asked(struct tx *tx, const char *id, bool covered, bool *keeps)
{
	Notification *item;
	int rc = notification_get(tx, id, &item);

	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	*keeps = item->place == ESCALATION_STEP_PLACE_CENTRE ||
		 (covered && (item->place == ESCALATION_STEP_PLACE_ON_DUTY_FIRST ||
			      item->place == ESCALATION_STEP_PLACE_ON_DUTY_SECOND));
	return 0;
}

/*
 * The open notifications of the patient that rest on nobody's access: neither on that of the person
 * through whom they came nor on the recipient's own. The key stands sorted by both.
 */
static int load_withdrawal(struct tx *tx, const struct input *in, const char *patient,
			   const struct team *team, struct withdrawal *view)
{
	struct key prefix = key_text(patient);
	struct scan scan;
	const char *last_through = "", *last_user = "";
	struct attending attending;
	bool keeps = false, keeps_one = false;
	int rc = attending_load(tx, team, in->now_ms, &attending);

	scan_open(&scan, tx, TABLE_HELD, &prefix, NULL);
	while (!rc && !view->more && scan_next(&scan)) {
		const uint8_t *rest = scan_rest(&scan, NULL);
		const char *through = key_part(&rest), *user = key_part(&rest), *id = key_part(&rest);
		if (strcmp(through, last_through) != 0 || strcmp(user, last_user) != 0) {
			last_through = arena_string(tx->arena, through);
			last_user = arena_string(tx->arena, user);
			rc = keeps_user(tx, team, last_through, &keeps);
			if (!rc && !keeps)
				rc = keeps_user(tx, team, last_user, &keeps);
		}
		if (!rc && !keeps)
			rc = keeps_asked(tx, id, cover_possible(team, &attending), &keeps_one);
		if (rc || keeps || keeps_one)
			continue;
		if (view->n_ids == STEP_MAX)
			view->more = true;
		else
			rc = arena_append(tx->arena, &view->ids, &view->n_ids,
					  arena_string(tx->arena, id));
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

int load_team_withdrawal(struct tx *tx, const struct input *in, const TeamNotice *notice,
			 struct withdrawal *view)
{
	struct team team;
	int rc = team_load(tx, alert_team, notice->patient, &team);

	if (!rc && !team_after(&team, notice, in->arena))
		rc = ERR_NOMEM;
	return rc ? rc : load_withdrawal(tx, in, notice->patient, &team, view);
}

int load_consent_withdrawal(struct tx *tx, const struct input *in, const ConsentNotice *notice,
			    struct withdrawal *view)
{
	struct team team;
	int rc = team_load(tx, alert_team, notice->patient, &team);

	team.consent = notice->team_consent;
	team.cover_consent = notice->cover_consent;
	return rc ? rc : load_withdrawal(tx, in, notice->patient, &team, view);
}

int load_withdrawal_rest(struct tx *tx, const struct input *in, const WithdrawalDue *due,
			 struct withdrawal *view)
{
	struct team team;
	int rc = team_load(tx, alert_team, due->patient, &team);

	return rc ? rc : load_withdrawal(tx, in, due->patient, &team, view);
}

/* ---- single notifications ----------------------------------------------------------------- */

static int load_one(struct tx *tx, const char *id, struct one_view *view)
{
	Notification *notification;
	SubstituteSet *substitution;

	int rc = notification_get(tx, id, &notification);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->notification = notification;
	rc = substitution_get(tx, notification->recipient, &substitution);
	if (!rc)
		view->substitution = substitution;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int load_open(struct tx *tx, const struct input *in, const OpenNotification *request,
	      struct one_view *view)
{
	(void)in;
	return load_one(tx, request->id, view);
}

int load_accept(struct tx *tx, const struct input *in, const AcceptNotification *request,
		struct one_view *view)
{
	(void)in;
	return load_one(tx, request->id, view);
}

int load_finish(struct tx *tx, const struct input *in, const FinishNotification *request,
		struct one_view *view)
{
	(void)in;
	return load_one(tx, request->id, view);
}

int load_decline(struct tx *tx, const struct input *in, const DeclineNotification *request,
		 struct one_view *view)
{
	(void)in;
	return load_one(tx, request->id, view);
}

int load_take_over(struct tx *tx, const struct input *in, const TakeOverNotification *request,
		   struct one_view *view)
{
	Notification **items = NULL;
	size_t n_items = 0;
	int rc = load_one(tx, request->id, view);

	if (rc || !view->notification || !view->notification->urgent)
		return rc;
	rc = offer_stands(tx, in, view->notification, &view->offered);
	if (!rc)
		rc = event_list(tx, view->notification->event, &items, &n_items);
	for (size_t i = 0; !rc && i < n_items; i++)
		if (!strcmp(items[i]->recipient, in->actor.user) &&
		    !strcmp(items[i]->recipient_organisation, in->actor.organisation) &&
		    strcmp(items[i]->id, request->id) != 0)
			view->own = items[i];
	view->holder = escalation_holder(items, n_items);
	return rc;
}

int load_deliveries(struct tx *tx, const struct input *in, const ConfirmDelivery *request,
		    struct deliveries *view)
{
	int rc = 0;

	(void)in;
	for (size_t i = 0; i < request->n_ids && i < DELIVERIES_MAX && !rc; i++) {
		Notification *notification;
		rc = notification_get(tx, request->ids[i], &notification);
		if (rc == ERR_NOTFOUND)
			rc = 0;
		else if (!rc)
			rc = arena_append(tx->arena, &view->items, &view->n_items, notification);
	}
	return rc;
}

/* ---- hand-over ---------------------------------------------------------------------------- */

static int load_handed(struct tx *tx, const char *from, const char *to, uint64_t until,
		       struct hand_over_view *view)
{
	struct key prefix;
	struct scan scan;
	Person *person;
	int rc = person_get(tx, from, &person);

	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->from = person;
	rc = name_valid(to, LIMIT_NAME_BYTES) ? person_get(tx, to, &person) : ERR_NOTFOUND;
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->to = person;
	prefix = key_text(from);
	scan_open(&scan, tx, TABLE_OPEN, &prefix, NULL);
	while (!rc && !view->more && scan_next(&scan)) {
		size_t size;
		const uint8_t *rest = scan_rest(&scan, &size);
		struct key position = { .size = 0 };
		key_add_bytes(&position, rest, 8);
		struct key last = key_u64(until);
		if (memcmp(position.data, last.data, 8) > 0)
			break;
		if (view->n_ids == STEP_MAX)
			view->more = true;
		else
			rc = arena_append(tx->arena, &view->ids, &view->n_ids,
					  arena_string(tx->arena, (const char *)rest + 8));
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

int load_hand_over(struct tx *tx, const struct input *in, const HandOver *request,
		   struct hand_over_view *view)
{
	return load_handed(tx, in->actor.user, request->to, UINT64_MAX, view);
}

int load_hand_over_rest(struct tx *tx, const struct input *in, const HandOverDue *due,
			struct hand_over_view *view)
{
	(void)in;
	return load_handed(tx, due->from, due->to, due->until, view);
}

/* ---- reminders, mutes, substitutes -------------------------------------------------------- */

int load_event(struct tx *tx, const struct input *in, const ReminderDue *due,
	       struct event_view *view)
{
	Notification **items;
	size_t n_items;
	int rc = event_list(tx, due->event, &items, &n_items);

	(void)in;
	for (size_t i = 0; !rc && i < n_items; i++) {
		if (items[i]->state == NOTIFICATION_STATE_ACCEPTED ||
		    items[i]->state == NOTIFICATION_STATE_DONE)
			view->taken = true;
		if (notification_waiting(items[i]->state))
			rc = arena_append(tx->arena, &view->waiting, &view->n_waiting, items[i]->id);
	}
	return rc;
}

int load_mute(struct tx *tx, const struct input *in, const Mute *request, struct mute_view *view)
{
	struct key prefix = key_text(in->actor.user);
	struct scan scan;

	if (!id_valid(request->patient)) {
		view->team.registrar = "";
		return 0;
	}
	scan_open(&scan, tx, TABLE_MUTES, &prefix, NULL);
	while (view->muted_patients < MUTED_PATIENTS_MAX && scan_next(&scan))
		view->muted_patients += strcmp((const char *)scan_rest(&scan, NULL),
					       request->patient) != 0;
	scan_close(&scan);
	return team_load(tx, alert_team, request->patient, &view->team);
}

int load_substitute(struct tx *tx, const struct input *in, const SetSubstitute *request,
		    struct substitute_view *view)
{
	Person *person;

	(void)in;
	if (!name_valid(request->user, LIMIT_NAME_BYTES))
		return 0;
	int rc = person_get(tx, request->user, &person);
	if (!rc)
		view->substitute = person;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* One item a kind, or one for every kind. */
static int add_mutes(const struct input *in, char *patient, uint32_t kinds, MuteList *list)
{
	int rc = 0;

	for (unsigned kind = 0; kind < 32 && !rc; kind++) {
		bool every = kinds == EVERY_KIND && kind == ENTRY_KIND_UNSPECIFIED;
		bool single = kinds != EVERY_KIND && kind && kinds >> kind & 1 &&
			      protobuf_c_enum_descriptor_get_value(&EntryKind_descriptor, (int)kind);
		if (!every && !single)
			continue;
		Mute *item = NEW(Mute, in->arena);
		if (!item)
			return ERR_NOMEM;
		item->patient = patient;
		item->kind = (EntryKind)kind;
		item->muted = true;
		rc = arena_append(in->arena, &list->items, &list->n_items, item);
	}
	return rc;
}

/* One page: MUTED_PATIENTS_MAX sees to that. */
int mutes_list(struct tx *tx, const struct input *in, const ListMutes *request, MuteList *list,
	       struct answer *answer)
{
	struct key prefix = key_text(in->actor.user);
	struct scan scan;
	int rc = 0;

	(void)request;
	(void)answer;
	scan_open(&scan, tx, TABLE_MUTES, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		char *patient = arena_string(in->arena, (const char *)scan_rest(&scan, NULL));
		MutedKinds *muted;
		rc = SCAN_MESSAGE(&scan, MutedKinds, &muted);
		if (!rc)
			rc = add_mutes(in, patient, muted->kinds, list);
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

/* ---- the inbox ---------------------------------------------------------------------------- */

/* As much of a notification as this reader may see at this key; NULL: nothing. */
static Notification *shown(const struct input *in, bool changes, Notification *notification,
			   uint64_t position)
{
	struct person_ref reader = { in->actor.user, in->actor.organisation, in->actor.profession };

	if (notification_of(notification, reader))
		return notification->position == position ? notification : NULL;
	if (!changes)
		return NULL; /* who asks for all of it has nothing to forget */
	Notification *left = NEW(Notification, in->arena);
	if (!left)
		return NULL;
	left->id = notification->id;
	left->recipient = notification->recipient;
	left->state = NOTIFICATION_STATE_WITHDRAWN;
	left->position = position;
	return left;
}

struct page {
	size_t bytes;
	size_t group;          /* where the items of the last position begin */
	uint64_t position;     /* of the last item */
	uint64_t before;       /* of the last item before the group */
};

/*
 * A page ends between two positions, for the next one begins behind a position. False: it is full.
 * What changed at one position all together (hand-over, withdrawal) is bounded so that it fits.
 */
static bool page_takes(struct page *page, uint64_t position, size_t n_items, size_t bytes)
{
	if (position != page->position) {
		page->before = page->position;
		page->position = position;
		page->group = n_items;
	}
	page->bytes += bytes + 8;
	return page->group == 0 ||
	       (page->bytes <= LIMIT_PAGE_BYTES && n_items < LIMIT_PAGE_ITEMS);
}

/* One key of the scan. *full: it did not fit. */
static int add_item(struct tx *tx, const struct input *in, const struct scan *scan, bool changes,
		    struct page *page, Inbox *inbox, bool *full)
{
	struct key id = key_text((const char *)scan_rest(scan, NULL) + 8);
	uint64_t position = scan_rest_number(scan);
	struct bytes value;
	ProtobufCMessage *message;

	int rc = tx_get(tx, TABLE_NOTIFICATIONS, &id, &value);
	if (!rc)
		rc = codec_unpack(&Notification_descriptor, value, in->arena, &message);
	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	Notification *item = shown(in, changes, (Notification *)(void *)message, position);
	if (!item)
		return 0;
	if (item->state == NOTIFICATION_STATE_WITHDRAWN)
		value.size = 2 * ID_SIZE + LIMIT_NAME_BYTES;
	*full = !page_takes(page, position, inbox->n_items, value.size);
	return *full ? 0 : arena_append(in->arena, &inbox->items, &inbox->n_items, item);
}

/* From the beginning: what is open, by an index that does not know the years of what is done. After
 * a position: all that changed since. A page also ends where passing over what is no longer this
 * reader's has taken so much memory. */
int inbox_list(struct tx *tx, const struct input *in, const ListInbox *request, Inbox *inbox,
	       struct answer *answer)
{
	struct key prefix = key_text(in->actor.user);
	struct key from = key_text_u64(in->actor.user,
				       in->after == UINT64_MAX ? in->after : in->after + 1);
	bool changes = in->after > 0, full = false;
	struct page page = { .bytes = 0 };
	size_t work_from = tx->arena->used_bytes;
	uint64_t looked_at = 0;
	struct scan scan;
	int rc = 0;

	scan_open(&scan, tx, changes || request->all ? TABLE_INBOX : TABLE_OPEN, &prefix, &from);
	while (!rc && !full && scan_next(&scan)) {
		uint64_t position = scan_rest_number(&scan);
		if (position != looked_at &&
		    tx->arena->used_bytes - work_from >= LIMIT_PAGE_WORK_BYTES) {
			answer->more = true;
			answer->position = looked_at;
			break;
		}
		looked_at = position;
		rc = add_item(tx, in, &scan, changes, &page, inbox, &full);
	}
	scan_close(&scan);
	if (full) {
		inbox->n_items = page.group;
		answer->more = true;
		answer->position = page.before;
	}
	answer->watch_key = inbox_watch_key(in->actor.user);
	return rc ? rc : tx->error;
}
