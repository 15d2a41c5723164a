#include "cover_views.h"

#include <string.h>

#include "views.h"

static const struct bytes nothing = { NULL, 0 };

/* ---- what the actor covers ------------------------------------------------------------------ */

static int shift_get(struct tx *tx, const char *id, ShiftNotice **out)
{
	struct key key = key_text(id);
	return GET(tx, TABLE_SHIFTS, &key, ShiftNotice, out);
}

/* From the first duty on that ended less than 12 hours ago. */
struct cover cover_load(struct tx *tx, const struct input *in)
{
	struct cover cover = { .areas = 0 };
	int64_t ended_ms = in->now_ms - COVER_AFTER_MS;
	Organisation *organisation;
	ShiftNotice *shift;
	struct scan scan;

	if (in->actor.profession != PROFESSION_DOCTOR ||
	    organisation_get(tx, in->actor.organisation, &organisation) || organisation->left)
		return cover;
	struct key prefix = key_text(in->actor.organisation), from = prefix;
	key_add_u64(&from, ended_ms > 0 ? (uint64_t)ended_ms : 0);
	scan_open(&scan, tx, TABLE_DUTIES, &prefix, &from);
	while (scan_next(&scan))
		if (shift_get(tx, (const char *)scan_rest(&scan, NULL) + sizeof(uint64_t), &shift) == 0)
			cover_add(&cover, shift, in->actor.organisation, in->now_ms);
	scan_close(&scan);
	return cover;
}

void cover_fill(struct tx *tx, const struct cover *cover, PatientView *view)
{
	Organisation *clinic;

	view->covered = cover->areas && view->patient->cover_consent &&
			organisation_get(tx, cover_clinic(view), &clinic) == 0 &&
			cover_reaches(cover, clinic);
}

int cover_clinics(struct tx *tx, const struct cover *cover, char ***clinics, size_t *n_clinics)
{
	struct scratch scratch;
	struct scan scan;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_ORGANISATIONS, NULL, NULL);
	while (!rc && scan_next(&scan)) {
		Organisation *clinic;
		rc = SCAN_MESSAGE(&scan, Organisation, &clinic);
		if (!rc && cover_reaches(cover, clinic))
			rc = arena_append(scratch.kept, clinics, n_clinics,
					  arena_string(scratch.kept, clinic->id));
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return rc ? rc : tx->error;
}

struct key covered_prefix(const char *clinic, bool unstable)
{
	struct key key = key_text(clinic);
	uint8_t rank = unstable ? 0 : 1;

	key_add_bytes(&key, &rank, sizeof(rank));
	return key;
}

static struct key covered_key(const PatientView *view)
{
	const Patient *patient = view->patient;
	struct key key = covered_prefix(cover_clinic(view), patient->unstable && !patient->deceased);

	key_add_text(&key, patient->id);
	return key;
}

void cover_index(struct tx *tx, const PatientView *before, const PatientView *after)
{
	struct key key;

	if (before && before->patient->cover_consent) {
		key = covered_key(before);
		tx_delete(tx, TABLE_COVERED, &key);
	}
	if (after->patient->cover_consent) {
		key = covered_key(after);
		tx_put(tx, TABLE_COVERED, &key, nothing);
	}
}

/* ---- what rota tells ------------------------------------------------------------------------ */

int load_cover_follow(struct tx *tx, const struct input *in, const ShiftsNotice *notice,
		      struct no_rule *view)
{
	(void)tx, (void)in, (void)notice, (void)view;
	return 0;
}

static struct key duty_key(const ShiftNotice *shift, const Duty *duty)
{
	struct key key = key_text(duty->organisation);

	key_add_u64(&key, (uint64_t)duty->until_ms);
	key_add_text(&key, shift->id);
	return key;
}

static bool begun(struct tx *tx, const ShiftNotice *shift, const Duty *duty)
{
	struct key key = key_texts(shift->id, duty->organisation);
	return tx_has(tx, TABLE_BEGUN, &key);
}

static void put_duties(struct tx *tx, ShiftNotice *shift, bool there)
{
	DutyBeginsDue due = DutyBeginsDue_INIT;

	due.shift = shift->id;
	for (size_t i = 0; i < shift->n_duties; i++) {
		const Duty *duty = shift->duties[i];
		struct key key = duty_key(shift, duty);
		if (!there) {
			tx_delete(tx, TABLE_DUTIES, &key);
			due_clear(tx, DUE_APPOINTMENT, duty->from_ms, &due.base);
			continue;
		}
		tx_put(tx, TABLE_DUTIES, &key, nothing);
		if (!begun(tx, shift, duty))
			due_set(tx, DUE_APPOINTMENT, duty->from_ms, &due.base);
	}
}

/* A duty in the past that nobody was told of comes to nothing when it is due. */
void apply_shifts_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			   const ShiftsFollowed *fact)
{
	(void)entry, (void)position;
	for (size_t i = 0; i < fact->n_shifts && !tx->error; i++) {
		ShiftNotice *shift = fact->shifts[i], *before;
		struct key key = key_text(shift->id);
		if (shift_get(tx, shift->id, &before) == 0)
			put_duties(tx, before, false);
		PUT(tx, TABLE_SHIFTS, &key, shift);
		put_duties(tx, shift, true);
	}
}

/* ---- a duty begins -------------------------------------------------------------------------- */

static int count_unstable(struct tx *tx, const ShiftNotice *shift, uint32_t *count)
{
	struct cover cover = { .areas = 1u << shift->area };
	char **clinics = NULL;
	size_t n_clinics = 0;
	struct scan scan;

	int rc = cover_clinics(tx, &cover, &clinics, &n_clinics);
	for (size_t i = 0; i < n_clinics && !rc; i++) {
		struct key prefix = covered_prefix(clinics[i], true);
		scan_open(&scan, tx, TABLE_COVERED, &prefix, NULL);
		while (scan_next(&scan))
			++*count;
		scan_close(&scan);
		rc = tx->error;
	}
	return rc;
}

int load_cover_begin(struct tx *tx, const struct input *in, const DutyBeginsDue *due,
		     struct cover_begin_rule *view)
{
	struct key prefix = key_text(due->shift);
	ShiftNotice *shift;
	struct scan scan;

	(void)in;
	int rc = shift_get(tx, due->shift, &shift);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->shift = shift;
	scan_open(&scan, tx, TABLE_BEGUN, &prefix, NULL);
	while (!rc && scan_next(&scan))
		rc = arena_append(tx->arena, &view->told, &view->n_told,
				  arena_string(tx->arena, (const char *)scan_rest(&scan, NULL)));
	scan_close(&scan);
	return rc ? rc : count_unstable(tx, shift, &view->unstable);
}

void apply_duty_began(struct tx *tx, const JournalEntry *entry, uint64_t position,
		      const DutyBegan *fact)
{
	(void)entry, (void)position;
	for (size_t i = 0; i < fact->n_told; i++) {
		struct key key = key_texts(fact->shift, fact->told[i]->organisation);
		tx_put(tx, TABLE_BEGUN, &key, nothing);
	}
}
