/* If this failed, a request would be put to those who cannot take it before those who can, to the
 * same ones each time, to somebody twice, or too late for an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "services/referral/match.h"

#define NOW 1790000000000LL
#define MINUTE (60LL * 1000)
#define HOUR (60 * MINUTE)
#define N(list) (sizeof(list) / sizeof(*(list)))
#define KIND(name) REFERRAL_KIND_##name

struct world {
	struct arena arena;
	Referral referral;
	struct candidate items[POOL_MAX];
	Capacity capacities[POOL_MAX];
	struct pool pool;
	Offer **offers;
	size_t n_offers;
};

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));

	arena_init(&w->arena, 64 << 20);
	w->referral = (Referral)Referral_INIT;
	w->referral.id = arena_string(&w->arena, "01KSR49200E4HR00000000000A");
	w->referral.kind = KIND(VISIT);
	w->referral.area = AREA_NORTH;
	w->referral.asker = arena_string(&w->arena, "asker");
	w->pool.items = w->items;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_close(&w->arena);
	test_free(w);
	return 0;
}

static Capacity *add(struct world *w, const char *organisation, Area area, CapacityLevel level)
{
	Capacity *capacity = &w->capacities[w->pool.n];

	*capacity = (Capacity)Capacity_INIT;
	capacity->level = level;
	capacity->valid_until_ms = NOW + HOUR;
	w->items[w->pool.n++] = (struct candidate){
		.organisation = arena_string(&w->arena, organisation),
		.area = area, .capacity = capacity,
	};
	return capacity;
}

static void accepts(struct world *w, Capacity *capacity, Need need)
{
	Need *all = arena_alloc(&w->arena, (capacity->n_accepts + 1) * sizeof(*all));

	if (capacity->n_accepts)
		memcpy(all, capacity->accepts, capacity->n_accepts * sizeof(*all));
	all[capacity->n_accepts++] = need;
	capacity->accepts = all;
}

static void needs(struct world *w, Need need)
{
	Need *all = arena_alloc(&w->arena, (w->referral.n_needs + 1) * sizeof(*all));

	if (w->referral.n_needs)
		memcpy(all, w->referral.needs, w->referral.n_needs * sizeof(*all));
	all[w->referral.n_needs++] = need;
	w->referral.needs = all;
}

static void beds(struct world *w, Capacity *capacity, Patient_Sex sex, uint32_t count)
{
	FreeBeds *bed = NEW(FreeBeds, &w->arena);

	bed->sex = sex;
	bed->count = count;
	arena_append(&w->arena, &capacity->beds, &capacity->n_beds, bed);
}

static Score *score(struct world *w, size_t i, int64_t now_ms)
{
	Score *out = NULL;

	assert_int_equal(match_score(&w->items[i], &w->referral, now_ms, &w->arena, &out), 0);
	return out;
}

/* "a b c": who is asked in that wave, in order; they become offers. */
static const char *wave(struct world *w, unsigned number)
{
	const char *all = "";

	assert_int_equal(match_wave(&w->pool, &w->referral, number, NOW, &w->arena, &w->offers,
				    &w->n_offers), 0);
	for (size_t i = 0; i < w->n_offers; i++) {
		Offer *offer = w->offers[i];
		assert_int_equal(offer->wave, number);
		assert_int_equal(offer->rank, i + 1);
		assert_int_equal(offer->state, OFFER_STATE_OFFERED);
		assert_int_equal(offer->offered_ms, NOW);
		assert_int_equal(offer->answered_ms | offer->reason | offer->standby |
				 offer->accepted_order, 0);
		assert_non_null(offer->score);
		arena_append(&w->arena, &w->referral.offers, &w->referral.n_offers, offer);
		all = arena_printf(&w->arena, "%s%s%s", all, i ? " " : "", offer->organisation);
	}
	return all;
}

/* ---- the pool ------------------------------------------------------------------------------- */

static void who_is_asked_for_what(void **state)
{
	static const struct {
		OrganisationKind kind;
		bool tizi, bbn;
		bool home_doctor, bed, visit;
	} table[] = {
		{ ORGANISATION_KIND_CLINIC, true, false, true, false, false },
		{ ORGANISATION_KIND_CLINIC, true, true, true, false, false },
		{ ORGANISATION_KIND_CLINIC, false, true, false, false, false },
		{ ORGANISATION_KIND_CLINIC, false, false, false, false, false },
		{ ORGANISATION_KIND_HOSPITAL, false, true, false, true, false },
		{ ORGANISATION_KIND_HOSPITAL, true, true, false, true, false },
		{ ORGANISATION_KIND_HOSPITAL, true, false, false, false, false },
		{ ORGANISATION_KIND_HOSPITAL, false, false, false, false, false },
		{ ORGANISATION_KIND_NURSE_STATION, false, false, false, false, true },
		{ ORGANISATION_KIND_NURSE_STATION, true, true, false, false, true },
		{ ORGANISATION_KIND_PHARMACY, true, true, false, false, false },
		{ ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, true, true, false, false, false },
		{ ORGANISATION_KIND_SUPPORT_CENTRE, true, true, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		Network networks[2];
		Organisation organisation = Organisation_INIT;
		organisation.kind = table[i].kind;
		organisation.networks = networks;
		if (table[i].tizi)
			networks[organisation.n_networks++] = NETWORK_TIZI_NET;
		if (table[i].bbn)
			networks[organisation.n_networks++] = NETWORK_BBN;
		for (int left = 0; left < 2; left++) {
			organisation.left = left;
			assert_int_equal(match_pool(KIND(HOME_DOCTOR), &organisation),
					 table[i].home_doctor && !left);
			assert_int_equal(match_pool(KIND(BACKUP_BED), &organisation),
					 table[i].bed && !left);
			assert_int_equal(match_pool(KIND(VISIT), &organisation),
					 table[i].visit && !left);
			assert_false(match_pool(KIND(UNSPECIFIED), &organisation));
		}
	}
}

/* ---- the score ------------------------------------------------------------------------------ */

static void what_the_board_said_holds_until_its_time_to_the_millisecond(void **state)
{
	static const CapacityLevel levels[] = { CAPACITY_LEVEL_AVAILABLE, CAPACITY_LEVEL_LIMITED,
						CAPACITY_LEVEL_FULL };
	struct world *w = *state;

	for (size_t i = 0; i < N(levels); i++) {
		Capacity *capacity = add(w, "a", AREA_NORTH, levels[i]);
		assert_int_equal(match_level(capacity, NOW + HOUR - 1), levels[i]);
		assert_int_equal(match_level(capacity, NOW + HOUR), CAPACITY_LEVEL_UNKNOWN);
		assert_int_equal(match_level(capacity, NOW + 1000 * HOUR), CAPACITY_LEVEL_UNKNOWN);
		assert_int_equal(score(w, i, NOW + HOUR - 1)->level, levels[i]);
		assert_int_equal(score(w, i, NOW + HOUR - 1)->ability, ABILITY_ABLE);
		assert_int_equal(score(w, i, NOW + HOUR)->level, CAPACITY_LEVEL_UNKNOWN);
		assert_int_equal(score(w, i, NOW + HOUR)->ability, ABILITY_NOT_KNOWN);
	}
	assert_int_equal(match_level(NULL, NOW), CAPACITY_LEVEL_UNKNOWN);
	Capacity never = Capacity_INIT;
	never.valid_until_ms = NOW + HOUR;
	assert_int_equal(match_level(&never, NOW), CAPACITY_LEVEL_UNKNOWN);
	/* also a full one is asked in time when that has lapsed, for nobody knows */
	w->pool.n = 0;
	add(w, "full", AREA_NORTH, CAPACITY_LEVEL_FULL)->valid_until_ms = NOW;
	assert_string_equal(wave(w, 1), "full");
}

static void what_it_takes_and_what_is_needed(void **state)
{
	struct world *w = *state;
	Capacity *silent = add(w, "silent", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	Capacity *some = add(w, "some", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);

	accepts(w, some, NEED_OXYGEN);
	accepts(w, some, NEED_DEMENTIA);
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_ABLE); /* nothing is needed */
	assert_int_equal(score(w, 1, NOW)->ability, ABILITY_ABLE);
	needs(w, NEED_DEMENTIA);
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_NOT_KNOWN);
	assert_int_equal(score(w, 1, NOW)->ability, ABILITY_ABLE);
	needs(w, NEED_OXYGEN);
	assert_int_equal(score(w, 1, NOW)->ability, ABILITY_ABLE);
	needs(w, NEED_VENTILATOR);
	assert_int_equal(score(w, 1, NOW)->ability, ABILITY_UNABLE);
	some->level = silent->level = CAPACITY_LEVEL_UNKNOWN;
	assert_int_equal(score(w, 1, NOW)->ability, ABILITY_NOT_KNOWN);
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_NOT_KNOWN);
	w->items[0].capacity = NULL;
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_NOT_KNOWN);
	assert_int_equal(score(w, 0, NOW)->level, CAPACITY_LEVEL_UNKNOWN);
}

static void beds_by_the_sex_that_they_can_take(void **state)
{
	static const struct {
		Patient_Sex bed, patient;
		uint32_t count;
		Ability ability;
	} table[] = {
		{ PATIENT_SEX_MALE, PATIENT_SEX_MALE, 1, ABILITY_ABLE },
		{ PATIENT_SEX_MALE, PATIENT_SEX_FEMALE, 1, ABILITY_UNABLE },
		{ PATIENT_SEX_FEMALE, PATIENT_SEX_MALE, 1, ABILITY_UNABLE },
		{ PATIENT_SEX_FEMALE, PATIENT_SEX_FEMALE, 1, ABILITY_ABLE },
		{ PATIENT_SEX_FEMALE, PATIENT_SEX_FEMALE, 0, ABILITY_UNABLE },
		{ PATIENT_SEX_UNSPECIFIED, PATIENT_SEX_MALE, 1, ABILITY_ABLE },
		{ PATIENT_SEX_UNSPECIFIED, PATIENT_SEX_MALE, 0, ABILITY_UNABLE },
		{ PATIENT_SEX_MALE, PATIENT_SEX_UNSPECIFIED, 1, ABILITY_ABLE },
		{ PATIENT_SEX_MALE, PATIENT_SEX_UNSPECIFIED, 0, ABILITY_UNABLE },
	};
	struct world *w = *state;

	for (size_t i = 0; i < N(table); i++) {
		w->pool.n = 0;
		beds(w, add(w, "a", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE), table[i].bed,
		     table[i].count);
		w->referral.sex = table[i].patient;
		w->referral.kind = KIND(BACKUP_BED);
		assert_int_equal(score(w, 0, NOW)->ability, table[i].ability);
		w->referral.kind = KIND(VISIT); /* beds are nothing to a visit */
		assert_int_equal(score(w, 0, NOW)->ability, ABILITY_ABLE);
	}
	w->referral.kind = KIND(BACKUP_BED);
	add(w, "b", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE); /* has not said which beds */
	assert_int_equal(score(w, 1, NOW)->ability, ABILITY_ABLE);
	w->pool.n = 0;
	Capacity *several = add(w, "c", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	beds(w, several, PATIENT_SEX_MALE, 3);
	beds(w, several, PATIENT_SEX_FEMALE, 0);
	w->referral.sex = PATIENT_SEX_FEMALE;
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_UNABLE);
	beds(w, several, PATIENT_SEX_UNSPECIFIED, 1);
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_ABLE);
}

static void who_welcomes_no_new_patients(void **state)
{
	struct world *w = *state;
	Capacity *clinic = add(w, "a", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);

	w->referral.kind = KIND(HOME_DOCTOR);
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_ABLE);
	clinic->new_patients = NEW_PATIENTS_WELCOME;
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_ABLE);
	clinic->new_patients = NEW_PATIENTS_NOT_NOW;
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_UNABLE);
	assert_int_equal(score(w, 0, NOW + HOUR)->ability, ABILITY_NOT_KNOWN);
	w->referral.kind = KIND(VISIT);
	assert_int_equal(score(w, 0, NOW)->ability, ABILITY_ABLE);
}

static void the_area_is_the_same_only_where_it_is_known(void **state)
{
	struct world *w = *state;

	add(w, "a", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	add(w, "b", AREA_UNSPECIFIED, CAPACITY_LEVEL_AVAILABLE);
	assert_true(score(w, 0, NOW)->same_area);
	assert_false(score(w, 1, NOW)->same_area);
	w->referral.area = AREA_UNSPECIFIED;
	assert_false(score(w, 0, NOW)->same_area);
	assert_false(score(w, 1, NOW)->same_area);
}

/* ---- the order ------------------------------------------------------------------------------ */

static int compare(const Score *a, const Score *b)
{
	int forth = match_compare("R", "a", a, "b", b), back = match_compare("R", "b", b, "a", a);

	assert_true(forth != 0 && (forth < 0) == (back > 0));
	return forth < 0 ? -1 : 1;
}

/* Whatever the later criteria say. */
static void each_criterion_in_its_turn(void **state)
{
	static const CapacityLevel levels[] = { CAPACITY_LEVEL_AVAILABLE, CAPACITY_LEVEL_LIMITED,
						CAPACITY_LEVEL_UNKNOWN, CAPACITY_LEVEL_FULL };
	Score a = Score_INIT, b = Score_INIT;

	(void)state;
	for (int ability = ABILITY_ABLE; ability <= ABILITY_UNABLE; ability++)
		for (int other = ability + 1; other <= ABILITY_UNABLE; other++) {
			a = (Score)Score_INIT, b = (Score)Score_INIT;
			a.ability = (Ability)ability, b.ability = (Ability)other;
			a.level = CAPACITY_LEVEL_FULL, b.level = CAPACITY_LEVEL_AVAILABLE;
			a.taken = 100, b.same_area = true;
			assert_int_equal(compare(&a, &b), -1);
		}
	a.ability = b.ability = ABILITY_NOT_KNOWN;
	assert_int_equal(compare(&a, &b), 1); /* the area, although a is… */
	a.same_area = true, b.same_area = false;
	assert_int_equal(compare(&a, &b), -1); /* …full and has taken a hundred */
	b.same_area = true;
	for (size_t i = 0; i < N(levels); i++)
		for (size_t k = i + 1; k < N(levels); k++) {
			a.level = levels[i], b.level = levels[k];
			a.taken = 100, b.taken = 0;
			assert_int_equal(compare(&a, &b), -1);
		}
	a.level = b.level = CAPACITY_LEVEL_LIMITED;
	a.taken = 3, b.taken = 4;
	assert_int_equal(compare(&a, &b), -1);
}

static void between_equals_by_lot_the_same_each_time(void **state)
{
	struct world *w = *state;
	char name[16];

	for (int i = 1; i <= 20; i++) {
		snprintf(name, sizeof(name), "station%02d", i);
		add(w, name, AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	}
	const char *once = wave(w, 1);
	w->referral.n_offers = 0;
	for (size_t i = 0; i < 10; i++) { /* nor does it matter in which order they are looked at */
		struct candidate first = w->items[0];
		memmove(w->items, w->items + 1, 19 * sizeof(*w->items));
		w->items[19] = first;
		assert_string_equal(wave(w, 1), once);
		w->referral.n_offers = 0;
	}
}

/* Over many requests each is as often first, and last, as the others:
 * within five standard deviations. */
static void the_lot_is_fair(void **state)
{
	enum { STATIONS = 20, REQUESTS = 20000 };
	struct world *w = *state;
	unsigned first[STATIONS] = { 0 }, among_three[STATIONS] = { 0 };
	struct arena scratch;
	char name[16], id[32];

	for (int i = 0; i < STATIONS; i++) {
		snprintf(name, sizeof(name), "station%02d", i);
		add(w, name, AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	}
	arena_init(&scratch, 1 << 20);
	for (int r = 0; r < REQUESTS; r++) {
		Offer **offers;
		size_t n;
		/* ids close to each other */
		snprintf(id, sizeof(id), "01KSR49200E4HR0000000%05d", r);
		w->referral.id = id;
		assert_int_equal(match_wave(&w->pool, &w->referral, 1, NOW, &scratch, &offers, &n),
				 0);
		assert_int_equal(n, 3);
		for (size_t i = 0; i < n; i++) {
			int station = (offers[i]->organisation[7] - '0') * 10 +
				      offers[i]->organisation[8] - '0';
			first[station] += i == 0;
			among_three[station]++;
		}
		arena_reset(&scratch);
	}
	arena_close(&scratch);
	for (int i = 0; i < STATIONS; i++) {
		assert_in_range(first[i], 1000 - 155, 1000 + 155);
		assert_in_range(among_three[i], 3000 - 255, 3000 + 255);
	}
}

/* ---- waves ---------------------------------------------------------------------------------- */

static void three_then_five_then_the_area_then_all(void **state)
{
	struct world *w = *state;
	char name[16];

	for (int i = 0; i < 12; i++) { /* the fewer taken, the earlier */
		snprintf(name, sizeof(name), "e%02d", i);
		add(w, name, AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
		w->items[w->pool.n - 1].taken = (uint32_t)i;
	}
	add(w, "full", AREA_NORTH, CAPACITY_LEVEL_FULL);
	add(w, "far", AREA_SOUTH, CAPACITY_LEVEL_AVAILABLE);
	add(w, "farfull", AREA_SOUTH, CAPACITY_LEVEL_FULL);
	add(w, "asker", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	assert_string_equal(wave(w, 1), "e00 e01 e02");
	assert_string_equal(wave(w, 2), "e03 e04 e05 e06 e07");
	assert_string_equal(wave(w, 3), "e08 e09 e10 e11");
	assert_string_equal(wave(w, 4), "full far farfull");
	for (unsigned number = 1; number <= WAVES; number++)
		assert_string_equal(wave(w, number), "");
}

static void the_full_are_left_out_until_the_last_wave_whatever_they_can(void **state)
{
	struct world *w = *state;

	needs(w, NEED_VENTILATOR);
	accepts(w, add(w, "full", AREA_NORTH, CAPACITY_LEVEL_FULL), NEED_VENTILATOR);
	accepts(w, add(w, "unable", AREA_SOUTH, CAPACITY_LEVEL_LIMITED), NEED_OXYGEN);
	assert_string_equal(wave(w, 1), "unable");
	assert_string_equal(wave(w, 2), "");
	assert_string_equal(wave(w, 3), "");
	assert_string_equal(wave(w, 4), "full");
}

static void who_is_only_let_go_is_asked_again_and_nobody_else(void **state)
{
	struct world *w = *state;

	for (int s = OFFER_STATE_OFFERED; s <= OFFER_STATE_PASSED; s++) {
		Offer *offer = NEW(Offer, &w->arena);
		offer->organisation = arena_printf(&w->arena, "o%d", s);
		offer->state = (Offer_State)s;
		arena_append(&w->arena, &w->referral.offers, &w->referral.n_offers, offer);
		add(w, offer->organisation, AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	}
	const char *released = arena_printf(&w->arena, "o%d", OFFER_STATE_RELEASED);
	size_t n = w->referral.n_offers;
	for (unsigned number = 1; number <= WAVES; number++) {
		assert_string_equal(wave(w, number), released);
		w->referral.n_offers = n;
	}
}

static void a_pool_of_nobody(void **state)
{
	struct world *w = *state;

	for (unsigned number = 1; number <= WAVES; number++)
		assert_string_equal(wave(w, number), "");
	add(w, "asker", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	for (unsigned number = 1; number <= WAVES; number++)
		assert_string_equal(wave(w, number), "");
}

static void the_largest_pool_fits(void **state)
{
	struct world *w = *state;
	char name[16];

	for (int i = 0; i < POOL_MAX; i++) {
		snprintf(name, sizeof(name), "station%03d", i);
		add(w, name, i % 2 ? AREA_NORTH : AREA_SOUTH, CAPACITY_LEVEL_AVAILABLE);
	}
	wave(w, 1);
	wave(w, 2);
	wave(w, 3);
	assert_int_equal(w->n_offers, POOL_MAX / 2 - 8);
	wave(w, 4);
	assert_int_equal(w->n_offers, POOL_MAX / 2);
	assert_int_equal(w->referral.n_offers, POOL_MAX);
}

static void without_memory_it_says_so(void **state)
{
	struct world *w = *state;
	struct arena small;

	for (int i = 0; i < 50; i++)
		add(w, "station", AREA_NORTH, CAPACITY_LEVEL_AVAILABLE);
	for (size_t bytes = 64; bytes < 8192; bytes += 64) {
		arena_init(&small, bytes);
		assert_int_equal(match_wave(&w->pool, &w->referral, 1, NOW, &small, &w->offers,
					    &w->n_offers), ERR_NOMEM);
		arena_close(&small);
	}
}

/* ---- times ---------------------------------------------------------------------------------- */

static void the_first_wave_as_the_table_has_it(void **state)
{
	static const struct {
		ReferralKind kind;
		bool urgent;
		int64_t first_ms;
	} table[] = {
		{ KIND(HOME_DOCTOR), false, 24 * HOUR }, { KIND(HOME_DOCTOR), true, 2 * HOUR },
		{ KIND(BACKUP_BED), false, HOUR },       { KIND(BACKUP_BED), true, 15 * MINUTE },
		{ KIND(VISIT), false, 2 * HOUR },        { KIND(VISIT), true, 30 * MINUTE },
	};

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		int64_t first_ms = table[i].first_ms;
		assert_int_equal(match_first_ms(table[i].kind, table[i].urgent), first_ms);
		assert_int_equal(match_fitted_ms(table[i].kind, table[i].urgent, NOW, 0), first_ms);
		assert_int_equal(match_wave_ms(first_ms, 1), first_ms);
		assert_int_equal(match_wave_ms(first_ms, 2), first_ms / 2);
		assert_int_equal(match_wave_ms(first_ms, 3), first_ms / 4);
		assert_int_equal(match_wave_ms(first_ms, 4), first_ms / 8);
	}
}

static void all_four_end_by_the_cut_off_or_there_is_none(void **state)
{
	(void)state;
	for (int kind = KIND(HOME_DOCTOR); kind <= KIND(VISIT); kind++)
		for (int urgent = 0; urgent < 2; urgent++) {
			int64_t full_ms = match_first_ms((ReferralKind)kind, urgent), before_ms = 0;
			for (int64_t left_ms = -HOUR; left_ms < 60 * HOUR;
			     left_ms += 7 * MINUTE + 13) {
				int64_t first_ms = match_fitted_ms((ReferralKind)kind, urgent, NOW,
								   NOW + left_ms);
				int64_t all_ms = 0;
				for (unsigned wave_number = 1; first_ms && wave_number <= WAVES;
				     wave_number++)
					all_ms += match_wave_ms(first_ms, wave_number);
				assert_true(first_ms == 0 ? left_ms < FIRST_LEAST_MS * 15 / 8 + 15
							  : first_ms >= FIRST_LEAST_MS &&
								    all_ms <= left_ms);
				assert_true(first_ms <= full_ms && first_ms >= before_ms);
				assert_true(first_ms == full_ms || left_ms - all_ms < 100 ||
					    !first_ms);
				before_ms = first_ms;
			}
			/* the longest of them is 45 hours in all */
			assert_int_equal(before_ms, full_ms);
		}
	assert_int_equal(match_fitted_ms(KIND(VISIT), false, NOW, NOW), 0);
	assert_int_equal(match_fitted_ms(KIND(VISIT), false, NOW, 1), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_asked_for_what),
		TEST(what_the_board_said_holds_until_its_time_to_the_millisecond),
		TEST(what_it_takes_and_what_is_needed),
		TEST(beds_by_the_sex_that_they_can_take),
		TEST(who_welcomes_no_new_patients),
		TEST(the_area_is_the_same_only_where_it_is_known),
		TEST(each_criterion_in_its_turn),
		TEST(between_equals_by_lot_the_same_each_time),
		TEST(the_lot_is_fair),
		TEST(three_then_five_then_the_area_then_all),
		TEST(the_full_are_left_out_until_the_last_wave_whatever_they_can),
		TEST(who_is_only_let_go_is_asked_again_and_nobody_else),
		TEST(a_pool_of_nobody),
		TEST(the_largest_pool_fits),
		TEST(without_memory_it_says_so),
		TEST(the_first_wave_as_the_table_has_it),
		TEST(all_four_end_by_the_cut_off_or_there_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
