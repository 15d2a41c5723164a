/*
 * A person's device. It repeats what is not answered, the same bytes; it keeps its watches renewed,
 * closes their gaps, and says what it got. It also does what devices should not: it sends answered
 * requests again, and other content under an old id.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define REPEAT_MS 2000
#define RENEW_MS 60000
#define CLOSED 900     /* of the screens, when nobody does anything for a while */
#define LATE_REPEAT 40 /* per mille of the answered writes */
#define ATTACK 40
#define ATTACK_DEVICE "forged"

static const char *const read_types[] = {
	"WhoAmI", "VerifyJournal", "ReadHashes", "RebuildViews", "SearchContacts", "FindPatients",
	"FetchAttachment",
};

static bool type_reads(const char *type)
{
	for (size_t i = 0; i < sizeof(read_types) / sizeof(*read_types); i++)
		if (!strcmp(type, read_types[i]))
			return true;
	return !strncmp(type, "Show", 4) || !strncmp(type, "List", 4);
}

/* An answer that ends the matter. All else is to be asked again. */
bool code_final(Code code)
{
	return code != CODE_UNAVAILABLE && code != CODE_RESOURCE_EXHAUSTED &&
	       code != CODE_INTERNAL && code != CODE_DATA_LOSS;
}

struct sim_request *request_find(struct sim *sim, const char *id)
{
	uint64_t index;
	return table_get(&sim->request_index, id, NULL, &index) ? &sim->requests[index] : NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void plan_at(struct sim *sim, size_t index, int64_t at_ms)
{
	struct terminal *terminal = &sim->terminals[index];
	if (at_ms >= terminal->wake_ms && terminal->wake_ms > sim->now_ms)
		return;
	terminal->wake_ms = at_ms > sim->now_ms ? at_ms : sim->now_ms + 1;
	queue_add(&sim->queue, (struct event){.at_ms = terminal->wake_ms,
					      .kind = EVENT_THINK,
					      .target = RECEIVER_TERMINAL(index)});
}

static void send_request(struct sim *sim, struct sim_request *request)
{
	const struct terminal *terminal = &sim->terminals[request->terminal];
	request->tries++;
	request->again_ms = sim->now_ms + REPEAT_MS + rng_between(&sim->rng, 0, 200);
	network_request(sim, (size_t)request->terminal, request->host, terminal->device,
			request->packed);
}

static struct bytes keep_packed(struct sim *sim, const ProtobufCMessage *message)
{
	struct bytes packed;
	if (codec_pack(message, &sim->arena, &packed))
		abort();
	return packed;
}

bool terminal_free(const struct sim *sim, const struct terminal *terminal)
{
	return terminal->n_pending < (sim->settled ? SIM_WINDOW : SIM_PENDING);
}

int terminal_ask(struct sim *sim, size_t index, int host, const ProtobufCMessage *message,
		 const char *patient, uint64_t after, int watch)
{
	struct terminal *terminal = &sim->terminals[index];
	const char *type = codec_name(message->descriptor);
	if (sim->n_requests == SIM_REQUESTS || !terminal_free(sim, terminal))
		return -1;
	struct sim_request *request = &sim->requests[sim->n_requests];
	struct bytes body = keep_packed(sim, message);
	Request envelope = Request_INIT;

	*request = (struct sim_request){.terminal = (int)index,
					.host = host,
					.type = type,
					.write = !type_reads(type),
					.watch = watch};
	if (watch >= 0 && *terminal->watches[watch].id && !terminal->watches[watch].fresh_id)
		memcpy(request->id, terminal->watches[watch].id,
		       ID_SIZE); /* renewed, not a second one */
	else
		id_make(request->id, &sim->clock.clock,
			sim->clock.wall_ms + terminal->clock_off_ms);
	snprintf(request->patient, sizeof(request->patient), "%s", patient ? patient : "");
	envelope.id = request->id;
	envelope.type = arena_string(&sim->scratch, type);
	envelope.body.data = arena_copy(&sim->scratch, body.data, body.size);
	envelope.body.len = body.size;
	envelope.after = after;
	envelope.watch = watch >= 0;
	request->packed = keep_packed(sim, &envelope.base);
	table_put(&sim->request_index, request->id, NULL, sim->n_requests);
	terminal->pending[terminal->n_pending++] = (int)sim->n_requests;
	sim_trace(sim, "ask user=%s type=%s id=%s after=%llu", terminal->user, type, request->id,
		  (unsigned long long)after);
	send_request(sim, request);
	plan_at(sim, index, request->again_ms);
	return (int)sim->n_requests++;
}

/* The same id with other content, by way of another device, so that the answers can be told apart. */
static void attack(struct sim *sim, struct sim_request *request)
{
	uint8_t *bytes = arena_alloc(&sim->scratch, request->packed.size + 2);
	if (!bytes)
		return;
	memcpy(bytes, request->packed.data, request->packed.size);
	bytes[request->packed.size] = 0x20; /* after = 7 */
	bytes[request->packed.size + 1] = 7;
	request->attacked = true;
	network_request(sim, (size_t)request->terminal, request->host, ATTACK_DEVICE,
			(struct bytes){bytes, request->packed.size + 2});
}

/* ---- watches --------------------------------------------------------------------------------- */

static int watch_host(const struct sim_watch *watch)
{
	static const int hosts[] = {
		[WATCH_INBOX] = HOST_ALERT,        [WATCH_TIMELINE] = HOST_RECORD,
		[WATCH_REFERRALS] = HOST_REFERRAL, [WATCH_UNPLACED] = HOST_REFERRAL,
		[WATCH_BOARD] = HOST_BOARD,        [WATCH_SHIFTS] = HOST_ROTA,
	};
	return hosts[watch->kind];
}

static void ask_watch(struct sim *sim, size_t index, int which)
{
	struct terminal *terminal = &sim->terminals[index];
	struct sim_watch *watch = &terminal->watches[which];
	ListTimeline timeline = ListTimeline_INIT;
	ListInbox inbox = ListInbox_INIT;
	ListReferrals referrals = ListReferrals_INIT, unplaced = ListReferrals_INIT;
	ListBoard board = ListBoard_INIT;
	ListShifts shifts = ListShifts_INIT;
	const ProtobufCMessage *const messages[] = {
		[WATCH_INBOX] = &inbox.base,         [WATCH_TIMELINE] = &timeline.base,
		[WATCH_REFERRALS] = &referrals.base, [WATCH_UNPLACED] = &unplaced.base,
		[WATCH_BOARD] = &board.base,         [WATCH_SHIFTS] = &shifts.base,
	};

	if (watch->request >= 0)
		return;
	watch->again = false;
	timeline.patient = watch->patient;
	unplaced.unplaced = true;
	watch->request = terminal_ask(sim, index, watch_host(watch), messages[watch->kind],
				      watch->patient, watch->position, which);
	watch->renew_ms = watch->request < 0 ? sim->now_ms : INT64_MAX;
}

void terminal_watch(struct sim *sim, size_t index, int which, enum watch_kind kind,
		    const char *patient)
{
	struct sim_watch *watch = &sim->terminals[index].watches[which];
	if (watch->open || watch->request >= 0)
		return;
	table_close(&watch->seen);
	*watch = (struct sim_watch){.kind = kind, .open = true, .request = -1};
	snprintf(watch->patient, sizeof(watch->patient), "%s", patient);
	ask_watch(sim, index, which);
}

static void saw(struct sim_watch *watch, const char *id, uint64_t position)
{
	uint64_t known;
	if (!table_get(&watch->seen, id, NULL, &known) || known < position)
		table_put(&watch->seen, id, NULL, position);
}

/* The device says that it has it, once it has it. */
static void add_receipt(struct terminal *terminal, const Notification *item)
{
	size_t most = sizeof(terminal->receipts) / sizeof(*terminal->receipts);
	if (item->state != NOTIFICATION_STATE_STORED || terminal->n_receipts == most)
		return;
	for (size_t i = 0; i < terminal->n_receipts; i++)
		if (!strcmp(terminal->receipts[i], item->id))
			return;
	snprintf(terminal->receipts[terminal->n_receipts++], ID_SIZE, "%s", item->id);
}

static void see_board(struct sim_watch *watch, const Board *board)
{
	for (size_t i = 0; i < board->n_items; i++)
		saw(watch, board->items[i]->id, board->items[i]->position);
}

static void see_referrals(struct sim_watch *watch, const ReferralList *list)
{
	for (size_t i = 0; i < list->n_items; i++)
		saw(watch, list->items[i]->id, list->items[i]->position);
}

static void see_items(struct sim *sim, size_t index, struct sim_watch *watch, const char *type,
		      ProtobufCBinaryData body, bool first)
{
	static const ProtobufCMessageDescriptor *const lists[] = {
		[WATCH_INBOX] = &Inbox_descriptor,
		[WATCH_TIMELINE] = &Timeline_descriptor,
		[WATCH_REFERRALS] = &ReferralList_descriptor,
		[WATCH_UNPLACED] = &ReferralList_descriptor,
		[WATCH_BOARD] = &Board_descriptor,
		[WATCH_SHIFTS] = &ShiftList_descriptor,
	};
	ProtobufCMessage *message;
	const ProtobufCMessageDescriptor *descriptor = lists[watch->kind];

	if (strcmp(type, codec_name(descriptor)) ||
	    codec_unpack(descriptor, (struct bytes){body.data, body.len}, &sim->scratch,
			 &message)) {
		sim_fail(sim, "list", "user=%s type=%s expected=%s", sim->terminals[index].user,
			 type, codec_name(descriptor));
		return;
	}
	if (watch->kind == WATCH_SHIFTS) {
		const ShiftList *list = (const ShiftList *)(const void *)message;
		for (size_t i = 0; i < list->n_items; i++)
			saw(watch, list->items[i]->id, list->items[i]->position);
		return;
	}
	if (watch->kind == WATCH_BOARD) {
		see_board(watch, (const Board *)(const void *)message);
		return;
	}
	if (descriptor == &ReferralList_descriptor) {
		see_referrals(watch, (const ReferralList *)(const void *)message);
		return;
	}
	if (watch->kind == WATCH_TIMELINE) {
		const Timeline *timeline = (const Timeline *)(const void *)message;
		for (size_t i = 0; i < timeline->n_items; i++)
			saw(watch, timeline->items[i]->id, timeline->items[i]->position);
		watch->cut_before = first ? timeline->before : watch->cut_before;
		return;
	}
	const Inbox *inbox = (const Inbox *)(const void *)message;
	for (size_t i = 0; i < inbox->n_items; i++) {
		saw(watch, inbox->items[i]->id, inbox->items[i]->position);
		add_receipt(&sim->terminals[index], inbox->items[i]);
	}
	plan_at(sim, index, sim->now_ms + 5);
}

static void watch_answered(struct sim *sim, size_t index, int which, unsigned tries,
			   const Reply *reply)
{
	struct sim_watch *watch = &sim->terminals[index].watches[which];

	watch->request = -1;
	if (reply->code != CODE_OK) {
		watch->open = false;
		return;
	}
	see_items(sim, index, watch, reply->type, reply->body, watch->position == 0);
	if (reply->position > watch->position)
		watch->position = reply->position;
	snprintf(watch->id, sizeof(watch->id), "%s", reply->request_id);
	watch->fresh_id =
		tries > 1; /* an earlier one may still be under way, and come after the next */
	watch->renew_ms = sim->now_ms + RENEW_MS;
	if (reply->more || watch->again)
		ask_watch(sim, index, which);
	else
		plan_at(sim, index, watch->renew_ms);
}

static bool push_is_of(const struct sim *sim, const struct sim_watch *watch, const Push *push)
{
	if (!watch->open)
		return false;
	return !strcmp(watch->id, push->watch) ||
	       (watch->request >= 0 && !strcmp(sim->requests[watch->request].id, push->watch));
}

static void take_push(struct sim *sim, size_t index, const Push *push)
{
	struct terminal *terminal = &sim->terminals[index];
	for (int i = 0; i < SIM_WATCHES; i++) {
		struct sim_watch *watch = &terminal->watches[i];
		if (watch->kind == WATCH_BOARD || !push_is_of(sim, watch, push))
			continue;
		if (!*push->type ||
		    push->from > watch->position) {         /* ended, or something is missing */
			watch->again = watch->request >= 0; /* it overtook the answer */
			ask_watch(sim, index, i);
			continue;
		}
		see_items(sim, index, watch, push->type, push->body, false);
		if (push->to > watch->position)
			watch->position = push->to;
	}
}

/* A row of the board, told to everybody who looks on. */
static void take_state(struct sim *sim, size_t index, const struct packet *packet)
{
	ProtobufCMessage *message, *row;
	if (codec_unpack(&Push_descriptor, (struct bytes){packet->data, packet->size},
			 &sim->scratch, &message))
		return; /* check.c has seen it */
	const Push *push = (const Push *)(const void *)message;
	for (int i = 0; i < SIM_WATCHES; i++) {
		struct sim_watch *watch = &sim->terminals[index].watches[i];
		if (!watch->open || watch->kind != WATCH_BOARD)
			continue;
		if (push->from > watch->position) {
			watch->again = watch->request >= 0;
			ask_watch(sim, index, i);
			continue;
		}
		if (codec_unpack(&Capacity_descriptor,
				 (struct bytes){push->body.data, push->body.len}, &sim->scratch,
				 &row))
			continue;
		const Capacity *capacity = (const Capacity *)(const void *)row;
		saw(watch, capacity->id, capacity->position);
		if (push->to > watch->position)
			watch->position = push->to;
	}
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool take_pending(struct terminal *terminal, int request)
{
	for (size_t i = 0; i < terminal->n_pending; i++)
		if (terminal->pending[i] == request) {
			terminal->pending[i] = terminal->pending[--terminal->n_pending];
			return true;
		}
	return false;
}

static void take_reply(struct sim *sim, size_t index, const Reply *reply)
{
	struct terminal *terminal = &sim->terminals[index];
	struct sim_request *request = request_find(sim, reply->request_id);

	if (!request || request->answered || request->terminal != (int)index)
		return;
	if (!code_final(reply->code)) {
		request->again_ms = sim->now_ms + rng_between(&sim->rng, 100, 1000);
		plan_at(sim, index, request->again_ms);
		return;
	}
	request->answered = true;
	take_pending(terminal, (int)(request - sim->requests));
	plan_at(sim, index, sim->now_ms + 1);
	if (request->watch >= 0)
		watch_answered(sim, index, request->watch, request->tries, reply);
	if (request->write && !sim->healing && rng_chance(&sim->rng, LATE_REPEAT))
		send_request(sim, request);
	if (request->write && !sim->healing && rng_chance(&sim->rng, ATTACK))
		attack(sim, request);
}

/* A daemon is back and has forgotten who was watching. */
static void take_hello(struct sim *sim, size_t index, int host)
{
	struct terminal *terminal = &sim->terminals[index];
	for (int i = 0; i < SIM_WATCHES; i++) {
		struct sim_watch *watch = &terminal->watches[i];
		if (watch->open && watch_host(watch) == host)
			watch->renew_ms = sim->now_ms;
	}
	plan_at(sim, index, sim->now_ms + 1);
}

void terminal_arrive(struct sim *sim, size_t index, struct packet *packet)
{
	ProtobufCMessage *message;
	struct bytes payload = {packet->data, packet->size};
	bool push = strstr(packet->topic, "/inbox/") != NULL;

	if (!sim->terminals[index].connected)
		return;
	const char *state = strstr(packet->topic, "/state/");
	if (state && strcmp(state + 7, sim->hosts[packet->from].spec->name)) {
		take_state(sim, index, packet);
		return;
	}
	if (state) {
		take_hello(sim, index, packet->from);
		return;
	}
	if (codec_unpack(push ? &Push_descriptor : &Reply_descriptor, payload, &sim->scratch,
			 &message))
		sim_fail(sim, "unreadable", "topic=%s", packet->topic);
	else if (push)
		take_push(sim, index, (const Push *)(const void *)message);
	else
		take_reply(sim, index, (const Reply *)(const void *)message);
}

/* ---- waking ---------------------------------------------------------------------------------- */

static void confirm_delivery(struct sim *sim, size_t index)
{
	struct terminal *terminal = &sim->terminals[index];
	ConfirmDelivery *confirm = NEW(ConfirmDelivery, &sim->scratch);
	if (!terminal->n_receipts)
		return;
	for (size_t i = 0; i < terminal->n_receipts; i++)
		arena_append(&sim->scratch, &confirm->ids, &confirm->n_ids, terminal->receipts[i]);
	if (terminal_ask(sim, index, HOST_ALERT, &confirm->base, NULL, 0, -1) >= 0)
		terminal->n_receipts = 0;
}

static int64_t next_wake(struct sim *sim, const struct terminal *terminal)
{
	int64_t at_ms = sim->healing ? INT64_MAX : terminal->act_ms;
	for (size_t i = 0; i < terminal->n_pending; i++)
		if (sim->requests[terminal->pending[i]].again_ms < at_ms)
			at_ms = sim->requests[terminal->pending[i]].again_ms;
	if (!terminal_free(sim, terminal)) /* nothing new before an answer has come */
		return at_ms;
	for (int i = 0; i < SIM_WATCHES; i++)
		if (terminal->watches[i].open && terminal->watches[i].request < 0 &&
		    terminal->watches[i].renew_ms < at_ms)
			at_ms = terminal->watches[i].renew_ms;
	return terminal->n_receipts && at_ms > sim->now_ms + 300 ? sim->now_ms + 300 : at_ms;
}

void terminal_think(struct sim *sim, size_t index)
{
	struct terminal *terminal = &sim->terminals[index];

	if (terminal->revoked)
		return;
	terminal->wake_ms = INT64_MAX;
	for (size_t i = 0; terminal->connected && i < terminal->n_pending; i++)
		if (sim->requests[terminal->pending[i]].again_ms <= sim->now_ms)
			send_request(sim, &sim->requests[terminal->pending[i]]);
	for (int i = 0; terminal->connected && i < SIM_WATCHES; i++)
		if (terminal->watches[i].open && terminal->watches[i].renew_ms <= sim->now_ms)
			ask_watch(sim, index, i);
	if (terminal->connected)
		confirm_delivery(sim, index);
	if (!sim->healing && terminal->connected && terminal->act_ms <= sim->now_ms)
		action_any(sim, index);
	if (terminal->act_ms <= sim->now_ms)
		terminal->act_ms = sim->now_ms + rng_between(&sim->rng, 1, 2 * terminal->think_ms);
	int64_t at_ms = next_wake(sim, terminal);
	if (at_ms < INT64_MAX) /* one that is cut off looks again now and then */
		plan_at(sim, index, terminal->connected ? at_ms : sim->now_ms + 1000);
}

/* What is to be renewed or repeated by now. */
void terminals_passed(struct sim *sim, int64_t ms)
{
	for (size_t i = 0; i < sim->n_terminals; i++) {
		struct terminal *terminal = &sim->terminals[i];
		for (int k = 0; k < SIM_WATCHES; k++) {
			struct sim_watch *watch = &terminal->watches[k];
			watch->again |= watch->request >= 0; /* the answer is an old one */
			if (watch->request < 0 && rng_chance(&sim->quiet_rng, CLOSED))
				watch->open = false;
			if (!watch->open || watch->request >= 0)
				continue;
			watch->renew_ms = watch->renew_ms - ms > sim->now_ms ? watch->renew_ms - ms
									     : sim->now_ms;
			plan_at(sim, i, watch->renew_ms);
		}
	}
}

void terminal_connected(struct sim *sim, size_t index, bool connected)
{
	struct terminal *terminal = &sim->terminals[index];
	if (terminal->connected == connected || (connected && terminal->revoked))
		return;
	sim_trace(sim, "%s user=%s", connected ? "connected" : "cut", terminal->user);
	terminal->connected = connected;
	if (!connected)
		return;
	for (int i = 0; i < SIM_WATCHES; i++)
		if (terminal->watches[i].open && terminal->watches[i].request < 0)
			terminal->watches[i].renew_ms = sim->now_ms;
	for (size_t i = 0; i < terminal->n_pending; i++)
		sim->requests[terminal->pending[i]].again_ms = sim->now_ms;
	plan_at(sim, index, sim->now_ms + 1);
}
