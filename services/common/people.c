#include "people.h"

#include <string.h>

#include "error.h"

int person_get(struct tx *tx, const char *user, Person **out)
{
	struct key key = key_text(user);
	return GET(tx, TABLE_PEOPLE, &key, Person, out);
}

int organisation_get(struct tx *tx, const char *id, Organisation **out)
{
	struct key key = key_text(id);
	return GET(tx, TABLE_ORGANISATIONS, &key, Organisation, out);
}

void person_put(struct tx *tx, const Person *person)
{
	struct key key = key_text(person->id), staff;
	Person *before;

	if (person_get(tx, person->id, &before) == 0 &&
	    strcmp(before->organisation, person->organisation) != 0) {
		staff = key_texts(before->organisation, person->id);
		tx_delete(tx, TABLE_STAFF, &staff);
	}
	staff = key_texts(person->organisation, person->id);
	tx_put(tx, TABLE_STAFF, &staff, (struct bytes){ NULL, 0 });
	PUT(tx, TABLE_PEOPLE, &key, person);
}

void organisation_put(struct tx *tx, const Organisation *organisation)
{
	struct key key = key_text(organisation->id);
	PUT(tx, TABLE_ORGANISATIONS, &key, organisation);
}

static Person *named_alone(struct arena *kept, const Person *person)
{
	Person *named = NEW(Person, kept);

	if (!named)
		return NULL;
	named->id = arena_string(kept, person->id);
	named->organisation = arena_string(kept, person->organisation);
	named->profession = person->profession;
	named->state = person->state;
	return named;
}

/* Whole, or what staff_names keeps of each, which is then all the memory that they take. */
static int list_staff(struct tx *tx, const char *organisation, Profession profession, bool whole,
		      Person ***people, size_t *n_people)
{
	struct key prefix = key_text(organisation);
	struct arena *kept = tx->arena;
	struct scratch scratch;
	struct scan scan;
	Person *person;
	int rc = 0;

	if (!prefix.size)
		return ERR_TOOBIG;
	scratch_open(&scratch, tx);
	if (whole)
		tx->arena = kept;
	scan_open(&scan, tx, TABLE_STAFF, &prefix, NULL);
	while (!rc && scan_next(&scan)) {
		rc = person_get(tx, (const char *)scan_rest(&scan, NULL), &person);
		if (!rc && person->state == ENROLMENT_STATE_ENROLLED &&
		    (profession == PROFESSION_UNSPECIFIED || profession == person->profession)) {
			if (!whole)
				person = named_alone(kept, person);
			rc = person ? arena_append(kept, people, n_people, person) : ERR_NOMEM;
		}
		arena_reset(&scratch.arena);
	}
	scan_close(&scan);
	scratch_close(&scratch, tx);
	if (rc == ERR_NOTFOUND)
		rc = ERR_CORRUPT; /* both tables are written together */
	return rc ? rc : tx->error;
}

static int staff(struct tx *tx, const char *organisation, Profession profession, bool whole,
		 Person ***people, size_t *n_people)
{
	Person **list = NULL;
	size_t n = 0;
	int rc = list_staff(tx, organisation, profession, whole, &list, &n);

	if (rc)
		return rc;
	*people = list;
	*n_people = n;
	return 0;
}

int staff_list(struct tx *tx, const char *organisation, Profession profession, Person ***people,
	       size_t *n_people)
{
	return staff(tx, organisation, profession, true, people, n_people);
}

int staff_names(struct tx *tx, const char *organisation, Profession profession, Person ***people,
		size_t *n_people)
{
	return staff(tx, organisation, profession, false, people, n_people);
}

bool instance_name(const char *user)
{
	static const char *const services[] = { "directory", "record", "board", "referral", "rota",
						"alert", "conference" };
	static const char *const others[] = { "relay", "gate", "broker", "mosquitto" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strcmp(user, others[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
		size_t length = strlen(services[i]);
		if (strncmp(user, services[i], length) != 0)
			continue;
		if (user[length] == '\0')
			return true;
		size_t n = strspn(user + length + 1, "0123456789"); /* a shard: record-0 */
		if (user[length] == '-' && n && user[length + 1 + n] == '\0')
			return true;
	}
	return false;
}

bool name_valid(const char *name, size_t limit_bytes)
{
	size_t length = strnlen(name, limit_bytes + 1);

	if (!length || length > limit_bytes || name[0] == '-' || name[length - 1] == '-')
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}
