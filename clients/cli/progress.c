#include "clients/cli/progress.h"

#include <stdio.h>
#include <string.h>

#define BAR_CELLS 24
#define SHOW_EVERY_MS 100

void progress_draw(struct progress *progress, uint64_t done_bytes)
{
	char bar[BAR_CELLS + 3];
	int64_t now_ms = cli_now_ms();

	if (!progress->cli->err_terminal || now_ms - progress->shown_ms < SHOW_EVERY_MS)
		return;
	unsigned percent =
		progress->all_bytes ? (unsigned)(done_bytes * 100 / progress->all_bytes) : 100;
	memset(bar, ' ', sizeof(bar));
	bar[0] = '[';
	memset(bar + 1, '#', (size_t)percent * BAR_CELLS / 100);
	bar[BAR_CELLS + 1] = ']';
	bar[BAR_CELLS + 2] = '\0';
	fputs("\r\033[K", stderr);
	fprintf(stderr, cli_text(progress->cli, MSG_ATTACH_SENDING), bar, percent, progress->what);
	fflush(stderr);
	progress->shown_ms = now_ms;
}

void progress_clear(struct progress *progress)
{
	if (progress->shown_ms)
		fputs("\r\033[K", stderr);
	progress->shown_ms = 0;
}
