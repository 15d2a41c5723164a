#include "duty.h"

#include <string.h>

const char *duty_holder(const Shift *shift, bool second)
{
	return second ? shift->second : shift->first;
}

bool duty_is(const Shift *shift, bool second, const char *organisation)
{
	return strcmp(duty_holder(shift, second), organisation) == 0;
}

int64_t duty_from_ms(const Shift *shift, bool second)
{
	int64_t from_ms = shift->from_ms;

	for (size_t i = 0; i < shift->n_earlier; i++)
		if (shift->earlier[i]->second == second && shift->earlier[i]->until_ms > from_ms)
			from_ms = shift->earlier[i]->until_ms;
	return from_ms;
}

bool duty_begun(const Shift *shift, int64_t now_ms)
{
	return shift->from_ms <= now_ms;
}

/* ---- changing ----------------------------------------------------------------------------- */

static int copy_list(struct arena *arena, char ***list, size_t *n)
{
	char **old = *list;
	size_t n_old = *n;

	*list = NULL;
	*n = 0;
	for (size_t i = 0; i < n_old; i++)
		if (arena_append(arena, list, n, old[i]))
			return ERR_NOMEM;
	return 0;
}

Shift *shift_copy(struct arena *arena, const Shift *shift)
{
	Shift *copy = arena_copy(arena, shift, sizeof(*shift));

	if (!copy || copy_list(arena, &copy->given_away_first, &copy->n_given_away_first) ||
	    copy_list(arena, &copy->given_away_second, &copy->n_given_away_second))
		return NULL;
	copy->earlier = NULL;
	copy->n_earlier = 0;
	for (size_t i = 0; i < shift->n_earlier; i++)
		if (arena_append(arena, &copy->earlier, &copy->n_earlier, shift->earlier[i]))
			return NULL;
	return copy;
}

static void take_out(char **list, size_t *n, const char *organisation)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (strcmp(list[i], organisation))
			list[kept++] = list[i];
	*n = kept;
}

/* Last in the list, once. */
static int give_away(struct arena *arena, char ***list, size_t *n, char *from, const char *to)
{
	take_out(*list, n, to);
	if (!*from)
		return 0;
	take_out(*list, n, from);
	if (*n == GIVEN_AWAY_MAX) {
		memmove(*list, *list + 1, (*n - 1) * sizeof(**list));
		--*n;
	}
	return arena_append(arena, list, n, from);
}

static int had_until_now(struct arena *arena, Shift *shift, bool second, char *organisation,
			 int64_t now_ms)
{
	Duty *duty = NEW(Duty, arena);

	if (!duty)
		return ERR_NOMEM;
	duty->organisation = organisation;
	duty->second = second;
	duty->from_ms = duty_from_ms(shift, second);
	duty->until_ms = now_ms;
	if (shift->n_earlier == GIVEN_AWAY_MAX) {
		memmove(shift->earlier, shift->earlier + 1,
			(shift->n_earlier - 1) * sizeof(*shift->earlier));
		shift->n_earlier--;
	}
	return arena_append(arena, &shift->earlier, &shift->n_earlier, duty);
}

int duty_give(struct arena *arena, Shift *shift, bool second, const char *organisation,
	      GapReason reason, int64_t now_ms)
{
	char **place = second ? &shift->second : &shift->first;
	GapReason *gap = second ? &shift->second_gap : &shift->first_gap;
	char *before = *place;
	int rc = 0;

	if (!strcmp(before, organisation))
		; /* as it was */
	else if (duty_begun(shift, now_ms) && *before)
		rc = had_until_now(arena, shift, second, before, now_ms);
	else if (duty_begun(shift, now_ms))
		rc = 0; /* nobody had it until now */
	else if (second)
		rc = give_away(arena, &shift->given_away_second, &shift->n_given_away_second,
			       before, organisation);
	else
		rc = give_away(arena, &shift->given_away_first, &shift->n_given_away_first, before,
			       organisation);
	*place = arena_string(arena, organisation);
	*gap = *organisation ? GAP_REASON_UNSPECIFIED : reason;
	return rc;
}

/* ---- clashes ------------------------------------------------------------------------------ */

static enum clash between(const Shift *other, bool second, int64_t from_ms, int64_t until_ms,
			  int64_t rest_ms)
{
	int64_t other_from_ms = duty_from_ms(other, second);

	if (other_from_ms < until_ms && from_ms < other->until_ms)
		return CLASH_AT_ONCE;
	if (other_from_ms < until_ms + rest_ms && from_ms < other->until_ms + rest_ms)
		return CLASH_REST;
	return CLASH_NONE;
}

enum clash duty_would_clash(Shift *const *shifts, size_t n_shifts, const Shift *shift, bool second,
			    int64_t from_ms, const char *organisation, int64_t rest_ms,
			    const Shift **other)
{
	enum clash worst = CLASH_NONE;

	for (size_t i = 0; i < n_shifts; i++) {
		for (int place = 0; place < 2; place++) {
			const Shift *one = shifts[i];
			enum clash clash = CLASH_NONE;
			if (one->dropped || !duty_is(one, place, organisation))
				continue;
			if (strcmp(one->id, shift->id))
				clash = between(one, place, from_ms, shift->until_ms, rest_ms);
			else if (place != (int)second)
				clash = CLASH_PLACES;
			if (!clash || (worst && clash >= worst))
				continue;
			worst = clash;
			if (other)
				*other = one;
		}
	}
	return worst;
}

enum clash duty_clash(Shift *const *shifts, size_t n_shifts, size_t at, bool second,
		      int64_t rest_ms, bool earlier_only, const Shift **other)
{
	const Shift *shift = shifts[at];
	const char *holder = duty_holder(shift, second);

	if (!*holder)
		return CLASH_NONE;
	if (earlier_only && !second && duty_is(shift, true, holder)) {
		/* Of one that has both places the second is told. */
		enum clash clash =
			duty_would_clash(shifts, at, shift, second, duty_from_ms(shift, second),
					 holder, rest_ms, other);
		return clash;
	}
	return duty_would_clash(shifts, earlier_only ? at + 1 : n_shifts, shift, second,
				duty_from_ms(shift, second), holder, rest_ms, other);
}
