/* If this failed, the clinic on duty would stand before a closed record at night, or somebody would see
 * a patient who did not consent, too early, or for longer than their duty allows. */
#include "services/record/cover.h"
#include "shift_notice.h"
#include "tests/unit/record_fixture.h"

#define HOUR_MS (3600LL * 1000)
#define TAIL_MS (12 * HOUR_MS)
#define NIGHT "2026-09-21-weekday-night"

struct duty_night {
	struct fixture *f;
	uint64_t rota;            /* its position */
	int64_t from_ms, until_ms; /* of the night: begins in an hour, lasts 14 */
	char *patient;            /* of clinic01, consented */
};

/* ---- the network ---------------------------------------------------------------------------- */

static void clinic(struct duty_night *d, const char *id, Area area, bool in_network, bool left)
{
	static Network networks[] = { NETWORK_TIZI_NET, NETWORK_ROUND_THE_CLOCK };
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation organisation = Organisation_INIT;

	organisation.id = text(d->f, id);
	organisation.name = text(d->f, id);
	organisation.kind = ORGANISATION_KIND_CLINIC;
	organisation.area = area;
	organisation.left = left;
	organisation.networks = networks;
	organisation.n_networks = in_network ? 2 : 1;
	changed.organisation = &organisation;
	notice(d->f, &changed.base);
}

/* ---- what rota tells ------------------------------------------------------------------------ */

static ShiftNotice *shift_of(struct duty_night *d, const char *id, Area area)
{
	ShiftNotice *shift = NEW(ShiftNotice, &d->f->arena);

	shift->id = text(d->f, id);
	shift->area = area;
	shift->from_ms = d->from_ms;
	shift->until_ms = d->until_ms;
	return shift;
}

static void add_duty(struct duty_night *d, ShiftNotice *shift, const char *organisation,
		     bool second, int64_t from_ms, int64_t until_ms)
{
	Duty *duty = NEW(Duty, &d->f->arena);

	duty->organisation = text(d->f, organisation);
	duty->second = second;
	duty->from_ms = from_ms;
	duty->until_ms = until_ms;
	assert_int_equal(arena_append(&d->f->arena, &shift->duties, &shift->n_duties, duty), 0);
}

static void tell_all(struct duty_night *d, ShiftNotice **shifts, size_t n)
{
	ShiftsNotice told = ShiftsNotice_INIT;

	told.shifts = shifts;
	told.n_shifts = n;
	recording_bus_clear(&d->f->bus);
	fixture_tell_at(d->f, "rota", ++d->rota, 0, &told.base);
	fixture_step(d->f);
}

static void tell(struct duty_night *d, ShiftNotice *shift)
{
	tell_all(d, &shift, 1);
}

/* clinic02 is on duty for the whole night; NULL: nobody. */
static ShiftNotice *night(struct duty_night *d, const char *first, const char *second)
{
	ShiftNotice *shift = shift_of(d, NIGHT, AREA_UNSPECIFIED);

	if (first)
		add_duty(d, shift, first, false, d->from_ms, d->until_ms);
	if (second)
		add_duty(d, shift, second, true, d->from_ms, d->until_ms);
	return shift;
}

/* ---- who sees what -------------------------------------------------------------------------- */

static Code opens(struct duty_night *d, const char *user, const char *patient)
{
	ShowPatient request = ShowPatient_INIT;
	request.id = text(d->f, patient);
	return ask(d->f, user, &request.base);
}

static bool sees(struct duty_night *d, const char *user)
{
	Code code = opens(d, user, d->patient);
	assert_true(code == CODE_OK || code == CODE_PERMISSION_DENIED);
	return code == CODE_OK;
}

static void at(struct duty_night *d, int64_t time_ms)
{
	pass(d->f, time_ms - d->f->clock.wall_ms);
}

static void consent(struct duty_night *d, const char *patient, ConsentScope scope, bool given)
{
	RecordConsent request = RecordConsent_INIT;

	request.patient = text(d->f, patient);
	request.scope = scope;
	request.given = given;
	request.on = text(d->f, "2026-01-01");
	done(d->f, "doctor", &request.base);
}

/* Of different moments: lists are in the order of ids. */
static char *patient_of(struct duty_night *d, const char *user, const char *name, bool cover)
{
	pass(d->f, 1);
	char *id = registered(d->f, user, name, "", "1942-03-01", "2026-01-01");
	RecordConsent request = RecordConsent_INIT;

	request.patient = id;
	request.scope = CONSENT_SCOPE_COVER;
	request.given = true;
	request.on = text(d->f, "2026-01-01");
	if (cover)
		done(d->f, user, &request.base);
	return id;
}

static void unstable(struct duty_night *d, const char *user, const char *patient)
{
	SetUnstable request = SetUnstable_INIT;

	request.patient = text(d->f, patient);
	request.unstable = true;
	done(d->f, user, &request.base);
}

/* "甲 乙 ": names, in order */
static const char *covered(struct duty_night *d, const char *user, bool only_unstable)
{
	ListCovered request = ListCovered_INIT;
	const char *all = "";

	request.unstable = only_unstable;
	assert_int_equal(ask(d->f, user, &request.base), CODE_OK);
	const PatientList *list = BODY(d->f, PatientList);
	for (size_t i = 0; i < list->n_items; i++)
		all = arena_printf(&d->f->arena, "%s%s ", all, list->items[i]->name);
	return all;
}

/* "clinic02:3 clinic03:3 ": who is told, in the last step, that their duty begins; with how many. */
static const char *begun(struct duty_night *d)
{
	const char *all = "";
	const Notice *said;

	for (size_t n = 0; (said = fixture_notice(d->f, "alert", n)); n++) {
		if (strcmp(said->type, codec_name(&WordNotice_descriptor)) != 0)
			continue;
		const WordNotice *word = fixture_decode(d->f, &WordNotice_descriptor, said->body);
		assert_string_equal(word->subject, NIGHT);
		assert_true(id_valid(word->event));
		for (size_t i = 0; i < word->n_told; i++) {
			assert_int_equal(word->told[i]->matter, MATTER_DUTY_BEGINS);
			all = arena_printf(&d->f->arena, "%s%s:%u ", all, word->told[i]->organisation,
					   word->told[i]->unstable);
		}
	}
	return all;
}

static int open_night(void **state)
{
	struct duty_night *d = test_calloc(1, sizeof(*d));
	void *fixture;

	assert_int_equal(setup(&fixture), 0);
	d->f = fixture;
	d->from_ms = d->f->clock.wall_ms + HOUR_MS;
	d->until_ms = d->from_ms + 14 * HOUR_MS;
	clinic(d, "clinic01", AREA_NORTH, true, false);
	clinic(d, "clinic02", AREA_WEST, true, false);
	clinic(d, "clinic03", AREA_SOUTH, true, false);
	clinic(d, "clinic04", AREA_SOUTH, false, false);
	person(d->f, "on-duty", "clinic02", PROFESSION_DOCTOR);
	person(d->f, "on-duty-nurse", "clinic02", PROFESSION_NURSE);
	person(d->f, "second", "clinic03", PROFESSION_DOCTOR);
	person(d->f, "apart", "clinic04", PROFESSION_DOCTOR);
	d->patient = patient_of(d, "doctor", "甲", true);
	*state = d;
	return 0;
}

static int close_night(void **state)
{
	struct duty_night *d = *state;
	void *fixture = d->f;

	test_free(d);
	return teardown(&fixture); /* rebuilds, and holds the views against those before */
}

/* ---- when ----------------------------------------------------------------------------------- */

static void from_the_begin_until_twelve_hours_after_the_end(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", "clinic03"));
	at(d, d->from_ms - 1000);
	assert_false(sees(d, "on-duty") || sees(d, "second"));
	at(d, d->from_ms - 1);
	assert_false(sees(d, "on-duty") || sees(d, "second"));
	at(d, d->from_ms);
	assert_true(sees(d, "on-duty") && sees(d, "second"));
	at(d, d->until_ms);
	assert_true(sees(d, "on-duty"));
	at(d, d->until_ms + TAIL_MS - 1);
	assert_true(sees(d, "on-duty") && sees(d, "second"));
	at(d, d->until_ms + TAIL_MS);
	assert_false(sees(d, "on-duty") || sees(d, "second"));
	assert_false(sees(d, "on-duty-nurse"));
}

/* The one who gave it away during the night writes down what they did; the taker opens at once. */
static void a_swap_during_the_shift(void **state)
{
	struct duty_night *d = *state;
	int64_t swap_ms = d->from_ms + 3 * HOUR_MS;
	ShiftNotice *swapped = shift_of(d, NIGHT, AREA_UNSPECIFIED);

	tell(d, night(d, "clinic02", NULL));
	at(d, swap_ms);
	assert_true(sees(d, "on-duty"));
	assert_false(sees(d, "second"));
	add_duty(d, swapped, "clinic03", false, swap_ms, d->until_ms);
	add_duty(d, swapped, "clinic02", false, d->from_ms, swap_ms);
	tell(d, swapped);
	assert_true(sees(d, "on-duty") && sees(d, "second"));
	at(d, swap_ms + TAIL_MS - 1);
	assert_true(sees(d, "on-duty") && sees(d, "second"));
	at(d, swap_ms + TAIL_MS);
	assert_false(sees(d, "on-duty"));
	assert_true(sees(d, "second"));
	at(d, d->until_ms + TAIL_MS - 1);
	assert_true(sees(d, "second"));
	at(d, d->until_ms + TAIL_MS);
	assert_false(sees(d, "second"));
}

static void given_away_before_it_begins(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms - 1);
	tell(d, night(d, "clinic03", NULL));
	at(d, d->from_ms);
	assert_false(sees(d, "on-duty"));
	assert_true(sees(d, "second"));
	/* in the moment in which it begins: clinic03 has never had it */
	ShiftNotice *swapped = shift_of(d, NIGHT, AREA_UNSPECIFIED);
	add_duty(d, swapped, "clinic02", false, d->from_ms, d->until_ms);
	add_duty(d, swapped, "clinic03", false, d->from_ms, d->from_ms);
	tell(d, swapped);
	assert_true(sees(d, "on-duty"));
	assert_false(sees(d, "second"));
}

static void a_gap_covers_nobody(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms - 1);
	tell(d, night(d, NULL, NULL));
	at(d, d->from_ms);
	assert_false(sees(d, "on-duty") || sees(d, "second"));
}

/* People mean the wall's time; what was a moment ago is not remembered. */
static void the_clock_is_set(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms);
	assert_true(sees(d, "on-duty"));
	test_clock_jump(&d->f->clock, -1);
	fixture_step(d->f);
	assert_false(sees(d, "on-duty"));
	test_clock_jump(&d->f->clock, 1);
	fixture_step(d->f);
	assert_true(sees(d, "on-duty"));
	test_clock_jump(&d->f->clock, DAY_MS);
	fixture_step(d->f);
	assert_true(sees(d, "on-duty")); /* 24 h later: within 14 + 12 */
	test_clock_jump(&d->f->clock, 2 * HOUR_MS);
	fixture_step(d->f);
	assert_false(sees(d, "on-duty"));
	test_clock_jump(&d->f->clock, -DAY_MS);
	fixture_step(d->f);
	assert_true(sees(d, "on-duty"));
	test_clock_jump(&d->f->clock, -2 * DAY_MS);
	fixture_step(d->f);
	assert_false(sees(d, "on-duty"));
}

static void a_restart_forgets_nothing(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", NULL));
	fixture_restart(d->f);
	at(d, d->from_ms - 1);
	assert_false(sees(d, "on-duty"));
	fixture_restart(d->f);
	at(d, d->from_ms);
	assert_string_equal(covered(d, "on-duty", false), "甲 ");
	rebuilt_the_same(d->f);
	assert_true(sees(d, "on-duty"));
	fixture_restart(d->f);
	at(d, d->until_ms + TAIL_MS);
	assert_false(sees(d, "on-duty"));
}

/* ---- whose patients ------------------------------------------------------------------------- */

static void without_consent_it_stays_closed(void **state)
{
	struct duty_night *d = *state;
	char *other = patient_of(d, "doctor", "乙", false); /* consented to the team alone */

	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms);
	assert_true(sees(d, "on-duty"));
	assert_int_equal(opens(d, "on-duty", other), CODE_PERMISSION_DENIED);
	assert_string_equal(covered(d, "on-duty", false), "甲 ");
	consent(d, d->patient, CONSENT_SCOPE_COVER, false);
	assert_false(sees(d, "on-duty"));
	assert_string_equal(covered(d, "on-duty", false), "");
	consent(d, d->patient, CONSENT_SCOPE_COVER, true);
	assert_true(sees(d, "on-duty"));
	/* cover does not rest on the team's consent */
	consent(d, d->patient, CONSENT_SCOPE_TEAM, false);
	assert_true(sees(d, "on-duty"));
}

static void of_the_clinic_that_attends(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms);
	join(d->f, "doctor", d->patient, "clinic04", "", TEAM_ROLE_ATTENDING);
	assert_false(sees(d, "on-duty")); /* is not of the network, though the registrar is */
	assert_string_equal(covered(d, "on-duty", false), "");
	join(d->f, "doctor", d->patient, "clinic03", "", TEAM_ROLE_ATTENDING);
	assert_true(sees(d, "on-duty"));
	assert_string_equal(covered(d, "on-duty", false), "甲 ");
	clinic(d, "clinic03", AREA_SOUTH, false, false);
	assert_false(sees(d, "on-duty"));
	assert_string_equal(covered(d, "on-duty", false), "");
	clinic(d, "clinic03", AREA_SOUTH, true, false);
	assert_true(sees(d, "on-duty"));
	clinic(d, "clinic03", AREA_SOUTH, true, true);
	assert_false(sees(d, "on-duty"));
	clinic(d, "clinic03", AREA_SOUTH, true, false);
	/* one doctor attends: their clinic counts */
	join(d->f, "doctor", d->patient, "clinic04", "apart", TEAM_ROLE_ATTENDING);
	assert_false(sees(d, "on-duty"));
	join(d->f, "doctor", d->patient, "clinic03", "second", TEAM_ROLE_ATTENDING);
	assert_true(sees(d, "on-duty"));
	/* the clinic on duty takes part no longer */
	clinic(d, "clinic02", AREA_WEST, true, true);
	assert_false(sees(d, "on-duty"));
}

static void by_area(void **state)
{
	struct duty_night *d = *state;
	ShiftNotice *shifts[] = { shift_of(d, NIGHT "-north", AREA_NORTH),
				  shift_of(d, NIGHT "-south", AREA_SOUTH) };
	char *south = patient_of(d, "second", "南", true);

	add_duty(d, shifts[0], "clinic02", false, d->from_ms, d->until_ms);
	add_duty(d, shifts[1], "clinic04", false, d->from_ms, d->until_ms);
	tell_all(d, shifts, 2);
	at(d, d->from_ms);
	assert_true(sees(d, "on-duty"));
	assert_int_equal(opens(d, "on-duty", south), CODE_PERMISSION_DENIED);
	assert_string_equal(covered(d, "on-duty", false), "甲 ");
	assert_false(sees(d, "apart"));
	assert_int_equal(opens(d, "apart", south), CODE_OK);
	assert_string_equal(covered(d, "apart", false), "南 ");
	clinic(d, "clinic01", AREA_SOUTH, true, false);
	assert_false(sees(d, "on-duty"));
	assert_true(sees(d, "apart"));
}

/* ---- what it allows ------------------------------------------------------------------------- */

static Accessed_Right last_right(struct duty_night *d, const char *user, const char *what)
{
	ShowAudit request = ShowAudit_INIT;
	Accessed_Right right = ACCESSED_RIGHT_UNSPECIFIED;
	bool found = false;

	request.patient = d->patient;
	assert_int_equal(ask(d->f, "admin", &request.base), CODE_OK);
	const AuditList *list = BODY(d->f, AuditList);
	for (size_t i = 0; i < list->n_items; i++)
		if (!strcmp(list->items[i]->user, user) && !strcmp(list->items[i]->what, what)) {
			right = list->items[i]->right;
			found = true;
		}
	assert_true(found);
	return right;
}

static void reading_and_writing_but_not_arranging(void **state)
{
	struct duty_night *d = *state;
	SetUnstable set = SetUnstable_INIT;
	RecordConsent agree = RecordConsent_INIT;
	ShowSummary summary = ShowSummary_INIT;
	ListTimeline timeline = ListTimeline_INIT;
	FindPatients find = FindPatients_INIT;
	ShowAudit audit = ShowAudit_INIT;
	BreakGlass glass = BreakGlass_INIT;
	AddTeamMember member = AddTeamMember_INIT;
	TeamMember self = TeamMember_INIT;

	set.patient = agree.patient = summary.patient = timeline.patient = audit.patient =
		glass.patient = member.patient = d->patient;
	find.text = text(d->f, "甲");
	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms - 1);
	refused(d->f, "on-duty", &a_note(d->f, d->patient, "x")->base, CODE_PERMISSION_DENIED, "");
	assert_int_equal(ask(d->f, "on-duty", &find.base), CODE_OK);
	assert_int_equal(BODY(d->f, PatientList)->n_items, 0);
	at(d, d->from_ms);
	assert_true(sees(d, "on-duty"));
	char *entry = done(d->f, "on-duty", &a_note(d->f, d->patient, "往診しました")->base);
	assert_int_equal(ask(d->f, "on-duty", &summary.base), CODE_OK);
	assert_int_equal(ask(d->f, "on-duty", &timeline.base), CODE_OK);
	assert_string_equal(BODY(d->f, Timeline)->items[0]->id, entry);
	assert_int_equal(ask(d->f, "on-duty", &find.base), CODE_OK);
	assert_int_equal(BODY(d->f, PatientList)->n_items, 1);
	assert_string_equal(covered(d, "on-duty", false), "甲 ");
	agree.scope = CONSENT_SCOPE_TEAM;
	agree.on = text(d->f, "2026-01-01");
	self.organisation = text(d->f, "clinic02");
	self.role = TEAM_ROLE_ATTENDING;
	member.member = &self;
	glass.reason = text(d->f, "x");
	refused(d->f, "on-duty", &agree.base, CODE_PERMISSION_DENIED, "");
	refused(d->f, "on-duty", &member.base, CODE_PERMISSION_DENIED, "");
	refused(d->f, "on-duty", &set.base, CODE_PERMISSION_DENIED, "");
	refused(d->f, "on-duty", &audit.base, CODE_PERMISSION_DENIED, "");
	refused(d->f, "on-duty", &glass.base, CODE_FAILED_PRECONDITION, "patient");
	assert_int_equal(last_right(d, "on-duty", "ShowPatient"), ACCESSED_RIGHT_COVER);
	assert_int_equal(last_right(d, "on-duty", "AddEntry"), ACCESSED_RIGHT_COVER);
	assert_int_equal(last_right(d, "on-duty", "ShowSummary"), ACCESSED_RIGHT_COVER);
	assert_int_equal(last_right(d, "on-duty", "ListCovered"), ACCESSED_RIGHT_COVER);
	/* who has a right of their own has it by that */
	tell(d, night(d, "clinic01", NULL));
	assert_true(sees(d, "colleague"));
	assert_int_equal(last_right(d, "colleague", "ShowPatient"), ACCESSED_RIGHT_REGISTRAR);
}

static void a_watch_ends_with_the_cover(void **state)
{
	struct duty_night *d = *state;
	ListTimeline timeline = ListTimeline_INIT;

	timeline.patient = d->patient;
	tell(d, night(d, "clinic02", NULL));
	at(d, d->until_ms + TAIL_MS - 1000);
	assert_int_equal(ask_after(d->f, "on-duty", &timeline.base, 0, true), CODE_OK);
	done(d->f, "doctor", &a_note(d->f, d->patient, "one")->base);
	const Push *push = fixture_push(d->f, "on-duty", 0);
	assert_non_null(push);
	assert_string_equal(push->type, codec_name(&Timeline_descriptor));
	at(d, d->until_ms + TAIL_MS);
	done(d->f, "doctor", &a_note(d->f, d->patient, "two")->base);
	push = fixture_push(d->f, "on-duty", 0);
	assert_non_null(push);
	assert_string_equal(push->type, ""); /* it has ended, and says nothing */
	assert_int_equal(push->body.len, 0);
	done(d->f, "doctor", &a_note(d->f, d->patient, "three")->base);
	assert_null(fixture_push(d->f, "on-duty", 0));
}

/* ---- the list ------------------------------------------------------------------------------- */

static void whom_they_cover(void **state)
{
	struct duty_night *d = *state;
	char *two = patient_of(d, "on-duty", "乙", true), *three = patient_of(d, "second", "丙", true);
	char *dead = patient_of(d, "second", "丁", true);
	ListCovered request = ListCovered_INIT;
	UpdatePatient update = UpdatePatient_INIT;

	patient_of(d, "apart", "戊", true); /* of no clinic of the network */
	unstable(d, "second", three);
	unstable(d, "second", dead);
	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms - 1);
	refused(d->f, "on-duty", &request.base, CODE_FAILED_PRECONDITION, "");
	at(d, d->from_ms);
	refused(d->f, "on-duty-nurse", &request.base, CODE_PERMISSION_DENIED, "");
	refused(d->f, "second", &request.base, CODE_FAILED_PRECONDITION, "");
	assert_string_equal(covered(d, "on-duty", false), "丙 丁 甲 乙 ");
	assert_string_equal(covered(d, "on-duty", true), "丙 丁 ");
	assert_int_equal(opens(d, "second", dead), CODE_OK);
	update.patient = BODY(d->f, PatientShown)->patient;
	update.patient->deceased = true;
	done(d->f, "second", &update.base);
	assert_string_equal(covered(d, "on-duty", true), "丙 ");
	assert_string_equal(covered(d, "on-duty", false), "丙 甲 乙 丁 ");
	unstable(d, "on-duty", two);
	assert_string_equal(covered(d, "on-duty", true), "乙 丙 ");
	at(d, d->until_ms + TAIL_MS);
	refused(d->f, "on-duty", &request.base, CODE_FAILED_PRECONDITION, "");
}

static void many_come_in_pages(void **state)
{
	struct duty_night *d = *state;
	ListCovered request = ListCovered_INIT;
	size_t n = 0, pages = 0;
	uint64_t after = 0;

	for (int i = 0; i < 2 * LIMIT_PAGE_ITEMS; i++)
		unstable(d, "second", patient_of(d, "second", arena_printf(&d->f->arena, "p%d", i),
						 true));
	tell(d, night(d, "clinic02", NULL));
	at(d, d->from_ms);
	do {
		assert_int_equal(ask_after(d->f, "on-duty", &request.base, after, false), CODE_OK);
		n += BODY(d->f, PatientList)->n_items;
		after = d->f->reply->position;
		pages++;
	} while (d->f->reply->more);
	assert_int_equal(n, 2 * LIMIT_PAGE_ITEMS + 1);
	assert_true(pages > 1);
}

/* ---- a duty begins: DutyBeginsDue -------------------------------------------------------------------------- */

static void both_are_told_when_it_begins(void **state)
{
	struct duty_night *d = *state;

	unstable(d, "doctor", d->patient);
	unstable(d, "second", patient_of(d, "second", "丙", true));
	unstable(d, "apart", patient_of(d, "apart", "戊", true));
	unstable(d, "doctor", patient_of(d, "doctor", "己", false));
	tell(d, night(d, "clinic02", "clinic03"));
	assert_string_equal(begun(d), "");
	at(d, d->from_ms - 1);
	assert_string_equal(begun(d), "");
	recording_bus_clear(&d->f->bus);
	at(d, d->from_ms);
	assert_string_equal(begun(d), "clinic02:2 clinic03:2 ");
	/* told once, also when rota says the same again: then nothing is due */
	uint64_t head = daemon_head(d->f->daemon);
	tell(d, night(d, "clinic02", "clinic03"));
	fixture_step(d->f);
	assert_string_equal(begun(d), "");
	assert_int_equal(daemon_head(d->f->daemon), head + 1);
	recording_bus_clear(&d->f->bus);
	at(d, d->from_ms + HOUR_MS);
	assert_string_equal(begun(d), "");
	/* who takes a running shift is told at once */
	ShiftNotice *swapped = shift_of(d, NIGHT, AREA_UNSPECIFIED);
	int64_t now_ms = d->f->clock.wall_ms;
	add_duty(d, swapped, "clinic04", false, now_ms, d->until_ms);
	add_duty(d, swapped, "clinic03", true, d->from_ms, d->until_ms);
	add_duty(d, swapped, "clinic02", false, d->from_ms, now_ms);
	tell(d, swapped);
	fixture_step(d->f);
	assert_string_equal(begun(d), "clinic04:2 ");
}

static void those_of_their_area_are_counted(void **state)
{
	struct duty_night *d = *state;
	ShiftNotice *shift = shift_of(d, NIGHT, AREA_SOUTH);

	unstable(d, "doctor", d->patient);
	unstable(d, "second", patient_of(d, "second", "丙", true));
	unstable(d, "second", patient_of(d, "second", "丁", true));
	add_duty(d, shift, "clinic02", false, d->from_ms, d->until_ms);
	tell(d, shift);
	at(d, d->from_ms);
	assert_string_equal(begun(d), "clinic02:2 ");
	assert_string_equal(covered(d, "on-duty", true), "丙 丁 ");
}

static void who_gave_it_away_is_not_told(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", "clinic03"));
	tell(d, night(d, "clinic04", NULL));
	recording_bus_clear(&d->f->bus);
	at(d, d->from_ms);
	assert_string_equal(begun(d), "clinic04:0 ");
	/* of what was over when rota told of it nobody is told */
	d->until_ms = d->f->clock.wall_ms;
	d->from_ms = d->until_ms - HOUR_MS;
	tell(d, night(d, "clinic03", NULL));
	fixture_step(d->f);
	assert_string_equal(begun(d), "");
	at(d, d->until_ms + HOUR_MS);
	assert_string_equal(begun(d), "");
}

/* record was down when it began. */
static void it_is_told_late(void **state)
{
	struct duty_night *d = *state;

	tell(d, night(d, "clinic02", NULL));
	fixture_stop(d->f);
	test_clock_advance(&d->f->clock, 3 * HOUR_MS);
	recording_bus_clear(&d->f->bus);
	fixture_start(d->f);
	fixture_step(d->f);
	assert_string_equal(begun(d), "clinic02:0 ");
	assert_true(sees(d, "on-duty"));
}

static void what_cannot_be_read_is_passed_over(void **state)
{
	struct duty_night *d = *state;
	uint64_t head = daemon_head(d->f->daemon);

	ShiftNotice *shift = night(d, "clinic02", NULL);
	shift->id = text(d->f, "A night");
	tell(d, shift);
	shift = night(d, "Clinic 2", NULL);
	tell(d, shift);
	shift = night(d, "clinic02", NULL);
	shift->area = (Area)35;
	tell(d, shift);
	shift = night(d, "clinic02", NULL);
	shift->duties[0]->until_ms = INT64_MAX;
	tell(d, shift);
	shift = night(d, "clinic02", NULL);
	shift->duties[0]->from_ms = -1;
	tell(d, shift);
	shift = night(d, "clinic02", NULL);
	while (shift->n_duties <= DUTIES_MAX)
		add_duty(d, shift, "clinic02", false, d->from_ms, d->until_ms);
	tell(d, shift);
	tell_all(d, NULL, 0);
	assert_int_equal(daemon_head(d->f->daemon), head);
	at(d, d->from_ms);
	assert_false(sees(d, "on-duty"));
}

/* ---- deputies ------------------------------------------------------------------------------- */

/* "甲 clinic01>clinic02 ": patient, who attends, who stands in */
static const char *pairs(struct duty_night *d, const char *user)
{
	ListDeputies request = ListDeputies_INIT;
	const char *all = "";

	assert_int_equal(ask(d->f, user, &request.base), CODE_OK);
	const DeputyList *list = BODY(d->f, DeputyList);
	for (size_t i = 0; i < list->n_items; i++) {
		const DeputyPair *pair = list->items[i];
		assert_true(pair->attending->name[0] && pair->deputy->name[0]);
		assert_string_equal(pair->patient->born, "");
		all = arena_printf(&d->f->arena, "%s%s %s>%s ", all, pair->patient->name,
				   pair->attending->organisation, pair->deputy->organisation);
	}
	return all;
}

static const TeamNotice *team_told(struct duty_night *d, const char *reader)
{
	const Notice *said = fixture_notice(d->f, reader, 0);

	assert_non_null(said);
	assert_string_equal(said->type, codec_name(&TeamNotice_descriptor));
	return fixture_decode(d->f, &TeamNotice_descriptor, said->body);
}

static void the_pair_is_mutual_and_both_see_it(void **state)
{
	static const char *const readers[] = { "alert", "referral" };
	struct duty_night *d = *state;

	join(d->f, "doctor", d->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	assert_string_equal(pairs(d, "doctor"), "");
	join(d->f, "doctor", d->patient, "clinic02", "", TEAM_ROLE_DEPUTY);
	join(d->f, "doctor", d->patient, "clinic03", "", TEAM_ROLE_MEMBER);
	assert_string_equal(pairs(d, "doctor"), "甲 clinic01>clinic02 ");
	assert_string_equal(pairs(d, "on-duty"), "甲 clinic01>clinic02 ");
	assert_string_equal(pairs(d, "second"), ""); /* has no part in it */
	assert_int_equal(last_right(d, "on-duty", "ListDeputies"), ACCESSED_RIGHT_UNSPECIFIED);
	/* they exchange */
	join(d->f, "doctor", d->patient, "clinic02", "", TEAM_ROLE_ATTENDING);
	for (size_t i = 0; i < 2; i++) {
		const TeamNotice *told = team_told(d, readers[i]);
		assert_string_equal(told->member->organisation, "clinic02");
		assert_int_equal(told->member->role, TEAM_ROLE_ATTENDING);
		assert_string_equal(told->also->organisation, "clinic01");
		assert_int_equal(told->also->role, TEAM_ROLE_DEPUTY);
	}
	assert_string_equal(pairs(d, "doctor"), "甲 clinic02>clinic01 ");
	assert_string_equal(pairs(d, "on-duty"), "甲 clinic02>clinic01 ");
	/* another attends: the deputy stays, who attended is a member */
	join(d->f, "doctor", d->patient, "clinic03", "", TEAM_ROLE_ATTENDING);
	assert_null(team_told(d, "alert")->also);
	assert_string_equal(pairs(d, "doctor"), "甲 clinic03>clinic01 ");
	assert_string_equal(pairs(d, "on-duty"), "");
	/* another deputy: there is one */
	join(d->f, "doctor", d->patient, "clinic02", "", TEAM_ROLE_DEPUTY);
	assert_string_equal(pairs(d, "doctor"), "");
	assert_string_equal(pairs(d, "on-duty"), "甲 clinic03>clinic02 ");
	/* consent ends what the team sees */
	consent(d, d->patient, CONSENT_SCOPE_TEAM, false);
	assert_string_equal(pairs(d, "on-duty"), "");
}

static void nobody_is_their_own_deputy(void **state)
{
	struct duty_night *d = *state;
	AddTeamMember request = AddTeamMember_INIT;
	TeamMember member = TeamMember_INIT;

	request.patient = d->patient;
	request.member = &member;
	member.organisation = text(d->f, "clinic01");
	member.role = TEAM_ROLE_DEPUTY;
	join(d->f, "doctor", d->patient, "clinic01", "doctor", TEAM_ROLE_ATTENDING);
	refused(d->f, "doctor", &request.base, CODE_INVALID_ARGUMENT, "member.role");
	join(d->f, "doctor", d->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	refused(d->f, "doctor", &request.base, CODE_INVALID_ARGUMENT, "member.role");
	/* a doctor of the deputy clinic attends: the clinic is a member, and nobody the deputy */
	join(d->f, "doctor", d->patient, "clinic02", "", TEAM_ROLE_DEPUTY);
	join(d->f, "doctor", d->patient, "clinic02", "on-duty", TEAM_ROLE_ATTENDING);
	assert_null(team_told(d, "alert")->also);
	assert_string_equal(pairs(d, "on-duty"), "");
	/* a doctor may be the deputy, also of the same clinic; then they exchange without the clinic */
	join(d->f, "doctor", d->patient, "clinic01", "", TEAM_ROLE_ATTENDING);
	join(d->f, "doctor", d->patient, "clinic01", "colleague", TEAM_ROLE_DEPUTY);
	assert_string_equal(pairs(d, "doctor"), "甲 clinic01>clinic01 ");
	join(d->f, "doctor", d->patient, "clinic01", "colleague", TEAM_ROLE_ATTENDING);
	assert_null(team_told(d, "alert")->also);
	assert_string_equal(pairs(d, "doctor"), "");
	/* of another: who attended is the deputy now */
	join(d->f, "doctor", d->patient, "clinic03", "second", TEAM_ROLE_DEPUTY);
	join(d->f, "doctor", d->patient, "clinic03", "second", TEAM_ROLE_ATTENDING);
	assert_string_equal(team_told(d, "alert")->also->user, "colleague");
	assert_string_equal(pairs(d, "doctor"), "甲 clinic03>clinic01 ");
}

/* Where no doctor works, nobody would come when the deputy is asked. */
static void a_deputy_is_where_doctors_are(void **state)
{
	static const TeamRole roles[] = { TEAM_ROLE_SPECIALIST, TEAM_ROLE_DEPUTY,
					  TEAM_ROLE_ATTENDING };
	struct duty_night *d = *state;
	AddTeamMember request = AddTeamMember_INIT;
	TeamMember member = TeamMember_INIT;

	enrol(d->f, "nurse9", "station09", ORGANISATION_KIND_NURSE_STATION, PROFESSION_NURSE);
	enrol(d->f, "doctor9", "hospital09", ORGANISATION_KIND_HOSPITAL, PROFESSION_DOCTOR);
	request.patient = d->patient;
	request.member = &member;
	for (size_t i = 0; i < 3; i++) {
		member.role = roles[i];
		member.organisation = text(d->f, "station09");
		refused(d->f, "doctor", &request.base, CODE_INVALID_ARGUMENT,
			"member.organisation");
		member.organisation = text(d->f, "hospital09");
		done(d->f, "doctor", &request.base);
	}
	join(d->f, "doctor", d->patient, "station09", "", TEAM_ROLE_MEMBER);
}

/* ---- what followers hear of consent --------------------------------------------------------- */

static const ConsentNotice *consent_told(struct duty_night *d, const char *reader)
{
	const Notice *said = fixture_notice(d->f, reader, 0);

	if (!said)
		return NULL;
	assert_string_equal(said->type, codec_name(&ConsentNotice_descriptor));
	return fixture_decode(d->f, &ConsentNotice_descriptor, said->body);
}

static void consent_as_it_stands(void **state)
{
	struct duty_night *d = *state;

	consent(d, d->patient, CONSENT_SCOPE_COVER, false);
	assert_true(consent_told(d, "alert")->team_consent);
	assert_false(consent_told(d, "alert")->cover_consent);
	assert_null(consent_told(d, "referral")); /* it has nothing to do with cover */
	consent(d, d->patient, CONSENT_SCOPE_TEAM, false);
	assert_false(consent_told(d, "alert")->team_consent);
	assert_false(consent_told(d, "alert")->cover_consent);
	assert_false(consent_told(d, "referral")->team_consent);
	consent(d, d->patient, CONSENT_SCOPE_COVER, true);
	assert_false(consent_told(d, "alert")->team_consent);
	assert_true(consent_told(d, "alert")->cover_consent);
	consent(d, d->patient, CONSENT_SCOPE_TEAM, true);
	assert_true(consent_told(d, "alert")->team_consent);
	assert_true(consent_told(d, "alert")->cover_consent);
	assert_true(consent_told(d, "referral")->team_consent);
}

int main(void)
{
#define NIGHT_TEST(name) cmocka_unit_test_setup_teardown(name, open_night, close_night)
	const struct CMUnitTest tests[] = {
		NIGHT_TEST(from_the_begin_until_twelve_hours_after_the_end),
		NIGHT_TEST(a_swap_during_the_shift),
		NIGHT_TEST(given_away_before_it_begins),
		NIGHT_TEST(a_gap_covers_nobody),
		NIGHT_TEST(the_clock_is_set),
		NIGHT_TEST(a_restart_forgets_nothing),
		NIGHT_TEST(without_consent_it_stays_closed),
		NIGHT_TEST(of_the_clinic_that_attends),
		NIGHT_TEST(by_area),
		NIGHT_TEST(reading_and_writing_but_not_arranging),
		NIGHT_TEST(a_watch_ends_with_the_cover),
		NIGHT_TEST(whom_they_cover),
		NIGHT_TEST(many_come_in_pages),
		NIGHT_TEST(both_are_told_when_it_begins),
		NIGHT_TEST(those_of_their_area_are_counted),
		NIGHT_TEST(who_gave_it_away_is_not_told),
		NIGHT_TEST(it_is_told_late),
		NIGHT_TEST(what_cannot_be_read_is_passed_over),
		NIGHT_TEST(the_pair_is_mutual_and_both_see_it),
		NIGHT_TEST(nobody_is_their_own_deputy),
		NIGHT_TEST(a_deputy_is_where_doctors_are),
		NIGHT_TEST(consent_as_it_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
