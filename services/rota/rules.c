#include "rules.h"

#include <string.h>

#include "date.h"
#include "duty.h"
#include "text.h"

#define DAY_MINUTES 1440

static int denied(const struct input *in, const char *ja, const char *en)
{
	return refuse(in, CODE_PERMISSION_DENIED, "", ja, en);
}

static int invalid(const struct input *in, const char *field, const char *ja, const char *en)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field, ja, en);
}

static bool administrator(const struct input *in)
{
	return in->actor.profession == PROFESSION_ADMINISTRATOR;
}

/* ---- settings ----------------------------------------------------------------------------- */

static int check_clock(const struct input *in, const Clock *clock, const char *field)
{
	if (!clock)
		return invalid(in, field, "始まりと終わりの時刻を入れてください。",
			       "Give the times of its beginning and end.");
	if (clock->from_minute >= DAY_MINUTES || clock->until_minute >= DAY_MINUTES)
		return invalid(in, field, "時刻は0時0分から23時59分までで入れてください。",
			       "Give times between 0:00 and 23:59.");
	return 0;
}

static int check_number(const struct input *in, uint32_t number, uint32_t most, const char *field)
{
	if (number >= 1 && number <= most)
		return 0;
	return invalid(in, field,
		       arena_printf(in->arena, "1から%uまでの数を入れてください。", most),
		       arena_printf(in->arena, "Give a number from 1 to %u.", most));
}

int rota_settings_set(const struct input *in, const struct settings_rule *view,
		      const SetRotaSettings *request, RotaSettingsSet *fact)
{
	const RotaSettings *settings = request->settings;

	(void)view;
	if (!administrator(in))
		return denied(in, "当番表の設定を変えられるのは、管理者だけです。",
			      "Only administrators change the settings of the rota.");
	if (!settings)
		return invalid(in, "settings", "設定を入れてください。", "Give the settings.");
	int rc = check_clock(in, settings->weekday_night, "settings.weekday_night");
	if (!rc)
		rc = check_clock(in, settings->saturday_afternoon, "settings.saturday_afternoon");
	if (!rc)
		rc = check_clock(in, settings->holiday_day, "settings.holiday_day");
	if (!rc)
		rc = check_clock(in, settings->holiday_night, "settings.holiday_night");
	if (!rc)
		rc = check_number(in, settings->rest_hours, REST_HOURS_MAX, "settings.rest_hours");
	if (!rc)
		rc = check_number(in, settings->most_a_month, MOST_A_MONTH_MAX,
				  "settings.most_a_month");
	if (!rc)
		rc = check_number(in, settings->enhanced_weight, ENHANCED_WEIGHT_MAX,
				  "settings.enhanced_weight");
	if (!rc)
		rc = check_number(in, settings->year_begins_month, 12,
				  "settings.year_begins_month");
	fact->settings = request->settings;
	return rc;
}

/* ---- blocked days ------------------------------------------------------------------------- */

static int check_date(const struct input *in, const char *date, size_t at)
{
	char today[DATE_SIZE];
	const char *field = arena_printf(in->arena, "dates[%zu]", at);

	date_day(today, in->now_ms);
	if (!date_valid_full(date))
		return invalid(in, field, "日付を「2026-12-31」の形で入れてください。",
			       "Give the date as 2026-12-31.");
	if (strcmp(date, today) < 0)
		return invalid(in, field, "過ぎた日は不可日にできません。", "That day is over.");
	if (date_days(date) * DAY_MS - JAPAN_OFFSET_MS > in->now_ms + ROTA_AHEAD_MS)
		return invalid(in, field, "不可日は400日先まで入れられます。",
			       "Days can be blocked for at most 400 days ahead.");
	return 0;
}

int dates_block(const struct input *in, const struct block_rule *view, const BlockDates *request,
		DatesBlocked *fact)
{
	const char *own = in->actor.organisation;
	const char *organisation = *request->organisation ? request->organisation : own;
	Profession profession = in->actor.profession;
	bool theirs = !strcmp(organisation, own) &&
		      (profession == PROFESSION_DOCTOR || profession == PROFESSION_NURSE);

	if (!theirs && !administrator(in))
		return denied(
			in, "不可日を入れられるのは、その診療所の医師・看護師と管理者です。",
			"Doctors and nurses of the clinic, and administrators, block its days.");
	if (!view->member)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "organisation",
			"この事業所は24時間体制に参加していません。",
			"This organisation does not take part in the round-the-clock network.");
	if (!request->n_dates || request->n_dates > BLOCKS_MAX)
		return invalid(in, "dates", "日付を1日から62日まで入れてください。",
			       "Give 1 to 62 dates.");
	for (size_t i = 0; i < request->n_dates; i++) {
		int rc = check_date(in, request->dates[i], i);
		if (rc)
			return rc;
	}
	fact->organisation = arena_string(in->arena, organisation);
	fact->dates = request->dates;
	fact->n_dates = request->n_dates;
	fact->free = request->free;
	return 0;
}

/* ---- by hand ------------------------------------------------------------------------------ */

static int check_set(const struct input *in, const struct set_rule *view, const SetShift *request)
{
	if (!administrator(in))
		return denied(in, "当番を直接決められるのは、管理者だけです。",
			      "Only administrators set a shift by hand.");
	if (!view->shift || view->shift->dropped)
		return refuse(in, CODE_NOT_FOUND, "shift",
			      "その枠はありません。日付・枠・圏域を確かめてください。",
			      "There is no such shift: check date, kind and area.");
	if (view->shift->until_ms <= in->now_ms)
		return refuse(in, CODE_FAILED_PRECONDITION, "shift", "その枠はもう終わっています。",
			      "That shift is over.");
	if (*request->organisation && !view->member)
		return invalid(in, "organisation",
			       "24時間体制に参加している診療所を選んでください。",
			       "Choose a clinic that takes part in the round-the-clock network.");
	if (text_blank(request->reason) || strlen(request->reason) > ROTA_TEXT_BYTES)
		return invalid(in, "reason", "理由を500バイト以内で入れてください。",
			       "Give the reason, within 500 bytes.");
	return 0;
}

int shift_set(const struct input *in, const struct set_rule *view, const SetShift *request,
	      ShiftSet *fact)
{
	int rc = check_set(in, view, request);

	if (rc)
		return rc;
	Shift *shift = shift_copy(in->arena, view->shift);
	if (!shift)
		return ERR_NOMEM;
	if (!view->planned)
		shift->first_gap = shift->second_gap = GAP_REASON_NOT_PLANNED;
	else
		shift->sequence++;
	fact->before = arena_string(in->arena, duty_holder(shift, request->second));
	rc = duty_give(in->arena, shift, request->second, request->organisation,
		       GAP_REASON_REMOVED_BY_HAND, in->now_ms);
	shift->by_hand = true;
	shift->reason = request->reason;
	fact->shift = shift;
	fact->second = request->second;
	return rc;
}

/* ---- calendars ---------------------------------------------------------------------------- */

int calendar_subscribe(const struct input *in, const struct subscribe_rule *view,
		       const SubscribeCalendar *request, CalendarSubscribed *fact)
{
	Calendar *calendar;

	if (!view->organisation)
		return refuse(in, CODE_NOT_FOUND, "organisation", "その事業所は登録されていません。",
			      "There is no such organisation.");
	for (size_t i = 0; i < view->n_calendars; i++) {
		calendar = view->calendars[i];
		if (calendar->english == request->english &&
		    !strcmp(calendar->organisation, request->organisation)) {
			fact->calendar = calendar;
			return 0;
		}
	}
	if (view->n_calendars >= CALENDARS_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
			      "カレンダーの購読は10件までです。使っていない購読を終えてください。",
			      "There are at most 10 calendars a person. End one that is not used.");
	calendar = NEW(Calendar, in->arena);
	if (!calendar)
		return ERR_NOMEM;
	calendar->id = arena_string(in->arena, in->id);
	calendar->user = arena_string(in->arena, in->actor.user);
	calendar->organisation = request->organisation;
	calendar->english = request->english;
	calendar->address = arena_string(in->arena, view->address);
	calendar->made_ms = in->now_ms;
	fact->calendar = calendar;
	return 0;
}

int calendar_stop(const struct input *in, const struct end_calendar_rule *view,
		  const EndCalendar *request, CalendarEnded *fact)
{
	if (!view->known)
		return refuse(in, CODE_NOT_FOUND, "id", "ご自分の購読に、そのIDはありません。",
			      "None of your calendars has this id.");
	fact->id = request->id;
	fact->user = arena_string(in->arena, in->actor.user);
	return 0;
}

/* ---- the week ----------------------------------------------------------------------------- */

static int add_once(struct arena *arena, char ***list, size_t *n, char *organisation)
{
	if (!*organisation)
		return 0;
	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*list)[i], organisation))
			return 0;
	return arena_append(arena, list, n, organisation);
}

int week_tell(const struct input *in, const struct week_rule *view, const WeekDue *due,
	      WeekTold *fact)
{
	int rc = 0;

	/* After a long stop, duties that are over are no news. */
	for (size_t i = 0; !rc && i < view->n_shifts; i++) {
		const Shift *shift = view->shifts[i];
		if (shift->dropped || shift->until_ms <= in->now_ms)
			continue;
		rc = add_once(in->arena, &fact->organisations, &fact->n_organisations,
			      shift->first);
		if (!rc)
			rc = add_once(in->arena, &fact->organisations, &fact->n_organisations,
				      shift->second);
	}
	fact->monday = due->monday;
	fact->plan_ends = view->plan_ends && fact->n_organisations;
	return rc ? rc : fact->n_organisations ? 0 : ERR_NOTHING;
}

/* ---- gaps --------------------------------------------------------------------------------- */

static bool same_gaps(const GapsTold *told, Gap *const *gaps, size_t n_gaps)
{
	if (told->n_gaps != n_gaps)
		return false;
	for (size_t i = 0; i < n_gaps; i++)
		if (told->gaps[i]->second != gaps[i]->second ||
		    told->gaps[i]->reason != gaps[i]->reason ||
		    strcmp(told->gaps[i]->organisation, gaps[i]->organisation))
			return false;
	return true;
}

static size_t of_same_shift(Gap *const *gaps, size_t n)
{
	size_t same = 1;

	while (same < n && !strcmp(gaps[same]->shift, gaps[0]->shift))
		same++;
	return same;
}

static bool among(Gap *const *gaps, size_t n, const char *shift)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(gaps[i]->shift, shift))
			return true;
	return false;
}

static const GapsTold *told_of(const struct gaps_rule *view, const char *shift)
{
	for (size_t i = 0; i < view->n_told; i++)
		if (!strcmp(view->told[i]->shift, shift))
			return view->told[i];
	return NULL;
}

/* Of one shift, the first of which the centre does not know how it stands; the fact makes this due
 * again. */
int gaps_tell(const struct input *in, const struct gaps_rule *view, const GapsDue *due,
	      GapsTold *fact)
{
	static const GapsTold nothing_told = GapsTold_INIT;
	Gap **gaps = NULL;
	size_t n_gaps = 0;
	int rc = gap_list(&view->span, false, in->now_ms, in->arena, &gaps, &n_gaps);

	(void)due;
	if (rc)
		return rc;
	for (size_t i = 0, same; i < n_gaps; i += same) {
		same = of_same_shift(gaps + i, n_gaps - i);
		const GapsTold *told = told_of(view, gaps[i]->shift);
		if (same_gaps(told ? told : &nothing_told, gaps + i, same))
			continue;
		fact->shift = gaps[i]->shift;
		for (size_t k = i; !rc && k < i + same; k++)
			rc = arena_append(in->arena, &fact->gaps, &fact->n_gaps, gaps[k]);
		return rc;
	}
	for (size_t i = 0; i < view->n_told; i++)
		if (!among(gaps, n_gaps, view->told[i]->shift)) {
			fact->shift = view->told[i]->shift;
			return 0;
		}
	return ERR_NOTHING;
}

/* ---- the public state --------------------------------------------------------------------- */

static char *phone(struct arena *arena, const Organisation *organisation)
{
	return arena_string(arena, organisation ? organisation->phone : "");
}

static bool same_state(const DutyState *a, const DutyState *b)
{
	return a->from_ms == b->from_ms && a->until_ms == b->until_ms &&
	       !strcmp(a->first, b->first) && !strcmp(a->second, b->second) &&
	       !strcmp(a->first_phone, b->first_phone) && !strcmp(a->second_phone, b->second_phone);
}

int duty_state_tell(const struct input *in, const struct state_rule *view, const DutyStateDue *due,
		    DutyStateTold *fact)
{
	DutyState *state = NEW(DutyState, in->arena);
	const Shift *now = view->now, *next = view->next;

	if (!state)
		return ERR_NOMEM;
	state->area = due->area;
	if (now) {
		state->from_ms = now->from_ms;
		state->until_ms = now->until_ms;
		state->first = now->first;
		state->second = now->second;
		state->first_phone = phone(in->arena, view->first);
		state->second_phone = phone(in->arena, view->second);
	}
	fact->state = state;
	fact->next_ms = now ? now->until_ms : next ? next->from_ms : 0;
	if (now && next && next->from_ms < fact->next_ms)
		fact->next_ms = next->from_ms;
	if (!view->row)
		return now || next ? 0 : ERR_NOTHING;
	return view->row->next_ms == fact->next_ms && same_state(view->row->state, state)
		       ? ERR_NOTHING
		       : 0;
}
