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
 * Unpacks into the arena what came from outside. Checked on the wire, before memory is spent, in
 * nested messages too: every string is valid UTF-8 without NUL, of at most LIMIT_STRING_BYTES; no
 * list is longer than LIMIT_LIST_ITEMS; every enum value is one of its enum; every double is a
 * number; no nested message is given twice. Fields that the type does not have are dropped. At most
 * three quarters of what is left of the arena are used, so that there is room for an answer.
 * 0; ERR_INVALID, ERR_TOOBIG (*field, if wanted, is then the path of the field at fault, in the
 * arena: "hours[2].whom", or ""); ERR_NOMEM. The size of the whole is the caller's to check.
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
