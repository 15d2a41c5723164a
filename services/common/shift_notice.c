#include "shift_notice.h"

#include "date.h"
#include "limits.h"
#include "people.h"

#define LATEST_MS (8000LL * 365 * DAY_MS) /* far behind every rota, and sums with it do not overflow */

static bool times_fit(int64_t from_ms, int64_t until_ms)
{
	return from_ms > 0 && until_ms > 0 && from_ms < LATEST_MS && until_ms < LATEST_MS;
}

bool shift_notice_valid(const ShiftNotice *shift)
{
	if (!name_valid(shift->id, LIMIT_NAME_BYTES) || (unsigned)shift->area > AREA_SOUTH ||
	    !times_fit(shift->from_ms, shift->until_ms) || shift->n_duties > DUTIES_MAX)
		return false;
	for (size_t i = 0; i < shift->n_duties; i++)
		if (!name_valid(shift->duties[i]->organisation, LIMIT_NAME_BYTES) ||
		    !times_fit(shift->duties[i]->from_ms, shift->duties[i]->until_ms))
			return false;
	return true;
}
