// A month as a grid, and what stands in it. Pure.

import { GapReason, type Block, type Duty, type Gap, type Shift } from "../../gen/rota_pb";
import { ShiftKind } from "../../gen/rota_pb";

const DAY_MS = 24 * 3600 * 1000;

/** "2026-11" of "2026-11-22". */
export const monthOf = (date: string): string => date.slice(0, 7);

export const isMonth = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

/** n months later; n may be negative. */
export function addMonths(month: string, n: number): string {
	const [year = 0, number = 1] = month.split("-").map(Number);
	return new Date(Date.UTC(year, number - 1 + n, 1)).toISOString().slice(0, 7);
}

export function daysOf(month: string): string[] {
	const [year = 0, number = 1] = month.split("-").map(Number);
	const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
	return Array.from({ length: last }, (_, i) => `${month}-${String(i + 1).padStart(2, "0")}`);
}

/** Sunday 0 to Saturday 6. */
export const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

export function addDays(date: string, n: number): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
}

/**
 * Weeks of a month, from Sunday to Saturday as wall calendars in Japan have them; "" is a day of another
 * month.
 */
export function monthGrid(month: string): string[][] {
	const days = daysOf(month);
	const before = weekdayOf(days[0]!);
	const cells = [...Array.from({ length: before }, () => ""), ...days];
	while (cells.length % 7) cells.push("");
	return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7));
}

/** Shifts by the day on which they begin, each day in order. */
export function byDate(shifts: readonly Shift[]): Map<string, Shift[]> {
	const dates = new Map<string, Shift[]>();
	const sorted = [...shifts].sort(
		(a, b) =>
			Number(a.fromMs - b.fromMs) || a.area - b.area || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
	);
	for (const shift of sorted) {
		if (shift.dropped) continue;
		dates.set(shift.date, [...(dates.get(shift.date) ?? []), shift]);
	}
	return dates;
}

/** A national holiday, as far as the rota tells: a day with a holiday's shift that is no Sunday. */
export function isHoliday(date: string, shifts: readonly Shift[]): boolean {
	return (
		weekdayOf(date) !== 0 &&
		shifts.some(
			(shift) => shift.kind === ShiftKind.HOLIDAY_DAY || shift.kind === ShiftKind.HOLIDAY_NIGHT,
		)
	);
}

export interface Place {
	second: boolean;
	organisation: string;
	/** Nobody is there, and why. */
	gap: GapReason;
}

export function placesOf(shift: Shift): Place[] {
	return [
		{ second: false, organisation: shift.first, gap: shift.firstGap },
		{ second: true, organisation: shift.second, gap: shift.secondGap },
	];
}

export const isOwn = (shift: Shift, organisation: string): boolean =>
	organisation !== "" && (shift.first === organisation || shift.second === organisation);

/** Conflicts (somebody is there who should not be), by shift and place. */
export function conflicts(gaps: readonly Gap[]): Map<string, Gap> {
	const found = new Map<string, Gap>();
	for (const gap of gaps)
		if (gap.organisation) found.set(`${gap.shift}/${gap.second ? 2 : 1}`, gap);
	return found;
}

/** What has happened to a shift's place: who had it, and who gave it away. */
export interface Past {
	second: boolean;
	organisation: string;
	/** Had it after the shift had begun; undefined: was in the plan before. */
	duty?: Duty;
}

export function pastOf(shift: Shift): Past[] {
	return [
		...shift.givenAwayFirst.map((organisation) => ({ second: false, organisation })),
		...shift.givenAwaySecond.map((organisation) => ({ second: true, organisation })),
		...shift.earlier.map((duty) => ({
			second: duty.second,
			organisation: duty.organisation,
			duty,
		})),
	];
}

export function blockedDates(blocks: readonly Block[], organisation: string): Set<string> {
	return new Set(
		blocks.filter((block) => block.organisation === organisation).map((block) => block.date),
	);
}

/** Consecutive days without a plan are one line, not sixty: [first, last] of each run in a month. */
export function unplannedRuns(gaps: readonly Gap[]): [string, string][] {
	const runs: [string, string][] = [];
	for (const gap of gaps) {
		if (gap.reason !== GapReason.NOT_PLANNED) continue;
		const last = runs.at(-1);
		if (last && monthOf(last[0]) === monthOf(gap.date)) last[1] = gap.date;
		else runs.push([gap.date, gap.date]);
	}
	return runs;
}
