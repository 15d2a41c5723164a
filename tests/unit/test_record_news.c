/* If this failed, somebody would overlook what is new of a patient, be told of it again and again, or
 * learn of a patient whom they may not see. The whole daemon runs. */
#include "tests/unit/record_fixture.h"

static char *patient_of(struct fixture *f, const char *name)
{
	char *id = registered(f, "doctor", name, "", "1950-01-02", "2026-09-01");

	join(f, "doctor", id, "clinic01", "", TEAM_ROLE_ATTENDING);
	join(f, "doctor", id, "station01", "", TEAM_ROLE_KEY_PERSON);
	return id;
}

static NewsList *news_after(struct fixture *f, const char *user, uint64_t after, bool watch)
{
	ListNews request = ListNews_INIT;

	assert_int_equal(ask_after(f, user, &request.base, after, watch), CODE_OK);
	return BODY(f, NewsList);
}

static const PatientNews *news_of_one(struct fixture *f, const char *user, const char *patient)
{
	const NewsList *list = news_after(f, user, 0, false);

	for (size_t i = 0; i < list->n_items; i++)
		if (!strcmp(list->items[i]->patient->id, patient))
			return list->items[i];
	return NULL;
}

static void counts(struct fixture *f, const char *user, const char *patient, unsigned unread,
		   unsigned urgent)
{
	const PatientNews *news = news_of_one(f, user, patient);

	assert_non_null(news);
	if (news->unread != unread || news->urgent != urgent)
		fail_msg("%s: %u unread and not %u, %u urgent and not %u", user, news->unread, unread,
			 news->urgent, urgent);
}

static Timeline *look(struct fixture *f, const char *user, ListTimeline request, uint64_t after)
{
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	return BODY(f, Timeline);
}

static ListTimeline of(struct fixture *f, const char *patient)
{
	ListTimeline request = ListTimeline_INIT;
	request.patient = text(f, patient);
	return request;
}

static char *urgent_note(struct fixture *f, const char *user, const char *patient)
{
	AddEntry *add = a_note(f, patient, "急変");
	add->entry->urgent = true;
	return done(f, user, &add->base);
}

/* ---- counting ------------------------------------------------------------------------------- */

static void what_others_wrote_is_new(void **state)
{
	struct fixture *f = *state;
	char *patient = patient_of(f, "山田　太郎");
	const PatientNews *news = news_of_one(f, "nurse", patient);

	assert_string_equal(news->patient->name, "山田　太郎");
	assert_int_equal(news->unread + news->urgent + news->last_ms + news->looked_ms + news->next_visit_ms, 0);
	assert_true(news->position > 0);
	done(f, "nurse", &a_note(f, patient, "一")->base);
	pass(f, 60000);
	char *second = done(f, "doctor", &a_note(f, patient, "二")->base);
	urgent_note(f, "doctor", patient);
	int64_t last_ms = f->clock.wall_ms;
	char *medicine = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "ワルファリン", "")->base);
	counts(f, "doctor", patient, 1, 0); /* one's own are not news */
	news = news_of_one(f, "nurse", patient);
	assert_int_equal(news->unread, 3);
	assert_int_equal(news->urgent, 1);
	assert_int_equal(news->n_kinds, 2);
	assert_int_equal(news->kinds[0], ENTRY_KIND_NOTE);
	assert_int_equal(news->kinds[1], ENTRY_KIND_MEDICATION);
	assert_int_equal(news->last_ms, last_ms);
	assert_int_equal(news->n_medications_changed, 1);
	assert_string_equal(news->medications_changed[0], medicine);
	/* One of them is read elsewhere: the medicine is still to be looked at. */
	ShowEntry show = ShowEntry_INIT;
	show.id = second;
	assert_int_equal(ask(f, "nurse", &show.base), CODE_OK);
	counts(f, "nurse", patient, 2, 1);
	MarkRead mark = MarkRead_INIT;
	mark.patient = patient;
	mark.entries = &medicine;
	mark.n_entries = 1;
	done(f, "nurse", &mark.base);
	news = news_of_one(f, "nurse", patient);
	assert_int_equal(news->unread, 1);
	assert_int_equal(news->looked_ms, 0);
	assert_int_equal(news->n_medications_changed, 1);
	/* For the device: nothing is read. Of one kind: not looked. */
	ListTimeline request = of(f, patient);
	request.keep = true;
	assert_int_equal(look(f, "nurse", request, 0)->n_items, 4);
	counts(f, "nurse", patient, 1, 1);
	request.keep = false;
	request.kind = ENTRY_KIND_MEDICATION;
	look(f, "nurse", request, 0);
	news = news_of_one(f, "nurse", patient);
	assert_int_equal(news->looked_ms, 0);
	assert_int_equal(news->n_medications_changed, 1);
	look(f, "nurse", of(f, patient), 0);
	news = news_of_one(f, "nurse", patient);
	assert_int_equal(news->unread + news->n_medications_changed + news->n_kinds, 0);
	assert_int_equal(news->looked_ms, f->clock.wall_ms);
	assert_int_equal(news->last_ms, last_ms);
	urgent_note(f, "doctor", patient);
	counts(f, "nurse", patient, 1, 1);
}

/* What keep showed is as unread in the timeline as it is in the list. */
static void what_a_device_keeps_is_unread(void **state)
{
	struct fixture *f = *state;
	char *patient = patient_of(f, "山田　太郎");
	ListTimeline request = of(f, patient);

	done(f, "nurse", &a_note(f, patient, "x")->base);
	request.keep = true;
	assert_true(look(f, "doctor", request, 0)->items[0]->unread);
	assert_true(look(f, "doctor", request, 0)->items[0]->unread);
	counts(f, "doctor", patient, 1, 0);
	ShowAudit audit = ShowAudit_INIT; /* and in the journal all the same */
	unsigned n = 0;
	audit.patient = patient;
	assert_int_equal(ask(f, "doctor", &audit.base), CODE_OK);
	const AuditList *list = BODY(f, AuditList);
	for (size_t i = 0; i < list->n_items; i++)
		n += !strcmp(list->items[i]->what, "ListTimeline");
	assert_int_equal(n, 2);
}

static void bounds(void **state)
{
	struct fixture *f = *state;
	char *patient = patient_of(f, "山田　太郎");

	for (int i = 0; i < 120; i++) {
		done(f, "nurse", &a_note(f, patient, "x")->base);
		if (i < 30)
			done(f, "nurse", &a_medicine(f, patient, MEDICATION_ACTION_START, "薬", "")->base);
	}
	const PatientNews *news = news_of_one(f, "doctor", patient);
	assert_int_equal(news->unread, 99);
	assert_int_equal(news->n_medications_changed, 20);
	pass(f, NEWS_MS - 1000);
	counts(f, "doctor", patient, 99, 0);
	pass(f, 2000);
	counts(f, "doctor", patient, 0, 0);
	assert_int_equal(news_of_one(f, "doctor", patient)->last_ms, 0);
	done(f, "nurse", &a_note(f, patient, "x")->base);
	counts(f, "doctor", patient, 1, 0);
}

/* The history of an import is none: not new to anybody. */
static void an_import_is_no_news(void **state)
{
	struct fixture *f = *state;
	char *patient = patient_of(f, "山田　太郎");
	AddEntry *add = a_note(f, patient, "前回の入院");
	Identifier source = Identifier_INIT;

	source.system = text(f, "urn:x");
	source.value = text(f, "1");
	add->entry->source = &source;
	add->entry->occurred_ms = f->clock.wall_ms - 2 * HISTORY_MS;
	done(f, "nurse", &add->base);
	counts(f, "doctor", patient, 0, 0);
	assert_true(news_of_one(f, "doctor", patient)->last_ms > 0);
}

/* Long timelines come in pages: what was not shown stays new, wherever it stands. */
static void pages_that_were_not_opened(void **state)
{
	struct fixture *f = *state;
	char *patient = patient_of(f, "山田　太郎");
	static char words[10001];

	memset(words, 'x', sizeof(words) - 1);
	for (int i = 0; i < 40; i++)
		done(f, "nurse", &a_note(f, patient, words)->base);
	counts(f, "doctor", patient, 40, 0);
	ListTimeline request = of(f, patient);
	const Timeline *page = look(f, "doctor", request, 0);
	unsigned left = 40 - (unsigned)page->n_items;
	assert_true(page->n_items > 5 && left > 20 && page->before);
	counts(f, "doctor", patient, left, 0);
	done(f, "nurse", &a_note(f, patient, "x")->base);
	counts(f, "doctor", patient, left + 1, 0);
	/* The oldest ones, with a gap between. */
	request.before = look(f, "nurse", request, 0)->before;
	request.before = look(f, "nurse", request, 0)->before;
	page = look(f, "doctor", request, 0);
	left -= (unsigned)page->n_items;
	counts(f, "doctor", patient, left + 1, 0);
	while (request.before) {
		page = look(f, "doctor", request, 0);
		request.before = page->before;
	}
	request = of(f, patient);
	while ((page = look(f, "doctor", request, 0))->before)
		request.before = page->before;
	counts(f, "doctor", patient, 0, 0);
	/* A watch that is renewed goes on where it was. */
	uint64_t position = f->reply->position;
	done(f, "nurse", &a_note(f, patient, "x")->base);
	counts(f, "doctor", patient, 1, 0);
	look(f, "doctor", of(f, patient), position);
	counts(f, "doctor", patient, 0, 0);
}

static AddEntry *a_visit(struct fixture *f, const char *patient, int64_t visit_ms)
{
	AddEntry *add = entry_of(f, patient, Entry_CONTENT_NEXT_VISIT);
	add->entry->next_visit = NEW(NextVisit, &f->arena);
	add->entry->next_visit->visit_ms = visit_ms;
	return add;
}

static void the_next_visit(void **state)
{
	struct fixture *f = *state;
	char *patient = patient_of(f, "山田　太郎");
	int64_t now_ms = f->clock.wall_ms;

	char *first = done(f, "nurse", &a_visit(f, patient, now_ms + 3 * DAY_MS)->base);
	done(f, "doctor", &a_visit(f, patient, now_ms + 5 * DAY_MS)->base);
	done(f, "doctor", &a_visit(f, patient, now_ms - DAY_MS)->base);
	assert_int_equal(news_of_one(f, "doctor", patient)->next_visit_ms, now_ms + 3 * DAY_MS);
	AddEntry *moved = a_visit(f, patient, now_ms + 7 * DAY_MS);
	moved->entry->corrects = first;
	char *second = done(f, "nurse", &moved->base);
	assert_int_equal(news_of_one(f, "doctor", patient)->next_visit_ms, now_ms + 5 * DAY_MS);
	moved = a_visit(f, patient, now_ms + 4 * DAY_MS);
	moved->entry->corrects = second;
	done(f, "nurse", &moved->base);
	assert_int_equal(news_of_one(f, "doctor", patient)->next_visit_ms, now_ms + 4 * DAY_MS);
	AddEntry *remark = a_note(f, patient, "家族が立ち会う");
	remark->entry->corrects = first;
	done(f, "nurse", &remark->base);
	assert_int_equal(news_of_one(f, "doctor", patient)->next_visit_ms, now_ms + 4 * DAY_MS);
	pass(f, 4 * DAY_MS + 1);
	assert_int_equal(news_of_one(f, "doctor", patient)->next_visit_ms, now_ms + 5 * DAY_MS);
	pass(f, DAY_MS);
	assert_int_equal(news_of_one(f, "doctor", patient)->next_visit_ms, 0);
}

/* ---- the list ------------------------------------------------------------------------------- */

static void urgent_ones_first(void **state)
{
	struct fixture *f = *state;
	char *quiet = patient_of(f, "静か"), *urgent = patient_of(f, "至急"), *noted = patient_of(f, "連絡");
	char *recent = patient_of(f, "最近");

	urgent_note(f, "doctor", urgent);
	done(f, "doctor", &a_note(f, noted, "x")->base);
	pass(f, 1000);
	done(f, "nurse", &a_note(f, recent, "x")->base);
	const NewsList *list = news_after(f, "nurse", 0, false);
	const char *const order[] = { urgent, noted, recent, quiet };
	assert_int_equal(list->n_items, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(list->items[i]->patient->id, order[i]);
	assert_int_equal(news_after(f, "dentist", 0, false)->n_items, 0);
	assert_int_equal(news_after(f, "admin", 0, false)->n_items, 0);
	/* As of a list of patients, each has it in the audit. */
	ShowAudit audit = ShowAudit_INIT;
	audit.patient = quiet;
	unsigned n = 0;
	assert_int_equal(ask(f, "doctor", &audit.base), CODE_OK);
	const AuditList *events = BODY(f, AuditList);
	for (size_t i = 0; i < events->n_items; i++)
		n += !strcmp(events->items[i]->what, "ListNews");
	assert_int_equal(n, 1);
}

/* The last push to a user, or NULL. */
static const NewsList *pushed(struct fixture *f, const char *user)
{
	const Push *push = NULL, *next;

	for (size_t i = 0; (next = fixture_push(f, user, i)); i++)
		push = next;
	return push ? fixture_decode(f, &NewsList_descriptor, push->body) : NULL;
}

static void a_list_that_stays_open(void **state)
{
	struct fixture *f = *state;
	char *first = patient_of(f, "一"), *second = patient_of(f, "二");

	news_after(f, "nurse", 0, true);
	uint64_t position = f->reply->position;
	done(f, "doctor", &a_note(f, second, "x")->base);
	const NewsList *list = pushed(f, "nurse");
	assert_int_equal(list->n_items, 1);
	assert_string_equal(list->items[0]->patient->id, second);
	assert_int_equal(list->items[0]->unread, 1);
	assert_true(list->items[0]->position > position);
	/* Read on another device of the same user; by somebody else it is no news. */
	look(f, "nurse", of(f, second), 0);
	assert_int_equal(pushed(f, "nurse")->items[0]->unread, 0);
	look(f, "doctor", of(f, second), 0);
	assert_null(pushed(f, "nurse"));
	look(f, "nurse", of(f, second), 0); /* again, and nothing new */
	assert_null(pushed(f, "nurse"));
	/* The patient's own data; a new patient; one who withdraws. */
	SetUnstable unstable = SetUnstable_INIT;
	unstable.patient = first;
	unstable.unstable = true;
	done(f, "doctor", &unstable.base);
	list = pushed(f, "nurse");
	assert_int_equal(list->n_items, 1);
	assert_true(list->items[0]->patient->unstable);
	char *third = patient_of(f, "三");
	list = pushed(f, "nurse");
	assert_string_equal(list->items[0]->patient->id, third);
	RecordConsent withdrawn = RecordConsent_INIT;
	withdrawn.patient = third;
	withdrawn.scope = CONSENT_SCOPE_TEAM;
	withdrawn.on = text(f, "2026-09-02");
	done(f, "doctor", &withdrawn.base);
	list = pushed(f, "nurse");
	assert_int_equal(list->n_items, 1);
	assert_true(list->items[0]->gone);
	assert_string_equal(list->items[0]->patient->name, "");
	assert_int_equal(news_after(f, "nurse", 0, false)->n_items, 2);
	/* The renewal says only what changed since. */
	list = news_after(f, "nurse", position, true);
	assert_int_equal(list->n_items, 3);
	list = news_after(f, "nurse", f->reply->position, true);
	assert_int_equal(list->n_items, 0);
	/* Somebody on the team by name. */
	news_after(f, "outsider", 0, true);
	join(f, "doctor", first, "", "outsider", TEAM_ROLE_SPECIALIST);
	assert_string_equal(pushed(f, "outsider")->items[0]->patient->id, first);
	done(f, "nurse", &a_note(f, first, "x")->base);
	assert_int_equal(pushed(f, "outsider")->items[0]->unread, 1);
	done(f, "nurse", &a_note(f, second, "x")->base);
	assert_null(pushed(f, "outsider"));
}

static void many_patients(void **state)
{
	struct fixture *f = *state;
	unsigned shown = 0, pages = 0;
	uint64_t after = 0;
	char *last = NULL;

	for (int i = 0; i < 1200; i++)
		last = registered(f, "doctor", arena_printf(&f->arena, "患者%d", i), "", "", "");
	done(f, "doctor", &a_note(f, last, "x")->base);
	do {
		const NewsList *list = news_after(f, "doctor", after, false);
		shown += (unsigned)list->n_items;
		assert_true(f->reply->position > after);
		after = f->reply->position;
		pages++;
	} while (f->reply->more);
	assert_int_equal(shown, 1200);
	assert_true(pages > 2 && pages < 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORD_TEST(what_others_wrote_is_new),
		RECORD_TEST(what_a_device_keeps_is_unread),
		RECORD_TEST(bounds),
		RECORD_TEST(an_import_is_no_news),
		RECORD_TEST(pages_that_were_not_opened),
		RECORD_TEST(the_next_visit),
		RECORD_TEST(urgent_ones_first),
		RECORD_TEST(a_list_that_stays_open),
		RECORD_TEST(many_patients),
	};
	return cmocka_run_group_tests_name("record news", tests, NULL, NULL);
}
