#include "id.h"

#include <string.h>

#include "error.h"

#define ID_BYTES 16

/* Crockford's base32. 26 characters are 130 bits: the first one holds 3 bits only. */
static const char digits[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void encode(char out[ID_SIZE], const uint8_t bytes[ID_BYTES])
{
	unsigned window = 0, bits = 2, n = 0; /* two zero bits stand before the first byte */

	for (int i = 0; i < ID_BYTES; i++) {
		window = window << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			out[n++] = digits[window >> (bits - 5) & 31];
		window &= 31;
	}
	out[n] = '\0';
}

/* False: not 26 digits, or more than 128 bits. Leaves out untouched then. */
static bool decode(uint8_t out[ID_BYTES], const char *id)
{
	uint8_t bytes[ID_BYTES];
	unsigned window = 0, bits = 0, n = 0;

	if (!id || strnlen(id, ID_SIZE) != ID_LENGTH || id[0] > '7')
		return false;
	for (int i = 0; i < ID_LENGTH; i++) {
		const char *digit = strchr(digits, id[i]);
		if (!digit)
			return false;
		window = (window << 5 | (unsigned)(digit - digits)) & 0xfff;
		bits += i ? 5 : 3;
		if (bits >= 8) {
			bits -= 8;
			bytes[n++] = (uint8_t)(window >> bits);
		}
	}
	memcpy(out, bytes, ID_BYTES);
	return true;
}

void id_make(char out[ID_SIZE], struct clock *clock, int64_t now_ms)
{
	uint8_t bytes[ID_BYTES];

	clock->random(clock, bytes + 6, ID_BYTES - 6);
	for (int i = 0; i < 6; i++)
		bytes[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x70); /* version 7 */
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
	encode(out, bytes);
}

bool id_valid(const char *id)
{
	uint8_t bytes[ID_BYTES];
	return decode(bytes, id) && bytes[6] >> 4 == 7 && bytes[8] >> 6 == 2;
}

int64_t id_time_ms(const char *id)
{
	uint8_t bytes[ID_BYTES] = { 0 };
	int64_t time_ms = 0;

	decode(bytes, id);
	for (int i = 0; i < 6; i++)
		time_ms = time_ms << 8 | bytes[i];
	return time_ms;
}

static char normal(char typed)
{
	if (typed >= 'a' && typed <= 'z')
		typed = (char)(typed - 'a' + 'A');
	if (typed == 'I' || typed == 'L')
		return '1';
	return typed == 'O' ? '0' : typed;
}

int id_parse(char out[ID_SIZE], const char *typed)
{
	uint8_t bytes[ID_BYTES];
	char id[ID_SIZE];

	if (!typed || strnlen(typed, ID_SIZE) != ID_LENGTH)
		return ERR_INVALID;
	for (int i = 0; i < ID_SIZE; i++)
		id[i] = normal(typed[i]);
	if (!decode(bytes, id))
		return ERR_INVALID;
	memcpy(out, id, ID_SIZE);
	return 0;
}
