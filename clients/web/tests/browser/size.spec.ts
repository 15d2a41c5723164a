// If this failed, a phone with a weak connection would wait too long for the first screen. All script
// that signing in and Today load is counted as it is sent, gzipped; `npm run size` prints each piece.

import { gzipSync } from "node:zlib";
import { expect, test } from "./harness";

const MOST_BYTES = 250_000;

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
