#include "clients/demo/dice.h"

/* Sebastiano Vigna's splitmix64, in the public domain. */
static uint64_t next(struct dice *dice)
{
	uint64_t z = (dice->state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

struct dice dice_make(uint64_t seed, uint64_t stream)
{
	struct dice mixer = { .state = seed };
	mixer.state = next(&mixer) ^ (stream * 0xd1342543de82ef95u);
	return (struct dice){ .state = next(&mixer) };
}

unsigned dice_below(struct dice *dice, unsigned limit)
{
	return (unsigned)(((next(dice) >> 32) * limit) >> 32);
}

int dice_between(struct dice *dice, int least, int most)
{
	return most <= least ? least : least + (int)dice_below(dice, (unsigned)(most - least) + 1);
}

bool dice_chance(struct dice *dice, unsigned percent)
{
	return dice_below(dice, 100) < percent;
}

int dice_near(struct dice *dice, int middle, int spread)
{
	int first = dice_between(dice, 0, spread);
	return middle - spread + first + dice_between(dice, 0, spread);
}
