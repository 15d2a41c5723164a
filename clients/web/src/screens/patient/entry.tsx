// One thing in the timeline. Plain elements: hundreds of these are made while somebody scrolls.

import { memo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { OutboxItem, OutboxState } from "../../core/outbox";
import { ConcernSchema, EntryKindSchema, MedicationAction, type Entry } from "../../gen/record_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Stored } from "../../parts";
import { useLinkState, useMe } from "../../core/hooks";
import { useOrganisation } from "../../core/names";
import { shortName } from "./header";
import { IconDots } from "../../parts/icons";
import { PersonName } from "../../parts/names";
import { clock, when } from "../../parts/time";
import { Attachments, Sending } from "./attachments";
import { isPast, useEntryText, vitalParts } from "./kinds";
import type { Item } from "./model";
import c from "./patient.module.css";
import type { Limits } from "./vitals";

const LATE_MS = 10 * 60_000; // entered so much later, both times are shown
const LONG = 280; // more text than that is folded

export interface EntryActions {
	open(id: string): void;
	/** A refused one: written anew, or given up. */
	rewrite(item: OutboxItem): void;
	drop(item: OutboxItem): void;
}

/** What an entry says. */
export function EntryBody({ entry, limits }: { entry: Entry; limits: Limits | undefined }) {
	const { t } = useTranslation("patient");
	const text = useEntryText();
	const [whole, setWhole] = useState(false);
	const { content } = entry;
	if (content.case === "vitalSigns")
		return (
			<div className={`${c.body} ${c.vitals}`}>
				{vitalParts(content.value, limits, t).map((part) => (
					<span key={part.sign} className={part.side ? c.out : undefined}>
						{part.text}
						{part.side && (
							<>
								<span aria-hidden> {part.side === "low" ? "↓" : "↑"}</span>
								<span className="heard">{t(part.side === "low" ? "tooLow" : "tooHigh")}</span>
							</>
						)}
					</span>
				))}
			</div>
		);
	if (content.case === "medication" && content.value.action === MedicationAction.STOP)
		return <div className={c.body}>{text(entry)}</div>;
	const words = text(entry);
	const long = words.length > LONG || words.split("\n").length > 8;
	return (
		<>
			<div className={`${c.body} ${long && !whole ? c.long : ""}`}>{words}</div>
			{long && (
				<button type="button" className={c.link} onClick={() => setWhole(!whole)}>
					{t(whole ? "less" : "more")}
				</button>
			)}
		</>
	);
}

/** 至急 未読 連絡・所見 抗血栓薬 */
function Marks({ entry, also }: { entry: Entry; also?: ReactNode }) {
	const { t } = useTranslation();
	const word = useWord();
	return (
		<div className={c.line}>
			{entry.urgent && <span className={`${c.badge} ${c.urgent}`}>{t("urgent")}</span>}
			{entry.unread && <span className={`${c.badge} ${c.unread}`}>{t("unread")}</span>}
			<span className={c.kind}>{word(EntryKindSchema, entry.kind)}</span>
			{entry.concerns.map((one) => (
				<span key={one} className={`${c.badge} ${c.concern}`}>
					{word(ConcernSchema, one)}
				</span>
			))}
			{also}
		</div>
	);
}

/** 佐倉 未来 看護師・松木 */
export function Author({ entry }: { entry: Entry }) {
	const organisation = useOrganisation(entry.organisation);
	return (
		<span title={organisation?.name}>
			<PersonName user={entry.author} />
			{organisation && `・${shortName(organisation.name)}`}
		</span>
	);
}

function Version({
	entry,
	waiting,
	limits,
	actions,
	menu,
	readers,
}: {
	entry: Entry;
	waiting: OutboxItem | undefined;
	limits: Limits | undefined;
	actions: EntryActions;
	menu: boolean;
	readers: number | undefined;
}) {
	const { t } = useTranslation("patient");
	const late = Number(entry.recordedMs - entry.occurredMs) > LATE_MS;
	const read = readers ?? entry.readers;
	const { user } = useMe();
	const state: OutboxState | undefined =
		entry.position !== 0n ? (entry.author === user ? "stored" : undefined) : waiting?.state;
	// What becomes urgent by a limit is so when the service has it: until then, as it will be.
	const urgent = entry.urgent || (entry.position === 0n && isPast(entry, limits));
	const unheard = useLinkState() === "down" && urgent && waiting?.state === "waiting";
	return (
		<>
			<EntryBody entry={entry} limits={limits} />
			{entry.urgent && entry.urgentReason && (
				<div className={c.out}>{t("urgentBecause", { reason: entry.urgentReason })}</div>
			)}
			<Attachments entry={entry} />
			<div className={c.meta}>
				<Author entry={entry} />
				{late && (
					<span>{t("recordedAt", { time: when(Number(entry.recordedMs), Date.now()) })}</span>
				)}
				{entry.position !== 0n && read > 0 && (
					<button type="button" className={c.link} onClick={() => actions.open(entry.id)}>
						{t("readBy", { n: read })}
					</button>
				)}
				{state && <Stored state={state} />}
				{waiting?.files && state === "waiting" && <Sending id={waiting.id} />}
			</div>
			{unheard && (
				<div className={c.out} role="status">
					{t("nobodyYet")}{" "}
					<Link className={c.link} href={`/patients/${entry.patient}/team`}>
						{t("howToReach")}
					</Link>
				</div>
			)}
			{menu && (entry.position !== 0n || (waiting && waiting.state !== "refused")) && (
				<button
					type="button"
					className={c.more}
					aria-label={t("openEntry")}
					onClick={() => actions.open(entry.id)}
				>
					<IconDots size={20} aria-hidden />
				</button>
			)}
			{waiting?.state === "refused" && entry.position === 0n && (
				<div role="alert">
					<div className={c.out}>{waiting.refused && said(waiting.refused)}</div>
					<button type="button" className={c.link} onClick={() => actions.rewrite(waiting)}>
						{t("rewrite")}
					</button>{" "}
					<button type="button" className={c.link} onClick={() => actions.drop(waiting)}>
						{t("giveUp")}
					</button>
				</div>
			)}
		</>
	);
}

export const ItemRow = memo(function ItemRow({
	item,
	waiting,
	limits,
	actions,
	readers,
}: {
	item: Item;
	waiting: ReadonlyMap<string, OutboxItem>;
	limits: Limits | undefined;
	actions: EntryActions;
	/** Newer counts than those of the entries. */
	readers: ReadonlyMap<string, number>;
}) {
	const { t } = useTranslation("patient");
	const text = useEntryText();
	const [open, setOpen] = useState(false);
	const newest = item.shown.at(-1)!;
	const urgent = item.shown.some((entry) => entry.urgent);
	return (
		<article
			className={`${c.entry} ${urgent ? c.urgentEntry : ""}`}
			data-entry={newest.id}
			aria-label={t("entryAt", { time: clock(item.ms) })}
		>
			<time className={c.time} dateTime={new Date(item.ms).toISOString()}>
				{clock(item.ms)}
			</time>
			<div>
				{item.shown.map((entry, index) => (
					<div
						key={entry.id}
						className={item.shown.length > 1 ? c.under : undefined}
						style={{ position: "relative" }}
					>
						<Marks
							entry={entry}
							also={
								entry.corrects && (
									<span className={c.kind}>
										{item.shown.length > 1
											? t("correctionOf", { n: index + 1, of: item.shown.length })
											: t("correction")}
									</span>
								)
							}
						/>
						{item.question && (
							<div className={c.was}>
								{t("question")}: {text(item.question)}
							</div>
						)}
						<Version
							entry={entry}
							waiting={waiting.get(entry.id)}
							limits={limits}
							actions={actions}
							menu
							readers={readers.get(entry.id)}
						/>
					</div>
				))}
				{item.earlier.length > 0 && (
					<button
						type="button"
						className={c.link}
						aria-expanded={open}
						onClick={() => setOpen(!open)}
					>
						{t(open ? "hideEarlier" : "showEarlier", { n: item.earlier.length })}
					</button>
				)}
				{open &&
					item.earlier.map((entry) => (
						<div key={entry.id} className={`${c.under} ${c.was}`}>
							<div>{t("wroteAt", { time: when(Number(entry.recordedMs), Date.now()) })}</div>
							<Version
								entry={entry}
								waiting={waiting.get(entry.id)}
								limits={limits}
								actions={actions}
								menu={false}
								readers={readers.get(entry.id)}
							/>
						</div>
					))}
				{item.answers.length > 0 && (
					<div className={c.under}>
						<div className={c.kind}>{t("answers", { n: item.answers.length })}</div>
						{item.answers.map((entry) => (
							<div key={entry.id}>
								<div className={c.body}>{text(entry)}</div>
								<div className={c.meta}>
									<Author entry={entry} />
									<span>{when(Number(entry.occurredMs), Date.now())}</span>
								</div>
							</div>
						))}
					</div>
				)}
			</div>
		</article>
	);
});
