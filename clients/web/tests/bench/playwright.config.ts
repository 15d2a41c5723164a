// The page's part of `make bench`: how it scrolls, how much script it is, how soon it is there.

import { defineConfig } from "@playwright/test";
import base from "../../playwright.config";

process.env.SHOW = "1"; // size.spec.ts prints what it measures

export default defineConfig({
	...base,
	testDir: "..",
	testMatch: ["bench/*.bench.ts", "browser/size.spec.ts"],
	globalSetup: "../browser/setup.ts",
	outputDir: "../../test-results",
	workers: 1,
	timeout: 300_000,
	reporter: [["dot"]],
});
