/* A bar on stderr while bytes go or come, where that is a terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "clients/cli/cli.h"

struct progress {
	const struct cli *cli;
	const char *what; /* a name for people */
	uint64_t all_bytes;
	int64_t shown_ms; /* when it was drawn last; 0: it is not on the screen */
};

void progress_draw(struct progress *progress, uint64_t done_bytes);
void progress_clear(struct progress *progress);

#endif
