#include "rules.h"

#include <string.h>

#include "date.h"
#include "text.h"

bool on_board(OrganisationKind kind)
{
	return kind == ORGANISATION_KIND_CLINIC || kind == ORGANISATION_KIND_NURSE_STATION ||
	       kind == ORGANISATION_KIND_HOSPITAL;
}

void capacity_shown(Capacity *row, int64_t now_ms)
{
	if (row->level != CAPACITY_LEVEL_UNKNOWN && now_ms < row->valid_until_ms)
		return;
	row->level = CAPACITY_LEVEL_UNKNOWN;
	row->free_visits = NULL;
	row->n_beds = 0;
	row->beds = NULL;
	row->new_patients = NEW_PATIENTS_UNSPECIFIED;
	row->n_accepts = 0;
	row->accepts = NULL;
	row->remark = NULL;
}

/* ---- may they say it? --------------------------------------------------------------------- */

static int wrong(const struct input *in, const char *field, const char *ja, const char *en)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field, ja, en);
}

/* Those who know how much more the organisation can take: not its administrator. */
static bool cares_for_patients(Profession profession)
{
	return profession >= PROFESSION_DOCTOR && profession <= PROFESSION_LIAISON;
}

static int check_author(const struct input *in, const struct capacity_view *view,
			const Capacity *said)
{
	if (said->id[0] && strcmp(said->id, in->actor.organisation) != 0)
		return refuse(in, CODE_PERMISSION_DENIED, "capacity.id",
			      "ほかの事業所の空き状況は変えられません。",
			      "You may say this of your own organisation only.");
	if (!cares_for_patients(in->actor.profession))
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "空き状況は、患者のケアにあたる職員だけが変えられます。",
			      "Only staff who care for patients may say this.");
	if (!view->row)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "capacity.id",
			"空き状況ボードに載るのは、診療所・訪問看護ステーション・病院だけです。",
			"Only clinics, nurse stations and hospitals stand on the board.");
	if (view->row->left)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "capacity.id",
			"この事業所は空き状況ボードから外れています。管理者に連絡してください。",
			"Your organisation is no longer on the board. Call the administrator.");
	return 0;
}

/* ---- is it a state? ----------------------------------------------------------------------- */

/* What somebody says. That nothing is known is not said, it comes by itself. */
static int check_level(const struct input *in, const char *field, CapacityLevel level)
{
	if (level == CAPACITY_LEVEL_AVAILABLE || level == CAPACITY_LEVEL_LIMITED ||
	    level == CAPACITY_LEVEL_FULL)
		return 0;
	return wrong(in, field, "「空きあり」「残りわずか」「受入不可」のどれかを選んでください。",
		     "The level is one of available, limited and full.");
}

static int check_until(const struct input *in, const Capacity *said)
{
	if (said->valid_until_ms <= in->now_ms)
		return wrong(in, "capacity.valid_until_ms", "有効期限は今より後にしてください。",
			     "The end must lie in the future.");
	if (said->valid_until_ms > in->now_ms + VALID_MS)
		return wrong(in, "capacity.valid_until_ms", "有効期限は31日以内にしてください。",
			     "The end must lie within 31 days.");
	return 0;
}

static int check_visits(const struct input *in, const struct capacity_view *view,
			const Capacity *said)
{
	const FreeVisits *visits = said->free_visits;

	if (!visits)
		return 0;
	if (view->row->kind != ORGANISATION_KIND_NURSE_STATION)
		return wrong(in, "capacity.free_visits",
			     "訪問可能枠は訪問看護ステーションの項目です。",
			     "Free visits are for nurse stations.");
	if (visits->today > VISITS_TODAY_MAX)
		return wrong(in, "capacity.free_visits.today", "今日の訪問可能枠は1000件までです。",
			     "At most 1000 free visits today.");
	if (visits->week > VISITS_WEEK_MAX)
		return wrong(in, "capacity.free_visits.week", "今週の訪問可能枠は5000件までです。",
			     "At most 5000 free visits this week.");
	return 0;
}

static int check_beds(const struct input *in, const struct capacity_view *view,
		      const Capacity *said)
{
	if (said->n_beds && view->row->kind != ORGANISATION_KIND_HOSPITAL)
		return wrong(in, "capacity.beds", "空床は病院の項目です。",
			     "Free beds are for hospitals.");
	if (said->n_beds > BEDS_MAX)
		return wrong(in, "capacity.beds", "空床は20項目までです。",
			     "At most 20 kinds of beds.");
	for (size_t i = 0; i < said->n_beds; i++) {
		const FreeBeds *beds = said->beds[i];
		if (beds->count > BED_COUNT_MAX)
			return wrong(in, arena_printf(in->arena, "capacity.beds[%zu].count", i),
				     "空床は1000床までです。", "At most 1000 beds.");
		if (beds->sex != PATIENT_SEX_UNSPECIFIED && beds->sex != PATIENT_SEX_MALE &&
		    beds->sex != PATIENT_SEX_FEMALE)
			return wrong(in, arena_printf(in->arena, "capacity.beds[%zu].sex", i),
				     "空床の性別は、男・女・どちらでも、のどれかにしてください。",
				     "Beds are for men, for women, or for either.");
	}
	return 0;
}

static int check_accepts(const struct input *in, const Capacity *said)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < said->n_accepts; i++) {
		Need need = said->accepts[i];
		uint64_t bit = need > NEED_UNSPECIFIED && need < 64 ? 1ULL << need : 0;
		if (!bit || seen & bit)
			return wrong(in, arena_printf(in->arena, "capacity.accepts[%zu]", i),
				     "対応できる処置は、それぞれ1回だけ入れてください。",
				     "Name each need once.");
		seen |= bit;
	}
	return 0;
}

static int check_remark(const struct input *in, const Capacity *said)
{
	size_t size = strlen(said->remark);

	if (size > REMARK_BYTES || !text_valid(said->remark, size) || strpbrk(said->remark, "\t\n"))
		return wrong(in, "capacity.remark",
			     "備考は1行、300バイト（全角で100文字）以内にしてください。",
			     "The remark must be one line of at most 300 bytes.");
	return 0;
}

static int check_state(const struct input *in, const struct capacity_view *view,
		       const Capacity *said)
{
	int rc = check_level(in, "capacity.level", said->level);

	if (!rc)
		rc = check_until(in, said);
	if (!rc)
		rc = check_visits(in, view, said);
	if (!rc)
		rc = check_beds(in, view, said);
	if (!rc && said->new_patients != NEW_PATIENTS_UNSPECIFIED &&
	    view->row->kind != ORGANISATION_KIND_CLINIC)
		rc = wrong(in, "capacity.new_patients", "新規患者の受け入れは診療所の項目です。",
			   "New patients are for clinics.");
	if (!rc)
		rc = check_accepts(in, said);
	return rc ? rc : check_remark(in, said);
}

int capacity_set(const struct input *in, const struct capacity_view *view,
		 const SetCapacity *request, CapacitySet *fact)
{
	const Capacity *said = request->capacity;

	if (!said)
		return wrong(in, "capacity", "空き状況を入れてください。",
			     "Say what the state is.");
	int rc = check_author(in, view, said);
	if (!rc)
		rc = check_state(in, view, said);
	if (rc)
		return rc;
	/* Field by field: what only board knows must not come from outside. */
	Capacity *state = fact->capacity = NEW(Capacity, in->arena);
	if (!state)
		return ERR_NOMEM;
	state->id = view->row->id;
	state->level = said->level;
	state->free_visits = said->free_visits;
	state->n_beds = said->n_beds;
	state->beds = said->beds;
	state->new_patients = said->new_patients;
	state->n_accepts = said->n_accepts;
	state->accepts = said->accepts;
	state->remark = said->remark;
	state->author = arena_string(in->arena, in->actor.user);
	state->set_ms = in->now_ms;
	state->valid_until_ms = said->valid_until_ms;
	return 0;
}

/* ---- the time before the board ------------------------------------------------------------ */

static int check_period(const struct input *in, const struct history_view *view,
			const CapacityPeriod *period)
{
	int rc = check_level(in, "period.level", period->level);

	if (rc)
		return rc;
	if (period->from_ms < in->now_ms - HISTORY_AGE_MS || period->from_ms >= in->now_ms)
		return wrong(in, "period.from_ms", "始まりは過去400日以内にしてください。",
			     "It must begin within the last 400 days.");
	if (period->to_ms <= period->from_ms || period->to_ms > in->now_ms ||
	    period->to_ms - period->from_ms > VALID_MS)
		return wrong(in, "period.to_ms",
			     "終わりは、始まりから31日以内の過去にしてください。",
			     "It must end within 31 days after it begins, and lie in the past.");
	if (strlen(period->remark) > REMARK_BYTES ||
	    !text_valid(period->remark, strlen(period->remark)))
		return wrong(in, "period.remark", "備考は300バイト以内にしてください。",
			     "Keep the remark within 300 bytes.");
	if (period->from_ms < view->last_from_ms)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "period.from_ms",
			"過去の空き状況は、ボードの利用開始前に、古い順に登録してください。",
			"Add history in order of time, before anything is said on the board.");
	return 0;
}

int capacity_history_add(const struct input *in, const struct history_view *view,
			 const AddCapacityHistory *request, CapacityHistoryAdded *fact)
{
	const CapacityPeriod *period = request->period;

	if (in->actor.profession != PROFESSION_ADMINISTRATOR)
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "過去の空き状況を登録できるのは管理者だけです。",
			      "Only administrators add history.");
	if (!view->row)
		return refuse(in, CODE_NOT_FOUND, "organisation",
			      "その事業所は空き状況ボードにありません。IDを確かめてください。",
			      "No such organisation on the board. Check its id.");
	if (!period)
		return wrong(in, "period", "空き状況を入れてください。", "Say what the state was.");
	int rc = check_period(in, view, period);
	if (rc)
		return rc;
	fact->organisation = view->row->id;
	fact->period = NEW(CapacityPeriod, in->arena);
	if (!fact->period)
		return ERR_NOMEM;
	fact->period->level = period->level;
	fact->period->from_ms = period->from_ms;
	fact->period->to_ms = period->to_ms;
	fact->period->free_visits = period->free_visits;
	fact->period->remark = period->remark;
	fact->period->author = arena_string(in->arena, in->actor.user);
	return 0;
}

/* ---- due ---------------------------------------------------------------------------------- */

static bool holds_until(const struct capacity_view *view, int64_t *until_ms)
{
	if (!view->row || view->row->left || !view->row->valid_until_ms)
		return false;
	*until_ms = view->row->valid_until_ms;
	return true;
}

/* After a stop it may have lapsed meanwhile: that is then told, and nothing else. */
int capacity_remind(const struct input *in, const struct capacity_view *view,
		    const CapacityReminderDue *due, CapacityReminded *fact)
{
	int64_t until_ms;

	if (!holds_until(view, &until_ms) || in->now_ms < until_ms - REMINDER_MS ||
	    in->now_ms >= until_ms)
		return ERR_NOTHING;
	fact->organisation = due->organisation;
	return 0;
}

int capacity_lapse(const struct input *in, const struct capacity_view *view,
		   const CapacityLapseDue *due, CapacityLapsed *fact)
{
	int64_t until_ms;

	if (!holds_until(view, &until_ms) || in->now_ms < until_ms)
		return ERR_NOTHING;
	fact->organisation = due->organisation;
	return 0;
}

/* ---- weekdays ----------------------------------------------------------------------------- */

void weekdays_add(int64_t sums_ms[7], int64_t from_ms, int64_t to_ms)
{
	while (from_ms < to_ms) {
		int64_t day = (from_ms + JAPAN_OFFSET_MS) / DAY_MS;
		int64_t midnight_ms = (day + 1) * DAY_MS - JAPAN_OFFSET_MS;
		int64_t end_ms = to_ms < midnight_ms ? to_ms : midnight_ms;
		sums_ms[date_weekday(day) - 1] += end_ms - from_ms;
		from_ms = end_ms;
	}
}

/* ---- notices ------------------------------------------------------------------------------ */

const ProtobufCMessage *capacity_notice(struct arena *arena, const JournalEntry *entry,
					const CapacitySet *fact)
{
	CapacityNotice *notice = NEW(CapacityNotice, arena);
	Capacity *capacity = NEW(Capacity, arena);

	(void)entry;
	if (!notice || !capacity)
		return NULL;
	capacity->id = fact->capacity->id;
	capacity->level = fact->capacity->level;
	capacity->n_beds = fact->capacity->n_beds;
	capacity->beds = fact->capacity->beds;
	capacity->new_patients = fact->capacity->new_patients;
	capacity->n_accepts = fact->capacity->n_accepts;
	capacity->accepts = fact->capacity->accepts;
	capacity->valid_until_ms = fact->capacity->valid_until_ms;
	notice->capacity = capacity;
	return &notice->base;
}

static const ProtobufCMessage *word(struct arena *arena, const JournalEntry *entry,
				    char *organisation, Matter matter)
{
	WordNotice *notice = NEW(WordNotice, arena);
	Told *told = NEW(Told, arena);

	if (!notice || !told)
		return NULL;
	told->organisation = organisation;
	told->matter = matter;
	notice->subject = organisation;
	notice->event = entry->id;
	if (arena_append(arena, &notice->told, &notice->n_told, told))
		return NULL;
	return &notice->base;
}

/* Nothing to tell, but that a reminder from before is out of date. */
const ProtobufCMessage *capacity_set_word(struct arena *arena, const JournalEntry *entry,
					  const CapacitySet *fact)
{
	return word(arena, entry, fact->capacity->id, MATTER_UNSPECIFIED);
}

const ProtobufCMessage *capacity_reminded_word(struct arena *arena, const JournalEntry *entry,
					       const CapacityReminded *fact)
{
	return word(arena, entry, fact->organisation, MATTER_CAPACITY_LAPSES);
}

const ProtobufCMessage *capacity_lapsed_word(struct arena *arena, const JournalEntry *entry,
					     const CapacityLapsed *fact)
{
	return word(arena, entry, fact->organisation, MATTER_CAPACITY_LAPSED);
}
