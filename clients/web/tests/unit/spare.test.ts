// If this failed, what somebody wrote without network would be gone with a database that the browser
// threw away, or somebody who signed out would be back from the second copy.

import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { Spare, type Place } from "../../src/core/spare";
import {
	LOST,
	OWN,
	openDatabase,
	dropKey,
	erase,
	giveUpSpare,
	putKey,
	transact,
	wipe,
	write,
	type Database,
	type OutboxRow,
	type Table,
} from "../../src/core/store";

const name = { here: "", there: "" };
let here: Database;
let there: Database;
let opens = true;
let removed = 0;

const place: Place = {
	open: async () => {
		if (!opens) throw new Error("no");
		return openDatabase(name.there);
	},
	remove: async () => {
		if (!opens) throw new Error("no");
		removed++;
	},
};

/** As when the page begins. */
async function begin(must = false): Promise<Database> {
	here?.close();
	here = await openDatabase(name.here);
	await new Spare(here, place).settle(must);
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
	removed = 0;
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
		const nothing = () =>
			transact(there, [...OWN] as Table[], async (tx) => {
				for (const table of OWN) await tx.objectStore(table).clear();
			});
		await nothing();
		await begin();
		await vi.waitFor(async () => expect(await all(there)).toEqual(await all(here)));
		expect(await written(there)).toEqual(["1", "2"]);
		await nothing();
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
		await new Spare(here, { ...place, open: () => slow.then(() => place.open(() => {})) }).settle(
			false,
		);
		const late = add("3");
		await vi.waitFor(async () => expect(await written(first)).toHaveLength(3));
		await write(first, ["outbox"], (tx) => tx.objectStore("outbox").add(item("4")));
		goes();
		await late;
		expect(await written(there)).toEqual(["1", "2", "3", "4"]);
		expect(await all(there)).toEqual(await all(here));
		first.close();
	});

	test("is made whole at the next start where a kill fell between the two", async () => {
		// What was deleted here, and not there yet: no turn says it.
		await transact(here, ["outbox"], (tx) => tx.objectStore("outbox").delete(1));
		expect(await written(there)).toEqual(["1", "2"]);
		await begin();
		await vi.waitFor(async () => expect(await all(there)).toEqual(await all(here)));
		expect(await written(there)).toEqual(["2"]);
	});

	test("a copy that was broken off is none", async () => {
		await lose();
		vi.spyOn(console, "warn").mockReturnValue();
		const before = await all(there);
		const killed = vi.spyOn(IDBObjectStore.prototype, "clear").mockImplementation(() => {
			throw new Error("killed");
		});
		await expect(begin()).rejects.toThrow("killed");
		killed.mockRestore();
		await begin();
		expect(await all(here)).toEqual(before);
	});

	test("on a full device gives way, and what only deletes goes through", async () => {
		vi.spyOn(console, "warn").mockReturnValue();
		const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
			throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
		});
		await expect(putKey(here, { id: "token", box: utf8("x") })).rejects.toThrow("full");
		await dropKey(here, "owner");
		await erase(here, ["outbox"], (tx) => tx.objectStore("outbox").delete(1));
		expect(await written(here)).toEqual(["2"]);
		expect(await all(there)).toEqual(await all(here));
		expect(await giveUpSpare(here)).toBe(true);
		expect(await giveUpSpare(here)).toBe(false);
		expect(await written(there)).toEqual([]);
		await wipe(here);
		full.mockRestore();
		expect(await written(here)).toEqual([]);
		await begin();
		await vi.waitFor(async () => expect(await all(there)).toEqual(await all(here)));
		expect(await written(here)).toEqual([]);
	});

	test("one that does not answer holds nobody up for long", async () => {
		vi.spyOn(console, "warn").mockReturnValue();
		here.close();
		here = await openDatabase(name.here);
		await new Spare(here, { ...place, open: () => new Promise(() => {}) }).settle(false);
		await add("3");
		await wipe(here);
		expect(await written(here)).toEqual([]);
		expect(removed).toBe(1);
	}, 20_000);
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

test("where the browser says that it threw something away, nobody begins without the spare", async () => {
	await lose();
	opens = false;
	vi.spyOn(console, "warn").mockReturnValue();
	await expect(begin(true)).rejects.toThrow("no"); // it is tried some times …
	await begin(); // … but a new device may do without
	await transact(here, ["keys"], (tx) => tx.objectStore("keys").put({ id: "turn", n: LOST }));
	await expect(begin()).rejects.toThrow("no");
	opens = true;
	await begin();
	expect(await written(here)).toEqual(["1", "2"]);
	await add("3");
	expect(await all(there)).toEqual(await all(here));
});

test("what comes back is not what a later user wrote over", async () => {
	vi.spyOn(console, "warn").mockReturnValue();
	opens = false;
	await begin();
	await wipe(here);
	await add("theirs");
	opens = true;
	await begin();
	await vi.waitFor(async () => expect(await written(there)).toEqual(["theirs"]));
	await lose();
	await begin();
	expect(await written(here)).toEqual(["theirs"]);
});
