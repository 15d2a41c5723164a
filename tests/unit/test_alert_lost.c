/* If this failed, something urgent would be nobody's because who had it is gone, or because nobody was
 * there when it came; or it would be shown to somebody who may not see the patient. */
#include "tests/unit/alert_world.h"

#include "services/alert/silent.h"

#define MORNING (FRIDAY_22 + 10 * HOUR_MS)

static void revoke(struct fixture *f, const char *user, const char *organisation)
{
	PersonChanged changed = PersonChanged_INIT;
	Person gone = Person_INIT;

	gone.id = text(f, user);
	gone.organisation = text(f, organisation);
	gone.profession = PROFESSION_DOCTOR;
	gone.state = ENROLMENT_STATE_REVOKED;
	changed.person = &gone;
	notice(f, "directory", &f->directory, &changed.base);
}

static void substitute(struct fixture *f, const char *user, const char *by)
{
	SetSubstitute request = SetSubstitute_INIT;

	request.user = text(f, by);
	request.until_ms = f->clock.wall_ms + DAY_MS;
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
}

static HandOverList *offers(struct fixture *f, const char *user)
{
	ListHandOver request = ListHandOver_INIT;

	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return body_of(f, &HandOverList_descriptor);
}

/* ---- who has it is gone --------------------------------------------------------------------- */

static void who_had_it_is_revoked(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	assert_int_equal(accept_it(f, "d3", first(f, "d3")), CODE_OK);
	revoke(f, "d3", "clinic03");
	pass(f, 0);
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WALKING);
	assert_string_equal(way(f, event), "1:clinic03 +d3 <d3 2:clinic04 ");
	assert_string_equal(inbox(f, "d4"), "stored ");
	assert_string_equal(inbox(f, "nurse-2"), "stored "); /* no longer by d3 */
	rebuilt_the_same(f);
}

static void who_had_it_works_elsewhere_now(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);

	assert_int_equal(accept_it(f, "d3", first(f, "d3")), CODE_OK);
	person(f, "d3", "clinic03", PROFESSION_DOCTOR); /* another telephone: nothing changes */
	pass(f, STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 +d3 ");
	person(f, "d3", "clinic06", PROFESSION_DOCTOR);
	pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 +d3 <d3 2:clinic04 ");
	assert_string_equal(walk_of(f, event)->holder, "");
	/* what is done is done */
	assert_int_equal(accept_it(f, "d4", first(f, "d4")), CODE_OK);
	assert_int_equal(finish_it(f, "d4", first(f, "d4")), CODE_OK);
	revoke(f, "d4", "clinic04");
	pass(f, 10 * STEP_MS);
	assert_string_equal(way(f, event), "1:clinic03 +d3 <d3 2:clinic04 +d4 ");
	rebuilt_the_same(f);
}

/* ---- nobody is there when it comes ---------------------------------------------------------- */

static void it_waits_until_somebody_is_there(void **state)
{
	struct fixture *f = *state;

	revoke(f, "nurse-2", "station01");
	revoke(f, "centre-staff", "centre01");
	team(f, PATIENT, "clinic01", "", PROFESSION_DOCTOR, false, true);
	team(f, PATIENT, "clinic02", "", PROFESSION_DOCTOR, false, true);
	char *event = urgent(f, false, false);
	assert_string_equal(way(f, event), "");
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	pass(f, STEP_MS);
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_WITH_CENTRE);
	person(f, "centre-2", "centre01", PROFESSION_CENTRE_STAFF);
	pass(f, STEP_MS);
	const Notification *item = item_of(f, "centre-2");
	assert_string_equal(item->event, event);
	assert_string_equal(item->patient, PATIENT);
	assert_int_equal(item->kind, ENTRY_KIND_NOTE);
	assert_true(item->urgent);
	assert_int_equal(accept_it(f, "centre-2", item->id), CODE_OK);
	assert_int_equal(walk_of(f, event)->state, ESCALATION_STATE_TAKEN);
	assert_null(walk_of(f, event)->common);
	rebuilt_the_same(f);
}

/* A colleague of the doctor who attends by name is asked in no place: nothing would ring for them. */
static void whose_turn_never_comes_hears_it_at_once(void **state)
{
	struct fixture *f = *state;

	person(f, "d1b", "clinic01", PROFESSION_DOCTOR);
	role(f, "clinic01", "d1", TEAM_ROLE_ATTENDING);
	role(f, "clinic01", "d1b", TEAM_ROLE_KEY_PERSON);
	urgent(f, false, false);
	assert_int_equal(item_of(f, "d1")->rings, 0);
	assert_int_equal(item_of(f, "d1b")->rings, 1);
}

static void long_hours(struct fixture *f, ContactHours ***windows, size_t n)
{
	*windows = arena_alloc(&f->arena, n * sizeof(**windows));
	ContactHours *hours = arena_alloc(&f->arena, n * sizeof(*hours));
	for (size_t i = 0; i < n; i++) {
		hours[i] = (ContactHours)ContactHours_INIT;
		hours[i].weekday = 1 + (uint32_t)i % 7;
		hours[i].from_minute = 540;
		hours[i].to_minute = 1080;
		hours[i].means = CONTACT_MEANS_PHONE;
		(*windows)[i] = &hours[i];
	}
}

/* The staff of a large hospital, each with hours of their own, are more than fits into the memory for
 * one input; who they are is not. */
static void a_thousand_with_long_hours(void **state)
{
	struct fixture *f = *state;
	ContactHours **windows;

	long_hours(f, &windows, 64);
	for (int i = 0; i < 1000; i++) {
		PersonChanged changed = PersonChanged_INIT;
		Person nurse = Person_INIT;
		nurse.id = arena_printf(&f->arena, "ward-%d", i);
		nurse.organisation = text(f, "station01");
		nurse.profession = PROFESSION_NURSE;
		nurse.state = ENROLMENT_STATE_ENROLLED;
		nurse.hours = windows;
		nurse.n_hours = 64;
		changed.person = &nurse;
		notice(f, "directory", &f->directory, &changed.base);
	}
	char *event = urgent(f, false, false);
	assert_string_equal(inbox(f, "ward-999"), "stored ");
	pass(f, STEP_MS);
	for (int i = 0; i < 10; i++) /* so many silent devices are looked at first */
		pass(f, 0);
	assert_string_equal(way(f, event), "1:clinic03 2:clinic04 ");
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_int_equal(list(f, "ward-999", false, 0)->n_items, 2);
}

static size_t to_mail(struct fixture *f)
{
	ListSilent request = ListSilent_INIT;

	assert_int_equal(ask(f, "relay", &request.base), CODE_OK);
	return ((SilentList *)body_of(f, &SilentList_descriptor))->n_items;
}

static void with_mail(struct fixture *f, const char *user, const char *organisation)
{
	PersonChanged changed = PersonChanged_INIT;
	Person of = Person_INIT;

	of.id = text(f, user);
	of.organisation = text(f, organisation);
	of.profession = PROFESSION_DOCTOR;
	of.state = ENROLMENT_STATE_ENROLLED;
	of.mail = text(f, "d@example.jp");
	changed.person = &of;
	notice(f, "directory", &f->directory, &changed.base);
}

/* Handed to a colleague it rings for them, and if their device is silent they get a mail. */
static void a_colleague_hears_what_is_handed_to_them(void **state)
{
	struct fixture *f = *state;

	with_mail(f, "d3b", "clinic06");
	urgent(f, false, false);
	with_mail(f, "d3b", "clinic03");
	assert_int_equal(hand_over_to(f, "d3", "d3b"), CODE_OK);
	assert_int_equal(item_of(f, "d3b")->rings, 2);
	pass(f, SILENT_MS);
	assert_int_equal(to_mail(f), 1);
	/* but not before its turn */
	person(f, "d1b", "clinic01", PROFESSION_DOCTOR);
	assert_int_equal(hand_over_to(f, "d1", "d1b"), CODE_OK);
	assert_int_equal(item_of(f, "d1b")->rings, 0);
	rebuilt_the_same(f);
}

/* ---- who may not see the patient ------------------------------------------------------------ */

/* A nurse of the clinic on duty, or an administrator of the centre, may open nothing. */
static void who_stands_in_must_be_able_to(void **state)
{
	struct fixture *f = *state;

	person(f, "d3-nurse", "clinic03", PROFESSION_NURSE);
	person(f, "d4b", "clinic06", PROFESSION_DOCTOR);
	person(f, "d4b", "clinic04", PROFESSION_DOCTOR);
	substitute(f, "d3", "d3-nurse");
	substitute(f, "d4", "d4b");
	substitute(f, "centre-staff", "admin");
	urgent(f, false, false);
	assert_string_equal(inbox(f, "d3-nurse"), "");
	pass(f, STEP_MS);
	assert_string_equal(inbox(f, "d4b"), "stored ");
	for (int i = 0; i < 3; i++)
		pass(f, STEP_MS);
	assert_string_equal(inbox(f, "centre-staff"), "stored ");
	assert_string_equal(inbox(f, "admin"), "");
}

/* The deputy clinic is on duty and has it through the team; the patient takes cover back. */
static void offered_to_nobody_who_covers_no_longer(void **state)
{
	struct fixture *f = *state;

	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 - 4 * HOUR_MS, MORNING, "clinic02", "");
	shift(f, "2026-09-26-saturday", 0, MORNING, MORNING + 10 * HOUR_MS, "clinic05", "");
	char *event = urgent(f, false, false);
	assert_string_equal(way(f, event), "1:clinic02 ");
	char *given = first(f, "d2");
	assert_int_equal(accept_it(f, "d2", given), CODE_OK);
	consents(f, true, false);
	assert_string_equal(inbox(f, "d2"), "accepted ");
	pass(f, MORNING - f->clock.wall_ms);
	assert_string_equal(inbox(f, "d5"), "");
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 0);
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 1); /* who attends */
	assert_int_equal(take_over(f, "d5", given), CODE_NOT_FOUND);
	assert_int_equal(take_over(f, "d1", given), CODE_OK);
}

/* It was offered, and cover is taken back before anybody took it. */
static void an_offer_ends_with_cover(void **state)
{
	struct fixture *f = *state;

	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 - 4 * HOUR_MS, MORNING, "clinic02", "");
	shift(f, "2026-09-26-saturday", 0, MORNING, MORNING + 10 * HOUR_MS, "clinic05", "");
	urgent(f, false, false);
	char *given = first(f, "d2");
	assert_int_equal(accept_it(f, "d2", given), CODE_OK);
	pass(f, MORNING - f->clock.wall_ms);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 1);
	consents(f, true, false);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 0);
	assert_int_equal(take_over(f, "d5", given), CODE_NOT_FOUND);
	consents(f, true, true);
	assert_int_equal(take_over(f, "d5", given), CODE_OK);
}

static void who_left_the_clinic_sees_nothing_more_of_it(void **state)
{
	struct fixture *f = *state;
	ShowRecipients request = ShowRecipients_INIT;
	char *event = urgent(f, false, false);

	request.entry = event;
	assert_int_equal(show_walk(f, "d3", event), CODE_OK);
	assert_int_equal(ask(f, "d3", &request.base), CODE_OK);
	assert_true(((RecipientList *)body_of(f, &RecipientList_descriptor))->n_items > 0);
	person(f, "d3", "clinic06", PROFESSION_DOCTOR);
	assert_int_equal(show_walk(f, "d3", event), CODE_NOT_FOUND);
	assert_int_equal(ask(f, "d3", &request.base), CODE_OK);
	assert_int_equal(((RecipientList *)body_of(f, &RecipientList_descriptor))->n_items, 0);
}

int main(void)
{
#define WORLD(name) cmocka_unit_test_setup_teardown(name, open_world, free_fixture)
	const struct CMUnitTest tests[] = {
		WORLD(who_had_it_is_revoked),
		WORLD(who_had_it_works_elsewhere_now),
		WORLD(it_waits_until_somebody_is_there),
		WORLD(whose_turn_never_comes_hears_it_at_once),
		WORLD(a_thousand_with_long_hours),
		WORLD(a_colleague_hears_what_is_handed_to_them),
		WORLD(who_stands_in_must_be_able_to),
		WORLD(offered_to_nobody_who_covers_no_longer),
		WORLD(an_offer_ends_with_cover),
		WORLD(who_left_the_clinic_sees_nothing_more_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
