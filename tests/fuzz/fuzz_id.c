/* If this failed, something in place of an id would crash its reader, or become two ids. */
#include <string.h>

#include "error.h"
#include "id.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *typed = calloc(1, size + 1), id[ID_SIZE], again[ID_SIZE];

	PROMISE(typed);
	if (size)
		memcpy(typed, data, size);
	int rc = id_parse(id, typed);
	PROMISE(rc == 0 || rc == ERR_INVALID);
	if (!rc) {
		PROMISE(strlen(id) == ID_LENGTH && strlen(typed) == ID_LENGTH);
		if (id_valid(id)) /* else one that nobody made, and so finds nothing */
			PROMISE(id_time_ms(id) >= 0 && id_time_ms(id) < 1LL << 48);
		PROMISE(id_parse(again, id) == 0 && strcmp(again, id) == 0);
	}
	if (id_valid(typed))
		PROMISE(!rc && strcmp(id, typed) == 0);
	free(typed);
	return 0;
}

struct seeded {
	struct clock clock;
	struct rng *rng;
};

static void take_random(struct clock *clock, void *out, size_t size)
{
	rng_bytes(((struct seeded *)(void *)clock)->rng, out, size);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	struct seeded seeded = { .clock = { .random = take_random }, .rng = rng };
	char id[ID_SIZE];

	id_make(id, &seeded.clock, rng_between(rng, 0, (1LL << 48) - 1));
	for (int i = 0; i < ID_LENGTH; i++)
		if (rng_chance(rng, 200) && id[i] >= 'A')
			id[i] = (char)(id[i] - 'A' + 'a');
	memcpy(out, id, ID_LENGTH);
	return ID_LENGTH;
}
