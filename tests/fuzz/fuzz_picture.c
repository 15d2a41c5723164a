/* If this failed, some file would crash who attaches it, or keep what a camera wrote into it. */
#include <string.h>

#include "clients/cli/picture.h"
#include "error.h"
#include "tests/fuzz/fuzz.h"

static const char secret[] = "N35.1E136.9";

/* Behind what picture.c writes itself: no block of a camera is left. */
static void promise_clean(const uint8_t *data, size_t size, const struct picture *picture)
{

	if (strcmp(picture->media_type, "image/jpeg") != 0)
		return;
	PROMISE(size >= 4 && data[0] == 0xff && data[1] == 0xd8 && data[size - 2] == 0xff &&
		data[size - 1] == 0xd9);
	for (size_t at = 2; at + 4 <= size && data[at] == 0xff && data[at + 1] != 0xda;) {
		unsigned marker = data[at + 1];
		size_t length = (size_t)data[at + 2] << 8 | data[at + 3];
		PROMISE(marker != 0xfe && marker != 0xed && (marker != 0xe1 || length == 34));
		at += 2 + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture picture, again;
	uint8_t *in = malloc(size ? size : 1), *out = malloc(size + PICTURE_EXTRA_BYTES);
	uint8_t *second = malloc(size + 2 * PICTURE_EXTRA_BYTES);
	size_t stripped = 0, twice = 0;

	PROMISE(in && out && second);
	if (size)
		memcpy(in, data, size);
	int rc = picture_strip((struct bytes){ in, size }, out, &stripped, &picture);
	PROMISE(rc == 0 || rc == ERR_INVALID);
	if (!rc) {
		PROMISE(stripped <= size + PICTURE_EXTRA_BYTES && picture.media_type);
		PROMISE(picture_strip((struct bytes){ out, stripped }, second, &twice, &again) == 0);
		PROMISE(twice == stripped && !memcmp(out, second, twice));
		PROMISE(again.width == picture.width && again.height == picture.height);
		promise_clean(out, stripped, &picture);
	}
	free(in);
	free(out);
	free(second);
	return 0;
}

/* ---- an example ---------------------------------------------------------------------------- */

static size_t add(uint8_t *out, size_t at, const void *data, size_t size)
{
	memcpy(out + at, data, size);
	return at + size;
}

static size_t segment(uint8_t *out, size_t at, unsigned marker, const void *body, size_t size)
{
	uint8_t head[4] = { 0xff, (uint8_t)marker, (uint8_t)((size + 2) >> 8), (uint8_t)(size + 2) };

	return add(out, add(out, at, head, 4), body, size);
}

static size_t jpeg(struct rng *rng, uint8_t *out)
{
	static const char exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
	static const unsigned markers[] = { 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe, 0xdb, 0xc4, 0xdd };
	size_t size = add(out, 0, "\xff\xd8", 2);

	for (uint32_t n = rng_below(rng, 6); n; n--)
		size = segment(out, size, markers[rng_below(rng, 9)], secret, sizeof(secret));
	if (rng_chance(rng, 700))
		size = segment(out, size, 0xe1, exif, sizeof(exif) - 1);
	for (uint32_t n = rng_below(rng, 4); n; n--)
		size = segment(out, size, markers[rng_below(rng, 9)], secret, sizeof(secret));
	size = segment(out, size, 0xc0, "\x08\x01\x02\x03\x04\x01\x01\x11\0", 9);
	for (uint32_t n = 1 + rng_below(rng, 3); n; n--) {
		size = segment(out, size, 0xda, "\x01\x01\0\0\x3f\0", 6);
		size = add(out, size, "\x12\xff\0\x56\xff\xd0\x78", 7);
	}
	size = add(out, size, "\xff\xd9", 2);
	return rng_chance(rng, 300) ? add(out, size, secret, sizeof(secret)) : size;
}

static size_t png(struct rng *rng, uint8_t *out)
{
	static const char *const types[] = { "tEXt", "eXIf", "gAMA", "IDAT", "tIME" };
	size_t size = add(out, 0, "\x89PNG\r\n\x1a\n", 8);

	size = add(out, size, "\0\0\0\x0dIHDR\0\0\x05\0\0\0\x03\xc0\x08\x02\0\0\0crc!", 25);
	for (uint32_t n = rng_below(rng, 6); n; n--) {
		size = add(out, size, "\0\0\0\x05", 4);
		size = add(out, size, types[rng_below(rng, 5)], 4);
		size = add(out, size, "hellocrc!", 9);
	}
	return add(out, size, "\0\0\0\0IENDcrc!", 12);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return rng_chance(rng, 600) ? jpeg(rng, out) : png(rng, out);
}
