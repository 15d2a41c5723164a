#include "due.h"

#include <openssl/sha.h>
#include <string.h>

#include "error.h"

#define HASH_BYTES 16

/*
 * key    class, 1 byte; at_ms, 8 bytes big-endian; SHA-256(name ‖ packed message), 16 bytes
 * value  Notice with time_ms, type, body
 *
 * A time before 1970 is long past: it counts as 0, so that it does not sort behind all others.
 */
static int due_key(struct tx *tx, enum due_class class, const Notice *item, struct key *key)
{
	uint8_t hash[SHA256_DIGEST_LENGTH], first = (uint8_t)class;
	size_t name = strlen(item->type), size = name + item->body.len;
	uint8_t *text = arena_alloc(tx->arena, size);

	if (!text)
		return ERR_NOMEM;
	memcpy(text, item->type, name);
	if (item->body.len)
		memcpy(text + name, item->body.data, item->body.len);
	SHA256(text, size, hash);
	key->size = 0;
	key_add_bytes(key, &first, 1);
	key_add_u64(key, (uint64_t)item->time_ms);
	key_add_bytes(key, hash, HASH_BYTES);
	return 0;
}

/* False: the transaction has failed. */
static bool prepare(struct tx *tx, enum due_class class, int64_t at_ms,
		    const ProtobufCMessage *message, Notice *item, struct key *key)
{
	struct bytes body;

	if (tx->error)
		return false;
	int rc = codec_pack(message, tx->arena, &body);
	if (!rc) {
		union { const uint8_t *in; uint8_t *out; } data = { .in = body.data };
		*item = (Notice)Notice_INIT;
		item->time_ms = at_ms < 0 ? 0 : at_ms;
		item->type = arena_string(tx->arena, codec_name(message->descriptor));
		item->body = (ProtobufCBinaryData){ body.size, data.out };
		rc = due_key(tx, class, item, key);
	}
	if (rc)
		tx->error = rc;
	return !rc;
}

void due_set(struct tx *tx, enum due_class class, int64_t at_ms, const ProtobufCMessage *message)
{
	struct key key;
	Notice item;

	if (prepare(tx, class, at_ms, message, &item, &key))
		PUT(tx, TABLE_DUE, &key, &item);
}

void due_clear(struct tx *tx, enum due_class class, int64_t at_ms, const ProtobufCMessage *message)
{
	struct key key;
	Notice item;

	if (prepare(tx, class, at_ms, message, &item, &key))
		tx_delete(tx, TABLE_DUE, &key);
}
