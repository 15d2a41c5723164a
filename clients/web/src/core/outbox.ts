// What people wrote and no service has stored yet: in order, each once, with its original time. Kept
// sealed on the device before the form says anything; sent when there is a connection. Photos and papers
// take long: what has none goes past them.
//
//	add ──▶ waiting ──▶ sent ──▶ stored ──▶ (falls out a little later)
//	           ▲          │
//	           ├──────────┤ no answer: the same bytes under the same request id, again
//	           │          ▼
//	           └─ anew ── refused ──▶ removed, by its author
//
// Whatever instant the page is killed at: each arrow is one transaction on the device, and a service
// answers a repeated request as it did the first time. One tab at a time sends.

import { create, toBinary, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "../gen/envelope_pb";
import type { AddEntry } from "../gen/record_pb";
import { base64, utf8 } from "./bytes";
import { NoAnswer, Refused, StorageFull } from "./errors";
import { idTimeMs, newId } from "./ids";

/** ○ on this device; ◐ sent, no answer yet; ● stored by the service; ! refused, and still here. */
export type OutboxState = "waiting" | "sent" | "stored" | "refused";

/** A photo or a paper of an entry. Its bytes are kept beside: outbox.file(). */
export interface OutboxFile {
	name: string;
	mediaType: string;
	thumbnail: Uint8Array;
	width: number;
	height: number;
	bytes: number;
	sha256: Uint8Array;
}

/** The same, as a form gives it. */
export interface NewFile extends Pick<OutboxFile, "name" | "mediaType"> {
	blob: Blob;
	thumbnail?: Uint8Array;
	width?: number;
	height?: number;
}

export interface OutboxItem {
	/** What the outbox calls it. Where the body of another names it, that one waits for this one. */
	id: string;
	/** Repeats under it take effect once. */
	requestId: string;
	service: string;
	/** Name and packed body of the request. */
	type: string;
	body: Uint8Array;
	/** Whom it concerns; empty: no patient. */
	patient: string;
	writtenMs: number;
	state: OutboxState;
	/** It was given to the network at least once: it may be stored whatever the state says. */
	tried: boolean;
	/** Of a refused one: field and sentences of the service. */
	refused?: { field: string; ja: string; en: string };
	/** Of a stored one: what the write made, and when that was heard. */
	madeId?: string;
	storedMs?: number;
	/** Photos and papers that go before it. */
	files?: OutboxFile[];
	/** They are there, and the body names them. */
	filesSent?: boolean;
	/** Others of the outbox that it waits for; their ids stand in the body until they have made theirs. */
	dependsOn?: string[];
}

export interface AddOptions {
	files?: (NewFile | Blob)[];
	/**
	 * Ids of items of the outbox that stand in the request where ids of entries belong (`corrects`
	 * of an entry that is not stored yet): each is replaced by the id of what was made.
	 */
	dependsOn?: string[];
}

/** Sends one item: resolves with the id of what it made, throws Refused or NoAnswer. */
export type OutboxSender = (item: OutboxItem) => Promise<string>;
/** Sends the files of an item: resolves with the body that names them, throws Refused or NoAnswer. */
export type FileSender = (
	item: OutboxItem,
	file: (index: number) => Promise<Uint8Array>,
	progress: (part: number) => void,
) => Promise<Uint8Array>;

/** Where the items are kept. Each call is one transaction. */
export interface OutboxStore {
	/** In the order they were added in. */
	load(): Promise<OutboxItem[]>;
	add(item: OutboxItem, files: Uint8Array[]): Promise<void>;
	/** False: it is not there any more. A stored one loses its files. `files`: instead of its own. */
	put(item: OutboxItem, files?: Uint8Array[]): Promise<boolean>;
	/** False: it may be at the service already, and stays. */
	remove(id: string): Promise<boolean>;
	drop(ids: string[]): Promise<void>;
	file(id: string, index: number): Promise<Uint8Array>;
}

/** Runs `work` while no other tab runs it. */
export type Exclusive = (work: () => Promise<void>) => Promise<void>;

const KEEP_STORED_MS = 120_000; // until the timeline certainly has it
const AGAIN_MS = 5_000;
/** Services refuse requests older than 90 days; one that nobody has seen gets a fresh id before. */
const FRESH_MS = 80 * 24 * 3600 * 1000;

const exclusive: Exclusive = async (work) => {
	await navigator.locks.request("tsunagi-outbox", work);
};

/** Nobody is signed in, or the device was locked meanwhile. */
class Closed extends Error {}

export class Outbox {
	private items: readonly OutboxItem[] = [];
	private store: OutboxStore | undefined;
	private readonly listeners = new Set<() => void>();
	private queued = false;
	private changes = 0;
	private changed: () => void = () => {};
	private again: ReturnType<typeof setTimeout> | undefined;
	private fallOut: ReturnType<typeof setTimeout> | undefined;
	private readonly parts = new Map<string, number>();
	sender: OutboxSender | undefined;
	fileSender: FileSender | undefined;
	/** There is a connection: it is worth trying. */
	ready: () => boolean = () => true;
	/** Tells the other tabs that something changed. */
	tell: () => void = () => {};

	constructor(
		private readonly alone: Exclusive = exclusive,
		private readonly now = () => Date.now(),
	) {}

	/** Everything that is not stored yet, oldest first, and what was stored just now. */
	list(): readonly OutboxItem[] {
		return this.items;
	}

	/** How many would be lost if the device were wiped now. */
	unsent(): number {
		return this.items.filter((item) => item.state !== "stored").length;
	}

	/** How much of its files is sent: 0 to 1. */
	progress(id: string): number {
		return this.parts.get(id) ?? 0;
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** After the vault was opened. */
	async open(store: OutboxStore): Promise<void> {
		this.store = store;
		await this.reload();
	}

	/** Forgets what it has in memory; what is on the device stays. */
	close(): void {
		this.store = undefined;
		clearTimeout(this.again);
		clearTimeout(this.fallOut);
		this.again = undefined;
		this.parts.clear();
		this.change([]);
	}

	/** Another tab changed something. */
	async reload(): Promise<void> {
		const store = this.store;
		if (!store) return;
		for (;;) {
			const before = this.changes;
			const items = await store.load();
			if (this.store !== store) return;
			if (before !== this.changes) continue; // something changed here meanwhile: read that, too
			this.change(items);
			return;
		}
	}

	/**
	 * Resolves when the item is durable on this device.
	 * @throws StorageFull nothing was kept: the form stays as it is.
	 */
	async add<Req extends DescMessage>(
		service: string,
		request: Req,
		init: MessageInitShape<Req>,
		patient = "",
		options: AddOptions | (NewFile | Blob)[] = {},
	): Promise<OutboxItem> {
		const { files = [], dependsOn } = Array.isArray(options) ? { files: options } : options;
		const now = this.now();
		const read = await readFiles(files);
		const id = newId(now);
		const item: OutboxItem = {
			id,
			requestId: id,
			service,
			type: request.name,
			body: packed(request, init, now),
			patient,
			writtenMs: now,
			state: "waiting",
			tried: false,
			...(read.files.length > 0 && { files: read.files }),
			...(dependsOn && dependsOn.length > 0 && { dependsOn }),
		};
		const store = this.opened();
		await store.add(item, read.contents);
		if (!this.items.some((one) => one.id === id)) this.change([...this.items, item]);
		this.tell();
		void this.run();
		return item;
	}

	/** A refused one, written anew. It keeps its place. False: it is not there any more. @throws StorageFull */
	async replace<Req extends DescMessage>(
		id: string,
		request: Req,
		init: MessageInitShape<Req>,
		{ files = [], dependsOn }: AddOptions = {},
	): Promise<boolean> {
		const before = this.items.find((one) => one.id === id);
		if (before?.state !== "refused") return false;
		const read = await readFiles(files);
		const there = await this.put(
			{
				id,
				requestId: newId(this.now()),
				service: before.service,
				type: request.name,
				body: packed(request, init, before.writtenMs),
				patient: before.patient,
				writtenMs: before.writtenMs,
				state: "waiting",
				tried: false,
				...(read.files.length > 0 && { files: read.files }),
				...(dependsOn && dependsOn.length > 0 && { dependsOn }),
			},
			read.contents,
		);
		void this.run();
		return there;
	}

	/**
	 * Takes away what its author gave up: a refused one, or one that never left the device. False: it
	 * is on its way, and may be stored already.
	 */
	async remove(id: string): Promise<boolean> {
		if (!(await this.opened().remove(id))) return false;
		this.change(this.items.filter((item) => item.id !== id));
		this.tell();
		void this.run(); // others may have waited for it
		return true;
	}

	/** The bytes of a photo or paper that is not sent yet. */
	async file(id: string, index: number): Promise<Blob | undefined> {
		const file = this.items.find((item) => item.id === id)?.files?.[index];
		if (!file) return undefined;
		const bytes = await this.opened().file(id, index);
		return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: file.mediaType });
	}

	/** Called when there is a connection: sends what waits, in order. */
	async run(): Promise<void> {
		this.changed(); // where it is sending already
		if (this.queued || !this.store || !this.ready()) return;
		this.queued = true;
		try {
			await this.alone(async () => {
				this.queued = false;
				await this.drain();
			});
		} catch (error) {
			// Killed, locked or full in the middle: what is kept says where to go on.
			if (!(error instanceof Closed)) console.warn("outbox", error);
			if (this.store) this.runSoon();
		} finally {
			this.queued = false;
		}
	}

	private async drain(): Promise<void> {
		await this.reload();
		/** Services that do not answer now, and items that are under way or that something odd happened to. */
		const skip = new Set<string>();
		let again = false;
		let slow: Promise<void> | undefined;
		let failed: unknown;
		const attempt = async (item: OutboxItem) => {
			try {
				await this.send(item);
			} catch (error) {
				if (error instanceof Closed || !this.store) throw error;
				if (error instanceof NoAnswer) skip.add(item.service);
				else console.warn("outbox", error);
				skip.add(item.id);
				again = true;
			}
		};
		while (!failed && this.store) {
			const changed = new Promise<void>((resolve) => (this.changed = resolve));
			const ready = this.ready();
			const item = ready ? this.next(skip, false) : undefined;
			if (item) {
				await attempt(item);
				continue;
			}
			const large = ready && !slow ? this.next(skip, true) : undefined;
			if (large) {
				skip.add(large.id);
				slow = attempt(large)
					.catch((error: unknown) => (failed = error))
					.then(() => {
						slow = undefined;
						this.changed();
					});
			} else if (!slow) break;
			await changed;
		}
		await slow;
		if (failed) throw failed;
		if (!this.store || !this.ready()) return;
		if (again) this.runSoon();
		await this.dropStored();
	}

	private runSoon(): void {
		clearTimeout(this.again);
		this.again = setTimeout(() => void this.run(), AGAIN_MS);
	}

	/** The first, with files to be sent or without, that may go: its service answers, what it waits for is there. */
	private next(skip: Set<string>, withFiles: boolean): OutboxItem | undefined {
		return this.items.find(
			(item) =>
				(item.state === "waiting" || item.state === "sent") &&
				Boolean(item.files && !item.filesSent) === withFiles &&
				!skip.has(item.service) &&
				!skip.has(item.id) &&
				(item.dependsOn ?? []).every((id) => {
					const other = this.items.find((one) => one.id === id);
					return !other || other.state === "stored";
				}),
		);
	}

	/** @throws NoAnswer */
	private async send(first: OutboxItem): Promise<void> {
		let item = first;
		try {
			item = this.settled(item);
			if (item.files && !item.filesSent) item = await this.sendFiles(item);
			if (!item.tried && idTimeMs(item.requestId) < this.now() - FRESH_MS)
				item = { ...item, requestId: newId(this.now()) };
			const sent: OutboxItem = { ...item, state: "sent", tried: true };
			if (!(await this.putSent(first, sent))) return; // taken away meanwhile
			item = sent;
			if (!this.sender) throw new NoAnswer(item.service);
			const madeId = await this.sender(item);
			await this.putStored({ ...item, state: "stored", madeId, storedMs: this.now() });
		} catch (error) {
			// "Not now" is no refusal of what was written.
			const later =
				error instanceof NoAnswer || (error instanceof Refused && error.code === Code.UNAVAILABLE);
			if (later && item.state === "sent") await this.put({ ...item, state: "waiting" });
			if (later) throw new NoAnswer(item.service);
			if (!(error instanceof Refused)) throw error;
			const { field, ja, en } = error;
			await this.put({ ...item, state: "refused", refused: { field, ja, en } });
		}
	}

	/** What the request will be is kept before it is sent, unless that is kept already. */
	private async putSent(before: OutboxItem, item: OutboxItem): Promise<boolean> {
		try {
			return await this.put(item);
		} catch (error) {
			if (!(error instanceof StorageFull)) throw error;
			if (before.requestId !== item.requestId || before.body !== item.body) throw error;
			return true; // a full device empties its outbox all the same
		}
	}

	private async putStored(item: OutboxItem): Promise<void> {
		try {
			await this.put(item);
		} catch (error) {
			if (!(error instanceof StorageFull)) throw error;
			await this.opened().drop([item.id]);
			this.change(this.items.map((one) => (one.id === item.id ? item : one)));
		}
	}

	/** What it waited for is stored: the ids of what was made stand in the body. */
	private settled(item: OutboxItem): OutboxItem {
		if (!item.dependsOn) return item;
		let body = item.body;
		for (const id of item.dependsOn) {
			const other = this.items.find((one) => one.id === id);
			if (!other?.madeId)
				throw new Refused(
					Code.FAILED_PRECONDITION,
					"",
					"もとの記録が送信されずに取り消されたため、送信できません。",
					"What this refers to was taken back before it was sent.",
					"",
				);
			body = replaced(body, utf8(id), utf8(other.madeId));
		}
		return { ...item, body, dependsOn: undefined };
	}

	private async sendFiles(item: OutboxItem): Promise<OutboxItem> {
		if (!this.fileSender) throw new NoAnswer(item.service);
		const store = this.opened();
		const body = await this.fileSender(
			item,
			(index) => store.file(item.id, index),
			(part) => {
				this.parts.set(item.id, part);
				this.change([...this.items]);
			},
		);
		return { ...item, body, filesSent: true };
	}

	private async put(item: OutboxItem, files?: Uint8Array[]): Promise<boolean> {
		const there = await this.opened().put(item, files);
		this.change(
			there
				? this.items.map((one) => (one.id === item.id ? item : one))
				: this.items.filter((one) => one.id !== item.id),
		);
		this.tell();
		return there;
	}

	/** What was stored a while ago, and what nothing waits for any more, falls out. */
	private async dropStored(): Promise<void> {
		const wanted = new Set(this.items.flatMap((item) => item.dependsOn ?? []));
		const stored = this.items.filter((item) => item.state === "stored" && !wanted.has(item.id));
		const before = this.now() - KEEP_STORED_MS;
		const over = stored.filter((item) => (item.storedMs ?? 0) <= before).map((item) => item.id);
		if (over.length > 0) {
			await this.opened().drop(over);
			this.change(this.items.filter((item) => !over.includes(item.id)));
			this.tell();
		}
		if (stored.length > over.length) {
			clearTimeout(this.fallOut);
			this.fallOut = setTimeout(() => void this.run(), KEEP_STORED_MS);
		}
	}

	private opened(): OutboxStore {
		if (!this.store) throw new Closed("the outbox is closed");
		return this.store;
	}

	private change(items: readonly OutboxItem[]): void {
		this.items = items;
		this.changes++;
		this.changed();
		for (const listener of [...this.listeners]) listener();
	}
}

/** The request's bytes. An entry that says no time was so when it was written. */
function packed<Req extends DescMessage>(
	request: Req,
	init: MessageInitShape<Req>,
	writtenMs: number,
): Uint8Array {
	const message = create(request, init);
	if (request.name === "AddEntry") {
		const { entry } = message as unknown as AddEntry;
		if (entry && entry.occurredMs === 0n) entry.occurredMs = BigInt(writtenMs);
	}
	return toBinary(request, message);
}

async function readFiles(
	files: (NewFile | Blob)[],
): Promise<{ files: OutboxFile[]; contents: Uint8Array[] }> {
	const contents: Uint8Array[] = [];
	const infos: OutboxFile[] = [];
	for (const given of files) {
		const file: NewFile =
			given instanceof Blob
				? { blob: given, name: given instanceof File ? given.name : "", mediaType: given.type }
				: given;
		const bytes = new Uint8Array(await file.blob.arrayBuffer());
		contents.push(bytes);
		infos.push({
			name: file.name,
			mediaType: file.mediaType,
			thumbnail: file.thumbnail ?? new Uint8Array(),
			width: file.width ?? 0,
			height: file.height ?? 0,
			bytes: bytes.length,
			sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
		});
	}
	return { files: infos, contents };
}

/** Every `from` in `bytes` is `to`; both are as long, so that no length in a message changes. */
export function replaced(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
	if (from.length !== to.length) throw new Error(`not an id: ${base64(to)}`);
	const made = bytes.slice();
	for (let at = 0; at + from.length <= made.length; at++)
		if (from.every((byte, i) => made[at + i] === byte)) made.set(to, at);
	return made;
}

export const outbox = new Outbox();
