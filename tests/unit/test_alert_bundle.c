/* If this failed, a question that can wait would ring a doctor out of a consultation or at night, or
 * would never ring at all. What is urgent must not wait for anything. */
#include "hours.h"
#include "tests/lib/rng.h"
#include "tests/unit/alert_fixture.h"

#define PHONE CONTACT_MEANS_PHONE
#define PAGE CONTACT_MEANS_PAGE
#define MESSAGE CONTACT_MEANS_MESSAGE
#define BREAK CONTACT_MEANS_BREAK
#define HOUR_MS 3600000LL

/* ---- a week, and whose it is ---------------------------------------------------------------- */

struct week {
	ContactHours windows[16], *items[16];
	size_t n;
};

static void add(struct week *week, uint32_t from_day, uint32_t to_day, uint32_t from, uint32_t to,
		ContactMeans means)
{
	for (uint32_t day = from_day; day <= to_day; day++) {
		ContactHours *window = &week->windows[week->n];
		*window = (ContactHours)ContactHours_INIT;
		window->weekday = day;
		window->from_minute = from;
		window->to_minute = to;
		window->means = means;
		week->items[week->n++] = window;
	}
}

/* A station's: Monday to Friday 9:00 to 17:00 without 12:30 to 13:30; on holidays 10:00 to 11:00. */
static struct week office(void)
{
	struct week week = { .n = 0 };

	add(&week, 1, 5, 540, 1020, PHONE);
	add(&week, 1, 5, 750, 810, BREAK);
	add(&week, 8, 8, 600, 660, MESSAGE);
	return week;
}

/* Copied: the fixture packs it at once. */
static void hours_of_organisation(struct fixture *f, const char *id, struct week week)
{
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	for (size_t i = 0; i < week.n; i++)
		week.items[i] = &week.windows[i];
	organisation.id = text(f, id);
	organisation.name = text(f, id);
	organisation.kind = ORGANISATION_KIND_NURSE_STATION;
	organisation.hours = week.items;
	organisation.n_hours = week.n;
	changed.organisation = &organisation;
	notice(f, "directory", &f->directory, &changed.base);
}

static void hours_of_person(struct fixture *f, const char *user, const char *organisation,
			    Profession profession, struct week week)
{
	PersonChanged changed = PersonChanged_INIT;
	Person one = Person_INIT;

	for (size_t i = 0; i < week.n; i++)
		week.items[i] = &week.windows[i];
	one.id = text(f, user);
	one.name = text(f, user);
	one.organisation = text(f, organisation);
	one.profession = profession;
	one.state = ENROLMENT_STATE_ENROLLED;
	one.hours = week.items;
	one.n_hours = week.n;
	changed.person = &one;
	notice(f, "directory", &f->directory, &changed.base);
}

/* ---- time ----------------------------------------------------------------------------------- */

static int64_t ms_of(const char *time)
{
	int64_t at_ms = 0;
	assert_int_equal(date_parse(time, &at_ms), 0);
	return at_ms;
}

#define STEP_MS 600000 /* windows begin and end at full tens of minutes */

/* Time goes by until then. */
static void until(struct fixture *f, const char *time)
{
	int64_t end_ms = ms_of(time);

	assert_true(end_ms >= f->clock.wall_ms);
	while (f->clock.wall_ms < end_ms) {
		int64_t left_ms = end_ms - f->clock.wall_ms, step_ms = STEP_MS - f->clock.wall_ms % STEP_MS;
		pass(f, left_ms < step_ms ? left_ms : step_ms);
	}
}

/* "- 09:00 09:00* ": of each in the inbox, oldest change first, when it last rang; -: it has not;
 * ~: it will; *n: more than once */
static const char *rung(struct fixture *f, const char *user)
{
	const Inbox *all = list(f, user, true, 0);
	const char *found = "";

	for (size_t i = 0; i < all->n_items; i++) {
		const Notification *item = all->items[i];
		char time[DATE_SIZE];
		date_iso(time, item->rung_ms ? item->rung_ms : item->rings_ms);
		assert_true(!item->rung_ms || !item->rings_ms);
		assert_int_equal(item->rung_ms != 0, item->rings != 0);
		found = arena_printf(&f->arena, "%s%s%.*s%s ", found,
				     item->rung_ms    ? ""
				     : item->rings_ms ? "~"
						      : "-",
				     item->rung_ms || item->rings_ms ? 5 : 0, time + 11,
				     item->rings > 1 ? "*" : "");
	}
	return found;
}

static char *note(struct fixture *f)
{
	return entry(f, PATIENT, ENTRY_KIND_NOTE, false);
}

static int open_bundles(void **state)
{
	assert_int_equal(setup(state), 0);
	until(*state, "2026-11-25T22:00:00"); /* a Wednesday */
	hours_of_organisation(*state, "station01", office());
	return 0;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void what_can_wait_rings_in_the_morning_as_one(void **state)
{
	struct fixture *f = *state;

	note(f);
	until(f, "2026-11-26T03:00:00");
	note(f);
	note(f);
	assert_string_equal(inbox(f, "nurse-1"), "stored stored stored "); /* it is there at once */
	assert_string_equal(rung(f, "nurse-1"), "~09:00 ~09:00 ~09:00 ");
	until(f, "2026-11-26T08:59:59");
	assert_string_equal(rung(f, "nurse-1"), "~09:00 ~09:00 ~09:00 ");
	uint64_t before = daemon_head(f->daemon);
	until(f, "2026-11-26T09:00:00");
	assert_string_equal(rung(f, "nurse-1"), "09:00 09:00 09:00 ");
	assert_string_equal(rung(f, "nurse-2"), "09:00 09:00 09:00 ");
	const Inbox *all = list(f, "nurse-1", false, 0);
	assert_int_equal(all->items[0]->position, all->items[2]->position); /* one change */
	assert_int_equal(daemon_head(f->daemon), before + 2);               /* one a person */
	until(f, "2026-11-26T12:00:00");
	note(f);
	until(f, "2026-11-26T12:30:00");
	note(f); /* their break */
	assert_string_equal(rung(f, "nurse-1"), "09:00 09:00 09:00 12:00 ~13:30 ");
	until(f, "2026-11-26T18:00:00");
	assert_string_equal(rung(f, "nurse-1"), "09:00 09:00 09:00 12:00 13:30 ");
	rebuilt_the_same(f);
}

static void what_is_urgent_never_waits(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_NOTE, true);
	assert_string_equal(rung(f, "nurse-1"), "22:00 ");
	until(f, "2026-11-25T22:01:00");
	note(f);
	entry(f, PATIENT, ENTRY_KIND_VITAL_SIGNS, true);
	assert_string_equal(rung(f, "nurse-2"), "22:00 ~09:00 22:01 ");
	rebuilt_the_same(f);
}

/* No hours are known of the pharmacy: as before there were any. */
static void where_no_hours_are_known_it_rings_at_once(void **state)
{
	struct fixture *f = *state;
	struct week page = { .n = 0 };

	entry(f, PATIENT, ENTRY_KIND_ALLERGY, false);
	assert_string_equal(rung(f, "pharmacist"), "22:00 ");
	add(&page, 1, 8, 0, 1440, PAGE); /* for what is urgent, and for nothing else */
	hours_of_person(f, "pharmacist", "pharmacy01", PROFESSION_PHARMACIST, page);
	entry(f, PATIENT, ENTRY_KIND_ALLERGY, false);
	entry(f, PATIENT, ENTRY_KIND_ALLERGY, true);
	assert_string_equal(rung(f, "pharmacist"), "22:00 - 22:00 ");
	uint64_t from = daemon_head(f->daemon);
	pass(f, 400 * DAY_MS);
	for (JournalEntry *found; (found = fixture_fact(f, "BundleRung", &from));) {
		const BundleRung *fact = fixture_decode(f, &BundleRung_descriptor, found->fact);
		assert_string_not_equal(fact->user, "pharmacist");
	}
}

static void a_persons_own_hours_count_also_of_a_substitute(void **state)
{
	struct fixture *f = *state;
	struct week evening = { .n = 0 };
	SetSubstitute substitute = SetSubstitute_INIT;

	add(&evening, 1, 5, 1380, 120, PHONE); /* 23:00 to 2:00 */
	hours_of_person(f, "colleague", "pharmacy01", PROFESSION_PHARMACIST, evening);
	substitute.user = text(f, "colleague");
	substitute.until_ms = ms_of("2026-12-24");
	assert_int_equal(ask(f, "pharmacist", &substitute.base), CODE_OK);
	hours_of_organisation(f, "pharmacy01", office());
	entry(f, PATIENT, ENTRY_KIND_ALLERGY, false);
	assert_string_equal(rung(f, "colleague"), "~23:00 ");
	assert_string_equal(rung(f, "pharmacist"), "~09:00 ");
	until(f, "2026-11-26T01:30:00");
	entry(f, PATIENT, ENTRY_KIND_ALLERGY, false); /* the window began on Wednesday */
	assert_string_equal(rung(f, "colleague"), "23:00 01:30 ");
	assert_string_equal(rung(f, "pharmacist"), "~09:00 ~09:00 ");
}

/* Whatever is settled by then asks nothing any more. */
static void what_became_of_it_meanwhile(void **state)
{
	struct fixture *f = *state;

	note(f);
	assert_int_equal(accept_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_int_equal(decline_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	assert_string_equal(rung(f, "nurse-1"), "- ");
	assert_string_equal(rung(f, "nurse-2"), "- ");
	pass(f, 1000);
	note(f); /* only opened: it was seen, and still asks */
	char *opened = list(f, "nurse-1", false, 0)->items[1]->id;
	assert_int_equal(open_it(f, "nurse-1", opened), CODE_OK);
	note(f);
	char *done = list(f, "nurse-1", false, 0)->items[2]->id;
	assert_int_equal(open_it(f, "nurse-1", done), CODE_OK);
	assert_int_equal(finish_it(f, "nurse-1", done), CODE_OK);
	note(f); /* of it the colleague hears now */
	char *taken = list(f, "nurse-2", false, 0)->items[2]->id;
	assert_int_equal(take_over(f, "nurse-1", taken), CODE_OK);
	until(f, "2026-11-26T10:00:00");
	assert_string_equal(rung(f, "nurse-1"), "- - - 09:00 09:00 ");
	assert_string_equal(rung(f, "nurse-2"), "- 09:00 09:00 ");
	rebuilt_the_same(f);
}

static void who_may_no_longer_see_it_is_not_rung(void **state)
{
	struct fixture *f = *state;

	note(f);
	team(f, PATIENT, "station01", "", PROFESSION_NURSE, false, true);
	assert_string_equal(rung(f, "nurse-1"), "");
	uint64_t before = daemon_head(f->daemon);
	until(f, "2026-11-26T10:00:00");
	uint64_t from = before;
	assert_null(fixture_fact(f, "BundleRung", &from));
	rebuilt_the_same(f);
}

static void what_is_handed_over_rings_for_its_new_reader(void **state)
{
	struct fixture *f = *state;
	struct week afternoon = { .n = 0 };

	add(&afternoon, 1, 5, 840, 960, PHONE);
	hours_of_person(f, "nurse-2", "station01", PROFESSION_NURSE, afternoon);
	note(f);
	assert_string_equal(rung(f, "nurse-2"), "~14:00 ");
	assert_int_equal(hand_over_to(f, "nurse-1", "nurse-2"), CODE_OK);
	until(f, "2026-11-26T09:30:00");
	assert_string_equal(rung(f, "nurse-2"), "~14:00 ~14:00 "); /* not in her colleague's window */
	until(f, "2026-11-26T14:00:00");
	assert_string_equal(rung(f, "nurse-2"), "14:00 14:00 ");
	rebuilt_the_same(f);
}

static void muted_stays_muted(void **state)
{
	struct fixture *f = *state;
	Mute mute = Mute_INIT;

	mute.patient = text(f, PATIENT);
	mute.muted = true;
	assert_int_equal(ask(f, "nurse-1", &mute.base), CODE_OK);
	note(f);
	until(f, "2026-11-26T10:00:00");
	assert_string_equal(rung(f, "nurse-1"), "");
	assert_string_equal(rung(f, "nurse-2"), "09:00 ");
}

static void hours_that_changed_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct week afternoon = { .n = 0 }, none = { .n = 0 }, early = { .n = 0 };

	note(f);
	add(&afternoon, 4, 4, 840, 960, PHONE);
	hours_of_person(f, "nurse-1", "station01", PROFESSION_NURSE, afternoon);
	hours_of_person(f, "nurse-2", "station01", PROFESSION_NURSE, none);
	hours_of_organisation(f, "station01", none);
	until(f, "2026-11-26T09:00:00");
	assert_string_equal(rung(f, "nurse-1"), "~14:00 "); /* closed again: it waits on */
	assert_string_equal(rung(f, "nurse-2"), "09:00 ");  /* none are known any longer */
	until(f, "2026-11-26T14:00:00");
	assert_string_equal(rung(f, "nurse-1"), "14:00 ");

	/* what waits rings with what comes in a window that was opened since */
	until(f, "2026-11-26T20:00:00");
	note(f);
	assert_string_equal(rung(f, "nurse-1"), "14:00 ~14:00 ");
	add(&early, 5, 5, 420, 480, MESSAGE);
	hours_of_person(f, "nurse-1", "station01", PROFESSION_NURSE, early);
	note(f);
	until(f, "2026-11-27T07:00:00");
	assert_string_equal(rung(f, "nurse-1"), "14:00 07:00 07:00 ");
	until(f, "2026-12-05T00:00:00");
	assert_string_equal(rung(f, "nurse-1"), "14:00 07:00 07:00 ");
	rebuilt_the_same(f);
}

static void after_a_stop(void **state)
{
	struct fixture *f = *state;

	note(f);
	fixture_stop(f);
	test_clock_advance(&f->clock, ms_of("2026-11-26T10:00:00") - f->clock.wall_ms);
	start(f);
	fixture_step(f);
	assert_string_equal(rung(f, "nurse-1"), "10:00 "); /* still open */
	until(f, "2026-11-26T18:00:00");
	note(f);
	fixture_stop(f);
	test_clock_advance(&f->clock, ms_of("2026-11-27T20:00:00") - f->clock.wall_ms);
	start(f);
	fixture_step(f);
	assert_string_equal(rung(f, "nurse-1"), "10:00 ~09:00 "); /* the window went by: the next */
	until(f, "2026-11-29T20:00:00");
	assert_string_equal(rung(f, "nurse-1"), "10:00 ~09:00 ");
	until(f, "2026-11-30T09:00:00");
	assert_string_equal(rung(f, "nurse-1"), "10:00 09:00 ");
	rebuilt_the_same(f);
}

/* An appointment goes by the wall clock; and it is kept once. */
static void a_clock_set_over_the_window_and_back(void **state)
{
	struct fixture *f = *state;

	note(f);
	test_clock_jump(&f->clock, 12 * HOUR_MS); /* 10:00 */
	fixture_step(f);
	assert_int_equal(list(f, "nurse-1", false, 0)->items[0]->rings, 1);
	test_clock_jump(&f->clock, -12 * HOUR_MS);
	fixture_step(f);
	until(f, "2026-11-27T20:00:00");
	assert_int_equal(list(f, "nurse-1", false, 0)->items[0]->rings, 1);

	until(f, "2026-11-30T08:00:00");
	note(f);
	test_clock_jump(&f->clock, 12 * HOUR_MS); /* beyond it */
	fixture_step(f);
	assert_int_equal(list(f, "nurse-1", false, 0)->items[1]->rings, 0);
	test_clock_jump(&f->clock, -12 * HOUR_MS);
	fixture_step(f);
	until(f, "2026-12-02T18:00:00");
	assert_int_equal(list(f, "nurse-1", false, 0)->items[1]->rings, 1);
	rebuilt_the_same(f);
}

/* "max max 20 ": how many of a person's rang (until_ms 0), or were put off until then, fact by fact */
static const char *steps_of(struct fixture *f, const char *user, int64_t until_ms)
{
	const char *all = "";
	uint64_t from = 0;

	for (JournalEntry *found; (found = fixture_fact(f, "BundleRung", &from));) {
		const BundleRung *fact = fixture_decode(f, &BundleRung_descriptor, found->fact);
		if (!strcmp(fact->user, user) && fact->until_ms == until_ms)
			all = fact->n_ids == STEP_MAX
			      ? arena_printf(&f->arena, "%smax ", all)
			      : arena_printf(&f->arena, "%s%zu ", all, fact->n_ids);
	}
	return all;
}

static void more_than_one_step_holds(void **state)
{
	struct fixture *f = *state;
	struct week none = { .n = 0 };

	for (int i = 0; i < 2 * STEP_MAX + 20; i++) {
		note(f);
		arena_reset(&f->arena);
	}
	hours_of_person(f, "nurse-2", "station01", PROFESSION_NURSE, none);
	until(f, "2026-11-26T09:00:00");
	for (int i = 0; i < 3; i++)
		fixture_step(f);
	assert_string_equal(steps_of(f, "nurse-1", 0), "max max 20 ");
	assert_string_equal(steps_of(f, "nurse-2", 0), "max max 20 ");
	rebuilt_the_same(f);
}

/* Each of them is put off once. */
static void more_than_one_step_holds_waits_on(void **state)
{
	struct fixture *f = *state;
	struct week afternoon = { .n = 0 };

	for (int i = 0; i < STEP_MAX + 20; i++) {
		note(f);
		arena_reset(&f->arena);
	}
	add(&afternoon, 4, 4, 840, 960, PHONE);
	hours_of_person(f, "nurse-1", "station01", PROFESSION_NURSE, afternoon);
	until(f, "2026-11-26T13:00:00");
	assert_string_equal(steps_of(f, "nurse-1", ms_of("2026-11-26T14:00:00")), "max 20 ");
	assert_string_equal(steps_of(f, "nurse-1", 0), "");
	until(f, "2026-11-26T15:00:00");
	assert_string_equal(steps_of(f, "nurse-1", 0), "max 20 ");
	rebuilt_the_same(f);
}

/* ---- words ---------------------------------------------------------------------------------- */

static void word(struct fixture *f, uint64_t *position, Matter matter, bool urgent)
{
	WordNotice said = WordNotice_INIT;
	Told told = Told_INIT, *items[] = { &told };

	told.organisation = text(f, "station01");
	told.matter = matter;
	told.urgent = urgent;
	said.subject = arena_printf(&f->arena, "subject-%u", ++f->made);
	said.event = arena_printf(&f->arena, "01KSR49200E4HR900000%06u", f->made);
	said.told = items;
	said.n_told = 1;
	notice(f, "referral", position, &said.base);
}

static void words_wait_too(void **state)
{
	struct fixture *f = *state;
	uint64_t position = 0;

	word(f, &position, MATTER_REFERRAL_ASKED, false);
	pass(f, 60000);
	word(f, &position, MATTER_REFERRAL_ASKED, true);
	pass(f, 60000);
	word(f, &position, MATTER_DUTY_BEGINS, false); /* now they are on duty, whatever their hours are */
	assert_string_equal(rung(f, "nurse-1"), "~09:00 22:01 22:02 ");
	until(f, "2026-11-25T22:03:00");
	note(f);
	until(f, "2026-11-26T09:00:00");
	const Inbox *all = list(f, "nurse-2", false, 0);
	assert_int_equal(all->n_items, 4);
	unsigned together = 0;
	for (size_t i = 0; i < 4; i++)
		together += all->items[i]->rung_ms == ms_of("2026-11-26T09:00:00") &&
			    !all->items[i]->urgent;
	assert_int_equal(together, 2);
	rebuilt_the_same(f);
}

/* ---- whom it reaches ------------------------------------------------------------------------ */

static int by_recipient(const void *a, const void *b)
{
	const Notification *const *one = a, *const *two = b;
	return strcmp((*one)->recipient, (*two)->recipient);
}

/* "nurse-1 ~09:00 pharmacist 22:00 ": by name */
static const char *reaches(struct fixture *f, const RecipientList *shown)
{
	const char *all = "";

	if (shown->n_items)
		qsort(shown->items, shown->n_items, sizeof(*shown->items), by_recipient);
	for (size_t i = 0; i < shown->n_items; i++) {
		const Notification *item = shown->items[i];
		char time[DATE_SIZE];
		date_iso(time, item->rung_ms ? item->rung_ms : item->rings_ms);
		assert_string_equal(item->patient, "");
		assert_string_equal(item->decline_reason, "");
		all = arena_printf(&f->arena, "%s%s %s%.5s ", all, item->recipient,
				   item->rung_ms ? "" : "~", time + 11);
	}
	return all;
}

static const char *reached_by(struct fixture *f, const char *user, const char *of)
{
	ShowRecipients request = ShowRecipients_INIT;

	request.entry = text(f, of);
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return reaches(f, body_of(f, &RecipientList_descriptor));
}

static void the_sender_is_told_when_it_reaches_whom(void **state)
{
	struct fixture *f = *state;

	person(f, "clinic-nurse", "clinic01", PROFESSION_NURSE);
	person(f, "stranger", "clinic02", PROFESSION_DOCTOR);
	char *written = entry(f, PATIENT, ENTRY_KIND_ALLERGY, false);
	const char *all = "nurse-1 ~09:00 nurse-2 ~09:00 pharmacist 22:00 ";
	assert_string_equal(reached_by(f, "doctor", written), all);
	assert_string_equal(reached_by(f, "clinic-nurse", written), all); /* a colleague */
	assert_string_equal(reached_by(f, "pharmacist", written), all);   /* told as well */
	assert_string_equal(reached_by(f, "colleague", written), "");
	assert_string_equal(reached_by(f, "stranger", written), "");
	assert_string_equal(reached_by(f, "doctor", "01KSR49200E4HR000000999999"), "");
	ShowRecipients request = ShowRecipients_INIT;
	request.entry = text(f, "E");
	assert_int_equal(ask(f, "doctor", &request.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "entry");
	until(f, "2026-11-26T09:00:00");
	assert_string_equal(reached_by(f, "doctor", written),
			    "nurse-1 09:00 nurse-2 09:00 pharmacist 22:00 ");
}

/* Who asks right behind the writing is told as soon as alert has heard of it. */
static void who_waits_for_it_hears_of_it(void **state)
{
	struct fixture *f = *state;
	ShowRecipients request = ShowRecipients_INIT;

	request.entry = arena_printf(&f->arena, "01KSR49200E4HR000000%06u", f->made + 1);
	assert_int_equal(ask_after(f, "doctor", &request.base, 0, true), CODE_OK);
	recording_bus_clear(&f->bus);
	assert_string_equal(note(f), request.entry);
	Push *push = fixture_push(f, "doctor", 0);
	assert_non_null(push);
	assert_string_equal(push->type, "RecipientList");
	assert_string_equal(reaches(f, fixture_decode(f, &RecipientList_descriptor, push->body)),
			    "nurse-1 ~09:00 nurse-2 ~09:00 ");
	recording_bus_clear(&f->bus);
	assert_int_equal(open_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_non_null(fixture_push(f, "doctor", 0));
}

/* ---- BundleDue after BundleDue: ten days, an entry each hour --------------------------------- */

static void nothing_rings_outside_the_hours(void **state)
{
	static const struct { const char *user, *organisation; } nurses[] = {
		{ "nurse-1", "station01" }, { "nurse-2", "station01" }, { "nurse-3", "station02" },
	};
	struct fixture *f = *state;
	uint64_t seed = 20261126;
	struct rng rng = rng_make(seed, 0);
	struct week weeks[3];

	print_message("# seed %llu\n", (unsigned long long)seed);
	weeks[0] = office();
	weeks[1] = (struct week){ .n = 0 };
	add(&weeks[1], 1, 7, 1320, 300, PHONE); /* by night, not of holidays */
	add(&weeks[1], 1, 7, 0, 30, BREAK);
	weeks[2] = (struct week){ .n = 0 };
	add(&weeks[2], 8, 8, 1200, 120, MESSAGE);
	add(&weeks[2], 6, 6, 540, 720, PHONE);
	add(&weeks[2], 1, 8, 840, 1440, PAGE);
	until(f, "2026-12-27T22:00:00"); /* over the year's end: a Friday is a holiday */
	hours_of_person(f, "nurse-2", "station01", PROFESSION_NURSE, weeks[1]);
	person(f, "nurse-3", "station02", PROFESSION_NURSE);
	hours_of_organisation(f, "station02", weeks[2]);
	team(f, PATIENT, "station02", "", PROFESSION_NURSE, false, false);
	for (int i = 0; i < 10 * 24; i++) {
		entry(f, PATIENT, ENTRY_KIND_NOTE, rng_chance(&rng, 100));
		int64_t end_ms = f->clock.wall_ms + HOUR_MS;
		while (f->clock.wall_ms < end_ms) {
			pass(f, rng_between(&rng, 1, 20) * 60000);
			arena_reset(&f->arena);
		}
	}
	until(f, "2027-01-12T00:00:00");
	for (size_t k = 0; k < 3; k++) {
		struct hours hours = { weeks[k].items, weeks[k].n };
		for (size_t i = 0; i < weeks[k].n; i++)
			weeks[k].items[i] = &weeks[k].windows[i];
		uint64_t after = 0;
		size_t n = 0;
		do {
			const Inbox *all = list(f, nurses[k].user, true, after);
			after = f->reply->more ? f->reply->position : 0;
			for (size_t i = 0; i < all->n_items; i++, n++) {
				const Notification *item = all->items[i];
				int64_t open_ms = hours_next_ms(hours, HOURS_ASK, item->stored_ms);
				assert_true(item->rings >= 1);
				assert_int_equal(item->rings_ms, 0);
				if (item->urgent)
					continue;
				assert_int_equal(item->rings, 1);
				assert_true(hours_open(hours, HOURS_ASK, item->rung_ms));
				/* the first window, but for the minutes between two steps */
				assert_in_range(item->rung_ms - open_ms, 0, 20 * 60000);
			}
		} while (after);
		assert_int_equal(n, 10 * 24);
	}
	rebuilt_the_same(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bundles, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_can_wait_rings_in_the_morning_as_one),
		TEST(what_is_urgent_never_waits),
		TEST(where_no_hours_are_known_it_rings_at_once),
		TEST(a_persons_own_hours_count_also_of_a_substitute),
		TEST(what_became_of_it_meanwhile),
		TEST(who_may_no_longer_see_it_is_not_rung),
		TEST(what_is_handed_over_rings_for_its_new_reader),
		TEST(muted_stays_muted),
		TEST(hours_that_changed_meanwhile),
		TEST(after_a_stop),
		TEST(a_clock_set_over_the_window_and_back),
		TEST(more_than_one_step_holds),
		TEST(more_than_one_step_holds_waits_on),
		TEST(words_wait_too),
		TEST(the_sender_is_told_when_it_reaches_whom),
		TEST(who_waits_for_it_hears_of_it),
		TEST(nothing_rings_outside_the_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
