/*
 * Follows each daemon's journal from outside, entry by entry, right after each step: what is in here
 * is on disk. The model and the invariants live on it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define DESCRIPTOR(Type) &Type##_descriptor,
static const ProtobufCMessageDescriptor *const all_types[] = {ALL_MESSAGES(DESCRIPTOR)};

const ProtobufCMessageDescriptor *type_named(const char *name)
{
	for (size_t i = 0; i < sizeof(all_types) / sizeof(*all_types); i++)
		if (!strcmp(codec_name(all_types[i]), name))
			return all_types[i];
	return NULL;
}

size_t messages_within(struct arena *arena, const ProtobufCMessage *message,
		       const ProtobufCMessageDescriptor *type, ProtobufCMessage ***out)
{
	size_t n = 0;

	*out = NULL;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const char *at = (const char *)message + field->offset;
		if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->descriptor != type)
			continue;
		ProtobufCMessage *one, *const *many = &one;
		size_t count = 1;
		memcpy(&one, at, sizeof(one));
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			memcpy(&many, at, sizeof(many));
			memcpy(&count, (const char *)message + field->quantifier_offset,
			       sizeof(count));
		} else if (!one) {
			continue;
		}
		for (size_t k = 0; k < count; k++)
			if (arena_append(arena, out, &n, many[k]))
				abort();
	}
	return n;
}

uint64_t ledger_of_request(const struct ledger *ledger, const char *user, const char *id)
{
	uint64_t position;
	return table_get(&ledger->by_request, user, id, &position) ? position : 0;
}

static void add(struct ledger *ledger, struct known_fact fact)
{
	if (ledger->n == ledger->allocated) {
		ledger->allocated = ledger->allocated ? 2 * ledger->allocated : 256;
		ledger->facts = realloc(ledger->facts, ledger->allocated * sizeof(*ledger->facts));
		if (!ledger->facts)
			abort();
	}
	ledger->facts[ledger->n++] = fact;
}

/* What was on disk when it was last looked at is there still, and is what it was. */
static void check_past(struct sim *sim, struct host *host, struct tx *tx, uint64_t head)
{
	const struct ledger *ledger = &host->ledger;
	uint8_t hash[JOURNAL_HASH_BYTES];

	if (head < ledger->n)
		sim_fail(sim, "journal-shrank", "host=%s had=%zu has=%llu", host->spec->name,
			 ledger->n, (unsigned long long)head);
	else if (ledger->n && (journal_hash(tx, ledger->n, hash) ||
			       memcmp(hash, ledger->facts[ledger->n - 1].hash, sizeof(hash))))
		sim_fail(sim, "journal-changed", "host=%s position=%zu", host->spec->name,
			 ledger->n);
}

/* One request, one fact. Reads are no effect: each answer is journalled. */
static void index_request(struct sim *sim, struct host *host, const JournalEntry *entry)
{
	struct ledger *ledger = &host->ledger;
	if (!*entry->request_id)
		return;
	uint64_t earlier = ledger_of_request(ledger, entry->user, entry->request_id);
	if (earlier && strcmp(entry->type, "Accessed"))
		sim_fail(sim, "twice-in-effect",
			 "host=%s request=%s user=%s positions=%llu,%zu type=%s", host->spec->name,
			 entry->request_id, entry->user, (unsigned long long)earlier, ledger->n,
			 entry->type);
	table_put(&ledger->by_request, entry->user, entry->request_id, ledger->n);
}

static void index_notice(struct sim *sim, struct host *host, const JournalEntry *entry)
{
	char key[64];
	if (!entry->instance_position || !strcmp(entry->type, "Witnessed"))
		return;
	snprintf(key, sizeof(key), "%llu", (unsigned long long)entry->instance_position);
	if (table_get(&host->ledger.by_request, entry->instance, key, NULL))
		sim_fail(sim, "notice-twice", "host=%s from=%s notice=%s position=%zu",
			 host->spec->name, entry->instance, key, host->ledger.n);
	table_put(&host->ledger.by_request, entry->instance, key, host->ledger.n);
}

static void read_one(struct sim *sim, int index, struct tx *tx, uint64_t position)
{
	struct host *host = &sim->hosts[index];
	struct known_fact known = {0};
	JournalEntry *entry;

	if (journal_read(tx, position, &entry) || journal_hash(tx, position, known.hash)) {
		sim_fail(sim, "journal-unreadable", "host=%s position=%llu", host->spec->name,
			 (unsigned long long)position);
		return;
	}
	known.entry = entry;
	const ProtobufCMessageDescriptor *type = type_named(entry->type);
	ProtobufCMessage *fact = NULL;
	if (type && codec_unpack(type, (struct bytes){entry->fact.data, entry->fact.len},
				 &sim->arena, &fact) == 0)
		known.fact = fact;
	else
		sim_fail(sim, "fact-unreadable", "host=%s position=%llu type=%s", host->spec->name,
			 (unsigned long long)position, entry->type);
	if (position > 1 && entry->time_ms < host->ledger.facts[position - 2].entry->time_ms)
		sim_fail(sim, "time-goes-back", "host=%s position=%llu", host->spec->name,
			 (unsigned long long)position);
	add(&host->ledger, known);
	if (fact && type == &ClockJumped_descriptor)
		host->ledger.jumps_ms += ((const ClockJumped *)(const void *)fact)->delta_ms;
	sim->outcome->facts++;
	sim_trace(sim, "fact host=%s position=%llu type=%s cause=%s user=%s", host->spec->name,
		  (unsigned long long)position, entry->type, entry->cause, entry->user);
	index_request(sim, host, entry);
	index_notice(sim, host, entry);
	check_fact(sim, index, position);
}

int64_t host_steady_ms(const struct host *host)
{
	return host->clock.wall_ms - host->ledger.jumps_ms;
}

int64_t host_now_ms(const struct host *host)
{
	return host->clock.wall_ms;
}

void ledger_read(struct sim *sim, int index)
{
	struct host *host = &sim->hosts[index];
	struct journal_head head;
	struct tx tx;

	if (tx_begin(&tx, daemon_store(host->daemon), &sim->arena, false)) {
		sim_fail(sim, "store", "host=%s cannot be read", host->spec->name);
		return;
	}
	if (journal_head(&tx, &head))
		sim_fail(sim, "store", "host=%s has no readable head", host->spec->name);
	check_past(sim, host, &tx, head.position);
	for (uint64_t position = host->ledger.n + 1; position <= head.position; position++) {
		read_one(sim, index, &tx, position);
		if (sim->outcome->failed)
			break;
	}
	tx_abort(&tx);
}
