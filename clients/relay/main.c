/*
 * relay: writes to those of whom no device confirms something urgent. An account of its own, told by
 * alert who is silent, and a mail server that is somebody else's.
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "clients/relay/mail.h"
#include "clients/relay/relay.h"
#include "clients/relay/smtp.h"
#include "client.h"
#include "clock.h"
#include "error.h"
#include "log.h"

#define TIMEOUT_MS 20000
#define BUSY_MS 50 /* how often mail that is under way is looked after */
#define FINISH_MS 2000
#define ARENA_BYTES (1024 * 1024)
#define SECRET_BYTES 256

struct settings {
	const char *account, *from, *look, *password_file;
	struct smtp_options smtp;
	char password[SECRET_BYTES];
};

struct program {
	const struct settings *settings;
	struct client *client;
	struct smtp *smtp;
	struct relay *relay;
	struct arena arena;
	int status; /* of the process, when it must end */
};

static volatile bool asked_to_stop;

static void on_signal(int number)
{
	(void)number;
	asked_to_stop = true;
}

static int64_t now_ms(void)
{
	return clock_system->monotonic_ms(clock_system);
}

/* ---- options ------------------------------------------------------------------------------ */

static int usage(FILE *out, int status)
{
	fputs("relay --account DIR --smtp URL --from ADDRESS --look TEXT\n"
	      "      [--starttls] [--user NAME --password-file FILE] [--ca FILE]\n"
	      "  Writes a mail to whoever does not hear of something urgent: nothing but where to look.\n"
	      "  至急のお知らせが端末に届かない人へ、確認する場所だけを書いたメールを送ります。\n\n"
	      "  --account DIR         cert.pem, key.pem, ca.pem, profile of this program\n"
	      "  --smtp URL            smtp://host:port or smtps://host:port\n"
	      "  --from ADDRESS        who the mail comes from\n"
	      "  --look TEXT           where to look: the address of a page, or words; at most 200 bytes\n"
	      "  --starttls            of smtp://: go on with TLS, or not at all\n"
	      "  --user NAME           how to sign in to the mail server (over TLS only)\n"
	      "  --password-file FILE  its first line is the password\n"
	      "  --ca FILE             certificates to trust the mail server by (default: the system's)\n",
	      out);
	return status;
}

static int wrong(const char *what)
{
	fprintf(stderr, "relay: %s\n", what);
	return EX_USAGE;
}

static int read_password(struct settings *settings)
{
	FILE *file = fopen(settings->password_file, "re");
	bool read = file && fgets(settings->password, SECRET_BYTES, file);

	if (file)
		fclose(file);
	if (!read)
		return wrong("--password-file cannot be read");
	settings->password[strcspn(settings->password, "\r\n")] = '\0';
	settings->smtp.password = settings->password;
	return EX_OK;
}

static int check(struct settings *settings)
{
	const char *url = settings->smtp.url;

	if (!settings->account || !url || !settings->from || !settings->look)
		return usage(stderr, EX_USAGE);
	bool plain = strncmp(url, "smtp://", 7) == 0;
	if (!plain && strncmp(url, "smtps://", 8) != 0)
		return wrong("--smtp must begin with smtp:// or smtps://");
	if (strchr(url, '@'))
		return wrong("--smtp is logged: name and password go into --user and --password-file");
	if (!mail_address_valid(settings->from))
		return wrong("--from is not an address for mail");
	if (!mail_look_valid(settings->look))
		return wrong("--look must be one line of at most 200 bytes");
	if (!settings->smtp.user != !settings->password_file)
		return wrong("--user and --password-file belong together");
	if (settings->smtp.user && plain && !settings->smtp.starttls)
		return wrong("a password goes over TLS only: smtps://, or --starttls");
	return settings->password_file ? read_password(settings) : EX_OK;
}

/* EX_OK; else the status to end with, also 0 after --help: then *ends. */
static int take_options(struct settings *settings, int argc, char **argv, bool *ends)
{
	static const struct option names[] = {
		{ "account", required_argument, NULL, 'a' },
		{ "smtp", required_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'f' },
		{ "look", required_argument, NULL, 'l' },
		{ "starttls", no_argument, NULL, 't' },
		{ "user", required_argument, NULL, 'u' },
		{ "password-file", required_argument, NULL, 'p' },
		{ "ca", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		const char **text = option == 'a' ? &settings->account
				    : option == 's' ? &settings->smtp.url
				    : option == 'f' ? &settings->from
				    : option == 'l' ? &settings->look
				    : option == 'u' ? &settings->smtp.user
				    : option == 'p' ? &settings->password_file
				    : option == 'c' ? &settings->smtp.ca_file
						    : NULL;
		*ends = option == 'h';
		if (*ends)
			return usage(stdout, EX_OK);
		if (option == 't')
			settings->smtp.starttls = true;
		else if (text)
			*text = optarg;
		else
			return usage(stderr, EX_USAGE);
	}
	return optind < argc ? usage(stderr, EX_USAGE) : check(settings);
}

/* ---- what the relay does ------------------------------------------------------------------ */

static int send_mail(void *context, struct letter *letter, const char *id, const char *to)
{
	struct program *program = context;
	struct mail mail = { .id = id, .to = to, .from = program->settings->from,
			     .look = program->settings->look,
			     .time_ms = clock_system->wall_ms(clock_system) };

	arena_reset(&program->arena);
	const char *text = mail_compose(&program->arena, &mail);
	return text ? smtp_send(program->smtp, mail.from, mail.to, text, letter) : ERR_INVALID;
}

static void on_sent(void *letter, const struct smtp_outcome *outcome)
{
	relay_sent(letter, outcome, now_ms());
}

static void on_reported(void *letter, const Reply *reply)
{
	bool answered = reply && reply->code != CODE_UNAVAILABLE;

	if (answered && reply->code != CODE_OK)
		log_event(LOG_LEVEL_WARN, "report", "code=%d problem=\"%s\"", (int)reply->code,
			  reply->message_en);
	relay_reported(letter, answered);
}

static int report_mail(void *context, struct letter *letter, const ReportMail *report)
{
	struct program *program = context;

	return client_send(program->client, "alert", &report->base, 0, on_reported, letter);
}

/* ---- what alert says ---------------------------------------------------------------------- */

static void take_list(struct program *program, const char *type, ProtobufCBinaryData body)
{
	struct arena arena;
	ProtobufCMessage *message;
	int rc = strcmp(type, "SilentList") ? ERR_INVALID : 0;

	arena_init(&arena, ARENA_BYTES);
	if (!rc)
		rc = codec_decode(&SilentList_descriptor, (struct bytes){ body.data, body.len }, &arena,
				  &message, NULL);
	const SilentList *list = rc ? NULL : (const SilentList *)(const void *)message;
	for (size_t i = 0; !rc && i < list->n_items; i++)
		rc = relay_take(program->relay, list->items[i]);
	arena_close(&arena);
	if (rc) { /* from the beginning, in a new process */
		log_event(LOG_LEVEL_ERROR, "list", "error=\"%s\"", error_text(rc));
		program->status = EX_TEMPFAIL;
	}
}

static void on_page(void *context, const Reply *reply)
{
	struct program *program = context;

	if (!reply)
		return; /* it goes on asking */
	if (reply->code == CODE_OK) {
		take_list(program, reply->type, reply->body);
		return;
	}
	log_event(LOG_LEVEL_ERROR, "list", "code=%d problem=\"%s\"", (int)reply->code,
		  reply->message_en);
	program->status = EX_NOPERM;
}

static void on_push(void *context, const Push *push)
{
	take_list(context, push->type, push->body);
}

/* ---- run ---------------------------------------------------------------------------------- */

static void run(struct program *program)
{
	bool lost = false;

	while (!asked_to_stop && !program->status) {
		relay_step(program->relay, now_ms());
		int64_t wait_ms = smtp_busy(program->smtp) ? BUSY_MS
							   : relay_wait_ms(program->relay, now_ms());
		client_run(program->client, wait_ms, &asked_to_stop);
		smtp_step(program->smtp);
		if (client_refused(program->client))
			program->status = EX_TEMPFAIL; /* a renewed certificate is read at start */
		if (client_connected(program->client) != lost)
			continue;
		lost = !lost;
		log_event(lost ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "broker", "connected=%d reason=\"%s\"",
			  !lost, lost ? client_reason(program->client) : "");
	}
}

/* What was sent is reported, or it would be sent again by the next process. */
static void finish(struct program *program)
{
	int64_t until_ms = now_ms() + FINISH_MS;

	relay_finish(program->relay);
	client_unwatch(program->client, program);
	while (now_ms() < until_ms) {
		relay_step(program->relay, now_ms());
		if (!smtp_busy(program->smtp) && !client_in_flight(program->client))
			break;
		if (client_in_flight(program->client))
			client_run(program->client, BUSY_MS, NULL);
		else
			poll(NULL, 0, BUSY_MS);
		smtp_step(program->smtp);
	}
}

static int serve(const struct settings *settings, const struct account *account)
{
	static const struct relay_hands hands = { .send = send_mail, .report = report_mail };
	struct program program = { .settings = settings };
	ListSilent request = ListSilent_INIT;
	char sentence[1200] = "";

	arena_init(&program.arena, ARENA_BYTES);
	int rc = client_open(&program.client, account, TIMEOUT_MS, sentence, sizeof(sentence));
	if (!rc)
		rc = relay_open(&program.relay, &hands, &program);
	if (!rc)
		rc = smtp_open(&program.smtp, &settings->smtp, on_sent);
	if (!rc)
		rc = client_watch(program.client, "alert", &request.base, on_page, on_push, &program);
	if (rc) {
		log_event(LOG_LEVEL_ERROR, "start", "error=\"%s\" problem=\"%s\"", error_text(rc), sentence);
		program.status = EX_TEMPFAIL;
	} else {
		log_event(LOG_LEVEL_INFO, "start", "server=%s", settings->smtp.url);
		run(&program);
		finish(&program);
		log_event(LOG_LEVEL_INFO, "stop", "status=%d", program.status);
	}
	smtp_free(program.smtp);
	client_free(program.client);
	relay_free(program.relay);
	arena_close(&program.arena);
	return program.status;
}

int main(int argc, char **argv)
{
	struct settings settings = { .account = NULL };
	struct sigaction action = { .sa_handler = on_signal };
	struct account account;
	char sentence[1200];
	bool ends = false;

	int status = take_options(&settings, argc, argv, &ends);
	if (status || ends)
		return status;
	log_init("relay", LOG_LEVEL_INFO);
	if (account_read(&account, settings.account, sentence, sizeof(sentence))) {
		log_event(LOG_LEVEL_ERROR, "account", "problem=\"%s\"", sentence);
		return EX_CONFIG;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	return serve(&settings, &account);
}
