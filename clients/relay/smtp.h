/*
 * Mail goes out by SMTP. The only file that calls libcurl is smtp.c. Each mail has a thread of its own
 * while it is under way, for libcurl waits in places for a server without returning, also where it
 * promises not to. Nothing here waits: smtp_step hands on what has ended, and is to be called
 * several times a second while smtp_busy().
 */
#ifndef RELAY_SMTP_H
#define RELAY_SMTP_H

#include <stdbool.h>
#include <stddef.h>

#define SMTP_DETAIL_SIZE 201

struct smtp;

struct smtp_options {
	const char *url;      /* smtp://host:port or smtps://host:port; all borrowed */
	bool starttls;        /* of smtp://: not without */
	const char *user, *password; /* NULL: the server asks for none */
	const char *ca_file;  /* NULL: the system's */
};

struct smtp_outcome {
	enum {
		SMTP_SENT,
		SMTP_REFUSED, /* this mail, or to this address; others may go */
		SMTP_DOWN     /* the server takes nothing at present */
	} what;
	int kind;             /* the same number: it failed for the same reason */
	char detail[SMTP_DETAIL_SIZE]; /* what the server said; printable ASCII, without addresses */
};

/* From smtp_step, once for each smtp_send; nothing of smtp may be called in it. */
typedef void smtp_done_fn(void *letter, const struct smtp_outcome *outcome);

/* 0 or ERR_NOMEM. */
int smtp_open(struct smtp **out, const struct smtp_options *options, smtp_done_fn *done);
/* What is under way is broken off: a second or two, whatever the server does. */
void smtp_free(struct smtp *smtp);

/* The text is copied. 0 or ERR_NOMEM: then `done` is not called. */
int smtp_send(struct smtp *smtp, const char *from, const char *to, const char *text, void *letter);
void smtp_step(struct smtp *smtp);
bool smtp_busy(const struct smtp *smtp);

#endif
