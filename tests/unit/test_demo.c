/* If this failed, the demonstration city would not load, would be another one at the next try, would
 * hold two of one person, or would speak of what never happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clients/cli/picture.h"
#include "clients/demo/city.h"
#include "clients/demo/pictures.h"
#include "date.h"
#include "error.h"
#include "services/directory/rules.h"
#include "services/record/concern.h"
#include "services/record/entry.h"
#include "services/record/rules.h"
#include "services/record/vitals.h"
#include "text.h"

#define ARENA_BYTES ((size_t)256 * 1024 * 1024)
#define NOON_MS 1795489200000 /* 2026-11-24T12:00+09:00 */

static void make_city(struct city *city, struct arena *arena, uint64_t seed, int64_t now_ms)
{
	arena_init(arena, ARENA_BYTES);
	*city = (struct city){ .arena = arena, .seed = seed, .now_ms = now_ms };
	assert_int_equal(city_network(city), 0);
	assert_int_equal(city_homes(city, CITY_PATIENTS), 0);
	assert_int_equal(city_stories(city), 0);
}

static int setup(void **state)
{
	struct city *city = test_malloc(sizeof(*city));
	struct arena *arena = test_malloc(sizeof(*arena));
	make_city(city, arena, CITY_SEED, NOON_MS);
	*state = city;
	return 0;
}

static int teardown(void **state)
{
	struct city *city = *state;
	arena_close(city->arena);
	test_free(city->arena);
	test_free(city);
	return 0;
}

/* ---- the network -------------------------------------------------------------------------- */

static unsigned count(const struct city *city, OrganisationKind kind, Network network)
{
	unsigned n = 0;
	for (size_t i = 0; i < city->n_organisations; i++) {
		const Organisation *organisation = city->organisations[i];
		bool in = network == NETWORK_UNSPECIFIED;
		for (size_t k = 0; k < organisation->n_networks; k++)
			in |= organisation->networks[k] == network;
		n += organisation->kind == kind && in;
	}
	return n;
}

static const Person *find_person(const struct city *city, const char *user)
{
	for (size_t i = 0; i < city->n_people; i++)
		if (!strcmp(city->people[i]->id, user))
			return city->people[i];
	return NULL;
}

static void the_network_is_as_agreed(void **state)
{
	static const char *const users[] = { "clinic01-doctor",       "clinic44-doctor",
					     "station14-nurse",       "hospital20-liaison",
					     "pharmacy01-pharmacist", "dental01-dentist",
					     "cm01-caremanager",      "helper01-helper",
					     "centre-staff",          "city-officer" };
	const struct city *city = *state;

	assert_int_equal(count(city, ORGANISATION_KIND_CLINIC, NETWORK_TIZI_NET), 44);
	assert_int_equal(count(city, ORGANISATION_KIND_CLINIC, NETWORK_ROUND_THE_CLOCK), 33);
	assert_int_equal(count(city, ORGANISATION_KIND_CLINIC, NETWORK_ENHANCED), 4);
	assert_int_equal(count(city, ORGANISATION_KIND_HOSPITAL, NETWORK_BBN), 20);
	assert_int_equal(count(city, ORGANISATION_KIND_NURSE_STATION, NETWORK_UNSPECIFIED), 14);
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++)
		assert_non_null(find_person(city, users[i]));
	assert_null(find_person(city, "clinic45-doctor"));
	assert_int_equal(find_person(city, "clinic01-doctor")->n_hours, 0);
	assert_int_equal(find_person(city, "clinic03-doctor")->n_hours, 11);
	assert_int_equal(find_person(city, "cm02-caremanager")->n_hours, 8); /* not on Wednesdays */
	for (size_t i = 0; i < city->n_organisations; i++)
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(city->organisations[i]->name,
						city->organisations[k]->name);
			assert_string_not_equal(city->organisations[i]->id,
						city->organisations[k]->id);
		}
}

/* ---- what the services will say ------------------------------------------------------------ */

static struct input input(struct city *city, struct refusal *refusal, Profession profession)
{
	*refusal = (struct refusal){ .code = CODE_OK };
	return (struct input){ .actor = { .user = "somebody",
					  .organisation = "clinic01",
					  .profession = profession },
			       .now_ms = city->now_ms,
			       .steady_ms = city->now_ms,
			       .id = "id",
			       .arena = city->arena,
			       .refusal = refusal };
}

static void accepted(int rc, const struct refusal *refusal, const char *what)
{
	if (rc)
		fail_msg("%s: %s %s", what, refusal->field, refusal->en);
}

static void directory_accepts(struct city *city)
{
	struct refusal refusal;
	struct input in = input(city, &refusal, PROFESSION_ADMINISTRATOR);

	for (size_t i = 0; i < city->n_organisations; i++) {
		struct organisation_view view = { .organisation = NULL };
		SetOrganisation request = SetOrganisation_INIT;
		OrganisationChanged fact = OrganisationChanged_INIT;
		request.organisation = city->organisations[i];
		accepted(organisation_set(&in, &view, &request, &fact), &refusal,
			 request.organisation->id);
	}
	for (size_t i = 0; i < city->n_people; i++) {
		struct person_view view = { .organisation = city->organisations[0] };
		Enrol request = Enrol_INIT;
		PersonEnrolled fact = PersonEnrolled_INIT;
		request.person = city->people[i];
		request.device = city_text(city, "first");
		accepted(person_enrol(&in, &view, &request, &fact), &refusal, request.person->id);
	}
}

static void record_accepts(struct city *city)
{
	struct refusal refusal;
	struct input in = input(city, &refusal, PROFESSION_DOCTOR);

	for (size_t i = 0; i < city->n_homes; i++) {
		struct register_rule view = { .organisation = city->organisations[0] };
		RegisterPatient request = RegisterPatient_INIT;
		PatientRegistered fact = PatientRegistered_INIT;
		request.patient = city->homes[i]->patient;
		request.consent_given_on = city->homes[i]->consent_on;
		accepted(patient_register(&in, &view, &request, &fact), &refusal,
			 request.patient->name);
		const char *field = "";
		if (city->homes[i]->thresholds)
			assert_int_equal(thresholds_check(city->homes[i]->thresholds, &field), 0);
	}
	for (size_t i = 0; i < city->n_events; i++) {
		Entry *entry = city->events[i]->entry;
		entry->kind = entry_kind(entry);
		if (city->events[i]->meant && entry->kind == ENTRY_KIND_MEDICATION)
			entry->medication->replaces = city_text(city, "id");
		accepted(entry_check(&in, entry), &refusal, entry->source->value);
	}
}

/* At several hours of the day, and in other cities too. */
static void every_message_is_within_the_rules(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct city city;
		struct arena arena;
		make_city(&city, &arena, CITY_SEED + i, NOON_MS + (int64_t)i * 5 * 3600 * 1000);
		directory_accepts(&city);
		record_accepts(&city);
		arena_close(&arena);
	}
}

/* ---- names -------------------------------------------------------------------------------- */

static bool is_kana(const char *text)
{
	for (; *text; text++) {
		if (*text == ' ')
			continue;
		/* U+30A0 to U+30FF: E3 82 A0 to E3 83 BF */
		if (strncmp(text, "\xe3\x82\xa0", 3) < 0 || strncmp(text, "\xe3\x83\xbf", 3) > 0)
			return false;
		text += 2;
	}
	return true;
}

/* Of a name and its kana the first or second word. */
static void word_of(const char *name, bool second, char out[64])
{
	const char *space = strchr(name, ' ');
	assert_non_null(space);
	snprintf(out, 64, "%.*s", second ? 60 : (int)(space - name), second ? space + 1 : name);
}

static void names_and_readings_belong_together(void **state)
{
	const struct city *city = *state;
	char word[64], kana[64], other[64], other_kana[64];

	for (size_t i = 0; i < city->n_homes; i++) {
		const Patient *patient = city->homes[i]->patient;
		assert_true(is_kana(patient->kana));
		assert_true(text_valid(patient->name, strlen(patient->name)));
		for (size_t k = 0; k < i; k++)
			for (int second = 0; second < 2; second++) {
				word_of(patient->name, second, word);
				word_of(city->homes[k]->patient->name, second, other);
				word_of(patient->kana, second, kana);
				word_of(city->homes[k]->patient->kana, second, other_kana);
				if (!strcmp(word, other))
					assert_string_equal(kana, other_kana);
			}
	}
	for (size_t i = 0; i < city->n_people; i++)
		assert_true(is_kana(city->people[i]->name_kana));
	for (size_t i = 0; i < city->n_organisations; i++)
		assert_true(is_kana(city->organisations[i]->name_kana));
}

static void nobody_is_there_twice(void **state)
{
	const struct city *city = *state;

	assert_int_equal(city->n_homes, CITY_PATIENTS);
	for (size_t i = 0; i < city->n_homes; i++) {
		const Patient *patient = city->homes[i]->patient;
		int age = date_age(patient->born, city->now_ms);
		assert_in_range(age, 59, 103);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(patient->name, city->homes[k]->patient->name);
	}
}

/* ---- the same seed ------------------------------------------------------------------------ */

static bool same_message(struct arena *arena, const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	struct bytes x, y;
	assert_int_equal(codec_pack(a, arena, &x), 0);
	assert_int_equal(codec_pack(b, arena, &y), 0);
	return x.size == y.size && !memcmp(x.data, y.data, x.size);
}

static void a_seed_makes_one_city(void **state)
{
	const struct city *city = *state;
	struct city again, other;
	struct arena arena, other_arena;

	make_city(&again, &arena, CITY_SEED, NOON_MS);
	make_city(&other, &other_arena, CITY_SEED + 1, NOON_MS);
	assert_int_equal(again.n_events, city->n_events);
	for (size_t i = 0; i < city->n_events; i++) {
		again.events[i]->entry->kind = city->events[i]->entry->kind;
		assert_true(same_message(&arena, &city->events[i]->entry->base,
					 &again.events[i]->entry->base));
		assert_string_equal(city->events[i]->author, again.events[i]->author);
	}
	for (size_t i = 0; i < city->n_homes; i++)
		assert_true(same_message(&arena, &city->homes[i]->patient->base,
					 &again.homes[i]->patient->base));
	assert_false(same_message(&arena, &city->homes[0]->patient->base,
				  &other.homes[0]->patient->base));
	arena_close(&arena);
	arena_close(&other_arena);
}

/* ---- the stories -------------------------------------------------------------------------- */

static bool on_team(const struct home *home, const char *user)
{
	for (int worker = 0; worker < WORKERS; worker++)
		if (home->workers[worker] && !strcmp(home->workers[worker], user))
			return true;
	return false;
}

static void entries_come_from_the_team_and_in_order(void **state)
{
	const struct city *city = *state;

	for (size_t i = 0; i < city->n_events; i++) {
		const struct event *event = city->events[i];
		assert_true(on_team(event->home, event->author));
		assert_true(event->entry->occurred_ms < city->now_ms);
		assert_true(i == 0 || city->events[i - 1]->slot <= event->slot);
		if (!event->meant)
			continue;
		assert_ptr_equal(event->meant->home, event->home);
		assert_true(event->meant->slot < event->slot);
	}
}

static int by_value(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void every_entry_has_a_source_of_its_own(void **state)
{
	const struct city *city = *state;
	char **values = test_malloc(city->n_events * sizeof(*values));

	for (size_t i = 0; i < city->n_events; i++)
		values[i] = city->events[i]->entry->source->value;
	qsort(values, city->n_events, sizeof(*values), by_value);
	for (size_t i = 1; i < city->n_events; i++)
		assert_string_not_equal(values[i - 1], values[i]);
	test_free(values);
}

/* Every text of an entry, one after the other; NULL: it has none. */
static const char *words(const Entry *entry)
{
	switch (entry->content_case) {
	case Entry_CONTENT_NOTE:
		return entry->note->text;
	case Entry_CONTENT_PLAN:
		return entry->plan->text;
	case Entry_CONTENT_WISH:
		return entry->wish->text;
	case Entry_CONTENT_DENTAL:
		return entry->dental->text;
	case Entry_CONTENT_OBSERVATION:
		return entry->observation->text;
	case Entry_CONTENT_QUESTION:
		return entry->question->text;
	case Entry_CONTENT_ANSWER:
		return entry->answer->text;
	case Entry_CONTENT_MOVEMENT:
		return entry->movement->text;
	default:
		return "";
	}
}

static void templates_are_filled_in(void **state)
{
	const struct city *city = *state;

	for (size_t i = 0; i < city->n_events; i++)
		if (strpbrk(words(city->events[i]->entry), "{}|%"))
			assert_null(strpbrk(words(city->events[i]->entry), "{}|"));
}

/* One or two people need somebody now, not half the city; and nobody's usual values are an alarm. */
static void few_are_in_danger(void **state)
{
	struct city *city = *state;
	unsigned now = 0, ever = 0;

	for (size_t i = 0; i < city->n_events; i++) {
		const struct event *event = city->events[i];
		const Entry *entry = event->entry;
		if (entry->content_case != Entry_CONTENT_VITAL_SIGNS ||
		    !vitals_urgent(city->arena, entry->vital_signs, event->home->thresholds)[0])
			continue;
		ever++;
		now += entry->occurred_ms > city->now_ms - DAY_MS;
	}
	assert_in_range(now, 1, 3);
	assert_in_range(ever, 2, 30);
}

/* The story that everybody shows: warfarin, a dentist, a helper. */
static void the_first_patient_takes_warfarin(void **state)
{
	struct city *city = *state;
	const struct home *home = city->homes[CITY_STORY_HOME - 1];

	assert_true(home_takes(home, WARFARIN));
	assert_int_equal(concern_of_medicine(city->arena, "", medicines[WARFARIN].name),
			 CONCERN_ANTITHROMBOTIC);
	assert_string_equal(home->workers[DOCTOR], "clinic01-doctor");
	assert_string_equal(home->workers[NURSE], "station01-nurse");
	assert_string_equal(home->workers[PHARMACIST], "pharmacy01-pharmacist");
	assert_string_equal(home->workers[DENTIST], "dental01-dentist");
	assert_string_equal(home->workers[CARE_MANAGER], "cm01-caremanager");
	assert_string_equal(home->workers[HELPER], "helper01-helper");
}

/* ---- pictures ----------------------------------------------------------------------------- */

/* What a JPEG is by itself, without what a camera adds. */
static void is_clean(struct bytes file, uint32_t width, uint32_t height)
{
	uint8_t *out = test_malloc(file.size + PICTURE_EXTRA_BYTES);
	struct picture picture;
	size_t size;

	assert_int_equal(picture_strip(file, out, &size, &picture), 0);
	assert_string_equal(picture.media_type, "image/jpeg");
	assert_int_equal(picture.stripped_bytes, 0);
	assert_int_equal(picture.width, width);
	assert_int_equal(picture.height, height);
	test_free(out);
}

static void some_entries_bear_pictures(void **state)
{
	struct city *city = *state;
	unsigned wounds = 0, papers = 0, story = 0;

	assert_int_equal(city_pictures(city), 0);
	for (size_t i = 0; i < city->n_events; i++) {
		const struct event *event = city->events[i];
		assert_int_equal(event->entry->n_attachments, event->picture != NULL);
		if (!event->picture)
			continue;
		const Attachment *attachment = event->entry->attachments[0];
		assert_int_equal(attachment->bytes, event->picture->data.size);
		assert_true(attachment->bytes < LIMIT_CHUNK_BYTES);
		assert_true(attachment->thumbnail.len <= LIMIT_THUMBNAIL_BYTES);
		is_clean(event->picture->data, 640, 480);
		is_clean((struct bytes){ attachment->thumbnail.data, attachment->thumbnail.len }, 160, 120);
		wounds += !strcmp(attachment->name, "仙骨部");
		papers += strcmp(attachment->name, "仙骨部") != 0;
		story += event->home->number == CITY_STORY_HOME;
	}
	assert_true(wounds >= 5 && papers >= 3 && story == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_network_is_as_agreed),
		cmocka_unit_test(every_message_is_within_the_rules),
		cmocka_unit_test(names_and_readings_belong_together),
		cmocka_unit_test(nobody_is_there_twice),
		cmocka_unit_test(a_seed_makes_one_city),
		cmocka_unit_test(entries_come_from_the_team_and_in_order),
		cmocka_unit_test(every_entry_has_a_source_of_its_own),
		cmocka_unit_test(templates_are_filled_in),
		cmocka_unit_test(few_are_in_danger),
		cmocka_unit_test(the_first_patient_takes_warfarin),
		cmocka_unit_test(some_entries_bear_pictures),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
