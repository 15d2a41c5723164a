#include "settle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "date.h"
#include "file.h"
#include "log.h"
#include "views.h"

#define CONTROL_TOPIC "$CONTROL/tsunagi/v1"
#define RETRY_MS 1000
/* A list is renewed each day, so the one in the file is good for six days and most of a seventh. */
#define CRL_GOOD_MS ((CRL_DAYS - 1) * DAY_MS - CLOCK_SKEW_MS)

/* ---- files -------------------------------------------------------------------------------- */

/* The whole of a text file; NULL when it is not there. The caller frees it. */
static char *read_file(const char *folder, const char *name)
{
	char path[FILE_PATH_BYTES];
	char *text = NULL;
	size_t room = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	if (getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(file);
	return text;
}

/* ---- the list of revoked certificates ----------------------------------------------------- */

static struct crl *list_of(struct directory *directory, struct tx *tx, uint64_t number,
			   int64_t now_ms)
{
	struct crl *crl = crl_begin(directory->ca, number, now_ms);
	struct revoked_scan scan;
	int rc = crl ? 0 : ERR_CRYPTO;

	revoked_open(&scan, tx);
	while (!rc && revoked_next(&scan))
		rc = crl_add(crl, scan.serial, scan.revoked_ms);
	scan_close(&scan.scan);
	if (!rc && !tx->error)
		return crl;
	crl_free(crl);
	return NULL;
}

static int write_crl(struct directory *directory, struct tx *tx, uint64_t number, int64_t now_ms)
{
	const char *folders[] = { directory->broker, directory->pki };
	struct crl *crl = list_of(directory, tx, number, now_ms);
	char path[FILE_PATH_BYTES], *pem = NULL;
	size_t size = 0;
	int rc = crl ? 0 : ERR_CRYPTO;

	for (size_t i = 0; i < 2 && !rc; i++) {
		if (!folders[i][0])
			continue;
		snprintf(path, sizeof(path), "%s/crl.pem", folders[i]);
		if (crl_is_current(directory->ca, crl, path, now_ms, CRL_GOOD_MS))
			continue;
		if (!pem)
			rc = crl_sign(directory->ca, crl, &pem, &size);
		if (!rc)
			rc = file_replace(folders[i], "crl.pem", pem, size);
		directory->told = false;
	}
	free(pem);
	crl_free(crl);
	return rc;
}

/* One name a line. */
static char *revoked_names(struct tx *tx)
{
	struct scan scan;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	scan_open(&scan, tx, TABLE_REVOKED_USERS, NULL, NULL);
	while (scan_next(&scan))
		fprintf(out, "%s\n", (const char *)scan.key);
	scan_close(&scan);
	if (fclose(out) == 0 && !tx->error)
		return text;
	free(text);
	return NULL;
}

static bool has_line(const char *text, const char *line, size_t size)
{
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
		if (strncmp(at, line, size) == 0)
			return true;
	return false;
}

/* The lines of names that are not in before. NULL when there is no memory. */
static char *new_lines(const char *names, const char *before)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (const char *at = names; *at; at += strcspn(at, "\n") + 1) {
		size_t length = strcspn(at, "\n") + 1;
		if (!has_line(before, at, length))
			fwrite(at, 1, length, out);
	}
	return fclose(out) == 0 ? text : NULL;
}

static int write_revoked(struct directory *directory, struct tx *tx)
{
	char *names, *before;
	int rc = 0;

	if (!directory->broker[0])
		return 0;
	names = revoked_names(tx);
	if (!names)
		return tx->error ? tx->error : ERR_NOMEM;
	before = read_file(directory->broker, "revoked");
	if (!before || strcmp(before, names) != 0) {
		rc = file_replace(directory->broker, "revoked", names, strlen(names));
		directory->told = false;
		free(directory->to_cut);
		directory->to_cut = before ? new_lines(names, before) : NULL;
	}
	free(before);
	free(names);
	return rc;
}

int directory_write_lists(struct directory *directory, struct tx *tx, int64_t now_ms)
{
	CrlState *state;
	int rc = crl_state(tx, &state);

	if (rc)
		return rc;
	/*
	 * The same list, unless the clock was set back to before it was made. After a day it is looked at
	 * again, whatever its number: where the clock was ahead for a while, CrlDue is that far ahead too.
	 */
	if (directory->written == state->number && now_ms >= directory->written_ms - CLOCK_SKEW_MS &&
	    now_ms < directory->written_ms + DAY_MS)
		return 0;
	directory->written = 0;
	rc = write_crl(directory, tx, state->number, now_ms);
	if (!rc)
		rc = write_revoked(directory, tx);
	if (!rc) {
		directory->written = state->number;
		directory->written_ms = now_ms;
	}
	return rc;
}

/* ---- what the gate knows of browsers ------------------------------------------------------ */

static int write_changed(const char *folder, const char *name, const char *text, bool *changed)
{
	char *before = read_file(folder, name);
	int rc = 0;

	*changed = !before || strcmp(before, text) != 0;
	if (*changed)
		rc = file_replace(folder, name, text, strlen(text));
	free(before);
	return rc;
}

int directory_write_sessions(struct directory *directory, struct tx *tx)
{
	uint64_t position = signed_out_position(tx);
	bool changed;

	if (!directory->tokens || !directory->broker[0] ||
	    (directory->signed_out_known && directory->signed_out_written == position))
		return 0;
	char *lines = signed_out_lines(tx);
	int rc = lines ? 0 : tx->error ? tx->error : ERR_NOMEM;
	if (!rc)
		rc = write_changed(directory->broker, "token.pub", tokens_public_key(directory->tokens),
				   &changed);
	if (!rc)
		rc = write_changed(directory->broker, "signed-out", lines, &changed);
	if (!rc) {
		directory->signed_out_told &= !changed;
		directory->signed_out_known = true;
		directory->signed_out_written = position;
	}
	free(lines);
	return rc;
}

static int tell_gate_sessions(struct directory *directory, struct bus *bus)
{
	static const char word[] = "signed-out\n";
	int rc = bus->publish(bus, CONTROL_TOPIC, word, strlen(word), 1, false);

	directory->signed_out_told = rc == 0;
	return rc;
}

/*
 * At any word of ours the gate reads both files and cuts all whose names stand there. Who is new is
 * named all the same: the file may have become unreadable for it.
 */
static int tell_gate(struct directory *directory, struct bus *bus)
{
	static const char reload[] = "reload\n";
	char word[LIMIT_NAME_BYTES + 16];
	const char *at = directory->to_cut ? directory->to_cut : "";
	int rc = *at ? 0 : bus->publish(bus, CONTROL_TOPIC, reload, strlen(reload), 1, false);

	for (; *at && !rc; at += strcspn(at, "\n") + 1) {
		int line = (int)strcspn(at, "\n") + 1;
		int size = snprintf(word, sizeof(word), "revoke %.*s", line, at);
		rc = bus->publish(bus, CONTROL_TOPIC, word, (size_t)size, 1, false);
	}
	if (rc)
		return rc;
	free(directory->to_cut);
	directory->to_cut = NULL;
	directory->told = true;
	return 0;
}

int directory_settle(struct daemon *daemon, void *context, struct tx *tx)
{
	struct directory *directory = context;
	struct clock *clock = daemon_clock(daemon);
	int64_t monotonic_ms = clock->monotonic_ms(clock);

	if (!directory->ca)
		return 0;
	if (monotonic_ms < directory->retry_at_ms)
		return ERR_IO;
	int64_t now_ms = clock->wall_ms(clock);
	uint64_t before = directory->written;
	int rc = directory_write_lists(directory, tx, now_ms);
	if (directory->written != before) /* each day at least; what fails is logged, and tried then */
		directory_renew_instances(directory, now_ms, tx->arena);
	if (!rc)
		rc = directory_write_sessions(directory, tx);
	if (!rc && directory->broker[0] && !directory->told)
		rc = tell_gate(directory, daemon_bus(daemon));
	if (!rc && directory->broker[0] && directory->tokens && !directory->signed_out_told)
		rc = tell_gate_sessions(directory, daemon_bus(daemon));
	directory->retry_at_ms = rc && rc != ERR_DISCONNECTED ? monotonic_ms + RETRY_MS : 0;
	return rc;
}

/* ---- certificates of instances ------------------------------------------------------------ */

static int renew_instance(struct directory *directory, const char *name, int64_t now_ms,
			  struct arena *arena)
{
	char folder[FILE_PATH_BYTES], path[FILE_PATH_BYTES + 16], user[LIMIT_NAME_BYTES + 1];
	struct issued issued;

	snprintf(folder, sizeof(folder), "%s/%s", directory->instances, name);
	snprintf(path, sizeof(path), "%s/cert.pem", folder);
	int rc = ca_read(path, &issued, user, sizeof(user));
	if (rc == ERR_IO)
		return 0; /* none was made yet: the pki script's work */
	if (!rc && strcmp(user, name) != 0)
		rc = ERR_INVALID;
	if (!rc && issued.not_after_ms >= now_ms + CERTIFICATE_RENEW_DAYS * DAY_MS)
		return 0;
	if (!rc)
		rc = ca_sign_again(directory->ca, path, name, now_ms, arena, &issued);
	if (!rc)
		rc = file_replace(folder, "cert.pem", issued.pem, strlen(issued.pem));
	log_event(rc ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "renew",
		  "instance=%s serial=%s error=\"%s\"", name, rc ? "" : issued.serial, error_text(rc));
	return rc;
}

int directory_renew_instances(struct directory *directory, int64_t now_ms, struct arena *arena)
{
	struct dirent *item;
	int first = 0;

	if (!directory->instances[0])
		return 0;
	DIR *folder = opendir(directory->instances);
	if (!folder)
		return file_failed(directory->instances);
	while ((item = readdir(folder))) {
		if (!instance_name(item->d_name))
			continue;
		int rc = renew_instance(directory, item->d_name, now_ms, arena);
		first = first ? first : rc;
	}
	closedir(folder);
	return first;
}
