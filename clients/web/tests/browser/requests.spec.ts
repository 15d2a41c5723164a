// The whole way of a shared visit, in browsers only: a station is full and asks; three are asked; one
// takes it, another stands by; it is confirmed, made and reported.

import type { Page } from "@playwright/test";
import { expect, test, type Somebody } from "./harness";
import { look } from "./look";
import type { System } from "./system";

const MINUTE = 60_000;
const ASKER = "station01-nurse";

/** "2026-11-22" and "14:05", in Japan. */
function japan(ms: number): { date: string; time: string } {
	const iso = new Date(ms + 9 * 60 * MINUTE).toISOString();
	return { date: iso.slice(0, 10), time: iso.slice(11, 16) };
}

async function choosePatient(page: Page, name: string): Promise<void> {
	await page.getByRole("textbox", { name: "患者" }).fill(name);
	await page.getByRole("option", { name }).click();
}

async function send(page: Page): Promise<string> {
	await page.getByRole("button", { name: "依頼を出す" }).click();
	await page.waitForURL(/\/requests\/[0-9A-Z]{26}$/);
	return page.url().split("/").at(-1)!;
}

const card = (who: Somebody, id: string) =>
	who.page.locator("article", { has: who.page.locator(`a[href="/requests/${id}"]`) });

const column = (who: Somebody, name: string, id: string) =>
	who.page.getByRole("region", { name }).locator(`a[href="/requests/${id}"]`);

interface Offer {
	organisation: string;
	state: string;
}

/** Whom it was asked of; which browsers to open. */
async function offersOf(system: System, id: string): Promise<Offer[]> {
	const shown = (await system.cli(ASKER, "referral", "show", id)).at(-1);
	return (shown as unknown as { offers: Offer[] }).offers;
}

test("full, asked of three, accepted, standing by, confirmed", async ({ signIn, system }) => {
	test.setTimeout(240_000);
	const patient = await system.patient();
	const nurse = await signIn(ASKER, { on: "phone", at: "/" });
	const state = nurse.page.getByRole("group", { name: "空き状況" });
	await state.getByRole("button", { name: "不可" }).click();
	await expect(state.getByRole("button", { name: "不可" })).toHaveAttribute("aria-pressed", "true");

	await nurse.go("/requests/new?kind=visit");
	await choosePatient(nurse.page, patient.name);
	await nurse.page.locator("label", { hasText: /^明日$/ }).click();
	await nurse.page.locator("label", { hasText: "褥瘡" }).click();
	await expect(nurse.page.getByText("近くで空きのある3か所へ打診します")).toBeVisible();
	await look(nurse, "request-new");
	const id = await send(nurse.page);
	const offers = nurse.page.getByRole("list").filter({ hasText: "打診中" }).getByRole("listitem");
	await expect(offers).toHaveCount(3);

	const [first, second] = (await offersOf(system, id)).map((one) => `${one.organisation}-nurse`);
	const one = await signIn(first!, { on: "phone", at: "/requests" });
	const two = await signIn(second!, { on: "pc", at: "/requests" });
	await expect(column(one, "回答待ち", id)).toBeVisible();
	await expect(column(two, "回答待ち", id)).toBeVisible();
	// What is not theirs to know is nowhere on their page.
	await expect(one.page.locator("main")).not.toContainText(patient.name);
	await expect(card(one, id)).toContainText("80〜89歳・女");
	await expect(card(one, id)).toContainText("打診の理由");
	await look(one, "request-asked");

	await card(one, id).getByRole("button", { name: "受ける", exact: true }).click();
	await expect(one.page.getByText("受諾しました")).toBeVisible();
	await expect(column(one, "受諾・確定待ち", id)).toBeVisible();
	await card(two, id).getByRole("button", { name: "控えに入る" }).click();
	await expect(card(two, id)).toContainText("控え 1番目");

	// Live on the asker's open page; it decides there.
	await expect(nurse.page.getByRole("button", { name: "この機関に決める" })).toBeVisible();
	await look(nurse, "request-accepted");
	await nurse.page.getByRole("button", { name: "この機関に決める" }).click();
	await expect(nurse.page.getByRole("status").filter({ hasText: /^確定$/ })).toBeVisible();
	await expect(column(one, "確定", id)).toBeVisible();
	await expect(column(two, "受諾・確定待ち", id)).toHaveCount(0);
});

test("a visit that begins now is asked of all at once, made, and reported", async ({
	signIn,
	system,
}) => {
	test.setTimeout(300_000);
	const patient = await system.patient();
	const nurse = await signIn(ASKER, { on: "phone", at: "/requests/new?kind=visit" });
	await choosePatient(nurse.page, patient.name);
	const from = Date.now() + 2 * MINUTE;
	await nurse.page.getByLabel("日付", { exact: true }).last().fill(japan(from).date);
	await nurse.page.getByLabel("開始").fill(japan(from).time);
	await nurse.page.getByLabel("終了").fill(japan(from + 120 * MINUTE).time);
	const id = await send(nurse.page);

	const taker = (await offersOf(system, id)).at(-1)!.organisation;
	const one = await signIn(`${taker}-nurse`, { on: "phone", at: `/requests/${id}` });
	await one.page.getByRole("button", { name: "受ける", exact: true }).click();
	await nurse.page.getByRole("button", { name: "この機関に決める" }).click();
	// It sees the patient now, and reports as soon as the visit has begun.
	await expect(one.page.locator("main")).toContainText(patient.name);
	const report = one.page.getByRole("button", { name: "訪問を報告する" });
	await expect(report).toBeVisible({ timeout: 180_000 });
	await report.click();
	const text = one.page.getByLabel("訪問の報告");
	await text.fill("褥瘡の処置をしました。発赤は前回より小さくなっています。");
	await look(one, "request-report");
	await one.page.keyboard.press("Escape");
	await report.click();
	await expect(text).toHaveValue(/褥瘡の処置/); // the draft was kept
	await one.page.getByRole("button", { name: "送信" }).click();
	await expect(one.page.getByText("報告しました")).toBeVisible();
	await expect(nurse.page.getByRole("status").filter({ hasText: /^完了$/ })).toBeVisible();
});

test("what is asked twice shows the first, and may go beside it; a decline can be taken back until one locks", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn(ASKER, { on: "pc", at: "/requests/new?kind=visit" });
	const ask = async () => {
		await choosePatient(nurse.page, patient.name);
		await nurse.page.locator("label", { hasText: /^明後日$/ }).click();
	};
	await ask();
	const id = await send(nurse.page);
	await nurse.go("/requests/new?kind=visit");
	await ask();
	await nurse.page.getByRole("button", { name: "依頼を出す" }).click();
	await expect(nurse.page.getByText("すでに依頼が出ています")).toBeVisible();
	await expect(nurse.page.getByRole("link", { name: "出ている依頼を見る" })).toHaveAttribute(
		"href",
		`/requests/${id}`,
	);
	await nurse.page.getByRole("button", { name: "並行して依頼を出す" }).click();
	await nurse.page.waitForURL(/\/requests\/[0-9A-Z]{26}$/);
	expect(nurse.page.url()).not.toContain(id);

	const [asked] = await offersOf(system, id);
	const one = await signIn(`${asked!.organisation}-nurse`, { on: "phone", at: "/requests" });
	const decline = async () => {
		await card(one, id).getByRole("button", { name: "受けられない" }).click();
		await card(one, id).getByRole("button", { name: "遠方" }).click();
	};
	await decline();
	await one.page.getByRole("button", { name: "元に戻す" }).click();
	await expect(card(one, id).getByRole("button", { name: "受ける", exact: true })).toBeEnabled();
	expect((await offersOf(system, id))[0]!.state).toBe("OFFERED");
	await decline();
	// Locked before it was said: it is said now.
	await one.page.getByRole("button", { name: "メニュー" }).click();
	await one.page.getByText("画面をロック").click();
	await expect.poll(async () => (await offersOf(system, id))[0]!.state).toBe("DECLINED");
});
