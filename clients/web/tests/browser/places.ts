// Every screen and its main states, for who walks through all of them.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import type { System } from "./system";

export interface Place {
	name: string;
	user: "station01-nurse" | "admin" | "clinic01-doctor" | "centre-staff";
	at: string;
	/** What is done there before one looks. */
	then?: (page: Page) => Promise<void>;
}

/** 40 × 30, of one colour. */
const PNG =
	"iVBORw0KGgoAAAANSUhEUgAAACgAAAAeCAIAAADRv8uKAAAALElEQVR42u3NMQ0AAAgDsPm/kIAs5CADjib9m+k6EbFYLBaLxWKxWCwW/40X0wiGCIhhgyUAAAAASUVORK5CYII=";

/** With what the demonstration city has, and a patient with an entry of each kind. */
export async function places(system: System): Promise<Place[]> {
	const nurse = "station01-nurse";
	const { id } = await system.patient({ name: "試験　歩美", team: { clinic01: "attending" } });
	const note = await system.cliId(nurse, "entry", "note", id, "--text", "左踵に発赤。除圧を開始。");
	await system.cli(nurse, "entry", "correct", note, "--text", "右踵に発赤。除圧を開始。");
	await system.cli(nurse, "entry", "vitals", id, "--bp", "128/76", "--pulse", 72, "--temp", 36.8);
	await system.cli(nurse, "entry", "vitals", id, "--bp", "188/104", "--spo2", 86, "--resp", 24);
	await system.cli(nurse, "entry", "allergy", id, "--substance", "ペニシリン", "--severe");
	await system.cli("clinic01-doctor", "entry", "medication", id, "--start", "ワルファリン錠1mg");
	await system.cli(nurse, "entry", "ask", id, "--text", "入浴はできますか。");
	const file = join(system.state, "左踵.png");
	await writeFile(file, Buffer.from(PNG, "base64"));
	const photo = await system.cliId(nurse, "entry", "note", id, "--text", "左踵", "--attach", file);
	const referrals = await system.cli(nurse, "referral", "list", "--all");
	const referral = String(referrals[0]?.id ?? "none");
	const patient = `/patients/${id}`;
	const write = (form: string): Place => ({
		name: `write ${form}`,
		user: nurse,
		at: `${patient}?write=${form}`,
	});
	const all: Place[] = [
		{ name: "today", user: nurse, at: "/" },
		{
			name: "menu",
			user: nurse,
			at: "/",
			then: (page) => page.getByRole("button", { name: /^(メニュー|Menu)$/ }).click(),
		},
		{ name: "patients", user: nurse, at: "/patients" },
		{ name: "break-glass", user: nurse, at: `/patients?glass=${id}` },
		{ name: "register", user: nurse, at: "/patients?register" },
		{ name: "timeline", user: nurse, at: patient },
		...["medicines", "vitals", "team", "summary"].map((tab) => ({
			...{ name: `patient ${tab}`, user: "station01-nurse" as const, at: `${patient}/${tab}` },
		})),
		...["note", "vitals", "medicine", "photo", "more", "question", "allergy"].map(write),
		...["limits", "consent-team", "consent-cover", "member", "home"].map(write),
		{ name: "correct", user: nurse, at: `${patient}?write=correct&entry=${note}` },
		{ name: "photo", user: nurse, at: `${patient}?photo=${photo}/0` },
		{ name: "board", user: nurse, at: "/board" },
		{ name: "set mine", user: nurse, at: "/board?mine" },
		{ name: "requests", user: nurse, at: "/requests" },
		{ name: "new request", user: nurse, at: `/requests/new?patient=${id}` },
		{ name: "request", user: nurse, at: `/requests/${referral}` },
		{ name: "duty", user: nurse, at: "/duty" },
		{ name: "directory", user: nurse, at: "/directory" },
		{ name: "directory organisation", user: nurse, at: "/directory/hospital01" },
		{
			name: "directory hours",
			user: nurse,
			at: "/directory/station01",
			then: (page) =>
				page
					.getByRole("button", { name: /^(変更|登録する|Change|Add)/ })
					.first()
					.click(),
		},
		{ name: "settings", user: nurse, at: "/settings" },
		{ name: "nowhere", user: nurse, at: "/nowhere" },
		{ name: "no administrator", user: nurse, at: "/admin" },
		{ name: "admin", user: "admin", at: "/admin" },
		{ name: "admin enrol", user: "admin", at: "/admin/enrol" },
		{ name: "admin organisation", user: "admin", at: "/admin/organisation/station01" },
		{ name: "admin person", user: "admin", at: "/admin/person/clinic01-doctor" },
		{ name: "admin escalation", user: "admin", at: "/admin/escalation" },
		{ name: "admin journals", user: "admin", at: "/admin/journals" },
		{ name: "admin audit", user: "admin", at: "/admin/audit" },
		{ name: "audit", user: "admin", at: `/admin/audit/${id}` },
		{ name: "doctor's today", user: "clinic01-doctor", at: "/" },
		{ name: "doctor's duty", user: "clinic01-doctor", at: "/duty" },
		{
			name: "doctor's duty blocked days",
			user: "clinic01-doctor",
			at: "/duty",
			then: async (page) => {
				const done = page.getByRole("button", { name: /^(入れ終わる|Done)$/ });
				const begin = page.getByRole("button", { name: /^(不可日を入れる|Block days)$/ });
				await expect(begin.or(done)).toBeVisible();
				if (await begin.isVisible()) await begin.click();
			},
		},
		{
			name: "duty shift",
			user: "admin",
			at: "/duty",
			then: async (page) => {
				const shift = page.getByRole("button", { name: /(第一|1st)/ }).first();
				if (!(await page.getByRole("dialog").isVisible())) await shift.click();
				const set = page.getByRole("button", { name: /^(当番を直接変える|Set by hand)$/ });
				await expect(page.getByRole("dialog")).toBeVisible();
				if (await set.isVisible()) await set.click();
			},
		},
		{ name: "doctor's requests", user: "clinic01-doctor", at: "/requests" },
		{ name: "centre's requests", user: "centre-staff", at: "/requests" },
		{ name: "centre's duty", user: "centre-staff", at: "/duty" },
	];
	return all;
}
