/* Sending what an import reads, and hearing what becomes of it. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/fhir_import.h"
#include "codec.h"
#include "error.h"

#define WINDOW 64          /* requests that wait for their answers */
#define WINDOW_OPEN 48     /* so few, and more are sent */
#define SLICE_MS 100       /* between looks at the bar and at Ctrl-C */
#define MOMENT_MS 3000     /* for answers that are on their way when the import ends */

/* A request that waits for its answer. */
struct fhir_pending {
	struct fhir_pending *following, **before; /* in the import's list */
	struct fhir_import *import;
	struct fhir_where where;
	struct fhir_row *row;
	bool was_new;              /* something of this resource is */
	/* of a patient: */
	struct fhir_name names[FHIR_NAMES_MAX];
	size_t n_names;
	char *system;
	/* of an entry: what follows it, packed; of a team: those who are to be in it */
	struct bytes next;
	char patient[ID_SIZE];     /* of a team */
};

static void pending_free(struct fhir_pending *pending)
{
	*pending->before = pending->following;
	if (pending->following)
		pending->following->before = pending->before;
	free(pending->system);
	free((void *)(uintptr_t)pending->next.data);
	free(pending);
}

static struct fhir_pending *pending_open(struct fhir_import *import, const struct fhir_where *where,
				    struct fhir_row *row)
{
	struct fhir_pending *pending = calloc(1, sizeof(*pending));

	if (!pending) {
		fhir_end(import, EX_OSERR, MSG_NO_MEMORY);
		return NULL;
	}
	pending->following = import->pending;
	pending->before = &import->pending;
	if (pending->following)
		pending->following->before = &pending->following;
	import->pending = pending;
	pending->import = import;
	pending->where = *where;
	pending->row = row;
	return pending;
}

/* ---- the window --------------------------------------------------------------------------- */

static void run_slice(struct fhir_import *import)
{
	import->room = false;
	if (client_run(import->cli->client, SLICE_MS, &import->room))
		fhir_end(import, EX_UNAVAILABLE, MSG_FHIR_REPEAT);
	if (*import->cli->stop)
		fhir_end(import, EX_TEMPFAIL, MSG_FHIR_INTERRUPTED);
	fhir_progress_draw(import);
}

static void make_room(struct fhir_import *import)
{
	if (client_in_flight(import->cli->client) < WINDOW)
		return;
	while (!import->status && client_in_flight(import->cli->client) > WINDOW_OPEN)
		run_slice(import);
}

void fhir_send_wait(struct fhir_import *import)
{
	int64_t end_ms = 0;

	while (client_in_flight(import->cli->client) && import->status != EX_UNAVAILABLE) {
		if (import->status && !end_ms)
			end_ms = cli_now_ms() + MOMENT_MS;
		if (end_ms && cli_now_ms() > end_ms)
			return;
		run_slice(import);
	}
}

void fhir_send_close(struct fhir_import *import)
{
	while (import->pending)
		pending_free(import->pending);
}

/* Takes the pending request over. */
static void send(struct fhir_pending *pending, const ProtobufCMessage *message,
		 client_reply_fn *done)
{
	struct fhir_import *import = pending->import;
	struct fhir_verdict verdict = { 0 };
	struct client *client = import->cli->client;
	int error = client_send(client, client_instance_for(client, ""), message, 0, done, pending);

	if (!error)
		return;
	fhir_wrong(&verdict, MSG_FHIR_TOO_LARGE, "%s", error_text(error));
	fhir_conclude(import, &pending->where, pending->row, &verdict, true);
	pending_free(pending);
}

/* ---- answers ------------------------------------------------------------------------------ */

/* What ends the whole import: no answer, no right, no space. True: it does. */
static bool is_end(struct fhir_pending *pending, const Reply *reply)
{
	struct fhir_import *import = pending->import;
	bool patient = pending->n_names > 0;

	if (import->status)
		return !reply;
	if (!reply || reply->code == CODE_UNAVAILABLE) {
		fhir_end(import, EX_UNAVAILABLE, MSG_FHIR_REPEAT);
	} else if (reply->code == CODE_RESOURCE_EXHAUSTED ||
		   (reply->code == CODE_PERMISSION_DENIED && patient)) {
		fhir_progress_clear(import);
		cli_complain(import->cli, reply);
		import->status = cli_status(reply);
	}
	return import->status;
}

static void refused(struct fhir_pending *pending, const Reply *reply)
{
	struct fhir_import *import = pending->import;
	const char *sentence = import->cli->japanese ? reply->message_ja : reply->message_en;
	struct fhir_verdict verdict = { 0 };

	import->other_people |= !strcmp(reply->field, "patient.identifiers");
	fhir_wrong(&verdict, MSG_FHIR_REFUSED, "%s%s%s", reply->field, reply->field[0] ? ": " : "",
		   sentence);
	fhir_conclude(import, &pending->where, pending->row, &verdict, true);
}

static bool is_there(const Reply *reply)
{
	return reply->code == CODE_OK || reply->code == CODE_ALREADY_EXISTS;
}

/* Every answer comes through here. True: it is there now, or was already. */
static bool take_answer(struct fhir_pending *pending, const Reply *reply)
{
	struct fhir_import *import = pending->import;

	import->room = client_in_flight(import->cli->client) <= WINDOW_OPEN;
	if (is_end(pending, reply)) {
		import->room = true;
		return false;
	}
	if (!is_there(reply)) {
		refused(pending, reply);
		return false;
	}
	pending->was_new |= reply->code == CODE_OK;
	return true;
}

static void count_there(struct fhir_pending *pending)
{
	fhir_count_result(pending->row, pending->was_new ? FHIR_NEW : FHIR_KNOWN);
}

static void on_patient(void *context, const Reply *reply)
{
	struct fhir_pending *pending = context;
	struct fhir_import *import = pending->import;

	if (take_answer(pending, reply)) {
		count_there(pending);
		if (id_valid(reply->id) &&
		    fhir_refs_add_patient(import->refs, pending->names, pending->n_names, reply->id,
					  pending->system))
			fhir_end(import, EX_OSERR, MSG_NO_MEMORY);
	}
	pending_free(pending);
}

static void on_last(void *context, const Reply *reply)
{
	struct fhir_pending *pending = context;

	if (take_answer(pending, reply))
		count_there(pending);
	pending_free(pending);
}

/* ---- care teams --------------------------------------------------------------------------- */

static bool keep_packed(struct fhir_pending *pending, const ProtobufCMessage *message,
			struct arena *arena);

static bool is_same(const TeamMember *a, const TeamMember *b)
{
	/* The service fills in a person's organisation. */
	return a->user[0] ? !strcmp(a->user, b->user) :
			    !b->user[0] && !strcmp(a->organisation, b->organisation);
}

/* The members that are still to be added. */
static Team *wanted(struct fhir_pending *pending)
{
	ProtobufCMessage *message;

	if (codec_unpack(&Team_descriptor, pending->next, &pending->import->reply_arena, &message))
		abort(); /* we packed it ourselves */
	return (Team *)(void *)message;
}

static void on_member(void *context, const Reply *reply);

/* Adds the first of those who are wanted; with none left, the resource is done. */
static void add_next(struct fhir_pending *pending)
{
	Team *team = wanted(pending);
	AddTeamMember request = AddTeamMember_INIT;

	if (!team->n_items) {
		count_there(pending);
		pending_free(pending);
		return;
	}
	request.patient = pending->patient;
	request.member = team->items[--team->n_items];
	free((void *)(uintptr_t)pending->next.data);
	if (!keep_packed(pending, &team->base, &pending->import->reply_arena))
		abort();
	send(pending, &request.base, on_member);
}

static bool is_unknown_member(const Reply *reply)
{
	return reply &&
	       (reply->code == CODE_NOT_FOUND || reply->code == CODE_INVALID_ARGUMENT) &&
	       (!strcmp(reply->field, "member.user") ||
		!strcmp(reply->field, "member.organisation"));
}

static void on_member(void *context, const Reply *reply)
{
	struct fhir_pending *pending = context;
	struct fhir_verdict verdict = { 0 };

	arena_reset(&pending->import->reply_arena);
	if (is_unknown_member(reply)) {
		fhir_skip(&verdict, MSG_FHIR_NOT_ENROLLED, NULL);
		fhir_conclude(pending->import, &pending->where, pending->row, &verdict, false);
		pending_free(pending);
	} else if (take_answer(pending, reply)) {
		add_next(pending);
	} else {
		pending_free(pending);
	}
}

/* Who is in the team already need not be added. */
static void on_team(void *context, const Reply *reply)
{
	struct fhir_pending *pending = context;
	struct arena *arena = &pending->import->reply_arena;
	ProtobufCMessage *message = NULL;

	arena_reset(arena);
	if (!take_answer(pending, reply) ||
	    codec_unpack(&Team_descriptor, (struct bytes){reply->body.data, reply->body.len}, arena,
			 &message)) {
		pending_free(pending);
		return;
	}
	pending->was_new = false; /* so far it was only a question */
	const Team *there = (const Team *)(const void *)message;
	Team *team = wanted(pending);
	size_t kept = 0;
	for (size_t i = 0; i < team->n_items; i++) {
		bool known = false;
		for (size_t j = 0; j < there->n_items; j++)
			known |= is_same(team->items[i], there->items[j]);
		if (!known)
			team->items[kept++] = team->items[i];
	}
	team->n_items = kept;
	free((void *)(uintptr_t)pending->next.data);
	if (!keep_packed(pending, &team->base, arena))
		abort();
	add_next(pending);
}

/* ---- medicines ---------------------------------------------------------------------------- */

/* The start of a medicine is there: now its stop can name it. */
static void on_start(void *context, const Reply *reply)
{
	struct fhir_pending *pending = context;
	struct arena *arena = &pending->import->reply_arena;
	ProtobufCMessage *message;

	if (!take_answer(pending, reply)) {
		pending_free(pending);
		return;
	}
	arena_reset(arena);
	if (codec_unpack(&AddEntry_descriptor, pending->next, arena, &message))
		abort(); /* we packed it ourselves */
	AddEntry *stop = (AddEntry *)(void *)message;
	stop->entry->medication->replaces = arena_string(arena, reply->id);
	send(pending, message, on_last);
}

/* ---- sending ------------------------------------------------------------------------------ */

static bool keep_packed(struct fhir_pending *pending, const ProtobufCMessage *message,
			struct arena *arena)
{
	struct bytes packed;
	uint8_t *copy;

	if (codec_pack(message, arena, &packed) || !(copy = malloc(packed.size ? packed.size : 1)))
		return false;
	memcpy(copy, packed.data, packed.size);
	pending->next = (struct bytes){ copy, packed.size };
	return true;
}

void fhir_send_patient(struct fhir_import *import, const struct fhir_where *where,
		       struct fhir_row *row, Patient *patient, const struct fhir_place *place)
{
	struct fhir_pending *pending = pending_open(import, where, row);
	RegisterPatient request = RegisterPatient_INIT;

	if (!pending)
		return;
	pending->n_names = fhir_names(pending->names, place, "Patient", where->id,
				      patient->identifiers, patient->n_identifiers);
	pending->system = strdup(patient->identifiers[0]->system);
	if (!pending->system)
		abort();
	request.patient = patient;
	request.consent_given_on = arena_string(&import->arena, import->options.consent_on);
	make_room(import);
	send(pending, &request.base, on_patient);
}

void fhir_send_entries(struct fhir_import *import, const struct fhir_where *where,
		       struct fhir_row *row, const struct fhir_entries *entries)
{
	struct fhir_pending *pending = pending_open(import, where, row);
	AddEntry request = AddEntry_INIT, stop = AddEntry_INIT;

	if (!pending)
		return;
	stop.entry = entries->stop;
	if (entries->stop && !keep_packed(pending, &stop.base, &import->arena)) {
		struct fhir_verdict verdict = { 0 };
		fhir_wrong(&verdict, MSG_FHIR_TOO_LARGE, NULL);
		fhir_conclude(import, where, row, &verdict, false);
		pending_free(pending);
		return;
	}
	request.entry = entries->entry;
	make_room(import);
	send(pending, &request.base, entries->stop ? on_start : on_last);
}

void fhir_send_team(struct fhir_import *import, const struct fhir_where *where,
		    struct fhir_row *row, const char *patient, TeamMember **members, size_t n)
{
	struct fhir_pending *pending = pending_open(import, where, row);
	ShowTeam request = ShowTeam_INIT;
	Team team = Team_INIT;

	if (!pending)
		return;
	memcpy(pending->patient, patient, ID_SIZE);
	team.items = members;
	team.n_items = n;
	if (!keep_packed(pending, &team.base, &import->arena))
		abort();
	request.patient = pending->patient;
	make_room(import);
	send(pending, &request.base, on_team);
}
