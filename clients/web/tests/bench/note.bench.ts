// A nurse's note, from her touch to the doctor's open page: two browsers, a second at most.

import { expect, test } from "../browser/harness";

const NOTES = 10;

test("a note on an open page", async ({ signIn, system }) => {
	const { id } = await system.patient({ team: { clinic01: "attending" } });
	const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${id}` });
	const doctor = await signIn("clinic01-doctor", { on: "pc", at: `/patients/${id}` });
	await expect(doctor.page.getByRole("heading", { level: 1 }).first()).toBeVisible();
	const took: number[] = [];
	for (let turn = 1; turn <= NOTES; turn++) {
		await nurse.go(`/patients/${id}?write=note`);
		await nurse.page.locator("form textarea").fill(`第${turn}報`);
		const seen = doctor.page.getByText(`第${turn}報`, { exact: true }).first().waitFor();
		const begun = Date.now();
		await nurse.page.locator('form button[type="submit"]').click();
		await seen;
		took.push(Date.now() - begun);
		await expect(nurse.page.locator("form textarea")).toHaveCount(0);
	}
	took.sort((a, b) => a - b);
	console.log(
		`a note on another's open page: median ${took[NOTES / 2]} ms, ` +
			`longest ${took.at(-1)} ms (limit 1000)`,
	);
});
