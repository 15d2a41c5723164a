#include "mail.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "date.h"
#include "id.h"
#include "text.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define LOCAL_BYTES 64
#define LABEL_BYTES 63
#define WORD_BYTES 38 /* of an encoded word: with the name of its header 75 characters at most */
#define LINE_BYTES 57 /* of a body: 76 characters a line */

static const char sender[] = "つなぎ";
static const char subject[] = "【つなぎ】至急のお知らせがあります / Urgent notification waiting";
static const char body[] =
	"至急のお知らせが届いています。まだ、あなたのどの端末でも受信が確認されていません。\r\n"
	"次の場所で内容を確かめ、対応できるかどうかを返してください。\r\n"
	"\r\n"
	"  %s\r\n"
	"\r\n"
	"このメールには内容も患者さんの情報も書かれていません。このメールに返信しても届きません。\r\n"
	"\r\n"
	"----\r\n"
	"An urgent notification is waiting for you, and none of your devices has confirmed it yet.\r\n"
	"Please look there and say whether you can act:\r\n"
	"\r\n"
	"  %s\r\n"
	"\r\n"
	"This mail says nothing of its content or of any patient. Nobody reads replies to it.\r\n";

/* ---- checks ------------------------------------------------------------------------------- */

static bool domain_valid(const char *domain)
{
	for (;;) {
		size_t length = strspn(domain, LETTERS DIGITS "-");
		if (!length || length > LABEL_BYTES || domain[0] == '-' || domain[length - 1] == '-')
			return false;
		if (!domain[length])
			return true;
		if (domain[length] != '.')
			return false;
		domain += length + 1;
	}
}

bool mail_address_valid(const char *address)
{
	size_t local = strspn(address, LETTERS DIGITS "!#$%&'*+/=?^_`{|}~.-");

	return local && local <= LOCAL_BYTES && address[local] == '@' &&
	       strlen(address) <= MAIL_ADDRESS_BYTES && domain_valid(address + local + 1);
}

bool mail_look_valid(const char *look)
{
	size_t size = strlen(look);

	return size <= MAIL_LOOK_BYTES && text_valid(look, size) && !strpbrk(look, "\t\n") &&
	       !text_blank(look);
}

/* ---- encoding ----------------------------------------------------------------------------- */

static char *base64(struct arena *arena, const char *data, size_t size)
{
	char *out = arena_alloc(arena, (size + 2) / 3 * 4 + 1);

	if (out)
		EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)data, (int)size);
	return out;
}

/* RFC 2047. A word ends between two characters. */
static char *encoded_words(struct arena *arena, const char *text)
{
	char *all = arena_string(arena, "");

	while (*text) {
		size_t size = strlen(text) < WORD_BYTES ? strlen(text) : WORD_BYTES;
		while (((unsigned char)text[size] & 0xc0) == 0x80)
			size--;
		char *word = base64(arena, text, size);
		all = arena_printf(arena, "%s%s=?UTF-8?B?%s?=", all, all[0] ? "\r\n " : "",
				   word ? word : "");
		text += size;
	}
	return all;
}

static char *encoded_body(struct arena *arena, const char *text)
{
	char *all = arena_string(arena, "");

	for (size_t left = strlen(text); left;) {
		size_t size = left < LINE_BYTES ? left : LINE_BYTES;
		char *line = base64(arena, text, size);
		all = arena_printf(arena, "%s%s\r\n", all, line ? line : "");
		text += size;
		left -= size;
	}
	return all;
}

/* RFC 5322, in Japan's time, in English whatever the locale. */
static void mail_date(char out[64], int64_t time_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)((time_ms + JAPAN_OFFSET_MS) / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(out, 64, "%s, %d %s %d %02d:%02d:%02d +0900", days[tm.tm_wday], tm.tm_mday,
		 months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *mail_compose(struct arena *arena, const struct mail *mail)
{
	char date[64];

	if (!mail_address_valid(mail->from) || !mail_address_valid(mail->to) ||
	    !id_valid(mail->id) || !mail_look_valid(mail->look))
		return NULL;
	mail_date(date, mail->time_ms);
	char *text = arena_printf(arena, body, mail->look, mail->look);
	char *message = arena_printf(arena,
				     "Date: %s\r\n"
				     "From: %s <%s>\r\n"
				     "To: <%s>\r\n"
				     "Subject: %s\r\n"
				     "Message-ID: <%s%s>\r\n"
				     "Auto-Submitted: auto-generated\r\n"
				     "MIME-Version: 1.0\r\n"
				     "Content-Type: text/plain; charset=UTF-8\r\n"
				     "Content-Transfer-Encoding: base64\r\n"
				     "\r\n"
				     "%s",
				     date, encoded_words(arena, sender), mail->from, mail->to,
				     encoded_words(arena, subject), mail->id, strchr(mail->from, '@'),
				     encoded_body(arena, text));
	return arena->spent ? NULL : message;
}

/* ---- what a server said ------------------------------------------------------------------- */

static bool tells_address(const char *word, size_t length, const char *to)
{
	return memchr(word, '@', length) ||
	       (length == strcspn(to, "@") && strncasecmp(word, to, length) == 0);
}

void mail_detail(char *out, size_t size, const char *said, const char *to)
{
	size_t used = 0;

	while (*said && used + 1 < size) {
		size_t length = strcspn(said, " \t\r\n<>()[]\"',;:");
		if (length && tells_address(said, length, to)) {
			said += length;
			for (int i = 0; i < 3 && used + 1 < size; i++)
				out[used++] = '*';
			continue;
		}
		for (length += !length; length && used + 1 < size; length--, said++)
			out[used++] = *said >= ' ' && *said <= '~' ? *said : '?';
	}
	while (used && (out[used - 1] == '?' || out[used - 1] == ' '))
		used--; /* the end of the line */
	out[used] = '\0';
}
