/*
 * Seeded chance: the same seed, the same city, on every machine. Each patient has a stream of their
 * own, so that what is drawn for one does not shift the others.
 */
#ifndef DICE_H
#define DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

struct dice dice_make(uint64_t seed, uint64_t stream);
/* 0 <= result < limit; 0 when limit is 0. */
unsigned dice_below(struct dice *dice, unsigned limit);
/* least <= result <= most. */
int dice_between(struct dice *dice, int least, int most);
bool dice_chance(struct dice *dice, unsigned percent);
/* About the middle most of the time, never further from it than spread: two dice added. */
int dice_near(struct dice *dice, int middle, int spread);
#define DICE_PICK(dice, array) ((array)[dice_below((dice), sizeof(array) / sizeof(*(array)))])

#endif
