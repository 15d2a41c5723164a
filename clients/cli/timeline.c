#include "clients/cli/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/attach.h"
#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/who.h"

#define LATE_MS (10LL * 60 * 1000) /* entered so much later, both times are shown */
#define MARK_MAX 500

/* ---- one entry ---- */

static void print_indented(const char *text, const char *indent)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = strndup(text, length);
		if (!line)
			abort();
		text_print(stdout, line);
		free(line);
		text += length;
		if (*text++ == '\n')
			printf("\n%s", indent);
		else
			break;
	}
}

static void print_origin(struct cli *cli, struct names *names, const Entry *e, const char *indent)
{
	printf("%s%s", indent, show_dim(cli));
	text_print(stdout, names_person(names, e->author, e->organisation));
	if (e->recorded_ms - e->occurred_ms > LATE_MS)
		printf(" · %s", cli_print(cli, MSG_RECORDED_AT, show_when(cli, e->recorded_ms)));
	if (e->readers)
		printf(" · %s", cli_print(cli, MSG_READERS, e->readers));
	printf(" · %s%s\n", e->id, show_plain(cli));
}

/* "8:10  至急  バイタルサイン  128/76 …", and under it who said so. */
static void print_entry(struct cli *cli, struct names *names, const Entry *e, const char *before,
			const char *indent)
{
	fputs(before, stdout);
	if (e->unread)
		printf("%s● %s", show_bold(cli), show_plain(cli));
	if (e->urgent)
		printf("%s%s%s  ", show_red(cli), show_urgent(cli, true), show_plain(cli));
	printf("%s%s%s  ", show_bold(cli), LABEL(EntryKind, e->kind, cli->japanese),
	       show_plain(cli));
	char *concerns = show_concerns(cli, e->concerns, e->n_concerns);
	if (concerns[0])
		printf("[%s]  ", concerns);
	print_indented(show_entry(cli, e), indent);
	fputc('\n', stdout);
	for (size_t i = 0; i < e->n_attachments; i++) {
		fputs(indent, stdout);
		text_print(stdout, cli_print(cli, MSG_ATTACHMENT, i + 1,
					     attach_label(cli, e->attachments[i])));
		fputc('\n', stdout);
	}
	print_origin(cli, names, e, indent);
}

static void print_at(struct cli *cli, struct names *names, const Entry *e)
{
	char *clock = show_clock(cli, e->occurred_ms);
	char *age = cli_now_ms() - e->occurred_ms < 24LL * 3600 * 1000
			    ? cli_print(cli, MSG_IN_PARENTHESES, show_age(cli, e->occurred_ms))
			    : cli_string(cli, "");

	print_entry(cli, names, e, arena_printf(&cli->arena, "%5s%s  ", clock, age), "       ");
}

static void print_under(struct cli *cli, struct names *names, const Entry *e, enum message what)
{
	print_entry(cli, names, e,
		    arena_printf(&cli->arena, "       ↳ %s %s  ", cli_text(cli, what),
				 show_when(cli, e->occurred_ms)),
		    "         ");
}

void timeline_print_shown(struct cli *cli, const EntryShown *shown)
{
	if (cli->json) {
		cli_print_json(&shown->entry->base);
		for (size_t i = 0; i < shown->n_corrections; i++)
			cli_print_json(&shown->corrections[i]->base);
		for (size_t i = 0; i < shown->n_answers; i++)
			cli_print_json(&shown->answers[i]->base);
		return;
	}
	struct names *names = names_open(cli);
	names_want_people(names, shown->entry->organisation);
	names_want_patient(names, shown->entry->patient);
	for (size_t i = 0; i < shown->n_corrections; i++)
		names_want_people(names, shown->corrections[i]->organisation);
	for (size_t i = 0; i < shown->n_answers; i++)
		names_want_people(names, shown->answers[i]->organisation);
	if (shown->corrected)
		names_want_people(names, shown->corrected->organisation);
	names_fetch(names);
	show_heading(cli, arena_printf(&cli->arena, "%s  %s",
				       names_patient(names, shown->entry->patient),
				       shown->entry->patient));
	printf("%s\n", show_day(cli, shown->entry->occurred_ms));
	print_at(cli, names, shown->entry);
	if (shown->corrected)
		print_under(cli, names, shown->corrected, MSG_CORRECTS);
	for (size_t i = 0; i < shown->n_corrections; i++)
		print_under(cli, names, shown->corrections[i], MSG_CORRECTION);
	for (size_t i = 0; i < shown->n_answers; i++)
		print_under(cli, names, shown->answers[i], MSG_ANSWER);
	names_free(names);
}

/* ---- many of them ---- */

struct timeline {
	struct cli *cli;
	struct names *names;
	const Entry **entries; /* of this round */
	size_t n, capacity;
	char day[64];        /* the heading that was printed last */
	char (*printed)[27]; /* ids, to print none twice when following */
	size_t n_printed, printed_capacity;
	uint64_t before; /* older ones are there */
};

static void collect(struct timeline *t, const Entry *entry)
{
	if (t->n == t->capacity) {
		size_t capacity = t->capacity * 2 + 256;
		const Entry **grown = realloc(t->entries, capacity * sizeof(*grown));
		if (!grown)
			abort();
		t->entries = grown;
		t->capacity = capacity;
	}
	t->entries[t->n++] = entry;
}

static bool printed(const struct timeline *t, const char *id)
{
	for (size_t i = t->n_printed; i-- > 0;)
		if (!strcmp(t->printed[i], id))
			return true;
	return false;
}

static void remember(struct timeline *t, const char *id)
{
	if (t->n_printed == t->printed_capacity) {
		size_t capacity = t->printed_capacity * 2 + 256;
		char(*grown)[27] = realloc(t->printed, capacity * sizeof(*grown));
		if (!grown)
			abort();
		t->printed = grown;
		t->printed_capacity = capacity;
	}
	snprintf(t->printed[t->n_printed++], 27, "%s", id);
}

static int by_time(const void *a, const void *b)
{
	const Entry *x = *(const Entry *const *)a, *y = *(const Entry *const *)b;

	if (x->occurred_ms != y->occurred_ms)
		return x->occurred_ms < y->occurred_ms ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

static const Entry *find(const struct timeline *t, const char *id)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->entries[i]->id, id))
			return t->entries[i];
	return NULL;
}

/* A correction of a correction stands under the first one, too. */
static void print_corrections(struct timeline *t, const Entry *entry)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->entries[i]->corrects[0] && !strcmp(t->entries[i]->corrects, entry->id)) {
			print_under(t->cli, t->names, t->entries[i], MSG_CORRECTION);
			print_corrections(t, t->entries[i]);
		}
}

/* Sorted by when it was so, days as headings, corrections under what they correct. */
static void print_round(struct timeline *t)
{
	struct cli *cli = t->cli;

	if (t->n > 1)
		qsort(t->entries, t->n, sizeof(*t->entries), by_time);
	for (size_t i = 0; i < t->n; i++)
		names_want_people(t->names, t->entries[i]->organisation);
	if (!cli->json)
		names_fetch(t->names);
	for (size_t i = 0; i < t->n; i++) {
		const Entry *e = t->entries[i];
		if (cli->json) {
			cli_print_json(&e->base);
			continue;
		}
		const Entry *wrong = e->corrects[0] ? find(t, e->corrects) : NULL;
		if (wrong && wrong != e)
			continue; /* stands under it */
		char *day = show_day(cli, e->occurred_ms);
		if (strcmp(day, t->day) != 0) {
			show_heading(cli, arena_printf(&cli->arena, "── %s ──", day));
			snprintf(t->day, sizeof(t->day), "%s", day);
		}
		print_at(cli, t->names, e);
		if (e->corrects[0])
			printf("       ↳ %s %s\n", cli_text(cli, MSG_CORRECTS), e->corrects);
		print_corrections(t, e);
	}
	fflush(stdout);
}

static void timeline_close(struct timeline *t)
{
	names_free(t->names);
	free(t->entries);
	free(t->printed);
}

/* ---- once ---- */

static int show_once(struct timeline *t, ListTimeline *request, bool all)
{
	const char *instance = cli_instance_of(t->cli, request->patient);
	const Timeline *page;

	if (!instance)
		return EX_UNAVAILABLE;
	do {
		int status = ASK(t->cli, instance, request, Timeline, &page);
		if (status)
			return status;
		for (size_t i = 0; i < page->n_items; i++)
			collect(t, page->items[i]);
		request->before = page->before;
	} while (page->before && all);
	print_round(t);
	if (t->n == 0 && !t->cli->json)
		printf("%s\n", cli_text(t->cli, MSG_NO_ENTRIES));
	if (page->before)
		cli_error(t->cli, MSG_OLDER_ENTRIES);
	return 0;
}

/* ---- and on ---- */

static void marked(void *context, const Reply *reply)
{
	(void)context;
	(void)reply; /* not marked: the entry stays unread, and is shown as such */
}

/* What came by itself was not asked for entry by entry: say that it was shown. */
static void mark_read(struct timeline *t, const char *patient, char **ids, size_t n)
{
	MarkRead request = MarkRead_INIT;

	request.patient = cli_string(t->cli, patient);
	for (size_t i = 0; i < n; i += MARK_MAX) {
		request.entries = ids + i;
		request.n_entries = n - i < MARK_MAX ? n - i : MARK_MAX;
		client_send(t->cli->client, client_instance_for(t->cli->client, patient),
			    &request.base, 0, marked, NULL);
	}
}

static void show_pages(struct timeline *t, const struct feed *feed, const char *patient)
{
	char **pushed = NULL;
	size_t n_pushed = 0;

	t->n = 0;
	for (size_t i = 0; i < feed->n; i++) {
		const Timeline *page = (const Timeline *)(const void *)feed->pages[i].body;
		for (size_t k = 0; k < page->n_items; k++) {
			const Entry *e = page->items[k];
			if (printed(t, e->id))
				continue;
			collect(t, e);
			remember(t, e->id);
			if (feed->pages[i].pushed)
				arena_append(&t->cli->arena, &pushed, &n_pushed,
					     cli_string(t->cli, e->id));
		}
	}
	print_round(t);
	if (n_pushed)
		mark_read(t, patient, pushed, n_pushed);
}

static int follow(struct timeline *t, const ListTimeline *request)
{
	struct feed feed = {.cli = NULL};
	char patient[27];

	snprintf(patient, sizeof(patient), "%s", request->patient);
	const char *instance = cli_instance_of(t->cli, patient);
	int status =
		instance ? feed_open(&feed, t->cli, instance, &request->base, &Timeline_descriptor)
			 : EX_UNAVAILABLE;
	while (!status && feed_wait(&feed) && !ferror(stdout)) {
		show_pages(t, &feed, patient);
		feed_done(&feed);
	}
	if (!status)
		status = feed.status;
	/* What was shown is still to be marked. */
	if (feed.cli)
		feed_close(&feed);
	if (t->cli->client)
		client_run(t->cli->client, 1000, NULL);
	return status;
}

int run_timeline(struct cli *cli, const struct args *args)
{
	ListTimeline request = ListTimeline_INIT;
	const char *since = args_get(args, "--since"), *kind = args_get(args, "--kind");
	int value;

	request.patient = cli_id_of(cli, args_get(args, "PATIENT"));
	if (!request.patient || (since && cli_time(cli, since, &request.since_ms)))
		return EX_USAGE;
	if (kind) {
		if (cli_word(cli, &EntryKind_descriptor, kind, &value))
			return EX_USAGE;
		request.kind = (EntryKind)value;
	}
	struct timeline t = {.cli = cli, .names = names_open(cli)};
	int status = args_has(args, "--follow")
			     ? follow(&t, &request)
			     : show_once(&t, &request, since || args_has(args, "--all"));
	timeline_close(&t);
	return status;
}
