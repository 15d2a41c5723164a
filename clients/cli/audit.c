#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"

/* ---- who looked at a patient ---- */

struct events {
	const AuditEvent **items;
	size_t n;
};

static void events_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const AuditList *page = (const AuditList *)(const void *)message;
	struct events *events = context;
	const AuditEvent **grown =
		realloc(events->items, (events->n + page->n_items + 1) * sizeof(*grown));

	(void)cli;
	if (!grown)
		abort();
	events->items = grown;
	for (size_t i = 0; i < page->n_items; i++)
		events->items[events->n++] = page->items[i];
}

/* Those of one service are in order already. */
static int by_time(const void *a, const void *b)
{
	const AuditEvent *x = *(const AuditEvent *const *)a, *y = *(const AuditEvent *const *)b;

	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

static void print_events(struct cli *cli, const struct events *events)
{
	struct table table;

	table_init(&table, 8);
	for (size_t i = 0; i < events->n; i++) {
		const AuditEvent *e = events->items[i];
		if (cli->json) {
			cli_print_json(&e->base);
			continue;
		}
		table_row(&table, show_time(cli, e->time_ms), e->user,
			  LABEL(Profession, e->profession, cli->japanese), e->organisation,
			  e->device, e->what,
			  e->right ? LABEL(Accessed_Right, e->right, cli->japanese) : "",
			  e->reason);
	}
	if (!cli->json)
		table_print(&table, stdout);
	table_close(&table);
}

/* record keeps the patient; referral names them to those who ask and take over. */
int run_audit_show(struct cli *cli, const struct args *args)
{
	ShowAudit request = ShowAudit_INIT;
	struct events events = {NULL, 0};

	request.patient = cli_id_of(cli, args_get(args, "--patient"));
	if (!request.patient)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.patient);
	if (!instance)
		return EX_UNAVAILABLE;
	int status = cli_pages(cli, instance, &request.base, &AuditList_descriptor, events_page,
			       &events);
	if (!status)
		status = cli_pages(cli, "referral", &request.base, &AuditList_descriptor,
				   events_page, &events);
	if (!status) {
		qsort(events.items, events.n, sizeof(*events.items), by_time);
		print_events(cli, &events);
	}
	free(events.items);
	return status;
}

/* ---- are the journals whole? ---- */

/* What one service saw of another's journal. */
struct testimony {
	const char *witness, *of;
	uint64_t position;
	ProtobufCBinaryData hash;
};

struct verification {
	struct cli *cli;
	struct testimony *testimonies;
	size_t n, capacity;
	unsigned faults;
};

static void say_fault(struct verification *v, const char *instance, uint64_t position,
		      const char *what, const char *witness)
{
	struct cli *cli = v->cli;

	v->faults++;
	if (cli->json) {
		printf("{\"instance\":\"%s\",\"position\":\"%" PRIu64 "\",\"fault\":\"%s\"",
		       instance, position, what);
		if (witness)
			printf(",\"witness\":\"%s\"", witness);
		printf("}\n");
		return;
	}
	const char *text = !strcmp(what, "altered")     ? cli_text(cli, MSG_FAULT_ALTERED)
			   : !strcmp(what, "missing")   ? cli_text(cli, MSG_FAULT_MISSING)
			   : !strcmp(what, "truncated") ? cli_text(cli, MSG_FAULT_TRUNCATED)
			   : !strcmp(what, "replaced")  ? cli_text(cli, MSG_FAULT_REPLACED)
							: what;
	printf("%s%s%s\n", show_red(cli),
	       witness ? cli_print(cli, MSG_FAULT_WITNESSED, instance, position, text, witness)
		       : cli_print(cli, MSG_FAULT, instance, position, text),
	       show_plain(cli));
}

static void testify(struct verification *v, const char *witness, const Witnessed *seen)
{
	if (v->n == v->capacity) {
		size_t capacity = v->capacity * 2 + 256;
		struct testimony *grown = realloc(v->testimonies, capacity * sizeof(*grown));
		if (!grown)
			abort();
		v->testimonies = grown;
		v->capacity = capacity;
	}
	v->testimonies[v->n++] =
		(struct testimony){witness, seen->instance, seen->position, seen->hash};
}

static void show_progress(const struct cli *cli, const char *instance, uint64_t to, uint64_t head)
{
	if (cli->err_terminal && !cli->json && head)
		fprintf(stderr, "\r%s %3u %%\033[K", instance, (unsigned)(to * 100 / head));
}

/* Its own chain, stretch after stretch. 0 or an exit status, said. */
static int verify_chain(struct verification *v, const char *instance)
{
	VerifyJournal request = VerifyJournal_INIT;
	const JournalVerified *stretch;
	uint64_t last_fault = 0;
	unsigned before = v->faults;

	request.from = 1;
	do {
		int status = ASK(v->cli, instance, &request, JournalVerified, &stretch);
		if (status)
			return status;
		for (size_t i = 0; i < stretch->n_faults; i++) {
			if (stretch->faults[i]->position != last_fault)
				say_fault(v, instance, stretch->faults[i]->position,
					  stretch->faults[i]->what, NULL);
			last_fault = stretch->faults[i]->position;
		}
		for (size_t i = 0; i < stretch->n_witnessed; i++)
			testify(v, instance, stretch->witnessed[i]);
		if (stretch->to < request.from)
			break; /* the end, or nothing could be read */
		request.from = stretch->to + 1;
		show_progress(v->cli, instance, stretch->to, stretch->head);
	} while (stretch->to < stretch->head);
	if (v->cli->err_terminal && !v->cli->json)
		fputs("\r\033[K", stderr);
	if (v->faults == before && v->cli->json)
		printf("{\"instance\":\"%s\",\"entries\":\"%" PRIu64 "\",\"chain\":\"whole\"}\n",
		       instance, stretch->head);
	else if (v->faults == before)
		printf("%s\n", cli_print(v->cli, MSG_CHAIN_WHOLE, instance, stretch->head));
	return 0;
}

static const Witnessed *hash_at(const Hashes *hashes, uint64_t position)
{
	for (size_t i = 0; i < hashes->n_items; i++)
		if (hashes->items[i]->position == position)
			return hashes->items[i];
	return NULL;
}

static void compare(struct verification *v, const struct testimony *t, const Hashes *hashes)
{
	const Witnessed *own = hash_at(hashes, t->position);

	if (own && own->hash.len == t->hash.len &&
	    !memcmp(own->hash.data, t->hash.data, t->hash.len))
		return;
	say_fault(v, t->of, t->position, t->position > hashes->head ? "truncated" : "replaced",
		  t->witness);
}

/* Holds what others saw of an instance against what it has now. */
static int verify_witnessed(struct verification *v, const char *instance)
{
	enum { BATCH = 500 };
	uint64_t positions[BATCH];
	size_t next = 0;
	unsigned before = v->faults, n_all = 0;

	while (next < v->n && v->faults - before < 20) {
		ReadHashes request = ReadHashes_INIT;
		const Hashes *hashes;
		size_t first = next;
		request.positions = positions;
		for (; next < v->n && request.n_positions < BATCH; next++)
			if (!strcmp(v->testimonies[next].of, instance))
				positions[request.n_positions++] = v->testimonies[next].position;
		if (!request.n_positions)
			break;
		n_all += (unsigned)request.n_positions;
		int status = ASK(v->cli, instance, &request, Hashes, &hashes);
		if (status)
			return status;
		for (size_t i = first; i < next && v->faults - before < 20; i++)
			if (!strcmp(v->testimonies[i].of, instance))
				compare(v, &v->testimonies[i], hashes);
	}
	if (v->faults == before && v->cli->json)
		printf("{\"instance\":\"%s\",\"witnessed\":%u,\"witnesses\":\"agree\"}\n", instance,
		       n_all);
	else if (v->faults == before)
		printf("%s\n", cli_print(v->cli, MSG_WITNESSES_AGREE, instance, n_all));
	return 0;
}

int run_audit_verify(struct cli *cli, const struct args *args)
{
	struct verification v = {.cli = cli};
	int status = 0, failed = 0;

	(void)args;
	for (size_t i = 0; i < CLI_SERVICES; i++) {
		status = verify_chain(&v, cli_services[i]);
		if (status == EX_NOPERM || (status && !cli->client))
			break;
		if (status) {
			cli_error(cli, MSG_NOT_VERIFIED, cli_services[i]);
			failed = status;
		}
	}
	for (size_t i = 0; i < CLI_SERVICES && !status; i++) {
		status = verify_witnessed(&v, cli_services[i]);
		failed = status ? status : failed;
	}
	free(v.testimonies);
	if (v.faults)
		return EX_DATAERR;
	return status ? status : failed;
}
