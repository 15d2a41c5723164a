// If this failed, words or photos of a form could be lost by a reload although nothing warned of it.

import "fake-indexeddb/auto";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database, vault } from "../../src/core/device";
import { drafts } from "../../src/core/drafts";

beforeAll(async () => {
	vi.spyOn(console, "warn").mockImplementation(() => {});
	await vault.create({ user: "station01-nurse", device: "web-1" }, "135790");
});
beforeEach(async () => {
	drafts.forget();
	await (await database()).clear("drafts");
});

const rows = async () => (await database()).count("drafts");
/** From here on the device has no room for the writes with these numbers. */
const real = IDBObjectStore.prototype.put;
function fullAt(...turns: number[]): void {
	let turn = 0;
	IDBObjectStore.prototype.put = function (...args) {
		if (turns.includes(turn++))
			throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
		return real.apply(this, args);
	};
}

test("one that could not be kept stays a warning until it is, whatever else was kept", async () => {
	fullAt(0);
	drafts.set("photo", "large");
	await drafts.flush();
	expect([drafts.failed, drafts.unkept]).toEqual([true, true]);
	fullAt(1); // the words find room; the photo, tried once more, does not
	drafts.set("words", "small");
	await drafts.flush();
	expect([drafts.failed, await rows()]).toEqual([true, 1]);
	fullAt();
	drafts.set("words", "smaller");
	await drafts.flush();
	expect([drafts.failed, drafts.unkept]).toEqual([false, false]);
	expect(await rows()).toBe(2);
});

test("a full device gives up copies for it", async () => {
	const db = await database();
	await db.put("kept", { key: "old", atMs: 1, box: new Uint8Array(1) });
	fullAt(0);
	drafts.set("words", "what nobody else has");
	await drafts.flush();
	fullAt();
	expect(drafts.failed).toBe(false);
	expect([await rows(), await db.count("kept")]).toEqual([1, 0]);
});

test("a vault that is locked meanwhile costs no draft", async () => {
	drafts.set("words", "sealed");
	await drafts.flush();
	drafts.forget();
	await vault.lock(false);
	await expect(drafts.load()).rejects.toThrow();
	expect(await rows()).toBe(1);
	await vault.openByPin("135790");
	await drafts.load();
	expect(drafts.get("words")).toBe("sealed");
});

test("what is sent is no draft any more, at once", async () => {
	drafts.set("words", "to be sent");
	await drafts.flush();
	drafts.remove("words");
	expect(drafts.unkept).toBe(false);
	await drafts.flush();
	expect(await rows()).toBe(0);
});
