/*
 * What directory keeps beside people and organisations (people.h): the order in which organisations
 * changed, certificates, what is revoked, and where the list of that stands.
 */
#ifndef DIRECTORY_VIEWS_H
#define DIRECTORY_VIEWS_H

#include "daemon.h"
#include "rules.h"

enum {
	TABLE_CHANGES = TABLE_OWN, /* position of its last change -> id of an organisation */
	TABLE_CHANGED_AT,          /* organisation -> that position */
	TABLE_ADMINISTRATORS,      /* user -> nothing; the enrolled ones */
	TABLE_CERTIFICATES,        /* user, serial -> Certificate without its pem */
	TABLE_REVOKED,             /* not_after_ms, revoked_ms, serial -> nothing */
	TABLE_REVOKED_USERS,       /* user -> nothing; until enrolled again */
	TABLE_CRL,                 /* "" -> CrlState */
	TABLE_SIGN_IN,             /* user -> SignInState */
	TABLE_SESSIONS,            /* user, id -> Session; some may have ended */
	TABLE_SIGNED_OUT,          /* until_ms, id of a session that was ended before -> nothing */
	TABLE_SIGNED_OUT_AT,       /* "" -> position of the last fact that ended sessions */
	TABLE_DIRECTORY_END
};
extern const char *const directory_tables[TABLE_DIRECTORY_END - TABLE_OWN];

/* Watches: touched when any organisation, one organisation or its people, or one person changes. */
struct key organisations_watch(void);
struct key organisation_watch(const char *id);
struct key person_watch(const char *user);

/* 0, ERR_NOTFOUND before the first list, or an error of the store. */
int crl_state(struct tx *tx, CrlState **out);
/* The certificates of a user that are not long over, revoked or not. In tx->arena. */
int certificates_of(struct tx *tx, const char *user, Certificate ***out, size_t *n);

/*
 *	struct revoked_scan scan;
 *	revoked_open(&scan, tx);
 *	while (revoked_next(&scan))
 *		... scan.serial, scan.revoked_ms ...
 *	scan_close(&scan.scan);
 */
struct revoked_scan {
	struct scan scan;
	int64_t not_after_ms, revoked_ms;
	const char *serial; /* until the next step */
};
void revoked_open(struct revoked_scan *scan, struct tx *tx);
bool revoked_next(struct revoked_scan *scan);

/* What the rules read (rules.h). */
int load_set_organisation(struct tx *tx, const struct input *in, const SetOrganisation *request,
			  struct organisation_view *view);
int load_set_contact_hours(struct tx *tx, const struct input *in, const SetContactHours *request,
			   struct hours_view *view);
int load_set_mail(struct tx *tx, const struct input *in, const SetMail *request,
		  struct person_view *view);
int load_enrol(struct tx *tx, const struct input *in, const Enrol *request,
	       struct person_view *view);
int load_set_person(struct tx *tx, const struct input *in, const SetPerson *request,
		    struct person_view *view);
int load_renew(struct tx *tx, const struct input *in, const RenewCertificate *request,
	       struct person_view *view);
int load_revoke(struct tx *tx, const struct input *in, const Revoke *request,
		struct person_view *view);
int load_crl_due(struct tx *tx, const struct input *in, const CrlDue *due, struct crl_view *view);

/* What facts do to the views. */
void apply_organisation_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
				const OrganisationChanged *fact);
void apply_person_changed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const PersonChanged *fact);
void apply_contact_hours_set(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const ContactHoursSet *fact);
void apply_person_enrolled(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const PersonEnrolled *fact);
void apply_certificate_issued(struct tx *tx, const JournalEntry *entry, uint64_t position,
			      const CertificateIssued *fact);
void apply_person_revoked(struct tx *tx, const JournalEntry *entry, uint64_t position,
			  const PersonRevoked *fact);
void apply_crl_renewed(struct tx *tx, const JournalEntry *entry, uint64_t position,
		       const CrlRenewed *fact);

#endif
