// Bytes and text, and any value of a form as bytes.

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Bytes in memory of their own: what WebCrypto and Blob take. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function base64(bytes: Uint8Array): string {
	let binary = "";
	for (let i = 0; i < bytes.length; i += 0x8000)
		binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
	return btoa(binary);
}

export function fromBase64(base64: string): Bytes {
	return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** As WebAuthn writes it. */
export const base64url = (bytes: Uint8Array): string =>
	base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

export function concat(...parts: Uint8Array[]): Bytes {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** A Blob of a form, read. */
class ReadBlob {
	constructor(
		readonly bytes: Uint8Array,
		readonly type: string,
		readonly name: string | undefined,
	) {}
}

const TAG = "$tsunagi";

function replacer(this: unknown, key: string, value: unknown): unknown {
	const raw = (this as Record<string, unknown>)[key]; // before toJSON()
	if (typeof raw === "bigint") return { [TAG]: "bigint", value: raw.toString() };
	if (raw instanceof Uint8Array) return { [TAG]: "bytes", value: base64(raw) };
	if (raw instanceof Date) return { [TAG]: "date", value: raw.getTime() };
	if (raw instanceof ReadBlob)
		return { [TAG]: "blob", value: base64(raw.bytes), type: raw.type, name: raw.name };
	return value;
}

interface Tagged {
	[TAG]?: string;
	value: string | number;
	type?: string;
	name?: string;
}

function reviver(_key: string, value: unknown): unknown {
	if (typeof value !== "object" || value === null || !(TAG in value)) return value;
	const tagged = value as Tagged;
	switch (tagged[TAG]) {
		case "bigint":
			return BigInt(tagged.value);
		case "bytes":
			return fromBase64(String(tagged.value));
		case "date":
			return new Date(Number(tagged.value));
		case "blob": {
			const bytes = fromBase64(String(tagged.value));
			const type = tagged.type ?? "";
			return tagged.name === undefined
				? new Blob([bytes], { type })
				: new File([bytes], tagged.name, { type });
		}
		default:
			return value;
	}
}

/** Plain values, arrays, objects, bigint, bytes, dates. */
export function pack(value: unknown): Bytes {
	return utf8(JSON.stringify(value, replacer) ?? "null");
}

/** The same, with the contents of Blobs and Files in it. */
export async function packWithBlobs(value: unknown): Promise<Bytes> {
	return pack(await readBlobs(value));
}

async function readBlobs(value: unknown): Promise<unknown> {
	if (value instanceof Blob)
		return new ReadBlob(
			new Uint8Array(await value.arrayBuffer()),
			value.type,
			value instanceof File ? value.name : undefined,
		);
	if (Array.isArray(value)) return Promise.all(value.map(readBlobs));
	if (
		typeof value === "object" &&
		value !== null &&
		Object.getPrototypeOf(value) === Object.prototype
	)
		return Object.fromEntries(
			await Promise.all(
				Object.entries(value).map(async ([key, one]) => [key, await readBlobs(one)] as const),
			),
		);
	return value;
}

export function unpack(bytes: Uint8Array): unknown {
	return JSON.parse(text(bytes), reviver);
}
