// If this failed, somebody without the PIN could read what a device keeps, or somebody with it could not.

import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { base64, text, utf8 } from "../../src/core/bytes";
import { openDatabase, TABLES, type Database } from "../../src/core/store";
import { TooSoon, Vault, WrongPin } from "../../src/core/vault";

const ROUNDS = 1000; // as many as the page takes would only make the tests slow
const ME = { user: "station01-nurse", device: "web-1" };
let db: Database;
let nowMs = 0;
const make = () =>
	new Vault(
		async () => db,
		ROUNDS,
		() => nowMs,
	);

beforeEach(async () => {
	db = await openDatabase(`vault-${Math.random()}`);
	nowMs = 1_700_000_000_000;
});
afterEach(() => db.close());

async function wrongUntil(vault: Vault, failures: number): Promise<void> {
	for (let i = 0; i < failures; i++) {
		nowMs += 3_600_000;
		await expect(vault.openByPin("000000")).rejects.toThrow(WrongPin);
	}
}

describe("what is sealed", () => {
	test("is opened under its name, and under no other", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const box = await vault.seal("kept/a", utf8("田所 ハル"));
		expect(text(await vault.unseal("kept/a", box))).toBe("田所 ハル");
		await expect(vault.unseal("kept/b", box)).rejects.toThrow();
	});

	test("is not opened with any bit turned", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const box = await vault.seal("x", utf8("128/76"));
		for (let at = 0; at < box.length; at++) {
			const turned = box.slice();
			turned[at]! ^= 1 << (at % 8);
			await expect(vault.unseal("x", turned)).rejects.toThrow();
		}
	});

	test("is different each time, its alias always the same", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const [a, b] = [await vault.seal("x", utf8("a")), await vault.seal("x", utf8("a"))];
		expect(base64(a)).not.toBe(base64(b));
		expect(await vault.alias("kept/1")).toBe(await vault.alias("kept/1"));
		expect(await vault.alias("kept/1")).not.toBe(await vault.alias("kept/2"));
	});

	test("cannot be sealed or opened while it is locked", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const box = await vault.seal("x", utf8("a"));
		await vault.lock(true);
		await expect(vault.unseal("x", box)).rejects.toThrow("locked");
		await expect(vault.seal("x", utf8("a"))).rejects.toThrow("locked");
		await expect(vault.alias("x")).rejects.toThrow("locked");
	});
});

describe("the PIN", () => {
	test("opens after the page was killed, and says whose it is before", async () => {
		const before = make();
		await before.create(ME, "135790");
		const box = await before.seal("x", utf8("a"));
		const after = make();
		expect(await after.owner()).toMatchObject({ ...ME, shared: false, pin: true });
		await after.openByPin("135790");
		expect(text(await after.unseal("x", box))).toBe("a");
	});

	test("wrong, says how many are left; right, forgets them", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		await expect(vault.openByPin("135791")).rejects.toMatchObject({ left: 9, notBeforeMs: 0 });
		await vault.openByPin("135790");
		await expect(vault.openByPin("135791")).rejects.toMatchObject({ left: 9 });
	});

	test("is slower and slower from the fifth wrong one on", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		await wrongUntil(vault, 4);
		const waits: number[] = [];
		for (let i = 5; i < 10; i++) {
			nowMs += 3_600_000;
			const error = (await vault.openByPin("0").catch((e: unknown) => e)) as WrongPin;
			waits.push(error.notBeforeMs - nowMs);
			await expect(vault.openByPin("135790")).rejects.toThrow(TooSoon);
		}
		expect(waits).toEqual([30_000, 60_000, 120_000, 300_000, 600_000]);
		nowMs += 600_000;
		await vault.openByPin("135790");
	});

	test("the right one on a device that is full is not called wrong", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const put = IDBObjectStore.prototype.put;
		const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
			this: IDBObjectStore,
			row: unknown,
		) {
			// What counts the failure goes through, what takes it back does not.
			if ((row as { failures?: number }).failures === 0)
				throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
			return put.call(this, row);
		});
		await expect(vault.openByPin("135790")).rejects.toThrow("full");
		full.mockRestore();
		await vault.openByPin("135790");
	});

	test("there is no eleventh, even if the page ended before it had destroyed the key", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const row = (await db.get("keys", "pin"))!;
		await db.put("keys", { ...row, failures: 10 } as typeof row);
		await expect(vault.openByPin("135790")).rejects.toMatchObject({ left: 0 });
		expect(await vault.owner()).toBeUndefined();
	});

	test("ten times wrong destroys the key and all that was kept", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		await db.put("kept", { key: "k", atMs: 1, box: await vault.seal("x", utf8("a")) });
		await wrongUntil(vault, 9);
		expect(await vault.pinState()).toMatchObject({ left: 1 });
		nowMs += 3_600_000;
		await expect(vault.openByPin("000000")).rejects.toMatchObject({ left: 0 });
		expect((await db.getAll("keys")).map((row) => row.id)).toEqual(["turn"]);
		for (const table of TABLES) if (table !== "keys") expect(await db.count(table)).toBe(0);
		expect(await vault.owner()).toBeUndefined();
		await expect(vault.openByPin("135790")).rejects.toThrow("locked");
	});

	test("killed while it is tried, has counted", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		void vault.openByPin("000000").catch(() => {});
		const row = () => db.get("keys", "pin") as Promise<unknown>;
		await expect.poll(row).toMatchObject({ failures: 1 });
	});

	test("tried by two tabs at once, is counted twice", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const tabs = [make(), make()].map((one) => one.openByPin("0").catch((e: unknown) => e));
		const lefts = (await Promise.all(tabs)).map((e) => (e as WrongPin).left);
		expect(lefts.sort()).toEqual([8, 9]);
	});

	test("changed, opens what was kept before, and the old one does not", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const box = await vault.seal("x", utf8("a"));
		await expect(vault.changePin("000000", "246801")).rejects.toThrow(WrongPin);
		await vault.changePin("135790", "246801");
		await expect(make().openByPin("135790")).rejects.toThrow(WrongPin);
		const after = make();
		await after.openByPin("246801");
		expect(text(await after.unseal("x", box))).toBe("a");
	});

	test("is not enough without the device key", async () => {
		const vault = make();
		await vault.create(ME, "135790");
		const pin = (await db.get("keys", "pin"))!;
		const owner = (await db.get("keys", "owner"))!;
		const other = await openDatabase(`copied-${Math.random()}`);
		const foreign = new Vault(async () => other, ROUNDS);
		await foreign.create(ME, "111111");
		for (const row of [pin, owner]) await other.put("keys", row); // all but what no script can read out
		await expect(foreign.openByPin("135790")).rejects.toThrow(WrongPin);
		expect(await foreign.owner()).toBeUndefined();
		other.close();
	});
});

describe("the secret of the session", () => {
	test("opens after a reload, and no other does", async () => {
		const vault = make();
		const secret = await vault.create(ME, "135790");
		const box = await vault.seal("x", utf8("a"));
		const after = make();
		expect(await after.openBySecret(base64(new Uint8Array(32)))).toBe(false);
		expect(await after.openBySecret(secret)).toBe(true);
		expect(text(await after.unseal("x", box))).toBe("a");
	});

	test("opens nothing after the screen was locked", async () => {
		const vault = make();
		const secret = await vault.create(ME, "135790");
		await vault.lock(true);
		expect(await make().openBySecret(secret)).toBe(false);
	});

	test("is all there is on a shared device", async () => {
		const vault = make();
		const secret = await vault.create(ME, undefined);
		expect(await vault.owner()).toMatchObject({ shared: true, pin: false });
		expect(await make().openBySecret(secret)).toBe(true);
		await expect(make().openByPin("")).rejects.toThrow("locked");
	});
});

test("somebody else's vault has nothing of the first", async () => {
	const first = make();
	await first.create(ME, "135790");
	await db.add("outbox", {
		id: "1",
		state: "waiting",
		tried: false,
		box: await first.seal("x", utf8("a")),
	});
	const second = make();
	await second.create({ user: "clinic01-doctor", device: "web-2" }, "246801");
	expect(await db.count("outbox")).toBe(0);
	expect((await db.getAll("keys")).map((row) => row.id).sort()).toEqual([
		"device",
		"owner",
		"pin",
		"session",
		"turn",
	]);
});
