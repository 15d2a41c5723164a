// A birth date as it stands on papers: in years of an era (昭和15年3月5日, S15.3.5) or of the calendar.

import { isoDay } from "../parts/time";

/** First day of each era; of Meiji the first on which Japan had this calendar. */
const ERAS = [
	{ names: ["令和", "令", "R"], before: 2018, from: "2019-05-01" },
	{ names: ["平成", "平", "H"], before: 1988, from: "1989-01-08" },
	{ names: ["昭和", "昭", "S"], before: 1925, from: "1926-12-25" },
	{ names: ["大正", "大", "T"], before: 1911, from: "1912-07-30" },
	{ names: ["明治", "明", "M"], before: 1867, from: "1873-01-01" },
] as const;

const two = (n: number) => String(n).padStart(2, "0");

/** YYYY-MM-DD where the calendar has that day. */
function dateOf(year: number, month: number, day: number): string | undefined {
	const iso = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
	const ms = Date.parse(`${iso}T00:00:00Z`);
	return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(iso) ? iso : undefined;
}

/** The last day of an era is the first of the next one, too: papers of that day have either. */
function inEra(iso: string, era: (typeof ERAS)[number]): boolean {
	const next = ERAS[ERAS.indexOf(era) - 1];
	return iso >= era.from && (!next || iso <= next.from);
}

/** No living person was born before: a slip in the year. */
const FIRST = ERAS[ERAS.length - 1]!.from;
/** What keyboards give for a hyphen. */
const HYPHENS = /[\u2010-\u2015\u2212\u30fc\u30fb]/g;
const SHAPES = [
	/^(\D{0,2})(\d{1,4})[年./-](\d{1,2})[月./-](\d{1,2})日?$/,
	/^([A-Z]?)(\d{2}|\d{4})(\d{2})(\d{2})$/,
	/^(\D{0,2})(\d{1,4})[年./-](\d{1,2})月?$/,
	/^(\D{1,2})(\d{1,2})年?$/,
	/^()(\d{4})年?$/,
];

/**
 * As YYYY-MM-DD, or YYYY-MM, or YYYY where a paper says no more; undefined: it is no day, not one of its
 * era, to come, or of nobody alive.
 */
export function bornOf(typed: string, nowMs: number): string | undefined {
	const text = typed
		.normalize("NFKC")
		.replace(/\s/g, "")
		.replace(HYPHENS, "-")
		.toUpperCase()
		.replace("元", "1");
	const parts = SHAPES.map((shape) => shape.exec(text)).find(Boolean);
	if (!parts) return undefined;
	const [, name, year, month, day] = parts;
	const era = ERAS.find(({ names }) => names.some((one) => one === name));
	if (name ? !era || year!.length > 2 : year!.length !== 4) return undefined;
	const full = (era?.before ?? 0) + Number(year);
	if (!month)
		return full >= 1873 && full <= Number(isoDay(nowMs).slice(0, 4)) ? String(full) : undefined;
	const iso = dateOf(full, Number(month), Number(day ?? "1"));
	if (!iso || iso < FIRST || iso > isoDay(nowMs)) return undefined;
	if (!day) return iso.slice(0, 7);
	return !era || inEra(iso, era) ? iso : undefined;
}
