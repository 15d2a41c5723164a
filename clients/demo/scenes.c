#include "clients/demo/scenes.h"

#include <stdio.h>
#include <time.h>

#include "clients/cli/key.h"
#include "clients/demo/duties.h"
#include "clients/demo/scene.h"
#include "clock.h"
#include "date.h"
#include "error.h"

#define HOUR_MS (3600LL * 1000)
#define MINUTE_MS (60LL * 1000)
#define SOON_MS 1500         /* a visit that is over when the rest is done */
#define TRIES 100            /* for what record tells referral, which may be under way */
#define TRY_MS 100
#define BOARD_STREAM 3000000 /* of the dice */
#define STEP_STREAM 4000000
#define FIRST_HOME 60        /* those before it are the stories' */

static void try_again_later(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = TRY_MS * 1000000L }, NULL);
}

/* ---- asking ------------------------------------------------------------------------------- */

/* Random bits from the city's dice, so that the same step bears the same id in every run. */
struct dice_clock {
	struct clock clock;
	struct dice dice;
};

static void dice_random(struct clock *clock, void *out, size_t size)
{
	struct dice_clock *self = (struct dice_clock *)(void *)clock;
	uint8_t *bytes = out;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)dice_below(&self->dice, 256);
}

static void step_id(struct scenes *scenes, char id[ID_SIZE])
{
	struct dice_clock chance = { .clock = { .random = dice_random },
				     .dice = dice_make(scenes->city->seed ^
							       (uint64_t)scenes->begun_ms,
						       STEP_STREAM + scenes->step++) };
	id_make(id, &chance.clock, scenes->begun_ms);
}

int scene_call(struct scenes *scenes, const char *user, const char *instance,
		const ProtobufCMessage *request, Reply **reply)
{
	char id[ID_SIZE];

	step_id(scenes, id);
	return pool_call(scenes->pool, user, instance, request, id, scenes->city->arena, reply);
}

int scene_must(struct scenes *scenes, const char *user, const char *instance,
		const ProtobufCMessage *request)
{
	Reply *reply;
	int rc = scene_call(scenes, user, instance, request, &reply);

	if (rc || reply->code == CODE_OK)
		return rc;
	progress_end(scenes->progress);
	complain("%s: %s %s", user, reply->field, reply->message_en);
	return ERR_REFUSED;
}

/* ---- the board ---------------------------------------------------------------------------- */

static const OrganisationKind on_board[] = { ORGANISATION_KIND_NURSE_STATION,
					     ORGANISATION_KIND_HOSPITAL, ORGANISATION_KIND_CLINIC };

/* Stations of the north are swamped on Mondays, those of the west on Thursdays, the south at the
 * end of the week; the others as it comes. */
static CapacityLevel level_on(struct dice *dice, Area area, unsigned weekday)
{
	static const unsigned busy[] = { [AREA_NORTH] = 1, [AREA_WEST] = 4, [AREA_SOUTH] = 5 };
	unsigned full = weekday == busy[area] ? 65 : weekday >= 6 ? 10 : 18;
	unsigned limited = weekday == busy[area] ? 25 : 32;
	unsigned lot = dice_below(dice, 100);

	return lot < full	     ? CAPACITY_LEVEL_FULL
	       : lot < full + limited ? CAPACITY_LEVEL_LIMITED
				      : CAPACITY_LEVEL_AVAILABLE;
}

static unsigned weekday_of(int64_t time_ms)
{
	return date_weekday((time_ms + JAPAN_OFFSET_MS) / DAY_MS);
}

/* What a station or hospital said from half past eight on that day, in order of time for all. */
static int history_of_day(struct scenes *scenes, int day, bool afternoon)
{
	int64_t from_ms = city_day_ms(scenes->city, day) +
			  (afternoon ? 13 * HOUR_MS : 8 * HOUR_MS + 30 * MINUTE_MS);
	AddCapacityHistory request = AddCapacityHistory_INIT;
	CapacityPeriod period = CapacityPeriod_INIT;
	int rc = 0;

	request.period = &period;
	for (size_t i = 0; !rc && i < scenes->city->n_organisations; i++) {
		const Organisation *organisation = scenes->city->organisations[i];
		struct dice dice =
			dice_make(scenes->city->seed,
				  BOARD_STREAM + (uint64_t)(day + 100) * 1000 + i * 2 + afternoon);
		if (organisation->kind != ORGANISATION_KIND_NURSE_STATION &&
		    organisation->kind != ORGANISATION_KIND_HOSPITAL)
			continue;
		if (dice_chance(&dice, 8))
			continue; /* that day nobody found the time */
		request.organisation = organisation->id;
		period.level = level_on(&dice, organisation->area, weekday_of(from_ms));
		period.from_ms = from_ms;
		period.to_ms = from_ms + (afternoon ? 5 * HOUR_MS : 4 * HOUR_MS + 30 * MINUTE_MS);
		rc = scene_must(scenes, "admin", "board", &request.base);
	}
	return rc;
}

static const Need station_needs[] = { NEED_OXYGEN, NEED_OPIOID_PUMP, NEED_TUBE_FEEDING,
				      NEED_DEMENTIA, NEED_PRESSURE_ULCER };
static const Need special_needs[] = { NEED_VENTILATOR, NEED_CENTRAL_LINE, NEED_DIALYSIS,
				      NEED_CHILDREN, NEED_NIGHT_VISIT };

static int say_needs(struct scenes *scenes, struct dice *dice, Capacity *capacity)
{
	const size_t usual = sizeof(station_needs) / sizeof(*station_needs);
	const size_t special = sizeof(special_needs) / sizeof(*special_needs);

	capacity->accepts = arena_alloc(scenes->city->arena, (usual + special) * sizeof(Need));
	if (!capacity->accepts)
		return ERR_NOMEM;
	capacity->n_accepts = 0;
	for (size_t i = 0; i < usual; i++)
		if (dice_chance(dice, 95))
			capacity->accepts[capacity->n_accepts++] = station_needs[i];
	for (size_t i = 0; i < special; i++)
		if (dice_chance(dice, 22))
			capacity->accepts[capacity->n_accepts++] = special_needs[i];
	return 0;
}

static int say_beds(struct scenes *scenes, struct dice *dice, Capacity *capacity)
{
	static const BedKind kinds[] = { BED_KIND_ACUTE, BED_KIND_COMMUNITY_CARE,
					 BED_KIND_PALLIATIVE };
	int rc = 0;

	capacity->n_beds = 0;
	for (size_t i = 0; !rc && capacity->level != CAPACITY_LEVEL_FULL && i < 3; i++) {
		FreeBeds *beds = NEW(FreeBeds, scenes->city->arena);
		if (!beds)
			return ERR_NOMEM;
		beds->kind = kinds[i];
		beds->sex = dice_chance(dice, 30) ? PATIENT_SEX_FEMALE : PATIENT_SEX_UNSPECIFIED;
		beds->count = dice_below(dice, capacity->level == CAPACITY_LEVEL_AVAILABLE ? 5 : 2);
		if (beds->count)
			rc = arena_append(scenes->city->arena, &capacity->beds, &capacity->n_beds,
					  beds);
	}
	return rc;
}

/* Until this evening, or, said in the evening, until tomorrow's. */
static int64_t evening_ms(const struct scenes *scenes)
{
	int64_t end_ms = city_day_ms(scenes->city, 0) + 18 * HOUR_MS;
	return end_ms > scenes->begun_ms + HOUR_MS ? end_ms : end_ms + DAY_MS;
}

static int say_now(struct scenes *scenes, const Organisation *organisation, unsigned number,
		   struct dice *dice)
{
	SetCapacity request = SetCapacity_INIT;
	Capacity capacity = Capacity_INIT;
	FreeVisits visits = FreeVisits_INIT;
	bool busy;

	request.capacity = &capacity;
	capacity.level = level_on(dice, organisation->area, weekday_of(scenes->begun_ms));
	capacity.valid_until_ms = evening_ms(scenes);
	busy = capacity.level == CAPACITY_LEVEL_FULL;
	int rc = say_needs(scenes, dice, &capacity);
	if (!rc && organisation->kind == ORGANISATION_KIND_HOSPITAL)
		rc = say_beds(scenes, dice, &capacity);
	if (organisation->kind == ORGANISATION_KIND_NURSE_STATION) {
		visits.today = busy ? 0 : dice_below(dice, 4);
		visits.week = busy ? dice_below(dice, 2) : visits.today + 1 + dice_below(dice, 6);
		capacity.free_visits = &visits;
	}
	if (organisation->kind == ORGANISATION_KIND_CLINIC)
		capacity.new_patients = busy ? NEW_PATIENTS_NOT_NOW : NEW_PATIENTS_WELCOME;
	if (organisation->kind == ORGANISATION_KIND_NURSE_STATION && number % 5 == 2)
		capacity.remark = city_text(scenes->city, "午前は余裕があります");
	return rc ? rc
		  : scene_must(scenes, organisation_user(scenes->city, organisation->kind, number),
			 "board", &request.base);
}

/* A few have not said anything today: their rows are unknown. */
static int board_now(struct scenes *scenes)
{
	int rc = 0;

	for (size_t k = 0; !rc && k < sizeof(on_board) / sizeof(*on_board); k++) {
		unsigned number = 0;
		for (size_t i = 0; !rc && i < scenes->city->n_organisations; i++) {
			const Organisation *organisation = scenes->city->organisations[i];
			struct dice dice = dice_make(scenes->city->seed, BOARD_STREAM + i);
			if (organisation->kind != on_board[k])
				continue;
			number++;
			if (number % 11 != 7)
				rc = say_now(scenes, organisation, number, &dice);
		}
	}
	return rc;
}

/* ---- requests ----------------------------------------------------------------------------- */

/* A home whose patient has consented and whose team has those workers; each is used once. */
static const struct home *next_home(struct scenes *scenes, size_t *from, enum demo_worker asker)
{
	const struct city *city = scenes->city;

	for (size_t i = *from; i < city->n_homes; i++)
		if (city->homes[i]->consent_on[0] && city->homes[i]->workers[asker] &&
		    !city->homes[i]->away) {
			*from = i + 1;
			return city->homes[i];
		}
	return NULL;
}

struct story {
	ReferralKind kind;
	enum demo_worker asker;
	bool urgent;
	Need need;              /* unspecified: none */
	int64_t wished_ms;      /* from the scenes' beginning; 0: none */
	int64_t from_ms, to_ms; /* the same, of visits */
	uint32_t times;
	unsigned accepts;       /* how many of those who are asked accept */
	unsigned declines;      /* how many after them decline */
	bool confirm, report, cancel;
	const char *outcome;    /* the centre closes it */
};

#define DAY(n) ((n) * DAY_MS)

static const struct story stories[SCENES_REFERRALS] = {
	/* Over when the others are done: it stands first. */
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE,
	  .from_ms = SOON_MS, .to_ms = 2 * HOUR_MS,
	  .accepts = 1, .confirm = true, .report = true,
	  .outcome = "近くのステーションが訪問した" },
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE, .need = NEED_PRESSURE_ULCER,
	  .from_ms = DAY(1), .to_ms = DAY(1) + 2 * HOUR_MS },
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE,
	  .from_ms = DAY(2), .to_ms = DAY(2) + 2 * HOUR_MS,
	  .accepts = 2 },
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE,
	  .from_ms = 20 * HOUR_MS, .to_ms = 22 * HOUR_MS,
	  .accepts = 1, .confirm = true },
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE, .need = NEED_TUBE_FEEDING,
	  .from_ms = DAY(3), .to_ms = DAY(3) + HOUR_MS, .times = 4,
	  .accepts = 1, .confirm = true },
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE,
	  .from_ms = DAY(4), .to_ms = DAY(4) + HOUR_MS,
	  .cancel = true },
	{ .kind = REFERRAL_KIND_VISIT, .asker = NURSE, .urgent = true, .need = NEED_OPIOID_PUMP,
	  .from_ms = HOUR_MS, .to_ms = 3 * HOUR_MS },
	{ .kind = REFERRAL_KIND_BACKUP_BED, .asker = DOCTOR, .urgent = true, .need = NEED_OXYGEN,
	  .declines = 1 },
	{ .kind = REFERRAL_KIND_BACKUP_BED, .asker = DOCTOR,
	  .accepts = 1, .declines = 1, .confirm = true },
	{ .kind = REFERRAL_KIND_HOME_DOCTOR, .asker = CARE_MANAGER, .need = NEED_DEMENTIA,
	  .wished_ms = DAY(21), .declines = 1 },
	{ .kind = REFERRAL_KIND_HOME_DOCTOR, .asker = CARE_MANAGER,
	  .wished_ms = DAY(30), .accepts = 3 },
	{ .kind = REFERRAL_KIND_HOME_DOCTOR, .asker = CARE_MANAGER,
	  .wished_ms = DAY(14), .accepts = 1, .confirm = true },
	{ .kind = REFERRAL_KIND_BACKUP_BED, .asker = DOCTOR, .need = NEED_DIALYSIS,
	  .wished_ms = 8 * MINUTE_MS, .outcome = "隣の市の病院が受け入れた" },
};

/* Who is asked, as the asker sees it. */
static int shown(struct scenes *scenes, const char *user, char *id, Referral **out)
{
	ShowReferral request = ShowReferral_INIT;
	ProtobufCMessage *message;
	Reply *reply;

	request.id = id;
	int rc = scene_call(scenes, user, "referral", &request.base, &reply);
	if (!rc && reply->code != CODE_OK)
		rc = ERR_REFUSED;
	if (!rc)
		rc = codec_unpack(&Referral_descriptor,
				  (struct bytes){ reply->body.data, reply->body.len },
				  scenes->city->arena, &message);
	if (!rc)
		*out = (Referral *)(void *)message;
	return rc;
}

/* "clinic07" -> "clinic07-doctor" */
static char *answerer(struct scenes *scenes, ReferralKind kind, const char *organisation)
{
	const char *job = kind == REFERRAL_KIND_HOME_DOCTOR  ? "doctor"
			  : kind == REFERRAL_KIND_BACKUP_BED ? "liaison"
							     : "nurse";
	return arena_printf(scenes->city->arena, "%s-%s", organisation, job);
}

/* What record tells of the patient may be under way: asked again, under another id each time. */
static int ask(struct scenes *scenes, const char *user, const AskReferral *request,
	       char id[ID_SIZE])
{
	Reply *reply = NULL;
	int rc = 0;

	for (int i = 0; !rc && i < TRIES; i++) {
		rc = scene_call(scenes, user, "referral", &request->base, &reply);
		if (rc || reply->code == CODE_OK || reply->code == CODE_INVALID_ARGUMENT)
			break;
		try_again_later();
	}
	if (rc || reply->code == CODE_OK || reply->code == CODE_INVALID_ARGUMENT) {
		/* Invalid: of an interrupted loading, whose visit has begun meanwhile. */
		snprintf(id, ID_SIZE, "%s", !rc && reply->code == CODE_OK ? reply->id : "");
		return rc;
	}
	progress_end(scenes->progress);
	complain("%s: %s %s", user, reply->field, reply->message_en);
	return ERR_REFUSED;
}

static int answer(struct scenes *scenes, const struct story *story, const Referral *referral)
{
	AcceptReferral accept = AcceptReferral_INIT;
	DeclineReferral decline = DeclineReferral_INIT;
	int rc = 0;

	accept.id = decline.id = referral->id;
	decline.reason = DECLINE_REASON_NO_CAPACITY;
	for (size_t i = 0; !rc && i < referral->n_offers && i < story->accepts + story->declines;
	     i++)
		rc = scene_must(scenes, answerer(scenes, story->kind, referral->offers[i]->organisation),
			  "referral", i < story->accepts ? &accept.base : &decline.base);
	return rc;
}

static int until_confirmed(struct scenes *scenes, const char *user, char *id)
{
	Referral *referral = NULL;
	int rc = 0;

	for (int i = 0; !rc && i < TRIES; i++) {
		rc = shown(scenes, user, id, &referral);
		if (rc || referral->state != REFERRAL_STATE_CONFIRMING)
			return rc;
		try_again_later();
	}
	return rc;
}

static int play(struct scenes *scenes, const struct story *story, const struct home *home,
		char id[ID_SIZE])
{
	const char *user = home->workers[story->asker];
	union { const char *in; char *out; } patient = { .in = home->id };
	AskReferral request = AskReferral_INIT;
	ConfirmReferral confirm = ConfirmReferral_INIT;
	CancelReferral cancel = CancelReferral_INIT;
	Need need = story->need;
	Referral *referral;

	request.kind = story->kind;
	request.patient = patient.out;
	request.urgent = story->urgent;
	request.needs = &need;
	request.n_needs = need != NEED_UNSPECIFIED;
	request.wished_ms = story->wished_ms ? scenes->begun_ms + story->wished_ms : 0;
	request.from_ms = story->from_ms ? scenes->begun_ms + story->from_ms : 0;
	request.to_ms = story->to_ms ? scenes->begun_ms + story->to_ms : 0;
	request.times = story->times;
	int rc = ask(scenes, user, &request, id);
	if (rc || !id[0])
		return rc;
	(*scenes->referrals)++;
	confirm.id = cancel.id = id;
	rc = shown(scenes, user, id, &referral);
	if (!rc)
		rc = answer(scenes, story, referral);
	if (!rc && story->confirm)
		rc = scene_must(scenes, user, "referral", &confirm.base);
	if (!rc && story->confirm)
		rc = until_confirmed(scenes, user, id);
	if (!rc && story->cancel)
		rc = scene_must(scenes, user, "referral", &cancel.base);
	return rc;
}

static int report(struct scenes *scenes, const struct story *story, const struct home *home,
		  char *id)
{
	ReportReferral request = ReportReferral_INIT;
	Referral *referral;
	int rc = shown(scenes, home->workers[story->asker], id, &referral);

	while (!rc &&
	       clock_system->wall_ms(clock_system) < scenes->begun_ms + story->from_ms + TRY_MS)
		try_again_later();
	request.id = id;
	request.text = city_text(
		scenes->city, "訪問し、全身状態の観察と服薬の確認をしました。変わりありません。");
	if (!rc)
		rc = scene_must(scenes, answerer(scenes, story->kind, referral->taker), "referral",
			  &request.base);
	*scenes->reports += rc == 0;
	return rc;
}

static int play_all(struct scenes *scenes)
{
	const struct home *homes[SCENES_REFERRALS];
	char ids[SCENES_REFERRALS][ID_SIZE];
	size_t from = FIRST_HOME;
	int rc = 0;

	for (size_t i = 0; !rc && i < SCENES_REFERRALS; i++) {
		homes[i] = next_home(scenes, &from, stories[i].asker);
		rc = homes[i] ? play(scenes, &stories[i], homes[i], ids[i]) : ERR_NOTFOUND;
		progress_show(scenes->progress, "依頼", i + 1, SCENES_REFERRALS);
	}
	for (size_t i = 0; !rc && i < SCENES_REFERRALS; i++)
		if (stories[i].report && ids[i][0])
			rc = report(scenes, &stories[i], homes[i], ids[i]);
	for (size_t i = 0; !rc && i < SCENES_REFERRALS; i++) {
		CloseReferral close = CloseReferral_INIT;
		if (!stories[i].outcome || !ids[i][0])
			continue;
		close.id = ids[i];
		close.outcome = city_text(scenes->city, stories[i].outcome);
		rc = scene_must(scenes, "centre-staff", "referral", &close.base);
	}
	return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

/* An interrupted loading goes on with the moment at which its scenes began. */
static int take_moment(struct scenes *scenes, const char *state)
{
	struct city *city = scenes->city;
	const char *path = arena_printf(city->arena, "%s/demo-scenes", state);
	const char *text = file_read(city->arena, path);
	long long begun_ms;

	if (text && sscanf(text, "%lld", &begun_ms) == 1) {
		scenes->begun_ms = begun_ms;
		return 0;
	}
	scenes->begun_ms = clock_system->wall_ms(clock_system);
	int rc = file_write(path,
			    arena_printf(city->arena, "%lld\n", (long long)scenes->begun_ms), 0600);
	if (rc)
		complain("%s cannot be written", path);
	return rc;
}

static int scenes_open(struct scenes *scenes, const char *state)
{
	scenes->pool = pool_open(arena_printf(scenes->city->arena, "%s/accounts", state));
	return scenes->pool ? take_moment(scenes, state) : ERR_NOMEM;
}

int city_rota(struct city *city, const char *state, struct progress *progress)
{
	struct scenes scenes = { .city = city, .progress = progress };

	int rc = scenes_open(&scenes, state);
	if (!rc)
		rc = city_duties(&scenes);
	pool_free(scenes.pool);
	return rc;
}

int city_scenes(struct city *city, const char *state, struct progress *progress, size_t *referrals,
		size_t *reports)
{
	struct scenes scenes = { .city = city, .progress = progress, .referrals = referrals,
				 .reports = reports };

	*referrals = *reports = 0;
	int rc = scenes_open(&scenes, state);
	for (int day = -SCENES_DAYS; !rc && day < 0; day++) {
		rc = history_of_day(&scenes, day, false);
		if (!rc)
			rc = history_of_day(&scenes, day, true);
		progress_show(progress, "空き状況", (size_t)(day + SCENES_DAYS + 1), SCENES_DAYS);
	}
	if (!rc)
		rc = board_now(&scenes);
	if (!rc)
		rc = play_all(&scenes);
	pool_free(scenes.pool);
	return rc;
}
