/* If this failed, some messages would crash directory, make it answer nonsense, or leave views that
 * its journal does not give. Without a certificate authority: nothing can be signed here. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"

#define main directory_main
#include "services/directory/main.c"
#undef main

const unsigned fuzz_runs = 500;

static struct daemon_spec without_files(void)
{
	struct daemon_spec spec = directory_spec;
	spec.start = NULL;
	spec.settle = NULL;
	spec.stop = NULL;
	return spec;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct daemon_spec spec = without_files();
	struct directory *directory = calloc(1, sizeof(*directory));

	PROMISE(directory);
	fuzz_daemon_run(&spec, directory, data, size);
	free(directory);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	struct daemon_spec spec = without_files();
	return fuzz_daemon_example(&spec, NULL, rng, out, FUZZ_INPUT_BYTES / 4);
}
