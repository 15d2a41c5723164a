#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/week.h"

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

/* What is known of an organisation, or of where a person works and them alone. */
static int fetch(struct cli *cli, const ShowOrganisation *request, const OrganisationShown **shown)
{
	int status = ASK(cli, "directory", request, OrganisationShown, shown);
	if (!status && !(*shown)->organisation)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	return status;
}

/* An organisation or, where there is none of that name, a person: then *person is set. */
static int fetch_who(struct cli *cli, const char *who, const OrganisationShown **shown,
		     const Person **person)
{
	ShowOrganisation request = ShowOrganisation_INIT;
	Reply *reply = NULL;
	int status = 0;

	*person = NULL;
	for (int i = 0; i < 2 && !status && (!reply || reply->code == CODE_NOT_FOUND); i++) {
		request.id = cli_string(cli, i ? "" : who);
		request.user = cli_string(cli, i ? who : "");
		status = cli_try(cli, "directory", &request.base, 0, &reply);
	}
	if (status)
		return status;
	if (reply->code == CODE_NOT_FOUND)
		return cli_fail(cli, EX_NOINPUT, MSG_NO_SUCH_WHO, who);
	*shown = BODY(OrganisationShown, cli, reply);
	if (reply->code != CODE_OK) {
		cli_complain(cli, reply);
		return cli_status(reply);
	}
	if (!*shown || !(*shown)->organisation || (request.user[0] && (*shown)->n_people != 1))
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	if (request.user[0])
		*person = (*shown)->people[0];
	return 0;
}

int run_directory_hours(struct cli *cli, const struct args *args)
{
	const OrganisationShown *shown;
	const Person *person;

	int status = fetch_who(cli, args_get(args, "ORG_OR_USER"), &shown, &person);
	if (status)
		return status;
	const Organisation *o = shown->organisation;
	bool own = person && person->n_hours;
	ContactHours *const *windows = own ? person->hours : o->hours;
	size_t n = own ? person->n_hours : o->n_hours;
	if (person && !own && !cli->json)
		printf("%s\n", cli_print(cli, MSG_HOURS_OF_ORGANISATION, person->name, o->name));
	for (size_t i = 0; cli->json && i < n; i++)
		cli_print_json(&windows[i]->base);
	if (!cli->json)
		week_print(cli, windows, n);
	return 0;
}

int run_directory_set_hours(struct cli *cli, const struct args *args)
{
	SetContactHours request = SetContactHours_INIT;
	const OrganisationShown *shown;
	const Person *person;
	bool none = args->n_rest == 1 && !strcmp(args->rest[0], "none");

	for (size_t i = 0; i < args->n_rest && !none; i++)
		if (week_parse(cli, args->rest[i], &request.hours, &request.n_hours))
			return EX_USAGE;
	int status = fetch_who(cli, args_get(args, "ORG_OR_USER"), &shown, &person);
	if (status)
		return status;
	if (person)
		request.user = person->id;
	else
		request.organisation = shown->organisation->id;
	return cli_write(cli, "directory", &request.base, MSG_DONE_HOURS);
}

int run_directory_set_mail(struct cli *cli, const struct args *args)
{
	SetMail request = SetMail_INIT;
	const char *address = args_get(args, "ADDRESS_OR_NONE");
	bool none = !strcmp(address, "none");

	request.user = cli_string(cli, args_get(args, "--user"));
	request.mail = cli_string(cli, none ? "" : address);
	return cli_write(cli, "directory", &request.base, none ? MSG_DONE_NO_MAIL : MSG_DONE_MAIL);
}

/* ---- one organisation ---- */

static void print_people(struct cli *cli, Person *const *people, size_t n)
{
	struct table table;

	table_init(&table, 7);
	for (size_t i = 0; i < n; i++)
		table_row(&table, people[i]->id, people[i]->name,
			  LABEL(Profession, people[i]->profession, cli->japanese), people[i]->phone,
			  people[i]->n_hours ? cli_text(cli, MSG_OWN_HOURS) : "", people[i]->mail,
			  people[i]->state == ENROLMENT_STATE_REVOKED
				  ? LABEL(EnrolmentState, people[i]->state, cli->japanese)
				  : "");
	table_print(&table, stdout);
	table_close(&table);
}

int run_directory_show(struct cli *cli, const struct args *args)
{
	ShowOrganisation request = ShowOrganisation_INIT;
	const OrganisationShown *shown;

	request.id = cli_string(cli, args_get(args, "ORG"));
	int status = fetch(cli, &request, &shown);
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
	week_print(cli, o->hours, o->n_hours);
	printf("\n");
	show_heading(cli, cli_text(cli, MSG_HEADING_PEOPLE));
	print_people(cli, shown->people, shown->n_people);
	return 0;
}

/* ---- who may be called ---- */

struct search {
	struct table table;
	bool after; /* say from when on */
};

/* A person's own number; where there is none, their organisation's. */
static void contact_row(struct cli *cli, struct search *search, const Contact *c)
{
	const Organisation *o = c->organisation;
	const Person *p = c->person;
	const char *kind = p ? LABEL(Profession, p->profession, cli->japanese)
			     : LABEL(OrganisationKind, o->kind, cli->japanese);

	table_row(&search->table, p ? p->id : o->id,
		  p ? arena_printf(&cli->arena, "%s (%s)", p->name, o->name) : o->name, kind,
		  week_window(cli, c->hours),
		  search->after ? cli_print(cli, MSG_OPEN_FROM, show_short(cli, c->open_ms)) : "",
		  LABEL(ContactMeans, c->hours->means, cli->japanese),
		  p && p->phone[0] ? p->phone : o->phone, c->hours->whom);
}

static void contacts_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const ContactList *page = (const ContactList *)(const void *)message;

	for (size_t i = 0; i < page->n_items; i++) {
		const Contact *c = page->items[i];
		if (cli->json)
			cli_print_json(&c->base);
		else if (c->organisation && c->hours)
			contact_row(cli, context, c);
	}
}

int run_directory_search(struct cli *cli, const struct args *args)
{
	SearchContacts request = SearchContacts_INIT;
	const char *at = args_get(args, "--at"), *after = args_get(args, "--after");
	struct search search = {.after = after != NULL};

	if (at && after)
		return cli_fail(cli, EX_USAGE, MSG_AT_OR_AFTER);
	if (kind_and_area(cli, args, &request.kind, &request.area) ||
	    (at && week_moment(cli, at, &request.at_ms, NULL)) ||
	    (after && week_moment(cli, after, &request.at_ms, &request.until_ms)))
		return EX_USAGE;
	table_init(&search.table, 8);
	int status = cli_pages(cli, "directory", &request.base, &ContactList_descriptor,
			       contacts_page, &search);
	if (!status && !cli->json) {
		table_print_within(&search.table, show_columns(cli), stdout);
		if (search.table.n_cells == 0)
			printf("%s\n", cli_text(cli, MSG_NOBODY_THEN));
	}
	table_close(&search.table);
	return status;
}
