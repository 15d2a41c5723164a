#include "clients/demo/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define EVERY_MS 100

void progress_init(struct progress *progress)
{
	*progress = (struct progress){ .terminal = isatty(STDERR_FILENO) };
}

void progress_show(struct progress *progress, const char *what, size_t done, size_t all)
{
	int64_t now_ms = clock_system->monotonic_ms(clock_system);

	if (!progress->terminal || (done < all && now_ms - progress->shown_ms < EVERY_MS))
		return;
	progress->shown_ms = now_ms;
	fprintf(stderr, "\r\033[K%s %zu/%zu", what, done, all);
	progress->on_screen = true;
}

void progress_end(struct progress *progress)
{
	if (progress->on_screen)
		fputs("\r\033[K", stderr);
	progress->on_screen = false;
}

void complain(const char *format, ...)
{
	va_list arguments;

	fputs("tsunagi-demo: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
