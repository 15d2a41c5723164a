// What would be broken: corrections that hide what they correct or each other, days that are not
// Japan's, medicines that look taken although they were stopped.

import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { EntryKind, EntrySchema, MedicationAction, type Entry } from "../../src/gen/record_pb";
import {
	changedSince,
	fits,
	fold,
	lastVisit,
	medicinesOf,
	NO_FILTER,
	rowsOf,
	suggest,
} from "../../src/screens/patient/model";

const T = Date.parse("2026-11-20T10:00:00+09:00");
const HOUR = 3600_000;

function note(id: string, position: number, more: Partial<Entry> = {}): Entry {
	return create(EntrySchema, {
		id,
		patient: "P",
		kind: EntryKind.NOTE,
		position: BigInt(position),
		occurredMs: BigInt(T + position * HOUR),
		recordedMs: BigInt(T + position * HOUR),
		author: "nurse",
		content: { case: "note", value: { text: id } },
		...more,
	} as never);
}

function medicine(
	id: string,
	position: number,
	action: MedicationAction,
	name: string,
	replaces = "",
	more: Partial<Entry> = {},
): Entry {
	return note(id, position, {
		kind: EntryKind.MEDICATION,
		content: { case: "medication", value: { action, name, dose: `${position}錠`, replaces } },
		...more,
	} as never);
}

const shownIds = (entries: Entry[]) => fold(entries).map((item) => item.shown.map((one) => one.id));

describe("folding", () => {
	test("newest first, by when it was so and not by when it was written", () => {
		const late = note("late", 5, { occurredMs: BigInt(T) });
		expect(shownIds([note("a", 1), late, note("b", 2)])).toEqual([["b"], ["a"], ["late"]]);
	});

	test("a correction stands in the place of what it corrects, which is kept", () => {
		const [item] = fold([
			note("a", 1),
			note("b", 9, { corrects: "a", occurredMs: note("a", 1).occurredMs }),
		]);
		expect(item!.shown.map((one) => one.id)).toEqual(["b"]);
		expect(item!.earlier.map((one) => one.id)).toEqual(["a"]);
		expect(item!.ms).toBe(T + HOUR);
	});

	test("a chain of corrections shows the last, and all before it newest first", () => {
		const [item] = fold([
			note("c", 3, { corrects: "b" }),
			note("a", 1),
			note("b", 2, { corrects: "a" }),
		]);
		expect(item!.shown.map((one) => one.id)).toEqual(["c"]);
		expect(item!.earlier.map((one) => one.id)).toEqual(["b", "a"]);
	});

	test("two corrections of one entry are both shown", () => {
		const items = fold([
			note("a", 1),
			note("b", 2, { corrects: "a" }),
			note("c", 3, { corrects: "a" }),
		]);
		expect(items).toHaveLength(1);
		expect(items[0]!.shown.map((one) => one.id)).toEqual(["b", "c"]);
	});

	test("a correction of what is on a page not loaded stands alone, and folds when that comes", () => {
		const correction = note("b", 9, { corrects: "a" });
		expect(shownIds([correction])).toEqual([["b"]]);
		expect(fold([correction, note("a", 1)])[0]!.earlier).toHaveLength(1);
	});

	test("what waits on this device comes after what is stored", () => {
		const waiting = note("w", 0, { corrects: "a", recordedMs: BigInt(T + 99 * HOUR) });
		const [item] = fold([note("a", 1), note("b", 2, { corrects: "a" }), waiting]);
		expect(item!.shown.map((one) => one.id)).toEqual(["b", "w"]);
	});

	test("answers are collected below their question, and stand for themselves, too", () => {
		const question = note("q", 1, {
			kind: EntryKind.QUESTION,
			content: { case: "question", value: { text: "?", professions: [] } },
		} as never);
		const answer = (id: string, position: number, to: string) =>
			note(id, position, {
				kind: EntryKind.ANSWER,
				content: { case: "answer", value: { question: to, text: id } },
			} as never);
		const corrected = note("q2", 4, { ...question, id: "q2", position: 4n, corrects: "q" });
		const items = fold([question, answer("x", 2, "q"), corrected, answer("y", 5, "q2")]);
		expect(items).toHaveLength(3);
		const asked = items.find((item) => item.key === "q")!;
		expect(asked.answers.map((one) => one.id)).toEqual(["x", "y"]);
		expect(items.find((item) => item.key === "x")!.question?.id).toBe("q2");
	});

	test("nothing is lost of 5,000 entries with corrections of corrections", () => {
		let seed = 20261126;
		const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
		const entries: Entry[] = [];
		for (let i = 1; i <= 5000; i++) {
			const target = random() < 0.2 && entries[Math.floor(random() * entries.length)];
			entries.push(note(`e${i}`, i, { corrects: target ? target.id : "" }));
		}
		const seen = fold(entries).flatMap((item) => [...item.shown, ...item.earlier]);
		expect(new Set(seen.map((one) => one.id)).size).toBe(5000);
		expect(seen).toHaveLength(5000);
	});
});

describe("days and filters", () => {
	test("a day begins at midnight in Japan", () => {
		const at = (iso: string) => ({ occurredMs: BigInt(Date.parse(iso)) });
		const rows = rowsOf(
			fold([
				note("a", 1, at("2026-11-20T14:59:59Z")),
				note("b", 2, at("2026-11-20T15:00:00Z")),
				note("c", 3, at("2026-11-20T23:00:00Z")),
			]),
		);
		expect(rows.map((row) => row.key)).toEqual(["day 2026-11-21", "c", "b", "day 2026-11-20", "a"]);
	});

	test("a filter finds an item by any of its versions", () => {
		const [item] = fold([note("a", 1, { unread: true }), note("b", 2, { corrects: "a" })]);
		expect(fits(item!, { ...NO_FILTER, unread: true })).toBe(true);
		expect(fits(item!, { ...NO_FILTER, kind: EntryKind.NOTE })).toBe(true);
		expect(fits(item!, { ...NO_FILTER, kind: EntryKind.WISH })).toBe(false);
		expect(fits(item!, NO_FILTER)).toBe(true);
	});
});

describe("medicines", () => {
	const { START, CHANGE, STOP } = MedicationAction;
	const entries = [
		medicine("w", 1, START, "ワルファリン"),
		medicine("a", 2, START, "アムロジピン"),
		medicine("a2", 30, CHANGE, "アムロジピン", "a"),
		medicine("wx", 40, STOP, "ワルファリン", "w"),
		medicine("e", 41, START, "エドキサバン"),
	];

	test("now, stopped, and what a change changed", () => {
		const { now, stopped, changes } = medicinesOf([...entries, note("n", 50)]);
		expect(now.map((one) => one.entry.id)).toEqual(["e", "a2"]);
		expect(stopped.map((one) => one.entry.id)).toEqual(["wx"]);
		expect(changes.find((one) => one.entry.id === "a2")!.before?.dose).toBe("2錠");
	});

	test("a corrected start is not taken twice", () => {
		const { now } = medicinesOf([
			...entries,
			medicine("e2", 42, START, "エドキサバン30", "", { corrects: "e" }),
		]);
		expect(now.map((one) => one.entry.id)).toEqual(["e2", "a2"]);
	});

	test("since my last visit: what was written later, but not a history entered now", () => {
		const imported = medicine("old", 60, START, "昔の薬", "", {
			occurredMs: BigInt(T - 400 * 24 * HOUR),
		});
		const changed = changedSince(medicinesOf([...entries, imported]), T + 10 * HOUR);
		expect(changed.map((one) => one.entry.id)).toEqual(["e", "wx", "a2"]);
	});

	test("my last visit is my last entry of an earlier day", () => {
		const mine = [note("a", 1), note("b", 30), note("c", 60, { author: "other" })];
		expect(lastVisit(mine, "nurse", T + 31 * HOUR)).toBe(T + HOUR);
		expect(lastVisit(mine, "nurse", T + 99 * HOUR)).toBe(T + 30 * HOUR);
		expect(lastVisit(mine, "nobody", T)).toBeUndefined();
	});

	test("suggestions: what begins so first, in any kana or width, each once", () => {
		const names = ["アムロジピン錠5mg", "ニフェジピン", "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg", "アムロジピンOD錠2.5mg"];
		expect(suggest("あむ", names)).toEqual(["アムロジピン錠5mg", "アムロジピンOD錠2.5mg"]);
		expect(suggest("ジピン", names)).toHaveLength(3);
	});
});
