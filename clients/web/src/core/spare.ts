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
	makeRoom,
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
/** Neither a browser that does not open it nor a tab that holds it stops what is written. */
const PATIENCE_MS = 3000;
/** Where it could not be written (the device is full), it is not tried with each write. */
const REST_MS = 30_000;
const ROWS = ["keys", "drafts", "outbox"] as const satisfies Table[];

export class Spare implements Follower {
	private opened: Promise<Database | undefined> | undefined;
	private restsUntil = 0;

	constructor(
		private readonly db: Database,
		private readonly place = bucket,
	) {}

	/**
	 * When the page begins, before anything is read: what the browser threw away comes back; a spare
	 * that is behind is made anew.
	 * @throws whatever the browser says where there is, or may be, more in the spare than here
	 */
	async settle(): Promise<void> {
		setFollower(this.db, this);
		const before = await turn(this.db);
		let more = before === LOST;
		const settled = this.alone(async (spare) => {
			const [here, there] = [await turn(this.db), await turn(spare)];
			if (here <= 0 && there > 0) {
				more = true;
				await copy(spare, this.db);
				console.warn("the browser lost what this device keeps; it is back from the spare");
			} else if (here > 0 && here !== there) await this.renew(spare);
		}).catch((error: unknown) => {
			if (more) throw error;
			this.rest(error);
		});
		if (before <= 0) await settled;
	}

	async follow(n: number, tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<void> {
		if (this.rests) return;
		await this.alone(async (spare) => {
			const there = await transact(spare, tables, async (tx) => {
				const there = await turnOf(tx);
				// 0: what was written before it is not there, either.
				if (there === 0 || there !== n - 1) return there;
				await work(tx);
				await setTurn(tx, n);
				return n;
			}).catch((error: unknown) => {
				if (isQuota(error)) return 0;
				throw error;
			});
			// Behind; or ahead of what it is the copy of. Another tab's copy may have brought it already.
			if (there < n || there > (await turn(this.db))) await this.renew(spare);
		}).catch((error: unknown) => this.rest(error));
	}

	async erase(tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
		if (this.rests) return false;
		try {
			await this.alone((spare) => transact(spare, tables, work));
			return true;
		} catch (error) {
			this.rest(error);
			return false;
		}
	}

	async wipe(): Promise<boolean> {
		try {
			await this.alone(empty);
			return true;
		} catch (error) {
			this.rest(error);
		}
		try {
			await this.place.remove();
			return true;
		} catch (error) {
			console.warn("the second copy of what this device kept cannot be removed", error);
			return false;
		}
	}

	async giveUp(): Promise<boolean> {
		if (this.rests) return false;
		this.rest("the device is full");
		const had = await this.alone(async (spare) => {
			const had = (await turn(spare)) > 0;
			await empty(spare);
			await transact(spare, ["keys"], (tx) => tx.objectStore("keys").clear());
			return had;
		}).catch(() => false);
		return had ?? false;
	}

	/** From the first one, if need be in the place of what the services have. */
	private async renew(spare: Database): Promise<void> {
		for (;;) {
			try {
				return await copy(this.db, spare);
			} catch (error) {
				if (!isQuota(error) || !(await makeRoom(this.db))) throw error;
			}
		}
	}

	/** With the spare, if this browser has one, and no other tab in it. */
	private async alone<T>(work: (spare: Database) => Promise<T>): Promise<T | undefined> {
		const opened = (this.opened ??= this.place.open(() => {
			if (this.opened === opened) this.opened = undefined;
		}));
		const spare = await soon(opened);
		if (!spare) return undefined;
		const locks = globalThis.navigator?.locks;
		if (!locks) return work(spare);
		return locks.request(LOCK, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => work(spare));
	}

	private get rests(): boolean {
		return performance.now() < this.restsUntil;
	}

	private rest(why: unknown): void {
		this.opened?.then((spare) => spare?.close()).catch(() => {});
		this.opened = undefined;
		this.restsUntil = performance.now() + REST_MS;
		console.warn("there is no second copy of what this device keeps", why);
	}
}

/** @throws Error it took too long */
async function soon<T>(work: Promise<T>): Promise<T> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<never>((_, fail) => {
		timer = setTimeout(() => fail(new Error("the browser does not answer")), PATIENCE_MS);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function turn(db: Database): Promise<number> {
	return ((await db.get("keys", "turn")) as TurnRow | undefined)?.n ?? 0;
}

/** All that is `OWN`. Until it is done, `to` is what it was, but for files that nothing names yet. */
async function copy(from: Database, to: Database): Promise<void> {
	// As it was at one moment; what is written meanwhile is written in `to` after it.
	const tx = from.transaction(OWN);
	const [files, ...rows] = await Promise.all([
		tx.objectStore("files").getAllKeys(),
		...ROWS.map((table) => tx.objectStore(table).getAll()),
	]);
	for (const key of files) {
		const file = await from.get("files", key); // one by one: they are large
		if (file) await transact(to, ["files"], (tx) => tx.objectStore("files").put(file));
	}
	await transact(to, [...OWN] as Table[], async (tx) => {
		const there = tx.objectStore("files");
		for (const key of await there.getAllKeys())
			if (!files.includes(key as string)) await there.delete(key);
		for (const [index, table] of ROWS.entries()) {
			await tx.objectStore(table).clear();
			for (const row of rows[index]!) await tx.objectStore(table).put(row);
		}
	});
}
