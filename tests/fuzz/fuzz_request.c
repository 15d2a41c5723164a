/* If this failed, some bytes on a request's topic would crash the daemon that reads them: the
 * envelope, and in it a body of the type that it names. */
#include <string.h>

#include "codec.h"
#include "error.h"
#include "id.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ProtobufCMessage *message, *body;
	const char *field;
	struct arena arena;

	arena_init(&arena, LIMIT_ARENA_BYTES);
	if (codec_decode(&Request_descriptor, (struct bytes){ data, size }, &arena, &message, &field) == 0) {
		const Request *request = (const Request *)(const void *)message;
		struct bytes inner = { request->body.data, request->body.len };
		if (id_valid(request->id))
			PROMISE(id_time_ms(request->id) >= 0);
		for (size_t i = 0; i < N_TYPES; i++)
			if (strcmp(codec_name(types[i]), request->type) == 0) {
				int rc = codec_decode(types[i], inner, &arena, &body, &field);
				PROMISE(rc <= 0 && arena.used_bytes <= LIMIT_ARENA_BYTES);
			}
	}
	PROMISE(!arena.spent);
	arena_close(&arena);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	const ProtobufCMessageDescriptor *type = types[rng_below(rng, N_TYPES)];
	struct bytes packed = { NULL, 0 };
	struct arena arena;

	arena_init(&arena, LIMIT_ARENA_BYTES);
	ProtobufCMessage *body = random_message(rng, type, &arena);
	Request request = Request_INIT;
	request.id = arena_string(&arena, "01FWHE4YDGFK1SHH6W1G60EECF");
	request.type = arena_string(&arena, codec_name(type));
	if (body && codec_pack(body, &arena, &packed) == 0) {
		request.body.data = arena_copy(&arena, packed.data, packed.size);
		request.body.len = packed.size;
	}
	request.after = rng_u64(rng) >> rng_below(rng, 64);
	request.watch = rng_chance(rng, 500);
	packed.size = 0;
	if (codec_pack(&request.base, &arena, &packed) == 0 && packed.size <= FUZZ_INPUT_BYTES)
		memcpy(out, packed.data, packed.size);
	arena_close(&arena);
	return packed.size;
}
