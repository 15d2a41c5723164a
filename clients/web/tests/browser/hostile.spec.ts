// If this failed, what somebody writes could run as script in a colleague's browser.

import type { Locator } from "@playwright/test";
import { expect, test, type Somebody, type System } from "./harness";

const SCRIPT = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
const hostile = (where: string) => `${where} ${SCRIPT}`;

interface Written {
	/** What must be on the screen as text. */
	says: string;
	user: string;
	at: string;
}

/** Into every field of text that a client can fill. Returns where it is to be seen. */
async function write(system: System): Promise<Written[]> {
	const [nurse, doctor] = ["station03-nurse", "clinic03-doctor"];
	const seen: Written[] = [];
	const { id } = await system.patient({
		by: nurse,
		name: hostile("氏名"),
		team: { clinic03: "attending" },
		more: ["--address", hostile("住所"), "--district", hostile("地区")].concat(
			["--emergency-name", hostile("家族"), "--emergency-relation", hostile("続柄")],
			["--insurance", hostile("保険")],
		),
	});
	const patient = `/patients/${id}`;
	const see = (says: string, user: string, at: string) =>
		seen.push({ says: hostile(says), user, at });
	seen.push({ says: "今日", user: doctor, at: "/" }); // with what was sent to the doctor
	see("氏名", doctor, "/patients");
	see("氏名", doctor, patient);
	see("氏名", doctor, `${patient}/summary`);
	see("住所", doctor, `${patient}/team`);
	see("家族", doctor, `${patient}/team`);
	const entry = async (says: string, ...words: string[]) => {
		const made = await system.cliId(nurse, "entry", words[0]!, id, ...words.slice(1));
		see(says, doctor, patient);
		return made;
	};
	const note = await entry("連絡", "note", "--text", hostile("連絡"));
	await system.cli(doctor, "entry", "correct", note, "--text", hostile("訂正"));
	see("訂正", doctor, patient);
	const urgent = await entry("至急", "note", "--text", hostile("至急"));
	await system.cli(nurse, "entry", "urgent", urgent, "--reason", hostile("至急の理由"));
	await entry("食物", "allergy", "--substance", hostile("食物"), "--reaction", hostile("反応"));
	await entry("病名", "condition", "--name", hostile("病名"));
	await entry("感染", "precaution", "--infection", hostile("感染"));
	await entry("意向", "wish", "--text", hostile("意向"), "--stated-by", hostile("話した人"));
	await entry("計画", "plan", "--text", hostile("計画"));
	await entry("入院", "movement", "admission", "--facility", hostile("入院"));
	await entry("嚥下", "observation", "--swallowing", hostile("嚥下"));
	await system.cli(
		...([
			doctor,
			"entry",
			"medication",
			id,
			"--start",
			hostile("薬"),
			"--dose",
			hostile("量"),
		] as const),
		...(["--reason", hostile("目的")] as const),
	);
	see("薬", nurse, patient);
	see("薬", nurse, `${patient}/medicines`);
	const question = await entry("質問", "ask", "--text", hostile("質問"));
	await system.cli(doctor, "entry", "answer", question, "--text", hostile("回答"));
	await system.cli("clinic04-doctor", "patient", "break-glass", id, "--reason", hostile("緊急"));
	see("緊急", doctor, `/admin/audit/${id}`);

	await system.cli(
		...(["station04-nurse", "board", "set", "--level", "limited", "--until", "23:59"] as const),
		...(["--remark", hostile("備考")] as const),
	);
	see("備考", nurse, "/board");
	const place = `hostile${Date.now() % 1_000_000}`;
	const organisation = ["--name", hostile("機関"), "--address", hostile("所在")];
	await system.cli(
		...(["admin", "admin", "organisation", place] as const),
		...[...organisation, "--kind", "nurse-station", "--area", "west", "--phone", "000"],
	);
	see("機関", "admin", `/admin/organisation/${place}`);
	see("機関", "admin", "/admin");
	await system.cli(
		...(["admin", "admin", "enrol", `${place}-nurse`, "--org", place] as const),
		...["--profession", "nurse", "--name", hostile("職員"), "--kana", "テキ"],
	);
	see("職員", "admin", `/admin/person/${place}-nurse`);
	see("職員", "admin", `/admin/organisation/${place}`);
	await system.cli(
		...(["admin", "directory", "set-hours", place] as const),
		`mon-sun 0:00-24:00 phone ${hostile("宛先")}`,
	);
	see("機関", nurse, "/directory");
	see("宛先", nurse, "/directory");
	// The names of who writes stand beside what they write.
	await system.cli(nurse, "patient", "team-add", id, place, "--as", "member");
	await system.cli(`${place}-nurse`, "entry", "note", id, "--text", hostile("別の人の連絡"));
	see("別の人の連絡", doctor, patient);
	return seen;
}

test("what was written as script is shown as text", async ({ signIn, system }) => {
	test.setTimeout(240_000);
	const written = await write(system);
	const people = new Map<string, Somebody>();
	const missing: string[] = [];
	for (const { says, user, at } of written) {
		const somebody = people.get(user) ?? (await signIn(user, { on: "pc" }));
		people.set(user, somebody);
		const { page } = somebody;
		await somebody.go("/nowhere");
		await somebody.go(at);
		if (at === "/board") {
			// Only an unfolded row has it all.
			const rows = page.locator("[aria-expanded]").filter({ hasText: "ステーション" });
			await expect(rows.first()).toBeVisible();
			for (const row of await rows.all()) if (await row.isVisible()) await row.click();
		}
		const text = page.getByText(says, { exact: false }).first();
		// Of a long list what is further down is not there yet.
		for (let turn = 0; turn < 12 && !(await visibleSoon(text, turn ? 300 : 6000)); turn++) {
			await page.mouse.move(700, 500);
			await page.mouse.wheel(0, 600);
		}
		if (!(await text.isVisible())) missing.push(`${at}: ${says}`);
		expect(await page.locator('img[src="x"]').count(), at).toBe(0);
	}
	expect(missing).toEqual([]);
});

const visibleSoon = (text: Locator, timeout: number) =>
	text.waitFor({ timeout }).then(
		() => true,
		() => false,
	);
