// Photos and papers of entries, as they come back: piece by piece, whole or not at all. What was opened
// once is kept on the device, sealed, as far as there is room for it.

import { isQuota, transact } from "./store";
import { database, vault } from "./device";
import { NoAnswer } from "./errors";
import type { Client } from "./client";
import { AttachmentFetchedSchema, FetchAttachmentSchema, type Attachment } from "../gen/record_pb";

export const PIECE_BYTES = 128 * 1024;
const AT_ONCE = 4;
/** A piece takes its time on a slow line: it is not asked for twice before. */
export const PIECE_REPEAT_MS = 10_000;
export const PIECE_PATIENCE_MS = 60_000;
/** All that is kept of them; the longest not looked at goes first. */
const KEEP_BYTES = 30 * 1024 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;

/** All pieces came, and together they are not what was stored. Nothing of it is shown. */
export class Damaged extends Error {
	constructor() {
		super("the SHA-256 is another one");
		this.name = "Damaged";
	}
}

export type Wanted = Pick<Attachment, "sha256" | "bytes">;
type Ask = Pick<Client, "ask">;

const same = (a: Uint8Array, b: Uint8Array) =>
	a.length === b.length && a.every((byte, i) => b[i] === byte);

export async function isWhole(bytes: Uint8Array, sha256: Uint8Array): Promise<boolean> {
	const sum = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
	return same(new Uint8Array(sum), sha256);
}

/**
 * The whole of it. `have`: pieces that came in an earlier try, and those that come in this one.
 * @throws Refused, NoAnswer (also where `signal` ended it), Damaged
 */
export async function fetchAttachment(
	client: Ask,
	service: string,
	entry: string,
	wanted: Wanted,
	{
		have = new Map<number, Uint8Array>(),
		progress = () => {},
		signal,
	}: {
		have?: Map<number, Uint8Array>;
		progress?: (part: number) => void;
		signal?: AbortSignal;
	} = {},
): Promise<Uint8Array<ArrayBuffer>> {
	const { sha256, bytes: total } = wanted;
	if (total === 0 || total > MOST_BYTES) throw new Damaged();
	const missing: number[] = [];
	for (let at = 0; at < total; at += PIECE_BYTES) if (!have.has(at)) missing.push(at);
	const tell = () =>
		progress([...have.values()].reduce((sum, piece) => sum + piece.length, 0) / total);
	tell();
	await some(AT_ONCE, missing, async (offset) => {
		if (signal?.aborted) throw new NoAnswer(service);
		const { body } = await client.ask(
			service,
			FetchAttachmentSchema,
			{ entry, sha256, offset },
			AttachmentFetchedSchema,
			{ repeatMs: PIECE_REPEAT_MS, patienceMs: PIECE_PATIENCE_MS, signal },
		);
		if (body.offset !== offset || body.data.length !== Math.min(PIECE_BYTES, total - offset))
			throw new Damaged();
		have.set(offset, body.data);
		tell();
	});
	if (signal?.aborted) throw new NoAnswer(service);
	const whole = new Uint8Array(total);
	for (const [offset, piece] of have) whole.set(piece, offset);
	if (await isWhole(whole, sha256)) return whole;
	have.clear();
	throw new Damaged();
}

/** Does `work` with each, in order, so many at once; after a failure no more are begun. */
export async function some<T>(
	atOnce: number,
	all: readonly T[],
	work: (one: T) => Promise<void>,
): Promise<void> {
	let next = 0;
	let failed = false;
	const hand = async () => {
		while (!failed && next < all.length) {
			try {
				await work(all[next++]!);
			} catch (error) {
				failed = true;
				throw error;
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, hand));
}

// ---- what the device keeps of them -----------------------------------------------------------------

/** Of an entry, not of a picture alone: what the one shows another may not. */
const keyOf = (entry: string, sha256: Uint8Array) =>
	`picture/${entry}/${[...sha256].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

/** Undefined: it is not kept here, or no more what it was. */
export async function keptPicture(
	entry: string,
	{ sha256 }: Wanted,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
	try {
		const name = keyOf(entry, sha256);
		const key = await vault.alias(name);
		const db = await database();
		const row = await db.get("pictures", key);
		if (!row) return undefined;
		const bytes = await vault.unseal(name, row.box);
		if (!(await isWhole(bytes, sha256))) return undefined;
		await db.put("pictures", { ...row, atMs: Date.now() });
		return bytes;
	} catch {
		return undefined;
	}
}

/** Never fails: it is a copy. */
export async function keepPicture(
	entry: string,
	{ sha256 }: Wanted,
	bytes: Uint8Array,
	most = KEEP_BYTES,
): Promise<void> {
	try {
		const name = keyOf(entry, sha256);
		const [key, box] = [await vault.alias(name), await vault.seal(name, bytes)];
		const db = await database();
		await transact(db, ["pictures"], async (tx) => {
			const pictures = tx.objectStore("pictures");
			const kept: { key: string; bytes: number }[] = [];
			for (let at = await pictures.index("age").openKeyCursor(); at; at = await at.continue())
				kept.push({ key: at.primaryKey, bytes: at.key[1] });
			let sum = kept.reduce((all, one) => all + one.bytes, box.length);
			for (const { key: oldest, bytes: size } of kept) {
				if (sum <= most) break;
				sum -= size;
				await pictures.delete(oldest);
			}
			await pictures.put({ key, atMs: Date.now(), bytes: box.length, box });
		});
	} catch (error) {
		if (vault.isOpen && !isQuota(error)) console.warn("a picture was not kept", error);
	}
}
