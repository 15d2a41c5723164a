// If this failed, an open page could show what is no longer so.

import type { Page } from "@playwright/test";
import { expect, test, type Somebody } from "./harness";

async function writeNote(nurse: Somebody, patient: string, text: string): Promise<void> {
	const { page } = nurse;
	await nurse.go(`/patients/${patient}?write=note`);
	await page.locator("form textarea").fill(text);
	await page.locator('form button[type="submit"]').click();
	await expect(page.locator("form textarea")).toHaveCount(0);
}

const shown = (page: Page, text: string) => page.getByText(text, { exact: true }).first();

test("a note comes to the doctor's open page by itself; the pharmacist hears of the medicine alone", async ({
	signIn,
	system,
}) => {
	const { id, name } = await system.patient({
		by: "station02-nurse",
		team: { clinic02: "attending", pharmacy02: "member" },
	});
	const nurse = await signIn("station02-nurse", { on: "phone", at: `/patients/${id}` });
	const doctor = await signIn("clinic02-doctor", { on: "pc", at: `/patients/${id}` });
	const pharmacist = await signIn("pharmacy02-pharmacist", { on: "phone" });
	await expect(doctor.page.locator("h1, h2").filter({ hasText: name }).first()).toBeVisible();
	await nurse.go(`/patients/${id}?write=note`);
	await nurse.page.locator("form textarea").fill("第1報");
	await nurse.page.locator('form button[type="submit"]').click();
	await expect(shown(doctor.page, "第1報")).toBeVisible();
	const told = pharmacist.page.locator("[data-notification]").filter({ hasText: name });
	await expect(told).toHaveCount(0);
	await system.cli(
		...(["clinic02-doctor", "entry", "medication", id, "--start", "アムロジピン錠5mg"] as const),
	);
	await expect(told.first()).toBeVisible();
});

test("broker, record and front door are killed under open pages: everything comes back", async ({
	signIn,
	ownSystem: system,
}) => {
	test.setTimeout(240_000);
	const { id } = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", of: system, at: `/patients/${id}` });
	const doctor = await signIn("clinic01-doctor", { on: "pc", of: system, at: `/patients/${id}` });
	nurse.disturbed();
	doctor.disturbed();
	for (const victim of ["record", "mosquitto", "websockets", "nginx"]) {
		await system.kill(victim);
		await writeNote(nurse, id, `${victim}のあと`);
		await expect(shown(doctor.page, `${victim}のあと`)).toBeVisible({ timeout: 40_000 });
	}
	const stored = JSON.stringify(await system.cli("clinic01-doctor", "timeline", id));
	for (const victim of ["record", "mosquitto", "websockets", "nginx"])
		expect(stored.split(`${victim}のあと`)).toHaveLength(2);
	await expect(nurse.page.getByText("通信できません")).toBeHidden();
});
