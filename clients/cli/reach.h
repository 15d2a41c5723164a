/*
 * Whom an entry reaches with a sound, and when: said to its author behind the writing.
 */
#ifndef REACH_H
#define REACH_H

#include "clients/cli/cli.h"
#include "clients/cli/who.h"

/* "14:05" today, "明日 9:00", else the date as well. */
char *reach_time(struct cli *cli, int64_t time_ms);
/* "佐倉 恵看護師（松木ST）、…: 明日 9:00 に届きます（まとめて）", a line for each time; what has rung first.
 * In the arena. */
char *reach_text(struct cli *cli, struct names *names, Notification *const *items, size_t n);
/* Waits a moment until alert knows of the entry, and says it on stderr, for stdout has the entry's id.
 * Nothing with --json, and where nobody is told. */
void reach_say(struct cli *cli, const char *entry);

#endif
