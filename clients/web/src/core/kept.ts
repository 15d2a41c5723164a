// What this device keeps of one user, to show it without network: sealed, gone at sign-out. It is a
// copy of what the services have: where the device is full, the oldest of it goes.

import { database, vault } from "./device";
import { giveUpSpare, makeRoom as giveUpCopies, removeOlder } from "./store";

export interface Kept {
	bytes: Uint8Array;
	/** When it was kept, ms since the Unix epoch: the age of what is shown from it. */
	atMs: number;
}

const KEEP_MS = 14 * 24 * 3600 * 1000;
const SOON_MS = 2000;

/** Writes that are not done: the last one of a key wins. */
const waiting = new Map<string, Kept>();
const writing = new Map<string, Promise<void>>();

async function write(key: string): Promise<void> {
	for (let one = waiting.get(key); one; one = waiting.get(key)) {
		try {
			const box = await vault.seal(`kept/${key}`, one.bytes);
			const row = { key: await vault.alias(`kept/${key}`), atMs: one.atMs, box };
			const db = await database();
			try {
				await db.put("kept", row);
			} catch {
				await giveUpCopies(db);
				await db.put("kept", row);
			}
		} catch {
			// Locked meanwhile, or no room at all: it is a copy, and asked for again.
		}
		if (waiting.get(key) === one) waiting.delete(key);
	}
	writing.delete(key);
}

/** For what nobody else has: of this device's copies the least needed go. False: there are none. */
export async function makeRoom(): Promise<boolean> {
	const db = await database();
	return (await giveUpCopies(db)) || (await giveUpSpare(db));
}

/** Keys are made of a name and ids: "timeline/01M8…". */
export const kept = {
	async get(key: string): Promise<Kept | undefined> {
		const fresh = waiting.get(key);
		if (fresh) return fresh;
		try {
			const row = await (await database()).get("kept", await vault.alias(`kept/${key}`));
			if (!row) return undefined;
			return { bytes: await vault.unseal(`kept/${key}`, row.box), atMs: row.atMs };
		} catch {
			return undefined; // locked, or tampered with: as if it were not there
		}
	},
	/** Resolves when it is kept, or cannot be; never fails. */
	async put(key: string, bytes: Uint8Array): Promise<void> {
		waiting.set(key, { bytes, atMs: Date.now() });
		if (!writing.has(key)) writing.set(key, write(key));
		await writing.get(key);
	},
	async remove(key: string): Promise<void> {
		waiting.delete(key);
		await writing.get(key);
		await (await database()).delete("kept", await vault.alias(`kept/${key}`));
	},
	/** What nobody looked at for two weeks goes. */
	async prune(): Promise<void> {
		const db = await database();
		const before = Date.now() - KEEP_MS;
		await removeOlder(db, "kept", before);
		const old = IDBKeyRange.upperBound([before, 0]);
		for (const key of await db.getAllKeysFromIndex("pictures", "age", old))
			await db.delete("pictures", key);
	},
};

/** Of what changes again and again: packs and keeps it at most every two seconds. */
export function keepSoon(key: string, pack: () => Uint8Array): { changed(): void; end(): void } {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let dueMs = 0; // the first at once
	const now = () => {
		timer = undefined;
		dueMs = Date.now() + SOON_MS;
		void kept.put(key, pack());
	};
	return {
		changed: () => (timer ??= setTimeout(now, Math.max(0, dueMs - Date.now()))),
		/** Nobody looks any more: what is not kept is kept now, unless the device is locked. */
		end: () => {
			if (timer === undefined) return;
			clearTimeout(timer);
			if (vault.isOpen) now();
		},
	};
}
