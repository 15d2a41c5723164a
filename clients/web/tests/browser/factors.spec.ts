// Passwords and second factors, as a nurse who is new meets them: a password for once, one of her own, six
// digits, a passkey. If this failed, nobody could come in outside the demonstration.

import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { atLast, expect, test, type Somebody } from "./harness";
import type { System } from "./system";

const OWN = "ながい合言葉 2026";

/** The page's own address: a passkey is good for no other, and a door in front has another port. */
async function newcomer(
	device: (user: string, options: { on: "pc" }) => Promise<Somebody>,
	system: System,
	user: string,
): Promise<{ page: Page; once: string }> {
	const person = ["--org", "station01", "--profession", "nurse", "--name", "新人　一"];
	await system.cli("admin", "admin", "enrol", user, ...person, "--web");
	const [{ password }] = (await system.cli("admin", "admin", "password", user)) as [
		{ password: string },
	];
	const { page } = await device(user, { on: "pc" });
	return { page, once: password };
}

async function begin(page: Page, system: System, user: string, password: string): Promise<void> {
	await page.goto(`http://localhost:${system.pagePort}/`);
	await page.locator('input[autocomplete="username"]').fill(user);
	await page.locator('input[autocomplete="current-password"]').fill(password);
	const shared = page.locator('input[type="checkbox"]');
	if (await shared.isVisible()) await shared.check();
	await page.locator('button[type="submit"]').click();
}

const isIn = (page: Page) => expect(page.locator("nav").first()).toBeVisible();

async function toSettings(page: Page): Promise<void> {
	await page.evaluate(() => {
		history.pushState(null, "", "/settings");
		dispatchEvent(new PopStateEvent("popstate"));
	});
}

/** Enrolled, in with a password of their own, at the settings. */
async function atSettings(...who: Parameters<typeof newcomer>): Promise<Page> {
	const [, system, user] = who;
	const { page, once } = await newcomer(...who);
	await begin(page, system, user, once);
	await page.getByLabel("新しいパスワード").fill(OWN);
	await page.getByRole("button", { name: "次へ" }).click();
	await isIn(page);
	await toSettings(page);
	return page;
}

async function signOut(page: Page): Promise<void> {
	await page.getByRole("button", { name: "メニュー" }).click();
	await page.getByRole("menuitem", { name: "サインアウト" }).click();
	await expect(page.locator('input[autocomplete="username"]')).toBeVisible();
}

/** RFC 6238: what the person's authenticator app shows, so many steps of 30 s from now. */
function digits(key: string, steps: number): string {
	const bits = [...key.replace(/\s/g, "")]
		.map((letter) =>
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
		)
		.join("");
	const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
	const mac = createHmac("sha1", secret).update(counter).digest();
	const at = mac[19]! & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a password for once becomes one's own, and is good no longer", async ({ device, system }) => {
	const user = "station01-once";
	const { page, once } = await newcomer(device, system, user);
	await begin(page, system, user, once);
	await expect(page.getByText("仮のパスワードです")).toBeVisible();
	await page.getByLabel("新しいパスワード").fill(OWN);
	await page.getByRole("button", { name: "次へ" }).click();
	await isIn(page);
	await signOut(page);
	await begin(page, system, user, once);
	await expect(page.getByRole("alert")).toBeVisible();
	await expect(page.locator("nav")).toHaveCount(0);
	await atLast(page, page.locator("nav").first(), () => begin(page, system, user, OWN));
});

test("six digits: set up in settings, asked for at the next sign-in, each good once", async ({
	device,
	system,
}) => {
	const user = "station01-digits";
	const page = await atSettings(device, system, user);
	await page.getByRole("button", { name: "設定する", exact: true }).click();
	const key = (await page.locator("code").textContent())!;
	const first = digits(key, 0);
	await page.getByLabel("6桁の数字").fill(first);
	await page.getByLabel("6桁の数字").press("Enter");
	await expect(page.getByText("認証アプリ：設定済み")).toBeVisible();
	await signOut(page);
	await begin(page, system, user, OWN);
	const code = page.getByLabel("認証アプリの6桁の数字");
	await code.fill(first);
	await page.getByRole("button", { name: "次へ" }).click();
	await expect(page.getByRole("alert")).toBeVisible(); // seen over a shoulder: it was used
	await atLast(page, page.locator("nav").first(), async () => {
		await code.fill(digits(key, 1));
		await page.getByRole("button", { name: "次へ" }).click();
	});
});

test("six digits: exchanged and taken away with the present ones and the password", async ({
	device,
	system,
}) => {
	const user = "station01-exchange";
	const page = await atSettings(device, system, user);
	const second = page.locator("section", { hasText: "2つめの確認" }).last();
	const key = second.locator("code");
	await second.getByRole("button", { name: "設定する", exact: true }).click();
	const old = (await key.textContent())!;
	await second.getByLabel("6桁の数字").fill(digits(old, 0));
	await second.getByLabel("6桁の数字").press("Enter");
	await expect(second.getByText("認証アプリ：設定済み")).toBeVisible();

	// whoever finds the screen open has the new digits, and neither of what is asked for
	await second.getByRole("button", { name: "設定し直す" }).click();
	const fresh = (await key.textContent())!;
	expect(fresh).not.toBe(old);
	await second.getByLabel("今のパスワード").fill(OWN);
	await second.getByLabel("今の認証アプリの6桁の数字").fill(digits(fresh, 0));
	await second.getByLabel("新しい6桁の数字").fill(digits(fresh, 0));
	await second.getByRole("button", { name: "保存" }).click();
	await expect(second.getByRole("alert")).toContainText("今の認証アプリ");
	await second.getByLabel("今の認証アプリの6桁の数字").fill(digits(old, 1));
	await second.getByRole("button", { name: "保存" }).click();
	await expect(second.getByText("認証アプリ：設定済み")).toBeVisible();

	await second.getByRole("button", { name: "外す" }).click();
	await second.getByLabel("今のパスワード").fill(OWN);
	await second.getByRole("button", { name: "外す" }).click();
	await expect(second.getByRole("alert")).toBeVisible(); // no digits
	await second.getByLabel("今の認証アプリの6桁の数字").fill(digits(fresh, 1));
	await second.getByRole("button", { name: "外す" }).click();
	await expect(second.getByText("認証アプリ：未設定")).toBeVisible();
	await signOut(page);
	await begin(page, system, user, OWN);
	await isIn(page);
});

test("a passkey: added in settings, signed in with, taken away", async ({ device, system }) => {
	const user = "station01-passkey";
	const { page, once } = await newcomer(device, system, user);
	const cdp = await page.context().newCDPSession(page);
	await cdp.send("WebAuthn.enable");
	await cdp.send("WebAuthn.addVirtualAuthenticator", {
		options: {
			protocol: "ctap2",
			transport: "internal",
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true,
		},
	});
	await begin(page, system, user, once);
	await page.getByLabel("新しいパスワード").fill(OWN);
	await page.getByRole("button", { name: "次へ" }).click();
	await isIn(page);
	await toSettings(page);
	await page.getByRole("button", { name: "この端末のパスキーを追加" }).click();
	const mine = page.locator("main .row").filter({ hasText: "パスキー" });
	await expect(mine).toHaveCount(1);
	await signOut(page);
	await begin(page, system, user, OWN);
	await page.getByRole("button", { name: "パスキーで確認する" }).click();
	await isIn(page);
	await toSettings(page);
	const second = page.locator("section", { hasText: "2つめの確認" }).last();
	await mine.getByRole("button", { name: "外す" }).click();
	await second.getByLabel("今のパスワード").fill("あてずっぽう");
	await second.getByRole("button", { name: "外す" }).click();
	await expect(second.getByRole("alert")).toContainText("今のパスワードが違います");
	await expect(mine).toHaveCount(1);
	await second.getByLabel("今のパスワード").fill(OWN);
	await second.getByRole("button", { name: "外す" }).click();
	await expect(mine).toHaveCount(0);
	await signOut(page);
	await begin(page, system, user, OWN);
	await isIn(page);
});
