// Times as people in Japan read them; Japan is UTC+9 whatever the device believes.

import i18next from "i18next";
import { language } from "../i18n";

const ZONE = "Asia/Tokyo";
const DAY_MS = 24 * 3600 * 1000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = language() + JSON.stringify(options);
	let one = formats.get(key);
	if (!one) {
		one = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "ja-JP", {
			timeZone: ZONE,
			...options,
		});
		formats.set(key, one);
	}
	return one;
}

/** 14:05 */
export const clock = (ms: number) => format({ hour: "numeric", minute: "2-digit" }).format(ms);
/** 11月22日(日); with its year where that is not this year. */
export function day(ms: number, nowMs = Date.now()): string {
	if (isoDay(ms).slice(0, 4) !== isoDay(nowMs).slice(0, 4)) return fullDay(ms);
	return format({ month: "long", day: "numeric", weekday: "short" }).format(ms);
}
/** 2026年11月22日(日) */
export const fullDay = (ms: number) =>
	format({ year: "numeric", month: "long", day: "numeric", weekday: "short" }).format(ms);
/** 2026-11-22, in Japan: for keys and inputs. */
export function isoDay(ms: number): string {
	return new Date(ms + 9 * 3600 * 1000).toISOString().slice(0, 10);
}
/** The day's begin in Japan, of "2026-11-22". */
export const dayBegins = (iso: string) => Date.parse(`${iso}T00:00:00+09:00`);

/** 12分前, 今朝 is left to the day: "8:10", "昨日 16:40", "11月20日(金) 9:00". */
export function when(ms: number, nowMs: number): string {
	const today = isoDay(nowMs);
	if (isoDay(ms) === today) return clock(ms);
	if (isoDay(ms + DAY_MS) === today) return `${i18next.t("yesterday")} ${clock(ms)}`;
	return `${day(ms, nowMs)} ${clock(ms)}`;
}

/** How old it is: たった今, 12分前, 3時間前, then the day. */
export function age(ms: number, nowMs: number): string {
	const minutes = Math.floor((nowMs - ms) / 60_000);
	if (minutes < 1) return i18next.t("now");
	if (minutes < 60) return i18next.t("minutesAgo", { n: minutes });
	if (minutes < 12 * 60) return i18next.t("hoursAgo", { n: Math.floor(minutes / 60) });
	return when(ms, nowMs);
}

/** Full years of someone born on YYYY-MM-DD, YYYY-MM or YYYY; undefined where it is not known. */
export function yearsOld(born: string, nowMs: number): number | undefined {
	const [year, month = "01", date = "01"] = born.split("-");
	if (!year || !/^\d{4}$/.test(year)) return undefined;
	const [nowYear = "", rest = ""] = [isoDay(nowMs).slice(0, 4), isoDay(nowMs).slice(5)];
	return Number(nowYear) - Number(year) - (rest < `${month}-${date}` ? 1 : 0);
}
