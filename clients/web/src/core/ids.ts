// Ids are UUIDv7 as 26 characters of Crockford base32, upper case (proto/tsunagi/v1/envelope.proto).

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A fresh id. Its first 48 bits are `nowMs`, so ids made later sort later. */
export function newId(nowMs = Date.now()): string {
	const random = crypto.getRandomValues(new Uint8Array(10));
	let number = BigInt(nowMs) << 80n;
	number |= 7n << 76n;
	number |= BigInt(((random[0]! & 0x0f) << 8) | random[1]!) << 64n;
	number |= 2n << 62n;
	let low = 0n;
	for (const byte of random.subarray(2)) low = (low << 8n) | BigInt(byte);
	number |= low & ((1n << 62n) - 1n);
	let text = "";
	for (let i = 25; i >= 0; i--) text += DIGITS[Number((number >> BigInt(5 * i)) & 31n)];
	return text;
}

/** When the id was made, in ms since the Unix epoch; NaN where it is not an id. */
export function idTimeMs(id: string): number {
	let number = 0n;
	if (id.length !== 26) return NaN;
	for (const digit of id) {
		const value = DIGITS.indexOf(digit);
		if (value < 0) return NaN;
		number = (number << 5n) | BigInt(value);
	}
	return Number(number >> 80n);
}

/** Lower-case hex of `bytes` random bytes. */
export function randomHex(bytes: number): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
		byte.toString(16).padStart(2, "0"),
	).join("");
}

/**
 * Which of the 256 values of a shard map an id has: the low 8 bits of its last two characters
 * (message Shard in network.proto).
 */
export function shardValue(id: string): number {
	const high = DIGITS.indexOf(id[24] ?? "0");
	const low = DIGITS.indexOf(id[25] ?? "0");
	return ((high << 5) | low) & 0xff;
}
