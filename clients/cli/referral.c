#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/feed.h"
#include "clients/cli/referral_look.h"
#include "clients/cli/show.h"
#include "date.h"

/* ---- lists ---- */

struct list {
	Referral **items;
	size_t n;
	struct viewer *viewer;
};

static void list_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const ReferralList *page = (const ReferralList *)(const void *)message;
	struct list *list = context;

	for (size_t i = 0; i < page->n_items; i++)
		if (arena_append(&cli->arena, &list->items, &list->n, page->items[i]))
			abort();
}

/* Paged by position, a request that changes meanwhile comes twice: the later one is it. */
static void keep_newest(struct list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		bool later = false;
		for (size_t k = i + 1; k < list->n && !later; k++)
			later = !strcmp(list->items[i]->id, list->items[k]->id);
		if (!later)
			list->items[n++] = list->items[i];
	}
	list->n = n;
}

/* What waits for the reader, what goes on, what is over; urgent first, then the nearest deadline. */
static int by_weight(const void *a, const void *b, void *context)
{
	const Referral *x = *(Referral *const *)a, *y = *(Referral *const *)b;
	const struct viewer *viewer = context;
	bool x_waits = look_waits(viewer, x), y_waits = look_waits(viewer, y);

	if (x_waits != y_waits)
		return x_waits ? -1 : 1;
	if (look_over(x) != look_over(y))
		return look_over(x) ? 1 : -1;
	if (x->urgent != y->urgent)
		return x->urgent ? -1 : 1;
	if (!x->deadline_ms != !y->deadline_ms)
		return x->deadline_ms ? -1 : 1;
	if (x->deadline_ms != y->deadline_ms)
		return x->deadline_ms < y->deadline_ms ? -1 : 1;
	return x->position > y->position ? -1 : x->position < y->position;
}

static void sort(struct list *list, struct viewer *viewer)
{
	if (list->n > 1)
		qsort_r(list->items, list->n, sizeof(*list->items), by_weight, viewer);
}

static void print_rows(const struct list *list, struct viewer *viewer, size_t from, size_t to,
		       FILE *out)
{
	for (size_t i = from; i < to; i++)
		look_print_row(viewer, list->items[i], out);
}

static void print_list(struct list *list, struct viewer *viewer)
{
	struct cli *cli = viewer->cli;
	size_t waits = 0;

	sort(list, viewer);
	while (waits < list->n && look_waits(viewer, list->items[waits]))
		waits++;
	if (waits)
		show_heading(cli, cli_print(cli, MSG_HEADING_WAITS, (unsigned)waits));
	print_rows(list, viewer, 0, waits, stdout);
	if (waits && waits < list->n) {
		putchar('\n');
		show_heading(cli, cli_print(cli, MSG_HEADING_OTHERS, (unsigned)(list->n - waits)));
	}
	print_rows(list, viewer, waits, list->n, stdout);
}

static void want(struct list *list, struct viewer *viewer)
{
	for (size_t i = 0; i < list->n; i++)
		look_want(viewer, list->items[i]);
	look_fetch(viewer);
}

static int list_once(struct cli *cli, const ListReferrals *request)
{
	struct list list = {.n = 0};
	struct viewer viewer;

	int status = viewer_open(&viewer, cli);
	if (!status)
		status = cli_pages(cli, "referral", &request->base, &ReferralList_descriptor,
				   list_page, &list);
	keep_newest(&list);
	for (size_t i = 0; !status && cli->json && i < list.n; i++)
		cli_print_json(&list.items[i]->base);
	if (!status && !cli->json) {
		want(&list, &viewer);
		print_list(&list, &viewer);
		if (list.n == 0)
			printf("%s\n", cli_text(cli, request->unplaced ? MSG_NO_UNPLACED
						     : request->all    ? MSG_NO_REFERRALS_AT_ALL
								       : MSG_NO_REFERRALS));
		if (viewer.centre && !request->unplaced)
			printf("%s\n", cli_text(cli, MSG_SEE_UNPLACED));
	}
	viewer_close(&viewer);
	return status;
}

/* ---- and on ---- */

/* What was shown of a request, to show it again only when something happened to it. */
struct shown {
	struct shown *next;
	char id[27];
	char *line;
};

struct following {
	struct viewer viewer;
	struct shown *shown;
	bool first;
};

/* False: it looks as it did before. */
static bool worth_showing(struct following *f, const Referral *r)
{
	struct viewer *viewer = &f->viewer;
	struct shown *shown = f->shown;
	char *line = arena_printf(&viewer->cli->arena, "%s %s %s %" PRId64 " %u %d",
				  look_state(viewer, r), look_what(viewer, r), r->taker,
				  r->deadline_ms, r->reports, (int)look_waits(viewer, r));

	while (shown && strcmp(shown->id, r->id) != 0)
		shown = shown->next;
	if (shown && !strcmp(shown->line, line))
		return false;
	if (!shown) {
		shown = calloc(1, sizeof(*shown));
		if (!shown)
			abort();
		snprintf(shown->id, sizeof(shown->id), "%s", r->id);
		shown->next = f->shown;
		f->shown = shown;
	}
	free(shown->line);
	shown->line = strdup(line);
	if (!shown->line)
		abort();
	return true;
}

static void show_round(struct following *f, const struct feed *feed)
{
	struct cli *cli = f->viewer.cli;
	struct list list = {.n = 0}, worth = {.n = 0};
	bool ring = false;

	for (size_t i = 0; i < feed->n; i++)
		list_page(cli, feed->pages[i].body, &list);
	keep_newest(&list);
	for (size_t i = 0; cli->json && i < list.n; i++)
		cli_print_json(&list.items[i]->base);
	if (!cli->json)
		want(&list, &f->viewer);
	for (size_t i = 0; !cli->json && i < list.n; i++) {
		if (!worth_showing(f, list.items[i]))
			continue;
		if (arena_append(&cli->arena, &worth.items, &worth.n, list.items[i]))
			abort();
		ring |= list.items[i]->urgent && look_waits(&f->viewer, list.items[i]);
	}
	if (f->first && !cli->json)
		print_list(&worth, &f->viewer);
	else
		print_rows(&worth, &f->viewer, 0, worth.n, stdout);
	if (f->first && list.n == 0 && !cli->json)
		cli_error(cli, MSG_NO_REFERRALS_YET);
	if (ring && !f->first && cli->out_terminal)
		fputc('\a', stdout);
	f->first = false;
	fflush(stdout);
}

static int list_follow(struct cli *cli, const ListReferrals *request)
{
	struct following f = {.first = true};
	struct feed feed = {.cli = NULL};

	int status = viewer_open(&f.viewer, cli);
	if (!status) {
		look_fetch(
			&f.viewer); /* who reads: before the arena is emptied for the first time */
		status =
			feed_open(&feed, cli, "referral", &request->base, &ReferralList_descriptor);
	}
	while (!status && feed_wait(&feed) && !ferror(stdout)) {
		show_round(&f, &feed);
		feed_done(&feed);
	}
	if (!status)
		status = feed.status;
	feed_close(&feed);
	viewer_close(&f.viewer);
	while (f.shown) {
		struct shown *shown = f.shown;
		f.shown = shown->next;
		free(shown->line);
		free(shown);
	}
	return status;
}

int run_referral_list(struct cli *cli, const struct args *args)
{
	static const char *const others[] = {"--all", "--unplaced", "--follow"};
	ListReferrals request = ListReferrals_INIT;

	request.all = args_has(args, "--all");
	request.unplaced = args_has(args, "--unplaced");
	for (size_t i = 0; args_has(args, "--patient") && i < 3; i++)
		if (args_has(args, others[i]))
			return cli_fail(cli, EX_USAGE, MSG_ARG_NOT_BOTH, "--patient", others[i]);
	if (args_has(args, "--patient")) {
		request.patient = cli_id_of(cli, args_get(args, "--patient"));
		if (!request.patient)
			return EX_USAGE;
	}
	return args_has(args, "--follow") ? list_follow(cli, &request) : list_once(cli, &request);
}

/* ---- one ---- */

static int fetch(struct cli *cli, char *id, const Referral **referral)
{
	ShowReferral request = ShowReferral_INIT;

	request.id = id;
	return ASK(cli, "referral", &request, Referral, referral);
}

int run_referral_show(struct cli *cli, const struct args *args)
{
	char *id = cli_id_of(cli, args_get(args, "ID"));
	const Referral *referral;
	struct viewer viewer;

	if (!id)
		return EX_USAGE;
	int status = viewer_open(&viewer, cli);
	if (!status)
		status = fetch(cli, id, &referral);
	if (!status && cli->json)
		cli_print_json(&referral->base);
	if (!status && !cli->json) {
		look_want(&viewer, referral);
		look_fetch(&viewer);
		look_print(&viewer, referral);
	}
	viewer_close(&viewer);
	return status;
}

/* ---- ask ---- */

static int check_options(const struct cli *cli, const struct args *args, bool visit)
{
	static const char *const of_visit[] = {"--from", "--to", "--times", "--every"};

	for (size_t i = 0; i < 4; i++) {
		bool given = args_has(args, of_visit[i]);
		if (given && !visit)
			return cli_fail(cli, EX_USAGE, MSG_ARG_OF_VISIT, of_visit[i]);
		if (visit && !given && i < 2)
			return cli_fail(cli, EX_USAGE, MSG_ARG_MISSING, of_visit[i]);
	}
	if (visit && args_has(args, "--by"))
		return cli_fail(cli, EX_USAGE, MSG_ARG_NOT_OF_VISIT);
	return 0;
}

static int read_beside(struct cli *cli, const struct args *args, AskReferral *request)
{
	char *ids = cli_string(cli, args_get(args, "--beside")), *place = NULL;

	for (char *word = strtok_r(ids, ", ", &place); word; word = strtok_r(NULL, ", ", &place)) {
		char *id = cli_id_of(cli, word);
		if (!id)
			return EX_USAGE;
		if (arena_append(&cli->arena, &request->beside, &request->n_beside, id))
			return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	}
	return 0;
}

static int read_times(struct cli *cli, const struct args *args, AskReferral *request)
{
	const struct {
		const char *option;
		int64_t *time_ms;
	} times[] = {
		{"--by", &request->wished_ms},
		{"--from", &request->from_ms},
		{"--to", &request->to_ms},
	};
	const struct {
		const char *option;
		uint32_t *number;
	} numbers[] = {{"--times", &request->times}, {"--every", &request->every_days}};

	for (size_t i = 0; i < 3; i++)
		if (args_has(args, times[i].option) &&
		    cli_time(cli, args_get(args, times[i].option), times[i].time_ms))
			return EX_USAGE;
	if (args_has(args, "--by") && date_valid_full(args_get(args, "--by")))
		request->wished_ms += DAY_MS; /* by a day: all of it */
	for (size_t i = 0; i < 2; i++)
		if (args_has(args, numbers[i].option) &&
		    cli_whole(cli, numbers[i].option, args_get(args, numbers[i].option),
			      numbers[i].number))
			return EX_USAGE;
	return 0;
}

static int read_request(struct cli *cli, const struct args *args, AskReferral *request)
{
	int kind;

	if (cli_word(cli, &ReferralKind_descriptor, args_get(args, "home-doctor|backup-bed|visit"),
		     &kind))
		return EX_USAGE;
	request->kind = (ReferralKind)kind;
	request->urgent = args_has(args, "--urgent");
	request->patient = cli_id_of(cli, args_get(args, "--patient"));
	if (!request->patient)
		return EX_USAGE;
	int status = check_options(cli, args, request->kind == REFERRAL_KIND_VISIT);
	if (!status)
		status = cli_needs(cli, args_get(args, "--needs"), &request->needs, &request->n_needs);
	if (!status)
		status = read_times(cli, args, request);
	return status ? status : read_beside(cli, args, request);
}

/* Who asks a second time sees the first: on stderr, for the answer is another. */
static int show_open(struct viewer *viewer, char *patient)
{
	ListReferrals request = ListReferrals_INIT;
	struct list list = {.n = 0};
	struct cli *cli = viewer->cli;

	request.patient = patient;
	int status = cli_pages(cli, "referral", &request.base, &ReferralList_descriptor, list_page,
			       &list);
	if (status || list.n == 0)
		return status;
	want(&list, viewer);
	cli_error(cli, MSG_REFERRAL_OPEN_ALREADY);
	bool out_terminal = cli->out_terminal;
	cli->out_terminal = cli->err_terminal;
	print_rows(&list, viewer, 0, list.n, stderr);
	cli->out_terminal = out_terminal;
	return 0;
}

static void print_asked(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;

	look_want(viewer, referral);
	look_fetch(viewer);
	printf("%s\n", cli_print(cli, MSG_REFERRAL_ASKED, referral->id));
	show_field(cli, MSG_FIELD_STATE, look_state(viewer, referral));
	if (referral->cause)
		show_field(cli, MSG_FIELD_CAUSE,
			   LABEL(Referral_Cause, referral->cause, cli->japanese));
	char *asked = look_asked(viewer, referral);
	if (asked[0])
		show_list_field(cli, MSG_FIELD_WHO_IS_ASKED, asked);
	look_print_deadline(viewer, referral);
	if (referral->with_centre)
		printf("%s\n", cli_text(cli, MSG_NEXT_WAIT_CENTRE));
}

/* It is stored: whatever fails from here on, the id is said. */
static void tell_asked(struct viewer *viewer, const Reply *reply)
{
	struct cli *cli = viewer->cli;
	const Referral *referral;

	if (fetch(cli, reply->id, &referral))
		cli_print_id(cli, reply);
	else if (cli->json)
		cli_print_json(&referral->base);
	else
		print_asked(viewer, referral);
}

int run_referral_ask(struct cli *cli, const struct args *args)
{
	AskReferral request = AskReferral_INIT;
	struct viewer viewer;
	Reply *reply = NULL;

	int status = read_request(cli, args, &request);
	if (!status)
		status = viewer_open(&viewer, cli);
	if (status)
		return status;
	status = show_open(&viewer, request.patient);
	if (!status)
		status = cli_call(cli, "referral", &request.base, &reply);
	if (!status)
		tell_asked(&viewer, reply);
	else if (reply && reply->code == CODE_ALREADY_EXISTS)
		cli_error(cli, MSG_REFERRAL_BESIDE); /* which: has just been said */
	viewer_close(&viewer);
	return status;
}

/* ---- steps ---- */

int run_referral_accept(struct cli *cli, const struct args *args)
{
	AcceptReferral request = AcceptReferral_INIT;
	Reply *reply;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	int status = request.id ? cli_call(cli, "referral", &request.base, &reply) : EX_USAGE;
	if (status)
		return status;
	const ReferralAccepted *accepted = BODY(ReferralAccepted, cli, reply);
	if (!accepted)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (cli->json)
		cli_print_json(&accepted->base);
	else if (accepted->holding)
		printf("%s\n", cli_text(cli, MSG_REFERRAL_YOURS));
	else
		printf("%s\n", cli_print(cli, MSG_REFERRAL_STANDBY, accepted->standby));
	return 0;
}

/* For a script: the request as it is now, not the id of the answer. */
static int step(struct cli *cli, char *id, const ProtobufCMessage *request, enum message done)
{
	const Referral *referral;
	Reply *reply;

	if (!id)
		return EX_USAGE;
	int status = cli_call(cli, "referral", request, &reply);
	if (status)
		return status;
	if (!cli->json)
		printf("%s\n", cli_text(cli, done));
	else if (fetch(cli, id, &referral))
		cli_print_id(cli, reply);
	else
		cli_print_json(&referral->base);
	return 0;
}

int run_referral_decline(struct cli *cli, const struct args *args)
{
	DeclineReferral request = DeclineReferral_INIT;
	int reason;

	if (cli_word(cli, &DeclineReason_descriptor, args_get(args, "--reason"), &reason))
		return EX_USAGE;
	request.reason = (DeclineReason)reason;
	request.id = cli_id_of(cli, args_get(args, "ID"));
	return step(cli, request.id, &request.base, MSG_REFERRAL_DECLINED);
}

int run_referral_withdraw(struct cli *cli, const struct args *args)
{
	WithdrawReferral request = WithdrawReferral_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	return step(cli, request.id, &request.base, MSG_REFERRAL_WITHDRAWN);
}

int run_referral_confirm(struct cli *cli, const struct args *args)
{
	ConfirmReferral request = ConfirmReferral_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	request.taker = cli_string(cli, args_get(args, "--taker"));
	return step(cli, request.id, &request.base, MSG_REFERRAL_CONFIRMING);
}

/* Who has it now is what the asker wants to know. */
int run_referral_pass(struct cli *cli, const struct args *args)
{
	PassReferral request = PassReferral_INIT;
	const Referral *referral;
	struct viewer viewer;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	request.taker = cli_string(cli, args_get(args, "--taker"));
	int status = step(cli, request.id, &request.base, MSG_REFERRAL_PASSED);
	if (status || cli->json || viewer_open(&viewer, cli))
		return status;
	if (fetch(cli, request.id, &referral) == 0) {
		look_want(&viewer, referral);
		look_fetch(&viewer);
		show_field(cli, MSG_FIELD_STATE, look_state(&viewer, referral));
		look_print_taker(&viewer, referral);
		look_print_deadline(&viewer, referral);
	}
	viewer_close(&viewer);
	return status;
}

int run_referral_cancel(struct cli *cli, const struct args *args)
{
	CancelReferral request = CancelReferral_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	return step(cli, request.id, &request.base, MSG_REFERRAL_CANCELLED);
}

int run_referral_report(struct cli *cli, const struct args *args)
{
	ReportReferral request = ReportReferral_INIT;

	request.text = cli_string(cli, args_get(args, "--text"));
	request.id = cli_id_of(cli, args_get(args, "ID"));
	return step(cli, request.id, &request.base, MSG_REFERRAL_REPORTED);
}

int run_referral_close(struct cli *cli, const struct args *args)
{
	CloseReferral request = CloseReferral_INIT;

	request.outcome = cli_string(cli, args_get(args, "--outcome"));
	request.id = cli_id_of(cli, args_get(args, "ID"));
	return step(cli, request.id, &request.base, MSG_REFERRAL_CLOSED);
}
