// With LOOK=<folder> a test leaves pictures of what it passes, phone and PC, for eyes.

import type { Somebody } from "./harness";
import { DEVICES } from "./devices";

export async function look(somebody: Somebody, name: string): Promise<void> {
	const folder = process.env.LOOK;
	if (!folder) return;
	const { page } = somebody;
	const size = page.viewportSize()!;
	for (const [device, { viewport }] of Object.entries(DEVICES)) {
		await page.setViewportSize(viewport!);
		await page.waitForTimeout(300); // until a layout for another width stands
		await page.screenshot({ path: `${folder}/${name}-${device}.png` });
	}
	await page.setViewportSize(size);
}
