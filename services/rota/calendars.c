#include "calendars.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "date.h"
#include "file.h"
#include "log.h"
#include "rota_calendar.h"
#include "views.h"

#define RETRY_MS 1000
#define SUFFIX ".ics"

int calendars_option(void *context, const char *name, const char *value)
{
	struct calendars *calendars = context;

	if (strcmp(name, "calendars") || !value || !*value || strlen(value) >= CALENDARS_FOLDER_BYTES)
		return ERR_INVALID;
	snprintf(calendars->folder, sizeof(calendars->folder), "%s", value);
	return 0;
}

/* ---- texts -------------------------------------------------------------------------------- */

/* A text that somebody has subscribed to. */
struct written {
	const char *organisation; /* "": everybody's */
	bool english;
	struct rota_calendar *calendar;
};

struct texts {
	struct tx *tx;
	struct written **items;
	size_t n;
	struct scratch scratch;
};

/* "clinic01.ja"; everybody's is ".ja": no organisation's. */
static void text_name(char out[LIMIT_NAME_BYTES + 8], const char *organisation, bool english)
{
	snprintf(out, LIMIT_NAME_BYTES + 8, "%s.%s", organisation, english ? "en" : "ja");
}

static const char *name_of(void *context, const char *id)
{
	struct texts *texts = context;
	Organisation *organisation;

	return organisation_get(texts->tx, id, &organisation) == 0 ? organisation->name : id;
}

static int want(struct texts *texts, const Calendar *calendar, int64_t now_ms)
{
	struct arena *kept = texts->scratch.kept;

	for (size_t i = 0; i < texts->n; i++)
		if (texts->items[i]->english == calendar->english &&
		    !strcmp(texts->items[i]->organisation, calendar->organisation))
			return 0;
	struct written *text = arena_alloc(kept, sizeof(*text));
	char *organisation = arena_string(kept, calendar->organisation);
	if (!text || !organisation || arena_append(kept, &texts->items, &texts->n, text))
		return ERR_NOMEM;
	*text = (struct written){ organisation, calendar->english, NULL };
	text->calendar = rota_calendar_open(&(struct rota_calendar_options){
		organisation, !calendar->english, now_ms, name_of, texts });
	return text->calendar ? 0 : ERR_NOMEM;
}

static int want_all(struct texts *texts, int64_t now_ms)
{
	struct scan scan;
	Calendar *calendar;
	int rc = 0;

	scan_open(&scan, texts->tx, TABLE_CALENDARS, NULL, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Calendar, &calendar);
		if (!rc)
			rc = want(texts, calendar, now_ms);
		arena_reset(&texts->scratch.arena);
	}
	scan_close(&scan);
	return rc ? rc : texts->tx->error;
}

static int add_shifts(struct texts *texts, int64_t now_ms)
{
	char date[DATE_SIZE];
	struct key from = { .size = 0 };
	struct scan scan;
	Shift *shift;
	int rc = 0;

	date_day(date, now_ms);
	memcpy(date + strlen("2026-11-"), "01", 2);
	key_add_bytes(&from, date, strlen(date));
	scan_open(&scan, texts->tx, TABLE_SHIFTS, NULL, &from);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Shift, &shift);
		for (size_t i = 0; !rc && i < texts->n; i++)
			rota_calendar_add(texts->items[i]->calendar, shift);
		arena_reset(&texts->scratch.arena);
	}
	scan_close(&scan);
	return rc ? rc : texts->tx->error;
}

static int write_text(const char *folder, const struct written *item)
{
	char name[LIMIT_NAME_BYTES + 8];
	char *text = rota_calendar_text(item->calendar);
	int rc = ERR_NOMEM;

	text_name(name, item->organisation, item->english);
	if (text)
		rc = file_replace(folder, name, text, strlen(text));
	free(text);
	return rc;
}

static int write_texts(const char *folder, struct tx *tx, int64_t now_ms)
{
	struct texts texts = { .tx = tx };

	scratch_open(&texts.scratch, tx);
	int rc = want_all(&texts, now_ms);
	if (!rc && texts.n)
		rc = add_shifts(&texts, now_ms);
	for (size_t i = 0; i < texts.n; i++) {
		if (!rc)
			rc = write_text(folder, texts.items[i]);
		rota_calendar_free(texts.items[i]->calendar);
	}
	scratch_close(&texts.scratch, tx);
	return rc;
}

/* ---- addresses ---------------------------------------------------------------------------- */

static int link_address(const char *folder, const Calendar *calendar)
{
	char path[FILE_PATH_BYTES], text[LIMIT_NAME_BYTES + 8];

	text_name(text, calendar->organisation, calendar->english);
	snprintf(path, sizeof(path), "%s/%s" SUFFIX, folder, calendar->address);
	return symlink(text, path) && errno != EEXIST ? file_failed(path) : 0;
}

static int link_addresses(const char *folder, struct tx *tx)
{
	struct scratch scratch;
	struct scan scan;
	Calendar *calendar;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_CALENDARS, NULL, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Calendar, &calendar);
		if (!rc)
			rc = link_address(folder, calendar);
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return rc ? rc : tx->error;
}

/* Of what is in the folder: a link that is no address any longer. */
static bool ended(struct tx *tx, const char *name)
{
	char address[FILE_PATH_BYTES];
	const char *suffix = strrchr(name, '.');

	if (!suffix || strcmp(suffix, SUFFIX) || (size_t)(suffix - name) >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)(suffix - name), name);
	struct key key = key_text(address);
	return !tx_has(tx, TABLE_CALENDAR_ADDRESSES, &key);
}

static int unlink_ended(const char *folder, struct tx *tx)
{
	char path[FILE_PATH_BYTES];
	DIR *items = opendir(folder);
	struct dirent *item;
	int rc = 0;

	if (!items)
		return file_failed(folder);
	while (!rc && (item = readdir(items))) {
		if (!ended(tx, item->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, item->d_name);
		if (unlink(path) && errno != ENOENT)
			rc = file_failed(path);
	}
	closedir(items);
	return rc ? rc : tx->error;
}

int calendars_settle(struct daemon *daemon, void *context, struct tx *tx)
{
	struct calendars *calendars = context;
	struct clock *clock = daemon_clock(daemon);
	int64_t monotonic_ms = clock->monotonic_ms(clock);
	uint64_t position = calendars_position(tx);

	if (!calendars->folder[0] || (calendars->known && calendars->written == position))
		return tx->error;
	if (monotonic_ms < calendars->retry_at_ms)
		return ERR_IO;
	/* First what is not to be read any longer, and no address before there is a text. */
	int rc = unlink_ended(calendars->folder, tx);
	if (!rc)
		rc = write_texts(calendars->folder, tx, clock->wall_ms(clock));
	if (!rc)
		rc = link_addresses(calendars->folder, tx);
	calendars->retry_at_ms = rc ? monotonic_ms + RETRY_MS : 0;
	if (!rc) {
		calendars->known = true;
		calendars->written = position;
	}
	return rc;
}
