/* If this failed, some messages would crash directory, make it answer nonsense, or leave views that
 * its journal does not give. Without a certificate authority: of what is signed here there are tokens
 * alone. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"
#include "tests/lib/temporary.h"

#define main directory_main
#include "services/directory/main.c"
#undef main

const unsigned fuzz_runs = 500;

static char folder[TEMPORARY_SIZE], key[TEMPORARY_SIZE + 16];

static void remove_key(void)
{
	temporary_remove(folder);
}

/* A key that all runs share. */
static int start_signing(struct daemon *daemon, void *context)
{
	struct directory *directory = context;

	if (!folder[0]) {
		temporary_make(folder, "fuzz-directory");
		snprintf(key, sizeof(key), "%s/key", folder);
		atexit(remove_key);
	}
	directory->clock = daemon_clock(daemon);
	directory->scrypt_log2_n = 1;
	return tokens_open(&directory->tokens, key, directory->clock);
}

static struct daemon_spec without_files(void)
{
	struct daemon_spec spec = directory_spec;
	spec.start = start_signing;
	spec.settle = NULL;
	spec.stop = NULL;
	return spec;
}

/* Everybody has a password, some for once, and no second factor is needed. */
static void scene(struct fuzz_example *example)
{
	static const char *const users[] = { "doctor", "nurse", "pharmacist" };
	SetPassword request = SetPassword_INIT;

	for (size_t i = 0; i < 3; i++) {
		request.user = arena_string(fuzz_arena(example), i ? "" : users[i]);
		request.password = arena_string(fuzz_arena(example), "correct horse");
		fuzz_request(example, i ? users[i] : "admin", &request.base);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct daemon_spec spec = without_files();
	struct directory *directory = calloc(1, sizeof(*directory));

	PROMISE(directory);
	directory->second_factor_optional = size % 2;
	fuzz_daemon_run(&spec, directory, data, size);
	tokens_free(directory->tokens);
	free(directory);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	struct daemon_spec spec = without_files();
	return fuzz_daemon_example(&spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
