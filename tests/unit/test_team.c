/* If this failed, somebody who takes over a visit would see the patient too early, too long or
 * between two visits, or their row would push out that of their own organisation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "team.h"
#include "tests/lib/test_store.h"

#define FROM 1790000000000LL
#define HOUR_MS (3600LL * 1000)
#define UNTIL (FROM + 96 * HOUR_MS)
#define PATIENT "01KSR49200E4HR000000000001"
#define REFERRAL "01KSR49200E4HR00000000000A"
#define OTHER_REFERRAL "01KSR49200E4HR00000000000B"

/* ---- windows -------------------------------------------------------------------------------- */

static TeamMember windows(int64_t from_ms, int64_t until_ms, uint32_t times, uint32_t every_days)
{
	TeamMember member = TeamMember_INIT;

	member.from_ms = from_ms;
	member.until_ms = until_ms;
	member.times = times;
	member.every_days = every_days;
	return member;
}

static void without_windows_always(void **state)
{
	TeamMember member = TeamMember_INIT;

	(void)state;
	assert_true(member_valid(&member, 0));
	assert_true(member_valid(&member, FROM));
	assert_true(member_valid(&member, INT64_MAX));
	assert_int_equal(member_end_ms(&member), 0);
}

static void one_window_to_the_millisecond(void **state)
{
	(void)state;
	for (uint32_t times = 0; times < 2; times++) {
		TeamMember member = windows(FROM, UNTIL, times, 7);
		assert_false(member_valid(&member, FROM - 1));
		assert_true(member_valid(&member, FROM));
		assert_true(member_valid(&member, UNTIL - 1));
		assert_false(member_valid(&member, UNTIL));
		assert_false(member_valid(&member, FROM + 7 * DAY_MS));
		assert_int_equal(member_end_ms(&member), UNTIL);
	}
}

static void a_series_and_its_gaps(void **state)
{
	TeamMember member = windows(FROM, UNTIL, 3, 7);

	(void)state;
	for (int64_t i = 0; i < 3; i++) {
		int64_t later = i * 7 * DAY_MS;
		assert_false(member_valid(&member, FROM + later - 1));
		assert_true(member_valid(&member, FROM + later));
		assert_true(member_valid(&member, UNTIL + later - 1));
		assert_false(member_valid(&member, UNTIL + later));
	}
	assert_false(member_valid(&member, FROM + 21 * DAY_MS));
	assert_int_equal(member_end_ms(&member), UNTIL + 14 * DAY_MS);
}

/* Visits each day: each window is four days long, and there is no gap. */
static void windows_that_overlap(void **state)
{
	TeamMember member = windows(FROM, UNTIL, 5, 1);

	(void)state;
	assert_false(member_valid(&member, FROM - 1));
	for (int64_t at = FROM; at < UNTIL + 4 * DAY_MS; at += HOUR_MS)
		assert_true(member_valid(&member, at));
	assert_true(member_valid(&member, UNTIL + 4 * DAY_MS - 1));
	assert_false(member_valid(&member, UNTIL + 4 * DAY_MS));
}

static void without_an_end(void **state)
{
	TeamMember member = windows(FROM, 0, 0, 0);

	(void)state;
	assert_false(member_valid(&member, FROM - 1));
	assert_true(member_valid(&member, FROM));
	assert_true(member_valid(&member, INT64_MAX));
	assert_int_equal(member_end_ms(&member), 0);
}

static void no_number_is_too_large(void **state)
{
	static const int64_t times_ms[] = { INT64_MIN, -1, 0, 1, FROM, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < 6; k++)
			for (size_t n = 0; n < 6; n++) {
				TeamMember member = windows(times_ms[i], times_ms[k], UINT32_MAX,
							    UINT32_MAX);
				member_valid(&member, times_ms[n] < 0 ? 0 : times_ms[n]);
				assert_true(times_ms[k] <= 0 || member_end_ms(&member) > 0);
			}
}

/* ---- who may see ---------------------------------------------------------------------------- */

static const struct person_ref nurse = { "nurse", "station02", PROFESSION_NURSE };

static void the_team_reaches_in_windows(void **state)
{
	TeamMember row = windows(FROM, UNTIL, 1, 0), *rows[] = { &row };
	struct team team = { .consent = true, .registrar = "clinic01",
			     .members = rows, .n_members = 1 };
	char organisation[] = "station02";

	(void)state;
	row.organisation = organisation;
	row.profession = PROFESSION_NURSE;
	assert_true(member_covers(&row, nurse));
	assert_false(team_reaches(&team, nurse, FROM - 1));
	assert_true(team_reaches(&team, nurse, FROM));
	assert_false(team_reaches(&team, nurse, UNTIL));
	team.consent = false;
	assert_false(team_reaches(&team, nurse, FROM));
	team.registrar = "station02";
	assert_true(team_reaches(&team, nurse, UNTIL));
}

/* ---- views and what they will be: both ways the same ----------------------------------------- */

/* Any two that hold nothing else. */
static const struct team_tables tables = { .members = TABLE_STAFF, .access = TABLE_PEOPLE };

struct fixture {
	struct test_store store;
	struct tx *tx;
	struct team after; /* by team_after; the store has it by team_apply */
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	test_store_open(&f->store, "team");
	f->tx = test_store_begin(&f->store);
	f->after.registrar = "";
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	test_store_commit(&f->store);
	test_store_close(&f->store);
	test_free(f);
	return 0;
}

static char *text(struct fixture *f, const char *s)
{
	return arena_string(f->tx->arena, s);
}

static TeamMember *member_of(struct fixture *f, const char *organisation, const char *user,
			     TeamRole role, const char *referral)
{
	TeamMember *member = NEW(TeamMember, f->tx->arena);

	member->organisation = text(f, organisation);
	member->user = text(f, user);
	member->role = role;
	member->referral = text(f, referral);
	return member;
}

static void change_both(struct fixture *f, TeamMember *member, bool removed, TeamMember *also)
{
	TeamNotice *notice = NEW(TeamNotice, f->tx->arena);

	notice->member = member;
	notice->removed = removed;
	notice->also = also;
	team_apply(f->tx, tables, PATIENT, member, removed, also);
	assert_true(team_after(&f->after, notice, f->tx->arena));
}

static void change(struct fixture *f, const char *organisation, const char *user, TeamRole role,
		   const char *referral, bool removed)
{
	change_both(f, member_of(f, organisation, user, role, referral), removed, NULL);
}

static const char *describe(struct fixture *f, const struct team *team, const char *organisation)
{
	static const char *const roles[] = { "?",          "attending", "deputy",
					     "specialist", "key",       "member" };
	const char *all = "";

	for (size_t i = 0; i < team->n_members; i++) {
		const TeamMember *m = team->members[i];
		if (!strcmp(m->organisation, organisation))
			all = arena_printf(f->tx->arena, "%s%s%s%s ", all, m->user, roles[m->role],
					   !m->referral[0] ? "" : &m->referral[25]);
	}
	return all;
}

/* "member memberA ", sorted by referral, of one organisation */
static const char *rows(struct fixture *f, const char *organisation)
{
	struct team stored;

	assert_int_equal(team_load(f->tx, tables, PATIENT, &stored), 0);
	assert_int_equal(stored.n_members, f->after.n_members);
	const char *by_store = describe(f, &stored, organisation);
	assert_int_equal(strlen(by_store), strlen(describe(f, &f->after, organisation)));
	return by_store;
}

static void rows_stand_beside_each_other(void **state)
{
	struct fixture *f = *state;

	change(f, "station02", "", TEAM_ROLE_KEY_PERSON, "", false);
	change(f, "station02", "", TEAM_ROLE_MEMBER, REFERRAL, false);
	change(f, "station02", "", TEAM_ROLE_MEMBER, OTHER_REFERRAL, false);
	change(f, "station03", "", TEAM_ROLE_MEMBER, "", false);
	assert_string_equal(rows(f, "station02"), "key memberA memberB ");
	change(f, "station02", "", TEAM_ROLE_MEMBER, REFERRAL, false); /* again */
	change(f, "station02", "", TEAM_ROLE_DEPUTY, "", false);
	assert_string_equal(rows(f, "station02"), "deputy memberA memberB ");
	change(f, "station02", "", TEAM_ROLE_MEMBER, REFERRAL, true);
	assert_string_equal(rows(f, "station02"), "deputy memberB ");
	/* who leaves leaves */
	change(f, "station02", "", TEAM_ROLE_MEMBER, "", true);
	assert_string_equal(rows(f, "station02"), "");
	assert_string_equal(rows(f, "station03"), "member ");
}

static void one_attending_doctor(void **state)
{
	struct fixture *f = *state;

	change(f, "clinic01", "", TEAM_ROLE_ATTENDING, "", false);
	change(f, "clinic02", "", TEAM_ROLE_ATTENDING, "", false);
	assert_string_equal(rows(f, "clinic01"), "member ");
	assert_string_equal(rows(f, "clinic02"), "attending ");
	change(f, "clinic02", "", TEAM_ROLE_ATTENDING, "", false);
	assert_string_equal(rows(f, "clinic02"), "attending ");
}

/* In one word, for nothing may be heard of between the two. */
static void a_second_member_after_the_first(void **state)
{
	struct fixture *f = *state;

	change(f, "clinic01", "", TEAM_ROLE_MEMBER, "", false);
	change(f, "clinic02", "", TEAM_ROLE_ATTENDING, "", false);
	for (int again = 0; again < 2; again++) {
		change_both(f, member_of(f, "clinic02", "", TEAM_ROLE_ATTENDING, ""), true,
			    member_of(f, "clinic01", "", TEAM_ROLE_ATTENDING, ""));
		assert_string_equal(rows(f, "clinic01"), "attending ");
		assert_string_equal(rows(f, "clinic02"), "");
	}
	change(f, "clinic02", "", TEAM_ROLE_ATTENDING, "", false);
	change_both(f, member_of(f, "clinic02", "", TEAM_ROLE_DEPUTY, ""), false,
		    member_of(f, "clinic01", "", TEAM_ROLE_ATTENDING, ""));
	assert_string_equal(rows(f, "clinic01"), "attending ");
	assert_string_equal(rows(f, "clinic02"), "deputy ");
}

static void a_person_is_no_organisation(void **state)
{
	struct fixture *f = *state;

	change(f, "clinic01", "", TEAM_ROLE_MEMBER, "", false);
	change(f, "clinic01", "doctor", TEAM_ROLE_DEPUTY, "", false);
	change(f, "clinic01", "doctor-2", TEAM_ROLE_DEPUTY, "", false);
	assert_int_equal(f->after.n_members, 3);
	change(f, "clinic01", "", TEAM_ROLE_MEMBER, "", true);
	assert_string_equal(rows(f, "clinic01"), "doctordeputy doctor-2deputy ");
	change(f, "", "doctor", TEAM_ROLE_MEMBER, "", true);
	assert_string_equal(rows(f, "clinic01"), "doctor-2deputy ");
}

static void access_as_it_was_told_last(void **state)
{
	struct fixture *f = *state;
	bool yes = true, no = false;
	struct team team;

	assert_int_equal(team_load(f->tx, tables, PATIENT, &team), 0);
	assert_string_equal(team.registrar, "");
	assert_false(team.consent);
	team_apply_access(f->tx, tables, PATIENT, text(f, "clinic01"), &yes, NULL);
	team_apply_access(f->tx, tables, PATIENT, NULL, NULL, &yes);
	assert_int_equal(team_load(f->tx, tables, PATIENT, &team), 0);
	assert_string_equal(team.registrar, "clinic01");
	assert_true(team.consent && team.cover_consent);
	team_apply_access(f->tx, tables, PATIENT, NULL, &no, NULL);
	assert_int_equal(team_load(f->tx, tables, PATIENT, &team), 0);
	assert_string_equal(team.registrar, "clinic01");
	assert_false(team.consent);
	assert_true(team.cover_consent);
}

/* In the notice and in the store alike. */
static void one_deputy_clinic(void **state)
{
	struct fixture *f = *state;

	change(f, "clinic01", "", TEAM_ROLE_ATTENDING, "", false);
	change(f, "clinic02", "", TEAM_ROLE_DEPUTY, "", false);
	change(f, "clinic02", "doctor02", TEAM_ROLE_DEPUTY, "", false); /* a person stands beside it */
	assert_string_equal(rows(f, "clinic02"), "doctor02deputy deputy ");
	change(f, "clinic03", "", TEAM_ROLE_DEPUTY, "", false);
	assert_string_equal(describe(f, &f->after, "clinic02"), "member doctor02deputy ");
	assert_string_equal(rows(f, "clinic02"), "doctor02deputy member ");
	assert_string_equal(rows(f, "clinic03"), "deputy ");
	/* a doctor of the deputy attends: two rows give way */
	change(f, "clinic03", "doctor03", TEAM_ROLE_ATTENDING, "", false);
	assert_string_equal(rows(f, "clinic01"), "member ");
	assert_string_equal(describe(f, &f->after, "clinic01"), "member ");
	assert_string_equal(rows(f, "clinic03"), "doctor03attending member ");
	assert_string_equal(describe(f, &f->after, "clinic03"), "member doctor03attending ");
	/* they exchange */
	change(f, "clinic02", "", TEAM_ROLE_DEPUTY, "", false);
	change_both(f, member_of(f, "clinic02", "", TEAM_ROLE_ATTENDING, ""), false,
		    member_of(f, "clinic03", "doctor03", TEAM_ROLE_DEPUTY, ""));
	assert_string_equal(rows(f, "clinic02"), "doctor02deputy attending ");
	assert_string_equal(rows(f, "clinic03"), "doctor03deputy member ");
}

int main(void)
{
#define STORED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_windows_always),
		cmocka_unit_test(one_window_to_the_millisecond),
		cmocka_unit_test(a_series_and_its_gaps),
		cmocka_unit_test(windows_that_overlap),
		cmocka_unit_test(without_an_end),
		cmocka_unit_test(no_number_is_too_large),
		cmocka_unit_test(the_team_reaches_in_windows),
		STORED(rows_stand_beside_each_other),
		STORED(one_attending_doctor),
		STORED(a_second_member_after_the_first),
		STORED(a_person_is_no_organisation),
		STORED(one_deputy_clinic),
		STORED(access_as_it_was_told_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
