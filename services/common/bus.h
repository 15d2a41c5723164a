/*
 * The way out: a table, so that the simulator replaces the broker. The way in is daemon_receive.
 */
#ifndef BUS_H
#define BUS_H

#include <stdbool.h>
#include <stddef.h>

struct bus {
	/* Hands a message to the broker. Best effort by contract: what must not be lost is repeated by
	 * its sender or asked for by its reader. 0 or ERR_DISCONNECTED. The data is copied. */
	int (*publish)(struct bus *bus, const char *topic, const void *data, size_t size, int qos,
		       bool retain);
};

#endif
