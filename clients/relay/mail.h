/*
 * The mail that the relay writes: that something urgent waits, and where to look. No name, no patient,
 * no clinical word: it travels and lies about unencrypted, and shows on a locked screen.
 */
#ifndef RELAY_MAIL_H
#define RELAY_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

#define MAIL_ADDRESS_BYTES 254 /* RFC 5321 */
#define MAIL_LOOK_BYTES 200

/*
 * An address as SMTP takes it without quoting and without extensions: "nurse@example.jp". Dots may
 * stand where they like before the @, as in old addresses of Japanese mobile telephones.
 */
bool mail_address_valid(const char *address);
/* One line of text of at most MAIL_LOOK_BYTES, not blank. */
bool mail_look_valid(const char *look);

struct mail {
	const char *id;   /* of the notification: the same mail has the same Message-ID when it is sent again */
	const char *from, *to;
	const char *look; /* where to look: an address of a page, or words */
	int64_t time_ms;
};

/* The whole message with its headers, lines ending in CRLF, ASCII throughout; in the arena. NULL: an
 * address, the id or `look` is none, or there is no memory. */
char *mail_compose(struct arena *arena, const struct mail *mail);

/*
 * What a server said, for a log that others than the recipient read: printable ASCII, at most
 * size - 1 bytes, addresses blotted out, and that of the recipient before its @ as well.
 */
void mail_detail(char *out, size_t size, const char *said, const char *to);

#endif
