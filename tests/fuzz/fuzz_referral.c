/* If this failed, some messages would crash referral, make it answer nonsense, or leave views that
 * its journal does not give. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/fuzz_daemon.h"
#include "tests/lib/test_clock.h"

int referral_main(int argc, char **argv);
#define main referral_main
#include "services/referral/main.c"
#undef main

#define PATIENT "01FWHE4YDGFK1SHH6W1G60EECF"
#define HOUR_MS (3600LL * 1000)

const unsigned fuzz_runs = 500;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_daemon_run(&referral_spec, NULL, data, size);
	return 0;
}

static void stand(struct fuzz_example *example, const char *organisation, OrganisationKind kind)
{
	static Network networks[] = { NETWORK_TIZI_NET, NETWORK_BBN };
	struct arena *arena = fuzz_arena(example);
	OrganisationChanged *changed = NEW(OrganisationChanged, arena);

	changed->organisation = NEW(Organisation, arena);
	changed->organisation->id = arena_string(arena, organisation);
	changed->organisation->kind = kind;
	changed->organisation->area = AREA_NORTH;
	changed->organisation->networks = networks;
	changed->organisation->n_networks = 2;
	fuzz_notice(example, "directory", &changed->base);
}

static void join(struct fuzz_example *example, const char *organisation, Profession profession)
{
	struct arena *arena = fuzz_arena(example);
	TeamNotice *joined = NEW(TeamNotice, arena);

	joined->patient = arena_string(arena, PATIENT);
	joined->member = NEW(TeamMember, arena);
	joined->member->organisation = arena_string(arena, organisation);
	joined->member->profession = profession;
	joined->member->role = TEAM_ROLE_MEMBER;
	fuzz_notice(example, "record", &joined->base);
}

static void know(struct fuzz_example *example)
{
	struct arena *arena = fuzz_arena(example);
	PatientNotice *patient = NEW(PatientNotice, arena);

	patient->patient = arena_string(arena, PATIENT);
	patient->birth_year = 1941;
	patient->area = AREA_NORTH;
	patient->registrar = NEW(TeamMember, arena);
	patient->registrar->organisation = arena_string(arena, "clinic01");
	patient->team_consent = true;
	fuzz_notice(example, "record", &patient->base);
}

static void ask(struct fuzz_example *example, const char *user, ReferralKind kind, int64_t from_ms)
{
	struct arena *arena = fuzz_arena(example);
	AskReferral *request = NEW(AskReferral, arena);

	request->kind = kind;
	request->patient = arena_string(arena, PATIENT);
	if (kind == REFERRAL_KIND_VISIT) {
		request->from_ms = TEST_CLOCK_START_MS + from_ms;
		request->to_ms = request->from_ms + HOUR_MS;
		request->times = 2;
		request->every_days = 1;
	}
	fuzz_request(example, user, &request->base);
}

/* A patient whom all look after; a visit that is asked of a station, a bed that is asked of a
 * hospital, and somebody accepts. The ids that were seen: the requests', among others. */
static void scene(struct fuzz_example *example)
{
	static const char *const seen[] = { SEEN_ID("0000"), SEEN_ID("0001"), SEEN_ID("0002"),
					    SEEN_ID("0003") };
	ListReferrals all = ListReferrals_INIT;
	AcceptReferral accept = AcceptReferral_INIT;
	ConfirmReferral confirm = ConfirmReferral_INIT;

	stand(example, "station01", ORGANISATION_KIND_NURSE_STATION);
	stand(example, "pharmacy01", ORGANISATION_KIND_NURSE_STATION);
	stand(example, "clinic01", ORGANISATION_KIND_CLINIC);
	stand(example, "clinic02", ORGANISATION_KIND_HOSPITAL);
	stand(example, "centre", ORGANISATION_KIND_SUPPORT_CENTRE);
	know(example);
	join(example, "station01", PROFESSION_UNSPECIFIED);
	join(example, "clinic01", PROFESSION_DOCTOR);
	ask(example, "doctor", REFERRAL_KIND_BACKUP_BED, 0);
	ask(example, "nurse", REFERRAL_KIND_VISIT, 30 * HOUR_MS);
	ask(example, "nurse", REFERRAL_KIND_VISIT, 2 * HOUR_MS);
	for (size_t i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
		accept.id = confirm.id = arena_string(fuzz_arena(example), seen[i]);
		fuzz_request(example, "outsider", &accept.base);
		fuzz_request(example, "doctor", &confirm.base);
	}
	all.all = true;
	fuzz_request(example, "outsider", &all.base);
	fuzz_request(example, "nurse2", &all.base);
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	return fuzz_daemon_example(&referral_spec, scene, rng, out, FUZZ_INPUT_BYTES / 4);
}
