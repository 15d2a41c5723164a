// If these fail, somebody urgent is not heard, or everybody is rung for what somebody has already.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
	inOrder,
	inRows,
	isOpen,
	rank,
	ringsNow,
	take,
	toneOf,
	waits,
} from "../../src/core/ringing";
import { Notification_State as State, NotificationSchema } from "../../src/gen/alert_pb";

let next = 0;
const make = (init: MessageInitShape<typeof NotificationSchema> = {}) =>
	create(NotificationSchema, {
		id: `N${next++}`,
		recipient: "me",
		state: State.STORED,
		position: 1n,
		storedMs: 1000n,
		...init,
	});

test("what nobody has accepted waits; what a colleague has does not, unless all are to accept", () => {
	expect(waits(make())).toBe(true);
	expect(waits(make({ state: State.OPENED }))).toBe(true);
	expect(waits(make({ state: State.ACCEPTED }))).toBe(false);
	expect(waits(make({ takenBy: "other" }))).toBe(false);
	expect(waits(make({ takenBy: "other", everyone: true }))).toBe(true);
	expect(waits(make({ takenBy: "me" }))).toBe(true);
});

test("done, declined and withdrawn are over", () => {
	for (const state of [State.DONE, State.DECLINED, State.WITHDRAWN])
		expect(isOpen(make({ state }))).toBe(false);
	for (const state of [State.STORED, State.DELIVERED, State.OPENED, State.ACCEPTED])
		expect(isOpen(make({ state }))).toBe(true);
});

test("rings when it rang once more, or rang since the page listens", () => {
	const rung = make({ rings: 1, rungMs: 500n });
	expect(ringsNow(undefined, rung, true, 1000)).toBe(true);
	expect(ringsNow(undefined, rung, false, 1000)).toBe(false); // before: it is only shown
	expect(ringsNow(undefined, make({ rings: 1, rungMs: 2000n }), false, 1000)).toBe(true);
	expect(ringsNow(rung, make({ rings: 1 }), true, 0)).toBe(false); // the same ring
	expect(ringsNow(rung, make({ rings: 2 }), false, 1e15)).toBe(true); // again
	expect(ringsNow(undefined, make({ rings: 0 }), true, 0)).toBe(false); // silently there
});

test("what is accepted, or somebody else's, does not ring", () => {
	expect(ringsNow(undefined, make({ rings: 1, state: State.ACCEPTED }), true, 0)).toBe(false);
	expect(ringsNow(undefined, make({ rings: 1, takenBy: "other" }), true, 0)).toBe(false);
});

test("the higher position wins; what is over leaves; a late page takes nothing back", () => {
	const one = make({ position: 5n });
	const first = take(new Map(), [one], false, 0).items;
	const older = create(NotificationSchema, { ...one, position: 4n, state: State.DONE });
	expect(take(first, [older], true, 0).items.has(one.id)).toBe(true);
	const done = create(NotificationSchema, { ...one, position: 6n, state: State.DONE });
	expect(take(first, [done], true, 0).items.has(one.id)).toBe(false);
	expect(first.has(one.id)).toBe(true); // what was given is not changed
});

test("urgent and waiting first, then waiting, then mine, then others'; the newest first", () => {
	const late = make({ storedMs: 9n });
	const early = make({ storedMs: 1n });
	const urgent = make({ urgent: true, storedMs: 1n });
	const mine = make({ state: State.ACCEPTED, urgent: true });
	const others = make({ takenBy: "other", urgent: true });
	const order = inOrder([others, mine, early, late, urgent]).map((n) => n.id);
	expect(order).toEqual([urgent.id, late.id, early.id, mine.id, others.id]);
	expect([urgent, late, mine, others].map(rank)).toEqual([0, 1, 2, 3]);
});

test("the tone is that of the most pressing", () => {
	expect(toneOf([])).toBeUndefined();
	expect(toneOf([make()])).toBe("quiet");
	expect(toneOf([make(), make({ urgent: true })])).toBe("urgent");
	expect(toneOf([make({ urgent: true, round: 1 }), make({ urgent: true })])).toBe("louder");
	expect(toneOf([make({ round: 1 })])).toBe("quiet");
});

test("what one colleague wrote of one patient, and wants the same answer, is one row", () => {
	const by = (author: string, patient: string, more = {}) =>
		make({ author, patient, state: State.DELIVERED, ...more });
	const rows = (items: ReturnType<typeof make>[]) => inRows(items).map((row) => row.length);
	const visit = [by("nurse", "P1"), by("nurse", "P1"), by("nurse", "P1")];
	expect(rows(visit)).toEqual([3]);
	// It stands where the newest of it stood.
	const between = [visit[0]!, by("other", "P1"), by("nurse", "P2"), visit[1]!];
	expect(inRows(between).map(([first]) => first)).toEqual(between.slice(0, 3));
	expect(rows(between)).toEqual([2, 1, 1]);
	// Another answer, another row: what is opened is done, what is not is accepted.
	expect(rows([visit[0]!, by("nurse", "P1", { state: State.OPENED })])).toEqual([1, 1]);
	expect(rows([visit[0]!, by("nurse", "P1", { state: State.ACCEPTED })])).toEqual([1, 1]);
	// What is urgent and waits, what a colleague has, and what is of no patient each stand alone.
	expect(rows([by("nurse", "P1", { urgent: true }), by("nurse", "P1", { urgent: true })])).toEqual([
		1, 1,
	]);
	// So does what has more to say than what it is.
	for (const more of [{ everyone: true }, { asked: true }, { handedOverBy: "x" }])
		expect(rows([by("nurse", "P1", more), by("nurse", "P1", more)])).toEqual([1, 1]);
	const taken = { takenBy: "colleague" };
	expect(rows([by("nurse", "P1", taken), by("nurse", "P1", taken)])).toEqual([1, 1]);
	expect(rows([by("nurse", ""), by("nurse", "")])).toEqual([1, 1]);
});
