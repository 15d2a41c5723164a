/*
 * Photos in the simulated world: people send them in pieces, in any order, with gaps and repetitions, name
 * them in entries, complete or not, and fetch them. What must hold: an entry names only what is there
 * whole, and as it was taken; nobody gets a piece without a right to the entry; each reading is in the
 * journal. And what is new of a patient is what the facts say.
 */
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "services/record/attachment.h"
#include "services/record/news.h"
#include "tests/sim/sim.h"

#define MOST_CHUNKS 40 /* in a seed: what they say stays in memory */
#define WRONG_PIECE 40 /* per mille */

/* ---- what there is to photograph --------------------------------------------------------------- */

void papers_make(struct sim *sim)
{
	static const uint32_t sizes[SIM_PAPERS] = {300, LIMIT_CHUNK_BYTES + 1000,
						   2 * LIMIT_CHUNK_BYTES + 77, 5000};
	struct rng rng = rng_make(sim->rng.state, 5);

	sim->photographers = rng_chance(&rng, 300);
	for (size_t i = 0; i < SIM_PAPERS; i++) {
		struct sim_paper *paper = &sim->papers[i];
		/* Where stores are to fill up they do so by notes. */
		paper->bytes = sim->options.tight ? 200 + (uint32_t)i : sizes[i];
		paper->data = arena_alloc(&sim->arena, paper->bytes);
		if (!paper->data)
			abort();
		rng_bytes(&rng, paper->data, paper->bytes);
		memcpy(paper->data, i % 2 ? "%PDF-1.7" : "\xff\xd8\xff\xe0 photo", 8);
		SHA256(paper->data, paper->bytes, paper->sha256);
	}
}

static struct sim_paper *paper_of(struct sim *sim, ProtobufCBinaryData sha256)
{
	for (size_t i = 0; i < SIM_PAPERS; i++)
		if (sha256.len == sizeof(sim->papers[i].sha256) &&
		    !memcmp(sim->papers[i].sha256, sha256.data, sha256.len))
			return &sim->papers[i];
	return NULL;
}

static ProtobufCBinaryData sha256_of(struct sim_paper *paper)
{
	return (ProtobufCBinaryData){sizeof(paper->sha256), paper->sha256};
}

/* ---- what people do ---------------------------------------------------------------------------- */

static void send_piece(struct sim *sim, size_t who, struct sim_paper *paper, size_t piece)
{
	PutChunk *chunk = NEW(PutChunk, &sim->scratch);
	uint32_t bytes = upload_piece_bytes(paper->bytes, piece);

	chunk->patient = arena_string(&sim->scratch, sim->terminals[who].photo_of);
	chunk->sha256 = sha256_of(paper);
	chunk->bytes = paper->bytes;
	chunk->offset = (uint32_t)piece * LIMIT_CHUNK_BYTES;
	chunk->data.data = arena_copy(&sim->scratch, paper->data + chunk->offset, bytes);
	chunk->data.len = bytes;
	if (rng_chance(&sim->rng, WRONG_PIECE))
		chunk->data.data[bytes - 1] ^= 1;
	sim->chunks++;
	terminal_ask(sim, who, HOST_RECORD, &chunk->base, chunk->patient, 0, -1);
}

static void send_pieces(struct sim *sim, size_t who, struct sim_paper *paper)
{
	size_t n = upload_pieces(paper->bytes), start = rng_below(&sim->rng, (uint32_t)n);

	for (size_t i = 0; i < n; i++)
		if (terminal_free(sim, &sim->terminals[who]) && sim->chunks < MOST_CHUNKS &&
		    rng_chance(&sim->rng, 850))
			send_piece(sim, who, paper, (start + i) % n);
}

static void name_paper(struct sim *sim, Entry *entry, struct sim_paper *paper)
{
	Attachment *attachment = NEW(Attachment, &sim->scratch);

	attachment->sha256 = sha256_of(paper);
	attachment->bytes = paper->bytes;
	attachment->media_type = arena_string(
		&sim->scratch, paper->data[0] == '%' ? "application/pdf" : "image/jpeg");
	attachment->name = arena_string(&sim->scratch, SECRET_TEXT);
	arena_append(&sim->scratch, &entry->attachments, &entry->n_attachments, attachment);
}

static void write_entry(struct sim *sim, size_t who, struct sim_paper *paper)
{
	AddEntry *m = NEW(AddEntry, &sim->scratch);
	Entry *entry = m->entry = NEW(Entry, &sim->scratch);

	entry->patient = arena_string(&sim->scratch, sim->terminals[who].photo_of);
	entry->content_case = Entry_CONTENT_NOTE;
	entry->note = NEW(Note, &sim->scratch);
	entry->note->text = arena_string(&sim->scratch, SECRET_TEXT " photo");
	name_paper(sim, entry, paper);
	if (rng_chance(&sim->rng, 200) && paper != &sim->papers[0])
		name_paper(sim, entry, &sim->papers[0]);
	terminal_ask(sim, who, HOST_RECORD, &m->base, entry->patient, 0, -1);
}

static bool may_see(struct sim *sim, size_t who, const char *patient)
{
	return model_may_see(&sim->models[HOST_RECORD], sim->terminals[who].user, patient,
			     sim->models[HOST_RECORD].steady_ms,
			     sim->hosts[HOST_RECORD].clock.wall_ms);
}

void act_photo(struct sim *sim, size_t who)
{
	struct terminal *terminal = &sim->terminals[who];
	ShowUpload shown = ShowUpload_INIT;

	if (!*terminal->photo_of || rng_chance(&sim->rng, 150)) {
		const char *patient = action_patient(sim, who);
		if (!patient)
			return;
		snprintf(terminal->photo_of, sizeof(terminal->photo_of), "%s", patient);
		terminal->photo = rng_below(&sim->rng, SIM_PAPERS);
	}
	struct sim_paper *paper = &sim->papers[terminal->photo];
	if (rng_chance(&sim->rng, 450)) {
		write_entry(sim, who, paper);
	} else if (rng_chance(&sim->rng, 150)) {
		shown.patient = arena_string(&sim->scratch, terminal->photo_of);
		shown.sha256 = sha256_of(paper);
		terminal_ask(sim, who, HOST_RECORD, &shown.base, shown.patient, 0, -1);
	} else {
		send_pieces(sim, who, paper);
	}
}

void act_fetch(struct sim *sim, size_t who)
{
	uint32_t n = (uint32_t)sim->n_entries, start = rng_below(&sim->rng, n);
	FetchAttachment fetch = FetchAttachment_INIT;

	for (uint32_t i = 0; i < n; i++) {
		const struct sim_entry *entry = &sim->entries[(start + i) % n];
		if (!entry->entry->n_attachments ||
		    (!may_see(sim, who, entry->patient) && rng_chance(&sim->rng, 900)))
			continue;
		const Attachment *attachment = entry->entry->attachments[rng_below(
			&sim->rng, (uint32_t)entry->entry->n_attachments)];
		fetch.entry = arena_string(&sim->scratch, entry->id);
		fetch.sha256 = attachment->sha256;
		fetch.offset = LIMIT_CHUNK_BYTES *
			       rng_below(&sim->rng, (uint32_t)upload_pieces(attachment->bytes));
		terminal_ask(sim, who, HOST_RECORD, &fetch.base, entry->patient, 0, -1);
		return;
	}
}

void act_news(struct sim *sim, size_t who)
{
	ListNews list = ListNews_INIT;

	terminal_ask(sim, who, HOST_RECORD, &list.base, NULL, 0, -1);
}

bool photo_waiting(struct sim *sim, size_t who)
{
	const struct model *model = &sim->models[HOST_RECORD];
	bool sees = false;

	for (size_t i = 0; sim->photographers && !sees && i < model->n_patients; i++)
		sees = may_see(sim, who, model->patients[i].id);
	if (!sim->photographers || !model->n_patients || !rng_chance(&sim->rng, sees ? 900 : 50))
		return false;
	if (rng_chance(&sim->rng, 150))
		act_news(sim, who);
	else if (rng_chance(&sim->rng, 350))
		act_fetch(sim, who);
	else
		act_photo(sim, who);
	return true;
}

/* ---- half a photo ------------------------------------------------------------------------------ */

/* Somebody had sent all pieces, as they are, before that position of the journal. */
static bool was_sent(struct sim *sim, const struct sim_paper *paper, const char *user,
		     const char *patient, uint64_t before)
{
	const struct ledger *ledger = &sim->hosts[HOST_RECORD].ledger;
	bool here[SIM_PAPER_PIECES] = {false};

	for (size_t i = 0; i + 1 < before; i++) {
		const struct known_fact *known = &ledger->facts[i];
		if (!known->fact || known->fact->descriptor != &ChunkPut_descriptor ||
		    strcmp(known->entry->user, user) != 0)
			continue;
		const ChunkPut *chunk = (const ChunkPut *)(const void *)known->fact;
		if (strcmp(chunk->patient, patient) != 0 ||
		    memcmp(chunk->sha256.data, paper->sha256, sizeof(paper->sha256)) != 0)
			continue;
		here[chunk->offset / LIMIT_CHUNK_BYTES] |=
			!memcmp(chunk->data.data, paper->data + chunk->offset, chunk->data.len);
	}
	for (size_t i = 0; i < upload_pieces(paper->bytes); i++)
		if (!here[i])
			return false;
	return true;
}

static bool bears(const Entry *entry, const struct sim_paper *paper)
{
	for (size_t i = 0; i < entry->n_attachments; i++)
		if (!memcmp(entry->attachments[i]->sha256.data, paper->sha256,
			    sizeof(paper->sha256)))
			return true;
	return false;
}

static bool was_attached(struct sim *sim, const struct sim_paper *paper, const char *patient)
{
	for (size_t i = 0; i < sim->n_entries; i++)
		if (!strcmp(sim->entries[i].patient, patient) &&
		    bears(sim->entries[i].entry, paper))
			return true;
	return false;
}

/* Before it is among the entries. */
void papers_named(struct sim *sim, const Entry *entry, uint64_t position)
{
	for (size_t i = 0; i < entry->n_attachments; i++) {
		struct sim_paper *paper = paper_of(sim, entry->attachments[i]->sha256);
		if (!paper || (!was_sent(sim, paper, entry->author, entry->patient, position) &&
			       !was_attached(sim, paper, entry->patient)))
			sim_fail(sim, "half-a-photo", "entry=%s author=%s", entry->id,
				 entry->author);
	}
}

/* ---- what is fetched --------------------------------------------------------------------------- */

static bool fetch_noted(const struct host *host, const char *user, const char *entry)
{
	for (size_t i = host->ledger.n; i-- > 0;) {
		const struct known_fact *known = &host->ledger.facts[i];
		if (known->entry->steady_ms < host_steady_ms(host) - FETCH_LINE_MS - 1000)
			continue;
		if (!known->fact || known->fact->descriptor != &Accessed_descriptor ||
		    strcmp(known->entry->user, user) != 0)
			continue;
		if (!strcmp(((const Accessed *)(const void *)known->fact)->entry, entry))
			return true;
	}
	return false;
}

void papers_fetched(struct sim *sim, struct host *host, const struct sim_request *request,
		    const AttachmentFetched *body)
{
	const char *user = sim->terminals[request->terminal].user;
	const struct sim_paper *paper =
		body->attachment ? paper_of(sim, body->attachment->sha256) : NULL;
	ProtobufCMessage *envelope, *asked;

	if (codec_unpack(&Request_descriptor, request->packed, &sim->scratch, &envelope))
		abort();
	const Request *sent = (const Request *)(const void *)envelope;
	if (codec_unpack(&FetchAttachment_descriptor,
			 (struct bytes){sent->body.data, sent->body.len}, &sim->scratch, &asked))
		abort();
	const FetchAttachment *fetch = (const FetchAttachment *)(const void *)asked;
	if (!paper || body->offset != fetch->offset || body->offset >= paper->bytes ||
	    body->data.len != upload_piece_bytes(paper->bytes, body->offset / LIMIT_CHUNK_BYTES) ||
	    memcmp(body->data.data, paper->data + body->offset, body->data.len) != 0)
		sim_fail(sim, "another-photo", "user=%s entry=%s offset=%u", user, fetch->entry,
			 fetch->offset);
	if (!access_noted(host, user, request->patient) &&
	    !model_may_see(&sim->before, user, request->patient, host_steady_ms(host),
			   host_now_ms(host)) &&
	    !model_may_see(&sim->models[HOST_RECORD], user, request->patient, host_steady_ms(host),
			   host_now_ms(host)))
		sim_fail(sim, "fetched-without-right", "user=%s patient=%s", user,
			 request->patient);
	if (!fetch_noted(host, user, fetch->entry))
		sim_fail(sim, "fetch-not-journalled", "user=%s entry=%s", user, fetch->entry);
}

/* ---- what is new ------------------------------------------------------------------------------- */

static bool reads(const struct known_fact *known, const char *user, const char *entry)
{
	char *const *entries = NULL;
	size_t n = 0;

	if (!known->fact || strcmp(known->entry->user, user) != 0)
		return false;
	if (known->fact->descriptor == &Accessed_descriptor) {
		entries = ((const Accessed *)(const void *)known->fact)->entries;
		n = ((const Accessed *)(const void *)known->fact)->n_entries;
	} else if (known->fact->descriptor == &EntriesRead_descriptor) {
		entries = ((const EntriesRead *)(const void *)known->fact)->entries;
		n = ((const EntriesRead *)(const void *)known->fact)->n_entries;
	}
	for (size_t i = 0; i < n; i++)
		if (!strcmp(entries[i], entry))
			return true;
	return false;
}

struct unread {
	uint32_t all, urgent;
};

static struct unread unread_at(struct sim *sim, const struct host *host, const char *user,
			       const char *patient, uint64_t position)
{
	struct unread unread = {0, 0};

	for (size_t i = sim->n_entries; i-- > 0 && unread.all < NEWS_UNREAD;) {
		const struct sim_entry *entry = &sim->entries[i];
		bool read = false;
		if (entry->position >= position || strcmp(entry->patient, patient) != 0 ||
		    !strcmp(entry->entry->author, user) ||
		    entry->entry->recorded_ms < host_now_ms(host) - NEWS_MS)
			continue;
		for (uint64_t at = entry->position; at + 1 < position && !read; at++)
			read = reads(&host->ledger.facts[at], user, entry->id);
		unread.all += !read;
		unread.urgent += !read && entry->entry->urgent;
	}
	return unread;
}

static bool lists(const Accessed *access, const char *patient)
{
	if (strcmp(access->what, "ListNews") != 0)
		return false;
	for (size_t i = 0; i < access->n_patients; i++)
		if (!strcmp(access->patients[i], patient))
			return true;
	return false;
}

/* It may have been asked twice in this step: as it was at either time. */
static void check_news(struct sim *sim, struct host *host, const char *user,
		       const PatientNews *news)
{
	struct unread expected = {0, 0};

	for (size_t i = host->step_from; i < host->ledger.n; i++) {
		const struct known_fact *known = &host->ledger.facts[i];
		if (!known->fact || known->fact->descriptor != &Accessed_descriptor ||
		    strcmp(known->entry->user, user) != 0 ||
		    !lists((const Accessed *)(const void *)known->fact, news->patient->id))
			continue;
		expected = unread_at(sim, host, user, news->patient->id, i + 1);
		if (expected.all == news->unread && expected.urgent == news->urgent)
			return;
	}
	sim_fail(sim, "news", "user=%s patient=%s unread=%u urgent=%u expected=%u,%u", user,
		 news->patient->id, news->unread, news->urgent, expected.all, expected.urgent);
}

void papers_news(struct sim *sim, struct host *host, const char *user, const NewsList *list)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (!list->items[i]->gone)
			check_news(sim, host, user, list->items[i]);
		else if (*list->items[i]->patient->name)
			sim_fail(sim, "gone-and-shown", "user=%s patient=%s", user,
				 list->items[i]->patient->id);
}
