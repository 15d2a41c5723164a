#include "clients/cli/referral_look.h"

#include <stdio.h>
#include <string.h>

#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"

#define NAMES 8   /* so many organisations are named in one line */
#define GUTTER 10 /* columns for "! URGENT", before all else */
#define INDENT 2
#define STATE(name) REFERRAL_STATE_##name
#define OFFER(name) OFFER_STATE_##name

/* ---- who reads ---- */

static void take_me(void *context, const Reply *reply)
{
	struct viewer *viewer = context;
	struct cli *cli = viewer->cli;

	if (!reply || reply->code != CODE_OK)
		return;
	const Me *me = BODY(Me, cli, reply);
	if (!me || !me->organisation)
		return;
	snprintf(viewer->organisation, sizeof(viewer->organisation), "%s", me->organisation->id);
	viewer->centre = me->organisation->kind == ORGANISATION_KIND_SUPPORT_CENTRE;
}

int viewer_open(struct viewer *viewer, struct cli *cli)
{
	WhoAmI request = WhoAmI_INIT;

	*viewer = (struct viewer){.cli = cli};
	int status = cli_connect(cli);
	if (status)
		return status;
	viewer->names = names_open(cli);
	if (!cli->json)
		client_send(cli->client, "directory", &request.base, 0, take_me, viewer);
	return 0;
}

void viewer_close(struct viewer *viewer)
{
	names_free(viewer->names);
}

void look_want(struct viewer *viewer, const Referral *referral)
{
	names_want_people(viewer->names, referral->asker);
	names_want_people(viewer->names, referral->taker);
	names_want_patient(viewer->names, referral->patient);
	for (size_t i = 0; i < referral->n_offers; i++)
		names_want_people(viewer->names, referral->offers[i]->organisation);
}

void look_fetch(struct viewer *viewer)
{
	names_fetch(viewer->names);
}

const Offer *look_own(const struct viewer *viewer, const Referral *referral)
{
	for (size_t i = 0; i < referral->n_offers; i++)
		if (!strcmp(referral->offers[i]->organisation, viewer->organisation))
			return referral->offers[i];
	/* Who is asked is told of no other offer, and until it holds it, not who asks. */
	if (!viewer->organisation[0] && referral->n_offers == 1 && !referral->wave)
		return referral->offers[0];
	return NULL;
}

enum role look_role(const struct viewer *viewer, const Referral *referral)
{
	if (look_own(viewer, referral))
		return ROLE_ASKED;
	if (referral->asker[0] && !strcmp(referral->asker, viewer->organisation))
		return ROLE_ASKER;
	if (viewer->centre && referral->n_offers)
		return ROLE_CENTRE;
	return ROLE_TEAM;
}

static bool visit_begun(const Referral *referral)
{
	int64_t begins_ms = referral->from_ms +
			    (int64_t)referral->reports * (int64_t)referral->every_days * DAY_MS;

	return referral->kind == REFERRAL_KIND_VISIT && referral->state == STATE(CONFIRMED) &&
	       begins_ms <= cli_now_ms();
}

bool look_over(const Referral *referral)
{
	switch (referral->state) {
	case STATE(CONFIRMED):
		return referral->kind != REFERRAL_KIND_VISIT;
	case STATE(DONE):
	case STATE(CANCELLED):
	case STATE(CLOSED):
		return true;
	default:
		return false;
	}
}

bool look_waits(const struct viewer *viewer, const Referral *referral)
{
	const Offer *own = look_own(viewer, referral);

	if (viewer->centre && referral->with_centre)
		return true;
	switch (look_role(viewer, referral)) {
	case ROLE_ASKER:
		return referral->state == STATE(ACCEPTED);
	case ROLE_ASKED:
		return own->state == OFFER(OFFERED) ||
		       (own->state == OFFER(HOLDING) && visit_begun(referral));
	default:
		return false;
	}
}

/* ---- parts ---- */

static char *join(struct cli *cli, char *text, enum message comma, const char *part)
{
	if (!part[0])
		return text;
	return arena_printf(&cli->arena, "%s%s%s", text, text[0] ? cli_text(cli, comma) : "", part);
}

static char *place(struct cli *cli, const Referral *referral)
{
	const char *area =
		referral->area ? LABEL(Area, referral->area, cli->japanese) : referral->district;

	if (!referral->area || !referral->district[0])
		return cli_string(cli, area);
	return arena_printf(&cli->arena, "%s %s", area, referral->district);
}

static char *age_band(struct cli *cli, const Referral *referral)
{
	if (!referral->age_to)
		return cli_string(cli, "");
	if (!referral->age_from)
		return cli_print(cli, MSG_AGE_UNDER_TEN);
	if (referral->age_from >= 90)
		return cli_print(cli, MSG_AGE_NINETY);
	return cli_print(cli, MSG_AGE_BAND, referral->age_from, referral->age_to);
}

static char *age_and_sex(struct cli *cli, const Referral *referral)
{
	char *text = age_band(cli, referral);

	return referral->sex ? join(cli, text, MSG_SCORE_COMMA,
				    LABEL(Patient_Sex, referral->sex, cli->japanese))
			     : text;
}

static char *needs(struct cli *cli, const Referral *referral)
{
	char *text = cli_string(cli, "");

	for (size_t i = 0; i < referral->n_needs; i++)
		text = join(cli, text, MSG_LIST_COMMA,
			    LABEL(Need, referral->needs[i], cli->japanese));
	return text;
}

static char *window(struct cli *cli, const Referral *referral, bool whole)
{
	const char *from =
		whole ? show_time(cli, referral->from_ms) : show_short(cli, referral->from_ms);
	char *text = arena_printf(&cli->arena, "%s–%s", from, show_clock(cli, referral->to_ms));

	return referral->times > 1 ? cli_print(cli, MSG_VISIT_SERIES, text, referral->times,
					       referral->every_days)
				   : text;
}

char *look_score(struct cli *cli, const Score *score)
{
	bool silent = score->ability == ABILITY_NOT_KNOWN && score->level == CAPACITY_LEVEL_UNKNOWN;
	char *text = cli_string(cli, silent ? cli_text(cli, MSG_NOTHING_SAID)
					    : LABEL(Ability, score->ability, cli->japanese));

	text = join(cli, text, MSG_SCORE_COMMA,
		    cli_text(cli, score->same_area ? MSG_SAME_AREA : MSG_OTHER_AREA));
	if (!silent)
		text = join(cli, text, MSG_SCORE_COMMA,
			    score->level == CAPACITY_LEVEL_UNKNOWN
				    ? cli_text(cli, MSG_ROOM_UNKNOWN)
				    : cli_print(cli, MSG_ROOM,
						LABEL(CapacityLevel, score->level, cli->japanese)));
	return join(cli, text, MSG_SCORE_COMMA, cli_print(cli, MSG_TAKEN_LATELY, score->taken));
}

/* What became of an offer: "控え 2番目", "対応できません（遠方）". */
static char *offer_state(struct cli *cli, const Offer *offer)
{
	const char *state = LABEL(Offer_State, offer->state, cli->japanese);

	if (offer->standby)
		return cli_print(cli, MSG_REFERRAL_STANDBY_NUMBER, state, offer->standby);
	if (offer->reason)
		return cli_print(cli, MSG_REFERRAL_REASON, state,
				 LABEL(DeclineReason, offer->reason, cli->japanese));
	return cli_string(cli, state);
}

char *look_asked(struct viewer *viewer, const Referral *referral)
{
	char *text = cli_string(viewer->cli, "");
	unsigned n = 0;

	for (size_t i = 0; i < referral->n_offers; i++)
		if (referral->offers[i]->state == OFFER(OFFERED) && n++ < NAMES)
			text = join(viewer->cli, text, MSG_LIST_COMMA,
				    names_organisation(viewer->names,
						       referral->offers[i]->organisation));
	return n > NAMES ? cli_print(viewer->cli, MSG_AND_OTHERS, text, n - NAMES) : text;
}

/* A day that was typed without a time is meant until its end, and shown without one. */
static char *wished(struct cli *cli, const Referral *referral, bool whole)
{
	bool day = (referral->wished_ms + JAPAN_OFFSET_MS) % DAY_MS == 0;

	if (day)
		return show_day(cli, referral->wished_ms - 1);
	return whole ? show_time(cli, referral->wished_ms) : show_short(cli, referral->wished_ms);
}

/* ---- cells ---- */

static char *fate(struct cli *cli, const Referral *referral)
{
	const char *state = LABEL(Referral_State, referral->state, cli->japanese);

	if (referral->state == STATE(OFFERED) && referral->wave)
		return cli_print(cli, MSG_REFERRAL_ROUND, state, referral->wave);
	if (referral->with_centre && referral->state != STATE(UNPLACED))
		return cli_print(cli, MSG_REFERRAL_ALSO_CENTRE, state);
	return cli_string(cli, state);
}

char *look_state(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	const Offer *own = look_own(viewer, referral);

	if (own && own->state == OFFER(HOLDING) && visit_begun(referral))
		return cli_print(cli, MSG_TO_REPORT);
	if (own && (own->state != OFFER(HOLDING) || referral->state == STATE(UNPLACED)))
		return cli_string(cli, LABEL(Offer_State, own->state, cli->japanese));
	return fate(cli, referral);
}

static char *what(struct viewer *viewer, const Referral *referral, bool with_age)
{
	struct cli *cli = viewer->cli;
	char *text = cli_string(cli, "");

	if (referral->patient[0])
		text = names_patient(viewer->names, referral->patient);
	if (referral->from_ms)
		text = join(cli, text, MSG_SCORE_COMMA, window(cli, referral, false));
	if (referral->wished_ms)
		text = join(cli, text, MSG_SCORE_COMMA,
			    cli_print(cli, MSG_WANTED_BY, wished(cli, referral, false)));
	if (!referral->patient[0]) {
		text = join(cli, text, MSG_SCORE_COMMA, place(cli, referral));
		if (with_age)
			text = join(cli, text, MSG_SCORE_COMMA, age_and_sex(cli, referral));
	}
	return join(cli, text, MSG_SCORE_COMMA, needs(cli, referral));
}

char *look_what(struct viewer *viewer, const Referral *referral)
{
	return what(viewer, referral, true);
}

char *look_who(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	char *text = cli_string(cli, "");
	enum role role = look_role(viewer, referral);

	if (role != ROLE_ASKER && referral->asker[0])
		text = cli_print(cli, MSG_REFERRAL_FROM,
				 names_organisation(viewer->names, referral->asker));
	if (role != ROLE_ASKED && referral->taker[0])
		text = join(cli, text, MSG_DOT,
			    cli_print(cli, MSG_REFERRAL_WITH,
				      names_organisation(viewer->names, referral->taker)));
	return text;
}

char *look_until(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	const Offer *own = look_own(viewer, referral);
	/* Whose time it is, is another's: the asker's to confirm, the taker's to report. */
	bool others = own && own->state != OFFER(HOLDING) && referral->state != STATE(OFFERED);

	if (!referral->deadline_ms || referral->state == STATE(CONFIRMING) || others)
		return cli_string(cli, "");
	return cli_print(cli, MSG_THEN, show_short(cli, referral->deadline_ms),
			 show_age(cli, referral->deadline_ms));
}

/* ---- in a list ---- */

/* "! 至急    訪問の応援  打診中  11/28(土) 14:00–16:00・北部 東町・褥瘡" */
static void print_head(struct viewer *viewer, const Referral *referral, FILE *out)
{
	struct cli *cli = viewer->cli;
	bool urgent = referral->urgent && !look_over(referral);
	const char *kind = LABEL(ReferralKind, referral->kind, cli->japanese);
	char *state = look_state(viewer, referral), *asked = look_what(viewer, referral);
	unsigned used = GUTTER + text_width(kind) + 2 + text_width(state) + 2;

	if (used + text_width(asked) > show_columns(cli))
		asked = what(viewer, referral, false); /* when, where and what decide */
	fputs(urgent ? show_red(cli) : "", out);
	text_print_padded(out, show_urgent(cli, urgent), GUTTER);
	fprintf(out, "%s%s%s%s  %s  ", urgent ? show_plain(cli) : "", show_bold(cli), kind,
		show_plain(cli), state);
	show_list(cli, out, asked, used);
	fputc('\n', out);
}

void look_print_row(struct viewer *viewer, const Referral *referral, FILE *out)
{
	struct cli *cli = viewer->cli;
	char *until = look_until(viewer, referral), *text = cli_string(cli, "");

	print_head(viewer, referral, out);
	if (until[0])
		text = cli_print(cli, MSG_REFERRAL_UNTIL, until);
	text = join(cli, text, MSG_DOT, look_who(viewer, referral));
	text = join(cli, text, MSG_DOT, referral->id);
	fprintf(out, "%*s%s", GUTTER, "", show_dim(cli));
	show_list(cli, out, text, GUTTER);
	fprintf(out, "%s\n", show_plain(cli));
}

/* ---- the whole ---- */

static void field(struct viewer *viewer, enum message name, const char *value)
{
	if (value[0])
		show_field(viewer->cli, name, value);
}

void look_print_taker(struct viewer *viewer, const Referral *referral)
{
	if (referral->taker[0] && look_role(viewer, referral) != ROLE_ASKED)
		show_field(viewer->cli, MSG_FIELD_TAKER,
			   names_organisation(viewer->names, referral->taker));
}

void look_print_deadline(struct viewer *viewer, const Referral *referral)
{
	char *until = look_until(viewer, referral);

	if (referral->state == STATE(OFFERED))
		field(viewer, MSG_FIELD_ANSWER_BY, until);
	else if (referral->state == STATE(ACCEPTED))
		field(viewer, MSG_FIELD_CONFIRM_BY, until);
	else
		field(viewer, MSG_FIELD_REPORT_BY, until);
}

static void print_need(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	bool told = referral->area || referral->age_to || referral->sex || referral->n_needs;

	field(viewer, MSG_FIELD_PLACE, place(cli, referral));
	field(viewer, MSG_FIELD_AGE_SEX, age_and_sex(cli, referral));
	if (told)
		show_list_field(cli, MSG_FIELD_NEEDS,
				referral->n_needs ? needs(cli, referral)
						  : cli_text(cli, MSG_FIELD_NO_NEEDS));
	if (referral->from_ms)
		field(viewer, MSG_FIELD_WINDOW, window(cli, referral, true));
	if (referral->wished_ms)
		field(viewer, MSG_FIELD_WISHED, wished(cli, referral, true));
}

static void print_parties(struct viewer *viewer, const Referral *referral)
{
	struct names *names = viewer->names;

	if (referral->patient[0])
		show_field(viewer->cli, MSG_FIELD_PATIENT, names_patient(names, referral->patient));
	if (referral->asker[0])
		show_field(viewer->cli, MSG_FIELD_ASKER,
			   referral->asked_by[0]
				   ? names_person(names, referral->asked_by, referral->asker)
				   : names_organisation(names, referral->asker));
	if (referral->asked_ms)
		show_field(viewer->cli, MSG_FIELD_ASKED,
			   show_when(viewer->cli, referral->asked_ms));
}

static void print_fate(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;

	look_print_taker(viewer, referral);
	look_print_deadline(viewer, referral);
	if (referral->reports || (referral->times > 1 && referral->wave))
		show_field(cli, MSG_FIELD_VISITS_REPORTED,
			   cli_print(cli, MSG_VISITS_REPORTED, referral->reports, referral->times));
	if (referral->cause && (referral->with_centre || referral->state >= STATE(UNPLACED)))
		show_field(cli, MSG_FIELD_CAUSE,
			   LABEL(Referral_Cause, referral->cause, cli->japanese));
	field(viewer, MSG_FIELD_OUTCOME, referral->outcome);
}

static void print_own(struct viewer *viewer, const Offer *own)
{
	struct cli *cli = viewer->cli;
	char *state = offer_state(cli, own);

	show_field(cli, MSG_FIELD_YOUR_ANSWER,
		   own->answered_ms
			   ? cli_print(cli, MSG_THEN, state, show_short(cli, own->answered_ms))
			   : state);
	if (own->score)
		show_list_field(cli, MSG_FIELD_WHY_YOU, look_score(cli, own->score));
}

static void add_offers(struct viewer *viewer, const Referral *referral, struct table *table)
{
	struct cli *cli = viewer->cli;

	table_init(table, 5);
	table_row(table, cli_text(cli, MSG_COLUMN_ROUND), cli_text(cli, MSG_COLUMN_ORGANISATION),
		  cli_text(cli, MSG_COLUMN_STATE), "", cli_text(cli, MSG_COLUMN_SCORE));
	for (size_t i = 0; i < referral->n_offers; i++) {
		const Offer *offer = referral->offers[i];
		table_row(table, cli_print(cli, MSG_ROUND, offer->wave),
			  names_organisation(viewer->names, offer->organisation),
			  offer_state(cli, offer),
			  offer->answered_ms ? show_short(cli, offer->answered_ms) : "",
			  offer->score ? look_score(cli, offer->score) : "");
	}
}

/* On a narrow terminal: when it answered, and why it was asked, under who it is. */
static void print_narrow_offers(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	struct table table;

	table_init(&table, 3);
	table_row(&table, cli_text(cli, MSG_COLUMN_ROUND), cli_text(cli, MSG_COLUMN_ORGANISATION),
		  cli_text(cli, MSG_COLUMN_STATE));
	for (size_t i = 0; i < referral->n_offers; i++)
		table_row(&table, cli_print(cli, MSG_ROUND, referral->offers[i]->wave),
			  names_organisation(viewer->names, referral->offers[i]->organisation),
			  offer_state(cli, referral->offers[i]));
	table_print_row(&table, 0, stdout);
	for (size_t i = 0; i < referral->n_offers; i++) {
		const Offer *offer = referral->offers[i];
		unsigned indent = table_column(&table, 1);
		char *text = offer->answered_ms ? cli_print(cli, MSG_REFERRAL_ANSWERED,
							    show_short(cli, offer->answered_ms))
						: cli_string(cli, "");
		if (offer->score)
			text = join(cli, text, MSG_DOT, look_score(cli, offer->score));
		table_print_row(&table, i + 1, stdout);
		if (!text[0])
			continue;
		printf("%*s%s", (int)indent, "", show_dim(cli));
		show_list(cli, stdout, text, indent);
		printf("%s\n", show_plain(cli));
	}
	table_close(&table);
}

static void print_offers(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	struct table table;

	add_offers(viewer, referral, &table);
	show_heading(cli, cli_text(cli, MSG_HEADING_OFFERS));
	if (table_width(&table) > show_columns(cli))
		print_narrow_offers(viewer, referral);
	else
		table_print(&table, stdout);
	table_close(&table);
}

/* ---- what to do now ---- */

struct next {
	struct viewer *viewer;
	const Referral *referral;
	struct table table;  /* what may be done, and the command for it */
	const char *reasons; /* of a refusal, as they are typed; NULL: none is asked for */
	enum message wait;   /* where there is nothing to do; 0: something may be done */
};

static void may(struct next *next, enum message what, const char *verb, const char *more)
{
	struct cli *cli = next->viewer->cli;

	table_row(&next->table, cli_text(cli, what),
		  arena_printf(&cli->arena, "tsunagi referral %s %s%s", verb, next->referral->id,
			       more));
}

static void next_of_holder(struct next *next)
{
	const Referral *referral = next->referral;
	struct cli *cli = next->viewer->cli;

	if (referral->state == STATE(ACCEPTED))
		next->wait = MSG_NEXT_WAIT_ASKER;
	else if (referral->state == STATE(CONFIRMING))
		next->wait = MSG_NEXT_WAIT_RECORD;
	else if (visit_begun(referral))
		may(next, MSG_NEXT_REPORT, "report", " --text \"…\"");
	else if (referral->state == STATE(CONFIRMED) && !referral->patient[0])
		next->wait = MSG_NEXT_WAIT_WINDOW;
	if (referral->patient[0])
		table_row(
			&next->table, cli_text(cli, MSG_NEXT_PATIENT),
			arena_printf(&cli->arena, "tsunagi patient summary %s", referral->patient));
	if (referral->state < STATE(CONFIRMED) ||
	    (referral->state == STATE(CONFIRMED) && referral->kind == REFERRAL_KIND_VISIT))
		may(next, MSG_NEXT_GIVE_BACK, "withdraw", "");
}

/* The reasons there are, in words, each as it is typed. */
static void reasons(struct next *next)
{
	struct cli *cli = next->viewer->cli;
	const ProtobufCEnumDescriptor *type = &DeclineReason_descriptor;
	char *list = cli_string(cli, ""), word[64];

	for (unsigned i = 0; i < type->n_values; i++) {
		if (!type->values[i].value)
			continue;
		label_word(type, type->values[i].value, word, sizeof(word));
		list = join(cli, list, MSG_LIST_COMMA,
			    cli->japanese ? arena_printf(&cli->arena, "%s %s", word,
							 label(type, type->values[i].value, true))
					  : word);
	}
	next->reasons = list;
}

static void next_of_asked(struct next *next, const Offer *own)
{
	Referral_State state = next->referral->state;
	bool taken = state == STATE(ACCEPTED) || state == STATE(CONFIRMING);

	switch (own->state) {
	case OFFER(OFFERED):
		if (state != STATE(CONFIRMED))
			may(next, taken ? MSG_NEXT_STAND_BY : MSG_NEXT_ACCEPT, "accept", "");
		may(next, MSG_NEXT_DECLINE, "decline", " --reason CODE");
		reasons(next);
		break;
	case OFFER(HOLDING):
		next_of_holder(next);
		break;
	case OFFER(STANDING_BY):
		next->wait = MSG_NEXT_WAIT_STANDBY;
		may(next, MSG_NEXT_NOT_STAND_BY, "withdraw", "");
		break;
	default:
		next->wait = MSG_NEXT_NOTHING;
		break;
	}
}

static void next_of_asker(struct next *next)
{
	const Referral *referral = next->referral;

	switch (referral->state) {
	case STATE(OFFERED):
		next->wait = MSG_NEXT_WAIT_TAKER;
		break;
	case STATE(ACCEPTED):
		may(next, MSG_NEXT_CONFIRM, "confirm", "");
		may(next, MSG_NEXT_PASS, "pass", "");
		break;
	case STATE(CONFIRMING):
		next->wait = MSG_NEXT_WAIT_RECORD;
		break;
	case STATE(UNPLACED):
		next->wait = MSG_NEXT_WAIT_CENTRE;
		break;
	case STATE(CONFIRMED):
		next->wait = referral->kind == REFERRAL_KIND_VISIT ? MSG_NEXT_WAIT_VISIT
								   : MSG_NEXT_NOTHING;
		break;
	default:
		next->wait = MSG_NEXT_NOTHING;
		break;
	}
	if (next->wait != MSG_NEXT_NOTHING)
		may(next, MSG_NEXT_CANCEL, "cancel", "");
}

/* A line for each; where the longest does not fit, each command under what it does. */
static void print_may(const struct next *next)
{
	const struct table *table = &next->table;
	struct cli *cli = next->viewer->cli;
	bool narrow = INDENT + table_width(table) > show_columns(cli);
	unsigned column = INDENT + (narrow ? INDENT : table_column(table, 1));

	for (size_t i = 0; i * 2 < table->n_cells; i++) {
		printf("%*s", INDENT, "");
		if (!narrow) {
			table_print_row(table, i, stdout);
			continue;
		}
		printf("%s\n%*s", table->cells[i * 2], (int)column, "");
		text_print(stdout, table->cells[i * 2 + 1]);
		putchar('\n');
	}
	if (!next->reasons)
		return;
	const char *heading = cli_text(cli, MSG_NEXT_REASONS);
	printf("%*s%s%s ", (int)column, "", show_dim(cli), heading);
	show_list(cli, stdout, next->reasons, column + text_width(heading) + 1);
	printf("%s\n", show_plain(cli));
}

static void print_next(struct viewer *viewer, const Referral *referral)
{
	struct next next = {.viewer = viewer, .referral = referral};
	struct cli *cli = viewer->cli;
	enum role role = look_role(viewer, referral);

	table_init(&next.table, 2);
	if (role == ROLE_ASKED)
		next_of_asked(&next, look_own(viewer, referral));
	else if (role == ROLE_ASKER)
		next_of_asker(&next);
	if (viewer->centre && referral->with_centre)
		may(&next, MSG_NEXT_CLOSE, "close", " --outcome \"…\"");
	if (role != ROLE_TEAM && !next.wait && !next.table.n_cells)
		next.wait = MSG_NEXT_NOTHING;
	if (next.wait || next.table.n_cells) {
		putchar('\n');
		show_heading(cli, cli_text(cli, MSG_HEADING_NEXT));
	}
	if (next.wait)
		printf("%*s%s\n", INDENT, "", cli_text(cli, next.wait));
	print_may(&next);
	table_close(&next.table);
}

void look_print(struct viewer *viewer, const Referral *referral)
{
	struct cli *cli = viewer->cli;
	const Offer *own = look_own(viewer, referral);

	if (referral->urgent && !look_over(referral))
		printf("%s%s%s  ", show_red(cli), show_urgent(cli, true), show_plain(cli));
	show_heading(cli, arena_printf(&cli->arena, "%s  %s",
				       LABEL(ReferralKind, referral->kind, cli->japanese),
				       own ? LABEL(Referral_State, referral->state, cli->japanese)
					   : fate(cli, referral)));
	print_parties(viewer, referral);
	print_need(viewer, referral);
	print_fate(viewer, referral);
	if (own)
		print_own(viewer, own);
	show_field(cli, MSG_FIELD_ID, referral->id);
	if (!own && referral->n_offers) {
		putchar('\n');
		print_offers(viewer, referral);
	}
	print_next(viewer, referral);
}
