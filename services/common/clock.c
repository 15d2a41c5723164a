#include "clock.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

/* The machine's clock, with random numbers drawn ahead: nonces and ids ask often and for little, and
 * each call of the library's generator costs as much as sealing a value. */
struct system_clock {
	struct clock clock;
	size_t left;       /* unused bytes, at the end of the pool */
	pid_t owner;       /* a child of a fork must not give out what its parent does */
	uint8_t pool[512];
};

static void system_random(struct clock *clock, void *out, size_t size)
{
	struct system_clock *machine = (struct system_clock *)(void *)clock;
	uint8_t *to = out;

	while (size) {
		if (machine->left == 0 || machine->owner != getpid()) {
			if (RAND_bytes(machine->pool, sizeof(machine->pool)) != 1)
				log_fatal("random", "error=\"no random numbers can be had\"");
			machine->left = sizeof(machine->pool);
			machine->owner = getpid();
		}
		size_t n = size < machine->left ? size : machine->left;
		uint8_t *from = machine->pool + sizeof(machine->pool) - machine->left;
		memcpy(to, from, n);
		OPENSSL_cleanse(from, n); /* what was a nonce or an id is nobody's next one */
		machine->left -= n;
		to += n;
		size -= n;
	}
}

static struct system_clock machine_clock = {
	.clock = { system_wall_ms, system_monotonic_ms, system_random },
};

struct clock *const clock_system = &machine_clock.clock;
