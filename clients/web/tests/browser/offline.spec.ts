// If this failed, what somebody wrote without network could be lost, stored twice or out of order, or
// somebody else who has the device could read it.

import type { Page } from "@playwright/test";
import { expect, PIN, Somebody, test, type System } from "./harness";
import { axeFaults, overflowFaults, targetFaults } from "./inspect";
import { below, seeded } from "../unit/random";

const RUNS = Number(process.env.RUNS ?? 1);
const SEED = Number((process.env.SEED ??= String(Date.now() % 1_000_000)));
const ENTRIES = 20;

interface Buckets {
	storageBuckets: {
		keys(): Promise<string[]>;
		open(name: string): Promise<{ indexedDB: IDBFactory }>;
	};
}

interface Stored {
	text: string;
	occurredMs: number;
}

/** The notes of a patient as another program sees them, in the order that they were stored in. */
async function notes(system: System, user: string, patient: string): Promise<Stored[]> {
	const entries = (await system.cli(user, "timeline", patient, "--all")) as {
		note?: { text: string };
		position: string;
		occurredMs: string;
	}[];
	return entries
		.filter((entry) => entry.note)
		.sort((a, b) => Number(a.position) - Number(b.position))
		.map((entry) => ({ text: entry.note!.text, occurredMs: Number(entry.occurredMs) }));
}

async function write(page: Page, patient: string, text: string): Promise<void> {
	await page.evaluate((address) => {
		history.pushState(null, "", address);
		dispatchEvent(new PopStateEvent("popstate"));
	}, `/patients/${patient}?write=note`);
	await page.locator("form textarea").fill(text);
	await page.locator('form button[type="submit"]').click();
	await expect(page.locator("form textarea")).toHaveCount(0);
}

/** The device has the whole page: it opens without network from here on. */
async function kept(nurse: Somebody): Promise<void> {
	await nurse.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	await nurse.page.reload();
	await expect(nurse.page.locator("nav").first()).toBeVisible();
	// What is shown of the patient is here, and has had the time to be sealed.
	await expect(nurse.page.getByText("アレルギー・注意の記録はありません")).toBeVisible();
	await nurse.page.waitForTimeout(1000);
}

const unlock = async (somebody: Somebody) => {
	await expect(somebody.page.getByText("この端末のPINを入力してください")).toBeVisible();
	await somebody.settle();
};

/** Everything that this device stores, as one text: bytes as Latin-1, so that UTF-8 can be looked for. */
async function everythingStored(page: Page): Promise<string> {
	return page.evaluate(async () => {
		const seen: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
		const latin = (bytes: Uint8Array) => {
			let made = "";
			for (const byte of bytes) made += String.fromCharCode(byte);
			return made;
		};
		const say = (value: unknown): void => {
			if (value instanceof Uint8Array) seen.push(latin(value));
			else if (value instanceof ArrayBuffer) seen.push(latin(new Uint8Array(value)));
			else if (value instanceof CryptoKey) seen.push(value.extractable ? "EXTRACTABLE" : "key");
			else if (value && typeof value === "object") Object.values(value).forEach(say);
			else seen.push(String(value));
		};
		const done = <T>(request: IDBRequest<T>) =>
			new Promise<T>((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
		const { storageBuckets } = navigator as never as Buckets;
		const homes = [indexedDB];
		for (const name of await storageBuckets.keys())
			homes.push((await storageBuckets.open(name)).indexedDB);
		for (const home of homes)
			for (const { name } of await home.databases()) {
				const db = await done(home.open(name!));
				for (const table of db.objectStoreNames) {
					const store = db.transaction(table).objectStore(table);
					(await done(store.getAll())).forEach(say);
					(await done(store.getAllKeys())).forEach(say);
				}
				db.close();
			}
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys())
				if (!/\/assets\//.test(request.url))
					seen.push(request.url, (await (await cache.match(request))?.text()) ?? "");
		}
		return seen.join("\n");
	});
}

/** How many things this device keeps of whoever it is, in both its databases. */
const rowsStored = (page: Page) =>
	page.evaluate(async () => {
		const { storageBuckets } = navigator as never as Buckets;
		const spare = (await storageBuckets.open("spare")).indexedDB;
		let count = sessionStorage.length;
		for (const home of [indexedDB, spare]) {
			const open = home.open("tsunagi");
			const db = await new Promise<IDBDatabase>((done) => {
				open.onsuccess = () => done(open.result);
			});
			for (const table of db.objectStoreNames)
				count += await new Promise<number>((done) => {
					const asked = db.transaction(table).objectStore(table).getAll();
					// How often something was written says nothing of anybody.
					asked.onsuccess = () => done(asked.result.filter(({ id }) => id !== "turn").length);
				});
			db.close();
		}
		return count;
	});

/** The clock of the device goes on: as if it had slept. By nothing: it is right again. */
const clockOn = (page: Page, minutes: number) =>
	page.evaluate((ms) => {
		const clock = window as unknown as { right?: () => number };
		const now = (clock.right ??= Date.now);
		Date.now = () => now() + ms;
	}, minutes * 60_000);

/** From its next load on, the page does not hear this event once `window.deaf` is set. */
const deafTo = (page: Page, name: "pagehide" | "beforeunload") =>
	page.addInitScript((event) => {
		addEventListener(event, (it) => {
			if ((window as { deaf?: true }).deaf) it.stopImmediatePropagation();
		});
	}, name);
const deaf = (page: Page) => page.evaluate(() => void ((window as { deaf?: true }).deaf = true));

/** From its next load on, the page's database does not open while it is `shut`. */
const shuttable = (page: Page) =>
	page.addInitScript(() => {
		const real = IDBFactory.prototype.open;
		IDBFactory.prototype.open = function (...args) {
			if (localStorage.getItem("shut"))
				throw new DOMException("Internal error opening backing store", "UnknownError");
			return real.apply(this, args);
		};
	});
const shut = (page: Page, yes: boolean) =>
	page.evaluate((value) => {
		if (value) localStorage.setItem("shut", "yes");
		else localStorage.removeItem("shut");
	}, yes);
const UNREADABLE = "この端末に保存した内容を、今は開けません";

async function menu(page: Page, item: string): Promise<void> {
	await page.getByRole("button", { name: "メニュー" }).click();
	await page.getByText(item, { exact: true }).click();
}

const latin = (text: string) => Buffer.from(text, "utf8").toString("latin1");

test("twenty entries without network, the browser killed: stored once each, in order, with their times", async ({
	signIn,
	system,
	browser,
}) => {
	test.setTimeout(240_000);
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		survives: true,
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await expect(nurse.page.getByText(patient.name).first()).toBeVisible();
	await kept(nurse);
	await nurse.cut();
	const began = Date.now();
	const written: string[] = [];
	for (let i = 1; i <= ENTRIES; i++) {
		const text = `通信なしの記録 ${i}`;
		await write(nurse.page, patient.id, text);
		written.push(text);
	}
	const ended = Date.now();
	await expect(nurse.page.getByText("この端末に保存（未送信）").first()).toBeVisible();
	await nurse.killBrowser();

	// Still without network: the page opens by PIN, knows the patient, and has all twenty.
	await nurse.reopen(browser, `/patients/${patient.id}`);
	await unlock(nurse);
	await expect(nurse.page.getByText(patient.name).first()).toBeVisible();
	await expect(nurse.page.getByText(written.at(-1)!)).toBeVisible();
	expect(await notes(system, "clinic01-doctor", patient.id)).toEqual([]);

	await nurse.restore();
	await expect
		.poll(async () => (await notes(system, "clinic01-doctor", patient.id)).length, {
			timeout: 60_000,
		})
		.toBe(ENTRIES);
	const stored = await notes(system, "clinic01-doctor", patient.id);
	expect(stored.map((one) => one.text)).toEqual(written);
	const times = stored.map((one) => one.occurredMs);
	expect([...times].sort((a, b) => a - b)).toEqual(times);
	expect(new Set(times).size).toBe(ENTRIES);
	expect(times[0]).toBeGreaterThanOrEqual(began - 1000);
	expect(times.at(-1)).toBeLessThanOrEqual(ended + 1000);
	await expect(nurse.page.getByText("この端末に保存（未送信）")).toHaveCount(0);
});

for (let turn = 0; turn < RUNS; turn++)
	test(`cut and killed at random moments, seed ${SEED + turn}`, async ({
		signIn,
		system,
		browser,
	}) => {
		test.setTimeout(300_000);
		const random = seeded(SEED + turn);
		const patient = await system.patient();
		const nurse = await signIn("station01-nurse", {
			on: "phone",
			survives: true,
			worker: true,
			at: `/patients/${patient.id}`,
		});
		await kept(nurse);
		const written: string[] = [];
		let cut = false;
		let kills = 0;
		for (let i = 1; i <= ENTRIES; i++) {
			if (random() < 0.3) {
				await (cut ? nurse.restore() : nurse.cut());
				cut = !cut;
			}
			const text = `記録 ${i}`;
			await write(nurse.page, patient.id, text);
			written.push(text);
			if (random() < 0.4) await nurse.page.waitForTimeout(below(random, 200));
			if (kills < 3 && random() < 0.15) {
				kills++;
				await nurse.killBrowser();
				await nurse.reopen(browser, `/patients/${patient.id}`);
				await unlock(nurse);
			}
			if (random() < 0.1) {
				await nurse.draftsKept();
				await nurse.page.reload();
				await expect(nurse.page.locator("nav").first()).toBeVisible();
			}
		}
		await nurse.restore();
		await expect
			.poll(async () => (await notes(system, "clinic01-doctor", patient.id)).length, {
				timeout: 60_000,
			})
			.toBe(ENTRIES);
		const stored = await notes(system, "clinic01-doctor", patient.id);
		expect(stored.map((one) => one.text)).toEqual(written);
		const times = stored.map((one) => one.occurredMs);
		expect([...times].sort((a, b) => a - b)).toEqual(times);
	});

test("what is not sent outlives a database that the browser throws away, whichever it is", async ({
	signIn,
	system,
	browser,
}) => {
	const patient = await system.patient();
	const at = `/patients/${patient.id}`;
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		survives: true,
		worker: true,
		at,
	});
	await kept(nurse);
	await nurse.cut();
	const written: string[] = [];
	const says: string[] = [];
	for (const which of ["first", "spare", "first"] as const) {
		const text = `記録 ${written.length + 1}`;
		await write(nurse.page, patient.id, text);
		written.push(text);
		await nurse.killBrowser();
		await nurse.breakDatabase(which);
		await nurse.open(browser);
		nurse.page.on("console", (message) => says.push(message.text()));
		await nurse.page.goto(at);
		await unlock(nurse);
		for (const one of written) await expect(nurse.page.getByText(one)).toBeVisible();
	}
	expect(says.filter((text) => text.includes("it is back from the spare"))).toHaveLength(2);
	await nurse.restore();
	await expect
		.poll(async () => (await notes(system, "clinic01-doctor", patient.id)).map(({ text }) => text))
		.toEqual(written);
	// Both at once: that is said, and one begins anew.
	await nurse.killBrowser();
	for (const which of ["first", "spare"] as const) await nurse.breakDatabase(which);
	await nurse.reopen(browser);
	await expect(
		nurse.page.getByText("この端末に保存した内容を、ブラウザが失いました"),
	).toBeVisible();
	await nurse.signIn();
	await expect(nurse.page.getByRole("banner")).toContainText("看護師");
});

test("a device that the browser does not open says so, and opens when it does", async ({
	signIn,
}) => {
	const nurse = await signIn("station01-nurse", { on: "phone", keeps: true });
	const { page } = nurse;
	await shuttable(page);
	await shut(page, true);
	await page.reload();
	await expect(page.getByText(UNREADABLE)).toBeVisible();
	await expect(page.getByLabel("ユーザー名")).toHaveCount(0);
	const faults = [await axeFaults(page), await overflowFaults(page), await targetFaults(page)];
	expect(faults.flat()).toEqual([]);
	const again = page.getByRole("button", { name: "もう一度" });
	await again.click();
	await expect(again).toBeVisible();
	await shut(page, false);
	await again.click();
	await expect(page.locator("nav").first()).toBeVisible();
	// Left lying there, it opens with the PIN, as it would have.
	await shut(page, true);
	await page.reload();
	await expect(again).toBeVisible();
	await shut(page, false);
	await clockOn(page, 11);
	await again.click();
	await unlock(nurse);
});

test("whom one visits today is there without network, though nobody opened them", async ({
	signIn,
	system,
	browser,
}) => {
	const by = "station03-nurse";
	const patient = await system.patient({ by });
	const other = await system.patient({ by });
	const today = new Date(Date.now() + 9 * 3600_000).toISOString().slice(0, 10);
	await system.cli(by, "entry", "next-visit", patient.id, "--on", `${today}T23:50`);
	await system.cli(by, "entry", "note", patient.id, "--text", "内出血が左前腕にあり");
	const nurse = await signIn(by, { on: "phone", survives: true, worker: true });
	const { page } = nurse;
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	// Its reads are in the journal, as those of the team's other devices are; the summary is asked for
	// when the timeline is kept.
	const [own] = /web-[0-9a-f]+/.exec(await page.locator("header").first().innerText())!;
	const fetched = async () =>
		(await system.cli(by, "audit", "show", "--patient", patient.id)).some(
			({ what, device }) => what === "ShowSummary" && device === own,
		);
	await expect.poll(fetched, { timeout: 60_000 }).toBe(true);
	await nurse.cut();
	const note = () => nurse.page.getByText("内出血が左前腕にあり");
	await nurse.killBrowser();
	await nurse.reopen(browser, `/patients/${patient.id}`);
	await unlock(nurse);
	await expect(note()).toBeVisible();
	await expect(nurse.page.getByText(patient.name).first()).toBeVisible();
	await expect(nurse.page.getByText(/時点の内容です/).first()).toBeVisible(); // how old it is
	// Of another one nothing is here, and that is said instead of a promise to load it.
	await nurse.go(`/patients/${other.id}`);
	await expect(nurse.page.getByText(/つながりしだい表示します/)).toBeVisible();
});

test("a reload in the middle of a form loses nothing, nor does a kill", async ({
	signIn,
	system,
	browser,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		survives: true,
		at: `/patients/${patient.id}?write=note`,
	});
	const field = () => nurse.page.locator("form textarea");
	await field().fill("食欲が");
	await field().pressSequentially("もどってきた");
	await nurse.draftsKept();
	await nurse.page.reload();
	await expect(field()).toHaveValue("食欲がもどってきた");
	await field().fill("食欲がもどってきた。水分も。");
	await nurse.draftsKept();
	await nurse.killBrowser();
	await nurse.reopen(browser, `/patients/${patient.id}?write=note`);
	await unlock(nurse);
	await expect(field()).toHaveValue("食欲がもどってきた。水分も。");
});

test("nothing of anybody stands in clear on the device", async ({ signIn, system }) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		keeps: true,
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await kept(nurse);
	await expect(nurse.page.getByText(patient.name).first()).toBeVisible();
	await nurse.cut();
	await write(nurse.page, patient.id, "秘密の所見");
	await nurse.go(`/patients/${patient.id}?write=note`);
	await nurse.page.locator("form textarea").fill("書きかけの所見");
	await nurse.draftsKept();
	const all = await everythingStored(nurse.page);
	expect(all).toContain(latin("waiting")); // it is looked at the right place
	for (const secret of [patient.name, patient.id, "秘密の所見", "書きかけ", "試", "看護師"])
		expect(all, secret).not.toContain(latin(secret));
	expect(all).not.toContain("eyJ"); // how a token begins
	expect(all).not.toContain("EXTRACTABLE");
	// On the way through a reload the secret of the session is there, and is gone again.
	await nurse.page.reload();
	await expect(nurse.page.locator("nav").first()).toBeVisible();
	expect(await nurse.page.evaluate(() => sessionStorage.getItem("secret"))).toBeNull();
});

test("somebody else on the same device sees nothing of the first, who is asked about first", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient({ team: { clinic01: "attending" } });
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		keeps: true,
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await kept(nurse);
	const { page } = nurse;
	await expect(page.getByText(patient.name).first()).toBeVisible();
	await nurse.cut();
	await write(page, patient.id, "まだ送っていない所見");
	await menu(page, "画面をロック");
	await page.getByText("別の人としてサインイン").click();
	await nurse.restore();
	await page.getByLabel("ユーザー名").fill("pharmacy02-pharmacist");
	await page.locator('input[autocomplete="current-password"]').fill(system.password);
	await page.locator('button[type="submit"]').click();
	await expect(page.getByText("未送信の記録が1件あります")).toBeVisible();
	await page.getByRole("button", { name: "やめる" }).click();
	await page.locator('button[type="submit"]').click();
	await page.getByRole("button", { name: "失ってもよい" }).click();
	await nurse.settle();
	await nurse.go(`/patients/${patient.id}`);
	await page.waitForTimeout(1500);
	await expect(page.getByText(patient.name)).toHaveCount(0);
	await expect(page.getByText("まだ送っていない所見")).toHaveCount(0);
	expect(await everythingStored(page)).not.toContain("waiting");
});

test("signing out asks before anything is lost, and leaves nothing", async ({ signIn, system }) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		keeps: true,
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await kept(nurse);
	const { page } = nurse;
	await expect(page.getByText(patient.name).first()).toBeVisible();
	await nurse.cut();
	await write(page, patient.id, "未送信");
	const out = () => menu(page, "サインアウト");
	await out();
	await expect(page.getByText("未送信の記録が1件あります")).toBeVisible();
	await page.getByRole("button", { name: "やめる" }).click();
	await nurse.restore();
	await expect
		.poll(async () => (await notes(system, "clinic01-doctor", patient.id)).length)
		.toBe(1);
	await expect(page.getByText("この端末に保存（未送信）")).toHaveCount(0);
	await out();
	await expect(page.getByLabel("ユーザー名")).toBeVisible();
	expect(await rowsStored(page)).toBe(0);
});

test("a second tab needs no PIN, locks and signs out with the first, and one of them sends", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		keeps: true,
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await kept(nurse);
	const second = await nurse.context.newPage();
	await second.goto(`/patients/${patient.id}`);
	await expect(second.getByText(patient.name).first()).toBeVisible();
	await nurse.cut();
	await write(nurse.page, patient.id, "一");
	await write(second, patient.id, "二");
	await write(nurse.page, patient.id, "三");
	await nurse.restore();
	await expect
		.poll(async () =>
			(await notes(system, "clinic01-doctor", patient.id)).map((one) => one.text).join(),
		)
		.toBe("一,二,三");
	await menu(second, "画面をロック");
	await expect(nurse.page.getByText("この端末のPINを入力してください")).toBeVisible();
	await nurse.settle();
	await expect(second.locator("nav").first()).toBeVisible();
	await menu(nurse.page, "サインアウト");
	await expect(second.getByLabel("ユーザー名")).toBeVisible();
});

test("a shared device has no PIN, keeps a form over a reload, and nothing after the tab", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "pc",
		at: `/patients/${patient.id}?write=note`,
	});
	const field = nurse.page.locator("form textarea");
	await field.fill("共用の端末で");
	await nurse.draftsKept();
	await nurse.page.reload();
	await expect(field).toHaveValue("共用の端末で");
	await nurse.page.close();
	nurse.page = await nurse.context.newPage();
	await nurse.page.goto("/");
	await expect(nurse.page.getByLabel("ユーザー名")).toHaveValue("");
});

test("idle, it locks; a wrong PIN is told, the right one goes on where it was", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		keeps: true,
		at: `/patients/${patient.id}?write=note`,
	});
	const { page } = nurse;
	await page.locator("form textarea").fill("書きかけ");
	await clockOn(page, 11);
	await expect(page.getByText("この端末のPINを入力してください")).toBeVisible();
	await page.keyboard.type("000000");
	await page.keyboard.press("Enter");
	await expect(page.getByText("PINが違います")).toBeVisible();
	for (const digit of PIN) await page.getByRole("button", { name: digit, exact: true }).click();
	await page.getByRole("button", { name: "開く" }).click();
	await expect(page.locator("form textarea")).toHaveValue("書きかけ");
});

test("who turns back before choosing a PIN is not signed in with the PIN of another", async ({
	signIn,
	system,
}) => {
	const nurse = await signIn("station01-nurse", { on: "phone", keeps: true });
	const { page } = nurse;
	const begin = async () => {
		await page.getByLabel("ユーザー名").fill("pharmacy02-pharmacist");
		await page.locator('input[autocomplete="current-password"]').fill(system.password);
		await page.locator('button[type="submit"]').click();
		await expect(page.getByText("この端末を開くPINを決めてください")).toBeVisible();
	};
	await menu(page, "画面をロック");
	await page.getByText("別の人としてサインイン").click();
	await begin();
	// Left lying there, it begins again; the password is not in it.
	await clockOn(page, 11);
	await expect(page.getByLabel("ユーザー名")).toBeVisible();
	await expect(page.locator('input[autocomplete="current-password"]')).toHaveValue("");
	await clockOn(page, 0);
	await begin();
	await page.getByText("はじめからやり直す").click();
	await page.getByText("station01-nurse のPINで開く").click();
	await unlock(nurse);
	await expect(page.getByRole("banner")).toContainText("看護師");
	await expect(page.getByText("通信できません")).toHaveCount(0);
	const patient = await system.patient();
	await write(page, patient.id, "自分の所見");
	await expect
		.poll(async () => (await notes(system, "clinic01-doctor", patient.id)).length)
		.toBe(1);
});

test("a shared device's tab that is opened again, or left alone, shows and keeps nothing", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const at = `/patients/${patient.id}`;
	const nurse = await signIn("station01-nurse", { on: "pc", at });
	const asks = async () => {
		await expect(nurse.page.getByLabel("ユーザー名")).toBeVisible();
		await expect(nurse.page.getByText(patient.name)).toHaveCount(0);
		await expect.poll(() => rowsStored(nurse.page)).toBe(0);
	};
	// Closed and opened again, as browsers do it: with what the tab had in its session.
	const carried = await nurse.page.evaluate(() => {
		dispatchEvent(new Event("pagehide"));
		return { ...sessionStorage };
	});
	expect(Object.keys(carried)).toContain("secret");
	await nurse.page.close();
	nurse.page = await nurse.context.newPage();
	await nurse.page.addInitScript((session) => {
		if (!sessionStorage.getItem("restored")) Object.assign(sessionStorage, session);
		sessionStorage.setItem("restored", "");
	}, carried);
	await nurse.page.goto(at);
	await nurse.page.evaluate(() => sessionStorage.removeItem("restored"));
	await asks();
	await nurse.page.close();

	// Killed and restored: it had no time to say when it was touched last.
	nurse.page = await nurse.context.newPage();
	await deafTo(nurse.page, "pagehide");
	await nurse.signIn();
	await deaf(nurse.page);
	await nurse.page.reload();
	await asks();

	await nurse.signIn();
	await nurse.go(at);
	await expect(nurse.page.getByText(patient.name).first()).toBeVisible();
	await clockOn(nurse.page, 11);
	await asks();
});

test("a second tab of a shared device waits for the first, however slow it is", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "pc",
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await kept(nurse);
	await nurse.cut();
	await write(nurse.page, patient.id, "まだ送っていない所見");
	const second = await nurse.context.newPage();
	// The first one computes for three seconds, as where the browser gives it no time.
	const busy = nurse.page.evaluate(() => {
		for (const end = Date.now() + 3000; Date.now() < end;);
	});
	await second.goto(`/patients/${patient.id}`);
	await expect(second.getByText("まだ送っていない所見")).toBeVisible();
	await busy;
	await expect(nurse.page.getByText("まだ送っていない所見")).toBeVisible();
});

test("on a shared device, too, what is not sent waits for who wrote it", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "pc",
		worker: true,
		at: `/patients/${patient.id}`,
	});
	const { page } = nurse;
	await deafTo(page, "beforeunload"); // so that nobody has to answer its question
	await shuttable(page);
	await kept(nurse);
	await nurse.cut();
	await write(page, patient.id, "まだ送っていない所見");
	const asks = () =>
		page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
	await nurse.page.waitForTimeout(500); // the form is kept, and gone
	expect(await asks()).toBe(true);
	await clockOn(page, 11);
	await expect(page.getByLabel("ユーザー名")).toHaveValue("station01-nurse");
	expect(await asks()).toBe(true);
	await deaf(page);
	await nurse.context.setOffline(false); // its door is cut still
	await page.reload();
	await expect(page.getByLabel("ユーザー名")).toHaveValue("station01-nurse");
	// Nor is it lost where the browser does not open it at first, however often that is tried.
	await shut(page, true);
	for (let time = 0; time < 2; time++) {
		await deaf(page);
		await page.reload();
		await expect(page.getByText(UNREADABLE)).toBeVisible();
		expect(await asks()).toBe(true);
	}
	await shut(page, false);
	await page.getByRole("button", { name: "もう一度" }).click();
	await expect(page.getByLabel("ユーザー名")).toHaveValue("station01-nurse");
	await expect(page.getByText(patient.name)).toHaveCount(0);
	await nurse.restore();
	await page.locator('input[autocomplete="current-password"]').fill(system.password);
	await page.locator('button[type="submit"]').click();
	await nurse.settle();
	await expect
		.poll(async () => (await notes(system, "clinic01-doctor", patient.id)).map((one) => one.text))
		.toEqual(["まだ送っていない所見"]);
});

test("signed in anew in one tab, the other hears again; of somebody else it shows nothing", async ({
	device,
	system,
}) => {
	const patient = await system.patient();
	const doctor = await device("clinic01-doctor", { on: "pc", keeps: true });
	// The day is over before anybody was idle.
	await doctor.context.route("**/settings.json", async (route) => {
		const answer = await route.fetch();
		await route.fulfill({ json: { ...(await answer.json()), idleSeconds: 1e6 } });
	});
	await doctor.signIn();
	const { page } = doctor;
	const second = await doctor.context.newPage();
	await second.goto("/");
	const over = (tab: Page) => tab.getByText("サインインの期限が切れました");
	const dayGoesBy = async () => {
		for (const tab of [page, second]) {
			await expect(tab.locator("nav").first()).toBeVisible();
			await clockOn(tab, 13 * 60);
			await expect(over(tab)).toBeVisible();
			await clockOn(tab, 0);
		}
		await page.getByRole("button", { name: "サインインする" }).click();
	};
	await dayGoesBy();
	await page.locator('input[autocomplete="current-password"]').fill(system.password);
	await page.locator('button[type="submit"]').click();
	await expect(over(second)).toBeHidden();
	const words = ["--text", "呼吸が苦しそう", "--urgent", "--reason", "急変"];
	await system.cli("station01-nurse", "entry", "note", patient.id, ...words);
	const name = patient.name.replaceAll("　", " ");
	await expect(second.locator("[data-notification]", { hasText: name }).first()).toBeVisible();

	await dayGoesBy();
	await page.getByLabel("ユーザー名").fill("pharmacy02-pharmacist");
	await page.locator('input[autocomplete="current-password"]').fill(system.password);
	await page.locator('button[type="submit"]').click();
	await doctor.settle();
	await expect(second.getByRole("banner")).toContainText("薬剤師");
	await expect(second.getByText(name)).toHaveCount(0);
	await expect(second.getByText("通信できません")).toHaveCount(0);
});

test("the lock is there without network, though it was never opened", async ({ signIn }) => {
	const nurse = await signIn("station01-nurse", { on: "phone", keeps: true });
	await nurse.page.waitForLoadState("networkidle");
	await nurse.page.getByRole("button", { name: "メニュー" }).click();
	const lock = nurse.page.getByText("画面をロック");
	await expect(lock).toBeVisible();
	await nurse.cut();
	await lock.click();
	await expect(nurse.page.getByText("この端末のPINを入力してください")).toBeVisible();
	// As a Japanese keyboard types it.
	const wide = PIN.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
	await nurse.page.getByLabel(/^PIN/).fill(wide);
	await nurse.page.getByRole("button", { name: "開く", exact: true }).click();
	await expect(nurse.page.locator("nav").first()).toBeVisible();
});

test("on a full device one signs out all the same, and nothing stays", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const at = `/patients/${patient.id}`;
	const nurse = await signIn("station01-nurse", { on: "phone", keeps: true, at });
	const { page } = nurse;
	await expect(page.getByText(patient.name).first()).toBeVisible();
	const browser = await nurse.context.newCDPSession(page);
	const origin = await page.evaluate(() => location.origin);
	await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
	const put = () =>
		page.evaluate(
			() =>
				new Promise((done) => {
					const open = indexedDB.open("tsunagi");
					open.onsuccess = () => {
						const tx = open.result.transaction("kept", "readwrite");
						tx.objectStore("kept").put({ key: "x", atMs: 1, box: new Uint8Array(1000) });
						const end = (how?: string) => (open.result.close(), done(how));
						tx.oncomplete = () => end("put");
						tx.onabort = () => end(tx.error?.name);
					};
				}),
		);
	// Chromium looks at what is left only now and then.
	await expect.poll(put, { timeout: 90_000 }).toBe("QuotaExceededError");
	await menu(page, "サインアウト");
	await expect(page.getByLabel("ユーザー名")).toBeVisible();
	expect(await rowsStored(page)).toBe(0);
});
