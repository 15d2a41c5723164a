/* What is new of my patients. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"

static char *unread_of(struct cli *cli, const PatientNews *news)
{
	if (!news->unread)
		return cli_string(cli, "");
	return cli_print(cli, news->unread < 99 ? MSG_NEWS_UNREAD : MSG_NEWS_UNREAD_MANY,
			 news->unread);
}

static char *kinds_of(struct cli *cli, const PatientNews *news)
{
	char *text = cli_string(cli, "");

	for (size_t i = 0; i < news->n_kinds; i++)
		text = arena_printf(&cli->arena, "%s%s%s", text,
				    i ? cli_text(cli, MSG_LIST_COMMA) : "",
				    LABEL(EntryKind, news->kinds[i], cli->japanese));
	return text;
}

static char *when_of(struct cli *cli, enum message message, int64_t time_ms)
{
	return time_ms ? cli_print(cli, message, show_short(cli, time_ms)) : cli_string(cli, "");
}

static void add_row(struct cli *cli, struct table *table, const PatientNews *news)
{
	const Patient *patient = news->patient;

	if (news->gone) {
		table_row(table, patient->id, cli_text(cli, MSG_NEWS_GONE), "", "", "", "", "", "");
		return;
	}
	table_row(table, show_patient_name(cli, patient),
		  news->urgent ? cli_print(cli, MSG_NEWS_URGENT, news->urgent) : "",
		  unread_of(cli, news), kinds_of(cli, news),
		  news->n_medications_changed
			  ? cli_print(cli, MSG_NEWS_MEDICATIONS, news->n_medications_changed)
			  : "",
		  when_of(cli, MSG_NEWS_LAST, news->last_ms),
		  when_of(cli, MSG_NEWS_VISIT, news->next_visit_ms), patient->id);
}

static void add_page(struct cli *cli, struct table *table, const NewsList *page)
{
	for (size_t i = 0; i < page->n_items; i++) {
		if (!page->items[i]->patient)
			continue;
		if (cli->json)
			cli_print_json(&page->items[i]->base);
		else
			add_row(cli, table, page->items[i]);
	}
}

static void news_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	add_page(cli, context, (const NewsList *)(const void *)message);
}

static int list_once(struct cli *cli)
{
	ListNews request = ListNews_INIT;
	struct table table;

	table_init(&table, 8);
	int status = cli_connect(cli);
	if (!status)
		status = cli_pages(cli, client_instance_for(cli->client, ""), &request.base,
				   &NewsList_descriptor, news_page, &table);
	if (!status && !cli->json) {
		table_print_within(&table, show_columns(cli), stdout);
		if (table.n_cells == 0)
			printf("%s\n", cli_text(cli, MSG_NEWS_NONE));
	}
	table_close(&table);
	return status;
}

/* All of them first, then each that changes. */
static int list_on(struct cli *cli)
{
	ListNews request = ListNews_INIT;
	struct feed feed = {.cli = NULL};
	struct table table;

	int status = cli_connect(cli);
	if (!status)
		status = feed_open(&feed, cli, client_instance_for(cli->client, ""), &request.base,
				   &NewsList_descriptor);
	while (!status && feed_wait(&feed) && !ferror(stdout)) {
		table_init(&table, 8);
		for (size_t i = 0; i < feed.n; i++)
			add_page(cli, &table, (const NewsList *)(const void *)feed.pages[i].body);
		table_print_within(&table, show_columns(cli), stdout);
		fflush(stdout);
		table_close(&table);
		feed_done(&feed);
	}
	if (!status)
		status = feed.status;
	feed_close(&feed);
	return status;
}

int run_patient_news(struct cli *cli, const struct args *args)
{
	return args_has(args, "--watch") ? list_on(cli) : list_once(cli);
}
