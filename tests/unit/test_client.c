/* If this failed, an answer would be waited for in vain, taken for another's, or a watching screen
 * would miss a change without a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"
#include "clock.h"
#include "error.h"
#include "link.h"

/* ---- a link that ends here, and a clock that is told ---- */

#define MAX_SENT 64

struct link {
	struct link_events events;
	void *context;
	bool up;
	int subscriptions, confirmed;
	char last_topic[256];
	bool hold_subscriptions;
	struct {
		char topic[256];
		uint8_t data[4096];
		size_t size;
	} sent[MAX_SENT];
	size_t n_sent;
	/* what happens in the next steps, one a step */
	void (*script[16])(struct link *link);
	size_t n_script, next;
};

static struct link *the_link;
static int64_t the_time_ms;

static int64_t told_ms(struct clock *clock)
{
	(void)clock;
	return the_time_ms;
}

int link_open(struct link **out, const struct account *account, const struct link_events *events,
	      void *context)
{
	(void)account;
	*out = the_link = calloc(1, sizeof(struct link));
	the_link->events = *events;
	the_link->context = context;
	return 0;
}

void link_free(struct link *link)
{
	free(link);
}

void link_step(struct link *link, int64_t at_most_ms)
{
	the_time_ms += at_most_ms > 100 ? 100 : at_most_ms > 0 ? at_most_ms : 1;
	if (!link->up && link->next == link->n_script) {
		link->up = true;
		link->events.up(link->context);
	} else if (link->next < link->n_script) {
		link->script[link->next++](link);
	}
	while (!link->hold_subscriptions && link->confirmed < link->subscriptions)
		link->events.subscribed(link->context, ++link->confirmed);
}

bool link_is_up(const struct link *link)
{
	return link->up;
}

const char *link_reason(const struct link *link)
{
	(void)link;
	return "";
}

bool link_is_refused(const struct link *link)
{
	(void)link;
	return false;
}

int link_subscribe(struct link *link, const char *topic, int *id)
{
	strcpy(link->last_topic, topic);
	*id = ++link->subscriptions;
	return 0;
}

int link_publish(struct link *link, const char *topic, const void *data, size_t size)
{
	assert_true(link->n_sent < MAX_SENT && size <= sizeof(link->sent[0].data));
	strcpy(link->sent[link->n_sent].topic, topic);
	memcpy(link->sent[link->n_sent].data, data, size);
	link->sent[link->n_sent++].size = size;
	return 0;
}

static void go_down(struct link *link)
{
	link->up = false;
	link->subscriptions = link->confirmed = 0;
	link->events.down(link->context);
}

static void nothing(struct link *link)
{
	(void)link;
}

static void script(void (*step)(struct link *link))
{
	assert_true(the_link->n_script < 16);
	the_link->script[the_link->n_script++] = step;
}

/* ---- what a service would say ---- */

static Request *sent(size_t index)
{
	assert_true(index < the_link->n_sent);
	Request *request = tsunagi__v1__request__unpack(NULL, the_link->sent[index].size,
							the_link->sent[index].data);
	assert_non_null(request);
	return request;
}

static void answer(const char *id, Code code, uint64_t position, bool more)
{
	Reply reply = Reply_INIT;
	uint8_t packed[512];
	char copy[64];

	strcpy(copy, id);
	reply.request_id = copy;
	reply.code = code;
	reply.position = position;
	reply.more = more;
	size_t size = tsunagi__v1__reply__pack(&reply, packed);
	the_link->events.message(the_link->context, "tsunagi/v1/record/res/u/d", packed, size);
}

static void answer_last(Code code, uint64_t position, bool more)
{
	Request *request = sent(the_link->n_sent - 1);
	answer(request->id, code, position, more);
	tsunagi__v1__request__free_unpacked(request, NULL);
}

static void push(const char *watch, uint64_t from, uint64_t to, const char *type)
{
	Push message = Push_INIT;
	uint8_t packed[512];
	char id[64], name[64];

	strcpy(id, watch);
	strcpy(name, type);
	message.watch = id;
	message.from = from;
	message.to = to;
	message.type = name;
	size_t size = tsunagi__v1__push__pack(&message, packed);
	the_link->events.message(the_link->context, "tsunagi/v1/record/inbox/u", packed, size);
}

/* ---- what the client's user sees ---- */

struct seen {
	int replies, silences, pages, pushes;
	Code code;
	uint64_t to;
};

static void on_reply(void *context, const Reply *reply)
{
	struct seen *seen = context;

	if (!reply)
		seen->silences++;
	else {
		seen->replies++;
		seen->code = reply->code;
	}
}

static void on_page(void *context, const Reply *reply)
{
	struct seen *seen = context;

	if (!reply)
		seen->silences++;
	else {
		seen->pages++;
		seen->code = reply->code;
	}
}

static void on_push(void *context, const Push *message)
{
	struct seen *seen = context;

	seen->pushes++;
	seen->to = message->to;
}

static int setup(void **state)
{
	struct account account = {.port = 1, .user = "u", .device = "d"};
	struct client *client;
	char sentence[256];

	clock_system->wall_ms = clock_system->monotonic_ms = told_ms;
	the_time_ms = 1790000000000;
	assert_int_equal(client_open(&client, &account, 10000, sentence, sizeof(sentence)), 0);
	*state = client;
	return 0;
}

static int teardown(void **state)
{
	client_free(*state);
	return 0;
}

static void send_one(struct client *client, struct seen *seen)
{
	WhoAmI request = WhoAmI_INIT;
	assert_int_equal(client_send(client, "record", &request.base, 0, on_reply, seen), 0);
}

/* ---- requests ---- */

static void waits_for_its_subscription(void **state)
{
	struct seen seen = {.replies = 0};

	the_link->hold_subscriptions = true;
	send_one(*state, &seen);
	client_run(*state, 1000, NULL);
	assert_int_equal(the_link->n_sent, 0);
	the_link->hold_subscriptions = false;
	client_run(*state, 100, NULL);
	assert_int_equal(the_link->n_sent, 1);
	assert_string_equal(the_link->sent[0].topic, "tsunagi/v1/record/req/u/d");
}

static void repeats_the_same_bytes(void **state)
{
	struct seen seen = {.replies = 0};

	send_one(*state, &seen);
	client_run(*state, 5000, NULL);
	assert_int_equal(the_link->n_sent, 3);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(the_link->sent[i].size, the_link->sent[0].size);
		assert_memory_equal(the_link->sent[i].data, the_link->sent[0].data,
				    the_link->sent[0].size);
	}
	answer_last(CODE_OK, 1, false);
	assert_int_equal(seen.replies, 1);
	answer_last(CODE_OK, 1, false); /* the answer to a repetition */
	assert_int_equal(seen.replies, 1);
	assert_int_equal(client_in_flight(*state), 0);
}

static void ignores_answers_to_others(void **state)
{
	struct seen seen = {.replies = 0};

	send_one(*state, &seen);
	client_run(*state, 100, NULL);
	answer("01M851YEE0EJ3V76SBBXASYMQB", CODE_OK, 1, false);
	the_link->events.message(the_link->context, "tsunagi/v1/record/res/u/d", "\xff\xff\xff", 3);
	assert_int_equal(seen.replies, 0);
	assert_int_equal(client_in_flight(*state), 1);
}

static void gives_up_in_time(void **state)
{
	struct seen seen = {.replies = 0};

	send_one(*state, &seen);
	client_run(*state, 9000, NULL);
	assert_int_equal(seen.silences, 0);
	client_run(*state, 2000, NULL);
	assert_int_equal(seen.silences, 1);
}

static void unavailable_is_no_answer(void **state)
{
	struct seen seen = {.replies = 0};

	send_one(*state, &seen);
	client_run(*state, 100, NULL);
	answer_last(CODE_UNAVAILABLE, 0, false);
	assert_int_equal(seen.replies, 0);
	client_run(*state, 3000, NULL);
	assert_int_equal(the_link->n_sent, 2);
	client_run(*state, 9000, NULL); /* nothing better comes */
	assert_int_equal(seen.replies, 1);
	assert_int_equal(seen.code, CODE_UNAVAILABLE);
}

static void is_sent_again_after_a_break(void **state)
{
	struct seen seen = {.replies = 0};

	send_one(*state, &seen);
	client_run(*state, 100, NULL);
	assert_int_equal(the_link->n_sent, 1);
	script(go_down);
	client_run(*state, 1500, NULL); /* before the repetition would be due */
	assert_int_equal(the_link->n_sent, 2);
}

/* ---- watches ---- */

static void open_watch(struct client *client, struct seen *seen)
{
	ListInbox request = ListInbox_INIT;

	assert_int_equal(client_watch(client, "record", &request.base, on_page, on_push, seen), 0);
	client_run(client, 100, NULL);
}

static void watch_reads_page_after_page(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	answer_last(CODE_OK, 10, true);
	client_run(*state, 100, NULL);
	Request *second = sent(1);
	assert_int_equal(second->after, 10);
	assert_true(second->watch);
	tsunagi__v1__request__free_unpacked(second, NULL);
	answer_last(CODE_OK, 20, false);
	client_run(*state, 1000, NULL);
	assert_int_equal(the_link->n_sent, 2);
	assert_int_equal(seen.pages, 2);
}

static void watch_takes_pushes_once_and_in_order(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	Request *request = sent(0);
	answer_last(CODE_OK, 10, false);
	push(request->id, 10, 12, "Inbox");
	push(request->id, 10, 12, "Inbox");                  /* the broker may say it twice */
	push("01M851YEE0EJ3V76SBBXASYMQB", 12, 13, "Inbox"); /* another terminal's */
	assert_int_equal(seen.pushes, 1);
	push(request->id, 11, 14, "Inbox"); /* overlaps: what is new counts */
	assert_int_equal(seen.pushes, 2);
	assert_int_equal(seen.to, 14);
	tsunagi__v1__request__free_unpacked(request, NULL);
}

static void watch_closes_a_gap(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	Request *request = sent(0);
	answer_last(CODE_OK, 10, false);
	push(request->id, 15, 16, "Inbox");
	assert_int_equal(seen.pushes, 0);
	Request *again = sent(1);
	assert_int_equal(again->after, 10);
	push(request->id, 16, 17, "Inbox"); /* while the page is on its way: it may be older */
	answer_last(CODE_OK, 16, false);
	assert_int_equal(the_link->n_sent, 3); /* so it is asked for once more */
	tsunagi__v1__request__free_unpacked(again, NULL);
	tsunagi__v1__request__free_unpacked(request, NULL);
}

static void watch_asks_again_after_a_break(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	answer_last(CODE_OK, 10, false);
	script(go_down);
	client_run(*state, 1000, NULL);
	Request *again = sent(the_link->n_sent - 1);
	assert_true(the_link->n_sent >= 2);
	assert_int_equal(again->after, 10);
	tsunagi__v1__request__free_unpacked(again, NULL);
}

static void watch_is_renewed_each_minute(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	Request *first = sent(0);
	answer_last(CODE_OK, 10, false);
	client_run(*state, 59000, NULL);
	assert_int_equal(the_link->n_sent, 1);
	client_run(*state, 1500, NULL);
	assert_int_equal(the_link->n_sent, 2);
	Request *second = sent(1);
	assert_string_equal(first->id, second->id); /* so that the service renews it, too */
	tsunagi__v1__request__free_unpacked(first, NULL);
	tsunagi__v1__request__free_unpacked(second, NULL);
}

/* It has forgotten all watches: what happens from now on would come at the next renewal only. */
static void watch_is_renewed_soon_when_its_instance_came_back(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	answer_last(CODE_OK, 10, false);
	the_link->events.message(the_link->context, "tsunagi/v1/record/state/record", "", 0);
	client_run(*state, 1000, NULL);
	assert_int_equal(the_link->n_sent, 2);
	Request *again = sent(1);
	assert_int_equal(again->after, 10);
	tsunagi__v1__request__free_unpacked(again, NULL);
}

/* Two answers to the first page would be taken for the first and the second page. */
static void watch_takes_a_fresh_id_when_answers_may_come_twice(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	client_run(*state, 3000, NULL);
	assert_int_equal(the_link->n_sent, 2);
	Request *first = sent(0);
	answer(first->id, CODE_OK, 10, true);
	answer(first->id, CODE_OK, 10, true);
	assert_int_equal(seen.pages, 1);
	assert_int_equal(the_link->n_sent, 3);
	tsunagi__v1__request__free_unpacked(first, NULL);
}

static void watch_ends_with_a_refusal(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	Request *request = sent(0);
	answer_last(CODE_OK, 10, false);
	push(request->id, 10, 11, ""); /* the service has closed it: the right is gone */
	assert_int_equal(the_link->n_sent, 2);
	answer_last(CODE_PERMISSION_DENIED, 0, false);
	assert_int_equal(seen.code, CODE_PERMISSION_DENIED);
	assert_int_equal(client_run(*state, 100000, NULL), 0); /* nothing is left to do */
	assert_int_equal(the_link->n_sent, 2);
	tsunagi__v1__request__free_unpacked(request, NULL);
}

/* ---- the public list ---- */

static void state(const char *row, uint64_t from, uint64_t to)
{
	Push message = Push_INIT;
	uint8_t packed[512];
	char type[] = "Capacity", topic[128];

	message.from = from;
	message.to = to;
	message.type = type;
	snprintf(topic, sizeof(topic), "tsunagi/v1/board/state/%s", row);
	size_t size = tsunagi__v1__push__pack(&message, packed);
	the_link->events.message(the_link->context, topic, packed, size);
}

static void open_board(struct client *client, struct seen *seen)
{
	ListBoard request = ListBoard_INIT;

	assert_int_equal(client_watch(client, "board", &request.base, on_page, on_push, seen), 0);
	client_run(client, 100, NULL);
}

static void board_listens_before_it_asks(void **state_)
{
	struct seen seen = {.replies = 0};

	the_link->hold_subscriptions = true;
	open_board(*state_, &seen);
	assert_int_equal(the_link->n_sent, 0);
	assert_string_equal(the_link->last_topic, "tsunagi/v1/board/state/+");
	the_link->hold_subscriptions = false;
	client_run(*state_, 100, NULL);
	assert_int_equal(the_link->n_sent, 1);
	/* What the broker kept comes now: no news, and no reason to ask again. */
	state("station01", 3, 7);
	state("station02", 10, 10);
	assert_int_equal(seen.pushes, 0);
	answer_last(CODE_OK, 10, false);
	assert_int_equal(the_link->n_sent, 1);
	state("station01", 10, 11);
	assert_int_equal(seen.pushes, 1);
	assert_int_equal(seen.to, 11);
}

static void board_asks_for_what_came_during_the_page(void **state_)
{
	struct seen seen = {.replies = 0};

	open_board(*state_, &seen);
	state("station01", 10, 12); /* it passed by, and the page may be older */
	answer_last(CODE_OK, 11, false);
	assert_int_equal(the_link->n_sent, 2);
	Request *again = sent(1);
	assert_int_equal(again->after, 11);
	tsunagi__v1__request__free_unpacked(again, NULL);
	answer_last(CODE_OK, 12, false);
	assert_int_equal(the_link->n_sent, 2);
	assert_int_equal(seen.pages, 2);
}

static void board_sees_a_gap_and_hands_on_what_came(void **state_)
{
	struct seen seen = {.replies = 0};

	open_board(*state_, &seen);
	answer_last(CODE_OK, 10, false);
	state("station01", 10, 10); /* who is online: no position, and no gap */
	assert_int_equal(seen.pushes, 1);
	assert_int_equal(the_link->n_sent, 1);
	state("station01", 12, 13);
	assert_int_equal(seen.pushes, 2);      /* it stands for itself */
	assert_int_equal(the_link->n_sent, 1); /* all who look on see the gap: not all at once */
	client_run(*state_, 600, NULL);
	assert_int_equal(the_link->n_sent, 2);
	Request *again = sent(1);
	assert_int_equal(again->after, 10); /* what lies between is still to come */
	tsunagi__v1__request__free_unpacked(again, NULL);
	state("station02", 13, 14); /* meanwhile: not asked for twice */
	assert_int_equal(the_link->n_sent, 2);
	answer_last(CODE_OK, 14, false);
	assert_int_equal(the_link->n_sent, 2);
}

static void board_is_renewed_each_minute_and_after_a_hello(void **state_)
{
	struct seen seen = {.replies = 0};
	Push hello = Push_INIT;
	uint8_t packed[32];

	open_board(*state_, &seen);
	answer_last(CODE_OK, 10, false);
	client_run(*state_, 61000, NULL);
	assert_int_equal(the_link->n_sent, 2);
	Request *again = sent(1);
	assert_true(again->watch); /* this is what keeps the terminal online */
	tsunagi__v1__request__free_unpacked(again, NULL);
	answer_last(CODE_OK, 10, false);
	hello.to = 10;
	size_t size = tsunagi__v1__push__pack(&hello, packed);
	the_link->events.message(the_link->context, "tsunagi/v1/board/state/board", packed, size);
	client_run(*state_, 1000, NULL);
	assert_int_equal(the_link->n_sent, 3);
	assert_int_equal(seen.pushes, 0);
}

static void says_when_there_is_no_connection(void **state)
{
	struct seen seen = {.replies = 0};

	open_watch(*state, &seen);
	answer_last(CODE_OK, 10, false);
	script(go_down);
	for (int i = 0; i < 15; i++)
		script(nothing);
	int rc = 0;
	for (int i = 0; i < 16 && !rc; i++) {
		the_time_ms += 2000;
		rc = client_run(*state, 50, NULL);
	}
	assert_int_equal(rc, ERR_DISCONNECTED);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(waits_for_its_subscription),
		TEST(repeats_the_same_bytes),
		TEST(ignores_answers_to_others),
		TEST(gives_up_in_time),
		TEST(unavailable_is_no_answer),
		TEST(is_sent_again_after_a_break),
		TEST(watch_reads_page_after_page),
		TEST(watch_takes_pushes_once_and_in_order),
		TEST(watch_closes_a_gap),
		TEST(watch_asks_again_after_a_break),
		TEST(watch_is_renewed_each_minute),
		TEST(watch_is_renewed_soon_when_its_instance_came_back),
		TEST(watch_takes_a_fresh_id_when_answers_may_come_twice),
		TEST(watch_ends_with_a_refusal),
		TEST(board_listens_before_it_asks),
		TEST(board_asks_for_what_came_during_the_page),
		TEST(board_sees_a_gap_and_hands_on_what_came),
		TEST(board_is_renewed_each_minute_and_after_a_hello),
		TEST(says_when_there_is_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
