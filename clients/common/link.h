/*
 * One connection to the broker, kept up: TLS 1.3 with both certificates, MQTT 5 where it is offered
 * and else 3.1.1, made anew with growing pauses when it is lost. The only file of the clients that
 * calls libmosquitto is link.c. No threads: everything happens inside link_step.
 */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"

struct link;

struct link_events {
	void (*up)(void *context); /* connected (again): nothing is subscribed yet */
	void (*down)(void *context);
	void (*subscribed)(void *context, int id); /* the broker has answered that subscription */
	void (*message)(void *context, const char *topic, const void *data,
			size_t size); /* borrowed */
};

/* Does not connect yet. 0 or ERR_NOMEM. */
int link_open(struct link **out, const struct account *account, const struct link_events *events,
	      void *context);
void link_free(struct link *link);

/* Waits at most so long for something to happen, and does what is to be done. */
void link_step(struct link *link, int64_t at_most_ms);
bool link_is_up(const struct link *link);
/* Why it is not up, in English; "" when nothing is known. */
const char *link_reason(const struct link *link);
/* True when trying again cannot help: the broker refuses our certificate, or we the broker's. */
bool link_is_refused(const struct link *link);

/* 0 or ERR_DISCONNECTED. *id comes back in `subscribed`. */
int link_subscribe(struct link *link, const char *topic, int *id);
/* At QoS 1. 0 or ERR_DISCONNECTED. */
int link_publish(struct link *link, const char *topic, const void *data, size_t size);

#endif
