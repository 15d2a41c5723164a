/* If this fails, a daemon may answer before it has stored, forget what it answered, do a thing twice,
 * or let one bad message take its neighbours down. */
#include <unistd.h>

#include <lmdb.h>

#include "log.h"
#include "tests/unit/daemon_test.h"

/* ---- a daemon as small as can be: notes of a patient ---------------------------------------- */

enum { TABLE_NOTES = TABLE_OWN };
static const char *const mini_tables[] = { "notes" };
static const char *const mini_peers[] = { "directory", "alert", NULL };

struct nothing {
	char unused;
};

static int load_add(struct tx *tx, const struct input *in, const AddEntry *request, struct nothing *view)
{
	(void)tx, (void)view;
	if (request->entry && !strcmp(request->entry->urgent_reason, "no memory")) {
		while (arena_alloc(in->arena, 1024))
			;
		return ERR_NOMEM;
	}
	return request->entry ? 0 : refuse(in, CODE_INVALID_ARGUMENT, "entry", "空です", "empty");
}

static int add(const struct input *in, const struct nothing *view, const AddEntry *request,
	       EntryAdded *fact)
{
	(void)view;
	if (!strcmp(request->entry->urgent_reason, "later") && in->head < 8)
		return refuse(in, CODE_UNAVAILABLE, "entry", "まだです", "not yet");
	if (request->entry->urgent)
		return refuse(in, CODE_PERMISSION_DENIED, "entry.urgent", "だめです", "no");
	fact->entry = request->entry;
	fact->entry->id = arena_string(in->arena, in->id);
	fact->entry->author = arena_string(in->arena, in->actor.user);
	fact->entry->recorded_ms = in->now_ms;
	return 0;
}

static int load_due(struct tx *tx, const struct input *in, const ReminderDue *due, struct nothing *view)
{
	(void)tx, (void)in, (void)view;
	return strcmp(due->event, "poison") ? 0 : ERR_NOMEM;
}

static int remind(const struct input *in, const struct nothing *view, const ReminderDue *due,
		  Reminded *fact)
{
	(void)in, (void)view;
	fact->event = due->event;
	return 0;
}

static void apply_added(struct tx *tx, const JournalEntry *entry, uint64_t position,
			const EntryAdded *fact)
{
	struct key key = key_text_u64(fact->entry->patient, position), watch = key_text("notes");
	ReminderDue due = ReminderDue_INIT;

	(void)entry;
	PUT(tx, TABLE_NOTES, &key, fact->entry);
	due.event = fact->entry->urgent_reason[0] ? fact->entry->urgent_reason : fact->entry->id;
	due_set(tx, DUE_DURATION, entry->steady_ms + 300000, &due.base);
	tx_touch(tx, &watch);
}

static void apply_reminded(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const Reminded *fact)
{
	struct key key = key_text_u64("reminded", position);
	(void)entry;
	tx_put(tx, TABLE_NOTES, &key, (struct bytes){ (const uint8_t *)fact->event, 26 });
}

static const ProtobufCMessage *notice_added(struct arena *arena, const JournalEntry *entry,
					    const EntryAdded *fact)
{
	EntryNotice *notice = NEW(EntryNotice, arena);
	(void)entry;
	notice->entry = fact->entry->id;
	return &notice->base;
}

static int list(struct tx *tx, const struct input *in, const ListTimeline *request, Timeline *response,
		struct answer *answer)
{
	struct key prefix = key_text(request->patient);
	struct scan scan;
	Entry *entry;

	answer->watch_key = key_text("notes");
	scan_open(&scan, tx, TABLE_NOTES, &prefix, NULL);
	while (scan_next(&scan))
		if (scan_number(&scan) > in->after && SCAN_MESSAGE(&scan, Entry, &entry) == 0)
			arena_append(in->arena, &response->items, &response->n_items, entry);
	scan_close(&scan);
	answer->access = NEW(Accessed, in->arena);
	answer->access->patient = request->patient;
	return 0;
}

static int load_team(struct tx *tx, const struct input *in, const TeamNotice *notice,
		     struct nothing *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

static int follow_team(const struct input *in, const struct nothing *view, const TeamNotice *notice,
		       TeamChanged *fact)
{
	(void)in, (void)view;
	fact->patient = notice->patient;
	return 0;
}

static const struct route routes[] = {
	NOTICE("alert", TeamNotice, struct nothing, load_team, follow_team, TeamChanged),
	WRITE(AddEntry, struct nothing, load_add, add, EntryAdded),
	READ(ListTimeline, list, Timeline),
	DUE(ReminderDue, struct nothing, load_due, remind, Reminded),
};

static const struct fact_type facts[] = {
	FACT(EntryAdded, apply_added, { TO("alert", EntryAdded, notice_added) }),
	FACT(Reminded, apply_reminded, TO_NOBODY),
	{ .message = &Accessed_descriptor },
	{ .message = &TeamChanged_descriptor },
};

static const struct daemon_spec mini = {
	.name = "record", .tables = mini_tables, .n_tables = 1, .peers = mini_peers,
	.routes = routes, .n_routes = sizeof(routes) / sizeof(routes[0]),
	.facts = facts, .n_facts = sizeof(facts) / sizeof(facts[0]),
};

/* ---- the bench it is tested on ------------------------------------------------------------- */

#define PATIENT "01900000000000000000000000"

static void restart(struct fixture *b)
{
	fixture_stop(b);
	recording_bus_clear(&b->bus);
	start(b);
}

/* Told by directory at a position. */
static void enrol(struct fixture *b, uint64_t position, const char *user)
{
	b->directory = position - 1;
	person(b, user, "station01", PROFESSION_NURSE);
}

static int set_up(void **state)
{
	struct fixture *b = new_fixture(&mini);

	log_init("test", LOG_LEVEL_ERROR + 1);
	b->options.store.map_mb = 16;
	b->options.witness_ms = 1000;
	start(b);
	enrol(b, 1, "nurse");
	*state = b;
	return 0;
}

static void make_note(struct fixture *b, Request *request, const char *words, bool urgent)
{
	AddEntry body = AddEntry_INIT;
	Entry entry = Entry_INIT;
	Note note = Note_INIT;

	note.text = text(b, words);
	entry.patient = text(b, PATIENT);
	entry.urgent = urgent;
	entry.content_case = Entry_CONTENT_NOTE;
	entry.note = &note;
	body.entry = &entry;
	*request = fixture_request(b, &body.base, 0, false);
}

static void send_request(struct fixture *b, const Request *request)
{
	fixture_send(b, "nurse", request);
}

/* The nth answer since the bus was cleared. */
static const Reply *reply(struct fixture *b, size_t n)
{
	return fixture_reply(b, "nurse", n);
}

static const Reply *call(struct fixture *b, const Request *request)
{
	recording_bus_clear(&b->bus);
	send_request(b, request);
	fixture_step(b);
	return reply(b, 0);
}

static size_t count_notes(struct fixture *b)
{
	ListTimeline body = ListTimeline_INIT;

	body.patient = text(b, PATIENT);
	assert_int_equal(ask(b, "nurse", &body.base), CODE_OK);
	return ((const Timeline *)body_of(b, &Timeline_descriptor))->n_items;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void a_replied_write_survives_a_restart_and_takes_effect_once(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "発熱あり", false);
	const Reply *first = call(b, &request);
	assert_int_equal(first->code, CODE_OK);
	assert_true(id_valid(first->id));
	restart(b);
	assert_non_null(recording_bus_find(&b->bus, "record/state/record", 0)); /* watches: open again */
	const Reply *second = call(b, &request);
	assert_int_equal(second->code, CODE_OK);
	assert_string_equal(first->id, second->id);
	assert_int_equal(first->position, second->position);
	assert_int_equal(count_notes(b), 1);
}

static void the_same_id_twice_in_one_batch_takes_effect_once(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", false);
	send_request(b, &request);
	const Reply *first = call(b, &request);
	assert_string_equal(first->id, reply(b, 1)->id);
	assert_int_equal(count_notes(b), 1);
}

static void the_same_id_with_other_bytes_is_refused(void **state)
{
	struct fixture *b = *state;
	Request request, other;

	make_note(b, &request, "a", false);
	call(b, &request);
	make_note(b, &other, "b", false);
	other.id = request.id;
	assert_int_equal(call(b, &other)->code, CODE_INVALID_ARGUMENT);
	assert_string_equal(reply(b, 0)->field, "id");
	assert_int_equal(count_notes(b), 1);
}

static void a_refusal_is_remembered(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", true);
	assert_int_equal(call(b, &request)->code, CODE_PERMISSION_DENIED);
	restart(b);
	assert_int_equal(call(b, &request)->code, CODE_PERMISSION_DENIED);
	assert_string_equal(reply(b, 0)->field, "entry.urgent");
	assert_string_equal(reply(b, 0)->request_id, request.id);
}

static size_t count_refusals(struct fixture *b)
{
	struct tx tx;
	assert_int_equal(tx_begin(&tx, daemon_store(b->daemon), &b->arena, false), 0);
	size_t n = tx_count(&tx, TABLE_REFUSALS);
	tx_abort(&tx);
	return n;
}

/* "Send it again" is no answer for good: the same bytes succeed when what was missing is there. */
static void what_cannot_be_done_yet_is_not_remembered(void **state)
{
	struct fixture *b = *state;
	Request later, note;
	AddEntry *body;

	make_note(b, &later, "a", false);
	codec_unpack(&AddEntry_descriptor, (struct bytes){ later.body.data, later.body.len },
		     &b->arena, (ProtobufCMessage **)(void *)&body);
	body->entry->urgent_reason = text(b, "later");
	later = fixture_request(b, &body->base, 0, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(call(b, &later)->code, CODE_UNAVAILABLE);
	assert_int_equal(count_refusals(b), 0);
	while (daemon_head(b->daemon) < 8) {
		make_note(b, &note, "b", false);
		call(b, &note);
	}
	const Reply *first = call(b, &later);
	assert_int_equal(first->code, CODE_OK);
	assert_string_equal(call(b, &later)->id, first->id);
}

/* Nobody may fill the store with what was refused: it goes when its ids are too old to come again. */
static void refusals_are_forgotten_in_the_end(void **state)
{
	struct fixture *b = *state;
	Request request;

	for (int i = 0; i < 20; i++) {
		make_note(b, &request, "a", true);
		assert_int_equal(call(b, &request)->code, CODE_PERMISSION_DENIED);
	}
	assert_int_equal(count_refusals(b), 20);
	pass(b, 92LL * 24 * 3600 * 1000);
	for (int i = 0; i < 20; i++) {
		make_note(b, &request, "a", true);
		assert_int_equal(call(b, &request)->code, CODE_PERMISSION_DENIED);
	}
	assert_int_equal(count_refusals(b), 20);
}

static void bad_input_names_the_field(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", false);
	request.type = text(b, "DropTables");
	assert_int_equal(call(b, &request)->code, CODE_UNIMPLEMENTED);
	make_note(b, &request, "a", false);
	request.id = text(b, "x");
	assert_int_equal(call(b, &request)->code, CODE_INVALID_ARGUMENT);
	make_note(b, &request, "\xff\xfe", false);
	assert_int_equal(call(b, &request)->code, CODE_INVALID_ARGUMENT);
	assert_string_equal(reply(b, 0)->field, "entry.note.text");
	recording_bus_clear(&b->bus);
	daemon_receive(b->daemon, "tsunagi/v1/record/req/nurse/" FIXTURE_DEVICE,
		       (struct bytes){ (const uint8_t *)"\xff\xff\xff", 3 });
	fixture_step(b);
	assert_int_equal(reply(b, 0)->code, CODE_INVALID_ARGUMENT);
}

static void an_unknown_user_is_asked_to_repeat_and_an_instance_is_no_person(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", false);
	fixture_send(b, "stranger", &request);
	fixture_step(b);
	assert_int_equal(fixture_reply(b, "stranger", 0)->code, CODE_UNAVAILABLE);
}

/* Each put of a batch fails in turn: the others are stored and answered all the same. */
static void a_failing_write_does_not_take_its_neighbours_down(void **state)
{
	struct fixture *b = *state;
	Request requests[3];
	size_t stored = 0;
	bool fired = true;

	for (unsigned nth = 1; fired; nth++) {
		size_t answered = 0;
		recording_bus_clear(&b->bus);
		for (int i = 0; i < 3; i++) {
			make_note(b, &requests[i], "n", false);
			send_request(b, &requests[i]);
		}
		store_inject(daemon_store(b->daemon), STORE_FAULT_PUT, nth, 1, ERR_FULL);
		fixture_step(b);
		for (size_t i = 0; i < 3; i++)
			answered += reply(b, i) && reply(b, i)->code == CODE_OK;
		assert_int_equal(answered, 3); /* one fault: the second try of each goes through */
		stored += 3;
		store_inject(daemon_store(b->daemon), STORE_FAULT_PUT, 0, 0, 0);
		fired = nth < 40;
	}
	assert_int_equal(count_notes(b), stored);
}

static void an_input_over_its_memory_is_answered(void **state)
{
	struct fixture *b = *state;
	AddEntry body = AddEntry_INIT;
	Entry entry = Entry_INIT;
	Request request;

	entry.urgent_reason = text(b, "no memory");
	body.entry = &entry;
	request = fixture_request(b, &body.base, 0, false);
	const Reply *answer = call(b, &request);
	assert_non_null(answer);
	assert_int_equal(answer->code, CODE_RESOURCE_EXHAUSTED);
	assert_string_equal(answer->request_id, request.id);
	assert_int_equal(count_notes(b), 0);
}

static void a_full_store_is_a_refusal_with_a_reason(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", false);
	store_inject(daemon_store(b->daemon), STORE_FAULT_PUT, 1, 1000, ERR_FULL);
	assert_int_equal(call(b, &request)->code, CODE_RESOURCE_EXHAUSTED);
	assert_true(strlen(reply(b, 0)->message_ja) > 0);
	store_inject(daemon_store(b->daemon), STORE_FAULT_PUT, 0, 0, 0);
	store_inject(daemon_store(b->daemon), STORE_FAULT_COMMIT, 1, 2, ERR_FULL);
	assert_int_equal(call(b, &request)->code, CODE_RESOURCE_EXHAUSTED);
	assert_int_equal(call(b, &request)->code, CODE_OK);
	assert_int_equal(count_notes(b), 1);
}

static void a_store_really_full_refuses_writes_and_loses_nothing(void **state)
{
	struct fixture *b = *state;
	char *text = arena_alloc(&b->arena, 16001);
	Request request;
	size_t accepted = 0;

	fixture_stop(b);
	b->options.store.map_mb = 2;
	start(b);
	memset(text, 'x', 16000);
	for (int i = 0; i < 400; i++) {
		make_note(b, &request, text, false);
		const Reply *answer = call(b, &request);
		accepted += answer->code == CODE_OK;
		if (answer->code != CODE_OK)
			assert_int_equal(answer->code, CODE_RESOURCE_EXHAUSTED);
	}
	assert_true(accepted > 10 && accepted < 200);
	uint64_t head = daemon_head(b->daemon);
	restart(b);
	assert_int_equal(daemon_head(b->daemon), head);
}

static void a_failed_commit_ends_the_process_and_nothing_was_said(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", false);
	recording_bus_clear(&b->bus);
	send_request(b, &request);
	store_inject(daemon_store(b->daemon), STORE_FAULT_COMMIT, 1, 1, ERR_IO);
	assert_int_equal(daemon_step(b->daemon), ERR_IO);
	assert_null(reply(b, 0));
	restart(b);
	assert_int_equal(count_notes(b), 0);
	assert_int_equal(call(b, &request)->code, CODE_OK);
}

static void views_are_equal_to_their_rebuild_and_are_mended_by_it(void **state)
{
	struct fixture *b = *state;
	struct tx tx;
	struct key key = key_text("spoilt");
	Request request;
	uint64_t entries, differing;

	for (int i = 0; i < 5; i++) {
		make_note(b, &request, "a", false);
		call(b, &request);
	}
	assert_int_equal(daemon_rebuild(b->daemon, &entries, &differing), 0);
	assert_int_equal(differing, 0);
	assert_int_equal(entries, daemon_head(b->daemon));
	tx_begin(&tx, daemon_store(b->daemon), &b->arena, true);
	tx_put(&tx, TABLE_NOTES, &key, (struct bytes){ (const uint8_t *)"x", 1 });
	tx_empty(&tx, TABLE_REPLIES);
	assert_int_equal(tx_commit(&tx), 0);
	assert_int_equal(daemon_rebuild(b->daemon, &entries, &differing), 0);
	assert_int_equal(differing, 6);
	assert_int_equal(daemon_rebuild(b->daemon, &entries, &differing), 0);
	assert_int_equal(differing, 0);
	assert_int_equal(call(b, &request)->code, CODE_OK); /* still known */
	assert_int_equal(count_notes(b), 5);
}

static void a_watch_gets_what_changed_and_only_that(void **state)
{
	struct fixture *b = *state;
	ListTimeline body = ListTimeline_INIT;
	Request request, note;

	make_note(b, &note, "before", false);
	call(b, &note);
	body.patient = text(b, PATIENT);
	request = fixture_request(b, &body.base, 0, true);
	uint64_t position = call(b, &request)->position;
	make_note(b, &note, "after", false);
	call(b, &note);
	const Push *push = fixture_push(b, "nurse", 0);
	assert_non_null(push);
	assert_string_equal(push->watch, request.id);
	assert_int_equal(push->from, position);
	const Timeline *page = fixture_decode(b, &Timeline_descriptor, push->body);
	assert_int_equal(page->n_items, 1);
	test_clock_advance(&b->clock, WATCH_MS + 1);
	make_note(b, &note, "late", false);
	call(b, &note);
	assert_null(fixture_push(b, "nurse", 0));
}

/* The limit holds within one batch too, where none of the watches stands yet. */
static void too_many_watches_at_once_are_refused(void **state)
{
	struct fixture *b = *state;
	ListTimeline body = ListTimeline_INIT;
	Request request;
	size_t opened = 0, refused = 0;

	body.patient = text(b, PATIENT);
	recording_bus_clear(&b->bus);
	for (int i = 0; i < LIMIT_WATCHES_PER_USER + 10; i++) {
		request = fixture_request(b, &body.base, 0, true);
		send_request(b, &request);
		if (i == 0) /* repeated by an impatient client: one watch */
			send_request(b, &request);
	}
	fixture_step(b);
	for (size_t i = 0; i < LIMIT_WATCHES_PER_USER + 11; i++)
		*(reply(b, i)->code == CODE_OK ? &opened : &refused) += 1;
	assert_int_equal(opened, LIMIT_WATCHES_PER_USER + 1);
	assert_int_equal(refused, 10);
}

/* A start that was cut short while the key was made is followed by a good one. */
static void half_a_key_is_no_key(void **state)
{
	struct fixture *b = *state;
	char half[TEMPORARY_SIZE + 32];

	fixture_stop(b);
	remove(b->key_file); /* nor is a new one, for what the old one has sealed */
	assert_int_equal(daemon_open(&b->daemon, &mini, &b->options, NULL), ERR_CRYPTO);
	assert_int_not_equal(access(b->key_file, F_OK), 0);
	temporary_remove(b->folder);
	temporary_make(b->folder, "frame");
	snprintf(half, sizeof(half), "%s.new", b->key_file);
	FILE *file = fopen(half, "w");
	assert_non_null(file);
	fputs("half", file);
	fclose(file);
	start(b);
	assert_int_not_equal(access(half, F_OK), 0);
	restart(b);
}

/* Two processes on one store would each write over what the other has answered. */
static void a_store_is_for_one_process(void **state)
{
	struct fixture *b = *state;
	struct daemon *second;

	assert_int_equal(daemon_open(&second, &mini, &b->options, NULL), ERR_IO);
	restart(b); /* whoever ends leaves it to the next */
	assert_int_equal(count_notes(b), 0);
}

static void due_work_is_done_once_and_a_clock_jump_does_not_hurry_it(void **state)
{
	struct fixture *b = *state;
	Request request;
	uint64_t head;

	make_note(b, &request, "a", false);
	call(b, &request);
	head = daemon_head(b->daemon);
	test_clock_jump(&b->clock, 24LL * 3600 * 1000);
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 1); /* the jump itself, and no reminder */
	pass(b, 299000);
	assert_int_equal(daemon_head(b->daemon), head + 1);
	assert_in_range(daemon_wait_ms(b->daemon), 0, 1000);
	pass(b, 1000);
	assert_int_equal(daemon_head(b->daemon), head + 2);
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 2);
}

/* The machine comes up with a clock that is a day behind: what was to be done in five minutes is. */
static void a_clock_set_back_meanwhile_does_not_delay_it(void **state)
{
	struct fixture *b = *state;
	Request request;
	uint64_t head;

	make_note(b, &request, "a", false);
	call(b, &request);
	head = daemon_head(b->daemon);
	fixture_stop(b);
	test_clock_jump(&b->clock, -24LL * 3600 * 1000);
	start(b);
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 1); /* the jump */
	pass(b, 299000);
	assert_int_equal(daemon_head(b->daemon), head + 1);
	pass(b, 1000);
	assert_int_equal(daemon_head(b->daemon), head + 2);
	restart(b); /* and is not noted once more */
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 2);
}

/* The last entry's time in the journal, and what its rule took for now. */
static int64_t last_time_ms(struct fixture *b, int64_t *now_ms)
{
	ProtobufCMessage *fact;
	JournalEntry *entry;
	struct tx tx;

	assert_int_equal(tx_begin(&tx, daemon_store(b->daemon), &b->arena, false), 0);
	assert_int_equal(journal_read(&tx, daemon_head(b->daemon), &entry), 0);
	tx_abort(&tx);
	assert_int_equal(codec_unpack(&EntryAdded_descriptor,
				      (struct bytes){ entry->fact.data, entry->fact.len }, &b->arena,
				      &fact), 0);
	*now_ms = ((EntryAdded *)(void *)fact)->entry->recorded_ms;
	return entry->time_ms;
}

/* The clock was a day ahead and is put right: what people mean by now is right at once, while the journal
 * waits until time has caught up with it. */
static void now_may_go_back_and_the_journals_time_does_not(void **state)
{
	struct fixture *b = *state;
	Request request;
	int64_t now_ms;

	test_clock_jump(&b->clock, 24LL * 3600 * 1000);
	make_note(b, &request, "a", false);
	call(b, &request);
	int64_t ahead_ms = last_time_ms(b, &now_ms);
	assert_int_equal(ahead_ms, b->clock.wall_ms);
	test_clock_jump(&b->clock, -24LL * 3600 * 1000);
	for (int i = 0; i < 2; i++) {
		make_note(b, &request, i ? "c" : "b", false);
		call(b, &request);
		assert_int_equal(last_time_ms(b, &now_ms), ahead_ms);
		assert_int_equal(now_ms, b->clock.wall_ms);
		restart(b);
	}
}

/* A due item that cannot be done stands before all others: it is dropped with a word in the log. */
static void due_work_that_never_goes_does_not_stop_the_rest(void **state)
{
	struct fixture *b = *state;
	Request poison, sound;
	uint64_t entries, differing;

	make_note(b, &poison, "a", false);
	AddEntry *body;
	codec_unpack(&AddEntry_descriptor, (struct bytes){ poison.body.data, poison.body.len }, &b->arena,
		     (ProtobufCMessage **)(void *)&body);
	body->entry->urgent_reason = text(b, "poison");
	poison = fixture_request(b, &body->base, 0, false);
	assert_int_equal(call(b, &poison)->code, CODE_OK);
	make_note(b, &sound, "b", false);
	call(b, &sound);
	uint64_t head = daemon_head(b->daemon);
	pass(b, 300001);
	assert_int_equal(daemon_head(b->daemon), head + 2); /* dropped, and Reminded */
	assert_int_equal(daemon_rebuild(b->daemon, &entries, &differing), 0);
	assert_int_equal(differing, 0);
}

/* What alert, which has followed record so far, is answered. */
static const Notices *read_notices(struct fixture *b, uint64_t from)
{
	ReadNotices read = ReadNotices_INIT;

	read.from = from;
	Request request = fixture_request(b, &read.base, 0, false);
	recording_bus_clear(&b->bus);
	fixture_receive(b, "tsunagi/v1/record/req/alert/alert", &request.base);
	fixture_step(b);
	const Reply *answer = fixture_said(b, &Reply_descriptor, "record/res/alert/alert", 0);
	return fixture_decode(b, &Notices_descriptor, answer->body);
}

static void notices_cover_every_position_and_missed_ones_are_read_again(void **state)
{
	struct fixture *b = *state;
	Request request;

	make_note(b, &request, "a", false);
	call(b, &request);
	const Notices *told = fixture_said(b, &Notices_descriptor, "record/notice/alert", 0);
	assert_int_equal(told->to, daemon_head(b->daemon));
	assert_int_equal(told->n_items, 1);
	const Notices *missed = read_notices(b, 0);
	assert_int_equal(missed->n_items, 1);
	assert_int_equal(missed->items[0]->position, told->items[0]->position);
	assert_int_equal(missed->to, daemon_head(b->daemon));
	missed = read_notices(b, 1000); /* a reader that knows of more than there is */
	assert_int_equal(missed->to, daemon_head(b->daemon));
	assert_int_equal(missed->last, daemon_head(b->daemon));
}

static void a_gap_in_notices_is_asked_for_and_nothing_is_taken_out_of_turn(void **state)
{
	struct fixture *b = *state;
	Request request;

	recording_bus_clear(&b->bus);
	test_clock_advance(&b->clock, 2000); /* the first question, at connecting, was not answered */
	enrol(b, 5, "late"); /* 2 to 4 are missing */
	assert_non_null(recording_bus_find(&b->bus, "directory/req/record/record", 0));
	make_note(b, &request, "a", false);
	fixture_send(b, "late", &request);
	fixture_step(b);
	enrol(b, 2, "second");
	enrol(b, 2, "second"); /* again: no second effect */
	uint64_t head = daemon_head(b->daemon);
	enrol(b, 1, "old");
	assert_int_equal(daemon_head(b->daemon), head);
}

/* alert is told of an entry by record, which knows of a person of whom alert does not yet. */
static void a_notice_waits_for_directory_but_not_for_ever(void **state)
{
	struct fixture *b = *state;
	TeamNotice notice = TeamNotice_INIT;

	test_clock_advance(&b->clock, 5000);
	uint64_t head = daemon_head(b->daemon);
	fixture_tell_at(b, "alert", 1, 2, &notice.base); /* we have followed to 1 */
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head);
	enrol(b, 2, "second");
	fixture_tell_at(b, "alert", 1, 2, &notice.base);
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 2);
	fixture_tell_at(b, "alert", 2, 9, &notice.base);
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 2);
	test_clock_advance(&b->clock, 10000);
	fixture_tell_at(b, "alert", 2, 9, &notice.base);
	fixture_step(b);
	assert_int_equal(daemon_head(b->daemon), head + 3);
}

/* directory's store was swapped for an older copy: what it says from now on still arrives. */
static void a_source_that_lost_its_tail_is_followed_from_its_new_end(void **state)
{
	struct fixture *b = *state;
	Notices notices = Notices_INIT;

	enrol(b, 2, "second");
	enrol(b, 3, "third");
	test_clock_advance(&b->clock, 5000);
	recording_bus_clear(&b->bus);
	notices.from = notices.to = notices.last = 1; /* it is at 1 again */
	fixture_receive(b, "tsunagi/v1/directory/notice/record", &notices.base);
	fixture_step(b);
	assert_true(fixture_answer(b, "directory", &notices.base));
	fixture_step(b);
	uint64_t head = daemon_head(b->daemon);
	enrol(b, 2, "another");
	assert_int_equal(daemon_head(b->daemon), head + 1);
}

/* ---- damage --------------------------------------------------------------------------------- */

static void damage(struct fixture *b, uint64_t position, bool remove_it)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	struct key key = key_u64(position);
	MDB_val k = { key.size, key.data }, v;
	uint8_t copy[4096];

	fixture_stop(b);
	assert_int_equal(mdb_env_create(&env), 0);
	mdb_env_set_maxdbs(env, 64);
	mdb_env_set_mapsize(env, 16 << 20);
	assert_int_equal(mdb_env_open(env, b->folder, 0, 0600), 0);
	mdb_txn_begin(env, NULL, 0, &txn);
	assert_int_equal(mdb_dbi_open(txn, "journal", 0, &dbi), 0);
	assert_int_equal(mdb_get(txn, dbi, &k, &v), 0);
	assert_in_range(v.mv_size, 1, sizeof(copy));
	memcpy(copy, v.mv_data, v.mv_size);
	copy[v.mv_size - 5] ^= 1;
	v.mv_data = copy;
	assert_int_equal(remove_it ? mdb_del(txn, dbi, &k, NULL) : mdb_put(txn, dbi, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	start(b);
}

static void check_faults(struct fixture *b, uint64_t position, const char *what)
{
	JournalVerified verified = JournalVerified_INIT;
	struct tx tx;

	tx_begin(&tx, daemon_store(b->daemon), &b->arena, false);
	assert_int_equal(journal_verify(&tx, 1, 10000, 10 << 20, &verified), 0);
	tx_abort(&tx);
	if (!what) {
		assert_int_equal(verified.n_faults, 0);
		assert_int_equal(verified.to, daemon_head(b->daemon));
		return;
	}
	assert_int_equal(verified.n_faults, 1);
	assert_int_equal(verified.faults[0]->position, position);
	assert_string_equal(verified.faults[0]->what, what);
}

static void write_notes(struct fixture *b)
{
	Request request;
	for (int i = 0; i < 5; i++) {
		make_note(b, &request, "a", false);
		call(b, &request);
	}
	check_faults(b, 0, NULL);
}

static void a_flipped_byte_is_found(void **state)
{
	write_notes(*state);
	damage(*state, 3, false);
	check_faults(*state, 3, "altered");
}

static void a_removed_entry_is_found(void **state)
{
	write_notes(*state);
	damage(*state, 3, true);
	check_faults(*state, 3, "missing");
}

static void a_truncated_tail_is_found(void **state)
{
	struct fixture *b = *state;
	write_notes(b);
	damage(b, daemon_head(b->daemon), true);
	check_faults(b, daemon_head(b->daemon), "truncated");
}

/* Nothing is written over: the next entry follows the last one. */
static void a_missing_head_is_taken_from_the_last_entry(void **state)
{
	struct fixture *b = *state;
	struct key key = key_text("head");
	Request request;
	struct tx tx;

	write_notes(b);
	uint64_t head = daemon_head(b->daemon);
	tx_begin(&tx, daemon_store(b->daemon), &b->arena, true);
	tx_delete(&tx, TABLE_META, &key);
	assert_int_equal(tx_commit(&tx), 0);
	restart(b);
	assert_int_equal(daemon_head(b->daemon), head);
	make_note(b, &request, "next", false);
	assert_int_equal(call(b, &request)->position, head + 1);
	check_faults(b, 0, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, free_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_replied_write_survives_a_restart_and_takes_effect_once),
		TEST(the_same_id_twice_in_one_batch_takes_effect_once),
		TEST(the_same_id_with_other_bytes_is_refused),
		TEST(a_refusal_is_remembered),
		TEST(what_cannot_be_done_yet_is_not_remembered),
		TEST(refusals_are_forgotten_in_the_end),
		TEST(bad_input_names_the_field),
		TEST(an_unknown_user_is_asked_to_repeat_and_an_instance_is_no_person),
		TEST(a_failing_write_does_not_take_its_neighbours_down),
		TEST(an_input_over_its_memory_is_answered),
		TEST(a_full_store_is_a_refusal_with_a_reason),
		TEST(a_store_really_full_refuses_writes_and_loses_nothing),
		TEST(a_failed_commit_ends_the_process_and_nothing_was_said),
		TEST(views_are_equal_to_their_rebuild_and_are_mended_by_it),
		TEST(a_watch_gets_what_changed_and_only_that),
		TEST(too_many_watches_at_once_are_refused),
		TEST(half_a_key_is_no_key),
		TEST(a_store_is_for_one_process),
		TEST(due_work_is_done_once_and_a_clock_jump_does_not_hurry_it),
		TEST(a_clock_set_back_meanwhile_does_not_delay_it),
		TEST(now_may_go_back_and_the_journals_time_does_not),
		TEST(due_work_that_never_goes_does_not_stop_the_rest),
		TEST(notices_cover_every_position_and_missed_ones_are_read_again),
		TEST(a_gap_in_notices_is_asked_for_and_nothing_is_taken_out_of_turn),
		TEST(a_notice_waits_for_directory_but_not_for_ever),
		TEST(a_source_that_lost_its_tail_is_followed_from_its_new_end),
		TEST(a_flipped_byte_is_found),
		TEST(a_removed_entry_is_found),
		TEST(a_truncated_tail_is_found),
		TEST(a_missing_head_is_taken_from_the_last_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
