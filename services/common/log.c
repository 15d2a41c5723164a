#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_BYTES 2048

/* The process's, not a daemon's: where its lines go and how many. Set once, before the loop. */
static struct {
	const char *program;
	enum log_level least;
} logger = { "tsunagi", LOG_LEVEL_INFO };

static const char *const names[] = { "debug", "info", "warn", "error" };

void log_init(const char *program, enum log_level least)
{
	logger.program = program;
	logger.least = least;
}

/* One write, so that lines of several processes do not mix. What would begin a new line or speak to
 * a terminal becomes a question mark. */
static void __attribute__((format(printf, 3, 0)))
log_line(enum log_level level, const char *event, const char *format, va_list arguments)
{
	char line[LINE_BYTES];
	int head = snprintf(line, sizeof(line) / 2, "level=%s program=%s event=%s ", names[level],
			    logger.program, event);
	size_t used = head < 0 ? 0 : (size_t)head;
	if (used >= sizeof(line) / 2)
		used = sizeof(line) / 2 - 1;
	int rest = vsnprintf(line + used, sizeof(line) - used, format, arguments);
	if (rest > 0)
		used += (size_t)rest;
	if (used > sizeof(line) - 2)
		used = sizeof(line) - 2;
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[used] = '\n';
	ssize_t written = write(STDERR_FILENO, line, used + 1);
	(void)written; /* there is nowhere to tell */
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
	va_list arguments;

	if (level < logger.least)
		return;
	va_start(arguments, format);
	log_line(level, event, format, arguments);
	va_end(arguments);
}

void log_fatal(const char *event, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_LEVEL_ERROR, event, format, arguments);
	va_end(arguments);
	abort();
}
