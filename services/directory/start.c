#include "start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "views.h"

#define SEED_ORGANISATION "centre"
#define SEED_USER "admin"

static int set_folder(char out[FOLDER_BYTES], const char *value)
{
	if (!value || !value[0] || strlen(value) >= FOLDER_BYTES)
		return ERR_INVALID;
	snprintf(out, FOLDER_BYTES, "%s", value);
	return 0;
}

static int set_text(char *out, size_t most, const char *value)
{
	if (!value || !value[0] || strlen(value) > most)
		return ERR_INVALID;
	memcpy(out, value, strlen(value) + 1);
	return 0;
}

static int add_origin(struct directory *directory, const char *value)
{
	size_t n = directory->party.n_origins;

	if (n == ORIGINS_MAX || set_text(directory->origins[n], HOST_BYTES - 1, value))
		return ERR_INVALID;
	directory->party.origins[directory->party.n_origins++] = directory->origins[n];
	return 0;
}

int directory_option(void *context, const char *name, const char *value)
{
	struct directory *directory = context;

	if (strcmp(name, "pki") == 0)
		return set_folder(directory->pki, value);
	if (strcmp(name, "broker") == 0)
		return set_folder(directory->broker, value);
	if (strcmp(name, "instances") == 0)
		return set_folder(directory->instances, value);
	if (strcmp(name, "admin-cert") == 0)
		return set_folder(directory->admin_certificate, value);
	if (strcmp(name, "token-key") == 0)
		return set_folder(directory->token_key, value);
	if (strcmp(name, "demonstration-password") == 0)
		return set_text(directory->demonstration_password, PASSWORD_BYTES, value);
	if (strcmp(name, "rp-id") == 0) {
		directory->party.id = directory->rp_id;
		return set_text(directory->rp_id, HOST_BYTES - 1, value);
	}
	if (strcmp(name, "origin") == 0)
		return add_origin(directory, value);
	if (strcmp(name, "second-factor") == 0) {
		directory->second_factor_optional = value && strcmp(value, "optional") == 0;
		return value && (directory->second_factor_optional || strcmp(value, "required") == 0)
		       ? 0
		       : ERR_INVALID;
	}
	bool *flag = strcmp(name, "seed-admin") == 0 ? &directory->seed_admin :
		     strcmp(name, "renew-only") == 0 ? &directory->renew_only : NULL;
	if (!flag || (value && value[0]))
		return ERR_INVALID;
	*flag = true;
	return 0;
}

/* protobuf-c's strings are not const; packing does not change them. */
static char *borrowed(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text };
	return pointer.out;
}

/* What start reads of the store. */
struct state {
	bool administrators;     /* there are some, or were: the last one stays */
	bool organisation;       /* the seed's is there */
	struct crl_view crl;
	int64_t crl_due_ms;
	bool certificate_wanted; /* the first administrator's is not known yet */
};

static bool certificate_unknown(struct tx *tx, const char *user, const char *serial)
{
	Certificate **known;
	Person *person;
	size_t n;

	if (person_get(tx, user, &person) || certificates_of(tx, user, &known, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(known[i]->id, serial) == 0)
			return false;
	return person->state == ENROLMENT_STATE_ENROLLED;
}

static int read_state(struct daemon *daemon, const char *user, const char *serial,
		      struct state *state)
{
	struct arena arena;
	struct tx tx;
	Organisation *organisation;
	CrlState *crl;

	arena_init(&arena, LIMIT_ARENA_BYTES);
	int rc = tx_begin(&tx, daemon_store(daemon), &arena, false);
	if (!rc) {
		state->administrators = tx_count(&tx, TABLE_ADMINISTRATORS) > 0;
		state->organisation = organisation_get(&tx, SEED_ORGANISATION, &organisation) == 0;
		if (crl_state(&tx, &crl) == 0) {
			state->crl.number = crl->number;
			state->crl_due_ms = crl->due_ms;
		}
		state->certificate_wanted = serial && certificate_unknown(&tx, user, serial);
		rc = tx.error;
		tx_abort(&tx);
	}
	arena_close(&arena);
	return rc;
}

/* ---- the first administrator -------------------------------------------------------------- */

static int seed_organisation(struct daemon *daemon)
{
	Organisation organisation = Organisation_INIT;
	OrganisationChanged fact = OrganisationChanged_INIT;

	organisation.id = borrowed(SEED_ORGANISATION);
	organisation.name = borrowed("地域包括支援センター");
	organisation.name_kana = borrowed("チイキホウカツシエンセンター");
	organisation.kind = ORGANISATION_KIND_SUPPORT_CENTRE;
	organisation.area = AREA_NORTH;
	fact.organisation = &organisation;
	return daemon_write_fact(daemon, "seed-admin", &fact.base);
}

static int seed_person(struct daemon *daemon)
{
	Person person = Person_INIT;
	PersonEnrolled fact = PersonEnrolled_INIT;

	person.id = borrowed(SEED_USER);
	person.name = borrowed("管理者");
	person.name_kana = borrowed("カンリシャ");
	person.organisation = borrowed(SEED_ORGANISATION);
	person.profession = PROFESSION_ADMINISTRATOR;
	person.state = ENROLMENT_STATE_ENROLLED;
	fact.person = &person;
	return daemon_write_fact(daemon, "seed-admin", &fact.base);
}

static int seed(struct daemon *daemon)
{
	struct state state = { 0 };
	int rc = read_state(daemon, NULL, NULL, &state);

	if (!rc && !state.administrators && !state.organisation)
		rc = seed_organisation(daemon);
	if (!rc && !state.administrators)
		rc = seed_person(daemon);
	return rc;
}

/* The one certificate that was not signed here, and its later versions. */
static int note_certificate(struct daemon *daemon, const struct directory *directory)
{
	struct clock *clock = daemon_clock(daemon);
	CertificateIssued fact = CertificateIssued_INIT;
	Certificate certificate = Certificate_INIT;
	struct state state = { 0 };
	struct issued issued;
	char user[LIMIT_NAME_BYTES + 1];

	if (ca_read(directory->admin_certificate, &issued, user, sizeof(user))) {
		/* It is the administrator's and may have been taken away: it is known by then. */
		log_event(LOG_LEVEL_INFO, "start", "admin-cert=%s problem=\"not readable\"",
			  directory->admin_certificate);
		return 0;
	}
	int rc = read_state(daemon, user, issued.serial, &state);
	if (rc || !state.certificate_wanted)
		return rc;
	certificate.id = issued.serial;
	certificate.user = user;
	certificate.device = borrowed("first");
	certificate.not_after_ms = issued.not_after_ms;
	certificate.issued_ms = clock->wall_ms(clock);
	fact.certificate = &certificate;
	return daemon_write_fact(daemon, "admin-cert", &fact.base);
}

/* ---- lists and certificates near their end ------------------------------------------------ */

/* The list is renewed before anybody connects: a list that has ended shuts everybody out. */
static int renew_list(struct daemon *daemon)
{
	struct clock *clock = daemon_clock(daemon);
	struct state state = { 0 };
	CrlRenewed fact = CrlRenewed_INIT;
	CrlDue due = CrlDue_INIT;

	int rc = read_state(daemon, NULL, NULL, &state);
	if (rc || (state.crl_due_ms && state.crl_due_ms > clock->wall_ms(clock)))
		return rc;
	rc = crl_renew(NULL, &state.crl, &due, &fact);
	return rc ? rc : daemon_write_fact(daemon, "CrlDue", &fact.base);
}

static int write_outside(struct daemon *daemon, struct directory *directory)
{
	struct clock *clock = daemon_clock(daemon);
	int64_t now_ms = clock->wall_ms(clock);
	struct arena arena;
	struct tx tx;

	arena_init(&arena, LIMIT_ARENA_BYTES);
	int rc = tx_begin(&tx, daemon_store(daemon), &arena, false);
	if (!rc) {
		rc = directory_write_lists(directory, &tx, now_ms);
		if (!rc)
			rc = directory_write_sessions(directory, &tx);
		tx_abort(&tx);
	}
	int renewed = directory_renew_instances(directory, now_ms, &arena);
	arena_close(&arena);
	return rc ? rc : renewed;
}

int directory_start(struct daemon *daemon, void *context)
{
	struct directory *directory = context;
	int rc = 0;

	directory->clock = daemon_clock(daemon);
	if (!directory->scrypt_log2_n)
		directory->scrypt_log2_n = SCRYPT_LOG2_N;
	if (directory->token_key[0])
		rc = tokens_open(&directory->tokens, directory->token_key, directory->clock);
	if (rc)
		return rc;
	if (directory->pki[0])
		rc = ca_open(&directory->ca, directory->pki);
	else
		log_event(LOG_LEVEL_WARN, "start", "problem=\"no --pki: nobody can be enrolled\"");
	if (!rc && directory->seed_admin)
		rc = seed(daemon);
	if (!rc && directory->admin_certificate[0])
		rc = note_certificate(daemon, directory);
	if (!rc)
		rc = renew_list(daemon);
	if (!rc && directory->ca)
		rc = write_outside(daemon, directory);
	if (rc)
		directory_stop(directory);
	return !rc && directory->renew_only ? ERR_NOTHING : rc;
}

void directory_stop(void *context)
{
	struct directory *directory = context;

	ca_free(directory->ca);
	directory->ca = NULL;
	tokens_free(directory->tokens);
	directory->tokens = NULL;
	directory->signed_out_known = false;
	free(directory->to_cut);
	directory->to_cut = NULL;
}
