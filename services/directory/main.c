/*
 * directory: organisations, people, contact hours, enrolment. Everybody follows it; it alone signs
 * certificates and revokes them.
 */
#include "daemon.h"
#include "notices.h"
#include "queries.h"
#include "rules.h"
#include "settle.h"
#include "signin_answer.h"
#include "start.h"
#include "views.h"

extern const struct daemon_spec directory_spec;
int main(int argc, char **argv);

/* ---- certificates: signed after the rule has said yes, and kept in the fact ---------------- */

static int refuse_request(const struct input *in, int error)
{
	if (error == ERR_INVALID || error == ERR_TOOBIG)
		return refuse(in, CODE_INVALID_ARGUMENT, "csr_pem",
			      "証明書の署名要求が正しくありません（PKCS#10のPEM、ECDSA P-256、自分の鍵の署名、4096バイト以内）。",
			      "Not a request for a certificate: PKCS#10 in PEM, ECDSA P-256, signed by "
			      "its own key, at most 4096 bytes.");
	if (error == ERR_NOMEM)
		return error;
	return refuse(in, CODE_FAILED_PRECONDITION, "",
		      "このサービスは今、証明書に署名できません。運用担当者に連絡してください。",
		      "This service cannot sign certificates now. Call the operator.");
}

static int certify(const struct input *in, const char *csr_pem, const char *user,
		   const char *device, Certificate **out)
{
	const struct directory *directory = in->context;
	Certificate *certificate = NEW(Certificate, in->arena);
	struct issued issued;

	if (!certificate)
		return ERR_NOMEM;
	int rc = ERR_CRYPTO;
	if (directory->ca)
		rc = ca_sign_request(directory->ca, csr_pem, user, in->now_ms, in->arena, &issued);
	if (rc)
		return refuse_request(in, rc);
	certificate->id = arena_string(in->arena, issued.serial);
	certificate->user = arena_string(in->arena, user);
	certificate->device = arena_string(in->arena, device);
	certificate->pem = arena_string(in->arena, issued.pem);
	certificate->not_after_ms = issued.not_after_ms;
	certificate->issued_ms = in->now_ms;
	*out = certificate;
	return 0;
}

static int capture_enrol(const struct input *in, const void *view, const void *message, void *fact)
{
	const Enrol *request = message;
	PersonEnrolled *enrolled = fact;

	(void)view;
	if (!request->csr_pem[0] && !request->device[0]) /* signs in from a browser alone */
		return 0;
	return certify(in, request->csr_pem, request->person->id, request->device,
		       &enrolled->certificate);
}

static int capture_renew(const struct input *in, const void *view, const void *message, void *fact)
{
	const RenewCertificate *request = message;
	CertificateIssued *issued = fact;

	(void)view;
	return certify(in, request->csr_pem, in->actor.user, request->device, &issued->certificate);
}

static const ProtobufCMessage *reply_enrol(struct arena *arena, const void *fact)
{
	const PersonEnrolled *enrolled = fact;

	if (enrolled->certificate)
		return &enrolled->certificate->base;
	Certificate *none = NEW(Certificate, arena);
	if (none)
		none->user = arena_string(arena, enrolled->person->id);
	return none ? &none->base : NULL;
}

static const ProtobufCMessage *reply_renew(struct arena *arena, const void *fact)
{
	const CertificateIssued *issued = fact;

	(void)arena;
	return &issued->certificate->base;
}

/* ---- the tables --------------------------------------------------------------------------- */

static const struct route routes[] = {
	WRITE(SetOrganisation, struct organisation_view, load_set_organisation, organisation_set,
	      OrganisationChanged),
	WRITE(SetContactHours, struct hours_view, load_set_contact_hours, contact_hours_set,
	      ContactHoursSet),
	WRITE(SetMail, struct person_view, load_set_mail, mail_set, PersonChanged),
	WRITE(Enrol, struct person_view, load_enrol, person_enrol, PersonEnrolled,
	      .capture = capture_enrol, .reply = reply_enrol, .response = &Certificate_descriptor),
	WRITE(SetPerson, struct person_view, load_set_person, person_set, PersonChanged),
	WRITE(RenewCertificate, struct person_view, load_renew, certificate_renew, CertificateIssued,
	      .capture = capture_renew, .reply = reply_renew, .response = &Certificate_descriptor),
	WRITE(Revoke, struct person_view, load_revoke, person_revoke, PersonRevoked),
	SIGN_IN(SignIn, struct sign_in_view, load_sign_in, sign_in, SignInTried, respond_sign_in,
		SignedIn, WITH_WORK(SignIn, struct password_work, plan_sign_in, password_work_run)),
	WRITE(SetPassword, struct password_view, load_set_password, password_set, PasswordSet,
	      WITH_WORK(SetPassword, struct password_work, plan_set_password, password_work_run)),
	WRITE(SetTotp, struct factor_view, load_set_totp, totp_set, TotpSet,
	      WITH_WORK(SetTotp, struct password_work, plan_set_totp, password_work_run)),
	WRITE(AddPasskey, struct factor_view, load_add_passkey, passkey_add, PasskeyAdded,
	      WITH_WORK(AddPasskey, struct password_work, plan_add_passkey, password_work_run)),
	WRITE(RemovePasskey, struct factor_view, load_remove_passkey, passkey_remove, PasskeyRemoved,
	      WITH_WORK(RemovePasskey, struct password_work, plan_remove_passkey, password_work_run)),
	WRITE(SignOut, struct factor_view, load_sign_out, sign_out, SignedOut),
	READ(ListOrganisations, organisation_list, OrganisationList),
	READ(ShowOrganisation, organisation_show, OrganisationShown),
	READ(SearchContacts, contacts_search, ContactList),
	READ(WhoAmI, who_am_i, Me),
	READ(ListDevices, device_list, DeviceList),
	READ(ShowSignIn, sign_in_show, SignInShown),
	DUE(CrlDue, struct crl_view, load_crl_due, crl_renew, CrlRenewed),
};

static const struct fact_type facts[] = {
	FACT(OrganisationChanged, apply_organisation_changed,
	     { TO("*", OrganisationChanged, notice_organisation) }),
	FACT(ContactHoursSet, apply_contact_hours_set,
	     { TO("alert", ContactHoursSet, notice_hours_alert),
	       TO("*", ContactHoursSet, notice_hours) }),
	FACT(PersonChanged, apply_person_changed,
	     { TO("alert", PersonChanged, notice_person_alert),
	       TO("*", PersonChanged, notice_person) }),
	FACT(PersonEnrolled, apply_person_enrolled,
	     { TO("alert", PersonEnrolled, notice_enrolled_alert),
	       TO("*", PersonEnrolled, notice_enrolled) }),
	FACT(PersonRevoked, apply_person_revoked,
	     { TO("alert", PersonRevoked, notice_revoked_alert),
	       TO("*", PersonRevoked, notice_revoked) }),
	FACT(CertificateIssued, apply_certificate_issued, TO_NOBODY),
	FACT(SignInTried, apply_sign_in_tried, TO_NOBODY),
	FACT(PasswordSet, apply_password_set, TO_NOBODY),
	FACT(TotpSet, apply_totp_set, TO_NOBODY),
	FACT(PasskeyAdded, apply_passkey_added, TO_NOBODY),
	FACT(PasskeyRemoved, apply_passkey_removed, TO_NOBODY),
	FACT(SignedOut, apply_signed_out, TO_NOBODY),
	FACT(CrlRenewed, apply_crl_renewed, TO_NOBODY),
};

static const char *const peers[] = { "record", "alert", "board", "referral", "rota", NULL };

const struct daemon_spec directory_spec = {
	.name = "directory",
	.tables = directory_tables,
	.n_tables = sizeof(directory_tables) / sizeof(directory_tables[0]),
	.routes = routes,
	.n_routes = sizeof(routes) / sizeof(routes[0]),
	.facts = facts,
	.n_facts = sizeof(facts) / sizeof(facts[0]),
	.peers = peers,
	.context_size = sizeof(struct directory),
	.option = directory_option,
	.start = directory_start,
	.settle = directory_settle,
	.stop = directory_stop,
};

int main(int argc, char **argv)
{
	return daemon_main(&directory_spec, argc, argv);
}
