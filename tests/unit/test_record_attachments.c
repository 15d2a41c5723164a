/* If this failed, half a photo would be shown, a photo would be another one than was sent, somebody would
 * get a piece of one without a right to it, or what somebody sends and forgets would fill the store. The
 * whole daemon runs. */
#include "tests/unit/record_fixture.h"

#include <openssl/sha.h>

#include "tests/lib/rng.h"

#define PIECE LIMIT_CHUNK_BYTES

struct paper {
	uint8_t *data;
	uint32_t bytes;
	uint8_t sha256[32];
};

static struct paper a_paper(struct fixture *f, uint32_t bytes, const char *magic, uint64_t seed)
{
	struct paper paper = { .data = arena_alloc(&f->arena, bytes), .bytes = bytes };
	struct rng rng = rng_make(seed, 0);

	rng_bytes(&rng, paper.data, bytes);
	memcpy(paper.data, magic, strlen(magic) < bytes ? strlen(magic) : bytes);
	SHA256(paper.data, bytes, paper.sha256);
	return paper;
}

static struct paper a_photo(struct fixture *f, uint32_t bytes)
{
	return a_paper(f, bytes, "\xff\xd8\xff\xe0", bytes);
}

static ProtobufCBinaryData sha256_of(struct paper *paper)
{
	return (ProtobufCBinaryData){ sizeof(paper->sha256), paper->sha256 };
}

static PutChunk *piece_of(struct fixture *f, const char *patient, struct paper *paper, uint32_t piece)
{
	PutChunk *request = NEW(PutChunk, &f->arena);
	uint32_t offset = piece * PIECE, left = paper->bytes - offset;

	request->patient = text(f, patient);
	request->sha256 = sha256_of(paper);
	request->bytes = paper->bytes;
	request->offset = offset;
	request->data = (ProtobufCBinaryData){ left < PIECE ? left : PIECE, paper->data + offset };
	return request;
}

static uint32_t pieces(const struct paper *paper)
{
	return (paper->bytes + PIECE - 1) / PIECE;
}

/* All in order. What the last one said. */
static ChunkTaken *upload(struct fixture *f, const char *user, const char *patient,
			  struct paper *paper)
{
	ChunkTaken *taken = NULL;

	for (uint32_t i = 0; i < pieces(paper); i++) {
		done(f, user, &piece_of(f, patient, paper, i)->base);
		taken = f->reply->type[0] ? BODY(f, ChunkTaken) : NULL;
	}
	return taken;
}

static UploadShown *upload_shown(struct fixture *f, const char *user, const char *patient,
				 struct paper *paper)
{
	ShowUpload request = ShowUpload_INIT;

	request.patient = text(f, patient);
	request.sha256 = sha256_of(paper);
	assert_int_equal(ask(f, user, &request.base), CODE_OK);
	return BODY(f, UploadShown);
}

static AddEntry *with(struct fixture *f, AddEntry *add, struct paper *paper, const char *media_type)
{
	Attachment *attachment = NEW(Attachment, &f->arena);

	attachment->sha256 = sha256_of(paper);
	attachment->bytes = paper->bytes;
	attachment->media_type = text(f, media_type);
	attachment->name = text(f, "創部");
	arena_append(&f->arena, &add->entry->attachments, &add->entry->n_attachments, attachment);
	return add;
}

static AddEntry *a_photo_note(struct fixture *f, const char *patient, struct paper *paper)
{
	return with(f, a_note(f, patient, "褥瘡、仙骨部"), paper, "image/jpeg");
}

static FetchAttachment *fetch_of(struct fixture *f, const char *entry, struct paper *paper,
				 uint32_t piece)
{
	FetchAttachment *request = NEW(FetchAttachment, &f->arena);

	request->entry = text(f, entry);
	request->sha256 = sha256_of(paper);
	request->offset = piece * PIECE;
	return request;
}

static void fetched_whole(struct fixture *f, const char *user, const char *entry,
			  struct paper *paper)
{
	uint8_t *data = arena_alloc(&f->arena, paper->bytes);

	for (uint32_t i = 0; i < pieces(paper); i++) {
		assert_int_equal(ask(f, user, &fetch_of(f, entry, paper, i)->base), CODE_OK);
		AttachmentFetched *got = BODY(f, AttachmentFetched);
		assert_int_equal(got->offset, i * PIECE);
		assert_int_equal(got->attachment->bytes, paper->bytes);
		memcpy(data + got->offset, got->data.data, got->data.len);
	}
	assert_memory_equal(data, paper->data, paper->bytes);
}

static char *shared_patient(struct fixture *f)
{
	char *id = registered(f, "doctor", "山田　太郎", "ヤマダ　タロウ", "1950-01-02", "2026-09-01");

	join(f, "doctor", id, "clinic01", "", TEAM_ROLE_ATTENDING);
	join(f, "doctor", id, "station01", "", TEAM_ROLE_KEY_PERSON);
	join(f, "doctor", id, "pharmacy01", "", TEAM_ROLE_MEMBER);
	return id;
}

/* The lines of the patient's audit with that request, by that user. */
static unsigned lines(struct fixture *f, const char *patient, const char *what, const char *user)
{
	ShowAudit request = ShowAudit_INIT;
	uint64_t after = 0;
	unsigned n = 0;

	request.patient = text(f, patient);
	do {
		assert_int_equal(ask_after(f, "doctor", &request.base, after, false), CODE_OK);
		const AuditList *list = BODY(f, AuditList);
		for (size_t i = 0; i < list->n_items; i++)
			n += !strcmp(list->items[i]->what, what) && !strcmp(list->items[i]->user, user);
		after = f->reply->position;
	} while (f->reply->more);
	return n;
}

/* ---- the hash ------------------------------------------------------------------------------- */

static void a_hash_goes_on_where_it_was(void **state)
{
	static const size_t sizes[] = { 0, 1, 55, 56, 63, 64, 65, 127, 128, 129, 1000, 4096 };
	uint8_t data[4096], kept[RUNNING_HASH_STATE_BYTES], expected[32], hash[32];
	struct rng rng = rng_make(5, 0);

	(void)state;
	rng_bytes(&rng, data, sizeof(data));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t blocks = sizes[i] / 64, taken = 0;
		running_hash_begin(kept);
		while (blocks && taken < blocks * 64) {
			size_t some = 64 * (1 + rng_below(&rng, (uint32_t)(blocks - taken / 64)));
			running_hash_add(kept, taken, (struct bytes){ data + taken, some });
			taken += some;
		}
		running_hash_end(kept, taken, (struct bytes){ data + taken, sizes[i] - taken }, hash);
		SHA256(data, sizes[i], expected);
		assert_memory_equal(hash, expected, 32);
	}
}

/* ---- the way of a photo --------------------------------------------------------------------- */

static void a_photo_is_sent_named_and_fetched(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	static const uint32_t sizes[] = { 3, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 77 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct paper photo = a_photo(f, sizes[i]);
		ChunkTaken *taken = upload(f, "nurse", patient, &photo);
		assert_true(taken->complete && !taken->mismatch);
		assert_true(upload_shown(f, "nurse", patient, &photo)->complete);
		char *entry = done(f, "nurse", &a_photo_note(f, patient, &photo)->base);
		fetched_whole(f, "doctor", entry, &photo);
		fetched_whole(f, "nurse", entry, &photo);
	}
	fixture_restart(f);
	struct paper photo = a_photo(f, sizes[4]);
	ListTimeline request = ListTimeline_INIT;
	request.patient = patient;
	assert_int_equal(ask(f, "pharmacist", &request.base), CODE_OK);
	const Entry *entry = BODY(f, Timeline)->items[0];
	assert_int_equal(entry->n_attachments, 1);
	assert_string_equal(entry->attachments[0]->name, "創部");
	fetched_whole(f, "pharmacist", entry->id, &photo);
	/* Fetching a byte behind the end, in between, of another hash. */
	FetchAttachment *fetch = fetch_of(f, entry->id, &photo, 4);
	refused(f, "doctor", &fetch->base, CODE_INVALID_ARGUMENT, "offset");
	fetch->offset = 1;
	refused(f, "doctor", &fetch->base, CODE_INVALID_ARGUMENT, "offset");
	struct paper other = a_photo(f, 10);
	refused(f, "doctor", &fetch_of(f, entry->id, &other, 0)->base, CODE_NOT_FOUND, "sha256");
}

static void pieces_come_in_any_order_and_twice(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);

	for (unsigned seed = 1; seed <= 12; seed++) {
		struct rng rng = rng_make(seed, 1);
		uint32_t order[16];
		struct paper photo = a_paper(f, 1 + rng_below(&rng, 12) * PIECE + rng_below(&rng, PIECE - 1),
					     "%PDF-1.7", seed);
		uint32_t n = pieces(&photo);
		for (uint32_t i = 0; i < n; i++)
			order[i] = i;
		for (uint32_t i = n; i > 1; i--) {
			uint32_t j = rng_below(&rng, i), swap = order[i - 1];
			order[i - 1] = order[j];
			order[j] = swap;
		}
		for (uint32_t i = 0; i < n; i++) {
			PutChunk *piece = piece_of(f, patient, &photo, order[i]);
			done(f, "nurse", &piece->base);
			ChunkTaken *taken = BODY(f, ChunkTaken);
			assert_int_equal(taken->complete, i + 1 == n);
			if (rng_below(&rng, 3) == 0) {
				done(f, "nurse", &piece->base); /* under another request id */
				assert_string_equal(f->reply->type, "");
			}
			UploadShown *shown = upload_shown(f, "nurse", patient, &photo);
			assert_int_equal(shown->n_offsets, i + 1 == n ? 0 : i + 1);
			if (rng_below(&rng, 5) == 0)
				fixture_restart(f);
		}
		AddEntry *add = with(f, a_note(f, patient, "紹介状"), &photo, "application/pdf");
		fetched_whole(f, "doctor", done(f, "nurse", &add->base), &photo);
	}
}

static void many_pieces_in_one_batch(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, LIMIT_ATTACHMENT_BYTES);
	unsigned batches = 0;

	for (uint32_t i = 0; i < pieces(&photo);) {
		Request request = fixture_request(f, &piece_of(f, patient, &photo, i)->base, 0, false);
		fixture_send(f, "nurse", &request);
		i++;
		if (daemon_batch_full(f->daemon) || i == pieces(&photo)) {
			fixture_step(f);
			batches++;
		}
	}
	assert_true(batches >= 2 && batches <= 4);
	assert_true(upload_shown(f, "nurse", patient, &photo)->complete);
	fetched_whole(f, "doctor", done(f, "nurse", &a_photo_note(f, patient, &photo)->base), &photo);
	/* A peer that missed all of it, and whoever checks the chain, get through what is large. */
	VerifyJournal verify = VerifyJournal_INIT;
	do {
		assert_int_equal(ask(f, "admin", &verify.base), CODE_OK);
		const JournalVerified *verified = BODY(f, JournalVerified);
		assert_int_equal(verified->n_faults, 0);
		verify.from = verified->to + 1;
	} while (f->reply->more);
	ReadNotices missed = ReadNotices_INIT;
	const Notices *page;
	unsigned items = 0;
	do {
		assert_int_equal(ask(f, "alert", &missed.base), CODE_OK);
		page = BODY(f, Notices);
		assert_true(page->to > missed.from);
		missed.from = page->to;
		items += (unsigned)page->n_items;
	} while (page->to < page->last);
	assert_true(items > 0);
}

static void another_photo_than_was_said(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, 2 * PIECE + 5);

	photo.data[PIECE + 17] ^= 1;
	ChunkTaken *taken = upload(f, "nurse", patient, &photo);
	assert_true(taken->mismatch && !taken->complete);
	UploadShown *shown = upload_shown(f, "nurse", patient, &photo);
	assert_true(!shown->complete && shown->n_offsets == 0);
	refused(f, "nurse", &a_photo_note(f, patient, &photo)->base, CODE_FAILED_PRECONDITION,
		"entry.attachments[0].sha256");
	photo.data[PIECE + 17] ^= 1;
	assert_true(upload(f, "nurse", patient, &photo)->complete);
	done(f, "nurse", &a_photo_note(f, patient, &photo)->base);
}

/* ---- what an entry may name ----------------------------------------------------------------- */

static void half_a_photo_is_never_shown(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f), *second = shared_patient(f);
	struct paper photo = a_photo(f, 3 * PIECE), whole = a_photo(f, 100);

	upload(f, "nurse", patient, &whole);
	for (uint32_t i = 0; i < 3; i++) {
		AddEntry *add = with(f, a_photo_note(f, patient, &whole), &photo, "image/jpeg");
		refused(f, "nurse", &add->base, CODE_FAILED_PRECONDITION, "entry.attachments[1].sha256");
		done(f, "nurse", &piece_of(f, patient, &photo, i)->base);
	}
	/* For this patient and this sender alone. */
	refused(f, "doctor", &a_photo_note(f, patient, &photo)->base, CODE_FAILED_PRECONDITION,
		"entry.attachments[0].sha256");
	refused(f, "nurse", &a_photo_note(f, second, &photo)->base, CODE_FAILED_PRECONDITION,
		"entry.attachments[0].sha256");
	AddEntry *add = with(f, a_photo_note(f, patient, &whole), &photo, "image/jpeg");
	char *entry = done(f, "nurse", &add->base);
	fetched_whole(f, "doctor", entry, &whole);
	fetched_whole(f, "doctor", entry, &photo);
	/* Who may see it may name it again, and need not send it. */
	assert_true(upload_shown(f, "doctor", patient, &photo)->complete);
	done(f, "doctor", &piece_of(f, patient, &photo, 0)->base);
	assert_string_equal(f->reply->type, "");
	add = a_photo_note(f, patient, &photo);
	add->entry->corrects = entry;
	char *again = done(f, "doctor", &add->base);
	fetched_whole(f, "pharmacist", again, &photo);
	refused(f, "pharmacist", &fetch_of(f, again, &whole, 0)->base, CODE_NOT_FOUND, "sha256");
	fetched_whole(f, "pharmacist", entry, &whole); /* what was corrected keeps what it has */
	assert_false(upload_shown(f, "doctor", second, &photo)->complete);
}

static void two_send_the_same(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, 2 * PIECE);

	upload(f, "nurse", patient, &photo);
	upload(f, "doctor", patient, &photo);
	char *first = done(f, "nurse", &a_photo_note(f, patient, &photo)->base);
	char *second = done(f, "doctor", &a_photo_note(f, patient, &photo)->base);
	fetched_whole(f, "pharmacist", first, &photo);
	fetched_whole(f, "pharmacist", second, &photo);
	pass(f, UPLOAD_KEPT_MS + 1);
	fetched_whole(f, "pharmacist", second, &photo);
}

static void attachments_are_checked(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, 500), png = a_paper(f, 80, "\x89PNG\r\n\x1a\n", 3);
	static const struct {
		const char *what;
		Code code;
	} cases[] = {
		{ "sha256", CODE_INVALID_ARGUMENT },     { "bytes", CODE_INVALID_ARGUMENT },
		{ "media_type", CODE_INVALID_ARGUMENT }, { "name", CODE_INVALID_ARGUMENT },
		{ "thumbnail", CODE_INVALID_ARGUMENT },  { "width", CODE_INVALID_ARGUMENT },
	};

	upload(f, "nurse", patient, &photo);
	upload(f, "nurse", patient, &png);
	for (size_t i = 0; i < 9; i++) {
		AddEntry *add = a_photo_note(f, patient, &photo);
		Attachment *a = add->entry->attachments[0];
		static uint8_t large[LIMIT_THUMBNAIL_BYTES + 1] = "\xff\xd8\xff";
		switch (i) {
		case 0:
			a->sha256.len = 31;
			break;
		case 1:
			a->bytes++;
			break;
		case 2:
			a->media_type = text(f, "image/png");
			break;
		case 3:
			a->name = text(f, "創部\n2枚目");
			break;
		case 4:
			a->thumbnail = (ProtobufCBinaryData){ sizeof(large), large };
			break;
		case 5:
			a->width = 65536;
			break;
		case 6: /* of another kind than it says */
			a->media_type = text(f, "text/html");
			break;
		case 7: /* no JPEG */
			a->thumbnail = (ProtobufCBinaryData){ png.bytes, png.data };
			break;
		default: /* twice */
			with(f, add, &photo, "image/jpeg");
		}
		static const size_t which[] = { 0, 1, 2, 3, 4, 5, 2, 4, 0 };
		refused(f, "nurse", &add->base, cases[which[i]].code,
			arena_printf(&f->arena, "entry.attachments[%d].%s", i == 8, cases[which[i]].what));
	}
	/* Nine of them; and thumbnails that are too much together. */
	AddEntry *many = a_note(f, patient, "x");
	static uint8_t thumbnail[LIMIT_THUMBNAIL_BYTES] = "\xff\xd8\xff";
	for (uint32_t i = 0; i < 9; i++) {
		struct paper *one = arena_alloc(&f->arena, sizeof(*one));
		*one = a_photo(f, 1000 + i);
		upload(f, "nurse", patient, one);
		with(f, many, one, "image/jpeg");
	}
	refused(f, "nurse", &many->base, CODE_INVALID_ARGUMENT, "entry.attachments");
	many->entry->n_attachments = 8;
	for (size_t i = 0; i < 5; i++)
		many->entry->attachments[i]->thumbnail =
			(ProtobufCBinaryData){ sizeof(thumbnail), thumbnail };
	refused(f, "nurse", &many->base, CODE_INVALID_ARGUMENT, "entry.attachments");
	many->entry->attachments[4]->thumbnail.len = 0;
	done(f, "nurse", &many->base);
	done(f, "nurse", &with(f, a_note(f, patient, "x"), &png, "image/png")->base);
}

/* Entries with all that they may bear: each page fits into a message. */
static void pages_of_thumbnails(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f), *last = NULL;
	static uint8_t thumbnail[LIMIT_THUMBNAIL_BYTES] = "\xff\xd8\xff";
	static char words[20000 + 1];
	size_t shown = 0;

	memset(words, 'x', sizeof(words) - 1);
	for (uint32_t i = 0; i < 8; i++) {
		AddEntry *add = a_note(f, patient, words);
		for (uint32_t j = 0; j < LIMIT_ENTRY_ATTACHMENTS; j++) {
			struct paper *photo = arena_alloc(&f->arena, sizeof(*photo));
			*photo = a_photo(f, 100 + 10 * i + j);
			upload(f, "nurse", patient, photo);
			with(f, add, photo, "image/jpeg");
			if (j < 4)
				add->entry->attachments[j]->thumbnail =
					(ProtobufCBinaryData){ sizeof(thumbnail), thumbnail };
		}
		add->entry->corrects = text(f, last ? last : "");
		char *id = done(f, "nurse", &add->base);
		last = last ? last : id;
	}
	ListTimeline request = ListTimeline_INIT;
	request.patient = patient;
	do {
		assert_int_equal(ask(f, "doctor", &request.base), CODE_OK);
		const Timeline *page = BODY(f, Timeline);
		assert_true(page->n_items >= 1);
		for (size_t i = 0; i < page->n_items; i++)
			assert_int_equal(page->items[i]->attachments[3]->thumbnail.len, sizeof(thumbnail));
		shown += page->n_items;
		request.before = page->before;
	} while (request.before);
	assert_int_equal(shown, 8);
	ShowEntry show = ShowEntry_INIT;
	show.id = last;
	assert_int_equal(ask(f, "doctor", &show.base), CODE_OK);
	assert_true(BODY(f, EntryShown)->n_corrections >= 1);
	ShowSummary summary = ShowSummary_INIT;
	summary.patient = patient;
	assert_int_equal(ask(f, "doctor", &summary.base), CODE_OK);
	const Summary *one_page = BODY(f, Summary);
	assert_int_equal(one_page->n_recent, 5);
	assert_int_equal(one_page->recent[0]->n_attachments, 8);
	assert_int_equal(one_page->recent[0]->attachments[0]->thumbnail.len, 0);
}

/* ---- what a piece must be ------------------------------------------------------------------- */

static void pieces_are_checked(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, 2 * PIECE);
	PutChunk good = *piece_of(f, patient, &photo, 0), bad;

	bad = good;
	bad.sha256.len = 20;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "sha256");
	bad = good;
	bad.bytes = 0;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "bytes");
	bad.bytes = LIMIT_ATTACHMENT_BYTES + 1;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "bytes");
	bad = good;
	bad.offset = 2 * PIECE;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "offset");
	bad.offset = PIECE / 2;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "offset");
	bad = good;
	bad.data.len--;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "data");
	bad = *piece_of(f, patient, &photo, 0);
	uint8_t first = photo.data[0];
	photo.data[0] = 'M'; /* a program */
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "data");
	photo.data[0] = first;
	done(f, "nurse", &good.base);
	bad = *piece_of(f, patient, &photo, 1);
	bad.bytes = PIECE + 1;
	bad.data.len = 1;
	refused(f, "nurse", &bad.base, CODE_INVALID_ARGUMENT, "bytes");
	assert_int_equal(upload_shown(f, "nurse", patient, &photo)->n_offsets, 1);
	ShowUpload show = ShowUpload_INIT;
	show.patient = patient;
	refused(f, "nurse", &show.base, CODE_INVALID_ARGUMENT, "sha256");
}

static void too_much_on_the_way(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	unsigned most = LIMIT_USER_UPLOAD_BYTES / LIMIT_ATTACHMENT_BYTES;
	struct paper photo = a_photo(f, PIECE), small = a_photo(f, 40);

	photo.bytes = LIMIT_ATTACHMENT_BYTES;
	for (unsigned i = 0; i <= most; i++) {
		PutChunk *request = piece_of(f, patient, &photo, 0);
		photo.sha256[0] = (uint8_t)i;
		if (i < most)
			done(f, "nurse", &request->base);
		else
			refused(f, "nurse", &request->base, CODE_RESOURCE_EXHAUSTED, "bytes");
	}
	refused(f, "nurse", &piece_of(f, patient, &small, 0)->base, CODE_RESOURCE_EXHAUSTED, "bytes");
	upload(f, "doctor", patient, &small); /* everybody has their own */
	/* A week later it is forgotten; what was named is not. */
	char *entry = done(f, "doctor", &a_photo_note(f, patient, &small)->base);
	pass(f, UPLOAD_KEPT_MS - 1000);
	photo.sha256[0] = 0;
	assert_int_equal(upload_shown(f, "nurse", patient, &photo)->n_offsets, 1);
	pass(f, 2000);
	assert_int_equal(upload_shown(f, "nurse", patient, &photo)->n_offsets, 0);
	uint64_t position = 0;
	for (unsigned i = 0; i < most; i++)
		assert_string_equal(fixture_fact(f, "UploadExpired", &position)->cause, "UploadDue");
	assert_null(fixture_fact(f, "UploadExpired", &position));
	fetched_whole(f, "doctor", entry, &small);
	for (unsigned i = 0; i < LIMIT_USER_UPLOADS; i++) {
		small.data[30] = (uint8_t)i;
		SHA256(small.data, small.bytes, small.sha256);
		upload(f, "nurse", patient, &small);
	}
	small.data[30] = 200;
	SHA256(small.data, small.bytes, small.sha256);
	refused(f, "nurse", &piece_of(f, patient, &small, 0)->base, CODE_RESOURCE_EXHAUSTED, "bytes");
}

/* ---- who may -------------------------------------------------------------------------------- */

static void consent(struct fixture *f, const char *patient, bool given)
{
	RecordConsent request = RecordConsent_INIT;

	request.patient = text(f, patient);
	request.scope = CONSENT_SCOPE_TEAM;
	request.given = given;
	request.on = text(f, "2026-09-02");
	done(f, "doctor", &request.base);
}

static void the_same_words(struct fixture *f, const char *user, const ProtobufCMessage *there,
			   const ProtobufCMessage *not_there)
{
	refused(f, user, there, CODE_PERMISSION_DENIED, "");
	const char *ja = f->reply->message_ja, *en = f->reply->message_en;
	refused(f, user, not_there, CODE_PERMISSION_DENIED, "");
	assert_string_equal(f->reply->message_ja, ja);
	assert_string_equal(f->reply->message_en, en);
}

static void strangers_get_nothing(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f), *unknown = text(f, "01KSR49200E4HR000000000001");
	struct paper photo = a_photo(f, 2 * PIECE);

	upload(f, "nurse", patient, &photo);
	char *entry = done(f, "nurse", &a_photo_note(f, patient, &photo)->base);
	static const char *const strangers[] = { "outsider", "dentist", "officer", "admin", "helper" };
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
		for (uint32_t piece = 0; piece < 2; piece++)
			the_same_words(f, strangers[i], &fetch_of(f, entry, &photo, piece)->base,
				       &fetch_of(f, unknown, &photo, piece)->base);
		the_same_words(f, strangers[i], &piece_of(f, patient, &photo, 0)->base,
			       &piece_of(f, unknown, &photo, 0)->base);
		ShowUpload known = ShowUpload_INIT, not_known;
		known.patient = patient;
		known.sha256 = sha256_of(&photo);
		not_known = known;
		not_known.patient = unknown;
		the_same_words(f, strangers[i], &known.base, &not_known.base);
	}
}

static void consent_is_withdrawn_in_the_midst(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, 3 * PIECE), other = a_photo(f, 2 * PIECE);

	upload(f, "nurse", patient, &other);
	char *entry = done(f, "nurse", &a_photo_note(f, patient, &other)->base);
	assert_int_equal(ask(f, "pharmacist", &fetch_of(f, entry, &other, 0)->base), CODE_OK);
	done(f, "nurse", &piece_of(f, patient, &photo, 0)->base);
	consent(f, patient, false);
	refused(f, "nurse", &piece_of(f, patient, &photo, 1)->base, CODE_PERMISSION_DENIED, "");
	refused(f, "pharmacist", &fetch_of(f, entry, &other, 1)->base, CODE_PERMISSION_DENIED, "");
	fetched_whole(f, "doctor", entry, &other); /* the organisation that registered the patient */
	consent(f, patient, true);
	assert_int_equal(upload_shown(f, "nurse", patient, &photo)->n_offsets, 1);
	done(f, "nurse", &piece_of(f, patient, &photo, 1)->base);
	consent(f, patient, false);
	refused(f, "nurse", &a_photo_note(f, patient, &photo)->base, CODE_PERMISSION_DENIED, "");
}

static void fetching_is_in_the_journal(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, 3 * PIECE);

	upload(f, "nurse", patient, &photo);
	assert_int_equal(lines(f, patient, "PutChunk", "nurse"), 1);
	char *entry = done(f, "nurse", &a_photo_note(f, patient, &photo)->base);
	assert_int_equal(lines(f, patient, "FetchAttachment", "pharmacist"), 0);
	/* Not the first piece: it is a reading all the same. */
	assert_int_equal(ask(f, "pharmacist", &fetch_of(f, entry, &photo, 1)->base), CODE_OK);
	assert_int_equal(lines(f, patient, "FetchAttachment", "pharmacist"), 1);
	fetched_whole(f, "pharmacist", entry, &photo);
	assert_int_equal(lines(f, patient, "FetchAttachment", "pharmacist"), 1);
	pass(f, FETCH_LINE_MS + 1000);
	assert_int_equal(ask(f, "pharmacist", &fetch_of(f, entry, &photo, 2)->base), CODE_OK);
	assert_int_equal(lines(f, patient, "FetchAttachment", "pharmacist"), 2);
	/* It counts as read. */
	ListReaders request = ListReaders_INIT;
	request.entry = entry;
	assert_int_equal(ask(f, "nurse", &request.base), CODE_OK);
	const ReaderList *readers = BODY(f, ReaderList);
	assert_int_equal(readers->n_items, 1);
	assert_string_equal(readers->items[0]->id, "pharmacist");
	/* Through broken glass, and when that is over. */
	BreakGlass glass = BreakGlass_INIT;
	glass.patient = patient;
	glass.reason = text(f, "救急搬送");
	done(f, "outsider", &glass.base);
	fetched_whole(f, "outsider", entry, &photo);
	assert_int_equal(lines(f, patient, "FetchAttachment", "outsider"), 1);
	pass(f, GLASS_MS);
	refused(f, "outsider", &fetch_of(f, entry, &photo, 0)->base, CODE_PERMISSION_DENIED, "");
}

static void a_full_store_takes_no_photo(void **state)
{
	struct fixture *f = *state;
	char *patient = shared_patient(f);
	struct paper photo = a_photo(f, LIMIT_ATTACHMENT_BYTES);
	Code code = CODE_OK;
	unsigned n = 0;

	done(f, "nurse", &piece_of(f, patient, &photo, 0)->base);
	fixture_stop(f);
	f->options.store.map_mb = 16;
	fixture_start(f);
	for (n = 0; code == CODE_OK && n < 10 * pieces(&photo); n++) {
		if (n % pieces(&photo) == 0)
			photo.sha256[0]++; /* never right: it is forgotten with its last piece */
		code = ask(f, "nurse", &piece_of(f, patient, &photo, n % pieces(&photo))->base);
	}
	assert_int_equal(code, CODE_RESOURCE_EXHAUSTED);
	assert_true(n > 64 && n < 140);
	ShowPatient request = ShowPatient_INIT; /* reading goes on */
	request.id = patient;
	assert_int_equal(ask(f, "nurse", &request.base), CODE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_goes_on_where_it_was),
		RECORD_TEST(a_photo_is_sent_named_and_fetched),
		RECORD_TEST(pieces_come_in_any_order_and_twice),
		RECORD_TEST(many_pieces_in_one_batch),
		RECORD_TEST(another_photo_than_was_said),
		RECORD_TEST(half_a_photo_is_never_shown),
		RECORD_TEST(two_send_the_same),
		RECORD_TEST(attachments_are_checked),
		RECORD_TEST(pages_of_thumbnails),
		RECORD_TEST(pieces_are_checked),
		RECORD_TEST(too_much_on_the_way),
		RECORD_TEST(strangers_get_nothing),
		RECORD_TEST(consent_is_withdrawn_in_the_midst),
		RECORD_TEST(fetching_is_in_the_journal),
		RECORD_TEST(a_full_store_takes_no_photo),
	};
	return cmocka_run_group_tests_name("record attachments", tests, NULL, NULL);
}
