#include "notices.h"

Person *person_without_mail(struct arena *arena, const Person *person)
{
	Person *shown = arena_copy(arena, person, sizeof(*person));

	if (shown)
		shown->mail = arena_string(arena, "");
	return shown;
}

static const ProtobufCMessage *person_changed(struct arena *arena, Person *person, bool mail)
{
	PersonChanged *notice = NEW(PersonChanged, arena);

	if (!notice)
		return NULL;
	notice->person = mail ? person : person_without_mail(arena, person);
	return notice->person ? &notice->base : NULL;
}

static const ProtobufCMessage *hours_changed(struct arena *arena, const ContactHoursSet *fact,
					     bool mail)
{
	if (fact->person)
		return person_changed(arena, fact->person, mail);
	OrganisationChanged *notice = NEW(OrganisationChanged, arena);
	if (!notice)
		return NULL;
	notice->organisation = fact->organisation;
	return &notice->base;
}

NOTICE_OF(notice_organisation, OrganisationChanged)
{
	(void)arena;
	(void)entry;
	return &fact->base;
}

NOTICE_OF(notice_hours, ContactHoursSet)
{
	(void)entry;
	return hours_changed(arena, fact, false);
}

NOTICE_OF(notice_hours_alert, ContactHoursSet)
{
	(void)entry;
	return hours_changed(arena, fact, true);
}

NOTICE_OF(notice_person, PersonChanged)
{
	(void)entry;
	return person_changed(arena, fact->person, false);
}

NOTICE_OF(notice_person_alert, PersonChanged)
{
	(void)entry;
	return person_changed(arena, fact->person, true);
}

NOTICE_OF(notice_enrolled, PersonEnrolled)
{
	(void)entry;
	return person_changed(arena, fact->person, false);
}

NOTICE_OF(notice_enrolled_alert, PersonEnrolled)
{
	(void)entry;
	return person_changed(arena, fact->person, true);
}

NOTICE_OF(notice_revoked, PersonRevoked)
{
	(void)entry;
	return person_changed(arena, fact->person, false);
}

NOTICE_OF(notice_revoked_alert, PersonRevoked)
{
	(void)entry;
	return person_changed(arena, fact->person, true);
}
