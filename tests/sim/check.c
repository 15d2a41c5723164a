/*
 * What must hold after every step: of each new fact, against the model as it was just before; of each
 * message that a daemon wants to send, against the facts that are on disk at that moment.
 */
#include <string.h>

#include "tests/sim/sim.h"

/* ---- facts ----------------------------------------------------------------------------------- */

static bool may_see_at(struct sim *sim, const JournalEntry *entry, const char *patient)
{
	return model_may_see(&sim->models[HOST_RECORD], entry->user, patient, entry->steady_ms,
			     host_now_ms(&sim->hosts[HOST_RECORD]));
}

/* Whoever was shown something had a right to it at that point of the journal. */
static void check_access(struct sim *sim, const JournalEntry *entry, const Accessed *access)
{
	for (size_t i = 0; i < access->n_patients; i++)
		if (!may_see_at(sim, entry, access->patients[i]))
			sim_fail(sim, "listed", "user=%s what=%s patient=%s", entry->user,
				 access->what, access->patients[i]);
	if (!*access->patient)
		return;
	sim_trace(sim, "access user=%s what=%s right=%d", entry->user, access->what,
		  (int)access->right);
	if (access->right == ACCESSED_RIGHT_COVER &&
	    !model_covers(&sim->models[HOST_RECORD], entry->user, access->patient,
			  host_now_ms(&sim->hosts[HOST_RECORD])))
		sim_fail(sim, "not-covered", "user=%s what=%s patient=%s", entry->user,
			 access->what, access->patient);
	if (access->right == ACCESSED_RIGHT_AUDIT) {
		const struct model_person *person =
			model_person(&sim->models[HOST_RECORD], entry->user);
		if (strcmp(access->what, "ShowAudit") ||
		    (person && person->profession == PROFESSION_ADMINISTRATOR))
			return;
	}
	if (!may_see_at(sim, entry, access->patient))
		sim_fail(sim, "access", "user=%s what=%s patient=%s right=%d", entry->user,
			 access->what, access->patient, (int)access->right);
}

static void add_entry(struct sim *sim, const EntryAdded *added, uint64_t position)
{
	struct sim_entry *entry = &sim->entries[sim->n_entries++];
	snprintf(entry->id, sizeof(entry->id), "%s", added->entry->id);
	snprintf(entry->patient, sizeof(entry->patient), "%s", added->entry->patient);
	entry->position = position;
	entry->entry = added->entry;
}

static void check_record(struct sim *sim, const struct known_fact *known, uint64_t position)
{
	const JournalEntry *entry = known->entry;
	if (!strcmp(entry->type, "Accessed")) {
		check_access(sim, entry, (const Accessed *)(const void *)known->fact);
	} else if (!strcmp(entry->type, "EntryAdded")) {
		const EntryAdded *added = (const EntryAdded *)(const void *)known->fact;
		if (!*entry->instance && !may_see_at(sim, entry, added->entry->patient))
			sim_fail(sim, "write-right", "user=%s patient=%s", entry->user,
				 added->entry->patient);
		papers_named(sim, added->entry, position);
		if (sim->n_entries < SIM_REQUESTS)
			add_entry(sim, added, position);
	} else if (!strcmp(entry->type, "EntriesRead")) {
		const EntriesRead *read = (const EntriesRead *)(const void *)known->fact;
		if (!may_see_at(sim, entry, read->patient))
			sim_fail(sim, "write-right", "user=%s patient=%s", entry->user,
				 read->patient);
	} else if (!strcmp(entry->type, "ChunkPut")) {
		const ChunkPut *chunk = (const ChunkPut *)(const void *)known->fact;
		if (!may_see_at(sim, entry, chunk->patient))
			sim_fail(sim, "write-right", "user=%s patient=%s", entry->user,
				 chunk->patient);
	}
	if (!strcmp(entry->type, "DutyBegan"))
		duties_began(sim, known);
	model_apply(&sim->models[HOST_RECORD], known);
}

/* Another daemon's head as it was seen is what stands in the other's journal. */
static void check_witness(struct sim *sim, int host, const Witnessed *seen)
{
	for (int i = 0; i < HOSTS; i++) {
		const struct ledger *ledger = &sim->hosts[i].ledger;
		if (strcmp(sim->hosts[i].spec->name, seen->instance))
			continue;
		if (seen->position == 0 || seen->position > ledger->n ||
		    seen->hash.len != JOURNAL_HASH_BYTES ||
		    memcmp(seen->hash.data, ledger->facts[seen->position - 1].hash,
			   JOURNAL_HASH_BYTES))
			sim_fail(sim, "witness", "host=%s saw=%s position=%llu has=%zu",
				 sim->hosts[host].spec->name, seen->instance,
				 (unsigned long long)seen->position, ledger->n);
	}
}

/* Who asked was enrolled, as far as this daemon had heard, and is named as what they were. */
static void check_actor(struct sim *sim, int host, const JournalEntry *entry)
{
	const struct model_person *person = model_person(&sim->models[host], entry->user);
	if (instance_name(entry->user))
		return;
	if (!person || !person->enrolled || strcmp(person->organisation, entry->organisation) ||
	    (uint32_t)person->profession != entry->profession)
		sim_fail(sim, "actor", "host=%s user=%s type=%s request=%s",
			 sim->hosts[host].spec->name, entry->user, entry->type, entry->request_id);
}

void check_fact(struct sim *sim, int host, uint64_t position)
{
	const struct known_fact *known = &sim->hosts[host].ledger.facts[position - 1];
	if (!known->fact)
		return;
	check_actor(sim, host, known->entry);
	if (host == HOST_RECORD)
		referrals_record_fact(sim, known);
	if (!strcmp(known->entry->type, "Witnessed"))
		check_witness(sim, host, (const Witnessed *)(const void *)known->fact);
	if (host == HOST_RECORD)
		check_record(sim, known, position);
	else if (host == HOST_ALERT)
		alerts_fact(sim, position);
	else if (host == HOST_REFERRAL)
		referrals_fact(sim, position);
	else if (host == HOST_BOARD)
		board_fact(sim, known, position);
	if (host == HOST_REFERRAL && !strcmp(known->entry->type, "CapacityFollowed"))
		sim->capacities_followed++;
	if (host == HOST_ROTA)
		duties_fact(sim, position);
	if (host != HOST_RECORD && host != HOST_ALERT)
		model_apply(&sim->models[host], known);
	if (host == HOST_REFERRAL)
		referrals_follow_patients(sim);
}

/* ---- whose data a message shows -------------------------------------------------------------- */

struct shown {
	const char *patients[64];
	size_t n;
};

static void show(struct shown *shown, const char *patient)
{
	for (size_t i = 0; i < shown->n; i++)
		if (!strcmp(shown->patients[i], patient))
			return;
	if (patient && *patient && shown->n < 64)
		shown->patients[shown->n++] = patient;
}

static void show_body(struct shown *shown, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	if (type == &Timeline_descriptor) {
		const Timeline *m = (const Timeline *)(const void *)message;
		for (size_t i = 0; i < m->n_items; i++)
			show(shown, m->items[i]->patient);
	} else if (type == &PatientShown_descriptor) {
		show(shown, ((const PatientShown *)(const void *)message)->patient->id);
	} else if (type == &Summary_descriptor) {
		show(shown, ((const Summary *)(const void *)message)->patient->id);
	} else if (type == &EntryShown_descriptor) {
		show(shown, ((const EntryShown *)(const void *)message)->entry->patient);
	} else if (type == &Referral_descriptor) {
		show(shown, ((const Referral *)(const void *)message)->patient);
	} else if (type == &ReferralList_descriptor) {
		const ReferralList *m = (const ReferralList *)(const void *)message;
		for (size_t i = 0; i < m->n_items; i++)
			show(shown, m->items[i]->patient);
	} else if (type == &PatientList_descriptor) {
		const PatientList *m = (const PatientList *)(const void *)message;
		for (size_t i = 0; i < m->n_items; i++)
			show(shown, m->items[i]->id);
	} else if (type == &NewsList_descriptor) {
		const NewsList *m = (const NewsList *)(const void *)message;
		for (size_t i = 0; i < m->n_items; i++)
			if (!m->items[i]->gone)
				show(shown, m->items[i]->patient->id);
	}
}

static const ProtobufCMessage *open_body(struct sim *sim, const char *type,
					 ProtobufCBinaryData body)
{
	const ProtobufCMessageDescriptor *descriptor = type_named(type);
	ProtobufCMessage *message = NULL;
	if (!descriptor ||
	    codec_unpack(descriptor, (struct bytes){body.data, body.len}, &sim->scratch, &message))
		sim_fail(sim, "unreadable-body", "type=%s", type);
	return message;
}

/* ---- replies --------------------------------------------------------------------------------- */

static bool revoked_at(struct sim *sim, const char *user)
{
	const struct known_fact *facts = sim->hosts[HOST_DIRECTORY].ledger.facts;
	for (size_t i = 0; i < sim->hosts[HOST_DIRECTORY].ledger.n; i++)
		if (!strcmp(facts[i].entry->type, "PersonRevoked") && facts[i].fact &&
		    !strcmp(((const PersonRevoked *)(const void *)facts[i].fact)->person->id, user))
			return true;
	return false;
}

/* A clear answer to who takes a request: it is yours, or you stand by and so many are before you; as
 * the journal has it. */
static void check_place(struct sim *sim, const struct sim_request *request, const Reply *reply)
{
	const char *user = sim->terminals[request->terminal].user;
	const char *organisation = sim->terminals[request->terminal].organisation;
	const struct ledger *ledger = &sim->hosts[HOST_REFERRAL].ledger;
	uint64_t position = ledger_of_request(ledger, user, request->id);
	ProtobufCMessage *message;

	if (!position || strcmp(reply->type, "ReferralAccepted") ||
	    codec_unpack(&ReferralAccepted_descriptor,
			 (struct bytes){reply->body.data, reply->body.len}, &sim->scratch,
			 &message)) {
		sim_fail(sim, "unclear-answer", "request=%s type=%s", request->id, reply->type);
		return;
	}
	const ReferralAccepted *answer = (const ReferralAccepted *)(const void *)message;
	const ReferralChanged *fact =
		(const ReferralChanged *)(const void *)ledger->facts[position - 1].fact;
	const Offer *offer = referral_offer(fact->referral, organisation);
	if (strcmp(answer->id, fact->referral->id) || !offer ||
	    answer->holding != (offer->state == OFFER_STATE_HOLDING) ||
	    answer->standby != offer->standby || answer->holding == (answer->standby > 0))
		sim_fail(sim, "unclear-answer", "request=%s holding=%d standby=%u", request->id,
			 answer->holding, answer->standby);
}

/* An accepted write stands in the journal before anybody hears that it was accepted. */
static void check_accepted(struct sim *sim, struct host *host, const struct sim_request *request,
			   const Reply *reply)
{
	const char *user = sim->terminals[request->terminal].user;
	uint64_t position = ledger_of_request(&host->ledger, user, request->id);
	if (!position && reply->position > 0 && !*reply->id)
		return; /* a rule that found nothing to do */
	if (!position || position != reply->position)
		sim_fail(sim, "replied-write-lost",
			 "host=%s request=%s type=%s replied=%llu journal=%llu", host->spec->name,
			 request->id, request->type, (unsigned long long)reply->position,
			 (unsigned long long)position);
}

static void check_write(struct sim *sim, struct host *host, struct sim_request *request,
			const Reply *reply, struct bytes packed)
{
	const char *user = sim->terminals[request->terminal].user;
	if (reply->code == CODE_OK && !strcmp(request->type, "AcceptReferral"))
		check_place(sim, request, reply);
	if (reply->code == CODE_OK)
		check_accepted(sim, host, request, reply);
	else if (code_final(reply->code) && ledger_of_request(&host->ledger, user, request->id) &&
		 !revoked_at(sim, user))
		sim_fail(sim, "refused-but-done", "host=%s request=%s type=%s code=%d",
			 host->spec->name, request->id, request->type, (int)reply->code);
	if (!code_final(reply->code))
		return;
	if (!request->first_reply.size) {
		request->first_reply.data = arena_copy(&sim->arena, packed.data, packed.size);
		request->first_reply.size = packed.size;
		request->first_code = reply->code;
		return;
	}
	bool same = packed.size == request->first_reply.size &&
		    !memcmp(packed.data, request->first_reply.data, packed.size);
	if (!same && !(reply->code == CODE_PERMISSION_DENIED && revoked_at(sim, user)))
		sim_fail(sim, "another-reply", "host=%s request=%s type=%s first=%d now=%d",
			 host->spec->name, request->id, request->type, (int)request->first_code,
			 (int)reply->code);
}

/* The right itself was checked with the fact Accessed; here: that there is one, of this step. */
bool access_noted(const struct host *host, const char *user, const char *patient)
{
	for (size_t i = host->ledger.n; i > host->step_from; i--) {
		const struct known_fact *known = &host->ledger.facts[i - 1];
		if (strcmp(known->entry->type, "Accessed") || strcmp(known->entry->user, user))
			continue;
		const Accessed *access = (const Accessed *)(const void *)known->fact;
		if (!strcmp(access->patient, patient))
			return true;
		for (size_t k = 0; k < access->n_patients; k++)
			if (!strcmp(access->patients[k], patient))
				return true;
	}
	return false;
}

static void check_read(struct sim *sim, struct host *host, const struct sim_request *request,
		       const Reply *reply)
{
	const char *user = sim->terminals[request->terminal].user;
	struct shown shown = {.n = 0};
	const ProtobufCMessage *body = open_body(sim, reply->type, reply->body);

	if (body)
		show_body(&shown, body);
	if (body && body->descriptor == &AttachmentFetched_descriptor)
		papers_fetched(sim, host, request, (const AttachmentFetched *)(const void *)body);
	if (body && body->descriptor == &NewsList_descriptor)
		papers_news(sim, host, user, (const NewsList *)(const void *)body);
	if (body && host == &sim->hosts[HOST_REFERRAL])
		disclosed_referral(sim, host, user, body);
	if (body && host == &sim->hosts[HOST_BOARD])
		disclosed_board(sim, host, body);
	for (size_t i = 0; i < shown.n; i++)
		if (!access_noted(host, user, shown.patients[i]))
			sim_fail(sim, "read-not-journalled", "user=%s patient=%s type=%s", user,
				 shown.patients[i], request->type);
}

static bool no_right(struct sim *sim, const struct host *host, const struct sim_request *request)
{
	const char *user = sim->terminals[request->terminal].user;
	return !model_may_see(&sim->before, user, request->patient, host_steady_ms(host),
			      host_now_ms(host)) &&
	       !model_may_see(&sim->models[HOST_RECORD], user, request->patient,
			      host_steady_ms(host), host_now_ms(host));
}

/*
 * Whoever has no right is refused in the same words whether the patient exists or not. An answer to a
 * write may be an old one, from before the right was lost: those are looked at where nothing goes
 * wrong, and the first one only.
 */
static void check_words(struct sim *sim, struct host *host, const struct sim_request *request,
			const Reply *reply)
{
	Reply words = Reply_INIT;
	struct bytes packed;

	if (request->write && !sim->options.faultless)
		return;
	if (host != &sim->hosts[HOST_RECORD] || !*request->patient || reply->code == CODE_OK ||
	    !code_final(reply->code) || request->first_reply.size ||
	    !no_right(sim, host, request) ||
	    revoked_at(sim, sim->terminals[request->terminal].user))
		return;
	words.code = reply->code;
	words.field = reply->field;
	words.message_ja = reply->message_ja;
	words.message_en = reply->message_en;
	words.id = reply->id;
	if (codec_pack(&words.base, &sim->arena, &packed))
		return;
	if (!sim->denied_text.size && reply->code == CODE_PERMISSION_DENIED)
		sim->denied_text = packed;
	else if (packed.size != sim->denied_text.size ||
		 memcmp(packed.data, sim->denied_text.data, packed.size))
		sim_fail(sim, "other-words", "request=%s type=%s code=%d en=\"%s\"", request->id,
			 request->type, (int)reply->code, reply->message_en);
}

/* Who has a right is not refused: before this step and after it, they had. */
static void check_refused(struct sim *sim, struct host *host, const struct sim_request *request,
			  const Reply *reply)
{
	static const char *const plain[] = {"ShowPatient", "ShowSummary", "ListTimeline",
					    "ShowTeam"};
	const char *user = sim->terminals[request->terminal].user;
	bool is_plain = false;

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		is_plain |= !strcmp(request->type, plain[i]);
	if (host != &sim->hosts[HOST_RECORD] || reply->code != CODE_PERMISSION_DENIED ||
	    !is_plain || !*request->patient || revoked_at(sim, user))
		return;
	if (model_may_see(&sim->before, user, request->patient, host_steady_ms(host),
			  host_now_ms(host)) &&
	    model_may_see(&sim->models[HOST_RECORD], user, request->patient, host_steady_ms(host),
			  host_now_ms(host)))
		sim_fail(sim, "refused-with-right", "user=%s patient=%s type=%s covers=%d", user,
			 request->patient, request->type,
			 model_covers(&sim->models[HOST_RECORD], user, request->patient,
				      host_now_ms(host)));
}

static void check_forged(struct sim *sim, const struct sim_request *request, const Reply *reply)
{
	bool fine = !code_final(reply->code) || reply->code == CODE_INVALID_ARGUMENT ||
		    reply->code == CODE_UNIMPLEMENTED ||
		    (reply->code == CODE_PERMISSION_DENIED &&
		     revoked_at(sim, sim->terminals[request->terminal].user));
	if (!fine)
		sim_fail(sim, "forgery-answered", "request=%s type=%s code=%d", request->id,
			 request->type, (int)reply->code);
}

static void check_reply(struct sim *sim, struct host *host, const char *user, const char *device,
			struct bytes packed)
{
	ProtobufCMessage *message;
	if (codec_unpack(&Reply_descriptor, packed, &sim->scratch, &message)) {
		sim_fail(sim, "unreadable", "host=%s user=%s", host->spec->name, user);
		return;
	}
	const Reply *reply = (const Reply *)(const void *)message;
	struct sim_request *request = request_find(sim, reply->request_id);
	if (!request)
		return; /* of an instance */
	const struct terminal *terminal = &sim->terminals[request->terminal];
	bool forged = request->attacked && strcmp(terminal->device, device);
	sim_trace(sim, "reply host=%s user=%s type=%s id=%s code=%d position=%llu %s",
		  host->spec->name, user, request->type, request->id, (int)reply->code,
		  (unsigned long long)reply->position, reply->message_en);
	if (strcmp(terminal->user, user) || (!forged && strcmp(terminal->device, device)))
		sim_fail(sim, "reply-to-another", "request=%s of=%s to=%s/%s", request->id,
			 terminal->user, user, device);
	if (!forged)
		check_words(sim, host, request, reply);
	if (forged)
		check_forged(sim, request, reply);
	else if (request->write)
		check_write(sim, host, request, reply, packed);
	else if (reply->code == CODE_OK)
		check_read(sim, host, request, reply);
	else
		check_refused(sim, host, request, reply);
}

/* ---- pushes ---------------------------------------------------------------------------------- */

static void check_inbox(struct sim *sim, const char *user, const Inbox *inbox)
{
	for (size_t i = 0; i < inbox->n_items; i++)
		alerts_shown(sim, user, inbox->items[i]);
}

static void check_push(struct sim *sim, struct host *host, const char *user, struct bytes packed)
{
	struct shown shown = {.n = 0};
	ProtobufCMessage *message;
	if (codec_unpack(&Push_descriptor, packed, &sim->scratch, &message)) {
		sim_fail(sim, "unreadable", "host=%s push to=%s", host->spec->name, user);
		return;
	}
	const Push *push = (const Push *)(const void *)message;
	sim_trace(sim, "push host=%s user=%s watch=%s from=%llu to=%llu type=%s", host->spec->name,
		  user, push->watch, (unsigned long long)push->from, (unsigned long long)push->to,
		  push->type);
	if (!*push->type) {
		if (push->body.len)
			sim_fail(sim, "ended-watch-shows", "user=%s watch=%s", user, push->watch);
		return;
	}
	const ProtobufCMessage *body = open_body(sim, push->type, push->body);
	if (!body)
		return;
	if (body->descriptor == &Inbox_descriptor)
		check_inbox(sim, user, (const Inbox *)(const void *)body);
	if (host == &sim->hosts[HOST_REFERRAL]) {
		disclosed_referral(sim, host, user, body);
		return;
	}
	show_body(&shown, body);
	for (size_t i = 0; i < shown.n; i++)
		if (!model_may_see(&sim->models[HOST_RECORD], user, shown.patients[i],
				   host_steady_ms(host), host_now_ms(host)))
			sim_fail(sim, "pushed-without-right", "user=%s patient=%s", user,
				 shown.patients[i]);
}

/* ---- all that leaves ------------------------------------------------------------------------- */

static bool holds_secret(const struct packet *packet)
{
	return memmem(packet->data, packet->size, SECRET_TEXT, strlen(SECRET_TEXT)) != NULL;
}

static void check_packet(struct sim *sim, struct host *host, const struct packet *packet)
{
	char copy[LIMIT_TOPIC_BYTES], *rest = copy;
	struct bytes payload = {packet->data, packet->size};

	strcpy(copy, packet->topic);
	strsep(&rest, "/");
	strsep(&rest, "/");
	strsep(&rest, "/");
	const char *what = strsep(&rest, "/"), *user = strsep(&rest, "/"),
		   *device = strsep(&rest, "/");
	if (!what || !user)
		return;
	/* Clinical text goes from record to people, as a report from referral to
	 * record, and nowhere else. */
	bool report = !strcmp(host->spec->name, "referral") && !strcmp(user, "record");
	if ((strcmp(host->spec->name, "record") || !strcmp(what, "notice") ||
	     instance_name(user)) &&
	    !report && holds_secret(packet))
		sim_fail(sim, "clinical-text", "host=%s topic=%s", host->spec->name, packet->topic);
	if (host == &sim->hosts[HOST_REFERRAL])
		disclosed_ids(sim, host, user, packet);
	if (!strcmp(what, "state") && strcmp(user, host->spec->name))
		disclosed_state(sim, host, packet);
	if (!strcmp(what, "res") && device && !instance_name(user))
		check_reply(sim, host, user, device, payload);
	else if (!strcmp(what, "inbox"))
		check_push(sim, host, user, payload);
}

void check_outbox(struct sim *sim, struct host *host)
{
	for (size_t i = 0; i < host->n_outbox && !sim->outcome->failed; i++)
		check_packet(sim, host, host->outbox[i]);
}
