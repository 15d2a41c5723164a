#include "touched.h"

uint64_t key_hash(const struct key *key)
{
	uint64_t hash = 14695981039346656037ULL;
	for (size_t i = 0; i < key->size; i++)
		hash = (hash ^ key->data[i]) * 1099511628211ULL;
	return hash;
}

void touched_add(struct touched *touched, const struct key *key)
{
	uint64_t hash = key_hash(key);

	if (touched->all || touched_has(touched, hash))
		return;
	if (touched->n == LIMIT_TOUCHED_KEYS)
		touched->all = true;
	else
		touched->hashes[touched->n++] = hash;
}

bool touched_has(const struct touched *touched, uint64_t hash)
{
	for (size_t i = touched->n; i-- > 0;)
		if (touched->hashes[i] == hash)
			return true;
	return touched->all;
}
