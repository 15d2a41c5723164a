/*
 * Runs a fuzzer's function over files, and over inputs made from a seed: well-formed ones, and mutated
 * copies of them and of the files. For where no libFuzzer is.
 *
 *	replay_fuzz_NAME [--seed N] [--runs N] [FILE|FOLDER]...
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define MOST_FILES 4096

static struct {
	uint64_t seed, run, runs;
	const char *file;     /* the one that is run */
	char *files[MOST_FILES];
	uint32_t n_files;
	uint8_t example[FUZZ_INPUT_BYTES], input[FUZZ_INPUT_BYTES];
} replay = { .seed = 20261122, .runs = 200000 };

/* ---- when it crashes ---------------------------------------------------------------------- */

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void tell(void)
{
	char text[256];
	int length = replay.file
		? snprintf(text, sizeof(text), "\nit was the file %s\n", replay.file)
		: snprintf(text, sizeof(text), "\nit was run %llu; repeat it with --seed %llu --runs %llu\n",
			   (unsigned long long)replay.run, (unsigned long long)replay.seed,
			   (unsigned long long)replay.run + 1);
	ssize_t written = write(STDERR_FILENO, text, (size_t)length);
	(void)written;
}

static void on_signal(int number)
{
	tell();
	signal(number, SIG_DFL);
	raise(number);
}

/* ---- inputs ------------------------------------------------------------------------------- */

static size_t remove_bytes(uint8_t *input, size_t size, size_t at, size_t n)
{
	n = n < size - at ? n : size - at;
	memmove(input + at, input + at + n, size - at - n);
	return size - n;
}

static size_t insert_bytes(uint8_t *input, size_t size, size_t at, const uint8_t *data, size_t n)
{
	if (n > FUZZ_INPUT_BYTES - size)
		n = FUZZ_INPUT_BYTES - size;
	memmove(input + at + n, input + at, size - at);
	memcpy(input + at, data, n);
	return size + n;
}

static size_t mutate_once(struct rng *rng, uint8_t *input, size_t size)
{
	static const uint8_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 0x0a, '"', '{', '-', 0xc0, 0xed };
	uint8_t random[64];
	size_t at = rng_below(rng, (uint32_t)size + 1), n = 1 + rng_below(rng, 16);

	rng_bytes(rng, random, sizeof(random));
	switch (size && at < size ? rng_below(rng, 7) : 6) {
	case 0:
		input[at] ^= (uint8_t)(1 << rng_below(rng, 8));
		return size;
	case 1:
		input[at] = edges[rng_below(rng, sizeof(edges))];
		return size;
	case 2:
		input[at] = (uint8_t)(input[at] + rng_between(rng, -2, 2));
		return size;
	case 3:
		return at; /* cut short */
	case 4:
		return remove_bytes(input, size, at, n);
	case 5: /* a piece twice */
		memcpy(random, input + at, n < size - at ? n : size - at);
		return insert_bytes(input, size, at, random, n);
	default:
		return insert_bytes(input, size, at, random, n);
	}
}

static size_t read_file(const char *name, uint8_t *out)
{
	FILE *file = fopen(name, "rb");
	if (!file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(1);
	}
	size_t size = fread(out, 1, FUZZ_INPUT_BYTES, file);
	fclose(file);
	return size;
}

/* Every eighth is noise, three in eight are left as they are, the others mutated a few times. */
static size_t make_input(struct rng *rng)
{
	size_t size = rng_below(rng, 200);
	uint32_t which = rng_below(rng, 8);

	if (which == 0) {
		rng_bytes(rng, replay.input, size);
		return size;
	}
	if (which < 4)
		return fuzz_example(rng, replay.input);
	if (replay.n_files && rng_chance(rng, 700))
		size = read_file(replay.files[rng_below(rng, replay.n_files)], replay.input);
	else
		size = fuzz_example(rng, replay.input);
	for (uint32_t n = 1 + rng_below(rng, 6); n; n--)
		size = mutate_once(rng, replay.input, size);
	return size;
}

/* A copy of exactly that size, so that a sanitizer sees a read behind it. */
static void run_input(const uint8_t *input, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	if (!copy)
		exit(1);
	memcpy(copy + 1, input, size);
	LLVMFuzzerTestOneInput(copy + 1, size);
	free(copy);
}

static void run_file(const char *name)
{
	if (replay.n_files < MOST_FILES)
		replay.files[replay.n_files++] = strdup(name);
	replay.file = name;
	run_input(replay.input, read_file(name, replay.input));
	replay.file = NULL;
}

/* A folder that is not there is an empty one: not every fuzzer has kept inputs. */
static void run_path(const char *path)
{
	DIR *folder = opendir(path);
	if (!folder && errno == ENOENT)
		return;
	if (!folder) {
		run_file(path);
		return;
	}
	for (struct dirent *item = readdir(folder); item; item = readdir(folder)) {
		char name[4096];
		snprintf(name, sizeof(name), "%s/%s", path, item->d_name);
		if (item->d_name[0] != '.')
			run_file(name);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	int i = 1;

	if (&fuzz_runs)
		replay.runs = fuzz_runs;
	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			replay.seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--runs") == 0)
			replay.runs = strtoull(argv[i + 1], NULL, 10);
	}
	for (size_t j = 0; j < sizeof(deadly) / sizeof(*deadly); j++)
		signal(deadly[j], on_signal);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell);
	printf("%s: seed %llu\n", argv[0], (unsigned long long)replay.seed);
	fflush(stdout);
	for (; i < argc; i++)
		run_path(argv[i]);
	for (replay.run = 0; replay.run < replay.runs; replay.run++) {
		struct rng rng = rng_make(replay.seed, replay.run);
		run_input(replay.input, make_input(&rng));
	}
	printf("%llu passed, 0 failed\n", (unsigned long long)(replay.runs + replay.n_files));
	while (replay.n_files)
		free(replay.files[--replay.n_files]);
	return 0;
}
