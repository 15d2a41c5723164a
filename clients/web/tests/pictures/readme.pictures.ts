// Phone and PC, Japanese, by daylight, as the demonstration city stands.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type { Device } from "../browser/devices";
import { expect, test } from "../browser/harness";

const FOLDER = fileURLToPath(new URL("../../pictures", import.meta.url));
const MOST_BYTES = 150_000;

const SIZES: Record<Device, { width: number; height: number; scale: number }> = {
	phone: { width: 360, height: 740, scale: 2 },
	pc: { width: 1280, height: 800, scale: 1 },
};

/** A third of what the screenshot takes; the browser itself packs it. */
async function webp(page: Page, png: Buffer): Promise<Buffer> {
	const packed = await page.evaluate(async (base64) => {
		const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
		const bitmap = await createImageBitmap(new Blob([bytes]));
		const canvas = document.createElement("canvas");
		canvas.width = bitmap.width;
		canvas.height = bitmap.height;
		canvas.getContext("2d")!.drawImage(bitmap, 0, 0);
		return canvas.toDataURL("image/webp", 0.9);
	}, png.toString("base64"));
	return Buffer.from(packed.replace(/^data:image\/webp;base64,/, ""), "base64");
}

for (const on of ["phone", "pc"] as const)
	test(`pictures, ${on}`, async ({ signIn, system }) => {
		mkdirSync(FOLDER, { recursive: true });
		const nurse = "station01-nurse";
		// Of my patients the one of whom most was written.
		const patients = await system.cli(nurse, "patient", "list");
		let patient = "";
		let most = -1;
		for (const { id } of patients.slice(0, 30)) {
			const entries = (await system.cli(nurse, "timeline", String(id))).length;
			if (entries > most) [most, patient] = [entries, String(id)];
		}
		const { width, height, scale } = SIZES[on];
		const somebody = await signIn(nurse, {
			on,
			context: { viewport: { width, height }, deviceScaleFactor: scale },
		});
		const { page } = somebody;
		const blank = await page.context().newPage();
		for (const [name, at] of Object.entries({
			today: "/",
			patient: `/patients/${patient}`,
			board: "/board",
			requests: "/requests",
			duty: "/duty",
		})) {
			await somebody.go(at);
			await expect(page.locator(".mantine-Loader-root:visible")).toHaveCount(0);
			await page.waitForTimeout(1500);
			const picture = await webp(blank, await page.screenshot());
			expect(picture.length, name).toBeLessThanOrEqual(MOST_BYTES);
			writeFileSync(join(FOLDER, `${name}-${on}.webp`), picture);
		}
	});
