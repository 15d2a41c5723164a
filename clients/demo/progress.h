/*
 * How far the loading is: one line that is written over and over on a terminal, nothing in a log.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool terminal;    /* stderr is one */
	int64_t shown_ms; /* when, on the monotonic clock */
	bool on_screen;   /* the line is there */
};

void progress_init(struct progress *progress);
void progress_show(struct progress *progress, const char *what, size_t done, size_t all);
/* Takes the line away. */
void progress_end(struct progress *progress);
/* A sentence on stderr, with the program's name before it. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
