// The one vault, database and channel of this page.

import { Spare } from "./spare";
import { openDatabase, putKey, type Database, type SealedRow } from "./store";
import { Tabs } from "./tabs";
import { Vault } from "./vault";

let opened: Promise<Database> | undefined;

/** A browser that was killed may hold it for a moment yet; a page without it would seem a new device. */
async function opening(gone: () => void): Promise<Database> {
	for (const pauseMs of [100, 400, 1500])
		try {
			return await openWhole(gone, true);
		} catch (error) {
			console.warn("what is kept on this device cannot be opened yet", error);
			await new Promise((done) => setTimeout(done, pauseMs));
		}
	return openWhole(gone, false);
}

async function openWhole(gone: () => void, must: boolean): Promise<Database> {
	const db = await openDatabase("tsunagi", gone);
	try {
		await new Spare(db).settle(must);
	} catch (error) {
		db.close();
		throw error;
	}
	return db;
}

export function database(): Promise<Database> {
	opened ??= opening(() => (opened = undefined));
	opened.catch(() => (opened = undefined)); // it is tried again
	return opened;
}

export const vault = new Vault(database);
export const tabs = new Tabs();

/** Seals one of the few things that are kept beside the keys. */
export async function putSealed(id: SealedRow["id"], plain: Uint8Array): Promise<void> {
	const box = await vault.seal(id, plain);
	await putKey(await database(), { id, box });
}

export async function getSealed(id: SealedRow["id"]): Promise<Uint8Array | undefined> {
	const row = (await (await database()).get("keys", id)) as SealedRow | undefined;
	if (!row) return undefined;
	try {
		return await vault.unseal(id, row.box);
	} catch {
		return undefined; // tampered with, or of another key: as if there were none
	}
}
