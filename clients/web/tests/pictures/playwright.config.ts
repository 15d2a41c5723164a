// `npm run pictures`: five screens of the demonstration city for the README, into pictures/.

import { defineConfig } from "@playwright/test";
import base from "../../playwright.config";

export default defineConfig({
	...base,
	testDir: ".",
	testMatch: "*.pictures.ts",
	globalSetup: "../browser/setup.ts",
	outputDir: "../../test-results",
	workers: 1,
	timeout: 180_000,
});
