/*
 * Writes that were not answered in time. They may have arrived or not, so the account's folder keeps
 * their ids: the same command, given again, repeats the same request, and what it asks for happens
 * once. Kept for a day; each line of the file `unanswered` is an id and a SHA-256 of what was asked.
 */
#ifndef UNANSWERED_H
#define UNANSWERED_H

#include "clients/cli/cli.h"
#include "id.h"

/* True: the same was asked before under this id, and not answered. */
bool unanswered_find(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		     char id[ID_SIZE]);
/* Where the folder cannot be written, nothing is kept, and a warning says so. */
void unanswered_keep(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		     const char *id);
void unanswered_forget(struct cli *cli, const char *id);

#endif
