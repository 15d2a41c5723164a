// A second copy of what no service has, and of the keys.
//
// Chromium keeps the databases of a page in one LevelDB. A browser that is killed in the middle of a
// write leaves half a record at the end of its log; the next one writes on behind it, and the one after
// that finds the log corrupt and throws all of it away (https://github.com/google/leveldb/issues/1287,
// open). Phones kill browsers every day. A storage bucket has a LevelDB of its own. What is written is
// written in one and then in the other, so that no kill tears both; what was thrown away is made from
// the other one when the page begins.
//
// Browsers without storage buckets keep their databases in other ways, and have no spare.

import {
	OWN,
	openDatabase,
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
}

const NAME = "spare";
/** Which of the tabs writes in it. */
const LOCK = "tsunagi-spare";
/** Where it could not be written (the device is full), it is not tried with each write. */
const REST_MS = 30_000;
const ROWS = ["keys", "drafts", "outbox"] as const satisfies Table[];

/** Undefined: this browser has none. */
export async function openBucket(gone: () => void): Promise<Database | undefined> {
	const buckets = (globalThis.navigator as { storageBuckets?: Buckets } | undefined)
		?.storageBuckets;
	if (!buckets) return undefined;
	const bucket = await buckets.open(NAME, { persisted: true });
	return openDatabase("tsunagi", gone, bucket.indexedDB);
}

export class Spare implements Follower {
	private opened: Promise<Database | undefined> | undefined;
	private restsUntilMs = 0;

	constructor(
		private readonly db: Database,
		private readonly open = openBucket,
	) {}

	/**
	 * When the page begins, before anything is read: whichever of the two is behind is made from the
	 * other. A database in which nothing was ever written is new, or was thrown away.
	 * @throws whatever the browser says where there may be more in the spare than here
	 */
	async settle(): Promise<void> {
		setFollower(this.db, this);
		const isNew = (await turn(this.db)) === 0;
		const settled = this.alone(async (spare) => {
			const [here, there] = [await turn(this.db), await turn(spare)];
			if (here === 0 && there > 0) {
				await copy(spare, this.db);
				console.warn("the browser lost what this device keeps; it is back from the spare");
			} else if (here !== there) await copy(this.db, spare);
		});
		if (isNew) await settled;
		else settled.catch((error: unknown) => this.rest(error));
	}

	async follow(n: number, tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<void> {
		if (Date.now() < this.restsUntilMs) return;
		await this.alone(async (spare) => {
			const inStep = await transact(spare, tables, async (tx) => {
				const there = await turnOf(tx);
				if (there === 0 || there !== n - 1) return there >= n;
				await work(tx);
				await setTurn(tx, n);
				return true;
			});
			if (!inStep) await copy(this.db, spare);
		}).catch((error: unknown) => this.rest(error));
	}

	/** With the spare, if this browser has one, and no other tab in it. */
	private async alone(work: (spare: Database) => Promise<void>): Promise<void> {
		this.opened ??= this.open(() => (this.opened = undefined));
		const spare = await this.opened;
		if (!spare) return;
		const locks = globalThis.navigator?.locks;
		if (locks) await locks.request(LOCK, () => work(spare));
		else await work(spare);
	}

	private rest(error: unknown): void {
		this.opened = undefined;
		this.restsUntilMs = Date.now() + REST_MS;
		console.warn("there is no second copy of what this device keeps", error);
	}
}

async function turn(db: Database): Promise<number> {
	return ((await db.get("keys", "turn")) as TurnRow | undefined)?.n ?? 0;
}

/** All that is `OWN`. Until it is done, `to` is one in which nothing was ever written. */
async function copy(from: Database, to: Database): Promise<void> {
	// As it was at one moment; what is written meanwhile is written in `to` after it.
	const tx = from.transaction(OWN);
	const [files, ...rows] = await Promise.all([
		tx.objectStore("files").getAllKeys(),
		...ROWS.map((table) => tx.objectStore(table).getAll()),
	]);
	await transact(to, ["keys", "files"], async (tx) => {
		await tx.objectStore("keys").clear();
		await tx.objectStore("files").clear();
	});
	for (const key of files) {
		const file = await from.get("files", key); // one by one: they are large
		if (file) await transact(to, ["files"], (tx) => tx.objectStore("files").put(file));
	}
	await transact(to, [...ROWS] as Table[], async (tx) => {
		for (const [index, table] of ROWS.entries()) {
			await tx.objectStore(table).clear();
			for (const row of rows[index]!) await tx.objectStore(table).put(row);
		}
	});
}
