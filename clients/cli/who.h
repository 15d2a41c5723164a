/*
 * What ids are called: people and organisations (from directory), patients (from record, which
 * checks the reader's right). Asked once a session, together, and only briefly waited for: where a
 * service is down, ids are shown, and the work goes on.
 */
#ifndef WHO_H
#define WHO_H

#include "clients/cli/cli.h"

struct names;

struct names *names_open(struct cli *cli);
void names_free(struct names *names);

/* Say what will be needed, fetch it all at once, then ask. */
void names_want_people(struct names *names, const char *organisation);
void names_want_user(struct names *names, const char *user); /* whose organisation is not known */
void names_want_patient(struct names *names, const char *patient);
void names_fetch(struct names *names);

/* "佐倉 恵看護師（松木ST）" or, unknown, the ids. In the command's arena. */
char *names_person(struct names *names, const char *user, const char *organisation);
char *names_user(struct names *names, const char *user);
char *names_organisation(struct names *names, const char *organisation);
/* "田所 ハル 様"; the id where the reader may not know. */
char *names_patient(struct names *names, const char *patient);

#endif
