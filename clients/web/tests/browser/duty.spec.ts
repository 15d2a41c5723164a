// A duty is swapped, in two browsers; and undone. The calendar file is the command line's.

import { readFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "./harness";
import { axeFaults, overflowFaults, targetFaults } from "./inspect";
import { look } from "./look";
import type { System } from "./system";

const DAY = 24 * 3600_000;

interface Shift {
	id: string;
	date: string;
	fromMs: string;
	first?: string;
	second?: string;
}

/** A coming duty, and a clinic that has none for days around it: it can take it. */
async function swappable(system: System): Promise<{ shift: Shift; taker: string }> {
	const month = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 7);
	const shifts: Shift[] = [];
	for (const one of new Set([month(0), month(31)]))
		shifts.push(
			...((await system.cli(
				"centre-staff",
				...["rota", "show", "--month", one],
			)) as unknown as Shift[]),
		);
	const clinics = [...new Set(shifts.flatMap((one) => [one.first, one.second]))];
	const open = (await system.cli("centre-staff", "rota", "swaps")) as unknown as {
		shift: string;
	}[];
	for (const shift of shifts) {
		const begins = Number(shift.fromMs);
		if (begins < Date.now() + 7 * DAY || !shift.first || !shift.second) continue;
		if (open.some((swap) => swap.shift === shift.id)) continue;
		const near = shifts.filter((one) => Math.abs(Number(one.fromMs) - begins) < 5 * DAY);
		const busy = new Set(near.flatMap((one) => [one.first, one.second]));
		const taker = clinics.find((one) => one && !busy.has(one));
		if (taker) return { shift, taker };
	}
	throw new Error("no duty can be swapped");
}

test("a duty is asked for, taken and given back, live in both browsers", async ({
	signIn,
	system,
}) => {
	const { shift, taker } = await swappable(system);
	const place = `/duty/${shift.date.slice(0, 7)}/${shift.id}`;
	const holder = await signIn(`${shift.first}-doctor`, { on: "phone", at: place });
	const other = await signIn(`${taker}-doctor`, {
		on: "pc",
		at: `/duty/${shift.date.slice(0, 7)}`,
	});
	const name = async (id: string) =>
		String(
			(
				(await system.cli("centre-staff", "directory", "show", id))[0] as unknown as {
					name: string;
				}
			).name,
		);
	const takerName = await name(taker);

	const sheet = holder.page.getByRole("dialog");
	await expect(sheet).toContainText("自院");
	await sheet.getByRole("button", { name: "交代を頼む" }).first().click();
	await sheet.getByRole("textbox", { name: "だれに" }).click();
	await holder.page.getByRole("option", { name: takerName }).click();
	await sheet.getByLabel("ひとこと").fill("学会のため、お願いできますか");
	await look(holder, "duty-ask");
	await sheet.getByRole("button", { name: "交代を依頼する" }).click();
	await expect(holder.page.getByText("交代を依頼しました")).toBeVisible();

	const asked = other.page.locator("article", { hasText: "学会のため、お願いできますか" });
	await expect(asked).toBeVisible();
	await look(other, "duty-month");
	await asked.getByRole("button", { name: "引き受ける" }).click();
	await expect(other.page.getByText("当番を引き受けました")).toBeVisible();
	// The holder's open page says so at once.
	await expect(sheet).not.toContainText("自院");
	await expect(sheet).toContainText(takerName);

	await other.page.getByRole("button", { name: "元に戻す" }).click();
	await expect(sheet).toContainText("自院");
});

test("a blocked day is one tap, and a tap back", async ({ signIn, system }) => {
	const month = new Date(Date.now() + 80 * DAY).toISOString().slice(0, 7);
	const doctor = await signIn("clinic05-doctor", { on: "phone", at: `/duty/${month}` });
	const blocked = async () =>
		(await system.cli("clinic05-doctor", "rota", "blocks", "--month", month, "--org", "clinic05"))
			.length;
	const before = await blocked();
	await doctor.page.getByRole("button", { name: "不可日を入れる" }).click();
	const day = doctor.page.locator('button[aria-pressed="false"]:enabled').last();
	const label = (await day.textContent())!;
	await day.click();
	await expect(doctor.page.getByText("を不可日にしました")).toBeVisible();
	expect(await blocked()).toBe(before + 1);
	await doctor.page.getByRole("button", { name: "元に戻す" }).click();
	await expect(doctor.page.getByText("元に戻しました")).toBeVisible();
	expect(await blocked()).toBe(before);
	expect(label).toMatch(/\d+日/);
	// One goes on in the next month; what is set stays, and that is said.
	await doctor.page.getByRole("button", { name: "次の月" }).click();
	await expect(doctor.page.getByRole("button", { name: "入れ終わる" })).toBeVisible();
	const now = new Date(Date.now());
	const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
	await doctor.go(`/duty/${next.toISOString().slice(0, 7)}`);
	const onDuty = doctor.page.locator('button[aria-pressed="false"]:enabled', { hasText: "当番" });
	await expect(onDuty.first()).toBeVisible();
	await onDuty.first().click();
	await expect(doctor.page.getByText("すでに決まった当番はそのままです")).toBeVisible();
	await doctor.page.getByRole("button", { name: "元に戻す" }).click();
	await expect(doctor.page.getByText("元に戻しました")).toBeVisible();
});

test("a calendar program fetches what the command line prints, until it is ended", async ({
	signIn,
	system,
}) => {
	const doctor = await signIn("clinic05-doctor", { on: "phone", at: "/duty" });
	const { page } = doctor;
	await page.getByRole("button", { name: "自院の当番のアドレスを作る" }).click();
	const address = page.getByLabel("自院の当番");
	await expect(address).toHaveValue(/^http:\/\/localhost:\d+\/calendar\/[0-9a-f]{32}\.ics$/);
	await expect(page.getByRole("button", { name: "自院の当番のアドレスを作る" })).toBeHidden();

	// As a program does that is no browser and knows nobody.
	const url = await address.inputValue();
	const fetched = await (await fetch(url)).text();
	const { stdout } = await promisify(execFile)(
		join(process.env.BUILD ?? join(process.cwd(), "../../build"), "bin/tsunagi"),
		[
			...["-p", join(system.state, "accounts/clinic05-doctor"), "--timeout", "30"],
			...["rota", "export", "--ics", "--org", "clinic05"],
		],
		{
			env: { ...process.env, LC_ALL: "C.UTF-8", LANG: "ja_JP.UTF-8", LANGUAGE: "ja" },
			maxBuffer: 64 << 20,
		},
	);
	// When it was made, and in which language, is another matter.
	const lines = (text: string) =>
		text
			.replace(/\r?\n[ \t]/g, "")
			.split(/\r?\n/)
			.filter((line) => !/^(DTSTAMP|SUMMARY|DESCRIPTION)/.test(line));
	expect(lines(fetched)).toEqual(lines(stdout));
	expect(fetched).toContain("SUMMARY:第");

	await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
	await page.getByRole("button", { name: "コピー" }).click();
	await expect(page.getByText("アドレスをコピーしました。")).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
	const download = page.waitForEvent("download");
	await page.getByRole("link", { name: "ファイルに保存" }).click();
	expect(await readFile((await (await download).path())!, "utf8")).toBe(fetched);
	expect([
		...(await axeFaults(page)),
		...(await overflowFaults(page)),
		...(await targetFaults(page)),
	]).toEqual([]);

	await address.scrollIntoViewIfNeeded();
	await look(doctor, "duty-calendar");

	await page.reload();
	await expect(address).toHaveValue(url);
	await page.getByRole("button", { name: "購読を終える" }).click();
	await page.getByRole("button", { name: "終える", exact: true }).click();
	await expect(page.getByText("購読を終えました。")).toBeVisible();
	await expect(address).toBeHidden();
	expect((await fetch(url)).status).toBe(404);
});
