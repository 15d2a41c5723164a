// The board: what one says, everybody sees; what nobody says any longer is unknown.

import type { Page } from "@playwright/test";
import { expect, test } from "./harness";
import { axeFaults, overflowFaults, targetFaults } from "./inspect";

const row = (page: Page, org: string) => page.locator(`main li[data-org="${org}"]`);
const AVAILABLE = "1";
const LIMITED = "2";
const FULL = "3";
const UNKNOWN = "4";

test("a change in one browser is in the other by itself", async ({ signIn }) => {
	const other = await signIn("station05-nurse", { on: "pc", at: "/board" });
	const nurse = await signIn("station04-nurse", { on: "phone", at: "/board" });
	const mine = nurse.page.locator("[data-mine]");
	await expect(row(other.page, "station04")).toBeVisible();
	for (const [name, level] of [
		["不可", FULL],
		["残りわずか", LIMITED],
		["空き", AVAILABLE],
	] as const) {
		await mine.getByRole("button", { name, exact: true }).click();
		await expect(row(other.page, "station04")).toHaveAttribute("data-level", level);
	}
	// The second touch: until when.
	await mine.getByRole("group", { name: "いつまで" }).getByRole("button").last().click();
	await expect(row(other.page, "station04")).toContainText(/日.*まで/);
});

test("details: free visits, what can be taken, a remark; they survive a reload", async ({
	signIn,
	system,
}) => {
	const nurse = await signIn("station06-nurse", { on: "phone", at: "/board?mine" });
	const { page } = nurse;
	const form = page.getByRole("dialog");
	await form.getByRole("button", { name: /残りわずか/ }).click();
	await form.getByLabel("今日の訪問可能枠").fill("2");
	await form.getByLabel("今週の訪問可能枠（日曜まで）").fill("7");
	await form.getByLabel("備考").fill("午後のみ");
	await nurse.draftsKept();
	await page.reload();
	await nurse.settle();
	await expect(form.getByLabel("備考")).toHaveValue("午後のみ");
	if (!(await form.getByRole("checkbox", { name: "小児" }).isChecked()))
		await form.getByText("小児", { exact: true }).click();
	await form.getByRole("button", { name: "ボードに出す" }).click();
	await expect(form).toBeHidden();
	const mine = row(page, "station06");
	await expect(mine).toContainText("枠 今日2・今週7");
	await mine.getByRole("button").first().click();
	await expect(mine).toContainText("小児");
	await expect(mine).toContainText("午後のみ");
	const said = (await system.cli("station06-nurse", "board", "show")).find(
		(one) => one.id === "station06",
	);
	expect(said).toMatchObject({ level: "LIMITED", remark: "午後のみ" });
});

test("what is past its end becomes unknown by the reader's own clock", async ({
	signIn,
	system,
}) => {
	const other = await signIn("station05-nurse", { on: "phone", at: "/board" });
	await expect(row(other.page, "station07")).toBeVisible();
	const until = new Date(Date.now() + 15_000).toISOString();
	await system.cli("station07-nurse", "board", "set", "--level", "available", "--until", until);
	await expect(row(other.page, "station07")).toHaveAttribute("data-level", AVAILABLE);
	// It cannot have been told: the service is away.
	await other.cut();
	await expect(row(other.page, "station07")).toHaveAttribute("data-level", UNKNOWN);
	await expect(row(other.page, "station07")).toContainText("不明");
});

test("without network the rows stay, with their age", async ({ signIn }) => {
	const nurse = await signIn("station05-nurse", { on: "phone", at: "/board", survives: true });
	await expect(row(nurse.page, "station01")).toBeVisible();
	await nurse.cut();
	await nurse.go("/");
	await nurse.go("/board");
	await expect(nurse.page.getByText(/時点の内容です/)).toBeVisible();
	await expect(row(nurse.page, "station01")).toBeVisible();
});

test("who is there: opening the board is seen", async ({ signIn }) => {
	const other = await signIn("station05-nurse", { on: "pc", at: "/board" });
	const there = row(other.page, "station09");
	await expect(there).toContainText("端末なし");
	await signIn("station09-nurse", { on: "phone", at: "/board" });
	await expect(there).toContainText("端末あり");
});

test("by area and kind; history; help from a row leads to the request", async ({ signIn }) => {
	const nurse = await signIn("station05-nurse", { on: "phone", at: "/board" });
	const { page } = nurse;
	await expect(row(page, "hospital01")).toBeVisible();
	await page.getByText("訪問看護", { exact: true }).click();
	await expect(row(page, "hospital01")).toHaveCount(0);
	await page.getByText("北部", { exact: true }).first().click();
	for (const one of await page.locator("main li[data-org]").all())
		expect(await one.getAttribute("data-org")).toMatch(/^station/);
	const some = row(page, "station01");
	await some.getByRole("button").first().click();
	await some.getByRole("button", { name: "空きの履歴" }).click();
	await expect(page.getByRole("dialog").getByRole("row")).toHaveCount(8);
	await page.keyboard.press("Escape");
	await some.getByRole("link", { name: "訪問の応援を頼む" }).click();
	await expect(page).toHaveURL(/\/requests\/new\?kind=visit/);
});

test("an unfolded row, the history and the form: for eyes, ears and thumbs", async ({ signIn }) => {
	const found: string[] = [];
	for (const [user, lang, scheme] of [
		["station01-nurse", "ja", "light"],
		["hospital01-liaison", "en", "dark"],
	] as const) {
		const somebody = await signIn(user, { on: "phone", lang, scheme, at: "/board" });
		const { page } = somebody;
		const look = async () => {
			found.push(...(await axeFaults(page)), ...(await overflowFaults(page)));
			found.push(...(await targetFaults(page)));
		};
		const own = row(page, user.split("-")[0]!).getByRole("button");
		await own.first().click();
		await look();
		await own.last().click();
		await expect(page.getByRole("dialog").getByRole("row").first()).toBeVisible();
		await look();
		await page.keyboard.press("Escape");
		await somebody.go("/board?mine");
		await expect(page.getByRole("dialog").locator("form")).toBeVisible();
		await look();
	}
	expect([...new Set(found)]).toEqual([]);
});
