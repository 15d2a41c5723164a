#include "clock.h"

#include <openssl/rand.h>
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

/* OpenSSL's generator rather than the kernel's: nonces and ids ask often and for little, and a system
 * call each time costs a tenth of a stored entry. It seeds itself from the kernel, also after a fork. */
static void system_random(struct clock *clock, void *out, size_t size)
{
	(void)clock;
	if (RAND_bytes(out, (int)size) != 1)
		log_fatal("random", "error=\"no random numbers can be had\"");
}

struct clock clock_system = { system_wall_ms, system_monotonic_ms, system_random };
