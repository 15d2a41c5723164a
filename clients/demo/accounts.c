#include "clients/demo/accounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "clients/cli/key.h"
#include "error.h"

#define TIMEOUT_MS 15000
#define WINDOW 128
#define DEVICE "first"

struct settling {
	struct city *city;
	const char *accounts; /* the folder of the account folders */
	struct account admin;
	struct client *client;
	struct progress *progress;
	char *ca; /* the administrator's ca.pem */
	size_t done;
	int error; /* the first one; it has been said */
};

/* Somebody without an account folder. */
struct newcomer {
	struct settling *settling;
	Person *person;
	char *csr;
	bool revoked; /* they were enrolled before, and their folder is lost */
};

static void fail(struct settling *settling, int error, const char *what, const char *why)
{
	if (!settling->error) {
		progress_end(settling->progress);
		complain("%s: %s", what, why);
	}
	settling->error = settling->error ? settling->error : error;
}

static void fail_reply(struct settling *settling, const char *what, const Reply *reply)
{
	fail(settling, reply ? ERR_REFUSED : ERR_TIMEOUT, what,
	     reply ? reply->message_en : "directory does not answer");
}

/* Sends when there is room; what goes wrong with an answer stops the rest. */
static void send(struct settling *settling, const ProtobufCMessage *request, client_reply_fn *done,
		 void *context)
{
	while (!settling->error && client_in_flight(settling->client) >= WINDOW)
		if (client_run(settling->client, 1, NULL))
			fail(settling, ERR_DISCONNECTED, "directory",
			     client_reason(settling->client));
	if (settling->error)
		return;
	int rc = client_send(settling->client, "directory", request, 0, done, context);
	if (rc)
		fail(settling, rc, "directory", error_text(rc));
}

static int finish(struct settling *settling)
{
	if (client_run(settling->client, -1, NULL))
		fail(settling, ERR_DISCONNECTED, "directory", client_reason(settling->client));
	return settling->error;
}

/* ---- organisations ------------------------------------------------------------------------ */

/*
 * Which of ours are there already. The first administrator's organisation is there from the
 * beginning, with nothing but a name.
 */
static int mark_known(struct settling *settling, bool *known)
{
	ListOrganisations request = ListOrganisations_INIT;
	struct city *city = settling->city;
	uint64_t after = 0;
	Reply *reply;

	do {
		ProtobufCMessage *body;
		int rc = client_call(settling->client, "directory", &request.base, after,
				     city->arena, &reply);
		if (rc || reply->code != CODE_OK) {
			fail_reply(settling, "ListOrganisations", rc ? NULL : reply);
			return settling->error;
		}
		rc = codec_unpack(&OrganisationList_descriptor,
				  (struct bytes){ reply->body.data, reply->body.len }, city->arena,
				  &body);
		if (rc)
			return rc;
		const OrganisationList *list = (const OrganisationList *)(const void *)body;
		for (size_t i = 0; i < list->n_items; i++)
			for (size_t k = 0; k < city->n_organisations; k++)
				if (list->items[i]->phone[0] &&
				    !strcmp(city->organisations[k]->id, list->items[i]->id))
					known[k] = true;
		after = reply->position;
	} while (reply->more);
	return 0;
}

static void organisation_done(void *context, const Reply *reply)
{
	struct settling *settling = context;

	settling->done++;
	if (!reply || reply->code != CODE_OK)
		fail_reply(settling, "SetOrganisation", reply);
}

static int settle_organisations(struct settling *settling)
{
	struct city *city = settling->city;
	SetOrganisation request = SetOrganisation_INIT;
	bool *known = arena_alloc(city->arena, city->n_organisations * sizeof(*known));

	if (!known)
		return ERR_NOMEM;
	int rc = mark_known(settling, known);
	for (size_t i = 0; !rc && i < city->n_organisations; i++) {
		progress_show(settling->progress, "機関", i + 1, city->n_organisations);
		request.organisation = city->organisations[i];
		if (!known[i])
			send(settling, &request.base, organisation_done, settling);
	}
	return rc ? rc : finish(settling);
}

/* ---- account folders ---------------------------------------------------------------------- */

static char *path_of(const struct settling *settling, const char *before, const char *user,
		     const char *file)
{
	return arena_printf(settling->city->arena, "%s/%s%s%s", settling->accounts, before, user,
			    file);
}

/* The folder grows beside its place, hidden, and is moved there when it is whole. */
#define UNFINISHED ".new-"

static int write_account(struct newcomer *newcomer, const char *pem)
{
	struct settling *settling = newcomer->settling;
	const char *user = newcomer->person->id;
	const char *profile =
		arena_printf(settling->city->arena, "host %s\nport %d\nuser %s\ndevice %s\n",
			     settling->admin.host, settling->admin.port, user, DEVICE);
	const struct {
		const char *name, *text;
	} files[] = { { "/ca.pem", settling->ca }, { "/cert.pem", pem }, { "/profile", profile } };
	const char *place = path_of(settling, "", user, "");

	for (size_t i = 0; i < 3; i++)
		if (file_write(path_of(settling, UNFINISHED, user, files[i].name), files[i].text,
			       0600))
			return ERR_IO;
	/* What stands in the way has no profile, so it is no account. */
	for (size_t i = 0; i < 3; i++)
		unlink(path_of(settling, "", user, files[i].name));
	unlink(path_of(settling, "", user, "/key.pem"));
	rmdir(place);
	return rename(path_of(settling, UNFINISHED, user, ""), place) ? ERR_IO : 0;
}

static int make_request(struct newcomer *newcomer)
{
	struct settling *settling = newcomer->settling;
	const char *user = newcomer->person->id;
	const char *folder = path_of(settling, UNFINISHED, user, "");
	const char *key = path_of(settling, UNFINISHED, user, "/key.pem");

	if (mkdir(folder, 0700) && errno != EEXIST)
		return ERR_IO;
	if (access(key, F_OK)) {
		int rc = key_make(key);
		if (rc)
			return rc;
	}
	newcomer->csr = key_request(settling->city->arena, key, user);
	if (newcomer->csr)
		return 0;
	/* Half a key, of an interruption. */
	unlink(key);
	int rc = key_make(key);
	newcomer->csr = rc ? NULL : key_request(settling->city->arena, key, user);
	return newcomer->csr ? 0 : ERR_CRYPTO;
}

/* ---- enrolment ---------------------------------------------------------------------------- */

static void enrol(struct newcomer *newcomer);

static void revoked(void *context, const Reply *reply)
{
	struct newcomer *newcomer = context;

	newcomer->revoked = true;
	if (!reply || reply->code != CODE_OK)
		fail_reply(newcomer->settling, newcomer->person->id, reply);
	else
		enrol(newcomer);
}

static void enrolled(void *context, const Reply *reply)
{
	struct newcomer *newcomer = context;
	struct settling *settling = newcomer->settling;
	Revoke revoke = Revoke_INIT;
	ProtobufCMessage *body;

	if (reply && reply->code == CODE_ALREADY_EXISTS && !newcomer->revoked) {
		revoke.user = newcomer->person->id;
		revoke.reason = city_text(settling->city, "アカウントフォルダーの紛失による再登録");
		if (client_send(settling->client, "directory", &revoke.base, 0, revoked, newcomer))
			fail(settling, ERR_NOMEM, newcomer->person->id, "out of memory");
		return;
	}
	if (!reply || reply->code != CODE_OK ||
	    codec_unpack(&Certificate_descriptor,
			 (struct bytes){ reply->body.data, reply->body.len }, settling->city->arena,
			 &body)) {
		fail_reply(settling, newcomer->person->id, reply);
		return;
	}
	int rc = write_account(newcomer, ((const Certificate *)(const void *)body)->pem);
	if (rc)
		fail(settling, rc, newcomer->person->id, "the account folder cannot be written");
	settling->done++;
}

/* From inside a callback too, so it does not wait for room. */
static void enrol(struct newcomer *newcomer)
{
	struct settling *settling = newcomer->settling;
	Enrol request = Enrol_INIT;

	request.person = newcomer->person;
	request.device = city_text(settling->city, DEVICE);
	request.csr_pem = newcomer->csr;
	int rc = client_send(settling->client, "directory", &request.base, 0, enrolled, newcomer);
	if (rc)
		fail(settling, rc, newcomer->person->id, error_text(rc));
}

static bool has_account(const struct settling *settling, const Person *person)
{
	return access(path_of(settling, "", person->id, "/profile"), F_OK) == 0;
}

static int settle_people(struct settling *settling)
{
	struct city *city = settling->city;

	settling->done = 0;
	for (size_t i = 0; i < city->n_people && !settling->error; i++) {
		struct newcomer *newcomer = arena_alloc(city->arena, sizeof(*newcomer));
		if (!newcomer)
			return ERR_NOMEM;
		*newcomer = (struct newcomer){ .settling = settling, .person = city->people[i] };
		progress_show(settling->progress, "アカウント", i + 1, city->n_people);
		if (has_account(settling, newcomer->person))
			continue;
		int rc = make_request(newcomer);
		if (rc)
			fail(settling, rc, newcomer->person->id, "the key cannot be made");
		else
			enrol(newcomer);
		/* Others' keys are made while directory signs. */
		if (client_in_flight(settling->client))
			client_run(settling->client, 1, NULL);
	}
	return finish(settling);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static int open_administrator(struct settling *settling)
{
	char sentence[512];
	struct city *city = settling->city;
	const char *folder = arena_printf(city->arena, "%s/admin", settling->accounts);

	settling->ca = file_read(city->arena, arena_printf(city->arena, "%s/ca.pem", folder));
	int rc = account_read(&settling->admin, folder, sentence, sizeof(sentence));
	if (!rc)
		rc = settling->ca ? client_open(&settling->client, &settling->admin, TIMEOUT_MS,
						sentence, sizeof(sentence))
				  : ERR_IO;
	if (rc)
		fail(settling, rc, "admin", settling->ca ? sentence : "ca.pem cannot be read");
	return rc;
}

int accounts_settle(struct city *city, const char *state, bool known, struct progress *progress)
{
	struct settling settling = { .city = city, .progress = progress };
	size_t missing = 0;

	settling.accounts = arena_printf(city->arena, "%s/accounts", state);
	for (size_t i = 0; i < city->n_people; i++)
		missing += !has_account(&settling, city->people[i]);
	if (known && !missing)
		return 0;
	int rc = open_administrator(&settling);
	if (!rc && !known)
		rc = settle_organisations(&settling);
	if (!rc)
		rc = settle_people(&settling);
	client_free(settling.client);
	progress_end(progress);
	return rc;
}
