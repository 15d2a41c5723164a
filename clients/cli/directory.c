#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"

#define HOLIDAY 8

/* ---- lists ---- */

static int kind_and_area(const struct cli *cli, const struct args *args, OrganisationKind *kind,
			 Area *area)
{
	int value;

	if (args_has(args, "--kind")) {
		if (cli_word(cli, &OrganisationKind_descriptor, args_get(args, "--kind"), &value))
			return EX_USAGE;
		*kind = (OrganisationKind)value;
	}
	if (args_has(args, "--area")) {
		if (cli_word(cli, &Area_descriptor, args_get(args, "--area"), &value))
			return EX_USAGE;
		*area = (Area)value;
	}
	return 0;
}

static char *networks(struct cli *cli, const Organisation *o)
{
	char *text = cli_string(cli, "");

	for (size_t i = 0; i < o->n_networks; i++)
		text = arena_printf(&cli->arena, "%s%s%s", text, i ? ", " : "",
				    LABEL(Network, o->networks[i], cli->japanese));
	return text;
}

static void list_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const OrganisationList *page = (const OrganisationList *)(const void *)message;
	struct table *table = context;

	for (size_t i = 0; i < page->n_items; i++) {
		const Organisation *o = page->items[i];
		if (cli->json)
			cli_print_json(&o->base);
		else
			table_row(table, o->id, o->name,
				  LABEL(OrganisationKind, o->kind, cli->japanese),
				  LABEL(Area, o->area, cli->japanese), o->phone,
				  o->left ? cli_text(cli, MSG_LEFT) : networks(cli, o));
	}
}

int run_directory_list(struct cli *cli, const struct args *args)
{
	ListOrganisations request = ListOrganisations_INIT;
	struct table table;

	if (kind_and_area(cli, args, &request.kind, &request.area))
		return EX_USAGE;
	table_init(&table, 6);
	int status = cli_pages(cli, "directory", &request.base, &OrganisationList_descriptor,
			       list_page, &table);
	if (!status && !cli->json) {
		table_print(&table, stdout);
		if (table.n_cells == 0)
			printf("%s\n", cli_text(cli, MSG_NO_ORGANISATIONS));
	}
	table_close(&table);
	return status;
}

/* ---- contact hours ---- */

static const char *weekday(const struct cli *cli, uint32_t day)
{
	static const char *const en[] = {"?",   "Mon", "Tue", "Wed",    "Thu",
					 "Fri", "Sat", "Sun", "holiday"};
	static const char *const ja[] = {"?", "月", "火", "水", "木", "金", "土", "日", "祝"};

	return (cli->japanese ? ja : en)[day > HOLIDAY ? 0 : day];
}

static char *window(struct cli *cli, const ContactHours *h)
{
	return arena_printf(&cli->arena, "%u:%02u–%u:%02u", h->from_minute / 60,
			    h->from_minute % 60, h->to_minute / 60, h->to_minute % 60);
}

static void print_hours(struct cli *cli, ContactHours *const *hours, size_t n)
{
	struct table table;

	table_init(&table, 4);
	for (size_t i = 0; i < n; i++)
		table_row(&table, weekday(cli, hours[i]->weekday), window(cli, hours[i]),
			  LABEL(ContactMeans, hours[i]->means, cli->japanese), hours[i]->whom);
	table_print(&table, stdout);
	table_close(&table);
	if (n == 0)
		printf("%s\n", cli_text(cli, MSG_NO_HOURS));
}

static int fetch(struct cli *cli, const struct args *args, const OrganisationShown **shown)
{
	ShowOrganisation request = ShowOrganisation_INIT;

	request.id = cli_string(cli, args_get(args, "ORG"));
	int status = ASK(cli, "directory", &request, OrganisationShown, shown);
	if (!status && !(*shown)->organisation)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	return status;
}

int run_directory_hours(struct cli *cli, const struct args *args)
{
	const OrganisationShown *shown;

	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	const Organisation *o = shown->organisation;
	for (size_t i = 0; cli->json && i < o->n_hours; i++)
		cli_print_json(&o->hours[i]->base);
	if (!cli->json)
		print_hours(cli, o->hours, o->n_hours);
	return 0;
}

static uint32_t day_of(const char *word, size_t length)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu",
					    "fri", "sat", "sun", "holiday"};

	for (uint32_t i = 0; i < 8; i++)
		if (strlen(names[i]) == length && !strncmp(names[i], word, length))
			return i + 1;
	return 0;
}

/* "mon-fri,holiday" into a set of bits; 0: not understood. */
static unsigned days_of(const char *text)
{
	unsigned days = 0;

	while (*text) {
		size_t length = strcspn(text, "-,");
		uint32_t from = day_of(text, length), to = from;
		text += length;
		if (*text == '-') {
			length = strcspn(++text, ",");
			to = day_of(text, length);
			text += length;
		}
		if (!from || to < from)
			return 0;
		for (uint32_t day = from; day <= to; day++)
			days |= 1u << day;
		text += *text == ',';
	}
	return days;
}

/* "mon-fri 13:00-14:00 phone 医療連携室" */
static int parse_hours(struct cli *cli, const char *text, SetContactHours *request)
{
	char days[64], means[32];
	unsigned h1, m1, h2, m2;
	int value, at = 0;

	if (sscanf(text, "%63s %u:%u-%u:%u %31s %n", days, &h1, &m1, &h2, &m2, means, &at) < 6 ||
	    !days_of(days) || m1 > 59 || m2 > 59 || h1 > 23 || h2 > 24 || h2 * 60 + m2 > 1440)
		return cli_fail(cli, EX_USAGE, MSG_BAD_HOURS, text);
	if (cli_word(cli, &ContactMeans_descriptor, means, &value))
		return EX_USAGE;
	for (uint32_t day = 1; day <= HOLIDAY; day++) {
		if (!(days_of(days) & 1u << day))
			continue;
		ContactHours *hours = NEW(ContactHours, &cli->arena);
		hours->weekday = day;
		hours->from_minute = h1 * 60 + m1;
		hours->to_minute = h2 * 60 + m2 ? h2 * 60 + m2 : 1440;
		hours->means = (ContactMeans)value;
		hours->whom = cli_string(cli, at ? text + at : "");
		arena_append(&cli->arena, &request->hours, &request->n_hours, hours);
	}
	return 0;
}

int run_directory_set_hours(struct cli *cli, const struct args *args)
{
	SetContactHours request = SetContactHours_INIT;

	request.organisation = cli_string(cli, args_get(args, "ORG"));
	if (args->n_rest == 1 && !strcmp(args->rest[0], "none"))
		return cli_write(cli, "directory", &request.base, MSG_DONE_HOURS);
	for (size_t i = 0; i < args->n_rest; i++)
		if (parse_hours(cli, args->rest[i], &request))
			return EX_USAGE;
	return cli_write(cli, "directory", &request.base, MSG_DONE_HOURS);
}

/* ---- one organisation ---- */

static void print_people(struct cli *cli, Person *const *people, size_t n)
{
	struct table table;

	table_init(&table, 5);
	for (size_t i = 0; i < n; i++)
		table_row(&table, people[i]->id, people[i]->name,
			  LABEL(Profession, people[i]->profession, cli->japanese), people[i]->phone,
			  people[i]->state == ENROLMENT_STATE_REVOKED
				  ? LABEL(EnrolmentState, people[i]->state, cli->japanese)
				  : "");
	table_print(&table, stdout);
	table_close(&table);
}

int run_directory_show(struct cli *cli, const struct args *args)
{
	const OrganisationShown *shown;

	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	const Organisation *o = shown->organisation;
	if (cli->json) {
		cli_print_json(&o->base);
		for (size_t i = 0; i < shown->n_people; i++)
			cli_print_json(&shown->people[i]->base);
		return 0;
	}
	show_heading(cli, arena_printf(&cli->arena, "%s (%s)", o->name, o->id));
	if (o->name_kana[0])
		show_field(cli, MSG_FIELD_KANA, o->name_kana);
	show_field(cli, MSG_FIELD_KIND, LABEL(OrganisationKind, o->kind, cli->japanese));
	show_field(cli, MSG_FIELD_AREA, LABEL(Area, o->area, cli->japanese));
	if (o->n_networks)
		show_field(cli, MSG_FIELD_NETWORKS, networks(cli, o));
	show_field(cli, MSG_FIELD_PHONE, o->phone);
	if (o->address[0])
		show_field(cli, MSG_FIELD_ADDRESS, o->address);
	if (o->left)
		show_field(cli, MSG_FIELD_STATE, cli_text(cli, MSG_LEFT));
	printf("\n");
	show_heading(cli, cli_text(cli, MSG_HEADING_HOURS));
	print_hours(cli, o->hours, o->n_hours);
	printf("\n");
	show_heading(cli, cli_text(cli, MSG_HEADING_PEOPLE));
	print_people(cli, shown->people, shown->n_people);
	return 0;
}

/* ---- who may be called ---- */

static void contacts_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const ContactList *page = (const ContactList *)(const void *)message;
	struct table *table = context;

	for (size_t i = 0; i < page->n_items; i++) {
		const Contact *c = page->items[i];
		if (cli->json)
			cli_print_json(&c->base);
		else if (c->organisation && c->hours)
			table_row(table, c->organisation->id, c->organisation->name,
				  LABEL(OrganisationKind, c->organisation->kind, cli->japanese),
				  window(cli, c->hours),
				  LABEL(ContactMeans, c->hours->means, cli->japanese),
				  c->organisation->phone, c->hours->whom);
	}
}

int run_directory_search(struct cli *cli, const struct args *args)
{
	SearchContacts request = SearchContacts_INIT;
	const char *at = args_get(args, "--at");
	struct table table;

	if (kind_and_area(cli, args, &request.kind, &request.area) ||
	    (at && cli_time(cli, at, &request.at_ms)))
		return EX_USAGE;
	table_init(&table, 7);
	int status = cli_pages(cli, "directory", &request.base, &ContactList_descriptor,
			       contacts_page, &table);
	if (!status && !cli->json) {
		table_print(&table, stdout);
		if (table.n_cells == 0)
			printf("%s\n", cli_text(cli, MSG_NOBODY_THEN));
	}
	table_close(&table);
	return status;
}
