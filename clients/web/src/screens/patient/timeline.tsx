// The timeline: newest on top, by day, as long as it may be.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useNow } from "../../core/hooks";
import { names } from "../../core/names";
import { outbox, type OutboxItem } from "../../core/outbox";
import { session } from "../../core/session";
import { ProfessionSchema, type Profession } from "../../gen/network_pb";
import {
	EntryKind,
	EntryKindSchema,
	ListReadersSchema,
	ReaderListSchema,
} from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Empty, Failure, Waiting } from "../../parts";
import { fullDay, isoDay, when } from "../../parts/time";
import { ItemRow, type EntryActions } from "./entry";
import { fits, fold, isFiltered, NO_FILTER, rowsOf, type Filter } from "./model";
import c from "./patient.module.css";
import type { useTimeline } from "./use-timeline";
import type { Limits } from "./vitals";

const NEAR_END = 12; // rows from the end, older ones are asked for
const ENOUGH = 30; // rows of a filtered timeline, before more is loaded for it
const TOP_PX = 40; // so near to the top, what is new is shown at once
const READERS_AFTER_MS = 2000;
const READERS_OF = 3; // of my own entries, the newest

export function Timeline({
	timeline,
	limits,
	onOpen,
	onRewrite,
}: {
	timeline: ReturnType<typeof useTimeline>;
	limits: Limits | undefined;
	onOpen(id: string): void;
	onRewrite(item: OutboxItem): void;
}) {
	const { t } = useTranslation("patient");
	const [filter, setFilter] = useState(NO_FILTER);
	const scroller = useRef<HTMLDivElement>(null);
	const { all, waiting, more, loading, older, shown } = timeline;
	const now = useNow(60_000);

	const items = useMemo(() => (all ? fold(all.values()) : []), [all]);
	const rows = useMemo(
		() => rowsOf(isFiltered(filter) ? items.filter((item) => fits(item, filter)) : items),
		[items, filter],
	);

	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: (index) => (rows[index]?.kind === "day" ? 42 : 112),
		getItemKey: (index) => rows[index]?.key ?? index,
		overscan: 6,
		useFlushSync: false,
		directDomUpdates: true, // scrolling alone draws nothing anew
	});
	const visible = virtual.getVirtualItems();
	const last = visible.at(-1)?.index ?? 0;

	// Older ones, before the end is reached; of a filtered timeline until there is enough to see.
	useEffect(() => {
		if (!more || loading) return;
		if (last >= rows.length - NEAR_END || (isFiltered(filter) && rows.length < ENOUGH))
			older(isFiltered(filter));
	}, [last, rows.length, more, loading, filter, older]);

	// What stands at the top stays there when something new comes above it.
	const anchor = useRef<{ key: string; offset: number } | undefined>(undefined);
	useLayoutEffect(() => {
		const element = scroller.current;
		const held = anchor.current;
		if (!element || !held) return;
		const index = rows.findIndex((row) => row.key === held.key);
		const start = index < 0 ? undefined : virtual.measurementsCache[index]?.start;
		if (start !== undefined && Math.abs(start - held.offset - element.scrollTop) > 1)
			virtual.scrollToOffset(start - held.offset);
	}, [rows]);
	const holdTop = useCallback(() => {
		const element = scroller.current;
		if (!element || element.scrollTop < TOP_PX) {
			anchor.current = undefined;
			setArrived((was) => (was.length ? [] : was));
			return;
		}
		const top = virtual.getVirtualItems().find((one) => one.end > element.scrollTop);
		anchor.current = top && { key: String(top.key), offset: top.start - element.scrollTop };
	}, [virtual]);

	// What came while the page was open: said aloud, and one tap away where it is out of sight.
	const [arrived, setArrived] = useState<readonly string[]>([]);
	const [spoken, setSpoken] = useState("");
	const { user } = useMe();
	const word = useWord();
	const heard = useRef(0);
	const { fresh } = timeline;
	useEffect(() => {
		const news = fresh.slice(Math.min(heard.current, fresh.length));
		heard.current = fresh.length;
		const entries = news.flatMap((id) => all?.get(id) ?? []).filter((one) => one.author !== user);
		if (!entries.length) return;
		setSpoken(
			entries
				.map((entry) => {
					const person = names.person(entry.author)?.name ?? "";
					const what = `${entry.urgent ? `${t("urgentWord")} ` : ""}${word(EntryKindSchema, entry.kind)}`;
					return t("arrivedOne", { what, person });
				})
				.join(" "),
		);
		const element = scroller.current;
		const above = items.findIndex((item) => item.shown.some((one) => news.includes(one.id)));
		if ((element && element.scrollTop >= TOP_PX) || above > 5)
			setArrived((was) => [...was, ...news]);
	}, [fresh]);
	const goToArrived = () => {
		const id = arrived.at(-1);
		const index = rows.findIndex(
			(row) => row.kind === "item" && row.item.shown.some((entry) => entry.id === id),
		);
		setArrived([]);
		anchor.current = undefined;
		virtual.scrollToIndex(Math.max(0, index - 1), { align: "start" });
	};

	// What is on the screen is shown.
	useEffect(() => {
		if (!fresh.length) return;
		const ids: string[] = [];
		for (const one of visible) {
			const row = rows[one.index];
			if (row?.kind === "item") for (const entry of row.item.shown) ids.push(entry.id);
		}
		shown(ids);
	}, [visible[0]?.index, last, fresh.length, rows, shown]);

	const readers = useReadersOfMine(timeline, user);

	const actions = useMemo<EntryActions>(
		() => ({
			open: onOpen,
			rewrite: onRewrite,
			drop: (item) => void outbox.remove(item.id),
		}),
		[onOpen, onRewrite],
	);

	return (
		<>
			<div className="heard" aria-live="polite" role="status">
				{spoken}
			</div>
			<div
				className={c.pane}
				ref={scroller}
				onScroll={holdTop}
				tabIndex={0}
				role="region"
				aria-label={t("timeline")}
				data-scroller
			>
				<Filters items={items} filter={filter} onFilter={setFilter} />
				{arrived.length > 0 && (
					<button type="button" className={c.arrived} onClick={goToArrived}>
						{t("arrived", { n: arrived.length })}
					</button>
				)}
				{timeline.refused && <Failure error={timeline.refused} again={timeline.again} />}
				{timeline.from === "kept" && (
					<p className={`${c.row} quiet`} style={{ position: "static", margin: 0 }} role="status">
						{t("keptAt", { time: when(timeline.keptMs, now) })}
					</p>
				)}
				<div className={c.said}>
					{!all && !timeline.refused && <Waiting silent={timeline.silent} />}
					{all && rows.length === 0 && !loading && (
						<Empty>{t(isFiltered(filter) ? "noneFits" : "noEntries")}</Empty>
					)}
				</div>
				<div className={c.rows} ref={virtual.containerRef}>
					{visible.map((one) => {
						const row = rows[one.index];
						if (!row) return null;
						return (
							<div
								key={one.key}
								data-index={one.index}
								ref={virtual.measureElement}
								className={c.row}
							>
								{row.kind === "day" ? (
									<h2 className={c.day}>{dayName(row.ms, now, t)}</h2>
								) : (
									<ItemRow
										item={row.item}
										waiting={waiting}
										limits={limits}
										actions={actions}
										readers={readers}
									/>
								)}
							</div>
						);
					})}
				</div>
				<div className={c.said}>{loading && <Waiting />}</div>
			</div>
		</>
	);
}

function dayName(ms: number, now: number, t: (key: "today" | "yesterday") => string): string {
	const iso = isoDay(ms);
	if (iso === isoDay(now)) return `${t("today")}　${fullDay(ms)}`;
	if (iso === isoDay(now - 24 * 3600 * 1000)) return `${t("yesterday")}　${fullDay(ms)}`;
	return fullDay(ms);
}

/** All, unread, the kinds and professions that occur. */
function Filters({
	items,
	filter,
	onFilter,
}: {
	items: ReturnType<typeof fold>;
	filter: Filter;
	onFilter(filter: Filter): void;
}) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const { kinds, professions, unread } = useMemo(() => {
		const kinds = new Set<EntryKind>([EntryKind.VITAL_SIGNS, EntryKind.NOTE, EntryKind.MEDICATION]);
		const professions = new Set<Profession>();
		let unread = 0;
		for (const item of items)
			for (const entry of item.shown) {
				kinds.add(entry.kind);
				professions.add(entry.profession);
				if (entry.unread) unread++;
			}
		return { kinds: [...kinds], professions: [...professions], unread };
	}, [items]);
	const chip = (key: string, text: string, on: boolean, next: Filter) => (
		<button
			key={key}
			type="button"
			className={c.chip}
			aria-pressed={on}
			onClick={() => onFilter(next)}
		>
			{text}
		</button>
	);
	return (
		<div className={c.chips} role="group" aria-label={t("filters")}>
			{chip("all", t("all"), !isFiltered(filter), NO_FILTER)}
			{(unread > 0 || filter.unread) &&
				chip("unread", t("unreadOnly", { n: unread }), filter.unread, {
					...filter,
					unread: !filter.unread,
				})}
			{kinds.map((kind) =>
				chip(`k${kind}`, word(EntryKindSchema, kind), filter.kind === kind, {
					...filter,
					kind: filter.kind === kind ? 0 : kind,
				}),
			)}
			{professions.map((one) =>
				chip(`p${one}`, word(ProfessionSchema, one), filter.profession === one, {
					...filter,
					profession: filter.profession === one ? 0 : one,
				}),
			)}
		</div>
	);
}

/** How many have read what I wrote last: asked anew when somebody reads. */
function useReadersOfMine(
	timeline: ReturnType<typeof useTimeline>,
	user: string,
): ReadonlyMap<string, number> {
	const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
	const { stirs, entries } = timeline;
	const latest = useRef(entries);
	latest.current = entries;
	useEffect(() => {
		if (!stirs) return;
		const timer = setTimeout(() => {
			const mine = [...(latest.current?.values() ?? [])]
				.filter((entry) => entry.author === user)
				.sort((a, b) => (a.position < b.position ? 1 : -1))
				.slice(0, READERS_OF);
			for (const { id, patient } of mine)
				session.client
					.ask(
						session.client.instanceFor("record", patient),
						ListReadersSchema,
						{ entry: id },
						ReaderListSchema,
					)
					.then(
						({ body }) => setCounts((was) => new Map(was).set(id, body.items.length)),
						() => undefined,
					);
		}, READERS_AFTER_MS);
		return () => clearTimeout(timer);
	}, [stirs, user]);
	return counts;
}
