// How soon something is seen on a slow phone that was never here before.

import { expect, test } from "../browser/harness";

const SLOW_PHONE = { cpu: 4, bitsPerSecond: 1.6e6, latencyMs: 150 };

test("something is seen soon on a slow phone", async ({ device }) => {
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
