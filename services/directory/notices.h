/*
 * What the others hear of directory's facts: who belongs where and when they may be called, and
 * neither certificates nor reasons. A person's address for mail is told to alert alone, on whose word
 * the relay writes.
 */
#ifndef DIRECTORY_NOTICES_H
#define DIRECTORY_NOTICES_H

#include "daemon.h"

#define NOTICE_OF(name, Fact) \
	const ProtobufCMessage *name(struct arena *arena, const JournalEntry *entry, const Fact *fact)

NOTICE_OF(notice_organisation, OrganisationChanged);
NOTICE_OF(notice_hours, ContactHoursSet);
NOTICE_OF(notice_hours_alert, ContactHoursSet);
NOTICE_OF(notice_person, PersonChanged);
NOTICE_OF(notice_person_alert, PersonChanged);
NOTICE_OF(notice_enrolled, PersonEnrolled);
NOTICE_OF(notice_enrolled_alert, PersonEnrolled);
NOTICE_OF(notice_revoked, PersonRevoked);
NOTICE_OF(notice_revoked_alert, PersonRevoked);

/* As others may see them: without the address. NULL: no memory. */
Person *person_without_mail(struct arena *arena, const Person *person);

#endif
