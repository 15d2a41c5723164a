#include "duty.h"

#include <string.h>

#include "chain.h"
#include "date.h"
#include "queries.h"
#include "shift_notice.h"
#include "views.h"

static const struct bytes nothing;

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- who is on duty ----------------------------------------------------------------------- */

static int shift_get(struct tx *tx, const char *id, ShiftNotice **out)
{
	struct key key = key_text(id);
	return GET(tx, TABLE_SHIFTS, &key, ShiftNotice, out);
}

typedef void look_fn(struct tx *tx, const ShiftNotice *shift, void *context);

/* At each shift that has begun and may not be over yet; the latest first. What is kept of it is to
 * be copied. */
static int look_at_shifts(struct tx *tx, int64_t at_ms, look_fn *look, void *context)
{
	struct key prefix = key_text(""), end = key_text_u64("", (uint64_t)at_ms + 1);
	struct scan scan;
	int rc = 0;

	if (at_ms < SHIFT_LONGEST_MS)
		return 0;
	scan_open(&scan, tx, TABLE_SHIFT_TIMES, &prefix, &end);
	while (!rc && scan_previous(&scan) &&
	       scan_rest_number(&scan) > (uint64_t)(at_ms - SHIFT_LONGEST_MS)) {
		ShiftNotice *shift;
		rc = shift_get(tx, (const char *)scan_rest(&scan, NULL) + 8, &shift);
		if (!rc && at_ms < shift->until_ms)
			look(tx, shift, context);
	}
	scan_close(&scan);
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

struct wanted_duty {
	int64_t at_ms;
	Area area;
	bool second;
	const char *organisation; /* in: of until_of; out: of duty_at */
	int64_t until_ms;
};

static bool runs(const Duty *duty, int64_t at_ms)
{
	return duty->from_ms <= at_ms && at_ms < duty->until_ms;
}

static void look_who(struct tx *tx, const ShiftNotice *shift, void *context)
{
	struct wanted_duty *wanted = context;

	if (shift->area && shift->area != wanted->area)
		return;
	for (size_t i = 0; i < shift->n_duties && !wanted->organisation[0]; i++)
		if (!shift->duties[i]->second == !wanted->second &&
		    runs(shift->duties[i], wanted->at_ms))
			wanted->organisation = arena_string(tx->arena, shift->duties[i]->organisation);
}

int duty_at(struct tx *tx, int64_t at_ms, Area area, bool second, const char **organisation)
{
	struct wanted_duty wanted = { .at_ms = at_ms, .area = area, .second = second,
				      .organisation = "" };
	int rc = look_at_shifts(tx, at_ms, look_who, &wanted);

	*organisation = wanted.organisation;
	return rc;
}

static void look_until(struct tx *tx, const ShiftNotice *shift, void *context)
{
	struct wanted_duty *wanted = context;

	(void)tx;
	for (size_t i = 0; i < shift->n_duties; i++)
		if (same(shift->duties[i]->organisation, wanted->organisation) &&
		    runs(shift->duties[i], wanted->at_ms) &&
		    shift->duties[i]->until_ms > wanted->until_ms)
			wanted->until_ms = shift->duties[i]->until_ms;
}

/* ---- rota tells --------------------------------------------------------------------------- */

int load_rota(struct tx *tx, const struct input *in, const RotaNotice *notice,
	      struct rota_view *view)
{
	return notice->word ? load_word_audience(tx, in, notice->word, &view->word) : 0;
}

int rota_follow(const struct input *in, const struct rota_view *view, const RotaNotice *notice,
		RotaFollowed *fact)
{
	for (size_t i = 0; i < notice->n_shifts; i++)
		if (!shift_notice_valid(notice->shifts[i]))
			return refuse(in, CODE_INVALID_ARGUMENT, "shifts",
				      "当番枠の番号・事業所・時刻が読み取れません。",
				      "A shift's id, organisations or times cannot be read.");
	fact->shifts = notice->shifts;
	fact->n_shifts = notice->n_shifts;
	if (!notice->word)
		return fact->n_shifts ? 0 : ERR_NOTHING;
	WordStored *word = NEW(WordStored, in->arena);
	int rc = word ? word_tell(in, &view->word, notice->word, word) : ERR_NOMEM;
	if (rc == 0)
		fact->word = word;
	return rc == ERR_NOTHING && fact->n_shifts ? 0 : rc;
}

static struct key shift_time_key(const ShiftNotice *shift)
{
	struct key key = key_text_u64("", (uint64_t)shift->from_ms);
	key_add_text(&key, shift->id);
	return key;
}

static void set_ends(struct tx *tx, const ShiftNotice *shift, bool set, int64_t not_before_ms)
{
	for (size_t i = 0; i < shift->n_duties; i++) {
		DutyEndsDue due = DutyEndsDue_INIT;
		due.organisation = shift->duties[i]->organisation;
		due.shift = shift->id;
		if (!set)
			due_clear(tx, DUE_APPOINTMENT, shift->duties[i]->until_ms, &due.base);
		else if (shift->duties[i]->until_ms >= not_before_ms)
			due_set(tx, DUE_APPOINTMENT, shift->duties[i]->until_ms, &due.base);
	}
}

static void shift_put(struct tx *tx, const JournalEntry *entry, const ShiftNotice *shift)
{
	struct key key = key_text(shift->id), time;
	ShiftNotice *before;

	if (shift_get(tx, shift->id, &before) == 0) {
		time = shift_time_key(before);
		tx_delete(tx, TABLE_SHIFT_TIMES, &time);
		set_ends(tx, before, false, 0);
	}
	time = shift_time_key(shift);
	tx_put(tx, TABLE_SHIFT_TIMES, &time, nothing);
	PUT(tx, TABLE_SHIFTS, &key, shift);
	/* What ended long ago is the business of nobody any more. */
	set_ends(tx, shift, true, entry->time_ms - DAY_MS);
}

void apply_rota_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const RotaFollowed *fact)
{
	struct scratch scratch;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_shifts; i++) {
		shift_put(tx, entry, fact->shifts[i]);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	if (fact->word)
		apply_word_stored(tx, entry, position, fact->word);
}

/* ---- the end of a shift ------------------------------------------------------------------- */

/* Who may take it: the clinic then on duty, where it may see the patient, else that which attends. "":
 * nobody, it stays. */
static int find_next(struct tx *tx, const struct input *in, const Notification *item, int64_t at_ms,
		     const char **to)
{
	const char *first = "", *second = "", *giver = item->recipient_organisation;
	struct attending attending;
	struct team team;
	int rc = team_load(tx, alert_team, item->patient, &team);

	*to = "";
	if (!rc)
		rc = attending_load(tx, &team, in->now_ms, &attending);
	if (rc || !attending.organisation)
		return rc;
	bool covered = cover_possible(&team, &attending);
	if (covered)
		rc = duty_at(tx, at_ms, attending.organisation->area, false, &first);
	if (!rc && covered)
		rc = duty_at(tx, at_ms, attending.organisation->area, true, &second);
	if (rc || same(first, giver) || same(second, giver))
		return rc; /* theirs goes on */
	*to = first[0]                            ? first
	      : second[0]                         ? second
	      : same(attending.organisation->id, giver) ? ""
							: attending.organisation->id;
	return 0;
}

/* It came in on duty, and nobody else has it. */
static bool of_duty(const Notification *item, const char *organisation)
{
	return !item->taken_by[0] &&
	       (item->place == ESCALATION_STEP_PLACE_ON_DUTY_FIRST ||
		item->place == ESCALATION_STEP_PLACE_ON_DUTY_SECOND) &&
	       same(item->recipient_organisation, organisation);
}

static int add_told_to(struct arena *arena, char *organisation, WordNotice *word)
{
	for (size_t i = 0; i < word->n_told; i++)
		if (same(word->told[i]->organisation, organisation))
			return 0;
	Told *told = NEW(Told, arena);
	if (!told)
		return ERR_NOMEM;
	told->organisation = organisation;
	told->matter = MATTER_HAND_OVER_OFFERED;
	return arena_append(arena, &word->told, &word->n_told, told);
}

/* One that is open. Into the arena goes what is kept of it. */
static int add_offer(struct tx *tx, const struct input *in, struct arena *kept, const char *id,
		     int64_t at_ms, struct offer_view *view)
{
	Notification *item;
	const char *to = "";
	int rc = notification_get(tx, id, &item);

	if (rc || !of_duty(item, view->organisation))
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	rc = find_next(tx, in, item, at_ms, &to);
	if (rc || !to[0] || same(to, item->offered_to))
		return rc;
	if (view->n_items == STEP_MAX) {
		view->more = true;
		return 0;
	}
	HandOverItem *offer = NEW(HandOverItem, kept);
	if (!offer)
		return ERR_NOMEM;
	offer->id = arena_string(kept, id);
	offer->to = arena_string(kept, to);
	rc = arena_append(kept, &view->items, &view->n_items, offer);
	return rc ? rc : add_told_to(kept, offer->to, &view->word);
}

static int add_offers_of(struct tx *tx, const struct input *in, const char *user, int64_t at_ms,
			 struct offer_view *view)
{
	struct key prefix = key_text(user);
	struct scratch scratch;
	struct scan scan;
	int rc = 0;

	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_OPEN, &prefix, NULL);
	while (!rc && !view->more && scan_next(&scan)) {
		rc = add_offer(tx, in, scratch.kept, (const char *)scan_rest(&scan, NULL) + 8, at_ms,
			       view);
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	return rc ? rc : tx->error;
}

static int load_offers(struct tx *tx, const struct input *in, const char *organisation,
		       int64_t at_ms, struct offer_view *view)
{
	struct input from_alert = *in;
	Person **people = NULL;
	size_t n_people = 0;
	int rc = staff_names(tx, organisation, PROFESSION_DOCTOR, &people, &n_people);

	view->organisation = organisation;
	view->word = (WordNotice)WordNotice_INIT;
	for (size_t i = 0; i < n_people && !rc; i++)
		rc = add_offers_of(tx, in, people[i]->id, at_ms, view);
	if (rc || view->n_items == 0)
		return rc;
	from_alert.instance = "alert";
	view->word.subject = arena_string(tx->arena, organisation);
	view->word.event = arena_string(tx->arena, in->id);
	return load_word_audience(tx, &from_alert, &view->word, &view->told);
}

/* While it is on duty: who comes after that. */
int load_offer(struct tx *tx, const struct input *in, const OfferHandOver *request,
	       struct offer_view *view)
{
	struct wanted_duty own = { .at_ms = in->now_ms, .organisation = in->actor.organisation };
	int rc = look_at_shifts(tx, in->now_ms, look_until, &own);

	(void)request;
	return rc ? rc : load_offers(tx, in, in->actor.organisation,
				     own.until_ms ? own.until_ms : in->now_ms, view);
}

int load_duty_end(struct tx *tx, const struct input *in, const DutyEndsDue *due,
		  struct offer_view *view)
{
	return load_offers(tx, in, due->organisation, in->now_ms, view);
}

static int offer(const struct input *in, const struct offer_view *view, HandOverOffered *fact)
{
	struct input from_alert = *in;

	if (view->n_items == 0)
		return ERR_NOTHING;
	from_alert.instance = "alert";
	fact->organisation = arena_string(in->arena, view->organisation);
	fact->items = view->items;
	fact->n_items = view->n_items;
	fact->more = view->more;
	fact->word = NEW(WordStored, in->arena);
	return fact->word ? word_tell(&from_alert, &view->told, &view->word, fact->word) : ERR_NOMEM;
}

int hand_over_offer(const struct input *in, const struct offer_view *view,
		    const OfferHandOver *request, HandOverOffered *fact)
{
	(void)request;
	if (in->actor.profession != PROFESSION_DOCTOR)
		return refuse(in, CODE_PERMISSION_DENIED, "", "当番の申し送りができるのは医師だけです。",
			      "Only doctors hand over what came in on duty.");
	return offer(in, view, fact);
}

int duty_end(const struct input *in, const struct offer_view *view, const DutyEndsDue *due,
	     HandOverOffered *fact)
{
	(void)due;
	return offer(in, view, fact);
}

void apply_hand_over_offered(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const HandOverOffered *fact)
{
	struct scratch scratch;
	Notification *before;

	scratch_open(&scratch, tx);
	for (size_t i = 0; i < fact->n_items && notification_take(tx, fact->items[i]->id, &before);
	     i++) {
		Notification after = *before;
		after.offered_to = fact->items[i]->to;
		notification_change(tx, before, &after, position);
		arena_reset(&scratch.arena);
	}
	scratch_close(&scratch, tx);
	if (fact->word)
		apply_word_stored(tx, entry, position, fact->word);
	if (fact->more) {
		DutyEndsDue due = DutyEndsDue_INIT;
		due.organisation = fact->organisation;
		due_set(tx, DUE_DURATION, entry->steady_ms, &due.base);
	}
}

/* ---- what is offered ---------------------------------------------------------------------- */

int offer_stands(struct tx *tx, const struct input *in, const Notification *item, bool *stands)
{
	struct attending attending;
	struct team team;
	int rc = item->offered_to[0] ? team_load(tx, alert_team, item->patient, &team) : ERR_NOTFOUND;

	*stands = false;
	if (!rc)
		rc = attending_load(tx, &team, in->now_ms, &attending);
	if (!rc)
		*stands = cover_possible(&team, &attending) ||
			  (attending.organisation &&
			   same(attending.organisation->id, item->offered_to));
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int list_side(struct tx *tx, const struct input *in, const char *side,
		     Notification ***items, size_t *n_items)
{
	struct key prefix = key_texts(side, in->actor.organisation);
	struct scan scan;
	int rc = 0;

	scan_open(&scan, tx, TABLE_OFFERED, &prefix, NULL);
	while (!rc && *n_items < STEP_MAX / 2 && scan_next(&scan)) {
		Notification *item;
		bool stands = false;
		rc = notification_get(tx, (const char *)scan_rest(&scan, NULL), &item);
		if (!rc && !item->taken_by[0])
			rc = offer_stands(tx, in, item, &stands);
		if (!rc && stands)
			rc = arena_append(tx->arena, items, n_items, item);
	}
	scan_close(&scan);
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

/* One page: of more the oldest, until they are taken. */
int hand_over_list(struct tx *tx, const struct input *in, const ListHandOver *request,
		   HandOverList *list, struct answer *answer)
{
	int rc = 0;

	(void)request;
	(void)answer;
	if (in->actor.profession == PROFESSION_DOCTOR)
		rc = list_side(tx, in, "to", &list->offered_to_us, &list->n_offered_to_us);
	return rc ? rc : list_side(tx, in, "by", &list->offered_by_us, &list->n_offered_by_us);
}
