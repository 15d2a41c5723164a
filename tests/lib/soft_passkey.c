#include "tests/lib/soft_passkey.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESENT_AND_VERIFIED 0x05
#define WITH_KEY 0x40

static void must(bool condition)
{
	if (!condition)
		abort();
}

void soft_passkey_init(struct soft_passkey *passkey, const char *rp_id, const char *origin)
{
	*passkey = (struct soft_passkey){ .rp_id = rp_id, .origin = origin, .counter = 1,
					  .flags = PRESENT_AND_VERIFIED };
	passkey->key = EVP_EC_gen("P-256");
	must(passkey->key != NULL);
	memcpy(passkey->credential, "soft-passkey-001", sizeof(passkey->credential));
}

void soft_passkey_close(struct soft_passkey *passkey)
{
	EVP_PKEY_free(passkey->key);
	passkey->key = NULL;
}

static ProtobufCBinaryData data(struct arena *arena, const void *from, size_t size)
{
	return (ProtobufCBinaryData){ size, arena_copy(arena, from, size) };
}

static ProtobufCBinaryData client_data(struct soft_passkey *passkey, struct arena *arena,
				       const char *type, ProtobufCBinaryData challenge)
{
	unsigned char encoded[128];
	int n = EVP_EncodeBlock(encoded, challenge.data, (int)challenge.len);

	for (int i = 0; i < n; i++)
		encoded[i] = encoded[i] == '+' ? '-' : encoded[i] == '/' ? '_' : encoded[i];
	while (n && encoded[n - 1] == '=')
		n--;
	char *text = arena_printf(arena,
				  "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\",\"crossOrigin\":false}",
				  type, n, (char *)encoded, passkey->origin);
	return data(arena, text, strlen(text));
}

/* Web Authentication Level 2, 6.1: hash of the host, flags, counter. */
static size_t head(struct soft_passkey *passkey, uint8_t *out, uint8_t flags)
{
	SHA256((const unsigned char *)passkey->rp_id, strlen(passkey->rp_id), out);
	out[32] = flags;
	for (int i = 0; i < 4; i++)
		out[33 + i] = (uint8_t)(passkey->counter >> (24 - 8 * i));
	if (passkey->counter)
		passkey->counter++;
	return 37;
}

/* RFC 9053, 7.1: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}. */
static size_t cose_key(struct soft_passkey *passkey, uint8_t *out)
{
	static const uint8_t begin[] = { 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20 };
	static const uint8_t between[] = { 0x22, 0x58, 0x20 };
	uint8_t point[65];
	size_t size = 0;

	must(EVP_PKEY_get_octet_string_param(passkey->key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point),
					     &size) == 1 && size == sizeof(point));
	memcpy(out, begin, sizeof(begin));
	memcpy(out + sizeof(begin), point + 1, 32);
	memcpy(out + sizeof(begin) + 32, between, sizeof(between));
	memcpy(out + sizeof(begin) + 32 + sizeof(between), point + 33, 32);
	return sizeof(begin) + 32 + sizeof(between) + 32;
}

AddPasskey *soft_passkey_made(struct soft_passkey *passkey, struct arena *arena)
{
	AddPasskey *made = NEW(AddPasskey, arena);
	uint8_t bytes[256];
	unsigned char *der = NULL;
	size_t n = head(passkey, bytes, passkey->flags | WITH_KEY);

	must(made != NULL);
	memset(bytes + n, 0, 16); /* what kind of authenticator: not said */
	n += 16;
	bytes[n++] = 0;
	bytes[n++] = sizeof(passkey->credential);
	memcpy(bytes + n, passkey->credential, sizeof(passkey->credential));
	n += sizeof(passkey->credential);
	n += cose_key(passkey, bytes + n);
	made->authenticator_data = data(arena, bytes, n);
	made->client_data = client_data(passkey, arena, "webauthn.create",
					(ProtobufCBinaryData){ sizeof(passkey->credential), passkey->credential });
	made->passkey = NEW(Passkey, arena);
	must(made->passkey != NULL);
	made->passkey->credential = data(arena, passkey->credential, sizeof(passkey->credential));
	int length = i2d_PUBKEY(passkey->key, &der);
	must(length > 0);
	made->passkey->public_key = data(arena, der, (size_t)length);
	made->passkey->name = arena_string(arena, "電話");
	OPENSSL_free(der);
	return made;
}

static ProtobufCBinaryData sign(struct soft_passkey *passkey, struct arena *arena,
				const uint8_t *bytes, size_t n)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t signature[128];
	size_t size = sizeof(signature);

	must(context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, passkey->key) == 1 &&
	     EVP_DigestSign(context, signature, &size, bytes, n) == 1);
	EVP_MD_CTX_free(context);
	return data(arena, signature, size);
}

PasskeyAssertion *soft_passkey_signs(struct soft_passkey *passkey, struct arena *arena,
				     ProtobufCBinaryData challenge)
{
	PasskeyAssertion *made = NEW(PasskeyAssertion, arena);
	uint8_t bytes[37 + SHA256_DIGEST_LENGTH];
	size_t n = head(passkey, bytes, passkey->flags);

	must(made != NULL);
	made->credential = data(arena, passkey->credential, sizeof(passkey->credential));
	made->authenticator_data = data(arena, bytes, n);
	made->client_data = client_data(passkey, arena, "webauthn.get", challenge);
	SHA256(made->client_data.data, made->client_data.len, bytes + n);
	made->signature = sign(passkey, arena, bytes, n + SHA256_DIGEST_LENGTH);
	return made;
}
