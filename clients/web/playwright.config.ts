// Tests in real browsers: Debian's Chromium against a network of their own (tests/browser/setup.ts).
// Which device a test uses, it says itself: signIn(user, { on: "phone" }), see tests/browser/harness.ts.

import { defineConfig } from "@playwright/test";
import { BROWSER_OPTIONS } from "./tests/browser/devices";

export default defineConfig({
	testDir: "tests/browser",
	globalSetup: "./tests/browser/setup.ts",
	outputDir: "test-results",
	reporter: [["list", { printSteps: false }]],
	fullyParallel: false, // a file's tests in order; files side by side
	workers: Number(process.env.WORKERS ?? 3),
	retries: 0,
	// Where the machine is busy all takes longer; how long is measured in tests/bench.
	timeout: 180_000,
	expect: { timeout: 30_000 },
	use: {
		browserName: "chromium",
		launchOptions: BROWSER_OPTIONS,
		actionTimeout: 30_000,
		navigationTimeout: 30_000,
		screenshot: "only-on-failure",
	},
});
