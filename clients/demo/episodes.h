/*
 * What happens to a patient in the three weeks besides visits: short stories, each a table of steps
 * on some days, by several professions. {…} in their texts: see texts.h.
 */
#ifndef EPISODES_H
#define EPISODES_H

#include "clients/demo/city.h"

enum vitals { USUAL, FEVER, SLIGHT_FEVER, LOW_OXYGEN, LOW_PRESSURE, HIGH_PRESSURE };

struct step {
	int day;             /* of the episode, from 0; in order */
	enum demo_worker by;      /* of one day: in the order of WORKER_SLOTS in story.c */
	EntryKind kind;      /* unspecified: the end */
	const char *text;    /* of a medicine: the reason; of an allergy: the substance */
	enum drug drug;
	int how;             /* MedicationAction, MovementKind, enum vitals, infection, workers asked */
	const char *more;    /* of a medicine: another dose; of an allergy: the reaction; of a wish:
			      * who said so */
	double value;        /* kg, mL/min/1.73 m2; of a next visit: days from then */
	bool corrects;       /* the last entry of the same kind by the same worker in this episode */
};

struct episode {
	unsigned themes;     /* whom it may happen to; 0: everybody */
	unsigned workers;    /* 1 << worker: who must be there */
	enum drug with, without; /* what must be taken, and what must not */
	int last_day;        /* of its steps */
	unsigned weight;     /* how often, against the others */
	const struct step *steps;
};

extern const struct episode episodes[];
extern const size_t n_episodes;

/* The first patient's: warfarin is stopped and another anticoagulant started. */
extern const struct episode episode_warfarin;

/* What happened since yesterday and concerns a profession: each step by itself. */
struct news {
	enum demo_worker concerns;
	const struct step *steps;
};
extern const struct news news[];
extern const size_t n_news;

#endif
