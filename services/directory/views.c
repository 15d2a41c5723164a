#include "views.h"

#include <string.h>

#include "date.h"
#include "signin_views.h"

#define CRL_RENEW_MS DAY_MS
/* An ended certificate stays on the list for one list's life more (RFC 5280, 3.3). */
#define CRL_KEEP_MS (7 * DAY_MS)

const char *const directory_tables[TABLE_DIRECTORY_END - TABLE_OWN] = {
	[TABLE_CHANGES - TABLE_OWN] = "changes",
	[TABLE_CHANGED_AT - TABLE_OWN] = "changed-at",
	[TABLE_ADMINISTRATORS - TABLE_OWN] = "administrators",
	[TABLE_CERTIFICATES - TABLE_OWN] = "certificates",
	[TABLE_REVOKED - TABLE_OWN] = "revoked",
	[TABLE_REVOKED_USERS - TABLE_OWN] = "revoked-users",
	[TABLE_CRL - TABLE_OWN] = "crl",
	[TABLE_SIGN_IN - TABLE_OWN] = "sign-in",
	[TABLE_SESSIONS - TABLE_OWN] = "sessions",
	[TABLE_SIGNED_OUT - TABLE_OWN] = "signed-out",
	[TABLE_SIGNED_OUT_AT - TABLE_OWN] = "signed-out-at",
};

struct key organisations_watch(void)
{
	return key_text("organisations");
}

struct key organisation_watch(const char *id)
{
	return key_texts("organisation", id);
}

struct key person_watch(const char *user)
{
	return key_texts("person", user);
}

static void touch(struct tx *tx, struct key key)
{
	tx_touch(tx, &key);
}

/* ---- certificates ------------------------------------------------------------------------- */

int crl_state(struct tx *tx, CrlState **out)
{
	struct key key = key_text("");
	return GET(tx, TABLE_CRL, &key, CrlState, out);
}

static void crl_state_put(struct tx *tx, uint64_t number, int64_t due_ms)
{
	struct key key = key_text("");
	CrlState state = CrlState_INIT;

	state.number = number;
	state.due_ms = due_ms;
	PUT(tx, TABLE_CRL, &key, &state);
}

/* What is revoked has changed: the next list has another number. */
static void crl_next(struct tx *tx)
{
	CrlState *state;
	int rc = crl_state(tx, &state);

	if (!rc)
		crl_state_put(tx, state->number + 1, state->due_ms);
	else if (rc == ERR_NOTFOUND)
		crl_state_put(tx, 2, 0); /* 1 is the list that broker-config/pki made */
}

int certificates_of(struct tx *tx, const char *user, Certificate ***out, size_t *n)
{
	struct key prefix = key_text(user);
	Certificate **list = NULL, *certificate;
	struct scan scan;
	size_t count = 0;
	int rc = 0;

	scan_open(&scan, tx, TABLE_CERTIFICATES, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Certificate, &certificate);
		if (!rc)
			rc = arena_append(tx->arena, &list, &count, certificate);
	}
	scan_close(&scan);
	if (rc || tx->error)
		return rc ? rc : tx->error;
	*out = list;
	*n = count;
	return 0;
}

static void certificate_put(struct tx *tx, const Certificate *certificate)
{
	struct key key = key_texts(certificate->user, certificate->id);
	Certificate stored = *certificate;

	stored.pem = NULL; /* it stands in the journal, where a repeated request finds it */
	PUT(tx, TABLE_CERTIFICATES, &key, &stored);
	touch(tx, person_watch(certificate->user));
}

/* A new one takes the place of those that have ended, so that a person's list stays short. */
static void certificate_add(struct tx *tx, const Certificate *certificate, int64_t now_ms)
{
	Certificate **known;
	size_t n;

	if (certificates_of(tx, certificate->user, &known, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct key key = key_texts(known[i]->user, known[i]->id);
		if (known[i]->not_after_ms < now_ms)
			tx_delete(tx, TABLE_CERTIFICATES, &key);
	}
	certificate_put(tx, certificate);
}

static void certificates_revoke(struct tx *tx, const char *user, int64_t now_ms)
{
	Certificate **known;
	size_t n;

	if (certificates_of(tx, user, &known, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct key key = key_u64((uint64_t)known[i]->not_after_ms);
		if (known[i]->revoked)
			continue;
		known[i]->revoked = true;
		known[i]->revoked_ms = now_ms;
		certificate_put(tx, known[i]);
		key_add_u64(&key, (uint64_t)now_ms);
		key_add_text(&key, known[i]->id);
		tx_put(tx, TABLE_REVOKED, &key, (struct bytes){ NULL, 0 });
	}
}

static int64_t number_at(const uint8_t *key)
{
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | key[i];
	return (int64_t)number;
}

void revoked_open(struct revoked_scan *scan, struct tx *tx)
{
	scan_open(&scan->scan, tx, TABLE_REVOKED, NULL, NULL);
}

bool revoked_next(struct revoked_scan *scan)
{
	if (!scan_next(&scan->scan))
		return false;
	scan->not_after_ms = number_at(scan->scan.key);
	scan->revoked_ms = number_at(scan->scan.key + 8);
	scan->serial = (const char *)scan->scan.key + 16;
	return true;
}

/* The table begins with the certificates that ended first. */
static void revoked_trim(struct tx *tx, int64_t now_ms)
{
	struct revoked_scan scan;

	revoked_open(&scan, tx);
	while (revoked_next(&scan) && scan.not_after_ms < now_ms - CRL_KEEP_MS)
		scan_delete(&scan.scan);
	scan_close(&scan.scan);
}

/* ---- people and organisations ------------------------------------------------------------- */

static void changes_put(struct tx *tx, const char *organisation, uint64_t position)
{
	struct key id = key_text(organisation), at = key_u64(position);
	struct bytes before;

	if (tx_get(tx, TABLE_CHANGED_AT, &id, &before) == 0) {
		struct key old = { .size = 0 };
		key_add_bytes(&old, before.data, before.size);
		tx_delete(tx, TABLE_CHANGES, &old);
	}
	tx_put(tx, TABLE_CHANGED_AT, &id, (struct bytes){ at.data, at.size });
	tx_put(tx, TABLE_CHANGES, &at, (struct bytes){ id.data, id.size });
}

/* A person in every view. True: they had been revoked before. */
static bool directory_person_put(struct tx *tx, const Person *person)
{
	struct key key = key_text(person->id);
	Person *before = NULL;
	bool enrolled = person->state == ENROLMENT_STATE_ENROLLED;
	bool was_revoked = tx_has(tx, TABLE_REVOKED_USERS, &key);

	if (person_get(tx, person->id, &before) == 0)
		touch(tx, organisation_watch(before->organisation));
	person_put(tx, person);
	if (enrolled && person->profession == PROFESSION_ADMINISTRATOR)
		tx_put(tx, TABLE_ADMINISTRATORS, &key, (struct bytes){ NULL, 0 });
	else
		tx_delete(tx, TABLE_ADMINISTRATORS, &key);
	if (enrolled)
		tx_delete(tx, TABLE_REVOKED_USERS, &key);
	else
		tx_put(tx, TABLE_REVOKED_USERS, &key, (struct bytes){ NULL, 0 });
	touch(tx, organisation_watch(person->organisation));
	touch(tx, person_watch(person->id));
	return was_revoked;
}

/* ---- facts -------------------------------------------------------------------------------- */

static void directory_organisation_put(struct tx *tx, const Organisation *organisation,
				       uint64_t position)
{
	organisation_put(tx, organisation);
	changes_put(tx, organisation->id, position);
	touch(tx, organisations_watch());
	touch(tx, organisation_watch(organisation->id));
}

void apply_organisation_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
				const OrganisationChanged *fact)
{
	(void)entry;
	directory_organisation_put(tx, fact->organisation, position);
}

void apply_contact_hours_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const ContactHoursSet *fact)
{
	(void)entry;
	if (fact->organisation)
		directory_organisation_put(tx, fact->organisation, position);
	if (fact->person)
		directory_person_put(tx, fact->person);
}

void apply_person_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const PersonChanged *fact)
{
	(void)entry;
	(void)position;
	directory_person_put(tx, fact->person);
}

void apply_person_enrolled(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const PersonEnrolled *fact)
{
	(void)position;
	if (directory_person_put(tx, fact->person))
		crl_next(tx);
	if (fact->certificate)
		certificate_add(tx, fact->certificate, entry->time_ms);
}

void apply_certificate_issued(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const CertificateIssued *fact)
{
	(void)position;
	certificate_add(tx, fact->certificate, entry->time_ms);
}

void apply_person_revoked(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const PersonRevoked *fact)
{
	directory_person_put(tx, fact->person);
	sign_in_revoked(tx, entry, position, fact->person->id);
	certificates_revoke(tx, fact->person->id, entry->time_ms);
	crl_next(tx);
}

/* Each renewal sets the next: one that came early (at start) takes the place of the one due. */
void apply_crl_renewed(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const CrlRenewed *fact)
{
	int64_t due_ms = entry->time_ms + CRL_RENEW_MS;
	CrlDue due = CrlDue_INIT;
	CrlState *before;

	(void)position;
	if (crl_state(tx, &before) == 0)
		due_clear(tx, DUE_APPOINTMENT, before->due_ms, &due.base);
	due_set(tx, DUE_APPOINTMENT, due_ms, &due.base);
	crl_state_put(tx, fact->number, due_ms);
	revoked_trim(tx, entry->time_ms);
}

/* ---- what the rules read ------------------------------------------------------------------ */

/* NULL where there is none: what that means is the rule's to say. */
static int find_organisation(struct tx *tx, const char *id, const Organisation **out)
{
	Organisation *found;
	int rc = organisation_get(tx, id, &found);

	if (!rc)
		*out = found;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int find_person(struct tx *tx, const char *user, const Person **out)
{
	Person *found;
	int rc = person_get(tx, user, &found);

	if (!rc)
		*out = found;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static bool other_administrator(struct tx *tx, const char *user)
{
	struct scan scan;
	bool found = false;

	scan_open(&scan, tx, TABLE_ADMINISTRATORS, NULL, NULL);
	while (!found && scan_next(&scan))
		found = strcmp((const char *)scan.key, user) != 0;
	scan_close(&scan);
	return found;
}

static bool has_people(struct tx *tx, const char *organisation)
{
	struct key prefix = key_text(organisation);
	struct scan scan;
	Person *person;
	bool found = false;

	scan_open(&scan, tx, TABLE_STAFF, &prefix, NULL);
	while (!found && scan_next(&scan))
		found = person_get(tx, (const char *)scan_rest(&scan, NULL), &person) == 0 &&
			person->state == ENROLMENT_STATE_ENROLLED;
	scan_close(&scan);
	return found;
}

/* Too long to be a key is too long to be known. */
static bool may_be_key(const char *id)
{
	return strlen(id) <= LIMIT_NAME_BYTES;
}

int load_set_organisation(struct tx *tx, const struct input *in, const SetOrganisation *request,
			  struct organisation_view *view)
{
	(void)in;
	if (!request->organisation || !may_be_key(request->organisation->id))
		return 0;
	int rc = find_organisation(tx, request->organisation->id, &view->organisation);
	if (!rc)
		view->has_people = request->organisation->left &&
				   has_people(tx, request->organisation->id);
	return rc ? rc : tx->error;
}

int load_set_contact_hours(struct tx *tx, const struct input *in, const SetContactHours *request,
			   struct hours_view *view)
{
	const char *organisation = request->organisation[0] ? request->organisation
							    : in->actor.organisation;
	int rc = 0;

	if (request->user[0] && may_be_key(request->user)) {
		rc = find_person(tx, request->user, &view->person);
	} else if (!request->user[0] && organisation && may_be_key(organisation)) {
		rc = find_organisation(tx, organisation, &view->organisation);
	}
	return rc;
}

int load_set_mail(struct tx *tx, const struct input *in, const SetMail *request,
		  struct person_view *view)
{
	const char *user = request->user[0] ? request->user : in->actor.user;

	return may_be_key(user) ? find_person(tx, user, &view->person) : 0;
}

static int load_person(struct tx *tx, const Person *person, struct person_view *view)
{
	int rc = 0;

	if (!person || !may_be_key(person->id))
		return 0;
	rc = find_person(tx, person->id, &view->person);
	if (!rc && may_be_key(person->organisation))
		rc = find_organisation(tx, person->organisation, &view->organisation);
	if (!rc)
		view->other_administrator = other_administrator(tx, person->id);
	return rc ? rc : tx->error;
}

int load_enrol(struct tx *tx, const struct input *in, const Enrol *request,
	       struct person_view *view)
{
	(void)in;
	return load_person(tx, request->person, view);
}

int load_set_person(struct tx *tx, const struct input *in, const SetPerson *request,
		    struct person_view *view)
{
	(void)in;
	return load_person(tx, request->person, view);
}

int load_renew(struct tx *tx, const struct input *in, const RenewCertificate *request,
	       struct person_view *view)
{
	Certificate **known = NULL;
	size_t n = 0;
	int rc = find_person(tx, in->actor.user, &view->person);

	(void)request;
	if (!rc)
		rc = certificates_of(tx, in->actor.user, &known, &n);
	for (size_t i = 0; i < n; i++)
		view->certificates += !known[i]->revoked && known[i]->not_after_ms >= in->now_ms;
	return rc;
}

int load_revoke(struct tx *tx, const struct input *in, const Revoke *request,
		struct person_view *view)
{
	(void)in;
	if (!may_be_key(request->user))
		return 0;
	int rc = find_person(tx, request->user, &view->person);
	if (!rc)
		view->other_administrator = other_administrator(tx, request->user);
	return rc ? rc : tx->error;
}

int load_crl_due(struct tx *tx, const struct input *in, const CrlDue *due, struct crl_view *view)
{
	CrlState *state;
	int rc = crl_state(tx, &state);

	(void)in;
	(void)due;
	if (!rc)
		view->number = state->number;
	return rc == ERR_NOTFOUND ? 0 : rc;
}
