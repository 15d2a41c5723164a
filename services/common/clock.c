#include "clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "log.h"

static int64_t read_ms(clockid_t which)
{
	struct timespec now;
	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall_ms(struct clock *clock)
{
	(void)clock;
	return read_ms(CLOCK_REALTIME);
}

/* Goes on while the machine sleeps, so that waking up is no jump of the wall clock. */
static int64_t system_monotonic_ms(struct clock *clock)
{
	(void)clock;
	return read_ms(CLOCK_BOOTTIME);
}

static void system_random(struct clock *clock, void *out, size_t size)
{
	char *next = out;

	(void)clock;
	while (size) {
		ssize_t got = getrandom(next, size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			log_fatal("random", "error=\"the kernel gives no random numbers\"");
		next += got;
		size -= (size_t)got;
	}
}

struct clock clock_system = { system_wall_ms, system_monotonic_ms, system_random };
