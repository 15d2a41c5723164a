/*
 * Photos and papers of an entry. What a camera wrote of place and time is taken out before anything is
 * sent (picture.h). What broke off goes on where it was when the command is repeated, for the service
 * knows the pieces by the SHA-256 of the whole.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include "clients/cli/cli.h"

/* Reads the files that --attach names, sends them, and makes the entry name them; entry->patient is
 * known. Without the option the entry stays as it is. 0, or the exit status, said. */
int attach_files(struct cli *cli, const struct args *args, Entry *entry);
/* "処方箋.jpg (JPEG, 1280 × 960, 1.2 MB)", in the arena. */
char *attach_label(struct cli *cli, const Attachment *attachment);

#endif
