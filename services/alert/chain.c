#include "chain.h"

#include <string.h>

#include "date.h"
#include "duty.h"
#include "holiday.h"
#include "hours.h"
#include "queries.h"
#include "views.h"
#include "walk.h"

#define P(name) ESCALATION_STEP_PLACE_##name
#define SHOWN_DAYS 30         /* of escalations that are over */
#define SHOWN_USERS 3         /* of the last step, in a list */
/* Where no hours are known: as most clinics. */
#define USUAL_FROM_MS (9LL * 3600 * 1000)
#define USUAL_TO_MS (18LL * 3600 * 1000)

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- who attends -------------------------------------------------------------------------- */

static const TeamMember *find_role(const struct team *team, TeamRole role, int64_t now_ms)
{
	const TeamMember *found = NULL;

	for (size_t i = 0; i < team->n_members; i++) {
		const TeamMember *member = team->members[i];
		if (member->role == role && member_valid(member, now_ms) &&
		    (!found || (found->user[0] && !member->user[0])))
			found = member;
	}
	return found;
}

/* Where the person of a row works now, or the organisation of the row. */
static int clinic_of(struct tx *tx, const TeamMember *member, const Organisation **out)
{
	const char *id = member->organisation;
	Organisation *organisation;
	Person *person;
	int rc = member->user[0] ? person_get(tx, member->user, &person) : 0;

	if (!rc && member->user[0])
		id = person->organisation;
	if (!rc)
		rc = organisation_get(tx, id, &organisation);
	if (!rc && !organisation->left)
		*out = organisation;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int attending_load(struct tx *tx, const struct team *team, int64_t now_ms, struct attending *attending)
{
	const TeamMember *member = find_role(team, TEAM_ROLE_ATTENDING, now_ms);
	TeamMember registrar = TeamMember_INIT;

	*attending = (struct attending){ .user = "" };
	if (!member && !team->registrar[0])
		return 0;
	if (!member) {
		registrar.organisation = arena_string(tx->arena, team->registrar);
		member = &registrar;
	}
	attending->user = member->user;
	int rc = clinic_of(tx, member, &attending->organisation);
	if (!rc && attending->organisation &&
	    attending->organisation->kind != ORGANISATION_KIND_CLINIC)
		attending->organisation = NULL;
	return rc;
}

bool cover_possible(const struct team *team, const struct attending *attending)
{
	const Organisation *clinic = attending->organisation;

	for (size_t i = 0; team->cover_consent && clinic && i < clinic->n_networks; i++)
		if (clinic->networks[i] == NETWORK_ROUND_THE_CLOCK)
			return true;
	return false;
}

/* ---- the places --------------------------------------------------------------------------- */

struct loading {
	struct tx *tx;
	const struct input *in;
	const struct team *team;
	Notification *const *items;
	size_t n_items;
	struct chain *chain;
};

/* Who stands in for somebody who is asked without a place in the team must be able to do what they are
 * asked for: cover is the doctors'. */
static int add_person(const struct loading *loading, const Person *person, bool of_team,
		      struct chain_place *place)
{
	struct candidate *candidate = arena_alloc(loading->tx->arena, sizeof(*candidate));

	if (!candidate)
		return ERR_NOMEM;
	candidate->person = person;
	candidate->item = escalation_item(loading->items, loading->n_items, person);
	int rc = load_substitute_of(loading->tx, candidate);
	if (!of_team && candidate->substitute && candidate->substitute->profession != person->profession)
		candidate->substitute = NULL;
	return rc ? rc : arena_append(loading->tx->arena, &place->candidates, &place->n_candidates,
				      candidate);
}

/* of_team: who has a place in the team; else whoever works there. */
static int add_people(const struct loading *loading, const char *organisation, const char *user,
		      Profession profession, bool of_team, struct chain_place *place)
{
	Person **people = NULL;
	size_t n_people = 0;
	int rc = staff_names(loading->tx, organisation, profession, &people, &n_people);

	place->organisation = organisation;
	for (size_t i = 0; i < n_people && place->n_candidates < ESCALATION_STAFF_MAX && !rc; i++) {
		struct person_ref ref = { people[i]->id, people[i]->organisation,
					  people[i]->profession };
		if ((!user[0] || same(user, people[i]->id)) &&
		    (!of_team || team_reaches(loading->team, ref, loading->in->now_ms)))
			rc = add_person(loading, people[i], of_team, place);
	}
	return rc;
}

static int load_deputy(const struct loading *loading)
{
	const TeamMember *deputy = find_role(loading->team, TEAM_ROLE_DEPUTY, loading->in->now_ms);
	const Organisation *clinic = NULL;
	int rc = deputy ? clinic_of(loading->tx, deputy, &clinic) : 0;

	if (rc || !clinic || clinic->kind != ORGANISATION_KIND_CLINIC)
		return rc;
	return add_people(loading, clinic->id, deputy->user, PROFESSION_DOCTOR, true,
			  &loading->chain->places[P(DEPUTY_CLINIC)]);
}

static int load_on_duty(const struct loading *loading, Area area)
{
	int rc = 0;

	for (int second = 0; second < 2 && !rc; second++) {
		const char *clinic = "";
		rc = duty_at(loading->tx, loading->in->now_ms, area, second, &clinic);
		if (!rc && clinic[0])
			rc = add_people(loading, clinic, "", PROFESSION_DOCTOR, false,
					&loading->chain->places[second ? P(ON_DUTY_SECOND)
								       : P(ON_DUTY_FIRST)]);
	}
	return rc;
}

/* The first of them is what the place is called by; there is one. */
static int load_centre(const struct loading *loading)
{
	struct chain_place *place = &loading->chain->places[P(CENTRE)];
	Organisation **centres = NULL;
	size_t n_centres = 0;
	int rc = list_centres(loading->tx, &centres, &n_centres);

	for (size_t i = 0; i < n_centres && !rc; i++)
		rc = add_people(loading, centres[i]->id, "", PROFESSION_CENTRE_STAFF, false, place);
	if (n_centres)
		place->organisation = centres[0]->id;
	return rc;
}

static bool usual_hours(int64_t now_ms)
{
	int64_t local_ms = now_ms + JAPAN_OFFSET_MS, day = local_ms / DAY_MS;
	int64_t in_day_ms = local_ms % DAY_MS;

	return date_weekday(day) <= 5 && !holiday(day) && in_day_ms >= USUAL_FROM_MS &&
	       in_day_ms < USUAL_TO_MS;
}

static bool in_hours(const Organisation *clinic, int64_t now_ms)
{
	if (!clinic)
		return false;
	if (clinic->n_hours == 0)
		return usual_hours(now_ms);
	return hours_open((struct hours){ clinic->hours, clinic->n_hours }, HOURS_ASK, now_ms);
}

int chain_load(struct tx *tx, const struct input *in, const struct team *team,
	       Notification *const *items, size_t n_items, struct chain *chain)
{
	struct loading loading = { tx, in, team, items, n_items, chain };
	EscalationSettings settings = EscalationSettings_INIT;
	struct attending attending;

	for (size_t i = 0; i <= ESCALATION_PLACES; i++)
		chain->places[i].organisation = "";
	int rc = escalation_settings(tx, &settings);
	chain->urgent_s = settings.urgent_s;
	chain->limit_s = settings.limit_s;
	if (!rc)
		rc = attending_load(tx, team, in->now_ms, &attending);
	if (rc)
		return rc;
	chain->in_hours = in_hours(attending.organisation, in->now_ms);
	if (attending.organisation)
		rc = add_people(&loading, attending.organisation->id, attending.user,
				PROFESSION_DOCTOR, true, &chain->places[P(ATTENDING_CLINIC)]);
	if (!rc)
		rc = load_deputy(&loading);
	if (!rc && cover_possible(team, &attending))
		rc = load_on_duty(&loading, attending.organisation->area);
	return rc ? rc : load_centre(&loading);
}

/* ---- for the rules ------------------------------------------------------------------------ */

int load_walk(struct tx *tx, const struct input *in, const EscalationDue *due,
	      struct walk_view *view)
{
	Escalation *escalation;
	struct team team;
	int rc = escalation_get(tx, due->event, &escalation);

	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	view->escalation = escalation;
	rc = event_list(tx, due->event, &view->items, &view->n_items);
	if (!rc)
		rc = team_load(tx, alert_team, escalation->patient, &team);
	return rc ? rc : chain_load(tx, in, &team, view->items, view->n_items, &view->chain);
}

int load_nothing(struct tx *tx, const struct input *in, const SetEscalation *request,
		 struct no_view *view)
{
	(void)tx;
	(void)in;
	(void)request;
	(void)view;
	return 0;
}

/* ---- what people see ---------------------------------------------------------------------- */

/* The same words for what does not exist and for what is not one's business. */
static int no_escalation(const struct input *in)
{
	return refuse(in, CODE_NOT_FOUND, "event",
		      "その至急のお知らせは見つからないか、閲覧の権限がありません。",
		      "There is no such urgent notification, or you may not see it.");
}

static bool may_see(const struct input *in, const char *author_organisation,
		    Notification *const *items, size_t n_items)
{
	struct person_ref actor = { in->actor.user, in->actor.organisation, in->actor.profession };

	if (in->actor.profession == PROFESSION_CENTRE_STAFF ||
	    (author_organisation[0] && same(author_organisation, in->actor.organisation)))
		return true;
	for (size_t i = 0; i < n_items; i++)
		if (notification_of(items[i], actor))
			return true;
	return false;
}

/* By the id of the event, which is the entry's, or of one of its notifications. */
static int find_escalation(struct tx *tx, const char *id, Escalation **out)
{
	Notification *notification;

	if (!id_valid(id))
		return ERR_NOTFOUND;
	int rc = escalation_get(tx, id, out);
	if (rc != ERR_NOTFOUND)
		return rc;
	rc = notification_get(tx, id, &notification);
	return rc ? rc : escalation_get(tx, notification->event, out);
}

int escalation_show(struct tx *tx, const struct input *in, const ShowEscalation *request,
		    Escalation *shown, struct answer *answer)
{
	Escalation *escalation;
	Notification **items = NULL;
	size_t n_items = 0;
	int rc = find_escalation(tx, request->event, &escalation);

	if (!rc)
		rc = event_list(tx, escalation->event, &items, &n_items);
	if (rc)
		return rc == ERR_NOTFOUND ? no_escalation(in) : rc;
	if (!may_see(in, escalation->organisation, items, n_items))
		return no_escalation(in);
	*shown = *escalation;
	shown->common = NULL;
	answer->watch_key = escalation_watch_key(escalation->event);
	return 0;
}

/* Without its steps but the last, and of that not everybody: so many as change at one position fit
 * into one page. */
static Escalation *in_short(const Escalation *escalation, struct arena *arena)
{
	Escalation *brief = NEW(Escalation, arena);

	if (!brief)
		return NULL;
	*brief = *escalation;
	if (brief->n_steps > 1) {
		brief->steps += brief->n_steps - 1;
		brief->n_steps = 1;
	}
	if (brief->n_steps && brief->steps[0]->n_users > SHOWN_USERS)
		brief->steps[0]->n_users = SHOWN_USERS;
	brief->common = NULL;
	brief->asked = NULL;
	brief->n_asked = 0;
	return brief;
}

/* Where those begin that changed in the last days. */
static int recent(struct tx *tx, const struct input *in, const struct key *prefix, uint64_t *from)
{
	struct scratch scratch;
	struct scan scan;
	bool old = false;
	int rc = 0;

	*from = 0;
	scratch_open(&scratch, tx);
	scan_open(&scan, tx, TABLE_WALKS, prefix, NULL);
	while (!rc && !old && scan_previous(&scan)) {
		uint64_t position = scan_rest_number(&scan);
		Escalation *escalation;
		rc = escalation_get(tx, (const char *)scan_rest(&scan, NULL) + 8, &escalation);
		if (rc)
			break;
		old = escalation->n_steps && escalation->steps[escalation->n_steps - 1]->time_ms <
						     in->now_ms - SHOWN_DAYS * DAY_MS;
		if (!old)
			*from = position;
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	if (!rc && !*from)
		*from = UINT64_MAX; /* there is none */
	return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc ? rc : tx->error;
}

struct list_page {
	uint64_t position, before; /* of the last item; of the last one before its group */
	size_t group, bytes;
	bool full;
};

/* A page ends between two positions. */
static int add_escalation(struct tx *tx, const struct scan *scan, struct list_page *page,
			  EscalationList *list)
{
	uint64_t position = scan_rest_number(scan);
	Escalation *escalation;
	int rc = escalation_get(tx, (const char *)scan_rest(scan, NULL) + 8, &escalation);

	if (rc)
		return rc == ERR_NOTFOUND ? ERR_CORRUPT : rc;
	escalation = in_short(escalation, tx->arena);
	if (!escalation)
		return ERR_NOMEM;
	if (position != page->position) {
		page->before = page->position;
		page->position = position;
		page->group = list->n_items;
	}
	page->bytes += protobuf_c_message_get_packed_size(&escalation->base) + 8;
	page->full = page->group && (page->bytes > LIMIT_PAGE_BYTES ||
				     list->n_items >= LIMIT_PAGE_ITEMS ||
				     tx->arena->used_bytes >= LIMIT_PAGE_WORK_BYTES * 2);
	return page->full ? 0 : arena_append(tx->arena, &list->items, &list->n_items, escalation);
}

int escalations_list(struct tx *tx, const struct input *in, const ListEscalations *request,
		     EscalationList *list, struct answer *answer)
{
	bool centre = in->actor.profession == PROFESSION_CENTRE_STAFF, changes = in->after > 0;
	const char *organisation = centre ? "" : in->actor.organisation;
	struct key prefix = key_text(organisation), from;
	uint64_t first = in->after == UINT64_MAX ? in->after : in->after + 1;
	struct list_page page = { .full = false };
	struct scan scan;
	int rc = 0;

	if (request->all && !changes)
		rc = recent(tx, in, &prefix, &first);
	from = key_text_u64(organisation, first);
	if (!centre && !organisation[0])
		return 0; /* "" stands for all */
	scan_open(&scan, tx, changes || request->all ? TABLE_WALKS : TABLE_WALKING, &prefix, &from);
	while (!rc && !page.full && scan_next(&scan))
		rc = add_escalation(tx, &scan, &page, list);
	scan_close(&scan);
	if (page.full) {
		list->n_items = page.group;
		answer->more = true;
		answer->position = page.before;
	}
	answer->watch_key = walks_watch_key(organisation);
	return rc ? rc : tx->error;
}

int escalation_settings_show(struct tx *tx, const struct input *in,
			     const ShowEscalationSettings *request, EscalationSettings *shown,
			     struct answer *answer)
{
	(void)in;
	(void)request;
	(void)answer;
	return escalation_settings(tx, shown);
}
