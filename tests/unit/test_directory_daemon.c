/* If this fails, the whole of directory does not hold together: an enrolled person gets no certificate,
 * a revoked one stays in the broker's good books, or the views are not what the journal says. */
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "log.h"
#include "tests/lib/test_pki.h"
#include "tests/unit/daemon_test.h"

/* The daemon's tables are in its main.c; its main is not ours. */
int directory_main(int argc, char **argv);
#define main directory_main
#include "services/directory/main.c"
#undef main

/* The daemon beside the folders that it keeps for others. */
struct bench {
	struct fixture *f;
	char folder[TEMPORARY_SIZE];
	char pki[TEMPORARY_SIZE + 16], broker[TEMPORARY_SIZE + 16], instances[TEMPORARY_SIZE + 16];
	struct directory directory;
};

static void close_daemon(struct bench *b)
{
	fixture_stop(b->f);
	directory_stop(&b->directory);
}

static void configure(struct bench *b, bool renew_only)
{
	directory_stop(&b->directory);
	b->directory = (struct directory){ .renew_only = renew_only };
	if (b->instances[0])
		assert_int_equal(directory_option(&b->directory, "instances", b->instances), 0);
	assert_int_equal(directory_option(&b->directory, "pki", b->pki), 0);
	assert_int_equal(directory_option(&b->directory, "broker", b->broker), 0);
	assert_int_equal(directory_option(&b->directory, "seed-admin", NULL), 0);
}

static void open_daemon(struct bench *b)
{
	configure(b, false);
	start(b->f);
	fixture_step(b->f);
}

/* It starts, finds nothing left to do and ends. */
static void only_renew(struct bench *b)
{
	configure(b, true);
	assert_int_equal(daemon_open(&b->f->daemon, &directory_spec, &b->f->options, &b->directory),
			 ERR_NOTHING);
}

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	log_init("test", LOG_LEVEL_ERROR + 1);
	b->f = new_fixture(&directory_spec);
	b->f->context = &b->directory;
	temporary_make(b->folder, "directory");
	snprintf(b->pki, sizeof(b->pki), "%s/pki", b->folder);
	snprintf(b->broker, sizeof(b->broker), "%s/broker", b->folder);
	mkdir(b->pki, 0700);
	mkdir(b->broker, 0700);
	test_pki_make(b->pki);
	open_daemon(b);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *fixture = b->f;

	close_daemon(b);
	temporary_remove(b->folder);
	test_free(b);
	return free_fixture(&fixture);
}

/* ---- asking --------------------------------------------------------------------------------- */

/* What the good answer bears. */
static const void *answer(struct bench *b, const char *user, const ProtobufCMessage *body,
			  const ProtobufCMessageDescriptor *type)
{
	ask(b->f, user, body);
	return body_of(b->f, type);
}

static void set_organisation(struct bench *b, const char *id)
{
	SetOrganisation request = SetOrganisation_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = text(b->f, id);
	organisation.name = text(b->f, "北クリニック");
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = AREA_NORTH;
	request.organisation = &organisation;
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_OK);
}

static Request enrolment(struct bench *b, const char *user, Profession profession)
{
	char *csr = test_pki_request(TEST_KEY_P256, "whoever");
	Enrol request = Enrol_INIT;
	Person person = Person_INIT;

	person.id = text(b->f, user);
	person.name = text(b->f, "山田　花子");
	person.organisation = text(b->f, "centre");
	person.profession = profession;
	request.person = &person;
	request.device = text(b->f, "pc");
	request.csr_pem = csr;
	Request made = fixture_request(b->f, &request.base, 0, false);
	free(csr);
	return made;
}

static const Certificate *certified(struct bench *b, const Request *request)
{
	fixture_call(b->f, "admin", request);
	return body_of(b->f, &Certificate_descriptor);
}

static const Certificate *enrol(struct bench *b, const char *user, Profession profession)
{
	Request request = enrolment(b, user, profession);

	return certified(b, &request);
}

static Code revoke(struct bench *b, const char *user)
{
	Revoke request = Revoke_INIT;

	request.user = text(b->f, user);
	request.reason = text(b->f, "端末を紛失");
	return ask(b->f, "admin", &request.base);
}

/* ---- looking outside ------------------------------------------------------------------------ */

static char *file_text(struct bench *b, const char *name)
{
	char *path = arena_printf(&b->f->arena, "%s/%s", b->broker, name);
	char *text = arena_alloc(&b->f->arena, 65536);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static X509_CRL *list(struct bench *b)
{
	FILE *file = fopen(arena_printf(&b->f->arena, "%s/crl.pem", b->broker), "r");
	X509_CRL *found = PEM_read_X509_CRL(file, NULL, NULL, NULL);

	assert_non_null(found);
	fclose(file);
	return found;
}

static int listed(struct bench *b)
{
	X509_CRL *found = list(b);
	int n = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(found));

	X509_CRL_free(found);
	return n < 0 ? 0 : n;
}

static long list_number(struct bench *b)
{
	X509_CRL *found = list(b);
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(found, NID_crl_number, NULL, NULL);
	long value = ASN1_INTEGER_get(number);

	ASN1_INTEGER_free(number);
	X509_CRL_free(found);
	return value;
}

/* When the list in the file ends. */
static int64_t list_end_ms(struct bench *b)
{
	X509_CRL *found = list(b);
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;

	ASN1_TIME_diff(&days, &seconds, epoch, X509_CRL_get0_nextUpdate(found));
	ASN1_TIME_free(epoch);
	X509_CRL_free(found);
	return days * DAY_MS + seconds * 1000LL;
}

static const char *word(struct bench *b)
{
	const struct recorded *found = recording_bus_find(&b->f->bus, "$CONTROL/tsunagi/v1", 0);

	if (!found)
		return NULL;
	assert_int_equal(found->qos, 1);
	assert_false(found->retain);
	return arena_printf(&b->f->arena, "%.*s", (int)found->payload.size,
			    (const char *)found->payload.data);
}

/* The place of a message among all that were published, by the end of its topic. */
static size_t place(struct bench *b, const char *topic_end)
{
	const struct recorded *found = recording_bus_find(&b->f->bus, topic_end, 0);

	assert_non_null(found);
	return (size_t)(found - b->f->bus.items);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void the_first_administrator_is_there_once(void **state)
{
	struct bench *b = *state;
	WhoAmI request = WhoAmI_INIT;
	uint64_t head = daemon_head(b->f->daemon);

	const Me *me = answer(b, "admin", &request.base, &Me_descriptor);
	assert_string_equal(me->person->id, "admin");
	assert_int_equal(me->person->profession, PROFESSION_ADMINISTRATOR);
	assert_string_equal(me->organisation->id, "centre");
	assert_int_equal(me->n_shards, 1);
	assert_string_equal(me->shards[0]->instance, "record");
	assert_int_equal(me->shards[0]->last, 255);
	close_daemon(b);
	open_daemon(b);
	assert_int_equal(daemon_head(b->f->daemon), head);
	assert_int_equal(ask(b->f, "nobody", &request.base), CODE_UNAVAILABLE);
}

static void an_enrolment_is_answered_with_the_same_certificate_each_time(void **state)
{
	struct bench *b = *state;
	Request request = enrolment(b, "hanako", PROFESSION_NURSE);

	const Certificate *first = certified(b, &request);
	assert_string_equal(first->user, "hanako");
	assert_string_equal(first->device, "pc");
	assert_non_null(strstr(first->pem, "-----BEGIN CERTIFICATE-----"));
	close_daemon(b);
	open_daemon(b);
	const Certificate *second = certified(b, &request);
	assert_string_equal(first->pem, second->pem);
	rebuilt_the_same(b->f);
}

static void peers_hear_who_belongs_where_and_no_certificate(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	const Notice *told = fixture_notice(b->f, "record", 0);
	assert_non_null(told);
	assert_null(fixture_notice(b->f, "record", 1));
	assert_non_null(recording_bus_find(&b->f->bus, "directory/notice/alert", 0));
	assert_string_equal(told->type, "PersonChanged");
	const PersonChanged *changed = fixture_decode(b->f, &PersonChanged_descriptor, told->body);
	assert_string_equal(changed->person->id, "hanako");
	assert_int_equal(changed->person->state, ENROLMENT_STATE_ENROLLED);
}

static void a_wrong_request_for_a_certificate_leaves_nobody_enrolled(void **state)
{
	struct bench *b = *state;
	char *rsa = test_pki_request(TEST_KEY_RSA, "a");
	Enrol wrong = Enrol_INIT;
	Person person = Person_INIT;

	person.id = text(b->f, "hanako");
	person.name = text(b->f, "a");
	person.organisation = text(b->f, "centre");
	person.profession = PROFESSION_NURSE;
	wrong.person = &person;
	wrong.device = text(b->f, "pc");
	wrong.csr_pem = rsa;
	assert_int_equal(ask(b->f, "admin", &wrong.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->f->reply->field, "csr_pem");
	free(rsa);
	Request request = enrolment(b, "hanako", PROFESSION_NURSE);
	assert_int_equal(fixture_call(b->f, "admin", &request)->code, CODE_OK);
}

static void who_is_revoked_is_on_the_list_before_the_answer_leaves(void **state)
{
	struct bench *b = *state;
	WhoAmI who = WhoAmI_INIT;
	const Certificate *certificate = enrol(b, "hanako", PROFESSION_NURSE);

	assert_int_equal(listed(b), 0);
	assert_int_equal(revoke(b, "hanako"), CODE_OK);
	assert_int_equal(listed(b), 1);
	assert_string_equal(file_text(b, "revoked"), "hanako\n");
	assert_string_equal(word(b), "revoke hanako\n");
	assert_true(place(b, "$CONTROL/tsunagi/v1") <
		    place(b, "directory/res/admin/" FIXTURE_DEVICE));
	assert_int_equal(ask(b->f, "hanako", &who.base), CODE_PERMISSION_DENIED);

	/* back again: with a new certificate, the old one stays revoked */
	const Certificate *again = enrol(b, "hanako", PROFESSION_DOCTOR);
	assert_string_not_equal(certificate->id, again->id);
	assert_int_equal(listed(b), 1);
	assert_string_equal(file_text(b, "revoked"), "");
	assert_string_equal(word(b), "reload\n");
	const Me *me = answer(b, "hanako", &who.base, &Me_descriptor);
	assert_int_equal(me->person->profession, PROFESSION_DOCTOR);
	rebuilt_the_same(b->f);
}

static void the_last_administrator_cannot_be_revoked(void **state)
{
	struct bench *b = *state;

	assert_int_equal(revoke(b, "admin"), CODE_FAILED_PRECONDITION);
	enrol(b, "second", PROFESSION_ADMINISTRATOR);
	assert_int_equal(revoke(b, "second"), CODE_OK);
	assert_int_equal(revoke(b, "admin"), CODE_FAILED_PRECONDITION);
}

static void files_that_were_lost_are_written_again_and_the_gate_is_told(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	b->f->bus.disconnected = true; /* the broker is down when it happens */
	Revoke request = Revoke_INIT;
	request.user = text(b->f, "hanako");
	Request envelope = fixture_request(b->f, &request.base, 0, false);
	fixture_send(b->f, "admin", &envelope);
	fixture_step(b->f);
	assert_int_equal(listed(b), 1);
	b->f->bus.disconnected = false;
	recording_bus_clear(&b->f->bus);
	daemon_connected(b->f->daemon);
	fixture_step(b->f);
	assert_string_equal(word(b), "revoke hanako\n");
	recording_bus_clear(&b->f->bus);
	fixture_step(b->f);
	assert_null(word(b));

	close_daemon(b);
	temporary_empty(b->broker);
	recording_bus_clear(&b->f->bus);
	open_daemon(b);
	assert_int_equal(listed(b), 1);
	assert_string_equal(file_text(b, "revoked"), "hanako\n");
	assert_string_equal(word(b), "reload\n");
}

static void a_folder_that_cannot_be_written_is_tried_again(void **state)
{
	struct bench *b = *state;
	char *aside = arena_printf(&b->f->arena, "%s-aside", b->broker);

	enrol(b, "hanako", PROFESSION_NURSE);
	assert_int_equal(rename(b->broker, aside), 0);
	assert_int_equal(revoke(b, "hanako"), CODE_OK);
	assert_int_equal(rename(aside, b->broker), 0);
	assert_int_equal(listed(b), 0);
	test_clock_advance(&b->f->clock, 2000);
	recording_bus_clear(&b->f->bus);
	fixture_step(b->f);
	assert_int_equal(listed(b), 1);
	assert_string_equal(word(b), "revoke hanako\n");
}

static void the_list_is_renewed_each_day(void **state)
{
	struct bench *b = *state;
	long number = list_number(b);

	for (int day = 1; day <= 3; day++) {
		assert_true(daemon_wait_ms(b->f->daemon) <= DAY_MS);
		pass(b->f, DAY_MS + 1000);
		assert_int_equal(list_number(b), number + day);
		assert_true(list_end_ms(b) > b->f->clock.wall_ms + 6 * DAY_MS);
	}
	rebuilt_the_same(b->f);
}

/* The journal's time stays ahead then, and with it the day on which the list is due. */
static void a_clock_that_was_ahead_for_a_while_ends_no_list(void **state)
{
	struct bench *b = *state;

	test_clock_jump(&b->f->clock, 30 * DAY_MS);
	fixture_step(b->f);
	assert_true(list_end_ms(b) > b->f->clock.wall_ms + 6 * DAY_MS);
	test_clock_jump(&b->f->clock, -30 * DAY_MS);
	fixture_step(b->f);
	for (int day = 1; day <= 9; day++) {
		test_clock_advance(&b->f->clock, DAY_MS);
		enrol(b, arena_printf(&b->f->arena, "hanako-%d", day), PROFESSION_NURSE);
		assert_true(list_end_ms(b) > b->f->clock.wall_ms + 4 * DAY_MS);
	}
	rebuilt_the_same(b->f);
}

static void a_list_that_ended_is_renewed_before_the_broker_starts(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	revoke(b, "hanako");
	close_daemon(b);
	test_clock_advance(&b->f->clock, 30 * DAY_MS);
	only_renew(b);
	assert_true(list_end_ms(b) > b->f->clock.wall_ms + 6 * DAY_MS);
	assert_int_equal(listed(b), 1);
	long number = list_number(b);
	only_renew(b); /* there is nothing left to do */
	assert_int_equal(list_number(b), number);
	open_daemon(b);
	assert_int_equal(list_number(b), number);
}

static void a_certificate_that_ended_leaves_the_list(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	revoke(b, "hanako");
	pass(b->f, (CERTIFICATE_DAYS + 1) * DAY_MS);
	assert_int_equal(listed(b), 1); /* once more after its end */
	pass(b->f, 8 * DAY_MS);
	assert_int_equal(listed(b), 0);
	assert_string_equal(file_text(b, "revoked"), "hanako\n");
}

static void an_instance_is_let_in_for_another_year(void **state)
{
	struct bench *b = *state;
	char *csr = test_pki_request(TEST_KEY_P256, "whoever");
	struct issued first, second;
	char user[LIMIT_NAME_BYTES + 1];

	snprintf(b->instances, sizeof(b->instances), "%s/instances", b->folder);
	char *folder = arena_printf(&b->f->arena, "%s/record", b->instances);
	char *path = arena_printf(&b->f->arena, "%s/cert.pem", folder);
	mkdir(b->instances, 0700);
	mkdir(folder, 0700);
	ca_sign_request(b->directory.ca, csr, "record", b->f->clock.wall_ms, &b->f->arena, &first);
	free(csr);
	FILE *file = fopen(path, "w");
	fputs(first.pem, file);
	fclose(file);
	close_daemon(b);
	test_clock_advance(&b->f->clock, 300 * DAY_MS);
	only_renew(b);
	assert_int_equal(ca_read(path, &second, user, sizeof(user)), 0);
	assert_string_equal(second.serial, first.serial); /* it is good for long enough */
	open_daemon(b);
	pass(b->f, 80 * DAY_MS);
	assert_int_equal(ca_read(path, &second, user, sizeof(user)), 0);
	assert_string_equal(user, "record");
	assert_true(second.not_after_ms > b->f->clock.wall_ms + 390 * DAY_MS);
}

static void organisations_come_in_pages(void **state)
{
	struct bench *b = *state;
	ListOrganisations request = ListOrganisations_INIT;
	uint64_t after = 0;
	size_t n = 0, pages = 0;
	const Reply *reply;

	for (int i = 0; i < LIMIT_PAGE_ITEMS + 20; i++)
		set_organisation(b, arena_printf(&b->f->arena, "clinic%03d", i));
	do {
		ask_after(b->f, "admin", &request.base, after, false);
		const OrganisationList *found = body_of(b->f, &OrganisationList_descriptor);
		reply = b->f->reply;
		assert_true(reply->body.len < LIMIT_PAGE_BYTES + 4096);
		for (size_t i = 1; i < found->n_items; i++)
			assert_true(strcmp(found->items[i - 1]->id, found->items[i]->id) < 0);
		n += found->n_items;
		pages++;
		assert_true(reply->position > after);
		after = reply->position;
	} while (reply->more);
	assert_int_equal(n, LIMIT_PAGE_ITEMS + 21);
	assert_int_equal(pages, 2);

	set_organisation(b, "clinic007"); /* changed since */
	ask_after(b->f, "admin", &request.base, after, false);
	const OrganisationList *found = body_of(b->f, &OrganisationList_descriptor);
	assert_int_equal(found->n_items, 1);
	assert_string_equal(found->items[0]->id, "clinic007");
	rebuilt_the_same(b->f);
}

static void contacts_are_found_by_time(void **state)
{
	struct bench *b = *state;
	SetContactHours set = SetContactHours_INIT;
	SearchContacts search = SearchContacts_INIT;
	ContactHours thursday = ContactHours_INIT, night = ContactHours_INIT;
	ContactHours *windows[] = { &thursday, &night };

	set_organisation(b, "clinic01");
	set_organisation(b, "clinic02");
	thursday.weekday = 4;
	thursday.from_minute = 16 * 60;
	thursday.to_minute = 18 * 60;
	thursday.means = CONTACT_MEANS_PHONE;
	thursday.whom = text(b->f, "看護師長");
	night = thursday;
	night.from_minute = 17 * 60;
	night.to_minute = 5 * 60;
	set.organisation = text(b->f, "clinic01");
	set.hours = windows;
	set.n_hours = 2;
	assert_int_equal(ask(b->f, "admin", &set.base), CODE_OK);

	date_parse("2026-11-26T17:30:00", &search.at_ms);
	const ContactList *found = answer(b, "admin", &search.base, &ContactList_descriptor);
	assert_int_equal(found->n_items, 2);
	assert_string_equal(found->items[0]->organisation->id, "clinic01");
	assert_int_equal(found->items[0]->organisation->n_hours, 0);
	assert_string_equal(found->items[0]->hours->whom, "看護師長");
	date_parse("2026-11-27T04:59:00", &search.at_ms);
	found = answer(b, "admin", &search.base, &ContactList_descriptor);
	assert_int_equal(found->n_items, 1);
	assert_int_equal(found->items[0]->hours->from_minute, 17 * 60);
	search.area = AREA_SOUTH;
	found = answer(b, "admin", &search.base, &ContactList_descriptor);
	assert_int_equal(found->n_items, 0);
}

/* ---- of persons --------------------------------------------------------------------------- */

static Code set_own_hours(struct bench *b, const char *asker, const char *user,
			  ContactHours **windows, size_t n)
{
	SetContactHours set = SetContactHours_INIT;

	set.user = text(b->f, user);
	set.hours = windows;
	set.n_hours = n;
	return ask(b->f, asker, &set.base);
}

static ContactHours *window(struct bench *b, uint32_t from_hour, uint32_t to_hour,
			    ContactMeans means)
{
	ContactHours *made = NEW(ContactHours, &b->f->arena);

	made->weekday = 4;
	made->from_minute = from_hour * 60;
	made->to_minute = to_hour * 60;
	made->means = means;
	return made;
}

/* "centre 16 hanako 17 ": whose windows, and from what hour on they are open; +: means other than phone */
static const char *found_at(struct bench *b, const char *at, const char *until)
{
	SearchContacts search = SearchContacts_INIT;
	const char *all = "";

	date_parse(at, &search.at_ms);
	if (until)
		date_parse(until, &search.until_ms);
	const ContactList *found = answer(b, "admin", &search.base, &ContactList_descriptor);
	for (size_t i = 0; i < found->n_items; i++) {
		const Contact *contact = found->items[i];
		char open[DATE_SIZE];
		date_iso(open, contact->open_ms);
		if (contact->person) {
			assert_int_equal(contact->person->n_hours, 0);
			assert_string_equal(contact->person->mail, "");
		}
		all = arena_printf(&b->f->arena, "%s%s %.5s%s ", all,
				   contact->person ? contact->person->id : contact->organisation->id,
				   open + 11, contact->hours->means == CONTACT_MEANS_PHONE ? "" : "+");
	}
	return all;
}

static void a_persons_own_hours_are_found_beside_the_organisations(void **state)
{
	struct bench *b = *state;
	ContactHours *own[] = { window(b, 17, 20, CONTACT_MEANS_PAGE),
				window(b, 18, 19, CONTACT_MEANS_BREAK) };
	ContactHours *theirs[] = { window(b, 16, 18, CONTACT_MEANS_PHONE) };
	SetContactHours set = SetContactHours_INIT;
	SetMail mail = SetMail_INIT;

	enrol(b, "hanako", PROFESSION_NURSE);
	mail.mail = text(b->f, "hanako@example.jp");
	assert_int_equal(ask(b->f, "hanako", &mail.base), CODE_OK);
	set.hours = theirs;
	set.n_hours = 1;
	assert_int_equal(ask(b->f, "hanako", &set.base), CODE_OK); /* of her own organisation */
	assert_string_equal(found_at(b, "2026-11-26T17:30:00", NULL), "centre 17:30 ");
	assert_int_equal(set_own_hours(b, "hanako", "hanako", own, 2), CODE_OK);
	assert_string_equal(found_at(b, "2026-11-26T16:30:00", NULL), "centre 16:30 ");
	assert_string_equal(found_at(b, "2026-11-26T17:30:00", NULL), "centre 17:30 hanako 17:30+ ");
	assert_string_equal(found_at(b, "2026-11-26T18:30:00", NULL), "");
	assert_string_equal(found_at(b, "2026-11-26T19:30:00", NULL), "hanako 19:30+ ");
	/* after 18:00 on Thursday: once her break is over */
	assert_string_equal(found_at(b, "2026-11-26T18:00:00", "2026-11-27T00:00:00"),
			    "hanako 19:00+ ");
	assert_string_equal(found_at(b, "2026-11-26T12:00:00", "2026-11-27T00:00:00"),
			    "centre 16:00 hanako 17:00+ ");
	assert_string_equal(found_at(b, "2026-11-26T12:00:00", "2026-11-26T16:00:00"), "");
	rebuilt_the_same(b->f);

	SearchContacts search = SearchContacts_INIT;
	date_parse("2026-11-26T12:00:00", &search.at_ms);
	search.until_ms = search.at_ms;
	assert_int_equal(ask(b->f, "hanako", &search.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(b->f->reply->field, "until_ms");
	search.until_ms = search.at_ms + 7 * DAY_MS + 1;
	assert_int_equal(ask(b->f, "hanako", &search.base), CODE_INVALID_ARGUMENT);
}

/* Whose mail of hanako's is in what was published to a reader. */
static const char *mail_told(struct bench *b, const char *reader)
{
	const char *mail = NULL;

	for (unsigned i = 0;; i++) {
		const Notice *told = fixture_notice(b->f, reader, i);
		if (!told)
			return mail;
		assert_string_equal(told->type, "PersonChanged");
		const PersonChanged *changed = fixture_decode(b->f, &PersonChanged_descriptor, told->body);
		assert_int_equal(changed->person->n_hours, 1);
		mail = changed->person->mail;
	}
}

static void mail_is_told_to_its_owner_administrators_and_alert(void **state)
{
	struct bench *b = *state;
	ContactHours *own[] = { window(b, 17, 20, CONTACT_MEANS_PHONE) };
	ShowOrganisation show = ShowOrganisation_INIT;
	SetMail mail = SetMail_INIT;
	WhoAmI who = WhoAmI_INIT;

	enrol(b, "hanako", PROFESSION_NURSE);
	enrol(b, "taro", PROFESSION_DOCTOR);
	assert_int_equal(set_own_hours(b, "taro", "hanako", own, 1), CODE_OK); /* a colleague */
	mail.mail = text(b->f, "hanako@example.jp");
	mail.user = text(b->f, "hanako");
	assert_int_equal(ask(b->f, "taro", &mail.base), CODE_PERMISSION_DENIED);
	recording_bus_clear(&b->f->bus);
	assert_int_equal(ask(b->f, "hanako", &mail.base), CODE_OK);
	assert_string_equal(mail_told(b, "alert"), "hanako@example.jp");
	assert_string_equal(mail_told(b, "record"), "");
	recording_bus_clear(&b->f->bus);
	assert_int_equal(set_own_hours(b, "hanako", "hanako", own, 1), CODE_OK);
	assert_string_equal(mail_told(b, "alert"), "hanako@example.jp");
	assert_string_equal(mail_told(b, "board"), "");
	recording_bus_clear(&b->f->bus);
	assert_int_equal(revoke(b, "taro"), CODE_OK);

	show.id = text(b->f, "centre");
	const OrganisationShown *shown = answer(b, "admin", &show.base, &OrganisationShown_descriptor);
	assert_string_equal(shown->people[1]->mail, "hanako@example.jp");
	assert_int_equal(shown->people[1]->n_hours, 1);
	shown = answer(b, "hanako", &show.base, &OrganisationShown_descriptor);
	assert_string_equal(shown->people[1]->mail, "hanako@example.jp");
	enrol(b, "jiro", PROFESSION_DOCTOR);
	shown = answer(b, "jiro", &show.base, &OrganisationShown_descriptor);
	assert_string_equal(shown->people[1]->id, "hanako");
	assert_string_equal(shown->people[1]->mail, "");
	assert_int_equal(shown->people[1]->n_hours, 1);
	const Me *me = answer(b, "hanako", &who.base, &Me_descriptor);
	assert_string_equal(me->person->mail, "hanako@example.jp");
	rebuilt_the_same(b->f);
}

static void devices_are_shown_to_their_owner_and_administrators(void **state)
{
	struct bench *b = *state;
	RenewCertificate renew = RenewCertificate_INIT;
	ListDevices devices = ListDevices_INIT;
	char *csr = test_pki_request(TEST_KEY_P256, "admin");

	enrol(b, "hanako", PROFESSION_NURSE);
	enrol(b, "taro", PROFESSION_DOCTOR);
	renew.device = text(b->f, "phone");
	renew.csr_pem = csr;
	const Certificate *mine = answer(b, "hanako", &renew.base, &Certificate_descriptor);
	assert_string_equal(mine->user, "hanako");
	free(csr);
	const DeviceList *list_of = answer(b, "hanako", &devices.base, &DeviceList_descriptor);
	assert_int_equal(list_of->n_items, 2);
	assert_string_equal(list_of->items[0]->pem, "");
	devices.user = text(b->f, "hanako");
	list_of = answer(b, "admin", &devices.base, &DeviceList_descriptor);
	assert_int_equal(list_of->n_items, 2);
	assert_int_equal(ask(b->f, "taro", &devices.base), CODE_PERMISSION_DENIED);
}

static void an_organisation_shows_its_people(void **state)
{
	struct bench *b = *state;
	ShowOrganisation request = ShowOrganisation_INIT;

	enrol(b, "hanako", PROFESSION_NURSE);
	enrol(b, "gone", PROFESSION_NURSE);
	revoke(b, "gone");
	request.id = text(b->f, "centre");
	const OrganisationShown *shown =
		answer(b, "hanako", &request.base, &OrganisationShown_descriptor);
	assert_int_equal(shown->n_people, 2);
	assert_string_equal(shown->people[0]->id, "admin");
	assert_string_equal(shown->people[1]->id, "hanako");
	request.after_user = text(b->f, "admin");
	shown = answer(b, "hanako", &request.base, &OrganisationShown_descriptor);
	assert_int_equal(shown->n_people, 1);
	request.id = text(b->f, "nowhere");
	assert_int_equal(ask(b->f, "hanako", &request.base), CODE_NOT_FOUND);

	/* where somebody works, and them alone */
	request = (ShowOrganisation)ShowOrganisation_INIT;
	request.user = text(b->f, "hanako");
	shown = answer(b, "admin", &request.base, &OrganisationShown_descriptor);
	assert_string_equal(shown->organisation->id, "centre");
	assert_int_equal(shown->n_people, 1);
	assert_string_equal(shown->people[0]->id, "hanako");
	request.user = text(b->f, "gone");
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_NOT_FOUND);
	assert_string_equal(b->f->reply->field, "user");
	request.user = text(b->f, "nobody");
	assert_int_equal(ask(b->f, "admin", &request.base), CODE_NOT_FOUND);
}

static void without_a_ca_nobody_is_enrolled_and_nothing_else_fails(void **state)
{
	struct bench *b = *state;

	close_daemon(b);
	b->directory = (struct directory){ .seed_admin = true };
	start(b->f);
	Request request = enrolment(b, "hanako", PROFESSION_NURSE);
	assert_int_equal(fixture_call(b->f, "admin", &request)->code, CODE_FAILED_PRECONDITION);
	set_organisation(b, "clinic01");
}

static void options_are_checked(void **state)
{
	struct directory directory = { 0 };
	char long_path[FOLDER_BYTES + 1];

	(void)state;
	memset(long_path, 'a', FOLDER_BYTES);
	long_path[FOLDER_BYTES] = '\0';
	assert_int_equal(directory_option(&directory, "pki", NULL), ERR_INVALID);
	assert_int_equal(directory_option(&directory, "pki", ""), ERR_INVALID);
	assert_int_equal(directory_option(&directory, "pki", long_path), ERR_INVALID);
	assert_int_equal(directory_option(&directory, "seed-admin", "yes"), ERR_INVALID);
	assert_int_equal(directory_option(&directory, "renew-only", ""), 0);
	assert_true(directory.renew_only);
	assert_int_equal(directory_option(&directory, "unknown", "x"), ERR_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_administrator_is_there_once),
		TEST(an_enrolment_is_answered_with_the_same_certificate_each_time),
		TEST(peers_hear_who_belongs_where_and_no_certificate),
		TEST(a_wrong_request_for_a_certificate_leaves_nobody_enrolled),
		TEST(who_is_revoked_is_on_the_list_before_the_answer_leaves),
		TEST(the_last_administrator_cannot_be_revoked),
		TEST(files_that_were_lost_are_written_again_and_the_gate_is_told),
		TEST(a_folder_that_cannot_be_written_is_tried_again),
		TEST(the_list_is_renewed_each_day),
		TEST(a_clock_that_was_ahead_for_a_while_ends_no_list),
		TEST(a_list_that_ended_is_renewed_before_the_broker_starts),
		TEST(a_certificate_that_ended_leaves_the_list),
		TEST(an_instance_is_let_in_for_another_year),
		TEST(organisations_come_in_pages),
		TEST(contacts_are_found_by_time),
		TEST(a_persons_own_hours_are_found_beside_the_organisations),
		TEST(mail_is_told_to_its_owner_administrators_and_alert),
		TEST(devices_are_shown_to_their_owner_and_administrators),
		TEST(an_organisation_shows_its_people),
		TEST(without_a_ca_nobody_is_enrolled_and_nothing_else_fails),
		cmocka_unit_test(options_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
