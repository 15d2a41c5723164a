/* If this fails, a calendar program shows duties as they were, an address tells them after it was given
 * up, or somebody ends another's. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/temporary.h"
#include "tests/unit/rota_fixture.h"

#define NIGHT MONTH "-09-weekday-night"

static char folder[TEMPORARY_SIZE];

static int set_up(void **state)
{
	rota_setup(state);
	temporary_make(folder, "calendars");
	snprintf(rota_calendars.folder, sizeof(rota_calendars.folder), "%s", folder);
	return 0;
}

static int tear_down(void **state)
{
	temporary_remove(folder);
	return free_fixture(state);
}

static Code subscribe(struct fixture *f, const char *user, const char *organisation, bool english)
{
	SubscribeCalendar request = SubscribeCalendar_INIT;

	request.organisation = text(f, organisation);
	request.english = english;
	return ask(f, user, &request.base);
}

static Calendar *subscribed(struct fixture *f, const char *user, const char *organisation,
			    bool english)
{
	assert_int_equal(subscribe(f, user, organisation, english), CODE_OK);
	return body_of(f, &Calendar_descriptor);
}

static CalendarList *calendars(struct fixture *f, const char *user)
{
	ListCalendars request = ListCalendars_INIT;

	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return body_of(f, &CalendarList_descriptor);
}

STEP_OF(end, EndCalendar)

/* What is at an address; NULL: nothing. */
static char *at_address(struct fixture *f, const Calendar *calendar)
{
	char path[2 * TEMPORARY_SIZE], *out = NULL;
	size_t room = 0;

	snprintf(path, sizeof(path), "%s/%s.ics", folder, calendar->address);
	FILE *file = fopen(path, "r");
	if (!file)
		return NULL;
	assert_true(getdelim(&out, &room, '\0', file) > 0);
	fclose(file);
	char *kept = text(f, out);
	free(out);
	return kept;
}

/* The event of a place; "": it has none. */
static char *event(struct fixture *f, const Calendar *calendar, const char *uid)
{
	char *all = at_address(f, calendar);

	assert_non_null(all);
	char *from = strstr(all, arena_printf(&f->arena, "UID:%s", uid));
	if (!from)
		return text(f, "");
	return arena_printf(&f->arena, "%.*s", (int)(strstr(from, "END:VEVENT") - from), from);
}

static void an_address_shows_what_holds(void **state)
{
	struct fixture *f = *state;

	planned(f);
	const char *holder = shift_of(f, NIGHT)->first;
	const char *other = free_clinic(f, shift_of(f, NIGHT));
	const Calendar *own = subscribed(f, "helper", holder, false);
	const Calendar *all = subscribed(f, "helper", "", true);
	assert_int_equal(strlen(own->address), 32);
	assert_string_not_equal(own->address, all->address);
	assert_non_null(strstr(event(f, own, NIGHT "-first@tsunagi"), "STATUS:CONFIRMED"));
	assert_non_null(strstr(event(f, own, NIGHT "-first@tsunagi"), "SUMMARY:第一当番："));
	assert_non_null(strstr(event(f, all, NIGHT "-second@tsunagi"), "SUMMARY:On duty (second)"));
	assert_string_equal(event(f, own, NIGHT "-second@tsunagi"), "");

	assert_int_equal(set(f, "administrator", NIGHT, false, other, "希望"), CODE_OK);
	assert_non_null(strstr(event(f, own, NIGHT "-first@tsunagi"), "STATUS:CANCELLED"));
	const char *name = arena_printf(&f->arena, "第%uクリニック", (unsigned)atoi(other + 6));
	assert_non_null(strstr(event(f, all, NIGHT "-first@tsunagi"), name));
	fixture_rebuild(f);
}

static void the_same_again_is_the_same_address(void **state)
{
	struct fixture *f = *state;
	const Calendar *first = subscribed(f, "helper", "", false);
	const Calendar *again = subscribed(f, "helper", "", false);

	assert_string_equal(first->address, again->address);
	assert_int_equal(calendars(f, "helper")->n_items, 1);
	/* Somebody else's is another: each ends their own. */
	assert_string_not_equal(subscribed(f, "doctor1", "", false)->address, first->address);
	assert_int_equal(calendars(f, "doctor2")->n_items, 0);
}

static void nothing_is_at_an_address_that_ended(void **state)
{
	struct fixture *f = *state;
	const Calendar *own = subscribed(f, "doctor1", "clinic01", false);
	const Calendar *colleague = subscribed(f, "helper", "clinic01", false);

	assert_int_equal(end(f, "helper", own->id), CODE_NOT_FOUND);
	assert_non_null(at_address(f, own));
	assert_int_equal(end(f, "doctor1", own->id), CODE_OK);
	assert_null(at_address(f, own));
	assert_non_null(at_address(f, colleague));
	assert_int_equal(end(f, "doctor1", own->id), CODE_NOT_FOUND);
	assert_string_not_equal(subscribed(f, "doctor1", "clinic01", false)->address, own->address);
	fixture_rebuild(f);
}

static void who_is_revoked_has_no_address(void **state)
{
	struct fixture *f = *state;
	const Calendar *own = subscribed(f, "doctor1", "", false);
	const Calendar *colleague = subscribed(f, "doctor2", "", false);
	PersonChanged changed = PersonChanged_INIT;
	Person person = Person_INIT;

	person.id = text(f, "doctor1");
	person.organisation = text(f, "clinic01");
	person.profession = PROFESSION_DOCTOR;
	person.state = ENROLMENT_STATE_REVOKED;
	changed.person = &person;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
	assert_null(at_address(f, own));
	assert_non_null(at_address(f, colleague));
	fixture_rebuild(f);
}

static void what_cannot_be_is_refused_by_name(void **state)
{
	struct fixture *f = *state;

	char *long_name = arena_alloc(&f->arena, 601);
	memset(long_name, 'a', 600);
	long_name[600] = '\0';
	const char *const nobody[] = { "nobody", "Clinic 01", long_name };
	for (size_t i = 0; i < sizeof(nobody) / sizeof(*nobody); i++) {
		assert_int_equal(subscribe(f, "helper", nobody[i], false), CODE_NOT_FOUND);
		assert_string_equal(f->reply->field, "organisation");
	}
	for (unsigned i = 1; i <= CLINICS; i++)
		subscribed(f, "helper", arena_printf(&f->arena, "clinic%02u", i), false);
	subscribed(f, "helper", "", false);
	assert_int_equal(subscribe(f, "helper", "", true), CODE_RESOURCE_EXHAUSTED);
	assert_int_equal(subscribe(f, "helper", "", false), CODE_OK); /* there is one */
	assert_int_equal(calendars(f, "helper")->n_items, CALENDARS_MAX);
	assert_int_equal(end(f, "helper", "no id"), CODE_NOT_FOUND);
	assert_string_equal(f->reply->field, "id");
}

/* A folder that is away for a while, and what somebody else left in it. */
static void files_come_back_by_themselves(void **state)
{
	struct fixture *f = *state;
	char path[2 * TEMPORARY_SIZE];
	const Calendar *all;

	planned(f);
	temporary_remove(folder);
	all = subscribed(f, "helper", "", false); /* what it says does not hang on files */
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(path, sizeof(path), "%s/00000000000000000000000000000000.ics", folder);
	assert_int_equal(symlink(".ja", path), 0);
	assert_true(daemon_wait_ms(f->daemon) <= 1000);
	fixture_step(f);
	assert_null(at_address(f, all)); /* not before a second has gone */
	fixture_pass(f, 1000);
	assert_non_null(strstr(event(f, all, NIGHT "-first@tsunagi"), "STATUS:CONFIRMED"));
	assert_int_not_equal(access(path, F_OK), 0);

	/* A copy of the folder may have texts where links were. */
	snprintf(path, sizeof(path), "%s/%s.ics", folder, all->address);
	assert_int_equal(unlink(path), 0);
	FILE *copy = fopen(path, "w");
	fputs("BEGIN:VCALENDAR of yesterday", copy);
	fclose(copy);
	subscribed(f, "doctor1", "", false);
	assert_non_null(strstr(event(f, all, NIGHT "-first@tsunagi"), "STATUS:CONFIRMED"));
}

/* A full disk is no reason to go on telling somebody who was revoked. */
static void what_ended_goes_first(void **state)
{
	struct fixture *f = *state;
	const Calendar *own = subscribed(f, "doctor1", "clinic01", false);
	char path[2 * TEMPORARY_SIZE];

	planned(f);
	snprintf(path, sizeof(path), "%s/clinic02.ja.new", folder); /* nothing can be written there */
	assert_int_equal(mkdir(path, 0700), 0);
	const Calendar *other = subscribed(f, "doctor2", "clinic02", false);
	assert_null(at_address(f, other));
	assert_int_equal(end(f, "doctor1", own->id), CODE_OK);
	assert_null(at_address(f, own));
	assert_int_equal(rmdir(path), 0);
	fixture_pass(f, 1000);
	assert_non_null(at_address(f, other));
}

/* Who is on duty on the night before the first sees that until the morning. */
static void a_month_does_not_end_a_night(void **state)
{
	struct fixture *f = *state;

	planned(f);
	at(f, "2027-03-01T03:00");
	const Calendar *all = subscribed(f, "helper", "", false);
	assert_non_null(strstr(event(f, all, MONTH "-28-holiday-night-first@tsunagi"), "CONFIRMED"));
}

static void a_new_name_is_told(void **state)
{
	struct fixture *f = *state;
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;
	static Network networks[] = { NETWORK_ROUND_THE_CLOCK };

	planned(f);
	const char *holder = shift_of(f, NIGHT)->first;
	const Calendar *all = subscribed(f, "helper", "", false);
	organisation.id = text(f, holder);
	organisation.name = text(f, "ひかり医院");
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = AREA_NORTH;
	organisation.networks = networks;
	organisation.n_networks = 1;
	changed.organisation = &organisation;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
	assert_non_null(strstr(event(f, all, NIGHT "-first@tsunagi"), "ひかり医院"));
	fixture_rebuild(f);
}

/* What was wrong in the views was wrong in the files, too. */
static void a_rebuild_writes_them_anew(void **state)
{
	struct fixture *f = *state;
	const Calendar *all = subscribed(f, "helper", "", false);
	char path[2 * TEMPORARY_SIZE];

	planned(f);
	snprintf(path, sizeof(path), "%s/.ja", folder);
	assert_int_equal(truncate(path, 0), 0);
	fixture_rebuild(f);
	fixture_step(f);
	assert_non_null(strstr(event(f, all, NIGHT "-first@tsunagi"), "STATUS:CONFIRMED"));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_address_shows_what_holds),
		TEST(the_same_again_is_the_same_address),
		TEST(nothing_is_at_an_address_that_ended),
		TEST(who_is_revoked_has_no_address),
		TEST(what_cannot_be_is_refused_by_name),
		TEST(files_come_back_by_themselves),
		TEST(what_ended_goes_first),
		TEST(a_month_does_not_end_a_night),
		TEST(a_new_name_is_told),
		TEST(a_rebuild_writes_them_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
