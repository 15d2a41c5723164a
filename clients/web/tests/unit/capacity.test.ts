// If these fail, the board says that somebody has room who has not said so.

import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { BoardSchema, CapacityLevel, CapacitySchema } from "../../src/gen/board_pb";
import { Area, OrganisationKind } from "../../src/gen/network_pb";
import {
	counts,
	defaultUntil,
	byLevel,
	inOrder,
	mergeBoard,
	nextLapse,
	rowOf,
	sameAgain,
	untils,
	withLevel,
	worth,
} from "../../src/screens/board/capacity";

const HOUR = 3600_000;
const at = (text: string) => Date.parse(`${text}+09:00`);
const NOON = at("2026-11-26T12:00:00");
const { AVAILABLE, LIMITED, FULL, UNKNOWN } = CapacityLevel;

/** Its fields, without those that make it a message. */
type Init = Exclude<MessageInitShape<typeof CapacitySchema>, { $typeName: string }>;

const make = (init: Init = {}) =>
	create(CapacitySchema, {
		id: "station01",
		level: AVAILABLE,
		freeVisits: { today: 2, week: 8 },
		accepts: [1, 9],
		remark: "午後",
		setMs: BigInt(NOON - HOUR),
		validUntilMs: BigInt(NOON + 6 * HOUR),
		position: 5n,
		...init,
	});

test("past its end, by the reader's own clock, it is unknown and nothing of it holds", () => {
	const row = make();
	const end = Number(row.validUntilMs);
	expect(worth(row, end - 1)).toBe(row);
	const after = worth(row, end);
	expect(after.level).toBe(UNKNOWN);
	expect([after.freeVisits, after.accepts, after.remark]).toEqual([undefined, [], ""]);
	expect(after.setMs).toBe(row.setMs); // how old it is stays to be told
});

test("the next lapse is the nearest to come", () => {
	const rows = [
		make({ validUntilMs: 300n }),
		make({ validUntilMs: 200n }),
		make({ validUntilMs: 100n }),
		make({ level: UNKNOWN, validUntilMs: 150n }),
	];
	expect(nextLapse(rows, 100)).toBe(200);
	expect(nextLapse(rows, 300)).toBe(0);
});

test("the end is this evening in Japan, or where that is near, tomorrow's", () => {
	expect(defaultUntil(NOON)).toBe(at("2026-11-26T18:00:00"));
	expect(defaultUntil(at("2026-11-26T17:00:00"))).toBe(at("2026-11-27T18:00:00"));
	expect(defaultUntil(at("2026-11-26T23:59:00"))).toBe(at("2026-11-27T18:00:00"));
	expect(defaultUntil(at("2026-11-27T00:01:00"))).toBe(at("2026-11-27T18:00:00"));
	for (const hour of ["00", "08", "17", "18", "23"]) {
		const now = at(`2026-11-26T${hour}:55:00`);
		for (const one of untils(now)) {
			expect(one).toBeGreaterThan(now);
			expect(one).toBeLessThan(now + 31 * 24 * HOUR);
		}
	}
});

test("one touch keeps what else was said, and its end where that is far enough away", () => {
	const said = withLevel(make(), LIMITED, NOON);
	expect(said).toMatchObject({
		level: LIMITED,
		remark: "午後",
		accepts: [1, 9],
		validUntilMs: BigInt(NOON + 6 * HOUR),
	});
	const near = withLevel(make({ validUntilMs: BigInt(NOON + HOUR / 2) }), LIMITED, NOON);
	expect(near.validUntilMs).toBe(BigInt(defaultUntil(NOON)));
	expect(withLevel(make(), LIMITED, NOON, NOON + 1).validUntilMs).toBe(BigInt(NOON + 1));
});

test("a full house has nothing free; what has lapsed is not said again", () => {
	const full = withLevel(make(), FULL, NOON);
	expect(full.freeVisits?.today).toBe(0);
	expect(withLevel(make({ beds: [{ count: 3 }] }), FULL, NOON).beds).toEqual([]);
	const lapsed = withLevel(make({ validUntilMs: BigInt(NOON - 1) }), AVAILABLE, NOON);
	expect(lapsed).toMatchObject({ remark: "", accepts: [] });
	expect(lapsed.validUntilMs).toBe(BigInt(defaultUntil(NOON)));
});

test("undo says the same once more; what was unknown nobody can say", () => {
	expect(sameAgain(make(), NOON)).toMatchObject({ level: AVAILABLE, remark: "午後" });
	expect(sameAgain(make({ level: UNKNOWN }), NOON)).toBeUndefined();
	expect(sameAgain(make({ validUntilMs: 1n }), NOON)).toBeUndefined();
	expect(sameAgain(undefined, NOON)).toBeUndefined();
});

test("rows merge by position; who left is taken off; presence bears no position of its own", () => {
	const have = create(BoardSchema, { items: [make()] });
	const row = (init: Init) => create(BoardSchema, { items: [make(init)] });
	const level = (board: typeof have) => board.items[0]?.level;
	expect(level(mergeBoard(have, row({ level: FULL, position: 4n }), false))).toBe(AVAILABLE);
	expect(level(mergeBoard(have, row({ level: FULL, position: 6n }), false))).toBe(FULL);
	expect(mergeBoard(have, row({ online: true }), false).items[0]?.online).toBe(true);
	expect(mergeBoard(have, row({ left: true, position: 6n }), false).items).toEqual([]);
	expect(mergeBoard(have, row({ id: "other" }), true).items).toHaveLength(1);
});

test("a pushed row is a page", () => {
	const body = toBinary(CapacitySchema, make());
	expect(rowOf({ type: "Capacity", body })?.items[0]?.id).toBe("station01");
	expect(rowOf({ type: "DutyState", body })).toBeUndefined();
});

test("room first within an area, mine on top of it", () => {
	const rows = [
		make({ id: "a", area: Area.WEST, level: AVAILABLE }),
		make({ id: "b", area: Area.NORTH, level: FULL }),
		make({ id: "c", area: Area.NORTH, level: AVAILABLE, kind: OrganisationKind.CLINIC }),
		make({ id: "d", area: Area.NORTH, level: AVAILABLE, kind: OrganisationKind.NURSE_STATION }),
		make({ id: "mine", area: Area.NORTH, level: FULL }),
	];
	expect(inOrder(rows, "mine").map((row) => row.id)).toEqual(["mine", "d", "c", "b", "a"]);
	const north = inOrder(rows, "mine").filter((row) => row.area === Area.NORTH);
	const groups = byLevel(north, "mine").map(([level, ones]) => [level, ones.map((row) => row.id)]);
	expect(groups).toEqual([
		[0, ["mine"]],
		[AVAILABLE, ["d", "c"]],
		[FULL, ["b"]],
	]);
	expect(counts(rows)).toEqual([3, 0, 2, 0]);
});
