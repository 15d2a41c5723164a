#include "clients/demo/load.h"

#include <stdio.h>
#include <string.h>

#include "clients/demo/pictures.h"
#include "clients/demo/pool.h"
#include "date.h"
#include "error.h"

#define HOUR_MS (3600LL * 1000)

struct loading {
	struct city *city;
	struct pool *pool;
	struct progress *progress;
	const char *what; /* for the progress line */
	size_t done, all;
	int error; /* the first one; it has been said */
};

/* A request and where the id goes that it makes. */
struct errand {
	struct loading *loading;
	const char *user;
	char *id; /* ID_SIZE; NULL: it makes none */
};

static void begin(struct loading *loading, const char *what, size_t all)
{
	loading->what = what;
	loading->done = 0;
	loading->all = all;
}

static void answered(void *context, const Reply *reply)
{
	struct errand *errand = context;
	struct loading *loading = errand->loading;

	loading->done++;
	progress_show(loading->progress, loading->what, loading->done, loading->all);
	if (reply && (reply->code == CODE_OK || reply->code == CODE_ALREADY_EXISTS)) {
		if (errand->id)
			snprintf(errand->id, ID_SIZE, "%s", reply->id);
		return;
	}
	if (!loading->error) {
		progress_end(loading->progress);
		complain("%s: %s %s", errand->user, reply ? reply->field : "",
			 reply ? reply->message_en : "record does not answer");
	}
	loading->error = reply ? ERR_REFUSED : ERR_TIMEOUT;
}

/* Once something has gone wrong nothing more is sent. */
static void send(struct loading *loading, const char *user, const ProtobufCMessage *request,
		 char *id)
{
	struct errand *errand = arena_alloc(loading->city->arena, sizeof(*errand));

	if (loading->error)
		return;
	if (!errand) {
		loading->error = ERR_NOMEM;
		return;
	}
	*errand = (struct errand){ .loading = loading, .user = user, .id = id };
	int rc = pool_send(loading->pool, user, request, answered, errand);
	if (rc)
		loading->error = rc;
}

static int settle(struct loading *loading)
{
	int rc = loading->error ? loading->error : pool_settle(loading->pool);
	return rc ? rc : loading->error;
}

/* ---- patients ----------------------------------------------------------------------------- */

static int register_patients(struct loading *loading)
{
	const struct city *city = loading->city;
	RegisterPatient request = RegisterPatient_INIT;

	begin(loading, "患者", city->n_homes);
	for (size_t i = 0; i < city->n_homes; i++) {
		struct home *home = city->homes[i];
		request.patient = home->patient;
		request.consent_given_on = home->consent_on;
		send(loading, home->registrar, &request.base, home->id);
	}
	return settle(loading);
}

static void put_together(struct loading *loading, struct home *home)
{
	AddTeamMember add = AddTeamMember_INIT;
	RecordConsent consent = RecordConsent_INIT;
	SetUnstable unstable = SetUnstable_INIT;

	add.patient = consent.patient = unstable.patient = home->id;
	for (size_t i = 0; i < home->n_team; i++) {
		add.member = home->team[i];
		send(loading, home->registrar, &add.base, NULL);
	}
	consent.scope = CONSENT_SCOPE_COVER;
	consent.given = true;
	consent.on = home->cover_on;
	if (home->cover_on[0])
		send(loading, home->registrar, &consent.base, NULL);
	unstable.unstable = true;
	if (home->unstable)
		send(loading, home->registrar, &unstable.base, NULL);
}

static int make_teams(struct loading *loading)
{
	const struct city *city = loading->city;
	SetThresholds request = SetThresholds_INIT;

	begin(loading, "ケアチーム", 0);
	for (size_t i = 0; i < city->n_homes; i++)
		loading->all += city->homes[i]->n_team + (city->homes[i]->cover_on[0] != '\0') +
				city->homes[i]->unstable;
	for (size_t i = 0; i < city->n_homes; i++)
		put_together(loading, city->homes[i]);
	int rc = settle(loading);
	for (size_t i = 0; !rc && i < city->n_homes; i++) {
		struct home *home = city->homes[i];
		request.patient = home->id;
		request.thresholds = home->thresholds;
		if (home->thresholds)
			send(loading, home->workers[DOCTOR], &request.base, NULL);
	}
	return rc ? rc : settle(loading);
}

/* ---- pictures ----------------------------------------------------------------------------- */

/* Each is small enough for one piece. */
static int send_pictures(struct loading *loading)
{
	const struct city *city = loading->city;

	begin(loading, "写真", 0);
	for (size_t i = 0; i < city->n_events; i++)
		loading->all += city->events[i]->picture != NULL;
	for (size_t i = 0; i < city->n_events; i++) {
		const struct event *event = city->events[i];
		PutChunk request = PutChunk_INIT;
		if (!event->picture)
			continue;
		request.patient = event->home->id;
		request.sha256 = event->picture->attachment->sha256;
		request.bytes = event->picture->attachment->bytes;
		request.data.data = arena_copy(city->arena, event->picture->data.data,
					       event->picture->data.size);
		request.data.len = event->picture->data.size;
		send(loading, event->author, &request.base, NULL);
	}
	return settle(loading);
}

/* ---- entries ------------------------------------------------------------------------------ */

/* What was not known before it was stored. */
static void point(struct event *event)
{
	Entry *entry = event->entry;

	entry->patient = event->home->id;
	if (!event->meant)
		return;
	if (entry->content_case == Entry_CONTENT_MEDICATION)
		entry->medication->replaces = event->meant->id;
	else if (entry->content_case == Entry_CONTENT_ANSWER)
		entry->answer->question = event->meant->id;
	else
		entry->corrects = event->meant->id;
}

/* Slot by slot: what refers to an entry comes after it, and so does what was written later. */
static int write_entries(struct loading *loading)
{
	const struct city *city = loading->city;
	AddEntry request = AddEntry_INIT;
	unsigned slot = 0;
	int rc = 0;

	begin(loading, "記録", city->n_events);
	for (size_t i = 0; !rc && i < city->n_events; i++) {
		struct event *event = city->events[i];
		if (event->slot != slot)
			rc = settle(loading);
		if (rc)
			break;
		slot = event->slot;
		point(event);
		request.entry = event->entry;
		send(loading, event->author, &request.base, event->id);
	}
	return rc ? rc : settle(loading);
}

/* ---- who has read what -------------------------------------------------------------------- */

#define MARKED_MOST 500
#define UNREAD_MS (36 * HOUR_MS) /* what is younger has been read by nobody */

/* Those who work with a patient every week have read all but the newest; others not yet. */
static int mark_read(struct loading *loading)
{
	static const enum demo_worker readers[] = { DOCTOR, NURSE, CARE_MANAGER };
	const struct city *city = loading->city;
	MarkRead *marks = arena_alloc(city->arena, (city->n_homes + 1) * sizeof(*marks));

	if (!marks)
		return ERR_NOMEM;
	for (size_t i = 0; i <= city->n_homes; i++)
		marks[i] = (MarkRead)MarkRead_INIT;
	for (size_t i = 0; i < city->n_events; i++) {
		struct event *event = city->events[i];
		MarkRead *mark = &marks[event->home->number];
		mark->patient = event->home->id;
		if (event->entry->occurred_ms < city->now_ms - UNREAD_MS &&
		    mark->n_entries < MARKED_MOST)
			arena_append(city->arena, &mark->entries, &mark->n_entries, event->id);
	}
	begin(loading, "既読", city->n_homes * sizeof(readers) / sizeof(*readers));
	for (size_t i = 0; i < city->n_homes; i++) {
		const struct home *home = city->homes[i];
		for (size_t k = 0; k < sizeof(readers) / sizeof(*readers); k++)
			if (home->workers[readers[k]] && marks[home->number].n_entries)
				send(loading, home->workers[readers[k]], &marks[home->number].base,
				     NULL);
	}
	return settle(loading);
}

/* ---- the whole ---------------------------------------------------------------------------- */

int city_load(struct city *city, const char *state, struct progress *progress)
{
	struct loading loading = { .city = city, .progress = progress };

	loading.pool = pool_open(arena_printf(city->arena, "%s/accounts", state));
	if (!loading.pool)
		return ERR_NOMEM;
	int rc = register_patients(&loading);
	if (!rc)
		rc = make_teams(&loading);
	if (!rc)
		rc = send_pictures(&loading);
	if (!rc)
		rc = write_entries(&loading);
	if (!rc)
		rc = mark_read(&loading);
	pool_free(loading.pool);
	return rc;
}
