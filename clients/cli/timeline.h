/*
 * Entries on the screen, in full: with author, readers, corrections and answers.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "clients/cli/cli.h"

/* An entry with all that belongs to it, or its JSON. */
void timeline_print_shown(struct cli *cli, const EntryShown *shown);

#endif
