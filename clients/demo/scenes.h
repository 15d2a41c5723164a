/*
 * What goes on between the organisations of the demonstration city: the rota; what the board says and
 * said in the last two weeks; and a dozen requests in all stages, asked and answered by those who would.
 */
#ifndef SCENES_H
#define SCENES_H

#include "clients/demo/city.h"
#include "clients/demo/progress.h"

#define SCENES_DAYS 14
#define SCENES_REFERRALS 13

/* The rota, as duties.h says: before the patients, so that what is urgent of them finds who is on duty.
 * May be repeated as the scenes below. */
int city_rota(struct city *city, const char *state, struct progress *progress);
/*
 * May be repeated after any interruption: each step is a request whose id is drawn from the city's
 * seed and moment, and a request takes effect once. *referrals: how many there are; *reports:
 * visits among them that were reported, an entry each. 0, or an error that has been said.
 */
int city_scenes(struct city *city, const char *state, struct progress *progress, size_t *referrals,
		size_t *reports);

#endif
