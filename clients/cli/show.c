#include "clients/cli/show.h"

#include <stdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "clients/cli/table.h"
#include "date.h"

#define MINUTE_MS (60LL * 1000)
#define HOUR_MS (60 * MINUTE_MS)

/* ---- a terminal's escape codes ---- */

static const char *code(const struct cli *cli, const char *escape)
{
	return cli->out_terminal && !cli->json ? escape : "";
}

const char *show_bold(const struct cli *cli)
{
	return code(cli, "\033[1m");
}

const char *show_dim(const struct cli *cli)
{
	return code(cli, "\033[2m");
}

const char *show_red(const struct cli *cli)
{
	return code(cli, "\033[1;31m");
}

const char *show_plain(const struct cli *cli)
{
	return code(cli, "\033[0m");
}

/* ---- times ---- */

static struct tm in_japan(int64_t time_ms)
{
	int64_t shifted = time_ms + JAPAN_OFFSET_MS;
	time_t seconds = (time_t)(shifted / 1000 - (shifted % 1000 < 0));
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return tm;
}

static int64_t day_of(int64_t time_ms)
{
	int64_t shifted = time_ms + JAPAN_OFFSET_MS;
	return shifted / DAY_MS - (shifted % DAY_MS < 0);
}

static const char *const days_ja[] = {"日", "月", "火", "水", "木", "金", "土"};
static const char *const days_en[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
				     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char *show_day(struct cli *cli, int64_t time_ms)
{
	struct tm tm = in_japan(time_ms);

	if (time_ms == 0)
		return cli_string(cli, "-");
	if (cli->japanese)
		return arena_printf(&cli->arena, "%d年%d月%d日(%s)", tm.tm_year + 1900,
				    tm.tm_mon + 1, tm.tm_mday, days_ja[tm.tm_wday]);
	return arena_printf(&cli->arena, "%s %d %s %d", days_en[tm.tm_wday], tm.tm_mday,
			    months[tm.tm_mon], tm.tm_year + 1900);
}

char *show_clock(struct cli *cli, int64_t time_ms)
{
	struct tm tm = in_japan(time_ms);

	return arena_printf(&cli->arena, "%d:%02d", tm.tm_hour, tm.tm_min);
}

char *show_short(struct cli *cli, int64_t time_ms)
{
	struct tm tm = in_japan(time_ms);
	char *clock = show_clock(cli, time_ms);

	if (day_of(cli_now_ms()) == day_of(time_ms))
		return clock;
	if (cli->japanese)
		return arena_printf(&cli->arena, "%d/%d(%s) %s", tm.tm_mon + 1, tm.tm_mday,
				    days_ja[tm.tm_wday], clock);
	return arena_printf(&cli->arena, "%s %d %s %s", days_en[tm.tm_wday], tm.tm_mday,
			    months[tm.tm_mon], clock);
}

char *show_time(struct cli *cli, int64_t time_ms)
{
	if (time_ms == 0)
		return cli_string(cli, "-");
	return arena_printf(&cli->arena, "%s %s", show_day(cli, time_ms), show_clock(cli, time_ms));
}

char *show_span(struct cli *cli, int64_t from_ms, int64_t to_ms)
{
	struct tm from = in_japan(from_ms), to = in_japan(to_ms);

	return arena_printf(&cli->arena, "%d/%d %d:%02d–%d/%d %d:%02d", from.tm_mon + 1,
			    from.tm_mday, from.tm_hour, from.tm_min, to.tm_mon + 1, to.tm_mday,
			    to.tm_hour, to.tm_min);
}

char *show_age(struct cli *cli, int64_t time_ms)
{
	int64_t age_ms = cli_now_ms() - time_ms;
	bool past = age_ms >= 0;
	enum message text;
	int64_t number;

	if (!past)
		age_ms = -age_ms;
	if (age_ms < MINUTE_MS)
		return cli_string(cli, cli_text(cli, MSG_JUST_NOW));
	if (age_ms < HOUR_MS) {
		number = age_ms / MINUTE_MS;
		text = past ? MSG_MINUTES_AGO : MSG_IN_MINUTES;
	} else if (!past && age_ms < DAY_MS && age_ms % HOUR_MS >= MINUTE_MS) {
		/* Two hours to answer in are not one, a second later. */
		return cli_print(cli, MSG_IN_HOURS_MINUTES, (int)(age_ms / HOUR_MS),
				 (int)(age_ms % HOUR_MS / MINUTE_MS));
	} else if (age_ms < 2 * DAY_MS) {
		number = age_ms / HOUR_MS;
		text = past ? MSG_HOURS_AGO : MSG_IN_HOURS;
	} else {
		number = age_ms / DAY_MS;
		text = past ? MSG_DAYS_AGO : MSG_IN_DAYS;
	}
	return cli_print(cli, text, (int)number);
}

char *show_when(struct cli *cli, int64_t time_ms)
{
	int64_t days = day_of(cli_now_ms()) - day_of(time_ms);

	if (time_ms == 0)
		return cli_string(cli, "-");
	if (days == 0)
		return cli_print(cli, MSG_TODAY, show_clock(cli, time_ms), show_age(cli, time_ms));
	if (days == 1)
		return cli_print(cli, MSG_YESTERDAY, show_clock(cli, time_ms));
	return cli_print(cli, MSG_THEN, show_time(cli, time_ms), show_age(cli, time_ms));
}

/* ---- patients ---- */

char *show_patient_name(struct cli *cli, const Patient *patient)
{
	return cli_print(cli, MSG_PATIENT_NAME, patient->name);
}

char *show_patient(struct cli *cli, const Patient *patient)
{
	int age = date_age(patient->born, cli_now_ms());
	char *name = show_patient_name(cli, patient);
	char *kana = patient->kana[0] ? cli_print(cli, MSG_IN_PARENTHESES, patient->kana)
				      : cli_string(cli, "");
	const char *sex = LABEL(Patient_Sex, patient->sex, cli->japanese);

	if (age < 0)
		return arena_printf(&cli->arena, "%s%s  %s", name, kana, sex);
	return arena_printf(&cli->arena, "%s%s  %s", name, kana,
			    cli_print(cli, MSG_AGE_SEX, age, sex));
}

/* ---- entries ---- */

char *show_urgent(struct cli *cli, bool urgent)
{
	return urgent ? cli_print(cli, MSG_URGENT) : cli_string(cli, "");
}

char *show_concerns(struct cli *cli, const Concern *concerns, size_t n)
{
	char *text = cli_string(cli, "");

	for (size_t i = 0; i < n; i++)
		text = arena_printf(&cli->arena, "%s%s%s", text, i ? ", " : "",
				    LABEL(Concern, concerns[i], cli->japanese));
	return text;
}

static void vital_signs(const struct cli *cli, FILE *out, const VitalSigns *v)
{
	const char *gap = "";

	if (v->systolic_mmhg) {
		fprintf(out, "%u/%u mmHg", v->systolic_mmhg, v->diastolic_mmhg);
		gap = "  ";
	}
	if (v->pulse_bpm) {
		fprintf(out, "%s", gap);
		fprintf(out, cli_text(cli, MSG_PULSE), v->pulse_bpm);
		gap = "  ";
	}
	if (v->temperature_celsius != 0) {
		fprintf(out, "%s%.1f°C", gap, v->temperature_celsius);
		gap = "  ";
	}
	if (v->spo2_percent) {
		fprintf(out, "%sSpO2 %u%%", gap, v->spo2_percent);
		gap = "  ";
	}
	if (v->respiratory_rate) {
		fprintf(out, "%s", gap);
		fprintf(out, cli_text(cli, MSG_BREATHS), v->respiratory_rate);
		gap = "  ";
	}
	if (v->on_oxygen)
		fprintf(out, "%s%s", gap, cli_text(cli, MSG_ON_OXYGEN));
}

static void medication(const struct cli *cli, FILE *out, const Medication *m)
{
	fprintf(out, "%s: %s", LABEL(MedicationAction, m->action, cli->japanese), m->name);
	if (m->dose[0])
		fprintf(out, "  %s", m->dose);
	if (m->reason[0])
		fprintf(out, cli_text(cli, MSG_IN_PARENTHESES), m->reason);
}

static void observation(const struct cli *cli, FILE *out, const Observation *o)
{
	const char *gap = "";

	if (o->weight_kg != 0) {
		fprintf(out, "%.1f kg", o->weight_kg);
		gap = "  ";
	}
	if (o->creatinine_mg_dl != 0) {
		fprintf(out, "%s", gap);
		fprintf(out, cli_text(cli, MSG_CREATININE), o->creatinine_mg_dl);
		gap = "  ";
	}
	if (o->egfr != 0) {
		fprintf(out, "%seGFR %.1f", gap, o->egfr);
		gap = "  ";
	}
	if (o->text[0])
		fprintf(out, "%s%s", gap, o->text);
}

static void question(const struct cli *cli, FILE *out, const Question *q)
{
	fputs(q->text, out);
	for (size_t i = 0; i < q->n_professions; i++)
		fprintf(out, "%s%s", i ? ", " : "  → ",
			LABEL(Profession, q->professions[i], cli->japanese));
}

static void finding(const struct cli *cli, FILE *out, const Entry *entry)
{
	const Allergy *a = entry->allergy;
	const Condition *c = entry->condition;

	if (entry->content_case == Entry_CONTENT_ALLERGY) {
		fprintf(out, "%s%s%s", a->substance, a->reaction[0] ? ": " : "", a->reaction);
		if (a->severe)
			fprintf(out, "  %s", cli_text(cli, MSG_SEVERE));
		return;
	}
	fputs(c->name, out);
	if (c->onset[0])
		fprintf(out, cli_text(cli, MSG_SINCE_DATE), c->onset);
	if (c->resolved)
		fprintf(out, "  %s", cli_text(cli, MSG_RESOLVED));
}

static void doing(struct cli *cli, FILE *out, const Entry *entry)
{
	const Movement *m = entry->movement;

	if (entry->content_case == Entry_CONTENT_NEXT_VISIT) {
		fprintf(out, "%s  %s", show_time(cli, entry->next_visit->visit_ms),
			entry->next_visit->text);
		return;
	}
	fprintf(out, "%s  %s%s%s", LABEL(MovementKind, m->kind, cli->japanese), m->facility,
		m->facility[0] && m->text[0] ? "  " : "", m->text);
}

static void content(struct cli *cli, FILE *out, const Entry *entry)
{
	switch (entry->content_case) {
	case Entry_CONTENT_NOTE:
		fputs(entry->note->text, out);
		break;
	case Entry_CONTENT_VITAL_SIGNS:
		vital_signs(cli, out, entry->vital_signs);
		break;
	case Entry_CONTENT_MEDICATION:
		medication(cli, out, entry->medication);
		break;
	case Entry_CONTENT_ALLERGY:
	case Entry_CONTENT_CONDITION:
		finding(cli, out, entry);
		break;
	case Entry_CONTENT_DENTAL:
		fputs(entry->dental->text, out);
		break;
	case Entry_CONTENT_PLAN:
		fputs(entry->plan->text, out);
		break;
	case Entry_CONTENT_OBSERVATION:
		observation(cli, out, entry->observation);
		break;
	case Entry_CONTENT_PRECAUTION:
		fprintf(out, "%s: %s",
			cli_text(cli, entry->precaution->infection ? MSG_INFECTION : MSG_SAFETY),
			entry->precaution->text);
		break;
	case Entry_CONTENT_MOVEMENT:
	case Entry_CONTENT_NEXT_VISIT:
		doing(cli, out, entry);
		break;
	case Entry_CONTENT_WISH:
		fputs(entry->wish->text, out);
		if (entry->wish->stated_by[0])
			fprintf(out, cli_text(cli, MSG_IN_PARENTHESES), entry->wish->stated_by);
		break;
	case Entry_CONTENT_QUESTION:
		question(cli, out, entry->question);
		break;
	case Entry_CONTENT_ANSWER:
		fputs(entry->answer->text, out);
		break;
	default:
		fputs("?", out); /* of a kind that this version does not know */
	}
}

char *show_entry(struct cli *cli, const Entry *entry)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	content(cli, out, entry);
	if (entry->urgent && entry->urgent_reason[0])
		fprintf(out, "  ← %s", entry->urgent_reason);
	fclose(out);
	char *copy = cli_string(cli, text);
	free(text);
	return copy;
}

/* ---- printing ---- */

unsigned show_columns(const struct cli *cli)
{
	struct winsize size = {.ws_col = 0};

	if (!cli->out_terminal || cli->json)
		return UINT_MAX;
	if (cli->columns)
		return cli->columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	return size.ws_col ? size.ws_col : 80;
}

/* Where the first of a list ends, with the comma after it. */
static const char *item_end(const struct cli *cli, const char *text)
{
	static const enum message commas[] = {MSG_LIST_COMMA, MSG_SCORE_COMMA, MSG_DOT};
	const char *end = text + strlen(text);

	for (size_t i = 0; i < 3; i++) {
		const char *comma = cli_text(cli, commas[i]), *at = strstr(text, comma);
		if (at && at + strlen(comma) < end)
			end = at + strlen(comma);
	}
	return end;
}

void show_list(struct cli *cli, FILE *out, const char *text, unsigned column)
{
	unsigned columns = show_columns(cli), used = column, blanks = 0;

	for (const char *end; *text; text = end) {
		end = item_end(cli, text);
		int size = (int)(end - text);
		while (size && text[size - 1] == ' ')
			size--;
		char *item = arena_printf(&cli->arena, "%.*s", size, text);
		unsigned width = text_width(item);
		if (used > column && used + blanks + width > columns) {
			fprintf(out, "\n%*s", (int)column, "");
			used = column;
			blanks = 0;
		}
		fprintf(out, "%*s", (int)blanks, "");
		text_print(out, item);
		used += blanks + width;
		blanks = (unsigned)(end - text - size);
	}
}

static unsigned field_name(struct cli *cli, enum message name)
{
	unsigned width = cli->japanese ? 16 : 20;

	fputs(show_dim(cli), stdout);
	text_print_padded(stdout, cli_text(cli, name), width);
	fputs(show_plain(cli), stdout);
	fputc(' ', stdout);
	return width + 1;
}

void show_field(struct cli *cli, enum message name, const char *value)
{
	field_name(cli, name);
	text_print(stdout, value);
	fputc('\n', stdout);
}

void show_list_field(struct cli *cli, enum message name, const char *text)
{
	show_list(cli, stdout, text, field_name(cli, name));
	fputc('\n', stdout);
}

void show_heading(struct cli *cli, const char *text)
{
	fputs(show_bold(cli), stdout);
	text_print(stdout, text);
	fputs(show_plain(cli), stdout);
	fputc('\n', stdout);
}
