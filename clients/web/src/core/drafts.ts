// What is typed into forms and not sent: sealed on the device while it is typed, back after a reload,
// a locked screen or a killed browser. All of them are in memory while the vault is open, so that a
// form begins with what was in it.

import { packWithBlobs, unpack } from "./bytes";
import { database, vault } from "./device";
import { makeRoom } from "./kept";
import { isQuota, removeOlder } from "./store";

const PAUSE_MS = 200; // at most so long after a key is pressed
const KEEP_MS = 30 * 24 * 3600 * 1000;

const values = new Map<string, unknown>();
const changed = new Set<string>();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let work: Promise<void> = Promise.resolve();
let writing = 0;
/** Those that could not be kept; they are tried again with the next. */
const failed = new Set<string>();

function tell(): void {
	for (const listener of [...listeners]) listener();
}

async function writeChanged(): Promise<void> {
	// As they are now: what is forgotten meanwhile, because somebody locked the device, is not dropped.
	const now = new Map([...changed, ...failed].map((key) => [key, values.get(key)]));
	changed.clear();
	const before = failed.size;
	for (const [key, value] of now) {
		try {
			const alias = await vault.alias(`draft/${key}`);
			if (value === undefined) {
				await (await database()).delete("drafts", alias);
				failed.delete(key);
				continue;
			}
			const atMs = Date.now(); // what was typed until then is in it
			const plain = await packWithBlobs({ key, value });
			const box = await vault.seal(`draft/${alias}`, plain);
			const row = { key: alias, atMs, box };
			const put = async () => (await database()).put("drafts", row);
			await put().catch(async (error: unknown) => {
				// What the services have gives way to what nobody else has.
				if (!isQuota(error) || !(await makeRoom())) throw error;
				await put();
			});
			failed.delete(key);
		} catch (error) {
			// No room, or locked meanwhile: the form itself still stands.
			if (vault.isOpen) failed.add(key);
			console.warn("draft not kept", error);
		}
	}
	if (failed.size !== before) tell();
}

function soon(key: string): void {
	changed.add(key);
	timer ??= setTimeout(() => void drafts.flush(), PAUSE_MS);
}

export const drafts = {
	get: (key: string): unknown => values.get(key),
	has: (key: string): boolean => values.has(key),
	set(key: string, value: unknown): void {
		values.set(key, value);
		soon(key);
	},
	/** At once: what was sent must not stand in a form again. */
	remove(key: string): void {
		if (!values.delete(key)) return;
		changed.add(key);
		void drafts.flush();
	},
	/** Something that was typed just now is not on the device yet, or cannot be kept there. */
	get unkept(): boolean {
		return failed.size > 0 || writing > 0 || [...changed].some((key) => values.has(key));
	},
	/** The last one could not be kept: it would be lost by a reload. */
	get failed(): boolean {
		return failed.size > 0;
	},
	onFailed(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
	/** Keeps at once what was typed last. */
	flush(): Promise<void> {
		clearTimeout(timer);
		timer = undefined;
		const typed = drafts.unkept ? 1 : 0;
		writing += typed;
		work = work.then(writeChanged).finally(() => (writing -= typed));
		return work;
	},
	/** After the vault was opened. */
	async load(): Promise<void> {
		const db = await database();
		await removeOlder(db, "drafts", Date.now() - KEEP_MS);
		for (const row of await db.getAll("drafts")) {
			try {
				const plain = unpack(await vault.unseal(`draft/${row.key}`, row.box));
				const { key, value } = plain as { key: string; value: unknown };
				if (!values.has(key)) values.set(key, value);
			} catch (error) {
				if (!vault.isOpen) throw error;
				await db.delete("drafts", row.key); // tampered with, or of another time
			}
		}
	},
	/** From memory; what is on the device stays. */
	forget(): void {
		clearTimeout(timer);
		timer = undefined;
		values.clear();
		changed.clear();
		failed.clear();
		tell();
	},
};
