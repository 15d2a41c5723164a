#include "clients/cli/who.h"

#include <stdlib.h>
#include <string.h>

#include "clients/cli/show.h"

#define PATIENCE_MS 1500
#define WINDOW 32

enum what { ORGANISATION, USER, PATIENT };

struct name {
	struct name *next;
	struct names *names;
	enum what what; /* of an organisation its people, too; of a user the organisation */
	bool asked, known;
	char id[LIMIT_NAME_BYTES + 1];
	struct arena arena; /* what is known of it */
	const Patient *of_patient;
	const OrganisationShown *of_organisation;
};

struct names {
	struct cli *cli;
	struct name *list;
	bool directory_silent; /* did not answer in time: not asked again */
};

struct names *names_open(struct cli *cli)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names)
		abort();
	names->cli = cli;
	return names;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	while (names->list) {
		struct name *name = names->list;
		names->list = name->next;
		arena_close(&name->arena);
		free(name);
	}
	free(names);
}

static struct name *find(const struct names *names, const char *id, enum what what)
{
	for (struct name *name = names->list; name; name = name->next)
		if (name->what == what && !strcmp(name->id, id))
			return name;
	return NULL;
}

static void want(struct names *names, const char *id, enum what what)
{
	if (!id[0] || strlen(id) > LIMIT_NAME_BYTES || find(names, id, what))
		return;
	struct name *name = calloc(1, sizeof(*name));
	if (!name)
		abort();
	name->names = names;
	name->what = what;
	strcpy(name->id, id);
	arena_init(&name->arena, LIMIT_ARENA_BYTES);
	name->next = names->list;
	names->list = name;
}

void names_want_people(struct names *names, const char *organisation)
{
	want(names, organisation, ORGANISATION);
}

void names_want_user(struct names *names, const char *user)
{
	want(names, user, USER);
}

void names_want_patient(struct names *names, const char *patient)
{
	want(names, patient, PATIENT);
}

static void take(void *context, const Reply *reply)
{
	struct name *name = context;
	ProtobufCMessage *message;
	bool patient = name->what == PATIENT;

	if (!reply && !patient)
		name->names->directory_silent = true;
	if (!reply || reply->code != CODE_OK)
		return;
	if (codec_unpack(patient ? &PatientShown_descriptor : &OrganisationShown_descriptor,
			 (struct bytes){reply->body.data, reply->body.len}, &name->arena, &message))
		return;
	if (patient)
		name->of_patient = ((PatientShown *)(void *)message)->patient;
	else
		name->of_organisation = (OrganisationShown *)(void *)message;
	name->known =
		patient ? name->of_patient != NULL : name->of_organisation->organisation != NULL;
}

static void ask(struct names *names, struct name *name)
{
	struct client *client = names->cli->client;

	name->asked = true;
	if (name->what == PATIENT) {
		ShowPatient request = ShowPatient_INIT;
		request.id = name->id;
		client_send(client, client_instance_for(client, name->id), &request.base, 0, take,
			    name);
	} else if (!names->directory_silent) {
		ShowOrganisation request = ShowOrganisation_INIT;
		*(name->what == USER ? &request.user : &request.id) = name->id;
		client_send(client, "directory", &request.base, 0, take, name);
	}
}

void names_fetch(struct names *names)
{
	int64_t until_ms = cli_now_ms() + PATIENCE_MS;

	for (struct name *name = names->list; name; name = name->next) {
		if (name->asked)
			continue;
		ask(names, name);
		while (client_in_flight(names->cli->client) >= WINDOW && cli_now_ms() < until_ms)
			client_run(names->cli->client, 20, names->cli->stop);
	}
	while (client_in_flight(names->cli->client) && cli_now_ms() < until_ms &&
	       !*names->cli->stop)
		client_run(names->cli->client, 5, names->cli->stop);
}

char *names_organisation(struct names *names, const char *organisation)
{
	const struct name *name = find(names, organisation, ORGANISATION);

	if (name && name->known)
		return cli_string(names->cli, name->of_organisation->organisation->name);
	return cli_string(names->cli, organisation);
}

static char *person(struct names *names, const struct name *name, const char *user)
{
	for (size_t i = 0; name && name->known && i < name->of_organisation->n_people; i++) {
		const Person *person = name->of_organisation->people[i];
		if (strcmp(person->id, user) != 0)
			continue;
		return cli_print(names->cli, MSG_PERSON_NAME,
				 person->name[0] ? person->name : person->id,
				 LABEL(Profession, person->profession, names->cli->japanese),
				 name->of_organisation->organisation->name);
	}
	return cli_string(names->cli, user);
}

char *names_person(struct names *names, const char *user, const char *organisation)
{
	return person(names, find(names, organisation, ORGANISATION), user);
}

char *names_user(struct names *names, const char *user)
{
	return person(names, find(names, user, USER), user);
}

char *names_patient(struct names *names, const char *patient)
{
	const struct name *name = find(names, patient, PATIENT);

	if (name && name->known)
		return show_patient_name(names->cli, name->of_patient);
	return cli_string(names->cli, patient);
}
