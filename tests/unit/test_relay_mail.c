/* If this failed, a mail would show somebody's name or illness on a locked screen, arrive as garbage,
 * let an address write headers of its own, or not be tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "clients/relay/mail.h"
#include "clients/relay/relay.h"
#include "text.h"

#define ID "01KSR49200E4HR000000000001"
#define OTHER_ID "01KSR49200E4HR000000000002"
#define LOOK "https://tsunagi.example.jp/ の受信箱"
#define MAIL_MS 1795716000000LL /* Friday 2026-11-27 03:00 in Japan, when people sleep */

static int setup(void **state)
{
	struct arena *arena = test_calloc(1, sizeof(*arena));

	arena_init(arena, 1024 * 1024);
	*state = arena;
	return 0;
}

static int teardown(void **state)
{
	arena_close(*state);
	test_free(*state);
	return 0;
}

static char *compose(struct arena *arena, const char *to, const char *look)
{
	struct mail mail = { .id = ID, .from = "tsunagi@example.jp", .to = to, .look = look,
			     .time_ms = MAIL_MS };
	return mail_compose(arena, &mail);
}

/* ---- reading it as a mail program does ------------------------------------------------------ */

static char *decoded(struct arena *arena, const char *data, size_t size)
{
	char *packed = arena_alloc(arena, size + 1), *out = arena_alloc(arena, size + 1);
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		if (data[i] != '\r' && data[i] != '\n')
			packed[n++] = data[i];
	assert_int_equal(n % 4, 0);
	int made = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)packed, (int)n);
	assert_true(made >= 0);
	for (; n && packed[n - 1] == '='; n--)
		made--;
	out[made] = '\0';
	return out;
}

static char *decoded_words(struct arena *arena, const char *header)
{
	char *all = arena_string(arena, "");

	while (strncmp(header, "=?UTF-8?B?", 10) == 0) {
		size_t length = strcspn(header + 10, "?");
		assert_true(length + 12 <= 75);
		char *word = decoded(arena, header + 10, length);
		assert_true(text_utf8(word, strlen(word))); /* each by itself */
		all = arena_printf(arena, "%s%s", all, word);
		header += 10 + length + 2;
		if (strncmp(header, "\r\n ", 3) == 0)
			header += 3;
	}
	return all;
}

static const char *header(const char *message, const char *name)
{
	const char *end = strstr(message, "\r\n\r\n"), *at = strstr(message, name);

	assert_non_null(end);
	assert_true(at && at < end && (at == message || at[-1] == '\n'));
	return at + strlen(name);
}

/* ---- the text ------------------------------------------------------------------------------- */

static void a_mail_is_well_formed(void **state)
{
	char *message = compose(*state, "nurse@example.jp", LOOK);
	size_t line = 0;

	assert_non_null(message);
	for (const char *c = message; *c; c++) {
		assert_true((*c >= ' ' && *c <= '~') || *c == '\r' || *c == '\n');
		assert_true((*c == '\n') == (c > message && c[-1] == '\r'));
		line = *c == '\n' ? 0 : line + 1;
		assert_true(line <= 78);
	}
	assert_memory_equal(header(message, "Date: "), "Fri, 27 Nov 2026 03:00:00 +0900\r\n", 33);
	assert_memory_equal(header(message, "To: "), "<nurse@example.jp>\r\n", 20);
	assert_memory_equal(header(message, "Message-ID: "), "<" ID "@example.jp>\r\n", 41);
	assert_memory_equal(header(message, "Auto-Submitted: "), "auto-generated\r\n", 16);
	assert_memory_equal(header(message, "MIME-Version: "), "1.0\r\n", 5);
	assert_string_equal(decoded_words(*state, header(message, "From: ")), "つなぎ");
	assert_non_null(strstr(header(message, "From: "), " <tsunagi@example.jp>\r\n"));
	assert_string_equal(compose(*state, "nurse@example.jp", LOOK), message);
}

static void it_says_where_to_look_in_both_languages(void **state)
{
	char *message = compose(*state, "nurse@example.jp", LOOK);
	const char *subject = decoded_words(*state, header(message, "Subject: "));
	const char *packed = strstr(message, "\r\n\r\n") + 4;
	char *body = decoded(*state, packed, strlen(packed));

	assert_string_equal(subject,
			    "【つなぎ】至急のお知らせがあります / Urgent notification waiting");
	const char *japanese = strstr(body, "至急のお知らせ"), *english = strstr(body, "An urgent");
	assert_true(japanese && english && japanese < english);
	const char *first = strstr(body, LOOK);
	assert_true(first && first < english && strstr(english, LOOK));
	/* neither whose nor what: the recipient is in the envelope only */
	assert_null(strstr(body, "nurse"));
	assert_null(strstr(body, ID));
}

static void addresses(void **state)
{
	static const char *const good[] = {
		"a@b", "nurse@example.jp", "o'neil+night=1@sub.example-1.co.jp",
		".a..b.@mobile.example.jp", "08000000000@sms.example.jp", "-x@example.jp",
	};
	static const char *const bad[] = {
		"", "@", "nurse", "nurse@", "@example.jp", "a@b@c", "a b@c", "a@b c", "a@-b",
		"a@b-", "a@b..c", "a@.b", "a@b.", "a@b\r\nBcc: all@example.jp", "a\r\n@b", "a\n@b",
		"a@b\n", "<a@b>", "a@b>", "a,c@b", "a;c@b", "\"a\"@b", "a(c)@b", "a@[127.0.0.1]",
		"日本@example.jp", "a@日本.jp", "a\t@b", "a\\@b", "a@b\x7f", "a@b NOTIFY=SUCCESS",
	};
	char long_local[66 + 10], long_all[300];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(mail_address_valid(good[i]));
		assert_non_null(compose(*state, good[i], LOOK));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(mail_address_valid(bad[i]));
		assert_null(compose(*state, bad[i], LOOK));
	}
	snprintf(long_local, sizeof(long_local), "%064d@b", 0);
	assert_true(mail_address_valid(long_local));
	snprintf(long_local, sizeof(long_local), "%065d@b", 0);
	assert_false(mail_address_valid(long_local));
	int n = snprintf(long_all, sizeof(long_all), "%060d@", 0);
	for (; n < 254; n++)
		long_all[n] = n % 50 == 0 ? '.' : 'x';
	long_all[254] = '\0';
	assert_true(mail_address_valid(long_all));
	memcpy(long_all + 254, "x", 2);
	assert_false(mail_address_valid(long_all));
}

static void where_to_look_is_one_line(void **state)
{
	char text[202];

	assert_true(mail_look_valid("つなぎの受信箱"));
	assert_false(mail_look_valid(""));
	assert_false(mail_look_valid(" 　"));
	assert_false(mail_look_valid("a\nb"));
	assert_false(mail_look_valid("a\rb"));
	assert_false(mail_look_valid("\xff"));
	memset(text, 'a', sizeof(text));
	text[200] = '\0';
	assert_true(mail_look_valid(text));
	text[200] = 'a';
	text[201] = '\0';
	assert_false(mail_look_valid(text));
	assert_null(compose(*state, "a@b", "a\r\n.\r\nb"));
}

static void what_a_server_said_is_harmless(void **state)
{
	char out[201], said[600];

	(void)state;
	mail_detail(out, sizeof(out), "550 5.1.1 <Nurse@example.jp>: nurse unknown\r\n",
		    "nurse@example.jp");
	assert_string_equal(out, "550 5.1.1 <***>: *** unknown");
	mail_detail(out, sizeof(out), "451 \x1b[31mto=other@a.b\tred\x7f\n\n", "nurse@example.jp");
	assert_string_equal(out, "451 ?[***?red");
	mail_detail(out, sizeof(out), "554 だめ", "a@b");
	assert_memory_equal(out, "554", 4);
	memset(said, 'x', sizeof(said));
	said[sizeof(said) - 1] = '\0';
	mail_detail(out, sizeof(out), said, "a@b");
	assert_int_equal(strlen(out), 200);
	for (size_t i = 190; i < 210; i++) { /* an address at the end of what there is room for */
		memset(said, ' ', sizeof(said));
		memcpy(said + i, "nurse@example.jp", 17);
		mail_detail(out, sizeof(out), said, "nurse@example.jp");
		assert_null(strpbrk(out, "nurse@"));
	}
	mail_detail(out, sizeof(out), "", "a@b");
	assert_string_equal(out, "");
}

/* ---- trying again --------------------------------------------------------------------------- */

struct post {
	struct relay *relay;
	struct letter *under_way[16], *reporting;
	size_t n_under_way;
	unsigned sent;        /* attempts */
	char to[16][64];
	unsigned reports;
	bool report_sent;
	char detail[SMTP_DETAIL_SIZE];
};

static int hand_send(void *context, struct letter *letter, const char *id, const char *to)
{
	struct post *post = context;

	(void)id;
	assert_true(post->n_under_way < RELAY_AT_ONCE);
	snprintf(post->to[post->n_under_way], sizeof(post->to[0]), "%s", to);
	post->under_way[post->n_under_way++] = letter;
	post->sent++;
	return 0;
}

static int hand_report(void *context, struct letter *letter, const ReportMail *report)
{
	struct post *post = context;

	post->reporting = letter;
	post->reports++;
	post->report_sent = report->sent;
	snprintf(post->detail, sizeof(post->detail), "%s", report->detail);
	return 0;
}

static const struct relay_hands hands = { .send = hand_send, .report = hand_report };

static void silent(struct post *post, const char *id, const char *mail, uint64_t position,
		   bool done)
{
	Silent item = Silent_INIT;
	char id_[32], user[] = "nurse-1", mail_[300];

	snprintf(id_, sizeof(id_), "%s", id);
	snprintf(mail_, sizeof(mail_), "%s", mail);
	item.id = id_;
	item.user = user;
	item.mail = mail_;
	item.position = position;
	item.done = done;
	assert_int_equal(relay_take(post->relay, &item), 0);
}

/* The oldest one that is under way. */
static void outcome(struct post *post, int what, int kind, int64_t now_ms)
{
	struct smtp_outcome result = { .what = what, .kind = kind };
	struct letter *letter = post->under_way[0];

	assert_true(post->n_under_way > 0);
	snprintf(result.detail, sizeof(result.detail), "kind %d", kind);
	post->n_under_way--;
	memmove(post->under_way, post->under_way + 1, post->n_under_way * sizeof(*post->under_way));
	memmove(post->to, post->to + 1, post->n_under_way * sizeof(*post->to));
	relay_sent(letter, &result, now_ms);
	relay_step(post->relay, now_ms);
}

static void reported(struct post *post, bool answered)
{
	assert_non_null(post->reporting);
	relay_reported(post->reporting, answered);
	post->reporting = NULL;
}

#define BEGIN(post) \
	struct post post = { .n_under_way = 0 }; \
	assert_int_equal(relay_open(&post.relay, &hands, &post), 0)

static void a_mail_is_sent_once_and_reported(void **state)
{
	BEGIN(post);

	(void)state;
	silent(&post, ID, "nurse@example.jp", 5, false);
	relay_step(post.relay, 0);
	relay_step(post.relay, 0);
	assert_int_equal(post.sent, 1);
	assert_string_equal(post.to[0], "nurse@example.jp");
	outcome(&post, SMTP_SENT, 0, 0);
	assert_int_equal(post.reports, 1);
	assert_true(post.report_sent);
	reported(&post, false); /* alert does not answer: told again, not sent again */
	relay_step(post.relay, 1000000);
	assert_int_equal(post.reports, 2);
	silent(&post, ID, "nurse@example.jp", 5, false); /* listed again, after a reconnection */
	relay_step(post.relay, 1000000);
	reported(&post, true);
	relay_step(post.relay, 2000000);
	assert_int_equal(post.sent, 1);
	assert_int_equal(post.reports, 2);
	relay_free(post.relay);
}

static void a_dead_server_is_tried_with_growing_pauses(void **state)
{
	static const int64_t pauses_s[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 };
	int64_t now_ms = 0;
	BEGIN(post);

	(void)state;
	silent(&post, ID, "nurse@example.jp", 5, false);
	relay_step(post.relay, now_ms);
	for (size_t i = 0; i < sizeof(pauses_s) / sizeof(*pauses_s); i++) {
		outcome(&post, SMTP_DOWN, 1007, now_ms);
		assert_int_equal(post.reports, 1); /* one reason, one report */
		if (!i)
			reported(&post, true);
		relay_step(post.relay, now_ms + pauses_s[i] * 1000 - 1);
		assert_int_equal(post.n_under_way, 0);
		now_ms += pauses_s[i] * 1000;
		assert_true(relay_wait_ms(post.relay, now_ms) == 0);
		relay_step(post.relay, now_ms);
		assert_int_equal(post.n_under_way, 1);
	}
	assert_false(post.report_sent);
	assert_string_equal(post.detail, "kind 1007");
	outcome(&post, SMTP_DOWN, 421, now_ms); /* another reason */
	assert_int_equal(post.reports, 2);
	reported(&post, true);
	relay_step(post.relay, now_ms + 300000);
	outcome(&post, SMTP_SENT, 0, now_ms + 300000);
	assert_int_equal(post.reports, 3);
	assert_true(post.report_sent);
	reported(&post, true);
	relay_free(post.relay);
}

/* While it takes nothing one tries it, the others are reported too; then all go. */
static void others_wait_while_the_server_is_dead(void **state)
{
	char id[27];
	BEGIN(post);

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		snprintf(id, sizeof(id), "01KSR49200E4HR0000000000%02u", i);
		silent(&post, id, "nurse@example.jp", 5 + i, false);
	}
	relay_step(post.relay, 0);
	assert_int_equal(post.n_under_way, RELAY_AT_ONCE);
	for (int i = 0; i < RELAY_AT_ONCE; i++)
		outcome(&post, SMTP_DOWN, 1007, 0);
	assert_int_equal(post.reports, 10);
	relay_step(post.relay, 999);
	assert_int_equal(post.n_under_way, 0); /* four together failed once */
	relay_step(post.relay, 1000);
	assert_int_equal(post.n_under_way, 1);
	outcome(&post, SMTP_SENT, 0, 1000);
	assert_int_equal(post.n_under_way, RELAY_AT_ONCE);
	relay_free(post.relay);
}

static void what_one_address_gets_refused_stops_no_other(void **state)
{
	BEGIN(post);

	(void)state;
	silent(&post, ID, "gone@example.jp", 5, false);
	silent(&post, OTHER_ID, "nurse@example.jp", 6, false);
	relay_step(post.relay, 0);
	assert_int_equal(post.n_under_way, 2);
	outcome(&post, SMTP_REFUSED, 550, 0);
	outcome(&post, SMTP_SENT, 0, 0);
	assert_int_equal(post.reports, 2);
	relay_step(post.relay, 999);
	assert_int_equal(post.n_under_way, 0);
	relay_step(post.relay, 1000);
	assert_int_equal(post.n_under_way, 1);
	assert_string_equal(post.to[0], "gone@example.jp");
	relay_free(post.relay);
}

static void what_is_over_is_not_sent(void **state)
{
	BEGIN(post);

	(void)state;
	silent(&post, ID, "nurse@example.jp", 5, false);
	silent(&post, ID, "", 6, true);
	silent(&post, OTHER_ID, "", 7, true); /* never heard of */
	silent(&post, ID, "nurse@example.jp", 5, false); /* an old page: it may be sent, as at a start */
	silent(&post, ID, "", 8, true);
	relay_step(post.relay, 0);
	assert_int_equal(post.sent, 0);
	/* over while it is under way: its end is still reported */
	silent(&post, ID, "nurse@example.jp", 9, false);
	relay_step(post.relay, 0);
	silent(&post, ID, "", 10, true);
	silent(&post, ID, "nurse@example.jp", 9, false);
	outcome(&post, SMTP_SENT, 0, 0);
	assert_true(post.report_sent);
	reported(&post, true);
	/* failed and over: forgotten */
	silent(&post, ID, "nurse@example.jp", 11, false);
	relay_step(post.relay, 0);
	silent(&post, ID, "", 12, true);
	silent(&post, ID, "nurse@example.jp", 11, false); /* a page that was on its way */
	outcome(&post, SMTP_DOWN, 1007, 0);
	relay_step(post.relay, 1000000);
	assert_int_equal(post.sent, 2);
	assert_int_equal(post.reports, 1);
	relay_free(post.relay);
}

static void no_address_reaches_the_server_unchecked(void **state)
{
	BEGIN(post);

	(void)state;
	silent(&post, ID, "a@b\r\nRCPT TO:<all@example.jp>", 5, false);
	relay_step(post.relay, 0);
	relay_step(post.relay, 0);
	assert_int_equal(post.sent, 0);
	assert_int_equal(post.reports, 1);
	assert_string_equal(post.detail, "not an address for mail");
	relay_free(post.relay);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mail_is_well_formed),
		TEST(it_says_where_to_look_in_both_languages),
		TEST(addresses),
		TEST(where_to_look_is_one_line),
		TEST(what_a_server_said_is_harmless),
		TEST(a_mail_is_sent_once_and_reported),
		TEST(a_dead_server_is_tried_with_growing_pauses),
		TEST(others_wait_while_the_server_is_dead),
		TEST(what_one_address_gets_refused_stops_no_other),
		TEST(what_is_over_is_not_sent),
		TEST(no_address_reaches_the_server_unchecked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
