// What a timeline shows, made of what came: corrections folded over what they correct, answers beside
// their question, days, what changed among the medicines. Pure.

import { EntryKind, MedicationAction, type Entry, type Medication } from "../../gen/record_pb";
import { isoDay } from "../../parts/time";

/** One thing in the timeline: what was written at first, and what became of it. */
export interface Item {
	key: string;
	/** What was written first, of what is known. */
	root: Entry;
	/**
	 * What stands now: the root, or the corrections that nobody corrected. More than one: they were
	 * written without knowing of each other, and both are shown.
	 */
	shown: Entry[];
	/** What the shown ones correct, newest first. */
	earlier: Entry[];
	/** Of a question: what was answered, oldest first. */
	answers: Entry[];
	/** Of an answer: the question, where it is known. */
	question: Entry | undefined;
	ms: number;
}

/** Written on this device and stored nowhere yet: it has no position, and comes after all others. */
const isLater = (a: Entry, b: Entry): boolean =>
	a.position === b.position
		? a.recordedMs > b.recordedMs
		: b.position !== 0n && (a.position === 0n || a.position > b.position);

const byAge = (a: Entry, b: Entry): number => (isLater(a, b) ? 1 : isLater(b, a) ? -1 : 0);

/** Newest first, by the time when it was so. */
export function fold(entries: Iterable<Entry>): Item[] {
	const byId = new Map<string, Entry>();
	const corrections = new Map<string, Entry[]>();
	for (const entry of entries) byId.set(entry.id, entry);
	const roots: Entry[] = [];
	for (const entry of byId.values()) {
		if (!entry.corrects || !byId.has(entry.corrects)) {
			roots.push(entry);
			continue;
		}
		const others = corrections.get(entry.corrects);
		if (others) others.push(entry);
		else corrections.set(entry.corrects, [entry]);
	}
	const itemOf = new Map<string, Item>();
	const items = roots.map((root) => {
		const item: Item = {
			key: root.id,
			root,
			shown: [],
			earlier: [],
			answers: [],
			question: undefined,
			ms: 0,
		};
		const visit = (entry: Entry) => {
			itemOf.set(entry.id, item);
			const newer = corrections.get(entry.id);
			(newer ? item.earlier : item.shown).push(entry);
			newer?.forEach(visit);
		};
		visit(root);
		if (item.shown.length > 1) item.shown.sort(byAge);
		if (item.earlier.length > 1) item.earlier.sort(byAge).reverse();
		item.ms = Math.max(...item.shown.map((entry) => Number(entry.occurredMs)));
		return item;
	});
	for (const item of items)
		for (const entry of item.shown) {
			if (entry.content.case !== "answer") continue;
			const asked = itemOf.get(entry.content.value.question);
			if (!asked) continue;
			item.question = asked.shown.at(-1);
			asked.answers.push(entry);
		}
	for (const item of items) if (item.answers.length > 1) item.answers.sort(byAge);
	return items.sort((a, b) => b.ms - a.ms || byAge(b.shown.at(-1)!, a.shown.at(-1)!));
}

/**
 * What is stored, and what this device wrote and does not know to be stored yet, as one. What was written
 * here and came by push before its answer is the same thing: of the same author, kind and millisecond,
 * correcting the same. `written`, oldest first: entries under their name in the outbox.
 */
export function together(
	stored: ReadonlyMap<string, Entry> | undefined,
	written: readonly { id: string; madeId: string | undefined; entry: Entry }[],
	user: string,
): Map<string, Entry> {
	const key = (entry: Entry, corrects: string) =>
		`${entry.occurredMs}/${entry.kind}/${corrects || "-"}`;
	const mine = new Map<string, string>();
	for (const entry of stored?.values() ?? [])
		if (entry.author === user) mine.set(key(entry, entry.corrects), entry.id);
	const all = new Map(stored);
	const nameOf = new Map<string, string>();
	for (const { id, madeId, entry } of written) {
		const corrects = nameOf.get(entry.corrects) ?? entry.corrects;
		const there = madeId ?? mine.get(key(entry, corrects)) ?? id;
		nameOf.set(id, there);
		if (!all.has(there)) all.set(there, { ...entry, id: there, corrects });
	}
	return all;
}

export interface Filter {
	kind: EntryKind;
	profession: number;
	/** Only what was unread when it came. */
	unread: boolean;
}

export const NO_FILTER: Filter = { kind: 0, profession: 0, unread: false };

export const isFiltered = (filter: Filter): boolean =>
	filter.kind !== 0 || filter.profession !== 0 || filter.unread;

export function fits(item: Item, filter: Filter): boolean {
	if (!isFiltered(filter)) return true;
	return [...item.shown, ...item.earlier].some(
		(entry) =>
			(!filter.kind || entry.kind === filter.kind) &&
			(!filter.profession || entry.profession === (filter.profession as Entry["profession"])) &&
			(!filter.unread || entry.unread),
	);
}

export type Row =
	{ key: string; kind: "day"; iso: string; ms: number } | { key: string; kind: "item"; item: Item };

/** A heading before the first of each day in Japan. */
export function rowsOf(items: readonly Item[]): Row[] {
	const rows: Row[] = [];
	let day = "";
	for (const item of items) {
		const iso = isoDay(item.ms);
		if (iso !== day) rows.push({ key: `day ${iso}`, kind: "day", iso, ms: item.ms });
		day = iso;
		rows.push({ key: item.key, kind: "item", item });
	}
	return rows;
}

// ---- medicines ---------------------------------------------------------------------------------

export interface MedicineChange {
	entry: Entry;
	medicine: Medication;
	/** What it was before: of a change, a stop. */
	before: Medication | undefined;
}

export interface Medicines {
	now: MedicineChange[];
	/** Stopped, newest first. */
	stopped: MedicineChange[];
	/** All that stands uncorrected, newest first. */
	changes: MedicineChange[];
}

/** Of all entries about medicines; others are passed over. */
export function medicinesOf(entries: Iterable<Entry>): Medicines {
	const known = new Map<string, Entry>();
	for (const entry of entries) known.set(entry.id, entry);
	const standing = fold(known.values()).flatMap((item) => item.shown);
	const gone = new Set<string>();
	for (const entry of standing)
		if (entry.content.case === "medication" && entry.content.value.replaces)
			gone.add(entry.content.value.replaces);
	const medicineOf = (id: string): Medication | undefined => {
		const content = known.get(id)?.content;
		return content?.case === "medication" ? content.value : undefined;
	};
	const changes: MedicineChange[] = [];
	for (const entry of standing)
		if (entry.content.case === "medication") {
			const medicine = entry.content.value;
			changes.push({ entry, medicine, before: medicineOf(medicine.replaces) });
		}
	const stops = changes.filter((one) => one.medicine.action === MedicationAction.STOP);
	return {
		now: changes.filter(
			(one) => one.medicine.action !== MedicationAction.STOP && !gone.has(one.entry.id),
		),
		stopped: stops,
		changes,
	};
}

const LATE_MS = 7 * 24 * 3600 * 1000; // entered later than that it is history (an import), and no news

/** What changed since then: what was written later, by whomever, and was not so long before. */
export function changedSince(medicines: Medicines, sinceMs: number): MedicineChange[] {
	return medicines.changes.filter(
		({ entry }) =>
			Number(entry.recordedMs) > sinceMs && Number(entry.occurredMs) > sinceMs - LATE_MS,
	);
}

/**
 * When I was there last: the last entry of mine of an earlier day. Undefined: none is known.
 */
export function lastVisit(
	entries: Iterable<Entry>,
	user: string,
	nowMs: number,
): number | undefined {
	const today = isoDay(nowMs);
	let last: number | undefined;
	for (const entry of entries) {
		const ms = Number(entry.occurredMs);
		if (entry.author !== user || isoDay(ms) >= today) continue;
		if (last === undefined || ms > last) last = ms;
	}
	return last;
}

/** How a medicine is called without its strength: to find the same one at another dose. */
export const bareName = (name: string): string =>
	name
		.normalize("NFKC")
		.replace(/[「(（].*$/, "")
		.replace(/(OD)?(錠|カプセル|散|細粒|顆粒|テープ|パッチ|シロップ|液|軟膏|点眼液|吸入).*$/i, "")
		.replace(/\s*\d.*$/, "")
		.trim()
		.toLowerCase();

/** Suggestions for what was typed: those that begin with it first, each name once. */
export function suggest(typed: string, names: Iterable<string>, most = 8): string[] {
	const fold1 = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s/g, "");
	const wanted = hiraToKata(fold1(typed));
	const begins: string[] = [];
	const holds: string[] = [];
	const seen = new Set<string>();
	for (const name of names) {
		const one = hiraToKata(fold1(name));
		if (seen.has(one) || one === wanted) continue;
		seen.add(one);
		if (one.startsWith(wanted)) begins.push(name);
		else if (one.includes(wanted)) holds.push(name);
	}
	return [...begins, ...holds].slice(0, most);
}

const hiraToKata = (text: string): string =>
	text.replace(/[\u3041-\u3096]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0x60));
