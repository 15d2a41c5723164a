// If this failed, what a nurse wrote without network could be lost, stored twice, in another order, or
// with another time. Kills are simulated: from a random step on, nothing of that life of the page has an
// effect any more; the next life begins from what is on the device.

import "fake-indexeddb/auto";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { NoAnswer, Refused, StorageFull } from "../../src/core/errors";
import { newId } from "../../src/core/ids";
import { Outbox, type OutboxItem, type OutboxStore } from "../../src/core/outbox";
import { SealedOutbox } from "../../src/core/sealed";
import { openDatabase, type Database } from "../../src/core/store";
import { sendFiles } from "../../src/core/upload";
import { Vault } from "../../src/core/vault";
import { Code } from "../../src/gen/envelope_pb";
import { AddEntrySchema, type Attachment } from "../../src/gen/record_pb";
import { below, seeded, type Random } from "./random";

const SEEDS = Number(process.env.SEEDS ?? 40);
const PATIENT = newId();

let db: Database;
let vault: Vault;
beforeAll(async () => {
	for (const way of ["warn", "error"] as const) vi.spyOn(console, way).mockImplementation(() => {});
	db = await openDatabase(`outbox-${Math.random()}`);
	vault = new Vault(async () => db, 1000);
	await vault.create({ user: "station01-nurse", device: "web-1" }, "135790");
});
afterAll(() => db.close());

class Killed extends Error {}

/** One life of the page: after `steps` of its calls, before or after their effect, it is dead. */
class Life {
	dead = false;
	private killed: (reason: Killed) => void = () => {};
	private readonly underWay = new Set<Promise<unknown>>();
	private readonly death = new Promise<never>((_, reject) => (this.killed = reject));

	constructor(
		private steps: number,
		private readonly random: Random,
	) {
		this.death.catch(() => {});
	}

	async step<T>(effect: () => Promise<T>): Promise<T> {
		if (this.dead) return new Promise<T>(() => {}); // nothing goes on in a killed page
		const last = --this.steps < 0;
		if (last && this.random() < 0.5) return this.die();
		const work = effect();
		this.underWay.add(work);
		const result = await work.finally(() => this.underWay.delete(work));
		if (last) return this.die();
		if (this.dead) return new Promise<T>(() => {});
		return result;
	}

	/** What the test waits for in this life; a dead one is not waited for. */
	wait<T>(work: Promise<T>): Promise<T> {
		work.catch(() => {});
		return Promise.race([work, this.death]);
	}

	/** What it had begun when it was killed has its effect, or not, before anybody looks. */
	async still(): Promise<void> {
		await Promise.allSettled([...this.underWay]);
	}

	private die(): never {
		this.dead = true;
		this.killed(new Killed());
		throw new Killed();
	}
}

const mortal = (store: OutboxStore, life: Life): OutboxStore => ({
	load: () => life.step(() => store.load()),
	add: (item, files) => life.step(() => store.add(item, files)),
	put: (item, files) => life.step(() => store.put(item, files)),
	remove: (id) => life.step(() => store.remove(id)),
	drop: (ids) => life.step(() => store.drop(ids)),
	file: (id, index) => life.step(() => store.file(id, index)),
});

/** A service: a repeated request is answered as the first time. */
class Service {
	readonly stored: {
		requestId: string;
		text: string;
		occurredMs: bigint;
		corrects: string;
		id: string;
		attachments: Attachment[];
	}[] = [];
	private readonly answers = new Map<string, { body: string; id: string | Refused }>();

	take(item: OutboxItem): string {
		const before = this.answers.get(item.requestId);
		const body = item.body.join();
		if (before) {
			expect(body, "the same bytes under the same id").toBe(before.body);
			if (before.id instanceof Refused) throw before.id;
			return before.id;
		}
		const { entry } = fromBinary(AddEntrySchema, item.body);
		const text = entry?.content.case === "note" ? entry.content.value.text : "";
		if (text.startsWith("no")) {
			const refused = new Refused(3, "entry.note.text", "空です。", "empty", "");
			this.answers.set(item.requestId, { body, id: refused });
			throw refused;
		}
		const id = newId();
		this.answers.set(item.requestId, { body, id });
		this.stored.push({
			requestId: item.requestId,
			text,
			occurredMs: entry!.occurredMs,
			corrects: entry!.corrects,
			id,
			attachments: entry!.attachments,
		});
		return id;
	}
}

const note = (text: string, more: { corrects?: string } = {}) => ({
	entry: { patient: PATIENT, content: { case: "note" as const, value: { text } }, ...more },
});

/** Locks of one browser: first come, first served; those of a dead life are given back. */
function locks() {
	let last: Promise<void> = Promise.resolve();
	return (life: Life) => (work: () => Promise<void>) => {
		const mine = last.then(async () => {
			if (life.dead) return;
			const death = new Promise<void>((resolve) => {
				const timer = setInterval(() => {
					if (!life.dead) return;
					clearInterval(timer);
					resolve();
				}, 1);
				void work()
					.catch(() => {})
					.finally(() => {
						clearInterval(timer);
						resolve();
					});
			});
			await death;
		});
		last = mine;
		return mine;
	};
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
	for (let i = 0; i < 5000; i++) {
		if (await done()) return;
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
	throw new Error("it never comes to that");
}

describe(`killed at any moment, ${SEEDS} seeds`, () => {
	test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))("seed %i", async (seed) => {
		await Promise.all([db.clear("outbox"), db.clear("files")]);
		const random = seeded(seed);
		const service = new Service();
		const sealed = new SealedOutbox(db, vault, async () => false);
		const browser = locks();
		const written: { text: string; ms: number; photo: boolean }[] = [];
		const photo = new Blob([Uint8Array.of(1)], { type: "image/jpeg" });
		let nowMs = 1_750_000_000_000;
		const total = 3 + below(random, 12);

		for (let lives = 0; ; lives++) {
			expect(lives, `seed ${seed}`).toBeLessThan(400);
			// Sometimes two tabs at once; the last lives are not killed.
			const tabs = Array.from({ length: 1 + below(random, 2) }, () => {
				const life = new Life(lives > 60 ? 1e9 : 1 + below(random, 40), random);
				const outbox = new Outbox(browser(life), () => nowMs);
				outbox.sender = (item) =>
					life.step(async () => {
						if (random() < 0.2) throw new NoAnswer("record"); // it never arrived
						const id = service.take(item);
						if (random() < 0.2) throw new NoAnswer("record"); // the answer got lost
						return id;
					});
				outbox.fileSender = (item) =>
					life.step(async () => {
						if (random() < 0.2) throw new NoAnswer("record");
						return item.body;
					});
				return { life, outbox };
			});
			for (const { life, outbox } of tabs)
				await life.wait(outbox.open(mortal(sealed, life))).catch(() => {});
			for (const { life, outbox } of tabs) {
				while (written.length < total && !life.dead && random() < 0.6) {
					nowMs += 1 + below(random, 60_000);
					const text = `${written.length}`;
					const ms = nowMs;
					const one = { text, ms, photo: random() < 0.2 };
					const files = one.photo ? [photo] : [];
					// What the nurse saw as kept must be stored; what she did not see, she writes again.
					try {
						await life.wait(outbox.add("record", AddEntrySchema, note(text), PATIENT, { files }));
						written.push(one);
					} catch (error) {
						expect(error).toBeInstanceOf(Killed);
						await life.still();
						const there = (await sealed.load()).some((item) => item.writtenMs === ms);
						const gone = service.stored.some((one) => one.occurredMs === BigInt(ms));
						if (there || gone) written.push(one);
					}
				}
			}
			await Promise.all(tabs.map(({ life, outbox }) => life.wait(outbox.run()).catch(() => {})));
			for (const { life, outbox } of tabs) {
				life.dead = true;
				outbox.close();
			}
			const rest = await sealed.load();
			if (written.length === total && rest.every((item) => item.state === "stored")) break;
		}
		// Those with a photo may come later than what was written after them.
		const photos = new Set(written.filter((one) => one.photo).map((one) => one.text));
		for (const which of [true, false])
			expect(
				service.stored
					.filter(({ text }) => photos.has(text) === which)
					.map(({ text, occurredMs }) => ({ text, ms: Number(occurredMs), photo: which })),
			).toEqual(written.filter((one) => one.photo === which));
		expect(new Set(service.stored.map((one) => one.requestId)).size).toBe(total);
	});
});

describe("one life", () => {
	async function fresh(nowMs = () => Date.now()) {
		await Promise.all([db.clear("outbox"), db.clear("files")]);
		const sealed = new SealedOutbox(db, vault, async () => false);
		const service = new Service();
		const outbox = new Outbox(locks()(new Life(1e9, seeded(1))), nowMs);
		outbox.sender = async (item) => service.take(item);
		await outbox.open(sealed);
		return { outbox, service, sealed };
	}
	const done = (outbox: Outbox) =>
		until(() => outbox.list().every(({ state }) => state === "stored" || state === "refused"));

	test("a refused one stays with field and sentence and does not hold up the others", async () => {
		const { outbox, service } = await fresh();
		await outbox.add("record", AddEntrySchema, note("no"), PATIENT);
		await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await done(outbox);
		expect(service.stored.map((one) => one.text)).toEqual(["1"]);
		const [first] = outbox.list();
		expect(first).toMatchObject({
			state: "refused",
			refused: { field: "entry.note.text", ja: "空です。" },
		});
		await outbox.replace(first!.id, AddEntrySchema, note("better"));
		await done(outbox);
		expect(service.stored.map((one) => one.text)).toEqual(["1", "better"]);
		expect(Number(service.stored[1]!.occurredMs)).toBe(first!.writtenMs);
	});

	test("a correction of what is not stored yet names what was made of it", async () => {
		const { outbox, service } = await fresh();
		outbox.ready = () => false;
		const first = await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await outbox.add("record", AddEntrySchema, note("2", { corrects: first.id }), PATIENT, {
			dependsOn: [first.id],
		});
		outbox.ready = () => true;
		await outbox.run();
		expect(service.stored.map((one) => one.corrects)).toEqual(["", service.stored[0]!.id]);
	});

	test("what depends on a refused one waits, and is refused when that is taken away", async () => {
		const { outbox, service } = await fresh();
		const first = await outbox.add("record", AddEntrySchema, note("no"), PATIENT);
		const second = await outbox.add(
			"record",
			AddEntrySchema,
			note("2", { corrects: first.id }),
			PATIENT,
			{
				dependsOn: [first.id],
			},
		);
		await until(() => outbox.list()[0]!.state === "refused");
		const state = () => outbox.list().find((one) => one.id === second.id)?.state;
		expect(state()).toBe("waiting");
		expect(await outbox.remove(first.id)).toBe(true);
		await until(() => state() === "refused");
		expect(service.stored).toEqual([]);
	});

	test("one that is on its way cannot be taken away", async () => {
		const { outbox } = await fresh();
		outbox.sender = async () => {
			throw new NoAnswer("record");
		};
		const item = await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await until(() => outbox.list()[0]!.tried && outbox.list()[0]!.state === "waiting");
		expect(await outbox.remove(item.id)).toBe(false);
		expect(outbox.list()).toHaveLength(1);
		outbox.close();
	});

	test("one that waited for months gets a fresh id before it is first sent", async () => {
		let nowMs = Date.now() - 100 * 24 * 3600 * 1000;
		const { outbox, service } = await fresh(() => nowMs);
		outbox.ready = () => false;
		const item = await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		nowMs = Date.now();
		outbox.ready = () => true;
		await outbox.run();
		expect(service.stored[0]!.requestId).not.toBe(item.requestId);
		expect(Number(service.stored[0]!.occurredMs)).toBe(item.writtenMs);
	});

	test("what the service cannot take just now waits; written anew, a refused one keeps who waits for it", async () => {
		const { outbox, service } = await fresh();
		let busy = true;
		outbox.sender = async (item) => {
			if (busy) throw new Refused(Code.UNAVAILABLE, "", "あとで", "later", "");
			return service.take(item);
		};
		const first = await outbox.add("record", AddEntrySchema, note("no"), PATIENT);
		await outbox.add("record", AddEntrySchema, note("2", { corrects: first.id }), PATIENT, {
			dependsOn: [first.id],
		});
		await until(() => outbox.list()[0]!.tried && outbox.list()[0]!.state === "waiting");
		busy = false;
		await outbox.run();
		await until(() => outbox.list()[0]!.state === "refused");
		expect(await outbox.replace(first.id, AddEntrySchema, note("better"))).toBe(true);
		await until(() => service.stored.length === 2);
		expect(service.stored[1]!.corrects).toBe(service.stored[0]!.id);
		expect(await outbox.replace(first.id, AddEntrySchema, note("too late"))).toBe(false);
	});

	test("what falls out takes its photos along", async () => {
		const { outbox, sealed } = await fresh();
		outbox.ready = () => false;
		const files = [new Blob([Uint8Array.of(1)], { type: "image/jpeg" })];
		const item = await outbox.add("record", AddEntrySchema, note("傷"), PATIENT, { files });
		expect(await db.count("files")).toBe(1);
		await sealed.drop([item.id]);
		expect(await db.count("files")).toBe(0);
		outbox.close();
	});

	test("a service that does not answer does not hold up another", async () => {
		const { outbox, service } = await fresh();
		outbox.sender = async (item) => {
			if (item.service === "record") throw new NoAnswer("record");
			return service.take(item);
		};
		await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await outbox.add("referral", AddEntrySchema, note("2"), PATIENT);
		await until(() => service.stored.length === 1);
		expect(service.stored[0]!.text).toBe("2");
		outbox.close();
	});

	test("stored ones fall out after a while", async () => {
		let nowMs = Date.now();
		const { outbox, sealed } = await fresh(() => nowMs);
		await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await done(outbox);
		nowMs += 200_000;
		await outbox.run();
		expect(outbox.list()).toEqual([]);
		expect(await sealed.load()).toEqual([]);
	});

	test("a full device: an error, and nothing is kept by halves", async () => {
		const { outbox } = await fresh();
		const full: OutboxStore = {
			...mortal(new SealedOutbox(db, vault), new Life(1e9, seeded(1))),
			add: async () => {
				throw new StorageFull();
			},
		};
		await outbox.open(full);
		await expect(outbox.add("record", AddEntrySchema, note("1"), PATIENT)).rejects.toThrow(
			StorageFull,
		);
		expect(outbox.list()).toEqual([]);
	});

	test("a full device gives up copies first, then says so", async () => {
		await fresh();
		let rooms = 2;
		let tries = 0;
		const quota = Object.assign(new Error("full"), { name: "QuotaExceededError" });
		const stingy = {
			getAll: async () => [],
			transaction: () => {
				tries++;
				throw quota;
			},
		} as unknown as Database;
		const sealed = new SealedOutbox(stingy, vault, async () => rooms-- > 0);
		const outbox = new Outbox(async (work) => work());
		await outbox.open(sealed);
		await expect(outbox.add("record", AddEntrySchema, note("1"), PATIENT)).rejects.toThrow(
			StorageFull,
		);
		expect(tries).toBe(3);
	});

	test("what was tampered with is left out, the others go on", async () => {
		const { outbox, service, sealed } = await fresh();
		outbox.ready = () => false;
		await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await outbox.add("record", AddEntrySchema, note("2"), PATIENT);
		const [row] = await db.getAll("outbox");
		row!.box[20]! ^= 1;
		await db.put("outbox", row!);
		outbox.ready = () => true;
		await outbox.open(sealed);
		await outbox.run();
		expect(service.stored.map((one) => one.text)).toEqual(["2"]);
	});
});

describe("photos and papers", () => {
	/** record's keeping of pieces. */
	class Uploads {
		readonly pieces = new Map<number, Uint8Array>();
		puts = 0;
		constructor(private readonly total: number) {}
		async ask(_service: string, request: { name: string }, init: unknown) {
			const complete = () =>
				[...this.pieces.values()].reduce((sum, piece) => sum + piece.length, 0) === this.total;
			if (request.name === "PutChunk") {
				const { offset, data } = init as { offset: number; data: Uint8Array };
				this.puts++;
				this.pieces.set(offset, data.slice());
				return { body: { complete: complete(), mismatch: false } };
			}
			return { body: { offsets: complete() ? [] : [...this.pieces.keys()], complete: complete() } };
		}
	}

	test("go before the entry, from where the killed page stopped, and are named in it", async () => {
		await Promise.all([db.clear("outbox"), db.clear("files")]);
		const random = seeded(7);
		const bytes = Uint8Array.from({ length: 700_001 }, () => below(random, 256));
		const sealed = new SealedOutbox(db, vault, async () => false);
		const service = new Service();
		const uploads = new Uploads(bytes.length);
		let cuts = 3;
		const begin = async () => {
			const outbox = new Outbox(async (work) => work());
			outbox.sender = async (item) => service.take(item);
			outbox.fileSender = (item, file, progress) => {
				let left = cuts-- > 0 ? 2 : 100;
				const ask = async (...args: Parameters<Uploads["ask"]>) => {
					if (left-- <= 0) throw new NoAnswer("record");
					return uploads.ask(...args);
				};
				return sendFiles({ ask } as never, "record", item, file, progress);
			};
			await outbox.open(sealed);
			return outbox;
		};
		let outbox = await begin();
		const blob = new Blob([bytes], { type: "image/jpeg" });
		const thumbnail = Uint8Array.of(1, 2, 3);
		await outbox.add("record", AddEntrySchema, note("傷"), PATIENT, {
			files: [{ blob, name: "右足", mediaType: "image/jpeg", thumbnail, width: 40, height: 30 }],
		});
		for (let lives = 0; service.stored.length === 0 && lives < 10; lives++) {
			await outbox.run();
			await until(() => outbox.list()[0]!.state !== "sent");
			outbox.close();
			outbox = await begin();
		}
		expect(service.stored).toHaveLength(1);
		expect(uploads.puts).toBe(6);
		const [attachment] = service.stored[0]!.attachments;
		expect(attachment).toMatchObject({
			bytes: 700_001,
			name: "右足",
			width: 40,
			height: 30,
			thumbnail,
		});
		const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
		expect(attachment!.sha256).toEqual(sha256);
		expect(
			Buffer.concat(
				[...uploads.pieces.entries()].sort(([a], [b]) => a - b).map(([, p]) => p),
			).equals(bytes),
		).toBe(true);
		expect(await db.count("files")).toBe(0);
		outbox.close();
	});

	test("what is written meanwhile goes past a photo; what corrects its entry waits", async () => {
		await Promise.all([db.clear("outbox"), db.clear("files")]);
		const service = new Service();
		const outbox = new Outbox(locks()(new Life(1e9, seeded(1))));
		outbox.sender = async (item) => service.take(item);
		let arrives: () => void = () => {};
		const slow = new Promise<void>((resolve) => (arrives = resolve));
		let uploads = 0;
		outbox.fileSender = async (item) => {
			uploads++;
			await slow;
			return item.body;
		};
		await outbox.open(new SealedOutbox(db, vault, async () => false));
		const files = [new Blob([Uint8Array.of(1)], { type: "image/jpeg" })];
		const photo = await outbox.add("record", AddEntrySchema, note("傷"), PATIENT, { files });
		await until(() => uploads === 1);
		await outbox.add("record", AddEntrySchema, note("二枚目"), PATIENT, { files });
		await outbox.add("record", AddEntrySchema, note("至急"), PATIENT);
		await outbox.add("record", AddEntrySchema, note("訂正", { corrects: photo.id }), PATIENT, {
			dependsOn: [photo.id],
		});
		await outbox.add("record", AddEntrySchema, note("そのあと"), PATIENT);
		await until(() => service.stored.length === 2);
		expect(service.stored.map((one) => one.text)).toEqual(["至急", "そのあと"]);
		expect(uploads, "one at a time").toBe(1);
		arrives();
		await until(() => service.stored.length === 5);
		expect(service.stored.map((one) => one.text).slice(2)).toEqual(["傷", "訂正", "二枚目"]);
		expect(uploads).toBe(2);
		outbox.close();
	});

	test("a photo that the network lost holds up nothing, and is sent again", async () => {
		await Promise.all([db.clear("outbox"), db.clear("files")]);
		const service = new Service();
		const outbox = new Outbox(locks()(new Life(1e9, seeded(1))));
		outbox.sender = async (item) => service.take(item);
		let tries = 0;
		outbox.fileSender = async (item) => {
			if (tries++ === 0) throw new NoAnswer("record");
			return item.body;
		};
		await outbox.open(new SealedOutbox(db, vault, async () => false));
		const files = [new Blob([Uint8Array.of(1)], { type: "image/jpeg" })];
		await outbox.add("record", AddEntrySchema, note("傷"), PATIENT, { files });
		await until(() => tries === 1);
		await outbox.add("record", AddEntrySchema, note("1"), PATIENT);
		await until(() => service.stored.length === 2);
		expect(new Set(service.stored.map((one) => one.text))).toEqual(new Set(["傷", "1"]));
		outbox.close();
	});
});
