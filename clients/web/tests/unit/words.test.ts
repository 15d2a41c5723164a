// If this failed, a name would not be found by its reading, or another year's day would look like this one's.

import { expect, test } from "vitest";
import { folded } from "../../src/parts/fold";
import { day, when } from "../../src/parts/time";

test("width, case, spaces and kana make no difference in a search", () => {
	expect(folded("にわ　みちこ")).toBe(folded("ﾆﾜ ﾐﾁｺ"));
	expect(folded("ＡＢＣ")).toBe("abc");
	expect(folded("丹羽")).not.toBe(folded("ニワ"));
});

test("a day of another year is named with its year", () => {
	const now = Date.parse("2026-11-27T12:00:00+09:00");
	const before = Date.parse("2025-11-27T09:00:00+09:00");
	expect(day(before, now)).toContain("2025");
	expect(when(before, now)).toContain("2025");
	expect(day(now, now)).not.toContain("2026");
});
