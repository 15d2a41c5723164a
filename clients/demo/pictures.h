/*
 * Invented pictures for the city: drawings that anybody sees are drawings, of a wound with a ruler beside
 * it, and of a paper with lines where words would stand. They hang on some of the entries.
 */
#ifndef PICTURES_H
#define PICTURES_H

#include "clients/demo/city.h"

enum drawing { DRAWING_WOUND, DRAWING_PAPER };

/* A drawing as an entry bears it, with its bytes. In the city's arena; NULL where there is no memory.
 * The same dice, the same drawing. */
struct picture_drawn {
	Attachment *attachment;
	struct bytes data;
};
struct picture_drawn *picture_draw(struct city *city, enum drawing drawing, const char *name,
				   struct dice *dice);
/* Hangs them on entries of the stories, events[i]->picture. 0 or ERR_NOMEM. */
int city_pictures(struct city *city);

#endif
