/* If this failed, a notification could be accepted twice, moved by somebody else, or come to rest in a
 * state that nobody gave it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/alert/rules.h"

#define NOW 1790000000000
#define S(name) NOTIFICATION_STATE_##name

static const Notification_State states[] = { S(STORED), S(DELIVERED), S(OPENED), S(ACCEPTED), S(DONE),
					     S(DECLINED), S(WITHDRAWN) };
#define N_STATES (sizeof(states) / sizeof(*states))

/* What comes of each step from each state; 0: refused. */
static const struct {
	const char *name;
	enum step step;
	Notification_State after[N_STATES];
} table[] = {
	{ "deliver", STEP_DELIVER, { S(DELIVERED), 0, 0, 0, 0, 0, 0 } },
	{ "open", STEP_OPEN, { S(OPENED), S(OPENED), 0, 0, 0, 0, 0 } },
	{ "accept", STEP_ACCEPT, { S(ACCEPTED), S(ACCEPTED), S(ACCEPTED), 0, 0, 0, 0 } },
	{ "finish", STEP_FINISH, { 0, 0, S(DONE), S(DONE), 0, 0, 0 } },
	{ "decline", STEP_DECLINE, { S(DECLINED), S(DECLINED), S(DECLINED), S(DECLINED), 0, 0, 0 } },
	{ "take over", STEP_TAKE_OVER, { S(ACCEPTED), S(ACCEPTED), S(ACCEPTED), S(ACCEPTED), 0, 0, 0 } },
	{ "hand over", STEP_HAND_OVER, { S(STORED), S(STORED), S(STORED), S(STORED), 0, 0, 0 } },
	{ "remind", STEP_REMIND, { S(STORED), S(DELIVERED), S(OPENED), 0, 0, 0, 0 } },
	{ "withdraw", STEP_WITHDRAW, { S(WITHDRAWN), S(WITHDRAWN), S(WITHDRAWN), S(WITHDRAWN), 0, 0, 0 } },
};

static void every_step_from_every_state(void **state)
{
	(void)state;
	assert_int_equal(sizeof(table) / sizeof(*table), STEPS);
	for (size_t i = 0; i < STEPS; i++)
		for (size_t k = 0; k < N_STATES; k++)
			if (notification_after(states[k], table[i].step) != table[i].after[k])
				fail_msg("%s from state %d", table[i].name, states[k]);
	assert_int_equal(notification_after((Notification_State)99, STEP_OPEN), 0);
}

static const bool is_open[N_STATES] = { true, true, true, true, false, false, false };
static const bool is_waiting[N_STATES] = { true, true, true, false, false, false, false };

static void open_and_waiting(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_STATES; i++) {
		assert_int_equal(notification_open_state(states[i]), is_open[i]);
		assert_int_equal(notification_waiting(states[i]), is_waiting[i]);
	}
}

/* ---- who may ------------------------------------------------------------------------------- */

struct fixture {
	struct arena arena;
	struct refusal refusal;
	struct input in;
	Notification notification;
	SubstituteSet substitution;
	struct one_view view;
};

static char *text(struct fixture *f, const char *s)
{
	return arena_string(&f->arena, s);
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena, LIMIT_ARENA_BYTES);
	f->in = (struct input){ .arena = &f->arena, .refusal = &f->refusal, .now_ms = NOW,
				.id = "06FXABCDEFGH7JKMNPQRSTVWXY" };
	f->in.actor.user = "nurse-1";
	f->in.actor.organisation = "station01";
	f->in.actor.profession = PROFESSION_NURSE;
	f->notification = (Notification)Notification_INIT;
	f->notification.id = text(f, "N");
	f->notification.recipient = text(f, "nurse-1");
	f->notification.recipient_organisation = text(f, "station01");
	f->notification.recipient_profession = PROFESSION_NURSE;
	f->notification.state = S(STORED);
	f->substitution = (SubstituteSet)SubstituteSet_INIT;
	f->view = (struct one_view){ .notification = &f->notification };
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_close(&f->arena);
	test_free(f);
	return 0;
}

static int accept(struct fixture *f, Notification_State *after)
{
	AcceptNotification request = AcceptNotification_INIT;
	NotificationMoved fact = NotificationMoved_INIT;
	int rc = notification_accept(&f->in, &f->view, &request, &fact);
	*after = fact.state;
	return rc;
}

static int take_over(struct fixture *f)
{
	TakeOverNotification request = TakeOverNotification_INIT;
	NotificationTakenOver fact = NotificationTakenOver_INIT;
	int rc = notification_take_over(&f->in, &f->view, &request, &fact);
	if (!rc) {
		assert_string_equal(fact.from, f->notification.recipient);
		assert_string_equal(fact.to, f->in.actor.user);
	}
	return rc;
}

/* The refusal, as "5 id". */
static const char *refused(struct fixture *f, int rc)
{
	assert_int_equal(rc, ERR_REFUSED);
	return arena_printf(&f->arena, "%d %s", f->refusal.code, f->refusal.field);
}

static void the_wrong_state_is_named(void **state)
{
	struct fixture *f = *state;
	Notification_State after;

	assert_int_equal(accept(f, &after), 0);
	assert_int_equal(after, S(ACCEPTED));
	f->notification.state = S(DONE);
	assert_string_equal(refused(f, accept(f, &after)), "9 ");
	assert_non_null(strstr(f->refusal.en, "done"));
	assert_non_null(strstr(f->refusal.ja, "完了"));
}

static void anothers_is_as_if_there_were_none(void **state)
{
	struct fixture *f = *state;
	Notification_State after;
	const char *nothing;

	f->view.notification = NULL;
	assert_string_equal(refused(f, accept(f, &after)), "5 id");
	nothing = f->refusal.en;
	f->view.notification = &f->notification;
	f->in.actor.user = "nurse-2";
	assert_string_equal(refused(f, accept(f, &after)), "5 id");
	assert_string_equal(f->refusal.en, nothing);
	f->in.actor.user = "nurse-1";
	f->in.actor.organisation = "station02"; /* moved on; what they had stays behind */
	assert_string_equal(refused(f, accept(f, &after)), "5 id");
	f->in.actor.organisation = "station01";
	f->notification.state = S(WITHDRAWN);
	assert_string_equal(refused(f, accept(f, &after)), "5 id");
}

static void declining_takes_a_reason_within_bounds(void **state)
{
	struct fixture *f = *state;
	DeclineNotification request = DeclineNotification_INIT;
	NotificationMoved fact = NotificationMoved_INIT;
	char reason[REASON_BYTES + 2];

	memset(reason, 'x', sizeof(reason));
	reason[REASON_BYTES + 1] = '\0';
	request.reason = reason;
	assert_string_equal(refused(f, notification_decline(&f->in, &f->view, &request, &fact)),
			    "3 reason");
	reason[REASON_BYTES] = '\0';
	assert_int_equal(notification_decline(&f->in, &f->view, &request, &fact), 0);
	assert_string_equal(fact.reason, reason);
}

static void deliveries_pass_over_what_is_not_to_confirm(void **state)
{
	struct fixture *f = *state;
	ConfirmDelivery request = ConfirmDelivery_INIT;
	NotificationsDelivered fact = NotificationsDelivered_INIT;
	Notification opened = f->notification, anothers = f->notification;
	Notification *items[] = { &opened, &f->notification, &anothers };
	struct deliveries view = { items, 3 };

	opened.state = S(OPENED);
	anothers.recipient = text(f, "nurse-2");
	assert_int_equal(delivery_confirm(&f->in, &view, &request, &fact), 0);
	assert_int_equal(fact.n_ids, 1);
	assert_string_equal(fact.ids[0], "N");
	view.n_items = 1;
	fact.n_ids = 0;
	assert_int_equal(delivery_confirm(&f->in, &view, &request, &fact), ERR_NOTHING);
	request.n_ids = DELIVERIES_MAX + 1;
	assert_string_equal(refused(f, delivery_confirm(&f->in, &view, &request, &fact)), "3 ids");
}

static void colleagues_take_over(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(refused(f, take_over(f)), "9 id"); /* one's own */
	f->in.actor.user = "nurse-2";
	assert_int_equal(take_over(f), 0);
	f->notification.state = S(DECLINED);
	assert_string_equal(refused(f, take_over(f)), "9 ");
	f->notification.state = S(STORED);
	f->in.actor.organisation = "station02";
	assert_string_equal(refused(f, take_over(f)), "5 id");
	f->in.actor.organisation = "station01";
	f->in.actor.profession = PROFESSION_THERAPIST;
	assert_string_equal(refused(f, take_over(f)), "5 id");
	/* unless named as substitute, for now */
	f->view.substitution = &f->substitution;
	f->substitution.substitute = text(f, "nurse-2");
	f->substitution.from_ms = NOW;
	f->substitution.until_ms = NOW + 1;
	assert_int_equal(take_over(f), 0);
	f->in.now_ms = NOW + 1;
	assert_string_equal(refused(f, take_over(f)), "5 id");
}

/* ---- hand-over and substitutes ------------------------------------------------------------- */

static Person person(struct fixture *f, const char *id, const char *organisation,
		     Profession profession)
{
	Person made = Person_INIT;
	made.id = text(f, id);
	made.organisation = text(f, organisation);
	made.profession = profession;
	made.state = ENROLMENT_STATE_ENROLLED;
	return made;
}

static const char *handed(struct fixture *f, Person *to)
{
	Person from = person(f, "nurse-1", "station01", PROFESSION_NURSE);
	char *ids[] = { text(f, "N") };
	struct hand_over_view view = { &from, to, ids, 1, false };
	HandOver request = HandOver_INIT;
	HandedOver fact = HandedOver_INIT;

	request.to = text(f, to ? to->id : "nobody");
	int rc = hand_over(&f->in, &view, &request, &fact);
	if (rc)
		return refused(f, rc);
	assert_int_equal(fact.n_ids, 1);
	view.n_ids = 0;
	assert_int_equal(hand_over(&f->in, &view, &request, &fact), ERR_NOTHING);
	return "handed over";
}

static void only_to_colleagues(void **state)
{
	struct fixture *f = *state;
	Person to = person(f, "nurse-2", "station01", PROFESSION_NURSE);

	assert_string_equal(handed(f, &to), "handed over");
	to.profession = PROFESSION_THERAPIST;
	assert_string_equal(handed(f, &to), "9 to");
	to = person(f, "nurse-2", "station02", PROFESSION_NURSE);
	assert_string_equal(handed(f, &to), "9 to");
	to = person(f, "nurse-1", "station01", PROFESSION_NURSE);
	assert_string_equal(handed(f, &to), "3 to");
	to.state = ENROLMENT_STATE_REVOKED;
	assert_string_equal(handed(f, &to), "5 to");
	assert_string_equal(handed(f, NULL), "5 to");
}

static const char *named(struct fixture *f, const Person *substitute, int64_t from_ms,
			 int64_t until_ms)
{
	struct substitute_view view = { substitute };
	SetSubstitute request = SetSubstitute_INIT;
	SubstituteSet fact = SubstituteSet_INIT;

	request.user = text(f, substitute ? substitute->id : "nobody");
	request.from_ms = from_ms;
	request.until_ms = until_ms;
	int rc = substitute_set(&f->in, &view, &request, &fact);
	if (rc)
		return refused(f, rc);
	return arena_printf(&f->arena, "%s for %s, %lld ms", fact.substitute, fact.user,
			    (long long)(fact.until_ms - fact.from_ms));
}

static void a_substitute_is_of_the_same_organisation(void **state)
{
	struct fixture *f = *state;
	Person to = person(f, "nurse-2", "station01", PROFESSION_NURSE);

	assert_string_equal(named(f, &to, NOW, NOW + 5), "nurse-2 for nurse-1, 5 ms");
	assert_string_equal(named(f, &to, 0, NOW + 7), "nurse-2 for nurse-1, 7 ms");
	assert_string_equal(named(f, &to, NOW, NOW), "3 until_ms");
	assert_string_equal(named(f, &to, NOW - 9, NOW - 5), "3 until_ms");
	assert_string_equal(named(f, NULL, NOW, NOW + 5), "5 user");
	to.organisation = text(f, "station02");
	assert_string_equal(named(f, &to, NOW, NOW + 5), "9 user");
	to = person(f, "nurse-1", "station01", PROFESSION_NURSE);
	assert_string_equal(named(f, &to, NOW, NOW + 5), "3 user");
}

static void mutes_are_of_ones_patients(void **state)
{
	struct fixture *f = *state;
	struct mute_view view = { .team = { .registrar = "clinic01" } };
	Mute request = Mute_INIT;
	MuteSet fact = MuteSet_INIT;

	request.muted = true;
	request.kind = ENTRY_KIND_NOTE;
	assert_string_equal(refused(f, mute_set(&f->in, &view, &request, &fact)), "7 patient");
	view.team.registrar = "station01";
	assert_int_equal(mute_set(&f->in, &view, &request, &fact), 0);
	view.muted_patients = MUTED_PATIENTS_MAX;
	assert_string_equal(refused(f, mute_set(&f->in, &view, &request, &fact)), "8 patient");
	request.muted = false;
	assert_int_equal(mute_set(&f->in, &view, &request, &fact), 0);
	request.kind = (EntryKind)40;
	assert_string_equal(refused(f, mute_set(&f->in, &view, &request, &fact)), "3 kind");
}

static void reminders_end_when_it_is_taken(void **state)
{
	struct fixture *f = *state;
	char *ids[] = { text(f, "N") };
	struct event_view view = { ids, 1, false };
	ReminderDue due = ReminderDue_INIT;
	Reminded fact = Reminded_INIT;

	due.event = text(f, "E");
	assert_int_equal(event_remind(&f->in, &view, &due, &fact), 0);
	assert_int_equal(fact.n_ids, 1);
	view.taken = true;
	assert_int_equal(event_remind(&f->in, &view, &due, &fact), ERR_NOTHING);
	view.taken = false;
	view.n_waiting = 0;
	assert_int_equal(event_remind(&f->in, &view, &due, &fact), ERR_NOTHING);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_from_every_state),
		cmocka_unit_test(open_and_waiting),
		TEST(the_wrong_state_is_named),
		TEST(anothers_is_as_if_there_were_none),
		TEST(declining_takes_a_reason_within_bounds),
		TEST(deliveries_pass_over_what_is_not_to_confirm),
		TEST(colleagues_take_over),
		TEST(only_to_colleagues),
		TEST(a_substitute_is_of_the_same_organisation),
		TEST(mutes_are_of_ones_patients),
		TEST(reminders_end_when_it_is_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
