#include "clients/cli/notification.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/reach.h"
#include "clients/cli/rota_look.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"

#define GUTTER 10 /* columns for "! URGENT", before all else */

static const char *what_of(const struct cli *cli, const Notification *n)
{
	if (n->matter)
		return LABEL(Matter, n->matter, cli->japanese);
	return n->break_glass ? cli_text(cli, MSG_BREAK_GLASS)
			      : LABEL(EntryKind, n->kind, cli->japanese);
}

static int64_t changed_ms(const Notification *n)
{
	const int64_t times[] = {n->declined_ms, n->done_ms, n->accepted_ms};

	for (size_t i = 0; i < 3; i++)
		if (times[i])
			return times[i];
	return n->stored_ms;
}

/* On the board, or whose duty is over. */
static bool subject_is_organisation(const Notification *n)
{
	return strcmp(n->service, "board") == 0 || n->matter == MATTER_HAND_OVER_OFFERED;
}

/* Of which patient, of which organisation or shift. Of a request there is nothing to tell here: who
 * is asked does not know the patient. */
static const char *about(struct cli *cli, struct names *names, const Notification *n)
{
	if (!n->matter)
		return names_patient(names, n->patient);
	if (!subject_is_organisation(n))
		return strcmp(n->service, "referral") ? rota_id_name(cli, n->subject) : "";
	return names_organisation(names, n->subject);
}

/* Is it still to be accepted, as far as its reader knows? */
static bool unanswered(const Notification *n)
{
	return n->state < NOTIFICATION_STATE_ACCEPTED && (n->everyone || !n->taken_by[0]);
}

/* "! 至急  処方 [抗血栓薬]  田所 ハル 様  14:05（12分前）" */
static void print_head(struct cli *cli, struct names *names, const Notification *n)
{
	char *concerns = show_concerns(cli, n->concerns, n->n_concerns);
	const char *whom = about(cli, names, n);

	printf("%s", n->urgent ? show_red(cli) : "");
	text_print_padded(stdout, show_urgent(cli, n->urgent), GUTTER);
	printf("%s%s%s", n->urgent ? show_plain(cli) : "", show_bold(cli), what_of(cli, n));
	if (n->correction)
		printf(" (%s)", cli_text(cli, MSG_CORRECTION));
	printf("%s", show_plain(cli));
	if (concerns[0])
		printf(" [%s]", concerns);
	if (whom[0])
		printf("  ");
	text_print(stdout, whom);
	printf("  %s", show_when(cli, n->stored_ms));
	if (n->round && unanswered(n)) /* louder */
		printf("  %s%s%s", show_red(cli),
		       cli_print(cli, n->everyone ? MSG_LOUDER_FOR_SOME : MSG_LOUDER, n->round + 1),
		       show_plain(cli));
	putchar('\n');
}

/* Of a matter there is nothing to read here: what to type next. */
static void print_next(const Notification *n)
{
	static const struct {
		const char *service, *next;
		Matter first, last; /* the first row that fits counts */
		bool subject;
	} nexts[] = {
		{"board", "board set", 0, INT_MAX, false},
		{"referral", "referral show ", 0, INT_MAX, true},
		{"rota", "rota swaps", MATTER_SWAP_ASKED, MATTER_SWAP_LAPSED, false},
		{"rota", "rota gaps", MATTER_SHIFT_GAP, MATTER_SHIFT_GAP, false},
		{"rota", "rota gaps", MATTER_PLAN_ENDS, MATTER_PLAN_ENDS, false},
		{"rota", "rota show", 0, INT_MAX, false},
		{"record", "patient covered --unstable", 0, INT_MAX, false},
		{"alert", "inbox hand-over --list", 0, INT_MAX, false},
	};

	for (size_t i = 0; i < sizeof(nexts) / sizeof(*nexts); i++) {
		if (strcmp(n->service, nexts[i].service) != 0 || n->matter < nexts[i].first ||
		    n->matter > nexts[i].last)
			continue;
		printf("%*s→ tsunagi %s", GUTTER, "", nexts[i].next);
		if (nexts[i].subject)
			text_print(stdout, n->subject);
		printf("\n");
		return;
	}
}

/* Behind what was said of it so far; one of several that a narrow terminal breaks between. */
static void add(struct cli *cli, char **text, const char *item)
{
	*text = arena_printf(&cli->arena, "%s%s%s", *text, **text ? cli_text(cli, MSG_DOT) : "",
			     item);
}

static void add_who(struct cli *cli, struct names *names, char **text, enum message what,
		    const char *user)
{
	add(cli, text, cli_print(cli, what, names_user(names, user)));
}

static void add_rings(struct cli *cli, const Notification *n, char **text)
{
	if (n->reminders)
		add(cli, text, cli_print(cli, MSG_REMINDERS, n->reminders));
	else if (n->rings > 1)
		add(cli, text, cli_print(cli, MSG_RANG_AGAIN, n->rings - 1));
	if (n->rings_ms)
		add(cli, text, cli_print(cli, MSG_RINGS_LATER, reach_time(cli, n->rings_ms)));
}

/* As what its reader is asked by an escalation. */
static void add_escalation(struct cli *cli, struct names *names, const Notification *n, char **text)
{
	if (n->place)
		add(cli, text,
		    cli_print(cli, MSG_ASKED_AS,
			      LABEL(EscalationStep_Place, n->place, cli->japanese)));
	if (n->everyone)
		add(cli, text, cli_text(cli, MSG_FOR_EVERYONE));
	if (n->offered_to[0])
		add(cli, text,
		    cli_print(cli, MSG_OFFERED_TO, names_organisation(names, n->offered_to)));
	if (n->unstable)
		add(cli, text, cli_print(cli, MSG_UNSTABLE_COVERED, n->unstable));
}

static void add_state(struct cli *cli, const Notification *n, char **text)
{
	/* To oneself what is stored or delivered is what one has not opened. */
	const char *state = n->state < NOTIFICATION_STATE_OPENED
				    ? cli_text(cli, MSG_UNOPENED)
				    : LABEL(Notification_State, n->state, cli->japanese);

	add(cli, text,
	    n->state < NOTIFICATION_STATE_ACCEPTED
		    ? state
		    : arena_printf(&cli->arena, "%s %s", state, show_when(cli, changed_ms(n))));
}

void notification_print(struct cli *cli, struct names *names, const Notification *n)
{
	char *text = cli_string(cli, "");

	print_head(cli, names, n);
	if (!n->matter)
		add(cli, &text, names_person(names, n->author, n->organisation));
	add_state(cli, n, &text);
	if (n->taken_by[0] && strcmp(n->taken_by, n->recipient) != 0)
		add_who(cli, names, &text, MSG_TAKEN_BY, n->taken_by);
	add_rings(cli, n, &text);
	add_escalation(cli, names, n, &text);
	if (n->asked)
		add(cli, &text, cli_text(cli, MSG_ASKED));
	if (n->substitute_for[0])
		add_who(cli, names, &text, MSG_SUBSTITUTE_FOR, n->substitute_for);
	if (n->handed_over_by[0])
		add_who(cli, names, &text, MSG_HANDED_OVER_BY, n->handed_over_by);
	add(cli, &text, n->id);
	printf("%*s%s", GUTTER, "", show_dim(cli));
	show_list(cli, stdout, text, GUTTER);
	printf("%s\n", show_plain(cli));
	if (n->decline_reason[0])
		text_print(stdout,
			   arena_printf(&cli->arena, "%*s%s\n", GUTTER, "", n->decline_reason));
	if (n->matter)
		print_next(n);
}

void notification_want(struct names *names, const Notification *n)
{
	if (!n->matter) {
		names_want_patient(names, n->patient);
		names_want_people(names, n->organisation);
	} else if (subject_is_organisation(n)) {
		names_want_people(names, n->subject);
	}
	names_want_people(names, n->offered_to);
	if (strcmp(n->taken_by, n->recipient) != 0)
		names_want_user(names, n->taken_by);
	names_want_user(names, n->substitute_for);
	names_want_user(names, n->handed_over_by);
}
