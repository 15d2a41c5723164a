// What would be broken: what one person writes is not on the other's open page at once, a form that a
// reload empties, two corrections of one entry of which one is lost, a summary that needs two pages.

import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { expect, test, type Somebody } from "./harness";
import { look } from "./look";

const keys = async (somebody: Somebody, digits: string) => {
	const pad = somebody.page.getByRole("group", { name: "数字" });
	for (const digit of digits) await pad.getByRole("button", { name: digit, exact: true }).click();
};
const write = (somebody: Somebody, what: string) =>
	somebody.page
		.getByRole("group", { name: "記録する" })
		.getByRole("button", { name: what, exact: true })
		.click();
const save = (somebody: Somebody) =>
	somebody.page.getByRole("dialog").getByRole("button", { name: /保存$/ }).click();
const timeline = (somebody: Somebody) => somebody.page.getByRole("region", { name: "経過の記録" });

const comes = (somebody: Somebody, text: string) =>
	expect(timeline(somebody).getByText(text).first()).toBeVisible();

test("vital signs and a note come to the doctor's open page by themselves; the pharmacist hears of the medicine alone", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const at = `/patients/${patient.id}`;
	const nurse = await signIn("station01-nurse", { on: "phone", at });
	const doctor = await signIn("clinic01-doctor", { at });
	const pharmacist = await signIn("pharmacy01-pharmacist");
	for (const one of [nurse, doctor])
		await expect(one.page.getByText("まだ記録がありません")).toBeVisible();

	await write(nurse, "バイタル");
	await keys(nurse, "124766836597");
	await expect(nurse.page.getByLabel("体温")).toHaveValue("36.5");
	await keys(nurse, "18");
	await look(nurse, "vitals-form");
	await save(nurse);
	await comes(doctor, "SpO2 97%");
	await comes(nurse, "124/76");

	await write(nurse, "連絡");
	await nurse.page.getByLabel("内容").fill("<b>夕方</b>から咳がふえています。");
	await save(nurse);
	await comes(doctor, "<b>夕方</b>から咳");

	// Somebody who is told of medicines alone: nothing of all this, and then the medicine.
	const told = pharmacist.page.getByRole("main").getByText(patient.name);
	await write(doctor, "処方");
	await doctor.page.getByLabel("薬の名前").fill("エドキサバン錠30mg");
	await doctor.page.getByLabel("用量・用法").fill("1回1錠 1日1回 朝食後");
	expect(await pharmacist.page.getByText(/咳がふえ|124\/76/).count()).toBe(0);
	await save(doctor);
	await comes(nurse, "エドキサバン錠30mg");
	await expect(told.first()).toBeVisible();
	await expect(pharmacist.page.getByRole("main").getByText(/処方/).first()).toBeVisible();
	await look(doctor, "timeline");
});

test("what is typed survives a reload, and is stored once", async ({ signIn, system }) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${patient.id}` });
	await write(nurse, "連絡");
	await nurse.page.getByLabel("内容").fill("途中まで書いた");
	await nurse.draftsKept();
	await nurse.page.reload();
	await nurse.settle();
	await expect(nurse.page.getByLabel("内容")).toHaveValue("途中まで書いた");
	await save(nurse);
	await comes(nurse, "途中まで書いた");
	await expect(timeline(nurse).getByText("保存済み")).toBeVisible();
	expect(
		await system.cli("station01-nurse", "timeline", patient.id, "--all").then((all) => all.length),
	).toBe(1);
});

test("who goes elsewhere while an entry is being stored is not fetched back", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${patient.id}` });
	await write(nurse, "連絡");
	await nurse.page.getByLabel("内容").fill("玄関の鍵は隣家です。");
	await nurse.draftsKept();
	// Nothing can be sealed, and so nothing stored, until it is let go.
	await nurse.page.evaluate(() => {
		const held = window as unknown as { letGo: () => void };
		const gate = new Promise<void>((resolve) => (held.letGo = resolve));
		// eslint-disable-next-line @typescript-eslint/unbound-method
		const encrypt = SubtleCrypto.prototype.encrypt;
		SubtleCrypto.prototype.encrypt = async function (...given) {
			await gate;
			return encrypt.apply(this, given);
		};
	});
	await save(nurse);
	await nurse.go("/board");
	await expect(nurse.page.getByRole("heading", { level: 1, name: "ボード" })).toBeVisible();
	await nurse.page.evaluate(() => (window as unknown as { letGo: () => void }).letGo());
	await expect
		.poll(() =>
			system.cli("station01-nurse", "timeline", patient.id, "--all").then((all) => all.length),
		)
		.toBe(1);
	await expect(nurse.page.getByRole("heading", { level: 1, name: "ボード" })).toBeVisible();
	expect(new URL(nurse.page.url()).pathname).toBe("/board");
});

test("two corrections of one entry: both are shown, and what they correct is a tap away", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const at = `/patients/${patient.id}`;
	await system.cliId("station01-nurse", "entry", "note", patient.id, "--text", "はじめの記録");
	const nurse = await signIn("station01-nurse", { on: "phone", at });
	const doctor = await signIn("clinic01-doctor", { at });
	for (const [one, text] of [
		[nurse, "看護師の訂正"],
		[doctor, "医師の訂正"],
	] as const) {
		await comes(one, "はじめの記録");
		await one.page.getByRole("button", { name: "この記録の詳細" }).first().click();
		await one.page.getByRole("button", { name: "訂正する" }).click();
		await expect(one.page.getByLabel("内容")).toHaveValue("はじめの記録");
		await one.page.getByLabel("内容").fill(text);
	}
	await save(nurse);
	await save(doctor);
	for (const one of [nurse, doctor]) {
		await comes(one, "看護師の訂正");
		await comes(one, "医師の訂正");
		await expect(timeline(one).getByText("はじめの記録")).toBeHidden();
		await timeline(one)
			.getByRole("button", { name: /訂正前の記録を見る/ })
			.click();
		await comes(one, "はじめの記録");
	}
	await look(doctor, "two-corrections");
});

test("values that no patient has are refused beside their field; doubtful and urgent ones are said", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", { at: `/patients/${patient.id}` });
	await write(nurse, "バイタル");
	const { page } = nurse;
	await save(nurse);
	await expect(page.getByText("測定値を1つ以上入れてください。")).toBeVisible();
	await page.getByLabel("SpO2").fill("9");
	await page.getByLabel("脈拍").fill("175");
	await page.getByLabel("呼吸数").fill("18");
	await save(nurse);
	await expect(page.getByText("あり得ない値です（30〜100）。")).toBeVisible();
	await expect(page.getByLabel("SpO2")).toBeFocused();
	await expect(page.getByText("値を確かめてください。")).toBeVisible();
	await page.getByLabel("SpO2").fill("88");
	await expect(page.getByText("SpO2が基準の外です", { exact: false })).toBeVisible();
	await save(nurse);
	await comes(nurse, "SpO2 88%");
	await expect(timeline(nurse).getByText("至急", { exact: true }).first()).toBeVisible();
});

test("a time to come is refused, and one long ago asks to be checked", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${patient.id}` });
	const { page } = nurse;
	const inJapan = (days: number) =>
		new Date(Date.now() + days * 86_400_000 + 9 * 3600_000).toISOString().slice(0, 16);
	await write(nurse, "連絡");
	await page.getByLabel("内容").fill("先月の受診の結果");
	await page.getByRole("button", { name: "変える" }).click();
	const at = page.getByLabel("いつのことか");
	await at.fill(inJapan(1));
	await expect(page.getByText("これからの日時です。")).toBeVisible();
	await save(nurse);
	await expect(at).toBeFocused();
	await at.fill(inJapan(-14));
	await expect(page.getByText("日前の日時です")).toBeHidden();
	const then = inJapan(-40);
	await at.fill(then);
	await expect(page.getByText("40日前の日時です。確かめてください。")).toBeVisible();
	await save(nurse);
	await comes(nurse, "先月の受診の結果");
	const stored = async () => {
		const [entry] = await system.cli("station01-nurse", "timeline", patient.id, "--all");
		return entry && Number(entry.occurredMs);
	};
	await expect.poll(stored).toBe(Date.parse(`${then}:00+09:00`));
});

test("offline: a note and its correction wait in the timeline, and are stored in order", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${patient.id}` });
	await expect(nurse.page.getByText("まだ記録がありません")).toBeVisible();
	await nurse.cut();
	await write(nurse, "連絡");
	await nurse.page.getByLabel("内容").fill("地下で書いた記録");
	await save(nurse);
	await comes(nurse, "地下で書いた記録");
	await expect(timeline(nurse).getByText("この端末に保存（未送信）")).toBeVisible();
	await look(nurse, "waiting");
	await nurse.page.getByRole("button", { name: "この記録の詳細" }).click();
	await nurse.page.getByRole("button", { name: "訂正する" }).click();
	await nurse.page.getByLabel("内容").fill("地下で訂正した記録");
	await save(nurse);
	await comes(nurse, "地下で訂正した記録");
	await expect(timeline(nurse).getByText("地下で書いた記録")).toBeHidden();
	await nurse.restore();
	await expect(timeline(nurse).getByText("保存済み")).toBeVisible();
	const texts = async () =>
		(await stored()).map((one) => (one.note as { text: string } | undefined)?.text);
	const stored = () => system.cli("station01-nurse", "timeline", patient.id, "--all");
	await expect.poll(texts).toEqual(["地下で書いた記録", "地下で訂正した記録"]);
	const [first, second] = await stored();
	expect(second!.corrects).toBe(first!.id);
	await expect(timeline(nurse).getByText("地下で書いた記録")).toBeHidden();
});

test("offline, what is urgent says that nobody has heard of it, and how to reach them", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		worker: true,
		at: `/patients/${patient.id}`,
	});
	await expect(nurse.page.getByText("アレルギー・注意の記録はありません")).toBeVisible();
	await nurse.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	await nurse.cut();
	const unheard = nurse.page.getByText("至急の知らせはまだ誰にも届きません");
	await write(nurse, "連絡");
	await nurse.page.getByLabel("内容").fill("呼吸が苦しい");
	await expect(unheard).toHaveCount(0);
	await nurse.page.getByLabel("至急にする").check();
	await expect(unheard).toBeVisible();
	await save(nurse);
	await comes(nurse, "呼吸が苦しい");
	await expect(timeline(nurse).getByText("至急の知らせはまだ誰にも届きません")).toBeVisible();
	await look(nurse, "urgent-waiting");
	await timeline(nurse).getByRole("link", { name: "連絡先" }).click();
	await expect(nurse.page.getByRole("link", { name: /000-0000/ }).first()).toBeVisible();
	await nurse.go(`/patients/${patient.id}`);
	await nurse.restore();
	await expect(timeline(nurse).getByText("保存済み")).toBeVisible();
	await expect(unheard).toHaveCount(0);
});

test("who reads further down keeps the place when something new comes, and is told", async ({
	signIn,
	system,
}) => {
	const patient = await system.patient();
	for (let i = 1; i <= 40; i++)
		await system.cli("station01-nurse", "entry", "note", patient.id, "--text", `記録その${i}`);
	const doctor = await signIn("clinic01-doctor", { on: "phone", at: `/patients/${patient.id}` });
	await comes(doctor, "記録その40");
	const region = timeline(doctor);
	await region.evaluate((element) => element.scrollTo({ top: 1500 }));
	const top = () =>
		region.evaluate((element) => {
			const from = element.getBoundingClientRect().top;
			const first = [...element.querySelectorAll("article")].find(
				(one) => one.getBoundingClientRect().bottom > from,
			)!;
			return {
				text: first.textContent,
				top: Math.round(first.getBoundingClientRect().top - from),
			};
		});
	let before = { text: "", top: 0 } as Awaited<ReturnType<typeof top>>;
	const settled = async () => {
		const last = before;
		before = await top();
		return last.text === before.text && last.top === before.top;
	};
	// Until what came into view is measured.
	await expect.poll(settled, { intervals: [300] }).toBe(true);
	await system.cli("station01-nurse", "entry", "note", patient.id, "--text", "いま来た記録");
	const pill = doctor.page.getByRole("button", { name: "新しい記録 1件を見る" });
	await expect(pill).toBeVisible();
	await expect(doctor.page.getByText(/^新しい記録: 連絡・所見/)).toBeAttached();
	const after = await top();
	expect(after.text).toBe(before.text);
	expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(2);
	await pill.click();
	await comes(doctor, "いま来た記録");
	await expect(pill).toBeHidden();
});

test("the summary of a patient with much is one A4", async ({ signIn, system }, info) => {
	const patient = await system.patient({
		team: { clinic01: "attending", pharmacy01: "member", cm01: "key-person", dental01: "member" },
	});
	const add = (user: string, ...words: string[]) =>
		system.cli(user, "entry", words[0]!, patient.id, ...words.slice(1));
	for (let i = 1; i <= 25; i++)
		await add(
			"clinic01-doctor",
			...["medication", "--start", `とても長い名前の配合錠LD「試験」${i}mg`],
			...["--dose", "1回1錠 1日3回 毎食後、痛みの強いときは追加で1錠（1日3回まで）"],
		);
	for (let i = 1; i <= 10; i++) {
		await add("clinic01-doctor", "condition", "--name", `慢性の病気 その${i}（詳しい病名）`);
		await add("station01-nurse", "vitals", "--bp", "128/76", "--pulse", "72", "--spo2", "96");
		await add("station01-nurse", "note", "--text", "家族の話では夜に何度も起きる。".repeat(6));
	}
	for (let i = 1; i <= 5; i++) {
		await add("station01-nurse", "allergy", "--substance", `薬${i}`, "--reaction", "全身の発疹");
		await add("station01-nurse", "wish", "--text", "最期まで家で過ごしたい。".repeat(5));
		await add("station01-nurse", "precaution", "--safety", `玄関に段差あり、転倒に注意 その${i}`);
	}
	const doctor = await signIn("clinic01-doctor", { at: `/patients/${patient.id}/summary` });
	await expect(doctor.page.getByText("いまの薬（25）")).toBeVisible();
	const path = join(info.outputDir, "summary.pdf");
	await doctor.page.pdf({ path, preferCSSPageSize: true });
	const pages = (await readFile(path, "latin1")).match(/\/Type\s*\/Page(?!s)/g) ?? [];
	expect(pages).toHaveLength(1);
});
