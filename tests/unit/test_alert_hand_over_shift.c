/* If this failed, what a shift leaves open would be nobody's in the morning, or would be taken from
 * those who still have it. A shift's end is DutyEndsDue. */
#include "tests/unit/alert_world.h"

#define MORNING (FRIDAY_22 + 10 * HOUR_MS)

static HandOverList *offers(struct fixture *f, const char *user)
{
	ListHandOver request = ListHandOver_INIT;

	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return body_of(f, &HandOverList_descriptor);
}

static Code offer_now(struct fixture *f, const char *user)
{
	OfferHandOver request = OfferHandOver_INIT;
	return ask(f, user, &request.base);
}

/* "stored(HAND_OVER_OFFERED) stored>clinic05 ": states, what words say, to whom it is offered */
static const char *shown(struct fixture *f, const char *user)
{
	const Inbox *all = list(f, user, false, 0);
	const char *text_ = "";

	for (size_t i = 0; i < all->n_items; i++) {
		const Notification *n = all->items[i];
		text_ = arena_printf(
			&f->arena, "%s%s%s%s ", text_,
			protobuf_c_enum_descriptor_get_value(&Notification_State_descriptor, n->state)->name,
			n->matter == MATTER_HAND_OVER_OFFERED ? "(offered)"
			: n->offered_to[0]                    ? ">"
							      : "",
			n->offered_to);
	}
	return text_;
}

/* Two events came to clinic03 in the night; one is accepted, one is nobody's. */
static void night(struct fixture *f, char **accepted, char **open)
{
	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 - 4 * HOUR_MS, MORNING, "clinic03", "");
	char *event = urgent(f, false, false);
	*accepted = first(f, "d3");
	assert_int_equal(accept_it(f, "d3", *accepted), CODE_OK);
	assert_string_equal(way(f, event), "1:clinic03 +d3 ");
	urgent(f, false, false);
	Inbox *all = list(f, "d3", false, 0);
	assert_int_equal(all->n_items, 2);
	*open = strcmp(all->items[0]->id, *accepted) ? all->items[0]->id : all->items[1]->id;
}

static void until(struct fixture *f, int64_t at_ms)
{
	pass(f, at_ms - f->clock.wall_ms);
}

static void the_next_clinic_takes_it_item_by_item(void **state)
{
	struct fixture *f = *state;
	char *accepted, *open;

	shift(f, "2026-09-26-saturday", 0, MORNING, MORNING + 10 * HOUR_MS, "clinic05", "clinic06");
	night(f, &accepted, &open);
	until(f, MORNING - 1);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 0);
	assert_int_equal(take_over(f, "d5", accepted), CODE_NOT_FOUND);
	pass(f, 1);
	HandOverList *to_us = offers(f, "d5");
	assert_int_equal(to_us->n_offered_to_us, 2);
	assert_int_equal(to_us->n_offered_by_us, 0);
	assert_int_equal(offers(f, "d3")->n_offered_by_us, 2);
	assert_int_equal(offers(f, "d4")->n_offered_to_us, 0);
	assert_int_equal(offers(f, "d6")->n_offered_to_us, 0);
	assert_non_null(strstr(shown(f, "d5"), "STORED(offered) "));

	/* one is taken, by a doctor of that clinic; the other stays with the giver */
	assert_int_equal(take_over(f, "d6", accepted), CODE_NOT_FOUND);
	assert_int_equal(take_over(f, "d5", accepted), CODE_OK);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 1);
	assert_int_equal(offers(f, "d3")->n_offered_by_us, 1);
	const Escalation *walk = walk_of(f, accepted);
	const EscalationStep *last = walk->steps[walk->n_steps - 1];
	assert_int_equal(last->what, ESCALATION_STEP_WHAT_HANDED_ON);
	assert_string_equal(last->users[0], "d5");
	assert_string_equal(last->other, "d3");
	assert_string_equal(last->organisation, "clinic05");
	assert_string_equal(walk->holder, "d5");
	assert_int_equal(walk->state, ESCALATION_STATE_TAKEN);
	assert_non_null(strstr(shown(f, "d3"), ">clinic05 "));
	assert_int_equal(accept_it(f, "d3", open), CODE_OK);
	assert_int_equal(finish_it(f, "d3", open), CODE_OK);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 0);
	rebuilt_the_same(f);
}

/* Who was asked of the same event has it once. */
static void who_has_it_already_has_it_once(void **state)
{
	struct fixture *f = *state;
	char *event = urgent(f, false, false);
	char *given = first(f, "d3");

	assert_int_equal(accept_it(f, "d3", given), CODE_OK);
	until(f, MORNING); /* nobody is on duty: the attending clinic */
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 1);
	assert_int_equal(take_over(f, "d1", given), CODE_OK);
	assert_string_equal(shown(f, "d3"), "OPENED ");
	assert_non_null(strstr(shown(f, "d1"), "ACCEPTED "));
	assert_null(strstr(shown(f, "d1"), "STORED "));
	assert_string_equal(way(f, event), "1:clinic03 +d3 =d1/d3 ");
	rebuilt_the_same(f);
}

static void a_duty_that_goes_on_hands_nothing_over(void **state)
{
	struct fixture *f = *state;
	char *accepted, *open;

	shift(f, "2026-09-26-saturday", 0, MORNING, MORNING + 10 * HOUR_MS, "clinic05", "clinic03");
	night(f, &accepted, &open);
	until(f, MORNING);
	assert_int_equal(offers(f, "d3")->n_offered_by_us, 0);
	pass(f, 10 * HOUR_MS);
	assert_int_equal(offers(f, "d3")->n_offered_by_us, 2);
	assert_int_equal(offers(f, "d5")->n_offered_by_us, 1); /* was asked in the morning */
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 3);
}

/* Before it is over, to who comes next; the end says it to nobody twice. */
static void offered_by_hand(void **state)
{
	struct fixture *f = *state;
	char *accepted, *open;

	assert_int_equal(offer_now(f, "nurse-1"), CODE_PERMISSION_DENIED);
	shift(f, "2026-09-26-saturday", 0, MORNING, MORNING + 10 * HOUR_MS, "clinic05", "clinic06");
	night(f, &accepted, &open);
	assert_int_equal(offer_now(f, "d3"), CODE_OK);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 2);
	uint64_t head = daemon_head(f->daemon);
	assert_int_equal(offer_now(f, "d3"), CODE_OK); /* they know */
	assert_int_equal(offer_now(f, "d6"), CODE_OK); /* had no duty */
	assert_int_equal(daemon_head(f->daemon), head);
	assert_string_equal(shown(f, "d5"), "STORED(offered) ");
	assert_int_equal(finish_it(f, "d5", first(f, "d5")), CODE_FAILED_PRECONDITION);
	assert_int_equal(open_it(f, "d5", first(f, "d5")), CODE_OK);
	until(f, MORNING);
	assert_int_equal(offers(f, "d5")->n_offered_to_us, 2);
	assert_non_null(strstr(shown(f, "d5"), "OPENED(offered) "));
	assert_null(strstr(shown(f, "d5"), "STORED(offered) "));
	rebuilt_the_same(f);
}

/* What the second was asked of and somebody else has is not theirs to hand over. */
static void only_what_nobody_else_has(void **state)
{
	struct fixture *f = *state;

	urgent(f, false, false);
	pass(f, STEP_MS);
	assert_int_equal(accept_it(f, "d4", first(f, "d4")), CODE_OK);
	urgent(f, false, false);
	pass(f, STEP_MS);
	until(f, MORNING);
	/* of clinic03 the second event, of clinic04 both */
	assert_int_equal(offers(f, "d3")->n_offered_by_us, 1);
	assert_int_equal(offers(f, "d4")->n_offered_by_us, 2);
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 3);
	/* it is the same event: who takes it from one has it from the other, too */
	assert_int_equal(take_over(f, "d1", offers(f, "d3")->offered_by_us[0]->id), CODE_OK);
	assert_int_equal(offers(f, "d3")->n_offered_by_us, 0);
	assert_int_equal(offers(f, "d4")->n_offered_by_us, 1);
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 1);
}

/* A shift that is given away while it runs ends then, for who gave it; its end moves with it. */
static void a_moved_end(void **state)
{
	struct fixture *f = *state;
	char *accepted, *open;

	night(f, &accepted, &open);
	shift(f, "2026-09-25-weekday-night", 0, FRIDAY_22 - 4 * HOUR_MS, FRIDAY_22 + 2 * HOUR_MS,
	      "clinic03", "");
	until(f, FRIDAY_22 + 2 * HOUR_MS - 1);
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 0);
	pass(f, 1);
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 2);
	uint64_t head = daemon_head(f->daemon);
	assert_int_equal(accept_it(f, "d3", open), CODE_OK);
	until(f, MORNING);
	assert_int_equal(daemon_head(f->daemon), head + 1); /* nothing is due then any more */
	/* to a colleague by name: it is offered no longer */
	person(f, "d3b", "clinic03", PROFESSION_DOCTOR);
	assert_int_equal(hand_over_to(f, "d3", "d3b"), CODE_OK);
	assert_int_equal(offers(f, "d1")->n_offered_to_us, 0);
	rebuilt_the_same(f);
}

/* A duty that leaves nothing open says nothing. */
static void nothing_is_open(void **state)
{
	struct fixture *f = *state;
	DutyEndsDue due = DutyEndsDue_INIT;
	HandOverOffered fact = HandOverOffered_INIT;
	struct offer_view view = { .organisation = "clinic03" };
	struct input in = { .arena = &f->arena };

	assert_int_equal(duty_end(&in, &view, &due, &fact), ERR_NOTHING);
	until(f, MORNING);
	assert_string_equal(inbox(f, "d1"), "");
	assert_string_equal(inbox(f, "d3"), "");
}

int main(void)
{
#define WORLD(name) cmocka_unit_test_setup_teardown(name, open_world, free_fixture)
	const struct CMUnitTest tests[] = {
		WORLD(the_next_clinic_takes_it_item_by_item),
		WORLD(who_has_it_already_has_it_once),
		WORLD(a_duty_that_goes_on_hands_nothing_over),
		WORLD(offered_by_hand),
		WORLD(only_what_nobody_else_has),
		WORLD(a_moved_end),
		WORLD(nothing_is_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
