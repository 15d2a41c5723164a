/*
 * A list of messages in one growing buffer: what has arrived and waits for its turn, and what is to
 * be said after the commit. Bounded by the caller.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#include "codec.h"
#include "worker.h"

struct message {
	size_t topic, data; /* offsets into the buffer; the topic ends with a NUL */
	size_t size;
	int qos;
	struct work *work; /* it comes from the worker, with this; NULL else. Freed with the list */
};

struct messages {
	struct message *items;
	size_t n, capacity;
	uint8_t *buffer;
	size_t used_bytes, capacity_bytes;
};

void messages_close(struct messages *messages);
void messages_clear(struct messages *messages);
/* Copies both. 0 or ERR_NOMEM. */
int messages_add(struct messages *messages, const char *topic, struct bytes data, int qos);
/* Takes the work over, in any case. */
int messages_add_work(struct messages *messages, struct work *work);
/* Valid until the next messages_add. */
const char *messages_topic(const struct messages *messages, size_t index);
struct bytes messages_data(const struct messages *messages, size_t index);

#endif
