// Photos and papers, as people meet them: taken, turned, made small, without their place; sent once,
// whatever is cut or killed meanwhile; seen whole, or not at all.

import type { Page } from "@playwright/test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, PIN, test, type Somebody, type System } from "./harness";
import { look } from "./look";

/** A JPEG of noise, so that it is as large as a camera's; the left half is darker. */
async function noise(page: Page, width: number, height: number): Promise<Buffer> {
	const base64 = await page.evaluate(
		async ([w, h]) => {
			const canvas = document.createElement("canvas");
			[canvas.width, canvas.height] = [w!, h!];
			const context = canvas.getContext("2d")!;
			const data = context.createImageData(w!, h!);
			const words = new Uint32Array(data.data.buffer);
			let seed = 1;
			for (let i = 0; i < words.length; i++) {
				seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
				const dark = i % w! < w! / 2 ? 0x3f3f3f : 0x7f7f7f;
				words[i] = ((((seed >>> 8) & dark) + 0x101010) | 0xff000000) >>> 0;
			}
			context.putImageData(data, 0, 0);
			const blob = await new Promise<Blob | null>((done) =>
				canvas.toBlob(done, "image/jpeg", 0.86),
			);
			const bytes = new Uint8Array(await blob!.arrayBuffer());
			let text = "";
			for (let at = 0; at < bytes.length; at += 0x8000)
				text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
			return btoa(text);
		},
		[width, height],
	);
	return Buffer.from(base64, "base64");
}

const PLACE = Buffer.from("N35.681236 E139.767125 taken by Pixel of Matsuki");

/** As a phone writes it: EXIF with orientation 6 (held upright) and a place. */
function withPlace(jpeg: Buffer): Buffer {
	const ifd = (tag: number, type: number, count: number, value: number) => {
		const entry = Buffer.alloc(12);
		entry.writeUInt16BE(tag, 0);
		entry.writeUInt16BE(type, 2);
		entry.writeUInt32BE(count, 4);
		if (type === 3) entry.writeUInt16BE(value, 8);
		else entry.writeUInt32BE(value, 8);
		return entry;
	};
	const at = 8 + 2 + 3 * 12 + 4;
	const tiff = Buffer.concat([
		Buffer.from("MM\0*\0\0\0\x08", "latin1"),
		Buffer.from([0, 3]),
		ifd(0x0112, 3, 1, 6),
		ifd(0x010e, 2, PLACE.length, at + 2 + 12 + 4),
		ifd(0x8825, 4, 1, at),
		Buffer.alloc(4),
		Buffer.from([0, 1]),
		ifd(0x0000, 1, 4, 0x02030000),
		Buffer.alloc(4),
		PLACE,
	]);
	const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
	const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
	return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

const file = (name: string, buffer: Buffer, mimeType = "image/jpeg") => ({
	name,
	mimeType,
	buffer,
});

async function choose(somebody: Somebody, ...files: ReturnType<typeof file>[]): Promise<void> {
	const { page } = somebody;
	await page.getByRole("button", { name: "写真", exact: true }).click();
	await page.getByLabel("写真・書類のファイル").setInputFiles(files, { timeout: 40_000 });
}

interface Attachment {
	bytes: number;
	mediaType: string;
	name: string;
	width: number;
	height: number;
	thumbnail: string;
}
interface Shown {
	id: string;
	attachments?: Attachment[];
	note?: { text: string };
}

const entriesOf = async (system: System, patient: string, user = "station01-nurse") =>
	((await system.cli(user, "timeline", patient)) as unknown as Shown[]).filter((one) => one.note);

async function fetched(system: System, user: string, entry: string): Promise<Buffer> {
	const folder = await mkdtemp(join(tmpdir(), "tsunagi-photo-"));
	await system.cli(user, "entry", "fetch", entry, "--output", join(folder, "photo.jpg"));
	const bytes = await readFile(join(folder, "photo.jpg"));
	await rm(folder, { recursive: true });
	return bytes;
}

/** The picture in the viewer: as wide and high as it is. */
const large = (page: Page) => page.getByRole("dialog").locator("img");
const sizeOf = (page: Page) =>
	large(page).evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);

test("a photo of 6 MB with its place: small, upright and without it, seen by the doctor", async ({
	signIn,
	system,
}) => {
	const { id } = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", at: `/patients/${id}` });
	const doctor = await signIn("clinic01-doctor", { at: `/patients/${id}` });
	const { page } = nurse;
	const photo = withPlace(await noise(page, 4000, 3000));
	expect(photo.length).toBeGreaterThan(5_000_000);
	await choose(nurse, file("IMG_0001.jpg", photo), file("x.txt", Buffer.from("x"), "text/plain"));
	const sheet = page.getByRole("dialog");
	await expect(sheet.getByRole("alert")).toContainText("x.txt: 写真と PDF だけ");
	const preview = sheet.locator("img");
	await expect(preview).toBeVisible();
	const shape = () =>
		preview.evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight);
	await expect.poll(shape).toBeCloseTo(0.75);
	await sheet.getByRole("button", { name: "左に回す" }).click();
	await expect.poll(shape).toBeCloseTo(4 / 3);
	await sheet.getByRole("button", { name: "右に回す" }).click();
	await expect.poll(shape).toBeCloseTo(0.75);
	await sheet.getByText("傷", { exact: true }).click();
	await look(nurse, "photo-form");

	// A reload in the middle loses nothing.
	await nurse.draftsKept();
	await page.reload();
	await expect(sheet.locator("img")).toBeVisible();
	await sheet.getByRole("button", { name: "保存", exact: true }).click();
	await expect(sheet).toBeHidden();
	await expect(page.getByText("保存済み")).toBeVisible();

	const thumbnail = doctor.page.getByRole("button", { name: "傷を大きく見る" });
	await expect(thumbnail).toBeVisible();
	await look(doctor, "photo-timeline");
	await thumbnail.click();
	await expect(large(doctor.page)).toBeVisible({ timeout: 60_000 });
	expect(await sizeOf(doctor.page)).toEqual([1920, 2560]);
	await look(doctor, "photo-viewer");
	const width = () => large(doctor.page).evaluate((image) => image.clientWidth);
	const before = await width();
	await doctor.page.keyboard.press("+");
	await expect.poll(width).toBeGreaterThan(before * 1.4);
	await doctor.page.keyboard.press("0");
	await expect.poll(width).toBe(before);
	await doctor.page.keyboard.press("Escape");
	await expect(doctor.page.getByRole("dialog")).toBeHidden();
	await expect(thumbnail).toBeFocused();

	const [entry] = await entriesOf(system, id);
	expect(entry!.note!.text).toBe("傷");
	const [one] = entry!.attachments!;
	expect(one).toMatchObject({ mediaType: "image/jpeg", name: "傷", width: 1920, height: 2560 });
	const stored = await fetched(system, "clinic01-doctor", entry!.id);
	expect(stored.length).toBe(one!.bytes);
	expect(stored.length).toBeLessThan(8 << 20);
	for (const bytes of [stored, Buffer.from(one!.thumbnail, "base64")]) {
		expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
		for (const words of ["Exif", "Pixel", "N35.68", "http://ns.adobe"])
			expect(bytes.includes(words), words).toBe(false);
	}
	expect(Buffer.from(one!.thumbnail, "base64").length).toBeLessThanOrEqual(16_384);
});

test("a paper in a tab of its own goes when the page is locked", async ({ signIn, system }) => {
	const { id } = await system.patient();
	const folder = await mkdtemp(join(tmpdir(), "tsunagi-paper-"));
	const letter = join(folder, "letter.pdf");
	await writeFile(letter, "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");
	await system.cli("station01-nurse", "entry", "note", id, "--text", "退院", "--attach", letter);
	await rm(folder, { recursive: true });
	const nurse = await signIn("station01-nurse", { on: "pc", keeps: true, at: `/patients/${id}` });
	const { page } = nurse;
	await page.getByRole("button", { name: /letter.pdfを開く/ }).click();
	// What is opened stands for the paper: the browser of the tests shows none.
	await page.evaluate(() => {
		const open = window.open.bind(window);
		window.open = () => open("about:blank");
	});
	const opened = page.waitForEvent("popup");
	await page.getByRole("dialog").getByRole("link", { name: "別のタブで開く" }).click();
	const paper = await opened;
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "メニュー" }).click();
	expect(paper.isClosed()).toBe(false);
	await page.getByText("画面をロック").click();
	await expect.poll(() => paper.isClosed()).toBe(true);
});

test("without network it waits, is seen from this device, and goes once", async ({
	signIn,
	system,
}) => {
	const { id } = await system.patient();
	const nurse = await signIn("station01-nurse", { on: "phone", keeps: true, worker: true });
	const { page } = nurse;
	await page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await page.goto(`/patients/${id}`); // from here on the page comes from the device
	await nurse.settle();
	const photo = await noise(page, 800, 600);
	await expect(page.getByRole("button", { name: "写真", exact: true })).toBeVisible();
	await nurse.cut();
	const paper = Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");
	await choose(nurse, file("a.jpg", photo), file("退院時サマリー.pdf", paper, "application/pdf"));
	const sheet = page.getByRole("dialog");
	await expect(sheet.getByRole("listitem")).toHaveCount(2);
	await sheet.getByRole("textbox", { name: /ひとこと/ }).fill("右かかと");
	await sheet.getByRole("button", { name: "保存", exact: true }).click();
	await expect(sheet).toBeHidden();
	await expect(page.getByText("右かかと")).toBeVisible();
	await page.getByRole("button", { name: "写真を大きく見る" }).click();
	await expect(large(page)).toBeVisible();
	await page.getByRole("button", { name: "次へ" }).click();
	await expect(page.getByRole("link", { name: "ファイルに保存" })).toHaveAttribute(
		"download",
		"退院時サマリー.pdf",
	);
	await look(nurse, "photo-paper");
	await page.goBack();
	await expect(page.getByRole("dialog")).toBeHidden();
	expect(await entriesOf(system, id)).toEqual([]);
	await nurse.restore();
	await expect(page.getByText("保存済み")).toBeVisible();
	const entries = await entriesOf(system, id);
	expect(entries).toHaveLength(1);
	expect(entries[0]!.attachments!.map((one) => one.name)).toEqual(["写真", "退院時サマリー"]);
	expect(entries[0]!.note!.text).toBe("右かかと");

	// Opened once with network, it is there without.
	await page.getByRole("button", { name: "写真を大きく見る" }).click();
	await expect(large(page)).toBeVisible();
	await page.keyboard.press("Escape");
	await nurse.cut();
	await page.getByRole("button", { name: "写真を大きく見る" }).click();
	await expect(large(page)).toBeVisible();
	await page.getByRole("button", { name: "次へ" }).click();
	await expect(page.getByText("まだこの端末にありません")).toBeVisible();
	await nurse.restore();
	await expect(page.getByRole("link", { name: "ファイルに保存" })).toBeVisible();
});

test("killed in the middle of it, it goes on where it was, and is stored once", async ({
	signIn,
	system,
	browser,
}) => {
	const { id } = await system.patient();
	const nurse = await signIn("station01-nurse", {
		on: "phone",
		survives: true,
		at: `/patients/${id}`,
	});
	const photo = await noise(nurse.page, 3000, 2400);
	await choose(nurse, file("a.jpg", photo));
	const sheet = nurse.page.getByRole("dialog");
	await expect(sheet.locator("img")).toBeVisible();
	nurse.door.delayMs = 1000;
	await sheet.getByRole("button", { name: "保存", exact: true }).click();
	await expect(nurse.page.getByText(/送信中 [1-9]\d?%/)).toBeVisible();
	await nurse.killBrowser();
	expect(await entriesOf(system, id)).toEqual([]);
	nurse.door.delayMs = 0;
	await nurse.reopen(browser, `/patients/${id}`);
	await nurse.page.getByLabel(/^PIN/).fill(PIN);
	await nurse.page.getByRole("button", { name: "開く", exact: true }).click();
	await expect(nurse.page.getByRole("button", { name: "写真を大きく見る" })).toBeVisible();
	await expect.poll(() => entriesOf(system, id)).toHaveLength(1);
	const [entry] = await entriesOf(system, id);
	const stored = await fetched(system, "clinic01-doctor", entry!.id);
	expect(stored.length).toBe(entry!.attachments![0]!.bytes);
});
