/*
 * Makes JPEGs of drawings: baseline, colours in full, one fixed quality. Small and plain, for the
 * demonstration's invented pictures only.
 */
#ifndef DEMO_JPEG_H
#define DEMO_JPEG_H

#include <stdint.h>

#include "arena.h"
#include "codec.h"

struct canvas {
	unsigned width, height; /* multiples of 8 */
	uint8_t *rgb;           /* row after row */
};

/* In the arena; no data where there is no memory. */
struct bytes jpeg_make(struct arena *arena, const struct canvas *canvas);

#endif
