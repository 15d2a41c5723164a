// Medicines: what changed since I was there, what is taken now, what was stopped.

import { Button, Group, Stack } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAsked, useMe, useNow, type Live } from "../../core/hooks";
import { session } from "../../core/session";
import {
	ConcernSchema,
	EntryKind,
	ListTimelineSchema,
	MedicationAction,
	MedicationActionSchema,
	TimelineSchema,
	type Entry,
	type Summary,
} from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Empty, Failure, Section, Stored, Waiting } from "../../parts";
import { day, fullDay, when } from "../../parts/time";
import { Author } from "./entry";
import type { Wanted } from "./forms";
import { changedSince, lastVisit, medicinesOf, type MedicineChange } from "./model";
import c from "./patient.module.css";
import type { useTimeline } from "./use-timeline";

const FALLBACK_MS = 30 * 24 * 3600 * 1000;
const STOPPED_MOST = 30;

export default function Medicines({
	id,
	summary,
	timeline,
	go,
}: {
	id: string;
	summary: Live<Summary>;
	timeline: ReturnType<typeof useTimeline>;
	go(wanted: Wanted): void;
}) {
	const { t } = useTranslation("patient");
	const { user } = useMe();
	const now = useNow(60_000);
	const asked = useAsked(
		session.client.instanceFor("record", id),
		ListTimelineSchema,
		{ patient: id, kind: EntryKind.MEDICATION },
		TimelineSchema,
		{ keep: `medicines/${id}` },
	);
	// The page, and what was pushed or written since.
	const { all } = timeline;
	const medicines = useMemo(() => {
		const known = new Map<string, Entry>();
		for (const entry of [...(asked.data?.items ?? []), ...(all?.values() ?? [])])
			if (entry.kind === EntryKind.MEDICATION) known.set(entry.id, entry);
		for (const entry of summary.data?.medications ?? [])
			if (!known.has(entry.id)) known.set(entry.id, entry);
		return medicinesOf(known.values());
	}, [asked.data, all, summary.data]);
	const visited = useMemo(
		() => (all ? lastVisit(all.values(), user, now) : undefined),
		[all, user, now],
	);
	const since = visited ?? now - FALLBACK_MS;
	const changed = changedSince(medicines, since);
	const taken = onceEach(medicines.now);

	if (asked.refused) return <Failure error={asked.refused} />;
	if (!asked.data && !summary.data)
		return (
			<div className={c.said}>
				<Waiting silent={asked.silent} />
			</div>
		);
	return (
		<Stack className={c.padded} gap="xl">
			<h2 className="heard">{t("tab_medicines")}</h2>
			<Section
				title={visited === undefined ? t("changedMonth") : t("changedSince", { day: day(visited) })}
			>
				{changed.length === 0 ? (
					<Empty>{t("nothingChanged")}</Empty>
				) : (
					changed.map((one) => <Change key={one.entry.id} change={one} now={now} />)
				)}
			</Section>
			<Section title={t("takenNow", { n: taken.length })}>
				{taken.length === 0 && <Empty>{t("noMedicines")}</Empty>}
				{taken.map((one) => (
					<div key={one.entry.id} className={`row ${c.medicine}`}>
						<Named change={one} />
						<div className={c.meta}>
							<span>{t("sinceDay", { day: fullDay(Number(one.entry.occurredMs)) })}</span>
							<Author entry={one.entry} />
							{timeline.waiting.has(one.entry.id) && (
								<Stored state={timeline.waiting.get(one.entry.id)!.state} />
							)}
						</div>
						<Group gap="xs">
							<Button
								variant="default"
								size="sm"
								onClick={() => go({ write: "change", entry: one.entry.id })}
								aria-label={t("changeOf", { name: one.medicine.name })}
							>
								{t("change")}
							</Button>
							<Button
								variant="default"
								size="sm"
								onClick={() => go({ write: "stop", entry: one.entry.id })}
								aria-label={t("stopOf", { name: one.medicine.name })}
							>
								{t("stop")}
							</Button>
						</Group>
					</div>
				))}
			</Section>
			<Section title={t("stopped", { n: medicines.stopped.length })}>
				{medicines.stopped.length === 0 && <Empty>{t("noneStopped")}</Empty>}
				{medicines.stopped.slice(0, STOPPED_MOST).map((one) => (
					<Change key={one.entry.id} change={one} now={now} />
				))}
			</Section>
		</Stack>
	);
}

/** The same medicine at the same dose, prescribed anew, is one line: the newest. */
function onceEach(changes: readonly MedicineChange[]): MedicineChange[] {
	const seen = new Set<string>();
	return changes.filter(({ medicine }) => {
		const key = `${medicine.name}|${medicine.dose}`.normalize("NFKC");
		return !seen.has(key) && seen.add(key);
	});
}

function Named({ change }: { change: MedicineChange }) {
	const word = useWord();
	const { entry, medicine } = change;
	return (
		<div className={c.line}>
			<b className={c.body}>{medicine.name}</b>
			<span>{medicine.dose}</span>
			{entry.concerns.map((one) => (
				<span key={one} className={`${c.badge} ${c.concern}`}>
					{word(ConcernSchema, one)}
				</span>
			))}
		</div>
	);
}

const SIGNS: Record<MedicationAction, string> = {
	[MedicationAction.MEDICATION_ACTION_UNSPECIFIED]: "",
	[MedicationAction.START]: "＋",
	[MedicationAction.CHANGE]: "⇄",
	[MedicationAction.STOP]: "－",
};

/** ＋ 開始 … ⇄ 変更: what it was → what it is … － 中止 */
function Change({ change, now }: { change: MedicineChange; now: number }) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const { entry, medicine, before } = change;
	const isChange = medicine.action === MedicationAction.CHANGE;
	return (
		<div className={`row ${c.medicine}`}>
			<div className={c.line}>
				<b className="nowrap">
					<span aria-hidden>{SIGNS[medicine.action]} </span>
					{word(MedicationActionSchema, medicine.action)}
				</b>
				{isChange && before && (
					<del className={c.was}>
						<span className="heard">{t("before")}</span>
						{before.name} {before.dose}
					</del>
				)}
				{isChange && before && <span aria-hidden>→</span>}
				<b className={c.body}>{medicine.name}</b>
				<span>{medicine.dose || (medicine.action === MedicationAction.STOP && before?.dose)}</span>
				{entry.concerns.map((one) => (
					<span key={one} className={`${c.badge} ${c.concern}`}>
						{word(ConcernSchema, one)}
					</span>
				))}
			</div>
			{medicine.reason && <div>{t("because", { reason: medicine.reason })}</div>}
			<div className={c.meta}>
				<span>{when(Number(entry.occurredMs), now)}</span>
				<Author entry={entry} />
			</div>
		</div>
	);
}
