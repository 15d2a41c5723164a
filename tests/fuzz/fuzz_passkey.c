/* If this failed, what a browser gives as a passkey would crash directory, or be believed though nobody's
 * authenticator made it. An input is two bytes of length each for the first two of authenticator data, client
 * data, signature, and these. */
#include <string.h>

#include "services/directory/factor.h"
#include "tests/fuzz/fuzz.h"

/* Made once by tests/lib/soft_passkey.c: a registration, and a signature over the challenge 0, 1 … 31. */
static const char made_data[] =
	"68fd39b77c6f0d7b676aa58ac883756a516f6706f9e61ada03b3b07971459533"
	"4500000001000000000000000000000000000000000010736f66742d70617373"
	"6b65792d303031a5010203262001215820bc597081ff6874a3d384aa90376d36"
	"74277bae61165ab92acaf4779d4a1b0ade225820e1375cb9dd62f591784d377a"
	"9f9430c5c27eca920338f3e518ad8f6fca807c15";
static const char made_client[] =
	"{\"type\":\"webauthn.create\",\"challenge\":\"c29mdC1wYXNza2V5LTAwMQ\","
	"\"origin\":\"https://tsunagi.example\",\"crossOrigin\":false}";
static const char public_key[] =
	"3059301306072a8648ce3d020106082a8648ce3d03010703420004bc597081ff"
	"6874a3d384aa90376d3674277bae61165ab92acaf4779d4a1b0adee1375cb9dd"
	"62f591784d377a9f9430c5c27eca920338f3e518ad8f6fca807c15";
static const char signed_data[] =
	"68fd39b77c6f0d7b676aa58ac883756a516f6706f9e61ada03b3b07971459533"
	"0500000002";
static const char signed_client[] =
	"{\"type\":\"webauthn.get\",\"challenge\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\","
	"\"origin\":\"https://tsunagi.example\",\"crossOrigin\":false}";
static const char signature[] =
	"3045022100ccd78f4fac7c96577ed0ab3ce7b3383af9f635b60f68c131521ddc"
	"6295363d110220315fea6612d90914e09859c77981551330cb429074ffc69783"
	"d2c735989feff9";
static const char credential[] = "soft-passkey-001";

const unsigned fuzz_runs = 20000;

static size_t unhex(const char *text, uint8_t *out)
{
	size_t n = strlen(text) / 2;
	unsigned value;

	for (size_t i = 0; i < n; i++) {
		sscanf(text + 2 * i, "%2x", &value);
		out[i] = (uint8_t)value;
	}
	return n;
}

static ProtobufCBinaryData copy(struct arena *arena, const uint8_t *data, size_t size)
{
	return (ProtobufCBinaryData){ size, arena_copy(arena, data, size) };
}

static ProtobufCBinaryData known(struct arena *arena, const char *hex)
{
	uint8_t bytes[512];
	return copy(arena, bytes, unhex(hex, bytes));
}

struct parts {
	ProtobufCBinaryData data, client, signature;
};

static struct parts split(struct arena *arena, const uint8_t *data, size_t size)
{
	size_t first = size < 4 ? 0 : (size_t)(data[0] | data[1] << 8);
	size_t second = size < 4 ? 0 : (size_t)(data[2] | data[3] << 8), left = size < 4 ? 0 : size - 4;

	first = first < left ? first : left;
	second = second < left - first ? second : left - first;
	return (struct parts){ copy(arena, data + (left ? 4 : 0), first),
			       copy(arena, data + (left ? 4 : 0) + first, second),
			       copy(arena, data + (left ? 4 : 0) + first + second, left - first - second) };
}

static bool same(ProtobufCBinaryData a, ProtobufCBinaryData b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void try_registration(struct arena *arena, const struct relying_party *party, struct parts parts)
{
	AddPasskey request = AddPasskey_INIT;
	Passkey said = Passkey_INIT, *kept = NULL;

	said.credential = copy(arena, (const uint8_t *)credential, strlen(credential));
	said.public_key = known(arena, public_key);
	request.passkey = &said;
	request.authenticator_data = parts.data;
	request.client_data = parts.client;
	if (!passkey_made(arena, party, &request, &kept)) {
		PROMISE(kept && same(kept->credential, said.credential));
		PROMISE(same(kept->public_key, said.public_key));
	}
}

static void try_signature(struct arena *arena, const struct relying_party *party, struct parts parts)
{
	PasskeyAssertion assertion = PasskeyAssertion_INIT;
	Passkey passkey = Passkey_INIT;
	uint8_t bytes[CHALLENGE_BYTES];
	uint32_t counter = 0;

	for (uint8_t i = 0; i < CHALLENGE_BYTES; i++)
		bytes[i] = i;
	passkey.credential = assertion.credential =
		copy(arena, (const uint8_t *)credential, strlen(credential));
	passkey.public_key = known(arena, public_key);
	assertion.authenticator_data = parts.data;
	assertion.client_data = parts.client;
	assertion.signature = parts.signature;
	bool right = passkey_right(party, &passkey, &assertion,
				   (ProtobufCBinaryData){ CHALLENGE_BYTES, bytes }, &counter);
	bool whole = same(parts.data, known(arena, signed_data)) &&
		     same(parts.client, copy(arena, (const uint8_t *)signed_client, strlen(signed_client)));
	PROMISE(!right || (whole && counter == 2));
	if (whole && same(parts.signature, known(arena, signature)))
		PROMISE(right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct relying_party party = { "tsunagi.example", { "https://tsunagi.example" }, 1 };
	struct arena arena;

	arena_init(&arena, 4 << 20);
	struct parts parts = split(&arena, data, size);
	try_registration(&arena, &party, parts);
	try_signature(&arena, &party, parts);
	arena_close(&arena);
	return 0;
}

size_t fuzz_example(struct rng *rng, uint8_t *out)
{
	bool made = rng_chance(rng, 500);
	const char *client = made ? made_client : signed_client;
	size_t first = unhex(made ? made_data : signed_data, out + 4), second = strlen(client), n;

	out[0] = (uint8_t)first;
	out[1] = (uint8_t)(first >> 8);
	out[2] = (uint8_t)second;
	out[3] = (uint8_t)(second >> 8);
	n = 4 + first;
	memcpy(out + n, client, second);
	n += second;
	return made ? n : n + unhex(signature, out + n);
}
