// What must be there in the flat without network: of the patients whom one visits today, or has opened
// within a day, the newest part of the timeline and the summary. Bounded; asked for in peace, one after
// another, and not counted as read (ListTimeline.keep).

import { create, toBinary } from "@bufbuild/protobuf";
import {
	ListNewsSchema,
	ListTimelineSchema,
	NewsListSchema,
	ShowSummarySchema,
	SummarySchema,
	TimelineSchema,
	type Entry,
	type PatientNews,
} from "../gen/record_pb";
import { isoDay } from "../parts/time";
import { kept } from "./kept";
import { session } from "./session";

export const KEEP_ENTRIES = 100;
const PATIENTS_MOST = 20;
const EVERY_MS = 30 * 60_000;
const FIRST_AFTER_MS = 4000; // what is looked at goes first
const PAUSE_MS = 200;
const OPENED_MS = 24 * 3600 * 1000;

export const newsKey = "patients/news";
export const timelineKey = (patient: string) => `timeline/${patient}`;
export const summaryKey = (patient: string) => `summary/${patient}`;
const LIST_KEY = "visits";

/** The newest of them, as they are kept on the device. */
export function packTimeline(entries: Iterable<Entry>): Uint8Array {
	const items = [...entries]
		.filter((entry) => entry.position !== 0n)
		.sort((a, b) => (a.position < b.position ? 1 : -1))
		.slice(0, KEEP_ENTRIES);
	return toBinary(TimelineSchema, create(TimelineSchema, { items }));
}

/** Who is visited today first, by the hour; then who was opened last. */
export function visitedToday(news: readonly PatientNews[], nowMs: number): string[] {
	const today = isoDay(nowMs);
	const visits = (one: PatientNews) =>
		one.nextVisitMs > 0n && isoDay(Number(one.nextVisitMs)) === today;
	return news
		.filter(
			(one) =>
				!one.gone && (visits(one) || nowMs - Number(one.lookedMs) < OPENED_MS) && one.patient,
		)
		.sort(
			(a, b) =>
				Number(visits(b)) - Number(visits(a)) ||
				(visits(a) ? Number(a.nextVisitMs - b.nextVisitMs) : Number(b.lookedMs - a.lookedMs)),
		)
		.slice(0, PATIENTS_MOST)
		.map((one) => one.patient!.id);
}

/** Every instance that keeps patients. */
export function recordInstances(): string[] {
	const found = session.client.shards.filter((one) => one.service === "record");
	return found.length ? [...new Set(found.map((one) => one.instance))] : ["record"];
}

async function myNews(): Promise<PatientNews[]> {
	const all: PatientNews[] = [];
	for (const instance of recordInstances()) {
		for (let after = 0n; ;) {
			const answer = await session.client.ask(instance, ListNewsSchema, {}, NewsListSchema, {
				after,
			});
			all.push(...answer.body.items);
			if (!answer.more) break;
			after = answer.position;
		}
	}
	return all;
}

async function keepOne(patient: string): Promise<void> {
	const instance = session.client.instanceFor("record", patient);
	const age = async (key: string) => Date.now() - ((await kept.get(key))?.atMs ?? 0);
	if ((await age(timelineKey(patient))) > EVERY_MS) {
		const { body } = await session.client.ask(
			instance,
			ListTimelineSchema,
			{ patient, keep: true },
			TimelineSchema,
		);
		await kept.put(timelineKey(patient), packTimeline(body.items));
	}
	if ((await age(summaryKey(patient))) > EVERY_MS) {
		const { body } = await session.client.ask(
			instance,
			ShowSummarySchema,
			{ patient },
			SummarySchema,
		);
		await kept.put(summaryKey(patient), toBinary(SummarySchema, body));
	}
}

/** Those of earlier days go. */
async function forgetOthers(patients: readonly string[]): Promise<void> {
	const before = await kept.get(LIST_KEY);
	const text = before ? new TextDecoder().decode(before.bytes) : "";
	for (const one of text.split("\n"))
		if (one && !patients.includes(one)) {
			await kept.remove(timelineKey(one));
			await kept.remove(summaryKey(one));
		}
	await kept.put(LIST_KEY, new TextEncoder().encode(patients.join("\n")));
}

async function keepToday(stop: AbortSignal): Promise<void> {
	const news = await myNews();
	await kept.put(newsKey, toBinary(NewsListSchema, create(NewsListSchema, { items: news })));
	const patients = visitedToday(news, Date.now());
	await forgetOthers(patients);
	for (const patient of patients) {
		if (stop.aborted || session.client.state !== "up") return;
		await keepOne(patient).catch(() => undefined); // one who may not be seen any more
		await new Promise((done) => setTimeout(done, PAUSE_MS));
	}
}

/** Begins to keep them while somebody is signed in. Returns how to end it. */
export function keepVisits(): () => void {
	const stop = new AbortController();
	let doneMs = 0;
	let busy = false;
	const look = () => {
		if (busy || stop.signal.aborted || session.client.state !== "up") return;
		if (session.state.kind !== "open" || Date.now() - doneMs < EVERY_MS) return;
		busy = true;
		keepToday(stop.signal)
			.then(
				() => (doneMs = Date.now()),
				() => undefined, // no answer: at the next look
			)
			.finally(() => (busy = false));
	};
	const first = setTimeout(look, FIRST_AFTER_MS);
	const timer = setInterval(look, 60_000);
	return () => {
		stop.abort();
		clearTimeout(first);
		clearInterval(timer);
	};
}
