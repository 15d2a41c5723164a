#include "cover.h"

#include <string.h>

#include "shift_notice.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- whom somebody covers ------------------------------------------------------------------- */

/* Who gave it away at the moment when it began never had it. */
static bool lasts(const Duty *duty, int64_t now_ms, int64_t after_ms)
{
	return duty->from_ms < duty->until_ms && duty->from_ms <= now_ms &&
	       now_ms < duty->until_ms + after_ms;
}

void cover_add(struct cover *cover, const ShiftNotice *shift, const char *organisation,
	       int64_t now_ms)
{
	for (size_t i = 0; i < shift->n_duties; i++)
		if (same(shift->duties[i]->organisation, organisation) &&
		    lasts(shift->duties[i], now_ms, COVER_AFTER_MS))
			cover->areas |= 1u << shift->area;
}

bool cover_reaches(const struct cover *cover, const Organisation *clinic)
{
	uint32_t area = (unsigned)clinic->area <= AREA_SOUTH ? 1u << clinic->area : 0;

	if (clinic->left || !(cover->areas & (area | 1u << AREA_UNSPECIFIED)))
		return false;
	for (size_t i = 0; i < clinic->n_networks; i++)
		if (clinic->networks[i] == NETWORK_ROUND_THE_CLOCK)
			return true;
	return false;
}

TeamMember *team_attending(const PatientView *view)
{
	for (size_t i = 0; i < view->n_team; i++)
		if (view->team[i]->role == TEAM_ROLE_ATTENDING)
			return view->team[i];
	return NULL;
}

TeamMember *team_deputy(const PatientView *view)
{
	TeamMember *person = NULL;

	for (size_t i = 0; i < view->n_team; i++) {
		if (view->team[i]->role != TEAM_ROLE_DEPUTY)
			continue;
		if (!view->team[i]->user[0])
			return view->team[i];
		if (!person)
			person = view->team[i];
	}
	return person;
}

const char *cover_clinic(const PatientView *view)
{
	const TeamMember *attending = team_attending(view);

	return attending ? attending->organisation : view->patient->registered_by;
}

/* ---- what rota tells ------------------------------------------------------------------------ */

int cover_follow(const struct input *in, const struct no_rule *view, const ShiftsNotice *notice,
		 ShiftsFollowed *fact)
{
	(void)view;
	for (size_t i = 0; i < notice->n_shifts; i++)
		if (!shift_notice_valid(notice->shifts[i]))
			return refuse(in, CODE_INVALID_ARGUMENT, "shifts",
				      "当番の枠の番号・機関・時刻が読み取れません。",
				      "A shift's id, organisation or times cannot be read.");
	if (notice->n_shifts == 0)
		return ERR_NOTHING;
	fact->shifts = notice->shifts;
	fact->n_shifts = notice->n_shifts;
	return 0;
}

/* ---- a duty begins -------------------------------------------------------------------------- */

static bool is_told(const struct cover_begin_rule *view, const DutyBegan *fact,
		    const char *organisation)
{
	for (size_t i = 0; i < view->n_told; i++)
		if (same(view->told[i], organisation))
			return true;
	for (size_t i = 0; i < fact->n_told; i++)
		if (same(fact->told[i]->organisation, organisation))
			return true;
	return false;
}

int cover_begin(const struct input *in, const struct cover_begin_rule *view,
		const DutyBeginsDue *due, DutyBegan *fact)
{
	int rc = 0;

	for (size_t i = 0; view->shift && i < view->shift->n_duties && !rc; i++) {
		const Duty *duty = view->shift->duties[i];
		if (!lasts(duty, in->now_ms, 0) || is_told(view, fact, duty->organisation))
			continue;
		DutyTold *told = NEW(DutyTold, in->arena);
		if (!told)
			return ERR_NOMEM;
		told->organisation = duty->organisation;
		told->unstable = view->unstable;
		rc = arena_append(in->arena, &fact->told, &fact->n_told, told);
	}
	fact->shift = due->shift;
	fact->event = arena_string(in->arena, in->id);
	return rc || fact->n_told ? rc : ERR_NOTHING;
}
