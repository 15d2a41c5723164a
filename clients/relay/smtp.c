#include "smtp.h"

#include <curl/curl.h>
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

struct sending {
	struct smtp *smtp;
	CURL *easy;
	struct curl_slist *to;
	char *text;
	size_t sent, size;
	enum stage stage;
	long code;            /* of the last answer */
	char said[512];       /* the last answer that said no */
	char error[CURL_ERROR_SIZE];
	void *letter;
	struct sending *next;
};

struct smtp {
	struct smtp_options options;
	CURLM *multi;
	struct sending *sendings;
	smtp_done_fn *done;
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

/*
 * A line of an answer. When the mail is taken only the farewell follows, which libcurl waits for
 * without returning: not long.
 */
static size_t on_answer(char *data, size_t size, size_t n, void *context)
{
	struct sending *sending = context;

	size *= n;
	if (size < 4 || data[0] < '2' || data[0] > '5')
		return size;
	sending->code = strtol(data, NULL, 10);
	if (data[0] >= '4')
		snprintf(sending->said, sizeof(sending->said), "%.*s", (int)size, data);
	else if (data[0] == '2' && sending->stage == STAGE_TEXT && sending->sent == sending->size) {
		sending->stage = STAGE_TAKEN;
		curl_easy_setopt(sending->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, QUIT_S);
	}
	return size;
}

/* What libcurl asks: to know what an answer is about. Nothing of it is kept. */
static int on_asked(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
	struct sending *sending = context;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT || size < 4)
		return 0;
	if (memcmp(data, "RCPT", 4) == 0)
		sending->stage = STAGE_RECIPIENT;
	else if (memcmp(data, "DATA", 4) == 0)
		sending->stage = STAGE_TEXT;
	return 0;
}

/* ---- one mail ----------------------------------------------------------------------------- */

static void sending_free(struct sending *sending)
{
	if (sending->easy) {
		curl_multi_remove_handle(sending->smtp->multi, sending->easy);
		curl_easy_cleanup(sending->easy);
	}
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
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, sending->error);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, sending);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* A connection that was kept may be dead, and mail over it would count as failed. */
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, RESPONSE_S);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, WHOLE_S);
}

int smtp_send(struct smtp *smtp, const char *from, const char *to, const char *text, void *letter)
{
	struct sending *sending = calloc(1, sizeof(*sending));

	if (!sending)
		return ERR_NOMEM;
	*sending = (struct sending){ .smtp = smtp, .easy = curl_easy_init(), .text = strdup(text),
				     .to = curl_slist_append(NULL, to), .size = strlen(text),
				     .letter = letter };
	if (!sending->easy || !sending->text || !sending->to) {
		sending_free(sending);
		return ERR_NOMEM;
	}
	set_options(sending, from);
	if (curl_multi_add_handle(smtp->multi, sending->easy)) {
		sending_free(sending);
		return ERR_NOMEM;
	}
	sending->next = smtp->sendings;
	smtp->sendings = sending;
	return 0;
}

static void judge(const struct sending *sending, CURLcode result, struct smtp_outcome *outcome)
{
	bool said_no = sending->code >= 400 && sending->code < 600 && sending->said[0];

	*outcome = (struct smtp_outcome){ .what = SMTP_SENT };
	if (result == CURLE_OK || sending->stage == STAGE_TAKEN)
		return;
	bool about_it = said_no && sending->stage != STAGE_OPENING && sending->code != CODE_CLOSING;
	outcome->what = about_it ? SMTP_REFUSED : SMTP_DOWN;
	outcome->kind = said_no ? (int)sending->code : KIND_CURL + (int)result;
	const char *said = said_no ? sending->said : sending->error;
	mail_detail(outcome->detail, sizeof(outcome->detail),
		    said[0] ? said : curl_easy_strerror(result), sending->to->data);
}

static void finish(struct smtp *smtp, struct sending *sending, CURLcode result)
{
	struct smtp_outcome outcome;
	void *letter = sending->letter;
	struct sending **at = &smtp->sendings;

	while (*at != sending)
		at = &(*at)->next;
	*at = sending->next;
	judge(sending, result, &outcome);
	sending_free(sending);
	smtp->done(letter, &outcome);
}

void smtp_step(struct smtp *smtp)
{
	int running, left;
	CURLMsg *message;

	curl_multi_perform(smtp->multi, &running);
	while ((message = curl_multi_info_read(smtp->multi, &left))) {
		char *sending = NULL;
		CURLcode result = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &sending);
		finish(smtp, (struct sending *)(void *)sending, result);
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
	*smtp = (struct smtp){ .options = *options, .done = done };
	curl_global_init(CURL_GLOBAL_DEFAULT);
	smtp->multi = curl_multi_init();
	if (!smtp->multi) {
		smtp_free(smtp);
		return ERR_NOMEM;
	}
	*out = smtp;
	return 0;
}

void smtp_free(struct smtp *smtp)
{
	if (!smtp)
		return;
	while (smtp->sendings) {
		struct sending *sending = smtp->sendings;
		smtp->sendings = sending->next;
		sending_free(sending);
	}
	curl_multi_cleanup(smtp->multi);
	curl_global_cleanup();
	free(smtp);
}
