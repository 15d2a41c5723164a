#include "queries.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "hours.h"
#include "notices.h"
#include "rules.h"
#include "signin_views.h"
#include "views.h"

/* A page also ends when reading it has taken so much memory, however little of it was wanted. */

/* ---- organisations, in the order of their last change ------------------------------------- */

struct page {
	struct scan scan;
	struct tx *tx;
	struct answer *answer;
	size_t bytes, items, work_from;
};

static void page_open(struct page *page, struct tx *tx, const struct input *in,
		      struct answer *answer)
{
	struct key from = key_u64(in->after + 1);

	*page = (struct page){ .tx = tx, .answer = answer, .work_from = tx->arena->used_bytes };
	scan_open(&page->scan, tx, TABLE_CHANGES, NULL, &from);
}

static bool page_full(const struct page *page)
{
	return page->bytes >= LIMIT_PAGE_BYTES || page->items >= LIMIT_PAGE_ITEMS ||
	       page->tx->arena->used_bytes - page->work_from >= LIMIT_PAGE_WORK_BYTES;
}

/* The next organisation, or false at the end of the page or of the list. */
static bool page_next(struct page *page, Organisation **out)
{
	struct bytes id;

	if (!scan_next(&page->scan))
		return false;
	if (page_full(page)) {
		page->answer->more = true;
		return false;
	}
	page->answer->position = scan_number(&page->scan);
	return scan_value(&page->scan, &id) == 0 &&
	       organisation_get(page->tx, (const char *)id.data, out) == 0;
}

static void page_add(struct page *page, const ProtobufCMessage *item)
{
	page->bytes += protobuf_c_message_get_packed_size(item) + 8;
	page->items++;
}

static int page_close(struct page *page)
{
	scan_close(&page->scan);
	if (!page->answer->more)
		page->answer->position = 0; /* the list ends at the head of the journal */
	return page->tx->error;
}

static bool wanted(const Organisation *organisation, OrganisationKind kind, Area area)
{
	return (kind == ORGANISATION_KIND_UNSPECIFIED || organisation->kind == kind) &&
	       (area == AREA_UNSPECIFIED || organisation->area == area);
}

static int by_id(const void *a, const void *b)
{
	const Organisation *const *first = a, *const *second = b;
	return strcmp((*first)->id, (*second)->id);
}

int organisation_list(struct tx *tx, const struct input *in, const ListOrganisations *request,
		      OrganisationList *response, struct answer *answer)
{
	struct page page;
	Organisation *organisation;
	int rc = 0;

	answer->watch_key = organisations_watch();
	page_open(&page, tx, in, answer);
	while (!rc && page_next(&page, &organisation)) {
		if (!wanted(organisation, request->kind, request->area))
			continue;
		rc = arena_append(tx->arena, &response->items, &response->n_items, organisation);
		page_add(&page, &organisation->base);
	}
	int error = page_close(&page);
	if (response->n_items)
		qsort(response->items, response->n_items, sizeof(response->items[0]), by_id);
	return rc ? rc : error;
}

static int by_user(const void *a, const void *b)
{
	const Person *const *first = a, *const *second = b;
	return strcmp((*first)->id, (*second)->id);
}

/* An address for mail is shown to its owner and to administrators. */
static Person *shown(const struct input *in, Person *person)
{
	if (in->actor.profession == PROFESSION_ADMINISTRATOR || !strcmp(person->id, in->actor.user))
		return person;
	return person_without_mail(in->arena, person);
}

/* All the enrolled of the organisation, or the one that is asked for: then request->id does not count. */
static int find_people(struct tx *tx, const struct input *in, const ShowOrganisation *request,
		       const char **organisation, Person ***people, size_t *n)
{
	Person *person;
	int rc;

	*organisation = request->id;
	if (!request->user[0]) {
		rc = staff_list(tx, request->id, PROFESSION_UNSPECIFIED, people, n);
		return rc == ERR_TOOBIG ? 0 : rc;
	}
	rc = strlen(request->user) <= LIMIT_NAME_BYTES ? person_get(tx, request->user, &person)
						       : ERR_NOTFOUND;
	if (rc == ERR_NOTFOUND || (!rc && person->state != ENROLMENT_STATE_ENROLLED))
		return refuse(in, CODE_NOT_FOUND, "user",
			      "その利用者名は登録されていません。利用者名を確かめてください。",
			      "Nobody is enrolled under this user name. Check the name.");
	*organisation = rc ? "" : person->organisation;
	return rc ? rc : arena_append(tx->arena, people, n, person);
}

int organisation_show(struct tx *tx, const struct input *in, const ShowOrganisation *request,
		      OrganisationShown *response, struct answer *answer)
{
	const char *organisation;
	Person **people = NULL;
	size_t n = 0, bytes = 0;
	int rc = find_people(tx, in, request, &organisation, &people, &n);

	if (!rc)
		rc = strlen(organisation) <= ORGANISATION_ID_BYTES
		     ? organisation_get(tx, organisation, &response->organisation)
		     : ERR_NOTFOUND;
	if (rc == ERR_NOTFOUND)
		return refuse(in, CODE_NOT_FOUND, "id",
			      "その事業所は登録されていません。IDを確かめてください。",
			      "No such organisation. Check its id.");
	if (!rc && n)
		qsort(people, n, sizeof(people[0]), by_user);
	for (size_t i = 0; i < n && !rc && !answer->more; i++) {
		if (strcmp(people[i]->id, request->after_user) <= 0)
			continue;
		Person *person = shown(in, people[i]);
		if (!person)
			return ERR_NOMEM;
		bytes += protobuf_c_message_get_packed_size(&person->base) + 8;
		if (bytes > LIMIT_PAGE_BYTES)
			answer->more = true;
		else
			rc = arena_append(tx->arena, &response->people, &response->n_people, person);
	}
	answer->watch_key = organisation_watch(organisation);
	return rc;
}

/* ---- who can be asked at a time ----------------------------------------------------------- */

#define SPAN_MAX_MS (7 * DAY_MS)
/* Of one organisation, which stands in one page: more than anybody looks through. */
#define CONTACTS_MAX 100

/* What is asked, and where the answers go. */
struct contact_search {
	const struct input *in;
	int64_t at_ms, until_ms;
	ContactList *response;
	struct page *page;
};

/* Of a person's: names and numbers alone, so that those of a large hospital fit into a page. */
static void shorten(Contact *contact, char *empty)
{
	contact->organisation->name_kana = empty;
	contact->organisation->address = empty;
	contact->organisation->networks = NULL;
	contact->organisation->n_networks = 0;
	contact->person->name_kana = empty;
	contact->person->hours = NULL;
	contact->person->n_hours = 0;
}

static int add_contact(struct contact_search *search, const Organisation *organisation,
		       const Person *person, ContactHours *window, int64_t open_ms)
{
	struct arena *arena = search->in->arena;
	Contact *contact = NEW(Contact, arena);

	if (!contact)
		return ERR_NOMEM;
	contact->organisation = arena_copy(arena, organisation, sizeof(*organisation));
	contact->person = person ? person_without_mail(arena, person) : NULL;
	if (!contact->organisation || (person && !contact->person))
		return ERR_NOMEM;
	contact->organisation->n_hours = 0;
	contact->organisation->hours = NULL;
	if (person)
		shorten(contact, contact->person->mail);
	contact->hours = window;
	contact->open_ms = open_ms;
	page_add(search->page, &contact->base);
	return arena_append(arena, &search->response->items, &search->response->n_items, contact);
}

static int add_windows(struct contact_search *search, const Organisation *organisation,
		       const Person *person, ContactHours *const *windows, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		int64_t open_ms = hours_window_next_ms((struct hours){ windows, n }, windows[i],
						       search->at_ms, search->until_ms);
		if (open_ms != HOURS_NEVER)
			rc = add_contact(search, organisation, person, windows[i], open_ms);
	}
	return rc;
}

/* Its own windows, then those of its people who have some for themselves. */
static int add_organisation(struct tx *tx, struct contact_search *search,
			    const Organisation *organisation)
{
	Person **people = NULL;
	size_t n = 0;
	size_t n_before = search->response->n_items;
	int rc = add_windows(search, organisation, NULL, organisation->hours, organisation->n_hours);

	if (!rc)
		rc = staff_list(tx, organisation->id, PROFESSION_UNSPECIFIED, &people, &n);
	for (size_t i = 0; i < n && !rc && search->response->n_items < n_before + CONTACTS_MAX; i++)
		rc = add_windows(search, organisation, people[i], people[i]->hours,
				 people[i]->n_hours);
	return rc;
}

static int check_times(const struct input *in, const SearchContacts *request, int64_t at_ms)
{
	if (at_ms < 0 || at_ms > in->now_ms + 3650 * DAY_MS)
		return refuse(in, CODE_INVALID_ARGUMENT, "at_ms",
			      "日時は1970年から10年後までにしてください。",
			      "The time must lie between 1970 and ten years from now.");
	if (request->until_ms && (request->until_ms <= at_ms || request->until_ms > at_ms + SPAN_MAX_MS))
		return refuse(in, CODE_INVALID_ARGUMENT, "until_ms",
			      "終わりは、始まりより後、1週間以内にしてください。",
			      "The end must come after the beginning, within a week.");
	return 0;
}

int contacts_search(struct tx *tx, const struct input *in, const SearchContacts *request,
		    ContactList *response, struct answer *answer)
{
	int64_t at_ms = request->at_ms ? request->at_ms : in->now_ms;
	struct page page;
	struct contact_search search = {
		.in = in, .at_ms = at_ms, .response = response, .page = &page,
		.until_ms = request->until_ms ? request->until_ms : at_ms + 1,
	};
	Organisation *organisation;
	int rc = check_times(in, request, at_ms);

	if (rc)
		return rc;
	page_open(&page, tx, in, answer);
	while (!rc && page_next(&page, &organisation))
		if (!organisation->left && wanted(organisation, request->kind, request->area))
			rc = add_organisation(tx, &search, organisation);
	int error = page_close(&page);
	return rc ? rc : error;
}

/* ---- oneself ------------------------------------------------------------------------------ */

/* One instance keeps all patients, until there are more. */
static int add_shards(struct tx *tx, Me *response)
{
	static char service[] = "record";
	Shard *shard = NEW(Shard, tx->arena);

	if (!shard)
		return ERR_NOMEM;
	shard->service = service;
	shard->first = 0;
	shard->last = 255;
	shard->instance = service;
	return arena_append(tx->arena, &response->shards, &response->n_shards, shard);
}

int who_am_i(struct tx *tx, const struct input *in, const WhoAmI *request, Me *response,
	     struct answer *answer)
{
	(void)request;
	answer->watch_key = person_watch(in->actor.user);
	int rc = person_get(tx, in->actor.user, &response->person);
	if (!rc)
		rc = organisation_get(tx, response->person->organisation, &response->organisation);
	else if (rc == ERR_NOTFOUND && in->actor.profession == PROFESSION_SERVICE) {
		rc = ERR_NOMEM;
		response->person = NEW(Person, tx->arena);
		if (response->person) {
			response->person->id = arena_string(tx->arena, in->actor.user);
			response->person->profession = PROFESSION_SERVICE;
			rc = 0;
		}
	}
	return rc ? rc : add_shards(tx, response);
}

int device_list(struct tx *tx, const struct input *in, const ListDevices *request,
		DeviceList *response, struct answer *answer)
{
	const char *user = request->user[0] ? request->user : in->actor.user;
	Person *person;

	if (strcmp(user, in->actor.user) != 0 && in->actor.profession != PROFESSION_ADMINISTRATOR)
		return refuse(in, CODE_PERMISSION_DENIED, "user",
			      "ほかの人の端末は管理者だけが見られます。",
			      "Only administrators see other people's devices.");
	int rc = strlen(user) <= LIMIT_NAME_BYTES ? person_get(tx, user, &person) : ERR_NOTFOUND;
	if (rc == ERR_NOTFOUND)
		return refuse(in, CODE_NOT_FOUND, "user",
			      "その利用者名は登録されていません。利用者名を確かめてください。",
			      "Nobody is enrolled under this user name. Check the name.");
	if (rc)
		return rc;
	answer->watch_key = person_watch(user);
	rc = certificates_of(tx, user, &response->items, &response->n_items);
	return rc ? rc : sessions_of(tx, user, in->now_ms, &response->sessions, &response->n_sessions);
}
