#include "queries.h"

#include <string.h>

#include "field.h"
#include "page.h"
#include "rules.h"
#include "search.h"
#include "text.h"
#include "views.h"

#define FIND_KEYS 20000 /* looked at for one page of a search */
#define FIND_ITEMS 100  /* more than that is a reason to type one letter more */
#define AUDIT_ITEMS 200
#define LINKED_MAX 200    /* corrections or answers of one entry */
#define SUMMARY_RECENT 5
#define SUMMARY_VITALS 10
#define SUMMARY_ITEMS 100 /* of one list */

/* ---- what all of them need ---------------------------------------------------------------- */

int say_accessed(const struct input *in, const char *patient, Accessed_Right right,
			const ProtobufCMessageDescriptor *request, struct answer *answer)
{
	answer->access = NEW(Accessed, in->arena);
	if (!answer->access)
		return ERR_NOMEM;
	answer->access->patient = arena_string(in->arena, patient);
	answer->access->right = right;
	answer->access->what = arena_string(in->arena, codec_name(request));
	return 0;
}

/* The patient, if this reader may see them; else the one refusal. */
static int see(struct tx *tx, const struct input *in, const char *id,
	       const ProtobufCMessageDescriptor *request, struct answer *answer, PatientView **out)
{
	PatientView *view;

	int rc = patient_view_for(tx, in, id, &view);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	Accessed_Right right =
		access_right(rc ? NULL : view, &in->actor, in->now_ms, in->steady_ms);
	if (right == ACCESSED_RIGHT_UNSPECIFIED)
		return access_refused(in);
	*out = view;
	return say_accessed(in, id, right, request, answer);
}

/* What is filled in when read: corrections, readers, and whether this reader has read it. */
static void fill_in(struct tx *tx, const struct input *in, Entry *entry)
{
	struct key prefix = link_prefix(entry->id, LINK_CORRECTION);
	struct bytes id;
	struct scan scan;

	entry->corrected_by = NULL;
	entry->n_corrected_by = 0;
	scan_open(&scan, tx, TABLE_LINKS, &prefix, NULL);
	while (entry->n_corrected_by < LINKED_MAX && scan_next(&scan) && !scan_value(&scan, &id))
		APPEND(tx, &entry->corrected_by, &entry->n_corrected_by,
		       arena_string(tx->arena, (const char *)id.data));
	scan_close(&scan);
	prefix = key_text(entry->id);
	entry->readers = 0;
	scan_open(&scan, tx, TABLE_READERS, &prefix, NULL);
	while (scan_next(&scan))
		entry->readers++;
	scan_close(&scan);
	entry->unread = strcmp(entry->author, in->actor.user) != 0 &&
			!entry_read_by(tx, entry->id, in->actor.user);
}

void say_shown(struct tx *tx, const struct input *in, const Entry *entry, struct answer *answer)
{
	if (strcmp(entry->author, in->actor.user) && !entry_read_by(tx, entry->id, in->actor.user))
		APPEND(tx, &answer->access->entries, &answer->access->n_entries, entry->id);
}

static void shown(struct tx *tx, const Entry *entry, struct answer *answer)
{
	if (entry->unread)
		APPEND(tx, &answer->access->entries, &answer->access->n_entries, entry->id);
}

/* ---- team --------------------------------------------------------------------------------- */

/* The three key persons first: home doctor, visiting nurse, care manager. */
static int rank(const TeamMember *member)
{
	bool key = member->role == TEAM_ROLE_KEY_PERSON;

	if (member->role == TEAM_ROLE_ATTENDING)
		return 0;
	if (member->profession == PROFESSION_NURSE)
		return key ? 1 : 2;
	if (member->profession == PROFESSION_CARE_MANAGER)
		return key ? 3 : 4;
	if (key)
		return 5;
	return member->role == TEAM_ROLE_DEPUTY ? 6 : member->role == TEAM_ROLE_SPECIALIST ? 7 : 8;
}

static void sort_team(TeamMember **team, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = i; j > 0 && rank(team[j]) < rank(team[j - 1]); j--) {
			TeamMember *member = team[j];
			team[j] = team[j - 1];
			team[j - 1] = member;
		}
}

static void name_member(struct tx *tx, TeamMember *member)
{
	Organisation *organisation;
	Person *person;

	if (organisation_get(tx, member->organisation, &organisation) == 0) {
		member->name = organisation->name;
		member->phone = organisation->phone;
	}
	if (!member->user[0] || person_get(tx, member->user, &person))
		return;
	member->name = person->name;
	if (person->phone[0])
		member->phone = person->phone;
}

static void show_team(struct tx *tx, PatientView *view, TeamMember ***items, size_t *n)
{
	for (size_t i = 0; i < view->n_team; i++)
		name_member(tx, view->team[i]);
	sort_team(view->team, view->n_team);
	*items = view->team;
	*n = view->n_team;
}

int query_team(struct tx *tx, const struct input *in, const ShowTeam *request, Team *response,
	       struct answer *answer)
{
	PatientView *view;
	int rc = see(tx, in, request->patient, &ShowTeam_descriptor, answer, &view);
	if (!rc)
		show_team(tx, view, &response->items, &response->n_items);
	return rc;
}

int query_patient(struct tx *tx, const struct input *in, const ShowPatient *request,
		  PatientShown *response, struct answer *answer)
{
	PatientView *view;
	int rc = see(tx, in, request->id, &ShowPatient_descriptor, answer, &view);
	if (rc)
		return rc;
	response->patient = view->patient;
	response->thresholds = view->thresholds;
	response->team_consent_on = view->team_consent_on;
	response->cover_consent_on = view->cover_consent_on;
	show_team(tx, view, &response->team, &response->n_team);
	return 0;
}

/* ---- lists of patients -------------------------------------------------------------------- */

/* Unspecified: each by a right of its own. */
bool say_listed(struct tx *tx, const struct input *in, const PatientView *view, Accessed_Right right,
		const ProtobufCMessageDescriptor *request, struct answer *answer)
{
	if (!answer->access)
		append(tx, say_accessed(in, "", right, request, answer));
	if (!tx->error)
		APPEND(tx, &answer->access->patients, &answer->access->n_patients,
		       arena_string(in->arena, view->patient->id));
	return !tx->error;
}

static void show_patient(struct tx *tx, const struct input *in, PatientView *view, struct page *page,
			 Accessed_Right right, const ProtobufCMessageDescriptor *request,
			 PatientList *response, struct answer *answer)
{
	if (!say_listed(tx, in, view, right, request, answer))
		return;
	APPEND(tx, &response->items, &response->n_items, view->patient);
	page_add(page, &view->patient->base);
}

/* Two lists of seats, that of the organisation and that of the user, as one in order of position. */
struct seats {
	struct scan scans[2];
	bool there[2];
};

static void seats_open(struct seats *seats, struct tx *tx, const struct input *in,
		       const struct key keys[2])
{
	for (size_t i = 0; i < 2; i++) {
		struct key from = keys[i];
		key_add_u64(&from, in->after + 1);
		scan_open(&seats->scans[i], tx, TABLE_SEATS, &keys[i], &from);
		seats->there[i] = scan_next(&seats->scans[i]);
	}
}

/* The list that comes next; 2: both are at their end. */
static size_t seats_first(const struct seats *seats)
{
	if (!seats->there[0] || !seats->there[1])
		return seats->there[0] ? 0 : seats->there[1] ? 1 : 2;
	return scan_number(&seats->scans[0]) <= scan_number(&seats->scans[1]) ? 0 : 1;
}

typedef void seat_fn(struct tx *tx, const struct input *in, PatientView *view, struct page *page,
		     void *response, struct answer *answer);

/* In the order in which patients came to this reader; the cursor is that position. */
static int each_seat(struct tx *tx, const struct input *in, seat_fn *show, void *response,
		     struct answer *answer)
{
	const struct key keys[2] = { seat_key(tx->arena, 'o', in->actor.organisation),
				     seat_key(tx->arena, 'u', in->actor.user) };
	struct page page = page_begin(tx);
	struct cover cover = cover_load(tx, in);
	struct seats seats;
	struct bytes id;
	PatientView *view;
	size_t list;

	seats_open(&seats, tx, in, keys);
	for (; (list = seats_first(&seats)) < 2; seats.there[list] = scan_next(&seats.scans[list])) {
		if (page_full(&page)) {
			answer->more = true;
			break;
		}
		answer->position = scan_number(&seats.scans[list]);
		if (scan_value(&seats.scans[list], &id) ||
		    (list == 1 && seated(tx, &keys[0], (const char *)id.data)) ||
		    patient_view_get(tx, (const char *)id.data, &view))
			continue;
		cover_fill(tx, &cover, view);
		if (access_right(view, &in->actor, in->now_ms, in->steady_ms))
			show(tx, in, view, &page, response, answer);
	}
	scan_close(&seats.scans[0]);
	scan_close(&seats.scans[1]);
	if (!answer->more)
		answer->position = 0;
	return tx->error;
}

static void show_seated(struct tx *tx, const struct input *in, PatientView *view, struct page *page,
			void *response, struct answer *answer)
{
	show_patient(tx, in, view, page, ACCESSED_RIGHT_UNSPECIFIED, &ListPatients_descriptor, response,
		     answer);
}

int query_patients(struct tx *tx, const struct input *in, const ListPatients *request,
		   PatientList *response, struct answer *answer)
{
	(void)request;
	return each_seat(tx, in, show_seated, response, answer);
}

/* The cursor is the number of keys looked at: a search is short-lived, and whoever is registered
 * meanwhile may be shown twice or not yet. */
int query_find(struct tx *tx, const struct input *in, const FindPatients *request,
	       PatientList *response, struct answer *answer)
{
	const struct key keys[2] = { seat_key(tx->arena, 'o', in->actor.organisation),
				     seat_key(tx->arena, 'u', in->actor.user) };
	struct cover cover = cover_load(tx, in);
	uint64_t looked_at = 0;
	struct scan scan;
	PatientView *view;

	int rc = field_text(in, "text", request->text, 1, 200);
	if (rc)
		return rc;
	const char *token = search_token(tx->arena, request->text);
	if (!token)
		return 0;
	struct key prefix = hash_key(tx, token);
	struct page page = page_begin(tx);
	scan_open(&scan, tx, TABLE_NAMES, &prefix, NULL);
	while (scan_next(&scan)) {
		if (looked_at++ < in->after)
			continue;
		if (page_full(&page) || page.items >= FIND_ITEMS || looked_at > in->after + FIND_KEYS) {
			answer->more = true;
			answer->position = looked_at - 1;
			break;
		}
		const char *patient = (const char *)scan_rest(&scan, NULL);
		if ((!cover.areas && !seated(tx, &keys[0], patient) && !seated(tx, &keys[1], patient)) ||
		    patient_view_get(tx, patient, &view))
			continue;
		cover_fill(tx, &cover, view);
		if (access_right(view, &in->actor, in->now_ms, in->steady_ms) &&
		    search_fits(tx->arena, request->text, view->patient))
			show_patient(tx, in, view, &page, ACCESSED_RIGHT_UNSPECIFIED,
				     &FindPatients_descriptor, response, answer);
	}
	scan_close(&scan);
	return tx->error;
}

/* ---- cover and deputies ------------------------------------------------------------------- */

static void copy_member(struct tx *tx, const TeamMember *member, TeamMember **out)
{
	*out = member ? arena_copy(tx->arena, member, sizeof(*member)) : NULL;
	if (*out)
		name_member(tx, *out);
}

static void show_pair(struct tx *tx, const struct input *in, PatientView *view, struct page *page,
		      void *response, struct answer *answer)
{
	const TeamMember *attending = team_attending(view), *deputy = team_deputy(view);
	DeputyList *list = response;

	if (!attending || !deputy ||
	    (strcmp(attending->organisation, in->actor.organisation) != 0 &&
	     strcmp(deputy->organisation, in->actor.organisation) != 0) ||
	    !say_listed(tx, in, view, ACCESSED_RIGHT_UNSPECIFIED, &ListDeputies_descriptor, answer))
		return;
	DeputyPair *pair = NEW(DeputyPair, tx->arena);
	Patient *patient = NEW(Patient, tx->arena);
	if (!pair || !patient) {
		append(tx, ERR_NOMEM);
		return;
	}
	patient->id = view->patient->id;
	patient->name = view->patient->name;
	patient->kana = view->patient->kana;
	pair->patient = patient;
	copy_member(tx, attending, &pair->attending);
	copy_member(tx, deputy, &pair->deputy);
	APPEND(tx, &list->items, &list->n_items, pair);
	page_add(page, &pair->base);
}

int query_deputies(struct tx *tx, const struct input *in, const ListDeputies *request,
		   DeputyList *response, struct answer *answer)
{
	(void)request;
	return each_seat(tx, in, show_pair, response, answer);
}

/* Those of one clinic, unstable or not. looked_at counts keys, for the cursor. */
static void show_covered(struct tx *tx, const struct input *in, const struct cover *cover,
			 const struct key *prefix, uint64_t *looked_at, struct page *page,
			 PatientList *response, struct answer *answer)
{
	PatientView *view;
	struct scan scan;

	scan_open(&scan, tx, TABLE_COVERED, prefix, NULL);
	while (!answer->more && !tx->error && scan_next(&scan)) {
		if (*looked_at < in->after) {
			++*looked_at;
			continue;
		}
		if (page_full(page)) {
			answer->more = true;
			answer->position = *looked_at;
			break;
		}
		++*looked_at;
		if (patient_view_get(tx, (const char *)scan_rest(&scan, NULL), &view))
			continue;
		cover_fill(tx, cover, view);
		if (view->covered)
			show_patient(tx, in, view, page, ACCESSED_RIGHT_COVER,
				     &ListCovered_descriptor, response, answer);
	}
	scan_close(&scan);
}

static int not_on_duty(const struct input *in)
{
	if (in->actor.profession != PROFESSION_DOCTOR)
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "当番の対象患者を一覧できるのは、当番診療所の医師だけです。",
			      "Only doctors of the clinic on duty see whom it covers.");
	return refuse(in, CODE_FAILED_PRECONDITION, "",
		      "あなたの診療所は現在当番ではありません（当番の終了後12時間までは一覧できます）。",
		      "Your clinic is not on duty, nor was it within the last 12 hours.");
}

/* The unstable ones first. The cursor is how many keys were looked at. */
int query_covered(struct tx *tx, const struct input *in, const ListCovered *request,
		  PatientList *response, struct answer *answer)
{
	struct cover cover = cover_load(tx, in);
	struct page page = page_begin(tx);
	uint64_t looked_at = 0;
	char **clinics = NULL;
	size_t n = 0;

	if (!cover.areas)
		return tx->error ? tx->error : not_on_duty(in);
	int rc = cover_clinics(tx, &cover, &clinics, &n);
	if (rc)
		return rc;
	for (size_t i = 0; i < (request->unstable ? n : 2 * n) && !answer->more; i++) {
		struct key prefix = covered_prefix(clinics[i % n], i < n);
		show_covered(tx, in, &cover, &prefix, &looked_at, &page, response, answer);
	}
	return tx->error;
}

/* ---- timeline ----------------------------------------------------------------------------- */

/* The kind is the last byte of a key, so entries of other kinds are not even opened. */
static bool timeline_take(struct tx *tx, const struct input *in, const ListTimeline *request,
			  struct scan *scan, Timeline *response, struct answer *answer,
			  struct page *page)
{
	Entry *entry;

	if (request->kind && scan->key[scan->key_size - 1] != (uint8_t)request->kind)
		return true;
	if (SCAN_MESSAGE(scan, Entry, &entry))
		return false;
	if (entry->recorded_ms < request->since_ms)
		return in->after != 0; /* newest first, all that follow are older still */
	fill_in(tx, in, entry);
	if (!request->keep)
		shown(tx, entry, answer);
	APPEND(tx, &response->items, &response->n_items, entry);
	page_add(page, &entry->base);
	return true;
}

/*
 * Of a timeline of all kinds: that it was opened, and from where to where all of it was shown. Of a page
 * that starts behind what the reader has, or before another page, the bounds are those of the request.
 */
static void say_looked(const struct input *in, const ListTimeline *request, const Timeline *page,
		       struct answer *answer)
{
	Accessed *access = answer->access;
	size_t n = page->n_items;

	if (request->keep || request->kind)
		return;
	access->looked = true;
	if (n == 0)
		return;
	if (in->after) {
		access->shown_from = request->since_ms ? page->items[0]->position : in->after + 1;
		access->shown_to = answer->more ? page->items[n - 1]->position : in->head;
		return;
	}
	access->shown_from = page->before || request->since_ms ? page->items[n - 1]->position : 1;
	access->shown_to = request->before ? request->before - 1 : in->head;
}

int query_timeline(struct tx *tx, const struct input *in, const ListTimeline *request,
		   Timeline *response, struct answer *answer)
{
	bool newest_first = in->after == 0;
	struct key prefix, from;
	struct scan scan;
	PatientView *view;

	int rc = see(tx, in, request->patient, &ListTimeline_descriptor, answer, &view);
	if (rc)
		return rc;
	prefix = from = key_text(request->patient);
	if (newest_first && request->before)
		key_add_u64(&from, request->before);
	if (!newest_first)
		key_add_u64(&from, in->after + 1);
	if (!request->before)
		answer->watch_key = patient_watch_key(request->patient);
	struct page page = page_begin(tx);
	uint64_t last = 0;
	scan_open(&scan, tx, TABLE_TIMELINE, &prefix, &from);
	while (newest_first ? scan_previous(&scan) : scan_next(&scan)) {
		if (page_full(&page)) {
			response->before = newest_first ? last : 0;
			answer->position = newest_first ? 0 : last;
			answer->more = !newest_first;
			break;
		}
		last = scan_rest_number(&scan);
		if (!timeline_take(tx, in, request, &scan, response, answer, &page))
			break;
	}
	scan_close(&scan);
	say_looked(in, request, response, answer);
	return tx->error;
}

/* ---- one entry ---------------------------------------------------------------------------- */

int see_entry(struct tx *tx, const struct input *in, const char *id,
	      const ProtobufCMessageDescriptor *request, struct answer *answer, Entry **out)
{
	EntryPlace *place;
	PatientView *view;

	int rc = entry_place_get(tx, id, &place);
	if (rc)
		return rc == ERR_NOTFOUND ? access_refused(in) : rc;
	rc = see(tx, in, place->patient, request, answer, &view);
	return rc ? rc : entry_at(tx, place, out);
}

static void show_linked(struct tx *tx, const struct input *in, const char *id, enum link link,
			struct page *page, Entry ***items, size_t *n, struct answer *answer)
{
	struct key prefix = link_prefix(id, link);
	struct bytes linked;
	struct scan scan;
	Entry *entry;

	scan_open(&scan, tx, TABLE_LINKS, &prefix, NULL);
	while (*n < LINKED_MAX && !page_full(page) && scan_next(&scan)) {
		if (scan_value(&scan, &linked) || entry_get(tx, (const char *)linked.data, &entry))
			continue;
		fill_in(tx, in, entry);
		shown(tx, entry, answer);
		APPEND(tx, items, n, entry);
		page_add(page, &entry->base);
	}
	scan_close(&scan);
}

int query_entry(struct tx *tx, const struct input *in, const ShowEntry *request,
		EntryShown *response, struct answer *answer)
{
	struct page page = page_begin(tx);
	Entry *entry, *corrected;

	int rc = see_entry(tx, in, request->id, &ShowEntry_descriptor, answer, &entry);
	if (rc)
		return rc;
	fill_in(tx, in, entry);
	shown(tx, entry, answer);
	page_add(&page, &entry->base);
	response->entry = entry;
	if (entry->corrects[0] && entry_get(tx, entry->corrects, &corrected) == 0) {
		fill_in(tx, in, corrected);
		shown(tx, corrected, answer);
		page_add(&page, &corrected->base);
		response->corrected = corrected;
	}
	show_linked(tx, in, entry->id, LINK_CORRECTION, &page, &response->corrections,
		    &response->n_corrections, answer);
	show_linked(tx, in, question_first(tx, entry->id), LINK_ANSWER, &page, &response->answers,
		    &response->n_answers, answer);
	answer->watch_key = patient_watch_key(entry->patient);
	return tx->error;
}

static uint64_t big_endian(struct bytes value)
{
	uint64_t number = 0;
	for (size_t i = 0; i < value.size; i++)
		number = number << 8 | value.data[i];
	return number;
}

/* In the order of user names; the cursor is how many were shown. */
int query_readers(struct tx *tx, const struct input *in, const ListReaders *request,
		  ReaderList *response, struct answer *answer)
{
	struct page page = page_begin(tx);
	struct bytes read_ms;
	struct scan scan;
	uint64_t n = 0;
	Entry *entry;
	Person *person;

	int rc = see_entry(tx, in, request->entry, &ListReaders_descriptor, answer, &entry);
	if (rc)
		return rc;
	struct key prefix = key_text(entry->id);
	scan_open(&scan, tx, TABLE_READERS, &prefix, NULL);
	while (!tx->error && scan_next(&scan)) {
		if (n++ < in->after)
			continue;
		if (page_full(&page)) {
			answer->more = true;
			answer->position = n - 1;
			break;
		}
		Reader *reader = NEW(Reader, tx->arena);
		if (!reader || scan_value(&scan, &read_ms))
			break;
		reader->id = arena_string(tx->arena, (const char *)scan_rest(&scan, NULL));
		reader->read_ms = (int64_t)big_endian(read_ms);
		if (person_get(tx, reader->id, &person) == 0) {
			reader->name = person->name;
			reader->organisation = person->organisation;
			reader->profession = person->profession;
		}
		APPEND(tx, &response->items, &response->n_items, reader);
		page_add(&page, &reader->base);
	}
	scan_close(&scan);
	return tx->error;
}

/* ---- summary ------------------------------------------------------------------------------ */

/* By what two entries of a kind are the same thing; NULL: each stands for itself. The same medicine at
 * another dose is another line: one may be for the morning, one for the night. */
static char *sameness(struct arena *arena, const Entry *entry)
{
	switch (entry->kind) {
	case ENTRY_KIND_CONDITION:
		return text_fold(arena, entry->condition->name);
	case ENTRY_KIND_MEDICATION:
		return text_fold(arena, arena_printf(arena, "%s|%s", entry->medication->name,
						     entry->medication->dose));
	default:
		return NULL;
	}
}

/* What was said again by a newer entry in the list (a medicine prescribed anew) is shown once. */
static bool said_before(struct tx *tx, const Entry *entry, char ***said, size_t *n_said)
{
	char *same = sameness(tx->arena, entry);

	for (size_t i = 0; same && i < *n_said; i++)
		if (!strcmp((*said)[i], same))
			return true;
	if (same)
		APPEND(tx, said, n_said, same);
	return false;
}

/* A summary is one page of text: what its attachments are, without how they look. */
static void without_thumbnails(Entry *entry)
{
	for (size_t i = 0; i < entry->n_attachments; i++)
		entry->attachments[i]->thumbnail.len = 0;
}

/* What holds of one kind now, by the time it was so, newest first. */
static void show_current(struct tx *tx, const struct input *in, const char *patient, EntryKind kind,
			 size_t most, struct page *page, Entry ***items, size_t *n)
{
	struct key prefix = current_prefix(patient, kind);
	char **said = NULL;
	size_t n_said = 0, end = *n + most;
	struct scan scan;
	Entry *entry;

	scan_open(&scan, tx, TABLE_CURRENT, &prefix, NULL);
	while (*n < end && !page_full(page) && scan_previous(&scan)) {
		struct key key = timeline_key(patient, scan_number(&scan), kind);
		if (GET(tx, TABLE_TIMELINE, &key, Entry, &entry) ||
		    said_before(tx, entry, &said, &n_said) ||
		    (kind == ENTRY_KIND_CONDITION && entry->condition->resolved))
			continue;
		fill_in(tx, in, entry);
		without_thumbnails(entry);
		APPEND(tx, items, n, entry);
		page_add(page, &entry->base);
	}
	scan_close(&scan);
}

/* A correction says it in its place; a remark in words beside vital signs takes nobody's place. */
static bool is_replaced(struct tx *tx, const Entry *entry)
{
	EntryPlace *place;

	for (size_t i = 0; i < entry->n_corrected_by; i++)
		if (entry_place_get(tx, entry->corrected_by[i], &place) == 0 && place->kind == entry->kind)
			return true;
	return false;
}

static void show_recent(struct tx *tx, const struct input *in, const char *patient,
			struct page *page, Summary *response)
{
	struct key prefix = key_text(patient);
	struct scan scan;
	Entry *entry;

	scan_open(&scan, tx, TABLE_TIMELINE, &prefix, NULL);
	while (response->n_recent < SUMMARY_RECENT && scan_previous(&scan) &&
	       SCAN_MESSAGE(&scan, Entry, &entry) == 0) {
		fill_in(tx, in, entry);
		if (is_replaced(tx, entry))
			continue;
		without_thumbnails(entry);
		APPEND(tx, &response->recent, &response->n_recent, entry);
		page_add(page, &entry->base);
	}
	scan_close(&scan);
}

int query_summary(struct tx *tx, const struct input *in, const ShowSummary *request,
		  Summary *response, struct answer *answer)
{
	static const EntryKind observed[] = { ENTRY_KIND_WEIGHT, ENTRY_KIND_RENAL,
					      ENTRY_KIND_SWALLOWING, ENTRY_KIND_ACTIVITY };
	struct page page = page_begin(tx);
	PatientView *view;

	int rc = see(tx, in, request->patient, &ShowSummary_descriptor, answer, &view);
	if (rc)
		return rc;
	const char *id = view->patient->id;
	response->patient = view->patient;
	response->thresholds = view->thresholds;
	response->made_ms = in->now_ms;
	show_team(tx, view, &response->contacts, &response->n_contacts);
	show_recent(tx, in, id, &page, response);
	show_current(tx, in, id, ENTRY_KIND_ALLERGY, SUMMARY_ITEMS, &page, &response->allergies,
		     &response->n_allergies);
	show_current(tx, in, id, ENTRY_KIND_VITAL_SIGNS, SUMMARY_VITALS, &page, &response->vital_signs,
		     &response->n_vital_signs);
	show_current(tx, in, id, ENTRY_KIND_MEDICATION, SUMMARY_ITEMS, &page, &response->medications,
		     &response->n_medications);
	show_current(tx, in, id, ENTRY_KIND_CONDITION, SUMMARY_ITEMS, &page, &response->problems,
		     &response->n_problems);
	show_current(tx, in, id, ENTRY_KIND_PRECAUTION, SUMMARY_ITEMS, &page, &response->precautions,
		     &response->n_precautions);
	show_current(tx, in, id, ENTRY_KIND_WISH, SUMMARY_ITEMS, &page, &response->wishes,
		     &response->n_wishes);
	for (size_t i = 0; i < sizeof(observed) / sizeof(*observed); i++)
		show_current(tx, in, id, observed[i], 1, &page, &response->observations,
			     &response->n_observations);
	return tx->error;
}

/* ---- audit -------------------------------------------------------------------------------- */

/* Facts about a patient say by which right they came about in a field of that name. */
static Accessed_Right right_in(struct tx *tx, const JournalEntry *entry, struct bytes fact)
{
	const ProtobufCFieldDescriptor *field = NULL;
	const ProtobufCMessageDescriptor *type = NULL;
	ProtobufCMessage *message;
	Accessed_Right right;

	if (!strcmp(entry->type, codec_name(&PatientRegistered_descriptor)))
		return ACCESSED_RIGHT_REGISTRAR;
	for (size_t i = 0; i < record_spec.n_facts; i++)
		if (!strcmp(entry->type, codec_name(record_spec.facts[i].message)))
			type = record_spec.facts[i].message;
	if (type)
		field = protobuf_c_message_descriptor_get_field_by_name(type, "right");
	if (!field || field->descriptor != &Accessed_Right_descriptor ||
	    codec_unpack(type, fact, tx->arena, &message))
		return ACCESSED_RIGHT_UNSPECIFIED;
	memcpy(&right, (const char *)message + field->offset, sizeof(right));
	return right;
}

/* Of a report that came through referral: who wrote it, for no terminal of theirs was here. */
static void show_author(AuditEvent *event, const Entry *entry)
{
	event->user = entry->author;
	event->organisation = entry->organisation;
	event->profession = entry->profession;
}

static void show_event(struct tx *tx, uint64_t position, AuditList *response, struct page *page)
{
	AuditEvent *event = NEW(AuditEvent, tx->arena);
	ProtobufCMessage *message;
	JournalEntry *entry;

	if (!event || journal_read(tx, position, &entry))
		return;
	struct bytes fact = { entry->fact.data, entry->fact.len };
	event->position = position;
	event->time_ms = entry->time_ms;
	event->user = entry->user;
	event->device = entry->device;
	event->organisation = entry->organisation;
	event->profession = (Profession)entry->profession;
	event->what = entry->cause;
	event->right = right_in(tx, entry, fact);
	if (!strcmp(entry->type, codec_name(&EntryAdded_descriptor)) && entry->instance[0] &&
	    codec_unpack(&EntryAdded_descriptor, fact, tx->arena, &message) == 0)
		show_author(event, ((const EntryAdded *)(const void *)message)->entry);
	if (!strcmp(entry->type, codec_name(&GlassBroken_descriptor)) &&
	    codec_unpack(&GlassBroken_descriptor, fact, tx->arena, &message) == 0) {
		event->right = ACCESSED_RIGHT_BREAK_GLASS;
		event->reason = ((const GlassBroken *)(const void *)message)->reason;
	}
	APPEND(tx, &response->items, &response->n_items, event);
	page_add(page, &event->base);
}

/* Entries are in the timeline, all else in audit: the two as one, oldest first. */
int query_audit(struct tx *tx, const struct input *in, const ShowAudit *request,
		AuditList *response, struct answer *answer)
{
	static const int tables[2] = { TABLE_AUDIT, TABLE_TIMELINE };
	struct page page = page_begin(tx);
	struct scan scans[2];
	uint64_t next[2];
	PatientView *view;

	int rc = patient_view_get(tx, request->patient, &view);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	Accessed_Right right = audit_right(rc ? NULL : view, &in->actor, in->now_ms, in->steady_ms);
	if (right == ACCESSED_RIGHT_UNSPECIFIED)
		return access_refused(in);
	rc = say_accessed(in, request->patient, right, &ShowAudit_descriptor, answer);
	if (rc)
		return rc;
	for (size_t i = 0; i < 2; i++) {
		struct key prefix = key_text(request->patient), from = prefix;
		key_add_u64(&from, in->after + 1);
		scan_open(&scans[i], tx, tables[i], &prefix, &from);
		next[i] = scan_next(&scans[i]) ? scan_rest_number(&scans[i]) : UINT64_MAX;
	}
	while (next[0] != next[1]) { /* no position is in both; at the end both are the greatest number */
		size_t i = next[0] < next[1] ? 0 : 1;
		if (page_full(&page) || page.items >= AUDIT_ITEMS) {
			answer->more = true;
			break;
		}
		answer->position = next[i];
		show_event(tx, next[i], response, &page);
		next[i] = scan_next(&scans[i]) ? scan_rest_number(&scans[i]) : UINT64_MAX;
	}
	scan_close(&scans[0]);
	scan_close(&scans[1]);
	if (!answer->more)
		answer->position = 0;
	return tx->error;
}
