#include "clients/cli/notification.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/reach.h"
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
static const char *about(struct names *names, const Notification *n)
{
	if (!n->matter)
		return names_patient(names, n->patient);
	if (!subject_is_organisation(n))
		return strcmp(n->service, "referral") ? n->subject : "";
	return names_organisation(names, n->subject);
}

/* "! 至急  処方 [抗血栓薬]  田所 ハル 様  14:05（12分前）" */
static void print_head(struct cli *cli, struct names *names, const Notification *n)
{
	char *concerns = show_concerns(cli, n->concerns, n->n_concerns);
	const char *whom = about(names, n);

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
	printf("  %s\n", show_when(cli, n->stored_ms));
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
		{"rota", "rota show", 0, INT_MAX, false},
		{"record", "patient covered --unstable", 0, INT_MAX, false},
		{"alert", "inbox hand-over", 0, INT_MAX, false},
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

/* As what its reader is asked by an escalation, louder where nobody answered; what a duty brings. */
static void print_escalation(struct cli *cli, struct names *names, const Notification *n)
{
	if (n->place)
		printf(" · %s", cli_print(cli, MSG_ASKED_AS,
					  LABEL(EscalationStep_Place, n->place, cli->japanese)));
	if (n->round)
		printf(" · %s%s%s%s", show_red(cli),
		       cli_print(cli, n->everyone ? MSG_LOUDER_FOR_SOME : MSG_LOUDER, n->round + 1),
		       show_plain(cli), show_dim(cli));
	if (n->everyone)
		printf(" · %s", cli_text(cli, MSG_FOR_EVERYONE));
	if (n->unstable)
		printf(" · %s", cli_print(cli, MSG_UNSTABLE_COVERED, n->unstable));
	if (n->offered_to[0]) {
		printf(" · ");
		text_print(stdout, cli_print(cli, MSG_OFFERED_TO,
					     names_organisation(names, n->offered_to)));
	}
}

static void print_who(struct cli *cli, struct names *names, enum message what, const char *user)
{
	printf(" · ");
	text_print(stdout, cli_print(cli, what, names_user(names, user)));
}

void notification_print(struct cli *cli, struct names *names, const Notification *n)
{
	print_head(cli, names, n);
	printf("%*s%s", GUTTER, "", show_dim(cli));
	if (!n->matter) {
		text_print(stdout, names_person(names, n->author, n->organisation));
		printf(" · ");
	}
	/* To oneself what is stored or delivered is what one has not opened. */
	printf("%s", n->state < NOTIFICATION_STATE_OPENED
			     ? cli_text(cli, MSG_UNOPENED)
			     : LABEL(Notification_State, n->state, cli->japanese));
	if (n->state >= NOTIFICATION_STATE_ACCEPTED)
		printf(" %s", show_when(cli, changed_ms(n)));
	if (n->taken_by[0] && strcmp(n->taken_by, n->recipient) != 0)
		print_who(cli, names, MSG_TAKEN_BY, n->taken_by);
	if (n->reminders)
		printf(" · %s", cli_print(cli, MSG_REMINDERS, n->reminders));
	else if (n->rings > 1)
		printf(" · %s", cli_print(cli, MSG_RANG_AGAIN, n->rings - 1));
	print_escalation(cli, names, n);
	if (n->rings_ms)
		printf(" · %s", cli_print(cli, MSG_RINGS_LATER, reach_time(cli, n->rings_ms)));
	if (n->asked)
		printf(" · %s", cli_text(cli, MSG_ASKED));
	if (n->substitute_for[0])
		print_who(cli, names, MSG_SUBSTITUTE_FOR, n->substitute_for);
	if (n->handed_over_by[0])
		print_who(cli, names, MSG_HANDED_OVER_BY, n->handed_over_by);
	printf(" · %s%s\n", n->id, show_plain(cli));
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
