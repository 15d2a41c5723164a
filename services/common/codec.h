/*
 * The only place that calls protobuf-c to pack and unpack. What comes from outside is checked before
 * and after: size, memory, UTF-8, lengths of strings and lists.
 */
#ifndef CODEC_H
#define CODEC_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct bytes {
	const uint8_t *data;
	size_t size;
};

/*
 * Unpacks into the arena. Checks that every string is valid UTF-8 without NUL and at most
 * LIMIT_STRING_BYTES, every list at most LIMIT_LIST_ITEMS, in nested messages too.
 * 0; ERR_INVALID (*field, if wanted, is then the path of the field at fault, in the arena, or "");
 * ERR_TOOBIG; ERR_NOMEM.
 */
int codec_decode(const ProtobufCMessageDescriptor *type, struct bytes in, struct arena *arena,
		 ProtobufCMessage **out, const char **field);
/* For what we stored ourselves: no limits but the arena's. 0, ERR_CORRUPT or ERR_NOMEM. */
int codec_unpack(const ProtobufCMessageDescriptor *type, struct bytes in, struct arena *arena,
		 ProtobufCMessage **out);
/* Packs into the arena. NULL strings count as empty. 0 or ERR_NOMEM. */
int codec_pack(const ProtobufCMessage *message, struct arena *arena, struct bytes *out);
/* A fresh, initialised message in the arena, or NULL. */
ProtobufCMessage *codec_new(const ProtobufCMessageDescriptor *type, struct arena *arena);
/* "AddEntry" of tsunagi.v1.AddEntry. */
const char *codec_name(const ProtobufCMessageDescriptor *type);

/* A fresh message of a type: Entry *e = NEW(Entry, arena); NULL when the budget is spent. */
#define NEW(Type, arena) ((Type *)(void *)codec_new(&Type##_descriptor, (arena)))

#endif
