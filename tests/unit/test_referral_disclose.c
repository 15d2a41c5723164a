/* If this failed, somebody would learn more of a patient, or of who asks and who else is
 * asked, than they need to decide; or a field that is added would leave unseen by anybody
 * who thought of it. */
#include "services/referral/disclose.h"
#include "tests/unit/referral_fixture.h"

/* ---- the table ------------------------------------------------------------------------------- */

/* Who sees which field of a request: L: was let go, declined or passed over, Q: is asked or
 * stands by, H: holds it, T: confirmed, A: the asker, C: the centre, of what is or was on
 * its list, M: may see the patient, by the list of that patient's requests. Every field of
 * the message stands here. */
static const struct {
	const char *field, *who;
} table[] = {
	{ "id", "LQHTACM" },
	{ "kind", "LQHTACM" },
	{ "state", "LQHTACM" },
	{ "position", "LQHTACM" },
	{ "urgent", "QHTACM" },
	{ "asked_ms", "QHTACM" },
	{ "from_ms", "QHTACM" },
	{ "to_ms", "QHTACM" },
	{ "times", "QHTACM" },
	{ "every_days", "QHTACM" },
	{ "needs", "QHTAC" },
	{ "area", "QHTAC" },
	{ "district", "QHTAC" },
	{ "age_from", "QHTAC" },
	{ "age_to", "QHTAC" },
	{ "sex", "QHTAC" },
	{ "wished_ms", "QHTAC" },
	{ "deadline_ms", "QHTAC" },
	{ "asked_by", "HTACM" },
	{ "asker", "HTACM" },
	{ "taker", "HTAC" },
	{ "patient", "TAM" }, /* and only who may see the patient at that moment */
	{ "wave", "TAC" },
	{ "with_centre", "TAC" },
	{ "cause", "TAC" },
	{ "outcome", "TAC" },
	{ "reports", "TAC" },
	{ "offers", "LQHTAC" }, /* L Q H T: the own one */
};
/* Of an offer that is seen, all of it. */
static const char *const offer_table[] = { "organisation", "state", "wave", "rank", "standby",
					   "offered_ms", "answered_ms", "reason", "score",
					   "accepted_order" };
static const char *const score_table[] = { "ability", "same_area", "level", "taken" };

static const char letter[PARTS] = {
	[PART_NONE] = '-', [PART_LET_GO] = 'L', [PART_ASKED] = 'Q', [PART_HOLDING] = 'H',
	[PART_TAKER] = 'T', [PART_ASKER] = 'A', [PART_CENTRE] = 'C', [PART_TEAM] = 'M',
};

static const char *who_sees(const char *field)
{
	for (size_t i = 0; i < N(table); i++)
		if (!strcmp(table[i].field, field))
			return table[i].who;
	return NULL;
}

static bool among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void every_field_is_in_the_table(void **state)
{
	(void)state;
	for (unsigned i = 0; i < Referral_descriptor.n_fields; i++)
		if (!who_sees(Referral_descriptor.fields[i].name))
			fail_msg("who may see Referral.%s?", Referral_descriptor.fields[i].name);
	assert_int_equal(Referral_descriptor.n_fields, N(table));
	for (unsigned i = 0; i < Offer_descriptor.n_fields; i++)
		assert_true(among(Offer_descriptor.fields[i].name, offer_table, N(offer_table)));
	assert_int_equal(Offer_descriptor.n_fields, N(offer_table));
	for (unsigned i = 0; i < Score_descriptor.n_fields; i++)
		assert_true(among(Score_descriptor.fields[i].name, score_table, N(score_table)));
	assert_int_equal(Score_descriptor.n_fields, N(score_table));
}

/* ---- filled, and what is not empty ----------------------------------------------------------- */

static void *at(void *message, unsigned offset)
{
	return (uint8_t *)message + offset;
}

static void fill(ProtobufCMessage *message, struct arena *arena);

static void fill_one(const ProtobufCFieldDescriptor *field, void *value, struct arena *arena)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		*(char **)value = arena_printf(arena, "the-%s", field->name);
		break;
	case PROTOBUF_C_TYPE_MESSAGE: {
		ProtobufCMessage *inner = codec_new(field->descriptor, arena);
		fill(inner, arena);
		*(ProtobufCMessage **)value = inner;
		break;
	}
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)value = 1;
		break;
	case PROTOBUF_C_TYPE_ENUM:
		*(int *)value = 1;
		break;
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)value = 700 + field->id;
		break;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)value = 70000 + field->id;
		break;
	default:
		fail_msg("no value for a field like %s", field->name);
	}
}

static void fill(ProtobufCMessage *message, struct arena *arena)
{
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		void *value = at(message, field->offset);
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			if (field->type == PROTOBUF_C_TYPE_MESSAGE)
				continue; /* the offers, by whoever calls */
			*(void **)value = arena_alloc(arena, 16);
			fill_one(field, *(void **)value, arena);
			*(size_t *)at(message, field->quantifier_offset) = 1;
		} else {
			fill_one(field, value, arena);
		}
	}
}

static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const void *value = (const uint8_t *)message + field->offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(const void *)((const uint8_t *)message +
						       field->quantifier_offset) > 0;
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return (*(char *const *)value)[0] != '\0';
	case PROTOBUF_C_TYPE_MESSAGE:
		return *(ProtobufCMessage *const *)value != NULL;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		return *(const uint64_t *)value != 0;
	default:
		return *(const uint32_t *)value != 0;
	}
}

/* ---- the pure function ----------------------------------------------------------------------- */

static const char *const by_state[] = { "",         "offered",   "holding",  "standing",
					"declined", "withdrawn", "released", "passed" };

/* Every field filled, and an organisation in each state of an offer. */
static Referral *filled(struct arena *arena, Referral_State state)
{
	Referral *referral = NEW(Referral, arena);

	fill(&referral->base, arena);
	referral->state = state;
	for (int s = OFFER_STATE_OFFERED; s <= OFFER_STATE_PASSED; s++) {
		Offer *offer = NEW(Offer, arena);
		fill(&offer->base, arena);
		offer->state = (Offer_State)s;
		offer->organisation = arena_string(arena, by_state[s]);
		arena_append(arena, &referral->offers, &referral->n_offers, offer);
	}
	return referral;
}

static void exactly(const Referral *whole_one, Referral *shown, char part, const char *organisation,
		    bool sees)
{
	for (unsigned i = 0; i < Referral_descriptor.n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &Referral_descriptor.fields[i];
		bool may = strchr(who_sees(field->name), part) != NULL;
		if (!strcmp(field->name, "patient"))
			may = may && sees;
		if (is_set(&shown->base, field) != may)
			fail_msg("%s in state %d for %c (%s)", field->name, (int)whole_one->state,
				 part, organisation);
		assert_true(is_set(&whole_one->base, field)); /* that there was something to hide */
	}
	if (strchr("AC", part)) {
		assert_int_equal(shown->n_offers, whole_one->n_offers);
		return;
	}
	assert_int_equal(shown->n_offers, part == 'M' ? 0 : 1);
	for (size_t i = 0; i < shown->n_offers; i++) {
		assert_string_equal(shown->offers[i]->organisation, organisation);
		for (unsigned k = 0; k < Offer_descriptor.n_fields; k++)
			assert_true(is_set(&shown->offers[i]->base, &Offer_descriptor.fields[k]));
	}
}

/* In that state of the request, in that state of the own offer. */
static char expected(Referral_State state, Offer_State offer)
{
	switch (offer) {
	case OFFER_STATE_HOLDING:
		return state == S(CONFIRMED) || state == S(DONE) ? 'T' : 'H';
	case OFFER_STATE_OFFERED:
	case OFFER_STATE_STANDING_BY:
		return 'Q';
	default:
		return 'L';
	}
}

static void look(struct arena *arena, const Referral *referral, const char *organisation,
		 bool centre, bool was_with_centre, char part)
{
	enum part found = disclose_part(referral, organisation, centre, was_with_centre);

	assert_int_equal(letter[found], part);
	for (int sees = 0; sees < 2; sees++) {
		Referral *shown = disclose(referral, found, organisation, sees, arena);
		if (part == '-')
			assert_null(shown);
		else
			exactly(referral, shown, part, organisation, sees);
	}
}

static void for_every_state_and_role_exactly_the_tables_fields(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 64 << 20);
	for (int s = S(OFFERED); s <= S(CLOSED); s++) {
		Referral *referral = filled(&arena, (Referral_State)s);
		for (int with = 0; with < 2; with++) {
			look(&arena, referral, "the-asker", false, with, 'A');
			look(&arena, referral, "the-asker", true, with, 'A');
			look(&arena, referral, "centre", true, with, with ? 'C' : '-');
			look(&arena, referral, "centre", false, with, '-');
			look(&arena, referral, "stranger", false, with, '-');
			look(&arena, referral, "", false, with, '-');
			for (int o = OFFER_STATE_OFFERED; o <= OFFER_STATE_PASSED; o++)
				look(&arena, referral, by_state[o], false, with,
				     expected((Referral_State)s, (Offer_State)o));
		}
		for (int sees = 0; sees < 2; sees++) {
			Referral *shown = disclose(referral, PART_TEAM, "any", sees, &arena);
			exactly(referral, shown, 'M', "any", sees);
		}
	}
	arena_close(&arena);
}

/* ---- what the daemon lets out ---------------------------------------------------------------- */

/* Nothing beyond the table, and in no field the name of somebody whom that part does not see. */
static void nothing_beyond(const Referral *shown, char part, const char *own, struct bytes bytes)
{
	for (unsigned i = 0; i < Referral_descriptor.n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &Referral_descriptor.fields[i];
		if (is_set(&shown->base, field) && !strchr(who_sees(field->name), part))
			fail_msg("%s for %c", field->name, part);
	}
	for (size_t i = 0; i < shown->n_offers && !strchr("AC", part); i++)
		assert_string_equal(shown->offers[i]->organisation, own);
	if (!strchr("TAM", part))
		assert_null(memmem(bytes.data, bytes.size, PATIENT, strlen(PATIENT)));
	if (strchr("LQ", part))
		assert_null(memmem(bytes.data, bytes.size, "station01", strlen("station01")));
}

static void show_to(struct fixture *f, const char *id, const char *user, const char *own, char part)
{
	ListReferrals all = ListReferrals_INIT;
	Referral *shown = show(f, user, id);

	if (part == '-') {
		assert_null(shown);
		assert_int_equal(f->reply->code, CODE_NOT_FOUND);
		assert_string_equal(f->reply->field, "id");
	} else {
		assert_non_null(shown);
		nothing_beyond(shown, part, own,
			       (struct bytes){ f->reply->body.data, f->reply->body.len });
		if ((shown->patient[0] != 0) != (strchr("TA", part) != NULL))
			fail_msg("the patient for %s (%c) in state %d", user, part,
				 (int)shown->state);
	}
	all.all = true;
	all.unplaced = !strcmp(user, "centre-staff");
	Code code = ask(f, user, &all.base);
	if (code != CODE_OK) {
		assert_int_equal(part, '-');
		assert_int_equal(code, CODE_PERMISSION_DENIED);
		return;
	}
	ReferralList *items = body_of(f, &ReferralList_descriptor);
	assert_int_equal(items->n_items, part == '-' ? 0 : 1);
	if (items->n_items) {
		nothing_beyond(items->items[0], part, own,
			       (struct bytes){ f->reply->body.data, f->reply->body.len });
		assert_int_equal(items->items[0]->patient[0] != '\0', strchr("TA", part) != NULL);
	}
}

/* 0: the asker, 2, 3, 4: the stations, c: the centre. */
static void show_all(struct fixture *f, const char *id, const char *parts)
{
	show_to(f, id, "nurse01", "station01", parts[0]);
	show_to(f, id, "nurse02", "station02", parts[1]);
	show_to(f, id, "nurse03", "station03", parts[2]);
	show_to(f, id, "nurse04", "station04", parts[3]);
	show_to(f, id, "centre-staff", "centre", parts[4]);
	show_to(f, id, "centre-nurse", "centre", '-');
	show_to(f, id, "station-helper", "station02", '-'); /* not by profession */
	show_to(f, id, "officer", "city", '-');
	show_to(f, id, "pharmacist", "pharmacy01", '-');
	show_to(f, id, "doctor01", "clinic01", '-'); /* sees the patient, and is not asked */
	show_to(f, id, "doctor02", "clinic02", '-');
}

static int three_stations(void **state)
{
	struct fixture *f;

	setup(state);
	f = *state;
	organisation(f, "station05", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	organisation(f, "station06", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, true);
	return 0;
}

static void through_a_whole_life(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));

	show_all(f, id, "AQQQ-");
	assert_int_equal(accept(f, "nurse02", id), CODE_OK);
	assert_int_equal(accept(f, "nurse03", id), CODE_OK);
	assert_int_equal(decline(f, "nurse04", id), CODE_OK);
	show_all(f, id, "AHQL-");
	assert_int_equal(withdraw(f, "nurse02", id), CODE_OK);
	show_all(f, id, "ALHL-");
	assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
	show_all(f, id, "ALHL-"); /* until record has made them a member */
	pass(f, 24 * HOUR);
	show_all(f, id, "ALHLC"); /* record is silent: the centre's task */
	placed(f, whole(f, id), "station03", true);
	pass(f, HOUR);
	show_all(f, id, "ALTLC");
	assert_int_equal(close_it(f, id), CODE_OK);
	show_all(f, id, "ALTLC"); /* was its task */
	pass(f, 24 * HOUR);
	assert_int_equal(report(f, "nurse03", id), CODE_OK);
	show_all(f, id, "ALTLC");
}

static void cancelled_the_taker_sees_the_patient_no_longer(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));

	assert_int_equal(accept(f, "nurse02", id), CODE_OK);
	assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
	placed(f, whole(f, id), "station02", true);
	pass(f, 25 * HOUR);
	show_all(f, id, "ATLL-");
	assert_int_equal(cancel(f, "nurse01", id), CODE_OK);
	show_all(f, id, "ALLL-");
}

/* Confirmed, but the window has not begun, or consent was withdrawn: the
 * part, without the patient. */
static void the_taker_sees_the_patient_while_record_lets_them(void **state)
{
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));

	assert_int_equal(accept(f, "nurse02", id), CODE_OK);
	assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
	placed(f, whole(f, id), "station02", true);
	int64_t begins_ms = whole(f, id)->from_ms - 24 * HOUR;
	pass(f, begins_ms - f->clock.wall_ms - 1);
	Referral *shown = show(f, "nurse02", id);
	assert_string_equal(shown->patient, "");
	assert_string_equal(shown->asker, "station01");
	pass(f, 1);
	assert_string_equal(show(f, "nurse02", id)->patient, PATIENT);
	team(f, PATIENT, "station01", PROFESSION_NURSE, true); /* the asker is out of the team */
	assert_string_equal(show(f, "nurse01", id)->patient, "");
	assert_string_equal(show(f, "nurse02", id)->patient, PATIENT);
}

static void by_the_list_of_a_patient(void **state)
{
	static const struct {
		const char *user;
		Code code;
		char part;
	} readers[] = {
		{ "nurse01", CODE_OK, 'A' },
		{ "doctor01", CODE_OK, 'M' },
		{ "caremanager", CODE_OK, 'M' },
		{ "liaison", CODE_OK, 'M' },
		{ "nurse02", CODE_PERMISSION_DENIED, '-' },
		{ "centre-staff", CODE_PERMISSION_DENIED, '-' },
		{ "pharmacist", CODE_PERMISSION_DENIED, '-' },
		{ "officer", CODE_PERMISSION_DENIED, '-' },
	};
	struct fixture *f = *state;
	char *id = asked(f, KIND(VISIT));

	for (size_t i = 0; i < N(readers); i++) {
		ListReferrals request = ListReferrals_INIT;
		request.patient = text(f, PATIENT);
		assert_int_equal(ask(f, readers[i].user, &request.base), readers[i].code);
		if (readers[i].code != CODE_OK)
			continue;
		ReferralList *items = body_of(f, &ReferralList_descriptor);
		assert_int_equal(items->n_items, 1);
		assert_string_equal(items->items[0]->id, id);
		assert_string_equal(items->items[0]->patient, PATIENT);
		nothing_beyond(items->items[0], readers[i].part, "",
			       (struct bytes){ f->reply->body.data, f->reply->body.len });
	}
	/* whoever may not is told the same of a patient who is not there */
	ListReferrals request = ListReferrals_INIT;
	request.patient = text(f, PATIENT);
	ask(f, "nurse02", &request.base);
	const char *words = f->reply->message_en;
	request.patient = text(f, "01KSR49200E4HR000000000009");
	assert_int_equal(ask(f, "nurse02", &request.base), CODE_PERMISSION_DENIED);
	assert_string_equal(f->reply->message_en, words);
}

/* What is pushed is the same as what is read, less the patient, whose reading is journalled. */
static void what_is_pushed(void **state)
{
	static const char *const users[] = { "nurse01", "nurse02", "nurse03", "nurse04",
					     "centre-staff" };
	static const char *const own[] = { "station01", "station02", "station03", "station04",
					   "centre" };
	static const char *const parts[] = { "AQQQ", "AHQQ", "AHQQ", "ATLL" };
	struct fixture *f = *state;
	char *id = NULL;

	for (size_t i = 0; i < N(users); i++)
		assert_int_equal(watch(f, users[i], false), CODE_OK);
	for (size_t n = 0; n < N(parts); n++) {
		recording_bus_clear(&f->bus);
		if (n == 0)
			id = asked(f, KIND(HOME_DOCTOR) + 2);
		else if (n == 1)
			assert_int_equal(accept(f, "nurse02", id), CODE_OK);
		else if (n == 2)
			assert_int_equal(confirm(f, "nurse01", id), CODE_OK);
		else
			placed(f, whole(f, id), "station02", true);
		for (size_t i = 0; i < N(users); i++) {
			ReferralList *items = pushed(f, users[i], 0);
			if (i == 4) {
				assert_null(items);
				continue;
			}
			assert_non_null(items);
			assert_int_equal(items->n_items, 1);
			Push *push = push_to(f, users[i], 0);
			nothing_beyond(items->items[0], parts[n][i], own[i],
				       (struct bytes){ push->body.data, push->body.len });
			assert_string_equal(items->items[0]->patient, "");
		}
	}
}

/* What goes to others: alert learns ids of organisations and of the request, and nothing else. */
static void what_alert_is_told(void **state)
{
	struct fixture *f = *state;
	const struct recorded *found;
	size_t n = 0;

	recording_bus_clear(&f->bus);
	asked(f, KIND(VISIT));
	for (; (found = recording_bus_find(&f->bus, "referral/notice/alert", n)); n++)
		assert_null(
			memmem(found->payload.data, found->payload.size, PATIENT, strlen(PATIENT)));
	assert_true(n > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, three_stations, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_in_the_table),
		cmocka_unit_test(for_every_state_and_role_exactly_the_tables_fields),
		TEST(through_a_whole_life),
		TEST(cancelled_the_taker_sees_the_patient_no_longer),
		TEST(the_taker_sees_the_patient_while_record_lets_them),
		TEST(by_the_list_of_a_patient),
		TEST(what_is_pushed),
		TEST(what_alert_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
