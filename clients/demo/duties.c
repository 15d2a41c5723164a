#include "clients/demo/duties.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "error.h"

/* Of requests: each part counts from a number of its own, so that one which need not be repeated does
 * not move the others. */
#define DUTY_STEPS 1000000
#define PART_STEPS 1000
#define BLOCKED_DAYS 3 /* that a clinic blocks in each of the two months */
#define OPEN_DAY 3     /* days ahead: the swap that nobody has answered */
#define TAKEN_DAY 6    /* the one that was accepted */
#define GAP_DAY 9

enum part { PART_BLOCKS, PART_PLAN, PART_NOW, PART_OPEN, PART_TAKEN, PART_GAP };

static void begin(struct scenes *scenes, enum part part)
{
	scenes->step = DUTY_STEPS + (uint64_t)part * PART_STEPS;
}

static char *day_of(struct scenes *scenes, int ahead)
{
	char date[DATE_SIZE];

	date_day(date, scenes->begun_ms + ahead * DAY_MS);
	return city_text(scenes->city, date);
}

/* "2026-12", this month or the next. */
static char *month_of(struct scenes *scenes, int ahead)
{
	char *date = day_of(scenes, 0), first[DATE_SIZE];

	snprintf(first, sizeof(first), "%.7s-01", date);
	if (ahead)
		date_day(first, (date_days(first) + 31) * DAY_MS - JAPAN_OFFSET_MS);
	first[strlen("2026-12")] = '\0';
	return city_text(scenes->city, first);
}

static char *doctor(struct scenes *scenes, const char *organisation)
{
	return arena_printf(scenes->city->arena, "%s-doctor", organisation);
}

/* ---- blocked days, plan ------------------------------------------------------------------- */

/* Every third clinic, some days in a row. */
static int block_days(struct scenes *scenes)
{
	BlockDates request = BlockDates_INIT;
	int rc = 0;

	begin(scenes, PART_BLOCKS);
	request.organisation = city_text(scenes->city, "");
	for (unsigned clinic = 2; !rc && clinic <= CITY_ROUND_THE_CLOCK; clinic += 3) {
		request.n_dates = 0;
		for (int month = 0; !rc && month < 2; month++)
			for (int day = 0; !rc && day < BLOCKED_DAYS; day++)
				rc = arena_append(
					scenes->city->arena, &request.dates, &request.n_dates,
					day_of(scenes, 1 + (int)clinic % 20 + month * 25 + day));
		if (!rc)
			rc = scene_must(
				scenes,
				organisation_user(scenes->city, ORGANISATION_KIND_CLINIC, clinic),
				"rota", &request.base);
	}
	return rc;
}

static int plan_months(struct scenes *scenes)
{
	GenerateRota request = GenerateRota_INIT;
	int rc = 0;

	begin(scenes, PART_PLAN);
	request.seed = scenes->city->seed;
	for (int ahead = 0; !rc && ahead < 2; ahead++) {
		request.month = month_of(scenes, ahead);
		rc = scene_must(scenes, "centre-staff", "rota", &request.base);
	}
	return rc;
}

/* ---- what is there ------------------------------------------------------------------------ */

static int read_as(struct scenes *scenes, const char *user, const ProtobufCMessage *request,
		   const ProtobufCMessageDescriptor *type, ProtobufCMessage **message)
{
	Reply *reply;
	int rc = scene_call(scenes, user, "rota", request, &reply);

	if (!rc && reply->code != CODE_OK)
		rc = ERR_REFUSED;
	return rc ? rc
		  : codec_unpack(type, (struct bytes){ reply->body.data, reply->body.len },
				 scenes->city->arena, message);
}

/* The first weekday night from so many days ahead. */
static int night_from(struct scenes *scenes, int ahead, const Shift **out)
{
	ListShifts request = ListShifts_INIT;
	ProtobufCMessage *message;

	*out = NULL;
	request.from = day_of(scenes, ahead);
	request.until = day_of(scenes, ahead + 14);
	request.organisation = city_text(scenes->city, "");
	int rc = read_as(scenes, "admin", &request.base, &ShiftList_descriptor, &message);
	if (rc)
		return rc;
	const ShiftList *list = (const ShiftList *)(const void *)message;
	for (size_t i = 0; i < list->n_items; i++) {
		const Shift *shift = list->items[i];
		if (shift->kind == SHIFT_KIND_WEEKDAY_NIGHT &&
		    (!*out || strcmp(shift->date, (*out)->date) < 0))
			*out = shift;
	}
	return *out ? 0 : ERR_NOTFOUND;
}

/* The shift that runs already could not be planned any more: it is set by hand. */
static int set_now(struct scenes *scenes)
{
	SetShift request = SetShift_INIT;
	ListGaps gaps = ListGaps_INIT;
	ProtobufCMessage *message;

	begin(scenes, PART_NOW);
	gaps.days = 1;
	int rc = read_as(scenes, "admin", &gaps.base, &GapList_descriptor, &message);
	const GapList *list = rc ? NULL : (const GapList *)(const void *)message;
	for (size_t i = 0; !rc && i < list->n_items; i++) {
		const Gap *gap = list->items[i];
		if (gap->reason != GAP_REASON_NOT_PLANNED || gap->from_ms > scenes->begun_ms)
			continue;
		request.shift = gap->shift;
		request.second = gap->second;
		request.organisation = organisation_id(scenes->city, ORGANISATION_KIND_CLINIC,
						       gap->second ? 6 : 5);
		request.reason = city_text(scenes->city, "運用開始の日のため");
		begin(scenes, PART_NOW);
		scenes->step += gap->second ? 2 : 1;
		rc = scene_must(scenes, "admin", "rota", &request.base);
	}
	return rc;
}

/* ---- swaps -------------------------------------------------------------------------------- */

/* Who had it in the plan, also when the loading is repeated after they gave it away. */
static const char *planned_first(const Shift *shift)
{
	return shift->n_given_away_first ? shift->given_away_first[0] : shift->first;
}

static int ask_swap(struct scenes *scenes, int ahead, const char *text, char **id)
{
	AskSwap request = AskSwap_INIT;
	const Shift *shift;
	Reply *reply;

	int rc = night_from(scenes, ahead, &shift);
	if (rc)
		return rc;
	const char *asker = planned_first(shift);
	request.shift = shift->id;
	request.to = request.in_return = city_text(scenes->city, "");
	request.text = city_text(scenes->city, text);
	rc = scene_call(scenes, doctor(scenes, asker), "rota", &request.base, &reply);
	if (!rc && reply->code != CODE_OK)
		rc = ERR_REFUSED;
	if (!rc)
		*id = city_text(scenes->city, reply->id);
	return rc;
}

/* The first that can: others have no rest, or the other place. */
static int take_swap(struct scenes *scenes, char *id)
{
	AcceptSwap request = AcceptSwap_INIT;

	request.id = id;
	for (unsigned clinic = 7; clinic <= CITY_ROUND_THE_CLOCK; clinic++) {
		Reply *reply;
		int rc = scene_call(
			scenes, organisation_user(scenes->city, ORGANISATION_KIND_CLINIC, clinic),
			"rota", &request.base, &reply);
		if (rc || reply->code == CODE_OK)
			return rc;
	}
	return ERR_REFUSED;
}

static int leave_gap(struct scenes *scenes)
{
	SetShift request = SetShift_INIT;
	const Shift *shift;

	begin(scenes, PART_GAP);
	int rc = night_from(scenes, GAP_DAY, &shift);
	if (rc)
		return rc;
	request.shift = shift->id;
	request.second = true;
	request.organisation = city_text(scenes->city, "");
	request.reason = city_text(scenes->city, "急な休診のため。代わりを探しています");
	return scene_must(scenes, "admin", "rota", &request.base);
}

int city_duties(struct scenes *scenes)
{
	char *id;

	int rc = block_days(scenes);
	if (!rc)
		rc = plan_months(scenes);
	if (!rc)
		rc = set_now(scenes);
	begin(scenes, PART_OPEN);
	if (!rc)
		rc = ask_swap(scenes, OPEN_DAY, "学会に出るため、代わっていただけませんか", &id);
	begin(scenes, PART_TAKEN);
	if (!rc)
		rc = ask_swap(scenes, TAKEN_DAY, "家族の都合のため、お願いします", &id);
	if (!rc)
		rc = take_swap(scenes, id);
	return rc ? rc : leave_gap(scenes);
}
