#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/commands.h"
#include "clients/cli/key.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"

/* ---- organisations ---- */

/* What is known of it already; stays as it is where nothing is. 0 or an exit status, said. */
static int fetch_organisation(struct cli *cli, char *id, Organisation *organisation)
{
	ShowOrganisation request = ShowOrganisation_INIT;
	Reply *reply;

	request.id = id;
	organisation->id = id;
	int status = cli_try(cli, "directory", &request.base, 0, &reply);
	if (status || reply->code == CODE_NOT_FOUND)
		return status;
	const OrganisationShown *shown = BODY(OrganisationShown, cli, reply);
	if (reply->code != CODE_OK || !shown || !shown->organisation) {
		cli_complain(cli, reply);
		return cli_status(reply);
	}
	*organisation = *shown->organisation;
	return 0;
}

static int networks_option(struct cli *cli, const char *words, Organisation *o)
{
	char *copy = cli_string(cli, words), *place = NULL;

	o->networks = arena_alloc(&cli->arena, (strlen(words) + 1) * sizeof(*o->networks));
	o->n_networks = 0;
	for (char *word = strtok_r(copy, ", ", &place); word; word = strtok_r(NULL, ", ", &place)) {
		int value;
		if (cli_word(cli, &Network_descriptor, word, &value))
			return EX_USAGE;
		o->networks[o->n_networks++] = (Network)value;
	}
	return 0;
}

static int organisation_options(struct cli *cli, const struct args *args, Organisation *o)
{
	const struct {
		const char *name;
		char **field;
	} texts[] = {
		{"--name", &o->name},
		{"--kana", &o->name_kana},
		{"--phone", &o->phone},
		{"--address", &o->address},
	};
	int value;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (args_has(args, texts[i].name))
			*texts[i].field = cli_string(cli, args_get(args, texts[i].name));
	if (cli_word(cli, &OrganisationKind_descriptor, args_get(args, "--kind"), &value))
		return EX_USAGE;
	o->kind = (OrganisationKind)value;
	if (args_has(args, "--area")) {
		if (cli_word(cli, &Area_descriptor, args_get(args, "--area"), &value))
			return EX_USAGE;
		o->area = (Area)value;
	}
	if (args_has(args, "--left"))
		o->left = !strcmp(args_get(args, "--left"), "yes");
	return args_has(args, "--network") ? networks_option(cli, args_get(args, "--network"), o)
					   : 0;
}

int run_admin_organisation(struct cli *cli, const struct args *args)
{
	SetOrganisation request = SetOrganisation_INIT;
	Organisation *o = NEW(Organisation, &cli->arena);

	int status = fetch_organisation(cli, cli_string(cli, args_get(args, "ORG")), o);
	if (!status)
		status = organisation_options(cli, args, o);
	request.organisation = o;
	return status ? status : cli_write(cli, "directory", &request.base, MSG_DONE_ORGANISATION);
}

/* ---- account folders ---- */

static int cannot_write(const struct cli *cli, const char *path)
{
	return cli_fail(cli, EX_IOERR, MSG_CANNOT_WRITE_FILE, path, strerror(errno));
}

/* Beside the folder that is used now, unless --out says where. */
static char *folder_for(struct cli *cli, const struct args *args, const char *user)
{
	if (args_has(args, "--out"))
		return cli_string(cli, args_get(args, "--out"));
	char *real = realpath(cli->account_folder, NULL);
	char *copy = cli_string(cli, real ? real : cli->account_folder);
	free(real);
	return arena_printf(&cli->arena, "%s/%s", dirname(copy), user);
}

static char *in_folder(struct cli *cli, const char *folder, const char *file)
{
	return arena_printf(&cli->arena, "%s/%s", folder, file);
}

/* The folder and a key in it; a key that is there already (of an attempt before) is used. */
static int prepare(struct cli *cli, const char *folder, const char *user, char **csr)
{
	char *key = in_folder(cli, folder, "key.pem");

	if (mkdir(folder, 0700) && errno != EEXIST)
		return cannot_write(cli, folder);
	if (access(key, F_OK) && key_make(key))
		return cannot_write(cli, key);
	*csr = key_request(&cli->arena, key, user);
	return *csr ? 0 : cli_fail(cli, EX_IOERR, MSG_BAD_KEY, key);
}

/* Certificate, CA, profile: the profile comes last, and makes the folder an account. */
static int finish(struct cli *cli, const char *folder, const char *user, const char *device,
		  const char *pem)
{
	char own_ca[1100];

	account_path(&cli->account, "ca.pem", own_ca, sizeof(own_ca));
	char *ca = file_read(&cli->arena, own_ca);
	char *profile = arena_printf(&cli->arena, "host %s\nport %d\nuser %s\ndevice %s\n",
				     cli->account.host, cli->account.port, user, device);
	const struct {
		const char *name, *text;
	} files[] = {
		{"ca.pem", ca},
		{"cert.pem", pem},
		{"profile", profile},
	};

	if (!ca)
		return cli_fail(cli, EX_IOERR, MSG_BAD_ACCOUNT, own_ca);
	for (size_t i = 0; i < 3; i++) {
		char *path = in_folder(cli, folder, files[i].name);
		if (file_write(path, files[i].text, 0600))
			return cannot_write(cli, path);
	}
	return 0;
}

static void print_certificate(struct cli *cli, const Certificate *c, const char *folder)
{
	if (cli->json) {
		Certificate without_pem = *c;
		without_pem.pem = cli_string(cli, "");
		cli_print_json(&without_pem.base);
		return;
	}
	printf("%s\n", cli_print(cli, MSG_ENROLLED, c->user, c->device,
				 show_day(cli, c->not_after_ms), folder));
}

/* ---- enrolment ---- */

/* Refused: what was made for it goes again. A folder that was there before keeps its key. */
static void withdraw(struct cli *cli, const char *folder)
{
	if (access(in_folder(cli, folder, "cert.pem"), F_OK) == 0)
		return;
	unlink(in_folder(cli, folder, "key.pem"));
	rmdir(folder);
}

static int enrol(struct cli *cli, const struct args *args, Enrol *request, const char *folder)
{
	const char *csr = args_get(args, "--csr");
	Reply *reply;

	int status = csr ? ((request->csr_pem = file_read(&cli->arena, csr))
				    ? 0
				    : cli_fail(cli, EX_IOERR, MSG_CANNOT_READ, csr))
			 : prepare(cli, folder, request->person->id, &request->csr_pem);
	if (!status)
		status = cli_call(cli, "directory", &request->base, &reply);
	if (status && status != EX_UNAVAILABLE && !csr)
		withdraw(cli, folder);
	if (status)
		return status;
	const Certificate *certificate = BODY(Certificate, cli, reply);
	if (!certificate)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (csr && !args_has(args, "--out")) { /* the key is elsewhere: so is the account folder */
		printf("%s", certificate->pem);
		return 0;
	}
	if (csr && mkdir(folder, 0700) && errno != EEXIST)
		return cannot_write(cli, folder);
	status = finish(cli, folder, request->person->id, request->device, certificate->pem);
	if (!status)
		print_certificate(cli, certificate, folder);
	return status;
}

/* No key, no folder: this person signs in from a browser alone. */
static int enrol_web(struct cli *cli, const Enrol *request)
{
	Reply *reply;
	int status = cli_call(cli, "directory", &request->base, &reply);

	if (status)
		return status;
	if (cli->json)
		cli_print_json(&request->person->base);
	else
		printf("%s\n", cli_print(cli, MSG_ENROLLED_WEB, request->person->id,
					 request->person->id));
	return 0;
}

int run_admin_enrol(struct cli *cli, const struct args *args)
{
	Enrol request = Enrol_INIT;
	const char *user = args_get(args, "USER"), *name = args_get(args, "--name");
	const char *device = args_get(args, "--device");
	int profession;

	if (cli_word(cli, &Profession_descriptor, args_get(args, "--profession"), &profession))
		return EX_USAGE;
	if (strchr(user, '/'))
		return cli_fail(cli, EX_USAGE, MSG_BAD_USER, user);
	int status = cli_connect(cli);
	if (status)
		return status;
	request.person = NEW(Person, &cli->arena);
	request.person->id = cli_string(cli, user);
	request.person->name = cli_string(cli, name ? name : user);
	request.person->name_kana = cli_string(cli, args_get(args, "--kana"));
	request.person->phone = cli_string(cli, args_get(args, "--phone"));
	request.person->mail = cli_string(cli, args_get(args, "--mail"));
	request.person->organisation = cli_string(cli, args_get(args, "--org"));
	request.person->profession = (Profession)profession;
	if (args_has(args, "--web"))
		return enrol_web(cli, &request);
	request.device = cli_string(cli, device ? device : "cli");
	return enrol(cli, args, &request, folder_for(cli, args, user));
}

/*
 * A fresh certificate over the key that is there, or for one more device, in a folder of its own
 * with a key of its own.
 */
int run_admin_renew(struct cli *cli, const struct args *args)
{
	RenewCertificate request = RenewCertificate_INIT;
	const char *device = args_get(args, "--device");
	Reply *reply;

	int status = cli_connect(cli);
	if (status)
		return status;
	char *folder = args_has(args, "--out") ? cli_string(cli, args_get(args, "--out"))
					       : cli_string(cli, cli->account.folder);
	if (device && strcmp(device, cli->account.device) != 0 && !args_has(args, "--out"))
		return cli_fail(cli, EX_USAGE, MSG_NEW_DEVICE_NEEDS_OUT);
	request.device = cli_string(cli, device ? device : cli->account.device);
	status = prepare(cli, folder, cli->account.user, &request.csr_pem);
	if (!status)
		status = cli_call(cli, "directory", &request.base, &reply);
	if (status)
		return status;
	const Certificate *certificate = BODY(Certificate, cli, reply);
	if (!certificate)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	status = finish(cli, folder, cli->account.user, request.device, certificate->pem);
	if (!status)
		print_certificate(cli, certificate, folder);
	return status;
}

int run_admin_revoke(struct cli *cli, const struct args *args)
{
	Revoke request = Revoke_INIT;

	request.user = cli_string(cli, args_get(args, "USER"));
	request.reason = cli_string(cli, args_get(args, "--reason"));
	return cli_write(cli, "directory", &request.base, MSG_DONE_REVOKE);
}

static void session_row(struct cli *cli, struct table *table, const Session *s)
{
	if (cli->json)
		cli_print_json(&s->base);
	else
		table_row(table, s->device, s->id, show_time(cli, s->since_ms),
			  cli_print(cli, MSG_UNTIL, show_time(cli, s->until_ms)),
			  cli_text(cli, s->passkey ? MSG_SIGNED_IN_PASSKEY
					: s->totp  ? MSG_SIGNED_IN_TOTP
						   : MSG_SIGNED_IN));
}

static void devices_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const DeviceList *page = (const DeviceList *)(const void *)message;
	struct table *table = context;

	for (size_t i = 0; i < page->n_items; i++) {
		const Certificate *c = page->items[i];
		if (cli->json)
			cli_print_json(&c->base);
		else
			table_row(table, c->device, c->id, show_day(cli, c->issued_ms),
				  cli_print(cli, MSG_UNTIL, show_day(cli, c->not_after_ms)),
				  cli_text(cli, c->revoked                       ? MSG_REVOKED
						: c->not_after_ms < cli_now_ms() ? MSG_EXPIRED
										 : MSG_VALID));
	}
	for (size_t i = 0; i < page->n_sessions; i++)
		session_row(cli, table, page->sessions[i]);
}

int run_admin_devices(struct cli *cli, const struct args *args)
{
	ListDevices request = ListDevices_INIT;
	const char *user = args_get(args, "USER");
	struct table table;

	int status = cli_connect(cli);
	if (status)
		return status;
	request.user = cli_string(cli, user ? user : cli->account.user);
	table_init(&table, 5);
	status = cli_pages(cli, "directory", &request.base, &DeviceList_descriptor, devices_page,
			   &table);
	if (!status && !cli->json)
		table_print(&table, stdout);
	table_close(&table);
	return status;
}

/* ---- the stores ---- */

int run_admin_backup(struct cli *cli, const struct args *args)
{
	Backup request = Backup_INIT;
	const char *folder = args_get(args, "DIR");
	char *here = realpath(".", NULL);
	const BackedUp *done;
	int status = 0;

	/* A path of the services' machine, which makes the folder where there is none. */
	request.folder = folder[0] == '/' || !here
				 ? cli_string(cli, folder)
				 : arena_printf(&cli->arena, "%s/%s", here, folder);
	free(here);
	for (size_t i = 0; i < CLI_SERVICES && !status; i++) {
		status = ASK(cli, cli_services[i], &request, BackedUp, &done);
		if (status)
			cli_error(cli, MSG_NOT_BACKED_UP, cli_services[i]);
		else if (cli->json)
			cli_print_json(&done->base);
		else
			printf("%s\n", cli_print(cli, MSG_BACKED_UP, cli_services[i],
						 done->position, done->file));
	}
	if (!status && !cli->json)
		printf("%s\n", cli_text(cli, MSG_BACKUP_NEEDS_KEYS));
	return status;
}

int run_admin_rebuild_views(struct cli *cli, const struct args *args)
{
	RebuildViews request = RebuildViews_INIT;
	const char *service = args_get(args, "SERVICE");
	const ViewsRebuilt *done;
	bool known = false;

	for (size_t i = 0; i < CLI_SERVICES; i++)
		known |= !strcmp(cli_services[i], service);
	if (!known)
		return cli_fail(cli, EX_USAGE, MSG_BAD_WORD, service,
				cli_text(cli, MSG_HELP_SERVICE));
	int status = ASK(cli, service, &request, ViewsRebuilt, &done);
	if (status)
		return status;
	if (cli->json)
		cli_print_json(&done->base);
	else
		printf("%s\n",
		       cli_print(cli, MSG_REBUILT, service, done->entries, done->differing));
	return 0;
}
