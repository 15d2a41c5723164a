/* If this failed, some bytes in place of a message would crash a daemon, spend memory without a
 * bound, or become a message that cannot be stored and read again. The first two bytes choose the
 * type. */
#include <string.h>

#include "codec.h"
#include "error.h"
#include "limits.h"
#include "names.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/random_message.h"

static const ProtobufCMessageDescriptor *const types[] = {
#define DESCRIPTOR(Type) &Type##_descriptor,
	ALL_MESSAGES(DESCRIPTOR)
#undef DESCRIPTOR
};
#define N_TYPES (sizeof(types) / sizeof(*types))
#define TYPE_BYTES 2
_Static_assert(N_TYPES <= 65536, "they choose the type");

static void again(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message)
{
	struct bytes first, second;
	ProtobufCMessage *copy;
	const char *field;
	struct arena arena;

	arena_init(&arena, 8 * LIMIT_ARENA_BYTES);
	PROMISE(codec_pack(message, &arena, &first) == 0);
	PROMISE(codec_decode(type, first, &arena, &copy, &field) == 0);
	PROMISE(codec_pack(copy, &arena, &second) == 0);
	PROMISE(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
	PROMISE(codec_unpack(type, first, &arena, &copy) == 0);
	arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ProtobufCMessage *message = NULL;
	const char *field = NULL;
	struct arena arena;

	if (size < TYPE_BYTES)
		return 0;
	size_t which = (size_t)data[0] << 8 | data[1];
	if (which >= N_TYPES)
		return 0;
	const ProtobufCMessageDescriptor *type = types[which];
	arena_init(&arena, LIMIT_ARENA_BYTES);
	int rc = codec_decode(type, (struct bytes){ data + TYPE_BYTES, size - TYPE_BYTES }, &arena, &message, &field);
	PROMISE(rc == 0 || rc == ERR_INVALID || rc == ERR_TOOBIG || rc == ERR_NOMEM);
	PROMISE((rc == 0) == (message != NULL));
	PROMISE(field != NULL && !arena.spent && arena.used_bytes <= LIMIT_ARENA_BYTES);
	if (!rc)
		again(type, message);
	arena_close(&arena);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	uint32_t which = rng_below(rng, N_TYPES);
	struct bytes packed = { NULL, 0 };
	struct arena arena;
	size_t size = TYPE_BYTES;

	arena_init(&arena, LIMIT_ARENA_BYTES);
	ProtobufCMessage *message = random_message(rng, types[which], &arena);
	out[0] = (uint8_t)(which >> 8);
	out[1] = (uint8_t)which;
	if (message && codec_pack(message, &arena, &packed) == 0 && packed.size <= FUZZ_INPUT_BYTES - TYPE_BYTES) {
		memcpy(out + TYPE_BYTES, packed.data, packed.size);
		size += packed.size;
	}
	arena_close(&arena);
	return size;
}
