/* The way of what is urgent, as its sender and the support centre see it; what a shift leaves open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/notification.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/who.h"
#include "date.h"

#define GUTTER 10
#define USERS_SHOWN 3

static bool is_open(const Escalation *walk)
{
	return walk->state == ESCALATION_STATE_WALKING ||
	       walk->state == ESCALATION_STATE_WITH_CENTRE;
}

static const EscalationStep *last_step(const Escalation *walk)
{
	return walk->n_steps ? walk->steps[walk->n_steps - 1] : NULL;
}

static void want_step(struct names *names, const EscalationStep *step)
{
	if (!step)
		return;
	names_want_people(names, step->organisation);
	names_want_user(names, step->other);
}

static void want_walk(struct names *names, const Escalation *walk)
{
	names_want_patient(names, walk->patient);
	names_want_people(names, walk->organisation);
	names_want_user(names, walk->holder);
	for (size_t i = 0; i < walk->n_steps; i++)
		want_step(names, walk->steps[i]);
}

/* ---- one ---- */

/* "14:05:10"; of another day without the seconds. */
static char *step_time(struct cli *cli, int64_t time_ms)
{
	char then[DATE_SIZE], today[DATE_SIZE];

	date_iso(then, time_ms);
	date_day(today, cli_now_ms());
	if (strncmp(then, today, 10) != 0)
		return show_short(cli, time_ms);
	then[19] = '\0';
	return cli_string(cli, then + 11);
}

static char *step_people(struct cli *cli, struct names *names, const EscalationStep *step)
{
	char *all = cli_string(cli, "");

	for (size_t i = 0; i < step->n_users && i < USERS_SHOWN; i++)
		all = arena_printf(&cli->arena, "%s%s%s", all, i ? ", " : "",
				   names_person(names, step->users[i], step->organisation));
	if (step->n_users > USERS_SHOWN)
		all = cli_print(cli, MSG_PEOPLE_AND_MORE, all,
				(unsigned)(step->n_users - USERS_SHOWN));
	if (!step->n_users && step->organisation[0])
		all = names_organisation(names, step->organisation);
	if (!step->other[0])
		return all;
	return cli_print(cli,
			 step->what == ESCALATION_STEP_WHAT_GIVEN_BACK ? MSG_STEP_TO_OTHER
								       : MSG_STEP_BY_OTHER,
			 all, names_user(names, step->other));
}

static const char *step_name(struct cli *cli, const Escalation *walk, const EscalationStep *step)
{
	const char *what = LABEL(EscalationStep_What, step->what, cli->japanese);

	if (step->what == ESCALATION_STEP_WHAT_STARTED_OVER)
		return arena_printf(&cli->arena, "%s: %s",
				    walk->everyone ? cli_text(cli, MSG_STEP_OVER_FOR_SOME) : what,
				    cli_print(cli, MSG_STEP_ROUND, step->round + 1));
	if (step->what != ESCALATION_STEP_WHAT_ASKED)
		return what;
	return arena_printf(&cli->arena, "%s: %s", what,
			    LABEL(EscalationStep_Place, step->place, cli->japanese));
}

static void print_step(struct cli *cli, struct names *names, const Escalation *walk,
		       const EscalationStep *step)
{
	bool loud = step->what == ESCALATION_STEP_WHAT_STARTED_OVER ||
		    step->what == ESCALATION_STEP_WHAT_MAIL_FAILED ||
		    step->what == ESCALATION_STEP_WHAT_NO_ADDRESS;
	const char *people = step_people(cli, names, step);

	printf("%*s%s%s  %s%s", GUTTER, "", loud ? show_red(cli) : "",
	       step_time(cli, step->time_ms), step_name(cli, walk, step),
	       loud ? show_plain(cli) : "");
	if (people[0])
		printf("  ");
	text_print(stdout, people);
	if (step->detail[0])
		text_print(stdout, arena_printf(&cli->arena, " (%s)", step->detail));
	printf("\n");
}

static void add(struct cli *cli, char **text, const char *item)
{
	*text = arena_printf(&cli->arena, "%s%s%s", *text, cli_text(cli, MSG_DOT), item);
}

/* Where everyone is to accept it, one has not sufficed. */
static const char *walk_state(struct cli *cli, const Escalation *walk)
{
	if (!walk->everyone || !walk->holder[0] || !is_open(walk))
		return LABEL(Escalation_State, walk->state, cli->japanese);
	return cli_text(cli, walk->state == ESCALATION_STATE_WALKING ? MSG_WALK_SOME
								     : MSG_WALK_SOME_CENTRE);
}

/* "! 至急  連絡・所見  田所 ハル 様  14:05（12分前）": as long as nobody has it in red. */
static void print_walk(struct cli *cli, struct names *names, const Escalation *walk)
{
	bool open = is_open(walk);

	printf("%s", open ? show_red(cli) : "");
	text_print_padded(stdout, show_urgent(cli, open), GUTTER);
	printf("%s%s", open ? show_red(cli) : "",
	       cli_print(cli, MSG_WALK_OPEN, walk_state(cli, walk)));
	printf("%s  ", open ? show_plain(cli) : "");
	text_print(stdout, names_patient(names, walk->patient));
	printf("  %s\n%*s%s", show_when(cli, walk->started_ms), GUTTER, "", show_dim(cli));
	char *text = names_person(names, walk->author, walk->organisation);
	if (walk->holder[0])
		add(cli, &text, cli_print(cli, MSG_WALK_HOLDER, names_user(names, walk->holder)));
	if (walk->round && is_open(walk))
		add(cli, &text,
		    cli_print(cli, walk->everyone ? MSG_LOUDER_FOR_SOME : MSG_LOUDER,
			      walk->round + 1));
	if (walk->everyone)
		add(cli, &text, cli_text(cli, MSG_FOR_EVERYONE));
	add(cli, &text, cli_print(cli, MSG_STEP_MINUTES, (unsigned)(walk->step_ms / 1000)));
	add(cli, &text, walk->id);
	show_list(cli, stdout, text, GUTTER);
	printf("%s\n", show_plain(cli));
}

/* ---- steps ---- */

/* What was shown of it. Steps are only added; of very many the middle ones go. */
struct shown_walk {
	Escalation_State state;
	int64_t time_ms; /* of the last step */
	unsigned at;     /* how many of that time were shown */
	bool any;
};

static void print_news(struct cli *cli, struct names *names, const Escalation *walk,
		       struct shown_walk *shown)
{
	unsigned seen = 0;

	if (!shown->any || shown->state != walk->state)
		print_walk(cli, names, walk);
	for (size_t i = 0; i < walk->n_steps; i++) {
		const EscalationStep *step = walk->steps[i];
		if (shown->any && step->time_ms < shown->time_ms)
			continue;
		if (step->time_ms > shown->time_ms) {
			shown->time_ms = step->time_ms;
			shown->at = seen = 0;
		}
		if (++seen <= shown->at)
			continue;
		shown->at = seen;
		print_step(cli, names, walk, step);
	}
	shown->state = walk->state;
	shown->any = true;
}

static void show_walk(struct cli *cli, struct names *names, const Escalation *walk,
		      struct shown_walk *shown)
{
	if (cli->json) {
		cli_print_json(&walk->base);
	} else {
		want_walk(names, walk);
		names_fetch(names);
		print_news(cli, names, walk, shown);
	}
	fflush(stdout);
}

int run_inbox_steps(struct cli *cli, const struct args *args)
{
	ShowEscalation request = ShowEscalation_INIT;
	struct shown_walk shown = {.any = false};
	struct feed feed = {.cli = NULL};
	const Escalation *walk;

	request.event = cli_id_of(cli, args_get(args, "ID"));
	if (!request.event)
		return EX_USAGE;
	struct names *names = names_open(cli);
	int status = ASK(cli, "alert", &request, Escalation, &walk);
	if (!status)
		show_walk(cli, names, walk, &shown);
	if (!status && args_has(args, "--follow")) {
		request.event = walk->id;
		status = feed_open(&feed, cli, "alert", &request.base, &Escalation_descriptor);
		bool first = true; /* it is what was asked for just now */
		while (!status && feed_wait(&feed) && !ferror(stdout)) {
			for (size_t i = 0; i < feed.n; i++) {
				walk = (const Escalation *)(const void *)feed.pages[i].body;
				if (!first || !cli->json)
					show_walk(cli, names, walk, &shown);
				first = false;
			}
			feed_done(&feed);
		}
		if (!status)
			status = feed.status;
		feed_close(&feed);
	}
	names_free(names);
	return status;
}

/* ---- sent ---- */

static void sent_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const EscalationList *page = (const EscalationList *)(const void *)message;
	EscalationList *all = context;

	for (size_t i = 0; i < page->n_items; i++)
		if (arena_append(&cli->arena, &all->items, &all->n_items, page->items[i]))
			abort();
}

static void print_sent(struct cli *cli, struct names *names, const EscalationList *list)
{
	for (size_t i = 0; i < list->n_items && !cli->json; i++)
		want_walk(names, list->items[i]);
	if (!cli->json && list->n_items)
		names_fetch(names);
	for (size_t i = 0; i < list->n_items; i++) {
		if (cli->json) {
			cli_print_json(&list->items[i]->base);
			continue;
		}
		print_walk(cli, names, list->items[i]);
		if (last_step(list->items[i]))
			print_step(cli, names, list->items[i], last_step(list->items[i]));
	}
	fflush(stdout);
}

static int follow_sent(struct cli *cli, struct names *names, const ListEscalations *request)
{
	struct feed feed = {.cli = NULL};
	bool first = true;
	int status = feed_open(&feed, cli, "alert", &request->base, &EscalationList_descriptor);

	while (!status && feed_wait(&feed) && !ferror(stdout)) {
		size_t n = 0;
		for (size_t i = 0; i < feed.n; i++) {
			const EscalationList *list =
				(const EscalationList *)(const void *)feed.pages[i].body;
			print_sent(cli, names, list);
			n += list->n_items;
		}
		if (first && n == 0 && !cli->json)
			cli_error(cli, MSG_NO_OPEN_WALKS_YET);
		first = false;
		feed_done(&feed);
	}
	if (!status)
		status = feed.status;
	feed_close(&feed);
	return status;
}

int run_inbox_sent(struct cli *cli, const struct args *args)
{
	ListEscalations request = ListEscalations_INIT;
	EscalationList all = EscalationList_INIT;
	int status = cli_connect(cli);

	if (status)
		return status;
	struct names *names = names_open(cli);
	request.all = args_has(args, "--all");
	if (args_has(args, "--follow")) {
		status = follow_sent(cli, names, &request);
	} else {
		status = cli_pages(cli, "alert", &request.base, &EscalationList_descriptor,
				   sent_page, &all);
		if (!status)
			print_sent(cli, names, &all);
		if (!status && all.n_items == 0 && !cli->json)
			printf("%s\n",
			       cli_text(cli, request.all ? MSG_NO_SENT_AT_ALL : MSG_NO_SENT));
	}
	names_free(names);
	return status;
}

/* ---- hand-over ---- */

static void print_offers(struct cli *cli, struct names *names, enum message heading,
			 Notification **items, size_t n)
{
	if (n == 0)
		return;
	if (!cli->json)
		show_heading(cli, cli_print(cli, heading, (unsigned)n));
	for (size_t i = 0; i < n; i++) {
		if (cli->json)
			cli_print_json(&items[i]->base);
		else
			notification_print(cli, names, items[i]);
	}
}

/* What was offered to us and by us; unless it is only to be listed, offers what is open of my clinic's
 * duty first. */
static int offer(struct cli *cli, bool only_list)
{
	OfferHandOver request = OfferHandOver_INIT;
	ListHandOver ask = ListHandOver_INIT;
	const HandOverList *list;
	Reply *reply;
	int status = 0;

	if (!only_list)
		status = cli_call(cli, "alert", &request.base, &reply);
	if (!status)
		status = ASK(cli, "alert", &ask, HandOverList, &list);
	if (status)
		return status;
	struct names *names = names_open(cli);
	for (size_t i = 0; i < list->n_offered_to_us; i++)
		notification_want(names, list->offered_to_us[i]);
	for (size_t i = 0; i < list->n_offered_by_us; i++)
		notification_want(names, list->offered_by_us[i]);
	if (!cli->json)
		names_fetch(names);
	print_offers(cli, names, MSG_HEADING_OFFERED_TO_US, list->offered_to_us,
		     list->n_offered_to_us);
	if (list->n_offered_to_us && !cli->json)
		printf("%s\n", cli_text(cli, MSG_TAKE_OFFERED));
	print_offers(cli, names, MSG_HEADING_OFFERED_BY_US, list->offered_by_us,
		     list->n_offered_by_us);
	if (!list->n_offered_to_us && !list->n_offered_by_us && !cli->json)
		printf("%s\n", cli_text(cli, MSG_NOTHING_OFFERED));
	names_free(names);
	return 0;
}

int run_inbox_hand_over(struct cli *cli, const struct args *args)
{
	HandOver request = HandOver_INIT;

	if (!args_has(args, "USER"))
		return offer(cli, args_has(args, "--list"));
	request.to = cli_string(cli, args_get(args, "USER"));
	return cli_write(cli, "alert", &request.base, MSG_DONE_HAND_OVER);
}

/* ---- how long each is waited for ---- */

int run_admin_escalation(struct cli *cli, const struct args *args)
{
	ShowEscalationSettings show = ShowEscalationSettings_INIT;
	SetEscalation request = SetEscalation_INIT;
	const EscalationSettings *settings;
	const char *urgent = args_get(args, "--urgent-s"), *limit = args_get(args, "--limit-s");
	Reply *reply;

	int status = ASK(cli, "alert", &show, EscalationSettings, &settings);
	if (status)
		return status;
	request.urgent_s = settings->urgent_s;
	request.limit_s = settings->limit_s;
	if ((urgent && cli_whole(cli, "--urgent-s", urgent, &request.urgent_s)) ||
	    (limit && cli_whole(cli, "--limit-s", limit, &request.limit_s)))
		return EX_USAGE;
	if (urgent || limit)
		status = cli_call(cli, "alert", &request.base, &reply);
	if (status)
		return status;
	EscalationSettings now = EscalationSettings_INIT;
	now.urgent_s = request.urgent_s;
	now.limit_s = request.limit_s;
	if (cli->json)
		cli_print_json(&now.base);
	else
		printf("%s\n", cli_print(cli, MSG_ESCALATION_TIMES, now.urgent_s, now.limit_s));
	return 0;
}
