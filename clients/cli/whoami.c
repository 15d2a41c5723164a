#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "date.h"
#include "json.h"

/* When the certificate of the account ends; 0: it cannot be read. */
static int64_t certificate_end_ms(const struct account *account)
{
	char path[1100];
	int64_t end_ms = 0;
	struct tm tm;

	account_path(account, "cert.pem", path, sizeof(path));
	FILE *file = fopen(path, "re");
	X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	if (certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm))
		end_ms = (int64_t)timegm(&tm) * 1000;
	X509_free(certificate);
	if (file)
		fclose(file);
	return end_ms;
}

static void print_json(struct cli *cli, const Me *me, int64_t end_ms)
{
	char text[DATE_SIZE];
	json_t *object = json_of_message(&me->base);

	date_iso(text, end_ms);
	json_object_set_new(object, "id", json_string(me->person->id));
	json_object_set_new(object, "device", json_string(cli->account.device));
	json_object_set_new(object, "certificateEnds", json_string(text));
	json_print(stdout, object);
	json_decref(object);
}

int run_whoami(struct cli *cli, const struct args *args)
{
	WhoAmI request = WhoAmI_INIT;
	const Me *me;

	(void)args;
	int status = ASK(cli, "directory", &request, Me, &me);
	if (status)
		return status;
	if (!me->person || !me->organisation)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	int64_t end_ms = certificate_end_ms(&cli->account);
	if (cli->json) {
		print_json(cli, me, end_ms);
		return 0;
	}
	show_field(cli, MSG_FIELD_USER, me->person->id);
	show_field(cli, MSG_FIELD_NAME, me->person->name);
	show_field(cli, MSG_FIELD_PROFESSION,
		   LABEL(Profession, me->person->profession, cli->japanese));
	show_field(
		cli, MSG_FIELD_ORGANISATION,
		arena_printf(&cli->arena, "%s (%s)", me->organisation->name, me->organisation->id));
	show_field(cli, MSG_FIELD_DEVICE, cli->account.device);
	show_field(cli, MSG_FIELD_CERTIFICATE,
		   cli_print(cli, MSG_THEN, show_day(cli, end_ms), show_age(cli, end_ms)));
	if (end_ms && end_ms < cli_now_ms() + 30 * DAY_MS)
		cli_error(cli, MSG_RENEW_SOON);
	return 0;
}
