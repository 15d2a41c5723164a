/* If this failed, a date or time that somebody typed or a file holds would crash its reader, or become
 * another time. */
#include <string.h>

#include "date.h"
#include "error.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[64], iso[DATE_SIZE];
	int64_t ms = 0, again = 0;

	if (size >= sizeof(text))
		return 0;
	memset(text, 0, sizeof(text));
	if (size)
		memcpy(text, data, size);
	int rc = date_parse(text, &ms);
	PROMISE(rc == 0 || rc == ERR_INVALID);
	PROMISE(rc == 0 || !date_valid(text));
	PROMISE(!date_valid_full(text) || date_days(text) * DAY_MS - JAPAN_OFFSET_MS == ms);
	PROMISE(date_age(text, 1795323900000LL) >= -1 && date_age(text, 1795323900000LL) < 200);
	if (!rc && strncmp(text, "0001", 4) > 0 && strncmp(text, "9999", 4) < 0) {
		date_iso(iso, ms);
		PROMISE(date_parse(iso, &again) == 0 && again <= ms && ms - again < 1000);
	}
	memcpy(&ms, text, sizeof(ms)); /* any number can be shown */
	date_iso(iso, ms);
	PROMISE(strlen(iso) == 25);
	date_day(iso, ms);
	PROMISE(date_valid_full(iso) || strcmp(iso, "1850") < 0);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	static const char *const zones[] = { "", "Z", "+09:00", "-0530", "+14" };
	char text[DATE_SIZE];

	date_iso(text, rng_between(rng, -62135596800000LL, 253402300000000LL));
	static const size_t lengths[] = { 4, 7, 10, 16, 19 };
	size_t size = lengths[rng_below(rng, 5)];
	memcpy(out, text, size);
	if (size > 10) {
		const char *zone = zones[rng_below(rng, 5)];
		memcpy(out + size, zone, strlen(zone));
		size += strlen(zone);
	}
	return size;
}
