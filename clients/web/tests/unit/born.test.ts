// A birth date from a paper: a wrong one is another patient.

import { describe, expect, it } from "vitest";
import { bornOf } from "../../src/core/born";

const NOW = Date.parse("2026-11-27T12:00+09:00");

describe("birth date", () => {
	it.each([
		["昭和15年3月5日", "1940-03-05"],
		["S15.3.5", "1940-03-05"],
		["s15/3/5", "1940-03-05"],
		["Ｓ１５．３．５", "1940-03-05"],
		["S150305", "1940-03-05"],
		["昭和 15 年 3 月 5 日", "1940-03-05"],
		["大正元年12月1日", "1912-12-01"],
		["大正15年12月25日", "1926-12-25"],
		["昭和元年12月25日", "1926-12-25"],
		["昭和64年1月7日", "1989-01-07"],
		["平成31年4月30日", "2019-04-30"],
		["令和元年5月1日", "2019-05-01"],
		["R8.11.27", "2026-11-27"],
		["明治45年7月30日", "1912-07-30"],
		["1940-03-05", "1940-03-05"],
		["1940/3/5", "1940-03-05"],
		["1940年3月5日", "1940-03-05"],
		["19400305", "1940-03-05"],
		["  1940-3-5 ", "1940-03-05"],
		["2024-02-29", "2024-02-29"],
	])("%s", (typed, iso) => expect(bornOf(typed, NOW)).toBe(iso));

	it.each([
		["", "nothing"],
		["昭和65年1月1日", "after the era"],
		["昭和元年12月24日", "before the era"],
		["平成元年1月7日", "before the era"],
		["令和8年11月28日", "to come"],
		["2023-02-29", "no such day"],
		["S15.13.1", "no such month"],
		["15.3.5", "no era"],
		["X15.3.5", "no such era"],
		["S1940.3.5", "both an era and a year of the calendar"],
		["1940", "a year alone"],
		["昭和15年", "a year alone"],
	])("%s: %s", (typed) => expect(bornOf(typed, NOW)).toBeUndefined());
});
