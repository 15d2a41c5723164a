// A timeline of 5,000 entries, and a board of 200 rows that changes ten times a second, while they are
// scrolled: how long frames take, and whether a task keeps the page from answering for over 50 ms.

import type { Page } from "@playwright/test";
import { CapacityLevel, SetCapacitySchema } from "../../src/gen/board_pb";
import { Area, OrganisationKind, SetOrganisationSchema } from "../../src/gen/network_pb";
import { AddEntrySchema } from "../../src/gen/record_pb";
import { expect, test } from "../browser/harness";
import { Terminal } from "../browser/terminal";

const ENTRIES = Number(process.env.ENTRIES ?? 5000);
const ROWS = 200;
const FRAME_MS = 33;
const HOUR_MS = 3600 * 1000;

interface Figures {
	frames: number;
	p95: number;
	worst: number;
	/** Tasks over 50 ms. */
	long: number[];
}

/** Ten flicks of a thumb, each some screens long, down and a part up again. */
async function scroll(page: Page): Promise<Figures> {
	const cdp = await page.context().newCDPSession(page);
	await page.evaluate(() => {
		const seen = { frames: [] as number[], long: [] as number[], on: true };
		(window as unknown as { seen: typeof seen }).seen = seen;
		new PerformanceObserver((list) => {
			if (seen.on) seen.long.push(...list.getEntries().map((one) => one.duration));
		}).observe({ type: "longtask" });
		let before = performance.now();
		const look = (now: number) => {
			seen.frames.push(now - before);
			before = now;
			if (seen.on) requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	const { width, height } = page.viewportSize()!;
	for (let turn = 0; turn < 10; turn++)
		await cdp.send("Input.synthesizeScrollGesture", {
			x: Math.round(width * 0.7),
			y: Math.round(height * 0.55),
			yDistance: turn % 5 === 4 ? 2000 : -4000,
			speed: 3000,
			gestureSourceType: "mouse",
		});
	const { frames, long } = await page.evaluate(() => {
		const { seen } = window as unknown as {
			seen: { frames: number[]; long: number[]; on: boolean };
		};
		seen.on = false;
		return seen;
	});
	frames.sort((a, b) => a - b);
	return {
		frames: frames.length,
		p95: frames[Math.floor(frames.length * 0.95)]!,
		worst: frames.at(-1)!,
		long: long.map(Math.round),
	};
}

function say(what: string, { frames, p95, worst, long }: Figures): void {
	const slow = long.length ? `${long.length} (${long.join(", ")} ms)` : "none";
	console.log(
		`${what}: ${frames} frames, p95 ${p95.toFixed(1)} ms (limit ${FRAME_MS}), ` +
			`longest ${worst.toFixed(1)} ms, tasks over 50 ms: ${slow} (limit none)`,
	);
}

test("a timeline of 5,000 entries", async ({ signIn, system }) => {
	const { id } = await system.patient({ team: {} });
	const nurse = await Terminal.open(system, "station01-nurse");
	const now = Date.now();
	await nurse.many(ENTRIES, (i) =>
		nurse.ask("record", AddEntrySchema, {
			entry: {
				patient: id,
				occurredMs: BigInt(now - (ENTRIES - i) * 2 * HOUR_MS),
				content:
					i % 3
						? {
								case: "note",
								value: { text: `第${i}報。${"左踵の発赤は変わりない。".repeat(1 + (i % 4))}` },
							}
						: {
								case: "vitalSigns",
								value: { systolicMmhg: 120 + (i % 20), diastolicMmhg: 70, pulseBpm: 70 + (i % 9) },
							},
			},
		}),
	);
	await nurse.close();
	for (const on of ["phone", "pc"] as const) {
		const { page } = await signIn("station01-nurse", { on, at: `/patients/${id}` });
		await expect(
			page
				.getByText(`第${ENTRIES - 1}報`)
				.or(page.getByText(`第${ENTRIES - 2}報`))
				.first(),
		).toBeVisible({ timeout: 60_000 });
		await page.waitForTimeout(3000); // until all of it has come
		say(`timeline of ${ENTRIES} entries, ${on}`, await scroll(page));
	}
});

test("a live board of 200 rows", async ({ signIn, system }) => {
	const admin = await Terminal.open(system, "admin");
	await admin.many(
		ROWS,
		(i) =>
			admin.ask("directory", SetOrganisationSchema, {
				organisation: {
					id: `bench${i}`,
					name: `計測ステーション${i}`,
					kind: OrganisationKind.NURSE_STATION,
					area: Area.NORTH + (i % 3),
				},
			}),
		16,
	);
	await admin.close();
	const stations = await Promise.all(
		Array.from({ length: 10 }, (_, i) =>
			Terminal.open(system, `station${String(i + 1).padStart(2, "0")}-nurse`),
		),
	);
	let live = true;
	const changing = (async () => {
		for (let i = 0; live; i++) {
			const pause = new Promise((done) => setTimeout(done, 100));
			await stations[i % 10]!.ask("board", SetCapacitySchema, {
				capacity: {
					level: CapacityLevel.AVAILABLE + (i % 3),
					freeVisits: { today: i % 9, week: i % 30 },
					validUntilMs: BigInt(Date.now() + HOUR_MS),
				},
			});
			await pause;
		}
	})();
	for (const on of ["phone", "pc"] as const) {
		const { page } = await signIn("station01-nurse", { on, at: "/board" });
		await expect(page.locator("[data-org]").first()).toBeVisible({ timeout: 30_000 });
		await page.waitForTimeout(2000);
		say(`board of ${ROWS} rows and more, ten changes a second, ${on}`, await scroll(page));
	}
	live = false;
	await changing;
	for (const station of stations) await station.close();
});
