/* If this failed, something in place of a browser's token would crash the broker, or be believed. */
#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "broker-config/token.c"

/* Signed once, good until 2096; the private key is gone, so there is one token to be believed. */
#define NOW_S 4000000000

const unsigned fuzz_runs = 20000;
static const char key[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtHxTEQUnIAwb0y25sb1g6t4N8+kp\n"
	"Yca621qJ8lVaPwANMSBTl+WbFoLdcV3s5oIGDln+kwhcnhfNTpoHe+d+5A==\n"
	"-----END PUBLIC KEY-----\n";
static const char good[] =
	"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJoYW5ha28iLCJkZXYiOiJ3ZWItMSIsImp"
	"0aSI6IjAxQVJaM05ERUtUU1Y0UlJGRlE2OUc1RkFWIiwiaWF0Ijo0MDAwMDAwMDAwLCJleHAiOjQwMDA"
	"wMDM2MDB9.Xfd15lSvlN6wRolkPqdc7FntoCU4eQV_mzXeBmz-T1AYHd2ewzRDdGOMiCMdkDnQSYhb-W"
	"YkjLinoByBqgzNFg";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	struct token token = { .until_s = -1 };

	PROMISE(text);
	if (size)
		memcpy(text, data, size);
	if (token_read(&token, text, key, strlen(key), NOW_S)) {
		/* The last letter holds two bits that are none of the signature's. */
		PROMISE(strncmp(text, good, strlen(good) - 1) == 0 && strlen(text) == strlen(good));
		PROMISE(strcmp(token.user, "hanako") == 0 && strcmp(token.device, "web-1") == 0);
		PROMISE(token.until_s > NOW_S && strlen(token.id) == TOKEN_ID_BYTES);
	} else {
		PROMISE(token.until_s == -1);
		PROMISE(strcmp(text, good) != 0);
	}
	free(text);
	return 0;
}

/* Now and then with parts exchanged. */
size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	const char *rest = strchr(good, '.');
	char text[2048];

	switch (rng_below(rng, 4)) {
	case 0:
		snprintf(text, sizeof(text), "eyJhbGciOiJub25lIn0%.*s.", (int)(strrchr(good, '.') - rest), rest);
		break;
	case 1:
		snprintf(text, sizeof(text), "%s%s", good, good + rng_below(rng, sizeof(good)));
		break;
	default:
		snprintf(text, sizeof(text), "%s", good);
	}
	memcpy(out, text, strlen(text));
	return strlen(text);
}
