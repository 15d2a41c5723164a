#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"
#include "json.h"

/* ---- what is said of a patient ---- */

static int date_option(const struct cli *cli, const char *text, bool whole)
{
	if (!text || (whole ? date_valid_full(text) : date_valid(text)))
		return 0;
	return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, text);
}

/* "N,N,N" into a list of strings. */
static void split(struct cli *cli, const char *text, char ***list, size_t *n)
{
	char *copy = cli_string(cli, text), *place = NULL;

	for (char *part = strtok_r(copy, ",", &place); part; part = strtok_r(NULL, ",", &place))
		arena_append(&cli->arena, list, n, part);
}

static int identifier_option(struct cli *cli, const char *text, Patient *patient)
{
	Identifier *identifier = NEW(Identifier, &cli->arena);
	const char *bar = strrchr(text, '|');

	if (!bar || bar == text || !bar[1])
		return cli_fail(cli, EX_USAGE, MSG_BAD_IDENTIFIER, text);
	identifier->system = arena_printf(&cli->arena, "%.*s", (int)(bar - text), text);
	identifier->value = cli_string(cli, bar + 1);
	patient->n_identifiers = 0;
	patient->identifiers = NULL;
	arena_append(&cli->arena, &patient->identifiers, &patient->n_identifiers, identifier);
	return 0;
}

static void emergency_options(struct cli *cli, const struct args *args, Patient *patient)
{
	const char *name = args_get(args, "--emergency-name");
	const char *relation = args_get(args, "--emergency-relation");
	const char *phone = args_get(args, "--emergency-phone");

	if (!name && !relation && !phone)
		return;
	if (!patient->emergency_contact)
		patient->emergency_contact = NEW(ContactPoint, &cli->arena);
	if (name)
		patient->emergency_contact->name = cli_string(cli, name);
	if (relation)
		patient->emergency_contact->relation = cli_string(cli, relation);
	if (phone)
		patient->emergency_contact->phone = cli_string(cli, phone);
}

static void text_options(struct cli *cli, const struct args *args, Patient *patient)
{
	const struct {
		const char *name;
		char **field;
	} texts[] = {
		{"--name", &patient->name},         {"--kana", &patient->kana},
		{"--born", &patient->born},         {"--address", &patient->address},
		{"--district", &patient->district}, {"--phone", &patient->phone},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (args_has(args, texts[i].name))
			*texts[i].field = cli_string(cli, args_get(args, texts[i].name));
}

/* Sets what was given; leaves the rest. */
static int patient_options(struct cli *cli, const struct args *args, Patient *patient)
{
	int value, status = date_option(cli, args_get(args, "--born"), false);

	text_options(cli, args, patient);
	emergency_options(cli, args, patient);
	if (!status && args_has(args, "--sex")) {
		status = cli_word(cli, &Patient_Sex_descriptor, args_get(args, "--sex"), &value);
		if (!status)
			patient->sex = (Patient_Sex)value;
	}
	if (!status && args_has(args, "--area")) {
		status = cli_word(cli, &Area_descriptor, args_get(args, "--area"), &value);
		if (!status)
			patient->area = (Area)value;
	}
	if (!status && args_has(args, "--insurance")) {
		patient->insurance_numbers = NULL;
		patient->n_insurance_numbers = 0;
		split(cli, args_get(args, "--insurance"), &patient->insurance_numbers,
		      &patient->n_insurance_numbers);
	}
	if (!status && args_has(args, "--identifier"))
		status = identifier_option(cli, args_get(args, "--identifier"), patient);
	if (args_has(args, "--deceased"))
		patient->deceased = !strcmp(args_get(args, "--deceased"), "yes");
	return status;
}

int run_patient_register(struct cli *cli, const struct args *args)
{
	RegisterPatient request = RegisterPatient_INIT;
	Reply *reply;

	request.patient = NEW(Patient, &cli->arena);
	request.consent_given_on = cli_string(cli, args_get(args, "--consent-given-on"));
	int status = patient_options(cli, args, request.patient);
	if (!status)
		status = date_option(cli, args_get(args, "--consent-given-on"), true);
	/* Where it will live is not known before it has an id: the first shard registers. */
	if (!status)
		status = cli_connect(cli);
	if (!status)
		status = cli_call(cli, client_instance_for(cli->client, ""), &request.base, &reply);
	if (!status)
		cli_print_id(cli, reply);
	return status;
}

/* The patient as record shows it, for those commands that need more than the id. */
static int fetch(struct cli *cli, const struct args *args, const PatientShown **shown)
{
	ShowPatient request = ShowPatient_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	if (!request.id)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.id);
	if (!instance)
		return EX_UNAVAILABLE;
	int status = ASK(cli, instance, &request, PatientShown, shown);
	if (!status && !(*shown)->patient)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	return status;
}

static int write(struct cli *cli, const char *patient, const ProtobufCMessage *request,
		 enum message done)
{
	const char *instance = cli_instance_of(cli, patient);

	return instance ? cli_write(cli, instance, request, done) : EX_UNAVAILABLE;
}

int run_patient_update(struct cli *cli, const struct args *args)
{
	UpdatePatient request = UpdatePatient_INIT;
	Patient patient;
	const PatientShown *shown;

	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	patient = *shown->patient;
	request.patient = &patient;
	status = patient_options(cli, args, &patient);
	return status ? status : write(cli, patient.id, &request.base, MSG_DONE_PATIENT);
}

/* ---- lists ---- */

struct list {
	struct table table;
	size_t n;
};

static void list_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const PatientList *page = (const PatientList *)(const void *)message;
	struct list *list = context;

	for (size_t i = 0; i < page->n_items; i++) {
		const Patient *p = page->items[i];
		int age = date_age(p->born, cli_now_ms());
		list->n++;
		if (cli->json) {
			cli_print_json(&p->base);
			continue;
		}
		table_row(&list->table, show_patient_name(cli, p), p->kana, p->born,
			  age < 0 ? ""
				  : cli_print(cli, MSG_AGE_SEX, age,
					      LABEL(Patient_Sex, p->sex, cli->japanese)),
			  LABEL(Area, p->area, cli->japanese),
			  cli_text(cli, p->deceased       ? MSG_DECEASED
					: p->unstable     ? MSG_UNSTABLE
					: p->team_consent ? MSG_SHARED
							  : MSG_NOT_SHARED),
			  p->id);
	}
}

static int print_list(struct cli *cli, const ProtobufCMessage *request)
{
	struct list list = {.n = 0};

	table_init(&list.table, 7);
	int status = cli_connect(cli);
	if (!status)
		status = cli_pages(cli, client_instance_for(cli->client, ""), request,
				   &PatientList_descriptor, list_page, &list);
	if (!status && !cli->json) {
		table_print_within(&list.table, show_columns(cli), stdout);
		if (list.n == 0)
			printf("%s\n", cli_text(cli, MSG_NO_PATIENTS));
	}
	table_close(&list.table);
	return status;
}

int run_patient_list(struct cli *cli, const struct args *args)
{
	ListPatients request = ListPatients_INIT;

	(void)args;
	return print_list(cli, &request.base);
}

int run_patient_find(struct cli *cli, const struct args *args)
{
	FindPatients request = FindPatients_INIT;

	request.text = cli_string(cli, args_get(args, "TEXT"));
	return print_list(cli, &request.base);
}

int run_patient_covered(struct cli *cli, const struct args *args)
{
	ListCovered request = ListCovered_INIT;

	request.unstable = args_has(args, "--unstable");
	return print_list(cli, &request.base);
}

static char *member_name(struct cli *cli, const TeamMember *member)
{
	char *id = member->user[0] ? member->user : member->organisation;

	return member->name[0] ? arena_printf(&cli->arena, "%s (%s)", member->name, id) : id;
}

static void pairs_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const DeputyList *page = (const DeputyList *)(const void *)message;
	struct list *list = context;

	for (size_t i = 0; i < page->n_items; i++) {
		const DeputyPair *pair = page->items[i];
		if (!pair->patient || !pair->attending || !pair->deputy)
			continue;
		list->n++;
		if (cli->json)
			cli_print_json(&pair->base);
		else
			table_row(&list->table, show_patient_name(cli, pair->patient),
				  pair->patient->kana,
				  cli_print(cli, MSG_PAIR, member_name(cli, pair->attending),
					    member_name(cli, pair->deputy)),
				  pair->deputy->phone, pair->patient->id);
	}
}

int run_patient_deputies(struct cli *cli, const struct args *args)
{
	ListDeputies request = ListDeputies_INIT;
	struct list list = {.n = 0};

	(void)args;
	table_init(&list.table, 5);
	int status = cli_connect(cli);
	if (!status)
		status = cli_pages(cli, client_instance_for(cli->client, ""), &request.base,
				   &DeputyList_descriptor, pairs_page, &list);
	if (!status && !cli->json) {
		table_print_within(&list.table, show_columns(cli), stdout);
		if (list.n == 0)
			printf("%s\n", cli_text(cli, MSG_NO_PATIENTS));
	}
	table_close(&list.table);
	return status;
}

/* ---- one patient ---- */

/* When who takes over a visit is a member: "12/3 10:00–12/6 12:00, visit"; others: "". */
static char *windows_of(struct cli *cli, const TeamMember *m)
{
	if (!m->until_ms)
		return cli_string(cli, "");
	char *span = show_span(cli, m->from_ms, m->until_ms);
	return m->times > 1 ? cli_print(cli, MSG_VISITS_IN, span, m->times, m->every_days)
			    : cli_print(cli, MSG_VISIT_IN, span);
}

static void print_team(struct cli *cli, TeamMember *const *members, size_t n)
{
	struct table table;

	table_init(&table, 5);
	for (size_t i = 0; i < n; i++) {
		const TeamMember *m = members[i];
		const char *profession =
			m->profession ? LABEL(Profession, m->profession, cli->japanese) : "";
		table_row(&table, LABEL(TeamRole, m->role, cli->japanese), member_name(cli, m),
			  profession, m->phone, windows_of(cli, m));
	}
	table_print(&table, stdout);
	table_close(&table);
}

/* Who attends and who stands in for them, where there are both. The clinic comes before its doctor. */
static void print_pair(struct cli *cli, TeamMember *const *members, size_t n)
{
	const TeamMember *attending = NULL, *deputy = NULL;

	for (size_t i = 0; i < n; i++) {
		if (members[i]->role == TEAM_ROLE_ATTENDING)
			attending = members[i];
		if (members[i]->role == TEAM_ROLE_DEPUTY && (!deputy || !members[i]->user[0]))
			deputy = members[i];
	}
	if (attending && deputy)
		show_field(cli, MSG_FIELD_PAIR,
			   cli_print(cli, MSG_PAIR, member_name(cli, attending),
				     member_name(cli, deputy)));
}

/* "92–100", "≥ 92", or that the general limit holds. */
static char *range(struct cli *cli, double from, double to)
{
	if (from != 0 && to != 0)
		return arena_printf(&cli->arena, "%g–%g", from, to);
	if (from != 0)
		return arena_printf(&cli->arena, "≥ %g", from);
	if (to != 0)
		return arena_printf(&cli->arena, "≤ %g", to);
	return cli_string(cli, cli_text(cli, MSG_GENERAL_LIMIT));
}

static void print_thresholds(struct cli *cli, const Thresholds *t)
{
	Thresholds none = Thresholds_INIT;

	t = t ? t : &none;
	show_field(cli, MSG_FIELD_SYSTOLIC, range(cli, t->systolic_min_mmhg, t->systolic_max_mmhg));
	show_field(cli, MSG_FIELD_PULSE, range(cli, t->pulse_min_bpm, t->pulse_max_bpm));
	show_field(cli, MSG_FIELD_TEMPERATURE,
		   range(cli, t->temperature_min_celsius, t->temperature_max_celsius));
	show_field(cli, MSG_FIELD_SPO2, range(cli, t->spo2_min_percent, 0));
	show_field(cli, MSG_FIELD_RESPIRATION,
		   range(cli, t->respiratory_rate_min, t->respiratory_rate_max));
}

static void print_contact(struct cli *cli, const ContactPoint *c)
{
	show_field(
		cli, MSG_FIELD_EMERGENCY,
		arena_printf(&cli->arena, "%s%s  %s", c->name,
			     c->relation[0] ? cli_print(cli, MSG_IN_PARENTHESES, c->relation) : "",
			     c->phone));
}

static void print_patient(struct cli *cli, const Patient *p)
{
	show_heading(cli, show_patient(cli, p));
	show_field(cli, MSG_FIELD_ID, p->id);
	show_field(cli, MSG_FIELD_BORN, p->born);
	if (p->address[0] || p->area)
		show_field(cli, MSG_FIELD_ADDRESS,
			   arena_printf(&cli->arena, "%s  %s%s%s", p->address,
					p->area ? LABEL(Area, p->area, cli->japanese) : "",
					p->district[0] ? " " : "", p->district));
	if (p->phone[0])
		show_field(cli, MSG_FIELD_PHONE, p->phone);
	if (p->emergency_contact)
		print_contact(cli, p->emergency_contact);
	for (size_t i = 0; i < p->n_insurance_numbers; i++)
		show_field(cli, MSG_FIELD_INSURANCE, p->insurance_numbers[i]);
	for (size_t i = 0; i < p->n_identifiers; i++)
		show_field(cli, MSG_FIELD_IDENTIFIER,
			   arena_printf(&cli->arena, "%s  %s", p->identifiers[i]->value,
					p->identifiers[i]->system));
	show_field(cli, MSG_FIELD_REGISTERED_BY, p->registered_by);
	show_field(cli, MSG_FIELD_CONSENT,
		   cli_print(cli, MSG_CONSENTS, cli_text(cli, p->team_consent ? MSG_YES : MSG_NO),
			     cli_text(cli, p->cover_consent ? MSG_YES : MSG_NO)));
	if (p->unstable)
		show_field(cli, MSG_FIELD_STATE, cli_text(cli, MSG_UNSTABLE));
	if (p->deceased)
		show_field(cli, MSG_FIELD_STATE, cli_text(cli, MSG_DECEASED));
}

/* PatientShown has no id of its own: the patient's is put beside it. */
static void print_json(const PatientShown *shown)
{
	json_t *object = json_of_message(&shown->base);

	json_object_set_new(object, "id", json_string(shown->patient->id));
	json_print(stdout, object);
	json_decref(object);
}

int run_patient_show(struct cli *cli, const struct args *args)
{
	const PatientShown *shown;

	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	if (cli->json) {
		print_json(shown);
		return 0;
	}
	print_patient(cli, shown->patient);
	print_pair(cli, shown->team, shown->n_team);
	printf("\n");
	show_heading(cli, cli_text(cli, MSG_HEADING_TEAM));
	print_team(cli, shown->team, shown->n_team);
	if (shown->n_team == 0)
		printf("%s\n", cli_text(cli, MSG_NO_TEAM));
	if (shown->thresholds) {
		printf("\n");
		show_heading(cli, cli_text(cli, MSG_HEADING_THRESHOLDS));
		print_thresholds(cli, shown->thresholds);
	}
	return 0;
}

int run_patient_team(struct cli *cli, const struct args *args)
{
	ShowTeam request = ShowTeam_INIT;
	const Team *team;

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	if (!request.patient)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.patient);
	int status = instance ? ASK(cli, instance, &request, Team, &team) : EX_UNAVAILABLE;
	if (status)
		return status;
	for (size_t i = 0; cli->json && i < team->n_items; i++)
		cli_print_json(&team->items[i]->base);
	if (!cli->json)
		print_team(cli, team->items, team->n_items);
	if (!cli->json && team->n_items == 0)
		printf("%s\n", cli_text(cli, MSG_NO_TEAM));
	return 0;
}

/* ---- consent, team, limits ---- */

int run_patient_consent(struct cli *cli, const struct args *args)
{
	RecordConsent request = RecordConsent_INIT;
	const char *scope = args_get(args, "--scope");

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	request.on = cli_string(cli, args_get(args, "--on"));
	request.given = !strcmp(args_get(args, "given|withdrawn"), "given");
	request.scope = scope && !strcmp(scope, "cover") ? CONSENT_SCOPE_COVER : CONSENT_SCOPE_TEAM;
	if (!request.patient || date_option(cli, request.on, true))
		return EX_USAGE;
	return write(cli, request.patient, &request.base,
		     request.given ? MSG_DONE_CONSENT : MSG_DONE_CONSENT_WITHDRAWN);
}

/*
 * An organisation or a person? record knows both, so it is asked, first for an organisation. A name
 * that is neither is refused for the person.
 */
static int either(struct cli *cli, const ProtobufCMessage *request, char **organisation,
		  char **user, const char *name, enum message done)
{
	Reply *reply;
	const char *instance = cli_instance_of(cli, "");

	*organisation = cli_string(cli, name);
	int status = instance ? cli_try(cli, instance, request, 0, &reply) : EX_UNAVAILABLE;
	if (status)
		return status;
	if ((reply->code == CODE_INVALID_ARGUMENT || reply->code == CODE_NOT_FOUND) &&
	    strstr(reply->field, "organisation")) {
		*organisation = cli_string(cli, "");
		*user = cli_string(cli, name);
		return cli_write(cli, instance, request, done);
	}
	if (reply->code != CODE_OK) {
		cli_complain(cli, reply);
		return cli_status(reply);
	}
	if (cli->json)
		cli_print_id(cli, reply);
	else
		printf("%s\n", cli_text(cli, done));
	return 0;
}

int run_patient_team_add(struct cli *cli, const struct args *args)
{
	AddTeamMember request = AddTeamMember_INIT;
	int role, profession = 0;

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	request.member = NEW(TeamMember, &cli->arena);
	if (!request.patient || cli_word(cli, &TeamRole_descriptor, args_get(args, "--as"), &role))
		return EX_USAGE;
	if (args_has(args, "--profession") &&
	    cli_word(cli, &Profession_descriptor, args_get(args, "--profession"), &profession))
		return EX_USAGE;
	request.member->role = (TeamRole)role;
	request.member->profession = (Profession)profession;
	return either(cli, &request.base, &request.member->organisation, &request.member->user,
		      args_get(args, "ORG_OR_USER"), MSG_DONE_TEAM_ADD);
}

int run_patient_team_remove(struct cli *cli, const struct args *args)
{
	RemoveTeamMember request = RemoveTeamMember_INIT;

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	if (!request.patient)
		return EX_USAGE;
	return either(cli, &request.base, &request.organisation, &request.user,
		      args_get(args, "ORG_OR_USER"), MSG_DONE_TEAM_REMOVE);
}

/* "90-180", "90-" and "-180"; what is not given stays. */
static int range_option(const struct cli *cli, const struct args *args, const char *option,
			double *from, double *to)
{
	const char *text = args_get(args, option);
	char first[32];

	if (!text)
		return 0;
	size_t length = strcspn(text, "-");
	snprintf(first, sizeof(first), "%.*s", (int)length, text);
	int status = first[0] ? cli_number(cli, option, first, from) : 0;
	if (!status && text[length] && text[length + 1])
		status = cli_number(cli, option, text + length + 1, to);
	return status;
}

static int whole_range(const struct cli *cli, const struct args *args, const char *option,
		       uint32_t *from, uint32_t *to)
{
	double low = *from, high = to ? *to : 0;

	int status = range_option(cli, args, option, &low, &high);
	*from = (uint32_t)low;
	if (to)
		*to = (uint32_t)high;
	return status;
}

int run_patient_thresholds(struct cli *cli, const struct args *args)
{
	SetThresholds request = SetThresholds_INIT;
	Thresholds limits = Thresholds_INIT;
	const PatientShown *shown;
	static const char *const options[] = {"--systolic", "--pulse", "--temp", "--spo2",
					      "--resp"};
	bool change = false;

	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	if (shown->thresholds)
		limits = *shown->thresholds;
	for (size_t i = 0; i < 5; i++)
		change |= args_has(args, options[i]);
	if (!change) {
		if (cli->json)
			cli_print_json(&limits.base);
		else
			print_thresholds(cli, &limits);
		return 0;
	}
	status = whole_range(cli, args, "--systolic", &limits.systolic_min_mmhg,
			     &limits.systolic_max_mmhg);
	if (!status)
		status = whole_range(cli, args, "--pulse", &limits.pulse_min_bpm,
				     &limits.pulse_max_bpm);
	if (!status)
		status = range_option(cli, args, "--temp", &limits.temperature_min_celsius,
				      &limits.temperature_max_celsius);
	if (!status)
		status = whole_range(cli, args, "--spo2", &limits.spo2_min_percent, NULL);
	if (!status)
		status = whole_range(cli, args, "--resp", &limits.respiratory_rate_min,
				     &limits.respiratory_rate_max);
	request.patient = shown->patient->id;
	request.thresholds = &limits;
	return status ? status : write(cli, request.patient, &request.base, MSG_DONE_THRESHOLDS);
}

int run_patient_unstable(struct cli *cli, const struct args *args)
{
	SetUnstable request = SetUnstable_INIT;

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	request.unstable = !strcmp(args_get(args, "on|off"), "on");
	if (!request.patient)
		return EX_USAGE;
	return write(cli, request.patient, &request.base,
		     request.unstable ? MSG_DONE_UNSTABLE : MSG_DONE_STABLE);
}

int run_patient_break_glass(struct cli *cli, const struct args *args)
{
	BreakGlass request = BreakGlass_INIT;

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	request.reason = cli_string(cli, args_get(args, "--reason"));
	if (!request.patient)
		return EX_USAGE;
	return write(cli, request.patient, &request.base, MSG_DONE_BREAK_GLASS);
}

/* ---- the one page ---- */

/* What was put right in words stands under what it puts right: a dose that is wrong looks right. */
static void correction_rows(struct cli *cli, struct table *table, const Entry *entry)
{
	ShowEntry request = ShowEntry_INIT;
	const EntryShown *shown;
	const char *instance = cli_instance_of(cli, entry->patient);

	request.id = entry->id;
	if (!entry->n_corrected_by || !instance || ASK(cli, instance, &request, EntryShown, &shown))
		return;
	for (size_t i = 0; i < shown->n_corrections; i++) {
		const Entry *c = shown->corrections[i];
		table_row(table, arena_printf(&cli->arena, "  %s", show_when(cli, c->recorded_ms)),
			  "", show_urgent(cli, c->urgent),
			  arena_printf(&cli->arena, "↳ %s: %s", cli_text(cli, MSG_CORRECTION),
				       show_entry(cli, c)));
	}
}

static void print_entries(struct cli *cli, enum message heading, Entry *const *entries, size_t n,
			  bool mixed)
{
	struct table table;

	printf("\n");
	show_heading(cli, cli_text(cli, heading));
	if (n == 0) {
		printf("  %s\n", cli_text(cli, MSG_NONE_RECORDED));
		return;
	}
	table_init(&table, 4);
	for (size_t i = 0; i < n; i++) {
		const Entry *e = entries[i];
		table_row(&table, arena_printf(&cli->arena, "  %s", show_when(cli, e->occurred_ms)),
			  mixed ? LABEL(EntryKind, e->kind, cli->japanese) : "",
			  show_urgent(cli, e->urgent), show_entry(cli, e));
		if (!mixed)
			correction_rows(cli, &table, e);
	}
	table_print(&table, stdout);
	table_close(&table);
}

int run_patient_summary(struct cli *cli, const struct args *args)
{
	ShowSummary request = ShowSummary_INIT;
	const Summary *s;

	request.patient = cli_id_of(cli, args_get(args, "ID"));
	if (!request.patient)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.patient);
	int status = instance ? ASK(cli, instance, &request, Summary, &s) : EX_UNAVAILABLE;
	if (status)
		return status;
	if (cli->json) {
		cli_print_json(&s->base);
		return 0;
	}
	if (!s->patient)
		return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	print_patient(cli, s->patient);
	print_entries(cli, MSG_HEADING_ALLERGIES, s->allergies, s->n_allergies, false);
	print_entries(cli, MSG_HEADING_PRECAUTIONS, s->precautions, s->n_precautions, false);
	print_entries(cli, MSG_HEADING_PROBLEMS, s->problems, s->n_problems, false);
	print_entries(cli, MSG_HEADING_MEDICATIONS, s->medications, s->n_medications, false);
	print_entries(cli, MSG_HEADING_VITALS, s->vital_signs, s->n_vital_signs, false);
	print_entries(cli, MSG_HEADING_OBSERVATIONS, s->observations, s->n_observations, false);
	print_entries(cli, MSG_HEADING_WISHES, s->wishes, s->n_wishes, false);
	printf("\n");
	show_heading(cli, cli_text(cli, MSG_HEADING_CONTACTS));
	print_team(cli, s->contacts, s->n_contacts);
	print_entries(cli, MSG_HEADING_RECENT, s->recent, s->n_recent, true);
	printf("\n%s\n", cli_print(cli, MSG_MADE_AT, show_time(cli, s->made_ms)));
	return 0;
}
