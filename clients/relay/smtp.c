#include "smtp.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mail.h"

#define CONNECT_S 10L
#define RESPONSE_S 60L /* a server that looks for spam takes its time before it says yes */
#define WHOLE_S 120L
#define QUIT_S 1L
#define CODE_CLOSING 421 /* of RFC 5321: about the server, whatever was asked */
#define KIND_CURL 1000

enum stage { STAGE_OPENING, STAGE_RECIPIENT, STAGE_TEXT, STAGE_TAKEN };

/* One mail. Its thread has it until `ended`. */
struct sending {
	struct smtp *smtp;
	pthread_t thread;
	CURL *easy;
	CURLcode result;
	atomic_bool ended;
	struct curl_slist *to;
	char *text;
	size_t sent, size;
	enum stage stage;
	bool leaving;         /* all is said but QUIT */
	long code;            /* of the last answer */
	char said[512];       /* the last answer that said no */
	char error[CURL_ERROR_SIZE];
	void *letter;
	struct sending *next;
};

struct smtp {
	struct smtp_options options;
	struct sending *sendings;
	smtp_done_fn *done;
	atomic_bool stop;
};

/* ---- what curl calls ---------------------------------------------------------------------- */

static size_t on_read(char *out, size_t size, size_t n, void *context)
{
	struct sending *sending = context;
	size_t left = sending->size - sending->sent;

	size = size * n < left ? size * n : left;
	memcpy(out, sending->text + sending->sent, size);
	sending->sent += size;
	return size;
}

/* A line of an answer. */
static size_t on_answer(char *data, size_t size, size_t n, void *context)
{
	struct sending *sending = context;

	size *= n;
	if (size < 4 || data[0] < '2' || data[0] > '5' || sending->leaving)
		return size;
	sending->code = strtol(data, NULL, 10);
	if (data[0] >= '4')
		snprintf(sending->said, sizeof(sending->said), "%.*s", (int)size, data);
	else if (data[0] == '2' && sending->stage == STAGE_TEXT && sending->sent == sending->size)
		sending->stage = STAGE_TAKEN;
	return size;
}

/* What libcurl asks: to know what an answer is about. Nothing of it is kept. The answer to its
 * farewell is not worth waiting for. */
static int on_asked(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
	struct sending *sending = context;

	if (type != CURLINFO_HEADER_OUT || size < 4)
		return 0;
	if (memcmp(data, "RCPT", 4) == 0)
		sending->stage = STAGE_RECIPIENT;
	else if (memcmp(data, "DATA", 4) == 0)
		sending->stage = STAGE_TEXT;
	else if (memcmp(data, "QUIT", 4) == 0) {
		sending->leaving = true;
		curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, QUIT_S);
	}
	return 0;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct sending *sending = context;

	(void)a, (void)b, (void)c, (void)d;
	return atomic_load(&sending->smtp->stop);
}

/* ---- one mail ----------------------------------------------------------------------------- */

static void sending_free(struct sending *sending)
{
	curl_easy_cleanup(sending->easy);
	curl_slist_free_all(sending->to);
	free(sending->text);
	free(sending);
}

static void set_options(struct sending *sending, const char *from)
{
	const struct smtp_options *options = &sending->smtp->options;
	CURL *easy = sending->easy;

	curl_easy_setopt(easy, CURLOPT_URL, options->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_USE_SSL, options->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE);
	if (options->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
	curl_easy_setopt(easy, CURLOPT_USERNAME, options->user);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, options->password);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, sending->to);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, sending);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_answer);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, sending);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_asked);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, sending);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, sending);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, sending->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* The farewell belongs to the sending, not to cleaning up. */
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, RESPONSE_S);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, WHOLE_S);
}

static void *run(void *context)
{
	struct sending *sending = context;

	sending->result = curl_easy_perform(sending->easy);
	atomic_store(&sending->ended, true);
	return NULL;
}

/* Signals are the main thread's: they wake it. */
static int start(struct sending *sending)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&sending->thread, NULL, run, sending);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int smtp_send(struct smtp *smtp, const char *from, const char *to, const char *text, void *letter)
{
	struct sending *sending = calloc(1, sizeof(*sending));

	if (!sending)
		return ERR_NOMEM;
	sending->smtp = smtp;
	sending->easy = curl_easy_init();
	sending->text = strdup(text);
	sending->size = strlen(text);
	sending->to = curl_slist_append(NULL, to);
	sending->letter = letter;
	bool complete = sending->easy && sending->text && sending->to;
	if (complete)
		set_options(sending, from);
	if (!complete || start(sending)) {
		sending_free(sending);
		return ERR_NOMEM;
	}
	sending->next = smtp->sendings;
	smtp->sendings = sending;
	return 0;
}

static void judge(const struct sending *sending, struct smtp_outcome *outcome)
{
	bool said_no = sending->code >= 400 && sending->code < 600 && sending->said[0];

	*outcome = (struct smtp_outcome){ .what = SMTP_SENT };
	if (sending->result == CURLE_OK || sending->stage == STAGE_TAKEN)
		return;
	bool about_it = said_no && sending->stage != STAGE_OPENING && sending->code != CODE_CLOSING;
	outcome->what = about_it ? SMTP_REFUSED : SMTP_DOWN;
	outcome->kind = said_no ? (int)sending->code : KIND_CURL + (int)sending->result;
	const char *said = said_no ? sending->said : sending->error;
	mail_detail(outcome->detail, sizeof(outcome->detail),
		    said[0] ? said : curl_easy_strerror(sending->result), sending->to->data);
}

void smtp_step(struct smtp *smtp)
{
	struct sending **at = &smtp->sendings;

	while (*at) {
		struct sending *sending = *at;
		struct smtp_outcome outcome;
		if (!atomic_load(&sending->ended)) {
			at = &sending->next;
			continue;
		}
		*at = sending->next;
		pthread_join(sending->thread, NULL);
		judge(sending, &outcome);
		smtp->done(sending->letter, &outcome);
		sending_free(sending);
	}
}

bool smtp_busy(const struct smtp *smtp)
{
	return smtp->sendings != NULL;
}

/* ---- open and close ----------------------------------------------------------------------- */

int smtp_open(struct smtp **out, const struct smtp_options *options, smtp_done_fn *done)
{
	struct smtp *smtp = calloc(1, sizeof(*smtp));

	if (!smtp)
		return ERR_NOMEM;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	smtp->options = *options;
	smtp->done = done;
	*out = smtp;
	return 0;
}

void smtp_free(struct smtp *smtp)
{
	if (!smtp)
		return;
	atomic_store(&smtp->stop, true);
	while (smtp->sendings) {
		struct sending *sending = smtp->sendings;
		smtp->sendings = sending->next;
		pthread_join(sending->thread, NULL);
		sending_free(sending);
	}
	curl_global_cleanup();
	free(smtp);
}
