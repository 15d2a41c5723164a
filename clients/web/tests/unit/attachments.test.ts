// If this failed, half a photo, or another one than was stored, could be shown as a patient's wound; a
// photo could be sent over and over on a slow line; or where it was taken could be in the record.

import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
	Damaged,
	fetchAttachment,
	keepPicture,
	keptPicture,
	PIECE_BYTES,
	some,
} from "../../src/core/attachments";
import { database, vault } from "../../src/core/device";
import { NoAnswer } from "../../src/core/errors";
import { bareJpeg } from "../../src/core/jpeg";
import type { OutboxItem } from "../../src/core/outbox";
import { sortOf } from "../../src/core/picture";
import { sendFiles } from "../../src/core/upload";
import { below, seeded } from "./random";

const ENTRY = "01TESTTESTTESTTESTTESTTEST";
const random = seeded(5);
const some8 = (length: number) => Uint8Array.from({ length }, () => below(random, 256));
const sumOf = async (bytes: Uint8Array<ArrayBuffer>) =>
	new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

type Ask = (service: string, request: { name: string }, init: never) => Promise<unknown>;

describe("a photo that is fetched", () => {
	const content = some8(3 * PIECE_BYTES + 17);
	const serve = (of: Uint8Array, spy: (offset: number) => void = () => {}) =>
		({
			ask: async (_service: string, _request: unknown, { offset }: { offset: number }) => {
				spy(offset);
				return { body: { offset, data: of.slice(offset, offset + PIECE_BYTES) } };
			},
		}) as never;

	test("is whole, each piece was asked for once and in order", async () => {
		const asked: number[] = [];
		const parts: number[] = [];
		const wanted = { sha256: await sumOf(content), bytes: content.length };
		const came = await fetchAttachment(
			serve(content, (offset) => asked.push(offset)),
			"record",
			ENTRY,
			wanted,
			{ progress: (part) => parts.push(part) },
		);
		expect(Buffer.from(came).equals(content)).toBe(true);
		expect(asked).toEqual([0, 1, 2, 3].map((n) => n * PIECE_BYTES));
		expect(parts.at(-1)).toBe(1);
		expect(parts).toEqual([...parts].sort((a, b) => a - b));
	});

	test("with any bit turned is not given out, and is fetched anew after it", async () => {
		const wanted = { sha256: await sumOf(content), bytes: content.length };
		for (const at of [0, PIECE_BYTES, content.length - 1]) {
			const turned = content.slice();
			turned[at]! ^= 1;
			const have = new Map<number, Uint8Array>();
			const wrong = fetchAttachment(serve(turned), "record", ENTRY, wanted, { have });
			await expect(wrong).rejects.toThrow(Damaged);
			const right = await fetchAttachment(serve(content), "record", ENTRY, wanted, { have });
			expect(right.length).toBe(content.length);
		}
	});

	test("in pieces of another length is not given out", async () => {
		const wanted = { sha256: await sumOf(content), bytes: content.length };
		const short = serve(content.subarray(0, content.length - 1));
		await expect(fetchAttachment(short, "record", ENTRY, wanted)).rejects.toThrow(Damaged);
		const none = { ...wanted, bytes: 0 };
		await expect(fetchAttachment(short, "record", ENTRY, none)).rejects.toThrow(Damaged);
	});

	test("broken off goes on with what is missing", async () => {
		const wanted = { sha256: await sumOf(content), bytes: content.length };
		const have = new Map<number, Uint8Array>();
		const asked: number[] = [];
		const breaks = serve(content, (offset) => {
			asked.push(offset);
			if (offset === 2 * PIECE_BYTES) throw new NoAnswer("record");
		});
		await expect(fetchAttachment(breaks, "record", ENTRY, wanted, { have })).rejects.toThrow();
		asked.length = 0;
		await fetchAttachment(
			serve(content, (offset) => asked.push(offset)),
			"record",
			ENTRY,
			wanted,
			{ have },
		);
		expect(asked).toContain(2 * PIECE_BYTES);
		expect(asked).not.toContain(0);
	});
});

test("at most so many at once, in order, and none is begun after a failure", async () => {
	let now = 0;
	let most = 0;
	const begun: number[] = [];
	const work = some(3, [...Array(20).keys()], async (n) => {
		begun.push(n);
		most = Math.max(most, ++now);
		await new Promise((done) => setTimeout(done, 1));
		now--;
		if (n === 7) throw new Error("no");
	});
	await expect(work).rejects.toThrow("no");
	await new Promise((done) => setTimeout(done, 20));
	expect(most).toBe(3);
	expect(begun).toEqual([...begun].sort((a, b) => a - b));
	expect(begun.length).toBeLessThan(12);
});

describe("a photo that is sent", () => {
	const content = some8(5 * PIECE_BYTES + 3);
	const itemOf = async () =>
		({
			patient: "p",
			body: new Uint8Array(),
			files: [
				{
					name: "傷",
					mediaType: "image/jpeg",
					thumbnail: new Uint8Array(),
					width: 1,
					height: 1,
					bytes: content.length,
					sha256: await sumOf(content),
				},
			],
		}) as unknown as OutboxItem;

	/** record, as record.proto has it. `mismatches`: so often it finds the whole wrong. */
	function record({ mismatches = 0, answersComplete = true } = {}) {
		const pieces = new Map<number, Uint8Array>();
		const asked: string[] = [];
		const all = () => pieces.size === Math.ceil(content.length / PIECE_BYTES);
		const ask: Ask = async (_service, { name }, init: { offset: number; data: Uint8Array }) => {
			asked.push(name);
			if (name === "ShowUpload")
				return { body: { offsets: all() ? [] : [...pieces.keys()], complete: all() } };
			pieces.set(init.offset, init.data.slice());
			if (all() && mismatches-- > 0) {
				pieces.clear();
				return { body: { complete: false, mismatch: true } };
			}
			return { body: { complete: all() && answersComplete, mismatch: false } };
		};
		return { pieces, asked, client: { ask } as never };
	}
	const send = async (client: never, parts: number[] = []) =>
		sendFiles(
			client,
			"record",
			await itemOf(),
			async () => content,
			(part) => parts.push(part),
		);

	test("goes once, with its progress", async () => {
		const { pieces, asked, client } = record();
		const parts: number[] = [];
		await send(client, parts);
		expect(asked.filter((name) => name === "PutChunk")).toHaveLength(6);
		expect(Buffer.concat([...pieces.values()]).equals(content)).toBe(true);
		expect(parts.at(-1)).toBe(1);
	});

	test("is asked after where the last piece did not say complete, and not sent again", async () => {
		const { asked, client } = record({ answersComplete: false });
		await send(client);
		expect(asked.filter((name) => name === "PutChunk")).toHaveLength(6);
		expect(asked.at(-1)).toBe("ShowUpload");
	});

	test("begins again where record found another sum", async () => {
		const { asked, client } = record({ mismatches: 1 });
		await send(client);
		expect(asked.filter((name) => name === "PutChunk")).toHaveLength(12);
	});

	test("is left for later where that does not end", async () => {
		const { client } = record({ mismatches: 99 });
		await expect(send(client)).rejects.toThrow(NoAnswer);
	});

	test("that is in the record already is not sent", async () => {
		const { pieces, asked, client } = record();
		for (let at = 0; at < content.length; at += PIECE_BYTES) pieces.set(at, content);
		await send(client);
		expect(asked).toEqual(["ShowUpload"]);
	});
});

describe("what is kept of photos", () => {
	beforeEach(async () => {
		vi.spyOn(console, "warn").mockImplementation(() => {});
		await vault.create({ user: "station01-nurse", device: "web-1" }, "135790");
	});

	test("is sealed, and whole or not there", async () => {
		const bytes = some8(1000);
		const wanted = { sha256: await sumOf(bytes), bytes: bytes.length };
		await keepPicture(ENTRY, wanted, bytes);
		expect(Buffer.from((await keptPicture(ENTRY, wanted))!).equals(bytes)).toBe(true);
		expect(await keptPicture("another entry", wanted)).toBeUndefined();
		const db = await database();
		const [row] = await db.getAll("pictures");
		expect(Buffer.from(row!.box).includes(Buffer.from(bytes.subarray(0, 16)))).toBe(false);
		row!.box[30]! ^= 1;
		await db.put("pictures", row!);
		expect(await keptPicture(ENTRY, wanted)).toBeUndefined();
	});

	test("is so much at most: what was not looked at longest goes", async () => {
		let nowMs = 1_700_000_000_000;
		vi.spyOn(Date, "now").mockImplementation(() => nowMs++);
		const wanted: { sha256: Uint8Array; bytes: number }[] = [];
		for (let n = 0; n < 6; n++) {
			const bytes = new Uint8Array(7000).fill(n);
			wanted.push({ sha256: await sumOf(bytes), bytes: bytes.length });
			await keepPicture(ENTRY, wanted[n]!, bytes, 30_000);
			if (n === 3) await keptPicture(ENTRY, wanted[0]!); // looked at again
		}
		const there = await Promise.all(wanted.map(async (one) => !!(await keptPicture(ENTRY, one))));
		expect(there).toEqual([true, false, false, true, true, true]);
		vi.restoreAllMocks();
	});
});

describe("what a JPEG says besides the picture", () => {
	const segment = (marker: number, data: string) =>
		Buffer.concat([
			Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff]),
			Buffer.from(data, "latin1"),
		]);
	const SOI = Buffer.from([0xff, 0xd8]);
	const picture = Buffer.concat([
		segment(0xdb, "quantisation"),
		segment(0xc0, "frame"),
		segment(0xda, "scan"),
		Buffer.from([1, 2, 0xff, 0, 0xff, 0xd0, 3, 0xff, 0xd9]),
	]);

	test("goes: EXIF, XMP, profiles, comments, and what stands behind the end", () => {
		const full = Buffer.concat([
			SOI,
			segment(0xe0, "JFIF"),
			segment(0xe1, "Exif\0\0GPS 35.68"),
			segment(0xe1, "http://ns.adobe.com/xap/1.0/"),
			segment(0xe2, "MPF"),
			segment(0xed, "Photoshop"),
			segment(0xfe, "taken at home"),
			picture,
			Buffer.from("another picture, with its own GPS"),
		]);
		const bare = Buffer.from(bareJpeg(full)!);
		expect(bare.equals(Buffer.concat([SOI, segment(0xe0, "JFIF"), picture]))).toBe(true);
	});

	test("cut anywhere, it is none", () => {
		const full = Buffer.concat([SOI, segment(0xe1, "Exif"), picture]);
		for (let size = 0; size < full.length; size++)
			expect(bareJpeg(full.subarray(0, size))).toBeUndefined();
	});
});

test("what a file is, its first bytes say", () => {
	const head = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
	expect(sortOf(head("%PDF-1.7"), "image/jpeg")).toBe("pdf");
	expect(sortOf(head("PK\x03\x04"), "application/pdf")).toBeUndefined();
	expect(sortOf(head("\0\0\0\x18ftypheic"), "")).toBe("heic");
	expect(sortOf(head("\xff\xd8\xff\xe1"), "")).toBe("picture");
	expect(sortOf(head("<svg"), "text/html")).toBeUndefined();
});
