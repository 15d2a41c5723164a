/* If this failed, a notification would be missing from an inbox, stand in the wrong one, or never come
 * back although nobody took it. The whole daemon runs, with its store, over a bus that records. */
#include "tests/unit/alert_fixture.h"

#define STEP_MS (1000LL * ESCALATION_STEP_S)

/* ---- tests ---------------------------------------------------------------------------------- */

static void from_entry_to_done(void **state)
{
	struct fixture *f = *state;
	ConfirmDelivery receipt = ConfirmDelivery_INIT;
	char *entry_id = entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	Inbox *got = list(f, "pharmacist", false, 0);

	assert_int_equal(got->n_items, 1);
	assert_string_equal(got->items[0]->entry, entry_id);
	assert_string_equal(got->items[0]->patient, PATIENT);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
	assert_string_equal(inbox(f, "nurse-2"), "stored ");
	assert_string_equal(inbox(f, "doctor"), "");
	assert_string_equal(inbox(f, "colleague"), "");
	char *id = got->items[0]->id;
	receipt.ids = &id;
	receipt.n_ids = 1;
	assert_int_equal(ask(f, "nurse-1", &receipt.base), CODE_OK); /* another's: passed over */
	assert_string_equal(inbox(f, "pharmacist"), "stored ");
	assert_int_equal(ask(f, "pharmacist", &receipt.base), CODE_OK);
	assert_string_equal(inbox(f, "pharmacist"), "delivered ");
	assert_int_equal(ask(f, "pharmacist", &receipt.base), CODE_OK); /* again */
	assert_int_equal(finish_it(f, "pharmacist", id), CODE_FAILED_PRECONDITION);
	assert_int_equal(accept_it(f, "nurse-1", id), CODE_NOT_FOUND);
	assert_int_equal(accept_it(f, "nurse-1", "nonsense"), CODE_NOT_FOUND);
	assert_int_equal(open_it(f, "pharmacist", id), CODE_OK);
	assert_int_equal(accept_it(f, "pharmacist", id), CODE_OK);
	uint64_t before = f->reply->position;
	assert_string_equal(inbox(f, "pharmacist"), "accepted ");
	assert_int_equal(finish_it(f, "pharmacist", id), CODE_OK);
	assert_string_equal(inbox(f, "pharmacist"), "");
	assert_string_equal(states(f, list(f, "pharmacist", true, 0)), "done ");
	assert_string_equal(states(f, list(f, "pharmacist", false, before)), "done ");
	rebuilt_the_same(f);
}

/* record's store was swapped for an older copy and back: the same entry comes at another position. */
static void the_same_entry_is_told_of_once(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	f->made--;
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	assert_string_equal(inbox(f, "pharmacist"), "stored ");
	rebuilt_the_same(f);
}

static void a_watch_is_told(void **state)
{
	struct fixture *f = *state;
	ListInbox request = ListInbox_INIT;

	assert_int_equal(ask_after(f, "pharmacist", &request.base, 0, true), CODE_OK);
	recording_bus_clear(&f->bus);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_null(recording_bus_find(&f->bus, "alert/inbox/pharmacist", 0));
	entry(f, PATIENT, ENTRY_KIND_ALLERGY, false);
	assert_non_null(recording_bus_find(&f->bus, "alert/inbox/pharmacist", 0));
}

/* Where there is nobody to go on to, who was told hears it again. */
static void urgent_ones_ring_until_accepted(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_VITAL_SIGNS, true);
	pass(f, STEP_MS - 1);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
	pass(f, 1);
	assert_string_equal(inbox(f, "nurse-1"), "stored*1 ");
	uint64_t seen = f->reply->position;
	/* a stop of hours: one step, then the full length */
	pass(f, 10 * STEP_MS);
	assert_string_equal(inbox(f, "nurse-1"), "stored*2 ");
	assert_string_equal(states(f, list(f, "nurse-1", false, seen)), "stored*2 ");
	pass(f, STEP_MS - 1);
	assert_string_equal(inbox(f, "nurse-1"), "stored*2 ");
	pass(f, 1);
	assert_string_equal(inbox(f, "nurse-2"), "stored*3 ");
	/* one accepts: the other is told who, and it is quiet */
	seen = f->reply->position;
	assert_int_equal(accept_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_string_equal(states(f, list(f, "nurse-2", false, seen)), "stored*3 by nurse-1 ");
	pass(f, 3 * STEP_MS);
	assert_string_equal(inbox(f, "nurse-2"), "stored*3 by nurse-1 ");
	/* and gives it back: it is everyone's again, at once */
	assert_int_equal(decline_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	pass(f, 0);
	assert_string_equal(inbox(f, "nurse-2"), "stored*4 ");
	pass(f, STEP_MS);
	assert_string_equal(inbox(f, "nurse-2"), "stored*5 ");
	assert_string_equal(inbox(f, "nurse-1"), "");
	rebuilt_the_same(f);
}

static void colleagues_take_and_hand_over(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	char *id = first(f, "pharmacist");
	uint64_t seen = f->reply->position;
	assert_int_equal(take_over(f, "nurse-1", id), CODE_NOT_FOUND);
	assert_int_equal(take_over(f, "colleague", id), CODE_OK);
	assert_string_equal(inbox(f, "pharmacist"), "");
	Inbox *left = list(f, "pharmacist", false, seen);
	assert_string_equal(states(f, left), "withdrawn ");
	assert_string_equal(left->items[0]->recipient, "colleague");
	assert_string_equal(left->items[0]->patient, "");
	assert_string_equal(inbox(f, "colleague"), "accepted ");
	assert_int_equal(accept_it(f, "pharmacist", id), CODE_NOT_FOUND);

	assert_int_equal(hand_over_to(f, "colleague", "nurse-1"), CODE_FAILED_PRECONDITION);
	assert_int_equal(hand_over_to(f, "colleague", "pharmacist"), CODE_OK);
	assert_string_equal(inbox(f, "colleague"), "");
	assert_string_equal(inbox(f, "pharmacist"), "stored ");
	assert_string_equal(list(f, "pharmacist", false, 0)->items[0]->handed_over_by, "colleague");
	assert_string_equal(states(f, list(f, "pharmacist", false, seen)), "stored ");
	assert_int_equal(hand_over_to(f, "colleague", "pharmacist"), CODE_OK); /* nothing left */
	rebuilt_the_same(f);
}

static void who_loses_access_loses_what_is_open(void **state)
{
	struct fixture *f = *state;
	SetSubstitute request = SetSubstitute_INIT;

	request.user = text(f, "colleague");
	request.until_ms = f->clock.wall_ms + DAY_MS;
	assert_int_equal(ask(f, "pharmacist", &request.base), CODE_OK);
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	assert_string_equal(inbox(f, "pharmacist"), "stored ");
	assert_string_equal(inbox(f, "colleague"), "stored ");
	uint64_t seen = f->reply->position;
	assert_int_equal(accept_it(f, "colleague", first(f, "colleague")), CODE_OK);
	assert_string_equal(inbox(f, "nurse-1"), "stored by colleague ");

	/* the pharmacist leaves: so does who stands in for them, and it is nobody's again */
	team(f, PATIENT, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, false, true);
	assert_string_equal(inbox(f, "pharmacist"), "");
	assert_string_equal(inbox(f, "colleague"), "");
	Inbox *left = list(f, "colleague", false, seen);
	assert_string_equal(states(f, left), "withdrawn ");
	assert_string_equal(left->items[0]->patient, "");
	assert_string_equal(left->items[0]->entry, "");
	assert_string_equal(states(f, list(f, "colleague", true, 0)), "");
	assert_string_equal(inbox(f, "nurse-1"), "stored*1 ");
	pass(f, STEP_MS);
	assert_string_equal(inbox(f, "nurse-1"), "stored*2 ");

	/* nothing new for who was removed; consent withdrawn: for nobody but the registrar */
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	assert_string_equal(inbox(f, "pharmacist"), "");
	assert_int_equal(hand_over_to(f, "nurse-1", "nurse-2"), CODE_OK);
	consent(f, PATIENT, false);
	assert_string_equal(inbox(f, "nurse-2"), "");
	consent(f, PATIENT, true);
	assert_string_equal(inbox(f, "nurse-2"), "");
	rebuilt_the_same(f);
}

static void consent_may_come_with_the_registration(void **state)
{
	struct fixture *f = *state;
	TeamNotice registered = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, "clinic01");
	member.profession = PROFESSION_DOCTOR;
	registered.patient = text(f, OTHER_PATIENT);
	registered.member = &member;
	registered.registrar = true;
	registered.team_consent = true;
	notice(f, "record", &f->record, &registered.base);
	team(f, OTHER_PATIENT, "station01", "", PROFESSION_NURSE, false, false);
	entry(f, OTHER_PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
}

static void the_registrar_keeps_what_is_open(void **state)
{
	struct fixture *f = *state;

	team(f, OTHER_PATIENT, "station01", "", PROFESSION_NURSE, true, false);
	entry(f, OTHER_PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
	consent(f, OTHER_PATIENT, true);
	consent(f, OTHER_PATIENT, false);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
}

static void mutes(void **state)
{
	struct fixture *f = *state;
	Mute mute = Mute_INIT;
	ListMutes list_mutes = ListMutes_INIT;

	mute.patient = text(f, PATIENT);
	mute.kind = ENTRY_KIND_NOTE;
	mute.muted = true;
	assert_int_equal(ask(f, "colleague", &mute.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(f, "nurse-1", &mute.base), CODE_OK);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "nurse-1"), "");
	assert_string_equal(inbox(f, "nurse-2"), "stored ");
	entry(f, PATIENT, ENTRY_KIND_NOTE, true);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
	assert_int_equal(ask(f, "nurse-1", &list_mutes.base), CODE_OK);
	MuteList *muted = body_of(f, &MuteList_descriptor);
	assert_int_equal(muted->n_items, 1);
	assert_int_equal(muted->items[0]->kind, ENTRY_KIND_NOTE);
	assert_string_equal(muted->items[0]->patient, PATIENT);
	mute.kind = ENTRY_KIND_UNSPECIFIED;
	assert_int_equal(ask(f, "nurse-2", &mute.base), CODE_OK);
	mute.kind = ENTRY_KIND_WISH;
	mute.muted = false;
	assert_int_equal(ask(f, "nurse-2", &mute.base), CODE_OK); /* every kind but wishes */
	assert_int_equal(ask(f, "nurse-2", &list_mutes.base), CODE_OK);
	muted = body_of(f, &MuteList_descriptor);
	assert_int_equal(muted->n_items, EntryKind_descriptor.n_values - 2);
	mute.kind = ENTRY_KIND_UNSPECIFIED;
	assert_int_equal(ask(f, "nurse-1", &mute.base), CODE_OK);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "nurse-1"), "stored stored ");
	mute.patient = text(f, "nonsense");
	assert_int_equal(ask(f, "nurse-1", &mute.base), CODE_PERMISSION_DENIED);
	rebuilt_the_same(f);
}

static void visit(struct fixture *f, int64_t from_ms, int64_t until_ms, bool removed)
{
	TeamNotice changed = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, "station02");
	member.profession = PROFESSION_NURSE;
	member.role = TEAM_ROLE_MEMBER;
	member.referral = text(f, OTHER_PATIENT);
	member.from_ms = from_ms;
	member.until_ms = until_ms;
	member.times = 2;
	member.every_days = 7;
	changed.patient = text(f, PATIENT);
	changed.member = &member;
	changed.removed = removed;
	notice(f, "record", &f->record, &changed.base);
}

/* A series of visits: told in its windows; what is not done waits through the gap, and
 * goes at the end. */
static void who_visits_is_told_while_they_do(void **state)
{
	struct fixture *f = *state;
	int64_t from_ms = f->clock.wall_ms + DAY_MS, until_ms = from_ms + DAY_MS;

	person(f, "visitor", "station02", PROFESSION_NURSE);
	visit(f, from_ms, until_ms, false);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "visitor"), "");
	pass(f, DAY_MS);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "visitor"), "stored ");
	pass(f, DAY_MS);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	team(f, PATIENT, "pharmacy01", "colleague", PROFESSION_PHARMACIST, false, false);
	assert_string_equal(inbox(f, "visitor"), "stored ");
	pass(f, 6 * DAY_MS);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "visitor"), "stored stored ");
	visit(f, 0, 0, true);
	assert_string_equal(inbox(f, "visitor"), "");
	rebuilt_the_same(f);
}

static void doctors(struct fixture *f, const char *organisation, TeamRole role, bool removed,
		    TeamMember *also)
{
	TeamNotice changed = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = text(f, organisation);
	member.profession = PROFESSION_DOCTOR;
	member.role = role;
	changed.patient = text(f, PATIENT);
	changed.member = &member;
	changed.removed = removed;
	changed.also = also;
	notice(f, "record", &f->record, &changed.base);
}

/* A taker who was to attend does not, and who did before does again: what they are told follows. */
static void who_attends_again_is_told_again(void **state)
{
	struct fixture *f = *state;
	TeamMember again = TeamMember_INIT;

	person(f, "attending", "clinic02", PROFESSION_DOCTOR);
	person(f, "taker", "clinic03", PROFESSION_DOCTOR);
	doctors(f, "clinic02", TEAM_ROLE_ATTENDING, false, NULL);
	doctors(f, "clinic03", TEAM_ROLE_ATTENDING, false, NULL);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "attending"), "");
	assert_string_equal(inbox(f, "taker"), "stored ");
	again.organisation = text(f, "clinic02");
	again.role = TEAM_ROLE_ATTENDING;
	again.profession = PROFESSION_DOCTOR;
	doctors(f, "clinic03", TEAM_ROLE_MEMBER, true, &again);
	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_string_equal(inbox(f, "attending"), "stored ");
	assert_string_equal(inbox(f, "taker"), "");
	rebuilt_the_same(f);
}

static void who_moves_on_leaves_it_behind(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	char *id = first(f, "nurse-1");
	person(f, "nurse-1", "station02", PROFESSION_NURSE);
	assert_string_equal(inbox(f, "nurse-1"), "");
	assert_int_equal(accept_it(f, "nurse-1", id), CODE_NOT_FOUND);
	assert_int_equal(take_over(f, "nurse-2", id), CODE_OK);
}

static void glass_is_told_to_the_support_centre(void **state)
{
	struct fixture *f = *state;
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation centre = Organisation_INIT;
	GlassNotice broken = GlassNotice_INIT;

	centre.id = text(f, "centre");
	centre.kind = ORGANISATION_KIND_SUPPORT_CENTRE;
	changed.organisation = &centre;
	notice(f, "directory", &f->directory, &changed.base);
	person(f, "centre-staff", "centre", PROFESSION_CENTRE_STAFF);
	broken.patient = text(f, PATIENT);
	broken.user = text(f, "stranger");
	notice(f, "record", &f->record, &broken.base);
	notice(f, "record", &f->record, &broken.base);
	assert_string_equal(inbox(f, "centre-staff"), "stored stored ");
	assert_true(list(f, "centre-staff", false, 0)->items[0]->break_glass);
	/* each is an event of its own */
	assert_int_equal(accept_it(f, "centre-staff", first(f, "centre-staff")), CODE_OK);
	pass(f, REMINDER_MS);
	assert_string_equal(inbox(f, "centre-staff"), "accepted stored*1 ");
}

/* All pages, in order of position. How many items, those withdrawn or those to work on; *pages counts
 * the pages. */
static size_t walk(struct fixture *f, const char *user, uint64_t after, bool withdrawn,
		   unsigned *pages)
{
	size_t n = 0;
	uint64_t last = 0;

	*pages = 0;
	do {
		Inbox *page = list(f, user, false, after);
		for (size_t i = 0; i < page->n_items; i++) {
			assert_true(page->items[i]->position >= last);
			last = page->items[i]->position;
			n += (page->items[i]->state == NOTIFICATION_STATE_WITHDRAWN) == withdrawn;
		}
		after = f->reply->position;
		++*pages;
	} while (f->reply->more);
	return n;
}

static void confirm_all(struct fixture *f, const char *user)
{
	uint64_t after = 0;

	do {
		Inbox *page = list(f, user, false, after);
		bool more = f->reply->more;
		ConfirmDelivery receipt = ConfirmDelivery_INIT;
		after = f->reply->position;
		char *ids[DELIVERIES_MAX];
		for (size_t i = 0; i < page->n_items; i++) {
			assert_int_equal(page->items[i]->state, NOTIFICATION_STATE_STORED);
			ids[receipt.n_ids++] = page->items[i]->id;
			if (receipt.n_ids == DELIVERIES_MAX || i + 1 == page->n_items) {
				receipt.ids = ids;
				assert_int_equal(ask(f, user, &receipt.base), CODE_OK);
				receipt.n_ids = 0;
			}
		}
		f->reply->more = more;
	} while (f->reply->more);
}

#define MANY 10000

static void ten_thousand_wait(void **state)
{
	struct fixture *f = *state;
	unsigned pages;

	for (int i = 0; i < MANY; i++)
		entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	daemon_free(f->daemon);
	start(f);
	assert_int_equal(walk(f, "pharmacist", 0, false, &pages), MANY);
	assert_in_range(pages, MANY / LIMIT_PAGE_ITEMS, MANY / LIMIT_PAGE_ITEMS + 1);
	confirm_all(f, "pharmacist");
	Inbox *page = list(f, "pharmacist", false, 0);
	for (size_t i = 0; i < page->n_items; i++)
		assert_int_equal(page->items[i]->state, NOTIFICATION_STATE_DELIVERED);

	/* one request hands over all of it, in steps that follow by themselves */
	uint64_t seen = daemon_head(f->daemon);
	assert_int_equal(hand_over_to(f, "pharmacist", "colleague"), CODE_OK);
	for (int i = 0; i < 60; i++)
		pass(f, 1);
	assert_int_equal(walk(f, "pharmacist", 0, false, &pages), 0);
	assert_int_equal(walk(f, "colleague", 0, false, &pages), MANY);
	assert_int_equal(walk(f, "pharmacist", seen, true, &pages), MANY); /* what to forget */

	/* and all of it goes when access ends */
	seen = daemon_head(f->daemon);
	team(f, PATIENT, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, false, true);
	for (int i = 0; i < 20; i++)
		pass(f, 1);
	assert_int_equal(walk(f, "colleague", 0, false, &pages), 0);
	assert_int_equal(walk(f, "colleague", seen, true, &pages), MANY);
	rebuilt_the_same(f);
}

/* A reminder that cannot be given would stand before all other due work for ever. */
static void many_are_reminded(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2500; i++)
		person(f, arena_printf(&f->arena, "nurse-of-many-%d", i), "station02", PROFESSION_NURSE);
	team(f, PATIENT, "station02", "", PROFESSION_NURSE, false, false);
	entry(f, PATIENT, ENTRY_KIND_NOTE, true);
	assert_string_equal(inbox(f, "nurse-of-many-7"), "stored ");
	pass(f, 3600000);
	for (int i = 0; i < 12; i++)
		pass(f, 0); /* that their devices are silent is due before, 256 in a step */
	assert_string_equal(inbox(f, "nurse-of-many-7"), "stored*1 ");
	assert_int_equal(accept_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_string_equal(inbox(f, "nurse-of-many-7"), "stored*1 by nurse-1 ");
}

/* What a reader may no longer see is passed over; there may be more of it than fits into memory. */
static void much_that_is_gone_hides_nothing(void **state)
{
	struct fixture *f = *state;
	unsigned pages;

	for (int i = 0; i < MANY; i++)
		entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	team(f, OTHER_PATIENT, "clinic02", "", PROFESSION_DOCTOR, true, false);
	person(f, "nurse-1", "station02", PROFESSION_NURSE);
	team(f, OTHER_PATIENT, "station02", "", PROFESSION_NURSE, false, false);
	consent(f, OTHER_PATIENT, true);
	entry(f, OTHER_PATIENT, ENTRY_KIND_NOTE, false);
	assert_int_equal(walk(f, "nurse-1", 0, false, &pages), 1);
}

/* Two who hand over to each other at the same time end, and lose nothing. */
static void handing_over_to_each_other_ends(void **state)
{
	struct fixture *f = *state;
	unsigned pages;

	for (int i = 0; i < 700; i++)
		entry(f, PATIENT, ENTRY_KIND_NOTE, false);
	assert_int_equal(hand_over_to(f, "nurse-1", "nurse-2"), CODE_OK);
	assert_int_equal(hand_over_to(f, "nurse-2", "nurse-1"), CODE_OK);
	for (int i = 0; i < 30; i++)
		pass(f, 1);
	uint64_t head = daemon_head(f->daemon);
	for (int i = 0; i < 5; i++)
		pass(f, 1);
	assert_int_equal(daemon_head(f->daemon), head);
	assert_int_equal(walk(f, "nurse-1", 0, false, &pages) + walk(f, "nurse-2", 0, false, &pages), 1400);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(from_entry_to_done),
		TEST(the_same_entry_is_told_of_once),
		TEST(a_watch_is_told),
		TEST(urgent_ones_ring_until_accepted),
		TEST(colleagues_take_and_hand_over),
		TEST(who_loses_access_loses_what_is_open),
		TEST(consent_may_come_with_the_registration),
		TEST(the_registrar_keeps_what_is_open),
		TEST(mutes),
		TEST(who_visits_is_told_while_they_do),
		TEST(who_attends_again_is_told_again),
		TEST(who_moves_on_leaves_it_behind),
		TEST(glass_is_told_to_the_support_centre),
		TEST(ten_thousand_wait),
		TEST(much_that_is_gone_hides_nothing),
		TEST(many_are_reminded),
		TEST(handing_over_to_each_other_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
