// The one database of this device. Everything in it that says something is sealed (vault.ts); keys and
// indices are random, or made with a secret from what they stand for. In clear: how often a wrong PIN
// was given, which entries are still to be sent (not what they say), and when something was kept.
//
// What no service has, and the keys (`OWN`), is written by `write`, `erase` and `wipe` alone: it survives
// what a browser's own store does not (spare.ts).

import { wrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";
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

/** How many times `write` wrote here. It outlives `wipe`: a store without it is new. */
export interface TurnRow {
	id: "turn";
	n: number;
}
/** Instead of a turn: the browser threw away what was here. */
export const LOST = -1;

export type KeyRow = DeviceRow | PinRow | SessionRow | OwnerRow | SealedRow | TurnRow;

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

interface Schema extends DBSchema {
	keys: { key: string; value: KeyRow };
	kept: { key: string; value: BoxRow; indexes: { atMs: number } };
	drafts: { key: string; value: BoxRow; indexes: { atMs: number } };
	outbox: { key: number; value: OutboxRow; indexes: { id: string } };
	files: { key: string; value: FileRow };
	pictures: { key: string; value: PictureRow; indexes: { age: [number, number] } };
}

export type Table = StoreNames<Schema>;
export type Database = IDBPDatabase<Schema>;
export const TABLES: Table[] = ["keys", "kept", "drafts", "outbox", "files", "pictures"];

/** What somebody was told is stored and no service has, and what opens it. */
export const OWN = ["keys", "outbox", "files"] as const satisfies Table[];

/** `gone`: the browser closed it (its data were deleted by hand, it ran out of something). */
export async function openDatabase(
	name = "tsunagi",
	gone = () => {},
	factory = indexedDB,
): Promise<Database> {
	// 2: pages that know nothing of turns let go of it.
	const request = factory.open(name, 2);
	request.onupgradeneeded = (event) => {
		if (event.oldVersion > 0) return;
		const db = wrap(request.result) as unknown as Database;
		const keys = db.createObjectStore("keys", { keyPath: "id" });
		// Chromium's own sign: https://lists.w3.org/Archives/Public/public-webapps/2013JanMar/0354.html
		if ((event as { dataLoss?: string }).dataLoss === "total")
			void keys.put({ id: "turn", n: LOST });
		for (const table of ["kept", "drafts"] as const)
			db.createObjectStore(table, { keyPath: "key" }).createIndex("atMs", "atMs");
		const outbox = db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
		outbox.createIndex("id", "id", { unique: true });
		db.createObjectStore("files", { keyPath: "key" });
		// How old and how large, so that no picture is read to know it.
		const pictures = db.createObjectStore("pictures", { keyPath: "key" });
		pictures.createIndex("age", ["atMs", "bytes"]);
	};
	const db = (await wrap(request)) as unknown as Database;
	db.addEventListener("versionchange", () => db.close());
	db.addEventListener("close", gone);
	return db;
}

export type Tx<Names extends Table[] = Table[]> = IDBPTransaction<Schema, Names, "readwrite">;

/** Who does everything once more that is done with `OWN`, somewhere else. None of it fails or hangs. */
export interface Follower {
	/** The `turn`th write. */
	follow(turn: number, tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<void>;
	/** False: it could not be done there. */
	erase(tables: Table[], work: (tx: Tx) => Promise<unknown>): Promise<boolean>;
	/** False: it could not be done there. */
	wipe(): Promise<boolean>;
	/** Gives up all that it has, for room. False: it has nothing. */
	giveUp(): Promise<boolean>;
}
const followers = new WeakMap<Database, Follower>();

export function setFollower(db: Database, follower: Follower): void {
	followers.set(db, follower);
}

/**
 * One transaction: all of it or nothing, and when it is done it survives the loss of power, too, and
 * where there is a spare the loss of this database. What `work` awaits must be of the transaction; it is
 * done a second time in the spare, so that it goes by nothing but what it finds there.
 */
export async function write<Names extends Table[], Result>(
	db: Database,
	tables: Names,
	work: (tx: Tx<Names>) => Promise<Result>,
): Promise<Result> {
	const all: Table[] = [...new Set<Table>([...tables, "keys"])];
	const same = work as unknown as (tx: Tx) => Promise<Result>;
	let turn = 0;
	const result = await transact(db, all, async (tx) => {
		const [result, before] = await Promise.all([same(tx), turnOf(tx)]);
		turn = before + 1;
		await setTurn(tx, turn);
		return result;
	});
	await followers.get(db)?.follow(turn, all, same);
	return result;
}

/** As `write`, of what only deletes: on a full device a browser lets nothing else through. */
export async function erase<Names extends Table[], Result>(
	db: Database,
	tables: Names,
	work: (tx: Tx<Names>) => Promise<Result>,
): Promise<Result> {
	const result = await transact(db, tables, work);
	if (!((await followers.get(db)?.erase(tables, work as never)) ?? true)) await skipTurn(db);
	return result;
}

/** The spare is behind, and is made anew when it can be. */
async function skipTurn(db: Database): Promise<void> {
	try {
		await transact(db, ["keys"], async (tx) =>
			setTurn(tx as never, (await turnOf(tx as never)) + 1),
		);
	} catch (error) {
		if (!isQuota(error)) throw error;
	}
}

/** 0: nothing was ever written there. */
export async function turnOf(tx: Tx): Promise<number> {
	const row = (await tx.objectStore("keys").get("turn")) as TurnRow | undefined;
	return Math.max(row?.n ?? 0, 0);
}

export async function setTurn(tx: Tx, n: number): Promise<void> {
	await tx.objectStore("keys").put({ id: "turn", n });
}

/** One transaction in this database alone. */
export async function transact<Names extends Table[], Result>(
	db: Database,
	tables: Names,
	work: (tx: Tx<Names>) => Promise<Result>,
): Promise<Result> {
	const tx = db.transaction(tables, "readwrite", { durability: "strict" });
	try {
		const result = await work(tx);
		await tx.done;
		return result;
	} catch (error) {
		tx.done.catch(() => {}); // it says the same
		try {
			tx.abort();
		} catch {
			// It has ended already, by that error.
		}
		throw error;
	}
}

export function putKey(db: Database, row: KeyRow): Promise<unknown> {
	return write(db, ["keys"], (tx) => tx.objectStore("keys").put(row));
}

export function dropKey(db: Database, id: KeyRow["id"]): Promise<void> {
	return erase(db, ["keys"], (tx) => tx.objectStore("keys").delete(id));
}

/** Everything goes, here and in the spare. */
export async function wipe(db: Database): Promise<void> {
	await empty(db);
	if (!((await followers.get(db)?.wipe()) ?? true)) await skipTurn(db);
}

/** Everything goes but the turn, the keys first. It only deletes. */
export async function empty(db: Database): Promise<void> {
	await transact(db, ["keys"], async (tx) => {
		const keys = tx.objectStore("keys");
		for (const id of await keys.getAllKeys()) if (id !== "turn") await keys.delete(id);
	});
	const tables = TABLES.filter((table) => table !== "keys");
	await transact(db, tables, async (tx) => {
		for (const table of tables) await tx.objectStore(table).clear();
	});
}

const AT_ONCE = 20; // so many of the oldest go where the device is full

/** Gives up the oldest copies of what the services have. False: there are none. */
export async function makeRoom(db: Database): Promise<boolean> {
	// Pictures first: they are large, and fetched again when somebody looks.
	const pictures = await db.getAllKeysFromIndex("pictures", "age", null, AT_ONCE);
	for (const key of pictures) await db.delete("pictures", key);
	if (pictures.length > 0) return true;
	const keys = await db.getAllKeysFromIndex("kept", "atMs", null, AT_ONCE);
	for (const key of keys) await db.delete("kept", key);
	return keys.length > 0;
}

/** Then the second copy of what they do not have. False: there is none. */
export async function giveUpSpare(db: Database): Promise<boolean> {
	return (await followers.get(db)?.giveUp()) ?? false;
}

/** What was kept before goes. */
export async function removeOlder(
	db: Database,
	table: "kept" | "drafts",
	beforeMs: number,
): Promise<void> {
	const old = await db.getAllKeysFromIndex(table, "atMs", IDBKeyRange.upperBound(beforeMs));
	if (old.length === 0) return;
	await transact(db, [table], async (tx) => {
		for (const key of old) await tx.objectStore(table).delete(key);
	});
}

/** The device is full. */
export const isQuota = (error: unknown): boolean => (error as Error).name === "QuotaExceededError";
