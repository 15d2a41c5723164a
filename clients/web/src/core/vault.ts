// What this device keeps is sealed under one random data key (AES-256-GCM), and the data key is kept
// wrapped only:
//
//	by the PIN       PBKDF2-SHA-256 of the PIN, then HMAC with the device key, which no script can read
//	                 out: the rows of the database alone are not enough to try PINs. (Whoever copies the
//	                 browser's whole profile has both, and pays ROUNDS for each PIN he tries.)
//	by the session   a random secret that the tab carries over a reload and that a killed browser loses
//
// On a shared device there is no PIN: with the session everything is gone. Wrong PINs are counted before
// they are tried, so that a killed page forgets none; at the last one the wrapped key is destroyed.

import { base64, concat, fromBase64, pack, unpack, utf8, type Bytes } from "./bytes";
import {
	dropKey,
	putKey,
	wipe,
	write,
	type Database,
	type DeviceRow,
	type OwnerRow,
	type PinRow,
	type SessionRow,
} from "./store";

export const PIN_DIGITS = 6;
const ROUNDS = 600_000;
const FREE_FAILURES = 4;
export const MOST_FAILURES = 10;
/** After the fifth wrong PIN, the sixth, … */
const DELAYS_MS = [30_000, 60_000, 120_000, 300_000, 600_000];
const IV_BYTES = 12;

/** The PIN was wrong. `left`: so many more, then everything on this device is destroyed. */
export class WrongPin extends Error {
	constructor(
		readonly left: number,
		readonly notBeforeMs: number,
	) {
		super("wrong PIN");
		this.name = "WrongPin";
	}
}

/** No PIN is tried before. */
export class TooSoon extends Error {
	constructor(
		readonly notBeforeMs: number,
		readonly left: number,
	) {
		super("too soon");
		this.name = "TooSoon";
	}
}

/** There is no key: nobody has opened the vault, or it was locked meanwhile. */
export class Locked extends Error {
	constructor() {
		super("locked");
		this.name = "Locked";
	}
}

export interface Owner {
	user: string;
	/** What this browser is called: "web-…". */
	device: string;
	shared: boolean;
	/** The broker took the token no more. */
	ended: boolean;
	/** There is a PIN that opens it. */
	pin: boolean;
}

interface Keys {
	data: CryptoKey;
	names: CryptoKey;
}

const random = (bytes: number): Bytes => crypto.getRandomValues(new Uint8Array(bytes));

async function encrypt(key: CryptoKey, plain: Uint8Array, name: string): Promise<Bytes> {
	const iv = random(IV_BYTES);
	const box = await crypto.subtle.encrypt(
		{ name: "AES-GCM", iv, additionalData: utf8(name) },
		key,
		plain as Bytes,
	);
	return concat(iv, new Uint8Array(box));
}

/** @throws OperationError where the key, the name or a byte is not the same. */
async function decrypt(key: CryptoKey, box: Uint8Array, name: string): Promise<Bytes> {
	const plain = await crypto.subtle.decrypt(
		{ name: "AES-GCM", iv: box.slice(0, IV_BYTES) as Bytes, additionalData: utf8(name) },
		key,
		box.slice(IV_BYTES) as Bytes,
	);
	return new Uint8Array(plain);
}

const aes = (raw: Bytes): Promise<CryptoKey> =>
	crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

const hmac = async (key: CryptoKey, bytes: Bytes): Promise<Bytes> =>
	new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));

async function pinKey(device: CryptoKey, pin: string, salt: Bytes, rounds: number) {
	const typed = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
	const bits = await crypto.subtle.deriveBits(
		{ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds },
		typed,
		256,
	);
	return aes(await hmac(device, concat(utf8("pin/"), new Uint8Array(bits))));
}

const secretKey = async (device: CryptoKey, secret: Bytes) =>
	aes(await hmac(device, concat(utf8("session/"), secret)));

const ownerKey = async (device: CryptoKey) => aes(await hmac(device, utf8("owner")));

async function keysOf(raw: Bytes): Promise<Keys> {
	const root = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveBits"]);
	const derive = async (what: string) =>
		new Uint8Array(
			await crypto.subtle.deriveBits(
				{ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(what) },
				root,
				256,
			),
		);
	return {
		data: await aes(await derive("data")),
		names: await crypto.subtle.importKey(
			"raw",
			await derive("names"),
			{ name: "HMAC", hash: "SHA-256" },
			false,
			["sign"],
		),
	};
}

export class Vault {
	private keys: Keys | undefined;

	constructor(
		private readonly database: () => Promise<Database>,
		private readonly rounds = ROUNDS,
		private readonly now = () => Date.now(),
	) {}

	get isOpen(): boolean {
		return this.keys !== undefined;
	}

	/** Whose it is; undefined: nobody's. */
	async owner(): Promise<Owner | undefined> {
		const db = await this.database();
		const row = (await db.get("keys", "owner")) as OwnerRow | undefined;
		const device = (await db.get("keys", "device")) as DeviceRow | undefined;
		if (!row || !device) return undefined;
		try {
			const box = unpack(await decrypt(await ownerKey(device.key), row.box, "owner"));
			const pin = (await db.get("keys", "pin")) !== undefined;
			return {
				...(box as Pick<Owner, "user" | "device">),
				shared: row.shared,
				ended: row.ended,
				pin,
			};
		} catch {
			return undefined; // it was tampered with: nobody's
		}
	}

	async setEnded(ended: boolean): Promise<void> {
		const db = await this.database();
		await write(db, ["keys"], async (tx) => {
			const keys = tx.objectStore("keys");
			const row = (await keys.get("owner")) as OwnerRow | undefined;
			if (row) await keys.put({ ...row, ended });
		});
	}

	/**
	 * A new vault, empty and open; what was there before is gone. Without a PIN: of a shared device.
	 * Returns the secret of the session.
	 */
	async create(owner: Pick<Owner, "user" | "device">, pin: string | undefined): Promise<string> {
		const db = await this.database();
		await this.destroy();
		const { user, device: name } = owner;
		const device = await crypto.subtle.generateKey(
			{ name: "HMAC", hash: "SHA-256", length: 256 },
			false,
			["sign"],
		);
		const raw = random(32);
		const secret = random(32);
		const box = await encrypt(await ownerKey(device), pack({ user, device: name }), "owner");
		const pinRow = pin === undefined ? undefined : await this.wrapByPin(device, raw, pin);
		const wrapped = await encrypt(await secretKey(device, secret), raw, "session");
		await write(db, ["keys"], async (tx) => {
			const keys = tx.objectStore("keys");
			await keys.put({ id: "device", key: device });
			await keys.put({ id: "owner", box, shared: pin === undefined, ended: false });
			await keys.put({ id: "session", wrapped });
			if (pinRow) await keys.put(pinRow);
		});
		this.keys = await keysOf(raw);
		return base64(secret);
	}

	/** Opens by PIN; returns the secret of the session. @throws WrongPin, TooSoon */
	async openByPin(pin: string): Promise<string> {
		const raw = await this.rawByPin(pin);
		const db = await this.database();
		const device = (await db.get("keys", "device")) as DeviceRow;
		const secret = random(32);
		const wrapped = await encrypt(await secretKey(device.key, secret), raw, "session");
		await putKey(db, { id: "session", wrapped });
		this.keys = await keysOf(raw);
		return base64(secret);
	}

	/** Opens by the secret of the session; false: it does not (any more). */
	async openBySecret(secret: string): Promise<boolean> {
		const db = await this.database();
		const device = (await db.get("keys", "device")) as DeviceRow | undefined;
		const session = (await db.get("keys", "session")) as SessionRow | undefined;
		if (!device || !session) return false;
		try {
			const key = await secretKey(device.key, fromBase64(secret));
			this.keys = await keysOf(await decrypt(key, session.wrapped, "session"));
			return true;
		} catch {
			return false;
		}
	}

	/** How many wrong PINs are left, and from when on one is tried. */
	async pinState(): Promise<{ left: number; notBeforeMs: number }> {
		const row = (await (await this.database()).get("keys", "pin")) as PinRow | undefined;
		return { left: MOST_FAILURES - (row?.failures ?? 0), notBeforeMs: row?.notBeforeMs ?? 0 };
	}

	/** @throws WrongPin, TooSoon */
	async changePin(present: string, next: string): Promise<void> {
		const raw = await this.rawByPin(present);
		const db = await this.database();
		const device = (await db.get("keys", "device")) as DeviceRow;
		await putKey(db, await this.wrapByPin(device.key, raw, next));
	}

	/** Forgets the keys. `everywhere`: the secret of the session opens no longer, either. */
	async lock(everywhere: boolean): Promise<void> {
		this.keys = undefined;
		if (everywhere) await dropKey(await this.database(), "session");
	}

	/** Everything that is kept is gone. */
	async destroy(): Promise<void> {
		this.keys = undefined;
		await wipe(await this.database());
	}

	async seal(name: string, plain: Uint8Array): Promise<Bytes> {
		if (!this.keys) throw new Locked();
		return encrypt(this.keys.data, plain, name);
	}

	/** @throws OperationError it is not what was sealed under this name. */
	async unseal(name: string, box: Uint8Array): Promise<Bytes> {
		if (!this.keys) throw new Locked();
		return decrypt(this.keys.data, box, name);
	}

	/** What stands in the database for a name: always the same, and says nothing. */
	async alias(name: string): Promise<string> {
		if (!this.keys) throw new Locked();
		return base64((await hmac(this.keys.names, utf8(name))).slice(0, 18));
	}

	private async wrapByPin(device: CryptoKey, raw: Bytes, pin: string): Promise<PinRow> {
		const salt = random(16);
		const key = await pinKey(device, pin, salt, this.rounds);
		return {
			id: "pin",
			salt,
			rounds: this.rounds,
			wrapped: await encrypt(key, raw, "pin"),
			failures: 0,
			notBeforeMs: 0,
		};
	}

	private async rawByPin(pin: string): Promise<Bytes> {
		const db = await this.database();
		const device = (await db.get("keys", "device")) as DeviceRow | undefined;
		const nowMs = this.now();
		// Counted as a failure until it is none: two tabs together have no more attempts than one.
		const row = await write(db, ["keys"], async (tx) => {
			const keys = tx.objectStore("keys");
			const row = (await keys.get("pin")) as PinRow | undefined;
			if (!row) return undefined;
			if (row.notBeforeMs > nowMs) throw new TooSoon(row.notBeforeMs, MOST_FAILURES - row.failures);
			const failures = row.failures + 1;
			const delay = failures > FREE_FAILURES ? DELAYS_MS[failures - FREE_FAILURES - 1] : 0;
			const counted = { ...row, failures, notBeforeMs: delay ? nowMs + delay : 0 };
			await keys.put(counted);
			return counted;
		});
		if (!row || !device) throw new Locked();
		if (row.failures > MOST_FAILURES) {
			// The page ended before it had destroyed what it had to.
			await this.destroy();
			throw new WrongPin(0, 0);
		}
		let raw: Bytes;
		try {
			const key = await pinKey(device.key, pin, row.salt, row.rounds);
			raw = await decrypt(key, row.wrapped, "pin");
		} catch {
			const left = MOST_FAILURES - row.failures;
			if (left <= 0) await this.destroy();
			throw new WrongPin(Math.max(left, 0), row.notBeforeMs);
		}
		await putKey(db, { ...row, failures: 0, notBeforeMs: 0 });
		return raw;
	}
}
