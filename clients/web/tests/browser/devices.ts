// The browser and the two devices that tests take: a phone of a Pixel's size, and a station's PC.

import type { BrowserContextOptions, LaunchOptions } from "@playwright/test";

export type Device = "phone" | "pc";

export const BROWSER_OPTIONS: LaunchOptions = {
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
	args: [
		...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
		"--disable-gpu",
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-sync",
		"--no-first-run",
	],
};

export const DEVICES: Record<Device, BrowserContextOptions> = {
	phone: {
		viewport: { width: 360, height: 740 },
		deviceScaleFactor: 2,
		isMobile: true,
		hasTouch: true,
	},
	pc: { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 },
};
