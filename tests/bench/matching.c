/*
 * Does a request find its taker sooner, and more often, than by phoning round? A simulated city, in
 * which the same requests are placed by the rules of services/referral (the daemon's own code:
 * life.c, match.c, its waves and deadlines), by phoning at random, by phoning the nearest first.
 *
 * usage: bench-matching [--seed N] [--requests N] [--delay PERCENT] [--stale PERCENT]
 *                       [--demand PERCENT] [--brief]
 *        without arguments: seed 1 in full, then further seeds and other assumptions, in brief
 *
 * The city
 *	14 nurse stations, 44 clinics, 20 hospitals in three areas, as in the demonstration city.
 *	Capacities are uneven (stations 6 to 18 at once, clinics 5 to 15, hospitals 4 to 14 beds; a
 *	quarter of them has twice that). Each has work of its own that none of the ways changes: 25
 *	to 65 % of its capacity, 20 % more on one or two weekdays of its own (swamped), wandering
 *	from one half day to the next. What it takes on occupies one place: a visit or a series 5
 *	days in the mean, a bed 10, a new patient of a clinic 60. There are as many requests as fill
 *	40 % of all places if all are placed: with the own work about 90 %. Each need is met by 30
 *	to 95 % of the organisations.
 * The requests
 *	Weeks differ (0.7 to 1.4), Monday and Friday bring more, Saturday little; the areas bring
 *	40, 35 and 25 %. Not urgent: in working hours (Mon-Fri 8:30-17:30, Sat 8:30-12:30), most in
 *	the morning. Urgent (home doctors 15 %, beds 40 %, visits 25 %): two in five of them at any
 *	hour. A visit begins in 3 to 24 h (urgent), else in 1 to 7 days; 60 % of the beds that are
 *	not urgent are wished for in 12 h to 5 days, home doctors in 5 to 21 days.
 * Truth
 *	An organisation takes a request if it meets all needs, has a free place at that moment, and
 *	nothing else is in the way: another area is (visit 50, home doctor 60, bed 10 %), and some
 *	other reason in 10 %, drawn for each pair and the same in all ways. Nobody is asked twice.
 * Phoning
 *	One call at a time, each 10 minutes, answered truthfully at its end; no call is engaged or
 *	unanswered, and who phones has this request only. Not urgent: in working hours; urgent: at
 *	any hour. Nearest first: the own area, then the others, each by distance from the patient.
 * Ours
 *	Who is asked reads it in time of the same hours: not urgent after 20 minutes in the median
 *	(lognormal, sigma 1.1: one in ten after 82), urgent after 5 (0.9: 16), twice that outside
 *	working hours: an urgent one rings, and again every 5 minutes. One in ten never answers; the
 *	reminder at half time is left out. Some organisations are slow in all (lognormal, 0.4).
 *	These are assumptions and no measurements: see the lines with other delays. Answers are
 *	truthful at the time of reading. The asker confirms 10 minutes (urgent: 4) after the
 *	acceptance in the median, or the request moves on.
 *	The board is set up to three times a working day (morning, noon, before closing; Saturday
 *	once), truthfully, each time by 50 to 95 % by organisation, valid until half an hour after
 *	closing, by half of them until 90 minutes into the next working day. 15 % never say which
 *	needs they meet.
 * The end
 *	First table: all give up when our last wave ends (15/8 of the first wave's time; or the
 *	cut-off: 2 h before a visit, the wished date); a call that was begun before is finished. As
 *	this is short for those who phone (28 minutes for an urgent bed), the second table lets them
 *	phone until everybody has been called, or the cut-off. What is accepted of ours by then
 *	counts there too, from the support centre's list; "+centre" also has the centre phone, from
 *	the last wave on and in the same way, those who have not answered: it is its task then.
 * Figures
 *	Time is from asking to acceptance. "half of all": when half of all, not only of those that
 *	were placed, had a taker. Load is the mean over the time of occupied places / capacity of
 *	each organisation, own work included: its Gini over all of them; the mean of the Gini in
 *	each area and kind; and without the own work. Disturbed: organisations asked or phoned for
 *	one request. Four weeks of warming up are not counted.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "date.h"
#include "tests/lib/rng.h"
#include "services/referral/life.h"

#define MINUTE_MS (60LL * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define CALL_MS (10 * MINUTE_MS)
#define KINDS 3
#define ORGS (14 + 44 + 20)
#define NEEDS 11
#define WARM_DAYS 28
#define AFTER_DAYS 21 /* for the last requests */
#define MAX_DAYS 4000
#define WAYS 4

enum way { OURS, WITH_CENTRE, RANDOM, NEAREST };

static const char *const way_names[WAYS] = {"ours", "+centre", "random", "nearest"};

/* By kind: home doctor, back-up bed, visit. */
static const struct kind {
	const char *name, *organisation;
	ReferralKind kind;
	unsigned n, least, most; /* organisations, their capacity */
	double mean_days;        /* that a placement occupies */
	double wander;           /* of the own work, from one half day to the next */
	unsigned urgent_percent, away_percent;
} kinds[KINDS] = {
	{"home doctor", "clinic", REFERRAL_KIND_HOME_DOCTOR, 44, 5, 15, 60, 0.98, 15, 60},
	{"back-up bed", "hospital", REFERRAL_KIND_BACKUP_BED, 20, 4, 14, 10, 0.9, 40, 10},
	{"visit", "station", REFERRAL_KIND_VISIT, 14, 6, 18, 5, 0.7, 25, 50},
};

static const unsigned ability_percent[NEEDS] = {0, 45, 90, 60, 70, 90, 30, 95, 30, 90, 40};
static const unsigned need_weight[NEEDS] = {0, 5, 15, 10, 7, 12, 3, 25, 3, 15, 5};

static bool is_ours(enum way way)
{
	return way == OURS || way == WITH_CENTRE;
}

struct settings {
	uint64_t seed;
	unsigned requests;
	unsigned delay_percent, stale_percent, demand_percent;
};

static void die(const char *what)
{
	fprintf(stderr, "bench-matching: %s\n", what);
	exit(1);
}

static void *need(void *memory)
{
	if (!memory)
		die("no memory");
	return memory;
}

/* ---- chance ------------------------------------------------------------------------------- */

/* Drawn by name (what for, which request, which organisation), so that no way shifts
 * the luck of another. */
static struct rng luck(uint64_t seed, unsigned what, uint64_t a, uint64_t b)
{
	return rng_make(seed, ((uint64_t)what << 56) ^ (a << 20) ^ b);
}

enum {
	OF_ORG = 1,
	OF_WORK,
	OF_WEEKS,
	OF_REQUESTS,
	OF_PAIR,
	OF_READING,
	OF_CONFIRMING,
	OF_ORDER,
	OF_BOARD,
	OF_BEFORE
};

static double fraction(struct rng *rng)
{
	return ((double)(rng_u64(rng) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(struct rng *rng)
{
	double u = fraction(rng), v = fraction(rng);
	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static double lognormal(struct rng *rng, double median, double sigma)
{
	return median * exp(sigma * normal(rng));
}

static bool percent(struct rng *rng, unsigned chance)
{
	return rng_below(rng, 100) < chance;
}

/* ---- hours -------------------------------------------------------------------------------- */

static int64_t start_ms; /* a Monday, 0:00 in Japan */

static unsigned weekday(int64_t day)
{
	return (unsigned)(day % 7);
}

static int64_t day_of(int64_t at_ms)
{
	return (at_ms - start_ms) / DAY_MS;
}

static int64_t opens_ms(int64_t day)
{
	return start_ms + day * DAY_MS + 8 * HOUR_MS + 30 * MINUTE_MS;
}

/* Of a Sunday: when it would open. */
static int64_t closes_ms(int64_t day)
{
	if (weekday(day) == 6)
		return opens_ms(day);
	return opens_ms(day) + (weekday(day) == 5 ? 4 : 9) * HOUR_MS;
}

static bool is_open(int64_t at_ms)
{
	int64_t day = day_of(at_ms);
	return at_ms >= opens_ms(day) && at_ms < closes_ms(day);
}

static int64_t next_open(int64_t at_ms)
{
	int64_t day = day_of(at_ms);

	while (at_ms >= closes_ms(day))
		day++;
	return at_ms > opens_ms(day) ? at_ms : opens_ms(day);
}

/* So much working time later. */
static int64_t after_work(int64_t at_ms, int64_t length_ms)
{
	for (;;) {
		at_ms = next_open(at_ms);
		int64_t left_ms = closes_ms(day_of(at_ms)) - at_ms;
		if (length_ms < left_ms)
			return at_ms + length_ms;
		length_ms -= left_ms;
		at_ms += left_ms;
	}
}

/* ---- the city ----------------------------------------------------------------------------- */

struct org {
	char id[16];
	unsigned kind;
	Area area;
	double x, y; /* km */
	unsigned capacity;
	bool able[NEEDS], says_needs;
	double slowness;
	unsigned diligence_percent;
	bool until_next_day;
	uint8_t own[MAX_DAYS * 2]; /* places its own work occupies, by half day */
};

struct request {
	unsigned kind;
	int64_t asked_ms, from_ms, cut_off_ms, length_ms;
	bool urgent, counted;
	Area area;
	double x, y;
	Need needs[2];
	unsigned n_needs;
	int asker;            /* a station, or -1: not of the pool */
	int64_t waves_end_ms; /* the last wave's, by the timetable */
	int64_t end_ms;       /* … or when everybody has been phoned: second table */
};

struct city {
	struct settings settings;
	struct org orgs[ORGS];
	unsigned first[KINDS]; /* its organisations */
	struct request *requests;
	unsigned n_requests;
	int64_t days;
};

static void place(struct rng *rng, Area area, double *x, double *y)
{
	static const double centres[][2] = {{0, 0}, {0, 6}, {-5, -2}, {5, -4}};
	*x = centres[area][0] + 2.5 * normal(rng);
	*y = centres[area][1] + 2.5 * normal(rng);
}

/* More on one or two weekdays of its own, wandering. */
static void draw_work(struct city *city, unsigned n)
{
	struct org *org = &city->orgs[n];
	struct rng rng = luck(city->settings.seed, OF_WORK, n, 0);
	double keep = kinds[org->kind].wander, wandered = 0;
	double base = 0.25 + 0.4 * fraction(&rng), swamped[7] = {0};

	swamped[rng_below(&rng, 5)] = 0.2;
	swamped[rng_below(&rng, 5)] = 0.2;
	for (int64_t half = 0; half < city->days * 2; half++) {
		wandered = keep * wandered + sqrt(1 - keep * keep) * 0.15 * normal(&rng);
		double share = base + wandered + swamped[weekday(half / 2)];
		double places = share * org->capacity + 0.5;
		org->own[half] = (uint8_t)(places < 0               ? 0
					   : places > org->capacity ? org->capacity
								    : places);
	}
}

static void draw_org(struct city *city, unsigned n, unsigned kind, unsigned number)
{
	struct org *org = &city->orgs[n];
	struct rng rng = luck(city->settings.seed, OF_ORG, n, 0);

	snprintf(org->id, sizeof(org->id), "%s%02u", kinds[kind].organisation, number % 100);
	org->kind = kind;
	org->area = (Area)(AREA_NORTH + (number - 1) % 3);
	place(&rng, org->area, &org->x, &org->y);
	org->capacity = (unsigned)rng_between(&rng, kinds[kind].least, kinds[kind].most);
	if (percent(&rng, 25))
		org->capacity *= 2;
	for (unsigned i = 1; i < NEEDS; i++)
		org->able[i] = percent(&rng, ability_percent[i]);
	org->says_needs = !percent(&rng, 15);
	org->slowness = lognormal(&rng, 1, 0.4);
	org->diligence_percent = (unsigned)rng_between(&rng, 50, 95);
	org->until_next_day = percent(&rng, 50);
}

static unsigned pick(struct rng *rng, const double *weights, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += weights[i];
	double at = fraction(rng) * sum;
	for (unsigned i = 0; i < n; i++) {
		at -= weights[i];
		if (at < 0)
			return i;
	}
	return n - 1;
}

static int64_t draw_moment(struct rng *rng, const double *days, int64_t n_days, bool urgent)
{
	/* Of the nine hours from 8:30 on. */
	static const double hours[9] = {2, 4, 4, 3, 1, 2, 3, 2, 1};
	static const double even[7] = {1, 1, 1, 1, 1, 1, 1};

	if (urgent && percent(rng, 40)) {
		int64_t day =
			7 * (int64_t)rng_below(rng, (uint32_t)(n_days / 7)) + pick(rng, even, 7);
		return start_ms + day * DAY_MS + rng_between(rng, 0, DAY_MS - 1);
	}
	int64_t day = pick(rng, days, (unsigned)n_days);
	unsigned hour = pick(rng, hours, weekday(day) == 5 ? 4 : 9);
	return opens_ms(day) + hour * HOUR_MS + rng_between(rng, 0, HOUR_MS - 1);
}

static void draw_needs(struct rng *rng, struct request *request)
{
	double weights[NEEDS];

	for (unsigned i = 0; i < NEEDS; i++)
		weights[i] = need_weight[i];
	unsigned many = rng_below(rng, 10);
	for (unsigned n = many < 4 ? 0 : many < 8 ? 1 : 2; n; n--) {
		unsigned drawn = pick(rng, weights, NEEDS);
		weights[drawn] = 0;
		request->needs[request->n_needs++] = (Need)drawn;
	}
}

/* When a visit begins, by when it is wished. */
static void draw_times(struct rng *rng, struct request *request)
{
	int64_t asked_ms = request->asked_ms;

	switch (kinds[request->kind].kind) {
	case REFERRAL_KIND_VISIT:
		request->from_ms =
			asked_ms + (request->urgent ? rng_between(rng, 3 * HOUR_MS, DAY_MS)
						    : rng_between(rng, DAY_MS, 7 * DAY_MS));
		request->cut_off_ms = request->from_ms - VISIT_MARGIN_MS;
		break;
	case REFERRAL_KIND_BACKUP_BED:
		if (!request->urgent && percent(rng, 60))
			request->cut_off_ms = asked_ms + rng_between(rng, DAY_MS / 2, 5 * DAY_MS);
		break;
	default:
		if (!request->urgent)
			request->cut_off_ms = asked_ms + rng_between(rng, 5 * DAY_MS, 21 * DAY_MS);
		break;
	}
}

static void set_ends(struct request *request)
{
	ReferralKind kind = kinds[request->kind].kind;
	int64_t length_ms = kinds[request->kind].n * CALL_MS, asked_ms = request->asked_ms;
	int64_t first_ms = match_fitted_ms(kind, request->urgent, asked_ms, request->cut_off_ms);

	request->waves_end_ms = first_ms ? asked_ms + first_ms / 8 * 15 : request->cut_off_ms;
	request->end_ms = request->urgent ? asked_ms + length_ms : after_work(asked_ms, length_ms);
	if (request->end_ms < request->waves_end_ms)
		request->end_ms = request->waves_end_ms;
	if (request->cut_off_ms && request->end_ms > request->cut_off_ms)
		request->end_ms = request->cut_off_ms;
}

static void draw_request(struct city *city, struct rng *rng, const double *days, int64_t n_days,
			 const double *by_kind, struct request *request)
{
	static const double areas[] = {40, 35, 25};

	request->kind = pick(rng, by_kind, KINDS);
	request->urgent = percent(rng, kinds[request->kind].urgent_percent);
	request->asked_ms = draw_moment(rng, days, n_days, request->urgent);
	request->counted = request->asked_ms >= start_ms + WARM_DAYS * DAY_MS;
	request->area = (Area)(AREA_NORTH + pick(rng, areas, 3));
	place(rng, request->area, &request->x, &request->y);
	draw_needs(rng, request);
	draw_times(rng, request);
	request->length_ms = DAY_MS / 2 + (int64_t)((kinds[request->kind].mean_days - 0.5) *
						    -log(fraction(rng)) * DAY_MS);
	request->asker = -1;
	if (kinds[request->kind].kind == REFERRAL_KIND_VISIT) {
		unsigned first = city->first[request->kind], n = kinds[request->kind].n;
		do
			request->asker = (int)(first + rng_below(rng, n));
		while (city->orgs[request->asker].area != request->area);
	}
	set_ends(request);
}

static int by_time(const void *a, const void *b)
{
	const struct request *x = a, *y = b;
	return (x->asked_ms > y->asked_ms) - (x->asked_ms < y->asked_ms);
}

static void draw_requests(struct city *city)
{
	static const double weekdays[7] = {1.3, 1, 1, 1, 1.3, 0.3, 0};
	double by_kind[KINDS] = {0}, a_day = 0;
	struct rng weeks = luck(city->settings.seed, OF_WEEKS, 0, 0);
	struct rng rng = luck(city->settings.seed, OF_REQUESTS, 0, 0);

	for (unsigned i = 0; i < ORGS; i++)
		by_kind[city->orgs[i].kind] +=
			city->settings.demand_percent / 100.0 * city->orgs[i].capacity;
	for (unsigned k = 0; k < KINDS; k++)
		a_day += by_kind[k] /= kinds[k].mean_days;
	int64_t n_days = WARM_DAYS + (int64_t)(city->settings.requests / a_day / 7 + 1) * 7;
	city->days = n_days + AFTER_DAYS;
	if (city->days > MAX_DAYS)
		die("too many requests");
	double *days = need(calloc((size_t)n_days, sizeof(*days))), week = 1;
	for (int64_t day = 0; day < n_days; day++) {
		if (weekday(day) == 0)
			week = 0.7 + 0.7 * fraction(&weeks);
		days[day] = week * weekdays[weekday(day)];
	}
	city->n_requests = (unsigned)(a_day * (double)n_days);
	city->requests = need(calloc(city->n_requests, sizeof(*city->requests)));
	for (unsigned i = 0; i < city->n_requests; i++)
		draw_request(city, &rng, days, n_days, by_kind, &city->requests[i]);
	qsort(city->requests, city->n_requests, sizeof(*city->requests), by_time);
	/* Whole weeks bring more than are wanted: the last ones are not counted. */
	unsigned counted = 0;
	for (unsigned i = 0; i < city->n_requests; i++) {
		city->requests[i].counted &= counted < city->settings.requests;
		counted += city->requests[i].counted;
	}
	free(days);
}

static struct city *draw_city(struct settings settings)
{
	struct city *city = need(calloc(1, sizeof(*city)));
	unsigned n = 0;

	city->settings = settings;
	for (unsigned kind = 0; kind < KINDS; kind++) {
		city->first[kind] = n;
		for (unsigned number = 1; number <= kinds[kind].n; number++)
			draw_org(city, n++, kind, number);
	}
	draw_requests(city);
	for (unsigned i = 0; i < ORGS; i++)
		draw_work(city, i);
	return city;
}

/* ---- a world: the city as one of the ways has made it --------------------------------------- */

enum event_kind {
	ASK,
	CALLED,
	READ,
	CENTRE_CALLED,
	CONFIRM,
	DEADLINE,
	CUT_OFF,
	GIVE_UP,
	BOARD,
	FREED
};

struct event {
	int64_t at_ms;
	uint64_t order;
	enum event_kind kind;
	unsigned request, org, turn;
};

struct outcome {
	int64_t placed_ms; /* 0: not */
	unsigned asked;    /* organisations */
};

/* A request under way. */
struct course {
	uint8_t *view; /* a packed ReferralView: ours */
	size_t size;
	bool over, centre_phones;
	unsigned order[44], n_order, next; /* who is phoned, in order */
};

struct world {
	struct city *city;
	enum way way;
	bool to_the_end; /* of the second table */
	int64_t now_ms;
	struct event *heap;
	size_t n_heap, heap_size;
	uint64_t n_events;
	unsigned taken_on[ORGS]; /* places occupied by placements */
	int64_t since_ms[ORGS];
	double place_ms[ORGS]; /* of the counted time */
	Capacity board[ORGS];
	Need said[ORGS][NEEDS];
	int64_t *taken_ms[ORGS]; /* when: the last 30 days count */
	size_t n_taken[ORGS], first_taken[ORGS];
	struct course *courses;
	struct outcome *outcomes;
	struct arena arena;
	unsigned asked_unknown, asked_offers, not_confirmed;
};

static bool before(const struct event *a, const struct event *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void plan(struct world *world, int64_t at_ms, enum event_kind kind, unsigned request,
		 unsigned org, unsigned turn)
{
	struct event event = {at_ms, world->n_events++, kind, request, org, turn};

	if (world->n_heap == world->heap_size) {
		world->heap_size = world->heap_size ? world->heap_size * 2 : 1024;
		world->heap = need(realloc(world->heap, world->heap_size * sizeof(event)));
	}
	size_t at = world->n_heap++;
	for (; at && before(&event, &world->heap[(at - 1) / 2]); at = (at - 1) / 2)
		world->heap[at] = world->heap[(at - 1) / 2];
	world->heap[at] = event;
}

static bool next_event(struct world *world, struct event *out)
{
	if (!world->n_heap)
		return false;
	*out = world->heap[0];
	struct event last = world->heap[--world->n_heap];
	size_t at = 0;
	for (size_t child; (child = 2 * at + 1) < world->n_heap; at = child) {
		if (child + 1 < world->n_heap &&
		    before(&world->heap[child + 1], &world->heap[child]))
			child++;
		if (!before(&world->heap[child], &last))
			break;
		world->heap[at] = world->heap[child];
	}
	world->heap[at] = last;
	return true;
}

static unsigned own_work(const struct city *city, unsigned org, int64_t at_ms)
{
	int64_t half = (at_ms - start_ms) / (DAY_MS / 2);
	return half < city->days * 2 ? city->orgs[org].own[half] : 0;
}

static unsigned free_places(const struct world *world, unsigned org)
{
	unsigned occupied = own_work(world->city, org, world->now_ms) + world->taken_on[org];
	unsigned capacity = world->city->orgs[org].capacity;
	return occupied < capacity ? capacity - occupied : 0;
}

/* The truth, of this moment. */
static bool can_take(const struct world *world, unsigned n, unsigned org)
{
	const struct request *request = &world->city->requests[n];
	const struct org *who = &world->city->orgs[org];
	struct rng rng = luck(world->city->settings.seed, OF_PAIR, n, org);
	bool away = percent(&rng, kinds[who->kind].away_percent), other = percent(&rng, 10);

	for (unsigned i = 0; i < request->n_needs; i++)
		if (!who->able[request->needs[i]])
			return false;
	if (other || (away && who->area != request->area))
		return false;
	return free_places(world, org) > 0;
}

static int64_t counted_from(void)
{
	return start_ms + WARM_DAYS * DAY_MS;
}

/* Of the time until now, before it changes. */
static void add_up(struct world *world, unsigned org)
{
	int64_t from_ms = world->since_ms[org],
		last_ms = start_ms + (world->city->days - AFTER_DAYS) * DAY_MS;
	int64_t to_ms = world->now_ms < last_ms ? world->now_ms : last_ms;

	if (from_ms < counted_from())
		from_ms = counted_from();
	if (to_ms > from_ms)
		world->place_ms[org] += (double)(to_ms - from_ms) * world->taken_on[org];
	world->since_ms[org] = world->now_ms;
}

static void occupy(struct world *world, unsigned org, int change)
{
	add_up(world, org);
	world->taken_on[org] = (unsigned)((int)world->taken_on[org] + change);
}

/* ---- phoning ------------------------------------------------------------------------------ */

struct called {
	unsigned org;
	double rank;
};

static int by_called(const void *a, const void *b)
{
	const struct called *x = a, *y = b;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void put_in_order(struct world *world, unsigned n)
{
	const struct city *city = world->city;
	const struct request *request = &city->requests[n];
	struct course *course = &world->courses[n];
	struct rng rng = luck(city->settings.seed, OF_ORDER, n, 0);
	struct called list[44];

	for (unsigned i = 0; i < kinds[request->kind].n; i++) {
		unsigned org = city->first[request->kind] + i;
		const struct org *who = &city->orgs[org];
		double rank = world->way == RANDOM
				      ? fraction(&rng)
				      : hypot(who->x - request->x, who->y - request->y);
		if (world->way == NEAREST && who->area != request->area)
			rank += 1000;
		if ((int)org != request->asker)
			list[course->n_order++] = (struct called){org, rank};
	}
	qsort(list, course->n_order, sizeof(*list), by_called);
	for (unsigned i = 0; i < course->n_order; i++)
		course->order[i] = list[i].org;
}

static void call_next(struct world *world, unsigned n)
{
	const struct request *request = &world->city->requests[n];
	struct course *course = &world->courses[n];
	int64_t at_ms = request->urgent ? world->now_ms : next_open(world->now_ms);
	int64_t end_ms = world->to_the_end ? request->end_ms : request->waves_end_ms;

	if (course->next == course->n_order || at_ms >= end_ms)
		return;
	world->outcomes[n].asked++;
	plan(world, at_ms + CALL_MS, CALLED, n, course->order[course->next++], 0);
}

static void called(struct world *world, unsigned n, unsigned org)
{
	if (!can_take(world, n, org)) {
		call_next(world, n);
		return;
	}
	world->outcomes[n].placed_ms = world->now_ms;
	occupy(world, org, 1);
	plan(world, world->now_ms + world->city->requests[n].length_ms, FREED, n, org, 0);
}

/* ---- ours: the board ---------------------------------------------------------------------- */

static void plan_board(struct world *world, int64_t day)
{
	static const int64_t times_ms[] = {15 * MINUTE_MS, 4 * HOUR_MS,
					   8 * HOUR_MS - 15 * MINUTE_MS};

	for (unsigned org = 0; org < ORGS; org++)
		for (unsigned i = 0; i < (weekday(day) == 5 ? 1 : 3) && weekday(day) != 6; i++) {
			struct rng rng = luck(world->city->settings.seed, OF_BOARD,
					      (uint64_t)day * 3 + i, org);
			if (percent(&rng, world->city->orgs[org].diligence_percent) &&
			    !percent(&rng, world->city->settings.stale_percent))
				plan(world,
				     opens_ms(day) + times_ms[i] +
					     rng_between(&rng, 0, 45 * MINUTE_MS),
				     BOARD, 0, org, 0);
		}
}

static void set_board(struct world *world, unsigned org)
{
	const struct org *who = &world->city->orgs[org];
	Capacity *capacity = &world->board[org];
	unsigned places = free_places(world, org);
	int64_t day = day_of(world->now_ms);

	*capacity = (Capacity)Capacity_INIT;
	capacity->level = !places                                    ? CAPACITY_LEVEL_FULL
			  : places < 2 || places * 4 < who->capacity ? CAPACITY_LEVEL_LIMITED
								     : CAPACITY_LEVEL_AVAILABLE;
	capacity->new_patients = places ? NEW_PATIENTS_WELCOME : NEW_PATIENTS_NOT_NOW;
	capacity->accepts = world->said[org];
	for (unsigned i = 1; i < NEEDS && who->says_needs; i++)
		if (who->able[i])
			capacity->accepts[capacity->n_accepts++] = (Need)i;
	capacity->set_ms = world->now_ms;
	capacity->valid_until_ms = closes_ms(day) + HOUR_MS / 2;
	if (who->until_next_day)
		capacity->valid_until_ms = next_open(closes_ms(day)) + 90 * MINUTE_MS;
}

/* ---- ours: the steps ---------------------------------------------------------------------- */

struct step {
	struct input in;
	ReferralView *view;
	ReferralChanged fact;
	struct life life;
	struct pool pool;
};

static unsigned org_named(const struct city *city, const char *id)
{
	for (unsigned i = 0; i < ORGS; i++)
		if (!strcmp(city->orgs[i].id, id))
			return i;
	die("an organisation that is not there");
	return 0;
}

static uint32_t taken(struct world *world, unsigned org)
{
	size_t *first = &world->first_taken[org];

	while (*first < world->n_taken[org] &&
	       world->taken_ms[org][*first] < world->now_ms - TAKEN_MS)
		++*first;
	return (uint32_t)(world->n_taken[org] - *first);
}

static void note_taken(struct world *world, unsigned org)
{
	size_t n = world->n_taken[org]++;

	if (!(n & (n - 1)))
		world->taken_ms[org] = need(
			realloc(world->taken_ms[org], (n ? 2 * n : 1) * sizeof(**world->taken_ms)));
	world->taken_ms[org][n] = world->now_ms;
}

static void step_pool(struct world *world, unsigned kind, struct step *step)
{
	step->pool.items =
		need(arena_alloc(&world->arena, kinds[kind].n * sizeof(*step->pool.items)));
	for (unsigned i = 0; i < kinds[kind].n; i++) {
		unsigned org = world->city->first[kind] + i;
		const struct org *who = &world->city->orgs[org];
		step->pool.items[step->pool.n++] = (struct candidate){
			.organisation = who->id,
			.area = who->area,
			.capacity = world->board[org].set_ms ? &world->board[org] : NULL,
			.taken = taken(world, org),
		};
	}
}

static void begin(struct world *world, unsigned n, const char *actor, struct step *step)
{
	arena_reset(&world->arena);
	*step = (struct step){.in = {.now_ms = world->now_ms, .arena = &world->arena},
			      .fact = ReferralChanged_INIT};
	step->in.actor.organisation = actor;
	step_pool(world, world->city->requests[n].kind, step);
}

/* Takes the step, if it is possible. */
static bool begin_step(struct world *world, unsigned n, const char *actor,
		       ReferralChanged_Step kind, struct step *step)
{
	struct course *course = &world->courses[n];
	ProtobufCMessage *view;

	begin(world, n, actor, step);
	if (course->over ||
	    codec_unpack(&ReferralView_descriptor, (struct bytes){course->view, course->size},
			 &world->arena, &view))
		return false;
	step->view = (ReferralView *)(void *)view;
	if (!life_possible(kind, step->view->referral->state))
		return false;
	life_begin(&step->life, &step->in, step->view, &step->pool, kind, &step->fact);
	return true;
}

/* Told of it now; reads it later, or never. */
static void asked(struct world *world, unsigned n, unsigned org, const Offer *offer)
{
	const struct request *request = &world->city->requests[n];
	const struct settings *settings = &world->city->settings;
	struct rng rng = luck(settings->seed, OF_READING, n, org | (uint64_t)offer->wave << 8);
	double minutes = request->urgent ? lognormal(&rng, 5, 0.9) : lognormal(&rng, 20, 1.1);
	bool never = percent(&rng, 10);

	world->outcomes[n].asked++;
	world->asked_offers++;
	world->asked_unknown += offer->score->level == CAPACITY_LEVEL_UNKNOWN;
	if (never)
		return;
	minutes *= world->city->orgs[org].slowness * settings->delay_percent / 100;
	if (request->urgent && !is_open(world->now_ms))
		minutes *= 2;
	int64_t length_ms = (int64_t)(minutes * MINUTE_MS);
	plan(world,
	     request->urgent ? world->now_ms + length_ms : after_work(world->now_ms, length_ms),
	     READ, n, org, 0);
}

static void holds(struct world *world, unsigned n, unsigned org, uint32_t turn)
{
	bool urgent = world->city->requests[n].urgent;
	struct rng rng = luck(world->city->settings.seed, OF_CONFIRMING, n, org);
	double minutes =
		lognormal(&rng, urgent ? 4 : 10, 0.7) * world->city->settings.delay_percent / 100;

	world->outcomes[n].placed_ms = world->now_ms;
	occupy(world, org, 1);
	plan(world, world->now_ms + (int64_t)(minutes * MINUTE_MS), CONFIRM, n, org, turn);
}

/* The centre phones the next of those who have not answered. */
static void centre_calls(struct world *world, unsigned n, const Referral *referral)
{
	const struct request *request = &world->city->requests[n];
	int64_t at_ms = request->urgent ? world->now_ms : next_open(world->now_ms);

	world->courses[n].centre_phones = false;
	if (referral->state != REFERRAL_STATE_UNPLACED || at_ms >= request->end_ms)
		return;
	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->state == OFFER_STATE_OFFERED) {
			world->courses[n].centre_phones = true;
			world->outcomes[n].asked++;
			plan(world, at_ms + CALL_MS, CENTRE_CALLED, n,
			     org_named(world->city, referral->offers[i]->organisation), 0);
			return;
		}
}

static void answered(struct world *world, unsigned n, unsigned org, bool takes);

static void keep(struct world *world, unsigned n, struct step *step)
{
	struct course *course = &world->courses[n];
	struct bytes packed;

	if (codec_pack(&step->view->base, &world->arena, &packed))
		die("no memory");
	course->view = need(realloc(course->view, packed.size));
	memcpy(course->view, packed.data, packed.size);
	course->size = packed.size;
}

/* Somebody else holds it now, or nobody. */
static void change_holder(struct world *world, unsigned n, const struct step *step,
			  const char *held_by)
{
	const Offer *holder = life_holder(step->fact.referral);

	if (held_by[0]) {
		world->outcomes[n].placed_ms = 0;
		occupy(world, org_named(world->city, held_by), -1);
	}
	if (!holder)
		return;
	/* Who moves up looks again whether there is room still. */
	unsigned org = org_named(world->city, holder->organisation);
	bool room = step->fact.step == REFERRAL_CHANGED_STEP_ACCEPT || can_take(world, n, org);
	holds(world, n, org, step->view->turn);
	if (!room)
		answered(world, n, org, false);
}

/* Keeps what the step made, and does what it calls for. */
static void end_step(struct world *world, unsigned n, struct step *step, const char *held_by)
{
	Referral *referral = step->fact.referral;

	if (life_end(&step->life))
		die("a step failed");
	step->view->referral = referral;
	if (step->fact.deadline) {
		step->view->turn++;
		if (step->fact.deadline->length_ms)
			plan(world, referral->deadline_ms, DEADLINE, n, 0, step->view->turn);
	}
	keep(world, n, step);
	for (size_t i = 0; i < step->fact.n_told; i++)
		if (step->fact.told[i]->matter == MATTER_REFERRAL_ASKED) {
			const char *told = step->fact.told[i]->organisation;
			asked(world, n, org_named(world->city, told), life_offer(referral, told));
		}
	if (world->way == WITH_CENTRE && !world->courses[n].centre_phones)
		centre_calls(world, n, referral);
	const Offer *holder = life_holder(referral);
	if (strcmp(held_by, holder ? holder->organisation : ""))
		change_holder(world, n, step, held_by);
}

static const char *holder_name(const struct step *step)
{
	const Offer *holder = life_holder(step->view->referral);
	return holder ? holder->organisation : "";
}

static void ask(struct world *world, unsigned n)
{
	const struct request *request = &world->city->requests[n];
	const char *asker = request->asker < 0 ? "asker" : world->city->orgs[request->asker].id;
	char id[16];
	struct step step;

	begin(world, n, asker, &step);
	Referral *referral = need(NEW(Referral, &world->arena));
	snprintf(id, sizeof(id), "R%u", n);
	referral->id = arena_string(&world->arena, id);
	referral->asker = arena_string(&world->arena, asker);
	referral->kind = kinds[request->kind].kind;
	referral->urgent = request->urgent;
	referral->area = request->area;
	referral->n_needs = request->n_needs;
	referral->needs = need(arena_copy(&world->arena, request->needs, sizeof(request->needs)));
	referral->from_ms = request->from_ms;
	referral->to_ms = request->from_ms ? request->from_ms + HOUR_MS : 0;
	referral->times = 1;
	referral->every_days = 7;
	referral->asked_ms = world->now_ms;
	step.view = need(NEW(ReferralView, &world->arena));
	life_ask(&step.life, &step.in, referral, request->cut_off_ms, &step.pool, &step.fact);
	step.view->cut_off_ms = step.fact.cut_off_ms;
	step.view->first_ms = step.fact.first_ms;
	if (request->cut_off_ms)
		plan(world, request->cut_off_ms, CUT_OFF, n, 0, 0);
	plan(world, request->end_ms + 1, GIVE_UP, n, 0, 0);
	end_step(world, n, &step, "");
}

/* An organisation has read it, or gives back what it cannot do any more. */
static void answered(struct world *world, unsigned n, unsigned org, bool takes)
{
	const char *id = world->city->orgs[org].id;
	ReferralChanged_Step kind =
		takes ? REFERRAL_CHANGED_STEP_ACCEPT : REFERRAL_CHANGED_STEP_DECLINE;
	struct step step;

	if (!begin_step(world, n, id, kind, &step))
		return;
	const char *held_by = holder_name(&step);
	Offer *offer = life_offer(step.life.referral, id);
	if (offer && offer->state == OFFER_STATE_HOLDING && !takes) {
		if (!begin_step(world, n, id, REFERRAL_CHANGED_STEP_WITHDRAW, &step))
			return;
		life_withdraw(&step.life, life_offer(step.life.referral, id),
			      OFFER_STATE_WITHDRAWN);
		end_step(world, n, &step, id);
		return;
	}
	if (!offer || offer->state != OFFER_STATE_OFFERED)
		return;
	if (takes)
		life_accept(&step.life, offer);
	else
		life_decline(&step.life, offer, DECLINE_REASON_NO_CAPACITY);
	end_step(world, n, &step, held_by);
}

static void confirm(struct world *world, unsigned n, unsigned org, unsigned turn)
{
	TeamMember member = TeamMember_INIT;
	struct step step;

	if (!begin_step(world, n, "asker", REFERRAL_CHANGED_STEP_CONFIRM, &step) ||
	    step.view->turn != turn)
		return;
	life_confirm(&step.life);
	end_step(world, n, &step, holder_name(&step));
	if (!begin_step(world, n, "", REFERRAL_CHANGED_STEP_APPLIED, &step))
		die("not to be confirmed");
	life_applied(&step.life, &member);
	end_step(world, n, &step, holder_name(&step));
	note_taken(world, org);
	world->courses[n].over = true;
	plan(world, world->outcomes[n].placed_ms + world->city->requests[n].length_ms, FREED, n,
	     org, 0);
}

static void deadline(struct world *world, unsigned n, unsigned turn)
{
	struct step step;

	if (!begin_step(world, n, "", REFERRAL_CHANGED_STEP_DEADLINE, &step) ||
	    step.view->turn != turn)
		return;
	world->not_confirmed += step.view->referral->state == REFERRAL_STATE_ACCEPTED;
	const char *held_by = holder_name(&step);
	life_deadline(&step.life);
	end_step(world, n, &step, held_by);
}

static void cut_off(struct world *world, unsigned n)
{
	struct step step;

	if (!begin_step(world, n, "", REFERRAL_CHANGED_STEP_CUT_OFF, &step) ||
	    step.view->referral->with_centre)
		return;
	const char *held_by = holder_name(&step);
	life_cut_off(&step.life);
	end_step(world, n, &step, held_by);
}

static void centre_called(struct world *world, unsigned n, unsigned org)
{
	struct course *course = &world->courses[n];
	ProtobufCMessage *view;

	answered(world, n, org, can_take(world, n, org));
	arena_reset(&world->arena);
	if (course->over ||
	    codec_unpack(&ReferralView_descriptor, (struct bytes){course->view, course->size},
			 &world->arena, &view))
		return;
	centre_calls(world, n, ((ReferralView *)(void *)view)->referral);
}

/* Nobody waits for it any longer. Who holds it then is still confirmed. */
static void give_up(struct world *world, unsigned n)
{
	if (!world->outcomes[n].placed_ms)
		world->courses[n].over = true;
}

/* ---- a run -------------------------------------------------------------------------------- */

static void happen(struct world *world, const struct event *event)
{
	switch (event->kind) {
	case ASK:
		if (is_ours(world->way)) {
			ask(world, event->request);
			break;
		}
		put_in_order(world, event->request);
		call_next(world, event->request);
		break;
	case CALLED:
		called(world, event->request, event->org);
		break;
	case READ:
		answered(world, event->request, event->org,
			 can_take(world, event->request, event->org));
		break;
	case CENTRE_CALLED:
		centre_called(world, event->request, event->org);
		break;
	case CONFIRM:
		confirm(world, event->request, event->org, event->turn);
		break;
	case DEADLINE:
		deadline(world, event->request, event->turn);
		break;
	case CUT_OFF:
		cut_off(world, event->request);
		break;
	case GIVE_UP:
		give_up(world, event->request);
		break;
	case BOARD:
		set_board(world, event->org);
		break;
	case FREED:
		occupy(world, event->org, -1);
		break;
	}
}

/* What was placed before the beginning. */
static void occupy_before(struct world *world)
{
	for (unsigned org = 0; org < ORGS; org++) {
		struct rng rng = luck(world->city->settings.seed, OF_BEFORE, org, 0);
		for (unsigned i = 0; i < world->city->orgs[org].capacity * 35 / 100; i++) {
			double days =
				kinds[world->city->orgs[org].kind].mean_days * -log(fraction(&rng));
			occupy(world, org, 1);
			plan(world, start_ms + (int64_t)(days * DAY_MS), FREED, 0, org, 0);
		}
	}
}

static struct world *run(struct city *city, enum way way, bool to_the_end)
{
	struct world *world = need(calloc(1, sizeof(*world)));
	struct event event;

	*world = (struct world){
		.city = city, .way = way, .to_the_end = to_the_end, .now_ms = start_ms};
	world->courses = need(calloc(city->n_requests, sizeof(*world->courses)));
	world->outcomes = need(calloc(city->n_requests, sizeof(*world->outcomes)));
	arena_init(&world->arena, 4 << 20);
	occupy_before(world);
	for (unsigned i = 0; i < city->n_requests; i++)
		plan(world, city->requests[i].asked_ms, ASK, i, 0, 0);
	for (int64_t day = 0; is_ours(way) && day < city->days; day++)
		plan_board(world, day);
	while (next_event(world, &event)) {
		world->now_ms = event.at_ms;
		happen(world, &event);
	}
	for (unsigned org = 0; org < ORGS; org++)
		add_up(world, org);
	return world;
}

static void end_run(struct world *world)
{
	if (!world)
		return;
	for (unsigned i = 0; i < world->city->n_requests; i++)
		free(world->courses[i].view);
	for (unsigned org = 0; org < ORGS; org++)
		free(world->taken_ms[org]);
	free(world->heap);
	free(world->courses);
	free(world->outcomes);
	arena_close(&world->arena);
	free(world);
}

/* ---- figures ------------------------------------------------------------------------------ */

struct figures {
	unsigned requests, placed;
	double median_min, p90_min; /* of those placed */
	double half_min;            /* until half of all asked were placed; infinite: never */
	double gini, gini_within, gini_placed, asked, load;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double gini(double *values, unsigned n)
{
	double sum = 0, weighted = 0;

	qsort(values, n, sizeof(*values), by_value);
	for (unsigned i = 0; i < n; i++) {
		sum += values[i];
		weighted += (i + 1) * values[i];
	}
	return sum > 0 ? 2 * weighted / (n * sum) - (n + 1.0) / n : 0;
}

/* Of the organisations of a kind and area (0: all): their loads, with and without own work. */
static unsigned loads(const struct world *world, int kind, Area area, double *all, double *placed)
{
	const struct city *city = world->city;
	int64_t first = WARM_DAYS * 2, last = (city->days - AFTER_DAYS) * 2;
	unsigned n = 0;

	for (unsigned org = 0; org < ORGS; org++) {
		double own = 0, capacity = city->orgs[org].capacity;
		if ((kind >= 0 && city->orgs[org].kind != (unsigned)kind) ||
		    (area && city->orgs[org].area != area))
			continue;
		for (int64_t half = first; half < last; half++)
			own += city->orgs[org].own[half];
		placed[n] = world->place_ms[org] / (double)((last - first) * DAY_MS / 2) / capacity;
		all[n] = placed[n] + own / (double)(last - first) / capacity;
		n++;
	}
	return n;
}

static void spread(const struct world *world, int kind, struct figures *figures)
{
	double all[ORGS], placed[ORGS];
	unsigned n = loads(world, kind, AREA_UNSPECIFIED, all, placed), sum = 0;

	for (unsigned i = 0; i < n; i++)
		figures->load += all[i] / n;
	figures->gini = gini(all, n);
	figures->gini_placed = gini(placed, n);
	for (int k = 0; k < KINDS; k++)
		for (int area = AREA_NORTH; (kind < 0 || kind == k) && area <= AREA_SOUTH; area++) {
			n = loads(world, k, (Area)area, all, placed);
			figures->gini_within += n * gini(all, n);
			sum += n;
		}
	figures->gini_within /= sum;
}

/* kind -1: all. */
static struct figures reckon(const struct world *world, int kind, bool to_the_end)
{
	const struct city *city = world->city;
	struct figures figures = {0};
	double *minutes = need(calloc(city->n_requests, sizeof(*minutes)));

	for (unsigned i = 0; i < city->n_requests; i++) {
		const struct request *request = &city->requests[i];
		int64_t placed_ms = world->outcomes[i].placed_ms;
		int64_t end_ms = to_the_end ? request->end_ms : request->waves_end_ms;
		if (!request->counted || (kind >= 0 && request->kind != (unsigned)kind))
			continue;
		figures.requests++;
		figures.asked += world->outcomes[i].asked;
		if (!placed_ms || (is_ours(world->way) && placed_ms > end_ms))
			continue;
		minutes[figures.placed++] = (double)(placed_ms - request->asked_ms) / MINUTE_MS;
	}
	figures.asked /= figures.requests;
	qsort(minutes, figures.placed, sizeof(*minutes), by_value);
	if (figures.placed) {
		figures.median_min = minutes[figures.placed / 2];
		figures.p90_min = minutes[figures.placed * 9 / 10];
	}
	figures.half_min =
		figures.placed > figures.requests / 2 ? minutes[figures.requests / 2] : INFINITY;
	free(minutes);
	spread(world, kind, &figures);
	return figures;
}

static double share(const struct figures *figures)
{
	return 100.0 * figures->placed / figures->requests;
}

static void print_table(struct world *const worlds[WAYS], bool to_the_end)
{
	printf("\n%s\n"
	       "kind         way       asked  placed  unplaced  median    p90  half of all"
	       "   gini (in area, placed)  load  disturbed\n",
	       to_the_end ? "until everybody has been phoned, or the cut-off"
			  : "until our last wave ends");
	for (int kind = -1; kind < KINDS; kind++)
		for (unsigned way = 0; way < WAYS; way++) {
			if (!worlds[way])
				continue;
			struct figures f = reckon(worlds[way], kind, to_the_end);
			printf("%-12s %-8s %6u  %5.1f%%  %8u  %6.1f %6.0f  %11.1f  %.3f (%5.3f, "
			       "%5.3f)"
			       "   %5.2f  %9.1f\n",
			       kind < 0 ? "all" : kinds[kind].name, way_names[way], f.requests,
			       share(&f), f.requests - f.placed, f.median_min, f.p90_min,
			       f.half_min, f.gini, f.gini_within, f.gini_placed, f.load, f.asked);
		}
}

static const char *verdict(bool reached)
{
	return reached ? "reached" : "NOT REACHED";
}

static void print_verdict(struct world *const worlds[WAYS], bool to_the_end)
{
	struct figures random = reckon(worlds[RANDOM], -1, to_the_end);
	struct figures nearest = reckon(worlds[NEAREST], -1, to_the_end);

	for (unsigned way = OURS; way <= WITH_CENTRE; way++) {
		if (!worlds[way])
			continue;
		struct figures f = reckon(worlds[way], -1, to_the_end);
		printf("%s: more placed than both: %s; sooner than both: %s; "
		       "spread of load no worse than random's: %s\n",
		       way_names[way],
		       verdict(f.placed > random.placed && f.placed > nearest.placed),
		       verdict(f.median_min < random.median_min &&
			       f.median_min < nearest.median_min),
		       verdict(f.gini <= random.gini));
	}
}

static void print_brief(struct world *const worlds[WAYS], bool to_the_end)
{
	const struct settings *settings = &worlds[OURS]->city->settings;

	printf("%4llu %6u%% %5u%% %6u%%  %s", (unsigned long long)settings->seed,
	       settings->delay_percent, settings->stale_percent, settings->demand_percent,
	       to_the_end ? "all phoned" : "our waves ");
	for (unsigned way = 0; way < WAYS; way++) {
		if (!worlds[way]) {
			printf(" |                  ");
			continue;
		}
		struct figures f = reckon(worlds[way], -1, to_the_end);
		printf(" | %4.1f%% %4.1f %.3f", share(&f), f.median_min, f.gini);
	}
	putchar('\n');
}

static void print_head(const struct world *ours)
{
	const struct city *city = ours->city;

	printf("matching, seed %llu: %u requests in %lld weeks; of those who were asked the board "
	       "knew "
	       "%.0f %%; %u acceptances were not confirmed in time\n",
	       (unsigned long long)city->settings.seed, city->settings.requests,
	       (long long)(city->days - AFTER_DAYS - WARM_DAYS) / 7,
	       100.0 - 100.0 * ours->asked_unknown / ours->asked_offers, ours->not_confirmed);
}

static void compare(struct settings settings, bool brief)
{
	struct city *city = draw_city(settings);
	struct world *worlds[WAYS] = {run(city, OURS, true)};

	if (!brief)
		print_head(worlds[OURS]);
	for (int to_the_end = 0; to_the_end < 2; to_the_end++) {
		for (enum way way = to_the_end ? WITH_CENTRE : RANDOM; way < WAYS; way++)
			worlds[way] = run(city, way, to_the_end);
		if (brief) {
			print_brief(worlds, to_the_end);
		} else {
			print_table(worlds, to_the_end);
			print_verdict(worlds, to_the_end);
		}
		for (enum way way = WITH_CENTRE; way < WAYS; way++)
			end_run(worlds[way]);
	}
	fflush(stdout);
	end_run(worlds[OURS]);
	free(city->requests);
	free(city);
}

static void compare_all(struct settings settings)
{
	/* delays, stale, demand */
	static const unsigned others[][3] = {{50, 0, 40},   {200, 0, 40}, {100, 50, 40},
					     {200, 50, 40}, {100, 0, 30}, {100, 0, 50}};

	compare(settings, false);
	printf("\nplaced, median minutes, gini\n"
	       "seed  delays  stale  demand  until      | ours             | +centre          | "
	       "random"
	       "           | nearest\n");
	for (uint64_t seed = 1; seed <= 5; seed++) {
		settings.seed = seed;
		compare(settings, true);
	}
	settings.seed = 1;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		settings.delay_percent = others[i][0];
		settings.stale_percent = others[i][1];
		settings.demand_percent = others[i][2];
		compare(settings, true);
	}
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.seed = 1, .requests = 10000, .delay_percent = 100, .demand_percent = 40};
	bool brief = false;

	if (date_parse("2026-01-05", &start_ms))
		die("no start");
	for (int i = 1; i < argc; i += 2) {
		if (!strcmp(argv[i], "--brief")) {
			brief = true;
			i--;
			continue;
		}
		unsigned long value = i + 1 < argc ? strtoul(argv[i + 1], NULL, 10) : 0;
		if (!strcmp(argv[i], "--seed"))
			settings.seed = value;
		else if (!strcmp(argv[i], "--requests") && value >= 100 && value <= 50000)
			settings.requests = (unsigned)value;
		else if (!strcmp(argv[i], "--delay") && value && value <= 10000)
			settings.delay_percent = (unsigned)value;
		else if (!strcmp(argv[i], "--stale") && value <= 100)
			settings.stale_percent = (unsigned)value;
		else if (!strcmp(argv[i], "--demand") && value && value <= 100)
			settings.demand_percent = (unsigned)value;
		else
			die("usage: bench-matching [--seed N] [--requests N] [--delay PERCENT] "
			    "[--stale PERCENT] [--demand PERCENT] [--brief]");
	}
	if (argc == 1)
		compare_all(settings);
	else
		compare(settings, brief);
	return 0;
}
