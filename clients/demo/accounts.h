/*
 * Sets up the organisations and enrols their people: an account folder each, whose key is made here.
 */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "clients/demo/city.h"
#include "clients/demo/progress.h"

/*
 * Adds the organisations that directory does not know yet, and whoever has no account folder below
 * STATE/accounts. What is there stays as it is, so it may be repeated from any interruption; asks
 * nothing of directory when no folder is missing and known says that the organisations are there.
 * A folder that was lost costs its owner's certificates: they are revoked and the person enrolled
 * anew. Signed by STATE/accounts/admin. 0, or an error that has been said.
 */
int accounts_settle(struct city *city, const char *state, bool known, struct progress *progress);

#endif
