// The month's grid and the calendar file.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
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
import { calendarText, eventsOf, folded } from "../../src/screens/duty/ics";

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

describe("calendar file", () => {
	const at = (text: string) => BigInt(Date.parse(`${text}+09:00`));
	const shiftOf = (more: MessageInitShape<typeof ShiftSchema> = {}) =>
		create(ShiftSchema, {
			id: "2026-11-26-weekday-night",
			date: "2026-11-26",
			kind: ShiftKind.WEEKDAY_NIGHT,
			fromMs: at("2026-11-26T18:00"),
			untilMs: at("2026-11-27T08:00"),
			first: "clinic05",
			second: "clinic06",
			sequence: 1,
			reason: "運用開始の日のため",
			...more,
		});
	const words = {
		summary: (event: { second: boolean; holder: string }) =>
			`On duty (${event.second ? "second" : "first"}): ${event.holder || "! nobody"}`,
		kind: () => "weekday night",
	};

	it("is what the command line prints", () => {
		const text = calendarText(
			eventsOf([shiftOf({ second: "" })], ""),
			words,
			Date.parse("2026-11-26T20:01:29Z"),
		);
		expect(text).toBe(
			[
				"BEGIN:VCALENDAR",
				"VERSION:2.0",
				"PRODID:-//Tsunagi//rota//JA",
				"CALSCALE:GREGORIAN",
				"METHOD:PUBLISH",
				"BEGIN:VEVENT",
				"UID:2026-11-26-weekday-night-first@tsunagi",
				"SEQUENCE:1",
				"DTSTAMP:20261126T200129Z",
				"DTSTART:20261126T090000Z",
				"DTEND:20261126T230000Z",
				"SUMMARY:On duty (first): clinic05",
				"DESCRIPTION:weekday night\\n運用開始の日のため",
				"STATUS:CONFIRMED",
				"END:VEVENT",
				"BEGIN:VEVENT",
				"UID:2026-11-26-weekday-night-second@tsunagi",
				"SEQUENCE:1",
				"DTSTAMP:20261126T200129Z",
				"DTSTART:20261126T090000Z",
				"DTEND:20261126T230000Z",
				"SUMMARY:On duty (second): ! nobody",
				"DESCRIPTION:weekday night\\n運用開始の日のため",
				"STATUS:TENTATIVE",
				"END:VEVENT",
				"END:VCALENDAR",
				"",
			].join("\r\n"),
		);
	});

	it("cancels what a clinic gave away in its own calendar, and says what it had of a shift", () => {
		const given = shiftOf({ first: "clinic09", givenAwayFirst: ["clinic05"] });
		expect(eventsOf([given], "clinic05")).toMatchObject([{ status: "CANCELLED", second: false }]);
		expect(eventsOf([given], "clinic09")).toMatchObject([{ status: "CONFIRMED" }]);
		expect(eventsOf([given], "clinic01")).toEqual([]);

		const midnight = at("2026-11-27T00:00");
		const halved = shiftOf({
			first: "clinic09",
			earlier: [
				{
					organisation: "clinic05",
					second: false,
					fromMs: at("2026-11-26T18:00"),
					untilMs: midnight,
				},
			],
		});
		expect(eventsOf([halved], "clinic05")[0]).toMatchObject({
			status: "CONFIRMED",
			untilMs: Number(midnight),
		});
		expect(eventsOf([halved], "clinic09")[0]).toMatchObject({ fromMs: Number(midnight) });
		expect(pastOf(halved)).toHaveLength(1);
	});

	it("cancels a shift that is none any more in everybody's", () => {
		const events = eventsOf([shiftOf({ dropped: true })], "");
		expect(events.map((event) => event.status)).toEqual(["CANCELLED", "CANCELLED"]);
	});

	it("folds lines at 75 bytes, never within a letter", () => {
		const line = `SUMMARY:${"第一当番".repeat(20)}`;
		const lines = folded(line).split("\r\n");
		for (const one of lines) expect(new TextEncoder().encode(one).length).toBeLessThanOrEqual(75);
		expect(lines.map((one, i) => (i ? one.slice(1) : one)).join("")).toBe(line);
	});
});
