// Today and the notifications: what is urgent is heard and seen wherever one is, and an answer is seen by
// who asked.

import type { Page } from "@playwright/test";
import { expect, test, type Somebody } from "./harness";
import { axeFaults, overflowFaults, targetFaults } from "./inspect";

/** Counts the tones that the page plays. Before it is opened. */
async function listen(somebody: Somebody): Promise<void> {
	await somebody.context.addInitScript(() => {
		const heard = window as unknown as { tones: number };
		heard.tones = 0;
		const prototype = AudioScheduledSourceNode.prototype;
		// eslint-disable-next-line @typescript-eslint/unbound-method
		const start = prototype.start;
		prototype.start = function (...when) {
			heard.tones++;
			start.apply(this, when);
		};
	});
}

const tones = (page: Page) => page.evaluate(() => (window as unknown as { tones: number }).tones);

async function writeUrgent(nurse: Somebody, patient: string, text: string): Promise<void> {
	const { page } = nurse;
	await nurse.go(`/patients/${patient}?write=note`);
	await page.locator("textarea").first().fill(text);
	await page.getByLabel("至急にする").check();
	await page.getByLabel("至急の理由").fill("急変");
	await page.getByRole("button", { name: "至急で保存" }).click();
}

const card = (page: Page, name: string) =>
	page.locator("main li[data-notification]", { hasText: name.replace("　", " ") }).first();
const sent = (page: Page, name: string) =>
	page.locator("main li[data-escalation]", { hasText: name.replace("　", " ") }).first();
const shown = (name: string) => name.replaceAll("　", " ");

test("an urgent note rings at the doctor's open page; an acceptance is seen by the nurse", async ({
	signIn,
	device,
	system,
}) => {
	// Of a clinic that hears of nothing else: it would ring.
	const patient = await system.patient({ team: { clinic08: "attending" } });
	const doctor = await device("clinic08-doctor", { on: "phone" });
	await listen(doctor);
	await doctor.signIn();
	const nurse = await signIn("station01-nurse", { on: "phone" });
	const count = async () => Number(/^\((\d+)\)/.exec(await doctor.page.title())?.[1] ?? 0);
	await expect(doctor.page.getByRole("heading", { name: /至急|未対応/ }).first()).toBeVisible();
	const before = await count();
	const heard = await tones(doctor.page);

	await writeUrgent(nurse, patient.id, "呼吸が苦しそうです。");
	await expect(card(doctor.page, patient.name)).toContainText("至急");
	await expect(card(doctor.page, patient.name)).toContainText("連絡・所見");
	await expect.poll(count).toBeGreaterThan(before); // others may write to the doctor meanwhile
	await expect.poll(() => tones(doctor.page)).toBeGreaterThan(heard);
	// It rings until somebody looks.
	const rung = await tones(doctor.page);
	await expect.poll(() => tones(doctor.page)).toBeGreaterThan(rung);
	await doctor.page.getByRole("heading", { level: 1 }).click();
	const looked = await tones(doctor.page);
	await doctor.page.waitForTimeout(7000); // one more turn of the ringing would be over
	expect(await tones(doctor.page)).toBe(looked);

	// The nurse sees that nobody has it, and then at once who has.
	await nurse.go("/");
	await expect(sent(nurse.page, patient.name)).toContainText("まだ誰も対応していません");
	await card(doctor.page, patient.name).getByRole("button", { name: "対応します" }).click();
	await expect(sent(nurse.page, patient.name)).toContainText("医師が対応します");
	// Also when she looks later.
	await nurse.go("/patients");
	await expect(nurse.page.locator("main h1")).toHaveText("患者");
	await nurse.go("/");
	await expect(sent(nurse.page, patient.name)).toContainText("医師が対応します");
	const mine = card(doctor.page, patient.name);
	await mine.getByRole("button", { name: "完了" }).click();
	await expect(mine).toBeHidden();
});

test("on another screen a banner says it, with who knows and the answer", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const doctor = await signIn("clinic01-doctor", { on: "pc", at: "/board" });
	await expect(doctor.page.getByRole("heading", { level: 1 })).toBeVisible();
	const entry = await system.cliId(
		"station01-nurse",
		...["entry", "note", patient.id, "--text", "意識がもうろう", "--urgent", "--reason", "急変"],
	);
	const banner = doctor.page.getByRole("alert", { name: "至急のお知らせ" });
	await expect(banner).toContainText(shown(patient.name));
	await expect(banner).toContainText(/主治医|当番|支援センター/);
	await banner.getByRole("button", { name: "対応します" }).click();
	await expect(banner.getByText(shown(patient.name))).toBeHidden();
	const [walk] = await system.cli("station01-nurse", "inbox", "steps", entry);
	expect(walk?.state).toBe("TAKEN");
	expect(walk?.holder).toBe("clinic01-doctor");
});

test("an escalation in browsers alone: declined, the next is asked, who accepts is seen", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "pc" });
	await writeUrgent(nurse, patient.id, "血圧が下がっています。");
	await nurse.go("/");
	await sent(nurse.page, patient.name).getByRole("link", { name: "詳しく" }).click();
	const way = nurse.page.locator("main ol li");
	await expect(way.first()).toContainText("へ連絡");
	const id = nurse.page.url().split("/").at(-1)!;

	// Who is asked depends on the hour; the network is asked who it is, and the answer is a person's.
	const asked = async (): Promise<string> => {
		const [walk] = await system.cli("station01-nurse", "inbox", "steps", id);
		const steps = walk!.steps as { what: string; users: string[] }[];
		return steps.findLast((step) => step.what === "ASKED")!.users[0]!;
	};
	const first = await signIn(await asked(), { on: "phone" });
	const theirs = card(first.page, patient.name);
	await theirs.getByRole("button", { name: "対応できません" }).click();
	await theirs.getByLabel("理由").fill("手術中です");
	await theirs.getByRole("button", { name: "対応できませんと伝える" }).click();
	await expect(theirs).toBeHidden();
	await expect(way.filter({ hasText: "対応できません" })).toHaveCount(1);
	await expect(way.filter({ hasText: /へ連絡(?!し)/ })).toHaveCount(2);

	const second = await signIn(await asked(), { on: "phone" });
	expect(second.user).not.toBe(first.user);
	// The support centre is not told who the patient is, but whom to call.
	const hers = second.page.locator(`main li[data-event="${id}"]`);
	await expect(hers.getByRole("link", { name: /に電話/ })).toBeVisible();
	await hers.getByRole("button", { name: "対応します" }).click();
	await expect(way.filter({ hasText: "対応します" })).toHaveCount(1);
	await expect(nurse.page.locator("main")).toContainText("が対応します");
});

test("what is not urgent is silently there, opened at the patient, and done", async ({
	device,
	system,
}) => {
	// Of a clinic that hears of little else: what is new goes to the top, the oldest out of sight.
	const patient = await system.patient({ team: { clinic08: "attending" } });
	const doctor = await device("clinic08-doctor", { on: "phone" });
	await listen(doctor);
	await doctor.signIn();
	// The inbox is followed from here on.
	await expect(doctor.page.getByRole("heading", { name: /至急|未対応/ }).first()).toBeVisible();
	await system.cli("station01-nurse", "entry", "note", patient.id, "--text", "変わりありません");
	const row = card(doctor.page, patient.name);
	await expect(row).toContainText("連絡・所見");
	await expect(row).not.toContainText("至急");
	await row.getByRole("link").first().click();
	await expect(doctor.page).toHaveURL(new RegExp(`/patients/${patient.id}`));
	await doctor.go("/");
	await row.getByRole("button", { name: "完了" }).click();
	await expect(row).toBeHidden();
});

test("what one nurse wrote on one visit is answered with one touch, or each by itself", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient({ team: { clinic07: "attending" } });
	const doctor = await signIn("clinic07-doctor", { on: "phone" });
	for (const text of ["痛みは落ち着いています", "食事は半分ほどです"])
		await system.cli("station01-nurse", "entry", "note", patient.id, "--text", text);
	await system.cli("station01-nurse", "entry", "vitals", patient.id, "--temp", "36.6");
	const row = card(doctor.page, patient.name);
	await expect(row).toContainText("3件に対応します");
	await expect(row).toContainText("バイタルサイン、連絡・所見");
	expect(await axeFaults(doctor.page)).toEqual([]);
	await row.getByRole("button", { expanded: false }).click();
	const each = row.getByRole("listitem");
	await expect(each).toHaveCount(3);
	expect(
		[await axeFaults(doctor.page), await overflowFaults(doctor.page)].flat(),
		"unfolded",
	).toEqual([]);
	await each.first().getByRole("button", { name: "対応します", exact: true }).click();
	await row.getByRole("button", { name: "2件に対応します" }).click();
	await row.getByRole("button", { name: "3件を完了" }).click();
	await expect(row).toBeHidden();
	const states = (await system.cli("clinic07-doctor", "inbox", "list", "--all"))
		.filter((one) => one.patient === patient.id)
		.map(({ state }) => state);
	expect(states).toEqual(["DONE", "DONE", "DONE"]);
});

test("what a device has shown is shown without network, with its age", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient({ team: { clinic07: "attending" } });
	const doctor = await signIn("clinic07-doctor", { on: "phone" });
	await system.cli("station01-nurse", "entry", "note", patient.id, "--text", "発熱なし");
	const row = card(doctor.page, patient.name);
	await expect(row).toBeVisible();
	await doctor.cut();
	await expect(doctor.page.getByText("通信できません").first()).toBeVisible();
	await expect(row).toBeVisible();
	// An answer needs the network: it says so, and nothing is lost.
	await doctor.restore();
	await row.getByRole("button", { name: "対応します" }).click();
	await expect(row.getByRole("button", { name: "完了" })).toBeVisible();
});

test("one touch changes our state, one more takes it back", async ({ signIn, system }) => {
	const nurse = await signIn("station12-nurse", { on: "phone" });
	const state = nurse.page.locator("[data-mine]");
	const button = (name: RegExp) => state.getByRole("button", { name });
	const level = async () => {
		const rows = await system.cli("station12-nurse", "board", "show");
		return rows.find((row) => row.id === "station12")?.level;
	};
	await button(/空き/).click();
	await expect(button(/空き/)).toHaveAttribute("aria-pressed", "true");
	await expect.poll(level).toBe("AVAILABLE");
	await button(/不可/).click();
	await expect.poll(level).toBe("FULL");
	await button(/元に戻す/).click();
	await expect.poll(level).toBe("AVAILABLE");
	await expect(button(/空き/)).toHaveAttribute("aria-pressed", "true");
});

test("a notification's page and the form to decline: for eyes, ears and thumbs", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const entry = await system.cliId(
		"station01-nurse",
		...["entry", "note", patient.id, "--text", "冷汗あり", "--urgent", "--reason", "急変"],
	);
	const found: string[] = [];
	for (const [lang, scheme] of [
		["ja", "light"],
		["en", "dark"],
	] as const) {
		const doctor = await signIn("clinic01-doctor", { on: "phone", lang, scheme });
		const { page } = doctor;
		const look = async () => {
			found.push(...(await axeFaults(page)), ...(await overflowFaults(page)));
			found.push(...(await targetFaults(page)));
		};
		const mine = page.locator(`main li[data-event="${entry}"]`);
		await expect(mine).toBeVisible();
		await mine.getByRole("button", { name: /対応できません|I cannot/ }).click();
		await look();
		await doctor.go(`/notification/${entry}`);
		await expect(page.locator("main ol li").first()).toBeVisible();
		await look();
		await doctor.go("/board");
		await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
		await expect(page.getByRole("alert").first()).toBeVisible();
		await look();
	}
	expect([...new Set(found)]).toEqual([]);
});
