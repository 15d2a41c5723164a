#include "notices.h"

#include <string.h>

#include "duty.h"

#define SOON_MS (12LL * 3600 * 1000)

/* ---- shifts ------------------------------------------------------------------------------- */

static int add_duty(struct arena *arena, ShiftNotice *notice, const Shift *shift, bool second)
{
	const char *holder = duty_holder(shift, second);
	Duty *duty;

	if (!*holder)
		return 0;
	duty = NEW(Duty, arena);
	if (!duty)
		return ERR_NOMEM;
	duty->organisation = second ? shift->second : shift->first;
	duty->second = second;
	duty->from_ms = duty_from_ms(shift, second);
	duty->until_ms = shift->until_ms;
	return arena_append(arena, &notice->duties, &notice->n_duties, duty);
}

static ShiftNotice *shift_notice(struct arena *arena, const Shift *shift)
{
	ShiftNotice *notice = NEW(ShiftNotice, arena);

	if (!notice)
		return NULL;
	notice->id = shift->id;
	notice->area = shift->area;
	notice->from_ms = shift->from_ms;
	notice->until_ms = shift->until_ms;
	for (size_t i = 0; i < shift->n_earlier; i++)
		if (arena_append(arena, &notice->duties, &notice->n_duties, shift->earlier[i]))
			return NULL;
	return add_duty(arena, notice, shift, false) || add_duty(arena, notice, shift, true)
		       ? NULL
		       : notice;
}

static int add_notices(struct arena *arena, Shift *const *shifts, size_t n_shifts,
		       ShiftNotice ***out, size_t *n_out)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < n_shifts; i++) {
		ShiftNotice *notice = shift_notice(arena, shifts[i]);
		rc = notice ? arena_append(arena, out, n_out, notice) : ERR_NOMEM;
	}
	return rc;
}

static const ProtobufCMessage *to_record(struct arena *arena, Shift *const *shifts, size_t n_shifts)
{
	ShiftsNotice *notice = n_shifts ? NEW(ShiftsNotice, arena) : NULL;

	if (!notice || add_notices(arena, shifts, n_shifts, &notice->shifts, &notice->n_shifts))
		return NULL;
	return &notice->base;
}

static const ProtobufCMessage *to_alert(struct arena *arena, Shift *const *shifts, size_t n_shifts,
					WordNotice *word)
{
	RotaNotice *notice = NEW(RotaNotice, arena);

	if (!notice || add_notices(arena, shifts, n_shifts, &notice->shifts, &notice->n_shifts))
		return NULL;
	notice->word = word && word->n_told ? word : NULL;
	return notice->n_shifts || notice->word ? &notice->base : NULL;
}

/* ---- words -------------------------------------------------------------------------------- */

static WordNotice *word_new(struct arena *arena, const JournalEntry *entry, char *subject)
{
	WordNotice *word = NEW(WordNotice, arena);

	if (!word)
		return NULL;
	word->subject = subject;
	word->event = entry->id;
	return word;
}

/* The last word to an organisation counts; "": the support centre. */
static void tell(struct arena *arena, WordNotice *word, const char *organisation, Matter matter)
{
	Told *told = NULL;

	if (!word)
		return;
	for (size_t i = 0; i < word->n_told && !told; i++)
		if (!strcmp(word->told[i]->organisation, organisation))
			told = word->told[i];
	if (!told) {
		told = NEW(Told, arena);
		if (!told || arena_append(arena, &word->told, &word->n_told, told))
			return;
		told->organisation = arena_string(arena, organisation);
	}
	told->matter = matter;
}

/* It cannot wait for the next contact hours of whoever is to act. */
static bool soon(const JournalEntry *entry, int64_t at_ms)
{
	return at_ms - entry->time_ms < SOON_MS;
}

static void tell_all(struct arena *arena, WordNotice *word, char *const *organisations, size_t n,
		     Matter matter)
{
	for (size_t i = 0; i < n; i++)
		tell(arena, word, organisations[i], matter);
}

/* ---- a month ------------------------------------------------------------------------------ */

const ProtobufCMessage *planned_shifts(struct arena *arena, const JournalEntry *entry,
				       const RotaPlanned *fact)
{
	(void)entry;
	return to_record(arena, fact->shifts, fact->n_shifts);
}

const ProtobufCMessage *planned_word(struct arena *arena, const JournalEntry *entry,
				     const RotaPlanned *fact)
{
	WordNotice *word = word_new(arena, entry, fact->plan->month);

	tell_all(arena, word, fact->concerned, fact->n_concerned, MATTER_DUTIES_PLANNED);
	return to_alert(arena, fact->shifts, fact->n_shifts, word);
}

/* ---- by hand ------------------------------------------------------------------------------ */

const ProtobufCMessage *set_shifts(struct arena *arena, const JournalEntry *entry,
				   const ShiftSet *fact)
{
	(void)entry;
	return to_record(arena, &fact->shift, 1);
}

/* Who had the place may have the other one, and the other way round. */
const ProtobufCMessage *set_word(struct arena *arena, const JournalEntry *entry,
				 const ShiftSet *fact)
{
	WordNotice *word = word_new(arena, entry, fact->shift->id);
	const char *holder = duty_holder(fact->shift, fact->second);
	const char *other = duty_holder(fact->shift, !fact->second);

	if (strcmp(fact->before, holder)) {
		if (*fact->before)
			tell(arena, word, fact->before,
			     strcmp(fact->before, other) ? MATTER_DUTY_NOT_YOURS
							 : MATTER_DUTY_MOVED);
		if (*holder)
			tell(arena, word, holder,
			     strcmp(holder, other) ? MATTER_DUTY_YOURS : MATTER_DUTY_MOVED);
	}
	return to_alert(arena, &fact->shift, 1, word);
}

/* ---- swaps -------------------------------------------------------------------------------- */

const ProtobufCMessage *swap_shifts(struct arena *arena, const JournalEntry *entry,
				    const SwapChanged *fact)
{
	(void)entry;
	return to_record(arena, fact->shifts, fact->n_shifts);
}

/* Both sides and the centre. */
static void tell_sides(struct arena *arena, WordNotice *word, const Swap *swap, Matter matter)
{
	tell(arena, word, swap->asker, matter);
	tell(arena, word, swap->taker, matter);
	tell(arena, word, "", matter);
}

const ProtobufCMessage *swap_word(struct arena *arena, const JournalEntry *entry,
				  const SwapChanged *fact)
{
	const Swap *swap = fact->swap;
	WordNotice *word = word_new(arena, entry, swap->id);
	bool asked = swap->state == SWAP_STATE_ASKED;

	/* Who need not answer any longer is not left with the question. */
	tell_all(arena, word, fact->asked, fact->n_asked,
		 asked ? MATTER_SWAP_ASKED : MATTER_UNSPECIFIED);
	/* Who asks all of the network rings nobody out of their sleep. */
	if (word && word->n_told && asked && *swap->to && soon(entry, swap->lapses_ms))
		word->told[0]->urgent = true;
	switch (swap->state) {
	case SWAP_STATE_TAKEN:
		tell_sides(arena, word, swap, MATTER_SWAP_TAKEN);
		break;
	case SWAP_STATE_DECLINED:
		tell(arena, word, swap->asker, MATTER_SWAP_DECLINED);
		break;
	case SWAP_STATE_UNDONE:
		if (*swap->taker)
			tell_sides(arena, word, swap, MATTER_SWAP_UNDONE);
		break;
	case SWAP_STATE_LAPSED:
	case SWAP_STATE_OVERTAKEN:
		tell(arena, word, swap->asker, MATTER_SWAP_LAPSED);
		break;
	default:
		break;
	}
	return to_alert(arena, fact->shifts, fact->n_shifts, word);
}

/* ---- weeks and gaps ----------------------------------------------------------------------- */

const ProtobufCMessage *week_word(struct arena *arena, const JournalEntry *entry,
				  const WeekTold *fact)
{
	WordNotice *word = word_new(arena, entry, fact->monday);

	tell_all(arena, word, fact->organisations, fact->n_organisations, MATTER_DUTIES_OF_WEEK);
	if (fact->plan_ends)
		tell(arena, word, "", MATTER_PLAN_ENDS);
	return to_alert(arena, NULL, 0, word);
}

const ProtobufCMessage *gaps_word(struct arena *arena, const JournalEntry *entry,
				  const GapsTold *fact)
{
	WordNotice *word = word_new(arena, entry, fact->shift);

	tell(arena, word, "", fact->n_gaps ? MATTER_SHIFT_GAP : MATTER_UNSPECIFIED);
	if (word && word->n_told && fact->n_gaps && soon(entry, fact->gaps[0]->from_ms))
		word->told[0]->urgent = true;
	return to_alert(arena, NULL, 0, word);
}
