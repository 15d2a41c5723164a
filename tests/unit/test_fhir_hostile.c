/* If this failed, an example of HL7's own, or a damaged copy of one, would crash the import, or be
 * refused without a reason and a place.
 *
 * HL7's 713 examples are used where the folder of shared data is; our own examples always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <unistd.h>

#include "tests/lib/rng.h"
#include "tests/lib/temporary.h"
#include "tests/unit/fhir_fixture.h"

#define ARCHIVE "../shared/data/fhir-r4-examples-hl7/package.tar.xz"
#define SEED 20261122
#define COPIES 1000

struct tally {
	unsigned fine, skipped, wrong;
};

static void on_seen(void *context, const struct fhir_seen *seen)
{
	struct tally *tally = context;
	const struct fhir_verdict *verdict = seen->verdict;

	tally->fine += verdict->outcome == FHIR_FINE;
	tally->skipped += verdict->outcome == FHIR_SKIPPED;
	tally->wrong += verdict->outcome == FHIR_WRONG;
	if (verdict->outcome != FHIR_FINE)
		assert_true(strlen(message_text(verdict->reason, false)) > 0);
}

static void read_one(struct tally *tally, const char *data, size_t size)
{
	struct fhir_fixture fixture;
	char *copy = malloc(size + 1); /* exactly that size, so that a sanitizer sees a read behind it */

	memcpy(copy + 1, data, size);
	fixture_open(&fixture);
	fixture.on_seen = on_seen;
	fixture.context = tally;
	fixture_read(&fixture, copy + 1, size, false);
	fixture_close(&fixture);
	free(copy);
}

/* ---- mutating ----------------------------------------------------------------------------- */

static const char *const pieces[] = { "{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e999", "\\u0000",
				      "\xff", "\xe3\x80", "\n", "[[[[[[[[", "\"id\":5,", "true", "\\", "0" };

/* Several damages to one copy, of the kinds that come about on disks, lines and desks. */
static size_t damage(struct rng *rng, char *data, size_t size, size_t capacity)
{
	for (uint32_t n = 1 + rng_below(rng, 8); n && size; n--) {
		size_t at = rng_below(rng, (uint32_t)size);
		const char *piece = pieces[rng_below(rng, sizeof(pieces) / sizeof(pieces[0]))];
		size_t length = strlen(piece);
		switch (rng_below(rng, 5)) {
		case 0:
			data[at] = (char)rng_below(rng, 256);
			break;
		case 1:
			data[at] = (char)(data[at] ^ 1 << rng_below(rng, 8));
			break;
		case 2: /* something goes missing */
			length = 1 + rng_below(rng, 40);
			length = length < size - at ? length : size - at;
			memmove(data + at, data + at + length, size - at - length);
			size -= length;
			break;
		case 3: /* something comes in between */
			if (size + length > capacity)
				break;
			memmove(data + at + length, data + at, size - at);
			memcpy(data + at, piece, length);
			size += length;
			break;
		default: /* cut off, now and then */
			if (rng_below(rng, 8) == 0)
				size = at;
		}
	}
	return size;
}

static void damage_and_read(struct tally *tally, uint32_t number, const char *data, size_t size)
{
	struct rng rng = rng_make(SEED, number);
	size_t capacity = size + 256;
	char *copy = malloc(capacity);

	memcpy(copy, data, size);
	read_one(tally, copy, damage(&rng, copy, size, capacity));
	free(copy);
}

/* ---- examples ----------------------------------------------------------------------------- */

static const char bundle[] =
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":\"urn:uuid:p\","
	"\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"text\":\"早瀬 ミドリ\"}],"
	"\"birthDate\":\"1941-02-03\",\"identifier\":[{\"system\":\"urn:a\",\"value\":\"1\"}]}},"
	"{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"subject\":"
	"{\"reference\":\"urn:uuid:p\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
	"\"8867-4\"}]},\"valueQuantity\":{\"value\":72,\"unit\":\"/min\"}}},"
	"{\"resource\":{\"resourceType\":\"MedicationStatement\",\"id\":\"m\",\"status\":\"stopped\","
	"\"subject\":{\"reference\":\"Patient/p\"},\"medicationCodeableConcept\":{\"text\":\"薬\"},"
	"\"effectivePeriod\":{\"start\":\"2024-01-02\",\"end\":\"2024-02-03\"},\"dosage\":[{\"text\":\"x\"}]}}]}";

static void our_own_examples_damaged(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	read_one(&tally, bundle, strlen(bundle));
	assert_int_equal(tally.fine, 3);
	for (uint32_t i = 0; i < 20000; i++)
		damage_and_read(&tally, i, bundle, strlen(bundle));
	assert_true(tally.wrong > 0);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*size = (size_t)ftell(file);
	rewind(file);
	char *data = malloc(*size + 1);
	assert_int_equal(fread(data, 1, *size, file), *size);
	fclose(file);
	return data;
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void examples_of_hl7_as_they_are_and_damaged(void **state)
{
	char folder[TEMPORARY_SIZE], command[2 * TEMPORARY_SIZE], path[3 * TEMPORARY_SIZE];
	struct tally tally = { 0 };
	struct dirent **list;

	(void)state;
	if (access(ARCHIVE, R_OK)) {
		print_message("%s is not here\n", ARCHIVE);
		skip();
	}
	temporary_make(folder, "fhir");
	snprintf(command, sizeof(command), "tar -xJf %s -C %s", ARCHIVE, folder);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/package", folder);
	int n = scandir(path, &list, is_file, alphasort);
	assert_true(n > 700);
	for (int i = 0; i < COPIES + n; i++) {
		size_t size;
		snprintf(path, sizeof(path), "%s/package/%s", folder, list[i % n]->d_name);
		char *data = read_file(path, &size);
		if (i < n)
			read_one(&tally, data, size);
		else
			damage_and_read(&tally, (uint32_t)i, data, size);
		free(data);
	}
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	temporary_remove(folder);
	print_message("seed %d: %u taken, %u left out, %u wrong\n", SEED, tally.fine, tally.skipped,
		      tally.wrong);
	assert_true(tally.fine > 100 && tally.skipped > 0 && tally.wrong > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own_examples_damaged),
		cmocka_unit_test(examples_of_hl7_as_they_are_and_damaged),
	};
	return cmocka_run_group_tests_name("fhir_hostile", tests, NULL, NULL);
}
