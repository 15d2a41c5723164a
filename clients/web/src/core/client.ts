// A client of the services: requests that are repeated until they are answered, watches that are
// renewed until they are closed. The contract is that of clients/common/client.h, over websockets.

import {
	create,
	fromBinary,
	toBinary,
	type DescMessage,
	type MessageInitShape,
	type MessageShape,
} from "@bufbuild/protobuf";
import {
	Code,
	PushSchema,
	ReplySchema,
	RequestSchema,
	type Push,
	type Reply,
} from "../gen/envelope_pb";
import type { Shard } from "../gen/network_pb";
import { base64 } from "./bytes";
import { NoAnswer, Refused } from "./errors";
import { newId, shardValue } from "./ids";
import { Link, type LinkState } from "./link";

const REPEAT_MS = 2000;
const RENEW_MS = 60_000;
const SPREAD_MS = 500; // what happens to all clients at once: they ask within so long
const PATIENCE_MS = 20_000;
const CROWDED_MS = 10_000;
/** So long what was asked and not answered is the same request when it is asked again. */
const SAME_MS = 5 * 60_000;
const WATCH_IDS = 4; // a watch under a new id may still push under the one before

export interface Answer<Body> {
	/** Of what a write made, or of what was there already. */
	id: string;
	position: bigint;
	/** Of lists: there is more, ask with `after` = position. */
	more: boolean;
	body: Body;
}

export interface AskOptions {
	/** Repeats a request that was not answered, in another life of the page even. */
	id?: string;
	after?: bigint;
	patienceMs?: number;
	/** What is large is not repeated while it is still on its way. */
	repeatMs?: number;
	signal?: AbortSignal;
}

export interface Watching<Body> {
	/**
	 * A page of the list: all of it at first, what changed since after a gap. `first` is true for the
	 * first page that was asked from the beginning.
	 */
	page(body: Body, first: boolean, more: boolean): void;
	/** What changed. Of public lists (the board) one row of it, in a message of its own: `row`. */
	push(push: Push): void;
	/** It was refused and has ended, or (undefined) there is no answer just now; it goes on asking. */
	failed(refused: Refused | undefined): void;
}

interface Pending {
	service: string;
	payload: Uint8Array;
	repeatAt: number;
	deadline: number;
	repeatMs: number;
	published: number;
	unavailable: Reply | undefined;
	watch: Watch | undefined;
	settle(reply: Reply | undefined): void;
}

interface Watch {
	service: string;
	type: string;
	body: Uint8Array;
	response: DescMessage;
	ids: string[];
	position: bigint;
	missedTo: bigint;
	begun: boolean;
	asking: boolean;
	again: boolean;
	freshId: boolean;
	renewAt: number;
	open: boolean;
	isPublic: boolean;
	on: Watching<unknown>;
}

export interface Account {
	user: string;
	/** [a-z0-9-], as in the token. */
	device: string;
	token: string;
}

export class Client {
	private readonly link: Link;
	private readonly pending = new Map<string, Pending>();
	private readonly watches = new Set<Watch>();
	/** Ids of closed watches, by service: the service counts each until it lapses, and under an id that
	 * it knows another watch takes its place. */
	private readonly spareIds = new Map<string, string[]>();
	private readonly listeners = new Set<() => void>();
	/** By service and type: what had no answer, and may have taken effect all the same. */
	private readonly unanswered = new Map<string, { body: string; id: string; untilMs: number }>();
	private timer: ReturnType<typeof setInterval> | undefined;
	private account: Account | undefined;
	shards: Shard[] = [];

	constructor(url?: string) {
		this.link = new Link(
			{
				state: (state) => this.onState(state),
				message: (topic, payload) => this.onMessage(topic, payload),
			},
			url,
		);
		this.link.onHears = (topic) => this.publishWaiting(topic.split("/")[2] ?? "");
	}

	get state(): LinkState {
		return this.link.state;
	}

	/** Calls `listener` whenever the state of the connection changes. Returns how to stop. */
	onStateChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	open(account: Account): void {
		this.account = account;
		this.link.open(account.user, account.token);
		this.timer ??= setInterval(() => this.look(), 250);
	}

	/** Ends the connection; what is unanswered fails as unanswered. */
	close(): void {
		this.link.close();
		clearInterval(this.timer);
		this.timer = undefined;
		this.account = undefined;
		this.watches.clear();
		this.spareIds.clear();
		this.unanswered.clear();
		for (const pending of [...this.pending.values()]) pending.settle(undefined);
		this.pending.clear();
	}

	/** There is a network again, says the browser; or there is none. */
	wake(): void {
		this.link.wake();
	}

	lost(): void {
		this.link.lost();
	}

	/** Which instance keeps this patient. */
	instanceFor(service: string, patient: string): string {
		const value = shardValue(patient);
		const shard = this.shards.find(
			(one) => one.service === service && one.first <= value && value <= one.last,
		);
		return shard?.instance ?? service;
	}

	/**
	 * One request, one reply. Repeated, the same bytes, until it is answered; who asks the same once more
	 * after NoAnswer repeats it, too.
	 * @throws Refused the service said no; NoAnswer in time, or the signal was aborted.
	 */
	async ask<Req extends DescMessage, Res extends DescMessage>(
		service: string,
		request: Req,
		init: MessageInitShape<Req>,
		response?: Res,
		options: AskOptions = {},
	): Promise<Answer<MessageShape<Res>>> {
		const body = toBinary(request, create(request, init));
		return this.askPacked(service, request.name, body, response, options);
	}

	/** The same with a message that is packed already. */
	async askPacked<Res extends DescMessage>(
		service: string,
		type: string,
		body: Uint8Array,
		response?: Res,
		options: AskOptions = {},
	): Promise<Answer<MessageShape<Res>>> {
		const what = `${service}/${type}`;
		const before = this.unanswered.get(what);
		this.unanswered.delete(what);
		const same = before?.body === base64(body) && Date.now() < before.untilMs;
		const id = options.id ?? (same ? before.id : newId());
		const reply = await new Promise<Reply | undefined>((resolve) => {
			options.signal?.addEventListener("abort", () => {
				if (this.pending.delete(id)) resolve(undefined);
			});
			this.send(id, service, type, body, options, undefined, resolve);
		});
		if (!reply) {
			const untilMs = Date.now() + SAME_MS;
			if (this.account) this.unanswered.set(what, { body: base64(body), id, untilMs });
			throw new NoAnswer(service);
		}
		if (reply.code !== Code.OK) throw refusedOf(reply);
		return {
			id: reply.id,
			position: reply.position,
			more: reply.more,
			body: unpack(reply, response) as MessageShape<Res>,
		};
	}

	/** Opens a watch; returns how to close it. `isPublic`: changes come on the state topics. */
	watch<Req extends DescMessage, Res extends DescMessage>(
		service: string,
		request: Req,
		init: MessageInitShape<Req>,
		response: Res,
		on: Watching<MessageShape<Res>>,
		isPublic = false,
	): () => void {
		const watch: Watch = {
			service,
			type: request.name,
			body: toBinary(request, create(request, init)),
			response,
			ids: this.spareIds.get(service)?.splice(-1) ?? [],
			position: 0n,
			missedTo: 0n,
			begun: false,
			asking: false,
			again: false,
			freshId: false,
			renewAt: 0,
			open: true,
			isPublic,
			on: on as Watching<unknown>,
		};
		this.watches.add(watch);
		this.askWatch(watch);
		return () => {
			if (!watch.open) return;
			watch.open = false;
			this.watches.delete(watch);
			const [id] = watch.ids;
			if (!id) return;
			if (watch.asking) this.pending.delete(id);
			// Only where no answer to it can come any more.
			else if (!watch.freshId) this.spare(service, id);
		};
	}

	private spare(service: string, id: string): void {
		const ids = this.spareIds.get(service) ?? [];
		ids.push(id);
		this.spareIds.set(service, ids);
	}

	// ---- requests ------------------------------------------------------------------------------

	private topic(service: string, channel: "req" | "res" | "inbox" | "state"): string {
		const { user, device } = this.account ?? { user: "-", device: "-" };
		if (channel === "inbox") return `tsunagi/v1/${service}/inbox/${user}`;
		if (channel === "state") return `tsunagi/v1/${service}/state/+`;
		return `tsunagi/v1/${service}/${channel}/${user}/${device}`;
	}

	private send(
		id: string,
		service: string,
		type: string,
		body: Uint8Array,
		options: AskOptions,
		watch: Watch | undefined,
		settle: (reply: Reply | undefined) => void,
	): void {
		if (!this.account) return settle(undefined); // nobody is signed in: no answer can come
		const request = create(RequestSchema, {
			id,
			type,
			body,
			after: options.after ?? 0n,
			watch: watch !== undefined,
		});
		const pending: Pending = {
			service,
			payload: toBinary(RequestSchema, request),
			repeatAt: 0,
			deadline: Date.now() + (options.patienceMs ?? PATIENCE_MS),
			repeatMs: options.repeatMs ?? REPEAT_MS,
			published: 0,
			unavailable: undefined,
			watch,
			settle,
		};
		this.pending.set(id, pending);
		this.link.subscribe(this.topic(service, "res"));
		if (watch) {
			this.link.subscribe(this.topic(service, watch.isPublic ? "state" : "inbox"));
			if (!watch.isPublic) this.link.subscribe(`tsunagi/v1/${service}/state/${service}`);
		}
		this.publish(pending);
	}

	private publish(pending: Pending): void {
		const { service, watch } = pending;
		if (!this.link.hears(this.topic(service, "res"))) return;
		if (watch && !this.link.hears(this.topic(service, watch.isPublic ? "state" : "inbox"))) return;
		if (!this.link.publish(this.topic(service, "req"), pending.payload)) return;
		pending.published++;
		pending.repeatAt = Date.now() + pending.repeatMs;
	}

	private publishWaiting(service: string): void {
		for (const pending of this.pending.values())
			if (pending.service === service && pending.repeatAt <= Date.now()) this.publish(pending);
	}

	/** Repeats what is due, gives up what is over, renews watches. */
	private look(): void {
		const now = Date.now();
		for (const [id, pending] of [...this.pending]) {
			if (pending.deadline <= now) {
				this.pending.delete(id);
				if (pending.watch) pending.watch.freshId = true;
				pending.settle(pending.unavailable);
			} else if (pending.repeatAt <= now) {
				this.publish(pending);
			}
		}
		for (const watch of [...this.watches])
			if (watch.open && !watch.asking && watch.renewAt <= now) this.askWatch(watch);
	}

	// ---- watches -------------------------------------------------------------------------------

	private askWatch(watch: Watch): void {
		watch.again = false;
		watch.asking = true;
		if (watch.freshId || !watch.ids[0]) {
			watch.ids.unshift(newId());
			watch.ids.length = Math.min(watch.ids.length, WATCH_IDS);
			watch.freshId = false;
		}
		const first = watch.position === 0n;
		this.send(
			watch.ids[0]!,
			watch.service,
			watch.type,
			watch.body,
			{ after: watch.position },
			watch,
			(reply) => this.watchPage(watch, reply, first),
		);
	}

	private watchPage(watch: Watch, reply: Reply | undefined, first: boolean): void {
		watch.asking = false;
		if (!watch.open) return;
		if (!reply || reply.code === Code.UNAVAILABLE) {
			watch.on.failed(undefined);
			if (this.account && watch.open && !watch.asking) this.askWatch(watch);
			return;
		}
		if (reply.code === Code.RESOURCE_EXHAUSTED) {
			// Too many are open, of other pages and of some that were closed: those lapse.
			watch.renewAt = Date.now() + CROWDED_MS;
			watch.on.failed(undefined);
			return;
		}
		if (reply.code !== Code.OK) {
			watch.open = false;
			this.watches.delete(watch);
			watch.on.failed(refusedOf(reply));
			return;
		}
		if (reply.position > watch.position) watch.position = reply.position;
		watch.begun = true;
		watch.again ||= watch.missedTo > watch.position;
		watch.on.page(unpack(reply, watch.response), first, reply.more);
		if (!watch.open || watch.asking) return;
		if (reply.more || watch.again) this.askWatch(watch);
		else watch.renewAt = Date.now() + RENEW_MS;
	}

	private takePush(push: Push): void {
		for (const watch of [...this.watches]) {
			if (watch.isPublic || !watch.ids.includes(push.watch)) continue;
			if (push.to <= watch.position && push.type) return;
			if (push.from > watch.position || !push.type) {
				// Something is missing, or the watch has ended there.
				if (watch.asking) watch.again = true;
				else this.askWatch(watch);
				return;
			}
			watch.position = push.to;
			if (push.more) watch.renewAt = Math.min(watch.renewAt, Date.now() + REPEAT_MS);
			watch.on.push(push);
			return;
		}
	}

	/** A row that everybody is told of. It stands for itself: the higher or equal position wins. */
	private takeState(service: string, push: Push): void {
		for (const watch of [...this.watches]) {
			if (!watch.isPublic || watch.service !== service) continue;
			if (push.from > watch.position || !watch.begun) {
				if (push.to > watch.missedTo) watch.missedTo = push.to;
				this.askSoon(watch);
			} else if (push.to > watch.position) {
				watch.position = push.to;
			}
			if (watch.begun) watch.on.push(push);
		}
	}

	private askSoon(watch: Watch): void {
		watch.renewAt = Math.min(watch.renewAt, Date.now() + Math.random() * SPREAD_MS);
	}

	// ---- what the link tells -------------------------------------------------------------------

	private onState(state: LinkState): void {
		if (state === "down") {
			for (const pending of this.pending.values()) pending.repeatAt = 0;
			for (const watch of this.watches) {
				// What was pushed meanwhile is lost: ask anew as soon as it can be heard.
				if (watch.asking) watch.again = true;
				else watch.renewAt = 0;
			}
		}
		for (const listener of [...this.listeners]) listener();
	}

	private onMessage(topic: string, payload: Uint8Array): void {
		const [, , service = "", channel, id] = topic.split("/");
		try {
			if (channel === "res") {
				this.takeReply(fromBinary(ReplySchema, payload));
				return;
			}
			if (channel === "state" && id === service)
				// The instance is back, and has forgotten its watches.
				for (const watch of this.watches) if (watch.service === service) this.askSoon(watch);
			const push = fromBinary(PushSchema, payload);
			if (channel === "inbox") this.takePush(push);
			else if (push.type) this.takeState(service, push);
		} catch (error) {
			// Not ours, whoever sent it; what was asked is asked again.
			console.warn("unreadable message", topic, error);
		}
	}

	private takeReply(reply: Reply): void {
		const pending = this.pending.get(reply.requestId);
		if (!pending) return; // of another page of this device, or answered already
		if (reply.code === Code.UNAVAILABLE) {
			pending.unavailable = reply;
			return;
		}
		this.pending.delete(reply.requestId);
		if (pending.watch) pending.watch.freshId = pending.published > 1;
		pending.settle(reply);
	}
}

function refusedOf(reply: Reply): Refused {
	return new Refused(reply.code, reply.field, reply.messageJa, reply.messageEn, reply.id);
}

function unpack(reply: Reply, response: DescMessage | undefined): unknown {
	if (!response) return undefined;
	return reply.type === response.name ? fromBinary(response, reply.body) : create(response);
}

/** The body of a push, if it is of that type. */
export function pushBody<T extends DescMessage>(push: Push, type: T): MessageShape<T> | undefined {
	return push.type === type.name ? fromBinary(type, push.body) : undefined;
}
