import { expect, test } from "./harness";
import { look } from "./look";

test("an administrator enrols a nurse, who signs in, and revokes her", async ({
	signIn,
	device,
}) => {
	const admin = await signIn("admin", { at: "/admin" });
	const { page } = admin;
	const user = `trial-nurse${process.pid}`;
	await page.getByRole("searchbox").fill("station01");
	await page
		.getByRole("link", { name: /station01/ })
		.first()
		.click();
	await page.getByRole("link", { name: "この機関に職員を登録" }).click();
	await page.getByLabel("職種").first().click();
	await page.getByRole("option", { name: "看護師", exact: true }).click();
	await page.getByLabel("氏名").fill("試験　看子");
	await page.getByLabel("ユーザー名").fill("Trial");
	await page.getByRole("button", { name: "登録して仮パスワードを発行" }).click();
	const field = page.getByLabel("ユーザー名");
	await expect(field).toHaveAttribute("aria-invalid", "true");
	await look(admin, "admin-enrol");
	await field.fill(user);
	await page.getByRole("button", { name: "登録して仮パスワードを発行" }).click();
	const shown = page.getByText(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
	await expect(shown).toBeVisible();
	await look(admin, "admin-once");
	const once = (await shown.textContent())!;

	const nurse = await device(user, { on: "phone" });
	await nurse.page.goto("/");
	await nurse.page.locator('input[autocomplete="username"]').fill(user);
	await nurse.page.locator('input[autocomplete="current-password"]').fill(once);
	await nurse.page.locator('button[type="submit"]').click();
	await nurse.page.locator('input[autocomplete="new-password"]').first().fill("bata-kusai-neko");
	await nurse.page.locator('button[type="submit"]').click();
	await nurse.settle();

	await admin.go(`/admin/person/${user}`);
	await expect(page.getByText("サインアウトさせる", { exact: true })).toHaveCount(1);
	await look(admin, "admin-person");
	await page.getByRole("button", { name: "失効させる…" }).click();
	const question = page.getByRole("dialog");
	await expect(question).toContainText("失効させますか");
	await question.getByLabel("理由").fill("退職");
	await look(admin, "admin-revoke");
	await question.getByRole("button", { name: "失効させる" }).click();
	await expect(question).toBeHidden();
	// At once, and she is told.
	await expect(nurse.page.locator('input[autocomplete="username"]')).toBeVisible();
});

test("who is signed in where can be ended", async ({ signIn }) => {
	// Of a clinic that no other test signs in of.
	const doctor = await signIn("clinic06-doctor", { on: "phone" });
	const admin = await signIn("admin", { at: "/admin/person/clinic06-doctor" });
	const button = admin.page.getByRole("button", { name: /: サインアウトさせる$/ });
	await expect(button).toHaveCount(1);
	await button.click();
	await expect(admin.page.getByText("サインイン中の端末はありません。")).toBeVisible();
	await expect(doctor.page.locator('input[autocomplete="username"]')).toBeVisible();
});

test("the attending doctor sees who looked, also in an emergency, and others do not", async ({
	signIn,
	system,
}) => {
	const { id } = await system.patient({ team: { clinic01: "attending" } });
	await system.cli("station01-nurse", "entry", "note", id, "--text", "<b>太字</b>");
	await system.cli("clinic01-doctor", "patient", "show", id);
	await system.cli("clinic02-doctor", "patient", "break-glass", id, "--reason", "意識なし<i>");
	const doctor = await signIn("clinic01-doctor", { at: `/patients/${id}/team` });
	const { page } = doctor;
	await page.getByRole("link", { name: "この記録を見た人" }).click();
	await expect(page.getByText("理由: 意識なし<i>")).toBeVisible();
	await expect(page.getByText("記録を書いた")).toBeVisible();
	await look(doctor, "audit");
	await page.getByLabel("緊急閲覧だけを表示").click();
	await expect(page.getByText("記録を書いた")).toBeHidden();
	await expect(page.getByRole("listitem")).toHaveCount(1);
	const pharmacist = await signIn("pharmacy01-pharmacist", { at: `/admin/audit/${id}` });
	await expect(pharmacist.page.getByRole("alert")).toBeVisible();
	await pharmacist.go("/admin");
	await expect(pharmacist.page.getByText("管理者だけが使えます")).toBeVisible();
	// An administrator, who sees no patients, names one.
	const admin = await signIn("admin", { at: "/admin" });
	await admin.page.getByRole("link", { name: "閲覧の記録" }).click();
	await admin.page.getByLabel("患者ID").fill(id);
	await admin.page.getByRole("button", { name: "表示" }).click();
	await expect(admin.page.getByText("理由: 意識なし<i>")).toBeVisible();
});

test("waiting times are set, and journals are whole", async ({ signIn, system }) => {
	const admin = await signIn("admin", { on: "phone", at: "/admin/escalation" });
	const { page } = admin;
	const wait = page.getByLabel("至急として送られたもの");
	await expect(wait).toHaveValue("300秒");
	await wait.fill("5");
	await page.getByRole("button", { name: "保存" }).click();
	await expect(wait).toHaveAttribute("aria-invalid", "true");
	await wait.fill("301");
	await page.getByRole("button", { name: "保存" }).click();
	await expect(page.getByRole("status").filter({ hasText: "保存済み" })).toBeVisible();
	await look(admin, "admin-escalation");
	await system.cli("admin", "admin", "escalation", "--urgent-s", 300);
	await admin.go("/admin/journals");
	await page.getByRole("button", { name: "検査する" }).click();
	await expect(page.getByText("異常ありません")).toHaveCount(6);
	await look(admin, "admin-journals");
});
