import { describe, expect, it } from "vitest";
import { ContactMeans } from "../../src/gen/network_pb";
import {
	clockOf,
	faultOf,
	folded,
	inputOf,
	minuteOf,
	rowsOf,
	tableOf,
	windowsOf,
} from "../../src/screens/directory/week";

const { PHONE, MESSAGE, BREAK, PAGE } = ContactMeans;
const window = (weekday: number, from: number, to: number, means: ContactMeans, whom = "") => ({
	weekday,
	fromMinute: from,
	toMinute: to,
	means,
	whom,
});

describe("contact hours", () => {
	const week = [
		...[1, 2, 3, 4, 5].map((day) => window(day, 540, 1080, PHONE, "連携室")),
		...[1, 2, 3, 4, 5].map((day) => window(day, 750, 810, BREAK)),
		window(8, 600, 660, MESSAGE),
		window(5, 1080, 480, PAGE),
	];

	it("are rows of days, and the same windows again", () => {
		const rows = rowsOf(week);
		expect(rows).toHaveLength(4);
		expect(rows[0]).toEqual({
			days: [1, 2, 3, 4, 5],
			from: 540,
			to: 1080,
			means: PHONE,
			whom: "連携室",
		});
		const sort = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort();
		expect(sort(windowsOf(rows))).toEqual(sort(week));
	});

	it("are a table with a row a time, however many means", () => {
		const table = tableOf([window(1, 540, 600, PHONE), window(1, 540, 600, MESSAGE)]);
		expect(table).toHaveLength(1);
		expect(table[0]?.means[1]).toEqual([PHONE, MESSAGE]);
		expect(table[0]?.means[2]).toEqual([]);
	});

	it("end at midnight or the next day", () => {
		expect(minuteOf("00:00", true)).toBe(1440);
		expect(minuteOf("00:00", false)).toBe(0);
		expect(inputOf(1440)).toBe("00:00");
		expect(clockOf(1440)).toBe("24:00");
		expect(faultOf({ days: [], from: 1, to: 2, means: PHONE, whom: "" })).toBe("noDays");
		expect(faultOf({ days: [1], from: 2, to: 2, means: PHONE, whom: "" })).toBe("sameTime");
		expect(faultOf({ days: [1], from: 1080, to: 480, means: PAGE, whom: "" })).toBeUndefined();
	});
});

it("finds kana in any writing", () => {
	expect(folded("ひいらぎ ほし")).toBe("ヒイラギホシ");
	expect(folded("ﾋｲﾗｷﾞ")).toBe("ヒイラギ");
});
