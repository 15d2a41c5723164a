/* If this failed, somebody would read in their inbox that something waits, and not what, or what
 * to do about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/notification.h"
#include "clients/cli/show.h"

#define ID "01KSR49200E4HR000000000001"
#define SUBJECT "01KSR49200E4HR00000000000A"

struct screen {
	struct cli cli;
	struct names *names;
	Notification n;
};

static char *text(struct screen *s, const char *words)
{
	return arena_string(&s->cli.arena, words);
}

static int setup(void **state)
{
	struct screen *s = test_calloc(1, sizeof(*s));

	arena_init(&s->cli.arena, 1 << 20);
	s->cli.japanese = true;
	s->names = names_open(&s->cli);
	s->n = (Notification)Notification_INIT;
	s->n.id = text(s, ID);
	s->n.recipient = text(s, "nurse");
	s->n.state = NOTIFICATION_STATE_STORED;
	s->n.stored_ms = cli_now_ms();
	s->n.matter = MATTER_REFERRAL_ASKED;
	s->n.service = text(s, "referral");
	s->n.subject = text(s, SUBJECT);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct screen *s = *state;

	names_free(s->names);
	arena_close(&s->cli.arena);
	test_free(s);
	return 0;
}

/* What stands on the screen; the time of day as "T". */
static char *shown(struct screen *s)
{
	FILE *screen = stdout;
	char *printed = NULL, *copy;
	size_t size;

	notification_want(s->names, &s->n);
	stdout = open_memstream(&printed, &size);
	notification_print(&s->cli, s->names, &s->n);
	fclose(stdout);
	stdout = screen;
	char *when = show_when(&s->cli, s->n.stored_ms), *at = strstr(printed, when);
	assert_non_null(at);
	*at = '\0';
	copy = arena_printf(&s->cli.arena, "%sT%s", printed, at + strlen(when));
	free(printed);
	return copy;
}

static void a_request_says_what_to_type(void **state)
{
	struct screen *s = *state;

	s->n.urgent = true;
	s->n.reminders = 2;
	assert_string_equal(shown(s), "! 至急    依頼：受けられますか  T\n"
				      "          未開封 · 再通知 2回 · " ID "\n"
				      "          → tsunagi referral show " SUBJECT "\n");
	s->cli.japanese = false;
	s->n.urgent = false;
	s->n.reminders = 0;
	s->n.state = NOTIFICATION_STATE_OPENED;
	assert_string_equal(shown(s), "          referral: can you take it?  T\n"
				      "          opened · " ID "\n"
				      "          → tsunagi referral show " SUBJECT "\n");
}

static void a_state_on_the_board_says_whose(void **state)
{
	struct screen *s = *state;

	s->n.matter = MATTER_CAPACITY_LAPSES;
	s->n.service = text(s, "board");
	s->n.subject = text(s, "station01");
	assert_string_equal(shown(s), "          空き状況：まもなく有効期限です  station01  T\n"
				      "          未開封 · " ID "\n"
				      "          → tsunagi board set\n");
}

/* Of an entry as before: patient and author, and nothing to type. */
static void an_entry_says_of_whom(void **state)
{
	struct screen *s = *state;

	s->n.matter = MATTER_UNSPECIFIED;
	s->n.service = s->n.subject = text(s, "");
	s->n.kind = ENTRY_KIND_MEDICATION;
	s->n.patient = text(s, SUBJECT);
	s->n.author = text(s, "doctor");
	s->n.organisation = text(s, "clinic01");
	assert_string_equal(shown(s), "          処方  " SUBJECT "  T\n"
				      "          doctor · 未開封 · " ID "\n");
}

/* What waits for the reader's contact hours says until when. */
static void what_will_ring_says_when(void **state)
{
	struct screen *s = *state;

	s->n.rings_ms = cli_now_ms() + 30LL * 24 * 3600 * 1000;
	char *expected = arena_printf(&s->cli.arena, "          未開封 · %s に通知 · " ID "\n",
				      show_short(&s->cli, s->n.rings_ms));
	assert_non_null(strstr(shown(s), expected));
	s->n.rings_ms = 0;
	assert_null(strstr(shown(s), "に通知"));
}

/* As what one is asked, and that nobody answered; to whom it is offered in the morning. */
static void an_escalation_says_as_what_and_how_often(void **state)
{
	struct screen *s = *state;

	an_entry_says_of_whom(state);
	s->n.urgent = s->n.everyone = true;
	s->n.place = ESCALATION_STEP_PLACE_ON_DUTY_FIRST;
	s->n.rings = 1;
	assert_string_equal(shown(s), "! 至急    処方  " SUBJECT "  T\n"
				      "          doctor · 未開封 · 第一当番として連絡 · 全員の「対応します」が必要 · " ID
				      "\n");
	s->n.everyone = false;
	s->n.rings = 3;
	s->n.round = 1;
	s->n.offered_to = text(s, "clinic05");
	assert_string_equal(shown(s), "! 至急    処方  " SUBJECT "  T  応答なし・2巡目\n"
				      "          doctor · 未開封 · 再呼出 2回 · 第一当番として連絡 · "
				      "clinic05 に申し送り中 · " ID "\n");
	s->n.everyone = true; /* some may have */
	assert_non_null(strstr(shown(s), "T  未応答者あり・2巡目\n"));
	s->n.everyone = false;
	s->n.taken_by = text(s, "other"); /* and then somebody did */
	assert_null(strstr(shown(s), "応答なし"));
	s->n.everyone = true; /* not everybody */
	assert_non_null(strstr(shown(s), "未応答者あり"));
	s->n.state = NOTIFICATION_STATE_ACCEPTED;
	assert_null(strstr(shown(s), "未応答者あり"));
	s->n.state = NOTIFICATION_STATE_STORED;
	s->n.everyone = false;
	s->n.taken_by = text(s, "");
	s->cli.out_terminal = true; /* louder: in red */
	assert_non_null(strstr(shown(s), arena_printf(&s->cli.arena, "%s応答なし", show_red(&s->cli))));
}

/* What to type next of what rota, record and alert have to say. */
static void a_word_of_each_service_says_what_to_type(void **state)
{
	static const struct {
		const char *service, *next;
		Matter matter;
	} rows[] = {
		{ "rota", "→ tsunagi rota show\n", MATTER_DUTY_YOURS },
		{ "record", "→ tsunagi patient covered --unstable\n", MATTER_DUTY_BEGINS },
		{ "alert", "→ tsunagi inbox hand-over --list\n", MATTER_HAND_OVER_OFFERED },
	};
	struct screen *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		s->n.service = text(s, rows[i].service);
		s->n.matter = rows[i].matter;
		s->n.subject = text(s, "clinic02");
		assert_non_null(strstr(shown(s), rows[i].next));
		assert_non_null(strstr(shown(s), "  clinic02  "));
	}
	s->n.unstable = 7;
	assert_non_null(strstr(shown(s), " · 不安定な患者 7人 · "));
}

/* A line breaks between what it says, not within; a shift is called as on the rota. */
static void a_narrow_terminal_breaks_between_items(void **state)
{
	struct screen *s = *state;

	s->n.service = text(s, "rota");
	s->n.matter = MATTER_DUTY_YOURS;
	s->n.subject = text(s, "2026-11-22-holiday-night-north");
	s->n.reminders = 3;
	s->n.offered_to = text(s, "clinic05");
	assert_non_null(strstr(shown(s), "  11/22(日) 休日夜間・北部  T\n"));
	s->cli.out_terminal = true;
	s->cli.columns = 40;
	assert_non_null(strstr(shown(s), "未開封 · 再通知 3回 ·\n"
					 "          clinic05 に申し送り中 ·\n"
					 "          " ID));
}

/* A matter that this version does not know still has its subject. */
static void every_matter_has_something_to_type(void **state)
{
	struct screen *s = *state;

	for (unsigned i = 1; i < Matter_descriptor.n_values; i++) {
		s->n.matter = (Matter)Matter_descriptor.values[i].value;
		bool board = strncmp(Matter_descriptor.values[i].name, "CAPACITY", 8) == 0;
		s->n.service = text(s, board ? "board" : "referral");
		assert_non_null(strstr(shown(s), board ? "tsunagi board set" : SUBJECT));
	}
	s->n.matter = (Matter)99;
	assert_non_null(strstr(shown(s), SUBJECT));
}

int main(void)
{
#define SCREEN(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		SCREEN(a_request_says_what_to_type),
		SCREEN(a_state_on_the_board_says_whose),
		SCREEN(an_entry_says_of_whom),
		SCREEN(what_will_ring_says_when),
		SCREEN(an_escalation_says_as_what_and_how_often),
		SCREEN(a_word_of_each_service_says_what_to_type),
		SCREEN(a_narrow_terminal_breaks_between_items),
		SCREEN(every_matter_has_something_to_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
