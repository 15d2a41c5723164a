// What a notification calls for: does it wait for me, does it ring now, in which order does it stand.
// Pure: the same input, the same answer. The rules are those of the command line's `inbox follow`.

import { Notification_State as State, type Notification } from "../gen/alert_pb";

/** Nobody has said yet what becomes of it, as far as its reader knows. */
export function waits(n: Notification): boolean {
	return n.state < State.ACCEPTED && (n.everyone || !n.takenBy || n.takenBy === n.recipient);
}

/** In the inbox still: neither done, declined nor withdrawn. */
export function isOpen(n: Notification): boolean {
	return n.state > State.STATE_UNSPECIFIED && n.state < State.DONE;
}

/**
 * Does it make a sound now? `before`: as it was known; `pushed`: it happened just now, and did not come
 * with the first page; `sinceMs`: since when this page has been listening.
 */
export function ringsNow(
	before: Notification | undefined,
	now: Notification,
	pushed: boolean,
	sinceMs: number,
): boolean {
	if (now.rings <= (before?.rings ?? 0) || !waits(now)) return false;
	return pushed || before !== undefined || Number(now.rungMs) > sinceMs;
}

/** Urgent and waiting, then waiting, then what I am at, then what a colleague has; the newest first. */
export function rank(n: Notification): number {
	if (waits(n)) return n.urgent ? 0 : 1;
	return n.state === State.ACCEPTED ? 2 : 3;
}

export function inOrder(items: Iterable<Notification>): Notification[] {
	return [...items].sort(
		(a, b) => rank(a) - rank(b) || Number(b.storedMs - a.storedMs) || (a.id < b.id ? 1 : -1),
	);
}

/** What was opened and only had to be known is done; what was not is not to be done unseen. */
export function next(n: Notification): "accept" | "finish" | "takeOver" {
	if (n.state === State.ACCEPTED || n.state === State.OPENED) return "finish";
	return waits(n) ? "accept" : "takeOver";
}

/** Nothing is said of it but what it is, of whom and by whom. */
function isPlain(n: Notification): boolean {
	const special = n.matter || n.everyone || n.asked || n.place || n.substituteFor || n.handedOverBy;
	return !special && !n.urgent && Boolean(n.patient && n.author) && next(n) !== "takeOver";
}

/** In the same row stand those of the same key. */
export function rowOf(n: Notification): string {
	return isPlain(n) ? [n.patient, n.author, n.organisation, rank(n), next(n)].join("/") : n.id;
}

/**
 * What one colleague wrote of one patient and what wants the same answer is one row: a visit makes
 * several entries. Each row stands where the newest of it stood.
 */
export function inRows(items: readonly Notification[]): Notification[][] {
	const rows = new Map<string, Notification[]>();
	for (const n of items) {
		const row = rows.get(rowOf(n));
		if (row) row.push(n);
		else rows.set(rowOf(n), [n]);
	}
	return [...rows.values()];
}

/** The higher position wins; what is over leaves. Says what of it rings. */
export function take(
	have: ReadonlyMap<string, Notification>,
	came: readonly Notification[],
	pushed: boolean,
	sinceMs: number,
): { items: Map<string, Notification>; ringing: Notification[] } {
	const items = new Map(have);
	const ringing: Notification[] = [];
	for (const one of came) {
		const before = items.get(one.id);
		if (before && one.position < before.position) continue;
		if (isOpen(one)) items.set(one.id, one);
		else items.delete(one.id);
		if (isOpen(one) && ringsNow(before, one, pushed, sinceMs)) ringing.push(one);
	}
	return { items, ringing };
}

/** What to play for several at once: the most pressing of them. */
export type Tone = "quiet" | "urgent" | "louder";

export function toneOf(ringing: readonly Notification[]): Tone | undefined {
	if (ringing.length === 0) return undefined;
	const urgent = ringing.filter((n) => n.urgent);
	if (urgent.length === 0) return "quiet";
	return urgent.some((n) => n.round > 0) ? "louder" : "urgent";
}
