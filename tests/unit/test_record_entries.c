/* If this failed, an entry would be lost from a timeline or a summary, a medicine that was stopped would
 * be shown as taken, a correction would hide what it corrects, or a reader would be missing. The whole
 * daemon runs. */
#include "tests/unit/record_fixture.h"

/* A patient of the doctor, with nurse, pharmacist and helper on the team. */
static char *shared_patient(struct fixture *f)
{
	char *id = registered(f, "doctor", "山田　太郎", "ヤマダ　タロウ", "1950-01-02", "2026-09-01");
	join(f, "doctor", id, "clinic01", "", TEAM_ROLE_ATTENDING);
	join(f, "doctor", id, "station01", "", TEAM_ROLE_KEY_PERSON);
	join(f, "doctor", id, "pharmacy01", "", TEAM_ROLE_MEMBER);
	join(f, "doctor", id, "helper01", "", TEAM_ROLE_MEMBER);
	return id;
}

static Timeline *timeline(struct fixture *f, const char *user, ListTimeline request, uint64_t after)
{
	assert_int_equal(ask_after(f, user, &request.base, after, false), CODE_OK);
	return BODY(f, Timeline);
}

static ListTimeline of(const char *patient)
{
	ListTimeline request = ListTimeline_INIT;
	union { const char *in; char *out; } pointer = { .in = patient };
	request.patient = pointer.out;
	return request;
}

static Summary *summary(struct fixture *f, const char *user, const char *patient)
{
	ShowSummary request = ShowSummary_INIT;
	request.patient = text(f, patient);
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return BODY(f, Summary);
}

static EntryShown *shown(struct fixture *f, const char *user, const char *entry)
{
	ShowEntry request = ShowEntry_INIT;
	request.id = text(f, entry);
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return BODY(f, EntryShown);
}

static const char *readers(struct fixture *f, const char *user, const char *entry)
{
	ListReaders request = ListReaders_INIT;
	const char *all = "";

	request.entry = text(f, entry);
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	ReaderList *list = BODY(f, ReaderList);
	for (size_t i = 0; i < list->n_items; i++) {
		assert_true(list->items[i]->read_ms > 0);
		assert_string_equal(list->items[i]->name,
				    arena_printf(&f->arena, "%s (name)", list->items[i]->id));
		all = arena_printf(&f->arena, "%s%s ", all, list->items[i]->id);
	}
	return all;
}

/* "ワルファリン アムロジピン ": the current medicines, newest first */
static const char *medicines(struct fixture *f, const char *patient)
{
	Summary *s = summary(f, "doctor", patient);
	const char *all = "";
	for (size_t i = 0; i < s->n_medications; i++)
		all = arena_printf(&f->arena, "%s%s ", all, s->medications[i]->medication->name);
	return all;
}

/* ---- entries -------------------------------------------------------------------------------- */

static void a_note_is_read(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	char *id = done(f, "nurse", &a_note(f, patient, "発熱あり。\n水分は取れている。")->base);
	EntryNotice *told = entry_notice(f);

	assert_string_equal(told->patient, patient);
	assert_string_equal(told->entry, id);
	assert_string_equal(told->author, "nurse");
	assert_int_equal(told->kind, ENTRY_KIND_NOTE);
	assert_false(told->urgent || told->correction);
	assert_string_equal(readers(f, "doctor", id), "");
	Timeline *t = timeline(f, "doctor", of(patient), 0);
	assert_int_equal(t->n_items, 1);
	Entry *e = t->items[0];
	assert_string_equal(e->note->text, "発熱あり。\n水分は取れている。");
	assert_string_equal(e->organisation, "station01");
	assert_int_equal(e->profession, PROFESSION_NURSE);
	assert_int_equal(e->occurred_ms, e->recorded_ms);
	assert_true(e->unread);
	assert_int_equal(e->readers, 0);
	assert_true(e->position > 0);
	e = timeline(f, "doctor", of(patient), 0)->items[0];
	assert_false(e->unread);
	assert_int_equal(e->readers, 1);
	assert_false(timeline(f, "nurse", of(patient), 0)->items[0]->unread); /* one's own */
	assert_true(shown(f, "pharmacist", id)->entry->unread);
	assert_string_equal(readers(f, "helper", id), "doctor pharmacist ");
}

static void read_by_push(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	ListTimeline request = of(patient);

	assert_int_equal(ask_after(f, "doctor", &request.base, 0, true), CODE_OK);
	char *id = done(f, "nurse", &a_note(f, patient, "x")->base);
	const Push *pushed = fixture_push(f, "doctor", 0);
	assert_non_null(pushed);
	const Timeline *page = fixture_decode(f, &Timeline_descriptor, pushed->body);
	assert_int_equal(page->n_items, 1);
	assert_string_equal(page->items[0]->id, id);
	assert_string_equal(readers(f, "nurse", id), ""); /* the device has not said so */
	MarkRead mark = MarkRead_INIT;
	mark.patient = patient;
	mark.entries = &id;
	mark.n_entries = 1;
	done(f, "doctor", &mark.base);
	done(f, "doctor", &mark.base); /* again: nothing to do */
	done(f, "nurse", &mark.base);  /* the author */
	assert_string_equal(readers(f, "nurse", id), "doctor ");
	char *strange = arena_string(&f->arena, "01KSR49200E4HR000000000001");
	mark.entries = &strange;
	refused(f, "doctor", &mark.base, CODE_INVALID_ARGUMENT, "entries");
	/* Withdrawn consent ends a watch of the team. */
	request = of(patient);
	assert_int_equal(ask_after(f, "nurse", &request.base, 0, true), CODE_OK);
	RecordConsent withdrawn = RecordConsent_INIT;
	withdrawn.patient = patient;
	withdrawn.scope = CONSENT_SCOPE_TEAM;
	withdrawn.on = text(f, "2026-09-02");
	done(f, "doctor", &withdrawn.base);
	pushed = fixture_push(f, "nurse", 0);
	assert_non_null(pushed);
	assert_string_equal(pushed->type, "");
}

static void what_cannot_be_written(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	AddEntry *request = a_note(f, patient, " ");

	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry.note.text");
	request = a_note(f, patient, "x");
	request->entry->occurred_ms = f->clock.wall_ms + 6 * 60 * 1000;
	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry.occurred_ms");
	request->entry->occurred_ms = f->clock.wall_ms + 4 * 60 * 1000;
	done(f, "nurse", &request->base);
	request = entry_of(f, patient, Entry_CONTENT__NOT_SET);
	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry");
	request = entry_of(f, patient, Entry_CONTENT_VITAL_SIGNS);
	request->entry->vital_signs = NEW(VitalSigns, &f->arena);
	request->entry->vital_signs->spo2_percent = 9;
	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry.vital_signs.spo2_percent");
	request = entry_of(f, patient, Entry_CONTENT_OBSERVATION);
	request->entry->observation = NEW(Observation, &f->arena);
	request->entry->observation->kind = ENTRY_KIND_NOTE;
	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry.observation.kind");
	refused(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "", "")->base,
		CODE_INVALID_ARGUMENT, "entry.medication.name");
	request = a_note(f, patient, "x");
	request->entry->corrects = text(f, "01KSR49200E4HR000000000001");
	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry.corrects");
	/* another patient's */
	char *other = registered(f, "outsider", "他人", "", "", "");
	request->entry->corrects = done(f, "outsider", &a_note(f, other, "x")->base);
	refused(f, "nurse", &request->base, CODE_INVALID_ARGUMENT, "entry.corrects");
	AddEntry nothing = AddEntry_INIT;
	refused(f, "nurse", &nothing.base, CODE_INVALID_ARGUMENT, "entry");
}

static void an_import_runs_twice(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f), *other = shared_patient(f);
	Identifier source = Identifier_INIT;
	AddEntry *request = a_note(f, patient, "x");

	source.system = text(f, "urn:hospital");
	source.value = text(f, "Observation/1");
	request->entry->source = &source;
	char *id = done(f, "doctor", &request->base);
	refused(f, "doctor", &request->base, CODE_ALREADY_EXISTS, "entry.source");
	assert_string_equal(f->reply->id, id);
	request->entry->patient = other;
	done(f, "doctor", &request->base); /* of another patient: another */
	source.value = text(f, "Observation/2");
	request->entry->occurred_ms = f->clock.wall_ms - 30 * DAY_MS;
	done(f, "doctor", &request->base);
	assert_null(entry_notice(f)); /* history is no news */
}

/* ---- vital signs ---------------------------------------------------------------------------- */

static char *measured(struct fixture *f, const char *patient, uint32_t spo2, int64_t occurred_ms)
{
	AddEntry *request = entry_of(f, patient, Entry_CONTENT_VITAL_SIGNS);
	request->entry->vital_signs = NEW(VitalSigns, &f->arena);
	request->entry->vital_signs->spo2_percent = spo2;
	request->entry->occurred_ms = occurred_ms;
	return done(f, "nurse", &request->base);
}

static void urgent_by_itself(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	SetThresholds limits = SetThresholds_INIT;
	Thresholds own = Thresholds_INIT;

	measured(f, patient, 92, 0);
	assert_false(entry_notice(f)->urgent);
	char *id = measured(f, patient, 91, 0);
	assert_true(entry_notice(f)->urgent);
	assert_string_equal(shown(f, "doctor", id)->entry->urgent_reason, "SpO2 91 % < 92 %");
	id = measured(f, patient, 80, f->clock.wall_ms - 2 * DAY_MS);
	assert_false(entry_notice(f)->urgent); /* of the day before yesterday */
	assert_string_equal(shown(f, "doctor", id)->entry->urgent_reason, "SpO2 80 % < 92 %");
	own.spo2_min_percent = 88;
	limits.patient = patient;
	limits.thresholds = &own;
	refused(f, "helper", &limits.base, CODE_PERMISSION_DENIED, "");
	done(f, "doctor", &limits.base);
	measured(f, patient, 88, 0);
	assert_false(entry_notice(f)->urgent);
	own.spo2_min_percent = 8;
	refused(f, "doctor", &limits.base, CODE_INVALID_ARGUMENT, "thresholds.spo2_min_percent");
	AddEntry *note = a_note(f, patient, "転倒");
	note->entry->urgent = true;
	done(f, "helper", &note->base);
	assert_true(entry_notice(f)->urgent);
	/* the trend: by the time it was measured, newest first */
	Summary *s = summary(f, "doctor", patient);
	assert_int_equal(s->n_vital_signs, 4);
	assert_int_equal(s->vital_signs[0]->vital_signs->spo2_percent, 88);
	assert_int_equal(s->vital_signs[3]->vital_signs->spo2_percent, 80);
	assert_int_equal(s->thresholds->spo2_min_percent, 88);
}

static void urgent_as_a_person_says(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	AddEntry *note = a_note(f, patient, "呼吸が苦しそう");

	note->entry->urgent_reason = text(f, "今夜のうちに往診を");
	refused(f, "nurse", &note->base, CODE_INVALID_ARGUMENT, "entry.urgent_reason");
	note->entry->urgent_reason = text(f, "");
	note->entry->everyone = true;
	refused(f, "nurse", &note->base, CODE_INVALID_ARGUMENT, "entry.everyone");
	note->entry->everyone = false;
	note->entry->urgent = note->entry->limit_passed = true;
	note->entry->urgent_reason = text(f, "今夜のうちに往診を");
	char *id = done(f, "nurse", &note->base);
	assert_true(entry_notice(f)->urgent);
	assert_false(entry_notice(f)->everyone || entry_notice(f)->limit_passed);
	const Entry *stored = shown(f, "doctor", id)->entry;
	assert_string_equal(stored->urgent_reason, "今夜のうちに往診を");
	assert_false(stored->limit_passed);
	note->entry->everyone = true;
	id = done(f, "nurse", &note->base);
	assert_true(entry_notice(f)->everyone);
	assert_true(shown(f, "doctor", id)->entry->everyone);
	note->entry->urgent_reason = memset(arena_alloc(&f->arena, 502), 0, 502);
	memset(note->entry->urgent_reason, 'x', 501);
	refused(f, "nurse", &note->base, CODE_INVALID_ARGUMENT, "entry.urgent_reason");
	note->entry->urgent_reason[500] = '\0';
	done(f, "nurse", &note->base);
}

static void by_a_limit_or_by_a_person(void **state)
{
	struct fixture *f = *state;
	AddEntry *vitals = entry_of(f, shared_patient(f), Entry_CONTENT_VITAL_SIGNS);
	VitalSigns *v = vitals->entry->vital_signs = NEW(VitalSigns, &f->arena);

	v->spo2_percent = 91;
	vitals->entry->everyone = true; /* urgent it becomes */
	char *id = done(f, "nurse", &vitals->base);
	assert_true(BODY(f, Entry)->limit_passed);
	assert_true(entry_notice(f)->urgent && entry_notice(f)->limit_passed);
	assert_true(entry_notice(f)->everyone);
	assert_true(shown(f, "doctor", id)->entry->limit_passed);
	vitals->entry->everyone = false;
	vitals->entry->urgent = true;
	vitals->entry->urgent_reason = text(f, "酸素を上げても戻らない");
	id = done(f, "nurse", &vitals->base);
	assert_false(entry_notice(f)->limit_passed);
	assert_string_equal(shown(f, "doctor", id)->entry->urgent_reason,
			    "SpO2 91 % < 92 %; 酸素を上げても戻らない");
	/* of days gone by, and somebody finds it urgent now */
	vitals->entry->occurred_ms = f->clock.wall_ms - 2 * DAY_MS;
	done(f, "nurse", &vitals->base);
	assert_true(entry_notice(f)->urgent);
	assert_false(entry_notice(f)->limit_passed);
}

/* What was written an hour ago becomes urgent: the same once more, as a correction. */
static void urgent_afterwards(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	char *start = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "ワルファリン",
						    "")->base);
	char *stop = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", start)->base);
	AddEntry *again = NEW(AddEntry, &f->arena);

	again->entry = shown(f, "doctor", stop)->entry;
	again->entry->corrects = stop;
	again->entry->urgent = true;
	again->entry->urgent_reason = text(f, "今日の分から飲ませないでください");
	char *urgent = done(f, "doctor", &again->base);
	assert_true(entry_notice(f)->urgent && entry_notice(f)->correction);
	assert_int_equal(entry_notice(f)->kind, ENTRY_KIND_MEDICATION);
	assert_int_equal(entry_notice(f)->n_concerns, 1);
	assert_string_equal(medicines(f, patient), "");
	const Entry *stored = shown(f, "nurse", urgent)->entry;
	assert_string_equal(stored->medication->name, "ワルファリン");
	assert_string_equal(stored->urgent_reason, "今日の分から飲ませないでください");
	assert_string_equal(stored->author, "doctor");
}

/* ---- medicines ------------------------------------------------------------------------------ */

static void medicines_start_change_stop(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	char *amlodipine = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START,
							 "アムロジピン", "")->base);
	assert_int_equal(entry_notice(f)->n_concerns, 0);
	char *warfarin = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START,
						       "ワーファリン錠1mg", "")->base);
	EntryNotice *told = entry_notice(f);
	assert_int_equal(told->n_concerns, 1);
	assert_int_equal(told->concerns[0], CONCERN_ANTITHROMBOTIC);
	assert_string_equal(medicines(f, patient), "ワーファリン錠1mg アムロジピン ");

	/* The dentist hears of a change to something that is no antithrombotic any more. */
	char *change = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_CHANGE,
						     "カロナール", warfarin)->base);
	told = entry_notice(f);
	assert_int_equal(told->n_concerns, 1);
	assert_int_equal(told->concerns[0], CONCERN_ANTITHROMBOTIC);
	assert_string_equal(medicines(f, patient), "カロナール アムロジピン ");
	refused(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", warfarin)->base,
		CODE_FAILED_PRECONDITION, "entry.medication.replaces");
	char *stop = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", change)->base);
	assert_string_equal(medicines(f, patient), "アムロジピン ");
	assert_string_equal(shown(f, "nurse", stop)->entry->medication->name, "カロナール");
	refused(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", stop)->base,
		CODE_FAILED_PRECONDITION, "entry.medication.replaces");
	char *note = done(f, "doctor", &a_note(f, patient, "x")->base);
	refused(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", note)->base,
		CODE_INVALID_ARGUMENT, "entry.medication.replaces");
	refused(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "x", amlodipine)->base,
		CODE_INVALID_ARGUMENT, "entry.medication.replaces");
	/* stopped elsewhere: known by name alone */
	done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "ランソプラゾール", "")->base);
	assert_string_equal(medicines(f, patient), "アムロジピン ");
}

static char *corrected(struct fixture *f, AddEntry *request, const char *what)
{
	request->entry->corrects = text(f, what);
	return done(f, "doctor", &request->base);
}

static void corrections_leave_both(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	char *first = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "ワルファリン",
						    "")->base);
	char *remark = corrected(f, a_note(f, patient, "朝ではなく夕に服用"), first);
	EntryNotice *told = entry_notice(f);
	assert_true(told->correction);
	assert_int_equal(told->kind, ENTRY_KIND_MEDICATION); /* of what it corrects */
	assert_int_equal(told->concerns[0], CONCERN_ANTITHROMBOTIC);
	assert_string_equal(medicines(f, patient), "ワルファリン "); /* words replace nothing */
	char *second = corrected(f, a_medicine(f, patient, MEDICATION_ACTION_START, "アピキサバン", ""),
				 remark);
	assert_int_equal(entry_notice(f)->kind, ENTRY_KIND_MEDICATION);
	assert_string_equal(medicines(f, patient), "アピキサバン ");
	EntryShown *s = shown(f, "nurse", first);
	assert_string_equal(s->entry->medication->name, "ワルファリン");
	assert_int_equal(s->entry->n_corrected_by, 2);
	assert_string_equal(s->entry->corrected_by[0], remark);
	assert_string_equal(s->entry->corrected_by[1], second);
	assert_int_equal(s->n_corrections, 2);
	assert_null(s->corrected);
	s = shown(f, "nurse", second);
	assert_string_equal(s->corrected->id, remark);
	assert_int_equal(timeline(f, "nurse", of(patient), 0)->n_items, 3);
	/* To stop what was corrected is to stop its newest version. */
	char *stop = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", first)->base);
	assert_string_equal(shown(f, "nurse", stop)->entry->medication->replaces, second);
	assert_string_equal(medicines(f, patient), "");
	/* A slip in the dose of a medicine that was stopped since does not bring it back. */
	corrected(f, a_medicine(f, patient, MEDICATION_ACTION_START, "アピキサバン2.5", ""), second);
	assert_string_equal(medicines(f, patient), "");
	/* Nor does the page that is printed say what was corrected; the remark and the stop stand. */
	Summary *one_page = summary(f, "nurse", patient);
	assert_int_equal(one_page->n_recent, 3);
	assert_string_equal(one_page->recent[0]->medication->name, "アピキサバン2.5");
	assert_string_equal(one_page->recent[1]->id, stop);
	assert_string_equal(one_page->recent[2]->id, remark);
}

/* A hospital prescribes what is taken for years anew at each visit. */
static void a_medicine_prescribed_again_is_one_line(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);

	for (int i = 0; i < 3; i++)
		done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "A", "")->base);
	AddEntry *night = a_medicine(f, patient, MEDICATION_ACTION_START, "A", "");
	night->entry->medication->dose = text(f, "1日1回 就寝前");
	done(f, "doctor", &night->base);
	assert_string_equal(medicines(f, patient), "A A ");
}

static void a_stop_taken_back(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	char *a = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "A", "")->base);
	char *b = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_START, "B", "")->base);
	char *stop = done(f, "doctor", &a_medicine(f, patient, MEDICATION_ACTION_STOP, "", a)->base);

	assert_string_equal(medicines(f, patient), "B ");
	/* It was the other one. */
	char *again = corrected(f, a_medicine(f, patient, MEDICATION_ACTION_STOP, "", b), stop);
	assert_string_equal(medicines(f, patient), "A ");
	/* The same once more, with a reason. */
	AddEntry *request = a_medicine(f, patient, MEDICATION_ACTION_STOP, "", b);
	request->entry->medication->reason = text(f, "副作用");
	corrected(f, request, again);
	assert_string_equal(medicines(f, patient), "A ");
	/* No stop at all: a change. */
	corrected(f, a_medicine(f, patient, MEDICATION_ACTION_CHANGE, "B 2", b), stop);
	assert_string_equal(medicines(f, patient), "B 2 A ");
}

/* ---- questions ------------------------------------------------------------------------------ */

static void answers_are_collected(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	AddEntry *question = entry_of(f, patient, Entry_CONTENT_QUESTION);
	Profession asked[] = { PROFESSION_NURSE, PROFESSION_PHARMACIST };
	AddEntry *answer = entry_of(f, patient, Entry_CONTENT_ANSWER);

	question->entry->question = NEW(Question, &f->arena);
	question->entry->question->text = text(f, "服薬の様子は？");
	question->entry->question->professions = asked;
	question->entry->question->n_professions = 2;
	char *id = done(f, "doctor", &question->base);
	assert_int_equal(entry_notice(f)->n_professions, 2);
	assert_false(entry_notice(f)->asks_again);
	answer->entry->answer = NEW(Answer, &f->arena);
	answer->entry->answer->question = id;
	answer->entry->answer->text = text(f, "一包化しています");
	done(f, "pharmacist", &answer->base);
	assert_string_equal(entry_notice(f)->asked_by, "doctor");
	done(f, "helper", &answer->base); /* who knows, says so */
	EntryShown *s = shown(f, "doctor", id);
	assert_int_equal(s->n_answers, 2);
	assert_int_equal(s->n_corrections, 0);
	assert_int_equal(s->entry->n_corrected_by, 0);
	answer->entry->answer->question = done(f, "doctor", &a_note(f, patient, "x")->base);
	refused(f, "nurse", &answer->base, CODE_INVALID_ARGUMENT, "entry.answer.question");
}

static void a_question_is_asked_again(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	AddEntry *question = entry_of(f, patient, Entry_CONTENT_QUESTION);

	question->entry->question = NEW(Question, &f->arena);
	question->entry->question->text = text(f, "服薬の様子は？");
	char *id = done(f, "doctor", &question->base);
	question->entry->urgent = true;
	char *again = corrected(f, question, id);
	const EntryNotice *told = entry_notice(f);
	assert_true(told->correction && told->asks_again && told->urgent);
	assert_int_equal(told->kind, ENTRY_KIND_QUESTION);
	corrected(f, a_note(f, patient, "眠前の分です"), id); /* a remark asks nobody */
	told = entry_notice(f);
	assert_int_equal(told->kind, ENTRY_KIND_QUESTION);
	assert_false(told->asks_again);
	AddEntry *answer = entry_of(f, patient, Entry_CONTENT_ANSWER); /* to either: it is one question */
	answer->entry->answer = NEW(Answer, &f->arena);
	answer->entry->answer->text = text(f, "一包化しています");
	answer->entry->answer->question = again;
	done(f, "pharmacist", &answer->base);
	answer->entry->answer->question = id;
	done(f, "nurse", &answer->base);
	assert_int_equal(shown(f, "doctor", id)->n_answers, 2);
	assert_int_equal(shown(f, "doctor", again)->n_answers, 2);
}

/* ---- pages ---------------------------------------------------------------------------------- */

static void a_long_timeline(void **state)
{
	enum { ENTRIES = 5000 };
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	uint64_t first = 0;
	size_t n = 0;

	for (int i = 0; i < ENTRIES; i++) {
		AddEntry *request = i % 100 == 50 ? a_medicine(f, patient, MEDICATION_ACTION_START, "x", "") :
						    a_note(f, patient, arena_printf(&f->arena, "%d", i));
		test_clock_advance(&f->clock, 1000);
		done(f, "doctor", &request->base);
		if (i == 0)
			first = f->reply->position;
	}
	/* newest first, by before */
	ListTimeline request = of(patient);
	uint64_t last = UINT64_MAX;
	Timeline *page;
	do {
		page = timeline(f, "nurse", request, 0);
		assert_false(f->reply->more);
		assert_true(page->n_items <= LIMIT_PAGE_ITEMS);
		for (size_t i = 0; i < page->n_items; i++, n++) {
			assert_true(page->items[i]->position < last);
			last = page->items[i]->position;
		}
		request.before = page->before;
	} while (page->before);
	assert_int_equal(n, ENTRIES);
	assert_int_equal(last, first);
	/* oldest first, what came after */
	uint64_t after = first;
	for (n = 0, last = 0;;) {
		page = timeline(f, "nurse", of(patient), after);
		for (size_t i = 0; i < page->n_items; i++, n++) {
			assert_true(page->items[i]->position > last);
			last = page->items[i]->position;
		}
		after = f->reply->position;
		if (!f->reply->more)
			break;
	}
	assert_int_equal(n, ENTRIES - 1);
	/* of one kind, and since a time */
	request = of(patient);
	request.kind = ENTRY_KIND_MEDICATION;
	page = timeline(f, "nurse", request, 0);
	assert_int_equal(page->n_items, ENTRIES / 100);
	request.kind = ENTRY_KIND_UNSPECIFIED;
	request.since_ms = f->clock.wall_ms - 9500;
	page = timeline(f, "nurse", request, 0);
	assert_int_equal(page->n_items, 10);
	assert_int_equal(page->before, 0);
	for (n = 0, after = first;; after = f->reply->position) { /* pages may be empty */
		n += timeline(f, "nurse", request, after)->n_items;
		if (!f->reply->more)
			break;
	}
	assert_int_equal(n, 10);
	Summary *s = summary(f, "nurse", patient);
	assert_int_equal(s->n_recent, 5);
	assert_string_equal(s->recent[0]->note->text, "4999");
	assert_int_equal(s->n_medications, 1); /* one medicine, prescribed anew each time */
}

static void large_entries_fit(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f), words[20001];
	size_t n = 0;

	memset(words, 'x', 20000);
	words[20000] = '\0';
	for (int i = 0; i < 60; i++) {
		AddEntry *request = entry_of(f, patient, Entry_CONTENT_WISH);
		request->entry->wish = NEW(Wish, &f->arena);
		request->entry->wish->text = text(f, words);
		done(f, "doctor", &request->base);
	}
	ListTimeline request = of(patient);
	do {
		Timeline *page = timeline(f, "nurse", request, 0);
		n += page->n_items;
		request.before = page->before;
	} while (request.before);
	assert_int_equal(n, 60);
	assert_true(summary(f, "nurse", patient)->n_wishes > 0);
}

/* ---- summary -------------------------------------------------------------------------------- */

static void problem(struct fixture *f, const char *patient, const char *name, bool resolved)
{
	AddEntry *request = entry_of(f, patient, Entry_CONTENT_CONDITION);
	request->entry->condition = NEW(Condition, &f->arena);
	request->entry->condition->name = text(f, name);
	request->entry->condition->resolved = resolved;
	done(f, "doctor", &request->base);
}

static void one_page(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	AddEntry *request;

	problem(f, patient, "高血圧症", false);
	problem(f, patient, "肺炎", false);
	problem(f, patient, "高血圧症", false);
	test_clock_advance(&f->clock, 60000);
	problem(f, patient, "肺炎", true);
	request = entry_of(f, patient, Entry_CONTENT_ALLERGY);
	request->entry->allergy = NEW(Allergy, &f->arena);
	request->entry->allergy->substance = text(f, "ペニシリン");
	done(f, "pharmacist", &request->base);
	request = entry_of(f, patient, Entry_CONTENT_PRECAUTION);
	request->entry->precaution = NEW(Precaution, &f->arena);
	request->entry->precaution->text = text(f, "MRSA");
	request->entry->precaution->infection = true;
	char *precaution = done(f, "nurse", &request->base);
	assert_true(entry_notice(f)->infection);
	corrected(f, a_note(f, patient, "陰性化"), precaution);
	assert_true(entry_notice(f)->infection);
	assert_int_equal(entry_notice(f)->kind, ENTRY_KIND_PRECAUTION);
	request = entry_of(f, patient, Entry_CONTENT_OBSERVATION);
	request->entry->observation = NEW(Observation, &f->arena);
	request->entry->observation->kind = ENTRY_KIND_RENAL;
	request->entry->observation->egfr = 28;
	done(f, "doctor", &request->base);
	assert_int_equal(entry_notice(f)->concerns[0], CONCERN_RENAL_FUNCTION);
	Summary *s = summary(f, "nurse", patient);
	assert_int_equal(s->n_problems, 1);
	assert_string_equal(s->problems[0]->condition->name, "高血圧症");
	assert_int_equal(s->n_allergies, 1);
	assert_int_equal(s->n_precautions, 1);
	assert_int_equal(s->precautions[0]->n_corrected_by, 1);
	assert_int_equal(s->n_observations, 1);
	assert_int_equal(s->n_contacts, 4);
	assert_int_equal(s->contacts[0]->role, TEAM_ROLE_ATTENDING);
	assert_string_equal(s->contacts[0]->phone, "052-000-0000");
	assert_int_equal(s->n_recent, 5);
	assert_true(s->recent[0]->unread);
	assert_true(timeline(f, "nurse", of(patient), 0)->items[0]->unread); /* a summary is no reading */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORD_TEST(a_note_is_read),
		RECORD_TEST(read_by_push),
		RECORD_TEST(what_cannot_be_written),
		RECORD_TEST(an_import_runs_twice),
		RECORD_TEST(urgent_by_itself),
		RECORD_TEST(urgent_as_a_person_says),
		RECORD_TEST(by_a_limit_or_by_a_person),
		RECORD_TEST(urgent_afterwards),
		RECORD_TEST(medicines_start_change_stop),
		RECORD_TEST(corrections_leave_both),
		RECORD_TEST(a_medicine_prescribed_again_is_one_line),
		RECORD_TEST(a_stop_taken_back),
		RECORD_TEST(answers_are_collected),
		RECORD_TEST(a_question_is_asked_again),
		RECORD_TEST(a_long_timeline),
		RECORD_TEST(large_entries_fit),
		RECORD_TEST(one_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
