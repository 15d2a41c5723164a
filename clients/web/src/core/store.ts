// The one database of this device. Everything in it that says something is sealed (vault.ts); keys and
// indices are random, or made with a secret from what they stand for. In clear: how often a wrong PIN
// was given, which entries are still to be sent (not what they say), and when something was kept.

import Dexie, { type Table } from "dexie";
import type { Bytes } from "./bytes";

export interface DeviceRow {
	id: "device";
	/** HMAC-SHA-256; it never leaves the browser's own keeping. */
	key: CryptoKey;
}

/** The data key, wrapped by the PIN. */
export interface PinRow {
	id: "pin";
	salt: Bytes;
	rounds: number;
	wrapped: Bytes;
	failures: number;
	/** No PIN is tried before. */
	notBeforeMs: number;
}

/** The data key, wrapped by the secret of this session of the browser. */
export interface SessionRow {
	id: "session";
	wrapped: Bytes;
}

/** Whose all this is: sealed with the device key, so that the lock screen can say it. */
export interface OwnerRow {
	id: "owner";
	box: Bytes;
	/** A shared device: there is no PIN, and nothing outlives the session of the browser. */
	shared: boolean;
	/** The broker did not take the token any more: nothing is shown until the owner signs in. */
	ended: boolean;
}

/** Sealed: the token, and what directory says of its user. */
export interface SealedRow {
	id: "token" | "me";
	box: Bytes;
}

export type KeyRow = DeviceRow | PinRow | SessionRow | OwnerRow | SealedRow;

export interface BoxRow {
	key: string;
	atMs: number;
	box: Bytes;
}

export interface OutboxRow {
	n?: number;
	id: string;
	state: "waiting" | "sent" | "stored" | "refused";
	/** It was given to the network at least once: it may be stored whatever the state says. */
	tried: boolean;
	box: Bytes;
}

export interface FileRow {
	/** Id of the entry in the outbox, "/", number of the file. */
	key: string;
	box: Bytes;
}

/** A photo or paper that was opened here (attachments.ts). */
export interface PictureRow {
	key: string;
	/** When it was looked at last. */
	atMs: number;
	bytes: number;
	box: Bytes;
}

export class Database extends Dexie {
	readonly keys!: Table<KeyRow, string>;
	readonly kept!: Table<BoxRow, string>;
	readonly drafts!: Table<BoxRow, string>;
	readonly outbox!: Table<OutboxRow, number>;
	readonly files!: Table<FileRow, string>;
	readonly pictures!: Table<PictureRow, string>;

	constructor(name = "tsunagi") {
		// strict: what is said to be kept survives the loss of power, too.
		super(name, { chromeTransactionDurability: "strict" });
		this.version(1).stores({
			keys: "id",
			kept: "key, atMs",
			drafts: "key, atMs",
			outbox: "++n, &id, state",
			files: "key",
		});
		this.version(2).stores({ pictures: "key, [atMs+bytes]" });
	}

	/** Everything goes, the keys first. */
	async wipe(): Promise<void> {
		await this.keys.clear();
		await this.transaction("rw", this.tables, () =>
			Promise.all(this.tables.map((table) => table.clear())),
		);
	}
}

/** The device is full, says whatever browser. */
export function isQuota(error: unknown): boolean {
	for (let one: unknown = error; one; one = (one as { inner?: unknown }).inner)
		if ((one as Error).name === "QuotaExceededError") return true;
	return false;
}
