#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/notification.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/timeline.h"
#include "clients/cli/who.h"

#define CONFIRM_MAX 500

/* ---- list ---- */

struct list {
	const Notification **items;
	size_t n, capacity;
};

static void list_add(struct list *list, const Notification *item)
{
	if (list->n == list->capacity) {
		size_t capacity = list->capacity * 2 + 64;
		const Notification **grown = realloc(list->items, capacity * sizeof(*grown));
		if (!grown)
			abort();
		list->items = grown;
		list->capacity = capacity;
	}
	list->items[list->n++] = item;
}

static void list_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const Inbox *page = (const Inbox *)(const void *)message;

	(void)cli;
	for (size_t i = 0; i < page->n_items; i++)
		if (page->items[i]->state != NOTIFICATION_STATE_WITHDRAWN)
			list_add(context, page->items[i]);
}

static bool open_still(const Notification *n)
{
	return n->state < NOTIFICATION_STATE_DONE;
}

/* What is open before what is over, urgent before the rest, the newest first. */
static int by_weight(const void *a, const void *b)
{
	const Notification *x = *(const Notification *const *)a,
			   *y = *(const Notification *const *)b;

	if (open_still(x) != open_still(y))
		return open_still(x) ? -1 : 1;
	if (x->urgent != y->urgent)
		return x->urgent ? -1 : 1;
	return x->stored_ms > y->stored_ms ? -1 : x->stored_ms < y->stored_ms;
}

/* Paged by position, a notification that changes meanwhile comes twice: the later one is it. */
static int by_id(const void *a, const void *b)
{
	const Notification *x = *(const Notification *const *)a,
			   *y = *(const Notification *const *)b;
	int order = strcmp(x->id, y->id);

	return order ? order : x->position > y->position ? -1 : x->position < y->position;
}

static void list_sort(struct list *list)
{
	size_t n = 0;

	if (list->n == 0)
		return;
	qsort(list->items, list->n, sizeof(*list->items), by_id);
	for (size_t i = 0; i < list->n; i++)
		if (n == 0 || strcmp(list->items[n - 1]->id, list->items[i]->id) != 0)
			list->items[n++] = list->items[i];
	list->n = n;
	qsort(list->items, list->n, sizeof(*list->items), by_weight);
}

static int load(struct cli *cli, bool all, struct list *list)
{
	ListInbox request = ListInbox_INIT;

	request.all = all;
	int status = cli_pages(cli, "alert", &request.base, &Inbox_descriptor, list_page, list);
	list_sort(list);
	return status;
}

int run_inbox_list(struct cli *cli, const struct args *args)
{
	struct list list = {.n = 0};
	struct names *names = names_open(cli);

	int status = load(cli, args_has(args, "--all"), &list);
	for (size_t i = 0; !status && i < list.n; i++)
		notification_want(names, list.items[i]);
	if (!status && !cli->json)
		names_fetch(names);
	for (size_t i = 0; !status && i < list.n; i++) {
		if (cli->json)
			cli_print_json(&list.items[i]->base);
		else
			notification_print(cli, names, list.items[i]);
	}
	if (!status && list.n == 0 && !cli->json)
		printf("%s\n", cli_text(cli, MSG_NOTHING_WAITS));
	names_free(names);
	free(list.items);
	return status;
}

/* ---- follow ---- */

/* What was shown of a notification, to show it again only when something happened to it. */
struct shown {
	char id[27];
	Notification_State state;
	uint32_t reminders, rings;
};

struct confirmation {
	struct confirmation *next;
	struct cli *cli;
	ConfirmDelivery request;
	char *ids[CONFIRM_MAX];
	char memory[CONFIRM_MAX][27];
	bool open;
};

struct inbox {
	struct cli *cli;
	struct names *names;
	struct shown *shown; /* sorted by id: ids sort by time, so new ones come last */
	size_t n, capacity;
	struct confirmation *confirmations;
	int64_t since_ms; /* what has rung before is only shown */
};

static struct shown *shown_find(const struct inbox *inbox, const char *id, size_t *place)
{
	size_t from = 0, to = inbox->n;

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(inbox->shown[middle].id, id);
		if (order == 0)
			return &inbox->shown[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	*place = from;
	return NULL;
}

static void shown_add(struct inbox *inbox, const Notification *n, size_t place)
{
	if (inbox->n == inbox->capacity) {
		size_t capacity = inbox->capacity * 2 + 256;
		struct shown *grown = realloc(inbox->shown, capacity * sizeof(*grown));
		if (!grown)
			abort();
		inbox->shown = grown;
		inbox->capacity = capacity;
	}
	memmove(inbox->shown + place + 1, inbox->shown + place,
		(inbox->n - place) * sizeof(*inbox->shown));
	inbox->n++;
	snprintf(inbox->shown[place].id, 27, "%s", n->id);
	inbox->shown[place].state = n->state;
	inbox->shown[place].reminders = n->reminders;
	inbox->shown[place].rings = n->rings;
}

/* New, rung, brought back, or decided: worth a line. Delivered and opened are not. *rings: with a
 * sound; what arrives silently is only shown. */
static bool worth_showing(struct inbox *inbox, const Notification *n, bool pushed, bool *rings)
{
	size_t place = 0;
	struct shown *shown = shown_find(inbox, n->id, &place);

	*rings = n->rings > (shown ? shown->rings : 0) && n->state < NOTIFICATION_STATE_ACCEPTED &&
		 (pushed || shown || n->rung_ms > inbox->since_ms);
	if (!shown) {
		if (n->state == NOTIFICATION_STATE_WITHDRAWN)
			return false;
		shown_add(inbox, n, place);
		return true;
	}
	bool worth = *rings || n->reminders > shown->reminders ||
		     (n->state != shown->state && n->state >= NOTIFICATION_STATE_ACCEPTED);
	shown->state = n->state;
	shown->reminders = n->reminders;
	shown->rings = n->rings;
	return worth;
}

static void confirm_send(struct confirmation *c);

static void confirmed(void *context, const Reply *reply)
{
	struct confirmation *c = context;

	if (!reply && !*c->cli->stop)
		confirm_send(c); /* until alert has heard it */
	else
		c->open = false;
}

static void confirm_send(struct confirmation *c)
{
	c->open = client_send(c->cli->client, "alert", &c->request.base, 0, confirmed, c) == 0;
}

static struct confirmation *confirmation_free_one(struct inbox *inbox)
{
	struct confirmation *c;

	for (c = inbox->confirmations; c; c = c->next)
		if (!c->open)
			return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->next = inbox->confirmations;
	inbox->confirmations = c;
	return c;
}

/* These stand on the screen now. */
static void confirm(struct inbox *inbox, const Notification *const *items, size_t n)
{
	struct confirmation *c = NULL;

	for (size_t i = 0; i < n; i++) {
		if (items[i]->state != NOTIFICATION_STATE_STORED)
			continue;
		if (!c) {
			c = confirmation_free_one(inbox);
			c->cli = inbox->cli;
			c->request = (ConfirmDelivery)ConfirmDelivery_INIT;
			c->request.ids = c->ids;
		}
		size_t at = c->request.n_ids++;
		snprintf(c->memory[at], 27, "%s", items[i]->id);
		c->ids[at] = c->memory[at];
		if (c->request.n_ids == CONFIRM_MAX) {
			confirm_send(c);
			c = NULL;
		}
	}
	if (c)
		confirm_send(c);
}

static void print_all(const struct inbox *inbox, const struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (inbox->cli->json)
			cli_print_json(&list->items[i]->base);
		else
			notification_print(inbox->cli, inbox->names, list->items[i]);
	}
}

/* What rings stands together, under a mark; before it what arrived silently. */
static void show_pages(struct inbox *inbox, const struct feed *feed)
{
	struct cli *cli = inbox->cli;
	struct list silent = {.n = 0}, ringing = {.n = 0};

	for (size_t i = 0; i < feed->n; i++) {
		const Inbox *page = (const Inbox *)(const void *)feed->pages[i].body;
		for (size_t k = 0; k < page->n_items; k++) {
			bool rings;
			if (!worth_showing(inbox, page->items[k], feed->pages[i].pushed, &rings))
				continue;
			list_add(rings ? &ringing : &silent, page->items[k]);
			notification_want(inbox->names, page->items[k]);
		}
	}
	if (!cli->json && silent.n + ringing.n)
		names_fetch(inbox->names);
	print_all(inbox, &silent);
	if (ringing.n && !cli->json)
		printf("%s%s%s%s\n", cli->out_terminal ? "\a" : "", show_bold(cli),
		       cli_print(cli, MSG_RINGS_NOW, (unsigned)ringing.n), show_plain(cli));
	print_all(inbox, &ringing);
	if (fflush(stdout) == 0 && !ferror(stdout)) {
		confirm(inbox, silent.items, silent.n);
		confirm(inbox, ringing.items, ringing.n);
	}
	free(silent.items);
	free(ringing.items);
}

static void inbox_close(struct inbox *inbox)
{
	names_free(inbox->names);
	free(inbox->shown);
	while (inbox->confirmations) {
		struct confirmation *c = inbox->confirmations;
		inbox->confirmations = c->next;
		free(c);
	}
}

int run_inbox_follow(struct cli *cli, const struct args *args)
{
	ListInbox request = ListInbox_INIT;
	struct inbox inbox = {.cli = cli, .since_ms = cli_now_ms()};
	struct feed feed = {.cli = NULL};
	bool first = true;

	(void)args;
	int status = cli_connect(cli);
	if (status)
		return status;
	inbox.names = names_open(cli);
	status = feed_open(&feed, cli, "alert", &request.base, &Inbox_descriptor);
	while (!status && feed_wait(&feed) && !ferror(stdout)) {
		show_pages(&inbox, &feed);
		if (first && inbox.n == 0 && !cli->json)
			cli_error(cli, MSG_NOTHING_WAITS_YET);
		first = false;
		feed_done(&feed);
	}
	if (!status)
		status = feed.status;
	feed_close(&feed);
	client_run(cli->client, 1000, NULL); /* what was shown is still to be confirmed */
	inbox_close(&inbox);
	return status;
}

/* ---- open ---- */

static int find(struct cli *cli, const char *id, const Notification **out)
{
	struct list list = {.n = 0};

	int status = load(cli, true, &list);
	*out = NULL;
	for (size_t i = 0; i < list.n; i++)
		if (!strcmp(list.items[i]->id, id))
			*out = list.items[i];
	free(list.items);
	if (!status && !*out)
		status = cli_fail(cli, EX_NOINPUT, MSG_NO_NOTIFICATION);
	return status;
}

/* A matter, or a broken glass: as it stands now that it is opened. */
static void print_without_entry(struct cli *cli, const Notification *found)
{
	struct names *names = names_open(cli);
	Notification n = *found;

	if (n.state < NOTIFICATION_STATE_OPENED) {
		n.state = NOTIFICATION_STATE_OPENED;
		n.opened_ms = cli_now_ms();
	}
	notification_want(names, &n);
	if (cli->json) {
		cli_print_json(&n.base);
	} else {
		names_fetch(names);
		notification_print(cli, names, &n);
	}
	names_free(names);
}

/* First it is opened, then read: what is on the screen is never less known than it looks. */
int run_inbox_open(struct cli *cli, const struct args *args)
{
	OpenNotification request = OpenNotification_INIT;
	ShowEntry entry = ShowEntry_INIT;
	const Notification *n;
	const EntryShown *shown;
	Reply *reply;

	request.id = cli_id_of(cli, args_get(args, "NOTIFICATION"));
	if (!request.id)
		return EX_USAGE;
	int status = find(cli, request.id, &n);
	if (!status && n->state < NOTIFICATION_STATE_OPENED)
		status = cli_call(cli, "alert", &request.base, &reply);
	if (status)
		return status;
	if (!n->entry[0]) {
		print_without_entry(cli, n);
		return 0;
	}
	entry.id = n->entry;
	status = ASK(cli, client_instance_for(cli->client, n->patient), &entry, EntryShown, &shown);
	if (!status && !shown->entry)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (!status)
		timeline_print_shown(cli, shown);
	return status;
}

/* ---- answers ---- */

/* For a script: the notification as it is now, not the id of the answer. */
static int move(struct cli *cli, char *id, const ProtobufCMessage *request,
		Notification_State state, enum message done)
{
	Notification after = Notification_INIT;
	Reply *reply;

	if (!id)
		return EX_USAGE;
	if (!cli->json)
		return cli_write(cli, "alert", request, done);
	after.id = id;
	after.state = state;
	int status = cli_call(cli, "alert", request, &reply);
	if (!status)
		cli_print_json(&after.base);
	return status;
}

int run_inbox_accept(struct cli *cli, const struct args *args)
{
	AcceptNotification request = AcceptNotification_INIT;

	request.id = cli_id_of(cli, args_get(args, "NOTIFICATION"));
	return move(cli, request.id, &request.base, NOTIFICATION_STATE_ACCEPTED, MSG_DONE_ACCEPT);
}

int run_inbox_done(struct cli *cli, const struct args *args)
{
	FinishNotification request = FinishNotification_INIT;

	request.id = cli_id_of(cli, args_get(args, "NOTIFICATION"));
	return move(cli, request.id, &request.base, NOTIFICATION_STATE_DONE, MSG_DONE_FINISH);
}

int run_inbox_decline(struct cli *cli, const struct args *args)
{
	DeclineNotification request = DeclineNotification_INIT;

	request.id = cli_id_of(cli, args_get(args, "NOTIFICATION"));
	request.reason = cli_string(cli, args_get(args, "--reason"));
	return move(cli, request.id, &request.base, NOTIFICATION_STATE_DECLINED, MSG_DONE_DECLINE);
}

int run_inbox_takeover(struct cli *cli, const struct args *args)
{
	TakeOverNotification request = TakeOverNotification_INIT;

	request.id = cli_id_of(cli, args_get(args, "NOTIFICATION"));
	return request.id ? cli_write(cli, "alert", &request.base, MSG_DONE_TAKEOVER) : EX_USAGE;
}

/* ---- what I want to be told ---- */

static int mute(struct cli *cli, const struct args *args, bool muted)
{
	Mute request = Mute_INIT;
	const char *kind = args_get(args, "KIND_OR_ALL");
	int value = 0;

	request.patient = cli_id_of(cli, args_get(args, "--patient"));
	if (!request.patient)
		return EX_USAGE;
	if (strcmp(kind, "all") != 0 && cli_word(cli, &EntryKind_descriptor, kind, &value))
		return EX_USAGE;
	request.kind = (EntryKind)value;
	request.muted = muted;
	return cli_write(cli, "alert", &request.base, muted ? MSG_DONE_MUTE : MSG_DONE_UNMUTE);
}

int run_inbox_mute(struct cli *cli, const struct args *args)
{
	return mute(cli, args, true);
}

int run_inbox_unmute(struct cli *cli, const struct args *args)
{
	return mute(cli, args, false);
}

int run_inbox_mutes(struct cli *cli, const struct args *args)
{
	ListMutes request = ListMutes_INIT;
	const MuteList *list;

	(void)args;
	int status = ASK(cli, "alert", &request, MuteList, &list);
	if (status)
		return status;
	struct names *names = names_open(cli);
	for (size_t i = 0; i < list->n_items; i++)
		names_want_patient(names, list->items[i]->patient);
	if (!cli->json)
		names_fetch(names);
	for (size_t i = 0; i < list->n_items; i++) {
		const Mute *m = list->items[i];
		if (cli->json) {
			cli_print_json(&m->base);
			continue;
		}
		printf("%s  ", m->patient);
		text_print(stdout, names_patient(names, m->patient));
		printf("  %s\n", m->kind ? LABEL(EntryKind, m->kind, cli->japanese)
					 : cli_text(cli, MSG_ALL_KINDS));
	}
	if (list->n_items == 0 && !cli->json)
		printf("%s\n", cli_text(cli, MSG_NO_MUTES));
	names_free(names);
	return 0;
}

int run_inbox_substitute(struct cli *cli, const struct args *args)
{
	SetSubstitute request = SetSubstitute_INIT;
	const char *user = args_get(args, "USER_OR_NONE");
	const char *from = args_get(args, "--from"), *to = args_get(args, "--to");

	if (!strcmp(user, "none")) {
		request.user = cli_string(cli, "");
		return cli_write(cli, "alert", &request.base, MSG_DONE_NO_SUBSTITUTE);
	}
	request.user = cli_string(cli, user);
	request.from_ms = cli_now_ms();
	if (!to)
		return cli_fail(cli, EX_USAGE, MSG_ARG_MISSING, "--to");
	if ((from && cli_time(cli, from, &request.from_ms)) || cli_time(cli, to, &request.until_ms))
		return EX_USAGE;
	return cli_write(cli, "alert", &request.base, MSG_DONE_SUBSTITUTE);
}
