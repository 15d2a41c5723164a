/* If this fails, somebody may be enrolled, revoked or changed who must not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "services/directory/rules.h"

#define NOW_MS 1790000000000LL

struct bench {
	struct arena arena;
	struct refusal refusal;
	struct input in;
	Organisation organisation;
	Person person;
	ContactHours hours, *windows[HOURS_MAX + 1];
};

static char centre[] = "centre", name[] = "山田　花子", kana[] = "ヤマダ　ハナコ", user[] = "hanako",
	    phone[] = "03-1234-5678", device[] = "pc", clinic[] = "clinic01", empty[] = "";

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	arena_init(&b->arena, 1 << 20);
	b->in.actor.user = "admin";
	b->in.actor.organisation = centre;
	b->in.actor.profession = PROFESSION_ADMINISTRATOR;
	b->in.now_ms = NOW_MS;
	b->in.arena = &b->arena;
	b->in.refusal = &b->refusal;
	b->organisation = (Organisation)Organisation_INIT;
	b->organisation.id = clinic;
	b->organisation.name = name;
	b->organisation.kind = ORGANISATION_KIND_CLINIC;
	b->organisation.area = AREA_WEST;
	b->organisation.phone = phone;
	b->person = (Person)Person_INIT;
	b->person.id = user;
	b->person.name = name;
	b->person.name_kana = kana;
	b->person.organisation = clinic;
	b->person.profession = PROFESSION_NURSE;
	b->person.phone = phone;
	b->hours = (ContactHours)ContactHours_INIT;
	b->hours.weekday = 1;
	b->hours.from_minute = 540;
	b->hours.to_minute = 1020;
	b->hours.means = CONTACT_MEANS_PHONE;
	for (size_t i = 0; i <= HOURS_MAX; i++)
		b->windows[i] = &b->hours;
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	arena_close(&b->arena);
	test_free(b);
	return 0;
}

static void refused(struct bench *b, int rc, Code code, const char *field)
{
	assert_int_equal(rc, ERR_REFUSED);
	assert_int_equal(b->refusal.code, code);
	assert_string_equal(b->refusal.field, field);
	assert_true(strlen(b->refusal.ja) > 0 && strlen(b->refusal.en) > 0);
}

/* ---- organisations -------------------------------------------------------------------------- */

static int set(struct bench *b, const Organisation *before, bool has_people, OrganisationChanged *fact)
{
	const struct organisation_view view = { before, has_people };
	SetOrganisation request = SetOrganisation_INIT;

	*fact = (OrganisationChanged)OrganisationChanged_INIT;
	request.organisation = &b->organisation;
	return organisation_set(&b->in, &view, &request, fact);
}

static void an_organisation_is_set(void **state)
{
	struct bench *b = *state;
	Organisation before = b->organisation;
	OrganisationChanged fact;

	assert_int_equal(set(b, NULL, false, &fact), 0);
	assert_string_equal(fact.organisation->id, "clinic01");
	before.hours = b->windows;
	before.n_hours = 2;
	assert_int_equal(set(b, &before, true, &fact), 0);
	assert_int_equal(fact.organisation->n_hours, 2); /* kept */
	b->organisation.hours = b->windows;
	b->organisation.n_hours = 1;
	assert_int_equal(set(b, &before, true, &fact), 0);
	assert_int_equal(fact.organisation->n_hours, 1);
}

static void a_wrong_organisation_is_refused(void **state)
{
	struct bench *b = *state;
	const Organisation good = b->organisation;
	char long_id[] = "abcdefghijklmnopqrstuvwxyz-0123456", capitals[] = "Clinic", lines[] = "a\nb",
	     blank[] = " \u3000", letters[] = "03-ABCD";
	Network twice[] = { NETWORK_BBN, NETWORK_BBN };
	OrganisationChanged fact;

#define WRONG(field_, value, path) \
	b->organisation = good; \
	b->organisation.field_ = (value); \
	refused(b, set(b, NULL, false, &fact), CODE_INVALID_ARGUMENT, "organisation." path)
	WRONG(id, empty, "id");
	WRONG(id, long_id, "id");
	WRONG(id, capitals, "id");
	WRONG(name, blank, "name");
	WRONG(name, lines, "name");
	WRONG(name_kana, lines, "name_kana");
	WRONG(kind, ORGANISATION_KIND_UNSPECIFIED, "kind");
	WRONG(kind, (OrganisationKind)99, "kind");
	WRONG(area, AREA_UNSPECIFIED, "area");
	WRONG(phone, letters, "phone");
	WRONG(address, lines, "address");
#undef WRONG
	b->organisation = good;
	b->organisation.networks = twice;
	b->organisation.n_networks = 2;
	refused(b, set(b, NULL, false, &fact), CODE_INVALID_ARGUMENT, "organisation.networks");
	b->organisation = good;
	b->organisation.left = true;
	refused(b, set(b, NULL, true, &fact), CODE_FAILED_PRECONDITION, "organisation.left");
	assert_int_equal(set(b, NULL, false, &fact), 0);
	b->in.actor.profession = PROFESSION_DOCTOR;
	refused(b, set(b, NULL, false, &fact), CODE_PERMISSION_DENIED, "");
}

/* ---- people --------------------------------------------------------------------------------- */

static int enrol(struct bench *b, const Person *before, const Organisation *organisation)
{
	const struct person_view view = { .person = before, .organisation = organisation };
	PersonEnrolled fact = PersonEnrolled_INIT;
	Enrol request = Enrol_INIT;

	request.person = &b->person;
	request.device = device;
	int rc = person_enrol(&b->in, &view, &request, &fact);
	if (!rc)
		assert_int_equal(fact.person->state, ENROLMENT_STATE_ENROLLED);
	return rc;
}

static void a_person_is_enrolled_once(void **state)
{
	struct bench *b = *state;
	Person before = b->person;

	b->person.state = ENROLMENT_STATE_REVOKED; /* what the request says of it does not matter */
	assert_int_equal(enrol(b, NULL, &b->organisation), 0);
	before.state = ENROLMENT_STATE_ENROLLED;
	refused(b, enrol(b, &before, &b->organisation), CODE_ALREADY_EXISTS, "person.id");
	before.state = ENROLMENT_STATE_REVOKED;
	assert_int_equal(enrol(b, &before, &b->organisation), 0);
}

static void no_person_bears_the_name_of_an_instance(void **state)
{
	struct bench *b = *state;
	char names[][16] = { "record", "directory", "alert", "board", "referral", "rota", "conference",
			     "record-0", "record-12" };
	char fine[][16] = { "recorder", "record-a", "alert2" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		b->person.id = names[i];
		refused(b, enrol(b, NULL, &b->organisation), CODE_INVALID_ARGUMENT, "person.id");
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		b->person.id = fine[i];
		assert_int_equal(enrol(b, NULL, &b->organisation), 0);
	}
}

static void a_wrong_person_is_refused(void **state)
{
	struct bench *b = *state;
	const Person good = b->person;
	char path[] = "a/b", plus[] = "+", long_user[66], digits[] = "0123456789012345678901234567890123";

	memset(long_user, 'a', 65);
	long_user[65] = '\0';
#define WRONG(field_, value, path_) \
	b->person = good; \
	b->person.field_ = (value); \
	refused(b, enrol(b, NULL, &b->organisation), CODE_INVALID_ARGUMENT, "person." path_)
	WRONG(id, empty, "id");
	WRONG(id, path, "id");
	WRONG(id, plus, "id");
	WRONG(id, long_user, "id");
	WRONG(name, empty, "name");
	WRONG(phone, digits, "phone");
	WRONG(profession, PROFESSION_UNSPECIFIED, "profession");
	WRONG(profession, PROFESSION_SERVICE, "profession");
	WRONG(profession, (Profession)-1, "profession");
#undef WRONG
	b->person = good;
	refused(b, enrol(b, NULL, NULL), CODE_NOT_FOUND, "person.organisation");
	b->organisation.left = true;
	refused(b, enrol(b, NULL, &b->organisation), CODE_FAILED_PRECONDITION, "person.organisation");
	b->organisation.left = false;
	b->in.actor.profession = PROFESSION_CENTRE_STAFF;
	refused(b, enrol(b, NULL, &b->organisation), CODE_PERMISSION_DENIED, "");
}

static int revoke(struct bench *b, const Person *person, bool other_administrator)
{
	const struct person_view view = { .person = person, .other_administrator = other_administrator };
	PersonRevoked fact = PersonRevoked_INIT;
	Revoke request = Revoke_INIT;

	request.user = user;
	int rc = person_revoke(&b->in, &view, &request, &fact);
	if (!rc)
		assert_int_equal(fact.person->state, ENROLMENT_STATE_REVOKED);
	return rc;
}

static void the_last_administrator_stays(void **state)
{
	struct bench *b = *state;
	Person *person = &b->person;
	SetPerson request = SetPerson_INIT;
	PersonChanged fact = PersonChanged_INIT;
	Person nurse = *person;
	struct person_view view = { .person = person, .organisation = &b->organisation };

	person->state = ENROLMENT_STATE_ENROLLED;
	assert_int_equal(revoke(b, person, false), 0); /* a nurse */
	person->profession = PROFESSION_ADMINISTRATOR;
	refused(b, revoke(b, person, false), CODE_FAILED_PRECONDITION, "");
	assert_int_equal(revoke(b, person, true), 0);
	request.person = &nurse;
	refused(b, person_set(&b->in, &view, &request, &fact), CODE_FAILED_PRECONDITION, "");
	view.other_administrator = true;
	assert_int_equal(person_set(&b->in, &view, &request, &fact), 0);
	assert_int_equal(fact.person->profession, PROFESSION_NURSE);
	assert_int_equal(fact.person->state, ENROLMENT_STATE_ENROLLED);
}

static void who_is_not_enrolled_cannot_be_revoked_or_changed(void **state)
{
	struct bench *b = *state;
	SetPerson request = SetPerson_INIT;
	PersonChanged fact = PersonChanged_INIT;
	const struct person_view view = { .person = &b->person, .organisation = &b->organisation };

	refused(b, revoke(b, NULL, true), CODE_NOT_FOUND, "user");
	b->person.state = ENROLMENT_STATE_REVOKED;
	refused(b, revoke(b, &b->person, true), CODE_FAILED_PRECONDITION, "user");
	request.person = &b->person;
	refused(b, person_set(&b->in, &view, &request, &fact), CODE_NOT_FOUND, "person.id");
	b->in.actor.profession = PROFESSION_NURSE;
	refused(b, revoke(b, &b->person, true), CODE_PERMISSION_DENIED, "");
}

static void a_person_renews_within_bounds(void **state)
{
	struct bench *b = *state;
	struct person_view view = { .person = &b->person };
	RenewCertificate request = RenewCertificate_INIT;
	CertificateIssued fact = CertificateIssued_INIT;
	char wrong[] = "my phone";

	b->in.actor.profession = PROFESSION_NURSE;
	b->person.state = ENROLMENT_STATE_ENROLLED;
	request.device = device;
	assert_int_equal(certificate_renew(&b->in, &view, &request, &fact), 0);
	request.device = wrong;
	refused(b, certificate_renew(&b->in, &view, &request, &fact), CODE_INVALID_ARGUMENT, "device");
	request.device = device;
	view.certificates = CERTIFICATES_MAX;
	refused(b, certificate_renew(&b->in, &view, &request, &fact), CODE_RESOURCE_EXHAUSTED, "");
	view = (struct person_view){ .person = NULL }; /* an instance */
	refused(b, certificate_renew(&b->in, &view, &request, &fact), CODE_PERMISSION_DENIED, "");
}

/* ---- contact hours -------------------------------------------------------------------------- */

static int set_hours(struct bench *b, size_t n, ContactHoursSet *fact)
{
	SetContactHours request = SetContactHours_INIT;
	struct hours_view view = { .organisation = b->organisation.id ? &b->organisation : NULL };

	*fact = (ContactHoursSet)ContactHoursSet_INIT;
	request.organisation = clinic;
	request.hours = b->windows;
	request.n_hours = n;
	return contact_hours_set(&b->in, &view, &request, fact);
}

static void hours_are_set_by_their_own_organisation(void **state)
{
	struct bench *b = *state;
	ContactHoursSet fact;

	assert_int_equal(set_hours(b, HOURS_MAX, &fact), 0); /* an administrator */
	b->in.actor.profession = PROFESSION_NURSE;
	refused(b, set_hours(b, 1, &fact), CODE_PERMISSION_DENIED, "");
	b->in.actor.organisation = clinic;
	assert_int_equal(set_hours(b, 1, &fact), 0);
	assert_int_equal(fact.organisation->n_hours, 1);
	assert_string_equal(fact.organisation->name, name);
	assert_null(fact.person);
	assert_int_equal(b->organisation.n_hours, 0); /* the view is left alone */
	assert_int_equal(set_hours(b, 0, &fact), 0);
	refused(b, set_hours(b, HOURS_MAX + 1, &fact), CODE_INVALID_ARGUMENT, "hours");
	b->in.actor.organisation = NULL;
	b->in.actor.profession = PROFESSION_SERVICE;
	refused(b, set_hours(b, 1, &fact), CODE_PERMISSION_DENIED, "");
	b->in.actor.profession = PROFESSION_ADMINISTRATOR;
	b->in.actor.organisation = centre;
	b->organisation.id = NULL;
	refused(b, set_hours(b, 1, &fact), CODE_NOT_FOUND, "organisation");
}

static int set_own_hours(struct bench *b, const Person *person, char *organisation,
			 ContactHoursSet *fact)
{
	SetContactHours request = SetContactHours_INIT;
	struct hours_view view = { .person = person };

	*fact = (ContactHoursSet)ContactHoursSet_INIT;
	request.user = user;
	request.organisation = organisation;
	request.hours = b->windows;
	request.n_hours = 2;
	return contact_hours_set(&b->in, &view, &request, fact);
}

static void a_persons_hours_are_set_by_colleagues_too(void **state)
{
	struct bench *b = *state;
	ContactHoursSet fact;

	b->person.state = ENROLMENT_STATE_ENROLLED;
	assert_int_equal(set_own_hours(b, &b->person, empty, &fact), 0); /* an administrator */
	assert_null(fact.organisation);
	assert_int_equal(fact.person->n_hours, 2);
	assert_int_equal(fact.person->state, ENROLMENT_STATE_ENROLLED);
	assert_string_equal(fact.person->name, name);
	assert_int_equal(b->person.n_hours, 0); /* the view is left alone */
	refused(b, set_own_hours(b, &b->person, centre, &fact), CODE_INVALID_ARGUMENT, "organisation");
	refused(b, set_own_hours(b, NULL, empty, &fact), CODE_NOT_FOUND, "user");

	b->in.actor.profession = PROFESSION_HELPER;
	refused(b, set_own_hours(b, &b->person, empty, &fact), CODE_PERMISSION_DENIED, "");
	refused(b, set_own_hours(b, NULL, empty, &fact), CODE_PERMISSION_DENIED, "");
	refused(b, set_own_hours(b, NULL, centre, &fact), CODE_PERMISSION_DENIED, "");
	b->in.actor.organisation = clinic; /* a colleague, or she herself */
	assert_int_equal(set_own_hours(b, &b->person, clinic, &fact), 0);
	b->person.state = ENROLMENT_STATE_REVOKED;
	refused(b, set_own_hours(b, &b->person, empty, &fact), CODE_NOT_FOUND, "user");
}

static void wrong_hours_are_refused(void **state)
{
	struct bench *b = *state;
	const ContactHours good = b->hours;
	ContactHoursSet fact;
	char lines[] = "a\nb";

#define WRONG(field_, value, path) \
	b->hours = good; \
	b->hours.field_ = (value); \
	refused(b, set_hours(b, 1, &fact), CODE_INVALID_ARGUMENT, "hours[0]." path)
	WRONG(weekday, 0, "weekday");
	WRONG(weekday, 9, "weekday");
	WRONG(from_minute, 1440, "from_minute");
	WRONG(to_minute, 0, "to_minute");
	WRONG(to_minute, 1441, "to_minute");
	WRONG(to_minute, 540, "to_minute");
	WRONG(means, CONTACT_MEANS_UNSPECIFIED, "means");
	WRONG(means, (ContactMeans)5, "means");
	WRONG(whom, lines, "whom");
#undef WRONG
	b->hours = good;
	b->hours.means = CONTACT_MEANS_BREAK;
	assert_int_equal(set_hours(b, 1, &fact), 0);
}

/* ---- addresses for mail ------------------------------------------------------------------- */

static int set_mail(struct bench *b, const char *whose, const char *mail, PersonChanged *fact)
{
	SetMail request = SetMail_INIT;
	struct person_view view = { .person = &b->person };

	*fact = (PersonChanged)PersonChanged_INIT;
	request.user = arena_string(&b->arena, whose);
	request.mail = arena_string(&b->arena, mail);
	return mail_set(&b->in, &view, &request, fact);
}

static void mail_is_set_by_its_owner(void **state)
{
	struct bench *b = *state;
	PersonChanged fact;

	b->person.state = ENROLMENT_STATE_ENROLLED;
	b->person.hours = b->windows;
	b->person.n_hours = 2;
	assert_int_equal(set_mail(b, user, "hanako@example.jp", &fact), 0); /* an administrator */
	assert_string_equal(fact.person->mail, "hanako@example.jp");
	assert_int_equal(fact.person->n_hours, 2);
	b->in.actor.profession = PROFESSION_NURSE;
	b->in.actor.organisation = clinic;
	refused(b, set_mail(b, user, "", &fact), CODE_PERMISSION_DENIED, ""); /* no colleague */
	b->in.actor.user = user;
	assert_int_equal(set_mail(b, user, "", &fact), 0);
	assert_string_equal(fact.person->mail, "");
	assert_int_equal(set_mail(b, "", "090..12345678@docomo.ne.jp", &fact), 0);
	b->person.state = ENROLMENT_STATE_REVOKED;
	refused(b, set_mail(b, "", "", &fact), CODE_NOT_FOUND, "user");
}

static void a_wrong_address_is_refused(void **state)
{
	static const char *const wrong[] = {
		"hanako", "@example.jp", "hanako@", "hanako@.jp", "hanako@example.", "hanako@-a",
		"hanako@a..b", "a b@example.jp", "a@b@c.jp", "hanako@example.jp\r\nBcc: x@y.jp",
		"<hanako@example.jp>", "a,b@example.jp", "花子@example.jp", "hanako@例え.jp",
		"\"a\"@example.jp", "hanako@[127.0.0.1]",
		"12345678901234567890123456789012345678901234567890123456789012345@example.jp",
	};
	struct bench *b = *state;
	PersonChanged fact;
	char mail[300];

	b->person.state = ENROLMENT_STATE_ENROLLED;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		refused(b, set_mail(b, user, wrong[i], &fact), CODE_INVALID_ARGUMENT, "mail");
	memset(mail, 'a', sizeof(mail));
	memcpy(mail, "hanako@", 7);
	mail[254] = '\0';
	assert_int_equal(set_mail(b, user, mail, &fact), 0);
	memcpy(mail + 254, "a", 2);
	refused(b, set_mail(b, user, mail, &fact), CODE_INVALID_ARGUMENT, "mail");
}

static void a_change_of_a_person_keeps_mail_and_hours(void **state)
{
	struct bench *b = *state;
	Person before = b->person, changed = b->person;
	struct person_view view = { .person = &before, .organisation = &b->organisation };
	SetPerson request = SetPerson_INIT;
	PersonChanged fact = PersonChanged_INIT;
	char mail[] = "hanako@example.jp", other[] = "h@example.jp", wrong[] = "h";

	before.state = ENROLMENT_STATE_ENROLLED;
	before.mail = mail;
	before.hours = b->windows;
	before.n_hours = 3;
	request.person = &changed;
	assert_int_equal(person_set(&b->in, &view, &request, &fact), 0);
	assert_string_equal(fact.person->mail, mail);
	assert_int_equal(fact.person->n_hours, 3);
	changed.mail = other;
	changed.hours = b->windows;
	changed.n_hours = 1;
	assert_int_equal(person_set(&b->in, &view, &request, &fact), 0);
	assert_string_equal(fact.person->mail, other);
	assert_int_equal(fact.person->n_hours, 1);
	changed.mail = wrong;
	refused(b, person_set(&b->in, &view, &request, &fact), CODE_INVALID_ARGUMENT, "person.mail");
	changed.mail = other;
	changed.n_hours = HOURS_MAX + 1;
	refused(b, person_set(&b->in, &view, &request, &fact), CODE_INVALID_ARGUMENT, "person.hours");
}

static void each_list_of_the_revoked_has_its_own_number(void **state)
{
	struct bench *b = *state;
	CrlDue due = CrlDue_INIT;
	CrlRenewed fact = CrlRenewed_INIT;

	assert_int_equal(crl_renew(&b->in, &(const struct crl_view){ .number = 0 }, &due, &fact), 0);
	assert_int_equal(fact.number, 2); /* behind the one that the pki script made */
	assert_int_equal(crl_renew(&b->in, &(const struct crl_view){ .number = 9 }, &due, &fact), 0);
	assert_int_equal(fact.number, 10);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_organisation_is_set),
		TEST(a_wrong_organisation_is_refused),
		TEST(a_person_is_enrolled_once),
		TEST(no_person_bears_the_name_of_an_instance),
		TEST(a_wrong_person_is_refused),
		TEST(the_last_administrator_stays),
		TEST(who_is_not_enrolled_cannot_be_revoked_or_changed),
		TEST(a_person_renews_within_bounds),
		TEST(hours_are_set_by_their_own_organisation),
		TEST(a_persons_hours_are_set_by_colleagues_too),
		TEST(wrong_hours_are_refused),
		TEST(mail_is_set_by_its_owner),
		TEST(a_wrong_address_is_refused),
		TEST(a_change_of_a_person_keeps_mail_and_hours),
		TEST(each_list_of_the_revoked_has_its_own_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
