/*
 * Random messages of any type, made along its descriptor, for tests of the codec and the fuzzers.
 */
#ifndef RANDOM_MESSAGE_H
#define RANDOM_MESSAGE_H

#include "arena.h"
#include "tests/lib/rng.h"

/* Within all limits of codec_decode: valid strings, known enum values, finite numbers, short lists;
 * each field is left out now and then. NULL when the arena is spent. */
ProtobufCMessage *random_message(struct rng *rng, const ProtobufCMessageDescriptor *type,
				 struct arena *arena);

/* As above, with texts from the caller: what stands in a field of that name. */
typedef const char *random_text(struct rng *rng, const char *field);
ProtobufCMessage *random_message_of(struct rng *rng, const ProtobufCMessageDescriptor *type,
				    struct arena *arena, random_text *text);

#endif
