/* What directory answers, from its views. */
#ifndef DIRECTORY_QUERIES_H
#define DIRECTORY_QUERIES_H

#include "daemon.h"

int organisation_list(struct tx *tx, const struct input *in, const ListOrganisations *request,
		      OrganisationList *response, struct answer *answer);
int organisation_show(struct tx *tx, const struct input *in, const ShowOrganisation *request,
		      OrganisationShown *response, struct answer *answer);
int contacts_search(struct tx *tx, const struct input *in, const SearchContacts *request,
		    ContactList *response, struct answer *answer);
int who_am_i(struct tx *tx, const struct input *in, const WhoAmI *request, Me *response,
	     struct answer *answer);
int device_list(struct tx *tx, const struct input *in, const ListDevices *request,
		DeviceList *response, struct answer *answer);

#endif
