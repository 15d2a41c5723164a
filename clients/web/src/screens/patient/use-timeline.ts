// The timeline of one patient: what is kept on the device at once, then the service's newest page, then
// what comes by push; older pages when they are wanted. What this device wrote and nobody stored yet
// stands in it too.

import { create, fromBinary } from "@bufbuild/protobuf";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { pushBody } from "../../core/client";
import { Refused } from "../../core/errors";
import { useMe, useOutbox } from "../../core/hooks";
import { keepSoon, kept } from "../../core/kept";
import type { OutboxItem } from "../../core/outbox";
import { session } from "../../core/session";
import { packTimeline, timelineKey } from "../../core/visits";
import {
	AddEntrySchema,
	AttachmentSchema,
	EntrySchema,
	ListTimelineSchema,
	MarkReadSchema,
	TimelineSchema,
	type Entry,
} from "../../gen/record_pb";
import { kindOf } from "./kinds";
import { together } from "./model";

const MARK_AFTER_MS = 1000;
const MARK_MOST = 500;

export interface TimelineState {
	/** By id; undefined: nothing is known yet. */
	entries: ReadonlyMap<string, Entry> | undefined;
	from: "nowhere" | "kept" | "live";
	keptMs: number;
	refused: Refused | undefined;
	silent: boolean;
	/** There are older ones. */
	more: boolean;
	loading: boolean;
	/** What came while the page was open and is to be marked when it was shown; newest last. */
	fresh: readonly string[];
	/** Counts pushes that brought no entry: somebody read, the team or a consent changed. */
	stirs: number;
}

const nothing: TimelineState = {
	entries: undefined,
	from: "nowhere",
	keptMs: 0,
	refused: undefined,
	silent: false,
	more: false,
	loading: false,
	fresh: [],
	stirs: 0,
};

/** What stands in the outbox, as entries under their name there. */
export function writtenEntries(
	items: readonly OutboxItem[],
	me: { user: string; organisation: string; profession: Entry["profession"] },
): { id: string; madeId: string | undefined; entry: Entry }[] {
	return items.flatMap((item) => {
		if (item.type !== AddEntrySchema.name) return [];
		const { entry } = fromBinary(AddEntrySchema, item.body);
		if (!entry) return [];
		// The request names its photos when they are sent.
		const files = item.filesSent ? [] : (item.files ?? []);
		const whole = create(EntrySchema, {
			...entry,
			id: item.id,
			attachments: [
				...entry.attachments,
				...files.map((file) => create(AttachmentSchema, { ...file })),
			],
			kind: kindOf(entry),
			author: me.user,
			organisation: me.organisation,
			profession: me.profession,
			recordedMs: BigInt(item.writtenMs),
			occurredMs: entry.occurredMs || BigInt(item.writtenMs),
			position: 0n,
		});
		return { id: item.id, madeId: item.madeId, entry: whole };
	});
}

export function useTimeline(patient: string): TimelineState & {
	/** With what this device wrote. */
	all: ReadonlyMap<string, Entry> | undefined;
	waiting: ReadonlyMap<string, OutboxItem>;
	older(keep: boolean): void;
	/** These were shown; those that came by push are marked as read. */
	shown(ids: Iterable<string>): void;
	again(): void;
} {
	const [state, setState] = useState<TimelineState>(nothing);
	const [turn, setTurn] = useState(0);
	const work = useRef({ before: 0n, loading: false, open: false });
	const toMark = useRef(new Set<string>());
	const marking = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const { user, me } = useMe();
	const outboxItems = useOutbox(patient);

	useEffect(() => {
		setState(nothing);
		const mine = { before: 0n, loading: false, open: true };
		work.current = mine;
		let entries = new Map<string, Entry>();
		let live = false;
		const keeping = keepSoon(timelineKey(patient), () => packTimeline(entries.values()));
		const take = (items: readonly Entry[], pushed: boolean, first: boolean) => {
			entries = new Map(first && !live ? [] : entries);
			const came: string[] = [];
			for (const entry of items) {
				if (!entries.has(entry.id) && entry.author !== user) came.push(entry.id);
				entries.set(entry.id, entry);
			}
			if (pushed) for (const id of came) toMark.current.add(id);
			const news = live && came.length > 0 ? came : [];
			live = true;
			setState((was) => ({
				...was,
				entries,
				from: "live",
				keptMs: 0,
				refused: undefined,
				silent: false,
				more: mine.before !== 0n,
				fresh: news.length ? [...was.fresh, ...news].slice(-200) : was.fresh,
				stirs: pushed && items.length === 0 ? was.stirs + 1 : was.stirs,
			}));
			keeping.changed();
		};
		void kept.get(timelineKey(patient)).then((one) => {
			if (!one || live || !mine.open) return;
			for (const entry of fromBinary(TimelineSchema, one.bytes).items) entries.set(entry.id, entry);
			const shown = entries;
			setState((was) => ({ ...was, entries: shown, from: "kept", keptMs: one.atMs }));
		});
		const close = session.client.watch(
			session.client.instanceFor("record", patient),
			ListTimelineSchema,
			{ patient },
			TimelineSchema,
			{
				page: (page, first) => {
					if (first) mine.before = page.before;
					take(page.items, false, first);
				},
				push: (push) => {
					const page = pushBody(push, TimelineSchema);
					if (page) take(page.items, true, false);
				},
				failed: (refused) => setState((was) => ({ ...was, refused, silent: !refused })),
			},
		);
		olderRef.current = (keep) => {
			if (mine.loading || mine.before === 0n || !mine.open) return;
			mine.loading = true;
			setState((was) => ({ ...was, loading: true }));
			session.client
				.ask(
					session.client.instanceFor("record", patient),
					ListTimelineSchema,
					{ patient, before: mine.before, keep },
					TimelineSchema,
				)
				.then(
					({ body }) => {
						if (!mine.open) return;
						mine.before = body.before;
						entries = new Map(entries);
						for (const entry of body.items) entries.set(entry.id, entry);
						const now = entries;
						setState((was) => ({ ...was, entries: now, more: body.before !== 0n }));
					},
					() => undefined, // asked again when it is next wanted
				)
				.finally(() => {
					mine.loading = false;
					if (mine.open) setState((was) => ({ ...was, loading: false }));
				});
		};
		return () => {
			mine.open = false;
			close();
			keeping.end();
		};
	}, [patient, user, turn]);

	const olderRef = useRef<(keep: boolean) => void>(() => undefined);
	const older = useCallback((keep: boolean) => olderRef.current(keep), []);

	const shown = useCallback(
		(ids: Iterable<string>) => {
			const seen = [...ids].filter((id) => toMark.current.has(id));
			if (!seen.length || marking.current) return;
			marking.current = setTimeout(() => {
				marking.current = undefined;
				if (document.visibilityState !== "visible") return;
				const entries = seen.slice(0, MARK_MOST);
				for (const id of entries) toMark.current.delete(id);
				session.client
					.ask(session.client.instanceFor("record", patient), MarkReadSchema, { patient, entries })
					.catch(() => entries.forEach((id) => toMark.current.add(id)));
			}, MARK_AFTER_MS);
		},
		[patient],
	);
	useEffect(() => {
		toMark.current = new Set();
		return () => {
			clearTimeout(marking.current);
			marking.current = undefined;
		};
	}, [patient]);

	// By their name here and by the one that they were stored under.
	const waiting = useMemo(
		() =>
			new Map(
				outboxItems.flatMap((item) =>
					[item.id, item.madeId].flatMap((id) => (id ? [[id, item] as const] : [])),
				),
			),
		[outboxItems.map((item) => item.id + item.state).join()],
	);
	const profession = me.person?.profession ?? 0;
	const organisation = me.person?.organisation ?? "";
	const all = useMemo(() => {
		if (!waiting.size) return state.entries;
		const items = [...new Set(waiting.values())];
		const written = writtenEntries(items, { user, organisation, profession });
		return together(state.entries, written, user);
	}, [state.entries, waiting, user, organisation, profession]);

	return {
		...state,
		all,
		waiting,
		older,
		shown,
		again: useCallback(() => setTurn((n) => n + 1), []),
	};
}
