/*
 * What a photo says besides the picture: where it was taken, when, with what. A camera writes that into
 * the file, and it does not belong into a record that a whole team reads. Nothing of the picture itself is
 * decoded or changed.
 *
 * Of a JPEG there stay the picture, JFIF's and Adobe's headers, colour profiles, and which way is up. Of a
 * PNG there go texts, dates and what cameras add. What stands behind the end of either goes, too: phones
 * put further pictures there, each with its own place and time.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"

struct picture {
	const char
		*media_type; /* "image/jpeg", "image/png", "application/pdf"; NULL: none of them */
	uint32_t width, height; /* as it is to be shown; 0: not known */
	size_t stripped_bytes;  /* so much was taken out */
};

/* By its first bytes; NULL: none that a record takes. */
const char *picture_media_type(struct bytes file);
/*
 * out has room for file.size + PICTURE_EXTRA_BYTES. 0, or ERR_INVALID: it is damaged, or no such file. A
 * PDF is copied as it is.
 */
#define PICTURE_EXTRA_BYTES 64
int picture_strip(struct bytes file, uint8_t *out, size_t *size, struct picture *picture);

#endif
