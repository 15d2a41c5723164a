/* If this failed, a photo of somebody's wound would say where they live, or would not be the photo any
 * more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/picture.h"
#include "error.h"

/* ---- pictures as they come ------------------------------------------------------------------ */

struct file {
	uint8_t data[4096];
	size_t size;
};

static void add(struct file *file, const void *data, size_t size)
{
	assert_true(file->size + size <= sizeof(file->data));
	memcpy(file->data + file->size, data, size);
	file->size += size;
}
#define ADD(file, text) add((file), (text), sizeof(text) - 1)

static void segment(struct file *file, unsigned marker, const void *body, size_t size)
{
	uint8_t head[4] = { 0xff, (uint8_t)marker, (uint8_t)((size + 2) >> 8), (uint8_t)(size + 2) };

	add(file, head, sizeof(head));
	add(file, body, size);
}
#define SEGMENT(file, marker, text) segment((file), (marker), (text), sizeof(text) - 1)

#define GPS "N35.1E136.9"
/* Little endian: orientation 6 in the first directory, then what looks like a place. */
#define EXIF_6 \
	"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0" GPS
#define EXIF_1 \
	"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0" GPS
#define FRAME "\x08\x01\x02\x03\x04\x01\x01\x11\0" /* 258 high, 772 wide */
#define SCAN "\x01\x01\0\0\x3f\0"
#define BITS "\x12\x34\xff\0\x56\xff\xd0\x78\xff\xd7\x9a"

/* From the first quantisation table to the end of the picture. */
static void add_body(struct file *file)
{
	SEGMENT(file, 0xdb, "tables");
	SEGMENT(file, 0xc2, FRAME);
	SEGMENT(file, 0xc4, "codes");
	SEGMENT(file, 0xda, SCAN);
	ADD(file, BITS);
	SEGMENT(file, 0xc4, "more codes");
	SEGMENT(file, 0xda, SCAN);
	ADD(file, BITS);
	ADD(file, "\xff\xd9");
}

static int strip(const struct file *file, struct file *out, struct picture *picture)
{
	/* Of its exact size, so that a sanitizer sees each step beyond it. */
	uint8_t *in = malloc(file->size), *room = malloc(file->size + PICTURE_EXTRA_BYTES);
	size_t size = 0;

	memcpy(in, file->data, file->size);
	int rc = picture_strip((struct bytes){ in, file->size }, room, &size, picture);
	out->size = 0;
	if (!rc)
		add(out, room, size);
	free(in);
	free(room);
	return rc;
}

static bool holds(const struct file *file, const char *text)
{
	return memmem(file->data, file->size, text, strlen(text)) != NULL;
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

static void place_and_time_are_taken_out(void **state)
{
	struct file photo = { .size = 0 }, expected = { .size = 0 }, out;
	struct picture picture;

	(void)state;
	ADD(&photo, "\xff\xd8");
	SEGMENT(&photo, 0xe0, "JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
	SEGMENT(&photo, 0xe1, EXIF_1);
	SEGMENT(&photo, 0xe1, "http://ns.adobe.com/xap/1.0/\0" GPS);
	SEGMENT(&photo, 0xe2, "ICC_PROFILE\0\x01\x01 colours");
	SEGMENT(&photo, 0xe2, "MPF\0 " GPS);
	SEGMENT(&photo, 0xe3, GPS);
	SEGMENT(&photo, 0xed, "Photoshop 3.0\0" GPS);
	SEGMENT(&photo, 0xee, "Adobe\0d\0\0\0\0\x01");
	SEGMENT(&photo, 0xfe, GPS);
	add_body(&photo);
	ADD(&photo, "\xff\xd8" GPS); /* another picture behind the end */
	ADD(&expected, "\xff\xd8");
	SEGMENT(&expected, 0xe0, "JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
	SEGMENT(&expected, 0xe2, "ICC_PROFILE\0\x01\x01 colours");
	SEGMENT(&expected, 0xee, "Adobe\0d\0\0\0\0\x01");
	add_body(&expected);
	assert_int_equal(strip(&photo, &out, &picture), 0);
	assert_int_equal(out.size, expected.size);
	assert_memory_equal(out.data, expected.data, out.size);
	assert_false(holds(&out, GPS) || holds(&out, "Exif"));
	assert_string_equal(picture.media_type, "image/jpeg");
	assert_int_equal(picture.width, 0x304);
	assert_int_equal(picture.height, 0x102);
	assert_int_equal(picture.stripped_bytes, photo.size - out.size);
}

static void up_stays_up(void **state)
{
	struct file photo = { .size = 0 }, out, again;
	struct picture picture;

	(void)state;
	ADD(&photo, "\xff\xd8");
	SEGMENT(&photo, 0xe1, EXIF_6);
	add_body(&photo);
	assert_int_equal(strip(&photo, &out, &picture), 0);
	assert_false(holds(&out, GPS));
	assert_memory_equal(out.data + 2, "\xff\xe1\0\x22" "Exif\0\0MM", 12);
	assert_int_equal(picture.width, 0x102); /* it lies on its side */
	assert_int_equal(picture.height, 0x304);
	assert_int_equal(strip(&out, &again, &picture), 0);
	assert_int_equal(again.size, out.size);
	assert_memory_equal(again.data, out.data, out.size);
	assert_int_equal(picture.stripped_bytes, 0);
	/* An Exif block with nothing in it, or with a directory that lies. */
	static const char *const blocks[] = { "Exif\0\0", "Exif\0\0II*\0\xff\xff\xff\xff",
					      "Exif\0\0MM\0*\0\0\0\x08\xff\xff" };
	static const size_t sizes[] = { 6, 14, 16 };
	for (size_t i = 0; i < 3; i++) {
		photo.size = 0;
		ADD(&photo, "\xff\xd8");
		segment(&photo, 0xe1, blocks[i], sizes[i]);
		add_body(&photo);
		assert_int_equal(strip(&photo, &out, &picture), 0);
		assert_false(holds(&out, "Exif"));
	}
}

/* Wherever it breaks off, and whatever its lengths say: it is refused. */
static void what_is_damaged_is_refused(void **state)
{
	struct file photo = { .size = 0 }, out;
	struct picture picture;

	(void)state;
	ADD(&photo, "\xff\xd8");
	SEGMENT(&photo, 0xe1, EXIF_6);
	add_body(&photo);
	for (size_t whole = photo.size; photo.size; photo.size--) {
		if (photo.size < whole)
			assert_int_equal(strip(&photo, &out, &picture), ERR_INVALID);
	}
	ADD(&photo, "\xff\xd8\xff\xe1\0\x01x\xff\xd9");
	assert_int_equal(strip(&photo, &out, &picture), ERR_INVALID);
	photo.size = 0;
	ADD(&photo, "\xff\xd8\xff\xd9");
	assert_int_equal(strip(&photo, &out, &picture), ERR_INVALID);
	photo.size = 0;
	ADD(&photo, "GIF89a");
	assert_int_equal(strip(&photo, &out, &picture), ERR_INVALID);
	assert_null(picture.media_type);
}

/* ---- PNG, PDF -------------------------------------------------------------------------------- */

static void chunk(struct file *file, const char *type, const void *data, size_t size)
{
	uint8_t length[4] = { 0, 0, (uint8_t)(size >> 8), (uint8_t)size };

	add(file, length, 4);
	add(file, type, 4);
	add(file, data, size);
	ADD(file, "crc!");
}
#define CHUNK(file, type, text) chunk((file), (type), (text), sizeof(text) - 1)

static void texts_in_a_png_are_taken_out(void **state)
{
	struct file picture_file = { .size = 0 }, expected = { .size = 0 }, out;
	struct picture picture;

	(void)state;
	ADD(&picture_file, "\x89PNG\r\n\x1a\n");
	CHUNK(&picture_file, "IHDR", "\0\0\x05\0\0\0\x03\xc0\x08\x02\0\0\0");
	CHUNK(&picture_file, "eXIf", GPS);
	CHUNK(&picture_file, "gAMA", "\0\0\xb1\x8f");
	CHUNK(&picture_file, "tEXt", "Comment\0" GPS);
	CHUNK(&picture_file, "iTXt", "XML:com.adobe.xmp\0" GPS);
	CHUNK(&picture_file, "tIME", GPS);
	CHUNK(&picture_file, "IDAT", "picture");
	CHUNK(&picture_file, "vpAg", GPS);
	CHUNK(&picture_file, "IEND", "");
	ADD(&picture_file, GPS);
	ADD(&expected, "\x89PNG\r\n\x1a\n");
	CHUNK(&expected, "IHDR", "\0\0\x05\0\0\0\x03\xc0\x08\x02\0\0\0");
	CHUNK(&expected, "gAMA", "\0\0\xb1\x8f");
	CHUNK(&expected, "IDAT", "picture");
	CHUNK(&expected, "IEND", "");
	assert_int_equal(strip(&picture_file, &out, &picture), 0);
	assert_int_equal(out.size, expected.size);
	assert_memory_equal(out.data, expected.data, out.size);
	assert_string_equal(picture.media_type, "image/png");
	assert_int_equal(picture.width, 1280);
	assert_int_equal(picture.height, 960);
	for (picture_file.size -= sizeof(GPS); picture_file.size; picture_file.size--)
		assert_int_equal(strip(&picture_file, &out, &picture), ERR_INVALID);
}

static void a_paper_is_left_as_it_is(void **state)
{
	struct file paper = { .size = 0 }, out;
	struct picture picture;

	(void)state;
	ADD(&paper, "%PDF-1.7 " GPS);
	assert_int_equal(strip(&paper, &out, &picture), 0);
	assert_int_equal(out.size, paper.size);
	assert_memory_equal(out.data, paper.data, paper.size);
	assert_string_equal(picture.media_type, "application/pdf");
	assert_int_equal(picture.stripped_bytes + picture.width, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place_and_time_are_taken_out),
		cmocka_unit_test(up_stays_up),
		cmocka_unit_test(what_is_damaged_is_refused),
		cmocka_unit_test(texts_in_a_png_are_taken_out),
		cmocka_unit_test(a_paper_is_left_as_it_is),
	};
	return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
