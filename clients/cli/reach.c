#include "clients/cli/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"

#define PATIENCE_MS 2000

char *reach_time(struct cli *cli, int64_t time_ms)
{
	int64_t day = (time_ms + JAPAN_OFFSET_MS) / DAY_MS;
	int64_t today = (cli_now_ms() + JAPAN_OFFSET_MS) / DAY_MS;

	if (day == today + 1)
		return cli_print(cli, MSG_TOMORROW, show_clock(cli, time_ms));
	return show_short(cli, time_ms);
}

/* What is said of one: two of whom the same is said stand in one line. */
static char *saying(struct cli *cli, const Notification *n, const char *whom)
{
	if (n->rung_ms)
		return cli_print(cli, MSG_REACHED, whom);
	if (n->rings_ms)
		return cli_print(cli, MSG_REACHES_LATER, whom, reach_time(cli, n->rings_ms));
	return cli_print(cli, n->urgent ? MSG_REACHES_IN_TURN : MSG_REACHES_SILENTLY, whom);
}

static int by_time(const void *a, const void *b)
{
	const Notification *const *one = a, *const *two = b;
	/* Rung, then those that will be, then the silent ones. */
	int64_t x = (*one)->rung_ms ? 0 : (*one)->rings_ms ? (*one)->rings_ms : INT64_MAX;
	int64_t y = (*two)->rung_ms ? 0 : (*two)->rings_ms ? (*two)->rings_ms : INT64_MAX;

	return x != y ? (x < y ? -1 : 1) : strcmp((*one)->recipient, (*two)->recipient);
}

char *reach_text(struct cli *cli, struct names *names, Notification *const *items, size_t n)
{
	char *text = cli_string(cli, ""), *whom = NULL;

	if (n == 0)
		return text;
	const Notification **sorted = arena_copy(&cli->arena, items, n * sizeof(*items));
	qsort(sorted, n, sizeof(*sorted), by_time);
	for (size_t i = 0; i < n; i++) {
		const Notification *one = sorted[i];
		char *name = names_person(names, one->recipient, one->recipient_organisation);
		whom = whom ? cli_print(cli, MSG_LIST_AND, whom, name) : name;
		if (i + 1 < n && !strcmp(saying(cli, one, ""), saying(cli, sorted[i + 1], "")))
			continue;
		text = arena_printf(&cli->arena, "%s%s\n", text, saying(cli, one, whom));
		whom = NULL;
	}
	return text;
}

/* One question; in the command's arena, for the answer may come late. */
struct question {
	struct cli *cli;
	const RecipientList *answer;
	bool answered;
};

static void take(void *context, const Reply *reply)
{
	struct question *question = context;

	question->answered = true;
	if (reply && reply->code == CODE_OK)
		question->answer = BODY(RecipientList, question->cli, reply);
}

/* Before alert has followed record, and where nobody is told, the list is empty. NULL: it stays so. No
 * watch: a terminal may have only so many, and the next entry may come at once. */
static const RecipientList *ask(struct cli *cli, const char *entry)
{
	int64_t until_ms = cli_now_ms() + PATIENCE_MS;
	ShowRecipients request = ShowRecipients_INIT;

	request.entry = cli_string(cli, entry);
	for (unsigned pause_ms = 10; cli_now_ms() < until_ms; pause_ms *= 2) {
		struct question *question = arena_alloc(&cli->arena, sizeof(*question));
		question->cli = cli;
		if (client_send(cli->client, "alert", &request.base, 0, take, question))
			return NULL;
		while (!question->answered && cli_now_ms() < until_ms)
			client_run(cli->client, 5, NULL);
		if (!question->answered)
			return NULL;
		if (question->answer && question->answer->n_items)
			return question->answer;
		usleep(pause_ms * 1000);
	}
	return NULL;
}

void reach_say(struct cli *cli, const char *entry)
{
	const RecipientList *reached = cli->json ? NULL : ask(cli, entry);

	if (!reached)
		return;
	struct names *names = names_open(cli);
	for (size_t i = 0; i < reached->n_items; i++)
		names_want_people(names, reached->items[i]->recipient_organisation);
	names_fetch(names);
	text_print(stderr, reach_text(cli, names, reached->items, reached->n_items));
	names_free(names);
}
