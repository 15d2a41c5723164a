#include "team.h"

#include <string.h>

#include "date.h"
#include "error.h"

#define ROWS_MAX 200 /* of one patient that are looked at; record's limit is lower */

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- pure --------------------------------------------------------------------------------- */

/* The windows are equally long: of those that have begun, the last one ends last. */
bool member_valid(const TeamMember *member, int64_t now_ms)
{
	int64_t from_ms = member->from_ms > 0 ? member->from_ms : 0;
	int64_t every_ms = (int64_t)member->every_days * DAY_MS, begun = 0;

	if (!member->until_ms)
		return now_ms >= member->from_ms;
	if (now_ms < from_ms)
		return false;
	if (every_ms && member->times > 1)
		begun = (now_ms - from_ms) / every_ms;
	if (begun >= (int64_t)member->times)
		begun = member->times ? (int64_t)member->times - 1 : 0;
	return now_ms - begun * every_ms < member->until_ms;
}

int64_t member_end_ms(const TeamMember *member)
{
	int64_t later_ms, end_ms, times = member->times ? (int64_t)member->times - 1 : 0;

	if (!member->until_ms)
		return 0;
	if (__builtin_mul_overflow(times, (int64_t)member->every_days * DAY_MS, &later_ms) ||
	    __builtin_add_overflow(member->until_ms, later_ms, &end_ms))
		return INT64_MAX;
	return end_ms;
}

/* An organisation in the team is its staff of that profession; a person is that person. */
bool member_covers(const TeamMember *member, struct person_ref person)
{
	if (member->user[0])
		return same(member->user, person.user);
	return same(member->organisation, person.organisation) &&
	       (member->profession == PROFESSION_UNSPECIFIED ||
		member->profession == person.profession);
}

/* The same organisation or person, by whatever request. */
static bool same_who(const TeamMember *a, const TeamMember *b)
{
	return same(a->user, b->user) && (a->user[0] || same(a->organisation, b->organisation));
}

bool member_same(const TeamMember *a, const TeamMember *b)
{
	return same_who(a, b) && same(a->referral, b->referral);
}

bool team_reaches(const struct team *team, struct person_ref person, int64_t now_ms)
{
	if (team->registrar[0] && same(team->registrar, person.organisation))
		return true;
	for (size_t i = 0; team->consent && i < team->n_members; i++)
		if (member_covers(team->members[i], person) && member_valid(team->members[i], now_ms))
			return true;
	return false;
}

/* Does the row go when this comes? Who is removed without a referral loses all rows. */
static bool gives_way(const TeamMember *row, const TeamMember *member, bool removed)
{
	return removed && !member->referral[0] ? same_who(row, member) : member_same(row, member);
}

static bool is_deputy_clinic(const TeamMember *row)
{
	return row->role == TEAM_ROLE_DEPUTY && !row->user[0];
}

/* Does the row become a plain member when this comes? There is one attending doctor and one deputy
 * clinic, and the clinic that attends is not its own deputy. */
static bool becomes_plain(const TeamMember *row, const TeamMember *member)
{
	if (is_deputy_clinic(member))
		return is_deputy_clinic(row);
	if (member->role != TEAM_ROLE_ATTENDING)
		return false;
	return row->role == TEAM_ROLE_ATTENDING ||
	       (is_deputy_clinic(row) && same(row->organisation, member->organisation));
}

static bool member_after(struct team *team, TeamMember *member, bool removed, struct arena *arena)
{
	size_t n = 0;

	for (size_t i = 0; i < team->n_members; i++)
		if (!gives_way(team->members[i], member, removed))
			team->members[n++] = team->members[i];
	team->n_members = n;
	if (removed)
		return true;
	for (size_t i = 0; i < n; i++)
		if (becomes_plain(team->members[i], member))
			team->members[i]->role = TEAM_ROLE_MEMBER;
	return arena_append(arena, &team->members, &team->n_members, member) == 0;
}

bool team_after(struct team *team, const TeamNotice *notice, struct arena *arena)
{
	if (!notice->member)
		return true;
	if (notice->registrar) {
		team->registrar = notice->member->organisation;
		team->consent = notice->team_consent;
	}
	return member_after(team, notice->member, notice->removed, arena) &&
	       (!notice->also || member_after(team, notice->also, false, arena));
}

/* ---- views -------------------------------------------------------------------------------- */

static int get_access(struct tx *tx, struct team_tables tables, const char *patient,
		      PatientAccess **out)
{
	struct key key = key_text(patient);
	return GET(tx, tables.access, &key, PatientAccess, out);
}

int team_load(struct tx *tx, struct team_tables tables, const char *patient, struct team *team)
{
	struct key prefix = key_text(patient);
	PatientAccess *access;
	struct scan scan;
	int rc = get_access(tx, tables, patient, &access);

	*team = (struct team){ .registrar = "" };
	if (rc == 0) {
		team->consent = access->team_consent;
		team->cover_consent = access->cover_consent;
		team->registrar = access->registrar;
	} else if (rc != ERR_NOTFOUND) {
		return rc;
	}
	rc = 0;
	scan_open(&scan, tx, tables.members, &prefix, NULL);
	while (!rc && team->n_members < ROWS_MAX && scan_next(&scan)) {
		TeamMember *member;
		rc = SCAN_MESSAGE(&scan, TeamMember, &member);
		if (!rc)
			rc = arena_append(tx->arena, &team->members, &team->n_members, member);
	}
	scan_close(&scan);
	return rc ? rc : tx->error;
}

/* Of the organisation or person: what all their rows' keys begin with. */
static struct key who_key(const char *patient, const TeamMember *member)
{
	struct key key = key_texts(patient, member->user[0] ? "" : member->organisation);
	if (key.size)
		key_add_text(&key, member->user);
	return key;
}

static void demote(struct tx *tx, struct team_tables tables, const char *patient,
		   const TeamMember *member)
{
	struct key prefix = key_text(patient), keys[2];
	TeamMember *rows[2], *row;
	struct scan scan;
	size_t n = 0; /* one attends, one clinic is the deputy */

	scan_open(&scan, tx, tables.members, &prefix, NULL);
	while (n < 2 && scan_next(&scan) && SCAN_MESSAGE(&scan, TeamMember, &row) == 0) {
		if (!becomes_plain(row, member))
			continue;
		keys[n].size = 0;
		key_add_bytes(&keys[n], scan.key, scan.key_size);
		rows[n++] = row;
	}
	scan_close(&scan);
	for (size_t i = 0; i < n; i++) {
		rows[i]->role = TEAM_ROLE_MEMBER;
		PUT(tx, tables.members, &keys[i], rows[i]);
	}
}

static void delete_rows(struct tx *tx, int table, const struct key *prefix)
{
	struct scan scan;

	scan_open(&scan, tx, table, prefix, NULL);
	while (scan_next(&scan))
		scan_delete(&scan);
	scan_close(&scan);
}

static void apply_member(struct tx *tx, struct team_tables tables, const char *patient,
			 const TeamMember *member, bool removed)
{
	struct key key = who_key(patient, member);

	if (removed && !member->referral[0] && key.size) { /* all keys begin with none */
		delete_rows(tx, tables.members, &key);
		return;
	}
	if (member->referral[0] && key.size)
		key_add_text(&key, member->referral);
	if (removed) {
		tx_delete(tx, tables.members, &key);
		return;
	}
	demote(tx, tables, patient, member);
	PUT(tx, tables.members, &key, member);
}

void team_apply(struct tx *tx, struct team_tables tables, const char *patient,
		const TeamMember *member, bool removed, const TeamMember *also)
{
	apply_member(tx, tables, patient, member, removed);
	if (also)
		apply_member(tx, tables, patient, also, false);
}

void team_apply_access(struct tx *tx, struct team_tables tables, const char *patient,
		       char *registrar, const bool *consent, const bool *cover_consent)
{
	struct key key = key_text(patient);
	PatientAccess access = PatientAccess_INIT, *before;

	int rc = get_access(tx, tables, patient, &before);
	if (rc && rc != ERR_NOTFOUND)
		return;
	if (!rc)
		access = *before;
	if (registrar)
		access.registrar = registrar;
	if (consent)
		access.team_consent = *consent;
	if (cover_consent)
		access.cover_consent = *cover_consent;
	PUT(tx, tables.access, &key, &access);
}
