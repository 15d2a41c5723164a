// If this failed, a phone with a weak connection would wait too long for the first screen. All script
// that signing in and Today load is counted as it is sent, gzipped; `npm run size` prints each piece,
// and how soon something is seen on a slow phone (which depends on this machine: printed, not judged).

import { gzipSync } from "node:zlib";
import { expect, test } from "./harness";

const MOST_BYTES = 250_000;
const SLOW_PHONE = { cpu: 4, bitsPerSecond: 1.6e6, latencyMs: 150 };

test("sign-in and Today together are at most 250 KB of script", async ({ device }) => {
	const nurse = await device("station01-nurse", { on: "phone", keeps: true });
	const pieces = new Map<string, Promise<number>>();
	nurse.page.on("response", (response) => {
		const { pathname } = new URL(response.url());
		if (pathname.endsWith(".js"))
			pieces.set(
				pathname,
				response.body().then((body) => gzipSync(body, { level: 9 }).length),
			);
	});
	await nurse.signIn();
	await expect(nurse.page.getByRole("heading", { level: 1 })).toBeVisible();
	await nurse.page.waitForLoadState("networkidle");
	const sizes = await Promise.all(
		[...pieces].map(async ([name, size]) => [name, await size] as const),
	);
	sizes.sort(([, a], [, b]) => b - a);
	const sum = sizes.reduce((all, [, size]) => all + size, 0);
	if (process.env.SHOW) {
		for (const [name, size] of sizes) console.log(String(size).padStart(8), name);
		console.log(String(sum).padStart(8), "all");
	}
	expect(sum).toBeLessThanOrEqual(MOST_BYTES);
});

test("something is seen soon on a slow phone", async ({ device }) => {
	test.skip(!process.env.SHOW, "npm run size");
	test.setTimeout(120_000);
	const all: { paint: number; form: number }[] = [];
	for (let turn = 0; turn < 3; turn++) {
		const nurse = await device("station01-nurse", { on: "phone" });
		const { page } = nurse;
		const cdp = await nurse.context.newCDPSession(page);
		await cdp.send("Network.enable");
		await cdp.send("Network.emulateNetworkConditions", {
			offline: false,
			latency: SLOW_PHONE.latencyMs,
			downloadThroughput: SLOW_PHONE.bitsPerSecond / 8,
			uploadThroughput: SLOW_PHONE.bitsPerSecond / 8,
		});
		await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOW_PHONE.cpu });
		const began = Date.now();
		await page.goto("/", { waitUntil: "commit" });
		await expect(page.locator('input[autocomplete="username"]')).toBeVisible({ timeout: 30_000 });
		const form = Date.now() - began;
		const paint = await page.evaluate(
			() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
		);
		all.push({ paint: Math.round(paint), form });
	}
	console.log("4x slower processor, 1.6 Mbit/s, 150 ms, empty cache:");
	for (const { paint, form } of all)
		console.log(`first paint ${paint} ms, sign-in form ${form} ms`);
});
