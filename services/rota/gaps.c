#include "gaps.h"

#include <string.h>

#include "date.h"
#include "duty.h"

#define HOUR_MS (3600LL * 1000)

int64_t gap_margin_days(const RotaSettings *settings)
{
	return settings->rest_hours / 24 + 3; /* a shift lasts a day at most */
}

Gap *gap_new(struct arena *arena, const Shift *shift, bool second, GapReason reason)
{
	Gap *gap = NEW(Gap, arena);

	if (!gap)
		return NULL;
	gap->shift = shift->id;
	gap->second = second;
	gap->reason = reason;
	gap->date = shift->date;
	gap->kind = shift->kind;
	gap->area = shift->area;
	gap->from_ms = shift->from_ms;
	gap->until_ms = shift->until_ms;
	return gap;
}

static void detail_rest(struct arena *arena, Gap *gap, const Shift *other, uint32_t rest_hours)
{
	gap->detail_ja = arena_printf(arena, "%sの当番から%u時間の休みがありません。", other->date,
				      rest_hours);
	gap->detail_en = arena_printf(arena, "Less than %u hours of rest from the duty of %s.",
				      rest_hours, other->date);
}

static void detail_at_once(struct arena *arena, Gap *gap, const Shift *other)
{
	gap->detail_ja = arena_printf(arena, "同じ時間に別の当番（%s）に入っています。", other->id);
	gap->detail_en =
		arena_printf(arena, "Is on another shift at the same time (%s).", other->id);
}

/* Of a place that somebody has. NULL in *out: all is well. */
static int conflict(const struct span *span, size_t at, bool second, struct arena *arena, Gap **out)
{
	const struct place_known *known = &span->known[at][second];
	const Shift *shift = span->shifts[at], *other = NULL;
	GapReason reason = GAP_REASON_UNSPECIFIED;
	enum clash clash = duty_clash(span->shifts, span->n_shifts, at, second,
				      span->settings->rest_hours * HOUR_MS, true, &other);

	*out = NULL;
	if (known->left)
		reason = GAP_REASON_CLINIC_LEFT;
	else if (clash == CLASH_PLACES)
		reason = GAP_REASON_BOTH_PLACES;
	else if (clash == CLASH_AT_ONCE)
		reason = GAP_REASON_TWO_AT_ONCE;
	else if (clash == CLASH_REST)
		reason = GAP_REASON_REST_TOO_SHORT;
	else if (known->blocked)
		reason = GAP_REASON_ON_BLOCKED_DAY;
	if (!reason)
		return 0;
	Gap *gap = gap_new(arena, shift, second, reason);
	if (!gap)
		return ERR_NOMEM;
	gap->organisation = arena_string(arena, duty_holder(shift, second));
	if (reason == GAP_REASON_TWO_AT_ONCE)
		detail_at_once(arena, gap, other);
	else if (reason == GAP_REASON_REST_TOO_SHORT)
		detail_rest(arena, gap, other, span->settings->rest_hours);
	*out = gap;
	return 0;
}

static int of_place(const struct span *span, size_t at, bool second, struct arena *arena, Gap **out)
{
	const Shift *shift = span->shifts[at];
	const Gap *detail = span->known[at][second].detail;

	if (*duty_holder(shift, second))
		return conflict(span, at, second, arena, out);
	GapReason reason = second ? shift->second_gap : shift->first_gap;
	*out = gap_new(arena, shift, second, reason ? reason : GAP_REASON_NOT_PLANNED);
	if (!*out)
		return ERR_NOMEM;
	if (detail) {
		(*out)->detail_ja = detail->detail_ja;
		(*out)->detail_en = detail->detail_en;
	} else if (reason == GAP_REASON_REMOVED_BY_HAND) {
		(*out)->detail_ja = (*out)->detail_en = shift->reason;
	}
	return 0;
}

static const Shift *planned(const struct span *span, const char *id)
{
	for (size_t i = 0; i < span->n_shifts; i++)
		if (!strcmp(span->shifts[i]->id, id) && !span->shifts[i]->dropped)
			return span->shifts[i];
	return NULL;
}

/* Under the settings of before: a shift of the city in place of those of the areas, or the reverse. */
static bool covered(const struct span *span, const Shift *wanted)
{
	unsigned areas = 0, all = 1U << AREA_NORTH | 1U << AREA_WEST | 1U << AREA_SOUTH;

	for (size_t i = 0; i < span->n_shifts; i++) {
		const Shift *shift = span->shifts[i];
		if (shift->dropped || shift->from_ms > wanted->from_ms ||
		    shift->until_ms < wanted->until_ms)
			continue;
		if (!shift->area || shift->area == wanted->area)
			return true;
		areas |= 1U << shift->area;
	}
	return !wanted->area && areas == all;
}

static int add(struct arena *arena, Gap ***gaps, size_t *n_gaps, Gap *gap)
{
	return gap ? arena_append(arena, gaps, n_gaps, gap) : 0;
}

static int add_planned(const struct span *span, int64_t now_ms, struct arena *arena, Gap ***gaps,
		       size_t *n_gaps)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < span->n_shifts; i++) {
		const Shift *shift = span->shifts[i];
		int64_t day = date_days(shift->date);
		if (shift->dropped || shift->until_ms <= now_ms || day < span->first_day ||
		    day > span->last_day)
			continue;
		for (int second = 0; !rc && second < 2; second++) {
			Gap *gap;
			rc = of_place(span, i, second, arena, &gap);
			if (!rc)
				rc = add(arena, gaps, n_gaps, gap);
		}
	}
	return rc;
}

static int add_unplanned(const struct span *span, int64_t now_ms, struct arena *arena, Gap ***gaps,
			 size_t *n_gaps)
{
	for (size_t i = 0; i < span->n_calendar; i++) {
		const Shift *shift = span->calendar[i];
		if (shift->until_ms <= now_ms || planned(span, shift->id) || covered(span, shift))
			continue;
		for (int second = 0; second < 2; second++) {
			Gap *gap = gap_new(arena, shift, second, GAP_REASON_NOT_PLANNED);
			if (!gap || add(arena, gaps, n_gaps, gap))
				return ERR_NOMEM;
		}
	}
	return 0;
}

/* Few are out of order: those that were not planned stand behind. */
static void sort_gaps(Gap **gaps, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		Gap *gap = gaps[i];
		size_t k = i;
		for (; k > 0 && gaps[k - 1]->from_ms > gap->from_ms; k--)
			gaps[k] = gaps[k - 1];
		gaps[k] = gap;
	}
}

int gap_list(const struct span *span, bool unplanned, int64_t now_ms, struct arena *arena,
	     Gap ***gaps, size_t *n_gaps)
{
	int rc = add_planned(span, now_ms, arena, gaps, n_gaps);

	if (!rc && unplanned)
		rc = add_unplanned(span, now_ms, arena, gaps, n_gaps);
	if (!rc)
		sort_gaps(*gaps, *n_gaps);
	return rc;
}
