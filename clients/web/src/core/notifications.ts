// My notifications, whatever screen is open: follows alert's inbox, confirms what arrived, rings, counts.
// Runs as long as somebody is signed in.

import { create, fromBinary, toBinary, type DescMessage } from "@bufbuild/protobuf";
import { useCallback, useSyncExternalStore } from "react";
import {
	AcceptNotificationSchema,
	ConfirmDeliverySchema,
	DeclineNotificationSchema,
	FinishNotificationSchema,
	InboxSchema,
	ListInboxSchema,
	Notification_State as State,
	NotificationSchema,
	OpenNotificationSchema,
	TakeOverNotificationSchema,
	type Notification,
} from "../gen/alert_pb";
import { pushBody } from "./client";
import { Refused } from "./errors";
import { kept } from "./kept";
import { inOrder, take, toneOf, waits, type Tone } from "./ringing";
import { session } from "./session";
import { awaitTouch, onSoundChange, play, soundState } from "./sound";

const KEPT = "notifications/inbox";
const KEEP_AFTER_MS = 1000;
const CONFIRM_MOST = 500; // ids in one ConfirmDelivery
const AGAIN_MS = 6000; // what is urgent rings until it is looked at …
const AGAIN_MOST = 50; // … for five minutes; by then alert rings it anew or has asked the next

export interface Inbox {
	/** Open ones, in the order in which they are to be looked at. */
	items: readonly Notification[];
	/** Those that nobody has accepted. */
	waiting: number;
	urgent: readonly Notification[];
	from: "nowhere" | "kept" | "live";
	keptMs: number;
	/** Rings, and nobody has looked: ids. */
	ringing: ReadonlySet<string>;
}

const empty: Inbox = {
	items: [],
	waiting: 0,
	urgent: [],
	from: "nowhere",
	keptMs: 0,
	ringing: new Set(),
};

class Notifications {
	private items = new Map<string, Notification>();
	private inbox: Inbox = empty;
	private readonly listeners = new Set<() => void>();
	private readonly unconfirmed = new Set<string>();
	private readonly ringing = new Set<string>();
	private confirming = false;
	private owner = "";
	private close: (() => void) | undefined;
	private sinceMs = 0;
	private again: ReturnType<typeof setTimeout> | undefined;
	private times = 0;
	private keeping: ReturnType<typeof setTimeout> | undefined;

	constructor() {
		session.onChange(() => this.begin());
		session.client.onStateChange(() => void this.confirm());
		onSoundChange(() => void this.confirm());
		if (typeof document !== "undefined")
			document.addEventListener("visibilitychange", () => void this.confirm());
		this.begin();
	}

	get state(): Inbox {
		return this.inbox;
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	find(id: string): Notification | undefined {
		return this.items.get(id);
	}

	// ---- answers. @throws Refused, NoAnswer -----------------------------------------------------

	async accept(id: string): Promise<void> {
		await this.write(AcceptNotificationSchema, { id }, id, State.ACCEPTED);
	}

	/** What was not opened yet is opened first: one cannot be done with what one has not seen. */
	async finish(id: string): Promise<void> {
		const one = this.items.get(id);
		if (one && one.state < State.OPENED)
			await this.write(OpenNotificationSchema, { id }, id, State.OPENED);
		await this.write(FinishNotificationSchema, { id }, id, State.DONE);
	}

	async decline(id: string, reason: string): Promise<void> {
		await this.write(DeclineNotificationSchema, { id, reason }, id, State.DECLINED);
	}

	/** From a colleague, or out of what the duty before left open. */
	async takeOver(id: string): Promise<void> {
		await this.write(TakeOverNotificationSchema, { id }, id, State.ACCEPTED);
	}

	/** It is on the screen now, with all that it says. */
	opened(id: string): void {
		this.looked([id]);
		const one = this.items.get(id);
		if (!one || one.state >= State.OPENED) return;
		this.write(OpenNotificationSchema, { id }, id, State.OPENED).catch(() => undefined);
	}

	/** Somebody has looked: what rings (of these) need not ring any longer. */
	looked(ids?: readonly string[]): void {
		if (this.ringing.size === 0) return;
		if (ids) for (const id of ids) this.ringing.delete(id);
		else this.ringing.clear();
		if (this.ringing.size === 0) this.stopRinging();
		this.tell();
	}

	// ---- following the inbox -------------------------------------------------------------------

	private begin(): void {
		const { state } = session;
		const owner = state.kind === "open" ? state.user : "";
		if (owner === this.owner) return;
		this.owner = owner;
		this.close?.();
		this.close = undefined;
		clearTimeout(this.keeping);
		this.keeping = undefined;
		this.items = new Map();
		this.unconfirmed.clear();
		this.ringing.clear();
		this.stopRinging();
		this.inbox = empty;
		if (!owner) return this.tell();
		awaitTouch();
		this.sinceMs = Date.now();
		void this.load(owner);
		// Until the first list is here whole: what was in it. What the device kept beside it is over.
		let seen: Set<string> | undefined;
		let begun = false;
		this.close = session.client.watch("alert", ListInboxSchema, {}, InboxSchema, {
			page: (body, first, more) => {
				if (first) [seen, begun] = [new Set(), false];
				for (const one of body.items) seen?.add(one.id);
				if (!more && !begun) {
					for (const id of this.items.keys()) if (!seen?.has(id)) this.items.delete(id);
					begun = true;
				}
				this.took(body.items, false);
			},
			push: (push) => {
				const body = pushBody(push, InboxSchema);
				if (!body) return;
				for (const one of body.items) seen?.add(one.id);
				this.took(body.items, true);
			},
			failed: () => undefined,
		});
		this.tell();
	}

	private took(came: readonly Notification[], pushed: boolean): void {
		const { items, ringing } = take(this.items, came, pushed, this.sinceMs);
		this.items = items;
		for (const one of came)
			if (one.state === State.STORED && items.has(one.id)) this.unconfirmed.add(one.id);
		for (const id of this.ringing) {
			const one = items.get(id);
			if (!one || !waits(one)) this.ringing.delete(id);
		}
		if (this.ringing.size === 0) this.stopRinging();
		const tone = toneOf(ringing);
		if (tone) this.ring(tone, ringing);
		this.inbox = { ...this.inbox, from: "live", keptMs: 0 };
		this.keeping ??= setTimeout(() => this.keep(), KEEP_AFTER_MS);
		this.tell();
		void this.confirm();
	}

	private tell(): void {
		const items = inOrder(this.items.values());
		const waiting = items.filter(waits);
		this.inbox = {
			...this.inbox,
			items,
			waiting: waiting.length,
			urgent: waiting.filter((one) => one.urgent),
			ringing: new Set(this.ringing),
		};
		for (const listener of [...this.listeners]) listener();
	}

	private async load(owner: string): Promise<void> {
		const one = await kept.get(KEPT).catch(() => undefined);
		if (!one || owner !== this.owner || this.inbox.from === "live") return;
		for (const item of fromBinary(InboxSchema, one.bytes).items) this.items.set(item.id, item);
		this.inbox = { ...this.inbox, from: "kept", keptMs: one.atMs };
		this.tell();
	}

	private keep(): void {
		this.keeping = undefined;
		const page = create(InboxSchema, { items: [...this.items.values()] });
		kept.put(KEPT, toBinary(InboxSchema, page)).catch(() => undefined);
	}

	private async write<Req extends DescMessage>(
		request: Req,
		init: { id: string; reason?: string },
		id: string,
		state: State,
	): Promise<void> {
		await session.client.ask("alert", request, init as never);
		// The change comes with its position, too; this is for who has just touched it.
		const before = this.items.get(id);
		if (!before || before.state >= state) return;
		const after = create(NotificationSchema, { ...before, state });
		if (state === State.ACCEPTED) {
			after.takenBy = before.urgent ? after.recipient : before.takenBy;
			after.acceptedMs = BigInt(Date.now());
		}
		this.took([after], false);
	}

	// ---- confirming ----------------------------------------------------------------------------

	/**
	 * "Delivered" ends alert's worry that nobody is there, and with it the mail. So it is said only
	 * where a person can notice: the page is looked at, or its sound is heard.
	 */
	private async confirm(): Promise<void> {
		const noticed = document.visibilityState === "visible" || soundState() === "on";
		if (this.confirming || !noticed || session.client.state !== "up") return;
		this.confirming = true;
		try {
			while (this.unconfirmed.size > 0) {
				const ids = [...this.unconfirmed].slice(0, CONFIRM_MOST);
				await session.client.ask("alert", ConfirmDeliverySchema, { ids });
				for (const id of ids) this.unconfirmed.delete(id);
			}
		} catch (error) {
			// Refused: not ours any longer. Not answered: with the next that arrives, or the connection.
			if (error instanceof Refused) this.unconfirmed.clear();
		} finally {
			this.confirming = false;
		}
	}

	// ---- ringing -------------------------------------------------------------------------------

	private ring(tone: Tone, ringing: readonly Notification[]): void {
		play(tone);
		if (tone === "quiet") return;
		for (const one of ringing) if (one.urgent) this.ringing.add(one.id);
		this.times = 0;
		clearTimeout(this.again);
		const next = () => {
			if (this.ringing.size === 0 || ++this.times > AGAIN_MOST) return;
			play(tone);
			this.again = setTimeout(next, AGAIN_MS);
		};
		this.again = setTimeout(next, AGAIN_MS);
	}

	private stopRinging(): void {
		clearTimeout(this.again);
		this.again = undefined;
	}
}

export const notifications = new Notifications();

export function useInbox(): Inbox {
	return useSyncExternalStore(
		useCallback((changed: () => void) => notifications.onChange(changed), []),
		() => notifications.state,
	);
}

export function useSoundState() {
	return useSyncExternalStore(onSoundChange, soundState);
}
