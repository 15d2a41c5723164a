// If this failed, who cannot use a mouse could not use the page.

import type { Page } from "@playwright/test";
import { expect, test } from "./harness";

/** Goes on by the tab key until what has the focus is called so; it can be seen where the focus is. */
async function tabTo(page: Page, name: RegExp, key = "Tab"): Promise<void> {
	const seen: string[] = [];
	for (let turn = 0; turn < 80; turn++) {
		await page.keyboard.press(key);
		const { called, marked } = await page.evaluate(() => {
			const element = document.activeElement as HTMLElement | null;
			const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent;
			const style = element ? getComputedStyle(element) : undefined;
			const around = element?.closest("label, .mantine-Input-wrapper");
			return {
				called: (element?.getAttribute("aria-label") ?? label ?? element?.textContent ?? "").trim(),
				marked:
					style !== undefined &&
					(style.outlineStyle !== "none" ||
						style.boxShadow !== "none" ||
						around !== null ||
						element === document.body),
			};
		});
		seen.push(called.slice(0, 30));
		if (name.test(called)) {
			expect(marked, `it can be seen that ${called} has the focus`).toBe(true);
			return;
		}
	}
	throw new Error(`${name} cannot be reached: ${seen.join(" | ")}`);
}

test("from signing in to a stored note by the keyboard alone", async ({ device, system }) => {
	const { id, name } = await system.patient({ by: "station05-nurse", team: {} });
	const nurse = await device("station05-nurse", { on: "pc" });
	const { page } = nurse;
	await page.goto("/");
	await expect(page.locator('input[autocomplete="username"]')).toBeVisible();
	await tabTo(page, /^ユーザー名/);
	await page.keyboard.type("station05-nurse");
	await tabTo(page, /^パスワード/);
	await page.keyboard.type(system.password);
	await tabTo(page, /共用の端末/);
	await page.keyboard.press("Space");
	await tabTo(page, /^サインイン$/);
	await page.keyboard.press("Enter");
	await expect(page.locator("nav").first()).toBeVisible();
	await tabTo(page, /本文へ/);
	await tabTo(page, /^患者$/);
	await page.keyboard.press("Enter");
	await expect(page.getByText(name).first()).toBeVisible();
	await tabTo(page, new RegExp(name));
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(new RegExp(id));
	await tabTo(page, /^連絡$/);
	await page.keyboard.press("Enter");
	const form = page.getByRole("dialog");
	await expect(form.locator("textarea")).toBeVisible();
	// A form that opens has the focus; from there it is the next.
	if (!(await form.locator("textarea").evaluate((field) => field === document.activeElement)))
		await tabTo(page, /本文|内容|連絡/);
	await page.keyboard.type("キーボードだけで書きました。");
	await tabTo(page, /保存|送信/);
	await page.keyboard.press("Enter");
	await expect(form).toBeHidden();
	await expect(page.getByText("キーボードだけで書きました。").first()).toBeVisible();
	await expect
		.poll(async () => JSON.stringify(await system.cli("station05-nurse", "timeline", id)))
		.toContain("キーボードだけで書きました。");
	// Closing gives the focus back to where one was.
	await expect
		.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim()))
		.toBe("連絡");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("dialog")).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("dialog")).toBeHidden();
});
