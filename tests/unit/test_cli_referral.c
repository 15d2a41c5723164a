/* If this failed, somebody would answer for a request without knowing that it waits for them, why they
 * were asked, or what to type; or would ask for something else than what was typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clients/cli/commands.h"
#include "clients/cli/referral_look.h"
#include "clients/cli/table.h"

#define ID "01KSR49200E4HR000000000001"
#define HOUR_MS (3600 * 1000LL)

struct screen {
	struct cli cli;
	struct viewer viewer;
	Referral r;
	Offer own, other;
	Score score;
	Offer *offers[2];
};

static char *text(struct screen *s, const char *words)
{
	return arena_string(&s->cli.arena, words);
}

/* A visit that clinic "me" is asked to make; no service answers, so that ids stand for names. */
static int setup(void **state)
{
	struct screen *s = test_calloc(1, sizeof(*s));

	arena_init(&s->cli.arena, 1 << 20);
	s->cli.japanese = true;
	s->viewer =
		(struct viewer){.cli = &s->cli, .names = names_open(&s->cli), .organisation = "me"};
	s->r = (Referral)Referral_INIT;
	s->own = s->other = (Offer)Offer_INIT;
	s->score = (Score)Score_INIT;
	s->own.organisation = text(s, "me");
	s->own.state = OFFER_STATE_OFFERED;
	s->other.organisation = text(s, "other");
	s->other.state = OFFER_STATE_HOLDING;
	s->offers[0] = &s->own;
	s->offers[1] = &s->other;
	s->r.id = text(s, ID);
	s->r.kind = REFERRAL_KIND_VISIT;
	s->r.state = REFERRAL_STATE_OFFERED;
	s->r.times = 2;
	s->r.every_days = 7;
	s->r.from_ms = cli_now_ms() + HOUR_MS;
	s->r.to_ms = s->r.from_ms + HOUR_MS;
	s->r.offers = s->offers;
	s->r.n_offers = 1;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct screen *s = *state;

	viewer_close(&s->viewer);
	arena_close(&s->cli.arena);
	test_free(s);
	return 0;
}

/* As the asker, or the centre, is told of it: all offers, and in which wave. */
static void see_all(struct screen *s)
{
	s->own.organisation = text(s, "another");
	s->r.n_offers = 2;
	s->r.wave = 1;
	s->r.asker = text(s, "me");
}

static void says_in_words_why_somebody_is_asked(void **state)
{
	struct screen *s = *state;

	s->score.ability = ABILITY_ABLE;
	s->score.same_area = true;
	s->score.level = CAPACITY_LEVEL_AVAILABLE;
	s->score.taken = 2;
	assert_string_equal(look_score(&s->cli, &s->score),
			    "必要な対応が可能・同じ圏域・空きあり・この30日の受け入れ2件");
	s->cli.japanese = false;
	assert_string_equal(look_score(&s->cli, &s->score),
			    "can take the needs, same area, room available, "
			    "took 2 in the last 30 days");
	s->score.level = CAPACITY_LEVEL_UNKNOWN;
	s->score.ability = ABILITY_NOT_KNOWN;
	s->score.same_area = false;
	assert_string_equal(look_score(&s->cli, &s->score),
			    "has not said what it can take, nor whether it has room, another area, "
			    "took 2 in the last 30 days");
}

static void waits_for_who_is_asked_until_they_answer(void **state)
{
	struct screen *s = *state;

	assert_int_equal(look_role(&s->viewer, &s->r), ROLE_ASKED);
	assert_true(look_waits(&s->viewer, &s->r));
	assert_string_equal(look_state(&s->viewer, &s->r), "打診中");
	s->own.state = OFFER_STATE_STANDING_BY;
	s->r.state = REFERRAL_STATE_ACCEPTED;
	assert_false(look_waits(&s->viewer, &s->r));
	assert_string_equal(look_state(&s->viewer, &s->r), "控え");
	s->own.state = OFFER_STATE_HOLDING;
	assert_string_equal(look_state(&s->viewer, &s->r), "受諾");
	s->own.state = OFFER_STATE_PASSED;
	assert_string_equal(look_state(&s->viewer, &s->r), "見送り");
}

/* A visit of a series waits for its report as soon as it has begun, and the next one then. */
static void waits_for_the_report_of_a_visit(void **state)
{
	struct screen *s = *state;

	s->own.state = OFFER_STATE_HOLDING;
	s->r.state = REFERRAL_STATE_CONFIRMED;
	assert_false(look_waits(&s->viewer, &s->r));
	s->r.from_ms -= 2 * HOUR_MS;
	assert_true(look_waits(&s->viewer, &s->r));
	assert_string_equal(look_state(&s->viewer, &s->r), "報告待ち");
	s->r.reports = 1;
	assert_false(look_waits(&s->viewer, &s->r));
	assert_false(look_over(&s->r));
	s->r.kind = REFERRAL_KIND_HOME_DOCTOR;
	assert_true(look_over(&s->r));
}

static void waits_for_the_asker_to_confirm(void **state)
{
	struct screen *s = *state;

	see_all(s);
	assert_int_equal(look_role(&s->viewer, &s->r), ROLE_ASKER);
	assert_false(look_waits(&s->viewer, &s->r));
	assert_string_equal(look_state(&s->viewer, &s->r), "打診中（第1次）");
	s->r.state = REFERRAL_STATE_ACCEPTED;
	s->r.taker = text(s, "other");
	assert_true(look_waits(&s->viewer, &s->r));
	assert_string_equal(look_state(&s->viewer, &s->r), "受諾");
	assert_string_equal(look_who(&s->viewer, &s->r), "受け手 other");
	assert_string_equal(look_asked(&s->viewer, &s->r), "another");
}

static void waits_for_the_centre_while_it_is_on_its_list(void **state)
{
	struct screen *s = *state;

	see_all(s);
	s->r.asker = text(s, "station");
	s->viewer.centre = true;
	s->r.state = REFERRAL_STATE_UNPLACED;
	s->r.with_centre = true;
	assert_int_equal(look_role(&s->viewer, &s->r), ROLE_CENTRE);
	assert_true(look_waits(&s->viewer, &s->r));
	s->r.with_centre = false;
	assert_false(look_waits(&s->viewer, &s->r));
}

/* Directory is silent: who is asked still learns what to do; nobody is taken for the asker. */
static void knows_its_own_offer_without_directory(void **state)
{
	struct screen *s = *state;

	s->viewer.organisation[0] = '\0';
	assert_true(look_waits(&s->viewer, &s->r));
	see_all(s);
	s->r.state = REFERRAL_STATE_ACCEPTED;
	assert_int_equal(look_role(&s->viewer, &s->r), ROLE_TEAM);
	assert_false(look_waits(&s->viewer, &s->r));
}

static void says_what_is_needed(void **state)
{
	struct screen *s = *state;
	Need needs[] = {NEED_OXYGEN, NEED_PRESSURE_ULCER};

	s->r.kind = REFERRAL_KIND_HOME_DOCTOR;
	s->r.from_ms = s->r.to_ms = 0;
	s->r.area = AREA_NORTH;
	s->r.district = text(s, "東町");
	s->r.age_from = 80;
	s->r.age_to = 89;
	s->r.sex = PATIENT_SEX_FEMALE;
	s->r.needs = needs;
	s->r.n_needs = 2;
	assert_string_equal(look_what(&s->viewer, &s->r),
			    "北部 東町・80〜89歳・女・在宅酸素、褥瘡");
	s->r.wished_ms = 1795878000000; /* the end of a day in Japan: typed without a time */
	assert_string_equal(look_what(&s->viewer, &s->r),
			    "2026年11月28日(土)まで・北部 東町・80〜89歳・女・在宅酸素、褥瘡");
	s->r.age_from = s->r.age_to = 0;
	s->cli.japanese = false;
	s->r.wished_ms += 9 * HOUR_MS;
	s->r.n_needs = 0;
	assert_non_null(strstr(look_what(&s->viewer, &s->r), "9:00, north 東町, female"));
}

/* Without what steers a terminal. */
static void strip_escapes(char *text)
{
	char *to = text;

	while (*text) {
		if (*text == '\033')
			text += strcspn(text, "m") + 1;
		else
			*to++ = *text++;
	}
	*to = '\0';
}

static void assert_fits(const char *screen, unsigned columns)
{
	char line[1024];

	for (const char *end; (end = strchr(screen, '\n')); screen = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - screen), screen);
		assert_true(text_width(line) <= columns);
	}
}

static char *of_row(struct screen *s, unsigned columns)
{
	char *printed, *copy;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	s->cli.out_terminal = columns != 0;
	s->cli.columns = columns;
	look_print_row(&s->viewer, &s->r, out);
	fclose(out);
	copy = text(s, printed);
	free(printed);
	strip_escapes(copy);
	return copy;
}

/* Eighty columns hold what decides; no line is broken inside an id, a name or a word. */
static void a_row_is_two_lines(void **state)
{
	struct screen *s = *state;
	Need needs[] = {NEED_PRESSURE_ULCER, NEED_OXYGEN, NEED_TUBE_FEEDING};

	s->r.kind = REFERRAL_KIND_HOME_DOCTOR;
	s->r.from_ms = 0;
	s->r.urgent = true;
	s->r.area = AREA_NORTH;
	s->r.district = text(s, "東町");
	s->r.age_from = 80;
	s->r.age_to = 89;
	s->r.sex = PATIENT_SEX_FEMALE;
	s->r.needs = needs;
	s->r.n_needs = 1;
	assert_string_equal(of_row(s, 0),
			    "! 至急    在宅医さがし  打診中  北部 東町・80〜89歳・女・褥瘡\n"
			    "          " ID "\n");
	s->r.n_needs = 3;
	s->r.deadline_ms = 1700000000000;
	assert_non_null(strstr(of_row(s, 80), "  北部 東町・褥瘡、在宅酸素、"));
	s->r.taker = text(s, "a-name-that-is-as-long-as-names-are");
	s->r.asker = text(s, "me");
	s->r.n_offers = 0;
	char *row = of_row(s, 80);
	assert_fits(row, 80);
	assert_non_null(strstr(row, s->r.taker));
	assert_non_null(strstr(row, "\n          " ID "\n"));
}

static char *of_screen(struct screen *s, unsigned columns)
{
	char *printed, *copy;
	size_t size;
	FILE *kept = stdout;

	fflush(stdout);
	stdout = open_memstream(&printed, &size);
	s->cli.out_terminal = columns != 0;
	s->cli.columns = columns;
	look_print(&s->viewer, &s->r);
	fclose(stdout);
	stdout = kept;
	copy = text(s, printed);
	free(printed);
	strip_escapes(copy);
	return copy;
}

/* The whole screen, for each state of request and offer, in a pipe and on a narrow terminal: nothing is
 * missing, and each command that is named has its id. */
static void every_state_can_be_shown(void **state)
{
	struct screen *s = *state;

	s->own.score = &s->score;
	for (int of = REFERRAL_STATE_OFFERED; of <= REFERRAL_STATE_CLOSED; of++)
		for (int own = OFFER_STATE_OFFERED; own <= OFFER_STATE_PASSED; own++)
			for (unsigned columns = 0; columns <= 80; columns += 80) {
				s->r.state = (Referral_State)of;
				s->own.state = (Offer_State)own;
				char *screen = of_screen(s, columns);
				assert_non_null(strstr(screen, "次にすること"));
				for (char *at = screen; (at = strstr(at, "tsunagi referral "));
				     at++)
					assert_non_null(strstr(at, ID));
				assert_null(strstr(screen, "?"));
				if (columns)
					assert_fits(screen, columns);
			}
}

/* A code that is broken at the end of a line cannot be typed. */
static void reasons_are_listed_whole(void **state)
{
	struct screen *s = *state;

	assert_non_null(
		strstr(of_screen(s, 80),
		       "    CODE（理由）: no-capacity 空きなし、cannot-take-need 対応困難な処置、\n"
		       "                  too-far 遠方、wrong-time 日時不可、other その他\n"));
}

/* Why somebody was asked stands under who it is where it does not fit beside. */
static void offers_fit_the_terminal(void **state)
{
	struct screen *s = *state;

	see_all(s);
	s->own.state = OFFER_STATE_DECLINED;
	s->own.reason = DECLINE_REASON_CANNOT_TAKE_NEED;
	s->own.answered_ms = 1700000000000;
	s->own.wave = 1;
	s->own.score = &s->score;
	s->score.ability = ABILITY_ABLE;
	s->score.level = CAPACITY_LEVEL_LIMITED;
	assert_non_null(strstr(of_screen(s, 0),
			       "対応できません（対応困難な処置）"
			       "  11/15(水) 7:13  必要な対応が可能・ほかの圏域・"));
	char *screen = of_screen(s, 80);
	assert_non_null(strstr(screen,
			       "対応できません（対応困難な処置）\n       回答 11/15(水) 7:13 · "
			       "必要な対応が可能・ほかの圏域・残りわずか・\n       この30日"));
	assert_fits(screen, 80);
}

/* 74: what was typed is understood, and there is no such account; 64: it is not. */
static void asks_for_what_was_typed(void **state)
{
	static const struct {
		int status;
		char *words[12];
	} lines[] = {
		{74,
		 {"ask", "visit", "--patient", ID, "--from", "2026-11-28T14:00", "--to",
		  "2026-11-28T16:00", "--times", "3"}},
		{74,
		 {"ask", "home-doctor", "--patient", ID, "--urgent", "--needs",
		  "oxygen,opioid-pump", "--by", "2026-12-05"}},
		{74, {"ask", "backup-bed", "--patient", ID, "--beside", ID "," ID}},
		{64, {"ask", "nurse", "--patient", ID}},
		{64, {"ask", "visit", "--patient", ID}},
		{64, {"ask", "visit", "--patient", ID, "--from", "2026-11-28T14:00"}},
		{64,
		 {"ask", "visit", "--patient", ID, "--from", "2026-11-28T14:00", "--to",
		  "2026-11-28T16:00", "--by", "2026-12-05"}},
		{64, {"ask", "home-doctor", "--patient", ID, "--times", "3"}},
		{64, {"ask", "home-doctor", "--patient", ID, "--needs", "oxigen"}},
		{64, {"ask", "home-doctor", "--patient", ID, "--beside", "it"}},
		{64, {"ask", "home-doctor", "--patient", ID, "--by", "soon"}},
		{64, {"decline", ID, "--reason", "far"}},
		{74, {"decline", ID, "--reason", "too-far"}},
		{64, {"list", "--patient", ID, "--follow"}},
		{74, {"list", "--unplaced", "--all", "--follow"}},
		{64, {"report", ID}},
		{64, {"close", ID}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *argv[16] = {"tsunagi", "-p", "/no/such/account", "referral"};
		int argc = 4;
		for (int k = 0; k < 12 && lines[i].words[k]; k++)
			argv[argc++] = lines[i].words[k];
		assert_int_equal(cli_main(argc, argv), lines[i].status);
	}
}

static void figures_are_of_a_month(void **state)
{
	char *good[] = {"tsunagi", "-p", "/no/such/account", "stats", "show", "--month", "2026-11"};
	char *bad[] = {"tsunagi", "-p", "/no/such/account", "stats", "show", "--month", "2026-13"};
	char *no_csv[] = {"tsunagi", "-p", "/no/such/account", "stats", "export"};

	(void)state;
	assert_int_equal(cli_main(7, good), 74);
	assert_int_equal(cli_main(7, bad), 64);
	assert_int_equal(cli_main(5, no_csv), 64);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_in_words_why_somebody_is_asked),
		TEST(waits_for_who_is_asked_until_they_answer),
		TEST(waits_for_the_report_of_a_visit),
		TEST(waits_for_the_asker_to_confirm),
		TEST(waits_for_the_centre_while_it_is_on_its_list),
		TEST(knows_its_own_offer_without_directory),
		TEST(says_what_is_needed),
		TEST(a_row_is_two_lines),
		TEST(every_state_can_be_shown),
		TEST(reasons_are_listed_whole),
		TEST(offers_fit_the_terminal),
		cmocka_unit_test(asks_for_what_was_typed),
		cmocka_unit_test(figures_are_of_a_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
