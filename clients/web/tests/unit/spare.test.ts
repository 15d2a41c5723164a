// If this failed, what somebody wrote without network would be gone with a database that the browser
// threw away, or somebody who signed out would be back from the second copy.

import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { Spare } from "../../src/core/spare";
import {
	OWN,
	openDatabase,
	putKey,
	transact,
	wipe,
	write,
	type Database,
	type OutboxRow,
} from "../../src/core/store";

const name = { here: "", there: "" };
let here: Database;
let there: Database;
let opens = true;

/** As when the page begins. */
async function begin(): Promise<Database> {
	here?.close();
	here = await openDatabase(name.here);
	await new Spare(here, async () => {
		if (!opens) throw new Error("no");
		return there;
	}).settle();
	return here;
}

/** The browser threw it away. */
async function lose(): Promise<void> {
	here.close();
	await new Promise((done) => {
		indexedDB.deleteDatabase(name.here).onsuccess = done;
	});
}

const item = (id: string, state: OutboxRow["state"] = "waiting"): OutboxRow => ({
	id,
	state,
	tried: false,
	box: utf8(`sealed ${id}`),
});
const add = (id: string) =>
	write(here, ["outbox", "files"], async (tx) => {
		await tx.objectStore("outbox").add(item(id));
		await tx.objectStore("files").put({ key: `${id}/0`, box: utf8(`photo of ${id}`) });
	});
/** Everything of it, in order. */
const all = async (db: Database) =>
	Object.fromEntries(
		await Promise.all(OWN.map(async (table) => [table, await db.getAll(table)] as const)),
	);
const written = async (db: Database) => (await db.getAll("outbox")).map(({ id }) => id);

beforeEach(async () => {
	opens = true;
	const run = Math.random();
	Object.assign(name, { here: `here-${run}`, there: `there-${run}` });
	there = await openDatabase(name.there);
	await begin();
	await putKey(here, { id: "owner", box: utf8("sealed"), shared: false, ended: false });
	await add("1");
	await add("2");
});
afterEach(() => {
	here.close();
	there.close();
	vi.restoreAllMocks();
});

describe("the second copy", () => {
	test("has what the first has, after each write", async () => {
		expect(await all(there)).toEqual(await all(here));
		await write(here, ["outbox", "files"], async (tx) => {
			await tx.objectStore("outbox").delete(1);
			await tx.objectStore("files").delete("1/0");
		});
		expect(await all(there)).toEqual(await all(here));
		expect(await written(there)).toEqual(["2"]);
	});

	test("brings back what the browser threw away, and goes on with it", async () => {
		const before = await all(here);
		await lose();
		vi.spyOn(console, "warn").mockReturnValue();
		await begin();
		expect(await all(here)).toEqual(before);
		expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("lost"));
		await add("3");
		expect(await written(here)).toEqual(["1", "2", "3"]);
		expect(await all(there)).toEqual(await all(here));
	});

	test("is made anew where it was thrown away itself, at the next start or the next write", async () => {
		await wipe(there);
		await transact(there, ["keys"], (tx) => tx.objectStore("keys").clear());
		await begin();
		await vi.waitFor(async () => expect(await all(there)).toEqual(await all(here)));
		expect(await written(there)).toEqual(["1", "2"]);
		await transact(there, ["keys", "outbox"], async (tx) => {
			await tx.objectStore("keys").clear();
			await tx.objectStore("outbox").clear();
		});
		await add("3");
		expect(await all(there)).toEqual(await all(here));
	});

	test("catches up with what was written while it could not be", async () => {
		vi.spyOn(console, "warn").mockReturnValue();
		opens = false;
		await begin();
		await add("3"); // is written all the same
		expect(await written(here)).toEqual(["1", "2", "3"]);
		expect(await written(there)).toEqual(["1", "2"]);
		opens = true;
		await begin();
		await vi.waitFor(async () => expect(await all(there)).toEqual(await all(here)));
	});

	test("does not do twice what another tab's copy has brought already", async () => {
		const first = here;
		here = await openDatabase(name.here); // another tab, whose spare is slow
		let goes: () => void = () => {};
		const slow = new Promise<void>((done) => (goes = done));
		await new Spare(here, async () => {
			await slow;
			return there;
		}).settle();
		const late = add("3");
		await vi.waitFor(async () => expect(await written(first)).toHaveLength(3));
		await write(first, ["outbox"], (tx) => tx.objectStore("outbox").add(item("4")));
		goes();
		await late;
		expect(await written(there)).toEqual(["1", "2", "3", "4"]);
		expect(await all(there)).toEqual(await all(here));
		first.close();
	});

	test("a copy that was broken off is none", async () => {
		await lose();
		vi.spyOn(console, "warn").mockReturnValue();
		const before = await all(there);
		const get = vi.spyOn(there, "get");
		get.mockImplementation(async (table, key) => {
			if (table === "files") throw new Error("killed");
			return there
				.transaction(table)
				.objectStore(table)
				.get(key as never) as never;
		});
		await expect(begin()).rejects.toThrow("killed");
		get.mockRestore();
		await begin();
		expect(await all(here)).toEqual(before);
	});
});

describe("who signed out", () => {
	test("is in neither, and does not come back", async () => {
		await wipe(here);
		for (const db of [here, there])
			for (const table of OWN)
				expect((await db.getAll(table)).filter((row) => "box" in row)).toEqual([]);
		await begin();
		expect(await written(here)).toEqual([]);
	});

	test("does not come back where the second copy was out of reach then", async () => {
		vi.spyOn(console, "warn").mockReturnValue();
		opens = false;
		await begin();
		await wipe(here);
		expect(await written(there)).toEqual(["1", "2"]);
		opens = true;
		await begin();
		await vi.waitFor(async () => expect(await written(there)).toEqual([]));
		expect(await written(here)).toEqual([]);
	});
});

test("nobody begins on a device whose second copy is not to be had and whose first is empty", async () => {
	await lose();
	opens = false;
	await expect(begin()).rejects.toThrow("no");
	opens = true;
	vi.spyOn(console, "warn").mockReturnValue();
	await begin();
	expect(await written(here)).toEqual(["1", "2"]);
});
