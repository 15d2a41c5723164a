import { expect, test } from "./harness";

test("a nurse signs in and sees where she is", async ({ signIn }) => {
	const nurse = await signIn("station01-nurse", { on: "phone" });
	await expect(nurse.page.getByRole("heading", { level: 1 })).toHaveText("今日");
	await expect(nurse.page.getByRole("banner")).toContainText("看護師");
});

test("without network she is told, and it comes back by itself", async ({ signIn }) => {
	const nurse = await signIn("station01-nurse", { on: "phone" });
	await nurse.cut();
	await expect(nurse.page.getByText("通信できません")).toBeVisible();
	await nurse.restore();
	await expect(nurse.page.getByText("通信できません")).toBeHidden();
});

test("a browser that was killed opens again", async ({ signIn, browser }) => {
	const nurse = await signIn("station01-nurse", { on: "phone", survives: true });
	await nurse.killBrowser();
	await nurse.reopen(browser);
	await expect(nurse.page.locator("input").first()).toBeVisible();
});
