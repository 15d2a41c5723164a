/*
 * A bus that keeps what is published, for tests that look at it.
 */
#ifndef RECORDING_BUS_H
#define RECORDING_BUS_H

#include <stdbool.h>
#include <stddef.h>

#include "bus.h"
#include "codec.h"

struct recorded {
	char *topic;
	struct bytes payload;
	int qos;
	bool retain;
};

struct recording_bus {
	struct bus bus;
	struct recorded *items;
	size_t n_items, allocated;
	bool disconnected; /* publishing fails */
};

void recording_bus_init(struct recording_bus *bus);
/* Forgets what was published. */
void recording_bus_clear(struct recording_bus *bus);
void recording_bus_close(struct recording_bus *bus);
/* The nth (from 0) message whose topic ends in that text, or NULL. */
const struct recorded *recording_bus_find(const struct recording_bus *bus, const char *topic_end,
					  size_t nth);

#endif
