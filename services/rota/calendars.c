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
	const char *folder;
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

static bool is_wanted(const struct texts *texts, const char *organisation, bool english)
{
	for (size_t i = 0; i < texts->n; i++)
		if (texts->items[i]->english == english &&
		    !strcmp(texts->items[i]->organisation, organisation))
			return true;
	return false;
}

static int want(struct texts *texts, const Calendar *calendar)
{
	struct arena *kept = texts->scratch.kept;

	if (is_wanted(texts, calendar->organisation, calendar->english))
		return 0;
	struct written *text = arena_alloc(kept, sizeof(*text));
	char *organisation = arena_string(kept, calendar->organisation);
	if (!text || !organisation)
		return ERR_NOMEM;
	*text = (struct written){ organisation, calendar->english, NULL };
	return arena_append(kept, &texts->items, &texts->n, text);
}

static int want_all(struct texts *texts)
{
	struct scan scan;
	Calendar *calendar;
	int rc = 0;

	scan_open(&scan, texts->tx, TABLE_CALENDARS, NULL, NULL);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Calendar, &calendar);
		if (!rc)
			rc = want(texts, calendar);
		arena_reset(&texts->scratch.arena);
	}
	scan_close(&scan);
	return rc ? rc : texts->tx->error;
}

static bool is_there(const char *folder, const struct written *text)
{
	char name[LIMIT_NAME_BYTES + 8], path[FILE_PATH_BYTES];

	text_name(name, text->organisation, text->english);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

/* Begins those that are to be written: all, or those that are not there. */
static int open_texts(struct texts *texts, bool all, int64_t now_ms)
{
	for (size_t i = 0; i < texts->n; i++) {
		struct written *text = texts->items[i];
		if (!all && is_there(texts->folder, text))
			continue;
		text->calendar = rota_calendar_open(&(struct rota_calendar_options){
			text->organisation, !text->english, false, now_ms, name_of, texts });
		if (!text->calendar)
			return ERR_NOMEM;
	}
	return 0;
}

static int add_shifts(struct texts *texts, int64_t now_ms)
{
	char date[DATE_SIZE];
	struct key from = { .size = 0 };
	struct scan scan;
	Shift *shift;
	int rc = 0;

	date_day(date, now_ms - DAY_MS);
	memcpy(date + strlen("2026-11-"), "01", 2);
	key_add_bytes(&from, date, strlen(date));
	scan_open(&scan, texts->tx, TABLE_SHIFTS, NULL, &from);
	while (!rc && scan_next(&scan)) {
		rc = SCAN_MESSAGE(&scan, Shift, &shift);
		for (size_t i = 0; !rc && i < texts->n; i++)
			if (texts->items[i]->calendar)
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
		rc = file_replace_unsynced(folder, name, text, strlen(text));
	free(text);
	return rc;
}

static int write_texts(struct texts *texts, bool all, int64_t now_ms)
{
	int rc = open_texts(texts, all, now_ms);

	if (!rc)
		rc = add_shifts(texts, now_ms);
	for (size_t i = 0; i < texts->n; i++) {
		struct written *text = texts->items[i];
		if (!rc && text->calendar)
			rc = write_text(texts->folder, text);
		rota_calendar_free(text->calendar);
		text->calendar = NULL;
	}
	return rc;
}

/* ---- addresses ---------------------------------------------------------------------------- */

static int link_address(const char *folder, const Calendar *calendar)
{
	char path[FILE_PATH_BYTES], text[LIMIT_NAME_BYTES + 8], there[LIMIT_NAME_BYTES + 8];

	text_name(text, calendar->organisation, calendar->english);
	snprintf(path, sizeof(path), "%s/%s" SUFFIX, folder, calendar->address);
	ssize_t size = readlink(path, there, sizeof(there));
	if (size == (ssize_t)strlen(text) && !memcmp(there, text, (size_t)size))
		return 0;
	/* Something else, such as a copy of what it once was. */
	if (unlink(path) && errno != ENOENT)
		return file_failed(path);
	return symlink(text, path) ? file_failed(path) : 0;
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

/* Of what is in the folder: a link that is no address any longer, or a text that nobody wants. */
static bool ended(struct texts *texts, const char *name)
{
	char text[LIMIT_NAME_BYTES + 8], address[FILE_PATH_BYTES];
	const char *suffix = strrchr(name, '.');

	if (!suffix || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	if (!strcmp(suffix, SUFFIX) && (size_t)(suffix - name) < sizeof(address)) {
		snprintf(address, sizeof(address), "%.*s", (int)(suffix - name), name);
		struct key key = key_text(address);
		return !tx_has(texts->tx, TABLE_CALENDAR_ADDRESSES, &key);
	}
	for (size_t i = 0; i < texts->n; i++) {
		text_name(text, texts->items[i]->organisation, texts->items[i]->english);
		if (!strcmp(name, text))
			return false;
	}
	return true;
}

/* As much as can be; the first error. */
static int unlink_ended(struct texts *texts)
{
	char path[FILE_PATH_BYTES];
	DIR *items = opendir(texts->folder);
	struct dirent *item;
	int rc = 0;

	if (!items)
		return file_failed(texts->folder);
	while ((item = readdir(items))) {
		/* What cannot be looked up is not taken for ended. */
		if (!ended(texts, item->d_name) || texts->tx->error)
			continue;
		snprintf(path, sizeof(path), "%s/%s", texts->folder, item->d_name);
		if (unlink(path) && errno != ENOENT)
			rc = file_failed(path);
	}
	closedir(items);
	return texts->tx->error ? texts->tx->error : rc;
}

/* ---- both --------------------------------------------------------------------------------- */

static int bring(struct calendars *calendars, struct tx *tx, struct clock *clock, bool all)
{
	struct texts texts = { .folder = calendars->folder, .tx = tx };
	int64_t monotonic_ms = clock->monotonic_ms(clock);

	scratch_open(&texts.scratch, tx);
	int rc = want_all(&texts), gone = rc ? rc : unlink_ended(&texts);
	if (!rc && monotonic_ms < calendars->retry_at_ms)
		rc = ERR_IO;
	if (!rc)
		rc = write_texts(&texts, all, clock->wall_ms(clock));
	scratch_close(&texts.scratch, tx);
	if (!rc)
		rc = link_addresses(calendars->folder, tx);
	if (!rc)
		rc = gone;
	if (!rc)
		calendars->retry_at_ms = 0;
	else if (monotonic_ms >= calendars->retry_at_ms)
		calendars->retry_at_ms = monotonic_ms + RETRY_MS;
	return rc;
}

int calendars_settle(struct daemon *daemon, void *context, struct tx *tx)
{
	struct calendars *calendars = context;
	uint64_t texts = calendars_position(tx, "texts");
	uint64_t addresses = calendars_position(tx, "addresses"), rebuilds = daemon_rebuilds(daemon);
	bool known = calendars->known && calendars->rebuilds == rebuilds;
	bool all = !known || calendars->texts != texts;

	if (!calendars->folder[0] || tx->error || (!all && calendars->addresses == addresses))
		return tx->error;
	int rc = bring(calendars, tx, daemon_clock(daemon), all);
	if (rc)
		return rc;
	calendars->known = true;
	calendars->texts = texts;
	calendars->addresses = addresses;
	calendars->rebuilds = rebuilds;
	return 0;
}
