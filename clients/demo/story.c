#include "clients/demo/city.h"

#include <stdlib.h>
#include <string.h>

#include "clients/demo/entries.h"
#include "clients/demo/episodes.h"
#include "clients/demo/texts.h"
#include "date.h"
#include "error.h"

#define SOURCE "https://tsunagi.example/demo/entries"
#define MINUTE_MS (60LL * 1000)
#define SUNDAY 7
#define NEWS_STREAM 2000000 /* of the dice */

/* The day's work: the slot each writes in, and the minute of the day it begins at. */
static const struct shift {
	unsigned slot;
	int from_minute, spread_minutes; /* each home has its own time in it */
} shifts[WORKERS] = {
	[NURSE] = { 0, 9 * 60 + 10, 130 },        [PHARMACIST] = { 1, 12 * 60 + 10, 45 },
	[DOCTOR] = { 2, 13 * 60 + 40, 140 },      [DENTIST] = { 2, 13 * 60 + 30, 150 },
	[CARE_MANAGER] = { 3, 16 * 60 + 40, 80 }, [HELPER] = { 3, 16 * 60 + 30, 90 },
	[LIAISON] = { 3, 16 * 60 + 30, 60 },
};
/* In the order of their slots. */
static const enum demo_worker by_slot[WORKERS] = { NURSE,        PHARMACIST, DOCTOR, DENTIST,
					      CARE_MANAGER, HELPER,     LIAISON };

#define EPISODES_MOST 2

struct story {
	struct city *city;
	struct home *home;
	struct dice *dice;
	unsigned n;                      /* entries so far */
	int64_t last_ms[WORKERS];        /* each writes one thing after the other */
	unsigned nurse_days;             /* bit n: weekday n */
	int doctor_weekday, doctor_week; /* which, and of two weeks the first or the second */
	int later_minutes;               /* than they write as a rule */
	int doctor_called;               /* the last day on which they came besides */
	int monitoring_day, dentist_day;
	const struct episode *episodes[EPISODES_MOST];
	int begins[EPISODES_MOST];
	struct event *question;       /* the last one */
	struct event *slips[WORKERS]; /* the last entry of each in an episode: to be corrected */
	int error;
};

/* ISO 8601: Monday 1. */
static int weekday(const struct city *city, int day)
{
	return (int)date_weekday((city_day_ms(city, day) + JAPAN_OFFSET_MS) / DAY_MS);
}

/* ---- adding ------------------------------------------------------------------------------- */

static struct event *put(struct story *story, enum demo_worker by, Entry *entry, int64_t occurred_ms,
			 unsigned slot)
{
	struct city *city = story->city;
	struct event *event = arena_alloc(city->arena, sizeof(*event));
	Identifier *source = NEW(Identifier, city->arena);

	if (!event || !source || !entry) {
		story->error = ERR_NOMEM;
		return NULL;
	}
	source->system = city_text(city, SOURCE);
	source->value = arena_printf(city->arena, "%u-%u", story->home->number, ++story->n);
	entry->source = source;
	entry->occurred_ms = occurred_ms;
	*event = (struct event){ .home = story->home,
				 .author = story->home->workers[by],
				 .entry = entry,
				 .slot = slot };
	if (arena_append(city->arena, &city->events, &city->n_events, event))
		story->error = ERR_NOMEM;
	return event;
}

/* On a day of the three weeks, in the worker's slot. NULL: there is no such worker, they have not got
 * so far yet today, or there is no memory. */
static struct event *add(struct story *story, int day, enum demo_worker by, Entry *entry)
{
	const struct shift *shift = &shifts[by];
	const struct home *home = story->home;
	unsigned offset = (home->number * 37 + (unsigned)by * 11) % (unsigned)shift->spread_minutes;
	unsigned late =
		(home->number * 7 + (unsigned)(day + CITY_DAYS) * 13) % 17; /* the round's delays */
	int64_t at_ms =
		city_day_ms(story->city, day) +
		(shift->from_minute + (int)(offset + late) + story->later_minutes) * MINUTE_MS;

	if (story->last_ms[by] >= at_ms)
		at_ms = story->last_ms[by] + 4 * MINUTE_MS;
	if (!home->workers[by] || at_ms > story->city->now_ms - MINUTE_MS)
		return NULL;
	story->last_ms[by] = at_ms;
	return put(story, by, entry, at_ms, (unsigned)(CITY_DAYS + day) * DAY_SLOTS + shift->slot);
}

/* ---- what was known before ---------------------------------------------------------------- */

static int64_t ago(struct story *story, int least_days, int most_days)
{
	int day = -CITY_DAYS - dice_between(story->dice, least_days, most_days);
	return city_day_ms(story->city, day) +
	       dice_between(story->dice, 9 * 60, 17 * 60) * MINUTE_MS;
}

static void past(struct story *story, enum demo_worker by, Entry *entry, int least_days, int most_days)
{
	put(story, story->home->workers[by] ? by : DOCTOR, entry, ago(story, least_days, most_days),
	    0);
}

/* Nobody is allergic to what they take. */
static bool tolerates(const struct home *home, const char *substance)
{
	for (unsigned i = 0; i < home->n_courses; i++)
		if (!strncmp(medicines[home->courses[i].drug].name, substance, strlen("アスピ")))
			return false;
	return true;
}

static void past_dangers(struct story *story)
{
	struct city *city = story->city;
	const struct allergen *allergen =
		&allergens[dice_below(story->dice, (unsigned)n_allergens)];
	const struct hazard *hazard = &hazards[dice_below(story->dice, (unsigned)n_hazards)];

	if (dice_chance(story->dice, 34) && tolerates(story->home, allergen->substance))
		past(story, DOCTOR,
		     entry_allergy(city, allergen->substance, allergen->reaction, allergen->severe),
		     30, 600);
	if (dice_chance(story->dice, 45) &&
	    (!hazard->themes || hazard->themes & THEME(story->home->theme)))
		past(story, NURSE, entry_precaution(city, hazard->text, hazard->infection), 20,
		     300);
}

static void past_findings(struct story *story)
{
	struct city *city = story->city;
	struct home *home = story->home;
	struct dice *dice = story->dice;

	past(story, NURSE,
	     entry_observation(city, home, ENTRY_KIND_ACTIVITY, 0, text_activity(home, dice)), 5,
	     40);
	if (dice_chance(dice, 60))
		past(story, NURSE,
		     entry_observation(city, home, ENTRY_KIND_WEIGHT, home->weight_kg, ""), 3, 30);
	int egfr = home->theme == KIDNEY ? dice_between(dice, 14, 32) : dice_between(dice, 38, 76);
	if (home->theme == KIDNEY || dice_chance(dice, 45))
		past(story, DOCTOR, entry_observation(city, home, ENTRY_KIND_RENAL, egfr, ""), 10,
		     90);
	if (dice_chance(dice, home->theme == CANCER ? 90 : 45))
		past(story, DOCTOR,
		     entry_wish(city, home, text_wish(home, dice),
				dice_chance(dice, 75) ? "本人" : home->kin),
		     20, 300);
	if (home->workers[DENTIST])
		past(story, DENTIST, entry_dental(city, home, text_dental(dice)), 10, 90);
	if (home->workers[CARE_MANAGER])
		past(story, CARE_MANAGER, entry_plan(city, home, text_care_plan(dice)), 5, 150);
}

static void tell_past(struct story *story)
{
	struct home *home = story->home;

	/* What the profile brings follows from the first diagnosis; the rest is as old as it is. */
	int days = home->theme == CANCER ? dice_between(story->dice, 60, 420)
					 : dice_between(story->dice, 300, 2000);
	for (unsigned i = 0; i < home->n_diagnoses; i++) {
		int64_t since_ms = i == 0  ? ago(story, days, days)
				   : i < 2 ? ago(story, 40, days)
					   : ago(story, 40, 3000);
		put(story, DOCTOR, entry_condition(story->city, home->diagnoses[i], since_ms),
		    since_ms, 0);
	}
	for (unsigned i = 0; i < home->n_courses; i++) {
		Entry *start = entry_medication(story->city, MEDICATION_ACTION_START,
						home->courses[i].drug, NULL, "");
		home->courses[i].start = put(story, DOCTOR, start, ago(story, 10, 400), 0);
	}
	past_dangers(story);
	past_findings(story);
}

/* ---- ordinary days ------------------------------------------------------------------------ */

static Entry *routine(struct story *story, enum demo_worker by)
{
	return entry_note(story->city, story->home, text_routine(story->home, by, story->dice));
}

static void nurse_visits(struct story *story, int day)
{
	struct home *home = story->home;

	if (!(story->nurse_days >> weekday(story->city, day) & 1) || !home->workers[NURSE])
		return;
	add(story, day, NURSE, entry_vitals(story->city, home, USUAL));
	if (dice_chance(story->dice, 55))
		add(story, day, NURSE, routine(story, NURSE));
	if (dice_chance(story->dice, home->theme == HEART ? 30 : 4)) {
		home->weight_kg += dice_between(story->dice, -3, 3) / 10.0;
		add(story, day, NURSE,
		    entry_observation(story->city, home, ENTRY_KIND_WEIGHT, home->weight_kg, ""));
	}
}

static bool doctor_comes(const struct story *story, int day)
{
	int week = (CITY_DAYS + day) / 7 % 2;

	return weekday(story->city, day) == story->doctor_weekday &&
	       (story->home->profile->doctor_days == 7 || week == story->doctor_week);
}

static void doctor_visits(struct story *story, int day)
{
	struct city *city = story->city;
	struct home *home = story->home;
	int64_t next_ms = city_day_ms(city, day + home->profile->doctor_days) + 14 * 60 * MINUTE_MS;

	if (!doctor_comes(story, day) || day - story->doctor_called < 4)
		return;
	add(story, day, DOCTOR, routine(story, DOCTOR));
	if (home->theme == KIDNEY && dice_chance(story->dice, 50))
		add(story, day, DOCTOR,
		    entry_observation(city, home, ENTRY_KIND_RENAL,
				      dice_between(story->dice, 14, 32), "定期採血"));
	if (dice_chance(story->dice, 45))
		add(story, day, DOCTOR, entry_next_visit(city, next_ms, "訪問診療"));
}

static void others_visit(struct story *story, int day, enum demo_worker by)
{
	switch (by) {
	case PHARMACIST: /* the day after the prescription */
		if (doctor_comes(story, day - 1) && dice_chance(story->dice, 75))
			add(story, day, by, routine(story, by));
		break;
	case DENTIST:
		if (day == story->dentist_day)
			add(story, day, by, routine(story, by));
		break;
	case CARE_MANAGER:
		if (day == story->monitoring_day)
			add(story, day, by, routine(story, by));
		break;
	case HELPER:
		if (weekday(story->city, day) != SUNDAY && dice_chance(story->dice, 13))
			add(story, day, by, routine(story, by));
		break;
	default:
		break;
	}
}

/* ---- episodes ----------------------------------------------------------------------------- */

static struct course *course_of(struct home *home, enum drug drug)
{
	for (unsigned i = 0; i < home->n_courses; i++)
		if (home->courses[i].drug == drug)
			return &home->courses[i];
	if (home->n_courses == HOME_COURSES)
		return NULL;
	home->courses[home->n_courses] = (struct course){ .drug = drug };
	return &home->courses[home->n_courses++];
}

/* What it is about: a medicine that was started, a question, a slip. False: there is none. */
static bool find_meant(struct story *story, const struct step *step, enum demo_worker by,
		       struct event **meant)
{
	*meant = NULL;
	if (step->corrects)
		*meant = story->slips[by];
	else if (step->kind == ENTRY_KIND_ANSWER)
		*meant = story->question;
	else if (step->kind == ENTRY_KIND_MEDICATION && step->how != MEDICATION_ACTION_START) {
		const struct course *course = course_of(story->home, step->drug);
		*meant = course ? course->start : NULL;
	} else {
		return true;
	}
	return *meant != NULL;
}

static void take_step(struct story *story, const struct step *step, int day)
{
	enum demo_worker by = step->by;
	struct event *meant;

	if (by == LIAISON && !story->home->workers[LIAISON])
		by = NURSE; /* the hospital is not on the team: the nurse passes it on */
	if (!story->home->workers[by] || !find_meant(story, step, by, &meant))
		return;
	struct event *event =
		add(story, day, by, entry_of_step(story->city, story->home, step, day));
	if (!event)
		return;
	event->meant = meant;
	story->slips[by] = event;
	if (by == DOCTOR)
		story->doctor_called = day;
	if (step->kind == ENTRY_KIND_QUESTION)
		story->question = event;
	if (step->kind == ENTRY_KIND_MOVEMENT)
		story->home->away = step->how == MOVEMENT_KIND_ADMISSION;
	struct course *course =
		step->kind == ENTRY_KIND_MEDICATION ? course_of(story->home, step->drug) : NULL;
	if (course)
		course->start = step->how == MEDICATION_ACTION_STOP ? NULL : event;
}

static bool suits(const struct home *home, const struct episode *episode)
{
	if (episode->themes && !(episode->themes & THEME(home->theme)))
		return false;
	for (int worker = 0; worker < WORKERS; worker++)
		if (episode->workers >> worker & 1 && !home->workers[worker])
			return false;
	return (episode->with == NO_DRUG || home_takes(home, episode->with)) &&
	       (episode->without == NO_DRUG || !home_takes(home, episode->without));
}

static const struct episode *choose_episode(struct story *story)
{
	unsigned all = 0;

	for (size_t i = 0; i < n_episodes; i++)
		all += suits(story->home, &episodes[i]) ? episodes[i].weight : 0;
	unsigned at = dice_below(story->dice, all);
	for (size_t i = 0; i < n_episodes; i++) {
		unsigned weight = suits(story->home, &episodes[i]) ? episodes[i].weight : 0;
		if (at < weight)
			return &episodes[i];
		at -= weight;
	}
	return NULL;
}

/* Only nurses go round on Sundays. */
static bool on_working_days(const struct story *story, const struct episode *episode, int begins)
{
	for (const struct step *step = episode->steps; step->kind; step++)
		if (step->by != NURSE && weekday(story->city, begins + step->day) == SUNDAY)
			return false;
	return true;
}

#define TRIES 12

/* One after the other, and some still going on today. */
static void choose_episodes(struct story *story)
{
	int from = -CITY_DAYS + 1;

	if (story->home->number == CITY_STORY_HOME) {
		story->episodes[0] = &episode_warfarin;
		story->begins[0] = -episode_warfarin.last_day;
		while (!on_working_days(story, &episode_warfarin, story->begins[0]))
			story->begins[0]--;
		return;
	}
	for (int i = 0; i < EPISODES_MOST && dice_chance(story->dice, i == 0 ? 62 : 30); i++) {
		const struct episode *episode = choose_episode(story);
		if (!episode || from > 0 || (i && episode == story->episodes[i - 1]))
			return;
		story->episodes[i] = episode;
		for (int k = 0;
		     k == 0 || (k < TRIES && !on_working_days(story, episode, story->begins[i]));
		     k++)
			story->begins[i] =
				dice_between(story->dice, from, from + 13 < 0 ? from + 13 : 0);
		from = story->begins[i] + episode->last_day + 1;
	}
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void choose_days(struct story *story)
{
	const struct home *home = story->home;
	int visits =
		dice_between(story->dice, home->profile->visits_min, home->profile->visits_max);
	int day = dice_between(story->dice, 1, 6);

	for (int i = 0; i<visits; i++, day += visits> 3 ? 1 : visits == 3 ? 2 : 3)
		story->nurse_days |= 1u << ((day - 1) % 6 + 1); /* not on Sundays */
	story->doctor_weekday = dice_between(story->dice, 1, 5);
	story->doctor_week = dice_between(story->dice, 0, 1);
	story->monitoring_day = -dice_between(story->dice, 0, 27); /* once in four weeks */
	story->dentist_day = -dice_between(story->dice, 0, 27);
	while (weekday(story->city, story->monitoring_day) > 5)
		story->monitoring_day--;
	while (weekday(story->city, story->dentist_day) > 5)
		story->dentist_day--;
}

static void tell_day(struct story *story, int day)
{
	bool busy = false; /* who writes for an episode does not also write what is usual */

	for (int i = 0; i < WORKERS; i++) {
		enum demo_worker by = by_slot[i];
		for (int k = 0; k < EPISODES_MOST && story->episodes[k]; k++)
			for (const struct step *step = story->episodes[k]->steps; step->kind;
			     step++)
				if (story->begins[k] + step->day == day && step->by == by) {
					take_step(story, step, day);
					busy = true;
				}
		if (!busy && !story->home->away && by == NURSE)
			nurse_visits(story, day);
		else if (!busy && !story->home->away && by == DOCTOR)
			doctor_visits(story, day);
		else if (!story->home->away && !busy)
			others_visit(story, day, by);
	}
}

static int tell_story(struct city *city, struct home *home)
{
	struct story story = {
		.city = city, .home = home, .dice = &home->dice, .doctor_called = -CITY_DAYS
	};

	choose_days(&story);
	tell_past(&story);
	choose_episodes(&story);
	for (int day = -CITY_DAYS + 1; !story.error && day <= 0; day++)
		tell_day(&story, day);
	return story.error;
}

/* Not a visit but a call: a value out of range, less than two hours ago. It comes last of all. */
static int raise_alarm(struct city *city, struct home *home, enum vitals how, int minutes_ago,
		       const char *text)
{
	struct story story = { .city = city, .home = home, .dice = &home->dice, .n = 9000 };
	int64_t at_ms = city->now_ms - minutes_ago * MINUTE_MS;
	unsigned slot = (CITY_DAYS + 1) * DAY_SLOTS;

	put(&story, NURSE, entry_vitals(city, home, how), at_ms, slot);
	put(&story, NURSE, entry_note(city, home, text), at_ms + 3 * MINUTE_MS, slot);
	return story.error;
}

/* One at a clinic and a station that everybody knows of, one somewhere else. */
static int raise_alarms(struct city *city)
{
	bool second = false;
	int rc = 0;

	for (size_t i = 0; !rc && i < city->n_homes; i++) {
		struct home *home = city->homes[i];
		if (home->number == CITY_ALARM_HOME) {
			rc = raise_alarm(city, home, LOW_OXYGEN, 40,
					 "緊急コールで訪問。安静時も息苦しさあり、起座位で軽減。湿"
					 "性咳嗽あり。"
					 "主治医に電話し指示待ち。");
		} else if (!second && home->number > 2 * CITY_ALARM_HOME &&
			   home->theme == PARKINSON && home->workers[NURSE]) {
			second = true;
			rc = raise_alarm(city, home, LOW_PRESSURE, 95,
					 "トイレで立ちくらみ、臥床で回復。意識清明、胸痛なし。水分2"
					 "00mLを摂取。");
		}
	}
	return rc;
}

/* ---- since yesterday ---------------------------------------------------------------------- */

#define NEWS_LATER 22  /* minutes: when the visit's notes are written */
#define NEWS_FROM 8000 /* numbers of sources: the stories end before, the alarms come behind */

/* May it happen to them? Only one thing does, and only to a medicine that was left alone so far. */
static bool is_possible(const struct home *home, const struct step *step)
{
	if (home->away || home->n_news || home->number == CITY_STORY_HOME ||
	    !home->workers[step->by])
		return false;
	if (step->kind != ENTRY_KIND_MEDICATION)
		return true;
	for (unsigned i = 0; i < home->n_courses; i++)
		if (home->courses[i].drug == step->drug)
			return step->how != MEDICATION_ACTION_START && home->courses[i].start &&
			       home->courses[i].start->slot == 0;
	return step->how == MEDICATION_ACTION_START;
}

/* At the hour at which they write, today or, if that is still to come, yesterday. */
static int tell_news(struct city *city, struct home *home, const struct step *step)
{
	struct story story = {
		.city = city, .home = home, .dice = &home->dice, .n = NEWS_FROM + home->n_news++
	};
	size_t before = city->n_events;

	take_step(&story, step, 0);
	if (!story.error && city->n_events == before)
		take_step(&story, step, -1);
	return story.error;
}

/* Something for one user, with one of the patients they care for. */
static int tell_user(struct city *city, struct dice *dice, const struct news *kind,
		     const char *user)
{
	const struct step *possible[32];
	unsigned first = dice_below(dice, (unsigned)city->n_homes);

	for (size_t i = 0; i < city->n_homes; i++) {
		struct home *home = city->homes[(first + i) % city->n_homes];
		unsigned n = 0;
		if (!home->workers[kind->concerns] ||
		    strcmp(home->workers[kind->concerns], user) != 0)
			continue;
		for (const struct step *step = kind->steps; step->kind && n < 32; step++)
			if (is_possible(home, step))
				possible[n++] = step;
		if (n)
			return tell_news(city, home, possible[dice_below(dice, n)]);
	}
	return 0;
}

/* Whoever hears only of some kinds of entries has something waiting, too. */
static int tell_all_news(struct city *city)
{
	static const Profession professions[WORKERS] = {
		[PHARMACIST] = PROFESSION_PHARMACIST, [DENTIST] = PROFESSION_DENTIST,
		[HELPER] = PROFESSION_HELPER,         [CARE_MANAGER] = PROFESSION_CARE_MANAGER,
		[LIAISON] = PROFESSION_LIAISON,
	};
	struct dice dice = dice_make(city->seed, NEWS_STREAM);
	int rc = 0;

	for (size_t k = 0; k < n_news; k++)
		for (size_t i = 0; !rc && i < city->n_people; i++) {
			if (city->people[i]->profession != professions[news[k].concerns])
				continue;
			for (int n = dice_between(&dice, 1, 2); !rc && n; n--)
				rc = tell_user(city, &dice, &news[k], city->people[i]->id);
		}
	return rc;
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = *(struct event *const *)a, *y = *(struct event *const *)b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->entry->occurred_ms != y->entry->occurred_ms)
		return x->entry->occurred_ms < y->entry->occurred_ms ? -1 : 1;
	return strcmp(x->entry->source->value, y->entry->source->value);
}

int city_stories(struct city *city)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < city->n_homes; i++)
		rc = tell_story(city, city->homes[i]);
	if (!rc)
		rc = tell_all_news(city);
	if (!rc)
		rc = raise_alarms(city);
	if (!rc && !city->arena->spent)
		qsort(city->events, city->n_events, sizeof(struct event *), by_time);
	return rc ? rc : city->arena->spent ? ERR_NOMEM : 0;
}
