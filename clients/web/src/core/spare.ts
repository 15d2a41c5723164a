// A second copy of what no service has, and of the keys.
//
// Chromium keeps the databases of a page in one LevelDB. A browser that is killed in the middle of a
// write leaves half a record at the end of its log; the next one writes on behind it, and the one after
// that finds the log corrupt and throws all of it away (https://github.com/google/leveldb/issues/1287,
// open). Phones kill browsers every day. A storage bucket has a LevelDB of its own. What is written is
// written in one and then in the other, so that hardly any kill can tear both; what was thrown away is
// made from the spare when the page begins.
//
// The first database is the one that counts: a spare that is behind, or cannot be had for a while, costs
// nobody anything but the second copy. Browsers without storage buckets keep their databases in other
// ways, and have no spare.

import {
	empty,
	isQuota,
	LOST,
	openDatabase,
	OWN,
	setFollower,
	setTurn,
	transact,
	turnOf,
	type Database,
	type Follower,
	type Table,
	type TurnRow,
	type Tx,
} from "./store";

/** https://wicg.github.io/storage-buckets/ */
interface Buckets {
	open(name: string, options: { persisted: boolean }): Promise<{ indexedDB: IDBFactory }>;
	delete(name: string): Promise<void>;
}

/** Where the spare is kept. */
export interface Place {
	/** Undefined: this browser has none. `gone`: the browser closed it. */
	open(gone: () => void): Promise<Database | undefined>;
	remove(): Promise<void>;
}

const NAME = "spare";
const buckets = () =>
	(globalThis.navigator as { storageBuckets?: Buckets } | undefined)?.storageBuckets;
const bucket: Place = {
	async open(gone) {
		const opened = await buckets()?.open(NAME, { persisted: true });
		return opened && openDatabase("tsunagi", gone, opened.indexedDB);
	},
	async remove() {
		await buckets()?.delete(NAME);
	},
};

/** Whichever tab writes in it. */
const LOCK = "tsunagi-spare";
/** Neither a browser that does not answer nor a tab that holds the spare stops what is written. */
const PATIENCE_MS = 3000;
/** Another tab may be copying photos. */
const LOCK_MS = 10_000;
/** Where it could not be written, it is not tried with each write. */
const REST_MS = 30_000;

export class Spare implements Follower {
	private opened: Promise<Database | undefined> | undefined;
	private restsUntil = 0;

	constructor(
		private readonly db: Database,
		private readonly place = bucket,
	) {}

	/**
	 * When the page begins, before anything is read: what the browser threw away comes back; a spare
	 * that is behind is made anew. `must`: it does not go on without a spare where nothing is here.
	 * @throws whatever the browser says where there is, or may be, more in the spare than here
	 */
	async settle(must: boolean): Promise<void> {
		setFollower(this.db, this);
		const before = await turn(this.db);
		let more = before === LOST || (before === 0 && must);
		const settled = this.alone(async (spare) => {
			const [here, there] = await Promise.all([outline(this.db), outline(spare)]);
			if (here.turn <= 0 && there.turn > 0) {
				more = true;
				await copy(spare, this.db);
				console.warn("the browser lost what this device keeps; it is back from the spare");
			} else if (here.turn > 0 && JSON.stringify(here) !== JSON.stringify(there))
				await copy(this.db, spare);
		}).catch((error: unknown) => {
			this.rest(error);
			if (more) throw error;
		});
		if (before <= 0) await settled;
	}

	async follow(n: number, tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<void> {
		await this.soon(async (spare) => {
			const there = await transact(spare, tables, async (tx) => {
				const there = await turnOf(tx);
				// 0: what was written before it is not there, either.
				if (there === 0 || there !== n - 1) return there;
				await work(tx);
				await setTurn(tx, n);
				return n;
			});
			// Behind; or ahead of what it is the copy of. Another tab's copy may have brought it already.
			if (there < n || there > (await turn(this.db))) await copy(this.db, spare);
		});
	}

	erase(tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
		return this.soon((spare) => transact(spare, tables, work));
	}

	async wipe(): Promise<boolean> {
		if (await this.soon(empty, true)) return true;
		try {
			await within(this.place.remove());
			return true;
		} catch (error) {
			console.warn("the second copy of what this device kept cannot be removed", error);
			return false;
		}
	}

	async giveUp(): Promise<boolean> {
		this.restsUntil = Infinity;
		let had = false;
		await this.soon(async (spare) => {
			const { turn, files } = await outline(spare);
			await empty(spare);
			await transact(spare, ["keys"], (tx) => tx.objectStore("keys").clear());
			had = turn > 0 || files.length > 0;
		}, true);
		return had;
	}

	/** With the spare, unless it rests. False: it could not be done, or not in time. */
	private async soon(
		work: (spare: Database) => Promise<unknown>,
		always = false,
	): Promise<boolean> {
		if (!always && performance.now() < this.restsUntil) return false;
		try {
			await within(this.alone(work));
			return true;
		} catch (error) {
			this.rest(error);
			return false;
		}
	}

	/** With the spare, if this browser has one, and no other tab in it. */
	private async alone(work: (spare: Database) => Promise<unknown>): Promise<void> {
		const opened = (this.opened ??= this.place.open(() => {
			if (this.opened === opened) this.opened = undefined;
		}));
		const spare = await within(opened);
		if (!spare) return;
		const locks = globalThis.navigator?.locks;
		if (!locks) await work(spare);
		else await locks.request(LOCK, { signal: AbortSignal.timeout(LOCK_MS) }, () => work(spare));
	}

	private rest(why: unknown): void {
		console.warn("there is no second copy of what this device keeps", why);
		// The device is full: until the page begins anew.
		const forMs = isQuota(why) ? Infinity : REST_MS;
		this.restsUntil = Math.max(this.restsUntil, performance.now() + forMs);
		if (isLate(why)) return; // what has begun may be done yet
		this.opened?.then((spare) => spare?.close()).catch(() => {});
		this.opened = undefined;
	}
}

const isLate = (error: unknown) => (error as Error).name === "TimeoutError";

/** @throws TimeoutError, as a lock does */
async function within<T>(work: Promise<T>): Promise<T> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<never>((_, fail) => {
		timer = setTimeout(
			() => fail(new DOMException("the browser does not answer", "TimeoutError")),
			PATIENCE_MS,
		);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What is there, without what it says. */
async function outline(db: Database) {
	const tx = db.transaction(OWN);
	const [keys, outbox, files] = await Promise.all([
		tx.objectStore("keys").getAll(),
		tx.objectStore("outbox").getAll(),
		tx.objectStore("files").getAllKeys(),
	]);
	return {
		turn: keys.find((row) => row.id === "turn")?.n ?? 0,
		keys: keys.map(({ id }) => id),
		outbox: outbox.map(({ id, state, tried }) => [id, state, tried]),
		files,
	};
}

/** `LOST`: the browser threw away what was here, and it was not to be had from the spare. */
export async function turn(db: Database): Promise<number> {
	return ((await db.get("keys", "turn")) as TurnRow | undefined)?.n ?? 0;
}

/** All that is `OWN`. Until it is done, `to` is what it was, but for files that nothing names yet. */
async function copy(from: Database, to: Database): Promise<void> {
	// As it was at one moment; what is written meanwhile is written in `to` after it.
	const tx = from.transaction(OWN);
	const [keys, outbox, files] = await Promise.all([
		tx.objectStore("keys").getAll(),
		tx.objectStore("outbox").getAll(),
		tx.objectStore("files").getAllKeys(),
	]);
	for (const key of files) {
		const file = await from.get("files", key); // one by one: they are large
		if (file) await transact(to, ["files"], (tx) => tx.objectStore("files").put(file));
	}
	await transact(to, [...OWN], async (tx) => {
		for (const key of await tx.objectStore("files").getAllKeys())
			if (!files.includes(key)) await tx.objectStore("files").delete(key);
		await tx.objectStore("outbox").clear();
		for (const row of outbox) await tx.objectStore("outbox").put(row);
		await tx.objectStore("keys").clear();
		for (const row of keys) await tx.objectStore("keys").put(row);
	});
}
