/* If this failed, a doctor whose telephone is off would not be written to, or the mail would come
 * although the telephone has rung, or again and again. */
#include "tests/unit/alert_fixture.h"

#include "services/alert/silent.h"

/* ---- people with addresses, and what the relay hears ---------------------------------------- */

static void mail_of(struct fixture *f, const char *user, const char *organisation,
		    Profession profession, const char *mail)
{
	PersonChanged changed = PersonChanged_INIT;
	Person person = Person_INIT;

	person.id = text(f, user);
	person.name = text(f, user);
	person.organisation = text(f, organisation);
	person.profession = profession;
	person.state = ENROLMENT_STATE_ENROLLED;
	person.mail = text(f, mail);
	changed.person = &person;
	fixture_tell(f, "directory", &f->directory, &changed.base);
	fixture_step(f);
}

/* nurse-1 and the pharmacist have an address, nurse-2 has none. */
static int setup_mail(void **state)
{
	int rc = setup(state);

	mail_of(*state, "nurse-1", "station01", PROFESSION_NURSE, "nurse@example.jp");
	mail_of(*state, "pharmacist", "pharmacy01", PROFESSION_PHARMACIST, "yaku@example.jp");
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "nurse-1=nurse@example.jp pharmacist- ": who is to be written to and where; -: no longer. What
 * fell due together stands in no order of its own: sorted. */
static const char *listed(struct fixture *f, const SilentList *list_)
{
	char *items[100];
	const char *all = "";

	assert_true(list_->n_items <= 100);
	for (size_t i = 0; i < list_->n_items; i++) {
		const Silent *item = list_->items[i];
		assert_true(item->done == !item->mail[0]);
		items[i] = arena_printf(&f->arena, "%s%s%s ", item->user, item->done ? "-" : "=",
					item->mail);
	}
	qsort(items, list_->n_items, sizeof(*items), by_text);
	for (size_t i = 0; i < list_->n_items; i++)
		all = arena_printf(&f->arena, "%s%s", all, items[i]);
	return all;
}

static const char *silent_after(struct fixture *f, uint64_t after)
{
	ListSilent request = ListSilent_INIT;

	assert_int_equal(ask_after(f, "relay", &request.base, after, false), CODE_OK);
	return listed(f, body_of(f, &SilentList_descriptor));
}

static const char *silent(struct fixture *f)
{
	return silent_after(f, 0);
}

static Code report(struct fixture *f, const char *id, const char *user, bool sent,
		   const char *detail)
{
	ReportMail request = ReportMail_INIT;

	request.id = text(f, id);
	request.user = text(f, user);
	request.sent = sent;
	request.detail = text(f, detail);
	return ask(f, "relay", &request.base);
}

static Code confirm(struct fixture *f, const char *user, const char *id)
{
	ConfirmDelivery receipt = ConfirmDelivery_INIT;
	char *ids[] = { text(f, id) };

	receipt.ids = ids;
	receipt.n_ids = 1;
	return ask(f, user, &receipt.base);
}

static size_t facts_of(struct fixture *f, const char *type)
{
	uint64_t position = 0;
	size_t n = 0;

	while (fixture_fact(f, type, &position))
		n++;
	return n;
}

/* "mailed:nurse-1 failed:nurse-1(421 busy) ": what is on the way of the event about mails */
static const char *steps(struct fixture *f, const char *event)
{
	ShowEscalation request = ShowEscalation_INIT;
	const char *all = "";

	request.event = text(f, event);
	assert_int_equal(ask(f, "doctor", &request.base), CODE_OK);
	Escalation *shown = body_of(f, &Escalation_descriptor);
	for (size_t i = 0; i < shown->n_steps; i++) {
		const EscalationStep *step = shown->steps[i];
		const char *what = step->what == ESCALATION_STEP_WHAT_MAILED ? "mailed"
				   : step->what == ESCALATION_STEP_WHAT_MAIL_FAILED ? "failed"
				   : step->what == ESCALATION_STEP_WHAT_NO_ADDRESS  ? "nowhere"
										    : NULL;
		if (!what)
			continue;
		assert_int_equal(step->n_users, 1);
		all = arena_printf(&f->arena, "%s%s:%s(%s) ", all, what, step->users[0],
				   step->detail);
	}
	return all;
}

#define NURSE "nurse-1=nurse@example.jp "
#define PHARMACIST "pharmacist=yaku@example.jp "
#define BOTH NURSE PHARMACIST

/* ---- SilentDue: a minute after it rang ------------------------------------------------------- */

static void a_minute_to_the_millisecond(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, false);
	pass(f, 2 * SILENT_MS);
	assert_string_equal(silent(f), "");
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS - 1);
	assert_string_equal(silent(f), "");
	pass(f, 1);
	assert_string_equal(silent(f), BOTH);
	assert_int_equal(facts_of(f, "SilentFound"), 3); /* nurse-2 has no address */
	rebuilt_the_same(f);
}

static void who_confirmed_in_time_is_not_written_to(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS - 1);
	assert_int_equal(confirm(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_int_equal(open_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	pass(f, 1);
	assert_string_equal(silent(f), PHARMACIST);
	assert_int_equal(facts_of(f, "SilentFound"), 1);
	assert_int_equal(facts_of(f, "DueDropped"), 0);
	/* and later: the relay hears that it is over */
	uint64_t seen = f->reply->position;
	assert_int_equal(confirm(f, "pharmacist", first(f, "pharmacist")), CODE_OK);
	assert_string_equal(silent_after(f, seen), "pharmacist- ");
	assert_string_equal(silent(f), "");
	rebuilt_the_same(f);
}

static void what_a_colleague_took_is_written_about_to_nobody(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	assert_int_equal(accept_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	pass(f, SILENT_MS);
	assert_string_equal(silent(f), "");
	/* given back, it rings again: then they have their minute */
	assert_int_equal(decline_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	pass(f, REMINDER_MS);
	assert_string_equal(silent(f), "");
	pass(f, SILENT_MS);
	assert_string_equal(silent(f), BOTH);
	uint64_t seen = f->reply->position;
	assert_int_equal(accept_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_string_equal(silent_after(f, seen), "nurse-1- pharmacist- ");
	rebuilt_the_same(f);
}

static void one_mail_however_often_it_rings(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS);
	char *id = first(f, "nurse-1");
	assert_int_equal(report(f, id, "nurse-1", true, "250 OK"), CODE_OK);
	assert_string_equal(silent(f), PHARMACIST);
	assert_int_equal(report(f, id, "nurse-1", true, "250 OK"), CODE_OK); /* once more */
	assert_int_equal(facts_of(f, "MailReported"), 1);
	for (int i = 0; i < 4; i++)
		pass(f, REMINDER_MS);
	assert_string_equal(inbox(f, "nurse-1"), "stored*4 ");
	assert_string_equal(silent(f), PHARMACIST);
	assert_int_equal(facts_of(f, "SilentFound"), 3);
	/* another one is another mail */
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS);
	assert_string_equal(silent(f), NURSE PHARMACIST PHARMACIST);
	rebuilt_the_same(f);
}

/* What rings each 25 s until all have answered: the minute counts from the first time. */
static void a_minute_from_the_first_ring(void **state)
{
	struct fixture *f = *state;
	SetEscalation settings = SetEscalation_INIT;
	EntryNotice added = EntryNotice_INIT;

	person(f, "admin", "centre", PROFESSION_ADMINISTRATOR);
	settings.urgent_s = settings.limit_s = 25;
	assert_int_equal(ask(f, "admin", &settings.base), CODE_OK);
	added.patient = text(f, PATIENT);
	added.entry = fixture_id(f);
	added.kind = ENTRY_KIND_NOTE;
	added.urgent = added.everyone = true;
	added.author = text(f, "doctor");
	added.organisation = text(f, "clinic01");
	notice(f, "record", &f->record, &added.base);
	pass(f, 25000);
	assert_int_equal(list(f, "nurse-1", false, 0)->items[0]->rings, 2);
	pass(f, 25000);
	pass(f, 9999);
	assert_string_equal(silent(f), "");
	pass(f, 1);
	assert_string_equal(silent(f), NURSE);
	rebuilt_the_same(f);
}

static void who_gets_it_later_is_written_to_as_well(void **state)
{
	struct fixture *f = *state;

	mail_of(f, "nurse-2", "station01", PROFESSION_NURSE, "two@example.jp");
	entry(f, PATIENT, ENTRY_KIND_ALLERGY, true);
	assert_int_equal(open_it(f, "nurse-2", first(f, "nurse-2")), CODE_OK);
	pass(f, SILENT_MS);
	char *id = first(f, "nurse-1");
	assert_int_equal(report(f, id, "nurse-1", true, ""), CODE_OK);
	assert_int_equal(hand_over_to(f, "nurse-1", "nurse-2"), CODE_OK);
	pass(f, REMINDER_MS);
	pass(f, SILENT_MS);
	assert_string_equal(silent(f), "nurse-2=two@example.jp " PHARMACIST);
	assert_int_equal(report(f, id, "nurse-2", true, ""), CODE_OK);
	assert_string_equal(silent(f), PHARMACIST);
	rebuilt_the_same(f);
}

static void failures_stay_and_are_noted_once(void **state)
{
	struct fixture *f = *state;
	char *long_one = arena_printf(&f->arena, "%0201d", 0);

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS);
	char *id = first(f, "nurse-1");
	for (int i = 0; i < 3; i++)
		assert_int_equal(report(f, id, "nurse-1", false, "421 busy"), CODE_OK);
	assert_int_equal(facts_of(f, "MailReported"), 1);
	assert_int_equal(report(f, id, "nurse-1", false, "550 no such user"), CODE_OK);
	assert_int_equal(facts_of(f, "MailReported"), 2);
	assert_string_equal(silent(f), BOTH);
	assert_int_equal(report(f, id, "nurse-1", true, ""), CODE_OK);
	assert_int_equal(report(f, id, "nurse-1", false, "421 late"), CODE_OK);
	assert_int_equal(facts_of(f, "MailReported"), 3);
	assert_int_equal(report(f, id, "nurse-1", false, long_one), CODE_INVALID_ARGUMENT);
	assert_int_equal(report(f, id, "nurse-1", false, "two\nlines"), CODE_INVALID_ARGUMENT);
	assert_int_equal(report(f, id, "doctor", true, ""), CODE_NOT_FOUND);
	assert_int_equal(report(f, "nonsense", "nurse-1", true, ""), CODE_NOT_FOUND);
	rebuilt_the_same(f);
}

static void each_is_a_step_of_the_escalation(void **state)
{
	struct fixture *f = *state;
	char *event = entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);

	pass(f, SILENT_MS);
	assert_string_equal(steps(f, event), "nowhere:nurse-2() ");
	char *id = first(f, "nurse-1");
	assert_int_equal(report(f, id, "nurse-1", false, "421 busy"), CODE_OK);
	assert_int_equal(report(f, id, "nurse-1", false, "421 busy"), CODE_OK);
	assert_int_equal(report(f, id, "nurse-1", true, ""), CODE_OK);
	assert_string_equal(steps(f, event),
			    "nowhere:nurse-2() failed:nurse-1(421 busy) mailed:nurse-1() ");
	rebuilt_the_same(f);
}

static void who_left_is_not_written_to(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	mail_of(f, "nurse-1", "station02", PROFESSION_NURSE, "nurse@example.jp");
	pass(f, SILENT_MS);
	assert_string_equal(silent(f), PHARMACIST);
	uint64_t seen = f->reply->position;
	team(f, PATIENT, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, false, true);
	assert_string_equal(silent_after(f, seen), "pharmacist- ");
	assert_string_equal(silent(f), "");
	rebuilt_the_same(f);
}

static void over_a_restart(void **state)
{
	struct fixture *f = *state;

	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS - 2000);
	fixture_restart(f);
	pass(f, 1999);
	assert_string_equal(silent(f), "");
	pass(f, 1);
	assert_string_equal(silent(f), BOTH);
	/* down while the minute ended: nobody could confirm, so they have another */
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	fixture_stop(f);
	f->clock.wall_ms += SILENT_MS + SILENT_LATE_MS + 1;
	f->clock.monotonic_ms += SILENT_MS + SILENT_LATE_MS + 1;
	fixture_start(f);
	pass(f, 0);
	assert_string_equal(silent(f), BOTH);
	pass(f, SILENT_MS - 1);
	assert_string_equal(silent(f), BOTH);
	pass(f, 1);
	assert_string_equal(silent(f), NURSE NURSE PHARMACIST PHARMACIST);
	rebuilt_the_same(f);
}

static void a_clock_that_jumps(void **state)
{
	struct fixture *f = *state;

	for (int sign = -1; sign <= 1; sign += 2) {
		bool second = sign > 0;
		entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
		f->clock.wall_ms += sign * DAY_MS;
		pass(f, 0);
		pass(f, SILENT_MS - 1);
		assert_string_equal(silent(f), second ? BOTH : "");
		pass(f, 1);
		assert_string_equal(silent(f), second ? NURSE NURSE PHARMACIST PHARMACIST : BOTH);
	}
	rebuilt_the_same(f);
}

static void nobody_else_may_ask(void **state)
{
	struct fixture *f = *state;
	ListSilent list_silent = ListSilent_INIT;
	ReportMail report_mail = ReportMail_INIT;
	ListInbox list_inbox = ListInbox_INIT;
	ReadNotices read_notices = ReadNotices_INIT;
	static const char *const others[] = { "nurse-1", "directory", "record", "relay-1" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		assert_int_equal(ask(f, others[i], &list_silent.base), CODE_PERMISSION_DENIED);
		assert_int_equal(ask(f, others[i], &report_mail.base), CODE_PERMISSION_DENIED);
	}
	assert_int_equal(ask(f, "relay", &list_inbox.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(f, "relay", &read_notices.base), CODE_PERMISSION_DENIED);
}

static void the_relay_is_told_at_once(void **state)
{
	struct fixture *f = *state;
	ListSilent request = ListSilent_INIT;

	assert_int_equal(ask_after(f, "relay", &request.base, 0, true), CODE_OK);
	recording_bus_clear(&f->bus);
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	assert_null(fixture_push(f, "relay", 0));
	pass(f, SILENT_MS);
	Push *push = fixture_push(f, "relay", 0);
	assert_non_null(push);
	assert_string_equal(push->type, "SilentList");
	assert_string_equal(listed(f, fixture_decode(f, &SilentList_descriptor, push->body)), BOTH);
}

static void the_minute_is_an_option(void **state)
{
	struct fixture *f = *state;
	struct silent_options options = { .wait_ms = 0 };

	assert_int_equal(silent_option(&options, "silent-s", "0"), ERR_INVALID);
	assert_int_equal(silent_option(&options, "silent-s", "2x"), ERR_INVALID);
	assert_int_equal(silent_option(&options, "other", "2"), ERR_INVALID);
	assert_int_equal(silent_option(&options, "silent-s", NULL), ERR_INVALID);
	assert_int_equal(silent_option(&options, "silent-s", "2"), 0);
	f->context = &options;
	fixture_restart(f);
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, 1999);
	assert_string_equal(silent(f), "");
	pass(f, 1);
	assert_string_equal(silent(f), BOTH);
	fixture_restart(f);
	f->context = NULL;
	fixture_restart(f);
	assert_int_equal(facts_of(f, "SilenceSet"), 2);
	entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
	pass(f, SILENT_MS - 1);
	assert_string_equal(silent(f), BOTH);
	rebuilt_the_same(f);
}

/* A whole hospital is silent: more than a page, and what is over at one position fits into one. */
static void many_are_listed_page_by_page(void **state)
{
	struct fixture *f = *state;
	ListSilent request = ListSilent_INIT;
	size_t n = 0, pages = 0;
	uint64_t after = 0;

	mail_of(f, "nurse-1", "station01", PROFESSION_NURSE,
		arena_printf(&f->arena, "%0240d@example.jp", 0));
	for (int i = 0; i < STEP_MAX; i++) {
		entry(f, PATIENT, ENTRY_KIND_MEDICATION, true);
		arena_reset(&f->arena);
	}
	pass(f, SILENT_MS);
	pass(f, 0);
	pass(f, 0);
	pass(f, 0);
	do {
		assert_int_equal(ask_after(f, "relay", &request.base, after, false), CODE_OK);
		SilentList *page = body_of(f, &SilentList_descriptor);
		for (size_t i = 0; i < page->n_items; i++)
			assert_true(page->items[i]->position > after || i);
		n += page->n_items;
		assert_true(f->reply->position > after);
		after = f->reply->position;
		pages++;
	} while (f->reply->more);
	assert_int_equal(n, 2 * STEP_MAX);
	assert_true(pages > 1);
	team(f, PATIENT, "pharmacy01", "pharmacist", PROFESSION_PHARMACIST, false, true);
	assert_int_equal(ask_after(f, "relay", &request.base, after, false), CODE_OK);
	SilentList *over = body_of(f, &SilentList_descriptor);
	assert_int_equal(over->n_items, STEP_MAX);
	assert_false(f->reply->more);
	rebuilt_the_same(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_mail, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_minute_to_the_millisecond),
		TEST(who_confirmed_in_time_is_not_written_to),
		TEST(what_a_colleague_took_is_written_about_to_nobody),
		TEST(one_mail_however_often_it_rings),
		TEST(a_minute_from_the_first_ring),
		TEST(who_gets_it_later_is_written_to_as_well),
		TEST(failures_stay_and_are_noted_once),
		TEST(each_is_a_step_of_the_escalation),
		TEST(who_left_is_not_written_to),
		TEST(over_a_restart),
		TEST(a_clock_that_jumps),
		TEST(nobody_else_may_ask),
		TEST(the_relay_is_told_at_once),
		TEST(the_minute_is_an_option),
		TEST(many_are_listed_page_by_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
