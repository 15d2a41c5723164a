// What people wrote and no service has stored yet: in order, each once, with its original time. Kept
// sealed on the device before the form says anything; sent when there is a connection.

import { create, toBinary, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { newId } from "./ids";

/** ○ on this device; ◐ sent, no answer yet; ● stored by the service; ! refused, and still here. */
export type OutboxState = "waiting" | "sent" | "stored" | "refused";

export interface OutboxItem {
	/** The request's id: repeats under it take effect once. */
	id: string;
	service: string;
	/** Name and packed body of the request. */
	type: string;
	body: Uint8Array;
	/** Whom it concerns; empty: no patient. */
	patient: string;
	writtenMs: number;
	state: OutboxState;
	/** Of a refused one: field and sentences of the service. */
	refused?: { field: string; ja: string; en: string };
	/** Of a stored one: what the write made. */
	madeId?: string;
	/** Photos and papers that go before it; see attachments.ts. */
	files?: Blob[];
}

/** Sends one item: resolves with the id of what it made, throws Refused or NoAnswer. */
export type OutboxSender = (item: OutboxItem) => Promise<string>;

class Outbox {
	private items: OutboxItem[] = [];
	private readonly listeners = new Set<() => void>();
	private running = false;
	sender: OutboxSender | undefined;

	/** Everything that is not stored yet, oldest first, and what was stored in this life of the page. */
	list(): readonly OutboxItem[] {
		return this.items;
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Resolves when the item is durable on this device. */
	async add<Req extends DescMessage>(
		service: string,
		request: Req,
		init: MessageInitShape<Req>,
		patient = "",
		files?: Blob[],
	): Promise<OutboxItem> {
		const item: OutboxItem = {
			id: newId(),
			service,
			type: request.name,
			body: toBinary(request, create(request, init)),
			patient,
			writtenMs: Date.now(),
			state: "waiting",
			files,
		};
		this.change([...this.items, item]);
		void this.run();
		return item;
	}

	/** Takes a refused or waiting item away: its author wrote it anew or gave it up. */
	async remove(id: string): Promise<void> {
		this.change(this.items.filter((item) => item.id !== id));
	}

	/** Called when there is a connection: sends what waits, in order. */
	async run(): Promise<void> {
		if (this.running || !this.sender) return;
		this.running = true;
		try {
			for (;;) {
				const item = this.items.find((one) => one.state === "waiting" || one.state === "sent");
				if (!item) return;
				this.set(item.id, { state: "sent" });
				try {
					const madeId = await this.sender(item);
					this.set(item.id, { state: "stored", madeId });
				} catch (error) {
					const { Refused } = await import("./errors");
					if (!(error instanceof Refused)) {
						this.set(item.id, { state: "waiting" });
						return;
					}
					const { field, ja, en } = error;
					this.set(item.id, { state: "refused", refused: { field, ja, en } });
				}
			}
		} finally {
			this.running = false;
		}
	}

	private set(id: string, change: Partial<OutboxItem>): void {
		this.change(this.items.map((item) => (item.id === id ? { ...item, ...change } : item)));
	}

	private change(items: OutboxItem[]): void {
		this.items = items;
		for (const listener of [...this.listeners]) listener();
	}
}

export const outbox = new Outbox();
