// What would be broken: a patient can be taken on by terminal alone; or the page says that somebody may
// read, or no longer may, and the service sees it otherwise.

import { expect, test, type Somebody } from "./harness";
import { axeFaults, overflowFaults, targetFaults } from "./inspect";
import { look } from "./look";

const faults = async ({ page }: Somebody) => [
	...(await axeFaults(page)),
	...(await overflowFaults(page)),
	...(await targetFaults(page)),
];
const button = ({ page }: Somebody, name: string) =>
	page.getByRole("button", { name, exact: true });
const choose = async ({ page }: Somebody, label: string, option: string) => {
	await page.getByRole("dialog").getByLabel(label, { exact: true }).first().click();
	await page.getByRole("option", { name: option }).first().click();
};

test("a patient is registered on a phone, consents, gets a team and limits; who leaves sees nothing more", async ({
	signIn,
	system,
}) => {
	const name = `試験　登録${Date.now() % 100_000}`;
	const nurse = await signIn("station02-nurse", { on: "phone", at: "/patients" });
	const doctor = await signIn("clinic02-doctor");
	const { page } = nurse;
	await page.getByRole("link", { name: "患者を登録" }).click();
	const dialog = page.getByRole("dialog");
	await button(nurse, "登録する").click();
	await expect(dialog.getByText("入力してください。")).toHaveCount(3);
	await expect(dialog.getByLabel("氏名")).toBeFocused();
	await dialog.getByLabel("氏名").fill(name);
	await dialog.getByLabel("フリガナ").fill("しけん　とうろく");
	await dialog.getByLabel("生年月日").fill("昭和65年1月1日");
	await expect(dialog.getByText("生年月日を「昭和15年3月5日」")).toBeVisible();
	await dialog.getByLabel("生年月日").fill("S15.3.5");
	await expect(dialog.getByText("1940年3月5日")).toBeVisible();
	await dialog.getByText("女", { exact: true }).click();
	expect(await faults(nurse)).toEqual([]);
	await look(nurse, "register");
	await page.reload(); // nothing of it is lost
	await expect(dialog.getByLabel("氏名")).toHaveValue(name);
	await button(nurse, "登録する").click();
	await page.waitForURL(/\/patients\/[0-9A-Z]{26}\/team/);
	const id = page.url().split("/").at(-2)!;
	await expect(page.getByText("シケン", { exact: false }).first()).toBeHidden(); // kana is for lists
	await expect(page.getByRole("heading", { name })).toBeVisible();

	// On the team, but without consent: nothing is shared yet.
	await button(nurse, "チームに加える").first().click();
	const clinic = await system.cli("station02-nurse", "directory", "show", "clinic02");
	const clinicName = String(clinic[0]!.name);
	await dialog.getByLabel("事業所", { exact: true }).fill(clinicName);
	await page.getByRole("option", { name: clinicName }).click();
	await choose(nurse, "役割", "主治医");
	expect(await faults(nurse)).toEqual([]);
	await look(nurse, "team-add");
	await button(nurse, "チームに加える").last().click();
	await expect(dialog).toBeHidden();
	await expect(page.getByRole("main").getByText(clinicName).first()).toBeVisible();
	await doctor.go(`/patients/${id}`);
	await expect(doctor.page.getByText("閲覧の権限がありません")).toBeVisible();

	await button(nurse, "チーム共有の同意を入力").click();
	await look(nurse, "consent");
	await dialog.getByText("同意の撤回").click();
	await expect(dialog.getByText("撤回すると、チームの人は")).toBeVisible();
	expect(await faults(nurse)).toEqual([]);
	// Closed without storing, it is forgotten; and whose paper it is has a date.
	await page.keyboard.press("Escape");
	await button(nurse, "チーム共有の同意を入力").click();
	await expect(dialog.getByText("撤回すると、チームの人は")).toBeHidden();
	await button(nurse, "保存").click();
	await expect(dialog.getByText("書面の日付を入れてください。")).toBeVisible();
	await expect(dialog.getByLabel("書面の日付")).toBeFocused();
	await dialog.getByLabel("書面の日付").fill("2026-01-05");
	await button(nurse, "保存").click();
	await expect(dialog).toBeHidden();
	await expect(page.getByText(/チーム共有 あり/)).toBeVisible();
	const again = async (at: string) => {
		await doctor.go("/patients");
		await expect(doctor.page.getByText("左の一覧から患者を選んでください。")).toBeVisible();
		await doctor.go(at);
	};
	await again(`/patients/${id}/team`);
	await expect(doctor.page.getByRole("heading", { name })).toBeVisible();

	// The doctor lowers the limit of oxygen; what the nurse then measures is not urgent.
	await button(doctor, "バイタルの基準を変える").click();
	const sheet = doctor.page.getByRole("dialog");
	const oxygen = sheet.getByRole("group", { name: "SpO2" }).getByLabel("下限");
	await oxygen.fill("880");
	await button(doctor, "保存").click();
	await expect(sheet.getByText("あり得ない値です（30〜100）。")).toBeVisible();
	await oxygen.fill("８８");
	expect(await faults(doctor)).toEqual([]);
	await look(doctor, "limits");
	await button(doctor, "保存").click();
	await expect(sheet).toBeHidden();
	await expect(doctor.page.getByText(/SpO2 88以上/)).toBeVisible();
	await button(doctor, "バイタルの基準を変える").click();
	await expect(oxygen).toHaveValue("88");
	await doctor.page.keyboard.press("Escape");
	// What was typed over other limits is no draft of these; a reload shows what holds, too.
	await button(doctor, "バイタルの基準を変える").click();
	await sheet.getByRole("group", { name: "脈拍" }).getByLabel("上限").fill("120");
	await doctor.page.keyboard.press("Escape");
	await expect(sheet).toBeHidden();
	await system.cli("station02-nurse", "patient", "thresholds", id, "--spo2", 90);
	await doctor.draftsKept();
	await doctor.page.reload();
	await button(doctor, "バイタルの基準を変える").click();
	await expect(oxygen).toHaveValue("90");
	await expect(sheet.getByRole("group", { name: "脈拍" }).getByLabel("上限")).toHaveValue("");
	await oxygen.fill("88");
	await doctor.draftsKept();
	await doctor.page.reload();
	await expect(oxygen).toHaveValue("88");
	await button(doctor, "保存").click();
	await expect(sheet).toBeHidden();
	await nurse.go(`/patients/${id}/vitals`);
	await nurse.go(`/patients/${id}/team`);
	await expect(page.getByText(/SpO2 88以上/)).toBeVisible();

	// She moves in with her daughter, whose address it is from now on.
	await button(nurse, "氏名・住まい・連絡先を変える").click();
	await expect(dialog.getByLabel("フリガナ")).toHaveValue("シケン　トウロク");
	await expect(dialog.getByLabel("生年月日")).toHaveValue("1940-03-05");
	await dialog.getByLabel("生年月日").fill("");
	await button(nurse, "保存").click();
	await expect(dialog.getByLabel("生年月日")).toBeFocused();
	await dialog.getByLabel("生年月日").fill("昭和15年3月6日");
	await dialog.getByLabel("住所").fill("緑区長女町1-2-3");
	await dialog.getByLabel("続柄").fill("長女");
	expect(await faults(nurse)).toEqual([]);
	await look(nurse, "home");
	await button(nurse, "保存").click();
	await expect(dialog).toBeHidden();
	await expect(page.getByText("緑区長女町1-2-3")).toBeVisible();
	const [shown] = await system.cli("station02-nurse", "patient", "show", id);
	expect((shown as { patient: object }).patient).toMatchObject({
		born: "1940-03-06",
		teamConsent: true,
	});

	// Who is taken out sees nothing more, and no draft of the team's form is left over.
	await button(nurse, `${clinicName}をチームから外す`).click();
	await expect(page.getByText(`${clinicName}をチームから外します`)).toBeVisible();
	await button(nurse, "チームから外す").click();
	await expect(button(nurse, `${clinicName}をチームから外す`)).toBeHidden();
	await again(`/patients/${id}`);
	await expect(doctor.page.getByText("閲覧の権限がありません")).toBeVisible();
});

test("who is registered twice is one patient", async ({ signIn, system }) => {
	const name = `試験　重複${Date.now() % 100_000}`;
	const nurse = await signIn("station02-nurse", { on: "phone", at: "/patients?register" });
	const { page } = nurse;
	const dialog = page.getByRole("dialog");
	const fill = async () => {
		await dialog.getByLabel("氏名").fill(name);
		await dialog.getByLabel("生年月日").fill("S15.3.5");
		await dialog.getByText("女", { exact: true }).click();
		await dialog.getByLabel("続柄").fill("長女");
	};
	const count = async () =>
		(await system.cli("station02-nurse", "patient", "find", name)).filter(
			(one) => one.name === name,
		).length;
	await fill();
	await nurse.draftsKept();
	await button(nurse, "登録する").click();
	await nurse.draftsKept();
	await page.reload(); // while it is being sent, or just after
	const stands = page.getByRole("heading", { name, level: 1 });
	await expect(button(nurse, "登録する").or(stands)).toBeVisible();
	if (!(await stands.isVisible())) await button(nurse, "登録する").click();
	await expect(page.getByText("同じ氏名・生年月日の患者").or(stands)).toBeVisible();
	await expect.poll(count).toBe(1);

	await nurse.go("/patients");
	await nurse.go("/patients?register");
	await fill();
	await button(nurse, "登録する").click();
	await expect(page.getByText("同じ氏名・生年月日の患者")).toBeVisible();
	expect(await faults(nurse)).toEqual([]);
	await dialog.getByRole("link", { name }).click();
	await expect(page.getByRole("heading", { name })).toBeVisible();
	expect(await count()).toBe(1);
	await nurse.go(page.url().split("/").slice(3, 5).join("/").replace(/^/, "/") + "/team");
	await expect(page.getByText("長女")).toBeVisible(); // whose name nobody knew
});

test("who may not arrange care is not offered it", async ({ signIn, system }) => {
	const { id } = await system.patient({ team: { clinic01: "attending", helper01: "member" } });
	const helper = await signIn("helper01-helper", { on: "phone", at: `/patients/${id}/team` });
	await expect(helper.page.getByRole("heading", { name: "同意" })).toBeVisible();
	await expect(helper.page.getByText(/チーム共有 あり/)).toBeVisible();
	for (const name of [
		"チームに加える",
		"バイタルの基準を変える",
		"氏名・住まい・連絡先を変える",
		"チーム共有の同意を入力",
	])
		await expect(button(helper, name)).toHaveCount(0);
	await helper.go("/patients");
	await expect(helper.page.getByRole("link", { name: "緊急閲覧" })).toBeVisible();
	await expect(helper.page.getByRole("link", { name: "患者を登録" })).toHaveCount(0);
});
