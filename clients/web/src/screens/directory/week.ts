// Contact hours: a week as a table, and as rows that one edits. Pure.

import { ContactMeans, type ContactHours } from "../../gen/network_pb";

export const DAYS = [1, 2, 3, 4, 5, 6, 7, 8] as const; // Monday to Sunday, national holidays
export const HOLIDAY = 8;

/** One time, the days on which it holds, how and whom to ask. */
export interface WeekRow {
	days: number[];
	/** Minutes of the day; `to` less than `from`: ends the next day; 1440: at its end. */
	from: number;
	to: number;
	means: ContactMeans;
	whom: string;
}

type Window = Pick<ContactHours, "weekday" | "fromMinute" | "toMinute" | "means" | "whom">;

/** Windows of the same time, means and person on several days are one row. */
export function rowsOf(windows: readonly Window[]): WeekRow[] {
	const rows = new Map<string, WeekRow>();
	for (const { weekday, fromMinute, toMinute, means, whom } of windows) {
		const key = `${fromMinute}/${toMinute}/${means}/${whom}`;
		const row = rows.get(key);
		if (row) row.days.push(weekday);
		else rows.set(key, { days: [weekday], from: fromMinute, to: toMinute, means, whom });
	}
	for (const row of rows.values()) row.days = [...new Set(row.days)].sort();
	return [...rows.values()].sort(
		(a, b) => a.from - b.from || a.to - b.to || a.means - b.means || (a.whom < b.whom ? -1 : 1),
	);
}

export function windowsOf(rows: readonly WeekRow[]): Window[] {
	return rows.flatMap(({ days, from, to, means, whom }) =>
		days.map((weekday) => ({
			weekday,
			fromMinute: from,
			toMinute: to,
			means,
			whom: whom.trim(),
		})),
	);
}

export interface TableRow {
	from: number;
	to: number;
	whom: string;
	/** By weekday 1 to 8: by which means; empty: not then. */
	means: ContactMeans[][];
}

/** A row for each time and person, however many means. */
export function tableOf(windows: readonly Window[]): TableRow[] {
	const rows = new Map<string, TableRow>();
	for (const row of rowsOf(windows)) {
		const key = `${row.from}/${row.to}/${row.whom}`;
		const one = rows.get(key) ?? {
			from: row.from,
			to: row.to,
			whom: row.whom,
			means: Array.from({ length: HOLIDAY + 1 }, () => []),
		};
		for (const day of row.days) one.means[day]?.push(row.means);
		rows.set(key, one);
	}
	return [...rows.values()];
}

/** 9:00; 1440 is 24:00. */
export const clockOf = (minute: number): string =>
	`${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;

/** "09:00", for inputs; the day's end is 00:00. */
export const inputOf = (minute: number): string =>
	`${String(Math.floor((minute % 1440) / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** Of an input; an end at midnight is the end of the day. */
export function minuteOf(text: string, end: boolean): number {
	const [hour = 0, minute = 0] = text.split(":").map(Number);
	const minutes = hour * 60 + minute;
	return end && minutes === 0 ? 1440 : minutes;
}

/** What is wrong with a row; undefined: nothing. */
export function faultOf(row: WeekRow): "noDays" | "sameTime" | undefined {
	if (row.days.length === 0) return "noDays";
	return row.from === row.to ? "sameTime" : undefined;
}

/** By name or kana, in any width, hiragana or katakana. */
export function folded(text: string): string {
	return text
		.normalize("NFKC")
		.toLowerCase()
		.replace(/\s/g, "")
		.replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
}
