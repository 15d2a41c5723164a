// The month's grid and what is told of a shift.

import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { GapListSchema, GapReason, ShiftKind, ShiftSchema } from "../../src/gen/rota_pb";
import {
	addMonths,
	byDate,
	daysOf,
	isHoliday,
	monthGrid,
	pastOf,
	unplannedRuns,
	weekdayOf,
} from "../../src/screens/duty/calendar";

describe("month", () => {
	// Months of 28 to 31 days, beginning on each weekday: 2026 and 2027 have them all.
	const months = Array.from({ length: 36 }, (_, i) => addMonths("2026-01", i));

	it("begins on every weekday among these", () => {
		expect(new Set(months.map((month) => weekdayOf(`${month}-01`))).size).toBe(7);
	});

	it.each(months)("%s has each day once, under its weekday", (month) => {
		const weeks = monthGrid(month);
		expect(weeks.flat().filter(Boolean)).toEqual(daysOf(month));
		for (const week of weeks) {
			expect(week).toHaveLength(7);
			expect(week.some(Boolean)).toBe(true);
			week.forEach((date, i) => date && expect(weekdayOf(date)).toBe(i));
		}
	});

	it("knows leap years and the year's end", () => {
		expect(daysOf("2028-02")).toHaveLength(29);
		expect(daysOf("2026-02")).toHaveLength(28);
		expect(addMonths("2026-12", 1)).toBe("2027-01");
		expect(addMonths("2026-01", -1)).toBe("2025-12");
	});

	it("has shifts by day in order, without those that are dropped, and holidays as the rota has them", () => {
		const shift = (id: string, kind: ShiftKind, fromMs: number, dropped = false) =>
			create(ShiftSchema, { id, kind, date: id.slice(0, 10), fromMs: BigInt(fromMs), dropped });
		const day = shift("2026-11-23-holiday-day", ShiftKind.HOLIDAY_DAY, 1);
		const night = shift("2026-11-23-holiday-night", ShiftKind.HOLIDAY_NIGHT, 2);
		const old = shift("2026-11-23-weekday-night", ShiftKind.WEEKDAY_NIGHT, 0, true);
		const dates = byDate([night, old, day]);
		expect(dates.get("2026-11-23")).toEqual([day, night]);
		expect(isHoliday("2026-11-23", [day, night])).toBe(true); // 勤労感謝の日, a Monday
		expect(isHoliday("2026-11-22", [day])).toBe(false); // a Sunday
	});

	it("tells runs of days without a plan in one line a month", () => {
		const { items } = create(GapListSchema, {
			items: ["2026-12-30", "2026-12-31", "2027-01-01"].map((date) => ({
				date,
				reason: GapReason.NOT_PLANNED,
			})),
		});
		expect(unplannedRuns(items)).toEqual([
			["2026-12-30", "2026-12-31"],
			["2027-01-01", "2027-01-01"],
		]);
	});
});

describe("shift", () => {
	it("says who had a part of it", () => {
		const at = (text: string) => BigInt(Date.parse(`${text}+09:00`));
		const halved = create(ShiftSchema, {
			fromMs: at("2026-11-26T18:00"),
			untilMs: at("2026-11-27T08:00"),
			first: "clinic09",
			earlier: [
				{
					organisation: "clinic05",
					second: false,
					fromMs: at("2026-11-26T18:00"),
					untilMs: at("2026-11-27T00:00"),
				},
			],
		});
		expect(pastOf(halved)).toHaveLength(1);
	});
});
