#include "clients/cli/picture.h"

#include <string.h>

#include "error.h"

/* ---- reading and writing ------------------------------------------------------------------- */

struct out {
	uint8_t *data;
	size_t size;
};

static void put(struct out *out, const void *data, size_t size)
{
	memcpy(out->data + out->size, data, size);
	out->size += size;
}

static bool begins(struct bytes data, const char *with, size_t size)
{
	return data.size >= size && !memcmp(data.data, with, size);
}

static uint32_t big16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t big32(const uint8_t *at)
{
	return big16(at) << 16 | big16(at + 2);
}

static struct bytes behind(struct bytes data, size_t size)
{
	return (struct bytes){data.data + size, data.size - size};
}

/* ---- which way is up ----------------------------------------------------------------------- */

static uint32_t tiff16(const uint8_t *at, bool little)
{
	return little ? (uint32_t)at[1] << 8 | at[0] : big16(at);
}

static uint32_t tiff32(const uint8_t *at, bool little)
{
	return little ? tiff16(at + 2, true) << 16 | tiff16(at, true) : big32(at);
}

#define TIFF_ENTRY_BYTES 12
#define TAG_ORIENTATION 0x0112

/* The orientation, 1 to 8, in the first directory of an Exif block; 1 where it says nothing. */
static unsigned orientation_of(struct bytes exif)
{
	if (!begins(exif, "Exif\0\0", 6) || exif.size < 6 + 8)
		return 1;
	struct bytes tiff = behind(exif, 6);
	bool little = tiff.data[0] == 'I';
	uint32_t at = tiff32(tiff.data + 4, little);
	if (at > tiff.size || tiff.size - at < 2)
		return 1;
	uint32_t n = tiff16(tiff.data + at, little);
	for (at += 2; n && tiff.size - at >= TIFF_ENTRY_BYTES; n--, at += TIFF_ENTRY_BYTES) {
		if (tiff16(tiff.data + at, little) != TAG_ORIENTATION)
			continue;
		uint32_t value = tiff16(tiff.data + at + 8, little);
		return value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}

/* An Exif block that says that alone. */
static void put_orientation(struct out *out, unsigned orientation)
{
	uint8_t segment[] = {
		0xff, 0xe1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
		0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0,
	};

	segment[29] = (uint8_t)orientation;
	put(out, segment, sizeof(segment));
}

/* ---- JPEG ---------------------------------------------------------------------------------- */

enum {
	JPEG_SOI = 0xd8,
	JPEG_EOI = 0xd9,
	JPEG_SOS = 0xda,
	JPEG_APP0 = 0xe0,
	JPEG_APP1 = 0xe1,
	JPEG_APP2 = 0xe2,
	JPEG_APP14 = 0xee,
	JPEG_APP15 = 0xef,
	JPEG_COM = 0xfe,
};

struct jpeg {
	struct bytes left;
	struct out out;
	struct picture *picture;
	unsigned orientation;
	bool oriented; /* it is written, or there is none to write */
};

/* SOF0 to SOF15, but for DHT, JPG and DAC among them. */
static bool is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

static bool stays(unsigned marker, struct bytes body)
{
	if (marker == JPEG_APP0)
		return begins(body, "JFIF", 5) || begins(body, "JFXX", 5);
	if (marker == JPEG_APP2)
		return begins(body, "ICC_PROFILE", 12);
	if (marker == JPEG_APP14)
		return begins(body, "Adobe", 5);
	return !(marker >= JPEG_APP0 && marker <= JPEG_APP15) && marker != JPEG_COM;
}

/* The marker that comes next, behind any number of fill bytes. 0: there is none. */
static unsigned next_marker(struct jpeg *jpeg)
{
	if (jpeg->left.size < 2 || jpeg->left.data[0] != 0xff)
		return 0;
	while (jpeg->left.size && jpeg->left.data[0] == 0xff)
		jpeg->left = behind(jpeg->left, 1);
	if (!jpeg->left.size)
		return 0;
	unsigned marker = jpeg->left.data[0];
	jpeg->left = behind(jpeg->left, 1);
	return marker;
}

static void put_marker(struct jpeg *jpeg, unsigned marker)
{
	put(&jpeg->out, (uint8_t[]){0xff, (uint8_t)marker}, 2);
}

/* The picture's own bytes behind a start of scan: until a marker that is no restart. */
static void copy_scan(struct jpeg *jpeg)
{
	const uint8_t *data = jpeg->left.data;
	size_t size = 0;

	while (size + 1 < jpeg->left.size &&
	       !(data[size] == 0xff && data[size + 1] != 0 && data[size + 1] != 0xff &&
		 !(data[size + 1] >= 0xd0 && data[size + 1] <= 0xd7)))
		size++;
	put(&jpeg->out, data, size);
	jpeg->left = behind(jpeg->left, size);
}

/* JFIF's header comes first, where there is one; which way is up behind it. */
static void orient(struct jpeg *jpeg, unsigned marker)
{
	if (jpeg->oriented || (marker >= JPEG_APP0 && marker <= JPEG_APP15) || marker == JPEG_COM)
		return;
	if (jpeg->orientation > 1)
		put_orientation(&jpeg->out, jpeg->orientation);
	jpeg->oriented = true;
}

static int copy_segment(struct jpeg *jpeg, unsigned marker)
{
	if (jpeg->left.size < 2 || big16(jpeg->left.data) < 2 ||
	    big16(jpeg->left.data) > jpeg->left.size)
		return ERR_INVALID;
	size_t size = big16(jpeg->left.data);
	struct bytes body = {jpeg->left.data + 2, size - 2};

	if (marker == JPEG_APP1 && !jpeg->oriented && begins(body, "Exif\0\0", 6))
		jpeg->orientation = orientation_of(body);
	orient(jpeg, marker);
	if (is_frame(marker) && body.size >= 5) {
		jpeg->picture->height = big16(body.data + 1);
		jpeg->picture->width = big16(body.data + 3);
	}
	if (stays(marker, body)) {
		put_marker(jpeg, marker);
		put(&jpeg->out, jpeg->left.data, size);
	}
	jpeg->left = behind(jpeg->left, size);
	if (marker == JPEG_SOS)
		copy_scan(jpeg);
	return 0;
}

static int strip_jpeg(struct bytes file, uint8_t *data, size_t *size, struct picture *picture)
{
	struct jpeg jpeg = {
		.left = behind(file, 2), .out = {data, 0}, .picture = picture, .orientation = 1};
	unsigned marker;
	bool scanned = false;

	put_marker(&jpeg, JPEG_SOI);
	while ((marker = next_marker(&jpeg)) != JPEG_EOI) {
		if (marker == 0 || marker == JPEG_SOI || copy_segment(&jpeg, marker))
			return ERR_INVALID;
		scanned |= marker == JPEG_SOS;
	}
	put_marker(&jpeg, JPEG_EOI);
	if (!scanned || !picture->width)
		return ERR_INVALID;
	if (jpeg.orientation >= 5) { /* it lies on its side */
		uint32_t width = picture->width;
		picture->width = picture->height;
		picture->height = width;
	}
	*size = jpeg.out.size;
	return 0;
}

/* ---- PNG ----------------------------------------------------------------------------------- */

#define PNG_MAGIC "\x89PNG\r\n\x1a\n"
#define PNG_MAGIC_BYTES 8
#define PNG_CHUNK_BYTES 12 /* length, type, CRC */

/* What a picture needs to be shown: all critical chunks, and what belongs to colours and to animation. */
static bool png_stays(const uint8_t *type)
{
	static const char kept[][5] = {"tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD",
				       "pHYs", "cICP", "mDCV", "cLLI", "acTL", "fcTL", "fdAT"};

	if (!(type[0] & 0x20))
		return true;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (!memcmp(type, kept[i], 4))
			return true;
	return false;
}

static int strip_png(struct bytes file, uint8_t *data, size_t *size, struct picture *picture)
{
	struct bytes left = behind(file, PNG_MAGIC_BYTES);
	struct out out = {data, 0};
	bool ended = false;

	put(&out, PNG_MAGIC, PNG_MAGIC_BYTES);
	while (!ended) {
		if (left.size < PNG_CHUNK_BYTES || big32(left.data) > left.size - PNG_CHUNK_BYTES)
			return ERR_INVALID;
		size_t chunk = big32(left.data) + (size_t)PNG_CHUNK_BYTES;
		const uint8_t *type = left.data + 4;
		if (!memcmp(type, "IHDR", 4) && chunk >= PNG_CHUNK_BYTES + 13) {
			picture->width = big32(type + 4);
			picture->height = big32(type + 8);
		}
		if (png_stays(type))
			put(&out, left.data, chunk);
		ended = !memcmp(type, "IEND", 4);
		left = behind(left, chunk);
	}
	*size = out.size;
	return picture->width ? 0 : ERR_INVALID;
}

/* ---- either -------------------------------------------------------------------------------- */

const char *picture_media_type(struct bytes file)
{
	if (begins(file, "\xff\xd8\xff", 3))
		return "image/jpeg";
	if (begins(file, PNG_MAGIC, PNG_MAGIC_BYTES))
		return "image/png";
	return begins(file, "%PDF-", 5) ? "application/pdf" : NULL;
}

int picture_strip(struct bytes file, uint8_t *out, size_t *size, struct picture *picture)
{
	int rc = 0;

	*picture = (struct picture){.media_type = picture_media_type(file)};
	if (!picture->media_type)
		return ERR_INVALID;
	if (!strcmp(picture->media_type, "image/jpeg")) {
		rc = strip_jpeg(file, out, size, picture);
	} else if (!strcmp(picture->media_type, "image/png")) {
		rc = strip_png(file, out, size, picture);
	} else {
		memcpy(out, file.data, file.size);
		*size = file.size;
	}
	if (!rc && *size < file.size)
		picture->stripped_bytes = file.size - *size;
	return rc;
}
