/* If this fails, the whole of directory does not hold together: an enrolled person gets no certificate,
 * a revoked one stays in the broker's good books, or the views are not what the journal says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "date.h"
#include "log.h"
#include "tests/lib/recording_bus.h"
#include "tests/lib/temporary.h"
#include "tests/lib/test_clock.h"
#include "tests/lib/test_pki.h"

/* The daemon's tables are in its main.c; its main is not ours. */
int directory_main(int argc, char **argv);
#define main directory_main
#include "services/directory/main.c"
#undef main

struct bench {
	char folder[TEMPORARY_SIZE];
	char store[TEMPORARY_SIZE + 16], key[TEMPORARY_SIZE + 16], pki[TEMPORARY_SIZE + 16],
		broker[TEMPORARY_SIZE + 16], instances[TEMPORARY_SIZE + 16];
	struct test_clock clock;
	struct recording_bus bus;
	struct directory directory;
	struct daemon *daemon;
	struct arena arena;
};

static int start(struct bench *b, bool renew_only)
{
	struct daemon_options options = {
		.store = { .folder = b->store, .key_file = b->key, .map_mb = 64 },
		.clock = &b->clock.clock, .bus = &b->bus.bus,
	};

	directory_stop(&b->directory);
	b->directory = (struct directory){ .renew_only = renew_only };
	if (b->instances[0])
		assert_int_equal(directory_option(&b->directory, "instances", b->instances), 0);
	assert_int_equal(directory_option(&b->directory, "pki", b->pki), 0);
	assert_int_equal(directory_option(&b->directory, "broker", b->broker), 0);
	assert_int_equal(directory_option(&b->directory, "seed-admin", NULL), 0);
	return daemon_open(&b->daemon, &directory_spec, &options, &b->directory);
}

static void open_daemon(struct bench *b)
{
	assert_int_equal(start(b, false), 0);
	daemon_connected(b->daemon);
	assert_int_equal(daemon_step(b->daemon), 0);
}

static void close_daemon(struct bench *b)
{
	daemon_free(b->daemon);
	b->daemon = NULL;
	directory_stop(&b->directory);
}

static int set_up(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));
	char *const folders[] = { b->store, b->pki, b->broker };

	log_init("test", LOG_LEVEL_ERROR + 1);
	temporary_make(b->folder, "directory");
	snprintf(b->store, sizeof(b->store), "%s/store", b->folder);
	snprintf(b->key, sizeof(b->key), "%s/key", b->folder);
	snprintf(b->pki, sizeof(b->pki), "%s/pki", b->folder);
	snprintf(b->broker, sizeof(b->broker), "%s/broker", b->folder);
	for (size_t i = 0; i < 3; i++)
		mkdir(folders[i], 0700);
	test_pki_make(b->pki);
	test_clock_init(&b->clock, 3);
	recording_bus_init(&b->bus);
	arena_init(&b->arena, 64 << 20);
	open_daemon(b);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	close_daemon(b);
	recording_bus_close(&b->bus);
	arena_close(&b->arena);
	temporary_remove(b->folder);
	test_free(b);
	return 0;
}

/* ---- asking --------------------------------------------------------------------------------- */

static char *string(struct bench *b, const char *text)
{
	return arena_string(&b->arena, text);
}

static void prepare(struct bench *b, const ProtobufCMessage *body, uint64_t after, Request *request)
{
	struct bytes packed;
	char id[ID_SIZE];

	*request = (Request)Request_INIT;
	id_make(id, &b->clock.clock, b->clock.wall_ms);
	assert_int_equal(codec_pack(body, &b->arena, &packed), 0);
	request->id = string(b, id);
	request->type = string(b, codec_name(body->descriptor));
	request->body.data = arena_copy(&b->arena, packed.data, packed.size);
	request->body.len = packed.size;
	request->after = after;
}

static const Reply *deliver(struct bench *b, const char *user, const Request *request)
{
	struct bytes packed;
	ProtobufCMessage *message;

	recording_bus_clear(&b->bus);
	assert_int_equal(codec_pack(&request->base, &b->arena, &packed), 0);
	assert_int_equal(daemon_receive(b->daemon, arena_printf(&b->arena,
			 "tsunagi/v1/directory/req/%s/pc", user), packed), 0);
	assert_int_equal(daemon_step(b->daemon), 0);
	const struct recorded *found = recording_bus_find(&b->bus,
		arena_printf(&b->arena, "directory/res/%s/pc", user), 0);
	assert_non_null(found);
	assert_int_equal(codec_unpack(&Reply_descriptor, found->payload, &b->arena, &message), 0);
	return (const Reply *)(const void *)message;
}

static const Reply *ask(struct bench *b, const char *user, const ProtobufCMessage *body)
{
	Request request;

	prepare(b, body, 0, &request);
	return deliver(b, user, &request);
}

static const void *body_of(struct bench *b, const Reply *reply,
			   const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message;

	assert_int_equal(reply->code, CODE_OK);
	assert_string_equal(reply->type, codec_name(type));
	assert_int_equal(codec_unpack(type, (struct bytes){ reply->body.data, reply->body.len },
				      &b->arena, &message), 0);
	return message;
}

static void set_organisation(struct bench *b, const char *id)
{
	SetOrganisation request = SetOrganisation_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = string(b, id);
	organisation.name = string(b, "北クリニック");
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = AREA_NORTH;
	request.organisation = &organisation;
	assert_int_equal(ask(b, "admin", &request.base)->code, CODE_OK);
}

static void prepare_enrol(struct bench *b, const char *user, Profession profession, Request *out)
{
	char *csr = test_pki_request(TEST_KEY_P256, "whoever");
	Enrol request = Enrol_INIT;
	Person person = Person_INIT;

	person.id = string(b, user);
	person.name = string(b, "山田　花子");
	person.organisation = string(b, "centre");
	person.profession = profession;
	request.person = &person;
	request.device = string(b, "pc");
	request.csr_pem = csr;
	prepare(b, &request.base, 0, out);
	free(csr);
}

static const Certificate *enrol(struct bench *b, const char *user, Profession profession)
{
	Request request;

	prepare_enrol(b, user, profession, &request);
	return body_of(b, deliver(b, "admin", &request), &Certificate_descriptor);
}

static const Reply *revoke(struct bench *b, const char *user)
{
	Revoke request = Revoke_INIT;

	request.user = string(b, user);
	request.reason = string(b, "端末を紛失");
	return ask(b, "admin", &request.base);
}

/* ---- looking outside ------------------------------------------------------------------------ */

static char *file_text(struct bench *b, const char *name)
{
	char *path = arena_printf(&b->arena, "%s/%s", b->broker, name);
	char *text = arena_alloc(&b->arena, 65536);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static X509_CRL *list(struct bench *b)
{
	FILE *file = fopen(arena_printf(&b->arena, "%s/crl.pem", b->broker), "r");
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
	const struct recorded *found = recording_bus_find(&b->bus, "$CONTROL/tsunagi/v1", 0);

	if (!found)
		return NULL;
	assert_int_equal(found->qos, 1);
	assert_false(found->retain);
	return arena_printf(&b->arena, "%.*s", (int)found->payload.size,
			    (const char *)found->payload.data);
}

/* The place of a message among all that were published, by the end of its topic. */
static size_t place(struct bench *b, const char *topic_end)
{
	const struct recorded *found = recording_bus_find(&b->bus, topic_end, 0);

	assert_non_null(found);
	return (size_t)(found - b->bus.items);
}

static void rebuilt_equal(struct bench *b)
{
	uint64_t entries, differing = 1;

	assert_int_equal(daemon_rebuild(b->daemon, &entries, &differing), 0);
	assert_int_equal(differing, 0);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void the_first_administrator_is_there_once(void **state)
{
	struct bench *b = *state;
	WhoAmI request = WhoAmI_INIT;
	uint64_t head = daemon_head(b->daemon);

	const Me *me = body_of(b, ask(b, "admin", &request.base), &Me_descriptor);
	assert_string_equal(me->person->id, "admin");
	assert_int_equal(me->person->profession, PROFESSION_ADMINISTRATOR);
	assert_string_equal(me->organisation->id, "centre");
	assert_int_equal(me->n_shards, 1);
	assert_string_equal(me->shards[0]->instance, "record");
	assert_int_equal(me->shards[0]->last, 255);
	close_daemon(b);
	open_daemon(b);
	assert_int_equal(daemon_head(b->daemon), head);
	assert_int_equal(ask(b, "nobody", &request.base)->code, CODE_UNAVAILABLE);
}

static void an_enrolment_is_answered_with_the_same_certificate_each_time(void **state)
{
	struct bench *b = *state;
	Request request;

	prepare_enrol(b, "hanako", PROFESSION_NURSE, &request);
	const Certificate *first = body_of(b, deliver(b, "admin", &request), &Certificate_descriptor);
	assert_string_equal(first->user, "hanako");
	assert_string_equal(first->device, "pc");
	assert_non_null(strstr(first->pem, "-----BEGIN CERTIFICATE-----"));
	close_daemon(b);
	open_daemon(b);
	const Certificate *second = body_of(b, deliver(b, "admin", &request), &Certificate_descriptor);
	assert_string_equal(first->pem, second->pem);
	rebuilt_equal(b);
}

static void peers_hear_who_belongs_where_and_no_certificate(void **state)
{
	struct bench *b = *state;
	ProtobufCMessage *message;

	enrol(b, "hanako", PROFESSION_NURSE);
	const struct recorded *found = recording_bus_find(&b->bus, "directory/notice/record", 0);
	assert_non_null(found);
	assert_non_null(recording_bus_find(&b->bus, "directory/notice/alert", 0));
	assert_int_equal(codec_unpack(&Notices_descriptor, found->payload, &b->arena, &message), 0);
	const Notices *notices = (const Notices *)(const void *)message;
	assert_int_equal(notices->n_items, 1);
	assert_string_equal(notices->items[0]->type, "PersonChanged");
	codec_unpack(&PersonChanged_descriptor, (struct bytes){ notices->items[0]->body.data,
		     notices->items[0]->body.len }, &b->arena, &message);
	const PersonChanged *changed = (const PersonChanged *)(const void *)message;
	assert_string_equal(changed->person->id, "hanako");
	assert_int_equal(changed->person->state, ENROLMENT_STATE_ENROLLED);
}

static void a_wrong_request_for_a_certificate_leaves_nobody_enrolled(void **state)
{
	struct bench *b = *state;
	Request request;
	char *rsa = test_pki_request(TEST_KEY_RSA, "a");
	Enrol wrong = Enrol_INIT;
	Person person = Person_INIT;

	person.id = string(b, "hanako");
	person.name = string(b, "a");
	person.organisation = string(b, "centre");
	person.profession = PROFESSION_NURSE;
	wrong.person = &person;
	wrong.device = string(b, "pc");
	wrong.csr_pem = rsa;
	const Reply *reply = ask(b, "admin", &wrong.base);
	assert_int_equal(reply->code, CODE_INVALID_ARGUMENT);
	assert_string_equal(reply->field, "csr_pem");
	free(rsa);
	prepare_enrol(b, "hanako", PROFESSION_NURSE, &request);
	assert_int_equal(deliver(b, "admin", &request)->code, CODE_OK);
}

static void who_is_revoked_is_on_the_list_before_the_answer_leaves(void **state)
{
	struct bench *b = *state;
	WhoAmI who = WhoAmI_INIT;
	const Certificate *certificate = enrol(b, "hanako", PROFESSION_NURSE);

	assert_int_equal(listed(b), 0);
	assert_int_equal(revoke(b, "hanako")->code, CODE_OK);
	assert_int_equal(listed(b), 1);
	assert_string_equal(file_text(b, "revoked"), "hanako\n");
	assert_string_equal(word(b), "revoke hanako\n");
	assert_true(place(b, "$CONTROL/tsunagi/v1") < place(b, "directory/res/admin/pc"));
	assert_int_equal(ask(b, "hanako", &who.base)->code, CODE_PERMISSION_DENIED);

	/* back again: with a new certificate, the old one stays revoked */
	const Certificate *again = enrol(b, "hanako", PROFESSION_DOCTOR);
	assert_string_not_equal(certificate->id, again->id);
	assert_int_equal(listed(b), 1);
	assert_string_equal(file_text(b, "revoked"), "");
	assert_string_equal(word(b), "reload\n");
	const Me *me = body_of(b, ask(b, "hanako", &who.base), &Me_descriptor);
	assert_int_equal(me->person->profession, PROFESSION_DOCTOR);
	rebuilt_equal(b);
}

static void the_last_administrator_cannot_be_revoked(void **state)
{
	struct bench *b = *state;

	assert_int_equal(revoke(b, "admin")->code, CODE_FAILED_PRECONDITION);
	enrol(b, "second", PROFESSION_ADMINISTRATOR);
	assert_int_equal(revoke(b, "second")->code, CODE_OK);
	assert_int_equal(revoke(b, "admin")->code, CODE_FAILED_PRECONDITION);
}

static void files_that_were_lost_are_written_again_and_the_gate_is_told(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	b->bus.disconnected = true; /* the broker is down when it happens */
	Revoke request = Revoke_INIT;
	Request envelope;
	struct bytes packed;
	request.user = string(b, "hanako");
	prepare(b, &request.base, 0, &envelope);
	codec_pack(&envelope.base, &b->arena, &packed);
	daemon_receive(b->daemon, "tsunagi/v1/directory/req/admin/pc", packed);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_int_equal(listed(b), 1);
	b->bus.disconnected = false;
	recording_bus_clear(&b->bus);
	daemon_connected(b->daemon);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_string_equal(word(b), "revoke hanako\n");
	recording_bus_clear(&b->bus);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_null(word(b));

	close_daemon(b);
	temporary_empty(b->broker);
	recording_bus_clear(&b->bus);
	open_daemon(b);
	assert_int_equal(listed(b), 1);
	assert_string_equal(file_text(b, "revoked"), "hanako\n");
	assert_string_equal(word(b), "reload\n");
}

static void a_folder_that_cannot_be_written_is_tried_again(void **state)
{
	struct bench *b = *state;
	char *aside = arena_printf(&b->arena, "%s-aside", b->broker);

	enrol(b, "hanako", PROFESSION_NURSE);
	assert_int_equal(rename(b->broker, aside), 0);
	assert_int_equal(revoke(b, "hanako")->code, CODE_OK);
	assert_int_equal(rename(aside, b->broker), 0);
	assert_int_equal(listed(b), 0);
	test_clock_advance(&b->clock, 2000);
	recording_bus_clear(&b->bus);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_int_equal(listed(b), 1);
	assert_string_equal(word(b), "revoke hanako\n");
}

static void the_list_is_renewed_each_day(void **state)
{
	struct bench *b = *state;
	long number = list_number(b);

	for (int day = 1; day <= 3; day++) {
		assert_true(daemon_wait_ms(b->daemon) <= DAY_MS);
		test_clock_advance(&b->clock, DAY_MS + 1000);
		assert_int_equal(daemon_step(b->daemon), 0);
		assert_int_equal(list_number(b), number + day);
		assert_true(list_end_ms(b) > b->clock.wall_ms + 6 * DAY_MS);
	}
	rebuilt_equal(b);
}

/* The journal's time stays ahead then, and with it the day on which the list is due. */
static void a_clock_that_was_ahead_for_a_while_ends_no_list(void **state)
{
	struct bench *b = *state;

	test_clock_jump(&b->clock, 30 * DAY_MS);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_true(list_end_ms(b) > b->clock.wall_ms + 6 * DAY_MS);
	test_clock_jump(&b->clock, -30 * DAY_MS);
	assert_int_equal(daemon_step(b->daemon), 0);
	for (int day = 1; day <= 9; day++) {
		test_clock_advance(&b->clock, DAY_MS);
		enrol(b, arena_printf(&b->arena, "hanako-%d", day), PROFESSION_NURSE);
		assert_true(list_end_ms(b) > b->clock.wall_ms + 4 * DAY_MS);
	}
	rebuilt_equal(b);
}

static void a_list_that_ended_is_renewed_before_the_broker_starts(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	revoke(b, "hanako");
	close_daemon(b);
	test_clock_advance(&b->clock, 30 * DAY_MS);
	assert_int_equal(start(b, true), ERR_NOTHING);
	assert_true(list_end_ms(b) > b->clock.wall_ms + 6 * DAY_MS);
	assert_int_equal(listed(b), 1);
	long number = list_number(b);
	assert_int_equal(start(b, true), ERR_NOTHING); /* there is nothing left to do */
	assert_int_equal(list_number(b), number);
	open_daemon(b);
	assert_int_equal(list_number(b), number);
}

static void a_certificate_that_ended_leaves_the_list(void **state)
{
	struct bench *b = *state;

	enrol(b, "hanako", PROFESSION_NURSE);
	revoke(b, "hanako");
	test_clock_advance(&b->clock, (CERTIFICATE_DAYS + 1) * DAY_MS);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_int_equal(listed(b), 1); /* once more after its end */
	test_clock_advance(&b->clock, 8 * DAY_MS);
	assert_int_equal(daemon_step(b->daemon), 0);
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
	char *folder = arena_printf(&b->arena, "%s/record", b->instances);
	char *path = arena_printf(&b->arena, "%s/cert.pem", folder);
	mkdir(b->instances, 0700);
	mkdir(folder, 0700);
	ca_sign_request(b->directory.ca, csr, "record", b->clock.wall_ms, &b->arena, &first);
	free(csr);
	FILE *file = fopen(path, "w");
	fputs(first.pem, file);
	fclose(file);
	close_daemon(b);
	test_clock_advance(&b->clock, 300 * DAY_MS);
	assert_int_equal(start(b, true), ERR_NOTHING);
	assert_int_equal(ca_read(path, &second, user, sizeof(user)), 0);
	assert_string_equal(second.serial, first.serial); /* it is good for long enough */
	open_daemon(b);
	test_clock_advance(&b->clock, 80 * DAY_MS);
	assert_int_equal(daemon_step(b->daemon), 0);
	assert_int_equal(ca_read(path, &second, user, sizeof(user)), 0);
	assert_string_equal(user, "record");
	assert_true(second.not_after_ms > b->clock.wall_ms + 390 * DAY_MS);
}

static void organisations_come_in_pages(void **state)
{
	struct bench *b = *state;
	ListOrganisations request = ListOrganisations_INIT;
	Request envelope;
	uint64_t after = 0;
	size_t n = 0, pages = 0;
	const Reply *reply;

	for (int i = 0; i < LIMIT_PAGE_ITEMS + 20; i++)
		set_organisation(b, arena_printf(&b->arena, "clinic%03d", i));
	do {
		prepare(b, &request.base, after, &envelope);
		reply = deliver(b, "admin", &envelope);
		const OrganisationList *found = body_of(b, reply, &OrganisationList_descriptor);
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
	prepare(b, &request.base, after, &envelope);
	const OrganisationList *found =
		body_of(b, deliver(b, "admin", &envelope), &OrganisationList_descriptor);
	assert_int_equal(found->n_items, 1);
	assert_string_equal(found->items[0]->id, "clinic007");
	rebuilt_equal(b);
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
	thursday.whom = string(b, "看護師長");
	night = thursday;
	night.from_minute = 17 * 60;
	night.to_minute = 5 * 60;
	set.organisation = string(b, "clinic01");
	set.hours = windows;
	set.n_hours = 2;
	assert_int_equal(ask(b, "admin", &set.base)->code, CODE_OK);

	date_parse("2026-11-26T17:30:00", &search.at_ms);
	const ContactList *found = body_of(b, ask(b, "admin", &search.base), &ContactList_descriptor);
	assert_int_equal(found->n_items, 2);
	assert_string_equal(found->items[0]->organisation->id, "clinic01");
	assert_int_equal(found->items[0]->organisation->n_hours, 0);
	assert_string_equal(found->items[0]->hours->whom, "看護師長");
	date_parse("2026-11-27T04:59:00", &search.at_ms);
	found = body_of(b, ask(b, "admin", &search.base), &ContactList_descriptor);
	assert_int_equal(found->n_items, 1);
	assert_int_equal(found->items[0]->hours->from_minute, 17 * 60);
	search.area = AREA_SOUTH;
	found = body_of(b, ask(b, "admin", &search.base), &ContactList_descriptor);
	assert_int_equal(found->n_items, 0);
}

static void devices_are_shown_to_their_owner_and_administrators(void **state)
{
	struct bench *b = *state;
	RenewCertificate renew = RenewCertificate_INIT;
	ListDevices devices = ListDevices_INIT;
	char *csr = test_pki_request(TEST_KEY_P256, "admin");

	enrol(b, "hanako", PROFESSION_NURSE);
	enrol(b, "taro", PROFESSION_DOCTOR);
	renew.device = string(b, "phone");
	renew.csr_pem = csr;
	const Certificate *mine = body_of(b, ask(b, "hanako", &renew.base), &Certificate_descriptor);
	assert_string_equal(mine->user, "hanako");
	free(csr);
	const DeviceList *list_of = body_of(b, ask(b, "hanako", &devices.base), &DeviceList_descriptor);
	assert_int_equal(list_of->n_items, 2);
	assert_string_equal(list_of->items[0]->pem, "");
	devices.user = string(b, "hanako");
	list_of = body_of(b, ask(b, "admin", &devices.base), &DeviceList_descriptor);
	assert_int_equal(list_of->n_items, 2);
	assert_int_equal(ask(b, "taro", &devices.base)->code, CODE_PERMISSION_DENIED);
}

static void an_organisation_shows_its_people(void **state)
{
	struct bench *b = *state;
	ShowOrganisation request = ShowOrganisation_INIT;

	enrol(b, "hanako", PROFESSION_NURSE);
	enrol(b, "gone", PROFESSION_NURSE);
	revoke(b, "gone");
	request.id = string(b, "centre");
	const OrganisationShown *shown =
		body_of(b, ask(b, "hanako", &request.base), &OrganisationShown_descriptor);
	assert_int_equal(shown->n_people, 2);
	assert_string_equal(shown->people[0]->id, "admin");
	assert_string_equal(shown->people[1]->id, "hanako");
	request.after_user = string(b, "admin");
	shown = body_of(b, ask(b, "hanako", &request.base), &OrganisationShown_descriptor);
	assert_int_equal(shown->n_people, 1);
	request.id = string(b, "nowhere");
	assert_int_equal(ask(b, "hanako", &request.base)->code, CODE_NOT_FOUND);
}

static void without_a_ca_nobody_is_enrolled_and_nothing_else_fails(void **state)
{
	struct bench *b = *state;
	Request request;
	struct daemon_options options = {
		.store = { .folder = b->store, .key_file = b->key, .map_mb = 64 },
		.clock = &b->clock.clock, .bus = &b->bus.bus,
	};

	close_daemon(b);
	b->directory = (struct directory){ .seed_admin = true };
	assert_int_equal(daemon_open(&b->daemon, &directory_spec, &options, &b->directory), 0);
	prepare_enrol(b, "hanako", PROFESSION_NURSE, &request);
	assert_int_equal(deliver(b, "admin", &request)->code, CODE_FAILED_PRECONDITION);
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
		TEST(devices_are_shown_to_their_owner_and_administrators),
		TEST(an_organisation_shows_its_people),
		TEST(without_a_ca_nobody_is_enrolled_and_nothing_else_fails),
		cmocka_unit_test(options_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
