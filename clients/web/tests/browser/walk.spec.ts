// Every screen, in both languages, light and dark, at a phone and a PC. ONLY=<name> walks those alone.

import { DEVICES, type Device } from "./devices";
import { atLast, expect, test, type Somebody } from "./harness";
import { axeFaults, overflowFaults, targetFaults } from "./inspect";
import { look } from "./look";
import { places, type Place } from "./places";

test.describe.configure({ mode: "parallel" });

type Look = { scheme: "light" | "dark"; device: Device };

/** Each screen in each language and in each scheme, where it is narrowest; EVERY=1: in all of them. */
const LOOKS: Record<"ja" | "en", Look[]> = {
	ja: [{ scheme: "light", device: "phone" }],
	en: [{ scheme: "dark", device: "phone" }],
};
if (process.env.EVERY) {
	LOOKS.ja.push({ scheme: "dark", device: "phone" });
	LOOKS.en.push({ scheme: "light", device: "phone" });
	for (const lang of ["ja", "en"] as const)
		for (const scheme of ["light", "dark"] as const) LOOKS[lang].push({ scheme, device: "pc" });
}

/** Nothing is being asked for any more. */
async function settled(somebody: Somebody): Promise<void> {
	const { page } = somebody;
	await expect(page.locator(".mantine-Loader-root:visible")).toHaveCount(0);
	// A dialog has its name a moment after it is there; if it never has, axe says so.
	const unnamed = page.locator("[role=dialog]:not([aria-labelledby], [aria-label])");
	await unnamed.waitFor({ state: "detached", timeout: 2000 }).catch(() => {});
	await page.evaluate(
		() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
	);
}

async function faultsOf(somebody: Somebody, device: Device): Promise<string[]> {
	const { page } = somebody;
	const faults = await axeFaults(page);
	if (device === "phone")
		faults.push(...(await overflowFaults(page)), ...(await targetFaults(page)));
	return faults;
}

const USERS = ["station01-nurse", "admin", "clinic01-doctor", "centre-staff"] as const;

for (const lang of ["ja", "en"] as const)
	for (const part of [0, 1])
		test(`every screen, ${lang}, ${part ? "others" : "a nurse"}`, async ({ signIn, system }) => {
			test.setTimeout(300_000);
			const all = await places(system);
			const found: string[] = [];
			for (const user of part ? USERS.slice(1) : USERS.slice(0, 1)) {
				const mine = all.filter(
					(place) => place.user === user && place.name.includes(process.env.ONLY ?? ""),
				);
				if (!mine.length) continue;
				const somebody = await signIn(user, { on: "phone", lang });
				for (const place of mine) found.push(...(await walk(somebody, place, lang)));
			}
			expect([...new Set(found)]).toEqual([]);
		});

async function walk(somebody: Somebody, place: Place, lang: "ja" | "en"): Promise<string[]> {
	const { page } = somebody;
	const found: string[] = [];
	for (const { scheme, device } of LOOKS[lang]) {
		await page.keyboard.press("Escape"); // so that what was opened is closed
		await somebody.go("/nowhere");
		await page.emulateMedia({ colorScheme: scheme });
		await page.setViewportSize(DEVICES[device].viewport!);
		await somebody.go(place.at);
		// What the address opens comes with its data, or its script.
		if (/[?&](write|mine|photo)\b/.test(place.at))
			await expect(page.getByRole("dialog")).toBeVisible();
		await settled(somebody);
		await place.then?.(page);
		await settled(somebody);
		const faults = await faultsOf(somebody, device);
		found.push(...faults.map((fault) => `${place.name} (${lang}, ${scheme}, ${device}): ${fault}`));
		if (process.env.LOOK)
			await page.screenshot({
				path: `${process.env.LOOK}/${place.name}-${lang}-${scheme}-${device}.png`,
			});
	}
	return found;
}

test("before one is signed in: sign-in, the PIN, a locked screen", async ({ device }) => {
	const found: string[] = [];
	for (const lang of ["ja", "en"] as const) {
		const somebody = await device("station01-nurse", { on: "phone", lang, keeps: true });
		const { page } = somebody;
		const see = async (name: string) => {
			for (const { scheme, device } of LOOKS[lang]) {
				await page.emulateMedia({ colorScheme: scheme });
				await page.setViewportSize(DEVICES[device].viewport!);
				await settled(somebody);
				const faults = await faultsOf(somebody, device);
				found.push(...faults.map((fault) => `${name} (${lang}, ${scheme}, ${device}): ${fault}`));
			}
			if (lang === "ja") await look(somebody, name);
		};
		await page.goto("/");
		await expect(page.locator('input[autocomplete="username"]')).toBeVisible();
		await expect(page.getByText("station01-nurse")).toBeVisible(); // the accounts to try
		await see("sign-in");
		await page.locator('input[autocomplete="username"]').fill(somebody.user);
		await page.locator('input[autocomplete="current-password"]').fill("wrong-password");
		await page.locator('button[type="submit"]').click();
		await expect(page.getByRole("alert")).toBeVisible();
		await see("sign-in refused");
		await atLast(page, page.locator('input[inputmode="numeric"]').first(), async () => {
			await page.locator('input[autocomplete="current-password"]').fill(somebody.system.password);
			await page.locator('button[type="submit"]').click();
		});
		await see("PIN");
		await somebody.settle();
		await page.getByRole("button", { name: /^(メニュー|Menu)$/ }).click();
		await page.getByRole("menuitem", { name: /^(画面をロック|Lock the screen)$/ }).click();
		await expect(page.locator("nav")).toHaveCount(0);
		await see("locked");
	}
	expect([...new Set(found)]).toEqual([]);
});

test("text of twice the size fits a phone", async ({ signIn, system }) => {
	const { id } = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone" });
	const found: string[] = [];
	for (const at of ["/", `/patients/${id}`, "/requests"]) {
		await nurse.go(at);
		await nurse.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
		await settled(nurse);
		const wide = (await overflowFaults(nurse.page)).filter((fault) => fault.startsWith("the page"));
		found.push(...wide.map((fault) => `${at}: ${fault}`));
		await look(nurse, `twice${at.replaceAll("/", "-")}`);
	}
	expect(found).toEqual([]);
});
