/* If this failed, somebody would not hear of a request that waits for them, would go on hearing of
 * one that is over, or be told of the same thing twice. */
#include "tests/unit/alert_fixture.h"

#define ASKED MATTER_REFERRAL_ASKED
#define SUBJECT "01KSR49200E4HR00000000000A"
#define OTHER_SUBJECT "01KSR49200E4HR00000000000B"

struct words {
	struct fixture *f;
	uint64_t board, referral;
	unsigned events;
	Told told[LIMIT_LIST_ITEMS], *items[LIMIT_LIST_ITEMS];
	size_t n_told;
};

/* ---- what board and referral say ------------------------------------------------------------ */

static void organisation(struct words *w, const char *id, OrganisationKind kind, bool left)
{
	fixture_organisation(w->f, id, kind, AREA_UNSPECIFIED, left);
}

static void tell(struct words *w, const char *id, Matter matter, bool urgent)
{
	Told *told = &w->told[w->n_told];

	*told = (Told)Told_INIT;
	told->organisation = text(w->f, id);
	told->matter = matter;
	told->urgent = urgent;
	w->items[w->n_told++] = told;
}

/* Those named by tell(), of one subject. Returns the event. */
static char *say_event(struct words *w, const char *service, const char *subject, const char *event)
{
	WordNotice word = WordNotice_INIT;
	uint64_t *position = !strcmp(service, "board") ? &w->board
			     : !strcmp(service, "record") ? &w->f->record
			     : !strcmp(service, "directory") ? &w->f->directory : &w->referral;

	word.subject = text(w->f, subject);
	word.event = text(w->f, event);
	word.told = w->items;
	word.n_told = w->n_told;
	notice(w->f, service, position, &word.base);
	w->n_told = 0;
	return word.event;
}

static char *say(struct words *w, const char *service, const char *subject)
{
	return say_event(w, service, subject,
			 arena_printf(&w->f->arena, "01KSR49200E4HR900000%06u", ++w->events));
}

/* "asked, holding! ": the matters of what is open, oldest first; !: urgent */
static const char *matters(struct words *w, const char *user)
{
	const Inbox *open = list(w->f, user, false, 0);
	const char *all = "";

	for (size_t i = 0; i < open->n_items; i++) {
		const Notification *n = open->items[i];
		const ProtobufCEnumValue *value =
			protobuf_c_enum_descriptor_get_value(&Matter_descriptor, (int)n->matter);
		assert_true(n->matter != 0 && value != NULL);
		assert_string_equal(n->patient, "");
		assert_string_equal(n->entry, "");
		assert_string_equal(n->author, "");
		assert_string_equal(n->organisation, "");
		assert_string_equal(n->through, "");
		all = arena_printf(&w->f->arena, "%s%s%s ", all, value->name, n->urgent ? "!" : "");
	}
	return all;
}

static int open_words(void **state)
{
	struct words *w = test_calloc(1, sizeof(*w));
	void *fixture;

	assert_int_equal(setup(&fixture), 0);
	w->f = fixture;
	organisation(w, "clinic01", ORGANISATION_KIND_CLINIC, false);
	organisation(w, "station01", ORGANISATION_KIND_NURSE_STATION, false);
	organisation(w, "station02", ORGANISATION_KIND_NURSE_STATION, false);
	organisation(w, "hospital01", ORGANISATION_KIND_HOSPITAL, false);
	organisation(w, "pharmacy01", ORGANISATION_KIND_PHARMACY, false);
	organisation(w, "cm01", ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, false);
	organisation(w, "centre", ORGANISATION_KIND_SUPPORT_CENTRE, false);
	person(w->f, "clinic-nurse", "clinic01", PROFESSION_NURSE);
	person(w->f, "clinic-helper", "clinic01", PROFESSION_HELPER);
	person(w->f, "liaison", "hospital01", PROFESSION_LIAISON);
	person(w->f, "hospital-doctor", "hospital01", PROFESSION_DOCTOR);
	person(w->f, "hospital-therapist", "hospital01", PROFESSION_THERAPIST);
	person(w->f, "nurse-3", "station02", PROFESSION_NURSE);
	person(w->f, "station-helper", "station02", PROFESSION_HELPER);
	person(w->f, "caremanager", "cm01", PROFESSION_CARE_MANAGER);
	person(w->f, "centre-staff", "centre", PROFESSION_CENTRE_STAFF);
	person(w->f, "centre-nurse", "centre", PROFESSION_NURSE);
	*state = w;
	return 0;
}

static int close_words(void **state)
{
	struct words *w = *state;
	void *fixture = w->f;

	rebuilt_the_same(w->f);
	test_free(w);
	return teardown(&fixture);
}

/* ---- who is told ---------------------------------------------------------------------------- */

static void the_staff_who_answer_for_it(void **state)
{
	static const char *const told[] = { "doctor", "clinic-nurse", "liaison", "hospital-doctor",
					    "nurse-3", "caremanager", "centre-staff" };
	static const char *const not_told[] = { "clinic-helper",  "hospital-therapist",
						"station-helper", "centre-nurse",
						"pharmacist",     "nurse-1" };
	struct words *w = *state;

	tell(w, "clinic01", ASKED, false);
	tell(w, "hospital01", ASKED, false);
	tell(w, "station02", ASKED, false);
	tell(w, "cm01", ASKED, false);
	tell(w, "pharmacy01", ASKED, false);
	tell(w, "nowhere", ASKED, false);
	tell(w, "", ASKED, false);
	char *event = say(w, "referral", SUBJECT);
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		assert_string_equal(matters(w, told[i]), "REFERRAL_ASKED ");
	for (size_t i = 0; i < sizeof(not_told) / sizeof(*not_told); i++)
		assert_string_equal(matters(w, not_told[i]), "");
	const Notification *n = list(w->f, "liaison", false, 0)->items[0];
	assert_string_equal(n->subject, SUBJECT);
	assert_string_equal(n->service, "referral");
	assert_string_equal(n->event, arena_printf(&w->f->arena, "%s-hospital01", event));
	assert_string_equal(n->recipient_organisation, "hospital01");
}

static void who_has_left_is_told_nothing(void **state)
{
	struct words *w = *state;

	tell(w, "station02", ASKED, false);
	say(w, "referral", SUBJECT);
	organisation(w, "station02", ORGANISATION_KIND_NURSE_STATION, true);
	tell(w, "station02", ASKED, false);
	say(w, "referral", OTHER_SUBJECT);
	assert_string_equal(matters(w, "nurse-3"), "REFERRAL_ASKED ");
	/* but what they had goes when it is over */
	tell(w, "station02", MATTER_REFERRAL_OVER, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "nurse-3"), "");
}

static void substitutes_are_told_for_whom_they_stand_in(void **state)
{
	struct words *w = *state;
	SetSubstitute request = SetSubstitute_INIT;

	request.user = text(w->f, "clinic-helper");
	request.until_ms = w->f->clock.wall_ms + DAY_MS;
	assert_int_equal(ask(w->f, "doctor", &request.base), CODE_OK);
	tell(w, "clinic01", ASKED, true);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "clinic-helper"), "REFERRAL_ASKED! ");
	assert_string_equal(list(w->f, "clinic-helper", false, 0)->items[0]->substitute_for,
			    "doctor");
	/* and it goes with the word that it came with */
	tell(w, "clinic01", MATTER_REFERRAL_OVER, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "clinic-helper"), "REFERRAL_OVER ");
}

static void mutes_do_not_apply(void **state)
{
	struct words *w = *state;
	Mute request = Mute_INIT;

	request.patient = text(w->f, PATIENT);
	request.muted = true;
	assert_int_equal(ask(w->f, "nurse-1", &request.base), CODE_OK);
	tell(w, "station01", ASKED, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_ASKED ");
}

/* The centre is an asker too: one word a person, the urgent one. */
static void a_centre_that_is_named_twice_is_told_once(void **state)
{
	struct words *w = *state;

	tell(w, "centre", MATTER_REFERRAL_BACK, false);
	tell(w, "", MATTER_REFERRAL_UNPLACED, true);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "centre-staff"), "REFERRAL_UNPLACED! ");
	tell(w, "", MATTER_REFERRAL_UNPLACED, true);
	tell(w, "centre", MATTER_UNSPECIFIED, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "centre-staff"), "REFERRAL_UNPLACED! ");
}

/* ---- the newest word ------------------------------------------------------------------------ */

static void the_newest_word_stands(void **state)
{
	struct words *w = *state;

	tell(w, "station01", ASKED, false);
	tell(w, "station02", ASKED, false);
	say(w, "referral", SUBJECT);
	tell(w, "station01", ASKED, false);
	say(w, "referral", OTHER_SUBJECT);
	tell(w, "station01", MATTER_CAPACITY_LAPSES, false);
	say(w, "board", "station01");
	assert_string_equal(matters(w, "nurse-1"),
			    "REFERRAL_ASKED REFERRAL_ASKED CAPACITY_LAPSES ");
	uint64_t seen = w->f->reply->position;

	pass(w->f, 1); /* what is said later has the later id */
	tell(w, "station01", MATTER_REFERRAL_REMINDER, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "nurse-1"),
			    "REFERRAL_ASKED CAPACITY_LAPSES REFERRAL_REMINDER ");
	assert_string_equal(states(w->f, list(w->f, "nurse-1", false, seen)), "withdrawn stored ");
	/* who was not told is left alone */
	assert_string_equal(matters(w, "nurse-3"), "REFERRAL_ASKED ");
	/* nothing more to say: it leaves the inbox */
	tell(w, "station01", MATTER_UNSPECIFIED, false);
	say(w, "board", "station01");
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_ASKED REFERRAL_REMINDER ");
	/* a subject of the same name at another service is another */
	tell(w, "station01", MATTER_UNSPECIFIED, false);
	say(w, "board", SUBJECT);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_ASKED REFERRAL_REMINDER ");
}

static void what_is_done_stays_done(void **state)
{
	struct words *w = *state;

	tell(w, "station01", ASKED, false);
	say(w, "referral", SUBJECT);
	char *id = first(w->f, "nurse-1");
	assert_int_equal(open_it(w->f, "nurse-1", id), CODE_OK);
	assert_int_equal(finish_it(w->f, "nurse-1", id), CODE_OK);
	tell(w, "station01", MATTER_REFERRAL_OVER, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(states(w->f, list(w->f, "nurse-1", true, 0)), "done stored ");
	assert_string_equal(states(w->f, list(w->f, "nurse-2", true, 0)), "stored ");
}

/* The source's store was put back, and the right one again: the same entry comes once more. */
static void the_same_word_comes_again(void **state)
{
	struct words *w = *state;

	tell(w, "station01", ASKED, false);
	char *event = say(w, "referral", SUBJECT);
	tell(w, "station01", MATTER_REFERRAL_OVER, false);
	say(w, "referral", SUBJECT);
	uint64_t head = daemon_head(w->f->daemon);
	tell(w, "station01", ASKED, false);
	say_event(w, "referral", SUBJECT, event);
	assert_int_equal(daemon_head(w->f->daemon), head);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_OVER ");
	/* also one that nobody was there to hear */
	tell(w, "station09", MATTER_UNSPECIFIED, false);
	event = say(w, "board", "station01");
	tell(w, "station01", MATTER_CAPACITY_LAPSED, false);
	say(w, "board", "station01");
	tell(w, "station01", MATTER_UNSPECIFIED, false);
	say_event(w, "board", "station01", event);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_OVER CAPACITY_LAPSED ");
}

/* record says who is on duty from now on, and how many patients they should look at first. */
static void a_duty_begins(void **state)
{
	struct words *w = *state;
	const char *shift = "2026-11-22-holiday-night-north";

	tell(w, "clinic01", MATTER_DUTY_BEGINS, false);
	w->told[0].unstable = 7;
	say(w, "record", shift);
	assert_string_equal(matters(w, "doctor"), "DUTY_BEGINS ");
	assert_string_equal(matters(w, "nurse-3"), "");
	const Notification *n = list(w->f, "doctor", false, 0)->items[0];
	assert_int_equal(n->unstable, 7);
	assert_string_equal(n->subject, shift);
	assert_string_equal(n->service, "record");
}

static void what_cannot_be_read_is_passed_over(void **state)
{
	struct words *w = *state;
	uint64_t head = daemon_head(w->f->daemon);

	tell(w, "station01", ASKED, false);
	say_event(w, "referral", "A subject", "01KSR49200E4HR900000000099");
	tell(w, "station01", ASKED, false);
	say_event(w, "referral", SUBJECT, "");
	tell(w, "Station 1", ASKED, false);
	say(w, "referral", SUBJECT);
	tell(w, "station01", ASKED, false);
	/* directory says no such thing */
	say_event(w, "directory", SUBJECT, "01KSR49200E4HR900000000098");
	assert_int_equal(daemon_head(w->f->daemon), head);
	assert_string_equal(matters(w, "nurse-1"), "");
	tell(w, "station01", ASKED, false);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_ASKED ");
}

/* ---- what becomes of it --------------------------------------------------------------------- */

static void urgent_words_remind_each_organisation(void **state)
{
	struct words *w = *state;
	struct fixture *f = w->f;

	tell(w, "station01", ASKED, true);
	tell(w, "station02", ASKED, true);
	tell(w, "clinic01", ASKED, false);
	say(w, "referral", SUBJECT);
	pass(f, REMINDER_MS);
	assert_string_equal(inbox(f, "nurse-1"), "stored*1 ");
	assert_string_equal(inbox(f, "nurse-3"), "stored*1 ");
	assert_string_equal(inbox(f, "doctor"), "stored ");
	/* one of the first station sees to it: quiet there, and there alone */
	assert_int_equal(accept_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	assert_string_equal(inbox(f, "nurse-2"), "stored*1 by nurse-1 ");
	pass(f, REMINDER_MS);
	assert_string_equal(inbox(f, "nurse-2"), "stored*1 by nurse-1 ");
	assert_string_equal(inbox(f, "nurse-3"), "stored*2 ");
	/* the next word ends it */
	tell(w, "station01", MATTER_REFERRAL_OVER, false);
	tell(w, "station02", MATTER_REFERRAL_OVER, false);
	say(w, "referral", SUBJECT);
	pass(f, 3 * REMINDER_MS);
	assert_string_equal(inbox(f, "nurse-1"), "stored ");
	assert_string_equal(inbox(f, "nurse-3"), "stored ");
}

static void colleagues_take_over_and_hand_over(void **state)
{
	struct words *w = *state;
	struct fixture *f = w->f;

	tell(w, "station01", ASKED, false);
	say(w, "referral", SUBJECT);
	char *id = first(f, "nurse-1");
	assert_int_equal(take_over(f, "nurse-3", id), CODE_NOT_FOUND);
	assert_int_equal(take_over(f, "nurse-2", id), CODE_OK);
	assert_string_equal(matters(w, "nurse-1"), "");
	assert_int_equal(hand_over_to(f, "nurse-2", "nurse-1"), CODE_OK);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_ASKED REFERRAL_ASKED ");
	assert_int_equal(decline_it(f, "nurse-1", first(f, "nurse-1")), CODE_OK);
	/* whoever has it: the newest word finds it */
	tell(w, "station01", MATTER_REFERRAL_HOLDING, true);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_HOLDING! ");
	assert_string_equal(matters(w, "nurse-2"), "REFERRAL_HOLDING! ");
}

static void no_team_and_no_consent_touches_it(void **state)
{
	struct words *w = *state;

	tell(w, "station01", ASKED, false);
	say(w, "referral", SUBJECT);
	consent(w->f, PATIENT, false);
	team(w->f, PATIENT, "station01", "", PROFESSION_NURSE, false, true);
	team(w->f, "", "station01", "", PROFESSION_NURSE, false, true);
	assert_string_equal(matters(w, "nurse-1"), "REFERRAL_ASKED ");
}

/* ---- how many ------------------------------------------------------------------------------- */

static size_t count_told(struct words *w, const char *organisation_id, unsigned people)
{
	size_t n = 0;
	for (unsigned i = 0; i < people; i++)
		n += list(w->f, arena_printf(&w->f->arena, "%s-%03u", organisation_id, i), false,
			  0)->n_items;
	return n;
}

static void staff(struct words *w, const char *organisation_id, Profession profession,
		  unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		person(w->f, arena_printf(&w->f->arena, "%s-%03u", organisation_id, i),
		       organisation_id, profession);
}

/* Of a hospital with many doctors those who arrange discharges are told before all others. */
static void a_large_organisation_hears_it_through_some(void **state)
{
	struct words *w = *state;

	organisation(w, "hospital02", ORGANISATION_KIND_HOSPITAL, false);
	staff(w, "hospital02", PROFESSION_NURSE, 0, 100);
	staff(w, "hospital02", PROFESSION_LIAISON, 100, 104);
	tell(w, "hospital02", ASKED, false);
	say(w, "referral", SUBJECT);
	assert_int_equal(count_told(w, "hospital02", 104), WORD_STAFF_MAX);
	assert_string_equal(matters(w, "hospital02-103"), "REFERRAL_ASKED ");
	assert_string_equal(matters(w, "hospital02-000"), "REFERRAL_ASKED ");
	assert_string_equal(matters(w, "hospital02-021"), "");
}

/* So many as are handed over in one step must fit into one page, whatever they are about. */
static void none_is_larger_than_a_step_reckons_with(void **state)
{
	struct words *w = *state;
	Notification n = Notification_INIT;
	Concern concerns[] = { CONCERN_ANTITHROMBOTIC, CONCERN_BONE_MODIFYING, CONCERN_RENAL_FUNCTION };
	char *name = arena_printf(&w->f->arena, "%064d", 1);

	n.id = text(w->f, SUBJECT);
	n.recipient = n.recipient_organisation = n.taken_by = n.substitute_for = n.handed_over_by =
		n.offered_to = name;
	n.state = NOTIFICATION_STATE_ACCEPTED;
	n.urgent = n.asked = n.everyone = n.correction = true;
	n.position = UINT64_MAX;
	n.reminders = n.rings = n.round = n.unstable = UINT32_MAX;
	n.stored_ms = n.delivered_ms = n.opened_ms = n.accepted_ms = n.rung_ms = n.rings_ms =
		w->f->clock.wall_ms;
	n.recipient_profession = PROFESSION_ADMINISTRATOR;
	Notification word = n, entry_ = n;
	word.subject = name;
	word.event = arena_printf(&w->f->arena, "%s-%s", SUBJECT, name);
	word.service = text(w->f, "referral");
	word.matter = MATTER_REFERRAL_CLOSED;
	entry_.patient = entry_.entry = entry_.event = n.id;
	entry_.author = entry_.organisation = entry_.through = name;
	entry_.kind = ENTRY_KIND_MEDICATION;
	entry_.concerns = concerns;
	entry_.n_concerns = sizeof(concerns) / sizeof(*concerns);
	entry_.place = ESCALATION_STEP_PLACE_ON_DUTY_FIRST;
	size_t word_bytes = protobuf_c_message_get_packed_size(&word.base);
	size_t entry_bytes = protobuf_c_message_get_packed_size(&entry_.base);
	assert_in_range(word_bytes, NOTIFICATION_BYTES / 2, NOTIFICATION_BYTES);
	assert_in_range(entry_bytes, NOTIFICATION_BYTES * 2 / 3, NOTIFICATION_BYTES);
	/* with what frames each, and the answer around them */
	assert_in_range(STEP_MAX * (NOTIFICATION_BYTES + 4) + 1024, 1, LIMIT_PAYLOAD_BYTES);
}

/* A wave over the whole city: no organisation is left out because others have many people. */
static void the_whole_city_is_told(void **state)
{
	enum { CLINICS = 60, PEOPLE = 30 };
	struct words *w = *state;
	char name[16];

	for (unsigned i = 0; i < CLINICS; i++) {
		snprintf(name, sizeof(name), "city%02u", i);
		organisation(w, name, ORGANISATION_KIND_CLINIC, false);
		staff(w, name, PROFESSION_DOCTOR, 0, PEOPLE);
	}
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < CLINICS; i++) {
			snprintf(name, sizeof(name), "city%02u", i);
			tell(w, name, ASKED, true);
		}
		tell(w, "", MATTER_REFERRAL_TOO_LATE, true);
		say(w, "referral", SUBJECT);
		assert_int_equal(count_told(w, "city00", PEOPLE),
				 WORD_RECIPIENTS_MAX / (CLINICS + 1));
		assert_int_equal(count_told(w, "city59", PEOPLE),
				 WORD_RECIPIENTS_MAX / (CLINICS + 1));
		assert_string_equal(matters(w, "centre-staff"), "REFERRAL_TOO_LATE! ");
	}
	pass(w->f, REMINDER_MS);
	for (int i = 0; i < 12; i++)
		pass(w->f, 0); /* that their devices are silent is due before, 256 in a step */
	assert_string_equal(inbox(w->f, "city59-000"), "stored*1 ");
}

/* However much is known of the organisations of a city: the centre is found among them. */
static void the_centre_of_a_large_city_is_told(void **state)
{
	enum { HOURS = 64, PHARMACIES = 250 };
	struct words *w = *state;
	OrganisationChanged changed = OrganisationChanged_INIT;
	Organisation where = Organisation_INIT;
	ContactHours hours = ContactHours_INIT, *all_hours[HOURS];
	char longest[201];

	memset(longest, 'x', 200);
	longest[200] = '\0';
	hours.whom = longest;
	for (size_t i = 0; i < HOURS; i++)
		all_hours[i] = &hours;
	where.kind = ORGANISATION_KIND_PHARMACY;
	where.hours = all_hours;
	where.n_hours = HOURS;
	changed.organisation = &where;
	for (unsigned i = 0; i < PHARMACIES; i++) {
		where.id = arena_printf(&w->f->arena, "a-pharmacy%03u", i);
		notice(w->f, "directory", &w->f->directory, &changed.base);
	}
	tell(w, "", MATTER_REFERRAL_UNPLACED, true);
	say(w, "referral", SUBJECT);
	assert_string_equal(matters(w, "centre-staff"), "REFERRAL_UNPLACED! ");
}

int main(void)
{
#define WORDS(name) cmocka_unit_test_setup_teardown(name, open_words, close_words)
	const struct CMUnitTest tests[] = {
		WORDS(the_staff_who_answer_for_it),
		WORDS(who_has_left_is_told_nothing),
		WORDS(substitutes_are_told_for_whom_they_stand_in),
		WORDS(mutes_do_not_apply),
		WORDS(a_centre_that_is_named_twice_is_told_once),
		WORDS(the_newest_word_stands),
		WORDS(what_is_done_stays_done),
		WORDS(the_same_word_comes_again),
		WORDS(a_duty_begins),
		WORDS(what_cannot_be_read_is_passed_over),
		WORDS(urgent_words_remind_each_organisation),
		WORDS(colleagues_take_over_and_hand_over),
		WORDS(no_team_and_no_consent_touches_it),
		WORDS(a_large_organisation_hears_it_through_some),
		WORDS(none_is_larger_than_a_step_reckons_with),
		WORDS(the_whole_city_is_told),
		WORDS(the_centre_of_a_large_city_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
