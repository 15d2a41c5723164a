// If this failed, the page and the services would not understand each other's ids, or a form's values
// would not come back as they were.

import { describe, expect, test } from "vitest";
import { base64, base64url, fromBase64, pack, packWithBlobs, unpack } from "../../src/core/bytes";
import { idTimeMs, newId, randomHex, shardValue } from "../../src/core/ids";
import { base32 } from "../../src/screens/signin/totp";

describe("ids", () => {
	// The example of RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F.
	const example = "01FWHE4YDGFK1SHH6W1G60EECF";

	test("carry their time", () => {
		expect(idTimeMs(example)).toBe(1645557742000);
		expect(idTimeMs(newId(1_750_000_000_123))).toBe(1_750_000_000_123);
	});

	test("are no ids with other letters or lengths", () => {
		for (const wrong of [
			"",
			example.slice(1),
			`${example}0`,
			example.replace("F", "U"),
			"l".repeat(26),
		])
			expect(idTimeMs(wrong)).toBeNaN();
	});

	test("are of version 7, variant 2, sorted by time, each another", () => {
		const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
		const ids = Array.from({ length: 500 }, (_, i) => newId(1_750_000_000_000 + i));
		for (const id of ids) {
			const number = [...id].reduce(
				(sum, digit) => (sum << 5n) | BigInt(digits.indexOf(digit)),
				0n,
			);
			expect((number >> 76n) & 15n).toBe(7n);
			expect((number >> 62n) & 3n).toBe(2n);
		}
		expect([...ids].sort()).toEqual(ids);
		expect(new Set(Array.from({ length: 500 }, () => newId(1))).size).toBe(500);
	});

	test("name the shard by the low 8 bits of their last two characters", () => {
		expect(shardValue(example)).toBe(0x8f); // ends in ...C, F: 01100 01111
		expect(shardValue(`${"0".repeat(24)}00`)).toBe(0);
		expect(shardValue(`${"0".repeat(24)}7Z`)).toBe(255);
		expect(shardValue(`${"0".repeat(24)}ZZ`)).toBe(255);
	});

	test("of clients are hex", () => expect(randomHex(16)).toMatch(/^[0-9a-f]{32}$/));
});

describe("bytes", () => {
	test("base64, base64url and base32 as the RFCs have them", () => {
		expect(base64(new TextEncoder().encode("foobar"))).toBe("Zm9vYmFy");
		expect(base64url(Uint8Array.of(251, 255))).toBe("-_8");
		expect([...fromBase64("AP8Q")]).toEqual([0, 255, 16]);
		for (const [plain, made] of [
			["f", "MY"],
			["fo", "MZXQ"],
			["foobar", "MZXW6YTBOI"],
		] as const)
			expect(base32(new TextEncoder().encode(plain))).toBe(made);
	});

	test("a form comes back as it was", async () => {
		const form = {
			text: "体温 37.2\u0000\ud83d\ude00",
			big: 12345678901234567890n,
			bytes: Uint8Array.of(0, 255, 7),
			at: new Date(5),
			list: [1, null, { deep: [true, 1n] }],
			not: undefined,
		};
		const { not: _, ...rest } = form;
		expect(unpack(pack(form))).toEqual(rest);
		const blob = new File([Uint8Array.of(1, 2, 3)], "傷.jpg", { type: "image/jpeg" });
		const back = unpack(await packWithBlobs({ photos: [blob] })) as { photos: File[] };
		expect(back.photos[0]).toMatchObject({ name: "傷.jpg", type: "image/jpeg", size: 3 });
		expect([...new Uint8Array(await back.photos[0]!.arrayBuffer())]).toEqual([1, 2, 3]);
	});
});
