/*
 * The public state: rows that everybody who is signed in may see. A change goes out once, after its
 * commit, on a topic of the row's own, and the broker fans it out:
 *
 *	tsunagi/v1/<instance>/state/<row>   retained, a Push with (from, to] and the row
 *
 * What is to be told needs no list of its own: it is every row whose position is behind the last
 * one told, in that order, so `from` of each is `to` of the one before, and the cost of a change
 * does not depend on how many rows there are. Between two changes facts may pass that concern no
 * row; the next one's `from` then still is the last one's `to`, and nobody takes that for a gap.
 *
 * A watch of such a list is told nothing by itself. It only says that its user has the list open,
 * and so that the organisation's terminal is online; that is no fact and lives in memory. Whoever
 * vanishes is offline when the watch lapses, and their row is told again, as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "log.h"

#define ROWS_PER_STEP 64 /* requests must not wait for a thousand rows after a connection */
#define ALL_RETOLD UINT64_MAX

static int64_t monotonic_ms(const struct daemon *daemon)
{
	return daemon->clock->monotonic_ms(daemon->clock);
}

/* ---- lists by name -------------------------------------------------------------------------- */

_Static_assert(offsetof(struct terminal, user) == 0 && offsetof(struct place, organisation) == 0,
	       "both begin with their name");

/* Where it is; or, if it is not there, where it belongs. */
static size_t by_name_at(const struct by_name *list, const char *name, bool *there)
{
	size_t low = 0, high = list->n;

	*there = false;
	while (low < high && !*there) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp((const char *)list->items[middle], name);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
		*there = order == 0;
	}
	return *there ? high : low;
}

static int by_name_insert(struct by_name *list, size_t at, void *item)
{
	if (list->n == list->capacity) {
		size_t larger = list->capacity ? list->capacity * 2 : 64;
		void **memory = realloc(list->items, larger * sizeof(*memory));
		if (!memory)
			return ERR_NOMEM;
		list->items = memory;
		list->capacity = larger;
	}
	memmove(list->items + at + 1, list->items + at, (list->n - at) * sizeof(*list->items));
	list->items[at] = item;
	list->n++;
	return 0;
}

static void by_name_free(struct by_name *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
}

/* ---- who is online -------------------------------------------------------------------------- */

bool daemon_online(const struct daemon *daemon, const char *organisation)
{
	bool there;
	size_t at = by_name_at(&daemon->state.places, organisation, &there);
	const struct place *place = there ? daemon->state.places.items[at] : NULL;

	return place && place->terminals > 0;
}

static void place_changed(struct public_state *state, struct place *place)
{
	if (place->listed)
		return;
	place->listed = true;
	place->next = state->changed;
	state->changed = place;
}

static struct place *place_join(struct public_state *state, const char *organisation)
{
	bool there;
	size_t at = by_name_at(&state->places, organisation, &there);
	struct place *place = there ? state->places.items[at] : calloc(1, sizeof(*place));

	if (!place)
		return NULL;
	snprintf(place->organisation, sizeof(place->organisation), "%s", organisation);
	if (!there && by_name_insert(&state->places, at, place)) {
		free(place);
		return NULL;
	}
	if (place->terminals++ == 0)
		place_changed(state, place);
	return place;
}

static void place_leave(struct public_state *state, struct place *place)
{
	if (--place->terminals == 0)
		place_changed(state, place);
}

static void place_forget(struct public_state *state, struct place *place)
{
	struct by_name *places = &state->places;
	bool there;
	size_t at = by_name_at(places, place->organisation, &there);

	if (there)
		memmove(places->items + at, places->items + at + 1,
			(--places->n - at) * sizeof(*places->items));
	free(place);
}

static struct terminal *terminal_new(struct public_state *state, const char *user, size_t at)
{
	struct terminal *terminal = calloc(1, sizeof(*terminal));

	if (!terminal)
		return NULL;
	snprintf(terminal->user, sizeof(terminal->user), "%s", user);
	if (!by_name_insert(&state->terminals, at, terminal))
		return terminal;
	free(terminal);
	return NULL;
}

/* A user, however many windows they have open. Who has moved to another
 * organisation takes it along. */
int state_watch(struct daemon *daemon, const struct input *in)
{
	struct public_state *state = &daemon->state;
	bool there;
	size_t at = by_name_at(&state->terminals, in->actor.user, &there);

	if (in->actor.profession == PROFESSION_SERVICE)
		return 0;
	if (!there && state->terminals.n >= LIMIT_TERMINALS)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "watch",
			      "同時に開いている画面が多すぎます。しばらくしてから開いてください。",
			      "Too many open watches. Try again later.");
	struct place *place = place_join(state, in->actor.organisation);
	if (!place)
		return ERR_NOMEM;
	struct terminal *terminal = there ? state->terminals.items[at]
					  : terminal_new(state, in->actor.user, at);
	if (!terminal) {
		place_leave(state, place);
		return ERR_NOMEM;
	}
	if (terminal->place)
		place_leave(state, terminal->place);
	terminal->place = place;
	terminal->lapses_ms = monotonic_ms(daemon) + WATCH_MS;
	if (terminal->lapses_ms < state->lapses_ms)
		state->lapses_ms = terminal->lapses_ms;
	return 0;
}

/* Looks at all of them, but only when the first could have lapsed: about once a minute, since those
 * who are there renew each minute. */
static void lapse(struct daemon *daemon)
{
	struct public_state *state = &daemon->state;
	int64_t now_ms = monotonic_ms(daemon), next_ms = INT64_MAX;
	size_t kept = 0;

	if (now_ms < state->lapses_ms)
		return;
	for (size_t i = 0; i < state->terminals.n; i++) {
		struct terminal *terminal = state->terminals.items[i];
		if (terminal->lapses_ms <= now_ms) {
			place_leave(state, terminal->place);
			free(terminal);
			continue;
		}
		if (terminal->lapses_ms < next_ms)
			next_ms = terminal->lapses_ms;
		state->terminals.items[kept++] = terminal;
	}
	state->terminals.n = kept;
	state->lapses_ms = next_ms;
}

/* ---- telling -------------------------------------------------------------------------------- */

static char *unconst(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text };
	return pointer.out;
}

static void tell(struct daemon *daemon, const struct state_row *row, uint64_t from, uint64_t to)
{
	char topic[LIMIT_TOPIC_BYTES];
	Push push = Push_INIT;
	struct bytes packed;

	if (codec_pack(row->message, &daemon->arena, &packed))
		return;
	push.from = from;
	push.to = to;
	push.type = unconst(codec_name(row->message->descriptor));
	push.body.data = arena_copy(&daemon->arena, packed.data, packed.size);
	push.body.len = packed.size;
	if (codec_pack(&push.base, &daemon->arena, &packed))
		return; /* whoever has the next one sees the gap */
	snprintf(topic, sizeof(topic), "tsunagi/v1/%s/state/%s", daemon->spec->name, row->id);
	daemon->bus->publish(daemon->bus, topic, packed.data, packed.size, 1, true);
}

static bool next_row(struct daemon *daemon, struct tx *tx, const struct input *in, uint64_t after,
		     struct state_row *row)
{
	int rc = daemon->spec->state(tx, in, NULL, after, row);
	if (rc && rc != ERR_NOTFOUND)
		log_event(LOG_LEVEL_ERROR, "state", "after=%llu error=\"%s\"",
			  (unsigned long long)after, error_text(rc));
	return rc == 0;
}

/* What changed; the last one's `to` is the head, so that a reader has all there is. */
static void tell_changed(struct daemon *daemon, struct tx *tx, const struct input *in, int *left)
{
	struct public_state *state = &daemon->state;
	struct state_row row, next;
	bool found = next_row(daemon, tx, in, state->told, &row);

	while (found && *left > 0) {
		bool more = next_row(daemon, tx, in, row.position, &next);
		uint64_t to = more ? row.position : daemon->head.position;
		tell(daemon, &row, state->told, to);
		state->told = to;
		row = next;
		found = more;
		(*left)--;
	}
	state->stale = found;
}

/* Each row once after a connection: what was told before it may not have reached the broker, and
 * the broker may have forgotten what it kept. */
static void tell_again(struct daemon *daemon, struct tx *tx, const struct input *in, int *left)
{
	struct public_state *state = &daemon->state;
	struct state_row row;

	for (; *left > 0 && state->retold != ALL_RETOLD; (*left)--) {
		if (next_row(daemon, tx, in, state->retold, &row) && row.position <= state->told) {
			tell(daemon, &row, state->told, state->told);
			state->retold = row.position;
		} else {
			state->retold = ALL_RETOLD;
		}
	}
}

/* Who came or went. An organisation without a row (a pharmacy that looks on) is passed over. */
static void tell_places(struct daemon *daemon, struct tx *tx, const struct input *in, int *left)
{
	struct public_state *state = &daemon->state;
	struct state_row row;

	while (*left > 0 && state->changed) {
		struct place *place = state->changed;
		bool online = place->terminals > 0;
		state->changed = place->next;
		place->listed = false;
		if (online != place->told_online &&
		    daemon->spec->state(tx, in, place->organisation, 0, &row) == 0) {
			tell(daemon, &row, state->told, state->told);
			(*left)--;
		}
		place->told_online = online;
		if (!online)
			place_forget(state, place);
	}
}

static bool waiting(const struct public_state *state)
{
	return state->stale || state->retold != ALL_RETOLD || state->changed;
}

void state_speak(struct daemon *daemon)
{
	struct public_state *state = &daemon->state;
	int left = ROWS_PER_STEP;
	struct refusal refusal;
	struct input in;
	struct tx tx;

	if (!daemon->spec->state)
		return;
	lapse(daemon);
	if (!waiting(state))
		return;
	arena_reset(&daemon->arena);
	if (tx_begin(&tx, daemon->store, &daemon->arena, false))
		return;
	input_prepare(daemon, &in, &refusal);
	if (state->stale)
		tell_changed(daemon, &tx, &in, &left);
	if (!state->stale)
		tell_again(daemon, &tx, &in, &left);
	tell_places(daemon, &tx, &in, &left);
	tx_abort(&tx);
}

/* ---- the rest ------------------------------------------------------------------------------- */

void state_init(struct daemon *daemon)
{
	daemon->state.told = daemon->head.position;
	daemon->state.retold = ALL_RETOLD;
	daemon->state.lapses_ms = INT64_MAX;
}

void state_connected(struct daemon *daemon)
{
	if (daemon->spec->state)
		daemon->state.retold = 0;
}

void state_committed(struct daemon *daemon)
{
	if (daemon->spec->state && daemon->batch_facts)
		daemon->state.stale = true;
}

int64_t state_wait_ms(const struct daemon *daemon, int64_t now_ms)
{
	const struct public_state *state = &daemon->state;

	if (!daemon->spec->state)
		return INT64_MAX;
	if (waiting(state) || state->lapses_ms <= now_ms)
		return 0;
	return state->lapses_ms == INT64_MAX ? INT64_MAX : state->lapses_ms - now_ms;
}

void state_close(struct daemon *daemon)
{
	by_name_free(&daemon->state.terminals);
	by_name_free(&daemon->state.places);
}
