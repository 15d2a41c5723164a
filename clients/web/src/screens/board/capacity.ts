// What a state of the board is worth, and what is said when one touch changes it. Pure; shared with Today.

import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
	BoardSchema,
	CapacityLevel,
	CapacitySchema,
	type Board,
	type Capacity,
} from "../../gen/board_pb";
import { OrganisationKind, Profession, type Me } from "../../gen/network_pb";
import { dayBegins, isoDay } from "../../parts/time";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const EVENING_HOUR = 18;
const SOON_MS = HOUR_MS; // an end that is nearer than this is no end worth keeping

/** Of these the board has a row. */
export function onBoard(kind: OrganisationKind): boolean {
	return (
		kind === OrganisationKind.NURSE_STATION ||
		kind === OrganisationKind.HOSPITAL ||
		kind === OrganisationKind.CLINIC
	);
}

/** May I say what our state is? Staff who care for patients, of what stands on the board. */
export function maySay(me: Me): boolean {
	const profession = me.person?.profession ?? Profession.PROFESSION_UNSPECIFIED;
	return (
		onBoard(me.organisation?.kind ?? 0) &&
		profession > 0 &&
		![Profession.CENTRE_STAFF, Profession.CITY_OFFICER, Profession.ADMINISTRATOR].includes(
			profession,
		)
	);
}

/** Of each the same object each time: what has not changed is not drawn anew. */
const lapsed = new WeakMap<Capacity, Capacity>();

/** As the service would tell it now: past its end, by the reader's own clock, nothing of it holds. */
export function worth(row: Capacity, nowMs: number): Capacity {
	const known = row.level !== CapacityLevel.UNKNOWN && row.level !== 0;
	if (!known || nowMs < Number(row.validUntilMs)) return row;
	let over = lapsed.get(row);
	if (!over) {
		const nothing = { freeVisits: undefined, beds: [], newPatients: 0, accepts: [], remark: "" };
		over = create(CapacitySchema, { ...row, level: CapacityLevel.UNKNOWN, ...nothing });
		lapsed.set(row, over);
	}
	return over;
}

/** When the next of them lapses, after `nowMs`; 0: none. */
export function nextLapse(rows: Iterable<Capacity>, nowMs: number): number {
	let next = 0;
	for (const row of rows) {
		const at = Number(row.validUntilMs);
		if (row.level === CapacityLevel.UNKNOWN || at <= nowMs) continue;
		if (!next || at < next) next = at;
	}
	return next;
}

/** This evening at six, or where that is near or over, tomorrow's. */
export function defaultUntil(nowMs: number): number {
	const evening = dayBegins(isoDay(nowMs)) + EVENING_HOUR * HOUR_MS;
	return evening - nowMs > SOON_MS ? evening : evening + DAY_MS;
}

/** Ends to choose from. */
export function untils(nowMs: number): number[] {
	const evening = dayBegins(isoDay(nowMs)) + EVENING_HOUR * HOUR_MS;
	const morning = dayBegins(isoDay(nowMs)) + DAY_MS + 9 * HOUR_MS;
	const choices = [evening, morning, evening + DAY_MS, evening + 3 * DAY_MS, evening + 7 * DAY_MS];
	return choices.filter((at) => at > nowMs + 10 * 60 * 1000);
}

/**
 * What is said with a new level and one touch: what was said otherwise stays, but a full house has
 * nothing free; the end stays where it is far enough away.
 */
export function withLevel(
	before: Capacity | undefined,
	level: CapacityLevel,
	nowMs: number,
	untilMs?: number,
): MessageInitShape<typeof CapacitySchema> {
	const now = before && worth(before, nowMs);
	const holds = now && now.level !== CapacityLevel.UNKNOWN && now.level !== 0;
	const stays = holds && Number(now.validUntilMs) > nowMs + SOON_MS;
	const full = level === CapacityLevel.FULL;
	return {
		level,
		freeVisits: now?.freeVisits && full ? { today: 0, week: now.freeVisits.week } : now?.freeVisits,
		beds: full ? [] : now?.beds,
		newPatients: now?.newPatients,
		accepts: now?.accepts,
		remark: now?.remark,
		validUntilMs: BigInt(untilMs ?? (stays ? Number(now.validUntilMs) : defaultUntil(nowMs))),
	};
}

/** The same once more: to undo. Undefined: it was unknown, and nobody can say that. */
export function sameAgain(
	before: Capacity | undefined,
	nowMs: number,
): MessageInitShape<typeof CapacitySchema> | undefined {
	const now = before && worth(before, nowMs);
	if (!now || now.level === CapacityLevel.UNKNOWN || now.level === 0) return undefined;
	const { level, freeVisits, beds, newPatients, accepts, remark, validUntilMs } = now;
	return { level, freeVisits, beds, newPatients, accepts, remark, validUntilMs };
}

/** A pushed row as a page of the board. */
export function rowOf(push: { type: string; body: Uint8Array }): Board | undefined {
	if (push.type !== CapacitySchema.name) return undefined;
	return create(BoardSchema, { items: [fromBinary(CapacitySchema, push.body)] });
}

/** The higher position wins; who has left is taken off; whether somebody is there bears no position. */
export function mergeBoard(have: Board | undefined, came: Board, first: boolean): Board {
	if (!have || first) return came;
	const byId = new Map(have.items.map((item) => [item.id, item]));
	for (const row of came.items) {
		const old = byId.get(row.id);
		if (old && row.position < old.position) continue;
		if (row.left) byId.delete(row.id);
		else byId.set(row.id, row);
	}
	return create(BoardSchema, { items: [...byId.values()] });
}

const RANK: Partial<Record<OrganisationKind, number>> = {
	[OrganisationKind.NURSE_STATION]: 0,
	[OrganisationKind.HOSPITAL]: 1,
};

/** Those with room first; mine before all of its area; then whom people phone around for most. */
export function inOrder(rows: readonly Capacity[], mine: string): Capacity[] {
	const rank = (row: Capacity) => RANK[row.kind] ?? 2;
	return [...rows].sort(
		(a, b) =>
			a.area - b.area ||
			Number(b.id === mine) - Number(a.id === mine) ||
			a.level - b.level ||
			rank(a) - rank(b) ||
			(a.id < b.id ? -1 : 1),
	);
}

/** Rows that are in order, by level; my own, which is the first, alone under 0. */
export function byLevel(rows: readonly Capacity[], mine: string): [number, Capacity[]][] {
	const groups = new Map<number, Capacity[]>();
	for (const row of rows) {
		const level = row.id === mine ? 0 : row.level;
		groups.set(level, [...(groups.get(level) ?? []), row]);
	}
	return [...groups];
}

/** How many of each level: available, limited, full, unknown. */
export function counts(rows: readonly Capacity[]): [number, number, number, number] {
	const sums: [number, number, number, number] = [0, 0, 0, 0];
	for (const row of rows) sums[(row.level || CapacityLevel.UNKNOWN) - 1]!++;
	return sums;
}
