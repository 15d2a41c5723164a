#include "clients/demo/jpeg.h"

#include <math.h>
#include <string.h>

#define BLOCK 8
#define CELLS (BLOCK * BLOCK)
#define QUANTUM 14 /* of every coefficient */
#define DC_CODES 12
#define DC_BITS 4
#define AC_CODES 176 /* run, 0 to 15, and size, 0 to 10 */
#define AC_BITS 8

struct writer {
	uint8_t *data;
	size_t size, room;
	uint32_t bits; /* not written yet, the oldest highest */
	unsigned n_bits;
};

/* ---- bytes and bits ----------------------------------------------------------------------- */

static void put_byte(struct writer *out, unsigned byte)
{
	if (out->size < out->room)
		out->data[out->size++] = (uint8_t)byte;
}

static void put_bytes(struct writer *out, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		put_byte(out, ((const uint8_t *)data)[i]);
}

static void put_bits(struct writer *out, unsigned value, unsigned n)
{
	out->bits = out->bits << n | (value & ((1u << n) - 1));
	for (out->n_bits += n; out->n_bits >= 8; out->n_bits -= 8) {
		unsigned byte = out->bits >> (out->n_bits - 8) & 0xff;
		put_byte(out, byte);
		if (byte == 0xff)
			put_byte(out, 0);
	}
}

/* ---- tables ------------------------------------------------------------------------------- */

/* From the lowest frequency to the highest: along the diagonals. */
static void zigzag(uint8_t order[CELLS])
{
	unsigned n = 0;

	for (unsigned sum = 0; sum < 2 * BLOCK - 1; sum++)
		for (unsigned i = 0; i <= sum; i++) {
			unsigned row = sum % 2 ? i : sum - i, column = sum - row;
			if (row < BLOCK && column < BLOCK)
				order[n++] = (uint8_t)(row * BLOCK + column);
		}
}

/* All codes of a table are equally long, so each is its own number. */
static void put_codes(struct writer *out, unsigned table, unsigned bits, unsigned n)
{
	put_bytes(out, (uint8_t[]){0xff, 0xc4, 0, (uint8_t)(19 + n), (uint8_t)table}, 5);
	for (unsigned i = 1; i <= 16; i++)
		put_byte(out, i == bits ? n : 0);
	for (unsigned i = 0; i < n; i++)
		put_byte(out, n == DC_CODES ? i : i / 11 << 4 | i % 11);
}

static void put_head(struct writer *out, const struct canvas *canvas)
{
	static const uint8_t jfif[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F',
				       0,    1,    1,    0,    0, 1,  0,   1,   0,   0};
	const uint8_t frame[] = {0xff,
				 0xc0,
				 0,
				 17,
				 8,
				 (uint8_t)(canvas->height >> 8),
				 (uint8_t)canvas->height,
				 (uint8_t)(canvas->width >> 8),
				 (uint8_t)canvas->width,
				 3,
				 1,
				 0x11,
				 0,
				 2,
				 0x11,
				 0,
				 3,
				 0x11,
				 0};
	static const uint8_t scan[] = {0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0};

	put_bytes(out, jfif, sizeof(jfif));
	put_bytes(out, (uint8_t[]){0xff, 0xdb, 0, 67, 0}, 5);
	for (unsigned i = 0; i < CELLS; i++)
		put_byte(out, QUANTUM);
	put_bytes(out, frame, sizeof(frame));
	put_codes(out, 0x00, DC_BITS, DC_CODES);
	put_codes(out, 0x10, AC_BITS, AC_CODES);
	put_bytes(out, scan, sizeof(scan));
}

/* ---- blocks ------------------------------------------------------------------------------- */

static double component(const uint8_t *rgb, unsigned which)
{
	double r = rgb[0], g = rgb[1], b = rgb[2];

	if (which == 0)
		return 0.299 * r + 0.587 * g + 0.114 * b - 128;
	return which == 1 ? -0.168736 * r - 0.331264 * g + 0.5 * b
			  : 0.5 * r - 0.418688 * g - 0.081312 * b;
}

/* cosines[u][x]: cos((2x + 1) u π / 16), with the weight of the first. */
static void make_cosines(double cosines[BLOCK][BLOCK])
{
	for (unsigned u = 0; u < BLOCK; u++)
		for (unsigned x = 0; x < BLOCK; x++)
			cosines[u][x] =
				cos((2 * x + 1) * u * acos(-1) / 16) / 2 * (u ? 1 : sqrt(0.5));
}

static void transform(const double cosines[BLOCK][BLOCK], const double in[CELLS], int out[CELLS])
{
	double rows[CELLS];

	for (unsigned y = 0; y < BLOCK; y++)
		for (unsigned u = 0; u < BLOCK; u++) {
			double sum = 0;
			for (unsigned x = 0; x < BLOCK; x++)
				sum += in[y * BLOCK + x] * cosines[u][x];
			rows[y * BLOCK + u] = sum;
		}
	for (unsigned v = 0; v < BLOCK; v++)
		for (unsigned u = 0; u < BLOCK; u++) {
			double sum = 0;
			for (unsigned y = 0; y < BLOCK; y++)
				sum += rows[y * BLOCK + u] * cosines[v][y];
			out[v * BLOCK + u] = (int)lround(sum / QUANTUM);
		}
}

/* So many bits hold it; one that is negative counts from the lowest of so many. */
static unsigned size_of(int value)
{
	unsigned size = 0;

	for (unsigned rest = (unsigned)(value < 0 ? -value : value); rest; rest >>= 1)
		size++;
	return size;
}

static void put_value(struct writer *out, int value, unsigned size)
{
	if (size)
		put_bits(out, (unsigned)(value < 0 ? value + (1 << size) - 1 : value), size);
}

static void put_block(struct writer *out, const int block[CELLS], const uint8_t order[CELLS],
		      int *before)
{
	unsigned size = size_of(block[0] - *before), run = 0;

	put_bits(out, size, DC_BITS);
	put_value(out, block[0] - *before, size);
	*before = block[0];
	for (unsigned i = 1; i < CELLS; i++) {
		int value = block[order[i]];
		if (!value) {
			run++;
			continue;
		}
		for (; run > 15; run -= 16)
			put_bits(out, 15 * 11, AC_BITS);
		size = size_of(value);
		put_bits(out, run * 11 + size, AC_BITS);
		put_value(out, value, size);
		run = 0;
	}
	if (run)
		put_bits(out, 0, AC_BITS);
}

struct bytes jpeg_make(struct arena *arena, const struct canvas *canvas)
{
	size_t room = (size_t)canvas->width * canvas->height * 6 + 1024;
	struct writer out = {.data = arena_alloc(arena, room), .room = room};
	double cosines[BLOCK][BLOCK], cells[CELLS];
	int before[3] = {0}, block[CELLS];
	uint8_t order[CELLS];

	if (!out.data)
		return (struct bytes){NULL, 0};
	zigzag(order);
	make_cosines(cosines);
	put_head(&out, canvas);
	for (unsigned y = 0; y < canvas->height; y += BLOCK)
		for (unsigned x = 0; x < canvas->width; x += BLOCK)
			for (unsigned which = 0; which < 3; which++) {
				for (unsigned i = 0; i < CELLS; i++)
					cells[i] = component(canvas->rgb +
								     3 * ((size_t)(y + i / BLOCK) *
										  canvas->width +
									  x + i % BLOCK),
							     which);
				transform((const double(*)[BLOCK])cosines, cells, block);
				put_block(&out, block, order, &before[which]);
			}
	put_bits(&out, 0x7f, 7);
	put_bytes(&out, (uint8_t[]){0xff, 0xd9}, 2);
	return (struct bytes){out.data, out.size};
}
