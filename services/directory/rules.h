/*
 * What directory decides: who may change what, and what an organisation, a person or a window of
 * contact hours must look like. Pure.
 */
#ifndef DIRECTORY_RULES_H
#define DIRECTORY_RULES_H

#include "daemon.h"

#define ORGANISATION_ID_BYTES 32
#define DEVICE_BYTES 32
#define NAME_TEXT_BYTES 200 /* a name, its kana, whom to ask for */
#define ADDRESS_BYTES 500
#define PHONE_BYTES 32
#define MAIL_BYTES 254 /* RFC 5321, 4.5.3.1.3, without the brackets */
#define REASON_BYTES 1000
#define HOURS_MAX 64         /* windows of one organisation or person */
#define CERTIFICATES_MAX 32  /* of one person, neither ended nor revoked */

struct organisation_view {
	const Organisation *organisation; /* as it stands; NULL: unknown */
	bool has_people;                  /* somebody is enrolled there */
};

struct hours_view {
	const Organisation *organisation; /* whose hours are set; NULL: unknown, or a person's are */
	const Person *person;             /* the same */
};

struct person_view {
	const Person *person;              /* the one the request is about; NULL: unknown */
	const Organisation *organisation;  /* the one they shall belong to; NULL: unknown */
	size_t certificates;               /* good ones */
	bool other_administrator;          /* somebody else is an enrolled administrator */
};

struct crl_view {
	uint64_t number; /* of the last list of revoked certificates; 0: none of ours yet */
};

int organisation_set(const struct input *in, const struct organisation_view *view,
		     const SetOrganisation *request, OrganisationChanged *fact);
int contact_hours_set(const struct input *in, const struct hours_view *view,
		      const SetContactHours *request, ContactHoursSet *fact);
int person_enrol(const struct input *in, const struct person_view *view, const Enrol *request,
		 PersonEnrolled *fact);
int person_set(const struct input *in, const struct person_view *view, const SetPerson *request,
	       PersonChanged *fact);
int mail_set(const struct input *in, const struct person_view *view, const SetMail *request,
	     PersonChanged *fact);
int certificate_renew(const struct input *in, const struct person_view *view,
		      const RenewCertificate *request, CertificateIssued *fact);
int person_revoke(const struct input *in, const struct person_view *view, const Revoke *request,
		  PersonRevoked *fact);
int crl_renew(const struct input *in, const struct crl_view *view, const CrlDue *due,
	      CrlRenewed *fact);

#endif
