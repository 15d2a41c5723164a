#include "tests/lib/recording_bus.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static int publish(struct bus *base, const char *topic, const void *data, size_t size, int qos,
		   bool retain)
{
	struct recording_bus *bus = (struct recording_bus *)(void *)base; /* its first member */
	if (bus->disconnected)
		return ERR_DISCONNECTED;
	if (bus->n_items == bus->allocated) {
		bus->allocated = bus->allocated ? 2 * bus->allocated : 64;
		bus->items = must(realloc(bus->items, bus->allocated * sizeof(*bus->items)));
	}
	void *copy = must(malloc(size ? size : 1));
	if (size)
		memcpy(copy, data, size);
	bus->items[bus->n_items++] = (struct recorded){
		.topic = must(strdup(topic)),
		.payload = {copy, size},
		.qos = qos,
		.retain = retain,
	};
	return 0;
}

void recording_bus_init(struct recording_bus *bus)
{
	*bus = (struct recording_bus){.bus = {.publish = publish}};
}

void recording_bus_clear(struct recording_bus *bus)
{
	for (size_t i = 0; i < bus->n_items; i++) {
		free(bus->items[i].topic);
		free((void *)(uintptr_t)bus->items[i].payload.data);
	}
	bus->n_items = 0;
}

void recording_bus_close(struct recording_bus *bus)
{
	recording_bus_clear(bus);
	free(bus->items);
	recording_bus_init(bus);
}

const struct recorded *recording_bus_find(const struct recording_bus *bus, const char *topic_end,
					  size_t nth)
{
	size_t end = strlen(topic_end);
	for (size_t i = 0; i < bus->n_items; i++) {
		size_t size = strlen(bus->items[i].topic);
		if (size >= end && strcmp(bus->items[i].topic + size - end, topic_end) == 0 &&
		    nth-- == 0)
			return &bus->items[i];
	}
	return NULL;
}
