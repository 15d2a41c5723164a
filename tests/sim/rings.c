/*
 * Contact hours, worked out a second time, minute by minute: nothing that can wait makes a sound
 * outside of its recipient's windows as alert's journal has them at that moment, all that waits for a
 * window rings in one bundle, and what is urgent waits for nothing. Nothing of services/common/hours
 * is used.
 */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "holiday.h"
#include "tests/sim/sim.h"

#define MINUTE_MS (60LL * 1000)
#define HALF_HOUR_MS (30 * MINUTE_MS)
#define HOLIDAYS 8
#define SEARCHED (367 * 48) /* half hours: no window of people here begins at another minute */
#define RING_SLACK_MS 15000

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* ---- when somebody may be called ------------------------------------------------------------- */

static int64_t day_of(int64_t at_ms)
{
	return (at_ms + JAPAN_OFFSET_MS) / DAY_MS;
}

/* Weeks are gone through by half hours: what a day is, is reckoned once. */
static unsigned weekday(int64_t day)
{
	static struct {
		int64_t day;
		unsigned weekday; /* 0: not reckoned yet */
	} known[1024];
	size_t i = (size_t)day % (sizeof(known) / sizeof(*known));

	if (!known[i].weekday || known[i].day != day) {
		known[i].day = day;
		known[i].weekday = holiday(day) ? HOLIDAYS : date_weekday(day);
	}
	return known[i].weekday;
}

static bool on_day(const ContactHours *window, int64_t day)
{
	return window->weekday == weekday(day);
}

static bool within(const ContactHours *window, int64_t at_ms)
{
	int64_t day = day_of(at_ms);
	int64_t minute = (at_ms + JAPAN_OFFSET_MS - day * DAY_MS) / MINUTE_MS;
	int64_t from = window->from_minute, to = window->to_minute;

	if (to > from)
		return on_day(window, day) && minute >= from && minute < to;
	return (on_day(window, day) && minute >= from) || (on_day(window, day - 1) && minute < to);
}

bool rings_open(ContactHours *const *windows, size_t n, int64_t at_ms)
{
	bool open = false, cut = false;
	for (size_t i = 0; i < n; i++) {
		bool counts = windows[i]->means == CONTACT_MEANS_PHONE ||
			      windows[i]->means == CONTACT_MEANS_MESSAGE;
		open |= counts && within(windows[i], at_ms);
		cut |= windows[i]->means == CONTACT_MEANS_BREAK && within(windows[i], at_ms);
	}
	return open && !cut;
}

struct windows {
	ContactHours *const *items;
	size_t n; /* 0: none are known */
};

static struct windows windows_of(struct sim *sim, const char *user)
{
	struct model *model = &sim->models[HOST_ALERT];
	const struct model_person *person = model_person(model, user);
	const struct model_organisation *organisation =
		person ? model_organisation(model, person->organisation) : NULL;

	if (person && person->said->n_hours)
		return (struct windows){person->said->hours, person->said->n_hours};
	if (organisation)
		return (struct windows){organisation->said->hours, organisation->said->n_hours};
	return (struct windows){NULL, 0};
}

/* INT64_MAX: at no time. */
static int64_t next_open_ms(struct windows windows, int64_t at_ms)
{
	if (!windows.n || rings_open(windows.items, windows.n, at_ms))
		return at_ms;
	int64_t mark_ms = at_ms - at_ms % HALF_HOUR_MS;
	for (int i = 0; i < SEARCHED; i++) {
		mark_ms += HALF_HOUR_MS;
		if (rings_open(windows.items, windows.n, mark_ms))
			return mark_ms;
	}
	return INT64_MAX;
}

/* ---- what rings ------------------------------------------------------------------------------ */

/* A new one: does it ring at once, later or never? */
void rings_stored(struct sim *sim, const Recipient *recipient, bool urgent)
{
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ALERT]);

	if (urgent || recipient->matter == MATTER_DUTY_BEGINS ||
	    recipient->matter == MATTER_HAND_OVER_OFFERED) { /* it is their turn */
		if (recipient->rings_ms > 0)
			sim_fail(sim, "urgent-waits", "id=%s user=%s until=%lld", recipient->id,
				 recipient->user, (long long)recipient->rings_ms);
		return;
	}
	int64_t next_ms = next_open_ms(windows_of(sim, recipient->user), now_ms);
	int64_t expected_ms = next_ms == now_ms ? 0 : next_ms == INT64_MAX ? -1 : next_ms;
	if (recipient->rings_ms != expected_ms)
		sim_fail(sim, "rings-when", "id=%s user=%s rings_ms=%lld expected=%lld now=%lld",
			 recipient->id, recipient->user, (long long)recipient->rings_ms,
			 (long long)expected_ms, (long long)now_ms);
}

static bool closed_between(struct windows windows, int64_t from_ms, int64_t until_ms)
{
	for (int64_t ms = from_ms; ms < until_ms; ms += HALF_HOUR_MS)
		if (!rings_open(windows.items, windows.n, ms))
			return true;
	return false;
}

/* One bundle a window and user, unless somebody set hours or clocks meanwhile. */
static void check_bundle(struct sim *sim, const BundleRung *fact, int64_t now_ms)
{
	struct windows windows = windows_of(sim, fact->user);
	uint64_t last_ms;
	bool goes_on = false;

	if (windows.n && !rings_open(windows.items, windows.n, now_ms))
		sim_fail(sim, "rings-outside", "user=%s ids=%zu", fact->user, fact->n_ids);
	if (table_get(&sim->bundled, fact->user, NULL, &last_ms) && last_ms) {
		goes_on = (int64_t)last_ms < now_ms && windows.n && !sim->hosts[HOST_ALERT].was_set;
		if (goes_on && !closed_between(windows, (int64_t)last_ms, now_ms))
			sim_fail(sim, "two-bundles", "user=%s last=%lld now=%lld", fact->user,
				 (long long)last_ms, (long long)now_ms);
	}
	table_put(&sim->bundled, fact->user, NULL, fact->more ? 0 : (uint64_t)now_ms);
}

void rings_bundle(struct sim *sim, const BundleRung *fact)
{
	int64_t now_ms = host_now_ms(&sim->hosts[HOST_ALERT]);
	int64_t next_ms = next_open_ms(windows_of(sim, fact->user), now_ms);

	if (!fact->until_ms)
		check_bundle(sim, fact, now_ms);
	else if (fact->until_ms != (next_ms == INT64_MAX ? -1 : next_ms))
		sim_fail(sim, "rings-when", "user=%s until=%lld expected=%lld", fact->user,
			 (long long)fact->until_ms, (long long)next_ms);
	for (size_t i = 0; i < fact->n_ids; i++) {
		struct sim_notification *item = alerts_notification(sim, fact->ids[i]);
		if (!item || !same(item->user, fact->user) || item->urgent ||
		    item->state >= NOTIFICATION_STATE_ACCEPTED || item->rings_ms <= 0)
			sim_fail(sim, "rings-unasked", "id=%s user=%s", fact->ids[i], fact->user);
		else
			item->rings_ms = fact->until_ms > 0 ? fact->until_ms : 0;
	}
}

/* Hours are others now: what rang before is no measure. */
void rings_hours_changed(struct sim *sim, const struct known_fact *known)
{
	const struct model *model = &sim->models[HOST_ALERT];
	const char *type = known->entry->type;

	if (same(type, "PersonChanged"))
		table_put(&sim->bundled,
			  ((const PersonChanged *)(const void *)known->fact)->person->id, NULL, 0);
	if (!same(type, "OrganisationChanged"))
		return;
	const char *id = ((const OrganisationChanged *)(const void *)known->fact)->organisation->id;
	for (size_t i = 0; i < model->n_people; i++)
		if (same(model->people[i].organisation, id))
			table_put(&sim->bundled, model->people[i].user, NULL, 0);
}

/* Once all is healed: whose time is over has rung. */
const char *rings_missing(struct sim *sim)
{
	int64_t now_ms = sim->hosts[HOST_ALERT].clock.wall_ms;
	for (size_t i = 0; i < sim->n_notifications; i++) {
		const struct sim_notification *item = &sim->notifications[i];
		if (item->rings_ms > 0 && item->state < NOTIFICATION_STATE_ACCEPTED &&
		    now_ms > item->rings_ms + RING_SLACK_MS)
			return arena_printf(&sim->scratch, "ringing of=%s %s", item->user,
					    item->id);
	}
	return "";
}
