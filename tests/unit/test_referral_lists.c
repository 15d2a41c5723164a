/* If this failed, a request would be missing from a list, or stand on it for ever; a screen
 * would miss a change; somebody's look at a patient would leave no trace; or a figure would
 * point at one patient. */
#include "tests/unit/referral_fixture.h"

#define PATIENTS 14
#define EACH 40

/* ---- a list ---------------------------------------------------------------------------------- */

static const char *ids_of(struct fixture *f, const ReferralList *items)
{
	const char *all = "";
	uint64_t before = 0;

	for (size_t i = 0; i < items->n_items; i++) {
		assert_true(items->items[i]->position > before);
		before = items->items[i]->position;
		all = arena_printf(&f->arena, "%s%s ", all, items->items[i]->id);
	}
	return all;
}

static const char *words(struct fixture *f, const char *a, const char *b, const char *c)
{
	return arena_printf(&f->arena, "%s%s%s%s%s%s", a, *a ? " " : "", b, *b ? " " : "", c,
			    *c ? " " : "");
}

static void what_concerns_me(void **state)
{
	struct fixture *f = *state;
	char *doctor = asked(f, KIND(HOME_DOCTOR)), *bed = asked(f, KIND(BACKUP_BED));
	char *visit = asked(f, KIND(VISIT));

	assert_string_equal(ids_of(f, list(f, "liaison", false, false, 0)),
			    words(f, doctor, bed, ""));
	assert_string_equal(ids_of(f, list(f, "liaison02", false, false, 0)),
			    words(f, bed, "", ""));
	assert_string_equal(ids_of(f, list(f, "doctor01", false, false, 0)),
			    words(f, doctor, bed, ""));
	assert_string_equal(ids_of(f, list(f, "nurse01", false, false, 0)),
			    words(f, visit, "", ""));
	assert_string_equal(ids_of(f, list(f, "centre-staff", false, false, 0)), "");
	assert_string_equal(ids_of(f, list(f, "caremanager", false, false, 0)), "");
	uint64_t before = f->reply->position;
	assert_int_equal(decline(f, "liaison02", bed), CODE_OK);
	/* declined, it is open no longer for them; the others see it at its new place */
	assert_string_equal(ids_of(f, list(f, "liaison02", false, false, 0)), "");
	assert_string_equal(ids_of(f, list(f, "liaison02", true, false, 0)), words(f, bed, "", ""));
	assert_string_equal(ids_of(f, list(f, "liaison02", false, false, before)),
			    words(f, bed, "", ""));
	assert_string_equal(ids_of(f, list(f, "liaison", false, false, before)),
			    words(f, bed, "", ""));
	assert_int_equal(cancel(f, "liaison", doctor), CODE_OK);
	assert_string_equal(ids_of(f, list(f, "liaison", false, false, 0)), words(f, bed, "", ""));
	assert_string_equal(ids_of(f, list(f, "liaison", true, false, 0)),
			    words(f, bed, doctor, ""));
	assert_string_equal(ids_of(f, list(f, "liaison", false, false, before)),
			    words(f, bed, doctor, ""));
	assert_string_equal(ids_of(f, list(f, "liaison", true, false, f->reply->position)), "");
}

static void who_has_no_list(void **state)
{
	static const char *const users[] = { "pharmacist", "officer", "station-helper" };
	struct fixture *f = *state;
	ListReferrals request = ListReferrals_INIT;

	for (size_t i = 0; i < N(users); i++)
		assert_int_equal(ask(f, users[i], &request.base), CODE_PERMISSION_DENIED);
	request.unplaced = true;
	assert_int_equal(ask(f, "liaison", &request.base), CODE_PERMISSION_DENIED);
	assert_string_equal(f->reply->field, "unplaced");
	assert_int_equal(ask(f, "centre-nurse", &request.base), CODE_PERMISSION_DENIED);
}

static void the_centres_list(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED)), *other = asked(f, KIND(VISIT));

	assert_string_equal(ids_of(f, list(f, "centre-staff", false, true, 0)), "");
	assert_int_equal(decline(f, "liaison", id), CODE_OK);
	assert_int_equal(decline(f, "liaison02", id), CODE_OK);
	assert_string_equal(ids_of(f, list(f, "centre-staff", false, true, 0)),
			    words(f, id, "", ""));
	const Referral *shown = show(f, "centre-staff", id);
	assert_string_equal(shown->patient, "");
	assert_int_equal(shown->n_offers, 2);
	assert_null(show(f, "centre-staff", other)); /* was never theirs */
	CloseReferral bad = CloseReferral_INIT;
	bad.id = id;
	assert_int_equal(ask(f, "centre-staff", &bad.base), CODE_INVALID_ARGUMENT);
	assert_string_equal(f->reply->field, "outcome");
	assert_int_equal(close_it(f, id), CODE_OK);
	assert_int_equal(close_it(f, id), CODE_FAILED_PRECONDITION);
	assert_string_equal(ids_of(f, list(f, "centre-staff", false, true, 0)), "");
	assert_string_equal(ids_of(f, list(f, "centre-staff", true, true, 0)),
			    words(f, id, "", ""));
	assert_non_null(show(f, "centre-staff", id));
}

/* ---- watches --------------------------------------------------------------------------------- */

/* What a screen knows that got its first page and then changes, without a gap. */
static void a_screen_that_stays_open(void **state)
{
	struct fixture *f = *state;
	char *first = asked(f, KIND(VISIT));

	recording_bus_clear(&f->bus);
	assert_int_equal(watch(f, "nurse02", false), CODE_OK);
	uint64_t at = f->reply->position;
	const ReferralList *page = body_of(f, &ReferralList_descriptor);
	organisation(f, "station05", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	organisation(f, "station06", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	recording_bus_clear(&f->bus);
	pass(f, 2 * HOUR);
	assert_null(push_to(f, "nurse02", 0)); /* has lapsed */
	assert_int_equal(watch(f, "nurse02", false), CODE_OK);
	at = f->reply->position;
	page = body_of(f, &ReferralList_descriptor);
	assert_int_equal(page->n_items, 1); /* all are asked by now */
	recording_bus_clear(&f->bus);
	assert_int_equal(accept(f, "nurse02", first), CODE_OK);
	Push *push = push_to(f, "nurse02", 0);
	assert_int_equal(push->from, at);
	assert_int_equal(push->to, daemon_head(f->daemon));
	assert_int_equal(pushed(f, "nurse02", 0)->items[0]->state, S(ACCEPTED));
	at = push->to;
	/* of another: they see no more than its state */
	assert_int_equal(accept(f, "nurse03", first), CODE_OK);
	push = push_to(f, "nurse02", 0);
	assert_int_equal(push->from, at);
	assert_int_equal(pushed(f, "nurse02", 0)->items[0]->n_offers, 1);
	assert_int_equal(cancel(f, "nurse01", first), CODE_OK);
	assert_int_equal(pushed(f, "nurse02", 0)->items[0]->state, S(CANCELLED));
	asked(f, KIND(BACKUP_BED)); /* nothing to them */
	assert_null(push_to(f, "nurse02", 0));
}

static void the_centre_is_told_at_once(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(BACKUP_BED));

	assert_int_equal(watch(f, "centre-staff", true), CODE_OK);
	assert_int_equal(decline(f, "liaison", id), CODE_OK);
	assert_null(push_to(f, "centre-staff", 0));
	assert_int_equal(decline(f, "liaison02", id), CODE_OK);
	const ReferralList *items = pushed(f, "centre-staff", 0);
	assert_int_equal(items->n_items, 1);
	assert_int_equal(items->items[0]->state, S(UNPLACED));
	assert_int_equal(cancel(f, "doctor01", id), CODE_OK);
	items = pushed(f, "centre-staff", 0);
	assert_int_equal(items->items[0]->state, S(CANCELLED));
	assert_false(items->items[0]->with_centre);
}

static void a_patients_list_is_not_watched(void **state)
{
	struct fixture *f = *state;
	ListReferrals request = ListReferrals_INIT;

	request.patient = text(f, PATIENT);
	assert_int_equal(ask_with(f, "nurse01", new_id(f), &request.base, 0, true), CODE_OK);
	asked(f, KIND(VISIT));
	assert_null(push_to(f, "nurse01", 0));
}

/* ---- many ------------------------------------------------------------------------------------ */

static const char *patient_no(struct fixture *f, unsigned i)
{
	return arena_printf(&f->arena, "01KSR49200E4HR0000000001%02u", i);
}

/* Sixty stations, and requests for many patients; late: so near that all are
 * asked and the centre. */
static unsigned ask_many(struct fixture *f, unsigned each, bool late)
{
	AskReferral request = form(f, KIND(VISIT));

	for (unsigned i = STATIONS + 1; i <= 60; i++)
		organisation(f, arena_printf(&f->arena, "station%02u", i),
			     ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	for (unsigned p = 0; p < PATIENTS; p++) {
		patient(f, patient_no(f, p), true, false, true);
		team(f, patient_no(f, p), "station01", PROFESSION_NURSE, false);
		request.patient = text(f, patient_no(f, p));
		for (unsigned i = 0; i < each; i++) {
			request.from_ms =
				f->clock.wall_ms + (late ? HOUR + i * 60 : 2 * DAY + i * HOUR);
			request.to_ms = request.from_ms + (late ? 60 : HOUR);
			assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
		}
	}
	return PATIENTS * each;
}

static unsigned read_pages(struct fixture *f, const char *user, bool unplaced, unsigned *pages)
{
	ListReferrals request = ListReferrals_INIT;
	uint64_t after = 0, before = 0;
	unsigned n = 0;

	request.unplaced = unplaced;
	for (*pages = 1;; (*pages)++) {
		assert_int_equal(ask_with(f, user, new_id(f), &request.base, after, false),
				 CODE_OK);
		const ReferralList *items = body_of(f, &ReferralList_descriptor);
		for (size_t i = 0; i < items->n_items; i++) {
			assert_true(items->items[i]->position > before);
			before = items->items[i]->position;
			n++;
		}
		assert_true(f->reply->body.len < LIMIT_PAYLOAD_BYTES - 4096);
		if (!f->reply->more)
			return n;
		assert_true(f->reply->position > after);
		after = f->reply->position;
	}
}

static void pages_of_many(void **state)
{
	struct fixture *f = *state;
	unsigned n = ask_many(f, EACH, false), pages;

	assert_true(n > LIMIT_PAGE_ITEMS);
	assert_int_equal(read_pages(f, "nurse01", false, &pages), n);
	assert_true(pages > 1);
	assert_string_equal(ids_of(f, list(f, "nurse01", false, false, f->reply->position)), "");
}

static void pages_and_figures_of_many_unplaced(void **state)
{
	struct fixture *f = *state;
	unsigned n = ask_many(f, EACH, true), pages;
	ShowFigures request = ShowFigures_INIT;

	assert_int_equal(read_pages(f, "centre-staff", true, &pages), n);
	assert_true(pages > 1);
	assert_int_equal(read_pages(f, "nurse01", false, &pages), n);
	assert_int_equal(read_pages(f, "nurse02", false, &pages), n);
	assert_int_equal(ask(f, "officer", &request.base), CODE_OK);
	const Figures *figures = body_of(f, &Figures_descriptor);
	assert_int_equal(figures->n_items, 1);
	assert_int_equal(figures->items[0]->unplaced, n);
	ListReferrals one = ListReferrals_INIT; /* of one patient, with all their offers */
	one.patient = text(f, patient_no(f, 0));
	assert_int_equal(ask(f, "nurse01", &one.base), CODE_OK);
	assert_int_equal(((ReferralList *)body_of(f, &ReferralList_descriptor))->n_items, EACH);
	/* all of it left behind at once */
	organisation(f, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	for (int i = 0; i < 4; i++)
		batch(f);
	assert_int_equal(read_pages(f, "nurse02", false, &pages), 0);
	assert_int_equal(read_pages(f, "centre-staff", true, &pages), n);
}

/* ---- who looked ------------------------------------------------------------------------------ */

/* The patients that were journalled since, in one fact; "": no fact. */
static const char *accessed(struct fixture *f, uint64_t since)
{
	const char *all = "";
	JournalEntry *entry;

	size_t n = facts_of(f, "Accessed", since, &entry);
	if (!n)
		return "";
	assert_int_equal(n, 1);
	const Accessed *access = fixture_decode(f, &Accessed_descriptor, entry->fact);
	assert_true(access->right == ACCESSED_RIGHT_TEAM ||
		    access->right == ACCESSED_RIGHT_REGISTRAR);
	assert_true(access->what[0]);
	for (size_t i = 0; i < access->n_patients; i++)
		all = arena_printf(&f->arena, "%s%s%s", all, i ? " " : "", access->patients[i]);
	return all;
}

static void whenever_a_patient_is_named_it_is_journalled(void **state)
{
	struct fixture *f = *state;
	AskReferral other = form(f, KIND(VISIT));
	char *id = asked(f, KIND(VISIT));
	ListReferrals of_patient = ListReferrals_INIT;

	other.patient = text(f, OTHER_PATIENT);
	assert_int_equal(ask(f, "nurse01", &other.base), CODE_OK);
	other.from_ms += 2 * HOUR;
	other.to_ms += 2 * HOUR;
	assert_int_equal(ask(f, "nurse01", &other.base), CODE_OK);
	uint64_t head = daemon_head(f->daemon);
	show(f, "nurse02", id);
	list(f, "nurse02", true, false, 0);
	list(f, "nurse03", true, false, 0);
	list(f, "centre-staff", true, true, 0);
	assert_string_equal(accessed(f, head), ""); /* nobody is named to them */
	show(f, "nurse01", id);
	assert_string_equal(accessed(f, head), PATIENT);
	head = daemon_head(f->daemon);
	list(f, "nurse01", false, false, 0);
	assert_string_equal(accessed(f, head), PATIENT " " OTHER_PATIENT);
	head = daemon_head(f->daemon);
	of_patient.patient = text(f, PATIENT);
	assert_int_equal(ask(f, "caremanager", &of_patient.base), CODE_OK);
	assert_string_equal(accessed(f, head), PATIENT);
	head = daemon_head(f->daemon);
	assert_int_equal(ask(f, "nurse02", &of_patient.base), CODE_PERMISSION_DENIED);
	assert_string_equal(accessed(f, head), "");
	/* pushes name nobody, so there is nothing to write down */
	assert_int_equal(watch(f, "nurse01", false), CODE_OK);
	head = daemon_head(f->daemon);
	assert_int_equal(
		decline(f, nurse(f, (unsigned)(whole(f, id)->offers[0]->organisation[8] - '0')),
			id),
		CODE_OK);
	assert_string_equal(pushed(f, "nurse01", 0)->items[0]->patient, "");
	assert_string_equal(accessed(f, head), "");
}

static void the_audit_shows_it(void **state)
{
	struct fixture *f = *state;
	ShowAudit request = ShowAudit_INIT;
	char *id = asked(f, KIND(VISIT));

	show(f, "nurse01", id);
	request.patient = text(f, PATIENT);
	/* not the registrar */
	assert_int_equal(ask(f, "nurse01", &request.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(f, "liaison", &request.base), CODE_OK);
	const AuditList *events = body_of(f, &AuditList_descriptor);
	assert_int_equal(events->n_items, 2);
	assert_string_equal(events->items[0]->what, "AskReferral");
	assert_int_equal(events->items[0]->right, ACCESSED_RIGHT_TEAM);
	assert_string_equal(events->items[1]->what, "ShowReferral");
	assert_string_equal(events->items[1]->user, "nurse01");
	request.patient = text(f, "01KSR49200E4HR000000000009");
	assert_int_equal(ask(f, "liaison", &request.base), CODE_PERMISSION_DENIED);
}

static Code audits(struct fixture *f, const char *user)
{
	ShowAudit request = ShowAudit_INIT;

	request.patient = text(f, PATIENT);
	return ask(f, user, &request.base);
}

/* Record says in one word who is a member no longer, and who attends again. */
static void who_attends_again_sees_the_audit(void **state)
{
	struct fixture *f = *state;
	TeamNotice ended = TeamNotice_INIT;
	TeamMember taker = TeamMember_INIT, again = TeamMember_INIT;

	team(f, PATIENT, "clinic02", PROFESSION_DOCTOR, false);
	assert_int_equal(audits(f, "doctor01"), CODE_PERMISSION_DENIED);
	taker.organisation = text(f, "clinic02");
	again.organisation = text(f, "clinic01");
	again.role = TEAM_ROLE_ATTENDING;
	again.profession = PROFESSION_DOCTOR;
	ended.patient = text(f, PATIENT);
	ended.member = &taker;
	ended.removed = true;
	ended.also = &again;
	notice(f, "record", &ended.base);
	assert_int_equal(audits(f, "doctor01"), CODE_OK);
	assert_int_equal(audits(f, "doctor02"), CODE_PERMISSION_DENIED);
}

/* ---- figures --------------------------------------------------------------------------------- */

static const Figure *figure(struct fixture *f, ReferralKind kind)
{
	ShowFigures request = ShowFigures_INIT;

	assert_int_equal(ask(f, "officer", &request.base), CODE_OK);
	const Figures *figures = body_of(f, &Figures_descriptor);
	for (size_t i = 0; i < figures->n_items; i++) {
		assert_string_equal(figures->items[i]->month, "2026-09");
		assert_int_equal(figures->items[i]->area, AREA_NORTH);
		if (figures->items[i]->kind == kind)
			return figures->items[i];
	}
	return NULL;
}

static void who_sees_figures(void **state)
{
	struct fixture *f = *state;
	static const char *const not_them[] = { "liaison", "nurse01", "doctor01", "centre-nurse",
						"caremanager" };
	static const char *const bad[] = { "2026", "2026-13", "2026-09-01", "kugatsu", "2026-9x" };
	ShowFigures request = ShowFigures_INIT;

	for (size_t i = 0; i < N(not_them); i++)
		assert_int_equal(ask(f, not_them[i], &request.base), CODE_PERMISSION_DENIED);
	assert_int_equal(ask(f, "centre-staff", &request.base), CODE_OK);
	for (size_t i = 0; i < N(bad); i++) {
		request.month = text(f, bad[i]);
		assert_int_equal(ask(f, "officer", &request.base), CODE_INVALID_ARGUMENT);
		assert_string_equal(f->reply->field, "month");
	}
	request.month = text(f, "2026-08");
	asked(f, KIND(VISIT));
	assert_int_equal(ask(f, "officer", &request.base), CODE_OK);
	assert_int_equal(((const Figures *)body_of(f, &Figures_descriptor))->n_items, 0);
}

static char *bed(struct fixture *f)
{
	char *id = asked(f, KIND(BACKUP_BED));

	pass(f, 10 * MINUTE);
	assert_int_equal(accept(f, "liaison", id), CODE_OK);
	return id;
}

static void end_bed(struct fixture *f, char *id, bool centre)
{
	assert_int_equal(confirm(f, "doctor01", id), CODE_OK);
	placed(f, whole(f, id), "hospital01", !centre);
	if (centre)
		assert_int_equal(close_it(f, id), CODE_OK);
}

/* Of 1 to 4 it says no more than that there are any. */
static void small_figures_are_not_told(void **state)
{
	struct fixture *f = *state;

	assert_null(figure(f, KIND(BACKUP_BED)));
	for (int i = 1; i <= 6; i++) {
		end_bed(f, bed(f), false);
		const Figure *one = figure(f, KIND(BACKUP_BED));
		assert_int_equal(one->asked, i < 5 ? -1 : i);
		assert_int_equal(one->placed, i < 5 ? -1 : i);
		assert_int_equal(one->unplaced, 0);
		assert_int_equal(one->closed, 0);
		assert_int_equal(one->median_minutes, i < 5 ? -1 : 10);
	}
	for (int i = 1; i <= 5; i++) {
		end_bed(f, bed(f), true);
		assert_int_equal(figure(f, KIND(BACKUP_BED))->closed, i < 5 ? -1 : i);
		assert_int_equal(figure(f, KIND(BACKUP_BED))->asked, 6 + i);
	}
	assert_int_equal(figure(f, KIND(BACKUP_BED))->placed, 6);
}

static void what_is_given_back_is_placed_once(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(VISIT));

	for (int i = 0; i < 5; i++) {
		request.from_ms += 2 * HOUR;
		request.to_ms = request.from_ms + HOUR;
		assert_int_equal(ask(f, "nurse01", &request.base), CODE_OK);
		char *id = f->reply->id;
		for (size_t k = 0; k < 2; k++) {
			const Referral *one = whole(f, id);
			const char *taker = one->offers[k]->organisation, *user =
				nurse(f, (unsigned)(taker[8] - '0'));
			assert_int_equal(accept(f, user, id), CODE_OK);
			assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
			placed(f, one, taker, true);
			if (k == 0)
				assert_int_equal(withdraw(f, user, id), CODE_OK);
		}
	}
	assert_int_equal(figure(f, KIND(VISIT))->asked, 5);
	assert_int_equal(figure(f, KIND(VISIT))->placed, 5);
	assert_int_equal(figure(f, KIND(VISIT))->median_minutes, 0);
}

/* ---- how many one has taken ------------------------------------------------------------------ */

static void who_has_taken_more_in_thirty_days_is_asked_later(void **state)
{
	struct fixture *f = *state;
	char *id = bed(f);
	int64_t at_ms;

	end_bed(f, id, false);
	at_ms = f->clock.wall_ms;
	for (int i = 0; i < 3; i++) {
		const Referral *next = whole(f, asked(f, KIND(BACKUP_BED)));
		bool lately = i < 2;
		assert_int_equal(life_offer(next, "hospital01")->score->taken, lately);
		assert_int_equal(life_offer(next, "hospital02")->score->taken, 0);
		if (lately)
			assert_int_equal(life_offer(next, "hospital02")->rank, 1);
		assert_int_equal(cancel(f, "doctor01", next->id), CODE_OK);
		pass(f, at_ms + 30 * DAY + (i == 1) - f->clock.wall_ms);
	}
}

/* What the board said counts as it was, until its time; then as unknown,
 * also after a standstill. */
static void what_the_board_says_is_followed(void **state)
{
	struct fixture *f = *state;
	AskReferral request = form(f, KIND(BACKUP_BED));

	capacity(f, "hospital01", CAPACITY_LEVEL_FULL, HOUR);
	capacity(f, "hospital02", CAPACITY_LEVEL_AVAILABLE, HOUR);
	assert_int_equal(ask(f, "doctor01", &request.base), CODE_OK);
	char *id = f->reply->id;
	assert_string_equal(offers(f, id), "hospital02=OFFERED"); /* full is left out */
	assert_int_equal(decline(f, "liaison02", id), CODE_OK);
	assert_string_equal(offers(f, id), "hospital02=DECLINED hospital01=OFFERED");
	assert_int_equal(life_offer(whole(f, id), "hospital01")->wave, 4);
	assert_int_equal(cancel(f, "doctor01", id), CODE_OK);
	daemon_free(f->daemon);
	test_clock_advance(&f->clock, DAY);
	start(f);
	const Referral *next = whole(f, asked(f, KIND(BACKUP_BED)));
	assert_int_equal(next->n_offers, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(next->offers[i]->score->level, CAPACITY_LEVEL_UNKNOWN);
		assert_int_equal(next->offers[i]->score->ability, ABILITY_NOT_KNOWN);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_concerns_me),
		TEST(who_has_no_list),
		TEST(the_centres_list),
		TEST(a_screen_that_stays_open),
		TEST(the_centre_is_told_at_once),
		TEST(a_patients_list_is_not_watched),
		TEST(pages_of_many),
		TEST(pages_and_figures_of_many_unplaced),
		TEST(whenever_a_patient_is_named_it_is_journalled),
		TEST(the_audit_shows_it),
		TEST(who_attends_again_sees_the_audit),
		TEST(who_sees_figures),
		TEST(small_figures_are_not_told),
		TEST(what_is_given_back_is_placed_once),
		TEST(who_has_taken_more_in_thirty_days_is_asked_later),
		TEST(what_the_board_says_is_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
