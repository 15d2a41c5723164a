/*
 * What it costs record, in its one thread, that somebody asks what is new of 200 patients with 500 entries
 * each, and that somebody sends a photo of 8 MiB: each piece, and the last one, with which its SHA-256 is
 * known. The daemon alone, in this process, over a bus that records.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/lib/fixture.h"

int record_main(int argc, char **argv);
#define main record_main
#include "services/record/main.c"
#undef main

#define PATIENTS 200
#define ENTRIES 500
#define ROUNDS 15
#define PHOTOS 5
#define PIECES (LIMIT_ATTACHMENT_BYTES / LIMIT_CHUNK_BYTES)

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void must(struct fixture *f, const char *user, const ProtobufCMessage *message)
{
	if (fixture_ask(f, user, message, 0, false) != CODE_OK) {
		fprintf(stderr, "bench-papers: %s\n", f->reply->message_en);
		exit(1);
	}
}

/* ---- what is new --------------------------------------------------------------------------- */

static void join(struct fixture *f, char *patient, const char *organisation)
{
	AddTeamMember request = AddTeamMember_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = arena_string(&f->arena, organisation);
	member.role = TEAM_ROLE_MEMBER;
	request.patient = patient;
	request.member = &member;
	must(f, "doctor", &request.base);
}

static void make_patients(struct fixture *f, char ids[PATIENTS][ID_SIZE])
{
	RegisterPatient request = RegisterPatient_INIT;
	Patient patient = Patient_INIT;

	request.consent_given_on = arena_string(&f->arena, "2026-09-01");
	request.patient = &patient;
	for (int i = 0; i < PATIENTS; i++) {
		patient.name = arena_printf(&f->arena, "計測　%d", i);
		must(f, "doctor", &request.base);
		snprintf(ids[i], ID_SIZE, "%s", f->reply->id);
		join(f, ids[i], "station01");
		join(f, ids[i], "station02");
		arena_reset(&f->arena);
		request.consent_given_on = arena_string(&f->arena, "2026-09-01");
	}
}

/* 500 notes of each, over 29 days. */
static void write_entries(struct fixture *f, char ids[PATIENTS][ID_SIZE])
{
	for (int n = 0; n < ENTRIES; n++) {
		for (int i = 0; i < PATIENTS; i++) {
			AddEntry add = AddEntry_INIT;
			Entry entry = Entry_INIT;
			Note note = Note_INIT;
			add.entry = &entry;
			entry.patient = ids[i];
			entry.content_case = Entry_CONTENT_NOTE;
			entry.note = &note;
			note.text = arena_string(&f->arena, "訪問。変わりなし。");
			Request request = fixture_request(f, &add.base, 0, false);
			fixture_send(f, "nurse", &request);
		}
		fixture_step(f);
		recording_bus_clear(&f->bus);
		arena_reset(&f->arena);
		fixture_pass(f, 29LL * 24 * 3600 * 1000 / ENTRIES);
	}
}

static void measure_news(struct fixture *f, const char *user, const char *what, bool renew)
{
	ListNews request = ListNews_INIT;
	double took_ms[ROUNDS];
	uint64_t after = 0;
	size_t shown = 0;

	for (int i = 0; i < ROUNDS; i++) {
		arena_reset(&f->arena);
		recording_bus_clear(&f->bus);
		Request asked = fixture_request(f, &request.base, renew ? after : 0, false);
		fixture_send(f, user, &asked);
		double start_ms = now_ms();
		fixture_step(f);
		took_ms[i] = now_ms() - start_ms;
		f->reply = fixture_reply(f, user, 0);
		const NewsList *list = fixture_body(f, &NewsList_descriptor);
		if (!renew || i == 0)
			shown = list->n_items;
		after = f->reply->position;
	}
	qsort(took_ms, ROUNDS, sizeof(*took_ms), by_size);
	printf("  %-46s %6.1f ms, longest %6.1f ms (%zu patients)\n", what, took_ms[ROUNDS / 2],
	       took_ms[ROUNDS - 1], renew ? (size_t)0 : shown);
}

/* Each entry by itself, as a page does that stays open. */
static void read_all(struct fixture *f, const char *user, char ids[PATIENTS][ID_SIZE], bool singly)
{
	for (int i = 0; i < PATIENTS; i++) {
		ListTimeline request = ListTimeline_INIT;
		MarkRead mark = MarkRead_INIT;
		request.patient = mark.patient = ids[i];
		request.keep = singly;
		do {
			arena_reset(&f->arena);
			must(f, user, &request.base);
			const Timeline *page = fixture_body(f, &Timeline_descriptor);
			for (size_t j = 0; j < page->n_items; j++)
				arena_append(&f->arena, &mark.entries, &mark.n_entries,
					     page->items[j]->id);
			request.before = page->before;
			if (singly)
				must(f, user, &mark.base);
			mark.n_entries = 0;
		} while (request.before);
	}
}

static void bench_news(struct fixture *f)
{
	static char ids[PATIENTS][ID_SIZE];

	make_patients(f, ids);
	write_entries(f, ids);
	printf("what is new of %d patients with %d entries each\n", PATIENTS, ENTRIES);
	measure_news(f, "colleague", "to whom has never looked", false);
	read_all(f, "colleague", ids, true);
	measure_news(f, "colleague", "to whom has read each, and opened no timeline", false);
	read_all(f, "colleague", ids, false);
	measure_news(f, "colleague", "to whom has looked at all", false);
	measure_news(f, "colleague", "renewed, nothing changed", true);
}

/* ---- photos -------------------------------------------------------------------------------- */

static double put(struct fixture *f, const char *patient, uint8_t *photo, uint8_t *sha256,
		  uint32_t piece)
{
	PutChunk chunk = PutChunk_INIT;

	arena_reset(&f->arena);
	recording_bus_clear(&f->bus);
	chunk.patient = arena_string(&f->arena, patient);
	chunk.sha256 = (ProtobufCBinaryData){ SHA256_DIGEST_LENGTH, sha256 };
	chunk.bytes = LIMIT_ATTACHMENT_BYTES;
	chunk.offset = piece * LIMIT_CHUNK_BYTES;
	chunk.data = (ProtobufCBinaryData){ LIMIT_CHUNK_BYTES, photo + chunk.offset };
	Request request = fixture_request(f, &chunk.base, 0, false);
	fixture_send(f, "nurse", &request);
	double start_ms = now_ms();
	fixture_step(f);
	return now_ms() - start_ms;
}

static void bench_photo(struct fixture *f, const char *what, bool backwards)
{
	static uint8_t photo[LIMIT_ATTACHMENT_BYTES] = "\xff\xd8\xff";
	double took_ms[PIECES], last_ms[PHOTOS];
	uint8_t sha256[SHA256_DIGEST_LENGTH];
	RegisterPatient request = RegisterPatient_INIT;
	Patient patient = Patient_INIT;
	char id[ID_SIZE];

	fixture_pass(f, UPLOAD_KEPT_MS + 1); /* what was sent before and nobody named is forgotten */
	request.patient = &patient;
	patient.name = arena_string(&f->arena, "計測　写真");
	must(f, "nurse", &request.base);
	snprintf(id, sizeof(id), "%s", f->reply->id);
	for (int round = 0; round < PHOTOS; round++) {
		photo[100] = (uint8_t)(photo[100] + 1);
		SHA256(photo, sizeof(photo), sha256);
		for (uint32_t i = 0; i < PIECES; i++)
			took_ms[i] = put(f, id, photo, sha256, backwards ? PIECES - 1 - i : i);
		last_ms[round] = took_ms[PIECES - 1];
		f->reply = fixture_reply(f, "nurse", 0);
		const ChunkTaken *taken = fixture_body(f, &ChunkTaken_descriptor);
		if (!taken->complete)
			exit(1);
	}
	qsort(took_ms, PIECES, sizeof(*took_ms), by_size);
	qsort(last_ms, PHOTOS, sizeof(*last_ms), by_size);
	printf("  %-46s %6.2f ms a piece, longest %6.2f ms, the last %6.2f ms\n", what,
	       took_ms[PIECES / 2], took_ms[PIECES - 1], last_ms[PHOTOS / 2]);
}

int main(void)
{
	static struct fixture f;

	fixture_init(&f, &record_spec);
	fixture_start(&f);
	fixture_organisation(&f, "clinic01", ORGANISATION_KIND_CLINIC, AREA_NORTH, false);
	fixture_organisation(&f, "station01", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	fixture_organisation(&f, "station02", ORGANISATION_KIND_NURSE_STATION, AREA_NORTH, false);
	fixture_person(&f, "doctor", "clinic01", PROFESSION_DOCTOR);
	fixture_person(&f, "nurse", "station01", PROFESSION_NURSE);
	fixture_person(&f, "colleague", "station02", PROFESSION_NURSE);
	bench_news(&f);
	printf("a photo of 8 MiB in pieces of 128 KiB\n");
	bench_photo(&f, "in order", false);
	bench_photo(&f, "the first one last", true);
	fixture_close(&f);
	return 0;
}
