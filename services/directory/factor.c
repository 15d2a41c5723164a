#include "factor.h"

#include <fido.h>
#include <fido/es256.h>
#include <jansson.h>
#include <liboath/oath.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <string.h>

/* ---- codes by time ------------------------------------------------------------------------ */

bool totp_right(ProtobufCBinaryData secret, const char *code, int64_t now_ms, uint64_t taken,
		uint64_t *step)
{
	char expected[TOTP_DIGITS + 1];
	int64_t now = now_ms / 1000 / TOTP_STEP_S;
	bool right = false;

	if (secret.len != TOTP_SECRET_BYTES || strlen(code) != TOTP_DIGITS || now < 1)
		return false;
	/* All three, whichever it is. A step is never taken twice, nor one before it. */
	for (int64_t at = now - 1; at <= now + 1; at++) {
		if (oath_totp_generate((const char *)secret.data, secret.len,
				       (time_t)(at * TOTP_STEP_S), TOTP_STEP_S, 0, TOTP_DIGITS,
				       expected) != OATH_OK)
			return false;
		bool same = CRYPTO_memcmp(expected, code, TOTP_DIGITS) == 0;
		if (same && (uint64_t)at > taken) {
			*step = (uint64_t)at;
			right = true;
		}
	}
	return right;
}

/* ---- what the browser says ---------------------------------------------------------------- */

/* Base64url without padding (RFC 4648, 5) of at most 48 bytes. */
static bool challenge_is(const char *text, ProtobufCBinaryData wanted)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char made[65];
	size_t n = 0;

	if (wanted.len > 48)
		return false;
	for (size_t i = 0; i < wanted.len; i += 3) {
		uint32_t group = (uint32_t)wanted.data[i] << 16;
		size_t here = wanted.len - i < 3 ? wanted.len - i : 3;
		if (here > 1)
			group |= (uint32_t)wanted.data[i + 1] << 8;
		if (here > 2)
			group |= wanted.data[i + 2];
		for (size_t k = 0; k < here + 1; k++)
			made[n++] = digits[group >> (18 - 6 * k) & 63];
	}
	made[n] = '\0';
	return strcmp(text, made) == 0;
}

/* challenge NULL: any (a new passkey is added by whoever is signed in already). */
static bool client_data_right(const struct relying_party *party, ProtobufCBinaryData data,
			      const char *type, const ProtobufCBinaryData *challenge)
{
	json_t *json = data.len && data.len <= CLIENT_DATA_BYTES
			       ? json_loadb((const char *)data.data, data.len,
					    JSON_REJECT_DUPLICATES, NULL)
			       : NULL;
	const char *said_type = json_string_value(json_object_get(json, "type"));
	const char *origin = json_string_value(json_object_get(json, "origin"));
	const char *said = json_string_value(json_object_get(json, "challenge"));
	bool right = false;

	for (size_t i = 0; said_type && origin && said && i < party->n_origins; i++)
		right |= strcmp(origin, party->origins[i]) == 0;
	right = right && strcmp(said_type, type) == 0 &&
		!json_is_true(json_object_get(json, "crossOrigin")) &&
		(!challenge || challenge_is(said, *challenge));
	json_decref(json);
	return right;
}

/* ---- passkeys ----------------------------------------------------------------------------- */

static es256_pk_t *public_key(ProtobufCBinaryData der)
{
	const unsigned char *at = der.data;
	EVP_PKEY *key = der.len ? d2i_PUBKEY(NULL, &at, (long)der.len) : NULL;
	es256_pk_t *out = key ? es256_pk_new() : NULL;

	if (out && es256_pk_from_EVP_PKEY(out, key) != FIDO_OK)
		es256_pk_free(&out);
	EVP_PKEY_free(key);
	return out;
}

static bool assertion_signed(const struct relying_party *party, const Passkey *passkey,
			     const PasskeyAssertion *assertion, uint32_t *counter)
{
	es256_pk_t *key = public_key(passkey->public_key);
	fido_assert_t *made = key ? fido_assert_new() : NULL;
	bool right = made &&
		     fido_assert_set_clientdata(made, assertion->client_data.data,
						assertion->client_data.len) == FIDO_OK &&
		     fido_assert_set_rp(made, party->id) == FIDO_OK &&
		     fido_assert_set_count(made, 1) == FIDO_OK &&
		     fido_assert_set_up(made, FIDO_OPT_TRUE) == FIDO_OK &&
		     fido_assert_set_uv(made, FIDO_OPT_TRUE) == FIDO_OK &&
		     fido_assert_set_authdata_raw(made, 0, assertion->authenticator_data.data,
						  assertion->authenticator_data.len) == FIDO_OK &&
		     fido_assert_set_sig(made, 0, assertion->signature.data,
					 assertion->signature.len) == FIDO_OK &&
		     fido_assert_verify(made, 0, COSE_ES256, key) == FIDO_OK;

	if (right)
		*counter = fido_assert_sigcount(made, 0);
	fido_assert_free(&made);
	es256_pk_free(&key);
	return right;
}

bool passkey_right(const struct relying_party *party, const Passkey *passkey,
		   const PasskeyAssertion *assertion, ProtobufCBinaryData challenge,
		   uint32_t *counter)
{
	uint32_t said = 0;

	if (!party->id || challenge.len != CHALLENGE_BYTES || !assertion->authenticator_data.len ||
	    assertion->authenticator_data.len > AUTHENTICATOR_DATA_BYTES ||
	    !assertion->signature.len || assertion->signature.len > SIGNATURE_BYTES ||
	    assertion->credential.len != passkey->credential.len ||
	    memcmp(assertion->credential.data, passkey->credential.data, passkey->credential.len) !=
		    0)
		return false;
	if (!client_data_right(party, assertion->client_data, "webauthn.get", &challenge) ||
	    !assertion_signed(party, passkey, assertion, &said))
		return false;
	/* Web Authentication, 7.2, step 21: a counter that does not grow is a copied authenticator. */
	if ((said || passkey->counter) && said <= passkey->counter)
		return false;
	*counter = said;
	return true;
}

/* SubjectPublicKeyInfo of x and y. */
static bool key_kept(struct arena *arena, const unsigned char *point, size_t size,
		     ProtobufCBinaryData *out)
{
	es256_pk_t *key = size == 64 ? es256_pk_new() : NULL;
	EVP_PKEY *found = NULL;
	unsigned char *der = NULL;
	int length = -1;

	if (key && es256_pk_from_ptr(key, point, size) == FIDO_OK)
		found = es256_pk_to_EVP_PKEY(key);
	if (found)
		length = i2d_PUBKEY(found, &der);
	if (length > 0) {
		out->data = arena_copy(arena, der, (size_t)length);
		out->len = out->data ? (size_t)length : 0;
	}
	OPENSSL_free(der);
	EVP_PKEY_free(found);
	es256_pk_free(&key);
	return out->len > 0;
}

/* The first 32 bytes say whose it is; then flags: present 1, verified 4, with a key 64. */
static bool authenticator_data_right(const struct relying_party *party, ProtobufCBinaryData data)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	if (data.len < 37 || data.len > AUTHENTICATOR_DATA_BYTES)
		return false;
	SHA256((const unsigned char *)party->id, strlen(party->id), hash);
	return memcmp(hash, data.data, sizeof(hash)) == 0 && (data.data[32] & 0x45) == 0x45;
}

static const char *credential_kept(struct arena *arena, const AddPasskey *request,
				   const fido_cred_t *made, Passkey *out)
{
	const Passkey *said = request->passkey;
	size_t size = fido_cred_id_len(made);

	if (!size || size > CREDENTIAL_BYTES || size != said->credential.len ||
	    memcmp(fido_cred_id_ptr(made), said->credential.data, size) != 0)
		return "passkey.credential";
	out->credential.data = arena_copy(arena, fido_cred_id_ptr(made), size);
	out->credential.len = size;
	if (!out->credential.data || !key_kept(arena, fido_cred_pubkey_ptr(made),
					       fido_cred_pubkey_len(made), &out->public_key))
		return "passkey.public_key";
	if (said->public_key.len != out->public_key.len ||
	    memcmp(said->public_key.data, out->public_key.data, said->public_key.len) != 0)
		return "passkey.public_key";
	out->counter = fido_cred_sigcount(made);
	return NULL;
}

const char *passkey_made(struct arena *arena, const struct relying_party *party,
			 const AddPasskey *request, Passkey **out)
{
	Passkey *kept = NEW(Passkey, arena);
	const char *wrong = NULL;

	if (!party->id || !kept || !request->passkey)
		return "passkey";
	if (!client_data_right(party, request->client_data, "webauthn.create", NULL))
		return "client_data";
	if (!authenticator_data_right(party, request->authenticator_data))
		return "authenticator_data";
	fido_cred_t *made = fido_cred_new();
	if (!made || fido_cred_set_type(made, COSE_ES256) != FIDO_OK ||
	    fido_cred_set_authdata_raw(made, request->authenticator_data.data,
				       request->authenticator_data.len) != FIDO_OK)
		wrong = "authenticator_data";
	else
		wrong = credential_kept(arena, request, made, kept);
	fido_cred_free(&made);
	if (!wrong)
		*out = kept;
	return wrong;
}
