#include "views.h"

#include <string.h>

#include "attachment_views.h"
#include "news.h"
#include "search.h"

const char *const record_tables[N_RECORD_TABLES] = {
	[TABLE_PATIENTS - TABLE_OWN] = "patients",       [TABLE_NAMES - TABLE_OWN] = "names",
	[TABLE_IDENTIFIERS - TABLE_OWN] = "identifiers", [TABLE_SEATS - TABLE_OWN] = "seats",
	[TABLE_SEATED - TABLE_OWN] = "seated",           [TABLE_TIMELINE - TABLE_OWN] = "timeline",
	[TABLE_ENTRIES - TABLE_OWN] = "entries",         [TABLE_SOURCES - TABLE_OWN] = "sources",
	[TABLE_CURRENT - TABLE_OWN] = "current",         [TABLE_LINKS - TABLE_OWN] = "links",
	[TABLE_READERS - TABLE_OWN] = "readers",         [TABLE_AUDIT - TABLE_OWN] = "audit",
	[TABLE_HEARD - TABLE_OWN] = "heard",             [TABLE_PLACED - TABLE_OWN] = "placed",
	[TABLE_SHIFTS - TABLE_OWN] = "shifts",           [TABLE_DUTIES - TABLE_OWN] = "duties",
	[TABLE_BEGUN - TABLE_OWN] = "begun",             [TABLE_COVERED - TABLE_OWN] = "covered",
	[TABLE_UPLOADS - TABLE_OWN] = "uploads",         [TABLE_ATTACHED - TABLE_OWN] = "attached",
	[TABLE_FETCHED - TABLE_OWN] = "fetched",         [TABLE_NEWS - TABLE_OWN] = "news",
	[TABLE_LOOKED - TABLE_OWN] = "looked",           [TABLE_SITTING - TABLE_OWN] = "sitting",
	[TABLE_VISITS - TABLE_OWN] = "visits",
};

static const struct bytes nothing = { NULL, 0 };

/* ---- keys --------------------------------------------------------------------------------- */

static void add_byte(struct key *key, unsigned byte)
{
	uint8_t value = (uint8_t)byte;
	key_add_bytes(key, &value, 1);
}

struct key timeline_key(const char *patient, uint64_t position, EntryKind kind)
{
	struct key key = key_text_u64(patient, position);
	add_byte(&key, (unsigned)kind);
	return key;
}

struct key current_prefix(const char *patient, EntryKind kind)
{
	struct key key = key_text(patient);
	add_byte(&key, (unsigned)kind);
	return key;
}

/* Times before 1970 are negative: so biased, all sort. */
static struct key current_key(const Entry *entry)
{
	struct key key = current_prefix(entry->patient, entry->kind);
	key_add_u64(&key, (uint64_t)entry->occurred_ms ^ (1ULL << 63));
	key_add_u64(&key, entry->position);
	return key;
}

struct key link_prefix(const char *entry, enum link link)
{
	struct key key = key_text(entry);
	add_byte(&key, link);
	return key;
}

struct key patient_watch_key(const char *patient)
{
	return key_text(patient);
}

struct key seat_key(struct arena *arena, char tag, const char *name)
{
	return key_text(arena_printf(arena, "%c:%s", tag, name));
}

struct key hash_key(struct tx *tx, const char *text)
{
	uint8_t hash[KEYED_HASH_BYTES];
	struct key key = { .size = 0 };
	tx_keyed_hash(tx, text, hash);
	key_add_bytes(&key, hash, sizeof(hash));
	return key;
}

/* The lengths keep the parts apart, whatever stands in them. */
static struct key identifier_key(struct tx *tx, const char *organisation, const Identifier *identifier)
{
	return hash_key(tx, arena_printf(tx->arena, "i:%s:%zu:%s:%s", organisation,
					 strlen(identifier->system), identifier->system,
					 identifier->value));
}

static struct key source_key(struct tx *tx, const char *patient, const Identifier *source)
{
	struct key key = key_text(patient);
	struct key hash = hash_key(tx, arena_printf(tx->arena, "s:%zu:%s:%s", strlen(source->system),
						    source->system, source->value));
	key_add_bytes(&key, hash.data, hash.size);
	return key;
}

/* ---- small values ------------------------------------------------------------------------- */

static void put_text(struct tx *tx, int table, const struct key *key, const char *text)
{
	tx_put(tx, table, key, (struct bytes){ (const uint8_t *)text, strlen(text) + 1 });
}

static void put_number(struct tx *tx, int table, const struct key *key, uint64_t number)
{
	struct key value = key_u64(number);
	tx_put(tx, table, key, (struct bytes){ value.data, value.size });
}

/* A text that put_text wrote, or NULL. */
static const char *get_text(struct tx *tx, int table, const struct key *key)
{
	struct bytes value;
	return tx_get(tx, table, key, &value) ? NULL : (const char *)value.data;
}

static void audit(struct tx *tx, const char *patient, uint64_t position)
{
	struct key key = key_text_u64(patient, position);
	tx_put(tx, TABLE_AUDIT, &key, nothing);
}

static void touch(struct tx *tx, const char *patient)
{
	struct key key = patient_watch_key(patient);
	tx_touch(tx, &key);
}

/* ---- looking up --------------------------------------------------------------------------- */

int patient_view_get(struct tx *tx, const char *id, PatientView **out)
{
	struct key key = key_text(id_valid(id) ? id : "");
	return GET(tx, TABLE_PATIENTS, &key, PatientView, out);
}

int patient_view_for(struct tx *tx, const struct input *in, const char *id, PatientView **out)
{
	int rc = patient_view_get(tx, id, out);
	Accessed_Right right =
		rc ? ACCESSED_RIGHT_UNSPECIFIED
		   : access_right(*out, &in->actor, in->now_ms, in->steady_ms);

	/* Who registered the patient or is of the team sees them by that. */
	if (!rc && (*out)->patient->cover_consent && right != ACCESSED_RIGHT_REGISTRAR &&
	    right != ACCESSED_RIGHT_TEAM) {
		struct cover cover = cover_load(tx, in);
		cover_fill(tx, &cover, *out);
		rc = tx->error;
	}
	return rc;
}

static void patient_view_put(struct tx *tx, const PatientView *view)
{
	struct key key = key_text(view->patient->id);
	PatientView *before;
	int rc = patient_view_get(tx, view->patient->id, &before);

	if (!rc || rc == ERR_NOTFOUND)
		cover_index(tx, rc ? NULL : before, view);
	PUT(tx, TABLE_PATIENTS, &key, view);
	touch(tx, view->patient->id);
}

int entry_place_get(struct tx *tx, const char *id, EntryPlace **out)
{
	struct key key = key_text(id_valid(id) ? id : "");
	return GET(tx, TABLE_ENTRIES, &key, EntryPlace, out);
}

int entry_at(struct tx *tx, const EntryPlace *place, Entry **out)
{
	struct key key = timeline_key(place->patient, place->position, place->kind);
	return GET(tx, TABLE_TIMELINE, &key, Entry, out);
}

int entry_get(struct tx *tx, const char *id, Entry **out)
{
	EntryPlace *place;
	int rc = entry_place_get(tx, id, &place);
	return rc ? rc : entry_at(tx, place, out);
}

int entry_standing(struct tx *tx, const char *original, EntryKind kind, Entry **out)
{
	struct key prefix = link_prefix(original, LINK_CORRECTION);
	struct bytes id;
	struct scan scan;
	EntryPlace *place;
	const char *standing = original;

	scan_open(&scan, tx, TABLE_LINKS, &prefix, NULL);
	while (scan_previous(&scan) && scan_value(&scan, &id) == 0)
		if (entry_place_get(tx, (const char *)id.data, &place) == 0 && place->kind == kind) {
			standing = (const char *)id.data;
			break;
		}
	scan_close(&scan);
	return entry_get(tx, standing, out);
}

const char *question_first(struct tx *tx, const char *id)
{
	EntryPlace *place;

	if (entry_place_get(tx, id, &place) || place->original_kind != ENTRY_KIND_QUESTION)
		return id;
	return place->original;
}

bool entry_read_by(struct tx *tx, const char *entry, const char *user)
{
	struct key key = key_texts(entry, user);
	return tx_has(tx, TABLE_READERS, &key);
}

bool seated(struct tx *tx, const struct key *seat, const char *patient)
{
	struct key key = *seat;
	key_add_text(&key, patient);
	return tx_has(tx, TABLE_SEATED, &key);
}

/* ---- what the rules need ------------------------------------------------------------------ */

/* NULL where there is none; an error stays in the transaction, which the frame looks at. */
static const PatientView *find_patient(struct tx *tx, const struct input *in, const char *id)
{
	PatientView *view;
	return patient_view_for(tx, in, id, &view) ? NULL : view;
}

int load_register(struct tx *tx, const struct input *in, const RegisterPatient *request,
		  struct register_rule *view)
{
	Organisation *organisation;
	const Patient *patient = request->patient;

	if (organisation_get(tx, in->actor.organisation, &organisation) == 0)
		view->organisation = organisation;
	for (size_t i = 0; patient && !view->known && i < patient->n_identifiers; i++) {
		struct key key = identifier_key(tx, in->actor.organisation, patient->identifiers[i]);
		const char *id = get_text(tx, TABLE_IDENTIFIERS, &key);
		if (id)
			view->known = find_patient(tx, in, id);
	}
	return 0;
}

int load_update(struct tx *tx, const struct input *in, const UpdatePatient *request,
		struct patient_rule *view)
{
	view->patient = request->patient ? find_patient(tx, in, request->patient->id) : NULL;
	return 0;
}

int load_consent(struct tx *tx, const struct input *in, const RecordConsent *request,
		 struct patient_rule *view)
{
	view->patient = find_patient(tx, in, request->patient);
	return 0;
}

int load_thresholds(struct tx *tx, const struct input *in, const SetThresholds *request,
		    struct patient_rule *view)
{
	view->patient = find_patient(tx, in, request->patient);
	return 0;
}

int load_unstable(struct tx *tx, const struct input *in, const SetUnstable *request,
		  struct patient_rule *view)
{
	view->patient = find_patient(tx, in, request->patient);
	return 0;
}

int load_glass(struct tx *tx, const struct input *in, const BreakGlass *request,
	       struct patient_rule *view)
{
	view->patient = find_patient(tx, in, request->patient);
	return 0;
}

int load_member(struct tx *tx, const struct input *in, const AddTeamMember *request,
		struct member_rule *view)
{
	const TeamMember *member = request->member;
	Organisation *organisation;
	Person *person;

	view->patient = find_patient(tx, in, request->patient);
	if (!member)
		return 0;
	const char *of = member->organisation;
	if (name_valid(member->user, LIMIT_NAME_BYTES) &&
	    person_get(tx, member->user, &person) == 0) {
		view->person = person;
		of = person->organisation;
	}
	if (name_valid(of, LIMIT_NAME_BYTES) && organisation_get(tx, of, &organisation) == 0)
		view->organisation = organisation;
	return 0;
}

int load_removal(struct tx *tx, const struct input *in, const RemoveTeamMember *request,
		 struct patient_rule *view)
{
	view->patient = find_patient(tx, in, request->patient);
	return 0;
}

static bool heard(struct tx *tx, const struct input *in, const char *event, const char *referral)
{
	struct key key = key_text(placement_event(in, event, referral));
	return tx_has(tx, TABLE_HEARD, &key);
}

/* What a request has made of an organisation; NULL: nothing. */
static const Placement *find_placed(struct tx *tx, const char *referral, const char *organisation)
{
	struct key key = key_texts(referral, organisation);
	Placement *placed;

	return GET(tx, TABLE_PLACED, &key, Placement, &placed) ? NULL : placed;
}

int load_placement(struct tx *tx, const struct input *in, const PlacementNotice *notice,
		   struct placement_rule *view)
{
	Organisation *organisation;

	if (!id_valid(notice->referral))
		return 0;
	view->heard = heard(tx, in, notice->event, notice->referral);
	view->patient = find_patient(tx, in, notice->patient);
	if (!name_valid(notice->organisation, LIMIT_NAME_BYTES))
		return 0;
	view->placed = find_placed(tx, notice->referral, notice->organisation);
	if (organisation_get(tx, notice->organisation, &organisation) == 0)
		view->organisation = organisation;
	return 0;
}

int load_visit(struct tx *tx, const struct input *in, const VisitNotice *notice,
	       struct visit_rule *view)
{
	const VisitReport *report = notice->report;

	if (!id_valid(notice->referral) || !report)
		return 0;
	view->heard = heard(tx, in, notice->event, notice->referral);
	view->patient = find_patient(tx, in, notice->patient);
	if (!name_valid(report->organisation, LIMIT_NAME_BYTES))
		return 0;
	const Placement *placed = find_placed(tx, notice->referral, report->organisation);
	view->placed = placed && !strcmp(placed->patient, notice->patient);
	return 0;
}

int load_membership(struct tx *tx, const struct input *in, const MembershipDue *due,
		    struct patient_rule *view)
{
	view->patient = find_patient(tx, in, due->patient);
	return 0;
}

/* The entry's place, if it is of that patient. */
static const EntryPlace *place_of(struct tx *tx, const char *patient, const char *id)
{
	EntryPlace *place;
	if (entry_place_get(tx, id, &place) || strcmp(place->patient, patient))
		return NULL;
	return place;
}

static bool is_current(struct tx *tx, const Entry *entry)
{
	struct key key = current_key(entry);
	return tx_has(tx, TABLE_CURRENT, &key);
}

/* The medicine that a change or stop names, in its newest version. It stands too where the entry
 * corrects the one that changed or stopped it. */
static void load_replaced(struct tx *tx, const Entry *entry, struct entry_rule *view)
{
	const EntryPlace *place = place_of(tx, entry->patient, entry->medication->replaces);
	Entry *replaced, *before;

	if (!place || entry_standing(tx, place->original, place->original_kind, &replaced))
		return;
	view->replaced = replaced;
	view->replaced_stands = is_current(tx, replaced);
	if (view->original &&
	    entry_standing(tx, view->original->original, view->original->original_kind, &before) == 0 &&
	    before->kind == ENTRY_KIND_MEDICATION && before->medication->replaces[0]) {
		place = place_of(tx, entry->patient, before->medication->replaces);
		Entry *undone;
		if (place && entry_standing(tx, place->original, place->original_kind, &undone) == 0)
			view->replaced_stands |= !strcmp(undone->id, replaced->id);
	}
}

int load_entry(struct tx *tx, const struct input *in, const AddEntry *request,
	       struct entry_rule *view)
{
	const Entry *entry = request->entry;
	Entry *found;

	if (!entry)
		return 0;
	view->patient = find_patient(tx, in, entry->patient);
	if (!view->patient)
		return 0;
	if (entry->source && entry->source->value[0]) {
		struct key key = source_key(tx, entry->patient, entry->source);
		view->known = get_text(tx, TABLE_SOURCES, &key);
	}
	view->uploads = load_attachments(tx, in, entry);
	view->original = place_of(tx, entry->patient, entry->corrects);
	if (view->original && entry_at(tx, view->original, &found) == 0)
		view->corrected = found;
	if (entry->content_case == Entry_CONTENT_MEDICATION)
		load_replaced(tx, entry, view);
	if (entry->content_case == Entry_CONTENT_ANSWER) {
		const EntryPlace *place = place_of(tx, entry->patient, entry->answer->question);
		if (place && entry_at(tx, place, &found) == 0)
			view->question = found;
	}
	return 0;
}

int load_mark(struct tx *tx, const struct input *in, const MarkRead *request,
	      struct mark_rule *view)
{
	view->patient = find_patient(tx, in, request->patient);
	if (!view->patient || request->n_entries > MARKED_MAX)
		return 0;
	for (size_t i = 0; i < request->n_entries; i++) {
		const EntryPlace *place = place_of(tx, request->patient, request->entries[i]);
		if (!place) {
			view->strange = true;
			return 0;
		}
		if (!strcmp(place->author, in->actor.user) ||
		    entry_read_by(tx, request->entries[i], in->actor.user))
			continue;
		int rc = arena_append(in->arena, &view->unread, &view->n_unread, request->entries[i]);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- indexes ------------------------------------------------------------------------------ */

static void index_names(struct tx *tx, const Patient *patient, bool add)
{
	char **tokens;
	size_t n;

	if (search_tokens(tx->arena, patient, &tokens, &n)) {
		tx->error = tx->error ? tx->error : ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct key key = hash_key(tx, tokens[i]);
		key_add_text(&key, patient->id);
		if (add)
			tx_put(tx, TABLE_NAMES, &key, nothing);
		else
			tx_delete(tx, TABLE_NAMES, &key);
	}
}

static bool has_reason(const PatientView *view, char tag, const char *name)
{
	if (tag == 'o' && !strcmp(view->patient->registered_by, name))
		return true;
	for (size_t i = 0; i < view->n_team; i++) {
		const TeamMember *member = view->team[i];
		if (tag == 'u' ? !strcmp(member->user, name) :
				 !member->user[0] && !strcmp(member->organisation, name))
			return true;
	}
	for (size_t i = 0; tag == 'u' && i < view->n_grants; i++)
		if (!strcmp(view->grants[i]->user, name))
			return true;
	return false;
}

/* Brings the seats of one organisation or user to what the patient's view says now. */
static void refresh_seat(struct tx *tx, const PatientView *view, char tag, const char *name,
			 uint64_t position)
{
	struct key seat = seat_key(tx->arena, tag, name), seated_at = seat;
	struct bytes value;

	key_add_text(&seated_at, view->patient->id);
	bool before = tx_get(tx, TABLE_SEATED, &seated_at, &value) == 0;
	bool now = has_reason(view, tag, name);
	if (now && !before) {
		key_add_u64(&seat, position);
		put_text(tx, TABLE_SEATS, &seat, view->patient->id);
		put_number(tx, TABLE_SEATED, &seated_at, position);
		news_sit(tx, view->patient->id, tag, name, true);
	} else if (!now && before) {
		key_add_bytes(&seat, value.data, value.size);
		tx_delete(tx, TABLE_SEATS, &seat);
		tx_delete(tx, TABLE_SEATED, &seated_at);
		news_sit(tx, view->patient->id, tag, name, false);
	}
}

/* ---- facts: the patient ------------------------------------------------------------------- */

/* The view to change; NULL only when the transaction has failed: a rule has seen it. */
static PatientView *change(struct tx *tx, const char *patient, const JournalEntry *entry,
			   uint64_t position)
{
	PatientView *view;
	int rc = patient_view_get(tx, patient, &view);
	if (rc) {
		tx->error = tx->error ? tx->error : ERR_CORRUPT;
		return NULL;
	}
	audit(tx, patient, position);
	news_change(tx, patient, entry, position);
	return view;
}

void apply_patient_registered(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const PatientRegistered *fact)
{
	PatientView view = PatientView_INIT;
	TeamMember member = TeamMember_INIT, *team = &member;
	const Patient *patient = fact->patient;

	(void)entry;
	member.organisation = patient->registered_by;
	member.role = TEAM_ROLE_MEMBER;
	member.profession = fact->registrar_profession;
	view.patient = fact->patient;
	view.team = &team;
	view.n_team = 1;
	view.team_consent_on = fact->consent_given_on;
	patient_view_put(tx, &view);
	for (size_t i = 0; i < patient->n_identifiers; i++) {
		struct key key = identifier_key(tx, patient->registered_by, patient->identifiers[i]);
		if (!tx_has(tx, TABLE_IDENTIFIERS, &key))
			put_text(tx, TABLE_IDENTIFIERS, &key, patient->id);
	}
	index_names(tx, patient, true);
	refresh_seat(tx, &view, 'o', patient->registered_by, position);
	audit(tx, patient->id, position);
}

void apply_patient_updated(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const PatientUpdated *fact)
{
	PatientView *view = change(tx, fact->patient->id, entry, position);

	if (!view)
		return;
	index_names(tx, view->patient, false);
	index_names(tx, fact->patient, true);
	view->patient = fact->patient;
	patient_view_put(tx, view);
}

void apply_consent_recorded(struct tx *tx, const JournalEntry *entry, uint64_t position,
			    const ConsentRecorded *fact)
{
	PatientView *view = change(tx, fact->patient, entry, position);

	if (!view)
		return;
	if (fact->scope == CONSENT_SCOPE_COVER) {
		view->patient->cover_consent = fact->given;
		view->cover_consent_on = fact->on;
	} else {
		view->patient->team_consent = fact->given;
		view->team_consent_on = fact->on;
	}
	patient_view_put(tx, view);
}

/* When the rows end that do: planned for the team as it is, or all that taken back. */
static void plan_ends(struct tx *tx, const PatientView *view, bool plan)
{
	for (size_t i = 0; i < view->n_team; i++) {
		const TeamMember *member = view->team[i];
		int64_t end_ms = member_end_ms(member);
		MembershipDue due = MembershipDue_INIT;
		if (!end_ms)
			continue;
		due.patient = view->patient->id;
		due.organisation = member->organisation;
		due.referral = member->referral;
		if (plan)
			due_set(tx, DUE_APPOINTMENT, end_ms, &due.base);
		else
			due_clear(tx, DUE_APPOINTMENT, end_ms, &due.base);
	}
}

static void seat_member(struct tx *tx, const PatientView *view, const char *organisation,
			const char *user, uint64_t position)
{
	patient_view_put(tx, view);
	if (user[0])
		refresh_seat(tx, view, 'u', user, position);
	else
		refresh_seat(tx, view, 'o', organisation, position);
}

static void put_member(struct tx *tx, PatientView *view, TeamMember *member, uint64_t position)
{
	plan_ends(tx, view, false);
	if (team_put(view, member, tx->arena))
		tx->error = tx->error ? tx->error : ERR_NOMEM;
	plan_ends(tx, view, true);
	seat_member(tx, view, member->organisation, member->user, position);
}

static void remove_member(struct tx *tx, PatientView *view, const TeamMemberRemoved *gone,
			  uint64_t position)
{
	plan_ends(tx, view, false);
	team_remove(view, gone);
	plan_ends(tx, view, true);
	seat_member(tx, view, gone->organisation, gone->user, position);
}

void apply_team_member_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const TeamMemberAdded *fact)
{
	PatientView *view = change(tx, fact->patient, entry, position);

	if (!view)
		return;
	put_member(tx, view, fact->member, position);
	if (fact->also)
		put_member(tx, view, fact->also, position);
}

void apply_team_member_removed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			       const TeamMemberRemoved *fact)
{
	PatientView *view = change(tx, fact->patient, entry, position);

	if (view)
		remove_member(tx, view, fact, position);
}

static void put_placed(struct tx *tx, const PlacementDecided *fact)
{
	struct key key = key_texts(fact->referral, fact->organisation);
	Placement placed = Placement_INIT;

	placed.patient = fact->patient;
	placed.member = fact->member;
	placed.before = fact->before;
	placed.attending = fact->attending;
	PUT(tx, TABLE_PLACED, &key, &placed);
}

/* It ends once: who attended before is not put back a second time. */
static void forget_attending(struct tx *tx, const PlacementDecided *fact)
{
	struct key key = key_texts(fact->referral, fact->organisation);
	const Placement *placed = find_placed(tx, fact->referral, fact->organisation);

	if (!placed || !placed->attending)
		return;
	Placement left = *placed;
	left.attending = NULL;
	PUT(tx, TABLE_PLACED, &key, &left);
}

static void placement_ended(struct tx *tx, const PlacementDecided *fact, PatientView *view,
			    uint64_t position)
{
	TeamMemberRemoved gone = TeamMemberRemoved_INIT;

	if (fact->member && fact->before) {
		put_member(tx, view, fact->before, position);
	} else if (fact->member) {
		gone.organisation = fact->member->organisation;
		gone.referral = fact->member->referral;
		remove_member(tx, view, &gone, position);
	}
	if (fact->attending)
		put_member(tx, view, fact->attending, position);
}

void apply_placement_decided(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const PlacementDecided *fact)
{
	struct key heard_key = key_text(fact->event);

	tx_put(tx, TABLE_HEARD, &heard_key, nothing);
	if (fact->ended && name_valid(fact->organisation, LIMIT_NAME_BYTES))
		forget_attending(tx, fact);
	if (!fact->member && !fact->attending)
		return;
	PatientView *view = change(tx, fact->patient, entry, position);
	if (!view)
		return;
	if (fact->ended) {
		placement_ended(tx, fact, view, position);
		return;
	}
	put_placed(tx, fact);
	put_member(tx, view, fact->member, position);
}

void apply_thresholds_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const ThresholdsSet *fact)
{
	PatientView *view = change(tx, fact->patient, entry, position);

	if (!view)
		return;
	view->thresholds = fact->thresholds;
	patient_view_put(tx, view);
}

void apply_unstable_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const UnstableSet *fact)
{
	PatientView *view = change(tx, fact->patient, entry, position);

	if (!view)
		return;
	view->patient->unstable = fact->unstable;
	patient_view_put(tx, view);
}

/* Grants that are over go when the next one comes. */
void apply_glass_broken(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const GlassBroken *fact)
{
	PatientView *view = change(tx, fact->patient, entry, position);
	GlassGrant grant = GlassGrant_INIT;
	size_t kept = 0, n_over = 0;
	char **over = NULL;
	int rc = 0;

	if (!view)
		return;
	grant.user = entry->user;
	grant.until_steady_ms = entry->steady_ms + GLASS_MS;
	for (size_t i = 0; i < view->n_grants && !rc; i++) {
		GlassGrant *other = view->grants[i];
		if (!strcmp(other->user, grant.user))
			continue;
		if (other->until_steady_ms > entry->steady_ms)
			view->grants[kept++] = other;
		else
			rc = arena_append(tx->arena, &over, &n_over, other->user);
	}
	view->n_grants = kept;
	if (!rc)
		rc = arena_append(tx->arena, &view->grants, &view->n_grants, &grant);
	if (rc && !tx->error)
		tx->error = rc;
	patient_view_put(tx, view);
	refresh_seat(tx, view, 'u', grant.user, position);
	for (size_t i = 0; i < n_over; i++)
		refresh_seat(tx, view, 'u', over[i], position);
}

/* ---- facts: entries ----------------------------------------------------------------------- */

/* Kinds of which the summary shows what holds now. */
static bool has_current(EntryKind kind)
{
	switch (kind) {
	case ENTRY_KIND_VITAL_SIGNS:
	case ENTRY_KIND_MEDICATION:
	case ENTRY_KIND_ALLERGY:
	case ENTRY_KIND_CONDITION:
	case ENTRY_KIND_WEIGHT:
	case ENTRY_KIND_RENAL:
	case ENTRY_KIND_SWALLOWING:
	case ENTRY_KIND_ACTIVITY:
	case ENTRY_KIND_PRECAUTION:
	case ENTRY_KIND_WISH:
		return true;
	default:
		return false;
	}
}

static bool is_stop(const Entry *entry)
{
	return entry->kind == ENTRY_KIND_MEDICATION &&
	       entry->medication->action == MEDICATION_ACTION_STOP;
}

static void set_current(struct tx *tx, const Entry *entry, bool holds)
{
	struct key key = current_key(entry);
	if (holds)
		tx_put(tx, TABLE_CURRENT, &key, nothing);
	else
		tx_delete(tx, TABLE_CURRENT, &key);
}

/* The newest version of the medicine that an entry changes or stops; NULL: it does neither. */
static Entry *replaced_by(struct tx *tx, const Entry *entry)
{
	EntryPlace *place;
	Entry *replaced;

	if (entry->kind != ENTRY_KIND_MEDICATION || !entry->medication->replaces[0] ||
	    entry_place_get(tx, entry->medication->replaces, &place) ||
	    entry_standing(tx, place->original, place->original_kind, &replaced))
		return NULL;
	return replaced;
}

/* Before the links of a correction are written. */
static void apply_current(struct tx *tx, const EntryAdded *fact, const Entry *entry)
{
	bool holds = has_current(entry->kind) && !is_stop(entry);
	Entry *before, *replaced;

	if (fact->original[0]) {
		if (entry->kind != fact->original_kind ||
		    entry_standing(tx, fact->original, fact->original_kind, &before))
			return; /* a remark replaces nothing */
		/* What was stopped meanwhile stays stopped. */
		holds = holds && (is_stop(before) || is_current(tx, before));
		set_current(tx, before, false);
		replaced = replaced_by(tx, before);
		if (replaced && !is_stop(replaced))
			set_current(tx, replaced, true);
	}
	if (holds)
		set_current(tx, entry, true);
	replaced = replaced_by(tx, entry);
	if (replaced)
		set_current(tx, replaced, false);
}

static void link_to(struct tx *tx, const char *entry, enum link link, const Entry *from)
{
	struct key key = link_prefix(entry, link);
	key_add_u64(&key, from->position);
	put_text(tx, TABLE_LINKS, &key, from->id);
}

void apply_entry_added(struct tx *tx, const JournalEntry *journalled, uint64_t position,
		       const EntryAdded *fact)
{
	Entry entry = *fact->entry;
	EntryPlace place = EntryPlace_INIT;
	struct key key = timeline_key(entry.patient, position, entry.kind);

	(void)journalled;
	entry.position = position;
	PUT(tx, TABLE_TIMELINE, &key, &entry);
	place.patient = entry.patient;
	place.position = position;
	place.kind = entry.kind;
	place.original = fact->original[0] ? fact->original : entry.id;
	place.original_kind = fact->original[0] ? fact->original_kind : entry.kind;
	place.infection = fact->infection;
	place.author = entry.author;
	key = key_text(entry.id);
	PUT(tx, TABLE_ENTRIES, &key, &place);
	if (entry.source) {
		key = source_key(tx, entry.patient, entry.source);
		put_text(tx, TABLE_SOURCES, &key, entry.id);
	}
	news_entry(tx, fact, &entry);
	attach(tx, &entry);
	apply_current(tx, fact, &entry);
	if (entry.corrects[0]) {
		link_to(tx, entry.corrects, LINK_CORRECTION, &entry);
		/* the same once more where it corrects the first version */
		link_to(tx, place.original, LINK_CORRECTION, &entry);
	}
	if (entry.kind == ENTRY_KIND_ANSWER)
		link_to(tx, question_first(tx, entry.answer->question), LINK_ANSWER, &entry);
	if (fact->event[0]) {
		key = key_text(fact->event);
		tx_put(tx, TABLE_HEARD, &key, nothing);
	}
	touch(tx, entry.patient);
}

static void add_readers(struct tx *tx, const JournalEntry *entry, char *const *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct key key = key_texts(entries[i], entry->user);
		if (!tx_has(tx, TABLE_READERS, &key))
			put_number(tx, TABLE_READERS, &key, (uint64_t)entry->time_ms);
	}
}

void apply_entries_read(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const EntriesRead *fact)
{
	audit(tx, fact->patient, position);
	add_readers(tx, entry, fact->entries, fact->n_entries);
	news_read(tx, entry, position, fact->patient);
}

void apply_accessed(struct tx *tx, const JournalEntry *entry, uint64_t position,
		    const Accessed *fact)
{
	if (fact->patient[0])
		audit(tx, fact->patient, position);
	for (size_t i = 0; i < fact->n_patients; i++)
		audit(tx, fact->patients[i], position);
	add_readers(tx, entry, fact->entries, fact->n_entries);
	if (fact->looked)
		news_looked(tx, entry, position, fact);
	else if (fact->n_entries && fact->patient[0])
		news_read(tx, entry, position, fact->patient);
	if (fact->entry[0])
		attachment_fetched(tx, entry, fact);
}
