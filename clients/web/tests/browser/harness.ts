// What a spec begins with:
//
//   import { expect, test } from "./harness";
//   test("a note is there within a second", async ({ signIn, system }) => {
//           const patient = await system.patient();
//           const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${patient.id}` });
//           const doctor = await signIn("clinic01-doctor", { on: "pc" });
//           await nurse.page.getByRole("button", …
//           await nurse.cut(); … await nurse.restore();
//   });
//
// Each person has a browser context and a door of their own. Errors of the page, of the console and of
// the content security policy fail the test; those of connections do unless the door was cut or
// `disturbed()` was said. What kills daemons takes `ownSystem`, so that it disturbs nobody.

import {
	chromium,
	expect,
	test as base,
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Locator,
	type Page,
} from "@playwright/test";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BROWSER_OPTIONS, DEVICES, type Device } from "./devices";
import { Door } from "./door";
import { System } from "./system";

export { expect, System };

export interface SignInOptions {
	/** Default: pc. */
	on?: Device;
	lang?: "ja" | "en";
	scheme?: "light" | "dark";
	/** Where to be after it; default: today. */
	at?: string;
	/** With the service worker, which most tests do without. */
	worker?: boolean;
	/** Of another network than the shared one. */
	of?: System;
	/** The device keeps what it shows, under a PIN; else it is a shared one, which keeps nothing. */
	keeps?: boolean;
	/** A profile on disk: the browser may be killed and opened again (killBrowser, reopen). */
	survives?: boolean;
	context?: BrowserContextOptions;
}

const NETWORK_COMPLAINTS =
	/net::ERR_|WebSocket connection to|Failed to fetch|Failed to load resource|ERR_CONNECTION/;

/** The PIN of the tests' devices. */
export const PIN = "258036";

/** Somebody at a device. */
export class Somebody {
	page!: Page;
	context!: BrowserContext;
	readonly complaints: string[] = [];
	private readonly allowed: RegExp[] = [];
	private profile: string | undefined;

	constructor(
		readonly user: string,
		readonly system: System,
		readonly door: Door,
		private readonly options: SignInOptions,
	) {}

	/** The page of this device, without anybody signed in. */
	async open(browser: Browser): Promise<void> {
		const { on = "pc", scheme = "light", worker = false, survives } = this.options;
		const options: BrowserContextOptions = {
			...DEVICES[on],
			baseURL: this.door.address,
			colorScheme: scheme,
			reducedMotion: "reduce",
			locale: "ja-JP",
			timezoneId: "Asia/Tokyo",
			serviceWorkers: worker ? "allow" : "block",
			...this.options.context,
		};
		if (survives) {
			this.profile ??= await mkdtemp(join(tmpdir(), "tsunagi-profile-"));
			this.context = await chromium.launchPersistentContext(this.profile, {
				...BROWSER_OPTIONS,
				...options,
			});
		} else this.context = await browser.newContext(options);
		const { lang = "ja" } = this.options;
		await this.context.addInitScript((language) => {
			if (!location.protocol.startsWith("http")) return;
			if (!localStorage.getItem("language")) localStorage.setItem("language", language);
			document.addEventListener("securitypolicyviolation", (event) =>
				console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
			);
		}, lang);
		this.context.on("page", (page) => this.listen(page));
		this.page = this.context.pages()[0] ?? (await this.context.newPage());
		if (survives) this.listen(this.page);
	}

	async signIn(): Promise<void> {
		const { page, options } = this;
		await page.goto("/");
		await page.locator('input[autocomplete="username"]').fill(this.user);
		await page.locator('input[autocomplete="current-password"]').fill(this.system.password);
		if (!options.keeps && !options.survives) await page.locator('input[type="checkbox"]').check();
		await page.locator('button[type="submit"]').click();
		await this.settle();
		if (options.at && options.at !== "/") await this.go(options.at);
	}

	/** Through what may be asked between the password and the page: a PIN, chosen or given. */
	async settle(): Promise<void> {
		const { page } = this;
		const places = page.locator("nav").first(); // the shell's; a screen may have its own
		const pin = page.locator(
			'input[type="password"]:is([inputmode="numeric"], [inputmode="none"]):visible',
		);
		await expect(places.or(pin.first()).first()).toBeVisible();
		if (await places.isVisible()) return;
		for (const field of await pin.all()) await field.fill(PIN);
		await page.locator('button[type="submit"]').click();
		await expect(places).toBeVisible();
	}

	/** To an address within the page, without loading it anew. */
	async go(to: string): Promise<void> {
		await this.page.evaluate((address) => {
			history.pushState(null, "", address);
			dispatchEvent(new PopStateEvent("popstate"));
		}, to);
	}

	/** What was typed until now is on the device: leaving the page would not be asked about. */
	async draftsKept(): Promise<void> {
		const asks = () =>
			this.page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
		await expect.poll(asks).toBe(false);
	}

	/** No network for this device, and its browser knows it. */
	async cut(): Promise<void> {
		await this.context.setOffline(true);
		await this.door.cut();
	}

	async restore(): Promise<void> {
		await this.door.restore();
		await this.context.setOffline(false);
	}

	/** Connections may fail from here on: something is killed. */
	disturbed(): void {
		this.door.wasCut = true;
	}

	/** Complaints of the page that this test expects. */
	allow(complaint: RegExp): void {
		this.allowed.push(complaint);
	}

	/** As a phone without battery does; only of one that survives. */
	async killBrowser(): Promise<void> {
		if (!this.profile) throw new Error("not opened with `survives`");
		this.disturbed();
		const closed = new Promise((done) => this.context.once("close", done));
		for (const pid of await processesOf(this.profile)) process.kill(pid, "SIGKILL");
		await closed;
		await rm(join(this.profile, "SingletonLock"), { force: true });
	}

	/**
	 * What a browser that was killed in the middle of a write leaves behind, sooner or later: a database
	 * that the next one finds corrupt and throws away. Only while it is killed.
	 */
	async breakDatabase(which: "first" | "spare"): Promise<void> {
		const place = join(this.profile!, "Default", which === "first" ? "IndexedDB" : "WebStorage");
		const logs = (await readdir(place, { recursive: true })).filter((name) =>
			/indexeddb\.leveldb\/\d+\.log$/.test(name),
		);
		if (logs.length === 0) throw new Error(`nothing to break in ${place}`);
		for (const name of logs) {
			const bytes = await readFile(join(place, name));
			bytes[0]! ^= 0xff; // of the first record's checksum
			await writeFile(join(place, name), bytes);
		}
	}

	/** The same device, switched on again: at `to`, locked or signed out. */
	async reopen(browser: Browser, to = "/"): Promise<void> {
		await this.open(browser);
		await this.page.goto(to);
	}

	async close(): Promise<void> {
		await this.context?.close().catch(() => {});
		await this.door.cut();
		if (this.profile) await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
	}

	faults(): string[] {
		return this.complaints.filter(
			(text) =>
				!(this.door.wasCut && NETWORK_COMPLAINTS.test(text)) &&
				!this.allowed.some((allowed) => allowed.test(text)),
		);
	}

	private listen(page: Page): void {
		page.on("pageerror", (error) => this.complaints.push(`${this.user}: ${error.stack ?? error}`));
		page.on("console", (message) => {
			if (message.type() === "error")
				this.complaints.push(`${this.user}: ${message.text()} ${message.location().url}`);
		});
		page.on("dialog", (dialog) => {
			// A page's own question before one leaves it is no script of somebody else.
			if (dialog.type() !== "beforeunload")
				this.complaints.push(`${this.user}: dialog ${dialog.message()}`);
			void dialog.dismiss().catch(() => {});
		});
	}
}

/** Those that have the profile's path in their command line; helpers go with the first. */
async function processesOf(profile: string): Promise<number[]> {
	const found: number[] = [];
	for (const name of await readdir("/proc"))
		if (/^\d+$/.test(name)) {
			const words = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
			if (words.includes(`--user-data-dir=${profile}`) && !words.includes("--type="))
				found.push(Number(name));
		}
	return found;
}

/** Attempts to sign in until `through` is there: after a failure the next ones are told to wait. */
export async function atLast(
	page: Page,
	through: Locator,
	attempt: () => Promise<void>,
): Promise<void> {
	await expect(async () => {
		if (await through.isVisible()) return;
		await attempt();
		await expect(page.locator("button[data-loading]")).toHaveCount(0);
		await expect(through.or(page.getByRole("alert")).first()).toBeVisible();
		expect(await through.isVisible()).toBe(true);
	}).toPass({ timeout: 120_000 });
}

interface Fixtures {
	/** Signed in, on a device of their own. */
	signIn(user: string, options?: SignInOptions): Promise<Somebody>;
	/** A device at the page's door, with nobody signed in. */
	device(user: string, options?: SignInOptions): Promise<Somebody>;
}

interface WorkerFixtures {
	/** The network that all specs share: make patients of your own in it. */
	system: System;
	/** A network that only this worker has: its daemons may be killed. Takes some ten seconds. */
	ownSystem: System;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
	system: [
		async ({}, use) => {
			await use(new System(process.env.TSUNAGI_STATE!));
		},
		{ scope: "worker" },
	],
	ownSystem: [
		async ({}, use) => {
			const system = await System.start("city");
			await use(system);
			await system.stop();
		},
		{ scope: "worker", timeout: 240_000 },
	],
	device: async ({ browser, system }, use) => {
		const all: Somebody[] = [];
		await use(async (user, options = {}) => {
			const of = options.of ?? system;
			const somebody = new Somebody(user, of, await Door.open(of.pagePort), options);
			all.push(somebody);
			await somebody.open(browser);
			return somebody;
		});
		for (const somebody of all) await somebody.close();
		expect(
			all.flatMap((somebody) => somebody.faults()),
			"what the pages complained of",
		).toEqual([]);
	},
	signIn: async ({ device }, use) => {
		await use(async (user, options) => {
			const somebody = await device(user, options);
			await somebody.signIn();
			return somebody;
		});
	},
});
