/*
 * Work that is due at a time. An item is a message; its route (DUE in the routes table) is run at the
 * time, and the fact that comes of it takes the item away. Set and cleared by apply functions only.
 */
#ifndef DUE_H
#define DUE_H

#include "names.h"
#include "store.h"

enum due_class {
	DUE_DURATION,    /* at_ms counts on the steady clock: entry->steady_ms + a length */
	DUE_APPOINTMENT, /* at_ms is a time of day: jumps of the clock do not move it */
};

void due_set(struct tx *tx, enum due_class class, int64_t at_ms, const ProtobufCMessage *message);
void due_clear(struct tx *tx, enum due_class class, int64_t at_ms, const ProtobufCMessage *message);

#endif
