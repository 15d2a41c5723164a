#include <stdio.h>
#include <string.h>

#include "clients/cli/attach.h"
#include "clients/cli/commands.h"
#include "clients/cli/reach.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "clients/cli/timeline.h"
#include "date.h"

/* ---- what all entries have ---- */

static Entry *entry_new(struct cli *cli, EntryKind kind)
{
	Entry *entry = NEW(Entry, &cli->arena);

	entry->kind = kind;
	return entry;
}

/* --urgent, and what belongs to it. Of a medicine --reason says why it is given. */
static int urgent_options(struct cli *cli, const struct args *args, Entry *entry)
{
	const char *option = entry->kind == ENTRY_KIND_MEDICATION ? "--urgent-reason" : "--reason";

	entry->urgent = args_has(args, "--urgent");
	entry->everyone = args_has(args, "--everyone");
	entry->urgent_reason = cli_string(cli, args_get(args, option));
	if (!entry->urgent && entry->everyone)
		return cli_fail(cli, EX_USAGE, MSG_REASON_WITHOUT_URGENT, "--everyone");
	if (!entry->urgent && entry->urgent_reason[0])
		return cli_fail(cli, EX_USAGE, MSG_REASON_WITHOUT_URGENT, option);
	return 0;
}

/* Patient, --at, --urgent, --corrects. */
static int common(struct cli *cli, const struct args *args, Entry *entry)
{
	const char *at = args_get(args, "--at"), *corrects = args_get(args, "--corrects");

	entry->patient = cli_id_of(cli, args_get(args, "PATIENT"));
	if (!entry->patient || (at && cli_time(cli, at, &entry->occurred_ms)) ||
	    urgent_options(cli, args, entry))
		return EX_USAGE;
	if (corrects && !(entry->corrects = cli_id_of(cli, corrects)))
		return EX_USAGE;
	return 0;
}

/* The reply carries the entry as it was stored: whether a limit made it urgent is said here. */
static int add(struct cli *cli, Entry *entry)
{
	AddEntry request = AddEntry_INIT;
	Reply *reply;

	request.entry = entry;
	const char *instance = cli_instance_of(cli, entry->patient);
	int status = instance ? cli_call(cli, instance, &request.base, &reply) : EX_UNAVAILABLE;
	if (status)
		return status;
	cli_print_id(cli, reply);
	const Entry *stored = reply->type[0] ? BODY(Entry, cli, reply) : NULL;
	if (stored && stored->urgent && !entry->urgent)
		cli_error(cli, MSG_MADE_URGENT, stored->urgent_reason);
	fflush(stdout);
	reach_say(cli, reply->id);
	return 0;
}

static int add_with(struct cli *cli, const struct args *args, Entry *entry)
{
	int status = common(cli, args, entry);

	if (!status)
		status = attach_files(cli, args, entry);
	return status ? status : add(cli, entry);
}

static char *option(struct cli *cli, const struct args *args, const char *name)
{
	return cli_string(cli, args_get(args, name));
}

/* ---- the kinds ---- */

int run_entry_note(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_NOTE);

	entry->content_case = Entry_CONTENT_NOTE;
	entry->note = NEW(Note, &cli->arena);
	entry->note->text = option(cli, args, "--text");
	return add_with(cli, args, entry);
}

static int blood_pressure(const struct cli *cli, const char *text, VitalSigns *v)
{
	char end;

	if (!text)
		return 0;
	if (sscanf(text, "%u/%u%c", &v->systolic_mmhg, &v->diastolic_mmhg, &end) == 2)
		return 0;
	return cli_fail(cli, EX_USAGE, MSG_BAD_PRESSURE, text);
}

int run_entry_vitals(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_VITAL_SIGNS);
	VitalSigns *v = NEW(VitalSigns, &cli->arena);
	const struct {
		const char *name;
		uint32_t *value;
	} wholes[] = {
		{"--pulse", &v->pulse_bpm},
		{"--spo2", &v->spo2_percent},
		{"--resp", &v->respiratory_rate},
	};

	entry->content_case = Entry_CONTENT_VITAL_SIGNS;
	entry->vital_signs = v;
	v->on_oxygen = args_has(args, "--oxygen");
	int status = blood_pressure(cli, args_get(args, "--bp"), v);
	for (size_t i = 0; !status && i < sizeof(wholes) / sizeof(*wholes); i++)
		if (args_has(args, wholes[i].name))
			status = cli_whole(cli, wholes[i].name, args_get(args, wholes[i].name),
					   wholes[i].value);
	if (!status && args_has(args, "--temp"))
		status = cli_number(cli, "--temp", args_get(args, "--temp"),
				    &v->temperature_celsius);
	if (status)
		return status;
	if (!v->systolic_mmhg && !v->pulse_bpm && !v->spo2_percent && !v->respiratory_rate &&
	    v->temperature_celsius == 0)
		return cli_fail(cli, EX_USAGE, MSG_NOTHING_MEASURED);
	return add_with(cli, args, entry);
}

int run_entry_medication(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_MEDICATION);
	Medication *m = NEW(Medication, &cli->arena);
	const char *change = args_get(args, "--change"), *stop = args_get(args, "--stop");
	const char *replaces = change ? change : stop;

	entry->content_case = Entry_CONTENT_MEDICATION;
	entry->medication = m;
	m->action = change ? MEDICATION_ACTION_CHANGE
		    : stop ? MEDICATION_ACTION_STOP
			   : MEDICATION_ACTION_START;
	m->name = option(cli, args, change ? "--to" : "--start");
	m->code = option(cli, args, "--code");
	m->code_system = option(cli, args, "--code-system");
	m->dose = option(cli, args, "--dose");
	m->reason = option(cli, args, "--reason");
	if (replaces && !(m->replaces = cli_id_of(cli, replaces)))
		return EX_USAGE;
	return add_with(cli, args, entry);
}

int run_entry_allergy(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_ALLERGY);
	Allergy *a = NEW(Allergy, &cli->arena);

	entry->content_case = Entry_CONTENT_ALLERGY;
	entry->allergy = a;
	a->substance = option(cli, args, "--substance");
	a->reaction = option(cli, args, "--reaction");
	a->code = option(cli, args, "--code");
	a->severe = args_has(args, "--severe");
	return add_with(cli, args, entry);
}

int run_entry_condition(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_CONDITION);
	Condition *c = NEW(Condition, &cli->arena);

	entry->content_case = Entry_CONTENT_CONDITION;
	entry->condition = c;
	c->name = option(cli, args, "--name");
	c->code = option(cli, args, "--code");
	c->code_system = option(cli, args, "--code-system");
	c->onset = option(cli, args, "--onset");
	c->resolved = args_has(args, "--resolved");
	if (c->onset[0] && !date_valid(c->onset))
		return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, c->onset);
	return add_with(cli, args, entry);
}

int run_entry_observation(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_UNSPECIFIED);
	Observation *o = NEW(Observation, &cli->arena);
	bool weight = args_has(args, "--weight");
	bool renal = args_has(args, "--creatinine") || args_has(args, "--egfr");
	bool swallowing = args_has(args, "--swallowing"), activity = args_has(args, "--activity");
	const struct {
		const char *name;
		double *value;
	} numbers[] = {
		{"--weight", &o->weight_kg},
		{"--creatinine", &o->creatinine_mg_dl},
		{"--egfr", &o->egfr},
	};

	if (weight + renal + swallowing + activity != 1)
		return cli_fail(cli, EX_USAGE, MSG_ONE_OBSERVATION);
	for (size_t i = 0; i < 3; i++)
		if (args_has(args, numbers[i].name) &&
		    cli_number(cli, numbers[i].name, args_get(args, numbers[i].name),
			       numbers[i].value))
			return EX_USAGE;
	o->kind = weight       ? ENTRY_KIND_WEIGHT
		  : renal      ? ENTRY_KIND_RENAL
		  : swallowing ? ENTRY_KIND_SWALLOWING
			       : ENTRY_KIND_ACTIVITY;
	o->text = option(cli, args,
			 swallowing ? "--swallowing"
			 : activity ? "--activity"
				    : "--text");
	entry->kind = o->kind;
	entry->content_case = Entry_CONTENT_OBSERVATION;
	entry->observation = o;
	return add_with(cli, args, entry);
}

int run_entry_precaution(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_PRECAUTION);
	Precaution *p = NEW(Precaution, &cli->arena);

	entry->content_case = Entry_CONTENT_PRECAUTION;
	entry->precaution = p;
	p->infection = args_has(args, "--infection");
	p->text = option(cli, args, p->infection ? "--infection" : "--safety");
	return add_with(cli, args, entry);
}

int run_entry_dental(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_DENTAL);

	entry->content_case = Entry_CONTENT_DENTAL;
	entry->dental = NEW(DentalFinding, &cli->arena);
	entry->dental->text = option(cli, args, "--text");
	return add_with(cli, args, entry);
}

int run_entry_plan(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_PLAN);

	entry->content_case = Entry_CONTENT_PLAN;
	entry->plan = NEW(CarePlan, &cli->arena);
	entry->plan->text = option(cli, args, "--text");
	return add_with(cli, args, entry);
}

int run_entry_movement(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_MOVEMENT);
	Movement *m = NEW(Movement, &cli->arena);
	int kind;

	if (cli_word(cli, &MovementKind_descriptor,
		     args_get(args, "admission|discharge|relocation"), &kind))
		return EX_USAGE;
	entry->content_case = Entry_CONTENT_MOVEMENT;
	entry->movement = m;
	m->kind = (MovementKind)kind;
	m->facility = option(cli, args, "--facility");
	m->text = option(cli, args, "--text");
	return add_with(cli, args, entry);
}

int run_entry_next_visit(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_NEXT_VISIT);
	NextVisit *visit = NEW(NextVisit, &cli->arena);

	entry->content_case = Entry_CONTENT_NEXT_VISIT;
	entry->next_visit = visit;
	visit->text = option(cli, args, "--text");
	if (cli_time(cli, args_get(args, "--on"), &visit->visit_ms))
		return EX_USAGE;
	return add_with(cli, args, entry);
}

int run_entry_wish(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_WISH);

	entry->content_case = Entry_CONTENT_WISH;
	entry->wish = NEW(Wish, &cli->arena);
	entry->wish->text = option(cli, args, "--text");
	entry->wish->stated_by = option(cli, args, "--stated-by");
	return add_with(cli, args, entry);
}

/* ---- questions ---- */

int run_entry_ask(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_QUESTION);
	Question *q = NEW(Question, &cli->arena);
	char *words = option(cli, args, "--of"), *place = NULL;

	entry->content_case = Entry_CONTENT_QUESTION;
	entry->question = q;
	q->text = option(cli, args, "--text");
	q->professions = arena_alloc(&cli->arena, (strlen(words) + 1) * sizeof(*q->professions));
	for (char *word = strtok_r(words, ", ", &place); word;
	     word = strtok_r(NULL, ", ", &place)) {
		int value;
		if (cli_word(cli, &Profession_descriptor, word, &value))
			return EX_USAGE;
		q->professions[q->n_professions++] = (Profession)value;
	}
	return add_with(cli, args, entry);
}

/* The entry that an answer or a correction belongs to: its patient and kind are needed. */
static int fetch(struct cli *cli, const struct args *args, const EntryShown **shown)
{
	ShowEntry request = ShowEntry_INIT;

	request.id = cli_id_of(cli, args_get(args, "ENTRY"));
	if (!request.id)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.id);
	int status = instance ? ASK(cli, instance, &request, EntryShown, shown) : EX_UNAVAILABLE;
	if (!status && !(*shown)->entry)
		status = cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
	return status;
}

int run_entry_answer(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_ANSWER);
	const EntryShown *question;

	int status = fetch(cli, args, &question);
	if (status)
		return status;
	entry->patient = question->entry->patient;
	entry->content_case = Entry_CONTENT_ANSWER;
	entry->answer = NEW(Answer, &cli->arena);
	entry->answer->question = question->entry->id;
	entry->answer->text = option(cli, args, "--text");
	status = attach_files(cli, args, entry);
	return status ? status : add(cli, entry);
}

/* ---- corrections ---- */

/*
 * Of a kind that is text, the correction is of the same kind with the new text. Figures and medicines
 * are corrected by a note here, or by their own command with --corrects.
 */
static void correct(struct cli *cli, Entry *entry, const Entry *wrong, char *text)
{
	entry->kind = wrong->kind;
	entry->content_case = wrong->content_case;
	switch (wrong->content_case) {
	case Entry_CONTENT_DENTAL:
		entry->dental = NEW(DentalFinding, &cli->arena);
		entry->dental->text = text;
		break;
	case Entry_CONTENT_PLAN:
		entry->plan = NEW(CarePlan, &cli->arena);
		entry->plan->text = text;
		break;
	case Entry_CONTENT_PRECAUTION:
		entry->precaution = arena_copy(&cli->arena, wrong->precaution, sizeof(Precaution));
		entry->precaution->text = text;
		break;
	case Entry_CONTENT_MOVEMENT:
		entry->movement = arena_copy(&cli->arena, wrong->movement, sizeof(Movement));
		entry->movement->text = text;
		break;
	case Entry_CONTENT_NEXT_VISIT:
		entry->next_visit = arena_copy(&cli->arena, wrong->next_visit, sizeof(NextVisit));
		entry->next_visit->text = text;
		break;
	case Entry_CONTENT_WISH:
		entry->wish = arena_copy(&cli->arena, wrong->wish, sizeof(Wish));
		entry->wish->text = text;
		break;
	default:
		entry->kind = ENTRY_KIND_NOTE;
		entry->content_case = Entry_CONTENT_NOTE;
		entry->note = NEW(Note, &cli->arena);
		entry->note->text = text;
	}
}

int run_entry_correct(struct cli *cli, const struct args *args)
{
	Entry *entry = entry_new(cli, ENTRY_KIND_NOTE);
	const EntryShown *wrong;

	int status = urgent_options(cli, args, entry);
	if (!status && args_has(args, "--attach") && args_has(args, "--detach"))
		status = cli_fail(cli, EX_USAGE, MSG_ATTACH_AND_DETACH);
	if (!status)
		status = fetch(cli, args, &wrong);
	if (status)
		return status;
	correct(cli, entry, wrong->entry, option(cli, args, "--text"));
	entry->patient = wrong->entry->patient;
	entry->corrects = wrong->entry->id;
	entry->occurred_ms = wrong->entry->occurred_ms;
	if (!args_has(args, "--detach")) {
		entry->attachments = wrong->entry->attachments;
		entry->n_attachments = wrong->entry->n_attachments;
	}
	status = attach_files(cli, args, entry);
	return status ? status : add(cli, entry);
}

/* The same once more, urgently: a correction with the same content. */
int run_entry_urgent(struct cli *cli, const struct args *args)
{
	const EntryShown *shown;

	if (!args_get(args, "--reason")[0])
		return cli_fail(cli, EX_DATAERR, MSG_URGENT_NEEDS_REASON);
	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	if (shown->n_corrections)
		return cli_fail(cli, EX_TEMPFAIL, MSG_CORRECTED_ALREADY,
				shown->corrections[shown->n_corrections - 1]->id);
	Entry *entry = arena_copy(&cli->arena, shown->entry, sizeof(Entry));
	entry->corrects = shown->entry->id;
	entry->id = entry->author = entry->organisation = cli_string(cli, "");
	entry->source = NULL;
	entry->concerns = NULL;
	entry->n_concerns = 0;
	entry->unread = false;
	entry->readers = 0;
	entry->urgent = true;
	entry->urgent_reason = option(cli, args, "--reason");
	entry->everyone = args_has(args, "--everyone");
	return add(cli, entry);
}

/* ---- reading ---- */

int run_entry_show(struct cli *cli, const struct args *args)
{
	const EntryShown *shown;

	int status = fetch(cli, args, &shown);
	if (status)
		return status;
	timeline_print_shown(cli, shown);
	return 0;
}

static void readers_page(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const ReaderList *page = (const ReaderList *)(const void *)message;
	struct table *table = context;

	for (size_t i = 0; i < page->n_items; i++) {
		const Reader *r = page->items[i];
		if (cli->json) {
			cli_print_json(&r->base);
			continue;
		}
		table_row(table, r->name[0] ? r->name : r->id,
			  LABEL(Profession, r->profession, cli->japanese), r->organisation,
			  show_when(cli, r->read_ms), r->id);
	}
}

int run_entry_readers(struct cli *cli, const struct args *args)
{
	ListReaders request = ListReaders_INIT;
	struct table table;

	request.entry = cli_id_of(cli, args_get(args, "ENTRY"));
	if (!request.entry)
		return EX_USAGE;
	const char *instance = cli_instance_of(cli, request.entry);
	if (!instance)
		return EX_UNAVAILABLE;
	table_init(&table, 5);
	int status = cli_pages(cli, instance, &request.base, &ReaderList_descriptor, readers_page,
			       &table);
	if (!status && !cli->json) {
		table_print(&table, stdout);
		if (table.n_cells == 0)
			printf("%s\n", cli_text(cli, MSG_NO_READERS));
	}
	table_close(&table);
	return status;
}
